"""Worked examples that others have published, as worksheets: each number with its true verdict.

Sixteen of them are in sheets/, with their sources; verdicts.csv has, for each printed number, its
line, its verdict, recomputed independently, and the lines of the slips that it follows from.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import RIGHT, Verdict
from autograd.audit.reporting.report import Report, check

FOLDER = Path(__file__).parent / "sheets"
SHEETS = sorted(path.stem for path in FOLDER.glob("*.chalk"))
# Two numbers of a unit whose weights are in a picture only; the sheet has them as given.
ONLY_IN_A_PICTURE = {("melfm-v1", 29), ("melfm-v1", 32)}


@cache
def report(sheet: str) -> Report:
    return check((FOLDER / f"{sheet}.chalk").read_text(encoding="utf-8"))


def true_rows(sheet: str) -> list[dict[str, str]]:
    with (FOLDER / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["sheet"] == sheet]


def last_of_line(sheet: str) -> dict[int, Judged]:
    return {judged.claim.line: judged for judged in report(sheet).judged}


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_line_of_a_published_sheet_is_read(sheet):
    assert not report(sheet).faults


@pytest.mark.parametrize("sheet", SHEETS)
def test_each_number_of_a_published_sheet_has_its_true_verdict(sheet):
    judged = last_of_line(sheet)
    for row in true_rows(sheet):
        line, true = int(row["line"]), Verdict(row["verdict"])
        found = judged[line].verdict
        if (sheet, line) in ONLY_IN_A_PICTURE:
            assert (found, true) == (Verdict.CORRECT, Verdict.UNVERIFIABLE)
        elif true.is_right:
            assert found.is_right, judged[line]
        else:
            assert found is true, judged[line]


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_is_carried_forward_names_its_roots(sheet):
    judged = last_of_line(sheet)
    for row in true_rows(sheet):
        if row["verdict"] == Verdict.CARRIED.value:
            assert [*map(str, judged[int(row["line"])].roots)] == row["roots"].split(), row


def test_the_published_sheets_hold_enough_to_be_worth_it():
    rows = [row for sheet in SHEETS for row in true_rows(sheet)]
    slips = [row for row in rows if row["verdict"] == Verdict.SLIP.value]
    assert (len(SHEETS), len(rows), len(slips)) == (16, 348, 10)
    assert {Verdict(row["verdict"]) for row in rows} >= RIGHT - {Verdict.GIVEN}
