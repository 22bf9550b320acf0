"""Steps of training over arrays, by NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.lifted_source import lifted_source
from autograd.compiler.training import Array, Training


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
