"""The branch not taken is silent: published reproductions of gradients that were NaN, and the right
ones here.

Each runs on numbers that overflow to inf and give NaN as the tensors of the reports do, a type with
the arithmetic of NumPy's (whose own scalars become Python's numbers); and on Python's floats,
unless those already raise on the way forward (math.exp(1000) does). A condition `x <= 0` is written
with the sides of where(x, positive, else) in their order. The same is asked of every operation that
selects, where the other side has an infinite slope, on Fractions and Decimals too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from samples import NEEDED, SAMPLES

from autograd import (
    OPERATIONS,
    Operation,
    Value,
    cos,
    derivative,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    log1p,
    sqrt,
    taylor,
    total,
    vjp,
    where,
)
from autograd.number_types import number_of

PROMISE = "the branch not taken is silent"
INF, NAN = math.inf, math.nan


def number_with_the_arithmetic_of(kind):
    """A number type that computes as NumPy's `kind`: without errors."""

    class Tensor:
        def __init__(self, number):
            self.number = kind(number)

        def __float__(self):
            return float(self.number)

        def __repr__(self):
            return repr(self.number)

    def plain(x):
        return x.number if isinstance(x, Tensor) else x

    def method(compute, result):
        def both(a, *others):
            known = all(isinstance(b, (int, float, Tensor)) for b in others)
            return result(compute(a.number, *map(plain, others))) if known else NotImplemented

        return both

    for name in ("add", "sub", "mul", "truediv", "pow", "neg", "abs"):
        compute = getattr(operator, name)
        setattr(Tensor, f"__{name}__", method(compute, Tensor))
        setattr(Tensor, f"__r{name}__", method(lambda b, a, f=compute: f(kind(a), b), Tensor))
    for name in ("eq", "lt", "le", "gt", "ge"):
        setattr(Tensor, f"__{name}__", method(getattr(operator, name), bool))
    Tensor.ctx = SimpleNamespace(
        **{name: lambda x, f=f: Tensor(f(x.number)) for name, f in FUNCTIONS.items()}
    )
    return Tensor


NAMES = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh")
FUNCTIONS = {name: getattr(np, name) for name in NAMES}
TENSORS = [number_with_the_arithmetic_of(kind) for kind in (np.float32, np.float64)]


def arctan2_of(a, b):
    return type(a)(np.arctan2(float(a), float(b)))


# An operation of one's own, for the one report that needs it.
arctan2 = Operation(
    "arctan2",
    arctan2_of,
    [lambda y, a, b: b / (a * a + b * b), lambda y, a, b: -a / (a * a + b * b)],
)


class Report(NamedTuple):
    """One report: a function, and for each point x its first and second derivative, by hand."""

    function: Callable
    points: dict[float, tuple[float, float]]


def norm(*x):
    """The Euclidean norm, or 1 within 0.5 of the origin."""
    n = sqrt(total([component**2 for component in x]))
    return where(n - 0.5, n, 1.0)


LN2 = math.log(2)
REPORTS = {
    "pytorch/pytorch 18287": Report(
        lambda x: where(1 - x, cos(x), 0.0), {INF: (0, 0), 0.0: (0, -1)}
    ),
    "pytorch/pytorch 23395": Report(
        lambda x: where(x, sqrt(x) + 1, x / 2), {0.0: (0.5, 0), 16.0: (1 / 8, -1 / 256)}
    ),
    "pytorch/pytorch 36923": Report(lambda x: where(x, x, 0 * (x / (0 * x))), {1.0: (1, 0)}),
    "pytorch/pytorch 52248": Report(
        lambda a: where(-1, a / (0 * a), 1.0), {0.3: (0, 0), -2.0: (0, 0)}
    ),
    "pytorch/pytorch 64305": Report(
        lambda w: where(0, (0 * w - NAN) ** 2, (0 * w) ** 2), {1.0: (0, 0)}
    ),
    "pytorch/pytorch 68425": Report(
        lambda a: where(a, 1 + a, exp(a)), {100.0: (1, 0), 1000.0: (1, 0), 0.0: (1, 1)}
    ),
    "pytorch/pytorch 89543": Report(lambda x: where(0, (x - NAN) ** 2, 0.0), {0.7: (0, 0)}),
    "pytorch/pytorch 108618": Report(
        lambda x: where(x - 2, log(x) / LN2, 2 * x),
        {0.0: (2, 0), 3.0: (1 / (3 * LN2), -1 / (9 * LN2))},
    ),
    "pytorch/pytorch 121416": Report(
        lambda x: where(-1, (x - NAN) ** 2, x**2), {0.0: (0, 2), 3.0: (6, 2)}
    ),
    "pytorch/pytorch 152088": Report(
        lambda a: where(1 + a, log1p(a), 0.0), {-1.0: (0, 0), 1.0: (1 / 2, -1 / 4)}
    ),
    "pytorch/pytorch 156212": Report(
        lambda x: where(x - 10, 1.0, exp(x)), {1e10: (0, 0), 1.0: (math.e, math.e)}
    ),
    "pytorch/pytorch 187297": Report(
        lambda x: where(x, sqrt(x), x), {-1.0: (1, 0), -4.0: (1, 0), 4.0: (1 / 4, -1 / 32)}
    ),
    "jax-ml/jax 347": Report(norm, {0.0: (0, 0)}),
    "jax-ml/jax 1052": Report(lambda a: where(1, 0.0, arctan2(a, a)), {0.0: (0, 0), 3.0: (0, 0)}),
    "jax-ml/jax 1538": Report(lambda x: where(x, x, exp(x) - 1), {1e4: (1, 0), 0.0: (1, 1)}),
    "jax-ml/jax 2630": Report(lambda x: where(x, 0.0, x * INF), {1.0: (0, 0)}),
    "jax-ml/jax 2630, root": Report(lambda x: where(x, sqrt(x), 0.0), {0.0: (0, 0), -1.0: (0, 0)}),
    "tensorflow/tensorflow 2540": Report(
        lambda x: where(x, 0.0, exp(x)), {1e10: (0, 0), 0.0: (1, 1)}
    ),
    "tensorflow/tensorflow 20355": Report(
        lambda x: where(-x, 1 / (1 - x), log(x + 1)),
        {1.0: (1 / 2, -1 / 4), -1.0: (1 / 4, 1 / 4), 0.0: (1, -1)},
    ),
    "tensorflow/tensorflow 38349": Report(
        lambda a: where(15 - a, a, 10.0 ** exp(a)), {10.0: (1, 0)}
    ),
    "tensorflow/tensorflow 118674": Report(
        lambda x: where(x, log(x), -100.0), {0.0: (0, 0), 2.0: (1 / 2, -1 / 4)}
    ),
    "tensorflow/tensorflow 118674, 1/x": Report(
        lambda x: where(x, 1 / x, 1.0), {0.0: (0, 0), 2.0: (-1 / 4, 1 / 4)}
    ),
    "tinygrad/tinygrad 12409": Report(
        lambda x: where(x, x * sqrt(x), 0.0), {0.0: (0, 0), 4.0: (3, 3 / 8)}
    ),
    "tinygrad/tinygrad 12409, power": Report(
        lambda x: where(x, x**1.5, 0.0), {0.0: (0, 0), 4.0: (3, 3 / 8)}
    ),
    "HIPS/autograd 802": Report(
        lambda x: where(x, x, sqrt(-x)), {1.0: (1, 0), -4.0: (-1 / 4, -1 / 32)}
    ),
}


# By operation: at 0 the root's infinite slope is on the side not taken.
SELECTIONS = {
    name: Report(
        partial(samples.silent.function, OPERATIONS[name], sqrt), samples.silent.derivatives
    )
    for name, samples in SAMPLES.items()
    if samples.silent
}


def by_backward(f, x):
    leaf = Value(x)
    f(leaf).backward()
    return leaf.grad


def by_gradients(f, x):
    leaf = Value(x)
    return gradients(f(leaf), [leaf])[0]


FIRST = {
    "backward": by_backward,
    "gradients": by_gradients,
    "grad": lambda f, x: grad(f)(x),
    "grad, recorded": lambda f, x: grad(f)(Value(x)),
    "vjp": lambda f, x: vjp(f, x)[1](1)[0],
    "jvp": lambda f, x: jvp(f, (x,), (1,))[1],
    "jvp, recorded": lambda f, x: jvp(f, (Value(x),), (1,))[1],
    "derivative": lambda f, x: derivative(f)(x),
    "derivative, recorded": lambda f, x: derivative(f)(Value(x)),
}
SECOND = {
    "grad of grad": lambda f, x: grad(grad(f))(x),
    "jvp of grad": lambda f, x: hvp(f, (x,), (1,)),
    "grad of jvp": lambda f, x: grad(lambda x: jvp(f, (x,), (1,))[1])(x),
    "jvp of jvp": lambda f, x: jvp(lambda x: jvp(f, (x,), (1,))[1], (x,), (1,))[1],
    "hessian": lambda f, x: hessian(f)(x),
    "derivative": lambda f, x: derivative(f, 2)(x),
    "derivative of derivative": lambda f, x: derivative(derivative(f))(x),
    "taylor": lambda f, x: 2 * taylor(f, x, 2)[2],
}


def as_reported(number, expected):
    """Exactly 0 where 0 is expected, else to the digits of a float32."""
    return float(number_of(number)) == pytest.approx(expected, rel=1e-6, abs=0)


def runs_forward(f, x):
    try:
        f(x)
    except (ArithmeticError, ValueError):
        return False
    return True


def check(report, kind):
    for x, expected in report.points.items():
        if not runs_forward(report.function, kind(x)):
            assert kind is float
            continue
        for order, ways in enumerate((FIRST, SECOND)):
            for name, way in ways.items():
                got = way(report.function, kind(x))
                assert as_reported(got, expected[order]), (name, kind, x, got)


@pytest.mark.parametrize("source", REPORTS)
def test_report(source):
    with np.errstate(all="ignore"):
        for kind in (*TENSORS, float):
            check(REPORTS[source], kind)


@pytest.mark.parametrize("kind", [*TENSORS, float, Fraction, Decimal])
@pytest.mark.parametrize("name", SELECTIONS)
def test_every_operation_that_selects(name, kind):
    with np.errstate(all="ignore"):
        check(SELECTIONS[name], kind)


def test_selections_are_those_of_the_table():
    assert SELECTIONS.keys() == {name for name, entry in OPERATIONS.items() if entry.selects}, (
        NEEDED
    )


def test_two_variables():
    # jax-ml/jax 347: the gradient of the norm at (0, 0) would be 0/0; at (3, 4) it is (0.6, 0.8).
    def f(x):
        return norm(*x)

    assert jacobian(f)([0.0, 0.0]) == grad(f)([0.0, 0.0]) == [0.0, 0.0]
    assert hessian(f)([0.0, 0.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(f)([3.0, 4.0]) == pytest.approx([0.6, 0.8], rel=1e-15)


def test_counted(figure):
    numbers = {source.split(",")[0] for source in REPORTS}
    assert {"pytorch/pytorch 18287", "pytorch/pytorch 68425", "jax-ml/jax 1052"} <= numbers and len(
        numbers
    ) >= 8
    ways = f"{len(FIRST)} first and {len(SECOND)} second derivatives, reverse, forward and mixed"
    figure(PROMISE, f"{len(numbers)} published reproductions, each by {ways}: exactly 0 in all")
