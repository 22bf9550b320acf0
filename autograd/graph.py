"""The computation graph: its topological order, and its nodes by name.

A graph is its root: every node holds the operands that it was computed from. Everything here is
iterative, so that a chain of a million nodes works, and deterministic, because operands are
ordered."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar


class Node(Protocol):
    """What a graph needs of a node: a name and the operands that it was computed from, plain
    numbers among them.
    """

    name: str

    @property
    def operands(self) -> tuple[object, ...]: ...


N = TypeVar("N", bound=Node)


def topological_order(*roots: N, stop: Iterable[N] = ()) -> list[N]:
    """Every node that the roots were computed from, operands before results, a root last; not past
    those in `stop`.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> [node.name for node in topological_order(a * b + a)]
    ['a', 'b', '', '']
    """
    order: list[N] = []
    seen = {*stop}
    for root in roots:
        if not hasattr(root, "operands"):
            raise TypeError(f"expected a Value, the root of a graph, not a {type(root).__name__}")
        if root in seen:
            continue
        seen.add(root)
        kind = root.__class__
        path = [(root, iter(root.operands))]
        while path:
            node, operands = path[-1]
            for operand in operands:
                if operand.__class__ is kind and operand not in seen:
                    seen.add(operand)
                    if operand.operands:
                        path.append((operand, iter(operand.operands)))
                        break
                    order.append(operand)
            else:
                order.append(node)
                path.pop()
    return order


def depending(order: Sequence[N], sources: Iterable[N]) -> list[N]:
    """The nodes of a topological order that are among the `sources` or were computed from them."""
    depends = set(sources)
    found = []
    for node in order:
        if node in depends or any(
            x.__class__ is node.__class__ and x in depends for x in node.operands
        ):
            depends.add(node)
            found.append(node)
    return found


def find(root: N, name: str) -> list[N]:
    """Every node of that name that `root` was computed from, in topological order.

    Names are labels, not keys: over a hundred samples they repeat.
    """
    return [node for node in topological_order(root) if node.name == name]


def evaluate(root: Any, given: Mapping[Any, Any]) -> dict[Any, Any]:
    """The number of every node of the graph, computed again from its leaves, with the numbers
    `given` in their place.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> c = a * b
    >>> evaluate(c + a, {b: 5})[c]
    10
    """
    numbers: dict[Any, Any] = {}
    for node in topological_order(root):
        if node in given:
            numbers[node] = given[node]
        elif node.operation is None:
            numbers[node] = node.data
        else:
            operands = [numbers[x] if x.__class__ is root.__class__ else x for x in node.operands]
            numbers[node] = node.operation.value(*operands)
    return numbers


def wengert_names(root: N) -> dict[N, str]:
    """Every node's name, in topological order; a node without one is called v1, v2, ... past the
    names that are taken.

    >>> from autograd import Value
    >>> list(wengert_names(Value(2, "a") * Value(3, "v1") + 1).values())
    ['a', 'v1', 'v2', 'v3']
    """
    order = topological_order(root)
    taken = {node.name for node in order}
    fresh = (name for name in map("v{}".format, itertools.count(1)) if name not in taken)
    return {node: node.name or next(fresh) for node in order}


def require_current(root: Any) -> None:
    """A ValueError if a node no longer equals its operation over its operands, because a leaf was
    set since.
    """
    for node in topological_order(root):
        if node.operation is None:
            continue
        try:
            now = node.operation.value(
                *(x.data if x.__class__ is root.__class__ else x for x in node.operands)
            )
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValueError(
                f"{node!r} is stale, its operands give {error!r} now: run the forward pass again"
            ) from error
        if now != node.data and (now == now or node.data == node.data):  # a NaN differs from itself
            raise ValueError(
                f"{node!r} is stale, its operands give {now!r} now: run the forward pass again"
            )
