"""Which of several readings of a line holds: what makes the line right and spoils none after it.

A line is only asked about where something is wrong as it was read. Nobody is accused of what one of
the readings makes right, unless later lines go on with the wrong number and so confirm it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, repeat
from typing import NamedTuple

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Derivative, Name
from autograd.audit.judging.judge import Judge, Judged
from autograd.audit.judging.misprints import Misprints
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.judging.whole import Whole, is_wrong, judged_text
from autograd.audit.reading.readings import ReadLine
from autograd.audit.reading.typed import joined
from autograd.audit.sheet import Sheet

MOST_JUDGED = 8_000  # numbers, over all that is tried
UNTRIED = "which of its readings holds is not known: there are too many to try"


@dataclass
class Chosen:
    """A worksheet as it is best read; `taken` says what lines without a number are taken for."""

    whole: Whole
    taken: dict[int, str] = field(default_factory=dict)


def chosen(lines: Sequence[ReadLine]) -> Chosen:
    """The verdicts on lines of which some may say something else.

    >>> lines = ["given x = 2", "define y = x^2", "claims", "y = 9"]
    >>> found = chosen([*map(ReadLine, lines[:3]), ReadLine(lines[3], ("y = 4",))])
    >>> [(judged.verdict.value, judged.reason) for judged in found.whole.judged]
    [('suspected misreading', 'it may say y = 4, which is right')]
    """
    choice = _Choice(lines)
    choice.choose()
    return choice.result()


class _Tried(NamedTuple):
    """A reading of one line, all lines with it, and what is said of them."""

    reading: str
    texts: Sequence[str]
    found: Whole


class _Choice:
    """The lines as they are taken so far; `before` is, of each that was changed, all as read.

    `readings` are those of each statement, by its first line: each with the line that it is for.
    """

    def __init__(self, lines: Sequence[ReadLine]) -> None:
        self.texts: Sequence[str] = [line.text for line in lines]
        self.readings: dict[int, list[tuple[int, str]]] = {}
        for first, (place, line) in zip(_statements(self.texts), enumerate(lines), strict=True):
            found = [(place, alternative) for alternative in line.alternatives]
            self.readings.setdefault(first, []).extend(found)
        self.found = judged_text("\n".join(self.texts))
        self.left = MOST_JUDGED
        self.before: dict[int, tuple[str, Whole]] = {}
        self.untried: set[int] = set()

    def choose(self) -> None:
        """Take the first reading of each line that mends it, from the first line on."""
        for line, readings in self.readings.items():
            if readings and self._is_in_doubt(line):
                self._choose(line)

    def _is_in_doubt(self, line: int) -> bool:
        """Whether a line is wrong as it was read, or has no number and others are wrong."""
        wrong, lines = self.found.wrong(), {judged.claim.line for judged in self.found.judged}
        lines |= {formula.claim.line for formula in self.found.formulas}
        return bool(wrong[line] or (wrong and line not in lines))

    def _choose(self, line: int) -> None:
        """Take what mends a line; later lines that went on with it may have been misread alike."""
        for tried in self._tried(line, self.texts, self.found):
            trail = {line: (tried.reading.strip(), self.found)}
            while (worse := _first_worse(self.found, tried.found)) in self.readings.keys() - trail:
                following = next(self._tried(worse, tried.texts, tried.found), None)
                if following is None:
                    break
                trail[worse] = (following.reading.strip(), tried.found)
                tried = following
            if _is_mended(self.found, tried.found, line):
                self.texts, self.found = tried.texts, tried.found
                self.before.update(trail)
                return

    def _tried(self, line: int, texts: Sequence[str], found: Whole) -> Iterator[_Tried]:
        """The readings of a statement with which it is not wrong."""
        for place, reading in self.readings[line]:
            self.left -= len(found.judged) + 1
            if self.left < 0:
                self.untried.add(line)
                return
            others = [*texts[:place], reading, *texts[place + 1 :]]
            other = judged_text("\n".join(others), explains=False)
            if not other.wrong()[line]:
                yield _Tried(reading, others, other)

    def result(self) -> Chosen:
        """All verdicts, with what was read where that is not what is taken."""
        if self.before:
            self.found = judged_text("\n".join(self.texts))
        result = Chosen(self.found)
        for line, (alternative, before) in self.before.items():
            if any(j.claim.line == line and is_wrong(j.verdict) for j in before.judged):
                said = _misread(before, result.whole, line, alternative)
                result.whole = _with_line(result.whole, before, line, said)
            else:
                result.taken[line] = f"taken for {alternative}, as it may say"
        judged = [self._unless_untried(judged) for judged in result.whole.judged]
        formulas = [f for f in result.whole.formulas if f.claim.line not in self.untried]
        result.whole = result.whole._replace(judged=judged, formulas=formulas)
        return result

    def _unless_untried(self, judged: Judged) -> Judged:
        """No accusation where not all readings could be tried."""
        if judged.claim.line not in self.untried or not is_wrong(judged.verdict):
            return judged
        return replace(judged, verdict=Verdict.UNVERIFIABLE, reason=UNTRIED, explanations=())


def _statements(texts: Sequence[str]) -> Iterator[int]:
    """Of each line the first that it belongs to, as a row to its matrix."""
    firsts = [first for first, _ in joined(text.partition("#")[0] for text in texts)]
    for first, end in pairwise([*firsts, len(texts) + 1]):
        yield from repeat(first, end - first)


def _first_worse(old: Whole, new: Whole) -> int:
    """The first line with more that is wrong than before, 0 for none."""
    before, after = old.wrong(), new.wrong()
    return min((line for line in after if after[line] > before[line]), default=0)


def _is_mended(old: Whole, new: Whole, line: int) -> bool:
    """Whether a line is no longer wrong, and none is that was not."""
    before, after = old.wrong(), new.wrong()
    is_better = not after[line] and after.total() < before.total()
    return is_better and not _first_worse(old, new)


def _misread(old: Whole, new: Whole, line: int, alternative: str) -> str:
    """What is said of a line: what it may say, and why that is taken."""
    said = f"it may say {alternative}, which"
    roots = [j.root for j in new.judged if j.claim.line == line and j.verdict.is_carried]
    said = f"{said} follows from line {roots[0]}" if roots else f"{said} is right"
    pairs = zip(old.sheets, new.sheets, strict=False)
    is_used = any(_is_used(pair, (old, new), line) for pair in pairs)
    return f"{said}, and the lines after it use that" if is_used else said


def _is_used(sheets: tuple[Sheet, Sheet], wholes: tuple[Whole, Whole], line: int) -> bool:
    """Whether lines after it follow from a number as it is taken, and none from it as read."""
    of_line = [
        [j for j in whole.judged if j.claim.line == line and j.claim in sheet.claims]
        for sheet, whole in zip(sheets, wholes, strict=True)
    ]
    judge = Judge(sheets[1], explains=False)
    for _ in judge.each():
        pass
    misprints = Misprints(sheets[1], judge.ledger, Evaluation(sheets[1]))
    for as_read, as_taken in zip(*of_line, strict=False):
        left, place = as_taken.claim.left, sheets[1].claims.index(as_taken.claim)
        if isinstance(left, (Name, Derivative)) and as_read.printed != as_taken.printed:
            return misprints.is_used(left, as_read.printed, as_taken.printed, place)
    return False


def _with_line(new: Whole, old: Whole, line: int, said: str) -> Whole:
    """All that was found, with a line as it was read."""
    judged: list[Judged] = []
    sheets: list[Sheet] = []
    of_claim: dict[int, list[Judged]] = {}
    for each in (*new.judged, *(_doubted(j, said) for j in old.judged if j.claim.line == line)):
        of_claim.setdefault(id(each.claim), []).append(each)
    for sheet, before in zip(new.sheets, old.sheets, strict=True):
        as_read = [claim for claim in before.claims if claim.line == line]
        claims = [claim for claim in sheet.claims if claim.line != line]
        place = sum(1 for _ in _until(sheet, line))
        claims[place:place] = as_read
        sheets.append(replace(sheet, claims=claims))
        judged += [each for claim in claims for each in of_claim.get(id(claim), ())]
    formulas = [f for f in new.formulas if f.claim.line != line]
    formulas += [f for f in old.formulas if f.claim.line == line and f.is_right]
    return Whole(sheets, judged, new.questions, formulas)


def _until(sheet: Sheet, line: int) -> Iterator[int]:
    """The claims before a line."""
    return (claim.line for claim in sheet.claims if claim.line < line)


def _doubted(judged: Judged, said: str) -> Judged:
    """A number as it was read, which is perhaps not what was written."""
    if not is_wrong(judged.verdict):
        return judged
    verdict = Verdict.MISREADING
    return replace(judged, verdict=verdict, reason=said, explanations=(), meant=None)
