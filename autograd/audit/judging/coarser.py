"""A number that follows where written ones were rounded once more, which no line shows.

Who writes 0.7662 and goes on with 0.77 makes no slip. It is asked whether it was so.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from fractions import Fraction

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES
from autograd.audit.expressions import Expression, Key, Number, keys_in, size, substituted, written
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.printed import Printed

FEWEST_DIGITS = 2  # of what a number was rounded to that is given, or without decimals
FEWEST_UNITS = 10  # of the last place that a single digit must change to be told from a slip
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
        for coarse in _coarser(numbers, explainer.sheet.given):
            other: dict[Expression, Expression] = {
                key: Number(decimal(n), n, Fraction(0)) for key, n in coarse.items()
            }
            try:
                gives = explainer.exact.of(substituted(step, other))
                if printed.agrees(gives) and _is_clear(explainer, left, printed, coarse):
                    said = (f"{decimal(n)} stands for {written(key)}" for key, n in coarse.items())
                    return " and ".join(said)
            except FAILURES:
                continue
    return ""


def _is_clear(explainer: Explainer, left: Expression, printed: Printed, coarse: Coarse) -> bool:
    """Whether it is no chance that a number follows so: a digit alone changes much, and is not what
    may be taken for the operand, as the old weight of an update.
    """
    single = {k: n for k, n in coarse.items() if len(decimal(abs(n)).strip("0.")) == 1}
    if not single:
        return True
    step = printed.like(explainer.exact.step(left))
    is_much = abs(step.value - printed.value) >= FEWEST_UNITS * printed.unit
    return is_much and not any(
        other is not None and other.value == number
        for key, number in single.items()
        for other in map(explainer.printed, (o.expression for o in explainer.operands.others(key)))
    )


def _coarser(numbers: Mapping[Key, Printed], given: Container[Key]) -> Iterator[Coarse]:
    """One of the numbers with fewer places, then all with the same.

    A given number, such as a learning rate, is not rounded to a digit: that is another rate.
    """
    most = max((_places(number) for number in numbers.values()), default=0)
    for places in range(most - 1, -1, -1):
        fewest = {key: FEWEST_DIGITS if key in given or not places else 1 for key in numbers}
        found = {key: _rounded(n, places, fewest[key]) for key, n in numbers.items()}
        coarse = {key: n for key, n in found.items() if n is not None}
        yield from ({key: n} for key, n in coarse.items())
        if len(coarse) > 1:
            yield coarse


def _places(number: Printed) -> int:
    return len(str(number.unit.denominator)) - 1 if number.unit else 0


def _rounded(number: Printed, places: int, fewest: int) -> Fraction | None:
    """A number to so many places; None where it has no more, or too few digits are left."""
    half = abs(number.value) * 10**places + Fraction(1, 2)
    digits = int(half)
    is_same = Fraction(digits, 10**places) == abs(number.value)
    if not digits or len(str(digits)) < fewest or is_same:
        return None
    return Fraction(digits if number.value > 0 else -digits, 10**places)
