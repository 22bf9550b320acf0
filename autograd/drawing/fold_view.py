"""A card that stands for several nodes: what they are, and a line for each, or for many."""

from __future__ import annotations

from autograd.drawing.card_view import SMALL, View, framed, note_cell, table
from autograd.drawing.cards import Card, Fold, Row
from autograd.drawing.labels import NAME, font, formula_lines, shortened


def fold_label(view: View, card: Card, fold: Fold) -> str:
    """The card as an HTML-like label: its name, and lines of name, value and gradient."""
    theme = view.theme
    muted, text = (theme.off, theme.off) if card.off else (theme.muted, theme.text)
    name = font(shortened(card.name, NAME), colour=text, bold=True)
    note = note_cell(formula_lines(fold.note), muted)
    heading = f'<TR><TD ALIGN="LEFT" VALIGN="TOP">{name}</TD>{note}</TR>'
    words = ("", "value", view.gradient_word)[: 3 if view.backward else 2]
    head = "".join(
        f'<TD ALIGN="RIGHT">{font(word, size=SMALL, colour=muted)}</TD>' for word in words
    )
    lines = "".join(_line(view, row, text, muted) for row in fold.rows)
    width = view.widths.get(fold.place.layer, 0) if fold.place else 0
    rows = table(heading, width=width), table(f"<TR>{head}</TR>{lines}", 2, width)
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    return framed(view, card, cells, 0)


def _line(view: View, row: Row, text: str, muted: str) -> str:
    name = f'<TD ALIGN="LEFT">{font(row.name, size=SMALL, colour=muted)}</TD>'
    value = f'<TD ALIGN="RIGHT">{font(row.value, colour=text)}</TD>'
    if not view.backward:
        return f"<TR>{name}{value}</TR>"
    tint = "" if row.tinted is None else view.theme.tint(row.tinted, view.largest)
    ground = f' BGCOLOR="{tint}" STYLE="ROUNDED"' if tint else ""
    colour = view.theme.text if tint else text
    gradient = f'<TD ALIGN="RIGHT"{ground}>{font(row.gradient, colour=colour)}</TD>'
    return f"<TR>{name}{value}{gradient}</TR>"
