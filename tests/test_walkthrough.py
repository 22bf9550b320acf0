"""Stepping forwards and back through the worked example."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

import nn
from autograd import (
    Derivation,
    Value,
    Walk,
    derive,
    draw,
    explain_nan,
    grad,
    log,
    named,
    relu,
    sqrt,
    tanh,
    total,
    where,
)
from autograd.notes.naming import latex_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.numbers import number_text
from autograd.notes.steps import forward_steps, gradient_steps
from autograd.operations import log_sum_exp
from autograd.writing import printable
from demos.neural_network_231 import build


@pytest.fixture
def walk():
    return Walk(build("A").loss)


def test_a_walk_starts_before_the_first_step(walk):
    assert walk.position == 0
    assert repr(walk) == "step 0 of 34, nothing is computed yet; the first step will be z_0^1"
    assert "0.47" not in walk.table()


def test_forward_steps_come_in_order_then_gradients_by_distance(walk):
    names = [step.name for step in walk.steps]
    assert names[:9] == [
        "z_0^1",
        "a_0^1",
        "z_1^1",
        "a_1^1",
        "z_2^1",
        "a_2^1",
        "z_0^2",
        "a_0^2",
        "L",
    ]
    assert names[9:13] == ["dL/dL", "dL/da_0^2", "dL/dy", "delta_0^2"]
    assert names[13:16] == ["dL/dw_00^2", "dL/dw_01^2", "dL/dw_02^2"]
    assert names.index("dL/da_1^1") < names.index("delta_1^1") < names.index("dL/dw_10^1")
    assert len(names) == 34


def test_next_and_back_return_the_walk_and_uncompute(walk):
    assert walk.goto("dL/dw_01^2") is walk
    assert walk.step.name == "dL/dw_01^2"
    row = next(line for line in walk.table().splitlines() if line.startswith("w_01^2"))
    assert row.split() == ["w_01^2", "0.9", "-1.133"]
    assert walk.back() is walk
    row = next(line for line in walk.table().splitlines() if line.startswith("w_01^2"))
    assert row.split() == ["w_01^2", "0.9", "-"]
    assert walk.next().step.name == "dL/dw_01^2"
    assert walk.restart().position == 0


def test_a_gradient_has_two_names(walk):
    assert walk.goto("dL/dz_0^1").position == walk.goto("delta_0^1").position
    assert repr(walk).splitlines()[1] == "delta_0^1 = dL/da_0^1 * relu'(z_0^1) = 0.618 * 0 = 0"


def test_where_paths_meet_each_contribution_is_shown(walk):
    lines = repr(walk.goto("dL/da_0^0")).splitlines()
    assert "   through z_1^1: delta_1^1 * w_10^1 = -0.927 * (-0.3) = 0.2781" in lines
    assert lines[1].endswith(" = 0.4326")
    assert sum("through" in line for line in lines) == 3


def test_the_ends_hold(walk):
    assert walk.back().position == 0
    assert walk.goto(34).next().position == 34


def test_a_walk_says_where_it_goes_no_further():
    steps = Walk(Value(2, "w") * 3)
    start, last = "this is the start: next() goes on", "this is the last step: back() goes back"
    assert start not in repr(steps) and start in repr(steps.back())
    assert start not in repr(steps.next())
    assert last not in repr(steps.goto(3)) and last in repr(steps.next())
    assert last not in repr(steps.back()) and last not in repr(steps.next())


def test_a_loop_over_a_walk_has_all_steps_and_does_not_move_it():
    steps = Walk(Value(2, "w") * 3).goto(2)
    assert [step.name for step in steps] == [step.name for step in steps] == ["L", "dL/dL", "dL/dw"]
    assert steps.position == 2


@pytest.mark.parametrize(("typed", "said"), [
    ("delta_1", r"mean dz\^\[2\]_1 or dz\^\[1\]_1"),
    ("dz1", r"mean dz\^\[1\]_1 or"),
    ("eta", r"did you mean alpha\?"),
    ("alpha", r"alpha is given, not computed; it is 0\.1$"),
    ("y", r"y is given, not computed; its gradient has a step"),
])  # fmt: skip
def test_what_another_course_calls_so_is_suggested(typed, said):
    model = nn.MLP.from_weights([[[0.2], [0.3]], [[0.1, 0.4]]], None, ["tanh", "linear"])
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), 0.1)}
    steps = nn.worked(model, [1.0], Value(1.0, "y"), notation="ng", **how).walk()
    with pytest.raises(ValueError, match=said):
        steps.goto(typed)


def test_wrong_places_are_named(walk):
    with pytest.raises(
        ValueError, match=r"no step is named 'dL/dw_01\^3': did you mean .*dL/dw_01\^2"
    ):
        walk.goto("dL/dw_01^3")
    with pytest.raises(ValueError, match="there is no step 35: the steps are 0 to 34"):
        walk.goto(35)


def test_repeated_names_must_be_gone_to_by_number():
    x = Value(2, "x")
    first = x * 3
    first.name = "h"
    second = first + 1
    second.name = "h"
    with pytest.raises(ValueError, match="2 steps are named 'h': go to one by number, 1, 2"):
        Walk(second).goto("h")


def test_nodes_without_a_name_are_numbered():
    a, b = Value(2, "a"), Value(3, "b")
    walk = Walk((a * b + a) * 2)
    assert [str(step) for step in walk.steps[:3]] == [
        "v1 = a*b = 2*3 = 6",
        "v2 = v1 + a = 6 + 2 = 8",
        "L = v2*2 = 8*2 = 16",
    ]
    assert str(walk.goto("dL/da").step) == "dL/da = dL/dv1*b + dL/dv2 = 2*3 + 2 = 8"


def test_paths_that_only_constants_come_by_are_shown_too():
    a = Value(3, "a")
    b = a + a
    b.name = "b"
    c = b + b
    c.name = "c"
    assert str(Walk(c).goto("dc/da").step) == "dc/da = dc/db + dc/db = 2 + 2 = 4"
    assert repr(Walk(c).goto("dc/db")).splitlines()[1:3] == ["dc/db = 1 + 1 = 2", "   through c: 1"]
    assert str(Walk(a - a).goto("dL/da").step) == "dL/da = 1 - 1 = 0"


def test_what_is_used_often_is_written_once():
    y = Value(1, "x")
    for _ in range(40):
        y = y * y
    assert len(str(Derivation(y))) < 10_000


def test_numbers_are_those_of_when_the_walk_was_made():
    a = Value(1.0, "a")
    walk = Walk(a * 2)
    a.data = 5.0
    assert repr(walk.goto("dL/da")).splitlines()[-1] == "   a: value 1, gradient 2"


def test_a_gradient_on_a_kink_says_so():
    z = Value(0.0, "z")
    assert (
        str(Walk(relu(z)).goto("dL/dz").step)
        == "dL/dz = relu'(z) = 0   (relu'(0) = 0 by convention)"
    )
    x = Value(0.0, "x")  # the kink is at -x, which has no line of its own
    assert str(gradient_steps(relu(-x) * 2)[-1]).endswith("= 0   (relu'(0) = 0 by convention)")


def test_a_recorded_gradient_on_a_kink_says_so():
    convention = "where takes the second side at 0"
    slope = grad(lambda x: relu(x) * x)(Value(0, "x"))
    slope.name = "slope"
    lines = [str(step) for step in forward_steps(slope * 2)]
    assert lines[0].endswith(f"= 0   ({convention})") and lines[1:] == ["L = slope*2 = 0*2 = 0"]
    assert convention not in str(Derivation(grad(lambda x: relu(x) * x)(Value(2, "x"))))


def test_a_leaf_has_a_line():
    assert str(Derivation(grad(relu)(Value(0, "x")))).splitlines()[0] == "L = 0"
    assert str(Derivation(Value(2, "x"))) == "x = 2\ndx/dx = 1"


def test_a_stale_graph_is_refused():
    w = Value(2, "w")
    loss = w * 3
    w.data = 5
    with pytest.raises(
        ValueError, match="is stale, its operands give 15 now: run the forward pass again"
    ):
        Walk(loss)


def test_walking_touches_no_node():
    w = Value(2, "w")
    loss = w * 3
    Walk(loss).goto("dL/dw")
    assert w.grad is None and loss.grad is None and loss.name == ""


def test_a_side_not_taken_is_written_down_and_stays_0():
    x = Value(0.0, "x")
    safe = where(x, sqrt(x), 0.0)
    safe.name = "y"
    assert str(Walk(safe).goto("dy/dx").step) == "dy/dx = 0"


def test_every_step_has_its_latex():
    steps = {step.name: step.latex for step in Walk(build("A").loss).steps}
    assert steps["L"] == (
        r"L = \frac{1}{2} \left(y - a_{0}^{2}\right)^2 = "
        r"\frac{1}{2} \left(1.5 - 0.47\right)^2 = 0.53045"
    )
    assert steps["delta_0^1"] == (
        r"\delta_{0}^{1} = \frac{\partial L}{\partial a_{0}^{1}} \cdot "
        r"\mathrm{ReLU}'\left(z_{0}^{1}\right) = 0.618 \cdot 0 = 0"
    )


def test_a_notation_may_name_the_layer_before_the_neuron():
    notation = Notation(preactivation_pattern="z[{layer}][{indices}]")
    assert notation.gradient("L", "z[2][1]") == "delta_1^2"


# --- a notation that cannot work ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"weight_pattern": "w^{layer}"},
            "weight_pattern 'w^{layer}' is no pattern of a neuron: wr",
        ),
        ({"weight_pattern": "w_{}"}, "weight_pattern 'w_{}' is no pattern of a neuron: write {ind"),
        ({"bias_pattern": "b_{neuron}"}, "bias_pattern 'b_{neuron}' is no pattern of a neuron"),
        (
            {"bias_pattern": "{indices:>9}"},
            "bias_pattern '{indices:>9}' is no pattern: what is in br",
        ),
        (
            {"bias_pattern": "b{indices!r}"},
            "bias_pattern 'b{indices!r}' is no pattern: what is in br",
        ),
        ({"delta_pattern": "d{indices.x}"}, "delta_pattern 'd{indices.x}' is no pattern of a neu"),
        ({"delta_pattern": "d{indices}{indices}"}, "write {indices} once and {layer} at most once"),
        ({"delta_pattern": "d_{indices"}, "delta_pattern 'd_{indices' is no pattern (expected '}'"),
        ({"weight_pattern": "w{layer}{indices}"}, "gives different neurons the same name, as digi"),
        ({"weight_pattern": "w{indices}0{layer}"}, "put a sign between {indices} and {layer}"),
        (
            {"activation_pattern": "z_{indices}^{layer}"},
            "preactivation_pattern 'z_{indices}^{layer}' and activation_pattern "
            "'z_{indices}^{layer}' give the same names: begin each with letters of its own",
        ),
        ({"weight_pattern": "a1{indices}", "activation_pattern": "a{indices}"}, "the same names"),
        ({"first_index": -1}, "first_index is the index of the first neuron, 0 or more, not -1"),
    ],
)
def test_a_notation_that_cannot_work_is_refused(given, sentence):
    with pytest.raises(ValueError) as raised:
        Notation(**given)
    assert sentence in str(raised.value)


@pytest.mark.parametrize("given", [3, None, b"w_{indices}"])
def test_a_pattern_is_a_str(given):
    with pytest.raises(TypeError, match=r"^delta_pattern is a str, not a \w+: write {indices} onc"):
        Notation(delta_pattern=given)


@pytest.mark.parametrize("given", [True, 1.0, "1", None])
def test_a_first_index_is_an_int(given):
    with pytest.raises(TypeError, match=r"an int such as 0 or 1, not a (bool|float|str|NoneType)$"):
        Notation(first_index=given)


def test_names_in_brackets_are_read():
    notation = Notation(preactivation_pattern="z_{{{indices}}}^{{({layer})}}")
    assert notation.preactivation(1, 2) == "z_{2}^{(1)}"
    assert notation.gradient("L", "z_{2}^{(1)}") == "delta_2^1"


def test_no_name_is_suggested_twice(walk):
    with pytest.raises(ValueError, match="did you mean ") as raised:
        walk.goto("dL/da_0")
    suggested = str(raised.value).partition("did you mean ")[2].rstrip("?").split(" or ")
    assert len(suggested) == len(set(suggested)) > 1


# --- names that would move the cursor -------------------------------------------------------------

HOSTILE = "w\x1b[31m\u202e\x9b\n\u2028\ud800"
SHOWN = r"w\x1b[31m\u202e\x9b\n\u2028\ud800"


def network(notation):
    return nn.MLP.from_weights([[[0.5, 2.0]]], [[0.1]], ["relu"], notation=notation)


def sentence_of(function, *arguments):
    with pytest.raises(Exception) as raised:
        function(*arguments)
    return str(raised.value)


def clipped(x):
    x.grad = float("nan")
    nn.clip_grad_norm([x], 1.0)


SURFACES = {
    "repr": repr,
    "lines": lambda x: str(derive(x * 2 + 1)),
    "its own line": lambda x: str(derive(x)),
    "steps": lambda x: "\n".join(repr(Walk(relu(x * x)).goto(place)) for place in range(6)),
    "table": lambda x: Walk(x * 2).table(),
    "goto": lambda x: sentence_of(Walk(x * 2).goto, "d" + x.name),
    "given": lambda x: sentence_of(Walk(x * 2).goto, x.name),
    "an error": lambda x: sentence_of(log, Value(-2.0, x.name)),
    "a NaN": lambda x: str(explain_nan(Value(float("nan"), x.name) * x)),
    "a gradient": lambda x: sentence_of(clipped, x),
    "a state": lambda x: sentence_of(network(Notation()).load_state_dict, {x.name: 1}),
    "a picture": lambda x: draw(x * 2).dot.replace("\t", ""),
    "an SVG": lambda x: draw(x * 2, title=x.name).svg,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_no_name_reaches_the_terminal_raw(surface):
    text = SURFACES[surface](Value(2.0, HOSTILE))
    lines = text.split("\n")
    assert [line for line in lines if printable(line) != line] == []
    assert r"\x1b[31m\u202e" in text.replace(r"\\", "\\")


@pytest.mark.parametrize("name", ["θ_1", "élan", "क्‍ष", "👩‍🔬", "漢字", "w\\x", "שלום"])
def test_names_of_any_language_stay_as_they_are(name):
    assert f"{name}*2" in str(derive(Value(3, name) * 2))
    assert printable(name) == name


def test_the_names_of_a_file_are_escaped(tmp_path):
    path = tmp_path / "model.json"
    nn.save(
        network(Notation(weight_pattern="w\x1b[31m_{indices}", bias_pattern="b\n{indices}")), path
    )
    loss = nn.load(path)([1.0, 2.0])
    shown = [*str(derive(loss)).split("\n"), *repr(Walk(loss).next()).split("\n")]
    shown += draw(loss).dot.replace("\t", "").split("\n")
    assert [line for line in shown if printable(line) != line] == []


def test_a_step_is_found_by_its_name_as_it_was_given():
    y = Value(2, "x") * 3
    y.name = HOSTILE
    assert Walk(y).goto(HOSTILE).step.name == SHOWN


def test_a_name_in_latex_is_escaped():
    assert latex_of("a\x1b") == r"\text{a}\backslash \text{x1b}"
    assert "\x1b" not in latex_of("relu'(\x1b)")


def test_names_of_derivatives_nested_without_end_are_text():
    name = "L"
    for _ in range(2000):
        name = f"d({name})/dx"
    assert latex_of(name).startswith(r"\text{d(d(")


# --- long computations ----------------------------------------------------------------------------


def chained(step, n):
    y = Value(0.5, "x")
    for i in range(n):
        y = step(y, Value(0.9, f"w_{i}"))
    return y


def leaves(n):
    return [Value(0.5, f"w_{i}") for i in range(n)]


LONG = {
    "a product": lambda n: chained(lambda y, w: y * w, n),
    "layers": lambda n: chained(lambda y, w: tanh(y * w + w), n // 4),
    "quotients": lambda n: chained(lambda y, w: 1 / (y + w), n // 2),
    "shared nodes": lambda n: chained(lambda y, w: y * y + w, n),
    "the square of a sum": lambda n: total([w * 2 for w in leaves(n)]) ** 2,
    "a function of many": lambda n: log_sum_exp(leaves(n)),
}


@pytest.mark.long
@pytest.mark.parametrize("root", LONG.values(), ids=LONG)
def test_lines_grow_as_the_graph_does(root):
    short, long = (derive(root(n)) for n in (100, 200))
    for written in (str, Derivation.latex):
        assert len(written(long)) < 2.3 * len(written(short))


@pytest.mark.long
@pytest.mark.parametrize("root", LONG.values(), ids=LONG)
def test_printing_every_step_grows_as_the_graph_does(root, monkeypatch):
    steps, counted = Walk(root(200)), Counter()
    text = NumberStyle.text
    monkeypatch.setattr(NumberStyle, "text", lambda *x: counted.update(["calls"]) or text(*x))
    for _ in steps.steps:
        repr(steps.next())
    assert counted["calls"] <= 2 * len(steps.steps)


def test_a_long_unnamed_step_is_named():
    lines = str(derive(chained(lambda y, w: y * w, 30))).splitlines()
    assert lines[0].startswith("v21 = x*w_0*w_1*") and lines[1].startswith("L = v21*w_")
    assert lines[-1].startswith("dL/dw_0 = dL/dv21 * ")


def test_numbers_beyond_what_python_writes_are_shortened():
    for number in (Fraction(10**5000, 3), Fraction(1, 10**5000), -(10**5000), Fraction(7**6000, 2)):
        digits, _, power = f"{Decimal(number.numerator) / number.denominator:.4g}".partition("e")
        assert number_text(number) == f"≈{digits}*10^{int(power)}"


# --- names in Unicode -----------------------------------------------------------------------------


def test_names_are_written_in_unicode_where_that_is_asked_for():
    lines = str(derive(build("A").loss, unicode=True)).splitlines()
    assert lines[8] == "L = (y - a₀²)^2/2 = (1.5 - 0.47)^2/2 = 0.53045"
    assert "∂L/∂w₀₁² = δ₀² * a₁¹ = -1.03 * 1.1 = -1.133" in lines
    assert "δ₀² = ∂L/∂a₀² * ReLU′(z₀²) = -1.03 * 1 = -1.03" in lines
    assert not [line for line in lines if "_" in line]


def test_unicode_changes_neither_the_default_nor_the_latex():
    loss = build("A").loss
    plain, written = derive(loss), derive(loss, unicode=True)
    assert plain.latex() == written.latex() and str(plain).isascii()
    assert plain.html() == written.html() and plain.markdown() == written.markdown()
    assert [step.name for step in plain.forward] == [step.name for step in written.forward]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("db", "dL/db_0^1"),
        ("w^1_00", "w_00^1"),
        ("w00^1", "w_00^1"),
        ("δ₀¹", "delta_0^1"),
        ("∂L/∂w₀₁¹", "dL/dw_01^1"),
        ("delta^2_1", "delta_0^1"),  # nielsen
        ("dC/dw^2_12", "dL/dw_01^1"),
        ("W^[1]_12", "w_01^1"),  # ng
        ("dW^[1]_12", "dL/dw_01^1"),
        ("net_o1", "z_0^1"),  # mazur
        ("w1", "w_00^1"),
    ],
)
def test_a_name_that_is_spelt_otherwise_is_found_out(typed, meant):
    model = nn.MLP.from_weights([[[0.1, 0.2]]], [[0.3]], ["sigmoid"])
    steps = Walk(nn.half_squared_error(model([0.3, 0.7]), Value(0.8, "y")))
    with pytest.raises(ValueError, match=rf"did you mean [^?]*{re.escape(meant)}( or .*)?\?"):
        steps.goto(typed)


def test_a_name_that_is_like_none():
    steps = Walk(Value(2, "w") * 3)
    with pytest.raises(ValueError, match=r"no step is named 'a\\nb': see .steps"):
        steps.goto("a\nb")


def test_a_walk_in_unicode_is_gone_through_by_the_names_as_they_are_typed():
    walk = Walk(build("A").loss, unicode=True)
    assert "the first step will be z₀¹" in repr(walk)
    for name in ("delta_0^2", "dL/dz_0^2"):
        assert "\n   z₀²: value 0.47, gradient -1.03" in repr(walk.goto(name))
    assert "through z₂¹: δ₂¹ * w₂₀¹ = " in repr(walk.goto("dL/da_0^0"))
    assert "w₀₁²      0.9    -1.133" in walk.table().splitlines()
    with pytest.raises(ValueError, match=r"w_00\^2 is given, not computed"):
        walk.goto("w_00^2")


def test_names_that_unicode_has_not_stay_as_they_are_typed():
    a, b = Value(2, "E_total"), named(Value(3, ""), "w_1", latex=r"w^{\star}")
    step = derive(a * b, unicode=True).gradients[1]
    assert str(step) == "∂L/∂E_total = w_1 = 3"


def test_a_table_has_its_columns_under_each_other_where_a_hat_is_a_character_of_its_own():
    table = Walk(Value(2, "q_hat") * Value(3, "ab"), unicode=True).table()
    assert table.splitlines()[1:3] == ["q\u0302       2         -", "ab      3         -"]


def in_three_two_three(notation):
    model = nn.MLP.from_weights([[[0.1, 0.2, 0.3]] * 2, [[0.4, 0.5]] * 3], None, ["sigmoid"] * 2)
    return Walk(nn.sum_half_squared_error(model([1.0, 2.0, 3.0]), [0.0] * 3), notation=notation)


@pytest.mark.parametrize(
    ("notation", "typed", "meant"),
    [
        ("notes", "w_20^1", "w_02^1"),
        ("notes", "dL/dw_02^2", "dL/dw_20^2"),
        ("nielsen", "w^2_31", "w^2_13"),
        ("oslo", "w_23^1", "w_32^1"),
        ("han_kamber", "w_43", "w_34"),
        ("cs231n", "dW1_02", "dW1_20"),
        ("han_kamber", "w_12^1", "w_35"),  # by the notes, which the model was built in
    ],
)
def test_indices_the_other_way_round_are_suggested_first(notation, typed, meant):
    with pytest.raises(ValueError, match=rf"did you mean {re.escape(meant)}( or .*)?\?"):
        in_three_two_three(notation).goto(typed)


def test_a_name_that_the_model_s_own_notation_reads_otherwise_is_told():
    steps = in_three_two_three("oslo")
    said = "in the model's own notation z_1^1 is what is called z_2^1 here"
    assert repr(steps.goto("z_1^1")).endswith(f"\n{said}")
    assert "own notation" not in repr(steps.next()) + repr(steps.goto("z_3^2"))
    with pytest.raises(ValueError, match=r"w_11\^1 is given, .* is what is called w_22\^1 here$"):
        steps.goto("w_11^1")
    assert "own notation" not in repr(in_three_two_three(None).goto("z_1^1"))
