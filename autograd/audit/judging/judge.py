"""The verdict on each printed number: right, an error made here, or what follows from one.

Of a printed number these are compared: T, the true value; A, the shown line; O, one step from what
was written before; I, the interval of that step over all that the written numbers may have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation, UndefinedError
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    names_in,
    numbers_in,
    written,
)
from autograd.audit.judging.coarser import question
from autograd.audit.judging.formulas import TOLERANCE
from autograd.audit.judging.ledger import (
    Ledger,
    Written,
    innocent_of,
    interval_of,
    is_clear_slip,
    right_of,
)
from autograd.audit.judging.misprints import Meant, Misprints
from autograd.audit.judging.parts import Parts
from autograd.audit.judging.put_right import Beside, put_right
from autograd.audit.judging.roots import lines_of, roots_of
from autograd.audit.judging.rounding import Ways
from autograd.audit.judging.slips.explain import Explainer, Slip
from autograd.audit.judging.slips.explanation import Explanation, Kind
from autograd.audit.judging.slips.rates import of_rates
from autograd.audit.judging.slips.steps import formulas_of, step_of
from autograd.audit.judging.verdicts import (
    CARRIED_FORWARD,
    Verdict,
)
from autograd.audit.judging.working import Working
from autograd.audit.kinds import interval
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet
from autograd.reading import printable

ROOTED = (Verdict.SLIP, *CARRIED_FORWARD)  # that later lines follow from
PLAINER = (Kind.SIGN_OF_TERM.value, Kind.FACTOR.value, Kind.FACTOR_TWICE.value)  # than a rate
LENIENT = (Verdict.EARLIER_ROUNDING, Verdict.TRUNCATED)


@dataclass(frozen=True, slots=True)
class Judged:
    """One printed number with its verdict.

    `truth` is a Fraction or has 60 digits; `step` is what one step from the author's own numbers
    gives, `shown` what the shown line gives; `roots` are the lines of the slips behind it.
    `explanations` are the kinds of slip that it is consistent with, `meant` what a misprint was.
    `shows_method` says of a slip that its lines are the right ones.
    """

    claim: Claim
    printed: Printed
    verdict: Verdict
    truth: Any = None
    step: Any = None
    shown: Any = None
    roots: tuple[int, ...] = ()
    reason: str = ""
    explanations: tuple[Explanation, ...] = ()
    meant: Meant | None = None
    shows_method: bool = False

    @property
    def root(self) -> int | None:
        """The line of the first slip that it follows from."""
        return self.roots[0] if self.roots else None


class Line(NamedTuple):
    """A printed number with the place of its claim, and the expressions that stand before it."""

    claim: Claim
    place: int
    printed: Printed
    shown: Sequence[Expression]


class Step(NamedTuple):
    """One step to a number: O, what has a slip in it there, and whether the print follows."""

    number: Any
    slipped: Sequence[Key]
    follows: bool


Explain = Callable[[Slip], tuple[Explanation, ...]]


class Judge:
    """Claims in their order, each judged against the truth and against what stands before it.

    `explains` says whether slips are explained, which takes the longest; `cases` are the other
    sheets of the worksheet, whose numbers may be taken for those of this one.
    """

    def __init__(self, sheet: Sheet, explains: bool = True, cases: Sequence[Sheet] = ()) -> None:
        self.sheet = sheet
        self.explains = explains
        self.ledger = Ledger()
        self.truths = Evaluation(sheet)
        followed, numbers = self.ledger.followed, self.ledger.numbers
        self.possible = followed(Evaluation(sheet, interval, numbers(interval_of)))
        self.innocent = followed(Evaluation(sheet, interval, numbers(innocent_of)))
        self.should_be = followed(Evaluation(sheet, written=numbers(right_of)))
        self.slips = followed(Evaluation(sheet, interval, numbers(interval_of, is_clear_slip)))
        self.ways = Ways(sheet, self.ledger)
        self.explainer = Explainer(sheet, self.ledger, self.truths, cases)
        self.own = self.explainer.exact
        self.working = Working(sheet, self.ledger, self.explainer, self.possible)
        self.misprints = Misprints(sheet, self.ledger, self.truths)
        self.parts = Parts(self.ledger, self.explainer, self.working)

    def judged(self) -> list[Judged]:
        """The verdict on each number of each claim; what several slips share is said of each."""
        found = list(self.each())
        rates = {id(printed): rate for printed, rate in of_rates(self.explainer.updates)}
        made = [one.explanations for one in found if id(one.printed) in rates]
        plainer = [kind for kind in PLAINER if all(kind in dict(each) for each in made)]
        return [
            replace(one, explanations=(*_of_kinds(one, plainer), rates[id(one.printed)]))
            if id(one.printed) in rates
            else one
            for one in found
        ]

    def each(self) -> Iterator[Judged]:
        """The verdict on each number, one after the other; what is asked is asked once."""
        asked = {""}
        for place, claim in enumerate(self.sheet.claims):
            shown: list[Expression] = []
            for link in claim.links:
                printed = Printed.of(link)
                if printed is None:
                    shown.append(link)
                    continue
                line = Line(claim, place, printed, tuple(shown))
                found = self._strictly(line, self._judge(line))
                self._write(claim.left, found)
                if claim.asked not in asked and found.verdict.is_right and not found.reason:
                    found = replace(found, reason=claim.asked)
                    asked.add(claim.asked)
                yield found
                shown = []

    def _strictly(self, line: Line, found: Judged) -> Judged:
        """The verdict where the sheet says how each step is rounded: by those digits."""
        is_lenient = found.verdict in LENIENT
        if self.sheet.rounding is None or not (is_lenient or found.verdict is Verdict.SLIP):
            return found
        left, printed = line.claim.left, line.printed
        self.ledger.set_aside(left)
        way = self.ways.to(left, printed, line.shown if is_lenient else ())
        if way is None:
            return self._slip(line, found) if is_lenient else found
        roots = self._roots_of(left, way.sources_of_step(left), printed)
        return self._follows_from(replace(found, shown=None, explanations=()), roots)

    def _write(self, left: Expression, found: Judged) -> None:
        left, printed = found.meant or (left, found.printed)
        truth = found.truth
        if isinstance(left, Apply) and left.operation == "neg":  # -dE/dw
            left, printed = left.operands[0], printed.negative
            truth = None if truth is None else -truth
        roots = found.roots if found.verdict in ROOTED else ()
        is_slip = found.verdict is Verdict.SLIP
        if isinstance(left, (Name, Derivative)):
            is_by_chance = found.verdict is Verdict.CORRECT and self._is_by_chance(left, printed)
            self.ledger.write(left, Written(printed, truth, roots, is_slip, is_by_chance))
        else:
            self.ledger.write_part(left, Written(printed, truth, roots, is_slip))

    def _is_by_chance(self, left: Expression, printed: Printed) -> bool:
        """Whether a true number is another one rounded, for who goes on with rounded numbers."""
        try:
            is_other = bool(self.ledger.rounded) and not printed.equals(self.own.step(left))
            return is_other and not self.own.sources_of_step(left)
        except FAILURES:
            return False

    def _judge(self, line: Line) -> Judged:
        claim, printed = line.claim, line.printed
        found = Judged(claim, printed, Verdict.UNVERIFIABLE)
        try:
            found = replace(found, truth=self.truths.of(claim.left))
        except FAILURES as error:
            return replace(found, reason=self._why(claim, error))
        found = replace(found, shown=self.working.wrong(printed, line.shown))
        if not printed.agrees(found.truth):
            return self._not_the_truth(line, found)
        if found.shown is not None:
            again = self.working.rounded_again(claim.left, printed, line.shown)
            if again is None:
                found = replace(found, verdict=Verdict.WRONG_LINE, roots=(claim.line,))
                return self._explained(line, found, self.explainer.of_line)
            found = replace(found, shown=None, reason=again.question)
        is_given = claim.left in self.sheet.given and not line.shown
        exactly = Verdict.GIVEN if is_given else Verdict.CORRECT
        is_exact = printed.equals(found.truth)
        return replace(found, verdict=exactly if is_exact else Verdict.ROUNDED)

    def _not_the_truth(self, line: Line, found: Judged) -> Judged:
        left, printed = line.claim.left, line.printed
        self.ledger.set_aside(left)
        try:
            step, slipped, follows = self._one_step(left, printed)
        except FAILURES as error:
            return replace(found, shown=None, reason=self._why(line.claim, error))
        found = replace(found, step=step)
        roots = self._roots_of(left, slipped, printed)
        repeats = self._repeated(left, printed) is not None
        goes_on = follows or repeats or printed.truncates(step)
        if goes_on and roots and self._is_innocent(left, printed):
            roots = ()
        if follows and not roots:
            return replace(found, verdict=Verdict.EARLIER_ROUNDING, shown=None)
        is_cut = printed.truncates(found.truth)
        if not roots and is_cut and self.working.is_worked_out(printed, line.shown):
            return replace(found, verdict=Verdict.EARLIER_ROUNDING, shown=None)
        if is_cut or (goes_on and not roots):
            self.ledger.cuts_off = True
            return replace(found, verdict=Verdict.TRUNCATED, shown=None)
        if roots and goes_on:
            is_trivial = self.explainer.is_constant(left)
            verdict = Verdict.TRIVIAL if is_trivial else Verdict.CARRIED
            return replace(found, verdict=verdict, roots=roots)
        return self._an_error(line, found)

    def _an_error(self, line: Line, found: Judged) -> Judged:
        """A slip, if it does not follow from one with digits that were not printed, and if what
        comes after it does not tell that it was misprinted.
        """
        left, printed = line.claim.left, line.printed
        slipped = self.own.sources_of_step(left)
        is_worked = self.working.wrong(printed, line.shown[-1:]) is None
        found = replace(found, shown=None if is_worked else found.shown)
        for beside in self._put_right(left) if is_worked else ():
            if any(map(printed.meets, beside.numbers)):
                roots = lines_of(self.ledger.entries[key].roots for key in beside.others)
                return self._follows_from(found, roots)
        if roots := (
            self._hidden_roots(left, printed)
            or self.parts.roots(left, printed, line.shown)
            or self._roots_in_letters(line, found.truth)
        ):
            return replace(found, verdict=Verdict.CARRIED, roots=roots)
        links = line.shown if is_worked else ()
        if again := self.working.step_rounded_again(left, found.truth, links):
            is_clean = again.may_be_true or not self._slipped_in_formula(left)
            roots = () if is_clean else self._roots_of(left, slipped, printed)
            return self._follows_from(replace(found, reason=again.question), roots)
        is_open = not any(map(_has_decimals, line.shown))
        if said := question(self.explainer, left, printed) if is_open else "":
            roots = self._roots_of(left, slipped, printed)
            return self._follows_from(replace(found, reason=said), roots)
        meant = self.misprints.meant(left, printed, found.truth, line.place)
        if meant is not None and self.working.wrong(meant.printed, line.shown) is None:
            return replace(found, verdict=Verdict.MISPRINT, meant=meant)
        return self._slip(line, found)

    def _slip(self, line: Line, found: Judged) -> Judged:
        found = replace(found, verdict=Verdict.SLIP, roots=(line.claim.line,))
        if not self.explains:
            return found
        left, right = line.claim.left, [found.truth, found.step]
        for beside in self._put_right(left) if line.shown else ():
            right += beside.numbers
        shows_method = self.working.shows_method(left, line.printed, right, line.shown)
        return self._explained(line, replace(found, shows_method=shows_method), self.explainer.of)

    def _put_right(self, left: Expression) -> Iterator[Beside]:
        slipped = self.own.sources_of_step(left)
        return put_right(self.should_be, self.own, self.ledger, left, slipped)

    def _why(self, claim: Claim, error: Exception) -> str:
        """Why a claim cannot be judged; a line above that is not read may be the cause."""
        if not isinstance(error, UndefinedError):
            return str(error)
        return str(error) + (
            self.sheet.see(claim) or self._as_defined(claim) or self._as_given(claim)
        )

    def _as_defined(self, claim: Claim) -> str:
        """How a name is defined by the formula that a line has for it; "" where none has one."""
        found = self._in_letters.get(claim.left)
        if found is None or not isinstance(claim.left, Name) or self.sheet.is_known(claim.left):
            return ""
        formula = printable(written(found.links[0]))
        return f"; where line {found.line} defines it, say define {found.name} = {formula}"

    @cached_property
    def _in_letters(self) -> Mapping[Expression, Claim]:
        """The first claim of each left side that has a formula for it."""
        claims = (claim for claim in self.sheet.claims if claim.links)
        return {c.left: c for c in reversed([*claims]) if names_in(c.links[0])}

    def _as_given(self, claim: Claim) -> str:
        """How a number is given that nothing computes; "" where there is no saying."""
        left, links = claim.left, claim.links
        is_new = isinstance(left, Name) and not (claim.is_late or self.sheet.is_known(left))
        if not is_new or claim.section != "claims" or len(links) != 1 or not Printed.of(links[0]):
            return ""
        return f"; where it is given, say given {claim.name} = {printable(written(links[0]))}"

    @staticmethod
    def _follows_from(found: Judged, roots: tuple[int, ...]) -> Judged:
        """What follows from the numbers before it, in which there may be slips."""
        verdict = Verdict.CARRIED if roots else Verdict.EARLIER_ROUNDING
        return replace(found, verdict=verdict, roots=roots)

    def _explained(self, line: Line, found: Judged, explain: Explain) -> Judged:
        """An error with what it is consistent with; one that cannot be explained is one too."""
        if not self.explains:
            return found
        left, printed = line.claim.left, line.printed
        try:
            slip = Slip(left, printed, line.shown, found.shown, found.step, found.truth)
            return replace(found, explanations=explain(slip))
        except FAILURES:
            return found

    def _one_step(self, left: Expression, printed: Printed) -> Step:
        """O, by the engine from what was written; by the formula that people use if only that does.

        An activation's derivative is the engine's at z, and people's in a: a*(1 - a).
        """
        own, possible = self.own, self.possible
        number, slipped = own.step(left), own.sources_of_step(left)
        follows = printed.agrees(number) or printed.meets(possible.step(left))
        for formula in formulas_of(self.sheet, left):
            if follows or printed.truncates(number):
                break
            other, slipped = own.of(formula), slipped or own.sources(formula)
            follows = printed.agrees(other) or printed.meets(possible.of(formula))
            number = other if follows or printed.truncates(other) else number
        return Step(number, slipped, follows)

    def _is_innocent(self, left: Expression, printed: Printed) -> bool:
        """Whether the number may be the same without the slips before it, rounded or cut off."""
        possible, own = self.innocent, self.should_be
        try:
            formulas = list(formulas_of(self.sheet, left))
            return any(
                map(printed.meets, (possible.step(left), *map(possible.of, formulas)))
            ) or any(map(printed.truncates, (own.step(left), *map(own.of, formulas))))
        except FAILURES:
            return False

    def _roots_of(
        self, left: Expression, slipped: Sequence[Key], printed: Printed
    ) -> tuple[int, ...]:
        """The lines of the slips that a step rests on, or that are in what it repeats."""
        if slipped:
            return roots_of(self.own, self.ledger, left, slipped, printed)
        before = self._repeated(left, printed)
        return tuple(before.roots) if before else ()

    def _slipped_in_formula(self, left: Expression) -> Sequence[Key]:
        """What has a slip in it of the formula that people use, which may be shorter."""
        formula = step_of(self.sheet, left)
        self.own.of(formula)
        return self.own.sources(formula)

    def _roots_in_letters(self, line: Line, truth: Any) -> tuple[int, ...]:
        """The slips in what a right formula is written of, e*x, where that gives the number."""
        for link in line.shown:
            try:
                is_right = abs(self.truths.of(link) - truth) <= TOLERANCE
            except FAILURES:
                continue
            keys = [key for key in keys_in(link) if key in self.ledger.entries]
            if is_right and keys and self.working.wrong(line.printed, (link,)) is None:
                return lines_of(self.ledger.entries[key].roots for key in keys)
        return ()

    def _hidden_roots(self, left: Expression, printed: Printed) -> tuple[int, ...]:
        """The lines of slips that a number follows from with all digits kept on the way."""
        if not self.ledger.slipped:
            return ()
        try:
            follows = printed.meets(self.slips.step(left))
        except FAILURES:
            return ()
        slipped = self.slips.sources_of_step(left) if follows else ()
        return lines_of(self.ledger.entries[key].roots for key in slipped)

    def _repeated(self, left: Expression, printed: Printed) -> Written | None:
        """What was written before for the same, if this is that number."""
        before = self.ledger.entries.get(left) if isinstance(left, (Name, Derivative)) else None
        return before if before and printed.agrees(before.printed.value) else None


def _of_kinds(found: Judged, kinds: Sequence[str]) -> list[Explanation]:
    return [explanation for explanation in found.explanations if explanation.kind in kinds]


def _has_decimals(link: Expression) -> bool:
    """Whether a line shows the numbers that were gone on with."""
    return any(0 < number.unit < 1 for number in numbers_in(link))
