"""Simplify: constants computed, factors of 1 left out, equal instructions once, sums gathered.

What `exact_order` keeps gives the same bits as the recorded graph, instruction by instruction: an
addition of products gathered from left to right is the `dot` that adds them in that order. Without
it, sums within sums are gathered too, whose rounding may differ in the last place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import frexp
from typing import Any

from autograd.compiler.program import Instruction, Operand, Program, Register, placed
from autograd.reading import FAULTS, OPERATIONS, Operation, dot

ADD, SUB, MUL, NEG = (OPERATIONS[name] for name in ("add", "sub", "mul", "neg"))
DIV, POW, TOTAL, DOT = (OPERATIONS[name] for name in ("div", "pow", "total", "dot"))
WHERE = OPERATIONS["where"]
Pair = tuple[Operand, Operand]  # a product of two; of one, with the constant 1.0


def simplified(program: Program, exact_order: bool = False) -> Program:
    """The same results, by fewer instructions.

    >>> from autograd.compiler.recording import recorded
    >>> def f(w, x, b):
    ...     s = 0
    ...     for i in range(2):
    ...         s = s + w[i] * x[i]
    ...     return [s + b * 1, w[0] * x[0] + 2.0 * 3.0]
    >>> print(simplified(recorded(f, ([1.0, 2.0], [3.0, 4.0], 5.0)).program))
    inputs w[0], w[1], x[0], x[1], b
    v1 = w[0]*x[0]
    v2 = v1 + w[1]*x[1] + b
    v3 = v1 + 6
    outputs v2, v3
    """
    program = _once(program, exact_order)
    gathered = _gathered(program, exact_order)
    return program if gathered is program else _once(gathered, exact_order)


def _once(program: Program, exact_order: bool) -> Program:
    """Each instruction in its plainest form, and equal ones once."""
    first = len(program.inputs)
    place: list[Operand] = list(range(first))
    known: dict[tuple[Any, ...], Register] = {}
    kept: list[Instruction] = []
    for instruction in program.instructions:
        operands = (*placed(instruction.operands, place),)
        plain = _plain(Instruction(instruction.operation, operands, instruction.name))
        if isinstance(plain, Instruction) and plain.operation is MUL:
            plain = _plain_product(plain, kept, first, exact_order)
        if not isinstance(plain, Instruction):
            place.append(plain)
            continue
        register = known.setdefault(known_by(plain.operation, plain.operands), first + len(kept))
        if register == first + len(kept):
            kept.append(plain)
        place.append(register)
    outputs = placed(program.outputs, place)
    return Program(program.inputs, kept, outputs).needed()


def known_by(operation: Operation, operands: Iterable[Operand]) -> tuple[Any, ...]:
    """A key that equal instructions have. Constants are known by their digits: 2 is another than
    register 2, and -0.0 than 0.0.
    """
    return (operation, *[x.hex() if x.__class__ is float else x for x in operands])


def _plain(instruction: Instruction) -> Instruction | Operand:
    """The plainest instruction of the same result, or the operand that is the result."""
    operation, operands = instruction.operation, instruction.operands
    kinds = {*map(type, operands)}
    if int not in kinds:
        with suppress(*FAULTS):
            return float(operation.value(*operands))
    if operation is DOT:
        is_plain = float not in kinds and len(operands) > 2
        return instruction if is_plain else _plain_dot(instruction)
    if operation is TOTAL and len(operands) == 1:
        return operands[0]
    if operation in (DIV, POW) and is_one(operands[1]):
        return operands[0]
    return instruction


def _plain_product(
    instruction: Instruction, before: Sequence[Instruction], first: Register, exact_order: bool
) -> Instruction | Operand:
    """A product without a factor 1, with one constant where it had two; with where(z, 1, 0) a
    choice, whose side that is not taken is 0, be the other NaN.
    """
    name = instruction.name
    for factor, other in (instruction.operands, instruction.operands[::-1]):
        if is_one(factor):
            return other
        if is_constant(factor, -1.0):
            return Instruction(NEG, (other,), name)
        if not isinstance(factor, int) or factor < first:
            continue
        inner = before[factor - first]
        is_mask = inner.operation is WHERE and not exact_order
        if is_mask and all(map(is_constant, inner.operands[1:], (1.0, 0.0))):
            return Instruction(WHERE, (inner.operands[0], other, 0.0), name)
        scale = _scale(inner)
        if isinstance(other, float) and scale is not None and not exact_order:
            number, scaled = scale
            if _is_power_of_two(other) or _is_power_of_two(number):
                return _plain_product(
                    Instruction(MUL, (number * other, scaled), name), before, first, exact_order
                )
    return instruction


def _scale(instruction: Instruction) -> tuple[float, Operand] | None:
    """The constant that an instruction multiplies another operand by; None where there is none."""
    if instruction.operation is NEG:
        return -1.0, instruction.operands[0]
    if instruction.operation is MUL:
        for number, other in (instruction.operands, instruction.operands[::-1]):
            if isinstance(number, float):
                return number, other
    return None


def _is_power_of_two(number: float) -> bool:
    return abs(frexp(number)[0]) == 0.5


def _plain_dot(instruction: Instruction) -> Instruction | Operand:
    pairs, bias = pairs_of(instruction)
    return _sum_of([*pairs, *((x, 1.0) for x in bias)], instruction.name)


def pairs_of(instruction: Instruction) -> tuple[list[Pair], Sequence[Operand]]:
    """The products that a `dot` adds, and its bias, if it has one."""
    weights, inputs, bias = dot.parts(instruction.operands)
    return list(zip(weights, inputs, strict=True)), bias


def is_constant(operand: Operand, number: float) -> bool:
    """Whether an operand is that constant: a register may have the same number."""
    return operand.__class__ is float and operand == number


def is_one(operand: Operand) -> bool:
    """Whether an operand is the constant 1."""
    return is_constant(operand, 1.0)


def is_zero(pair: Pair) -> bool:
    """Whether a product adds nothing: the constant 0, once."""
    return is_constant(pair[0], 0.0) and is_one(pair[1])


def _sum_of(pairs: list[Pair], name: str) -> Instruction | Operand:
    """The plainest instruction that adds the products from left to right."""
    pairs = [(b, a) if is_one(a) else (a, b) for a, b in pairs]
    pairs = [pair for pair in pairs if not is_zero(pair)] or pairs[:1]
    singles = [a for a, b in pairs if is_one(b)]
    if len(singles) == len(pairs):
        if len(pairs) == 1:
            return singles[0]
        return Instruction(ADD if len(pairs) == 2 else TOTAL, tuple(singles), name)
    if len(pairs) == 1:
        return Instruction(MUL, pairs[0], name)
    bias: tuple[Operand, ...] = ()
    if is_one(pairs[-1][1]):
        bias = (pairs.pop()[0],)
    weights, inputs = zip(*pairs, strict=True)
    return Instruction(DOT, (*weights, *inputs, *bias), name)


# --- sums -----------------------------------------------------------------------------------------


def _gathered(program: Program, exact_order: bool) -> Program:
    """Additions of additions, and of products that nothing else uses, as one sum each; where there
    are none the program itself.
    """
    uses, first = program.uses(), len(program.inputs)
    sums: dict[Register, list[Pair]] = {}  # what may still be taken into a longer sum
    longer: set[Register] = set()
    kept: list[Instruction] = list(program.instructions)
    for register, instruction in program.numbered():
        pairs = terms_of(instruction)
        if pairs is None:
            continue
        gathered: list[Pair] = []
        for place, (a, b) in enumerate(pairs):
            within = sums.get(a) if isinstance(a, int) and is_one(b) and uses[a] == 1 else None
            if within and (place == 0 or len(within) == 1 or not exact_order):
                sums[int(a)] = []
                longer.add(register)
                within.extend(gathered) if place == 0 else gathered.extend(within)
                gathered = within if place == 0 else gathered
            else:
                gathered.append((a, b))
        sums[register] = gathered
    if not longer:
        return program
    for register in longer:
        if not sums[register]:  # they went into a longer one still
            continue
        plain = _sum_of(sums[register], kept[register - first].name)
        if isinstance(plain, Instruction):
            kept[register - first] = plain
    return Program(program.inputs, kept, program.outputs).needed()


def shortened(program: Program, most: int) -> Program:
    """The same in the same order, with sums of at most so many terms.

    >>> from autograd.compiler.recording import recorded
    >>> from autograd import total
    >>> print(shortened(recorded(lambda x: total(x), ([1.0] * 5,)).program, 3))
    inputs x[0], x[1], x[2], x[3], x[4]
    v1 = x[0] + x[1] + x[2]
    v2 = v1 + x[3] + x[4]
    outputs v2
    """
    first = len(program.inputs)
    place: list[Operand] = list(range(first))
    kept: list[Instruction] = []

    def add(made: Instruction | Operand) -> Operand:
        if not isinstance(made, Instruction):
            return made
        kept.append(made)
        return first + len(kept) - 1

    for instruction in program.instructions:
        operands = (*placed(instruction.operands, place),)
        made = Instruction(instruction.operation, operands, instruction.name)
        pairs = (len(operands) > most and terms_of(made)) or []
        while len(pairs) > most:
            pairs = [(add(_sum_of(pairs[:most], "")), 1.0), *pairs[most:]]
        place.append(add(_sum_of(pairs, instruction.name) if pairs else made))
    outputs = placed(program.outputs, place)
    return Program(program.inputs, kept, outputs)


def terms_of(instruction: Instruction) -> list[Pair] | None:
    """The products whose sum an instruction is; None where it is no sum."""
    operation, operands = instruction.operation, instruction.operands
    if operation in (ADD, TOTAL):
        return [(x, 1.0) for x in operands]
    if operation is MUL:
        return [(operands[0], operands[1])]
    if operation is DOT:
        pairs, bias = pairs_of(instruction)
        return [*pairs, *((x, 1.0) for x in bias)]
    return None
