"""Neurons, layers and networks on the scalar engine, named in the notes' notation.

>>> import nn
>>> from fractions import Fraction
>>> model = nn.MLP.from_weights([[[-0.3, 0.8]]], [[-0.2]], activations=["relu"], numbers=Fraction)
>>> model([1, 2])
Value(Fraction(11, 10), name='a_0^1')
"""

import autograd as _engine

if not hasattr(_engine, "Value"):
    raise ImportError(
        f"the module 'autograd' at {_engine.__file__} is not chalkgrad's but another distribution "
        "of that import name: install chalkgrad in a virtual environment of its own"
    )

from typing import TYPE_CHECKING as _TYPE_CHECKING

from nn.activations import softmax
from nn.clipping import clip_grad_norm, clip_grad_value
from nn.divergence import DivergenceError
from nn.exchange import from_arrays, load_safetensors, save_safetensors, to_arrays
from nn.history import History
from nn.layers import Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared_error,
    hinge,
    mse,
    over,
    squared_error,
    sum_half_squared_error,
    sum_squared_error,
)
from nn.model_file import load, save
from nn.network import MLP, summary
from nn.optimizers import SGD, AdaGrad, Adam, RMSProp
from nn.penalties import l1, l2
from nn.state import Module
from nn.training import fit
from nn.training_names import TrainingNames
from nn.worked import Worked, worked

# Functions of this name are methods now; these stay for this version.
state_dict, load_state_dict = Module.state_dict, Module.load_state_dict

if _TYPE_CHECKING:
    from nn.compiled_step import compile_step
    from nn.exercises import exercise
    from nn.network_view import draw_network


if not _TYPE_CHECKING:  # to a type checker it would say that every misspelt name exists

    def __getattr__(name: str) -> object:
        if name == "draw_network":  # when it is first used: drawing needs more than the rest
            from nn.network_view import draw_network

            return draw_network
        if name == "compile_step":  # so does a compiler
            from autograd.compiler.engines import require_numpy

            require_numpy()
            from nn.compiled_step import compile_step

            return compile_step
        if name == "exercise":  # so does finding slips
            from nn.exercises import exercise

            return exercise
        raise AttributeError(f"module 'nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "MLP",
    "SGD",
    "AdaGrad",
    "Adam",
    "DivergenceError",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "RMSProp",
    "TrainingNames",
    "Worked",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm",
    "clip_grad_value",
    "compile_step",
    "cross_entropy",
    "cross_entropy_with_logits",
    "draw_network",
    "exercise",
    "fit",
    "from_arrays",
    "half_squared_error",
    "hinge",
    "l1",
    "l2",
    "load",
    "load_safetensors",
    "mse",
    "over",
    "save",
    "save_safetensors",
    "softmax",
    "squared_error",
    "sum_half_squared_error",
    "sum_squared_error",
    "summary",
    "to_arrays",
    "worked",
]
