"""The verdict on each printed number: right, an error made here, or what follows from one.

Of a printed number these are compared: T, the true value; A, the shown line; O, one step from what
was written before; I, the interval of that step over all that the written numbers may have been.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Derivative, Expression, Key, Name, keys_in
from autograd.audit.kinds import interval
from autograd.audit.ledger import Ledger, Written
from autograd.audit.printed import Printed
from autograd.audit.rounding import way_to
from autograd.audit.sheet import Claim, Sheet
from autograd.audit.shown import Shown
from autograd.audit.verdicts import Verdict

LENIENT = (Verdict.EARLIER_ROUNDING, Verdict.TRUNCATED)
FAILURES = (ArithmeticError, ValueError, TypeError)  # of a computation, never of an author


@dataclass(frozen=True, slots=True)
class Judged:
    """One printed number with its verdict.

    `truth` is a Fraction or has 60 digits; `step` is what one step from the author's own numbers
    gives, `shown` what the shown line gives; `root` is the line of the slip that it follows from.
    """

    claim: Claim
    printed: Printed
    verdict: Verdict
    truth: Any = None
    step: Any = None
    shown: Any = None
    root: int | None = None
    reason: str = ""


class Judge:
    """Claims in their order, each judged against the truth and against what stands before it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.ledger = Ledger()
        self.truths = Evaluation(sheet)

    def judged(self) -> Iterator[Judged]:
        """The verdict on each number of each claim."""
        for claim in self.sheet.claims:
            shown: list[Expression] = []
            for link in claim.links:
                printed = Printed.of(link)
                if printed is None:
                    shown.append(link)
                    continue
                found = self._strictly(self._judge(claim, printed, shown), shown)
                self._write(claim.left, found)
                yield found
                shown = []

    def _strictly(self, found: Judged, shown: Sequence[Expression]) -> Judged:
        """The verdict where the sheet says how each step is rounded: by those digits."""
        is_lenient = found.verdict in LENIENT
        if self.sheet.rounding is None or not (is_lenient or found.verdict is Verdict.SLIP):
            return found
        left, printed = found.claim.left, found.printed
        way = way_to(self.sheet, left, printed, self.ledger, shown if is_lenient else ())
        if way is None:
            return replace(found, verdict=Verdict.SLIP, root=found.claim.line)
        root = self._root_of(left, list(way.used), printed)
        verdict = Verdict.EARLIER_ROUNDING if root is None else Verdict.CARRIED
        return replace(found, verdict=verdict, root=root)

    def _write(self, left: Expression, found: Judged) -> None:
        if isinstance(left, (Name, Derivative)):
            is_true = found.truth is not None and found.printed.equals(found.truth)
            root = found.root if found.verdict in (Verdict.SLIP, Verdict.CARRIED) else None
            self.ledger.write(left, Written(found.printed, is_true, root))

    def _judge(self, claim: Claim, printed: Printed, shown: Sequence[Expression]) -> Judged:
        try:
            truth = self.truths.of(claim.left)
        except FAILURES as error:
            return Judged(claim, printed, Verdict.UNVERIFIABLE, reason=str(error))
        wrong = self._wrongly_shown(printed, shown)
        if not printed.agrees(truth):
            return self._not_the_truth(claim, printed, truth, wrong)
        if wrong is not None:
            return Judged(claim, printed, Verdict.WRONG_LINE, truth, shown=wrong, root=claim.line)
        is_given = claim.left in self.sheet.given and not shown
        exactly = Verdict.GIVEN if is_given else Verdict.CORRECT
        verdict = exactly if printed.equals(truth) else Verdict.ROUNDED
        return Judged(claim, printed, verdict, truth)

    def _not_the_truth(self, claim: Claim, printed: Printed, truth: Any, wrong: Any) -> Judged:
        left = claim.left
        try:
            step, used = self._one_step(left)
            follows = printed.agrees(step) or self._is_possible(left, printed)
        except FAILURES as error:
            return Judged(claim, printed, Verdict.UNVERIFIABLE, truth, reason=str(error))
        root = self._root_of(left, used, printed)
        if root is not None and (
            follows or self._repeats(left, printed) or printed.truncates(step)
        ):
            return Judged(claim, printed, Verdict.CARRIED, truth, step, wrong, root)
        if follows and root is None:
            return Judged(claim, printed, Verdict.EARLIER_ROUNDING, truth, step)
        if printed.truncates(truth):
            return Judged(claim, printed, Verdict.TRUNCATED, truth, step)
        return Judged(claim, printed, Verdict.SLIP, truth, step, wrong, claim.line)

    def _one_step(self, left: Expression) -> tuple[Any, Sequence[Key]]:
        """O, and what it was computed from of what was written."""
        evaluation = Evaluation(
            self.sheet, written=self.ledger.numbers(lambda w: w.printed.value, besides=left)
        )
        return evaluation.step(left), list(evaluation.used)

    def _is_possible(self, left: Expression, printed: Printed) -> bool:
        """Whether the number is in I."""
        written = self.ledger.numbers(lambda w: w.interval, besides=left)
        return printed.meets(Evaluation(self.sheet, interval, written).step(left))

    def _root_of(self, left: Expression, used: Sequence[Key], printed: Printed) -> int | None:
        """The line of the first slip in what a step was computed from, or in what it repeats."""
        entries = self.ledger.entries
        roots = [entries[key].root for key in used if entries[key].root is not None]
        if not roots and self._repeats(left, printed):
            return entries[left].root  # type: ignore[index]
        return roots[0] if roots else None

    def _repeats(self, left: Expression, printed: Printed) -> bool:
        """Whether the number was written before for the same."""
        before = self.ledger.entries.get(left) if isinstance(left, (Name, Derivative)) else None
        return before is not None and printed.agrees(before.printed.value)

    def _wrongly_shown(self, printed: Printed, shown: Sequence[Expression]) -> Any:
        """What a shown line gives that does not give what is printed; None where all do."""
        for link in shown:
            written = self.ledger.numbers(lambda w: w.interval)
            try:
                gives = Shown(self.sheet, written, self.ledger.units).of(link)
                if not printed.meets(gives) and not self._is_true_formula(link, printed):
                    return gives
            except FAILURES:
                continue
        return None

    def _is_true_formula(self, link: Expression, printed: Printed) -> bool:
        """Whether a shown line with names in it gives the number over the true values."""
        return bool(keys_in(link)) and printed.agrees(self.truths.of(link))
