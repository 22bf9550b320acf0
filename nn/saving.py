"""Models in files: JSON that holds every number exactly, is written as a whole or not at all, and
runs no code.

An int and a float are JSON numbers, a float by the shortest digits that give it back. Others are
text: "Fraction 1/3", "Decimal 0.10", "complex 0.5 -1.0", "float nan", and "int 0x..." for integers
of hundreds of digits. A NumPy scalar is saved as, and comes back as, the Python number that equals
it. In a model that declares a number type all numbers are of that type; an int is converted where
that is exact, what else is of another type is refused.

>>> import nn, tempfile, pathlib
>>> from fractions import Fraction
>>> model = nn.MLP.from_weights([[[0.2, -0.4]]], [[0.1]], ["relu"], numbers=Fraction)
>>> with tempfile.TemporaryDirectory() as folder:
...     save(model, pathlib.Path(folder, "model.json"))
...     load(pathlib.Path(folder, "model.json")).parameters()
[Value(Fraction(1, 5), name='w_00^1'), Value(Fraction(-2, 5), name='w_01^1'), Value(Fraction(1, 10), name='b_0^1')]
"""

from __future__ import annotations

import cmath
import dataclasses
import json
import math
import os
import re
import secrets
import shutil
import string
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from autograd.entry import Operation
from autograd.notes.notation import Notation
from autograd.notes.numbers import short_number
from autograd.operations import OPERATIONS
from autograd.value import Value
from nn.network import ACTIVATIONS, MLP, SOFTMAX, Layer

FORMAT, VERSION = "chalkgrad model", 1
MOST_BYTES = 64 * 2**20
MOST_LAYERS = 1_000
MOST_PARAMETERS = 1_000_000
MOST_MARKS = (
    2 * MOST_PARAMETERS
)  # brackets and commas: one a parameter, another a row, some a layer
MOST_DIGITS = 20_000  # of one integer, in hexadecimal, or of one Decimal
MOST_DECIMAL_DIGITS = (
    600  # past these an integer is written in hexadecimal, which Python reads without a limit
)
NUMBERS = {kind.__name__: kind for kind in (int, float, complex, Fraction, Decimal)}

_INTEGER = r"-?(?:\d+|0x[0-9a-f]+)"
_DECIMAL = r"-?(?:\d+(?:\.\d+)?(?:E[+-]\d{1,18})?|Infinity|s?NaN\d*)"


# --- files ----------------------------------------------------------------------------------------


def save(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write `model` to a JSON file: parameters, activations, number type and notation.

    A file that was there is replaced only once the new one is complete, and was read back as it was
    meant."""
    text = _encoded(model)
    try:
        again = _decoded(text)
    except ValueError as error:
        raise ValueError(f"this model cannot be saved: {error}") from error
    assert _encoded(again) == text
    write_atomically(path, text.encode())


def load(path: str | os.PathLike[str]) -> MLP:
    """The model that `save` wrote; a ValueError that names file and reason if the file is damaged
    or something else.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    try:
        return _decoded(content)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from error


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file in full or leave what was there: a new file beside it takes its place once it is
    on the disk.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"{os.fspath(path)} cannot be written: there is no folder {target.parent}; make it first"
        )
    if target.is_dir():
        raise IsADirectoryError(f"{os.fspath(path)} is a folder: give the name of a file in it")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    with suppress(OSError):  # where folders can be synchronised, the new name is on the disk too
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# --- writing --------------------------------------------------------------------------------------


def _encoded(model: MLP) -> str:
    if model.numbers is not None and model.numbers not in NUMBERS.values():
        raise TypeError(
            f"models of {', '.join(NUMBERS)} are saved, not of {model.numbers.__name__}"
        )
    if type(model.notation) is not Notation:
        raise TypeError(
            f"a Notation is saved, not a {type(model.notation).__name__} with rules of its own"
        )
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "numbers": model.numbers and model.numbers.__name__,
        "not_finite": any(
            not _is_finite(_plain(parameter.data)) for parameter in model.parameters()
        ),
        "notation": dataclasses.asdict(model.notation),
        "layers": [_encoded_layer(layer, model.numbers) for layer in model.layers],
    }
    return json.dumps(whole, indent=1, allow_nan=False) + "\n"


def _encoded_layer(layer: Layer, numbers: type | None) -> dict[str, Any]:
    label = layer.activation_label
    of_neuron = "linear" if layer.softmax else label
    for neuron in layer.neurons:
        if (
            neuron.activation_label != of_neuron
            or OPERATIONS.get(of_neuron) is not neuron.activation
        ):
            raise ValueError(
                f"the activation of {neuron.activation_name} is not saved: {neuron.activation_label} is not an "
                "operation of the rule table, or not that of its whole layer"
            )
    return {
        "activation": label,
        "weights": [
            [_encoded_parameter(weight, numbers) for weight in neuron.weights]
            for neuron in layer.neurons
        ],
        "biases": [_encoded_parameter(neuron.bias, numbers) for neuron in layer.neurons],
    }


def _encoded_parameter(parameter: Value, numbers: type | None) -> int | float | str:
    try:
        return _encoded_number(_plain(_of_type(parameter.data, numbers)))
    except TypeError as error:
        raise TypeError(f"{parameter.name}: {error}") from error


def _of_type(number: Any, numbers: type | None) -> Any:
    """`number` if it is of the declared type, or as one if it is an int, or a NumPy scalar, of the
    same value.
    """
    if numbers is None or isinstance(number, numbers):
        return number
    plain = _plain(number)
    if isinstance(plain, numbers):
        return plain
    with suppress(OverflowError):
        if plain.__class__ is int and _is_short(plain) and numbers(plain) == plain:
            return numbers(plain)
    raise TypeError(
        f"{short_number(number)} is of type {type(number).__name__}, where the model declares {numbers.__name__}: "
        "convert it, or declare no number type"
    )


def _plain(number: Any) -> Any:
    """A NumPy scalar as the Python number that equals it; a long double has none and stays."""
    return number.item() if hasattr(number, "dtype") else number


def _encoded_number(number: Any) -> int | float | str:
    if number.__class__ is int:
        return number if _is_short(number) else f"int {_integer_text(number)}"
    if number.__class__ is float:
        return number if math.isfinite(number) else f"float {number!r}"
    if number.__class__ is Fraction:
        return f"Fraction {_integer_text(number.numerator)}/{_integer_text(number.denominator)}"
    if number.__class__ is Decimal:
        return f"Decimal {number}"
    if number.__class__ is complex:
        return f"complex {number.real!r} {number.imag!r}"
    raise TypeError(
        f"a {type(number).__name__} is not saved exactly, only {', '.join(NUMBERS)} are: convert it first"
    )


def _is_short(number: int) -> bool:
    return number.bit_length() < MOST_DECIMAL_DIGITS * 3


def _integer_text(number: int) -> str:
    return str(number) if _is_short(number) else hex(number)


def _is_finite(number: Any) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    return cmath.isfinite(number) if isinstance(number, (float, complex)) else True


# --- reading: nothing in a file is taken on trust -------------------------------------------------


def _decoded(content: str | bytes) -> MLP:
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    whole = _parsed(content)
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    if whole.get("version").__class__ is not int or whole["version"] != VERSION:
        raise ValueError(
            f"version {_shown(whole.get('version'))}, where this chalkgrad reads {VERSION}"
        )
    _require_keys(
        whole, {"format", "version", "numbers", "not_finite", "notation", "layers"}, "the file"
    )
    if whole["numbers"] is not None and not _is_one_of(whole["numbers"], NUMBERS):
        raise ValueError(f"unknown number type {_shown(whole['numbers'])}")
    if not isinstance(whole["not_finite"], bool):
        raise ValueError("not_finite is neither true nor false")
    layers = _decoded_layers(whole["layers"], whole["not_finite"])
    weights, biases, activations = zip(*layers, strict=True)
    model = MLP.from_weights(
        weights, biases, activations, notation=_decoded_notation(whole["notation"])
    )
    model.numbers = (
        NUMBERS[whole["numbers"]] if whole["numbers"] else None
    )  # afterwards: it would read floats anew
    for parameter in model.parameters():
        try:
            parameter.data = _of_type(parameter.data, model.numbers)
        except TypeError as error:
            raise ValueError(f"{parameter.name}: {error}") from error
    return model


def _parsed(content: str | bytes) -> Any:
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        if (
            sum(map(text.count, "[{,")) > MOST_MARKS
        ):  # each costs a hundred times its byte, once it is parsed
            raise ValueError(f"more brackets and commas than {MOST_PARAMETERS} parameters have")
        return json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_short_integer,
            parse_float=_finite_float,
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
            raise ValueError(f"the key {_shown(key)} occurs twice")
        found[key] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _short_integer(text: str) -> int:
    if len(text) > MOST_DECIMAL_DIGITS:
        raise ValueError(f"a number of {len(text)} digits, more than {MOST_DECIMAL_DIGITS}")
    return int(text)


def _finite_float(text: str) -> float:
    number = float(text) if len(text) <= 40 else math.nan
    if not math.isfinite(number):
        raise ValueError(f"the number {_shown(text)} is not a float")
    return number


def _shown(x: Any) -> str:
    text = repr(x) if isinstance(x, (str, int, float, type(None))) else f"a {type(x).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_one_of(x: Any, names: Mapping[str, Any]) -> bool:
    return isinstance(x, str) and x in names


def _require_keys(found: Any, expected: set[str], what: str) -> None:
    if not isinstance(found, dict):
        raise ValueError(f"{what} is not an object")
    missing, unknown = expected - found.keys(), found.keys() - expected
    if missing or unknown:
        kind, keys = ("lacks", missing) if missing else ("has the unknown", unknown)
        raise ValueError(f"{what} {kind} {', '.join(_shown(key) for key in sorted(keys)[:8])}")


def _decoded_notation(found: Any) -> Notation:
    fields = {entry.name: entry.default for entry in dataclasses.fields(Notation)}
    _require_keys(found, set(fields), "the notation")
    for name, value in found.items():
        if value.__class__ is not fields[name].__class__:
            raise ValueError(f"the notation's {name} is {_shown(value)}")
        if isinstance(value, int) and abs(value) > 10**6:
            raise ValueError(f"the notation's {name} is beyond {10**6}")
        if isinstance(value, str) and not _is_pattern(value):
            raise ValueError(
                f"the notation's {name} {_shown(value)} is not a pattern of {{indices}} and {{layer}}"
            )
    return Notation(**found)


def _is_pattern(text: str) -> bool:
    """Whether a text is short and has no other fields than plain {indices} and {layer}: others
    could do anything.
    """
    if len(text) > 100:
        return False
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return False
    return all(
        field is None
        or (field in ("indices", "layer") and not specification and conversion is None)
        for _, field, specification, conversion in parts
    )


Decoded = tuple[list[list[Any]], list[Any], "str | Operation"]


def _decoded_layers(found: Any, not_finite: bool) -> list[Decoded]:
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_LAYERS:
        raise ValueError(f"the layers are not a list of 1 to {MOST_LAYERS}")
    layers: list[Decoded] = []
    inputs, parameters = None, 0
    for number, layer in enumerate(found, start=1):
        what = f"layer {number}"
        _require_keys(layer, {"activation", "weights", "biases"}, what)
        inputs = _check_shapes(layer["weights"], layer["biases"], inputs, what)
        parameters += sum(map(len, layer["weights"])) + len(layer["biases"])
        if parameters > MOST_PARAMETERS:
            raise ValueError(f"more than {MOST_PARAMETERS} parameters")
        weights = [[_decoded_number(x, not_finite, what) for x in row] for row in layer["weights"]]
        biases = [_decoded_number(x, not_finite, what) for x in layer["biases"]]
        layers.append((weights, biases, _decoded_activation(layer["activation"], what)))
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


def _decoded_activation(found: Any, what: str) -> str | Operation:
    if isinstance(found, str) and found in (*ACTIVATIONS, SOFTMAX):
        return found
    if not _is_one_of(found, OPERATIONS) or OPERATIONS[found].arity != 1:
        raise ValueError(f"{what} has the unknown activation {_shown(found)}")
    return OPERATIONS[found]


def _decoded_number(found: Any, not_finite: bool, what: str) -> Any:
    if found.__class__ is int or found.__class__ is float:
        return found
    kind, _, text = found.partition(" ") if isinstance(found, str) else ("", "", "")
    if kind not in _READERS:
        raise ValueError(f"{what}: {_shown(found)} is not a number")
    try:
        number = _READERS[kind](text)
        written = _encoded_number(number)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{what}: {_shown(found)} is not a number: {error}") from error
    if written != found:
        raise ValueError(f"{what}: {_shown(found)} is not a number as it is saved")
    if not not_finite and not _is_finite(number):
        raise ValueError(
            f"{what}: {_shown(found)} is not finite, though the file says that all numbers are"
        )
    return number


def _read_integer(text: str) -> int:
    if not re.fullmatch(_INTEGER, text, re.ASCII) or len(text) > (
        MOST_DIGITS if "x" in text else MOST_DECIMAL_DIGITS
    ):
        raise ValueError(f"no integer, or one of more than {MOST_DIGITS} digits")
    return int(text, 16 if "x" in text else 10)


def _read_fraction(text: str) -> Fraction:
    numerator, _, denominator = text.partition("/")
    return Fraction(_read_integer(numerator), _read_integer(denominator))


def _read_decimal(text: str) -> Decimal:
    if not re.fullmatch(_DECIMAL, text, re.ASCII) or len(text) > MOST_DIGITS:
        raise ValueError(f"no Decimal, or one of more than {MOST_DIGITS} digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("its exponent is out of range") from None


def _read_float(text: str) -> float:
    if text not in ("nan", "inf", "-inf"):
        raise ValueError("a finite float is a number of JSON")
    return float(text)


def _read_complex(text: str) -> complex:
    if len(text) > 60:
        raise ValueError("a part of more digits than a float has")
    real, _, imaginary = text.partition(" ")
    return complex(float(real), float(imaginary))


_READERS: dict[str, Callable[[str], Any]] = {
    "int": _read_integer,
    "float": _read_float,
    "complex": _read_complex,
    "Fraction": _read_fraction,
    "Decimal": _read_decimal,
}


# --- numbers by name ------------------------------------------------------------------------------


def state_dict(model: Any) -> dict[str, Any]:
    """The model's numbers by the names of its parameters.

    >>> model = MLP.from_weights([[[2, 3]]], [[1]], ["linear"])
    >>> state_dict(model)
    {'w_00^1': 2, 'w_01^1': 3, 'b_0^1': 1}
    """
    return {name: parameter.data for name, parameter in _by_name(model).items()}


def load_state_dict(model: Any, mapping: Mapping[str, Any]) -> None:
    """Set every parameter to the number of its name, exactly as given: all of them, or where one is
    wrong, none.

    In a model that declares a number type an int or a NumPy scalar of the same value is converted
    to it.

    >>> model = MLP.from_weights([[[2, 3]]], [[1]], ["linear"])
    >>> load_state_dict(model, {"w_00^1": 5, "w_1": 0})
    Traceback (most recent call last):
    ValueError: missing: w_01^1, b_0^1; unexpected: w_1
    """
    if not isinstance(mapping, Mapping):
        raise TypeError(
            f"a state is a dict of numbers by name, as state_dict() returns, not a {type(mapping).__name__}"
        )
    parameters = _by_name(model)
    missing = [name for name in parameters if name not in mapping]
    unexpected = [str(name) for name in mapping if name not in parameters]
    wrong = [
        f"{label}: {', '.join(names)}"
        for label, names in (("missing", missing), ("unexpected", unexpected))
        if names
    ]
    if wrong:
        raise ValueError("; ".join(wrong))
    numbers = {}
    for name in parameters:
        try:
            numbers[name] = _of_type(Value(mapping[name]).data, getattr(model, "numbers", None))
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from error
    for name, parameter in parameters.items():
        parameter.data = numbers[name]


def _by_name(model: Any) -> dict[str, Value]:
    named = model.named_parameters()
    parameters = dict(named)
    if len(parameters) != len(named):
        names = [name for name, _ in named]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(
            f"the names {', '.join(twice[:8])} stand for several parameters: use another notation"
        )
    return parameters
