"""What updates are called and what is computed after them, as published sheets write it."""

from __future__ import annotations

import pytest

from autograd.audit import check, translate

HEAD = "given x = 2; w1 = 0.5; y = 2; eta = 0.1\ndefine z = w1*x; L = (z - y)^2/2\n"
STEP = "forward\n z = 1\n L = 0.5\nbackward\n dL/dw1 = -2\nupdate\n {} = 0.5 + 0.1*2 = 0.7\n"
AFTER = "forward\n z = 0.7*2 = 1.4\n L = 0.18"


@pytest.mark.parametrize("name", ["w1", "new_w1", "new_w_1", "w1_new", "w1^{+}", "w_{1,new}"])
def test_the_updated_parameter_has_the_names_that_people_give_it(name):
    assert check(HEAD + STEP.format(name) + AFTER).is_right


def test_what_is_computed_from_updated_parameters_may_be_called_new_too():
    after = "forward\n z_new = 0.7*2 = 1.4\n L_new = 0.18\n z_new = 1.5"
    report = check(HEAD + STEP.format("w1_new") + after)
    assert [judged.verdict.value for judged in report.judged][4:] == ["correct"] * 2 + ["slip"]


@pytest.mark.parametrize("name", ["w1_next", "updated_w1"])
def test_after_an_update_that_is_not_understood_nobody_is_accused(name):
    report = check(HEAD + STEP.format(name) + AFTER)
    assert not report.errors
    assert [judged.verdict.value for judged in report.judged][-2:] == ["unverifiable"] * 2


@pytest.mark.parametrize("name", ["W_new", "W^{+}"])
def test_the_elements_of_an_updated_matrix_are_judged(name):
    sheet = "given x = [1, 2]; W = [[1, 2], [3, 4]]; eta = 1\ndefine z = W x; L = sum(z)\nupdate\n"
    report = check(f"{sheet} {name} = [[0, 0], [2, 3]]")
    assert [judged.verdict.value for judged in report.judged] == ["correct"] * 3 + ["slip"]


MOMENTUM = """given w_11^2 = 1; w_21^2 = 2; eta = 0.2; alpha = 0.9
define L = w_11^2**2 + w_21^2**2
optimizer: {}
start v = 0
update
  v_11^2 = 0.9*0 + 0.2*2 = 0.4
  w_11^2 = 1 - 0.4 = 0.6
  v_21^2 = 0.9*0 + 0.2*4 = 0.8
  w_21^2 = 2 - 0.8 = 1.2
"""


@pytest.mark.parametrize(
    "rule", ["v = alpha*v + eta*g; w = w - v", "momentum, beta 0.9, velocity v = beta*v + eta*g"]
)
def test_an_alpha_beside_an_eta_is_no_learning_rate(rule):
    assert check(MOMENTUM.format(rule)).is_right


def test_what_is_remembered_of_the_only_parameter_that_is_updated_needs_no_index():
    sheet = (
        "given theta = 0; y = 1\ndefine L = (theta - y)^2\nlearning rate: 0.1\noptimizer: adam\n"
    )
    lines = "update\n m_1 = 0.1*(-2) = -0.2\n v_1 = 0.001*4 = 2\n theta = 0.1"
    verdicts = [judged.verdict.value for judged in check(sheet + lines).judged]
    assert verdicts == ["correct", "slip", "correct after rounding"]


def test_what_a_line_gives_is_said_of_its_numbers_as_they_stand():
    sheet = "given g = 2; y = 1\ndefine m = 0.1*g; v = 0.001*g^2; h = v/(1 - 0.999)\nclaims\n"
    report = check(sheet + " m = -2\n v = 0.001*(-2)^2 = 2\n h = 2/(1 - 0.999) = 2")
    assert "The shown line gives 0.004, and so it should be" in str(report)
    assert "The shown line gives 2000" in str(report)
    assert "2 is 500 times too large" in str(report)


def test_the_mark_before_a_name_stays_there_in_another_notation():
    sheet = "notation: notes\nnetwork: 1-1 sigmoid\nloss: half squared error\nlearning rate: 1\n"
    sheet += "given a_0^0 = 1; y = 1; w_00^1 = 0; b_0^1 = 0\nupdate\n  new_w_00^1 = 0.125\n"
    there = translate(sheet, "mitchell")
    assert "new_w_21 = 0.125" in there
    assert translate(there, "notes") == sheet


def test_a_consequence_follows_from_the_slips_in_its_own_step_alone():
    sheet = "given x = [0.31, 0.67]; t = 1; w = [0.7, 0.8]\ndefine a = sigmoid(x)\n"
    sheet += (
        "define z = sum(w*a); L = (z - t)^2/2\nclaims\n a = [0.5769, 0.6627]\n dL/dz = -0.0384\n"
    )
    report = check(sheet + " dL/dw = [-0.0221, -0.0254]")
    assert [judged.roots for judged in report.judged] == [(), (5,), (6,), (6,), (6,)]


@pytest.mark.parametrize("between", ["backward\n dL/dw1 = -2\n", "update\n dL/dw1 = -2\n"])
def test_after_an_update_that_is_not_written_the_new_numbers_are_right(between):
    first = f"{HEAD}forward\n z = 1\n L = 0.5\n{between}"
    assert check(first + "forward\n z = 1.4\n L = 0.18").is_right
    assert check(first + "forward\n z = 1\n L = 0.5").is_right
    [slip] = check(first + "forward\n z = 1.3").errors
    assert slip.verdict.value == "slip"


NEURON = "given w = 0.5; b = 0.1; x = 2; y = 1; t = 3; eta = 0.1\n"
NEURON += "define z = w*x + b; L = (z - y)^2/2\n"
NEXT = "forward\n z = 0.48*2 + 0.09 = 1.05\n L = 0.00125"


@pytest.mark.parametrize(
    "update",
    [
        "w^(1) = w^(0) - eta*dL/dw = 0.5 - 0.1*0.2 = 0.48\n b^(1) = b^(0) - 0.1*0.1 = 0.09",
        "w_{t+1} = w_t - eta*dL/dw = 0.48\n b_{t+1} = b_t - eta*dL/db = 0.09",
        "w(t+1) = w(t) - eta*dL/dw = 0.48\n b(t+1) = b(t) - eta*dL/db = 0.09",
        "w_k = w_{k-1} - eta*dL/dw = 0.48\n b_k = b_{k-1} - 0.1*0.1 = 0.09",
        "Δw = -eta*dL/dw = -0.02\n Delta b = -0.01\n w := w + Δw = 0.48\n b = b + Δb = 0.09",
        "w change = 0.1*0.2 = 0.02\n change in b = 0.01\n w = w - Δw = 0.48\n b = 0.09",
    ],
)
def test_updates_are_read_as_books_write_them(update):
    report = check(f"{NEURON}update\n {update}\n{NEXT}")
    assert report.is_right
    assert all(row.verdict.is_right for row in report.judged)
    wrong = check(f"{NEURON}update\n {update.replace('= 0.48', '= 0.84')}\n{NEXT}")
    assert [judged.claim.name for judged in wrong.errors] == ["w"]


def test_steps_are_counted_from_the_parameter_that_is_given():
    sheet = "given theta_0 = 1; x = 2; eta = 0.1\ndefine J = (theta_0*x - 5)^2/2\nupdate\n"
    sheet += " theta_1 = theta_0 - eta*dJ/dtheta_0 = 1.6\n theta_2 = 1.6 + 0.36 = 1.96\n"
    report = check(f"{sheet}claims\n J = 4.5\n dJ/dtheta_1 = -3.6\n theta_2 = 2.96")
    verdicts = [judged.verdict.value for judged in report.judged]
    assert verdicts == ["correct"] * 4 + ["slip"]


@pytest.mark.parametrize(
    "lines",
    [
        "update\n b_1 = 0.1 - 0.7 = 0.3\n b_2 = 0.1 - 0.2 = 0.9",  # of two layers, maybe
        "update\n b_1 = b - 0.7 = 0.3\n b_2 = b - 0.2 = 0.9",
        "forward\n b_1 = b + 0.5 = 0.6",
        "update\n w_7 = 0.4",
    ],
)
def test_an_index_that_may_be_another_is_no_step(lines):
    assert not check(NEURON + lines).errors


def test_the_changes_of_a_matrix_are_those_of_its_elements():
    sheet = "given W = [[1, 2], [3, 4]]; x = [1, 2]; eta = 0.1\ndefine z = W x; L = sum(z)\n"
    sheet += "update\n ΔW = [[-0.1, -0.2], [-0.1, -0.3]]\n W = W + ΔW = [[0.9, 1.8], [2.9, 3.7]]"
    verdicts = [judged.verdict.value for judged in check(sheet).judged]
    assert verdicts == [*["correct"] * 3, "slip", *["correct"] * 3, "carried forward"]


def test_after_an_update_gradients_in_what_it_does_not_change_are_of_that_pass_alone():
    head = "given x = 2; w = 0.5; b = -0.2; y = 1.5; alpha = 0.1\n"
    head += "define u = x/2; z = w*u + b; L = (y - z)^2/2\nforward\n z = 0.3\n"
    first = "backward\n dL/dw = -1.2\nupdate\n w = 0.62\nforward\n z = 0.42\n"
    again = "backward\n dL/dx = -1.08*0.62/2 = -0.3348\n dL/db = -1.08\n dL/db = -1.2"
    found = [judged.verdict.value for judged in check(head + first + again).judged]
    assert found == ["correct"] * 6 + ["slip"]
