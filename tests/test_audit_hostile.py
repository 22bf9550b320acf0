"""Sheets that are broken, enormous or meant to harm: bounded, located, and nothing is run."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd.audit.reporting.report import Report, check
from autograd.audit.translating.sheets import translate
from autograd.notes.profiles import NOTATIONS

LONGEST = 5.0  # seconds of computing, on a slow machine
START = "given x = 1\ndefine y = x\nclaims\n"
TRANSCRIPT = "given x = 1\ndefine y = x\n---\n"
LARGEST = {
    "open brackets": "given x = " + "(" * 100_000,
    "open lists": START + "y = " + "[" * 39_000,
    "closed lists": START + "y = " + "]" * 39_000,
    "brackets in brackets": START + "y = " + "(" * 4_000 + "1" + ")" * 4_000,
    "bars": START + "y = " + "|" * 4_000,
    "minus signs": START + "y = " + "-" * 4_800 + "1",
    "powers": START + "y = " + "2^" * 2_000 + "1",
    "fractions": START + "y = " + r"\frac{" * 800 + "1",
    "a long sum": START + "y = " + "1 + " * 1_200 + "1 = 1201",
    "a product without signs": START + "y = " + "x " * 2_400 + "= 1",
    "a tower": START + "y = 9**9**9 = 1",
    "a tower of names": "given x = 9\ndefine y = x**x**x\nclaims\ny = 1",
    "a large power": "given x = 2\ndefine y = x^(10^9)\nclaims\ny = 1; y = 2^1000000000 = 1",
    "a large power of e": "given x = 9\ndefine y = exp(exp(exp(exp(x))))\nclaims\ny = 1",
    "powers of lists": "given x = [9, 9]\ndefine y = x**9**9\nclaims\ny = [1, 2]",
    "a large number": "given x = 1e999999999\nclaims\nx = 1e-999999999",
    "many digits": START + "y = " + "1" * 4_000,
    "squares of squares": "given x_0 = 1.1\n"
    + "\n".join(f"define x_{i + 1} = x_{i}*x_{i} + x_{i}" for i in range(60))
    + "\nclaims\nx_60 = 1",
    "a long line": START + "y = " + "1+" * 25_000_000 + "1",
    "many lines": "y = 1\n" * 400_000,
    "many blanks": ("y = [" + " " * 30_000 + "1\n") * 40,
    "many semicolons": ("y = [" + ";" * 30_000 + "\n") * 40,
    "many numbers": ("y = [" + " 1" * 15_000 + " x]\n") * 40,
    "many elements": "given x = [" + "1, " * 2_400 + "1]\n" + "define y = x + x\n" * 30,
    "products of matrices": "shape W = 50x50\ndefine V = W @ W @ W\nclaims\nV[0, 0] = 1",
    "an enormous matrix": "shape W = 9999x9999\nclaims\nW[0, 0] = 1",
    "softmax of softmax": "shape z = 50\ndefine p = softmax(softmax(softmax(z)))\nclaims\np[0] = 1",
    "a line of equals": "a" + "=" * 9_000 + "b",
    "many epochs": "given w = 1; x = 2; alpha = 0.1\ndefine y = w*x\n"
    + "update\nw = 1\nforward\ny = 2\n" * 300,
    "many wrong formulas": "define y = (x - w)^2\nclaims\n" + "dy/dw = x*w*(x + w)\n" * 50,
    "open formulas": START + "---\n" + "\\[ \\( $` ```\\begin{align} $$$ `` \n" * 10_000,
    "one open formula after many": START + "---\n" + "$` " * 500_000 + "`$",
    "dollars": START + "---\n" + "$a " * 500_000,
    "backquotes": START + "---\n" + "".join("`" * k + " " for k in range(1, 1_500)),
    "many formulas": START + "---\n" + "$y = 1$ " * 3_000,
    "many open environments": START + "---\n" + r"\begin{align*}" * 100_000 + r"\end{align}",
    "one large formula": START + "y = " + "x*x + " * 800 + "x",
    "a long transcript": TRANSCRIPT + "word " * 10_000_000,
    "a long formula in a transcript": TRANSCRIPT + "$$y = " + "1+" * 25_000_000 + "1$$",
    "open braces in a transcript": TRANSCRIPT + "$$y = " + "{" * 100_000 + "$$",
    "fractions in fractions": TRANSCRIPT + "$$y = " + r"\frac{1}{" * 20_000 + "$$",
    "many columns": TRANSCRIPT + r"$$\begin{aligned}" + r"y &= 1 \\" * 3_000 + r"\end{aligned}$$",
    "velocities of velocities": START + "v(" * 4_000 + "x" + ")" * 4_000 + " = 1",
    "indices of indices": START + "v_{" + "w_" * 3_000 + "} = 1\nv_{x_{x}} = 1",
}


@pytest.mark.long
@pytest.mark.parametrize("text", LARGEST.values(), ids=LARGEST)
def test_what_is_too_much_ends_soon_and_has_a_report(text, monkeypatch):
    monkeypatch.setattr("autograd.audit.reading.worksheet.MOST_LINES", 2_000)
    started = time.process_time()
    require_sane(check(text))
    assert time.process_time() - started < LONGEST


@pytest.mark.long
@pytest.mark.parametrize("name", ["a long line", "open lists", "many lines"])
def test_what_is_too_much_takes_no_memory(name, monkeypatch):
    text = LARGEST[name][:3_000_000]
    monkeypatch.setattr("autograd.audit.reading.worksheet.MOST_LINES", 200)
    tracemalloc.start()
    check(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("given x=1\x00", r"line 1, column 10: not read: '\x00' is not understood here"),
        ("x = \x1b[31m1", r"line 1, column 5: not read: '\x1b[31m1' is not understood here"),
        ("\u202ex = 1", r"line 1, column 1: not read: '\u202ex ' is not understood here"),
        ("x = \ud800", r"line 1, column 5: not read: '\ud800' is not understood here"),
        (
            "x = __import__('os')",
            'line 1, column 5: not read: "__import__(\'" is not understood here',
        ),
        (
            "x = <script>",
            "line 1, column 5: not read: '<' stands where a number or a name is",
        ),
        (
            "define a = b\ndefine b = a",
            "line 2, column 1: not read: a cycle of definitions: a -> b -> a",
        ),
        ("given x = 1; x = 2", "line 1, column 1: not read: x is said in line 1 already"),
        ("given max = 3\nmax(1, 2) = 2", "line 2, column 1: not read: max is the name of a number"),
        (
            "x = 0,5",
            "line 1, column 6: not read: ',' stands where the end is expected; for",
        ),
        ("x = sin 2*3", "line 1, column 9: not read: '2' stands where '(' is expected"),
        ("x = [1, 2", "line 1, column 10: not read: the line ends where ',' or ']' is expected"),
    ],
)
def test_what_is_no_sheet_is_located(text, said):
    assert str(check(text)).splitlines()[0].startswith(said)


@pytest.mark.parametrize(
    "claim",
    [
        "y = 1/0 = 1",
        "y = log(0) = 1",
        "y = sqrt(-1) = 1",
        "y = (-8)^(1/3) = 1",
        "y = 0^-1 = 1",
        "1/0 = 1",
        "log(-x) = 1",
        "(-x)^0.5 = 1",
        "nan = 1",
        "q = 1",
        "dy/dq = 0",
        "dq/dx = 0",
    ],
)
def test_what_cannot_be_computed_accuses_nobody(claim):
    report = check(START + claim)
    assert not report.faults
    assert report.is_right


def test_the_end_of_a_sheet_that_is_cut_off_is_not_judged(monkeypatch):
    monkeypatch.setattr("autograd.audit.reading.worksheet.MOST_TEXT", len(START) + 15)
    report = check(START + "y = 1.00\n" * 9)
    assert [judged.printed.text for judged in report.judged] == ["1.00"]
    assert report.faults


def test_a_derivative_of_derivatives_accuses_nobody():
    text = "given x = 3\ndefine y = x^3\nlet d = dy/dx\nclaims\nd = 27\ndd/dx = 18"
    assert [judged.verdict.value for judged in check(text).judged] == ["correct", "unverifiable"]


# --- any text at all ------------------------------------------------------------------------------

WORDS = [
    *(
        "given",
        "given ~",
        "define",
        "let",
        "start",
        "case",
        "shape",
        "section",
        "claims",
        "forward",
    ),
    *("backward", "update", "rounding: 2 places", "decimal: comma", "superscript: layer", "title:"),
    *("x", "y", "w_1^2", "z^{[1]}_2", "h_3^2", "L", "dL", "∂", "dL/dw_1^2", "dx", "e", "e^", "T"),
    *("0.5", "-1", "1e3", "50%", "½", "2 x 10^-6", "9", "1e400", "0", "1.", "array(", "tensor("),
    *"+-*/^()[]{}|,;=<>@'!?~:#&$\\\n\n\n\t \x00",
    *("**", ">=", "(.)", ".T", "^T", "²", "⁻¹", "= ?", "= [1, 2]", "= [[1 2] [3 4]]", "2x2", "≈"),
    *("sigma(", "softmax(", "relu'(", "max(", "sum(", "log(", r"\frac{", "grad_fn=<A>", "--"),
]
SHEETS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
TEX = [
    "$",
    "$$",
    "\\[",
    "\\]",
    "\\(",
    "\\)",
    "$`",
    "`$",
    "\n```math\n",
    "\n```\n",
    "\\begin{align}",
]
TEX += [
    "\\end{align}",
    "&=",
    "\\\\",
    r"\frac",
    "{",
    "}",
    "Forward",
    "## Update",
    "= 0.5",
    "=",
    "x",
    "y_0",
]
NOTES = st.lists(st.sampled_from([*TEX, *WORDS[20:]]), max_size=40).map(
    lambda words: START + "---\n" + " ".join(words)
)
HEADED = st.builds("given x = 0.5; y = [1, 2]\ndefine L = x^2 + sum(y)\nclaims\n{}".format, SHEETS)
QUICK = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def require_sane(report: Report) -> None:
    """Every fault has its place, every verdict its sentence."""
    assert all(fault.line >= 1 and fault.column >= 1 and fault.sentence for fault in report.faults)
    assert str(report).isprintable() or "\n" in str(report)
    assert all(character.isprintable() or character == "\n" for character in str(report))


@QUICK
@given(st.one_of(SHEETS, HEADED, NOTES, st.text(max_size=80)))
def test_any_text_has_a_report(text):
    require_sane(check(text))


NETWORK = """notation: notes
network: 1-1 sigmoid
loss: half squared error
given w_00^1 = 2; b_0^1 = -1; a_0^0 = 0.5; y = 1; x = 3
claims
{}"""
NAMED = ["delta_0^1", "dL/dw_00^1", "w_00^1'", "z_0^1", "b_0^1^2", "L", "y", "a_0^0", "-", "(", ")"]
LINES = st.lists(st.sampled_from([*WORDS, *NAMED, *NAMED]), max_size=12).map(" ".join)


@QUICK
@given(st.one_of(LINES, SHEETS).map(NETWORK.format), st.sampled_from(list(NOTATIONS)))
def test_any_text_is_translated_or_refused(text, to):
    require_translated_or_refused(text, to)


def require_translated_or_refused(text, to):
    try:
        translated = translate(text, to)
    except ValueError as error:
        assert str(error).isprintable()
    else:
        assert len(check(translated).judged) >= len(check(text).judged)


@pytest.mark.long
@pytest.mark.parametrize("text", LARGEST.values(), ids=LARGEST)
def test_what_is_too_much_is_soon_translated_or_refused(text, monkeypatch):
    monkeypatch.setattr("autograd.audit.reading.worksheet.MOST_LINES", 500)
    started = time.process_time()
    require_translated_or_refused(text[:1_000_000], "mitchell")
    assert time.process_time() - started < 3 * LONGEST


@pytest.mark.long
@pytest.mark.parametrize("seed", range(60))
def test_any_text_has_a_report_at_length(seed):
    @settings(QUICK, max_examples=500)
    @given(st.one_of(SHEETS, HEADED, st.text(max_size=300)))
    def run(text):
        require_sane(check(text))

    run()
