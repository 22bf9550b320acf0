"""Losses against numbers worked by hand: one prediction or many, gradients, stability, errors."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value
from autograd.number_types import number_of
from autograd.operations import OPERATIONS
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared_error,
    hinge,
    l1,
    l2,
    mse,
    over,
    softmax,
    squared_error,
    sum_half_squared_error,
    sum_squared_error,
)


def values(*numbers):
    return [Value(number) for number in numbers]


def test_the_mean_over_many_is_one_node():
    predictions = values(Fraction(1), Fraction(2), Fraction(4))
    loss = over(half_squared_error, predictions, [3, 2, 1])
    assert loss.data == Fraction(2 + Fraction(9, 2)) / 3
    assert loss.operation is OPERATIONS["mean"]
    assert len(loss.operands) == 3
    loss.backward()
    assert [p.grad for p in predictions] == [Fraction(-2, 3), 0, 1]


def test_the_mean_over_rows_is_one_node_too():
    loss = mse([values(1, 2), values(3, 4)], [[1, 2], [3, 2]])
    assert loss.data == 1
    assert len(loss.operands) == 4


def test_one_prediction_is_the_loss_itself():
    loss = over(squared_error, Value(Fraction(1, 2)), 2)
    assert (loss.data, loss.operation) == (Fraction(9, 4), OPERATIONS["squared_error"])
    assert mse(3, 1) == 4


@pytest.mark.parametrize(
    ("loss", "expected"), [(sum_squared_error, 5), (sum_half_squared_error, Fraction(5, 2))]
)
def test_the_sum_over_many_is_one_node(loss, expected):
    predictions = values(Fraction(1), Fraction(2))
    found = loss(predictions, [3, 3])
    assert found.data == expected == loss([Fraction(1), Fraction(2)], [3, 3])
    assert (found.operation, len(found.operands)) == (OPERATIONS["total"], 2)
    found.backward()
    assert [p.grad for p in predictions] == [-2 * expected / 5 * 2, -1 * expected / 5 * 2]
    assert loss([[Fraction(1)], [Fraction(2)]], [[3], [3]]) == expected


def test_the_sum_of_one_error_is_the_error_itself():
    loss = sum_half_squared_error(Value(Fraction(1)), 3)
    assert (loss.data, loss.operation) == (2, OPERATIONS["half_squared_error"])
    assert sum_squared_error(1, 3) == 4


def test_fit_goes_down_the_sum_over_a_networks_outputs():
    model = nn.MLP.from_weights([[[Fraction(1)], [Fraction(2)]]], None, ["linear"])
    optimizer = nn.SGD(model.parameters(), Fraction(1, 10))
    history = nn.fit(
        model,
        [[1], [1]],
        [[3, 3], [1, 2]],
        loss=sum_half_squared_error,
        optimizer=optimizer,
        epochs=1,
        progress=False,
    )
    assert history.losses == [Fraction(5, 4)]  # the mean over two samples of 5/2 and 0
    assert model.state_dict() == {"w_00^1": Fraction(11, 10), "w_10^1": Fraction(41, 20)}


def test_binary_cross_entropy_with_and_without_logits_agree():
    probabilities, targets = [0.8, 0.3], [1, 0]
    logits = [math.log(p / (1 - p)) for p in probabilities]
    expected = -(math.log(0.8) + math.log(0.7)) / 2
    assert over(binary_cross_entropy, probabilities, targets) == pytest.approx(expected)
    assert over(binary_cross_entropy_with_logits, logits, targets) == pytest.approx(expected)


def test_cross_entropy_has_the_gradient_softmax_minus_target():
    logits = values(1.0, 2.0, 0.5)
    loss = cross_entropy_with_logits(logits, 1)
    loss.backward()
    sum_of_exponentials = sum(math.exp(z) for z in (1.0, 2.0, 0.5))
    assert loss.data == pytest.approx(math.log(sum_of_exponentials) - 2)
    expected = [math.exp(z) / sum_of_exponentials for z in (1.0, 2.0, 0.5)]
    expected[1] -= 1
    assert [z.grad for z in logits] == pytest.approx(expected)


@pytest.mark.parametrize("target", [1, [0, 1, 0], [0.25, 0.75, 0.0]])
def test_cross_entropy_of_a_softmax_has_the_gradient_p_minus_t(target):
    shares = target if isinstance(target, list) else [0, 1, 0]
    exponentials = [math.exp(z) for z in (1.0, 2.0, 0.5)]
    p = [e / sum(exponentials) for e in exponentials]
    for loss_of in (
        lambda logits: cross_entropy(softmax(logits), target),
        cross_entropy_with_logits,
    ):
        logits = values(1.0, 2.0, 0.5)
        loss = loss_of(logits, target) if loss_of is cross_entropy_with_logits else loss_of(logits)
        loss.backward()
        assert loss.data == pytest.approx(
            -sum(t * math.log(q) for t, q in zip(shares, p, strict=True))
        )
        assert [z.grad for z in logits] == pytest.approx(
            [q - t for q, t in zip(p, shares, strict=True)]
        )


@pytest.mark.parametrize(
    "loss", [lambda z, t: cross_entropy(softmax(z), t), cross_entropy_with_logits]
)
def test_cross_entropy_in_symbols(loss):
    sympy = pytest.importorskip("sympy")
    z, t = sympy.symbols("z:3", real=True), sympy.symbols("t:3", positive=True)
    logits, p = values(*z), [sympy.exp(number) / sum(map(sympy.exp, z)) for number in z]
    loss(logits, t).backward()
    for logit, probability, share in zip(logits, p, t, strict=True):
        assert (
            sympy.simplify(logit.grad - (probability * sum(t) - share)) == 0
        )  # where the shares' sum is 1: p - t


def test_a_class_without_a_share_contributes_nothing():
    for target in (0, [1, 0]):
        p = values(Fraction(1), Fraction(0))
        loss = cross_entropy(p, target)
        loss.backward()
        assert (loss.data, p[0].grad, p[1].grad) == (0, -1, None)


def test_losses_of_classes_go_over_many():
    rows = [[0.25, 0.75], [0.5, 0.5]]
    logits = [[math.log(p) for p in row] for row in rows]
    expected = -(math.log(0.75) + math.log(0.5)) / 2
    for targets in ([1, 0], [[0, 1], [0.5, 0.5]]):
        assert over(cross_entropy, rows, targets) == pytest.approx(expected)
        assert over(cross_entropy_with_logits, logits, targets) == pytest.approx(expected)
    assert (
        over(cross_entropy, rows[0], [0, 1]) == over(cross_entropy, rows[0], 1) == -math.log(0.75)
    )


def test_large_logits_do_not_overflow():
    assert cross_entropy_with_logits([1e4, -1e4], 1) == 2e4
    assert softmax([1e4, 0.0, -1e4]) == [1.0, 0.0, 0.0]
    assert softmax([1e9, 1e9]) == [0.5, 0.5]  # nor lose digits
    assert softmax(number for number in [1e4, 1e4]) == [0.5, 0.5]  # read once, kept


def exactly(logits, shares):
    """The cross-entropy, its gradient and the probabilities, in 60 digits."""
    with mpmath.workdps(700):  # the differences of floats are exact in so many
        above = [mpmath.mpf(z) - max(logits) for z in logits]
    with mpmath.workdps(60):
        normaliser = mpmath.log(sum(map(mpmath.exp, above)))
        p = [mpmath.exp(z - normaliser) for z in above]
        loss = sum(s * (normaliser - z) for s, z in zip(shares, above, strict=True))
        gradient = [float(q - s) for q, s in zip(p, shares, strict=True)]
        return float(loss), gradient, list(map(float, p))


@pytest.mark.parametrize("base", [0.0, 40.0, 1e3, 1e16, 1e300])
@pytest.mark.parametrize("above", [0.0, 1e-9, 40.0, 750.0])
@pytest.mark.parametrize("classes", [2, 3])
def test_logits_lose_no_digits(base, above, classes):
    numbers = [base, base + above, base - above][:classes]
    for target in (0, 1, [1, 0, 0][:classes], [0.75, 0.25, 0][:classes]):
        shares = target if isinstance(target, list) else [i == target for i in range(classes)]
        logits = values(*numbers)
        loss = cross_entropy_with_logits(logits, target)
        loss.backward()
        expected, gradient, p = exactly(numbers, shares)
        assert loss.data == pytest.approx(expected, rel=1e-15, abs=0)
        found = [z.grad for z in logits]
        if 0.75 in shares:  # where p - t cancels
            assert found == pytest.approx(gradient, rel=1e-15, abs=1e-16)
        else:
            assert found == pytest.approx(gradient, rel=1e-13, abs=1e-300)
        assert softmax(numbers) == pytest.approx(p, rel=1e-13, abs=1e-300)


def test_the_derivative_in_a_share_is_minus_log_p():
    logits, shares = [1.0, 2.0, 0.5], values(0.2, 0.3, 0.5)
    cross_entropy_with_logits(logits, shares).backward()
    of_probabilities = values(0.2, 0.3, 0.5)
    cross_entropy(softmax(logits), of_probabilities).backward()
    assert [s.grad for s in shares] == pytest.approx([s.grad for s in of_probabilities])


def test_an_infinite_logit_is_certain():
    assert cross_entropy_with_logits([math.inf, 0.0], 0) == 0
    assert cross_entropy_with_logits([math.inf, 0.0], 1) == math.inf


@pytest.mark.parametrize("number", [float, Decimal, Fraction])
def test_a_perfect_loss_is_0_and_not_minus_0(number):
    one, zero = number(1), number(0)
    for target in (0, [1, 0], [one, zero]):
        for p in ([one, zero], values(one, zero)):
            assert str(number_of(cross_entropy(p, target))) in "0.0"
    for found in (
        over(cross_entropy, [[one, zero]] * 2, [0, 0]),
        sum_squared_error([one], [one]),
        mse([one], [1]),
        hinge(one, 1),
        nn.binary_cross_entropy(one, 1),
        nn.binary_cross_entropy(zero, 0),
        over(nn.binary_cross_entropy, [one, zero], [1, 0]),
    ):
        assert str(found) in "0.0"


def once(x):
    return (once(each) if isinstance(each, list) else each for each in x)


@pytest.mark.parametrize(
    ("function", "first", "second"),
    [
        (mse, [0.5, 1.5], [1.0, 2.0]),
        (mse, [[0.5, 1.5]], [[1.0, 2.0]]),
        (sum_squared_error, [0.5, 1.5], [1.0, 2.0]),
        (sum_half_squared_error, [0.5, 1.5], [1.0, 2.0]),
        (lambda p, t: over(hinge, p, t), [0.5, 1.5], [1, -1]),
        (lambda p, t: over(cross_entropy, p, t), [[0.25, 0.75]], [1]),
        (cross_entropy, [0.25, 0.75], [0.5, 0.5]),
        (lambda p, _: cross_entropy(p, 1), [0.25, 0.75], []),
        (lambda p, _: cross_entropy_with_logits(p, 1), [0.25, 0.75], []),
        (cross_entropy_with_logits, [0.25, 0.75], [0.5, 0.5]),
        (lambda z, _: softmax(z), [0.25, 0.75], []),
        (lambda w, _: l1(w, 2), [0.25, 0.75], []),
        (lambda w, _: l2(w, 2), [0.25, 0.75], []),
    ],
)
def test_what_can_be_read_once_is_read_once(function, first, second):
    expected = function(first, second)
    assert function(once(first), once(second)) == expected
    assert function(dict(enumerate(first)).values(), second) == expected


@pytest.mark.parametrize(("logits", "shares"), [
    ((-math.inf, -math.inf), (math.nan, math.nan)),  # 0/0, as PyTorch and JAX have it
    ((math.inf, math.inf, 0.0), (math.nan, math.nan, math.nan)),
    ((math.inf, 0.0), (1.0, 0.0)),  # the limit
    ((-math.inf, 0.0), (0.0, 1.0)),
    ((math.nan, 0.0), (math.nan, math.nan)),
    ((0.0, 0.0), (0.5, 0.5)),
])  # fmt: skip
def test_a_softmax_of_infinite_logits_is_one_of_numbers_and_of_values(logits, shares):
    assert nn.softmax(logits) == pytest.approx(shares, nan_ok=True)
    recorded = [p.data for p in nn.softmax([Value(z) for z in logits])]
    assert recorded == pytest.approx(shares, nan_ok=True)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6))
def test_softmax_is_a_distribution_in_the_order_of_the_logits(logits):
    probabilities = softmax(logits)
    assert sum(probabilities) == pytest.approx(1)
    assert probabilities.index(max(probabilities)) == logits.index(max(logits)) or len(
        set(probabilities)
    ) < len(logits)
    for index, probability in enumerate(probabilities):
        assert -math.log(probability) == pytest.approx(
            cross_entropy_with_logits(logits, index), abs=1e-9
        )


@pytest.mark.parametrize(
    ("score", "label", "expected", "gradient"),
    [(Fraction(1, 4), 1, Fraction(3, 4), -1), (2, 1, 0, 0), (2, -1, 3, 1), (1, 1, 0, 0)],
)
def test_hinge(score, label, expected, gradient):
    prediction = Value(score)
    loss = hinge(prediction, label)
    loss.backward()
    assert (loss.data, prediction.grad) == (expected, gradient)


def test_penalties_and_their_gradients():
    weights = values(Fraction(3), Fraction(-4), Fraction(0))
    penalty = l1(weights, Fraction(1, 2)) + l2(weights, Fraction(1, 10))
    assert penalty.data == Fraction(7, 2) + Fraction(5, 2)
    penalty.backward()
    assert [w.grad for w in weights] == [
        Fraction(1, 2) + Fraction(3, 5),
        Fraction(-1, 2) - Fraction(4, 5),
        0,
    ]


def test_penalties_of_no_parameters_are_0():
    assert l1([], 0.5) == l2([], Fraction(1, 2)) == 0


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (lambda: mse([1, 2], [1, 2, 3]), ValueError, "got 2 predictions and 3 targets"),
        (lambda: mse(1, [1, 2]), ValueError, "got 1 prediction and 2 targets"),
        (lambda: mse([[1, 2]], [[1, 2, 3]]), ValueError, "got 2 predictions and 3 targets"),
        (
            lambda: sum_squared_error([1, 2], [1, 2, 3]),
            ValueError,
            "got 2 predictions and 3 targets",
        ),
        (
            lambda: sum_half_squared_error([1, 2], 3),
            ValueError,
            "got 2 predictions and the target 3 alone",
        ),
        (lambda: mse([], []), ValueError, "needs at least one value: got none"),
        (lambda: cross_entropy_with_logits([1.0, 2.0], 2), ValueError, "0 to 1 for 2: got 2"),
        (lambda: cross_entropy_with_logits([1.0, 2.0], -1), ValueError, "0 to 1 for 2: got -1"),
        (
            lambda: cross_entropy_with_logits([1.0, 2.0], 1.0),
            TypeError,
            "the index of a class, an int, not a float",
        ),
        (
            lambda: cross_entropy_with_logits([1.0, 2.0], True),
            TypeError,
            "the index of a class, an int, not a bool",
        ),
        (lambda: cross_entropy_with_logits(1.0, 0), TypeError, "takes a list of logits"),
        (
            lambda: cross_entropy_with_logits([], 0),
            ValueError,
            "one for each class: got an empty one",
        ),
        (
            lambda: cross_entropy(0.5, 0),
            TypeError,
            "takes a list of probabilities, one for each class, not a float",
        ),
        (
            lambda: cross_entropy([0.0, 1.0], 0),
            ValueError,
            "log(0.0): class 0 has probability 0; cross_entropy_with_",
        ),
        (
            lambda: cross_entropy([Decimal(0), Decimal(1)], 0),
            ValueError,
            "class 0 has probability 0; cross_entropy_w",
        ),
        (lambda: cross_entropy([0.5, 1.5], 1), ValueError, "1.5 is not a probability"),
        (
            lambda: cross_entropy([0.5, 0.5], [1, 0, 0]),
            ValueError,
            "has one for each class: got 3 shares for 2",
        ),
        (
            lambda: cross_entropy([0.5, 0.5], [0.5, 0.4]),
            ValueError,
            "of the classes add up to 1: got [0.5, 0.4]",
        ),
        (lambda: cross_entropy([0.5, 0.5], [2, -1]), ValueError, "2 is not a probability"),
        (
            lambda: over(cross_entropy, [[0.5, 0.5]], 0),
            ValueError,
            "got 1 predictions and the target 0 alone",
        ),
        (
            lambda: mse([1, 2], 3),
            ValueError,
            "one target for each prediction: got 2 predictions and the target 3 alone",
        ),
        (
            lambda: mse([[1, 2], [3, 4]], [1, 2]),
            ValueError,
            "got 2 predictions and the target 1 alone",
        ),
        (lambda: mse("a", 1), TypeError, "a str is not a number ('a'): convert it first"),
        (
            lambda: hinge([0.3], [1]),
            TypeError,
            "one score and one label: many are for over(hinge, scores, labels)",
        ),
        (
            lambda: l2(nn.MLP(1, [1]), 0.1),
            TypeError,
            "a penalty is of a list, not of a MLP: give model.parameters()",
        ),
        (
            lambda: l1(nn.MLP(1, [1]), 0.1),
            TypeError,
            "a penalty is of a list, not of a MLP: give model.parameters()",
        ),
        (
            lambda: l2([1], -1),
            ValueError,
            "the strength of a penalty must be a finite number, 0 or more: got -1",
        ),
        (
            lambda: l1([1], Value(-1)),
            ValueError,
            "the strength of a penalty must be a finite number, 0 or more: got -",
        ),
        (lambda: hinge(0.5, 0), ValueError, "a label of the hinge loss is -1 or +1, got 0"),
        (lambda: hinge(iter([0.5]), [1]), TypeError, "hinge takes one score and one label: many"),
        (
            lambda: cross_entropy([0.5, 0.5], Value(1.0)),
            TypeError,
            "the index of a class, an int, not a Value: give 1; or a list, one share a class",
        ),
        (
            lambda: cross_entropy([0.5, 0.5], Value(0.5)),
            TypeError,
            "an int, not a Value; or a list",
        ),
        (lambda: cross_entropy([0.5, 0.5], "1"), TypeError, "an int, not a str; or a list"),
        (lambda: cross_entropy([0.5, 0.5], [0, 0]), ValueError, "add up to 1: got [0, 0]"),
        (
            lambda: cross_entropy_with_logits([0.5, 0.5], [0.5, 0.25]),
            ValueError,
            "of the classes add up to 1: got [0.5, 0.25]",
        ),
        (
            lambda: cross_entropy([[0.5, 0.5]] * 2, [0, 1]),
            TypeError,
            "cross_entropy takes the probabilities of one sample: many are for over(cross_entropy, "
            "predictions, targets)",
        ),
        (
            lambda: cross_entropy_with_logits([[0.5, 0.5]] * 2, 0),
            TypeError,
            "many are for over(cross_entropy_with_logits, predictions, targets)",
        ),
        (
            lambda: softmax(1.0, 2.0),
            TypeError,
            "takes one list of logits, one for each class: got 2",
        ),
        (lambda: softmax(1.0), TypeError, "one list of logits, one for each class: got a float"),
        (lambda: softmax("12"), TypeError, "one list of logits, one for each class: got a str"),
        (
            lambda: softmax([[1.0, 2.0]]),
            TypeError,
            "one row of numbers, not several: give [softmax(row) for row in rows]",
        ),
        (
            lambda: over([1], [2], mse),
            TypeError,
            "the loss comes first and is a function, such as nn.mse, not a list",
        ),
        (lambda: mse(0.5, [1]), ValueError, "got 1 prediction, in no list, and 1 targets"),
        (
            lambda: half_squared_error(values(0.5), [1]),
            TypeError,
            "half_squared_error takes one Value at a time, not a list of them: call it for each",
        ),
    ],
)
def test_what_does_not_match_is_refused(wrong, error, sentence):
    with pytest.raises(error) as raised:
        wrong()
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "mixed",
    [
        lambda x: x * 0.5,
        lambda x: 0.5 - x,
        lambda x: x / Value(0.5),
        lambda x: x**0.5,
        lambda x: Fraction(1, 2) + x,
        lambda x: nn.Neuron([x], None)([0.5]),
        lambda x: mse([x], [0.5]),
        lambda x: l2([x], 0.5),
        lambda x: nn.MLP.from_weights([[[x]]], None, ["linear"])([0.5]),
    ],
)
def test_a_decimal_beside_another_type_is_told_what_to_write(mixed):
    sentence = r"write the number beside the Decimal as one too, Decimal\('0.1'\) for 0.1"
    with pytest.raises(TypeError, match=sentence):
        mixed(Value(Decimal(3), "x"))


@pytest.mark.parametrize(("prediction", "target"), [(-0.1, 0), (1.1, 1), (0.5, 2), (0.5, -1)])
def test_what_is_no_probability_is_refused(prediction, target):
    with pytest.raises(ValueError, match="is not a probability"):
        nn.binary_cross_entropy(prediction, target)


@pytest.mark.parametrize("target", [2, -1, 1.5, Fraction(-1, 2), Decimal(2), Value(2)])
def test_a_target_of_logits_is_a_probability_too(target):
    sentence = (
        "is not a probability; the target must be a probability, between 0 and 1; "
        "labels -1 and 1 are for hinge"
    )
    with pytest.raises(ValueError, match=sentence):
        binary_cross_entropy_with_logits(Value(0.5), target)


@pytest.mark.parametrize("prediction", [0.5, Value(0.5, "p")])
def test_a_target_that_is_no_probability_is_to_blame(prediction):
    sentence = r"the target -1 is not a probability \(labels -1 and 1 are for hinge\)"
    with pytest.raises(ValueError, match=sentence):
        binary_cross_entropy(prediction, -1)
    with pytest.raises(ValueError) as raised:
        binary_cross_entropy(1.5, 1)
    assert "target" not in str(raised.value)


def test_a_target_of_logits_may_be_a_symbol():
    sympy = pytest.importorskip("sympy")
    t, z = sympy.Symbol("t"), Value(0.5)
    binary_cross_entropy_with_logits(z, t).backward()
    difference = sympy.expand(z.grad - (1 / (1 + math.exp(-0.5)) - t))
    assert all(abs(number) < 1e-15 for number in sympy.Poly(difference, t).coeffs())


def test_the_strength_of_a_penalty_may_be_recorded():
    strength = Value(Fraction(1, 2))
    l2([3, -4], strength).backward()
    assert strength.grad == 25


def test_a_certain_and_right_prediction_costs_nothing():
    assert str(nn.binary_cross_entropy(1.0, 1)) == "0.0"
