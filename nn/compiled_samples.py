"""Samples as arrays for compiled steps, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np

from autograd.compiler.compiled import FLOATS
from autograd.compiler.training import Array
from nn.checks import is_row
from nn.fit_arguments import plain
from nn.losses import (
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    hinge,
)

BOOLS = (bool, np.bool_)
SHARES = (cross_entropy, cross_entropy_with_logits)  # of classes, or the index of one


def _no_probability(y: Array) -> Array:
    return ~np.reshape((y >= 0) & (y <= 1), (len(y), -1)).all(axis=1)


def _no_shares(y: Array) -> Array:
    return _no_probability(y) | ~np.isclose(np.reshape(y, (len(y), -1)).sum(axis=1), 1, rtol=1e-6)


REFUSED: dict[Any, Callable[[Array], Array]] = {  # which rows of targets a loss does not take
    binary_cross_entropy: _no_probability,
    binary_cross_entropy_with_logits: _no_probability,
    cross_entropy: _no_shares,
    cross_entropy_with_logits: _no_shares,
    hinge: lambda y: ~np.reshape(abs(y) == 1, (len(y), -1)).all(axis=1),
}


def targets_of(loss: Loss, model: Any, x: Array, y: Array, are_ints: bool) -> tuple[Array, Array]:
    """The targets as compiled code takes them, the index of a class as shares; and of which of them
    the loss says that they are none.
    """
    outputs: Any = model(x[0].tolist()) if y.ndim == 1 and are_ints and loss in SHARES else None
    if is_row(outputs):
        classes = len(outputs)
        refused = (y < 0) | (y >= classes)
        return np.eye(classes, dtype=x.dtype)[np.where(refused, 0, y).astype(int)], refused
    check = next((check for refusing, check in REFUSED.items() if refusing is loss), None)
    return y, check(y) if check else np.zeros(len(y), dtype=bool)


def rows_of(given: Any, what: str, dtype: str) -> Array:
    """A row for each sample, contiguous; one number each may stand alone, if it is a target."""
    array = given
    if given.__class__ is not np.ndarray or given.dtype != dtype or not given.flags.c_contiguous:
        try:
            array = np.asarray(_floats(given, what), dtype, order="C")
        except OverflowError as error:
            raise OverflowError(f"the {what}: {error}") from error
    if array.ndim not in ((2,) if what == "inputs" else (1, 2)) or not array.size:
        of_one = ": that of one number is a row, too, [[1.0], [2.0]]" if array.ndim == 1 else ""
        raise ValueError(
            f"the {what} are a row for each sample, got an array of {array.shape}"
            f"{of_one if array.size else ', which holds no number'}"
        )
    return array


def _floats(given: Any, what: str) -> Array:
    """Numbers as an array; a TypeError for those that would not stay what they are. A bool is one
    for targets alone, 0 or 1, as `fit` takes them.
    """
    if isinstance(given, np.ma.MaskedArray):
        given = given.tolist()  # None for what is masked
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise ValueError(
            f"the {what} are a row for each sample, all as long: {_other_row(given, what)}"
        ) from error
    if not array.ndim:
        raise TypeError(f"the {what} are a row for each sample, not {given!r}")
    if array.dtype.kind not in "fiu" or _has_a_bool(given):
        for place, number in np.ndenumerate(np.asarray(given, dtype=object)):
            number = plain(number)
            if type(number) not in FLOATS and (what, type(number)) != ("targets", bool):
                raise TypeError(
                    f"compiled code computes in floats, not with {number!r} among the {what}, at "
                    f"{what}{_written(place)}"
                )
    return array


def _has_a_bool(given: Any) -> bool:
    """Whether one is among numbers: NumPy makes a float of it beside others.

    >>> _has_a_bool([[1.0, True]]), _has_a_bool([[1.0, 2]]), _has_a_bool([1, np.array([False])])
    (True, False, True)
    """
    while not hasattr(given, "dtype"):
        kinds = {*map(type, given)}
        if not kinds.isdisjoint(BOOLS):
            return True
        if not kinds or not kinds <= {list, tuple}:
            return any(_has_a_bool(part) for part in given if hasattr(part, "dtype"))
        given = [*chain.from_iterable(given)]
    return bool(given.dtype == bool)


def _other_row(given: Any, what: str) -> str:
    """Which row is not as long as the first one."""
    sizes = [f"a row of {len(row)}" if hasattr(row, "__len__") else "no row" for row in given]
    for place, size in enumerate(sizes):
        if size != sizes[0]:
            return f"{what}[{place}] is {size}, {what}[0] {sizes[0]}"
    return f"{what}[0][0] is a row itself"


def shapes(x: Array, y: Array) -> str:
    """What is said of samples whose loss has an error."""
    return f"the inputs are of shape {x.shape}, the targets of {y.shape}"


@contextmanager
def told(more: str) -> Iterator[None]:
    """Add to the sentence of a plain TypeError or ValueError."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if type(error) not in (TypeError, ValueError):
            raise
        raise type(error)(f"{error}; {more}") from error


def not_finite(array: Array, what: str) -> str:
    """The first number that is not, and its place; nothing where all are."""
    for place in np.argwhere(~np.isfinite(array)).tolist():
        return f"{what}{_written(place)} is {array[tuple(place)]}"
    return ""


def _written(place: Sequence[int]) -> str:
    return "".join(f"[{i}]" for i in place)
