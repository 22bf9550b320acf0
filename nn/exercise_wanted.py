"""What an exercise is to be about: a network, a loss, an optimizer, how many samples and steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from autograd.spelling import meant
from autograd.value import Value
from autograd.writing import printable
from nn.losses import (
    Loss,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    mse,
    squared_error,
    sum_half_squared_error,
    sum_squared_error,
)
from nn.optimizer import Optimizer
from nn.optimizers import SGD, AdaGrad, Adam, RMSProp

CROSS_ENTROPY, OF_TWO_CLASSES = "cross entropy", "binary cross entropy"
LOSSES: dict[str, Callable[[int], Loss]] = {  # as worksheets call them, for so many outputs
    "half squared error": lambda n: half_squared_error if n == 1 else sum_half_squared_error,
    "squared error": lambda n: squared_error if n == 1 else sum_squared_error,
    "mse": lambda n: mse,
    OF_TWO_CLASSES: lambda n: binary_cross_entropy,
    CROSS_ENTROPY: lambda n: cross_entropy,
}
# Where a weighted sum lies: neither at the kink nor where the activation is flat.
SUMS = {
    "relu": (0.1, 3.0),
    "leaky_relu": (0.1, 3.0),
    "sigmoid": (0.1, 2.0),
    "tanh": (0.1, 1.5),
    "linear": (0.1, 3.0),
    "softmax": (0.1, 2.0),
}
WITH_A_KINK = ("relu", "leaky_relu")
FEWEST_PLACES, USUAL_PLACES, MOST_PLACES = 3, 4, 8
MOST_PARAMETERS = 81  # each of another size
MOST_SAMPLES, MOST_STEPS = 4, 3


class Descent(NamedTuple):
    """An optimizer with its numbers; `kept` is how much of a gradient's square it goes on with."""

    kind: Callable[..., Optimizer]
    numbers: Mapping[str, Any]
    kept: float = 0.0

    def made(self, parameters: Iterable[Value], number: type) -> Optimizer:
        """The optimizer of these parameters, its numbers of a type."""

        def of_type(x: Any) -> Any:
            if isinstance(x, tuple):
                return tuple(map(of_type, x))
            return x if isinstance(x, bool) else number(x)

        return self.kind(parameters, **{name: of_type(x) for name, x in self.numbers.items()})


HALF, TENTH, MOST, TINY = Decimal("0.5"), Decimal("0.1"), Decimal("0.9"), Decimal("1e-8")
DESCENT = "gradient descent"
OPTIMIZERS = {
    DESCENT: Descent(SGD, {"learning_rate": HALF}),
    "momentum": Descent(SGD, {"learning_rate": TENTH, "momentum": MOST}),
    "nesterov": Descent(SGD, {"learning_rate": TENTH, "momentum": MOST, "nesterov": True}),
    "adagrad": Descent(AdaGrad, {"learning_rate": TENTH, "epsilon": TINY}, 1.0),
    "rmsprop": Descent(RMSProp, {"learning_rate": TENTH, "smoothing": HALF, "epsilon": TINY}, 0.5),
    "adam": Descent(Adam, {"learning_rate": TENTH, "betas": (MOST, HALF), "epsilon": TINY}, 0.5),
}
ALIKE = {  # other names that people have
    **dict.fromkeys(("sgd", "gd", "stochastic gradient descent", "none"), DESCENT),
    **dict.fromkeys(("nesterov momentum", "nag"), "nesterov"),
    "mean squared error": "mse",
    "log loss": OF_TWO_CLASSES,
    "bce": OF_TWO_CLASSES,
    "categorical cross entropy": CROSS_ENTROPY,
    "identity": "linear",
    "logistic": "sigmoid",
}


def known(name: str, names: Mapping[str, Any]) -> str:
    """The name that is meant, which may be spelt otherwise; itself where none is.

    >>> known("Half_Squared-Error", LOSSES), known("SGD", OPTIMIZERS), known("ReLU", SUMS)
    ('half squared error', 'gradient descent', 'relu')
    """
    if not isinstance(name, str):
        return name
    found = meant(name, [*names, *(alike for alike, each in ALIKE.items() if each in names)])
    return found if found in names else ALIKE.get(found, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an exercise is to be about; a ValueError for what there is none of.

    Without a `rounding` it has as few decimals as will do, from four.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    rounding: int | None
    samples: int = 1
    optimizer: str = DESCENT
    steps: int = 1

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
        _require_known("optimizer", self.optimizer, OPTIMIZERS)
        self._require_counts()
        self._require_together()

    def _require_counts(self) -> None:
        if self.rounding is not None and (
            type(self.rounding) is not int or not FEWEST_PLACES <= self.rounding <= MOST_PLACES
        ):
            raise ValueError(
                f"rounding is {FEWEST_PLACES} to {MOST_PLACES} decimals, with fewer slips hide: "
                f"got {self.rounding!r}"
            )
        if self.parameters > MOST_PARAMETERS:
            raise ValueError(
                f"an exercise has at most {MOST_PARAMETERS} weights and biases, each of another "
                f"size: {self.network} has {self.parameters}"
            )
        for what, number, most in (
            ("samples", self.samples, MOST_SAMPLES),
            ("steps", self.steps, MOST_STEPS),
        ):
            if type(number) is not int or not 1 <= number <= most:
                raise ValueError(f"{what} are 1 to {most}: got {number!r}")

    def _require_together(self) -> None:
        *inner, last = self.activations
        if self.loss == OF_TWO_CLASSES and (self.sizes[-1] != 1 or last != "sigmoid"):
            raise ValueError(f"{OF_TWO_CLASSES} is of one output, behind a sigmoid")
        if last != "softmax" and self.loss == CROSS_ENTROPY:
            binary = f"behind one sigmoid it is {OF_TWO_CLASSES}"
            raise ValueError(
                f"{CROSS_ENTROPY} is the loss of a softmax in the last layer; {binary}"
            )
        if "softmax" in inner or (last == "softmax" and self.loss != CROSS_ENTROPY):
            raise ValueError(f"softmax is of the last layer, and its loss {CROSS_ENTROPY}")
        if last == "softmax" and self.sizes[-1] == 1:
            raise ValueError("softmax is of two outputs or more")

    @property
    def places(self) -> Sequence[int]:
        """The decimals that it may have, the fewest first."""
        if self.rounding is None:
            return range(USUAL_PLACES, MOST_PLACES + 1)
        return (self.rounding,)

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum((before + 1) * width for before, width in pairwise(self.sizes))

    @property
    def network(self) -> str:
        """As worksheets say it: 2-2-1 sigmoid sigmoid."""
        return " ".join(["-".join(map(str, self.sizes)), *self.activations])

    @property
    def loss_of_samples(self) -> str:
        """As worksheets say it: the mean over the samples."""
        return self.loss + ", mean over samples" * (self.samples > 1)

    @property
    def descent(self) -> Descent:
        """Its optimizer."""
        return OPTIMIZERS[self.optimizer]

    def __str__(self) -> str:
        several = [f"{self.samples} samples"] * (self.samples > 1)
        several += [self.optimizer] * (self.optimizer != DESCENT)
        several += [f"{self.steps} steps"] * (self.steps > 1)
        return ", ".join([self.network, self.loss, *several, f"at {self.places[-1]} decimals"])


def _require_known(what: str, given: Any, known: Mapping[str, Any]) -> None:
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"no exercise has the {what} {printable(repr(given))}: {', '.join(known)}")
