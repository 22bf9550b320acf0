"""Gradients clipped between the backward pass and the update."""

from __future__ import annotations

import decimal
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

from autograd.elementary import sqrt
from autograd.number_types import constant
from autograd.value import Value
from autograd.writing import printable
from nn.checks import has_all_digits, require_in_range, require_same_type
from nn.optimizer import parameters_of, require_gradients


def clip_grad_norm(parameters: Iterable[Value], max_norm: Any) -> Any:
    """Scale all gradients by max_norm / norm where their Euclidean norm is larger; returns the norm
    before.

    The norm is a root: on Fractions one that is not rational is a TypeError. A gradient that was
    not computed is a ValueError, one that is not finite a FloatingPointError.

    >>> w = Value(Fraction(1))
    >>> (w * 3).backward()
    >>> clip_grad_norm([w], max_norm=1), w.grad
    (Fraction(3, 1), Fraction(1, 1))
    """
    clipped = _to_clip(parameters, "max_norm", max_norm)
    gradients = [parameter.grad for parameter in clipped]
    norm = _norm(gradients)
    if norm == math.inf:
        raise FloatingPointError(
            "the norm of the gradients is infinite: clip_grad_value bounds each on its own"
        )
    if norm > max_norm:
        scale = max_norm / norm
        for parameter, gradient in zip(clipped, gradients, strict=True):
            parameter.grad = (
                gradient * scale if has_all_digits(scale) else gradient / norm * max_norm
            )
    return norm


def _norm(gradients: Sequence[Any]) -> Any:
    if all(isinstance(gradient, (int, float)) for gradient in gradients):
        return math.hypot(*gradients)  # squares of 1e200 do not overflow in it
    if all(isinstance(gradient, (int, Decimal)) for gradient in gradients):
        return _norm_of_decimals(gradients)
    square: Any = sum(gradient * gradient for gradient in gradients)
    try:
        return sqrt(square)
    except TypeError as error:
        raise TypeError(
            f"the norm of these Fractions is not rational ({error}): clip_grad_value is exact"
        ) from error


def _norm_of_decimals(gradients: Sequence[Any]) -> Decimal:
    """Their root of the sum of squares, where no square leaves the range of a context."""
    with decimal.localcontext() as context:
        context.Emax, context.Emin = decimal.MAX_EMAX, decimal.MIN_EMIN
        norm = sum((gradient * gradient for gradient in map(Decimal, gradients)), Decimal(0)).sqrt()
    return +norm


def clip_grad_value(parameters: Iterable[Value], max_value: Any) -> None:
    """Bring every gradient between -max_value and max_value, exactly, in its own type.

    A gradient that was not computed is a ValueError, a NaN a FloatingPointError, one that is not
    real a TypeError.

    >>> w = Value(Fraction(1))
    >>> (w * -3).backward()
    >>> clip_grad_value([w], max_value=1)
    >>> w.grad
    Fraction(-1, 1)
    """
    for parameter in _to_clip(parameters, "max_value", max_value):
        bound = (
            constant(max_value, parameter.grad)
            if isinstance(max_value, (int, Fraction))
            else max_value
        )
        parameter.grad = max(-bound, min(bound, parameter.grad))


def _to_clip(given: Iterable[Value], label: str, bound: Any) -> list[Value]:
    parameters = parameters_of(given)
    require_in_range(label, bound)
    require_gradients(parameters)
    require_same_type(label, bound, [parameter.grad for parameter in parameters])
    for parameter in parameters:
        if not isinstance(parameter.grad, (Real, Decimal)):
            raise TypeError(
                f"the gradient of {printable(parameter.name) or 'a parameter'} is "
                f"{parameter.grad!r}: only real numbers are clipped, "
                f"not a {type(parameter.grad).__name__}"
            )
        if parameter.grad != parameter.grad:
            raise FloatingPointError(
                f"the gradient of {printable(parameter.name) or 'a parameter'} is "
                f"{parameter.grad!r}"
            )
    return parameters
