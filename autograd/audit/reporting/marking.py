"""Marks, as a marker gives them: M for the method, A for the answer, a slip paid for once.

A claim is worth one of each, or what its line says: of `[3 marks]` half are for the method and the
odd one is for the answer. What a line says is shared by the claims on it. A slip loses its A, and
its M unless its line, or what explains it, shows that the method was right. What only follows from
a slip keeps its marks, or half of them, or none, as `follow through: half` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import (
    Derivative,
    Key,
    Name,
    keys_in,
)
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.shown import Shown
from autograd.audit.judging.slips.explanation import (
    Kind,
)
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.kinds import (
    interval,
)
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet

USUAL = 2  # marks of a claim: one for the method, one for the answer
NEAR = interval(Fraction(1, 100))  # of the number that a line without an answer should give
KEPT = {"full": Fraction(1), "half": Fraction(1, 2), "none": Fraction(0)}
# Kinds of slip that happen after the right method: of calculating and of writing down.
OF_EXECUTION = frozenset(
    kind.value
    for kind in (
        *(Kind.SIGN, Kind.POINT, Kind.DIGIT_LOST, Kind.SWAPPED, Kind.DIGIT),
        Kind.LAST_DIGITS,
    )
)


@dataclass(frozen=True, slots=True)
class Award:
    """What a claim gets of what it is worth; `is_open` leaves it to the marker."""

    claim: Claim
    method: Fraction
    answer: Fraction
    of_method: Fraction
    of_answer: Fraction
    is_open: bool = False

    @property
    def marks(self) -> Fraction:
        """What is given."""
        return self.method + self.answer

    @property
    def of(self) -> Fraction:
        """What could have been had."""
        return self.of_method + self.of_answer

    def __str__(self) -> str:
        if self.is_open:
            return f"? of {written(self.of)}"
        return f"M{written(self.method)} A{written(self.answer)} of {written(self.of)}"


class Total(NamedTuple):
    """The marks of several claims; `open` are those that are left to the marker."""

    marks: Fraction
    of: Fraction
    open: Fraction

    def __str__(self) -> str:
        left = f", and {written(self.open)} to be marked by hand" if self.open else ""
        return f"{written(self.marks)} of {written(self.of)} mark{'s' * (self.of != 1)}{left}"


def total(awards: Iterable[Award]) -> Total:
    """What awards add up to.

    >>> half = Fraction(1, 2)
    >>> print(total([Award(Claim(1, "x = 2", Name("x"), ()), half, half, half, half)]))
    1 of 1 mark
    """
    awards = list(awards)
    closed = [award for award in awards if not award.is_open]
    return Total(
        sum((award.marks for award in closed), Fraction(0)),
        sum((award.of for award in closed), Fraction(0)),
        sum((award.of for award in awards if award.is_open), Fraction(0)),
    )


def written(marks: Fraction) -> str:
    """Marks as they are written on a sheet.

    >>> [written(Fraction(n)) for n in ("2", "1/2", "7/3")]
    ['2', '1/2', '2 1/3']
    """
    whole, rest = divmod(marks, 1)
    return " ".join(str(part) for part in (whole, rest) if part) or "0"


def awards(
    sheet: Sheet, judged: Iterable[Judged], formulas: Mapping[int, Verdict] = MappingProxyType({})
) -> Iterator[Award]:
    """The award of each claim of a sheet, in their order; what is given is worth nothing.

    `formulas` are the verdicts on claims without a number, by their identity.
    """
    numbers: dict[int, list[Judged]] = {}
    for found in judged:
        numbers.setdefault(id(found.claim), []).append(found)
    claims = [c for c in sheet.claims if not _is_given(sheet, c, numbers.get(id(c), ()))]
    on_line = Counter(claim.line for claim in claims)
    answered = {*sheet.given, *(claim.left for claim in claims if numbers.get(id(claim)))}
    ledger: dict[Key, Fraction] = {}
    for claim in claims:
        found_here = numbers.get(id(claim), [])
        worth = _worth(sheet, claim.line, on_line[claim.line])
        if found_here or _is_method_shown(sheet, claim, ledger):
            has_answer = not answered.isdisjoint([claim.left, *claim.links[-1:]])
            yield _award(sheet, claim, found_here, worth, has_answer)
        else:
            yield _of_formula(claim, formulas.get(id(claim)), *worth)
        if found_here and isinstance(claim.left, (Name, Derivative)):
            ledger[claim.left] = found_here[-1].printed.value


def _is_given(sheet: Sheet, claim: Claim, judged: Sequence[Judged]) -> bool:
    if claim.unread:
        return False
    if judged:
        return all(found.verdict is Verdict.GIVEN for found in judged)
    return claim.left in sheet.given


def _worth(sheet: Sheet, line: int, claims: int) -> tuple[Fraction, Fraction]:
    """What a claim is worth for its method and for its answer."""
    marks, shared = (sheet.marks[line], claims) if line in sheet.marks else (USUAL, 1)
    return Fraction(marks // 2, shared), Fraction(marks - marks // 2, shared)


def _award(
    sheet: Sheet,
    claim: Claim,
    judged: Sequence[Judged],
    worth: tuple[Fraction, Fraction],
    has_answer: bool,
) -> Award:
    """The least that a number of the claim gets: a chain of several is worth what one is.

    A line that shows the right method without a number is worth that, or all where the number is
    given or another line has it.
    """
    of_method, of_answer = worth
    if any(found.verdict is Verdict.UNVERIFIABLE for found in judged):
        nothing = Fraction(0)
        return Award(claim, nothing, nothing, of_method, of_answer, is_open=True)
    shares = [_share(sheet, found) for found in judged] or [(Fraction(1), Fraction(has_answer))]
    method, answer = (min(share[part] for share in shares) for part in (0, 1))
    return Award(claim, method * of_method, answer * of_answer, of_method, of_answer)


def _of_formula(
    claim: Claim, verdict: Verdict | None, of_method: Fraction, of_answer: Fraction
) -> Award:
    """What is given for a formula where no number can be asked for, and for a blank.

    A formula that was not judged, as where the notation is asked about, is left to the marker, and
    so is what was not read.
    """
    part = 1 if verdict is not None and verdict.is_right else 0
    is_unjudged = verdict is None and any(map(keys_in, claim.links))
    is_open = bool(claim.unread) or is_unjudged or verdict is Verdict.UNVERIFIABLE
    return Award(claim, part * of_method, part * of_answer, of_method, of_answer, is_open)


def _share(sheet: Sheet, judged: Judged) -> tuple[Fraction, Fraction]:
    """Which part of the M and of the A marks a number gets."""
    kept, nothing, all_of_it = KEPT[sheet.follow_through], Fraction(0), Fraction(1)
    if judged.verdict is Verdict.CARRIED:
        return kept, kept
    if judged.verdict is Verdict.TRIVIAL:
        return kept, nothing
    if judged.verdict is Verdict.WRONG_LINE:
        return nothing, all_of_it
    if judged.verdict is Verdict.SLIP:
        return Fraction(_is_method_right(judged)), nothing
    return all_of_it, all_of_it  # right, or perhaps only misread


def _is_method_right(judged: Judged) -> bool:
    """Whether a slip was made after the right method: its line, or what explains it, shows it.

    A number alone shows no method.
    """
    if judged.shows_method:
        return True
    is_alone = all(Printed.of(link) for link in judged.claim.links)
    likeliest = [explanation.kind for explanation in judged.explanations[:1]]
    return is_alone and bool(OF_EXECUTION.intersection(likeliest))


def _is_method_shown(sheet: Sheet, claim: Claim, ledger: Mapping[Key, Fraction]) -> bool:
    """Whether a line without an answer is the right one, for the truth or for what was written."""
    if not claim.links:
        return False
    try:
        numbers = [
            Evaluation(sheet).of(claim.left),
            Evaluation(sheet, written=ledger).of(claim.left),
        ]
        shown = [Shown(sheet, {}, {}).of(link) for link in claim.links]
    except FAILURES:
        return False
    near = [(number, abs(interval(number)) * NEAR) for number in numbers]
    return all(any(_may_be(s, *number) for number in near) for s in shown)


def _may_be(low_to_high: Any, number: Any, half: Any) -> bool:
    """Whether a number is in an interval, or as near to it as half a unit."""
    point = interval(number)
    return bool(low_to_high.a - half <= point.b and point.a <= low_to_high.b + half)
