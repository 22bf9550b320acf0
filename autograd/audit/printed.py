"""Whether a printed number is another: exactly, rounded, or cut off."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd.audit.expressions import Apply, Expression, Number, whole_number
from autograd.audit.kinds import around, interval, real

SLACK = Fraction(1, 10**40)  # of a unit: what 60 digits may miss
HALF, WHOLE = Fraction(1, 2) + SLACK, 1 - SLACK  # of one, with it
NOTHING = Fraction(1, 20_000)  # what is 0 to four places may be written 0, as sigmoid(-12) is


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as somebody wrote it: its text, its value, and one unit in its last place.

    The unit of a fraction, 2/3, is 0: it is what it is.
    """

    text: str
    value: Fraction
    unit: Fraction

    @classmethod
    def of(cls, expression: Expression) -> Printed | None:
        """The number that is written, with its sign; None for an expression."""
        if isinstance(expression, Number):
            return cls(expression.text, expression.value, expression.unit)
        if isinstance(expression, Apply) and expression.operation == "neg":
            inside = cls.of(expression.operands[0])
            if inside is not None and not inside.text.startswith("-"):
                return inside.negative
        if isinstance(expression, Apply) and expression.operation == "div":
            above, below = (cls.of(operand) for operand in expression.operands)
            wholes = map(whole_number, (_unsigned(expression.operands[0]), expression.operands[1]))
            if above and below and below.value and None not in wholes:
                return cls(f"{above.text}/{below.text}", above.value / below.value, Fraction(0))
        return None

    def like(self, number: Any) -> Printed:
        """Another number to the same place; its text has the digits alone."""
        units = round(number / self._like(number, self.unit))
        return Printed(str(units), units * self.unit, self.unit)

    @property
    def one_digit(self) -> bool:
        """Whether there is at most one digit to compare: 1, 0.04, 0."""
        return bool(self.unit) and self.digits <= 1

    @property
    def is_vague(self) -> bool:
        """Whether it is one digit without decimals, which says little: 0 of -0.5, 1 of 0.5."""
        return self.one_digit and self.unit >= 1

    @property
    def digits(self) -> int:
        """How many digits are printed, zeros in front apart."""
        return len(self.text.lower().partition("e")[0].lstrip("-0.").replace(".", ""))

    def equals(self, number: Any) -> bool:
        """Whether it is this very number; of 60 digits the last few may be rounded."""
        own = self._like(number, self.value)
        if isinstance(number, Fraction) or number == own:
            return bool(number == own)
        return bool(abs(number - own) <= self._like(number, SLACK) * abs(own))

    def agrees(self, number: Any) -> bool:
        """Whether a number rounds to it, halves either way."""
        return self.equals(number) or self._within(number, self.unit * HALF)

    def truncates(self, number: Any) -> bool:
        """Whether it is a number that was cut off, or rounded to the wrong side."""
        if self.one_digit and abs(number) < self._like(number, abs(self.value) * 2 / 3):
            return False  # 0.1 says more than that a number is small
        return self._within(number, self.unit * WHOLE)

    def meets(self, low_to_high: Any, cut: bool = False) -> bool:
        """Whether a number of an interval rounds to it, or with `cut` is cut off to it."""
        own = around(self.value, 2 * self.unit * WHOLE) if cut else self.around
        if not (own.a <= low_to_high.b and low_to_high.a <= own.b):
            return False
        return not self.is_vague or self._is_near(low_to_high)

    @property
    def around(self) -> Any:
        """What it may have been rounded from."""
        return around(self.value, self.unit * (1 + SLACK))

    @property
    def negative(self) -> Printed:
        """The number with the other sign, to as many places."""
        text = self.text[1:] if self.text.startswith("-") else f"-{self.text}"
        return Printed(text, -self.value, self.unit)

    @property
    def interval(self) -> Any:
        """Itself, as an interval without width."""
        return interval(self.value)

    def _within(self, number: Any, distance: Fraction) -> bool:
        value = self._like(number, self.value)
        apart = abs(number - value)
        if apart > self._like(number, distance) or number * value < 0:
            return False
        return not self.is_vague or self._is_blurred(apart, number)

    def _is_blurred(self, apart: Any, number: Any) -> bool:
        return bool(apart <= (abs(number) / 2 if self.value else self._like(number, NOTHING)))

    def _is_near(self, low_to_high: Any) -> bool:
        """Whether a single digit says more than that a number is small."""
        middle, half = low_to_high.mid, low_to_high.delta / 2
        apart, size = abs(self.interval - middle).a, (abs(middle) / 2 + half).b
        return bool(apart <= size) or bool(not self.value and apart <= real(NOTHING))

    @staticmethod
    def _like(number: Any, rational: Fraction) -> Any:
        return rational if isinstance(number, Fraction) else real(rational)


def _unsigned(expression: Expression) -> Expression:
    if isinstance(expression, Apply) and expression.operation == "neg":
        return expression.operands[0]
    return expression
