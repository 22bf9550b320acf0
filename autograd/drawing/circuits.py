"""A graph as a circuit: gates, and the wires between them, each with its value and its gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd.drawing.cards import local_or_undefined
from autograd.drawing.gate_parts import gradients_of_parts, parts_of
from autograd.drawing.gate_signs import SIGNS, inscription
from autograd.drawing.signs import negated, shown_gradient, shown_value
from autograd.notes.labels import Labels
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.reading import Graph, Value


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """What flows between gates; `name` is "" without one.

    `given` says that no gate computes it, `constant` that it is a plain number without a gradient,
    `off` that no gradient reaches it. `node` is what it is computed for; at a moment, numbers that
    are not known are `hidden`, and `now` is the one that was computed last: value, gradient.
    """

    value: Any
    gradient: Any = None
    name: str = ""
    given: bool = False
    constant: bool = False
    off: bool = False
    node: Value | None = None
    hidden: frozenset[str] = frozenset()
    now: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Entrance:
    """Where a wire comes into a gate: with the local derivative there; `off` where none passes."""

    wire: Wire
    local: Any
    off: bool


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """An operation: what stands in it, what comes in, and what goes out."""

    sign: str
    entrances: tuple[Entrance, ...]
    result: Wire


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

    def add_gate(self, graph: Graph, node: Value, inside: dict[Value, Wire], off: bool) -> None:
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
        self.gates.append(Gate(sign, tuple(entrances), inside[node]))


def circuit_of(label: Labels, style: NumberStyle = PLAIN, expand: bool = False) -> Circuit:
    """The circuit of a labelled graph; with `expand`, sums of products are written out.

    A quantity that the notation calls by the name of its negative comes in, or goes out, by a gate
    that turns its sign.
    """
    graph, circuit = label.graph, Circuit(style)
    inside: dict[Value, Wire] = {}
    for node in graph.order:
        given, turned = graph.is_given(node), label.is_negated(node)
        named = Wire(
            shown_value(label, node),
            shown_gradient(label, node),
            label.unescaped(node) if node.name or node is graph.root else "",
            given=given,
            off=node not in graph.live,
            node=node,
        )
        wire = Wire(graph.data[node], negated(named.gradient, turned), off=named.off, node=node)
        inside[node] = wire if turned else named
        if given and turned:
            _turn(circuit, named, wire)
        elif given:
            circuit.add_wire(named)
        else:
            _compute(circuit, graph, node, inside, expand)
            if turned:
                _turn(circuit, wire, named)
    return circuit


def _turn(circuit: Circuit, wire: Wire, negative: Wire) -> None:
    """A gate that turns a sign, between two wires."""
    if wire not in circuit.wires:
        circuit.add_wire(wire)
    circuit.add_wire(negative)
    circuit.gates.append(Gate(SIGNS["neg"], (Entrance(wire, -1, wire.off),), negative))


def _compute(
    circuit: Circuit, graph: Graph, node: Value, inside: dict[Value, Wire], expand: bool
) -> None:
    """The gate of a result, or its parts' gates, and its wire."""
    off = node not in graph.live
    written_out = parts_of(graph, node) if expand else None
    if written_out is None:
        circuit.add_gate(graph, node, inside, off)
    else:
        stand_ins, parts = written_out
        gradients = gradients_of_parts(parts, inside[node].gradient)
        pairs = zip(stand_ins, node.operands, strict=True)
        own = {x: inside[operand] for x, operand in pairs if graph.has(operand)}
        for part in parts.order:
            if part.operation is None:
                continue
            is_whole = part is parts.root
            inner = Wire(part.data, gradients[part], off=off, node=node)
            own[part] = inside[node] if is_whole else inner
            circuit.add_gate(parts, part, own, off)
            if not is_whole:
                circuit.add_wire(own[part])
    circuit.add_wire(inside[node])
