"""The loss of each sample, where a cost is the mean of them: J = 1/m (L^(1) + ... + L^(m)).

Some courses take the gradient in what one sample alone computes of that sample's own loss: dz^(i)
is dL^(i)/dz^(i), m times dJ/dz^(i), and the 1/m stands in the gradients of what samples share: dw =
1/m (dz^(1) x^(1) + ...). Both are the same numbers by another name; a notation says which it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
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

ADD, SUB, NEG, MUL, DIV, MEAN = (
    OPERATIONS[name] for name in ("add", "sub", "neg", "mul", "div", "mean")
)
TOLERANCE = 1e-12  # of m times 1/m


@dataclass(frozen=True)
class SampleLosses:
    """The mean that a cost is of its samples' losses, and what belongs to each sample alone.

    `samples` has the sample of every node whose gradient is that of its sample's own loss, 1 the
    first, in topological order; a parameter is none of them. A loss is 1/`parts` times the sum of
    its sample's `terms`; `losses` are those that are one term, by the sample. `like` is a number.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5], [1.5]]], [[0.1, 0]], ["linear"])
    >>> predictions = [model([1]), model([2])]
    >>> found = sample_losses(Graph(nn.mse(predictions, [[3, 4], [5, 6]])))
    >>> found.count, found.parts, found.numbers()[found.terms[0]]
    (2, 2, 0.5)
    >>> sample_losses(Graph(nn.mse(predictions[0], [3, 4]))) is None
    True
    """

    terms: Sequence[Value]
    samples: Mapping[Value, int]
    parts: int
    like: Any

    @cached_property
    def count(self) -> int:
        """How many samples there are, m."""
        return len({self.samples[term] for term in self.terms})

    @property
    def share(self) -> Any:
        """1/m, in the type of the graph."""
        return constant(Fraction(1, self.count), self.like)

    @cached_property
    def losses(self) -> Mapping[int, Value]:
        """The losses of the samples that are nodes."""
        is_each = self.parts == 1 and len(self.terms) == self.count
        return {self.samples[term]: term for term in self.terms} if is_each else {}

    def numbers(self) -> dict[Value, Any]:
        """The gradient of its own loss in each node of a sample."""
        inner = total(self.terms)
        every = inner if self.parts == 1 else inner / self.parts
        found = adjoint_numbers(every, [*self.samples, *dict.fromkeys((inner, every))])
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
        gradient, terms = dict[Value, Any](), set(self.terms)
        of_term = constant(1 if self.parts == 1 else Fraction(1, self.parts), self.like)
        for adjoint in found:
            node, recorded, paths = adjoint
            upstream = [gradient[result] for result, _ in paths]
            local = [each for _, each in paths]
            if not gradient and number_of(recorded) != 1:  # of the root: they are those of -cost
                of_term = -of_term
            if node in terms:
                recorded = of_term
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


def sample_losses(graph: Graph) -> SampleLosses | None:
    """The losses of the samples that the root of a graph is the mean of, or that mean and more, as
    a penalty; None where it is no such mean, or what one sample computes is used otherwise.

    The mean may be of all terms of all samples, and may be written by hand, as (l1 + l2)/2.
    """
    samples = samples_of(graph.order)
    own = {x: samples[x] for x in graph.order if x in samples and not _is_parameter(x)}
    terms: dict[Value, None] = {}
    mixed: dict[Value, None] = {}  # of several samples: the way from the terms to the root
    for node in graph.order:
        operands = () if graph.is_given(node) else node.operands
        if node in own:
            if any(map(terms.__contains__, _values(operands))):
                return None
            continue
        places = [at for at, x in enumerate(operands) if x in own or x in mixed]
        if places and not _is_linear(node, places):
            return None
        terms |= {operands[at]: None for at in places if operands[at] in own}
        mixed |= dict.fromkeys([node] if places else [])
    counts = Counter(own[term] for term in terms)
    if len(counts) < 2:
        return None
    shares = adjoint_numbers(graph.root, [*terms, *mixed])
    parts = _parts([shares[term] for term in terms], list(terms), len(counts))
    return SampleLosses(list(terms), own, parts, graph.root.data) if parts else None


def _is_linear(node: Value, places: Sequence[int]) -> bool:
    """Whether a node is a sum of its operands in these places, each with a factor."""
    operation, n = node.operation, len(node.operands) // 2
    if operation is MUL:
        return len(places) == 1
    if operation is DIV:
        return places == [0]
    if operation is dot:
        return all(at >= n for at in places) or all(at < n or at >= 2 * n for at in places)
    return operation in (ADD, SUB, NEG, MEAN, total)


def _parts(shares: Sequence[Any], terms: Sequence[Value], count: int) -> int:
    """Into how many parts a sample's loss is divided, whose mean has its terms with these shares;
    0 where no mean over samples has: the mean is over the terms too, or halved, or neither.
    """
    if any(share != shares[0] for share in shares):
        return 0
    each = sum(map(_summands, terms)) // count
    for parts in dict.fromkeys((1, 2, each, 2 * each)):
        product = shares[0] * (count * parts)
        is_inexact = isinstance(product, (float, Decimal))
        if product == 1 or (is_inexact and abs(product - 1) < TOLERANCE):
            return parts
    return 0


def _summands(term: Value) -> int:
    """How many terms are added up in one."""
    seen, waiting = {term}, [term]
    count = 0
    while waiting:
        node = waiting.pop()
        if node.operation in (ADD, total):
            new = [x for x in _values(node.operands) if x not in seen]
            seen.update(new)
            waiting += new
        else:
            count += 1
    return count


def _values(operands: Iterable[Any]) -> list[Value]:
    return [x for x in operands if x.__class__ is Value]


def _is_parameter(node: Value) -> bool:
    name = node.name
    return isinstance(name, Name) and name.quantity.role in (Role.WEIGHT, Role.BIAS)
