"""The 1-1-1 network of a ReLU and a sigmoid with the squared error: judged and trained.

    python -m demos.relu_sigmoid [--out pictures]

A2 = s(z2), z2 = w2*A1 + B2, A1 = relu(z1), z1 = w1*x + B1, C = (A2 - Y)^2. Beside it the products
that its layers rest on: weighted sums as rows of W X, an inner product, an outer product, a 3x4 and
a 3x3 layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import nn
from autograd import Value, dot, draw, draw_circuit, relu, sigmoid
from demos.claims import Claim, System, corrected, leaves, named, same, show
from demos.matrices import Matrix, shape_text
from demos.shared import (
    BLUE,
    GREY,
    VERMILION,
    finished,
    output_folder,
    plotting,
    run,
    save,
    save_both,
)

W_HIDDEN = ((0.05629, 0.596, 0.238), (0.303, 0.421, 0.855), (0.655, 0.457, 0.618))
TABLE = ((0, 10, 20, 30), (0, 20, 40, 60), (0, 30, 60, 90), (0, 40, 80, 120))
POINTS = [i / 4 for i in range(17)]
# Level, then rising: of the form that the network has.
TARGETS = [sigmoid(2 * relu(x - 1.5) - 2) for x in POINTS]
START = ([[[0.5]], [[0.5]]], [[0.1], [0.0]])


def system() -> System:
    """The network over symbols."""
    x, w1, b1, w2, b2, target = leaves("x w1 B1 w2 B2 Y")
    z1 = named(dot([w1], [x], b1), "z1")
    a1 = named(relu(z1), "A1")
    z2 = named(dot([w2], [a1], b2), "z2")
    a2 = named(sigmoid(z2), "A2")
    return System(named(nn.squared_error(a2, target), "C"))


@cache
def claims() -> tuple[Claim, ...]:
    """Every line of the notes, in their order; a refuted one is followed by what it should say."""
    network = system()
    w, b, x = leaves("w b x")
    chain = System(named(sigmoid(named(dot([w], [x], b), "y")), "z"))
    return (
        network.claim("line 3", "C = (A2 - Y)^2"),
        network.claim("line 5", "A2 = s(z2)"),
        network.claim("line 7", "z2 = w2*A1 + B2"),
        network.claim("line 9", "A1 = relu(z1)"),
        network.claim("line 11", "z1 = w1*x + B1"),
        chain.claim(
            "line 15", "dz/dx = dz/dy*dy/dx", "dz/dx = dz/dy*dy/dx, with z = s(y), y = w*x + b"
        ),
        network.claim("line 17", "dC/dw2 = dz2/dw2*dA2/dz2*dC/dA2"),
        network.claim("line 19", "dC/dA2 = 2*A2 - 2*Y"),
        *corrected(
            network.claim("line 19", "dC/dw2 = A1*s(x)*(1 - s(x))*(2*A2 - 2*Y)"),
            network.claim("ours", "dC/dw2 = A1*s(z2)*(1 - s(z2))*(2*A2 - 2*Y)"),
        ),
        network.claim(
            "line 23", "dC/dB2 = dz2/dB2*dA2/dz2*dC/dA2 = 1*s(z2)*(1 - s(z2))*(2*A2 - 2*Y)"
        ),
        network.claim("line 25", "dC/dw1 = dz1/dw1*dA1/dz1*dz2/dA1*dA2/dz2*dC/dA2"),
        network.claim("line 28", "dC/dw1 = x*[z1 > 0]*w2*s(z2)*(1 - s(z2))*(2*A2 - 2*Y)"),
        network.claim("line 30", "dC/dB1 = dz1/dB1*dA1/dz1*dz2/dA1*dA2/dz2*dC/dA2"),
        network.claim("line 32", "dC/dB1 = 1*[z1 > 0]*w2*s(z2)*(1 - s(z2))*(2*A2 - 2*Y)"),
        *_sum_claims(),
        *_product_claims(),
        *_layer_claims(),
    )


def _sum_claims() -> list[Claim]:
    """The three weighted sums: a layer of three neurons with four inputs each."""
    inputs = leaves("X1 X2 X3 X4")
    w = [leaves(names) for names in ("w1 w2 w3 w4", "w5 w6 w7 w8", "w9 w10 w11 w12")]
    printed = [
        ("line 42", "X1*w1 + X2*w2 + X3*w3 + X4*w4"),
        ("line 44", "X1*w5 + X2*w6 + X3*w7 + X4*w8"),
        ("line 46", "X1*w9 + X2*w10 + X3*w11 + X4*w12"),
    ]
    rows = [
        System(named(dot(row, inputs), "z")).claim(where, f"z = {text}", f"row {j} of W X: {text}")
        for j, (row, (where, text)) in enumerate(zip(w, printed, strict=True), start=1)
    ]
    weights, column = Matrix("W", tuple(map(tuple, w))), Matrix("X", tuple((x,) for x in inputs))
    return [
        *rows,
        same("line 53", "X is 4x1", "4x1", shape_text(column.shape)),
        same("line 57", "X^T is 1x4", "1x4", shape_text(column.T.shape)),
        same("line 67", "W is 3x4: hidden size, input size", "3x4", shape_text(weights.shape)),
        same("line 69", "W X is 3x1", "3x1", shape_text((weights @ column).shape)),
    ]


def _product_claims() -> list[Claim]:
    """The inner product and the outer product of the same two vectors."""
    tens, digits = [10, 20, 30, 40], [0, 1, 2, 3]
    row = Matrix("[10 20 30 40]", (tuple(tens),))
    column = Matrix("[0 1 2 3]^T", tuple((x,) for x in digits))
    in_terms = "10*0 + 20*1 + 30*2 + 40*3 = 0 + 20 + 60 + 120"
    terms = tuple(a * b for a, b in zip(tens, digits, strict=True))
    inner = dot([Value(x) for x in tens], digits).data
    shapes = tuple(shape_text(matrix.shape) for matrix in (row, column))
    outer, reversed_order = row.T @ column.T, column.T @ row.T
    return [
        same("line 87", "[10 20 30 40] is 1x4, [0 1 2 3]^T is 4x1", ("1x4", "4x1"), shapes),
        same("lines 89, 91", in_terms, (0, 20, 60, 120), terms),
        same("lines 91, 93", "0 + 20 + 60 + 120 = 80 + 120", 80 + 120, sum(terms)),
        same("lines 93, 95", "80 + 120 = 200", 200, inner),
        same("ours", "the product of the matrices is the same 200", ((200,),), (row @ column).rows),
        same(
            "lines 97, 99",
            "the table is the outer product (4x1)(1x4), printed as (1x4)(4x1)",
            TABLE,
            outer.rows,
        ),
        same(
            "ours",
            "in the printed order, (1x4)(4x1), the product is the number 200",
            ((200,),),
            reversed_order.rows,
        ),
    ]


def _layer_claims() -> list[Claim]:
    """The 3x3 layer with its printed weights, exactly."""
    exact = [[Fraction(str(w)) for w in row] for row in W_HIDDEN]
    inputs = [Fraction(1), Fraction(2), Fraction(3)]
    biases = [Fraction(1, 10), Fraction(0), Fraction(-1, 5)]
    layer = nn.Layer(exact, biases)(inputs)
    weights = Matrix("W_hidden", tuple(map(tuple, exact)))
    column = Matrix("X", tuple((x,) for x in inputs))
    shift = Matrix("B_hidden", tuple((b,) for b in biases))
    z, true = weights @ column + shift, tuple((node.data,) for node in layer)
    return [
        same("line 101", "Z1 = W_hidden X + B_hidden, the three neurons", z.rows, true),
        same("ours", "Z1 = W_hidden X + B_hidden is 3x1", "3x1", shape_text(z.shape)),
        same("lines 103, 105", "W_hidden is 3x3", "3x3", shape_text(weights.shape)),
    ]


def train(epochs: int = 1000, learning_rate: float = 1.0) -> tuple[nn.MLP, list[float]]:
    """Descend on the examples; the model, the mean loss before each update and after the last."""
    model = nn.MLP.from_weights(*START, ["relu", "sigmoid"])
    optimizer, inputs = nn.SGD(model.parameters(), learning_rate), [[x] for x in POINTS]
    history = nn.fit(
        model,
        inputs,
        TARGETS,
        loss=nn.squared_error,
        optimizer=optimizer,
        epochs=epochs,
        progress=None,
    )
    last = nn.mse([model.predict(x) for x in inputs], TARGETS)
    return model, [*finished(history, epochs).losses, last]


def draw_fit(model: nn.MLP, losses: Sequence[float], path: Path) -> Path:
    """The loss, and the step before and after."""
    pyplot = plotting()
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
    left.semilogy(losses, color=BLUE, linewidth=2)
    left.set(xlabel="updates made", ylabel="mean (A2 - Y)²", title="Loss")
    points = [i / 50 for i in range(201)]
    untrained = nn.MLP.from_weights(*START, ["relu", "sigmoid"])
    before = [untrained.predict([x]) for x in points]
    after = [model.predict([x]) for x in points]
    right.plot(points, before, color=GREY, linestyle=":", label="at the start")
    right.plot(points, after, color=BLUE, linewidth=2, label="trained")
    right.plot(POINTS, TARGETS, "o", color=VERMILION, label="examples, s(2 relu(x - 1.5) - 2)")
    right.set(xlabel="x", ylabel="A2", title="One ReLU, one sigmoid", ylim=(0, 1.05))
    right.legend(loc="upper left")
    return save(figure, path)


def main(arguments: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Print the verdicts, train, and write the pictures."""
    folder = output_folder("relu_sigmoid", __doc__.splitlines()[0], arguments)
    judged = claims()
    show("ReLU and sigmoid, squared error", judged)
    model, losses = train()
    print(f"\nTraining on {len(POINTS)} points, level and then rising, {len(losses) - 1} updates")
    print(f"   mean loss {losses[0]:.4f} to {losses[-1]:.2e}")
    untrained = nn.MLP.from_weights(*START, ["relu", "sigmoid"])
    graph = named(nn.squared_error(untrained([Value(1.0, "x")]), 0.1), "C")
    graph.backward()
    title = "At the start, on one example: x = 1, Y = 0.1"
    start, circuit = draw(graph, title=title), draw_circuit(graph, local=True, title=title)
    model.zero_grad()  # the last update's gradients are no part of what was learnt
    output = model([Value(2.5, "x")])
    trained = nn.draw_network(model, output, title="Trained: what it gives at x = 2.5")
    pictures = [
        draw_fit(model, losses, folder / "relu_sigmoid_fit.png"),
        *save_both(start, folder / "relu_sigmoid_graph"),
        *save_both(circuit, folder / "relu_sigmoid_circuit"),
        *save_both(trained, folder / "relu_sigmoid_network"),
    ]
    print("\nPictures", *pictures, sep="\n   ")
    return judged


if __name__ == "__main__":
    run(main)
