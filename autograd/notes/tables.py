"""Tables: text where text is wanted, and HTML in a notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autograd.notes.pages import html_name

Rows = tuple[tuple[str, ...], ...]


class Table(str):
    """A table as text, which a notebook shows as the HTML table that it is.

    `rows` are its cells, the first row the heads; names stand in the first column.

    >>> table = Table("w_1  2", [("", "value"), ("w_1", "2")])
    >>> table, table == "w_1  2"
    ('w_1  2', True)
    >>> print(table._repr_html_())
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

    def _repr_html_(self) -> str:
        head, *rows = self.rows
        lines = ["".join(f"<th>{html.escape(cell)}</th>" for cell in head)]
        for name, *cells in rows:
            others = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            lines.append(f"<td>{html_name(name)}</td>{others}")
        return "\n".join(["<table>", *(f"<tr>{line}</tr>" for line in lines), "</table>"])
