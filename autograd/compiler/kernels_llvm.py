"""Emit by LLVM over many samples: sums over samples, and results for each.

A kernel runs in two passes over a few blocks of samples at a time. The first computes, with a
sample in each lane, what the results are made of, and leaves that in a small memory: a long program
in chunks, each in a loop over the blocks. The second goes through the sums in groups that fit the
machine's registers, each in such a loop too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from autograd.compiler.kernels import Column, Kernel
from autograd.compiler.llvm import FLOAT, Builder, steps_of
from autograd.compiler.program import Operand, Program, Register
from autograd.compiler.simplify import terms_of
from autograd.compiler.vectors import INDEX, SHORT, Vectors

BLOCKS = 16  # whose intermediate values stay near the processor
GROUP = 16  # sums that are kept in registers at a time
CHUNK = 350  # operands in one loop; of more the registers do not hold what is used twice


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
        early = [x for x, _ in program.numbered() if x in self.moving and x not in self.late]
        self.chunks = _chunks(program, early)
        self.chunk_of = {x: number for number, chunk in enumerate(self.chunks) for x in chunk}
        operands = (x for terms in self.terms for pair in terms for x in pair)
        registers = dict.fromkeys(x for x in operands if isinstance(x, int))
        for register, instruction in program.numbered():
            number = self.chunk_of.get(register)
            for x in instruction.registers:
                if number is not None and self.chunk_of.get(x, number) != number:
                    registers[x] = None
        self.kept = {register: place for place, register in enumerate(registers)}


def _chunks(program: Program, registers: Sequence[Register]) -> list[list[Register]]:
    """The registers in their order, in chunks that have about as many operands."""
    chunks, operands, first = [list[Register]()], 0, len(program.inputs)
    for register in registers:
        if operands >= CHUNK:
            chunks.append([])
            operands = 0
        chunks[-1].append(register)
        operands += len(program.instructions[register - first].operands)
    return chunks


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
        with self.loop(self.index(self.kernel.sums * self.lanes), self.lanes) as place:
            self.store(self.context.number(0.0), self.memory, place)
        self._before_all()
        with self.loop(blocks, BLOCKS) as start:
            left = builder.sub(blocks, start)
            some = builder.select(
                builder.icmp_signed("<", left, self.index(BLOCKS)), left, self.index(BLOCKS)
            )
            for chunk in range(len(self.parts.chunks)):
                with self.loop(some) as block:
                    self._first_pass(chunk, builder.add(start, block), block)
            for group in range(0, self.kernel.sums, GROUP):
                self._second_pass(range(group, min(group + GROUP, self.kernel.sums)), start, some)
        whole, rest = divmod(self.kernel.sums, self.lanes)
        with self.loop(self.index(whole * self.lanes), self.lanes) as place:
            self.store(self._reduced(place, self.lanes), self.sums, place)
        self._leave_rest(whole * self.lanes, rest)
        builder.ret_void()

    def _before_all(self) -> None:
        """What depends on shared inputs alone, once."""
        inputs: list[Any] = [None] * len(self.kernel.program.inputs)
        for place in self.parts.wanted & set(range(self.kernel.shared)):
            inputs[place] = self.builder.load(self.at(self.shared, place))
        alone = Builder(self.builder, 1, self.context.flags == (), self.kind)
        self.alone = steps_of(self.kernel.program, alone, inputs, self.parts.moving)

    def _first_pass(self, chunk: int, block: Any, near: Any) -> None:
        """Some registers of one block; those that sums or other chunks need go to the memory."""
        kernel, parts = self.kernel, self.parts
        base, here = self.builder.mul(block, self.index(self.lanes)), self._here(near)
        found: dict[Register, Any] = {}

        def value(operand: Operand) -> Any:
            if not isinstance(operand, int):
                return self.context.number(operand)
            if operand not in found:
                found[operand] = self._from_before(operand, base, here)
            return found[operand]

        def at(operand: Operand) -> Any:
            return self.context.symbol(value(operand)) if isinstance(operand, int) else operand

        for register in parts.chunks[chunk]:
            instruction = kernel.program.instructions[register - len(kernel.program.inputs)]
            result = instruction.operation.value(*map(at, instruction.operands))
            found[register] = self.context.number(result)
        for register, place in parts.kept.items():
            if parts.chunk_of.get(register, 0) == chunk:
                self.builder.store(value(register), self._kept_at(place, here), align=self.bytes)
        results = kernel.program.outputs[kernel.sums :]
        for output, column in zip(results, kernel.results, strict=True):
            register = output if isinstance(output, int) else -1  # a constant stands in no chunk
            if parts.chunk_of.get(register, 0) == chunk:
                self.store(value(output), self.arrays[column.array], base)

    def _from_before(self, register: Register, base: Any, here: Any) -> Any:
        """What no instruction of a chunk gives: an input, or what was computed before."""
        kernel, first = self.kernel, len(self.kernel.program.inputs)
        if register in self.parts.chunk_of:
            at = self._kept_at(self.parts.kept[register], here)
            return self.builder.load(at, align=self.bytes)
        if register < kernel.shared:
            return self._broadcast(self.shared, register)
        if register < first:
            return self._column(kernel.columns[register - kernel.shared], base)
        return self.splat(self.alone[register], self.kind)

    def _second_pass(self, group: range, start: Any, some: Any) -> None:
        """The sums of a group over some blocks, each in a register."""
        builder = self.builder
        before = [self.load(self.memory, place * self.lanes) for place in group]
        with self.loop(some, carried=before) as (near, totals):
            base, here = (
                builder.mul(builder.add(start, near), self.index(self.lanes)),
                self._here(near),
            )
            left = builder.sub(self.count, base)
            mask = builder.icmp_signed("<", self.iota, self.splat(left, INDEX))
            loaded: dict[Register, Any] = {}
            after = []
            for place, total in zip(group, totals, strict=True):
                result = total
                for a, b in self.parts.terms[place]:
                    x, y = (self._operand(each, here, loaded) for each in (a, b))
                    term = x if b == 1.0 and isinstance(b, float) else self.context._mul(x, y)
                    result = self.context._add(result, term)
                after.append(builder.select(mask, result, total))
            totals[:] = after
        for place, total in zip(group, totals, strict=True):
            self.store(total, self.memory, place * self.lanes)

    def _operand(self, operand: Operand, here: Any, loaded: dict[Register, Any]) -> Any:
        if not isinstance(operand, int):
            return self.context.number(operand)
        if operand not in loaded:
            at = self._kept_at(self.parts.kept[operand], here)
            loaded[operand] = self.builder.load(at, align=self.bytes)
        return loaded[operand]

    def _here(self, near: Any) -> Any:
        """The memory as vectors, where those of one of the blocks begin."""
        vectors = self.builder.bitcast(self.memory, self.vector.as_pointer())
        before = self.builder.mul(near, self.index(len(self.parts.kept)))
        return self.builder.gep(vectors, [self.builder.add(self.index(self.kernel.sums), before)])

    def _kept_at(self, place: int, here: Any) -> Any:
        """The address of what is kept of one register, for a block."""
        return self.builder.gep(here, [self.index(place)])

    def _reduced(self, place: Any, count: int) -> Any:
        """The totals of some sums from a place on, each over its own lanes."""
        start = self.builder.mul(self.index(place), self.index(self.lanes))
        places = (self.builder.add(start, self.index(i * self.lanes)) for i in range(count))
        rows = [self.load(self.memory, each) for each in places]
        rows += rows[-1:] * (self.lanes - count)
        width = 1
        while len(rows) > 1:
            rows = [self._folded(a, b, width) for a, b in zip(rows[::2], rows[1::2], strict=True)]
            width *= 2
        return rows[0]

    def _leave_rest(self, place: int, count: int) -> None:
        """The last sums, fewer than there are lanes."""
        totals = self._reduced(place, count) if count else None
        for lane in range(count):
            number = self.builder.extract_element(totals, ir.Constant(SHORT, lane))
            self.builder.store(number, self.at(self.sums, place + lane))

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
