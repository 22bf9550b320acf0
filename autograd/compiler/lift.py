"""Lift: scalars that are computed alike, in one place of the graph, as rows of one array.

Two results are alike where their operation is the same and their operands are alike: the neurons of
a layer, but not two layers. Of alike results each operand in turn is a selection of rows of another
array; `dot`s of one selection of inputs are a matrix product. Where nothing lines up the rows are
gathered, and a sum is written term by term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from autograd.compiler.kernels import Kernel
from autograd.compiler.program import Instruction, Operand, Register
from autograd.compiler.simplify import DOT, pairs_of
from autograd.reading import Operation

Color = Any  # of results alike: a number, found by what they are computed from


@dataclass
class Array:
    """Scalars that are alike: `rows` are their registers."""

    number: int
    rows: list[Register]
    batched: bool  # whether a row is a number for each sample, or one for all


@dataclass(frozen=True)
class Rows:
    """Rows of an array in an order: `of` is its number, or None where they are constants."""

    of: int | None
    places: tuple[Any, ...]

    @property
    def step(self) -> int | None:
        """The step between the places, where it is one; of a single place 0."""
        steps = {b - a for a, b in zip(self.places, self.places[1:], strict=False)}
        return None if len(steps) > 1 else steps.pop() if steps else 0


@dataclass(frozen=True)
class Elementwise:
    """An operation row by row: an operand for each of its slots."""

    operation: Operation
    operands: tuple[Rows, ...]


@dataclass(frozen=True)
class Product:
    """matrix @ rows + bias: dots that share their inputs. The matrix is of rows that hold one
    number for all samples: its entries' places, row by row.
    """

    matrix: tuple[Rows, ...]
    rows: Rows
    bias: Rows | None


Step = Elementwise | Product


@dataclass
class Lifted:
    """A kernel's program over arrays: array i is made by step i, where it is no input."""

    kernel: Kernel
    arrays: list[Array]
    steps: list[Step | None]
    place: dict[Register, tuple[int, int]]  # of each register: its array, and its row there

    def array_of(self, operands: Iterable[Operand]) -> Array | None:
        """The array that all the operands are rows of; None where there is none."""
        of = {self.place[x][0] if isinstance(x, int) else None for x in operands}
        number = of.pop() if len(of) == 1 else None
        return None if number is None else self.arrays[number]

    def rows(self, operands: Sequence[Operand]) -> Rows:
        """The operands, which are rows of one array or constants, in their order."""
        if not isinstance(operands[0], int):
            return Rows(None, tuple(operands))
        places = [self.place[x] for x in operands if isinstance(x, int)]
        return Rows(places[0][0], tuple(row for _, row in places))


def lifted(kernel: Kernel) -> Lifted:
    """The arrays and steps of a kernel's program."""
    program, first = kernel.program, len(kernel.program.inputs)
    found = Lifted(kernel, _alike(kernel), [], {})
    for number, array in enumerate(found.arrays):
        members = {x: program.instructions[x - first] for x in array.rows if x >= first}
        # In the order of what they are made of, so that selections run upwards.
        array.rows.sort(key=lambda x: _places(found, members[x]) if x in members else [x])
        found.place.update({x: (number, row) for row, x in enumerate(array.rows)})
        found.steps.append(_step(found, [members[x] for x in array.rows]) if members else None)
    return found


def _places(found: Lifted, instruction: Instruction) -> list[int]:
    return [found.place[x][1] for x in instruction.operands if isinstance(x, int)]


def _alike(kernel: Kernel) -> list[Array]:
    """An array for all registers that are alike, after those that they are computed from."""
    arrays: dict[Color, Array] = {}
    color_of: dict[Register, Color] = {}

    def put(register: Register, color: Color, batched: bool) -> None:
        array = arrays.setdefault(color, Array(len(arrays), [], batched))
        array.rows.append(register)
        color_of[register] = array.number

    for register in range(len(kernel.program.inputs)):
        column = register - kernel.shared
        color = None if column < 0 else kernel.columns[column].array
        put(register, color, column >= 0)
    batched = {register for register in color_of if register >= kernel.shared}
    for register, instruction in kernel.program.numbered():
        if not batched.isdisjoint(instruction.registers):
            batched.add(register)
        colors = (color_of.get(x) if isinstance(x, int) else None for x in instruction.operands)
        put(register, (instruction.operation, *colors), register in batched)
    return list(arrays.values())


def _step(found: Lifted, members: Sequence[Instruction]) -> Step:
    """The step that computes the rows of one array."""
    product = _product(found, members) if members[0].operation is DOT else None
    if product is not None:
        return product
    slots = zip(*(each.operands for each in members), strict=True)
    return Elementwise(members[0].operation, tuple(found.rows(slot) for slot in slots))


def _product(found: Lifted, members: Sequence[Instruction]) -> Product | None:
    """Dots over the same inputs, whose weights are one number for all samples."""
    pairs = [pairs_of(each) for each in members]
    for side in (1, 0):
        inputs = [tuple(pair[side] for pair in each) for each, _ in pairs]
        weights = [tuple(pair[1 - side] for pair in each) for each, _ in pairs]
        if any(each != inputs[0] for each in inputs):
            continue
        of_inputs, of_weights = found.array_of(inputs[0]), found.array_of(chain(*weights))
        if of_inputs is None or of_weights is None or of_weights.batched:
            continue
        if any(len(set(each)) < len(each) for each in (inputs[0], *weights)):
            continue  # one that stands twice: its rows are no part of a matrix
        upwards = sorted(range(len(inputs[0])), key=lambda i: found.place[int(inputs[0][i])])
        matrix = tuple(found.rows([each[i] for i in upwards]) for each in weights)
        biases = [bias for _, bias in pairs]
        bias = found.rows([x for (x,) in biases]) if biases[0] else None
        return Product(matrix, found.rows([inputs[0][i] for i in upwards]), bias)
    return None
