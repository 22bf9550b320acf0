"""A network at a moment of a walk: what is computed, in the room that all of it takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from autograd.drawing.moments import UNKNOWN, Moment
from nn.network_view.placed import Arranged
from nn.network_view.shown import Circle, Column, Line, Note


def at_moment(whole: Arranged, moment: Moment | None) -> Arranged:
    """The same with what is known, and "-" for other numbers; all of it without a moment.

    A line is off where one of its circles is known to be.
    """
    if moment is None:
        return whole
    columns = [_column_at(column, moment) for column in whole.columns]
    off = {circle.key for column in columns for circle in column.circles if circle.off}
    return whole._replace(
        columns=columns,
        lines=[_line_at(line, off, moment) for line in whole.lines],
        labels=[(_line_at(line, off, moment), place) for line, place in whole.labels],
    )


def _column_at(column: Column, moment: Moment) -> Column:
    circles = tuple(_circle_at(circle, moment) for circle in column.circles)
    shared = None if column.shared is None else _note_at(column.shared, moment)
    return replace(column, circles=circles, shared=shared)


def _line_at(line: Line, off: Collection[str], moment: Moment) -> Line:
    weight = None if line.weight is None else _note_at(line.weight, moment)
    return replace(line, weight=weight, off=line.start in off or line.end in off)


def _circle_at(circle: Circle, moment: Moment) -> Circle:
    node = circle.node
    below = tuple(_note_at(note, moment) for note in circle.below)
    if node is None:  # a number that was given
        return replace(circle, below=below)
    is_computed = node in moment.values
    return replace(
        circle,
        value=circle.value if is_computed else UNKNOWN,
        gradient=circle.gradient if node in moment.gradients else None,
        updated=circle.updated if node in moment.updated else UNKNOWN * bool(circle.updated),
        off=circle.off and is_computed,
        now=moment.of if node is moment.now else "",
        is_now=moment.now is not None and moment.now in (node, circle.preactivation),
        below=below,
    )


def _note_at(note: Note, moment: Moment) -> Note:
    node = note.node
    return note._replace(
        number=note.number if node in moment.values else None,
        gradient=note.gradient if node in moment.gradients else None,
        updated=note.updated if node in moment.updated else None,
        now=moment.of if node is moment.now else "",
    )
