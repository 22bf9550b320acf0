"""The computation graph: its topological order, and a whole graph as it is now, for its readers.

A graph is its root: every node holds the operands that it was computed from. Everything here is
iterative, so that a chain of a million nodes works, and deterministic, because operands are
ordered.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd import digits
from autograd.entry import Derivatives, N, Node
from autograd.errors import FAULTS, of_derivative
from autograd.number_format import shown
from autograd.number_types import Number, Operand, number_of
from autograd.spelling import did_you_mean
from autograd.writing import printable

Recorded = Any  # a node of the root's class, to go on with as one: a Value


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
        if not hasattr(root, "operands") or root not in seen:
            order += depth_first(root, seen)
    return order


def depth_first(root: N, seen: dict[N, None]) -> list[N]:
    """The topological order of what is not `seen`, which gains it; nothing is recursive.

    `path` holds the nodes whose operands are not all done, each with those that are left.
    """
    if not hasattr(root, "operands"):
        raise TypeError(f"expected a Value, the root of a graph, not a {type(root).__name__}")
    kind, order = root.__class__, []
    path: list[tuple[N, Iterator[Operand]]] = []
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


def moving(order: Sequence[N], sources: Iterable[N]) -> list[N]:
    """The nodes of a topological order that change with the `sources`, those included.

    A result whose side of them a selection did not take does not: relu(x) at x < 0. At its kink it
    may.

    >>> from autograd import Value, relu
    >>> x = Value(-0.5, "x")
    >>> moving(topological_order(relu(x) + x), [x])
    [Value(-0.5, name='x'), Value(-0.5)]
    """
    found = set(sources)
    for node in order:
        if node not in found and moves(node, found):
            found.add(node)
    return [node for node in order if node in found]


def moves(node: N, found: Container[N]) -> bool:
    """Whether an operand of the node is among the moving ones, and not on a side not taken."""
    kind = node.__class__
    return any(operand.__class__ is kind and operand in found for operand in _passing(node))


def _passing(node: N) -> Sequence[Operand]:
    """The operands but for those on a side that is certainly not taken."""
    operation = node.operation
    if operation is None or not operation.selects:
        return node.operands
    try:
        numbers = map(number_of, node.operands)
        at_kink = operation.kink is not None and operation.kink(*numbers)
        return node.operands if at_kink else _passed(node, local_numbers)
    except FAULTS:
        return node.operands


def local_numbers(node: Node) -> Derivatives:
    """The local derivatives of a result as numbers; an error names its operation."""
    operation: Any = node.operation  # there is one: a leaf takes no side
    try:
        local: Derivatives = operation.local_derivatives(node)
        return local
    except FAULTS as error:
        raise of_derivative(error, node) from error


def live(
    order: Sequence[N],
    roots: Iterable[N],
    local: Callable[[N], Derivatives] = local_numbers,
) -> set[N]:
    """The nodes of a topological order that a gradient of the roots reaches.

    A node behind a side that a selection, such as relu, did not take is not reached that way.
    """
    found = set(roots)
    for node in reversed(order):
        if node in found:
            found.update(_passed(node, local))
    return found


def _passed(node: N, local: Callable[[N], Derivatives]) -> list[N]:
    """The nodes among the operands that the node passes a gradient on to."""
    kind, operation = node.__class__, node.operation
    passes = local(node) if operation is not None and operation.selects else node.operands
    each = zip(node.operands, passes, strict=True)
    return [x for x, derivative in each if x.__class__ is kind and derivative is not None]


def find(root: N, name: str) -> list[N]:
    """Every node of that name that `root` was computed from, in topological order.

    Names are labels, not keys: over a hundred samples they repeat.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b_1")
    >>> find(a * b, "b_1")
    [Value(3, name='b_1')]
    >>> find(a * b, "b1")  # empty, and so are `list(...)` and `len`
    []: no node is named 'b1': did you mean b_1?
    """
    return _found(topological_order(root), name)


def _found(order: Sequence[N], name: str) -> list[N]:
    nodes = [node for node in order if node.name == name]
    return nodes or NothingFound(name, (node.name for node in order))


class NothingFound(list[Any]):
    """An empty list that says what was looked for, and which names there are that are like it.

    >>> NothingFound("w5", ["w_5"])[0]
    Traceback (most recent call last):
    IndexError: no node is named 'w5': did you mean w_5?
    """

    def __init__(self, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__()
        self._name, self._known = name, dict.fromkeys(known)

    @property
    def sentence(self) -> str:
        """What there is to say.

        >>> NothingFound("speed", ["w_5"]).sentence
        "no node is named 'speed'"
        """
        meant = did_you_mean(self._name, self._known) if isinstance(self._name, str) else ""
        return f"no node is named {printable(repr(self._name))}" + (meant and f": {meant}")

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) or self:
            return super().__getitem__(place)
        raise IndexError(self.sentence)

    def __repr__(self) -> str:
        return f"[]: {self.sentence}" if not self else super().__repr__()


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

    def __init__(self, root: Node, *, stale: bool = False) -> None:
        self.root: Recorded = root
        self.order: list[Recorded] = topological_order(root)
        self.data: dict[Recorded, Number] = {node: node.data for node in self.order}
        self.gradients: dict[Recorded, Number] = {node: node.grad for node in self.order}
        self._kind = root.__class__
        if not stale:
            self._require_current()

    @classmethod
    def of(cls, root: Node | Graph) -> Graph:
        """The graph of a root; a Graph as it is.

        >>> from autograd import Value
        >>> graph = Graph.of(Value(2))
        >>> Graph.of(graph) is graph
        True
        """
        return root if isinstance(root, Graph) else cls(root)

    def require_unchanged(self) -> None:
        """A ValueError if a node was set since: for readers that record its operations again.

        >>> from autograd import Value
        >>> a = Value(2, "a")
        >>> graph = Graph(a * 3)
        >>> a.data = 5
        >>> graph.require_unchanged()
        Traceback (most recent call last):
        ValueError: Value(5, name='a') was 2 when this Graph was made: make it again
        """
        for node, data in self.data.items():
            if node.data is not data and node.data != data:
                raise ValueError(
                    f"{node!r} was {shown(data)} when this Graph was made: make it again"
                )

    def _require_current(self) -> None:
        for node, data in self.data.items():
            if node.operation is None:
                continue
            value, numbers = node.operation.value, self.numbers(node)
            try:
                now = value(*numbers)
            except FAULTS as error:
                if digits.gives(value, numbers, data):
                    continue
                raise _stale(node, error) from error
            if now == data or (now != now and data != data):  # a NaN differs from itself
                continue
            if not digits.gives(value, numbers, data):
                raise _stale(node, now)

    @cached_property
    def names(self) -> dict[Recorded, str]:
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
    def position(self) -> dict[Recorded, int]:
        """The place of each node in the topological order.

        >>> from autograd import Value
        >>> a, b = Value(2), Value(3)
        >>> c = a * b
        >>> [Graph(c).position[node] for node in (a, b, c)]
        [0, 1, 2]
        """
        return {node: place for place, node in enumerate(self.order)}

    @cached_property
    def uses(self) -> Counter[Recorded]:
        """How often each node is an operand.

        >>> from autograd import Value
        >>> a, b = Value(2), Value(3)
        >>> graph = Graph(a * a + b)
        >>> graph.uses[a], graph.uses[b], graph.uses[graph.root]
        (2, 1, 0)
        """
        return Counter(x for node in self.order for x in node.operands if self.has(x))

    @cached_property
    def live(self) -> set[Recorded]:
        """The nodes that a gradient of the root reaches; none through a side not taken.

        >>> from autograd import Value, maximum
        >>> a, b = Value(2), Value(3)
        >>> larger = maximum(a, b)
        >>> Graph(larger).live == {larger, b}
        True
        """
        return live(self.order, [self.root], self._passing)

    def has(self, x: Operand) -> bool:
        """Whether an operand is a node, not a plain number.

        >>> from autograd import Value
        >>> z = Value(2) * 3
        >>> [Graph(z).has(operand) for operand in z.operands]
        [True, False]
        """
        return x.__class__ is self._kind

    def is_given(self, node: Node) -> bool:
        """Whether a node was given, not computed: a leaf.

        >>> from autograd import Value
        >>> w = Value(2)
        >>> Graph(w * 3).is_given(w)
        True
        """
        return node.operation is None

    def numbers(self, node: Node) -> list[Number]:
        """The numbers of a node's operands.

        >>> from autograd import Value
        >>> z = Value(2) * 3
        >>> Graph(z).numbers(z)
        [2, 3]
        """
        return [self.data[x] if self.has(x) else x for x in node.operands]

    def local(self, node: Node) -> list[Number | None]:
        """The local derivative of a node in each operand, a number; of a leaf none.

        None where nothing passes: in a plain number, and on a side that a selection did not take.
        An error names the operation where there is no derivative (of the square root at 0).

        >>> from autograd import Value
        >>> z = Value(2) * 3
        >>> Graph(z).local(z)
        [3, None]
        """
        if node.operation is None:
            return []
        try:
            asked = [self.has(x) for x in node.operands]
            return list(node.operation.derivatives(self.data[node], self.numbers(node), asked))
        except FAULTS as error:
            raise of_derivative(error, node) from error

    def _passing(self, node: Node) -> Derivatives:
        """The local derivatives; the operands where there are none: nothing is known to be off."""
        try:
            return self.local(node)
        except FAULTS:
            return node.operands

    def is_off(self, node: Node) -> bool:
        """Whether the node selects, and has taken none of its operands (a relu at z <= 0).

        >>> from autograd import Value, relu
        >>> a = relu(Value(-0.5))
        >>> Graph(a).is_off(a)
        True
        """
        operation = node.operation
        if operation is None or not operation.selects:
            return False
        return not _passed(node, self._passing)

    def depending(self, *sources: Node) -> list[Recorded]:
        """The sources and what was computed from them, in topological order.

        >>> from autograd import Value
        >>> a, b = Value(2, "a"), Value(3, "b")
        >>> Graph(a * b).depending(b)
        [Value(3, name='b'), Value(6)]
        """
        return depending(self.order, sources)

    def find(self, name: str) -> list[Recorded]:
        """Every node of that name, in topological order.

        >>> from autograd import Value
        >>> Graph(Value(2, "a") * Value(3, "b")).find("b")
        [Value(3, name='b')]
        """
        return _found(self.order, name)

    def evaluate(self, given: Mapping[Recorded, Number]) -> dict[Recorded, Number]:
        """The number of every node, computed again with the numbers `given` in their place.

        >>> from autograd import Value
        >>> a, b = Value(2, "a"), Value(3, "b")
        >>> c = a * b
        >>> Graph(c + a).evaluate({b: 5})[c]
        10
        """
        numbers: dict[Recorded, Number] = {}
        for node in self.order:
            if node in given:
                numbers[node] = given[node]
            elif node.operation is None:
                numbers[node] = self.data[node]
            else:
                operands = [numbers[x] if self.has(x) else x for x in node.operands]
                numbers[node] = node.operation.value(*operands)
        return numbers


def _stale(node: Node, now: object) -> Exception:
    kind: Any = type(node.data)
    if kind.__eq__ is object.__eq__:
        return TypeError(
            f"whether {node!r} is stale cannot be seen: a {kind.__name__} has no __eq__"
        )
    return ValueError(
        f"{node!r} is stale, its operands give {shown(now)} now: run the forward pass again"
    )
