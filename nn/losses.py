"""Losses, made of the rule table's entries: each takes one prediction, `over` takes many.

A loss is called as loss(prediction, target). Both may be numbers, which gives a number, or Values,
which records a graph; what the arithmetic allows stays exact. Over many predictions a loss is their
mean, or by a name that says so their sum, recorded as one node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.elementary import is_symbol, probability
from autograd.entry import Operation
from autograd.errors import explained
from autograd.number_types import BUILT_IN, number_of
from autograd.operations import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    dot,
    half_squared_error,
    log,
    mean,
    relu,
    squared_error,
    total,
)
from autograd.operations import cross_entropy_with_logits as _of_logits
from nn.checks import is_row, listed

Loss = Callable[[Any, Any], Any]

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
    "half_squared_error",
    "hinge",
    "mse",
    "over",
    "squared_error",
    "sum_half_squared_error",
    "sum_squared_error",
]


def over(loss: Loss, predictions: Any, targets: Any) -> Any:
    """`loss` of one prediction, or its mean over many, one node.

    The targets' shape decides: one target, one prediction; n targets, n predictions; n rows of k
    targets (a network of k outputs), n rows of k predictions. A prediction of the two losses of
    classes is itself a list, a number a class, and so can its target be.

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
    return _gathered(loss, mean, predictions, targets)


def _gathered(
    loss: Loss, gather: Callable[[list[Any]], Any], predictions: Any, targets: Any
) -> Any:
    predictions, targets = listed(predictions), listed(targets)
    if not callable(loss):
        raise TypeError(
            f"the loss comes first and is a function, such as nn.mse, not a {type(loss).__name__}"
        )
    each = list(_each(loss, predictions, targets))
    return gather(each) if _is_many(loss, predictions, targets) else each[0]


def _each(loss: Loss, predictions: Any, targets: Any) -> Iterator[Any]:
    many = _is_many(loss, predictions, targets)
    if many or (takes_one_number(loss) and is_row(predictions)):
        if not is_row(predictions) or not is_row(targets) or len(predictions) != len(targets):
            got = f"{len(predictions)} predictions" if is_row(predictions) else "1 prediction"
            if not is_row(predictions) and len(targets) == 1:
                got = "1 prediction, in no list,"
            targets_got = (
                f"{len(targets)} targets" if is_row(targets) else f"the target {targets!r} alone"
            )
            raise ValueError(f"one target for each prediction: got {got} and {targets_got}")
        for prediction, target in zip(predictions, targets, strict=True):
            yield from _each(loss, prediction, target)
    else:
        yield loss(predictions, targets)


def _is_many(loss: Loss, predictions: Any, targets: Any) -> bool:
    if loss in (cross_entropy, cross_entropy_with_logits):
        return is_row(predictions) and any(map(is_row, predictions))
    return is_row(targets)


def _is_value(x: Any) -> bool:
    return hasattr(x, "operands")


def takes_one_number(loss: Loss) -> bool:
    """Whether a loss is of one prediction, one number, so that several outputs are a case for
    `over`.
    """
    return isinstance(loss, Operation) or loss is hinge


def mse(predictions: Any, targets: Any) -> Any:
    """The mean squared error of n predictions and n targets, or n rows of k each; of one prediction
    its squared error.

    >>> from fractions import Fraction
    >>> mse([Fraction(1), Fraction(2)], [3, 3])
    Fraction(5, 2)
    """
    return over(squared_error, predictions, targets)


def sum_squared_error(predictions: Any, targets: Any) -> Any:
    """The sum of the squared errors, shapes as in `over`; of one prediction its squared error.

    >>> sum_squared_error([1, 2], [3, 3])
    5
    """
    return _gathered(squared_error, total, predictions, targets)


def sum_half_squared_error(predictions: Any, targets: Any) -> Any:
    """E_total = 1/2 (t_0 - o_0)^2 + 1/2 (t_1 - o_1)^2 + ..., shapes as in `over`; of one prediction
    its half squared error.

    In `fit` it is the sum over a network's outputs, and the mean of that over a batch.

    >>> from fractions import Fraction
    >>> sum_half_squared_error([Fraction(1), Fraction(2)], [3, 3])
    Fraction(5, 2)
    """
    return _gathered(half_squared_error, total, predictions, targets)


def cross_entropy(probabilities: Sequence[Any], target: Any) -> Any:
    """-log(p[target]) of the k probabilities of a softmax layer; of one share a class, minus the
    sum of share * log(p).

    `target` is the index of a class, or a list of shares that add up to 1; a share of 0 contributes
    nothing. A probability of 0 is refused; `cross_entropy_with_logits` never meets one.

    >>> cross_entropy([0.25, 0.75], 0) == -math.log(0.25)
    True
    >>> cross_entropy([0.25, 0.75], [1, 0]) == cross_entropy([0.25, 0.75], 0)
    True
    """
    probabilities, target = listed(probabilities), listed(target)
    shares = _shares(target, probabilities, "cross_entropy", "probabilities")
    logs = [_log_of_class(index, probabilities[index]) for index in shares]
    loss = dot(shares.values(), logs) if is_row(target) else logs[0]
    return 0 - loss if number_of(loss) == 0 else -loss  # a perfect loss is 0.0, not -0.0


def cross_entropy_with_logits(logits: Sequence[Any], target: Any) -> Any:
    """`cross_entropy` of the softmax of k logits, one node, which loses no digits of a loss near 0,
    nor of logits far from it; targets are as there.

    >>> cross_entropy_with_logits([0.0, 0.0], 1), cross_entropy_with_logits([40.0, 0.0], 0)
    (0.6931471805599453, 4.248354255291589e-18)
    >>> over(cross_entropy_with_logits, [[1000.0, 0.0], [0.0, 0.0]], [0, 1])
    0.34657359027997264
    """
    logits, target = listed(logits), listed(target)
    shares = _shares(target, logits, "cross_entropy_with_logits", "logits")
    return _of_logits(logits, [shares.get(index, 0) for index in range(len(logits))])


def _shares(target: Any, predictions: Any, loss: str, what: str) -> dict[int, Any]:
    """The share of each class that has one: {target: 1} for an index."""
    if not is_row(predictions):
        raise TypeError(
            f"{loss} takes a list of {what}, one for each class, not a {type(predictions).__name__}"
        )
    if any(map(is_row, predictions)):
        raise TypeError(
            f"{loss} takes the {what} of one sample: many are for over({loss}, predictions, "
            "targets)"
        )
    classes = len(predictions)
    if not classes:
        raise ValueError(f"{loss} takes a list of {what}, one for each class: got an empty one")
    if is_row(target):
        if len(target) != classes:
            raise ValueError(
                f"a target of shares has one for each class: got {len(target)} shares for {classes}"
            )
        _require_sum_of_1(target)
        shares = enumerate(target)
        return {index: share for index, share in shares if _is_value(share) or share != 0}
    if isinstance(target, bool) or not hasattr(target, "__index__") or _is_value(target):
        number = number_of(target)
        whole = isinstance(number, (int, float, Fraction, Decimal)) and number % 1 == 0
        remedy = f": give {int(number)}" if whole else ""
        raise TypeError(
            f"the target is the index of a class, an int, not a {type(target).__name__}{remedy}; "
            "or a list, one share a class"
        )
    if not 0 <= target < classes:
        raise ValueError(
            f"the target is the index of a class, 0 to {classes - 1} for {classes}: got {target}"
        )
    return {int(target): 1}


def _require_sum_of_1(shares: Sequence[Any]) -> None:
    numbers = [probability(number_of(share)) for share in shares]
    if any(map(is_symbol, numbers)):
        return
    known = all(number.__class__ in BUILT_IN for number in numbers)
    if not any(numbers) or (known and not math.isclose(sum(numbers), 1, rel_tol=1e-6)):
        raise ValueError(f"the shares of the classes add up to 1: got {shares!r}")


def _log_of_class(index: int, p: Any) -> Any:
    if probability(number_of(p)) == 0:  # not left to the log: of a Decimal 0 it is -Infinity
        reason = (
            f"class {index} has probability 0; "
            "cross_entropy_with_logits on a linear layer has no such limit"
        )
        raise explained(ValueError(reason), log, (p,))
    return log(p)


def hinge(score: Any, label: Any) -> Any:
    """max(0, 1 - label * score), for one score and a label of -1 or +1; its derivative at the
    margin is 0, as relu's.

    >>> from fractions import Fraction
    >>> hinge(Fraction(1, 4), 1), hinge(Fraction(3), 1), over(hinge, [0.5, 0.5], [1, -1])
    (Fraction(3, 4), Fraction(0, 1), 1.0)
    """
    if is_row(listed(score)) or is_row(listed(label)):
        raise TypeError(
            "hinge takes one score and one label: many are for over(hinge, scores, labels)"
        )
    number = number_of(label)
    if number.__class__ in BUILT_IN and number not in (-1, 1):
        raise ValueError(f"a label of the hinge loss is -1 or +1, got {number!r}")
    return relu(1 - label * score)
