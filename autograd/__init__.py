"""chalkgrad's engine: scalar automatic differentiation for people who work backpropagation out by hand.

The core (operations, value, graph, derivatives) imports the standard library only. What reads the graph (derivation,
walk, pictures) is loaded when it is first used.

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
    from autograd.derivation import Derivation
    from autograd.drawing import Picture, draw
    from autograd.walkthrough import Walk

READERS = {
    "Derivation": "autograd.derivation",
    "Picture": "autograd.drawing",
    "Walk": "autograd.walkthrough",
    "draw": "autograd.drawing",
}


def __getattr__(name: str) -> Any:
    if name in READERS:
        return getattr(importlib.import_module(READERS[name]), name)
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
    "Picture",
    "Value",
    "Walk",
    "abs",
    "cos",
    "dot",
    "draw",
    "exp",
    "find",
    "gradients",
    "half_squared_error",
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
    "tan",
    "tanh",
    "topological_order",
    "total",
    "where",
]
