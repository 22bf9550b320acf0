"""Which of several readings of a sheet its author meant: the one that leaves the fewest errors.

What a sheet does not say, such as whether a bias that is not written was updated, is settled in
favour of its author: a number that follows in either reading is no slip.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograd.audit.judge import Judge
from autograd.audit.sheet import Sheet


def fairest(sheets: Iterable[Sheet]) -> Sheet:
    """The sheet in which the fewest numbers are wrong, the first of those that are alike."""
    best, least = None, (0, 0)
    for sheet in sheets:
        errors = _errors(sheet)
        if best is None or errors < least:
            best, least = sheet, errors
        if least == (0, 0):
            break
    assert best is not None  # a sheet has a reading at least
    return best


def _errors(sheet: Sheet) -> tuple[int, int]:
    """How many errors were made, and how many numbers are not right."""
    verdicts = [judged.verdict for judged in Judge(sheet).judged()]
    errors = sum(verdict.is_error for verdict in verdicts)
    return errors, sum(not verdict.is_right for verdict in verdicts)
