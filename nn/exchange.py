"""Weights to and from PyTorch: the arrays of an nn.Sequential of Linear layers and activations, or
a safetensors file.

In Sequential(Linear(2, 3), ReLU(), Linear(3, 1)) the modules are counted, the activations too: the
arrays are "0.weight" (3 rows, one a neuron, of 2), "0.bias" (3), "2.weight", "2.bias". A linear
layer has no activation module.

>>> import nn
>>> model = nn.MLP.from_weights([[[1, 2], [3, 4]], [[5, 6]]], [[0, 0], [7]], ["relu", "linear"])
>>> arrays = to_arrays(model)
>>> {name: array.shape for name, array in arrays.items()}
{'0.weight': (2, 2), '0.bias': (2,), '2.weight': (1, 2), '2.bias': (1,)}
>>> from_arrays(arrays, ["relu", "linear"]).predict([1, 1])
64.0

With torch: sequential.load_state_dict({name: torch.from_numpy(array) for name, array in
to_arrays(model).items()}), and back: from_arrays({name: tensor.numpy() for name, tensor in
sequential.state_dict().items()}, ["relu", "linear"]).
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.entry import Operation
from autograd.files import write_atomically
from autograd.notes.notation import NOTES, Notation
from autograd.writing import printable
from nn.checks import require_names
from nn.model_reading import MOST_BYTES
from nn.network import MLP

if TYPE_CHECKING:
    import numpy


def to_arrays(model: MLP) -> dict[str, numpy.ndarray[Any, Any]]:
    """The weights and biases as float64 arrays, by the names of nn.Sequential; numbers of other
    types are rounded.

    A layer without biases has no bias array, as Linear(..., bias=False). A bias that a layer shares
    is repeated, once for each neuron, as is all else that is shared: arrays know no sharing, and
    the model that is made of them has a parameter in each place. A ValueError names the parameter
    that would be rounded to infinity, or to 0 though it is not.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.15, 0.2], [0.25, 0.3]]], [0.35], ["sigmoid"])
    >>> to_arrays(model)["0.bias"].tolist()
    [0.35, 0.35]
    """
    numpy = _package("numpy")
    arrays = {}
    labels = [layer.activation_label for layer in model.layers]
    for layer, place in zip(model.layers, _places(labels), strict=True):
        weights = [[_as_float(weight) for weight in neuron.weights] for neuron in layer.neurons]
        arrays[f"{place}.weight"] = numpy.array(weights, dtype=numpy.float64)
        biases = [_as_float(neuron.bias) for neuron in layer.neurons if neuron.bias is not None]
        if biases:
            arrays[f"{place}.bias"] = numpy.array(biases, dtype=numpy.float64)
    return arrays


def from_arrays(
    arrays: Mapping[str, Any],
    activations: Sequence[str | Operation],
    numbers: type | None = None,
    notation: Notation = NOTES,
) -> MLP:
    """The network of such arrays, one activation a layer, "linear" where nn.Sequential has none.

    A layer whose bias array is not there has no biases. Arrays of any real type are taken as the
    floats that they hold; names or shapes that do not fit are a ValueError.

    >>> import numpy
    >>> model = from_arrays({"0.weight": numpy.array([[0.2, -0.4]])}, ["relu"])
    >>> model, model.layers[0].neurons[0].bias
    (MLP(2-1, 2 parameters), None)
    """
    numpy = _package("numpy")
    if isinstance(activations, str):
        raise TypeError(f"one activation for each layer, as a list: [{activations!r}]")
    if not isinstance(activations, Sequence):
        raise TypeError(
            f"one activation for each layer, as a list, not a {type(activations).__name__}"
        )
    labels = [str(getattr(activation, "name", activation)) for activation in activations]
    places = list(_places(labels))
    _check_names(arrays, places)
    found = {}
    for name in arrays:
        array = numpy.asarray(arrays[name])
        dimensions = 2 if name.endswith("weight") else 1
        if array.ndim != dimensions or array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
            raise ValueError(
                f"{printable(name)}: an array of {dimensions} dimensions of real numbers, not "
                f"{array.ndim} of {array.dtype}"
            )
        found[name] = array.astype(numpy.float64)
    _check_shapes(found, places)
    lists = {name: array.tolist() for name, array in found.items()}
    weights = [lists[f"{place}.weight"] for place in places]
    biases = [lists.get(f"{place}.bias") for place in places]
    return MLP.from_weights(weights, biases, activations, numbers=numbers, notation=notation)


def save_safetensors(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write the arrays of `to_arrays` to a safetensors file, in full or not at all.

    >>> import nn
    >>> save_safetensors(nn.MLP(2, [3, 1]), "model.safetensors")  # doctest: +SKIP
    """
    write_atomically(path, _package("safetensors.numpy").save(to_arrays(model)))


def load_safetensors(
    path: str | os.PathLike[str],
    activations: Sequence[str | Operation],
    numbers: type | None = None,
    notation: Notation = NOTES,
) -> MLP:
    """The network of a safetensors file in the layout of nn.Sequential; a ValueError names the file
    that is not one.

    >>> load_safetensors("model.safetensors", ["relu", "linear"])  # doctest: +SKIP
    MLP(2-3-1, 13 parameters)
    """
    read = _package("safetensors.numpy").load
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"{printable(os.fsdecode(path))}: more than {MOST_BYTES} bytes")
    try:
        arrays = read(content)
    except Exception as error:  # a class of its own, and KeyErrors for types that NumPy lacks
        remedy = "; bfloat16, which NumPy lacks: convert to float32" if "BF16" in str(error) else ""
        raise ValueError(
            f"{printable(os.fsdecode(path))}: not a safetensors file of real numbers: "
            f"{error}{remedy}"
        ) from error
    try:
        return from_arrays(arrays, activations, numbers, notation)
    except ValueError as error:
        raise ValueError(f"{printable(os.fsdecode(path))}: {error}") from error


def _places(activations: Sequence[str]) -> Iterator[int]:
    """The place of each Linear in nn.Sequential."""
    place = 0
    for activation in activations:
        yield place
        place += 1 if activation == "linear" else 2


def _check_names(arrays: Mapping[str, Any], places: Sequence[int]) -> None:
    """A ValueError for names that are not those of such layers; biases alone may be missing."""
    expected = [f"{place}.{kind}" for place in places for kind in ("weight", "bias")]
    missing = [name for name in expected if name not in arrays]
    if all(name.endswith("bias") for name in missing) and set(arrays) <= set(expected):
        return
    what = f"not the arrays of {len(places)} layers with these activations; "
    require_names(expected, arrays, what)


def _check_shapes(arrays: Mapping[str, Any], places: Sequence[int]) -> None:
    before = None
    for place in places:
        outputs, inputs = arrays[f"{place}.weight"].shape
        if before is not None and inputs != before:
            raise ValueError(
                f"{place}.weight has {inputs} columns for the {before} neurons before it"
            )
        biases = len(arrays[f"{place}.bias"]) if f"{place}.bias" in arrays else outputs
        if biases != outputs:
            raise ValueError(
                f"{place}.weight has {outputs} rows, but {place}.bias {biases} numbers"
            )
        if not inputs or not outputs:
            raise ValueError(f"{place}.weight is empty: {outputs} x {inputs}")
        before = outputs


def _as_float(parameter: Any) -> float:
    try:
        number = float(parameter.data)
        if (math.isinf(number) and number != parameter.data) or (not number and parameter.data):
            raise OverflowError(f"it would be rounded to {number}, scale the weights")
        return number
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{printable(parameter.name)} is not a float64: {error}") from error


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f'arrays need {name.partition(".")[0]}: pip install "chalkgrad[exchange]"'
        ) from error
