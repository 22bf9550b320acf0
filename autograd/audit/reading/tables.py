"""Tables of Markdown in a transcript: rows of a name and its number, as equations in their lines.

    | name    | value |
    | ------- | ----- |
    | $z_0^1$ | 0.7   |

Of every other row with a number in it is said that it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograd.audit.reading.typed import NUMBER

MOST_ROW = 2_000  # characters
ROW = re.compile(r"\s*\|(.*)\|\s*")
RULE = re.compile(r"[\s|:]*-[\s|:-]*")
PRINTED = re.compile(NUMBER)
CALLED = re.compile(r"[A-Za-zα-ωΑ-Ω∂\\].*")
INDEX = re.compile(r"([_^])(\w{2,})")
NOT_READ = "this row of a table is not read: | name | value | is, or an equation in a cell"


def with_equations(text: str) -> tuple[str, list[int]]:
    """A text in which rows are equations, and the lines, counted from 0, of those not read.

    >>> with_equations("| | |\\n|-|-|\\n| $z$ | 0.7 |\\n| w_00 | .5 |\\n| 1 | 2 |")
    ('| | |\\n|-|-|\\n$$z = 0.7$$\\n$$w_{00} = .5$$\\n| 1 | 2 |', [4])
    """
    lines, unread = text.split("\n"), list[int]()
    for place in _rows(lines):
        cells = _cells(lines[place])
        if len(cells) == 2 and CALLED.fullmatch(cells[0]) and PRINTED.fullmatch(cells[1]):
            lines[place] = f"$${cells[0]} = {cells[1]}$$"
        elif "=" not in lines[place] and any(map(PRINTED.fullmatch, cells)):
            unread.append(place)
    return "\n".join(lines), unread


def _rows(lines: list[str]) -> Iterator[int]:
    """The places of rows below a header and its rule."""
    is_table, before = False, ""
    for place, line in enumerate(lines):
        is_row = len(line) <= MOST_ROW and ROW.fullmatch(line) is not None
        if is_table and is_row:
            yield place
        is_rule = is_row and RULE.fullmatch(line) is not None
        is_table = is_row and (is_table or (is_rule and ROW.fullmatch(before) is not None))
        before = line if is_row else ""


def _cells(row: str) -> list[str]:
    """What stands in the cells, without the signs of formulas, code or bold print around it."""
    match = ROW.fullmatch(row)
    assert match is not None
    return [_cell(cell.strip()) for cell in match[1].split("|")]


def _cell(cell: str) -> str:
    """A name as a formula has it: w_00 outside of one is w_{00}."""
    bare = cell.strip("*` ")
    if bare.startswith("$"):
        return bare.strip("$` ")
    return INDEX.sub(r"\1{\2}", bare)
