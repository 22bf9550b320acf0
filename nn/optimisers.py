"""Optimisers: the update of the parameters from their gradients."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from autograd.value import Value


class SGD:
    """Gradient descent: w <- w - learning_rate * dL/dw, in the parameters' own number type.

    >>> w = Value(Fraction(3, 10), "w")
    >>> (w * 2).backward()
    >>> SGD([w], learning_rate=Fraction(1, 10)).step()
    >>> w.data
    Fraction(1, 10)
    """

    def __init__(self, parameters: Iterable[Value], learning_rate: Any) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        if isinstance(learning_rate, float) and any(isinstance(p.data, Fraction) for p in self.parameters):
            exact = Fraction(repr(learning_rate))
            raise TypeError(f"a float learning rate would turn Fractions into floats: give {exact!r}")

    def step(self) -> None:
        """Update every parameter; if one gradient was not computed, a ValueError names it and none is updated."""
        for parameter in self.parameters:
            if parameter.grad is None:
                raise ValueError(f"the gradient of {parameter!r} was not computed: call backward() on the loss first")
        for parameter, number in [(p, p.data - self.learning_rate * p.grad) for p in self.parameters]:
            parameter.data = number
