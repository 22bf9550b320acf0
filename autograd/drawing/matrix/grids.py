"""One matrix as a grid of numbers in brackets, each cell coloured by its sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autograd.drawing.labels import font
from autograd.drawing.metrics import (
    width_in_dot,
)
from autograd.drawing.themes import Theme, largest_magnitude
from autograd.notes.matrix_form import Matrix
from autograd.notes.number_style import NumberStyle

SIZE, ROW, BESIDE, BRACKET = 11, 18, 2, 4  # points: of a number, a row, beside a number, a bracket
LEFT_OUT = "..."
Places = Sequence[int | None]


class Shown(NamedTuple):
    """How much of a matrix: of more than `most` rows or columns the `first` and the last."""

    most: int = 12
    first: int = 3

    def places(self, count: int) -> Places:
        """Which of so many rows or columns are shown; None for those left out.

        >>> Shown().places(2), Shown().places(13)
        ([0, 1], [0, 1, 2, None, 12])
        """
        if count <= self.most:
            return list(range(count))
        return [*range(self.first), None, count - 1]


LETTERS = Shown(0, 0)  # no numbers, lines in letters alone


class Look(NamedTuple):
    """How matrices are shown, and how much of them."""

    theme: Theme
    style: NumberStyle
    shown: Shown = Shown()


class Grid(NamedTuple):
    """A table for a label, and how large it is, in points."""

    label: str
    width: float
    height: float


def shown_numbers(matrix: Matrix, look: Look) -> list[list[str]]:
    """The numbers that are shown, ≈ before those that are rounded, and ... for those that are not.

    >>> from autograd.drawing.themes import LIGHT
    >>> shown_numbers(Matrix("x", "x", ((0.5, 2 / 3),)), Look(LIGHT, NumberStyle()))
    [['0.5', '≈0.6667']]
    """

    def text(row: int, column: int) -> str:
        if look.style.rounding and matrix.results:  # as the line goes on with it
            return matrix.results[row][column].marked
        style = look.style.exact if look.style.rounding else look.style
        return style.short(matrix.rows[row][column])

    return [
        [
            LEFT_OUT if row is None or column is None else text(row, column)
            for column in look.shown.places(len(matrix.rows[0]))
        ]
        for row in look.shown.places(len(matrix.rows))
    ]


def grid_of(matrix: Matrix, look: Look, is_alone: bool = False) -> Grid:
    """The numbers of a matrix in brackets; one number alone without. What is rounded is marked
    where it `is_alone`: else the sign of its line says it.
    """
    texts = shown_numbers(matrix, look)
    if not is_alone:
        texts = [[text.removeprefix("≈") for text in row] for row in texts]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    colours = _colours(matrix, look)
    lines = ["".join(map(_cell, row, of_row)) for row, of_row in zip(texts, colours, strict=True)]
    if not matrix.is_number:
        left, right = (_bracket(look.theme, side, len(lines)) for side in "LR")
        lines[0] = left + lines[0] + right
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="2">'
    label = table + "".join(f"<TR>{line}</TR>" for line in lines) + "</TABLE>"
    brackets = 0 if matrix.is_number else 2 * (BRACKET + 1)
    width = sum(width + 2 * BESIDE + 1 for width in widths) + brackets
    return Grid(label, width, len(lines) * (ROW + 1) + 1)


def _width(text: str) -> float:
    return width_in_dot(text, SIZE)


def _colours(matrix: Matrix, look: Look) -> list[list[tuple[str, str]]]:
    """Of each cell the colour of its text and that of its ground, "" where numbers are left out."""
    largest = largest_magnitude(x for row in matrix.rows for x in row)
    return [
        [
            (look.theme.muted, "")
            if row is None or column is None
            else (look.theme.text, look.theme.tint(matrix.rows[row][column], largest))
            for column in look.shown.places(len(matrix.rows[0]))
        ]
        for row in look.shown.places(len(matrix.rows))
    ]


def _cell(text: str, colours: tuple[str, str]) -> str:
    ground = f' BGCOLOR="{colours[1]}"' if colours[1] else ""
    number = font(text, size=SIZE, colour=colours[0])
    return f'<TD HEIGHT="{ROW}" ALIGN="RIGHT"{ground}>{number}</TD>'


def _bracket(theme: Theme, side: str, rows: int) -> str:
    edges = f'BORDER="1" SIDES="{side}TB" COLOR="{theme.line}"'
    return f'<TD ROWSPAN="{rows}" WIDTH="{BRACKET}" CELLPADDING="0" {edges}></TD>'
