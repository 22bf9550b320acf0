"""Expressions taken apart into terms and factors, and put together again as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from autograd.audit.expressions import (
    ONE,
    ZERO,
    Apply,
    Expression,
    Number,
    whole,
)

ARITHMETIC = frozenset({"add", "sub", "neg", "mul", "div", "pow", "above", "at least"})


class Term(NamedTuple):
    """A part of a sum with its sign."""

    sign: int
    expression: Expression


class Factor(NamedTuple):
    """A part of a product; `below` says that it stands below the line."""

    expression: Expression
    below: bool = False


def parts_of(expression: Expression) -> Iterator[Apply]:
    """What is computed on the way to an expression: 1 - a of a*(1 - a)."""
    for operand in expression.operands if isinstance(expression, Apply) else ():
        yield from parts_of(operand)
        if isinstance(operand, Apply):
            yield operand


def terms_of(expression: Expression, sign: int = 1) -> list[Term]:
    """The terms of a sum; one for all else."""
    if isinstance(expression, Apply) and expression.operation in ("add", "sub", "neg"):
        first, *second = expression.operands
        if expression.operation == "neg":
            return terms_of(first, -sign)
        other = -sign if expression.operation == "sub" else sign
        return [*terms_of(first, sign), *terms_of(second[0], other)]
    return [Term(sign, expression)]


def sum_of_terms(terms: Iterable[Term]) -> Expression:
    """A sum of terms, 0 of none."""
    total: Expression = ZERO
    for sign, expression in terms:
        total = added(total, expression if sign > 0 else negative(expression))
    return total


def added(left: Expression, right: Expression) -> Expression:
    """A sum, a difference where the second is negative."""
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    if isinstance(right, Apply) and right.operation == "neg":
        return Apply("sub", (left, right.operands[0]))
    return Apply("add", (left, right))


def negative(expression: Expression) -> Expression:
    """The negative, of y - a as a - y."""
    if expression == ZERO:
        return expression
    if isinstance(expression, Apply) and expression.operation == "neg":
        return expression.operands[0]
    if isinstance(expression, Apply) and expression.operation == "sub":
        return Apply("sub", expression.operands[::-1])
    return Apply("neg", (expression,))


def factors_of(expression: Expression, below: bool = False) -> list[Factor]:
    """The factors of a product or a quotient; one for all else."""
    if isinstance(expression, Apply) and expression.operation in ("mul", "div"):
        left, right = expression.operands
        is_below = below != (expression.operation == "div")
        return [*factors_of(left, below), *factors_of(right, is_below)]
    return [Factor(expression, below)]


def product_of_factors(factors: Iterable[Factor]) -> Expression:
    """A product, over what stands below; 1 of none."""
    kept = list(factors)
    above = [factor.expression for factor in kept if not factor.below] or [ONE]
    under = [factor.expression for factor in kept if factor.below]
    top = reduce(_times, above)
    return Apply("div", (top, reduce(_times, under))) if under else top


def _times(left: Expression, right: Expression) -> Expression:
    return Apply("mul", (left, right))


def product(
    coefficient: int, above: Sequence[Expression], below: Sequence[Expression] = ()
) -> Expression:
    """A product with its numbers in front, as few as they can be: 2*(y - a)*(-1)/2 is a - y."""
    number, factors = Fraction(coefficient), list[Factor]()
    for factor in [Factor(e) for e in above] + [Factor(e, True) for e in below]:
        sign, found = _without_signs(factor)
        number *= sign
        for part in found:
            own = part.expression
            if isinstance(own, Number) and own.unit == 1 and own.value:
                number *= 1 / own.value if part.below else own.value
            else:
                factors.append(part)
    if not number or Factor(ZERO) in factors:
        return ZERO
    if number < 0 and (turned := _turned(factors)):
        number, factors = -number, turned
    front = [Factor(whole(abs(number.numerator)))] if abs(number.numerator) != 1 else []
    under = [Factor(whole(number.denominator), True)] if number.denominator != 1 else []
    found_product = product_of_factors([*front, *factors, *under])
    return negative(found_product) if number < 0 else found_product


def _without_signs(factor: Factor) -> tuple[int, list[Factor]]:
    """The factors of a factor, and the sign before them."""
    terms = terms_of(factor.expression)
    if len(terms) > 1:
        return 1, [factor]
    ((sign, inside),) = terms
    found = factors_of(inside, factor.below)
    if len(found) == 1:
        return sign, found
    signs_and_factors = [_without_signs(part) for part in found]
    for own, _ in signs_and_factors:
        sign *= own
    return sign, [part for _, some in signs_and_factors for part in some]


def _turned(factors: Sequence[Factor]) -> list[Factor]:
    """The factors with one difference turned round, none where there is no difference."""
    for index, (expression, below) in enumerate(factors):
        if isinstance(expression, Apply) and expression.operation == "sub":
            turned = Factor(negative(expression), below)
            return [*factors[:index], turned, *factors[index + 1 :]]
    return []
