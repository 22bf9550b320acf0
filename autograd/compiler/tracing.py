"""Trace: a rule over plain numbers, such as an optimizer's, as a Program.

Where `recording` runs a function on Values, this runs it on symbols that stand for the numbers
themselves: each step of arithmetic is an instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from autograd.compiler.program import Instruction, Operand, Program
from autograd.compiler.symbols import Context, Symbol
from autograd.reading import OPERATIONS


class Tracer(Context):
    """The context whose steps are instructions of a program."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.inputs = inputs
        self.instructions: list[Instruction] = []

    def symbols(self) -> list[Symbol]:
        """One for each input."""
        return [Symbol(self, register) for register in range(len(self.inputs))]

    def operand(self, number: Any) -> Operand:
        """The register of a symbol; of a number the constant."""
        if number.__class__ is Symbol:
            register: int = number.of
            return register
        return float(number)

    def step(self, name: str, *operands: Any) -> Symbol:
        instruction = Instruction(OPERATIONS[name], tuple(map(self.operand, operands)))
        self.instructions.append(instruction)
        return Symbol(self, len(self.inputs) + len(self.instructions) - 1)

    def undecided(self) -> NoReturn:
        raise TypeError("a number that is traced is not known yet, and nothing can branch on it")


def traced(rule: Callable[..., Sequence[Any]], inputs: Sequence[str]) -> Program:
    """The program of a rule that takes a number for each input and returns a list of numbers.

    >>> print(traced(lambda w, g: [w - 0.1 * g], ["w", "g"]))
    inputs w, g
    v1 = 0.1*g
    v2 = w - v1
    outputs v2
    """
    tracer = Tracer(inputs)
    outputs = rule(*tracer.symbols())
    return Program(inputs, tracer.instructions, [tracer.operand(x) for x in outputs])
