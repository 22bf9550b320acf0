"""The network in words: what is shown of each column, circle and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograd.drawing.alternatives import numbered, text_of, with_commas
from autograd.drawing.cards.card_view import ALONE
from autograd.drawing.scripts import unmarked
from nn.network_view.placed import Arranged
from nn.network_view.shown import Circle, Column, Note, equation
from nn.network_view.written import Writing


def left_out(columns: Iterable[Column]) -> str:
    """What a picture of bare lines says of its numbers, and of the colours that are left."""
    circles = [circle for column in columns for circle in column.circles]
    has_passes = any(circle.updated for circle in circles)
    passes = " In a circle: the number before, and under it after." * has_passes
    below = (note.has_gradient for circle in circles for note in circle.below)
    if not any(circle.has_gradient for circle in circles) and not any(below):
        return (
            "No room for the numbers of parameters. Blue is positive, orange with a bar negative."
            f"{passes}"
        )
    return (
        "No room for the numbers of parameters and gradients. Blue is positive, orange negative: "
        "lines by their weight, with a bar where it is negative,\n"
        "circles by their gradient, with a second rim where it is negative."
        f"{passes}"
    )


def network_in_words(seen: Arranged, writing: Writing, of: str, title: str, note: str) -> str:
    """A network: a line for each circle under the heading of its column, then one for each line
    that has a weight written on it; none where lines are bare.
    """
    columns, lines = seen.columns, [line for line, _ in seen.labels]
    names = {circle.key: circle.name for column in columns for circle in column.circles}
    told = [text for column in columns for text in _column(writing, column, bool(lines))]
    for line in lines:
        if line.weight is not None:
            ends = f"from {names[line.start]} to {names[line.end]}"
            told.append(f"{_note(writing, line.weight)}, {ends}{', off' * line.off}")
    return text_of(of, title, [*filter(None, note.split("\n")), *told])


def _column(writing: Writing, column: Column, labelled: bool) -> Iterator[str]:
    yield unmarked(column.heading).replace("\n", " ") + ":"
    if column.shared is not None and labelled:
        yield _note(writing, column.shared)
    for circle in column.circles:
        yield _circle(writing, circle, labelled)


def _circle(writing: Writing, circle: Circle, labelled: bool) -> str:
    has_gradient = circle.has_gradient and labelled
    gradient = _number(writing, writing.gradient_word, circle.gradient, has_gradient)
    word, next_word = writing.words
    next_one = numbered(next_word, circle.updated)
    value = numbered(word if next_one else ALONE[0], circle.value)
    numbers = with_commas(value, gradient, next_one)
    notes = (_note(writing, note) for note in circle.below if labelled)
    told = f"{circle.name}: {numbers}" if numbers else circle.name
    return "; ".join([told + ", off" * circle.off, *notes])


def _note(writing: Writing, note: Note) -> str:
    if note.is_text:
        return unmarked(note.name)
    return with_commas(
        unmarked("".join(equation(note.number, note.name, writing.style))),
        _number(writing, writing.gradient_word, note.gradient, note.has_gradient),
        _number(writing, writing.words[1], note.updated, note.has_update),
    )


def _number(writing: Writing, word: str, number: object, is_shown: bool) -> str:
    return numbered(word, writing.style.short(number)) if is_shown else ""
