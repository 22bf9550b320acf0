"""explain_nan finds the first number or gradient that is not finite; trace_lines tells the line."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import iv

import nn
from autograd import Value, explain_nan, grad, log, maximum, relu, sqrt, trace_lines, value, where
from autograd.checking.origins import NotFinite
from autograd.reading import watch

INF, NAN = math.inf, math.nan


def test_the_first_number_is_found_and_written():
    x = Value(1e308, "x")
    y = x * 10
    y.name = "y"
    loss = (y - y) * x
    found = explain_nan(loss)
    assert isinstance(found, NotFinite)
    assert (found.node, found.number, found.operands, found.of_gradient) == (
        y,
        INF,
        (1e308, 10),
        False,
    )
    assert str(found) == "the first number that is not finite is inf: y = x*10 with x = 1e+308"


def test_a_leaf_that_was_given_so():
    assert (
        str(explain_nan(relu(Value(NAN, "x")) + 1))
        == "the first number that is not finite is nan: it was given as x"
    )
    assert (
        str(explain_nan(Value(1.0) * Value(-INF)))
        == "the first number that is not finite is -inf: it was given"
    )


def test_a_plain_number_that_was_given_so():
    assert (
        str(explain_nan(Value(1.0, "x") * NAN))
        == "the first number that is not finite is nan: x*nan with x = 1.0"
    )


def test_all_finite():
    x = Value(2.0)
    y = log(x) / 3
    assert explain_nan(y) is None
    y.backward()
    assert explain_nan(y) is None


def test_what_did_not_lead_to_it_is_passed_over():
    harmless, x = 1 / (Value(1e308) * 10), Value(NAN, "x")  # 1/inf is 0
    found = explain_nan(harmless + x)
    assert found is not None and found.node is x


def test_an_infinity_that_the_root_does_not_show():
    big = Value(1e308) * 10
    found = explain_nan(1 / big)
    assert found is not None and found.node is big


@pytest.mark.parametrize(
    "choose", [lambda bad: where(1.0, Value(2.0), bad), lambda bad: maximum(Value(2.0), -abs(bad))]
)
def test_a_side_not_taken_is_passed_over(choose):
    assert explain_nan(choose(Value(INF))) is None


def test_a_condition_that_is_nan():
    z = Value(NAN, "z")
    found = explain_nan(where(z, Value(1.0), Value(2.0)))
    assert found is not None and found.node is z


NOT_FINITE = [Decimal("NaN"), complex("inf"), complex(0, NAN), mpmath.inf, mpmath.mpc(1, NAN)]
NOT_FINITE += [
    sympy.nan,
    sympy.oo,
    sympy.zoo,
    sympy.oo * sympy.Symbol("x"),
    iv.mpf([1, INF]),
    iv.mpc(1, iv.inf),
]
FINITE = [
    sympy.Symbol("x"),
    sympy.exp(sympy.Symbol("x")) / 3,
    sympy.pi,
    iv.mpf([-1, 2]),
    iv.mpc(1, 2),
    mpmath.mpf(3),
]


@pytest.mark.parametrize("number", FINITE)
def test_other_numbers_that_are_finite(number):
    assert explain_nan(Value(number) * 2) is None


@pytest.mark.parametrize("number", NOT_FINITE)
def test_other_numbers(number):
    x = Value(number, "x")
    found = explain_nan(x * 2)
    assert found is not None and found.node is x


def test_a_gradient_that_overflows():
    x = Value(1e-200, "x")
    y = 1 / (x * 2)
    y.backward()  # -y/(2*x) is beyond the floats
    found = explain_nan(y)
    assert found is not None and found.of_gradient and (found.result, found.local) == (y, -INF)
    assert str(found) == (
        "the gradient in x*2 with x = 1e-200 is -inf, the first that is not finite: the upstream "
        "gradient 1.0 times the local derivative -inf of 1/2e-200"
    )


def test_the_first_path_of_a_gradient_is_named():
    x = Value(1e-200, "x")
    first, second = 1 / x, 2 / x
    root = first + second
    root.backward()
    found = explain_nan(root)
    assert found is not None and (found.node, found.result) == (x, first)


def test_errors_of_a_side_not_taken_do_not_show():
    silent, x = sqrt(Value(0.0)), Value(1e-200, "x")  # the root has no derivative at 0
    root = where(Value(-1.0), silent, 1 / x)
    root.backward()
    found = explain_nan(root)
    assert found is not None and (found.node, found.local) == (x, -INF)


def test_a_gradient_added_to_one_that_was_there():
    x = Value(2.0, "x")
    y = x * 3
    x.grad = INF
    y.backward()
    assert str(explain_nan(y)) == (
        "the gradient in x is inf, the first that is not finite; the paths to it are finite, "
        "their sum with what was there is not"
    )


def test_lines_of_leaves_results_and_networks():
    with trace_lines():
        x = Value(1.0, "x")
        y = x * INF
        layer = nn.MLP(1, [1], ["relu"])
        out = layer([3.0])
    after = x + 1
    assert x.line.text == 'x = Value(1.0, "x")' and x.line.file == __file__
    assert (y.line.text, out.line.text) == ("y = x * INF", "out = layer([3.0])")
    assert layer.parameters()[0].line.text == 'layer = nn.MLP(1, [1], ["relu"])'
    assert not hasattr(after, "line")
    assert str(explain_nan(y - 1)).endswith(f"\n{__file__}, line {y.line.number}: y = x * INF")


def plain() -> bool:
    return (
        value.on_new is None
        and not hasattr(Value(1.0) + 1, "line")
        and not hasattr(Value(1.0), "line")
    )


def test_nested_blocks_and_errors_restore_the_plain_makers():
    with pytest.raises(ValueError, match="the operand must be greater"), trace_lines():
        with trace_lines():
            pass
        assert (Value(1.0) + 1).line.text
        log(Value(-1.0))
    assert plain()


def test_blocks_that_overlap_in_threads():
    opened, close, lines = threading.Event(), threading.Event(), []

    def other():
        with trace_lines():
            opened.set()
            close.wait(5)
            lines.append(Value(1.0).line)

    thread = threading.Thread(target=other)
    with trace_lines():
        thread.start()
        opened.wait(5)
    close.set()  # the first block has ended, the other has not
    thread.join()
    assert lines and plain()


def test_a_node_is_no_larger_for_its_line():
    """The sixth slot fills what the allocator rounded up: 16 bytes for the collector, and multiples
    of 16.
    """
    assert Value.__basicsize__ + 16 == 80


def test_a_graph_with_lines_is_copied():
    with trace_lines():
        root = sqrt(Value(4.0))
    for copied in (copy.deepcopy(root), pickle.loads(pickle.dumps(root))):
        assert (copied.data, copied.line, copied.operands[0].line) == (2.0, root.line, root.line)


def test_numbers_of_numpy():
    assert explain_nan(Value(np.float32("inf"), "x") * 2).operands == ()
    assert explain_nan(Value(np.float32(1.5)) * 2) is None


def test_several_may_watch_each_new_node():
    first, second = [], []
    end = watch(first.append)
    with trace_lines():
        x = Value(1.0)
        stop = watch(second.append)
        y = x + 1
        end()
        z = x * 2
        assert z.line.text == "z = x * 2"
    stop()
    assert (first, second) == ([x, y], [y, z])
    assert plain()


def _in_a_block():
    with trace_lines():
        return log(Value(0.0, "x"))  # culprit


def _in_nested_blocks():
    with trace_lines(), trace_lines():
        return 1 / Value(0)  # culprit


def _in_a_derivative():
    with trace_lines():
        root = sqrt(Value(0.0))  # culprit
        root.backward()


def _in_a_derivative_of_a_function():
    with trace_lines():
        grad(lambda x: sqrt(x))(0.0)  # culprit


def _in_a_thread():
    with trace_lines(), ThreadPoolExecutor(1) as pool:
        return list(pool.map(lambda x: 1 / x, [Value(Decimal(0))]))  # culprit


def _in_a_layer():
    with trace_lines():
        return nn.MLP(1, [1])([Fraction(1, 2)])  # culprit


@pytest.mark.parametrize(
    "work",
    [
        _in_a_block,
        _in_nested_blocks,
        _in_a_derivative,
        _in_a_derivative_of_a_function,
        _in_a_thread,
        _in_a_layer,
    ],
)
def test_an_operation_that_raises_tells_its_line_once(work):
    with pytest.raises((ArithmeticError, TypeError, ValueError)) as caught:
        work()
    sentence, *line = str(caught.value).splitlines()
    assert "with" in sentence or ":" in sentence
    assert line == [str(caught.value.line)] and line[0].endswith("# culprit")
    assert caught.value.line.file == __file__


def test_what_is_no_operation_or_stays_within_the_block_is_as_it_was():
    with pytest.raises(ValueError, match=r"^1$"), trace_lines():
        with pytest.raises(ZeroDivisionError) as caught:
            1 / Value(0)
        raise ValueError("1")
    assert str(caught.value) == "1/0: division by zero; the divisor must not be 0"
    with pytest.raises(ZeroDivisionError) as outside:
        1 / Value(0)
    assert not hasattr(outside.value, "line")
