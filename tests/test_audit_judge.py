"""The verdict on a printed number: each of its meanings, on sheets of a few lines."""

from __future__ import annotations

import pytest

from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import check

PRODUCT = "given w = 0.5; x = 3; b = 0.1\ndefine z = w*x + b\n"
CHAIN = PRODUCT + "define a = sigmoid(z)\ndefine L = (a - 1)^2\n"


def judged(head: str, *claims: str) -> list[Judged]:
    report = check(head + "\n".join(claims))
    assert not report.faults
    return list(report.judged)


def verdicts(head: str, *claims: str) -> list[str]:
    return [found.verdict.value for found in judged(head, *claims)]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("z = 1.6", Verdict.CORRECT),
        ("z = 0.5*3 + 0.1 = 1.6", Verdict.CORRECT),
        ("z = w*x + b = 0.5*3 + 0.1 = 1.60", Verdict.CORRECT),
        ("z = 8/5", Verdict.CORRECT),
        ("z = 2", Verdict.ROUNDED),
        ("z = 1.7", Verdict.SLIP),
        ("z = -1.6", Verdict.SLIP),
        ("z = 5/3", Verdict.SLIP),
        ("z = 0.5*2 + 0.1 = 1.6", Verdict.WRONG_LINE),
        ("x = 3", Verdict.GIVEN),
        ("x = 4", Verdict.SLIP),
        ("q = 4", Verdict.UNVERIFIABLE),
        ("z - b = 1.5", Verdict.CORRECT),
        ("z^2 = 2.56", Verdict.CORRECT),
        ("dz/dw = 3", Verdict.CORRECT),
        ("dz/dw = 0.5", Verdict.SLIP),
        ("(z > 0) = 1", Verdict.CORRECT),
    ],
)
def test_one_number(claim, verdict):
    assert verdicts(PRODUCT, claim) == [verdict.value]


def test_every_number_of_a_chain_is_judged():
    assert verdicts(PRODUCT, "z = 0.5*3 + 0.1 = 1.7 = 1.6") == ["slip", "correct"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("a = 0.8320", Verdict.ROUNDED),  # 0.83201838...
        ("a = 0.832018385133924", Verdict.ROUNDED),
        ("a = 0.83", Verdict.ROUNDED),
        ("a = 0.8321", Verdict.TRUNCATED),  # nearer than one in the last place
        ("a = 0.8322", Verdict.SLIP),
        ("a = 1/(1 + e^-1.6) = 0.8320", Verdict.ROUNDED),
        ("a = 0.9", Verdict.TRUNCATED),
        ("a = 1", Verdict.ROUNDED),
    ],
)
def test_rounding(claim, verdict):
    assert verdicts(CHAIN, claim) == [verdict.value]


def test_one_digit_says_little():
    small = "given w = 0.0025; v = -0.5\ndefine z = w*1\ndefine u = v*1\n"
    assert verdicts(small, "z = 0", "z = 0.003", "u = 0") == [
        "slip",
        "correct after rounding",
        "slip",
    ]


def test_who_rounds_and_goes_on_is_right():
    claims = ["a = 0.8", "L = (0.8 - 1)^2 = 0.04"]
    assert verdicts(CHAIN, *claims) == [
        "correct after rounding",
        "correct given earlier rounding",
    ]


def test_hidden_digits_may_be_used_too():
    assert verdicts(CHAIN, "a = 0.8", "L = (0.8 - 1)^2 = 0.0282") == [
        "correct after rounding",
        "correct after rounding",
    ]


def test_what_follows_a_slip_names_its_line():
    found = judged(CHAIN, "z = 0.5*3 - 0.1 = 1.4", "a = 0.802", "L = 0.039", "dL/da = -0.396")
    assert [judged.verdict.value for judged in found] == ["slip"] + ["carried forward"] * 3
    assert [judged.root for judged in found] == [5, 5, 5, 5]


OFF = """given x = 1; w = 2; v = 3; u = 0.5
define z = w*x; a = relu(z); p = v*a; q = p*u
claims
  z = 3
  a = 3
  dp/da = 5
"""


def test_a_consequence_of_several_slips_names_them_all():
    report = check(f"{OFF}  u = 0.7\n  p = 9\n  q = 6.3\n  dq/dz = 5*0.7*1 = 3.5")
    slip, *carried = report.judged[3:]
    assert slip.verdict is Verdict.SLIP
    assert "q = 6.3: carried forward from lines 4 and 7" in str(report)
    assert [judged.roots for judged in carried] == [(4,), (4, 7), (6, 7)]  # relu is on all the same


COPIED = "given x = 7; u = 0.31\ndefine h = sigmoid(u); g = tanh(u); z = h*x; q = z + 7*g\n"


@pytest.mark.parametrize(
    ("lines", "roots"),
    [
        (["h = 0.58", "h = 0.85", "z = 4.06", "q = 6.16"], [(), (4,), (), ()]),
        (["h = 0.85", "z = 0.58*7 = 4.06"], [(3,), ()]),
        (["h = 0.85", "z = 0.85*7 = 5.95"], [(3,), (3,)]),
        (["h = 0.85", "z = 0.58*7 = 4.60"], [(3,), (4,)]),  # its own line gives another number
        (["h = 0.85", "z = 4.95"], [(3,), (4,)]),
        (["z = 9.1", "g = 0.9", "q = 4.06 + 7*0.9 = 10.36"], [(3,), (4,), (4,)]),  # z put right
        (["z = 9.1", "g = 0.9", "q = 9.1 + 7*0.3 = 11.2"], [(3,), (4,), (3,)]),
        (["h = 0.85", "z = 9.1", "q = 0.85*7 + 7*0.3 = 8.05"], [(3,), (4,), (3,)]),
        (["h = 0.85", "z = 9.1", "q = 0.85*7 + 7*0.3 = 8.50"], [(3,), (4,), (5,)]),
    ],
)
def test_who_goes_on_with_the_right_number_after_a_wrong_one_is_right(lines, roots):
    assert [found.roots for found in judged(COPIED, *lines)] == roots


def test_what_a_slip_does_not_reach_is_not_carried_from_it():
    head = "given u = 0.3; v = 0.76\ndefine p = sigmoid(u); q = tanh(v)\n"
    head += "define L = -(2*log(p) + log(q))\nlet d = dL/dq\n"
    found = judged(head, "p = 0.9", "q = 0.6411", "d = -1/0.641 = -1.5601")
    assert [one.roots for one in found] == [(5,), (), ()] and found[-1].verdict.is_right


def test_a_second_slip_is_not_a_consequence_of_the_first():
    found = verdicts(CHAIN, "z = 1.4", "a = 0.802", "L = 0.93")
    assert found == ["slip", "carried forward", "slip"]


def test_who_writes_the_truth_after_a_slip_is_right():
    assert verdicts(CHAIN, "z = 1.4", "a = 0.8320") == ["slip", "correct after rounding"]


def test_a_slip_that_a_relu_hides_taints_nothing():
    head = "given x = 1\ndefine z = 0 - 2*x\ndefine a = relu(z)\ndefine u = a + x\n"
    assert verdicts(head, "z = -3", "a = 0", "u = 1") == ["slip", "correct", "correct"]


def test_a_slip_that_is_repeated_is_one_slip():
    assert verdicts(PRODUCT, "z = 1.72", "z = 1.7") == ["slip", "carried forward"]


def test_a_name_for_a_derivative_carries_its_sign():
    head = CHAIN + "let d = -dL/dz\nforward\n"
    claims = ["z = 1.6", "a = 0.832", "d = -2*(0.832 - 1)*0.832*0.168 = 0.05", "dL/dw = -0.15"]
    assert verdicts(head, *claims)[2:] == [
        "correct after rounding",
        "correct given earlier rounding",
    ]


def test_a_gradient_adds_over_all_paths():
    head = "given x = 2\ndefine u = 3*x\ndefine v = x^2\ndefine L = u*v\n"
    assert verdicts(head, "dL/dx = 12 + 24 = 36", "dL/dx = 24") == ["correct", "slip"]


def test_a_derivative_is_there_where_another_is_not():
    assert verdicts("given x = -2; k = 3\ndefine y = x**k\n", "dy/dx = 12", "dy/dk = 1") == [
        *("correct", "unverifiable"),  # the logarithm of -2
    ]


def test_updates_open_an_epoch_with_the_next_forward():
    head = PRODUCT + "given alpha = 0.1\n"
    claims = [
        "forward",
        "z = 1.6",
        "update",
        "w = 0.5 - 0.1*3 = 0.2",
        "dz/dw = 3",
        "b = 0",
        "forward",
        "z = 0.2*3 + 0 = 0.6",
    ]
    assert verdicts(head, *claims) == ["correct"] * 5


def test_a_slip_in_an_update_is_carried_into_the_next_epoch():
    head = PRODUCT + "given alpha = 0.1\n"
    claims = ["update", "w = 0.8", "b = 0", "forward", "z = 2.4"]
    assert verdicts(head, *claims) == ["slip", "correct", "carried forward"]


def test_a_given_that_is_itself_rounded_excuses_what_follows():
    head = "given{}w = 0.3456; x = 100\ndefine z = w*x\n"
    assert verdicts(head.format(" ~ "), "z = 34.563") == ["correct given earlier rounding"]
    assert verdicts(head.format(" "), "z = 34.563") == ["slip"]


def test_intervals_on_both_sides_of_a_kink():
    head = "given x = 1\ndefine z = x*0.004\ndefine a = relu(z)\ndefine L = a^2 + 0*x\n"
    assert verdicts(head, "z = 0.00", "L = 0.00002")[1] != "slip"


def test_a_given_node_cuts_the_graph():
    head = "given x = 2; h = 5\ndefine h = x^2\ndefine y = h*x\n"
    assert verdicts(head, "y = 10", "dy/dx = 5") == ["correct", "correct"]


def test_a_number_rounded_to_a_kink_may_lie_on_either_side():
    head = "given x = 1; w = 0.04\ndefine z = w*x\ndefine a = relu(z)\ndefine L = 5*a\n"
    assert verdicts(head, "z = 0", "dL/dx = 0") == ["slip", "carried forward, trivial"]
    assert verdicts(head, "z = 0.04", "dL/dx = 5*1*0.04 = 0.2") == ["correct", "correct"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("y = 2*3 = 6 + 1 = 7", "correct"),
        ("y = 2*4 = 6 + 1 = 7", "value right, shown line wrong"),
        ("y = 2*3 = 5 + 1 = 7", "value right, shown line wrong"),
    ],
)
def test_a_line_that_the_next_goes_on_from_is_not_accused(line, verdict):
    [judged] = check(f"given w = 2; x = 3; b = 1\ndefine y = w*x + b\nclaims\n  {line}").judged
    assert judged.verdict.value == verdict


def test_a_whole_number_is_what_it_should_be():
    text = "given x = 2; w = 0.5; v = 3\ndefine z = w*x\ndefine u = v*x\nforward\n  z = 0.5*2 = 2\n"
    said = str(check(text + "  u = 3*2 = 5"))
    assert (
        "line 5: z = 0.5*2 = 2: slip. The shown line gives 1, and so it should be; the arith"
        in said
    )
    assert "1.0" not in said


def test_a_line_worked_out_with_rounded_numbers_is_not_cut_off():
    text = "given x = 1.23456\ndefine y = x^2\nforward\n  y = 1.235^2 = 1.5252\n"
    cut = "given x = 1.23456\ndefine y = x^2\nforward\n  y = 1.23456^2 = 1.52413"
    for lines, verdict in ((text, Verdict.EARLIER_ROUNDING), (cut, Verdict.TRUNCATED)):
        assert check(lines).judged[0].verdict is verdict
    delta = "given z = 0.15025\ndefine a = sigmoid(z)\ndefine d = (a - 1)*a*(1 - a)\nforward\n"
    found = check(delta + "  d = (0.5376 - 1)*0.5376*(1 - 0.5376) = -0.1149")
    assert found.judged[0].verdict is Verdict.EARLIER_ROUNDING


NEURON = """given i = 0.5; w = 0.4; b = 0.6; t = 0.01
define net = w*i + b
define out = sigmoid(net)
define E = (t - out)^2/2
"""


def test_who_multiplies_written_slopes_is_right():
    claims = [
        "dE/dout = 0.68",
        "dout/dnet = 0.21",
        "dnet/dw = 0.5",
        "dE/dw = 0.68*0.21*0.5 = 0.0714",
    ]
    assert verdicts(NEURON, *claims)[-1] == "correct given earlier rounding"
    assert verdicts(NEURON, "dE/dw = 0.0727", *claims)[-1] == "correct given earlier rounding"
    assert verdicts(NEURON, *claims[:-1], "dE/dw = 0.68*0.69*0.31*0.5 = 0.0727")[-1] == (
        "correct after rounding"
    )


@pytest.mark.parametrize("before", [[], ["dE/db = 0.1455"]])  # for which dE/dnet is computed
def test_what_follows_from_a_wrong_slope_is_carried(before):
    slopes = ["dout/dnet = 0.69*(1 + 0.69) = 1.1661", "dnet/dw = 0.5"]
    claims = ["dE/dout = 0.68", *before, *slopes, "dE/dw = 0.68*1.1661*0.5 = 0.3965"]
    found = judged(NEURON, *claims)
    assert found[-1].verdict is Verdict.CARRIED
    assert found[-1].root == 6 + len(before)


def test_functions_of_numbers_alone():
    claims = ["exp(-0.8) = 0.449", "sigma(0.8) = 0.69", "tanh(0.5) = 0.47"]
    assert verdicts(PRODUCT, *claims) == ["correct after rounding"] * 2 + ["truncated"]


@pytest.mark.parametrize("line", ["L = (0.83 - 1)^2 = 0.0289", "da/dz = 0.83*(1 - 0.83) = 0.1411"])
def test_who_rounds_once_more_is_right(line):
    assert verdicts(CHAIN, "a = 0.8321", line)[-1] == "correct given earlier rounding"
    other = line.replace("0.83", "0.84").replace("0.0289", "0.0256").replace("0.1411", "0.1344")
    assert verdicts(CHAIN, "a = 0.8321", other)[-1] == "slip"
    assert verdicts(CHAIN, "a = 0.7321", line.replace("0.83", "0.73"))[-1] == "slip"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("L = (0.83 - 1)^2 = 0.0282", "correct after rounding"),
        ("L = (0.73 - 1)^2 = 0.0282", "value right, shown line wrong"),
        ("da/dz = 0.83*0.17 = 0.1398", "correct after rounding"),  # 0.17 for 1 - a
        ("da/dz = 0.83*0.27 = 0.1398", "value right, shown line wrong"),
    ],
)
def test_short_numbers_may_stand_beside_a_full_result(line, verdict):
    assert verdicts(CHAIN, "a = 0.8320", line)[-1] == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("s = 0.25 + 0.25 = 0.500", "correct given earlier rounding"),  # of 0.245 and 0.250
        ("s = u + v = 0.25 + 0.25 = 0.500", "correct given earlier rounding"),
        ("s = 0.24 + 0.25 = 0.490", "correct given earlier rounding"),  # cut off
        ("s = 0.25 + 0.35 = 0.60", "slip"),
        ("p = -0.25*0.25 = -0.0625", "correct given earlier rounding"),
        ("p = 0.25*0.25 = 0.0625", "slip"),
    ],
)
def test_each_number_of_a_line_may_be_rounded_once_more(line, verdict):
    head = "given a = 0.49; c = 0.25\ndefine u = a/2; v = c*1; s = u + v; p = -u*v\n"
    assert verdicts(head, "u = 0.245", "v = 0.250", line)[-1] == verdict


def test_what_follows_from_a_slip_may_be_rounded_once_more():
    assert verdicts(CHAIN, "a = 0.7321", "L = (0.73 - 1)^2 = 0.0729")[-1] == "carried forward"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("m = 0.333*7 = 2.331", "correct given earlier rounding"),
        ("m = 0.33*(1 + 2 + 4) = 2.31", "correct given earlier rounding"),
        ("m = 0.33*6 = 1.98", "slip"),
        ("q = 0.33*9 = 2.97", "correct given earlier rounding"),
        ("q = 0.34*9 = 3.06", "slip"),
    ],
)
def test_a_third_is_no_decimal(line, verdict):
    head = "given a = 1; b = 2; c = 4; w = 1/3; x = 9\ndefine m = (a + b + c)/3; q = w*x\n"
    assert verdicts(head, line) == [verdict]


def test_a_number_that_is_true_by_chance_has_hidden_digits_too():
    head = "given a = 1; b = 6; x = 100\ndefine u = a/3; v = b*u; w = x*v\n"
    assert verdicts(head, "u = 0.333", "v = 2.00", "w = 199.8")[-1].startswith("correct given")
    assert verdicts(head, "v = 2.00", "w = 199.8")[-1] == "slip"


def test_a_decimal_that_is_true_has_no_hidden_digits_though_it_is_computed_in_reals():
    head = "given x = 0.5; w = 0.4; u = 0.7; v = -0.3\ndefine f = sigmoid(w*x); i = sigmoid(v*x)\n"
    head += "define c = f*u + i*x\n"
    lines = ("f = 0.5498", "dc/df = 0.7", "dc/dw = 0.7*0.2475*0.5 = 0.0872")
    assert verdicts(head, *lines)[1:] == ["correct", "slip"]


def test_an_old_weight_that_the_new_one_rounds_to_is_asked_about():
    text = "given w = 0.99; x = 1.3; b = 0.2; eta = 0.05\ndefine z = w*x + b; L = -z/100\nforward\n"
    text += "  z = 1.487\nupdate\n  w = 0.9907\nforward\n  z = {}"
    report = check(text.format("0.99*1.3 + 0.2 = 1.4870"))
    assert report.is_right and "if 0.99 stands for w here" in report.rows[-1].sentence
    assert not check(text.format("0.9907*1.3 + 0.2 = 1.4879")).judged[-1].reason


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("q = 0.3*9 = 2.7", "0.3 stands for w"),
        ("m = 0.3*7 = 2.1", "0.3 stands for 1/3"),
        ("h = 0.05*0.1 = 0.0050", "0.1 stands for g"),
        ("h = 0.1*0.125 = 0.0125", ""),
    ],
)
def test_of_a_single_digit_it_is_asked_what_it_was_rounded_from(line, asked):
    head = "given a = 7; w = 1/3; x = 9; k = 0.05\ndefine m = a/3; q = w*x; g = 2.5*k; h = k*g\n"
    report = check(f"{head}claims\n  g = 0.125\n  {line}")
    assert report.is_right == bool(asked)
    assert (f" if {asked} here: is that so?" in report.rows[1].sentence) == bool(asked)


def test_a_point_that_moved_is_a_misprint_where_the_lines_after_it_use_the_truth():
    [found, after] = judged(CHAIN, "a = 8.32", "L = (0.832 - 1)^2 = 0.0282")
    assert (found.verdict, after.verdict) == (Verdict.MISPRINT, Verdict.ROUNDED)
    assert found.meant is not None and found.meant.printed.text == "0.832"


ERROR = (
    "given t = 0.01; u = 0.5; w = 2; x = 3\ndefine y = w*u; E = (t - y)^2/2; v = w - 0.1*(t - y)\n"
)


@pytest.mark.parametrize(
    "lines",
    [
        ["E = 1/2*(-0.79)^2 = 0.312"],  # t - y is -0.99
        ["E = 1/2*(-0.79)^2 = 1/2*0.6241 = 0.31205"],
        ["E = 0.312"],
        ["v = 2 + 0.079 = 2.079"],
        ["v = 2 - 0.1*(-0.79) = 2.079", "v^2 = 4.322"],
        ["2*(t - y) = -1.58"],
        ["dE/dy = 0.79", "dE/dw = 0.395"],
        ["dE/dw = 0.395"],  # dE/dy was not written
    ],
)
def test_what_follows_from_a_slip_in_an_expression_is_carried(lines):
    first, *rest = judged(ERROR, "t - y = -0.79", *lines)
    assert first.verdict is Verdict.SLIP
    assert [(found.verdict, found.roots) for found in rest] == [(Verdict.CARRIED, (3,))] * len(rest)


def test_a_product_may_be_gone_on_with_in_any_order():
    head = "given w = 0.3; x = 2; u = 5\ndefine z = x*u*w + 1\nclaims\n"
    assert verdicts(head, "w*x = 0.7", "z = 4.5") == ["slip", "carried forward"]


def test_an_expression_has_hidden_digits_too():
    lines = ["y*(1 - y) = 0.19", "(y - t)*y*(1 - y) = 0.7414*0.19 = 0.1385"]
    assert verdicts("given y = 0.7514; t = 0.01\nclaims\n", *lines) == [Verdict.ROUNDED.value] * 2


def test_a_slip_beside_one_in_an_expression_is_one():
    assert verdicts(ERROR, "t - y = -0.79", "E = 1/2*(-0.79)^2 = 0.412")[1] == "slip"
    assert verdicts(ERROR, "t - y = -0.79", "t - y = -0.99", "E = 0.312")[1:] == ["correct", "slip"]


SIGMOID_OUTPUT = """given w = 1.4466; x = 1; y = 0
define z = w*x
define a = sigmoid(z)
define L = -(y*log(a) + (1 - y)*log(1 - a))/2
"""


@pytest.mark.parametrize("slope", ["dL/da", "e", "dL_da"])
def test_an_error_term_known_by_heart_needs_no_chain_rule(slope):
    head = f"{SIGMOID_OUTPUT}define {slope} = dL/da\n" if slope == "e" else SIGMOID_OUTPUT
    before = "a = 0.8095", f"{slope} = 1/(1 - 0.810)/2 = 2.6316"
    shortcut = verdicts(f"{head}claims\n", *before, "dL/dz = (a - y)/2 = 0.810/2 = 0.4050")
    assert shortcut[-1] == Verdict.EARLIER_ROUNDING.value
    slip = verdicts(f"{head}claims\n", *before, "dL/dz = (a - y)/2 = 0.810*1 = 0.8100")
    assert slip[-1] == "slip"


def test_what_a_later_line_shows_was_written_so():
    head = "given w = 0.702870; x = 0.572958\ndefine a = w*1\ndefine z = a*x\n"
    assert verdicts(head, "a = 0.702871", "z = a*x = 0.402715")[0] == "suspected misprint"
    cut_off = "z = 0.702871*0.572958 = 0.402715"
    assert verdicts(head, "a = 0.702871", cut_off)[0] == "slip"


def test_who_adds_up_again_what_was_added_wrongly_makes_no_second_slip():
    head = """notation: zhou
network: 1-1 relu
loss: mse, mean over samples
samples: 3
optimizer: momentum, beta 0.9
given eta = 0.1; w_11 = -0.3; theta_1 = -0.76
given x_1^(1) = -0.19; x_1^(2) = -0.18; x_1^(3) = -0.61
given y^(1) = -0.58; y^(2) = -0.12; y^(3) = -0.36
backward
  g_1^(1) = -0.931
  g_1^(2) = -0.622
  g_1^(3) = -0.868
"""
    added = "  -dE/dtheta_1 = 2.358", "update", "  v(theta_1) = -0.931 - 0.622 - 0.868 = -2.421"
    assert verdicts(head, *added)[-2:] == ["slip", Verdict.EARLIER_ROUNDING.value]


def test_what_a_line_has_a_formula_for_but_nothing_defines_is_told_how_it_is_defined():
    report = check("given a = 2; b = 3; c = 4\nq = a + b = 5\nf = q*c\nf = 20\nr = 2 + 3 = 5")
    said = [judged.reason.partition("; ")[2] for judged in report.judged]
    assert said[0] == "where line 2 defines it, say define q = a + b"
    assert said[1] == "where line 3 defines it, say define f = q*c"
    assert "define" not in said[2]


@pytest.mark.parametrize(("z", "is_right"), [("-12", True), ("-54", True), ("-7", False)])
def test_a_number_that_is_nothing_to_four_places_may_be_written_0(z, is_right):
    found = judged(f"given z = {z}\ndefine a = sigmoid(z)\n", f"a = sigmoid({z}) = 0")
    assert (found[0].verdict is not Verdict.SLIP) == is_right


def test_what_a_right_formula_gives_of_a_wrong_number_follows_from_that():
    head = "given x = 2; w = 0.5; b = -0.2; y = 1.5\ndefine z = w*x + b; L = (y - z)^2/2\n"
    head += "let d = dL/dz\nlet e = dL/dz\nbackward\n d = -0.7\n e = -0.9\n"
    report = check(f"{head} dL/dw = e*x = -1.8\n dL/db = e = -0.9\n dL/dw = -e*x = 1.8")
    found = [judged.verdict.value for judged in report.judged]
    assert found == ["correct", "slip", *["carried forward"] * 2, "slip"]
