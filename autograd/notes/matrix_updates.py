"""The update of a network's parameters in matrix form: W := W - alpha*dW, entry by entry.

An optimizer's rule is recorded parameter by parameter; the entries of one matrix have one
expression, over the entries of others in the same place, and over hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.notes.expressions import Pen, negative, opposite, write
from autograd.notes.matrix_form import Matrix, MatrixLine, Side
from autograd.notes.matrix_writing import OverMatrices
from autograd.reading import Term, Value


class Source(NamedTuple):
    """What an update is computed from: a matrix and the nodes of its entries; or a number, whose
    node is the same in all entries. `negated`: it is called by the name of its negative.
    """

    matrix: Matrix
    nodes: Sequence[Sequence[Any]]
    negated: bool = False

    def node(self, row: int, column: int) -> Any:
        """The node that stands in an entry."""
        return self.nodes[0][0] if self.matrix.is_number else self.nodes[row][column]


def update_line(
    result: Matrix,
    nodes: Sequence[Sequence[Any]],
    sources: Sequence[Source],
    relation: str,
    negated: bool = False,
) -> MatrixLine:
    """The line that computes a matrix, whose entries are these nodes, from others; without a
    formula where the entries have several.

    >>> w, g, alpha = Value(3.0, "w"), Value(4.0, "dw"), Value(0.5, "alpha")
    >>> given = [("W", [[w]], False), ("dW", [[g]], False), ("alpha", [[alpha]], True)]
    >>> sources = [Source(Matrix(name, name, ((1,),), one), x) for name, x, one in given]
    >>> update_line(Matrix("W", "W", ((1.0,),)), [[w - alpha * g]], sources, ":=").formula
    'W := W - alpha*dW'
    """
    over = OverMatrices([source.matrix for source in sources])

    def of_entry(node: Value, known: Mapping[Value, Term]) -> Side:
        return over.side(lambda pen: _written(node, known, pen, negated))

    side = one_formula(nodes, sources, over.terms, of_entry, negative)
    if side is None:
        return MatrixLine(result, (), "as recorded: its entries have several formulas", relation)
    return MatrixLine(result, side, relation=relation)


def _written(node: Value, known: Mapping[Value, Term], pen: Pen, negated: bool) -> Term:
    """What a node records, or its negative, without two signs where one does."""
    if not negated:
        return write(node, known.get, pen)
    return opposite(node, known.get, pen, lambda x: known[x].minus_of is not None)


def one_formula(
    nodes: Sequence[Sequence[Any]],
    sources: Sequence[Source],
    terms: Sequence[Term],
    written: Callable[[Value, Mapping[Value, Term]], Any],
    negative: Callable[[Term], Term],
) -> Any:
    """What all entries are written as, over these terms for the sources; None where they differ.

    >>> w, alpha = Value(3.0, "w"), Value(0.5, "alpha")
    >>> sources = [Source(Matrix("W", "W", ((1,),)), [[w]])]
    >>> def named(node, known):
    ...     return [known[x].text for x in node.operands]
    >>> one_formula([[w * w]], sources, [Term("W")], named, negative)
    ['W', 'W']
    """
    found: list[Any] = []
    for row, entries in enumerate(nodes):
        for column, node in enumerate(entries):
            if node.__class__ is not Value or node.operation is None:
                return None
            known: dict[Value, Term] = {}
            for source, term in zip(sources, terms, strict=True):
                x = source.node(row, column)
                if x.__class__ is Value:
                    known.setdefault(x, negative(term) if source.negated else term)
            text = written(node, known)
            if text not in found:
                found.append(text)
    return found[0] if len(found) == 1 else None
