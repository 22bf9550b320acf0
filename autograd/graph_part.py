"""A part of a recorded graph, to be read as a graph of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.graph import Graph
from autograd.value import Value


class Part(Graph):
    """The graph of a root that ends at given nodes, which count as given, whatever made them.

    >>> a = Value(2, "a")
    >>> b = a * 3
    >>> len(Graph(b + 1).order), len(Part(b + 1, [b]).order)
    (3, 2)
    """

    def __init__(self, root: Value, ends: Iterable[Value]) -> None:
        super().__init__(root, stale=True)  # just recorded, nothing can be stale
        self._ends = set(ends)
        self.order = _order_from(root, self._ends)
        self.data = {node: node.data for node in self.order}
        self.gradients = {node: node.grad for node in self.order}

    def has(self, x: Any) -> bool:
        """Whether an operand is a node of this part."""
        return super().has(x) and x in self.data

    def is_given(self, node: Any) -> bool:
        """Whether a node was given as far as this part goes: a leaf, or an end."""
        return super().is_given(node) or node in self._ends


def _order_from(root: Value, ends: set[Value]) -> list[Value]:
    """The topological order of a root, as if the ends were leaves."""
    order, seen = [], {root}
    path = [(root, iter(root.operands))]
    while path:
        node, operands = path[-1]
        for x in operands:
            if x.__class__ is Value and x not in seen:
                seen.add(x)
                path.append((x, iter(() if x in ends else x.operands)))
                break
        else:
            order.append(node)
            path.pop()
    return order
