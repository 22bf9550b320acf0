"""Whether two computations are the same but for the order of terms and factors, and for brackets.

>>> from autograd.audit.reading.grammar import parsed
>>> shape(parsed("0.9 - 0.1*(-0.5)")) == shape(parsed("0.1*0.5 + 0.9"))
True
>>> shape(parsed("2*(0.9 - 0.4)^2/2")) == shape(parsed("(0.9 - 0.4)*(0.9 - 0.4)"))
True
>>> shape(parsed("0.5*0.5")) == shape(parsed("0.25"))
False
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from autograd.audit.expressions import Apply, Expression, Number, whole_number

MOST_TERMS = 200  # of what is multiplied out

Powers = frozenset[tuple[Hashable, int]]  # of the factors of a term, decimals as they are
Terms = dict[Powers, Fraction]


def shape(expression: Expression) -> Hashable:
    """What is the same for such computations; None where they are too long."""
    terms = _terms(expression)
    return None if terms is None else frozenset(terms.items())


def _terms(expression: Expression) -> Terms | None:
    """A sum that is multiplied out: whole numbers are computed, all else stays."""
    if isinstance(expression, Number) and expression.value.denominator == 1:
        return _kept({frozenset(): expression.value})
    if isinstance(expression, Number):
        return {frozenset({(expression.value, 1)}): Fraction(1)}
    if not isinstance(expression, Apply):
        return {frozenset({(expression, 1)}): Fraction(1)}
    found = [_terms(operand) for operand in expression.operands]
    operands = [terms for terms in found if terms is not None]
    return _of(expression, operands) if len(operands) == len(found) else None


def _of(expression: Apply, operands: list[Terms]) -> Terms | None:
    operation, (first, *others) = expression.operation, operands
    if operation == "neg":
        return {powers: -times for powers, times in first.items()}
    if operation in ("add", "sub"):
        return _sum(first, others[0], 1 if operation == "add" else -1)
    if operation == "mul":
        return _product(first, others[0])
    if operation == "div" and len(others[0]) == 1:
        ((powers, times),) = others[0].items()
        below = {frozenset((factor, -power) for factor, power in powers): 1 / times}
        return _product(first, below)
    if operation == "pow" and whole_number(expression.operands[1]) == 2:
        return _product(first, first)
    inside = tuple(frozenset(terms.items()) for terms in operands)
    return {frozenset({((operation, inside), 1)}): Fraction(1)}


def _kept(terms: Terms) -> Terms:
    return {powers: times for powers, times in terms.items() if times}


def _sum(left: Terms, right: Terms, sign: int) -> Terms:
    total = dict(left)
    for powers, times in right.items():
        total[powers] = total.get(powers, Fraction(0)) + sign * times
    return _kept(total)


def _product(left: Terms, right: Terms) -> Terms | None:
    if len(left) * len(right) > MOST_TERMS:
        return None
    total = Terms()
    for powers, times in left.items():
        for other, often in right.items():
            both = dict(powers)
            for factor, power in other:
                both[factor] = both.get(factor, 0) + power
            key = frozenset((factor, power) for factor, power in both.items() if power)
            total[key] = total.get(key, Fraction(0)) + times * often
    return _kept(total)
