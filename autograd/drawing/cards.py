"""What a picture shows of each node, copied: names, formulas, numbers, and where the gradient does
not go.

Nothing here is about layout or colours, and no rule is repeated: a node's value and local
derivatives come from its entry in the rule table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.notes.expressions import name_term, write
from autograd.notes.numbers import short_number
from autograd.reading import FAULTS, Graph, Value

UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Card:
    """One node. `off` says that no gradient reaches it, `switched_off` that it lets none through (a
    ReLU at z <= 0).
    """

    index: int
    name: str
    formula: str  # "" for a leaf
    value: str
    gradient: Any
    off: bool
    switched_off: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """One operand of one result, by their indices; `local` is written, `flow` is gradient times
    local derivative.
    """

    operand: int
    result: int
    local: str
    flow: Any
    off: bool


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a graph in topological order, and the arrows between them."""

    graph: Graph
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]

    def operands(self, card: Card) -> list[int]:
        """The indices of a card's operands, each once."""
        graph = self.graph
        found = (x for x in graph.order[card.index].operands if graph.has(x))
        return list(dict.fromkeys(graph.position[x] for x in found))


def cards_of(root: Value | Graph) -> Cards:
    """Everything that a picture of `root` shows.

    >>> a, b = Value(2, "a"), Value(-3, "b")
    >>> [(card.name, card.formula, card.value) for card in cards_of((a * b).relu()).cards]
    [('a', '', '2'), ('b', '', '-3'), ('v1', 'a*b', '-6'), ('v2', 'relu(v1)', '0')]
    """
    graph = Graph.of(root)
    cards = tuple(_card(graph, index, node) for index, node in enumerate(graph.order))
    arrows = tuple(arrow for node in graph.order for arrow in _arrows(graph, node))
    return Cards(graph, cards, arrows)


def _card(graph: Graph, index: int, node: Value) -> Card:
    return Card(
        index=index,
        name=graph.names[node],
        formula=formula_of(graph, node),
        value=short_number(graph.data[node]),
        gradient=graph.gradients[node],
        off=node not in graph.live,
        switched_off=graph.is_off(node),
    )


def _arrows(graph: Graph, node: Value) -> list[Arrow]:
    """An arrow from each operand of a node."""
    each = zip(node.operands, local_derivatives(graph, node), strict=False)
    return [
        Arrow(
            operand=graph.position[operand],
            result=graph.position[node],
            local=_written(local),
            flow=_flow(graph.gradients[node], local),
            off=local is None or node not in graph.live,
        )
        for operand, local in each
        if graph.has(operand)
    ]


def formula_of(graph: Graph, node: Value) -> str:
    """The written expression of one node over the names of its operands; "" for a leaf."""
    if node.operation is None:
        return ""
    return write(node, lambda operand: name_term(graph.names[operand])).text


def local_derivatives(graph: Graph, node: Value) -> list[Any]:
    """The local derivative in each operand: None where nothing passes, `UNDEFINED` without one."""
    try:
        return graph.local(node)
    except FAULTS:  # the square root at 0: a picture of the values is still a picture
        return [UNDEFINED] * len(node.operands)


def _written(local: Any) -> str:
    return "0" if local is None else UNDEFINED if local is UNDEFINED else short_number(local)


def _flow(gradient: Any, local: Any) -> Any:
    if gradient is None or local is None or local is UNDEFINED:
        return None
    return gradient * local
