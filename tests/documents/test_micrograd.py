"""Programs written for micrograd, run by micrograd and here by a change of the import, with the
same numbers.

The first two are the computations of its own tests, the second is its README's too, the third
reflects operators, and the last two are its way of training. What must be rewritten is the second
table of docs/micrograd.md, line by line.
"""

from __future__ import annotations

import builtins
import random
import re
from pathlib import Path

import micrograd.engine
import micrograd.nn
import pytest

import autograd
import nn


def every_operator(Value):
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return [y.data, x.grad]


def more_operators(Value):
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return [g.data, a.grad, b.grad]


def reflected_operators(Value):
    x = Value(0.7)
    y = sum([1 - x, 2 / x, 3 * x, 4 + x, -x, x - 5, x / 6, x**-2]) * 0.5
    y.backward()
    return [y.data, x.grad]


def a_neuron_by_hand(Value):
    rng = random.Random(3)
    w = [Value(rng.uniform(-1, 1)) for _ in range(3)]
    b = Value(0.0)
    losses = []
    for _ in range(20):
        loss = Value(0.0)
        for x, y in (([1.0, 2.0, -1.0], 1.0), ([0.5, -1.0, 3.0], -1.0)):
            score = sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
            loss = loss + (1 + -y * score).relu()
        for p in [*w, b]:
            p.grad = 0
        loss.backward()
        for p in [*w, b]:
            p.data -= 0.1 * p.grad
        losses.append(loss.data)
    return [*losses, *(p.data for p in w)]


@pytest.mark.parametrize(
    "program", [every_operator, more_operators, reflected_operators, a_neuron_by_hand]
)
def test_the_same_program_gives_the_same_numbers(program):
    here, there = program(autograd.Value), program(micrograd.engine.Value)
    assert here == pytest.approx(there, rel=1e-14)


def trained(model):
    """Its demo in small: max-margin loss with a penalty, descended by hand; the losses."""
    rng = random.Random(5)
    weights = [rng.uniform(-1, 1) for _ in model.parameters()]
    for p, weight in zip(model.parameters(), weights, strict=True):
        p.data = weight
    points = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], rng.choice([-1, 1])) for _ in range(8)]
    losses = []
    for _ in range(15):
        scores = [model(x) for x, _ in points]
        margins = [(1 + -y * score).relu() for (_, y), score in zip(points, scores, strict=True)]
        total = sum(margins) * (1.0 / len(points)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        losses.append(total.data)
    return losses


def test_its_networks_train_alike():
    here, there = (trained(MLP(2, [4, 4, 1])) for MLP in (nn.MLP, micrograd.nn.MLP))
    assert here[0] > here[-1]
    assert here == pytest.approx(there, rel=1e-12)


PAGE = (Path(__file__).parents[2] / "docs" / "micrograd.md").read_text(encoding="utf-8")
REWRITTEN = re.findall(r"^\| (.+?) \| (\w+Error).*? \| (.+?) \|$", PAGE, re.MULTILINE)
SETTING = "x = Value(2.0); y = 2 * x; p = Value(1.0); neuron = MLP(2, [1]).layers[0].neurons[0]"


def run(code, Value, package):
    names = {"Value": Value, **vars(package)}
    exec(SETTING, names)
    exec(code, names)


@pytest.mark.parametrize(("theirs", "error", "ours"), REWRITTEN)
def test_what_must_be_rewritten(theirs, error, ours):
    lines = [code for code in re.findall("`(.+?)`", theirs) if code != "backward()"]
    for code in lines:
        run(code, micrograd.engine.Value, micrograd.nn)
        with pytest.raises(getattr(builtins, error)):
            run(code, autograd.Value, nn)
    for code in re.findall("`(.+?)`", ours):
        run(code, autograd.Value, nn)


def test_every_line_that_must_be_rewritten_is_run():
    assert len(REWRITTEN) == 13
