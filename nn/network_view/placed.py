"""How a network is laid out: with the weights on their lines, where none passes under the label of
another; or else in rows before the circles that they lead to; or without numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from autograd.drawing.sizes import TALLEST, WIDEST
from nn.network_view.circles import RADIUS, heading_at, placed, small, taken
from nn.network_view.labels import Box
from nn.network_view.on_lines import on_lines
from nn.network_view.rooms import Rooms, Shown, rooms_of
from nn.network_view.rows import in_rows
from nn.network_view.shown import Circle, Column, Line, Point
from nn.network_view.texts import INCH
from nn.network_view.written import Writing

HEADING_GAP = 0.2  # between two headings
SMALL_ROW = 0.86  # from one small circle to the next
BORDER = 0.2  # around a picture
TITLE = 36  # points, of one over it


class Arranged(NamedTuple):
    """What is drawn, the circles placed; the labels of lines, none where these are bare; and the
    room of every text.
    """

    columns: Sequence[Column]
    lines: Sequence[Line]
    labels: Sequence[tuple[Line, Point]]
    rooms: Rooms
    in_rows: bool = False  # labels stand before the circles, and lines lead to them

    @property
    def width(self) -> float:
        """How wide the circles stand, in points."""
        first, last = (self.columns[place].circles[0].at.x for place in (0, -1))
        return INCH * (last - first + 2 * RADIUS)

    @property
    def is_on_a_page(self) -> bool:
        """Whether it has room on one, with its headings, its notes and a title."""
        wide, tall = self.size
        return wide <= WIDEST and tall + TITLE <= TALLEST

    @property
    def size(self) -> tuple[float, float]:
        """How wide and tall a picture of it is, in points, without a title."""
        boxes = taken(self.columns, self.rooms) if self.labels else small(self.columns)
        for column, room in zip(self.columns, self.rooms.headings, strict=True):
            boxes.append(Box(heading_at(self.columns, column, room), *room))
        xs = [box.centre.x + side * box.width / 2 for box in boxes for side in (-1, 1)]
        ys = [box.centre.y + side * box.height / 2 for box in boxes for side in (-1, 1)]
        wide, tall = (max(ends) - min(ends) + 2 * BORDER for ends in (xs, ys))
        return INCH * wide, INCH * tall


def arranged(passes: Sequence[Shown], labelled: bool, writing: Writing) -> list[Arranged]:
    """The passes of one network, arranged alike, with the room that the texts of all take."""
    first = _arranged(passes[0], labelled, rooms_of(passes, labelled, writing))
    return [first, *(_alike(shown, first) for shown in passes[1:])]


def _alike(shown: Shown, first: Arranged) -> Arranged:
    """A pass of a network, arranged as the first."""
    columns = [
        replace(column, circles=tuple(map(_as_placed, column.circles, of_first.circles)))
        for column, of_first in zip(shown.columns, first.columns, strict=True)
    ]
    by_ends = {(line.start, line.end): line for line in shown.lines}
    labels = [(by_ends[line.start, line.end], place) for line, place in first.labels]
    return Arranged(columns, shown.lines, labels, first.rooms)


def _as_placed(circle: Circle, of_first: Circle) -> Circle:
    return replace(circle, at=of_first.at)


def _arranged(shown: Shown, labelled: bool, rooms: Rooms) -> Arranged:
    """The circles placed, the columns as far apart as the labels need; and these, none where they
    find no room on a page.
    """
    columns, lines = shown
    headings = [room.width for room in rooms.headings]
    least = [(one + other) / 2 + HEADING_GAP for one, other in pairwise(headings)]
    weighted = [line for line in lines if line.weight is not None]
    for way in (on_lines, in_rows) if labelled else ():
        for circles, labels in way(columns, weighted, least, rooms):
            found = Arranged(circles, lines, labels, rooms, in_rows=way is in_rows)
            if found.is_on_a_page:
                return found
    tallest = max(len(column.circles) for column in columns)
    steps = [max(2.6, 0.25 * tallest, width) for width in least]
    return Arranged(placed(columns, steps, [SMALL_ROW] * len(columns)), lines, [], rooms)
