"""Students by the thousand: sheets of random networks, worked in any style, with slips planted.

A student works the lines that `nn.worked` prints, one after the other, each from the numbers that
are written so far: rounded and used again, kept in full, now so and now so, or cut off. The formula
of a line is read by the audit's grammar; what it gives, over floats, knows nothing of the audit. A
slip is planted in the formula of one line, and what follows follows. The students of
tests/students.py know nothing of the audit at all, and are fewer.

Of a planted slip that the print hides (the number is that of the right line) nothing is expected.

    python tests/trust/test_audit_simulation.py 20000     as many sheets, and the table
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import nn
from autograd import NOTATIONS
from autograd.audit.expressions import Apply, Derivative, Name, Number, keys_in
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.grammar import parsed
from autograd.audit.reading.names import plain
from autograd.audit.reporting.report import check

ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear", "leaky_relu")
LOSSES = {
    "half squared error": nn.half_squared_error,
    "squared error": nn.squared_error,
    "mse": nn.mse,
    "binary cross entropy": nn.binary_cross_entropy,
}
STYLES = ("rounded", "full", "mixed", "cut")
FUNCTIONS = {
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "neg": lambda x: -x,
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "above": lambda x, y: float(x > y),
    "at least": lambda x, y: float(x >= y),
    "maximum": max,
    "minimum": min,
}


# --- the student ----------------------------------------------------------------------------------


def value(expression, numbers):
    """What a formula gives over a student's numbers."""
    if isinstance(expression, Number):
        return float(expression.value)
    if isinstance(expression, (Name, Derivative)):
        return numbers[spelled(expression)]
    return FUNCTIONS[expression.operation](*(value(x, numbers) for x in expression.operands))


def spelled(key):
    if isinstance(key, Derivative):
        return f"d{key.root.text}/d{key.variable.text}"
    return key.text


@dataclass
class Line:
    """One line of a sheet: what it is for, its formula, and the section that it stands in."""

    name: str
    left: object
    formula: object
    section: str

    @property
    def key(self):
        """What its number is remembered under, and the sign that it has there."""
        if isinstance(self.left, Apply):
            return spelled(self.left.operands[0]), -1
        return spelled(self.left), 1


@dataclass
class Student:
    """What somebody has written, and how: `numbers` are what is gone on with."""

    style: str
    places: int
    random: random.Random
    numbers: dict[str, float] = field(default_factory=dict)

    def write(self, line, number):
        """The print of a number, which may be what is used from now on."""
        text = self.printed(number)
        keeps = self.style == "full" or (self.style == "mixed" and self.random.random() < 0.5)
        key, sign = line.key
        self.numbers[key] = sign * (number if keeps else float(text))
        return text

    def printed(self, number):
        rounding = ROUND_DOWN if self.style == "cut" else ROUND_HALF_EVEN
        unit = Decimal(1).scaleb(-self.places)
        return str(Decimal(f"{number:.12f}").quantize(unit, rounding))  # a pocket calculator


# --- slips ----------------------------------------------------------------------------------------


def terms(expression):
    """The places of the terms of a sum, each as the path of operands that leads to it."""
    if isinstance(expression, Apply) and expression.operation in ("add", "sub"):
        for index, operand in enumerate(expression.operands):
            for path in terms(operand):
                yield (index, *path)
    else:
        yield ()


def factors(expression):
    """The places of the factors of a product."""
    if isinstance(expression, Apply) and expression.operation == "mul":
        for index, operand in enumerate(expression.operands):
            for path in factors(operand):
                yield (index, *path)
    else:
        yield ()


def changed(expression, path, change):
    """An expression with what stands at a place changed."""
    if not path:
        return change(expression)
    first, *rest = path
    operands = list(expression.operands)
    operands[first] = changed(operands[first], rest, change)
    return Apply(expression.operation, tuple(operands))


ZERO, ONE = Number("0", Fraction(0), Fraction(1)), Number("1", Fraction(1), Fraction(1))


def without_a_term(formula, draw):
    places = list(terms(formula))
    return changed(formula, draw.choice(places), lambda x: ZERO) if len(places) > 1 else None


def with_a_sign_turned(formula, draw):
    places = list(terms(formula))
    if len(places) < 2:
        return None
    return changed(formula, draw.choice(places), lambda x: Apply("neg", (x,)))


def without_a_factor(formula, draw):
    places = list(factors(formula))
    return changed(formula, draw.choice(places), lambda x: ONE) if len(places) > 1 else None


def with_another_name(formula, draw):
    """A name of the same letter, or for a derivative another derivative, in the place of one."""
    keys = [key for key in keys_in(formula) if isinstance(key, Name)]
    if len({key.text[0] for key in keys}) == len(keys):
        return None
    first = draw.choice(keys)
    alike = [key for key in keys if key.text[0] == first.text[0] and key != first]
    return _replaced(formula, first, draw.choice(alike)) if alike else None


def _replaced(formula, old, new):
    if formula == old:
        return new
    if isinstance(formula, Apply):
        operands = tuple(_replaced(x, old, new) for x in formula.operands)
        return Apply(formula.operation, operands)
    return formula


def negated(formula, draw):
    return Apply("neg", (formula,))


def halved(formula, draw):
    return Apply("div", (formula, Number("2", Fraction(2), Fraction(1))))


def doubled(formula, draw):
    return Apply("mul", (Number("2", Fraction(2), Fraction(1)), formula))


@dataclass(frozen=True)
class Slip:
    """A way to go wrong, and the kinds by which it may be called."""

    make: Callable[..., Any]
    kinds: frozenset[Kind]


SLIPS = {
    "sign": Slip(negated, frozenset({Kind.SIGN})),
    "sign of a term": Slip(with_a_sign_turned, frozenset({Kind.SIGN_OF_TERM})),
    "term": Slip(without_a_term, frozenset({Kind.TERM, Kind.PATH})),
    "factor": Slip(without_a_factor, frozenset({Kind.FACTOR, Kind.MASK, Kind.CONSTANT})),
    "operand": Slip(
        with_another_name,
        frozenset({Kind.OPERAND, Kind.PRE_ACTIVATION, Kind.TRANSPOSED, Kind.LEFT, Kind.EPOCH}),
    ),
    "half": Slip(halved, frozenset({Kind.CONSTANT})),
    "twice": Slip(doubled, frozenset({Kind.CONSTANT})),
}


# --- sheets ---------------------------------------------------------------------------------------


@dataclass
class Network:
    """A random training step as the lines of a sheet."""

    header: list[str]
    given: dict[str, float]
    lines: list[Line]


def network(draw):
    notation = draw.choice(sorted(NOTATIONS))
    sizes = [draw.randint(1, 3) for _ in range(draw.randint(2, 4))]
    activations = [draw.choice(ACTIVATIONS) for _ in sizes[1:]]
    loss = draw.choice(sorted(LOSSES))
    if loss != "mse":
        sizes[-1] = 1
    if loss == "binary cross entropy":
        activations[-1] = "sigmoid"

    def number():
        return (draw.randint(-99, 99) or 50) / 100

    weights = [[[number() for _ in range(m)] for _ in range(n)] for m, n in pairwise(sizes)]
    biases = [[number() for _ in range(n)] for n in sizes[1:]]
    model = nn.MLP.from_weights(weights, biases, activations)
    targets = [abs(number()) for _ in range(sizes[-1])]
    worked = nn.worked(
        model,
        [number() for _ in range(sizes[0])],
        targets if len(targets) > 1 else targets[0],
        loss=LOSSES[loss],
        optimizer=nn.SGD(model.parameters(), draw.choice([0.05, 0.1, 0.5])),
        notation=notation,
    )
    header = [
        f"notation: {notation}",
        f"network: {'-'.join(map(str, sizes))} {' '.join(activations)}",
        f"loss: {loss}",
    ]
    given = {plain(braced(worked.label(x))): float(x.data) for x in worked.given}
    return Network(header, given, list(lines_of(worked, given)))


def braced(text):
    """Indices with a comma in braces, as the grammar wants them."""
    return re.sub(r"_(\d+(?:,\d+)+)", r"_{\1}", text)


def lines_of(worked, given):
    """The lines that a student works: those that are computed from others."""
    steps = [(title, step) for title, steps in worked.sections() for step in steps]
    steps = [(title, step) for title, step in steps if not isinstance(step, str)]
    declared = {*given, *(plain(braced(step.name)) for _, step in steps)}
    section = "forward"
    for title, step in steps:
        first = title.lower().split()[0]
        section = {"forward": "forward", "gradients": "backward", "update": "update"}.get(
            first, section
        )
        left, formula = (
            parsed(braced(text), declared.__contains__) for text in (step.name, step.formula)
        )
        yield Line(step.name, left, formula, section)


@dataclass
class Sheet:
    """What a student hands in: its text, and by line the slips, what follows, what is hidden."""

    text: str
    slips: dict[int, str] = field(default_factory=dict)
    follows: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def handed_in(network, draw, places, slips):
    """The sheet of a student who makes so many slips."""
    student = Student(draw.choice(STYLES), places, draw, dict(network.given))
    text = [*network.header, *(f"given {name} = {x:g}" for name, x in network.given.items())]
    chosen = set(draw.sample(range(len(network.lines)), slips))
    tainted, sheet, section = set(), Sheet(""), ""
    for index, line in enumerate(network.lines):
        if line.section != section:
            section = line.section
            text.append(section)
        right = student.printed(value(line.formula, student.numbers))
        kind, number = planted(line, student, draw) if index in chosen else ("", None)
        number = value(line.formula, student.numbers) if number is None else number
        follows = any(spelled(key) in tainted for key in keys_in(line.formula))
        printed = student.write(line, number)
        text.append(f"  {line.name} = {printed}")
        here, (name, _) = len(text), line.key
        tainted.discard(name)
        if kind and abs(Decimal(printed) - Decimal(right)) > Decimal(1).scaleb(-places):
            sheet.slips[here] = kind
        elif kind:
            sheet.hidden.add(here)
        if kind or follows:
            tainted.add(name)
        if follows:
            sheet.follows.add(here)
    sheet.text = "\n".join(text) + "\n"
    return sheet


def planted(line, student, draw):
    """A slip in a line: its kind, and the number that it gives."""
    for kind in draw.sample(sorted(SLIPS), len(SLIPS)):
        formula = SLIPS[kind].make(line.formula, draw)
        if formula is not None:
            return kind, value(formula, student.numbers)
    return "", None


# --- what the audit makes of them -----------------------------------------------------------------


def judged(sheet, table):
    """Count what was found of one sheet; the faults that must not be, as sentences."""
    report = check(sheet.text)
    assert not report.faults, (report.faults, sheet.text)
    for found in report.judged:
        line, verdict = found.claim.line, found.verdict
        if line in sheet.slips:
            table["slips", verdict.value] += 1
            if verdict is Verdict.SLIP:
                table[_named(found, sheet.slips[line]), sheet.slips[line]] += 1
        elif line in sheet.hidden:
            table["hidden", verdict.value] += 1
        elif line in sheet.follows:
            table["consequences", verdict.value] += 1
        else:
            table["right", verdict.value] += 1
            if not verdict.is_right:
                yield f"line {line}: {verdict.value}\n{sheet.text}"


def _named(found, planted):
    """Whether the planted slip is among those that it is said to look like."""
    kinds = {explanation.kind for explanation in found.explanations}
    right = {kind.value for kind in SLIPS[planted].kinds}
    return "named" if kinds & right else "named otherwise" if kinds else "not named"


def simulated(count, seed):
    """The table over many sheets, and the accusations of right lines in it."""
    table, accused = Counter(), []
    for number in range(count):
        draw = random.Random(f"{seed} {number}")
        places = 2 + number % 5
        lines = network(draw)
        try:
            sheet = handed_in(lines, draw, places, draw.choice([0, 1, 1, 2]))
        except (ArithmeticError, ValueError):  # the logarithm of a number that is rounded to 0
            table["not to be worked", ""] += 1
            continue
        accused += judged(sheet, table)
    return table, accused


def test_no_right_line_is_accused(full):
    table, accused = simulated(400 if full else 20, "students")
    assert not accused, accused[0]
    assert table["slips", "slip"] > 0.9 * sum(table["slips", verdict.value] for verdict in Verdict)
    ways = Counter()
    for (way, _), number in table.items():
        ways[way] += number
    assert ways["named"] > 0.8 * (ways["named"] + ways["named otherwise"] + ways["not named"])


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    found, false = simulated(count, "by hand")
    for (what, how), number in sorted(found.items()):
        print(f"{what:<20}{how:<34}{number:>8}")
    print(f"{len(false)} right lines accused", *false[:1], sep="\n")
