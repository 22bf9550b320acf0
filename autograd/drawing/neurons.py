"""Which nodes belong together: neurons, inputs and loss, found by names in the notes' notation.

A name such as w_10^1, b_1^1, z_1^1 or a_1^1 says layer and neuron. A node without such a name goes
with what it is computed for; what is computed from the last layer is the loss. A graph without such
names has no groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from autograd.notes.notation import NOTES, Notation
from autograd.reading import Value


class Role(Enum):
    """What a name or a place makes of a node."""

    WEIGHT = "weight"
    BIAS = "bias"
    INPUT = "input"
    TARGET = "target"
    RESULT = ""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A neuron; layer 0 holds the inputs, and `LOSS` comes after the last layer."""

    layer: int
    neuron: int = 0


INPUTS = Group(0)
LOSS = Group(2**31)


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each node that has one, and the role of each node."""

    of: Mapping[Value, Group]
    roles: Mapping[Value, Role]

    def title(self, group: Group) -> str:
        """What stands over a group: "hidden neuron 1", "output neuron"."""
        if group in (INPUTS, LOSS):
            return "inputs" if group == INPUTS else "loss"
        neurons = {member for member in self.of.values() if member not in (INPUTS, LOSS)}
        layers = sorted({member.layer for member in neurons})
        if len(layers) == 1 and LOSS not in self.of.values():
            return f"layer {group.layer}, neuron {group.neuron}"
        if group.layer == layers[-1]:
            alone = sum(member.layer == group.layer for member in neurons) == 1
            return "output neuron" if alone else f"output neuron {group.neuron}"
        hidden = f"hidden layer {group.layer}, neuron" if len(layers) > 2 else "hidden neuron"
        return f"{hidden} {group.neuron}"


def groups_of(nodes: Sequence[Value], notation: Notation = NOTES) -> Groups:
    """The groups of a graph, given in topological order.

    >>> w, a, b = Value(2, "w_00^1"), Value(3, "a_0^0"), Value(1, "b_0^1")
    >>> product = w * a
    >>> z = product + b
    >>> z.name = "z_0^1"
    >>> groups_of([w, a, product, b, z]).of[product]
    Group(layer=1, neuron=0)
    """
    named = {node: place for node in nodes if (place := _placed(node.name, notation)) is not None}
    computed = any(node.operation is not None and group.layer for node, (_, group) in named.items())
    learnt = any(role in (Role.WEIGHT, Role.BIAS) for role, _ in named.values())
    roles = {node: _role(node, named) for node in nodes}
    if not (computed and learnt):
        return Groups({}, roles)
    groups: dict[Value, Group] = {}
    results: dict[Value, list[Group | None]] = {node: [] for node in nodes}
    for node in reversed(nodes):
        group = _group(node, named, results[node], roles[node])
        if group is not None:
            groups[node] = group
        if group == LOSS and node.operation is None:
            roles[node] = Role.TARGET
        for operand in node.operands:
            if isinstance(operand, Value):
                results[operand].append(group)
    return Groups(groups, roles)


def _placed(name: str, notation: Notation) -> tuple[Role, Group] | None:
    for role, pattern in (
        (Role.WEIGHT, notation.weight_pattern),
        (Role.BIAS, notation.bias_pattern),
        (Role.RESULT, notation.preactivation_pattern),
        (Role.RESULT, notation.activation_pattern),
    ):
        shape = re.escape(pattern).replace(r"\{indices\}", "(?P<indices>[0-9,]+)")
        found = re.fullmatch(shape.replace(r"\{layer\}", "(?P<layer>[0-9]{1,6})"), name)
        if found is None:
            continue
        indices = found["indices"].split(",")
        if role is Role.WEIGHT and len(indices) == 1:
            indices = list(found["indices"])  # w_10^1: neuron 1, source 0
        if len(indices) != (2 if role is Role.WEIGHT else 1) or not all(indices):
            continue
        return role, Group(int(found["layer"]), int(indices[0]))
    return None


def _role(node: Value, named: Mapping[Value, tuple[Role, Group]]) -> Role:
    if node.operation is not None:
        return Role.RESULT
    role = named[node][0] if node in named else Role.INPUT
    return Role.INPUT if role is Role.RESULT else role


def _group(
    node: Value,
    named: Mapping[Value, tuple[Role, Group]],
    results: Sequence[Group | None],
    role: Role,
) -> Group | None:
    if role is Role.INPUT and (
        node in named or any(group not in (LOSS, None) for group in results)
    ):
        return INPUTS
    if node in named:
        group = named[node][1]
        return INPUTS if group.layer == 0 else group
    places = set(results)
    if places <= {LOSS}:
        return LOSS
    return results[0] if len(places) == 1 else None
