"""A model read from the text of its file: nothing in it is taken on trust."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, NoReturn

from autograd.notes.notation import Notation
from autograd.number_types import is_finite
from autograd.value import Value
from autograd.writing import printable
from nn.activations import is_activation
from nn.declared_type import of_type
from nn.network import MLP
from nn.number_codec import NUMBERS, decoded_number, json_float, json_integer, shown

FORMAT, VERSIONS = "chalkgrad model", (1, 2)
MOST_BYTES = 64 * 2**20
MOST_LAYERS = 1_000
MOST_PARAMETERS = 1_000_000
MOST_MARKS = (
    2 * MOST_PARAMETERS
)  # brackets and commas: one a parameter, another a row, some a layer
MOST_LETTERS = 100  # of a name, or of a pattern of names
REFERENCE = "parameter "
FIRST_FIELDS = {  # of a notation, those that a file of version 1 has
    "weight_pattern",
    "bias_pattern",
    "preactivation_pattern",
    "activation_pattern",
    "delta_pattern",
    "first_index",
}


def decoded_model(content: str | bytes) -> MLP:
    """The model that a file holds; a ValueError says what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    whole = _parsed(content)
    _check_head(whole)
    version, numbers = whole["version"], whole["numbers"]
    places = _Places(whole["named"] if version == 2 else {}, version, whole["not_finite"])
    layers = _decoded_layers(whole["layers"], places)
    places.require_all_used()
    model = MLP.from_weights(
        [weights for weights, _, _ in layers],
        [biases for _, biases, _ in layers],
        [activation for _, _, activation in layers],
        notation=_decoded_notation(whole["notation"], whole["version"]),
    )
    model.numbers = NUMBERS[numbers] if numbers else None  # afterwards: it would read floats anew
    for parameter in model.parameters():
        try:
            parameter.data = of_type(parameter.data, model.numbers)
        except TypeError as error:
            raise ValueError(f"{printable(parameter.name)}: {error}") from error
    return model


def _check_head(whole: Any) -> None:
    """A ValueError unless a file has the entries of its version, and is of a known number type."""
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    version = whole.get("version")
    if version.__class__ is not int or version not in VERSIONS:
        raise ValueError(f"version {shown(version)}, where this chalkgrad reads 1 and 2")
    keys = {"format", "version", "numbers", "not_finite", "notation", "layers"}
    _require_keys(whole, keys | {"named"} if version == 2 else keys, "the file")
    numbers = whole["numbers"]
    if numbers is not None and not (isinstance(numbers, str) and numbers in NUMBERS):
        raise ValueError(f"unknown number type {shown(numbers)}")
    if not isinstance(whole["not_finite"], bool):
        raise ValueError("not_finite is neither true nor false")


class _Places:
    """What stands in the places of a file: numbers, and parameters by their names."""

    def __init__(self, named: Any, version: int, not_finite: bool) -> None:
        if not isinstance(named, dict) or len(named) > MOST_PARAMETERS:
            raise ValueError(f"what is named is not an object of at most {MOST_PARAMETERS}")
        for name in named:
            if len(name) > MOST_LETTERS:
                raise ValueError(f"the name {shown(name)} is longer than {MOST_LETTERS} letters")
        self.version, self.not_finite = version, not_finite
        self.named = {name: Value(self.number(x, shown(name)), name) for name, x in named.items()}
        self.used: set[str] = set()

    def number(self, found: Any, what: str) -> Any:
        """The number that is written so, finite unless the file says that not all are."""
        try:
            number = decoded_number(found)
        except ValueError as error:
            raise ValueError(f"{what}: {error}") from error
        if not self.not_finite and not is_finite(number):
            raise ValueError(
                f"{what}: {shown(found)} is not finite, though the file says that all numbers are"
            )
        return number

    def one(self, found: Any, what: str) -> Any:
        """What stands in one place: a number, or the parameter that it refers to."""
        refers = self.version > 1 and isinstance(found, str) and found.startswith(REFERENCE)
        if not refers:
            return self.number(found, what)
        name = found.removeprefix(REFERENCE)
        if name not in self.named:
            raise ValueError(f"{what}: {shown(found)} is not among those that are named")
        self.used.add(name)
        return self.named[name]

    def require_all_used(self) -> None:
        """A ValueError for a parameter that no place refers to."""
        unused = [name for name in self.named if name not in self.used]
        if unused:
            raise ValueError(f"{', '.join(map(shown, unused[:8]))} is named and stands nowhere")


def _parsed(content: str | bytes) -> Any:
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        if sum(map(text.count, "[{,")) > MOST_MARKS:  # each costs a hundred times its byte, parsed
            raise ValueError(f"more brackets and commas than {MOST_PARAMETERS} parameters have")
        return json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=json_integer,
            parse_float=json_float,
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 text: {error}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} occurs twice")
        found[key] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _require_keys(found: Any, expected: set[str], what: str) -> None:
    if not isinstance(found, dict):
        raise ValueError(f"{what} is not an object")
    missing, unknown = expected - found.keys(), found.keys() - expected
    if missing or unknown:
        kind, keys = ("lacks", missing) if missing else ("has the unknown", unknown)
        raise ValueError(f"{what} {kind} {', '.join(shown(key) for key in sorted(keys)[:8])}")


def _decoded_notation(found: Any, version: int) -> Notation:
    fields = {entry.name: entry.default for entry in dataclasses.fields(Notation)}
    given = set(found) if isinstance(found, dict) and version > 1 else set()
    _require_keys(found, FIRST_FIELDS | (given & fields.keys()), "the notation")
    decoded = {name: _decoded_field(name, value, fields[name]) for name, value in found.items()}
    try:
        return Notation(**decoded)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the notation's {error}") from error


def _decoded_field(name: str, value: Any, default: Any) -> Any:
    """A field of a notation, within bounds; a list of patterns as a tuple."""
    if isinstance(value, list) and isinstance(default, (str, tuple)):
        if len(value) > MOST_LAYERS:
            raise ValueError(f"the notation's {name} has more than {MOST_LAYERS} patterns")
        return tuple(_decoded_field(name, each, "") for each in value)
    if value.__class__ is not default.__class__:
        raise ValueError(f"the notation's {name} is {shown(value)}")
    if isinstance(value, int) and abs(value) > 10**6:
        raise ValueError(f"the notation's {name} is beyond {10**6}")
    if isinstance(value, str) and len(value) > MOST_LETTERS:
        raise ValueError(
            f"the notation's {name} {shown(value)} is longer than {MOST_LETTERS} letters"
        )
    return value


Decoded = tuple[list[list[Any]], "list[Any] | None", str]


def _decoded_layers(found: Any, places: _Places) -> list[Decoded]:
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_LAYERS:
        raise ValueError(f"the layers are not a list of 1 to {MOST_LAYERS}")
    layers: list[Decoded] = []
    inputs, parameters = None, 0
    for number, layer in enumerate(found, start=1):
        what = f"layer {number}"
        _require_keys(layer, {"activation", "weights", "biases"}, what)
        rows, biases = layer["weights"], layer["biases"]
        without = biases is None and places.version > 1
        inputs = _check_shapes(rows, [None] * len(rows) if without else biases, inputs, what)
        parameters += sum(map(len, rows)) + (0 if without else len(biases))
        if parameters > MOST_PARAMETERS:
            raise ValueError(f"more than {MOST_PARAMETERS} parameters")
        weights = [[places.one(x, what) for x in row] for row in rows]
        own = None if without else [places.one(x, what) for x in biases]
        if not is_activation(layer["activation"]):
            raise ValueError(f"{what} has the unknown activation {shown(layer['activation'])}")
        layers.append((weights, own, layer["activation"]))
    return layers


def _check_shapes(weights: Any, biases: Any, inputs: int | None, what: str) -> int:
    """The number of the layer's neurons, the next layer's inputs; a ValueError unless all rows are
    as they must be.
    """
    if not isinstance(weights, list) or not isinstance(biases, list) or not weights:
        raise ValueError(f"{what} has no lists of weights and biases")
    if len(weights) != len(biases):
        raise ValueError(f"{what} has {len(weights)} rows of weights and {len(biases)} biases")
    for index, row in enumerate(weights):
        if not isinstance(row, list) or not row:
            raise ValueError(f"{what}, row {index} is not a list of weights")
        inputs = len(row) if inputs is None else inputs
        if len(row) != inputs:
            raise ValueError(f"{what}, row {index} has {len(row)} weights for {inputs} inputs")
    return len(weights)
