"""Functions and their derivatives over matrices, entry by entry, as the rule table writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograd.notes.expressions import Pen, negative, write
from autograd.notes.matrices import LayerNodes
from autograd.notes.matrix_form import CLOSE, MINUS, PLUS, TIMES, Matrix, Side, Sign
from autograd.notes.typeset import upright
from autograd.reading import OPERATIONS, POWER, Operation, Term, Value

LONGEST = 60  # characters of a derivative that is written out
MARKS = "\1", "\2"
SOFTMAX = Sign("softmax(", r"\operatorname{softmax}\left(")
LOG, LOG_OF_REST = Sign("log(", r"\log\left("), Sign("log(1 - ", r"\log\left(1 - ")
REST = Sign("(1 - ", r"\left(1 - ")


def applied(operation: Operation, matrix: Matrix) -> Side:
    """A function of every entry: relu(Z)."""
    texts = (operation.text([Term(MARKS[0])]).text, operation.latex([Term(MARKS[0])]).text)
    return _sides(*texts, (matrix,))


def softmax_side(Z: Matrix) -> Side:
    """The softmax of each sample's sums."""
    return SOFTMAX, Z, CLOSE


def cross_entropy_side(A: Matrix, Y: Matrix, is_binary: bool) -> Side:
    """What a cross-entropy is minus the sum of, over the predictions A.

    >>> A, Y = Matrix("A", "A"), Matrix("Y", "Y")
    >>> "".join(each.text for each in cross_entropy_side(A, Y, is_binary=True))
    'Y * log(A) + (1 - Y) * log(1 - A)'
    """
    of_ones: Side = (Y, TIMES, LOG, A, CLOSE)
    rest: Side = (PLUS, REST, Y, CLOSE, TIMES, LOG_OF_REST, A, CLOSE)
    return (*of_ones, *rest) if is_binary else of_ones


def difference(A: Matrix, Y: Matrix, turn: int) -> Side:
    """Prediction minus target; target minus prediction in a notation with that sign."""
    return (A, MINUS, Y) if turn > 0 else (Y, MINUS, A)


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
