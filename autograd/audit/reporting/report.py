"""What the audit found in one worksheet: every printed number with its verdict.

>>> report = check("given w = 0.5; x = 3\\ndefine z = w*x\\nforward\\n  z = 0.5*3 = 1.7")
>>> print(report)
line 4: z = 0.5*3 = 1.7: slip...
1 number: 0 right, 1 slip, 0 carried forward
>>> print(report.marks)
1 of 2 marks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from autograd.audit.judging.formulas import Formula
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.misreadings import chosen
from autograd.audit.judging.rounding import Undecided, undecided
from autograd.audit.judging.verdicts import (
    CARRIED_FORWARD,
    Verdict,
)
from autograd.audit.judging.whole import judged_text
from autograd.audit.reading.readings import Transcription, transcription
from autograd.audit.reading.worksheet import MOST_TEXT
from autograd.audit.reporting.marking import Award, Total, awards, total
from autograd.audit.reporting.standing import Standing, standings
from autograd.audit.reporting.words import sentence
from autograd.audit.sheet import Claim, Fault, Sheet
from autograd.reading import printable

COUNTED = {
    Verdict.WRONG_LINE: "right with the shown line wrong",
    Verdict.MISPRINT: "suspected misprint",
    Verdict.MISREADING: "suspected misreading",
    Verdict.UNVERIFIABLE: "unverifiable",
}


class Row(NamedTuple):
    """A number or a formula of a claim, with the last its award; None for what is not there.

    A claim that was left blank has a row too, and so has one that was not read, with neither.
    """

    claim: Claim
    judged: Judged | None
    award: Award | None
    formula: Formula | None = None

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        found = self.judged or self.formula
        if self.claim.unread:
            return "not read"
        if found is None:
            return "without a number" if self.claim.links else "left blank"
        return str(found.verdict.value)

    @property
    def sentence(self) -> str:
        """What is said of it, after what it was read as."""
        if self.formula is not None:
            return printable(f"{self.claim.name}: {self.formula.sentence}")
        if self.claim.unread:
            return printable(f"{self.claim.name}: {self.verdict}: {self.claim.unread}")
        if self.judged is None:
            return f"{self.claim.name}: {self.verdict}"
        said = sentence(self.judged)
        return printable(f"{self.claim.name} = {self.judged.printed.text}: {said}")


@dataclass(frozen=True)
class Report:
    """The sheets of one worksheet with the verdict on each printed number, in their order.

    `faults` are the lines that could not be read; nothing is said of them. `questions` ask whether
    the sheet is in another notation, in which it was judged. `formulas` are the verdicts on what
    has no number. `text` is what was read, `sources` where its lines stand, and `taken` what is
    said of lines without a number that are not taken as they were read.
    """

    sheets: Sequence[Sheet]
    judged: Sequence[Judged]
    questions: Sequence[str] = ()
    formulas: Sequence[Formula] = ()
    text: str = ""
    sources: Mapping[int, str] = field(default_factory=dict)
    taken: Mapping[int, str] = field(default_factory=dict)

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

    def count(self, *verdicts: Verdict) -> int:
        """How many numbers and formulas have these verdicts."""
        found = [judged.verdict for judged in self.judged]
        found += [formula.verdict for formula in self.formulas]
        return sum(verdict in verdicts for verdict in found)

    @property
    def right(self) -> list[Judged]:
        """The numbers that are right, rounded or cut off."""
        return [judged for judged in self.judged if judged.verdict.is_right]

    @property
    def errors(self) -> list[Judged]:
        """The numbers on whose lines an error was made."""
        return [judged for judged in self.judged if judged.verdict.is_error]

    @property
    def is_right(self) -> bool:
        """Whether no error was made, and every line could be read."""
        is_wrong = any(formula.verdict.is_error for formula in self.formulas)
        return not (self.faults or self.errors or is_wrong)

    def assert_right(self) -> None:
        """Raise AssertionError with all that is wrong, for tests of one's own notes."""
        if not self.is_right:
            raise AssertionError(str(self))

    @cached_property
    def awards(self) -> Sequence[Award]:
        """The marks of each claim, in their order."""
        said = {key: formula.verdict for key, formula in self._formula_of.items()}
        return [
            award for sheet in self.sheets for award in awards(sheet, self.of_sheet(sheet), said)
        ]

    @property
    def marks(self) -> Total:
        """The marks of the whole worksheet."""
        return total(self.awards)

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """The final answer of each sheet without a line's slips; none in another notation."""
        if self.questions:
            return ()
        return [
            standing for sheet in self.sheets for standing in standings(sheet, self.of_sheet(sheet))
        ]

    def of_sheet(self, sheet: Sheet) -> list[Judged]:
        """The numbers of one of the sheets."""
        return [judged for claim in sheet.claims for judged in self._of_claims.get(id(claim), ())]

    @cached_property
    def _of_claims(self) -> Mapping[int, Sequence[Judged]]:
        found: dict[int, list[Judged]] = {}
        for judged in self.judged:
            found.setdefault(id(judged.claim), []).append(judged)
        return found

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Every number with what its claim gets, in the order of the lines."""
        award_of = {id(award.claim): award for award in self.awards}
        last = {key: judged[-1] for key, judged in self._of_claims.items()}
        rows = [
            Row(j.claim, j, award_of.get(id(j.claim)) if last[id(j.claim)] is j else None)
            for j in self.judged
        ]
        rows += [Row(f.claim, None, None, f) for f in self.formulas if id(f.claim) in last]
        rows += [
            Row(a.claim, None, a, self._formula_of.get(id(a.claim)))
            for a in self.awards
            if id(a.claim) not in last
        ]
        return sorted(rows, key=lambda row: row.claim.line)

    @cached_property
    def _formula_of(self) -> Mapping[int, Formula]:
        return {id(claim): each for each in self.formulas for claim in each.claims}

    def __str__(self) -> str:
        return "\n".join([*self._lines(), self.summary])

    def _lines(self) -> Iterator[str]:
        for fault in self.faults:
            where = f"line {fault.line}, column {fault.column}"
            yield printable(f"{where}: not read: {fault.sentence}")
        for line, said in self.taken.items():
            yield printable(f"line {line}: {said}")
        yield from self.questions
        for judged in self.judged:
            if not judged.verdict.is_right:
                claim = judged.claim
                yield printable(f"line {claim.line}: {claim.read}: {sentence(judged)}")
        for found in self.undecided:
            yield printable(found.said)
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
        """How many numbers, and formulas, are right, slips and consequences."""
        slips = self.count(Verdict.SLIP)
        counts = [
            f"{len(self.right) + sum(each.verdict.is_right for each in self.formulas)} right",
            f"{slips} slip" + "s" * (slips != 1),
            f"{self.count(*CARRIED_FORWARD)} carried forward",
        ]
        for verdict in COUNTED:
            if count := self.count(verdict):
                counts.append(f"{count} {COUNTED[verdict]}")
        totals = [f"{len(self.judged)} number{'s' * (len(self.judged) != 1)}"]
        if formulas := len(self.formulas):
            totals.append(f"{formulas} formula{'s' * (formulas != 1)}")
        return f"{' and '.join(totals)}: {', '.join(counts)}"


def check(text: str) -> Report:
    """The report on a worksheet's text; docs/worksheet.md tells what it may hold.

    Lines that were read from a photo, as JSON, will do too, with what else they may say.
    """
    read = transcription(text)
    return Report(*judged_text(text), text) if read is None else _as_read(read, text)


def _as_read(read: Transcription, text: str) -> Report:
    """The report on lines with alternatives; on the text itself where that holds none."""
    found = chosen(read.lines)
    whole = found.whole
    first, *others = whole.sheets
    sheets = [replace(first, faults=[*read.faults, *first.faults]), *others]
    sources = {place: line.source for place, line in enumerate(read.lines, 1) if line.source}
    shown = read.text if read.lines else text[:MOST_TEXT]
    return Report(*whole._replace(sheets=sheets), shown, sources, found.taken)
