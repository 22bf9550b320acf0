"""Numbers as the reader wants them: what is shown, and what is computed with each step rounded."""

import csv
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import (
    Value,
    derive,
    dot,
    draw,
    exp,
    log,
    maximum,
    mean,
    relu,
    sigmoid,
    total,
    walk,
    where,
)
from autograd.notes.expressions import Pen, number_term, write
from autograd.notes.number_style import NumberStyle, number_style
from autograd.notes.numbers import number_text, short_number
from autograd.writing import POWER, PRODUCT, SIGNED, Layout, Term, write_sum

EACH = {"rounding": "each step"}


def lines(root, **shown):
    return str(derive(root, **shown)).splitlines()


def named(y, name="y"):
    y.name = name
    return y


# --- what is shown --------------------------------------------------------------------------------

SHOWN = [  # options, number, text, LaTeX
    ({}, 0.5, "0.5", "0.5"),
    ({}, 2.0, "2", "2"),
    ({}, -0.0, "0", "0"),
    ({}, 1e-05, "1*10^-5", r"1 \cdot 10^{-5}"),
    ({}, -2.5e-07, "-2.5*10^-7", r"-2.5 \cdot 10^{-7}"),
    ({}, 1e16, "1*10^16", r"1 \cdot 10^{16}"),
    ({}, Decimal("1E-40"), "1*10^-40", r"1 \cdot 10^{-40}"),
    ({}, Decimal("0E-40"), "0", "0"),
    ({}, Decimal("1E+5000"), "1*10^5000", r"1 \cdot 10^{5000}"),
    ({}, Fraction(1, 10**6), "0.000001", "0.000001"),
    ({}, Fraction(-593, 735), "-593/735", r"-\frac{593}{735}"),
    ({}, float("inf"), "inf", r"\infty"),
    ({}, float("nan"), "nan", r"\mathrm{NaN}"),
    ({}, 1 + 2j, "(1+2j)", "(1+2j)"),
    ({}, complex(0, 1e-05), "1*10^-5j", r"1 \cdot 10^{-5}j"),
    ({"decimals": 4}, 0.15, "0.15", "0.15"),
    ({"decimals": 4}, 2 / 3, "≈0.6667", "0.6667"),
    ({"decimals": 4}, 0.59996, "≈0.6000", "0.6000"),
    ({"decimals": 4}, 1e-05, "≈0.0000", "0.0000"),
    ({"decimals": 5}, 1e-05, "0.00001", "0.00001"),
    ({"decimals": 4}, -1e-05, "≈0.0000", "0.0000"),
    ({"decimals": 0}, Fraction(5, 2), "≈2", "2"),
    ({"decimals": 0, "halves": "up"}, Fraction(5, 2), "≈3", "3"),
    ({"decimals": 0, "halves": "up"}, Fraction(-5, 2), "≈-3", "-3"),
    ({"decimals": 2}, 2.675, "≈2.68", "2.68"),  # its float is a little less, and rounds to 2.67
    ({"decimals": 2}, 1 + 0.125j, "≈(1+0.12j)", "(1+0.12j)"),
    ({"decimals": 1}, 1e200, "1*10^200", r"1 \cdot 10^{200}"),
    ({"decimals": 1}, mpmath.mpf("0.25"), "≈0.2", "0.2"),
    ({"decimals": 1}, sympy.Symbol("x"), "x", "x"),
    ({"digits": 3}, 0.00123456, "≈0.00123", "0.00123"),
    ({"digits": 3}, 0.0000123456, "≈1.23*10^-5", r"1.23 \cdot 10^{-5}"),
    ({"digits": 3}, 12345, "≈12300", "12300"),
    ({"digits": 2}, 9.99, "≈10", "10"),
    ({"digits": 2}, 0.0999, "≈0.10", "0.10"),
    ({"digits": 2}, 0, "0", "0"),
    ({"digits": 3}, Fraction(10**20, 3), "≈3.33*10^19", r"3.33 \cdot 10^{19}"),
    ({"comma": True}, 0.5, "0,5", "0{,}5"),
    ({"comma": True, "decimals": 1}, -1.25e3, "-1250", "-1250"),
    ({"comma": True}, 1.5e-7, "1,5*10^-7", r"1{,}5 \cdot 10^{-7}"),
    ({"percent": True}, 0.07, "7%", r"7\%"),
    ({"percent": True, "decimals": 1, "comma": True}, 2 / 3, "≈66,7%", r"66{,}7\%"),
    ({"percent": True}, Fraction(1, 3), "1/3", r"\frac{1}{3}"),
    ({"percent": True}, float("inf"), "inf", r"\infty"),
    ({"fractions": True}, Fraction(59, 15), "59/15", r"\frac{59}{15}"),
    ({"fractions": True}, Fraction("-1.03"), "-103/100", r"-\frac{103}{100}"),
    ({"fractions": True}, Fraction(4), "4", "4"),
    ({"fractions": True}, 0.375, "3/8", r"\frac{3}{8}"),
    ({"fractions": True}, 0.1, "0.1", "0.1"),  # it is not a tenth
    ({"fractions": True}, Decimal("0.1"), "1/10", r"\frac{1}{10}"),
    ({"fractions": True}, 1e200, "1*10^200", r"1 \cdot 10^{200}"),
]


@pytest.mark.parametrize(("options", "number", "text", "latex"), SHOWN)
def test_a_number_in_a_style(options, number, text, latex):
    style = NumberStyle(**options)
    assert (style.marked(number), style.latex(number)) == (text, latex)
    assert style.is_rounded(number) == text.startswith("≈")
    assert style.text(number) == text.removeprefix("≈")


def test_without_options_a_number_is_that_of_number_text():
    for number in (0.5, 1e-05, 2 / 3, Fraction(1, 3), Decimal("0.10"), 10**5000, 1j, 7):
        assert NumberStyle().marked(number) == number_text(number)
        assert NumberStyle().short(number) == short_number(number)


@pytest.mark.parametrize(
    ("options", "number", "text"),
    [
        ({}, 2 / 3, "≈0.6667"),
        ({"comma": True}, 2 / 3, "≈0,6667"),
        ({"percent": True}, 2 / 3, "≈66.67%"),
        ({"decimals": 6}, 2 / 3, "≈0.666667"),
        ({"fractions": True}, Fraction(593, 735), "593/735"),
        ({"fractions": True}, Fraction(12345, 678910), "≈0.01818"),
        ({}, 1.5e-7, "1.5*10^-7"),
        ({}, Decimal("1e600000"), "1*10^600000"),
        ({}, None, "-"),
    ],
)
def test_a_card_has_little_room(options, number, text):
    assert NumberStyle(**options).short(number) == text


@given(st.fractions(), st.integers(0, 6), st.sampled_from(["even", "up"]))
def test_what_is_rounded_is_the_nearest(number, decimals, halves):
    rounded = NumberStyle(decimals=decimals, halves=halves).rounded(number)
    assert (rounded * 10**decimals).denominator == 1
    assert 2 * abs(rounded - number) <= Fraction(1, 10**decimals)
    if halves == "even":
        assert rounded == round(number, decimals)
    elif 2 * abs(rounded - number) == Fraction(1, 10**decimals):
        assert abs(rounded) > abs(number)


@given(st.fractions().filter(bool), st.integers(1, 6))
def test_significant_digits_are_counted_from_the_first(number, digits):
    rounded = NumberStyle(digits=digits).rounded(number)
    assert 2 * abs(rounded - number) <= abs(number) * Fraction(10) ** (1 - digits)
    assert len(Decimal(number_text(rounded)).normalize().as_tuple().digits) <= digits


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 8))
def test_a_shown_float_is_the_rounded_one(number, decimals):
    style = NumberStyle(decimals=decimals)
    text = style.text(number).replace("*10^", "e")
    assert float(text) == style.rounded(number)
    assert style.is_rounded(number) == (Decimal(text) != Decimal(repr(number)))


@pytest.mark.parametrize(
    ("number", "rounded"),
    [(2 / 3, 0.67), (Fraction(2, 3), Fraction(67, 100)), (Decimal(2) / 3, Decimal("0.67")), (3, 3)],
)
def test_type_in_is_type_out(number, rounded):
    found = NumberStyle(decimals=2).rounded(number)
    assert found == rounded and type(found) is type(rounded)


# --- how a shown number binds ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "number", "factor", "power"),
    [
        ({}, 1e-05, "(1*10^-5)", "(1*10^-5)"),
        ({}, -0.5, "(-0.5)", "(-0.5)"),
        ({"fractions": True}, Fraction(1, 3), "(1/3)", "(1/3)"),
        ({"percent": True}, 0.5, "50%", "(50%)"),
        ({"comma": True}, 0.5, "0,5", "0,5"),
        ({}, 1 + 2j, "(1+2j)", "(1+2j)"),
    ],
)
def test_a_number_binds_as_it_is_written(options, number, factor, power):
    term = number_term(number, style=NumberStyle(**options))
    assert term.within(POWER) == factor and term.within(POWER + 1) == power


def test_a_fraction_in_latex_is_a_factor_as_it_is():
    third = number_term(Fraction(1, 3), form="latex")
    assert third.within(POWER) == r"\frac{1}{3}" and third.within(POWER + 1) == r"(\frac{1}{3})"
    assert number_term(1e-05, form="latex").within(POWER) == r"(1 \cdot 10^{-5})"
    assert number_term(sympy.Symbol("x") * 2).within(PRODUCT) == "(2*x)"
    sum_of_two = number_term(-sympy.Symbol("x") - 1)  # minus that is not x - 1
    assert (sum_of_two.within(SIGNED), sum_of_two.minus_of) == ("(-x - 1)", None)


NEGATIVE = {
    "mul": (lambda a, b: a * b, "-0.4*(-2)", r"-0.4 \cdot (-2)"),
    "add": (lambda a, b: b + a * b, "-2 + (-0.4)*(-2)", r"-2 + (-0.4) \cdot (-2)"),
    "sub": (lambda a, b: b - a * b, "-2 - (-0.4)*(-2)", r"-2 - (-0.4) \cdot (-2)"),
    "div": (lambda a, b: b - a / b, "-2 - (-0.4)/(-2)", r"-2 - \frac{-0.4}{-2}"),
    "of three": (lambda a, b: b + a * b * a, "-2 + (-0.4)*(-2)*(-0.4)", None),
    "right": (lambda a, b: b * (a * b), "-2*(-0.4*(-2))", r"-2 \cdot (-0.4 \cdot (-2))"),
    "dot": (
        lambda a, b: dot([a, a], [b, b], b),
        "-0.4*(-2) + (-0.4)*(-2) - 2",
        r"-0.4 \cdot (-2) + (-0.4) \cdot (-2) - 2",
    ),
    "total": (lambda a, b: total([b, a * b]), "-2 + (-0.4)*(-2)", None),
    "power": (lambda a, b: b + a**2 * b, "-2 + (-0.4)^2*(-2)", None),
}


@pytest.mark.parametrize("case", NEGATIVE)
def test_a_negative_factor_stands_in_parentheses_unless_it_begins_the_line(case):
    function, text, latex = NEGATIVE[case]
    a, b = Value(-0.4, "a"), Value(-2, "b")
    for pen, expected in ((Pen(), text), (Pen(form="latex"), latex)):
        leaf = lambda node, pen=pen: pen.number(node.data) if node.name else None  # noqa: E731
        if expected:
            assert write(function(a, b), leaf, pen=pen).text == expected


def test_a_layout_with_a_sign_of_its_own_stands_in_parentheses():
    minus_twice = Layout("-{}*2", PRODUCT, (PRODUCT,))([Term("x")])
    assert write_sum([Term("a"), minus_twice]).text == "a - x*2"
    assert minus_twice.within(PRODUCT) == "(-x*2)"


# --- lines ----------------------------------------------------------------------------------------


def test_the_sign_says_what_is_rounded():
    x, w = Value(2 / 3, "x"), Value(0.5, "w")
    assert lines(named(w * 0.5), decimals=2)[0] == "y = w*0.5 = 0.5*0.5 = 0.25"
    assert lines(named(w * 0.25), decimals=2)[0] == "y = w*0.25 = 0.5*0.25 ≈ 0.12"
    assert lines(named(x * 3), decimals=2)[0] == "y = x*3 ≈ 0.67*3 ≈ 2"
    assert lines(named(w / 3 * (2 / 3)), decimals=2)[0] == "y ≈ w/3*0.67 ≈ 0.5/3*0.67 ≈ 0.11"
    assert lines(x, decimals=2) == ["x ≈ 0.67", "dx/dx = 1"]


def test_a_gradient_that_only_has_a_name_is_rounded_once():
    x, w = Value(2 / 3, "x"), Value(0.5, "w")
    assert lines(w * x, decimals=2)[2] == "dL/dw = x ≈ 0.67"


def test_a_name_that_looks_rounded_is_a_name():
    assert lines(named(Value(0.5, "≈x") * 2), decimals=2)[0] == "y = ≈x*2 = 0.5*2 = 1"


def test_contributions_are_shown_in_the_style():
    a, b = Value(2 / 3, "a"), Value(0.5, "b")
    shown = repr(walk(named(a * b + a), decimals=2).goto("dy/da")).splitlines()
    assert shown[2:4] == ["   through v1: dy/dv1 * b = 1 * 0.5 = 0.5", "   through y: 1"]
    c = named(a * 3, "c")
    shown = repr(walk(named(c * a + c), decimals=2).goto("dy/dc"))
    assert "through v1: dy/dv1 * a ≈ 1 * 0.67 ≈ 0.67" in shown


def test_a_table_marks_what_is_rounded():
    table = walk(named(Value(2 / 3, "x") * 2), decimals=2, comma=True).goto(1).table()
    assert [line.split() for line in table.splitlines()[1:]] == [
        ["x", "≈0,67", "-"],
        ["y", "≈1,33", "-"],
    ]


def test_numbers_themselves_are_untouched():
    x = Value(2 / 3, "x")
    y = named(x * x)
    shown = derive(y, decimals=1)
    assert shown.forward[0].number == y.data == (2 / 3) ** 2
    assert shown.forward[0].node is y


def test_latex_has_each_form():
    x = Value(Fraction(593, 735), "x")
    y = named(x * Fraction(1, 2))
    assert derive(y).forward[0].latex == (
        r"y = x \cdot 0.5 = \frac{593}{735} \cdot 0.5 = \frac{593}{1470}"
    )
    assert r"\cdot \frac{1}{2} =" in derive(y, fractions=True).forward[0].latex
    rounded = derive(y, decimals=2, comma=True, percent=True).latex().splitlines()[1]
    assert rounded == r"y &= x \cdot 0{,}5 \approx 80{,}68\% \cdot 0{,}5 \approx 40{,}34\% \\"
    first = derive(x, decimals=2).latex().splitlines()[1]
    assert first == r"x &\approx 0.81 \\"
    alpha = derive(Value(1e-05, "alpha") * 2).forward[0].latex
    assert r"= 1 \cdot 10^{-5} \cdot 2 = 2 \cdot 10^{-5}" in alpha


def test_plain_numbers_of_a_formula_are_in_no_percent():
    a = Value(0.25, "a")
    assert lines(named((1 - a) ** 2), percent=True)[0] == "y = (1 - a)^2 = (1 - 25%)^2 = 56.25%"


def test_where_commas_are_decimal_operands_stand_between_semicolons():
    a, b = Value(0.5, "w_0,12^1"), Value(1.5, "b")
    assert lines(named(maximum(a, b)), comma=True)[0] == (
        "y = max(w_0,12^1; b) = max(0,5; 1,5) = 1,5"
    )
    assert (
        derive(named(maximum(a, b)), comma=True)
        .forward[0]
        .latex.endswith(r"\max\left(0{,}5; 1{,}5\right) = 1{,}5")
    )
    assert "where(0,5 > 0; 1,5; 0)" in lines(where(a, b, 0), comma=True)[0]


def test_a_power_of_ten_is_no_e():
    alpha, w = Value(1e-05, "alpha"), Value(3.0, "w")
    line = lines(named(w - alpha * w**2))[0]
    assert line == "y = w - alpha*w^2 = 3 - 1*10^-5*3^2 = 2.99991"
    assert lines(named(w * alpha))[0].startswith("y = w*alpha = 3*(1*10^-5) = 3")
    assert "(1*10^-5)^2" in lines(named(alpha**2))[0]


# --- pictures -------------------------------------------------------------------------------------


def model_and_loss():
    model = nn.MLP.from_weights([[[1 / 3, -0.25]]], [[2 / 3]], ["sigmoid"])
    loss = nn.half_squared_error(model([1, 2]), Value(1.0, "y"))
    loss.backward()
    return model, loss


def texts(picture):
    found = re.findall(r"<(?:FONT|B)\b[^<>]*>([^<>]+)<", picture.dot)
    return [text.rstrip() for text in found]


def test_cards_show_numbers_in_the_style():
    _, loss = model_and_loss()
    shown = texts(draw(loss, decimals=2, comma=True))
    assert {"≈0,33", "-0,25", "≈0,67", "≈-0,18"} <= {*shown}
    assert not [text for text in shown if re.search(r"\d\.\d|,\d{3}", text)]
    assert "≈ x*0.67" in texts(draw(Value(1.0, "x") * (2 / 3), decimals=2))
    assert "≈33.3%" in texts(draw(loss, percent=True, decimals=1))


def test_the_local_derivative_on_an_arrow_is_in_the_style():
    y = named(Value(2.0, "x") / 3)
    y.backward()
    assert "*≈0,333" in texts(draw(y, decimals=3, comma=True))


def test_a_network_shows_numbers_in_the_style():
    model, loss = model_and_loss()
    shown = texts(nn.draw_network(model, loss, decimals=2, comma=True))
    assert {"w_00^1", "≈0,33", "b_0^1 ≈0,67", "grad ≈-0,09", "≈0,62"} <= {*shown}
    assert not [text for text in shown if re.search(r"\d\.\d|,\d{3}", text)]
    exact = nn.MLP.from_weights([[[Fraction(1, 4)]]], [[Fraction(1, 2)]], ["relu"])
    assert "b_0^1 = 1/2" in texts(nn.draw_network(exact, fractions=True))


# --- options that cannot work ---------------------------------------------------------------------

READERS = {
    "derive": lambda **shown: derive(Value(1.0, "x"), **shown),
    "walk": lambda **shown: walk(Value(1.0, "x") * 2, **shown),
    "draw": lambda **shown: draw(Value(1.0, "x"), **shown),
    "draw_network": lambda **shown: nn.draw_network(nn.MLP(1, [1], ["relu"]), **shown),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_misspelt_option_is_named_with_the_right_ones(reader):
    with pytest.raises(TypeError) as raised:
        READERS[reader](decimal=4)
    sentence = str(raised.value)
    assert sentence.startswith(
        f"{reader} has no option decimal: did you mean decimals? The options"
    )
    for option in ("notation", "decimals", "digits", "fractions", "comma", "percent", "halves"):
        assert option in sentence
    assert ("rounding" in sentence) == (reader in ("derive", "walk"))
    if reader not in ("derive", "walk"):
        with pytest.raises(TypeError, match=f"{reader} shows numbers as they were computed"):
            READERS[reader](decimals=1, rounding="each step")
    with pytest.raises(ValueError, match="decimals=1 and digits=1 are two ways to round: give one"):
        READERS[reader](decimals=1, digits=1)


@pytest.mark.parametrize(
    ("options", "kind", "sentence"),
    [
        ({"decimals": -1}, ValueError, "decimals is how many places after the point are shown, an"),
        ({"decimals": 101}, ValueError, "an int from 0 to 100, not 101"),
        ({"decimals": True}, TypeError, "an int from 0 to 100, not True"),
        ({"decimals": 2.5}, TypeError, "an int from 0 to 100, not 2.5"),
        (
            {"digits": 0},
            ValueError,
            "digits is how many significant digits are shown, an int from 1",
        ),
        ({"digits": "4"}, TypeError, "an int from 1 to 100, not '4'"),
        ({"comma": 1}, TypeError, "comma is True or False, not int"),
        ({"percent": None}, TypeError, "percent is True or False, not NoneType"),
        (
            {"decimals": 2, "fractions": True},
            ValueError,
            "fractions=True is exact, decimals rounds",
        ),
        ({"digits": 2, "fractions": True}, ValueError, "fractions=True is exact, digits rounds"),
        (
            {"percent": True, "fractions": True},
            ValueError,
            "fractions=True and percent=True are two",
        ),
        (
            EACH,
            ValueError,
            "rounding='each step' needs to know how far: give decimals=4, or digits",
        ),
        (
            {"decimals": 2, "rounding": "all"},
            ValueError,
            "rounding is 'each step', or not given, not",
        ),
        ({"decimals": 2, "rounding": True}, ValueError, "decimals=4 alone rounds what is shown"),
        ({"decimals": 2, "halves": "down"}, ValueError, "or 'up', away from zero, not 'down'"),
        (
            {"halves": "up"},
            ValueError,
            "halves='up' says how to round: give decimals=4, or digits=4",
        ),
    ],
)
def test_an_option_that_cannot_work_is_named(options, kind, sentence):
    with pytest.raises(kind) as raised:
        number_style("derive", options, rounding=True)
    assert sentence in str(raised.value)


# --- each step rounded ----------------------------------------------------------------------------

with (Path(__file__).parent / "documents" / "rounded.csv").open(
    encoding="utf-8", newline=""
) as table:
    PRINTED = list(csv.DictReader(table))


def sigmoid_sigmoid(number):
    """1-1-1, two sigmoids, half squared error; halves are rounded up: -0.0245*0.5 is -0.0123.

    "Step-by-Step Numerical Example of Backpropagation", in deep-learning notes on GitHub.
    """
    x, w1, b1 = Value(number("0.5"), "x"), Value(number("2"), "w1"), Value(number("0.5"), "b1")
    w2, b2, y = Value(number("1.5"), "w2"), Value(number("-1"), "b2"), Value(number("1"), "y")
    z1 = named(w1 * x + b1, "z1")
    a1 = named(sigmoid(z1), "a1")
    z2 = named(w2 * a1 + b2, "z2")
    a2 = named(sigmoid(z2), "a2")
    return named(nn.half_squared_error(a2, y), "L")


def sigmoid_linear(number):
    """1-1-1, sigmoid, then linear, half squared error.

    "Worked Numerical Example: backprop on a 2-layer MLP, by hand", part 19, "Neural Networks and
    Backpropagation", of a series on the mathematics of machine learning.
    """
    w1, b1, x = Value(number("0.5"), "w1"), Value(number("0"), "b1"), Value(number("1"), "x")
    w2, b2, y = Value(number("-1"), "w2"), Value(number("0.1"), "b2"), Value(number("0"), "y")
    z1 = named(w1 * x + b1, "z1")
    h1 = named(sigmoid(z1), "h1")
    z2 = named(w2 * h1 + b2, "z2")
    return named(nn.half_squared_error(z2, y), "L")


def han_kamber(number):
    """3-2-1, two sigmoid layers; the forward pass is printed to three places, the errors to four.

    J. Han, M. Kamber, J. Pei, "Data Mining", 3rd ed., 2012, Example 9.1.
    """
    model = nn.MLP.from_weights(
        [[["0.2", "0.4", "-0.5"], ["-0.3", "0.1", "0.2"]], [["-0.3", "-0.2"]]],
        [["-0.4", "0.2"], ["0.1"]],
        ["sigmoid"] * 2,
        numbers=number,
    )
    return named(nn.half_squared_error(model(list(map(number, "101"))), number("1")), "L")


ROUNDED = {
    "sigmoid sigmoid": (sigmoid_sigmoid, {"decimals": 4, "halves": "up"}),
    "sigmoid linear": (sigmoid_linear, {"decimals": 4}),
    "han": (han_kamber, {"decimals": 3}),
}


@pytest.mark.parametrize("number", [float, Decimal])
@pytest.mark.parametrize("example", ROUNDED)
def test_published_lines_that_round_each_step_digit_for_digit(example, number):
    build, shown = ROUNDED[example]
    found = derive(build(number), rounding="each step", **shown)
    steps = {step.plain_name or step.name: step for step in (*found.forward, *found.gradients)}
    rows = [row for row in PRINTED if row["example"] == example]
    assert rows
    for row in rows:
        assert steps[row["name"]].result == row["printed"], row
        assert type(steps[row["name"]].number) is number


def test_the_errors_and_updates_of_han_and_kamber_digit_for_digit():
    out = {j: Value(o, f"O_{j}") for j, o in {4: 0.332, 5: 0.525, 6: 0.474}.items()}
    w46, w56 = Value(-0.3, "w_46"), Value(-0.2, "w_56")
    err6 = named(out[6] * (1 - out[6]) * (1 - out[6]), "Err_6")
    err5 = named(out[5] * (1 - out[5]) * err6 * w56, "Err_5")
    err4 = named(out[4] * (1 - out[4]) * err6 * w46, "Err_4")
    found = derive(total([err6, err5, err4]), decimals=4, **EACH).forward
    assert [step.result for step in found[:3]] == ["0.1311", "-0.0065", "-0.0087"]
    rate, err = Value(0.9, "l"), Value(found[0].number, "Err_6")
    assert lines(named(w46 + rate * err * out[4], "w_46"), decimals=3, **EACH)[0].endswith(
        "≈ -0.261"
    )
    assert lines(named(w56 + rate * err * out[5], "w_56"), decimals=3, **EACH)[0].endswith(
        "≈ -0.138"
    )


def test_rounding_what_is_shown_gives_other_digits():
    loss = sigmoid_linear(float)
    printed = {row["name"]: row["printed"] for row in PRINTED if row["example"] == "sigmoid linear"}
    shown = {step.plain_name: step.result for step in derive(loss, decimals=4).gradients}
    assert shown["dL/dw2"] == "-0.3252" != printed["dL/dw2"]


def of_shown_digits(text):
    """The number of an expression of decimals."""
    text = re.sub(r"(\d+(?:\.\d+)?)", r"Decimal('\1')", text.replace("^", "**"))
    return eval(text, {"Decimal": Decimal, "sigmoid": lambda x: 1 / (1 + (-x).exp())})


@pytest.mark.parametrize("number", [float, Decimal])
@pytest.mark.parametrize("build", [sigmoid_sigmoid, sigmoid_linear, han_kamber])
@pytest.mark.parametrize("decimals", [1, 2, 3, 5])
def test_each_relation_is_true_of_its_digits(build, number, decimals):
    found = derive(build(number), decimals=decimals, **EACH)
    for step in (*found.forward, *found.gradients[1:]):
        difference = abs(of_shown_digits(step.substituted) - Decimal(step.result))
        assert 2 * difference <= Decimal(10) ** -decimals, str(step)
        assert bool(difference) == step.rounded[2] == (f"≈ {step.result}" in str(step)), str(step)


def test_floats_are_computed_with_as_the_decimals_that_are_written():
    y = named(Value(1.15, "a") * 0.1)
    assert y.data < 0.115  # the float is a little less than the half that is written
    assert lines(y, decimals=2, halves="up", **EACH)[0] == "y = a*0.1 = 1.15*0.1 ≈ 0.12"
    y = named(Value(0.9, "a") * 1.1)
    assert lines(y, decimals=4, **EACH)[0] == "y = a*1.1 = 0.9*1.1 = 0.99"


@pytest.mark.parametrize("thirds", [lambda a, b: mean([a, b, b]), lambda a, b: (a + b) / 3])
def test_a_third_is_computed_with_as_it_is_written(thirds):
    a, b = Value(0.4, "a"), Value(0.9, "b")
    found = derive(thirds(a * 0.15, b), decimals=1, halves="up", without="root", **EACH)
    # The float 1/3 is less than a third, and so is a half of it.
    assert str(found.gradients[-1]) == "dL/da = 1/3 * 0.15 ≈ 0.1"
    found = derive(thirds(a * 0.9, b), decimals=2, without="root", **EACH)
    assert str(found.gradients[-1]) == "dL/da = 1/3 * 0.9 = 0.3"


def test_a_path_s_share_is_computed_with_as_it_is_written():
    model = nn.MLP.from_weights([[[1.0]]], None, ["linear"], notation="ng")
    cost = nn.over(nn.half_squared_error, [model([x]) for x in (0.4, 0.7, 1.0)], [0.1] * 3)
    step = walk(cost, decimals=2, **EACH).goto("dW^[1]_11").step
    assert step.contributions[1].endswith(" = 1/3 * 0.6 * 0.7 = 0.14")


def test_what_is_given_is_not_rounded():
    y = named(Value(2 / 3, "x") * 3)
    assert lines(y, decimals=2, **EACH)[0] == f"y = x*3 = {2 / 3}*3 ≈ 2.00"
    assert lines(Value(Fraction(1, 3), "x"), decimals=2, **EACH)[0] == "x = 1/3"


def test_a_rounded_number_is_written_as_it_was_where_it_is_used():
    y = named(Value(0.000012, "x") * 1)
    assert lines(named(y * 2, "L"), decimals=5, **EACH)[:2] == [
        "y = x*1 = 1.2*10^-5*1 ≈ 0.00001",
        "L = y*2 = 0.00001*2 = 0.00002",
    ]


def test_what_does_not_terminate_is_in_no_percent_unless_it_is_rounded():
    s = named(Value(Fraction(1, 9), "t") * 10, "s")
    assert lines(s, percent=True)[0] == "s = t*10 = 1/9*10 = 10/9"
    assert lines(s, percent=True, decimals=1)[0] == "s = t*10 ≈ 11.1%*10 ≈ 111.1%"
    style = NumberStyle(percent=True)
    assert style.latex(Fraction(1, 9)) == r"\frac{1}{9}" and style.text(Fraction(1, 8)) == "12.5%"
    assert not style.is_rounded(Fraction(1, 9)) and style.short(Fraction(1, 9)) == "1/9"
    assert style.short(Fraction(12345678, 98765431)) == "≈12.5%"


def test_a_rounded_number_keeps_its_zeros_as_without_each_step():
    a = named(sigmoid(Value(0.0, "z")), "a")
    loss = named(a * Value(0.999, "c"), "L")
    found = derive(named(loss * 2, "C"), decimals=2, **EACH)
    assert [str(step) for step in found.forward] == [
        "a = sigmoid(z) = sigmoid(0) = 0.5",  # not rounded
        "L = a*c = 0.5*0.999 ≈ 0.50",
        "C = L*2 = 0.50*2 = 1",
    ]
    assert found.forward[2].latex == r"C = L \cdot 2 = 0.50 \cdot 2 = 1"
    shown = derive(loss, decimals=2)
    assert shown.forward[1].result == found.forward[1].result == "0.50"


def test_what_vanishes_is_written_with_its_zeros():
    y = named(Value(-0.004, "x") * 1)
    assert lines(y, decimals=2, **EACH)[0] == "y = x*1 = -0.004*1 ≈ 0.00"


def test_places_that_a_float_has_not_are_not_written():
    y = named(Value(1.0, "x") / 3)
    assert lines(y, decimals=20, **EACH)[0] == "y = x/3 = 1/3 ≈ 0.3333333333333333"


def test_in_percent_so_many_places_of_the_percent_are_gone_on_with():
    y = named(Value(0.12345, "x") * 1)
    assert lines(named(y * 2, "L"), decimals=1, percent=True, **EACH)[:2] == [
        "y = x*1 = 12.345%*1 ≈ 12.3%",
        "L = y*2 = 12.3%*2 = 24.6%",
    ]


def test_what_a_float_cannot_hold_is_infinite_as_in_the_graph():
    y = named(Value(1e200, "x") * 1e200)
    assert lines(y, decimals=1, **EACH)[0] == "y = x*(1*10^200) = 1*10^200*(1*10^200) ≈ inf"


def test_a_line_rounds_once_whatever_it_writes_out():
    a = Value(Fraction(1, 3), "a")
    square = named((a + Fraction(1, 4)) ** 2)
    assert derive(square, decimals=1, **EACH).forward[0].number == Fraction("0.3")  # 0.3403
    steps = walk(square, decimals=1, **EACH)
    assert [step.number for step in steps.steps[:2]] == [Fraction("0.6"), Fraction("0.4")]


def test_fractions_round_to_fractions_and_ints_to_ints():
    y = named(Value(Fraction(2, 3), "x") * 2)
    assert derive(y, decimals=2, **EACH).forward[0].number == Fraction("1.33")
    y = named(Value(7, "x") * 15)
    (number,) = (step.number for step in derive(y, digits=1, **EACH).forward)
    assert number == 100 and type(number) is int


def test_a_kink_that_rounding_makes_is_told():
    z = named(Value(0.004, "x") * 1, "z")
    assert lines(relu(z), decimals=2, **EACH)[3].endswith("= 0   (relu'(0) = 0 by convention)")


def test_what_rounding_leaves_without_a_number_is_written_out():
    z = named(Value(0.004, "x") * 2, "z")
    found = derive(named(log(z) + z, "L"), decimals=1, **EACH)
    assert [str(step) for step in (*found.forward, *found.gradients)] == [
        "z = x*2 = 0.004*2 ≈ 0.0",
        "L = log(x*2) + z = log(0.004*2) + 0.0 ≈ -4.8",
        "dL/dL = 1",
        "dL/dz = 1/(x*2) + 1 = 1/(0.004*2) + 1 = 126",
        "dL/dx = dL/dz * 2 = 126 * 2 = 252",
    ]
    assert found.forward[1].latex.endswith(r"\left(0.004 \cdot 2\right) + 0.0 \approx -4.8")


def test_what_cannot_be_computed_with_rounded_numbers_is_named():
    z = named(Value(0.14, "x") * 1, "z")
    rest = 2 * named(z * 1.4, "u") - Value(0.38, "c")  # of rounded z and u it is negative
    sentence = "with each step rounded, {}: math domain error; .* greater than 0. Give more than "
    with pytest.raises(
        ValueError, match=sentence.format(r"log\(-0.18\)") + "decimals=1, or digits"
    ):
        derive(log(rest), decimals=1, **EACH)
    d = named(rest, "d")
    with pytest.raises(ValueError, match=sentence.format(r"log\(d\) with d = .*") + "digits=1$"):
        derive(log(d), digits=1, **EACH)
    with pytest.raises(
        TypeError, match="rounds int, float, Fraction and Decimal: z is of type comp"
    ):
        derive(Value(1j, "z") * 2, decimals=2, **EACH)


def test_rounding_touches_no_node():
    loss = sigmoid_sigmoid(float)
    before = loss.data
    walk(loss, decimals=1, **EACH).goto("dL/dw1")
    assert loss.data == before and loss.grad is None and loss.operands[0].name == "a2"


def test_the_gradient_in_a_bias_that_is_subtracted_is_rounded_too():
    model = nn.MLP.from_weights([[[0.123]]], [[0.456]], ["relu"], notation="mit6034")
    errors = [nn.half_squared_error(model([x]), y) for x, y in [(1.0, 2), (2.0, 1)]]
    found = lines(errors[0] * 0.0123 + errors[1], digits=2, **EACH)
    assert "dP/dw_0A = -(delta_A^(1) + delta_A^(2)) = -(0.017 + 0.3) ≈ -0.32" in found


def test_a_walk_goes_on_with_rounded_numbers():
    steps = walk(sigmoid_linear(float), decimals=4, **EACH)
    assert str(steps.goto("dL/dw2").step).endswith("-0.5225 * 0.6225 ≈ -0.3253")
    assert ["w2", "-1", "≈-0.3253"] in [line.split() for line in steps.table().splitlines()]


@pytest.mark.parametrize("x", [Decimal("0.1"), 5e-324])
def test_a_path_whose_product_is_beyond_the_type_has_no_product(x):
    value = Value(x, "x")
    found = derive(value * exp(value), decimals=2, rounding="each step").gradients[-1]
    assert len(found.contributions) == 2
