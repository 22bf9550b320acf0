"""The loss of each sample, where a cost is the mean of them: J = 1/m (L^(1) + ... + L^(m)).

Some courses take the gradient in what one sample alone computes of that sample's own loss: dz^(i)
is dL^(i)/dz^(i), m times dJ/dz^(i), and the 1/m stands in the gradients of what samples share: dw =
1/m (dz^(1) x^(1) + ...). Both are the same numbers by another name; a notation says which it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.notes.meaning import Role
from autograd.notes.notation import Name
from autograd.notes.samples import samples_of
from autograd.reading import (
    OPERATIONS,
    Adjoint,
    Graph,
    Value,
    adjoint_numbers,
    constant,
    dot,
    number_of,
    record,
    total,
)

MEAN, SUMS = OPERATIONS["mean"], (OPERATIONS["add"], total)


@dataclass(frozen=True, slots=True)
class SampleLosses:
    """The mean that a cost is of its samples' losses, and what belongs to each sample alone.

    `samples` has the sample of every node whose gradient is that of its sample's own loss, 1 the
    first, in topological order; a parameter is none of them. `losses` are those of the samples.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5]]], [[0.1]], ["linear"])
    >>> cost = nn.over(nn.squared_error, [model([1]), model([2])], [3, 4])
    >>> found = sample_losses(Graph(cost))
    >>> found.count, found.numbers()[found.mean.operands[1]]
    (2, 1.0)
    >>> sample_losses(Graph(nn.squared_error(model([1]), 3))) is None
    True
    """

    mean: Value
    samples: Mapping[Value, int]
    losses: Mapping[int, Value]

    @property
    def count(self) -> int:
        """How many samples there are, m."""
        return len(self.mean.operands)

    @property
    def share(self) -> Any:
        """1/m, in the type of the graph."""
        operation: Any = self.mean.operation
        return operation.local_derivatives(self.mean)[0]

    def numbers(self) -> dict[Value, Any]:
        """The gradient of its own loss in each node of a sample."""
        every = total(self.mean.operands)
        found = adjoint_numbers(every, [*self.samples, every])
        return {node: found[node] for node in self.samples}

    def is_mean_of(self, adjoint: Adjoint) -> bool:
        """Whether a gradient is 1/m times what comes from the samples, and what comes otherwise."""
        comes = any(result in self.samples for result, _ in adjoint.paths)
        return comes and adjoint.node not in self.samples

    def factors(self, adjoint: Adjoint) -> list[tuple[Any, ...]]:
        """What each path of such a gradient is the product of: 1/m, if it comes from a sample, the
        upstream gradient and the local derivative.
        """
        (share, *above), (inner, *local) = _halves(adjoint.gradient.operands)
        from_samples = zip(*_halves(inner.operands), strict=True)
        others = zip(above, local, strict=True)
        return [
            (share, *next(from_samples)) if result in self.samples else next(others)
            for result, _ in adjoint.paths
        ]

    def turned(
        self, adjoint: Adjoint, gradient: Mapping[Value, Any]
    ) -> dict[Value, tuple[Any, ...]]:
        """The operands of such a gradient and of the sum in it with the local derivatives first,
        after 1/m; the upstream ones are as they are called.
        """
        (share, *_), (inner, *_) = _halves(adjoint.gradient.operands)
        pairs = {True: list[tuple[Any, Any]](), False: [(share, inner)]}
        for result, local in adjoint.paths:
            pairs[result in self.samples].append((local, gradient[result]))
        return {inner: _factors(pairs[True]), adjoint.gradient: _factors(pairs[False])}

    def own(self, found: Iterable[Adjoint]) -> Iterator[Adjoint]:
        """The recorded gradients, from the root down, as those of the samples' own losses."""
        gradient, losses = dict[Value, Any](), set(self.mean.operands)
        for adjoint in found:
            node, recorded, paths = adjoint
            upstream = [gradient[result] for result, _ in paths]
            local = [each for _, each in paths]
            if node in losses:
                recorded = _sign(gradient[self.mean], self.mean)
            elif self.is_mean_of(adjoint):
                recorded = self.mean_gradient(adjoint, upstream)
            elif paths:
                recorded = record(dot, (*upstream, *local))
            gradient[node] = recorded
            yield Adjoint(node, recorded, paths)

    def mean_gradient(self, adjoint: Adjoint, upstream: Sequence[Any]) -> Value:
        """1/m times the sum over the samples, and what comes by other paths."""
        inner: list[tuple[Any, Any]] = []
        others: list[tuple[Any, Any]] = []
        for (result, local), above in zip(adjoint.paths, upstream, strict=True):
            (inner if result in self.samples else others).append((above, local))
        pairs = [(self.share, record(dot, _factors(inner))), *others]
        return record(dot, _factors(pairs))


def _factors(pairs: Iterable[tuple[Any, Any]]) -> tuple[Any, ...]:
    first, second = zip(*pairs, strict=True)
    return (*first, *second)


def _halves(operands: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    count = len(operands) // 2
    return operands[:count], operands[count:]


def _sign(gradient: Any, mean: Value) -> Any:
    """1, or -1 where the gradients are those of -cost: what the mean's own gradient is."""
    return constant(1 if number_of(gradient) == 1 else -1, mean.data)


def sample_losses(graph: Graph) -> SampleLosses | None:
    """The losses of the samples that the root of a graph is the mean of, or that mean and more, as
    a penalty; None where it is no such mean, or what one sample computes is used otherwise.
    """
    sums = _sums_of(graph)
    if all(node.operation is not MEAN for node in sums):
        return None
    samples = samples_of(graph.order)
    means = [node for node in sums if _is_over_samples(node, samples)]
    if len(means) != 1 or adjoint_numbers(graph.root, sums)[means[0]] != 1:
        return None
    (mean,) = means
    known = (node for node in graph.order if node in samples and not _is_parameter(node))
    own = {node: samples[node] for node in known}
    for node in graph.order:
        operands = () if graph.is_given(node) else node.operands
        if node not in own and node is not mean and any(map(own.__contains__, _values(operands))):
            return None
    return SampleLosses(mean, own, {own[loss]: loss for loss in mean.operands})


def _sums_of(graph: Graph) -> list[Value]:
    """The root and the summands of it and of each other, in topological order."""
    found, waiting = {graph.root}, [graph.root]
    while waiting:
        node = waiting.pop()
        if node.operation in SUMS and not graph.is_given(node):
            new = set(_values(node.operands)) - found
            found |= new
            waiting += new
    return [node for node in graph.order if node in found]


def _is_over_samples(node: Value, samples: Mapping[Value, int]) -> bool:
    """Whether a node is the mean of several samples' losses, one of each."""
    of_operands = list(map(samples.get, node.operands))
    each = {sample for sample in of_operands if sample is not None}
    return node.operation is MEAN and len(each) == len(of_operands) > 1


def _values(operands: Iterable[Any]) -> list[Value]:
    return [x for x in operands if x.__class__ is Value]


def _is_parameter(node: Value) -> bool:
    name = node.name
    return isinstance(name, Name) and name.quantity.role in (Role.WEIGHT, Role.BIAS)
