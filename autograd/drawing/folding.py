"""Which nodes of a graph one card stands for, so that a large graph is a picture that can be read.

Nodes that are folded into one card have the same key, which says what they are.
"""

from __future__ import annotations

import graphlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.drawing.neurons import INPUTS, LOSS, Group, Groups
from autograd.notes.labels import MOST_FOLDED, Labels
from autograd.reading import Graph, Value, printable

FOLDS = ("unnamed", "neurons", "layers", "series", "runs")
MOST_INPUTS = 8  # that have a card each beside folded neurons
FEWEST_ALIKE = 3  # names that differ in a number alone make a series from so many on
MANY_TERMS = 6  # without a name, of one sum, for the same
RUNS = 4  # parts that a long graph is cut into
MOST_NAMED = 10  # results that runs are cut at
DIGITS = re.compile(r"\d+")


class Key(NamedTuple):
    """What some nodes have in common: they are one neuron, layer, series or run, or the formula of
    one node, by its place in the graph.
    """

    kind: str
    group: Group | None = None
    name: str = ""
    place: int = 0


FORMULA = "formula"
Keys = Mapping[Value, Key]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The nodes of one key, in topological order."""

    key: Key
    nodes: list[Value]


def folded_parts(fold: str, label: Labels, groups: Groups) -> Iterator[tuple[str, Sequence[Part]]]:
    """The parts of a graph by a fold, each after those that it is computed from; of "auto" by one
    fold after the other, but for those whose parts would be computed from each other.

    A ValueError for a fold that the graph has not.
    """
    for level in levels_of(groups) if fold == "auto" else (fold,):
        try:
            yield level, _in_order(keys_of(level, label, groups), label.graph)
        except graphlib.CycleError:
            if fold != "auto":
                raise ValueError(
                    f"fold={fold!r} folds together what is computed from each other here: give "
                    "fold='runs', 'unnamed' or False"
                ) from None


def _in_order(keys: Keys, graph: Graph) -> Sequence[Part]:
    """The parts in an order of computation; a CycleError where there is none."""
    parts = {key: Part(key, []) for key in map(keys.__getitem__, graph.order)}
    before: dict[Part, dict[Part, None]] = {part: {} for part in parts.values()}
    for node in graph.order:
        part = parts[keys[node]]
        part.nodes.append(node)
        operands = () if graph.is_given(node) else filter(graph.has, node.operands)
        others = (parts[keys[x]] for x in operands)
        before[part].update((other, None) for other in others if other is not part)
    return tuple(graphlib.TopologicalSorter(before).static_order())


def levels_of(groups: Groups) -> tuple[str, ...]:
    """The folds of a graph, with or without neurons, by how much they fold."""
    return ("unnamed", "neurons", "layers", "runs") if groups.of else ("unnamed", "series", "runs")


def keys_of(fold: str, label: Labels, groups: Groups) -> Keys:
    """The key of each node that is folded with others; a ValueError for a fold that it has not."""
    owners = owners_of(label.graph)
    if fold == "unnamed":
        return {node: _own(label.graph, owner) for node, owner in owners.items()}
    if fold in ("neurons", "layers"):
        if not groups.of:
            raise ValueError(
                f"fold={fold!r} needs names of a network, as w_10^1 or those that nn gives, and "
                "this graph has none: give fold='unnamed', 'series', 'runs' or False"
            )
        return _by_group(fold, label, groups, owners)
    if fold == "series":
        return _series(label, owners)
    return _runs(label.graph, owners)


def _own(graph: Graph, node: Value) -> Key:
    """The key of a node that keeps its card."""
    return Key(FORMULA, place=graph.position[node])


def users_of(graph: Graph) -> dict[Value, Value]:
    """The last result that each node is an operand of."""
    user: dict[Value, Value] = {}
    for node in graph.order:
        if not graph.is_given(node):
            user.update((x, node) for x in node.operands if graph.has(x))
    return user


def owners_of(graph: Graph) -> dict[Value, Value]:
    """The node whose formula writes each node out: itself, but for results without a name that are
    used once, in an expression that is not long.
    """
    user = users_of(graph)
    owners: dict[Value, Value] = {}
    length: Counter[Value] = Counter()
    for node in reversed(graph.order):
        owner = owners[user[node]] if node in user else node
        longer = length[owner] + len(node.operands)
        is_shown = node.name or node is graph.root or graph.is_given(node) or graph.uses[node] > 1
        owners[node] = node if is_shown or longer > MOST_FOLDED else owner
        if not graph.is_given(node):
            length[owners[node]] += len(node.operands)
    return owners


def _by_group(
    fold: str, label: Labels, groups: Groups, owners: Mapping[Value, Value]
) -> dict[Value, Key]:
    """Neurons, or layers, and the loss; neurons that are computed from each other are a layer."""
    layers = {group.layer for group in groups.of.values()}
    if fold == "neurons":
        layers = _coupled(label.graph, groups)
    graph, keys = label.graph, dict[Value, Key]()
    for node, owner in owners.items():
        group = groups.of.get(node)
        if group is None:
            keys[node] = _own(graph, owner)
        elif group == LOSS:
            keys[node] = Key("loss", LOSS)
        elif group == INPUTS:
            meaning = label.meaning(node)
            place = meaning.neuron or 0 if meaning else 0
            keys[node] = Key("input", INPUTS, place=place) if meaning else _own(graph, node)
        else:
            alone = group.layer not in layers
            keys[node] = Key("neuron", group) if alone else Key("layer", Group(group.layer))
    inputs = {keys[node] for node, group in groups.of.items() if group == INPUTS}
    if fold == "layers" or len(inputs) > MOST_INPUTS:
        of_inputs = (node for node, group in groups.of.items() if group == INPUTS)
        keys |= dict.fromkeys(of_inputs, Key("inputs", INPUTS))
    return keys


def _coupled(graph: Graph, groups: Groups) -> set[int]:
    """The layers whose neurons are computed from each other, as in a softmax."""
    return {
        here.layer
        for node, here in groups.of.items()
        if not graph.is_given(node)
        for there in (groups.of.get(x) for x in node.operands if graph.has(x))
        if there is not None and here.layer == there.layer and here != there
    }


def _series(label: Labels, owners: Mapping[Value, Value]) -> dict[Value, Key]:
    """Names that differ in a number alone, as h_1, h_2, h_3, of one layer: given ones, and results;
    and the terms without a name of a long sum.
    """
    graph, user = label.graph, users_of(label.graph)
    own: dict[Value, Key] = {}
    for node in graph.order:
        kind = "given" if graph.is_given(node) else "computed"
        if node.name and DIGITS.search(label(node)):
            meaning = label.meaning(node)
            layer = Group(meaning.layer) if meaning else None
            own[node] = Key(kind, layer, DIGITS.sub("#", label(node)))
        elif not node.name and node.operation is not None and node in user:
            own[node] = Key(kind, name=node.operation.name, place=graph.position[user[node]])
    alike = Counter(own.values())
    keys = dict[Value, Key]()
    for node in reversed(graph.order):
        if node in own and alike[own[node]] >= (FEWEST_ALIKE if node.name else MANY_TERMS):
            keys[node] = own[node]
        else:
            keys[node] = _own(graph, node) if owners[node] is node else keys[user[node]]
    return keys


def _runs(graph: Graph, owners: Mapping[Value, Value]) -> dict[Value, Key]:
    """What lies between the nodes with a name, of few; of many, the order cut into parts."""
    order = graph.order
    shown = _cuts(order, owners)
    most = -(-(len(order) - len(shown)) // RUNS)
    keys = dict[Value, Key]()
    place = size = 0
    for node in order:
        if node in shown:
            keys[node] = _own(graph, node)
            if node.operation is not None:
                place, size = place + 1, 0
        else:
            if size == most:
                place, size = place + 1, 0
            keys[node] = Key("run", place=place)
            size += 1
    members = Counter(keys.values())
    return {node: key if members[key] > 1 else _own(graph, node) for node, key in keys.items()}


def _cuts(order: Sequence[Value], owners: Mapping[Value, Value]) -> Collection[Value]:
    named = [node for node in order if node.name and owners[node] is node]
    leaves = [node for node in named if node.operation is None]
    results = [node for node in named if node.operation is not None]
    few = (nodes for nodes in (leaves, results) if len(nodes) <= MOST_NAMED)
    return {order[-1], *(node for nodes in few for node in nodes)}


def fold_named(fold: str | bool) -> str | bool:
    """A fold as it is asked for, checked.

    >>> fold_named("neuron")
    Traceback (most recent call last):
    ValueError: fold is 'auto', 'unnamed', 'neurons', 'layers', 'series', 'runs' or False, not ...
    """
    if fold is False or (isinstance(fold, str) and fold in ("auto", *FOLDS)):
        return fold
    known = ", ".join(map(repr, ("auto", *FOLDS)))
    raise ValueError(f"fold is {known} or False, not {printable(repr(fold))}")
