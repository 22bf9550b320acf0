"""Functions and their derivatives over matrices, entry by entry, as the rule table writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.notes.expressions import Leaf, Pen, negative, write
from autograd.notes.matrices import LayerNodes
from autograd.notes.matrix_form import (
    CLOSE,
    MINUS,
    PLUS,
    TIMES,
    Matrix,
    Side,
    Sign,
    in_form,
    letters,
    letters_in_latex,
)
from autograd.notes.matrix_writing import OverMatrices
from autograd.notes.typeset import upright
from autograd.reading import ANY, OPERATIONS, POWER, Operation, Term, Value

LONGEST = 60  # characters of a derivative that is written out
SOFTMAX = Sign("softmax(", r"\operatorname{softmax}\left(")
LOG, LOG_OF_REST = Sign("log(", r"\log\left("), Sign("log(1 - ", r"\log\left(1 - ")
REST = Sign("(1 - ", r"\left(1 - ")


def applied(operation: Operation, matrix: Matrix) -> Side:
    """A function of every entry: relu(Z)."""
    over = OverMatrices((matrix,))
    return over.side(lambda pen: pen.operation(operation, over.terms))


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


def derivative_side(
    operation: Operation, pairs: Sequence[tuple[Value, Any]], given: Sequence[Matrix], turn: int
) -> Side:
    """The derivative of a loss in its prediction, over the matrices; () where entries differ."""
    found: list[Side] = []
    for output, target in pairs:
        operands = Value(output.data), Value(target)
        derivative = operation.recorded_derivatives(operation(*operands))[0]
        side = _entry(derivative, operands, given, turn)
        if side not in found:
            found.append(side)
    return found[0] if len(found) == 1 else ()


def _entry(
    derivative: Any,
    nodes: Sequence[Value],
    given: Sequence[Matrix],
    turn: int = 1,
    level: int = ANY,
) -> Side:
    """A derivative over these nodes, or its negative, over the matrices that they are entries of;
    where it binds less tightly than `level`, in parentheses.
    """
    over = OverMatrices(given)
    known = dict(zip(nodes, over.terms, strict=True))

    def write_it(pen: Pen) -> Term:
        return Term(_term(derivative, turn, known.get, pen).within(level))

    return over.side(write_it, derived=True)


def _term(derivative: Any, turn: int, leaf: Leaf, pen: Pen) -> Term:
    """A derivative, or its negative."""
    if derivative.__class__ is not Value:
        return pen.number(turn * derivative)
    if turn > 0:
        return leaf(derivative) or write(derivative, leaf, pen)
    if derivative.operation is OPERATIONS["sub"]:
        turned = OPERATIONS["sub"](*reversed(derivative.operands))
        return write(turned, leaf, pen)
    return negative(leaf(derivative) or write(derivative, leaf, pen))


def slope_written(operation: Operation, layer: LayerNodes, Z: Matrix, A: Matrix) -> tuple[str, str]:
    """How the derivative of an activation is written over Z and A."""
    by_name = f"{operation.prime or operation.name + chr(39)}({Z.text})"
    short = by_name, rf"{upright(operation.shown)}'\left({Z.latex}\right)"
    if operation.prime:
        return short
    found: list[Side] = []
    for z in (z for row in layer.sums for z in row):
        given = Value(z.data)
        node = operation(given)
        side = _entry(operation.recorded_derivatives(node)[0], (given, node), (Z, A), level=POWER)
        if side not in found:
            found.append(side)
    length = sum(1 if isinstance(x, Matrix) else len(x.text) for x in in_form(found[0], "text"))
    if len(found) > 1 or length > LONGEST:
        return short
    return letters(found[0]), letters_in_latex(found[0])
