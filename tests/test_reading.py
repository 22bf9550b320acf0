"""The reader of docs/reading.md, which translates graphs and their gradients into Python, is right.

It is taken from the page. What it writes is run at other operands than it was recorded with, the
extreme ones included, and gives the engine's values and gradients: the same floats.
"""

from __future__ import annotations

import doctest
import itertools
import math
from functools import cache
from pathlib import Path
from random import Random

import pytest
from samples import SAMPLES

import nn
from autograd import OPERATIONS, Graph, Value, gradients, topological_order
from autograd.reading import adjoints

PAGE = Path(__file__).parent.parent / "docs" / "reading.md"
EXTREMES = [1000.0, -1000.0, 40.0, -40.0, 0.0, 0.5, 1.0, 2.0, math.nan]
FAULTS = (ArithmeticError, TypeError, ValueError)


@cache
def reader():
    """What the page's last section defines."""
    names = {"__name__": "of_no_module"}
    section = PAGE.read_text(encoding="utf-8").partition("## A whole reader")[2]
    for example in doctest.DocTestParser().get_examples(section):
        if example.source.startswith(("import", "from", "class", "def", "HEAD")):
            exec(example.source, names)
    return names


def translated(root, wrt=()):
    names = {}
    exec(reader()["translate"](root, wrt), names)
    return names["program"]


def graph_of(name, operands):
    """The operation over leaves, and the leaves."""
    leaves = [Value(operand) for operand in operands]
    return OPERATIONS[name](*SAMPLES[name].arrange(*leaves)), leaves


def assert_same(name, got, expected):
    """The same floats; but a side not taken gives 0.0 to the engine, and may give -0.0 here.

    Of log_sum_exp, and what rests on it, to a few units of the last digit: for symbols it adds up
    the terms below the largest so far, and an error of the result y is one in the exponent of every
    gradient, exp(z-y).
    """
    sums = {
        "log_sum_exp": expected[0],
        "softmax_share": 1000.0,
        "cross_entropy_with_logits": 1000.0,
    }
    if name in sums:
        error = 4 * max(2**-52, math.ulp(sums[name]))
        assert got == pytest.approx(expected, rel=error, abs=0, nan_ok=True)
    else:
        assert [repr(x + 0.0) for x in got] == [repr(x + 0.0) for x in expected]


@pytest.mark.parametrize("name", OPERATIONS)
def test_value_and_gradients_of_every_operation(name):
    for operands in SAMPLES[name].floats:
        root, leaves = graph_of(name, operands)
        expected = [root.data, *gradients(root, leaves)]
        assert_same(name, translated(root)(*operands), expected[:1])
        assert_same(name, translated(root, leaves)(*operands), expected)


def attempted(function):
    try:
        return function()
    except FAULTS:
        return None


def eager(name, operands, moving):
    """The value, and the gradient in one operand if one is `moving`."""
    root, leaves = graph_of(name, operands)
    return [root.data, *gradients(root, leaves[moving])]


def is_decided_early(name, operands, moving):
    """Whether the engine's answer rests on a comparison that a program does not make."""
    if name == "cross_entropy_with_logits":
        return not 0 < operands[1] <= 1
    if name.startswith("binary_cross_entropy"):
        return any(not 0 <= x <= 1 for x in operands[name.endswith("logits") :])
    return name == "where" and moving == slice(0, 1) and math.isnan(operands[0])


@pytest.mark.parametrize("name", OPERATIONS)
def test_at_extreme_operands_a_program_gives_the_same_or_no_number_too(name):
    count = OPERATIONS[name].arity or {"cross_entropy_with_logits": 2}.get(name, 3)
    root, leaves = graph_of(name, next(x for x in SAMPLES[name].floats if len(x) == count))
    assert topological_order(root) == [*leaves, root]
    for moving in [slice(0), *(slice(i, i + 1) for i in range(count))]:
        program = translated(root, leaves[moving])
        for operands in itertools.product(EXTREMES, repeat=count):
            if is_decided_early(name, operands, moving):
                continue
            expected = attempted(lambda x=operands, moving=moving: eager(name, x, moving))
            got = attempted(lambda x=operands, program=program: program(*x))
            if expected is None:
                assert got is None or got[-1] != got[-1], (operands, moving, got)
            else:
                assert_same(name, got, expected)


def assert_translated(function, recorded, *others):
    """`function` of Values, translated at some numbers and run at those and others."""
    leaves = [Value(number) for number in recorded]
    root = function(*leaves)
    order = [node for node in topological_order(root) if node.operation is None]
    program = translated(root, order)
    for numbers in (recorded, *others):
        again = [Value(number) for number in numbers]
        result = function(*again)
        given = dict(zip(leaves, again, strict=True))
        expected = [result.data, *gradients(result, [given[leaf] for leaf in order])]
        assert_same("", program(*(given[leaf].data for leaf in order)), expected)


def test_plain_numbers_stay_on_their_side():
    assert_translated(lambda x: (2 - x) / (-3 + x) * -x - 4, [0.3], [7.0], [-0.0])
    assert_translated(lambda x: (x**3 + 2**x) / x**-1.5 - (1 / x - x / -7), [0.3], [7.0])
    assert_translated(lambda x: abs(x).log1p() * 0.1 + math.pi, [-0.3], [0.3])


def test_zero_to_a_power_that_is_not_known():
    n = Value(2.0)
    program = translated(0.0**n, [n])
    assert program(3.0) == [0.0, 0.0]
    with pytest.raises(ValueError, match="math domain error"):
        program(0.0)  # 1, of no derivative
    lines = reader()["translate"](2.0**n, [n]).partition("def program")[2]
    assert "log" not in lines and "where" not in lines  # of a known base nothing is asked later


def test_a_base_that_is_not_known_to_a_power_that_is():
    program = reader()["Program"]()
    symbol, n = reader()["Symbol"](program, "x"), Value(2.0)
    names = {}
    exec(program.source([symbol], gradients(Value(symbol) ** n, [n])), names)
    assert (names["program"](0.0), names["program"](1.0)) == ([0.0], [0.0])


def test_the_second_derivative_of_a_power_of_exponent_0():
    program = reader()["Program"]()
    arguments = [reader()["Symbol"](program, name) for name in ("x", "n")]
    x, n = map(Value, arguments)
    slope = next(found.gradient for found in adjoints(x**n) if found.node is x)
    names = {}
    exec(program.source(arguments, gradients(slope, [n])), names)
    assert names["program"](4.0, 0.0) == [0.25]  # x^(n - 1) + n*x^(n - 1)*log(x)


@pytest.mark.parametrize("activations", [["relu", "relu"], ["tanh", "sigmoid"]])
@pytest.mark.parametrize("loss", [nn.half_squared_error, nn.binary_cross_entropy_with_logits])
def test_a_network_of_2_3_1_and_its_loss(activations, loss):
    def cost(x, y, target, *parameters):
        rows = [[parameters[i : i + 2] for i in (0, 2, 4)], [parameters[6:9]]]
        model = nn.MLP.from_weights(rows, [parameters[9:12], parameters[12:]], activations)
        return loss(model([x, y]), target)

    random = Random(1)
    starts = [[random.uniform(-1, 1) for _ in range(15)] for _ in range(4)]
    assert_translated(cost, *([*start[:2], i / 3, *start[2:]] for i, start in enumerate(starts)))
    assert_translated(cost, [1.0, 2.0, 1.0, *starts[0][2:]], [900.0, -50.0, 0.0, *starts[1][2:]])


def test_a_network_of_classes_to_a_few_units():
    model = nn.MLP(2, [3, 3], ["softplus", "linear"], rng=Random(2))
    loss = nn.cross_entropy_with_logits(model([300.0, -20.0]), 1)
    leaves = [node for node in Graph(loss).order if node.operation is None]
    expected = [loss.data, *gradients(loss, leaves)]
    got = translated(loss, leaves)(*(leaf.data for leaf in leaves))
    assert got == pytest.approx(expected, rel=1e-12)


def test_it_writes_plain_lines_and_nothing_else():
    x = Value(0.5)
    lines = reader()["translate"](x.sigmoid().log() * 2, [x]).partition("program")[2].splitlines()
    *steps, results = [line.strip() for line in lines[1:]]
    assert [step.split(" = ")[0] for step in steps] == [f"v{i}" for i in range(len(steps))]
    assert results.startswith("return [v")


def test_a_symbol_is_not_compared():
    symbol = reader()["Symbol"](reader()["Program"](), "x0")
    for question in (lambda: symbol > 0, lambda: symbol > 0, lambda: max(symbol, 1.0)):
        with pytest.raises(TypeError, match="not supported between"):
            question()
