"""Students by the thousand: sheets of random networks, worked in any style, with slips planted.

simulated_networks.py draws what is to be worked, simulated_students.py works it, with the slips of
simulated_slips.py; none of them knows the audit. Of a planted slip that rounding may hide (the
number is one that somebody may get who is right) nothing is expected.

    python tests/trust/test_audit_simulation.py 20000 --jobs 2     so many sheets, and the table
    python tests/trust/test_audit_simulation.py --sheet 17         one of them, and what is said
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import Pool
from random import Random
from typing import NamedTuple

from simulated_networks import network
from simulated_slips import RATE
from simulated_students import Sheet, Student

from autograd.audit.judging.judge import Judged
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import Report, check

PLACES = (2, 3, 4, 5, 6)
SLIPS = (0, 1, 1, 2)
STUDENTS = 4  # to a network, each with numbers of their own
ERRORS = [verdict.value for verdict in Verdict if verdict.is_error]
ACCUSED, BLAMED, MISSED = "right accused", "consequence accused", "slip missed"
NAMES = {  # how a planted slip may be called; the others are of digits that say nothing
    "lost sign": {Kind.SIGN, Kind.SIGN_OF_TERM},
    "term or path": {Kind.TERM, Kind.PATH},
    "factor or mask": {Kind.FACTOR, Kind.MASK, Kind.CONSTANT},
    "1/2, 2 or 1/m": {Kind.CONSTANT},
    "spurious factor": {Kind.FACTOR_TWICE, Kind.CONSTANT},
    "pre-activation": {Kind.PRE_ACTIVATION},
    "f'(a) for f'(z)": {Kind.SLOPE_AT},
    "weight as gradient": {Kind.LEFT},
    "old weight": {Kind.EPOCH},
    "wrong operand": {Kind.OPERAND, Kind.TRANSPOSED, Kind.LEFT},
    "another case": {Kind.CASE, Kind.OPERAND, Kind.LEFT},
    RATE: {Kind.RATE},
    "one or two digits": {Kind.DIGIT, Kind.SWAPPED},
    "decimal point": {Kind.POINT},
    "digit lost": {Kind.DIGIT_LOST},
}


class Found(NamedTuple):
    """What the audit did to one line: where it went wrong, or "" where it did not."""

    fault: str
    line: int
    verdict: str


@dataclass
class Table:
    """What was found over many sheets, by the places that are printed.

    `verdicts` counts by places, what a line is and its verdict, `names` by places, kind of slip and
    how it was called; `faults` are sheets by what was wrong with their verdicts.
    """

    verdicts: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    names: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    faults: dict[str, list[int]] = field(default_factory=dict)
    not_worked: int = 0

    def add(self, other: Table) -> None:
        """Take in what was found elsewhere."""
        self.verdicts += other.verdicts
        self.names += other.names
        self.not_worked += other.not_worked
        for fault, sheets in other.faults.items():
            self.faults.setdefault(fault, []).extend(sheets)

    def count(self, what: str, verdict: str = "", places: range = range(2, 7)) -> int:
        """How many lines are this and have a verdict, any where none is said."""
        return sum(
            number
            for (place, line, said), number in self.verdicts.items()
            if line == what and place in places and verdict in ("", said)
        )

    def found(self, places: range = range(2, 7)) -> float:
        """The share of the slips that are found at their own line."""
        found = sum(self.count("slip", verdict, places) for verdict in ERRORS)
        return found / max(1, self.count("slip", places=places))

    def named(self, places: range = range(2, 7)) -> float:
        """The share of the slips found whose kind is named among those that are said."""
        counts = Counter[str]()
        for (place, kind, how), number in self.names.items():
            if kind in NAMES and place in places:
                counts[how] += number
        return counts["named"] / max(1, counts.total() - counts["one digit"])


# --- one sheet ------------------------------------------------------------------------------------


def sheet_of(number: int, seed: str) -> tuple[int, Sheet]:
    """The sheet of that number, and to how many places it is worked.

    Where it cannot be worked, as the logarithm of what was rounded to 0, a ValueError.
    """
    draw = Random(f"{seed} {number}")
    places = PLACES[number % len(PLACES)]
    lines = NETWORKS.of(f"{seed} {number // STUDENTS}").with_numbers(draw)
    return places, Student(lines, draw, places).work(draw.choice(SLIPS))


class Networks:
    """The network that was drawn last, which several students work."""

    def __init__(self) -> None:
        self.key, self.last = "", None

    def of(self, key: str):
        """The network of a key."""
        if key != self.key:
            self.key, self.last = key, network(Random(key))
        return self.last


NETWORKS = Networks()


def judged(sheet: Sheet, report: Report, places: int, table: Table) -> Iterator[Found]:
    """Count what was found of one sheet; what must not be is handed on."""
    for line, every in _by_line(report.judged).items():
        found = next((each for each in every if each.verdict.is_error), every[-1])
        verdict, kind = found.verdict, sheet.slips.get(line)
        what, fault = "right", ACCUSED if not verdict.is_right else ""
        if kind:
            what, fault = "slip", MISSED if not verdict.is_error else ""
        elif line in sheet.hidden:
            what, fault = "hidden", ""
        elif line in sheet.follows:
            what, fault = "consequence", BLAMED if verdict.is_error else ""
        table.verdicts[places, what, verdict.value] += 1
        if kind and verdict.is_error:
            table.names[places, kind, _called(found, kind)] += 1
        yield Found(fault, line, verdict.value)


def _by_line(judged: Iterable[Judged]) -> dict[int, list[Judged]]:
    """The numbers of each line: it may show one, dL/db = delta = 0.5 = 0.50."""
    lines: dict[int, list[Judged]] = {}
    for found in judged:
        lines.setdefault(found.claim.line, []).append(found)
    return lines


def _called(found, planted):
    """How a slip is called: what was planted is among it, something else, or nothing.

    Of a number of one digit mostly nothing can be said.
    """
    said = {explanation.kind for explanation in found.explanations}
    right = {kind.value for kind in NAMES.get(planted, ())}
    if not said and found.printed.one_digit:
        return "one digit"
    return "named" if said & right else "named otherwise" if said else "not named"


def simulated(numbers: range, seed: str) -> Table:
    """What is found in the sheets of some numbers."""
    table = Table()
    for number in numbers:
        try:
            places, sheet = sheet_of(number, seed)
        except (ArithmeticError, ValueError):
            table.not_worked += 1
            continue
        report = check(sheet.text)
        faults = {found.fault for found in judged(sheet, report, places, table)} - {""}
        for fault in faults | ({"not read"} if report.faults else set()):
            table.faults.setdefault(fault, []).append(number)
    return table


# --- tests ----------------------------------------------------------------------------------------


def test_students_by_the_thousand(full):
    """No right line is accused; slips are found where they were made, and called what they are."""
    table = simulated(range(600 if full else 8), "students")
    exact = range(3, 7)
    assert table.faults.keys() <= {MISSED, BLAMED}, table.faults
    assert sum(table.count("consequence", verdict, exact) for verdict in ERRORS) == 0
    assert table.found(exact) >= (0.97 if full else 0.9)
    assert table.named() >= (0.85 if full else 0.5)


# --- by hand --------------------------------------------------------------------------------------


def _part(arguments: tuple[range, str]) -> Table:
    return simulated(*arguments)


def over_all(count: int, seed: str, jobs: int) -> Table:
    """The table over many sheets, with progress on the way."""
    table, size = Table(), STUDENTS * 5
    parts = [(range(i, min(i + size, count)), seed) for i in range(0, count, size)]
    with Pool(jobs) as pool:
        for done, part in enumerate(pool.imap_unordered(_part, parts), start=1):
            table.add(part)
            so_far = f"{min(done * size, count)} of {count} sheets"
            accused = f"{len(table.faults.get(ACCUSED, ()))} with a right line accused"
            print(f"\r{so_far}, {accused}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return table


def printed(table: Table) -> Iterator[str]:
    """The table as text: places by verdict, then kinds by how they are called."""
    for title, counter in (("verdict", table.verdicts), ("kind of slip", table.names)):
        rows = sorted({key[1:] for key in counter}, key=lambda row: (title == "verdict", row))
        width = max((len(" ".join(row)) for row in rows), default=0) + 2
        yield f"{title:<{width + 2}}" + "".join(f"{f'{p} places':>12}" for p in PLACES) + "     all"
        for row in rows:
            counts = [counter[(p, *row)] for p in PLACES]
            text = f"{row[0]}: {row[1]}"
            yield f"{text:<{width + 2}}" + "".join(f"{n:>12}" for n in counts) + f"{sum(counts):>8}"
        yield ""
    yield f"{table.not_worked} sheets cannot be worked"
    for fault, sheets in sorted(table.faults.items()):
        yield f"{fault}: {len(sheets)} sheets, {sorted(sheets)[:12]}"


def main() -> None:
    """Make so many sheets, or one, and print what the audit says of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", default="students")
    parser.add_argument("--sheet", type=int, help="this sheet alone, and what is said of it")
    chosen = parser.parse_args()
    if chosen.sheet is None:
        print(*printed(over_all(chosen.count, chosen.seed, chosen.jobs)), sep="\n")
        return
    _, sheet = sheet_of(chosen.sheet, chosen.seed)
    print(*(f"{i:>3} {line}" for i, line in enumerate(sheet.text.splitlines(), 1)), sep="\n")
    print(f"planted {sheet.slips}, hidden {sheet.hidden}", check(sheet.text), sep="\n")


if __name__ == "__main__":
    main()
