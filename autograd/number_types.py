"""What each type of number can do: int, float, complex, Fraction, Decimal, and the numbers of
SymPy, mpmath and NumPy.

Of Values this module knows that they hold a number (`number_of`), of derivatives nothing. Type in =
type out: what would leave the type (the exponential of a Fraction) is a TypeError with the remedy.
Integers follow Python: 1/2 is 0.5."""

from __future__ import annotations

import cmath
import numbers
from decimal import Decimal
from fractions import Fraction
from typing import Any

BUILT_IN = frozenset({int, float, complex, Fraction, Decimal})
MIXED = (
    "a Fraction with a float makes a float: write the float as a Fraction, Fraction('0.1') for 0.1"
)
REMEDY = "give a number: int, float, Fraction, Decimal, or a SymPy symbol"


def is_number(x: Any) -> bool:
    """Whether `x` is a number to compute with; a TypeError with the remedy for what is often
    mistaken for one.

    >>> is_number(Fraction(1, 2)), is_number(object())
    (True, False)
    >>> is_number("0.2")
    Traceback (most recent call last):
    TypeError: a str is not a number ('0.2'): convert it first, float('0.2') or Fraction('0.2')
    """
    kind = type(x)
    if kind in BUILT_IN:
        return True
    if isinstance(x, str):
        raise TypeError(
            f"a str is not a number ({x!r}): convert it first, float({x!r}) or Fraction({x!r})"
        )
    if isinstance(x, bool) or x is None:
        raise TypeError(f"{x} is not a number: {REMEDY}")
    if hasattr(x, "__len__") or (hasattr(x, "__array__") and not isinstance(x, numbers.Number)):
        raise TypeError(
            f"a {kind.__name__} is not one number: a Value holds one number; make one Value for each element"
        )
    return isinstance(x, numbers.Number) or all(
        hasattr(kind, method)
        for method in ("__add__", "__mul__", "__truediv__", "__pow__", "__neg__")
    )


def number_of(x: Any) -> Any:
    """The number that a Value holds; a plain number itself."""
    return x.data if hasattr(x, "operands") else x


def is_finite(number: Any) -> bool:
    """Whether a number of any type is finite; symbols are.

    >>> is_finite(10**400), is_finite(Decimal("NaN")), is_finite(complex("inf"))
    (True, False, False)
    """
    if hasattr(number, "item"):  # NumPy's warn where Python's do not
        number = number.item()
    if isinstance(number, (float, complex)):
        return cmath.isfinite(number)
    if isinstance(number, (int, Fraction)):
        return True
    if isinstance(number, Decimal):
        return number.is_finite()
    return bool(number * 0 == 0)  # NaN for an infinite number, and for an interval all numbers


def constant(value: Any, like: Any) -> Any:
    """`value`, a rational of the rule table, as a number of the type of `like` (a number, or a
    Value's number).

    >>> constant(1, 0.25), constant(Fraction(1, 100), Decimal(2))
    (1.0, Decimal('0.01'))
    """
    kind = like.__class__
    if kind is float or kind is complex or kind is Fraction:
        return kind(value)
    if kind is Decimal:
        return Decimal(value.numerator) / value.denominator
    if kind is int:
        return value if value.__class__ is int else float(value)
    if (
        number_of(like) is not like
    ):  # the operators of mpmath's intervals do not leave an expression to a Value
        foreign = like.data.__class__ not in BUILT_IN
        return value if foreign and value.__class__ is int else constant(value, like.data)
    one = like**0
    return (
        (one if one == one else kind(1)) * value.numerator / value.denominator
    )  # mpmath's inf**0 is NaN
