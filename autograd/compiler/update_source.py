"""Emit an optimizer's rule for NumPy: over all parameters at once, into arrays that are there."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.compiler.array_source import TAKEN, function_source, identifiers
from autograd.compiler.buffered_source import BufferWriter
from autograd.compiler.kernels import Kernel
from autograd.compiler.memory import memories
from autograd.compiler.program import Operand
from autograd.compiler.statements import Shape, View
from autograd.compiler.symbols import Symbol
from autograd.reading import Term

COLUMN = Shape(1, True)  # a number for each parameter


class UpdateSource(NamedTuple):
    """The source of `update(numbers..., arrays..., rooms...)`: the rooms are the results' and then
    those of what is computed between; which one each shares its memory with.
    """

    source: str
    memories: list[int]


def update_source(kernel: Kernel) -> UpdateSource:
    """The function that leaves the results of an update; but the last, which is the gradient.

    >>> from autograd.compiler.kernels import Column
    >>> from autograd.compiler.recording import recorded
    >>> rule = recorded(lambda rate, g, w: [w - rate * 2 * g, g], (0.1, 0.5, 1.0)).program
    >>> print(update_source(Kernel(rule, [Column(0), Column(1)], [Column(1)])).source)
    def update(rate, g, w, w_after, v2):
        np.multiply(rate * 2.0, g, out=v2)
        np.subtract(w, v2, out=w_after)
    """
    program, first = kernel.program, len(kernel.program.inputs)
    names, outputs = identifiers(program), program.outputs[:-1]
    given = [names[i] for i in range(first)]
    results = {f"{names[kernel.shared + 1 + i]}_after": x for i, x in enumerate(outputs)}
    writer = BufferWriter([*names.values(), *results, *TAKEN])
    own = {x: name for name, x in results.items() if isinstance(x, int) and x >= first}
    arrays = set(range(kernel.shared, first))
    values: list[Any] = [
        Symbol(writer, View(names[x], COLUMN) if x in arrays else Term(names[x]))
        for x in range(first)
    ]

    def at(operand: Operand) -> Any:
        return values[operand] if isinstance(operand, int) else operand

    for register, instruction in program.numbered():
        value = instruction.operation.value(*map(at, instruction.operands))
        if not arrays.isdisjoint(instruction.registers):
            arrays.add(register)
            name = own.get(register, names[register])
            value = Symbol(writer, writer.keep(value, name, COLUMN))
        values.append(value)
    for name, output in results.items():
        if name not in own.values():  # what was given, or a result that is there
            writer.put("copy", [writer.view(at(output))], name, COLUMN)
    rooms = dict.fromkeys([*results, *writer.buffers], COLUMN)
    source = function_source("update", [*given, *rooms], [*map(str, writer.statements)])
    return UpdateSource(source, memories(writer.statements, rooms, kept=results))
