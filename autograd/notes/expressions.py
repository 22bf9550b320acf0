"""The written form of a recorded expression, over the names or the numbers of its operands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from autograd.notes.naming import latex_of
from autograd.notes.numbers import number_text
from autograd.notes.typeset import binding
from autograd.reading import (
    ATOM,
    OPERATIONS,
    PRODUCT,
    SIGNED,
    SUM,
    Term,
    Value,
    dot,
    printable,
)

Leaf = Callable[[Value], Term | None]


def number_term(number: Any, plain: bool = False) -> Term:
    """A number as an operand of a written expression."""
    text = number_text(number)
    if text.startswith("-"):
        level = SIGNED
    elif "/" in text:
        level = PRODUCT
    else:
        level = ATOM if re.fullmatch(r"[\w.∞]+", text) else SUM
    return Term(text, level, plain)


def name_term(name: str, latex: bool = False) -> Term:
    """A name as an operand; one with a superscript stands in parentheses before a power."""
    return Term(latex_of(name) if latex else printable(name), binding(name))


def write(node: Value, leaf: Leaf, latex: bool = False) -> Term:
    """The expression that `node` records.

    `leaf` writes the Values at which it stops, and gives None to go on into one.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> write(a * (b - 1), lambda node: name_term(node.name) if node.name else None).text
    'a*(b - 1)'
    """
    if node.operation is None:
        return leaf(node) or number_term(node.data)
    written: dict[Value, Term] = {}
    path = [node]
    while path:  # iterative: an unnamed expression may be deep
        current, missing = path[-1], []
        for operand in current.operands:
            if operand.__class__ is Value and operand not in written:
                term = leaf(operand) or _given(operand)
                if term is None:
                    missing.append(operand)
                else:
                    written[operand] = term
        if missing:
            path.extend(missing)
        else:
            written[path.pop()] = _combined(current, written, leaf, latex)
    return written[node]


def _given(node: Value) -> Term | None:
    """A leaf without a name, a plain number."""
    return number_term(node.data, plain=True) if node.operation is None else None


def _combined(node: Value, written: Mapping[Value, Term], leaf: Leaf, latex: bool) -> Term:
    """An operation over its operands, which are written already."""
    operation: Any = node.operation
    terms = [_operand(x, written) for x in node.operands]
    if operation is dot and len(terms) == 2 and _is_minus_one(node.operands[0]):
        return _opposite(node.operands[1], written, leaf)
    combined: Term = (operation.latex if latex else operation.text)(terms)
    return combined


def _operand(x: Any, written: Mapping[Value, Term]) -> Term:
    return written[x] if x.__class__ is Value else number_term(x, plain=True)


def _is_minus_one(x: Any) -> bool:
    return x.__class__ is not Value and x == -1


def _opposite(x: Any, written: Mapping[Value, Term], leaf: Leaf) -> Term:
    """Minus one times an operand: of a difference that is written out, the other way round."""
    operation: Any = x.operation if x.__class__ is Value and leaf(x) is None else None
    if operation is not OPERATIONS["sub"]:
        return negative(_operand(x, written))
    turned: Term = operation.text([_operand(each, written) for each in reversed(x.operands)])
    return turned


def negative(term: Term) -> Term:
    """-term."""
    written: Term = OPERATIONS["neg"].text([term])
    return written
