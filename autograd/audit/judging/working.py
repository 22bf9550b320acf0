"""The lines that are shown before a number: whether they give it, and whether they are the step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Apply, Expression, keys_in
from autograd.audit.judging.ledger import Ledger, interval_of
from autograd.audit.judging.rerounded import Restored
from autograd.audit.judging.shown import Shown
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.judging.slips.steps import formulas_of, step_of
from autograd.audit.kinds import hull, interval
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet


class Again(NamedTuple):
    """A line with numbers rounded once more: what is asked of it, and whether it may be true."""

    question: str
    may_be_true: bool


class Working:
    """The shown lines of one sheet; `possible` is it over all that written numbers may be."""

    def __init__(
        self, sheet: Sheet, ledger: Ledger, explainer: Explainer, possible: Evaluation
    ) -> None:
        self.sheet, self.ledger, self.explainer = sheet, ledger, explainer
        self.truths, self.possible = explainer.true.exact, possible
        numbers = ledger.numbers(interval_of)
        self.shown = ledger.followed(Shown(sheet, numbers, ledger.units, ledger.rounded))

    def wrong(self, printed: Printed, links: Sequence[Expression]) -> Any:
        """What a line gives that does not give what is printed; None where all do."""
        self.ledger.set_aside(None)
        return self._wrong(self.shown, printed, links)

    def rounded_again(
        self, left: Expression, printed: Printed, links: Sequence[Expression]
    ) -> Restored | None:
        """The lines where they give what is printed but for numbers with fewer places."""
        restored = self._restored(left)
        is_so = restored is not None and self._wrong(restored, printed, links) is None
        return restored if is_so else None

    def step_rounded_again(
        self, left: Expression, truth: Any, links: Sequence[Expression]
    ) -> Again | None:
        """The last line where it is the step but for numbers with fewer places."""
        restored = self._restored(left) if links else None
        if restored is None or not self._is_step(restored, left, [truth], links[-1:]):
            return None
        may_be_true = _overlap(restored.of(links[-1]), interval(truth))
        return Again(restored.question, may_be_true) if restored.is_other else None

    def shows_method(
        self, left: Expression, printed: Printed, right: Sequence[Any], links: Sequence[Expression]
    ) -> bool:
        """Whether every line is the step, whatever is said that it gives."""
        restored = self._restored(left) if links else None
        half = interval(printed.unit / 2)
        near = [hull(interval(n) - half, interval(n) + half) for n in right]
        return restored is not None and self._is_step(restored, left, near, links)

    def is_worked_out(self, printed: Printed, links: Sequence[Expression]) -> bool:
        """Whether the lines, of numbers alone, round to what is printed as they stand."""
        try:
            return bool(links) and all(
                not keys_in(link) and printed.agrees(self.truths.of(link)) for link in links
            )
        except FAILURES:
            return False

    def _wrong(self, shown: Evaluation, printed: Printed, links: Sequence[Expression]) -> Any:
        for link, after in zip_longest(links, links[1:]):
            try:
                gives = shown.of(link)
                is_right = printed.meets(gives, cut=True) or self._is_true_formula(link, printed)
                if not is_right and not _goes_on(gives, after):
                    return self._as_it_stands(link, gives)
            except FAILURES:
                continue
        return None

    def _as_it_stands(self, link: Expression, gives: Any) -> Any:
        """What a line gives with its numbers as they are written, in what it may give."""
        try:
            return self.explainer.exact.of(link)
        except FAILURES:
            return gives

    def _is_true_formula(self, link: Expression, printed: Printed) -> bool:
        """Whether a line with names in it gives the number over the true values."""
        return bool(keys_in(link)) and printed.agrees(self.truths.of(link))

    def _is_step(
        self,
        shown: Evaluation,
        left: Expression,
        right: Sequence[Any],
        links: Sequence[Expression],
    ) -> bool:
        """Whether all lines may give what the step gives, or one of other right numbers."""
        try:
            formulas = map(self.possible.of, formulas_of(self.sheet, left))
            numbers = [self.possible.step(left), *formulas, *map(interval, right)]
            each = [(shown.of(link), after) for link, after in zip_longest(links, links[1:])]
            return bool(each) and all(
                _goes_on(gives, after) or any(_overlap(gives, number) for number in numbers)
                for gives, after in each
            )
        except FAILURES:
            return False

    def _restored(self, left: Expression) -> Restored | None:
        try:
            step = step_of(self.sheet, left)
            belonging = self.explainer.belonging(left)
            return Restored(self.sheet, self.ledger, belonging, [step])
        except FAILURES:
            return None


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.a <= other.b and other.a <= one.b)


def _goes_on(gives: Any, after: Expression | None) -> bool:
    """Whether the next line begins with what one gives: 2*3 of 2*3 = 6 + 1 = 7."""
    while isinstance(after, Apply) and Printed.of(after) is None:
        after = after.operands[0]
    number = None if after is None else Printed.of(after)
    return number is not None and number.meets(gives)
