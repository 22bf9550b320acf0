"""Lines as courses write them: each sheet is right, and wrong where one number is changed."""

from __future__ import annotations

import pytest

from autograd.audit import check
from autograd.audit.judging.verdicts import Verdict

COURSES = {
    "cs231n": """given x = -2; y = 5; z = -4
define q = x + y; f = q*z
claims
  dfdz = q = 3; dfdq = z = -4; dqdx = 1.0
  dfdx = dfdq * dqdx = {-4}
  f(x,y,z) = -12
  dq = -4; ∂f/∂x = ∂f/∂q ∂q/∂x = -4
""",
    "micrograd": """given x1 = 2.0; w1 = -3.0; b = 6.5
define n = x1*w1 + b; o = n.tanh()
claims
  o.grad = 1.0
  n.grad = 1 - o.data**2 = 0.7864
  x1.grad = w1.data * n.grad = {-2.359}
""",
    "3blue1brown": """sigma: tanh
given w^(L) = 0.5; a^(L-1) = 0.8; b^(L) = 0.1; y = 1
define z^(L) = w^(L) a^(L-1) + b^(L); a^(L) = σ(z^(L)); C_0 = (a^(L) - y)^2
claims
  ∂z^(L)/∂w^(L) = a^(L-1) = 0.8
  ∂C_0/∂w^(L) = a^(L-1) σ'(z^(L)) 2(a^(L) - y) = {-0.677}
""",
    "dlsyscourse": """given x_1 = 2; x_2 = 5
define v_1 = x_1; v_2 = x_2; v_3 = ln v_1; v_4 = v_1 * v_2; v_5 = sin v_2
define v_6 = v_3 + v_4; v_7 = v_6 - v_5; y = v_7
claims
  v_3 = ln 2 = 0.693
  v̄_6 = v̄_7 ∂v_7/∂v_6 = v̄_7 × 1 = 1
  v̄_2 = v̄_5 × cos v_2 + v̄_4 × v_1 = -0.284 + 2 = {1.716}
""",
    "ng": """given x_1 = 1; x_2 = 2; y = 1; w_1 = 0.1; w_2 = -0.2; b = 0; alpha = 0.1
define z = w_1 x_1 + w_2 x_2 + b; a = σ(z)
define L(a, y) = -(y log a + (1-y) log(1-a))
claims
  L(a, y) = 0.8544
  dz = dL/dz = a - y = -0.5744
  dw_2 = x_2 dz = -1.149
update
  w_2 := w_2 - α dw_2 = {-0.0851}
""",
    "goodfellow": """given x = 2; w = 1; y = 1
define h = w*x; J(w) = (h - y)^2
claims
  J(w) = 1; ∇_h J = 2
  ∇_w J = {4}
""",
    "mazur": """given i1 = 0.5; w1 = 0.4; t = 1; eta = 0.5
define net = w_1*i_1; E = (t - net)^2/2
claims
  ∂E/∂w_1 = -(t - net)*i_1 = -0.4
  w_1^+ = w_1 - η*∂E/∂w_1 = {0.6}
""",
    "nielsen": """given w = 0.5; x = 2; eta = 0.1
define z = w*x; C = z^2
backward
  dC/dw ≡ 2*z*x = 4
  w → w' = w - η ∂C/∂w = {0.1}
""",
}


@pytest.mark.parametrize("course", COURSES)
def test_what_a_course_writes_is_read(course):
    before, _, rest = COURSES[course].partition("{")
    number, _, after = rest.partition("}")
    right = check(before + number + after)
    assert not right.faults
    assert all(judged.verdict.is_right for judged in right.judged)
    wrong = check(f"{before}7.7{after}")
    assert wrong.of(Verdict.SLIP)


NEURON = "given w = 0.5; x = 2; y = 1.5; eta = 0.1\ndefine z = w*x; L = (z - y)^2/2\nbackward\n"
UNSURE = {
    "a step": "dw = -0.1*(-1) = 0.1",
    "a step by its formula": "dw = -eta*dL/dw = 0.1",
    "an update": "\nupdate\ndw = 0.1",
    "more is added": "dw = 0.3\ndw += 0.2",
    "a function elsewhere": "L(w + 0.1) = 0.045",
    "a function at a number": "L(2) = 3",
    "1 - a of a logarithm": "log 1 - z = 0",
    "nothing on the left": "= 3",
}


@pytest.mark.parametrize("lines", UNSURE.values(), ids=UNSURE)
def test_what_may_be_meant_otherwise_is_no_slip(lines):
    assert not check(NEURON + lines).errors


def test_what_is_minimised_is_not_known_where_a_definition_is_not_read():
    report = check("""given w = 0.5; x = 2; y = 1
define z = w*x
define L = (z - y)^2//2
learning rate: 0.1
update
  w = 0.5
""")
    assert [fault.line for fault in report.faults] == [3, 6]
    assert not report.errors


TWO_SAMPLES = """samples: 2
learning rate: alpha = 0.1
given x^(1) = 1; x^(2) = -1; y^(1) = 1; y^(2) = 0; w = 0.2; b = 0.1; m = 2
define z^(i) = w*x^(i) + b; a^(i) = sigmoid(z^(i))
define L^(i) = -(y^(i)*log(a^(i)) + (1 - y^(i))*log(1 - a^(i))); J = 1/m*(L^(1) + L^(2))
backward
  dz^(1) = -0.4256
  dz^(2) = 0.4750
  dw = 1/2*(-0.4256*1 + 0.4750*(-1)) = -0.4503
update
  w = 0.2 - 0.1*(-0.4503) = 0.2450
"""


@pytest.mark.parametrize("notation", ["", "notation: ng\n"])
def test_gradients_of_a_sample_may_be_of_its_own_loss(notation):
    report = check(notation + TWO_SAMPLES)
    assert report.is_right and "those of its own loss" in report.questions[0]


OWN_NAMES = """given w = 0.2; b = 0.1; u = 1; v = -1; y = 1; t = 0
define z1 = w*u + b; z2 = w*v + b; a1 = sigmoid(z1); a2 = sigmoid(z2)
define J = (-(y*log(a1) + (1 - y)*log(1 - a1)) - (t*log(a2) + (1 - t)*log(1 - a2)))/2
backward
  dz1 = -0.4256
"""


@pytest.mark.parametrize(
    ("lines", "slips"),
    [
        (["dz2 = 0.4750", "dw = 1/2*(-0.4256*1 + 0.4750*(-1)) = -0.4503"], []),
        (["dz2 = 0.4570", "db = -0.4256 + 0.4570 = 0.0314"], [6, 7]),  # and no 1/2
    ],
)
def test_samples_need_no_spelling(lines, slips):
    report = check(OWN_NAMES + "\n".join(lines))
    assert [found.claim.line for found in report.errors] == slips
    assert "those of its own loss" in report.questions[0]


@pytest.mark.parametrize("notation", ["", "notation: ng\n"])
def test_what_a_loss_is_computed_from_is_no_gradient_of_it(notation):
    text = (
        f"{notation}given w = 0.5; x = 2; eta = 0.1\ndefine v = w - eta*dw; L = (v*x)^2/2\nclaims\n"
    )
    [found] = check(f"{text}  dw = 4*0.5 = 2").judged
    assert found.reason == "dw is not defined"


def test_an_open_root_has_no_samples():
    assert not check("let d = dh/dz\nclaims\n  d = 0.5\n  d = 0.6").errors


def test_outputs_are_no_samples():
    text = "given w = 0.5; v = -0.3; b = 0.1; x = 1\ndefine z1 = w*x + b; z2 = v*x + b\n"
    text += "define L = (z1^2 + z2^2)/2\nclaims\n"
    report = check(f"{text}  dz1 = 2*0.6 = 1.2\n  dz2 = 2*(-0.2) = -0.4\n  dw = 1.2")
    assert [found.claim.line for found in report.errors] == [5, 6]


def test_gradients_of_a_sample_may_be_of_the_mean_and_have_slips():
    of_mean = TWO_SAMPLES.replace("-0.4256", "-0.2128").replace("0.4750", "0.2375")
    of_mean = check(of_mean.replace("1/2*", ""))
    assert of_mean.is_right and not of_mean.questions
    [slip] = check(TWO_SAMPLES.replace("= 0.4750", "= 0.5250")).of(Verdict.SLIP)
    assert slip.claim.name == "dz^(2)"
    *_, update = check(TWO_SAMPLES.removeprefix("samples: 2")).judged
    assert update.reason == "x^(i) is not defined: for each sample, say samples: 2"


def test_numbers_of_layers_are_none_of_samples():
    text = "given x = 1; w = 3\ndefine z^(1) = w*x; z^(2) = 2*z^(1); J = z^(2)^2\nclaims\n"
    report = check(f"{text}  dz^(2) = 24\n  dz^(1) = 48")
    assert report.of(Verdict.SLIP) and not report.questions
