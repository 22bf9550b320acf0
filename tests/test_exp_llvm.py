"""exp and tanh of vectors against those of the library, number by number."""

from __future__ import annotations

import ctypes
import math
import random

import numpy
import pytest
from llvmlite import ir

from autograd.compiler.llvm import KINDS, Builder, Machine

FUNCTIONS = {"exp": (math.exp, 1), "tanh": (math.tanh, 3)}  # units of the last place
EDGES = [0.0, -0.0, 5e-324, -1e-310, 1e-9, 20.0, -20.5, -708.5, -740.0, -745.13, -746.5, 709.78]
BEYOND = {"exp": [math.inf, 0.0, math.nan, math.inf], "tanh": [1.0, -1.0, math.nan, 1.0]}


def of_vectors(name, numbers, dtype="float64", lanes=4):
    """The function of an array, some numbers at a time."""
    module, kind = ir.Module(), KINDS[dtype]
    pointer = ir.VectorType(kind, lanes).as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * 2), "f")
    builder = ir.IRBuilder(function.append_basic_block())
    context = Builder(builder, lanes, exact_order=False, kind=kind)
    x = context.symbol(builder.load(function.args[0], align=4))
    builder.store(context.step(name, x).of, function.args[1], align=4)
    builder.ret_void()
    call = Machine(module).function("f", ctypes.c_void_p, ctypes.c_void_p)
    given = numpy.array(numbers, dtype)
    found = numpy.empty_like(given)
    for start in range(0, len(given), lanes):
        call(given[start:].ctypes.data, found[start:].ctypes.data)
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_vectors_are_near_the_library(name):
    exact, units = FUNCTIONS[name]
    rng = random.Random(1)
    numbers = EDGES + [rng.uniform(-w, w) for w in (0.4, 1.0, 20.0, 700.0) for _ in range(250)]
    for x, y in zip(numbers, of_vectors(name, numbers).tolist(), strict=True):
        assert abs(y - exact(x)) <= units * math.ulp(exact(x)), x
        assert math.copysign(1, y) == math.copysign(1, exact(x)), x


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_vectors_beyond_all_numbers(name, dtype):
    found = of_vectors(name, [math.inf, -math.inf, math.nan, 1000.0], dtype)
    assert found.tolist() == pytest.approx(BEYOND[name], nan_ok=True, rel=0)


def test_single_precision_is_rounded_once():
    rng = random.Random(2)
    numbers = numpy.array([rng.uniform(-20, 20) for _ in range(400)], "float32")
    for name, (exact, _) in FUNCTIONS.items():
        wanted = numpy.array([exact(x) for x in numbers.tolist()], "float32")
        assert (of_vectors(name, numbers, "float32") == wanted).mean() > 0.99
