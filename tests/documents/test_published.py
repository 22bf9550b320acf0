"""Worked backpropagations that others have printed, to the digits that they print; the numbers are
in published.csv.

Where the print differs from the truth, the table has both, and the remark that explains the print
is tested too.

mazur           M. Mazur, "A Step by Step Backpropagation Example", 17 March 2015
                https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/
han             J. Han, M. Kamber, J. Pei, "Data Mining: Concepts and Techniques", 3rd ed., Morgan
                Kaufmann 2012, chapter 9.2, "Classification by Backpropagation", Example 9.1; a
                book, ISBN 978-0-12-381479-1
baydin          A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, "Automatic
                Differentiation in Machine Learning: a Survey", JMLR 18(153), 2018, Tables 2 and 3;
                https://jmlr.org/papers/v18/17-468.html
jurafsky        D. Jurafsky, J. H. Martin, "Speech and Language Processing", 3rd ed., draft of 12
                January 2025, chapter 7, "Neural Networks", on computation graphs: L = c(a + 2b)
                https://web.stanford.edu/~jurafsky/slp3/
olah            C. Olah, "Calculus on Computational Graphs: Backpropagation", 31 August 2015
                https://colah.github.io/posts/2015-08-Backprop/
cs231n          A. Karpathy, Stanford CS231n notes, "Backpropagation, Intuitions": the gates,
                and the sigmoid neuron
                https://cs231n.github.io/optimization-2/
micrograd       A. Karpathy, micrograd, 2020, README, "Example usage"; https://github.com/karpathy/micrograd
karpathy neuron A. Karpathy, "The spelled-out intro to neural networks and backpropagation:
                building micrograd", 2022, the tanh neuron; https://www.youtube.com/watch?v=VMj-3S1tku0
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd import Value, dot, half_squared_error, jvp, log, relu, sigmoid, sin, tanh, total

Numbers = dict[str, Any]


def mazur_model() -> nn.MLP:
    """2-2-2 sigmoid; the biases, shared by a layer, are not updated."""
    return nn.MLP.from_weights(
        [[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
        [[0.35] * 2, [0.60] * 2],
        ["sigmoid"] * 2,
    )


def mazur_loss(model: nn.MLP) -> Value:
    return total(
        [half_squared_error(o, t) for o, t in zip(model([0.05, 0.10]), [0.01, 0.99], strict=True)]
    )


def mazur() -> Numbers:
    model = mazur_model()
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.weights]
    loss = mazur_loss(model)
    loss.backward()
    first = loss.operands
    outputs = [error.operands[0] for error in first]
    hidden = outputs[0].operands[0].operands[2:4]
    found = {f"out_h{i}": h.data for i, h in enumerate(hidden, 1)} | {
        f"out_o{i}": o.data for i, o in enumerate(outputs, 1)
    }
    found |= {
        "net_h1": hidden[0].operands[0].data,
        "net_o1": outputs[0].operands[0].data,
        "E": loss.data,
    }
    found |= {"E_o1": first[0].data, "E_o2": first[1].data, "dE/dout_o1": outputs[0].grad}
    found |= {"dE/dout_h1": hidden[0].grad, "dE/dw1": weights[0].grad, "dE/dw5": weights[4].grad}
    nn.SGD(weights, learning_rate=0.5).step()
    found |= {f"new w{i}": w.data for i, w in enumerate(weights, 1)}
    return found | mazur_trained(False)


@cache
def mazur_trained(output_weights_first: bool, updates: int = 10_000) -> Numbers:
    """The weights are set in place; with `output_weights_first` the hidden ones feel the new output
    weights.
    """
    model = mazur_model()
    hidden, output = (
        [w for neuron in layer.neurons for w in neuron.weights] for layer in model.layers
    )
    found = {}
    for update in range(1, updates + 1):
        loss = mazur_loss(model)
        for group in (output, hidden) if output_weights_first else ([*output, *hidden],):
            model.zero_grad()
            # takes the weights as they are now: those of the output may be new already
            loss.backward()
            nn.SGD(group, learning_rate=0.5).step()
        if update in (1, updates - 1, updates):
            name = "E after 1 update" if update == 1 else f"E after {update} updates"
            found[name] = mazur_loss(model).data
    o1, o2 = model.predict([0.05, 0.10])
    return found | {"out_o1 after 10000 updates": o1, "out_o2 after 10000 updates": o2}


def han() -> Numbers:
    """3-2-1 sigmoid on (1, 0, 1), class 1, learning rate 0.9; the book's Err_j is -dL/dI_j."""
    model = nn.MLP.from_weights(
        [[[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], [[-0.3, -0.2]]],
        [[-0.4, 0.2], [0.1]],
        ["sigmoid"] * 2,
    )
    output = model([1, 0, 1])
    half_squared_error(output, 1).backward()
    net_6 = output.operands[0]
    out_4, out_5 = net_6.operands[2:4]
    units = {4: out_4.operands[0], 5: out_5.operands[0], 6: net_6}
    found = {f"net_{j}": net.data for j, net in units.items()} | {
        f"Err_{j}": -net.grad for j, net in units.items()
    }
    found |= {"out_4": out_4.data, "out_5": out_5.data, "out_6": output.data}
    nn.SGD(model.parameters(), learning_rate=0.9).step()
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    for j, neuron, sources in zip((4, 5, 6), neurons, ((1, 2, 3), (1, 2, 3), (4, 5)), strict=True):
        found |= {f"new w{i}{j}": w.data for i, w in zip(sources, neuron.weights, strict=True)}
        found[f"new theta_{j}"] = neuron.bias.data
    return found


def baydin() -> Numbers:
    def f(x1: Value, x2: Value) -> Value:
        return log(x1) + x1 * x2 - sin(x2)

    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    y = f(x1, x2)
    y.backward()
    v4, v3 = y.operands
    v1, v2 = v4.operands
    found = {f"v{i}": v.data for i, v in enumerate((v1, v2, v3, v4), 1)}
    forward = jvp(f, (2.0, 5.0), (1.0, 0.0))[1]
    return found | {"y": y.data, "dy/dx1": x1.grad, "dy/dx2": x2.grad, "forward dy/dx1": forward}


def jurafsky() -> Numbers:
    a, b, c = leaves = [Value(3, "a"), Value(1, "b"), Value(-2, "c")]
    return differentiated(L=c * (a + 2 * b), leaves=leaves)


def olah() -> Numbers:
    a, b = leaves = [Value(2, "a"), Value(1, "b")]
    c, d = a + b, b + 1
    return differentiated(e=c * d, leaves=leaves) | {"c": c.data, "d": d.data}


def cs231n_gates() -> Numbers:
    x, y, z = leaves = [Value(-2, "x"), Value(5, "y"), Value(-4, "z")]
    q = x + y
    return differentiated(f=q * z, leaves=leaves) | {"q": q.data}


def cs231n_neuron() -> Numbers:
    w = [Value(number, f"w{i}") for i, number in enumerate([2.0, -3.0, -3.0])]
    x = [Value(number, f"x{i}") for i, number in enumerate([-1.0, -2.0])]
    z = dot(w[:2], x, w[2])
    z.name = "dot"
    return differentiated(f=sigmoid(z), leaves=[*w, *x, z]) | {"dot": z.data}


def micrograd() -> Numbers:
    a, b = leaves = [Value(-4.0, "a"), Value(2.0, "b")]
    c = 2 * (a + b) + 1
    c = 2 * c + 1 - a
    d = 3 * (a * b + b**3) + relu(b + a)
    d = 4 * d + relu(b - a)
    f = (c - d) ** 2
    return differentiated(g=f / 2 + 10 / f, leaves=leaves)


def karpathy_neuron() -> Numbers:
    x, w = [Value(2.0, "x1"), Value(0.0, "x2")], [Value(-3.0, "w1"), Value(1.0, "w2")]
    n = dot(w, x, 6.8813735870195432)
    n.name = "n"
    return differentiated(o=tanh(n), leaves=[*x, *w, n])


def differentiated(leaves: list[Value], **root: Value) -> Numbers:
    """The named root's number, and its gradients."""
    ((name, y),) = root.items()
    y.backward()
    return {name: y.data} | {f"d{name}/d{x.name}": x.grad for x in leaves}


EXAMPLES: dict[str, Callable[[], Numbers]] = {
    "mazur": mazur,
    "han": han,
    "baydin": baydin,
    "jurafsky": jurafsky,
    "olah": olah,
    "cs231n gates": cs231n_gates,
    "cs231n neuron": cs231n_neuron,
    "micrograd": micrograd,
    "karpathy neuron": karpathy_neuron,
}
with (Path(__file__).parent / "published.csv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table))


def rounded(number: Any, printed: str) -> Decimal:
    return round(Decimal(number), -Decimal(printed).as_tuple().exponent)


@pytest.mark.parametrize("example", EXAMPLES)
def test_to_the_printed_digits(example):
    rows = {
        row["quantity"]: row["true"] or row["printed"] for row in ROWS if row["example"] == example
    }
    found = EXAMPLES[example]()
    assert rows and rows.keys() <= found.keys()
    for quantity, expected in rows.items():
        assert rounded(found[quantity], expected) == Decimal(expected), quantity


def test_prints_that_are_not_true_are_explained():
    explained = dict(mazur_trained(output_weights_first=True))
    del explained["E after 9999 updates"]
    explained["E after 10000 updates"] = mazur_trained(False)["E after 9999 updates"]
    explained["Err_6"] = 0.474 * (1 - 0.474) * (1 - 0.474)  # the book's own formula
    wrong = [row for row in ROWS if row["true"]]
    assert len(wrong) == len(explained) and all(row["remark"] for row in wrong)
    for row in wrong:
        assert (
            Decimal(row["true"])
            != Decimal(row["printed"])
            == rounded(explained[row["quantity"]], row["printed"])
        )


def test_every_row_has_its_example(figure):
    assert {row["example"] for row in ROWS} == EXAMPLES.keys()
    wrong = sum(bool(row["true"]) for row in ROWS)
    right = f"{len(ROWS) - wrong} of {len(ROWS)} printed numbers to the digit"
    figure(
        "others' published examples",
        f"{len(EXAMPLES)} examples, {right}; the other {wrong} found wrong, and why",
    )
