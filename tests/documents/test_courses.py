"""Worked examples of courses, each printed in the course's own notation from one recording.

courses.csv has, line by line, the name, the formula and (where it prints one) the number of the
source: ours must compute the same by the same name. A formula may be arranged in another order.

mazur       M. Mazur, "A Step by Step Backpropagation Example", 2015
han_kamber  J. Han, M. Kamber, J. Pei, "Data Mining", Example 9.1
cs231n      Stanford CS231n, "Backpropagation, Intuitions", the first circuit
mitchell    T. Mitchell, "Machine Learning", 1997, table 4.2; it prints no numbers
ng          A. Ng, Coursera, "Neural Networks and Deep Learning", week 3: tanh, then a sigmoid with
            cross-entropy; it prints no numbers
udacity     Udacity, "Deep Learning", the lesson on backpropagation: 2-1-1, sigmoids, no biases
zhou        Zhou Zhihua, "Machine Learning", section 5.3; it prints no numbers
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import nn
from autograd import Value, derive, named
from autograd.notes.labels import every_node
from tests.printed_lines import evaluated, leaves_of, numbers_of

with (Path(__file__).parent / "courses.csv").open(encoding="utf-8") as file:
    LINES = list(csv.DictReader(file))


def mazur():
    model = nn.MLP.from_weights(
        [[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]], [0.35, 0.60], ["sigmoid"] * 2
    )
    targets = [Value(0.01, "target_o1"), Value(0.99, "target_o2")]
    return nn.sum_half_squared_error(model([0.05, 0.10]), targets)


def han_kamber():
    model = nn.MLP.from_weights(
        [[[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], [[-0.3, -0.2]]],
        [[-0.4, 0.2], [0.1]],
        ["sigmoid"] * 2,
    )
    return nn.half_squared_error(model([1, 0, 1]), Value(1, "T_6"))


def cs231n():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    return named(named(x + y, "q") * z, "f")


def mitchell():
    model = nn.MLP.from_weights([[[0.5, -0.25]], [[0.75]]], [[0.1], [0.2]], ["sigmoid"] * 2)
    return nn.half_squared_error(model([1.0, 2.0]), Value(0.9, "t_4"))


def ng():
    model = nn.MLP.from_weights(
        [[[0.5, -0.25], [0.3, 0.8]], [[0.75, 0.4]]], [[0.1, 0.0], [0.2]], ["tanh", "sigmoid"]
    )
    return nn.binary_cross_entropy(model([1.0, 2.0]), Value(1.0, "y"))


def udacity():
    model = nn.MLP.from_weights([[[0.4, -0.2]], [[0.1]]], None, ["sigmoid"] * 2)
    return nn.half_squared_error(model([0.1, 0.3]), Value(1.0, "y"))


def zhou():
    model = nn.MLP.from_weights([[[0.5, -0.25]], [[0.75]]], [[0.1], [-0.2]], ["sigmoid"] * 2)
    return nn.half_squared_error(model([1.0, 2.0]), Value(0.9, "y_1"))


RECORDED = (mazur, han_kamber, cs231n, mitchell, ng, udacity, zhou)
EXAMPLES = {recorded.__name__: recorded for recorded in RECORDED}


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request):
    return request.param, EXAMPLES[request.param]()


def test_each_line_is_the_source_s(example):
    notation, loss = example
    numbers = dict(numbers_of(derive(loss, notation=notation)))
    label = every_node(loss, notation)
    names = (numbers | leaves_of(label.graph.order, label)).items()
    lines = [line for line in LINES if line["example"] == notation]
    assert len(lines) >= 4
    for line in lines:
        computed = numbers[line["name"]]
        assert evaluated(line["formula"], names) == pytest.approx(computed, rel=1e-9)
        if line["printed"]:
            assert rounds_to(computed, line["printed"]), line


def rounds_to(number, printed):
    """Whether a number is what is printed, but for one in its last place."""
    unit = Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent))
    return abs(Decimal(number) - Decimal(printed)) <= unit


def test_every_line_has_an_example():
    assert {line["example"] for line in LINES} == set(EXAMPLES)


def test_one_recording_says_it_as_the_course_does():
    lines = {step.name: str(step) for step in derive(mazur(), notation="mazur").forward}
    assert lines["net_h1"] == "net_h1 = w1*i1 + w2*i2 + b1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775"
    circuit = str(derive(cs231n(), notation="cs231n")).splitlines()
    assert circuit == [
        "q = x + y = -2 + 5 = 3",
        "f = q*z = 3*(-4) = -12",
        "df = 1",
        "dq = z = -4",
        "dz = q = 3",
        "dx = dq = -4",
        "dy = dq = -4",
    ]
