"""Weights to and from PyTorch's layout: names, shapes, files, and torch itself where it is
installed.
"""

from __future__ import annotations

import json
import random
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy

import nn
from autograd import mean, tanh
from nn.exchange import from_arrays, load_safetensors, save_safetensors, to_arrays

numpy = pytest.importorskip("numpy")

ACTIVATIONS = ["tanh", "linear", "leaky_relu", "sigmoid", "softplus", "relu", "linear"]


def model_of_all():
    return nn.MLP(2, [3, 4, 3, 3, 2, 3, 2], ACTIVATIONS, rng=random.Random(3))


def arrays_of(*shapes):
    """Weights and biases of given shapes for the activations relu and linear."""
    names = ["0.weight", "0.bias", "2.weight", "2.bias"]
    return {name: numpy.zeros(shape) for name, shape in zip(names, shapes, strict=True)}


def test_names_count_the_activations_and_rows_are_neurons():
    model = nn.MLP.from_weights(
        [[[1, 2], [3, 4], [5, 6]], [[7, 8, 9]]], [[1, 2, 3], [4]], ["relu", "linear"]
    )
    arrays = to_arrays(model)
    assert list(arrays) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert arrays["0.weight"].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert arrays["2.bias"].tolist() == [4]
    assert {array.dtype for array in arrays.values()} == {numpy.dtype("float64")}


def test_a_linear_layer_has_no_activation_module():
    assert list(to_arrays(model_of_all()))[::2] == [
        f"{place}.weight" for place in (0, 2, 3, 5, 7, 9, 11)
    ]


def test_there_and_back_is_the_same_model():
    model = model_of_all()
    again = from_arrays(
        to_arrays(model), ["tanh", "linear", "leaky_relu", "sigmoid", "softplus", "relu", "linear"]
    )
    assert again.state_dict() == model.state_dict()
    assert again.predict([0.3, -0.7]) == model.predict([0.3, -0.7])
    assert {type(number) for number in again.state_dict().values()} == {float}


def test_fractions_are_rounded_and_can_be_read_as_fractions():
    model = nn.MLP.from_weights([[[Fraction(1, 3)]]], [[Fraction(1, 10)]], [tanh])
    assert to_arrays(model)["0.weight"].tolist() == [[1 / 3]]
    again = from_arrays(to_arrays(model), [tanh], numbers=Fraction)
    assert again.state_dict()["b_0^1"] == Fraction(1, 10)
    huge = nn.MLP.from_weights([[[Fraction(10**400)]]], [[0]], ["linear"])
    with pytest.raises(ValueError, match=r"w_00\^1 is not a float64"):
        to_arrays(huge)


@pytest.mark.parametrize(
    "number", [Decimal("1E+400"), Decimal("-1E+400"), Decimal("1E-400"), Fraction(1, 10**400)]
)
def test_what_would_be_rounded_to_infinity_or_0_is_refused(number):
    model = nn.MLP.from_weights([[[number]]], [[Decimal("Infinity")]], ["linear"])
    with pytest.raises(
        ValueError,
        match=r"^w_00\^1 is not a float64: it would be rounded to -?(inf|0.0), scale the weig",
    ):
        to_arrays(model)


@pytest.mark.parametrize(
    "number", [0, Fraction(0), Decimal("Infinity"), float("-inf"), sympy.Integer(0), sympy.oo]
)
def test_zero_and_infinity_are_what_they_are(number):
    assert to_arrays(nn.MLP.from_weights([[[number]]], [[0]], ["linear"]))["0.weight"] == float(
        number
    )


def test_single_precision_is_taken_as_the_floats_it_holds():
    arrays = {
        name: array.astype("float32") + numpy.float32(0.1)
        for name, array in arrays_of((1, 1), 1, (1, 1), 1).items()
    }
    assert from_arrays(arrays, ["relu", "linear"]).state_dict()["w_00^1"] == float(
        numpy.float32(0.1)
    )


def test_numbers_that_a_float_does_not_hold_are_refused():
    if numpy.longdouble(0).itemsize == 8:
        pytest.skip("no wider floats here")
    arrays = arrays_of((1, 1), 1, (1, 1), 1) | {"2.bias": numpy.zeros(1, numpy.longdouble)}
    with pytest.raises(
        ValueError, match=r"2.bias: an array of 1 dimensions of real numbers, not 1 of"
    ):
        from_arrays(arrays, ["relu", "linear"])


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        (arrays_of((3, 2), 3, (1, 2), 1), "2.weight has 2 columns for the 3 neurons before it"),
        (arrays_of((3, 2), 2, (1, 3), 1), "0.weight has 3 rows, but 0.bias 2 numbers"),
        (
            arrays_of((3, 2, 1), 3, (1, 3), 1),
            "0.weight: an array of 2 dimensions of real numbers, not 3 of float64",
        ),
        (arrays_of((3, 0), 3, (1, 3), 1), "0.weight is empty: 3 x 0"),
        (
            arrays_of((3, 2), 3, (1, 3), 1) | {"0.bias": numpy.array(["a", "b", "c"])},
            "0.bias: an array of 1 dimensions",
        ),
        (
            arrays_of((3, 2), 3, (1, 3), 1) | {"1.weight": numpy.zeros((1, 1))},
            "unexpected: 1.weight",
        ),
        ({"0.weight": numpy.zeros((1, 1))}, "missing: 0.bias, 2.weight, 2.bias"),
    ],
)
def test_names_or_shapes_that_do_not_fit_are_refused(arrays, sentence):
    with pytest.raises(ValueError) as raised:
        from_arrays(arrays, ["relu", "linear"])
    assert sentence in str(raised.value)


def test_one_name_is_no_list_of_activations():
    with pytest.raises(TypeError, match=r"one activation for each layer, as a list: \['relu'\]"):
        from_arrays({}, "relu")
    with pytest.raises(TypeError, match="one activation for each layer, as a list, not a NoneType"):
        from_arrays({}, None)


def test_safetensors_there_and_back(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    path, model = tmp_path / "model.safetensors", model_of_all()
    save_safetensors(model, path)
    assert safetensors.load_file(path)["0.weight"].shape == (3, 2)
    assert load_safetensors(path, ACTIVATIONS).state_dict() == model.state_dict()


def test_a_file_that_is_none_is_refused_with_its_name(tmp_path):
    pytest.importorskip("safetensors.numpy")
    path = tmp_path / "model.safetensors"
    for content in (b"", b"not one", b"\xff" * 100):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"model.safetensors: not a safetensors file"):
            load_safetensors(path, ["relu"])
    save_safetensors(nn.MLP(1, [1]), path)
    with pytest.raises(
        ValueError,
        match=r"model.safetensors: not the arrays of 2 layers .*missing: 2.weight, 2.bias",
    ):
        load_safetensors(path, ["relu", "linear"])


def test_bfloat16_is_named(tmp_path):
    pytest.importorskip("safetensors.numpy")
    header = json.dumps(
        {"0.weight": {"dtype": "BF16", "shape": [1, 1], "data_offsets": [0, 2]}}
    ).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(
        ValueError, match=r"'BF16'; bfloat16, which NumPy lacks: convert to float32$"
    ):
        load_safetensors(path, ["linear"])


def test_without_numpy_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(
        ImportError, match=r'arrays need numpy: pip install "chalkgrad\[exchange\]"'
    ):
        to_arrays(nn.MLP(1, [1]))


def test_torch_computes_the_same_outputs_and_gradients():
    torch = pytest.importorskip("torch")
    modules = {
        "tanh": "Tanh",
        "leaky_relu": "LeakyReLU",
        "sigmoid": "Sigmoid",
        "softplus": "Softplus",
        "relu": "ReLU",
    }
    model, sequence, inputs = model_of_all(), [], 2
    for layer, activation in zip(model.layers, ACTIVATIONS, strict=True):
        sequence.append(torch.nn.Linear(inputs, len(layer.neurons), dtype=torch.float64))
        if activation != "linear":
            sequence.append(getattr(torch.nn, modules[activation])())
        inputs = len(layer.neurons)
    sequential = torch.nn.Sequential(*sequence)
    sequential.load_state_dict(
        {name: torch.from_numpy(array) for name, array in to_arrays(model).items()}
    )
    theirs = sequential(torch.tensor([0.3, -0.7], dtype=torch.float64))
    theirs.mean().backward()
    ours = model([0.3, -0.7])
    mean(ours).backward()
    assert [output.data for output in ours] == pytest.approx(theirs.tolist(), rel=1e-12)
    gradients = nn.MLP(2, [3, 4, 3, 3, 2, 3, 2], ACTIVATIONS)
    for target, parameter in zip(gradients.parameters(), model.parameters(), strict=True):
        target.data = parameter.grad
    for name, expected in sequential.named_parameters():
        assert to_arrays(gradients)[name] == pytest.approx(expected.grad.numpy(), rel=1e-10)
    back = from_arrays(
        {name: t.numpy() for name, t in sequential.state_dict().items()}, ACTIVATIONS
    )
    assert back.state_dict() == model.state_dict()
