"""Steps of training over arrays, by NumPy, some samples at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.kernels import Kernel
from autograd.compiler.lifted_code import Sums
from autograd.compiler.memory import LINE
from autograd.compiler.training import Array, Training, on_lines, padded
from autograd.compiler.update_source import update_source


class ArraySteps:
    """Steps of training by NumPy.

    What a step changes it leaves in arrays beside the columns, whose place they take where it is
    finite; of two that take turns.
    """

    def __init__(self, training: Training) -> None:
        self.training = training
        count, dtype = training.parameters, training.dtype
        self._samples = Sums(training.samples, dtype)
        self.source = self._samples.source
        penalty = training.penalty
        self._penalty = Sums(Kernel(penalty, [], []), dtype) if penalty else None
        self._penalties = np.empty(1 + count, dtype)
        self._update = _Update(training.update, count, dtype)
        nothing = [0.0] * count
        results = range(len(training.update.results) - 1)
        self._rooms = [[padded(nothing, dtype) for _ in range(2)] for _ in results]
        self._sums = [_before_a_line(len(padded(nothing, dtype)), dtype) for _ in range(2)]
        self._rooms.append([sums[1:] for sums in self._sums])

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: list[Array], losses: Array
    ) -> int:
        """See `Steps`."""
        count, parameters = len(inputs), self.training.parameters
        exact = count & (count - 1) == 0  # a power of two
        data = inputs, targets.reshape(count, -1)
        with np.errstate(all="ignore"):
            for step, numbers in enumerate(given.tolist()):
                after = [
                    second if column is first else first
                    for column, (first, second) in zip(columns, self._rooms, strict=True)
                ]
                before, results = ([x[:parameters] for x in each] for each in (columns, after))
                sums = self._sums[after[-1] is self._rooms[-1][1]][: 1 + parameters]
                self._samples(sums, before[0], *data)
                if exact:
                    sums *= 1 / count  # which is sooner
                else:
                    sums /= count
                if self._penalty is not None:
                    self._penalty(self._penalties, before[0])
                    sums += self._penalties
                self._update(numbers, [results[-1], *before], results[:-1])
                if not all(map(_is_finite, (sums, *results[:-1]))):
                    return step
                losses[step], columns[:] = sums[0], after  # no step is half made by Ctrl-C
        return len(given)


class _Update:
    """An optimizer's rule over so many parameters."""

    def __init__(self, update: Kernel, count: int, dtype: str) -> None:
        source, self._memories = update_source(update)
        self._function = function_of(source, "update")
        results = self._memories[: len(update.results) - 1]
        self._between = {x: on_lines(count, dtype) for x in {*self._memories} - {*results}}

    def __call__(
        self, numbers: Sequence[float], given: Sequence[Array], results: Sequence[Array]
    ) -> None:
        """Leave the results of what is given."""
        own = self._between | dict(zip(self._memories, results, strict=False))
        self._function(*numbers, *given, *(own[x] for x in self._memories))


def _before_a_line(count: int, dtype: str) -> Array:
    """A zero and so many more, which begin where a line does."""
    line = LINE // np.dtype(dtype).itemsize
    return on_lines(line + count, dtype)[line - 1 :]


def _is_finite(numbers: Any) -> bool:
    """Whether all are: where the sum of their squares is it is known at once."""
    return bool(np.isfinite(np.dot(numbers, numbers)) or np.isfinite(numbers).all())
