"""What each operation is on plain numbers, written with Python's own operators and each type's own
functions.

Independent of the engine, for the tests of hostile values and of errors: `PLAIN[name](*operands)`.
"""

from __future__ import annotations

import cmath
import functools
import math
import operator
from decimal import Decimal
from fractions import Fraction

import mpmath
from samples import ByName

DECIMAL = {
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "log1p": lambda x: (1 + x).ln(),
    "sqrt": Decimal.sqrt,
    "tanh": lambda x: 1 - 2 / ((2 * x).exp() + 1),
}


def elementary(name):
    """The function of math, cmath, mpmath, or Decimal's method; a type without one is a TypeError."""

    def function(x):
        if isinstance(x, Decimal):
            if name not in DECIMAL:
                raise TypeError(f"Decimal has no {name}")
            return DECIMAL[name](x)
        package = (
            cmath
            if isinstance(x, complex)
            else math
            if isinstance(x, (int, float, Fraction))
            else mpmath
        )
        if not hasattr(package, name):  # cmath's log1p
            return package.log(1 + x)
        return getattr(package, name)(x)

    return function


exp, log = elementary("exp"), elementary("log")


def total(*x):
    return functools.reduce(operator.add, x)


def dot(*x):
    n = len(x) // 2
    return total(*map(operator.mul, x[:n], x[n : 2 * n]), *x[2 * n :])


def log_of_sum(*z):
    return log(sum(map(exp, z)))


def cross_entropy(a, y):
    if any(isinstance(x, (int, float, Fraction, Decimal)) and (x < 0 or x > 1) for x in (a, y)):
        raise ValueError("not a probability")
    return -((y * log(a) if y != 0 else 0) + ((1 - y) * log(1 - a) if y != 1 else 0))


def cross_entropy_with_logits(z, y):
    if isinstance(y, (int, float, Fraction, Decimal)) and (y < 0 or y > 1):
        raise ValueError("not a probability")
    return log(1 + exp(z)) - y * z


PLAIN = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": operator.pow,
    "abs": abs,
    **{
        name: elementary(name)
        for name in ("exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh")
    },
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "softplus": lambda x: log(1 + exp(x)),
    "where": lambda z, a, b: a if z > 0 else b,
    "relu": lambda x: x if x > 0 else 0,
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "maximum": lambda a, b: a if a > b else b,
    "minimum": lambda a, b: a if a < b else b,
    "dot": dot,
    "total": total,
    "mean": lambda *x: total(*x) / len(x),
    "half_squared_error": lambda a, y: (y - a) ** 2 / 2,
    "squared_error": lambda a, y: (y - a) ** 2,
    "binary_cross_entropy": cross_entropy,
    "binary_cross_entropy_with_logits": cross_entropy_with_logits,
    "log_sum_exp": log_of_sum,
}
PLAIN = ByName(PLAIN)
