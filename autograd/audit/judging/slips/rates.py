"""Another learning rate than the sheet's: solved for, from several updates at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES
from autograd.audit.expressions import (
    Expression,
    Name,
    Number,
    substituted,
    whole,
)
from autograd.audit.judging.slips.explanation import Explanation, Kind
from autograd.audit.judging.slips.search import Numbers
from autograd.audit.judging.slips.trees import factors_of, terms_of
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet
from autograd.notes.profiles import NOTATIONS

RATES = {"alpha", "eta", "lr", "learning_rate"} | {n.rate_name for n in NOTATIONS.values()}
FEWEST_UPDATES = 2  # that tell a rate
MANY = 4
WIDEST = 0.2  # of what the updates leave open, beside the rate itself
MOST_PLACES = 6
MOST_DIGITS = 2  # of a rate that a few updates tell


@dataclass(frozen=True, slots=True)
class Update:
    """A wrong update: its step with a learning rate in it, and the numbers of that time."""

    printed: Printed
    step: Expression
    rate: Name
    epoch: int
    tried: Sequence[Numbers]

    def within(self, index: int) -> tuple[float, float]:
        """Between which rates it gives what is printed; an empty interval where it never does."""
        try:
            numbers = self.tried[min(index, len(self.tried) - 1)].quick
            rest, one = (numbers.of(substituted(self.step, {self.rate: whole(n)})) for n in (0, 1))
            middle, gradient = float(self.printed.value) - rest, one - rest
            unit = float(self.printed.unit) * _wider(middle / gradient)
            ends = sorted([(middle - unit) / gradient, (middle + unit) / gradient])
        except FAILURES:
            return 0.0, 0.0
        return ends[0], ends[1]

    def is_made_with(self, rate: Fraction, index: int) -> bool:
        """Whether it was made with a rate."""
        try:
            numbers = self.tried[min(index, len(self.tried) - 1)].exact
            step = substituted(self.step, {self.rate: Number(decimal(rate), rate, Fraction(0))})
            unit = self.printed.unit * Fraction(_wider(float(rate)))
            wide = Printed(self.printed.text, self.printed.value, unit)
            return wide.truncates(numbers.of(step))
        except FAILURES:
            return False


def _wider(rate: float) -> float:
    """How many units an update may be off: its own, and half of one of what the rate multiplies."""
    return 1 + abs(rate) / 2


def update_of(
    sheet: Sheet, printed: Printed, left: Expression, step: Expression, tried: Sequence[Numbers]
) -> Update | None:
    """A step as an update; None where no learning rate stands in one of its terms."""
    rate = rate_of(sheet, step)
    if rate is None or not isinstance(left, Name):
        return None
    return Update(printed, step, rate, left.epoch, tried)


def rate_of(sheet: Sheet, step: Expression) -> Name | None:
    """The learning rate in one of the terms of an update; None where there is not one."""
    terms = terms_of(step)
    factors = [f.expression for term in terms for f in factors_of(term.expression)]
    rates = [f for f in factors if isinstance(f, Name) and f.text in RATES and f in sheet.given]
    return rates[0] if len(rates) == 1 and len(terms) > 1 else None


def of_rates(updates: Sequence[Update]) -> Iterator[tuple[Printed, Explanation]]:
    """The updates that were made with another rate, each epoch with one of its own."""
    for epoch in dict.fromkeys(update.epoch for update in updates):
        yield from _of_epoch([update for update in updates if update.epoch == epoch])


def _of_epoch(updates: Sequence[Update]) -> Iterator[tuple[Printed, Explanation]]:
    for index in range(max(len(update.tried) for update in updates)):
        found = _common(updates, index)
        if found is not None:
            rate, made_with_it = found
            instead = f"{decimal(rate)} in the place of {updates[0].rate.text}"
            sentence = f"consistent with {instead}, in {len(made_with_it)} updates"
            for update in made_with_it:
                yield update.printed, Explanation(Kind.RATE.value, sentence)
            return


def _common(updates: Sequence[Update], index: int) -> tuple[Fraction, list[Update]] | None:
    """The rate that most updates share, over one kind of numbers, and those updates.

    A few must leave little open beside it; that many agree on a short one tells enough.
    """
    best: tuple[Fraction, list[Update]] | None = None
    made: dict[Fraction, list[Update]] = {}
    ranges = [update.within(index) for update in updates]
    ranges.append((max(low for low, _ in ranges), min(high for _, high in ranges)))
    for low, high in ranges:
        rate = _shortest(low, high)
        if rate is None:
            continue
        if rate not in made:
            made[rate] = [other for other in updates if other.is_made_with(rate, index)]
        same = made[rate]
        is_narrow = high - low <= WIDEST * abs(rate) and _digits(rate) <= MOST_DIGITS
        most = max(FEWEST_UPDATES, 1 + (len(best[1]) if best else 0))
        if (is_narrow or len(same) >= MANY) and len(same) >= most:
            best = rate, same
    return best


def _digits(rate: Fraction) -> int:
    return len(decimal(rate).strip("-0.").replace(".", ""))


def _shortest(low: float, high: float) -> Fraction | None:
    """The number of fewest places between two, 0 apart."""
    for places in range(MOST_PLACES + 1):
        number = math.ceil(low * 10**places)
        if number and number <= high * 10**places:
            return Fraction(number, 10**places)
    return None
