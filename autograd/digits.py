"""Numbers that were computed with other digits than those in force.

Decimals round to their context, mpmath's numbers to the precision of theirs: what was computed
within `decimal.localcontext` or `mpmath.workdps` comes out otherwise after it.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from decimal import Decimal
from itertools import product
from typing import Any

from autograd.number_types import Number

MANY = 16  # decimal digits: so many are nobody's short number, but a rounded one
FEW = 6  # to fewer digits nearby numbers give the same result
LOST = 15  # digits, more than the steps of an operation lose to each other
BITS = 3  # of a digit, at least
ROUNDINGS = (
    decimal.ROUND_HALF_EVEN,
    decimal.ROUND_HALF_UP,
    decimal.ROUND_HALF_DOWN,
    decimal.ROUND_DOWN,
    decimal.ROUND_UP,
    decimal.ROUND_FLOOR,
    decimal.ROUND_CEILING,
    decimal.ROUND_05UP,
)


def gives(value: Callable[..., Number], numbers: Sequence[Number], data: Number) -> bool:
    """Whether `value` of the numbers is `data` with some other digits than those in force.

    >>> third = Decimal("0.3333333333")
    >>> gives(lambda a, b: a / b, [Decimal(1), 3], third)
    True
    >>> gives(lambda a, b: a / b, [Decimal("1.001"), 3], third)
    False
    """
    for setting in _settings(numbers, data):
        with setting, suppress(ArithmeticError, TypeError, ValueError):
            if _same(value(*numbers), data):
                return True
    return False


def _same(number: Number, data: Number) -> bool:
    """Whether the two are equal, as Decimals to the zeros at the end: 16.00 is no rounded 16."""
    if isinstance(number, Decimal) and isinstance(data, Decimal):
        return number.as_tuple() == data.as_tuple()
    return bool(number == data)


def _settings(numbers: Sequence[Number], data: Number) -> Iterator[AbstractContextManager[Any]]:
    if isinstance(data, Decimal):
        for count, rounding in product(_counts(numbers, data, 1), ROUNDINGS):
            context = decimal.Context(count, rounding, decimal.MIN_EMIN, decimal.MAX_EMAX)
            yield decimal.localcontext(context)
    its = getattr(data, "context", None) or getattr(data, "ctx", None)
    if its and _size(data):
        yield from (_precision(its, bits) for bits in _counts(numbers, data, BITS))


def _counts(numbers: Sequence[Number], data: Number, unit: int) -> Iterator[int]:
    """How many digits (or bits) the result may have been rounded to, the likely ones first.

    It has no more. Fewer than the operands have are many: a short result, as 0.3 of 3*0.1, was not
    rounded, and would be that of 3*0.101 to one digit.
    """
    size, given = _size(data), max(map(_size, numbers))
    for count in dict.fromkeys((*range(size, size + LOST * unit), *range(given, given + unit))):
        if count >= max(size, FEW * unit, min(given, MANY * unit)):
            yield count


def _size(number: Number) -> int:
    """The digits of a Decimal, the bits of mpmath's; of a complex number or an interval the most
    of its parts.
    """
    if isinstance(number, Decimal):
        return len(number.as_tuple().digits)
    parts = getattr(number, "_mpc_", None) or getattr(number, "_mpi_", None)
    parts = parts or (getattr(number, "_mpf_", (0,)),)
    return max(part[-1] for part in parts)


@contextmanager
def _precision(context: Any, bits: int) -> Iterator[None]:
    before = context.prec
    context.prec = bits
    try:
        yield
    finally:
        context.prec = before
