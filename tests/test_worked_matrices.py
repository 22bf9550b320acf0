"""A worked training in matrices: each line true, each number that of the scalar lines."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

import nn
from autograd import matrices
from autograd.notes.matrix_form import Matrix, line_latex

ROWS, TARGETS = [[1.0, 2.0], [-0.5, 1.5]], [1.0, 0.0]
NOTATIONS = ["notes", "ng", "nielsen", "mazur", "cs231n", "fausett", "mit6034", "oslo"]
each_notation = pytest.mark.parametrize("notation", NOTATIONS)
OPTIMIZERS = {
    "descent": lambda ws: nn.SGD(ws, 0.5),
    "momentum": lambda ws: nn.SGD(ws, 0.25, momentum=0.5, nesterov=True, weight_decay=0.125),
    "scaled": lambda ws: nn.SGD(ws, 0.25, momentum=0.5, velocity="scaled"),
    "nesterov": lambda ws: nn.SGD(ws, 0.25, momentum=0.5, nesterov=True),
    "adagrad": lambda ws: nn.AdaGrad(ws, 0.5),
    "rmsprop": lambda ws: nn.RMSProp(ws, 0.125, momentum=0.5),
    "adam": lambda ws: nn.Adam(ws, 0.125),
}
each_kind = pytest.mark.parametrize(
    ("notation", "optimizer"),
    [
        *((notation, "descent") for notation in NOTATIONS),
        *(("ng", optimizer) for optimizer in OPTIMIZERS if optimizer != "descent"),
        ("fausett", "adam"),
        ("fausett", "nesterov"),
        ("mit6034", "momentum"),
    ],
)


def network(seed=3, sizes=(2, 2, 1), activations=("tanh", "sigmoid")):
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], activations, rng=rng)
    for parameter in model.parameters():
        parameter.data = round(rng.uniform(-1, 1), 2)
    return model


def trained(notation, optimizer="descent", steps=2, **shown):
    model = network()
    how = {"loss": nn.binary_cross_entropy, "optimizer": OPTIMIZERS[optimizer](model.parameters())}
    return nn.worked(model, ROWS, TARGETS, notation=notation, steps=steps, **how, **shown)


def computed(line):
    """What a line's side comes to, entry by entry."""
    names, text = {"sqrt": np.sqrt}, ""
    for place, each in enumerate(line.side):
        if isinstance(each, Matrix):
            names[f"m{place}"] = np.array(each.rows, dtype=float)
            text += f"m{place}"
        else:
            text += each.text
    return eval(text.replace("^", "**"), names)


@pytest.mark.one_in(4)
@each_kind
def test_each_line_of_an_update_is_true(notation, optimizer):
    done = trained(notation, optimizer)
    found = done.matrices()
    assert [len(lines) > 3 for lines in found.updates] == [True, True]
    for line in (line for lines in found.updates for line in lines):
        assert line.side, line.formula
        np.testing.assert_allclose(computed(line), line.result.rows, rtol=1e-12)


@each_notation
def test_the_numbers_are_those_of_the_scalar_lines(notation):
    done = trained(notation)
    found = done.matrices()
    for epoch, lines in zip(done.epochs, found.updates, strict=False):
        entries = [x for line in lines for row in line.result.rows for x in row]
        numbers = sorted(step.number for step in epoch.updates)
        assert sorted(entries) == numbers
    assert abs(found.passes[2].forward[-1].result.rows[0][0]) == done.losses[2]


@pytest.mark.one_in(4)
@each_kind
def test_the_code_computes_the_same(notation, optimizer):
    done, names = trained(notation, optimizer), {}
    exec(done.python(matrices=True), names)
    arrays = [x for x in names.values() if isinstance(x, np.ndarray)]
    sign = -1 if notation == "mit6034" else 1
    for layer in done.model.layers:
        weights = np.array([[w.data for w in neuron.weights] for neuron in layer.neurons])
        biases = np.array([[sign * neuron.bias.data] for neuron in layer.neurons])
        for wanted in (weights, biases):
            alike = [x for x in arrays if {x.shape, x.T.shape} & {wanted.shape}]
            assert any(
                np.allclose(y, wanted, rtol=1e-9, atol=0)
                for x in alike
                for y in (x, x.T)
                if y.shape == wanted.shape
            )


def test_it_is_the_course_s_page():
    model = nn.MLP.from_weights([[[1, -1]]], [[2]], ["linear"], numbers=Fraction, notation="ng")
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), Fraction(1, 4))}
    page = str(nn.worked(model, [[1, 2], [3, 0]], [3, 1], **how).matrices())
    assert (
        page[page.index("Gradients") :]
        == """\
Gradients

dZ^[1] = Z^[1] - Y
   = [1  5] - [3  1] = [-2  4]

dW^[1] = 1/2*dZ^[1] X^T   (1 x 2)(2 x 2) -> 1 x 2, the shape of W^[1]
   = 1/2*[-2  4] [1  2] = [5  -2]
                 [3  0]

db^[1] = 1/2*sum(dZ^[1])   over the samples
   = 1/2*sum([-2  4]) = [1]

Update

W^[1] := W^[1] - alpha*dW^[1]
   = [1  -1] - 0.25*[5  -2] = [-0.25  -0.5]

b^[1] := b^[1] - alpha*db^[1]
   = [2] - 0.25*[1] = [1.75]

Forward pass with the updated parameters

Z^[1] = W^[1] X + b^[1]   (1 x 2)(2 x 2) -> 1 x 2
   = [-0.25  -0.5] [1  3] + [1.75] = [0.5  1]
                   [2  0]

J = 1/(2*2)*||Y - Z^[1]||^2
   = 1/(2*2)*||[3  1] - [0.5  1]||^2 = 1.5625"""
    )
    assert page.startswith("Z^[l] = W^[l] A^[l-1] + b^[l]\n")


@pytest.mark.parametrize(
    ("notation", "lines"),
    {
        "ng": ["W^[1] := W^[1] - alpha*dW^[1]"] * 2,
        "nielsen": ["W^2' = W^2 - eta*dC/dW^2", "W^2'' = W^2' - eta*dC/dW^2'"],
        "mazur": [
            "W^{1,+} = W^1 - eta*dE_total/dW^1",
            "W^{1,+,+} = W^{1,+} - eta*dE_total/d(W^{1,+})",
        ],
        "fausett": ["V(new) = V + alpha*(-dE/dV)", "V(new)(new) = V(new) + alpha*(-dE/dV(new))"],
        "cs231n": ["W1 = W1 - step_size*dW1"] * 2,
    }.items(),
)
def test_updates_are_named_as_the_course_does(notation, lines):
    assert [each[0].formula for each in trained(notation).matrices().updates] == lines


def test_the_next_pass_goes_on_with_the_updated_names():
    found = trained("nielsen").matrices()
    assert found.passes[1].forward[0].formula == "Z^2 = W^2' A^1 + b^2'"
    assert r"W'^{2} &= W^{2} - \eta \cdot \frac{\partial C}{\partial W^{2}}" in found.latex()


def test_an_optimizer_s_quantities_have_lines():
    formulas = [line.formula for line in trained("ng", "adam").matrices().updates[1][:5]]
    assert formulas == [
        "m(W^[1]) := beta_1*m(W^[1]) + (1 - beta_1)*dW^[1]",
        "v(W^[1]) := beta_2*v(W^[1]) + (1 - beta_2)*(dW^[1]*dW^[1])",
        "m_hat(W^[1]) = m(W^[1])/(1 - beta_1^2)",
        "v_hat(W^[1]) = v(W^[1])/(1 - beta_2^2)",
        "W^[1] := W^[1] - alpha*(m_hat(W^[1])/(sqrt(v_hat(W^[1])) + epsilon))",
    ]


@pytest.mark.one_in(3)
@each_notation
def test_each_step_is_rounded_as_in_the_scalar_lines(notation):
    done = trained(notation, decimals=3, rounding="each step")
    known = {step.result for step in done.steps}
    found = done.matrices()
    lines = [*(x for each in found.passes for x in (*each.forward, *each.gradients))]
    lines += [x for update in found.updates for x in update]
    for line in lines:
        for row in line.result.results:
            assert {cell.text for cell in row} <= known, line.formula


def test_an_optimizer_goes_on_from_what_it_remembers():
    model = network()
    optimizer = OPTIMIZERS["adam"](model.parameters())
    nn.fit(
        model,
        ROWS,
        TARGETS,
        loss=nn.binary_cross_entropy,
        optimizer=optimizer,
        epochs=1,
        progress=False,
    )
    how = {"loss": nn.binary_cross_entropy, "optimizer": optimizer}
    done, names = nn.worked(model, ROWS, TARGETS, **how), {}
    source = done.python(matrices=True)
    assert "mW1 = np.array([[" in source and "mW1 = beta_1*mW1 + (1 - beta_1)*dW1" in source
    exec(source, names)
    assert float(names["L"]) == pytest.approx(done.losses[-1])
    for line in done.matrices().updates[0]:
        np.testing.assert_allclose(computed(line), line.result.rows, rtol=1e-12)


def test_matrices_of_a_training_are_its_own():
    done = trained("ng")
    assert str(matrices(done)) == str(done.matrices())
    assert done.matrices()._repr_latex_().startswith("$$\\begin{aligned}")
    with pytest.raises(ValueError, match=r"has its notation: give nn\.worked another"):
        matrices(done, "notes")


def test_of_several_steps_each_title_has_the_number():
    assert [title for title, _ in trained("ng").matrices().sections()] == [
        "Forward pass, step 1",
        "Gradients, step 1",
        "Update, step 1",
        "Forward pass with the updated parameters, step 2",
        "Gradients, step 2",
        "Update, step 2",
        "Forward pass with the updated parameters",
    ]


def test_what_is_not_updated_stays():
    model = network()
    optimizer = nn.SGD(model.layers[1].parameters(), 0.5)
    done = nn.worked(
        model, ROWS, TARGETS, loss=nn.binary_cross_entropy, optimizer=optimizer, notation="ng"
    )
    formulas = [line.formula for line in done.matrices().updates[0]]
    assert formulas == ["W^[2] := W^[2] - alpha*dW^[2]", "b^[2] := b^[2] - alpha*db^[2]"]
    names = {}
    exec(done.python(matrices=True), names)
    assert "W1 = W1" not in done.python(matrices=True)
    assert float(names["J"]) == pytest.approx(done.losses[-1])


def test_what_is_no_such_network_is_refused():
    class Line:
        def __init__(self):
            self.w = nn.Neuron([0.5], 0.25).weights[0]

        def parameters(self):
            return [self.w]

        def __call__(self, inputs):
            return self.w * inputs[0]

    model = Line()
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), 0.5)}
    with pytest.raises(ValueError, match="no pre-activation of a network"):
        nn.worked(model, [2.0], 1.0, **how).matrices()


def test_entries_that_are_updated_differently_have_no_formula():
    model = nn.MLP.from_weights([[[1.0], [-1.0]], [[1.0, 1.0]]], None, ["relu", "linear"])
    optimizer = nn.AdaGrad(model.parameters(), 0.5, epsilon=0)  # no step where all was 0
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, "notation": "ng"}
    done = nn.worked(model, [2.0], 1.0, **how)
    lines = done.matrices().updates[0]
    assert [line.formula for line in lines[:2]] == ["s(W^[1]) := 0 + dW^[1]*dW^[1]", "W^[1]"]
    assert lines[1].result.rows == ((0.5,), (-1.0,))
    assert lines[1].remark == "as recorded: its entries have several formulas"
    with pytest.raises(ValueError, match="entries of W1 are updated by different formulas"):
        done.python(matrices=True)


@pytest.mark.parametrize("optimizer", [nn.AdaGrad, nn.RMSProp, nn.Adam])
def test_a_name_with_a_sign_stands_in_parentheses_as_in_the_lines_of_scalars(optimizer):
    model = nn.MLP.from_weights([[[0.5]]], None, ["linear"], notation="han_kamber")
    how = {"loss": nn.half_squared_error, "optimizer": optimizer(model.parameters(), 0.1)}
    done = nn.worked(model, [2], 3, **how)
    scalars = [step.formula.replace("w_12", "W^1") for step in done.epochs[0].updates]
    page = str(done.matrices())
    formulas = [text.partition(" = ")[2] for text in page.split("\n") if text[:1] not in " "]
    assert set(scalars) <= set(formulas)


def updates_of(notation, optimizer):
    return [line for lines in trained(notation, optimizer).matrices().updates for line in lines]


def test_a_threshold_is_updated_without_two_signs_where_one_does():
    first, second, *_ = (line.formula for line in updates_of("zhou", "descent"))
    assert first == "V = V + eta*(-dE/dV)"
    assert second == "theta^1 = theta^1 - eta*dE/dtheta^1"


@pytest.mark.one_in(4)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("notation", ["zhou", "mit6034", "mitchell"])
def test_lines_of_negatives_are_true(notation, optimizer):
    for line in updates_of(notation, optimizer):
        assert "-(-" not in line.formula
        np.testing.assert_allclose(computed(line), line.result.rows, rtol=1e-12)


def test_products_of_entries_are_told_from_those_with_a_number():
    line = next(line for line in updates_of("ng", "adam") if line.formula.startswith("v(W^[1])"))
    latex = line_latex(line, None)
    assert r"(1 - \beta_{2}) \cdot (dW^{[1]} \odot dW^{[1]})" in latex


@pytest.mark.parametrize("notation", ["zhou", "mit6034"])
def test_code_of_negatives_computes_the_loss(notation):
    done = trained(notation, "momentum")
    names = {}
    exec(done.python(matrices=True), names)
    cost = names["E"] if notation == "zhou" else -names["P"]
    assert cost == pytest.approx(done.losses[-1], rel=1e-12)
