"""Where the labels of lines go: on their line, off all that is taken, on as few others as can be.

What takes up room is a box, in inches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from nn.network_view.shown import Point
from nn.network_view.texts import Size

TOUCHED = 0.05  # between a label and a line that seems to touch it
FRACTIONS = tuple(0.5 + side * 0.03 * step for step in range(12) for side in (-1, 1))[1:]
FINE = tuple(0.12 + 0.02 * step for step in range(39))
SHIFTS = (0, -0.3, 0.3)  # of a label's height, so that its line still goes through it
ROUNDS = 4

Segment = tuple[Point, Point]


class Box(NamedTuple):
    """What a label or a circle takes up."""

    centre: Point
    width: float
    height: float


class Places(NamedTuple):
    """The middle of each label, and on how many lines all are that are not their own."""

    of: Sequence[Point]
    hits: int


class Choice(NamedTuple):
    """A place that a label may have, the better the less."""

    hits: int
    is_shifted: bool
    touches: int
    from_middle: float
    box: Box


def first_places(
    lines: Sequence[Segment], sizes: Sequence[Size], taken: Sequence[Box], most: int
) -> Places | None:
    """The labels placed one after the other, near as few lines as can be; None if one of them finds
    no place, or all are on more than so many lines that are not their own.
    """
    places, crossings, taken = [], 0, list(taken)
    for size, own in zip(sizes, lines, strict=True):
        boxes = [Box(_between(*own, fraction), *size) for fraction in FRACTIONS]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        if not free:
            return None
        others = [line for line in lines if line != own]
        each = [crossed(box, others) for box in free]
        best = free[each.index(min(each))]
        taken.append(best)
        places.append(best.centre)
        crossings += min(each)[0]
        if crossings > most:
            return None
    return Places(places, crossings)


def better_places(
    lines: Sequence[Segment], sizes: Sequence[Size], taken: Sequence[Box]
) -> Sequence[Point] | None:
    """The labels placed a little above or below their lines, too, those with few places off all
    lines first; then each where it is better and nothing else is. None if one finds no place, or
    none off the other lines.
    """
    choices = []
    for own, size in zip(lines, sizes, strict=True):
        choices.append(_choices(own, size, [line for line in lines if line != own], taken))
    placed: dict[int, Choice] = {}
    for label in sorted(range(len(lines)), key=lambda label: _fewest(choices[label])):
        found = _first_free(label, choices[label], placed)
        if found is None:
            return None
        placed[label] = found
    for label in [*placed] * ROUNDS:
        placed[label] = _first_free(label, choices[label], placed) or placed[label]
    if any(choice.hits for choice in placed.values()):
        return None
    return [placed[label].box.centre for label in range(len(lines))]


def _choices(
    own: Segment, size: Size, others: Sequence[Segment], taken: Sequence[Box]
) -> list[Choice]:
    """The places of one label, the best first."""
    found = []
    for fraction in FINE:
        middle = _between(*own, fraction)
        for shift in SHIFTS:
            box = Box(Point(middle.x, middle.y + shift * size.height), *size)
            if not any(_overlap(box, other) for other in taken):
                hits, touches = crossed(box, others)
                found.append(Choice(hits, shift != 0, touches, abs(fraction - 0.5), box))
    return sorted(found)


def _fewest(choices: Sequence[Choice]) -> tuple[int, int]:
    """On how few lines a label can be, and at how many places."""
    hits = [choice.hits for choice in choices]
    return min(hits, default=0), hits.count(min(hits, default=0))


def _first_free(label: int, choices: Sequence[Choice], placed: dict[int, Choice]) -> Choice | None:
    others = [choice.box for other, choice in placed.items() if other != label]
    free = (each for each in choices if not any(_overlap(each.box, other) for other in others))
    return next(free, None)


def _between(start: Point, end: Point, fraction: float) -> Point:
    return Point(start.x + (end.x - start.x) * fraction, start.y + (end.y - start.y) * fraction)


def _overlap(one: Box, other: Box) -> bool:
    apart = abs(one.centre.x - other.centre.x), abs(one.centre.y - other.centre.y)
    return apart[0] * 2 < one.width + other.width and apart[1] * 2 < one.height + other.height


def crossed(box: Box, lines: Sequence[Segment]) -> tuple[int, int]:
    """On how many lines a label is, and near how many, these too."""
    each = [_nearness(box, line) for line in lines]
    return sum(near < 0 for near in each), sum(near < TOUCHED for near in each)


def _nearness(box: Box, line: Segment) -> float:
    """How far a line passes above or below a label; less than 0 where it passes through."""
    (point, wide, high), (start, end) = box, line
    if not min(start.x, end.x) < point.x < max(start.x, end.x):
        return math.inf
    slope = (end.y - start.y) / (end.x - start.x)
    height = start.y + slope * (point.x - start.x)
    return abs(height - point.y) - (high + abs(slope) * wide) / 2
