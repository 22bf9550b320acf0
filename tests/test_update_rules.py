"""The update rules over Values record what the optimizers compute over numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from autograd import Value
from nn.optimizers import SGD, AdaGrad, Adam, RMSProp

F = Fraction

EXACT = [
    lambda p: SGD(p, F(1, 10)),
    lambda p: SGD(p, F(1, 10), weight_decay=F(1, 5)),
    lambda p: SGD(p, F(1, 10), F(1, 2)),
    lambda p: SGD(p, F(1, 10), F(1, 2), velocity="scaled"),
    lambda p: SGD(p, F(1, 10), F(1, 2), nesterov=True, weight_decay=F(1, 5)),
    lambda p: SGD(p, F(1, 10), F(1, 2), nesterov=True, velocity="scaled"),
]
FLOATS = [
    lambda p: SGD(p, 0.1, 0.9),
    lambda p: Adam(p, 0.1),
    lambda p: Adam(p, 0.1, weight_decay=0.5),
    lambda p: AdaGrad(p, 0.1),
    lambda p: AdaGrad(p, 0.1, weight_decay=0.5),
    lambda p: RMSProp(p, 0.1),
    lambda p: RMSProp(p, 0.1, momentum=0.9, weight_decay=0.5),
]


def recorded(optimizer, gradients):
    """The parameters after each step of the rule over Values, two parameters at a time."""
    hyperparameters = {
        name: Value(number, name) for name, number in optimizer.hyperparameters().items()
    }
    ws, before = list(optimizer.parameters), {}
    for step, pair in enumerate(gradients, start=1):
        rule = optimizer.rule(hyperparameters, step)
        state = [before.get(letter, [0, 0]) for letter in rule.letters]
        before = rule.lines(ws, [Value(g) for g in pair], state)
        ws = before["w"]
        assert all(w.__class__ is Value and w.operation is not None for w in ws)
        yield [w.data for w in ws]


def stepped(optimizer, gradients):
    for pair in gradients:
        for parameter, gradient in zip(optimizer.parameters, pair, strict=True):
            parameter.grad = gradient
        optimizer.step()
        yield [parameter.data for parameter in optimizer.parameters]


@pytest.mark.parametrize("make", EXACT)
def test_recorded_steps_are_the_steps_exactly(make):
    gradients = [(F(2), F(-1)), (F(1), F(0)), (F(-3, 7), F(5))]
    expected = list(stepped(make([Value(F(1)), Value(F(2))]), gradients))
    assert list(recorded(make([Value(F(1)), Value(F(2))]), gradients)) == expected


@pytest.mark.parametrize("make", FLOATS)
def test_recorded_steps_are_the_steps_in_floats(make):
    gradients = [(0.5, 0.0), (-2.0, 0.0), (1.5, 3.0)]
    expected = list(stepped(make([Value(1.0), Value(2.0)]), gradients))
    found = list(recorded(make([Value(1.0), Value(2.0)]), gradients))
    for numbers, others in zip(found, expected, strict=True):
        assert numbers == pytest.approx(others, rel=1e-15)


def test_the_corrected_means_are_as_in_the_paper():
    rule = Adam([Value(1.0)], 0.5, betas=(0.5, 0.75), epsilon=0).rule(
        {"learning_rate": 0.5, "first": 0.5, "second": 0.75, "epsilon": 0}, 2
    )
    lines = rule.lines([1.0], [4.0], [[1.0], [2.0]])
    assert lines["m"] == [2.5] and lines["v"] == [5.5]
    assert lines["m_hat"] == [2.5 / 0.75] and lines["v_hat"] == [5.5 / 0.4375]
    assert lines["w"] == [pytest.approx(1 - 0.5 * (2.5 / 0.75) / (5.5 / 0.4375) ** 0.5)]


def test_a_changed_hyperparameter_counts_from_then_on():
    optimizer = RMSProp([Value(1.0)], 0.1, momentum=0.9)
    optimizer.momentum = 0
    assert optimizer.rule(optimizer.hyperparameters(), 1).letters == ("s",)


@pytest.mark.parametrize("make", EXACT + FLOATS)
def test_a_rule_that_ascends_goes_the_same_way_by_the_opposite_gradients(make):
    kind = F if make in EXACT else float
    optimizer = make([Value(kind(1)), Value(kind(2))])
    down = optimizer.rule(optimizer.hyperparameters(), 1)
    up = replace(down, ascends=True)
    ws, gradients, state = [kind(1), kind(2)], [kind(3), kind(-5)], [[kind(4)] * 2, [kind(2)] * 2]
    state = state[: len(down.letters)]
    of_gradients = {"m"} if isinstance(optimizer, Adam) else {"v"}  # which change sign with them
    signed = [
        [-x for x in column] if letter in of_gradients else column
        for letter, column in zip(down.letters, state, strict=True)
    ]
    found = up.lines(ws, [-g for g in gradients], signed)
    assert found["w"] == down.lines(ws, gradients, state)["w"]
