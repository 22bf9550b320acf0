"""The derivatives of activations as people write them, in the activation: a*(1 - a).

They are those of the rule table, which the tests hold them against.
"""

from __future__ import annotations

from collections.abc import Callable

from autograd.audit.expressions import ONE, Apply, Expression, whole

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


SLOPES: dict[str, Callable[[Expression], Expression]] = {"sigmoid": of_sigmoid, "tanh": of_tanh}
