"""The room that its texts take: in a walk that of the largest in all passes, so that none moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from nn.network_view.shown import Column, Line
from nn.network_view.texts import Size, Text
from nn.network_view.written import Writing

Key = TypeVar("Key")


class Shown(NamedTuple):
    """What is shown of a network with the numbers of one pass."""

    columns: Sequence[Column]
    lines: Sequence[Line]


class Rooms(NamedTuple):
    """The room of every text: of each column's heading, of the notes under a circle, by its key,
    and of a weight, by the keys of the circles that its line joins; where weights stand in rows,
    that of each of these, and how wide their cells are, in points.
    """

    headings: Sequence[Size]
    below: Mapping[str, Size]
    weights: Mapping[tuple[str, str], Size]
    row: Size = Size(0, 0)
    cells: tuple[int, ...] = ()


def rooms_of(passes: Sequence[Shown], labelled: bool, writing: Writing) -> Rooms:
    """The room of every text in all of some passes of one network."""
    headings = (
        [writing.heading(column, labelled).size for column in columns] for columns, _ in passes
    )
    circles = (circle for columns, _ in passes for column in columns for circle in column.circles)
    lines = [line for of_pass in passes for line in of_pass.lines if labelled]
    weighted = [line for line in lines if line.weight is not None]
    rows = list(map(writing.row, weighted))
    cells = tuple(map(max, zip_longest(*(row.widths for row in rows), fillvalue=0)))
    return Rooms(
        [_largest(of_column) for of_column in zip(*headings, strict=True)],
        _by_key((circle.key, writing.below(circle)) for circle in circles),
        _by_key(((line.start, line.end), writing.weight(line)) for line in weighted),
        _largest(row._replace(widths=cells).size for row in rows),
        cells,
    )


def _by_key(texts: Iterable[tuple[Key, Text | None]]) -> dict[Key, Size]:
    found = dict[Key, list[Size]]()
    for key, text in texts:
        if text is not None:
            found.setdefault(key, []).append(text.size)
    return {key: _largest(sizes) for key, sizes in found.items()}


def _largest(sizes: Iterable[Size]) -> Size:
    return Size(*map(max, zip(Size(0, 0), *sizes, strict=True)))
