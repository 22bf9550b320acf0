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
    if a is z and b.__class__ is float and b == 0:
        return np.maximum(z, 0.0)
    chosen = np.where(z > 0, a, b)
    total = np.sum(z)  # not a number if one of z is none: sooner known than of each
    return chosen if total == total else np.where(np.isnan(z), z, chosen)


def larger(a: Any, b: Any) -> Any:
    """The larger, the second of a tie; NaN where either is NaN."""
    return np.where(np.isnan(a) | np.isnan(b), a + b, np.where(a > b, a, b))


def smaller(a: Any, b: Any) -> Any:
    """The smaller, the second of a tie; NaN where either is NaN."""
    return np.where(np.isnan(a) | np.isnan(b), a + b, np.where(a < b, a, b))


def over_samples(x: Any, rows: int, samples: Any) -> Any:
    """The sums over the samples, of an array of so many rows or of what stands for one."""
    return np.broadcast_to(x, (rows, len(samples))).sum(axis=1)


SCOPE = {
    "np": np,
    "where": where,
    "over_samples": over_samples,
    "larger": larger,
    "smaller": smaller,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
}


def function_of(source: str, name: str = "compiled") -> Callable[..., tuple[Any, ...]]:
    """The function of that name in a source that was written here."""
    scope: dict[str, Any] = dict(SCOPE)
    exec(source, scope)
    function: Callable[..., tuple[Any, ...]] = scope.pop(name)  # or each would hold the other
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
