"""Lists and matrices on a worksheet: each element judged by itself, shapes too."""

from __future__ import annotations

import pytest

from autograd.audit.expressions import written
from autograd.audit.reading.lists import expanded
from autograd.audit.reading.typed import joined
from autograd.audit.reading.worksheet import readings
from autograd.audit.reporting.report import check

HEADER = """given W_1 = [[0.2, -0.4], [-0.3, 0.8]]; x = [1, 2]; b = [0.1, -0.2]; v = [[-0.6, 0.9]]
define z = W_1*x + b
define a = relu(z)
define o = sum(v^T (.) a)
define L = o^2/2
claims
"""


def verdicts(text: str) -> list[tuple[str, str]]:
    """Each number's claim and verdict."""
    report = check(text)
    assert not report.faults
    return [(written(j.claim.left), j.verdict.value) for j in report.judged]


def faults(text: str) -> list[str]:
    return [f"{fault.line}: {fault.sentence}" for fault in check(text).faults]


@pytest.mark.parametrize(
    "claim",
    [
        "z = [0.2*1 - 0.8 + 0.1, -0.3 + 1.6 - 0.2] = [-0.5, 1.1]",
        "z = [-0.5 1.1]",
        "z = [[-0.5], [1.1]]",
        "z = array([-0.5,  1.1], dtype=float32)",
        "z = tensor([-0.5000,  1.1000], grad_fn=<AddBackward0>)",
        "z = [-0.5; 1.1]",
        "a = relu([-0.5, 1.1]) = [0, 1.1]",
        "a = np.maximum(0, z) = [0. 1.1]",
        "z[1] = 1.1",
        "z_0 = -0.5; z_1 = 1.1",
        "W_1 @ x = np.dot(W_1, x) = W_1 x = [-0.6 1.3]",
        "x^T W_1^T = x.T @ W_1.T = [-0.6 1.3]",
        "dL/dz = o v^T (.) (z > 0) = [0, 0.891]",
        "dL/dv = o a^T = [[0 1.089]]",
        "dL/dW_1 = dL/dz x^T = [[0 0] [0.891 1.782]]",
        "dL/dW_1 =\n  [[0.    0.   ]\n   [0.891 1.782]]",
        "dL/dW_1[1, 0] = 0.891; dL/dW_1[1][1] = 1.782",
        "dL/dx = W_1^T dL/dz = [-0.2673 0.7128]",
        "W_1 (.) W_1 = [[0.04 0.16] [0.09 0.64]]",
        "v @ a = [0.99]",
        "mean(x) = 1.5; max(x) = 2; sum(a) = 1.1",
        "softmax([0, 0]) = [0.5, 0.5]",
        "softmax(z) = [0.168 0.832]",
        "-2*z + 1 = [2, -1.2]",
    ],
)
def test_what_is_right_is_read_and_right(claim):
    report = check(HEADER + claim)
    assert report.is_right, report
    assert report.judged


def test_each_element_is_judged_by_itself():
    assert verdicts(HEADER + "z = [-0.5, 1.2]\na = [0, 1.2]") == [
        ("z[0]", "correct"),
        ("z[1]", "slip"),
        ("a[0]", "correct"),
        ("a[1]", "carried forward"),
    ]


def test_an_element_is_shown_with_its_index_and_its_part_of_the_line():
    [first, second] = check(HEADER + "z = [-0.6 + 0.1, 1.3 - 0.2] = [-0.5, 1.1]").judged
    assert first.claim.read == "z[0] = -0.6 + 0.1 = -0.5"
    assert second.claim.line == 7


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("z = [1, 2, 3]", "7: z is a list of 2; a list of 3 stands for it"),
        ("z = 0", "7: z is a list of 2; a number stands for it"),
        ("dL/dv = [[0], [1.089]]", "7: dL/dv is a 1x2 matrix; a 2x1 matrix stands for it"),
        ("dL/dv = [[1 2 3] [4 5 6]]", "7: dL/dv is a 1x2 matrix; a 2x3 matrix stands for it"),
        ("z = v W_1^T a = [1, 2]", ""),
        ("z = W_1 v = [1, 2]", "7: W_1*v: a 2x2 matrix and a 1x2 matrix do not fit"),
        ("z = W_1*W_1 = [1, 2]", "7: W_1*W_1: * may be @, the product of matrices, or (.), "),
        ("z = W_1 (.) x = [1, 2]", "7: W_1 ⊙ x: the list may be a row or a column: write [[1, 2]]"),
        ("z[2] = 1", "7: z[2]: z is a list of 2, counted from 0"),
        ("z[0, 0] = 1", "7: z[0, 0]: z is a list of 2, counted from 0"),
        ("softmax(W_1) = 1", "7: softmax(W_1): softmax takes a list, not a 2x2 matrix"),
        ("z = [[1, 2], [3]]", "7: [[1, 2], [3]]: rows of equal length are expected, not list of 1"),
        ("dz/dx = 1", "7: z is a list of 2, not one number"),
    ],
)
def test_shapes_that_do_not_fit_are_located_and_named(claim, fault):
    found = faults(HEADER + claim)
    assert found[0].startswith(fault) if fault else found


def test_a_row_for_a_column_is_a_fault_and_its_values_are_judged():
    report = check(HEADER + "dL/dv = [[0], [1.2]]")
    assert [judged.verdict.value for judged in report.judged] == ["correct", "slip"]


def test_a_shown_product_that_does_not_fit_leaves_the_numbers_judged():
    report = check(HEADER + "z = W_1 v = [-0.5, 1.1]")
    assert (len(report.faults), len(report.right)) == (1, 2)


def test_a_faulty_definition_is_named_where_it_is_used():
    found = faults("given x = [1, 2]; y = [1, 2, 3]\ndefine z = x + y\nclaims\nz = [1, 2]")
    assert found == [
        "2: x + y: a list of 2 and a list of 3 do not fit",
        "4: z is not known: see line 2",
    ]


@pytest.mark.parametrize(
    ("claims", "right"),
    [("z_1 = 0.1; z_2 = 0.2", 2), ("z_0 = 0.1; z_1 = 0.2", 2), ("z_1 = 0.2", 0)],
)
def test_elements_are_counted_from_0_or_1_where_the_sheet_tells(claims, right):
    report = check(f"given x = [0.1, 0.2]\ndefine z = x + 0\nclaims\n{claims}")
    assert (len(report.right), report.is_right) == (right, True)


def test_declared_elements_make_a_list():
    sheet = """given z_1 = -0.5; z_2 = 1.1; w_11 = 1; w_12 = 2; w_21 = 3; w_22 = 4
    define a_1 = relu(z_1); a_2 = relu(z_2)
    define L = a_1*w_11 + a_2*w_12 + a_1*w_21 + a_2*w_22
    claims
    a = relu(z) = [0, 1.1]
    W a = [2.2 4.4]
    dL/dW = [[0 1.1] [0 1.1]]
    dL/da = [4, 6]"""
    assert {verdict for _, verdict in verdicts(sheet)} == {"correct"}


def test_parameters_that_are_lists_are_updated():
    sheet = """given w = [1, 2]; x = [3, 4]; alpha = 0.1
    define L = w @ x
    update
      w = w - 0.1*[3, 4] = [0.7, 1.6]
    forward
      L = [0.7 1.6] @ [3 4] = 8.5"""
    assert {verdict for _, verdict in verdicts(sheet)} == {"correct"}


def test_a_number_of_a_printed_list_has_the_places_of_the_others():
    found = check("given a = [0.25, 0.8]\nclaims\na = [0.25 1.  ]\na = [0., 1.]").judged
    assert [judged.verdict.is_right for judged in found] == [True, False, False, False]


def test_decimal_commas_in_lists_and_functions():
    text = "decimal: comma\ngiven a = [0,25; 0,8]\nclaims\na = [0,25 0,80]\nmax(0,5; 0,25) = 0,5"
    assert {verdict for _, verdict in verdicts(text)} == {"correct", "given"}


def test_lines_of_an_array_are_one_line():
    lines = ["a = [[1, 2],", "     [3, 4]]", "b = 1", "c = [1,", "d = 2", "[5]"]
    assert list(joined(lines)) == [
        (1, "a = [[1, 2],      [3, 4]]"),
        (3, "b = 1"),
        (4, "c = [1,"),
        (5, "d = 2"),
        (6, "[5]"),
    ]


def test_a_line_names_the_place_of_its_array():
    [reading] = readings("a = [[1 2]\n [3 4]]\nb = 2 +")
    assert [(s.line, bool(s.unread)) for s in reading.statements] == [(1, False), (3, True)]
    assert reading.faults[0].line == 3


def test_a_cycle_of_lists_is_named():
    found = faults("define a = [b[0], 1]\ndefine b = [a[0], 2]\nclaims\na = [1, 2]")
    assert found[0] == "1: a cycle of definitions: b -> a -> b"


def test_the_elements_of_a_list_have_the_names_that_a_header_gives_them():
    [reading] = readings("given W = [[1, 2], [3, 4]]; x = [5, 6]\nclaims\nx = [5, 6]")
    found = expanded(reading, {"w_00", "w_01", "w_10", "w_11", "x_1"})
    assert [written(statement.left) for statement in found.statements] == [
        *("w_00", "w_01", "w_10", "w_11"),
        *("x[0]", "x[1]", "x[0]", "x[1]"),
    ]


TWO_LAYERS = """given W = [[0.2, -0.4], [-0.3, 0.8]]; V = [[0.5, 0.7], [0.1, -0.6]]
given x = [1, 2]; y = [0, 1]
define z = W*x
define u = V*z
define L = ((u[0] - y[0])^2 + (u[1] - y[1])^2)/2
claims
"""
DW, TURNED = "dL/dW = [[0.121, 0.242], [1.531, 3.062]]\n", "[[0.121, 1.531], [0.242, 3.062]]"


def test_transposed_gradients_are_asked_about():
    report = check(f"{TWO_LAYERS}dL/dW = {TURNED}\ndL/dV = [[-0.366, 1.104], [0.793, -2.392]]")
    assert report.is_right and "transposes: is that how" in report.questions[0]


def test_one_transposed_matrix_is_one_slip():
    text = f"{TWO_LAYERS}dL/dV = [[-0.366, 0.793], [1.104, -2.392]]\ndL/dW = {TURNED}"
    [slip] = check(text).errors
    assert [each.kind for each in slip.explanations] == ["transposed"]
    assert "dL/dW[1,0] = 0.242: carried forward from line 8" in str(check(text))


def test_a_number_that_is_not_of_the_transpose_is_a_slip_of_its_own():
    text = f"{TWO_LAYERS}{DW}dL/dV = [[-0.366, 1.104], [0.739, -2.392]]"
    assert len(check(text).errors) == 2


def test_single_digits_are_transposed_where_they_are_the_very_numbers():
    head = TWO_LAYERS.replace("V*z", "relu(z)")
    text = f"{head}dL/dW = [[0, 0], [0.3, 0.6]]\ndL/dW = [[0, 0.3], [0, 0.6]]"
    assert [each.claim.line for each in check(text).errors] == [8]


IN_MATRICES = """notation: ng
network: 2-2-1 sigmoid sigmoid
loss: binary cross entropy
given W1 = [[0.1, 0.2], [0.3, 0.4]]; b1 = 0; W2 = [[0.5, 0.6]]; b2 = 0.2; X = [0.5, 0.8]; Y = 1
forward
  Z1 = W1 X + b1 = [0.21, 0.47]
  A1 = sigmoid(Z1) = [0.5523, 0.6154]
  Z2 = W2 A1 + b2 = 0.8454
  A2 = 0.6996
backward
  dZ2 = A2 - Y = -0.3004
  dW2 = dZ2 A1^T = [[-0.1659, -0.1849]]
  dZ1 = W2^T dZ2 (.) A1 (.) (1 - A1) = [-0.0371, -0.0427]
  dW1 = dZ1 X^T = [[-0.0186, -0.0297], [-0.0213, 0.0341]]
"""


def test_a_name_of_a_whole_layer_of_a_network_is_one_for_its_elements():
    report = check(IN_MATRICES)
    assert not report.faults
    assert [(e.claim.name, e.verdict.value) for e in report.errors] == [("dW_22^[1]", "slip")]
    assert len(report.judged) == 15


OF_SAMPLES = """notation: {}
network: 2-1 sigmoid
loss: binary cross entropy
samples: 2
given {} = {}; b1 = 0; X = {}; {} = {}
"""


@pytest.mark.parametrize(
    ("notation", "given", "lines"),
    [
        (
            "ng",
            ("W1", "[[0.1, 0.2]]", "[[1, 2], [3, 4]]", "Y", "[[1, 0]]"),
            "dZ1 = A1 - Y = [[-0.3318, 0.7311]]; dW1 = 1/2 dZ1 X^T = [[0.5652, 0.9644]]",
        ),
        (
            "cs231n",
            ("W1", "[[0.1], [0.2]]", "[[1, 3], [2, 4]]", "Y", "[[1], [0]]"),
            "dW1 = [[0.5652], [0.9644]]",
        ),
    ],
)
def test_samples_are_columns_or_rows_as_the_notation_has_them(notation, given, lines):
    report = check(OF_SAMPLES.format(notation, *given) + lines)
    assert not report.faults
    assert {judged.verdict.value for judged in report.judged} == {"correct after rounding"}


def test_what_mazur_calls_w1_is_no_whole_layer():
    report = check("network: 2-2-2 sigmoid\ngiven w1 = 0.15; b1 = 0.35\nclaims\nb1 = 0.35")
    assert not report.errors
    assert "which are not given" in report.faults[0].sentence


SQUARE = """notation: ng
network: 2-2-1 tanh sigmoid
loss: binary cross entropy, mean
samples: 2
given m = 2; X = [[1, -1], [2, 0.5]]; Y = [1, 0]; b^[1] = [0, 0.1]; b^[2] = 0.2
given W^[1] = [[0.1, -0.2], [0.3, 0.4]]; W^[2] = [0.5, -0.6]
claims
  Z^[1] = W^[1] X + b^[1] = [[-0.3, -0.2], [1.2, 0]]
  A^[1] = [[-0.2913, -0.1974], [0.8337, 0]]
  dZ^[2] = [-0.6097, 0.5253]
"""


@pytest.mark.parametrize("line", ["dZ^[2] A^[1]^T", "dZ^[2] A^{[1]T}", "dZ^{[2]} A^{[1]}^T"])
def test_square_matrices_beside_each_other_are_multiplied(line):
    assert {said for _, said in verdicts(SQUARE)} <= {"correct", "correct after rounding"}
    right = f"dW^[2] = 1/m {line} = [0.0370, -0.2541]"
    assert [said for _, said in verdicts(SQUARE + right)][-2:] == ["correct after rounding"] * 2
    assert "dz_1^[2](2)*a_2^[1](2)" in check(SQUARE + right).judged[-1].claim.read
    *_, fault = faults(SQUARE + "Z^[1] = W^[1]*X + b^[1] = [[-0.3, -0.2], [1.2, 0]]")
    assert "* may be @" in fault


def test_numbers_beside_each_other_are_multiplied_whatever_they_are_called():
    sheet = "given T = 2; M = 3\ndefine z = T M\nclaims\n  z = T M = 6\n  dz/dT = M = 3\n"
    assert verdicts(sheet) == [("z", "correct"), ("dz/dT", "correct")]
    lists = "given W = [1, 2]; X = [3, 4]\ndefine Z = W X\nclaims\n  Z = W*X = [3, 8]"
    assert verdicts(lists) == [("Z[0]", "correct"), ("Z[1]", "correct")]


def test_a_gradient_of_a_list_that_nothing_declares_is_told_how():
    sheet = "given Z = [1, 2]\ndefine L = sum(Z (.) Z)\n{}claims\n  dZ = [2, 4]"
    assert faults(sheet.format("")) == [
        "4: dZ is a number; a list of 2 stands for it; where it is a gradient, say which: "
        "let dZ = dL/dZ, or m*dL/dZ where L is a mean and it is not"
    ]
    assert [said for _, said in verdicts(sheet.format("let dZ = dL/dZ\n"))] == ["correct"] * 2
