"""Steps of training as one function of machine code."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import is_not
from typing import Any

import numpy as np
from llvmlite import ir

from autograd.compiler.kernels_llvm import BLOCKS, add_kernel, memory_of
from autograd.compiler.llvm import KINDS, Machine, add_scalar, lanes_here
from autograd.compiler.parts import Parts
from autograd.compiler.training import BLOCK, Array, Training, on_lines
from autograd.compiler.vectors import INDEX, Vectors
from autograd.compiler.workers import WORKERS, Barrier, threads_here

PARTS = 16  # of the samples of a large batch
LARGE = 3_000_000  # instructions of a step, from which on threads are worth their while


class MachineSteps:
    """Steps of training by LLVM.

    The samples of a large batch are summed in PARTS, which are added in their order: the results
    have the same bits for any number of threads.
    """

    def __init__(self, training: Training, exact_order: bool) -> None:
        module = ir.Module("chalkgrad")
        self._writer = _Writer(module, training, lanes_here(training.dtype), exact_order)
        self._dtype = training.dtype
        self.source = str(module)
        self._operations = len(training.samples.program.instructions)
        self._call = Machine(self.source).function("run", ctypes.c_void_p, result=ctypes.c_int64)
        self._control = np.zeros(4, dtype=np.int64)
        self._memory = np.zeros(0, training.dtype)
        self._arrays: Sequence[Array | None] = [None] * (
            4 + len(training.update.results)
        )  # those of the last run, which is made anew by
        self._bound: Callable[[], int] = lambda: 0

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: Sequence[Array], losses: Array
    ) -> int:
        """See `Steps`."""
        arrays = (given, losses, inputs, targets, *columns)
        if any(map(is_not, arrays, self._arrays)):
            self._arrays, self._bound = arrays, self._binding(*arrays)
        return self._bound()

    def _binding(self, given: Array, losses: Array, *arrays: Array) -> Callable[[], int]:
        """A function that runs the code over these arrays, by one thread or by several."""
        count = len(arrays[0])
        is_large = count * self._operations >= LARGE
        threads = min(threads_here(), PARTS) if is_large else 1
        room = self._writer.room_for(threads)
        if len(self._memory) < room:
            self._memory = on_lines(room, self._dtype)
        counts = len(given), count, PARTS if is_large else 1
        places = [*map(_address, (given, losses, self._control, self._memory, *arrays))]

        def call(thread: int, threads: int) -> int:
            row = np.array([*counts, thread, threads, *places], np.int64)
            made: int = self._call(_address(row))
            return made

        if threads == 1:
            self._row = np.array([*counts, 0, 1, *places], np.int64)
            return partial(self._call, _address(self._row))

        def side_by_side() -> int:
            self._control[:] = 0
            made: int = WORKERS.run(call, threads)
            return made

        return side_by_side


def _address(array: Array) -> int:
    """Where an array begins: by its buffer, which is told ten times sooner than by NumPy."""
    if array.flags.writeable:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    address: int = array.ctypes.data
    return address


def _add_call(module: ir.Module, function: Any) -> None:
    """`int64 run(arguments)`, which calls a function with the arguments that stand in memory: a
    call from Python takes the longer the more it hands over.
    """
    counters = INDEX.as_pointer()
    caller = ir.Function(module, ir.FunctionType(INDEX, [counters]), "run")
    builder = ir.IRBuilder(caller.append_basic_block("entry"))
    given = []
    for place, argument in enumerate(function.args):
        number = builder.load(builder.gep(caller.args[0], [ir.Constant(INDEX, place)]))
        is_count = argument.type is INDEX
        given.append(number if is_count else builder.inttoptr(number, argument.type))
    builder.ret(builder.call(function, given))


class _Writer(Vectors):
    """Writes `int64 steps(steps, count, parts, thread, threads, given, losses, control, memory,
    inputs, targets, columns...)`, which each thread calls. The first one makes the steps; the
    others sum some parts of the samples, and wait for it.
    """

    def __init__(self, module: ir.Module, training: Training, lanes: int, exact: bool) -> None:
        self.training, kind = training, KINDS[training.dtype]
        pointer = kind.as_pointer()
        samples = add_kernel(module, "samples", training.samples, lanes, exact, kind)
        update = add_kernel(module, "update", training.update, lanes, exact, kind)
        parts = training.penalty and Parts(training.penalty, exact)
        penalty = parts and add_scalar(module, "penalty", parts, kind, checked=False)
        counters = INDEX.as_pointer()
        count = 4 + len(training.update.results)
        kinds = [*[INDEX] * 5, pointer, pointer, counters, *[pointer] * (count - 1)]
        function = ir.Function(module, ir.FunctionType(INDEX, kinds), "steps")
        super().__init__(function, lanes, exact, kind)
        self._lay_out(lanes, parts.room if parts else 0)
        steps, self.count, self.parts, self.thread, self.threads, *rest = function.args
        self.given, self.losses, control, self.memory, *arrays = rest
        self.data, self.columns = arrays[:2], arrays[2:]
        self.barrier = Barrier(self.builder, control, self.threads)
        self.ended, self.taken = (self.builder.gep(control, [self.index(x)]) for x in (2, 3))
        self.is_alone = self.builder.icmp_signed("==", self.threads, self.index(1))
        with self.builder.if_then(self.is_alone):
            self.builder.store_atomic(self.index(0), self.ended, "seq_cst", 8)
        is_first = self.builder.icmp_signed("==", self.thread, self.index(0))
        with self.loop(steps) as step:
            self._sum_parts(samples)
            self.barrier.wait()
            with self.builder.if_then(is_first):
                self.builder.store_atomic(self.index(0), self.taken, "monotonic", 8)
                self._finish(penalty, update, step)
            self.barrier.wait()
            ended = self.builder.load_atomic(self.ended, "seq_cst", 8)
            with self.builder.if_then(self.builder.icmp_signed("!=", ended, self.index(0))):
                self.builder.ret(step)
        self.builder.ret(steps)
        _add_call(module, function)

    def _sum_parts(self, samples: Any) -> None:
        """The parts of this thread: its first, and then whichever no thread has taken."""
        builder, block = self.builder, self.index(self.lanes * BLOCKS)
        each = builder.mul(self._quotient(self._quotient(self.count, self.parts), block), block)
        memory = builder.add(
            self.index(self.working), builder.mul(self.thread, self.index(self.own))
        )
        with self._parts() as part:
            start = self._smaller(builder.mul(part, each), self.count)
            count = self._smaller(builder.sub(self.count, start), each)
            sums = builder.add(self.index(self.sums), builder.mul(part, self.index(self.each)))
            data = [
                self.at(array, builder.mul(start, self.index(width)))
                for array, width in zip(self.data, self._widths(), strict=True)
            ]
            places = (self.columns[0], self._place(sums), self._place(memory), count)
            builder.call(samples, [*places, *data])

    @contextmanager
    def _parts(self) -> Iterator[Any]:
        """A loop over the parts that this thread takes: a slow one takes fewer."""
        builder, before = self.builder, self.builder.block
        head, body, more, after = map(builder.append_basic_block, ("take", "part", "more", "taken"))
        builder.branch(head)
        builder.position_at_end(head)
        part = builder.phi(INDEX)
        part.add_incoming(self.thread, before)
        builder.cbranch(builder.icmp_signed("<", part, self.parts), body, after)
        builder.position_at_end(body)
        yield part
        following = builder.add(part, self.index(1))
        part.add_incoming(following, builder.block)
        builder.cbranch(self.is_alone, head, more)
        builder.position_at_end(more)
        taken = builder.atomic_rmw("add", self.taken, self.index(1), "seq_cst")
        part.add_incoming(builder.add(taken, self.threads), more)
        builder.branch(head)
        builder.position_at_end(after)

    def _widths(self) -> list[int]:
        """How many numbers of a sample stand in each array."""
        widths = [1, 1]
        for column in self.training.samples.columns:
            widths[column.array] = column.width
        return widths

    def _quotient(self, a: Any, b: Any) -> Any:
        """a/b, rounded up."""
        above = self.builder.add(a, self.builder.sub(b, self.index(1)))
        return self.builder.sdiv(above, b)

    def _smaller(self, a: Any, b: Any) -> Any:
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def _finish(self, penalty: Any, update: Any, step: Any) -> None:
        """The rest of a step, after the sums."""
        training, builder = self.training, self.builder
        if penalty is not None:
            builder.call(penalty, [self.columns[0], self._place(self.penalties)])
        loss, finite = self._mean_gradients()
        with builder.if_else(self._is_zero(finite), likely=True) as (good, bad):
            with good:
                self._move(self.columns, self.backup)
                first = builder.mul(step, self.index(training.update.shared))
                count = self.index(training.parameters)
                places = (
                    self.at(self.given, first),
                    self._place(self.sums),
                    self._place(self.working),
                )
                data = (self._place(self.gradients), *self.columns)
                builder.call(update, [*places, count, *data])
                with builder.if_else(self._is_zero(self._still_finite()), likely=True) as (
                    made,
                    undone,
                ):
                    with made:  # there is a loss of these steps alone
                        builder.store(loss, self.at(self.losses, step))
                    with undone:
                        self._move(self.columns, self.backup, back=True)
                        builder.store_atomic(self.index(1), self.ended, "seq_cst", 8)
            with bad:
                builder.store_atomic(self.index(1), self.ended, "seq_cst", 8)

    def _lay_out(self, lanes: int, penalty: int) -> None:
        """Where in memory each part begins; the threads' own come last."""
        samples, update = self.training.samples, self.training.update
        self.blocks = -(-self.training.parameters // BLOCK) * BLOCK
        self.sums, self.each = 0, BLOCK + self.blocks
        self.penalties = PARTS * self.each
        self.gradients = self.penalties + 2 + self.blocks + penalty
        self.backup = self.gradients + self.blocks
        end = self.backup + self.blocks * len(update.results)
        self.working = -(-end // BLOCK) * BLOCK
        self.own = max(memory_of(samples, lanes), memory_of(update, lanes)) + BLOCK

    def room_for(self, threads: int) -> int:
        """How many numbers so many threads remember."""
        return self.working + threads * self.own

    def _place(self, place: Any) -> Any:
        return self.at(self.memory, place)

    def _mean_gradients(self) -> tuple[Any, Any]:
        """The loss, and a number that is not 0 where it or a gradient is not finite."""
        builder, zero = self.builder, self.context.number(0.0)
        with self.loop(builder.sub(self.parts, self.index(1))) as part:  # all added to the first
            other = builder.mul(builder.add(part, self.index(1)), self.index(self.each))
            total = builder.load(self._place(self.sums))
            more = builder.load(self._place(other))
            builder.store(builder.fadd(total, more), self._place(self.sums))
            with self.loop(self.index(self.blocks), self.lanes) as place:
                at = builder.add(place, self.index(self.sums + 1))
                total = builder.fadd(
                    self.load(self.memory, at), self.load(self.memory, builder.add(at, other))
                )
                self.store(total, self.memory, at)
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

    def _is_zero(self, number: Any) -> Any:
        return self.builder.fcmp_ordered("==", number, ir.Constant(self.vector.element, 0.0))
