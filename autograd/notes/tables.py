"""Tables as text, which a notebook shows in HTML; Markdown, LaTeX and CSV of the same cells."""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from autograd.notes.naming import latex_of
from autograd.notes.on_demand import OnDemand
from autograd.notes.pages import dollars
from autograd.notes.typeset import html_name, upright

Rows = tuple[tuple[str, ...], ...]
NUMBER = re.compile(r"(≈?)(-?[\d.]+(?:,\d+)?)")


class Cell(str):
    """The text of a cell, and how it is set in LaTeX, as a formula, and in HTML.

    >>> cell = Cell("w_1 = 2", r"w_{1} = 2", "w<sub>1</sub> = 2")
    >>> cell, cell.html
    ('w_1 = 2', 'w<sub>1</sub> = 2')
    """

    __slots__ = ("_pages",)
    _pages: Sequence[str]

    def __new__(cls, text: str, latex: str, html: str) -> Cell:
        return cls._of(text, (latex, html))

    @classmethod
    def _of(cls, text: str, pages: Sequence[str]) -> Cell:
        cell = super().__new__(cls, text)
        cell._pages = pages
        return cell

    @classmethod
    def on_demand(cls, text: str, pages: Callable[[], Iterable[str]]) -> Cell:
        r"""A cell whose LaTeX and HTML are made when somebody reads them.

        >>> Cell.on_demand("1/2", lambda: (r"\frac{1}{2}", "1/2")).latex
        '\\frac{1}{2}'
        """
        return cls._of(text, OnDemand(pages))

    @property
    def latex(self) -> str:
        """How the cell is set in LaTeX."""
        return self._pages[0]

    @property
    def html(self) -> str:
        """How it is set in HTML."""
        return self._pages[1]

    def __reduce__(self) -> tuple[type[Cell], tuple[str, str, str]]:
        return Cell, (str(self), self.latex, self.html)


class Table(str):
    """A table as text, which a notebook shows as the HTML table that it is.

    `rows` are its cells, the first row the heads. A cell that is no `Cell` is a name in the first
    column, a number or words in the others.

    >>> table = Table("w_1  2", [("", "value"), ("w_1", "2")])
    >>> table, table == "w_1  2"
    ('w_1  2', True)
    >>> print(table.html())
    <table>
    <tr><th></th><th>value</th></tr>
    <tr><td>w<sub>1</sub></td><td>2</td></tr>
    </table>
    """

    __slots__ = ("rows",)
    rows: Rows

    def __new__(cls, text: str, rows: Sequence[Sequence[str]]) -> Table:
        table = super().__new__(cls, text)
        table.rows = tuple(map(tuple, rows))
        return table

    def __reduce__(self) -> tuple[type[Table], tuple[str, Rows]]:
        return Table, (str(self), self.rows)

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Table:
        """The table of these rows, its text in columns.

        >>> print(Table.of([("name", "value"), ("w_1", "2"), ("b", "-0.5")]))
        name  value
        w_1   2
        b     -0.5
        """
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  ".join(
                cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)
            )
            for row in rows
        )
        return cls("\n".join(line.rstrip() for line in lines), rows)

    def markdown(self) -> str:
        r"""The table in Markdown, names and formulas between dollars.

        >>> print(Table("", [("name", "value"), ("w_1", "2")]).markdown())
        | name | value |
        |---|---|
        | $w_{1}$ | $2$ |
        <BLANKLINE>
        """
        head, *rows = self.rows
        lines = [head, ["---"] * len(head)]
        lines += [list(map(dollars, _in_latex(row))) for row in rows]
        first, rule, *others = (f"| {' | '.join(line)} |" for line in lines)
        return "\n".join([first, rule.replace(" ", ""), *others]) + "\n"

    def latex(self) -> str:
        r"""The table in LaTeX, an array: it stands in a formula, between \[ and \], with amsmath.

        >>> print(Table("", [("name", "value"), ("w_1", "2")]).latex())
        \begin{array}{ll}
        \text{name} & \text{value} \\
        \hline
        w_{1} & 2
        \end{array}
        """
        head, *rows = self.rows
        first = " & ".join(rf"\text{{{cell}}}" for cell in head)
        body = " \\\\\n".join(" & ".join(_in_latex(row)) for row in rows)
        columns = "l" * len(head)
        return f"\\begin{{array}}{{{columns}}}\n{first} \\\\\n\\hline\n{body}\n\\end{{array}}"

    def html(self) -> str:
        """The table in HTML, to be set into a page.

        >>> Table("", [("name", "value"), ("w_1", "2")]).html().splitlines()[2]
        '<tr><td>w<sub>1</sub></td><td>2</td></tr>'
        """
        head, *rows = self.rows
        lines = ["".join(f"<th>{html.escape(cell)}</th>" for cell in head)]
        lines += ["".join(f"<td>{cell}</td>" for cell in _in_html(row)) for row in rows]
        return "\n".join(["<table>", *(f"<tr>{line}</tr>" for line in lines), "</table>"])

    def csv(self) -> str:
        """The table as comma-separated values, quoted where a cell has a comma, a quote or a line.

        Cells are what is printed, with ≈ where a number is rounded. Nothing besides is changed: a
        program that runs cells which begin with = would run such a name.

        >>> print(Table("", [("name", "value"), ("w_0,12", "0,5")]).csv())
        name,value
        "w_0,12","0,5"
        <BLANKLINE>
        """
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows(self.rows)
        return file.getvalue()

    _repr_html_ = html


def _in_latex(row: Sequence[str]) -> Iterable[str]:
    for column, cell in enumerate(row):
        if isinstance(cell, Cell):
            yield cell.latex
        elif column == 0 and cell:
            yield latex_of(cell)
        else:
            yield _words_in_latex(cell)


def _words_in_latex(text: str) -> str:
    if found := NUMBER.fullmatch(text):
        return (r"\approx " if found[1] else "") + found[2].replace(",", "{,}")
    return upright(text) if text else ""


def _in_html(row: Sequence[str]) -> Iterable[str]:
    for column, cell in enumerate(row):
        if isinstance(cell, Cell):
            yield cell.html
        else:
            yield html.escape(cell) if column else html_name(cell)


def width(text: str) -> int:
    """The columns that a text takes: a hat over a letter takes none.

    >>> width("y\u0302_1")
    3
    """
    return sum(not unicodedata.combining(character) for character in text)
