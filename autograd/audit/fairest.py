"""Which of several readings of a sheet its author meant: the one that leaves the fewest errors.

What a sheet does not say, such as whether a bias that is not written was updated, is settled in
favour of its author: a number that follows in either reading is no slip.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.audit.judge import Judge
from autograd.audit.sheet import Sheet


def fairest(sheets: Sequence[Sheet]) -> Sheet:
    """The sheet in which the fewest numbers are wrong, the first of those that are alike."""
    first, *others = sheets
    return min(sheets, key=_errors) if others else first


def _errors(sheet: Sheet) -> tuple[int, int]:
    """How many errors were made, and how many numbers are not right."""
    verdicts = [judged.verdict for judged in Judge(sheet).judged()]
    errors = sum(verdict.is_error for verdict in verdicts)
    return errors, sum(not verdict.is_right for verdict in verdicts)
