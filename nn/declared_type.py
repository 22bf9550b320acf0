"""The number type that a model declares: what is read into it, and what is of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from autograd.notes.numbers import short_number
from autograd.number_format import shown
from autograd.number_types import python_number

MOST_BITS = 1_800  # of an int that is converted; for a Decimal the time goes by its length squared


def as_number(x: Any, numbers: type | None) -> Any:
    """`x` in the number type `numbers`; a float by its shortest decimal form, so that 0.2 is
    Fraction(1, 5).

    >>> from fractions import Fraction
    >>> as_number(0.2, Fraction), as_number(0.2, None)
    (Fraction(1, 5), 0.2)
    """
    given, x = x, python_number(x)
    if numbers is None or isinstance(x, numbers):
        return x
    if given is not x and str(given) != str(x):  # a float32, whose digits a float does not show
        raise TypeError(
            f"{type(given).__name__}({given!s}) is {x} as a Python float: give "
            f"{numbers.__name__}('{given!s}'), or float(x) if that is meant"
        )
    try:  # through text, int refuses what it would cut off
        return numbers(str(x)) if isinstance(x, float) or numbers is int else numbers(x)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(
            f"{shown(x)} is not of numbers={numbers.__name__}: "
            "take numbers=Fraction, Decimal or float"
        ) from error


def of_type(number: Any, numbers: type | None) -> Any:
    """`number` if it is of the declared type; an int, or a NumPy scalar, as one of the same value.

    >>> from fractions import Fraction
    >>> of_type(3, Fraction)
    Fraction(3, 1)
    """
    if numbers is None or isinstance(number, numbers):
        return number
    python = python_number(number)
    if isinstance(python, numbers):
        return python
    with suppress(OverflowError):
        short = python.__class__ is int and python.bit_length() < MOST_BITS
        if short and numbers(python) == python:
            return numbers(python)
    raise TypeError(
        f"{short_number(number)} is of type {type(number).__name__}, where the model declares "
        f"{numbers.__name__}: convert it, or declare no number type"
    )
