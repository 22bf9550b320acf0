"""Neurons, layers and multi-layer perceptrons, computed as the notes do: z = w . a + b, then a =
activation(z).

One neuron's z is one node, and so is its activation. Names are the notes': w_jk^l connects neuron k
of layer l-1 to neuron j of layer l. They are made once, with the network; a model remembers nothing
of a call."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd.entry import Operation
from autograd.notes.notation import NOTES, Notation
from autograd.number_types import is_number, number_of
from autograd.operations import OPERATIONS, dot
from autograd.value import Value, record
from nn.losses import softmax

ACTIVATIONS = ("linear", "relu", "leaky_relu", "sigmoid", "tanh", "softplus")
SOFTMAX = "softmax"  # of a whole layer: its neurons are linear, and their pre-activations share one normaliser


def as_number(x: Any, numbers: type | None) -> Any:
    """`x` in the number type `numbers`; a float by its shortest decimal form, so that 0.2 is
    Fraction(1, 5).

    >>> from fractions import Fraction
    >>> as_number(0.2, Fraction), as_number(0.2, None)
    (Fraction(1, 5), 0.2)
    """
    if numbers is None or isinstance(x, numbers):
        return x
    try:  # through text, int refuses what it would cut off
        return numbers(str(x)) if isinstance(x, float) or numbers is int else numbers(x)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(
            f"{x!r} is not of numbers={numbers.__name__}: take numbers=Fraction, Decimal or float"
        ) from error


class Module:
    """What neurons, layers and networks share: their parameters."""

    if TYPE_CHECKING:  # put here by the package, from `nn.saving`, which knows networks and so cannot be imported here

        def state_dict(self) -> dict[str, Any]: ...
        def load_state_dict(self, mapping: Mapping[str, Any]) -> None: ...

    def parameters(self) -> list[Value]:
        """Weights and bias of each neuron, layer by layer."""
        raise AttributeError(f"{type(self).__name__} has no parameters")

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters with their names: ("w_00^1", Value(...)), ..."""
        return [(parameter.name, parameter) for parameter in self.parameters()]

    def zero_grad(self) -> None:
        """Set every gradient to None, not computed."""
        for parameter in self.parameters():
            parameter.grad = None


class Neuron(Module):
    """One neuron: `weights` and `bias` are Values, `activation` is an entry of the rule table, or
    None for linear.
    """

    def __init__(
        self,
        weights: Sequence[Any],
        bias: Any,
        activation: str | Operation = "linear",
        *,
        layer: int = 1,
        index: int = 0,
        notation: Notation = NOTES,
    ) -> None:
        if not weights:
            raise ValueError("a neuron needs at least one weight")
        self.weights = tuple(
            Value(w, notation.weight(layer, index, source)) for source, w in enumerate(weights)
        )
        self.bias = Value(bias, notation.bias(layer, index))
        self.activation = _activation(activation)
        self.activation_label = self.activation.name if self.activation else "linear"
        self.preactivation_name = notation.preactivation(layer, index)
        self.activation_name = notation.activation(layer, index)

    def __call__(self, inputs: Sequence[Any]) -> Value:
        """One forward pass over as many inputs as weights, recorded."""
        self._check(inputs)
        return self.recorded(inputs)

    def recorded(self, inputs: Sequence[Any]) -> Value:
        """The same for inputs of a length that the layer has checked."""
        z = record(dot, (*self.weights, *inputs, self.bias), self.preactivation_name)
        return z if self.activation is None else record(self.activation, (z,), self.activation_name)

    def predict(self, inputs: Sequence[Any]) -> Any:
        """The same on plain numbers, through the same rules; nothing is recorded."""
        self._check(inputs)
        z = dot.value(*(weight.data for weight in self.weights), *inputs, self.bias.data)
        return z if self.activation is None else self.activation.value(z)

    def _check(self, inputs: Sequence[Any]) -> None:
        if len(inputs) != len(self.weights):
            raise ValueError(
                f"neuron {self.activation_name} expects {len(self.weights)} inputs, got {len(inputs)}"
            )

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.weights, self.bias]

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)} inputs, {self.activation_label})"


class Layer(Module):
    """Neurons that share their inputs. `number` is the layer's number in the network, for names and
    errors.
    """

    def __init__(
        self,
        weights: Sequence[Sequence[Any]],
        biases: Sequence[Any],
        activation: str | Operation = "linear",
        *,
        number: int = 1,
        notation: Notation = NOTES,
    ) -> None:
        if len(weights) != len(biases) or not weights:
            raise ValueError(
                f"layer {number} needs one bias for each row of weights: {len(weights)} rows, {len(biases)} biases"
            )
        self.number = number
        self.inputs = len(weights[0])
        for index, row in enumerate(weights):
            if len(row) != self.inputs or not row:
                raise ValueError(
                    f"layer {number}, row {index}: expected {self.inputs or 'some'} weights, got {len(row)}"
                )
        self.softmax = activation == SOFTMAX
        of_neuron = "linear" if self.softmax else activation
        self.neurons = [
            Neuron(row, bias, of_neuron, layer=number, index=index, notation=notation)
            for index, (row, bias) in enumerate(zip(weights, biases, strict=True))
        ]
        self.activation_label = SOFTMAX if self.softmax else self.neurons[0].activation_label

    def __call__(self, inputs: Sequence[Any]) -> list[Value]:
        """The activations of the layer's neurons, a list of Values."""
        self._check(inputs)
        outputs = [neuron.recorded(inputs) for neuron in self.neurons]
        if self.softmax:
            outputs = softmax(outputs)
            for output, neuron in zip(outputs, self.neurons, strict=True):
                output.name = neuron.activation_name
        return outputs

    def predict(self, inputs: Sequence[Any]) -> list[Any]:
        """The same on plain numbers; nothing is recorded."""
        self._check(inputs)
        outputs = [neuron.predict(inputs) for neuron in self.neurons]
        return softmax(outputs) if self.softmax else outputs

    def _check(self, inputs: Sequence[Any]) -> None:
        if len(inputs) != self.inputs:
            raise ValueError(f"layer {self.number} expects {self.inputs} inputs, got {len(inputs)}")

    def parameters(self) -> list[Value]:
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer({self.inputs} -> {len(self.neurons)}, {self.activation_label})"


class MLP(Module):
    """A multi-layer perceptron. `MLP(2, [16, 16, 1])` has ReLU hidden layers and a linear output,
    as in micrograd.

    Weights are drawn from `rng`: by He's rule before ReLUs (normal, variance 2/inputs; He et al.
    2015), else by Glorot's (uniform, variance 2/(inputs + outputs); Glorot and Bengio 2010). Biases
    are 0. Without `rng` the draw is random.Random(0)'s, the same in every run. `numbers` is the
    number type of parameters and inputs, None to take them as they come.

    >>> model = MLP(2, [3, 1], activations=["relu", "relu"], rng=random.Random(1))
    >>> len(model.parameters())
    13
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activations: Sequence[str | Operation] | None = None,
        *,
        rng: random.Random | None = None,
        numbers: type | None = None,
        notation: Notation = NOTES,
    ) -> None:
        if inputs < 1 or not sizes or min(sizes) < 1:
            raise ValueError(
                f"a network needs at least one input, layer and neuron: got {inputs} inputs, layers {list(sizes)}"
            )
        if numbers is int:
            raise ValueError(
                "drawn weights are no ints: take numbers=Fraction, or ints of yours in MLP.from_weights"
            )
        rng = rng or random.Random(0)
        chosen = (
            activations if activations is not None else ["relu"] * (len(sizes) - 1) + ["linear"]
        )
        if isinstance(chosen, str):
            raise TypeError(
                f"activations are a list, one for each layer: [{chosen!r}] * {len(sizes)}"
            )
        if len(chosen) != len(sizes):
            raise ValueError(
                f"one activation for each layer: got {len(chosen)} for {len(sizes)} layers"
            )
        weights = [
            _drawn(rng, fan_in, fan_out, activation)
            for fan_in, fan_out, activation in zip(
                [inputs, *sizes[:-1]], sizes, chosen, strict=True
            )
        ]
        self._build(weights, [[0.0] * size for size in sizes], chosen, numbers, notation)

    @classmethod
    def from_weights(
        cls,
        weights: Sequence[Sequence[Sequence[Any]]],
        biases: Sequence[Sequence[Any]],
        activations: Sequence[str | Operation],
        numbers: type | None = None,
        notation: Notation = NOTES,
    ) -> MLP:
        """A network of given weights: one matrix a layer, one row a neuron; one list of biases a
        layer.

        `numbers=Fraction` (or Decimal) reads floats by their shortest decimal form, so that 0.2 is
        1/5.

        >>> from fractions import Fraction
        >>> model = MLP.from_weights([[[0.2, -0.4]]], [[0.1]], ["relu"], numbers=Fraction)
        >>> model.parameters()[1]
        Value(Fraction(-2, 5), name='w_01^1')
        """
        model = cls.__new__(cls)
        model._build(weights, biases, activations, numbers, notation)
        return model

    def _build(
        self, weights: Any, biases: Any, activations: Any, numbers: type | None, notation: Notation
    ) -> None:
        if not len(weights) == len(biases) == len(activations) or not weights:
            raise ValueError(
                "one matrix of weights, one list of biases and one activation for each layer: "
                f"got {len(weights)}, {len(biases)} and {len(activations)}"
            )
        self.numbers, self.notation = numbers, notation
        self.layers: list[Layer] = []
        for number, (matrix, row, activation) in enumerate(
            zip(weights, biases, activations, strict=True), start=1
        ):
            converted = [
                [as_number(w, numbers) for w in weights_of_one] for weights_of_one in matrix
            ]
            layer = Layer(
                converted,
                [as_number(b, numbers) for b in row],
                activation,
                number=number,
                notation=notation,
            )
            if self.layers and layer.inputs != len(self.layers[-1].neurons):
                expected = len(self.layers[-1].neurons)
                raise ValueError(
                    f"layer {number} has {layer.inputs} weights a row, but layer {number - 1} has {expected} neurons"
                )
            self.layers.append(layer)
        self.input_names = [notation.activation(0, index) for index in range(self.layers[0].inputs)]

    def __call__(self, inputs: Iterable[Any]) -> Any:
        """One forward pass: one Value for one output neuron, else a list of them.

        Numbers become leaves named a_0^0, a_1^0, ...; Values keep their own names.
        """
        given = self._row(inputs)
        self.layers[0]._check(given)
        outputs: Sequence[Value] = [
            x if x.__class__ is Value else Value(as_number(x, self.numbers), name)
            for x, name in zip(given, self.input_names, strict=True)
        ]
        for layer in self.layers:
            outputs = layer(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def _row(self, inputs: Iterable[Any]) -> list[Any]:
        try:
            return list(inputs)
        except TypeError as error:
            sentence = f"the inputs of a network are a list, one number for each: give [{inputs!r}], not {inputs!r}"
            raise TypeError(sentence) from error

    def predict(self, inputs: Iterable[Any]) -> Any:
        """The same on plain numbers, through the same rules; nothing is recorded.

        >>> MLP.from_weights([[[0.5, 0.7]]], [[0]], ["linear"]).predict([1, 2])
        1.9
        """
        outputs = [
            as_number(number_of(x), self.numbers)
            for x in self._row(inputs)
            if is_number(number_of(x))
        ]
        for layer in self.layers:
            outputs = layer.predict(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self) -> list[Value]:
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    if TYPE_CHECKING:  # as above

        def save(self, path: str | os.PathLike[str]) -> None: ...

    def summary(self) -> str:
        """A table of the layers: shapes of weights, activations, numbers of parameters.

        >>> print(MLP(2, [3, 1]).summary())
        layer      weights  biases  activation  parameters
            1        3 x 2       3        relu           9
            2        1 x 3       1      linear           4
        total                                           13
        """
        if not isinstance(self, MLP):  # as nn.summary(layer)
            raise TypeError(f"a summary is of a network, an nn.MLP, not of a {type(self).__name__}")
        rows = [
            f"{'layer':>5}  {'weights':>11}  {'biases':>6}  {'activation':>10}  {'parameters':>10}"
        ]
        for layer in self.layers:
            outputs = len(layer.neurons)
            activation = layer.activation_label
            shape, count = f"{outputs} x {layer.inputs}", len(layer.parameters())
            rows.append(
                f"{layer.number:>5}  {shape:>11}  {outputs:>6}  {activation:>10}  {count:>10}"
            )
        return "\n".join([*rows, f"total{len(self.parameters()):>45}"])

    def __repr__(self) -> str:
        sizes = "-".join(
            str(n) for n in [self.layers[0].inputs, *(len(layer.neurons) for layer in self.layers)]
        )
        return f"MLP({sizes}, {len(self.parameters())} parameters)"


def _activation(activation: str | Operation) -> Operation | None:
    if isinstance(activation, Operation):
        if activation.arity != 1:
            raise ValueError(f"an activation takes one operand, {activation.name} does not")
        return activation
    if activation not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ValueError(
            f"unknown activation {activation!r}: give one of {known}, softmax of a layer, or an operation"
        )
    return OPERATIONS.get(activation)


def _drawn(
    rng: random.Random, inputs: int, outputs: int, activation: str | Operation
) -> list[list[float]]:
    if getattr(activation, "name", activation) in ("relu", "leaky_relu"):
        deviation = math.sqrt(2 / inputs)
        return [[rng.gauss(0, deviation) for _ in range(inputs)] for _ in range(outputs)]
    bound = math.sqrt(6 / (inputs + outputs))
    return [[rng.uniform(-bound, bound) for _ in range(inputs)] for _ in range(outputs)]
