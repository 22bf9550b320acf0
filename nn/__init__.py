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

from nn.exchange import from_arrays, load_safetensors, save_safetensors, to_arrays
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared_error,
    hinge,
    l1,
    l2,
    mse,
    over,
    softmax,
    squared_error,
)
from nn.network import MLP, Layer, Module, Neuron
from nn.optimisers import SGD, Adam, clip_grad_norm, clip_grad_value
from nn.saving import load, load_state_dict, save, state_dict
from nn.training import DivergenceError, History, fit

Module.state_dict, Module.load_state_dict = state_dict, load_state_dict  # type: ignore[assignment, method-assign]
summary = MLP.summary  # nn.summary(model) for those who look for it here
MLP.save = save  # type: ignore[assignment, method-assign]

if TYPE_CHECKING:
    from nn.network_view import draw_network


def __getattr__(name: str) -> Any:
    if (
        name == "draw_network"
    ):  # loaded when it is first used, as drawing needs more than the standard library
        from nn.network_view import draw_network

        return draw_network
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "DivergenceError",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm",
    "clip_grad_value",
    "cross_entropy",
    "cross_entropy_with_logits",
    "draw_network",
    "fit",
    "from_arrays",
    "half_squared_error",
    "hinge",
    "l1",
    "l2",
    "load",
    "load_safetensors",
    "load_state_dict",
    "mse",
    "over",
    "save",
    "save_safetensors",
    "softmax",
    "squared_error",
    "state_dict",
    "summary",
    "to_arrays",
]
