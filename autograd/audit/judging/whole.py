"""The verdicts on a whole worksheet: all its sheets, numbers and formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from autograd.audit.judging.conventions import marked
from autograd.audit.judging.formulas import Formula, formulas
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.epochs import read
from autograd.audit.sheet import Sheet


class Whole(NamedTuple):
    """The sheets of a worksheet, what is said of each number and formula, and what is asked."""

    sheets: Sequence[Sheet]
    judged: Sequence[Judged]
    questions: Sequence[str]
    formulas: Sequence[Formula]

    def wrong(self) -> Counter[int]:
        """How many things each line has that are wrong, or could not be read or judged."""
        found: list[Judged | Formula] = [*self.judged, *self.formulas]
        lines = [each.claim.line for each in found if is_wrong(each.verdict)]
        return Counter([*lines, *(fault.line for sheet in self.sheets for fault in sheet.faults)])


def is_wrong(verdict: Verdict) -> bool:
    """Whether a number is neither right nor a consequence."""
    return verdict.is_error or verdict is Verdict.UNVERIFIABLE


def judged_text(text: str, explains: bool = True) -> Whole:
    """What is said of a worksheet's text; `explains` says whether slips are explained.

    >>> found = judged_text("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4; y = 5")
    >>> [judged.verdict.value for judged in found.judged], found.wrong()
    (['correct', 'slip'], Counter({4: 1}))
    """
    sheets = read(text)
    found = [
        marked(sheet, [other for other in sheets if other is not sheet], explains)
        for sheet in sheets
    ]
    questions = dict.fromkeys(question for one in found for question in one.questions)
    judged = [judged for one in found for judged in one.judged]
    said = [each for sheet in sheets for each in formulas(sheet)] if not questions else []
    return Whole(sheets, judged, list(questions), said)
