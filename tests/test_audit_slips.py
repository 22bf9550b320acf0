"""What a slip is consistent with, what is no slip, and what is asked: on sheets of a few lines."""

from __future__ import annotations

import pytest

from autograd.audit.report import check
from autograd.audit.verdicts import Verdict

HEAD = """given a_0^0 = 0.5; a_1^0 = -0.4; y = 1; eta = 0.5
given w_00^1 = 0.4; w_01^1 = 0.3; w_10^1 = -0.2; w_11^1 = 0.7; b_0^1 = 0.1; b_1^1 = 0.9
given w_00^2 = -0.6; w_01^2 = 0.8; b_0^2 = 0.2
define z_0^1 = w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1
define z_1^1 = w_10^1*a_0^0 + w_11^1*a_1^0 + b_1^1
define a_0^1 = sigmoid(z_0^1); a_1^1 = relu(z_1^1)
define z_0^2 = w_00^2*a_0^1 + w_01^2*a_1^1 + b_0^2
define a_0^2 = tanh(z_0^2)
define L = (a_0^2 - y)^2/2
"""
FORWARD = """forward
  z_0^1 = 0.18
  a_0^1 = 0.5449
  z_1^1 = 0.52
  a_1^1 = 0.52
  z_0^2 = 0.2891
  a_0^2 = 0.2813
"""
ERRORS = f"""{FORWARD}backward
  dL/da_0^2 = -0.7187
  dL/dz_0^2 = -0.6619
"""
UPDATED = f"{ERRORS}update\n  w_00^2 = -0.4197\n"


def slip(before: str, claim: str):
    """The verdict on the last claim; all before it is right."""
    report = check(f"{HEAD}{before}  {claim}")
    assert not report.faults
    assert all(judged.verdict.is_right for judged in report.judged[:-1])
    return report.judged[-1]


@pytest.mark.parametrize(
    ("before", "claim", "kind"),
    [
        ("", "z_0^1 = -0.18", "sign of the result"),
        ("", "z_0^1 = 0.4*0.5 - 0.3*(-0.4) + 0.1 = 0.42", "sign of a term"),
        ("", "z_0^1 = 0.42", "sign of a term"),
        ("", "z_1^1 = -0.38", "term omitted"),  # the bias
        ("", "z_0^1 = 0.4*0.5 + (-0.2)*(-0.4) + 0.1 = 0.38", "transposed"),
        ("", "z_0^1 = 0.4*0.5 + 0.7*(-0.4) + 0.1 = 0.02", "wrong operand"),
        ("  z_0^1 = 0.18\n", "a_0^1 = 0.18", "pre-activation for activation"),
        ("  z_0^1 = 0.18\n", "a_0^1 = sigmoid(0.18) = 0.5494", "two digits swapped"),
        ("  z_0^1 = 0.18\n", "a_0^1 = 0.5949", "one digit"),
        (FORWARD, "z_1^1 = 5.2", "decimal point"),
        (FORWARD, "L = 0.5166", "1/2, 2 or 1/m"),
        (FORWARD, "dL/dz_0^2 = -0.7187", "factor omitted"),
        (FORWARD, "dL/dz_0^2 = -0.6095", "factor too many"),  # tanh' twice
        (FORWARD, "dL/dz_0^2 = -0.6587", "pre-activation for activation"),
        (FORWARD, "dL/dz_0^2 = -0.6647", "f'(a) for f'(z)"),
        (ERRORS, "dL/dw_00^2 = -0.6619*0.18 = -0.1191", "pre-activation for activation"),
        (ERRORS, "dL/dw_00^2 = -0.6619*0.52 = -0.3442", "wrong operand"),
        (ERRORS, "dL/dw_00^2 = -0.3442", "another name's value"),
        (ERRORS + "update\n", "w_00^2 = -0.7803", "sign of a term"),
        (ERRORS + "update\n", "w_00^2 = -0.2393", "factor omitted"),  # eta
        (UPDATED, "dL/da_0^1 = -0.6619*(-0.4196) = 0.2777", "value of another epoch"),
        (UPDATED, "dL/da_0^1 = 0.2777", "value of another epoch"),
    ],
)
def test_the_kind_of_a_slip(before, claim, kind):
    found = slip(before, claim)
    assert found.verdict is Verdict.SLIP
    assert kind in [explanation.kind for explanation in found.explanations]
