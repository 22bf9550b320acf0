"""The derivatives of a recorded graph: four passes over its topological order.

            over numbers         recorded, to be printed, drawn, differentiated again
    reverse `adjoint_numbers`    `adjoints`     from the root down, the gradient in every node
    forward `tangent_numbers`    `tangents`     along one direction, every node's derivative

`backward` leaves the numbers of reverse mode on the nodes, `gradients` returns them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, repeat
from threading import RLock
from typing import Any, NamedTuple

from autograd.entry import Derivatives, N, Node, taken
from autograd.errors import FAULTS, of_derivative
from autograd.graph import depending, depth_first, live, moves, moving, topological_order
from autograd.number_types import MIXED, Number, Operand, constant, kept, number_of
from autograd.operations import dot

_WRITING = RLock()  # what a leaf has is read and written again; a hook or a signal may come back


def backward(root: Node) -> None:
    """Leave d(root)/d(node) on every node: afresh on inner nodes, on leaves added to what is there.

    All is written at once, at the end, where nothing can stop it, and by one thread at a time.
    Where a derivative fails on a path that no leaf changes, its inner nodes get None: relu(x) at
    x < 0 in sqrt(relu(x)).
    """
    gradient: dict[Any, Number] = _past_dead_paths(root)
    # One line, so that none is left where Ctrl-C could come after the writing.
    with _WRITING: _write(root, gradient)  # fmt: skip # noqa: E701


def _write(root: Node, gradient: dict[Any, Number]) -> None:
    earlier = [node for node in gradient if node.operation is None and node.grad is not None]
    try:
        for leaf in earlier:
            found = gradient[leaf]
            gradient[leaf] = kept(leaf.grad + found, (leaf.grad, found))
    except FAULTS as error:
        raise of_derivative(error, root) from error
    # Not a loop: map and deque run in C, where Ctrl-C cannot come between two nodes.
    deque(map(setattr, gradient, repeat("grad"), gradient.values()), maxlen=0)


def gradients(root: N, wrt: Iterable[N]) -> list[Number]:
    """d(root)/d(node) for each node in `wrt`, as numbers; no node is touched.

    A node that `root` was not computed from is a ValueError.

    >>> from autograd import Value
    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> gradients(a * b + a, [a, b])
    [4, 2]
    """
    wanted = list(wrt)
    for node in wanted:
        if not hasattr(node, "operands"):
            raise TypeError(
                f"gradients are asked in a list of Values, not in a {type(node).__name__}"
            )
    order = topological_order(root)
    for node in set(wanted).difference(order):
        raise ValueError(
            f"{root!r} was not computed from {node!r}: there is no gradient between them"
        )
    found = _past_dead_paths(root, wanted, depending(order, wanted))
    return [found[node] for node in wanted]


def _past_dead_paths(
    root: N, sources: Sequence[N] = (), part: Sequence[N] | None = None
) -> dict[N, Number]:
    """`adjoint_numbers`; where a derivative fails, without the paths that change no source.

    The sources are the leaves, unless given. What is on those paths alone has None.
    """
    try:
        return adjoint_numbers(root, part)
    except FAULTS:
        order = topological_order(root)
    sources = sources or [node for node in order if node.operation is None]
    return dict.fromkeys(order) | adjoint_numbers(root, moving(order, sources))


# --- reverse --------------------------------------------------------------------------------------


def adjoint_numbers(root: N, part: Sequence[N] | None = None) -> dict[N, Number]:
    """The gradient of the root in every node, or in those of a `part` of the topological order."""
    kind = root.__class__
    # The search marks what it has seen in this mapping: None until a gradient arrives.
    gradient: dict[N, Any] = dict.fromkeys(part or ())
    order = depth_first(root, gradient) if part is None else part
    within = None if part is None else gradient
    gradient[root], zero = constant(1, root.data), constant(0, root.data)
    try:
        for node in reversed(order):
            upstream, operation = gradient[node], node.operation
            if upstream is None:  # only sides not taken led here
                gradient[node] = zero
            elif operation is not None:
                # As many as operands; `strict` would double what this loop costs.
                for operand, local in zip(node.operands, operation.local_derivatives(node, within)):
                    if local is not None and operand.__class__ is kind:
                        try:
                            before = gradient[operand]
                        except KeyError:  # not in the part
                            continue
                        product = upstream * local
                        gradient[operand] = product if before is None else before + product
    except FAULTS as error:
        raise of_derivative(error, node) from error
    if zero.__class__ is Fraction and float in map(type, gradient.values()):
        raise of_derivative(TypeError(MIXED), _first_inexact(gradient, order))
    return gradient


def _first_inexact(gradient: Mapping[N, Number], order: Sequence[N]) -> N:
    """The first result from the root down whose local derivative made a float of a Fraction."""

    def local(node: N) -> Derivatives:
        return node.operation.local_derivatives(node, gradient) if node.operation else ()

    reached = live(order, order[-1:], local)  # on a side not taken a derivative may fail
    for node in reversed(order):
        if node in reached and any(derivative.__class__ is float for derivative in local(node)):
            return node
    return order[-1]


class Adjoint(NamedTuple):
    """The gradient of the root in one node, and the paths it came by.

    A path is a result that the node is an operand of, and the local derivative of that result.
    """

    node: Any
    gradient: Operand
    paths: Sequence[tuple[Any, Operand]]


def adjoints(root: N, part: Sequence[N] | None = None, seed: int = 1) -> Iterator[Adjoint]:
    """The gradient in every node, from the root down, recorded: dot(upstream, local derivatives).

    The root's own is the plain number 1; a `seed` of -1 gives the gradients of -root. A `part` of
    the topological order gives the gradients in its nodes, by the paths within it.
    """
    kind: Any = root.__class__
    order = topological_order(root) if part is None else part
    reached = live(order, [root])
    paths: dict[N, list[tuple[N, Operand]]] = {node: [] for node in order}
    gradient: dict[N, Operand] = {root: constant(seed, root.data)}
    for node in reversed(order):
        if node is not root:
            pairs = [(gradient[result], local) for result, local in paths[node]]
            zero = constant(0, root.data)
            gradient[node] = _recorded_sum(root, pairs) if pairs else kind(zero)
        yield Adjoint(node, gradient[node], paths[node])
        for operand, local, passes in _recorded_paths(node, paths, node in reached):
            if passes or _vanishes(gradient[node], local):
                paths[operand].append((node, local))


def _recorded_paths(
    node: N, within: Container[N], reached: bool
) -> Iterator[tuple[N, Operand, bool]]:
    """Each operand within, the local derivative, and whether the gradient really goes there."""
    if node.operation is None:
        return
    try:
        recorded = node.operation.recorded_derivatives(node, within)
        numbers = node.operation.local_derivatives(node) if node.operation.selects else recorded
    except FAULTS as error:
        if reached:
            raise of_derivative(error, node) from error
        return
    for operand, local, number in zip(node.operands, recorded, numbers, strict=True):
        if local is not None:
            yield operand, local, reached and number is not None


def _vanishes(upstream: Operand, local: Operand) -> bool:
    """Whether a path over a side not taken may be shown, as 0; a NaN is left out."""
    try:
        return bool(number_of(upstream) * number_of(local) == 0)
    except ArithmeticError:  # Decimals do not multiply 0 by an infinity
        return False


# --- forward --------------------------------------------------------------------------------------


def tangent_numbers(order: Iterable[N], given: Mapping[N, Number]) -> dict[N, Number]:
    """The derivative of every node of a topological order in the direction `given` for some.

    A node that does not move, one given a 0 too, has no entry.
    """
    found = {node: tangent for node, tangent in given.items() if taken(tangent) is not None}
    for node in order:
        if node in given or not moves(node, found):
            continue
        operation: Any = node.operation  # there is one: a leaf does not move
        try:
            local = operation.local_derivatives(node, found)
            pairs = _moving_pairs(node, local, found)
            number = dot.value(*_factors(pairs)) if pairs else constant(0, node.data)
            found[node] = kept(number, [node.data])
        except FAULTS as error:
            raise of_derivative(error, node) from error
    return found


def tangents(order: Iterable[N], given: Mapping[N, Operand]) -> dict[N, Operand]:
    """The same recorded, each as one node: dot(local derivatives, tangents of the operands)."""
    found = {node: tangent for node, tangent in given.items() if taken(tangent) is not None}
    for node in order:
        if node in given or not moves(node, found):
            continue
        paths = _recorded_paths(node, found, reached=True)
        pairs = [(local, found[operand]) for operand, local, passes in paths if passes]
        found[node] = _recorded_sum(node, pairs) if pairs else constant(0, node.data)
    return found


def _moving_pairs(
    node: N, local: Derivatives, found: Mapping[N, Number]
) -> list[tuple[Number, Number]]:
    """The local derivatives in the operands that move, each with the operand's tangent."""
    return [
        (derivative, found[operand])
        for operand, derivative in zip(node.operands, local, strict=True)
        if derivative is not None and operand.__class__ is node.__class__ and operand in found
    ]


def _recorded_sum(like: Node, pairs: Sequence[tuple[Operand, Operand]]) -> Operand:
    """The sum of the products, one node."""
    return like.record(dot, _factors(pairs))


def _factors(pairs: Sequence[tuple[Operand, Operand]]) -> tuple[Operand, ...]:
    """The operands that `dot` takes for these products: all first factors, then all second ones."""
    return tuple(chain.from_iterable(zip(*pairs, strict=True)))
