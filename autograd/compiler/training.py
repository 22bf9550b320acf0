"""Steps of training as programs: the samples' losses and gradients, a penalty, the update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograd.compiler.kernels import Kernel
from autograd.compiler.memory import LINE
from autograd.compiler.program import Program

Array = Any  # of NumPy, float64 or float32
BLOCK = 16  # parameters have room for whole blocks of so many


@dataclass(frozen=True)
class Training:
    """What one step of training computes over n parameters.

    `samples` sums the loss and its n gradients over the samples, whose inputs and targets are
    arrays 0 and 1; `penalty` gives a number and its n gradients; `update` has an array of
    gradients, then one of parameters, those of what is remembered and one of the gradients before,
    each changed in its place; the last by the gradients.
    """

    samples: Kernel
    penalty: Program | None
    update: Kernel
    dtype: str = "float64"  # of the parameters, the samples, and what is remembered; or "float32"

    @property
    def parameters(self) -> int:
        """How many parameters there are."""
        return self.samples.sums - 1


class Steps(Protocol):
    """Code for a training."""

    source: str

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: list[Array], losses: Array
    ) -> int:
        """A step for each row of what is `given` to the update; how many were finite, after which
        the columns, or others in their place, are as the last of them left them. All arrays are of
        the training's dtype.
        """


def padded(numbers: Sequence[float], dtype: str = "float64") -> Array:
    """An array with room for whole blocks."""
    array = on_lines(-(-len(numbers) // BLOCK) * BLOCK, dtype)
    array[: len(numbers)] = numbers
    return array


def on_lines(count: int, dtype: str) -> Array:
    """So many zeros, which begin where a line of the processor's cache does: a vector that lies in
    two lines takes twice as long.
    """
    array = np.zeros(count + LINE, dtype)
    start = -array.ctypes.data % LINE // array.itemsize
    return array[start : start + count]
