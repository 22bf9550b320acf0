"""Formulas without a number against the engine's derivative: the notes' own, and mistakes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograd.audit.reporting.report import check

SIGMOIDS = """define y = sigma(z_2); z_2 = w_2*h + b_2; h = sigma(z_1); z_1 = w_1*x + b_1
define L = 1/2 (y - t)^2
claims
"""
RELU = """define A_2 = sigma(z_2); z_2 = w_2*A_1 + B_2; A_1 = relu(z_1); z_1 = w_1*x + B_1
define C = (A_2 - Y)^2
claims
"""
ENTROPY = """define L = -(y log(yhat) + (1 - y) log(1 - yhat)); yhat = sigmoid(z_3)
define z_3 = A_2*w_3 + b_3; A_2 = relu(z_2); z_2 = A_1*w_2 + b_2
define A_1 = relu(z_1); z_1 = x*w_1 + b_1
claims
"""
SOFTMAX = """define p_1 = e^z_1/(e^z_1 + e^z_2); p_2 = e^z_2/(e^z_1 + e^z_2)
define L = -(y_1*log(p_1) + y_2*log(p_2)); z_1 = w_1*x; z_2 = w_2*x
claims
"""
ONE_HOT = "given y_1 = 0; y_2 = 1; x = 2; w_1 = 0.3; w_2 = 0.1\n" + SOFTMAX
PRICES = """shape X = 3x2; W_1 = 2x2; b_1 = 2x1; W_2 = 1x2; b_2 = 1x1; Y = 1x3
given m = 3
define A_0 = X^T; Z_1 = W_1 A_0 + b_1; A_1 = relu(Z_1); Z_2 = W_2 A_1 + b_2; A_2 = Z_2
define L = sum((Y - A_2)^2)/m
let dA2 = dL/dA_2; dz2 = dL/dZ_2; dA1 = dL/dA_1; dz1 = dL/dZ_1
claims
"""


def said(header: str, claim: str) -> list[str]:
    report = check(header + claim)
    return [fault.sentence for fault in report.faults] + [f.sentence for f in report.formulas]


@pytest.mark.parametrize(
    ("header", "claim"),
    [
        (SIGMOIDS, "dL/dy = y - t"),
        (SIGMOIDS, "dL/dw_2 = (y - t) y (1 - y) h"),
        (SIGMOIDS, "dL/dw_1 = (y - t) y (1 - y) w_2 h (1 - h) x"),
        (SIGMOIDS, "dL/db_1 = (y - t) y (1 - y) w_2 h (1 - h)"),
        (SIGMOIDS, "dy/dz_2 = sigma(z_2)(1 - sigma(z_2)) = sigma'(z_2)"),
        (RELU, "dC/dB_2 = sigma(z_2)(1 - sigma(z_2)) (2 A_2 - 2 Y)"),
        (RELU, "dC/dw_1 = x (z_1 > 0) w_2 sigma'(z_2) (2 A_2 - 2 Y)"),
        (RELU, "dC/dB_1 = (z_1 > 0) w_2 sigma'(z_2) (2 A_2 - 2 Y)"),
        (ENTROPY, "dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)"),
        (ENTROPY, "dyhat/dz_3 = e^-z_3/(1 + e^-z_3)^2 = 1/(1 + e^-z_3) (1 - 1/(1 + e^-z_3))"),
        (ENTROPY, "dL/dz_3 = (-y/yhat + (1 - y)/(1 - yhat)) yhat (1 - yhat) = yhat - y"),
        (ENTROPY, "dL/dw_3 = (yhat - y) A_2"),
        (ENTROPY, "dL/dA_2 = (yhat - y) w_3"),
        (ENTROPY, "dL/dw_2 = dL/dz_2 A_1"),
        (ENTROPY, "dL/dz_1 = dL/dz_2 w_2 relu'(z_1)"),
        (SOFTMAX, "dL/dz_1 = p_1 - y_1"),
        (ONE_HOT, "dL/dz_1 = p_1 - y_1"),
        (ONE_HOT, "dL/dw_2 = (p_2 - y_2)*x"),
        (PRICES, "dA2 = 2 (A_2 - Y)/m"),
        (PRICES, "dz2 = dA2"),
        (PRICES, "dL/dW_2 = dA2 A_1^T"),
        (PRICES, "dL/db_2 = sum(dz2)"),
        (PRICES, "dA1 = W_2^T dz2"),
        (PRICES, "dz1 = dA1 (.) (Z_1 > 0)"),
        (PRICES, "dL/dW_1 = dz1 A_0^T = dz1 X"),
    ],
)
def test_formulas_of_the_notes_that_are_right(header, claim):
    found = said(header, claim)
    assert found
    assert set(found) == {"correct"}


@pytest.mark.parametrize(
    ("header", "claim", "sentence"),
    [
        (
            SIGMOIDS,
            "dL/db_2 = (y - t) y (1 - y) w_2",
            "dL/db_2: consistent with a factor w_2 too many",
        ),
        (SIGMOIDS, "dL/dy = t - y", "dL/dy: consistent with the sign"),
        (
            SIGMOIDS,
            "dL/dw_2 = (y - t) y (1 - y)",
            "dL/dw_2: consistent with the factor h is",
        ),
        (SIGMOIDS, "dL/dy = 2 (y - t)", "dL/dy: consistent with a factor 2 too many"),
        (SIGMOIDS, "dL/dy = 2 (t - y)", "dL/dy: consistent with a factor -2 too many"),
        (SIGMOIDS, "dL/dy = y + t", "dL/dy: consistent with the sign of a term"),
        (SIGMOIDS, "dL/dw_2 = (y - t) y (1 - y) z_2", "dL/dw_2: consistent with z_2 where h"),
        (SIGMOIDS, "dL/dw_1 = x^2", "dL/dw_1"),
        (
            RELU,
            "dC/dw_2 = A_1 sigma'(x) (2 A_2 - 2 Y)",
            "dC/dw_2: consistent with x where z_2",
        ),
        (
            RELU,
            "dC/dB_1 = w_2 sigma'(z_2) (2 A_2 - 2 Y)",
            "dC/dB_1: consistent with the factor dA_1/",
        ),
        (ENTROPY, "dyhat/dz_3 = ((1 + e^-z_3) - 1)/(1 + e^-z_3)", "dyhat/dz_3: consistent with"),
        (PRICES, "dA2 = 2 (Y - A_2)/m", "dA2[0,0]: consistent with the sign"),
    ],
)
def test_formulas_that_are_wrong(header, claim, sentence):
    [found] = said(header, claim)
    assert found.startswith(f"slip; this formula is not {sentence}")


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("dA1 = dz2 W_2^T", "dz2*W_2^T: a 1x3 matrix and a 2x1 matrix do not fit"),
        ("dL/dW_1 = dz1 A_0", "dz1*A_0: a 2x3 matrix and a 4x3 matrix do not fit"),
        ("dL/dW_2 = A_1 dA2^T", "dL/dW_2 is a 1x2 matrix; a 2x1 matrix stands for it"),
    ],
)
def test_products_of_the_notes_whose_shapes_do_not_fit(claim, sentence):
    header = PRICES.replace("X = 3x2; W_1 = 2x2", "X = 3x4; W_1 = 2x4")
    assert said(header, claim)[0] == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SIGMOIDS + "dL/dy = y - q",
            "unverifiable: q is not defined; with t in its place it holds",
        ),
        (SIGMOIDS + "dL/dy = 2*q", "unverifiable: q is not defined"),
        (
            "given x = 1; w = 2\ndefine y = w*x\nclaims\ndy/dw = x^2",
            "unverifiable: it holds for the numbers of this sheet, but not in general",
        ),
        (
            "given x = 3; w = 0.25\ndefine y = w^2*x\nclaims\ndy/dw = 0.49*x",
            "unverifiable: it has numbers of the sheet in it",
        ),
        ("define y = x^2\nclaims\ndy/dx = sqrt(-1 - x^2)", "unverifiable: "),
        ("define y = x^2\nlet d = dy/dx\nclaims\ndd/dx = 2 x/x", "unverifiable: "),
    ],
)
def test_what_cannot_be_told_is_no_slip(text, sentence):
    [found] = check(text).formulas
    assert found.sentence.startswith(sentence)


def test_a_formula_with_its_number_is_a_shown_line():
    report = check("given x = 3\ndefine y = x^2\nclaims\ndy/dx = 2*x = 6\ndy/dx = 6 = 2*x")
    assert (len(report.judged), len(report.formulas)) == (2, 1)


def test_what_is_given_has_no_formula():
    assert not check("given x = 3\ndefine y = x^2\nclaims\nx = y/3").formulas


def test_a_wrong_formula_makes_a_sheet_wrong():
    report = check("define y = x^2\nclaims\ndy/dx = x")
    assert not report.is_right
    assert "line 3: dy/dx = x: slip; this formula is not dy/dx" in str(report)


def test_an_update_is_a_formula_too():
    text = (
        "given w = 1; alpha = 0.1\ndefine L = w^2\nupdate\nw = w - alpha*dL/dw\nw = w + alpha*dL/dw"
    )
    assert [f.sentence[:7] for f in check(text).formulas] == ["correct", "slip; t"]


@pytest.mark.long
def test_points_are_the_same_in_every_process():
    program = "from autograd.audit.expressions import Name"
    program += "\nfrom autograd.audit.judging.formulas import number_at"
    program += "\nprint(number_at(Name('w_1'), 3), number_at(Name('w_1'), 4))"
    printed = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed == ["17406/9973 3426/9973\n"] * 2


def test_targets_that_add_up_to_1_excuse_no_other_formula():
    slip = "slip; this formula is not dL/dz_1: consistent with a factor y_2 too many"
    assert said(SOFTMAX, "dL/dz_1 = (p_1 - y_1)*y_2") == [slip]
    not_shares = ONE_HOT.replace("y_1 = 0", "y_1 = 0.5")
    assert said(not_shares, "dL/dz_1 = p_1 - y_1") == ["slip; this formula is not dL/dz_1"]


NETWORK_OF_SHARES = """notation: nielsen
network: 1-2 softmax
loss: cross entropy
given a^1_1 = 1; w^2_11 = 0.5; w^2_21 = -0.5; b^2_1 = 0; b^2_2 = 0; y_1 = 1; y_2 = 0
claims
"""


@pytest.mark.parametrize(
    ("targets", "line", "sentence"),
    [
        ("y_2 = 0", "a^2 - y", "correct"),
        ("y_2 = 0", "y - a^2", "slip; this formula is not delta_1^2: consistent with the sign"),
        ("y_2 = 0.5", "a^2 - y", "slip; this formula is not delta_1^2"),
    ],
)
def test_targets_of_a_cross_entropy_are_shares_of_one(targets, line, sentence):
    sheet = NETWORK_OF_SHARES.replace("y_2 = 0", targets)
    assert said(sheet, f"delta^2 = {line}")[0] == sentence


SAMPLES = """samples: 2
given x^(1) = 1; x^(2) = -1; y^(1) = 1; y^(2) = 0; w = 0.2; b = 0.1; m = 2
define z^(i) = w*x^(i) + b; a^(i) = sigmoid(z^(i))
define L^(i) = -(y^(i)*log(a^(i)) + (1 - y^(i))*log(1 - a^(i))); J = 1/m*(L^(1) + L^(2))
claims
"""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "dz^(2) = a^(2) - y^(2)",
            "unverifiable: it holds where gradients in what belongs to a sa",
        ),
        (
            "dw = 1/m*(dz^(1)*x^(1) + dz^(2)*x^(2))",
            "unverifiable: it holds where gradients in what",
        ),
        ("dw = dz^(1)*x^(1) + dz^(2)*x^(2)", "correct"),
        ("dz^(2) = y^(2) - a^(2)", "slip; "),
    ],
)
def test_formulas_of_a_sample_may_be_of_its_own_loss(line, sentence):
    [found] = said(SAMPLES, line)
    assert found.startswith(sentence)


def test_a_shown_line_of_a_sample_may_be_of_its_own_loss():
    report = check(SAMPLES + "db = 1/m*(dz^(1) + dz^(2)) = 0.0247")
    assert report.is_right and report.questions
