"""Tables of Markdown in a transcript, as equations in their lines.

    | name    | value |    | sample | $z$ | $a$   |    |     | $h_1$  | $h_2$  |
    | ------- | ----- |    | ------ | --- | ----- |    | --- | ------ | ------ |
    | $z_0^1$ | 0.7   |    | 1      | 0.7 | 0.668 |    | net | 0.3775 | 0.3925 |

A row is a name with its number, and maybe with the computation, as the header says; or names stand
on one side and what has them on the other: samples or neurons, by names that the sheet has, as in
z^(1), z_1 or net_h1. A single row below names is their numbers. Of every other row with a number
in it is said that it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from autograd.audit.reading.names import NAME, plain
from autograd.audit.reading.typed import NUMBER

MOST_ROW = 2_000  # characters
MOST_TRIED = 50  # rows by which it is found what names are meant
ROW = re.compile(r"\s*\|(.*)\|\s*")
RULE = re.compile(r"[\s|:]*-[\s|:-]*")
PRINTED = re.compile(NUMBER)
CALLED = re.compile(r"[A-Za-zα-ωΑ-Ω∂\\].*")
INDEX = re.compile(r"([_^])(\w{2,})")
NAMED = re.compile(NAME)
LABEL = re.compile(
    r"(?i:(?:sample|example|neuron|unit|node|no\.?|row|[#ijk])?[\s=]*)\(?([0-9]{1,3})\)?"
)
STEPS = re.compile(r"(?i:epoch|iteration|iter|step|update|pass|time|t)\b.*")
VALUES = ("value", "result", "number", "answer", "numerical value")
WORKINGS = ("formula", "computation", "calculation", "working", "expression")
PLACES = re.compile(r"\([ijk]\)|(?<=_)[ijk](?![A-Za-z0-9])")  # of what a row counts, z^(i), z_j
LETTERS = re.compile(r"(?P<base>[^_^]+)(?:_\{?(?P<low>[^{}^]+)\}?)?(?:\^\{?(?P<high>[^{}]+)\}?)?")
NOT_READ = "this row of a table is not read: | name | value | is, or an equation in a cell"
OF_STEPS = "this row of a table of steps is not read: write its numbers below their own headings"
NO_NAME = "of this row what stands below {} is not read: the header is to say a name"
Known = Callable[[str], bool]


class Unread(NamedTuple):
    """A line, counted from 0, in which something is not read, and what is said of it."""

    place: int
    sentence: str


class Table(NamedTuple):
    """The cells of a header, and those of the rows below it by the places of their lines."""

    header: list[str]
    rows: dict[int, list[str]]


def with_equations(text: str, known: Known = lambda name: False) -> tuple[str, list[Unread]]:
    """A text in which rows are equations, and what of its lines is not read.

    `known` says which names there are, in their plain spelling.

    >>> with_equations("| | |\\n|-|-|\\n| $z$ | 0.7 |\\n| w_00 | .5 |\\n| 1 | 2 |")[0]
    '| | |\\n|-|-|\\n$$z = 0.7$$\\n$$w_{00} = .5$$\\n| 1 | 2 |'
    >>> with_equations("| i | z |\\n|-|-|\\n| 1 | 0.7 |", ["z^(1)"].__contains__)
    ('| i | z |\\n|-|-|\\n$$z^{(1)} = 0.7$$', [])
    """
    lines, unread = text.split("\n"), list[Unread]()
    for table in _tables(lines):
        reader = _reader(table, known)
        for place, cells in table.rows.items():
            is_whole = reader is not None and len(cells) == len(table.header)
            row = reader(cells) if reader and is_whole else _Row()
            if not row.equations:
                row = _pair(cells) or row
            if row.equations:
                lines[place] = " ".join(f"$${each}$$" for each in row.equations)
            is_number = any(map(PRINTED.fullmatch, cells))
            if row.unread or (not row.equations and "=" not in lines[place] and is_number):
                unread.append(Unread(place, row.unread or NOT_READ))
    return "\n".join(lines), unread


class _Row(NamedTuple):
    """The equations of a row, and what is said where it is not read."""

    equations: tuple[str, ...] = ()
    unread: str = ""


Reader = Callable[[Sequence[str]], _Row]


def _reader(table: Table, known: Known) -> Reader | None:
    """What reads the rows of a table; None where its header says nothing."""
    header = table.header
    words = [cell.lower() for cell in header]
    if any(word in VALUES for word in words[1:]):
        return lambda cells: _named(words, cells)
    if STEPS.fullmatch(header[0]) or all(map(STEPS.fullmatch, header[1:])):
        return lambda cells: _Row(unread=OF_STEPS * any(map(PRINTED.fullmatch, cells)))
    if form := _form(table, known):
        return lambda cells: _of_cells(
            header, [form(header, cells, k) for k in range(1, len(cells))], cells
        )
    is_row = len(table.rows) == 1 and len(header) > 1 and all(map(_is_name, header))
    if is_row and any(known(plain(name)) for name in header):
        return lambda cells: _of_cells(["", *header], header, ["", *cells])
    return None


def _pair(cells: Sequence[str]) -> _Row | None:
    """A name and its number."""
    if len(cells) == 2 and CALLED.fullmatch(cells[0]) and PRINTED.fullmatch(cells[1]):
        return _Row((f"{cells[0]} = {cells[1]}",))
    return None


def _named(words: Sequence[str], cells: Sequence[str]) -> _Row:
    """A name, its computation and its number, where the header says which is which."""
    sides = [
        cell
        for wanted in (WORKINGS, VALUES)
        for word, cell in zip(words, cells, strict=False)
        if word in wanted and cell
    ]
    is_number = any(PRINTED.fullmatch(_last(side)) for side in sides)
    if not is_number or not CALLED.fullmatch(cells[0]):
        return _Row()
    return _Row((" = ".join([cells[0], *sides]),))


# --- names on one side, and what has them on the other --------------------------------------------

Form = Callable[[Sequence[str], Sequence[str], int], str]  # the name of a cell


def _form(table: Table, known: Known) -> Form | None:
    """How header and first cell make the name of a cell: the one way in which that is known."""
    ways: list[tuple[bool, Callable[[str, str], str]]] = [
        (is_across, spelled)
        for is_across in (True, False)
        for spelled in (_of_sample, _indexed, _joined)
    ]
    found = [way for way in ways if any(map(known, _tried(table, *way)))]
    if len(found) != 1:
        return None
    [(is_across, spelled)] = found

    def form(header: Sequence[str], cells: Sequence[str], k: int) -> str:
        if k >= len(header):
            return ""
        return _name(*((header[k], cells[0]) if is_across else (cells[0], header[k])), spelled)

    return form


def _tried(table: Table, is_across: bool, spelled: Callable[[str, str], str]) -> Iterator[str]:
    for cells in list(table.rows.values())[:MOST_TRIED]:
        for above, cell in zip(table.header[1:], cells[1:], strict=False):
            pair = (above, cells[0]) if is_across else (cells[0], above)
            if PRINTED.fullmatch(cell) and (name := _name(*pair, spelled)):
                yield plain(name)


def _name(name: str, label: str, spelled: Callable[[str, str], str]) -> str:
    """The name of what a label has, z_1 of z and 1; "" where they are none."""
    match = LABEL.fullmatch(label)
    index = match[1] if match else plain(label).replace("_", "")
    if not _is_name(name) or not (match or (_is_name(label) and re.search("[0-9]", index))):
        return ""
    if place := PLACES.search(plain(name)):
        is_of_sample = place[0].startswith("(")
        if spelled is not (_of_sample if is_of_sample else _indexed):
            return ""
        return PLACES.sub(f"({index})" if is_of_sample else index, plain(name))
    return spelled(name, index)


def _of_sample(name: str, index: str) -> str:
    return plain(f"{name}^({index})")


def _indexed(name: str, index: str) -> str:
    return plain(f"{name}_{index}")


def _joined(name: str, index: str) -> str:
    return f"{plain(name)}{index}" if re.fullmatch("[A-Za-z]+", plain(name)) else ""


def _is_name(text: str) -> bool:
    return NAMED.fullmatch(text) is not None


def _of_cells(above: Sequence[str], names: Iterable[str], cells: Sequence[str]) -> _Row:
    """Each number behind the first cell with its name, and what has none."""
    found, without = list[str](), ""
    for place, (name, cell) in enumerate(zip(names, cells[1:], strict=False), 1):
        if name and PRINTED.fullmatch(_last(cell)):
            found.append(f"{_typeset(plain(name))} = {cell}")
        elif PRINTED.fullmatch(cell):
            without = without or NO_NAME.format(above[place] if place < len(above) else "nothing")
    return _Row(tuple(found), without)


def _last(cell: str) -> str:
    """What stands behind the last sign of equality."""
    return re.split("[=≈]", cell)[-1].strip()


def _typeset(name: str) -> str:
    """A name in plain spelling as a formula has it.

    >>> _typeset("z_1^[2](3)"), _typeset("net_h1"), _typeset("a")
    ('z_{1}^{[2](3)}', 'net_{h1}', 'a')
    """
    match = LETTERS.fullmatch(name)
    if match is None:
        return name
    low, high = match["low"], match["high"]
    return match["base"] + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")


# --- rows and cells -------------------------------------------------------------------------------


def _tables(lines: Sequence[str]) -> Iterator[Table]:
    """The tables, each a header, its rule and rows."""
    table, before = None, ""
    for place, line in enumerate(lines):
        is_row = len(line) <= MOST_ROW and ROW.fullmatch(line) is not None
        if table is not None and is_row:
            table.rows[place] = _cells(line)
        elif table is not None:
            yield table
            table = None
        elif is_row and before and RULE.fullmatch(line):
            table = Table(_cells(before), {})
        before = line if is_row else ""
    if table is not None:
        yield table


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
