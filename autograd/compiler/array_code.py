"""Run by NumPy: the source of a program, and the functions that it calls."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.array_source import source_of
from autograd.compiler.program import Program


def where(z: Any, a: Any, b: Any, out: Any = None) -> Any:
    """a where z > 0, b where z <= 0, else z, which is NaN; in a buffer, if one is given."""
    if out is not None:
        return _chosen_into(out, z, a, b)
    if a is z and b.__class__ is float and b == 0:
        return np.maximum(z, 0.0)
    chosen = np.where(z > 0, a, b)
    total = np.sum(z)  # not a number if one of z is none: sooner known than of each
    return chosen if total == total else np.where(np.isnan(z), z, chosen)


def _chosen_into(out: Any, z: Any, a: Any, b: Any) -> Any:
    """The same without a branch for each number, which costs most where signs are mixed; the buffer
    may be one of the operands. With 0 for b an infinite a makes NaN where it is not taken, so that
    the step is made again, number by number.
    """
    is_masked = b.__class__ is float and b == 0
    if is_masked and a is z:
        return np.maximum(z, 0.0, out=out)
    total = np.vdot(z, z)
    unknown = np.isnan(z) if total != total else None
    if is_masked:
        np.multiply(a, z > 0, out=out)
    elif (a.__class__, b.__class__) == (float, float) and (a, b) == (0.0, 1.0):
        np.less_equal(z, 0.0, out=out, casting="unsafe")
    elif a is out:
        np.copyto(out, b, where=z <= 0)
    else:
        above = z > 0
        np.copyto(out, b)
        np.copyto(out, a, where=above)
    if unknown is not None:
        np.copyto(out, np.nan, where=unknown)
    return out


def extremes(array: Any) -> dict[str, Callable[[Any, Any], Any]]:
    """The larger and the smaller of two, over an array namespace: the second of a tie; NaN where
    either is NaN.
    """

    def extreme(wins: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def chosen(a: Any, b: Any) -> Any:
            unknown = array.isnan(a) | array.isnan(b)
            return array.where(unknown, a + b, array.where(wins(a, b), a, b))

        return chosen

    return {"larger": extreme(operator.gt), "smaller": extreme(operator.lt)}


SCOPE = {
    "np": np,
    "where": where,
    **extremes(np),
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
}


def function_of(
    source: str, name: str = "compiled", scope: Mapping[str, Any] = SCOPE
) -> Callable[..., tuple[Any, ...]]:
    """The function of that name in a source that was written here."""
    names = dict(scope)
    exec(source, names)
    function: Callable[..., tuple[Any, ...]] = names.pop(name)  # or each would hold the other
    return function


def scalar_code(
    program: Program,
) -> tuple[Callable[[Sequence[float]], Sequence[float] | None], str]:
    """A function from the row of inputs to that of outputs, and its source.

    It gives None where an input or an output is not finite. Every order is the exact one.
    """
    source = source_of(program)
    function = function_of(source)

    def run(row: Sequence[float]) -> Sequence[float] | None:
        with np.errstate(all="ignore"):
            outputs = function(*np.array(row, dtype=float))
        found = [float(x) for x in outputs]
        return found if all(map(math.isfinite, (*row, *found))) else None

    return run, source
