"""A number that follows where written ones were rounded once more, which no line shows.

Who writes 0.7662 and goes on with 0.77 makes no slip. It is asked whether it was so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES
from autograd.audit.expressions import Expression, Key, Number, keys_in, size, substituted, written
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.printed import Printed

FEWEST_DIGITS = 2  # of what a number was rounded to
FEWEST_SHOWN = 3  # digits of a number that tell how it was computed
MOST_PARTS = 40  # of a step
MOST_KEYS = 8  # numbers of a step

Coarse = Mapping[Key, Fraction]


def question(explainer: Explainer, left: Expression, printed: Printed) -> str:
    """What stands for what in the step to a number, if that gives it; "" where nothing does."""
    if printed.digits < FEWEST_SHOWN or not printed.unit:
        return ""
    for step in explainer.steps(left):
        numbers = {key: n for key in dict.fromkeys(keys_in(step)) if (n := explainer.printed(key))}
        if size(step) > MOST_PARTS or len(numbers) > MOST_KEYS:
            continue
        for coarse in _coarser(numbers):
            other: dict[Expression, Expression] = {
                key: Number(decimal(n), n, Fraction(0)) for key, n in coarse.items()
            }
            try:
                if printed.agrees(explainer.exact.of(substituted(step, other))):
                    said = (f"{decimal(n)} stands for {written(key)}" for key, n in coarse.items())
                    return " and ".join(said)
            except FAILURES:
                continue
    return ""


def _coarser(numbers: Mapping[Key, Printed]) -> Iterator[Coarse]:
    """One of the numbers with fewer places, then all with the same."""
    most = max((_places(number) for number in numbers.values()), default=0)
    for places in range(most - 1, 0, -1):
        found = {key: _rounded(number, places) for key, number in numbers.items()}
        coarse = {key: n for key, n in found.items() if n is not None}
        yield from ({key: n} for key, n in coarse.items())
        if len(coarse) > 1:
            yield coarse


def _places(number: Printed) -> int:
    return len(str(number.unit.denominator)) - 1 if number.unit else 0


def _rounded(number: Printed, places: int) -> Fraction | None:
    """A number to so many places; None where it has no more, or hardly a digit is left."""
    half = abs(number.value) * 10**places + Fraction(1, 2)
    digits = int(half)
    if len(str(digits)) < FEWEST_DIGITS or Fraction(digits, 10**places) == abs(number.value):
        return None
    return Fraction(digits if number.value > 0 else -digits, 10**places)
