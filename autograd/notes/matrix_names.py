"""What the matrices of a network are called in a notation, and how they multiply there.

The letters are those of the patterns: w_{indices}^{layer} is W^1 of layer 1, and W^l of any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import Notation
from autograd.notes.patterns import BY_LAYER, Patterns

Layer = int | str  # a number, or "l", "l-1", "L" of any
UNIT = re.compile(r"[_,]?(\(\0\)|\[\0\]|\{\0\}|\0)")
LETTER = re.compile("(theta|[a-z])(?![a-z])")  # of one letter: net stays


class MatrixNames:
    """The names of the matrices of a network of these widths, and of the objective, `loss`: the
    `cost`, as its node is called, or the notation's letter. `over_samples` it is the mean of the
    losses that the gradients in Z and A are of. `updated` says what a layer's parameters are called
    after their updates.

    >>> from autograd.notes.profiles import NOTATIONS
    >>> names = MatrixNames(NOTATIONS["ng"], (2, 3, 1))
    >>> names.weights(1), names.biases(2), names.sums("l"), names.outputs(0), names.targets
    ('W^[1]', 'b^[2]', 'Z^[l]', 'X', 'Y')
    >>> names.of_sums(2), names.of_weights("l"), MatrixNames(Notation(), (2, 1)).of_sums("l")
    ('dZ^[2]', 'dW^[l]', 'delta^l')
    """

    def __init__(
        self,
        notation: Notation,
        sizes: tuple[int, ...],
        cost: str = "",
        over_samples: bool = False,
        updated: Callable[[str], str] = str,
    ) -> None:
        self._updated = updated
        self.notation, self.sizes = notation, sizes
        self.last = len(sizes) - 1
        self.loss = cost or notation.loss_name
        self._of_units = notation.loss_name if over_samples else self.loss

    @property
    def of_any_layer(self) -> bool:
        """Whether one name says all layers' matrices: no letters of their own."""
        return not any(isinstance(getattr(self.notation, name), tuple) for name in BY_LAYER)

    @property
    def targets(self) -> str:
        """The matrix of the targets."""
        return _capital(_bare(self.notation.target_pattern)) or "Y"

    @property
    def probabilities(self) -> str:
        """Those that a loss of logits is of, which no layer gives: P, unless that is the loss."""
        return "Prob" if self.loss == "P" else "P"

    @property
    def penalty(self) -> str:
        """What is added to the loss of the outputs, where it has no name: R, unless that is the
        loss.
        """
        return "Penalty" if self.loss == "R" else "R"

    def weights(self, layer: Layer) -> str:
        """W of a layer."""
        pattern = self._pattern(self.notation.weight_pattern, layer)
        name = _capital(self._of_layer(pattern, layer, self.notation.layer_of_source))
        return self._updated(name) if isinstance(layer, int) else name

    def biases(self, layer: Layer) -> str:
        """b of a layer."""
        if not isinstance(layer, int):
            notation = self.notation
            pattern = notation.shared_bias_pattern
            pattern = pattern or self._pattern(notation.bias_pattern, layer)
            return self._of_layer(pattern, layer, notation.layer_of_source)
        return self._updated(self.notation.shared_bias(layer, self.sizes))

    def sums(self, layer: Layer) -> str:
        """Z of a layer."""
        pattern = self._pattern(self.notation.preactivation_pattern, layer)
        return _capital(self._of_layer(pattern, layer))

    def outputs(self, layer: Layer) -> str:
        """A of a layer; of layer 0 the inputs."""
        notation = self.notation
        if layer == 0 and notation.input_pattern:
            return _capital(_bare(notation.input_pattern)) or "X"
        if layer in (self.last, "L") and notation.output_pattern:
            return _capital(_bare(notation.output_pattern))
        pattern = self._pattern(notation.activation_pattern, layer)
        return _capital(self._of_layer(pattern, layer))

    def of_weights(self, layer: Layer) -> str:
        """The gradient in W."""
        return self.notation.derivative(self.loss, self.weights(layer))

    def of_biases(self, layer: Layer) -> str:
        """The gradient in b."""
        return self.notation.derivative(self.loss, self.biases(layer))

    def of_sums(self, layer: Layer) -> str:
        """The gradient in Z: the error term, by its own name where it has one."""
        pattern = self.notation.delta_pattern
        if not pattern:
            return self.derivative(self.sums(layer))
        return self._of_layer(self._pattern(pattern, layer), layer)

    def of_outputs(self, layer: Layer, linear: bool = False) -> str:
        """The gradient in A; "" in a notation that leaves it out. Of a linear layer that in Z."""
        if linear:
            return self.of_sums(layer)
        pattern = self.notation.activation_gradient_pattern
        if pattern in ("", "d"):
            return self.derivative(self.outputs(layer)) if pattern else ""
        return self._of_layer(self._pattern(pattern, layer), layer)

    def derivative(self, name: str) -> str:
        """The gradient in a matrix of that name, in what the samples compute."""
        return self.notation.derivative(self._of_units, name)

    def _pattern(self, patterns: Patterns, layer: Layer) -> str:
        if isinstance(patterns, str):
            return patterns
        place = self.last - layer if isinstance(layer, int) else 0
        if place >= len(patterns):  # the notation's own words for it
            self.notation.text(Quantity(Role.PREACTIVATION, self.last - place, 0, None, self.sizes))
        return patterns[place]

    def _of_layer(self, pattern: str, layer: Layer, of_source: bool = False) -> str:
        """The letter with the layer's number, or with what stands for any."""
        bare = _bare(pattern)
        is_own = pattern in (self.notation.weight_pattern, self.notation.preactivation_pattern)
        if "{layer}" not in bare and (is_own or self.of_any_layer):
            bare += "^{layer}"
        if isinstance(layer, int):
            return bare.format(layer=layer + self.notation.first_layer - of_source)
        shown = {"l": "l-1", "L": "L-1"}.get(layer, layer) if of_source else layer
        bare = re.sub(r"(?<=[A-Za-z])\{", "_{", bare)
        if len(shown) > 1 and not re.search(r"[\[(]\{", bare):
            shown = f"({shown})"
        return bare.format(layer=shown)


def _bare(pattern: str) -> str:
    """A pattern without the neuron's indices."""
    marked = pattern.replace("{indices}", "\0").replace("{number}", "\0")
    return UNIT.sub("", marked)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:] if LETTER.match(name) else name


class Transposable(Protocol):
    """A matrix, or the written form of one."""

    @property
    def T(self: M) -> M: ...  # noqa: N802 - the transpose is written so


M = TypeVar("M", bound=Transposable)


def forward_factors(orientation: str, W: M, A: M) -> tuple[M, M]:
    """The two factors of a layer's product: W A, A W, or W^T A."""
    if orientation == "X W":
        return A, W
    return (W if orientation == "W a" else W.T), A


def weight_factors(orientation: str, dZ: M, A: M) -> tuple[M, M]:
    """Those of the gradient in W, which has W's shape: dZ A^T, A^T dZ, or A dZ^T."""
    if orientation == "W a":
        return dZ, A.T
    return (A.T, dZ) if orientation == "X W" else (A, dZ.T)


def input_factors(orientation: str, W: M, dZ: M) -> tuple[M, M]:
    """Those of the gradient in a layer's inputs: W^T dZ, dZ W^T, or W dZ."""
    if orientation == "X W":
        return dZ, W.T
    return (W.T if orientation == "W a" else W), dZ
