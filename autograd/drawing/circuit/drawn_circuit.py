"""How a circuit is drawn: gates, labels, the curves of its wires, dots where they fork."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import graphviz

from autograd.drawing.circuit.circuits import Circuit, Entrance, Gate, Wire
from autograd.drawing.circuit.columns import Link, Place
from autograd.drawing.circuit.gate_view import Shape, gate_options, inches, shape_of
from autograd.drawing.circuit.wire_labels import (
    SMALL,
    Label,
    Look,
    legend,
    local_label,
    table_of,
    wire_label,
)
from autograd.drawing.circuit.wiring import Wiring, wiring_of
from autograd.drawing.labels import TITLE, font
from autograd.drawing.metrics import text_width
from autograd.drawing.moments import Moment, circuit_at

HEADING = 16  # the height of a line over the picture
OVER = 12  # between these and the picture
ARROW = 6  # the length of an arrow's head
DOT = 4  # the width of a dot
Point = tuple[float, float]  # along the wires, which is mostly to the right, and across them


def drawing_of(circuit: Circuit, look: Look, others: Sequence[Circuit] = ()) -> Drawing:
    """A circuit laid out, at a moment with what is known; what is not has its room, and so has
    what `others` show, which are other passes of a walk.
    """
    passes = (circuit, *others)
    if look.moment is not None:
        circuit = circuit_at(circuit, look.moment)
    shapes = {gate: shape_of(gate, look.down) for gate in circuit.gates}
    wires = _side_by_side([each.wires for each in (circuit, *others)])
    labels = {wire: wire_label(wire, circuit, look, alike) for wire, *alike in wires}
    local_labels = {
        entrance: local_label(entrance, look, alike)
        for entrance, *alike in _side_by_side([_entrances(each) for each in (circuit, *others)])
        if look.local and not entrance.wire.constant and not entrance.folded
    }
    look = replace(look, folded=any(entrance.folded for entrance in _entrances(circuit)))
    wiring = wiring_of(circuit, shapes, labels, local_labels)
    return Drawing(circuit, wiring, look, shapes, labels, local_labels, passes)


T = TypeVar("T")


def _side_by_side(passes: Sequence[Sequence[T]]) -> Iterator[Sequence[T]]:
    """Each of the first, with what stands for the same in others, if these are of as many."""
    first = passes[0]
    return zip(*(each for each in passes if len(each) == len(first)), strict=True)


def _entrances(circuit: Circuit) -> list[Entrance]:
    return [entrance for gate in circuit.gates for entrance in gate.entrances]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A circuit whose places are known; `passes` are those that are laid out alike, whole."""

    circuit: Circuit
    wiring: Wiring
    look: Look
    shapes: Mapping[Gate, Shape]
    labels: Mapping[Wire, Label]
    local_labels: Mapping[Entrance, Label]
    passes: Sequence[Circuit]

    def at(self, moment: Moment | None) -> Drawing:
        """The same at another moment, laid out alike."""
        circuit, *others = self.passes
        return drawing_of(circuit, replace(self.look, moment=moment), others)

    def add_to(self, graph: graphviz.Digraph) -> None:
        """Put everything into a picture."""
        wiring = self.wiring
        for wire, place in wiring.labels.items():
            left, right = self._line(wire)
            name = self.labels[wire].name
            middle = (left + right + (-name if wire.given else name)) / 2
            self._add_label(graph, place, middle, self.labels[wire])
        for entrance, place in wiring.locals.items():
            self._add_label(graph, place, self._middle(place), self.local_labels[entrance])
        for gate, place in wiring.gates.items():
            options = gate_options(gate, self.shapes[gate], self.look)
            self._add(graph, place, (self._middle(place), place.at), **options)
        for place in wiring.forks:
            self._add_fork(graph, place)
        for place in (*wiring.labels.values(), *wiring.gates.values(), *wiring.forks):
            for link in place.right:
                self._add_wire(graph, link)
        if not wiring.gates:
            self._add_lone_wire(graph)

    def add_heading(self, graph: graphviz.Digraph, title: str) -> None:
        """The title and the legend, over the picture."""
        lines, width = list[str](), 0.0
        if title:
            colour, moment = self.look.theme.text, self.look.moment
            for line in title.split("\n"):
                lines.append(font(line, size=TITLE, colour=colour, bold=True))
                width = max(width, text_width(line, TITLE, bold=True))
            width = max(width, moment.title_room if moment else 0)
        if self.look.gradients:
            written, words = legend(self.look)
            lines.append(written)
            width = max(width, text_width(words, SMALL))
        if not lines:
            return
        room = round(width) + 2
        rows = (f'<TD ALIGN="LEFT" HEIGHT="{HEADING}" WIDTH="{room}">{line}</TD>' for line in lines)
        edge = min(place.at - place.before for column in self.wiring.columns for place in column)
        left, top = (edge, 0.0) if self.look.down else (0.0, edge)
        at = left + room / 2, top - OVER - HEADING * len(lines) / 2
        graph.node("heading", label=f"<{table_of(rows)}>", pos=self._pos(self._turned(at)))

    @property
    def size(self) -> tuple[float, float]:
        """How wide and how high it is, in points of the plain size."""
        long, broad = self.wiring.size
        return (broad, long) if self.look.down else (long, broad)

    # --- gates and labels -------------------------------------------------------------------------

    def _add(self, graph: graphviz.Digraph, place: Place, at: Point, **options: str) -> None:
        graph.node(place.name, id=place.name, pos=self._pos(at), **options)

    def _add_label(
        self, graph: graphviz.Digraph, place: Place, middle: float, label: Label
    ) -> None:
        down = (label.below - label.above) / 2
        self._add(graph, place, (middle, place.at + down), label=f"<{label.table}>")

    def _add_fork(self, graph: graphviz.Digraph, place: Place) -> None:
        size, colour = inches(DOT * self.look.font_scale), self.look.theme.line
        options = {"shape": "point", "width": size, "height": size, "color": colour}
        self._add(graph, place, (self._right(place), place.at), **options)

    # --- wires ------------------------------------------------------------------------------------

    def _add_wire(self, graph: graphviz.Digraph, link: Link) -> None:
        """A wire from a gate, a label or a fork on to the next of these."""
        path = [link]
        while path[-1].end.name[:1] in ("", "l"):  # it passes
            path += path[-1].end.right
        last = path[-1]
        carries = self.wiring.ways[last]
        passed = [x for one in path[:-1] for x in self._across(one.end)]
        knots = [*self._start(link), *passed, *self._end(last)]
        wire = carries.wire if isinstance(carries, Entrance) else carries
        options = self.look.line(carries.off, wire.on_path, wire.count)
        if isinstance(carries, Entrance):
            *knots, tip = knots
            arrow = f"e,{self._pos(tip)} "
        else:
            arrow, options["arrowhead"] = "", "none"
        pos = arrow + self._curve(knots)
        graph.edge(link.start.name, last.end.name, pos=pos, **options)

    def _add_lone_wire(self, graph: graphviz.Digraph) -> None:
        """The wire of a number without a gate."""
        (place,) = self.wiring.labels.values()
        left, right = self._line(self.circuit.wires[0])
        pos = self._curve([(left, place.at), (right, place.at)])
        graph.edge(place.name, place.name, pos=pos, arrowhead="none")

    def _start(self, link: Link) -> Iterator[Point]:
        """Out of what a wire comes from, to the end of its column."""
        place, carries = link.start, self.wiring.ways[link]
        level = place.at + link.leaves
        if place.name.startswith("g"):
            gate = self.wiring.gate_at[place]
            yield self._middle(place) + self.shapes[gate].edge(link.leaves), level
        elif place.name.startswith("w"):
            wire = carries.wire if isinstance(carries, Entrance) else carries
            left, right = self._line(wire)
            yield left if wire.given else (left + right) / 2, level
        yield self._right(place), level

    def _across(self, place: Place) -> Iterator[Point]:
        yield self._left(place), place.at
        yield self._right(place), place.at

    def _end(self, link: Link) -> Iterator[Point]:
        """Into what a wire goes to, from the beginning of its column."""
        place, carries = link.end, self.wiring.ways[link]
        level = place.at + link.enters
        if isinstance(carries, Entrance):
            gate = self.wiring.gate_at[place]
            tip = self._middle(place) - self.shapes[gate].edge(link.enters)
            yield min(self._left(place), tip - ARROW), level
            yield tip - ARROW, level
            yield tip, level
            return
        yield self._left(place), level
        if place.name.startswith("t"):
            yield self._right(place), level
        else:
            left, right = self._line(carries)
            yield right if carries is self.circuit.wires[-1] else (left + right) / 2, level

    # --- positions --------------------------------------------------------------------------------

    def _turned(self, at: Point) -> Point:
        """A point along and across the wires, to the right and down; or the other way round."""
        return (at[1], at[0]) if self.look.down else at

    def _left(self, place: Place) -> float:
        return self.wiring.starts[place.column]

    def _right(self, place: Place) -> float:
        return self._left(place) + self.wiring.widths[place.column]

    def _middle(self, place: Place) -> float:
        return (self._left(place) + self._right(place)) / 2

    def _line(self, wire: Wire) -> Point:
        """Where the line at a label begins and ends."""
        place, label = self.wiring.labels[wire], self.labels[wire]
        length = label.width - label.name
        if wire.given:
            return self._right(place) - length, self._right(place)
        start = self._left(place) + (self.wiring.widths[place.column] - label.width) / 2
        return start, start + length

    def _pos(self, at: Point) -> str:
        """A point along and across the wires as Graphviz has it, upwards."""
        x, y = (round(number * self.look.font_scale, 2) for number in self._turned(at))
        return f"{x:g},{0 - y:g}"

    def _curve(self, knots: Sequence[Point]) -> str:
        """Level at each knot, and smooth between."""
        points = [knots[0]]
        for one, other in pairwise(knots):
            if one != other:
                halfway = (one[0] + other[0]) / 2
                points += [(halfway, one[1]), (halfway, other[1]), other]
        return " ".join(map(self._pos, points))
