"""Run a kernel over NumPy's arrays: as machine code, or array by array."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.kernels import Column, Kernel

Array = Any  # of NumPy, float64
# run(shared, sums, count, *arrays): the sums over the samples, and the results in their arrays
RunKernel = Callable[..., None]


def kernel_code(kernel: Kernel, engine: str, exact_order: bool) -> tuple[RunKernel, str]:
    """The kernel as `engine` runs it, and its source."""
    if engine == "llvm":
        return _by_llvm(kernel, exact_order)
    return _by_numpy(kernel)


def _by_llvm(kernel: Kernel, exact_order: bool) -> tuple[RunKernel, str]:
    from autograd.compiler.kernels_llvm import kernel_function, memory_of
    from autograd.compiler.llvm import Machine, lanes_here

    lanes = lanes_here()
    module = kernel_function(kernel, lanes, exact_order)
    pointer, machine = ctypes.c_void_p, Machine(module)
    kinds = [pointer, pointer, pointer, ctypes.c_int64, *[pointer] * kernel.arrays]
    call = machine.function("kernel", *kinds)
    room = memory_of(kernel, lanes)

    def run(shared: Array, sums: Array, count: int, *arrays: Array) -> None:
        memory = np.empty(room)
        addresses = [x.ctypes.data for x in (shared, sums, memory)]
        call(*addresses, count, *(x.ctypes.data for x in arrays))

    return run, str(module)


def _by_numpy(kernel: Kernel) -> tuple[RunKernel, str]:
    source = source_of(kernel.program)
    function = function_of(source)

    def run(shared: Array, sums: Array, count: int, *arrays: Array) -> None:
        columns = [_taken(arrays[c.array], c, count) for c in kernel.columns]
        with np.errstate(all="ignore"):
            outputs = function(*shared[: kernel.shared], *columns)
            for place in range(kernel.sums):
                each = np.broadcast_to(outputs[place], (count,))
                sums[place] = each.sum()
        for column, output in zip(kernel.results, outputs[kernel.sums :], strict=True):
            arrays[column.array][:count] = output

    return run, source


def _taken(array: Array, column: Column, count: int) -> Array:
    return array.reshape(-1)[column.place :: column.width][:count]
