"""Operations on many operands written out in gates of few: w_0*a_0 + w_1*a_1 + b.

Only those whose plain arithmetic gives the very number that was recorded are here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from autograd.reading import OPERATIONS, Graph, Value, constant, dot, total

Part = Callable[..., Any]


def _sum_of_products(*operands: Any) -> Any:
    weights, inputs, bias = dot.parts(operands)
    terms = [*map(OPERATIONS["mul"], weights, inputs), *bias]
    return total(terms) if len(terms) > 1 else terms[0]


def _mean(*operands: Any) -> Any:
    return total(operands) / len(operands) if len(operands) > 1 else None


PARTS: Mapping[str, Part] = {
    "dot": _sum_of_products,
    "mean": _mean,
    "squared_error": lambda a, y: (y - a) ** 2,
    "half_squared_error": lambda a, y: (y - a) ** 2 / 2,
}


def parts_of(graph: Graph, node: Value) -> tuple[list[Any], Graph] | None:
    """A node written out over stand-ins of its operands, and these; None where it is not.

    Not where the parts would give another number than the one recorded.

    >>> from autograd import dot
    >>> z = dot([Value(2)], [Value(3)], Value(1))
    >>> stand_ins, parts = parts_of(Graph(z), z)
    >>> [(node.operation and node.operation.name, node.data) for node in parts.order]
    [(None, 2), (None, 3), ('mul', 6), (None, 1), ('total', 7)]
    """
    operation = node.operation
    if operation is None or PARTS.get(operation.name) is None:
        return None
    if OPERATIONS.get(operation.name) is not operation:
        return None
    own = {x: Value(graph.data[x]) for x in node.operands if graph.has(x)}
    stand_ins = [own[x] if graph.has(x) else x for x in node.operands]
    root = PARTS[operation.name](*stand_ins)
    # Of plain numbers alone, as the derivative of a sum has them, or the mean of one.
    if root.__class__ is not Value:
        return None
    same = root.data.__class__ is graph.data[node].__class__ and root.data == graph.data[node]
    return (stand_ins, Graph(root)) if same else None


def gradients_of_parts(parts: Graph, upstream: Any) -> dict[Value, Any]:
    """The gradient of each part, given that of the whole; None where that is not computed.

    >>> x = Value(3)
    >>> parts = Graph(x * x + 1)
    >>> list(gradients_of_parts(parts, 2).values())
    [12, 2, 2]
    """
    found: dict[Value, Any] = dict.fromkeys(parts.order)
    if isinstance(upstream, Fraction):  # a rounded share of a mean, whatever the graph's type
        upstream = constant(upstream, parts.root.data)
    found[parts.root] = upstream
    for node in reversed(parts.order):
        if found[node] is None:
            continue
        for operand, local in zip(node.operands, parts.local(node), strict=bool(node.operands)):
            if local is not None:
                passed, before = found[node] * local, found[operand]
                found[operand] = passed if before is None else before + passed
    return found
