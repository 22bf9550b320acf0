"""A graph as a circuit: gates, and the wires between them, each with its value and its gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.drawing.cards.card import local_or_undefined
from autograd.drawing.circuit.gate_parts import gradients_of_parts, parts_of
from autograd.drawing.circuit.gate_signs import SIGNS, inscription
from autograd.drawing.signs import gradient_of_root, negated, shown_value
from autograd.notes.labels import Labels
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.reading import Graph, Value


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """What flows between gates; `name` is "" without one.

    `given` says that no gate computes it, `constant` that it is a plain number without a gradient,
    `off` that no gradient reaches it, `on_path` that what is highlighted goes into it. A bundle of
    several wires has their `count`, and no numbers. `nodes` are what it is computed for; at a
    moment, numbers that are not known are `hidden`, and `now` is the one that was computed last:
    value, gradient, new.
    """

    value: Any
    gradient: Any = None
    name: str = ""
    given: bool = False
    constant: bool = False
    off: bool = False
    updated: str = ""  # what the number becomes by an update, "" without one
    on_path: bool = False
    count: int = 1
    held: str = ""  # the one in a bundle that is highlighted
    nodes: frozenset[Value] = frozenset()
    hidden: frozenset[str] = frozenset()
    now: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Entrance:
    """Where a wire comes into a gate: with the local derivative there; `off` where none passes.

    A gate that is several operations has no local derivatives, and is `folded`.
    """

    wire: Wire
    local: Any
    off: bool
    folded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """An operation, or several that are folded: what stands in it, comes in, and goes out.

    `holds` says that what is highlighted is in it, without a wire of its own.
    """

    sign: str
    entrances: tuple[Entrance, ...]
    results: tuple[Wire, ...]
    holds: bool = False

    @property
    def result(self) -> Wire:
        """What goes out, of several wires the last."""
        return self.results[-1]

    @property
    def off(self) -> bool:
        """Whether no gradient goes back through it."""
        if any(entrance.folded for entrance in self.entrances):
            return all(entrance.off for entrance in self.entrances)
        return self.result.off


@dataclass(slots=True)
class Circuit:
    """Gates in topological order, and every wire; the root's is the last.

    >>> from autograd.notes.labels import every_node
    >>> x, y = Value(-2, "x"), Value(5, "y")
    >>> circuit = circuit_of(every_node(x + y))
    >>> [(wire.name, wire.value) for wire in circuit.wires], circuit.gates[0].sign
    ([('x', -2), ('y', 5), ('L', 3)], '+')
    """

    style: NumberStyle
    wires: list[Wire] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)

    def add_wire(self, wire: Wire) -> Wire:
        """The wire, which is one of the circuit then."""
        self.wires.append(wire)
        return wire

    def add_gate(self, graph: Graph, node: Value, inside: Mapping[Value, Wire], off: bool) -> None:
        """The gate of a result; `inside` has the wire of each node as the engine computes it."""
        sign, places = inscription(graph, node, self.style)
        each_local, entrances = local_or_undefined(graph, node), []
        for place in places:
            operand, local = node.operands[place], each_local[place]
            if graph.has(operand):
                entrances.append(Entrance(inside[operand], local, off or local is None))
            else:
                wire = self.add_wire(Wire(operand, given=True, constant=True))
                entrances.append(Entrance(wire, None, off=False))
        self.gates.append(Gate(sign, tuple(entrances), (inside[node],)))


@dataclass(slots=True)
class Builder:
    """Makes a circuit, node by node in an order in which each comes after its operands.

    `updated` has what an update makes of parameters, `path` the way to what is highlighted. Of a
    fold, more than `most_wires` of a kind are a bundle.
    """

    label: Labels
    style: NumberStyle = PLAIN
    expand: bool = False
    updated: Mapping[Value, Any] = field(default_factory=dict)
    path: Collection[Value] = ()
    highlight: Value | None = None
    most_wires: int = 16
    inside: dict[Value, Wire] = field(default_factory=dict)  # as the engine computes it
    circuit: Circuit = field(init=False)

    def __post_init__(self) -> None:
        self.circuit = Circuit(self.style)

    def add(self, node: Value) -> None:
        """The wire of a node, after its gate where it has one."""
        named = self.wire(node)
        if self.label.graph.is_given(node):
            self._give(node, named)
        else:
            self._compute(node)
            self.circuit.add_wire(self.inside[node])
            self.let_out(node, named)

    def wire(self, node: Value) -> Wire:
        """The wire of a node as it is shown; inside goes the same, or one with another sign."""
        label, graph = self.label, self.label.graph
        turned = label.is_negated(node)
        new = ""  # of a walk, in its last pass, "-"
        if node in self.updated:
            new = self.style.short(negated(self.updated[node], turned))
        nodes = frozenset([node])
        named = Wire(
            shown_value(label, node),
            gradient_of_root(label, node),
            label.unescaped(node) if node.name or node is graph.root else "",
            given=graph.is_given(node),
            off=node not in graph.live,
            updated=new,
            on_path=node in self.path,
            nodes=nodes,
        )
        unnamed = Wire(
            graph.data[node],
            negated(named.gradient, turned),
            off=named.off,
            on_path=named.on_path,
            nodes=nodes,
        )
        self.inside[node] = unnamed if turned else named
        return named

    def let_out(self, node: Value, named: Wire) -> Wire:
        """What is shown of a result, by a gate that turns its sign where it needs one."""
        if self.inside[node] is not named:
            self._turn(self.inside[node], named)
        return named

    def _give(self, node: Value, named: Wire) -> None:
        self.circuit.add_wire(named)
        if self.inside[node] is not named:
            self._turn(named, self.inside[node])

    def _turn(self, wire: Wire, negative: Wire) -> None:
        """A gate that turns a sign, between two wires."""
        self.circuit.add_wire(negative)
        entrance = Entrance(wire, -1, wire.off)
        self.circuit.gates.append(Gate(SIGNS["neg"], (entrance,), (negative,)))

    def _compute(self, node: Value) -> None:
        """The gate of a result, or its parts' gates."""
        graph, inside = self.label.graph, self.inside
        off = node not in graph.live
        written_out = parts_of(graph, node) if self.expand else None
        if written_out is None:
            self.circuit.add_gate(graph, node, inside, off)
            return
        stand_ins, parts = written_out
        gradients = gradients_of_parts(parts, inside[node].gradient)
        pairs = zip(stand_ins, node.operands, strict=True)
        own = {x: inside[operand] for x, operand in pairs if graph.has(operand)}
        for part in parts.order:
            if part.operation is None:
                continue
            on_path = any(own[x].on_path for x in part.operands if parts.has(x))
            between = Wire(
                part.data, gradients[part], off=off, on_path=on_path, nodes=frozenset([node])
            )
            own[part] = inside[node] if part is parts.root else between
            self.circuit.add_gate(parts, part, own, off)
            if part is not parts.root:
                self.circuit.add_wire(own[part])


def circuit_of(label: Labels, style: NumberStyle = PLAIN, expand: bool = False) -> Circuit:
    """The circuit of a labelled graph; with `expand`, sums of products are written out.

    A quantity that the notation calls by the name of its negative comes in, or goes out, by a gate
    that turns its sign.
    """
    return circuit_by(Builder(label, style, expand))


def circuit_by(builder: Builder) -> Circuit:
    """The circuit that a builder makes of every node of its graph."""
    for node in builder.label.graph.order:
        builder.add(node)
    return builder.circuit
