"""What a picture shows of each node, copied: name, formula, numbers, and which way gradients go.

Nothing here is about layout or colours, and no rule is repeated: a node's value and local
derivatives come from its entry in the rule table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.drawing.neurons import Group, Role
from autograd.drawing.scripts import unmarked
from autograd.drawing.signs import named_term, negated, shown_gradient, shown_value
from autograd.notes.expressions import Pen, negative, write
from autograd.notes.labels import Labels, every_node
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.notes.numbers import exact_value
from autograd.reading import FAULTS, Graph, Value

UNDEFINED = "undefined"


class Row(NamedTuple):
    """One line of a fold: a node, or several with the range of their numbers."""

    name: str  # marked
    value: str
    gradient: str
    tinted: Any = None  # the gradient that the line has the colour of
    nodes: tuple[Value, ...] = ()  # that it is about
    updated: str = ""  # what the numbers become by an update, "" without one
    renewed: tuple[Value, ...] = ()  # the nodes whose numbers do


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Nodes that one card shows, in lines; the card's name is what they are."""

    kind: str  # neuron, layer, series, run
    nodes: frozenset[Value]
    note: str
    rows: tuple[Row, ...]
    shown: frozenset[Value]  # those that have a line of their own
    role: Role = Role.RESULT
    place: Group | None = None  # of a neuron: those of a layer stand in a column
    room: int = 0  # the least width of its note in points, of a moment

    @property
    def is_updated(self) -> bool:
        """Whether a line has what an update makes of its numbers."""
        return any(row.updated for row in self.rows)


class Room(NamedTuple):
    """What the heading of a card takes at least: its name and its note in points, and its lines."""

    name: int = 0
    note: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One node, `index` its place in topological order; `operands` has the card of each once.

    `off` says that no gradient reaches it, `switched_off` that it lets none through (a ReLU at
    z <= 0).
    """

    node: Value
    index: int
    operands: tuple[Card, ...] = field(repr=False)
    name: str
    written: str  # its formula with marked names, "" for a leaf
    value: str
    gradient: Any
    off: bool
    switched_off: bool
    is_leaf: bool = True  # given, not computed
    updated: str = ""  # what the number becomes by an update, "" without one
    room: int = 0  # the least width of its numbers in points, of a moment
    heading: Room = field(default_factory=Room)  # of a walk, as in all of its passes
    later_off: bool = False  # it leaves room to say that it is off, as at another moment
    now: bool = False  # it was computed last
    number: Any = None  # what the value is written from
    next_number: Any = None  # and what the updated one is
    fold: Fold | None = None  # what else the card stands for, and shows in its place

    @property
    def formula(self) -> str:
        """Its formula, "" for a leaf."""
        return unmarked(self.written)

    @property
    def may_be_off(self) -> bool:
        """Whether its operation selects, as a ReLU does, and so may let no gradient through."""
        operation = None if self.is_leaf else self.node.operation
        return operation is not None and bool(operation.selects)

    @property
    def operation(self) -> str:
        """What its operation is called in print, ReLU; "" for a leaf."""
        return self.node.operation.shown if self.node.operation and not self.is_leaf else ""


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """One operand of one result.

    `local` is the local derivative as it is written, `flow` the result's gradient times it. One
    that stands for several, `parts`, has the sum of their sizes, with a sign if it is that of all.
    """

    operand: Card
    result: Card
    local: str
    flow: Any
    off: bool
    parts: tuple[Arrow, ...] = ()
    has_sign: bool = True
    known: bool = True  # the gradient has come back on it
    room: int = 0  # the least width of what stands on it in points, of a walk


@dataclass(frozen=True, slots=True, eq=False)
class Cards:
    """The cards of a graph in topological order, and the arrows between them."""

    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]


def cards_of(
    root: Value | Graph,
    label: Labels | None = None,
    style: NumberStyle = PLAIN,
    updated: Mapping[Value, Any] = MappingProxyType({}),
) -> Cards:
    """Everything that a picture of `root` shows, its numbers in a style.

    Numbers have the sign of what the labels' notation calls by their names: see `signs`. What is
    `updated` has its new number too.

    >>> a, b = Value(2, "a"), Value(-3, "b")
    >>> [(card.name, card.formula, card.value) for card in cards_of((a * b).relu()).cards]
    [('a', '', '2'), ('b', '', '-3'), ('v1', 'a*b', '-6'), ('L', 'relu(v1)', '0')]
    """
    label = label or every_node(root)
    graph = label.graph
    cards: dict[Value, Card] = {}
    for node in graph.order:
        card = _card(label, cards, node, style)
        if node in updated:
            new = negated(updated[node], label.is_negated(node))
            card = replace(card, updated=style.short(new), next_number=new)
        cards[node] = card
    arrows = (arrow for node in graph.order for arrow in _arrows(label, cards, node, style))
    return Cards(tuple(cards.values()), tuple(arrows))


def _card(label: Labels, cards: Mapping[Value, Card], node: Value, style: NumberStyle) -> Card:
    graph = label.graph
    is_leaf = graph.is_given(node)
    known = () if is_leaf else filter(graph.has, node.operands)
    operands = dict.fromkeys(cards[operand] for operand in known)
    return Card(
        node=node,
        index=graph.position[node],
        operands=tuple(operands),
        name=label.unescaped(node),
        written="" if is_leaf else formula_of(label, node, style),
        value=style.short(shown_value(label, node)),
        gradient=shown_gradient(label, node),
        off=node not in graph.live,
        switched_off=not is_leaf and graph.is_off(node),
        is_leaf=is_leaf,
        number=shown_value(label, node),
    )


def _arrows(
    label: Labels, cards: Mapping[Value, Card], node: Value, style: NumberStyle
) -> list[Arrow]:
    """An arrow from each operand of a node."""
    graph = label.graph
    if graph.is_given(node):
        return []
    each = zip(node.operands, local_or_undefined(graph, node), strict=True)
    return [
        Arrow(
            operand=cards[operand],
            result=cards[node],
            local=written_local(shown, style),
            flow=_flow(cards[node].gradient, shown),
            off=local is None or node not in graph.live,
        )
        for operand, local in each
        if graph.has(operand)
        for shown in [_shown_local(label, local, operand, node)]
    ]


def _shown_local(label: Labels, local: Any, operand: Value, result: Value) -> Any:
    """What takes the gradient that is shown of a result to that of its operand: the local
    derivative of what is shown of both, and 1/m where a sample's own loss passes to the cost.
    """
    if local is None or local is UNDEFINED:
        return local
    local = negated(local, label.is_negated(operand) != label.is_negated(result))
    losses = label.sample_losses
    if losses is None or (operand in losses.samples) == (result in losses.samples):
        return local
    return losses.count * local if operand in losses.samples else losses.share * local


def formula_of(
    label: Labels, node: Value, style: NumberStyle, hidden: Collection[Value] = ()
) -> str:
    """The written expression of one result over its operands' names, marked; what is hidden is
    written out.

    It stands after ≈ where a number in it is rounded.
    """
    pen = Pen(style)
    term = write(node, lambda x: None if x in hidden else named_term(label, x), pen=pen)
    formula = (negative(term) if label.is_negated(node) else term).text
    return f"≈ {formula}" if pen.rounded else formula


def local_or_undefined(graph: Graph, node: Value) -> list[Any]:
    """The local derivative in each operand: None where nothing passes, `UNDEFINED` without one."""
    try:
        return graph.local(node)
    except FAULTS:  # the square root at 0: a picture of the values is still a picture
        return [UNDEFINED] * len(node.operands)


def written_local(local: Any, style: NumberStyle) -> str:
    """A local derivative as it is shown.

    >>> written_local(None, PLAIN), written_local(-3, PLAIN)
    ('0', '-3')
    """
    if local is None:
        return "0"
    return UNDEFINED if local is UNDEFINED else style.of_constants.short(local)


def _flow(gradient: Any, local: Any) -> Any:
    if gradient is None or local is None or local is UNDEFINED:
        return None
    if isinstance(gradient, Fraction) and isinstance(local, Decimal):
        local = exact_value(local)  # a rounded share of a mean is a Fraction, whatever the graph's
        return None if local is None else gradient * local
    return gradient * local
