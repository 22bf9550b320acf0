"""Training: losses reached with a given seed, batches, validation, callbacks, Ctrl-C, divergence,
progress, plot.
"""

from __future__ import annotations

import math
import pickle
import random
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import Value, exp, grad, log, sin
from autograd.entry import Unary
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared_error,
    hinge,
    squared_error,
)
from nn.optimizers import SGD, Adam
from nn.training import DivergenceError, History, fit

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
F = Fraction
LINE = [[Fraction(1)], [Fraction(2)], [Fraction(3)]], [Fraction(2), Fraction(4), Fraction(6)]


def moons(count, rng):
    """Two half circles that reach into each other, with the labels 0 and 1."""
    inputs, targets = [], []
    for index in range(count):
        angle, label = rng.uniform(0, math.pi), index % 2
        x, y = math.cos(angle), math.sin(angle)
        x, y = (1 - x, 0.5 - y) if label else (x, y)
        inputs.append([x + rng.gauss(0, 0.05), y + rng.gauss(0, 0.05)])
        targets.append(label)
    return inputs, targets


def line(start=Fraction(0)):
    """y = w x, without noise and without activation."""
    return nn.MLP.from_weights([[[start]]], [[start]], ["linear"])


def train(model, data=LINE, rate=Fraction(1, 20), epochs=1, loss=half_squared_error, **options):
    options.setdefault("optimizer", SGD(model.parameters(), rate))
    options.setdefault("progress", False)
    return fit(model, *data, loss=loss, epochs=epochs, **options)


def numbers(model):
    return [parameter.data for parameter in model.parameters()]


def test_exclusive_or_is_learnt():
    model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
    optimizer = SGD(model.parameters(), 2.0, momentum=0.5)
    history = train(model, XOR, optimizer=optimizer, epochs=200, loss=binary_cross_entropy)
    assert history.losses[0] > 0.5
    assert history.losses[-1] < 0.02
    assert [round(model.predict(inputs)) for inputs in XOR[0]] == XOR[1]


def test_two_moons_are_separated():
    rng = random.Random(5)
    data, held_out = moons(60, rng), moons(30, rng)
    model = nn.MLP(2, [8, 1], ["tanh", "linear"], rng=rng)
    optimizer = Adam(model.parameters(), 0.05)
    options = {
        "batch_size": 10,
        "shuffle": rng,
        "validation": held_out,
        "optimizer": optimizer,
        "epochs": 40,
    }
    history = train(model, data, loss=binary_cross_entropy_with_logits, **options)
    assert history.losses[-1] < 0.1
    assert history.validation_losses[-1] < 0.15
    right = [
        (model.predict(inputs) > 0) == bool(target)
        for inputs, target in zip(*held_out, strict=True)
    ]
    assert sum(right) >= 29


def test_a_parameter_that_the_loss_does_not_reach_has_the_gradient_0():
    def trained(**options):
        model = nn.MLP.from_weights([[[F(1)], [F(2)]]], [[F(3), F(4)]], ["linear"])
        optimizer = SGD(model.parameters(), F(1, 4), **options)
        train(
            model,
            ([[1]], [[0, 0]]),
            loss=lambda p, t: (p[0] - t[0]) ** 2,
            optimizer=optimizer,
            epochs=1,
        )
        return [(p.data, type(p.grad)) for p in model.parameters()]

    # the first output is 4, the derivative in its weight and its bias 8
    assert trained() == [(-1, F), (1, F), (2, F), (4, F)]
    assert trained(weight_decay=F(1, 2))[2:] == [
        (F(7, 4), F),
        (F(7, 2), F),
    ]  # as for every gradient of 0


def test_what_else_the_optimizer_updates_is_trained_and_cleared():
    def trained(epochs, calls, make):
        model, scale = line(), Value(F(2), "scale")
        scale.grad = F(99)  # of before
        optimizer = make([*model.parameters(), scale])
        for _ in range(calls):
            train(
                model,
                loss=lambda p, t: scale * half_squared_error(p, t),
                optimizer=optimizer,
                epochs=epochs,
                batch_size=1,
            )
        return [(p.data, p.grad) for p in [*model.parameters(), scale]]

    class Own:  # an optimizer of one's own, which names its parameters as it likes
        def __init__(self, parameters):
            self.given = list(parameters)

        def parameters(self):
            return self.given

        def step(self):
            SGD(self.given, F(1, 20)).step()

    once = trained(1, 1, lambda p: SGD(p, F(1, 20)))
    w, b, scale = F(0), F(0), F(2)
    for x in (1, 2, 3):
        error = w * x + b - 2 * x
        gradients = scale * error * x, scale * error, error**2 / 2
        w, b, scale = (p - g / 20 for p, g in zip((w, b, scale), gradients, strict=True))
    assert once == list(zip((w, b, scale), gradients, strict=True))
    assert trained(2, 1, lambda p: SGD(p, F(1, 20))) == trained(1, 2, lambda p: SGD(p, F(1, 20)))
    assert trained(1, 1, Own) == once


def test_what_else_the_optimizer_updates_but_no_loss_reaches_has_the_gradient_0():
    model, scale = line(), Value(F(2), "scale")
    train(model, optimizer=SGD([*model.parameters(), scale], F(1, 20), weight_decay=F(1, 2)))
    assert (scale.data, scale.grad) == (2 - F(1, 20), 0)


def test_a_divergence_puts_back_what_else_the_optimizer_updates():
    model, scale = line(1.0), Value(1.0, "scale")
    with pytest.raises(DivergenceError, match=r"the update would make scale -inf from 1\.0"):
        train(
            model,
            ([[1.0]], [0.0]),
            loss=lambda p, t: scale * 1e200 + p,
            optimizer=SGD([scale, *model.parameters()], 1e200),
        )
    assert (scale.data, numbers(model)) == (1.0, [1.0, 1.0])


def test_a_gradient_too_large_for_adam_is_divergence():
    model = line(1.0)
    with pytest.raises(
        DivergenceError, match=r"epoch 1: the square of the gradient of w_00\^1, .*10\^200, is too"
    ):
        train(
            model,
            ([[1e200]], [0.0]),
            loss=lambda p, t: p - t,
            optimizer=Adam(model.parameters()),
        )
    assert numbers(model) == [1.0, 1.0]


def test_one_epoch_by_hand():
    model = line()
    history = train(model)  # losses 2, 8, 18; dL/dw = -(2 + 8 + 18)/3, dL/db = -(2 + 4 + 6)/3
    assert history.losses == [Fraction(28, 3)]
    assert numbers(model) == [Fraction(28, 60), Fraction(4, 20)]
    assert history.validation_losses == [] and not history.interrupted


def test_batches_by_hand():
    model = line()
    history = train(model, batch_size=2, validation=([[Fraction(1)]], [Fraction(0)]))
    # (2 + 8)/2 = 5 and w = 10/2/20 = 1/4, b = 6/2/20 = 3/20; then 6 - 3/4 - 3/20 = 51/10
    assert history.losses == [(2 * 5 + Fraction(51, 10) ** 2 / 2) / 3]
    assert numbers(model) == [
        Fraction(1, 4) + Fraction(153, 200),
        Fraction(3, 20) + Fraction(51, 200),
    ]
    assert history.validation_losses == [sum(numbers(model)) ** 2 / 2]


def test_decimals_stay_decimals():
    model = line(Decimal(0))
    history = train(
        model,
        ([[Decimal(1)], [Decimal(2)]], [Decimal(2), Decimal(4)]),
        Decimal("0.1"),
        batch_size=1,
    )
    assert type(history.losses[0]) is Decimal
    assert {type(number) for number in numbers(model)} == {Decimal}


def test_the_random_source_decides():
    def run(seed):
        model = nn.MLP(2, [2, 1], ["tanh", "linear"])
        history = train(model, XOR, 0.1, 3, batch_size=1, shuffle=random.Random(seed))
        return history.losses, numbers(model)

    assert run(1) == run(1) != run(2)


def test_arrays_are_taken_as_pythons_numbers():
    numpy = pytest.importorskip("numpy")
    model, same = line(0.5), line(0.5)
    rows = [[1.0], [2.0], [3.0]], [2.0, 4.0, 6.0]
    history = train(
        model,
        (numpy.array(rows[0]), numpy.array(rows[1])),
        0.1,
        3,
        shuffle=random.Random(1),
        batch_size=2,
    )
    assert history == train(same, rows, 0.1, 3, shuffle=random.Random(1), batch_size=2)
    assert numbers(model) == numbers(same)
    assert {type(number) for number in [*numbers(model), *history.losses]} == {float}


def test_several_outputs_and_classes():
    model = nn.MLP(2, [3], ["linear"])
    classes = train(
        model, ([[0, 1], [1, 0], [1, 1]], [0, 1, 2]), 0.5, 50, cross_entropy_with_logits
    )
    assert classes.losses[-1] < classes.losses[0] / 2
    model = nn.MLP.from_weights([[[1], [2]]], [[0, 0]], ["linear"])
    assert train(model, ([[1]], [[3, 2]]), 0, loss=squared_error).losses == [
        2.0
    ]  # ((3 - 1)^2 + 0)/2
    assert train(line(), ([[Fraction(1)]], [1]), loss=hinge).losses == [1]


def test_a_softmax_network_learns_classes():
    for targets in ([0, 1, 2], [[1, 0, 0], [0, 1, 0], [0.0, 0.1, 0.9]]):
        model = nn.MLP(2, [3], ["softmax"])
        history = train(model, ([[0, 1], [1, 0], [1, 1]], targets), 0.5, 50, cross_entropy)
        logits = nn.MLP(2, [3], ["linear"])
        same = train(
            logits, ([[0, 1], [1, 0], [1, 1]], targets), 0.5, 50, cross_entropy_with_logits
        )
        assert history.losses == pytest.approx(same.losses)
        assert numbers(model) == pytest.approx(numbers(logits))
        assert history.losses[-1] < history.losses[0] / 1.5


def test_a_penalty_is_part_of_the_loss_but_not_of_the_validation():
    model = line(Fraction(1))
    options = {"penalty": lambda parameters: nn.l2(parameters, Fraction(1, 2)), "validation": LINE}
    history = train(
        model, ([[Fraction(1)]], [Fraction(2)]), **options
    )  # 0 + (1 + 1)/2, gradients 1 and 1
    assert history.losses == [1]
    assert numbers(model) == [Fraction(19, 20)] * 2
    error = [Fraction(x) * Fraction(19, 20) + Fraction(19, 20) - 2 * x for x in (1, 2, 3)]
    assert history.validation_losses == [sum(e**2 / 2 for e in error) / 3]


def test_gradients_are_clipped_before_the_update():
    model = line()
    train(model, rate=1, clip=lambda parameters: nn.clip_grad_value(parameters, 1))
    assert numbers(model) == [1, 1]
    with pytest.raises(
        DivergenceError, match=r"epoch 1: the norm of the gradients is infinite: clip_grad_value"
    ):
        options = {
            "clip": lambda parameters: nn.clip_grad_norm(parameters, 1),
            "loss": lambda z, y: z * 1e200,
        }
        train(line(0.0), ([[1e200]], [0.0]), 1.0, **options)


@pytest.mark.parametrize(
    ("number", "given", "exact"), [(Fraction, 0.2, Fraction(1, 5)), (Decimal, 0.2, Decimal("0.2"))]
)
def test_targets_are_converted_as_inputs_are(number, given, exact):
    def losses(targets):
        seen = []

        def loss(prediction, target):
            seen.extend(target if isinstance(target, list) else [target])
            return nn.mse(prediction, target)

        several = isinstance(targets[0], list)
        weights, biases = ([[[1], [1]]], [[0, 0]]) if several else ([[[1]]], [[0]])
        model = nn.MLP.from_weights(weights, biases, ["linear"], numbers=number)
        history = train(model, ([[1]], targets), number(0), loss=loss, validation=([[1]], targets))
        assert {type(target) for target in seen} == {number}
        return history.losses, history.validation_losses

    assert losses([given]) == losses([exact]) == ([(1 - exact) ** 2],) * 2
    assert losses([[given, 1]]) == ([(1 - exact) ** 2 / 2],) * 2


def test_the_index_of_a_class_stays_an_int():
    model = nn.MLP.from_weights([[[1], [1]]], [[0, 0]], ["linear"], numbers=Decimal)
    history = train(model, ([[1]], [1]), Decimal(0), loss=cross_entropy_with_logits)
    assert history.losses == [Decimal(2).ln()]


def test_callbacks_see_each_epoch():
    seen = []
    model = line()
    train(
        model,
        epochs=3,
        callbacks=[lambda *given: seen.append((given[0], len(given[1].losses), given[2] is model))],
    )
    assert seen == [(1, 1, True), (2, 2, True), (3, 3, True)]


@pytest.mark.parametrize("true", [True, "numpy"])
def test_a_callback_that_returns_true_ends_the_training(true):
    true = pytest.importorskip("numpy").True_ if true == "numpy" else true
    seen, model, same = [], line(), line()
    history = train(
        model,
        epochs=100,
        callbacks=[lambda epoch, *_: epoch == 2 and true, lambda *_: seen.append(1)],
    )
    assert (len(history.losses), history.stopped, history.interrupted, len(seen)) == (
        2,
        True,
        False,
        2,
    )
    train(same, epochs=2)
    assert numbers(model) == numbers(same)


def test_what_else_a_callback_returns_is_nothing():
    history = train(line(), epochs=3, callbacks=[lambda *_: 1, lambda *_: "axes", lambda *_: False])
    assert (len(history.losses), history.stopped) == (3, False)


def test_an_error_in_a_callback_comes_out_and_the_history_is_its_own():
    kept = []

    def fail(epoch, history, model):
        kept[:] = [history]
        if epoch == 2:
            raise LookupError("mine")

    with pytest.raises(LookupError, match=r"^mine$"):
        train(line(), epochs=9, callbacks=[fail])
    assert len(kept[0].losses) == 2


def test_ctrl_c_keeps_what_was_learnt():
    def interrupt(epoch, history, model):
        if epoch == 2:
            raise KeyboardInterrupt

    model, same = line(), line()
    history = train(model, epochs=100, callbacks=[interrupt])
    assert history.interrupted
    assert len(history.losses) == 2
    train(same, epochs=2)
    assert numbers(model) == numbers(same)


def test_ctrl_c_within_a_step_leaves_no_half_of_it():
    class Interrupted(SGD):
        def step(self):
            self.parameters[0].data = Fraction(99)
            raise KeyboardInterrupt

    model = line()
    history = train(model, optimizer=Interrupted(model.parameters(), 1))
    assert history == History([], [], interrupted=True)
    assert numbers(model) == [0, 0]


def test_ctrl_c_keeps_the_losses_of_the_batches_that_were_made():
    def interrupted(prediction, target):
        if target == 6:
            raise KeyboardInterrupt
        return half_squared_error(prediction, target)

    history = train(line(), batch_size=1, loss=interrupted, epochs=5)
    # 2, then w = b = 1/10 and (4 - 3/10)^2/2
    assert history == History([(2 + Fraction(37, 10) ** 2 / 2) / 2], [], interrupted=True)


def test_divergence_names_the_first_operation_and_leaves_the_model():
    burst = Unary("burst", lambda x: x * 1e300 * 1e300 if x > 1 else x, (lambda y, x: 1.0,))
    model = nn.MLP.from_weights([[[0.5]], [[1.0]]], [[0.0], [0.0]], [burst, "linear"])
    seen = []
    with pytest.raises(DivergenceError) as raised:
        train(
            model, ([[2.0]], [4.0]), 0.1, 9, callbacks=[lambda *given: seen.append(numbers(model))]
        )
    error = raised.value
    assert (error.epoch, error.name, error.operation) == (2, "a_0^1", burst)
    assert len(error.operands) == 1 and error.operands[0] > 1
    assert "epoch 2: the loss is" in str(
        error
    ) and "is inf: a_0^1 = burst(z_0^1) with z_0^1 = " in str(error)
    assert numbers(model) == seen[-1]
    assert isinstance(error, ArithmeticError)


def test_divergence_carries_the_history_and_the_operation():
    model = line(1.0)
    with pytest.raises(DivergenceError) as raised:
        train(model, ([[1.0], [1e200]], [1.0, 0.0]), 0.5, batch_size=1)
    error = raised.value
    assert error.history.losses == [0.5]  # (1 - (1 + 1))^2/2, of the one batch that was made
    assert (error.operation, error.name, error.operands) == (half_squared_error, "", (0.5e200, 0.0))
    sentence = (
        "epoch 1: (0.0 - z_0^1)^2/2 with z_0^1 = 5e+199: too large for a float; "
        "a smaller learning rate may help"
    )
    assert str(error) == sentence
    assert numbers(model) == [0.5, 0.5]


def test_divergence_in_the_validation_comes_after_the_epoch():
    model = line(1.0)
    with pytest.raises(
        DivergenceError, match=r"epoch 1, validation: .* a smaller learning rate may help"
    ) as raised:
        train(model, ([[1.0]], [1.0]), 0.5, validation=([[1e200]], [0.0]))
    assert (raised.value.history.losses, raised.value.history.validation_losses) == ([0.5], [])
    assert numbers(model) == [0.5, 0.5]


def test_divergence_of_a_sum():
    model = nn.MLP.from_weights([[[1e308, 1e308]]], [[0.0]], ["linear"])
    with pytest.raises(
        DivergenceError, match=r"z_0\^1 = w_00\^1\*a_0\^0 .* with w_00\^1 = 1e\+308, w_01\^1"
    ):
        train(
            model, ([[1.0, 1.0]], [0.0]), 0.1, loss=lambda prediction, target: prediction - target
        )


def test_an_overflow_is_divergence_too():
    model = nn.MLP(1, [1])
    with pytest.raises(
        DivergenceError, match=r"epoch \d+: .*a smaller learning rate may help"
    ) as raised:
        train(model, ([[3.0], [1.0]], [1.0, 2.0]), 100.0, 1000)
    assert isinstance(raised.value.__cause__, OverflowError)
    assert all(map(math.isfinite, numbers(model)))
    with pytest.raises(DivergenceError, match=r"epoch 1: exp\(z_0\^1\) with z_0\^1 = 1000"):
        train(line(500), ([[1]], [1]), 1, loss=lambda z, y: exp(z) - y)


def test_a_certain_and_wrong_prediction_is_divergence():
    model = nn.MLP.from_weights([[[1000.0]]], [[0.0]], ["sigmoid"])
    sentence = (
        r"prediction and target must be probabilities.*; "
        r"binary_cross_entropy_with_logits on a linear output has no such"
    )
    with pytest.raises(DivergenceError, match=sentence) as raised:
        train(model, ([[1.0]], [0]), 1.0, loss=binary_cross_entropy)
    assert "learning rate" not in str(raised.value)
    model = nn.MLP.from_weights([[[1000.0], [0.0]]], [[0.0, 0.0]], ["softmax"])
    with pytest.raises(
        DivergenceError, match="class 1 has probability 0; cross_entropy_with_logits on a"
    ) as raised:
        train(model, ([[1.0]], [1]), 1.0, loss=cross_entropy)
    assert (raised.value.operation, raised.value.operands) == (log, (0.0,))


def test_no_learning_rate_is_to_blame_before_the_first_update():
    with pytest.raises(
        DivergenceError, match="no update was made yet: smaller weights or inputs may help"
    ) as raised:
        train(line(1e200), ([[1.0]], [0.0]), 0.1)
    assert "learning rate" not in str(raised.value)


def test_an_update_that_overflows_is_divergence_and_not_made():
    model = line(Decimal(1))
    with pytest.raises(DivergenceError, match=r"epoch 1: .*Overflow"):
        train(
            model,
            ([[Decimal("9e999999")]], [0]),
            Decimal(10),
            loss=lambda prediction, target: prediction,
        )
    assert numbers(model) == [1, 1]


def test_an_update_that_is_not_finite_is_not_made():
    model = line(1.0)
    with pytest.raises(
        DivergenceError,
        match=r"epoch 1: the update would make w_00\^1 -inf from 1.0 and its gradient",
    ):
        train(model, ([[1e200]], [0.0]), 1e200, loss=lambda prediction, target: prediction)
    assert numbers(model) == [1.0, 1.0]
    optimizer = SGD(model.parameters(), 1e200, momentum=0.5)
    with pytest.raises(DivergenceError, match="the update would make"):
        train(
            model,
            ([[1e200]], [0.0]),
            optimizer=optimizer,
            loss=lambda prediction, target: prediction,
        )
    model.zero_grad()
    (model([0.0]) * 0.0).backward()
    optimizer.step()  # its momentum has nothing of the step that was not made
    assert numbers(model) == [1.0, 1.0]


def test_a_gradient_that_is_not_finite_is_traced():
    steep = Unary("steep", lambda x: x, (lambda y, x: math.inf,))
    model = nn.MLP.from_weights([[[1.0]]], [[0.0]], [steep])
    options = {"loss": lambda prediction, target: prediction - target}
    with pytest.raises(
        DivergenceError, match=r"epoch 1: the update would make w_00.1 -inf from 1.0 and its"
    ) as raised:
        train(model, ([[1.0]], [0.0]), 0.1, **options)
    error = raised.value
    assert (
        "the gradient in z_0^1 is inf, the first that is not finite: "
        "the upstream gradient 1.0 times" in str(error)
    )
    assert (error.operation, error.operands, error.name) == (steep, (1.0,), "a_0^1")
    assert "no update was made yet" in str(error) and "learning rate" not in str(error)
    assert numbers(model) == [1.0, 0.0]
    with pytest.raises(
        DivergenceError, match=r"epoch 1: the norm .* the first that is not finite: the upstream"
    ):
        train(
            model,
            ([[1.0]], [0.0]),
            0.1,
            clip=lambda parameters: nn.clip_grad_norm(parameters, 1),
            **options,
        )


@pytest.mark.parametrize("updates", [0, 1])
def test_an_infinite_input_is_named_and_no_learning_rate(updates):
    model = nn.MLP(2, [1], ["tanh"])
    before = [[0.5, 0.5]] * updates
    with pytest.raises(DivergenceError) as raised:
        train(
            model, ([*before, [math.inf, 1]], [0] * (updates + 1)), 0.1, loss=nn.mse, batch_size=1
        )
    assert "nan; the first number that is not finite is inf: it was given as a_0^0" in str(
        raised.value
    )
    assert "may help" not in str(raised.value) and raised.value.operation is None
    with pytest.raises(
        DivergenceError, match=r"sin\(z_0\^1\) with z_0\^1 = .*inf: it was given as a_0\^0$"
    ):
        train(
            nn.MLP(2, [1], [sin]),
            ([*before, [math.inf, 1]], [0] * (updates + 1)),
            0.1,
            batch_size=1,
        )


def test_a_target_that_is_not_finite_is_no_matter_of_the_learning_rate():
    with pytest.raises(
        DivergenceError,
        match=r"the loss is nan; the first .* is nan: \(nan - z_0\^1\)\^2/2 with z_0\^1 = \S+$",
    ):
        train(line(1.0), ([[1.0]] * 2, [1.0, math.nan]), 0.1, batch_size=1)


def test_a_penalty_that_is_not_finite_is_named():
    with pytest.raises(DivergenceError, match=r"^epoch 1: the penalty is nan$"):
        train(line(1.0), ([[1.0]], [0.0]), 0.1, penalty=lambda parameters: math.nan)
    with pytest.raises(
        DivergenceError,
        match=r"^epoch 1: the penalty is inf; no update .* is inf: w_00.1.1e.308 with",
    ):
        train(line(10.0), ([[1.0]], [0.0]), 0.1, penalty=lambda parameters: parameters[0] * 1e308)


def test_a_penalty_that_is_not_trained_is_refused():
    model = line(1.0)
    with pytest.raises(
        TypeError, match=r"the penalty is the number 2\.0, not a Value: nothing of it was recorded"
    ):
        train(
            model,
            ([[1.0]], [0.0]),
            0.1,
            penalty=lambda parameters: 2 * grad(lambda x: model([x]))(0.5),
        )
    train(model, ([[1.0]], [0.0]), 0.1, penalty=lambda parameters: 0)


@pytest.mark.parametrize("engine", ["eager", "auto", "compiled"])
def test_a_loss_or_a_penalty_that_returns_nothing(engine):
    for what in ("loss", "penalty"):
        with pytest.raises(TypeError, match=f"^the {what} is None: return what"):
            train(line(1.0), ([[1.0]], [0.0]), 0.1, engine=engine, **{what: lambda *given: None})


def test_a_divergence_comes_through_a_pickle():
    with pytest.raises(DivergenceError) as raised:
        train(line(1.0), ([[1.0], [1e200]], [1.0, 0.0]), 0.5, batch_size=1)
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), str(again), vars(again)) == (
        DivergenceError,
        str(raised.value),
        vars(raised.value),
    )
    assert again.operation is half_squared_error and again.history.losses == [0.5]


def test_what_was_given_as_nan_is_named():
    with pytest.raises(
        DivergenceError,
        match=r"the loss is nan; the first number that is not finite is nan: "
        r"it was given as a_0\^0$",
    ):
        train(line(1.0), ([[math.nan]], [1.0]), 0.1)
    with pytest.raises(DivergenceError, match=r"epoch 1, validation: the loss is nan"):
        train(line(1.0), ([[1.0]], [1.0]), 0.1, validation=([[math.nan]], [1.0]))


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"data": ([[1]], [1, 2])},
            ValueError,
            "one target for each input: got 1 inputs and 2 targets",
        ),
        ({"data": ([], [])}, ValueError, "at least one sample: got none"),
        (
            {"validation": ([[1]], [])},
            ValueError,
            "one validation target for each validation input: got 1 inputs and 0",
        ),
        ({"validation": [[1]]}, TypeError, "validation is a pair: (inputs, targets)"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1: got 0"),
        ({"batch_size": 1.5}, TypeError, "batch_size is an int, not a float"),
        ({"epochs": -1}, ValueError, "epochs is at least 0: got -1"),
        ({"epochs": None}, TypeError, "epochs is an int, not a NoneType"),
        ({"shuffle": True}, TypeError, "shuffle is a source of random order, random.Random(0)"),
        ({"optimizer": SGD}, TypeError, "optimizer is one made for the model"),
        ({"optimizer": "SGD"}, TypeError, "optimizer is one made for the model"),
        (
            {"loss": lambda prediction, target: 1.0},
            TypeError,
            "the loss is a float, which was not computed from",
        ),
        ({"data": ([[1, 2]], [1])}, ValueError, "layer 1 expects 1 inputs, got 2"),
        (
            {"data": ([1, 2], [1, 2])},
            TypeError,
            "the inputs of a network are a list, one number for each: give [1], not",
        ),
        (
            {"optimizer": SGD(line().parameters(), 1)},
            ValueError,
            "made for other parameters than this model's: give it",
        ),
        (
            {"penalty": 0.1},
            TypeError,
            "penalty is a function of the parameters, `lambda parameters: ...`, not a float",
        ),
        (
            {"clip": 1},
            TypeError,
            "clip is a function of the parameters, `lambda parameters: ...`, not a int",
        ),
        (
            {"loss": lambda prediction, target: Value(1.0)},
            ValueError,
            "the loss was not computed from the model's parameters",
        ),
        (
            {"loss": nn.cross_entropy},
            ValueError,
            "this network's are linear, for which there is cross_entropy_with_lo",
        ),
    ],
)
def test_what_does_not_fit_is_refused(options, error, sentence):
    model = line()
    with pytest.raises(error) as raised:
        train(model, **options)
    assert sentence in str(raised.value) and not isinstance(raised.value, DivergenceError)
    assert numbers(model) == [0, 0]


def test_progress_is_shown_by_tqdm(capsys):
    pytest.importorskip("tqdm")
    train(line(), epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown and "loss " in shown
    train(line(), epochs=2)
    assert capsys.readouterr().err == ""


def test_the_bar_moves_with_each_batch(monkeypatch):
    tqdm = pytest.importorskip("tqdm.auto")
    seen = []

    class Bar(tqdm.tqdm):
        def update(self, n=1):
            seen.append((self.n, self.total))
            return super().update(n)

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    train(line(), epochs=2, progress=True, batch_size=1)
    assert seen == [(batch, 6) for batch in range(6)]


def test_without_tqdm_one_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.warns(
        UserWarning, match=r'tqdm shows the progress: pip install "chalkgrad\[progress\]"'
    ) as caught:
        model = line()
        history = fit(
            model,
            *LINE,
            loss=half_squared_error,
            optimizer=SGD(model.parameters(), 0),
            epochs=0,
            progress=True,
        )
    assert caught[0].filename == __file__
    assert history.losses == []
    assert len(train(line(), progress=None).losses) == 1


def test_the_plot_is_written(tmp_path):
    pytest.importorskip("matplotlib")
    history = train(line(), epochs=4, validation=LINE)
    axes = history.plot(tmp_path / "losses.png")
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]
    training, validation = axes.get_lines()
    assert list(training.get_xdata()) == [1, 2, 3, 4]
    assert list(training.get_ydata()) == [float(loss) for loss in history.losses]
    assert list(validation.get_ydata()) == [float(loss) for loss in history.validation_losses]
    assert history.plot(axes) is axes


def test_the_plot_opens_axes_of_its_own():
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib import pyplot

    axes = History([1.0]).plot()
    assert axes.figure is pyplot.gcf()
    assert len(axes.get_lines()) == 1 and axes.get_legend() is None
    pyplot.close(axes.figure)


def test_without_matplotlib_one_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r'pip install "chalkgrad\[plots\]"'):
        History([1.0]).plot(tmp_path / "losses.png")


def test_rows_of_one_target_serve_one_output():
    def losses(targets):
        network = nn.MLP(2, [2, 1], rng=random.Random(1))
        optimizer = nn.SGD(network.parameters(), 0.1)
        inputs = [[0.0, 1.0], [1.0, 0.0]]
        return nn.fit(
            network, inputs, targets, loss=nn.mse, optimizer=optimizer, epochs=3, progress=False
        ).losses

    assert losses([[1.0], [0.0]]) == losses([1.0, 0.0])


def test_hinge_goes_over_several_outputs():
    network = nn.MLP(2, [3], rng=random.Random(1))
    optimizer = nn.SGD(network.parameters(), 0.1)
    history = nn.fit(
        network,
        [[1.0, 2.0]],
        [[1, -1, 1]],
        loss=nn.hinge,
        optimizer=optimizer,
        epochs=5,
        progress=False,
    )
    assert history.losses[-1] < history.losses[0]


@pytest.mark.parametrize("loss", [nn.mse, nn.half_squared_error, nn.hinge])
def test_one_target_for_several_outputs_is_refused(loss):
    model = nn.MLP(1, [2], ["linear"])
    with pytest.raises(
        ValueError, match="one target for each prediction: got 2 predictions and the target 1 alone"
    ):
        train(model, ([[1.0]], [1]), 0.1, loss=loss)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"loss": "mse"},
            "the loss is a function of prediction and target, such as nn.mse, not a str",
        ),
        ({"callbacks": print}, "callbacks are a list"),
        ({"shuffle": random.Random}, "not the class: give Random"),
        ({"loss": nn.cross_entropy_with_logits}, "this network's are softmax"),
    ],
)
def test_what_cannot_be_trained_with_is_named(wrong, sentence):
    network = nn.MLP(2, [2], ["softmax"], rng=random.Random(1))
    options = {
        "loss": nn.mse,
        "optimizer": nn.SGD(network.parameters(), 0.1),
        "epochs": 1,
        "progress": False,
    }
    with pytest.raises((TypeError, ValueError), match=sentence):
        nn.fit(network, [[1.0, 2.0]], [0], **(options | wrong))
