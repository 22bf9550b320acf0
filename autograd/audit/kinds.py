"""The two kinds of numbers that a sheet is computed in: true ones, and intervals.

A true number is a Fraction as long as it is rational, then one of 60 digits. An interval holds all
that a rounded number may have been. Both are mpmath's where they are not Fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mpmath import MPContext
from mpmath.ctx_iv import MPIntervalContext

DIGITS = 60
NOTHING = 1e-50  # what is nearer to 0 is 0
real_numbers, intervals = MPContext(), MPIntervalContext()
real_numbers.dps = intervals.dps = DIGITS


def exact(number: Fraction) -> Fraction:
    """A rational as itself."""
    return number


def real(number: Any) -> Any:
    """A number to 60 digits."""
    if isinstance(number, Fraction):
        return real_numbers.mpf(number.numerator) / number.denominator
    return number


def interval(number: Any) -> Any:
    """The narrowest interval that holds a number."""
    if isinstance(number, Fraction):
        return intervals.mpf(number.numerator) / number.denominator
    return intervals.mpf(number)


def middle(number: Any) -> Any:
    """The middle of an interval; itself for any other number."""
    return real_numbers.mpf(number.mid.a) if isinstance(number, intervals.mpf) else number


def around(number: Any, unit: Fraction) -> Any:
    """What may have been rounded to a number: half a unit to either side."""
    middle, half = interval(number), interval(unit / 2)
    return hull(middle - half, middle + half)


def hull(*parts: Any) -> Any:
    """The narrowest interval that holds several."""
    return intervals.mpf([min(part.a for part in parts), max(part.b for part in parts)])


def pieces(number: Any) -> list[Any]:
    """An interval cut at 0, with 0 by itself; the interval where 0 is not within."""
    if number.a > 0 or number.b < 0 or number.a == number.b:
        return [number]
    zero, low, high = intervals.mpf(0), number.a.a, number.b.b
    below = [intervals.mpf([low, max(low, -NOTHING)])] if low < 0 else []
    above = [intervals.mpf([min(high, NOTHING), high])] if high > 0 else []
    return [*below, zero, *above]
