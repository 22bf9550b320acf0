"""Losses as definitions: what `loss: half squared error` stands for.

Over the outputs of one sample a loss is the sum of what each gives, and mse their mean. Over the
samples it is the mean or the sum, as the header says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from autograd.audit.expressions import Expression, Name
from autograd.audit.reading.names import unknown
from autograd.audit.reading.network import apply, total
from autograd.audit.reading.tokens import number
from autograd.reading import meant

Loss = Callable[[Sequence[Name], Sequence[Name]], Expression]


def squared_error(outputs: Sequence[Name], targets: Sequence[Name]) -> Expression:
    """(y_0 - a_0)^2 + (y_1 - a_1)^2 + ..."""
    return total(list(_squares(outputs, targets)))


def half_squared_error(outputs: Sequence[Name], targets: Sequence[Name]) -> Expression:
    """(y_0 - a_0)^2/2 + (y_1 - a_1)^2/2 + ..."""
    return total([apply("div", each, number("2")) for each in _squares(outputs, targets)])


def mean_squared_error(outputs: Sequence[Name], targets: Sequence[Name]) -> Expression:
    """The mean of the squared errors of the outputs."""
    errors = squared_error(outputs, targets)
    return errors if len(outputs) == 1 else apply("div", errors, number(str(len(outputs))))


def cross_entropy(outputs: Sequence[Name], targets: Sequence[Name]) -> Expression:
    """-(y_0*log(a_0) + y_1*log(a_1) + ...); of one output the binary one."""
    if len(outputs) == 1:
        return binary_cross_entropy(outputs, targets)
    terms = (apply("mul", y, apply("log", a)) for a, y in zip(outputs, targets, strict=True))
    return apply("neg", total(list(terms)))


def binary_cross_entropy(outputs: Sequence[Name], targets: Sequence[Name]) -> Expression:
    """-(y*log(a) + (1 - y)*log(1 - a)), of several outputs their sum."""
    terms = []
    for a, y in zip(outputs, targets, strict=True):
        one = apply("mul", y, apply("log", a))
        other = apply("mul", _rest(y), apply("log", _rest(a)))
        terms.append(apply("neg", apply("add", one, other)))
    return total(terms)


def _squares(outputs: Sequence[Name], targets: Sequence[Name]) -> Iterator[Expression]:
    for a, y in zip(outputs, targets, strict=True):
        yield apply("pow", apply("sub", y, a), number("2"))


def _rest(share: Name) -> Expression:
    return apply("sub", number("1"), share)


LOSSES: dict[str, Loss] = {
    "half squared error": half_squared_error,
    "squared error": squared_error,
    "mse": mean_squared_error,
    "cross entropy": cross_entropy,
    "binary cross entropy": binary_cross_entropy,
    "log loss": binary_cross_entropy,
}
MEAN = frozenset({*LOSSES} - {"half squared error", "squared error"})  # unless a sum is said
ALIKE = {"errors": "error", "entropies": "entropy", "mean squared error": "mse"}
GATHERED = re.compile(r"[,\s]*\b(mean|average|sum)\b(?: of| over(?: the)? samples)?[,\s]*")


class Described(NamedTuple):
    """A loss, the name that a header gives it, and `over` samples the mean or the sum, if said."""

    name: str
    loss: Loss
    over: str


def loss_of(text: str) -> Described:
    """The loss that a header describes; a ValueError says what it is not.

    >>> loss_of("sum of half squared errors").over, loss_of("E = mean squared error").over
    ('sum', 'mean')
    >>> loss_of("msee")
    Traceback (most recent call last):
    ValueError: there is no loss 'msee': did you mean mse?
    """
    name, _, kind = text.rpartition("=")
    kind = " ".join(kind.lower().replace("-", " ").replace("_", " ").split())
    for long, short in ALIKE.items():
        kind = kind.replace(long, short)
    over = GATHERED.search(kind)
    kind = meant(GATHERED.sub(" ", kind).strip(), LOSSES)
    if kind not in LOSSES:
        raise ValueError(unknown("loss", kind, LOSSES))
    said = "" if over is None else over[1].replace("average", "mean")
    return Described(name.strip(), LOSSES[kind], said or ("mean" if kind in MEAN else ""))


def over_samples(losses: Sequence[Name], over: str) -> Expression:
    """The cost: the mean of the losses of the samples, or their sum."""
    every = total(losses)
    return apply("div", every, number(str(len(losses)))) if over == "mean" else every
