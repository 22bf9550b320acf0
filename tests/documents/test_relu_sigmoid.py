"""Every claim of the notes on the ReLU-sigmoid network and on its sums, products and shapes; its
training.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from autograd import Value
from autograd.operations import dot
from demos.claims import REFUTED, symbol
from demos.matrices import Matrix
from demos.relu_sigmoid import TABLE, W_HIDDEN, claims, main, system, train

EXPECTED = list(
    csv.DictReader(Path(__file__).with_name("relu_sigmoid.csv").read_text("utf-8").splitlines())
)


def test_every_verdict_and_correction():
    columns = ("where", "statement", "verdict", "correction")
    assert [
        {column: getattr(claim, column) for column in columns} for claim in claims()
    ] == EXPECTED


def test_what_is_refuted_and_nothing_else():
    assert [claim.statement for claim in claims() if claim.verdict == REFUTED] == [
        "dC/dw2 = A1*s(x)*(1 - s(x))*(2*A2 - 2*Y)",
    ]


@pytest.mark.parametrize("name", ["w1", "B1", "w2", "B2"])
def test_the_derivatives_are_those_of_sympy_where_the_relu_is_on(name):
    x, w1, b1, w2, b2, target = map(symbol, ("x", "w1", "B1", "w2", "B2", "Y"))
    cost = (1 / (1 + sympy.exp(-(w2 * (w1 * x + b1) + b2))) - target) ** 2
    network = system()
    gradient = network.gradient(name)
    for node in reversed(network.nodes):
        if network.nodes[node].operation:
            gradient = gradient.subs(symbol(node), network.definition(node))
    point = {x: 2, w1: 1, b1: 3, w2: -1, b2: 1, target: 2}
    assert float((gradient - sympy.diff(cost, symbol(name))).subs(point)) == pytest.approx(
        0, abs=1e-12
    )


def test_the_inner_product_is_200_and_the_outer_product_is_the_table():
    assert dot([Value(x) for x in (10, 20, 30, 40)], [0, 1, 2, 3]).data == 200
    tens, digits = Matrix("t", ((10,), (20,), (30,), (40,))), Matrix("d", ((0, 1, 2, 3),))
    assert (
        (tens @ digits).rows
        == TABLE
        == tuple(tuple(t * d for d in range(4)) for t in (10, 20, 30, 40))
    )
    assert (digits @ tens).rows == ((200,),)


def test_the_weights_are_the_printed_ones():
    assert [sum(map(Fraction, map(str, row))) for row in W_HIDDEN] == [
        Fraction("0.89029"),
        Fraction("1.579"),
        Fraction("1.73"),
    ]


@pytest.mark.long
def test_training_finds_the_examples_bend_and_levels():
    model, losses = train()
    assert losses[0] == pytest.approx(0.1125, abs=1e-4)
    assert losses[-1] == pytest.approx(2.67e-8, abs=5e-11), "after the last update"
    assert len(losses) == 1001
    assert [model.predict([x]) for x in (0, 1, 2.5)] == pytest.approx(
        [0.1192, 0.1192, 0.5], abs=1e-3
    )
    w1, b1, *_ = (parameter.data for parameter in model.parameters())
    assert -b1 / w1 == pytest.approx(1.5, abs=5e-3)


@pytest.mark.long
def test_the_demo_prints_the_table_and_writes_its_pictures(check_demo, tmp_path):
    lines = [
        "refuted  dC/dw2 = A1*s(x)*(1 - s(x))*(2*A2 - 2*Y)",
        "true:  dC/dw2 = A1*s(z2)*(1 - s(z2))*(2*A2 - 2*Y)",
        "28 claims of the notes: 27 proven, 1 refuted; 4 lines of ours: 4 proven",
        "1000 updates\n   mean loss 0.1125 to 2.67e-08\n",
    ]
    pictures = {
        "relu_sigmoid_circuit.png",
        "relu_sigmoid_circuit.svg",
        "relu_sigmoid_graph.png",
        "relu_sigmoid_fit.png",
        "relu_sigmoid_graph.svg",
        "relu_sigmoid_network.png",
        "relu_sigmoid_network.svg",
    }
    check_demo(main, "relu_sigmoid", lines, pictures)
    assert (
        "grad "
        not in (tmp_path / "relu_sigmoid_network.svg").read_text("utf-8").split("</title>", 1)[1]
    )
