"""What `fit` is given: NumPy's numbers, output layers and targets that do not go with the loss,
other refusals.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Operation, Value
from nn.training import DivergenceError

XS, YS = [[0.0, 1.0], [1.0, 0.5]], [1, 0]


def fit(model, inputs=XS, targets=YS, loss=nn.mse, rate=0.1, epochs=2, **options):
    optimizer = nn.SGD(model.parameters(), rate)
    return nn.fit(
        model,
        inputs,
        targets,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        **({"progress": False} | options),
    )


def network(*activations, outputs=1):
    return nn.MLP(2, [2] * (len(activations) - 1) + [outputs], list(activations))


def numbers(model):
    return [(type(parameter.data), parameter.data) for parameter in model.parameters()]


# --- NumPy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float32", "float64", "int64"])
def test_numpys_scalars_in_lists_are_taken_as_its_arrays_are(kind):
    numpy = pytest.importorskip("numpy")
    inputs, targets = (
        numpy.array([[0.1, 1], [1, 0.5]]).astype(kind),
        numpy.array([1, 0]).astype(kind),
    )
    from_arrays, from_lists, from_tuples = network("tanh"), network("tanh"), network("tanh")
    history = fit(from_arrays, inputs, targets)
    assert fit(from_lists, [list(row) for row in inputs], list(targets)) == history
    assert (
        fit(from_tuples, [tuple(row) for row in inputs], [(target,) for target in targets])
        == history
    )
    assert numbers(from_arrays) == numbers(from_lists) == numbers(from_tuples)
    assert {kind for kind, _ in numbers(from_lists)} == {float}


def test_numpys_scalars_go_into_the_models_numbers():
    numpy = pytest.importorskip("numpy")
    model = nn.MLP.from_weights([[[0]]], [[0]], ["linear"], numbers=Fraction)
    fit(model, [[numpy.float64(0.1)]], [numpy.float64(0.2)], rate=1, epochs=1)
    assert numbers(model) == [(Fraction, Fraction(4, 100)), (Fraction, Fraction(4, 10))]


def test_booleans_are_the_targets_0_and_1():
    numpy = pytest.importorskip("numpy")
    for loss, outputs in (
        (nn.binary_cross_entropy_with_logits, 1),
        (nn.cross_entropy_with_logits, 2),
    ):
        models = [network("linear", outputs=outputs) for _ in range(4)]
        lists = [[1, 0], [True, False], numpy.array([True, False]), [numpy.True_, numpy.False_]]
        histories = [
            fit(model, XS, targets, loss) for model, targets in zip(models, lists, strict=True)
        ]
        assert all(history == histories[0] for history in histories)
        assert all(numbers(model) == numbers(models[0]) for model in models)


# --- losses and their output layers ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "activation", "sentence"),
    [
        (
            nn.binary_cross_entropy_with_logits,
            "sigmoid",
            "binary_cross_entropy_with_logits takes logits, the outputs of a linear layer: "
            "this network's are sigmoid, "
            "for which there is binary_cross_entropy",
        ),
        (
            nn.binary_cross_entropy_with_logits,
            "tanh",
            "this network's are tanh, make its last layer linear",
        ),
        (
            nn.binary_cross_entropy_with_logits,
            "softmax",
            "this network's are softmax, make its last layer linear",
        ),
        (
            nn.cross_entropy_with_logits,
            "softmax",
            "this network's are softmax, for which there is cross_entropy",
        ),
        (
            nn.cross_entropy_with_logits,
            "relu",
            "this network's are relu, make its last layer linear",
        ),
        (
            nn.cross_entropy,
            "linear",
            "takes probabilities, the outputs of a softmax layer: this network's are linear, f",
        ),
        (
            nn.cross_entropy,
            "sigmoid",
            "this network's are sigmoid, for which there is binary_cross_entropy",
        ),
        (nn.cross_entropy, "relu", "this network's are relu, make its last layer softmax"),
    ],
)
def test_a_loss_on_the_wrong_output_layer_is_refused_and_the_right_pair_named(
    loss, activation, sentence
):
    model = network("tanh", activation, outputs=2)
    before = numbers(model)
    with pytest.raises(ValueError) as raised:
        fit(model, XS, YS, loss)
    assert sentence in str(raised.value)
    assert numbers(model) == before


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        (nn.binary_cross_entropy, "sigmoid"),
        (nn.binary_cross_entropy_with_logits, "linear"),
        (nn.cross_entropy, "softmax"),
        (nn.cross_entropy_with_logits, "linear"),
    ],
)
def test_the_right_pairs_are_trained(loss, activation):
    targets = [[1, 0], [0, 1]] if "binary" in str(loss) else YS
    history = fit(network(activation, outputs=2), XS, targets, loss, epochs=20)
    assert history.losses[-1] < history.losses[0]


# --- targets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "activation"),
    [(nn.binary_cross_entropy, "sigmoid"), (nn.binary_cross_entropy_with_logits, "linear")],
)
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(
    ("targets", "number"),
    [([2, 0], "2"), ([1, -1], "-1"), ([[1], [-1]], "-1"), ([0, Decimal("NaN")], "NaN")],
)
def test_a_target_that_is_no_probability_is_named(loss, activation, wrapped, targets, number):
    given = (lambda prediction, target: loss(prediction, target)) if wrapped else loss
    for options in ({"targets": targets}, {"validation": (XS, targets)}):
        with pytest.raises(ValueError) as raised:
            fit(network(activation), loss=given, **options)
        assert (
            str(raised.value)
            == f"target {number} is not a probability; labels -1 and 1 are for hinge"
        )
        assert not isinstance(raised.value, DivergenceError)


def test_a_prediction_that_is_no_probability_is_still_a_divergence():
    with pytest.raises(DivergenceError, match="is not a probability; prediction and target must"):
        outside = nn.MLP.from_weights([[[9.0, 9.0]]], [[9.0]], ["linear"])
        fit(outside, loss=lambda prediction, target: nn.binary_cross_entropy(prediction, target))


@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_probabilities_come_from_sigmoid_or_softmax(activation):
    with pytest.raises(
        ValueError, match=f"takes probabilities, the outputs of a sigmoid or .* are {activation}, "
    ):
        fit(network(activation), loss=nn.binary_cross_entropy)


def test_an_operation_of_ones_own_may_give_probabilities():
    own = Operation("half", lambda z: 0 * z + 0.5, [lambda y, z: 0])
    model = nn.MLP.from_weights([[[1.0, 1.0]]], [[0.0]], [own])
    assert fit(model, loss=nn.binary_cross_entropy).losses


@pytest.mark.parametrize("loss", [nn.mse, nn.hinge, nn.squared_error])
def test_a_target_that_is_a_string_is_named(loss):
    for target in ("cat", "c"):
        with pytest.raises(TypeError, match=rf"a str is not a number \('{target}'\)"):
            fit(network("linear"), XS, [target, target], loss)
    with pytest.raises(TypeError, match="the target is the index of a class, an int, not a str"):
        fit(network("linear", outputs=2), XS, ["cat", "dog"], nn.cross_entropy_with_logits)


# --- read once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("targets", [[1.0, 0.0], [[1.0, 0.5], [0.0, 0.5]]])
def test_samples_that_can_be_read_once_are_kept(targets):
    def once(x):
        return (once(each) if isinstance(each, list) else each for each in x)

    outputs = len(targets[0]) if isinstance(targets[0], list) else 1
    lists, read_once = network("tanh", outputs=outputs), network("tanh", outputs=outputs)
    expected = fit(lists, XS, targets, epochs=3, validation=(XS, targets))
    given = {"validation": (map(iter, XS), once(targets)), "epochs": 3}
    assert fit(read_once, once(XS), once(targets), **given) == expected
    assert numbers(read_once) == numbers(lists)
    columns = zip(*XS, strict=True)
    assert fit(network("tanh"), zip(*columns, strict=True), map(float, YS)).losses[1:]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"inputs": 5}, "the inputs are a list, one for each sample, not a int"),
        ({"targets": 5}, "the targets are a list, one for each sample, not a int"),
        ({"inputs": "ab"}, "the inputs are a list, one for each sample, not a str"),
        ({"inputs": {0: [1, 2]}}, "the inputs are a list, one for each sample, not a dict"),
        ({"validation": (XS, 1)}, "the validation targets are a list, one for each sample, not"),
    ],
)
def test_what_is_no_list_of_samples_is_named(given, sentence):
    with pytest.raises(TypeError) as raised:
        fit(network("linear"), **given)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "loss",
    [lambda p, t: (p - t) ** 2, lambda p, t: nn.binary_cross_entropy_with_logits(p, t)],
)
def test_a_loss_that_takes_one_output_is_told_how_to_take_several(loss):
    with pytest.raises(TypeError) as raised:
        fit(network("linear", outputs=2), targets=[[1, 0], [0, 1]], loss=loss)
    assert "the prediction is a list, the network's 2 outputs, which the loss does not" in str(
        raised.value
    )
    assert "nn.over(loss, prediction, target) is its mean over them" in str(raised.value)


# --- the rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Value(1.0), nn.MLP, print])
def test_what_is_no_network_is_named(model):
    with pytest.raises(
        TypeError, match=r"^the model is a network, such as nn.MLP\(2, \[4, 1\]\), not a \w+$"
    ):
        nn.fit(model, XS, YS, loss=nn.mse, optimizer=nn.SGD([Value(1.0)], 0.1), epochs=1)


def test_a_layer_is_trained_as_a_network_of_one():
    layer = nn.Layer([[0.5, 0.5]], [0.0])
    history = fit(layer, XS, [[1], [0]])
    assert history.losses[1] < history.losses[0]


def test_integers_are_not_trained():
    model = nn.MLP.from_weights([[[1, 2]]], [[0]], ["linear"], numbers=int)
    with pytest.raises(
        TypeError, match=r"numbers=int is not trained: take numbers=Fraction \(exact\) or float"
    ):
        fit(model)
    assert {kind for kind, _ in numbers(model)} == {int}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"callbacks": None},
            "callbacks are a list, each called as callback(epoch, history, model): give [callback]",
        ),
        (
            {"callbacks": [None]},
            "callbacks are a list, each called as callback(epoch, history, model)",
        ),
        ({"progress": "yes"}, "progress is True, False or None (see fit), not 'yes'"),
    ],
)
def test_what_cannot_be_trained_with_is_named(options, sentence):
    with pytest.raises(TypeError) as raised:
        fit(network("linear"), **options)
    assert sentence in str(raised.value)
