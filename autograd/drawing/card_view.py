"""One card as an HTML-like label, and the view that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.drawing.cards import Card, Cards
from autograd.drawing.labels import NAME, font, formula_lines, shortened
from autograd.drawing.neurons import Groups, Role
from autograd.drawing.themes import Theme
from autograd.notes.numbers import short_number
from autograd.reading import Value

SMALL = 9  # points
SLOTS = 36  # points of a card's height that hold its ports


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn, and how."""

    cards: Cards
    groups: Groups
    theme: Theme
    backward: bool
    largest: float  # the gradient that has the full colour and width

    def node(self, card: Card) -> Value:
        node: Value = self.cards.graph.order[card.index]
        return node

    def role(self, card: Card) -> Role:
        return self.groups.roles[self.node(card)]

    def operation(self, card: Card) -> str:
        """What the card's operation is called in print, ReLU."""
        operation = self.node(card).operation
        return operation.shown if operation else ""

    def own_leaves(self, card: Card) -> list[int]:
        """The leaves that stand in the card's frame: a neuron's parameters, in order, if several."""
        group = self.groups.of.get(self.node(card))
        if group is None:
            return []
        nodes = self.cards.graph.order
        leaves = [index for index in self.cards.operands(card) if nodes[index].operation is None]
        found = [index for index in leaves if self.groups.of.get(nodes[index]) == group]
        return found if len(found) > 1 else []


def card_label(view: View, card: Card) -> str:
    """The card as an HTML-like label: name and formula, value, and in the backward view the
    gradient.
    """
    theme, role = view.theme, view.role(card)
    fill = theme.card
    if card.off:
        fill = theme.off_card
    elif role in (Role.WEIGHT, Role.BIAS):
        fill = theme.parameter
    elif role in (Role.INPUT, Role.TARGET):
        fill = theme.input
    muted, text = (theme.off, theme.off) if card.off else (theme.muted, theme.text)
    dashed = card.off or card.switched_off
    frame = f'STYLE="ROUNDED{",DASHED" if dashed else ""}" COLOR="{theme.off if dashed else theme.border}"'
    rows = _heading(view, card, role, text, muted) + _row(
        "value", font(card.value, colour=text), muted
    )
    if view.backward:
        rows += _gradient_row(view, card, muted, text)
    slots, padding = _slots(view, card), 3
    if slots:
        rows, padding = f"<TR><TD>{slots}</TD><TD>{_table(rows)}</TD></TR>", 0
    table = f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f'{table} {frame} BGCOLOR="{fill}">{rows}</TABLE>'


def _table(rows: str, padding: int = 3) -> str:
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">{rows}</TABLE>'
    )


def _slots(view: View, card: Card) -> str:
    """Ports at the left edge, one for each parameter: arrows that are not seen end there and keep
    dot to this order.
    """
    own = view.own_leaves(card)
    height = max(1, SLOTS // len(own)) if own else 0
    rows = "".join(
        f'<TR><TD PORT="o{index}" WIDTH="1" HEIGHT="{height}"></TD></TR>' for index in own
    )
    return _table(rows, 0) if own else ""


def _heading(view: View, card: Card, role: Role, text: str, muted: str) -> str:
    name = font(shortened(card.name, NAME), colour=text, bold=True)
    note = formula_lines(card.formula) if card.formula else role.value
    if card.switched_off:
        note += "\noff"
    written = font(note, size=SMALL, colour=muted, align="RIGHT")
    return f'<TR><TD ALIGN="LEFT" VALIGN="TOP">{name}</TD><TD ALIGN="RIGHT">{written}</TD></TR>'


def _row(word: str, number: str, muted: str) -> str:
    return f'<TR><TD ALIGN="LEFT">{font(word, size=SMALL, colour=muted)}</TD><TD ALIGN="RIGHT">{number}</TD></TR>'


def _gradient_row(view: View, card: Card, muted: str, text: str) -> str:
    theme = view.theme
    number = font(short_number(card.gradient), colour=text)
    if card.off or card.gradient is None:
        return _row("grad", number, muted)
    chip = (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" '
        f'BGCOLOR="{theme.tint(card.gradient, view.largest)}">{_row("grad", number, text)}</TABLE>'
    )
    return f'<TR><TD COLSPAN="2" CELLPADDING="1">{chip}</TD></TR>'
