"""The two kinds of numbers that a sheet is computed in: true ones, and intervals.

A true number is a Fraction as long as it is rational, then one of 60 digits. An interval holds all
that a rounded number may have been. Both are mpmath's where they are not Fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mpmath import MPContext
from mpmath.ctx_iv import MPIntervalContext
from mpmath.libmp import from_rational, round_ceiling, round_floor, round_nearest

from autograd.reading import number_of

DIGITS = 60
RATIONAL_DIGITS = 40  # of what is made a Fraction
NOTHING = 1e-50  # what is nearer to 0 is 0
MOST_BITS = 4_000  # of a numerator or a denominator: over 1,200 digits
real_numbers, intervals = MPContext(), MPIntervalContext()
real_numbers.dps = intervals.dps = DIGITS
COMPLEX = (complex, real_numbers.mpc, intervals.mpc)


def exact(number: Fraction) -> Fraction:
    """A rational as itself."""
    return number


def real(number: Any) -> Any:
    """A number to 60 digits."""
    if isinstance(number, Fraction):
        above, below = number.numerator, number.denominator
        return real_numbers.make_mpf(from_rational(above, below, real_numbers.prec, round_nearest))
    return number


def rational(number: Any) -> Fraction:
    """A number as a Fraction, to 40 digits where it is none."""
    if isinstance(number, Fraction):
        return number
    return Fraction(real_numbers.nstr(number, RATIONAL_DIGITS))


def interval(number: Any) -> Any:
    """The narrowest interval that holds a number."""
    if not isinstance(number, Fraction):
        return intervals.mpf(number)
    above, below = number.numerator, number.denominator
    low, high = (
        from_rational(above, below, intervals.prec, side) for side in (round_floor, round_ceiling)
    )
    return intervals.make_mpf((low, high))


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


class TooLongError(TypeError):
    """A rational of so many digits that 60 of them have to do."""


def small(number: Any) -> Any:
    """A number or a Value as it is; an error where it is out of all bounds.

    A rational that is too long raises TooLongError, what is too large OverflowError.
    """
    plain = number_of(number)
    if type(plain) is Fraction:  # isinstance takes ten times as long for all else
        if max(plain.numerator.bit_length(), plain.denominator.bit_length()) > MOST_BITS:
            raise TooLongError("a fraction of too many digits")
    elif isinstance(plain, COMPLEX):
        raise ValueError("no real number")
    elif isinstance(plain, (real_numbers.mpf, intervals.mpf)) and _magnitude(plain) > MOST_BITS:
        raise OverflowError("a number of over a thousand digits")
    return number


def require_small_power(base: Any, exponent: Any) -> None:
    """Raise an error where a power of rationals is too long to be computed."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits > 1 and bits * abs(exponent) > 2 * MOST_BITS:
            raise TooLongError("a power of too many digits")


def _magnitude(number: Any) -> int:
    """About the logarithm to base 2, of an interval that of its ends."""
    ends = number._mpi_ if isinstance(number, intervals.mpf) else (number._mpf_,)
    if ends[0] == ends[-1] and not ends[0][1] and ends[0][2]:  # no mantissa, and yet no zero
        raise OverflowError("no finite number")
    return max(int(exponent + bits) if bits else 0 for _, _, exponent, bits in ends)
