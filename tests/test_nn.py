"""The network: names, shapes, initialisation, number types, errors, training."""

from __future__ import annotations

import copy
import math
import random
import statistics
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Value, find, mean, relu, tanh
from autograd.entry import Unary
from autograd.notes.notation import Notation
from autograd.number_types import number_of
from autograd.operations import OPERATIONS

WEIGHTS = [[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]]
BIASES = [[0.1, -0.2, 0], [0.05]]


def worked(numbers=None, **options):
    return nn.MLP.from_weights(WEIGHTS, BIASES, ["relu", "relu"], numbers=numbers, **options)


def test_parameters_carry_the_notes_names_row_by_row():
    names = [name for name, _ in worked().named_parameters()]
    assert names[:9] == [
        "w_00^1",
        "w_01^1",
        "b_0^1",
        "w_10^1",
        "w_11^1",
        "b_1^1",
        "w_20^1",
        "w_21^1",
        "b_2^1",
    ]
    assert names[9:] == ["w_00^2", "w_01^2", "w_02^2", "b_0^2"]


def test_a_call_names_what_it_computes():
    output = worked(Fraction)([1, 2])
    assert output.name == "a_0^2"
    for name, number in {
        "a_1^0": 2,
        "z_0^1": Fraction(-1, 2),
        "a_0^1": 0,
        "z_1^1": Fraction("1.1"),
    }.items():
        assert [node.data for node in find(output, name)] == [number]


def test_values_given_keep_their_names_and_get_gradients():
    x = Value(Fraction(1), "x")
    worked(Fraction)([x, 2]).backward()
    assert x.name == "x"
    assert x.grad == Fraction("-0.42")


@pytest.mark.parametrize(
    ("numbers", "expected"), [(Fraction, Fraction(47, 100)), (Decimal, Decimal("0.47"))]
)
def test_floats_are_read_by_their_shortest_decimal_form(numbers, expected):
    output = worked(numbers)([1.0, 2])
    assert output.data == expected
    assert type(output.data) is numbers


def test_predict_is_the_call_without_recording():
    model = worked(Fraction)
    assert model.predict([1, 2]) == model([1, 2]).data == Fraction(47, 100)
    two = nn.MLP(2, [3, 2], rng=random.Random(1))
    assert two.predict([0.5, -1.0]) == [node.data for node in two([0.5, -1.0])]


def test_a_model_remembers_nothing_of_a_call():
    model = worked()
    before = copy.deepcopy(vars(model.layers[0].neurons[0]))
    model([1, 2])
    assert vars(model.layers[0].neurons[0]).keys() == before.keys()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_default_is_micrograds_shape():
    model = nn.MLP(2, [16, 16, 1], rng=random.Random(0))
    assert [layer.neurons[0].activation for layer in model.layers] == [relu, relu, None]
    assert len(model.parameters()) == 337
    assert repr(model) == "MLP(2-16-16-1, 337 parameters)"


@pytest.mark.long
def test_initialisation_is_he_before_relu_and_glorot_otherwise():
    he = [
        w.data
        for neuron in nn.MLP(50, [400, 1], rng=random.Random(1)).layers[0].neurons
        for w in neuron.weights
    ]
    assert statistics.pstdev(he) == pytest.approx(math.sqrt(2 / 50), rel=0.02)
    glorot_layer = nn.MLP(50, [400], ["tanh"], rng=random.Random(1)).layers[0]
    glorot = [w.data for neuron in glorot_layer.neurons for w in neuron.weights]
    bound = math.sqrt(6 / 450)
    assert max(map(abs, glorot)) <= bound
    assert statistics.pstdev(glorot) == pytest.approx(bound / math.sqrt(3), rel=0.02)
    assert all(neuron.bias.data == 0.0 for neuron in glorot_layer.neurons)


def test_the_random_source_decides():
    def data(seed):
        return [p.data for p in nn.MLP(2, [3, 1], rng=random.Random(seed)).parameters()]

    assert data(3) == data(3) != data(4)
    assert [p.data for p in nn.MLP(2, [3, 1]).parameters()] == data(0)


def test_indices_from_one_on_request():
    model = worked(notation=Notation(first_index=1))
    assert [name for name, _ in model.named_parameters()][:3] == ["w_11^1", "w_12^1", "b_1^1"]


def test_indices_of_two_digits_are_separated():
    names = dict(nn.MLP(12, [12, 1]).named_parameters())
    assert "w_1,11^1" in names and "w_11,1^1" in names


def test_an_operation_of_ones_own_is_an_activation():
    cube = Unary("cube", lambda x: x**3, (lambda y, x: 3 * x * x,))
    model = nn.MLP.from_weights([[[2]]], [[0]], [cube])
    output = model([1])
    output.backward()
    assert (output.data, model.parameters()[0].grad) == (8, 12)
    assert nn.MLP(1, [1], [tanh]).layers[0].neurons[0].activation is tanh


def test_every_operation_on_one_operand_is_an_activation_by_its_name():
    for name, entry in OPERATIONS.items():
        if entry.arity == 1:
            model = nn.MLP.from_weights([[[Fraction(1)]]], [[0]], [name])
            assert model.layers[0].neurons[0].activation is entry
            assert model.layers[0].activation_label == name
        else:
            with pytest.raises(ValueError, match=f"unknown activation '{name}': give one of"):
                nn.Neuron([1], 0, name)


def test_the_module_offers_its_public_names_and_no_others():
    assert dir(nn) == sorted(nn.__all__)
    assert all(hasattr(nn, name) for name in nn.__all__)


def test_every_public_name_has_words_of_its_own():
    for name in nn.__all__:
        public = getattr(nn, name)
        assert public.__doc__, name
        if isinstance(public, type):
            for method, found in vars(public).items():
                if callable(found) and not method.startswith("_"):
                    assert found.__doc__, f"{name}.{method}"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: worked()([1, 2, 3]), "layer 1 expects 2 inputs, got 3"),
        (lambda: worked().predict([1]), "layer 1 expects 2 inputs, got 1"),
        (lambda: nn.Neuron([1, 2], 0)([1]), "neuron a_0^1 expects 2 inputs, got 1"),
        (lambda: nn.MLP(2, [3, 1], ["relu"]), "one activation for each layer: got 1 for 2 layers"),
        (lambda: nn.MLP(2, [3], ["rleu"]), "unknown activation 'rleu': give one of linear, relu"),
        (
            lambda: nn.MLP(2, [1], numbers=int),
            "drawn weights are no ints: take numbers=Fraction, or ints of yours in M",
        ),
        (lambda: worked(int), "0.2 is not of numbers=int: take numbers=Fraction, Decimal or float"),
        (
            lambda: worked(Fraction)([math.nan, 1]),
            "nan is not of numbers=Fraction: take numbers=Fraction, Decimal or f",
        ),
        (
            lambda: nn.MLP.from_weights([[[1]]], [[0]], ["relu"], numbers=int)([Fraction(1, 2)]),
            "Fraction(1, 2) is not of numbers=int",
        ),
        (lambda: nn.MLP(0, [3]), "at least one input, layer and neuron: got 0 inputs, layers [3]"),
        (
            lambda: nn.MLP.from_weights([[[1, 2], [3]]], [[0, 0]], ["relu"]),
            "layer 1, row 1: expected 2 weights, got 1",
        ),
        (
            lambda: nn.MLP.from_weights([[[1, 2]]], [[0, 0]], ["relu"]),
            "layer 1 needs one bias for each row of weights",
        ),
        (
            lambda: nn.MLP.from_weights([[[1, 2]], [[1, 2]]], [[0], [0]], ["relu", "relu"]),
            "layer 2 has 2 weights a row, but layer 1 has 1 neurons",
        ),
    ],
)
def test_what_does_not_make_a_network_is_named(wrong, sentence):
    with pytest.raises(ValueError) as error:
        wrong()
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: nn.MLP(2, 3), "as in MLP(2, [3, 1]): got MLP(2, 3)"),
        (lambda: nn.MLP(2, 3, ["relu"]), "as in MLP(2, [3, 1]): got MLP(2, 3)"),
        (lambda: nn.MLP([2, 3, 1], ["relu"]), "a list, the number of neurons in each layer, as in"),
        (lambda: nn.MLP(2.0, [1]), "a number of inputs and a list"),
        (lambda: nn.MLP(2, [3, 0.5]), "got MLP(2, [3, 0.5])"),
        (
            lambda: nn.MLP.from_weights([[[1, 2]]], [[0]], "relu"),
            "activations are a list, one for each layer: ['relu'] * 1",
        ),
        (
            lambda: nn.MLP.from_weights([[1, 2]], [[0]], ["relu"]),
            "the weights of layer 1 are a list of rows, one for each neuron, as in [[0.5, -1.0]] ",
        ),
        (lambda: nn.MLP.from_weights([1], [0], ["relu"]), "a list of rows, one for each neuron"),
        (lambda: nn.Layer([1, 2], 0), "a list of rows, one for each neuron"),
        (lambda: nn.Layer([1, 2], [0, 0]), "for one of two inputs: got [1, 2]"),
    ],
)
def test_lists_that_are_missing_are_asked_for(wrong, sentence):
    with pytest.raises(TypeError) as raised:
        wrong()
    assert sentence in str(raised.value)


@pytest.mark.parametrize("call", [lambda model: model(1), lambda model: model.predict(1)])
def test_one_number_is_no_list_of_inputs(call):
    with pytest.raises(
        TypeError,
        match=r"the inputs of a network are a list, one number for each: give \[1\], not 1",
    ):
        call(nn.MLP(1, [1]))


def test_a_summary_is_of_a_network():
    assert nn.summary(worked()) == worked().summary()
    with pytest.raises(TypeError, match=r"a summary is of a network, an nn.MLP, not of a Layer"):
        nn.summary(worked().layers[0])


def test_sgd_is_exact_in_fractions():
    model = worked(Fraction)
    nn.half_squared_error(model([1, 2]), Fraction("1.5")).backward()
    nn.SGD(model.parameters(), Fraction("0.1")).step()
    assert dict(model.named_parameters())["w_01^2"].data == Fraction("1.0133")
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_sgd_names_what_was_not_computed_and_updates_nothing():
    model = worked()
    optimizer = nn.SGD(model.parameters(), 0.1)
    model([1, 2]).backward()
    model.parameters()[4].grad = None
    before = [p.data for p in model.parameters()]
    with pytest.raises(
        ValueError,
        match=r"the gradient of Value\(0.8, name='w_11\^1'\) was not computed: call backward",
    ):
        optimizer.step()
    assert [p.data for p in model.parameters()] == before


def test_a_float_learning_rate_on_fractions_is_refused():
    with pytest.raises(
        TypeError, match=r"would turn Fractions into floats: give Fraction\(1, 10\)"
    ):
        nn.SGD(worked(Fraction).parameters(), 0.1)


def test_a_float_target_of_fractions_is_refused():
    with pytest.raises(
        TypeError, match=r"a Fraction with a float makes a float: write the float as a Fraction"
    ):
        nn.half_squared_error(worked(Fraction)([1, 2]), 1.5)


def test_training_reaches_a_stated_loss():
    model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
    samples = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]  # exclusive or
    optimizer = nn.SGD(model.parameters(), 2.0)
    for _ in range(600):
        model.zero_grad()
        loss = mean([nn.half_squared_error(model(inputs), target) for inputs, target in samples])
        loss.backward()
        optimizer.step()
    assert loss.data < 0.005
    assert [round(model.predict(inputs)) for inputs, _ in samples] == [0, 1, 1, 0]


LAYER = nn.Layer([[1.0, 2.0], [3.0, 4.0]], [0.5, 0.5], "tanh")
MODELS = {
    "model": nn.MLP(2, [2, 1], ["tanh", "linear"]),
    "model.predict": nn.MLP(2, [2, 1], ["tanh", "linear"]).predict,
    "layer": LAYER,
    "layer.predict": LAYER.predict,
    "neuron": LAYER.neurons[0],
    "neuron.predict": LAYER.neurons[0].predict,
}


def plain(outputs):
    return [number_of(y) for y in (outputs if isinstance(outputs, list) else [outputs])]


@pytest.mark.parametrize("call", MODELS)
def test_inputs_that_can_be_read_once(call):
    model = MODELS[call]
    for inputs in ((x for x in [1.0, 2.0]), map(float, [1, 2]), {"a": 1.0, "b": 2.0}.values()):
        assert plain(model(inputs)) == plain(model([1.0, 2.0])) == plain(model((1.0, 2.0)))


@pytest.mark.parametrize("call", MODELS)
@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (([[1, 2], [3, 4]],), "the inputs are one row of numbers, not several: give [{}(row) for "),
        (([[1, 2]],), "not several: give [{}(row) for row in rows]"),
        (([[1, 2]] * 3,), "not several: give [{}(row) for row in rows]"),
        (([1, 2], [3, 4]), "not several: give [{}(row) for row in rows]"),
        ((1, 2), "the inputs are one list: give {}([1, 2])"),
        ((1,), "a list, one number for each: give "),
        (({0: 1, 1: 2},), "the inputs are a list, in its order, not a dict"),
        (({1, 2},), "the inputs are a list, in its order, not a set"),
    ],
)
def test_what_is_no_row_of_inputs_is_told_how_to_write_it(call, inputs, sentence):
    with pytest.raises(TypeError) as raised:
        MODELS[call](*inputs)
    assert sentence.format(call) in str(raised.value)


@pytest.mark.parametrize("number", [Fraction, Decimal, float, int])
def test_rows_are_told_from_numbers_of_the_models_type(number):
    model = nn.MLP.from_weights([[[1, 2]]], [[3]], ["linear"], numbers=number)
    for call in (model, model.predict):
        with pytest.raises(TypeError, match=r"not several: give \[model"):
            call([[1, 2], [3, 4]])


class Counted(str):
    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Counted.compared += 1
        return str.__eq__(self, other)


def test_names_that_stand_for_several_parameters_are_found_in_one_pass():
    model = nn.MLP.from_weights([[[0.0] * 400]], None, ["linear"])
    for index, parameter in enumerate(model.parameters()):
        parameter.name = Counted(f"w_{index // 2}")
    with pytest.raises(ValueError, match=r"the names w_0, w_1, .* stand for several parameters"):
        model.state_dict()
    assert Counted.compared < 400 * 10


def test_networks_of_what_can_be_read_once():
    weights, biases = [[[0.5], [1.5]]], [[0.25, 0.75]]
    expected = nn.MLP.from_weights(weights, biases, ["tanh"]).state_dict()

    def once(x):
        return (once(each) if isinstance(each, list) else each for each in x)

    model = nn.MLP.from_weights(once(weights), once(biases), iter(["tanh"]))
    assert model.state_dict() == expected
    assert nn.Layer(once(weights[0]), once(biases[0])).state_dict() == expected
    assert len(nn.Neuron(once([0.5, 1.5]), 1).weights) == 2
    assert str(nn.MLP(2, iter([3, 1]), iter(["relu", "linear"]))) == "MLP(2-3-1, 13 parameters)"
    with pytest.raises(ValueError, match="a neuron needs at least one weight"):
        nn.Neuron(iter([]), 1)


def test_softmax_is_of_a_whole_layer(tmp_path):
    model = nn.MLP(2, [3], ["softmax"], rng=random.Random(1))
    outputs = model([0.5, -1.0])
    assert [output.name for output in outputs] == ["a_0^1", "a_1^1", "a_2^1"]
    assert sum(output.data for output in outputs) == pytest.approx(1)
    assert model.predict([0.5, -1.0]) == [output.data for output in outputs]
    outputs[0].backward()
    p, q = outputs[0].data, outputs[1].data
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    assert gradients["b_0^1"] == pytest.approx(p * (1 - p))
    assert gradients["b_1^1"] == pytest.approx(-p * q)
    nn.save(model, tmp_path / "model.json")
    assert nn.load(tmp_path / "model.json").predict([0.5, -1.0]) == model.predict([0.5, -1.0])
    assert "softmax" in model.summary()


def test_the_state_goes_by_names():
    model, other = worked(Fraction), worked()
    other.load_state_dict(model.state_dict())
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]


def test_predict_refuses_what_is_no_number():
    model = nn.MLP.from_weights([[[1.0]]], [[0.0]], ["linear"])
    with pytest.raises(TypeError, match="the inputs of a network are numbers, not a object"):
        model.predict([object(), 3.0])
