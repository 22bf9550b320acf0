"""A network's lines in matrix form: each number the scalar's, each equation true."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction
from itertools import chain

import pytest

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
    mean,
    named,
    total,
)
from autograd.notes.identifiers import Identifiers
from autograd.notes.matrix_form import Matrix, in_form, line_latex
from autograd.reading import Layout

each_notation = pytest.mark.parametrize("notation", NOTATIONS)
ROWS = [[0.5, -1.5], [2.0, 0.25], [-0.75, 1.0]]


def network(activations=("tanh", "sigmoid"), sizes=(2, 3, 2), seed=3, **more):
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], activations, rng=rng, **more)
    numbers = more.get("numbers")
    for parameter in model.parameters():
        number = rng.randint(-90, 90)
        parameter.data = Fraction(number, 60) if numbers is Fraction else number / 60
    return model


def batch_loss(model, loss=nn.half_squared_error, rows=ROWS):
    count = len(model.layers[-1].neurons)
    targets = [[(i + j) % 2 for j in range(count)] for i in range(len(rows))]
    predictions = [model(row) for row in rows]
    return nn.over(loss, predictions, targets if count > 1 else [y for (y,) in targets])


def all_lines(found):
    return [line for line in (*found.forward, *found.gradients) if line.side]


# --- every equation is true of the matrices in it -------------------------------------------------


class Entries:
    """Matrices as Python's operators take them: those of entries, a bias over the samples too."""

    def __init__(self, rows):
        self.rows = [list(row) for row in rows]

    def over(self, other, combine):
        if not isinstance(other, Entries):
            return Entries([[combine(x, other) for x in row] for row in self.rows])
        height = max(len(self.rows), len(other.rows))
        width = max(len(self.rows[0]), len(other.rows[0]))
        mine, theirs = self.spread(height, width), other.spread(height, width)
        return Entries([list(map(combine, *pair)) for pair in zip(mine, theirs, strict=True)])

    def spread(self, height, width):
        rows = [row * width if len(row) == 1 else row for row in self.rows]
        return rows * height if len(rows) == 1 else rows

    def __matmul__(self, other):
        columns = list(zip(*other.rows, strict=True))
        return Entries([[dot(row, column) for column in columns] for row in self.rows])

    def __add__(self, other):
        return self.over(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self.over(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self.over(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self.over(other, lambda a, b: a / b)

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def each(self, function):
        return Entries([list(map(function, row)) for row in self.rows])


def dot(row, column):
    return sum(a * b for a, b in zip(row, column, strict=True))


def total_like(result):
    """The sum over the samples, in the shape of the bias."""

    def total(matrix):
        if len(result) == len(result[0]) == 1:
            return Entries([[sum(chain.from_iterable(matrix.rows))]])
        if len(result) > 1:
            return Entries([[sum(row)] for row in matrix.rows])
        return Entries([[sum(column) for column in zip(*matrix.rows, strict=True)]])

    return total


FUNCTIONS = {
    "squares": lambda x: Entries([[sum(z * z for z in chain(*x.rows))]]),
    "sizes": lambda x: x.each(abs),
    "sign": lambda x: x.each(lambda z: (z > 0) - (z < 0)),
    "tanh": lambda x: x.each(math.tanh),
    "sigmoid": lambda x: x.each(lambda z: 1 / (1 + math.exp(-z))),
    "relu": lambda x: x.each(lambda z: z if z > 0 else 0),
    "log": lambda x: x.each(math.log),
}


def softmax_by(columns):
    def softmax(matrix):
        rows = list(zip(*matrix.rows, strict=True)) if columns else matrix.rows
        shares = [[math.exp(x - max(row)) for x in row] for row in rows]
        shares = [[x / sum(row) for x in row] for row in shares]
        return Entries(zip(*shares, strict=True) if columns else shares)

    return softmax


def recomputed(line, columns=True):
    """What the printed side comes to, from the matrices that stand in it."""
    result = line.result.rows
    names = {**FUNCTIONS, "sum": total_like(result), "softmax": softmax_by(columns), "F": Fraction}
    signs = {" ": " @ ", "||": "squares(", "||^2": ")", "sum(|": "sum(sizes(", "|)": "))"}
    text = ""
    for place, each in enumerate(line.side):
        if isinstance(each, Matrix):
            names[f"m{place}"] = Entries(each.rows)
            text += f"m{place}"
        else:
            text += signs.get(each.text, each.text)
    return eval(re.sub(r"1/(\d+|\(2\*\d+\))\*", r"F(1, \1)*", text), names).rows


def require_true(found, columns=True, exact=False):
    for line in all_lines(found):
        wanted = [list(row) for row in line.result.rows]
        given = recomputed(line, columns)
        assert [len(row) for row in given] == [len(row) for row in wanted], line.formula
        for x, y in zip(chain(*given), chain(*wanted), strict=True):
            assert x == y if exact else x == pytest.approx(y, rel=1e-12, abs=1e-14), line.formula


@pytest.mark.one_in(4)
@each_notation
@pytest.mark.parametrize("loss", [nn.half_squared_error, nn.squared_error])
@pytest.mark.parametrize("rows", [ROWS[:1], ROWS])
def test_every_equation_is_true_of_its_matrices(notation, loss, rows):
    model = network(notation=notation)
    found = matrices(batch_loss(model, loss, rows))
    assert len(all_lines(found)) >= 8
    require_true(found, NOTATIONS[notation].orientation != "X W")


@pytest.mark.parametrize("bias", [True, False, "shared"])
@pytest.mark.parametrize("orientation", ["W a", "X W", "W^T a"])
def test_fractions_are_exact(bias, orientation):
    notation = Notation(orientation=orientation)
    activations = ["relu", "linear", "relu"]
    rows = [[Fraction(x) for x in row] for row in ROWS]
    model = network(activations, (2, 3, 2, 1), bias=bias, numbers=Fraction, notation=notation)
    found = matrices(batch_loss(model, rows=rows))
    require_true(found, exact=True)
    numbers = chain(*(chain(*line.result.rows) for line in found.gradients))
    assert {type(x) for x in numbers} <= {Fraction, int}
    assert len(found.gradients) == (12 if bias else 9) - 1  # a linear layer has no dA


def test_binary_cross_entropy_of_a_sigmoid():
    model = network(["relu", "sigmoid"], (2, 4, 1))
    found = matrices(batch_loss(model, nn.binary_cross_entropy))
    require_true(found)
    assert formulas(found)[6:9] == [
        "L = -1/3*sum(Y * log(A^2) + (1 - Y) * log(1 - A^2))",
        "delta^2 = 1/3*(A^2 - Y)",
        "dL/dW^2 = delta^2 A^1^T",
    ]
    assert "delta^L = 1/3*(A^L - Y)" in [line.formula for line in found.general]


def test_a_binary_cross_entropy_of_another_function_keeps_its_slope():
    model = nn.MLP.from_weights([[[0.25]]], [[0.25]], ["tanh"])
    found = matrices(nn.binary_cross_entropy(model([1.0]), 1.0))
    require_true(found)
    assert "dL/dA^1 = -Y/A^1 + (1 - Y)/(1 - A^1)" in formulas(found)


def formulas(found):
    return [line.formula for line in found.lines]


EACH_TARGET = {
    "index": [0, 2, 1],
    "one-hot": [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
    "shares": [[0.5, 0.25, 0.25], [0, 1, 0], [1, 0, 0]],
    "Values": [[Value(y) for y in row] for row in ([0.5, 0.25, 0.25], [0, 1, 0], [1, 0, 0])],
}
each_target = pytest.mark.parametrize("targets", EACH_TARGET.values(), ids=EACH_TARGET)
OF_CLASSES = {"softmax": nn.cross_entropy, "linear": nn.cross_entropy_with_logits}
OF_EACH = {"sigmoid": nn.binary_cross_entropy, "linear": nn.binary_cross_entropy_with_logits}


def of_classes(activation, targets, **more):
    model = network(["tanh", activation], (2, 3, 3), **more)
    outputs = [model(row) for row in ROWS[: len(targets)]]
    return nn.over(OF_CLASSES[activation], outputs, targets)


def require_differences(found, notation):
    """The loss and the last error term are formulas of the predictions and targets, and true."""
    of = NOTATIONS[notation]
    require_true(found, of.orientation != "X W")
    assert found.forward[-1].side and not any("recorded" in line.remark for line in found.lines)
    terms = [x for x in found.gradients[0].side if isinstance(x, Matrix)]
    predictions, targets = terms[:: of.error_sign]
    assert (predictions, targets) == (found.forward[-2].result, found.given[1].result)


@pytest.mark.one_in(12)
@each_notation
@each_target
@pytest.mark.parametrize("activation", OF_CLASSES)
def test_the_error_term_of_classes_is_prediction_minus_target(notation, targets, activation):
    for count in (3, 1):
        found = matrices(of_classes(activation, targets[:count], notation=notation))
        require_differences(found, notation)


@pytest.mark.one_in(4)
@each_notation
@pytest.mark.parametrize("activation", OF_EACH)
@pytest.mark.parametrize("width", [1, 2])
def test_so_is_that_of_each_output(notation, activation, width):
    model = network(["tanh", activation], (2, 3, width), notation=notation)
    for rows in (ROWS, ROWS[:1]):
        require_differences(matrices(batch_loss(model, OF_EACH[activation], rows)), notation)


@each_target
def test_the_error_term_is_in_the_general_formulas(targets):
    found = matrices(of_classes("softmax", targets, notation="ng"))
    assert found.general[2].formula == "dZ^[L] = A^[L] - Y"
    assert found.general[3].formula == "dW^[l] = 1/m*dZ^[l] A^[l-1]^T"
    found = matrices(of_classes("linear", targets, notation="mit6034"))  # its loss is P
    general = [line.formula for line in found.general]
    assert general[2:4] == ["Prob = softmax(Z^L)", "delta^L = 1/3*(D - Prob)"]
    assert "P = 1/3*sum(D * log(Prob))" in formulas(found)


def test_one_class_alone_has_a_whole_softmax():
    model = nn.MLP.from_weights([[[1.0], [1.0]]], None, ["softmax"], notation="ng")
    found = matrices(nn.cross_entropy(model([2.0]), 1), decimals=3)
    assert (
        str(found).partition("Z^[1] = ")[2]
        == """\
W^[1] X   (2 x 1)(1 x 1) -> 2 x 1
   = [1] [2] = [2]
     [1]       [2]

A^[1] = softmax(Z^[1])   of each column
   = softmax([2]) = [0.5]
             [2]    [0.5]

L = -sum(Y * log(A^[1]))
   = -sum([0] * log([0.5])) ≈ 0.693
          [1]       [0.5]

dZ^[1] = A^[1] - Y
   = [0.5] - [0] ≈ [0.500]
     [0.5]   [1]   [ -0.5]

dW^[1] = dZ^[1] X^T   (2 x 1)(1 x 1) -> 2 x 1, the shape of W^[1]
   ≈ [0.500] [2] ≈ [1.000]
     [ -0.5]       [   -1]"""
    )
    assert r"\log\left(\begin{bmatrix} 0.5 \\ 0.5 \end{bmatrix}\right)" in found.latex()
    assert r"\operatorname{softmax}\left(" in found.latex()


def test_many_classes_are_as_few():
    model = network(["softmax"], (2, 50))
    found = matrices(nn.over(nn.cross_entropy, [model(row) for row in ROWS], [0, 20, 49]))
    require_differences(found, "notes")


@pytest.mark.parametrize("activation", OF_CLASSES)
def test_a_loss_of_0_has_no_logarithm_of_0(activation):
    model = nn.MLP.from_weights([[[2000.0], [0.0]]], None, [activation])
    found = matrices(nn.over(OF_CLASSES[activation], [model([1.0]), model([0.0])], [0, 1]))
    assert "L" in formulas(found) and found.gradients[0].side
    require_true(found)


def of_almost_1(activation):
    return of_classes(activation, [[0.3333333] * 3] * 3)


def with_a_sum_used_beside(activation):
    loss = of_classes(activation, [0, 2, 1])
    return loss + 1e-12 * next(x for x in Graph(loss).order if x.name == "z_0^2")


def of_other_shares(activation):
    model = network(["tanh", activation], (2, 3, 3))
    losses = [OF_CLASSES[activation](model(row), 1) for row in ROWS]
    return losses[0] + losses[1] + losses[2] + losses[2]


@pytest.mark.parametrize("activation", OF_CLASSES)
@pytest.mark.parametrize("loss", [of_almost_1, with_a_sum_used_beside, of_other_shares])
def test_what_is_no_difference_is_as_recorded(loss, activation):
    found = matrices(loss(activation))
    assert not found.gradients[0].side
    require_true(found)


def test_beside_a_penalty_the_error_term_is_the_same():
    loss = of_classes("softmax", [0, 2, 1])
    found = matrices(loss + next(x for x in Graph(loss).order if x.name == "w_00^2") ** 2)
    assert "L = -1/3*sum(Y * log(A^2)) + R" in formulas(found) and "R" in formulas(found)
    assert "delta^2 = 1/3*(A^2 - Y)" in formulas(found)
    require_true(found)


def test_a_softmax_s_gradients_of_another_loss_are_the_recorded_ones():
    found = matrices(batch_loss(network(["tanh", "softmax"], (2, 3, 3))))
    require_true(found)
    assert "A^2 = softmax(Z^2)" in formulas(found)
    assert found.gradients[1].remark == "as recorded, through the softmax"


def test_the_softmax_of_one_class_that_is_used_is_whole():
    model = network(["tanh", "softmax"], (2, 3, 3))
    found = matrices(nn.half_squared_error(model(ROWS[0])[1], 1))
    require_true(found)
    assert "A^2 = softmax(Z^2)" in formulas(found)


# --- every number is the scalar's -----------------------------------------------------------------


def turned(rows, is_turned):
    return tuple(zip(*rows, strict=True)) if is_turned else tuple(map(tuple, rows))


@each_notation
def test_the_gradients_are_those_of_the_scalars(notation):
    model = network(notation=notation)
    loss = batch_loss(model)
    of, found = NOTATIONS[notation], matrices(loss)
    by_name = {line.result.text: line.result.rows for line in found.gradients}
    for number, layer in enumerate(model.layers, start=1):
        weights = [neuron.weights for neuron in layer.neurons]
        rows = [[of.error_sign * x for x in gradients(loss, row)] for row in weights]
        names = [name for name in by_name if re.search("[WV]", name)]
        name = names[len(model.layers) - number]
        assert by_name[name] == turned(rows, of.orientation != "W a")


def test_the_numbers_of_a_batch_stand_by_sample():
    model = network()
    outputs = [model(row) for row in ROWS]
    found = matrices(nn.over(nn.half_squared_error, outputs, [[1, 0]] * 3))
    by_name = {line.result.text: line.result.rows for line in (*found.given, *found.forward)}
    assert by_name["A^0"] == tuple(zip(*ROWS, strict=True))
    assert by_name["A^2"] == turned([[a.data for a in row] for row in outputs], True)
    assert by_name["Y"] == ((1, 1, 1), (0, 0, 0))


def test_a_penalty_s_gradient_is_added():
    model = network(["relu", "linear"], (2, 3, 1))
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.weights]
    loss = batch_loss(model)
    penalised = loss + sum((w * w for w in weights), Value(0.0)) * 0.5
    found = matrices(penalised)
    require_true(found)
    line = next(line for line in found.gradients if line.result.text == "dL/dW^2")
    assert line.formula == "dL/dW^2 = delta^2 A^1^T + W^2"
    assert line.result.rows == (tuple(gradients(penalised, model.layers[1].neurons[0].weights)),)


def squared(weights, strength):
    return strength / 2 * total([w**2 for w in weights])


LAMBDA = Value(0.3, "lambda")
PENALTIES = {  # what is added, its line, and its gradient in the second weights
    "l2": (lambda w: nn.l2(w, 0.1), "0.1*(||W^1||^2 + ||W^2||^2)", "0.2*W^2"),
    "l1": (lambda w: nn.l1(w, 0.1), "0.1*(sum(|W^1|) + sum(|W^2|))", "0.1*sign(W^2)"),
    "lambda": (lambda w: squared(w, LAMBDA), "1/2*lambda*(||W^1||^2 + ||W^2||^2)", "lambda*W^2"),
    "lambda/m": (
        lambda w: squared(w, LAMBDA) / 3,
        "1/6*lambda*(||W^1||^2 + ||W^2||^2)",
        "1/3*lambda*W^2",
    ),
    "1/30": (lambda w: nn.l2(w, 1 / 30), "1/30*(||W^1||^2 + ||W^2||^2)", "1/15*W^2"),
    "one": (lambda w: total([x * x for x in w]), "||W^1||^2 + ||W^2||^2", "2*W^2"),
    "half": (lambda w: squared(w, 1), "0.5*(||W^1||^2 + ||W^2||^2)", "W^2"),
    "last": (lambda w: nn.l2(w[-3:], 0.1), "0.1*||W^2||^2", "0.2*W^2"),
    "two": (
        lambda w: nn.l2(w[:-3], 0.1) + nn.l2(w[-3:], 0.3),
        "0.1*||W^1||^2 + 0.3*||W^2||^2",
        "0.6*W^2",
    ),
    "squares and sizes": (
        lambda w: nn.l2(w, 0.1) + nn.l1(w[-3:], 0.3),
        "0.1*(||W^1||^2 + ||W^2||^2) + 0.3*sum(|W^2|)",
        "0.2*W^2 + 0.3*sign(W^2)",
    ),
}


def penalised(penalty, notation="notes", loss=nn.half_squared_error, sizes=(2, 3, 1)):
    model = network(["relu", "sigmoid"], sizes, notation=notation)
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.weights]
    return batch_loss(model, loss) + penalty(weights)


@pytest.mark.parametrize("case", PENALTIES)
def test_a_penalty_has_a_line(case):
    penalty, wanted, gradient = PENALTIES[case]
    loss = penalised(penalty)
    found = matrices(loss)
    require_true(found)
    of_penalty, of_loss = found.forward[-2:]
    assert of_penalty.formula == f"R = {wanted}"
    assert of_loss.formula == "L = 1/(2*3)*||Y - A^2||^2 + R"
    line = next(line for line in found.gradients if line.result.text == "dL/dW^2")
    assert line.formula == f"dL/dW^2 = delta^2 A^1^T + {gradient}"


@pytest.mark.one_in(4)
@each_notation
@pytest.mark.parametrize("loss", [nn.half_squared_error, nn.squared_error, nn.binary_cross_entropy])
@pytest.mark.parametrize("case", ["l2", "l1", "lambda"])
def test_a_penalty_s_lines_are_true_in_all_notations(notation, loss, case):
    cost = penalised(PENALTIES[case][0], notation, loss)
    found = matrices(cost)
    require_true(found, NOTATIONS[notation].orientation != "X W")
    assert all(line.side for line in found.forward)
    assert not any("R(" in line.formula for line in found.gradients)


@each_notation
def test_several_penalties_have_a_line_each(notation):
    penalties = []  # the loss is the first of two sums
    loss = penalised(lambda w: penalties.append(nn.l2(w, 0.25)) or nn.l1(w, 0.1), notation)
    found = matrices(loss + penalties[0])
    require_true(found, NOTATIONS[notation].orientation != "X W")
    first, second, of_loss = (line.formula for line in found.forward[-3:])
    assert first.startswith("R_1 = 0.1*(sum(|") and second.startswith("R_2 = 0.25*(||")
    assert re.search(r" ([+-]) R_1 \1 R_2$", of_loss)
    assert not any("R(" in line.formula for line in found.gradients)


def test_biases_have_a_penalty_too():
    model = network(["relu", "linear"], (2, 3, 1), notation="mit6034")
    found = matrices(batch_loss(model) + nn.l1(model.parameters(), 0.5))
    require_true(found)
    assert "sum(|w_0^1|)" in found.forward[-2].formula and "sign(w_0^1)" in str(found)


def test_a_penalty_keeps_its_name_and_yields_one():
    loss = penalised(lambda w: named(nn.l2(w, 0.1), "Omega"))
    assert matrices(loss).forward[-1].formula == "L = 1/(2*3)*||Y - A^2||^2 + Omega"
    loss = penalised(lambda w: nn.l2(w, 0.1))
    loss.name = "R"
    assert matrices(loss).forward[-1].formula == "R = 1/(2*3)*||Y - A^2||^2 + Penalty"


NO_PENALTIES = {
    "cubes": lambda w: total([x**3 for x in w]),
    "products": lambda w: w[0] * w[1],
    "times itself": lambda w: w[0] * nn.l2(w, 0.1),
    "some": lambda w: nn.l2(w[:2], 0.1),
    "several": lambda w: w[0] ** 2 + 2 * total([x**2 for x in w[1:]]),
    "twice": lambda w: w[0] ** 2 + w[0] ** 2,
    "shared": lambda w: (lambda x: x + x)(nn.l2(w, 0.1)),
    "divided": lambda w: 1 / nn.l2(w, 0.1),
    "and more": lambda w: nn.l2(w, 0.1) + 5,
}


@pytest.mark.parametrize("case", NO_PENALTIES)
def test_what_is_no_such_penalty_stays_as_recorded(case):
    loss = penalised(NO_PENALTIES[case])
    found = matrices(loss)
    require_true(found)
    assert any("R(" in line.formula for line in found.gradients)


def test_a_penalty_whose_gradient_is_rounded_on_its_way_is_as_it_was_rounded():
    loss = penalised(lambda w: LAMBDA / 2 * named(total([x**2 for x in w]), "S"))
    assert "R(" not in str(matrices(loss, decimals=2, rounding="each step"))
    found = matrices(loss, decimals=1, rounding="each step")  # dL/dS = 0.15 is 0.2 there
    assert any("R(" in line.formula for line in found.gradients)


# --- squared errors -------------------------------------------------------------------------------


SQUARES = {
    "mse": (nn.mse, "1/3*||Y - A^2||^2", 1),
    "mse of two": (nn.mse, "1/6*||Y - A^2||^2", 2),
    "half": (nn.half_squared_error, "1/(2*3)*||Y - A^2||^2", 1),
    "half mse": (lambda *each: nn.mse(*each) / 2, "1/(2*3)*||Y - A^2||^2", 1),
    "half mse of two": (lambda *each: nn.mse(*each) / 2, "1/(2*6)*||Y - A^2||^2", 2),
    "sum": (nn.sum_squared_error, "||Y - A^2||^2", 2),
    "half sum": (nn.sum_half_squared_error, "1/2*||Y - A^2||^2", 2),
}


@pytest.mark.parametrize("case", SQUARES)
def test_squared_errors_have_a_formula(case):
    loss, wanted, outputs = SQUARES[case]
    model = network(sizes=(2, 3, outputs))
    targets = [[1, 0][:outputs] for _ in ROWS]
    predictions = [model(row) for row in ROWS]
    if outputs == 1:
        targets = [1] * 3
    is_of_one = loss is nn.half_squared_error
    cost = nn.over(loss, predictions, targets) if is_of_one else loss(predictions, targets)
    found = matrices(cost)
    require_true(found)
    assert found.forward[-1].formula == f"L = {wanted}"
    assert (found.forward[-1].result.rows) == ((cost.data,),)


def test_a_mean_that_is_typed_has_it_too():
    model = network(sizes=(2, 3, 1))
    one, two = (nn.half_squared_error(model(row), 1) for row in ROWS[:2])
    three = nn.squared_error(network(sizes=(2, 3, 1))(ROWS[0]), 1)
    for cost, factor in (
        ((one + two) / 2, "1/(2*2)*"),
        (0.75 * (one + two), "0.75/2*"),
        (0 * three, "0*"),
    ):
        found = matrices(cost)
        require_true(found)
        assert found.forward[-1].formula == f"L = {factor}||Y - A^2||^2"


TYPED = {  # from differences, and what the loss and the first error term are
    "squares": (lambda ds: total([d**2 for d in ds]), "||Y - Z^2||^2", "2*(Z^2 - Y)"),
    "products": (lambda ds: sum(d * d for d in ds), "||Y - Z^2||^2", "2*(Z^2 - Y)"),
    "halves": (lambda ds: sum(d**2 / 2 for d in ds), "1/2*||Y - Z^2||^2", "Z^2 - Y"),
    "times a half": (lambda ds: sum(0.5 * d * d for d in ds), "", ""),
    "half of each": (lambda ds: sum(0.5 * d**2 for d in ds), "1/2*||Y - Z^2||^2", "Z^2 - Y"),
    "mean": (lambda ds: mean([d**2 / 2 for d in ds]), "1/(2*6)*||Y - Z^2||^2", "1/6*(Z^2 - Y)"),
    "half of all": (lambda ds: sum(d**2 for d in ds) / 2, "1/2*||Y - Z^2||^2", "Z^2 - Y"),
    "mean of all": (lambda ds: mean([d**2 for d in ds]), "1/6*||Y - Z^2||^2", "2/6*(Z^2 - Y)"),
    "cubes": (lambda ds: total([d**3 for d in ds]), "", ""),
    "named": (lambda ds: total([named(d, f"e{i}") ** 2 for i, d in enumerate(ds)]), "", ""),
}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("case", TYPED)
def test_squares_that_somebody_typed_have_a_formula(case, sign):
    build, wanted, error_term = TYPED[case]
    model = network(("tanh", "linear"))
    targets = [(0.5, -1.0), (1.5, 0.25), (0.75, 2.0)]
    pairs = [
        pair
        for row, ys in zip(ROWS, targets, strict=True)
        for pair in zip(model(row), ys, strict=True)
    ]
    found = matrices(build([a - y if sign > 0 else y - a for a, y in pairs]))
    require_true(found)
    assert found.forward[-1].formula == (f"L = {wanted}" if wanted else "L")
    written = f"delta^2 = {error_term}" if wanted else "delta^2"
    assert found.gradients[0].formula == written


OF_TWO = Operation(
    "of_two", lambda a, b: a * b, [lambda y, a, b: b, lambda y, a, b: a],
    text="f({}, {})", latex=r"{1} \circ {0}",
)  # fmt: skip
OWN_FORMS = [  # text and LaTeX of an activation, the slope it has, what is written of both
    ("{0}%{0}", r"\sigma_2({0})", lambda y, z: 2, "(Z^1)%(Z^1)", r"\sigma_2((Z^{1}))"),
    (Layout("sq({})"), Layout("{}^2"), lambda y, z: 2, "sq(Z^1)", "Z^{1}^2"),
    (Layout("{}!"), Layout(r"\Gamma({})"), lambda y, z: 2, "Z^1!", r"\Gamma(Z^{1})"),
    ("\ue000{}", "\ue001{}", lambda y, z: 2, "\ue000(Z^1)", "\ue001(Z^{1})"),
    (None, None, lambda y, z: OF_TWO(z, y), "(f((Z^1), (A^1)))", r"((A^{1}) \circ (Z^{1}))"),
]


@pytest.mark.parametrize(("text", "latex", "slope", "formula", "in_latex"), OWN_FORMS)
def test_each_form_of_an_operation_is_written_as_it_says(text, latex, slope, formula, in_latex):
    own = Operation("own", lambda z: z * z, [slope], text=text, latex=latex)
    found = matrices(nn.half_squared_error(network([own, "linear"], (2, 2, 1))(ROWS[0]), 1))
    written = [line for line in all_lines(found) if formula in line.formula]
    assert [in_latex in line_latex(line, None) for line in written] == [True]
    assert line_latex(written[0], found.style).count("bmatrix") == 2 * len(
        [
            x
            for x in (written[0].result, *in_form(written[0].side, "latex"))
            if isinstance(x, Matrix)
        ]
    )


# --- how it is written ----------------------------------------------------------------------------


def small(**more):
    model = nn.MLP.from_weights([[[1, -2], [3, 0.5]]], [[5, -10]], ["relu"], **more)
    return nn.sum_half_squared_error(model([2, 1]), [4, 7])


def test_the_whole_page_of_one_layer():
    assert (
        str(matrices(small(notation="ng")))
        == """\
Z^[l] = W^[l] A^[l-1] + b^[l]
A^[l] = f(Z^[l])
dZ^[L] = dA^[L] * f'(Z^[L])
dW^[l] = dZ^[l] A^[l-1]^T
db^[l] = sum(dZ^[l])
dA^[l-1] = W^[l]^T dZ^[l]
dZ^[l-1] = dA^[l-1] * f'(Z^[l-1])

X = [2]
    [1]

Y = [4]
    [7]

Z^[1] = W^[1] X + b^[1]   (2 x 2)(2 x 1) -> 2 x 1
   = [1   -2] [2] + [  5] = [   5]
     [3  0.5] [1]   [-10]   [-3.5]

A^[1] = relu(Z^[1])
   = relu([   5]) = [5]
          [-3.5]    [0]

L = 1/2*||Y - A^[1]||^2
   = 1/2*||[4] - [5]||^2 = 25
           [7]   [0]

dA^[1] = A^[1] - Y
   = [5] - [4] = [ 1]
     [0]   [7]   [-7]

dZ^[1] = dA^[1] * relu'(Z^[1])
   = [ 1] * [1] = [1]
     [-7]   [0]   [0]

dW^[1] = dZ^[1] X^T   (2 x 1)(1 x 2) -> 2 x 2, the shape of W^[1]
   = [1] [2  1] = [2  1]
     [0]          [0  0]

db^[1] = dZ^[1]
   = [1] = [1]
     [0]   [0]"""
    )


@pytest.mark.parametrize(
    ("notation", "formulas"),
    {
        "cs231n": ["dZ2 = dH2 * (1 - H2*H2)", "dW2 = H1^T dZ2", "dH1 = dZ2 W2^T"],
        "oslo": ["Z^2 = W^2^T A^1 + b^2", "dC/dW^2 = A^1 delta^2^T", "dC/dA^1 = W^2 delta^2"],
        "mitchell": ["delta^2 = (1 - O^2*O^2) * (1/6*(T - O^2))", "-dE/dW^2 = delta^2 O^1^T"],
        "mit6034": ["Z^2 = W^2^T O^1 - w_0^2", "dP/dw_0^2 = -sum(delta^2)"],
        "fausett": ["Z_in = X V + w_0^1", "-dE/dW = Z^T delta"],
        "rashid": ["e^2 = W^3^T (-dE/dX^3)"],
    }.items(),
)
def test_the_lines_are_in_the_course_s_letters(notation, formulas):
    found = matrices(batch_loss(network(["tanh", "tanh"], notation=notation)))
    written = [line.formula for line in (*found.forward, *found.gradients)]
    assert set(formulas) <= set(written)


def test_numbers_are_shown_as_asked_and_marked():
    text = str(matrices(batch_loss(network(["relu"], (2, 1))), decimals=2))
    assert "1/3*(A^1 - Y)\n   ≈ 1/3*(" in text
    assert "Z^1 = W^1 A^0 + b^1   (1 x 2)(2 x 3) -> 1 x 3\n   ≈ " in text
    with pytest.raises(TypeError, match="matrices has no option decimal: did you mean decimals"):
        matrices(small(), decimal=2)


def test_every_number_in_latex_is_the_text_s():
    found = matrices(batch_loss(network()))
    written = re.findall(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", found.latex())
    shown = [
        matrix
        for line in found.lines
        for matrix in (*line.side, line.result)
        if isinstance(matrix, Matrix) and not matrix.is_number
    ]
    style = found.style
    assert written == [
        r" \\ ".join(" & ".join(map(style.latex, row)) for row in matrix.rows) for matrix in shown
    ]
    assert r"\odot" in found.latex()


def test_names_are_escaped_in_text():
    hostile = Notation(loss_name="L\x1b[31m", preactivation_pattern="z\n_{indices}^{layer}")
    text = str(matrices(small(notation=hostile)))
    assert "\x1b" not in text and "L\\x1b[31m = 1/2*||" in text and "Z\\n^1 = W^1 A^0" in text


def test_a_graph_that_was_changed_since_is_refused():
    loss = small()
    graph = Graph(loss)
    next(node for node in graph.order if node.name == "w_00^1").data = 7
    with pytest.raises(ValueError, match="was 1 when this Graph was made"):
        matrices(graph)


# --- what is no such network ----------------------------------------------------------------------


def two_models():
    first, second = network(["relu", "relu"]), network(["relu", "relu"], seed=4)
    outputs = [first(ROWS[0]), second(ROWS[1])]
    return nn.over(nn.half_squared_error, outputs, [[1, 0]] * 2)


def with_mask():
    first, second = network(["relu"], (2, 3)).layers[0], network(["relu"], (3, 1)).layers[0]
    second = nn.Layer([[1, 2, 3]], [0.5], "relu", number=2)
    hidden = [a * 2 for a in first([Value(1.0), Value(2.0)])]
    return nn.half_squared_error(second(hidden)[0], 1)


def of_one_output():
    return nn.half_squared_error(network()(ROWS[0])[1], 1)


def of_an_inner_activation():
    model = network(["relu", "relu"], (2, 2, 1))
    loss = nn.half_squared_error(model(ROWS[0]), 1)
    hidden = next(x for x in Graph(loss).order if x.name == "a_0^1")
    return loss + hidden


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (two_models, "z_0\\^1 has other weights in another sample"),
        (with_mask, "a_0\\^1 is used beside layer 2|input 0 .from 0. of layer 2 is not the output"),
        (of_one_output, "the loss does not use neuron 0 .from 0. of layer 2"),
        (of_an_inner_activation, "a_0\\^1 is used beside layer 2, in "),
        (lambda: Value(1, "z_0^1") * 2, "no pre-activation of a network is in the graph"),
    ],
)
def test_another_structure_is_refused_with_what_is_missing(loss, message):
    with pytest.raises(ValueError, match=message):
        matrices(loss())


def test_tied_weights_are_refused():
    w = Value(0.5, "w")
    model = nn.MLP.from_weights([[[w]], [[w]]], None, ["relu", "linear"])
    with pytest.raises(ValueError, match="w stands in several places"):
        matrices(nn.half_squared_error(model([1.0]), 2))


def test_an_orientation_is_one_of_three():
    with pytest.raises(ValueError, match="orientation is 'W a', 'X W' or 'W\\^T a', not 'a W'"):
        Notation(orientation="a W")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("name", ["", "C", "cost"])
def test_the_cost_has_one_name_in_all_views(notation, name):
    model = nn.MLP.from_weights([[[0.5, -1.0]]], [[0.25]], ["sigmoid"], notation=notation)
    outputs = [model([1.0, 2.0]), model([0.5, 1.0])]
    loss = nn.over(nn.binary_cross_entropy, outputs, [1, 0])
    loss.name = name
    derivation = derive(loss)
    lines, line = matrices(loss), derivation.forward[-1]
    assert lines.forward[-1].result.text == line.name
    assert lines.forward[-1].result.rows == ((line.number,),)
    for source in (derivation.python(), derivation.python(matrices=True)):
        assert re.search(rf"^(minus_)?{Identifiers().claim(line.name)} = ", source, re.M)
    of_weights = [x.result.text for x in lines.gradients if "/dW" in x.result.text]
    assert all(text.removeprefix("-").startswith(f"d{line.name}/d") for text in of_weights)


def test_the_general_formulas_tell_of_what_reaches_parameters_past_their_layer():
    model = nn.MLP.from_weights([[[1, 2]], [[2]]], [[0], [1]], ["tanh", "linear"])
    loss, parameters = nn.half_squared_error(model([1.0, 2.0]), 1), model.parameters()
    found = [line.formula for line in matrices(loss + nn.l2(parameters, 0.25), "mitchell").general]
    assert "-dE/dw_0^l = sum(delta^l) - 0.5*w_0^l" in found
    assert "delta^L = f'(net^L) * (-dE/dO^L)" in found
    found = [line.formula for line in matrices(loss + nn.l2(parameters[-2:], 0.25)).general]
    assert "dL/dW^l = delta^l A^(l-1)^T + R(dL/dW^l)" in found


@pytest.mark.parametrize(
    ("notation", "line"),
    [
        ("ng", "dW^[l] = dZ^[l] A^[l-1]^T + 0.5*W^[l]"),
        ("mitchell", "-dE/dW^l = delta^l O^(l-1)^T - 0.5*W^l"),
    ],
)
def test_the_general_formula_of_weights_has_a_penalty_that_all_layers_have(notation, line):
    model = nn.MLP.from_weights([[[1, 2]], [[2]]], [[0], [1]], ["tanh", "linear"])
    weights = [w for layer in model.layers for w in layer.neurons[0].weights]
    loss = nn.half_squared_error(model([1.0, 2.0]), 1)
    found = matrices(loss + nn.l2(weights, 0.25), notation)
    assert line in [each.formula for each in found.general]
    plain = line.rpartition(" 0.5*")[0][:-2]
    assert plain in [each.formula for each in matrices(loss, notation).general]
