"""The worksheets of the five notes: every number and every formula with its verdict."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograd.audit.expressions import keys_in, written
from autograd.audit.judging.formulas import formulas
from autograd.audit.reading.epochs import read
from autograd.audit.reporting.report import check

HERE = Path(__file__)
SHEETS = HERE.parents[2] / "demos" / "worksheets"
ROWS = list(
    csv.DictReader(HERE.with_name("neural_network_231.csv").read_text("utf-8").splitlines())
)
TRANSCRIPT = HERE.with_name("neural_network_231_transcript.chalk")
NOT_TRANSCRIBED = ("alpha", "relu'", "dL/da")  # what is no equation with a left side of its own
CALLED = {"delta^L": "delta_0^2", "a^{L-1}": "a_{}^1", "delta^{L-1}": "delta_{}^1"}
READINGS = {"a": "neural_network_231.chalk", "b": "neural_network_231_b.chalk"}


def text_of(name: str) -> str:
    return (SHEETS / name).read_text("utf-8")


@pytest.mark.parametrize("reading", READINGS)
def test_every_number_of_the_231_notes_has_its_verdict(reading):
    report = check(text_of(READINGS[reading]))
    assert not report.faults
    found = [(judged.printed.text, judged.verdict.value) for judged in report.judged]
    assert found == [(row["printed"], row[f"verdict_{reading}"]) for row in ROWS]
    truths = [judged.truth for judged in report.judged]
    assert [str(truth) for truth in truths] == [row[f"truth_{reading}"] for row in ROWS]


def test_the_two_readings_differ_in_one_given_number():
    lines = zip(*(text_of(name).splitlines()[1:] for name in READINGS.values()), strict=True)
    [(one, other)] = [pair for pair in lines if pair[0] != pair[1]]
    assert one.replace("b_2^1 = 0", "b_2^1 = -0.1") == other


@pytest.mark.parametrize(
    ("reading", "roots"),
    [("a", "w_10^1 w_11^1 w_01^2"), ("b", "z_2^1 w_10^1 w_11^1 b_2^1 w_01^2")],
)
def test_what_is_carried_forward_names_every_slip_behind_it(reading, roots):
    report = check(text_of(READINGS[reading]))
    lines = {judged.claim.line: judged.claim.read for judged in report.judged}
    last = report.judged[-1]
    assert [lines[root].partition(" ")[0] for root in last.roots] == roots.split()


def test_the_transcript_in_latex_has_the_verdicts_of_the_notes():
    report = check(TRANSCRIPT.read_text("utf-8"))
    found = [
        (called(judged.claim.name), judged.printed.text, judged.verdict.value)
        for judged in report.judged
    ]
    rows = [row for row in ROWS if not row["name"].startswith(NOT_TRANSCRIBED)]
    assert sorted(found) == sorted((row["name"], row["printed"], row["verdict_a"]) for row in rows)
    claims = [claim for sheet in report.sheets for claim in sheet.claims]
    numeric = [link for claim in claims for link in claim.links if not keys_in(link)]
    assert len(numeric) >= 70
    assert not any(formula.verdict.is_error for formula in report.formulas)


def called(name: str) -> str:
    """What the table calls an element of a list."""
    base, _, place = name.partition("[")
    return CALLED.get(base, name).format(place.rstrip("]"))


WRONG = {
    "cross_entropy.chalk": {"dL/dz1": ("the factor dA2/dz2 is missing",)},
    "price_regression.chalk": {"dL/dA2^(1)": ("the sign",)},
    "relu_sigmoid.chalk": {"dC/dw2": ("x where z2 belongs",)},
    "sigmoid_sigmoid.chalk": {
        "L": ("b where b2 belongs",),
        "dL/db2": ("a factor w2 too many",),
    },
}
COUNTS = {
    "cross_entropy.chalk": 18,
    "price_regression.chalk": 8,
    "relu_sigmoid.chalk": 8,
    "sigmoid_sigmoid.chalk": 15,
}


@pytest.mark.parametrize("name", WRONG)
def test_every_formula_of_the_notes_is_right_but_for_those_that_are_not(name):
    found = [formula for sheet in read(text_of(name)) for formula in formulas(sheet)]
    assert len(found) == COUNTS[name]
    assert {formula.is_right for formula in found} == {True, False}
    wrong = [formula for formula in found if not formula.is_right]
    assert {written(f.claim.left): f.explanations for f in wrong} == WRONG[name]
    assert len(wrong) == len(WRONG[name])


@pytest.mark.parametrize("name", WRONG)
def test_the_numbers_beside_the_formulas_are_right(name):
    report = check(text_of(name))
    assert not report.faults and not report.errors
    assert str(report).count("slip; this formula is not") == len(WRONG[name])


RULES = (
    "given w = ?; x = ?; b = ?; t = ?\ndefine z = w*x + b; a = relu(z); L = (a - t)^2/2\nclaims\n"
)


@pytest.mark.parametrize(
    "formula, explanation",
    [
        ("dL/dw = -(a - t)*(z > 0)*x", "the sign"),
        ("dL/dw = 2*(a - t)*(z > 0)*x", "a factor 2 too many"),
        ("dL/dw = (a - t)/2*(z > 0)*x", "a factor 1/2 too many"),
        ("dL/dw = (a - t)*x", "the factor da/dz is missing"),
        ("dL/dw = (a - t)*(z > 0)", "the factor x is missing"),
        ("dL/dw = (a - t)*(z > 0)*x*w", "a factor w too many"),
        ("dL/dw = (a - t)*(z > 0)*b", "b where x belongs"),
    ],
)
def test_a_wrong_formula_is_explained(formula, explanation):
    [sheet] = read(RULES + formula)
    [found] = formulas(sheet)
    assert (found.is_right, found.explanations) == (False, (explanation,))


def test_what_is_not_known_or_right_on_the_sheets_own_numbers_is_not_accused():
    for formula in ("dL/dw = (a - c)*x", "w = w - 0.1*dL/dw"):
        [sheet] = read(RULES + formula)
        assert all(found.is_right is None for found in formulas(sheet))
    numbers = RULES.replace("w = ?; x = ?; b = ?; t = ?", "w = 2; x = 3; b = 1; t = 4")
    [sheet] = read(numbers + "dL/dw = (a - t)*x")  # the ReLU is on
    assert [found.is_right for found in formulas(sheet)] == [None]
