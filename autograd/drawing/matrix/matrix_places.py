"""Where the lines of matrices stand: forward pass and gradients in columns, grids in their lines.

Lengths are in points, from the left and from the top down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from autograd.drawing.matrix.grids import LETTERS, ROW, Look, Shown, grid_of, shown_numbers
from autograd.drawing.matrix.matrix_labels import Label, joined, name_label, names_marked, words
from autograd.drawing.sizes import (
    TALLEST,
    WIDEST,
)
from autograd.drawing.themes import Theme
from autograd.notes.matrix_form import Matrix, MatrixLine, Side, Sign, in_form

SMALL, SIGN = 9, 13  # the size of what explains, and of what stands between grids
WRITTEN, CAPTION = 20, 16  # the height of what stands over the grids, and of what is below one
GAP, BETWEEN_LINES, BETWEEN_COLUMNS = 6, 10, 40
MOST_HIGH = 1050  # the lines of a column; what is more goes on in the next
PAGE = WIDEST - 30, TALLEST - 50  # points, without the margins
Sections = Sequence[tuple[str, Sequence[MatrixLine]]]  # each under its title
Titled = tuple[str, MatrixLine]  # a line, and the title that stands over it, or ""


class Part(NamedTuple):
    """A label, its left edge, and its middle."""

    label: str
    width: float
    left: float
    middle: float


class Way(NamedTuple):
    """A way to show lines: how much of each matrix; each section in columns of its own, or one
    after the other.
    """

    shown: Shown = Shown()
    in_one: bool = False


FEWER = Shown(5), Shown(4, first=2), Shown(3, first=1)
WAYS = (
    Way(),
    *(Way(shown, in_one) for shown in FEWER for in_one in (False, True)),
    Way(LETTERS, in_one=True),
)


def placed(sections: Sections, look: Look, font_scale: float = 1) -> tuple[list[Part], str]:
    """All that a picture of these lines shows, and what it leaves out, in words; as much as has
    room on a page, whose room is less where all is drawn larger.
    """
    wide, tall, most_high = (length / font_scale for length in (*PAGE, MOST_HIGH))
    for way in WAYS:
        own = look._replace(shown=way.shown)
        parts = _placed(sections, own, way.in_one, most_high)
        right = max(part.left + part.width for part in parts)
        bottom = max(part.middle for part in parts)
        if right <= wide and bottom <= tall:
            break
    said = _left_out(sections, own)
    if said:
        label, width = words(said, look.theme.muted, SMALL)
        parts.append(Part(label, width, 0, -SIGN - BETWEEN_LINES / 2))
    return parts, said


def _left_out(sections: Sections, look: Look) -> str:
    """What is not shown of these matrices, "" where all of it is."""
    most, first = look.shown
    matrices = [each for _, lines in sections for line in lines for each in _matrices(line)]
    if look.shown is LETTERS:
        return "No room for the numbers: shapes alone."
    if all(max(len(each.rows), len(each.rows[0])) <= most for each in matrices):
        return ""
    return (
        f"Of more than {most} rows or columns the first{f' {first}' * (first > 1)} and the last "
        "are shown."
    )


def _placed(sections: Sections, look: Look, in_one: bool, most_high: float) -> list[Part]:
    titled = [
        [(heading * (not number), line) for number, line in enumerate(lines)]
        for heading, lines in sections
    ]
    if in_one:
        titled = [[line for lines in titled for line in lines]]
    parts: list[Part] = []
    left = 0.0
    for column in (c for lines in titled for c in _columns(lines, look.shown, most_high)):
        parts += _column(column, look, left)
        left = max(part.left + part.width for part in parts) + BETWEEN_COLUMNS
    return parts


def _columns(lines: Sequence[Titled], shown: Shown, most_high: float) -> list[list[Titled]]:
    """The lines in columns of about the same height, each at most about that of a page."""
    heights = [_height(line, shown) for line in lines]
    each = sum(heights) / max(1, math.ceil(sum(heights) / most_high))
    columns: dict[int, list[Titled]] = {}
    for line, height, end in zip(lines, heights, accumulate(heights), strict=True):
        columns.setdefault(int((end - height / 2) / each), []).append(line)
    return list(columns.values())


def _height(titled: Titled, shown: Shown) -> float:
    title, line = titled
    return (
        _height_of_title(title)
        + _height_above(line, shown)
        + _height_of_grids(line, shown)
        + BETWEEN_LINES
    )


def _height_of_title(title: str) -> float:
    return WRITTEN if title else 0


def _height_of_grids(line: MatrixLine, shown: Shown) -> float:
    """With what is below them."""
    if shown is LETTERS:
        return 0
    return max(len(shown.places(len(x.rows))) for x in _matrices(line)) * (ROW + 1) + CAPTION


def _height_above(line: MatrixLine, shown: Shown) -> float:
    return WRITTEN if line.side or line.remark or shown is LETTERS else 0


def _side(line: MatrixLine) -> Side:
    """What is drawn of a line's side."""
    return tuple(each for each in in_form(line.side, "text") if each.text)


def _matrices(line: MatrixLine) -> list[Matrix]:
    return [line.result, *(each for each in _side(line) if isinstance(each, Matrix))]


def _column(lines: Sequence[Titled], look: Look, left: float) -> Iterator[Part]:
    top = 0.0
    for title, line in lines:
        if title:
            top += BETWEEN_LINES if top else 0
            label, width = words(title, look.theme.muted, SIGN)
            yield Part(label, width, left, top)
        elif not top:
            top += WRITTEN
        above = top + _height_of_title(title)
        written = _height_above(line, look.shown)
        if written:
            label, width = _in_letters(line, look)
            yield Part(_from_left(Label(label, width)), width, left, above + WRITTEN / 2)
        if look.shown is not LETTERS:
            yield from _in_grids(line, look, left, above + written)
        top += _height((title, line), look.shown)


def _in_letters(line: MatrixLine, look: Look) -> Label:
    """The line in letters, and its remark."""
    theme = look.theme
    parts = (line.result, Sign(f" {line.relation} "), *_side(line)) if line.side else ()
    if look.shown is LETTERS and not parts:
        return _caption(line.result, theme)
    labels = [
        name_label(part.text, theme)
        if isinstance(part, Matrix)
        else words(part.text, theme.text, bold=True)
        for part in parts
    ]
    if line.remark:
        gap = "   " if parts else ""
        labels.append(words(gap + names_marked(line.remark), theme.muted, SMALL))
    return joined(labels, theme)


def _from_left(label: Label) -> str:
    """A label that begins at the left of its room, also where its names are typeset narrower."""
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    cell = f'<TD ALIGN="LEFT" WIDTH="{math.ceil(label.width)}">{label.source}</TD>'
    return f"{table}<TR>{cell}</TR></TABLE>"


def _in_grids(line: MatrixLine, look: Look, left: float, top: float) -> Iterator[Part]:
    """The line in grids, their middles on one level, each with what it is called below it."""
    middle = top + (_height_of_grids(line, look.shown) - CAPTION) / 2
    relation = Sign(f" {_relation(line, look)} ")
    sides = (line.result, relation, *_side(line)) if line.side else (line.result,)
    for is_sign, parts in groupby(sides, lambda part: isinstance(part, Sign)):
        if is_sign:
            label, width = words("".join(x.text for x in parts).strip(), look.theme.text, SIGN)
            if width:
                yield Part(label, width, left, middle)
            left += width + GAP
            continue
        for matrix in parts:
            assert isinstance(matrix, Matrix)
            grid, below = grid_of(matrix, look, not line.side), _caption(matrix, look.theme)
            width = max(grid.width, below.width)
            yield Part(grid.label, grid.width, left + (width - grid.width) / 2, middle)
            under = middle + (grid.height + CAPTION) / 2
            yield Part(below.source, below.width, left + (width - below.width) / 2, under)
            left += width + GAP


def _caption(matrix: Matrix, theme: Theme) -> Label:
    """What a matrix is called, and its shape."""
    name = name_label(matrix.text, theme)
    if matrix.is_number:
        return name
    shape = words(f"  {matrix.shape}", theme.muted, SMALL)
    return Label(name.source + shape.source, name.width + shape.width)


def _relation(line: MatrixLine, look: Look) -> str:
    """What stands between the numbers of a line: ≈ where one that is shown is rounded; where each
    step is, where the result is, as the line goes on with the numbers that it shows.
    """
    parts = [line.result] if look.style.rounding else _matrices(line)
    each = (text for x in parts for row in shown_numbers(x, look) for text in row)
    return "≈" if any(text.startswith("≈") for text in each) else "="
