"""Where a gradient vanishes for the numbers at hand, and why, in words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from autograd.notes.line_numbers import LineNumbers
from autograd.notes.numbers import exact_value
from autograd.reading import FAULTS, OPERATIONS, Operation, Value

# The largest derivative of what flattens out on both sides; saturated is below this share of it.
LARGEST = {OPERATIONS["sigmoid"]: Fraction(1, 4), OPERATIONS["tanh"]: Fraction(1)}
SATURATED = Fraction(1, 10_000)


def vanishing_at(result: Value, node: Value, numbers: LineNumbers) -> str:
    """Why no gradient, or almost none, passes from a result to its operand `node`; "" if one does.

    That is on a side that a selection did not take, and where a sigmoid or tanh is saturated: its
    derivative is below 1/10000 of its largest. At a kink the convention tells more.

    >>> from autograd import relu, sigmoid
    >>> z = Value(-12.0, "z")
    >>> vanishing_at(relu(z), z, LineNumbers())
    'ReLU is off: no gradient passes'
    >>> z = Value(12.0, "z")
    >>> vanishing_at(relu(z), z, LineNumbers()), vanishing_at(sigmoid(z), z, LineNumbers())
    ('', 'sigmoid is saturated: almost no gradient passes')
    """
    operation = result.operation
    if operation is None or not (operation.selects or operation in LARGEST):
        return ""
    operands = list(map(numbers.of, result.operands))
    asked = [x is node for x in result.operands]
    try:
        local = operation.derivatives(numbers.of(result), operands, asked)
    except FAULTS:
        return ""
    passing = [derivative for derivative, is_node in zip(local, asked, strict=True) if is_node]
    if operation in LARGEST:
        return _saturated(operation, passing[0])
    if any(derivative is not None for derivative in passing):
        return ""
    how = "is off" if len(operands) == 1 else "takes another operand"
    return f"{operation.shown} {how}: no gradient passes"


def _saturated(operation: Operation, derivative: Any) -> str:
    exact = exact_value(derivative)
    if exact is None or abs(exact) >= SATURATED * LARGEST[operation]:
        return ""
    almost = "almost " if exact else ""
    return f"{operation.shown} is saturated: {almost}no gradient passes"
