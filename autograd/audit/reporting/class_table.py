"""A class at a glance: each sheet's counts and marks, and how often each kind of slip was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.audit.judging.slips.explanation import Kind as Slips
from autograd.audit.judging.verdicts import (
    CARRIED_FORWARD,
    Verdict,
)
from autograd.audit.reporting.lines import Line
from autograd.audit.reporting.marking import total, written
from autograd.audit.reporting.records import Checked
from autograd.audit.reporting.report import Report
from autograd.reading import printable

FORMULA = "formula"
HEADINGS = ("sheet", "right", "slips", "carried", "marks", "of", "by hand")
NUMBERS = frozenset({*HEADINGS[1:], "sheets"})
KINDS = ("kind of slip", "slips", "sheets", "first seen")


class Kind(NamedTuple):
    """A kind of slip: how often it was made, on how many sheets, and where it was seen first."""

    kind: str
    slips: int
    sheets: int
    first: str


def kinds(checked: Sequence[Checked]) -> list[Kind]:
    """The kinds of slip in a class, the most frequent first.

    A slip that several explain counts for the one that says most.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for sheet in checked:
        for judged in sheet.report.of(Verdict.SLIP) if sheet.report else ():
            said = judged.explanations
            kind = said[0].kind if said else Slips.ARITHMETIC.value
            found.setdefault(kind, []).append((sheet.name, judged.claim.line))
        for formula in sheet.report.formulas if sheet.report else ():
            if formula.verdict is Verdict.SLIP:
                found.setdefault(FORMULA, []).append((sheet.name, formula.claim.line))
    rows = [
        Kind(kind, len(at), len({name for name, _ in at}), f"{at[0][0]}, line {at[0][1]}")
        for kind, at in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.slips, row.kind))


def summary(checked: Sequence[Checked]) -> Iterator[Line]:
    """Two tables, of the sheets and of the kinds of slip."""
    rows = [(printable(sheet.name), *_counts(sheet.report)) for sheet in checked if sheet.report]
    yield from _table(HEADINGS, [*rows, ("all", *_counts_of_all(checked))])
    if found := kinds(checked):
        yield Line("")
        cells = [(printable(k), str(n), str(s), printable(at)) for k, n, s, at in found]
        yield from _table(KINDS, cells)


def _counts(*reports: Report) -> list[str]:
    marks = total(award for report in reports for award in report.awards)
    counts = [
        sum(len(report.right) for report in reports),
        sum(report.count(Verdict.SLIP) for report in reports),
        sum(report.count(*CARRIED_FORWARD) for report in reports),
    ]
    return [*map(str, counts), *map(written, marks)]


def _counts_of_all(checked: Sequence[Checked]) -> list[str]:
    return _counts(*(sheet.report for sheet in checked if sheet.report))


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    """Columns as wide as they must be: words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for place, row in enumerate([headings, *rows]):
        cells = [
            f"{cell:>{width}}" if heading in NUMBERS else f"{cell:<{width}}"
            for cell, width, heading in zip(row, widths, headings, strict=True)
        ]
        yield Line("  ".join(cells).rstrip(), "" if place else "heading")
