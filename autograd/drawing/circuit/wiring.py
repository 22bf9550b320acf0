"""Where gates and labels of a circuit stand, and by which places each wire runs.

Gates stand in columns by how many operations come before them; before each is a column of the
labels of its wires, and one of local derivatives where these are shown. A wire that goes further
has a place in every column that it passes, so that it runs past what stands there. One that forks
runs on as far as its last gate, and branches off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autograd.drawing.circuit.circuits import Circuit, Entrance, Gate, Wire
from autograd.drawing.circuit.columns import Link, Place, arrange, linked
from autograd.drawing.circuit.gate_view import Shape
from autograd.drawing.circuit.wire_labels import Label

STEP = 3  # columns for each operation: of its labels, of local derivatives, of gates
LABELS, LOCALS = -2, -1  # from the gates' column on
MOST_AT_LEFT = 8  # what is given stands in one column, as long as that is no tower,
CLOSE_BY = 3  # and its first gate is among so many
GAP = 7  # points between what stands in a column
WIRE = 2  # around a wire that passes
NARROW, BROAD = 18, 80  # between columns
STEEP = 0.35  # of how far a wire rises there
GIVEN, BETWEEN, PASSING = 1, 4, 8  # how much a wire is kept level


@dataclass(slots=True)
class Wiring:
    """A circuit's gates, labels, local derivatives and forks in columns, and what links carry."""

    gates: dict[Gate, Place] = field(default_factory=dict)
    gate_at: dict[Place, Gate] = field(default_factory=dict)
    labels: dict[Wire, Place] = field(default_factory=dict)
    locals: dict[Entrance, Place] = field(default_factory=dict)
    trunks: list[Place] = field(default_factory=list)
    ways: dict[Link, Entrance | Wire] = field(default_factory=dict)
    columns: list[list[Place]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # where each column begins,
    widths: list[float] = field(default_factory=list)  # and its width

    @property
    def forks(self) -> list[Place]:
        """Where wires fork that have left their labels."""
        return [place for place in self.trunks if len(place.right) > 1]

    @property
    def size(self) -> tuple[float, float]:
        """How long and how broad it is, in points."""
        places = [place for column in self.columns for place in column]
        top = min(place.at - place.before for place in places)
        bottom = max(place.at + place.after for place in places)
        return self.starts[-1] + self.widths[-1], bottom - top


def wiring_of(
    circuit: Circuit,
    shapes: Mapping[Gate, Shape],
    labels: Mapping[Wire, Label],
    local_labels: Mapping[Entrance, Label],
) -> Wiring:
    """The places of a circuit whose gates and labels have these sizes; they are named g0, w0, l0
    and, where a wire forks, t0.
    """
    wiring = _Builder(circuit, shapes, labels, local_labels).wiring()
    arrange(wiring.columns, GAP)
    x = 0.0
    for column in wiring.columns:
        width = max(place.length for place in column)
        rises = [abs(link.rise) for place in column for link in place.right]
        wiring.starts.append(x)
        wiring.widths.append(width)
        x += width + min(BROAD, max(NARROW, STEEP * max(rises, default=0)))
    return wiring


class _Builder:
    """Makes the places, in the order in which the wires are met on the way back from the root."""

    def __init__(
        self,
        circuit: Circuit,
        shapes: Mapping[Gate, Shape],
        labels: Mapping[Wire, Label],
        local_labels: Mapping[Entrance, Label],
    ) -> None:
        self.circuit, self.built = circuit, Wiring()
        self.shapes, self.sizes, self.local_sizes = shapes, labels, local_labels
        self.gate_columns = {gate: STEP * depth for gate, depth in depths(circuit).items()}
        self.sources = {result: gate for gate in circuit.gates for result in gate.results}
        self.uses: dict[Wire, list[Gate]] = {wire: [] for wire in circuit.wires}
        for gate in circuit.gates:
            for wire in dict.fromkeys(entrance.wire for entrance in gate.entrances):
                self.uses[wire].append(gate)
        self.in_one = sum(wire.given for wire in circuit.wires) <= MOST_AT_LEFT
        used = {*map(self.column_of, circuit.wires), *self.gate_columns.values()}
        if local_labels:
            used |= {column + LOCALS for column in self.gate_columns.values()}
        self.columns: dict[int, list[Place]] = {column: [] for column in sorted(used)}
        self.on_trunk: dict[Wire, dict[int, Place]] = {}

    def wiring(self) -> Wiring:
        """Everything, with the links."""
        for item in self._way_back(self.circuit.wires[-1]):
            if isinstance(item, Gate):
                self._add_gate(item)
            else:
                self._add_label(item)
        self.built.columns = list(self.columns.values())
        for number, column in enumerate(self.built.columns):
            for place in column:
                place.column = number
        for number, place in enumerate(self.built.forks):
            place.name = f"t{number}"
        return self.built

    def _way_back(self, root: Wire) -> Iterator[Wire | Gate]:
        """Each wire after the gate that it comes from, each gate after the wires that come in."""
        stack: list[Wire | Gate] = [root]
        met: set[Wire] = set()
        while stack:
            item = stack.pop()
            source = None if isinstance(item, Gate) else self.sources.get(item)
            if source is not None and item not in met:
                met.update(source.results)
                results = reversed(source.results)
                stack += [*results, source, *(e.wire for e in reversed(source.entrances))]
            elif item not in self.built.labels:
                yield item

    def column_of(self, wire: Wire) -> int:
        """The column of a wire's label."""
        source, uses = self.sources.get(wire), self.uses[wire]
        if source is not None:
            return self.gate_columns[source] + STEP + LABELS
        first = min((self.gate_columns[gate] for gate in uses), default=STEP)
        if self.in_one and first <= STEP * CLOSE_BY:
            return STEP + LABELS
        return first + LABELS if len(uses) <= 1 else first - STEP

    def _add_label(self, wire: Wire) -> None:
        label, source = self.sizes[wire], self.sources.get(wire)
        place = self._place(self.column_of(wire), label.above, label.below, label.width)
        place.name = f"w{len(self.built.labels)}"
        self.built.labels[wire] = place
        if source is not None:
            number, count = source.results.index(wire), len(source.results)
            leaves = self.shapes[source].off(number, count)
            self._link(self.built.gates[source], place, wire, BETWEEN, leaves)

    def _add_gate(self, gate: Gate) -> None:
        shape, column, count = self.shapes[gate], self.gate_columns[gate], len(gate.entrances)
        ends = [self._last_before(column, entrance) for entrance in gate.entrances]
        place = self._place(column, shape.across / 2, shape.across / 2, shape.along)
        place.name = f"g{len(self.built.gates)}"
        self.built.gates[gate], self.built.gate_at[place] = place, gate
        for number, (end, entrance) in enumerate(zip(ends, gate.entrances, strict=True)):
            weight = GIVEN if entrance.wire.given else BETWEEN
            self._link(end, place, entrance, weight, enters=shape.off(number, count))

    def _last_before(self, column: int, entrance: Entrance) -> Place:
        """The last place of a wire before a gate, which it comes to by others."""
        wire = entrance.wire
        start, reached = self.built.labels[wire], self.column_of(wire)
        if len(self.uses[wire]) > 1 and reached < column - STEP:
            start, reached = self._trunk(wire, column - STEP), column - STEP
        for between in self.columns:
            if reached < between < column:
                place = self._place(between, WIRE, WIRE)
                self._link(start, place, entrance, GIVEN if start.name else PASSING)
                start = place
        if entrance in self.local_sizes:
            label = self.local_sizes[entrance]
            start.before, start.after, start.length = label.above, label.below, label.width
            start.name = f"l{len(self.built.locals)}"
            self.built.locals[entrance] = start
        return start

    def _trunk(self, wire: Wire, column: int) -> Place:
        """The place in a column of a wire that forks."""
        first = {self.column_of(wire): self.built.labels[wire]}
        trunk = self.on_trunk.setdefault(wire, first)
        last = next(reversed(trunk))
        for between in self.columns:
            if last < between <= column:
                place = self._place(between, WIRE, WIRE)
                self._link(trunk[last], place, wire, PASSING)
                self.built.trunks.append(place)
                trunk[between], last = place, between
        return trunk[column]

    def _place(self, column: int, before: float, after: float, length: float = 0) -> Place:
        place = Place(column, before, after, length)
        self.columns[column].append(place)
        return place

    def _link(
        self,
        start: Place,
        end: Place,
        carries: Entrance | Wire,
        weight: float,
        leaves: float = 0,
        enters: float = 0,
    ) -> None:
        self.built.ways[linked(start, end, leaves, enters, weight)] = carries


def depths(circuit: Circuit) -> dict[Gate, int]:
    """How many gates come before each, itself included; what is free stands near where it goes.

    >>> from autograd.notes.labels import every_node
    >>> from autograd.drawing.circuit.circuits import circuit_of
    >>> from autograd import Value
    >>> x, y = Value(2, "x"), Value(3, "y")
    >>> circuit = circuit_of(every_node((-(-x)) + (-y)))
    >>> [(gate.sign, depth) for gate, depth in depths(circuit).items()]
    [('*-1', 1), ('*-1', 2), ('*-1', 2), ('+', 3)]
    """
    uses = Counter(e.wire for gate in circuit.gates for e in gate.entrances)
    sources: dict[Wire, Gate] = {}
    found: dict[Gate, int] = {}
    free: set[Gate] = set()
    for gate in circuit.gates:
        wires = [entrance.wire for entrance in gate.entrances]
        found[gate] = 1 + max((found[sources[w]] for w in wires if w in sources), default=0)
        alone = len(gate.results) == uses[gate.result] == 1
        if alone and all(sources[w] in free if w in sources else uses[w] == 1 for w in wires):
            free.add(gate)
        sources |= dict.fromkeys(gate.results, gate)
    for gate in reversed(circuit.gates):
        for wire in (entrance.wire for entrance in gate.entrances):
            if wire in sources and sources[wire] in free:
                found[sources[wire]] = found[gate] - 1
    return found
