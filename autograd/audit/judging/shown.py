"""A shown line, computed as its author may have computed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Key, Number
from autograd.audit.kinds import around, interval
from autograd.audit.sheet import Sheet

ROUNDED_DIGITS = 3  # a number of so many digits that is not given is a rounded one


class Shown(Evaluation):
    """A line over written numbers: one that repeats a rounded number stands for all it may be.

    `units` are those of the rounded numbers; of an evaluation that is kept, `rounded` are these in
    the order in which they were written.
    """

    def __init__(
        self,
        sheet: Sheet,
        written: Mapping[Key, Any],
        units: Mapping[Fraction, Fraction],
        rounded: Sequence[Fraction] = (),
    ) -> None:
        super().__init__(sheet, interval, written)
        self.rounded = rounded
        self._units = units
        self._known_units = 0

    def _refresh(self) -> None:
        super()._refresh()
        new, self._known_units = self.rounded[self._known_units :], len(self.rounded)
        if not self.sheet.numbers.isdisjoint(new):  # they stand in definitions
            self._values.clear()

    def _number(self, number: Number) -> Any:
        unit = self._units.get(number.value)
        if unit is None and self._is_rounded(number):
            unit = number.unit
        return interval(number.value) if unit is None else around(number.value, unit)

    def _is_rounded(self, number: Number) -> bool:
        digits = number.text.replace(".", "").lstrip("0")
        is_long = number.unit < 1 and len(digits) >= ROUNDED_DIGITS
        return is_long and number.value not in self.sheet.given_numbers
