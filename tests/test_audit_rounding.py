"""`rounding: 4 places each step`: which digits are right, and where they decide nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autograd.audit.judging.rounding import places_of, rounded
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import check

WRONG = (Verdict.SLIP, Verdict.WRONG_LINE, Verdict.UNVERIFIABLE)

HEADER = """rounding: 4 places each step
given w_1 = 0.35; w_2 = 0.45; b = 0.1; x = 0.7; t = 0.3; v = 0.62
define z = w_1*x + b; h = sigmoid(z); o = v*h; y = sigmoid(o); E = (y - t)^2/2
let d = dE/dy
claims
"""


@pytest.mark.parametrize(
    "claim",
    [
        "z = 0.345",
        "h = 0.5854",
        "y = 0.5898",  # rounded at each name
        "d = 0.2898",
        "dE/do = 0.0701",
        "dE/dw_1 = 0.0074",
        "o = 0.362951",  # every digit there is
        "o = 0.362948",  # of the rounded h
        "h = 0.5854; o = 0.62*0.5854 = 0.3629",
        "y = 0.5898; d = 0.2898; dE/do = 0.2898*0.5898*0.4102 = 0.0701",
    ],
)
def test_digits_that_some_way_to_take_the_steps_gives(claim):
    assert check(HEADER + claim).of(*WRONG) == []


@pytest.mark.parametrize("claim", ["h = 0.5853", "h = 0.5855", "E = 0.0419", "dE/do = 0.0702"])
def test_a_last_digit_that_no_rounding_gives_is_a_slip(claim):
    assert len(check(HEADER + claim).of(Verdict.SLIP)) == 1


def test_without_a_prescribed_rounding_a_number_may_be_cut_off():
    assert check(HEADER.partition("\n")[2] + "E = 0.0419").is_right


def test_a_wrong_operand_is_a_slip_though_its_line_gives_the_number():
    assert check(HEADER + "z = 0.35*0.77 + 0.1 = 0.3695").of(Verdict.SLIP)


def test_a_consequence_of_a_slip_is_carried_forward_still():
    report = check(HEADER + "h = 0.5454\no = 0.3381\ny = 0.5837")
    assert [judged.verdict.value for judged in report.judged] == ["slip", *["carried forward"] * 2]


def test_where_the_rounding_decides_nothing():
    text = "given x = 0.005; w = 0.5\ndefine y = x*x; a = w*x; p = exp(w)*exp(w)*10\nclaims\n"
    claims = "y = 0.0000\na = 0.003\np = 27.18\ny = 0.00003 = 3e-5\nx = 0.005"
    report = check("rounding: 3 places each step\n" + text + claims)
    assert [(found.claim.line, found.sentence) for found in report.undecided] == [
        (5, "at 3 places it is 0, whatever its sign and size"),
        (6, "at 3 places it is rounded from a half, either way"),
        (7, "at 3 places it is 27.183 or 27.190, as one takes the steps"),
        (8, "at 3 places it is 0, whatever its sign and size"),
    ]
    assert "line 6: a = 0.003: not decided: at 3 places" in str(report)


def test_a_sheet_that_prescribes_no_rounding_leaves_nothing_undecided():
    assert check(HEADER.partition("\n")[2] + "E = 0").undecided == []


@pytest.mark.parametrize("text", ["4 places", "4 decimal places, every step", "4 places each step"])
def test_rounding_is_said_in_words(text):
    assert places_of(text) == 4


@pytest.mark.parametrize("text", ["", "four places", "99 places", "4 digits"])
def test_a_rounding_that_is_not_understood_is_a_fault(text):
    [fault] = check(f"given x = 1\nrounding: {text}").faults
    assert fault == (2, 1, "rounding is, for example, 4 places each step")


def test_it_holds_for_the_sections_after_it():
    report = check("rounding: 1 place\nsection a\ngiven x = 0.1\ndefine y = x^2\nclaims\ny = 0")
    assert len(report.undecided) == 1


@pytest.mark.parametrize(
    ("number", "digits"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.1249", "0.12")]
)
def test_halves_are_rounded_away_from_0(number, digits):
    assert rounded(Fraction(number), 2) == Fraction(digits)


def test_what_is_given_is_not_rounded():
    head = "rounding: 2 places each step\ngiven lr = 0.004; x = 3\n"
    text = head + "define y = lr*x; z = y*100\nclaims\n"
    assert check(text + "  z = 1.00").is_right
    assert not check(text + "  z = 0.00").is_right
