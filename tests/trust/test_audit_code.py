"""The code of random networks beside their steps: right as it is, and a wrong line named.

Networks of 1 to 3 layers in every notation, four losses, batches, three optimizers, one step or
two; the code is what the step itself writes, over matrices and number by number. Then every line of
the matrix code in turn is made wrong, a tenth less than it gives.
"""

from __future__ import annotations

import random
import re
import textwrap

import pytest

import nn
from autograd import derive
from autograd.audit import trace
from autograd.notes.profiles import NOTATIONS

FEW, MANY = 1, 14
ACTIVATIONS = ["relu", "tanh", "sigmoid", "linear", "leaky_relu", "softplus"]
OPTIMIZERS = [
    lambda p: nn.SGD(p, 0.1),
    lambda p: nn.SGD(p, 0.1, momentum=0.9),
    lambda p: nn.Adam(p, 0.01),
]
LINE = re.compile(r"(\w+) = (.+)")
WRITTEN_ON = re.compile(r"# (update|forward with)")


def function(source):
    names = {}
    exec(f"def code():\n{textwrap.indent(source, '    ')}", names)
    return names["code"]


def step_of(rng):
    """A random network's recorded step."""
    sizes = [rng.randint(1, 3) for _ in range(rng.choice([2, 3, 3, 4]))]
    activations = [rng.choice(ACTIVATIONS) for _ in sizes[1:]]
    kind, samples = rng.choice(["half", "squares", "binary", "classes"]), rng.choice([1, 2, 3])
    if kind == "binary":
        sizes[-1], activations[-1] = 1, "sigmoid"
    if kind == "classes":
        sizes[-1], activations[-1] = max(2, sizes[-1]), "softmax"
    model = nn.MLP(sizes[0], sizes[1:], activations, rng=rng, notation=rng.choice(list(NOTATIONS)))
    loss, target = {
        "half": (nn.sum_half_squared_error, lambda: numbers(rng, sizes[-1])),
        "squares": (nn.mse, lambda: numbers(rng, sizes[-1])),
        "binary": (nn.binary_cross_entropy, lambda: rng.choice([0, 1])),
        "classes": (nn.cross_entropy, lambda: rng.randrange(sizes[-1])),
    }[kind]
    inputs = [numbers(rng, sizes[0]) for _ in range(samples)]
    targets = [target() for _ in range(samples)]
    optimizer = rng.choice(OPTIMIZERS)(model.parameters())
    steps = rng.choice([1, 2])
    return nn.worked(model, inputs, targets, loss=loss, optimizer=optimizer, steps=steps)


def numbers(rng, count):
    return [round(rng.uniform(-2, 2), 2) for _ in range(count)]


@pytest.mark.long
def test_the_code_of_any_network_is_right_and_a_wrong_line_is_named(full):
    rng, found, wrong = random.Random(13), 0, 0
    for _ in range(MANY if full else FEW):
        step = step_of(rng)
        graph = step.epochs[0].label.graph
        sources = [(step.python(), step), (derive(graph).python(), graph)]
        matrices = step.python(matrices=True)
        right = trace(function(matrices), {}, step).right
        for source, truth in [*sources, (matrices, step)]:
            traced = trace(function(source), {}, truth)
            assert traced.first is None and traced.right and not traced.remarks, str(traced)
        for before, line, after in lines_of(matrices):
            name, value = LINE.fullmatch(line).groups()
            traced = trace(function(f"{before}{name} = 0.9*({value})\n{after}"), {}, step)
            if name in right and is_changed(traced, name):
                wrong += 1
                found += is_named(traced, name)
    assert found == wrong and found > 5


def lines_of(source):
    """Each line of the first forward and backward pass, with what stands before and after it."""
    start = source.index("# forward\n") + len("# forward\n")
    lines = source[start:].splitlines(keepends=True)
    for place, line in enumerate(lines):
        if WRITTEN_ON.match(line):
            return
        if LINE.fullmatch(line.rstrip("\n")):
            before, after = "".join(lines[:place]), "".join(lines[place + 1 :])
            yield source[:start] + before, line.rstrip("\n"), after


def is_named(traced, name):
    """Whether it departs first, or is asked about: Adam's first step is that of nine tenths too."""
    if traced.first is None:
        return any(remark.startswith(f"{name} is not ") for remark in traced.remarks)
    return traced.first.name == name


def is_changed(traced, name):
    """Whether a tenth less is something else: 0 stays 0."""
    return name not in traced.right or traced.first is not None
