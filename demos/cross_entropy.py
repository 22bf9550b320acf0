"""Three layers, ReLU, ReLU, sigmoid, under binary cross-entropy; two moons told apart.

    python -m demos.cross_entropy [--out pictures]

Examples are rows here: Z = A W + b, so W is inputs x outputs. yhat = A3 = s(Z3).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import nn
from autograd import Picture, Value, dot, draw, find, mean, relu, sigmoid
from demos.claims import Claim, System, corrected, garbled, leaves, named, show
from demos.matrices import Formula, Matrix, matrix_claim, symbolic_batch, transposed
from demos.shared import BLUE, VERMILION, finished, output_folder, plotting, run, save, save_both

SEED, SIZES, EPOCHS, BATCH, LEARNING_RATE = 7, (2, 8, 8, 1), 80, 10, 0.3
Point = tuple[tuple[float, float], int]


def system() -> System:
    """One neuron a layer, one example, over symbols."""
    activation, *_, y = inputs = leaves("A0 w1 b1 w2 b2 w3 b3 y")
    for number, (kind, name) in enumerate([(relu, "A1"), (relu, "A2"), (sigmoid, "yhat")], start=1):
        weight, bias = inputs[2 * number - 1 : 2 * number + 1]
        z = named(dot([activation], [weight], bias), f"z{number}")
        activation = named(kind(z), name)
    return System(named(nn.binary_cross_entropy(activation, y), "L"))


@cache
def claims() -> tuple[Claim, ...]:
    """Every line of the notes, in their order; a garbled one is followed by what it should say."""
    return (
        *_forward_claims(),
        *_loss_claims(),
        *_sigmoid_claims(),
        *_output_layer_claims(),
        *_hidden_layer_claims(),
        *_matrix_claims(),
        *_update_claims(),
    )


def _forward_claims() -> list[Claim]:
    network, batch = system(), _batch()
    lines: list[tuple[str, str, Formula]] = [
        ("ours", "Z1", lambda m: m["A0"] @ m["W1"] + m["b1"]),
        ("ours", "Z2", lambda m: m["A1"] @ m["W2"] + m["b2"]),
        ("line 15", "Z3", lambda m: m["A2"] @ m["W3"] + m["b3"]),
    ]
    return [
        network.claim("lines 9, 21", "A1 = relu(z1)", "A1 = g1(z1), g1 = relu, misread as Ji(Zi)"),
        network.claim(
            "lines 11, 13, 21", "A2 = relu(z2)", "A2 = g2(z2), g2 = relu, A2 once misread as Az"
        ),
        *(
            matrix_claim(where, f"{name} = {line(batch).text}", name, line, [batch])
            for where, name, line in lines
        ),
        *garbled(
            network.transcribed("line 17", "A2 = 93(Z1) = 4"),
            network.claim("lines 19, 23", "yhat = s(z3)", "A3 = g3(z3) = yhat, g3 = s"),
        ),
    ]


def _batch() -> dict[str, Matrix]:
    """2-2-2-1 on two examples, all symbols, one row for each example."""
    kinds = ("relu", "relu", "sigmoid")
    return transposed(symbolic_batch((2, 2, 2, 1), kinds, 2, nn.binary_cross_entropy))


def _loss_claims() -> list[Claim]:
    """The loss of two examples: each of the line's faults by itself, and the line without them."""
    p1, y1, p2, y2 = leaves("p1 y1 p2 y2")
    losses = [nn.binary_cross_entropy(p1, y1), nn.binary_cross_entropy(p2, y2)]
    batch = System(named(mean(losses), "L"), also="p0 y0")
    z, y = leaves("z y")
    stable = System(named(nn.binary_cross_entropy_with_logits(z, y), "L"))

    def line(where: str, first: int, second_term: str, shown: str) -> Claim:
        terms = [f"y{i}*log(p{i}) + {second_term.format(i)}" for i in range(first, 3)]
        statement = f"L = -1/m sum_(i={first}..m) [y log yhat + {shown}], m = 2"
        return batch.claim(where, f"L = -({' + '.join(terms)})/2", statement)

    right = ("(1 - y{0})*log(1 - p{0})", "(1 - y) log(1 - yhat)")
    truth, from_0 = line("ours", 1, *right), line("line 26", 0, *right)
    transcribed = line("line 26", 1, "(-y{0})*log(1 - p{0})", "(-y log(1 - yhat))")
    return [
        garbled(transcribed, truth, "the second term is (1 - y) log(1 - yhat)")[0],
        *corrected(from_0, truth, "the sum runs from i = 1, or it has m + 1 terms"),
        stable.claim(
            "ours",
            "L = -(y*log(s(z)) + (1 - y)*log(1 - s(z)))",
            "softplus(z) - y*z is that loss at s(z)",
        ),
        *garbled(
            system().transcribed("line 28", "dL/dghat = -9/9 + (1 - 9)/(1 - ghat)"),
            system().claim("ours", "dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)"),
        ),
    ]


def _sigmoid_claims() -> list[Claim]:
    """The derivative of the sigmoid, member by member; the fourth is garbled."""
    (x,) = leaves("x")
    single = System(named(sigmoid(x), "s"))
    return [
        single.claim("line 32", "s(x) = 1/(1 + exp(-x))"),
        single.claim("line 34", "ds/dx = -(1 + exp(-x))^(-2)*(-exp(-x))"),
        single.claim("line 36", "ds/dx = exp(-x)/(1 + exp(-x))^2"),
        single.claim("line 38", "ds/dx = 1/(1 + exp(-x))*(exp(-x)/(1 + exp(-x)))"),
        *garbled(
            single.claim("line 40", "ds/dx = 1/(1 + exp(-x))*((1 + exp(-x))^(-1)/(1 + exp(-x)))"),
            single.claim("ours", "ds/dx = 1/(1 + exp(-x))*(((1 + exp(-x)) - 1)/(1 + exp(-x)))"),
        ),
        single.claim("line 42", "ds/dx = 1/(1 + exp(-x))*(1 - 1/(1 + exp(-x)))"),
        single.claim("line 44", "ds/dx = s(x)*(1 - s(x))"),
    ]


def _output_layer_claims() -> list[Claim]:
    """The gradients of z3, w3 and b3."""
    network = system()
    misread = [
        ("line 48", "dL/dz3 = dL/dyhat*dghat/dz3"),
        ("line 50", "dL/dz3 = (-y/yhat + (1 - y)/(1 - yhat))*(ghat*(1 - yhat))"),
        ("line 52", "dL/dz3 = (-y*(1 - yhat) + (1 - y)*yhat)/(ghat*(1 - yhat))*ghat*(1 - yhat)"),
    ]
    return [
        *(
            network.claim(where, line.replace("ghat", "yhat"), f"{line}, ghat being yhat")
            for where, line in misread
        ),
        *garbled(
            network.claim("line 54", "dL/dz3 = yhat + y*y + yhat - y*yhat"),
            network.claim("ours", "dL/dz3 = -y + y*yhat + yhat - y*yhat"),
        ),
        network.claim("line 56", "dL/dz3 = yhat - y"),
        network.claim("line 58", "dL/dw3 = dL/dz3*dz3/dw3"),
        *garbled(
            network.transcribed("lines 58, 60", "dL/dw3 = dL/dz3*d(A8*w3 + b3)/dw3"),
            network.claim("ours", "dL/dw3 = (yhat - y)*A2"),
        ),
        network.claim("line 62", "dL/db3 = dL/dz3*dz3/db3"),
        *garbled(
            network.claim("line 62", "dL/db3 = (9 - 9)/3*dz3/db3 = 1"),
            network.claim("ours", "dL/db3 = yhat - y"),
        ),
        network.claim("ours", "dz3/db3 = 1"),
    ]


def _hidden_layer_claims() -> list[Claim]:
    """The gradients of the two layers before it."""
    network = system()
    return [
        *garbled(
            network.transcribed("line 64", "dL/dA2 = (dL/dA2"),
            network.claim("ours", "dL/dA2 = (yhat - y)*w3"),
        ),
        network.claim("line 66", "dL/dw2 = dL/dz2*dz2/dw2 = dL/dz2*A1"),
        network.claim("ours", "dL/db2 = dL/dz2"),
        network.claim("line 68", "dL/dz1 = dL/dA1*dA1/dz1", "dL/dz = dL/dA1*dA1/dz1, z being z1"),
        *corrected(
            network.claim("line 68", "dL/dz1 = dL/dA2*dz2/dA1*dA1/dz1"),
            network.claim("lines 70, 72", "dL/dz1 = dL/dz2*dz2/dA1*dA1/dz1"),
        ),
        network.claim("ours", "dL/dz1 = dL/dz2*w2*[z1 > 0]"),
        network.claim("ours", "dL/dw1 = dL/dz1*A0"),
        network.claim("ours", "dL/db1 = dL/dz1"),
    ]


def _matrix_claims() -> list[Claim]:
    """The same for all examples at once."""
    batch = _batch()

    def over_count(x: Any) -> Any:
        return x / len(batch["Y"].rows)

    lines: list[tuple[str, str, Formula]] = [
        ("dZ3 = (yhat - Y)/m", "dZ3", lambda m: (m["A3"] - m["Y"]).each("({})/m", over_count)),
        ("dW3 = A2^T dZ3", "dW3", lambda m: m["A2"].T @ m["dZ3"]),
        ("db3 = sum dZ3", "db3", lambda m: m["dZ3"].column_sums()),
        ("dA2 = dZ3 W3^T", "dA2", lambda m: m["dZ3"] @ m["W3"].T),
        ("dW2 = A1^T dZ2", "dW2", lambda m: m["A1"].T @ m["dZ2"]),
        ("db2 = sum dZ2", "db2", lambda m: m["dZ2"].column_sums()),
        ("dA1 = dZ2 W2^T", "dA1", lambda m: m["dZ2"] @ m["W2"].T),
        ("dW1 = A0^T dZ1", "dW1", lambda m: m["A0"].T @ m["dZ1"]),
        ("db1 = sum dZ1", "db1", lambda m: m["dZ1"].column_sums()),
    ]
    return [matrix_claim("ours", statement, name, line, [batch]) for statement, name, line in lines]


def _update_claims() -> list[Claim]:
    """The lines of the update, garbled ones judged as the parameter whose turn it is.

    The notes have none for w1.
    """
    network = system()
    w3, b3, w2, b2, w1, b1 = (
        network.update("ours", name, f"{name} - alpha*dL/d{name}")
        for name in ("w3", "b3", "w2", "b2", "w1", "b1")
    )
    any_parameter = network.update("line 75", "w1", "theta - alpha*dL/dv", "theta")
    return [
        garbled(any_parameter, w1, "theta := theta - alpha*dL/dtheta")[0],
        replace(w3, where="line 78"),
        *garbled(network.update("line 79", "w2", "w2 - alpha*dL/dw2", "w4"), w2),
        *garbled(network.update("line 80", "b3", "b3 - alpha*dL/db2", "w5"), b3),
        *garbled(network.update("line 81", "b1", "b1 - alpha*dL/db1", "w6"), b1),
        *garbled(network.update("line 82", "b2", "b1 - alpha*dL/db2", "w8"), b2),
        w1,
    ]


def two_moons(count: int, rng: random.Random, noise: float = 0.12) -> list[Point]:
    """Points on two interleaved half circles, with normal noise, turn by turn of class 0 and 1."""
    points = []
    for i in range(count):
        angle, label = rng.uniform(0, math.pi), i % 2
        x, y = math.cos(angle), math.sin(angle)
        if label:
            x, y = 1 - x, 0.5 - y
        points.append(((x + rng.gauss(0, noise), y + rng.gauss(0, noise)), label))
    return points


def train(points: Sequence[Point], rng: random.Random) -> tuple[nn.MLP, list[float]]:
    """Descend in shuffled batches; the model and the mean loss over all points after each epoch.

    The loss is taken from z3, where it is the same number but cannot meet log(0).
    """
    model = nn.MLP(SIZES[0], SIZES[1:], ["relu", "relu", "sigmoid"], rng=rng)
    inputs, labels = zip(*points, strict=True)
    history = nn.fit(
        model,
        inputs,
        labels,
        loss=lambda yhat, y: nn.binary_cross_entropy_with_logits(yhat.operands[0], y),
        optimizer=nn.SGD(model.parameters(), LEARNING_RATE),
        epochs=EPOCHS,
        batch_size=BATCH,
        shuffle=rng,
        validation=(inputs, labels),
        progress=None,
    )
    return model, finished(history, EPOCHS).validation_losses


def mistaken(model: nn.MLP, points: Sequence[Point]) -> list[Point]:
    """The points on the wrong side of one half."""
    return [(x, y) for x, y in points if (model.predict(x) > 0.5) != (y == 1)]


def draw_boundary(
    model: nn.MLP,
    losses: Sequence[float],
    points: Sequence[Point],
    held_out: Sequence[Point],
    path: Path,
) -> Path:
    """The loss by epoch, and the plane coloured by yhat with the points on it."""
    figure, (left, right) = plotting().subplots(
        1, 2, figsize=(11, 4.8), width_ratios=(2, 3), layout="constrained"
    )
    left.semilogy(range(1, len(losses) + 1), losses, color=BLUE, linewidth=2)
    left.set(xlabel="epoch", ylabel="binary cross-entropy, all training points")
    left.set_title(described(), fontsize=10)
    field = _draw_field(right, model)
    _draw_points(right, points, held_out, mistaken(model, held_out))
    right.set_title(
        f"{len(points)} points trained on, {len(held_out)} held out; the line is yhat = 0.5",
        fontsize=10,
    )
    right.set_aspect("equal")
    right.grid(False)
    right.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, fontsize=9, columnspacing=1
    )
    figure.colorbar(field, ax=right, label="yhat", shrink=0.8)
    return save(figure, path)


def _draw_field(panel: Any, model: nn.MLP) -> Any:
    """Colour the plane by yhat, with a line where it is one half."""
    from matplotlib.colors import LinearSegmentedColormap

    across, up = [-1.6 + 4.2 * i / 90 for i in range(91)], [-1.1 + 2.6 * i / 60 for i in range(61)]
    heights = [[model.predict((x, y)) for x in across] for y in up]
    colours = LinearSegmentedColormap.from_list("classes", [VERMILION, "#ffffff", BLUE])
    levels = [i / 10 for i in range(11)]
    field = panel.contourf(across, up, heights, levels=levels, cmap=colours, alpha=0.55)
    panel.contour(across, up, heights, levels=[0.5], colors="#111827", linewidths=1.5)
    return field


def _draw_points(
    panel: Any, points: Sequence[Point], held_out: Sequence[Point], wrong: Sequence[Point]
) -> None:
    """The points by class, those held out filled, with a ring around what is mistaken."""
    for label, marker, colour in ((0, "o", VERMILION), (1, "s", BLUE)):
        hollow = {"s": 18, "marker": marker, "facecolor": "none", "edgecolor": colour, "alpha": 0.6}
        panel.scatter(*_coordinates(points, label), label=f"class {label}, trained on", **hollow)
        seen = {"s": 32, "marker": marker, "color": colour, "edgecolor": "white", "linewidth": 0.6}
        panel.scatter(*_coordinates(held_out, label), label=f"class {label}, held out", **seen)
    ring = {"s": 160, "facecolor": "none", "edgecolor": "#111827", "linewidth": 1.5}
    panel.scatter(*_coordinates(wrong), label="held out, mistaken", **ring)


def described() -> str:
    """The network and its training in words."""
    sizes = "-".join(map(str, SIZES))
    return f"{sizes}, {EPOCHS} epochs, batches of {BATCH}, learning rate {LEARNING_RATE}"


def _coordinates(points: Sequence[Point], *labels: int) -> tuple[list[float], list[float]]:
    """Those of the points of the given classes, or else of all."""
    chosen = [point for point, label in points if not labels or label in labels]
    return [x for x, _ in chosen], [y for _, y in chosen]


def draw_small() -> tuple[Picture, Picture]:
    """Three layers on one example as a network, and card by card its output neuron.

    There dL/dz3 = yhat - y is seen.
    """
    model = nn.MLP.from_weights(
        [[[0.5, -1.0]], [[2.0]], [[1.5]]], [[0.5], [-0.5], [-1.0]], ["relu", "relu", "sigmoid"]
    )
    loss = named(nn.binary_cross_entropy(model([1.0, 0.25]), Value(1.0, "y")), "L")
    loss.backward()
    title = "A smaller case: 2-1-1-1 on one example, made-up numbers"
    network = nn.draw_network(model, loss, title=title)
    (entering,) = find(loss, "a_0^2")
    model.zero_grad()
    (output,) = model.layers[-1]([Value(entering.data, entering.name)])
    enlarged = named(nn.binary_cross_entropy(output, Value(1.0, "y")), "L")
    enlarged.backward()
    title = "A smaller case, the output neuron of 2-1-1-1: the gradient of z_0^3 is a_0^3 - y"
    return network, draw(enlarged, title=title)


def main(arguments: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Print the verdicts, train, and write the pictures."""
    folder = output_folder("cross_entropy", __doc__.splitlines()[0], arguments)
    judged = claims()
    show("ReLU, ReLU, sigmoid, binary cross-entropy", judged)
    rng = random.Random(SEED)
    points, held_out = two_moons(120, rng), two_moons(200, rng)
    model, losses = train(points, rng)
    wrong = len(mistaken(model, held_out))
    print(f"\nTwo moons, {len(points)} points, seed {SEED}: {described()}")
    print(f"   loss after the first epoch {losses[0]:.4f}, after the last {losses[-1]:.4f}")
    of_points = f"{len(mistaken(model, points))} of {len(points)}"
    print(f"   mistaken: {of_points}; of {len(held_out)} held-out points {wrong}")
    model.zero_grad()  # the last update's gradients are no part of what was learnt
    trained = nn.draw_network(model, title=f"Trained on two moons: {described()}")
    small, output = draw_small()
    pictures = [
        draw_boundary(model, losses, points, held_out, folder / "cross_entropy_moons.png"),
        *save_both(trained, folder / "cross_entropy_network"),
        *save_both(small, folder / "cross_entropy_small"),
        *save_both(output, folder / "cross_entropy_graph"),
    ]
    print("\nPictures", *pictures, sep="\n   ")
    return judged


if __name__ == "__main__":
    run(main)
