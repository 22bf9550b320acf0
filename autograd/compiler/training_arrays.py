"""Steps of training over arrays, by NumPy, some samples at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.buffered_source import Shape, buffered_source
from autograd.compiler.kernels import Kernel
from autograd.compiler.training import Array, Training

NEAR = 1 << 18  # numbers in buffers, which stay near the processor
FEWEST = 256  # samples at a time


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
        data, before = (inputs, targets.reshape(count, -1)), [column[places] for column in columns]
        with np.errstate(all="ignore"):
            for step, numbers in enumerate(given.tolist()):
                sums = self._samples(before[0], *data)
                sums /= count
                if self._penalty is not None:
                    sums += self._penalty(before[0])
                loss, gradients = sums[0], sums[1:]
                after = self._update(*numbers, gradients, *before)
                if not all(map(_is_finite, (loss, *after))):
                    return step
                losses[step] = loss
                for column, changed in zip(before, after, strict=True):
                    np.copyto(column, changed)
        return len(given)


class Sums:
    """The outputs of a kernel, summed over the samples; the array is the same in every call."""

    def __init__(self, kernel: Kernel, dtype: str) -> None:
        self.source, self._shapes = buffered_source(kernel)
        self._function = function_of(self.source, "samples")
        rows = sum(shape.rows for shape in self._shapes.values() if shape.batched)
        self._at_once = max(FEWEST, NEAR // max(rows, 1))
        self._dtype = dtype
        self._sums, self._more = (np.empty(len(kernel.program.outputs), dtype) for _ in range(2))
        self._buffers: dict[int, list[Array]] = {}  # for so many samples

    def __call__(self, parameters: Array, *data: Array) -> Array:
        some, *others = _parts(data, self._at_once) if data else [()]
        self._function(parameters, *some, self._sums, *self._room(some))
        for some in others:
            self._function(parameters, *some, self._more, *self._room(some))
            self._sums += self._more
        return self._sums

    def _room(self, data: Sequence[Array]) -> list[Array]:
        count = len(data[0]) if data else 1
        if count not in self._buffers:
            if len(self._buffers) > 1:  # the whole parts, and a last one
                self._buffers.clear()
            self._buffers[count] = [self._buffer(shape, count) for shape in self._shapes.values()]
        return self._buffers[count]

    def _buffer(self, shape: Shape, count: int) -> Array:
        return np.empty((shape.rows, count if shape.batched else 1), self._dtype)


def _parts(data: Sequence[Array], at_once: int) -> Iterator[tuple[Array, ...]]:
    """The samples, some after the others."""
    for start in range(0, len(data[0]), at_once):
        yield tuple(array[start : start + at_once] for array in data)


def _is_finite(numbers: Any) -> bool:
    """Whether all are: where the sum of their squares is it is known at once."""
    return bool(np.isfinite(np.dot(numbers, numbers)) or np.isfinite(numbers).all())
