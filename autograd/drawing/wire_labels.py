"""The labels of a circuit's wires: the value, the line that goes on, the gradient below it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from autograd.drawing.cards import written_local
from autograd.drawing.circuits import Circuit, Entrance, Wire
from autograd.drawing.labels import NAME, font, shortened
from autograd.drawing.metrics import text_width
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import NumberStyle

TEXT, SMALL = 11, 9  # points
ROW, SMALL_ROW = 15, 12  # the height of a number
BESIDE = 4  # on both sides of a number
END = 2  # what wires begin and end at, within a label
WIDER = 6  # dot takes ≈ for wider than it is
BOX = 36, 14  # a number to be filled in
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


@dataclass(frozen=True, slots=True)
class Look:
    """What a circuit shows, and how; `of` is what the gradients are of."""

    theme: Theme
    style: NumberStyle
    gradients: bool
    local: bool
    blank: bool | str
    of: str
    title_room: int = 0  # the least width of the title in points, of a moment

    def is_off(self, off: bool) -> bool:
        """Whether something is shown as off: not where that gives an answer away."""
        return off and self.gradients and not self.blank


class Shown(NamedTuple):
    """What stands above or below a wire, and how wide it is."""

    label: str
    width: float


def legend(look: Look) -> str:
    """What the numbers at the wires are."""
    return "".join(font(text, size=SMALL, colour=colour) for text, colour in _legend(look) if text)


def legend_text(look: Look) -> str:
    """The same without colours, its names marked."""
    return "".join(text for text, _ in _legend(look))


def _legend(look: Look) -> list[tuple[str, str]]:
    theme = look.theme
    return [
        ("value", theme.value),
        (" above each wire, ", theme.muted),
        (f"gradient of {look.of}", theme.gradient),
        (" below it", theme.muted),
        (", *local derivative before each gate" if look.local else "", theme.muted),
    ]


def wire_label(wire: Wire, circuit: Circuit, look: Look) -> str:
    """The middle of a wire: its value, the line, its gradient; at an end its name too."""
    theme = look.theme
    is_end = wire.given or wire is circuit.wires[-1]
    above, below = _above(look, wire, is_end), _below(look, wire)
    room = _even(max(above.width, below.width) + 2 * BESIDE)
    rows = [_row(above.label, room, 'VALIGN="BOTTOM"' + _mark(look, wire, "value"))]
    rows.append(_through(theme, room))
    if look.gradients:
        rows.append(_row(below.label, room, 'VALIGN="TOP"' + _mark(look, wire, "gradient")))
    if is_end and wire.name:
        cell, gap = _name_cells(look, wire, len(rows))
        rows[0] = cell + gap + rows[0] if wire.given else rows[0] + gap + cell
    return table_of(rows)


def _mark(look: Look, wire: Wire, of: str) -> str:
    """What was computed last is marked, as with a pen."""
    return f' BGCOLOR="{look.theme.parameter}"' if wire.now == of else ""


def local_label(entrance: Entrance, look: Look) -> str:
    """The local derivative below a wire, with the line that goes on."""
    theme, text = look.theme, f"*{written_local(entrance.local, look.style)}"
    room = _even(_width(text, SMALL) + 2 * BESIDE)
    number = font(text, size=SMALL, colour=theme.off if look.is_off(entrance.off) else theme.muted)
    rows = [_row("", room, "", SMALL_ROW), _through(theme, room)]
    shown = "" if "gradient" in entrance.wire.hidden else number
    return table_of([*rows, _row(shown, room, "", SMALL_ROW)])


def table_of(rows: Iterable[str]) -> str:
    """A label of rows without room between them."""
    return TABLE + "".join(f"<TR>{row}</TR>" for row in rows) + "</TABLE>"


def _through(theme: Theme, room: int) -> str:
    """The cells that continue a wire; a port at either end.

    Wires end within these, not at the edge of the label: dot would leave a gap there.
    """
    line = f'HEIGHT="1" BGCOLOR="{theme.line}"'
    ends = (f'<TD PORT="{port}" WIDTH="{END}" {line}></TD>' for port in ("in", "out"))
    return f'<TD WIDTH="{room - 2 * END}" {line}></TD>'.join(ends)


def _even(width: float) -> int:
    return 2 * math.ceil(width / 2)


def _row(label: str, width: int, more: str, height: int = ROW) -> str:
    return f'<TD COLSPAN="3" HEIGHT="{height}" WIDTH="{width}" {more}>{label}</TD>'


def _name_cells(look: Look, wire: Wire, rows: int) -> tuple[str, str]:
    """The name at the end of a wire, and the room between them, as high as so many rows."""
    name = shortened(marked(wire.name), NAME)
    colour = look.theme.off if look.is_off(wire.off) else look.theme.text
    size = f'WIDTH="{_even(text_width(name, TEXT, bold=True))}"'
    align = "RIGHT" if wire.given else "LEFT"
    label = font(name, colour=colour, bold=True)
    cell = f'<TD ROWSPAN="{rows}" {size} ALIGN="{align}">{label}</TD>'
    return cell, f'<TD ROWSPAN="{rows}" WIDTH="{BESIDE}"></TD>'


def _above(look: Look, wire: Wire, is_end: bool) -> Shown:
    """The value; between gates with its name, q = 3."""
    theme = look.theme
    text = look.style.short(wire.value)
    name = "" if is_end or not wire.name else shortened(marked(wire.name), NAME) + " "
    if look.blank is True and not wire.given:
        return _box(theme, f"{name}= " if name else "")
    if name and not text.startswith("≈"):
        name = f"{name}= "
    number = _coloured(text, theme.text if wire.constant else theme.value)
    if "value" in wire.hidden:
        number = number._replace(label="")
    if not name:
        return number
    return Shown(font(name, colour=theme.text) + number.label, _width(name) + number.width)


def _below(look: Look, wire: Wire) -> Shown:
    if wire.constant:
        return Shown("", 0)
    if look.blank:
        return _box(look.theme)
    is_faint = look.is_off(wire.off) and not wire.now  # what is marked is read
    colour = look.theme.off if is_faint else look.theme.gradient
    number = _coloured(look.style.short(wire.gradient), colour)
    return number._replace(label="") if "gradient" in wire.hidden else number


def _coloured(text: str, colour: str) -> Shown:
    return Shown(font(text, colour=colour), _width(text))


def _width(text: str, size: int = TEXT) -> float:
    return text_width(text, size) + WIDER * text.count("≈")


def _box(theme: Theme, name: str = "") -> Shown:
    """An empty box, all of one size: none tells how long the number is."""
    before = f"<TD>{font(name, colour=theme.text)}</TD>" if name else ""
    box = f'<TD BORDER="1" COLOR="{theme.line}" WIDTH="{BOX[0]}" HEIGHT="{BOX[1]}"></TD>'
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0">'
    return Shown(f"{table}<TR>{before}{box}</TR></TABLE>", _width(name) + BOX[0] + 6)
