"""What NumPy's functions do with a Value: the operation of that name, element by element.

NumPy asks here (`Value.__array_ufunc__`) where one of its functions or operators is given a Value
itself. In arrays of Values it calls the elements' own operators and methods, v.exp() for np.exp.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from autograd.number_types import python_number
from autograd.operations import OPERATIONS

NAMES = {  # NumPy's of the entries that have another one in the rule table
    "absolute": "abs",
    "arccos": "acos",
    "arcsin": "asin",
    "arctan": "atan",
    "divide": "div",
    "fabs": "abs",
    "float_power": "pow",
    "multiply": "mul",
    "negative": "neg",
    "power": "pow",
    "subtract": "sub",
    "true_divide": "div",
}
BY_OPERATORS = (  # what NumPy makes of the operators of Python
    *("positive", "reciprocal", "square", "matmul"),
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
)


class ArrayUfunc:
    """The attribute by which a class takes NumPy's functions, `applied`.

    NumPy asks the class. A masked array asks the object, and where it finds this it computes with
    the object's `_data`, past the graph: there it is None, which leaves operators to the object.
    """

    def __get__(self, node: object, kind: type) -> Callable[..., Any] | None:
        return applied if node is None else None


def applied(node: object, function: Any, method: str, *given: Any, **keywords: Any) -> Any:
    """A function of NumPy over numbers, Values and arrays, with the operation of its name.

    >>> import numpy
    >>> from autograd import Value
    >>> numpy.arctan(Value(0.0)), numpy.array([2, 3]) * Value(5)
    (Value(0.0), array([Value(10), Value(15)], dtype=object))
    """
    numpy, name = sys.modules["numpy"], function.__name__
    if method == "at":  # it would change a copy
        raise TypeError(f"numpy.{name}.at takes no Values: set each place, a[i] = a[i] + x")
    entry = OPERATIONS.get(NAMES.get(name, name))
    if entry is not None and entry.arity == function.nin:
        if method in ("__call__", "outer"):  # a reduction is made of the operators
            function = numpy.frompyfunc(entry, function.nin, 1)
    elif name not in BY_OPERATORS:
        raise TypeError(
            f"numpy.{name} is not in the rule table, so a Value has no derivative of it: use what "
            "is (autograd.OPERATIONS), make an autograd.Operation, or take the Value's .data"
        )
    if any(hasattr(x, "mask") for x in given):
        raise TypeError("a masked array takes no Values: fill it first, a.filled(0)")
    for array in keywords.get("out", ()):
        if array.dtype != object:
            raise TypeError(
                f"an array of {array.dtype} cannot hold Values: write a = a * x for a *= x"
            )
    objects = [numpy.asarray(python_number(x), dtype=object) for x in given]
    return getattr(function, method)(*objects, **keywords)
