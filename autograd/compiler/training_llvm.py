"""Steps of training as one function of machine code."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import partial
from operator import is_not
from typing import Any

import numpy as np
from llvmlite import ir

from autograd.compiler.kernels_llvm import add_kernel, memory_of
from autograd.compiler.llvm import POINTER, Machine, add_scalar, lanes_here, room_of
from autograd.compiler.training import BLOCK, Array, Training
from autograd.compiler.vectors import INDEX, Vectors


class MachineSteps:
    """Steps of training by LLVM."""

    def __init__(self, training: Training, exact_order: bool) -> None:
        module = ir.Module("chalkgrad")
        writer = _Writer(module, training, lanes_here(), exact_order)
        self.source = str(module)
        count = 7 + len(training.update.results)
        kinds = [ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * (count - 2)]
        self._call = Machine(module).function("steps", *kinds, result=ctypes.c_int64)
        self._memory = np.zeros(writer.room)
        self._arrays: tuple[Array, ...] = ()  # those of the last run, which is made anew by
        self._bound: Callable[[], int] = lambda: 0

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: Sequence[Array], losses: Array
    ) -> int:
        """See `Steps`."""
        arrays = (given, losses, self._memory, inputs, targets, *columns)
        if len(arrays) != len(self._arrays) or any(map(is_not, arrays, self._arrays)):
            counts = ctypes.c_int64(len(given)), ctypes.c_int64(len(inputs))
            places = (ctypes.c_void_p(_address(array)) for array in arrays)
            self._arrays, self._bound = arrays, partial(self._call, *counts, *places)
        made: int = self._bound()
        return made


def _address(array: Array) -> int:
    """Where an array begins: by its buffer, which is told ten times sooner than by NumPy."""
    if array.flags.writeable:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    address: int = array.ctypes.data
    return address


class _Writer(Vectors):
    """Writes `int64 steps(steps, count, given, losses, memory, inputs, targets, columns...)`."""

    def __init__(self, module: ir.Module, training: Training, lanes: int, exact: bool) -> None:
        self.training = training
        samples = add_kernel(module, "samples", training.samples, lanes, exact)
        update = add_kernel(module, "update", training.update, lanes, exact)
        penalty = training.penalty and add_scalar(module, "penalty", training.penalty, exact)
        kinds = [INDEX, INDEX, *[POINTER] * (5 + len(training.update.results))]
        function = ir.Function(module, ir.FunctionType(INDEX, kinds), "steps")
        super().__init__(function, lanes, exact)
        self._lay_out(lanes)
        steps, self.count, self.given, self.losses, self.memory, *arrays = function.args
        data, self.columns = arrays[:2], arrays[2:]
        with self.loop(steps) as step:
            self._call(samples, self.columns[0], self.sums, 0, self.count, *data)
            if penalty is not None:
                self.builder.call(penalty, [self.columns[0], self._place(self.penalties)])
            loss, finite = self._mean_gradients()
            self.builder.store(loss, self.at(self.losses, step))
            self._return_unless_finite(finite, step)
            self._move(self.columns, self.backup)
            first = self.builder.mul(step, self.index(training.update.shared))
            count = self.index(training.parameters)
            gradients = self._place(self.gradients)
            self._call(update, self.at(self.given, first), 0, 0, count, gradients, *self.columns)
            self._return_unless_finite(self._still_finite(), step, restores=True)
        self.builder.ret(steps)

    def _lay_out(self, lanes: int) -> None:
        """Where in memory each part begins."""
        samples, update = self.training.samples, self.training.update
        self.blocks = -(-self.training.parameters // BLOCK) * BLOCK
        self.sums = max(memory_of(samples, lanes), memory_of(update, lanes))
        self.penalties = self.sums + 1 + self.blocks
        penalty = self.training.penalty
        self.gradients = self.penalties + 2 + self.blocks + (room_of(penalty) if penalty else 0)
        self.backup = self.gradients + self.blocks
        self.room = self.backup + self.blocks * len(update.results)

    def _place(self, place: int) -> Any:
        return self.at(self.memory, place)

    def _call(self, kernel: Any, shared: Any, sums: int, memory: int, *others: Any) -> None:
        self.builder.call(kernel, [shared, self._place(sums), self._place(memory), *others])

    def _mean_gradients(self) -> tuple[Any, Any]:
        """The loss, and a number that is not 0 where it or a gradient is not finite."""
        builder, zero = self.builder, self.context.number(0.0)
        samples = builder.sitofp(self.count, self.vector.element)
        loss = builder.fdiv(builder.load(self._place(self.sums)), samples)
        loss = builder.fadd(loss, builder.load(self._place(self.penalties)))
        divisor = self.splat(samples, self.vector.element)
        with self.loop(self.index(self.blocks), self.lanes, carried=[zero]) as (place, carried):
            sums = self.load(self._place(self.sums + 1), place)
            more = self.load(self._place(self.penalties + 1), place)
            gradient = builder.fadd(builder.fdiv(sums, divisor), more)
            self.store(gradient, self._place(self.gradients), place)
            carried[0] = builder.fadd(carried[0], builder.fmul(gradient, zero))
        total = self._of_lanes(carried[0])
        return loss, builder.fadd(total, builder.fmul(loss, ir.Constant(loss.type, 0.0)))

    def _still_finite(self) -> Any:
        """A number that is not 0 where a parameter or what is remembered is not finite."""
        zero = self.context.number(0.0)
        with self.loop(self.index(self.blocks), self.lanes, carried=[zero]) as (place, carried):
            for column in self.columns:
                each = self.builder.fmul(self.load(column, place), zero)
                carried[0] = self.builder.fadd(carried[0], each)
        return self._of_lanes(carried[0])

    def _of_lanes(self, vector: Any) -> Any:
        lanes = [
            self.builder.extract_element(vector, ir.Constant(ir.IntType(32), lane))
            for lane in range(self.lanes)
        ]
        total = lanes[0]
        for lane in lanes[1:]:
            total = self.builder.fadd(total, lane)
        return total

    def _move(self, columns: Sequence[Any], backup: int, back: bool = False) -> None:
        """Copy the columns to the memory, or back."""
        with self.loop(self.index(self.blocks), self.lanes) as place:
            for number, column in enumerate(columns):
                kept = self._place(backup + number * self.blocks)
                source, target = (kept, column) if back else (column, kept)
                self.store(self.load(source, place), target, place)

    def _return_unless_finite(self, number: Any, step: Any, restores: bool = False) -> None:
        zero = ir.Constant(self.vector.element, 0.0)
        bad = self.builder.fcmp_unordered("!=", number, zero)
        with self.builder.if_then(bad, likely=False):
            if restores:
                self._move(self.columns, self.backup, back=True)
            self.builder.ret(step)
