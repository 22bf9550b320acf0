"""Equations in LaTeX as lines of a worksheet."""

from __future__ import annotations

import pytest

from autograd.audit.reading.latex import equations
from autograd.audit.reading.sums import NOT_READ
from autograd.audit.reporting.report import check


def texts(latex: str) -> list[str]:
    return [equation.text for equation in equations(f"$${latex}$$")]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"z = w_{00}^1 \cdot a_0^0 + b", "z = w_{00}^{1}*a_{0}^{0} + b"),
        (r"L = \frac{(1.5 - 0.47)^2}{2}", "L = ((1.5 - 0.47)^{2})/(2)"),
        (r"\frac{\partial L}{\partial w_{01}^2} = -1,133", "dL/dw_{01}^{2} = -1.133"),
        (r"\text{ReLU}(z) = 0", "relu(z) = 0"),
        (r"\hat{y} = \sigma(z)", "y_hat = sigma(z)"),
        (r"p = e^{-z} \times 2", "p = e^{-z}*2"),
        (r"a = [0 \quad 1.1 \quad 1.9]", "a = [0, 1.1, 1.9]"),
        (r"a = [0,5]", "a = [0.5]"),
        (r"\partial L / \partial w_{01}^2 = 2,", "∂L/∂w_{01}^{2} = 2"),
        (r"\begin{aligned} z &= 1 \\ &= 1 ,. \end{aligned}", "z = 1 = 1"),
        (r"\frac{\partial L}{\partial w_{1,2}} = 0,5", "dL/dw_{1,2} = 0.5"),
        (r"d = 2 \cdot [0,5 - 0,2]", "d = 2*[0.5 - 0.2]"),
        (r"a = [0.5 \quad -0.2]", "a = [0.5, -0.2]"),
        (r"a = [1, 2]", "a = [1, 2]"),
        (r"m = (0 \ 1 \ 1)", "m = [0, 1, 1]"),
        (r"v = \begin{bmatrix} 0,618 \\ -0,927 \end{bmatrix}", "v = [0.618, -0.927]"),
        (r"M = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "M = [[1, 2], [3, 4]]"),
        (r"\left( x \right) = 2", "( x ) = 2"),
        (r"p = 50\%", "p = 50%"),
        (r"s = \sqrt{2}", "s = sqrt(2)"),
        (r"\frac{dL}{dw_{01}^2} = 1", "dL/dw_{01}^{2} = 1"),
        (r"\frac{\mathrm{d}L}{\mathrm{d} w} = 1", "dL/dw = 1"),
        (r"\frac{\partial}{\partial w_1} L_2 = 1", "dL_{2}/dw_{1} = 1"),
        (r"\frac{d}{d w} L \cdot 2 = 1", "dL/dw*2 = 1"),
        (r"\frac{d}{d w} (a - b) = 1", "(d)/(d w) (a - b) = 1"),
        (r"\frac{\delta_1}{\delta_2} = 1", "(delta_{1})/(delta_{2}) = 1"),
        (r"\frac{d}{2} = 1", "(d)/(2) = 1"),
        (r"\boxed{z = 1}", "z = 1"),
        (r"z = \boxed {\frac{1}{2}} \cdot x_{1}", "z = (1)/(2)*x_{1}"),
    ],
)
def test_one_equation(latex, text):
    assert texts(latex) == [text]


def test_aligned_columns_are_read_downwards_in_pairs():
    latex = r"\begin{aligned} a &= 1 + 1 & b &= 3 \\ &= 2 // & &= 3,0 // \end{aligned}"
    assert texts(latex) == ["a = 1 + 1 = 2", "b = 3 = 3.0"]


HEAD = "given z = 1; y = -1\ndefine a = relu(z); b = sigmoid(y)\n"
OF_A = r"$$\begin{aligned} z &= 1 \\ \sigma &= 1 \end{aligned}$$ "


@pytest.mark.parametrize("said", ["sigma: relu\n", ""])
def test_sigma_is_what_the_sheet_says_and_its_number_that_of_a_name(said):
    equation = r"$$\sigma = \text{ReLU}$$" if not said else ""
    report = check(f"{said}{HEAD}---\n{OF_A}{equation}")
    assert report.is_right
    assert [judged.claim.name for judged in report.judged] == ["z", "a"]


def test_a_sigma_that_is_two_functions_is_none():
    two = r"$$\sigma = \text{ReLU}$$ $$\sigma = \text{sigmoid}$$"
    report = check(f"{HEAD}---\n{OF_A}{two}")
    assert [judged.claim.name for judged in report.judged] == ["z"]
    assert any("something else before" in fault.sentence for fault in report.faults)


def test_a_sigma_that_is_no_activation_is_named():
    [fault, *_] = check(f"sigma: rleu\n{HEAD}").faults
    assert fault.sentence == "there is no activation 'rleu': did you mean relu?"


def test_several_statements_of_one_line():
    assert texts(r"a = 1 // \quad b = 2 // \quad c = 3") == ["a = 1", "b = 2", "c = 3"]


def test_a_function_alone_is_that_of_what_stands_before():
    latex = r"\begin{aligned} z_0^1 &= 0.5 \\ \sigma &= 0.62 \end{aligned}"
    assert texts(latex) == ["z_{0}^{1} = 0.5", "sigma(z_{0}^{1}) = 0.62"]


def test_remarks_beside_an_equation_stand_for_themselves():
    latex = (
        r"\begin{aligned} d &= 1 \Rightarrow \begin{aligned} z &= 2 \Rightarrow 1 \end{aligned}"
        r" \\ &= 1,0 \end{aligned}"
    )
    assert texts(latex) == ["d = 1 = 1.0", "z = 2"]


def test_a_side_that_is_not_read_is_listed_and_the_rest_stays():
    [equation] = equations(r"$$L = \sum_i y_i = 3$$")
    assert equation.text == "L = 3"
    assert equation.faults == (NOT_READ,)


def test_headings_open_sections_and_prose_does_not():
    text = "\n".join(
        [
            "1 Forward pass",
            "$$a = 1$$",
            "forward " * 20,
            "Backpropagation",
            "$$b = 1$$",
            "Optimizing",
            "$$c = 1$$",
        ]
    )
    found = [(equation.line, equation.section) for equation in equations(text)]
    assert found == [(2, "forward"), (5, "backward"), (7, "update")]


@pytest.mark.parametrize(
    ("latex", "fault"),
    [
        (r"\input{/etc/passwd} = 1", r"\input is not read here"),
        ("z_" + "{" * 100 + "}" * 100 + " = 1", "groups in groups, over 30 deep"),
        ("z_{1 = 1", "a bracket is not closed, or nothing equals"),
        (r"a = \frac{1}", "the formula ends where something is expected"),
        (r"a = \begin{tikz} 1 \end{tikz}", r"\begin{tikz} is not read here"),
        (r"a = \begin{bmatrix} 1", r"\end{bmatrix} is missing"),
        ("\x1b[31m = 1" + "x" * 30_000, "a formula of over 20000 signs"),
    ],
)
def test_what_is_outside_the_subset_is_said(latex, fault):
    faults = [fault for equation in equations(f"$${latex}$$") for fault in equation.faults]
    assert fault in faults


# --- where equations stand ------------------------------------------------------------------------


def found(notes: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.section, each.text) for each in equations(notes) if each.text]


@pytest.mark.parametrize(
    "notes",
    [
        "$$\n{}$$",
        "\\[\n{}\\]",
        "```math\n{}\n```",
        "  ```` latex\n{}\n````",
        "\\begin{{align*}}\n{}\\end{{align*}}",
        "\\begin{{equation}}\n{} \\label{{a}} \\tag{{1}} \\nonumber\\end{{equation}}",
        "so\n${}$, and",
        "so\n\\({}\\)",
        "so\n$`{}`$",
        "`$z = 1$` \\$z = 2\\$ costs $5 and $6\n$${}$$",
        "~$9$\n${}$",
        "\n\\begin{{gather}}{}\\end{{gather}}",
    ],
)
def test_equations_stand_between_many_signs(notes):
    assert found(notes.format("z = 0.5")) == [(2, "claims", "z = 0.5")]


def test_rows_of_an_environment_are_lines_of_a_chain():
    notes = r"""
\begin{align}
  z &= 2 \cdot 3 \\[4pt]
    &= \bigl(5 + 1\bigr) = \tfrac{12}{2} \label{eq:z} \\
  w &:= w - 1 \\
  v &\leftarrow 3
\end{align}
"""
    assert [text for _, _, text in found(notes)] == [
        "z = 2*3 = (5 + 1) = (12)/(2)",
        "w = w - 1",
        "v = 3",
    ]


def test_prose_with_equations_in_it_is_no_heading():
    notes = """We go forward with $z = 1$, and update $w = 2$ later:
backward it is $d = 3$.
## Backward pass for $x$
$$a = 4$$
Update the weights: $$w = 5$$
**Forward** again $z = 6$
"""
    assert [(section, text) for _, section, text in found(notes)] == [
        ("claims", "z = 1"),
        ("claims", "w = 2"),
        ("claims", "d = 3"),
        ("backward", "a = 4"),
        ("update", "w = 5"),
        ("forward", "z = 6"),
    ]


def test_code_is_passed_over():
    notes = "```python\nz = '$z = 1$'\n```\n``$`$ $z = 2$``\n$z = 3$\n```\n$$z = 4$$"
    assert [text for _, _, text in found(notes)] == ["z = 3", "z = 4"]


@pytest.mark.parametrize(
    ("notes", "line", "fault"),
    [
        ("\n$$z = 1", 2, "$$ is not closed"),
        ("\n\n\\[z = 1 \\[ w = 2", 3, r"\[ is not closed"),
        ("\\begin{align}z = 1", 1, r"\begin{align} is not closed"),
        ("$z = \\int x$", 1, r"\int is not read here"),
    ],
)
def test_what_cannot_be_read_is_listed(notes, line, fault):
    [equation] = [each for each in equations(notes) if each.faults]
    assert (equation.line, equation.faults) == (line, (fault,))
    assert not equation.text


def test_notes_in_markdown_are_marked():
    notes = r"""## Forward
First $z = 0.5 \cdot 3 = 1.5$, then
\[ a = \text{ReLU}(z) = 1.5 \]
## Backward
```math
\frac{\partial L}{\partial a} = a - 1 = 0.6
```
"""
    head = "given w = 0.5; x = 3\ndefine z = w*x; a = relu(z); L = (a - 1)^2/2\n---\n"
    report = check(head + notes)
    verdicts = [(judged.claim.line, judged.verdict.value) for judged in report.judged]
    assert verdicts == [(5, "correct"), (6, "correct"), (9, "slip")] and not report.faults


def test_a_bar_says_where_a_line_holds_and_another_point_is_not_judged():
    text = r"""given x = 2; w = 0.5
define z = w*x
define L = z^2
---
$$ z = 1 $$
$$ \left.\frac{dL}{dz}\right|_{z=1} = 2 \qquad \frac{dL}{dw}\bigg|_{w=3} = 24 $$"""
    report = check(text)
    assert [judged.verdict.value for judged in report.judged] == ["correct", "correct"]
    assert [fault.sentence for fault in report.faults] == ["w=3 stands nowhere before this"]


def test_rows_of_a_table_are_equations_or_listed():
    table = """| name | value |
| :--- | ----: |
| $z$ | 1.5 |
| **dL/dw_00** | `6.1` |
| z | 1 | 2 |
| step | forward |
"""
    head = "given w_00 = 0.5; x = 3\ndefine z = w_00*x; L = z^2\n---\n"
    report = check(head + table)
    verdicts = [(judged.claim.line, judged.verdict.value) for judged in report.judged]
    assert verdicts == [(6, "correct"), (7, "slip")]
    assert [(fault.line, fault.sentence[:30]) for fault in report.faults] == [
        (8, "this row of a table is not read"[:30])
    ]


SUMMED = (
    "given w_1 = 0.5; w_2 = 0.3; x_1 = 2; x_2 = 1; b = 0.1\ndefine z = w_1*x_1 + w_2*x_2 + b\n---\n"
)


@pytest.mark.parametrize(
    ("sum_", "verdict"),
    [
        (r"\sum_{i=1}^{2} w_i x_i + b", "correct"),
        (r"b + \sum\limits_{i=1}^n w_{i}x_{i}", "correct"),
        (r"b + \left( \sum_j w_j x_j \right)", "correct"),
        (r"\sum_{i=1}^{2} w_i x_i", "value right, shown line wrong"),
    ],
)
def test_a_sum_over_names_that_are_known_is_its_terms(sum_, verdict):
    report = check(f"{SUMMED}$$z = {sum_} = 1.4$$")
    assert not report.faults
    assert [judged.verdict.value for judged in report.judged] == [verdict]


@pytest.mark.parametrize(
    "sum_",
    [
        r"\sum_{i=1}^{10^9} w_i",
        r"\sum_{i=1}^{3} w_i",
        r"\sum_{i=1}^{999999999} w_i",
        r"\sum w_i",
        r"\sum_{=",
        r"\sum_i w_i b + x_i",  # how far it goes is unsure
        r"\sum_i b",
        r"\sum_{i=²}^{²} w_i",
    ],
)
def test_a_sum_of_which_the_terms_are_not_known_is_listed(sum_):
    report = check(f"{SUMMED}$$z = {sum_} = 1.4$$")
    assert [(fault.line, fault.sentence) for fault in report.faults] == [(4, NOT_READ)]
    assert not report.errors


def test_a_sum_over_samples_ends_at_their_number():
    head = "samples: 2\ngiven w = 0.5; x^(1) = 2; x^(2) = 1\ndefine z^(i) = w*x^(i)\n"
    head += "define J = (z^(1) + z^(2))/m\n---\n"
    report = check(head + r"$$J = \frac{1}{m}\sum_{i=1}^{m} z^{(i)} = 0.75$$")
    assert not report.faults
    assert report.is_right


SAMPLES = """samples: 2
given w = 0.5; x^(1) = 2; x^(2) = 1
define z^(i) = w*x^(i)
define a^(i) = relu(z^(i))
---
"""


def rows_of(report):
    return [
        (row.claim.line, row.claim.name, row.printed.text, row.verdict.value)
        for row in report.judged
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| i | x | $z$ | $a^{(i)}$ |\n|-|-|-|-|\n| 1 | 2 | 1 | 1 |\n| 2 | 1 | .5 | .6 |",
        "| | sample 1 | sample 2 |\n|-|-|-|\n| x | 2 | 1 |\n| $z$ | 1 | .5 |\n| a | 1 | .6 |",
    ],
)
def test_the_header_of_a_table_says_what_its_columns_are(table):
    report = check(SAMPLES + table)
    assert not report.faults
    found = {name: verdict for _, name, _, verdict in rows_of(report)}
    assert found["a^(2)"] == "slip"
    assert all(verdict in ("correct", "given") for n, verdict in found.items() if n != "a^(2)")
    assert len(found) >= 4


@pytest.mark.parametrize(
    ("table", "judged"),
    [
        ("| name | formula | value |\n|-|-|-|\n| z^(1) | 0.5*2 | 1 |", 1),
        ("| z^(1) | z^(2) | a^(1) |\n|-|-|-|\n| 1 | .5 | 1 |", 3),
        ("| neuron | z |\n|-|-|\n| 7 | 1 |", 0),
        ("| step | z^(1) |\n|-|-|\n| 1 | 1 |\n| 2 | 3 |", 0),
        ("| i | z | what |\n|-|-|-|\n| 1 | 1 | 5 |", 2),
    ],
)
def test_what_of_a_table_is_not_read_is_said(table, judged):
    report = check(SAMPLES + table)
    assert len(report.judged) == judged
    assert bool(report.faults) == (not judged)
    assert not report.errors
