"""The derivatives of a recorded graph: reverse mode from one root, forward mode along one
direction.

Readers of the same rules: `backward` leaves the gradients on the nodes, `gradients` returns them
and touches no node, `adjoints` records them as a graph, which can be printed, drawn and
differentiated again, and `tangents` goes forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple

from autograd.errors import explained
from autograd.graph import depending, topological_order
from autograd.number_types import MIXED, constant, number_of
from autograd.operations import dot


def backward(root: Any) -> None:
    """Leave d(root)/d(node) on every node: afresh on inner nodes, on leaves added to what is there.

    Where an error stops it, the leaves keep the gradients that they had. The graph's numbers are
    taken as they are, not checked (that would cost as much as the forward pass): after an update of
    a leaf, run the forward pass again."""
    kind, order = root.__class__, topological_order(root)
    earlier = [
        (node, node.grad) for node in order if node.operation is None and node.grad is not None
    ]
    for node in order:
        node.grad = None
    root.grad, zero = constant(1, root.data), constant(0, root.data)
    try:
        for node in reversed(order):
            upstream = node.grad
            if upstream is None:  # only sides not taken led here
                node.grad = zero
                continue
            if node.operation is None:
                continue
            for operand, local in zip(
                node.operands, node.operation.local_derivatives(node), strict=True
            ):
                if local is not None and operand.__class__ is kind:
                    before = operand.grad
                    operand.grad = upstream * local if before is None else before + upstream * local
        node = root  # what is named from here on
        totals = [before + leaf.grad for leaf, before in earlier]
        if zero.__class__ is Fraction and float in map(
            type, (*(each.grad for each in order), *totals)
        ):
            raise TypeError(MIXED)
    except (ArithmeticError, TypeError, ValueError) as error:
        for unfinished in order:
            unfinished.grad = None
        for leaf, before in earlier:
            leaf.grad = before
        if node.operation is None:  # a leaf alone, whose gradient does not add to the one it had
            raise
        raise explained(error, node.operation, node.operands, "the derivative of ") from error
    for (leaf, _), gradient in zip(earlier, totals, strict=True):
        leaf.grad = gradient


class Adjoint(NamedTuple):
    """The gradient of the root in one node, and the paths it came by: (result, local derivative of
    that result).
    """

    node: Any
    gradient: Any
    paths: Sequence[tuple[Any, Any]]


def gradients(root: Any, wrt: Iterable[Any]) -> list[Any]:
    """d(root)/d(node) for each node in `wrt`, as numbers; no node is touched.

    A node that `root` was not computed from is a ValueError.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> gradients(a * b + a, [a, b])
    [4, 2]
    """
    wanted = list(wrt)
    order = depending(topological_order(root), wanted)
    found = {adjoint.node: adjoint.gradient for adjoint in adjoints(root, order, numbers=True)}
    for node in wanted:
        if node not in found:
            raise ValueError(
                f"{root!r} was not computed from {node!r}: there is no gradient between them"
            )
    return [found[node] for node in wanted]


def adjoints(
    root: Any, order: Sequence[Any] | None = None, numbers: bool = False
) -> Iterator[Adjoint]:
    """The gradient of every node, from the root down, each recorded as one node: dot(upstream,
    local derivatives).

    The root's own is the plain number 1. With `numbers=True` all are numbers, and nothing is
    recorded. `order` is what is wanted of the topological order: the gradients of its nodes, by the
    paths within it."""
    kind = root.__class__
    order = topological_order(root) if order is None else order
    paths: dict[Any, list[tuple[Any, Any]]] = {node: [] for node in order}
    gradient: dict[Any, Any] = {root: constant(1, root.data)}
    reached = live(order, [root])
    for node in reversed(order):
        if node is not root:
            gradient[node] = _gathered(root, numbers, paths[node], gradient)
        yield Adjoint(node, gradient[node], paths[node])
        if node.operation is None or (numbers and node not in reached):
            continue
        try:
            local, taken = _local_derivatives(node, numbers)
        except (ArithmeticError, TypeError, ValueError):
            if node not in reached:
                continue
            raise
        for operand, derivative, passes in zip(node.operands, local, taken, strict=True):
            if derivative is None or operand.__class__ is not kind or operand not in paths:
                continue
            if (node in reached and passes is not None) or _vanishes(gradient[node], derivative):
                paths[operand].append((node, derivative))


def live(order: Sequence[Any], roots: Iterable[Any]) -> set[Any]:
    """The nodes of a topological order that the roots depend on, past the sides that selections did
    not take.
    """
    found = set(roots)
    for node in reversed(order):
        if node in found and node.operation is not None:
            taken = _local_derivatives(node, True)[0] if node.operation.selects else node.operands
            operands = zip(node.operands, taken, strict=True)
            found.update(
                x for x, passes in operands if passes is not None and x.__class__ is node.__class__
            )
    return found


def tangents(
    order: Iterable[Any], given: Mapping[Any, Any], numbers: bool = False
) -> dict[Any, Any]:
    """Forward mode: the derivative of every node of a topological order in the direction `given`
    for some of them.

    Each is recorded as one node, dot(local derivatives, tangents of the operands), or
    (`numbers=True`) a number. A node that does not move has no entry."""
    moving = dict(given)
    for node in order:
        if node.operation is None or node in moving:
            continue
        local, taken = _local_derivatives(node, numbers)
        terms = [
            (derivative, moving[operand])
            for operand, derivative, passes in zip(node.operands, local, taken, strict=True)
            if passes is not None and operand.__class__ is node.__class__ and operand in moving
        ]
        if terms:
            moving[node] = _dot(node, numbers, chain.from_iterable(zip(*terms, strict=True)), node)
    return moving


def _local_derivatives(node: Any, numbers: bool) -> tuple[Sequence[Any], Sequence[Any]]:
    """The local derivatives, and the same with None for every side that a selection did not take."""
    try:
        local = node.operation.local_derivatives(node, numbers)
        return local, node.operation.local_derivatives(
            node
        ) if node.operation.selects and not numbers else local
    except (ArithmeticError, TypeError, ValueError) as error:
        raise explained(error, node.operation, node.operands, "the derivative of ") from error


def _vanishes(upstream: Any, local: Any) -> bool:
    """Whether a path over a side not taken shows as 0; where its numbers are NaN or infinite it is
    left out.
    """
    try:
        return bool(number_of(upstream) * number_of(local) == 0)
    except ArithmeticError:  # Decimals do not multiply 0 by an infinity
        return False


def _gathered(
    root: Any, numbers: bool, paths: Sequence[tuple[Any, Any]], gradient: Mapping[Any, Any]
) -> Any:
    """The sum over the paths of upstream * local; 0 where there are none."""
    if paths:
        operands = (*(gradient[result] for result, _ in paths), *(local for _, local in paths))
        return _dot(root, numbers, operands, paths[0][0])
    zero = constant(0, root.data)
    return zero if numbers else root.__class__(zero)


def _dot(like: Any, numbers: bool, operands: Iterable[Any], result: Any) -> Any:
    """The dot product as a number of the type of `like`, or recorded; an error names the result
    that led to it.
    """
    operands = tuple(operands)
    if not numbers:
        return like.record(dot, operands)
    try:
        number = dot.value(*operands)
        if number.__class__ is float and like.data.__class__ is Fraction:
            raise TypeError(MIXED)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise explained(error, result.operation, result.operands, "the derivative of ") from error
    return number
