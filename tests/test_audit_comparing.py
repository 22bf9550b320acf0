"""Numbers in Python against a recorded graph."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import nn
from autograd import OPERATIONS, Notation, Operation, Value, exp, find
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.recorded import Recorded
from autograd.audit.reporting.comparing import compare


def notes(numbers=Fraction, notation="notes"):
    """The 2-3-1 network of the notes and its loss."""
    model = nn.MLP.from_weights(
        weights=[[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
        biases=[[0.1, -0.2, 0], [0.05]],
        activations=["relu", "relu"],
        numbers=numbers,
        notation=notation,
    )
    return nn.half_squared_error(model([1, 2]), Value(numbers("1.5"), "y"))


def verdicts(report) -> list[str]:
    return [judged.verdict.value for judged in report.judged]


@pytest.mark.parametrize("numbers", [Fraction, float, Decimal])
def test_numbers_of_the_notes(numbers):
    printed = {
        "z_0^1": "-0.5",
        "a_1^1": "1.1",
        "z_0^2": "0.47",
        "dL/dz_0^2": "-1.03",
        "dL/dw_01^2": "-1.133",
        "dE/dw_10^1": "-0.927",
        "∂L/∂w_11^1": "-1.854",
        "db_1^1": "-0.927",
        "tanh(z_0^2)": "0.438",
        "w_01^2": "0.9",
    }
    report = compare(notes(numbers), printed)
    report.assert_right()
    assert [judged.claim.line for judged in report.judged] == list(range(1, 11))


def test_a_slip_and_its_consequence_in_any_order():
    report = compare(notes(), {"dL/dz_0^2": "-1.04", "z_0^2": "0.46", "z_1^1": "1.1"})
    assert verdicts(report) == ["carried forward", "slip", "correct"]
    assert report.judged[0].root == 2
    with pytest.raises(AssertionError, match=r"line 2: z_0\^2 = 0.46: slip"):
        report.assert_right()


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        (0.4621, True),
        (0.46211715726000979, True),
        (0.462117, True),
        (0.46211900001, False),
        (np.float32(0.46211717), True),
        (np.float64(0.46211715726), True),
        (Decimal("0.46"), True),
        (Decimal("0.45"), False),
        (Fraction(46, 100), False),
        ("0.4621", True),
        ("0.462120", False),
        (1, False),
    ],
)
def test_numbers_of_every_kind(number, is_right):
    x = Value(0.5, "x")
    a = x.tanh()
    a.name = "a"
    assert compare(a, {"a": number}).is_right is is_right


LOSSES = {
    "logits": lambda outputs: nn.cross_entropy_with_logits(outputs, [1, 0]),
    "shares": lambda outputs: nn.cross_entropy(nn.softmax(outputs), [1, 0]),
    "squares": lambda outputs: nn.mse(outputs, [1, 0]),
}


@pytest.mark.parametrize("loss_of", LOSSES.values(), ids=LOSSES)
def test_a_network_that_floats_computed_is_right_in_its_own_numbers(loss_of):
    model = nn.MLP.from_weights(
        weights=[[[0.2, -0.4]], [[0.3], [0.1]]],
        biases=[[0.1], [0, 0]],
        activations=["tanh", "linear"],
    )
    loss = loss_of(model([1, 2]))
    loss.name = "L"
    loss.backward()
    printed = {"L": loss.data}
    for name in ("w_00^2", "w_00^1", "b_0^1"):
        printed[f"dL/d{name}"] = find(loss, name)[0].grad
    assert verdicts(compare(loss, printed)) == ["correct after rounding"] * 4


def test_every_operation_of_the_table_is_known():
    x, y = Value(0.25, "x"), Value(0.75, "y")
    for name, operation in OPERATIONS.items():
        try:
            node = operation(x)
        except (TypeError, ValueError):
            continue
        node.name = "node"
        report = compare(node + y, {"node": node.data})
        assert report.is_right, (name, str(report))


def test_what_has_no_name_is_written_out_or_numbered():
    x = Value(3, "x")
    shared = x * 2
    root = shared * shared + exp(shared) - 1
    sheet = Recorded(root).sheet
    assert [name.text for name in sheet.definitions] == ["v1", "v5"]


@pytest.mark.long
def test_long_graphs():
    x = Value(1.0, "x")
    for _ in range(2000):
        x = x * 1.0001 + 0.1
    x.name = "end"
    assert (
        verdicts(compare(x, {"end": x.data, "dend/dx": "1.2214"})) == ["correct after rounding"] * 2
    )


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ({"q": 1}, "there is no node 'q', for 'q'"),
        ({"z_0^3": 1}, "there is no node 'z_0^3', for 'z_0^3'; did you mean z_0^2"),
        ({"dL/dq": 1}, "there is no node 'q', for 'dL/dq'"),
        ({"z_0^1": "x"}, "'z_0^1': 'x' is no number"),
        ({"z_0^1": "1e999999"}, "'z_0^1': '1e999999': a number of at most 60 digits is expected"),
        ({"z_0^1": float("nan")}, "'z_0^1': nan is no real number"),
        ({"z_0^1": 1j}, "'z_0^1': 1j is no real number"),
        ({"z_0^1": None}, "'z_0^1': None is no real number"),
        ({"z_0^1(": 1}, "'z_0^1(': "),
        ({3: 1}, "a name is a text, not 3"),
        ({"[z_0^1]": 1}, "'[z_0^1]': [z_0^1] is a list of 1, not one number"),
    ],
)
def test_what_is_no_node_or_no_number_is_refused(printed, sentence):
    with pytest.raises(ValueError) as caught:
        compare(notes(), printed)
    assert str(caught.value).startswith(sentence)


def test_several_nodes_of_one_name_are_refused_when_they_are_asked_about():
    x, again = Value(2, "x"), Value(3, "x")
    root = x * again
    root.name = "y"
    compare(root, {"y": 6}).assert_right()
    with pytest.raises(ValueError, match="several nodes are called 'x': name them apart"):
        compare(root, {"x": 2})


def test_an_operation_of_ones_own_is_refused():
    double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    with pytest.raises(ValueError, match="double is an operation that the audit does not know"):
        compare(double(Value(2, "x")), {"x": 2})


def test_verdicts_are_those_of_the_audit():
    assert compare(notes(), {"z_0^2": "0.4"}).of(Verdict.TRUNCATED)


IN_NOTATIONS = {
    "notes": {"delta_0^2": "-1.03", "dL/dw_01^2": "-1.133", "L": "0.53045", "b_1^1": "-0.2"},
    "ng": {"dz^[2]_1": "-1.03", "dW^[2]_12": "-1.133", "db^[1]_2": "-0.927", "da^[1]_2": "-0.927"},
    "mitchell": {"delta_6": "1.03", "-dE/dw_64": "1.133", "dE/dw_64": "-1.133", "E": "0.53045"},
    "rashid": {"e_2^2": "0.927", "-dE/dx_1^3": "1.03", "-∂E/∂w_21^3": "1.133"},
    "mit6034": {"delta_D": "1.03", "dP/dw_BD": "1.133", "dP/dw_0D": "-1.03", "w_0A": "-0.1"},
    "zhou": {"g_1": "1.03", "-dE/dtheta_1": "-1.03", "gamma_2": "0.2", "e_2": "0.927"},
    "goodfellow": {"a_1,2": "1.1", "dL/dW_2,12": "-1.133", "dL/da_{2,1}": "-1.03"},
    "cs231n": {"dW2_10": "-1.133", "db1_1": "-0.927", "loss": "0.53045"},
}


@pytest.mark.parametrize("notation", IN_NOTATIONS)
def test_gradients_are_called_as_the_notation_of_the_network_does(notation):
    printed = IN_NOTATIONS[notation]
    report = compare(notes(float, notation=notation), printed)
    assert {*verdicts(report)} <= {"correct", "given"}
    wrong = {
        name: number.lstrip("-") if "-" in number else f"-{number}"
        for name, number in printed.items()
    }
    found = compare(notes(float, notation=notation), wrong).judged
    assert all(not judged.verdict.is_right for judged in found)


def test_a_name_of_ones_own_comes_before_that_of_a_gradient():
    w = Value(2.0, "w")
    z = w * 3
    z.name = "L"
    assert (
        verdicts(compare(z * z, {"L": "6.0", "dL/dw": "3.0", "-dE/dw": "-36.0"})) == ["correct"] * 3
    )
    with pytest.raises(ValueError, match="there is no node 'v', for '-dE/dv'"):
        compare(z * z, {"-dE/dv": "1"})


@pytest.mark.parametrize("pattern", ["W {indices}", "3w{indices}", "w[{layer}][{indices}]"])
def test_names_that_can_be_shown_and_not_read_name_their_pattern(pattern):
    model = nn.MLP(1, [1], notation=Notation(weight_pattern=pattern))
    with pytest.raises(ValueError, match=f"weight_pattern {re.escape(repr(pattern))} letters"):
        compare(model([1]), {"z_0^1": "1"})


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (float("nan"), "nan is no real number"),
        (None, "None is no real number"),
        (Decimal("-Infinity"), r"Decimal\('-Infinity'\) is no real number"),
        (10**5000, "a number of at most 4000 digits is expected: round it"),
        (Fraction(1, 10**5000), "a number of at most 4000 digits is expected: round it"),
        (Decimal("1e-999999"), "a number of at most 4000 digits is expected: round it"),
        ("", "'': the line ends where a number or a name is expected"),
        ("1/0", "'1/0' is no number"),
    ],
    ids=range(8),  # the longest are none to write
)
def test_what_is_no_number_is_said_with_its_key(number, said):
    x = Value(0.5, "x")
    with pytest.raises(ValueError, match=f"^'dL/dx': {said}$"):
        compare(x**2, {"x": "0.5", "dL/dx": number})


def test_a_given_number_that_is_none_is_said_with_its_name():
    with pytest.raises(ValueError, match=r"^x: nan is no real number$"):
        compare(Value(float("nan"), "x") ** 2, {"dL/dx": "1"})


def test_the_value_of_a_node_may_be_given_as_a_value():
    x = Value(0.5, "x")
    compare(x**2, {"dL/dx": Value(1.0)}).assert_right()
