"""Emit by LLVM: a program as straight-line machine code, a loop over samples around it.

The lanes of a vector are samples: each instruction works on as many as a register of the machine
holds. A program over single numbers has one lane and no loop.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Callable, Container, Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from autograd.compiler.exp_llvm import Exponentials
from autograd.compiler.memory import LINE
from autograd.compiler.parts import WIDTH, Pack, Parts, Slot
from autograd.compiler.program import Instruction, Operand, Program, Register
from autograd.compiler.symbols import Context, Symbol

FLOAT = ir.DoubleType()
POINTER = FLOAT.as_pointer()
KINDS = {"float64": FLOAT, "float32": ir.FloatType()}  # by NumPy's names
FUSED = ("contract",)  # a product and the sum it goes into may round once
LONG = 1000  # instructions
SIDE_BY_SIDE = 8  # sums
LIBRARY = {"pow": "pow"} | {
    name: name
    for name in (
        *("exp", "expm1", "log", "log1p", "erf", "erfc"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    )
}


class Builder(Context):
    """The context whose steps are LLVM's instructions, over vectors of `lanes` numbers or one."""

    def __init__(
        self, builder: ir.IRBuilder, lanes: int, exact_order: bool, kind: Any = FLOAT
    ) -> None:
        self.builder, self.lanes, self.kind = builder, lanes, kind
        self.is_single = kind is not FLOAT
        self.type = ir.VectorType(kind, lanes) if lanes > 1 else kind
        self.flags = () if exact_order else FUSED

    def symbol(self, value: Any) -> Symbol:
        """What the rule table computes with, of a value of LLVM's."""
        return Symbol(self, value)

    def number(self, operand: Any) -> Any:
        """LLVM's value of a symbol or a number."""
        if operand.__class__ is Symbol:
            return operand.of
        number = ctypes.c_float(operand).value if self.is_single else float(operand)
        constant = ir.Constant(self.kind, number)
        return constant if self.lanes == 1 else ir.Constant(self.type, [constant] * self.lanes)

    def step(self, name: str, *operands: Any) -> Symbol:
        if name == "pow" and operands[1].__class__ is not Symbol:
            return self._power(operands[0], float(operands[1]))
        values = [self.number(x) for x in operands]
        return self.symbol(getattr(self, f"_{name}", self._library(name))(*values))

    def _power(self, x: Symbol, exponent: float) -> Symbol:
        """x**n; a square, which is written most, is a product."""
        if exponent == 1.0:
            return x
        if exponent == 2.0:
            return self.step("mul", x, x)
        values = [self.number(x), self.number(exponent)]
        return self.symbol(self._library("pow")(*values))

    def _add(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b, flags=self.flags)

    def _sub(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b, flags=self.flags)

    def _mul(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b, flags=self.flags)

    def _div(self, a: Any, b: Any) -> Any:
        return self.builder.fdiv(a, b)

    def _neg(self, x: Any) -> Any:
        return self.builder.fneg(x)

    def _abs(self, x: Any) -> Any:
        return self._intrinsic("llvm.fabs", x)

    def _sqrt(self, x: Any) -> Any:
        return self._intrinsic("llvm.sqrt", x)

    def _where(self, z: Any, a: Any, b: Any) -> Any:
        """a where z > 0, b where z <= 0, else z, which is NaN."""
        zero = self.number(0.0)
        below = self.builder.fcmp_ordered("<=", z, zero)
        if a is z:
            return self.builder.select(below, b, z)
        above = self.builder.fcmp_ordered(">", z, zero)
        return self.builder.select(above, a, self.builder.select(below, b, z))

    def _maximum(self, a: Any, b: Any) -> Any:
        return self._extreme(">", a, b)

    def _minimum(self, a: Any, b: Any) -> Any:
        return self._extreme("<", a, b)

    def _extreme(self, wins: str, a: Any, b: Any) -> Any:
        """The second of a tie; NaN where either is NaN."""
        chosen = self.builder.select(self.builder.fcmp_ordered(wins, a, b), a, b)
        known = self.builder.fcmp_ordered("ord", a, b)
        return self.builder.select(known, chosen, self.builder.fadd(a, b))

    def _exp(self, x: Any) -> Any:
        return self._exponential("exp", x)

    def _tanh(self, x: Any) -> Any:
        return self._exponential("tanh", x)

    def _exponential(self, name: str, x: Any) -> Any:
        """Of a vector written out, in doubles; but the library's, where its bits are wanted."""
        if self.lanes == 1 or not self.flags:
            return self._library(name)(x)
        if not self.is_single:
            return getattr(Exponentials(self), name)(x)
        doubles = Builder(self.builder, self.lanes, exact_order=False)
        longer = self.builder.fpext(x, doubles.type)
        return self.builder.fptrunc(doubles._exponential(name, longer), self.type)

    def vector(self, numbers: Sequence[Any]) -> Any:
        """Numbers of LLVM's as a vector; the last of them in the lanes that are left."""
        vector = ir.Constant(self.type, ir.Undefined)
        for lane in range(self.lanes):
            at = ir.Constant(ir.IntType(32), lane)
            number = numbers[min(lane, len(numbers) - 1)]
            vector = self.builder.insert_element(vector, number, at)
        return vector

    def _intrinsic(self, name: str, *values: Any) -> Any:
        kind = "f32" if self.is_single else "f64"
        kind = kind if self.lanes == 1 else f"v{self.lanes}{kind}"
        return self.builder.call(self._declared(f"{name}.{kind}", self.type, len(values)), values)

    def _library(self, name: str) -> Callable[..., Any]:
        """The function of C's library, called for each lane."""

        def call(*values: Any) -> Any:
            called = LIBRARY[name] + "f" * self.is_single
            function = self._declared(called, self.kind, len(values))
            if self.lanes == 1:
                return self.builder.call(function, values)
            result = ir.Constant(self.type, ir.Undefined)
            for lane in range(self.lanes):
                at = ir.Constant(ir.IntType(32), lane)
                each = [self.builder.extract_element(value, at) for value in values]
                result = self.builder.insert_element(result, self.builder.call(function, each), at)
            return result

        return call

    def _declared(self, name: str, kind: Any, arity: int) -> Any:
        module = self.builder.module
        if name not in module.globals:
            return ir.Function(module, ir.FunctionType(kind, [kind] * arity), name)
        return module.globals[name]


def steps_of(
    program: Program,
    builder: Builder,
    inputs: Sequence[Any],
    but: Container[Register] = (),
    known: Mapping[Register, Any] = MappingProxyType({}),
) -> list[Any]:
    """Write every instruction by its own rule, `but` some, and those that are `known`; the values
    of all registers.
    """
    values: list[Symbol] = [builder.symbol(x) for x in inputs]

    def at(operand: Operand) -> Any:
        return values[operand] if isinstance(operand, int) else operand

    for register, instruction in program.numbered():
        if register in known or register in but:
            values.append(builder.symbol(known.get(register)))
            continue
        values.append(_step_of(instruction, builder, at))
    return [value.of for value in values]


def _step_of(instruction: Instruction, builder: Builder, at: Callable[[Operand], Any]) -> Symbol:
    """Write an instruction by its own rule, over operands that are `at` hand."""
    result = instruction.operation.value(*map(at, instruction.operands))
    if result.__class__ is Symbol:
        symbol: Symbol = result
        return symbol
    return builder.symbol(builder.number(result))


def scalar_code(program: Program, exact_order: bool) -> tuple[Callable[[Any], Any], str]:
    """A function from the row of inputs to that of outputs, and its source.

    A list or a tuple gives a list, an array an array. It gives None where an input or an output is
    not finite.
    """
    module = ir.Module("chalkgrad")
    parts = Parts(program, exact_order)
    _add_call(module, add_scalar(module, "compiled", parts), len(program.inputs))
    source = str(module)
    machine = Machine(source)
    # What is short holds Python's lock, which is sooner than to let it go.
    holds = len(program.instructions) < LONG
    call = machine.function("call", ctypes.c_void_p, holds=holds)
    inputs, outputs = len(program.inputs), len(program.outputs)
    pack = struct.Struct(f"{inputs}d").pack_into
    unpack = struct.Struct(f"{outputs}d").unpack_from
    of_numbers = ctypes.c_double * (inputs + parts.room)

    def memory() -> Any:
        """Its outputs begin where a line of the processor's cache does."""
        room = bytearray(ctypes.sizeof(of_numbers) + LINE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(room)) + 8 * inputs
        return of_numbers.from_buffer(room, -start % LINE)

    free: list[tuple[Any, int]] = []  # memories that no call is using
    free_arrays: list[tuple[Any, Any, Any, int]] = []  # the same, and NumPy's views of them

    def run(row: Any) -> Any:
        if row.__class__ not in (tuple, list) and outputs:
            return of_array(row)
        try:
            own = numbers, address = free.pop()
        except IndexError:
            numbers = memory()
            address = ctypes.addressof(numbers)
            own = numbers, address
        pack(numbers, 0, *row)
        call(address)
        found = [*unpack(numbers, 8 * inputs)] if numbers[inputs + outputs] == 0 else None
        free.append(own)
        return found

    def of_array(row: Any) -> Any:
        try:
            own = before, after, numbers, address = free_arrays.pop()
        except IndexError:
            numbers = memory()
            address = ctypes.addressof(numbers)
            view = sys.modules["numpy"].frombuffer(numbers)  # it is there where arrays come from
            before, after = view[:inputs], view[inputs : inputs + outputs]
            own = before, after, numbers, address
        before[...] = row  # sooner than by a slice
        call(address)
        found = after.copy() if numbers[inputs + outputs] == 0 else None
        free_arrays.append(own)
        return found

    return run, source


def _add_call(module: ir.Module, function: Any, inputs: int) -> None:
    """`void call(numbers)`, of the inputs and behind them room for the outputs: a call from Python
    takes the longer the more it hands over.
    """
    caller = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), "call")
    builder = ir.IRBuilder(caller.append_basic_block("entry"))
    (numbers,) = caller.args
    builder.call(function, [numbers, _at(builder, numbers, inputs)])
    builder.ret_void()


def add_scalar(
    module: ir.Module, name: str, parts: Parts, kind: Any = FLOAT, *, checked: bool = True
) -> Any:
    """`void name(inputs, outputs)`, pointers to numbers.

    The outputs have the `room` of the parts: after the last one stands, if `checked`, NaN instead
    of 0 where one of them or an input is not finite, then what one part of the program leaves for
    another.
    """
    program = parts.program
    functions = [
        _add_part(module, f"{name}_{number}", parts, each, kind)
        for number, each in enumerate(parts.parts)
    ]
    function, builder = _function(module, name, kind)
    given, taken = function.args
    for each in functions:
        builder.call(each, [given, taken])
    context = Builder(builder, 1, parts.exact_order, kind)
    for place, output in enumerate(program.outputs):
        if not isinstance(output, int):
            builder.store(context.number(output), _at(builder, taken, place))
        elif output < len(program.inputs):
            builder.store(builder.load(_at(builder, given, output)), _at(builder, taken, place))
        elif parts.places[output] != place:  # twice among the outputs
            again = builder.load(_at(builder, taken, parts.places[output]))
            builder.store(again, _at(builder, taken, place))
    if checked:
        once = {x: place for place, x in enumerate(program.outputs)}.values()
        numbers = [builder.load(_at(builder, given, place)) for place in range(len(program.inputs))]
        numbers += [builder.load(_at(builder, taken, place)) for place in once]
        builder.store(_not_finite(context, numbers), _at(builder, taken, len(program.outputs)))
    builder.ret_void()
    return function


def _not_finite(context: Builder, numbers: Sequence[Any]) -> Any:
    """A number that is NaN, if not 0, where one of these is not finite; several sums side by side,
    so that none waits for the one before it.
    """
    builder, zero = context.builder, context.number(0.0)
    totals = [zero] * SIDE_BY_SIDE
    for place, number in enumerate(numbers):
        place %= SIDE_BY_SIDE
        totals[place] = builder.fadd(totals[place], builder.fmul(number, zero))
    return reduce(builder.fadd, totals)


def _add_part(module: ir.Module, name: str, parts: Parts, part: Sequence[Pack], kind: Any) -> Any:
    """Some packs as a function of the inputs and of what other parts left."""
    function, builder = _function(module, name, kind)
    given, taken = function.args
    first = parts.first
    context, wide = (Builder(builder, lanes, parts.exact_order, kind) for lanes in (1, WIDTH))
    known: dict[Operand, Any] = {}
    rows: dict[Slot, Any] = {}
    size = 8 if kind is FLOAT else 4

    def address(register: Register) -> Any:
        if register < first:
            return _at(builder, given, register)
        return _at(builder, taken, parts.places[register])

    def vector_at(register: Any) -> Any:
        return builder.bitcast(address(register), wide.type.as_pointer())

    def at(operand: Operand) -> Any:
        if not isinstance(operand, int):
            return operand
        if operand not in known:
            known[operand] = context.symbol(builder.load(address(operand)))
        return known[operand]

    def row(slot: Slot) -> Any:
        if not isinstance(slot[0], int):  # constants, which may equal registers
            alike = len({*map(repr, slot)}) == 1
            return slot[0] if alike else wide.symbol(wide.vector([*map(context.number, slot)]))
        if slot not in rows and parts.is_row(slot):
            rows[slot] = wide.symbol(builder.load(vector_at(slot[0]), align=size))
        elif slot not in rows:
            rows[slot] = wide.symbol(wide.vector([at(x).of for x in slot]))
        return rows[slot]

    for pack in part:
        instruction = parts.program.instructions[pack[0] - first]
        if len(pack) == 1:
            register = pack[0]
            known[register] = _step_of(instruction, context, at)
            if register in parts.places:
                builder.store(known[register].of, address(register))
        else:
            result = instruction.operation.value(*map(row, parts.slots(pack)))
            rows[tuple(pack)] = result
            builder.store(wide.number(result), vector_at(pack[0]), align=size)
    builder.ret_void()
    return function


def _function(module: ir.Module, name: str, kind: Any) -> tuple[Any, ir.IRBuilder]:
    """`void name(inputs, outputs)`, which do not overlap in memory, and what writes its code."""
    signature = ir.FunctionType(ir.VoidType(), [kind.as_pointer()] * 2)
    function = ir.Function(module, signature, name)
    for argument in function.args:
        argument.add_attribute("noalias")
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def _at(builder: ir.IRBuilder, pointer: Any, place: int) -> Any:
    return builder.gep(pointer, [ir.Constant(ir.IntType(64), place)])


class Machine:
    """Compiled machine code of a module or its text; it lives as long as this does."""

    def __init__(self, module: ir.Module | str) -> None:
        parsed = llvm.parse_assembly(str(module))
        self.engine = _engine()
        self.engine.add_module(parsed)
        self.engine.finalize_object()

    def function(
        self, name: str, *kinds: Any, result: Any = None, holds: bool = False
    ) -> Callable[..., Any]:
        """A function of the module, as ctypes calls it; while it runs it `holds` Python's lock."""
        address = self.engine.get_function_address(name)
        found: Any = (ctypes.PYFUNCTYPE if holds else ctypes.CFUNCTYPE)(result, *kinds)(address)
        found.machine = self  # whose code it is
        call: Callable[..., Any] = found
        return call


def lanes_here(dtype: str = "float64") -> int:
    """How many numbers a vector register of this machine holds."""
    features = llvm.get_host_cpu_features()
    doubles = 8 if features.get("avx512f") else 4 if features.get("avx") else 2
    return doubles if dtype == "float64" else 2 * doubles


def _engine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=1
    )
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
