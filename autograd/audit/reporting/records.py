"""A report for programs: JSON, the formats of two graders, and a table for a spreadsheet.

Gradescope's results.json and PrairieLearn's partial_scores are one submission each: the sheets that
are given together are one student's.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.audit.decimals import decimal
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.kinds import real, real_numbers
from autograd.audit.reporting.lines import closing
from autograd.audit.reporting.marking import Award, Total, total
from autograd.audit.reporting.report import Report, Row
from autograd.audit.reporting.standing import sentences
from autograd.reading import printable

NUMBER = re.compile(r"[+-]?[\d.]+(/\d+|e[+-]?\d+)?", re.IGNORECASE)
FRACTION = re.compile(r"-?\d+/0*[1-9]\d*")
DATE = re.compile(r"\d+[/-]\d+([/-]\d+)?")  # in a spreadsheet
TRUE_DIGITS = 50  # of what is no rational
SHEET_DIGITS = 15  # that a spreadsheet keeps
COLUMNS = (
    "sheet",
    "title",
    "line",
    "name",
    "read",
    "printed",
    "truth",
    "verdict",
    "root",
    "explanations",
    "method",
    "answer",
    "of",
)


class Checked(NamedTuple):
    """A sheet's name with its report, or with the sentence that says why there is none."""

    name: str
    report: Report | None
    problem: str = ""


def as_record(report: Report) -> dict[str, Any]:
    """A report as JSON may hold it: numbers as strings, claims in the order written.

    >>> from autograd.audit.reporting.report import check
    >>> record = as_record(check("given x = 2\\ndefine y = x/3\\nclaims\\n  y = 2/3 = 0.67"))
    >>> [(claim["printed"], claim["truth"]) for claim in record["claims"]]
    [('2/3', '2/3'), ('0.67', '2/3')]
    """
    return {
        "title": report.title,
        "claims": [_of_row(report, row) for row in report.rows],
        "summary": {
            "numbers": str(len(report.judged)),
            "right": str(len(report.right)),
            **{verdict.value: str(report.count(verdict)) for verdict in Verdict},
            "marks": str(report.marks.marks),
            "of": str(report.marks.of),
            "to be marked by hand": str(report.marks.open),
            "questions": list(report.questions),
            "not decided": [
                {"line": found.claim.line, "sentence": found.sentence} for found in report.undecided
            ],
            "final": list(sentences(report.standings)),
            "taken": [{"line": line, "sentence": said} for line, said in report.taken.items()],
            "faults": [
                {"line": fault.line, "column": fault.column, "sentence": fault.sentence}
                for fault in report.faults
            ],
        },
    }


def _of_row(report: Report, row: Row) -> dict[str, Any]:
    """A claim, with where it was read if that is known."""
    source = report.sources.get(row.claim.line)
    return _claim(row) if source is None else {**_claim(row), "source": printable(source)}


def _claim(row: Row) -> dict[str, Any]:
    claim, judged, roots = row.claim, row.judged, _roots(row)
    return {
        "line": claim.line,
        "name": claim.name,
        "epoch": claim.epoch,
        "section": claim.section,
        "read": claim.read,
        "printed": None if judged is None else judged.printed.text,
        "truth": None if judged is None else true_text(judged.truth),
        "verdict": row.verdict,
        "root": next(iter(roots), None),
        "roots": roots,
        "explanations": [
            {"kind": explanation.kind, "sentence": explanation.sentence}
            for explanation in (judged.explanations if judged else ())
        ]
        or [
            {"kind": "formula", "sentence": printable(sentence)}
            for sentence in (row.formula.explanations if row.formula else ())
        ],
        "marks": None if row.award is None else _award(row.award),
    }


def _award(award: Award) -> dict[str, str | None]:
    return {
        "method": None if award.is_open else str(award.method),
        "answer": None if award.is_open else str(award.answer),
        "of": str(award.of),
    }


def _roots(row: Row) -> list[int]:
    """The lines of the slips that a number follows from."""
    return list(row.judged.roots) if row.judged and row.judged.verdict.is_carried else []


def true_text(truth: Any) -> str | None:
    """What is true, as text: a fraction where it is rational, else 50 digits."""
    if truth is None or isinstance(truth, Fraction):
        return None if truth is None else str(truth)
    return str(real_numbers.nstr(truth, TRUE_DIGITS))


# --- graders --------------------------------------------------------------------------------------


def gradescope(checked: Sequence[Checked]) -> dict[str, Any]:
    """Gradescope's results.json: a test for each claim, with what was read and what is said."""
    tests = []
    for label, award, said in _graded(checked):
        test = {"name": label, "max_score": float(award.of), "output": said}
        if not award.is_open:
            passed = award.marks == award.of
            test |= {"score": float(award.marks), "status": "passed" if passed else "failed"}
        tests.append(test)
    return {
        "score": float(_total(checked).marks),
        "output": "\n".join(_closing(checked)),
        "tests": tests,
    }


def prairielearn(checked: Sequence[Checked]) -> dict[str, Any]:
    """PrairieLearn's partial_scores, each from 0 to 1 with a whole weight, and their mean.

    A claim that is left to the marker has the score None and no part in the mean.
    """
    graded = list(_graded(checked))
    whole = math.lcm(*(award.of.denominator for _, award, _ in graded))
    scores = {}
    for label, award, said in graded:
        share = None if award.is_open or not award.of else float(award.marks / award.of)
        scores[label] = {"score": share, "weight": int(award.of * whole), "feedback": said}
    marks, problems = _total(checked), [found.problem for found in checked if found.problem]
    return {
        "gradable": not problems,
        "score": float(marks.marks / marks.of) if marks.of else 0.0,
        "partial_scores": scores,
        "message": "\n".join(_closing(checked)),
        **({"format_errors": problems} if problems else {}),
    }


def _graded(checked: Sequence[Checked]) -> Iterator[tuple[str, Award, str]]:
    """Each award under a label of its own, with what was read and judged."""
    seen: dict[str, int] = {}
    for found in checked:
        for award, rows in _by_award(found.report):
            claim = award.claim
            start = f"{printable(found.name)}, " if len(checked) > 1 else ""
            label = f"{start}line {claim.line}: {claim.name}"
            seen[label] = seen.get(label, 0) + 1
            if seen[label] > 1:
                label = f"{label} ({seen[label]})"
            said = [printable(claim.read), *(row.sentence for row in rows), str(award)]
            yield label, award, "\n".join(said)


def _by_award(report: Report | None) -> Iterator[tuple[Award, list[Row]]]:
    rows = report.rows if report else ()
    rows_of: dict[int, list[Row]] = {}
    for row in rows:
        rows_of.setdefault(id(row.claim), []).append(row)
    yield from ((row.award, rows_of[id(row.claim)]) for row in rows if row.award)


def _total(checked: Sequence[Checked]) -> Total:
    return total(award for found in checked if found.report for award in found.report.awards)


def _closing(checked: Sequence[Checked]) -> Iterator[str]:
    for found in checked:
        start = f"{printable(found.name)}: " if len(checked) > 1 else ""
        if found.report is None:
            yield found.problem
            continue
        lines = closing(found.report)
        yield from (f"{start}{line.text}" for line in lines)
    yield str(_total(checked))


# --- a spreadsheet --------------------------------------------------------------------------------


def table(checked: Sequence[Checked]) -> str:
    """A row for each number, as CSV; what a spreadsheet would take for a formula is quoted.

    Fractions are decimals here, which no spreadsheet takes for a date; JSON has them as they are.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for found in checked:
        if found.report:
            for row in found.report.rows:
                writer.writerow(_cells(found, found.report.title, row))
    return file.getvalue()


def _cells(found: Checked, title: str, row: Row) -> list[str]:
    record = _claim(row)
    marks: Mapping[str, Any] = record["marks"] or {}
    said = "; ".join(explanation["sentence"] for explanation in record["explanations"])
    cells = [found.name, title, record["line"], record["name"], record["read"]]
    cells += [_decimal(record[word]) for word in ("printed", "truth")]
    cells += [record["verdict"], " ".join(map(str, record["roots"])), said]
    cells += [_decimal(marks.get(part)) for part in ("method", "answer", "of")]
    return [_cell("" if text is None else str(text)) for text in cells]


def _decimal(text: str | None) -> str | None:
    """A number without a stroke.

    >>> _decimal("-3/8"), _decimal("2/3"), _decimal("0.50")
    ('-0.375', '0.666666666666667', '0.50')
    """
    if text is None or not FRACTION.fullmatch(text):
        return text
    value = Fraction(text)
    return decimal(value) or str(real_numbers.nstr(real(value), SHEET_DIGITS))


def _cell(text: str) -> str:
    """A cell that is what it says: a number, or a text that is no formula and no date.

    >>> _cell("-0.5"), _cell("-x = 2"), _cell("=1+1"), _cell("3/8")
    ('-0.5', "'-x = 2", "'=1+1", "'3/8")
    """
    text = printable(text)
    if DATE.fullmatch(text):
        return f"'{text}"
    return f"'{text}" if text.startswith(tuple("=+-@")) and not NUMBER.fullmatch(text) else text


EXPORTS: Mapping[str, Callable[[Sequence[Checked]], dict[str, Any] | str]] = {
    "gradescope": gradescope,
    "prairielearn": prairielearn,
    "csv": table,
}
