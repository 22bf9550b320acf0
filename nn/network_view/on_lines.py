"""Weights on their lines: the columns as far apart as their labels need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from nn.network_view.circles import (
    UNWEIGHTED,
    PlacedLabels,
    lines_from,
    notes,
    placed,
    row_of,
    taken,
)
from nn.network_view.labels import Places, Segment, better_places, crossed, first_places
from nn.network_view.rooms import Rooms
from nn.network_view.shown import Column, Line, Point
from nn.network_view.texts import Size

MOST_MENDED = 4  # lines under labels that labels may be moved off
WIDENINGS = tuple(1 + 0.05 * step for step in range(11))  # of the distance between columns


class Spread(NamedTuple):
    """How far two columns are apart at first, by the circles in the taller one, in a fan where the
    other has one.
    """

    least: float
    by_circle: float
    in_fan: float

    def first(self, circles: Sequence[int]) -> float:
        """The distance that two columns of so many circles are apart at first."""
        each = self.in_fan if min(circles) == 1 else self.by_circle
        return max(self.least, 1.7 + each * max(circles))


SPREADS = Spread(3.3, 0.8, 0.8), Spread(3.3, 0.8, 0.4), Spread(2.4, 0, 0)


class Between(NamedTuple):
    """How far two columns are apart, and where the labels between them stand, from the first."""

    step: float
    places: Sequence[Point] = ()


def on_lines(
    columns: Sequence[Column], lines: Sequence[Line], least: Sequence[float], rooms: Rooms
) -> Iterator[tuple[list[Column], PlacedLabels]]:
    """The circles and the labels placed, in less and less room, where no line passes under a label
    that is not its own.
    """
    for spread in SPREADS:
        found = _spread(columns, lines, least, rooms, spread)
        if found is not None:
            yield found


def _spread(
    columns: Sequence[Column],
    lines: Sequence[Line],
    least: Sequence[float],
    rooms: Rooms,
    spread: Spread,
) -> tuple[list[Column], PlacedLabels] | None:
    rows = [row_of(column, rooms) for column in columns]
    steps: list[float] = []
    labels: PlacedLabels = []
    for pair, width, high in zip(pairwise(columns), least, pairwise(rows), strict=True):
        own = lines_from(pair[0], lines)
        between = _between_columns(pair, own, width, high, rooms, spread)
        if between is None:
            return None
        left = sum(steps)
        places = (Point(at.x + left, at.y) for at in between.places)
        labels += zip(own, places, strict=True)
        steps.append(between.step)
    return placed(columns, steps, rows), labels


def _between_columns(
    pair: Sequence[Column],
    lines: Sequence[Line],
    least: float,
    rows: Sequence[float],
    rooms: Rooms,
    spread: Spread,
) -> Between | None:
    """The least distance at which no line passes under a label or a note, within bounds; or that at
    which few do, with the labels moved off them. None where some do at every one.
    """
    if not lines:
        return Between(max(UNWEIGHTED, least))
    first = max(spread.first([len(column.circles) for column in pair]), least)
    best: tuple[float, Places] | None = None
    for step in (first * widening for widening in WIDENINGS):
        columns = placed(pair, [step], rows)
        ways = _ways(columns, lines)
        if any(crossed(note, ways)[0] for note in notes(columns, rooms)):
            continue
        most = best[1].hits - 1 if best else MOST_MENDED
        found = first_places(ways, _sizes(lines, rooms), taken(columns, rooms), most)
        if found is not None and not found.hits:
            return Between(step, found.of)
        best = best if found is None else (step, found)
    if best is None:
        return None
    columns = placed(pair, [best[0]], rows)
    places = better_places(_ways(columns, lines), _sizes(lines, rooms), taken(columns, rooms))
    return Between(best[0], places) if places else None


def _ways(columns: Sequence[Column], lines: Sequence[Line]) -> list[Segment]:
    """From where to where the lines go."""
    at = {circle.key: circle.at for column in columns for circle in column.circles}
    return [(at[line.start], at[line.end]) for line in lines]


def _sizes(lines: Sequence[Line], rooms: Rooms) -> list[Size]:
    return [rooms.weights[line.start, line.end] for line in lines]
