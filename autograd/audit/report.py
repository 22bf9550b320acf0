"""What the audit found in one worksheet: every printed number with its verdict.

>>> report = check("given w = 0.5; x = 3\\ndefine z = w*x\\nforward\\n  z = 0.5*3 = 1.7")
>>> print(report)
line 4: z = 0.5*3 = 1.7: slip; the shown line gives 1.5, and so it should be
0 right, 1 slip, 0 carried forward of 1 number
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd.audit.epochs import read
from autograd.audit.formulas import Formula, formulas
from autograd.audit.judge import Judge, Judged
from autograd.audit.rounding import Undecided, undecided
from autograd.audit.sheet import Fault, Sheet
from autograd.audit.verdicts import Verdict
from autograd.audit.words import sentence
from autograd.reading import printable


@dataclass(frozen=True)
class Report:
    """The sheets of one worksheet with the verdict on each printed number, in their order.

    `faults` are the lines that could not be read; nothing is said of them. `formulas` are the
    verdicts on what has no number.
    """

    sheets: Sequence[Sheet]
    judged: Sequence[Judged]
    formulas: Sequence[Formula] = ()

    @property
    def title(self) -> str:
        """What the worksheet calls itself."""
        return self.sheets[0].title

    @property
    def faults(self) -> Sequence[Fault]:
        """The lines that were not understood."""
        return [fault for sheet in self.sheets for fault in sheet.faults]

    def of(self, *verdicts: Verdict) -> list[Judged]:
        """The numbers of these verdicts."""
        return [judged for judged in self.judged if judged.verdict in verdicts]

    @property
    def right(self) -> list[Judged]:
        """The numbers that are right, rounded or cut off."""
        return [judged for judged in self.judged if judged.verdict.is_right]

    @property
    def is_right(self) -> bool:
        """Whether no error was made, and every line could be read."""
        verdicts = [judged.verdict for judged in self.judged]
        verdicts += [formula.verdict for formula in self.formulas]
        return not self.faults and not any(verdict.is_error for verdict in verdicts)

    def assert_right(self) -> None:
        """Raise AssertionError with all that is wrong, for tests of one's own notes."""
        if not self.is_right:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        return "\n".join([*self._lines(), self.summary])

    def _lines(self) -> Iterator[str]:
        for fault in self.faults:
            yield f"line {fault.line}, column {fault.column}: not read: {fault.sentence}"
        for judged in self.judged:
            if not judged.verdict.is_right:
                claim = judged.claim
                yield f"line {claim.line}: {printable(claim.read)}: {sentence(judged)}"
        for found in self.undecided:
            claim = found.claim
            yield f"line {claim.line}: {printable(claim.read)}: not decided: {found.sentence}"
        for formula in self.formulas:
            if not formula.verdict.is_right:
                claim = formula.claim
                yield f"line {claim.line}: {printable(claim.read)}: {formula.sentence}"

    @cached_property
    def undecided(self) -> Sequence[Undecided]:
        """Where the rounding that the sheet prescribes cannot tell right from wrong."""
        return [found for sheet in self.sheets for found in undecided(sheet)]

    @property
    def summary(self) -> str:
        """How many numbers are right, slips and consequences."""
        slips = len(self.of(Verdict.SLIP))
        counts = [
            f"{len(self.right)} right",
            f"{slips} slip" + "s" * (slips != 1),
            f"{len(self.of(Verdict.CARRIED))} carried forward",
        ]
        for verdict in (Verdict.WRONG_LINE, Verdict.UNVERIFIABLE):
            if count := len(self.of(verdict)):
                counts.append(f"{count} {verdict.value}")
        total = len(self.judged)
        return f"{', '.join(counts)} of {total} number" + "s" * (total != 1)


def check(text: str) -> Report:
    """The report on a worksheet's text; docs/worksheet.md tells what it may hold."""
    sheets = read(text)
    judged = [judged for sheet in sheets for judged in Judge(sheet).judged()]
    return Report(sheets, judged, [each for sheet in sheets for each in formulas(sheet)])
