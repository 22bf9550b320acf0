"""Models in files: exact round trips for every number type, whole or not at all, and files that
mean harm.
"""

from __future__ import annotations

import json
import os
import random
import stat
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

import nn
from autograd import sin, tanh
from autograd.entry import Unary
from autograd.notes.notation import Notation
from nn import model_reading
from nn.model_file import encoded_model, load, save
from nn.model_reading import decoded_model

any_number = (
    st.integers()
    | st.integers(-(10**5000), 10**5000)
    | st.floats()
    | st.fractions()
    | st.builds(Fraction, st.integers(10**3000, 10**5000), st.integers(1, 10**5000))
    | st.decimals()
    | st.complex_numbers()
)


def exact(number):
    """Class and every digit, with the sign of zero and of NaN's kind; integers of any length."""
    if isinstance(number, (int, Fraction)):
        return type(number), number
    return type(number), repr(number)


def described(model):
    return (
        [(name, exact(parameter.data)) for name, parameter in model.named_parameters()],
        [neuron.activation for layer in model.layers for neuron in layer.neurons],
        model.numbers,
        model.notation,
    )


def small(**options):
    return nn.MLP.from_weights(
        [[[1, 0.5], [2, 3]], [[4, 5]]], [[0, 0], [6]], ["relu", "linear"], **options
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(any_number, min_size=9, max_size=9))
def test_every_number_comes_back_as_it_was(tmp_path_factory, numbers):
    path = tmp_path_factory.getbasetemp() / "numbers.json"
    model = small()
    model.load_state_dict(dict(zip(model.state_dict(), numbers, strict=True)))
    save(model, path)
    assert described(load(path)) == described(model)


@pytest.mark.parametrize("numbers", [None, int, float, complex, Fraction, Decimal])
def test_number_type_notation_and_activations_come_back(path, numbers):
    notation = Notation(
        first_index=1, weight_pattern="W{layer}_{indices}", delta_pattern="d{{{indices}}}"
    )
    activations = ["leaky_relu", "softplus", tanh, sin, "sigmoid", "linear"]
    sizes = [3, 2, 2, 12, 1, 2]
    drawn = None if numbers is int else numbers  # weights are drawn as floats, which no int holds
    model = nn.MLP(2, sizes, activations, rng=random.Random(1), numbers=drawn, notation=notation)
    if numbers is int:
        model.numbers = int
        model.load_state_dict(dict.fromkeys(model.state_dict(), 7))
    save(model, path)
    again = load(path)
    assert described(again) == described(model)
    assert again.layers[0].neurons[0].weights[0].name == "W1_11"
    assert again.numbers is numbers


def test_what_is_saved_is_a_model(path):
    for mistaken in (
        lambda: save(nn.MLP(1, [1]).state_dict(), path),
        lambda: save(path, nn.MLP(1, [1])),
    ):
        with pytest.raises(TypeError, match="save takes a model and a path"):
            mistaken()
    assert not path.exists()


def test_a_loaded_model_reads_its_inputs_in_its_number_type(path):
    save(small(numbers=Fraction), path)
    assert exact(load(path).predict([0.5, 0.25])) == (Fraction, Fraction(69, 4))


@pytest.mark.parametrize(
    "number", [complex(-0.0, 0.1), complex(1e-320, -0.0), complex(float("nan"), float("-inf"))]
)
def test_complex_numbers_come_back_with_every_digit_and_sign(path, number):
    save(nn.MLP.from_weights([[[number]]], [[0]], ["linear"]), path)
    assert exact(load(path).parameters()[0].data) == (complex, repr(number))


@pytest.mark.parametrize(
    ("kind", "number", "plain"),
    [
        ("float64", 0.1, 0.1),
        ("float32", 0.1, 13421773 / 2**27),
        ("int64", -(2**63), -(2**63)),
        ("complex64", 0.5 - 2j, 0.5 - 2j),
        ("float32", float("inf"), float("inf")),
    ],
)
def test_numpy_scalars_come_back_as_the_python_numbers_that_equal_them(path, kind, number, plain):
    numpy = pytest.importorskip("numpy")
    save(nn.MLP.from_weights([[[numpy.dtype(kind).type(number)]]], [[0]], ["linear"]), path)
    assert exact(load(path).parameters()[0].data) == exact(plain)


def test_a_long_double_is_not_saved(path):
    numpy = pytest.importorskip("numpy")
    model = nn.MLP.from_weights([[[numpy.longdouble(1) / 3]]], [[0]], ["linear"])
    with pytest.raises(
        TypeError,
        match=r"^w_00\^1: a \w+ is not saved exactly, only int, .* are: convert it first$",
    ):
        save(model, path)
    assert not path.exists()


def test_an_exactly_trained_model_goes_on_from_its_file(path):
    def step(model):
        model.zero_grad()
        nn.half_squared_error(model([1, 2]), Fraction(1, 3)).backward()
        nn.SGD(model.parameters(), Fraction(1, 1000)).step()

    model = small(numbers=Fraction)
    step(model)
    save(model, path)
    again = load(path)
    for each in (model, again):
        step(each)
    assert described(again) == described(model)


def test_the_file_is_json_that_people_read(path):
    save(nn.MLP.from_weights([[[Fraction(1, 3), 0.1, 7]]], [[Decimal("0.10")]], ["tanh"]), path)
    found = json.loads(path.read_text())
    assert found["format"] == "chalkgrad model" and found["version"] == 1
    assert found["layers"] == [
        {"activation": "tanh", "weights": [["Fraction 1/3", 0.1, 7]], "biases": ["Decimal 0.10"]}
    ]
    assert found["not_finite"] is False


# --- whole or not at all --------------------------------------------------------------------------


def test_a_failed_write_leaves_the_old_file(path, monkeypatch):
    save(small(), path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        save(nn.MLP(1, [1]), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(path):
    with pytest.raises(FileNotFoundError) as raised:
        save(small(), path.parent / "nowhere" / "model.json")
    folder = path.parent / "nowhere"
    assert (
        str(raised.value)
        == f"{folder / 'model.json'} cannot be written: there is no folder {folder}; make it first"
    )


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path):
    with pytest.raises(IsADirectoryError) as raised:
        save(small(), tmp_path)
    assert str(raised.value) == f"{tmp_path} is a folder: give the name of a file in it"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")
def test_links_and_permissions_stay(path):
    save(small(), path)
    path.chmod(0o640)
    link = path.with_name("link.json")
    link.symlink_to(path)
    save(nn.MLP(1, [1]), str(link))
    assert link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert repr(load(path)) == "MLP(1-1, 2 parameters)"


class OwnNotation(Notation):
    """One with rules of its own."""


def set_to(weight, numbers):
    """A model of declared numbers whose first weight is set by hand."""
    model = small(numbers=numbers)
    model.parameters()[0].data = weight
    return model


cube = Unary("cube", lambda x: x**3, (lambda y, x: 3 * x * x,))
impostor = Unary("relu", lambda x: x, (lambda y, x: 1,))


@pytest.mark.parametrize(
    ("model", "error", "sentence"),
    [
        (
            nn.MLP(1, [1], [cube]),
            ValueError,
            "the activation of a_0^1 is not saved: cube is not an operation of the rule",
        ),
        (nn.MLP(1, [1], [impostor]), ValueError, "relu is not an operation of the rule table"),
        (
            nn.MLP.from_weights([[[mpf(1)]]], [[0]], ["linear"]),
            TypeError,
            "w_00^1: a mpf is not saved exactly, only int,",
        ),
        (
            nn.MLP(1, [1], numbers=mpf),
            TypeError,
            "models of int, float, complex, Fraction, Decimal are saved, not of mpf",
        ),
        (
            set_to(0.5, numbers=Fraction),
            TypeError,
            "w_00^1: 0.5 is of type float, where the model declares Fraction: conv",
        ),
        (
            nn.MLP(1, [1], notation=OwnNotation()),
            TypeError,
            "a Notation is saved, not a OwnNotation",
        ),
        (
            nn.MLP.from_weights([[[1 << 90_000]]], [[0]], ["linear"]),
            ValueError,
            "this model cannot be saved: layer 1",
        ),
    ],
)
def test_what_would_not_come_back_is_not_saved(path, model, error, sentence):
    path.write_text("before")
    with pytest.raises(error) as raised:
        save(model, path)
    assert sentence in str(raised.value)
    assert path.read_text() == "before"


# --- damaged and hostile files --------------------------------------------------------------------


def changed(*keys_and_value):
    """A saved file with one entry set to another value."""
    *keys, last, value = keys_and_value
    whole = json.loads(encoded_model(small()))
    place = whole
    for key in keys:
        place = place[key]
    place[last] = value
    return json.dumps(whole)


def weight(value):
    return changed("layers", 0, "weights", 0, 0, value)


GOOD = encoded_model(small())
HOSTILE = {
    "empty": ("", "not JSON"),
    "cut off": (GOOD[:200], "not JSON"),
    "no text": (b"\xff\xfe\x00", "not UTF-8 text"),
    "pickle": (b"\x80\x04\x95cposix\nsystem\n.", "not UTF-8 text"),
    "deep": ("[" * 200_000, "nested too deeply"),
    "lists": (f"[{'[],' * 10**6}[]]", "more brackets and commas than 1000000 parameters have"),
    "objects": (f"[{'{},' * 10**6}[]]", "more brackets and commas than 1000000 parameters have"),
    "list": ("[]", "not a chalkgrad model"),
    "other format": (changed("format", "onnx"), "not a chalkgrad model"),
    "later version": (changed("version", 3), "version 3, where this chalkgrad reads 1 and 2"),
    "version true": (changed("version", True), "version True, where"),
    "unknown key": (changed("code", "import os"), "the file has the unknown 'code'"),
    "missing key": (GOOD.replace('"not_finite": false,', ""), "the file lacks 'not_finite'"),
    "key twice": (
        GOOD.replace('"version": 1', '"version": 1, "version": 1'),
        "the key 'version' occurs twice",
    ),
    "numbers": (changed("numbers", "object"), "unknown number type 'object'"),
    "numbers list": (changed("numbers", []), "unknown number type a list"),
    "not_finite": (changed("not_finite", 0), "not_finite is neither true nor false"),
    "layers": (changed("layers", {}), "the layers are not a list of 1 to 1000"),
    "no layers": (changed("layers", []), "the layers are not a list of 1 to 1000"),
    "many layers": (changed("layers", [0] * 1001), "the layers are not a list of 1 to 1000"),
    "no layer": (changed("layers", 0, 1), "layer 1 is not an object"),
    "activation": (
        changed("layers", 0, "activation", "__import__"),
        "layer 1 has the unknown activation '__import__'",
    ),
    "activation of two": (
        changed("layers", 0, "activation", "mul"),
        "layer 1 has the unknown activation 'mul'",
    ),
    "activation list": (
        changed("layers", 0, "activation", []),
        "layer 1 has the unknown activation a list",
    ),
    "no rows": (changed("layers", 0, "weights", []), "layer 1 has no lists of weights and biases"),
    "row": (changed("layers", 0, "weights", 1, "12"), "layer 1, row 1 is not a list of weights"),
    "short row": (
        changed("layers", 0, "weights", 1, [1]),
        "layer 1, row 1 has 1 weights for 2 inputs",
    ),
    "wide layer": (
        changed("layers", 1, "weights", 0, [1, 2, 3]),
        "layer 2, row 0 has 3 weights for 2 inputs",
    ),
    "biases": (changed("layers", 0, "biases", [1]), "layer 1 has 2 rows of weights and 1 biases"),
    "too many": (
        changed("layers", 0, "weights", [[0] * 500_001] * 2),
        "more than 1000000 parameters",
    ),
    "true": (weight(True), "layer 1: True is not a number"),
    "null": (weight(None), "layer 1: None is not a number"),
    "text": (weight("1"), "layer 1: '1' is not a number"),
    "expression": (weight("Fraction 1/(2)"), "layer 1: 'Fraction 1/(2)' is not a number"),
    "by zero": (weight("Fraction 1/0"), "layer 1: 'Fraction 1/0' is not a number"),
    "not reduced": (
        weight("Fraction 2/4"),
        "layer 1: 'Fraction 2/4' is not a number as it is saved",
    ),
    "other digits": (weight("Fraction \u0661/2"), "is not a number"),
    "spaces": (weight("Decimal  1"), "is not a number"),
    "exponent": (weight("Decimal 1E+9999999999999999999999"), "is not a number"),
    "greatest exponent": (weight("Decimal 1E+999999999999999999999999999"), "is not a number"),
    "long decimal": (weight("Decimal " + "1" * 30_000), "is not a number"),
    "long hexadecimal": (weight("int 0x" + "f" * 60_000), "is not a number"),
    "long integer": (
        weight(7).replace("[7,", "[" + "7" * 5000 + ","),
        "a number of 5000 digits, more than 600",
    ),
    "float text": (weight("float 0.5"), "a finite float is a number of JSON"),
    "half a complex": (weight("complex 0.5"), "is not a number"),
    "complex of three": (weight("complex 0.5 1.0 2.0"), "is not a number"),
    "complex not as saved": (weight("complex 0.50 1.0"), "is not a number as it is saved"),
    "long complex": (
        weight("complex 1.0 " + "0" * 60 + "1.0"),
        "a part of more digits than a float has",
    ),
    "undeclared complex nan": (
        weight("complex 0.0 nan"),
        "is not finite, though the file says that all numbers are",
    ),
    "float in a model of Fractions": (
        weight(0.5).replace('"numbers": null', '"numbers": "Fraction"'),
        "w_00^1: 0.5 is of type float, where the model declares Fraction: "
        "convert it, or declare no number type",
    ),
    "integer that no float is": (
        weight(2**53 + 1).replace('"numbers": null', '"numbers": "float"'),
        "w_00^1: ≈9.007*10^15 is of type int, where the model declares float",
    ),
    "NaN": (weight(float("nan")), "NaN is not a number of JSON"),
    "-Infinity": (weight(float("-inf")), "-Infinity is not a number of JSON"),
    "1e999": (weight(7).replace("[7,", "[1e999,"), "the number '1e999' is not a float"),
    "undeclared nan": (
        weight("float nan"),
        "is not finite, though the file says that all numbers are",
    ),
    "undeclared sNaN": (
        weight("Decimal sNaN"),
        "is not finite, though the file says that all numbers are",
    ),
    "pattern": (
        changed("notation", "bias_pattern", "{layer:>999999999}"),
        "the notation's bias_pattern '{layer:>999999999}' is no pattern",
    ),
    "attribute": (changed("notation", "bias_pattern", "{layer.__class__}"), "is no pattern"),
    "conversion": (changed("notation", "bias_pattern", "{layer!r}"), "is no pattern"),
    "open brace": (changed("notation", "bias_pattern", "{layer"), "is no pattern"),
    "long pattern": (changed("notation", "bias_pattern", "b" * 101), "is longer than 100"),
    "pattern type": (changed("notation", "bias_pattern", 1), "the notation's bias_pattern is 1"),
    "index": (changed("notation", "first_index", 10**7), "the notation's first_index is beyond"),
    "index true": (changed("notation", "first_index", True), "the notation's first_index is True"),
    "notation": (changed("notation", []), "the notation is not an object"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_damaged_or_hostile_file_is_refused_with_its_name_and_the_reason(path, case):
    content, reason = HOSTILE[case]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError) as raised:
        load(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert reason in str(raised.value)
    assert len(str(raised.value)) < 500 + len(str(path))


def test_a_file_beyond_the_bound_is_not_read(path):
    with path.open("wb") as file:
        file.truncate(model_reading.MOST_BYTES + 1)
    with pytest.raises(ValueError, match=r"model.json: more than 67108864 bytes"):
        load(path)


@settings(max_examples=150, deadline=None)
@given(
    place=st.integers(0, len(GOOD) - 1), text=st.text(alphabet='[]{}",:0159-e.tnull ', max_size=3)
)
def test_a_file_with_a_slip_loads_or_is_a_value_error(place, text):
    slipped = GOOD[:place] + text + GOOD[place + 1 :]
    try:
        model = decoded_model(slipped.encode())
    except ValueError:
        return
    assert encoded_model(model)


def test_a_file_that_is_not_there_is_pythons_error(path):
    with pytest.raises(FileNotFoundError):
        load(path)


# --- numbers by name ------------------------------------------------------------------------------


def test_numbers_by_name_go_to_another_model():
    model, other = small(), nn.MLP(2, [2, 1])
    other.load_state_dict(model.state_dict())
    assert other.state_dict() == model.state_dict()
    assert [type(number) for number in other.state_dict().values()][:3] == [int, float, int]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (lambda state: state.pop("b_0^2"), ValueError, "missing: b_0^2"),
        (lambda state: state.update(extra=1, more=2), ValueError, "unexpected: extra, more"),
        (
            lambda state: state.update({"b_0^2": "1"}),
            TypeError,
            "b_0^2: a str is not a number ('1')",
        ),
        (lambda state: state.update({"b_0^2": None}), TypeError, "b_0^2: None is not a number"),
        (
            lambda state: state.update({"b_0^2": small().parameters()[0]}),
            TypeError,
            "b_0^2: Value(1, name='w_00^1')",
        ),
    ],
)
def test_names_or_numbers_that_do_not_fit_change_nothing(change, error, sentence):
    model = small()
    state = {name: number + 1 for name, number in model.state_dict().items()}
    before = model.state_dict()
    change(state)
    with pytest.raises(error) as raised:
        model.load_state_dict(state)
    assert sentence in str(raised.value)
    assert model.state_dict() == before


def test_a_state_that_is_no_dict_is_refused():
    with pytest.raises(
        TypeError,
        match=r"a state is a dict of numbers by name, as state_dict\(\) returns, not a NoneT",
    ):
        small().load_state_dict(None)


def test_names_that_stand_for_two_are_refused():
    model = small()
    for layer in model.layers:
        layer.neurons[0].bias.name = "b0"
    with pytest.raises(ValueError, match=r"the names b0 stand for several parameters"):
        model.state_dict()


@pytest.mark.parametrize(
    ("numbers", "given", "taken"),
    [
        (Fraction, 3, Fraction(3)),
        (Decimal, 3, Decimal(3)),
        (float, 3, 3.0),
        (complex, 3, 3 + 0j),
        (float, 0.5, 0.5),
        (None, Decimal("0.10"), Decimal("0.10")),
    ],
)
def test_an_integer_becomes_one_of_the_declared_type(path, numbers, given, taken):
    model = small(numbers=numbers)
    model.load_state_dict(model.state_dict() | {"b_0^2": given})
    assert exact(model.state_dict()["b_0^2"]) == exact(taken)
    model.parameters()[-1].data = given
    save(model, path)
    assert exact(load(path).state_dict()["b_0^2"]) == exact(taken)


def test_a_long_integer_is_no_decimal():
    """The conversion takes the square of its length in time: in a file of many such, minutes."""
    model = small(numbers=Decimal)
    with pytest.raises(
        TypeError, match=r"b_0\^2: .* is of type int, where the model declares Decimal"
    ):
        model.load_state_dict(model.state_dict() | {"b_0^2": 1 << 60_000})


def test_a_numpy_scalar_becomes_one_of_the_declared_type():
    numpy = pytest.importorskip("numpy")
    model = small(numbers=float)
    model.load_state_dict(model.state_dict() | {"b_0^2": numpy.float32(0.5)})
    assert exact(model.state_dict()["b_0^2"]) == (float, "0.5")


@pytest.mark.parametrize(
    ("numbers", "given", "sentence"),
    [
        (
            Fraction,
            0.5,
            "b_0^2: 0.5 is of type float, where the model declares Fraction: "
            "convert it, or declare no number",
        ),
        (
            Decimal,
            Fraction(1, 2),
            "b_0^2: 0.5 is of type Fraction, where the model declares Decimal",
        ),
        (float, Decimal("0.1"), "b_0^2: 0.1 is of type Decimal, where the model declares float"),
        (float, 2**53 + 1, "is of type int, where the model declares float"),
        (float, 10**400, "is of type int, where the model declares float"),
        (int, 2.0, "b_0^2: 2 is of type float, where the model declares int"),
    ],
)
def test_numbers_of_another_type_than_declared_are_refused(numbers, given, sentence):
    model = small(numbers=None if numbers is int else numbers)
    model.numbers = numbers
    before = model.state_dict()
    with pytest.raises(TypeError) as raised:
        model.load_state_dict(dict.fromkeys(before, 1) | {"b_0^2": given})
    assert sentence in str(raised.value)
    assert model.state_dict() == before
