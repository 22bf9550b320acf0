"""Whether a formula is what it says: dL/dw_1 = (y - t)*y*(1 - y)*w_2*h*(1 - h)*x.

Both sides are computed at a few points, from the definitions and the engine's derivatives, in
rationals or 60 digits. A point gives each name that is computed from nothing a number of its own,
the same in every run, whatever the sheet gives for it. Names such as y, z_2 or h in a formula stand
for what they are computed as.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Any

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    names_in,
    replaced,
    written,
)
from autograd.audit.kinds import real
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Given, Sheet
from autograd.reading import printable

POINTS = 8
MOST_TRIED = 24  # points, where functions are undefined at some
MOST_NAMES = 40  # that are tried in the place of another
NEAR = real(Fraction(1, 10**40))
FAILURES = (ArithmeticError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula of a claim: whether it is the left side, None where that cannot be said.

    That cannot be said of one that is right over the sheet's own numbers alone, as without the
    mask of a ReLU that is on there.

    `explanations` are what a wrong one is consistent with.
    """

    claim: Claim
    link: Expression
    is_right: bool | None
    explanations: tuple[str, ...] = ()


def formulas(sheet: Sheet) -> Iterator[Formula]:
    """Each formula of the claims that say no number, with whether it is right.

    >>> from autograd.audit.epochs import read
    >>> text = "given w = ?; x = ?\\ndefine y = w*x; L = y^2\\nclaims\\n  dL/dw = 2*x = dL/dy*x"
    >>> [sheet] = read(text)
    >>> [(found.is_right, found.explanations) for found in formulas(sheet)]
    [(False, ('the factor y is missing',)), (True, ())]
    """
    points = _Points(sheet)
    for claim in sheet.claims:
        if any(Printed.of(link) for link in claim.links) or not points.is_about_a_value(claim):
            continue
        for link in claim.links:
            is_right = points.agree(claim.left, link)
            explained = tuple(points.explanations(claim.left, link)) if is_right is False else ()
            yield Formula(claim, link, is_right, explained)


class _Points:
    """A sheet at several points."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def is_about_a_value(self, claim: Claim) -> bool:
        """Whether there is something to compare with: w = w - alpha*dL/dw is no claim of w."""
        left = claim.left
        return not isinstance(left, Name) or left in self.sheet.definitions

    def is_known(self, expression: Expression) -> bool:
        """Whether a formula is of names that stand in the sheet's givens and definitions alone."""
        known = self._leaves | self.sheet.definitions.keys()
        return all(name in known for name in _names(expression))

    @cached_property
    def all(self) -> list[Evaluation]:
        """The sheet over the numbers of each point, evaluated as far as it is asked."""
        return [self._at(place) for place in range(MOST_TRIED)]

    def _at(self, place: int) -> Evaluation:
        given = {name: Given(_number(name, place), Fraction(0)) for name in self._leaves}
        defined = {n: e for n, e in self.sheet.definitions.items() if n not in given}
        return Evaluation(Sheet(given=given, definitions=defined))

    @cached_property
    def _leaves(self) -> set[Name]:
        """The names that are computed from nothing: all that are given or left open."""
        defined = self.sheet.definitions
        used = {name for expression in defined.values() for name in _names(expression)}
        open_names = {*self.sheet.given, *self.sheet.blanks, *used}
        return {name for name in open_names if name not in defined or name in self.sheet.given}

    def pairs(self, left: Expression, link: Expression, most: int) -> Iterator[tuple[Any, Any]]:
        """What both sides are at so many of the points at which both are defined."""
        for point in self.all:
            try:
                pair = real(point.of(left)), real(point.of(link))
            except FAILURES:
                continue
            yield pair
            most -= 1
            if not most:
                return

    def agree(self, left: Expression, link: Expression) -> bool | None:
        """Whether both sides are the same at every point; None where too few are defined."""
        if not (self.is_known(left) and self.is_known(link)):
            return None
        pairs = list(self.pairs(left, link, POINTS))
        if any(not _are_near(*pair) for pair in pairs):
            return None if self._agree_on_own_numbers(left, link) else False
        return True if len(pairs) == POINTS else None

    def _agree_on_own_numbers(self, left: Expression, link: Expression) -> bool:
        own = Evaluation(self.sheet)
        try:
            return _are_near(real(own.of(left)), real(own.of(link)))
        except FAILURES:
            return False

    # --- what may have happened -------------------------------------------------------------------

    def explanations(self, left: Expression, link: Expression) -> Iterator[str]:
        """What a wrong formula is consistent with: a sign, a factor, a name for another."""
        pairs = list(self.pairs(left, link, POINTS))
        factor = next((other / true for true, other in pairs if true), 1)
        if all(_are_near(other, factor * true) for true, other in pairs):
            yield "the sign" if _are_near(factor, -1) else f"a factor {_short(factor)} too many"
            return
        names = self._candidates(left, link)
        factors: list[Key] = [*names, *self._slopes()]
        found = [sentence for each in factors for sentence in self._of_factor(left, link, each)]
        yield from found or self._of_names(left, link, names)

    def _slopes(self) -> Iterator[Derivative]:
        """The derivative of each activation in what it is of."""
        for name, expression in self.sheet.definitions.items():
            if isinstance(expression, Apply) and len(expression.operands) == 1:
                operand = expression.operands[0]
                if isinstance(operand, Name) and name.epoch == 0:
                    yield Derivative(name, operand)

    def _candidates(self, left: Expression, link: Expression) -> list[Name]:
        epoch = max((name.epoch for side in (left, link) for name in _names(side)), default=0)
        names = [*_names(link), *self.sheet.definitions, *sorted(self._leaves, key=_text)]
        simple = [n for n in dict.fromkeys(names) if n.epoch == epoch and self._is_forward(n)]
        return simple[:MOST_NAMES]

    def _is_forward(self, name: Name) -> bool:
        expression = self.sheet.definitions.get(name, name)
        return not any(isinstance(key, Derivative) for key in keys_in(expression))

    def _of_factor(self, left: Expression, link: Expression, name: Key) -> Iterator[str]:
        shown = printable(written(name))
        if self._hold(left, link, name, lambda true, other, factor: (true * factor, other)):
            yield f"a factor {shown} too many"
        if self._hold(left, link, name, lambda true, other, factor: (true, other * factor)):
            yield f"the factor {shown} is missing"

    def _hold(
        self, left: Expression, link: Expression, name: Key, sides: Callable[..., tuple[Any, Any]]
    ) -> bool:
        """Whether two sides with a name as factor of one are the same at every point."""
        held = 0
        for point in self.all:
            try:
                numbers = [real(point.of(each)) for each in (left, link, name)]
            except FAILURES:
                continue
            if not _are_near(*sides(*numbers)):
                return False
            held += 1
            if held == POINTS:
                return True
        return False

    def _of_names(self, left: Expression, link: Expression, names: Sequence[Name]) -> Iterator[str]:
        """One name in the formula that stands where another belongs."""
        for wrong in names_in(link):
            for meant in names:
                if meant != wrong and self.agree(left, replaced(link, _swap(wrong, meant))):
                    yield f"{printable(wrong.text)} where {printable(meant.text)} belongs"
                    break


def _swap(wrong: Name, meant: Name) -> Callable[[Key], Key]:
    return lambda key: meant if key == wrong else key


def _names(expression: Expression) -> list[Name]:
    """The names in an expression, those of its derivatives too."""
    found: list[Name] = []
    for key in keys_in(expression):
        found += (key.root, key.variable) if isinstance(key, Derivative) else (key,)
    return found


def _text(name: Name) -> tuple[str, int]:
    return name.text, name.epoch


def _number(name: Name, place: int) -> Fraction:
    """A number for a name at a point, from -2 to 2 and not near 0."""
    digest = sha256(f"{name.text} {name.epoch} {place}".encode()).digest()
    size = Fraction(100 + int.from_bytes(digest[:4], "big") % 1_900, 1_000)
    return size if digest[4] % 2 else -size


def _are_near(left: Any, right: Any) -> bool:
    return bool(abs(left - right) <= NEAR * max(1, abs(left), abs(right)))


def _short(factor: Any) -> str:
    """A factor such as 2 or 1/2 as it is written, else its first digits."""
    for below in range(1, 13):
        above = round(factor * below)
        if _are_near(factor * below, above):
            return str(Fraction(int(above), below))
    return f"{float(factor):.4g}"
