"""Models in files: JSON that holds every number exactly, is written as a whole or not at all, and
runs no code.

`number_codec` says how a number is written. A NumPy scalar is saved as, and comes back as, the
Python number that equals it. In a model that declares a number type all numbers are of that type;
an int is converted where that is exact, what else is of another type is refused.

A file of version 1 has, for each layer, its rows of weights and its biases, and six fields of the
notation. Version 2, written only where a model needs it, has null in the place of the biases of a
layer without; where a parameter stands in several places, or has a name of its own, "parameter
NAME" in each of them and its number once, under "named"; and what else differs in the notation from
the notes'.

>>> import nn, tempfile, pathlib
>>> from fractions import Fraction
>>> model = nn.MLP.from_weights([[[0.2, -0.4]]], [[0.1]], ["relu"], numbers=Fraction)
>>> with tempfile.TemporaryDirectory() as folder:
...     save(model, pathlib.Path(folder, "model.json"))
...     load(pathlib.Path(folder, "model.json")).parameters()[:2]
[Value(Fraction(1, 5), name='w_00^1'), Value(Fraction(-2, 5), name='w_01^1')]
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.files import write_atomically
from autograd.notes.notation import Notation
from autograd.number_types import is_finite
from autograd.operations import OPERATIONS
from autograd.value import Value
from autograd.writing import printable
from nn.activations import LINEAR
from nn.declared_type import of_type
from nn.layers import Layer
from nn.model_reading import FIRST_FIELDS, FORMAT, MOST_BYTES, REFERENCE, decoded_model
from nn.network import MLP
from nn.number_codec import NUMBERS, encoded_number

__all__ = ["load", "save"]


def save(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write `model` to a JSON file: parameters, activations, number type and notation.

    A file that was there is replaced only once the new one is complete, and was read back as it was
    meant.

    >>> import nn
    >>> save(nn.MLP(2, [3, 1]), "model.json")  # doctest: +SKIP
    """
    if not isinstance(model, MLP):
        raise TypeError(
            f"save takes a model and a path, nn.save(model, 'model.json'), not a "
            f"{type(model).__name__}"
        )
    text = encoded_model(model)
    try:
        again = decoded_model(text)
    except ValueError as error:
        raise ValueError(f"this model cannot be saved: {error}") from error
    assert encoded_model(again) == text
    write_atomically(path, text.encode())


def load(path: str | os.PathLike[str]) -> MLP:
    """The model that `save` wrote; a ValueError that names file and reason if the file is damaged
    or something else.

    >>> load("model.json").predict([1, 2])  # doctest: +SKIP
    Fraction(47, 100)
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    try:
        return decoded_model(content)
    except ValueError as error:
        raise ValueError(f"{printable(os.fsdecode(path))}: {error}") from error


def encoded_model(model: MLP) -> str:
    """The text of a model's file."""
    _check_types(model)
    named = _named(model)
    names = {id(parameter): name for name, parameter in named.items()}

    def place(parameter: Value) -> Any:
        if id(parameter) in names:
            return REFERENCE + names[id(parameter)]
        return _encoded_parameter(parameter, model.numbers)

    without = any(neuron.bias is None for layer in model.layers for neuron in layer.neurons)
    notation = _encoded_notation(model.notation)
    whole: dict[str, Any] = {
        "format": FORMAT,
        "version": 2 if named or without or not _is_first(notation) else 1,
        "numbers": model.numbers and model.numbers.__name__,
        "not_finite": any(not is_finite(p.data) for p in model.parameters()),
        "notation": notation,
    }
    if whole["version"] == 2:
        whole["named"] = {
            name: _encoded_parameter(parameter, model.numbers) for name, parameter in named.items()
        }
    whole["layers"] = [_encoded_layer(layer, place) for layer in model.layers]
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def _encoded_notation(notation: Notation) -> dict[str, Any]:
    """The fields that version 1 has, and what else differs from the notes' notation."""
    default = dataclasses.asdict(Notation())
    return {
        name: given
        for name, given in dataclasses.asdict(notation).items()
        if name in FIRST_FIELDS or given != default[name]
    }


def _is_first(notation: dict[str, Any]) -> bool:
    """Whether version 1 can hold it: its own fields, one pattern each."""
    return set(notation) == FIRST_FIELDS and tuple not in map(type, notation.values())


def _check_types(model: MLP) -> None:
    """A TypeError for a number type or a notation that a file cannot say."""
    if model.numbers is not None and model.numbers not in NUMBERS.values():
        raise TypeError(
            f"models of {', '.join(NUMBERS)} are saved, not of {model.numbers.__name__}"
        )
    if type(model.notation) is not Notation:
        raise TypeError(
            f"a Notation is saved, not a {type(model.notation).__name__} with rules of its own"
        )


def _named(model: MLP) -> dict[str, Value]:
    """The parameters that stand in several places, or are not named after their place."""
    uses = Counter(map(id, model._places()))
    found: dict[str, Value] = {}
    seen: set[int] = set()
    sizes = (model.layers[0].inputs, *(len(layer.neurons) for layer in model.layers))
    for number, layer in enumerate(model.layers, start=1):
        for index, neuron in enumerate(layer.neurons):
            of_places = [
                *(model.notation.weight(number, index, k, sizes) for k in range(layer.inputs)),
                model.notation.bias(number, index, sizes),
            ]
            for parameter, of_place in zip(neuron._places(), of_places, strict=False):
                name = parameter.name or of_place
                alone = uses[id(parameter)] == 1 and name == of_place
                if alone or id(parameter) in seen:
                    continue
                seen.add(id(parameter))
                if name in found:
                    raise ValueError(
                        f"the name {name!r} stands for several parameters: give each its own"
                    )
                found[name] = parameter
    return found


def _encoded_layer(layer: Layer, place: Callable[[Value], Any]) -> dict[str, Any]:
    label = layer.activation_label
    of_neuron = LINEAR if layer.softmax else label
    for neuron in layer.neurons:
        known = OPERATIONS.get(of_neuron) is neuron.activation
        if neuron.activation_label != of_neuron or not known:
            raise ValueError(
                f"the activation of {printable(neuron.activation_name)} is not saved: "
                f"{neuron.activation_label} is not an operation of the rule table, or not that of "
                "its whole layer"
            )
    biases = [neuron.bias for neuron in layer.neurons if neuron.bias is not None]
    if biases and len(biases) < len(layer.neurons):
        raise ValueError(f"layer {layer.number} has a bias for some of its neurons only")
    return {
        "activation": label,
        "weights": [[place(weight) for weight in neuron.weights] for neuron in layer.neurons],
        "biases": [place(bias) for bias in biases] or None,
    }


def _encoded_parameter(parameter: Value, numbers: type | None) -> Any:
    try:
        return encoded_number(of_type(parameter.data, numbers))
    except TypeError as error:
        raise TypeError(f"{printable(parameter.name)}: {error}") from error
