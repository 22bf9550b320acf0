"""Numbers for an exercise: nice ones, for which no neuron and no gradient is a special case."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from autograd.graph import topological_order
from autograd.value import Value
from autograd.writing import printable
from nn.losses import (
    Loss,
    binary_cross_entropy,
    half_squared_error,
    mse,
    squared_error,
    sum_half_squared_error,
    sum_squared_error,
)
from nn.network import MLP
from nn.optimizers import SGD

LOSSES: dict[str, Callable[[int], Loss]] = {  # as worksheets call them, for so many outputs
    "half squared error": lambda n: half_squared_error if n == 1 else sum_half_squared_error,
    "squared error": lambda n: squared_error if n == 1 else sum_squared_error,
    "mse": lambda n: mse,
    "binary cross entropy": lambda n: binary_cross_entropy,
}
# Where a weighted sum lies: neither at the kink nor where the activation is flat.
SUMS = {
    "relu": (0.1, 3.0),
    "sigmoid": (0.1, 2.0),
    "tanh": (0.1, 1.5),
    "linear": (0.1, 3.0),
}
FEWEST_PLACES, MOST_PLACES = 3, 8
MOST_PARAMETERS = 81  # each of another size
LEAST_UNITS = 20  # of the last place: a gradient has digits to compare
LEAST_ERROR = 0.2
LARGEST_GRADIENT = 3.0
RATE = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an exercise is to be about; a ValueError for what there is none of."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    rounding: int

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or not all(type(n) is int and n > 0 for n in self.sizes):
            raise ValueError(f"sizes are two widths or more, as [2, 2, 1]: got {self.sizes!r}")
        if len(self.activations) != len(self.sizes) - 1:
            raise ValueError(
                f"{len(self.sizes) - 1} activations are expected, one a layer after the inputs: "
                f"got {len(self.activations)}"
            )
        for activation in self.activations:
            _require_known("activation", activation, SUMS)
        _require_known("loss", self.loss, LOSSES)
        self._require_together()

    def _require_together(self) -> None:
        if self.loss == "binary cross entropy" and (
            self.sizes[-1] != 1 or self.activations[-1] != "sigmoid"
        ):
            raise ValueError("binary cross entropy is of one output, behind a sigmoid")
        if type(self.rounding) is not int or not FEWEST_PLACES <= self.rounding <= MOST_PLACES:
            raise ValueError(
                f"rounding is {FEWEST_PLACES} to {MOST_PLACES} decimals, with fewer slips hide: "
                f"got {self.rounding!r}"
            )
        if self.parameters > MOST_PARAMETERS:
            raise ValueError(
                f"an exercise has at most {MOST_PARAMETERS} weights and biases, each of another "
                f"size: {self.network} has {self.parameters}"
            )

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum((before + 1) * width for before, width in pairwise(self.sizes))

    @property
    def network(self) -> str:
        """As worksheets say it: 2-2-1 sigmoid sigmoid."""
        return " ".join(["-".join(map(str, self.sizes)), *self.activations])

    def __str__(self) -> str:
        return f"{self.network}, {self.loss}, at {self.rounding} decimals"


def _require_known(what: str, given: Any, known: Mapping[str, Any]) -> None:
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"no exercise has the {what} {printable(repr(given))}: {', '.join(known)}")


class Drawn(NamedTuple):
    """The numbers of an exercise."""

    weights: list[list[list[Decimal]]]
    biases: list[list[Decimal]]
    inputs: list[Decimal]
    targets: list[Decimal]
    rate: Decimal = RATE


def drawn(wanted: Wanted, source: random.Random) -> Drawn | None:
    """Numbers that will do; None where those that were drawn do not."""
    sizes = _sizes(wanted, source)
    weights = [
        [[next(sizes) for _ in range(before)] for _ in range(width)]
        for before, width in pairwise(wanted.sizes)
    ]
    biases = [[next(sizes) for _ in range(width)] for width in wanted.sizes[1:]]
    inputs = [_signed(Decimal(n) / 10, source) for n in _different(wanted.sizes[0], source)]
    choices = (0, 10) if wanted.loss == "binary cross entropy" else range(1, 10)
    targets = [Decimal(source.choice(choices)) / 10 for _ in range(wanted.sizes[-1])]
    found = Drawn(weights, biases, inputs, [t.normalize() for t in targets])
    return found if _will_do(wanted, found) else None


def _sizes(wanted: Wanted, source: random.Random) -> Iterator[Decimal]:
    """Numbers below 1, each of another size, with as few decimals as there are enough of."""
    tenths, hundredths = range(1, 10), [n for n in range(11, 100) if n % 10]
    numbers, whole = (tenths, 10) if wanted.parameters < len(tenths) + 1 else (hundredths, 100)
    for number in source.sample(numbers, wanted.parameters):
        yield _signed(Decimal(number) / whole, source)


def _different(width: int, source: random.Random) -> list[int]:
    """Inputs in tenths, away from 0 and from 1."""
    choices = [n for n in range(5, 20) if n != 10]
    return (
        source.sample(choices, width) if width <= len(choices) else source.choices(choices, k=width)
    )


def _signed(number: Decimal, source: random.Random) -> Decimal:
    return source.choice((1, -1)) * number


# --- whether they will do -------------------------------------------------------------------------


def _will_do(wanted: Wanted, numbers: Drawn) -> bool:
    """Whether no number of the step, nor of what follows it, is a special case."""
    weights = [[list(map(float, row)) for row in layer] for layer in numbers.weights]
    biases = [list(map(float, layer)) for layer in numbers.biases]
    model = MLP.from_weights(weights, biases, wanted.activations)
    optimizer = SGD(model.parameters(), float(numbers.rate))
    nodes = _computed(wanted, numbers, model)
    if not _sums_fit(wanted, nodes) or not _errors_fit(wanted, numbers, nodes):
        return False
    nodes["L"].backward()
    if not _gradients_fit(wanted, [*nodes.values(), *model.parameters()]):
        return False
    optimizer.step()
    return _sums_fit(wanted, _computed(wanted, numbers, model))


def _computed(wanted: Wanted, numbers: Drawn, model: MLP) -> dict[str, Value]:
    """The sums and activations of the network by their names, and the loss, L."""
    found = model(list(map(float, numbers.inputs)))
    targets = list(map(float, numbers.targets))
    loss = LOSSES[wanted.loss](len(targets))(found, targets if len(targets) > 1 else targets[0])
    named = {node.name: node for node in topological_order(loss) if node.name[:2] in ("z_", "a_")}
    return {**named, "L": loss}


def _sums_fit(wanted: Wanted, nodes: Mapping[str, Value]) -> bool:
    """Whether no neuron is at a kink or saturated, and in a hidden layer of ReLUs one is off."""
    last = len(wanted.activations)
    for layer, activation in enumerate(wanted.activations, start=1):
        least, most = SUMS[activation]
        width = wanted.sizes[layer]
        sums = [nodes[f"z_{neuron}^{layer}"].data for neuron in range(width)]
        if not all(least <= abs(z) <= most for z in sums):
            return False
        is_hidden = layer < last and width > 1
        if activation == "relu" and sum(z < 0 for z in sums) != is_hidden:
            return False
    return True


def _errors_fit(wanted: Wanted, numbers: Drawn, nodes: Mapping[str, Value]) -> bool:
    last = len(wanted.activations)
    letter = "z" if wanted.activations[-1] == "linear" else "a"
    outputs = [nodes[f"{letter}_{k}^{last}"].data for k in range(wanted.sizes[-1])]
    pairs = zip(outputs, numbers.targets, strict=True)
    return all(abs(output - float(target)) >= LEAST_ERROR for output, target in pairs)


def _gradients_fit(wanted: Wanted, nodes: list[Value]) -> bool:
    """Whether each gradient is 0 because a neuron is off, or has digits to compare."""
    least = LEAST_UNITS * 10.0**-wanted.rounding
    may_be_off = "relu" in wanted.activations
    sizes = [abs(node.grad) for node in nodes]
    return all(least <= g <= LARGEST_GRADIENT or (g == 0 and may_be_off) for g in sizes)
