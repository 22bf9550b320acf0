"""Where the lines of matrices stand: forward pass and gradients in columns, grids in their lines.

Lengths are in points, from the left and from the top down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from autograd.drawing.matrix.grids import ROW, Look, grid_of, shown_numbers, shown_places
from autograd.drawing.matrix.matrix_labels import Label, name_label, names_marked, words
from autograd.drawing.themes import Theme
from autograd.notes.matrix_form import Matrix, MatrixLine, Sign

SMALL, SIGN = 9, 13  # the size of what explains, and of what stands between grids
WRITTEN, CAPTION = 20, 15  # the height of what stands over the grids, and of what is below one
GAP, BETWEEN_LINES, BETWEEN_COLUMNS = 6, 10, 40
MOST_HIGH = 1050  # the lines of a column; what is more goes on in the next
MOST_WIDE, FEWER = 1570, 5  # in a wider picture so many rows and columns are shown in full
Sections = Sequence[tuple[str, Sequence[MatrixLine]]]  # each under its title


class Part(NamedTuple):
    """A label, its left edge, and its middle."""

    label: str
    width: float
    left: float
    middle: float


def placed(sections: Sections, look: Look) -> list[Part]:
    """All that a picture of these lines shows, each section in columns of its own; with fewer of
    the numbers where it would be wider than a page.
    """
    parts = _placed(sections, look)
    is_wide = any(part.left + part.width > MOST_WIDE for part in parts)
    return _placed(sections, look._replace(most=FEWER)) if is_wide else parts


def _placed(sections: Sections, look: Look) -> list[Part]:
    parts: list[Part] = []
    left = 0.0
    for heading, lines in sections:
        for number, column in enumerate(_columns(lines, look.most)):
            found = list(_column(column, look, left))
            if not number:
                label, width = words(heading, look.theme.muted, SIGN)
                found.append(Part(label, width, left, 0))
            left = max(part.left + part.width for part in found) + BETWEEN_COLUMNS
            parts += found
    return parts


def _columns(lines: Sequence[MatrixLine], most: int) -> list[list[MatrixLine]]:
    """The lines in columns of about the same height, each at most about that of a page."""
    heights = [_height(line, most) for line in lines]
    each = sum(heights) / max(1, math.ceil(sum(heights) / MOST_HIGH))
    columns: dict[int, list[MatrixLine]] = {}
    for line, height, end in zip(lines, heights, accumulate(heights), strict=True):
        columns.setdefault(int((end - height / 2) / each), []).append(line)
    return list(columns.values())


def _height(line: MatrixLine, most: int) -> float:
    return _height_above(line) + _height_of_grids(line, most) + CAPTION + BETWEEN_LINES


def _height_of_grids(line: MatrixLine, most: int) -> float:
    return max(len(shown_places(len(each.rows), most)) for each in _matrices(line)) * (ROW + 1)


def _height_above(line: MatrixLine) -> float:
    return WRITTEN if line.side or line.remark else 0


def _matrices(line: MatrixLine) -> list[Matrix]:
    return [line.result, *(each for each in line.side if isinstance(each, Matrix))]


def _column(lines: Sequence[MatrixLine], look: Look, left: float) -> Iterator[Part]:
    top = float(WRITTEN)
    for line in lines:
        if _height_above(line):
            label = _in_letters(line, look)
            yield Part(_from_left(label), label.width, left, top + WRITTEN / 2)
        yield from _in_grids(line, look, left, top + _height_above(line))
        top += _height(line, look.most)


def _in_letters(line: MatrixLine, look: Look) -> Label:
    """The line in letters, and its remark."""
    theme = look.theme
    parts = (line.result, Sign(f" {line.relation} "), *line.side) if line.side else ()
    labels = [
        name_label(part.text, theme) if isinstance(part, Matrix) else words(part.text, theme.text)
        for part in parts
    ]
    if line.remark:
        gap = "   " if parts else ""
        labels.append(words(gap + names_marked(line.remark), theme.muted, SMALL))
    return Label("".join(each.source for each in labels), sum(each.width for each in labels))


def _from_left(label: Label) -> str:
    """A label that begins at the left of its room, also where its names are typeset narrower."""
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    cell = f'<TD ALIGN="LEFT" WIDTH="{math.ceil(label.width)}">{label.source}</TD>'
    return f"{table}<TR>{cell}</TR></TABLE>"


def _in_grids(line: MatrixLine, look: Look, left: float, top: float) -> Iterator[Part]:
    """The line in grids, their middles on one level, each with what it is called below it."""
    middle = top + _height_of_grids(line, look.most) / 2
    relation = Sign(f" {_relation(line, look)} ")
    sides = (line.result, relation, *line.side) if line.side else (line.result,)
    for is_sign, parts in groupby(sides, lambda part: isinstance(part, Sign)):
        if is_sign:
            label, width = words("".join(x.text for x in parts).strip(), look.theme.text, SIGN)
            if width:
                yield Part(label, width, left, middle)
            left += width + GAP
            continue
        for matrix in parts:
            assert isinstance(matrix, Matrix)
            grid, below = grid_of(matrix, look), _caption(matrix, look.theme)
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
