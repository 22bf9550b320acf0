"""One card as an HTML-like label, and the view that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.drawing.cards import Card, Cards
from autograd.drawing.labels import NAME, font, formula_lines, shortened
from autograd.drawing.moments import Moment
from autograd.drawing.neurons import Group, Groups, Role
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.reading import Value

SMALL = 9  # points
NOTE_LINE = 11  # points from line to line in small letters
ALONE, BESIDE = ("value", "new"), ("before", "after")  # words before a number and its next
SLOTS = 36  # points of a card's height that hold its ports


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn, and how."""

    cards: Cards
    groups: Groups
    theme: Theme
    backward: bool
    largest: float  # the gradient that has the full colour and width
    style: NumberStyle = PLAIN
    gradient_word: str = "grad"
    path: frozenset[Value] = frozenset()  # the nodes that are highlighted
    moment: Moment | None = None
    words: tuple[str, str] = ALONE

    def words_of(self, card: Card) -> tuple[str, str]:
        """What stands before a card's number, and before what it becomes."""
        return self.words if card.updated else ALONE

    def role(self, card: Card) -> Role:
        return self.groups.roles[card.node]

    def group(self, card: Card) -> Group | None:
        return self.groups.of.get(card.node)

    def own_leaves(self, card: Card) -> list[Card]:
        """The leaves in the card's frame: a neuron's parameters, in order, if several."""
        group = self.group(card)
        if group is None:
            return []
        leaves = [operand for operand in card.operands if operand.is_leaf]
        found = [leaf for leaf in leaves if self.group(leaf) == group]
        return found if len(found) > 1 else []


def card_label(view: View, card: Card) -> str:
    """The card as an HTML-like label: name, formula, value, in the backward view the gradient,
    and after it what an update makes of the value.
    """
    theme = view.theme
    muted, text = (theme.off, theme.off) if card.off else (theme.muted, theme.text)
    word, next_word = view.words_of(card)
    value = _number_row(word, font(card.value, colour=text), muted, card.room)
    rows = _heading(view, card, text, muted) + value
    if view.backward:
        rows += _gradient_row(view, card, text, muted)
    if card.updated:
        rows += _number_row(next_word, font(card.updated, colour=text), muted, card.room)
    slots, padding = _slots(view, card), 3
    if slots:
        rows, padding = f"<TR><TD>{slots}</TD><TD>{_table(rows)}</TD></TR>", 0
    border = 2 if card.node in view.path or card.room else 1
    table = f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f'{table} {_frame(view, card)} BGCOLOR="{_ground(view, card)}">{rows}</TABLE>'


def _ground(view: View, card: Card) -> str:
    """The colour that a card stands out by: parameters, what is given, and what is off."""
    if card.off:
        return view.theme.off_card
    if view.role(card) in (Role.WEIGHT, Role.BIAS):
        return view.theme.parameter
    if view.role(card) in (Role.INPUT, Role.TARGET):
        return view.theme.input
    return view.theme.card


def _frame(view: View, card: Card) -> str:
    theme = view.theme
    if card.node in view.path or card.now:
        dashed = ",DASHED" * (card.off or card.switched_off)
        return f'STYLE="ROUNDED{dashed}" COLOR="{theme.text}"'
    if card.off or card.switched_off:
        return f'STYLE="ROUNDED,DASHED" COLOR="{theme.off}"'
    return f'STYLE="ROUNDED" COLOR="{theme.border}"'


def _table(rows: str, padding: int = 3) -> str:
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
    return f"{table}{rows}</TABLE>"


def _slots(view: View, card: Card) -> str:
    """Ports at the left edge, one for each parameter.

    Arrows that are not seen end there, and keep dot to this order.
    """
    own = view.own_leaves(card)
    if not own:
        return ""
    size = f'WIDTH="1" HEIGHT="{max(1, SLOTS // len(own))}"'
    rows = [f'<TR><TD PORT="o{leaf.index}" {size}></TD></TR>' for leaf in own]
    return _table("".join(rows), 0)


def _heading(view: View, card: Card, text: str, muted: str) -> str:
    name = font(shortened(marked(card.name), NAME), colour=text, bold=True)
    note = formula_lines(card.written) if card.written else view.role(card).value
    if card.switched_off or card.later_off:
        note += "\noff" if card.switched_off else "\n "
    return f'<TR><TD ALIGN="LEFT" VALIGN="TOP">{name}</TD>{_note_cell(note, muted)}</TR>'


def _note_cell(note: str, muted: str) -> str:
    """A cell of several lines, each a row that leaves room for what stands higher and lower."""
    lines = [font(line, size=SMALL, colour=muted) for line in note.split("\n")]
    if len(lines) == 1:
        return f'<TD ALIGN="RIGHT">{lines[0]}</TD>'
    rows = (f'<TR><TD ALIGN="RIGHT" HEIGHT="{NOTE_LINE}">{line}</TD></TR>' for line in lines)
    return f'<TD ALIGN="RIGHT" VALIGN="TOP">{_table("".join(rows), 0)}</TD>'


def _number_row(word: str, number: str, muted: str, room: int) -> str:
    word, width = font(word, size=SMALL, colour=muted), f' WIDTH="{room}"' * bool(room)
    return f'<TR><TD ALIGN="LEFT">{word}</TD><TD ALIGN="RIGHT"{width}>{number}</TD></TR>'


def _gradient_row(view: View, card: Card, text: str, muted: str) -> str:
    """The gradient on a chip of its sign's colour; without a chip where none arrives."""
    number = font(view.style.short(card.gradient), colour=text)
    is_plain = card.off or card.gradient is None
    if is_plain and not card.room:
        return _number_row(view.gradient_word, number, muted, 0)
    colour = _ground(view, card) if is_plain else view.theme.tint(card.gradient, view.largest)
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"'
    row = _number_row(view.gradient_word, number, muted if is_plain else text, card.room)
    chip = f'{table} STYLE="ROUNDED" BGCOLOR="{colour}">{row}</TABLE>'
    return f'<TR><TD COLSPAN="2" CELLPADDING="1">{chip}</TD></TR>'
