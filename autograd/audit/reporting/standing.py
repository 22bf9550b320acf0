"""How the final answer of a sheet would stand if a slip had not been made.

The slip is replaced by the number that belongs there, the others stay, and all is followed through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from autograd.audit.decimals import number
from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Derivative, Key, Name
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.words import lines
from autograd.audit.sheet import Sheet
from autograd.reading import printable

MOST_SLIPS = 12  # that are taken out, each on its own
NOT_AN_ANSWER = (Verdict.GIVEN, Verdict.UNVERIFIABLE)


class Standing(NamedTuple):
    """The final answer, and what it would be without one of the slips."""

    final: Judged
    slip: Judged
    would_be: Any

    @property
    def is_same(self) -> bool:
        """Whether the final answer does not change."""
        return self.final.printed.agrees(self.would_be)


def sentences(found: Sequence[Standing]) -> Iterator[str]:
    """What is said of final answers: a sentence for each slip that matters, one on the others."""
    for final, same_or_not in groupby(found, key=lambda standing: standing.final):
        group = list(same_or_not)
        name = f"{final.claim.name} = {printable(final.printed.text)} in line {final.claim.line}"
        for standing in group:
            if not standing.is_same:
                would_be = number(standing.would_be, final.printed)
                is_right = would_be == number(final.truth, final.printed)
                yield (
                    f"without the slip in line {standing.slip.claim.line} the final answer, "
                    f"{name}, would be {would_be}{', which is right' if is_right else ''}"
                )
        if same := [*dict.fromkeys(each.slip.claim.line for each in group if each.is_same)]:
            slips = "slips" if len(same) > 1 else "slip"
            where = f"{slips} in {lines(same)}"
            yield f"without the {where} the final answer, {name}, would be the same"


def standings(sheet: Sheet, judged: Sequence[Judged]) -> Iterator[Standing]:
    """The final answer without each slip; nothing where it is right."""
    answers = [found for found in judged if found.verdict not in NOT_AN_ANSWER]
    if not answers or answers[-1].verdict.is_right or answers[-1].verdict is Verdict.WRONG_LINE:
        return
    slips = _slips(answers)
    for key, slip in list(slips.items())[:MOST_SLIPS]:
        others = {other: s.printed.value for other, s in slips.items() if other != key}
        yield from _without(sheet, answers[-1], slip, others)


def _without(
    sheet: Sheet, final: Judged, slip: Judged, others: dict[Key, Fraction]
) -> Iterator[Standing]:
    try:
        yield Standing(final, slip, Evaluation(sheet, written=others).of(final.claim.left))
    except FAILURES:  # nothing is said of what cannot be computed
        return


def _slips(judged: Sequence[Judged]) -> dict[Key, Judged]:
    """The slip that stands in each name; a number that was put right later is none."""
    slips: dict[Key, Judged] = {}
    for found in judged:
        key = found.claim.left
        if isinstance(key, (Name, Derivative)):
            if found.verdict is Verdict.SLIP:
                slips[key] = found
            elif found.verdict.is_right or found.verdict is Verdict.WRONG_LINE:
                slips.pop(key, None)
    return slips
