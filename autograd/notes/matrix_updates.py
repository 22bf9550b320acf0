"""The update of a network's parameters in matrix form: W := W - alpha*dW, entry by entry.

An optimizer's rule is recorded parameter by parameter; the entries of one matrix have one
expression, over the entries of others in the same place, and over hyperparameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.notes.expressions import Pen, name_term, negative, write
from autograd.notes.matrix_form import Matrix, MatrixLine, Side, Sign
from autograd.reading import Term, Value

FIRST_MARK = 0xE000  # of characters that stand for matrices in a text: no name has them
MARK = "([\ue000-\uf8ff])"
MINUS = "-"


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
    marks = [_mark(place, source.matrix.text) for place, source in enumerate(sources)]

    def of_entry(node: Value, known: Mapping[Value, Term]) -> tuple[str, str]:
        terms = (write(node, known.get, latex, Pen(latex=latex)) for latex in (False, True))
        text, latex = (negative(term) if negated else term for term in terms)
        return text.text, latex.text

    written = one_formula(nodes, sources, marks, of_entry, negative)
    if written is None:
        return MatrixLine(result, (), "as recorded: its entries have several formulas", relation)
    return MatrixLine(result, _side(written[0], written[1], sources), relation=relation)


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


def _mark(place: int, name: str) -> Term:
    """A matrix in a written expression; the sign that a name begins with, as -dE/dW, shows where
    parentheses are due.
    """
    sign = MINUS if name.startswith(MINUS) else ""
    return name_term(name)._replace(text=sign + chr(FIRST_MARK + place))


def _side(text: str, latex: str, sources: Sequence[Source]) -> Side:
    """A written expression with marks in it as signs and matrices."""
    signed = "".join(
        chr(FIRST_MARK + place)
        for place, source in enumerate(sources)
        if source.matrix.text.startswith(MINUS)
    )
    own_sign = f"{MINUS}(?=[{signed}])" if signed else "(?!)"  # is the matrix's, and shown with it
    text, latex = (re.sub(own_sign, "", each) for each in (text, latex))
    parts, in_latex = (re.split(MARK, each) for each in (text, _elementwise(latex, sources)))
    if parts[1::2] != in_latex[1::2]:  # the two are written in another order
        in_latex = parts
    found: list[Matrix | Sign] = []
    for part, other in zip(parts, in_latex, strict=True):
        if re.fullmatch(MARK, part):
            found.append(sources[ord(part) - FIRST_MARK].matrix)
        elif part:
            found.append(Sign(part, other))
    return tuple(found)


def _elementwise(latex: str, sources: Sequence[Source]) -> str:
    r"""Products of two matrices' entries as \odot; those with a number stay."""
    marks = (chr(FIRST_MARK + i) for i, x in enumerate(sources) if not x.matrix.is_number)
    matrix = f"[{''.join(marks)}]"
    return re.sub(rf"(?<={matrix}) \\cdot (?={matrix})", r" \\odot ", latex)
