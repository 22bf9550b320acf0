"""Lines of text in sizes and colours, as HTML-like labels, and the room that they take.

What is drawn and what is measured is the same, so that labels are put where they fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from autograd.drawing.labels import font
from autograd.drawing.metrics import text_width, width_in_dot
from autograd.drawing.scripts import unmarked

INCH = 72  # points
PADDING = 2  # points around a text, both sides together
BETWEEN, BESIDE = 7, 3  # points, of the cells of a row and at its ends
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


class Size(NamedTuple):
    """The room that a text takes, in inches, with the ground around it."""

    width: float
    height: float


class Run(NamedTuple):
    """Text of one kind."""

    text: str
    size: int
    colour: str
    bold: bool = False
    ground: str = ""

    @property
    def width(self) -> float:
        """In points."""
        return text_width(self.text, self.size, self.bold)

    @property
    def width_in_dot(self) -> float:
        """The same as dot measures it, which makes a cell wider."""
        return width_in_dot(self.text, self.size, self.bold)

    @property
    def source(self) -> str:
        """The run as an element of an HTML-like label."""
        return font(self.text, size=self.size, colour=self.colour, bold=self.bold)


class Text(NamedTuple):
    """Lines of runs, one below the other, at a side."""

    lines: tuple[tuple[Run, ...], ...]
    side: str = "CENTER"

    def source(self, room: Size | None = None) -> str:
        """The text for an HTML-like label, as wide and as high as a room if that is larger."""
        wide = f' WIDTH="{math.ceil(room.width * INCH) - PADDING}"' if room else ""
        side = "" if self.side == "CENTER" else f' ALIGN="{self.side}"'
        rows = (
            f"<TR><TD{wide}{side}{_height_and_ground(line)}>"
            f"{''.join(run.source for run in line)}</TD></TR>"
            for line in self.lines
        )
        rest = round((room.height - self.size.height) * INCH) if room else 0
        below = f'<TR><TD HEIGHT="{rest}"></TD></TR>' if rest > 0 else ""
        return f"{TABLE}{''.join(rows)}{below}</TABLE>"

    @property
    def size(self) -> Size:
        """The room that it takes."""
        width = max(sum(run.width for run in line) for line in self.lines)
        height = sum(map(_height, self.lines))
        return Size((width + PADDING) / INCH, (height + PADDING) / INCH)


class Row(NamedTuple):
    """Runs in cells beside each other, the first of them at the left, the others at the right; the
    widths of the cells are in points.
    """

    cells: tuple[Run, ...]
    widths: tuple[int, ...]

    def source(self, room: Size | None = None) -> str:
        """The row for an HTML-like label, of the room that its cells have."""
        cells: list[str] = []
        for width, run in zip_longest(self.widths, self.cells):
            side = "RIGHT" if cells else "LEFT"
            inner = f' ALIGN="{side}"{_height_and_ground([run])}>{run.source}' if run else ">"
            cells.append(f'<TD WIDTH="{width}"{inner}</TD>')
        gap, end = (f'<TD WIDTH="{width}"></TD>' for width in (BETWEEN, BESIDE))
        return f"{TABLE}<TR>{end}{gap.join(cells)}{end}</TR></TABLE>"

    @property
    def size(self) -> Size:
        """The room that it takes."""
        width = sum(self.widths) + BETWEEN * (len(self.widths) - 1) + 2 * BESIDE
        return Size((width + PADDING) / INCH, (_height(self.cells) + PADDING) / INCH)


def _height(line: Sequence[Run]) -> int:
    """The points that a line is high: more where letters stand lower or higher in it."""
    return max(
        math.ceil(run.size * (1.2 if unmarked(run.text) == run.text else 1.4)) for run in line
    )


def _height_and_ground(line: Sequence[Run]) -> str:
    ground = f' BGCOLOR="{line[0].ground}"' if line[0].ground else ""
    return f' HEIGHT="{_height(line)}"{ground}'
