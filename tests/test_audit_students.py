"""Sheets as students write them, each with a slip that students make, and what a fair teacher says.

The teacher's word stands behind a line as a comment: `slip: kind`, `carried` from a line with a
slip, `wrong line` under a right number, `misprint`, `unread`.
Every other number is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import Report, check

FOLDER = Path(__file__).parent / "documents" / "students"
SHEETS = sorted(path.stem for path in FOLDER.glob("*.chalk"))
REMARK = re.compile(r"# (slip|carried|wrong line|misprint|unread)(?:: (.*))?$")
VERDICTS = {
    "slip": {Verdict.SLIP},
    "carried": {Verdict.CARRIED, Verdict.TRIVIAL},
    "wrong line": {Verdict.WRONG_LINE},
    "misprint": {Verdict.MISPRINT},
    "unread": set(),
}


def text_of(sheet: str) -> str:
    return (FOLDER / f"{sheet}.chalk").read_text(encoding="utf-8")


def remarks(text: str) -> Iterator[tuple[int, str, str]]:
    """What the teacher says: the line, the verdict, and the kind if there is one."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := REMARK.search(line.rstrip()):
            yield number, found[1], found[2] or ""


def wrong_by_line(report: Report) -> dict[int, list[Judged]]:
    """The numbers that are not right, by their lines."""
    lines: dict[int, list[Judged]] = {}
    for judged in report.judged:
        if not judged.verdict.is_right:
            lines.setdefault(judged.claim.line, []).append(judged)
    return lines


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_is_judged_as_a_fair_teacher_would(sheet):
    text = text_of(sheet)
    report, said = check(text), list(remarks(text))
    wrong = wrong_by_line(report)
    unread = {line for line, verdict, _ in said if verdict == "unread"}
    assert {fault.line for fault in report.faults} == unread
    assert sorted(wrong) == sorted(line for line, verdict, _ in said if verdict != "unread")
    roots = {line for line, verdict, _ in said if verdict in ("slip", "wrong line")}
    for line, verdict, kind in said:
        for judged in wrong.get(line, []):
            assert judged.verdict in VERDICTS[verdict], judged
            assert not judged.verdict.is_carried or judged.root in roots, judged
            kinds = [explanation.kind for explanation in judged.explanations]
            assert verdict != "slip" or kind in kinds, (line, kinds)


def test_there_are_enough_of_them():
    kinds = [kind for sheet in SHEETS for _, _, kind in remarks(text_of(sheet)) if kind]
    assert len(SHEETS) >= 20 and len(set(kinds)) >= 12
