"""Steps of training over arrays, by NumPy, some samples at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.kernels import Kernel
from autograd.compiler.lifted_code import Sums
from autograd.compiler.training import Array, Training


class ArraySteps:
    """Steps of training by NumPy."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self._samples = Sums(training.samples, training.dtype)
        self.source = self._samples.source
        penalty = training.penalty
        self._penalty = Sums(Kernel(penalty, [], []), training.dtype) if penalty else None
        self._update = function_of(source_of(training.update.program))

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: Sequence[Array], losses: Array
    ) -> int:
        """See `Steps`."""
        count, places = len(inputs), slice(self.training.parameters)
        exact = count & (count - 1) == 0  # a power of two
        data, before = (inputs, targets.reshape(count, -1)), [column[places] for column in columns]
        with np.errstate(all="ignore"):
            for step, numbers in enumerate(given.tolist()):
                sums = self._samples(before[0], *data)
                if exact:
                    sums *= 1 / count  # which is sooner
                else:
                    sums /= count
                if self._penalty is not None:
                    sums += self._penalty(before[0])
                loss, gradients = sums[0], sums[1:]
                after = self._update(*numbers, gradients, *before)
                if not all(map(_is_finite, (loss, *after))):
                    return step
                try:
                    _leave(losses, step, loss, before, after)
                except KeyboardInterrupt:  # no step is half made
                    _leave(losses, step, loss, before, after)
                    raise
        return len(given)


def _leave(losses: Array, step: int, loss: Any, columns: Sequence[Array], after: Any) -> None:
    """A step's results, where they are looked for."""
    losses[step] = loss
    for column, changed in zip(columns, after, strict=True):
        np.copyto(column, changed)


def _is_finite(numbers: Any) -> bool:
    """Whether all are: where the sum of their squares is it is known at once."""
    return bool(np.isfinite(np.dot(numbers, numbers)) or np.isfinite(numbers).all())
