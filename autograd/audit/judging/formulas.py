"""Formulas without a number, dL/dw_1 = (y - t)*y*(1 - y)*w_2*h*(1 - h)*x, held against the engine.

Both sides are computed at points, 60 digits each: every name that is not defined gets a number from
its spelling, so that the points are the same everywhere and always. A name that is computed, like y
or h, stands for what it is at the point. Targets of a cross-entropy, y_1*log(p_1) + y_2*log(p_2),
are shares, which add up to 1: a formula such as p_1 - y_1 holds for those alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import groupby, islice
from typing import Any

from autograd.audit.evaluation import FAILURES, Evaluation, UndefinedError
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    numbers_in,
    operations_in,
    size,
    substituted,
    written,
)
from autograd.audit.judging.kinks import KINKED
from autograd.audit.judging.misspelt import MOST_NAMES, Trial, explanations
from autograd.audit.judging.own_losses import gradients_of_samples
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.kinds import real
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet
from autograd.reading import printable

POINTS = 8
POINTS_AT_KINKS = 32  # on both sides of them
BRANCHING = KINKED | {"above", "at least"}
MOST_POINTS = 96  # that are tried
MOST_NODES = 50_000  # of the formulas of a sheet
MOST_EXPLAINED = 100  # slips
OWN = "it holds where gradients in what belongs to a sample are those of its own loss: is that so?"
TOLERANCE = Fraction(1, 10**40)
PLAIN = frozenset(Fraction(number) for number in ("0", "1", "2", "1/2"))  # stand in any formula


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula of a claim: whether it is the left side, None where that cannot be said.

    `explanations` are what a wrong one is consistent with, `reason` why nothing can be said.
    `claims` are those of all elements of a list, of which `claim` is one.
    """

    claim: Claim
    link: Expression
    is_right: bool | None
    explanations: tuple[str, ...] = ()
    reason: str = ""
    claims: tuple[Claim, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Correct, slip or unverifiable."""
        if self.is_right is None:
            return Verdict.UNVERIFIABLE
        return Verdict.CORRECT if self.is_right else Verdict.SLIP

    @property
    def sentence(self) -> str:
        """What is said of it."""
        if self.verdict is Verdict.SLIP:
            consistent = f": consistent with {' or '.join(self.explanations)}"
            name = printable(written(self.claim.left))
            return f"slip; this formula is not {name}{consistent * bool(self.explanations)}"
        if self.verdict is Verdict.UNVERIFIABLE:
            return f"unverifiable: {self.reason}"
        return str(self.verdict.value)


def formulas(sheet: Sheet) -> Iterator[Formula]:
    """The formulas of a sheet's claims, each judged; those of the elements of a list are one.

    >>> from autograd.audit.reading.epochs import read
    >>> [sheet] = read("define y = w*x + b; L = (y - t)^2/2\\nclaims\\n  dL/db = (y - t)*w")
    >>> [formula.sentence for formula in formulas(sheet)]
    ['slip; this formula is not dL/db: consistent with a factor w too many']
    """
    points = Points(sheet)
    found = [each for claim in sheet.claims for each in _links(claim, sheet)]
    for _, links in groupby(found, lambda each: (each[0].line, _base(each[0].left), each[1])):
        elements = list(links)
        formula = _of_list(_judged(points, claim, link) for claim, _, link in elements)
        yield replace(formula, claims=tuple(claim for claim, _, _ in elements))


def _of_list(judged: Iterator[Formula]) -> Formula:
    """The first wrong one of the elements of a list, or else the first that is not right."""
    first = next(judged)
    for formula in (first, *judged) if first.is_right is not False else ():
        if formula.is_right is False:
            return formula
        first = formula if first.is_right else first
    return first


def _links(claim: Claim, sheet: Sheet) -> Iterator[tuple[Claim, int, Expression]]:
    """The links of a chain after its last number that have names in them, with their places."""
    after: list[tuple[Claim, int, Expression]] = []
    for place, link in enumerate(claim.links):
        if Printed.of(link) is not None:
            after = []
        elif keys_in(link):
            after.append((claim, place, link))
    if isinstance(claim.left, Derivative) or claim.left in sheet.definitions:
        yield from after


def _base(left: Expression) -> tuple[str, ...]:
    """What a claim is about without the place of an element."""
    names = [left.root, left.variable] if isinstance(left, Derivative) else keys_in(left)
    return tuple(name.text.partition("[")[0] for name in names if isinstance(name, Name))


class Points:
    """The sheet at points where all is defined, each with what a claim is truly worth there."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._without_numbers = Sheet(definitions=sheet.definitions)
        operands = (name for e in sheet.definitions.values() for name in _names(e))
        names = dict.fromkeys([*sheet.given, *sheet.blanks, *operands])
        self.free = [name for name in names if name not in sheet.definitions or name in sheet.given]
        self.shares = list(_shares(sheet, self.free))
        self.nodes = self.slips = 0  # of the formulas so far
        self.known = frozenset({*self.free, *sheet.definitions})
        self._evaluations: list[Evaluation] = []
        operations = {each for e in sheet.definitions.values() for each in operations_in(e)}
        self.count = POINTS_AT_KINKS if operations & BRANCHING else POINTS

    def names(self, epoch: int) -> list[Name]:
        """What may stand in a formula of an epoch."""
        defined = [name for name in self.sheet.definitions if name.epoch == epoch]
        return [*defined, *self.free][:MOST_NAMES]

    @cached_property
    def slopes(self) -> list[Derivative]:
        """The derivative of each activation in what it is of."""
        found = []
        for name, expression in self.sheet.definitions.items():
            operands = expression.operands if isinstance(expression, Apply) else ()
            if len(operands) == 1 and isinstance(operands[0], Name):
                found.append(Derivative(name, operands[0]))
        return found[:MOST_NAMES]

    @cached_property
    def of_own_losses(self) -> Points | None:
        """The sheet whose samples have gradients of their own losses; None where there are none."""
        meant = {
            name: Derivative(own.loss, key.variable)
            for name, (key, (own, *_)) in gradients_of_samples(self.sheet).items()
        }
        definitions = {**self.sheet.definitions, **meant}
        return Points(replace(self.sheet, definitions=definitions)) if meant else None

    def unknown(self, expression: Expression) -> Name | None:
        """The first name that the sheet says nothing about."""
        return next((name for name in _names(expression) if name not in self.known), None)

    def at(self, place: int) -> Evaluation:
        """The sheet at a point."""
        while len(self._evaluations) <= place:
            k = len(self._evaluations)
            exact = {name: number_at(name, k) for name in self.free}
            for *others, last in self.shares:
                exact[last] = Fraction(1) - sum(exact[name] for name in others)
            numbers: dict[Key, Any] = {name: real(number) for name, number in exact.items()}
            self._evaluations.append(Evaluation(self._without_numbers, real, numbers))
        return self._evaluations[place]

    def trials(self, left: Expression, link: Expression) -> list[Trial]:
        """Both sides where both are defined; points where both are 0 only for want of others."""
        found: list[Trial] = []
        zeros: list[Trial] = []
        for place in range(MOST_POINTS):
            evaluation = self.at(place)
            try:
                trial = Trial(evaluation, real(evaluation.of(left)), real(evaluation.of(link)))
            except FAILURES:
                continue
            (found if trial.truth or trial.said else zeros).append(trial)
            if len(found) == self.count:
                break
        return [*found, *zeros][: self.count]


def _names(expression: Expression) -> Iterator[Name]:
    for key in keys_in(expression):
        yield from (key.root, key.variable) if isinstance(key, Derivative) else (key,)


def _shares(sheet: Sheet, free: Collection[Name]) -> Iterator[list[Name]]:
    """The targets of each cross-entropy, two or more, unless the numbers given for them say that
    they do not add up to 1.
    """
    found = (dict.fromkeys(_of_logs(e)) for e in sheet.definitions.values())
    for targets in {tuple(each) for each in found if len(each) > 1}:
        given = [sheet.given[name].value for name in targets if name in sheet.given]
        if {*targets} <= {*free} and (
            not given or (len(given) == len(targets) and sum(given) == 1)
        ):
            yield list(targets)


def _of_logs(expression: Expression) -> Iterator[Name]:
    """The names that are times a logarithm: y_1 and y_2 of y_1*log(p_1) + y_2*log(p_2)."""
    if not isinstance(expression, Apply):
        return
    names = [each for each in expression.operands if isinstance(each, Name)]
    has_log = any(isinstance(x, Apply) and x.operation == "log" for x in expression.operands)
    if expression.operation == "mul" and names and has_log:
        yield from names
        return
    for operand in expression.operands:
        yield from _of_logs(operand)


def number_at(name: Name, place: int) -> Fraction:
    """The number of a name at a point: between 0 and 1 at every third, else up to 2 either way.

    >>> number_at(Name("w_1"), 3), number_at(Name("w_1"), 4)
    (Fraction(17406, 9973), Fraction(3426, 9973))
    """
    digest = sha256(f"{name.text} {name.epoch} {place}".encode("utf-8", "replace")).digest()
    share = Fraction(int.from_bytes(digest[:6], "big") % 9_972 + 1, 9_973)
    return share if place % 3 == 1 else 2 * share * (1 if digest[6] % 2 else -1)


def _judged(points: Points, claim: Claim, link: Expression) -> Formula:
    points.nodes += size(link)
    if points.nodes > MOST_NODES:
        return _unknown(claim, link, "the sheet has too many formulas")
    names = points.names(claim.epoch)
    if unknown := points.unknown(claim.left):
        see = points.sheet.see(claim)
        return _unknown(claim, link, f"{unknown.text} is not defined{see}")
    if unknown := points.unknown(link):
        others = {name: substituted(link, {unknown: name}) for name in names}
        meant = (name for name, other in others.items() if _holds(points, claim.left, other))
        instead = "".join(f"; with {name.text} in its place it holds" for name in islice(meant, 1))
        see = points.sheet.see(claim)
        return _unknown(claim, link, f"{unknown.text} is not defined{see}{instead}")
    trials = points.trials(claim.left, link)
    if not trials:
        return _unknown(claim, link, _why(points, claim.left, link))
    if _agree(trials):
        return Formula(claim, link, True)
    own = points.of_own_losses
    if own is not None and _holds(own, claim.left, link):
        return _unknown(claim, link, OWN)
    if doubt := _doubt(points.sheet, claim.left, link):
        return _unknown(claim, link, doubt)
    points.slips += 1
    is_explained = points.slips <= MOST_EXPLAINED
    tried = explanations(link, trials, names, points.slopes, agree) if is_explained else ()
    return Formula(claim, link, False, tuple(tried))


def _holds(points: Points, left: Expression, link: Expression) -> bool:
    trials = points.trials(left, link) if points.unknown(link) is None else []
    return bool(trials) and _agree(trials)


def _agree(trials: Sequence[Trial]) -> bool:
    return all(agree(trial.said, trial.truth) for trial in trials)


def _unknown(claim: Claim, link: Expression, reason: str) -> Formula:
    return Formula(claim, link, None, reason=reason)


def agree(said: Any, truth: Any) -> bool:
    """Whether numbers of 60 digits are the same."""
    return bool(abs(said - truth) <= real(TOLERANCE) * max(1, abs(truth)))


def _why(points: Points, left: Expression, link: Expression) -> str:
    """Why there is no point at which both sides are defined."""
    try:
        points.at(0).of(left)
        points.at(0).of(link)
    except FAILURES as error:
        return str(error)
    return "it is defined nowhere"


def _doubt(sheet: Sheet, left: Expression, link: Expression) -> str:
    """Why a formula that does not hold in general may have been meant for the sheet's numbers."""
    own = {number.value for e in sheet.definitions.values() for number in numbers_in(e)}
    others = {number.value for number in numbers_in(link)} - own - PLAIN
    if others:
        return "it has numbers of the sheet in it"
    try:
        evaluation = Evaluation(sheet)
        if agree(real(evaluation.of(link)), real(evaluation.of(left))):
            return "it holds for the numbers of this sheet, but not in general"
    except UndefinedError:
        return ""  # a sheet without numbers
    except FAILURES:
        return ""
    return ""
