"""Run by NumPy: the source of a program, and the functions that it calls."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.array_source import source_of
from autograd.compiler.program import Program


def where(z: Any, a: Any, b: Any) -> Any:
    """a where z > 0, b where z <= 0, else z, which is NaN."""
    return np.where(z > 0, a, np.where(z <= 0, b, z))


def larger(a: Any, b: Any) -> Any:
    """The larger, the second of a tie; NaN where either is NaN."""
    return np.where(np.isnan(a) | np.isnan(b), a + b, np.where(a > b, a, b))


def smaller(a: Any, b: Any) -> Any:
    """The smaller, the second of a tie; NaN where either is NaN."""
    return np.where(np.isnan(a) | np.isnan(b), a + b, np.where(a < b, a, b))


SCOPE = {
    "np": np,
    "where": where,
    "larger": larger,
    "smaller": smaller,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
}


def function_of(source: str) -> Callable[..., tuple[Any, ...]]:
    """The function `compiled` of a source that `source_of` wrote."""
    scope: dict[str, Any] = dict(SCOPE)
    exec(source, scope)
    function: Callable[..., tuple[Any, ...]] = scope["compiled"]
    return function


def scalar_code(
    program: Program,
) -> tuple[Callable[[Sequence[float]], Sequence[float] | None], str]:
    """A function from the row of inputs to that of outputs, and its source.

    It gives None where an output is not finite. Every order is the exact one.
    """
    source = source_of(program)
    function = function_of(source)

    def run(row: Sequence[float]) -> Sequence[float] | None:
        with np.errstate(all="ignore"):
            outputs = function(*np.array(row, dtype=float))
        found = [float(x) for x in outputs]
        return found if all(map(math.isfinite, found)) else None

    return run, source
