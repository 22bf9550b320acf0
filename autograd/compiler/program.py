"""The one plain data structure of the compiler: a list of instructions over registers.

Every pass takes a Program and gives one. Printed, it reads like the notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from autograd.reading import ATOM, SIGNED, Operation, Term, printable

Register = int  # an input, or an instruction's result
Operand = int | float  # an int is a register, a float a constant


class Instruction(NamedTuple):
    """An operation of the rule table over registers and constants."""

    operation: Operation
    operands: tuple[Operand, ...]
    name: str = ""

    @property
    def registers(self) -> list[Register]:
        """The operands that are no constants."""
        return [x for x in self.operands if x.__class__ is int]


@dataclass(frozen=True)
class Program:
    """Instructions in the order in which they run.

    The registers count the inputs first, then the instructions: each gives one. `outputs` are
    registers, or constants.

    >>> from autograd.compiler.recording import recorded
    >>> from autograd import relu
    >>> print(recorded(lambda w, x: relu(w * x + 0.5), (2.0, 3.0)).program)
    inputs w, x
    v1 = w*x
    v2 = v1 + 0.5
    v3 = relu(v2)
    outputs v3
    """

    inputs: Sequence[str]
    instructions: Sequence[Instruction]
    outputs: Sequence[Operand]

    @cached_property
    def names(self) -> dict[Register, str]:
        """A name for each register, no two alike."""
        return dict(_names(self))

    def numbered(self) -> Iterator[tuple[Register, Instruction]]:
        """Each instruction after the register that it gives."""
        return enumerate(self.instructions, len(self.inputs))

    def uses(self) -> list[int]:
        """How often each register is used, as an operand or an output."""
        counts = [0] * (len(self.inputs) + len(self.instructions))
        for instruction in self.instructions:
            for register in instruction.registers:
                counts[register] += 1
        for output in self.outputs:
            if isinstance(output, int):
                counts[output] += 1
        return counts

    def needed(self) -> Program:
        """The program without the instructions whose results nothing uses."""
        used = {x for x in self.outputs if x.__class__ is int}
        for register, instruction in reversed([*self.numbered()]):
            if register in used:
                used.update(instruction.registers)
        kept = [register for register, _ in self.numbered() if register in used]
        return self if len(kept) == len(self.instructions) else self._with(kept)

    def _with(self, kept: Sequence[Register]) -> Program:
        """The program with these instructions alone."""
        first = len(self.inputs)
        place = {x: x for x in range(first)} | {x: new for new, x in enumerate(kept, first)}
        instructions = []
        for register in kept:
            operation, operands, name = self.instructions[register - first]
            instructions.append(Instruction(operation, (*placed(operands, place),), name))
        return Program(self.inputs, instructions, placed(self.outputs, place))

    def __str__(self) -> str:
        lines = [f"inputs {', '.join(map(self._written, range(len(self.inputs))))}"]
        for register, instruction in self.numbered():
            terms = [self._term(x) for x in instruction.operands]
            lines.append(f"{self._written(register)} = {instruction.operation.text(terms).text}")
        return "\n".join([*lines, f"outputs {', '.join(map(self._written, self.outputs))}"])

    def _written(self, operand: Operand) -> str:
        return self._term(operand).text

    def _term(self, operand: Operand) -> Term:
        if isinstance(operand, int):
            return Term(self.names[operand])
        text = repr(operand).removesuffix(".0")
        return Term(text, SIGNED if text.startswith("-") else ATOM, plain=True)


def placed(
    operands: Iterable[Operand], place: Mapping[Register, Operand] | Sequence[Operand]
) -> list[Operand]:
    """The operands with what stands in the place of each register.

    >>> placed((1, 1.0, 0), [5, 7])
    [7, 1.0, 5]
    """
    return [place[x] if x.__class__ is int else x for x in operands]


def _names(program: Program) -> Iterator[tuple[Register, str]]:
    given = [*program.inputs, *(each.name for each in program.instructions)]
    taken: set[str] = set()
    count = 0
    for register, name in enumerate(given):
        shown = printable(name)
        while not shown or shown in taken:
            count += 1
            shown = f"v{count}"
        taken.add(shown)
        yield register, shown
