"""Circuits in which one gate stands for several operations: a neuron, a layer, a part of a series.

What goes in and out of it keeps its wires, and these their numbers; many of one kind are a bundle,
which says how many.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd.drawing.cards.card import local_or_undefined
from autograd.drawing.circuit.circuits import Builder, Circuit, Entrance, Gate, Wire
from autograd.drawing.circuit.gate_signs import inscription, words_of
from autograd.drawing.fold_titles import UNNAMED, called, ends, title_of
from autograd.drawing.folding import FORMULA, Key, Part
from autograd.drawing.labels import LINE, counted, formula_lines, shortened
from autograd.drawing.neurons import Groups
from autograd.drawing.scripts import marked
from autograd.drawing.signs import named_term
from autograd.notes.expressions import Pen, negative, write
from autograd.reading import Term, Value, printable

WIDE = 16  # characters of a line in a gate
LOSS = "loss"


class Folded(NamedTuple):
    """A circuit, and how many of each kind its gates stand for: {"neuron": 3}."""

    circuit: Circuit
    counts: dict[str, int]


def folded_circuit(builder: Builder, parts: Sequence[Part], groups: Groups) -> Folded:
    """The circuit of a graph whose nodes are folded in parts, in an order of computation."""
    folder = _Folder(builder, {node: part for part in parts for node in part.nodes}, groups)
    for part in parts:
        folder.add(part)
    return Folded(builder.circuit, folder.counts)


@dataclass(slots=True)
class _Folder:
    """Makes the gates of parts."""

    builder: Builder
    of: dict[Value, Part]
    groups: Groups
    counts: dict[str, int] = field(default_factory=dict)
    bundles: dict[Part, Wire] = field(default_factory=dict)
    outside: set[Value] = field(init=False)  # what other parts are computed with

    def __post_init__(self) -> None:
        self.outside = {self.builder.label.graph.root}
        for node, part in self.of.items():
            self.outside.update(x for x in self._operands(node) if self.of[x] is not part)

    def add(self, part: Part) -> None:
        """What the nodes of a part are: a wire, a bundle, or a gate with its wires."""
        nodes, key = part.nodes, part.key
        if len(nodes) == 1:
            if any(self.of[x] in self.bundles for x in self._operands(nodes[0])):
                self._add_gate(part)
            else:
                self.builder.add(nodes[0])
            return
        are_given = all(map(self.builder.label.graph.is_given, nodes))
        if are_given and len(nodes) <= self.builder.most_wires:
            for node in nodes:
                self.builder.add(node)
            return
        kind = called(key)
        more = len(nodes) - 1 if kind == UNNAMED else 1
        self.counts[kind] = self.counts.get(kind, 0) + more
        if are_given:
            self._bundle(part, nodes)
        else:
            self._add_gate(part)

    def _add_gate(self, part: Part) -> None:
        graph, circuit = self.builder.label.graph, self.builder.circuit
        leaving = [node for node in part.nodes if node in self.outside]
        for node in filter(graph.is_given, leaving):
            self.builder.add(node)
        results = [node for node in leaving if not graph.is_given(node)]
        entrances = tuple(
            Entrance(wire, None, off, folded=True) for wire, off in self._entering(part).items()
        )
        sign = self._sign(part, results)
        inner = [node for node in part.nodes if node not in self.outside]
        if held := self._held(inner):
            sign += "\n" + shortened(f"with {marked(held)}", LINE)
        if len(results) > self.builder.most_wires:
            self._bundle(part, results)
            circuit.gates.append(Gate(sign, entrances, (self.bundles[part],), bool(held)))
            return
        named = {node: self.builder.wire(node) for node in results}
        inside = tuple(self.builder.inside[node] for node in results)
        circuit.gates.append(Gate(sign, entrances, inside, bool(held)))
        circuit.wires.extend(inside)
        for node, wire in named.items():
            self.builder.let_out(node, wire)

    def _entering(self, part: Part) -> dict[Wire, bool]:
        """The wires that come in, from outside or of what is given and used outside too, and
        whether no gradient goes back by them.
        """
        graph, entering = self.builder.label.graph, dict[Wire, bool]()
        for node in part.nodes:
            if graph.is_given(node):
                continue
            for x, local in zip(node.operands, local_or_undefined(graph, node), strict=True):
                if graph.has(x) and (self.of[x] is not part or self._is_shared(x)):
                    wire = self.bundles.get(self.of[x]) or self.builder.inside[x]
                    off = node not in graph.live or local is None
                    entering[wire] = off and entering.get(wire, True)
        return entering

    def _is_shared(self, x: Value) -> bool:
        return x in self.outside and self.builder.label.graph.is_given(x)

    def _operands(self, node: Value) -> list[Value]:
        graph = self.builder.label.graph
        return [] if graph.is_given(node) else [x for x in node.operands if graph.has(x)]

    def _bundle(self, part: Part, nodes: Sequence[Value]) -> None:
        """The wires of some nodes as one."""
        graph = self.builder.label.graph
        wire = Wire(
            None,
            name=" ... ".join(ends(self._names(nodes))),
            given=graph.is_given(nodes[0]),
            off=all(node not in graph.live for node in nodes),
            on_path=any(node in self.builder.path for node in nodes),
            count=len(nodes),
            nodes=frozenset(nodes),
            held=self._held(nodes),
        )
        self.bundles[part] = self.builder.circuit.add_wire(wire)

    def _held(self, nodes: Sequence[Value]) -> str:
        """The name of what is highlighted, where it is among some nodes; "" where it is not."""
        highlight = self.builder.highlight
        if highlight is None or not any(node is highlight for node in nodes):
            return ""
        return printable(self.builder.label.unescaped(highlight))  # on one line

    # --- what stands in a gate --------------------------------------------------------------------

    def _sign(self, part: Part, results: Sequence[Value]) -> str:
        if len(part.nodes) == 1:
            return inscription(self.builder.label.graph, part.nodes[0], self.builder.style).text
        if part.key.kind == FORMULA:
            return formula_lines(self._formula(part.nodes[-1]).text)
        lines = self._title(part.key, part.nodes)
        computed = [node for node in part.nodes if self._operands(node)]
        if lines == [LOSS] and len(computed) > 1:  # not the last of several operations alone
            return LOSS
        shown = {tuple(words_of(node.operation)) for node in results if node.operation}
        if len(shown) == 1 and part.key.kind != "run":
            (words,) = shown
            lines = [*words, *(line for line in lines if line != LOSS)]
        return "\n".join(shortened(line, LINE) for line in lines)

    def _title(self, key: Key, nodes: Sequence[Value]) -> list[str]:
        """What a gate is, in lines."""
        if key.kind == "run":
            results = [node for node in nodes if not self.builder.label.graph.is_given(node)]
            return [counted(len(results), "operation")]
        title = title_of(key, list(map(marked, self._names(nodes))), self.groups)
        if len(title) > 1:
            return [f"{title[0]} ...", title[1]]
        lines = textwrap.wrap(title[0], WIDE)
        if key.kind == "layer" and key.group is not None:
            lines.append(counted(self.groups.neurons_in(key.group.layer), "neuron"))
        return lines

    def _names(self, nodes: Sequence[Value]) -> list[str]:
        """The names of some nodes; those that pictures give, where they have none."""
        label = self.builder.label
        return [label.unescaped(node) for node in nodes if node.name] or [
            label.unescaped(node) for node in nodes
        ]

    def _formula(self, node: Value) -> Term:
        """A result over the names of what comes in."""
        label = self.builder.label

        def leaf(x: Value) -> Term | None:
            is_inside = x is not node and self.of[x] is self.of[node]
            return None if is_inside else named_term(label, x)

        term = write(node, leaf, pen=Pen(self.builder.style))
        return negative(term) if label.is_negated(node) else term
