"""Penalties: what is added to a loss so that the weights stay small."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.number_types import number_of
from autograd.operations import abs, total
from nn.checks import require_in_range


def l1(parameters: Iterable[Any], strength: Any) -> Any:
    """The penalty strength * (|w_0| + |w_1| + ...), to be added to a loss. Pass the weights alone
    to spare the biases.

    >>> l1([3, -4], 2)
    14
    """
    return _penalty(parameters, strength, abs)


def l2(parameters: Iterable[Any], strength: Any) -> Any:
    """The penalty strength * (w_0^2 + w_1^2 + ...), not halved: its gradient is that of a weight
    decay of 2 * strength.

    >>> l2([3, -4], 2)
    50
    """
    return _penalty(parameters, strength, lambda parameter: parameter**2)


def _penalty(parameters: Iterable[Any], strength: Any, term: Callable[[Any], Any]) -> Any:
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"a penalty is of a list, not of a {type(parameters).__name__}: give model.parameters()"
        )
    require_in_range("strength of a penalty", number_of(strength))
    terms = [term(parameter) for parameter in parameters]
    return strength * (total(terms) if terms else 0)
