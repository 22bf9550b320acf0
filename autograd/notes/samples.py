"""Which sample of a batch each node of a graph belongs to, where a batch runs through a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autograd.notes.meaning import Role
from autograd.notes.notation import Name
from autograd.reading import Value, dot

SEVERAL = 0  # what is computed from more than one sample


def samples_of(order: Sequence[Value]) -> dict[Value, int]:
    """The sample of each node that belongs to one alone, 1 the first, for a topological order.

    A sample is a pass: the inputs that a network's first layer was computed from. Passes of later
    parameters over the same inputs, after an update, are of the same sample.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5]]], [[0.1]], ["linear"])
    >>> loss = nn.over(nn.squared_error, [model([1]), model([2])], [3, 4])
    >>> from autograd import topological_order
    >>> samples = samples_of(topological_order(loss))
    >>> [samples.get(node) for node in topological_order(loss)]
    [None, 1, None, 1, 1, 2, 2, 2, None]
    """
    found: dict[Value, int] = {}
    passes: dict[tuple[object, ...], int] = {}
    repeated: Counter[tuple[object, ...]] = Counter()
    for node in order:
        sample = _of_operands(found, node)
        if sample is None and _is_preactivation(node):
            inputs = tuple(map(id, dot.parts(node.operands)[1]))
            again = (id(node.operands[0]), inputs)
            sample = passes.setdefault((inputs, repeated[again]), len(passes) + 1)
            repeated[again] += 1
        if sample is not None:
            found[node] = sample
    for node in reversed(order):
        for operand in node.operands:
            if operand.__class__ is Value and operand.operation is None:
                sample = _common(found.get(operand), found.get(node))
                if sample is not None:
                    found[operand] = sample
    return {node: sample for node, sample in found.items() if sample}


def _is_preactivation(node: Value) -> bool:
    name = node.name
    return (
        isinstance(name, Name)
        and name.quantity.role is Role.PREACTIVATION
        and node.operation is not None
    )


def _of_operands(found: dict[Value, int], node: Value) -> int | None:
    """The sample that all operands which belong to one agree in; None where none does."""
    sample = None
    for operand in node.operands:
        if operand.__class__ is Value and operand in found:
            sample = _common(sample, found[operand])
    return sample


def _common(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one if one == other else SEVERAL
