"""Memory, loops and vectors of LLVM: what is written around the instructions of a program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from autograd.compiler.llvm import FLOAT, Builder

INDEX, SHORT = ir.IntType(64), ir.IntType(32)


class Vectors:
    """Writes a function of LLVM; its numbers come in vectors of `lanes`."""

    def __init__(self, function: Any, lanes: int, exact_order: bool, kind: Any = FLOAT) -> None:
        self.lanes, self.kind = lanes, kind
        self.bytes = 8 if kind is FLOAT else 4
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.context = Builder(self.builder, lanes, exact_order, kind)
        self.vector = self.context.type

    def splat(self, value: Any, kind: Any) -> Any:
        """A number in every lane."""
        vector = ir.VectorType(kind, self.lanes)
        empty = ir.Constant(vector, ir.Undefined)
        one = self.builder.insert_element(empty, value, ir.Constant(SHORT, 0))
        zeros = ir.Constant(ir.VectorType(SHORT, self.lanes), [ir.Constant(SHORT, 0)] * self.lanes)
        return self.builder.shuffle_vector(one, empty, zeros)

    def index(self, number: Any) -> Any:
        """An int as a place in memory."""
        return ir.Constant(INDEX, number) if isinstance(number, int) else number

    def at(self, pointer: Any, place: Any) -> Any:
        """The address of a number."""
        return self.builder.gep(pointer, [self.index(place)])

    def load(self, pointer: Any, place: Any) -> Any:
        """A vector of numbers, from a place on."""
        at = self.builder.bitcast(self.at(pointer, place), self.vector.as_pointer())
        return self.builder.load(at, align=self.bytes)

    def store(self, value: Any, pointer: Any, place: Any) -> None:
        """Leave a vector in memory, from a place on."""
        at = self.builder.bitcast(self.at(pointer, place), self.vector.as_pointer())
        self.builder.store(value, at, align=self.bytes)

    @contextmanager
    def loop(self, end: Any, step: int = 1, carried: list[Any] | None = None) -> Iterator[Any]:
        """A loop from 0 to `end`; it yields the index, and what is carried from turn to turn, a
        list to be replaced in the body, which holds the last values after it.
        """
        builder = self.builder
        before = builder.block
        head = builder.append_basic_block("head")
        body = builder.append_basic_block("body")
        after = builder.append_basic_block("after")
        builder.branch(head)
        builder.position_at_end(head)
        index = builder.phi(INDEX)
        index.add_incoming(self.index(0), before)
        phis = [builder.phi(self.vector) for _ in carried or ()]
        for phi, value in zip(phis, carried or (), strict=True):
            phi.add_incoming(value, before)
        builder.cbranch(builder.icmp_signed("<", index, end), body, after)
        builder.position_at_end(body)
        values = list(phis)
        yield index if carried is None else (index, values)
        index.add_incoming(builder.add(index, self.index(step)), builder.block)
        for phi, value in zip(phis, values, strict=True):
            phi.add_incoming(value, builder.block)
        builder.branch(head)
        builder.position_at_end(after)
        values[:] = phis
