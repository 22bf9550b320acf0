"""Optimisers against updates worked by hand and against PyTorch's, step by step."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from autograd import Value
from nn.optimisers import SGD, Adam

F = Fraction


def steps(optimiser, parameter, gradients):
    """The parameter's numbers after one step for each of the gradients."""
    numbers = []
    for gradient in gradients:
        parameter.grad = gradient
        optimiser.step()
        numbers.append(parameter.data)
    return numbers


def test_momentum_by_hand():
    w = Value(F(1))  # velocities: 2, then 1/2 * 2 + 1 = 2, then 1/2 * 2 + 0 = 1
    assert steps(SGD([w], F(1, 10), momentum=F(1, 2)), w, [F(2), F(1), F(0)]) == [F(8, 10), F(6, 10), F(5, 10)]


def test_nesterov_by_hand():
    w = Value(F(1))  # g + 1/2 v: 2 + 1 = 3, then 1 + 1/2 * 2 = 2
    assert steps(SGD([w], F(1, 10), momentum=F(1, 2), nesterov=True), w, [F(2), F(1)]) == [F(7, 10), F(5, 10)]


def test_weight_decay_by_hand():
    w = Value(F(1))  # g + 1/5 w: 2 + 1/5, then 0 + 1/5 * 78/100
    assert steps(SGD([w], F(1, 10), weight_decay=F(1, 5)), w, [F(2), F(0)]) == [F(78, 100), F(7644, 10000)]


def test_adam_by_hand():
    w = Value(1.0)
    first, second = steps(Adam([w], 0.1, betas=(0.5, 0.75), epsilon=0.25), w, [2.0, -1.0])
    # m = 1, v = 1: 1/(1 - 0.5) = 2 over sqrt(1)/sqrt(0.25) + 0.25
    assert first == pytest.approx(1 - 0.1 * 2 / 2.25)
    # m = 0.5 - 0.5 = 0, v = 0.75 + 0.25 = 1
    assert second == first
    # m = 0 + 0.5 * 3, v = 0.75 + 0.25 * 9 = 3
    w = Value(1.0)
    numbers = steps(Adam([w], 0.1, betas=(0.5, 0.75), epsilon=0.25), w, [2.0, -1.0, 3.0])
    root = math.sqrt(3 / (1 - 0.75**3))
    assert numbers[2] == pytest.approx(second - 0.1 * (1.5 / (1 - 0.5**3)) / (root + 0.25))


def test_adam_with_weight_decay_adds_it_to_the_gradient():
    with_decay, without = Value(3.0), Value(3.0)
    steps(Adam([with_decay], 0.1, weight_decay=0.5), with_decay, [1.0])
    steps(Adam([without], 0.1), without, [2.5])
    assert with_decay.data == without.data


def test_adam_in_decimals():
    w = Value(Decimal(1))
    assert steps(Adam([w], learning_rate=0.1, epsilon=0), w, [Decimal(7)]) == [pytest.approx(Decimal("0.9"))]
    assert type(w.data) is Decimal


def test_adam_leaves_what_has_no_gradient_alone():
    w = Value(1.0)
    assert steps(Adam([w], epsilon=0), w, [0.0]) == [1.0]


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1, momentum=0.9), lambda p: Adam(p)])
def test_a_step_is_made_as_a_whole_or_not_at_all(make):
    a, b, same_a, same_b = Value(1.0, "a"), Value(2.0, "b"), Value(1.0), Value(2.0)
    optimiser, other = make([a, b]), make([same_a, same_b])
    a.grad = same_a.grad = 1.0
    with pytest.raises(ValueError, match=r"the gradient of Value\(2.0, name='b'\) was not computed: call backward\(\)"):
        optimiser.step()
    b.grad = "no number"
    with pytest.raises(TypeError):
        optimiser.step()
    assert (a.data, b.data) == (1.0, 2.0)
    for _ in range(2):  # the failed steps left no trace in the state
        b.grad = same_b.grad = 3.0
        optimiser.step()
        other.step()
    assert (a.data, b.data) == (same_a.data, same_b.data)


def test_a_shared_parameter_is_updated_once():
    w = Value(F(1))
    optimiser = SGD([w, w], F(1, 10))
    assert optimiser.parameters == [w]
    w.grad = F(1)
    optimiser.zero_grad()
    assert w.grad is None


def test_a_learning_rate_changed_to_a_float_is_refused_in_the_step():
    w = Value(F(1), "w")
    optimiser = SGD([w], F(1, 10))
    optimiser.learning_rate = 0.1
    with pytest.raises(TypeError, match=r"would turn .* into a float: give Fractions"):
        steps(optimiser, w, [F(1)])
    assert w.data == 1


fraction, number, decimal = Value(F(1), "w"), Value(1.0, "x"), Value(Decimal(1), "y")


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (lambda: SGD([fraction], 0.1), TypeError, "a float learning rate would turn Fractions into floats: give Frac"),
        (lambda: SGD([fraction], 1, momentum=0.9), TypeError, "a float momentum would turn Fractions into floats"),
        (lambda: SGD([fraction], 1, weight_decay=0.5), TypeError, "weight decay would turn Fractions into floats"),
        (lambda: SGD([decimal], 0.1), TypeError, "learning rate does not go with Decimals: give Decimal('0.1')"),
        (lambda: Adam([fraction]), TypeError, "Adam needs square roots, which leave Fractions (Value(Fraction(1, 1"),
        (lambda: SGD([number], -1), ValueError, "the learning rate must be a finite number, 0 or more: got -1"),
        (lambda: SGD([number], math.nan), ValueError, "the learning rate must be a finite number, 0 or more: got nan"),
        (lambda: SGD([number], math.inf), ValueError, "the learning rate must be a finite number, 0 or more: got inf"),
        (lambda: Adam([number], betas=(0.9, 1)), ValueError, "second beta must be at least 0 and less than 1: got 1"),
        (lambda: SGD([number], 1, nesterov=True), ValueError, "Nesterov's momentum needs a momentum greater than 0"),
        (lambda: SGD([], 1), ValueError, "at least one parameter"),
        (lambda: SGD([1.0], 1), TypeError, "a parameter is a Value, not a float: give model.parameters()"),
        (lambda: SGD([number * 2], 1), ValueError, "is a result of mul: only leaves are updated"),
    ],
)
def test_what_cannot_be_is_refused(wrong, error, sentence):
    with pytest.raises(error) as raised:
        wrong()
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("ours", "theirs", "options", "theirs_options"),
    [
        (SGD, "SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, {}),
        (SGD, "SGD", {"momentum": 0.9}, {}),
        (Adam, "Adam", {"weight_decay": 0.1}, {"eps": 1e-8}),
    ],
)
def test_the_steps_are_pytorchs(ours, theirs, options, theirs_options):
    torch = pytest.importorskip("torch")
    gradients = [0.5, -2.0, 0.0, 1.5]
    w = Value(1.0)
    tensor = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimiser = getattr(torch.optim, theirs)([tensor], lr=0.1, **options, **theirs_options)
    expected = []
    for gradient in gradients:
        tensor.grad = torch.tensor([gradient], dtype=torch.float64)
        optimiser.step()
        expected.append(tensor.item())
    assert steps(ours([w], 0.1, **options), w, gradients) == pytest.approx(expected, rel=1e-12)
