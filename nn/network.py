"""Multi-layer perceptrons: layers in a row, of weights that are drawn or given."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from autograd.entry import Operation
from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import NOTES, Notation
from autograd.notes.profiles import notation_of
from autograd.notes.tables import Table
from autograd.number_types import is_array, is_number, number_of
from autograd.value import Value
from autograd.writing import printable
from nn.activations import LINEAR
from nn.checks import listed, one_row, require_one_row
from nn.declared_type import as_number, of_type
from nn.layers import Layer
from nn.state import Module

SHARED = "shared"


class MLP(Module):
    """A multi-layer perceptron. `MLP(2, [16, 16, 1])` has ReLU hidden layers and a linear output,
    as in micrograd.

    Weights are drawn from `rng`: by He's rule before ReLUs (normal, variance 2/inputs; He et al.
    2015), else by Glorot's (uniform, variance 2/(inputs + outputs); Glorot and Bengio 2010). Biases
    are 0; `bias=False` makes a network without, `bias="shared"` one for each layer. Without `rng`
    the draw is random.Random(0)'s, the same in every run. `numbers` is the number type of
    parameters and inputs, None to take them as they come.

    >>> model = MLP(2, [3, 1], activations=["relu", "relu"], rng=random.Random(1))
    >>> len(model.parameters())
    13
    >>> MLP(2, [3, 1], bias=False)
    MLP(2-3-1, 9 parameters)
    """

    layers: list[Layer]
    notation: Notation

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activations: Sequence[str | Operation] | None = None,
        *,
        bias: bool | str = True,
        rng: random.Random | None = None,
        numbers: type | None = None,
        notation: Notation | str = NOTES,
    ) -> None:
        sizes, activations = listed(sizes), listed(activations)
        _require_counts(inputs, sizes)
        if inputs < 1 or not sizes or min(sizes) < 1:
            raise ValueError(
                "a network needs at least one input, layer and neuron: "
                f"got {inputs} inputs, layers {list(sizes)}"
            )
        if numbers is int:
            raise ValueError(
                "drawn weights are no ints: take numbers=Fraction, or ints of yours in "
                "MLP.from_weights"
            )
        chosen = _one_for_each(activations, len(sizes))
        rng = rng or random.Random(0)
        weights = [
            _drawn(rng, fan_in, fan_out, activation)
            for fan_in, fan_out, activation in zip(
                [inputs, *sizes[:-1]], sizes, chosen, strict=True
            )
        ]
        self._build(weights, _first_biases(bias, sizes), chosen, numbers, notation)

    @classmethod
    def from_weights(
        cls,
        weights: Sequence[Sequence[Sequence[Any]]],
        biases: Sequence[Any] | None,
        activations: Sequence[str | Operation],
        numbers: type | None = None,
        notation: Notation | str = NOTES,
    ) -> MLP:
        """A network of given weights: one matrix a layer, one row a neuron; one list of biases a
        layer.

        In the place of a layer's list, one number is a bias that its neurons share, and None says
        that they have none; None for all layers too. A weight or a bias that is a Value is used as
        it is. `numbers=Fraction` (or Decimal) reads floats by their shortest decimal form, so that
        0.2 is 1/5.

        >>> from fractions import Fraction
        >>> model = MLP.from_weights([[[0.2, -0.4]]], [[0.1]], ["relu"], numbers=Fraction)
        >>> model.parameters()[1]
        Value(Fraction(-2, 5), name='w_01^1')
        >>> weights = [[[0.15, 0.2], [0.25, 0.3]], [[0.4, 0.45], [0.5, 0.55]]]
        >>> one_each = MLP.from_weights(weights, [0.35, 0.6], ["sigmoid", "sigmoid"])
        >>> one_each.state_dict()["b^1"], len(one_each.parameters())
        (0.35, 10)
        """
        model = cls.__new__(cls)
        model._build(weights, biases, activations, numbers, notation)
        return model

    def _build(
        self,
        weights: Any,
        biases: Any,
        activations: Any,
        numbers: type | None,
        notation: Notation | str,
    ) -> None:
        weights, biases, activations = listed(weights), listed(biases), listed(activations)
        if biases is None or biases is False:
            biases = [None] * len(weights)
        if not hasattr(biases, "__len__"):
            raise TypeError(
                f"the biases are a list, one entry for each layer: give [{biases!r}] * "
                f"{len(weights)} for one bias a layer"
            )
        _require_list(activations, len(weights))
        if not len(weights) == len(biases) == len(activations) or not len(weights):
            raise ValueError(
                "one matrix of weights, one list of biases and one activation for each layer: "
                f"got {len(weights)}, {len(biases)} and {len(activations)}"
            )
        self.numbers, self.notation = numbers, notation_of(notation)
        self.layers, sizes = [], _widths(weights)
        for number, (matrix, bias, activation) in enumerate(
            zip(weights, biases, activations, strict=True), start=1
        ):
            given, of_layer = _in_type(matrix, numbers), _in_type(bias, numbers)
            layer = Layer(
                given, of_layer, activation, number=number, sizes=sizes, notation=notation
            )
            if self.layers and layer.inputs != len(self.layers[-1].neurons):
                raise ValueError(
                    f"layer {number} has {layer.inputs} weights a row, but layer {number - 1} has "
                    f"{len(self.layers[-1].neurons)} neurons"
                )
            self.layers.append(layer)
        self.input_names: list[str] = [
            self.notation.named(Quantity(Role.ACTIVATION, 0, index, None, sizes))
            for index in range(self.layers[0].inputs)
        ]

    # The result is Any, not a union: how many outputs there are is known only when it runs.
    def __call__(self, inputs: Iterable[Any], *more: Any) -> Any:
        """One forward pass: one Value for one output neuron, else a list of them.

        Numbers become leaves named a_0^0, a_1^0, ...; Values keep their own names.

        >>> MLP.from_weights([[[-0.3, 0.8]]], [[-0.2]], ["relu"])([1, 2])
        Value(1.1, name='a_0^1')
        >>> MLP.from_weights([[[-0.3, 0.8], [5, 7]]], None, ["linear"])([1, 2])
        [Value(1.3, name='z_0^1'), Value(19, name='z_1^1')]
        """
        outputs, numbers = self._row(inputs, more, "model"), self.numbers
        if len(outputs) != len(self.input_names):
            require_one_row(outputs, "model")
            raise self.layers[0]._wrong_length(outputs)
        try:
            for index, x in enumerate(outputs):
                if x.__class__ is not Value:
                    number = x if numbers is None else as_number(x, numbers)
                    outputs[index] = Value(number, self.input_names[index])
        except (TypeError, ValueError):
            require_one_row(outputs, "model")
            raise
        for layer in self.layers:
            outputs = layer._forward(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def _row(self, inputs: Iterable[Any], more: Sequence[Any], call: str) -> list[Any]:
        if more or isinstance(inputs, (Mapping, Set)):
            one_row(inputs, more, call)  # says what to write
        try:
            return list(inputs)
        except TypeError as error:
            raise TypeError(
                "the inputs of a network are a list, one number for each: "
                f"give [{inputs!r}], not {inputs!r}"
            ) from error

    def predict(self, inputs: Iterable[Any], *more: Any) -> Any:
        """The same on plain numbers, through the same rules; nothing is recorded.

        >>> MLP.from_weights([[[0.5, 0.7]]], [[0]], ["linear"]).predict([1, 2])
        1.9
        """
        outputs = []
        row = self._row(inputs, more, "model.predict")
        try:
            for x in row:
                if not is_number(number_of(x)):
                    raise TypeError(
                        f"the inputs of a network are numbers, not a {type(x).__name__}"
                    )
                outputs.append(as_number(number_of(x), self.numbers))
        except (TypeError, ValueError):
            require_one_row(row, "model.predict")
            raise
        for layer in self.layers:
            outputs = layer._predict(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def summary(self) -> Table:
        """`nn.summary` of this network, for those who look for it here.

        >>> MLP(2, [3, 1]).summary() == summary(MLP(2, [3, 1]))
        True
        """
        return summary(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """`nn.save` of this network, under its earlier name.

        >>> MLP(1, [1]).save("/no such folder/model.json")
        Traceback (most recent call last):
        FileNotFoundError: ...
        """
        from nn import save  # which is written for networks: it needs this file first

        save(self, path)

    def _places(self) -> Sequence[Value]:
        return [parameter for layer in self.layers for parameter in layer._places()]

    def __repr__(self) -> str:
        widths = [self.layers[0].inputs, *(len(layer.neurons) for layer in self.layers)]
        return f"MLP({'-'.join(map(str, widths))}, {len(self.parameters())} parameters)"


def summary(model: MLP) -> Table:
    """A table of the layers: shapes of weights, biases, activations, numbers of parameters. What is
    shared counts once.

    >>> print(summary(MLP(2, [3, 1])))
    layer      weights  biases  activation  parameters
        1        3 x 2       3        relu           9
        2        1 x 3       1      linear           4
    total                                           13
    """
    if not isinstance(model, MLP):
        raise TypeError(f"a summary is of a network, an nn.MLP, not of a {type(model).__name__}")
    rows = [["layer", "weights", "biases", "activation", "parameters"]]
    for layer in model.layers:
        biases = {neuron.bias for neuron in layer.neurons} - {None}
        shape, count = f"{len(layer.neurons)} x {layer.inputs}", len(layer.parameters())
        rows.append(
            [f"{layer.number}", shape, f"{len(biases)}", layer.activation_label, f"{count}"]
        )
    rows.append(["total", "", "", "", f"{len(model.parameters())}"])
    lines = (f"{row[0]:>5}  {row[1]:>11}  {row[2]:>6}  {row[3]:>10}  {row[4]:>10}" for row in rows)
    return Table("\n".join(lines), rows)


def _widths(weights: Sequence[Any]) -> tuple[int, ...]:
    """The inputs and the neurons of each layer; () where a layer will refuse its weights."""
    try:
        return (len(weights[0][0]), *map(len, weights))
    except (IndexError, KeyError, TypeError):
        return ()


def _in_type(given: Any, numbers: type | None) -> Any:
    """Numbers, in lists too, in the model's number type; Values as they are, if they are of it."""
    if is_array(given) and given.ndim == 0:
        given = given[()]
    if hasattr(given, "__len__") and not isinstance(given, str):
        return [_in_type(x, numbers) for x in given]
    if given.__class__ is not Value:
        return given if given is None or given is False else as_number(given, numbers)
    try:
        of_type(given.data, numbers)
    except TypeError as error:
        raise TypeError(
            f"{printable(given.name)}: {error}" if given.name else str(error)
        ) from error
    return given


def _one_for_each(
    activations: Sequence[str | Operation] | None, layers: int
) -> Sequence[str | Operation]:
    """The activations given, one for each layer; else ReLU, and a linear output."""
    if activations is None:
        return ["relu"] * (layers - 1) + [LINEAR]
    _require_list(activations, layers)
    if len(activations) != layers:
        raise ValueError(
            f"one activation for each layer: got {len(activations)} for {layers} layers"
        )
    return activations


def _require_list(activations: Sequence[str | Operation], layers: int) -> None:
    if isinstance(activations, str):
        raise TypeError(f"activations are a list, one for each layer: [{activations!r}] * {layers}")


def _require_counts(inputs: object, sizes: Any) -> None:
    counts = [inputs, *sizes] if hasattr(sizes, "__iter__") else []
    if not counts or not all(hasattr(count, "__index__") for count in counts):
        raise TypeError(
            "a network has a number of inputs and a list, the number of neurons in each layer, as "
            f"in MLP(2, [3, 1]): got MLP({inputs!r}, {sizes!r})"
        )


def _first_biases(bias: bool | str, sizes: Sequence[int]) -> list[Any]:
    """What each layer starts with: zeros, one zero, or none."""
    if bias is False:
        return [None for _ in sizes]
    if bias is True:
        return [[0.0] * size for size in sizes]
    if bias == SHARED:
        return [0.0 for _ in sizes]
    raise ValueError(f"bias is True, False, or 'shared' for one a layer: got {bias!r}")


def _drawn(
    rng: random.Random, inputs: int, outputs: int, activation: str | Operation
) -> list[list[float]]:
    if getattr(activation, "name", activation) in ("relu", "leaky_relu"):
        deviation = math.sqrt(2 / inputs)
        return [[rng.gauss(0, deviation) for _ in range(inputs)] for _ in range(outputs)]
    bound = math.sqrt(6 / (inputs + outputs))
    return [[rng.uniform(-bound, bound) for _ in range(inputs)] for _ in range(outputs)]
