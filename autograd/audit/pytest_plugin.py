"""Worksheets as tests: `pytest -p autograd.audit.pytest_plugin` makes one of each claim in *.chalk.

It is loaded by that option alone, or by `pytest_plugins` in a conftest, never by being installed. A
slip fails, what only follows from one is expected to fail, what is left open is skipped; a line
that could not be read fails with its column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.sources import UnreadableSheetError, text_of
from autograd.audit.reporting.lines import source
from autograd.audit.reporting.report import Report, Row, check
from autograd.audit.sheet import Fault
from autograd.reading import printable

SUFFIX = ".chalk"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A worksheet, for a file that ends in .chalk."""
    if file_path.suffix != SUFFIX:
        return None
    return Worksheet.from_parent(parent, path=file_path)


class WrongLineError(AssertionError):
    """A line of a worksheet that is wrong, with what is said of it."""


class Worksheet(pytest.File):
    """A worksheet, whose claims are the tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each claim, and one for each line that could not be read."""
        try:
            report = check(text_of(str(self.path)))
        except UnreadableSheetError as error:
            yield Line.of(self, "not read", 1, [str(error)])  # the others are still collected
            return
        for question in report.questions:
            yield Line.of(self, "notation", 1, [], skipped=question)
        items = [*(_unread(self, report, fault) for fault in report.faults), *_claims(self, report)]
        yield from sorted(items, key=lambda item: item.line)


class Line(pytest.Item):
    """A claim: it fails with `wrong`, or is expected to fail, or is skipped."""

    wrong: Sequence[str] = ()
    expected = ""
    line = 0

    @classmethod
    def of(
        cls,
        parent: Worksheet,
        name: str,
        line: int,
        wrong: Iterable[str],
        skipped: str = "",
        expected: str = "",
    ) -> Line:
        """A test of a worksheet."""
        item: Line = cls.from_parent(parent, name=printable(name))
        item.wrong, item.line, item.expected = list(wrong), line, printable(expected)
        if skipped:
            item.add_marker(pytest.mark.skip(reason=printable(f"line {line}: {skipped}")))
        return item

    def runtest(self) -> None:
        """Fail, as is expected or not, or pass."""
        if self.wrong:
            raise WrongLineError("\n".join(self.wrong))
        if self.expected:
            pytest.xfail(self.expected)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The line with what is said of it, where it is."""
        if not isinstance(excinfo.value, WrongLineError):
            return super().repr_failure(excinfo, style)
        first, *said = self.wrong
        where = f"{self.path.name}:{self.line}: {first}"
        return "\n".join([printable(where), *(f"    {printable(each)}" for each in said)])

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line from 0, and the name."""
        return self.path, self.line - 1, self.name


def _unread(parent: Worksheet, report: Report, fault: Fault) -> Line:
    said = f"column {fault.column}: not read: {fault.sentence}"
    where = f"line {fault.line}, column {fault.column}"
    return Line.of(parent, where, fault.line, [source(report, fault.line), said])


def _claims(parent: Worksheet, report: Report) -> Iterator[Line]:
    """The claims in their order, those of one name on one line with a number."""
    rows_of: dict[int, list[Row]] = {}
    for row in report.rows:
        if row.claim.unread:  # is a test of its own
            continue
        rows_of.setdefault(id(row.claim), []).append(row)
    seen: dict[str, int] = {}
    for rows in rows_of.values():
        claim = rows[0].claim
        name = f"line {claim.line}: {claim.name}"
        seen[name] = seen.get(name, 0) + 1
        shown = name if seen[name] == 1 else f"{name} ({seen[name]})"
        yield Line.of(parent, shown, claim.line, *_outcome(rows))


def _outcome(rows: Sequence[Row]) -> tuple[list[str], str, str]:
    """Why a claim fails, is skipped, or is expected to fail; nothing of all where it is right."""
    said = [(row, row.judged or row.formula) for row in rows]
    wrong = [row.sentence for row, found in said if found and found.verdict.is_error]
    if wrong:
        return [rows[0].claim.read, *wrong], "", ""
    carried = [row.sentence for row, found in said if found and found.verdict.is_carried]
    left = [
        row.sentence for row, found in said if not found or found.verdict is Verdict.UNVERIFIABLE
    ]
    return [], "; ".join(left) if not carried else "", "; ".join(carried)
