"""A program of single numbers in parts and packs, as its machine code is written.

What LLVM does with one long function takes more than twice as long for twice the length. A pack is
some instructions that are computed alike, as one vector: worth while where there are exponentials
among them, of which a vector takes little longer than one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import lifted
from autograd.compiler.program import Operand, Program, Register
from autograd.compiler.simplify import shortened
from autograd.compiler.symbols import Context, Symbol

PART = 500  # operands of a part, about
WIDTH = 8  # numbers of a vector
SHORTEST = 3  # numbers that are sooner computed as a vector

Pack = list[Register]  # one, or some whose places follow each other
Slot = tuple[Operand, ...]  # the operands of a pack in one place of its instructions


class Parts:
    """A program in `parts` of packs, which need not be in its order; and the `places` among the
    outputs, and after them, of what is an output, or used by another part or a pack. In all there
    is `room` for so many numbers.
    """

    def __init__(self, program: Program, exact_order: bool) -> None:
        self.program, self.exact_order = shortened(program, PART // 8), exact_order
        self.first = len(program.inputs)
        self.places: dict[Register, int] = {}
        self.room = len(program.outputs) + 1
        if exact_order or exponentials(program) < WIDTH:
            packs = [[register] for register, _ in self.program.numbered()]
        else:
            packs = [*self._packs()]
        self.parts = [*self._parts(packs)]
        for place, output in enumerate(self.program.outputs):
            if isinstance(output, int) and output >= self.first:
                self.places.setdefault(output, place)
        part_of = {x: n for n, part in enumerate(self.parts) for pack in part for x in pack}
        for register, instruction in self.program.numbered():
            for x in instruction.registers:
                if x >= self.first and part_of[x] != part_of[register] and x not in self.places:
                    self.places[x] = self.room
                    self.room += 1

    def slots(self, pack: Pack) -> list[Slot]:
        """The operands of a pack's instructions, in each of their places."""
        instructions = (self.program.instructions[x - self.first] for x in pack)
        return [*zip(*(each.operands for each in instructions), strict=True)]

    def is_row(self, slot: Slot) -> bool:
        """Whether they follow each other in memory, from where a whole vector can be read."""
        registers = [x for x in slot if isinstance(x, int)]
        are_inputs = all(x < self.first for x in registers) and len(slot) == WIDTH
        places = (
            registers if are_inputs else [self.places[x] for x in registers if x in self.places]
        )
        return len(places) == len(slot) and places == [*range(places[0], places[0] + len(slot))]

    def _packs(self) -> Iterator[Pack]:
        """The program's arrays in vectors."""
        found = lifted(Kernel(self.program, [], []))
        self.program = found.kernel.program
        self.room = -(-self.room // WIDTH) * WIDTH
        for array, step in zip(found.arrays, found.steps, strict=True):
            if step is not None and len(array.rows) < WIDTH:
                yield from ([x] for x in array.rows)
            elif step is not None:
                self.places.update({x: self.room + row for row, x in enumerate(array.rows)})
                self.room += -(-len(array.rows) // WIDTH) * WIDTH
                for start in range(0, len(array.rows), WIDTH):
                    yield from self._pack(array.rows[start : start + WIDTH])

    def _pack(self, rows: Pack) -> list[Pack]:
        """They as one, or each alone where most of the operands lie scattered in memory."""
        slots = self.slots(rows)
        scattered = [x for x in slots if len({*map(repr, x)}) > 1 and not self.is_row(x)]
        is_vector = len(rows) >= SHORTEST and 2 * len(scattered) <= max(len(slots), 2)
        return [rows] if is_vector else [[x] for x in rows]

    def _parts(self, packs: Sequence[Pack]) -> Iterator[list[Pack]]:
        part, size = list[Pack](), 0
        for pack in packs:
            part.append(pack)
            size += len(self.program.instructions[pack[0] - self.first].operands)
            if size > PART:
                yield part
                part, size = [], 0
        if part:
            yield part


def exponentials(program: Program) -> int:
    """How many instructions of one number ask for exp or tanh.

    >>> from autograd.compiler.recording import recorded
    >>> from autograd import exp, sigmoid
    >>> exponentials(recorded(lambda x: exp(x * x) + sigmoid(x), (1.0,)).program)
    2
    """
    counts = Counter(
        each.operation
        for each in program.instructions
        if len(each.operands) == len(each.registers) == 1
    )
    found = 0
    for operation, count in counts.items():
        steps = _Steps()
        operation.value(Symbol(steps))
        found += count * (not steps.names.isdisjoint({"exp", "tanh"}))
    return found


class _Steps(Context):
    """The context that remembers which steps a rule asks for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def step(self, name: str, *operands: Any) -> Symbol:
        self.names.add(name)
        return Symbol(self)
