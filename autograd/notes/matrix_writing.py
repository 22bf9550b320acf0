"""What is computed entry by entry, written over whole matrices.

An expression is written as it is for one entry, over tokens: each a character that stands for a
matrix and that no text has. It is then read token by token: a matrix, or a sign between two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from autograd.notes.expressions import Form, Pen, name_term
from autograd.notes.matrix_form import Matrix, Side, Sign
from autograd.reading import OPERATIONS, POWER, PRODUCT, SIGNED, Layout, Operation, Term, dot

FIRST_TOKEN = 0xD800  # of the surrogates, which no text has that can be printed
TOKEN = re.compile("([\ud800-\udfff])")
MINUS = "-"
FORMS: tuple[Form, Form] = ("text", "latex")
OF_ENTRIES = Layout(r"{} \odot {}", PRODUCT, (SIGNED, POWER))
PRODUCTS = (OPERATIONS["mul"], dot)


class MatrixPen(Pen):
    r"""Writes over these tokens; in LaTeX a product of what holds matrices is \odot.

    >>> pen = OverMatrices([Matrix("A", "A"), Matrix("x", "x", is_number=True)]).pen("latex")
    >>> a, x = (Term(token) for token in "\ud800\ud801")
    >>> [r"\odot" in pen.operation(dot, pair).text for pair in ([a, a], [x, a])]
    [True, False]
    """

    def __init__(self, matrices: frozenset[str], form: Form, derived: bool) -> None:
        super().__init__(form=form, derived=derived)
        self._matrices = matrices

    def operation(self, operation: Operation, terms: Sequence[Term]) -> Term:
        """The operation, see `Pen.operation`."""
        is_product = self.form == "latex" and operation in PRODUCTS and len(terms) == 2
        if is_product and not any(self._matrices.isdisjoint(term.text) for term in terms):
            return OF_ENTRIES(terms)
        return super().operation(operation, terms)


class OverMatrices:
    """Writes over these matrices, or numbers that are the same in all entries.

    >>> over = OverMatrices([Matrix("A", "A"), Matrix("-dB", "-dB")])
    >>> side = over.side(lambda pen: pen.operation(dot, over.terms))
    >>> "".join(each.text for each in side), len(side)
    ('A * (-dB)', 4)
    """

    def __init__(self, matrices: Sequence[Matrix]) -> None:
        self.matrices = matrices
        tokens = [chr(FIRST_TOKEN + place) for place in range(len(matrices))]
        pairs = list(zip(matrices, tokens, strict=True))
        self._tokens = frozenset(token for matrix, token in pairs if not matrix.is_number)
        self._of_token = dict(zip(tokens, matrices, strict=True))
        self.terms = [_token_term(matrix, token) for matrix, token in pairs]

    def pen(self, form: Form, derived: bool = False) -> MatrixPen:
        """What writes over them."""
        return MatrixPen(self._tokens, form, derived)

    def side(self, write: Callable[[Pen], Term], derived: bool = False) -> Side:
        """What is written with a pen in text and with one in LaTeX, as signs and matrices."""
        text, latex = (self._parts(write(self.pen(form, derived)).text) for form in FORMS)
        if text[1::2] == latex[1::2]:
            return tuple(self._read(text, latex))
        of_text = (replace(each, only="text") for each in self._read(text, text))
        return (*of_text, *(replace(each, only="latex") for each in self._read(latex, latex)))

    def _parts(self, text: str) -> list[str]:
        """Every second part is a token; a sign that belongs to its name is in none."""
        parts = TOKEN.split(text)
        for place, token in enumerate(parts[1::2]):
            before = parts[2 * place]
            if _is_signed(self._of_token[token]):
                parts[2 * place] = before[:-1] if before.endswith(MINUS) else f"{before}{MINUS}"
        return parts

    def _read(self, text: Sequence[str], latex: Sequence[str]) -> Iterator[Matrix | Sign]:
        for place, (part, other) in enumerate(zip(text, latex, strict=True)):
            if place % 2:
                yield self._of_token[part]
            elif part or other:
                yield Sign(part, other)


def _token_term(matrix: Matrix, token: str) -> Term:
    """A token as an operand; a sign that belongs to a name stays with it in a sum."""
    if not _is_signed(matrix):
        return name_term(matrix.text)._replace(text=token)
    token = f"{MINUS}{token}"
    return name_term(matrix.text)._replace(text=token, after=f"({token})")


def _is_signed(matrix: Matrix) -> bool:
    return matrix.text.startswith(MINUS)
