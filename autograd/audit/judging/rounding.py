"""`rounding: 4 places each step`: every intermediate result was rounded so, the digits are fixed.

What a step is can be meant in four ways, and each is allowed: a name's value or each operation of
it; the slope of an activation at z, or by its value, a*(1 - a). Where they do not lead to the same
digits, or to none but zeros, the rounding cannot tell right from wrong, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
)
from autograd.audit.judging.ledger import Ledger, value_of
from autograd.audit.kinds import exact
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet
from autograd.audit.slopes import (
    SLOPES,
)
from autograd.reading import Value

SAID = re.compile(r"(\d{1,2})\s+(?:decimal\s+)?places?(?:,?\s+(?:at\s+)?(?:each|every)\s+step)?")
MOST_PLACES = 30


def places_of(text: str) -> int:
    """The places that a line rounds to; a ValueError where it says none.

    >>> places_of("4 places each step")
    4
    """
    match = SAID.fullmatch(text.strip())
    if match is None or int(match[1]) > MOST_PLACES:
        raise ValueError("rounding is, for example, 4 places each step")
    return int(match[1])


class Rounded(Evaluation):
    """A sheet computed by somebody who rounds every name, or every operation, half away from 0."""

    def __init__(
        self,
        sheet: Sheet,
        each_operation: bool,
        by_value: bool,
        written: Mapping[Key, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(sheet, exact, written)
        self.each_operation, self.by_value = each_operation, by_value

    def _kept(self, number: Any) -> Any:
        return rounded(number, self.sheet.rounding or 0)

    def _part(self, number: Any) -> Any:
        return self._kept(number) if self.each_operation else number

    def _computed(self, expression: Expression, numbers: Mapping[Key, Any]) -> Any:
        number = super()._computed(expression, numbers)
        is_result = isinstance(expression, Apply) and not isinstance(number, Value)
        return self._part(number) if is_result else number

    def _local(self, name: Name, variable: Name) -> Any:
        expression = self.sheet.definitions[name]
        if self._has_slope_by_value(name, variable) and isinstance(expression, Apply):
            return self._part(self.of(SLOPES[expression.operation](name)))
        return self._part(super()._local(name, variable))

    def _needs(self, key: Key) -> Sequence[Key]:
        if not self.by_value or isinstance(key, Name):
            return super()._needs(key)
        found: list[Key] = []
        for user in self.sheet.between(key):
            is_own = self._has_slope_by_value(user, key.variable)
            needs = [user] if is_own else self._slope_needs(key, user)
            found += [Derivative(key.root, user), *needs]
        return found

    def _has_slope_by_value(self, name: Name, variable: Name) -> bool:
        expression = self.sheet.definitions[name]
        is_one = isinstance(expression, Apply) and expression.operation in SLOPES
        return self.by_value and is_one and keys_in(expression) == [variable]


def rounded(number: Any, places: int) -> Fraction:
    """A number to so many places, halves away from 0.

    >>> rounded(Fraction(-1, 8), 2)
    Fraction(-13, 100)
    """
    if not isinstance(number, Fraction):
        number = Fraction(int(number.man)) * Fraction(2) ** int(number.exp)
    size = Fraction(floor(abs(number) * 10**places + Fraction(1, 2)), 10**places)
    return size if number > 0 else -size


WAYS = tuple(product((False, True), repeat=2))


class Ways:
    """The ways to round each step: from the start, or else from what is written."""

    def __init__(self, sheet: Sheet, ledger: Ledger) -> None:
        own = ledger.numbers(value_of)
        from_start = [Rounded(sheet, each, by_value) for each, by_value in WAYS]
        from_written = [Rounded(sheet, each, by_value, own) for each, by_value in WAYS]
        self._ways = (*from_start, *map(ledger.followed, from_written))
        self._exact = ledger.followed(Evaluation(sheet, exact, own))

    def to(
        self, left: Expression, printed: Printed, shown: Sequence[Expression]
    ) -> Evaluation | None:
        """A way that gives a number; the shown lines are computed so, too."""
        for way in (*self._ways, self._exact):
            if any(printed.agrees(number) for number in _numbers(way, left, shown)):
                return way
        return None


def _numbers(
    evaluation: Evaluation, left: Expression, shown: Sequence[Expression] = ()
) -> Iterator[Any]:
    """What a step gives before it is rounded itself, and what the shown lines give."""
    try:
        yield evaluation.step(left)
        for link in shown:
            yield evaluation.of(link)
    except FAILURES:
        return


class Undecided(NamedTuple):
    """A printed number that this rounding cannot tell right from wrong, and why."""

    claim: Claim
    sentence: str

    @property
    def said(self) -> str:
        """The sentence with the line that it is about."""
        return f"line {self.claim.line}: {self.claim.read}: not decided: {self.sentence}"


def undecided(sheet: Sheet) -> Iterator[Undecided]:
    """The claims of numbers whose digits this rounding leaves open.

    >>> from autograd.audit.reading.epochs import read
    >>> text = "rounding: 2 places each step\\ngiven x = 0.05\\ndefine y = x^3\\nclaims\\n  y = 0"
    >>> [sheet] = read(text)
    >>> [found.sentence for found in undecided(sheet)]
    ['at 2 places it is 0, whatever its sign and size']
    """
    if sheet.rounding is None:
        return
    ways = [Rounded(sheet, each, by_value) for each, by_value in WAYS]
    for claim in sheet.claims:
        if any(Printed.of(link) is not None for link in claim.links):
            numbers = [x for way in ways for x in _numbers(way, claim.left)]
            if sentence := _open(numbers, sheet.rounding):
                yield Undecided(claim, sentence)


def _open(numbers: Sequence[Any], places: int) -> str:
    """Why numbers do not settle the digits, or nothing."""
    digits = sorted({rounded(number, places) for number in numbers})
    if digits == [0] and any(number != 0 for number in numbers):
        return f"at {places} places it is 0, whatever its sign and size"
    if len(digits) > 1:
        several = " or ".join(f"{float(digit):.{places}f}" for digit in digits)
        return f"at {places} places it is {several}, as one takes the steps"
    for number in numbers:
        scaled = abs(number) * 10**places
        if isinstance(number, Fraction) and (scaled - floor(scaled)) == Fraction(1, 2):
            return f"at {places} places it is rounded from a half, either way"
    return ""
