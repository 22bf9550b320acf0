"""chalkgrad's engine: scalar reverse-mode differentiation for people who work backpropagation out by hand.

>>> from autograd import Value
>>> x = Value(3, "x")
>>> y = x**2 + 2 * x
>>> y.backward()
>>> x.grad
8
"""

from autograd.derivatives import gradients
from autograd.graph import find, topological_order
from autograd.operations import absolute as abs
from autograd.operations import (
    cos,
    dot,
    exp,
    half_squared_error,
    leaky_relu,
    log,
    log1p,
    maximum,
    mean,
    minimum,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tan,
    tanh,
    total,
    where,
)
from autograd.value import Value
