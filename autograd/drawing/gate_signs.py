"""What stands in a gate of a circuit: +, *, max, exp, 1/x."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.notes.number_style import NumberStyle
from autograd.reading import PRODUCT, SUM, Graph, Term, Value

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
LONGEST = 12  # characters of a formula with its numbers in a gate
INSIDE = 3  # operands of an operation whose plain numbers stand in its gate


class Inscription(NamedTuple):
    """What stands in a gate, and the operands that come in by wires of their own."""

    text: str
    operands: tuple[Any, ...]


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
    nodes = tuple(operand for operand in node.operands if graph.has(operand))
    if len(nodes) == 1 < len(node.operands) <= INSIDE:
        formula = _formula(graph, node, style)
        if len(formula) <= LONGEST:
            return Inscription(formula, nodes)
    sign = SIGNS.get(operation.name) or operation.shown.replace("_", "\n")
    return Inscription(sign, node.operands)


def _formula(graph: Graph, node: Value, style: NumberStyle) -> str:
    """The operation over x, which comes in, and its plain numbers: +1, *-1, 1/x."""
    operation: Any = node.operation
    number = style.of_constants
    terms = [
        Term("x") if graph.has(x) else Term(number.short(x), SUM if _is_signed(x) else PRODUCT + 2)
        for x in node.operands
    ]
    name, first = operation.name, graph.has(node.operands[0])
    other = terms[1] if first else terms[0]
    if name == "mul":
        return f"*{other.text}"
    if name == "add" or (name in ("sub", "div") and first):
        return f"{SIGNS[name]}{other.within(PRODUCT)}"
    text: str = operation.text(terms).text
    return text


def _is_signed(number: Any) -> bool:
    return str(number).startswith("-")
