"""Emit by LLVM over many samples: sums over samples, and results for each.

A kernel runs in two passes over a few blocks of samples at a time. The first computes, with a
sample in each lane, what the results are made of, and leaves that in a small memory. The second
goes through the sums in groups that fit the machine's registers, each in a loop over the blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from autograd.compiler.kernels import Column, Kernel
from autograd.compiler.llvm import FLOAT, Builder, steps_of
from autograd.compiler.program import Operand, Register
from autograd.compiler.simplify import terms_of
from autograd.compiler.vectors import INDEX, SHORT, Vectors

BLOCKS = 16  # whose intermediate values stay near the processor
GROUP = 16  # sums that are kept in registers at a time


def add_kernel(
    module: ir.Module,
    name: str,
    kernel: Kernel,
    lanes: int,
    exact_order: bool,
    kind: Any = FLOAT,
) -> Any:
    """`void name(shared, sums, memory, count, arrays...)`, pointers to doubles but for count.

    `memory` has room for `memory_of` numbers.
    """
    pointer = kind.as_pointer()
    kinds = [pointer, pointer, pointer, INDEX, *[pointer] * kernel.arrays]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
    for argument, given in zip(function.args, kinds, strict=True):
        if given is pointer:
            argument.add_attribute("noalias")
    _Emitter(kernel, function, lanes, exact_order, kind).emit()
    return function


def memory_of(kernel: Kernel, lanes: int) -> int:
    """How many numbers a kernel remembers while it runs."""
    parts = _Parts(kernel)
    return lanes * (kernel.sums + BLOCKS * len(parts.kept))


class _Parts:
    """What is computed in which pass: `terms` of each sum, and the registers `kept` for them."""

    def __init__(self, kernel: Kernel) -> None:
        program = kernel.program
        uses, first = program.uses(), len(program.inputs)
        self.late: set[Register] = set()  # computed in the second pass alone
        self.terms: list[list[tuple[Operand, Operand]]] = []
        for output in program.outputs[: kernel.sums]:
            terms = None
            if isinstance(output, int) and output >= first and uses[output] == 1:
                terms = terms_of(program.instructions[output - first])
            if terms is None:
                terms = [(output, 1.0)]
            else:
                self.late.add(int(output))
            self.terms.append(terms)
        # What changes from sample to sample; the rest is computed once, from `wanted` inputs.
        self.moving = set(range(kernel.shared, first))
        self.wanted: set[Register] = set()
        for register, instruction in program.numbered():
            if not self.moving.isdisjoint(instruction.registers):
                self.moving.add(register)
            else:
                self.wanted.update(instruction.registers)
        operands = (x for terms in self.terms for pair in terms for x in pair)
        registers = dict.fromkeys(x for x in operands if isinstance(x, int))
        self.kept = {register: place for place, register in enumerate(registers)}


class _Emitter(Vectors):
    """Writes one kernel."""

    def __init__(
        self, kernel: Kernel, function: Any, lanes: int, exact_order: bool, kind: Any
    ) -> None:
        super().__init__(function, lanes, exact_order, kind)
        self.kernel, self.parts = kernel, _Parts(kernel)
        self.shared, self.sums, self.memory, self.count, *self.arrays = function.args
        iota = [ir.Constant(INDEX, lane) for lane in range(lanes)]
        self.iota = ir.Constant(ir.VectorType(INDEX, lanes), iota)

    def emit(self) -> None:
        builder, blocks = self.builder, self._blocks()
        for place in range(self.kernel.sums):
            self.store(self.context.number(0.0), self.memory, place * self.lanes)
        self._before_all()
        with self.loop(blocks, BLOCKS) as start:
            left = builder.sub(blocks, start)
            some = builder.select(
                builder.icmp_signed("<", left, self.index(BLOCKS)), left, self.index(BLOCKS)
            )
            with self.loop(some) as block:
                self._first_pass(builder.add(start, block), block)
            for group in range(0, self.kernel.sums, GROUP):
                self._second_pass(range(group, min(group + GROUP, self.kernel.sums)), start, some)
        for place in range(0, self.kernel.sums, self.lanes):
            self._reduce(range(place, min(place + self.lanes, self.kernel.sums)))
        builder.ret_void()

    def _before_all(self) -> None:
        """What depends on shared inputs alone, once."""
        inputs: list[Any] = [None] * len(self.kernel.program.inputs)
        for place in self.parts.wanted & set(range(self.kernel.shared)):
            inputs[place] = self.builder.load(self.at(self.shared, place))
        alone = Builder(self.builder, 1, self.context.flags == (), self.kind)
        self.alone = steps_of(self.kernel.program, alone, inputs, self.parts.moving)

    def _first_pass(self, block: Any, near: Any) -> None:
        """Every register of one block; those that sums need go to the memory."""
        kernel, builder = self.kernel, self.builder
        base = builder.mul(block, self.index(self.lanes))
        shared = [self._broadcast(self.shared, i) for i in range(kernel.shared)]
        columns = [self._column(column, base) for column in kernel.columns]
        given = {
            place: self.splat(x, self.kind)
            for place, x in enumerate(self.alone)
            if x is not None and place >= len(kernel.program.inputs)
        }
        values = steps_of(kernel.program, self.context, [*shared, *columns], self.parts.late, given)
        for place, register in enumerate(self.parts.kept):
            self.store(values[register], self.memory, self._kept_at(place, near))
        for output, column in zip(
            kernel.program.outputs[kernel.sums :], kernel.results, strict=True
        ):
            value = values[output] if isinstance(output, int) else self.context.number(output)
            self.store(value, self.arrays[column.array], base)

    def _second_pass(self, group: range, start: Any, some: Any) -> None:
        """The sums of a group over some blocks, each in a register."""
        builder = self.builder
        before = [self.load(self.memory, place * self.lanes) for place in group]
        with self.loop(some, carried=before) as (near, totals):
            base = builder.mul(builder.add(start, near), self.index(self.lanes))
            left = builder.sub(self.count, base)
            mask = builder.icmp_signed("<", self.iota, self.splat(left, INDEX))
            loaded: dict[Register, Any] = {}
            after = []
            for place, total in zip(group, totals, strict=True):
                result = total
                for a, b in self.parts.terms[place]:
                    x, y = (self._operand(each, near, loaded) for each in (a, b))
                    term = x if b == 1.0 and isinstance(b, float) else self.context._mul(x, y)
                    result = self.context._add(result, term)
                after.append(builder.select(mask, result, total))
            totals[:] = after
        for place, total in zip(group, totals, strict=True):
            self.store(total, self.memory, place * self.lanes)

    def _operand(self, operand: Operand, near: Any, loaded: dict[Register, Any]) -> Any:
        if not isinstance(operand, int):
            return self.context.number(operand)
        if operand not in loaded:
            place = self.parts.kept[operand]
            loaded[operand] = self.load(self.memory, self._kept_at(place, near))
        return loaded[operand]

    def _kept_at(self, place: int, near: Any) -> Any:
        first = self.lanes * (self.kernel.sums + BLOCKS * place)
        return self.builder.add(self.index(first), self.builder.mul(near, self.index(self.lanes)))

    def _reduce(self, group: Sequence[int]) -> None:
        """The totals of some sums, as many as there are lanes, each over its own lanes."""
        rows = [self.load(self.memory, place * self.lanes) for place in group]
        rows += rows[-1:] * (self.lanes - len(rows))
        width = 1
        while len(rows) > 1:
            rows = [self._folded(a, b, width) for a, b in zip(rows[::2], rows[1::2], strict=True)]
            width *= 2
        if len(group) == self.lanes:
            self.store(rows[0], self.sums, group[0])
            return
        for lane, place in enumerate(group):
            number = self.builder.extract_element(rows[0], ir.Constant(SHORT, lane))
            self.builder.store(number, self.at(self.sums, place))

    def _folded(self, a: Any, b: Any, width: int) -> Any:
        """Neighbours of each of two vectors added: of their runs of `width` every second."""
        runs = [range(i, i + width) for i in range(0, self.lanes, width)]
        halves = []
        for start in (0, 1):
            chosen = [
                lane + offset
                for run in runs[start::2]
                for offset in (0, self.lanes)
                for lane in run
            ]
            lanes = ir.Constant(
                ir.VectorType(SHORT, self.lanes), [ir.Constant(SHORT, x) for x in chosen]
            )
            halves.append(self.builder.shuffle_vector(a, b, lanes))
        return self.builder.fadd(*halves)

    def _blocks(self) -> Any:
        more = self.builder.add(self.count, self.index(self.lanes - 1))
        return self.builder.sdiv(more, self.index(self.lanes))

    def _column(self, column: Column, base: Any) -> Any:
        """A column's numbers for the samples of a block; past the last sample it stands again."""
        builder, array = self.builder, self.arrays[column.array]
        if column.padded:
            return self.load(array, base)
        value = ir.Constant(self.vector, ir.Undefined)
        last = builder.sub(self.count, self.index(1))
        for lane in range(self.lanes):
            sample = builder.add(base, self.index(lane))
            sample = builder.select(builder.icmp_signed("<", sample, last), sample, last)
            place = builder.add(
                builder.mul(sample, self.index(column.width)), self.index(column.place)
            )
            number = builder.load(self.at(array, place))
            value = builder.insert_element(value, number, ir.Constant(SHORT, lane))
        return value

    def _broadcast(self, pointer: Any, place: int) -> Any:
        return self.splat(self.builder.load(self.at(pointer, place)), self.kind)
