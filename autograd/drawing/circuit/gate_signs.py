"""What stands in a gate of a circuit: +, *, max, exp, 1/x."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.drawing.labels import LINE, shortened
from autograd.notes.number_style import NumberStyle
from autograd.reading import ATOM, POWER, PRODUCT, SIGNED, SUM, Graph, Term, Value

SIGNS = {
    "add": "+",
    "total": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "pow": "^",
    "neg": "*-1",
    "abs": "|x|",
    "sigmoid": "σ",
}
WORDS = {"softmax_share": "softmax"}  # by which courses know what stands in a gate
LONGEST = 16  # characters of a formula with its numbers in a gate
INSIDE = 3  # operands of an operation whose plain numbers stand in its gate


class Inscription(NamedTuple):
    """What stands in a gate, and the places of the operands that come in by wires of their own."""

    text: str
    places: tuple[int, ...]


def inscription(graph: Graph, node: Value, style: NumberStyle) -> Inscription:
    """The sign of a result's operation; a plain number beside a single Value stands in the gate.

    >>> from autograd.notes.number_style import PLAIN
    >>> x = Value(2.0, "x")
    >>> results = x * x, x + 1, 1 / x, x**2, -1 * x, x.relu()
    >>> [inscription(Graph(y), y, PLAIN).text for y in results]
    ['*', '+1', '1/x', 'x^2', '*-1', 'ReLU']
    """
    operation = node.operation
    assert operation is not None  # a leaf has no gate
    nodes = tuple(place for place, x in enumerate(node.operands) if graph.has(x))
    if len(nodes) == 1 < len(node.operands) <= INSIDE:
        formula = _formula(graph, node, style)
        if len(formula) <= LONGEST:
            return Inscription(formula, nodes)
    words = words_of(operation)
    sign = SIGNS.get(operation.name) or "\n".join(shortened(word, LINE) for word in words)
    return Inscription(sign, tuple(range(len(node.operands))))


def words_of(operation: Any) -> list[str]:
    """What an operation is called in a gate, word by word."""
    shown: str = WORDS.get(operation.name, operation.shown)
    return shown.split("_")


def _formula(graph: Graph, node: Value, style: NumberStyle) -> str:
    """The operation over x, which comes in, and its plain numbers: +1, *-1, 1/x."""
    operation: Any = node.operation
    number = style.of_constants
    terms = [Term("x") if graph.has(x) else _term(number.short(x)) for x in node.operands]
    name, first = operation.name, graph.has(node.operands[0])
    other = terms[1] if first else terms[0]
    if name == "mul":
        return f"*{other.within(SIGNED)}"
    if name == "add" or (name in ("sub", "div") and first):
        return f"{SIGNS[name]}{other.within(POWER if name == 'div' else PRODUCT)}"
    text: str = operation.text(terms).text
    return text


def _term(number: str) -> Term:
    if " " in number:  # a symbol's
        return Term(number, SUM)
    level = PRODUCT if "/" in number or "*" in number else ATOM
    return Term(number, SIGNED if number.startswith("-") else level)
