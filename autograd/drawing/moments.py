"""A picture of a moment: of a walk where it stands, with nothing on it that is not computed yet.

All moments of a walk are laid out alike, so that nothing jumps from one to the next: what is not
computed takes the room that it will need.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from autograd.drawing.cards.card import Arrow, Card, Cards, Fold, Row
from autograd.drawing.circuit.circuits import Circuit, Entrance, Wire
from autograd.drawing.labels import TITLE, ending_alike, in_lines, shortened
from autograd.drawing.metrics import (
    width_in_dot,
)
from autograd.drawing.scripts import marked, unmarked
from autograd.drawing.signs import negated
from autograd.drawing.training import Training, labels_of, recorded_pass
from autograd.notes.labels import Labels
from autograd.notes.number_style import NumberStyle
from autograd.notes.steps import AFTER, BEFORE, Step, related
from autograd.notes.walk import Walk
from autograd.reading import Graph, Value

UNKNOWN = "-"
NAME = re.compile(f"{BEFORE}([^{AFTER}]*){AFTER}")
LINE, MEMBER = 90, 110  # characters of a heading on a line, and of one side of its equation
SMALL = 9  # points
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Moment:
    """What is computed at a step of a walk, and what it computed last, in one pass of it.

    `values` and `gradients` are the nodes whose numbers are known, `updated` the parameters whose
    new ones are; `now` is the node whose value, gradient or new number came last, `of` says which
    of these. `room` is for the widest number of all steps, in points; `lines` are the title, names
    marked, and `title_room` is for the widest of all.
    """

    values: set[Value]
    gradients: set[Value]
    updated: set[Value]
    now: Value | None
    of: str
    backward: bool
    room: int
    lines: tuple[str, ...]
    title_room: int

    @property
    def title(self) -> str:
        """The line of the step, its names marked; as many lines at every step."""
        return "\n".join(self.lines)

    @property
    def said(self) -> str:
        """The same on one line, as it is typed."""
        return unmarked(" ".join(filter(None, self.lines)))


class Kept(NamedTuple):
    """What the pictures of a walk, made in one way, share from step to step; none without one."""

    walk: Walk | None
    way: Hashable

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` returns, made once for this key."""
        if self.walk is None:
            return make()
        kept = self.walk.kept
        if (self.way, key) not in kept:
            kept[self.way, key] = make()
        made: Made = kept[self.way, key]
        return made


NOT_KEPT = Kept(None, None)


class Pass(NamedTuple):
    """A pass of a walk with all its numbers."""

    label: Labels
    updated: Mapping[Value, Any]


class Scene(NamedTuple):
    """The passes of a walk with all their numbers, which its pictures are laid out alike with; at
    which place is the one where it stands, and what is known of its numbers so far.
    """

    passes: Sequence[Pass]
    place: int
    style: NumberStyle
    moment: Moment

    @property
    def label(self) -> Labels:
        """What the nodes of the pass where it stands are called."""
        return self.passes[self.place].label

    @property
    def updated(self) -> Mapping[Value, Any]:
        """What the parameters of this pass become."""
        return self.passes[self.place].updated


class Rooms(NamedTuple):
    """What all moments of a walk have room for: its widest number, its widest title, in points, and
    the most lines of one.
    """

    number: int
    title: int
    lines: int


def scene_of(walk: Walk, style: NumberStyle | None) -> Scene:
    """The pass that a walk stands in, at its moment.

    A ValueError for a walk over steps that know of no graph.
    """
    style = style or walk.style
    if isinstance(walk.recorded, Training):
        return _of_training(walk, walk.recorded, style)
    if walk.recorded is None:
        raise ValueError("this walk is over steps alone: draw what was walked, walk(loss)")
    kept = Kept(walk, style)
    passes = kept.once("passes", lambda: [Pass(_as_stepped(walk), {})])
    headings = kept.once("headings", lambda: _headings(walk, style))
    rooms = kept.once("rooms", lambda: _rooms(walk, passes, style, headings))
    moment = _moment(walk, passes[0].label.graph, 0, len(walk.steps), {}, rooms, headings)
    return Scene(passes, 0, style, moment)


def _as_stepped(walk: Walk) -> Labels:
    """The labels of the walk's graph with the numbers of its steps."""
    label: Labels = copy.copy(walk.recorded)
    graph: Graph = copy.copy(label.graph)
    graph.data, graph.gradients = dict(graph.data), dict.fromkeys(graph.order)
    graph.__dict__.pop("live", None)  # found anew, with these numbers
    for step in walk.steps:
        if step.node not in graph.data:
            continue
        is_turned = label.is_negated(step.node)
        if step.of_gradient:
            is_turned = is_turned != (label.notation.error_sign < 0)
            graph.gradients[step.node] = negated(step.number, is_turned)
        else:
            graph.data[step.node] = negated(step.number, is_turned)
    label.graph = graph
    return label


def _of_training(walk: Walk, training: Training, style: NumberStyle) -> Scene:
    """The pass of a training in which the walk stands; at its start the first."""
    ends = list(accumulate(len(epoch.steps) for epoch in training.epochs))
    number = next(place for place, end in enumerate(ends, start=1) if walk.position <= end)
    kept = Kept(walk, style)
    every = range(1, len(ends) + 1)
    passes = kept.once("passes", lambda: [_pass(training, place) for place in every])
    headings = kept.once("headings", lambda: _headings(walk, style))
    rooms = kept.once("rooms", lambda: _rooms(walk, passes, style, headings))
    start, end = [0, *ends][number - 1 : number + 1]
    became = training.epochs[number - 1].updated
    graph = passes[number - 1].label.graph
    moment = _moment(walk, graph, start, end, became, rooms, headings)
    return Scene(passes, number - 1, style, moment)


def _pass(training: Training, number: int) -> Pass:
    recorded = recorded_pass(training, number)
    without = dict.fromkeys(filter(recorded.graph.data.__contains__, training.parameters))
    return Pass(labels_of(training, recorded.graph, None), recorded.updated or without)


# --- what is known --------------------------------------------------------------------------------


def _headings(walk: Walk, style: NumberStyle) -> list[list[str]]:
    """The lines of the title at each step, from the start on."""
    styled = style != walk.style
    lines = [step.in_style(style) if styled else step for step in walk.steps]
    return [_title_lines(line, len(lines)) for line in (None, *lines)]


def _rooms(
    walk: Walk, passes: Sequence[Pass], style: NumberStyle, titles: Sequence[Sequence[str]]
) -> Rooms:
    texts = [style.short(step.number) for step in walk.steps]
    for graph in (each.label.graph for each in passes):
        texts += map(style.short, (*graph.data.values(), *graph.gradients.values()))
    return Rooms(
        max(map(room_of, ending_alike(texts))),
        max(room_of(line, TITLE, bold=True) for lines in titles for line in lines),
        max(map(len, titles)),
    )


def _moment(
    walk: Walk,
    graph: Graph,
    start: int,
    end: int,
    became: Mapping[Value, Value],
    rooms: Rooms,
    headings: Sequence[Sequence[str]],
) -> Moment:
    """The moment of a pass, whose steps are those from `start` to `end`."""
    steps = list(enumerate(walk.steps[start:end], start=start + 1))
    forward = {step.node: at for at, step in steps if not step.of_gradient}
    backward = {step.node: at for at, step in steps if step.of_gradient}
    values = _values_at(graph, forward, start)
    gradients = _gradients_at(graph, backward)
    new = {old: forward[node] for old, node in became.items() if node in forward}
    now, of = _latest(walk, start, {node: old for old, node in became.items()})
    lines = headings[walk.position]
    return Moment(
        _up_to(walk, values),
        _up_to(walk, gradients),
        _up_to(walk, new),
        now,
        of,
        any(step.of_gradient for step in walk.steps),
        rooms.number,
        (*lines, *[""] * (rooms.lines - len(lines))),
        rooms.title,
    )


def _up_to(walk: Walk, places: Mapping[Value, float]) -> set[Value]:
    return {node for node, at in places.items() if at <= walk.position}


def _values_at(graph: Graph, own: Mapping[Value, int], start: int) -> dict[Value, float]:
    """When each value is known: what has no line of its own, with the first that it is part of."""
    known: dict[Value, float] = dict.fromkeys(graph.order, math.inf)
    for node in reversed(graph.order):
        if graph.is_given(node):
            known[node] = start
        elif node in own:
            known[node] = own[node]
        for x in filter(graph.has, () if graph.is_given(node) else node.operands):
            known[x] = min(known[x], known[node])
    return known


def _gradients_at(graph: Graph, own: Mapping[Value, int]) -> dict[Value, float]:
    """When each gradient is known, in the same way."""
    known: dict[Value, float] = {}
    for node in graph.order:
        operands = () if graph.is_given(node) else filter(graph.has, node.operands)
        first = min((known[x] for x in operands), default=math.inf)
        known[node] = own.get(node, first)
    return known


def _latest(walk: Walk, start: int, old: Mapping[Value, Value]) -> tuple[Value | None, str]:
    """The node whose number came last, and which of its numbers that is."""
    step = walk.step
    if step is None or walk.position <= start:
        return None, ""
    if step.of_update:
        return old.get(step.node), "new"
    return step.node, "gradient" if step.of_gradient else "value"


def room_of(text: str, size: int = 11, bold: bool = False) -> int:
    """The points that a text takes on one line, as `dot` measures it.

    >>> room_of("0.5") < room_of("≈0.5")
    True
    """
    return math.ceil(width_in_dot(text, size, bold)) + 2


# --- the heading ----------------------------------------------------------------------------------


def titles(title: str, moment: Moment | None, room: float) -> tuple[str, str]:
    """What stands over a picture that has so much room, and how it is said: the line of the moment,
    unless told.
    """
    if title or moment is None:
        return in_lines(title, room), title
    return moment.title, moment.said


def _title_lines(step: Step | None, steps: int) -> list[str]:
    """A step's line, its names marked, broken before its signs of relation."""
    if step is None:
        return [f"step 0 of {steps}: what is given"]
    formula = NAME.sub(lambda name: marked(name[1]), step.marked_formula)
    name, of_formula, *others = step.members
    members = name._replace(text=marked(step.name)), of_formula._replace(text=formula), *others
    lines = [""]
    for place, (sign, text) in enumerate(related(*members)):
        part = f" {sign} {shortened(text, MEMBER)}" if sign else text
        if place > 1 and len(unmarked(lines[-1] + part)) > LINE:
            lines.append(part.strip())
        else:
            lines[-1] += part
    return lines


# --- what is shown --------------------------------------------------------------------------------


def cards_at(cards: Cards, moment: Moment, backward: bool) -> Cards:
    """The cards with what is known: "-" for other numbers, and arrows back where they were gone.

    Of a fold, a line of several nodes has its numbers when all of them are known.
    """
    made: dict[Card, Card] = {}
    is_forward_done = cards.cards[-1].node in moment.values
    for card in cards.cards:
        node = card.node
        nodes = card.fold.nodes if card.fold else {node}
        is_computed, is_back = nodes <= moment.values, nodes <= moment.gradients
        is_off_known = is_back if backward else is_forward_done
        made[card] = replace(
            card,
            operands=tuple(made.get(operand, operand) for operand in card.operands),
            value=card.value if is_computed else UNKNOWN,
            gradient=card.gradient if is_back else None,
            updated=card.updated if node in moment.updated else UNKNOWN * bool(card.updated),
            off=card.off and is_off_known,
            switched_off=card.switched_off and is_computed,
            later_off=card.may_be_off and not (card.switched_off and is_computed),
            room=moment.room,
            now=moment.now in nodes,
            fold=_fold_at(card.fold, moment) if card.fold else None,
        )
    arrows = (_arrow_at(arrow, made, moment) for arrow in cards.arrows)
    return Cards(tuple(made.values()), tuple(arrows))


def _fold_at(fold: Fold, moment: Moment) -> Fold:
    """A fold whose lines have what is known, and no others; a neuron's note says what is off."""
    rows = tuple(_row_at(row, moment) for row in fold.rows)
    if fold.kind != "neuron":
        return replace(fold, rows=rows)
    note = fold.note if fold.nodes <= moment.values else ""
    return replace(fold, rows=rows, note=note, room=max(fold.room, room_of(fold.note, SMALL)))


def _row_at(row: Row, moment: Moment) -> Row:
    is_computed = moment.values.issuperset(row.nodes)
    if not row.value:  # how many are off
        return row if is_computed else row._replace(name="")
    is_back = moment.gradients.issuperset(row.nodes)
    is_new = moment.updated.issuperset(row.renewed)
    return row._replace(
        value=row.value if is_computed else UNKNOWN,
        updated=row.updated if is_new else UNKNOWN,
        gradient=row.gradient if is_back else UNKNOWN,
        tinted=row.tinted if is_back else None,
    )


def _arrow_at(arrow: Arrow, made: Mapping[Card, Card], moment: Moment) -> Arrow:
    """An arrow forward, until the gradient has come back on all that it stands for."""
    operand, result = made[arrow.operand], made[arrow.result]
    if all(part.operand.node in moment.gradients for part in arrow.parts or [arrow]):
        return replace(arrow, operand=operand, result=result)
    return replace(arrow, operand=operand, result=result, flow=None, off=False, known=False)


def circuit_at(circuit: Circuit, moment: Moment) -> Circuit:
    """The circuit with what is known; numbers that are not leave their room."""
    wires = {wire: _wire_at(wire, moment) for wire in circuit.wires}
    gates = [
        replace(
            gate,
            entrances=tuple(_entrance_at(entrance, wires) for entrance in gate.entrances),
            results=tuple(wires[result] for result in gate.results),
        )
        for gate in circuit.gates
    ]
    return Circuit(circuit.style, [*wires.values()], gates)


def _wire_at(wire: Wire, moment: Moment) -> Wire:
    if wire.constant:
        return wire
    known = {
        "value": moment.values.issuperset(wire.nodes),
        "gradient": moment.gradients.issuperset(wire.nodes),
        "new": moment.updated.issuperset(wire.nodes),
    }
    hidden = frozenset(of for of, is_known in known.items() if not is_known)
    now = moment.of if moment.now in wire.nodes else ""
    return replace(wire, hidden=hidden, now=now, off=wire.off and known["gradient"])


def _entrance_at(entrance: Entrance, wires: Mapping[Wire, Wire]) -> Entrance:
    wire = wires[entrance.wire]
    is_hidden = "gradient" in wire.hidden
    return replace(entrance, wire=wire, off=entrance.off and not is_hidden)
