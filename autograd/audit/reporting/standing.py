"""How the final answer of a sheet would stand if the slips in a line had not been made.

They are replaced by the numbers that belong there, those in other lines stay, and all is followed
through.
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

MOST_LINES = 12  # of which the slips are taken out, each line on its own
NOT_AN_ANSWER = (Verdict.GIVEN, Verdict.UNVERIFIABLE)


class Standing(NamedTuple):
    """The final answer, and what it would be without the slips in a line: in a matrix many."""

    final: Judged
    slips: Sequence[Judged]
    would_be: Any

    @property
    def line(self) -> int:
        """The line in which the slips are."""
        return self.slips[0].claim.line

    @property
    def is_same(self) -> bool:
        """Whether the final answer does not change."""
        return self.final.printed.agrees(self.would_be)


class Wrong(NamedTuple):
    """A name's number, the slip that is in it, and whether it was gone on with."""

    slip: Judged
    value: Fraction
    is_used: bool = True


def sentences(found: Sequence[Standing]) -> Iterator[str]:
    """What is said of final answers: a sentence for each line that matters, one on the others."""
    for final, same_or_not in groupby(found, key=lambda standing: standing.final):
        group = list(same_or_not)
        name = f"{final.claim.name} = {printable(final.printed.text)} in line {final.claim.line}"
        for standing in group:
            if not standing.is_same:
                would_be = number(standing.would_be, final.printed)
                is_right = would_be == number(final.truth, final.printed)
                yield (
                    f"without the {_slips([standing])} the final answer, "
                    f"{name}, would be {would_be}{', which is right' if is_right else ''}"
                )
        if same := [each for each in group if each.is_same]:
            yield f"without the {_slips(same)} the final answer, {name}, would be the same"


def _slips(found: Sequence[Standing]) -> str:
    """What would not have been made, and where."""
    several = sum(len(each.slips) for each in found) > 1
    where = lines([*dict.fromkeys(each.line for each in found)])
    return f"{'slips' if several else 'slip'} in {where}"


def standings(sheet: Sheet, judged: Sequence[Judged]) -> Iterator[Standing]:
    """The final answer without the slips in each line; nothing where it is right."""
    answers = [found for found in judged if found.verdict not in NOT_AN_ANSWER]
    if not answers or answers[-1].verdict.is_right or answers[-1].verdict is Verdict.WRONG_LINE:
        return
    wrong = _wrong_names(sheet, answers)
    slips = {id(each.slip): each.slip for each in wrong.values()}
    for line in list(dict.fromkeys(slip.claim.line for slip in slips.values()))[:MOST_LINES]:
        made = [slip for slip in slips.values() if slip.claim.line == line]
        others = {
            key: each.value
            for key, each in wrong.items()
            if each.is_used and each.slip.claim.line != line
        }
        yield from _without(sheet, answers[-1], made, others)


def _without(
    sheet: Sheet, final: Judged, slips: Sequence[Judged], others: dict[Key, Fraction]
) -> Iterator[Standing]:
    try:
        yield Standing(final, slips, Evaluation(sheet, written=others).of(final.claim.left))
    except FAILURES:  # nothing is said of what cannot be computed
        return


def _wrong_names(sheet: Sheet, judged: Sequence[Judged]) -> dict[Key, Wrong]:
    """The names in which a slip stands; a number that was put right later is none.

    Of a slip in an expression that has no name, what it was gone on with to. Where what is computed
    from a number is right, and nothing follows from it, it was put right without a word.
    """
    reached = {line for one in judged for line in one.roots if one.claim.line != line}
    found: dict[Key, Wrong] = {}
    parts: dict[int, Judged] = {}
    for one in judged:
        key = one.claim.left
        if not isinstance(key, (Name, Derivative)):
            if one.verdict is Verdict.SLIP:
                parts[one.claim.line] = one
        elif one.verdict is Verdict.SLIP:
            found[key] = Wrong(one, one.printed.value)
        elif one.verdict.is_right or one.verdict is Verdict.WRONG_LINE:
            found.pop(key, None)
            for need in sheet.needs_as_written(key, found):
                if need in found and found[need].slip.claim.line not in reached:
                    found[need] = found[need]._replace(is_used=False)
        elif one.root in parts and not one.printed.truncates(one.step):
            found[key] = Wrong(parts[one.root], one.printed.value)
    return found
