"""Neurons and layers, computed as the notes do: z = w . a + b, then a = activation(z).

One neuron's z is one node, and so is its activation. Names are the notes': w_jk^l connects neuron k
of layer l-1 to neuron j of layer l; b_j^l is a neuron's bias, b^l one that a layer shares; or those
of another notation. They are made once, with the network; a model remembers nothing of a call.
`sizes` are the widths of the network, for notations that count through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.entry import Operation
from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import NOTES, Notation
from autograd.notes.profiles import notation_of
from autograd.number_types import kept, python_number
from autograd.operations import dot
from autograd.value import Value, record
from autograd.writing import printable
from nn.activations import LINEAR, SOFTMAX, activation_of_neuron, softmax
from nn.checks import is_row, listed, one_row
from nn.state import Module


class Neuron(Module):
    """One neuron: `weights` and `bias` are Values, `activation` is an entry of the rule table, or
    None for linear.

    A weight or a bias that is given as a Value is used as it is, and keeps its name; so the same
    one can stand in several places. `bias=False` makes a neuron without one (its `bias` is None).

    >>> neuron = Neuron([-0.3, 0.8], -0.2, "relu", index=1)
    >>> neuron
    Neuron(2 inputs, relu)
    >>> neuron.bias
    Value(-0.2, name='b_1^1')
    >>> Neuron([2, 3], bias=False)([10, 1])
    Value(23, name='z_0^1')
    """

    def __init__(
        self,
        weights: Sequence[Any],
        bias: Any,
        activation: str | Operation = LINEAR,
        *,
        layer: int = 1,
        index: int = 0,
        sizes: tuple[int, ...] = (),
        notation: Notation | str = NOTES,
    ) -> None:
        weights, named = listed(weights), notation_of(notation).named
        if not len(weights):
            raise ValueError("a neuron needs at least one weight")
        self.weights = tuple(
            _parameter(w, named(Quantity(Role.WEIGHT, layer, index, source, sizes)))
            for source, w in enumerate(weights)
        )
        self.bias: Value | None = None
        if bias is not None and bias is not False:
            self.bias = _parameter(bias, named(Quantity(Role.BIAS, layer, index, None, sizes)))
        self.activation = activation_of_neuron(activation)
        self.activation_label = self.activation.name if self.activation else LINEAR
        self.preactivation_name: str = named(
            Quantity(Role.PREACTIVATION, layer, index, None, sizes)
        )
        self.activation_name: str = named(Quantity(Role.ACTIVATION, layer, index, None, sizes))

    def __call__(self, inputs: Sequence[Any], *more: Any) -> Value:
        """One forward pass over as many inputs as weights, recorded.

        >>> Neuron([-0.6, 0.9, -0.3], 0.05, "relu")([0, 1, 2])
        Value(0.35000000000000003, name='a_0^1')
        """
        inputs = list(map(python_number, one_row(inputs, more, "neuron")))
        if len(inputs) != len(self.weights):
            raise self._wrong_length(inputs)
        bias = () if self.bias is None else (self.bias,)
        z = record(dot, (*self.weights, *inputs, *bias), self.preactivation_name)
        activation = self.activation
        return z if activation is None else record(activation, (z,), self.activation_name)

    def predict(self, inputs: Sequence[Any], *more: Any) -> Any:
        """The same on plain numbers, through the same rules; nothing is recorded.

        >>> Neuron([2, 3], -10, "relu").predict([1, 2])
        0
        """
        inputs = one_row(inputs, more, "neuron.predict")
        return self._predict(list(map(python_number, inputs)))

    def _predict(self, inputs: Sequence[Any]) -> Any:
        if len(inputs) != len(self.weights):
            raise self._wrong_length(inputs)
        bias = () if self.bias is None else (self.bias.data,)
        operands = (*(weight.data for weight in self.weights), *inputs, *bias)
        z = kept(dot.value(*operands), operands)
        return z if self.activation is None else self.activation.value(z)

    def _wrong_length(self, inputs: Sequence[Any]) -> ValueError:
        return ValueError(
            f"neuron {printable(self.activation_name)} expects {len(self.weights)} inputs, "
            f"got {len(inputs)}"
        )

    def _places(self) -> Sequence[Value]:
        return self.weights if self.bias is None else (*self.weights, self.bias)

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)} inputs, {self.activation_label})"


class Layer(Module):
    """Neurons that share their inputs. `number` is the layer's number in the network, for names and
    errors.

    `biases` are a list, one for each neuron; or one number or Value, which they all share; or None
    or False for a layer without.

    >>> Layer([[0.15, 0.2], [0.25, 0.3]], 0.35, "sigmoid").parameters()[2]
    Value(0.35, name='b^1')
    >>> len(Layer([[0.15, 0.2], [0.25, 0.3]], None).parameters())
    4
    """

    def __init__(
        self,
        weights: Sequence[Sequence[Any]],
        biases: Any,
        activation: str | Operation = LINEAR,
        *,
        number: int = 1,
        sizes: tuple[int, ...] = (),
        notation: Notation | str = NOTES,
    ) -> None:
        weights, biases = listed(weights), listed(biases)
        if not is_row(weights) or not all(map(is_row, weights)):
            raise TypeError(
                f"the weights of layer {number} are a list of rows, one for each neuron, as in "
                f"[[0.5, -1.0]] for one of two inputs: got {weights!r}"
            )
        of_layer = Quantity(Role.BIAS, number, None, None, sizes)
        each = _bias_of_each(biases, len(weights), of_layer, notation_of(notation))
        self.number = number
        self.inputs = len(weights[0])
        for index, row in enumerate(weights):
            if len(row) != self.inputs or not len(row):
                raise ValueError(
                    f"layer {number}, row {index}: expected {self.inputs or 'some'} weights, "
                    f"got {len(row)}"
                )
        self.softmax = activation == SOFTMAX
        of_neuron = LINEAR if self.softmax else activation
        self.neurons = [
            Neuron(row, bias, of_neuron, layer=number, index=index, sizes=sizes, notation=notation)
            for index, (row, bias) in enumerate(zip(weights, each, strict=True))
        ]
        self.activation_label = SOFTMAX if self.softmax else self.neurons[0].activation_label

    def __call__(self, inputs: Sequence[Any], *more: Any) -> list[Value]:
        """The activations of the layer's neurons, a list of Values.

        >>> Layer([[0.5, -0.5], [1, 1]], [0.5, 0], "relu")([1, 3])
        [Value(0.0, name='a_0^1'), Value(4, name='a_1^1')]
        """
        return self._forward(list(map(python_number, one_row(inputs, more, "layer"))))

    def _forward(self, inputs: Sequence[Any]) -> list[Value]:
        if len(inputs) != self.inputs:
            raise self._wrong_length(inputs)
        outputs = []
        for neuron in self.neurons:  # each called, written out: here a forward pass spends its time
            bias, activation = neuron.bias, neuron.activation
            if bias is None:
                operands = (*neuron.weights, *inputs)
            else:
                operands = (*neuron.weights, *inputs, bias)
            output = record(dot, operands, neuron.preactivation_name)
            if activation is not None:
                output = record(activation, (output,), neuron.activation_name)
            outputs.append(output)
        if self.softmax:
            outputs = softmax(outputs)
            for output, neuron in zip(outputs, self.neurons, strict=True):
                output.name = neuron.activation_name
        return outputs

    def predict(self, inputs: Sequence[Any], *more: Any) -> list[Any]:
        """The same on plain numbers; nothing is recorded.

        >>> Layer([[0.5, -0.5], [1, 1]], [0.5, 0], "relu").predict([1, 3])
        [0.0, 4]
        """
        inputs = one_row(inputs, more, "layer.predict")
        return self._predict(list(map(python_number, inputs)))

    def _predict(self, inputs: Sequence[Any]) -> list[Any]:
        if len(inputs) != self.inputs:
            raise self._wrong_length(inputs)
        outputs = [neuron._predict(inputs) for neuron in self.neurons]
        return softmax(outputs) if self.softmax else outputs

    @property
    def shared_bias(self) -> Value | None:
        """The bias that all of several neurons share; None where each has its own, or none has one.

        >>> Layer([[0.15, 0.2], [0.25, 0.3]], 0.35).shared_bias
        Value(0.35, name='b^1')
        """
        first = self.neurons[0].bias
        shared = len(self.neurons) > 1 and all(neuron.bias is first for neuron in self.neurons)
        return first if shared else None

    def _wrong_length(self, inputs: Sequence[Any]) -> ValueError:
        return ValueError(f"layer {self.number} expects {self.inputs} inputs, got {len(inputs)}")

    def _places(self) -> Sequence[Value]:
        return [parameter for neuron in self.neurons for parameter in neuron._places()]

    def __repr__(self) -> str:
        return f"Layer({self.inputs} -> {len(self.neurons)}, {self.activation_label})"


def _parameter(given: Any, name: str) -> Value:
    """A Value of that name; one that was given as it is, named only if it has no name yet."""
    if given.__class__ is not Value:
        return Value(given, name)
    value: Value = given
    value.name = value.name or name
    return value


def _bias_of_each(
    biases: Any, neurons: int, of_layer: Quantity, notation: Notation
) -> Sequence[Any]:
    """What was given for the biases of a layer, as one for each neuron; None for none."""
    if biases is None or biases is False:
        biases = [None] * neurons
    elif not hasattr(biases, "__len__"):
        biases = [_parameter(biases, notation.named(of_layer))] * neurons
    elif any(bias is None or bias is False for bias in biases):
        raise ValueError(
            f"layer {of_layer.layer} needs a bias for each neuron, or None in the place of the "
            "whole list"
        )
    if len(biases) != neurons or not neurons:
        raise ValueError(
            f"layer {of_layer.layer} needs one bias for each row of weights: {neurons} rows, "
            f"{len(biases)} biases"
        )
    return list(biases)
