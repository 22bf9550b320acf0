"""Which lines a derivation prints, in which order, and on which page."""

from __future__ import annotations

import copy
import pickle
import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest

import nn
from autograd import (
    Derivation,
    Operation,
    Value,
    abs,
    derive,
    dot,
    find,
    leaky_relu,
    matrices,
    maximum,
    mean,
    named,
    paths,
    relu,
    sigmoid,
    sqrt,
    tanh,
    total,
    walk,
    where,
)
from autograd.notes import steps
from autograd.notes.breaking import FITS, broken, grown, width
from autograd.notes.tables import Table
from demos.neural_network_231 import build

HOSTILE = "<b>|$x$`*_&\\"


def names(steps):
    return [step.name for step in steps]


def gradient_names(root, **options):
    return names(derive(root, **options).gradients)


def two_parts():
    """L = p + r, p of w and x, r of v."""
    w, x, v = Value(2, "w"), Value(3, "x"), Value(4, "v")
    return named(named(w * x, "p") + named(v * v, "r"), "L"), w, x, v


# --- with respect to ------------------------------------------------------------------------------


def test_only_the_lines_of_one_gradient():
    loss, w, _, _ = two_parts()
    derivation = derive(loss, wrt=w)
    assert names(derivation.forward) == ["L"]  # dL/dw = dL/dp*x needs no other number
    assert names(derivation.gradients) == ["dL/dL", "dL/dp", "dL/dw"]


def test_forward_lines_that_gradients_mention_and_that_lead_there():
    loss, _, _, v = two_parts()
    deeper = named(named(loss * 2, "q") ** 2, "C")
    assert names(derive(deeper, wrt=[v]).forward) == ["p", "r", "L", "q", "C"]


def test_several_and_twice_the_same():
    loss, w, _, v = two_parts()
    wanted = gradient_names(loss, wrt=iter([w, v, w]))
    assert wanted == ["dL/dL", "dL/dp", "dL/dr", "dL/dw", "dL/dv"]


def test_numbers_are_those_of_all_lines():
    loss = build("A").loss
    every = {step.name: str(step) for step in derive(loss).gradients}
    for name in ("w_01^2", "w_10^1", "b_2^1", "z_1^1"):
        for step in derive(loss, wrt=find(loss, name)).gradients:
            assert str(step) == every[step.name]


def test_what_has_no_name_has_a_line_if_it_is_asked_for():
    w, x = Value(2, "w"), Value(3, "x")
    inner = w * x
    assert gradient_names(inner**2 + 1, wrt=inner) == ["dL/dL", "dL/dv1"]
    assert "dL/dv1" not in gradient_names(inner**2 + 1)


def test_a_gradient_that_the_notation_leaves_out_is_there_if_it_is_asked_for():
    model = nn.MLP.from_weights([[[2.0]], [[3.0]]], None, ["relu", "linear"], notation="mitchell")
    loss = nn.half_squared_error(model([1.0]), 2.0)
    hidden = next(node for node in loss.operands[0].operands if node.operation is relu)
    left_out = f"d{derive(loss).forward[-1].name}/d{hidden.name}"
    assert not any(left_out in name for name in gradient_names(loss))
    assert left_out in gradient_names(loss, wrt=hidden)[-1]


def test_a_derivative_that_fails_beside_the_paths_is_not_needed():
    w, x = Value(2.0, "w"), Value(0.0, "x")
    loss = w * 3 + sqrt(x)
    with pytest.raises(ZeroDivisionError, match="sqrt"):
        derive(loss)
    assert gradient_names(loss, wrt=w) == ["dL/dL", "dL/dw"]


def test_rounded_lines_are_the_same():
    loss, w, _, _ = two_parts()
    how = {"decimals": 1, "rounding": "each step"}
    lines = str(derive(loss / 3, **how)).splitlines()
    assert set(str(derive(loss / 3, wrt=w, **how)).splitlines()) < set(lines)


def test_a_value_that_the_root_is_not_of():
    loss, *_ = two_parts()
    with pytest.raises(ValueError, match=r"was not computed from Value\(1, name='q'\)"):
        derive(loss, wrt=Value(1, "q"))


# --- what is left out -----------------------------------------------------------------------------


def test_root_inputs_and_targets_are_left_out():
    loss = build("A").loss
    assert {"dL/dL", "dL/da_0^0", "dL/dy"} < set(gradient_names(loss))
    without = gradient_names(loss, without=("root", "inputs", "targets"))
    assert not {"dL/dL", "dL/da_0^0", "dL/da_1^0", "dL/dy"} & set(without)
    assert len(without) == len(gradient_names(loss)) - 4
    assert "dL/dL" not in gradient_names(loss, without="root")


def test_inputs_are_known_by_their_weights():
    model = nn.MLP.from_weights([[[2.0, 1.0]]], None, ["linear"])
    loss = model([Value(1.0, "size"), Value(2.0, "age")]) ** 2
    assert gradient_names(loss, without="inputs")[-1] == "dL/dw_01^1"
    assert gradient_names(loss, without="targets")[-1] == "dL/dage"


def test_targets_are_called_as_in_the_notation():
    a, y, y_1, t = (Value(2.0, name) for name in ("a", "y", "y_1", "t"))
    loss = (a - y) * (a - y_1) * (a - t) * named(a * 2, "y_2")
    left = gradient_names(loss, without="targets")
    assert {"dL/da", "dL/dt", "dL/dy_2"} < set(left) and not {"dL/dy", "dL/dy_1"} & set(left)


def test_what_is_asked_for_is_not_left_out():
    loss = build("A").loss
    asked = gradient_names(loss, wrt=find(loss, "y"), without=("root", "targets"))
    assert asked == ["dL/dy"]


# --- the paths of a gradient ----------------------------------------------------------------------


def three_outputs(losses=lambda terms: total(terms)):
    """A hidden neuron that leads to three outputs, and the sum of their losses."""
    model = nn.MLP.from_weights([[[2]], [[3], [5], [7]]], None, ["relu", "linear"])
    return losses([nn.squared_error(a, y) for a, y in zip(model([1]), (1, 2, 3), strict=True)])


FROM_THE_FIRST = "delta_0^2*w_00^2 + delta_1^2*w_10^2 + delta_2^2*w_20^2"


@pytest.mark.parametrize("losses", [total, lambda terms: total(reversed(terms))])
def test_paths_are_written_from_the_first_neuron_to_the_last(losses):
    loss = three_outputs(losses)
    (step,) = (each for each in derive(loss).gradients if each.name == "dL/da_0^1")
    assert str(step) == f"dL/da_0^1 = {FROM_THE_FIRST} = 10*3 + 16*5 + 22*7 = 264"
    through = [line.partition(":")[0] for line in step.contributions]
    assert through == ["through z_0^2", "through z_1^2", "through z_2^2"]
    assert "\nda_0_1 = w_00_2*delta_0_2 + w_10_2*delta_1_2 + w_20_2*delta_2_2\n" in (
        derive(loss).python()
    )


def test_paths_in_the_units_and_letters_of_another_notation():
    lines = str(derive(three_outputs(), notation="mitchell"))
    assert "\ndelta_2 = relu'(net_2) * (delta_3*w_32 + delta_4*w_42 + delta_5*w_52) = " in lines


def test_paths_of_plain_names_are_written_as_they_were_computed():
    x = Value(2, "x")
    y = named(named(x * 3, "u") + named(x * 5, "v") + x**2, "y")
    step = derive(y).gradients[-1]
    assert step.formula == "dy/du*3 + dy/dv*5 + 2*x"
    assert [line.split(":")[0] for line in step.contributions][:2] == ["through u", "through v"]


def test_paths_are_written_by_sample_and_within_one_by_neuron():
    model = nn.MLP.from_weights([[[2]], [[3], [5]]], [2, 0], ["linear", "linear"])
    loss = total(a * a for i in (1, 2) for a in model([i]))
    steps = {step.name: step for step in derive(loss).gradients}
    assert steps["dL/db^2"].formula == " + ".join(
        f"delta_{neuron}^2({sample})" for sample in (1, 2) for neuron in (0, 1)
    )


# --- factors of 1 and terms of 0 ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "line"),
    [
        (Value(1.0, "y"), "dL/dp = -y/p + (1 - y)/(1 - p) = -1/0.25 + (1 - 1)/(1 - 0.25) = -4"),
        (1, "dL/dp = -1/p = -1/0.25 = -4"),
        (0, "dL/dp = 1/(1 - p) = 1/(1 - 0.25) = 1.3333333333333333"),
    ],
)
def test_a_rule_s_factor_of_1_and_term_of_0_are_left_out(target, line):
    loss = nn.binary_cross_entropy(Value(0.25, "p"), target)
    derivation = derive(loss)
    step = next(each for each in derivation.gradients if each.name == "dL/dp")
    assert str(step) == line
    assert r"\cdot 1" not in step.latex and "+ 0" not in step.latex


def test_a_factor_of_1_that_somebody_wrote_stays():
    x = Value(2.0, "x")
    assert str(derive(named(x * 1 + 0, "y")).forward[0]) == "y = x*1 + 0 = 2*1 + 0 = 2"


# --- order and members ----------------------------------------------------------------------------


def test_layer_by_layer():
    order = gradient_names(build("A").loss, order="layer")
    assert order[:4] == ["dL/dL", "dL/da_0^2", "delta_0^2", "dL/dw_00^2"]
    assert order[6:8] == ["dL/db_0^2", "dL/da_0^1"]
    assert order[-3:] == ["dL/dy", "dL/da_0^0", "dL/da_1^0"]
    assert sorted(order) == sorted(gradient_names(build("A").loss))


def test_layer_by_layer_in_another_notation():
    loss = build("A").loss
    order = gradient_names(loss, order="layer", notation="ng", without=["root", "inputs"])
    layers = [name.partition("^[")[2][:1] for name in order if "^[" in name]
    assert layers == sorted(layers, reverse=True)


def test_layers_where_there_are_none():
    with pytest.raises(ValueError, match="no gradient here is of one"):
        derive(Value(2, "w") * 3, order="layer")


def test_formulas_alone():
    derivation = derive(relu(Value(0.0, "x")) * Value(2.0, "w"), members="formula")
    assert str(derivation).splitlines()[0] == "L = relu(x)*w"
    assert "(" not in str(derivation).replace("(x)", "")  # a convention is about the numbers
    assert str(derivation).splitlines()[1] == "dL/dL = 1"
    assert "evaluated" not in derivation.markdown() + derivation.html()
    assert "2" not in derivation.latex()


def test_numbers_alone():
    derivation = derive(Value(3, "x") * Value(2, "w"), members="substituted")
    assert str(derivation).splitlines() == ["L = 3*2 = 6", "dL/dL = 1", "dL/dx = 2", "dL/dw = 3"]
    assert derivation.latex().splitlines()[1] == r"L &= 3 \cdot 2 = 6 \\"
    assert derivation.columns().splitlines()[0] == "L      = 3*2 = 6"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"membres": "both"}, "derive has no option membres: did you mean members? The options"),
        ({"wrt": "w"}, "wrt is one or a list of Values, not 'w'"),
        ({"wrt": [3]}, "wrt is a Value or a list of Values, not of int"),
        ({"wrt": []}, "wrt is an empty list"),
        ({"order": "layers"}, "order is 'distance' or 'layer', not 'layers'"),
        ({"members": 3}, "members is 'both', 'formula' or 'substituted', not int"),
        ({"without": "bias"}, "without is 'root', 'inputs' or 'targets', not 'bias'"),
        ({"without": 3}, "without is one or a list of names, not int"),
        ({"vanishing": 1}, "vanishing is True or False, not int"),
    ],
)
def test_an_option_that_cannot_work(options, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        derive(Value(2, "w") * 3, **options)


# --- where a gradient vanishes --------------------------------------------------------------------

OFF, ALMOST = "is off: no gradient passes", "is saturated: almost no gradient passes"


@pytest.mark.parametrize(
    ("function", "x", "remark"),
    [
        (relu, -1.0, f"ReLU {OFF}"),
        (relu, 1.0, ""),
        (relu, 0.0, "relu'(0) = 0 by convention"),
        (leaky_relu, -1.0, ""),
        (abs, -1.0, ""),
        (sigmoid, 11.0, f"sigmoid {ALMOST}"),
        (sigmoid, -11.0, f"sigmoid {ALMOST}"),
        (sigmoid, 10.0, ""),
        (sigmoid, 40.0, "sigmoid is saturated: no gradient passes"),
        (tanh, 6.0, f"tanh {ALMOST}"),
        (tanh, 5.0, ""),
        (lambda x: x * 0, 1.0, ""),
        (lambda x: maximum(x, 2), 1.0, "max takes another operand: no gradient passes"),
        (lambda x: maximum(x, 2), 3.0, ""),
        (lambda x: where(Value(-1), x, 2), 3.0, "where takes another operand: no gradient passes"),
        (lambda x: where(x, 1, 2), 3.0, ""),
        (lambda x: where(x, 1, x), -3.0, ""),
    ],
)
def test_a_remark_where_a_gradient_vanishes(function, x, remark):
    loss = function(Value(x, "x")) * 1
    assert derive(loss, vanishing=True).gradients[-1].remark == remark
    convention = remark if "convention" in remark else ""
    assert derive(loss).gradients[-1].remark == convention


def test_only_the_line_in_which_it_vanishes_has_the_remark():
    lines = str(derive(build("A").loss, vanishing=True)).splitlines()
    assert [line for line in lines if line.endswith(")") and "no gradient" in line] == [
        "delta_0^1 = dL/da_0^1 * relu'(z_0^1) = 0.618 * 0 = 0   (ReLU is off: no gradient passes)"
    ]
    assert "no gradient" not in str(derive(build("A").loss))


def test_the_remark_of_what_is_folded():
    step = derive(relu(Value(2, "w") * -3) + 1, vanishing=True).gradients[-1]
    assert str(step).endswith("= 0   (ReLU is off: no gradient passes)")


# --- pages ----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a page, and the text of each cell."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cells = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data.strip("\n")


def hostile():
    x = Value(2.0, HOSTILE)
    return named(abs(x) * relu(x - 3), HOSTILE.replace("x", "y"))


def test_html_holds_every_name_as_text():
    derivation = derive(hostile(), vanishing=True)
    page = Page(derivation.html())
    assert set(page.tags) == {"table", "tr", "th", "td", "i", "sup"} - {"sup"}
    assert page.cells[:2] == ["symbolic", "evaluated"]
    assert page.cells[2].startswith(f"{HOSTILE.replace('x', 'y')} = abs({HOSTILE})")
    assert page.cells[-1].endswith("(ReLU is off: no gradient passes)")


def test_html_sets_indices_small():
    w, x = Value(0.5, "w_10^1"), Value(-1e-07, "x")
    page = derive(w**2 * x).html()
    assert "L = (w<sub>10</sub><sup>1</sup>)<sup>2</sup>·x" in page
    assert "= 0.5<sup>2</sup>·(−1·10<sup>−7</sup>)" in page
    assert ">∂L/∂w<sub>10</sub><sup>1</sup> = " in page
    assert ">L = where(x &gt; 0, x, 1)<" in derive(where(x, x, 1)).html()


def test_markdown_rows_have_two_cells_whatever_the_names():
    rows = derive(hostile()).markdown().splitlines()
    assert rows[:2] == ["| symbolic | evaluated |", "|---|---|"]
    for row in rows:
        assert row.count("|") == 3
        assert not re.search(r"<[A-Za-z/!]", row)
    assert r"\left\vert " in rows[2]


@pytest.mark.parametrize(("latex", "written"), [
    (r"\text{a|b}", r"{\text{a}\vert \text{b}}"),
    (r"x_\text{a|b}", r"x_{\text{a}\vert \text{b}}"),
    (r"\mathrm{a|b}", r"\mathrm{a\vert b}"),
    (r"\text{a \textbf{b\{|c} d}", r"{\text{a \textbf{b\{}}\vert \text{\textbf{c} d}}"),
    (r"\text{if \(|x|\)|y}", r"{\text{if \(\vert x\vert \)}\vert \text{y}}"),
])  # fmt: skip
def test_a_bar_in_a_name_s_own_text_is_none_of_the_table(latex, written):
    w = named(Value(2), "w", latex=latex)
    assert (
        derive(w * 3).markdown().splitlines()[2]
        == f"| $L = {written} \\cdot 3$ | $= 2 \\cdot 3 = 6$ |"
    )


def test_columns_stand_below_each_other_but_for_long_ones():
    x, w = ([Value(n, f"{letter}_{n}") for n in range(1, 12)] for letter in "xw")
    z = named(dot(w, x), "z")
    lines = derive(named(z * 2 - 1, "L"), without="inputs").columns().splitlines()
    assert lines[0].startswith("z = w_1*x_1 + ") and " = 1*1" not in lines[0]
    assert lines[1].index("= 1*1 + 2*2") == lines[2].index("= 506*2 - 1") == 25
    assert lines[2].startswith("L = z*2 - 1 ")


def test_pages_tell_conventions():
    derivation = derive(relu(Value(0, "x")))
    for page in (derivation.latex(), derivation.latex(environment="align*"), derivation.html()):
        assert "by convention" in page
    assert "by convention" in derivation.markdown() and "by convention" in derivation.columns()


def test_a_worked_step_on_pages():
    model = nn.MLP.from_weights([[[3]]], [[1]], ["linear"], numbers=Fraction)
    optimizer = nn.SGD(model.parameters(), Fraction(1, 10))
    done = nn.worked(model, [2], 5, loss=nn.half_squared_error, optimizer=optimizer)
    titles = ["Forward pass", "Cost", "Gradients of layer 1", "Update"]
    titles += ["Forward pass with the updated parameters", "Cost"]
    assert re.findall("<h4>(.*)</h4>", done.html()) == titles
    assert re.findall(r"\*\*(.*)\*\*", done.markdown()) == titles
    assert re.findall(r"\\intertext{(.*)}", done.latex(environment="align*")) == titles
    assert [part.split("\n")[0] for part in done.columns().split("\n\n")] == titles
    assert done.columns().splitlines()[1].split("  ")[-1] == "= 3*2 + 1 = 7"
    assert re.findall(r"&\\textbf{(.*)}", done.latex()) == titles
    assert done.latex().startswith(r"\begin{aligned}") and "intertext" not in done.latex()


@pytest.mark.parametrize("environment", ["equation", 3])
def test_an_environment_that_there_is_not(environment):
    with pytest.raises(ValueError, match=r"environment is 'aligned' or 'align\*', not"):
        derive(Value(2, "w") * 3).latex(environment=environment)


# --- past a side not taken ------------------------------------------------------------------------


def test_a_derivative_that_fails_past_a_side_not_taken_is_left_out_as_backward_does():
    x, c = Value(-1.0, "x"), Value(2.0, "c")
    loss = sqrt(relu(x)) + c * x
    loss.backward()
    done = derive(loss)
    found = {step.name: step.number for step in done.gradients}
    assert found == {"dL/dL": 1.0, "dL/dx": x.grad, "dL/dc": c.grad}
    assert walk(loss).goto("dL/dx").step.number == 2.0
    alone = sqrt(relu(x))
    assert str(derive(alone, wrt=x).gradients[-1]) == "dL/dx = 0"
    assert "No chain" in str(paths(alone, x)) and "dx = 0.0" in derive(alone).python()
    with pytest.raises(ValueError, match="has no value here, on a side not taken"):
        derive(loss).python(function=True)
    with pytest.raises(ZeroDivisionError, match="the derivative of sqrt"):
        derive(sqrt(relu(Value(0.0, "x"))))


# --- long lines -----------------------------------------------------------------------------------


def rows_of(formula):
    return broken("y", [("=", formula)])


def test_sums_are_broken_where_they_fit():
    rows = rows_of(" + ".join(f"w_{{{n}}}" for n in range(100)))
    assert all(width(row) <= FITS + 5 for row in rows) and 3 < len(rows) < 10
    longer, *_ = broken("y" * 30, [("=", " + ".join(["a" * 9] * 50))])
    assert width(longer) <= FITS + 2
    assert all(row.startswith(r"&\quad + w_") for row in rows[1:])
    assert "".join(rows).count("w_") == 100


@pytest.mark.parametrize(
    "group",
    [r"\left({}\right)", r"\frac{{{}}}{{n}}", r"\begin{{cases}} {} \end{{cases}}", "{{{}}}"],
)
def test_a_group_is_not_broken(group):
    inner = group.format(" + ".join(["abcdefghij"] * 20))
    assert rows_of(f"{inner} - b") == [f"y &= {inner}", r"&\quad - b"]


def test_a_long_mean_is_broken_as_a_third_of_a_sum():
    terms = [r"\frac{" + " + ".join(["abcdefghij"] * 8) + "}{2}"] * 2
    rows = rows_of(rf"-\frac{{{' + '.join(terms)}}}{{3}}")
    assert rows[0].startswith(r"y &= -\frac{1}{3} \bigl(\frac{1}{2} \bigl(abcdefghij + abc")
    assert rows[-1].endswith(r"abcdefghij\bigr)\bigr)")
    assert all(width(row) <= FITS + 12 for row in rows) and len(rows) > 3
    short = r"\frac{a + b}{3}"
    assert rows_of(f"{short} + {' + '.join(['abcdefghij'] * 8)}")[0].startswith(f"y &= {short}")


def test_parentheses_around_a_fraction_grow():
    assert grown(r"a \cdot (-\frac{x}{(y)}) + (b)") == (
        r"a \cdot \left(-\frac{x}{(y)}\right) + (b)"
    )
    assert grown(r"(\frac{1}{2} + ((c)))") == r"\left(\frac{1}{2} + ((c))\right)"
    for kept in (
        r"(\frac{1}{2}",
        r"\frac{1}{2})",
        r"\left(\frac{1}{2}\right)",
        r"x^{(}\frac{1}{2})",
        r"\bigl(\frac{1}{2}\bigr)",
        r"\{(a)\} \frac{1}{2}",
    ):
        assert grown(kept) == kept
    x, y = Value(2.0, "x"), Value(3.0, "y")
    done = derive(x * (1 - x / y))
    for text in (
        done.latex(),
        done.latex(environment="align*"),
        done.markdown(),
        done.forward[0].latex,
    ):
        assert r"x \cdot \left(1 - \frac{x}{y}\right)" in text


def test_parentheses_and_products_are_broken_if_nothing_else_is_left():
    assert len(rows_of(f"({' + '.join(['abcdefghij'] * 20)})^{{2}}")) > 2
    assert rows_of(r" \cdot ".join(["a" * 40] * 2))[1].startswith(r"&\quad \cdot a")


def test_a_name_longer_than_a_line():
    assert broken("y" * 100, [("=", "a"), ("=", "3")]) == ["y" * 100 + " &= a", "&= 3"]


# --- notebooks ------------------------------------------------------------------------------------


def test_a_line_in_a_notebook():
    step = derive(relu(Value(0, "x"))).gradients[-1]
    assert step._repr_latex_().startswith(r"$$\frac{\partial L}{\partial x} = ")
    assert step._repr_latex_().endswith(r"by convention)}$$")
    assert Derivation(Value(2, "x") * 3)._repr_latex_().startswith(r"$$\begin{aligned}")


def test_tables_in_a_notebook():
    steps = walk(Value(2, "w_1") * Value(3, "<b>"))
    table = steps.goto(1).table()
    assert isinstance(table, Table) and str(table) == "".join(table)
    cells = Page(table._repr_html_()).cells
    assert cells == ["", "value", "gradient", "w1", "2", "-", "<b>", "3", "-", "L", "6", "-"]
    for same in (copy.copy(table), pickle.loads(pickle.dumps(table))):
        assert same == table and same.rows == table.rows
    summary = nn.summary(nn.MLP(2, [3, 1]))
    assert Page(summary._repr_html_()).cells[5:10] == ["1", "3 x 2", "3", "relu", "9"]


def test_a_history_in_a_notebook():
    history = nn.History([n / 3 for n in range(25)], [1 / 3] * 24)
    rows = history._repr_html_().splitlines()
    assert rows[1] == "<tr><th>epoch</th><th>loss</th><th>validation loss</th></tr>"
    assert rows[3] == "<tr><td>2</td><td>≈0.3333</td><td>≈0.3333</td></tr>"
    assert rows[12] == "<tr><td>…</td><td>…</td><td>…</td></tr>"
    assert rows[13].startswith("<tr><td>16</td>") and rows[22].endswith("<td>8</td><td>-</td></tr>")
    assert nn.History([1.0])._repr_html_().count("<tr>") == 2


def test_names_between_marks_are_those_of_the_formula():
    x = Value(2.0, "-dE/dw")
    step = derive(named(mean([x, total([x, 3.0])]) - x, "y")).forward[-1]
    assert re.sub("[\x01\x02]", "", step.marked_formula) == step.formula
    assert step.formula == "(-dE/dw + (-dE/dw + 3))/2 - (-dE/dw)"
    assert re.findall("\x01(.*?)\x02", step.marked_formula) == ["dE/dw"] * 3


def test_the_negative_of_an_own_operation_has_its_whole_text():
    rest = Operation("rest", lambda x: 1 - x, [lambda y, x: -1], text="-{} + 1", latex="1 - {}")
    x = Value(3.0, "x")
    step = derive(named(dot([-1], [rest(x)]), "y")).forward[-1]
    assert step.formula == "-(-x + 1)"


# --- what is written when it is read --------------------------------------------------------------


def test_what_is_read_later_has_the_numbers_of_when_it_was_made():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    lines = [*derive(named(w * x + x, "y")).steps, *walk(named(w * x + x, "y")).steps]
    w.data = x.data = 7.0
    w.name = "other"
    assert lines[0].latex == r"y = w \cdot x + x = 2 \cdot 3 + 3 = 9"
    assert not any("7" in text for step in lines for text in (*step.contributions, step.latex))
    assert lines[-1].contributions == ("through v1: dy/dv1 * w = 1 * 2 = 2", "through y: 1")


def test_latex_and_contributions_are_written_when_they_are_read(monkeypatch):
    written = []
    monkeypatch.setattr(steps, "equation", lambda *members, **how: written.append(members) or "")
    x = Value(3.0, "x")
    step = derive(x * x + x).gradients[-1]
    assert not written
    assert len(step.contributions) == len(written) == 3
    assert len([*step.contributions, *step.contributions]) == 6 and len(written) == 3


def test_steps_are_equal_and_pickled_as_tuples():
    first, second = (derive(Value(2.0, "w") * 3).forward[0] for _ in range(2))
    assert first.in_latex == second.in_latex == tuple(second.in_latex)
    assert pickle.loads(pickle.dumps(first.in_latex)) == first.in_latex
    assert {first.in_latex: 1}[second.in_latex] == 1 and repr(first.in_latex)[:7] == "(Member"


@pytest.mark.parametrize("notation", ["notes", "ng", "mitchell"])
def test_a_target_of_1_over_m_leaves_the_1_over_m_of_a_mean_a_fraction(notation):
    model = nn.MLP.from_weights([[[0.75]]], None, ["linear"], notation=notation)
    predictions = [model([1.5]), model([0.25])]
    found = derive(nn.over(nn.half_squared_error, predictions, [0.5, 2.0]))
    assert "1/2 * (" in str(found) and "0.5 * (" not in str(found)
    assert "- 0.5" in str(found) and "- 1/2" not in str(found)
    assert "1/2*" in found.python() and "1/2*" in str(matrices(found.forward[-1].node))
    assert "- 1/2)" not in found.python()


def test_a_factor_that_is_typed_is_written_as_it_was_typed():
    a, b = Value(2.0, "a"), Value(4.0, "b")
    found = derive(named(mean([0.5 * a, b]), "L"))
    assert found.gradients[-1].formula == "0.5 * 0.5"


@pytest.mark.parametrize(("comma", "power"), [(False, "0.5"), (True, "0,5")])
def test_a_power_in_html_is_the_whole_number(comma, power):
    x = Value(2.0, "x")
    page = derive(named(x**0.5 + 2.0**x, "y"), comma=comma).html()
    assert f"x<sup>{power}</sup> + 2<sup>x</sup>" in page and "<sup>0</sup>" not in page
    assert "2<sup>2</sup> =" in page  # 2^x with its number


def test_a_fraction_in_an_error_stands_in_parentheses():
    with pytest.raises(TypeError, match=r"x\^\(1/3\) with x = 2\.0"):
        Value(2.0, "x") ** Fraction(1, 3)


WITHOUT_TWO_SIGNS = [  # a result, and the formulas of it and of the gradients in b
    (lambda a, b: (a - b) ** 2 + (2 - b) ** 2, "(a - b)^2 + (2 - b)^2", "2*(b - a) + 2*(b - 2)"),
    (lambda a, b: sum([(a - b) ** 2, b]), "(a - b)^2 + b", "2*(b - a) + 1"),
    (lambda a, b: a + -(b * a), "a - b*a", "-a"),
    (lambda a, b: a + (-b) * a, "a + (-b)*a", "-a"),
    (lambda a, b: b**-1, "b^(-1)", "-b^(-2)"),
    (lambda a, b: dot([a, b], [-b, a]), "a*(-b) + b*a", "-a + a"),
    (lambda a, b: mean([a - b, b]), "(a - b + b)/2", "-1/2 + 1/2"),
]


@pytest.mark.parametrize(("build", "formula", "gradient"), WITHOUT_TWO_SIGNS)
def test_no_two_signs_stand_where_one_does(build, formula, gradient):
    a, b = Value(3.0, "a"), Value(0.5, "b")
    found = derive(named(build(a, b), "y"))
    (in_b,) = (step for step in found.gradients if step.name == "dy/db")
    assert (found.forward[-1].formula, in_b.formula) == (formula, gradient)
    for step in (found.forward[-1], in_b):
        for member in (step.formula, step.substituted or step.formula):
            number = eval(member.replace("^", "**"), {"a": 3.0, "b": 0.5})
            assert number == pytest.approx(float(step.number))
