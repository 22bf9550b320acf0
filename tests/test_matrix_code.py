"""The NumPy code of a network: it runs alone, and gives the engine's loss and gradients."""

from __future__ import annotations

import math
import random
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from samples import SAMPLES

import nn
from autograd import (
    NOTATIONS,
    Graph,
    Notation,
    Operation,
    Value,
    derive,
    gradients,
    matrices,
    operations,
)
from autograd.notes.matrix_code import FORMS, SIGMOID, matrix_program
from autograd.reading import Term
from tests.test_matrices import OF_CLASSES, OF_EACH, ROWS, batch_loss, each_target, network

each_notation = pytest.mark.parametrize("notation", NOTATIONS)
# One for each orientation and sign: the notation's letters are tried by the other tests.
each_kind = pytest.mark.parametrize("notation", ["ng", "cs231n", "oslo", "mitchell", "mit6034"])
ACTIVATIONS = ["relu", "leaky_relu", "elu", "sigmoid", "tanh", "softplus", "silu", "abs", "sin"]


def run(source):
    names = {}
    exec(source, names)
    return names


def assignments(source):
    """Each name and its line, in order."""
    lines = source.partition("# forward\n")[2].splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line)


def code_of(loss):
    return derive(loss).python(matrices=True)


def require_equal(model, loss):
    """The loss, and all gradients: those of W and b by the order in which the code has them."""
    notation = model.notation
    source = matrix_program(Graph(loss), notation)  # as derive() has it, without all its lines
    names, written = run(source), assignments(source)
    of_weights = [name for name in written if name.removeprefix("minus_")[:2] in ("dW", "dV")]
    of_biases = [name for name, line in written.items() if "keepdims" in line and "*" not in line]
    for layer, name in zip(reversed(model.layers), of_weights, strict=True):
        rows = [gradients(loss, neuron.weights) for neuron in layer.neurons]
        expected = np.array(rows, dtype=float) * notation.error_sign
        turned = notation.orientation != "W a"
        assert names[name] == pytest.approx(expected.T if turned else expected, rel=1e-12)
    biased = [layer for layer in reversed(model.layers) if layer.neurons[0].bias is not None]
    for layer, name in zip(biased, of_biases, strict=True):
        biases = list(dict.fromkeys(neuron.bias for neuron in layer.neurons))
        sign = -notation.error_sign if notation.bias_is_subtracted else notation.error_sign
        expected = np.array(gradients(loss, biases), dtype=float) * sign
        assert names[name].ravel() == pytest.approx(expected, rel=1e-12)
    loss_name = next(name for name, line in written.items() if ".sum()" in line)
    assert names[loss_name] == pytest.approx(-loss.data if notation.maximised else loss.data)


@pytest.mark.one_in(3)
@each_notation
@pytest.mark.parametrize("rows", [ROWS[:1], ROWS])
def test_the_code_gives_the_engine_s_numbers(notation, rows):
    model = network(notation=notation)
    loss = batch_loss(model, rows=rows)
    require_equal(model, loss)
    assert code_of(loss) == matrix_program(Graph(loss), model.notation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(activation):
    model = network([activation, "linear"], (2, 3, 1))
    require_equal(model, batch_loss(model))


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        (nn.squared_error, "tanh"),
        (nn.binary_cross_entropy, "sigmoid"),
        (nn.binary_cross_entropy_with_logits, "linear"),
    ],
)
def test_each_loss(loss, activation):
    model = network(["relu", activation], (2, 3, 1))
    require_equal(model, batch_loss(model, loss))


@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_numpy_is_the_table_s_value(name):
    """What would differ in one entry is seen here: the form is computed on whole arrays."""
    operation = getattr(operations, name)
    sample = SAMPLES["div" if name == "_quotient" else name]
    rng = random.Random(name)
    rows = [*sample.floats, *(sample.draw(rng) for _ in range(20))]
    rows = [row for row in rows if computes(operation, row)]
    parameters = [f"x{place}" for place in range(operation.arity)]
    columns = dict(zip(parameters, np.array(rows, dtype=float).T, strict=True))
    helper = {"np": np}
    exec(SIGMOID, helper)
    written = FORMS[name]([Term(each) for each in parameters]).text
    assert eval(written, helper, columns) == pytest.approx(
        [operation.value(*row) for row in rows], rel=1e-12, abs=1e-15
    )


def computes(operation, row):
    """Whether an operation has a finite value, and one that NumPy's plain formula has too."""
    try:
        certain = operation.name == "binary_cross_entropy" and not 0 < row[0] < 1
        return not certain and math.isfinite(operation.value(*row))
    except (ArithmeticError, ValueError, TypeError):
        return False


@pytest.mark.parametrize("notation", ["notes", "mitchell", "han_kamber", "fausett", "mit6034"])
@pytest.mark.parametrize("loss", [nn.half_squared_error, nn.binary_cross_entropy])
def test_the_loss_of_one_sample_alone_goes_into_the_error_term(notation, loss):
    model = network(["tanh", "sigmoid"], (2, 3, 1), notation=notation)
    require_equal(model, loss(model(ROWS[0]), 1.0))


def test_a_factor_of_1_is_not_written():
    model = nn.MLP.from_weights([[[0.25]]], [[0.25]], ["tanh"], notation="ng")
    written = assignments(code_of(nn.binary_cross_entropy(model([1.0]), Value(1.0, "y"))))
    assert written["dA1"] == "-Y/A1 + (1 - Y)/(1 - A1)"


@pytest.mark.one_in(4)
@each_notation
@each_target
@pytest.mark.parametrize("activation", OF_CLASSES)
def test_a_cross_entropy_of_classes(notation, targets, activation):
    loss = OF_CLASSES[activation]
    model = network(["tanh", activation], (2, 3, 3), notation=notation)
    require_equal(model, nn.over(loss, [model(row) for row in ROWS], targets))
    require_equal(model, loss(model(ROWS[0]), targets[0]))


@each_notation
@pytest.mark.parametrize("activation", OF_EACH)
def test_a_binary_cross_entropy(notation, activation):
    model = network(["tanh", activation], (2, 3, 2), notation=notation)
    require_equal(model, batch_loss(model, OF_EACH[activation]))


@each_kind
def test_a_softmax_with_another_loss(notation):
    model = network(["tanh", "softmax"], (2, 3, 3), notation=notation)
    require_equal(model, batch_loss(model))


@each_kind
@pytest.mark.parametrize("activation", OF_CLASSES)
def test_shares_that_hardly_add_up_to_1(notation, activation):
    model = network(["tanh", activation], (2, 3, 3), notation=notation)
    outputs = [model(row) for row in ROWS]
    require_equal(model, nn.over(OF_CLASSES[activation], outputs, [[0.3333333] * 3] * 3))


@pytest.mark.parametrize(
    ("activation", "loss", "lines"),
    [
        ("sigmoid", nn.binary_cross_entropy, ["dZ2 = (A2 - Y)/3", "dW2 = dZ2 @ A1.T/3"]),
        ("softmax", nn.cross_entropy, ["J = -(Y*np.log(A2)).sum()/3", "dZ2 = A2 - Y"]),
        ("linear", nn.binary_cross_entropy_with_logits, ["P = sigmoid(Z2)", "dZ2 = (P - Y)/3"]),
        (
            "linear",
            nn.cross_entropy_with_logits,
            ["P = softmax(Z2)", "J = -(Y*log_softmax(Z2)).sum()/3", "dZ2 = P - Y"],
        ),
    ],
)
def test_an_error_term_is_prediction_minus_target(activation, loss, lines):
    model = network(["tanh", activation], (2, 3, 3), notation="ng")
    found = nn.over(loss, [model(row) for row in ROWS], [[1, 0, 0]] * 3)
    source = derive(found).python(matrices=True)
    assert set(lines) <= set(source.splitlines()) and "dA2" not in source


@pytest.mark.parametrize("activation", OF_CLASSES)
def test_a_certain_class_has_a_loss_of_0(activation):
    model = nn.MLP.from_weights([[[2000.0], [0.0]]], None, [activation])
    outputs = [model([1.0]), model([0.0])]
    with np.errstate(all="raise", under="ignore"):
        require_equal(model, nn.over(OF_CLASSES[activation], outputs, [0, 1]))


def test_a_certain_output_has_a_loss_of_0():
    model = nn.MLP.from_weights([[[2000.0]]], None, ["sigmoid"])
    with np.errstate(all="raise", under="ignore"):
        assert run(code_of(nn.binary_cross_entropy(model([1.0]), 1.0)))["L"] == 0


@pytest.mark.parametrize("bias", [False, "shared"])
@pytest.mark.parametrize("orientation", ["W a", "X W", "W^T a"])
def test_biases_and_orientations(bias, orientation):
    model = network(bias=bias, notation=Notation(orientation=orientation))
    require_equal(model, batch_loss(model))


def test_fractions_stay_exact():
    rows = [[Fraction(x) for x in row] for row in ROWS]
    model = network(["relu", "linear"], (2, 3, 1), numbers=Fraction)
    loss = batch_loss(model, rows=rows)
    names = run(code_of(loss))
    assert names["L"] == loss.data and names["L"].__class__ is Fraction
    assert names["dW2"].tolist() == [gradients(loss, model.layers[1].neurons[0].weights)]


def test_the_code_is_what_courses_ask_for():
    loss = batch_loss(network(["tanh", "sigmoid"], (2, 3, 1), notation="ng"))
    assert (
        derive(loss).python(matrices=True).partition("# forward\n")[2]
        == """\
Z1 = W1 @ X + b1
A1 = np.tanh(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
J = ((Y - A2)**2/2).sum()/3

# backward
dA2 = A2 - Y
dZ2 = dA2*(A2*(1 - A2))
dW2 = dZ2 @ A1.T/3
db2 = dZ2.sum(axis=1, keepdims=True)/3
dA1 = W2.T @ dZ2
dZ1 = dA1*(1 - A1*A1)
dW1 = dZ1 @ X.T/3
db1 = dZ1.sum(axis=1, keepdims=True)/3
"""
    )


def test_the_error_of_a_linear_output_is_the_difference():
    model = network(["relu", "linear"], (2, 3, 1), notation="cs231n")
    written = assignments(code_of(batch_loss(model)))
    assert written["dZ2"] == "(Z2 - Y)/3"
    assert written["dW2"] == "H1.T @ dZ2"
    assert written["db2"] == "dZ2.sum(axis=0, keepdims=True)"


def test_it_needs_numpy_alone(tmp_path):
    source = derive(batch_loss(network())).python(matrices=True) + "print(dW1.shape)\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", source], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("(3, 2)\n", "")
    assert "autograd" not in source


def test_a_name_never_becomes_code():
    hostile = Notation(loss_name="L = exec('boom')", weight_pattern="w;boom_{indices}^{layer}")
    names = run(code_of(batch_loss(network(notation=hostile))))
    assert not any("boom()" in name for name in names)


def penalised():
    model = network(["relu", "linear"], (2, 3, 1))
    return batch_loss(model) + model.layers[0].neurons[0].weights[0] ** 2


def own_activation():
    double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    return batch_loss(network([double, "linear"], (2, 3, 1)))


def of_logits_twice():
    logits = network(["tanh", "linear"], (2, 3, 3))(ROWS[0])
    return nn.cross_entropy_with_logits(logits, 1) + nn.cross_entropy_with_logits(logits, 2)


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (penalised, ValueError, "beside the loss of the outputs there is more in the root"),
        (own_activation, TypeError, "NumPy has no double: derive"),
        (lambda: batch_loss(network(["gelu", "linear"])), TypeError, "NumPy has no gelu"),
        (
            of_logits_twice,
            ValueError,
            "writes a sum or mean of a loss of one output and one target",
        ),
        (lambda: Value(2) * 3, ValueError, "no pre-activation of a network"),
    ],
)
def test_what_is_not_written_is_refused(loss, error, message):
    with pytest.raises(error, match=message):
        derive(loss()).python(matrices=True)


def test_it_is_no_function():
    with pytest.raises(TypeError, match="matrices=True is a script"):
        derive(batch_loss(network())).python(matrices=True, function=True)


def test_large_sums_do_not_overflow():
    model = nn.MLP.from_weights([[[1000.0]], [[1.0]]], [[0.0], [0.0]], ["sigmoid", "softplus"])
    with np.errstate(all="raise", under="ignore"):
        names = run(code_of(nn.half_squared_error(model([-1.0]), 1.0)))
    assert math.isfinite(names["L"]) and matrices(nn.half_squared_error(model([-1.0]), 1.0))


def test_typed_squares_are_written():
    model = network(["tanh", "linear"], (2, 3, 1))
    require_equal(model, sum((1.5 - model(row)) ** 2 / 2 for row in ROWS))


# --- penalties ------------------------------------------------------------------------------------


LAMBDA = Value(0.3, "lambda")
PENALTIES = {
    "squares": lambda ws: nn.l2(ws, 0.125),
    "sizes": lambda ws: nn.l1(ws, 0.125),
    "both": lambda ws: nn.l2(ws, 0.125) + nn.l1(ws, 0.5),
    "lambda": lambda ws: LAMBDA / 2 * operations.total([w**2 for w in ws]),
}


@pytest.mark.one_in(3)
@each_kind
@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_is_written_and_true(notation, penalty):
    model = network(["tanh", "sigmoid"], (2, 3, 1), notation=notation)
    parameters = model.parameters()
    loss = batch_loss(model, nn.binary_cross_entropy) + nn.l1(parameters, 0.25)
    loss = loss + PENALTIES[penalty](parameters)
    source = code_of(loss)
    names, written = run(source), assignments(source)
    of_parameters = [name for name, line in written.items() if "np.sign(" in line]
    found = np.concatenate([np.ravel(names[name]) for name in of_parameters])
    expected = np.array(gradients(loss, parameters))
    assert np.sort(np.abs(found)) == pytest.approx(np.sort(np.abs(expected)), rel=1e-12)
    end = " - R1 - R2" if notation == "mit6034" else " + R1 + R2"
    (cost,) = (name for name, line in written.items() if line.endswith(end))
    assert abs(names[cost]) == pytest.approx(loss.data, rel=1e-12)


def test_a_penalty_has_its_lines():
    model = network(["relu", "linear"], (2, 3, 1))
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.weights]
    written = assignments(code_of(batch_loss(model) + PENALTIES["lambda"](weights)))
    assert written["R"] == "0.5*lambda_*((W1**2).sum() + (W2**2).sum())"
    assert written["L"] == "((Y - Z2)**2/2).sum()/3 + R"
    assert written["dW2"] == "delta2 @ A1.T + lambda_*W2"
    written = assignments(code_of(batch_loss(model) + PENALTIES["sizes"](weights[-3:])))
    assert written["R"] == "0.125*np.abs(W2).sum()" and written["dW1"] == "delta1 @ A0.T"
    assert written["dW2"].endswith(" + 0.125*np.sign(W2)")
