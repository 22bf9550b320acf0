"""The written form of a recorded expression, over the names or the numbers of its operands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from autograd.notes.notation import latex_name
from autograd.notes.numbers import number_text
from autograd.reading import ATOM, POWER, PRODUCT, SIGNED, SUM, Term, Value


def number_term(number: Any, plain: bool = False) -> Term:
    """A number as an operand of a written expression."""
    text = number_text(number)
    if text.startswith("-"):
        return Term(text, SIGNED, plain)
    return Term(
        text, PRODUCT if "/" in text else ATOM if re.fullmatch(r"[\w.∞]+", text) else SUM, plain
    )


def name_term(name: str, latex: bool = False) -> Term:
    """A name as an operand: one with a superscript, or a derivative's, is put in parentheses before
    a power.
    """
    return Term(latex_name(name) if latex else name, POWER if "^" in name or "/" in name else ATOM)


def write(node: Value, leaf: Callable[[Value], Term | None], latex: bool = False) -> Term:
    """The expression that `node` records. `leaf` writes the Values at which it stops, and gives
    None to go on into one.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> write(a * (b - 1), lambda node: name_term(node.name) if node.name else None).text
    'a*(b - 1)'
    """
    written: dict[Value, Term] = {}
    path = [node]
    while path:  # iterative: an unnamed expression may be deep
        current = path[-1]
        missing = []
        for operand in current.operands:
            if operand.__class__ is Value and operand not in written:
                term = leaf(operand) or (
                    number_term(operand.data, plain=True) if operand.operation is None else None
                )
                if term is None:
                    missing.append(operand)
                else:
                    written[operand] = term
        if missing:
            path.extend(missing)
            continue
        path.pop()
        operation = current.operation
        if operation is None:
            return leaf(current) or number_term(current.data)
        terms = [
            written[x] if x.__class__ is Value else number_term(x, plain=True)
            for x in current.operands
        ]
        written[current] = (operation.latex if latex else operation.text)(terms)
    return written[node]
