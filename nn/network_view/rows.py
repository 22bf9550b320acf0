"""Weights in rows: those of a neuron one below the other before its circle, by way of which their
lines lead to it. No line passes under another's row, however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nn.network_view.circles import (
    RADIUS,
    PlacedLabels,
    lines_from,
    notes,
    placed,
    row_of,
)
from nn.network_view.labels import crossed
from nn.network_view.rooms import Rooms
from nn.network_view.shown import Column, Line, Point

TAIL = 0.32  # from a row to its circle, or to what stands under it
TO_LOSS = 2.0  # from column to column where lines have no weights
APART, BETWEEN = 0.01, 0.25  # two rows, and those of two neurons
LENGTHS = (1.2, 0.3), (1.2, 0.1), (0.7, 0.05)  # that are tried of lines, and by each circle
LONGER = tuple(1 + 0.1 * step for step in range(11))


def in_rows(
    columns: Sequence[Column], lines: Sequence[Line], least: Sequence[float], rooms: Rooms
) -> Iterator[tuple[list[Column], PlacedLabels]]:
    """The circles and the rows placed, in less and less room."""
    into = Counter(line.end for line in lines)
    rows = [_row(column, into, rooms) for column in columns]
    for length, by_circle in LENGTHS:
        steps = []
        for pair, width, high in zip(pairwise(columns), least, pairwise(rows), strict=True):
            own = lines_from(pair[0], lines)
            long = length + by_circle * max(len(column.circles) for column in pair)
            step = _step(pair, own, long, high, rooms) if own else TO_LOSS
            steps.append(max(step, width))
        found = placed(columns, steps, rows)
        yield found, _rows(found, lines, rooms)


def _row(column: Column, into: Mapping[str, int], rooms: Rooms) -> float:
    """From one circle of a column to the next."""
    most = max(into[circle.key] for circle in column.circles)
    return max(row_of(column, rooms), most * _high(rooms) + BETWEEN)


def _step(
    pair: Sequence[Column],
    lines: Sequence[Line],
    long: float,
    high: Sequence[float],
    rooms: Rooms,
) -> float:
    """How far two columns are apart, that no line passes through the notes under a circle; its
    lines are so long, or longer if they must be.
    """
    around = _half_width(pair[0], rooms) + rooms.row.width + TAIL + _half_width(pair[1], rooms)
    for longer in LONGER:
        step = around + long * longer
        start, end = placed(pair, [step], high)
        at = {circle.key: circle.at for circle in start.circles}
        ways = [
            (_beside(at[line.start]), _before(row, rooms))
            for line, row in _rows([start, end], lines, rooms)
        ]
        if not any(crossed(note, ways)[0] for note in notes([start], rooms)):
            break
    return step


def _rows(columns: Sequence[Column], lines: Sequence[Line], rooms: Rooms) -> PlacedLabels:
    """The middle of each row."""
    found: PlacedLabels = []
    high = _high(rooms)
    for column in columns[1:]:
        x = column.circles[0].at.x - _half_width(column, rooms) - TAIL - rooms.row.width / 2
        for circle in column.circles:
            own = [line for line in lines if line.end == circle.key]
            top = circle.at.y + high * (len(own) - 1) / 2
            found += [(line, Point(x, top - high * place)) for place, line in enumerate(own)]
    return found


def _high(rooms: Rooms) -> float:
    """From one row to the next."""
    return rooms.row.height + APART


def _beside(circle: Point) -> Point:
    """Where lines start at their circle: all at one point, so that none passes through another."""
    return Point(circle.x + RADIUS, circle.y)


def _before(row: Point, rooms: Rooms) -> Point:
    """Where a line ends at its row."""
    return Point(row.x - rooms.row.width / 2, row.y)


def _half_width(column: Column, rooms: Rooms) -> float:
    """From the middle of a column to what stands outermost in or under its circles."""
    under = (rooms.below.get(circle.key) for circle in column.circles)
    return max([RADIUS, *(room.width / 2 for room in under if room is not None)])
