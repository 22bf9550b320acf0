"""A slip planted in a filled sheet, and its consequences carried through all later lines."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    Number,
    keys_in,
    replaced,
    written,
)
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.possible import Answers, Wrong, answers, places_of
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.printed import Printed
from autograd.audit.reading.worksheet import BLANK, EQUALS
from autograd.audit.reporting.report import check
from autograd.audit.sheet import Claim, Sheet

MOST_TRIED = 20  # slips, of which the first that shows is taken


class Planted(NamedTuple):
    """A sheet with a slip: its text, the line of the slip, its kind, and what was done."""

    text: str
    line: int
    kind: str
    words: str


def plant(text: str, source: random.Random) -> Planted:
    """A copy of a filled sheet with one slip in it, and what follows from it at its rounding.

    A ValueError for a sheet that is not right, that has several parts, or in which no slip shows.

    >>> head = "given w = 0.5; x = 3\\ndefine z = w*x\\ndefine L = z^2\\n"
    >>> planted = plant(head + "forward\\n  z = 0.5*3 = 1.5\\n  L = 1.5^2 = 2.25", random.Random(1))
    >>> print(planted.text.removeprefix(head) + planted.words)
    forward
      z = 0.50
      L = 0.5^2 = 0.25
    the factor x left out
    """
    report = check(text)
    if not report.is_right or not report.judged:
        raise ValueError(f"a slip is planted in a sheet that is filled and right: {report.summary}")
    if len(report.sheets) > 1:
        raise ValueError("a slip is planted in a sheet without cases and sections of its own")
    [sheet] = report.sheets
    field = _Field(text, sheet)
    for line, wrong in field.drawn(source):
        copy = field.with_slip(line.claim, wrong.text)
        change = wrong.change
        planted = Planted(copy, line.claim.line, change.kind.value, change.words)
        if copy and _shows(planted):
            return planted
    raise ValueError(
        "no slip shows in this sheet: write its numbers with more decimals, and with a point, in "
        "lines of their own"
    )


def _shows(planted: Planted) -> bool:
    """Whether the slip is found where it is, as what it is, and all else follows from it."""
    report = check(planted.text)
    slips = report.of(Verdict.SLIP)
    if report.faults or report.questions or [j.claim.line for j in slips] != [planted.line]:
        return False
    kinds = [explanation.kind for explanation in slips[0].explanations]
    return planted.kind in kinds and all(
        judged.verdict.is_right or judged.root == planted.line for judged in report.judged
    )


class _Field:
    """A sheet in which slips are planted."""

    def __init__(self, text: str, sheet: Sheet) -> None:
        self.lines = text.splitlines()
        self.sheet = sheet
        self.claims = [c for c in sheet.claims if c.links and Printed.of(c.links[-1])]
        self.places = places_of(self.claims)

    def drawn(self, source: random.Random) -> Iterator[tuple[Answers, Wrong]]:
        """Slips in lines that are drawn, each a change that gives a number of its own."""
        lines = list(answers(self.sheet, self.places))
        for line in source.sample(lines, min(MOST_TRIED, len(lines))):
            wrong = [
                w for w in line.wrong if w.text in line.alone and w.change.kind is not Kind.LEFT
            ]
            if not wrong:
                continue
            kind = source.choice(list(dict.fromkeys(w.change.kind for w in wrong)))
            yield line, source.choice([w for w in wrong if w.change.kind is kind])

    def with_slip(self, slipped: Claim, number: str) -> str:
        """The sheet with another number in a line, and what is computed from that; "" where it
        cannot be computed.
        """
        numbers, changed, lines = dict[Key, Fraction](), set[Key](), list(self.lines)
        for claim in self.claims:
            formula = _formula(self.sheet, claim)
            evaluation = Evaluation(self.sheet, written=numbers, marks=changed.__contains__)
            try:
                text = number if claim is slipped else self._text(evaluation.of(formula))
            except FAILURES:
                return ""
            if claim is slipped or evaluation.source(formula) is not None:
                line = lines[claim.line - 1]
                again = _rewritten(
                    self.sheet, claim, text, None if claim is slipped else formula, numbers
                )
                lines[claim.line - 1] = line.replace(claim.read, again, 1)
                self._write(claim, Fraction(text), numbers, changed)
            else:
                self._write(claim, None, numbers, changed)
        return "\n".join([*lines, ""])

    def _write(
        self, claim: Claim, value: Fraction | None, numbers: dict[Key, Fraction], changed: set[Key]
    ) -> None:
        """Put a number down, that of the right sheet unless given, and whether it is another."""
        before = Printed.of(claim.links[-1])
        if before is not None and isinstance(claim.left, (Name, Derivative)):
            value = before.value if value is None else value
            numbers[claim.left] = value
            (changed.discard if value == before.value else changed.add)(claim.left)

    def _text(self, number: Any) -> str:
        """A number at the sheet's rounding, without zeros behind it where it is exact."""
        units = round(number * 10**self.places)
        text = f"{Decimal(units).scaleb(-self.places):f}"
        is_exact = isinstance(number, Fraction) and number == Fraction(text)
        return text.rstrip("0").rstrip(".") if is_exact and "." in text else text


def _formula(sheet: Sheet, claim: Claim) -> Expression:
    """What a line computes: its own formula, or that of its step."""
    return next((link for link in claim.links if _is_formula(link)), step_of(sheet, claim.left))


def _is_formula(link: Expression) -> bool:
    """Whether a link has names alone, and whole numbers as in 1 - a."""
    return bool(keys_in(link)) and _is_whole(link)


def _is_whole(link: Expression) -> bool:
    if isinstance(link, Apply):
        return all(map(_is_whole, link.operands))
    return not isinstance(link, Number) or link.value.denominator == 1


def _rewritten(
    sheet: Sheet,
    claim: Claim,
    number: str,
    formula: Expression | None,
    numbers: Mapping[Key, Fraction],
) -> str:
    """A line with another number, and with the numbers of its formula as they are now; without
    these where there is no formula.
    """
    signs = [sign.group() for sign in EQUALS.finditer(claim.read)]
    left, *sides = EQUALS.split(claim.read)
    pairs = [pair for pair in zip(signs, sides, strict=True) if pair[1].strip() != BLANK]
    text = left.rstrip()
    for (sign, side), link in zip(pairs, claim.links, strict=True):
        if Printed.of(link):
            text += f" {sign} {number}"
        elif _is_formula(link):
            text += f" {sign} {side.strip()}"
        elif formula is not None:
            text += f" {sign} {written(_with_numbers(sheet, formula, numbers))}"
    return text


def _with_numbers(sheet: Sheet, formula: Expression, numbers: Mapping[Key, Fraction]) -> Expression:
    """A formula with the numbers that are written, or given, in the place of its names."""

    def number(key: Key) -> Expression:
        given = sheet.given.get(key) if isinstance(key, Name) else None
        value = numbers.get(key, given.value if given else None)
        text = "" if value is None else decimal(abs(value))
        if value is None or not text:
            return key
        found = Number(text, abs(value), Fraction(0))
        return Apply("neg", (found,)) if value < 0 else found

    return _signed(replaced(formula, number))


def _signed(expression: Expression) -> Expression:
    """An expression with a - b for a + (-b)."""
    if not isinstance(expression, Apply):
        return expression
    operation, operands = expression.operation, tuple(map(_signed, expression.operands))
    last = operands[-1]
    if operation == "add" and isinstance(last, Apply) and last.operation == "neg":
        return Apply("sub", (operands[0], *last.operands))
    return Apply(operation, operands)
