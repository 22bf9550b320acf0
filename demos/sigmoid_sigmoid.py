"""The 1-1-1 network of two sigmoids: its formulas judged, the network trained, activations and derivatives drawn.

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
from autograd import OPERATIONS, Value, draw, half_squared_error, sigmoid
from autograd.derivatives import gradients
from autograd.operations import dot
from demos.claims import (
    BLUE,
    VERMILION,
    Claim,
    System,
    leaves,
    named,
    output_folder,
    plotting,
    same,
    save,
    show,
    symbol,
)
from demos.shared import finished, run, save_both, titled

LEARNING_RATE = 0.001
EXAMPLE, TARGET = 1.0, 0.25  # the notes give no numbers: one example, and a start away from its target
START = ([[[0.6]], [[-0.4]]], [[0.1], [0.9]])
ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu")


def system() -> System:
    """The network over symbols."""
    x, w1, b1, w2, b2, t = leaves("x w1 b1 w2 b2 t")
    z1 = named(dot([w1], [x], b1), "z1")
    h = named(sigmoid(z1), "h")
    z2 = named(dot([w2], [h], b2), "z2")
    y = named(sigmoid(z2), "y")
    return System(named(half_squared_error(y, t), "L"))


@cache
def claims() -> tuple[Claim, ...]:
    """Every formula of the notes, in their order."""
    network = system()
    x, u = leaves("x u")
    single = System(named(sigmoid(x), "s"))
    chain = System(named(sigmoid(u), "y"))
    return (
        *_neuron_claims(),
        *_composition_claims(),
        chain.derivative("chain rule", "u", "1", "dy/dy is the derivative of y in u"),
        network.value("loss", "L", "(y - t)^2/2"),
        network.value("loss", "L", "(s(w2*s(w1*x + b1) + b) - t)^2/2"),
        network.value("loss", "L", "(s(w2*s(w1*x + b1) + b2) - t)^2/2"),
        network.value("forward", "y", "1/(1 + exp(-z2))"),
        network.value("forward", "z2", "w2*h + b2"),
        network.value("forward", "h", "s(z1)"),
        network.value("forward", "z1", "w1*x + b1"),
        network.derivative("backward", "y", "y - t"),
        network.derivative("backward", "w2", "(y - t)*y*(1 - y)*h"),
        network.derivative("backward", "b2", "(y - t)*y*(1 - y)*w2"),
        single.derivative("backward", "x", "s(x)*(1 - s(x))", "s'(x) = s(x)*(1 - s(x))"),
        network.derivative("backward", "w1", "(y - t)*y*(1 - y)*w2*h*(1 - h)*x"),
        network.derivative("backward", "b1", "(y - t)*y*(1 - y)*w2*h*(1 - h)"),
        *(network.update("update", name, f"{name} - alpha*dL_d{name}") for name in ("w1", "b1", "w2", "b2")),
    )


def _neuron_claims() -> list[Claim]:
    """The perceptron, of one input and of three, before and after its activation."""
    w, x, b = (leaves(names) for names in ("w1 w2 w3", "x1 x2 x3", "b"))
    one = nn.Neuron([w[0].data], b[0].data)([x[0]]).data
    three = System(named(dot(w, x, b[0]), "z"))
    neuron = nn.Neuron([weight.data for weight in w], b[0].data, "sigmoid")(x)
    printed = sigmoid(three.definition("z"))
    m, c = symbol("m"), symbol("c")
    line = nn.Neuron([m], c)([x[0]]).data
    return [
        three.value("neuron", "z", "w1*x1 + w2*x2 + w3*x3 + b", "y = w1*x1 + ... + wn*xn + b, at n = 3"),
        same("neuron", "y = w1*x1 + b for one input", symbol("w1") * symbol("x1") + symbol("b"), one),
        same("neuron", "the same as a line y = m*x + c", m * symbol("x1") + c, line),
        same("neuron", "y = g(sum of w_i*x_i + b), g the sigmoid", printed, neuron.data),
    ]


def _composition_claims() -> list[Claim]:
    """MLP = W3 o s2 o W2 o s1 o W1: the model against its maps, each applied to what the one before gives."""
    sizes, kinds = (2, 3, 2, 1), ("sigmoid", "tanh", "linear")
    weights = [
        [[symbol(f"w{j}{k}_{layer}") for k in range(inputs)] for j in range(outputs)]
        for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1)
    ]
    biases = [[symbol(f"b{j}_{layer}") for j in range(n)] for layer, n in enumerate(sizes[1:], start=1)]
    model = nn.MLP.from_weights(weights, biases, kinds)
    inputs: list[Any] = [symbol("x0"), symbol("x1")]
    mapped = inputs
    for matrix, shift, kind in zip(weights, biases, kinds, strict=True):
        mapped = [dot(row, mapped, b) for row, b in zip(matrix, shift, strict=True)]
        mapped = mapped if kind == "linear" else [OPERATIONS[kind](z) for z in mapped]
    one_layer = nn.MLP.from_weights([[[symbol("v1")]], [[symbol("v2")]]], [[0], [0]], ["sigmoid", "sigmoid"])
    prediction = sigmoid(symbol("v2") * sigmoid(symbol("v1") * inputs[0]))
    statement = "MLP(x) = (W3 o s2 o W2 o s1 o W1)(x), each W with its bias, at 2-3-2-1"
    return [
        same("composition", statement, mapped[0], model(inputs).data),
        same("composition", "y = s2(w2*s1(w1*x)) where the biases are 0", prediction, one_layer(inputs[:1]).data),
    ]


def train(epochs: int = 4000, learning_rate: float = LEARNING_RATE) -> tuple[nn.MLP, list[float]]:
    """Descend from the given start on the one example; the model and the loss before each update."""
    model = nn.MLP.from_weights(*START, ["sigmoid", "sigmoid"])
    optimiser = nn.SGD(model.parameters(), learning_rate)
    history = nn.fit(
        model, [[EXAMPLE]], [TARGET], loss=half_squared_error, optimizer=optimiser, epochs=epochs, progress=None
    )
    return model, finished(history, epochs).losses


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
        for piece in pieces:
            label = "derivative" if piece is pieces[0] else None
            panel.plot(points[piece], slopes[piece], color=VERMILION, linewidth=2, linestyle="--", label=label)
        panel.set_title({"relu": "ReLU", "leaky_relu": "leaky ReLU (slope 0.01)"}.get(name, name))
        if name == "leaky_relu":
            _enlarge(panel, (-4, 0.5), (-0.05, 0.02))
        panel.set_ylim((-1.2, 1.2) if name == "tanh" else (-0.1, 1.1) if name == "sigmoid" else (-0.5, 4.1))
    panels[0, 0].legend(loc="upper left")
    for panel in panels[1]:
        panel.set_xlabel("z")
    return save(figure, path)


def _enlarge(panel: Any, across: tuple[float, float], up: tuple[float, float]) -> None:
    """Draw the panel's lines once more in its empty corner, at a scale at which a slope of 0.01 is seen."""
    inset = panel.inset_axes((0.15, 0.42, 0.32, 0.42), xlim=across, ylim=up)
    for line in panel.lines:
        inset.plot(*line.get_data(), color=line.get_color(), linewidth=2, linestyle=line.get_linestyle())
    inset.tick_params(labelsize=8)
    inset.set_title("enlarged", fontsize=9)


def draw_losses(losses: Sequence[float], faster: Sequence[float], path: Path) -> Path:
    """The loss at the notes' rate, and in far fewer updates at a thousand times that; one scale of losses."""
    pyplot = plotting()
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8.5, 3.8), sharey=True, layout="constrained")
    left.plot(losses, color=BLUE, linewidth=2)
    left.set(title=f"learning rate {LEARNING_RATE}: {len(losses):,} updates", ylabel="loss (y - t)²/2", ylim=(0, None))
    right.plot(faster, color=VERMILION, linewidth=2)
    right.set(title=f"learning rate 1: {len(faster)} updates")
    figure.supxlabel("updates made", fontsize=10)
    return save(figure, path)


def main(arguments: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Print the verdicts, train, and write the pictures."""
    folder = output_folder("sigmoid_sigmoid", __doc__.splitlines()[0], arguments)
    judged = claims()
    show("Two sigmoids, half the squared error", judged)
    model, losses = train()
    faster = train(60, 1.0)[1]
    print(f"\nTraining on x = {EXAMPLE}, t = {TARGET}, {len(losses)} updates")
    print(f"   learning rate {LEARNING_RATE}: loss {losses[0]:.6f} to {losses[-1]:.6f}")
    print(f"   learning rate 1, {len(faster)} updates: loss {faster[0]:.6f} to {faster[-1]:.2e}")
    model.zero_grad()
    graph = named(half_squared_error(model([Value(EXAMPLE, "x")]), TARGET), "L")
    graph.backward()
    title = f"After {len(losses)} updates at learning rate {LEARNING_RATE}: x = {EXAMPLE:g}, t = {TARGET}"
    pictures = [
        draw_activations(folder / "activations.png"),
        draw_losses(losses, faster, folder / "sigmoid_sigmoid_loss.png"),
        *save_both(draw(graph, title=title), folder / "sigmoid_sigmoid_graph"),
        *save_both(titled(nn.draw_network(model, graph), title), folder / "sigmoid_sigmoid_network"),
    ]
    print("\nPictures", *pictures, sep="\n   ")
    return judged


if __name__ == "__main__":
    run(main)
