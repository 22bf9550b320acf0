"""What the optimizers share that divide by the root of a mean or sum of squared gradients."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal, Overflow
from fractions import Fraction
from typing import Any

from autograd.notes.numbers import short_number
from autograd.number_types import constant, is_finite
from autograd.value import Value
from autograd.writing import printable
from nn.checks import has_all_digits, require_in_range, require_same_type
from nn.optimizer import Optimizer

NEGLIGIBLE = 1e-130  # an epsilon beside which no root of a square below the smallest float counts
SMALLEST, LARGEST = sys.float_info.min, sys.float_info.max  # floats that have all digits


class OfSquares(Optimizer):
    """An optimizer that needs a square root, so that it takes floats, or Decimals.

    For Decimals its own numbers are read by their shortest decimal form; on Fractions it is a
    TypeError.
    """

    epsilon: Any

    def __init__(self, parameters: Iterable[Value]) -> None:
        super().__init__(parameters)
        for parameter in self.parameters:
            if isinstance(parameter.data, Fraction):
                raise TypeError(
                    f"{type(self).__name__} needs square roots, which leave Fractions "
                    f"({parameter!r}): use floats, or SGD"
                )
            if isinstance(parameter.data, complex):
                raise TypeError(
                    f"{type(self).__name__} divides by the size of a gradient, and the square of a "
                    f"complex one is not that of its size ({parameter!r}): use SGD, or a Value for "
                    "each part"
                )

    def _in_type(self, given: Mapping[str, Any]) -> list[Any]:
        """The hyperparameters by their labels, checked, in the parameters' type; those of a mean
        are below 1.
        """
        for label, number in given.items():
            require_in_range(label, number, 1 if label in OF_MEANS else math.inf)
        of_decimals = any(isinstance(parameter.data, Decimal) for parameter in self.parameters)
        numbers = [
            Decimal(repr(number)) if of_decimals and isinstance(number, float) else number
            for number in given.values()
        ]
        for label, number in zip(given, numbers, strict=True):
            require_same_type(label, number, [parameter.data for parameter in self.parameters])
        return numbers

    _of_squares: tuple[str, ...] = ()  # the state that its rule remembers, the squares last

    def _remembered(self, rule: Any, gradients: list[Any]) -> Any:
        """What the rule remembers; an error where a square left the range of its type, so that its
        root would be wrong.
        """
        zeros = [] if self._state else [constant(0, w.data) for w in self.parameters]
        before = [self._state.get(name, zeros) for name in self._of_squares]
        try:
            found = rule.remembered(gradients, *before)
        except (OverflowError, Overflow) as error:  # of ints and Decimals; floats are infinite
            raise self._overflow(rule, gradients, before) from error
        for index, square in enumerate(found[-1]):
            if square.__class__ is not float or not SMALLEST <= square <= LARGEST:
                divided = found[0][index] if len(found) > 1 else gradients[index]
                self._require_root(self.parameters[index], gradients[index], divided, square)
        return found

    def _overflow(self, rule: Any, gradients: list[Any], before: list[Any]) -> OverflowError:
        """The error for the first gradient with which the rule fails."""
        rows = zip(self.parameters, gradients, *before, strict=True)
        return next(
            _too_large(parameter, gradient)
            for parameter, gradient, *others in rows
            if _overflows(rule, gradient, others)
        )

    def _require_root(self, parameter: Value, gradient: Any, divided: Any, square: Any) -> None:
        """An error if the square left the range of its type."""
        if has_all_digits(square) or not is_finite(gradient):
            return  # or the parameter will show it
        if not is_finite(square):
            raise _too_large(parameter, gradient)
        if divided != 0 and self.epsilon < NEGLIGIBLE:
            raise ValueError(
                f"the squares of the gradients of {printable(parameter.name) or 'a parameter'}, "
                f"now {short_number(gradient)}, are too small for a {type(square).__name__}: "
                "give an epsilon, such as 1e-8, or scale the loss up"
            )


OF_MEANS = ("first beta", "second beta", "smoothing")  # the share of what was before


def _overflows(rule: Any, gradient: Any, before: list[Any]) -> bool:
    try:
        rule.remembered([gradient], *([number] for number in before))
    except (OverflowError, Overflow):
        return True
    return False


def _too_large(parameter: Value, gradient: Any) -> OverflowError:
    return OverflowError(
        f"the square of the gradient of {printable(parameter.name) or 'a parameter'}, "
        f"{short_number(gradient)}, is too large: clip the gradients before the step, "
        "nn.clip_grad_norm(parameters, 1)"
    )
