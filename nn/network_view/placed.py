"""Where it stands: circles in columns, and the labels of the weights where they hit nothing.

Lengths are in inches; y points up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from autograd.notes.number_style import NumberStyle
from nn.network_view.shown import Column, Line, Point

RADIUS, SMALL_RADIUS = 0.6, 0.36
BELOW = 0.2, 1.1, 0.36  # from a circle to the middle of the text under it, its width and height
LABEL_HEIGHT, LABEL_HEIGHT_WITH_GRADIENT = 0.22, 0.36
FRACTIONS = tuple(0.5 + side * 0.03 * step for step in range(12) for side in (-1, 1))[1:]
WIDENINGS = tuple(1 + 0.05 * step for step in range(41))  # of the distance between columns


def arranged(
    columns: Sequence[Column], lines: Sequence[Line], labelled: bool, style: NumberStyle
) -> tuple[list[Column], list[tuple[Line, Point]]]:
    """The circles placed, the columns as far apart as the labels need; and these, none where they
    find no room.
    """
    tallest = max(len(column.circles) for column in columns)
    for widening in WIDENINGS if labelled else ():
        placed = _placed(columns, max(3.3, 0.8 * tallest + 1.7) * widening, row=1.85)
        places = _label_places(placed, lines, style)
        if places is not None:
            return placed, list(zip(lines, places, strict=True))
    return _placed(columns, max(2.6, 0.3 * tallest), row=0.95), []


def _placed(columns: Sequence[Column], step: float, row: float) -> list[Column]:
    placed = []
    for number, column in enumerate(columns):
        middle = (len(column.circles) - 1) / 2
        circles = [
            replace(circle, at=Point(number * step, (middle - index) * row))
            for index, circle in enumerate(column.circles)
        ]
        placed.append(replace(column, circles=tuple(circles)))
    return placed


class Box(NamedTuple):
    """What a label or a circle takes up."""

    centre: Point
    width: float
    height: float


def _label_places(
    columns: Sequence[Column], lines: Sequence[Line], style: NumberStyle
) -> list[Point] | None:
    """Where each weight's label goes: along its line, off all circles and labels, on as few other
    lines as can be.

    None if one of them finds no such place.
    """
    at = {circle.key: circle.at for column in columns for circle in column.circles}
    taken: list[Box] = []
    for place in at.values():
        under = Point(place.x, place.y - RADIUS - BELOW[0])
        taken += [Box(place, 2 * RADIUS, 2 * RADIUS), Box(under, *BELOW[1:])]
    ends = [(at[line.start], at[line.end]) for line in lines]
    places = []
    for line, own in zip(lines, ends, strict=True):
        size = _label_size(line, style)
        boxes = [Box(_between(*own, fraction), *size) for fraction in FRACTIONS]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        if not free:
            return None
        best = min(
            free, key=lambda box: sum(_crosses(box, other) for other in ends if other != own)
        )
        taken.append(best)
        places.append(best[0])
    return places


def _label_size(line: Line, style: NumberStyle) -> tuple[float, float]:
    """Width and height, about: the name in small letters, the number in bold ones, the gradient
    below.
    """
    weight = line.weight
    assert weight is not None
    first = 0.065 * len(f"{line.name} = ") + 0.088 * len(style.short(weight.data))
    if weight.grad is None:
        return first + 0.04, LABEL_HEIGHT
    second = 0.07 * len(f"grad {style.short(weight.grad)}")
    return max(first, second) + 0.04, LABEL_HEIGHT_WITH_GRADIENT


def _between(start: Point, end: Point, fraction: float) -> Point:
    return Point(start.x + (end.x - start.x) * fraction, start.y + (end.y - start.y) * fraction)


def _overlap(one: Box, other: Box) -> bool:
    apart = abs(one.centre.x - other.centre.x), abs(one.centre.y - other.centre.y)
    return apart[0] * 2 < one.width + other.width and apart[1] * 2 < one.height + other.height


def _crosses(box: Box, line: tuple[Point, Point]) -> bool:
    """Whether a line passes through a label."""
    (point, wide, high), (start, end) = box, line
    if not min(start.x, end.x) < point.x < max(start.x, end.x):
        return False
    slope = (end.y - start.y) / (end.x - start.x)
    height = start.y + slope * (point.x - start.x)
    return abs(height - point.y) < (high + abs(slope) * wide) / 2
