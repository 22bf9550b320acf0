"""The cross-entropy that ends a network, and whether its error term is prediction minus target.

A = softmax(Z) or sigmoid(Z);  L = -1/m*sum(Y * log(A));  dZ = 1/m*(A - Y)

The predictions are the outputs of the last layer, or P, where the loss is one of logits. The engine
has the same gradients by the chain rule, or in a form that loses no digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.notes.cross_entropies import class_in_loss
from autograd.notes.matrices import Head, Network, Rows
from autograd.reading import FAULTS, OPERATIONS, number_of

OF_PROBABILITY, OF_LOGIT, OF_LOGITS, LOG, SHARE, SIGMOID = (
    OPERATIONS[name]
    for name in (
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "cross_entropy_with_logits",
        "log",
        "softmax_share",
        "sigmoid",
    )
)


class CrossEntropy(NamedTuple):
    """A cross-entropy over the predictions of a network, laid out as its outputs are.

    Each row of `probabilities` is a class, or one output that is a probability alone, where
    `is_binary`. `is_of_logits` where no layer of the network gives them. `is_difference` where the
    gradient in Z is share * (probabilities - targets).
    """

    head: Head
    probabilities: Rows
    is_of_logits: bool
    is_difference: bool

    @property
    def is_binary(self) -> bool:
        """Whether each output has a loss of its own."""
        return self.head.operation in (OF_PROBABILITY, OF_LOGIT)

    @property
    def has_log_of_0(self) -> bool:
        """Whether a probability is 0, whose logarithm the loss leaves out."""
        impossible = (0, 1) if self.is_binary else (0,)
        return any(p == x for row in self.probabilities for p in row for x in impossible)


def cross_entropy_of(network: Network) -> CrossEntropy | None:
    """The cross-entropy of the last layer's outputs; None where the loss is another.

    >>> import nn
    >>> from autograd import Graph
    >>> model = nn.MLP.from_weights([[[1.0], [1.0]]], None, ["softmax"])
    >>> found = cross_entropy_of(Network(Graph(nn.cross_entropy(model([3.0]), 1))))
    >>> found.probabilities, found.head.targets, found.is_difference
    ([[0.5], [0.5]], [[0], [1]], True)
    """
    try:
        if network.head is not None:
            return _of_each_output(network, network.head)
        if network.layers[-1].softmax:
            return _of_classes(network, _of_softmax(network), is_of_logits=False)
        if network.layers[-1].is_linear:
            return _of_classes(network, _of_logits(network), is_of_logits=True)
    except (*FAULTS, TypeError, AttributeError):  # numbers that have no such function or order
        pass
    return None


def _of_each_output(network: Network, head: Head) -> CrossEntropy | None:
    last = network.layers[-1]
    if head.operation is OF_PROBABILITY and last.activation is SIGMOID:
        return CrossEntropy(head, [[a.data for a in row] for row in last.outputs], False, True)
    if head.operation is OF_LOGIT and last.is_linear:
        rows = [[SIGMOID.value(z.data) for z in row] for row in last.sums]
        return CrossEntropy(head, rows, True, True)
    return None


# --- of classes -----------------------------------------------------------------------------------


def _of_classes(network: Network, head: Head | None, is_of_logits: bool) -> CrossEntropy | None:
    if head is None:
        return None
    found = probabilities(network)
    is_difference = _is_only_path(network, head) and _is_difference(network, head, found)
    return CrossEntropy(head, found, is_of_logits, is_difference)


def probabilities(network: Network) -> Rows:
    """The softmax of the last layer's sums: the graph's own where it has them.

    >>> import nn
    >>> from autograd import Graph
    >>> model = nn.MLP.from_weights([[[1.0], [1.0]]], None, ["softmax"])
    >>> probabilities(Network(Graph(nn.cross_entropy(model([3.0]), 1))))
    [[0.5], [0.5]]
    """
    last = network.layers[-1]
    columns = [[z.data for z in column] for column in zip(*last.sums, strict=True)]
    return [
        [
            a.data if last.softmax and a is not None else SHARE.value(z.data, *column)
            for a, z, column in zip(outputs, sums, columns, strict=True)
        ]
        for outputs, sums in zip(last.outputs, last.sums, strict=True)
    ]


def _of_softmax(network: Network) -> Head | None:
    """-log(a) of each class times its share; a class that has none has the target 0."""
    found = [
        [None if a is None else class_in_loss(a, network.only_result) for a in row]
        for row in network.layers[-1].outputs
    ]
    each = [pair for row in found for pair in row if pair is not None]
    if not each or any(loss is None or not _is_given(target) for target, loss in each):
        return None
    targets = [[pair[0] if pair else 0 for pair in row] for row in found]
    return _head(network, LOG, [[pair and pair[1] for pair in row] for row in found], targets)


def _of_logits(network: Network) -> Head | None:
    """One node of all logits and targets of a sample."""
    terms: Rows = []
    targets: Rows = []
    for column in zip(*network.layers[-1].sums, strict=True):
        loss = network.only_result(column[0])
        n = len(column)
        if (
            loss is None
            or loss.operation is not OF_LOGITS
            or len(loss.operands) != 2 * n
            or not _same(loss.operands[:n], column)
        ):
            return None
        if not all(map(_is_given, loss.operands[n:])):
            return None
        terms.append([loss] * n)
        targets.append(list(loss.operands[n:]))
    return _head(network, OF_LOGITS, _transposed(terms), _transposed(targets))


def _head(network: Network, operation: Any, terms: Rows, targets: Rows) -> Head | None:
    """The head, where each sample has one loss and all of them the same share in the root."""
    by_sample = [{x for x in column if x is not None} for column in zip(*terms, strict=True)]
    losses = set().union(*by_sample)
    if any(len(column) != 1 for column in by_sample):
        return None
    shares = [network.gradient[loss] for loss in losses]
    if any(share != shares[0] for share in shares):
        return None
    return Head(operation, terms, targets, shares[0])


def _is_given(target: Any) -> bool:
    """Whether a target is a number, or a Value that is computed from nothing."""
    return getattr(target, "operation", None) is None


def _is_only_path(network: Network, head: Head) -> bool:
    """Whether all that the last layer's sums are used for goes into the losses."""
    terms = {term for row in head.terms for term in row}
    waiting = [z for row in network.layers[-1].sums for z in row]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if node is network.graph.root:
            return False
        found = {x for x, _ in network.uses(node)} - terms - seen
        seen |= found
        waiting += found
    return True


def _is_difference(network: Network, head: Head, found: Rows) -> bool:
    """Whether each gradient is share * (probability - target), as where targets add up to 1."""
    tolerance = 1e-12 * abs(float(head.share))
    rows = zip(found, head.targets, network.layers[-1].sums, strict=True)
    return all(
        math.isclose(
            head.share * (p - number_of(y)), network.gradient[z], rel_tol=0, abs_tol=tolerance
        )
        for row in rows
        for p, y, z in zip(*row, strict=True)
    )


def _same(given: Sequence[Any], nodes: Sequence[Any]) -> bool:
    return all(x is node for x, node in zip(given, nodes, strict=True))


def _transposed(rows: Rows) -> Rows:
    return [list(row) for row in zip(*rows, strict=True)]
