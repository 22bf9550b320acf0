"""Where circles stand, in columns, and what is written over, under and below them.

Lengths are in inches; y points up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from nn.network_view.labels import Box
from nn.network_view.rooms import Rooms
from nn.network_view.shown import Circle, Column, Line, Point
from nn.network_view.texts import Size

RADIUS, SMALL_RADIUS = 0.6, 0.36
GAP = 0.04  # between a circle and the text under it
NOTE_GAP = 0.2  # between the lowest circle and a note
UNWEIGHTED = 2.4  # from column to column where lines have no weights

PlacedLabels = list[tuple[Line, Point]]


def lines_from(column: Column, lines: Sequence[Line]) -> list[Line]:
    """The lines that start in a column."""
    starts = {circle.key for circle in column.circles}
    return [line for line in lines if line.start in starts]


def placed(
    columns: Sequence[Column], steps: Sequence[float], rows: Sequence[float]
) -> list[Column]:
    """The columns with their circles placed: so far from column to column, and in each from circle
    to circle.
    """
    found = []
    lefts = accumulate(steps, initial=0.0)
    for left, column, row in zip(lefts, columns, rows, strict=True):
        middle = (len(column.circles) - 1) / 2
        circles = [
            replace(circle, at=Point(left, (middle - index) * row))
            for index, circle in enumerate(column.circles)
        ]
        found.append(replace(column, circles=tuple(circles)))
    return found


def row_of(column: Column, rooms: Rooms) -> float:
    """From one circle of a column to the next: with room for the notes under them."""
    notes = (rooms.below.get(circle.key) for circle in column.circles)
    return 1.25 + max([0.6, *(room.height + 2 * GAP for room in notes if room is not None)])


def heading_at(columns: Sequence[Column], column: Column, room: Size) -> Point:
    """Where the heading of a column stands: all with their middle on one line, over the circles."""
    top = max(circle.at.y for column in columns for circle in column.circles)
    return Point(column.circles[0].at.x, top + max(1.05, RADIUS + 0.1 + room.height / 2))


def below_at(circle: Circle, room: Size) -> Point:
    """Where the notes under a circle stand."""
    return Point(circle.at.x, circle.at.y - RADIUS - GAP - room.height / 2)


def note_at(columns: Sequence[Column], room: Size) -> Point:
    """Where a note stands: below small circles, from the left."""
    bottom = min(circle.at.y for column in columns for circle in column.circles)
    left = columns[0].circles[0].at.x - SMALL_RADIUS
    return Point(left + room.width / 2, bottom - SMALL_RADIUS - NOTE_GAP - room.height / 2)


def taken(columns: Sequence[Column], rooms: Rooms) -> list[Box]:
    """What the circles, and the notes under them, take up."""
    circles = [circle for column in columns for circle in column.circles]
    return [*(Box(circle.at, 2 * RADIUS, 2 * RADIUS) for circle in circles), *notes(columns, rooms)]


def small(columns: Sequence[Column]) -> list[Box]:
    """What circles without numbers take up, and a note below them."""
    circles = [circle.at for column in columns for circle in column.circles]
    boxes = [Box(at, 2 * SMALL_RADIUS, 2 * SMALL_RADIUS) for at in circles]
    lowest = min(boxes, key=lambda box: box.centre.y)
    return [*boxes, lowest._replace(height=2 * (SMALL_RADIUS + 3 * NOTE_GAP))]


def notes(columns: Sequence[Column], rooms: Rooms) -> list[Box]:
    """What the notes under circles take up."""
    circles = (circle for column in columns for circle in column.circles)
    under = ((circle, rooms.below.get(circle.key)) for circle in circles)
    return [Box(below_at(circle, room), *room) for circle, room in under if room is not None]
