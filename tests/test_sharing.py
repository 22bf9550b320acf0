"""Networks without biases, with one bias a layer, and with any parameter in several places."""

from __future__ import annotations

import copy
import json
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Value, find, grad
from autograd.notes.notation import Notation
from nn.model_file import encoded_model, load, save
from nn.model_reading import decoded_model

# The worked example of Mazur 2015, https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/
WEIGHTS = [[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]]
SIGMOIDS = ["sigmoid", "sigmoid"]
INPUTS, TARGETS = [0.05, 0.10], [0.01, 0.99]


def worked(**options):
    return nn.MLP.from_weights(WEIGHTS, [0.35, 0.60], SIGMOIDS, **options)


def without(**options):
    return nn.MLP.from_weights(WEIGHTS, None, SIGMOIDS, **options)


def tied():
    """An autoencoder whose second layer has the first one's weights, transposed."""
    w = [[Value(Fraction(1, 2), "u"), Value(Fraction(-1, 3), "v")]]
    transposed = [[w[0][0]], [w[0][1]]]
    return nn.MLP.from_weights([w, transposed], [[0], None], ["relu", "linear"])


def names(model):
    return [name for name, _ in model.named_parameters()]


# --- one bias a layer -----------------------------------------------------------------------------


def test_a_shared_bias_is_one_parameter_named_after_its_layer():
    assert names(worked())[:5] == ["w_00^1", "w_01^1", "b^1", "w_10^1", "w_11^1"]
    assert names(worked())[5:] == ["w_00^2", "w_01^2", "b^2", "w_10^2", "w_11^2"]
    assert worked().state_dict()["b^2"] == 0.60


def test_the_printed_numbers_of_a_book_with_one_bias_a_layer():
    model = worked()
    loss = nn.sum_half_squared_error(model(INPUTS), TARGETS)
    loss.backward()
    assert round(loss.data, 9) == 0.298371109
    assert [round(a, 9) for a in model.predict(INPUTS)] == [0.751365070, 0.772928465]
    nn.SGD([p for name, p in model.named_parameters() if name[0] == "w"], 0.5).step()
    found = model.state_dict()
    assert round(found["w_00^2"], 9) == 0.358916480
    assert round(found["w_01^2"], 9) == 0.408666186
    assert round(found["w_10^2"], 9) == 0.511301270
    assert round(found["w_11^2"], 9) == 0.561370121
    assert round(found["w_00^1"], 9) == 0.149780716
    assert round(found["w_01^1"], 9) == 0.199561432


def test_the_gradient_of_a_shared_bias_is_the_sum_of_its_neurons():
    shared, own = worked(), nn.MLP.from_weights(WEIGHTS, [[0.35] * 2, [0.6] * 2], SIGMOIDS)
    for model in (shared, own):
        nn.sum_half_squared_error(model(INPUTS), TARGETS).backward()
    of = {name: parameter.grad for name, parameter in own.named_parameters()}
    b1 = dict(shared.named_parameters())["b^1"]
    assert b1.grad == pytest.approx(of["b_0^1"] + of["b_1^1"], rel=1e-15)


def test_a_drawn_network_can_share_its_biases():
    model = nn.MLP(2, [3, 1], bias="shared", rng=random.Random(1))
    assert model.layers[0].shared_bias.data == 0.0
    assert len(model.parameters()) == 6 + 1 + 3 + 1
    assert model.predict([1, 2]) == nn.MLP(2, [3, 1], rng=random.Random(1)).predict([1, 2])


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("b_{indices}^{layer}", "b^1"),
        ("b^{layer}_{indices}", "b^1"),
        ("theta[{layer}][{indices}]", "theta[1]"),
        ("b_{{{indices}}}^{{({layer})}}", "b^{(1)}"),
        ("b({indices})", "b"),
        ("b{layer},{indices}", "b1"),
    ],
)
def test_the_name_of_a_shared_bias_is_that_of_a_bias_without_its_neuron(pattern, name):
    assert Notation(bias_pattern=pattern).shared_bias(1) == name


def test_a_shared_bias_is_read_in_the_number_type():
    assert worked(numbers=Fraction).state_dict()["b^1"] == Fraction(7, 20)


# --- no bias --------------------------------------------------------------------------------------


def test_without_biases_a_neuron_is_a_dot_product():
    model = without()
    assert len(model.parameters()) == 8
    output = model(INPUTS)[0]
    (z,) = find(output, "z_0^1")
    assert z.operands[:2] == model.layers[0].neurons[0].weights and len(z.operands) == 4
    assert model.predict(INPUTS)[0] == output.data


@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_a_neuron_without_bias_of_any_width(inputs):
    weights, numbers = list(range(2, 2 + inputs)), list(range(5, 5 + inputs))
    neuron = nn.Neuron(weights, bias=False)
    expected = sum(w * x for w, x in zip(weights, numbers, strict=True))
    assert neuron(numbers).data == neuron.predict(numbers) == expected
    assert neuron.bias is None and len(neuron.parameters()) == inputs


def test_a_drawn_network_can_have_no_biases():
    model = nn.MLP(2, [3, 1], bias=False)
    assert [neuron.bias for layer in model.layers for neuron in layer.neurons] == [None] * 4
    assert repr(model) == "MLP(2-3-1, 9 parameters)"


def test_one_layer_can_be_without():
    model = nn.MLP.from_weights(WEIGHTS, [None, [1, 2]], SIGMOIDS)
    assert names(model)[:5] == ["w_00^1", "w_01^1", "w_10^1", "w_11^1", "w_00^2"]
    assert names(model)[-1] == "b_1^2"
    assert len(nn.Layer(WEIGHTS[0], biases=False).parameters()) == 4


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (
            lambda: nn.MLP(2, [1], bias="one"),
            ValueError,
            "bias is True, False, or 'shared' for one a layer: got 'one'",
        ),
        (
            lambda: nn.MLP.from_weights(WEIGHTS, 0.35, SIGMOIDS),
            TypeError,
            "the biases are a list, one entry for each layer: give [0.35] * 2 for one bias a layer",
        ),
        (
            lambda: nn.MLP.from_weights(WEIGHTS, [[0.1, None], None], SIGMOIDS),
            ValueError,
            "layer 1 needs a bias for each neuron, or None in the place of the whole list",
        ),
        (
            lambda: nn.MLP.from_weights(WEIGHTS, [True, None], SIGMOIDS),
            TypeError,
            "True is not a number",
        ),
        (
            lambda: nn.MLP.from_weights([[[Value(0.5, "w")]]], None, ["relu"], numbers=Fraction),
            TypeError,
            "w: 0.5 is of type float, where the model declares Fraction: convert it",
        ),
    ],
)
def test_what_is_no_bias_is_named(wrong, error, sentence):
    with pytest.raises(error) as raised:
        wrong()
    assert sentence in str(raised.value)


# --- Values as parameters -------------------------------------------------------------------------


def test_a_value_in_several_places_is_one_parameter_in_the_place_of_its_first_use():
    model = tied()
    assert names(model) == ["u", "v", "b_0^1"]
    assert model.state_dict() == {"u": Fraction(1, 2), "v": Fraction(-1, 3), "b_0^1": 0}
    assert model.layers[1].parameters() == model.parameters()[:2]


def test_a_value_without_a_name_gets_that_of_its_first_place():
    w = Value(0.5)
    model = nn.MLP.from_weights([[[w, w]]], None, ["linear"])
    assert names(model) == ["w_00^1"] and model.parameters()[0] is w


def test_weights_may_be_results_but_their_numbers_are_not_set():
    w = Value(3, "w")
    model = nn.MLP.from_weights([[[w * 2]]], None, ["linear"])
    model([5]).backward()
    assert w.grad == 10
    with pytest.raises(ValueError, match="is a result of mul: only leaves are set"):
        model.load_state_dict({"w_00^1": 1})


def test_a_state_goes_to_a_model_that_shares():
    model = tied()
    model.load_state_dict({"u": 1, "v": 2, "b_0^1": 3})
    assert model.layers[1].neurons[1].weights[0].data == 2


def test_training_moves_a_shared_parameter_once():
    w = Value(Fraction(1), "w")
    model = nn.MLP.from_weights([[[w, w]]], None, ["linear"])
    nn.fit(
        model,
        [[1, 1]],
        [Fraction(3)],
        loss=nn.half_squared_error,
        optimizer=nn.SGD(model.parameters(), Fraction(1, 10)),
        epochs=1,
        progress=False,
    )
    assert w.data == Fraction(12, 10)  # 1 - 1/10 * (2 - 3) * 2


@pytest.mark.parametrize("made", [worked, without, tied])
@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_and_pickles_share_as_their_model_does(made, again):
    model = made()
    other = again(model)
    assert names(other) == names(model) and other.state_dict() == model.state_dict()
    other.parameters()[0].data = 7
    assert model.parameters()[0].data != 7


# --- what reads a model ---------------------------------------------------------------------------


def test_the_summary_counts_what_is_shared_once():
    lines = nn.summary(worked()).splitlines()
    assert lines[1].split() == ["1", "2", "x", "2", "1", "sigmoid", "5"]
    assert lines[3].split() == ["total", "10"]
    assert nn.summary(without()).splitlines()[1].split() == [
        "1",
        "2",
        "x",
        "2",
        "0",
        "sigmoid",
        "4",
    ]
    assert nn.summary(tied()).splitlines()[-1].split() == ["total", "3"]


@pytest.mark.parametrize("made", [worked, without, tied])
def test_sharing_and_absence_survive_a_file(made, tmp_path):
    model = made()
    save(model, tmp_path / "model.json")
    again = load(tmp_path / "model.json")
    assert names(again) == names(model) and again.state_dict() == model.state_dict()
    assert again.predict([2, 1]) == model.predict([2, 1])
    places = [id(p) for p in again._places()]
    before = [id(p) for p in model._places()]
    assert [places.index(p) for p in places] == [before.index(p) for p in before]


def test_a_file_is_of_version_2_only_where_it_must_be():
    plain = nn.MLP.from_weights(WEIGHTS, [[1, 2], [3, 4]], SIGMOIDS)
    assert json.loads(encoded_model(plain))["version"] == 1
    assert json.loads(encoded_model(without()))["version"] == 2
    whole = json.loads(encoded_model(worked()))
    assert whole["version"] == 2 and whole["named"] == {"b^1": 0.35, "b^2": 0.6}
    assert whole["layers"][0]["biases"] == ["parameter b^1", "parameter b^1"]
    assert json.loads(encoded_model(without()))["layers"][0]["biases"] is None


def test_a_name_of_ones_own_survives_a_file():
    model = nn.MLP.from_weights([[[Value(Decimal("0.10"), "theta")]]], [[0]], ["linear"])
    assert names(decoded_model(encoded_model(model))) == ["theta", "b_0^1"]


def test_what_is_shared_under_the_name_of_its_place_survives_a_file():
    w = Value(2)
    model = nn.MLP.from_weights([[[w], [w]]], None, ["linear"])
    assert names(decoded_model(encoded_model(model))) == names(model) == ["w_00^1"]
    w.name = ""
    assert names(decoded_model(encoded_model(model))) == ["w_00^1"]


def test_a_name_that_stands_for_two_is_not_saved(tmp_path):
    model = nn.MLP.from_weights([[[Value(1, "w"), Value(2, "w")]]], None, ["linear"])
    with pytest.raises(ValueError, match="the name 'w' stands for several parameters: give each"):
        save(model, tmp_path / "model.json")
    assert not list(tmp_path.iterdir())


def changed(**entries):
    return json.dumps(json.loads(encoded_model(worked())) | entries)


LAYERS = json.loads(encoded_model(worked()))["layers"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (changed(named=None), "what is named is not an object"),
        (changed(named=[]), "what is named is not an object"),
        (changed(named={"b^1": 1}), "layer 2: 'parameter b^2' is not among those that are named"),
        (changed(named={"b^1": 1, "b^2": 2, "c": 3}), "'c' is named and stands nowhere"),
        (changed(named={"b^1": 1, "b^2": "x"}), "'b^2': 'x' is not a number"),
        (changed(named={"b^1": 1, "b^2": "float nan"}), "is not finite, though the file says"),
        (changed(named={"b^1": 1, "b^2": 2, "b" * 101: 3}), "is longer than 100 letters"),
        (changed(named={"b^1": 1, "b^2": "parameter b^1"}), "'parameter b^1' is not a number"),
        (changed(version=1), "the file has the unknown 'named'"),
        (
            json.dumps({k: v for k, v in json.loads(changed(version=1)).items() if k != "named"}),
            "layer 1: 'parameter b^1' is not a number",
        ),
        (changed(layers=[LAYERS[0] | {"biases": {}}, LAYERS[1]]), "no lists of weights and biases"),
        (changed(layers=[LAYERS[0] | {"biases": []}, LAYERS[1]]), "2 rows of weights and 0 biases"),
    ],
)
def test_a_damaged_file_of_version_2_is_refused(text, sentence):
    with pytest.raises(ValueError) as raised:
        decoded_model(text)
    assert sentence in str(raised.value)


def test_version_1_has_a_list_of_biases():
    whole = json.loads(encoded_model(nn.MLP(1, [1])))
    whole["layers"][0]["biases"] = None
    with pytest.raises(ValueError, match="layer 1 has no lists of weights and biases"):
        decoded_model(json.dumps(whole))


def test_arrays_of_a_layer_without_biases_have_none(tmp_path):
    pytest.importorskip("safetensors.numpy")
    assert list(nn.to_arrays(without())) == ["0.weight", "2.weight"]
    nn.save_safetensors(without(), tmp_path / "model.safetensors")
    again = nn.load_safetensors(tmp_path / "model.safetensors", SIGMOIDS)
    assert again.state_dict() == without().state_dict()


def test_a_shared_bias_is_repeated_in_arrays():
    pytest.importorskip("numpy")
    arrays = nn.to_arrays(worked())
    assert arrays["2.bias"].tolist() == [0.6, 0.6]
    again = nn.from_arrays(arrays, SIGMOIDS)
    assert again.predict(INPUTS) == worked().predict(INPUTS) and len(again.parameters()) == 12


def test_a_gradient_in_a_model_is_a_model_that_shares_as_it_does():
    model = tied()
    slopes = grad(lambda m: nn.sum_half_squared_error(m([3, 1]), [Fraction(1), Fraction(2)]))(model)
    nn.sum_half_squared_error(model([3, 1]), [Fraction(1), Fraction(2)]).backward()
    assert [p.data for p in slopes.parameters()] == [p.grad for p in model.parameters()]
    assert slopes.layers[0].neurons[0].weights[0] is slopes.layers[1].neurons[0].weights[0]


@pytest.mark.parametrize("biases", [None, [0.5, -0.5], 0.35])
@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_a_layer_computes_what_its_neurons_do(biases, activation):
    layer = nn.Layer([[0.5, -1.5], [2.0, 3.0]], biases, activation)
    for found, neuron in zip(layer([0.1, 0.7]), layer.neurons, strict=True):
        alone = neuron([0.1, 0.7])
        assert (found.data, found.name, found.operation) == (
            alone.data,
            alone.name,
            alone.operation,
        )
        assert found.data == neuron.predict([0.1, 0.7])
