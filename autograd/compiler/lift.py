"""Lift: scalars that are computed alike, in one place of the graph, as rows of one array.

Two results are alike where their operation is the same and their operands are alike: the neurons of
a layer, but not two layers. Of alike results each operand in turn is a selection of rows of another
array; `dot`s of one selection of inputs are a matrix product, and a long sum of rows is one of an
array. Where nothing lines up the rows are gathered, and a sum is written term by term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Any

from autograd.compiler.kernels import Kernel
from autograd.compiler.program import Instruction, Operand, Program, Register, placed
from autograd.compiler.simplify import (
    DOT,
    MUL,
    TOTAL,
    is_one,
    known_by,
    pairs_of,
    simplified,
    terms_of,
)
from autograd.compiler.tracing import traced
from autograd.reading import OPERATIONS, Nary, Operation

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


@dataclass(frozen=True)
class Sum:
    """One row: the sum over the rows, or over their products with `others`, and a bias; or the
    largest or the smallest of the rows.
    """

    rows: Rows
    others: Rows | None
    bias: Rows | None
    by: str = "sum"  # or "max", "min"


Step = Elementwise | Product | Sum
FEW = 3  # operands
FEWEST = 3  # terms of a sum that is one of an array
EXTREMES = {  # the largest and the smallest of many
    each: Nary(each.shown, lambda *x, f=each.value: reduce(f, x), lambda y, *x: [None for _ in x])
    for each in (OPERATIONS["maximum"], OPERATIONS["minimum"])
}


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


def expanded(kernel: Kernel) -> Kernel:
    """The kernel with operations on many operands written out by their rules, whose steps line up
    where the operations do not.
    """
    program, first = kernel.program, len(kernel.program.inputs)
    place: list[Operand] = list(range(first))
    written: list[Instruction] = []
    rules: dict[tuple[Operation, int], Program] = {}
    known: dict[tuple[Any, ...], Register] = {}  # steps of rules, each once

    def put(given: Instruction, places: Sequence[Operand]) -> Register:
        operands = (*placed(given.operands, places),)
        if known and not given.name and len(operands) <= FEW:  # what a rule has computed already
            same = known.get(known_by(given.operation, operands))
            if same is not None:
                return same
        written.append(Instruction(given.operation, operands, given.name))
        return first + len(written) - 1

    for instruction in program.instructions:
        operation, operands = instruction.operation, instruction.operands
        if not isinstance(operation, Nary) or operation in (DOT, TOTAL):
            place.append(put(instruction, place))
            continue
        key = operation, len(operands)
        if key not in rules:
            rules[key] = _rule(*key)
        steps = placed(operands, place)
        for each in rules[key].instructions:
            step = known_by(each.operation, placed(each.operands, steps))
            if step not in known:
                known[step] = put(each, steps)
            steps.append(known[step])
        place += placed(rules[key].outputs, steps)
    whole = Program(program.inputs, written, placed(program.outputs, place))
    return Kernel(_with_extremes(whole), kernel.columns, kernel.results)


def _with_extremes(program: Program) -> Program:
    """The same, where the larger of the larger of two and another is the largest of three."""
    if not any(each.operation in EXTREMES for each in program.instructions):
        return program
    uses, first, kept = program.uses(), len(program.inputs), [*program.instructions]
    chains: dict[Register, list[Operand]] = {}
    for register, instruction in program.numbered():
        if instruction.operation not in EXTREMES:
            continue
        before, after = instruction.operands
        chain = [before]
        if isinstance(before, int) and before in chains and uses[before] == 1:
            is_same = kept[before - first].operation is instruction.operation
            chain = chains.pop(before) if is_same else chain
        chain.append(after)
        chains[register] = chain
    for register, chain in chains.items():
        instruction = kept[register - first]
        many = EXTREMES[instruction.operation]
        kept[register - first] = Instruction(many, tuple(chain), instruction.name)
    return Program(program.inputs, kept, program.outputs).needed()


def _rule(operation: Operation, count: int) -> Program:
    """The steps of an operation on so many operands."""
    return simplified(traced(lambda *x: [operation.value(*x)], [""] * count))


def lifted(kernel: Kernel) -> Lifted:
    """The arrays and steps of a kernel's program."""
    arrays, kernel = _alike(kernel)
    program, first = kernel.program, len(kernel.program.inputs)
    found = Lifted(kernel, arrays, [], {})
    for number, array in enumerate(found.arrays):
        members = {x: program.instructions[x - first] for x in array.rows if x >= first}
        # In the order of what they are made of, so that selections run upwards.
        array.rows.sort(key=lambda x: _places(found, members[x]) if x in members else [x])
        found.place.update({x: (number, row) for row, x in enumerate(array.rows)})
        found.steps.append(_step(found, [members[x] for x in array.rows]) if members else None)
    return found


def _places(found: Lifted, instruction: Instruction) -> list[int]:
    return [found.place[x][1] for x in instruction.operands if isinstance(x, int)]


def _alike(kernel: Kernel) -> tuple[list[Array], Kernel]:
    """An array for all registers that are alike, after those that they are computed from; and the
    kernel with the terms of each `dot` in the order in which they are alike.
    """
    program = kernel.program
    arrays: dict[Color, Array] = {}
    colors: list[int] = []  # of each register: the number of its array
    batched: list[bool] = []  # of each array
    ordered: list[Instruction] = []

    def put(color: Color, is_batched: bool) -> None:
        if color not in arrays:
            arrays[color] = Array(len(arrays), [], is_batched)
            batched.append(is_batched)
        arrays[color].rows.append(len(colors))
        colors.append(arrays[color].number)

    for _ in range(kernel.shared):
        put(None, False)
    for column in kernel.columns:
        put(column.array, True)
    for given in program.instructions:
        instruction = _sorted(given, colors) if given.operation is DOT else given
        ordered.append(instruction)
        of = _colors(instruction.operands, colors)
        put((instruction.operation, *of), any(x >= 0 and batched[x] for x in {*of}))
    whole = Program(program.inputs, ordered, program.outputs)
    return list(arrays.values()), Kernel(whole, kernel.columns, kernel.results)


def _colors(operands: Iterable[Operand], colors: Sequence[int]) -> list[int]:
    """The color of each operand; of constants -1."""
    return [colors[x] if x.__class__ is int else -1 for x in operands]


def _sorted(dot: Instruction, colors: Sequence[int]) -> Instruction:
    """The same dot, products of the same kinds of factors side by side."""
    pairs, bias = pairs_of(dot)
    kinds = [*zip(*(_colors(side, colors) for side in zip(*pairs, strict=True)), strict=True)]
    if len({*kinds}) == 1:
        return dot
    upwards = sorted(range(len(pairs)), key=kinds.__getitem__)
    weights, inputs = zip(*(pairs[i] for i in upwards), strict=True)
    return Instruction(DOT, (*weights, *inputs, *bias), dot.name)


def _step(found: Lifted, members: Sequence[Instruction]) -> Step:
    """The step that computes the rows of one array."""
    operation = members[0].operation
    if operation is DOT or (operation is MUL and len(members) > 1):
        product = _product(found, members)
        if product is not None:
            return product
    if operation in (DOT, TOTAL) and len(members) == 1:
        total = _sum(found, members[0])
        if total is not None:
            return total
    if operation in EXTREMES.values() and len(members) == 1:
        rows = members[0].operands
        if len(rows) >= FEWEST and found.array_of(rows) is not None:
            return Sum(found.rows(rows), None, None, operation.name)
    slots = zip(*(each.operands for each in members), strict=True)
    return Elementwise(operation, tuple(found.rows(slot) for slot in slots))


def _sum(found: Lifted, instruction: Instruction) -> Sum | None:
    """A long sum of rows of one array, or of their products with rows of another."""
    terms = terms_of(instruction) or []
    bias = None
    if instruction.operation is DOT or found.array_of(x for x, _ in terms) is None:
        bias = found.rows([terms.pop()[0]]) if is_one(terms[-1][1]) else None
    lefts, rights = zip(*terms, strict=True)
    if len(terms) < FEWEST or found.array_of(lefts) is None or len({*terms}) == 1:
        return None
    if all(map(is_one, rights)):
        return Sum(found.rows(lefts), None, bias)
    if found.array_of(rights) is None:
        return None
    return Sum(found.rows(lefts), found.rows(rights), bias)


def _product(found: Lifted, members: Sequence[Instruction]) -> Product | None:
    """Dots over the same inputs, whose weights are one number for all samples."""
    pairs = [_factors(each) for each in members]
    for side in (1, 0):
        inputs = [pair[side] for pair in pairs[0][0]]
        if any([pair[side] for pair in each] != inputs for each, _ in pairs):
            continue
        weights = [[pair[1 - side] for pair in each] for each, _ in pairs]
        of_inputs, of_weights = found.array_of(inputs), found.array_of(chain(*weights))
        if of_inputs is None or of_weights is None or of_weights.batched:
            continue
        if members[0].operation is MUL and not of_inputs.batched:
            continue  # numbers alone
        if any(len(set(each)) < len(each) for each in (inputs, *weights)):
            continue  # one that stands twice: its rows are no part of a matrix
        upwards = sorted(range(len(inputs)), key=lambda i: found.place[int(inputs[i])])
        matrix = tuple(found.rows([each[i] for i in upwards]) for each in weights)
        biases = [bias for _, bias in pairs]
        bias = found.rows([x for (x,) in biases]) if biases[0] else None
        return Product(matrix, found.rows([inputs[i] for i in upwards]), bias)
    return None


def _factors(instruction: Instruction) -> tuple[list[tuple[Operand, Operand]], Sequence[Any]]:
    """The products that an instruction adds, and its bias."""
    if instruction.operation is DOT:
        return pairs_of(instruction)
    return terms_of(instruction) or [], ()
