"""A product element by element where one of matrices belongs: NumPy's * for @."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Expression, Key, Name
from autograd.audit.judging.slips.trees import Term, factors_of, sum_of_terms, terms_of

ELEMENT = re.compile(r"(.+)\[(\d+),(\d+)\]")


class Element(NamedTuple):
    """An element of a matrix: of which, and its places."""

    matrix: str
    row: str
    column: str


def element_by_element(left: Key, step: Expression) -> Iterator[tuple[str, Expression]]:
    """The step to an element as * computes it, with the matrices in words: each product, then all.

    >>> x, w = ([Name(f"{m}[{i},{j}]") for i, j in ("00", "01", "10")] for m in "XW")
    >>> step = Apply("add", (Apply("mul", (x[0], w[0])), Apply("mul", (x[1], w[2]))))
    >>> from autograd.audit.expressions import written
    >>> [(words, written(e)) for words, e in element_by_element(Name("Z[0,0]"), step)]
    [('X*W', 'X[0,0]*W[0,0]')]
    """
    own = _element(left)
    if own is None:
        return
    terms = terms_of(step)
    products: dict[tuple[Key, Key], list[Term]] = {}
    for term in terms:
        if pair := _pair(term, own):
            first, second = (_at(key, own) for key in pair)
            products.setdefault((first, second), []).append(term)
    several = [[pair] for pair, found in products.items() if len(found) > 1]
    for pairs in several if len(several) < 2 else (*several, [pair for [pair] in several]):
        rest = [term for term in terms if not any(term in products[pair] for pair in pairs)]
        computed = [Term(1, Apply("mul", pair)) for pair in pairs]
        words = " and ".join("*".join(map(_matrix, pair)) for pair in pairs)
        yield words, sum_of_terms([*rest, *computed])


def _pair(term: Term, own: Element) -> tuple[Key, Key] | None:
    """X[i,k] and W[k,j] of a term that is their product, i and j being the element's."""
    keys = [f.expression for f in factors_of(term.expression) if not f.below]
    if term.sign < 0 or len(keys) != 2 or len(factors_of(term.expression)) != 2:
        return None
    first, second = keys
    if not isinstance(first, (Name, Derivative)) or not isinstance(second, (Name, Derivative)):
        return None
    left, right = _element(first), _element(second)
    if left is None or right is None:
        return None
    is_of_both = (left.row, left.column, right.column) == (own.row, right.row, own.column)
    return (first, second) if is_of_both else None


def _element(key: Key) -> Element | None:
    name = key.variable if isinstance(key, Derivative) else key
    match = ELEMENT.fullmatch(name.text)
    return Element(*match.groups()) if match else None


def _matrix(key: Key) -> str:
    found = _element(key)
    return found.matrix if found else ""


def _at(key: Key, own: Element) -> Key:
    """The same matrix at the places of another element."""
    if isinstance(key, Derivative):
        variable = Name(f"{_matrix(key)}[{own.row},{own.column}]", key.variable.epoch)
        return Derivative(key.root, variable)
    return Name(f"{_matrix(key)}[{own.row},{own.column}]", key.epoch)
