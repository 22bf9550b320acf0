"""One line of matrices, and how it is written: in letters, in numbers, in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.notes.naming import latex_of
from autograd.notes.number_style import NumberStyle
from autograd.reading import printable


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix: its written form, in text and in LaTeX, and its numbers, () in a formula.

    What `is_number` stands without brackets.

    >>> Matrix("W", "W", ((1, 2, 3),)).T
    Matrix(text='W^T', latex='{W}^T', rows=((1,), (2,), (3,)), is_number=False)
    """

    text: str
    latex: str
    rows: tuple[tuple[Any, ...], ...] = ()
    is_number: bool = False

    @property
    def T(self) -> Matrix:  # noqa: N802 - the transpose is written so
        """The transpose."""
        rows = tuple(zip(*self.rows, strict=True))
        whole = self.in_parentheses if "/" in self.text else self
        return Matrix(f"{whole.text}^T", f"{{{whole.latex}}}^T", rows)

    @property
    def in_parentheses(self) -> Matrix:
        """The same, written in parentheses."""
        return Matrix(f"({self.text})", rf"\left({self.latex}\right)", self.rows)

    @property
    def shape(self) -> str:
        """Rows and columns, 3 x 2."""
        return f"{len(self.rows)} x {len(self.rows[0])}"


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands between matrices, in text and in LaTeX."""

    text: str
    latex: str = ""

    @property
    def in_latex(self) -> str:
        """In LaTeX as in the text, unless that says otherwise."""
        return self.latex or self.text


MOST_COLUMNS = 10  # of a bmatrix, in LaTeX as it comes
Side = tuple[Matrix | Sign, ...]
TIMES, PLUS, MINUS = Sign(" * ", r" \odot "), Sign(" + "), Sign(" - ")
PRODUCT, OPEN, CLOSE = Sign(" "), Sign("(", r"\left("), Sign(")", r"\right)")
SUM = Sign("sum(", r"\operatorname{sum}\left(")


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One line: `result` = what `side` says; an empty side where the numbers are as recorded.

    `remark` says why, as the shapes of a product.
    """

    result: Matrix
    side: Side = ()
    remark: str = ""

    @property
    def formula(self) -> str:
        """The line in letters."""
        written = "".join(each.text for each in self.side)
        return f"{self.result.text} = {written}" if written else self.result.text


def formula(name: str) -> Matrix:
    """A matrix in letters alone."""
    return Matrix(printable(name), latex_of(name))


def without_numbers(line: MatrixLine) -> MatrixLine:
    """The line in letters alone."""
    side = (Matrix(x.text, x.latex) if isinstance(x, Matrix) else x for x in line.side)
    return MatrixLine(Matrix(line.result.text, line.result.latex), tuple(side))


def product(left: Matrix, right: Matrix) -> Side:
    """The product of two matrices; a second one that begins with a minus is in parentheses."""
    return left, PRODUCT, right.in_parentheses if right.text.startswith("-") else right


def error_term(upstream: Side, slope: Side, derivative_first: bool) -> Side:
    """The two factors of an error term, entry by entry, in the order of a notation.

    >>> dA, slope = (Sign("dA"),), (Sign("f'(Z)"),)
    >>> "".join(sign.text for sign in error_term(dA, slope, derivative_first=True))
    "f'(Z) * dA"
    """
    first, second = (slope, upstream) if derivative_first else (upstream, slope)
    return (*first, TIMES, *second)


def within(side: Side) -> Side:
    """A side in parentheses, unless it is one matrix."""
    return side if len(side) == 1 else (OPEN, *side, CLOSE)


def line_text(line: MatrixLine, style: NumberStyle) -> str:
    """The line in letters with its remark, and below it the same in numbers."""
    remark = f"   {line.remark}" if line.remark else ""
    result = _block(line.result, style)
    if not line.side:
        sign = _relation((line.result,), style)
        return _shown(_beside([f"{line.result.text} {sign} "], result)) + remark
    block = [f"   {_relation(line.side, style)} "]
    for each in line.side:
        block = _beside(block, _block(each, style) if isinstance(each, Matrix) else [each.text])
    block = _beside(block, [f" {_relation((*line.side, line.result), style)} "])
    return f"{line.formula}{remark}\n{_shown(_beside(block, result))}"


def _shown(block: list[str]) -> str:
    return "\n".join(line.rstrip() for line in block)


def _relation(parts: Sequence[Matrix | Sign], style: NumberStyle) -> str:
    numbers = (x for part in parts if isinstance(part, Matrix) for row in part.rows for x in row)
    return "≈" if any(x is not None and style.is_rounded(x) for x in numbers) else "="


def _block(matrix: Matrix, style: NumberStyle) -> list[str]:
    """The numbers of a matrix, a text a row, its columns aligned."""
    texts = [[style.text(x) for x in row] for row in matrix.rows]
    if matrix.is_number:
        return texts[0]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        f"[{'  '.join(text.rjust(width) for text, width in zip(row, widths, strict=True))}]"
        for row in texts
    ]


def _beside(left: list[str], right: list[str]) -> list[str]:
    """Two blocks side by side, their middle lines on one."""
    above = max((len(left) - 1) // 2, (len(right) - 1) // 2)
    below = max(len(left) // 2, len(right) // 2)
    return [
        mine + theirs
        for mine, theirs in zip(
            _padded(left, above, below), _padded(right, above, below), strict=True
        )
    ]


def _padded(block: list[str], above: int, below: int) -> list[str]:
    width = max(map(len, block))
    before, after = above - (len(block) - 1) // 2, below - len(block) // 2
    return [line.ljust(width) for line in [*[""] * before, *block, *[""] * after]]


def line_latex(line: MatrixLine, style: NumberStyle | None) -> str:
    """The line in LaTeX; without a style in letters alone."""
    letters = "".join(
        each.latex if isinstance(each, Matrix) else each.in_latex for each in line.side
    )
    text = f"{line.result.latex} &"
    if letters:
        text += f"= {letters} "
    if style is None:
        return text.rstrip()
    if line.side:
        numbers = "".join(
            _bmatrix(each, style) if isinstance(each, Matrix) else each.in_latex
            for each in line.side
        )
        text += f"{_in_latex(_relation(line.side, style))} {numbers} "
    sign = _relation((*line.side, line.result), style)
    return f"{text}{_in_latex(sign)} {_bmatrix(line.result, style)}"


def _in_latex(relation: str) -> str:
    return "=" if relation == "=" else r"\approx"


def _bmatrix(matrix: Matrix, style: NumberStyle) -> str:
    rows = r" \\ ".join(" & ".join(style.latex(x) for x in row) for row in matrix.rows)
    if matrix.is_number:
        return rows
    columns = len(matrix.rows[0])
    if columns > MOST_COLUMNS:
        return rf"\left[\begin{{array}}{{{'r' * columns}}} {rows} \end{{array}}\right]"
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
