"""What a picture shows of each node, copied: names, formulas, numbers, and where the gradient does
not go.

Nothing here is about layout or colours, and no rule is repeated: a node's value and local
derivatives come from its entry in the rule table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.graph import require_current, topological_order, wengert_names
from autograd.notes.notation import name_term, short_number, write
from autograd.value import Value

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

    nodes: tuple[Value, ...]
    operands: tuple[tuple[int, ...], ...]  # of each node, each once
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]


def cards_of(root: Value) -> Cards:
    """Everything that a picture of `root` shows. A ValueError if a leaf was set after the forward
    pass.

    >>> a, b = Value(2, "a"), Value(-3, "b")
    >>> [(card.name, card.formula, card.value) for card in cards_of((a * b).relu()).cards]
    [('a', '', '2'), ('b', '', '-3'), ('v1', 'a*b', '-6'), ('v2', 'relu(v1)', '0')]
    """
    nodes = topological_order(root)
    names = wengert_names(root)
    require_current(root)
    locals_of = {node: local_derivatives(node) for node in nodes if node.operation is not None}
    live = reached(nodes, locals_of)
    index = {node: number for number, node in enumerate(nodes)}
    cards = tuple(
        Card(
            index=index[node],
            name=names[node],
            formula=formula_of(node, names),
            value=short_number(node.data),
            gradient=node.grad,
            off=node not in live,
            switched_off=switched_off(node, locals_of),
        )
        for node in nodes
    )
    arrows = tuple(
        Arrow(
            operand=index[operand],
            result=index[node],
            local=_written(local),
            flow=_flow(node.grad, local),
            off=local is None or node not in live,
        )
        for node in locals_of
        for operand, local in zip(node.operands, locals_of[node], strict=True)
        if isinstance(operand, Value)
    )
    operands = tuple(
        tuple(dict.fromkeys(index[x] for x in node.operands if isinstance(x, Value)))
        for node in nodes
    )
    return Cards(tuple(nodes), operands, cards, arrows)


def formula_of(node: Value, names: dict[Value, str]) -> str:
    """The written expression of one node over the names of its operands; "" for a leaf."""
    return (
        ""
        if node.operation is None
        else write(node, lambda operand: name_term(names[operand])).text
    )


def local_derivatives(node: Value) -> list[Any]:
    """The local derivative in each operand: None where the node passes nothing on, `UNDEFINED`
    where there is none.
    """
    operation = node.operation
    assert operation is not None
    try:
        return list(operation.local_derivatives(node))
    except (
        ArithmeticError,
        TypeError,
        ValueError,
    ):  # the square root at 0: a picture of the values is still a picture
        return [UNDEFINED] * len(node.operands)


def reached(nodes: Sequence[Value], locals_of: dict[Value, list[Any]]) -> set[Value]:
    """The nodes that a gradient can reach from the root, the last of `nodes`, past all sides not
    taken.
    """
    live = {nodes[-1]}
    for node in reversed(nodes):
        if node in live and node in locals_of:
            pairs = zip(node.operands, locals_of[node], strict=True)
            live.update(
                operand
                for operand, local in pairs
                if isinstance(operand, Value) and local is not None
            )
    return live


def switched_off(node: Value, locals_of: dict[Value, list[Any]]) -> bool:
    """Whether the node selects, and has taken none of its recorded operands."""
    operation = node.operation
    return (
        operation is not None
        and operation.selects
        and all(local is None for local in locals_of[node])
    )


def _written(local: Any) -> str:
    return "0" if local is None else UNDEFINED if local is UNDEFINED else short_number(local)


def _flow(gradient: Any, local: Any) -> Any:
    return None if gradient is None or local is None or local is UNDEFINED else gradient * local
