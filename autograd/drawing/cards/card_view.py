"""One card as an HTML-like label, and the view that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograd.drawing.cards.card import Arrow, Card, Cards
from autograd.drawing.labels import NAME, ending_alike, font, formula_lines, shortened
from autograd.drawing.moments import Moment
from autograd.drawing.neurons import Group, Groups, Role
from autograd.drawing.scripts import NAME as MARKED
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.notes.typeset import markup
from autograd.reading import Value

SMALL = 9  # points
NOTE_LINE = 11  # points from line to line in small letters
ALONE, BESIDE = ("value", "new"), ("before", "after")  # words before a number and its next
SLOTS = 36  # points of a card's height that hold its ports
BESIDE_TEXT = 6  # points around a text in its cell, both sides together


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn, and how."""

    cards: Cards
    groups: Groups
    theme: Theme
    backward: bool
    largest: float = 0.0  # the gradient that has the full colour
    widest: float = 0.0  # and what flows along an arrow of full width
    style: NumberStyle = PLAIN
    gradient_word: str = "grad"
    path: frozenset[Value] = frozenset()  # the nodes that are highlighted
    down: bool = False  # from top to bottom
    is_folded: bool = False  # a card stands for several nodes, in lines
    has_locals: bool = True  # local derivatives stand on arrows
    has_counts: bool = False  # an arrow stands for several
    widths: Mapping[int, Sequence[float]] = field(default_factory=dict)  # of a fold's columns
    moment: Moment | None = None
    words: tuple[str, str] = ALONE
    font_scale: float = 1
    highlight: Card | None = None  # of the node that the path leads to

    def words_of(self, card: Card) -> tuple[str, str]:
        """What stands before a card's number, and before what it becomes."""
        is_updated = card.fold.is_updated if card.fold else card.updated
        return self.words if is_updated else ALONE

    @property
    def sides(self) -> tuple[str, str]:
        """Where arrows come in, and where they go out."""
        return ("n", "s") if self.down else ("w", "e")

    @property
    def has_labels(self) -> bool:
        """Whether something stands on arrows: then they are two ranks long."""
        return (self.backward and self.has_locals) or (self.is_folded and self.has_counts)

    def role(self, card: Card) -> Role:
        return card.fold.role if card.fold else self.groups.roles[card.node]

    def group(self, card: Card) -> Group | None:
        """The frame that a card stands in; what several neurons of a layer give has none."""
        if self.is_folded or card.node in self.groups.between:
            return None
        return self.groups.of.get(card.node)

    def is_inside(self, arrow: Arrow) -> bool:
        """Whether an arrow stays within a frame."""
        group = self.group(arrow.operand)
        return group is not None and group == self.group(arrow.result)

    def is_on_path(self, card: Card) -> bool:
        """Whether a card is highlighted."""
        nodes = card.fold.nodes if card.fold else (card.node,)
        return not self.path.isdisjoint(nodes)

    def held(self, card: Card) -> str:
        """What a card of several nodes says of the highlighted one among them, marked."""
        is_held = self.highlight and card.fold and self.highlight.node in card.fold.nodes
        return f"with {marked(self.highlight.name)}" if self.highlight and is_held else ""

    def own_leaves(self, card: Card) -> list[Card]:
        """The leaves in the card's frame: a neuron's parameters, in order."""
        group = self.group(card)
        if group is None:
            return []
        leaves = [operand for operand in card.operands if operand.is_leaf]
        return [leaf for leaf in leaves if self.group(leaf) == group]


def card_label(view: View, card: Card) -> str:
    """The card as an HTML-like label: name, formula, value, in the backward view the gradient,
    and after it what an update makes of the value.
    """
    theme = view.theme
    muted, text = (theme.off, theme.off) if card.off else (theme.muted, theme.text)
    word, next_word = view.words_of(card)
    gradient = view.style.short(card.gradient) if view.backward else ""
    value, gradient, updated = ending_alike([card.value, gradient, card.updated])
    rows = heading_row(card, note_of(view, card), card.heading.note, text, muted)
    rows += _number_row(word, font(value, colour=text), muted, card.room)
    if view.backward:
        rows += _gradient_row(view, card, font(gradient, colour=text), muted)
    if card.updated:
        rows += _number_row(next_word, font(updated, colour=text), muted, card.room)
    slots = _slots(view, card)
    if not slots:
        return framed(view, card, rows, 3)
    down, right = ("</TD></TR><TR><TD>", "") if view.down else ("", "</TD><TD>")
    return framed(view, card, f"<TR><TD>{slots}{down}{right}{table(rows)}</TD></TR>", 0)


def framed(view: View, card: Card, rows: str, padding: int) -> str:
    """The rows of a card in its frame, on its ground."""
    border = 2 if view.is_on_path(card) or card.room else 1
    frame = f'BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    look = f'{_frame(view, card)} BGCOLOR="{_ground(view, card)}"'
    return f"<TABLE {frame} {look}>{rows}</TABLE>"


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
    if view.is_on_path(card) or card.now:
        dashed = ",DASHED" * (card.off or card.switched_off)
        return f'STYLE="ROUNDED{dashed}" COLOR="{theme.text}"'
    if card.off or card.switched_off:
        return f'STYLE="ROUNDED,DASHED" COLOR="{theme.off}"'
    return f'STYLE="ROUNDED" COLOR="{theme.border}"'


def table(rows: str, padding: int = 3) -> str:
    """Rows without a frame."""
    head = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
    return f"{head}{rows}</TABLE>"


def _slots(view: View, card: Card) -> str:
    """Ports at the edge where arrows come in, one for each parameter: dot keeps to this order."""
    own = view.own_leaves(card)
    if not own:
        return ""
    long = max(1, SLOTS // len(own))
    size = f'WIDTH="{long}" HEIGHT="1"' if view.down else f'WIDTH="1" HEIGHT="{long}"'
    cells = [f'<TD PORT="o{leaf.index}" {size}></TD>' for leaf in own]
    return table(f"<TR>{('' if view.down else '</TR><TR>').join(cells)}</TR>", 0)


def heading_row(card: Card, note: str, room: int, text: str, muted: str) -> str:
    """The row that heads a card: its name, and what stands beside it."""
    name = font(name_of(card), colour=text, bold=True)
    cell = f'<TD ALIGN="LEFT" VALIGN="TOP"{at_least(card.heading.name, BESIDE_TEXT)}>{name}</TD>'
    return f"<TR>{cell}{note_cell(in_so_many(note, card.heading.lines), muted, room)}</TR>"


def in_so_many(note: str, lines: int) -> str:
    """A note in as many lines as it has in another pass of a walk.

    >>> in_so_many("off", 2)
    'off\\n '
    """
    return note + "\n " * (lines - len(note.split("\n")))


def name_of(card: Card) -> str:
    """The name that heads a card, marked."""
    return shortened(card.name if card.fold else marked(card.name), NAME)


def note_of(view: View, card: Card) -> str:
    """What stands beside the name of a card of one node: its formula, or its role, in lines."""
    note = formula_lines(card.written) if card.written else view.role(card).value
    if card.switched_off or card.later_off:
        note += "\noff" if card.switched_off else "\n "
    return note


def note_cell(note: str, muted: str, room: int = 0) -> str:
    """A cell of several lines, each a row that leaves room for what stands higher and lower."""
    lines = [font(line, size=SMALL, colour=muted) for line in note.split("\n")]
    if len(lines) == 1:
        return f'<TD ALIGN="RIGHT"{at_least(room, BESIDE_TEXT)}>{lines[0]}</TD>'
    highs = [NOTE_LINE, *(NOTE_LINE + 2 * _reaches_higher(line) for line in note.split("\n")[1:])]
    rows = (
        f'<TR><TD ALIGN="RIGHT" HEIGHT="{high}"{at_least(room)}>{line}</TD></TR>'
        for line, high in zip(lines, highs, strict=True)
    )
    return f'<TD ALIGN="RIGHT" VALIGN="TOP">{table("".join(rows), 0)}</TD>'


def _reaches_higher(line: str) -> bool:
    """Whether brackets stand in a superscript, which reach the line above."""
    runs = (run for name in MARKED.findall(line) for run in markup(name))
    return any("(" in letters and place == "sup" for letters, place in runs)


def _number_row(word: str, number: str, muted: str, room: int) -> str:
    word = font(word, size=SMALL, colour=muted)
    number = f'<TD ALIGN="RIGHT"{at_least(room, BESIDE_TEXT)}>{number}</TD>'
    return f'<TR><TD ALIGN="LEFT">{word}</TD>{number}</TR>'


def at_least(room: int, padding: int = 0) -> str:
    """The width that a cell has at least, as it stands in its element: that of a text, and what is
    around it; "" for none.
    """
    return f' WIDTH="{room + padding}"' * bool(room)


def _gradient_row(view: View, card: Card, number: str, muted: str) -> str:
    """The gradient on a chip of its sign's colour; without a chip where none arrives."""
    is_plain = card.off or card.gradient is None
    if is_plain and not card.room:
        return _number_row(view.gradient_word, number, muted, 0)
    colour = _ground(view, card) if is_plain else view.theme.tint(card.gradient, view.largest)
    head = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"'
    row = _number_row(view.gradient_word, number, muted if is_plain else view.theme.text, card.room)
    chip = f'{head} STYLE="ROUNDED" BGCOLOR="{colour}">{row}</TABLE>'
    return f'<TR><TD COLSPAN="2" CELLPADDING="1">{chip}</TD></TR>'
