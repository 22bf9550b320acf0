"""Emit by LLVM: a program as straight-line machine code, a loop over samples around it.

The lanes of a vector are samples: each instruction works on as many as a register of the machine
holds. A program over single numbers has one lane and no loop.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from autograd.compiler.program import Operand, Program, Register
from autograd.compiler.symbols import Context, Symbol

FLOAT = ir.DoubleType()
POINTER = FLOAT.as_pointer()
FUSED = ("contract",)  # a product and the sum it goes into may round once
LIBRARY = {"pow": "pow"} | {
    name: name
    for name in (
        *("exp", "expm1", "log", "log1p", "erf", "erfc"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    )
}


class Builder(Context):
    """The context whose steps are LLVM's instructions, over vectors of `lanes` numbers or one."""

    def __init__(self, builder: ir.IRBuilder, lanes: int, exact_order: bool) -> None:
        self.builder, self.lanes = builder, lanes
        self.type = ir.VectorType(FLOAT, lanes) if lanes > 1 else FLOAT
        self.flags = () if exact_order else FUSED

    def symbol(self, value: Any) -> Symbol:
        """What the rule table computes with, of a value of LLVM's."""
        return Symbol(self, value)

    def number(self, operand: Any) -> Any:
        """LLVM's value of a symbol or a number."""
        if operand.__class__ is Symbol:
            return operand.of
        constant = ir.Constant(FLOAT, float(operand))
        return constant if self.lanes == 1 else ir.Constant(self.type, [constant] * self.lanes)

    def step(self, name: str, *operands: Any) -> Symbol:
        if name == "pow" and operands[1].__class__ is not Symbol:
            return self._power(operands[0], float(operands[1]))
        values = [self.number(x) for x in operands]
        return self.symbol(getattr(self, f"_{name}", self._library(name))(*values))

    def _power(self, x: Symbol, exponent: float) -> Symbol:
        """x**n; of the powers that are written most a product, a root or a quotient."""
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

    def _intrinsic(self, name: str, *values: Any) -> Any:
        kind = "f64" if self.lanes == 1 else f"v{self.lanes}f64"
        return self.builder.call(self._declared(f"{name}.{kind}", self.type, len(values)), values)

    def _library(self, name: str) -> Callable[..., Any]:
        """The function of C's library, called for each lane."""

        def call(*values: Any) -> Any:
            function = self._declared(LIBRARY[name], FLOAT, len(values))
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
        result = instruction.operation.value(*map(at, instruction.operands))
        if result.__class__ is not Symbol:
            result = builder.symbol(builder.number(result))
        values.append(result)
    return [value.of for value in values]


def scalar_code(
    program: Program, exact_order: bool
) -> tuple[Callable[[Sequence[float]], Sequence[float] | None], str]:
    """A function from the row of inputs to that of outputs, and its source.

    It gives None where an output is not finite.
    """
    module = ir.Module("chalkgrad")
    add_scalar(module, "compiled", program, exact_order)
    machine = Machine(module)
    # With Python's lock held, which is sooner than to let it go.
    call = machine.function("compiled", ctypes.c_void_p, ctypes.c_void_p, holds=True)
    count = len(program.inputs)
    pack = struct.Struct(f"{count}d").pack_into
    unpack = struct.Struct(f"{len(program.outputs) + 1}d").unpack_from
    memory = ctypes.c_double * (count + len(program.outputs) + 1)
    free: list[tuple[Any, int, int]] = []  # memories that no call is using

    def run(row: Sequence[float]) -> Sequence[float] | None:
        try:
            own = numbers, given, taken = free.pop()
        except IndexError:
            numbers = memory()
            given = ctypes.addressof(numbers)
            own = numbers, given, taken = numbers, given, given + 8 * count
        try:
            pack(numbers, 0, *row)
        except OverflowError:  # an int beyond all floats
            return None
        call(given, taken)
        *outputs, finite = unpack(numbers, 8 * count)
        free.append(own)
        return None if finite else outputs

    return run, str(module)


def add_scalar(module: ir.Module, name: str, program: Program, exact_order: bool) -> Any:
    """`void name(double *inputs, double *outputs)`; the last output is NaN, if not 0, where another
    is not finite.
    """
    signature = ir.FunctionType(ir.VoidType(), [POINTER, POINTER])
    function = ir.Function(module, signature, name)
    for argument in function.args:
        argument.add_attribute("noalias")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    given, taken = function.args

    def at(pointer: Any, place: int) -> Any:
        return builder.gep(pointer, [ir.Constant(ir.IntType(64), place)])

    context = Builder(builder, 1, exact_order)
    inputs = [builder.load(at(given, i)) for i in range(len(program.inputs))]
    values = steps_of(program, context, inputs)
    finite = context.number(0.0)
    for place, output in enumerate(program.outputs):
        value = values[output] if isinstance(output, int) else context.number(output)
        builder.store(value, at(taken, place))
        finite = builder.fadd(finite, builder.fmul(value, context.number(0.0)))
    builder.store(finite, at(taken, len(program.outputs)))
    builder.ret_void()
    return function


class Machine:
    """Compiled machine code; it lives as long as this does."""

    def __init__(self, module: ir.Module) -> None:
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


def lanes_here() -> int:
    """How many doubles a vector register of this machine holds."""
    features = llvm.get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


def _engine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=1
    )
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
