"""Functions and their derivatives over matrices, entry by entry, as the rule table writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograd.notes.expressions import Pen, negative, write
from autograd.notes.matrices import LayerNodes
from autograd.notes.matrix_form import Matrix, Side, Sign
from autograd.notes.typeset import upright
from autograd.reading import OPERATIONS, POWER, Operation, Term, Value

LONGEST = 60  # characters of a derivative that is written out
MARKS = "\1", "\2"


def applied(operation: Operation, matrix: Matrix) -> Side:
    """A function of every entry: relu(Z)."""
    texts = (operation.text([Term(MARKS[0])]).text, operation.latex([Term(MARKS[0])]).text)
    return _sides(*texts, (matrix,))


def _sides(text: str, latex: str, given: Sequence[Matrix]) -> Side:
    """A written expression with marks in it, as signs and matrices."""
    parts, in_latex = (re.split("([\1\2])", each) for each in (text, _elementwise(latex)))
    if parts[1::2] != in_latex[1::2]:  # the two are written in another order
        in_latex = parts
    found: list[Matrix | Sign] = []
    for part, other in zip(parts, in_latex, strict=True):
        if part in MARKS:
            found.append(given[MARKS.index(part)])
        elif part:
            found.append(Sign(part, other))
    return tuple(found)


def _elementwise(latex: str) -> str:
    r"""Products of matrices' entries as \odot; those with a plain number stay."""
    return re.sub(r"(?<!\d) \\cdot ", r" \\odot ", latex)


def derivative_side(
    operation: Operation, pairs: Sequence[tuple[Value, Any]], given: Sequence[Matrix], turn: int
) -> Side:
    """The derivative of a loss in its prediction, over the matrices; () where entries differ."""
    found = set()
    for output, target in pairs:
        node = operation(Value(output.data, MARKS[0]), Value(target, MARKS[1]))
        derivative = operation.recorded_derivatives(node)[0]
        found.add((_term(derivative, turn, False).text, _term(derivative, turn, True).text))
        if len(found) > 1:
            return ()
    return _sides(*found.pop(), given)


def _term(derivative: Any, turn: int, latex: bool) -> Term:
    """A derivative, or its negative, with marks in the places of the matrices."""
    pen = Pen(latex=latex, derived=True)
    if derivative.__class__ is not Value:
        return pen.number(turn * derivative)

    def leaf(node: Value) -> Term | None:
        return Term(node.name) if node.name in MARKS else None

    if turn > 0:
        return leaf(derivative) or write(derivative, leaf, latex, pen)
    if derivative.operation is OPERATIONS["sub"]:
        turned = OPERATIONS["sub"](*reversed(derivative.operands))
        return write(turned, leaf, latex, pen)
    return negative(leaf(derivative) or write(derivative, leaf, latex, pen))


def slope_written(operation: Operation, layer: LayerNodes, Z: Matrix, A: Matrix) -> tuple[str, str]:
    """How the derivative of an activation is written over Z and A."""
    by_name = f"{operation.prime or operation.name + chr(39)}({Z.text})"
    short = by_name, rf"{upright(operation.shown)}'\left({Z.latex}\right)"
    if operation.prime:
        return short
    found = set()
    for row in layer.sums:
        for z in row:
            node = operation(Value(z.data, MARKS[0]))
            node.name = MARKS[1]
            derivative = operation.recorded_derivatives(node)[0]
            terms = (_term(derivative, 1, latex) for latex in (False, True))
            found.add(tuple(term.within(POWER) for term in terms))
    text, latex = found.pop()
    if found or len(text) > LONGEST:
        return short
    return _filled(text, Z.text, A.text), _filled(_elementwise(latex), Z.latex, A.latex)


def _filled(text: str, *names: str) -> str:
    for mark, name in zip(MARKS, names, strict=True):
        text = text.replace(mark, name)
    return text
