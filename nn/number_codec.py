"""Numbers as JSON holds them, every one exactly.

An int and a float are JSON numbers, a float by the shortest digits that give it back. Others are
text: "Fraction 1/3", "Decimal 0.10", "complex 0.5 -1.0", "float nan", and "int 0x..." for integers
of hundreds of digits. What is read is what would be written, or it is refused.

>>> from decimal import Decimal
>>> [encoded_number(x) for x in (7, 0.1, Fraction(1, 3), Decimal("0.10"), math.inf)]
[7, 0.1, 'Fraction 1/3', 'Decimal 0.10', 'float inf']
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

NUMBERS = {kind.__name__: kind for kind in (int, float, complex, Fraction, Decimal)}
MOST_DIGITS = 20_000  # of one integer, in hexadecimal, or of one Decimal
MOST_DECIMAL_DIGITS = 600  # of an integer; Python reads longer ones in hexadecimal without a limit

_INTEGER = r"-?(?:\d+|0x[0-9a-f]+)"
_DECIMAL = r"-?(?:\d+(?:\.\d+)?(?:E[+-]\d{1,18})?|Infinity|s?NaN\d*)"


def encoded_number(number: Any) -> Any:
    """A number as JSON holds it, an int, a float or a text; a TypeError for a type that is not held
    exactly.
    """
    kind = number.__class__
    if kind is int:
        return number if _is_short(number) else f"int {_integer_text(number)}"
    if kind is float:
        return number if math.isfinite(number) else f"float {number!r}"
    if kind is Fraction:
        return f"Fraction {_integer_text(number.numerator)}/{_integer_text(number.denominator)}"
    if kind is Decimal:
        return f"Decimal {number}"
    if kind is complex:
        return f"complex {number.real!r} {number.imag!r}"
    raise TypeError(
        f"a {kind.__name__} is not saved exactly, only {', '.join(NUMBERS)} are: convert it first"
    )


def decoded_number(found: Any) -> Any:
    """The number that is written so; a ValueError says what is wrong with it.

    >>> decoded_number("Fraction 1/3")
    Fraction(1, 3)
    >>> decoded_number("Fraction 2/6")
    Traceback (most recent call last):
    ValueError: 'Fraction 2/6' is not a number as it is saved
    """
    if found.__class__ is int or found.__class__ is float:
        return found
    kind, _, text = found.partition(" ") if isinstance(found, str) else ("", "", "")
    if kind not in _READERS:
        raise ValueError(f"{shown(found)} is not a number")
    try:
        number = _READERS[kind](text)
        written = encoded_number(number)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{shown(found)} is not a number: {error}") from error
    if written != found:
        raise ValueError(f"{shown(found)} is not a number as it is saved")
    return number


def json_integer(text: str) -> int:
    """An integer of JSON, if it is not too long."""
    if len(text) > MOST_DECIMAL_DIGITS:
        raise ValueError(f"a number of {len(text)} digits, more than {MOST_DECIMAL_DIGITS}")
    return int(text)


def json_float(text: str) -> float:
    """A float of JSON, if it is finite."""
    number = float(text) if len(text) <= 40 else math.nan
    if not math.isfinite(number):
        raise ValueError(f"the number {shown(text)} is not a float")
    return number


def shown(x: Any) -> str:
    """What a file holds, for an error: short, whatever it is."""
    text = repr(x) if isinstance(x, (str, int, float, type(None))) else f"a {type(x).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_short(number: int) -> bool:
    return number.bit_length() < MOST_DECIMAL_DIGITS * 3


def _integer_text(number: int) -> str:
    return str(number) if _is_short(number) else hex(number)


def _read_integer(text: str) -> int:
    longest = MOST_DIGITS if "x" in text else MOST_DECIMAL_DIGITS
    if not re.fullmatch(_INTEGER, text, re.ASCII) or len(text) > longest:
        raise ValueError(f"no integer, or one of more than {MOST_DIGITS} digits")
    return int(text, 16 if "x" in text else 10)


def _read_fraction(text: str) -> Fraction:
    numerator, _, denominator = text.partition("/")
    return Fraction(_read_integer(numerator), _read_integer(denominator))


def _read_decimal(text: str) -> Decimal:
    if not re.fullmatch(_DECIMAL, text, re.ASCII) or len(text) > MOST_DIGITS:
        raise ValueError(f"no Decimal, or one of more than {MOST_DIGITS} digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("its exponent is out of range") from None


def _read_float(text: str) -> float:
    if text not in ("nan", "inf", "-inf"):
        raise ValueError("a finite float is a number of JSON")
    return float(text)


def _read_complex(text: str) -> complex:
    if len(text) > 60:
        raise ValueError("a part of more digits than a float has")
    real, _, imaginary = text.partition(" ")
    return complex(float(real), float(imaginary))


_READERS: dict[str, Callable[[str], Any]] = {
    "int": _read_integer,
    "float": _read_float,
    "complex": _read_complex,
    "Fraction": _read_fraction,
    "Decimal": _read_decimal,
}
