"""The lines of worked steps: in every notation, of chosen parameters, rounded, as Python."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from test_worked import EXACT, ROOTS, XS, YS, network

import nn
from autograd import NOTATIONS, Notation, Value, derive, named
from autograd.notes.notation import NOTES
from autograd.notes.number_style import NumberStyle
from autograd.reading import OPERATIONS
from tests.printed_lines import evaluated

F = Fraction


def worked(inputs=XS[:2], targets=YS[:2], model=None, make=EXACT[0], **options):
    model = model or network()
    how = {"loss": nn.half_squared_error, "optimizer": make(model.parameters())}
    return nn.worked(model, inputs, targets, **how | options)


def one_weight(**options):
    """2*w with w = 1 and target 6: the cost is 8, the gradient -8."""
    model = nn.MLP.from_weights([[[F(1)]]], None, ["linear"])
    return worked([2], 6, model, lambda p: nn.SGD(p, F(1, 4)), **options)


def mazur(**options):
    weights = [[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]]
    model = nn.MLP.from_weights(weights, [0.35, 0.60], ["sigmoid"] * 2)
    options = {"loss": nn.sum_half_squared_error, "notation": "mazur"} | options
    wanted = options.pop("wrt", None)
    options |= {"wrt": wanted(model)} if wanted else {}
    return worked([0.05, 0.10], [0.01, 0.99], model, lambda p: nn.SGD(p, 0.5), **options)


def w5(model):
    return model.layers[1].neurons[0].weights[0]


# --- notations ------------------------------------------------------------------------------------


@pytest.mark.one_in(6)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_line_follows_from_the_lines_before(notation):
    done = worked(notation=notation, make=EXACT[1], steps=2)
    numbers = {
        done.label(leaf): float(-leaf.data if done.label.is_negated(leaf) else leaf.data)
        for leaf in done.given
    }
    for step in done.steps:
        formula = (step.formula or step.result).replace("relu'(", "0.0.__lt__(")
        assert evaluated(formula, numbers.items()) == pytest.approx(step.number, rel=1e-9), step
        numbers[step.name] = float(step.number)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_it_is_what_a_model_in_that_notation_gives(notation):
    found = worked(notation=notation, make=EXACT[1])
    assert str(found) == str(worked(model=network(notation=notation), make=EXACT[1]))


def test_a_notation_of_ones_own_names_the_quantities_too():
    ours = Notation(weight_pattern="u_{indices}^{layer}", rate_name="eta", loss_name="J")
    updates = one_weight(notation=ours).epochs[0].updates
    assert str(updates[0]) == "u_00^1 = u_00^1 - eta*dJ/du_00^1 = 1 - 0.25*(-8) = 3"
    momentum = worked(notation=ours, make=EXACT[1]).epochs[0].updates[1]
    assert momentum.name == "v(u_00^1)" and "lambda*u_00^1" in str(
        worked(notation=ours, make=EXACT[1])
    )


def test_targets_are_counted_as_the_units_are():
    assert str(mazur(decimals=3).epochs[0].cost).startswith("E_total = (target_o1 - out_o1)^2/2 +")
    assert str(mazur(notation="mitchell").epochs[0].cost).startswith("E = (t_5 - o_5)^2/2 + (t_6 -")
    names = nn.TrainingNames(target="d")
    assert str(mazur(names=names).epochs[0].cost).startswith("L = (d_1 - out_o1)^2/2 + (d_2 -")


def test_several_samples_have_a_cost_of_their_own():
    assert worked(notation="ng").epochs[0].cost.name == "J"
    assert one_weight(notation="ng").epochs[0].cost.name == "L"
    names = nn.TrainingNames(cost="E", cost_of_samples="E_mean")
    assert worked(names=names).epochs[1].cost.name == "E_mean"
    assert worked(names=nn.TrainingNames(cost="E")).epochs[0].cost.name == "E"


def test_what_is_maximised_is_the_negative_by_any_name():
    done = one_weight(notation="mit6034", names=nn.TrainingNames(cost="Q"))
    assert str(done.epochs[0].cost) == "Q = -(y - z_A)^2/2 = -(6 - 2)^2/2 = -8"


# --- updates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notation", "line", "then"),
    [
        ("notes", "w_00^1 = w_00^1 - alpha*dL/dw_00^1 = 1 - 0.25*(-8) = 3", "w_00^1"),
        ("mazur", "w1^+ = w1 - eta*dE_total/dw1 = 1 - 0.25*(-8) = 3", "w1^+"),
        ("ng", "W^[1]_11 := W^[1]_11 - alpha*dW^[1]_11 = 1 - 0.25*(-8) = 3", "W^[1]_11"),
        ("nielsen", "w^2_11' = w^2_11 - eta*dC/dw^2_11 = 1 - 0.25*(-8) = 3", "w^2_11'"),
        ("fausett", "w_11(new) = w_11 + alpha*(-dE/dw_11) = 1 + 0.25*8 = 3", "w_11(new)"),
        ("mit6034", "w_1A' = w_1A + eta*dP/dw_1A = 1 + 0.25*8 = 3", "w_1A'"),
        ("han_kamber", "w_12 = w_12 + l*(-dE/dw_12) = 1 + 0.25*8 = 3", "w_12"),
    ],
)
def test_an_update_is_written_as_the_course_does(notation, line, then):
    done = one_weight(notation=notation)
    assert str(done.epochs[0].updates[0]) == line
    assert done.epochs[1].forward[0].formula.startswith(f"{then} * ")


def test_an_update_is_written_as_one_says():
    primed = one_weight(names=nn.TrainingNames(updated="{parameter}'", assignment="←"), steps=2)
    assert str(primed.epochs[0].updates[0]).startswith("w_00^1' ← w_00^1 - alpha*dL/dw_00^1 = 1 -")
    assert primed.epochs[1].updates[0].latex.startswith(r"w_{00}''^{1} \leftarrow w_{00}'^{1} - ")
    counted = one_weight(names=nn.TrainingNames(updated="{parameter}^({step})"), steps=3)
    names = [epoch.updates[0].name for epoch in counted.epochs[:3]]
    assert names == ["w_00^{1,(1)}", "w_00^{1,(2)}", "w_00^{1,(3)}"]


def test_only_what_is_computed_anew_is_assigned():
    names = nn.TrainingNames(assignment=":=")
    done = worked(model=network(float), make=ROOTS[0], names=names)
    signs = {step.name.partition("(")[0]: step.relation for step in done.epochs[0].updates[:6]}
    assert signs == {"g": "=", "m": ":=", "v": ":=", "m_hat": "=", "v_hat": "=", "w_00^1": ":="}


def test_what_an_optimizer_remembers_is_of_the_parameter_as_it_was():
    done = worked(notation="mazur", make=EXACT[2], steps=2)
    assert done.epochs[1].updates[0].formula == "beta*v(w1) + eta*dE_total/d(w1^+)"


def test_the_updated_model_keeps_its_names():
    done = one_weight(notation="mazur")
    assert done.model.state_dict() == {"w_00^1": 3}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"updated": "w"}, r"updated 'w' is no pattern: write \{parameter\}, as in"),
        ({"updated": "{parameter}{n}"}, "updated '{parameter}{n}' is no pattern"),
        ({"of_parameter": "v"}, "of_parameter 'v' is no pattern"),
        ({"assignment": "<-"}, "assignment is '=', ':=' or '←', not '<-'"),
    ],
)
def test_training_names_that_cannot_work(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        nn.TrainingNames(**options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"updated_pattern": "w"}, "updated_pattern 'w' is no pattern: write {name}"),
        ({"assignment": "=="}, "assignment is '=', ':=' or '←', not '=='"),
        ({"cost_name": "alpha"}, "cost_name and rate_name are both 'alpha'"),
        ({"cost_name": "w_00^1"}, r"'w_00\^1' is a name of weight_pattern too"),
    ],
)
def test_a_notation_whose_updates_cannot_work(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Notation(**options)


# --- which lines ----------------------------------------------------------------------------------


def test_lines_of_one_parameter():
    done = mazur(wrt=w5)
    first = done.epochs[0]
    names = ["dE_total/dout_o1", "delta_o1", "dE_total/dw5"]
    assert [step.name for step in first.layers[0][1]] == names and len(first.layers) == 1
    assert [step.name for step in first.updates] == ["w5^+"]
    assert [step.name for step in first.forward][-2:] == ["net_o1", "out_o1"]
    assert [step.name for step in done.epochs[1].forward][-2:] == ["net_o1", "out_o1"]
    assert done.losses == mazur().losses


def test_an_input_that_is_wanted_has_its_gradient():
    x = Value(F(2), "x")
    model = nn.MLP.from_weights([[[F(3)]]], None, ["linear"])
    done = worked([x], 5, model, wrt=x)
    assert [str(step) for step in done.epochs[0].layers[-1][1]] == [
        "dL/dx = delta_0^1 * w_00^1 = 1 * 3 = 3"
    ]
    assert done.epochs[0].updates == ()


def test_members_are_those_of_derive():
    formulas = mazur(members="formula")
    lines = dict(formulas.sections())
    assert "Formulas of the gradients" not in lines
    assert str(lines["Update"][0]) == "w1^+ = w1 - eta*dE_total/dw1"
    numbers = mazur(members="substituted", decimals=3)
    assert str(numbers.epochs[0].updates[5]) == "w5^+ ≈ 0.4 - 0.5*0.082 ≈ 0.359"
    assert repr(formulas.walk().goto("w5^+")) == repr(mazur().walk().goto("w5^+"))
    assert formulas.walk().goto("w5^+").table() == mazur().walk().goto("w5^+").table()


@pytest.mark.parametrize("option", [{"members": "all"}, {"wrt": "w"}, {"wrt": []}, {"wrt": [3]}])
def test_options_are_refused_as_derive_does(option):
    with pytest.raises((TypeError, ValueError)) as ours:
        one_weight(**option)
    with pytest.raises((TypeError, ValueError)) as theirs:
        derive(Value(2, "w") * 3, **option)
    assert str(ours.value) == str(theirs.value)


def test_what_the_cost_does_not_depend_on_is_not_wanted():
    with pytest.raises(ValueError, match=r"was not computed from Value.*'q'.*no gradient"):
        one_weight(wrt=Value(F(2), "q"))


# --- rounding -------------------------------------------------------------------------------------


def rounded_by_hand(rounding):
    """Three steps of 2*w - y, each result written with two decimals and gone on with."""

    def to_two(number):
        return number.quantize(Decimal("0.01"), rounding)

    w, found = Decimal("0.37"), []
    for _ in range(3):
        z = to_two(w * Decimal("1.13"))
        cost = to_two((Decimal("2.5") - z) ** 2 / 2)
        delta = to_two(z - Decimal("2.5"))
        gradient = to_two(delta * Decimal("1.13"))
        w = to_two(w - Decimal("0.15") * gradient)
        found += [z, cost, delta, gradient, w]
    return found


@pytest.mark.parametrize("numbers", [Decimal, F, float])
@pytest.mark.parametrize(("halves", "rounding"), [("even", ROUND_HALF_EVEN), ("up", ROUND_HALF_UP)])
def test_each_step_is_rounded_as_by_hand(numbers, halves, rounding):
    model = nn.MLP.from_weights([[[numbers("0.37")]]], None, ["linear"])
    style = {"decimals": 2, "rounding": "each step", "halves": halves}
    make = lambda p: nn.SGD(p, numbers("0.15"))  # noqa: E731
    done = worked([numbers("1.13")], numbers("2.5"), model, make, steps=3, **style)
    names = {"z_0^1", "L", "delta_0^1", "dL/dw_00^1", "w_00^1"}
    found = [step for epoch in done.epochs[:3] for step in epoch.steps if step.name in names]
    expected = rounded_by_hand(rounding)
    assert [Decimal(step.result) for step in found] == expected
    assert {type(step.number) for step in found} == {numbers}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("make", [*EXACT, *ROOTS])
def test_every_rounded_line_gives_what_stands_at_its_end(make):
    model = network(F if make in EXACT else Decimal)
    inputs, targets = [list(map(int, x)) for x in XS[:2]], [1, 0]
    if make in ROOTS:
        make = {ROOTS[0]: decimal_adam, ROOTS[1]: decimal_adagrad, ROOTS[2]: decimal_rms}[make]
    done = worked(inputs, targets, model, make, steps=3, digits=3, rounding="each step")
    style = NumberStyle(digits=3)
    for step in done.steps:
        if line := step.substituted:
            number = eval(
                line.replace("^", "**"), {"sqrt": lambda x: x**0.5, "relu": lambda x: max(x, 0)}
            )
            shown = float(step.result)
            assert style.text(number) == step.result or abs(number - shown) <= abs(shown) * 0.00501


def decimal_adam(parameters):
    return nn.Adam(parameters, Decimal("0.1"))


def decimal_adagrad(parameters):
    return nn.AdaGrad(parameters, Decimal("0.1"))


def decimal_rms(parameters):
    return nn.RMSProp(parameters, Decimal("0.1"), momentum=Decimal("0.5"))


def test_a_walk_shows_what_was_given_unrounded():
    model = nn.MLP.from_weights([[[Decimal("0.375")]]], None, ["linear"])
    how = {"make": lambda p: nn.SGD(p, Decimal("0.125"))}
    done = worked([1], 1, model, decimals=1, rounding="each step", **how)
    table = done.walk().goto(1).table()
    rows = [line.split() for line in table.splitlines()]
    assert ["alpha", "0.125", "-"] in rows and ["z_0^1", "≈0.4", "-"] in rows


def test_a_step_that_rounding_alone_would_divide_by_zero_for_is_refused():
    def loss(a, y):
        return OPERATIONS["relu"](a - Value(0.07, "c")) * y

    model = nn.MLP.from_weights([[[0.05]]], None, ["linear"])
    make = lambda p: nn.AdaGrad(p, 0.1, epsilon=0)  # noqa: E731
    assert worked([1.0], 1.0, model, make, loss=loss).losses == (0.0, 0.0)
    with pytest.raises(ValueError, match=r"with each step rounded .*give the optimizer a small"):
        worked([1.0], 1.0, model, make, loss=loss, decimals=1, rounding="each step", halves="up")


def test_the_update_of_a_threshold_goes_on_with_its_rounded_gradient():
    model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["sigmoid"], notation="mit6034")
    how = {"loss": nn.half_squared_error, "digits": 2, "rounding": "each step"}
    done = worked([[1.0], [2.0], [-3.0]], [1.0, 0.0, 1.0], model, lambda p: nn.SGD(p, 0.125), **how)
    (gradient,) = (x for x in done.epochs[0].gradients if x.name == "dP/dw_0A")
    (update,) = (x for x in done.epochs[0].updates if x.name == "w_0A'")
    assert gradient.substituted == "-(0.023 - 0.045 + 0.045)" and gradient.result == "-0.023"
    assert update.formula == "w_0A - eta*(delta_A^(1) + delta_A^(2) + delta_A^(3))"
    assert update.substituted == "-0.25 - 0.125*0.023"


@pytest.mark.parametrize(("make", "name"), [(nn.Adam, "v"), (nn.AdaGrad, "s"), (nn.RMSProp, "s")])
def test_squares_that_are_rounded_to_0_are_refused(make, name):
    model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    how = {"loss": nn.half_squared_error, "rounding": "each step"}
    sentence = (
        f"{name}.w_00.1. is 0 with each step rounded, and the gradient 0.06: .*Give more than"
    )
    with pytest.raises(ValueError, match=sentence):
        worked([0.25], -0.125, model, lambda p: make(p, 0.1), decimals=2, **how)
    done = worked([0.25], -0.125, model, lambda p: make(p, 0.1), digits=2, **how)
    assert abs(done.losses[1]) < 1
    tiny = {"loss": nn.half_squared_error, "decimals": 2}  # what underflows is no rounding of ours
    assert worked([1e-200], 1.0, model, lambda p: make(p, 0.1), **tiny).losses


# --- the mean -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("samples", "share"), [(2, "1/2"), (3, "1/3")])
@pytest.mark.parametrize("numbers", [F, float, Decimal])
def test_the_mean_is_said_by_its_number_of_samples(samples, share, numbers):
    inputs = [[numbers(int(x)) for x in row] for row in XS[:samples]]
    targets = [numbers(int(y)) for y in YS[:samples]]
    make = lambda p: nn.SGD(p, numbers(1))  # noqa: E731
    done = worked(inputs, targets, network(numbers), make)
    delta = done.epochs[0].layers[0][1][0]
    assert delta.formula == f"{share} * (z_0^2(1) - y^(1))"
    assert delta.substituted.startswith(f"{share} * (")
    assert delta.latex.count(rf"\frac{{1}}{{{samples}}} \cdot") == 2
    rounded = worked(inputs, targets, network(numbers), make, decimals=2)
    assert rounded.epochs[0].layers[0][1][0].formula == delta.formula


def test_a_number_that_somebody_typed_is_no_share():
    done = worked(loss=lambda a, y: F(1, 2) * (a - y) ** 2)
    assert done.epochs[0].layers[0][1][0].formula == "0.5 * 0.5 * (2*(z_0^2(1) - y^(1)))"


# --- what is given --------------------------------------------------------------------------------


def test_targets_and_inputs_without_names_get_them():
    model = nn.MLP.from_weights([[[F(1)], [F(2)]]], None, ["linear"])
    x, y = Value(F(1)), Value(F(3))
    done = worked([x], [y, 1], model, loss=nn.sum_half_squared_error)
    assert done.epochs[0].cost.formula == "(y_0 - z_0^1)^2/2 + (y_1 - z_1^1)^2/2"
    assert done.epochs[0].forward[0].formula == "w_00^1 * a_0^0" and (x.name, y.name) == ("", "")


def test_one_target_of_several_outputs_is_named():
    model = nn.MLP.from_weights([[[F(1)], [F(2)]]], None, ["linear"])
    done = worked([1], F(3), model, loss=lambda a, y: (a[0] + a[1] - y) ** 2)
    assert done.epochs[0].cost.formula == "(z_0^1 + z_1^1 - y)^2"


@pytest.mark.parametrize("what", ["inputs", "targets"])
def test_a_parameter_is_no_sample(what):
    model = network()
    given = {"inputs": [F(1), F(2)], "targets": F(1)}
    weight = model.parameters()[0]
    given[what] = [weight * 2, F(1)] if what == "inputs" else weight
    with pytest.raises(
        ValueError, match=rf"the {what} have Value.*'w_00\^1'.*, a parameter, which"
    ):
        worked(model=model, **given)


# --- as Python ------------------------------------------------------------------------------------


def run(done):
    names = {}
    exec(compile(done.python(), "<worked>", "exec"), names)
    return names


def same(got, expected):
    return type(got) is type(expected) and got == expected


@pytest.mark.one_in(12)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("make", [EXACT[3], ROOTS[0], ROOTS[1], ROOTS[2]])
def test_the_program_computes_the_same(notation, make):
    numbers = F if make in EXACT else float
    inputs, targets = [list(map(numbers, x)) for x in XS], list(map(numbers, YS))
    done = worked(inputs, targets, network(numbers), make, notation=notation, steps=2)
    found = run(done)
    names = NOTATIONS[notation]
    cost = "minus_P" if names.maximised else names.cost_name or names.loss_name
    assert same(found[cost], done.losses[-1])
    for parameter in done.model.parameters():
        assert any(same(number, parameter.data) for number in found.values()), parameter


def test_the_program_reads_as_courses_write_it():
    model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["sigmoid"])
    text = worked([1.0], 1.0, model, lambda p: nn.SGD(p, 0.1), decimals=2).python()
    assert text.partition("# backward\n")[2].splitlines() == [
        "dL = 1.0",
        "da_0_1 = (a_0_1 - y)*dL",
        "delta_0_1 = a_0_1*(1 - a_0_1)*da_0_1",
        "dw_00_1 = a_0_0*delta_0_1",
        "db_0_1 = 1*delta_0_1",
        "",
        "# update",
        "w_00_1 = w_00_1 - alpha*dw_00_1",
        "b_0_1 = b_0_1 - alpha*db_0_1",
        "",
        "# forward with the updated parameters",
        "z_0_1 = w_00_1*a_0_0 + b_0_1",
        "a_0_1 = sigmoid(z_0_1)",
        "L = (y - a_0_1)**2/2",
    ]


def test_a_number_that_is_needed_still_keeps_its_variable():
    class Crossed(nn.SGD):
        """Every parameter moves by the number that the first had before."""

        def rule(self, hyperparameters, step):
            return Cross(hyperparameters["learning_rate"])

    class Cross(nn.update_rules.DescentRule):
        def moved(self, ws, gradients, velocities):
            return [w - ws[0] * g for w, g in zip(ws, gradients, strict=True)]

    model = network()
    done = worked(model=model, make=lambda p: Crossed(p, F(1, 2)))
    text = done.python()
    assert "w_00_1_2 = w_00_1 - w_00_1*dw_00_1\n" in text
    assert same(run(done)["L"], done.losses[-1])


@pytest.mark.parametrize("seed", range(3))
def test_the_program_of_a_model_of_several_layers_and_classes(seed):
    model = nn.MLP(2, [3, 2], ["tanh", "softmax"], rng=random.Random(seed))
    how = {"loss": nn.cross_entropy, "optimizer": nn.SGD(model.parameters(), 0.5, momentum=0.5)}
    done = nn.worked(model, [[1, 2], [0, 1]], [1, 0], steps=2, **how)
    assert same(run(done)["L"], done.losses[-1])


@pytest.mark.parametrize("name", ["", "x"])
def test_inputs_that_were_computed_are_computed_there(name):
    size = Value(F(3), "size")
    scaled = size * 2
    scaled.name = name
    model = nn.MLP.from_weights([[[F(1)], [F(2)]]], None, ["linear"])
    done = worked([scaled], [1, 2], model, loss=nn.sum_half_squared_error)
    assert "size = Fraction(3)\n" in done.python()
    assert same(run(done)["L"], done.losses[-1])


def test_notes_are_the_default():
    assert str(one_weight(notation="notes")) == str(one_weight()) == str(one_weight(notation=NOTES))


# --- signs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"momentum": 0.9}, {"velocity": "scaled", "momentum": 0.9}])
def test_an_updated_threshold_has_one_sign(how):
    weights = [[[0.2, 0.4]], [[-0.3]]]
    model = nn.MLP.from_weights(weights, [[-0.4], [0.1]], ["sigmoid", "sigmoid"])
    optimizer = nn.SGD(model.parameters(), 0.5, **how)
    way = {"loss": nn.half_squared_error, "optimizer": optimizer, "notation": "mit6034"}
    updates = nn.worked(model, [1.0, 2.0], 1.0, **way).epochs[0].updates
    line = next(step for step in updates if step.name == "w_0A'")
    assert line.formula.startswith("w_0A - ") and line.substituted.startswith("0.4 - ")
    assert eval(line.substituted) == pytest.approx(line.number, rel=1e-15)


@pytest.mark.parametrize(("activation", "loss", "name", "formula"), [
    ("linear", nn.cross_entropy_with_logits, "P", "log(p_1)"),
    ("linear", nn.cross_entropy_with_logits, "delta_A", "1 - p_1"),
    ("tanh", nn.cross_entropy, "delta_A", "1/o_A * (1 - o_A*o_A)"),
    ("linear", nn.sum_squared_error, "delta_A", "2*(1 - z_A)"),
])  # fmt: skip
def test_what_is_maximised_has_no_two_signs(activation, loss, name, formula):
    model = nn.MLP.from_weights([[[0.5], [0.25]]], [[0.1, 0.2]], [activation])
    target = [1.0, 0.0] if loss is nn.sum_squared_error else 0
    done = derive(loss(model([1.0]), target), notation="mit6034")
    found = {step.name: step.formula for step in (*done.forward, *done.gradients)}
    assert found[name] == formula


def test_an_error_term_that_begins_with_the_derivative_has_no_factor_of_minus_one():
    model = nn.MLP.from_weights([[[0.5], [0.25]]], [[0.1, 0.2]], ["linear"])
    done = derive(nn.sum_squared_error(model([1.0]), [1.0, 0.0]), notation="han_kamber")
    assert done.gradients[0].formula == "2*(1 - I_2)"


def test_one_number_is_written_in_one_way_on_a_line():
    shown = {"decimals": 4, "rounding": "each step"}
    b, x = Value(0.5, "b"), Value(0.0060002, "x")
    scaled = named(x * 1.0, "s")
    loss = named(scaled * b, "L")
    found = {step.name: step for step in derive(loss, **shown).gradients}
    assert str(found["dL/db"]) == "dL/db = s = 0.0060"
    assert found["dL/db"].latex.endswith("= s = 0.0060")
    comma = {step.name: step for step in derive(loss, comma=True, **shown).gradients}
    assert comma["dL/db"].latex.endswith("= s = 0{,}0060")
    ten = named(named(Value(9.9996, "u") * 1.0, "t") * b, "L")
    assert str(derive(ten, decimals=3, rounding="each step").gradients[1]) == "dL/dt = b = 0.5"
    assert "= t = 10.000" in str(derive(ten, decimals=3, rounding="each step").gradients[2])


def test_what_is_given_and_would_be_rounded_to_0_or_1_stands_in_full():
    model = nn.MLP.from_weights([[[0.2]]], [[0.1]], ["linear"])
    adam = nn.Adam(model.parameters(), 0.1)
    done = nn.worked(model, [1], 1.5, loss=nn.half_squared_error, optimizer=adam, decimals=2)
    text = str(done)
    assert "(sqrt(1.44) + 1*10^-8)" in text and "/(1 - 0.999^1)" in text
    assert "0.00)" not in text and "1.00^" not in text
