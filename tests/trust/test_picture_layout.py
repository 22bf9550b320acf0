"""Pictures of graphs of every shape: no text lies on another, no arrow passes through one, and all
have room on a page.

As cards, forward and backward, and as circuits with every option that shows more or less. 42
graphs: the demos', random networks of 1-1-1 to 2-16-16-1, batches of 1 to 20, recurrent networks
of 1 to 20 steps, a small convolution, and graphs that differentiation recorded.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autograd import Picture, Value, cos, draw, draw_circuit, exp, grad, relu, sin, tanh, total
from autograd.reading import adjoints
from tests.picture_measure import (
    lines_under_texts,
    overlapping_texts,
    size_of,
    texts_on_shapes,
    texts_outside,
)

pytestmark = pytest.mark.usefixtures("bundled")

PAGE = 1600, 1200  # points
QUICK = ("2-3-1", "4-7-1", "softmax of 3-2", "recurrent 5")  # without --full


def network(*sizes: int, batch: int = 1, seed: int = 3, last: str = "linear") -> Value:
    """The loss of a network with random weights."""
    activations = [*["relu", "tanh", "sigmoid"][: len(sizes) - 2], last]
    model = nn.MLP(sizes[0], list(sizes[1:]), activations, rng=random.Random(seed))
    rng = random.Random(seed + 1)
    inputs = [[round(rng.uniform(-1, 1), 3) for _ in range(sizes[0])] for _ in range(batch)]
    outputs = [model(sample) for sample in inputs]
    if last == "softmax":
        targets = [[int(k == i % sizes[-1]) for k in range(sizes[-1])] for i in range(batch)]
        return of_batch(nn.cross_entropy, outputs, targets)
    if sizes[-1] > 1:
        return of_batch(nn.sum_half_squared_error, outputs, [[0.5] * sizes[-1]] * batch)
    return of_batch(nn.half_squared_error, outputs, [Value(0.5, "y")] * batch)


def of_batch(loss: Callable[..., Value], outputs: list[Value], targets: list) -> Value:
    if len(outputs) == 1:
        return loss(outputs[0], targets[0])
    return nn.over(loss, outputs, targets)


def recurrent(steps: int, names: bool = True) -> Value:
    """The loss of an Elman network that is trained to keep 0.5."""
    w, u, b = Value(0.5, "w_x"), Value(0.8, "w_h"), Value(0.1, "b")
    state, losses = Value(0.0, "h_0"), []
    for step in range(1, steps + 1):
        x = Value(round(0.1 * step, 2), f"x_{step}" if names else "")
        state = tanh(w * x + u * state + b)
        state.name = f"h_{step}" if names else ""
        losses.append((state - Value(0.5, f"y_{step}")) ** 2)
    return total(losses)


def convolution(length: int, width: int) -> Value:
    """A kernel over a row of numbers, a ReLU, and the sum of the squares."""
    rng = random.Random(length)
    x = [Value(round(rng.uniform(-2, 2), 2), f"x_{i}") for i in range(length)]
    kernel = [Value(round(rng.uniform(-1, 1), 2), f"k_{i}") for i in range(width)]
    bias = Value(0.1, "b")
    out = []
    for i in range(length - width + 1):
        y = relu(sum((kernel[j] * x[i + j] for j in range(width)), bias))
        y.name = f"y_{i}"
        out.append(y * y)
    return total(out)


def chain(length: int) -> Value:
    """A long chain of operations without names."""
    y = Value(1.0, "x")
    for place in range(length - 1):
        y = (sin, cos)[place % 2](y)
    return y


def expression(size: int, seed: int) -> Value:
    """A random expression over three leaves."""
    rng = random.Random(seed)
    nodes = [Value(0.5, "x"), Value(-1.5, "y"), Value(2.0, "z")]
    for _ in range(size):
        a, b = rng.choice(nodes[-6:]), rng.choice(nodes)
        nodes.append(rng.choice([a * b, a + b, sin(a), a - b]))
    return total(nodes[-3:])


def neuron() -> Value:
    """The neuron of CS231n."""
    w, x = [Value(2.0, "w0"), Value(-3.0, "w1")], [Value(-1.0, "x0"), Value(-2.0, "x1")]
    return 1 / (1 + exp(-(w[0] * x[0] + w[1] * x[1] + Value(-3.0, "w2"))))


def slope(function: Callable[[Any], Any]) -> Value:
    """The derivative of a function, as its differentiation recorded it."""
    return grad(function)(Value(0.7, "x"))


def slope_of_network() -> Value:
    """The derivative of a loss in a weight, recorded."""
    recorded = {found.node.name: found.gradient for found in adjoints(network(2, 2, 1))}
    return recorded["w_00^1"]


SIZES = ["1-1-1", "2-2-1", "2-3-1", "2-2-2", "3-4-2", "3-4-4-2", "4-7-1", "2-8-8-1", "2-16-16-1"]
GRAPHS: dict[str, Callable[[], Value]] = {
    **{size: lambda size=size: network(*map(int, size.split("-"))) for size in SIZES},
    "1-1-1-1-1-1": lambda: network(1, 1, 1, 1, 1),
    "8-3-3": lambda: network(8, 3, 3),
    "20-2-1": lambda: network(20, 2, 1),
    "softmax": lambda: network(2, 3, 3, last="softmax"),
    "softmax of 3-2": lambda: network(3, 2, last="softmax"),
    "softmax of a batch": lambda: network(2, 3, 3, batch=3, last="softmax"),
    **{f"batch of {n}": lambda n=n: network(2, 3, 1, batch=n) for n in (2, 3, 5, 20)},
    "batch of 5 in 1-1-1": lambda: network(1, 1, 1, batch=5),
    "batch of 20 in 2-16-16-1": lambda: network(2, 16, 16, 1, batch=20),
    **{f"recurrent {n}": lambda n=n: recurrent(n) for n in (1, 2, 3, 5, 10, 20)},
    "recurrent without names": lambda: recurrent(20, names=False),
    "a sum of products": lambda: convolution(3, 3),
    "convolution": lambda: convolution(6, 3),
    "a longer convolution": lambda: convolution(30, 4),
    "a neuron": neuron,
    "a chain of 5": lambda: chain(5),
    "a chain of 40": lambda: chain(40),
    "a chain of 2000": lambda: chain(2000),
    **{f"expression {n}": lambda n=n: expression(n, n) for n in (8, 15, 40, 200)},
    "a slope": lambda: slope(lambda x: sin(x * x) * exp(x)),
    "a slope's": lambda: slope(lambda x: 1 / (1 + exp(-x * x)) + x**3),
    "a slope of a network": slope_of_network,
}


def is_on_a_page(svg: str) -> bool:
    return all(side <= most for side, most in zip(size_of(svg), PAGE, strict=True))


def whole_or_folded(root: Value, **options: Any) -> Picture:
    """A circuit of every operation; of what has no room, folded as far as it must be."""
    try:
        return draw_circuit(root, **options)
    except ValueError as error:
        assert re.search("the circuit would be .* points|too many for a picture", str(error))
    for fold in ("neurons", "layers", "series", "runs"):
        try:
            picture = draw_circuit(root, fold=fold, **options)
        except ValueError as error:  # neither neurons nor layers, or series that make circles
            assert "fold=" in str(error)
            continue
        if is_on_a_page(picture.svg):
            return picture
    return picture


VIEWS: dict[str, Callable[[Value], Picture]] = {
    "cards, backward": lambda root: draw(root, backward=True),
    "cards, forward": lambda root: draw(root, backward=False),
    "circuit": lambda root: draw_circuit(root, decimals=3),
    "circuit, local": lambda root: whole_or_folded(root, decimals=3, local=True),
    "circuit, blank": lambda root: whole_or_folded(root, blank=True),
    "circuit, forward": lambda root: draw_circuit(root, decimals=3, gradients=False),
    "circuit, expanded": lambda root: whole_or_folded(root, decimals=3, expand=True),
    "circuit, down": lambda root: draw_circuit(root, decimals=3, direction="down"),
    "cards, larger": lambda root: draw(root, backward=True, font_scale=1.5),
    "cards, forward, larger": lambda root: draw(root, backward=False, font_scale=1.5),
    "circuit, larger": lambda root: draw_circuit(root, decimals=3, font_scale=1.5),
    "circuit, down, larger": lambda root: draw_circuit(
        root, decimals=3, direction="down", font_scale=1.5
    ),
}
QUICK_VIEWS, LARGER = 4, 8  # views without --full; from where on texts are larger


def views_of(name: str, full: bool) -> list[tuple[str, Callable[[Value], Picture]]]:
    """A few, or all; every fourth graph in larger texts, for the time that it takes."""
    views = list(VIEWS.items())
    if not full:
        return views[:QUICK_VIEWS]
    is_fourth = list(GRAPHS).index(name) % 4 == 0
    return [*views[:QUICK_VIEWS], *views[LARGER:]] if is_fourth else views[:LARGER]


def collisions(svg: str) -> list[tuple[str, str]]:
    return [
        *overlapping_texts(svg),
        *texts_on_shapes(svg),
        *texts_outside(svg),
        *lines_under_texts(svg),
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_collides_and_all_has_room(name, full):
    if not full and name not in QUICK:
        pytest.skip("one of a few without --full")
    root = GRAPHS[name]()
    root.backward()
    for view, draw_it in views_of(name, full):
        start = time.perf_counter()
        svg = draw_it(root).svg
        print(f"{name}, {view}: {size_of(svg)}, {time.perf_counter() - start:.2f} s")
        assert collisions(svg) == [], view
        assert is_on_a_page(svg), view


def test_no_line_of_a_network_runs_under_a_label(full):
    """Networks after an update, with weights on their lines, in rows or without numbers."""
    if not full:
        pytest.skip("with --full")
    rng = random.Random(1)
    for number in range(30):
        sizes = [rng.randint(1, 8), rng.randint(1, 8), rng.randint(1, 4)]
        model = nn.MLP(sizes[0], sizes[1:], ["tanh", "linear"], rng=rng)
        training = nn.worked(
            model,
            [round(rng.uniform(-2, 2), 2) for _ in range(sizes[0])],
            0.5 if sizes[-1] == 1 else [0.5] * sizes[-1],
            loss=nn.half_squared_error if sizes[-1] == 1 else nn.sum_half_squared_error,
            optimizer=nn.Adam(model.parameters(), 0.1),
            decimals=rng.choice([2, 3, 4]),
        )
        svg = nn.draw_network(training, step=rng.choice([1, 2])).svg
        assert collisions(svg) == [] and is_on_a_page(svg), (number, sizes)
