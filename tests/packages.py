"""The functions of mathematics in each package, under one name: what a formula of samples.py is
given as `m`.

None of them knows the engine. `m.where(condition, a, b)` is NumPy's; PyTorch's and JAX's own
modules have it, and need nothing from here."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import sympy


class Package:
    """A package, with functions that it lacks."""

    def __init__(self, package: Any, **lacking: Callable[..., Any]) -> None:
        self._package = package
        vars(self).update(lacking)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._package, name)


def choose(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


FLOATS = Package(math, where=choose)
PRECISE = Package(mpmath, where=choose)  # as many digits as mpmath is set to
SYMBOLS = Package(
    sympy,
    where=lambda condition, a, b: sympy.Piecewise((a, condition), (b, True)),
    log1p=lambda x: sympy.log(1 + x),
    expm1=lambda x: sympy.exp(x) - 1,
)


class _PlainNumbers:
    """Each function as the number's own type has it: in math, cmath, mpmath, or as a method of
    Decimals. A type without one is a TypeError.
    """

    where = staticmethod(choose)

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        return lambda x: _function(name, x)(x)


def _function(name: str, x: Any) -> Callable[[Any], Any]:
    if isinstance(x, Decimal):
        if name not in DECIMAL:
            raise TypeError(f"Decimal has no {name}")
        return DECIMAL[name]
    if isinstance(x, complex):
        if name not in COMPLEX and not hasattr(cmath, name):
            raise TypeError(f"cmath has no {name}")
        return COMPLEX.get(name) or getattr(cmath, name)
    return getattr(math if isinstance(x, (int, float, Fraction)) else mpmath, name)


DECIMAL = {
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "log1p": lambda x: (1 + x).ln(),
    "sqrt": Decimal.sqrt,
    "tanh": lambda x: 1 - 2 / ((2 * x).exp() + 1),
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "expm1": lambda x: x.exp() - 1,
}
COMPLEX = {"log1p": lambda x: cmath.log(1 + x), "expm1": lambda x: cmath.exp(x) - 1}
PLAIN = _PlainNumbers()
