"""The header of a worksheet: what a network, a loss, a notation, samples and an optimizer mean."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import nn
from autograd import mean, total
from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Derivative, Name
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.epochs import read
from autograd.audit.reading.network import spelled
from autograd.audit.reporting.report import check
from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import Notation
from autograd.notes.profiles import NOTATIONS
from nn.update_rules import AdaGradRule, AdamRule, DescentRule, RMSPropRule

RIGHT = ("given", "correct", "correct after rounding", "correct given earlier rounding")
SIZES = (2, 3, 1)
ROWS = list(
    csv.DictReader(
        (Path(__file__).parent / "documents" / "neural_network_231.csv")
        .read_text("utf-8")
        .splitlines()
    )
)
WEIGHTS = [[["0.2", "-0.4"], ["-0.3", "0.8"], ["0.5", "0.7"]], [["-0.6", "0.9", "-0.3"]]]
BIASES = [["0.1", "-0.2", "0"], ["0.05"]]


def verdicts(text: str) -> list[str]:
    report = check(text)
    assert not report.faults
    return [judged.verdict.value for judged in report.judged]


def is_right(text: str) -> bool:
    """Whether every number is right, and can be said to be."""
    report = check(text)
    return not report.faults and all(judged.verdict.is_right for judged in report.judged)


# --- one network in every notation ----------------------------------------------------------------


def sheet_in(notation_id: str) -> tuple[str, list[str]]:
    """The numbers of the 2-3-1 notes under the names of a notation, with their verdicts."""
    names = _Names(NOTATIONS[notation_id])
    lines = [f"notation: {notation_id}", "network: 2-3-1 relu relu", "loss: half squared error"]
    lines += [f"learning rate: {names.notation.rate_name} = 0.1", *names.givens()]
    section, expected = "", []
    for row in ROWS:
        claim = names.claim(row["name"], row["printed"])
        if claim and row["verdict_a"] != "value right, shown line wrong":
            if names.section_of(row) != section:
                section = names.section_of(row)
                lines.append(section)
            lines.append(f"  {claim}")
            expected.append(row["verdict_a"])
    return "\n".join(lines), expected


class _Names:
    """The names of the notes in another notation."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.by_name = {}
        for layer in (1, 2):
            for j in range(SIZES[layer]):
                self._add(Role.BIAS, layer, j)
                self._add(Role.PREACTIVATION, layer, j)
                self._add(Role.ACTIVATION, layer, j)
                for k in range(SIZES[layer - 1]):
                    self._add(Role.WEIGHT, layer, j, k)

    def _add(self, role, layer, neuron, source=None):
        quantity = Quantity(role, layer, neuron, source, SIZES)
        self.by_name[NOTATIONS["notes"].text(quantity)] = self.notation.named(quantity)

    def givens(self):
        notation = self.notation
        inputs = [notation.activation(0, k, SIZES) for k in (0, 1)]
        yield f"given {inputs[0]} = 1; {inputs[1]} = 2; {notation.target(0, SIZES)} = 1.5"
        for layer, (rows, biases) in enumerate(zip(WEIGHTS, BIASES, strict=True), start=1):
            for j, (row, bias) in enumerate(zip(rows, biases, strict=True)):
                for k, weight in enumerate(row):
                    yield f"given {notation.weight(layer, j, k, SIZES)} = {weight}"
                yield f"given {notation.bias(layer, j, SIZES)} = {self.bias_text(bias)}"

    def bias_text(self, text):
        return negative(text) if self.notation.bias_is_subtracted else text

    def section_of(self, row):
        return {"1": "forward", "2": "forward", "6": "update"}.get(
            row["step"], "forward" if row["epoch"] == "1" else "backward"
        )

    def claim(self, name, printed):
        """A line of the notes in this notation, with its own signs; "" for a mask."""
        notation, root = self.notation, self.notation.loss_name
        if name in self.by_name:
            is_bias = self.by_name[name].quantity.role is Role.BIAS
            return f"{self.by_name[name]} = {self.bias_text(printed) if is_bias else printed}"
        if name == "L":
            return f"{root} = {negative(printed) if notation.maximised else printed}"
        variable = name.replace("delta_", "dL/dz_").partition("/d")[2]
        if variable not in self.by_name:
            return ""
        named = self.by_name[variable]
        if notation.error_sign < 0:
            printed = negative(printed)
        if named.quantity.role is Role.BIAS:
            printed = self.bias_text(printed)
        return f"{notation.gradient(root, named)} = {printed}"


def negative(text: str) -> str:
    return text[1:] if text.startswith("-") else text if Fraction(text) == 0 else f"-{text}"


@pytest.mark.one_in(10)
@pytest.mark.parametrize("notation_id", NOTATIONS)
def test_the_same_network_in_every_notation_gets_the_same_verdicts(notation_id):
    sheet, expected = sheet_in(notation_id)
    assert verdicts(sheet) == expected


@pytest.mark.one_in(4)
@pytest.mark.parametrize("notation_id", [each for each in NOTATIONS if each != "notes"])
def test_a_sheet_in_a_notation_that_is_not_declared_is_asked_about_and_not_accused(notation_id):
    sheet, _ = sheet_in(notation_id)
    report = check(sheet.partition("\n")[2])
    assert {judged.verdict.value for judged in report.judged} <= {*RIGHT, "unverifiable"}
    [fault] = report.faults
    assert re.search(rf"not given: is it notation: .*\b{notation_id}\b", fault.sentence)


def test_a_derivative_in_what_leads_nowhere_is_no_slip():
    report = check("given x = 2; w = 3\ndefine y = 2*x\nclaims\n  dy/dw = 4\n  dy/dx = 2")
    assert [judged.verdict.value for judged in report.judged] == ["unverifiable", "correct"]
    assert report.judged[0].reason == "y is not computed from w"


# --- networks, losses and samples against nn ------------------------------------------------------

INPUTS, TARGETS = [["0.5", "-1"], ["0.25", "2"]], [["1", "0"], ["0.5", "0.5"]]
SMALL = [[["0.2", "-0.4"], ["-0.3", "0.8"]], [["0.5", "0.7"], ["-0.6", "0.9"]]]
SMALL_BIASES = [["0.1", "-0.2"], ["0.05", "0"]]


def each_binary(outputs, targets):
    return total(list(map(nn.binary_cross_entropy, outputs, targets)))


CASES = {
    ("tanh linear", "half squared error", "sum"): nn.sum_half_squared_error,
    ("relu sigmoid", "mse", "mean"): nn.mse,
    ("sigmoid softmax", "cross entropy", "mean"): nn.cross_entropy,
    ("leaky relu sigmoid", "binary cross entropy", "sum"): each_binary,
    ("linear tanh", "squared error", "mean"): nn.sum_squared_error,
}


def numbers_of(rows):
    return [numbers_of(x) if isinstance(x, list) else float(x) for x in rows]


def small_sheet(activations, loss, over, notation):
    """A 2-2-2 network over two samples, without claims."""
    yield f"notation: {notation}\nnetwork: 2-2-2 {activations}\nsamples: 2"
    yield f"loss: {loss}, {over}\nclaims"
    names = NOTATIONS[notation]
    for i, (xs, ys) in enumerate(zip(INPUTS, TARGETS, strict=True), start=1):
        for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
            yield f"given {names.of_sample(names.activation(0, k, (2, 2, 2)), i)} = {x}"
            yield f"given {names.of_sample(names.target(k, (2, 2, 2)), i)} = {y}"
    for layer, (rows, biases) in enumerate(zip(SMALL, SMALL_BIASES, strict=True), start=1):
        for j, (row, bias) in enumerate(zip(rows, biases, strict=True)):
            yield f"given {names.bias(layer, j, (2, 2, 2))} = {bias}"
            for k, weight in enumerate(row):
                yield f"given {names.weight(layer, j, k, (2, 2, 2))} = {weight}"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("notation", ["notes", "ng", "nielsen", "fausett"])
def test_values_and_gradients_over_samples_are_those_of_nn(case, notation):
    activations, _, over = case
    functions = activations.replace("leaky relu", "leaky_relu").split()
    model = nn.MLP.from_weights(numbers_of(SMALL), numbers_of(SMALL_BIASES), functions)
    outputs = [model(xs) for xs in numbers_of(INPUTS)]
    losses = list(map(CASES[case], outputs, numbers_of(TARGETS)))
    cost = mean(losses) if over == "mean" else total(losses)
    cost.backward()

    [sheet] = read("\n".join(small_sheet(*case, notation)))
    assert not sheet.faults
    names = NOTATIONS[notation]
    truths = Evaluation(sheet)
    root = Name(names.cost_name or names.loss_name)
    assert float(truths.of(root)) == pytest.approx(cost.data)
    weight = iter(model.parameters())
    for layer, rows in enumerate(SMALL, start=1):
        for j, row in enumerate(rows):
            for k in range(len(row)):
                name = Name(spelled(names.weight(layer, j, k, (2, 2, 2))))
                found = truths.of(Derivative(root, name))
                assert float(found) == pytest.approx(next(weight).grad), name
            next(weight)


def test_an_error_term_of_a_sample_is_that_of_its_own_loss_where_the_notation_says_so():
    mine, of_cost = {}, {}
    for notation, found in (("nielsen", mine), ("notes", of_cost)):
        [sheet] = read("\n".join(small_sheet("tanh linear", "mse", "mean", notation)))
        truths = Evaluation(sheet)
        for sample in (1, 2):
            delta = "delta_1^3({})" if notation == "nielsen" else "delta_0^2({})"
            found[sample] = truths.of(Name(delta.format(sample)))
    assert mine == {sample: 2 * number for sample, number in of_cost.items()}


def test_a_loss_that_there_is_not_is_said_beside_a_network_that_cannot_be_read():
    said = [fault.sentence for fault in check("network: 1-1 rleu\nloss: half squared").faults]
    assert "there is no loss 'half squared': did you mean half squared error?" in said


# --- updates --------------------------------------------------------------------------------------

LINE = """learning rate: eta = 0.25
given w = 1; x = 2; y = 0.5
define L = (w*x - y)^2/2
claims
  w = 1
update
  w = 0
forward
  w = 0
update
  w = 0
forward
  w = 0
update
  w = 0
"""
OPTIMIZERS = {
    "gradient descent": DescentRule(0.25),
    "momentum 0.5": DescentRule(0.25, momentum=0.5),
    "momentum, beta 0.5, velocity v = beta*v + eta*g": DescentRule(0.25, momentum=0.5, scaled=True),
    "nesterov, beta 0.5": DescentRule(0.25, momentum=0.5, nesterov=True),
    "nesterov, beta 0.5, velocity v = beta*v + eta*g": DescentRule(
        0.25, None, False, 0.5, True, True
    ),
    "adagrad, epsilon 0.1": AdaGradRule(0.25, epsilon=0.1),
    "rmsprop, rho 0.75, epsilon 0.1": RMSPropRule(0.25, smoothing=0.75, epsilon=0.1),
    "adam": AdamRule(0.25, first=0.9, second=0.999, epsilon=1e-8),
    "v = 0.5*v - eta*g; w = w + v": DescentRule(0.25, momentum=0.5, scaled=True),
}


@pytest.mark.parametrize("described", OPTIMIZERS)
def test_three_steps_of_an_optimizer_are_those_of_nn(described):
    [sheet] = read(f"optimizer: {described}\nstart v = 0\n{LINE}")
    assert not sheet.faults
    truths, rule, w = Evaluation(sheet), OPTIMIZERS[described], [1.0]
    before = [[0.0] for _ in rule.letters]
    for step in (1, 2, 3):
        if isinstance(rule, AdamRule):
            rule = replace(rule, step=step)
        lines = rule.lines(w, [(w[0] * 2 - 0.5) * 2], before)
        before, w = [lines[letter] for letter in rule.letters], lines["w"]
        assert float(truths.of(Name("w", step))) == pytest.approx(w[0], rel=1e-12)


MOMENTUM = """given w = 1; x = 2; eta = 0.1
define L = (w*x)^2/2
update
  v = {}
  w = 1 - 0.4 = 0.6
"""


@pytest.mark.parametrize("velocity", ["4", "0.4", "-0.4"])
def test_where_the_header_leaves_the_velocity_open_each_usual_one_is_right(velocity):
    assert is_right("optimizer: momentum, beta 0.9\n" + MOMENTUM.format(velocity))


OF_THRESHOLDS = """notation: {0}
network: 1-1 linear
loss: half squared error
optimizer: momentum, beta 0.5
given eta = 0.5; {1} = 1; {2} = 1; x_1 = 2; {3} = 2
update
  v({1}) = {4}
  {1} = {5}
  v({2}) = {6}
  {2} = {7}
"""
ZHOU, MIT6034 = ("zhou", "w_11", "theta_1", "y"), ("mit6034", "w_1A", "w_0A", "d")
OF_WEIGHTS = "notation: zhou\nnetwork: 1-1-1 linear\nloss: half squared error\n"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("names", [ZHOU, MIT6034])
@pytest.mark.parametrize(
    "numbers",
    [
        ("0.5*0 + 2 = 2", "2", "0.5*0 + 1 = 1", "0.5"),  # w + eta*v, theta - eta*v
        ("2", "1 + 0.5*2 = 2", "-1", "1 + 0.5*(-1) = 0.5"),
        ("-2", "1 - 0.5*(-2) = 2", "1", "1 - 0.5*1 = 0.5"),
    ],
)
def test_velocities_of_weights_and_thresholds_may_have_two_signs(names, numbers):
    assert is_right(OF_THRESHOLDS.format(*names, *numbers))
    assert not is_right(OF_THRESHOLDS.format(*names, numbers[0], "3", *numbers[2:]))


def test_what_is_remembered_of_a_weight_that_is_called_v_is_no_product():
    given = "given eta = 1; v_11 = 1; gamma_1 = 1; w_11 = 1; theta_1 = 0; x_1 = 2; y = 2\n"
    text = (
        OF_WEIGHTS
        + "optimizer: momentum, beta 0.5\n"
        + given
        + "update\n  v(v_11) = {}\n  v_11 = 3"
    )
    assert is_right(text.format("0.5*0 + 2 = 2")) and not is_right(text.format(3))


def test_a_velocity_that_the_header_says_is_the_only_right_one():
    said = "optimizer: momentum, beta 0.9, velocity v = beta*v + eta*g\n"
    assert not is_right(said + MOMENTUM.format(4))
    assert is_right(said + MOMENTUM.format("0.4"))


@pytest.mark.parametrize("new", ["w'", "w^+", "w(new)", "w_new", "w^{new}", "w"])
def test_an_updated_parameter_has_its_marks(new):
    sheet = MOMENTUM.replace("  v = {}\n", "").replace("  w =", f"  {new} = {new} - eta*4 =")
    report = check(sheet + f"forward\n  L = 0.72\nupdate\n  {new} := 0.6 - 0.1*2.4 = 0.36")
    assert [judged.verdict.value for judged in report.judged] == ["correct"] * 3


MAZUR = """notation: mazur
network: 2-2-2 sigmoid, one bias per layer
loss: sum of half squared errors
learning rate: 0.5
given i1 = 0.05; i2 = 0.10; target_o1 = 0.01; target_o2 = 0.99
given w1 = .15; w2 = .20; w3 = .25; w4 = .30; w5 = .40; w6 = .45; w7 = .50; w8 = .55
given b1 = .35; b2 = .60
forward
  net_h1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775
  out_h1 = 0.593269992
  out_o1 = 0.75136507
  E_total = 0.298371109
backward
  delta_o1 = 0.138498562
  dE_total/dw5 = 0.082167041
update
  w5^+ = 0.4 - 0.5*0.082167041 = 0.35891648
  w6^+ = 0.408666186
  w7^+ = 0.511301270
  w8^+ = 0.561370121
  w1^+ = 0.149780716
  w2^+ = 0.19956143
  w3^+ = 0.24975114
  w4^+ = 0.29950229
forward
  E_total = {}
"""


@pytest.mark.parametrize("error", ["0.291027774", "0.285750887"])
def test_biases_that_are_not_written_may_have_been_updated_or_not(error):
    assert is_right(MAZUR.format(error))


def test_what_follows_in_no_reading_is_a_slip():
    [wrong] = check(MAZUR.format("0.2955")).of(Verdict.SLIP)
    assert wrong.claim.read == "E_total = 0.2955"


def test_parameters_known_by_their_meaning_are_updated_unwritten():
    sheet = "learning rate: 0.1\ngiven w_1^1 = 1; b_1^1 = 0; x = 2; y = 0\n"
    sheet += "define L = (w_1^1*x + b_1^1 - y)^2/2\nupdate\n  w_1^1 = 0.6\nforward\n  L = {}"
    for loss in ("0.5", "0.72"):  # with b updated, and with b left as it is
        for header in ("", "notation: notes\n"):
            assert is_right(header + sheet.format(loss))


@pytest.mark.parametrize(
    ("said", "verdict"), [("", "unverifiable"), ("superscript: power\n", "slip")]
)
def test_whether_an_error_term_is_squared_is_asked_where_nothing_says(said, verdict):
    header = "notation: mitchell\nnetwork: 1-1 linear\nloss: half squared error\n" + said
    given = "given w_21 = 1; w_20 = 0; x_1 = 2; t = 5\nbackward\n"
    report = check(header + given + "delta_2 = 3; 2*delta_2^2 = 18; delta_2^2 = 8")
    assert [judged.verdict.value for judged in report.judged][0::2] == ["correct", verdict]
    asked = "delta_2^2 is not defined: is it delta_2 to the power of 2? Then say superscript: power"
    assert (asked in str(report)) == (not said)
    assert len(report.right) == (1 if not said else 2)


OF_NG = "notation: ng\nnetwork: 2-1 linear, no bias\nloss: half squared error\n"
OF_NG += "given W^[1]_11 = 1; W^[1]_12 = 1; x_1 = 2; x_2 = 3; y = 4\nbackward\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("W1.grad = tensor([[2., 3.]])", ""),
        ("z^[1]_1: 5", ""),
        ("z^[1]_1 -> 5.0", ""),
        ("z^[1]_1 → 5", ""),
        ("model.W1.grad = tensor([[2., 3.]])", "'.W1.grad ' is not understood here: for W.grad"),
        ("z^[1]_1 = 5.O", "O is not defined: is its letter O the digit 0?"),
        ("z^[1]_1 = 5 + O4", "O4 is not defined: is its letter O the digit 0?"),
    ],
)
def test_what_programs_and_people_write_is_read_or_has_a_remedy(line, sentence):
    report = check(OF_NG + line)
    if sentence:
        assert report.faults[0].sentence.startswith(sentence) and not report.of(Verdict.SLIP)
    else:
        assert is_right(OF_NG + line) and report.judged


# --- what is not understood -----------------------------------------------------------------------

FAULTS = {
    "notation: nilsen": "there is no notation 'nilsen': did you mean nielsen?",
    "network: 2-3-1 relu": "the network needs a_0^0, a_1^0, b_0^1, b_0^2 and 11 more, "
    "which are not given",
    "network: 2": "2 to 12 widths are expected, as in 2-3-1",
    "network: 2-0-1 relu": "a network has at most 64 neurons a layer and 4000 weights over all "
    "samples, and no empty layer",
    "network: 2-3-1 relu, tanh, relu": "2 activations are expected, one a layer, not 3",
    "network: 2-1 sigmod": "there is no activation 'sigmod': did you mean sigmoid?",
    "network: x": "widths such as 2-3-1 are expected, then the activations",
    "loss: mse": "a loss is that of a network: say network: too, or define the loss",
    "learning rate: rho": "rho is not given: give it, or say = 0.1",
    "samples: many": "samples are 1 to 100",
    "samples: 101": "samples are 1 to 100",
    "optimizer: momentun": "there is no optimizer 'momentun': did you mean momentum?",
    "optimizer: momentum": "beta is not given: say beta 0.9 behind a comma, or give it",
    "alpha: 0.1": "there is no line 'alpha': title, notation, decimal, superscript, learning rate, "
    "network, loss, optimizer, samples, follow through, rounding, sigma are known; a number is "
    "given as given alpha = 0.1",
    "optimizer: momentum, beta": "'beta' is neither a number nor a line",
}


@pytest.mark.parametrize("line", FAULTS)
def test_what_a_header_lacks_is_said_at_its_line(line):
    [fault] = check(f"title: a\n{line}").faults
    assert (fault.line, fault.sentence) == (2, FAULTS[line])


@pytest.mark.parametrize(
    "head",
    [
        "network: 1-1 Leaky-ReLU\nloss: Half_Squared-Error\nlearning_rate: 0.1",
        "network: 1-1 leaky relu\nLoss: half squared error\nLearning-Rate: 0.1\noptimizer: SGD",
        "network: 1-1 leaky_relu\nloss: half-squared error\nlearning rate: 0.1\n"
        "optimizer: Gradient_Descent\nfollow-through: half",
    ],
)
def test_the_words_of_a_header_may_be_spelt_otherwise(head):
    given = "\ngiven a_0^0 = 1; w_00^1 = 2; b_0^1 = 0; y = 1\n"
    report = check(f"{head}{given}backward\n  dL/dw_00^1 = 1\nupdate\n  w_00^1 = 1.9")
    assert report.is_right and not report.faults


def test_a_missing_parameter_is_named_and_what_needs_it_is_unverifiable():
    sheet = MAZUR.replace("w7 = .50; ", "").format("0.291")
    report = check(sheet)
    assert [fault.sentence for fault in report.faults] == [
        "the network needs w7, which is not given"
    ]
    verdicts_of = {judged.claim.read: judged.verdict for judged in report.judged}
    assert verdicts_of["out_o1 = 0.75136507"].is_right
    assert verdicts_of["E_total = 0.298371109"] is Verdict.UNVERIFIABLE


def test_an_activation_that_is_given_cuts_the_network():
    sheet = "network: 2-1-1 relu\nloss: half squared error\n"
    sheet += "given a_0^1 = 2; w_00^2 = 0.5; b_0^2 = 0; y = 2\nclaims\n  a_0^2 = 1\n  L = 0.5"
    assert is_right(sheet)


def test_an_update_without_a_learning_rate_is_asked_about():
    [fault] = check("given w = 1\ndefine L = w^2\nupdate\n  w = 0.8").faults
    assert fault == (4, 1, "what an update gives is not known: say learning rate: 0.1")


def test_samples_want_a_mean_or_a_sum():
    text = "\n".join(small_sheet("tanh", "half squared error", "X", "notes"))
    assert not check(text.replace("X", "sum over samples")).faults
    [fault] = check(text.replace(", X", "")).faults
    assert fault.sentence == "of 2 samples: add mean over samples, or sum"


def test_definitions_with_the_index_i_are_those_of_each_sample():
    sheet = "samples: 2\ngiven w = 2; x^(1) = 1; x^(2) = 3; y^(1) = 1; y^(2) = 5\n"
    sheet += "define a^(i) = w*x^(i); L^(i) = (a^(i) - y^(i))^2; J = (L^(1) + L^(2))/2\n"
    sheet += "let da^(i) = dL^(i)/da^(i)\nclaims\n  a^(2) = 6\n  L^(2) = 1\n  J = 1\n  da^(2) = 2\n"
    assert is_right(sheet + "  dJ/dw = 4")


def test_a_notation_without_letters_for_so_many_layers_is_one_fault():
    text = "notation: fausett\nnetwork: 1-1-1-1-1 tanh\nloss: mse\nclaims\n  y_1 = 1"
    [fault] = check(text).faults
    assert (fault.line, fault.sentence[:38]) == (2, "this notation has letters for 3 layers")


def test_odd_sheets_end_in_sentences():
    lost = "given w = 1; x = 2\ndefine L = w*x\nbackward\n  w' = 3"
    assert check(lost).faults[0].sentence.startswith("what an update gives is not known")
    rate = (
        "given w = 1; x = 2; eta = 0.1\ndefine L = w*x\nupdate\n  w = 0.8\nforward\n  dL/deta = -4"
    )
    assert is_right(rate)
    assert check("optimizer: g = g; w = w\n" + rate)


def test_the_error_of_an_output_has_the_name_that_udacity_gives_it():
    sheet = (
        "notation: udacity\nnetwork: 1-1 sigmoid\nloss: half squared error\n"
        "given x_1 = 1; w_11^1 = 0; b_1^1 = 0; y = 1\nclaims\n  error_1^1 = 0.5\n"
        "  error_term_1^1 = 0.125\n"
    )
    assert verdicts(sheet) == ["correct", "correct"]


# --- names in lines -------------------------------------------------------------------------------

BATCH = """notation: ng
network: 1-1 linear
loss: squared error, mean over samples
samples: 2
learning rate: alpha = 0.1
given x_1^(1) = 1; x_1^(2) = 2; y^(1) = 0; y^(2) = 0; W^[1]_11 = 1; b^[1]_1 = 0
forward
  a^[1](2)_1 = 2
  L^(2) = 4
  J = 2.5
backward
  dz^[1](2)_1 = 4
  dL^(2)/dz^[1](2)_1 = 4
"""


def test_gradients_of_samples_lead_to_those_of_the_batch():
    right = "  dL^(1)/dW^[1]_11 = 2\n  dL^(2)/dW^[1]_11 = 4*2 = 8\n  dW^[1]_11 = (2 + 8)/2 = 5\n"
    update = "update\n  W^[1]_11 = 1 - 0.1*5 = 0.5"
    assert is_right(BATCH + right + update)
    wrong = right.replace("4*2 = 8", "6").replace("(2 + 8)/2 = 5", "(2 + 6)/2 = 4")
    report = check(BATCH + wrong + update.replace("5 = 0.5", "4 = 0.6"))
    found = [judged.verdict for judged in report.judged if not judged.verdict.is_right]
    assert found == [Verdict.SLIP, Verdict.CARRIED, Verdict.CARRIED]


def test_a_cost_is_the_loss_where_there_are_no_samples():
    sheet = "notation: ng\nnetwork: 1-1 linear, no bias\nloss: squared error\nclaims\n  J = 4\n"
    given = "given x_1 = 2; W^[1]_11 = 1; y_1 = 0\n"
    assert is_right(sheet + given + "  dJ/dW^[1]_11 = 8\n  dW^[1]_11 = 8\n  L = 4")


def test_what_follows_from_a_negated_gradient_is_carried_forward():
    sheet = "given w = 1; x = 2; eta = 0.1\ndefine E = (w*x)^2/2\nbackward\n  -dE/dw = 4\n"
    report = check(sheet + "update\n  w = 1 + 0.1*4 = 1.4")
    assert [judged.verdict for judged in report.judged] == [Verdict.SLIP, Verdict.CARRIED]


@pytest.mark.parametrize("velocity", ["v", "v_w", "v_{dw}"])
def test_the_new_velocity_stands_in_the_line_of_the_parameter(velocity):
    sheet = "optimizer: momentum, beta 0.9, velocity v = beta*v + g\n" + MOMENTUM
    first = (
        sheet.format(4)
        .replace("  v =", f"  {velocity} =")
        .replace("w = 1 - 0.4", f"w = w - eta*{velocity}")
    )
    second = f"forward\n  L = 0.72\nupdate\n  {velocity} = 0.9*{velocity} + dL/dw = 6\n"
    report = check(first + second + f"  w = w - eta*{velocity} = 0")
    assert [judged.verdict.value for judged in report.judged] == ["correct"] * 5


ALONE = "learning rate: alpha = 0.1\ngiven theta = 5\ndefine f = theta^2\n"
DESCENT = """backward
  df/dtheta = 2*5 = 10
update
  theta = 5 - 0.1*10 = 4
backward
  df/dtheta = 2*4 = {}
update
  theta = 4 - 0.1*{} = {}
"""


@pytest.mark.parametrize(
    "lines",
    [
        DESCENT.format(8, 8, 3.2),
        "update\n  theta = 5 - 0.1*10 = 4\n  theta = 4 - 0.1*8 = 3.2\n",
        "update\n  theta = 4\nbackward\n  df/dtheta = 8\nupdate\n  theta = 3.2\n",
        "let g = df/dtheta\nclaims\n  g = 10\nupdate\n  theta = 4\nbackward\n  df/dtheta = 8",
        "claims\n  df/dtheta = 10\n  theta' = 4\n  df/dtheta = 8\n  theta' = 3.2\n",
    ],
)
def test_a_line_that_is_written_again_after_an_update_may_open_an_epoch(lines):
    assert check(ALONE + lines).is_right


def test_a_slip_in_an_epoch_that_a_repeated_line_opens_is_found_there():
    report = check(ALONE + DESCENT.format(9, 9, 3.1))
    found = [judged.verdict for judged in report.judged]
    assert found == [Verdict.CORRECT] * 2 + [Verdict.SLIP, Verdict.CARRIED]


def test_a_line_that_is_written_again_with_a_slip_is_held_against_the_new_number():
    text = "given x = 2; w = 0.5; t = 3; eta = 0.1\ndefine y = w*x; E = (t - y)^2/2\nclaims\n"
    report = check(text + "  y = 1\n  dE/dw = -4\n  w_new = 0.9\n  y = 1.9\n  E = 0.605")
    assert [judged.verdict for judged in report.judged][3:] == [Verdict.SLIP, Verdict.CARRIED]
    assert report.judged[3].truth == Fraction(9, 5)


def test_a_gradient_over_another_parameter_that_is_updated_is_a_slip():
    sheet = "learning rate: 0.1\ngiven w = 5; b = 1\ndefine f = (w + b)^2\nbackward\n  df/dw = 12\n"
    report = check(sheet + "update\n  w = 3.8\nbackward\n  df/db = 9.6\nupdate\n  b = 0.04")
    found = [judged.verdict for judged in report.judged]
    assert found[2:] == [Verdict.SLIP, Verdict.CARRIED]


def test_a_gradient_that_is_written_again_between_updates_may_be_the_old_one():
    sheet = "learning rate: 0.1\ngiven w = 5; b = 1\ndefine f = (w + b)^2\nbackward\n  df/dw = 12\n"
    again = "update\n  w = 3.8\nbackward\n  df/dw = 12\n  df/db = 12\nupdate\n  b = -0.2"
    assert check(sheet + again).is_right


HEADED = """network: 2-1 sigmoid
loss: half squared error
learning rate: 0.5
optimizer: momentum, beta 0.9
given a_0^0 = 1; a_1^0 = 0.5; y = 1; w_00^1 = 0.4; w_01^1 = -0.3; b_0^1 = 0.1
forward
  a_0^1 = 0.5866
  L = 0.0855
backward
  dL/dz_0^1 = -0.1002
update
  w_00^1 = 0.4501
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", beta 0.9", "", {12: "the updated w_00^1 is not defined (see line 4)"}),
        (
            "loss",
            "los",
            {8: "L is not defined (see line 2)", 10: "dz_0^1 is not defined (see line 2)"},
        ),
        ("; b_0^1 = 0.1", "; b_0^1 = 0,1,2", {7: "b_0^1 is not defined (see line 5)"}),
        ("0.5\nopt", "eta\nopt", {12: "eta is not defined (see line 3)"}),
        ("loss: half", "title: x: y\nfollow through: ful\nloss: h", {}),
    ],
)
def test_what_cannot_be_judged_points_to_the_line_above_that_was_not_read(old, new, said):
    report = check(HEADED.replace(old, new))
    found = {j.claim.line: j.reason for j in report.of(Verdict.UNVERIFIABLE)}
    assert report.faults and said.items() <= found.items() and not report.errors
    assert all("(see line" in reason for reason in found.values())


def test_a_notation_that_is_not_read_is_none_by_which_a_sheet_is_accused():
    text = "given x = 2; w = 0.5; y = 1.5\ndefine z = w*x\ndefine a = relu(z); L = (y - a)^2/2\n"
    text += "let d = dL/dz\nlet e = dL/da\nbackward\n  e = 0.5\n  d = 0.5"
    assert check(text).questions and check(f"notation: mitchel\n{text}").questions


LATE = """given x = 2; w = 0.5; b = -0.2; y = 1.5; alpha = 0.1
define z = w*x + b
define a = relu(z)
define L = (y - a)^2/2
backward
  dL/dw = -0.7*2 = -1.4
update
  w = 0.5 - 0.1*(-1.4) = 0.64
forward
  z = 0.5*2 - 0.2 = 0.8
"""


@pytest.mark.parametrize(
    "lines",
    [
        "  a = 0.8\n  L = (1.5 - 0.8)^2/2 = 0.245",
        "  a = 0.8\n  L = (1.5 - 1.08)^2/2 = 0.0882",
        "  a = 0.8\n  z = 0.64*2 - 0.2 = 1.08\n  a = 1.08",
        "forward\n  z = 1.08\nbackward\n  dL/dw = -0.84\nupdate\n  w = 0.724",
    ],
)
def test_a_first_pass_that_is_written_after_the_update_is_asked_about(lines):
    report = check(LATE + lines)
    assert report.is_right
    asked = [judged.claim.line for judged in report.judged if judged.reason]
    assert asked == [10]
    assert "if the pass before the update is written here: is that so?" in report.rows[2].sentence


def test_a_slip_in_the_pass_after_the_update_is_found_there():
    report = check(LATE.replace("= 0.8", "= 0.9") + "  a = 1.08")
    assert [judged.verdict for judged in report.judged][2:] == [Verdict.SLIP, Verdict.CORRECT]


REMEMBERED = """learning rate: eta = 0.1
optimizer: momentum, beta 0.9
given w = 1; x = 2; b = 0.5; y = 1
define z = w*x + b
define L = (z - y)^2/2
"""


@pytest.mark.parametrize(
    "lines",
    [
        "update\n  v_w = 0.9*0 + 3 = {}",
        "claims\n  v_w = 0\n  v_w = 0.9*0 + 3 = {}\n  w' = 1 - 0.1*3 = 0.7",
        "backward\n  dL/dw = 3\n  v_w = {}\n  v_b = 1.5\nforward\n  z = 1.75",
        "update\n  V_{{dw}} = {}\nforward\n  z = 1.75\nbackward\n  dL/dw = 1.5",
        "backward\n  dL/dw = 3\nupdate\n  v = {}",
    ],
)
def test_what_an_optimizer_remembers_is_judged_wherever_it_stands(lines):
    assert is_right(REMEMBERED + lines.format(3))
    assert check(REMEMBERED + lines.format(4)).of(Verdict.SLIP)


ADAM = "given theta = 1\nlearning rate: 0.1\noptimizer: adam\ndefine f = theta^2\n"


def test_the_letters_of_adam_are_those_of_either_course():
    lines = "update\n  {0}_dtheta = {2}\n  {1}_dtheta = 0.004\n  theta = 0.9"
    assert is_right(ADAM + lines.format("m", "v", 0.2))
    assert is_right(ADAM + lines.format("v", "s", 0.2))
    assert not is_right(ADAM + lines.format("v", "s", 0.3))


@pytest.mark.parametrize(
    "hat",
    [
        *("{}_hat_theta", "{}hat_theta", "{}hat(theta)", "{}hat", "{}_theta_hat", "{}_theta^hat"),
        *(r"\hat{{{}}}_theta", r"\hat {}_{{\theta}}", "{}\u0302_θ", "{}_dtheta^{{corrected}}"),
    ],
)
def test_corrected_moments_are_known_by_each_spelling(hat):
    m, v = hat.format("m"), hat.format("v")
    lines = "optimizer: adam\nupdate\n  m_theta = 1\n  v_theta = 0.1\n  {} = {}\n  {} = 100\n"
    step = f"  theta = theta - alpha*{m}/sqrt({v}) = 4.9"
    assert is_right(ALONE + lines.format(m, 10, v) + step)
    assert not is_right(ALONE + lines.format(m, 1, v) + step)


@pytest.mark.parametrize(
    ("optimizer", "name", "number"),
    [
        ("rmsprop, beta 0.9", "E[g^2]_w", "1.6"),
        ("rmsprop, beta 0.9", "E[g²]", "1.6"),
        ("rmsprop, beta 0.9", "r_1", "1.6"),
        ("adam, beta_2 0.9", "S_dw", "1.6"),
        ("adam, beta_2 0.9", "G_w", "1.6"),
        ("adam", "hat_v_w", "16"),
        ("adagrad", "cache_w", "16"),
    ],
)
def test_squares_have_the_names_of_other_books(optimizer, name, number):
    sheet = f"{SGD.format(optimizer)}update\n  {name} = "
    assert is_right(sheet + number)
    assert check(f"{sheet}{number}1").of(Verdict.SLIP)


NUMBERED = """learning rate: 0.1
optimizer: momentum, beta 0.9
given w_1 = 1; w_2 = 2; x_1 = 3; b = 0
define L = w_1*x_1 + 2*w_2 + b
update
  v_1 = 3; v_2 = 2; w_1 = 0.7
"""


def test_what_is_remembered_may_have_the_index_of_its_parameter():
    assert is_right(NUMBERED)
    assert check(NUMBERED.replace("v_2 = 2", "v_2 = 3")).of(Verdict.SLIP)
    of_either = check(NUMBERED.replace("b = 0", "b_1 = 0").replace("+ b", "+ b_1"))
    verdicts = [judged.verdict for judged in of_either.judged]
    assert verdicts == [Verdict.UNVERIFIABLE, Verdict.CORRECT, Verdict.CORRECT]


def test_of_a_single_parameter_a_number_behind_the_letter_is_the_step():
    steps = """update
  v_1 = dL/dw = 4
  w = 1 - 0.1*v_1 = 0.6
backward
  dL/dw = 2.4
update
  v_2 = 0.9*v_1 + dL/dw = 6
  w = 0
"""
    sheet = SGD.format("momentum, beta 0.9")
    assert is_right(sheet + steps)
    assert check(sheet + steps.replace("= 6", "= 7")).of(Verdict.SLIP)
    again = check(sheet + steps.replace("v_2", "v_1"))
    assert not again.of(Verdict.SLIP, Verdict.WRONG_LINE)


def test_what_an_update_repeats_is_not_updated():
    header = "network: 1-1 linear, no bias\nloss: half squared error\nlearning rate: alpha\n"
    given = "given a_0^0 = 2; y = 0; w_00^1 = 1; alpha = 0.1\nupdate\n  alpha = 0.1\n  a_0^0 = 2\n"
    report = check(header + given + "  w_00^1 = 0.6\nforward\n  L = 0.72")
    assert [judged.verdict.value for judged in report.judged] == ["given"] * 2 + ["correct"] * 2


def test_a_learning_rate_that_changes_is_not_accused():
    sheet = "given w = 1; x = 2; eta = 0.1\ndefine L = w*x\nupdate\n  w = 0.8\n  eta = 0.05\n"
    report = check(sheet + "forward\n  L = 1.6\nupdate\n  w = 0.8 - 0.05*2 = 0.7")
    assert not report.of(Verdict.SLIP, Verdict.CARRIED, Verdict.WRONG_LINE)


def test_a_derivative_in_the_learning_rate_of_wrong_numbers_is_computed():
    sheet = "given w = 1; x = 2; eta = 0.1\ndefine L = w*x\nupdate\n  w = 0.9\n"
    report = check(sheet + "forward\n  dL/deta = -3")
    assert [judged.verdict for judged in report.judged] == [Verdict.SLIP] * 2


SGD = "learning rate: alpha = 0.1\noptimizer: {}\ngiven w = 1; x = 2\ndefine L = (w*x)^2/2\n"


@pytest.mark.parametrize("square", ["g*g", "g ⊙ g", "g @ g"])
def test_products_of_an_update_are_those_of_each_number(square):
    report = check(f"""given w = 1; x = 2; y = 3
define L = (w*x - y)^2/2
optimizer: r = r + {square}; w = w - 0.1*r
start r = 0
update
  r_w = 4
  w = 0.6
""")
    assert not report.faults
    assert [judged.verdict.value for judged in report.judged] == ["correct"] * 2


def test_a_list_in_an_update_is_a_fault():
    text = "given w = 1; y = 3\ndefine L = (w - y)^2\noptimizer: w = w - [0.1]*g\nclaims\n  L = 4\n"
    assert check(text).faults[0].sentence == "w - [0.1]*g is a list of 1, not one number"


@pytest.mark.parametrize(
    ("optimizer", "lines"),
    [
        ("sgd, momentum 0.9", "update\n  w = 0.6\nforward\n  L = 0.72\nupdate\n  w = 0"),
        ("sgd, lr 0.5", "update\n  w = -1"),
    ],
)
def test_what_pytorch_calls_sgd(optimizer, lines):
    assert check(SGD.format(optimizer) + lines).is_right


def test_a_hyperparameter_without_a_place_is_a_fault_and_no_slip():
    report = check(SGD.format("adam, beta 0.8") + "update\n  w = 0.9")
    [fault] = report.faults
    assert fault.sentence == "beta 0.8 stands in no line of this rule"
    assert not report.errors


def test_a_total_has_a_part_for_each_output():
    text = """notation: mazur
network: 1-2 linear, one bias per layer
loss: sum of half squared errors
given w1 = 1; w2 = 2; b1 = 0; i1 = 3; target_o1 = 1; target_o2 = 1
claims
E_o1 = 2; E_o2 = 12.5; E_total = E_o1 + E_o2 = 14.5; dE_o2/dw2 = 15
"""
    report = check(text)
    assert not report.faults
    assert {judged.verdict.value for judged in report.judged} == {"correct"}


def test_no_neuron_is_minimised_where_the_loss_is_not_read():
    report = check("""notation: notes
network: 1-1 sigmoid
loss: half squared eror
learning rate: 0.5
given a_0^0 = 1; y = 1; w_00^1 = 0.3; b_0^1 = 0.1
update
  w_00^1 = 0.3 - 0.5*(-0.0964) = 0.3482
""")
    assert [each.verdict for each in report.judged] == [Verdict.UNVERIFIABLE]


def test_a_power_of_e_is_no_layer_whatever_superscripts_are():
    sheet = (
        "superscript: layer\ngiven z^{(3)} = 0\ndefine p = e^{z^{(3)}}/(1 + e^{z^{(3)}})\nclaims\n"
    )
    assert check(sheet + "p = 0.5").is_right


def test_the_number_of_samples_is_called_m_where_the_sheet_has_none():
    sheet = "samples: 2\n{}given w = 3; x^(1) = 1; x^(2) = 2\ndefine z^(i) = w*x^(i)\n"
    sheet += "define J = 1/m*(z^(1) + z^(2))\nclaims\n J = 4.5"
    assert check(sheet.format("")).is_right
    assert check(sheet.format("given m = 4\n")).errors
