"""Which nodes belong together: neurons, inputs and loss, found by names in the notes' notation.

A name such as w_10^1, b_1^1, z_1^1 or a_1^1 says layer and neuron. A node without such a name goes
with what it is computed for; what is computed from the last layer is the loss. A bias that a whole
layer shares, b^1, goes with its neuron, or beside the neurons if they are several. A graph without
such names has no groups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from autograd.notes.meaning import Role as Meaning
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
    """The group of each node that has one, and the role of each node; `between` are those that are
    computed from several neurons of their own layer, as a softmax's.
    """

    of: Mapping[Value, Group]
    roles: Mapping[Value, Role]
    between: frozenset[Value] = frozenset()

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

    def layer_title(self, layer: int) -> str:
        """What stands over a whole layer: "hidden layer", "output layer"."""
        layers = {group.layer for group in self.of.values()} - {INPUTS.layer, LOSS.layer}
        if layer == max(layers):
            return "output layer"
        return f"hidden layer {layer}" if len(layers) > 2 else "hidden layer"

    def neurons_in(self, layer: int) -> int:
        """How many neurons a layer has."""
        return len({group for group in self.of.values() if group.layer == layer})


class Place(NamedTuple):
    """What a name says: the role, and the neuron; None for the bias of a whole layer."""

    role: Role
    group: Group | None


def groups_of(
    nodes: Sequence[Value], notation: Notation = NOTES, given: Collection[Value] = ()
) -> Groups:
    """The groups of a graph, given in topological order; what was `given` counts as a leaf.

    >>> w, a, b = Value(2, "w_00^1"), Value(3, "a_0^0"), Value(1, "b_0^1")
    >>> product = w * a
    >>> z = product + b
    >>> z.name = "z_0^1"
    >>> groups_of([w, a, product, b, z]).of[product]
    Group(layer=1, neuron=0)
    """
    places = {node: place for node in nodes if (place := place_of(node.name, notation))}
    results = {node for node in nodes if node.operation is not None}.difference(given)
    roles = {node: _role(node, places.get(node), node in results) for node in nodes}
    if not _is_network(places):
        return Groups({}, roles)
    groups = _groups(nodes, places, roles)
    in_loss = [node for node, group in groups.items() if group == LOSS]
    targets = {node: Role.TARGET for node in in_loss if roles[node] is Role.INPUT}
    return Groups(groups, roles | targets, frozenset(_between(groups)))


def _between(groups: Mapping[Value, Group]) -> Iterator[Value]:
    """The nodes that are computed from another neuron of their own layer."""
    for node, own in groups.items():
        of_operands = (groups.get(x) for x in node.operands if isinstance(x, Value))
        if own not in (INPUTS, LOSS) and any(
            group and group.layer == own.layer and group != own for group in of_operands
        ):
            yield node


def _groups(
    nodes: Sequence[Value], places: Mapping[Value, Place], roles: Mapping[Value, Role]
) -> dict[Value, Group]:
    """The groups from the root down: what has no place goes with what is computed from it."""
    groups: dict[Value, Group] = {}
    uses: dict[Value, set[Group | None]] = {node: set() for node in nodes}
    for node in reversed(nodes):
        of_weights = _of_weights(node, places) if node not in places else None
        group = of_weights or _group(places.get(node), roles[node], uses[node])
        if group is not None:
            groups[node] = group
        for operand in node.operands:
            if isinstance(operand, Value) and operand in uses:
                uses[operand].add(group)
    return groups


def _of_weights(node: Value, places: Mapping[Value, Place]) -> Group | None:
    """The neuron whose weights a result multiplies others by, whatever name it has been given."""
    found = [places.get(x) if isinstance(x, Value) else None for x in node.operands]
    weights = {place.group for place in found if place and place.role is Role.WEIGHT}
    others = [place for place in found if place is None or place.role is Role.RESULT]
    return weights.pop() if len(weights) == 1 and others else None


def place_of(name: str, notation: Notation) -> Place | None:
    """The place that a name stands for; None for a name of another kind.

    >>> place_of("w_10^2", NOTES).group, place_of("b^1", NOTES)
    (Group(layer=2, neuron=1), Place(role=<Role.BIAS: 'bias'>, group=None))
    """
    quantity = notation.meaning(name)
    if quantity is None:
        return None
    role = ROLES.get(quantity.role, Role.RESULT)
    if quantity.neuron is None:
        return Place(role, None)
    return Place(role, Group(quantity.layer, quantity.neuron + notation.first_index))


ROLES = {Meaning.WEIGHT: Role.WEIGHT, Meaning.BIAS: Role.BIAS}


def _is_network(places: Mapping[Value, Place]) -> bool:
    """Whether the names are those of a network: something is computed in it, something learnt."""
    computed = any(
        node.operation is not None and place.group is not None and place.group.layer
        for node, place in places.items()
    )
    return computed and any(place.role in (Role.WEIGHT, Role.BIAS) for place in places.values())


def _role(node: Value, place: Place | None, is_result: bool) -> Role:
    if is_result:
        return Role.RESULT
    if place is None or place.role is Role.RESULT:
        return Role.INPUT
    return place.role


def _group(place: Place | None, role: Role, uses: set[Group | None]) -> Group | None:
    """The group of one node; `uses` are those of the nodes that are computed from it."""
    if role is Role.INPUT and (place or uses - {LOSS, None}):
        return INPUTS
    if place is not None and place.group is not None:
        return place.group if place.group.layer else INPUTS
    if uses <= {LOSS}:
        return LOSS
    if place is not None:  # the bias of a layer, whatever the loss does with it
        uses = uses - {LOSS}
    group, *others = uses
    return None if others else group
