"""Where it stands: circles in columns, and the labels of the weights where they hit nothing.

Lengths are in inches; y points up. Between two columns only the lines between them are in the way,
so that the distance of each two is found by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from nn.network_view.labels import Box, Segment, better_places, first_places
from nn.network_view.rooms import Rooms, Shown, rooms_of
from nn.network_view.shown import Circle, Column, Line, Point
from nn.network_view.written import Size, Writing

RADIUS, SMALL_RADIUS = 0.6, 0.36
GAP = 0.04  # between a circle and the text under it
HEADING_GAP = 0.2  # between two headings
NOTE_GAP = 0.2  # between the lowest circle and a note
SMALL_ROW = 0.86  # from one small circle to the next
WIDENINGS = tuple(1 + 0.05 * step for step in range(41))  # of the distance between columns
MOST_WIDE = 21.8  # a picture, at most 1,600 points with its border; what is wider is set closer

PlacedLabels = list[tuple[Line, Point]]


class Arranged(NamedTuple):
    """What is drawn, the circles placed; the labels of lines, none where these are bare; and the
    room of every text.
    """

    columns: Sequence[Column]
    lines: Sequence[Line]
    labels: Sequence[tuple[Line, Point]]
    rooms: Rooms

    @property
    def width(self) -> float:
        """How wide the circles stand, in points."""
        first, last = (self.columns[place].circles[0].at.x for place in (0, -1))
        return 72 * (last - first + 2 * RADIUS)


class Spread(NamedTuple):
    """How far two columns are apart at first, by the circles in the taller one, in a fan where the
    other has one; and how many times that they may be for fewer lines under labels.
    """

    least: float
    by_circle: float
    in_fan: float
    widest: float

    def first(self, circles: Sequence[int]) -> float:
        """The distance that two columns of so many circles are apart at first."""
        each = self.in_fan if min(circles) == 1 else self.by_circle
        return max(self.least, 1.7 + each * max(circles))


SPREADS = (  # the first that fits
    Spread(3.3, 0.8, 0.8, 1.5),
    *(Spread(3.3, 0.8, 0.4, widest) for widest in (1.5, 1.25, 1)),
    Spread(2.4, 0, 0, 1),
)


class Between(NamedTuple):
    """How far two columns are apart, and where the labels between them stand, from the first."""

    step: float
    places: Sequence[Point] = ()


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
    find no room in the width of a page.
    """
    columns, lines = shown
    weighted = [line for line in lines if line.weight is not None]
    headings = [room.width for room in rooms.headings]
    least = [(one + other) / 2 + HEADING_GAP for one, other in pairwise(headings)]
    ends = sum(max(RADIUS, width / 2) for width in (headings[0], headings[-1]))
    for spread in SPREADS if labelled else ():
        found = _with_labels(columns, weighted, least, rooms, spread)
        if found is not None and found[0][-1].circles[0].at.x + ends <= MOST_WIDE:
            return Arranged(found[0], lines, found[1], rooms)
    tallest = max(len(column.circles) for column in columns)
    steps = [max(2.6, 0.25 * tallest, width) for width in least]
    return Arranged(_placed(columns, steps, row=SMALL_ROW), lines, [], rooms)


def _with_labels(
    columns: Sequence[Column],
    lines: Sequence[Line],
    least: Sequence[float],
    rooms: Rooms,
    spread: Spread,
) -> tuple[list[Column], PlacedLabels] | None:
    """The circles and the labels placed; None where a label finds no room."""
    row = 1.25 + _tallest_below(columns, rooms)
    steps: list[float] = []
    labels: PlacedLabels = []
    for pair, width in zip(pairwise(columns), least, strict=True):
        starts = {circle.key for circle in pair[0].circles}
        own = [line for line in lines if line.start in starts]
        between = _between_columns(pair, own, width, row, rooms, spread)
        if between is None:
            return None
        left = sum(steps)
        places = (Point(at.x + left, at.y) for at in between.places)
        labels += zip(own, places, strict=True)
        steps.append(between.step)
    return _placed(columns, steps, row), labels


def _between_columns(
    pair: Sequence[Column],
    lines: Sequence[Line],
    least: float,
    row: float,
    rooms: Rooms,
    spread: Spread,
) -> Between | None:
    """The least distance at which all labels find room; or a larger one, within bounds, at which
    fewer of the lines pass under labels. None where they find room at none.
    """
    if not lines:
        return Between(max(2.4, least))
    first = max(spread.first([len(column.circles) for column in pair]), least)
    best: Between | None = None
    fewest = len(lines) ** 2
    for widening in WIDENINGS:
        if best is not None and (not fewest or widening > spread.widest):
            break
        step = first * widening
        found = first_places(*_between_circles(pair, lines, step, row, rooms))
        if found is not None and found.hits < fewest:
            best, fewest = Between(step, found.of), found.hits
    if best is None or not fewest:
        return best
    found = better_places(*_between_circles(pair, lines, best.step, row, rooms))
    return Between(best.step, found.of) if found is not None and found.hits < fewest else best


def _between_circles(
    pair: Sequence[Column], lines: Sequence[Line], step: float, row: float, rooms: Rooms
) -> tuple[list[Segment], list[Size], list[Box]]:
    """The lines between two columns, the room of their labels, and what is taken."""
    columns = _placed(pair, [step], row)
    at = {circle.key: circle.at for column in columns for circle in column.circles}
    ends = [(at[line.start], at[line.end]) for line in lines]
    sizes = [rooms.weights[line.start, line.end] for line in lines]
    return ends, sizes, _taken(columns, rooms)


def _tallest_below(columns: Sequence[Column], rooms: Rooms) -> float:
    """The room that the notes under a circle take, in columns of several."""
    several = (column.circles for column in columns if len(column.circles) > 1)
    notes = (rooms.below.get(circle.key) for circles in several for circle in circles)
    return max([0.6, *(room.height + 2 * GAP for room in notes if room is not None)])


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


def _placed(columns: Sequence[Column], steps: Sequence[float], row: float) -> list[Column]:
    placed = []
    for left, column in zip(accumulate(steps, initial=0.0), columns, strict=True):
        middle = (len(column.circles) - 1) / 2
        circles = [
            replace(circle, at=Point(left, (middle - index) * row))
            for index, circle in enumerate(column.circles)
        ]
        placed.append(replace(column, circles=tuple(circles)))
    return placed


def _taken(columns: Sequence[Column], rooms: Rooms) -> list[Box]:
    """What the circles, and the notes under them, take up."""
    taken = []
    for circle in (circle for column in columns for circle in column.circles):
        taken.append(Box(circle.at, 2 * RADIUS, 2 * RADIUS))
        room = rooms.below.get(circle.key)
        if room is not None:
            taken.append(Box(below_at(circle, room), *room))
    return taken
