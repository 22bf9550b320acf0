"""A number as `repr` and `format` show it, where Python itself would not."""

from __future__ import annotations

import re
from decimal import ROUND_05UP, ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from autograd.number_types import Number
from autograd.writing import printable


def shown(number: Number) -> str:
    """The `repr` of a number; of integers beyond what Python writes, in words.

    >>> shown(Fraction(1, 3)), shown(10**5000)
    ('Fraction(1, 3)', '<int of more digits than Python writes>')
    """
    try:
        return printable(repr(number))  # a symbol may have any name
    except ValueError:
        return f"<{type(number).__name__} of more digits than Python writes>"


def formatted(number: Number, specification: str) -> str:
    """`format(number, specification)`, of Fractions on Pythons before 3.12 too.

    >>> formatted(Fraction(2, 3), ".4f"), formatted(10**5000, "")
    ('0.6667', '<int of more digits than Python writes>')
    """
    try:
        return format(number, specification)
    except ValueError:
        if specification:
            raise
        return shown(number)
    except TypeError:
        if number.__class__ is not Fraction:
            raise
        return _of_fraction(number, specification)


def _of_fraction(number: Fraction, specification: str) -> str:
    """As Python 3.12 has it: from the exact number, half to even."""
    found = re.fullmatch(r"(.*?)(?:\.(\d+))?([eEfFgG%])", specification)
    if found is None:
        return format(str(number), specification)
    before, places, kind = found[1], int(found[2] or 6), found[3]
    digits = places + 1 if kind in "eE" else max(places, 1)
    if kind in "fF%":
        digits += 5 + number.numerator.bit_length() // 3  # those before the point are fewer
    # Two more digits, the last of them odd where something was cut off: so nothing rounds twice.
    finer = Context(prec=digits + 2, rounding=ROUND_05UP)
    exact = finer.divide(Decimal(number.numerator), Decimal(number.denominator))
    specification = f"{before}.{places}{kind}"
    with localcontext(Context(prec=digits, rounding=ROUND_HALF_EVEN)):
        rounded = +exact
        # A float that holds all digits is written as Python writes floats: 3.3e-01, not 3.3e-1.
        if kind not in "fF%" and digits <= 15 and (not rounded or 1e-300 < abs(rounded) < 1e300):
            return format(float(rounded), specification)
        return format(exact, specification)
