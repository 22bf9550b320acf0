"""Numbers as text, beside a printed one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from autograd.audit.kinds import middle, real, real_numbers
from autograd.audit.printed import Printed

MORE_DIGITS = 2  # than are printed, of what it should be
FEWEST_DIGITS = 3
SHORT = 6  # digits that are short enough to be shown all
MOST_DIGITS = 12


def number(value: Any, printed: Printed) -> str:
    """A number to compare with a printed one: exact if it is short, else with a few digits more.

    >>> printed = Printed("0.3", Fraction(3, 10), Fraction(1, 10))
    >>> number(Fraction(1, 3), printed), number(Fraction(31415926, 10**9), printed)
    ('0.333', '0.0314')
    """
    value = middle(value)
    places = _places(printed.unit) + MORE_DIGITS
    digits = max(FEWEST_DIGITS, places + _magnitude(value))
    short = decimal(value) if isinstance(value, Fraction) else ""
    if short and len(short.strip("-0.").replace(".", "")) <= max(digits, SHORT):
        return short
    return str(real_numbers.nstr(real(value), digits, strip_zeros=True)).removesuffix(".0")


def decimal(value: Fraction) -> str:
    """A fraction as a decimal if it has one of few digits, else nothing."""
    for places in range(MOST_DIGITS + 1):
        if 10**places % value.denominator == 0:
            digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
            whole, rest = (digits[:-places], digits[-places:]) if places else (digits, "")
            return "-" * (value < 0) + whole + (f".{rest}" if rest else "")
    return ""


def _places(unit: Fraction) -> int:
    """The places after the point of a printed number."""
    return max(0, len(str(unit.denominator)) - 1) if unit else MOST_DIGITS


def _magnitude(value: Any) -> int:
    """How many digits stand before the point; of 0.05 one less than none."""
    if abs(value) >= 1 or not value:
        return len(str(int(abs(value)))) if value else 0
    return 1 + int(real_numbers.floor(real_numbers.log10(abs(real(value)))))
