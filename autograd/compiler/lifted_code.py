"""Run what was lifted by NumPy: sums over samples, and long functions of single numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.buffered_source import buffered_source
from autograd.compiler.kernels import Kernel
from autograd.compiler.program import Program
from autograd.compiler.statements import Shape
from autograd.compiler.training import Array, on_lines

NEAR = 1 << 18  # numbers in buffers, which stay near the processor
FEWEST = 256  # samples at a time


class Sums:
    """The outputs of a kernel, summed over the samples, into an array."""

    def __init__(self, kernel: Kernel, dtype: str) -> None:
        self.source, self._shapes, self._memories = buffered_source(kernel)
        self._function = function_of(self.source, "samples")
        own = [self._shapes[number] for number in {*self._memories}]
        rows = sum(shape.rows for shape in own if shape.batched)
        self._at_once = max(FEWEST, NEAR // max(rows, 1))
        self._dtype = dtype
        self._more = np.empty(len(kernel.program.outputs), dtype)
        self._buffers: dict[int, list[Array]] = {}  # for so many samples

    def __call__(self, sums: Array, parameters: Array, *data: Array) -> None:
        some, *others = _parts(data, self._at_once) if data else [()]
        self._function(parameters, *some, sums, *self._room(some))
        for some in others:
            self._function(parameters, *some, self._more, *self._room(some))
            sums += self._more

    def _room(self, data: Sequence[Array]) -> list[Array]:
        count = len(data[0]) if data else 1
        if count not in self._buffers:
            if len(self._buffers) > 1:  # the whole parts, and a last one
                self._buffers.clear()
            own = {x: self._buffer(self._shapes[x], count) for x in {*self._memories}}
            self._buffers[count] = [own[number] for number in self._memories]
        return self._buffers[count]

    def _buffer(self, shape: Shape, count: int) -> Array:
        columns = count if shape.batched else 1
        numbers = on_lines(shape.rows * columns, self._dtype)
        beside = shape.ones == "beside"
        array = numbers.reshape(columns, -1).T if beside else numbers.reshape(-1, columns)
        if shape.ones:
            array[-1] = 1
        return array


def _parts(data: Sequence[Array], at_once: int) -> Iterator[tuple[Array, ...]]:
    """The samples, some after the others."""
    for start in range(0, len(data[0]), at_once):
        yield tuple(array[start : start + at_once] for array in data)


def lifted_scalar_code(
    program: Program,
) -> tuple[Callable[[Sequence[float]], Sequence[float] | None], str]:
    """A function from the row of inputs to that of outputs, and its source.

    It gives None where an input or an output is not finite. Sums are in another order than the
    program's.
    """
    sums, alone = Sums(Kernel(program, [], []), "float64"), Lock()

    def run(row: Sequence[float]) -> Sequence[float] | None:
        given, found = np.array(row, dtype=float), np.empty(len(program.outputs))
        with alone, np.errstate(all="ignore"):
            sums(found, given)
        return found.tolist() if np.isfinite(given).all() and np.isfinite(found).all() else None

    return run, sums.source
