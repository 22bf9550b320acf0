"""One line of matrices, and how it is written: in letters, in numbers, in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from autograd.notes.breaking import broken
from autograd.notes.line_numbers import Result
from autograd.notes.naming import latex_of
from autograd.notes.number_style import NumberStyle
from autograd.notes.patterns import ASSIGNMENTS
from autograd.reading import printable

Only = Literal["", "text", "latex"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix: its written form, in text and in LaTeX, and its numbers, () in a formula.

    What `is_number` stands without brackets. `results` are the numbers as lines of scalars show
    them, where they are from such; those of what stands `within_line` are only shown so, and gone
    on with in full. In one form `only` stands what has another place in the other.

    >>> Matrix("W", "W", ((1, 2, 3),)).T.rows
    ((1,), (2,), (3,))
    """

    text: str
    latex: str
    rows: tuple[tuple[Any, ...], ...] = ()
    is_number: bool = False
    results: tuple[tuple[Result, ...], ...] = ()
    within_line: bool = False
    only: Only = ""

    @classmethod
    def of(
        cls, text: str, latex: str, cells: Sequence[Sequence[Any]], is_number: bool = False
    ) -> Matrix:
        """A matrix of numbers, or of the results of lines.

        >>> Matrix.of("x", "x", [[2]], is_number=True).rows
        ((2,),)
        """
        rows = tuple(map(tuple, cells))
        if not all(isinstance(x, Result) for row in rows for x in row):
            return cls(text, latex, rows, is_number)
        return cls(
            text, latex, tuple(tuple(x.number for x in row) for row in rows), is_number, rows
        )

    @property
    def T(self) -> Matrix:  # noqa: N802 - the transpose is written so
        """The transpose."""
        rows, results = (tuple(zip(*each, strict=True)) for each in (self.rows, self.results))
        whole = self.in_parentheses if "/" in self.text or self.text.endswith("'") else self
        return replace(
            self, text=f"{whole.text}^T", latex=f"{{{whole.latex}}}^T", rows=rows, results=results
        )

    @property
    def in_parentheses(self) -> Matrix:
        """The same, written in parentheses."""
        return replace(self, text=f"({self.text})", latex=rf"\left({self.latex}\right)")

    def shown(self, style: NumberStyle, latex: bool = False) -> list[list[str]]:
        """Its numbers as they are written.

        >>> Matrix("x", "x", ((0.25, 1),)).shown(NumberStyle(decimals=1))
        [['0.2', '1']]
        """
        if self.results:
            return [[x.latex if latex else x.text for x in row] for row in self.results]
        style = style.exact if style.rounding else style
        return [[(style.latex if latex else style.text)(x) for x in row] for row in self.rows]

    def is_rounded(self, style: NumberStyle) -> bool:
        """Whether a number is not written in full.

        >>> Matrix("x", "x", ((0.25, 1),)).is_rounded(NumberStyle(decimals=1))
        True
        """
        if self.results:
            return any(x.rounded for row in self.results for x in row)
        style = style.exact if style.rounding else style
        return any(x is not None and style.is_rounded(x) for row in self.rows for x in row)

    @property
    def shape(self) -> str:
        """Rows and columns, 3 x 2."""
        return f"{len(self.rows)} x {len(self.rows[0])}"


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands between matrices, in text and in LaTeX; or in one `only`, as a `Matrix` may."""

    text: str
    latex: str | None = None
    only: Only = ""

    @property
    def in_latex(self) -> str:
        """In LaTeX as in the text, unless that says otherwise."""
        return self.text if self.latex is None else self.latex


MOST_COLUMNS = 10  # of a bmatrix, in LaTeX as it comes
Side = tuple[Matrix | Sign, ...]
TIMES, PLUS, MINUS = Sign(" * ", r" \odot "), Sign(" + "), Sign(" - ")
PRODUCT, OPEN, CLOSE = Sign(" "), Sign("(", r"\left("), Sign(")", r"\right)")
SUM = Sign("sum(", r"\operatorname{sum}\left(")
NORM, SQUARED = Sign("||", r"\left\lVert "), Sign("||^2", r"\right\rVert^2")
SIZES, END_OF_SIZES = Sign("sum(|", r"\operatorname{sum}\left|"), Sign("|)", r"\right|")
SIGNS = Sign("sign(", r"\operatorname{sign}\left(")


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One line: `result` = what `side` says; an empty side where the numbers are as recorded.

    `remark` says why, as the shapes of a product; `relation` is what stands after the result's
    name, := in an update.
    """

    result: Matrix
    side: Side = ()
    remark: str = ""
    relation: str = "="

    @property
    def formula(self) -> str:
        """The line in letters."""
        written = letters(self.side)
        return f"{self.result.text} {self.relation} {written}" if written else self.result.text


def in_form(side: Side, form: Literal["text", "latex"]) -> Side:
    """What of a side stands in text, or in LaTeX.

    >>> side = Matrix("a", "a", only="text"), Sign("; ", ", "), Matrix("b", "b", only="latex")
    >>> [x.text for x in in_form(side, "text")], [x.text for x in in_form(side, "latex")]
    (['a', '; '], ['; ', 'b'])
    """
    return tuple(each for each in side if each.only in ("", form))


def letters(side: Side) -> str:
    """A side in letters.

    >>> letters((Matrix("W", "W"), Sign(" + "), Matrix("b", "b")))
    'W + b'
    """
    return "".join(each.text for each in in_form(side, "text"))


def letters_in_latex(side: Side) -> str:
    """The same in LaTeX."""
    shown = in_form(side, "latex")
    return "".join(each.latex if isinstance(each, Matrix) else each.in_latex for each in shown)


def formula(name: str) -> Matrix:
    """A matrix in letters alone."""
    return Matrix(printable(name), latex_of(name))


def without_numbers(line: MatrixLine) -> MatrixLine:
    """The line in letters alone."""
    side = (Matrix(x.text, x.latex, only=x.only) if isinstance(x, Matrix) else x for x in line.side)
    result = Matrix(line.result.text, line.result.latex)
    return MatrixLine(result, tuple(side), relation=line.relation)


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
    if second[0].text.startswith("-"):
        second = _in_parentheses(second)
    return (*first, TIMES, *second)


def _in_parentheses(side: Side) -> Side:
    only = side[0]
    return (only.in_parentheses,) if isinstance(only, Matrix) else (OPEN, *side, CLOSE)


def within(side: Side) -> Side:
    """A side in parentheses, unless it is one matrix."""
    return side if len(side) == 1 else (OPEN, *side, CLOSE)


def line_text(line: MatrixLine, style: NumberStyle) -> str:
    """The line in letters with its remark, and below it the same in numbers."""
    remark = f"   {line.remark}" if line.remark else ""
    result = _block(line.result, style)
    within, end = _relations(line, style)
    if not line.side:
        return _shown(_beside([f"{line.result.text} {end} "], result)) + remark
    block = [f"   {within} "]
    for each in in_form(line.side, "text"):
        block = _beside(block, _block(each, style) if isinstance(each, Matrix) else [each.text])
    block = _beside(block, [f" {end} "])
    return f"{line.formula}{remark}\n{_shown(_beside(block, result))}"


def _shown(block: list[str]) -> str:
    return "\n".join(line.rstrip() for line in block)


def _relations(line: MatrixLine, style: NumberStyle) -> tuple[str, str]:
    """What stands before the numbers of the side, and before those of the result: ≈ beside what is
    rounded. Where each step is, the side's numbers are those that the line goes on with.
    """
    side = [each for each in line.side if isinstance(each, Matrix)]
    shown = [each for each in side if each.within_line or not style.rounding]
    within = any(each.is_rounded(style) for each in shown)
    end = within or line.result.is_rounded(style)
    return "≈" if within else "=", "≈" if end else "="


def _block(matrix: Matrix, style: NumberStyle) -> list[str]:
    """The numbers of a matrix, a text a row, its columns aligned."""
    texts = matrix.shown(style)
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
    name, *relations = related_in_latex(line, style)
    return f"{name[1]} &" + " ".join(f"{sign} {text}" for sign, text in relations)


def line_rows(line: MatrixLine, style: NumberStyle | None) -> list[str]:
    """The same broken to fit between the margins, a row each."""
    (_, name), *relations = related_in_latex(line, style)
    return broken(name, relations)


def related_in_latex(line: MatrixLine, style: NumberStyle | None) -> list[tuple[str, str]]:
    """The parts of the line in LaTeX, each with the sign of relation before it."""
    parts = [("", line.result.latex)]
    if line.side:
        parts.append((ASSIGNMENTS[line.relation], letters_in_latex(line.side)))
    if style is None:
        return parts
    within, end = map(_in_latex, _relations(line, style))
    if line.side:
        numbers = "".join(
            _bmatrix(each, style) if isinstance(each, Matrix) else each.in_latex
            for each in in_form(line.side, "latex")
        )
        parts.append((within, numbers))
    return [*parts, (end, _bmatrix(line.result, style))]


def _in_latex(relation: str) -> str:
    return "=" if relation == "=" else r"\approx"


def _bmatrix(matrix: Matrix, style: NumberStyle) -> str:
    rows = r" \\ ".join(" & ".join(row) for row in matrix.shown(style, latex=True))
    if matrix.is_number:
        return rows
    columns = len(matrix.rows[0])
    if columns > MOST_COLUMNS:
        return rf"\left[\begin{{array}}{{{'r' * columns}}} {rows} \end{{array}}\right]"
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
