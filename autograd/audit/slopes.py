"""The derivatives of activations as people write them, in the activation: a*(1 - a).

They are those of the rule table, which the tests hold them against.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from autograd.audit.decimals import decimal
from autograd.audit.expressions import ONE, ZERO, Apply, Expression, Number, whole
from autograd.reading import OPERATIONS

ACTIVATIONS = frozenset({"sigmoid", "tanh", "relu", "leaky_relu"})


def rest_of(a: Expression) -> Expression:
    """1 - a."""
    return Apply("sub", (ONE, a))


def of_sigmoid(a: Expression) -> Expression:
    """a*(1 - a)."""
    return Apply("mul", (a, rest_of(a)))


def of_tanh(a: Expression) -> Expression:
    """1 - a^2."""
    return rest_of(Apply("pow", (a, whole(2))))


def of_kinked(operation: str, z: Expression) -> Expression:
    """The slope of relu or leaky_relu at z: that below 0, and what it is more above.

    >>> from autograd.audit.expressions import Name, written
    >>> written(of_kinked("relu", Name("z"))), written(of_kinked("leaky_relu", Name("z")))
    ('(z > 0)', '0.01 + 0.99*(z > 0)')
    """
    (partial,) = OPERATIONS[operation].partials
    below, above = (Fraction(partial(x, x)) for x in (Fraction(-1), Fraction(1)))
    step: Expression = Apply("above", (z, ZERO))
    if above - below != 1:
        step = Apply("mul", (_exact(above - below), step))
    return Apply("add", (_exact(below), step)) if below else step


def _exact(number: Fraction) -> Number:
    return Number(decimal(number), number, Fraction(0))


SLOPES: dict[str, Callable[[Expression], Expression]] = {"sigmoid": of_sigmoid, "tanh": of_tanh}
