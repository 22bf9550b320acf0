"""Optimizers against updates worked by hand and against PyTorch's, step by step."""

from __future__ import annotations

import json
import math
import random
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

import nn
from autograd import Value
from nn.clipping import clip_grad_norm, clip_grad_value
from nn.optimizers import SGD, AdaGrad, Adam, RMSProp

F = Fraction

WITH_A_STATE = [
    lambda p: SGD(p, 0.1, momentum=0.9),
    lambda p: SGD(p, 0.1, momentum=0.9, velocity="scaled"),
    lambda p: Adam(p),
    lambda p: AdaGrad(p),
    lambda p: RMSProp(p, momentum=0.5),
]


def steps(optimizer, parameter, gradients):
    """The parameter's numbers after one step for each of the gradients."""
    numbers = []
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
        numbers.append(parameter.data)
    return numbers


def test_momentum_by_hand():
    w = Value(F(1))  # velocities: 2, then 1/2 * 2 + 1 = 2, then 1/2 * 2 + 0 = 1
    assert steps(SGD([w], F(1, 10), momentum=F(1, 2)), w, [F(2), F(1), F(0)]) == [
        F(8, 10),
        F(6, 10),
        F(5, 10),
    ]


def test_nesterov_by_hand():
    w = Value(F(1))  # g + 1/2 v: 2 + 1 = 3, then 1 + 1/2 * 2 = 2
    assert steps(SGD([w], F(1, 10), momentum=F(1, 2), nesterov=True), w, [F(2), F(1)]) == [
        F(7, 10),
        F(5, 10),
    ]


def test_the_velocity_that_holds_the_learning_rate_by_hand():
    w = Value(F(1))  # velocities: 2/10, then 1/2 * 2/10 + 1/10 = 2/10, then 1/10
    optimizer = SGD([w], F(1, 10), momentum=F(1, 2), velocity="scaled")
    assert steps(optimizer, w, [F(2), F(1), F(0)]) == [F(8, 10), F(6, 10), F(5, 10)]
    assert optimizer.state_dict() == {"scaled_velocity": [F(1, 10)]}


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_two_velocities_differ_where_the_learning_rate_changes(nesterov):
    def after_two_steps(velocity, second_rate):
        w = Value(F(1))
        optimizer = SGD([w], F(1, 10), F(1, 2), nesterov, velocity=velocity)
        steps(optimizer, w, [F(2)])
        optimizer.learning_rate = second_rate
        return steps(optimizer, w, [F(1)])

    assert after_two_steps("scaled", F(1, 10)) == after_two_steps("unscaled", F(1, 10))
    # v = 1/2 * 2/10 + 1/2, against 1/2 * (1/2 * 2 + 1); Nesterov's: 1/2 + v/2 against 1/2 * (1 + 1)
    start = F(7, 10) if nesterov else F(8, 10)
    scaled, unscaled = (F(8, 10), F(1)) if nesterov else (F(6, 10), F(1))
    assert after_two_steps("scaled", F(1, 2)) == [start - scaled]
    assert after_two_steps("unscaled", F(1, 2)) == [start - unscaled]


def test_a_momentum_set_to_0_ends_the_velocity():
    w = Value(F(1))
    optimizer = SGD([w], F(1, 10), momentum=F(1, 2), nesterov=True)
    steps(optimizer, w, [F(2)])
    optimizer.momentum = 0
    assert steps(optimizer, w, [F(1)]) == [F(6, 10)]


def test_adagrad_by_hand():
    w = Value(1.0)  # sums: 9, then 9 + 16 = 25
    numbers = steps(AdaGrad([w], 0.5, epsilon=1), w, [3.0, -4.0, 0.0])
    assert numbers == pytest.approx([1 - 0.5 * 3 / 4, 0.625 + 0.5 * 4 / 6, 0.625 + 0.5 * 4 / 6])


def test_rmsprop_by_hand():
    w = Value(1.0)  # means: 1/4 * 16 = 4, then 3/4 * 4 + 1/4 * 4 = 4
    optimizer = RMSProp([w], 0.5, smoothing=0.75, epsilon=0)
    assert steps(optimizer, w, [4.0, -2.0]) == [0.0, 0.5]
    w = Value(1.0)  # velocities: 2, then 1/2 * 2 - 1 = 0
    optimizer = RMSProp([w], 0.5, smoothing=0.75, epsilon=0, momentum=0.5)
    assert steps(optimizer, w, [4.0, -2.0]) == [0.0, 0.0]
    assert optimizer.state_dict() == {"square_avg": [4.0], "momentum_buffer": [0.0]}


@pytest.mark.parametrize("make", [AdaGrad, RMSProp])
def test_weight_decay_is_added_to_the_gradient(make):
    with_decay, without = Value(3.0), Value(3.0)
    steps(make([with_decay], 0.1, weight_decay=0.5), with_decay, [1.0])
    steps(make([without], 0.1), without, [2.5])
    assert with_decay.data == without.data


@pytest.mark.parametrize("make", [AdaGrad, RMSProp])
def test_adagrad_and_rmsprop_in_decimals_and_at_0(make):
    w = Value(Decimal(1))
    optimizer = make([w], learning_rate=0.1, epsilon=0)
    assert steps(optimizer, w, [Decimal(0)]) == [1]
    steps(optimizer, w, [Decimal(7)])
    assert type(w.data) is Decimal and w.data < Decimal("0.91")


def test_weight_decay_by_hand():
    w = Value(F(1))  # g + 1/5 w: 2 + 1/5, then 0 + 1/5 * 78/100
    assert steps(SGD([w], F(1, 10), weight_decay=F(1, 5)), w, [F(2), F(0)]) == [
        F(78, 100),
        F(7644, 10000),
    ]


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
    assert steps(Adam([w], learning_rate=0.1, epsilon=0), w, [Decimal(7)]) == [
        pytest.approx(Decimal("0.9"))
    ]
    assert type(w.data) is Decimal


def test_adam_leaves_what_has_no_gradient_alone():
    w = Value(1.0)
    assert steps(Adam([w], epsilon=0), w, [0.0]) == [1.0]


@pytest.mark.parametrize(
    ("gradient", "epsilon", "error", "sentence"),
    [
        (
            1e200,
            1e-8,
            OverflowError,
            "the square of the gradient of w, 1*10^200, is too large: clip",
        ),
        (-1e155, 0, OverflowError, "nn.clip_grad_norm(parameters, 1)"),
        (10**200, 1e-8, OverflowError, "the square of the gradient of w, "),
        (Decimal("1e600000"), 1e-8, OverflowError, "the square of the gradient of w, 1*10^600000"),
        (
            1e-200,
            0,
            ValueError,
            "the squares of the gradients of w, now 1*10^-200, are too small for",
        ),
        (1e-160, 0, ValueError, "for a float: give an epsilon, such as 1e-8, or scale the loss up"),
        (1e-200, 1e-150, ValueError, "are too small for a float"),
        (Decimal("1e-600000"), 0, ValueError, "are too small for a Decimal: give an epsilon"),
    ],
)
def test_a_square_that_leaves_the_range_is_named(gradient, epsilon, error, sentence):
    w = Value(gradient.__class__(1), "w") if gradient.__class__ is not int else Value(1.0, "w")
    optimizer = Adam([w], 0.125, epsilon=epsilon)
    w.grad = gradient
    with pytest.raises(error) as raised:
        optimizer.step()
    assert sentence in str(raised.value)
    assert w.data == 1 and optimizer.state_dict() == {}


@pytest.mark.parametrize(
    ("gradient", "epsilon", "moved"),
    [
        (1e153, 0, -0.125),
        (-1e-150, 0, 0.125),
        (1e-200, 1e-8, -0.125 * 1e-192),  # beside epsilon nothing of the square counts
        (1e-160, 1e-8, -0.125 * 1e-152),
        (Decimal("1e200"), 0, Decimal("-0.125")),
        (Decimal("1e-600000"), 1e-8, Decimal("-0.125") * Decimal("1e-599992")),
    ],
)
def test_a_square_within_the_range_moves_the_parameter(gradient, epsilon, moved):
    w = Value(0 * gradient)
    (number,) = steps(Adam([w], 0.125, epsilon=epsilon), w, [gradient])
    assert number == pytest.approx(moved, rel=type(moved)("1e-9"), abs=type(moved)(0))


@pytest.mark.parametrize("make", [AdaGrad, RMSProp])
@pytest.mark.parametrize(
    ("gradient", "error", "sentence"),
    [
        (1e200, OverflowError, "the square of the gradient of w, 1*10^200, is too large: clip"),
        (10**200, OverflowError, "the square of the gradient of w, "),
        (1e-200, ValueError, "the squares of the gradients of w, now 1*10^-200, are too small for"),
    ],
)
def test_of_several_the_one_whose_square_leaves_the_range_is_named(make, gradient, error, sentence):
    a, w = Value(1.0, "a"), Value(1.0, "w")
    optimizer = make([a, w], 0.125, epsilon=0)
    a.grad, w.grad = 1.0, gradient
    with pytest.raises(error) as raised:
        optimizer.step()
    assert sentence in str(raised.value)
    assert (a.data, w.data, optimizer.state_dict()) == (1, 1, {})


def test_a_gradient_that_is_not_finite_shows_in_the_parameter():
    for gradient in (math.inf, math.nan):
        w = Value(1.0)
        assert math.isnan(steps(Adam([w]), w, [gradient])[0])


@pytest.mark.parametrize("make", WITH_A_STATE)
def test_a_step_is_made_as_a_whole_or_not_at_all(make):
    a, b, same_a, same_b = Value(1.0, "a"), Value(2.0, "b"), Value(1.0), Value(2.0)
    optimizer, other = make([a, b]), make([same_a, same_b])
    a.grad = same_a.grad = 1.0
    with pytest.raises(
        ValueError,
        match=r"the gradient of Value\(2.0, name='b'\) was not computed: call backward\(\)",
    ):
        optimizer.step()
    b.grad = "no number"
    with pytest.raises(TypeError):
        optimizer.step()
    assert (a.data, b.data) == (1.0, 2.0)
    for _ in range(2):  # the failed steps left no trace in the state
        b.grad = same_b.grad = 3.0
        optimizer.step()
        other.step()
    assert (a.data, b.data) == (same_a.data, same_b.data)


def interrupted(call, lines):
    """Whether Ctrl-C came in: `call()` with a KeyboardInterrupt once it has run that many lines of
    ours.
    """

    def trace(frame, event, argument):
        nonlocal lines
        if Path(frame.f_code.co_filename).parent != Path(nn.__file__).parent:
            return None  # such as a finalizer, where an interrupt would be lost
        lines -= event == "line"
        if lines < 0:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("make", WITH_A_STATE)
def test_ctrl_c_comes_before_or_after_a_step(make):
    def state_after_ctrl_c(lines):
        a, b = Value(1.0), Value(2.0)
        optimizer = make([a, b])
        for gradient in (1.0, 2.0):
            a.grad = b.grad = gradient
            optimizer.step()
        came_in = interrupted(optimizer.step, lines)
        return came_in, (a.data, b.data, optimizer._state)

    states, came_in = [], True
    while came_in:
        came_in, state = state_after_ctrl_c(len(states))
        states.append(state)
    assert len(states) > 30 and states[0] != states[-1]
    assert all(state in (states[0], states[-1]) for state in states)


def test_a_shared_parameter_is_updated_once():
    w = Value(F(1))
    optimizer = SGD([w, w], F(1, 10))
    assert optimizer.parameters == [w]
    w.grad = F(1)
    optimizer.zero_grad()
    assert w.grad is None


def test_a_learning_rate_changed_to_a_float_is_refused_in_the_step():
    w = Value(F(1), "w")
    optimizer = SGD([w], F(1, 10))
    optimizer.learning_rate = 0.1
    with pytest.raises(TypeError, match=r"would turn .* into a float: give Fractions"):
        steps(optimizer, w, [F(1)])
    assert w.data == 1


RESUMED = [
    lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True),
    lambda p: Adam(p, 0.01, weight_decay=0.1),
    lambda p: AdaGrad(p, 0.1),
    lambda p: RMSProp(p, 0.01, momentum=0.5),
]


@pytest.mark.parametrize("make", RESUMED)
def test_a_run_that_is_resumed_is_the_same_run(make, tmp_path):
    def epochs(model, optimizer, count, rng):
        inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        how = {"epochs": count, "batch_size": 3, "shuffle": rng, "progress": False}
        return nn.fit(model, inputs, targets, loss=nn.mse, optimizer=optimizer, **how).losses

    whole, half = nn.MLP(2, [3, 1], ["tanh", "linear"]), nn.MLP(2, [3, 1], ["tanh", "linear"])
    expected = epochs(whole, make(whole.parameters()), 10, random.Random(3))
    optimizer = make(half.parameters())
    losses = epochs(half, optimizer, 5, rng := random.Random(3))
    nn.save(half, tmp_path / "model.json")
    (tmp_path / "optimizer.json").write_text(json.dumps(optimizer.state_dict()))
    again = nn.load(tmp_path / "model.json")
    optimizer = make(again.parameters())
    optimizer.load_state_dict(json.loads((tmp_path / "optimizer.json").read_text()))
    assert losses + epochs(again, optimizer, 5, rng) == expected
    assert again.state_dict() == whole.state_dict()


def test_a_state_has_pytorchs_names_and_is_a_copy():
    w = Value(F(1))
    optimizer = SGD([w], F(1, 10), momentum=F(1, 2))
    assert optimizer.state_dict() == {}
    steps(optimizer, w, [F(2)])
    state = optimizer.state_dict()
    assert state == {"momentum_buffer": [2]}
    other = SGD([Value(F(1))], F(1, 10), momentum=F(1, 2))
    other.load_state_dict(state)
    state["momentum_buffer"][0] = F(99)
    assert other.state_dict() == optimizer.state_dict() == {"momentum_buffer": [2]}
    other.load_state_dict({})
    assert other.state_dict() == {}
    w = Value(1.0)
    adam = Adam([w], betas=(0.5, 0.75))
    steps(adam, w, [2.0])
    assert adam.state_dict() == {"step": 1, "exp_avg": [1.0], "exp_avg_sq": [1.0]}


@pytest.mark.parametrize(
    ("state", "error", "sentence"),
    [
        (None, TypeError, "a state is the dict that state_dict() returned, not a NoneType"),
        (
            {"momentum_buffer": [1.0]},
            ValueError,
            "the state of Adam is step, exp_avg, exp_avg_sq: got momentum_buffer",
        ),
        ({7: 1}, ValueError, "the state of Adam is step, exp_avg, exp_avg_sq: got 7"),
        (
            {"step": 0, "exp_avg": [1.0], "exp_avg_sq": [1.0]},
            ValueError,
            "an int of 1 or more: got 0",
        ),
        (
            {"step": 1.0, "exp_avg": [1.0], "exp_avg_sq": [1.0]},
            ValueError,
            "an int of 1 or more: got 1.0",
        ),
        (
            {"step": 1, "exp_avg": [1.0, 2.0], "exp_avg_sq": [1.0]},
            ValueError,
            "exp_avg is a list of 1 numbers, one for",
        ),
        (
            {"step": 1, "exp_avg": [1.0], "exp_avg_sq": 1.0},
            ValueError,
            "exp_avg_sq is a list of 1 numbers, one for ea",
        ),
        (
            {"step": 1, "exp_avg": ["1"], "exp_avg_sq": [1.0]},
            TypeError,
            "exp_avg: a str is not a number ('1')",
        ),
    ],
)
def test_a_state_that_is_not_the_optimizers_changes_nothing(state, error, sentence):
    w = Value(1.0)
    optimizer = Adam([w])
    steps(optimizer, w, [2.0])
    before = optimizer.state_dict()
    with pytest.raises(error) as raised:
        optimizer.load_state_dict(state)
    assert sentence in str(raised.value)
    assert optimizer.state_dict() == before


fraction, number, decimal = Value(F(1), "w"), Value(1.0, "x"), Value(Decimal(1), "y")


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (
            lambda: SGD([fraction], 0.1),
            TypeError,
            "a float learning rate would turn Fractions into floats: give Frac",
        ),
        (
            lambda: SGD([fraction], 1, momentum=0.9),
            TypeError,
            "a float momentum would turn Fractions into floats",
        ),
        (
            lambda: SGD([fraction], 1, weight_decay=0.5),
            TypeError,
            "weight decay would turn Fractions into floats",
        ),
        (
            lambda: SGD([decimal], 0.1),
            TypeError,
            "learning rate does not go with Decimals: give Decimal('0.1')",
        ),
        (
            lambda: Adam([fraction]),
            TypeError,
            "Adam needs square roots, which leave Fractions (Value(Fraction(1, 1",
        ),
        (
            lambda: AdaGrad([fraction]),
            TypeError,
            "AdaGrad needs square roots, which leave Fractions (Value(Fraction(1, 1",
        ),
        (
            lambda: RMSProp([Value(1j, "z")]),
            TypeError,
            "RMSProp divides by the size of a gradient, and the square of a complex one is not",
        ),
        (
            lambda: RMSProp([number], smoothing=1),
            ValueError,
            "the smoothing must be at least 0 and less than 1: got 1",
        ),
        (
            lambda: AdaGrad([number], epsilon=-1),
            ValueError,
            "the epsilon must be a finite number, 0 or more: got -1",
        ),
        (
            lambda: SGD([number], 1, velocity="plain"),
            ValueError,
            "the velocity is 'unscaled', of the gradients, or 'scaled', which holds the learning "
            "rate: got 'plain'",
        ),
        (
            lambda: SGD([number], 1, 0.5).load_state_dict({"scaled_velocity": [1.0]}),
            ValueError,
            "the state of SGD is momentum_buffer: got scaled_velocity",
        ),
        (
            lambda: SGD([number], -1),
            ValueError,
            "the learning rate must be a finite number, 0 or more: got -1",
        ),
        (
            lambda: SGD([number], math.nan),
            ValueError,
            "the learning rate must be a finite number, 0 or more: got nan",
        ),
        (
            lambda: SGD([number], math.inf),
            ValueError,
            "the learning rate must be a finite number, 0 or more: got inf",
        ),
        (
            lambda: Adam([number], betas=(0.9, 1)),
            ValueError,
            "second beta must be at least 0 and less than 1: got 1",
        ),
        (
            lambda: SGD([number], 1, nesterov=True),
            ValueError,
            "Nesterov's momentum needs a momentum greater than 0",
        ),
        (
            lambda: SGD([number], ".1"),
            TypeError,
            "the learning rate: a str is not a number ('.1'): convert it first",
        ),
        (lambda: SGD([number], 1, momentum=None), TypeError, "the momentum: None is not a number"),
        (
            lambda: SGD([number], object()),
            TypeError,
            "the learning rate is a real number, not a object",
        ),
        (
            lambda: SGD([number], Value(0.1)),
            TypeError,
            "the learning rate is a real number, not a Value",
        ),
        (lambda: SGD([number], 1j), TypeError, "the learning rate is a real number, not a complex"),
        (
            lambda: Adam([number], betas=(0.9,)),
            TypeError,
            "betas are a pair, (0.9, 0.999): got (0.9,)",
        ),
        (lambda: Adam([number], betas=0.9), TypeError, "betas are a pair, (0.9, 0.999): got 0.9"),
        (
            lambda: SGD([number], Decimal("0.1")),
            TypeError,
            "a Decimal learning rate does not go with floats: give 0.1",
        ),
        (
            lambda: SGD([fraction], Decimal("0.1")),
            TypeError,
            "does not go with Fractions: give Fraction(1, 10)",
        ),
        (
            lambda: SGD([decimal], F(1, 4)),
            TypeError,
            "a Fraction learning rate does not go with Decimals: give Decimal",
        ),
        (
            lambda: Adam([number], Decimal(1)),
            TypeError,
            "a Decimal learning rate does not go with floats: give 1.0",
        ),
        (
            lambda: SGD(nn.MLP(1, [1]), 0.1),
            TypeError,
            "a list of Values, not a MLP: give model.parameters()",
        ),
        (
            lambda: clip_grad_norm(nn.MLP(1, [1]), 1),
            TypeError,
            "a list of Values, not a MLP: give model.parameters()",
        ),
        (
            lambda: clip_grad_norm(with_gradients(F(1)), 0.5),
            TypeError,
            "a float max_norm would turn Fractions into floats",
        ),
        (
            lambda: clip_grad_value([number], -1),
            ValueError,
            "the max_value must be a finite number, 0 or more: got -1",
        ),
        (lambda: SGD([], 1), ValueError, "at least one parameter"),
        (
            lambda: Adam([Value(1j, "z")]),
            TypeError,
            "the square of a complex one is not that of its size (Value(1j, name='z')): use SGD",
        ),
        (
            lambda: SGD([1.0], 1),
            TypeError,
            "a parameter is a Value, not a float: give model.parameters()",
        ),
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
        (AdaGrad, "Adagrad", {}, {}),
        (AdaGrad, "Adagrad", {"weight_decay": 0.1}, {}),
        (RMSProp, "RMSprop", {}, {}),
        (RMSProp, "RMSprop", {"momentum": 0.9, "weight_decay": 0.1}, {}),
    ],
)
def test_the_steps_are_pytorchs(ours, theirs, options, theirs_options):
    torch = pytest.importorskip("torch")
    gradients = [0.5, -2.0, 0.0, 1.5]
    w = Value(1.0)
    tensor = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, theirs)([tensor], lr=0.1, **options, **theirs_options)
    expected = []
    for gradient in gradients:
        tensor.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        expected.append(tensor.item())
    assert steps(ours([w], 0.1, **options), w, gradients) == pytest.approx(expected, rel=1e-12)


def with_gradients(*gradients):
    parameters = [Value(1 if gradient is None else gradient, "w") for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    return parameters


def typed(numbers):
    return [(type(number), number) for number in numbers]


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
@pytest.mark.parametrize(
    ("gradient", "bound", "sentence"),
    [
        (F(3), 0.5, "would turn Fractions into floats: give Fraction(1, 2)"),
        (Decimal(3), 0.5, "does not go with Decimals: give Decimal('0.5')"),
        (Decimal(3), F(1, 2), "does not go with Decimals: give Decimal('0.5')"),
        (1 + 2j, 0.5, "the gradient of w is (1+2j): only real numbers are clipped, not a complex"),
        (
            sympy.Symbol("g"),
            1,
            "the gradient of w is g: only real numbers are clipped, not a Symbol",
        ),
        (sympy.Symbol("g", positive=True), 1, "only real numbers are clipped, not a Symbol"),
    ],
)
def test_clipping_keeps_the_type_or_is_refused(clip, gradient, bound, sentence):
    w = Value(1.0, "w")  # the gradients' type counts
    w.grad = gradient
    with pytest.raises(TypeError) as raised:
        clip([w], bound)
    assert sentence in str(raised.value) and w.grad is gradient


@pytest.mark.parametrize("number", [F, Decimal, float])
def test_gradients_are_scaled_down_to_a_norm(number):
    w = with_gradients(number(3), number(-4))
    assert typed([clip_grad_norm(w, 6)]) == typed([number(5)])
    assert [p.grad for p in w] == [3, -4]  # a smaller norm is left alone
    assert typed([clip_grad_norm([*w, w[0]], number("2.5"))]) == typed(
        [number(5)]
    )  # a shared parameter counts once
    assert typed(p.grad for p in w) == typed([number("1.5"), number(-2)])


@pytest.mark.parametrize("number", [F, Decimal, float])
def test_gradients_are_brought_between_two_values(number):
    w = with_gradients(number(3), number(-4), number("0.5"))
    clip_grad_value(w, 1)
    assert typed(p.grad for p in w) == typed([number(1), number(-1), number("0.5")])


def test_a_fraction_as_bound_of_floats_leaves_floats():
    w = with_gradients(3.0, -4.0)
    clip_grad_value(w, F(1, 2))
    assert typed(p.grad for p in w) == typed([0.5, -0.5])


@pytest.mark.parametrize("number", [Decimal, float])
def test_small_gradients_are_clipped_and_not_taken_for_0(number):
    small = "1e-600000" if number is Decimal else "1e-200"
    unit = number(small)
    w = with_gradients(3 * unit, -4 * unit)
    assert clip_grad_norm(w, unit) == pytest.approx(5 * unit, rel=number("1e-9"), abs=number(0))
    expected = [unit * 3 / 5, -unit * 4 / 5]
    assert [p.grad for p in w] == pytest.approx(expected, rel=number("1e-9"), abs=number(0))


def test_large_gradients_are_clipped_and_not_lost():
    w = with_gradients(3e200, -4e200)
    assert clip_grad_norm(w, 5.0) == pytest.approx(5e200)
    assert [p.grad for p in w] == pytest.approx([3.0, -4.0])
    w = with_gradients(Decimal("3e600000"), Decimal("-4e600000"))
    assert clip_grad_norm(w, 5) == Decimal("5e600000")
    assert [p.grad for p in w] == [3, -4]
    w = with_gradients(3e200, -4e200)
    clip_grad_norm(w, 5e-200)  # a factor of 1e-400
    assert [p.grad for p in w] == pytest.approx([3e-200, -4e-200], rel=1e-12, abs=0)
    w = with_gradients(math.inf, 1.0)
    clip_grad_value(w, 2.0)
    assert [p.grad for p in w] == [2.0, 1.0]


@pytest.mark.parametrize(
    ("gradients", "clip", "error", "sentence"),
    [
        (
            [9.0, None],
            clip_grad_norm,
            ValueError,
            "the gradient of Value(1, name='w') was not computed: call backward",
        ),
        (
            [9.0, None],
            clip_grad_value,
            ValueError,
            "the gradient of Value(1, name='w') was not computed: call backward",
        ),
        ([9.0, math.nan], clip_grad_norm, FloatingPointError, "the gradient of w is nan"),
        ([9.0, math.nan], clip_grad_value, FloatingPointError, "the gradient of w is nan"),
        (
            [9.0, math.inf],
            clip_grad_norm,
            FloatingPointError,
            "the norm of the gradients is infinite: clip_grad_value",
        ),
        ([F(1), F(1)], clip_grad_norm, TypeError, "the norm of these Fractions is not rational"),
    ],
)
def test_gradients_that_cannot_be_clipped_are_named_and_stay(gradients, clip, error, sentence):
    w = with_gradients(*gradients)
    with pytest.raises(error) as raised:
        clip(w, 1)
    assert sentence in str(raised.value)
    assert [p.grad for p in w] == gradients
