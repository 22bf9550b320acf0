"""Numbers as people write them: exactly, or shortened for a card."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.reading import printable

BEYOND = 10**4000  # Python does not write such integers


def number_text(number: Any) -> str:
    """A number exactly, as people write it: without exponent or trailing zeros where that can be.

    A Fraction is a decimal where that terminates.

    >>> number_text(Fraction(-103, 100)), number_text(Fraction(1, 3)), number_text(2.0)
    ('-1.03', '1/3', '2')
    >>> number_text(0.1 + 0.2)
    '0.30000000000000004'
    """
    if isinstance(number, (int, Fraction)):
        if max(abs(number.numerator), number.denominator) >= BEYOND:
            return f"≈{Decimal(number.numerator) / number.denominator:.4g}"
        return _fraction_text(number) if isinstance(number, Fraction) else str(number)
    if isinstance(number, Decimal):
        if not number.is_finite() or not -30 < number.adjusted() < 30:
            return str(number)
        text = format(number, "f")
        return _zero_unsigned(text.rstrip("0").rstrip(".") if "." in text else text)
    if isinstance(number, float):
        return _zero_unsigned(str(number).removesuffix(".0"))
    return printable(str(number))


def _zero_unsigned(text: str) -> str:
    return "0" if text == "-0" else text


def _fraction_text(number: Fraction) -> str:
    rest, places = number.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, places = rest // prime, places + 1
    if rest != 1:
        return str(number)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def short_number(number: Any) -> str:
    """A number for a card: in full if it has at most 8 digits, else ≈ and four significant ones.

    >>> short_number(Fraction(-1133, 1000)), short_number(2 / 3), short_number(None)
    ('-1.133', '≈0.6667', '-')
    """
    if number is None:
        return "-"
    if isinstance(number, (int, Fraction)):
        parts = abs(number.numerator), number.denominator
        if max(parts) >= 10**300:  # beyond what a float holds
            return f"≈{Decimal(number.numerator) / number.denominator:.4g}"
    text = number_text(number)
    if len(re.sub(r"[^0-9]", "", text).lstrip("0")) <= 8 and len(text) <= 14:
        return text
    if isinstance(number, (int, float, Fraction, Decimal)):
        return f"≈{float(number):.4g}"
    return text if len(text) <= 24 else text[:23] + "…"
