"""Neurons, layers and networks on the scalar engine, named in the notes' notation.

>>> import nn
>>> from fractions import Fraction
>>> model = nn.MLP.from_weights([[[-0.3, 0.8]]], [[-0.2]], activations=["relu"], numbers=Fraction)
>>> model([1, 2])
Value(Fraction(11, 10), name='a_0^1')
"""

from typing import TYPE_CHECKING, Any

import autograd as _engine

if not hasattr(_engine, "Value"):
    raise ImportError(
        f"the module 'autograd' at {_engine.__file__} is not chalkgrad's but another distribution of that import name: "
        "install chalkgrad in a virtual environment of its own"
    )

from autograd.operations import half_squared_error
from nn.network import MLP, Layer, Module, Neuron
from nn.optimisers import SGD

if TYPE_CHECKING:
    from nn.network_view import draw_network


def __getattr__(name: str) -> Any:
    if name == "draw_network":  # loaded when it is first used, as drawing needs more than the standard library
        from nn.network_view import draw_network

        return draw_network
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


__all__ = ["MLP", "SGD", "Layer", "Module", "Neuron", "draw_network", "half_squared_error"]
