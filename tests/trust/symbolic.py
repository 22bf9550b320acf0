"""The independent formulas of tests/samples.py as SymPy expressions, and their derivatives of any
order.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from packages import SYMBOLS
from samples import SAMPLES


def symbols(count: int) -> tuple[Any, ...]:
    return sympy.symbols(f"x:{count}", real=True)


def formula(name: str, *operands: Any) -> Any:
    """The operation over SymPy expressions."""
    return SAMPLES[name].formula(SYMBOLS, *operands)


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
