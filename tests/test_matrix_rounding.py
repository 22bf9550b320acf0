"""Matrices with each step rounded: each entry has the digits of its scalar line."""

from __future__ import annotations

import random

import pytest

import nn
from autograd import derive, find, matrices
from autograd.notes.matrix_form import line_latex, line_text
from autograd.notes.number_style import NumberStyle

STYLE = {"decimals": 3, "rounding": "each step"}
ROWS, TARGETS = [[1.0, 2.0], [-0.5, 1.5]], [1, 0]
each_notation = pytest.mark.parametrize(
    "notation", ["notes", "ng", "cs231n", "mitchell", "mit6034"]
)
LOSSES = {
    "sigmoid": nn.binary_cross_entropy,
    "tanh": nn.half_squared_error,
    "linear": nn.binary_cross_entropy_with_logits,
    "softmax": nn.cross_entropy,
    "logits": nn.cross_entropy_with_logits,
}


def cost_of(last, notation, penalty=False):
    rng = random.Random(7)
    width = 2 if last in ("softmax", "logits") else 1
    activation = "linear" if last == "logits" else last
    model = nn.MLP(2, [2, width], ["tanh", activation], rng=rng, notation=notation)
    for parameter in model.parameters():
        parameter.data = round(rng.uniform(-1, 1), 2)
    cost = nn.over(LOSSES[last], [model(row) for row in ROWS], TARGETS)
    return cost + nn.l2(model.parameters()[:1], 0.1) if penalty else cost


def texts(cost, notation):
    """The results of all scalar lines, signs apart, and the numbers that were given."""
    lines = derive(cost, notation=notation, **STYLE)
    found = {step.result for step in (*lines.forward, *lines.gradients)}
    return {text.lstrip("-") for text in found}


@pytest.mark.parametrize(
    ("notation", "last"),
    [*(("ng", last) for last in LOSSES), ("mit6034", "logits"), ("cs231n", "softmax")],
)
def test_every_entry_has_the_digits_of_its_line(notation, last):
    cost = cost_of(last, notation)
    known = texts(cost, notation)
    found = matrices(cost, notation, **STYLE)
    for line in (*found.forward, *found.gradients):
        for row in line.result.results:
            assert {cell.text.lstrip("-") for cell in row} <= known, line.formula


def test_entries_stand_where_their_lines_say():
    cost = cost_of("sigmoid", "ng")
    lines = {step.name: step for step in derive(cost, **STYLE).steps}
    found = {line.result.text: line.result for line in matrices(cost, **STYLE).lines}
    for row in range(2):
        for sample in range(2):
            name = f"z^[1]({sample + 1})_{row + 1}"
            assert found["Z^[1]"].results[row][sample].text == lines[name].result
            assert found["dZ^[1]"].results[row][sample].text == lines[f"d{name}"].result
        for source in range(2):
            name = f"dW^[1]_{row + 1}{source + 1}"
            assert found["dW^[1]"].results[row][source].text == lines[name].result
    assert found["J"].results[0][0].text == lines["J"].result


def test_the_page_says_what_is_rounded():
    model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["sigmoid"], notation="ng")
    cost = nn.over(nn.binary_cross_entropy, [model([1]), model([-3])], [1, 0])
    page = str(matrices(cost, decimals=2, rounding="each step"))
    assert (
        page.partition("Y = [1  0]\n\n")[2]
        == """\
Z^[1] = W^[1] X + b^[1]   (1 x 1)(1 x 2) -> 1 x 2
   = [0.5] [1  -3] + [0.25] = [0.75  -1.25]

A^[1] = sigmoid(Z^[1])
   = sigmoid([0.75  -1.25]) ≈ [0.68  0.22]

J = -1/2*sum(Y * log(A^[1]) + (1 - Y) * log(1 - A^[1]))
   = -1/2*sum([1  0] * log([0.68  0.22]) + (1 - [1  0]) * log(1 - [0.68  0.22])) ≈ 0.32

dZ^[1] = A^[1] - Y
   = [0.68  0.22] - [1  0] = [-0.32  0.22]

dW^[1] = 1/2*dZ^[1] X^T   (1 x 2)(2 x 1) -> 1 x 1, the shape of W^[1]
   = 1/2*[-0.32  0.22] [ 1] = [-0.49]
                       [-3]

db^[1] = 1/2*sum(dZ^[1])   over the samples
   = 1/2*sum([-0.32  0.22]) = [-0.05]"""
    )


def test_latex_has_the_same_digits():
    found = matrices(cost_of("sigmoid", "ng"), **STYLE)
    errors = " & ".join(cell.latex for cell in found.gradients[0].result.results[0])
    end = rf"\begin{{bmatrix}} {errors} \end{{bmatrix}} \\"
    (line,) = (x for x in found.latex().splitlines() if x.startswith("dZ^{[2]} &= A^{[2]} - Y"))
    assert line.endswith(end)


@pytest.mark.parametrize("notation", ["notes", "ng", "mit6034"])
def test_what_comes_past_a_layer_is_added(notation):
    cost = cost_of("sigmoid", notation, penalty=True)
    (weight,) = find(cost, derive(cost, notation=notation).forward[0].formula.split("*")[0])[:1]
    found = matrices(cost, notation, **STYLE)
    assert any("R(" in line.formula for line in found.gradients)
    lines = {step.node: step for step in derive(cost, notation=notation, **STYLE).gradients}
    cells = {cell.text for line in found.gradients for row in line.result.results for cell in row}
    assert lines[weight].result in cells


def test_rounding_needs_to_know_how_far():
    with pytest.raises(ValueError, match="how far"):
        matrices(cost_of("sigmoid", "ng"), rounding="each step")


def sure(last, loss):
    """A network of one layer whose first share is near 1, over two samples."""
    weights = [[[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]]]
    if last == "sigmoid":
        weights = [[[1.0, 2.0]]]
    model = nn.MLP.from_weights(weights, None, [last], notation="ng")
    return model, [[4.0, 0.5], [0.0, 2.0]], [0, 1] if last == "sigmoid" else [2, 2], loss


SURE = [
    ("linear", nn.cross_entropy_with_logits, "log(P)"),
    ("softmax", nn.cross_entropy, "log(A^[1])"),
    ("sigmoid", nn.binary_cross_entropy, "log(A^[1])"),
]


@pytest.mark.parametrize("places", [1, 4])
@pytest.mark.parametrize(("last", "loss", "logarithm"), SURE)
def test_no_logarithm_is_taken_of_a_prediction_that_is_rounded_to_0(places, last, loss, logarithm):
    model, rows, targets, _ = sure(last, loss)
    cost = nn.over(loss, [model(row) for row in rows], targets)
    found = matrices(cost, decimals=places, rounding="each step")
    (line,) = (line for line in found.forward if line.result.text == "J")
    assert (logarithm in line.formula) == (places == 4)


@pytest.mark.parametrize(("last", "loss", "logarithm"), SURE)
def test_entries_have_the_zeros_of_their_lines(last, loss, logarithm):
    model, rows, targets, _ = sure(last, loss)
    cost = nn.over(loss, [model(row) for row in rows], targets)
    style = {"decimals": 1, "rounding": "each step"}
    lines = {step.name: step.result for step in derive(cost, **style).gradients}
    (line,) = (x for x in matrices(cost, **style).gradients if x.result.text == "dZ^[1]")
    shown = [[cell.text for cell in row] for row in line.result.results]
    samples = [1, 2]
    assert shown == [[lines[f"dz^[1]({i})_{j + 1}"] for i in samples] for j in range(len(shown))]
    assert shown[0][0] == "1.0"


@pytest.mark.parametrize(("last", "loss", "logarithm"), SURE)
def test_a_training_has_the_probabilities_that_no_line_needs(last, loss, logarithm):
    model, rows, targets, _ = sure(last, loss)
    optimizer = nn.SGD(model.parameters(), 1e-6)
    how = {"loss": loss, "optimizer": optimizer, "decimals": 2, "rounding": "each step"}
    found = nn.worked(model, rows, targets, **how).matrices()
    (line,) = (x for x in found.passes[1].forward if x.result.text in ("P", "A^[1]"))
    assert line.result.results[0][0].text == "0.99"


def test_a_slope_stands_within_its_line_rounded_as_shown_and_gone_on_with_in_full():
    model = nn.MLP.from_weights([[[0.6, -0.9]], [[1.0]]], None, ["silu", "linear"])
    found = matrices(nn.half_squared_error(model([1.0, 2.0]), 0.5), **STYLE)
    line = next(line for line in found.gradients if line.result.text == "delta^1")
    slope = line.side[-1]
    assert slope.results[0][0].marked == "≈0.018" and len(str(slope.rows[0][0])) > 6
    assert "≈ [-0.778] * [0.018] ≈ [-0.014]" in line_text(line, NumberStyle(**STYLE))
    assert r"\approx \begin{bmatrix} -0.778" in line_latex(line, NumberStyle(**STYLE))
