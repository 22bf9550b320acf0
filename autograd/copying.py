"""Copies and pickles of recorded graphs, at any depth: node by node in topological order, with
nothing recursive.

What is shared stays shared, between several roots too.
"""

from __future__ import annotations

import operator
from threading import RLock
from typing import Any
from weakref import WeakValueDictionary

from autograd.entry import N, Node, Operation
from autograd.graph import depth_first, topological_order
from autograd.number_types import Number, Operand


def copied(node: N) -> N:
    """Another node with the same operands."""
    another: N = _restored(node.__class__, node.operands, *_state(node))
    return another


def deep_copied(root: N, memo: dict[int, Any]) -> N:
    """A copy of the graph; `memo` is that of `copy.deepcopy`, the copies by the identity of what
    they are of.
    """
    kind = root.__class__
    for node in depth_first(root, memo.setdefault(id(_SEEN), {})):
        if id(node) not in memo:
            operands = tuple(memo[id(x)] if x.__class__ is kind else x for x in node.operands)
            memo[id(node)] = _restored(kind, operands, *_state(node))
    copy: N = memo[id(root)]
    return copy


_SEEN = object()  # under its identity a memo holds the nodes of all roots that it was called on


def pickled(root: Node) -> tuple[Any, ...]:
    """What `__reduce__` gives: the nodes in topological order, so that each finds its operands in
    pickle's memo.
    """
    with _LOCK:
        nodes = [_PICKLED.setdefault(id(node), _Pickled(node)) for node in topological_order(root)]
    return operator.getitem, (nodes, -1)


class _Pickled:
    """What pickle sees of one node: its state, without a walk through its graph.

    One for each node while a pickler holds it, whichever root it is reached from: pickle knows what
    it saw by identity.
    """

    __slots__ = ("__weakref__", "node")

    def __init__(self, node: Node) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Any, ...]:
        node = self.node
        kind = node.__class__
        operands = tuple(_PICKLED[id(x)] if x.__class__ is kind else x for x in node.operands)
        return _restored, (kind, operands, *_state(node))


_PICKLED: WeakValueDictionary[int, _Pickled] = WeakValueDictionary()
_LOCK = RLock()


def _state(node: Any) -> tuple[Any, ...]:
    return node._data, node.grad, node.name, node.operation, getattr(node, "line", None)


def _restored(
    kind: type[N],
    operands: tuple[Operand, ...],
    data: Number,
    grad: Number | None,
    name: str,
    operation: Operation | None,
    line: Any,
) -> N:
    node: Any = object.__new__(kind)
    node._data = data
    node.grad = grad
    node.name = name
    node.operation = operation
    node.operands = operands
    if line is not None:
        node.line = line
    restored: N = node
    return restored
