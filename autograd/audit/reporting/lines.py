"""A report as people read it: each line of the sheet that says something, and what is said of it.

Every line has a look, the name of a colour's meaning, so that a terminal shows what a page shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.marking import total
from autograd.audit.reporting.report import Report, Row
from autograd.audit.reporting.standing import sentences
from autograd.reading import printable

MOST_SHOWN = 200  # characters of a line that was not understood
LOOKS = {
    Verdict.SLIP: "slip",
    Verdict.CARRIED: "carried",
    Verdict.TRIVIAL: "carried",
    Verdict.WRONG_LINE: "wrong line",
    Verdict.MISPRINT: "wrong line",
    Verdict.MISREADING: "wrong line",
    Verdict.UNVERIFIABLE: "open",
}


WORST_LAST = ("right", "carried", "open", "wrong line", "slip")
COLOURS = {  # of what stands beside a line, on white
    "right": "#166534",
    "carried": "#7a5b00",
    "slip": "#a33f00",
    "wrong line": "#86198f",
    "open": "#4b5563",
}
TAB = "    "
MEANINGS = {
    "right": "right",
    "carried": "carried forward",
    "slip": "slip",
    "wrong line": "shown line wrong",
    "open": "not judged",
}


class Line(NamedTuple):
    """A line of text, and how it looks: "right", "slip", ..., or "" for what is only repeated."""

    text: str
    look: str = ""


class Typed(NamedTuple):
    """A line of the sheet as it was typed, with what was judged on it and what was not read."""

    number: int
    text: str
    rows: Sequence[Row]
    faults: Sequence[str]

    @property
    def look(self) -> str:
        """How the worst on it looks."""
        return worst([look_of(row) for row in self.rows] + ["open"] * bool(self.faults))

    @property
    def marks(self) -> str:
        """Its marks; "" where it has none."""
        awards = [row.award for row in self.rows if row.award]
        return str(awards[0] if len(awards) == 1 else total(awards)) if awards else ""

    def parts(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """The text in parts, each with what was judged on it; as one where a claim is not found."""
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(row.claim.read, []).append(row)
        parts, at = list[tuple[str, Sequence[Row]]](), 0
        for read, rows in groups.items():
            start = self.text.find(read, at)
            if start < 0 or self.faults:
                indent = len(self.text) - len(self.text.lstrip())
                parts, at = [(self.text[:indent], ()), (self.text[indent:], self.rows)], -1
                break
            parts += [(self.text[at:start], ()), (read, rows)]
            at = start + len(read)
        yield from (part for part in parts if part[0])
        if at >= 0 and self.text[at:]:
            yield self.text[at:], ()


def typed_lines(report: Report) -> Iterator[Typed]:
    """Every line of a sheet, in its order."""
    rows: dict[int, list[Row]] = {}
    for row in report.rows:
        rows.setdefault(row.claim.line, []).append(row)
    unread = _unread(report)
    faults: dict[int, list[str]] = {}
    for fault in report.faults:
        if (fault.line, fault.sentence) not in unread:  # that is in its row
            faults.setdefault(fault.line, []).append(f"not read: {fault.sentence}")
    for number, said in report.taken.items():
        faults.setdefault(number, []).append(said)
    for number, text in enumerate(report.text.splitlines(), start=1):
        where = f"   ({report.sources[number]})" if number in report.sources else ""
        yield Typed(number, text + where, rows.get(number, []), faults.get(number, []))


def worst(looks: Sequence[str]) -> str:
    """The worst of several looks; "" of none."""
    return max(looks, key=WORST_LAST.index, default="")


def look_of(row: Row) -> str:
    """How what is said of a number looks."""
    found = row.judged or row.formula
    return "open" if found is None else LOOKS.get(found.verdict, "right")


def heading(report: Report, name: str) -> str:
    """Whose sheet it is and what it is of: one exercise is worked by many."""
    return f"{name}: {report.title}" if report.title else name


def lines(report: Report, name: str, marks: bool = False) -> Iterator[Line]:
    """The whole report: a heading, each line that was read with what was judged, the summary."""
    yield Line(printable(heading(report, name)), "heading")
    yield from _said(report, marks)
    yield from closing(report, marks)


def closing(report: Report, marks: bool = False) -> Iterator[Line]:
    """What a marker writes at the end: how many, the final answer without slips, the marks."""
    yield Line(report.summary, "heading")
    for question in report.questions:
        yield Line(printable(question), "open")
    for undecided in report.undecided:
        yield Line(printable(undecided.said), "open")
    for sentence in sentences(report.standings):
        yield Line(sentence)
    if marks:
        yield Line(str(report.marks), "heading")


def _said(report: Report, marks: bool) -> Iterator[Line]:
    """Lines with what is said of them, and those that were not understood in their places."""
    width = len(str(report.text.count("\n") + 1))
    blocks: list[tuple[int, list[Line]]] = []
    unread = _unread(report)
    for fault in report.faults:
        row = unread.get((fault.line, fault.sentence))
        award = f" [{row.award}]" if marks and row else ""
        said = Line(printable(f"column {fault.column}: not read: {fault.sentence}{award}"), "open")
        blocks.append((fault.line, [_first(report, source(report, fault.line), fault.line), said]))
    for number, sentence in report.taken.items():
        said = Line(printable(sentence), "wrong line")
        blocks.append((number, [_first(report, source(report, number), number), said]))
    read = [row for row in report.rows if not row.claim.unread]
    for _, group in groupby(read, key=lambda row: (row.claim.line, row.claim.read)):
        rows = list(group)
        said_here = [Line(_sentence(row, marks), look_of(row)) for row in rows]
        claim = rows[0].claim
        blocks.append((claim.line, [_first(report, claim.read, claim.line), *said_here]))
    for number, (first, *others) in sorted(blocks, key=lambda block: block[0]):
        yield Line(f"{number:>{width}}  {first.text}", first.look)
        yield from (Line(f"{'':>{width}}    {line.text}", line.look) for line in others)


def _unread(report: Report) -> dict[tuple[int, str], Row]:
    """The claims that were not read, by their line and why."""
    rows = (row for row in report.rows if row.claim.unread)
    return {(row.claim.line, row.claim.unread): row for row in rows}


def _first(report: Report, text: str, line: int) -> Line:
    """What stands on a line, and where that was read."""
    where = f"   ({report.sources[line]})" if line in report.sources else ""
    return Line(printable(text + where))


def source(report: Report, line: int) -> str:
    """A line as it was typed, as much of it as is shown."""
    typed = report.text.splitlines()[line - 1 : line]
    return typed[0].strip()[:MOST_SHOWN] if typed else ""


def _sentence(row: Row, marks: bool) -> str:
    award = f" [{row.award}]" if marks and row.award else ""
    return f"{row.sentence}{award}"
