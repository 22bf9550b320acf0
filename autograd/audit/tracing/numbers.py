"""What a variable holds, as rows of floats, and the few operations on those that are needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.reading import Value, number_of

Rows = tuple[tuple[float, ...], ...]
MOST_ENTRIES = 20_000
TOLERANCE = 1e-9  # relative to the largest entry
TOLERANCE_OF = {"float16": 1e-2, "bfloat16": 5e-2, "float32": 1e-4, "complex64": 1e-4}
OF_A_GUARD = 1e-6  # what log(a + 1e-8) for log(a) changes
LEAST = 1e-12  # of what counts as 0 beside numbers of about 1
PLAIN = (int, float, Fraction, Decimal)


class Array(NamedTuple):
    """Numbers with their shape, that of a list (3,), how exactly they were computed, and whether
    they are whole ones by their type.
    """

    shape: tuple[int, ...]
    rows: Rows
    tolerance: float = TOLERANCE
    is_whole: bool = False

    @property
    def squeezed(self) -> tuple[int, ...]:
        """The shape without the sides of 1."""
        return tuple(side for side in self.shape if side != 1)

    @property
    def flat(self) -> list[float]:
        """The entries row by row."""
        return [x for row in self.rows for x in row]

    def is_the_same(self, other: Array | None) -> bool:
        """Whether nothing has changed; what is no number stays none."""
        if other is None or self.shape != other.shape or self.tolerance > other.tolerance:
            return False
        pairs = zip(self.flat, other.flat, strict=True)
        return all(x == y or (x != x and y != y) for x, y in pairs)

    @property
    def described(self) -> str:
        """The shape in words, as 3x2."""
        return "x".join(map(str, self.shape)) or "a number"


def array_of(found: Any) -> Array | None:
    """What a variable holds; None for what is no number, list or matrix of real numbers.

    >>> array_of([[1, 2], [3, 4]]).shape, array_of(Fraction(1, 2)).rows, array_of("1")
    ((2, 2), ((0.5,),), None)
    """
    tolerance, is_whole = TOLERANCE, isinstance(found, int)
    if not isinstance(found, (*PLAIN, list, tuple, Value)):
        if not hasattr(type(found), "tolist"):  # nothing else of theirs is called
            return None
        kind = str(getattr(found, "dtype", "")).rpartition(".")[2]
        is_whole = kind.startswith(("int", "uint"))
        size, tolerance = getattr(found, "size", 0), TOLERANCE_OF.get(kind, TOLERANCE)
        if isinstance(size, int) and size > MOST_ENTRIES:
            return None
        try:
            found = found.tolist()
        except Exception:  # it is theirs: what cannot be listed is not checked
            return None
    try:
        return Array(*_shaped(found), tolerance, is_whole)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _shaped(found: Any) -> tuple[tuple[int, ...], Rows]:
    """A nested list with its shape; a ValueError where it is none of rows of numbers."""
    if not isinstance(found, (list, tuple)):
        return (), ((_float(found),),)
    if len(found) > MOST_ENTRIES or not found:
        raise ValueError("too many entries, or none")
    if not isinstance(found[0], (list, tuple)):
        return (len(found),), tuple((_float(x),) for x in found)
    if len(found[0]) == 1 == len(found):
        inner, rows = _shaped(found[0])
        return (1, *inner), rows
    widths = {len(row) if isinstance(row, (list, tuple)) else -1 for row in found}
    if len(widths) > 1 or -1 in widths or 0 in widths or len(found) * max(widths) > MOST_ENTRIES:
        raise ValueError("no matrix")
    return (len(found), widths.pop()), tuple(tuple(map(_float, row)) for row in found)


def _float(x: Any) -> float:
    x = number_of(x)
    if isinstance(x, bool) or not isinstance(x, PLAIN):
        raise TypeError("no number")
    return float(x)


def agree(found: Array, truth: Rows, scale: float = 0.0) -> str:
    """ "same" or "transposed" where the numbers are those, "" where they are not.

    `scale` is the size of what they were computed from, of which rounding leaves a rest.
    """
    near = found.tolerance * max([scale * LEAST / TOLERANCE, *(abs(x) for r in truth for x in r)])
    for how, rows in (("same", truth), ("transposed", transposed(truth))):
        if found.squeezed == squeezed(rows) and all(
            _is_near(x, t, near) for x, t in zip(found.flat, _flat(rows), strict=True)
        ):
            return how
    return ""


def _is_near(x: float, t: float, near: float) -> bool:
    return abs(x - t) <= near if math.isfinite(x) and math.isfinite(t) else x == t


def largest_of(rows: Rows, without: Rows | None = None) -> float:
    """The largest entry in size, of the difference where something is to be taken `without`."""
    taken = [0.0] * len(_flat(rows)) if without is None else _flat(without)
    return max(abs(x - t) for x, t in zip(_flat(rows), taken, strict=True))


def is_like(found: Array, truth: Rows) -> bool:
    """Whether the shapes are the same, but for sides of 1 and for the order of the two."""
    sides = squeezed(truth)
    return found.squeezed in (sides, sides[::-1])


def squeezed(rows: Rows) -> tuple[int, ...]:
    """The shape of rows without the sides of 1."""
    return tuple(side for side in (len(rows), len(rows[0])) if side != 1)


def _flat(rows: Rows) -> list[float]:
    return [x for row in rows for x in row]


# --- operations on rows ---------------------------------------------------------------------------


def transposed(rows: Rows) -> Rows:
    """Rows as columns."""
    return tuple(zip(*rows, strict=True))


def product(left: Rows, right: Rows) -> Rows | None:
    """The product of two matrices; None where they do not fit."""
    if len(left[0]) != len(right):
        return None
    columns = transposed(right)
    return tuple(
        tuple(sum(a * b for a, b in zip(row, column, strict=True)) for column in columns)
        for row in left
    )


def entrywise(of: Callable[[float, float], float], left: Rows, right: Rows) -> Rows | None:
    """An operation entry by entry, a side of 1 repeated as NumPy does; None for others."""
    height, width = max(len(left), len(right)), max(len(left[0]), len(right[0]))
    if {len(left), len(right)} - {1, height} or {len(left[0]), len(right[0])} - {1, width}:
        return None
    return tuple(
        tuple(of(_at(left, i, j), _at(right, i, j)) for j in range(width)) for i in range(height)
    )


def _at(rows: Rows, i: int, j: int) -> float:
    row = rows[i if len(rows) > 1 else 0]
    return row[j if len(row) > 1 else 0]


def times(factor: float, rows: Rows) -> Rows:
    """So many times a matrix."""
    return tuple(tuple(factor * x for x in row) for row in rows)


def mapped(of: Callable[[float], float], rows: Rows) -> Rows:
    """A function of each entry."""
    return tuple(tuple(of(x) for x in row) for row in rows)


def sums(rows: Rows) -> Rows:
    """The sum of each row."""
    return tuple((sum(row),) for row in rows)


def rows_of(cells: Sequence[Sequence[Any]]) -> Rows:
    """The numbers of nodes, or plain numbers, as floats."""
    return tuple(tuple(float(number_of(x)) for x in row) for row in cells)
