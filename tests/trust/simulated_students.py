"""Students who work a training step by hand, in floats, each in a way of their own.

They round each number and use it again, keep all digits, now so and now so, or cut off; some go on
with fewer places than they wrote, or write now more and now fewer. They show their lines or do not.
A slip is planted in one line, and what follows follows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from itertools import islice
from random import Random

from simulated_networks import Line, Network, braced
from simulated_slips import FORMULAS, NUMBERS, RATE, Place, kinds, of_another_rate

STYLES = ("rounded", "rounded", "full", "mixed", "cut")
UNUSUAL = ("shortened", "uneven")  # of those who make no slip
SHOWS = ("nothing", "numbers", "numbers", "letters and numbers")


@dataclass
class Sheet:
    """What a student hands in: its text, and by line the slips, what follows, what is hidden."""

    text: str = ""
    slips: dict[int, str] = field(default_factory=dict)
    hidden: dict[int, str] = field(default_factory=dict)
    follows: set[int] = field(default_factory=set)


@dataclass
class Pending:
    """A slip that is to be made: in the first line from a place on in which it can be.

    Another rate is used in all updates of one pass; `rate` is how many times the right one.
    """

    kind: str
    place: int
    rate: float = 0.0
    is_under_way: bool = False


class Student:
    """Somebody at work: `numbers` are what is gone on with, `printed` what stands on the paper.

    `truth` is what it all is without a slip and without rounding.
    """

    def __init__(self, network: Network, draw: Random, places: int) -> None:
        self.network, self.draw, self.places = network, draw, places
        self.style, self.shows = draw.choice(STYLES), draw.choice(SHOWS)
        self.numbers = dict(network.given)
        self.truth = dict(network.given)
        self.printed = {name: f"{number:g}" for name, number in network.given.items()}
        self.written: set[str] = set()
        self.old: dict[str, float] = {}
        self.activations: dict[str, tuple[str, str]] = {}
        self.tainted: set[str] = set()
        self.pending: list[Pending] = []
        self.sheet = Sheet()

    # --- numbers ----------------------------------------------------------------------------------

    def value(self, formula: ast.expr, numbers: dict[str, float]) -> float:
        """What a formula gives over numbers."""
        return self.network.names.value(formula, numbers)

    def text_of(self, number: float) -> str:
        """A number to the student's places, as a pocket calculator has it."""
        rounding = ROUND_DOWN if self.style == "cut" else ROUND_HALF_EVEN
        more = self.draw.choice((-1, 0, 0, 1)) if self.style == "uneven" and self.places > 2 else 0
        unit = Decimal(1).scaleb(-self.places - more)
        rounded = Decimal(f"{number:.12f}").quantize(unit, rounding)
        return str(rounded if rounded else abs(rounded))

    def _is_hidden(self, line: Line, text: str) -> bool:
        """Whether rounding may have led to a number: that of each operand, and its own."""
        number, unit = line.sign * float(text), 1.01 * unit_of(text)
        right = self.value(line.formula, self.numbers) * line.sign
        return (
            abs(number - right) <= self._leeway(line.formula) + unit
            or abs(number - self.truth[line.name]) <= unit
        )

    def _leeway(self, formula: ast.expr) -> float:
        """How far the rounding of the operands may lead."""
        printed = {name: float(text) for name, text in self.printed.items()}
        middle, total = self.value(formula, self.numbers), 0.0
        for name in self.network.names.used(formula):
            if name in self.written:
                half = 0.5 * unit_of(self.printed[name])
                each = [
                    self.value(formula, self.numbers | {name: printed[name] + off})
                    for off in (-half, half)
                ]
                total += max(abs(end - middle) for end in each)
        return total

    # --- lines ------------------------------------------------------------------------------------

    def work(self, slips: int) -> Sheet:
        """Work all lines, with so many slips where they can be made."""
        lines = self.network.lines
        if not slips and self.draw.random() < 0.5:
            self.style = self.draw.choice(UNUSUAL)
        for kind in islice(kinds(self.draw), slips):
            rate = self.draw.choice((0.1, 10, 2, 5)) if kind == RATE else 0.0
            self.pending.append(Pending(kind, self.draw.randrange(len(lines)), rate))
        head = [f"given {braced(name)} = {x:g}" for name, x in self.network.given.items()]
        text, section = [*self.network.header, *head], ""
        for place, line in enumerate(lines):
            if line.section != section:
                section = line.section
                text.append(section)
            text.append(f"  {self._worked(place, line, len(text) + 1)}")
        self.sheet.text = "\n".join(text) + "\n"
        return self.sheet

    def _worked(self, place: int, line: Line, number: int) -> str:
        """One line as it is handed in; what there is to know of it goes into the sheet."""
        if line.section == "update":
            before = line.name.removesuffix("'")
            self.old[line.name] = self.numbers.get(before, 0.0)
        self.truth[line.name] = line.sign * self.value(line.formula, self.truth)
        value = self.value(line.formula, self.numbers)
        kind, formula, text = self._slip(place, line, self.text_of(value))
        if kind:
            hides = self._is_hidden(line, text)
            (self.sheet.hidden if hides else self.sheet.slips)[number] = kind
            is_copied = kind in NUMBERS
            value = float(text) if is_copied else self.value(formula, self.numbers)
        follows = not self.tainted.isdisjoint(self.network.names.used(formula))
        if follows:
            self.sheet.follows.add(number)
        shown = self._shown(formula if self.draw.random() < 0.7 else line.formula)
        (self.tainted.add if kind or follows else self.tainted.discard)(line.name)
        self._write(line, value, text)
        return f"{line.left} = {shown}{text}"

    def _write(self, line: Line, value: float, text: str) -> None:
        keeps = self.style == "full" or (self.style == "mixed" and self.draw.random() < 0.5)
        if self.style == "shortened" and self.shows != "nothing":
            text = shortened(text)
        self.numbers[line.name] = line.sign * (value if keeps else float(text))
        self.printed[line.name] = str(line.sign * Decimal(text))
        self.written.add(line.name)
        formula = line.formula
        if isinstance(formula, ast.Call) and isinstance(formula.args[0], ast.Name):
            inner = self.network.names.texts[formula.args[0].id]
            self.activations[line.name] = (formula.func.id, inner)

    def _shown(self, formula: ast.expr) -> str:
        """The line before its result, in letters and in numbers."""
        names = self.network.names
        if self.shows == "nothing":
            return ""
        letters = names.text(formula, braced) + " = "
        numbers = names.text(formula, lambda name: self.printed[name]) + " = "
        return numbers if self.shows == "numbers" else letters + numbers

    # --- slips ------------------------------------------------------------------------------------

    def _slip(self, place: int, line: Line, right: str) -> tuple[str, ast.expr, str]:
        """The slip that is made in a line: its kind, its formula and what is printed."""
        at = Place(line, self.network, self.numbers, self.activations, self.old)
        for pending in self.pending:
            if pending.place > place:
                continue
            for formula, text in self._made(pending, at, right):
                if Decimal(text) != Decimal(right):
                    if not pending.rate:
                        self.pending.remove(pending)
                    return pending.kind, formula, text
        return "", line.formula, right

    def _made(self, pending: Pending, at: Place, right: str) -> Iterator[tuple[ast.expr, str]]:
        """What a slip makes of a line, each of its ways once, in any order."""
        if make := NUMBERS.get(pending.kind):
            text = make(right, self.draw)
            if text:
                yield at.line.formula, text
            return
        if pending.kind == RATE:
            ways = self._with_rate(pending, at)
        else:
            ways = list(FORMULAS[pending.kind](at))
        self.draw.shuffle(ways)
        for formula in ways:
            yield formula, self.text_of(self.value(formula, self.numbers))

    def _with_rate(self, pending: Pending, at: Place) -> list[ast.expr]:
        """A line with another rate, until the pass in which it was used first is over."""
        if at.line.section != "update":
            if pending.is_under_way:
                self.pending.remove(pending)
            return []
        formula = of_another_rate(at, pending.rate)
        pending.is_under_way = pending.is_under_way or formula is not None
        return [formula] if formula else []


def unit_of(text: str) -> float:
    """One in the last place of a number."""
    return 10.0 ** int(Decimal(text).as_tuple().exponent)


def shortened(text: str) -> str:
    """A number with one place less, if two digits are left."""
    number = Decimal(text)
    shorter = number.quantize(Decimal(1).scaleb(int(number.as_tuple().exponent) + 1))
    return str(shorter) if len(shorter.as_tuple().digits) >= 2 else text
