"""What follows from a slip in the number of an expression, t - y = -0.75, that has no name.

Who wrote it goes on with it: the expression stands in what is computed next, or its number stands
in the shown line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from autograd.audit.evaluation import FAILURES
from autograd.audit.expressions import Apply, Expression, numbers_in, signed, substituted
from autograd.audit.judging.ledger import Ledger, Written
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.judging.slips.trees import (
    Factor,
    factors_of,
    product_of_factors,
    sum_of_terms,
    terms_of,
)
from autograd.audit.judging.working import Working
from autograd.audit.kinds import rational
from autograd.audit.printed import Printed

MOST_PARTS = 12  # with a slip that are gone on with


class Parts:
    """The expressions of one sheet that have a slip in their number."""

    def __init__(self, ledger: Ledger, explainer: Explainer, working: Working) -> None:
        self.ledger, self.explainer, self.working = ledger, explainer, working

    def roots(
        self, left: Expression, printed: Printed, links: Sequence[Expression]
    ) -> tuple[int, ...]:
        """The lines of the slip in the last part that a number follows from, if there is one."""
        for part, written in islice(reversed(self.ledger.parts.items()), MOST_PARTS):
            try:
                if self._follows(left, printed, links, part, written):
                    return tuple(written.roots)
            except FAILURES:
                continue
        return ()

    def _follows(
        self,
        left: Expression,
        printed: Printed,
        links: Sequence[Expression],
        part: Expression,
        written: Written,
    ) -> bool:
        numbers = dict[Expression, Expression]()
        for form in self.explainer.steps(part):
            numbers |= _numbers_instead(form, written.printed)
        for step in self.explainer.steps(left):
            wrong = _with_numbers(step, numbers)
            if wrong != step and self._gives(wrong, printed):
                return True
        links = [_with_numbers(link, numbers) for link in links]
        if not written.value or self.working.wrong(printed, links) is not None:
            return False
        times = rational(self.explainer.exact.of(part)) / written.value
        right = printed.like(self.explainer.exact.step(left))
        lines = (line for link in links for line in _put_right(link, written, times))
        return any(self._gives(line, right) for line in lines)

    def _gives(self, line: Expression, printed: Printed) -> bool:
        return printed.meets(self.working.shown.of(line), cut=True)


def _numbers_instead(part: Expression, printed: Printed) -> dict[Expression, Expression]:
    """The number in the place of an expression, of y - a also in that of a - y."""
    numbers = {part: printed}
    if isinstance(part, Apply) and part.operation == "sub":
        numbers[Apply("sub", part.operands[::-1])] = printed.negative
    return {one: signed(each.text, each.value, each.unit) for one, each in numbers.items()}


def _with_numbers(expression: Expression, numbers: Mapping[Expression, Expression]) -> Expression:
    """An expression with numbers in the place of parts of it, of products in any order."""
    found = substituted(expression, numbers)
    if found != expression:
        return found
    terms = terms_of(expression)
    for part, number in numbers.items():
        others = [term._replace(expression=_with_factor(*term[1:], part, number)) for term in terms]
        if others != terms:
            return sum_of_terms(others)
    return expression


def _with_factor(expression: Expression, part: Expression, number: Expression) -> Expression:
    """A product in which a number stands for some of its factors; itself where it has them not."""
    own, factors = factors_of(part), factors_of(expression)
    for factor in own:
        if len(own) == 1 or factor not in factors:
            return expression
        factors.remove(factor)
    return product_of_factors([Factor(number), *factors])


def _put_right(line: Expression, written: Written, times: Fraction) -> Iterator[Expression]:
    """A line in which a number that was written is what it should have been, so many times it."""
    for number in dict.fromkeys(numbers_in(line)):
        if number.value == abs(written.value):
            yield substituted(line, {number: signed(number.text, number.value * times)})
