"""Random graphs over all operations of the rule table, as programs that any package can run.

A program is a list of steps over a tape of numbers, which begins with the inputs: each step applies
one operation to earlier numbers and constants, and appends the result. Nodes are shared, n-ary
operations take one to four operands, and the last step adds up all that was not used. Operands are
drawn until they lie well inside the operation's domain and away from its kinks (`safe` of
tests/samples.py), so that a derivative of any order exists and no package decides a side
differently."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from samples import SAMPLES

from autograd import OPERATIONS

LARGEST = 30.0


class Step(NamedTuple):
    """One operation; each operand is a place on the tape or a constant, an int or a float."""

    operation: str
    operands: tuple[tuple[str, Any], ...]


class Program(NamedTuple):
    """A function of several numbers, the point at which it is differentiated, and the direction."""

    steps: tuple[Step, ...]
    inputs: tuple[float, ...]
    direction: tuple[float, ...]

    def run(self, compute: Callable[..., Any], inputs: Sequence[Any]) -> Any:
        """The result with `compute(operation, *operands)` for each step."""
        tape = list(inputs)
        for name, operands in self.steps:
            tape.append(compute(name, *(tape[x] if kind == "tape" else x for kind, x in operands)))
        return tape[-1]


def engine(name: str, *operands: Any) -> Any:
    """`compute` by chalkgrad: numbers for numbers, Values for Values."""
    return OPERATIONS[name](*SAMPLES[name].arrange(*operands))


def random_program(seed: int, longest: int = 12, ints: bool = True) -> Program:
    """The program of that seed; constants are floats, half of them ints where those are wanted."""
    rng = random.Random(seed)
    tape = [rng.uniform(-2, 2) for _ in range(rng.randint(1, 4))]
    inputs, direction = tuple(tape), tuple(rng.uniform(-1, 1) for _ in tape)
    steps: list[Step] = []
    names = list(OPERATIONS)
    length = rng.randint(3, longest)
    while len(steps) < length:
        step = _step(rng.choice(names), tape, rng, ints)
        if step is not None:
            steps.append(step)
    used = {x for step in steps for kind, x in step.operands if kind == "tape"}
    rest = tuple(("tape", i) for i in range(len(tape)) if i not in used)
    return Program((*steps, Step("total", rest)), inputs, direction)


def _step(name: str, tape: list[float], rng: random.Random, ints: bool) -> Step | None:
    """A step of that operation, its result put on the tape; None if no operands were found."""
    for _ in range(20):
        count = OPERATIONS[name].arity or (
            rng.randint(2, 7) if name == "dot" else rng.randint(1, 4)
        )
        operands = [_operand(tape, rng, ints) for _ in range(count)]
        if name == "pow" and rng.random() < 0.5:
            operands[1] = ("constant", rng.randint(-2, 4))
        numbers = [tape[x] if kind == "tape" else x for kind, x in operands]
        if any(kind == "tape" for kind, _ in operands) and SAMPLES[name].safe(*numbers):
            result = engine(name, *numbers)
            if abs(result) < LARGEST:
                tape.append(float(result))
                return Step(name, tuple(operands))
    return None


def _operand(tape: list[float], rng: random.Random, ints: bool) -> tuple[str, Any]:
    """Rather a number of the tape, and rather a late one, so that graphs grow deep."""
    kind = rng.random()
    if ints and kind < 0.1:
        return "constant", rng.choice([-2, -1, 1, 2, 3])
    if kind < 0.2:
        return "constant", round(rng.choice([rng.uniform(0.1, 0.9), rng.uniform(-2, 2)]), 3)
    return "tape", max(rng.randrange(len(tape)), rng.randrange(len(tape)))


# --- rational functions, over mixed operands ------------------------------------------------------

RATIONAL = ("add", "sub", "mul", "div", "neg", "pow", "abs", "relu", "leaky_relu", "where")
RATIONAL += ("maximum", "minimum", "dot", "total", "mean", "half_squared_error", "squared_error")


def rational_program(seed: int, longest: int = 8) -> Program:
    """A program of rational operations over Fractions, with plain ints and Fractions beside them.

    Half of an n-ary operation's operands are plain. Ties and kinks are left out.
    """
    rng = random.Random(seed)
    tape: list[Any] = [_fraction(rng) for _ in range(rng.randint(1, 3))]
    inputs, direction = tuple(tape), tuple(_fraction(rng) for _ in tape)
    steps: list[Step] = []
    while len(steps) < longest:
        name = rng.choice(RATIONAL)
        count = OPERATIONS[name].arity or rng.randint(2, 5)
        operands = [_mixed_operand(tape, rng) for _ in range(count)]
        if name == "pow":
            operands[1] = ("constant", rng.randint(-2, 3))
        step = Step(name, tuple(operands))
        numbers = [tape[x] if kind == "tape" else x for kind, x in operands]
        if any(kind == "tape" for kind, _ in operands) and _off_kinks(name, numbers):
            result = engine(name, *numbers)
            if result.denominator < 10**12 and abs(result) < 10**6:
                tape.append(result)
                steps.append(step)
    return Program(
        (*steps, Step("total", tuple(("tape", i) for i in range(len(tape))))), inputs, direction
    )


def _fraction(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(1, 9) * rng.choice([-1, 1]), rng.randint(1, 6))


def _mixed_operand(tape: list[Any], rng: random.Random) -> tuple[str, Any]:
    if rng.random() < 0.5:
        return "tape", rng.randrange(len(tape))
    return "constant", rng.choice([rng.randint(-3, 3), _fraction(rng)])


def _off_kinks(name: str, x: list[Any]) -> bool:
    if name in ("div", "pow"):
        return x[name == "div"] != 0
    if name in ("maximum", "minimum"):
        return x[0] != x[1]
    return name not in ("abs", "relu", "leaky_relu", "where") or x[0] != 0
