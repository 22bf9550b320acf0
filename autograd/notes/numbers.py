"""Numbers as people write them: exactly, or shortened for a card; in text, LaTeX and HTML."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.reading import printable

MOST_POWER = 4000
BEYOND: int = 10**MOST_POWER  # Python does not write such integers
IN_FLOATS = 300  # the powers of ten that floats hold, to both sides
FLOATS: int = 10**IN_FLOATS
FEW = 4  # significant digits of what is shortened
WIDEST = 24  # characters on a card
WRITTEN = re.compile(r"(-?)(\d+(?:\.\d+)?)(?:[eE]([+-]?\d+))?|(-?)(\d+)/(\d+)")
# From which power of ten to which a number is written without one: as Python writes floats.
OF_FLOATS, OF_DECIMALS = range(-4, 16), range(-29, 30)
IN_LATEX = {"inf": r"\infty", "infinity": r"\infty", "nan": r"\mathrm{NaN}"}


class Written(NamedTuple):
    """A number in its parts: -1.5*10^-5 or -59/15; `rounded` where it is not quite the number."""

    sign: str
    digits: str
    exponent: int = 0
    denominator: str = ""
    rounded: bool = False

    def text(self, comma: bool = False) -> str:
        """The number in text.

        >>> Written("-", "1.5", -5).text(), Written("-", "1.5").text(comma=True)
        ('-1.5*10^-5', '-1,5')
        """
        digits = self.digits.replace(".", ",") if comma else self.digits
        power = f"*10^{self.exponent}" if self.exponent else ""
        return self.sign + digits + power + (f"/{self.denominator}" if self.denominator else "")

    def latex(self, comma: bool = False) -> str:
        r"""The number in LaTeX.

        >>> print(Written("-", "1.5", -5).latex(comma=True), Written("-", "59", 0, "15").latex())
        -1{,}5 \cdot 10^{-5} -\frac{59}{15}
        """
        if self.denominator:
            return rf"{self.sign}\frac{{{self.digits}}}{{{self.denominator}}}"
        digits = IN_LATEX.get(self.digits.lower(), self.digits)
        if comma:
            digits = digits.replace(".", "{,}")
        return self.sign + digits + (rf" \cdot 10^{{{self.exponent}}}" if self.exponent else "")

    def html(self, comma: bool = False) -> str:
        """The number in HTML.

        >>> Written("-", "1.5", -5).html()
        '−1.5·10<sup>−5</sup>'
        """
        written = "−" if self.sign else ""
        written += html.escape(self.digits.replace(".", ",") if comma else self.digits)
        if self.exponent:
            written += f"·10<sup>{'−' if self.exponent < 0 else ''}{abs(self.exponent)}</sup>"
        return written + (f"/{self.denominator}" if self.denominator else "")


def exact_value(number: Any) -> Fraction | None:
    """A number as the rational that is written: 1/10 for the float 0.1; None for what has none.

    >>> exact_value(0.1), exact_value(float("inf"))
    (Fraction(1, 10), None)
    """
    if isinstance(number, (int, Fraction)):
        return None if is_beyond(number) else Fraction(number)
    if isinstance(number, Decimal):
        return Fraction(number) if number.is_finite() and not is_beyond(number) else None
    found = WRITTEN.fullmatch(str(number))
    if found is None or abs(int(found[3] or 0)) >= MOST_POWER or found[6] == "0":
        return None
    return Fraction(str(number))


def is_beyond(number: Any) -> bool:
    """Whether a number has more digits than Python writes."""
    if isinstance(number, Decimal):
        return number.is_finite() and abs(number.adjusted()) >= MOST_POWER
    if isinstance(number, (int, Fraction)):
        return abs(number.numerator) >= BEYOND or number.denominator >= BEYOND
    return False


def written(number: Any) -> Written:
    """A number exactly: a Fraction as a decimal where that terminates.

    >>> written(1e-05), written(Fraction(1, 3))
    (Written(sign='', digits='1', exponent=-5, ...), Written(sign='', digits='1', exponent=0, ...))
    """
    kind = number.__class__
    if (kind is float and 1e-4 <= abs(number) < 1e15) or (kind is int and abs(number) < 1e15):
        # Most numbers, and quickly.
        return Written("-" if number < 0 else "", str(abs(number)).removesuffix(".0"))
    exact = exact_value(number)
    if exact is None:
        return _as_it_is(number)
    if isinstance(number, (int, float, Decimal, Fraction)):
        return written_exactly(exact, powers_of(number))
    return _read(str(number))  # with the zeros that its own type writes


def powers_of(number: Any) -> range | None:
    """The powers of ten between which a number of this type is written without one; None: all."""
    if isinstance(number, Decimal):
        return OF_DECIMALS
    return OF_FLOATS if isinstance(number, float) else None


def written_exactly(number: Fraction, without_power: range | None = None) -> Written:
    """A rational as a decimal, as a fraction where that does not terminate."""
    places = _places(number)
    if places is None or places + len(str(number.numerator)) > MOST_POWER:
        return as_fraction(number)
    return decimal_of(number.numerator * 10**places // number.denominator, places, without_power)


def as_fraction(number: Fraction) -> Written:
    """A rational as a fraction; an integer as one."""
    below = str(number.denominator) if number.denominator != 1 else ""
    return Written("-" if number < 0 else "", str(abs(number.numerator)), 0, below)


def decimal_of(
    coefficient: int,
    places: int,
    without_power: range | None = None,
    rounded: bool = False,
) -> Written:
    """coefficient/10^places as a decimal; its last zeros stay where it is rounded.

    >>> decimal_of(-15, 6, OF_FLOATS).text(), decimal_of(3000, 4, rounded=True).text()
    ('-1.5*10^-5', '0.3000')
    """
    sign, digits = "-" if coefficient < 0 else "", str(abs(coefficient))
    power = len(digits) - 1 - places if coefficient else 0
    if without_power is not None and power not in without_power:
        point, exponent = len(digits) - 1, power
    else:
        point, exponent = places, 0
    digits = digits + "0" * -point if point < 0 else digits.rjust(point + 1, "0")
    if point > 0:
        digits = f"{digits[:-point]}.{digits[-point:]}"
        digits = digits if rounded else digits.rstrip("0").rstrip(".")
    return Written(sign, digits, exponent, rounded=rounded)


def _places(number: Fraction) -> int | None:
    """How many decimal places a rational has; None where they do not end."""
    rest, places = number.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, places = rest // prime, places + 1
    return places if rest == 1 else None


def _as_it_is(number: Any) -> Written:
    """What no rational equals, as its type writes it; what is too long shortened."""
    if isinstance(number, (int, Fraction)):
        return shortened(number)
    text = printable(str(number))
    if isinstance(number, (float, Decimal)) and WRITTEN.fullmatch(text) is None:  # inf, nan
        return Written("-" if text.startswith("-") else "", text.removeprefix("-"))
    return _read(text)


def _read(text: str) -> Written:
    """What is written as Python writes numbers, in its parts; other text as it is."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return Written("", text)
    if found[6]:
        return Written(found[4], found[5], 0, found[6])
    return Written(found[1], found[2], int(found[3] or 0))


def number_text(number: Any) -> str:
    """A number exactly, as people write it: without exponent or trailing zeros where that can be.

    A Fraction is a decimal where that terminates.

    >>> number_text(Fraction(-103, 100)), number_text(Fraction(1, 3)), number_text(2.0)
    ('-1.03', '1/3', '2')
    >>> number_text(0.1 + 0.2), number_text(1e-05)
    ('0.30000000000000004', '1*10^-5')
    """
    found = written(number)
    return ("≈" if found.rounded else "") + found.text()


def short_number(number: Any) -> str:
    """A number for a card: in full if it has at most 8 digits, else ≈ and four significant ones.

    >>> short_number(Fraction(-1133, 1000)), short_number(2 / 3), short_number(None)
    ('-1.133', '≈0.6667', '-')
    """
    if number is None:
        return "-"
    text = number_text(number)
    if is_short(text):
        return text
    if isinstance(number, (int, float, Fraction, Decimal)):
        return f"≈{shortened(number).text()}"
    return cut(text)


def cut(text: str) -> str:
    """What is no number of digits, such as a formula, cut off where a card ends.

    >>> cut("x_0 + x_1"), cut("x_0 + x_1 + x_2 + x_3 + x_4")
    ('x_0 + x_1', 'x_0 + x_1 + x_2 + x_3 +…')
    """
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def is_short(text: str) -> bool:
    """Whether a number's text fits a card.

    >>> is_short("12345678"), is_short("123456789")
    (True, False)
    """
    text = text.replace("*10^", "e")  # as Python writes it, the 10 is no digit of the number
    return len(re.sub(r"[^0-9]", "", text).lstrip("0")) <= 8 and len(text) <= 14


def _beyond_floats(number: int | Fraction) -> bool:
    """Whether its parts may be more than a float holds."""
    return max(abs(number.numerator), number.denominator) >= FLOATS


def shortened(number: Any) -> Written:
    """A number to four significant digits.

    >>> shortened(2 / 3).text(), shortened(10**5000).text()
    ('0.6667', '1.000*10^5000')
    """
    value: float | Decimal
    value = number
    if isinstance(number, (int, Fraction)) and _beyond_floats(number):
        value = Decimal(number.numerator) / number.denominator
    elif not isinstance(number, Decimal) or abs(number.adjusted()) < IN_FLOATS:
        value = float(number)
    return _read(f"{value:.{FEW}g}")._replace(rounded=True)
