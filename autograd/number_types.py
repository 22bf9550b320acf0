"""What a number is: int, float, complex, Fraction, Decimal, and the numbers of other packages.

Of Values this module knows that they hold a number (`number_of`), of derivatives nothing. Type in =
type out: a graph keeps the type that it was given (`kept`), and the rule table's own constants take
it (`constant`). Integers follow Python: 1/2 is 0.5. NumPy's scalars become Python's numbers where
they enter (`python_number`); NumPy itself is never imported.
"""

from __future__ import annotations

import cmath
import numbers
import sys
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeGuard

Number = Any  # of any type: what SymPy's or mpmath's can do, a type checker cannot know
Operand = Any  # a number, or a node that holds one: a Value

BUILT_IN = frozenset({int, float, complex, Fraction, Decimal})
FLOATS_STAY = BUILT_IN - {Decimal}  # a float beside these stays one
MIXED = (
    "a Fraction with a float makes a float: write the float as a Fraction, Fraction('0.1') for 0.1"
)
REMEDY = "give a number: int, float, Fraction, Decimal, or a SymPy symbol"
ARITHMETIC = ("__add__", "__mul__", "__truediv__", "__pow__", "__neg__")


def is_number(x: object) -> bool:
    """Whether `x` is a number to compute with; a TypeError for what is often mistaken for one.

    >>> is_number(Fraction(1, 2)), is_number(object())
    (True, False)
    >>> is_number("0.2")
    Traceback (most recent call last):
    TypeError: a str is not a number ('0.2'): convert it first, float('0.2') or Fraction('0.2')
    """
    if x.__class__ in BUILT_IN:
        return True
    x = python_number(x)
    kind = type(x)
    if isinstance(x, str):
        remedy = f"convert it first, float({x!r}) or Fraction({x!r})"
        raise TypeError(f"a str is not a number ({x!r}): {remedy}")
    if isinstance(x, bool):
        choice = "where(x, a, b) for a choice, which is a where x > 0"
        raise TypeError(f"{x} is not a number: {REMEDY}; write {int(x)}, or {choice}")
    if x is None:
        raise TypeError(f"{x} is not a number: {REMEDY}")
    if isinstance(x, numbers.Number):
        return True
    if is_array(x) and x.ndim == 0:
        raise TypeError("an array of no dimensions is not one number: give its number, x.item()")
    if hasattr(x, "__len__") or hasattr(x, "__array__"):
        raise TypeError(
            f"a {kind.__name__} is not one number: a Value holds one number; "
            f"make one Value for each element{_by_values(x)}"
        )
    return all(hasattr(kind, method) for method in ARITHMETIC)


@lru_cache
def is_of_numbers(kind: type) -> bool:
    """Whether all of a class are numbers that stay as they are, to be asked before `is_number`: it
    is known of a class once it was asked, for recordings make many numbers of few classes.

    >>> from mpmath import mpf
    >>> is_of_numbers(mpf), is_of_numbers(bool), is_of_numbers(list)
    (True, False, False)
    """
    if kind is bool or any(hasattr(kind, name) for name in ("__array__", "__len__", "operands")):
        return False
    return all(hasattr(kind, method) for method in ARITHMETIC)


def _by_values(x: object) -> str:
    """How that is done, for what `autograd.values` takes."""
    if is_array(x):
        return ", autograd.values(x), or take its numbers, x.tolist()"
    return ", autograd.values(x)" if isinstance(x, (list, tuple, dict)) else ""


def is_array(x: object) -> TypeGuard[Any]:
    """Whether `x` is an array of NumPy, which only a program that imports NumPy can have."""
    return isinstance(x, _of_numpy("ndarray"))


def _of_numpy(name: str) -> Any:
    """A class of NumPy; before a program imports that, nothing is an instance of it."""
    return getattr(sys.modules.get("numpy"), name, ())


def python_number(x: Any) -> Any:
    """A scalar of NumPy as the Python number that equals it; whatever else as it is.

    A long double, which no Python number equals, stays one.

    >>> import numpy
    >>> python_number(numpy.uint8(200)) + 100, python_number(Fraction(1, 2))
    (300, Fraction(1, 2))
    """
    if x.__class__ in BUILT_IN or not isinstance(x, (_of_numpy("number"), _of_numpy("bool_"))):
        return x
    number = x.item()
    return x if number.__class__ is x.__class__ else number


def operand_of(x: Any) -> Any:
    """`x` as an operator takes it; NotImplemented for an array, and for what is no number.

    An array then goes element by element, as its own operators do; a masked one is refused.

    >>> operand_of(0.5), operand_of(object())
    (0.5, NotImplemented)
    """
    if x.__class__ in BUILT_IN or number_of(x) is not x:
        return x
    x = python_number(x)
    elementwise = is_array(x) and not hasattr(x, "mask")
    return x if not elementwise and is_number(x) else NotImplemented


def missing_of(x: object) -> str:
    """Which methods a number needs and `x` lacks, as a clause; "" where it has none of them.

    >>> from datetime import timedelta
    >>> missing_of(timedelta(1)), missing_of(object())
    (', which has no __pow__', '')
    """
    missing = [method for method in ARITHMETIC if not hasattr(type(x), method)]
    return "" if len(missing) == len(ARITHMETIC) else f", which has no {', '.join(missing)}"


def number_of(x: Operand) -> Number:
    """The number that a Value holds; a plain number itself."""
    return x.data if hasattr(x, "operands") else x


def is_finite(number: Number) -> bool:
    """Whether a number of any type is finite; symbols are.

    >>> is_finite(10**400), is_finite(Decimal("NaN")), is_finite(complex("inf"))
    (True, False, False)
    """
    number = python_number(number)  # NumPy's warn where Python's do not
    if isinstance(number, (float, complex)):
        return cmath.isfinite(number)
    if isinstance(number, (int, Fraction)):
        return True
    if isinstance(number, Decimal):
        return number.is_finite()
    return bool(number * 0 == 0)  # NaN for an infinite number, and for an interval all numbers


def constant(value: int | Fraction, like: Operand) -> Number:
    """`value`, a rational of the rule table, in the type of `like`, a number or a Value.

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
    if number_of(like) is not like:
        return constant(value, like.data)
    one = like**0
    if one.__class__ is int and value.__class__ is int:
        return value
    if one != one:  # mpmath's inf**0 is NaN
        one = kind(1)
    return one * value.numerator / value.denominator


def in_type_of(like: Number, number: Number) -> Number:
    """An int or float in the type of `like`; a TypeError of Decimals, which take no float.

    A float stays one beside ints, complex numbers and Fractions (`kept` refuses it there).

    >>> in_type_of(Fraction(1, 2), 3), in_type_of(2j, 0.5)
    (Fraction(3, 1), 0.5)
    """
    if number.__class__ is int:
        return constant(number, like)
    if number.__class__ is float and like.__class__ not in FLOATS_STAY:
        return constant(1, like) * number
    return number


def kept(result: Number, operands: Iterable[Number]) -> Number:
    """`result` if it keeps the type of its operands; a TypeError for a float among Fractions.

    >>> kept(Fraction(3), [Fraction(1), 2])
    Fraction(3, 1)
    >>> kept(1.5, [1.0, Fraction(1, 2)])
    Traceback (most recent call last):
    TypeError: a Fraction with a float makes a float: ...
    """
    if result.__class__ is float:
        for operand in operands:
            if operand.__class__ is Fraction:
                raise TypeError(MIXED)
    return result
