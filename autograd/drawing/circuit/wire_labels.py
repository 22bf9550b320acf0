"""The labels of a circuit's wires: the value, room for the line, the gradient below it.

Each knows its size, by which the circuit is laid out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.drawing.cards.card import written_local
from autograd.drawing.cards.card_view import ALONE
from autograd.drawing.cards.card_view import BESIDE as BESIDE_WORDS
from autograd.drawing.circuit.circuits import Circuit, Entrance, Wire
from autograd.drawing.labels import NAME, font, shortened
from autograd.drawing.metrics import (
    text_width,
    width_in_dot,
)
from autograd.drawing.moments import Moment
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import NumberStyle

TEXT, SMALL = 11, 9  # points
ROW, SMALL_ROW = 15, 12  # the height of a number
LINE = 1  # and of the line
BOTH = 3  # rows of a value, the line and a gradient, which a name stands beside
BESIDE = 4  # on both sides of a number
BUNDLE, HIGHLIGHTED, FAINT = "2.4", "2.6", ".7"  # points
BOX = 36, 14  # a number to be filled in
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


@dataclass(frozen=True, slots=True)
class Look:
    """What a circuit shows, and how; `of` is what the gradients are of. With `folded` gates not all
    have local derivatives; wires run `down` or to the right. `next_word` stands before what a
    number becomes: "new" by an update, "after" in another pass.
    """

    theme: Theme
    style: NumberStyle
    gradients: bool
    local: bool
    blank: bool | str
    of: str
    font_scale: float = 1
    highlights: bool = False
    moment: Moment | None = None
    folded: bool = False
    down: bool = False
    next_word: str = ALONE[1]

    def is_off(self, off: bool) -> bool:
        """Whether something is shown as off: not where that gives an answer away."""
        return off and self.gradients and not self.blank

    def is_updated(self, wire: Wire) -> bool:
        """Whether it is shown what an update makes of the number of a wire, or another pass."""
        is_asked = self.gradients or self.next_word == BESIDE_WORDS[1]
        return bool(wire.updated) and is_asked and not self.blank

    def line(self, off: bool, on_path: bool, count: int) -> dict[str, str]:
        """How a wire is drawn: a bundle is thick, what is highlighted thicker, the rest faint."""
        options = {"style": "dashed", "color": self.theme.off} if self.is_off(off) else {}
        if count > 1:
            options["penwidth"] = BUNDLE
        if self.highlights and on_path and not off:
            return {"color": self.theme.gradient, **options, "penwidth": HIGHLIGHTED}
        if self.highlights:
            return {**options, "color": self.theme.border, "penwidth": FAINT}
        return options


class Shown(NamedTuple):
    """What stands above or below a wire, and its size."""

    label: str
    width: float
    height: int = ROW


class Label(NamedTuple):
    """A table, how far it reaches above and below the line, and how wide it is; where the line runs
    down, how far to its left and right, and how high it is.

    The line goes through all of it but for the name at its end, which takes `name`.
    """

    table: str
    above: float
    below: float
    width: float
    name: float = 0


def legend(look: Look) -> tuple[str, str]:
    """What the numbers at the wires are, as an element of a label, and its words."""
    theme = look.theme
    before, after = ("left of", "right of") if look.down else ("above", "below")
    local = ", *local derivative before each gate" + " that is not folded" * look.folded
    words = [
        ("value", theme.value),
        (f" {before} each wire, ", theme.muted),
        (f"gradient of {look.of}", theme.gradient),
        (f" {after} it", theme.muted),
        (local * look.local, theme.muted),
    ]
    written = "".join(font(text, size=SMALL, colour=colour) for text, colour in words if text)
    return written, "".join(text for text, _ in words)


def wire_label(wire: Wire, circuit: Circuit, look: Look, alike: Sequence[Wire] = ()) -> Label:
    """The middle of a wire: its value, the line, its gradient; at an end its name too. It has room
    for what stands at those that are `alike`, in other passes of a walk.
    """
    is_end = wire.given or wire is circuit.wires[-1]
    above, *below = _numbers(look, wire, is_end)
    each = [above, *below, *(x for other in alike for x in _numbers(look, other, is_end))]
    widest = max(shown.width for shown in each)
    if look.down:
        return _beside(look, wire, above, below, widest, has_name=is_end and bool(wire.name))
    room = _even(widest + 2 * BESIDE)
    place = f'VALIGN="{"BOTTOM" if wire.count == 1 else "TOP"}"' + _mark(look, wire, "value")
    rows = [_row(above, room, place), f'<TD HEIGHT="{LINE}" WIDTH="{room}"></TD>']
    for shown, of in zip(below, ("gradient", "new"), strict=False):
        rows.append(_row(shown, room, 'VALIGN="TOP"' + _mark(look, wire, of)))
    name = 0
    if is_end and wire.name:
        wide = max(_name(look, x)[1] for x in (wire, *alike))
        cell, gap, name = _name_cells(look, wire, min(len(rows), BOTH), wide)
        rows[0] = cell + gap + rows[0] if wire.given else rows[0] + gap + cell
        under = '<TD COLSPAN="2"></TD>'
        rows[BOTH:] = [under + row if wire.given else row + under for row in rows[BOTH:]]
    high = sum(shown.height for shown in below)
    return Label(table_of(rows), above.height + LINE / 2, high + LINE / 2, room + name, name)


def _numbers(look: Look, wire: Wire, is_end: bool) -> list[Shown]:
    """What stands above a wire, and below it."""
    shown = [_above(look, wire, is_end)]
    if look.gradients and wire.count == 1:
        shown.append(_below(look, wire))
    if look.is_updated(wire):
        shown.append(_hidden(wire, "new", _small(look, f"{look.next_word} {wire.updated}")))
    return shown


def _beside(
    look: Look, wire: Wire, left: Shown, right: list[Shown], widest: float, has_name: bool
) -> Label:
    """The value to the left of a line that runs down, the others to its right, the name at its end;
    as wide on both sides.
    """
    name, wide = _name(look, wire) if has_name else ("", 0)
    half = max(_even(widest), math.ceil(wide / 2))
    cells = [_row(left, half, 'ALIGN="RIGHT"' + _mark(look, wire, "value"))]
    cells.append(f'<TD WIDTH="{2 * BESIDE + LINE}" ROWSPAN="{max(1, len(right))}"></TD>')
    marks = [_mark(look, wire, of) for of in ("gradient", "new")]
    rights = [_row(x, half, 'ALIGN="LEFT"' + mark) for x, mark in zip(right, marks, strict=False)]
    first, *more = rights or [f'<TD WIDTH="{half}"></TD>']
    rows = ["".join((*cells, first)), *(f"<TD></TD>{row}" for row in more)]
    high = max(left.height, right[0].height if right else 0) + sum(x.height for x in right[1:])
    if has_name:
        end = f'<TD COLSPAN="3" HEIGHT="{ROW}">{name}</TD>'
        rows = [end, *rows] if wire.given else [*rows, end]
    across = half + BESIDE + LINE / 2
    return Label(table_of(rows), across, across, high + ROW * has_name, ROW * has_name)


def _mark(look: Look, wire: Wire, of: str) -> str:
    """What was computed last is marked, as with a pen."""
    return f' BGCOLOR="{look.theme.parameter}"' if wire.now == of else ""


def _hidden(wire: Wire, of: str, shown: Shown) -> Shown:
    """What is not known at a moment leaves its room."""
    return shown._replace(label="") if of in wire.hidden else shown


def local_label(entrance: Entrance, look: Look, alike: Sequence[Entrance] = ()) -> Label:
    """The local derivative below a wire, with room for those that are `alike` in other passes."""
    theme, text = look.theme, f"*{written_local(entrance.local, look.style)}"
    texts = [text, *(f"*{written_local(other.local, look.style)}" for other in alike)]
    room = _even(max(_width(each, SMALL) for each in texts) + 2 * BESIDE)
    colour = theme.off if look.is_off(entrance.off) else theme.muted
    number = Shown(font(text, size=SMALL, colour=colour), room, SMALL_ROW)
    number = _hidden(entrance.wire, "gradient", number)
    if look.down:
        gap = f'<TD WIDTH="{room + 2 * BESIDE + LINE}"></TD>'  # its middle is the line
        cells = gap + _row(number, room, 'ALIGN="LEFT"')
        across = room + BESIDE + LINE / 2
        return Label(table_of([cells]), across, across, SMALL_ROW)
    rows = [f'<TD HEIGHT="{LINE}" WIDTH="{room}"></TD>', _row(number, room, 'VALIGN="TOP"')]
    return Label(table_of(rows), LINE / 2, SMALL_ROW + LINE / 2, room)


def _small(look: Look, text: str) -> Shown:
    """What is less than a value or a gradient."""
    return Shown(font(text, size=SMALL, colour=look.theme.muted), _width(text, SMALL), SMALL_ROW)


def table_of(rows: Iterable[str]) -> str:
    """A label of rows without room between them."""
    return TABLE + "".join(f"<TR>{row}</TR>" for row in rows) + "</TABLE>"


def _even(width: float) -> int:
    return 2 * math.ceil(width / 2)


def _row(shown: Shown, width: int, look: str) -> str:
    return f'<TD HEIGHT="{shown.height}" WIDTH="{width}" {look}>{shown.label}</TD>'


def _name_cells(look: Look, wire: Wire, rows: int, width: int) -> tuple[str, str, int]:
    """The name at the end of a wire, as high as so many rows, room beside it, and their width."""
    label, _ = _name(look, wire)
    align = "RIGHT" if wire.given else "LEFT"
    cell = f'<TD ROWSPAN="{rows}" WIDTH="{width}" ALIGN="{align}">{label}</TD>'
    return cell, f'<TD ROWSPAN="{rows}" WIDTH="{BESIDE}"></TD>', width + BESIDE


def _name(look: Look, wire: Wire) -> tuple[str, int]:
    """The name of a wire, and how wide it is."""
    name = shortened(" ... ".join(map(marked, wire.name.split(" ... "))), NAME)
    colour = look.theme.off if look.is_off(wire.off) else look.theme.text
    return font(name, colour=colour, bold=True), _even(text_width(name, TEXT, bold=True))


def _above(look: Look, wire: Wire, is_end: bool) -> Shown:
    """The value; between gates with its name, q = 3."""
    theme = look.theme
    if wire.count > 1:
        held = f" with {shortened(marked(wire.held), NAME)}" if wire.held else ""
        return _small(look, f"{wire.count} values{held}")._replace(height=ROW)
    text = look.style.short(wire.value)
    name = "" if is_end or not wire.name else shortened(marked(wire.name), NAME) + " "
    if look.blank is True and not wire.given:
        return _box(look, f"{name}= " if name else "")
    if name and not text.startswith("≈"):
        name = f"{name}= "
    number = _coloured(text, theme.text if wire.constant else theme.value)
    number = _hidden(wire, "value", number)
    if not name:
        return number
    return Shown(font(name, colour=theme.text) + number.label, _width(name) + number.width)


def _below(look: Look, wire: Wire) -> Shown:
    if wire.constant:
        return Shown("", 0)
    if look.blank:
        return _box(look, align=' ALIGN="LEFT"' * look.down)
    is_faint = look.is_off(wire.off) and not wire.now  # what is marked is read
    colour = look.theme.off if is_faint else look.theme.gradient
    return _hidden(wire, "gradient", _coloured(look.style.short(wire.gradient), colour))


def _coloured(text: str, colour: str) -> Shown:
    return Shown(font(text, colour=colour), _width(text))


def _width(text: str, size: int = TEXT) -> float:
    return width_in_dot(text, size)


def _box(look: Look, name: str = "", align: str = "") -> Shown:
    """An empty box, all of one size: none tells how long the number is."""
    before = f"<TD>{font(name, colour=look.theme.text)}</TD>" if name else ""
    size = f'FIXEDSIZE="TRUE" WIDTH="{BOX[0]}" HEIGHT="{BOX[1]}"'
    box = f'<TD BORDER="1" COLOR="{look.theme.line}" {size}{align}></TD>'
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0">'
    return Shown(f"{table}<TR>{before}{box}</TR></TABLE>", _width(name) + BOX[0] + 6, BOX[1] + 4)
