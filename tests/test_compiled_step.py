"""Compiled steps of training against `fit`."""

from __future__ import annotations

import random

import pytest

import nn

engine = pytest.mark.parametrize("engine", ("llvm", "numpy"))
OPTIMIZERS = {
    "descent": lambda p: nn.SGD(p, 0.1),
    "momentum": lambda p: nn.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "scaled": lambda p: nn.SGD(p, 0.1, momentum=0.9, velocity="scaled"),
    "adam": lambda p: nn.Adam(p, 0.01, epsilon=0),
    "adagrad": lambda p: nn.AdaGrad(p, 0.05),
    "rmsprop": lambda p: nn.RMSProp(p, 0.01, momentum=0.5),
}


def samples(count):
    rng = random.Random(3)
    inputs = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return inputs, [float(x * y > 0) for x, y in inputs]


def network(*activations):
    return nn.MLP(2, [3, 1], activations, rng=random.Random(5))


def penalty(parameters):
    return nn.l2(parameters, 0.01)


def by_fit(model, optimizer, steps, inputs, targets, loss, penalty=None):
    return nn.fit(
        model,
        inputs,
        targets,
        loss=loss,
        optimizer=optimizer,
        epochs=steps,
        penalty=penalty,
        progress=False,
    ).losses


@engine
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_those_of_fit(optimizer, engine):
    inputs, targets = samples(13)
    one, other = network("relu", "sigmoid"), network("relu", "sigmoid")
    of_one, of_other = (OPTIMIZERS[optimizer](model.parameters()) for model in (one, other))
    loss = nn.binary_cross_entropy
    losses = by_fit(one, of_one, 6, inputs, targets, loss, penalty)
    step = nn.compile_step(other, loss, of_other, penalty=penalty, engine=engine)
    found = step.run(inputs, targets, 3)
    assert step.sync() is other
    found += step.run(inputs, targets, 3)
    step.sync()
    assert found == pytest.approx(losses, rel=1e-13)
    numbers = [x.data for x in one.parameters()]
    assert [x.data for x in other.parameters()] == pytest.approx(numbers, rel=1e-12)


@engine
def test_what_was_compiled_goes_on_eagerly(engine):
    inputs, targets = samples(4)
    one, other = network("tanh", "linear"), network("tanh", "linear")
    of_one, of_other = nn.Adam(one.parameters()), nn.Adam(other.parameters())
    losses = by_fit(one, of_one, 4, inputs, targets, nn.mse)
    step = nn.compile_step(other, nn.mse, of_other, engine=engine)
    found = step.run(inputs, targets, 2)
    step.sync()
    found += by_fit(other, of_other, 2, inputs, targets, nn.mse)
    assert found == pytest.approx(losses, rel=1e-13)


@engine
@pytest.mark.parametrize("count", [1, 8, 9, 150])
def test_any_number_of_samples(count, engine):
    inputs, targets = samples(count)
    model, same = network("relu", "linear"), network("relu", "linear")
    losses = by_fit(same, nn.SGD(same.parameters(), 0.1), 2, inputs, targets, nn.half_squared_error)
    step = nn.compile_step(
        model, nn.half_squared_error, nn.SGD(model.parameters(), 0.1), engine=engine
    )
    assert [step.step(inputs, targets) for _ in range(2)] == pytest.approx(losses, rel=1e-13)


@engine
def test_softmax_over_shares(engine):
    inputs, _ = samples(9)
    shares = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.5, 0.25]] * 3
    one, other = (nn.MLP(2, [3], ["softmax"], rng=random.Random(1)) for _ in range(2))
    losses = by_fit(one, nn.SGD(one.parameters(), 0.5), 3, inputs, shares, nn.cross_entropy)
    step = nn.compile_step(other, nn.cross_entropy, nn.SGD(other.parameters(), 0.5), engine=engine)
    assert step.run(inputs, shares, 3) == pytest.approx(losses, rel=1e-13)


@engine
def test_a_divergence_is_the_error_of_fit(engine):
    model = nn.MLP(1, [1], ["linear"], rng=random.Random(1))
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 50.0), engine=engine)
    with pytest.raises(nn.DivergenceError, match="too large for a float"):
        step.run([[1.0], [2.0]], [3.0, 4.0], 3000)


def test_a_learning_rate_may_change_between_steps():
    model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    optimizer = nn.SGD(model.parameters(), 0.25)
    step = nn.compile_step(model, nn.half_squared_error, optimizer)
    step.step([[1.0]], [3.0])
    optimizer.learning_rate = 0.0
    step.step([[1.0]], [3.0])
    assert [x.data for x in step.sync().parameters()] == [2.25, 0.25]


def test_what_does_not_fit_is_refused():
    model = network("relu", "linear")
    some = nn.SGD(model.parameters()[:2], 0.1)
    with pytest.raises(ValueError, match="all of them and no others"):
        nn.compile_step(model, nn.mse, some)
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1))
    with pytest.raises(ValueError, match="got 1 inputs, 2 targets"):
        step.step([[1.0, 2.0]], [1.0, 2.0])
