"""What follows from a slip in the number of an expression, t - y = -0.75, that has no name.

Who wrote it goes on with it: the expression stands in what is computed next, or its number stands
in the shown line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Apply, Expression, numbers_in, signed, substituted
from autograd.audit.judging.ledger import Ledger, Written
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.judging.working import Working
from autograd.audit.kinds import rational
from autograd.audit.printed import Printed

MOST_PARTS = 12  # with a slip that are gone on with


class Parts:
    """The expressions of one sheet that have a slip in their number; `own` is the sheet over what
    is written, `working` its shown lines.
    """

    def __init__(self, ledger: Ledger, own: Evaluation, working: Working) -> None:
        self.ledger, self.own, self.working = ledger, own, working

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
        slipped = _instead(part, written.printed)
        step = step_of(self.own.sheet, left)
        wrong = substituted(step, slipped)
        if wrong != step and self.working.wrong(printed, [wrong]) is None:
            return True
        links = [substituted(link, slipped) for link in links]
        if not written.value or self.working.wrong(printed, links) is not None:
            return False
        times = rational(self.own.of(part)) / written.value
        right = printed.like(self.own.step(left))
        lines = (line for link in links for line in _put_right(link, written, times))
        return any(self.working.wrong(right, [line]) is None for line in lines)


def _instead(part: Expression, printed: Printed) -> dict[Expression, Expression]:
    """The number in the place of an expression, of y - a also in that of a - y."""
    numbers = {part: printed}
    if isinstance(part, Apply) and part.operation == "sub":
        numbers[Apply("sub", part.operands[::-1])] = printed.negative
    return {one: signed(each.text, each.value, each.unit) for one, each in numbers.items()}


def _put_right(line: Expression, written: Written, times: Fraction) -> Iterator[Expression]:
    """A line in which a number that was written is what it should have been, so many times it."""
    for number in dict.fromkeys(numbers_in(line)):
        if number.value == abs(written.value):
            yield substituted(line, {number: signed(number.text, number.value * times)})
