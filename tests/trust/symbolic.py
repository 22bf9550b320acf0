"""The independent formulas of tests/samples.py as SymPy expressions, and their derivatives of any
order.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from samples import SAMPLES

# Those formulas that compare numbers: a symbol has no order.
PIECES = {
    "abs": lambda x: _piece(x, x, -x),
    "relu": lambda x: _piece(x, x, 0),
    "leaky_relu": lambda x: _piece(x, x, x / 100),
    "maximum": lambda a, b: _piece(a - b, a, b),
    "minimum": lambda a, b: _piece(b - a, a, b),
    "where": lambda z, a, b: _piece(z, a, b),
}


def _piece(z: Any, a: Any, b: Any) -> Any:
    return sympy.Piecewise((a, z > 0), (b, True))


def symbols(count: int) -> tuple[Any, ...]:
    return sympy.symbols(f"x:{count}", real=True)


def formula(name: str, *operands: Any) -> Any:
    """The operation over SymPy expressions."""
    return PIECES[name](*operands) if name in PIECES else SAMPLES[name].formula(sympy, *operands)


@cache
def derivative(
    name: str, count: int, places: tuple[int, ...], fixed: tuple[tuple[int, Any], ...] = ()
) -> Any:
    """The derivative of an operation on `count` operands in those at `places`; those in `fixed` are
    numbers.
    """
    given = dict(fixed)
    x = symbols(count)
    expression = formula(name, *(sympy.sympify(given.get(i, symbol)) for i, symbol in enumerate(x)))
    return sympy.diff(expression, *(x[i] for i in places)) if places else expression
