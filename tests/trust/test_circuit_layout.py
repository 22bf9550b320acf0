"""Circuits of graphs of every shape: no text lies on another or on a gate, no wire runs under a
text, and all have room on a page.
"""

from __future__ import annotations

import random
import re

import pytest

import nn
from autograd import Value, draw_circuit, exp, grad, mean, relu, sin, tanh, total
from tests.picture_measure import (
    lines_under_texts,
    overlapping_texts,
    texts_on_shapes,
    texts_outside,
)

WIDEST, TALLEST = 1600, 1200  # points
QUICK = ("2-3-1", "4-7-1", "recurrent 3", "softmax")  # without --full
LOOKS = ({}, {"local": True}, {"blank": True}, {"gradients": False}, {"expand": True})


def network(*sizes, batch=1):
    kinds = ["relu", *["tanh"] * (len(sizes) - 2)][: len(sizes) - 1]
    model = nn.MLP(sizes[0], sizes[1:], kinds, rng=random.Random(3))
    inputs = [[round(0.3 - 0.11 * i + 0.2 * j, 2) for i in range(sizes[0])] for j in range(batch)]
    losses = [nn.half_squared_error(model(x), Value(0.5, "y")) for x in inputs]
    return losses[0] if batch == 1 else mean(losses)


def softmax():
    logits = nn.MLP(2, [3], ["linear"], rng=random.Random(2))([0.5, -0.3])
    return nn.cross_entropy(nn.softmax(logits), [0, 1, 0])


def recurrent(steps):
    w, u, b, h = Value(0.5, "w_x"), Value(-0.8, "w_h"), Value(0.1, "b"), Value(0.0, "h_0")
    for step in range(1, steps + 1):
        h = tanh(w * Value(round(0.3 * step - 0.5, 1), f"x_{step}") + u * h + b)
        h.name = f"h_{step}"
    return (h - 0.5) ** 2


def convolution(length):
    x = [Value(round(0.4 * i - 1, 1), f"x_{i}") for i in range(length)]
    k = [Value(0.5 - 0.3 * j, f"k_{j}") for j in range(3)]
    return total([relu(sum(k[j] * x[i + j] for j in range(3))) ** 2 for i in range(length - 2)])


def expression(size):
    rng = random.Random(size)
    nodes = [Value(0.5, "x"), Value(-1.5, "y"), Value(2.0, "z")]
    for _ in range(size):
        a, b = rng.choice(nodes[-6:]), rng.choice(nodes)
        nodes.append(rng.choice([a * b, a + b, sin(a), a - b]))
    return total(nodes[-3:])


def slope():
    return grad(lambda x: 1 / (1 + exp(-x * x)) + sin(x) ** 2)(Value(0.7, "x"))


GRAPHS = {
    **{size: size.split("-") for size in ("1-1-1", "2-2-1", "2-3-1", "4-7-1", "2-16-16-1")},
    **{f"batch of {size}": size for size in (2, 20)},
    **{f"recurrent {steps}": lambda steps=steps: recurrent(steps) for steps in (3, 20)},
    **{f"convolution {length}": lambda length=length: convolution(length) for length in (6, 30)},
    **{f"expression {size}": lambda size=size: expression(size) for size in (8, 15, 40, 200)},
    "softmax": softmax,
    "a slope": slope,
}


def graph(name):
    made = GRAPHS[name]
    if isinstance(made, list):
        return network(*map(int, made))
    return network(2, 3, 1, batch=made) if isinstance(made, int) else made()


@pytest.mark.parametrize("options", LOOKS, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_collides_and_all_has_room(name, options, full, monkeypatch):
    if not full and (name not in QUICK or len(options) * (name != "2-3-1")):
        pytest.skip("one of a few without --full")
    monkeypatch.setenv("CHALKGRAD_DOT", "bundled")
    root = graph(name)
    root.backward()
    svg = draw_circuit(root, decimals=3, **options).svg
    assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []
    assert lines_under_texts(svg) == []
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())
    assert width <= WIDEST and height <= TALLEST
