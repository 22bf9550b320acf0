"""Names in LaTeX, in a terminal's characters, in runs."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typed_names import NAMES, TEXTS, UNDERSTOOD

from autograd import Value, cos, cosh, derive, exp, log, sin, sinh, tan, tanh
from autograd.notes.names import DEEPEST, MOST_READ
from autograd.notes.typeset import binding, is_math, latex, markup, unicode_text
from autograd.operations import binary_cross_entropy
from autograd.reading import ATOM, POWER, SIGNED, Term, printable


@pytest.mark.parametrize(("name", "in_latex", "in_unicode"), NAMES, ids=[row[0] for row in NAMES])
def test_a_name_is_set(name, in_latex, in_unicode):
    assert (latex(name), unicode_text(name)) == (in_latex, in_unicode)


def test_what_is_understood():
    assert [name for name, _, _ in UNDERSTOOD if not is_math(name)] == []
    assert [name for name, _, _ in TEXTS if is_math(name)] == []


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("w_10^1", [("w", "base"), ("10", "sub"), ("1", "sup")]),
        ("y_hat_1'", [("ŷ′", "base"), ("1", "sub")]),
        ("z^[1]_in_j", [("z", "base"), ("in,j", "sub"), ("[1]", "sup")]),
        ("h_{t-1}", [("h", "base"), ("t−1", "sub")]),
        ("nabla_{a_L} J", [("∇", "base"), ("a_L", "sub"), (" J", "base")]),
        ("dE_total/dw5", [("∂E", "base"), ("total", "sub"), ("/∂w", "base"), ("5", "sub")]),
        ("d(dL/dw1)/dw", [("∂(∂L/∂w", "base"), ("1", "sub"), (")/∂w", "base")]),
        ("-dE/dw", [("−∂E/∂w", "base")]),
        ("relu'(z_1)", [("ReLU′(z", "base"), ("1", "sub"), (")", "base")]),
        ("it's - this", [("it's - this", "base")]),
        ("", []),
    ],
)
def test_runs(name, runs):
    assert markup(name) == runs


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (ATOM, ["w", "w_1", "y_hat", "W[0]", "E_total", "a b", "", "w'", "f'(x)"]),
        (
            POWER,
            [
                "w^1",
                "x²",
                "z_1^(i)",
                "dL/dw",
                "dW",
                "Δw_1",
                "nabla_w L",
                "a/b",
                "f(x^2)",
                "a/" * 999,
            ],
        ),
        (SIGNED, ["-dL/dw", "-nabla_w L"]),
    ],
)
def test_how_tightly_a_name_binds(level, names):
    assert [name for name in names if binding(name) != level] == []


# --- names that come from anybody -----------------------------------------------------------------

PIECES = [
    *"abdxyzLW019_^{}[]()<>'/-+*, \\$%&#~|∂Δ∇δ权é₁²⁽",
    *("hat", "alpha", "d(", "/d", "net", "in", "relu'(", "nabla ", "\\alpha", "w_1", "\x1b"),
]
DRAWN = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES)).map("".join))


@pytest.mark.long
@given(DRAWN)
@settings(deadline=None, max_examples=400)
def test_no_name_raises_or_leaves_a_brace_open(name):
    written = latex(name)
    depth = 0
    for character in written.replace(r"\{", "").replace(r"\}", ""):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0, written
    assert depth == 0 and " = " not in written
    assert printable(unicode_text(name)) == unicode_text(name)
    assert all(text and place in ("base", "sub", "sup") for text, place in markup(name))
    assert is_math(name) in (True, False)


REPEATED = ["(", "d(", "x_{", "x^2", "x_1", "'", "-", "hat", "x^(1)", "(1)", "1,", "^", "∇", "f("]


@pytest.mark.parametrize("piece", REPEATED)
def test_time_grows_as_the_name_does(piece):
    for head in ("", "x", "relu'(", "x_", "dL/d"):
        name = (head + piece * MOST_READ)[:MOST_READ]
        start = time.process_time()
        latex(name)
        assert time.process_time() - start < 0.5, name[:20]


@pytest.mark.parametrize("function", [log, exp, sin, cos, tan, sinh, cosh, tanh])
def test_a_function_is_one_command_in_names_and_in_lines(function):
    name, line = f"{function.name}(p)", function.latex([Term("p")]).text
    assert latex(name) == rf"\{function.name}\left(p\right)"
    assert line in (latex(name), "e^{p}")  # the exponential of an operation is a power of e
    assert latex(f"{function.name}_b(p)") == rf"\{function.name}_{{b}}\left(p\right)"


def test_a_command_ends_before_a_letter():
    assert latex("a_{log b}") == r"a_{\log b}"


def test_a_cross_entropy_has_one_logarithm():
    loss = binary_cross_entropy(Value(0.25, "p"), Value(1.0, "y"))
    assert "operatorname" not in derive(loss).latex()


def test_a_long_name_is_text():
    assert latex("x" * MOST_READ) == rf"\mathrm{{{'x' * MOST_READ}}}"
    assert latex("x" * (MOST_READ + 1)) == rf"\text{{{'x' * (MOST_READ + 1)}}}"
    start = time.process_time()
    assert latex("%" * 10**6) == "\\text{" + "\\%" * 10**6 + "}"
    assert time.process_time() - start < 5


def nested(depth):
    return "d(" * depth + "L" + ")/dx" * depth


def test_names_within_each_other_end():
    assert is_math(nested(DEEPEST)) and not is_math(nested(DEEPEST + 1))
    assert r"\text{d(L)/dx}" in latex(nested(DEEPEST + 1))


def test_a_name_is_read_where_the_stack_is_half_full():
    def at(depth):
        return latex(nested(60)) if depth == 0 else at(depth - 1)

    assert at(sys.getrecursionlimit() // 2).startswith(r"\frac")
