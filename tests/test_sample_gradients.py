"""Notations that take gradients of each sample's own loss: dz^(i) = dL^(i)/dz^(i), dw = 1/m sum."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest

import nn
from autograd import (
    NOTATIONS,
    Notation,
    Value,
    derive,
    dot,
    draw,
    find,
    matrices,
    named,
    paths,
    total,
    walk,
)
from autograd.drawing.cards.card import cards_of
from autograd.notes.labels import every_node
from autograd.notes.sample_losses import sample_losses
from autograd.reading import Graph
from autograd.reading import adjoint_numbers as gradients
from tests.pictures import cards_shown
from tests.printed_lines import evaluated, leaves_of, numbers_of
from tests.test_matrices import require_true

PER_SAMPLE = [name for name, notation in NOTATIONS.items() if notation.per_sample_gradients]
ROWS, TARGETS = [[1, 2], [-1, 3], [2, -2]], [1, 0, 2]


def exact(notation="ng", seed=3, sizes=(2, 3, 1)):
    """A network of Fractions."""
    rng = random.Random(seed)
    options = {"numbers": Fraction, "notation": notation, "rng": rng}
    model = nn.MLP(sizes[0], sizes[1:], ["relu", "linear"], **options)
    for parameter in model.parameters():
        parameter.data = Fraction(rng.randint(-9, 9), 4)
    return model


def curved(notation="ng", seed=5):
    rng = random.Random(seed)
    model = nn.MLP(2, [3, 1], ["tanh", "sigmoid"], rng=rng, notation=notation)
    for parameter in model.parameters():
        parameter.data = round(rng.uniform(-1, 1), 2)
    return model


def cost_of(model, loss=nn.half_squared_error, targets=TARGETS):
    return nn.over(loss, [model(row) for row in ROWS], targets)


def of_own_losses(cost):
    """dL^(i)/d(node) for each node, by the engine, one sample at a time; of the parameters dJ."""
    found = gradients(cost)
    for loss in cost.operands:
        found |= {x: g for x, g in gradients(loss).items() if len(users(cost, x)) == 1}
    return found


def users(cost, node):
    return [loss for loss in cost.operands if node in gradients(loss)]


def test_four_courses_have_it():
    assert PER_SAMPLE == ["nielsen", "ng", "ufldl", "three_blue"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_lines_have_the_gradients_that_their_names_say(notation):
    cost = cost_of(exact())
    wanted = of_own_losses(cost) if notation in PER_SAMPLE else gradients(cost)
    sign = NOTATIONS[notation].error_sign
    label = every_node(cost, notation)
    for step in derive(cost, notation=notation).gradients:
        turn = -sign if label.is_negated(step.node) else sign
        assert step.number == turn * wanted[step.node], step


def test_the_lines_are_the_course_s():
    model = nn.MLP.from_weights([[[1, 2]]], [[1]], ["linear"], numbers=Fraction, notation="ng")
    lines = derive(cost_of(model), without=["inputs", "targets"])
    assert list(map(str, lines.gradients)) == [
        "dJ = 1",
        "dz^[1](1)_1 = z^[1](1)_1 - 1 = 6 - 1 = 5",
        "dz^[1](2)_1 = z^[1](2)_1 - 0 = 6 - 0 = 6",
        "dz^[1](3)_1 = z^[1](3)_1 - 2 = -1 - 2 = -3",
        "dW^[1]_11 = 1/3 * (dz^[1](1)_1*x_1^(1) + dz^[1](2)_1*x_1^(2) + dz^[1](3)_1*x_1^(3)) "
        "= 1/3 * (5*1 + 6*(-1) + (-3)*2) = -7/3",
        "dW^[1]_12 = 1/3 * (dz^[1](1)_1*x_2^(1) + dz^[1](2)_1*x_2^(2) + dz^[1](3)_1*x_2^(3)) "
        "= 1/3 * (5*2 + 6*3 + (-3)*(-2)) = 34/3",
        "db^[1]_1 = 1/3 * (dz^[1](1)_1 + dz^[1](2)_1 + dz^[1](3)_1) = 1/3 * (5 + 6 - 3) = 8/3",
    ]


def test_a_derivative_says_of_which_loss_it_is():
    names = [step.name for step in derive(cost_of(exact()), notation="nielsen").gradients]
    assert {"dC/dC", "delta^3(2)_1", "dC^(2)/da^2(2)_1", "dC/dw^3_11"} <= set(names)


@pytest.mark.parametrize("notation", PER_SAMPLE)
@pytest.mark.parametrize("loss", [nn.half_squared_error, nn.binary_cross_entropy])
def test_each_line_is_true(notation, loss):
    cost = cost_of(curved(), loss, [1, 0, 1])
    lines = derive(cost, notation=notation)
    label = every_node(cost, notation)
    known = numbers_of(lines) | leaves_of(label.graph.order, label)
    for step in lines.gradients:
        for side in filter(None, (step.formula, step.substituted)):
            if "'" not in side:
                assert evaluated(side, known.items()) == pytest.approx(step.number), step


def test_one_sample_and_other_losses_stay_as_they_are():
    model = exact()
    one = nn.half_squared_error(model(ROWS[0]), 1)
    summed = nn.sum_half_squared_error([model(row) for row in ROWS], TARGETS)
    twice = 2 * cost_of(model)
    two_outputs = exact(sizes=(2, 3, 2))
    of_outputs = nn.mse(two_outputs(ROWS[0]), [0, 1])
    for loss in (one, summed, twice, of_outputs):
        assert sample_losses(Graph(loss)) is None
        wanted = gradients(loss)
        assert all(step.number == wanted[step.node] for step in derive(loss).gradients)


def test_what_one_sample_computes_may_not_be_used_beside_its_loss():
    model = exact()
    outputs = [model(row) for row in ROWS]
    cost = nn.over(nn.half_squared_error, outputs, TARGETS)
    assert sample_losses(Graph(cost + outputs[0] * outputs[0])) is None
    assert sample_losses(Graph(cost + outputs[0] * outputs[1])) is None


def test_a_penalty_comes_to_the_mean_over_the_samples():
    model = exact()
    weights = [neuron.weights[0] for neuron in model.layers[0].neurons]
    cost = cost_of(model) + nn.l2(weights, Fraction(1, 2))
    wanted = gradients(cost)
    lines = {step.node: step for step in derive(cost).gradients}
    assert all(lines[w].number == wanted[w] for w in model.parameters())
    assert lines[weights[0]].formula.startswith("1/3*(dz^[1](1)_1*x_1^(1) + ")
    frame = walk(cost).goto("dW^[1]_11")
    assert len(frame.step.contributions) == 4
    assert sum(lines[x].number for x in (weights[0],)) == frame.step.number


@pytest.mark.parametrize("notation", PER_SAMPLE)
def test_a_walk_goes_to_each_gradient_and_shows_it(notation):
    cost = cost_of(exact())
    steps, label, wanted = walk(cost, notation=notation), every_node(cost, notation), None
    wanted = of_own_losses(cost)
    for node in label.graph.order:
        frame = steps.goto(label.gradient(node))
        assert (frame.step.node, frame.step.number) == (node, wanted[node])
    assert str(frame.step.contributions) == "()"


def test_contributions_add_up():
    frame = walk(cost_of(exact())).goto("dW^[2]_11")
    ends = [Fraction(line.split(" = ")[-1]) for line in frame.step.contributions]
    assert len(ends) == 3
    assert sum(ends) == frame.step.number
    assert "1/3 * dz^[2](1)_1 * a^[1](1)_1" in frame.step.contributions[0]


def test_chains_are_of_the_cost():
    cost = cost_of(exact())
    node = find(cost, "z^[2]_1")[0]
    found = paths(cost, node)
    assert found.gradient.number == 3 * found.sum.number == 3 * gradients(cost)[node]


@pytest.mark.parametrize("notation", PER_SAMPLE)
def test_the_code_computes_what_its_names_say(notation):
    cost, names = cost_of(exact()), {}
    exec(derive(cost, notation=notation).python(), names)
    label, wanted = every_node(cost, notation), of_own_losses(cost)
    numbers = {name: x for name, x in names.items() if isinstance(x, Fraction)}
    found = [numbers[each] for each in numbers if each.startswith(("d", "delta"))]
    assert sorted(found) == sorted(
        wanted[node] for node in label.graph.order if node.name or node is cost
    )


def test_the_code_has_the_1_of_m_of_the_lines():
    source = derive(cost_of(curved(), nn.binary_cross_entropy, [1, 0, 1])).python()
    assert "dz_2_1_1 = a_2_1_1 - 1\ndz_2_2_1 = a_2_2_1\n" in source
    assert "dW_2_11 = 1/3*(a_1_1_1*dz_2_1_1 + a_1_2_1*dz_2_2_1 + a_1_3_1*dz_2_3_1)\n" in source


def test_the_code_of_floats_agrees_to_the_last_digits():
    cost, names = cost_of(curved(), nn.binary_cross_entropy, [1, 0, 1]), {}
    exec(derive(cost).python(), names)
    cost.backward()
    assert names["dW_1_11"] == pytest.approx(find(cost, "W^[1]_11")[0].grad, rel=1e-14)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", ["notes", *PER_SAMPLE])
def test_a_training_step_is_the_same_in_all(notation):
    model = exact("notes")
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), Fraction(1, 8))}
    done = nn.worked(model, ROWS, TARGETS, notation=notation, steps=2, **how)
    plain = nn.worked(model, ROWS, TARGETS, steps=2, **how)
    assert done.losses == plain.losses
    names = {}
    exec(done.python(), names)
    assert done.losses[-1] in names.values()


def test_rounded_lines_round_each_error_term_itself():
    model = curved()
    how = {"loss": nn.binary_cross_entropy, "optimizer": nn.SGD(model.parameters(), 0.5)}
    done = nn.worked(model, ROWS, [1, 0, 1], decimals=2, rounding="each step", **how)
    lines = {step.name: step for step in done.epochs[0].gradients}
    outputs = {step.name: step.number for step in done.epochs[0].forward}
    assert lines["dz^[2](1)_1"].number == pytest.approx(outputs["a^[2](1)_1"] - 1)
    sums = [lines[f"dz^[2]({sample})_1"].number for sample in (1, 2, 3)]
    assert lines["db^[2]_1"].number == pytest.approx(round(sum(sums) / 3, 2))


def test_pictures_show_the_numbers_of_the_lines(monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "bundled")
    cost = cost_of(curved(), nn.binary_cross_entropy, [1, 0, 1])
    cost.backward()
    cards = cards_shown(draw(cost, decimals=4, fold=False))
    steps = walk(cost, decimals=4)
    for name, _, gradient in steps.goto(len(steps.steps)).table().rows[1:]:
        assert cards[name].gradient == gradient


def test_what_arrows_carry_adds_up():
    cost = cost_of(exact())
    cost.backward()
    found = cards_of(cost, every_node(cost))
    carried = dict.fromkeys(found.cards, 0)
    for arrow in found.arrows:
        carried[arrow.operand] += arrow.flow or 0
    *others, root = found.cards
    assert [card.gradient for card in others] == [carried[card] for card in others]
    assert root.gradient == 1
    assert {arrow.local for arrow in found.arrows if arrow.result is root} == {"1"}
    to_bias = (arrow for arrow in found.arrows if arrow.operand.name == "b^[2]_1")
    assert {arrow.local for arrow in to_bias} == {"1/3"}


def test_a_parameter_of_one_sample_is_refused():
    class Model:
        def __init__(self):
            self.inner, self.embedded = exact(), Value(Fraction(2), "e")

        def parameters(self):
            return [*self.inner.parameters(), self.embedded]

        def __call__(self, inputs):
            return self.inner([self.embedded if x.data == 9 else x for x in inputs])

    model = Model()
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), Fraction(1, 2))}
    with pytest.raises(ValueError, match=r"e belongs to one sample, .* notation='notes'"):
        nn.worked(model, [[9, 1], [1, 2]], [0, 1], notation="ng", **how)


def test_any_notation_may_have_it():
    cost = cost_of(exact("notes"))
    ours = Notation(error_sign=-1, per_sample_gradients=True)
    wanted = of_own_losses(cost)
    for step in derive(cost, notation=ours).gradients:
        assert step.number == -wanted[step.node]


# --- matrices -------------------------------------------------------------------------------------


def columns(cost, notation, names):
    """The matrix of the numbers of the lines with these names, sample by sample."""
    lines = {step.name: step.number for step in derive(cost, notation=notation).gradients}
    return tuple(tuple(lines[name.format(i)] for i in (1, 2, 3)) for name in names)


def test_matrices_have_the_numbers_of_the_lines():
    cost = cost_of(exact())
    rows = {line.result.text: line.result.rows for line in matrices(cost).gradients}
    assert rows["dZ^[2]"] == columns(cost, "ng", ["dz^[2]({})_1"])
    assert rows["dA^[1]"] == columns(cost, "ng", [f"da^[1]({{}})_{j}" for j in (1, 2, 3)])
    assert rows["dZ^[1]"] == columns(cost, "ng", [f"dz^[1]({{}})_{j}" for j in (1, 2, 3)])
    found = gradients(cost)
    assert rows["dW^[2]"] == (tuple(found[find(cost, f"W^[2]_1{k}")[0]] for k in (1, 2, 3)),)


def test_their_lines_are_the_course_s():
    found = matrices(cost_of(curved(), nn.binary_cross_entropy, [1, 0, 1]))
    assert [line.formula for line in found.general] == [
        "Z^[l] = W^[l] A^[l-1] + b^[l]",
        "A^[l] = f(Z^[l])",
        "dZ^[L] = A^[L] - Y",
        "dW^[l] = 1/m*dZ^[l] A^[l-1]^T",
        "db^[l] = 1/m*sum(dZ^[l])",
        "dA^[l-1] = W^[l]^T dZ^[l]",
        "dZ^[l-1] = dA^[l-1] * f'(Z^[l-1])",
    ]
    assert [line.formula for line in found.gradients] == [
        "dZ^[2] = A^[2] - Y",
        "dW^[2] = 1/3*dZ^[2] A^[1]^T",
        "db^[2] = 1/3*sum(dZ^[2])",
        "dA^[1] = W^[2]^T dZ^[2]",
        "dZ^[1] = dA^[1] * (1 - A^[1]*A^[1])",
        "dW^[1] = 1/3*dZ^[1] X^T",
        "db^[1] = 1/3*sum(dZ^[1])",
    ]
    assert r"dW^{[l]} &= \frac{1}{m} dZ^{[l]} {A^{[l-1]}}^T" in found.latex()


def test_their_code_computes_the_same():
    cost, names = cost_of(curved(), nn.binary_cross_entropy, [1, 0, 1]), {}
    exec(derive(cost).python(matrices=True), names)
    rows = {line.result.text: line.result.rows for line in matrices(cost).gradients}
    for name in ("dZ^[2]", "dW^[2]", "db^[2]", "dA^[1]", "dZ^[1]", "dW^[1]", "db^[1]"):
        found = names[name.replace("^[", "").replace("]", "")].tolist()
        assert [pytest.approx(row) for row in rows[name]] == found


# --- means of more than one loss a sample, and means that are typed -------------------------------


def squares(outputs, targets=TARGETS):
    return [(a - y) ** 2 for a, y in zip(outputs, targets, strict=True)]


def running(terms):
    found = 0
    for term in terms:
        found = found + term
    return found


def typed(write):
    """A cost that is written by hand over the squared errors of three samples."""
    return lambda model: write(squares([model(row) for row in ROWS]))


MANY = [[1, 0], [0, 1], [1, 1]]
MEANS = {  # each cost, and how a sample's own loss is written
    "two outputs": (lambda model: nn.mse([model(row) for row in ROWS], MANY), 2),
    "half of two": (lambda model: nn.mse([model(row) for row in ROWS], MANY) / 2, 4),
    "sum of two": (lambda m: nn.sum_half_squared_error([m(x) for x in ROWS], MANY) / 3, 1),
    "sum / 3": (typed(lambda terms: sum(terms) / 3), 1),
    "running / 3": (typed(lambda terms: running(terms) / 3), 1),
    "sum * 1/3": (typed(lambda terms: sum(terms) * Fraction(1, 3)), 1),
    "1/3 * sum": (typed(lambda terms: Fraction(1, 3) * total(terms)), 1),
    "1/2m": (typed(lambda terms: total(terms) / (2 * 3)), 2),
    "dot": (typed(lambda terms: dot([Fraction(1, 3)] * 3, terms)), 1),
    "- -": (typed(lambda terms: -(-total(terms) / 3)), 1),
    "weighted": (typed(lambda terms: (terms[0] + 2 * terms[1] + terms[2]) / 3), 1),
    "named": (typed(lambda terms: named(total(terms), "S") / Value(Fraction(3), "m")), 1),
}


def mean_of(case, **how):
    write, parts = MEANS[case]
    count = 2 if case in ("two outputs", "half of two", "sum of two") else 1
    return write(exact(sizes=(2, 3, count), **how)), parts


@pytest.mark.parametrize("case", MEANS)
def test_a_mean_is_found_by_what_it_is(case):
    cost, parts = mean_of(case)
    found, wanted = sample_losses(Graph(cost)), gradients(cost)
    assert (found.count, found.share, found.parts) == (3, Fraction(1, 3), parts)
    assert found.numbers() == {node: 3 * wanted[node] for node in found.samples}
    assert len(found.losses) == (3 if parts == 1 and "two" not in case else 0)


@pytest.mark.one_in(9)
@pytest.mark.parametrize("notation", PER_SAMPLE)
@pytest.mark.parametrize("case", MEANS)
def test_lines_and_code_of_every_mean_are_true(notation, case):
    cost, _ = mean_of(case, notation=notation)
    lines, label, names = derive(cost), every_node(cost), {}
    found, wanted = sample_losses(Graph(cost)), gradients(cost)
    known = numbers_of(lines) | leaves_of(label.graph.order, label)
    known = {name: float(number) for name, number in known.items()}
    for step in (*lines.forward, *lines.gradients):
        if step.of_gradient:
            times = 3 if step.node in found.samples else 1
            assert step.number == times * wanted[step.node], step
        for side in (step.formula, step.substituted):
            if side and "'" not in side:
                assert evaluated(side, known.items()) == pytest.approx(step.number), step
    exec(lines.python(), names)
    computed = [names[x] for x in names if x.startswith("d") and isinstance(names[x], Fraction)]
    of_lines = {step.node: step.number for step in lines.gradients}
    assert {of_lines[x] for x in label.graph.order if x.name or x is cost} <= {*computed, 1}


@pytest.mark.parametrize("case", MEANS)
def test_matrices_of_every_mean_are_true(case):
    cost, _ = mean_of(case)
    if case in ("- -", "dot", "named"):  # matrices are of sums and means
        cost = mean_of("sum / 3")[0]
    found, of_lines = matrices(cost), derive(cost)
    require_true(found, exact=True)
    numbers = sorted(step.number for step in of_lines.gradients if step.node.name)
    assert set(chain(*(chain(*line.result.rows) for line in found.gradients))) <= set(numbers)


@pytest.mark.parametrize("case", ["two outputs", "half of two", "sum / 3", "named"])
def test_other_readers_of_a_mean(case):
    cost, _ = mean_of(case)
    cost.backward()
    found, wanted = (
        cards_of(cost, every_node(cost)),
        {s.node: s.number for s in derive(cost).gradients},
    )
    carried = dict.fromkeys(found.cards, 0)
    for arrow in found.arrows:
        carried[arrow.operand] += arrow.flow or 0
    *others, _ = found.cards
    assert [card.gradient for card in others] == [carried[card] for card in others]
    node = find(cost, "z^[2]_1")[0]
    chains = paths(cost, node)
    assert chains.gradient.number == 3 * chains.sum.number == wanted[node]
    steps = walk(cost)
    for step in steps.steps:
        assert step.number == wanted.get(step.node, step.number) or not step.of_gradient
    frame = steps.goto("dW^[2]_11")
    ends = [Fraction(line.split(" = ")[-1]) for line in frame.step.contributions]
    assert len(ends) == 3 and sum(ends) == frame.step.number


NO_MEANS = {
    "sum": typed(sum),
    "half a sum": typed(lambda terms: sum(terms) / 2),
    "a difference": typed(lambda terms: (terms[0] - terms[1] + terms[2]) / 3),
    "a square": typed(lambda terms: (sum(terms) / 3) ** 2),
    "a product": typed(lambda terms: terms[0] * terms[1] * terms[2] / 3),
    "divided by": typed(lambda terms: 3 / sum(terms)),
    "dot of them": typed(lambda terms: dot(terms, terms)),
    "a fifth": typed(lambda terms: sum(terms) / 15),
    "used again": typed(lambda terms: (total(terms) + terms[0] * terms[0]) / 3),
    "one sample": lambda model: nn.mse([model(ROWS[0])], [1]),
}


@pytest.mark.parametrize("case", NO_MEANS)
def test_what_is_no_mean_over_samples_stays_as_it_is(case):
    cost = NO_MEANS[case](exact())
    assert sample_losses(Graph(cost)) is None
    wanted = gradients(cost)
    assert all(step.number == wanted[step.node] for step in derive(cost).gradients)


def test_many_ways_to_a_term_are_each_walked_once():
    def twice(term):
        for _ in range(60):
            term = term + term
        return term

    assert sample_losses(Graph(typed(lambda terms: sum(map(twice, terms)) / 3)(exact()))).parts == 1


def test_floats_and_decimals_whose_third_is_rounded():
    model, third = curved(), Value(0.1) + 0.2
    cost = sum(squares([model(row) for row in ROWS])) * (third / 0.9)
    assert sample_losses(Graph(cost)).parts == 1
    for decimal in (nn.MLP(2, [3, 1], ["relu", "linear"], numbers=Decimal, notation="ng"),):
        assert sample_losses(Graph(sum(squares([decimal(x) for x in ROWS])) / 3)).parts == 1


def test_the_line_of_a_mean_over_two_outputs():
    model = nn.MLP.from_weights([[[1], [2]]], None, ["linear"], numbers=Fraction, notation="ng")
    cost = nn.mse([model([1]), model([2])], [[0, 1], [1, 1]])
    assert list(map(str, derive(cost, without=["inputs", "root"]).gradients)) == [
        "dz^[1](1)_1 = 1/2 * (2*(z^[1](1)_1 - 0)) = 1/2 * (2*(1 - 0)) = 1",
        "dz^[1](1)_2 = 1/2 * (2*(z^[1](1)_2 - 1)) = 1/2 * (2*(2 - 1)) = 1",
        "dz^[1](2)_1 = 1/2 * (2*(z^[1](2)_1 - 1)) = 1/2 * (2*(2 - 1)) = 1",
        "dz^[1](2)_2 = 1/2 * (2*(z^[1](2)_2 - 1)) = 1/2 * (2*(4 - 1)) = 3",
        "dW^[1]_11 = 1/2 * (dz^[1](1)_1*x_1^(1) + dz^[1](2)_1*x_1^(2)) = 1/2 * (1*1 + 1*2) = 1.5",
        "dW^[1]_21 = 1/2 * (dz^[1](1)_2*x_1^(1) + dz^[1](2)_2*x_1^(2)) = 1/2 * (1*1 + 3*2) = 3.5",
    ]


# --- which losses ---------------------------------------------------------------------------------


def test_a_mean_that_is_added_twice_is_no_cost_of_samples():
    cost = cost_of(exact())
    assert sample_losses(Graph(cost + cost)) is None
    once = cost + 1
    for _ in range(60):  # one after the other: not each of 2^60 ways
        once = once + once
    assert sample_losses(Graph(once)) is None


def test_a_training_that_ascends_goes_on_from_its_updates():
    model = exact("notes")
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), Fraction(1, 8))}
    ours = Notation(error_sign=-1, per_sample_gradients=True, orientation="X W")
    done = nn.worked(model, ROWS, TARGETS, notation=ours, steps=3, **how)
    assert done.losses == nn.worked(model, ROWS, TARGETS, steps=3, **how).losses
    assert done.epochs[2].label.sample_losses.count == 3
    assert done.matrices().passes[3].forward[-1].result.rows == ((done.losses[3],),)


def test_a_two_layer_network_by_the_formulas_of_the_course():
    model = curved()
    cost = cost_of(model, nn.binary_cross_entropy, [1, 0, 1])
    first, second = (
        np.array([[w.data for w in neuron.weights] for neuron in layer.neurons])
        for layer in model.layers
    )
    b1, b2 = (np.array([[n.bias.data] for n in layer.neurons]) for layer in model.layers)
    x, y, m = np.array(ROWS).T, np.array([[1, 0, 1]]), 3
    a1 = np.tanh(first @ x + b1)
    a2 = 1 / (1 + np.exp(-(second @ a1 + b2)))
    dz2 = a2 - y
    dz1 = second.T @ dz2 * (1 - a1**2)
    wanted = {"dz^[2]({})_1": dz2[0], **{f"dz^[1]({{}})_{j + 1}": dz1[j] for j in range(3)}}
    lines = {step.name: step.number for step in derive(cost).gradients}
    for name, row in wanted.items():
        assert [lines[name.format(i)] for i in (1, 2, 3)] == pytest.approx(list(row))
    dw2, dw1 = dz2 @ a1.T / m, dz1 @ x.T / m
    assert [lines[f"dW^[2]_1{k}"] for k in (1, 2, 3)] == pytest.approx(list(dw2[0]))
    assert [lines[f"dW^[1]_{j}2"] for j in (1, 2, 3)] == pytest.approx(list(dw1[:, 1]))
    assert lines["db^[2]_1"] == pytest.approx(dz2.sum() / m)
    assert lines["db^[1]_2"] == pytest.approx(dz1[1].sum() / m)
