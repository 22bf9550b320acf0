"""What a model's quantities are called in another notation than its own."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.notes.notation import Notation
from nn.network import MLP


class Names:
    """The names of a model's quantities in a notation; its own where none is given. What has a name
    of its own keeps it.
    """

    def __init__(self, model: MLP, notation: Notation | None) -> None:
        self.other: dict[str, str] = {}
        if notation is not None:
            before, after = _names(model, model.notation), _names(model, notation)
            self.other = dict(zip(before, after, strict=True))

    def __call__(self, name: str) -> str:
        return self.other.get(name, name)


def _names(model: MLP, notation: Notation) -> Iterator[str]:
    yield from (notation.activation(0, index) for index in range(model.layers[0].inputs))
    for number, layer in enumerate(model.layers, start=1):
        yield notation.shared_bias(number)
        for index, neuron in enumerate(layer.neurons):
            yield from (notation.weight(number, index, k) for k in range(len(neuron.weights)))
            yield notation.bias(number, index)
            yield notation.preactivation(number, index)
            yield notation.activation(number, index)
