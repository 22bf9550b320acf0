"""Random training steps as the lines that a student works, in the names of any notation.

The lines are those that `nn.worked` prints. Their formulas are read here by Python's own parser,
with an identifier for each name, and know nothing of the audit.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from random import Random
from types import CodeType

import nn
from autograd import NOTATIONS

ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear", "leaky_relu")
LOSSES = {
    "half squared error": nn.sum_half_squared_error,
    "mse": nn.mse,
    "binary cross entropy": nn.binary_cross_entropy,
    "cross entropy": nn.cross_entropy,
}
LAYERS, WIDTHS = (1, 2, 2, 2, 3, 3, 4), (1, 2, 2, 2, 3, 3, 4, 5, 6)
SMALLEST = [1, 2]  # that a softmax may have, however many samples and steps there are
MOST_WEIGHTS = 10  # over all samples, and as many again where there is one step of one sample
LAST = {"cross entropy": "softmax", "binary cross entropy": "sigmoid"}
RATES = (0.05, 0.1, 0.5)
MARKING = (
    "nielsen",
    "mazur",
    "fausett",
    "mit6034",
)  # w' is what is updated, and nothing is it again
TRANSLATED = (("^", "**"), ("'(", "_slope("))


FUNCTIONS = {
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "relu_slope": lambda x: float(x > 0),
    "leaky_relu_slope": lambda x: 1.0 if x > 0 else 0.01,
}


class Names:
    """Every name of a sheet, each with an identifier of Python's."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.identifiers = {text: f"n{place}_" for place, text in enumerate(dict.fromkeys(texts))}
        self.texts = {identifier: text for text, identifier in self.identifiers.items()}
        longest = sorted(self.identifiers, key=len, reverse=True)
        every = "|".join(map(re.escape, longest))
        self._codes: dict[ast.expr, tuple[CodeType, list[str]]] = {}
        self._pattern = re.compile(rf"(?<!\w)(?:{every})(?!\w)")

    def formula(self, text: str) -> ast.expr:
        """A line's formula as Python's tree."""
        text = self._pattern.sub(lambda match: self.identifiers[match[0]], text)
        for written, meant in TRANSLATED:
            text = text.replace(written, meant)
        return ast.parse(text, mode="eval").body

    def used(self, formula: ast.expr) -> list[str]:
        """The names that stand in a formula."""
        identifiers = {node.id for node in ast.walk(formula) if isinstance(node, ast.Name)}
        return [self.texts[each] for each in sorted(identifiers & self.texts.keys())]

    def value(self, formula: ast.expr, numbers: Mapping[str, float]) -> float:
        """What a formula gives over numbers."""
        if formula not in self._codes:
            tree = ast.fix_missing_locations(ast.Expression(formula))
            self._codes[formula] = compile(tree, "formula", "eval"), self.used(formula)
        code, used = self._codes[formula]
        known = {self.identifiers[name]: numbers[name] for name in used}
        return float(eval(code, {"__builtins__": {}}, FUNCTIONS | known))

    def text(self, formula: ast.expr, written: Callable[[str], str]) -> str:
        """A formula with each name as `written` has it, in brackets where that is negative."""

        def placed(match: re.Match[str]) -> str:
            text = written(self.texts[match[0]])
            is_first = not match.start() or match.string[match.start() - 1] == "("
            return f"({text})" if text.startswith("-") and not is_first else text

        text = ast.unparse(formula).replace("_slope(", "'(").replace("**", "^")
        return re.sub(r"n\d+_", placed, text)


@dataclass
class Line:
    """One line of a sheet: its left side, what that is called, its formula, its section.

    `sign` is -1 where the left side is the negative of what is called so: -dE/dw.
    """

    left: str
    name: str
    sign: int
    formula: ast.expr
    section: str
    is_later: bool  # after the first update


@dataclass
class Network:
    """A training step as the lines of a sheet; `given` is what it is worked from."""

    header: list[str]
    given: dict[str, float]
    fixed: frozenset[str]
    names: Names
    lines: list[Line]
    rate: str
    samples: int

    def with_numbers(self, draw: Random) -> Network:
        """The same lines over other numbers: weights, biases, inputs, targets that may be any."""
        given = {
            name: number if name in self.fixed else _number(draw)
            for name, number in self.given.items()
        }
        return replace(self, given=given | {self.rate: draw.choice(RATES)})


def network(draw: Random) -> Network:
    """A network of 1 to 4 layers, up to 6 wide, and what is to be worked of it."""
    loss = draw.choice(sorted(LOSSES))
    samples = draw.choice((1, 1, 1, 2, 3))
    has_momentum = draw.random() < 0.1
    sizes = _sizes(draw, loss, samples * (2 if has_momentum else 1))
    notation = _notation(draw, len(sizes) - 1, has_momentum)
    activations = [draw.choice(ACTIVATIONS) for _ in sizes[1:]]
    activations[-1] = LAST.get(loss, activations[-1])
    worked = _worked(draw, sizes, activations, loss, samples, has_momentum, notation)
    header = [
        f"notation: {notation}",
        f"network: {'-'.join(map(str, sizes))} {' '.join(activations)}",
        f"loss: {loss}" + ", mean over samples" * (samples > 1),
        *([f"samples: {samples}"] if samples > 1 else []),
        *(["optimizer: momentum, beta 0.9"] if has_momentum else []),
    ]
    given = {worked.label(each): float(each.data) for each in worked.given}
    rate = NOTATIONS[notation].rate_name
    shares = (name for name, number in given.items() if number in (0, 1))
    steps = [(title, step) for title, steps in worked.sections() for step in steps]
    steps = [(title, step) for title, step in steps if not isinstance(step, str)]
    names = Names([*given, *(step.name.removeprefix("-") for _, step in steps)])
    fixed = frozenset([rate, "beta", *(shares if loss in LAST else ())])
    return Network(header, given, fixed, names, list(_lines(steps, names)), rate, samples)


def _notation(draw, layers, has_momentum):
    """A notation that has letters for so many layers, and names for what is updated again."""
    left_out = {*(("fausett", "zhou") if layers > 3 else ()), *(MARKING if has_momentum else ())}
    return draw.choice(sorted(NOTATIONS.keys() - left_out))


def _worked(draw, sizes, activations, loss, samples, has_momentum, notation):
    """The network's training step, all of its numbers drawn."""
    weights = [[[_number(draw) for _ in range(m)] for _ in range(n)] for m, n in pairwise(sizes)]
    biases = [[_number(draw) for _ in range(n)] for n in sizes[1:]]
    model = nn.MLP.from_weights(weights, biases, activations)
    inputs = [[_number(draw) for _ in range(sizes[0])] for _ in range(samples)]
    targets = [_targets(draw, loss, sizes[-1]) for _ in range(samples)]
    return nn.worked(
        model,
        inputs if samples > 1 else inputs[0],
        targets if samples > 1 else targets[0],
        loss=LOSSES[loss],
        optimizer=nn.SGD(model.parameters(), 0.1, momentum=0.9 * has_momentum),
        steps=1 + has_momentum,
        notation=notation,
    )


def _sizes(draw, loss, times):
    """The widths, such that a sheet is no longer than one that somebody works."""
    while True:
        sizes = [draw.choice(WIDTHS) for _ in range(draw.choice(LAYERS) + 1)]
        if loss == "cross entropy":
            sizes[-1] = max(sizes[-1], 2)
        if loss == "binary cross entropy" or (times > 1 and loss != "cross entropy"):
            sizes[-1] = 1
        weights = sum(map(prod, pairwise(sizes))) * times
        if sizes == SMALLEST or weights <= MOST_WEIGHTS * (1 + (times == 1)):
            return sizes


def _number(draw):
    return (draw.randint(-99, 99) or 50) / 100


def _targets(draw, loss, width):
    if loss == "cross entropy":
        one = draw.randrange(width)
        return [int(place == one) for place in range(width)]
    targets = [abs(_number(draw)) for _ in range(width)]
    if loss == "binary cross entropy":
        targets = [draw.randint(0, 1)]
    return targets if width > 1 else targets[0]


def _lines(steps, names):
    """The lines that a student works: those that are computed from others."""
    section, is_later = "forward", False
    words = {"forward": "forward", "gradients": "backward", "update": "update"}
    for title, step in steps:
        section = words.get(re.match(r"\w+", title)[0].lower(), section)
        is_later = is_later or section == "update"
        name = step.name.removeprefix("-")
        sign = -1 if step.name.startswith("-") else 1
        formula = names.formula(step.formula)
        yield Line(braced(step.name), name, sign, formula, section, is_later)


def braced(text: str) -> str:
    """Indices with a comma in braces, as worksheets want them."""
    return re.sub(r"_(\d+(?:,\d+)+)", r"_{\1}", text)
