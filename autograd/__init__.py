"""chalkgrad's engine: scalar automatic differentiation for people who work backpropagation by hand.

The core (operations, value, graph, derivatives) imports the standard library only. Derivatives of
functions and what reads the graph (lines, walks, pictures, checks) are loaded when first used.

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
from typing import TYPE_CHECKING

from autograd.derivatives import gradients
from autograd.entry import Nary, Operation
from autograd.graph import Graph, find, topological_order
from autograd.operations import (
    OPERATIONS,
    abs,
    acos,
    asin,
    atan,
    cos,
    cosh,
    dot,
    elu,
    erf,
    exp,
    expm1,
    gelu,
    half_squared_error,
    leaky_relu,
    log,
    log1p,
    maximum,
    mean,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
    total,
    where,
)
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.calculus.jets import derivative, taylor
    from autograd.calculus.nesting import numbers, values
    from autograd.calculus.transforms import (
        grad,
        hessian,
        hvp,
        jacobian,
        jvp,
        stop_gradient,
        value_and_grad,
        vjp,
    )
    from autograd.checking.gradients import GradientError, check_gradients
    from autograd.checking.origins import explain_nan, trace_lines
    from autograd.compiler.compiled import compile
    from autograd.drawing import Picture, draw, draw_circuit, draw_matrices
    from autograd.notes.chains import Paths, paths
    from autograd.notes.derivation import Derivation, derive
    from autograd.notes.matrix_lines import Matrices, matrices
    from autograd.notes.naming import named
    from autograd.notes.notation import Notation
    from autograd.notes.profiles import NOTATIONS
    from autograd.notes.walk import Walk, walk

_LATER = {
    "autograd.calculus.nesting": "numbers values",
    "autograd.calculus.jets": "derivative taylor",
    "autograd.calculus.transforms": "grad hessian hvp jacobian jvp stop_gradient "
    "value_and_grad vjp",
    "autograd.checking.gradients": "GradientError check_gradients",
    "autograd.checking.origins": "explain_nan trace_lines",
    "autograd.compiler.compiled": "compile",
    "autograd.drawing": "Picture draw draw_circuit draw_matrices",
    "autograd.notes.chains": "Paths paths",
    "autograd.notes.derivation": "Derivation derive",
    "autograd.notes.matrix_lines": "Matrices matrices",
    "autograd.notes.naming": "named",
    "autograd.notes.notation": "Notation",
    "autograd.notes.profiles": "NOTATIONS",
    "autograd.notes.walk": "Walk walk",
}
_MODULE_OF = {name: module for module, names in _LATER.items() for name in names.split()}


if not TYPE_CHECKING:  # to a type checker it would say that every misspelt name exists

    def __getattr__(name: str) -> object:
        if name in _MODULE_OF:
            return getattr(importlib.import_module(_MODULE_OF[name]), name)
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


if (Path(__file__).parent / "numpy").exists():
    warnings.warn(
        f"{Path(__file__).parent} also holds files of the other distribution that is called "
        "autograd: install chalkgrad in a virtual environment of its own",
        stacklevel=2,
    )

__all__ = [
    "NOTATIONS",
    "OPERATIONS",
    "Derivation",
    "GradientError",
    "Graph",
    "Matrices",
    "Nary",
    "Notation",
    "Operation",
    "Paths",
    "Picture",
    "Value",
    "Walk",
    "abs",
    "acos",
    "asin",
    "atan",
    "check_gradients",
    "compile",
    "cos",
    "cosh",
    "derivative",
    "derive",
    "dot",
    "draw",
    "draw_circuit",
    "draw_matrices",
    "elu",
    "erf",
    "exp",
    "explain_nan",
    "expm1",
    "find",
    "gelu",
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
    "matrices",
    "maximum",
    "mean",
    "minimum",
    "named",
    "numbers",
    "paths",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "sinh",
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
    "values",
    "vjp",
    "walk",
    "where",
]
