"""Notations of courses: every name there and back, every printed line a true equation."""

from __future__ import annotations

import random

import pytest

import nn
from autograd import Value, derive, find, gradients, named, walk
from autograd.drawing.cards.card import cards_of
from autograd.notes.labels import every_node
from autograd.notes.meaning import Quantity, Role, quantities
from autograd.notes.notation import NOTES, Name, Notation
from autograd.notes.profiles import NOTATIONS, notation_of
from tests.printed_lines import evaluated, numbers_of

SIZES = (12, 12, 12, 12)
each_notation = pytest.mark.parametrize("notation", NOTATIONS)


def network(activations=("tanh", "sigmoid"), sizes=(2, 3, 2), seed=5, **more):
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], activations, rng=rng, **more)
    for parameter in model.parameters():
        parameter.data = round(rng.uniform(-1, 1), 3)
    return model


def loss_of(model, rows=((0.5, -1.5),)):
    targets = [0.25, 0.75][: len(model.layers[-1].neurons)]
    if len(rows) == 1:
        return nn.sum_half_squared_error(model(rows[0]), targets)
    return nn.over(nn.half_squared_error, [model(row) for row in rows], [targets for _ in rows])


# --- names there and back -------------------------------------------------------------------------


@each_notation
def test_every_name_of_a_network_comes_back(notation):
    notation = notation_of(notation)
    names = {quantity: notation.text(quantity) for quantity in quantities(SIZES)}
    assert len(set(names.values())) == len(names)
    assert all(notation.read(name, SIZES) == quantity for quantity, name in names.items())


@pytest.mark.one_in(3)
@each_notation
def test_goto_lands_on_every_gradient(notation):
    loss = loss_of(network(sizes=(2, 2, 2)))
    steps, label = walk(loss, notation=notation), every_node(loss, notation)
    named = [node for node in label.graph.order if label.gradient(node)]
    assert len(named) > 15
    for node in named:
        assert steps.goto(label.gradient(node)).step.node is node


@pytest.mark.long
@each_notation
def test_goto_lands_on_every_gradient_of_a_wide_network(notation):
    outputs = network(("tanh", "tanh", "sigmoid"), SIZES)([0.1] * SIZES[0])
    loss = nn.sum_half_squared_error(outputs, [0.5] * SIZES[-1])
    steps = walk(loss, notation=notation)
    assert len(steps.steps) > 600
    for step in steps.steps:
        assert steps.goto(step.name).step is step


def test_names_in_another_notation_are_made_once(monkeypatch):
    steps = walk(loss_of(network()), notation="ng").goto("z^[1]_1")
    monkeypatch.setattr(Notation, "text", None)
    assert all(steps.goto(step.name).step is step for step in steps.steps)


@pytest.mark.parametrize(
    ("notation", "names"),
    {
        "nielsen": "w^2_12 b^2_1 z^2_1 a^2_1 a^1_2 delta^2_1 dC/dw^2_12",
        "ng": "W^[1]_12 b^[1]_1 z^[1]_1 a^[1]_1 x_2 dz^[1]_1 dW^[1]_12",
        "ufldl": "W^(1)_12 b^(1)_1 z^(2)_1 a^(2)_1 x_2 delta^(2)_1 dJ/dW^(1)_12",
        "mazur": "w2 b_h1 net_h1 out_h1 i2 delta_h1 dE_total/dw2",
        "mitchell": "w_32 w_30 net_3 o_3 x_2 delta_3 -dE/dw_32",
        "han_kamber": "w_23 theta_3 I_3 O_3 x_2 Err_3 -dE/dw_23",
        "fausett": "v_21 v_01 z_in_1 z_1 x_2 delta_z_1 -dE/dv_21",
        "bishop": "w_12^(1) w_10^(1) a_1^(1) z_1^(1) x_2 delta_1^(1) dE/dw_12^(1)",
        "cs231n": "W1_10 b1_0 z1_0 h1_0 x_1 dz1_0 dW1_10",
        "mit6034": "w_2A w_0A z_A o_A x_2 delta_A dP/dw_2A",
        "hinton": "w_23 b_3 x_3 y_3 y_2 dE/dx_3 dE/dw_23",
        "udacity": "w_21^1 b_1^1 h_1^1 a_1^1 x_2 error_term_1^1 -dE/dw_21^1",
        "zhou": "v_21 gamma_1 s_1^1 b_1 x_2 e_1 -dE/dv_21",
    }.items(),
)
def test_the_names_are_the_course_s_own(notation, names):
    notation, sizes = notation_of(notation), (2, 2, 1)
    weight = notation.named(Quantity(Role.WEIGHT, 1, 0, 1, sizes))
    z = notation.named(Quantity(Role.PREACTIVATION, 1, 0, None, sizes))
    shown = [
        weight,
        notation.bias(1, 0, sizes),
        z,
        notation.activation(1, 0, sizes),
        notation.activation(0, 1, sizes),
        notation.gradient(notation.loss_name, z),
        notation.gradient(notation.loss_name, weight),
    ]
    assert shown == names.split()


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.one_in(3)
@each_notation
@pytest.mark.parametrize("rows", [[(0.5, -1.5)], [(0.5, -1.5), (1.0, 2.0), (-0.5, 0.25)]])
def test_every_printed_line_is_true(notation, rows):
    loss = loss_of(network(), rows)
    label = every_node(loss, notation)
    derivation = derive(loss, notation=notation)
    names = dict(numbers_of(derivation))
    for node in label.graph.order:
        number = -node.data if label.is_negated(node) else node.data
        assert names.setdefault(label(node), number) == number  # no two numbers under one name
    assert len(derivation.gradients) > 20
    for step in (*derivation.forward, *derivation.gradients):
        assert evaluated(step.substituted or repr(step.number)) == pytest.approx(step.number)
        if step.formula:
            assert evaluated(step.formula, names.items()) == pytest.approx(step.number)


@each_notation
def test_gradients_are_the_engine_s_with_the_notation_s_sign(notation):
    loss = loss_of(network())
    derivation, label = derive(loss, notation=notation), every_node(loss, notation)
    sign = notation_of(notation).error_sign
    for step in derivation.gradients:
        (expected,) = gradients(loss, [step.node])
        bias_sign = -1 if label.is_negated(step.node) and step.node is not loss else 1
        assert step.number == pytest.approx(sign * bias_sign * expected)


def test_one_recording_is_shown_in_any_notation():
    loss = loss_of(network(notation="ng"))
    assert str(derive(loss)) == str(derive(loss, notation="ng"))
    assert str(derive(loss)).startswith("z^[1]_1 = W^[1]_11*x_1 + W^[1]_12*x_2 + b^[1]_1 = ")
    other = loss_of(network())
    assert str(derive(other, notation="ng")) == str(derive(loss))


def test_negative_error_terms_are_written_the_other_way_round():
    model = network(("sigmoid", "sigmoid"), (2, 2, 1), notation="han_kamber")
    lines = derive(nn.half_squared_error(model([1.0, 0.0]), 1)).gradients
    assert [step.name for step in lines[:2]] == ["Err_5", "-dE/dw_35"]
    assert lines[0].formula == "O_5*(1 - O_5) * (1 - O_5)"
    assert lines[1].formula == "Err_5 * O_3"
    (hidden,) = (step for step in lines if step.name == "Err_3")
    assert hidden.formula == "O_3*(1 - O_3) * Err_5 * w_35"


def test_the_errors_of_several_outputs_are_written_so_too():
    lines = derive(loss_of(network(("sigmoid", "sigmoid"), (2, 2, 2))), notation="mitchell")
    assert lines.gradients[0].formula == "o_5*(1 - o_5) * (0.25 - o_5)"


@pytest.mark.parametrize("factor", [1, 0.25])
def test_beside_a_penalty_they_are_written_so_too(factor):
    model = network(("sigmoid", "linear"), (2, 2, 1), notation="mitchell")
    error = nn.half_squared_error(model([1.0, 0.0]), 0.75)
    lines = derive(error * factor + nn.l2(model.parameters(), 0.125))
    written = {1: "0.75 - net_5", 0.25: "-0.25 * (net_5 - 0.75)"}
    assert lines.gradients[0].formula == written[factor]


def test_the_derivative_stands_first_in_error_terms_where_a_book_has_it_so():
    loss = loss_of(network(("sigmoid", "tanh"), (2, 2, 2)))
    lines = {step.name: step for step in derive(loss, notation="han_kamber").gradients}
    assert lines["Err_3"].formula == "O_3*(1 - O_3) * (Err_5*w_35 + Err_6*w_36)"
    assert lines["Err_5"].latex.startswith(r"\mathrm{Err}_{5} = (1 - O_{5} ")
    mine = Notation(derivative_first=True)
    (line,) = (step for step in derive(loss, notation=mine).gradients if step.name == "delta_0^1")
    assert line.formula == "a_0^1*(1 - a_0^1) * dL/da_0^1"
    model = network(("sigmoid", "linear"), (2, 2, 1))
    linear = nn.half_squared_error(model([1.0, 0.0]), 0.25)
    assert derive(linear, notation="mitchell").gradients[0].formula == "0.25 - net_5"


def test_a_threshold_is_subtracted_and_its_gradient_turned():
    model = nn.MLP.from_weights([[[2.0]]], [[-0.5]], ["linear"], notation="mit6034")
    derivation = derive(nn.half_squared_error(model([3.0]), 1.0))
    assert str(derivation.forward[0]) == "z_A = w_1A*x_1 - w_0A = 2*3 - 0.5 = 5.5"
    assert str(derivation.forward[1]) == "P = -(1 - z_A)^2/2 = -(1 - 5.5)^2/2 = -10.125"
    (threshold,) = (step for step in derivation.gradients if step.name == "dP/dw_0A")
    assert str(threshold) == "dP/dw_0A = -delta_A = -(-4.5) = 4.5"


# --- samples --------------------------------------------------------------------------------------


def test_samples_have_an_index_where_a_batch_runs_through():
    model = nn.MLP.from_weights([[[2]]], [[1]], ["linear"])
    loss = nn.over(nn.half_squared_error, [model([3]), model([5])], [Value(7, "y"), Value(9, "y")])
    lines = [str(step) for step in derive(loss).forward]
    assert lines[0] == "z_0^1(1) = w_00^1*a_0^0(1) + b_0^1 = 2*3 + 1 = 7"
    assert lines[1] == "z_0^1(2) = w_00^1*a_0^0(2) + b_0^1 = 2*5 + 1 = 11"
    assert "y^(1)" in lines[2] and "y^(2)" in lines[2]
    assert walk(loss).goto("delta_0^1(2)").step.number == 1


def test_sums_over_samples_are_in_the_samples_order():
    model = nn.MLP.from_weights([[[2]]], [[1]], ["linear"])
    loss = nn.over(nn.half_squared_error, [model([x]) for x in (3, 5, 7)], [8, 9, 10])
    weight, _ = model.parameters()
    loss.backward()
    (line,) = (step for step in derive(loss).gradients if step.node is weight)
    assert line.formula == ("delta_0^1(1)*a_0^0(1) + delta_0^1(2)*a_0^0(2) + delta_0^1(3)*a_0^0(3)")
    assert line.number == weight.grad
    assert [each.split(":")[0] for each in line.contributions] == [
        "through z_0^1(1)",
        "through z_0^1(2)",
        "through z_0^1(3)",
    ]


def test_the_share_of_the_right_class_has_its_sample_beside_others():
    model = nn.MLP(2, [3], ["softmax"], rng=random.Random(0), notation="ng")
    loss = nn.over(nn.cross_entropy, [model([1.0, 0.5]), model([0.0, 2.0])], [0, 2])
    names = [step.name for step in derive(loss).forward]
    assert {"a^[1](1)_1", "a^[1](2)_3"} < set(names) and not {"a^[1]_1", "a^[1]_3"} & set(names)
    assert walk(loss).goto("a^[1](2)_3").step.name == "a^[1](2)_3"


def test_one_sample_has_no_index():
    model = network()
    assert "(1)" not in str(derive(loss_of(model)))


def test_a_sample_is_a_pass_even_where_outputs_are_left_out():
    model = network(["tanh"], (1, 2))
    first, second = model([1.0]), model([2.0])
    loss = first[1] + second[0] * second[1]
    label = every_node(loss)
    assert [label(first[1]), label(second[0]), label(second[1])] == [
        "a_1^1(1)",
        "a_0^1(2)",
        "a_1^1(2)",
    ]


def test_what_several_samples_share_has_no_index():
    model, x = network(["tanh"], (1, 1)), Value(1.0, "x")
    loss = model([x]) + model([x]) * model([2.0])
    label = every_node(loss)
    assert label(x) == "x"
    assert sorted(label(node) for node in find(loss, "z_0^1")) == [
        "z_0^1(1)",
        "z_0^1(2)",
        "z_0^1(3)",
    ]


def test_passes_within_each_other_are_numbered():
    model = nn.MLP.from_weights([[[2]]], [[1]], ["linear"])
    lines = [str(step) for step in derive(model([model([3])])).forward]
    assert lines == [
        "z_0^1(1) = w_00^1*a_0^0 + b_0^1 = 2*3 + 1 = 7",
        "z_0^1(2) = w_00^1*z_0^1(1) + b_0^1 = 2*7 + 1 = 15",
    ]


def test_two_networks_share_no_name():
    first, second = (nn.MLP.from_weights([[[w]]], None, ["linear"]) for w in (2, 3))
    loss = first([1]) * second([1])
    label = every_node(loss)
    names = [label(node) for node in label.graph.order]
    assert len(set(names)) == len(names) == 7


def test_a_walk_s_table_has_the_lines_names_and_signs():
    model = nn.MLP.from_weights([[[2]]], [[-5]], ["linear"], notation="mit6034")
    rate = nn.SGD(model.parameters(), 1)
    done = nn.worked(model, [[1], [3]], [1, 2], loss=nn.half_squared_error, optimizer=rate)
    rows = [row.split()[:2] for row in str(done.walk().table()).splitlines()]
    assert rows[2:5] == [["w_1A", "2"], ["w_0A", "5"], ["x_1^(1)", "1"]]
    table = str(walk(nn.half_squared_error(model([1]), 1)).table())
    assert ["w_0A", "5"] in [row.split()[:2] for row in table.splitlines()]


def test_a_root_with_a_name_of_its_own_is_not_turned_round():
    model = nn.MLP.from_weights([[[2]]], [[-5]], ["linear"], notation="mit6034")
    loss = named(nn.half_squared_error(model([1]), 1), "mine")
    assert str(derive(loss).forward[-1]) == "mine = (1 - z_A)^2/2 = (1 - (-3))^2/2 = 8"


# --- one name in all views ------------------------------------------------------------------------


def test_an_unnamed_loss_is_the_notation_s_everywhere():
    loss = loss_of(network())
    assert derive(loss, notation="nielsen").forward[-1].name == "C"
    assert walk(loss, notation="mazur").goto("dE_total/dE_total").step.number == 1
    assert cards_of(loss).cards[-1].name == "L"


def test_a_name_that_is_taken_is_not_the_loss_s():
    loss = Value(2, "L") * 3
    assert [step.name for step in derive(loss).gradients] == ["dv1/dv1", "dv1/dL"]


def test_where_nothing_is_named_every_node_has_a_line():
    x = Value(2) * Value(3)
    assert str(derive(x * x)).splitlines()[:2] == [
        "v3 = v1*v2 = 2*3 = 6",
        "L = v3*v3 = 6*6 = 36",
    ]


# --- a notation's own errors ----------------------------------------------------------------------


def test_a_name_remembers_what_it_means():
    name = NOTES.named(Quantity(Role.BIAS, 1, 2))
    assert name == "b_2^1" and name.quantity.neuron == 2 and isinstance(name, Name)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"error_sign": 0}, "error_sign is 1 or -1, not 0"),
        ({"first_layer": -1}, "first_layer is the number of the layer of the inputs, 0 or more"),
        ({"biases_are_weights": True}, "give first_index=1"),
        ({"units": ("{number}", "{number}", "{number}", "{number}")}, "units are up to three"),
        ({"units": ("n",)}, "the unit 'n' is no pattern"),
        ({"input_pattern": "z_{indices}^{layer}"}, "the same names"),
        ({"weight_pattern": ("w_{indices}", "w^{layer}")}, "'w^{layer}' is no pattern of a neuron"),
        ({"input_pattern": "a_{indices}^1"}, "give the same names"),
        ({"activation_gradient_pattern": "e"}, "'e' is no pattern of a neuron"),
        ({"activation_gradient_pattern": "delta_{indices}^{layer}"}, "give the same names"),
        ({"gradient_pattern": "g"}, "gradient_pattern 'g' is no pattern: write {name}"),
        ({"gradient_pattern": "{name}"}, "is no pattern: write {name}, with letters"),
        ({"gradient_pattern": "{name:>30000000}"}, "what is in braces has no format"),
        ({"gradient_pattern": "{name.__class__}"}, "is no pattern"),
        ({"gradient_pattern": "d{rot}"}, "is no pattern"),
        ({"gradient_pattern": "{"}, "is no pattern (Single '{'"),
        ({"shared_bias_pattern": "b"}, "is no pattern: write {layer}"),
        ({"shared_bias_pattern": "{layer:>300000}"}, "has no format"),
        ({"target_pattern": "{foo}"}, "is no pattern: write a name"),
        ({"target_pattern": "{indices}"}, "is no pattern: write a name, with letters"),
        ({"loss_name": "y"}, "'y' is a name of target_pattern too"),
        ({"rate_name": "y_0"}, "'y_0' is a name of target_pattern too"),
        ({"loss_name": ""}, "loss_name and rate_name are what the two are called"),
        ({"rate_name": "L"}, "loss_name and rate_name are both 'L'"),
        ({"rate_name": "w_00^1"}, "'w_00^1' is a name of weight_pattern too"),
        ({"target_pattern": "z_{indices}^1"}, "'z_1^1' is a name of preactivation_pattern too"),
        ({"maximised": True}, "give error_sign=-1"),
    ],
)
def test_what_cannot_work_is_refused(given, sentence):
    with pytest.raises(ValueError) as raised:
        Notation(**given)
    assert sentence in str(raised.value)


def test_a_notation_has_letters_for_so_many_layers():
    with pytest.raises(ValueError, match="has letters for 3 layers of neurons") as raised:
        nn.MLP(1, [1, 1, 1, 1], notation="fausett")
    assert str(raised.value).endswith("and the network has 4")


@pytest.mark.parametrize(("given", "layers"), [
    ({"weight_pattern": "w_{indices}"}, "1 and 2"),
    ({"delta_pattern": "delta_{indices}"}, "1 and 2"),
    ({"activation_pattern": "a_{indices}", "input_pattern": "x_{indices}"}, "1 and 2"),
    ({"activation_pattern": "a_{indices}"}, "0 and 1"),
])  # fmt: skip
def test_layers_that_share_their_names_are_refused(given, layers):
    notation, loss = Notation(**given), loss_of(network())
    with pytest.raises(ValueError, match=f"gives neurons of layers {layers} the same names: write"):
        derive(loss, notation=notation)
    if layers == "1 and 2":
        assert derive(nn.MLP(1, [1], ["tanh"], notation=notation)([1])).forward


@pytest.mark.parametrize(
    ("field", "pattern"),
    [("weight_pattern", "w_{indices:>3}"), ("target_pattern", "y_{indices!r}")],
)
def test_every_pattern_is_parsed_alike(field, pattern):
    with pytest.raises(
        ValueError, match=f"^{field} .* no pattern: what is in braces has no format"
    ):
        Notation(**{field: pattern})
    with pytest.raises(ValueError, match=rf"^{field} 'x{{' is no pattern \(.*'{{'"):
        Notation(**{field: "x{"})


def test_a_neuron_alone_is_not_counted_through_a_network():
    with pytest.raises(ValueError, match="counts through a whole network"):
        nn.Neuron([1.0], 0.0, notation="han_kamber")


@pytest.mark.parametrize(
    ("given", "error"), [("nilsen", ValueError), (7, TypeError), (None, TypeError)]
)
def test_an_unknown_notation_is_refused(given, error):
    with pytest.raises(error, match="notation"):
        notation_of(given)


def test_what_is_loaded_or_typed_moves_no_cursor():
    notation = Notation(loss_name="\x1b[2J", gradient_pattern="\x1b[1md{name}")
    assert "\x1b" not in str(derive(Value(2, "w") * 3, notation=notation))


# --- LaTeX of one's own ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"w^{\star}", r"L &= (w^{\star})^{2} = 3^{2} = 9"),
        ("x + y", "L &= (x + y)^{2} = 3^{2} = 9"),
        (r"\theta", r"L &= \theta^{2} = 3^{2} = 9"),
    ],
)
def test_own_latex_binds_as_it_is_written(latex, line):
    value = named(Value(3), "w", latex=latex)
    assert derive(value**2).latex().splitlines()[1].removesuffix(r" \\") == line


@pytest.mark.parametrize("latex", ["}", "{", "$x$", "a%b", "a & b", "a \\\\ b", "}{"])
def test_own_latex_that_would_end_the_formula_is_refused(latex):
    with pytest.raises(ValueError, match="stands in a formula"):
        named(Value(3), "w", latex=latex)


def test_a_name_that_is_an_expression_stands_in_parentheses():
    assert str(derive(Value(2, "a+b") * Value(3, "b")).forward[0]) == "L = (a+b)*b = 2*3 = 6"
    assert derive(Value(2, "a+b") * 3).gradients[1].name == "dL/d(a+b)"
