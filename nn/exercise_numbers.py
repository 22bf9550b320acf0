"""Numbers for an exercise: nice ones, for which no neuron and no gradient is a special case."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from autograd.graph import topological_order
from autograd.notes.meaning import Role
from autograd.notes.notation import Name
from autograd.operations import mean
from autograd.value import Value
from nn.exercise_wanted import (
    CROSS_ENTROPY,
    LOSSES,
    OF_TWO_CLASSES,
    SUMS,
    USUAL_PLACES,
    WITH_A_KINK,
    Wanted,
)
from nn.network import MLP
from nn.training_run import loss_of_one

LEAST_UNITS = 20  # of the last place: a gradient has digits to compare
FEWEST_UNITS = 10  # of a square, and of what comes through a leaky ReLU that is off
LEAST_ERROR = 0.2
LARGEST_GRADIENT = 3.0
LEAST_SHARE, MOST_SHARE = 0.05, 0.95  # of a softmax


class Obstacle(Enum):
    """Why numbers will not do, in the order in which it is asked, and what to ask for instead."""

    SUMS = "a weighted sum lies at a kink, or where its neuron is saturated"
    ERRORS = "an output is within 0.2 of its target"
    GRADIENTS = "a gradient is over 3, or has too few digits, or its square has"

    @property
    def remedy(self) -> str:
        """What to ask for instead."""
        return {
            Obstacle.SUMS: "fewer layers, samples or steps, or another activation",
            Obstacle.ERRORS: "fewer outputs or samples, or another activation",
            Obstacle.GRADIENTS: "more decimals, fewer samples or steps, or another activation",
        }[self]


class Drawn(NamedTuple):
    """The numbers of an exercise: a row of inputs and one of targets for each sample.

    `places` are the fewest decimals with which they will do.
    """

    weights: list[list[list[Decimal]]]
    biases: list[list[Decimal]]
    inputs: list[list[Decimal]]
    targets: list[list[Decimal]]
    places: int = USUAL_PLACES


def drawn(wanted: Wanted, source: random.Random) -> Drawn | Obstacle:
    """Numbers that will do, or why those that were drawn do not."""
    sizes = _sizes(wanted, source)
    weights = [
        [[next(sizes) for _ in range(before)] for _ in range(width)]
        for before, width in pairwise(wanted.sizes)
    ]
    biases = [[next(sizes) for _ in range(width)] for width in wanted.sizes[1:]]
    width = wanted.sizes[0]
    every = [_signed(n, source) / 10 for n in _different(width * wanted.samples, source)]
    inputs = [every[start : start + width] for start in range(0, len(every), width)]
    targets = [_targets(wanted, source) for _ in range(wanted.samples)]
    found = Drawn(weights, biases, inputs, targets)
    places = _places(wanted, found)
    return places if isinstance(places, Obstacle) else found._replace(places=places)


def _sizes(wanted: Wanted, source: random.Random) -> Iterator[Decimal]:
    """Numbers below 1, each of another size, with as few decimals as there are enough of."""
    tenths, hundredths = range(1, 10), [n for n in range(11, 100) if n % 10]
    numbers, whole = (tenths, 10) if wanted.parameters < len(tenths) + 1 else (hundredths, 100)
    for number in source.sample(numbers, wanted.parameters):
        yield _signed(number, source) / whole


def _different(count: int, source: random.Random) -> list[int]:
    """Inputs in tenths, away from 0 and from 1."""
    choices = [n for n in range(5, 20) if n != 10]
    return (
        source.sample(choices, count) if count <= len(choices) else source.choices(choices, k=count)
    )


def _targets(wanted: Wanted, source: random.Random) -> list[Decimal]:
    """What the outputs of a sample are to be: one of them 1 where they are classes."""
    outputs = range(wanted.sizes[-1])
    if wanted.loss == CROSS_ENTROPY:
        index = source.choice(outputs)
        return [Decimal(int(output == index)) for output in outputs]
    choices = (0, 10) if wanted.loss == OF_TWO_CLASSES else range(1, 10)
    return [(Decimal(source.choice(choices)) / 10).normalize() for _ in outputs]


def _signed(number: int, source: random.Random) -> Decimal:
    return Decimal(source.choice((1, -1)) * number)


# --- whether they will do -------------------------------------------------------------------------


def _places(wanted: Wanted, numbers: Drawn) -> int | Obstacle:
    """The fewest decimals with which no number of the steps, nor of what follows them, is a special
    case.
    """
    weights = [_floats(layer) for layer in numbers.weights]
    model = MLP.from_weights(weights, _floats(numbers.biases), wanted.activations)
    optimizer = wanted.descent.made(model.parameters(), float)
    inputs, targets = _floats(numbers.inputs), _floats(numbers.targets)
    fewest = wanted.places[0]
    for step in range(wanted.steps):
        outputs = [_listed(model(row)) for row in inputs]
        if not all(_sums_fit(wanted, output) for output in outputs):
            return Obstacle.SUMS
        if step == 0 and not all(map(_errors_fit, outputs, targets)):
            return Obstacle.ERRORS
        optimizer.zero_grad()
        loss = _cost(wanted, outputs, targets)
        loss.backward()
        fit = _gradients_fit(wanted, loss, model.parameters())
        places = next((each for each in wanted.places if each >= fewest and fit(each)), None)
        if places is None:
            return Obstacle.GRADIENTS
        fewest = places
        optimizer.step()
    fits = all(_sums_fit(wanted, _listed(model(row))) for row in inputs)
    return fewest if fits else Obstacle.SUMS


def _floats(rows: Iterable[Iterable[Decimal]]) -> list[list[float]]:
    return [list(map(float, row)) for row in rows]


def _listed(output: Value | Sequence[Value]) -> Sequence[Value]:
    return [output] if isinstance(output, Value) else output


def _cost(wanted: Wanted, outputs: list[Sequence[Value]], targets: list[list[float]]) -> Value:
    """The mean loss of the samples."""
    loss = LOSSES[wanted.loss](wanted.sizes[-1])
    pairs = zip(outputs, targets, strict=True)
    losses = [loss_of_one(loss, *((x, y) if len(y) > 1 else (x[0], y[0]))) for x, y in pairs]
    cost: Value = mean(losses)
    return cost


def _sums_fit(wanted: Wanted, output: Sequence[Value]) -> bool:
    """Whether no neuron is at a kink or saturated, and in a hidden layer of ReLUs one is off."""
    sums = [list[float]() for _ in wanted.activations]
    for node in topological_order(*output):
        if _role(node) is Role.PREACTIVATION:
            sums[_layer(node) - 1].append(node.data)
    return all(map(_fit, wanted.activations, sums, [True] * (len(sums) - 1) + [False])) and (
        wanted.loss != CROSS_ENTROPY or all(LEAST_SHARE <= a.data <= MOST_SHARE for a in output)
    )


def _fit(activation: str, sums: Sequence[float], is_hidden: bool) -> bool:
    least, most = SUMS[activation]
    off = is_hidden and len(sums) > 1 if activation in WITH_A_KINK else None
    is_off = off is None or sum(z < 0 for z in sums) == off
    return is_off and all(least <= abs(z) <= most for z in sums)


def _role(node: Value) -> Role | None:
    """What a node is in its network; None of what is no quantity of one."""
    return node.name.quantity.role if isinstance(node.name, Name) else None


def _layer(node: Value) -> int:
    return node.name.quantity.layer if isinstance(node.name, Name) else 0


def _errors_fit(output: Sequence[Value], targets: Sequence[float]) -> bool:
    pairs = zip(output, targets, strict=True)
    return all(abs(each.data - target) >= LEAST_ERROR for each, target in pairs)


def _gradients_fit(
    wanted: Wanted, cost: Value, parameters: Sequence[Value]
) -> Callable[[int], bool]:
    """Whether at so many decimals each gradient is 0 because a neuron is off, or has digits to
    compare; so has its square, where the optimizer takes it.
    """
    units = FEWEST_UNITS if "leaky_relu" in wanted.activations else LEAST_UNITS
    softmax = len(wanted.sizes) - 1 if wanted.loss == CROSS_ENTROPY else None
    named = [node for node in topological_order(cost) if _role(node) and _layer(node)]
    compared = [n for n in named if _role(n) is Role.PREACTIVATION or _layer(n) != softmax]
    inner = [abs(node.grad) for node in compared]
    outer = [abs(node.grad) for node in parameters]
    kept, may_be_off = wanted.descent.kept, "relu" in wanted.activations

    def fits(gradient: float, least: float) -> bool:
        return least <= gradient <= LARGEST_GRADIENT or (gradient == 0 and may_be_off)

    def fit(places: int) -> bool:
        unit = 10.0**-places
        squares = (FEWEST_UNITS * unit / kept) ** 0.5 if kept else 0.0
        return all(fits(each, units * unit) for each in inner) and all(
            fits(each, squares) for each in outer
        )

    return fit
