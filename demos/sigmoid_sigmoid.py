"""The 1-1-1 network of two sigmoids: judged and trained, its activations and derivatives drawn.

    python -m demos.sigmoid_sigmoid [--out pictures]

y = s(z2), z2 = w2*h + b2, h = s(z1), z1 = w1*x + b1, L = (y - t)^2/2, learning rate 0.001.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nn
from autograd import (
    OPERATIONS,
    Value,
    dot,
    draw,
    draw_circuit,
    gradients,
    half_squared_error,
    sigmoid,
)
from demos.claims import Claim, System, corrected, garbled, leaves, named, same, show, symbol
from demos.shared import BLUE, VERMILION, finished, output_folder, plotting, run, save, save_both

LEARNING_RATE = 0.001
# The notes give no numbers: one example, and a start away from its target.
EXAMPLE, TARGET = 1.0, 0.25
START = ([[[0.6]], [[-0.4]]], [[0.1], [0.9]])
ACTIVATIONS = {  # with their derivatives
    "tanh": "1 - tanh(z)^2",
    "sigmoid": "sigmoid(z)*(1 - sigmoid(z))",
    "relu": "[z > 0]",
    "leaky_relu": "[z > 0] + (1 - [z > 0])/100",
}
UPDATES = {
    "w1": "lines 48, 56, 98",
    "b1": "lines 56, 102",
    "w2": "lines 58, 78",
    "b2": "lines 58, 92",
}


def system() -> System:
    """The network over symbols; b is no parameter of it, but stands in the notes."""
    x, w1, b1, w2, b2, t = leaves("x w1 b1 w2 b2 t")
    z1 = named(dot([w1], [x], b1), "z1")
    h = named(sigmoid(z1), "h")
    z2 = named(dot([w2], [h], b2), "z2")
    y = named(sigmoid(z2), "y")
    return System(named(half_squared_error(y, t), "L"), also="alpha b")


@cache
def claims() -> tuple[Claim, ...]:
    """Every line of the notes, in their order; a refuted one is followed by what it should say."""
    return (
        *_neuron_claims(),
        _composition_claim(),
        *_descent_claims(),
        *_chain_claims(),
        *_loss_claims(),
        *_gradient_claims(),
    )


def _descent_claims() -> list[Claim]:
    """The network as one formula, its updates, and what the loss is a function of."""
    network = system()
    parameters = {name for name, node in network.nodes.items() if not node.operation} - {"x", "t"}
    printed = {"w1", "b1", "w2", "b2"}
    return [
        network.claim("line 29", "y = s(w2*h + b2)", "y = s(w2*y0 + b2), y0 being h"),
        network.claim("lines 32, 42, 80", "y = s(w2*s(w1*x + b1) + b2)"),
        *(
            network.update(where, name, f"{name} - alpha*dL/d{name}")
            for name, where in UPDATES.items()
        ),
        same("lines 54, 72", "L = L(w1, b1, w2, b2), x and t being given", printed, parameters),
    ]


def _loss_claims() -> list[Claim]:
    network = system()
    return [
        network.claim(
            "line 70",
            "dL/dw1 = dL/dy*dy/dh*dh/dw1",
            "dL/dw1 = dL/dh2*dh2/dh1*dh1/dw1, h1 being h and h2 y",
        ),
        network.claim("line 72", "L = (y - t)^2/2"),
        *corrected(
            network.claim("line 72", "L = (s(w2*s(w1*x + b1) + b) - t)^2/2"),
            network.claim("ours", "L = (s(w2*s(w1*x + b1) + b2) - t)^2/2"),
        ),
        network.claim("line 74", "dL/dy = y - t"),
    ]


def _gradient_claims() -> list[Claim]:
    """The gradients of the four parameters, and what they are made of."""
    network = system()
    (x,) = leaves("x")
    single = System(named(sigmoid(x), "s"))
    return [
        network.claim(
            "line 76", "dL/dw2 = dL/dy*dy/dw2 = dL/dy*dy/dz2*dz2/dw2 = (y - t)*y*(1 - y)*h"
        ),
        network.claim("line 82", "y = s(z2) = 1/(1 + exp(-z2))"),
        network.claim("line 84", "z2 = w2*h + b2"),
        network.claim("line 86", "h = s(z1)"),
        network.claim("line 88", "z1 = w1*x + b1"),
        network.claim("line 90", "dL/db2 = dL/dy*dy/db2 = dL/dy*dy/dz2*dz2/db2"),
        *corrected(
            network.claim("line 90", "dL/db2 = (y - t)*y*(1 - y)*w2"),
            network.claim("ours", "dL/db2 = (y - t)*y*(1 - y)"),
        ),
        single.claim("line 94", "ds/dx = s(x)*(1 - s(x))"),
        network.claim(
            "line 96",
            "dL/dw1 = dL/dh*dh/dw1 = dL/dh*dh/dz1*dz1/dw1 = (y - t)*y*(1 - y)*w2*h*(1 - h)*x",
        ),
        network.claim(
            "line 100",
            "dL/db1 = dL/dh*dh/db1 = dL/dh*dh/dz1*dz1/db1 = (y - t)*y*(1 - y)*w2*h*(1 - h)",
        ),
    ]


def _neuron_claims() -> list[Claim]:
    """The perceptron, of one input and of three, before and after its activation."""
    w, x, (b,) = (leaves(names) for names in ("w1 w2 w3", "x1 x2 x3", "b"))
    m, c = leaves("m c")
    one, line = System(named(dot(w[:1], x[:1], b), "y")), System(named(dot([m], x[:1], c), "y"))
    three = System(named(dot(w, x, b), "y"))
    weighted = "w1*x1 + w2*x2 + w3*x3 + b"
    rows = [
        three.claim(
            "line 11",
            f"y = {weighted}",
            "y = w1*x1 + ... + wn*xn + b, at n = 3; y is misread as y_6",
        ),
        one.claim("line 13", "y = w1*x1 + b", "y = w1*x1 + b; y is misread as y_6"),
        line.claim("line 16", "y = m*x1 + c", "y = m*x + c; y is misread as y_6"),
    ]
    for name, slope in ACTIVATIONS.items():
        neuron = System(named(OPERATIONS[name](named(dot(w, x, b), "z")), "y"))
        statement = f"y = g(sum of w_i*x_i + b), g = {name}, at n = 3"
        rows.append(neuron.claim("lines 4, 18", f"y = {name}({weighted})", statement))
        rows.append(neuron.claim("ours", f"dy/dz = {slope}", f"{name}'(z) = {slope}"))
    return rows


def _chain_claims() -> list[Claim]:
    """The chain rule, and what its factors are, for one y of u and one u of x."""
    w, x, b = leaves("w x b")
    chain = System(named(sigmoid(named(dot([w], [x], b), "u")), "y"))

    def factor(where: str, left: str, words: str, right: str) -> Claim:
        return chain.claim(where, f"{left} = {right}", f"{left} is {words}: {right}")

    return [
        chain.claim(
            "line 62", "dy/dx = dy/du*du/dx", "dy/dx = dy/du*du/dx, with y = s(u), u = w*x + b"
        ),
        factor("line 64", "dy/dx", "the derivative of y in x", "y*(1 - y)*w"),
        *garbled(
            factor("line 66", "dy/dy", "the derivative of y in u", "y*(1 - y)"),
            factor("ours", "dy/du", "the derivative of y in u", "y*(1 - y)"),
        ),
        factor("line 68", "du/dx", "the derivative of u in x", "w"),
    ]


def _composition_claim() -> Claim:
    """MLP = W3 o s2 o W2 o s1 o W1: the model against its maps, one applied to another."""
    sizes, kinds = (2, 3, 2, 1), ("sigmoid", "tanh", "linear")
    weights = [
        [[symbol(f"w{j}{k}_{layer}") for k in range(inputs)] for j in range(outputs)]
        for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1)
    ]
    biases = [
        [symbol(f"b{j}_{layer}") for j in range(outputs)]
        for layer, outputs in enumerate(sizes[1:], start=1)
    ]
    model = nn.MLP.from_weights(weights, biases, kinds)
    inputs: list[Any] = [symbol("x0"), symbol("x1")]
    mapped = inputs
    for matrix, shift, kind in zip(weights, biases, kinds, strict=True):
        mapped = [dot(row, mapped, b) for row, b in zip(matrix, shift, strict=True)]
        mapped = mapped if kind == "linear" else [OPERATIONS[kind](z) for z in mapped]
    statement = "MLP(x) = (W3 o s2 o W2 o s1 o W1)(x), each W with its bias, at 2-3-2-1"
    return same("line 25", statement, mapped[0], model(inputs).data)


def train(epochs: int = 4000, learning_rate: float = LEARNING_RATE) -> tuple[nn.MLP, list[float]]:
    """Descend on the one example; the model, the loss before each update and after the last."""
    model = nn.MLP.from_weights(*START, ["sigmoid", "sigmoid"])
    optimizer = nn.SGD(model.parameters(), learning_rate)
    history = nn.fit(
        model,
        [[EXAMPLE]],
        [TARGET],
        loss=half_squared_error,
        optimizer=optimizer,
        epochs=epochs,
        progress=None,
    )
    last = half_squared_error(model.predict([EXAMPLE]), TARGET)
    return model, [*finished(history, epochs).losses, last]


def curve(name: str, points: Sequence[float]) -> tuple[list[float], list[float]]:
    """An activation and its derivative at the points, both from the rule table."""
    operation = OPERATIONS[name]
    inputs = [Value(z) for z in points]
    outputs = [operation(z) for z in inputs]
    slopes = [gradients(a, [z])[0] for a, z in zip(outputs, inputs, strict=True)]
    return [a.data for a in outputs], slopes


def draw_activations(path: Path) -> Path:
    """Four panels: each activation and its derivative."""
    pyplot = plotting()
    points = [i / 100 for i in range(-400, 401)]
    figure, panels = pyplot.subplots(2, 2, figsize=(8.5, 6), sharex=True, layout="constrained")
    for name, panel in zip(ACTIVATIONS, panels.flat, strict=True):
        values, slopes = curve(name, points)
        panel.plot(points, values, color=BLUE, linewidth=2, label="activation")
        # A jump is no line: the derivative of a kinked activation is drawn in two pieces.
        pieces = [slice(0, 401), slice(401, None)] if "relu" in name else [slice(None)]
        style = {"color": VERMILION, "linewidth": 2, "linestyle": "--"}
        for piece in pieces:
            label = "derivative" if piece is pieces[0] else None
            panel.plot(points[piece], slopes[piece], label=label, **style)
        panel.set_title({"relu": "ReLU", "leaky_relu": "leaky ReLU (slope 0.01)"}.get(name, name))
        if name == "leaky_relu":
            _enlarge(panel, (-4, 0.5), (-0.05, 0.02))
        panel.set_ylim({"tanh": (-1.2, 1.2), "sigmoid": (-0.1, 1.1)}.get(name, (-0.5, 4.1)))
    panels[0, 0].legend(loc="upper left")
    for panel in panels[1]:
        panel.set_xlabel("z")
    return save(figure, path)


def _enlarge(panel: Any, across: tuple[float, float], up: tuple[float, float]) -> None:
    """Draw the panel's lines once more in its empty corner, where a slope of 0.01 is seen."""
    inset = panel.inset_axes((0.15, 0.42, 0.32, 0.42), xlim=across, ylim=up)
    for line in panel.lines:
        style = {"color": line.get_color(), "linestyle": line.get_linestyle()}
        inset.plot(*line.get_data(), linewidth=2, **style)
    inset.tick_params(labelsize=8)
    inset.set_title("enlarged", fontsize=9)


def draw_losses(losses: Sequence[float], faster: Sequence[float], path: Path) -> Path:
    """The loss at the notes' rate, and at a thousand times that, on one scale of losses."""
    figure, (left, right) = plotting().subplots(
        1, 2, figsize=(8.5, 3.8), sharey=True, layout="constrained"
    )
    left.plot(losses, color=BLUE, linewidth=2)
    left.set(title=f"learning rate {LEARNING_RATE}: {len(losses) - 1:,} updates")
    left.set(ylabel="loss (y - t)²/2", ylim=(0, None))
    right.plot(faster, color=VERMILION, linewidth=2)
    right.set(title=f"learning rate 1: {len(faster) - 1} updates")
    figure.supxlabel("updates made", fontsize=10)
    return save(figure, path)


def main(arguments: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Print the verdicts, train, and write the pictures."""
    folder = output_folder("sigmoid_sigmoid", __doc__.splitlines()[0], arguments)
    judged = claims()
    show("Two sigmoids, half the squared error", judged)
    model, losses = train()
    faster = train(60, 1.0)[1]
    print(f"\nTraining on x = {EXAMPLE}, t = {TARGET}")
    updates = len(losses) - 1
    falls = f"loss {losses[0]:.7f} to {losses[-1]:.7f}"
    print(f"   learning rate {LEARNING_RATE}, {updates} updates: {falls}")
    falls = f"loss {faster[0]:.7f} to {faster[-1]:.2e}"
    print(f"   learning rate 1, {len(faster) - 1} updates: {falls}")
    model.zero_grad()
    graph = named(half_squared_error(model([Value(EXAMPLE, "x")]), TARGET), "L")
    graph.backward()
    example = f"x = {EXAMPLE:g}, t = {TARGET}"
    title = f"After {updates} updates at learning rate {LEARNING_RATE}: {example}"
    pictures = [
        draw_activations(folder / "sigmoid_sigmoid_activations.png"),
        draw_losses(losses, faster, folder / "sigmoid_sigmoid_loss.png"),
        *save_both(draw(graph, title=title), folder / "sigmoid_sigmoid_graph"),
        *save_both(draw_circuit(graph, title=title), folder / "sigmoid_sigmoid_circuit"),
        *save_both(nn.draw_network(model, graph, title=title), folder / "sigmoid_sigmoid_network"),
    ]
    print("\nPictures", *pictures, sep="\n   ")
    return judged


if __name__ == "__main__":
    run(main)
