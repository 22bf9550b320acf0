"""Numbers of a shown line that were rounded once more: 0.69 where 0.691 was written, 0.33 for 1/3.

Who goes on with fewer places than were written, or writes a fraction as a decimal, makes no slip.
Of a single digit, 0.7 for 0.691, and of the number of another name it is asked whether it is that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from autograd.audit.decimals import decimal
from autograd.audit.expressions import (
    Apply,
    Expression,
    Name,
    Number,
    whole_number,
    written,
)
from autograd.audit.judging.ledger import Ledger, interval_of
from autograd.audit.judging.shown import Shown
from autograd.audit.kinds import hull, interval
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet

ABOVE = (1, 2)  # what a mean and its derivative have over their number of terms


class Restored(Shown):
    """A shown line in which a number stands for all that it may have been rounded from, too.

    `numbers` are those that may belong there, `steps` have the fractions that do. `is_other` says
    whether a number was taken for more than it is, `asked` are the single digits among these, each
    with what it may have been, a fraction, or a number that is not given; and the numbers that are
    given for something else, as the old weight of an update.

    >>> from autograd.audit.expressions import Name
    >>> restored = Restored(Sheet(), Ledger(), {Name("w"): Fraction(1, 3)})
    >>> gives = restored.of(Number("0.3", Fraction(3, 10), Fraction(1, 10)))
    >>> restored.question
    '0.3 stands for w'
    """

    def __init__(
        self,
        sheet: Sheet,
        ledger: Ledger,
        numbers: Mapping[Expression, Fraction],
        steps: Iterable[Expression] = (),
    ) -> None:
        super().__init__(sheet, ledger.numbers(interval_of), ledger.units, ledger.rounded)
        fractions: dict[Expression, Fraction] = {one: one.value for one in _fractions(steps)}
        self._belonging = fractions | {key: abs(value) for key, value in numbers.items()}
        self._of_names = sheet.given_numbers | {abs(one.value) for one in ledger.entries.values()}
        self.is_other = False
        self.asked: dict[str, str] = {}

    @property
    def question(self) -> str:
        """What is asked about single digits that were taken for others; nothing where none were."""
        return " and ".join(f"{digit} stands for {name}" for digit, name in self.asked.items())

    def _number(self, number: Number) -> Any:
        own, printed = super()._number(number), Printed.of(number)
        if printed is None or not 0 < printed.unit < 1:
            return own
        is_given = printed.value in self.sheet.given_numbers  # and no part of a step
        found = {
            key: n
            for key, n in self._belonging.items()
            if _is_rounded(printed, n) and not (is_given and isinstance(key, Apply))
        }
        if printed.one_digit:
            found = {k: n for k, n in found.items() if self._may_be_digit(printed, k, n)}
        if not found:
            return own
        self.is_other = True
        if printed.one_digit or is_given:
            self.asked[number.text] = written(next(iter(found)))
        return hull(own, *map(interval, found.values()))

    def _may_be_digit(self, printed: Printed, meant: Expression, number: Fraction) -> bool:
        """Whether one digit may be a number: a fraction, or one near it that is not given."""
        is_given = isinstance(meant, Name) and meant in self.sheet.given
        if is_given or isinstance(meant, Number):
            return not decimal(number)
        is_near = abs(number - printed.value) <= number / 2
        return is_near and printed.value not in self._of_names


def _is_rounded(printed: Printed, number: Fraction) -> bool:
    """Whether a number was rounded, or cut off to several digits."""
    is_cut = 0 < number - printed.value < printed.unit and not printed.one_digit
    return (printed.agrees(number) or is_cut) and not printed.equals(number)


def _fractions(steps: Iterable[Expression]) -> Iterator[Number]:
    """The thirds and sevenths of steps, which no decimal is."""
    for below in dict.fromkeys(below for step in steps for below in _divisors(step)):
        for above in ABOVE:
            if not decimal(value := Fraction(above, below)):
                yield Number(f"{above}/{below}", value, Fraction(0))


def _divisors(step: Expression) -> Iterator[int]:
    if isinstance(step, Apply):
        for operand in step.operands:
            yield from _divisors(operand)
        below = whole_number(step.operands[-1]) if step.operation == "div" else None
        if below:
            yield below
