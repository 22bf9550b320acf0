"""Places in columns, in an order with few crossings, and where each stands: a layered layout.

Positions are in points, along a column from its top. Nothing in here knows what a place holds.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SORTS = 4  # passes of sorting columns by those beside them
SWITCHES = 8  # passes of swapping neighbours
SWEEPS = 12  # passes of moving places to what they are linked to


@dataclass(slots=True, eq=False)
class Place:
    """What takes room in a column: `before` and `after` the line `at` which its links arrive."""

    column: int
    before: float
    after: float
    length: float = 0  # across the column
    name: str = ""  # of what stands there; "" where something passes
    at: float = 0
    order: int = 0
    left: list[Link] = field(default_factory=list)
    right: list[Link] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Link:
    """Two places of columns beside each other, `leaves` and `enters` off their lines."""

    start: Place
    end: Place
    leaves: float = 0
    enters: float = 0
    weight: float = 1

    @property
    def rise(self) -> float:
        """How far its ends are from being level."""
        return self.end.at + self.enters - self.start.at - self.leaves


def linked(
    start: Place, end: Place, leaves: float = 0, enters: float = 0, weight: float = 1
) -> Link:
    """A new link, which both places know."""
    link = Link(start, end, leaves, enters, weight)
    start.right.append(link)
    end.left.append(link)
    return link


def arrange(columns: Sequence[list[Place]], gap: float) -> None:
    """Order the places of each column, and set where they stand, at least a gap apart.

    Levels are kept where they can be:

    >>> a, b, c = Place(0, 5, 5), Place(0, 5, 5), Place(1, 5, 5)
    >>> _ = linked(a, c, enters=2), linked(b, c, enters=-2)
    >>> columns = [a, b], [c]
    >>> arrange(columns, gap=10)
    >>> columns[0] == [b, a], round(a.at - b.at, 6), round(c.at - (a.at + b.at) / 2, 6)
    (True, 20.0, 0.0)
    """
    for column in columns:
        _number(column)
    _reduce_crossings(columns)
    for column in columns:
        _put(column, [(place.at, 1) for place in column], gap)
    from_right, from_left = (_wishes(False, True), _wishes(True, False))
    for _ in range(SWEEPS):
        _sweep(reversed(columns), from_right, gap)
        _sweep(columns, from_left, gap)
    both = _wishes(True, True)
    for _ in range(SWEEPS):
        _sweep(reversed(columns), both, gap)
        _sweep(columns, both, gap)
    for column in reversed(columns):
        _level(column, gap, _level_on_the_right)
    for column in columns:
        _level(column, gap, _level_on_the_left)


# --- order ----------------------------------------------------------------------------------------


def _number(column: Iterable[Place]) -> None:
    for order, place in enumerate(column):
        place.order = order


def _reduce_crossings(columns: Sequence[list[Place]]) -> None:
    """Sort columns by what they are linked to, and keep the order with the fewest crossings; then
    swap neighbours as long as that takes more away.
    """
    best, orders = _all_crossings(columns), [list(column) for column in columns]
    for _ in range(SORTS):
        if not best:
            break
        for side, of_columns in ((_ends, reversed(columns)), (_starts, columns)):
            for column in of_columns:
                _sort(column, side)
            if (crossings := _all_crossings(columns)) < best:
                best, orders = crossings, [list(column) for column in columns]
    for column, order in zip(columns, orders, strict=True):
        column[:] = order
        _number(column)
    for _ in range(SWITCHES):
        if not sum(_switch(column) for column in reversed(columns)):
            return


def _sort(column: list[Place], side: Side) -> None:
    """By the middle of the places that each is linked to on a side; others keep their rank."""

    def rank(place: Place) -> float:
        found = side(place)
        return sum(order for order, _ in found) / len(found) if found else place.order

    column.sort(key=rank)
    _number(column)


def _all_crossings(columns: Iterable[Sequence[Place]]) -> int:
    return sum(map(_crossings_behind, columns))


def _crossings_behind(column: Sequence[Place]) -> int:
    """Of the links from a column to the next."""
    before: list[tuple[int, float]] = []
    crossings = 0
    for place in column:
        ends = _ends(place)
        crossings += sum(len(before) - bisect_right(before, end) for end in ends)
        for end in ends:
            insort(before, end)
    return crossings


def _switch(column: list[Place]) -> int:
    """How many neighbours were swapped."""
    swaps = 0
    for at in range(len(column) - 1):
        one, other = column[at], column[at + 1]
        if _crossings(one, other) > _crossings(other, one):
            column[at], column[at + 1] = other, one
            one.order, other.order = other.order, one.order
            swaps += 1
    return swaps


def _crossings(upper: Place, lower: Place) -> int:
    """Of the links of two places, one above the other."""
    left = sum(a > b for a in _starts(upper) for b in _starts(lower))
    return left + sum(a > b for a in _ends(upper) for b in _ends(lower))


Side = Callable[[Place], list[tuple[int, float]]]


def _starts(place: Place) -> list[tuple[int, float]]:
    return [(link.start.order, link.leaves) for link in place.left]


def _ends(place: Place) -> list[tuple[int, float]]:
    return [(link.end.order, link.enters) for link in place.right]


# --- position -------------------------------------------------------------------------------------

Wish = tuple[float, float]  # a position and its weight
Wishes = Callable[[Place], Wish]


def _wishes(by_left: bool, by_right: bool) -> Wishes:
    """Where a place would be level with its neighbours on one side or both."""

    def wish(place: Place) -> Wish:
        left = [(link.start.at + link.leaves - link.enters, link.weight) for link in place.left]
        right = [(link.end.at + link.enters - link.leaves, link.weight) for link in place.right]
        found = (left if by_left else []) + (right if by_right else []) or left + right
        total = sum(weight for _, weight in found)
        return (sum(at * weight for at, weight in found) / total, total) if total else (place.at, 1)

    return wish


def _sweep(columns: Iterable[list[Place]], wishes: Wishes, gap: float) -> None:
    for column in columns:
        _put(column, [wishes(place) for place in column], gap)


def _put(column: Sequence[Place], wishes: Sequence[Wish], gap: float) -> None:
    """Set the places of a column, in order, as near to what they wish as the gap lets them.

    The least squares of the distances, by pooling neighbours that would be too near.
    """
    needed = [0.0]
    for above, below in pairwise(column):
        needed.append(needed[-1] + above.after + gap + below.before)
    pools: list[tuple[float, float, int]] = []
    for (at, weight), room in zip(wishes, needed[: len(column)], strict=True):
        pool = (at - room, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            pool = _pooled(pools.pop(), pool)
        pools.append(pool)
    positions = (mean for mean, _, count in pools for _ in range(count))
    for place, mean, room in zip(column, positions, needed, strict=False):
        place.at = mean + room


def _pooled(
    one: tuple[float, float, int], other: tuple[float, float, int]
) -> tuple[float, float, int]:
    weight = one[1] + other[1]
    return (one[0] * one[1] + other[0] * other[1]) / weight, weight, one[2] + other[2]


def _level(column: Sequence[Place], gap: float, wish: Callable[[Place], float]) -> None:
    """Make each place level with what it is linked to, where its neighbours leave the room."""
    for number, place in enumerate(column):
        at = wish(place)
        if number:
            above = column[number - 1]
            at = max(at, above.at + above.after + gap + place.before)
        if number + 1 < len(column):
            below = column[number + 1]
            at = min(at, below.at - below.before - gap - place.after)
        place.at = at


def _level_on_the_right(place: Place) -> float:
    """Level with the only link to the right; where there are several, unmoved."""
    if len(place.right) != 1:
        return place.at
    (link,) = place.right
    return link.end.at + link.enters - link.leaves


def _level_on_the_left(place: Place) -> float:
    """What passes is level with what it comes from; the rest unmoved."""
    if place.name or len(place.left) != 1:
        return place.at
    (link,) = place.left
    return link.start.at + link.leaves - link.enters
