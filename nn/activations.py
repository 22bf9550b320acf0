"""Activations: every operation of the rule table on one operand is one, by its name too; so are
`linear`, which is none, and `softmax`, which is of a whole layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from autograd.entry import Operation
from autograd.number_types import is_finite, number_of
from autograd.operations import MOST_CLASSES, OPERATIONS, exp, softmax_share, total
from autograd.value import Value
from nn.checks import listed, require_one_row

LINEAR, SOFTMAX = "linear", "softmax"
USUAL = "linear, relu, leaky_relu, sigmoid, tanh, softplus"


def is_activation(name: Any) -> bool:
    """Whether a layer's activation can be given by this name.

    >>> is_activation("relu"), is_activation("sin"), is_activation("softmax"), is_activation("mul")
    (True, True, True, False)
    """
    if not isinstance(name, str):
        return False
    return name in (LINEAR, SOFTMAX) or (name in OPERATIONS and OPERATIONS[name].arity == 1)


def activation_of_neuron(given: str | Operation) -> Operation | None:
    """The operation of that name, or the one given; None for "linear".

    >>> activation_of_neuron("tanh"), activation_of_neuron("linear")
    (<operation tanh>, None)
    """
    if isinstance(given, Operation):
        if given.arity != 1:
            raise ValueError(f"an activation takes one operand, {given.name} does not")
        return given
    if given == SOFTMAX or not is_activation(given):
        raise ValueError(
            f"unknown activation {given!r}: give one of {USUAL}, softmax of a layer, "
            "or another operation on one operand"
        )
    return OPERATIONS.get(given)


@overload
def softmax(logits: Sequence[Value]) -> list[Value]: ...
@overload
def softmax(logits: Sequence[Any]) -> list[Any]: ...
def softmax(logits: Sequence[Any], *more: Any) -> list[Any]:
    """The k probabilities of k logits: exp(z_j) / sum of exp(z), without overflow.

    Where several logits are the largest and infinite they are NaN, also where all are -inf.

    >>> from math import inf
    >>> softmax([1000.0, 1000.0]), softmax([0.0, -inf]), softmax([-inf, -inf])
    ([0.5, 0.5], [1.0, 0.0], [nan, nan])
    """
    logits = listed(logits)
    if more or not hasattr(logits, "__len__") or isinstance(logits, str):
        got = f"{1 + len(more)} arguments" if more else f"a {type(logits).__name__}"
        raise TypeError(f"softmax takes one list of logits, one for each class: got {got}")
    require_one_row(logits, "softmax")
    few_values = len(logits) <= MOST_CLASSES and any(x.__class__ is Value for x in logits)
    if few_values or not all(map(is_finite, map(number_of, logits))):
        return [softmax_share(logit, logits) for logit in logits]
    try:  # a shift by a constant changes no probability and no derivative
        largest = max(map(number_of, logits), default=0)
        exponentials = [exp(logit - largest) for logit in logits]
    except TypeError:  # symbols have no order
        exponentials = list(map(exp, logits))
    whole = total(exponentials) if exponentials else 1
    return [each / whole for each in exponentials]
