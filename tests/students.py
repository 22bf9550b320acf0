"""Students who work small networks by hand, in floats and rounding, with one slip planted.

A line is a sum of products over names, so that a slip is planted by a change of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

FUNCTIONS = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh}
FUNCTIONS["relu"] = lambda z: max(z, 0.0)
SLOPES = {"sigmoid": "{0}*(1 - {0})", "tanh": "1 - {0}^2", "relu": "({0} > 0)"}
SIGN, TERM_SIGN, TERM, FACTOR = (
    "sign of the result",
    "sign of a term",
    "term omitted",
    "factor omitted",
)
MASK, PRE_ACTIVATION, OPERAND, DIGIT = (
    "ReLU mask omitted",
    "pre-activation for activation",
    "wrong operand",
    "one digit",
)

Term = tuple[int, list[str]]  # a sign, and factors


class Line(NamedTuple):
    """What is written: a name, the terms that it is the sum of, and a function of that."""

    section: str
    name: str
    terms: list[Term]
    function: str = ""


class Worked(NamedTuple):
    """A worksheet, the line and the kind of its slip (0 and nothing where none shows)."""

    text: str
    line: int
    kind: str


def worked(rng: Random, places: int, keeps: bool, slips: bool = True) -> Worked:
    """A network worked to so many places, from rounded numbers or from those that it `keeps`."""
    given, definitions, lines = network(rng)
    planted = rng.randrange(len(lines)) if slips else -1
    numbers, new = dict(given), dict[str, float]()
    text = ["given " + "; ".join(f"{name} = {value}" for name, value in given.items())]
    text += definitions
    found, section = (0, ""), ""
    for index, line in enumerate(lines):
        if line.section != section:
            section = line.section
            text.append(section.strip())
            numbers |= new
        right = worth(line, numbers)
        number, kind = (right, "")
        if index == planted:
            kind, number = slipped(rng, line, numbers, places)
        printed = f"{number:.{places}f}"
        text.append(f"  {line.name} = {printed}")
        if kind and abs(float(printed) - right) > 1.5 * 10**-places:
            found = len(text), kind
        kept = number if keeps else float(printed)
        (new if section == "update" else numbers)[line.name] = kept
    return Worked("\n".join(text), *found)


def network(rng: Random) -> tuple[dict[str, float], list[str], list[Line]]:
    """Numbers, definitions and the lines of one step of gradient descent and what follows it."""
    widths = [2, *(2 for _ in range(rng.choice([0, 1, 1, 2]))), 1]
    functions = [rng.choice(sorted(FUNCTIONS)) for _ in widths[1:]]
    given = {f"a_{k}^0": round(rng.uniform(-2, 2), 1) or 1.0 for k in range(2)}
    given |= {"y": round(rng.uniform(-1, 1), 1), "alpha": rng.choice([0.1, 0.5])}
    forward, backward, update = list[Line](), list[Line](), list[Line]()
    last = len(widths) - 1
    for layer, function in enumerate(functions, start=1):
        for j in range(widths[layer]):
            weights = [f"w_{j}{k}^{layer}" for k in range(widths[layer - 1])]
            bias, z, a = (f"{letter}_{j}^{layer}" for letter in "bza")
            given |= {name: round(rng.uniform(-1, 1), 1) or 0.3 for name in [*weights, bias]}
            inputs = [f"a_{k}^{layer - 1}" for k in range(widths[layer - 1])]
            terms: list[Term] = [(1, [w, i]) for w, i in zip(weights, inputs, strict=True)]
            forward.append(Line("forward", z, [*terms, (1, [bias])]))
            forward.append(Line("forward", a, [(1, [z])], function))
            backward.append(Line("backward", f"dL/d{a}", _to_activation(widths, layer, j)))
            slope = SLOPES[function].format(z if function == "relu" else a)
            backward.append(Line("backward", f"dL/d{z}", [(1, [f"dL/d{a}", slope])]))
            pairs = [*zip(weights, inputs, strict=True), (bias, "")]
            for name, factor in pairs:
                factors = [f"dL/d{z}", *([factor] if factor else [])]
                backward.append(Line("backward", f"dL/d{name}", [(1, factors)]))
                step: Term = (-1, ["alpha", f"dL/d{name}"])
                update.append(Line("update", name, [(1, [name]), step]))
    backward.sort(key=lambda line: -int(line.name[-1]))
    loss = Line("forward", "L", [(1, [f"(a_0^{last} - y)^2", "0.5"])])
    again = [line._replace(section="forward ") for line in (*forward, loss)]
    definitions = [f"define {line.name} = {_expression(line)}" for line in (*forward, loss)]
    return given, definitions, [*forward, loss, *backward, *update, *again]


def _to_activation(widths: list[int], layer: int, j: int) -> list[Term]:
    """The derivative of the loss in an activation: over all that it leads to."""
    if layer == len(widths) - 1:
        return [(1, [f"a_{j}^{layer}"]), (-1, ["y"])]
    above = layer + 1
    return [(1, [f"w_{i}{j}^{above}", f"dL/dz_{i}^{above}"]) for i in range(widths[above])]


def _expression(line: Line) -> str:
    signs = {1: " + ", -1: " - "}
    text = "".join(signs[sign] + "*".join(factors) for sign, factors in line.terms)
    text = text.removeprefix(" + ")
    return f"{line.function}({text})" if line.function else text


def worth(line: Line, numbers: dict[str, float]) -> float:
    """What a line gives over numbers."""
    total = 0.0
    for sign, factors in line.terms:
        total += sign * math.prod(_factor(factor, numbers) for factor in factors)
    return FUNCTIONS[line.function](total) if line.function else total


def _factor(factor: str, numbers: dict[str, float]) -> float:
    """A name, a number, or one of this file's own formulas over a name or two."""
    if factor in numbers:
        return numbers[factor]
    names = sorted((name for name in numbers if name in factor), key=len, reverse=True)
    for place, name in enumerate(names):
        factor = factor.replace(name, f"n[{place}]")
    return float(eval(factor.replace("^", "**"), {"n": [numbers[name] for name in names]}))


def slipped(rng: Random, line: Line, numbers: dict[str, float], places: int) -> tuple[str, float]:
    """A kind of slip and what it gives."""
    right = worth(line, numbers)
    choices: dict[str, list[Callable[[], float]]] = {SIGN: [lambda: -right]}
    if places > 2:
        choices[DIGIT] = [lambda: _with_digit(f"{right:.{places}f}", rng.choice([2, 3, 5]))]
    for changed, kind in _changes(line, list(numbers)):
        choices.setdefault(kind, []).append(lambda changed=changed: worth(changed, numbers))
    kind = rng.choice(sorted(choices))
    return kind, rng.choice(choices[kind])()


def _with_digit(text: str, more: int) -> float:
    """A number with another digit after the point, which is not 0."""
    place = text.index(".") + 1
    digit = (int(text[place]) + more) % 10 or 1
    return float(f"{text[:place]}{digit}{text[place + 1 :]}")


def _changes(line: Line, names: list[str]) -> Iterator[tuple[Line, str]]:
    """Each change of a line's terms, with its kind."""
    for index, (sign, factors) in enumerate(line.terms):
        before, after = line.terms[:index], line.terms[index + 1 :]

        def with_term(term: Term, before=before, after=after) -> Line:
            return line._replace(terms=[*before, term, *after])

        if before or after:
            yield with_term((-sign, factors)), TERM_SIGN
            yield line._replace(terms=[*before, *after]), TERM
        for place, factor in enumerate(factors):
            rest = factors[:place] + factors[place + 1 :]
            if rest and factor != "0.5":
                yield with_term((sign, rest)), MASK if " > 0" in factor else FACTOR
            if factor.startswith("a_") and factor[-1] != "0":
                yield with_term((sign, [*rest, f"z{factor[1:]}"])), PRE_ACTIVATION
            others = [n for n in names if n[0] + n[-1] == factor[0] + factor[-1] and n != factor]
            if factor[0] in "wa" and others:
                yield with_term((sign, [*rest, others[0]])), OPERAND
