"""Whether a wrong number is one that was misprinted or misread: what stands after it tells.

A number is suspected that becomes the true one with one glyph changed, if the lines after it were
worked with the true one; so is a left side that stands twice, over the value of a name alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice
from typing import Any, NamedTuple

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Derivative, Expression, Key, Name, numbers_in
from autograd.audit.judging.ledger import Ledger, interval_of
from autograd.audit.judging.slips.operands import Operands
from autograd.audit.kinds import interval
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet

MOST_LATER = 100  # lines that are looked at
FEWEST_DIGITS = 3  # that say whose value it is
ALIKE = ("01", "17", "06", "38", "56", "49")
SHIFTS = (Fraction(1, 10), Fraction(10), Fraction(1, 100), Fraction(100))


class Meant(NamedTuple):
    """What a line was meant to say: which name, and which number."""

    left: Key
    printed: Printed


class Misprints:
    """Looks for misprints in one sheet, from what stands in the ledger and in the lines after."""

    def __init__(self, sheet: Sheet, ledger: Ledger, truths: Evaluation) -> None:
        self.sheet = sheet
        self.ledger = ledger
        self.truths = truths
        self.operands = Operands(sheet)

    def meant(self, left: Expression, printed: Printed, truth: Any, at: int) -> Meant | None:
        """What a number that is wrong was meant to be; `at` is the place of its claim."""
        if not isinstance(left, (Name, Derivative)) or printed.one_digit:
            return None
        for reading in readings(printed):
            if reading.agrees(truth) and self.is_used(left, printed, reading, at):
                return Meant(left, reading)
        return self._of_left(left, printed)

    def is_used(self, left: Key, printed: Printed, reading: Printed, at: int) -> bool:
        """Whether lines after a claim follow from the reading, and none from what is printed or
        with it as a number.
        """
        is_used = False
        as_printed, as_read = (self._over({left: n}) for n in (printed.interval, reading.around))
        for claim in islice(self.sheet.claims, at + 1, at + 1 + MOST_LATER):
            own = self._follows(claim, as_printed, left)
            other = self._follows(claim, as_read, left)
            if _shows(claim, printed) and not _shows(claim, reading):
                return False
            if own and not other:
                return False
            is_used = is_used or (other and not own)
        return is_used

    def _over(self, numbers: dict[Key, Any]) -> Evaluation:
        """What is written with other numbers for some names, which are marked."""
        written = self.ledger.numbers_but(numbers, interval_of)
        return Evaluation(self.sheet, interval, written, numbers.__contains__)

    def _follows(self, claim: Claim, evaluation: Evaluation, left: Key) -> bool:
        """Whether a claim's number follows in one step from the number for a name."""
        printed = next(filter(None, map(Printed.of, claim.links)), None)
        if printed is None:
            return False
        try:
            if claim.left == left:
                return bool(printed.meets(evaluation.of(left)))
            follows = printed.meets(evaluation.step(claim.left))
            return follows and bool(evaluation.sources_of_step(claim.left))
        except FAILURES:
            return False

    def _of_left(self, left: Key, printed: Printed) -> Meant | None:
        """A name alike whose value it is, that stands nowhere else, where this one stands twice."""
        if self._times[left] < 2 or printed.digits < FEWEST_DIGITS:
            return None
        for _, other in self.operands.others(left):
            if other not in self._times and self._is_worth(other, printed):
                return Meant(other, printed)
        return None

    @cached_property
    def _times(self) -> Counter[Expression]:
        """How often each left side stands there."""
        return Counter(claim.left for claim in self.sheet.claims)

    def _is_worth(self, key: Key, printed: Printed) -> bool:
        try:
            return printed.agrees(self.truths.of(key))
        except FAILURES:
            return False


def _shows(claim: Claim, printed: Printed) -> bool:
    """Whether a number of several digits stands in a line."""
    numbers = chain.from_iterable(map(numbers_in, claim.links))
    return printed.digits >= FEWEST_DIGITS and any(
        number.value == abs(printed.value) and number.unit == printed.unit for number in numbers
    )


def readings(printed: Printed) -> Iterator[Printed]:
    """A number with one glyph changed: a lost minus, a moved point, a digit for one alike."""
    if printed.value > 0:
        yield Printed(f"-{printed.text}", -printed.value, printed.unit)
    if "e" in printed.text.lower() or not printed.unit:
        return
    for shift in SHIFTS:
        value = printed.value * shift  # the point stands elsewhere
        yield Printed(decimal(value) or printed.text, value, printed.unit * shift)
    for place, digit in enumerate(printed.text):
        for pair in ALIKE:
            if digit in pair:
                yield _with_digit(printed, place, pair.replace(digit, ""))


def _with_digit(printed: Printed, place: int, digit: str) -> Printed:
    text = printed.text[:place] + digit + printed.text[place + 1 :]
    below = sum(character.isdigit() for character in printed.text[place + 1 :])
    more = (int(digit) - int(printed.text[place])) * printed.unit * 10**below
    return Printed(text, printed.value + (-more if printed.value < 0 else more), printed.unit)
