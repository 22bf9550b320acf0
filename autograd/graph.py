"""The computation graph: its topological order, and its nodes by name.

A graph is its root: every node holds the operands that it was computed from. Everything here is iterative, so that a
chain of a million nodes works, and deterministic, because operands are ordered.
"""

from __future__ import annotations

from typing import Protocol, TypeVar


class Node(Protocol):
    """What a graph needs of a node: a name and the operands that it was computed from, plain numbers among them."""

    name: str

    @property
    def operands(self) -> tuple[object, ...]: ...


N = TypeVar("N", bound=Node)


def topological_order(root: N) -> list[N]:
    """Every node that `root` was computed from, operands before results, `root` last.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> [node.name for node in topological_order(a * b + a)]
    ['a', 'b', '', '']
    """
    kind = root.__class__
    order: list[N] = []
    seen = {root}
    path = [(root, iter(root.operands))]
    while path:
        node, operands = path[-1]
        for operand in operands:
            if operand.__class__ is kind and operand not in seen:
                seen.add(operand)  # type: ignore
                if operand.operands:
                    path.append((operand, iter(operand.operands)))
                    break
                order.append(operand)
        else:
            order.append(node)
            path.pop()
    return order


def find(root: N, name: str) -> list[N]:
    """Every node of that name that `root` was computed from, in topological order.

    Names are labels, not keys: over a hundred samples they repeat.
    """
    return [node for node in topological_order(root) if node.name == name]
