"""The computation graph: its topological order, and a whole graph as it is now, for its readers.

A graph is its root: every node holds the operands that it was computed from. Everything here is
iterative, so that a chain of a million nodes works, and deterministic, because operands are ordered.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

from autograd.errors import FAULTS, of_derivative


class Node(Protocol):
    """What the engine needs of a node; `Value` is one, and the power series of `calculus` another.

    `_data` is the number behind `data`, which the rule table reads; `record(operation, operands)`
    makes a node of the same class; `detach()` gives a leaf.
    """

    name: str
    operation: Any

    @property
    def operands(self) -> tuple[Any, ...]: ...

    @property
    def data(self) -> Any: ...


N = TypeVar("N", bound=Node)


def topological_order(*roots: N, stop: Iterable[N] = ()) -> list[N]:
    """Every node that the roots were computed from, operands before results, a root last.

    It does not go past the nodes in `stop`, which are left out.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> [node.name for node in topological_order(a * b + a)]
    ['a', 'b', '', '']
    """
    order: list[N] = []
    seen = dict.fromkeys(stop)
    for root in roots:
        if root not in seen:
            order += depth_first(root, seen)
    return order


def depth_first(root: N, seen: dict[N, None]) -> list[N]:
    """The topological order of what is not `seen`, which gains it; nothing is recursive.

    `path` holds the nodes whose operands are not all done, each with those that are left.
    """
    if not hasattr(root, "operands"):
        raise TypeError(f"expected a Value, the root of a graph, not a {type(root).__name__}")
    kind, order = root.__class__, []
    path: list[tuple[N, Iterator[Any]]] = []
    seen[root] = None
    node, operands = root, iter(root.operands)
    while True:
        for operand in operands:
            if operand.__class__ is kind and operand not in seen:
                seen[operand] = None
                if operand.operands:
                    path.append((node, operands))
                    node, operands = operand, iter(operand.operands)
                    break
                order.append(operand)
        else:
            order.append(node)
            if not path:
                return order
            node, operands = path.pop()


def depending(order: Iterable[N], sources: Iterable[N]) -> list[N]:
    """The nodes of a topological order that are `sources` or were computed from them."""
    depends = set(sources)
    found = []
    for node in order:
        kind = node.__class__
        if node in depends:
            found.append(node)
            continue
        for operand in node.operands:
            if operand.__class__ is kind and operand in depends:
                depends.add(node)
                found.append(node)
                break
    return found


def live(order: Sequence[N], roots: Iterable[N]) -> set[N]:
    """The nodes of a topological order that the roots depend on.

    Not those that they depend on only past a side which a selection, such as relu, did not take.
    """
    found = set(roots)
    for node in reversed(order):
        if node in found and node.operation is not None:
            found.update(x for x, passes in _passing(node) if passes)
    return found


def _passing(node: Any) -> list[tuple[Any, bool]]:
    """Each Value among the operands, and whether the node passes a gradient on to it."""
    kind, local = node.__class__, node.operands
    if node.operation.selects:
        try:
            local = node.operation.local_derivatives(node)
        except FAULTS as error:
            raise of_derivative(error, node) from error
    each = zip(node.operands, local, strict=True)
    return [(x, derivative is not None) for x, derivative in each if x.__class__ is kind]


def find(root: N, name: str) -> list[N]:
    """Every node of that name that `root` was computed from, in topological order.

    Names are labels, not keys: over a hundred samples they repeat.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> find(a * b, "b")
    [Value(3, name='b')]
    """
    return [node for node in topological_order(root) if node.name == name]


class Graph:
    """A recorded graph as it is now: its numbers are copied, and checked, when it is made.

    Whoever shows or translates a graph reads it from here. `order` is its topological order, the
    root last; `data` and `gradients` hold each node's number and gradient (None: not computed).
    Later changes of the nodes do not change them.

    A ValueError if a leaf was set after the forward pass, so that a node no longer is its operation
    over its operands; unless `stale` says that this is expected.

    >>> from autograd import Value, relu
    >>> a, b = Value(2, "a"), Value(-3, "b")
    >>> c = relu(a * b)
    >>> graph = Graph(c)
    >>> list(graph.names.values()), list(graph.data.values())
    (['a', 'b', 'v1', 'v2'], [2, -3, -6, 0])
    >>> graph.local(c), len(graph.live)
    ([None], 1)
    """

    def __init__(self, root: Any, *, stale: bool = False) -> None:
        self.root = root
        self.order: list[Any] = topological_order(root)
        self.data: dict[Any, Any] = {node: node.data for node in self.order}
        self.gradients: dict[Any, Any] = {node: node.grad for node in self.order}
        self._kind = root.__class__
        if not stale:
            self._require_current()

    @classmethod
    def of(cls, root: Any) -> Graph:
        """The graph of a root; a Graph as it is."""
        return root if isinstance(root, Graph) else cls(root)

    def _require_current(self) -> None:
        for node, data in self.data.items():
            if node.operation is None:
                continue
            try:
                now = node.operation.value(*self.numbers(node))
            except FAULTS as error:
                raise _stale(node, error) from error
            if now != data and (now == now or data == data):  # a NaN differs from itself
                raise _stale(node, now)

    @cached_property
    def names(self) -> dict[Any, str]:
        """Every node's name; one without is called v1, v2, ... past the names that are taken.

        >>> from autograd import Value
        >>> list(Graph(Value(2, "a") * Value(3, "v1") + 1).names.values())
        ['a', 'v1', 'v2', 'v3']
        """
        taken = {node.name for node in self.order}
        numbered = map("v{}".format, itertools.count(1))
        fresh = (name for name in numbered if name not in taken)
        return {node: node.name or next(fresh) for node in self.order}

    @cached_property
    def position(self) -> dict[Any, int]:
        """The place of each node in the topological order."""
        return {node: place for place, node in enumerate(self.order)}

    @cached_property
    def uses(self) -> Counter[Any]:
        """How often each node is an operand."""
        return Counter(x for node in self.order for x in node.operands if self.has(x))

    @cached_property
    def live(self) -> set[Any]:
        """The nodes that a gradient of the root can reach, past all sides not taken."""
        return live(self.order, [self.root])

    def has(self, x: Any) -> bool:
        """Whether an operand is a node, not a plain number."""
        return x.__class__ is self._kind

    def numbers(self, node: Any) -> list[Any]:
        """The numbers of a node's operands."""
        return [self.data[x] if self.has(x) else x for x in node.operands]

    def local(self, node: Any) -> list[Any]:
        """The local derivative of a node in each operand, a number; of a leaf none.

        None where nothing passes: in a plain number, and on a side that a selection did not take.
        An error names the operation where there is no derivative (of the square root at 0).
        """
        if node.operation is None:
            return []
        try:
            local = node.operation.local_derivatives(node)
        except FAULTS as error:
            raise of_derivative(error, node) from error
        each = zip(node.operands, local, strict=True)
        return [derivative if self.has(x) else None for x, derivative in each]

    def is_off(self, node: Any) -> bool:
        """Whether the node selects, and has taken none of its operands (a relu at z <= 0)."""
        operation = node.operation
        if operation is None or not operation.selects:
            return False
        return not any(passes for _, passes in _passing(node))

    def depending(self, *sources: Any) -> list[Any]:
        """The sources and what was computed from them, in topological order."""
        return depending(self.order, sources)

    def find(self, name: str) -> list[Any]:
        """Every node of that name, in topological order."""
        return [node for node in self.order if node.name == name]

    def evaluate(self, given: Mapping[Any, Any]) -> dict[Any, Any]:
        """The number of every node, computed again with the numbers `given` in their place.

        >>> from autograd import Value
        >>> a, b = Value(2, "a"), Value(3, "b")
        >>> c = a * b
        >>> Graph(c + a).evaluate({b: 5})[c]
        10
        """
        numbers: dict[Any, Any] = {}
        for node in self.order:
            if node in given:
                numbers[node] = given[node]
            elif node.operation is None:
                numbers[node] = self.data[node]
            else:
                operands = [numbers[x] if self.has(x) else x for x in node.operands]
                numbers[node] = node.operation.value(*operands)
        return numbers


def _stale(node: Any, now: Any) -> Exception:
    kind: Any = type(node.data)
    if kind.__eq__ is object.__eq__:
        return TypeError(
            f"whether {node!r} is stale cannot be seen: a {kind.__name__} has no __eq__"
        )
    return ValueError(
        f"{node!r} is stale, its operands give {now!r} now: run the forward pass again"
    )
