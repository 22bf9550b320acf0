"""Students by the thousand: sheets of random networks, worked in any style, with slips planted.

simulated_networks.py draws what is to be worked, simulated_students.py works it, with the slips of
simulated_slips.py; none of them knows the audit. Of a planted slip that rounding may hide (the
number is one that somebody may get who is right) nothing is expected.

    python tests/trust/test_audit_simulation.py 20000 --jobs 2     so many sheets, and the table
    python tests/trust/test_audit_simulation.py --sheet 17         one of them, and what is said
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path
from random import Random
from typing import NamedTuple

from simulated_networks import network
from simulated_slips import RATE
from simulated_students import Sheet, Student

from autograd.audit.judging.judge import Judged
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import Report, check

DOCUMENT = Path(__file__).parents[2] / "docs" / "marking.md"
PLACES = (2, 3, 4, 5, 6)
ROUGH, EXACT = PLACES[:1], PLACES[1:]
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
UNEXPLAINED = {Kind.LAST_DIGITS.value, Kind.ARITHMETIC.value}


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
    sheets: int = 0
    not_worked: int = 0

    def add(self, other: Table) -> None:
        """Take in what was found elsewhere."""
        self.verdicts += other.verdicts
        self.names += other.names
        self.sheets += other.sheets
        self.not_worked += other.not_worked
        for fault, sheets in other.faults.items():
            self.faults.setdefault(fault, []).extend(sheets)

    def of(
        self, what: str, verdicts: Collection[str] = (), places: Collection[int] = PLACES
    ) -> int:
        """How many lines are this and have one of some verdicts, any where none is said."""
        return sum(
            number
            for (place, line, said), number in self.verdicts.items()
            if line == what and place in places and (not verdicts or said in verdicts)
        )

    def found(self, places: Collection[int] = PLACES) -> float:
        """The share of the slips that are found at their own line."""
        return self.of("slip", ERRORS, places) / max(1, self.of("slip", (), places))

    def named(self, places: Collection[int] = PLACES) -> float:
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
    said = {explanation.kind for explanation in found.explanations} - UNEXPLAINED
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
        table.sheets += 1
        report = check(sheet.text)
        faults = {found.fault for found in judged(sheet, report, places, table)} - {""}
        for fault in faults | ({"not read"} if report.faults else set()):
            table.faults.setdefault(fault, []).append(number)
    return table


# --- tests ----------------------------------------------------------------------------------------


FAIR = "hand-worked numbers are judged fairly"


def test_students_by_the_thousand(full, figure):
    """No right line is accused; slips are found where they were made, and called what they are."""
    table = simulated(range(200 if full else 8), "students")
    assert table.faults.keys() <= {MISSED, BLAMED}, table.faults
    assert not table.of("consequence", ERRORS, EXACT)
    assert table.found(EXACT) >= (0.97 if full else 0.9)
    assert table.named() >= (0.9 if full else 0.5)
    figure(FAIR, sentence(table))


def sentence(table: Table) -> str:
    """What was measured, in words."""
    slips = [
        f"{table.of('slip', ERRORS, places):,} of {table.of('slip', (), places):,} slips {where}"
        for places, where in ((EXACT, "at 3 places or more"), (ROUGH, "at 2"))
    ]
    return (
        f"{table.of('right'):,} right numbers on {table.sheets:,} simulated students' sheets, "
        f"{table.of('right', ERRORS)} accused; {', '.join(slips)} found where they were made; "
        f"{table.of('consequence', ERRORS):,} of {table.of('consequence'):,} consequences called "
        f"slips; the kind named for {table.named():.1%}"
    )


# --- by hand --------------------------------------------------------------------------------------


def _part(arguments: tuple[range, str]) -> Table:
    return simulated(*arguments)


def over_all(count: int, seed: str, jobs: int) -> Table:
    """The table over many sheets, with progress on the way; Ctrl-C stops and keeps what is done."""
    table, size = Table(), STUDENTS * 5
    parts = [(range(i, min(i + size, count)), seed) for i in range(0, count, size)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background too
    with Pool(jobs, _quietly) as pool, suppress(KeyboardInterrupt):
        for done, part in enumerate(pool.imap_unordered(_part, parts), start=1):
            table.add(part)
            so_far = f"{min(done * size, count)} of {count} sheets"
            accused = f"{len(table.faults.get(ACCUSED, ()))} with a right line accused"
            print(f"\r{so_far}, {accused}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return table


def _quietly() -> None:
    """Leave Ctrl-C to the process that prints."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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


def as_markdown(table: Table) -> str:
    """The table by places, for docs/marking.md."""
    rows = [["decimals", *map(str, PLACES)]]
    for title, what in (
        ("right numbers", "right"),
        ("slips", "slip"),
        ("consequences", "consequence"),
    ):
        each = [
            (table.of(what, (), (place,)), table.of(what, ERRORS, (place,))) for place in PLACES
        ]
        rows.append([title, *(f"{every:,}" for every, _ in each)])
        if what == "slip":
            shares = (f"{errors / max(1, every):.1%}" for every, errors in each)
            rows.append(["found where they were made", *shares])
        else:
            rows.append(["called slips", *(f"{errors:,}" for _, errors in each)])
    rows.append(["kind named", *(f"{table.named((place,)):.1%}" for place in PLACES)])
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write(table: Table) -> None:
    """Put the table, and of how many sheets it is, into docs/marking.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    text = re.sub(r"\| decimals \|.*?\n\n", lambda _: f"{as_markdown(table)}\n\n", text, flags=re.S)
    text = re.sub(r"[\d,]+ sheets of random", f"{table.sheets:,} sheets of random", text)
    DOCUMENT.write_text(text, encoding="utf-8")


def main() -> None:
    """Make so many sheets, or one, and print what the audit says of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", default="students")
    parser.add_argument("--sheet", type=int, help="this sheet alone, and what is said of it")
    parser.add_argument("--write", action="store_true", help="the table into docs/marking.md too")
    chosen = parser.parse_args()
    if chosen.sheet is None:
        table = over_all(chosen.count, chosen.seed, chosen.jobs)
        print(*printed(table), as_markdown(table), sep="\n")
        if chosen.write:
            write(table)
        return
    _, sheet = sheet_of(chosen.sheet, chosen.seed)
    print(*(f"{i:>3} {line}" for i, line in enumerate(sheet.text.splitlines(), 1)), sep="\n")
    print(f"planted {sheet.slips}, hidden {sheet.hidden}", check(sheet.text), sep="\n")


if __name__ == "__main__":
    main()
