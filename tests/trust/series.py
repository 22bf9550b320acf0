"""Rational functions by truncated power series over Fractions, which know nothing of the engine.

A series is the list of its coefficients in t, to the third order.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

ORDER = 3
Series = list[Fraction]


def series(x: Any, slope: Any = 0) -> Series:
    return [Fraction(x), Fraction(slope), *[Fraction(0)] * (ORDER - 1)]


def plus(a: Series, b: Series) -> Series:
    return [x + y for x, y in zip(a, b, strict=True)]


def scaled(a: Series, factor: Any) -> Series:
    return [Fraction(factor) * x for x in a]


def minus(a: Series, b: Series) -> Series:
    return plus(a, scaled(b, -1))


def times(a: Series, b: Series) -> Series:
    return [sum((a[i] * b[k - i] for i in range(k + 1)), Fraction(0)) for k in range(ORDER + 1)]


def over(a: Series, b: Series) -> Series:
    quotient: Series = []
    for k in range(ORDER + 1):
        known = sum((quotient[i] * b[k - i] for i in range(k)), Fraction(0))
        quotient.append((a[k] - known) / b[0])
    return quotient


def power(a: Series, n: Series) -> Series:
    count = int(n[0])
    product = reduce(times, [a] * abs(count), series(1))
    return product if count >= 0 else over(series(1), product)


def summed(*x: Series) -> Series:
    return reduce(plus, x)


def dotted(*x: Series) -> Series:
    n = len(x) // 2
    return summed(*map(times, x[:n], x[n : 2 * n]), *x[2 * n :])


OPERATIONS: dict[str, Callable[..., Series]] = {
    "add": plus,
    "sub": minus,
    "mul": times,
    "div": over,
    "neg": lambda x: scaled(x, -1),
    "pow": power,
    "abs": lambda x: scaled(x, 1 if x[0] > 0 else -1),
    "relu": lambda x: scaled(x, 1 if x[0] > 0 else 0),
    "leaky_relu": lambda x: scaled(x, 1 if x[0] > 0 else Fraction(1, 100)),
    "where": lambda z, a, b: a if z[0] > 0 else b,
    "maximum": lambda a, b: a if a[0] > b[0] else b,
    "minimum": lambda a, b: a if a[0] < b[0] else b,
    "dot": dotted,
    "total": summed,
    "mean": lambda *x: scaled(summed(*x), Fraction(1, len(x))),
    "half_squared_error": lambda a, y: scaled(times(minus(a, y), minus(a, y)), Fraction(1, 2)),
    "squared_error": lambda a, y: times(minus(a, y), minus(a, y)),
}
