"""chalkgrad's engine: scalar automatic differentiation for people who work backpropagation out by hand.

The core (operations, value, graph, derivatives) imports the standard library only. Derivatives of functions and
what reads the graph (derivation, walk, pictures) are loaded when first used.

>>> from autograd import Value
>>> x = Value(3, "x")
>>> y = x**2 + 2 * x
>>> y.backward()
>>> x.grad
8
"""

import importlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.derivatives import gradients
from autograd.graph import find, topological_order
from autograd.operations import (
    OPERATIONS,
    Nary,
    Operation,
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
from autograd.operations import absolute as abs
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.checking import GradientError, check_gradients
    from autograd.derivation import Derivation
    from autograd.drawing import Picture, draw
    from autograd.jets import derivative, taylor
    from autograd.tracing import explain_nan, trace_lines
    from autograd.transforms import grad, hessian, hvp, jacobian, jvp, stop_gradient, value_and_grad, vjp
    from autograd.walkthrough import Walk

LATER = {
    "Derivation": "autograd.derivation",
    "GradientError": "autograd.checking",
    "Picture": "autograd.drawing",
    "Walk": "autograd.walkthrough",
    "check_gradients": "autograd.checking",
    "derivative": "autograd.jets",
    "draw": "autograd.drawing",
    "explain_nan": "autograd.tracing",
    "grad": "autograd.transforms",
    "hessian": "autograd.transforms",
    "hvp": "autograd.transforms",
    "jacobian": "autograd.transforms",
    "jvp": "autograd.transforms",
    "stop_gradient": "autograd.transforms",
    "taylor": "autograd.jets",
    "trace_lines": "autograd.tracing",
    "value_and_grad": "autograd.transforms",
    "vjp": "autograd.transforms",
}


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(importlib.import_module(LATER[name]), name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


if (Path(__file__).parent / "numpy").exists():
    warnings.warn(
        f"{Path(__file__).parent} also holds files of the other distribution that is called autograd: "
        "install chalkgrad in a virtual environment of its own",
        stacklevel=2,
    )

__all__ = [
    "OPERATIONS",
    "Derivation",
    "GradientError",
    "Nary",
    "Operation",
    "Picture",
    "Value",
    "Walk",
    "abs",
    "check_gradients",
    "cos",
    "derivative",
    "dot",
    "draw",
    "exp",
    "explain_nan",
    "find",
    "grad",
    "gradients",
    "half_squared_error",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "maximum",
    "mean",
    "minimum",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "stop_gradient",
    "tan",
    "tanh",
    "taylor",
    "topological_order",
    "total",
    "trace_lines",
    "value_and_grad",
    "vjp",
    "where",
]
