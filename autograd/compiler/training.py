"""Steps of training as programs: the samples' losses and gradients, a penalty, the update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.kernels import Kernel
from autograd.compiler.lifted_source import lifted_source
from autograd.compiler.program import Program

Array = Any  # of NumPy, float64
BLOCK = 8  # parameters have room for whole blocks of so many


@dataclass(frozen=True)
class Training:
    """What one step of training computes over n parameters.

    `samples` sums the loss and its n gradients over the samples, whose inputs and targets are
    arrays 0 and 1; `penalty` gives a number and its n gradients; `update` has an array of
    gradients, then one of parameters and those of what is remembered, each changed in its place.
    """

    samples: Kernel
    penalty: Program | None
    update: Kernel

    @property
    def parameters(self) -> int:
        """How many parameters there are."""
        return self.samples.sums - 1


class Steps(Protocol):
    """Code for a training."""

    source: str

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: Sequence[Array], losses: Array
    ) -> int:
        """A step for each row of what is `given` to the update; how many were finite, after which
        the columns are as the last of them left them.
        """


class ArraySteps:
    """Steps of training by NumPy."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.source, self._outputs = lifted_source(training.samples)
        self._samples = function_of(self.source, "samples")
        penalty = training.penalty
        self._penalty = function_of(source_of(penalty)) if penalty else None
        self._update = function_of(source_of(training.update.program))

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: Sequence[Array], losses: Array
    ) -> int:
        with np.errstate(all="ignore"):
            for step, numbers in enumerate(given):
                loss, gradients = self._slopes(columns[0], inputs, targets)
                places = slice(self.training.parameters)
                before = [column[places] for column in columns]
                after = np.array(self._update(*numbers, gradients, *before))
                if not (np.isfinite(loss) and np.isfinite(after).all()):
                    return step
                losses[step] = loss
                for column, changed in zip(columns, after, strict=True):
                    column[places] = changed
        return len(given)

    def _slopes(self, parameters: Array, inputs: Array, targets: Array) -> tuple[float, Array]:
        """The loss and its gradients, means over the samples, with the penalty."""
        count, numbers = len(inputs), parameters[: self.training.parameters]
        blocks = self._samples(numbers, inputs, targets.reshape(count, -1))
        sums = np.empty(len(self._outputs))
        sums[self._outputs] = np.concatenate([np.ravel(block) for block in blocks])
        sums /= count
        if self._penalty is not None:
            sums += self._penalty(*numbers)
        return sums[0], sums[1:]


def padded(numbers: Sequence[float]) -> Array:
    """An array with room for whole blocks."""
    array = np.zeros(-(-len(numbers) // BLOCK) * BLOCK)
    array[: len(numbers)] = numbers
    return array


def code_of(training: Training, engine: str, exact_order: bool) -> Steps:
    """The code of a training by one of the engines."""
    if engine == "llvm":
        from autograd.compiler.training_llvm import MachineSteps

        return MachineSteps(training, exact_order)
    return ArraySteps(training)
