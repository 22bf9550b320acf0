"""Compiled code computes what the functions themselves do: on random graphs, and along trainings.

The bound of a graph is that of test_random_graphs.py, for its value and its derivatives along a
direction of orders 1 and 2: two that both compute in floats may differ by three times it.
"""

from __future__ import annotations

import random

import pytest
from random_graphs import engine, random_program
from test_random_graphs import along, bounded

import autograd
import nn
from autograd import Value, dot, grad
from demos import relu_sigmoid, sigmoid_sigmoid

PROMISE = "compiled is eager"
AT_ONCE = 50  # graphs in one function
engines = pytest.mark.parametrize("name", ["llvm", "numpy"])


def orders(program):
    """The value, and its derivatives along the program's direction, as functions of the inputs."""
    fs = [lambda *x: program.run(engine, x)]
    for _ in range(2):
        fs.append(along(fs[-1], grad, dot, program))
    return fs


@engines
def test_random_graphs(full, figure, name):
    seeds, worst = range(5_000 if full else 8), 0.0
    for start in range(0, len(seeds), AT_ONCE):
        programs = [random_program(seed) for seed in seeds[start : start + AT_ONCE]]

        def all_of_them(inputs, programs=programs):
            pairs = zip(programs, inputs, strict=True)
            return [[f(*x) for f in orders(program)] for program, x in pairs]

        fast = autograd.compile(all_of_them, engine=name)
        given = [list(program.inputs) for program in programs]
        for program, found in zip(programs, fast(given), strict=True):
            for f, number in zip(orders(program), found, strict=True):
                expected, bound = bounded(f(*map(Value, program.inputs)))
                assert abs(number - expected) <= 3 * bound, program
                worst = max(worst, abs(number - expected) / bound)
        row = [x for numbers in given for x in numbers]
        assert fast._known[0].numbers(row) is not None, "it went through the function itself"
    figure(PROMISE, f"{len(seeds):,} random graphs by {name}, orders 0 to 2: {worst:.2f}")


def drawn(count, inputs, classes):
    rng = random.Random(2)
    rows = [[rng.uniform(-1, 1) for _ in range(inputs)] for _ in range(count)]
    return rows, [int(sum(row) > 0) * (classes - 1) for row in rows]


NETWORKS = {  # of the notes, and of other sizes: how it is made, loss, data
    "2-3-1": (
        lambda: nn.MLP.from_weights(
            [[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
            [[0.1, -0.2, 0.0], [0.05]],
            ["relu", "relu"],
        ),
        nn.half_squared_error,
        ([[1.0, 2.0]], [1.5]),
    ),
    "relu, sigmoid": (
        lambda: nn.MLP.from_weights(*relu_sigmoid.START, ["relu", "sigmoid"]),
        nn.mse,
        drawn(4, 1, 2),
    ),
    "sigmoid, sigmoid": (
        lambda: nn.MLP.from_weights(*sigmoid_sigmoid.START, ["sigmoid", "sigmoid"]),
        nn.sum_half_squared_error,
        drawn(4, 1, 2),
    ),
    "prices": (
        lambda: nn.MLP(4, [7, 1], ["relu", "linear"], rng=random.Random(9)),
        nn.mse,
        drawn(9, 4, 2),
    ),
    "moons": (
        lambda: nn.MLP(2, [8, 8, 1], ["relu", "relu", "sigmoid"], rng=random.Random(3)),
        nn.binary_cross_entropy,
        drawn(9, 2, 2),
    ),
    "classes": (
        lambda: nn.MLP(2, [8, 3], ["tanh", "softmax"], rng=random.Random(1)),
        nn.cross_entropy,
        drawn(9, 2, 3),
    ),
    "logits": (
        lambda: nn.MLP(2, [8, 3], ["tanh", "linear"], rng=random.Random(1)),
        nn.cross_entropy_with_logits,
        drawn(9, 2, 3),
    ),
}


@engines
def test_losses_along_trainings(full, figure, name):
    steps = 1_000 if full else 5
    for network in NETWORKS if full else ["2-3-1", "classes"]:
        make, loss, data = NETWORKS[network]
        losses = {}
        for each in ("eager", name):
            model = make()
            optimizer = nn.SGD(model.parameters(), 0.1, momentum=0.5)
            given = {"epochs": steps, "progress": False, "optimizer": optimizer, "engine": each}
            losses[each] = nn.fit(model, *data, loss=loss, **given).losses
        assert losses[name] == pytest.approx(losses["eager"], rel=1e-9, abs=1e-15), network
    figure(PROMISE, f"losses of {steps:,} steps of {len(NETWORKS)} networks by {name} within 1e-9")
