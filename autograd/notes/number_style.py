"""How numbers are shown: to so many places or digits, as fractions, with a comma, in percent.

Showing is apart from computing: no number changes by it, and what is shown rounded is marked ≈.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import Any, Literal, TypedDict

from autograd.notes.numbers import (
    OF_FLOATS,
    Written,
    as_fraction,
    cut,
    decimal_of,
    exact_value,
    is_beyond,
    is_short,
    powers_of,
    shortened,
    written,
    written_exactly,
)
from autograd.reading import MINUS_SIGNS, did_you_mean, printable

MOST_PLACES = 100
SHORT = 10**8  # the denominator of a float or Decimal that is shown as a fraction is below


class ShownNumbers(TypedDict, total=False):
    """The options of every reader that say how its numbers are shown; see `NumberStyle`."""

    decimals: int | None
    digits: int | None
    fractions: bool
    comma: bool
    percent: bool
    halves: Literal["even", "up"]


class RoundedNumbers(ShownNumbers, total=False):
    """Those of `derive` and `walk`, which also compute with rounded numbers."""

    rounding: Literal["each step"] | None


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are shown; a ValueError or TypeError names the option that cannot work.

    decimals       places after the point
    digits         significant digits
    fractions      Fractions as fractions, where they terminate too; floats and Decimals as those
                   short ones that they are exactly
    comma          the decimal comma
    percent        in percent, `decimals` and `digits` counted in those; without them, what does not
                   terminate stays a fraction, 1/9
    rounding       "each step": compute with the rounded result of each line
    halves         how a half is rounded: "even", to the even digit, or "up", away from zero

    A number that has so few digits is shown as it is; one that is rounded keeps its zeros.

    >>> style = NumberStyle(decimals=4)
    >>> style.text(0.15), style.text(0.59996), style.is_rounded(0.15), style.is_rounded(0.59996)
    ('0.15', '0.6000', False, True)
    >>> NumberStyle(fractions=True).text(Fraction(5, 10)), NumberStyle(digits=2).text(0.00123)
    ('1/2', '0.0012')
    """

    decimals: int | None = None
    digits: int | None = None
    fractions: bool = False
    comma: bool = False
    percent: bool = False
    rounding: str | None = None
    halves: str = "even"

    def __post_init__(self) -> None:
        _check_count("decimals", self.decimals, 0, "places after the point")
        _check_count("digits", self.digits, 1, "significant digits")
        for name in ("fractions", "comma", "percent"):
            if getattr(self, name).__class__ is not bool:
                raise TypeError(f"{name} is True or False, not {_told(getattr(self, name))}")
        if self.rounding not in (None, "each step"):
            raise ValueError(
                f"rounding is 'each step', or not given, not {_told(self.rounding)}: "
                "decimals=4 alone rounds what is shown"
            )
        if self.halves not in ("even", "up"):
            raise ValueError(
                "halves is 'even', to the even digit, or 'up', away from zero, "
                f"not {_told(self.halves)}"
            )
        self._check_together()

    def _check_together(self) -> None:
        if self.decimals is not None and self.digits is not None:
            raise ValueError(
                f"decimals={self.decimals} and digits={self.digits} are two ways to round: give one"
            )
        if self.fractions and self.rounds:
            option = "digits" if self.decimals is None else "decimals"
            raise ValueError(f"fractions=True is exact, {option} rounds: give one of them")
        if self.fractions and self.percent:
            raise ValueError("fractions=True and percent=True are two forms: give one of them")
        if self.rounding and not self.rounds:
            raise ValueError(
                "rounding='each step' needs to know how far: give decimals=4, or digits=4"
            )
        if self.halves == "up" and not self.rounds:
            raise ValueError("halves='up' says how to round: give decimals=4, or digits=4, too")

    @property
    def rounds(self) -> bool:
        """Whether numbers are rounded, to places or to digits.

        >>> NumberStyle(decimals=0).rounds, NumberStyle(comma=True).rounds
        (True, False)
        """
        return self.decimals is not None or self.digits is not None

    @property
    def more(self) -> str:
        """What to give where so few places leave nothing of a number.

        >>> NumberStyle(decimals=2).more, NumberStyle(digits=3).more
        ('more than decimals=2, or digits, which keep what is small', 'more than digits=3')
        """
        if self.decimals is None:
            return f"more than digits={self.digits}"
        return f"more than decimals={self.decimals}, or digits, which keep what is small"

    @property
    def exact(self) -> NumberStyle:
        """The same style, where nothing is rounded.

        >>> NumberStyle(decimals=1, comma=True).exact.text(0.25)
        '0,25'
        """
        return replace(self, decimals=None, digits=None, rounding=None, halves="even")

    @property
    def of_constants(self) -> NumberStyle:
        """The style of the plain numbers of a formula, which are in no percent: 1 - a, x^2.

        >>> NumberStyle(percent=True).of_constants.text(2)
        '2'
        """
        return replace(self, percent=False) if self.percent else self

    def text(self, number: Any) -> str:
        """The number as it is shown, without a mark where it is rounded.

        >>> NumberStyle(decimals=3, comma=True).text(2 / 3), NumberStyle(percent=True).text(0.125)
        ('0,667', '12.5%')
        """
        if isinstance(number, complex):
            return _complex_text(number, self.of_constants.text)
        return self._written(number).text(self.comma) + ("%" if self._in_percent(number) else "")

    def latex(self, number: Any) -> str:
        r"""The number in LaTeX.

        >>> style = NumberStyle(comma=True)
        >>> print(style.latex(0.5), style.latex(1e-05), style.latex(Fraction(593, 735)))
        0{,}5 1 \cdot 10^{-5} \frac{593}{735}
        >>> print(NumberStyle(percent=True, decimals=1).latex(2 / 3))
        66.7\%
        """
        if isinstance(number, complex):
            return _complex_text(number, self.of_constants.latex)
        percent = r"\%" if self._in_percent(number) else ""
        return self._written(number).latex(self.comma) + percent

    def html(self, number: Any) -> str:
        """The number in HTML.

        >>> NumberStyle().html(-2e-07), NumberStyle(percent=True).html(0.125)
        ('−2·10<sup>−7</sup>', '12.5%')
        """
        if isinstance(number, complex):
            return _complex_text(number, self.of_constants.html)
        return self._written(number).html(self.comma) + ("%" if self._in_percent(number) else "")

    def is_rounded(self, number: Any) -> bool:
        """Whether what is shown is not quite the number.

        >>> NumberStyle(digits=2).is_rounded(1 / 3), NumberStyle().is_rounded(1 / 3)
        (True, False)
        """
        if not self.rounds:
            return not isinstance(number, (float, Decimal)) and is_beyond(number)
        if isinstance(number, complex):
            return any(map(self.of_constants.is_rounded, (number.real, number.imag)))
        return self._written(number).rounded

    def marked(self, number: Any) -> str:
        """The text, with ≈ before it where the number is rounded.

        >>> NumberStyle(digits=2).marked(0.5), NumberStyle(digits=2).marked(1 / 3)
        ('0.5', '≈0.33')
        """
        return ("≈" if self.is_rounded(number) else "") + self.text(number)

    def short(self, number: Any) -> str:
        """The marked text for a card; where nothing says how many digits, at most 8, else ≈ and 4.

        >>> NumberStyle(comma=True).short(2 / 3), NumberStyle(decimals=2).short(2 / 3)
        ('≈0,6667', '≈0.67')
        >>> NumberStyle().short(None)
        '-'
        """
        if number is None:
            return "-"
        text = self.marked(number)
        if self.rounds or is_short(text):
            return text
        if isinstance(number, (int, float, Fraction, Decimal)):
            exact = exact_value(number)
            if exact is None or not self.percent:
                return f"≈{shortened(number).text(self.comma)}"
            return f"≈{shortened(exact * 100).text(self.comma)}%"
        return cut(text)

    def rounded(self, number: Any) -> Any:
        """The number as it is shown, of its own type: of a float the nearest one.

        >>> NumberStyle(decimals=2).rounded(Fraction(2, 3)), NumberStyle(decimals=2).rounded(2 / 3)
        (Fraction(67, 100), 0.67)
        >>> NumberStyle(decimals=0, halves="up").rounded(Decimal("-2.5"))
        Decimal('-3')
        """
        exact = exact_value(number)
        if exact is None or not self.rounds:
            return number
        scale = 100 if self.percent else 1
        coefficient, places = self._to_so_many(exact * scale)
        return in_type(number, Fraction(coefficient) / Fraction(10) ** places / scale)

    def _in_percent(self, number: Any) -> bool:
        exact = exact_value(number) if self.percent else None
        if exact is None:
            return False
        return self.rounds or not written_exactly(exact * 100).denominator

    def _written(self, number: Any) -> Written:
        if not (self.rounds or self.fractions or self.percent):
            return written(number)
        exact = exact_value(number)
        if exact is None:
            return written(number)
        if self.fractions and (short := _short_fraction(number)) is not None:
            return as_fraction(short)
        if self._in_percent(number):
            exact *= 100
        if self.rounds:
            return self._rounded(exact, number)
        if not self._in_percent(number):
            return written(number)
        return written_exactly(exact, powers_of(number))

    def _rounded(self, exact: Fraction, number: Any) -> Written:
        coefficient, places = self._to_so_many(exact)
        is_exact = Fraction(coefficient) / Fraction(10) ** places == exact
        powers = OF_FLOATS if self.decimals is None else None
        if not is_exact:
            return decimal_of(coefficient, places, powers, rounded=True)
        if powers is None and abs(exact) >= 10**OF_FLOATS.stop:
            powers = powers_of(number)
        return written_exactly(exact, powers)

    def _to_so_many(self, exact: Fraction) -> tuple[int, int]:
        """The integer and the places, coefficient/10^places, to which `exact` is rounded."""
        if self.decimals is not None:
            return self._nearest(exact, self.decimals), self.decimals
        assert self.digits is not None
        places = self.digits - 1 - _power(exact)
        coefficient = self._nearest(exact, places)
        if abs(coefficient) >= 10**self.digits:  # 9.99 to two digits is 10
            return coefficient // 10, places - 1
        return coefficient, places

    def _nearest(self, exact: Fraction, places: int) -> int:
        scaled = exact * Fraction(10) ** places
        if self.halves == "even":
            return round(scaled)
        up = int(abs(scaled) + Fraction(1, 2))
        return -up if scaled < 0 else up


def _power(exact: Fraction) -> int:
    """The power of ten of the first digit."""
    if not exact:
        return 0
    power = len(str(abs(exact.numerator))) - len(str(exact.denominator))
    return power if abs(exact) >= Fraction(10) ** power else power - 1


def in_type(like: Any, exact: Fraction) -> Any:
    """A terminating decimal in the type of `like`; an integer type keeps what is an integer.

    >>> in_type(0.5, Fraction(1, 8)), in_type(Decimal(1), Fraction(1, 8)), in_type(1, Fraction(2))
    (0.125, Decimal('0.125'), 2)
    """
    kind = like.__class__
    if kind is Fraction:
        return exact
    if kind is Decimal:
        return Decimal(written_exactly(exact).text())
    if kind is int and exact.denominator == 1:
        return int(exact)
    try:
        return float(exact)
    except OverflowError:  # as floats do
        return inf if exact > 0 else -inf


def _short_fraction(number: Any) -> Fraction | None:
    """The rational that a number is exactly: a Fraction any, a float or Decimal a short one."""
    if isinstance(number, (int, Fraction)):
        return Fraction(number)
    if not isinstance(number, (float, Decimal)):
        return None  # what equals a rational without being one of Python's numbers
    exact = Fraction(number)
    return exact if 1 < exact.denominator < SHORT else None


def _complex_text(number: complex, part: Any) -> str:
    """As Python writes complex numbers, each part by `part`."""
    imaginary = part(number.imag)
    if number.real == 0:
        return f"{imaginary}j"
    return f"({part(number.real)}{'' if imaginary.startswith(MINUS_SIGNS) else '+'}{imaginary}j)"


def _check_count(name: str, count: Any, least: int, what: str) -> None:
    sentence = f"{name} is how many {what} are shown, an int from {least} to {MOST_PLACES}"
    if count is None:
        return
    if count.__class__ is not int:
        raise TypeError(f"{sentence}, not {_told(count)}")
    if not least <= count <= MOST_PLACES:
        raise ValueError(f"{sentence}, not {count}")


def _told(given: object) -> str:
    return printable(repr(given)) if isinstance(given, (str, bool, float)) else type(given).__name__


def number_style(
    reader: str, shown: Mapping[str, Any], others: Sequence[str] = (), rounding: bool = False
) -> NumberStyle:
    """The style of a reader's keyword options; a TypeError for one that there is not.

    `others` are the reader's own options, `rounding` says whether it computes with rounded numbers.

    >>> number_style("draw", {"decimal": 4}, ["theme"])
    Traceback (most recent call last):
    TypeError: draw has no option decimal: did you mean decimals? The options are theme, ...
    """
    names = [entry.name for entry in fields(NumberStyle)]
    if not rounding:
        names.remove("rounding")
    known = [*others, *names]
    if "rounding" in shown and not rounding:
        raise TypeError(
            f"{reader} shows numbers as they were computed: rounding='each step' computes others, "
            "give it to derive, walk, matrices or nn.worked"
        )
    for name in shown:
        if name not in names:
            meant = did_you_mean(name, known, most=1)
            raise TypeError(
                f"{reader} has no option {printable(name)}: {meant}{' ' * bool(meant)}"
                f"The options are {', '.join(known)}"
            )
    return NumberStyle(**shown)


PLAIN = NumberStyle()
