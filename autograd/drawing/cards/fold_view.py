"""A card that stands for several nodes: what they are, and a line for each, or for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from autograd.drawing.cards.card import Card, Fold, Row
from autograd.drawing.cards.card_view import SMALL, View, framed, heading_row, table
from autograd.drawing.labels import NAME, ending_alike, font, formula_lines, shortened
from autograd.drawing.moments import room_of

TEXT = 11  # points
T = TypeVar("T")
CELL = 2  # points around a text and its room, both sides together


def fold_label(view: View, card: Card, fold: Fold) -> str:
    """The card as an HTML-like label: its name, and lines of name, value, in the backward view
    gradient, and what an update makes of the value.
    """
    theme = view.theme
    muted, text = (theme.off, theme.off) if card.off else (theme.muted, theme.text)
    heading = heading_row(card, formula_lines(fold.note), fold.room, text, muted)
    word, next_word = view.words_of(card)
    words = in_columns(view, fold, ("", word, view.gradient_word, next_word))
    widths = view.widths[card.index] if fold.place or card.room else (0, 0, 0, 0)
    wide = in_columns(view, fold, widths)
    head = "".join(
        f'<TD ALIGN="RIGHT" WIDTH="{width}">{font(word, size=SMALL, colour=muted)}</TD>'
        for word, width in zip(words, wide, strict=True)
    )
    lines = "".join(_line(view, row, card.off, fold.is_updated) for row in _aligned(fold.rows))
    if held := view.held(card):
        held = font(shortened(held, NAME), size=SMALL, colour=muted)
        heading += f'<TR><TD ALIGN="LEFT" COLSPAN="2">{held}</TD></TR>'
    rows = table(heading), table(f"<TR>{head}</TR>{lines}", 2)
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    return framed(view, card, cells, 0)


def in_columns(view: View, fold: Fold, each: Sequence[T]) -> list[T]:
    """Those of name, value, gradient and updated value that a fold has columns for."""
    has = (True, True, view.backward, fold.is_updated)
    return [one for one, is_there in zip(each, has, strict=True) if is_there]


def _aligned(rows: Sequence[Row]) -> list[Row]:
    """The lines of a fold with numbers that end alike in their columns."""
    columns = zip(*((row.value, row.gradient, row.updated) for row in rows), strict=True)
    numbers = zip(*map(ending_alike, columns), strict=True)
    return [
        row._replace(value=value, gradient=gradient, updated=updated)
        for row, (value, gradient, updated) in zip(rows, numbers, strict=True)
    ]


def _line(view: View, row: Row, off: bool, is_updated: bool) -> str:
    theme = view.theme
    muted, text = (theme.off, theme.off) if off else (theme.muted, theme.text)
    name = f'<TD ALIGN="LEFT">{font(row.name, size=SMALL, colour=muted)}</TD>'
    value = f'<TD ALIGN="RIGHT">{font(row.value, colour=text)}</TD>'
    updated = f'<TD ALIGN="RIGHT">{font(row.updated, colour=text)}</TD>' if is_updated else ""
    if not view.backward:
        return f"<TR>{name}{value}{updated}</TR>"
    ground = ""
    if row.tinted is not None and not off:
        ground = f' BGCOLOR="{theme.tint(row.tinted, view.largest)}" STYLE="ROUNDED"'
    gradient = f'<TD ALIGN="RIGHT"{ground}>{font(row.gradient, colour=text)}</TD>'
    return f"<TR>{name}{value}{gradient}{updated}</TR>"


def column_widths(fold: Fold) -> list[int]:
    """How wide names, values, gradients and updated values are, in points."""
    rows = _aligned(fold.rows)
    columns = (
        [(row.name, SMALL) for row in rows],
        [(row.value, TEXT) for row in rows],
        [(row.gradient, TEXT) for row in rows],
        [(row.updated, TEXT) for row in rows],
    )
    return [CELL + max((room_of(*text) for text in column), default=0) for column in columns]
