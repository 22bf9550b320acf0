"""The functions of worksheets: what they are called, how many operands they take, their slopes."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.audit.expressions import Apply, Expression, Number, whole
from autograd.audit.reading.tokens import UnreadableError
from autograd.audit.slopes import ACTIVATIONS, SLOPES, of_kinked

FUNCTIONS = {
    "relu": "relu",
    "ReLU": "relu",
    "leaky_relu": "leaky_relu",
    "sigmoid": "sigmoid",
    "sigma": "sigmoid",
    "tanh": "tanh",
    "exp": "exp",
    "log": "log",
    "ln": "log",
    **dict.fromkeys(("log2", "log_2"), "log2"),
    **dict.fromkeys(("log10", "log_10"), "log10"),
    "sqrt": "sqrt",
    "abs": "abs",
    "max": "maximum",
    "maximum": "maximum",
    "min": "minimum",
    "minimum": "minimum",
    "sin": "sin",
    "cos": "cos",
    "softmax": "softmax",
    "sum": "sum",
    "mean": "mean",
    "dot": "matmul",
    "matmul": "matmul",
    "transpose": "transpose",
    "array": "array",
    "tensor": "array",
    "float32": "array",
    "float64": "array",
}
BASES = {"log2": whole(2), "log10": whole(10)}  # of logarithms
TWO = frozenset({"matmul"})  # that take two
REMEMBERED = frozenset(  # by optimizers, for each parameter
    {"v", "s", "m", "v_hat", "m_hat", "vhat", "mhat"}
)
MANY = frozenset({"maximum", "minimum"})  # that take two or more, or one list


def applied(name: str, operation: str, operands: Sequence[Expression], column: int) -> Expression:
    """What a function, called so, makes of operands; one of them is enough for its slope, tanh'.

    >>> from autograd.audit.expressions import Name, written
    >>> written(applied("leaky_relu'", "leaky_relu", [Name("z")], 1))
    '0.01 + 0.99*(z > 0)'
    """
    if name.endswith("'"):
        return _slope(name, operation, operands[0], column)
    if base := BASES.get(operation):
        return Apply("div", (Apply("log", tuple(operands)), Apply("log", (base,))))
    return operands[0] if operation == "array" else _of_many(operation, operands)


def count(operation: str, operands: Sequence[Expression]) -> int:
    """How many operands an operation takes; max and min one list, or two and more numbers."""
    if operation in MANY:
        is_list = len(operands) == 1 and not isinstance(operands[0], Number)
        return 1 if is_list else max(2, len(operands))
    return 2 if operation in TWO else 1


def _of_many(operation: str, operands: Sequence[Expression]) -> Expression:
    """max(a, b, c) as max(max(a, b), c)."""
    first, *rest = operands
    if not rest or operation not in MANY:
        return Apply(operation, tuple(operands))
    for operand in rest:
        first = Apply(operation, (first, operand))
    return first


def _slope(name: str, operation: str, z: Expression, column: int) -> Expression:
    """The derivative of an activation at z, sigmoid'(z)."""
    if operation not in ACTIVATIONS or name.endswith("''"):
        raise UnreadableError(f"{name} is not known: {', '.join(sorted(ACTIVATIONS))} are", column)
    if operation in SLOPES:
        return SLOPES[operation](Apply(operation, (z,)))
    return of_kinked(operation, z)
