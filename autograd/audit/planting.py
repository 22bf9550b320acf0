"""A slip planted in a filled sheet, and its consequences carried through all later lines."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice
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
    substituted,
    written,
)
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.digits import of_digits
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.possible import Answers, answers, digits_of, places_of, rounded
from autograd.audit.judging.slips.rates import FEWEST_UPDATES, rate_of
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.judging.slips.unexplained import unexplained
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.printed import Printed
from autograd.audit.reading.worksheet import BLANK, EQUALS
from autograd.audit.reporting.report import check
from autograd.audit.sheet import Claim, Sheet
from autograd.reading import meant, printable

MOST_TRIED = 20  # slips, of which the first that shows is taken
# Units of the last place that a sum may be off.
MISCALCULATED = (-24, -13, 11, 13, 23, -317, -136, 128, 263)
UNEXPLAINED = (Kind.LAST_DIGITS, Kind.ARITHMETIC)
OTHER_RATES = (Fraction(1, 10), Fraction(1, 5), 2, 10)  # times the learning rate

NEEDED = {  # what a sheet has in whose lines there are such slips
    Kind.SIGN_OF_TERM: "a sum or a function",
    Kind.RATE: "two updates or more with a learning rate that is given",
    Kind.EPOCH: "lines after an update",
    Kind.CASE: "cases, as case w = 2; a number of another sample or section is a wrong operand",
    Kind.MASK: "a gradient through a ReLU",
    Kind.PRE_ACTIVATION: "an activation",
    Kind.ACTIVATION: "an activation",
    Kind.SLOPE_AT: "a gradient through a sigmoid or a tanh",
    Kind.ELEMENTWISE: "products of matrices",
    Kind.TERM: "a sum",
    Kind.PATH: "a gradient over several paths, as that of a hidden layer before two neurons",
    Kind.FACTOR: "a product",
    Kind.FACTOR_TWICE: "a product of two names",
    Kind.TRANSPOSED: "a matrix of weights, two rows or more",
    Kind.LEFT: "another name of the same kind",
    Kind.OPERAND: "another name of the same kind",
}


class Planted(NamedTuple):
    """A sheet with a slip: its text, the line of the slip, its kind, and what was done."""

    text: str
    line: int
    kind: str
    words: str


def plant(text: str, source: random.Random, kind: str = "") -> Planted:
    """A copy of a filled sheet with one slip in it, and what follows from it at its rounding.

    The slip is of a `kind` if one is given. Another learning rate is one slip in several lines, of
    which the first is said. A ValueError for a sheet that is not right, or in which no slip shows.

    >>> head = "given w = 0.5; x = 3\\ndefine z = w*x\\ndefine L = z^2\\n"
    >>> planted = plant(head + "forward\\n  z = 0.5*3 = 1.5\\n  L = 1.5^2 = 2.25", random.Random(1))
    >>> print(planted.text.removeprefix(head) + planted.words)
    forward
      z = 0.50
      L = 0.5^2 = 0.25
    the factor x left out
    """
    kinds = {each.value: each for each in Kind}
    wanted = kinds.get(meant(kind, kinds)) if kind else None
    if kind and wanted is None:
        raise ValueError(f"no slip is {printable(repr(kind))}: {', '.join(kinds)}")
    report = check(text)
    if not report.is_right or not report.judged:
        raise ValueError(f"a slip is planted in a sheet that is filled and right: {report.summary}")
    fields = [
        Field(text, sheet, [other for other in report.sheets if other is not sheet])
        for sheet in report.sheets
    ]
    for field, slip in islice(drawn(fields, source, wanted), MOST_TRIED):
        copy = field.with_slips(slip.numbers)
        if copy and _shows(copy, slip):
            return Planted(copy, min(slip.lines), slip.change.kind.value, slip.change.words)
    if wanted and not any(field.has(wanted) for field in fields):
        needed = f", which needs {NEEDED[wanted]}" if wanted in NEEDED else ""
        raise ValueError(f"no line of this sheet can have the slip {wanted.value!r}{needed}")
    raise ValueError(
        f"no {'such ' * bool(kind)}slip shows in this sheet: write its numbers with more decimals, "
        "and with a point, in lines of their own"
    )


def _shows(text: str, slip: Slip) -> bool:
    """Whether a slip is found where it is, as what it is, and all else follows from it."""
    report = check(text)
    slips = report.of(Verdict.SLIP)
    if report.faults or report.questions or [j.claim.line for j in slips] != slip.lines:
        return False
    kind = slip.change.kind
    return all([e.kind for e in judged.explanations] == [kind.value] for judged in slips) and all(
        judged.verdict.is_right or judged.root in slip.lines for judged in report.judged
    )


class Slip(NamedTuple):
    """What is done to a sheet: other numbers for claims, by their places, and why."""

    change: Change
    numbers: Mapping[int, str]
    lines: list[int]


class Field:
    """A sheet in which slips are planted."""

    def __init__(self, text: str, sheet: Sheet, others: Sequence[Sheet] = ()) -> None:
        """The other cases and sections of the text are `others`."""
        self.lines = text.splitlines()
        self.sheet, self.others = sheet, others
        self.claims = [c for c in sheet.claims if c.links and Printed.of(c.links[-1])]
        self.places = places_of(self.claims)

    def has(self, kind: Kind) -> bool:
        """Whether a line may have a slip of this kind, if one that does not tell what it is."""
        if kind is Kind.RATE:
            rates = [rate_of(self.sheet, step_of(self.sheet, each.left)) for each in self.claims]
            return len(rates) - rates.count(None) >= FEWEST_UPDATES
        found = {change.kind for line in self.answers for change, _ in line.wrong}
        return kind in found or kind in UNEXPLAINED

    def slips(self, place: int) -> Iterator[Slip]:
        """The slips in a line that tell what they are."""
        line, claim = self.answers[place], self.claims[place]
        for change, text in line.wrong:
            if line.alone.get(text) is change.kind:
                yield Slip(change, {place: text}, [claim.line])
        known = {text for _, text in line.wrong + line.hidden}
        for units in MISCALCULATED:
            text = rounded(float(line.right) + units * 10.0**-self.places, self.places)
            if text not in known and digits_of(text) > 1 and not self._is_misspelt(line, text):
                printed = Printed(text, Fraction(text), Fraction(1, 10**self.places))
                kind = Kind(unexplained(printed, Fraction(line.right), "").kind)
                number = Number(text, printed.value, Fraction(0))
                change = Change(kind, f"{text} for {line.right}", number)
                yield Slip(change, {place: text}, [claim.line])
        if (rate := rate_of(self.sheet, step_of(self.sheet, claim.left))) is not None:
            yield from self._with_rate(rate, claim)

    def _is_misspelt(self, line: Answers, text: str) -> bool:
        """Whether the digits may explain a number, of the right one rounded either way."""
        unit = Fraction(1, 10**self.places)
        printed = Printed(text, Fraction(text), unit)
        near = (Fraction(line.right) + units * unit for units in (-1, 0, 1))
        return any(any(of_digits(right, printed)) for right in near)

    def _with_rate(self, rate: Name, first: Claim) -> Iterator[Slip]:
        """Every update of an epoch made with another learning rate, said at the first of them."""
        steps = {
            place: step
            for place, claim in enumerate(self.claims)
            if claim.epoch == first.epoch
            and rate_of(self.sheet, step := step_of(self.sheet, claim.left)) == rate
        }
        if self.claims[min(steps)] is not first:
            return
        evaluation = Evaluation(self.sheet, written=self._before(max(steps)))
        own = self.sheet.given[rate].value
        others = (factor * own for factor in OTHER_RATES)
        for other in (each for each in others if each not in (1, own**2)):  # left out, taken twice
            number = Number(decimal(other), other, Fraction(0))
            with suppress(*FAILURES):
                new = {p: evaluation.of(substituted(s, {rate: number})) for p, s in steps.items()}
                texts = {place: self._text(each) for place, each in new.items()}
                wrong = {p: text for p, text in texts.items() if not self._is_there(p, text)}
                if len(wrong) >= FEWEST_UPDATES:
                    words = f"{decimal(other)} in the place of {rate.text}"
                    lines = [self.claims[place].line for place in wrong]
                    yield Slip(Change(Kind.RATE, words, number), wrong, lines)

    def _is_there(self, place: int, text: str) -> bool:
        """Whether a line has this very number."""
        there = Printed.of(self.claims[place].links[-1])
        return there is not None and there.value == Fraction(text)

    def _before(self, place: int) -> dict[Key, Fraction]:
        """What is written before a line."""
        numbers = dict[Key, Fraction]()
        for claim in self.claims[:place]:
            self._write(claim, None, numbers, set())
        return numbers

    @cached_property
    def answers(self) -> list[Answers]:
        """What slips make of each line."""
        return list(answers(self.sheet, self.places, self.others))

    def with_slips(self, slips: Mapping[int, str]) -> str:
        """The sheet with other numbers in lines, by their places among the claims, and what is
        computed from those; "" where it cannot be computed.
        """
        numbers, changed, lines = dict[Key, Fraction](), set[Key](), list(self.lines)
        for place, claim in enumerate(self.claims):
            formula, is_slip = _formula(self.sheet, claim), place in slips
            evaluation = Evaluation(self.sheet, written=numbers, marks=changed.__contains__)
            try:
                text = slips[place] if is_slip else self._text(evaluation.of(formula))
            except FAILURES:
                return ""
            if is_slip or evaluation.sources(formula):
                line, shown = lines[claim.line - 1], None if is_slip else formula
                typed = _typed(line, claim)
                again = _rewritten(self.sheet, claim, typed, text, shown, numbers)
                lines[claim.line - 1] = line.replace(typed, again, 1)
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


def drawn(
    fields: Sequence[Field], source: random.Random, wanted: Kind | None
) -> Iterator[tuple[Field, Slip]]:
    """Slips in lines that are drawn, of one kind or any, each with numbers of its own."""
    every = [(field, place) for field in fields for place in range(len(field.claims))]
    for at in source.sample(range(len(every)), len(every)):
        field, place = every[at]
        found: dict[Kind, list[Slip]] = {}
        for slip in field.slips(place):
            found.setdefault(slip.change.kind, []).append(slip)
        kinds = [kind for kind in found if wanted in (None, kind)]
        if kinds:
            yield field, source.choice(found[source.choice(kinds)])


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


def _typed(line: str, claim: Claim) -> str:
    """A claim as it is typed, where an index may stand without the braces that it is read with."""
    found = re.search(re.sub(r"\\[{}]", r"\g<0>?", re.escape(claim.read)), line)
    return found.group() if found else claim.read


def _rewritten(
    sheet: Sheet,
    claim: Claim,
    typed: str,
    number: str,
    formula: Expression | None,
    numbers: Mapping[Key, Fraction],
) -> str:
    """A line with another number, and with the numbers of its formula as they are now; without
    these where there is no formula.
    """
    signs = [sign.group() for sign in EQUALS.finditer(typed)]
    left, *sides = EQUALS.split(typed)
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
        if value is None and isinstance(key, Derivative) and key in sheet.aliases:
            name, times = sheet.aliases[key]
            value = times * numbers[name] if name in numbers else None
        text = "" if value is None else decimal(abs(value))
        if value is None or not text:
            return key
        found = Number(text, abs(value), Fraction(0))
        return Apply("neg", (found,)) if value < 0 else found

    return _signed(replaced(formula, number))


def _signed(expression: Expression) -> Expression:
    """An expression with a - b for a + (-b), and a for -(-a)."""
    if not isinstance(expression, Apply):
        return expression
    operation, operands = expression.operation, tuple(map(_signed, expression.operands))
    last = operands[-1]
    if operation == "neg" and isinstance(last, Apply) and last.operation == "neg":
        return last.operands[0]
    if operation == "add" and isinstance(last, Apply) and last.operation == "neg":
        return Apply("sub", (operands[0], *last.operands))
    return Apply(operation, operands)
