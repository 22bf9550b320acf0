"""Which of several readings of a sheet its author meant: the one that leaves the fewest errors.

What a sheet does not say, such as whether a bias that is not written was updated, is settled in
favour of its author: a number that follows in either reading is no slip.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, dropwhile, islice

from autograd.audit.judging.judge import Judge
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.sheet import Sheet


def fairest(sheets: Iterable[Sheet], from_start: bool = False) -> Sheet:
    """The sheet in which the fewest numbers are wrong, the first of those that are alike.

    All numbers are counted `from_start`, else those from an update on.
    """
    first, *second = islice(every := iter(sheets), 2)
    if not second:
        return first  # there is nothing to choose
    best, least = first, _errors(first, None, from_start)
    for sheet in chain(second, every):
        if least == (0, 0):
            break
        errors = _errors(sheet, least, from_start)
        if errors < least:
            best, least = sheet, errors
    return best


def _errors(
    sheet: Sheet, least: tuple[int, int] | None, from_start: bool = False
) -> tuple[int, int]:
    """How many errors are made from an update on, and how many numbers are not right there.

    That a line cannot be judged where it is taken to stand is none in favour of its author.
    They are counted until they are more than in the reading that has the `least`.
    """
    errors = wrong = 0
    judged = Judge(sheet, explains=False).each()
    for each in dropwhile(lambda early: not (from_start or early.claim.is_late), judged):
        is_open = each.verdict is Verdict.UNVERIFIABLE
        errors += each.verdict.is_error or (is_open and bool(each.claim.asked))
        wrong += not each.verdict.is_right
        if least is not None and (errors, wrong) >= least:
            break
    return errors, wrong
