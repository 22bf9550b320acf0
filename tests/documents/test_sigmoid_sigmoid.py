"""Every claim of the notes on the 1-1-1 network of two sigmoids; its training; the pictures of the
activations.
"""

from __future__ import annotations

import csv
import html
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import sympy

from autograd import log
from demos.claims import (
    GARBLED,
    PROVEN,
    REFUTED,
    System,
    corrected,
    garbled,
    leaves,
    named,
    symbol,
)
from demos.matrices import Matrix, ShapeError
from demos.sigmoid_sigmoid import (
    ACTIVATIONS,
    claims,
    curve,
    draw_activations,
    draw_losses,
    main,
    system,
    train,
)

EXPECTED = list(
    csv.DictReader(Path(__file__).with_name("sigmoid_sigmoid.csv").read_text("utf-8").splitlines())
)


def test_every_verdict_and_correction():
    assert [vars_of(claim) for claim in claims()] == EXPECTED


def vars_of(claim):
    return {name: getattr(claim, name) for name in ("where", "statement", "verdict", "correction")}


def test_what_is_refuted_and_nothing_else():
    assert [claim.statement for claim in claims() if claim.verdict == REFUTED] == [
        "L = (s(w2*s(w1*x + b1) + b) - t)^2/2",
        "dL/db2 = (y - t)*y*(1 - y)*w2",
    ]
    assert [claim.where for claim in claims() if claim.verdict == GARBLED] == ["line 66"]


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "b2"])
def test_the_derivatives_are_those_of_sympy(name):
    x, w1, b1, w2, b2, t = map(symbol, ("x", "w1", "b1", "w2", "b2", "t"))
    h = 1 / (1 + sympy.exp(-(w1 * x + b1)))
    loss = (1 / (1 + sympy.exp(-(w2 * h + b2))) - t) ** 2 / 2
    network = system()
    gradient = network.gradient(name)
    for node in reversed(network.nodes):
        if network.nodes[node].operation:
            gradient = gradient.subs(symbol(node), network.definition(node))
    assert sympy.simplify(gradient - sympy.diff(loss, symbol(name))) == 0


def test_the_judge_tells_right_from_wrong_and_gives_no_verdict_by_itself():
    network = system()
    assert network.claim("", "dL/db2 = (y - t)*y*(1 - y)").verdict == PROVEN
    assert network.claim("", "dL/db2 = (t - y)*y*(1 - y)").verdict == REFUTED
    assert network.claim("", "dL/db2 = (y - t)*y*(1 - y) + 1/10^6").verdict == REFUTED
    assert network.claim("", "dL/db2 = dL/dy*dy/db2 = 1").verdict == REFUTED
    with pytest.raises(ArithmeticError, match="neither proven nor refuted"):
        network.judge(symbol("b2"), symbol("b2") + sympy.Rational(1, 10**12))


def test_a_relu_that_is_off_refutes_what_holds_while_it_is_on():
    w, x = leaves("w x")
    loss = (w * x).relu()
    loss.name = "L"
    assert System(loss).claim("", "dL/dw = x").verdict == REFUTED


def test_a_point_at_a_pole_or_with_no_real_number_tells_nothing():
    w, x = leaves("w x")
    network = System(named(x / (2 * w - 1), "L"))
    assert network.claim("", "dL/dx = 1/(2*w - 1)").verdict == PROVEN, "w = 1/2 at the first point"
    network = System(named(log(w) ** 2, "L"))
    with pytest.raises(ArithmeticError, match="neither proven nor refuted"):
        network.claim("", "L = log(w^2)*log(w)/2")  # at w < 0 two complex numbers


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("dL/db2 = (y - t)*q", r"\(y - t\)\*q: no q is known here, only w2, "),
        ("dL/db2 = y*tan(z2)", r"y\*tan\(z2\): no tan\(\) is known here, only s, "),
        ("dL/db2 = w2(1 - y)", r"w2\(1 - y\): no w2\(\) is known"),
        ("dL/db2 = [w2*q > 0]", r"\[w2\*q > 0\]: no q is known"),
        ("dL/dq = y", "dL/dq: no dL/dq is known"),
        ("dL/db2", "dL/db2: a line to judge has two sides"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_that_names_it(line, unknown):
    with pytest.raises(ValueError, match=unknown):
        system().claim("", line)


def test_an_update_of_no_parameter_or_with_an_unknown_name_is_an_error():
    with pytest.raises(ValueError, match="no node w7 is known here, only w2, "):
        system().update("", "w7", "w7 - alpha*dL/dw7")
    with pytest.raises(ValueError, match=r"w1 - eta\*dL/dw1: no eta is known"):
        system().update("", "w1", "w1 - eta*dL/dw1")


def test_only_a_refuted_line_is_corrected_and_only_by_a_proven_one():
    network = system()
    right, wrong = (
        network.claim("line 1", "dL/dy = y - t"),
        network.claim("line 2", "dL/dy = t - y"),
    )
    assert corrected(wrong, right) == (replace(wrong, correction="dL/dy = y - t"), right)
    for printed, truth in [(right, right), (wrong, wrong)]:
        for answer in (corrected, garbled):
            with pytest.raises(
                ArithmeticError, match="only a refuted line is corrected, and only by a proven one"
            ):
                answer(printed, truth)


@pytest.mark.parametrize("line", ["dL/dy = (dL/dy", "dL/dq = y - t", "dL/dy = y + t"])
def test_a_garbled_line_is_refuted_by_its_number_or_as_no_formula_and_answered(line):
    network = system()
    right = network.claim("ours", "dL/dy = y - t")
    printed = network.transcribed("line 2", line)
    assert garbled(printed, right) == (
        replace(printed, verdict=GARBLED, correction="dL/dy = y - t"),
        right,
    )


def test_shapes_that_do_not_fit_are_refused():
    wide, tall = Matrix("V", ((1, 2, 3),)), Matrix("X", ((1,), (2,)))
    for operation in (
        lambda: wide @ tall,
        lambda: wide - tall,
        lambda: wide * tall,
        lambda: wide + tall,
    ):
        with pytest.raises(ShapeError, match=r"V \(1x3\).*X \(2x1\)"):
            operation()


def test_training_at_the_notes_rate_and_at_a_faster_one():
    losses = train()[1]
    assert losses[0] == pytest.approx(0.0812479, abs=1e-6)
    assert losses[-1] == pytest.approx(0.0409638, abs=5e-8), "after the last update"
    assert len(losses) == 4001
    assert all(after < before for before, after in pairwise(losses))
    assert train(60, 1.0)[1][-1] == pytest.approx(1.07e-5, abs=5e-8)
    assert train(300, 1.0)[1][-1] < 1e-15


def test_the_plotted_derivatives_are_those_of_the_activations():
    points = [-3.0, -0.5, 0.5, 3.0]
    expected = {
        "tanh": [1 - math.tanh(z) ** 2 for z in points],
        "sigmoid": [math.exp(-z) / (1 + math.exp(-z)) ** 2 for z in points],
        "relu": [0, 0, 1, 1],
        "leaky_relu": [0.01, 0.01, 1, 1],
    }
    assert set(ACTIVATIONS) == set(expected)
    for name, slopes in expected.items():
        assert curve(name, points)[1] == pytest.approx(slopes)


@pytest.fixture
def figure_of(monkeypatch):
    """What a function would save, as a figure to be looked into."""
    monkeypatch.setattr("demos.sigmoid_sigmoid.save", lambda figure, path: figure)
    return lambda function, *given: function(*given, Path("unused.png"))


def test_the_slope_of_the_leaky_relu_is_seen(figure_of):
    (inset,) = figure_of(draw_activations).axes[-1].child_axes
    low, high = inset.get_ylim()
    heights = [dict(zip(*line.get_data(), strict=True)).get(-4.0) for line in inset.lines]
    assert heights == [pytest.approx(-0.04), pytest.approx(0.01), None]
    assert low < -0.04 < 0.01 < high < 0.1, "the slope of 0.01 is a good part of the height"


def test_both_losses_start_at_0_updates_and_stand_on_one_linear_scale(figure_of):
    left, right = figure_of(draw_losses, [0.08, 0.07, 0.06], [0.08, 0.01]).axes
    assert [(axes.get_xscale(), axes.get_yscale()) for axes in (left, right)] == [
        ("linear", "linear")
    ] * 2
    assert left.get_ylim() == right.get_ylim()
    assert left.get_ylim()[0] == 0
    assert [list(axes.lines[0].get_xdata()) for axes in (left, right)] == [[0, 1, 2], [0, 1]]


@pytest.mark.long
def test_the_demo_prints_the_table_and_writes_its_pictures(check_demo, tmp_path):
    lines = [
        "refuted  dL/db2 = (y - t)*y*(1 - y)*w2\n",
        "true:  dL/db2 = (y - t)*y*(1 - y)\n",
        "33 claims of the notes: 30 proven, 2 refuted, 1 garbled; 7 lines of ours: 7 proven",
        "learning rate 0.001, 4000 updates: loss 0.0812477 to 0.0409638\n",
        "learning rate 1, 60 updates: loss 0.0812477 to 1.07e-05\n",
    ]
    names = {
        "sigmoid_sigmoid_activations.png",
        "sigmoid_sigmoid_loss.png",
        "sigmoid_sigmoid_circuit.png",
        "sigmoid_sigmoid_circuit.svg",
        "sigmoid_sigmoid_graph.png",
        "sigmoid_sigmoid_graph.svg",
    }
    names |= {"sigmoid_sigmoid_network.png", "sigmoid_sigmoid_network.svg"}
    check_demo(main, "sigmoid_sigmoid", lines, names)
    y = train()[0].predict([1.0])
    for name in ("graph", "network"):
        shown = html.unescape((tmp_path / f"sigmoid_sigmoid_{name}.svg").read_text("utf-8"))
        assert "≈0.04096<" in shown, "L, as printed"
        assert f"≈{(y - 0.25) * y * (1 - y):.4g}<" in shown, (
            "dL/db2 of this example, and nothing added"
        )
