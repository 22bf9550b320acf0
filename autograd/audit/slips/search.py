"""Which of many changes give a printed number: sought in floats, settled exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from autograd.audit.evaluation import Evaluation
from autograd.audit.printed import Printed
from autograd.audit.slips.changes import Change
from autograd.audit.slips.explanation import Kind

FAILURES = (ArithmeticError, ValueError, TypeError)
NEAR = 1e-6  # of a unit, and relative: what floats may be off
MOST_CHANGES = 4_000  # of one slip
MOST_NAMED = {0: 1, 1: 1, 2: 2, 3: 3}  # kinds, by the digits that are printed
MOST_OF_MANY = 4
PLAIN = frozenset({Kind.SIGN, Kind.SIGN_OF_TERM, Kind.MASK, Kind.PRE_ACTIVATION, Kind.ACTIVATION})


class Numbers(NamedTuple):
    """What names are worth, exactly and in floats."""

    exact: Evaluation
    quick: Evaluation


class Hit(NamedTuple):
    """A change that gives a printed number, over the first of the numbers that it was tried on."""

    change: Change
    numbers: Numbers


def hits(changes: Iterable[Change], printed: Printed, tried: Sequence[Numbers]) -> list[Hit]:
    """The changes that give a printed number, the first of each kind, the likeliest first."""
    search = _Search(printed, tried)
    found: dict[Kind, Hit] = {}
    cut: dict[Kind, Hit] = {}
    for _, change in zip(range(MOST_CHANGES), changes, strict=False):
        if change.kind not in found and (hit := search.of(change, printed.agrees)):
            found[change.kind] = hit
        elif change.kind not in cut and (hit := search.of(change, printed.truncates)):
            cut[change.kind] = hit
    ranked = sorted((found or cut).values(), key=lambda hit: hit.change.kind.rank)
    return ranked[: MOST_NAMED.get(digits_of(printed), MOST_OF_MANY)]


def digits_of(printed: Printed) -> int:
    """How many digits are printed that say something."""
    text = printed.text.lower().partition("e")[0].lstrip("-0.").replace(".", "")
    return len(text) if printed.unit else MOST_OF_MANY


class _Search:
    """One printed number, and what changes are tried on."""

    def __init__(self, printed: Printed, tried: Sequence[Numbers]) -> None:
        self.printed = printed
        self.tried = tried
        self.value = float(printed.value)
        self.unit = float(printed.unit)

    def of(self, change: Change, fits: Any) -> Hit | None:
        """The change as a hit, None where it gives another number."""
        if self.printed.one_digit and change.kind not in PLAIN:
            return None
        for numbers in self.tried:
            try:
                if self._is_near(numbers.quick.of(change.expression)):
                    exact = numbers.exact.of(change.expression)
                    if fits(exact) and self._says_enough(exact):
                        return Hit(change, numbers)
            except FAILURES:
                continue
        return None

    def _is_near(self, number: float) -> bool:
        apart = abs(number - self.value)
        return apart <= self.unit * (1 + NEAR) + NEAR * abs(self.value) * (self.unit == 0)

    def _says_enough(self, exact: Any) -> bool:
        """A single digit is hit by chance unless it is the very number."""
        return not self.printed.one_digit or self.printed.equals(exact)
