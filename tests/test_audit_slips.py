"""What a slip is consistent with, what is no slip, and what is asked: on sheets of a few lines."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from students import worked

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Name
from autograd.audit.judging.slips.quick import Quick
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import check
from autograd.audit.sheet import Sheet
from autograd.audit.slopes import SLOPES
from autograd.reading import OPERATIONS

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
        ("", "z_0^1 = 0.5449", "activation for pre-activation"),
        ("  z_0^1 = 0.18\n", "a_0^1 = sigmoid(0.18) = 0.5494", "two digits swapped"),
        ("  z_0^1 = 0.18\n", "a_0^1 = 0.5949", "one digit"),
        (FORWARD, "z_1^1 = 5.2", "decimal point"),
        (FORWARD, "L = 0.5166", "1/2, 2 or 1/m"),
        (FORWARD, "dL/dz_0^2 = -0.7187", "factor omitted"),
        (FORWARD, "dL/dz_0^2 = -0.6095", "factor too many"),  # tanh' twice
        (ERRORS, "dL/da_0^1 = 0.3657", "factor too many"),  # tanh' again
        (FORWARD, "dL/dw_01^1 = 0.04", "sign of the result"),
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


STEP = ERRORS + "  dL/dw_00^2 = -0.3607\nupdate\n"
PLAIN = [  # what a teacher would say first, and nothing else
    (FORWARD, "dL/da_0^2 = 2*(0.2813 - 1) = -1.4374", "a factor 2 too many in the result"),
    (FORWARD, "L = (0.2813 - 1)^2 = 0.5165", "the factor 1/2 left out"),
    (STEP, "w_00^2 = -0.6 - (-0.3607) = -0.2393", "the factor eta left out"),
    (
        STEP,
        "w_00^2 = -0.6 - 0.5*0.5*(-0.3607) = -0.5098",
        "the factor eta taken twice",
    ),
    (
        STEP,
        "w_00^2 = -0.6 + 0.5*(-0.3607) = -0.7804",
        "the sign of eta*dL/dw_00^2 turned",
    ),
    (FORWARD, "z_0^1 = 0.4*0.5 + 0.3*(-0.4) + 0.1 + 0.1 = 0.28", "the term b_0^1 taken twice"),
    (FORWARD, "dL/dz_0^2 = -0.7187*(1 + 0.2813^2) = -0.7756", "1 + a_0^2^2 for 1 - a_0^2^2"),
    (FORWARD, "dL/dz_0^2 = -0.1453", "a_0^2*(1 - a_0^2) for 1 - a_0^2^2"),
    (FORWARD, "a_0^2 = 0.5718", "sigmoid for tanh"),
]


@pytest.mark.parametrize(("before", "claim", "words"), PLAIN)
def test_the_plain_explanation_stands_alone(before, claim, words):
    [explanation] = slip(before, claim).explanations
    assert explanation.sentence.endswith(f"consistent with {words}")


def test_what_an_update_takes_may_stand_there_alone():
    [explanation] = slip(ERRORS + "update\n", "w_00^2 = 0.5*(-0.3607) = -0.1804").explanations
    assert explanation.sentence == "this is eta*dL/dw_00^2 alone"


def test_all_old_weights_are_one_slip():
    update = "update\n  w_00^2 = -0.4197\n  w_01^2 = 0.9721\n  b_0^2 = 0.5310\nforward\n"
    old = "-0.6*0.5449 + 0.8*0.52 + 0.2 = 0.2891"
    [explanation] = slip(
        ERRORS + update + "  a_0^1 = 0.5449\n  a_1^1 = 0.52\n", f"z_0^2 = {old}"
    ).explanations
    assert explanation.kind == "value of another epoch"


def test_a_number_that_was_copied_wrongly_says_how():
    found = slip(FORWARD, "L = (0.2831 - 1)^2/2 = 0.2570").explanations[0]
    assert found.sentence.endswith("belongs: two digits of 0.2813 swapped")


@pytest.mark.parametrize("claim", ["L = 0.2592", "L = 0.245", "dL/da_0^2 = -0.719"])
def test_a_number_that_was_silently_rounded_once_more_is_asked_about(claim):
    assert slip(FORWARD, claim).verdict.is_right


def test_a_line_that_shows_the_digits_is_not_rounded_once_more():
    asked, shown = slip(FORWARD, "L = 0.2592"), slip(FORWARD, "L = (0.2813 - 1)^2/2 = 0.2592")
    assert asked.reason == "0.28 stands for a_0^2" and shown.verdict is Verdict.SLIP


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("q = 0.149", Verdict.EARLIER_ROUNDING),  # 0.745*0.2
        ("w = -4.00", Verdict.SLIP),  # another rate
        ("u = 1.950", Verdict.SLIP),  # too near to tell
    ],
)
def test_what_a_single_digit_stands_for_is_asked_where_it_is_clear(claim, verdict):
    text = "given w = 2; x = 30; eta = 0.19; a = 0.6; b = 0.305; c = 0.745\ndefine L = w*x\n"
    text += "define r = a*b; q = c*r; u = 2 - r/4\nclaims\n  r = 0.183\nupdate\n"
    assert check(f"{text}  {claim}").judged[-1].verdict is verdict


SAMPLES = """notation: ng
network: 2-1 sigmoid
loss: half squared error, mean over samples
samples: 2
learning rate: alpha = 0.5
given W^[1]_11 = -0.9; W^[1]_12 = -0.4; b^[1]_1 = -0.1
given x_1^(1) = 0.8; x_2^(1) = 0.6; y^(1) = 0.9
given x_1^(2) = 1.5; x_2^(2) = 0.9; y^(2) = 0.4
forward
  a^[1](1)_1 = 0.2573
  a^[1](2)_1 = 0.1406
backward
  dz^[1](1)_1 = -0.1228
  dz^[1](2)_1 = -0.0313
update
  W^[1]_12 := -0.3746
  b^[1]_1 := -0.0615
forward
"""


@pytest.mark.parametrize(
    ("line", "claim", "words"),
    [
        (9, "z^[1](1)_1 = 0.38", "the sign of W_11^[1] lost"),
        (9, "z^[1](1)_1 = -0.96", "the term b_1^[1] left out"),
        (14, "dW^[1]_11 = -0.0491", "the term dz_1^[1](2)*x_1^(2)/2 left out"),
        (14, "db^[1]_1 = -0.1541", "a factor 2 too many in the result"),
        (15, "b^[1]_1 = 0.0385", "the term b_1^[1] left out"),
        (18, "z^[1](2)_1 = -1.7171", "the old W_12^[1] in the place of the updated one"),
    ],
)
def test_of_samples_the_words_name_what_stands_on_the_sheet(line, claim, words):
    lines = SAMPLES.splitlines()
    [found] = check("\n".join([*lines[:line], claim, *lines[line:]])).of(Verdict.SLIP)
    assert words in found.explanations[0].sentence


SHARED = """given w = 0.5; x1 = 1; x2 = 2; h0 = 0; y = 1
define h1 = tanh(w*h0 + x1*w); h2 = tanh(w*h1 + x2*w)
define L = (h2 - y)^2/2
forward
  h1 = 0.4621
  h2 = 0.8428
backward
  dL/dh2 = -0.1572
  dL/dh1 = -0.1572*(1 - 0.7103)*0.5 = -0.0228
  dL/dw = {}
"""


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        ("-0.1572*0.2897*(0.4621 + 2) = -0.1121", "the path dL/dh1*(1 - h1^2)*(h0 + x1) left out"),
        ("-0.1479", "a factor 2 too many in dL/dh1*(1 - h1^2)*(h0 + x1)"),
    ],
)
def test_a_weight_that_several_steps_share_without_names_for_their_sums(gradient, words):
    [found] = check(SHARED.format(gradient)).of(Verdict.SLIP)
    assert words in found.explanations[0].sentence
    assert check(SHARED.format("-0.1299")).is_right


def test_the_mask_of_a_relu_of_a_sum_without_a_name():
    text = "given x = 2; w = -0.5; v = 1.5\ndefine h = relu(w*x); o = v*h\nbackward\n"
    [found] = check(f"{text}  do/dh = 1.5\n  do/dw = 3").of(Verdict.SLIP)
    assert found.explanations[0].kind == "ReLU mask omitted"


@pytest.mark.parametrize(
    ("notation", "x", "name"), [("ng", "x", "dW^[1]"), ("notes", "a0", "dL/dw^1")]
)
def test_a_transposed_matrix_is_one_slip_in_a_notation_too(notation, x, name):
    text = f"""notation: {notation}
network: 2-2-1 tanh sigmoid
loss: half squared error
given W1 = [[0.1, 0.4], [-0.3, 0.2]]; b1 = [0.1, -0.1]; W2 = [[0.7, -0.5]]; b2 = 0.2
given {x} = [1, 2]; y = 0
backward
  dW1 = [[0.044, -0.074], [0.087, -0.148]]"""
    first, slip, follows, last = check(text).judged
    assert first.verdict.is_right and last.verdict.is_right and follows.verdict.is_carried
    assert slip.explanations[0].sentence == f"consistent with {name} transposed, all of it"


def test_an_error_term_has_no_paths():
    text = """network: 2-2 softmax
notation: ng
loss: cross entropy
given W1 = [[0.2, -0.1], [0.4, 0.3]]; b1 = [0, 0.1]; x = [1, -1]; y = [0, 1]
forward
  a1 = [0.525, 0.475]
backward
  dz1 = [0.525, 0.475]"""
    [found] = check(text).of(Verdict.SLIP)
    assert found.explanations[0].sentence == "consistent with the term y_2 left out"


# --- what is said ---------------------------------------------------------------------------------

NOTES = """given a_0^0 = 1; y = 1.5; alpha = 0.1; a_1^1 = 1.1; b = -0.52; w_01^2 = 0.9; b_2^1 = 0
define z_0^2 = w_01^2*a_1^1 + b
define L = (y - z_0^2)^2/2 - 0.309*b_2^1
"""


def sentences(text: str) -> list[str]:
    return [line.partition(": ")[2] for line in str(check(text)).splitlines()[:-1]]


def test_the_notes_slip_is_said_with_its_numbers():
    gradient = "backward\n  dL/dz_0^2 = -1.03\n  dL/dw_01^2 = -1.133\n"
    update = "update\n  w_01^2 = 0.9 - 0.1*0.133 = 0.7867"
    assert sentences(NOTES + gradient + update) == [
        "w_01^2 = 0.9 - 0.1*0.133 = 0.7867: slip. The shown line gives 0.8867; true 1.0133; "
        "0.7867 is 0.9 - 0.1*1.133: consistent with the sign of dL/dw_01^2 lost"
    ]


def test_a_wrong_line_says_which_number_does_not_belong():
    update = "update\n  b_2^1 = -0.1 + 0.1*0.309 = 0.0309"
    assert sentences(NOTES + update) == [
        "b_2^1 = -0.1 + 0.1*0.309 = 0.0309: value right, shown line wrong: it gives -0.0691; "
        "-0.1 stands where b_2^1 = 0 belongs"
    ]


def test_an_operand_is_said_with_the_name_that_it_has():
    found = slip(FORWARD, "L = (0.2891 - 1)^2/2 = 0.2527")
    assert found.explanations[0].sentence == "0.2891 (z_0^2) stands where a_0^2 = 0.2813 belongs"


@pytest.mark.parametrize(
    ("claim", "kind", "words"),
    [
        ("L = (0.2813 - 1)^2/2 = 0.2587", "last digits", "off by 4 in the last digit"),
        ("L = (0.2813 - 1)^2/2 = 0.2585", "last digits", "off by 2 in the last digit: a ro"),
        ("L = 0.2609", "last digits", "off by 26 in the last two digits"),
        ("L = (0.2813 - 1)^2/2 = 1.1327", "arithmetic", "the arithmetic is wrong; 1.1327 is 4.4 t"),
        ("L = 0.0409", "arithmetic", "nothing explains it; 0.0409 is 6.3 times too small"),
        ("L = 0.11 + 0.22 = 0.33", "arithmetic", "nothing explains the line"),
    ],
)
def test_where_nothing_explains_a_number_it_is_said_how_far_off_it_is(claim, kind, words):
    [said] = slip(FORWARD, claim).explanations
    assert said.kind == kind and said.sentence.startswith(words)


def test_one_learning_rate_explains_several_updates():
    updates = ["w_00^2 = -0.5639", "b_0^2 = 0.2662", "w_01^2 = 0.8 + 0.1*0.3442 = 0.8344"]
    report = check(HEAD + ERRORS + "update\n  " + "\n  ".join(updates))
    assert {judged.explanations for judged in report.of(Verdict.SLIP)} == {
        (("another learning rate", "consistent with 0.1 in the place of eta, in 3 updates"),)
    }


def test_an_operand_of_another_case():
    head = "given w = 0.31; x = 0.77; b = 0.4\ndefine z = w*x + b\n"
    cases = "case w = 0.31\n  z = 0.6387\ncase w = 0.52\n  z = 0.31*0.77 + 0.4 = 0.6387\n"
    found = check(head + cases).judged[-1]
    assert found.explanations[0].kind == "value of another case"


# --- what is no slip ------------------------------------------------------------------------------


def verdicts(text: str) -> list[Verdict]:
    report = check(text)
    assert not report.faults
    return [judged.verdict for judged in report.judged]


def test_a_minus_that_later_lines_have_was_misprinted():
    misprinted = ERRORS.replace("dL/da_0^2 = -0.7187", "dL/da_0^2 = 0.7187")
    assert verdicts(HEAD + misprinted)[-2:] == [Verdict.MISPRINT, Verdict.ROUNDED]
    carried = misprinted.replace("-0.6619", "0.6619")
    question_free = f"notation: notes\n{HEAD}{carried}"
    assert verdicts(question_free)[-2:] == [Verdict.SLIP, Verdict.CARRIED]


def test_a_number_that_any_later_line_has_was_no_misprint():
    misprinted = ERRORS.replace("dL/da_0^2 = -0.7187", "dL/da_0^2 = 0.7187")
    assert verdicts(f"{HEAD}{misprinted}  2*dL/da_0^2 = 1.4374")[-3] is Verdict.SLIP


@pytest.mark.parametrize(
    ("digit", "verdict"),
    [("9", Verdict.MISPRINT), ("7", Verdict.SLIP)],  # 4 and 9 look alike, 4 and 7 do not
)
def test_a_digit_that_later_lines_do_not_have_was_misprinted(digit, verdict):
    printed = FORWARD.replace("0.5449", f"0.5{digit}49").replace("0.2891", "0.28907")
    report = check(HEAD + printed)
    assert [judged.verdict for judged in report.judged if judged.verdict.is_error] == [verdict]
    assert ("0.5449 is true, and the lines after it use that" in str(report)) == (digit == "9")


def test_a_left_side_that_stands_twice_has_the_wrong_index():
    report = check(HEAD + ERRORS + "  dL/dw_00^2 = -0.3607\n  dL/dw_00^2 = -0.3442")
    assert report.judged[-1].verdict is Verdict.MISPRINT
    assert "this is dL/dw_01^2's value" in str(report)


def test_what_has_become_constant_is_trivial():
    dead = "forward\n  z_1^1 = -0.52\n  a_1^1 = 0\n  z_0^1 = 0.18\n  a_0^1 = 0.5449\n"
    claims = "backward\n  dL/dz_1^1 = 0\n  dL/dw_01^2 = 0\nupdate\n  w_01^2 = 0.8"
    assert verdicts(HEAD + dead + claims) == [
        Verdict.SLIP,
        Verdict.CARRIED,
        Verdict.CORRECT,
        Verdict.ROUNDED,
        Verdict.TRIVIAL,
        Verdict.TRIVIAL,
        Verdict.TRIVIAL,
    ]


def test_what_is_truly_constant_is_no_trivial_consequence():
    head = "given x = 0; w = 2; b = 1.5\ndefine c = 2*b\ndefine z = w*x + c\nclaims\n"
    assert verdicts(head + "  c = 3.5\n  z = 3.5") == [Verdict.SLIP, Verdict.CARRIED]


def test_what_follows_with_digits_that_were_not_printed():
    head = "given x = 1; w = 0.9\ndefine g = x - 1\ndefine v = w - 0.1*g\ndefine z = 20*v\n"
    assert verdicts(head + "claims\n  g = 0.03\n  v = 0.90\n  z = 17.94") == [
        Verdict.SLIP,
        Verdict.CORRECT,
        Verdict.CARRIED,
    ]


def test_small_numbers_may_be_rounded_to_nothing():
    head = "given w = 0.004; v = 0.0055; u = -0.5\ndefine a = w*1; b = v*1; c = u*1\nclaims\n"
    claims = "  a = 0.00\n  b = 0.01\n  a = 0.01\n  c = 0\n"
    right = Verdict.ROUNDED
    assert verdicts(head + claims) == [right, right, Verdict.SLIP, Verdict.SLIP]


@pytest.mark.parametrize(
    ("given", "claims"),
    [
        ("w = 0.86; x = 1.89; c = 0.92", ["1.625", "3.071", "5.804", "10.969", "2.016"]),
        (
            "w = -0.5; x = 1.16; c = 0.16",
            ["-0.58", "-0.672", "-0.779", "-0.903", "0.16 + 0.1*(-0.903) = 0.069"],
        ),
    ],
)
def test_who_cuts_off_at_each_step_makes_no_slip(given, claims):
    head = f"given {given}\ndefine t = w*x; u = t*x; v = u*x; z = v*x; y = c + 0.1*z\nclaims\n"
    lines = [f"  {name} = {claim}\n" for name, claim in zip("tuvzy", claims, strict=True)]
    assert all(verdict.is_right for verdict in verdicts(head + "".join(lines)))


def test_a_derivative_may_be_taken_from_what_was_written_for_the_activation():
    claims = ["z_0^1 = 0.18", "a_0^1 = 0.18", "dL/da_0^1 = 0.3971", "dL/dz_0^1 = 0.0586"]
    assert verdicts(HEAD + "claims\n" + "\n".join(claims))[-1] is Verdict.CARRIED


# --- what is asked --------------------------------------------------------------------------------


def negative(text: str) -> str:
    """The claims on derivatives with the other sign."""
    return text.replace("= -0.", "= 0.")


@pytest.mark.parametrize("update", ["", "update\n  w_00^2 = -0.4197\n"])
def test_error_terms_of_the_other_sign_are_asked_about(update):
    gradients = negative("backward\n  dL/da_0^2 = -0.7187\n  dL/dz_0^2 = -0.6619\n")
    report = check(HEAD + FORWARD + gradients + update)
    assert report.is_right
    assert len(report.questions) == 1
    assert "notation:" in str(report)


def test_an_update_in_that_direction_tells_a_slip():
    gradients = negative("backward\n  dL/da_0^2 = -0.7187\n  dL/dz_0^2 = -0.6619\n")
    report = check(HEAD + FORWARD + gradients + "update\n  w_00^2 = -0.7803\n  b_0^2 = -0.1309\n")
    assert report.questions == []
    assert [judged.claim.line for judged in report.of(Verdict.SLIP)] == [18]


def test_who_declares_a_notation_is_not_asked():
    gradients = negative("backward\n  dL/da_0^2 = -0.7187\n  dL/dz_0^2 = -0.6619\n")
    assert len(check(f"notation: notes\n{HEAD}{FORWARD}{gradients}").of(Verdict.SLIP)) == 1


def test_the_slope_of_relu_at_0_is_asked_about():
    head = (
        "given w = 0.5; x = 0; y = 2\ndefine z = w*x\ndefine a = relu(z)\ndefine L = (a - y)^2/2\n"
    )
    report = check(head + "claims\n  z = 0\n  a = 0\n  dL/da = -2\n  dL/dz = -2\n  dL/dx = -1")
    assert report.is_right
    assert "slope of relu at 0" in report.questions[0]


@pytest.mark.parametrize(
    ("formula", "gradients", "slopes"),
    [
        ("relu(u)", "dL/du = 3", "relu at 0 is 1"),
        ("relu(u)", "dL/du = 1.5", "relu at 0 is 1/2"),
        ("abs(u)", "dL/du = -3", "abs at 0 is -1"),
        ("2*leaky_relu(u)", "dL/du = 6", "leaky_relu at 0 is 1"),
        ("max(x, y)", "dL/dx = 3; dL/dy = 0", "max of equal numbers is that of the first"),
        ("min(x, y)", "dL/dx = 1.5; dL/dy = 1.5", "min of equal numbers is half of each"),
    ],
)
@pytest.mark.parametrize("notation", ["", "notation: notes\n"])
def test_the_slope_at_a_kink_is_asked_about_whatever_the_notation(
    notation, formula, gradients, slopes
):
    head = f"{notation}given x = 2; y = 2; u = 0\ndefine m = {formula}; L = 3*m\nclaims\n"
    report = check(head + gradients)
    assert report.is_right
    [question] = report.questions
    assert slopes in question
    assert not check(head + "dL/dm = 3; dL/du = 7; dL/dx = 7").is_right  # no slope of any


MATRIX = """given x_0 = 1; x_1 = 2; w_00 = 0.1; w_01 = 0.2; w_10 = 0.3; w_11 = 0.4
define z_0 = w_00*x_0 + w_01*x_1; z_1 = w_10*x_0 + w_11*x_1
define L = z_0^2/2 + 3*z_1
"""


@pytest.mark.parametrize(
    "claims",
    [
        "forward\n  z_0 = 0.7\n  z_1 = 1.0\nbackward\n  dL/dw_00 = 0.7\n  dL/dw_10 = 1.4",
        "forward\n  z_0 = 0.5\n  z_1 = 1.1\nbackward\n  dL/dw_01 = 3\n  dL/dw_10 = 1.0",
    ],
)
def test_indices_in_the_other_order_are_asked_about(claims):
    report = check(MATRIX + claims)
    assert report.is_right
    assert "other order" in report.questions[0]
    assert all(judged.claim in report.sheets[0].claims for judged in report.judged)


# --- students who round, and make one slip --------------------------------------------------------


@pytest.mark.parametrize("keeps", [False, True])
def test_students_who_round_are_accused_of_their_slip_alone(keeps, full):
    named = Counter()
    for seed in range(100 if full else 12):
        student = worked(Random(seed), 3 + seed % 3, keeps)
        errors = [judged for judged in check(student.text).judged if judged.verdict.is_error]
        assert [judged.claim.line for judged in errors] == [student.line] * bool(student.line)
        for judged in errors:
            kinds = {e.kind.replace("path", "term") for e in judged.explanations}
            named[student.kind in kinds] += 1
    assert named[False] <= named.total() / 10


def test_an_order_that_makes_a_right_number_wrong_is_none():
    claims = "forward\n  z_0 = 0.5\n  z_0 = 0.7\n  z_1 = 1.0\n  z_1 = 1.00"
    assert check(MATRIX + claims).questions == []


@pytest.mark.parametrize("operation", SLOPES)
@pytest.mark.parametrize("z", [-1.5, 0.0, 0.25])
def test_a_slope_that_people_write_is_that_of_the_rule_table(operation, z):
    a = OPERATIONS[operation](z)
    written = Quick(Evaluation(Sheet(), float, {Name("a"): a})).of(SLOPES[operation](Name("a")))
    assert written == pytest.approx(OPERATIONS[operation].partials[0](a, z), rel=1e-12)


def test_a_rate_does_not_stand_for_a_weight_that_is_its_negative():
    text = "notation: notes\nnetwork: 2-1 sigmoid\nloss: half squared error\nlearning rate: 0.5\n"
    text += (
        "given a_0^0 = 1; a_1^0 = 0.5; y = 1; w_00^1 = 0.7; w_01^1 = -0.5; b_0^1 = 0.1\nupdate\n"
    )
    gradient = check(text + "  w_01^1 = 0").judged[0].truth + 0.5
    size = f"{float(gradient) * 2:.4f}"
    right = -0.5 - 0.5 * float(size)
    found = check(f"{text}  w_01^1 = -0.5 - 0.5*{size} = {right:.4f}")
    assert found.errors and "0.5 stands where w" not in str(found)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("[[1.1, 0], [1.62, 8]]", "A*B"),
        ("[[9, 9], [1.77, 9]]", "X*W"),
        ("[[9, -1.6], [9, 9]]", "X*W and A*B"),
    ],
)
def test_each_product_of_matrices_may_have_been_taken_element_by_element(printed, words):
    given = "X = [[1, 2], [3, 4.1]]; W = [[0.5, -1], [0.2, 0.3]]"
    given += "; A = [[0.1, 0.4], [0.7, 0.23]]; B = [[2, 1], [-1, 3]]"
    report = check(f"given {given}\ndefine Z = X@W + A@B\nclaims\n  Z = {printed}")
    said = [e.sentence for judged in report.judged for e in judged.explanations]
    assert f"consistent with {words} element by element" in said
