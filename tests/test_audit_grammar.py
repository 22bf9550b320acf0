"""Expressions as people type them, and what is said where they are none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autograd.audit import check
from autograd.audit.expressions import Name, written
from autograd.audit.reading.grammar import UnreadableError, parsed
from autograd.audit.reading.names import plain
from autograd.audit.reading.worksheet import readings

DECLARED = {"w", "h_3", "L", "z_1^2", "dw", "alpha", "delta_0^2", "e_1", "x"}


def read(text: str) -> str:
    return written(parsed(text, DECLARED.__contains__))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("0.9 - 0.1*0.133", "0.9 - 0.1*0.133"),
        ("-w^2", "-w^2"),
        ("2^-1", "2^(-1)"),
        ("2^3^2", "2^3^2"),
        ("0.1*-2.0", "0.1*(-2.0)"),
        ("w*-x", "w*(-x)"),
        ("1/2*(w - x)^2", "1/2*(w - x)^2"),
        ("1/2(w - x)²", "1/2*(w - x)^2"),
        ("(w)(x)", "w*x"),
        ("w − x · 2 × 3", "w - x*2*3"),
        ("h_3^2", "h_3^2"),
        ("h_3**2", "h_3^2"),
        ("z_{1}^{2}", "z_1^2"),
        ("z^2_1", "z_1^2"),
        ("dL/dz_1^2", "dL/dz_1^2"),
        ("∂L/∂w", "dL/dw"),
        ("dw/2", "dw/2"),
        ("e^-0.5", "exp(-0.5)"),
        ("e^(w - x)", "exp(w - x)"),
        ("e_1*x", "e_1*x"),
        ("sigma(w)", "sigmoid(w)"),
        ("leaky_relu'(w)", "0.01 + 0.99*(w > 0)"),
        ("ln(x)", "log(x)"),
        ("1 - tanh^2(w)", "1 - tanh(w)^2"),
        ("sin²(w - x)", "sin(w - x)^2"),
        ("max(0, w)", "maximum(0, w)"),
        ("|w - x|", "abs(w - x)"),
        ("x > 0", "(x > 0)"),
        ("0 < x", "(x > 0)"),
        ("(x >= 0)*w", "(x >= 0)*w"),
        ("α*δ_0^2", "alpha*delta_0^2"),
    ],
)
def test_what_is_typed_is_understood(typed, understood):
    assert read(typed) == understood


def test_a_superscript_is_a_power_only_where_the_name_is_not_declared():
    assert parsed("z_1^2", DECLARED.__contains__) == Name("z_1^2")
    assert parsed("h_3^2", DECLARED.__contains__) != Name("h_3^2")


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("0.50", "0.5", "0.01"),
        (".5", "0.5", "0.1"),
        ("1e-3", "0.001", "0.001"),
        ("1.5e3", "1500", "100"),
        ("50%", "0.5", "0.01"),
        ("2 x 10^-6", "0.000002", "0.000001"),
        ("2.5*10^{-2}", "0.025", "0.001"),
        ("3·10**2", "300", "100"),
    ],
)
def test_numbers_keep_the_digits_that_are_printed(typed, value, unit):
    number = parsed(typed)
    assert (number.value, number.unit) == (Fraction(value), Fraction(unit))


def test_a_power_of_ten_after_a_quotient_is_no_single_number():
    assert read("1/2*10^3") == "1/2*10^3"


@pytest.mark.parametrize(
    ("typed", "column", "words"),
    [
        ("", 1, "the line ends where a number or a name is expected"),
        ("2*", 3, "the line ends where a number or a name is expected"),
        ("2 2", 3, "'2' stands where the end is expected"),
        ("(2", 3, "the line ends where ')' is expected"),
        ("2)", 2, "')' stands where the end is expected"),
        ("2 $ 3", 3, "'$ 3' is not understood here"),
        ("w(2)", 2, "'(' stands where an operator (w is no function here) is expected"),
        ("max(1)", 7, "max takes 2, not 1"),
        ("1e999999999", 1, "a number of at most 60 digits is expected"),
        ("1" * 61, 1, "a number of at most 60 digits is expected"),
        ("(" * 100_000, 1, "an expression of over 5000 characters"),
        ("(" * 1_000, 1001, "brackets in brackets, over 60 deep"),
        ("1 \x1b[31m", 3, r"'\x1b[31m' is not understood here"),
    ],
)
def test_what_is_no_expression_is_located(typed, column, words):
    with pytest.raises(UnreadableError) as caught:
        parsed(typed)
    assert (str(caught.value), caught.value.column) == (words, column)


def test_the_number_of_a_sample_without_its_mark_is_told_it():
    with pytest.raises(UnreadableError, match=r"x is no function .*: write x\^\(2\)$") as caught:
        parsed("3 + x(2)", {"x^(2)"}.__contains__)
    assert caught.value.column == 6


@pytest.mark.parametrize(
    "spellings",
    [
        ("z_2^[1]", "z^{[1]}_2", "z^[1]_2", "z_{2}^{[1]}"),
        ("delta_0^1", "δ_0^1", r"\delta_0^1", r"\delta^1_{0}", "δ₀¹"),
        ("h_{t-1}", "h_{t - 1}"),
        ("x_1^(2)", "x₁⁽²⁾", "x^{(2)}_1"),
        ("w'", "w'"),
    ],
)
def test_one_name_however_it_is_spelt(spellings):
    assert {plain(spelling) for spelling in spellings} == {spellings[0]}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("given x", "line 1, column 7: 'x': a = is expected"),
        ("given x = y", "line 1, column 7: given x takes a number"),
        ("define 2 = 3", "line 1, column 8: define takes a name, one = and what it is"),
        ("titel: x", "line 1, column 1: there is no line 'titel': did you mean title?"),
        ("z = 1\nz = 2 +", "line 2, column 8: the line ends where a number or a name is expected"),
        ("z" + " = 1" * 41, "line 1, column 1: a chain has at most 40 signs of equality"),
    ],
)
def test_a_line_that_is_not_understood_is_located(text, fault):
    [reading] = readings(text)
    assert [f"line {f.line}, column {f.column}: {f.sentence}" for f in reading.faults] == [fault]


def test_the_rest_of_a_sheet_is_read_past_a_bad_line():
    [reading] = readings("given x = 2\ndefine y = x +\nclaims\ny = 4; z = 5")
    assert [statement.read for statement in reading.statements] == ["x = 2", "y = 4", "z = 5"]


def test_a_decimal_comma_is_a_point():
    [reading] = readings("decimal: comma\nz = 0,5*2 = max(1, 0)")
    [statement] = reading.statements
    assert [written(link) for link in statement.links] == ["0.5*2", "maximum(1, 0)"]


def test_a_blank_is_no_claim():
    [reading] = readings("given x = 1; w = ?\nz = ?")
    assert [name.text for name in reading.blanks] == ["w", "z"]
    assert [statement.read for statement in reading.statements] == ["x = 1", "z = ?"]


@pytest.mark.parametrize(
    "line",
    [
        *("- z = 6", "* z = 6", "1. z = 6", "2) z = 6", "(a) z = 6", ">>> z\n6"),
        *("In [3]: print(z)\n6", "z = 6 \u2713", "z = 6.0.", "Forward pass:\nz = 6"),
        *("z = 6, dz/dx = 3", "z = np.float64(6.0)"),
    ],
)
def test_what_stands_around_a_line_is_no_part_of_it(line):
    report = check(f"Given: x = 2, y = 3\ndefine z = x*y\nclaims\n{line}")
    assert not report.faults
    assert {judged.verdict.value for judged in report.judged} == {"correct"}


@pytest.mark.parametrize("line", ["2 x - 1", "2x - 1", "2x -1", "2 x-1", "a x - 1"])
def test_an_x_before_a_difference_is_a_name_and_no_sign(line):
    head = "given a = 2; w = 3\ndefine z = a*w - 1\nclaims\n"
    assert written(parsed(line)).replace("a", "2") == "2*x - 1"
    assert [j.verdict.value for j in check(f"{head}  z = {line} = 5").judged] == ["correct"]


def test_an_arrow_is_an_update_wherever_it_stands():
    head = "given w = 1; x = 2; alpha = 0.1\ndefine L = (w*x)^2\nclaims\n"
    for line in ("w <- 0.2", "w \u2190 w - 0.1*8 = 0.2", "w = w - 0.1*8 = 0.2"):
        assert [j.verdict.value for j in check(head + line).judged] == ["correct"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("ln |z|", "-0.6931"),
        ("2|z|*|-3|", "3"),
        ("3 x |z|", "1.5"),
        ("abs z + 1", "1.5"),
        ("log_2(p)", "-2"),
        ("log2 p", "-2"),
        ("log_{10} p", "-0.6021"),
        ("np.log10(p)", "-0.6021"),
    ],
)
def test_sizes_and_logarithms_are_read_as_they_are_written(typed, value):
    report = check(f"given z = -0.5; p = 0.25\ndefine a = {typed}\nclaims\n a = {typed} = {value}")
    assert not report.faults
    assert all(judged.verdict.is_right for judged in report.judged)
    assert len(report.judged) == 1


def test_what_the_power_behind_a_size_belongs_to_is_asked():
    [fault, *_] = check("given z = 2\ndefine a = ln |z|^2\nclaims\n a = 1").faults
    assert (fault.line, fault.column) == (2, 18)
