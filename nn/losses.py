"""Losses and penalties, made of the rule table's entries: each takes one prediction, `over` takes many.

A loss is called as loss(prediction, target). Both may be numbers, which gives a number, or Values, which records a
graph; what the arithmetic allows stays exact. Over many predictions a loss is their mean, recorded as one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd.number_types import BUILT_IN, number_of
from autograd.operations import (
    absolute,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    exp,
    half_squared_error,
    log_sum_exp,
    mean,
    relu,
    squared_error,
    total,
)

Loss = Callable[[Any, Any], Any]

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy_with_logits",
    "half_squared_error",
    "hinge",
    "l1",
    "l2",
    "mse",
    "over",
    "softmax",
    "squared_error",
]


def over(loss: Loss, predictions: Any, targets: Any) -> Any:
    """`loss` of one prediction, or its mean over many, one node.

    The targets' shape decides: one target, one prediction; n targets, n predictions; n rows of k targets (a network of
    k outputs), n rows of k predictions. A prediction of `cross_entropy_with_logits` is itself a list, the logits.

    >>> from fractions import Fraction
    >>> over(half_squared_error, Fraction(1), 3)
    Fraction(2, 1)
    >>> over(half_squared_error, [Fraction(1), Fraction(2)], [3, 2])
    Fraction(1, 1)
    >>> over(squared_error, [[1, 2], [3, 4]], [[1, 2], [3, 2]])
    1.0
    >>> over(squared_error, [1, 2], [1, 2, 3])
    Traceback (most recent call last):
    ValueError: one target for each prediction: got 2 predictions and 3 targets
    """
    return mean(list(_each(loss, predictions, targets))) if _is_many(targets) else loss(predictions, targets)


def _each(loss: Loss, predictions: Any, targets: Any) -> Iterator[Any]:
    if not _is_many(targets):
        yield loss(predictions, targets)
        return
    if not _is_many(predictions):
        raise ValueError(f"one target for each prediction: got 1 prediction and {len(targets)} targets")
    if len(predictions) != len(targets):
        raise ValueError(
            f"one target for each prediction: got {len(predictions)} predictions and {len(targets)} targets"
        )
    for prediction, target in zip(predictions, targets, strict=True):
        yield from _each(loss, prediction, target)


def _is_many(x: Any) -> bool:
    return hasattr(x, "__len__")


def mse(predictions: Any, targets: Any) -> Any:
    """The mean squared error of n predictions and n targets, or n rows of k each; of one prediction its squared error.

    >>> from fractions import Fraction
    >>> mse([Fraction(1), Fraction(2)], [3, 3])
    Fraction(5, 2)
    """
    return over(squared_error, predictions, targets)


def softmax(logits: Sequence[Any]) -> list[Any]:
    """The k probabilities of k logits: exp(z_j) / sum of exp(z), without overflow.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]
    """
    try:  # a shift by a constant changes no probability and no derivative
        largest = max(map(number_of, logits), default=0)
        logits = [logit - largest for logit in logits]
    except TypeError:  # symbols have no order
        pass
    normaliser = log_sum_exp(logits)
    return [exp(logit - normaliser) for logit in logits]


def cross_entropy_with_logits(logits: Sequence[Any], target: int) -> Any:
    """-log(softmax(z)[target]) of k logits, computed as log_sum_exp(z) - z[target]; `target` is an index below k.

    >>> cross_entropy_with_logits([0.0, 0.0], 1)
    0.6931471805599453
    >>> over(cross_entropy_with_logits, [[1000.0, 0.0], [0.0, 0.0]], [0, 1])
    0.34657359027997264
    """
    if not _is_many(logits):
        raise TypeError("cross_entropy_with_logits takes a list of logits, one for each class")
    if isinstance(target, bool) or not hasattr(target, "__index__") or hasattr(target, "operands"):
        raise TypeError(f"the target is the index of a class, an int, not a {type(target).__name__}")
    if not 0 <= target < len(logits):
        raise ValueError(f"the target is the index of a class, 0 to {len(logits) - 1} for {len(logits)}: got {target}")
    return log_sum_exp(logits) - logits[target]


def hinge(score: Any, label: Any) -> Any:
    """max(0, 1 - label * score), for one score and a label of -1 or +1; its derivative at the margin is 0, as relu's.

    >>> from fractions import Fraction
    >>> hinge(Fraction(1, 4), 1), hinge(Fraction(3), 1), over(hinge, [0.5, 0.5], [1, -1])
    (Fraction(3, 4), Fraction(0, 1), 1.0)
    """
    number = number_of(label)
    if number.__class__ in BUILT_IN and number not in (-1, 1):
        raise ValueError(f"a label of the hinge loss is -1 or +1, got {number!r}")
    return relu(1 - label * score)


def l1(parameters: Iterable[Any], strength: Any) -> Any:
    """The penalty strength * (|w_0| + |w_1| + ...), to be added to a loss. Pass the weights alone to spare the biases.

    >>> l1([3, -4], 2)
    14
    """
    return strength * total([absolute(parameter) for parameter in parameters])


def l2(parameters: Iterable[Any], strength: Any) -> Any:
    """The penalty strength * (w_0^2 + w_1^2 + ...), not halved: its gradient is that of a weight decay of 2 * strength.

    >>> l2([3, -4], 2)
    50
    """
    return strength * total([parameter**2 for parameter in parameters])
