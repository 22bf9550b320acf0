"""The network in words: what is shown of each column, circle and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autograd.drawing.alternatives import numbered, text_of, with_commas
from autograd.drawing.scripts import unmarked
from nn.network_view.shown import Circle, Column, Line, Note, equation
from nn.network_view.written import Writing


def network_in_words(
    columns: Sequence[Column], lines: Iterable[Line], writing: Writing, of: str, title: str
) -> str:
    """A network: a line for each circle under the heading of its column, then one for each line
    that has a weight written on it; none where lines are bare.
    """
    lines = list(lines)
    names = {circle.key: circle.name for column in columns for circle in column.circles}
    told = [text for column in columns for text in _column(writing, column, bool(lines))]
    for line in lines:
        if line.weight is not None:
            ends = f"from {names[line.start]} to {names[line.end]}"
            told.append(f"{_note(writing, line.weight)}, {ends}{', off' * line.off}")
    return text_of(of, title, told)


def _column(writing: Writing, column: Column, labelled: bool) -> Iterator[str]:
    yield unmarked(column.heading).replace("\n", " ") + ":"
    if column.shared is not None and labelled:
        yield _note(writing, column.shared)
    for circle in column.circles:
        yield _circle(writing, circle, labelled)


def _circle(writing: Writing, circle: Circle, labelled: bool) -> str:
    has_gradient = circle.has_gradient and labelled
    gradient = _number(writing, writing.gradient_word, circle.gradient, has_gradient)
    numbers = with_commas(numbered("value", circle.value), gradient)
    notes = (_note(writing, note) for note in circle.below if labelled)
    told = f"{circle.name}: {numbers}" if numbers else circle.name
    return "; ".join([told + ", off" * circle.off, *notes])


def _note(writing: Writing, note: Note) -> str:
    if note.number is None:
        return unmarked(note.name)
    return with_commas(
        unmarked("".join(equation(note.number, note.name, writing.style))),
        _number(writing, writing.gradient_word, note.gradient, note.has_gradient),
        _number(writing, "new", note.updated, note.updated is not None),
    )


def _number(writing: Writing, word: str, number: object, is_shown: bool) -> str:
    return numbered(word, writing.style.short(number)) if is_shown else ""
