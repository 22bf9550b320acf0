"""Emit what was lifted for NumPy without new arrays: each step writes into a buffer of its own.

The sums over the samples are added to G, which has a number for each output. Biases that are a
column are one of `W1b`, which is W1 with b1 at its right side, and whose factor is `X_1`, with a
row of ones below X.T.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any, NamedTuple

from autograd.compiler.array_source import Writer, function_source, is_kept
from autograd.compiler.bias_columns import (
    arrays_with_ones,
    has_ones,
    with_bias_columns,
    with_bias_sums,
)
from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import Elementwise, Lifted, Product, Rows, Step, expanded, lifted
from autograd.compiler.lifted_source import DATA, Emitter, named
from autograd.compiler.memory import memories
from autograd.compiler.over_samples import Block, Diagonal, Outer, blocks
from autograd.compiler.statements import Shape, Statement, View
from autograd.compiler.symbols import Symbol
from autograd.compiler.views import matrix_view, slice_of, transposed

POWERS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}


class BufferedSource(NamedTuple):
    """The source of `samples(P, X, Y, G, buffers...)`, the shape of each buffer, and which one it
    shares its memory with.
    """

    source: str
    shapes: list[Shape]
    memories: list[int]


def buffered_source(kernel: Kernel) -> BufferedSource:
    """The function that leaves a kernel's outputs, summed over the samples, in G."""
    found = with_bias_columns(lifted(expanded(kernel)))
    emitter = _Emitter(found)
    emitter.steps()
    for block in with_bias_sums(found, blocks(found)):
        emitter.put_sums(block)
    shapes = emitter.writer.buffers
    arrays = sorted({column.array for column in kernel.columns})
    given = ["P", *(DATA[array] for array in arrays), "G", *shapes]
    function = function_source("samples", given, emitter.lines())
    source = "\n".join([*named(emitter.constants), function])
    return BufferedSource(source, [*shapes.values()], memories(emitter.writer.statements, shapes))


class BufferWriter(Writer):
    """The context whose steps are statements that write into buffers."""

    def __init__(self, taken: Sequence[str]) -> None:
        super().__init__(taken)
        self.buffers: dict[str, Shape] = {}
        self.longer: dict[str, str] = {}  # the buffers of arrays that have ones below them
        self._passing: View | None = None  # what was made last, where it has no name of its own

    def step(self, name: str, *operands: Any) -> Symbol:
        views = [self.view(x) for x in operands]
        shapes = [view.shape for view in views if view.shape]
        if is_kept(name, operands) or not shapes:  # numbers alone
            return super().step(name, *operands)
        if name == "pow" and operands[1].__class__ is not Symbol:
            exponent = float(operands[1])
            name, views = POWERS.get(exponent, name), views[: 1 if exponent in POWERS else 2]
        shape = Shape(max(x.rows for x in shapes), any(x.batched for x in shapes))
        self._passing = self.put(name, views, self._fresh(), shape)
        return Symbol(self, self._passing)

    def view(self, operand: Any) -> View:
        """What a statement reads of a symbol or a number."""
        is_view = operand.__class__ is Symbol and operand.of.__class__ is View
        return operand.of if is_view else View(self.term(operand).text)

    def put(self, operation: str, reads: Sequence[View], name: str, shape: Shape) -> View:
        """A statement that leaves its result in the array of that name."""
        made = View(name, shape, self.longer.get(name, name))
        self.buffers.setdefault(made.buffer, shape)
        self.statements.append(Statement(made, operation, tuple(reads)))
        return made

    def keep(self, result: Any, name: str, shape: Shape) -> View:
        """The result of a rule in the array of that name: what was made last goes there."""
        view = self.view(result)
        is_passing = bool(self.statements) and view == self.statements[-1].made == self._passing
        if is_passing and view.shape == shape:
            last = self.statements.pop()
            del self.buffers[view.buffer]
            return self.put(last.operation, last.reads, name, shape)
        return self.put("copy", [view], name, shape)


class _Emitter(Emitter):
    """Writes one function over buffers."""

    kind = BufferWriter
    writer: BufferWriter

    def __init__(self, found: Lifted) -> None:
        super().__init__(found)
        for number in sorted(arrays_with_ones(found)):
            self._add_ones(number)

    def _add_ones(self, number: int) -> None:
        """A row of ones below an array, in a longer buffer."""
        name, is_data = self.names[number], self.found.steps[number] is None
        count, longer = len(self.found.arrays[number].rows), f"{name.removesuffix('.T')}_1"
        self.writer.longer[name] = longer
        self.writer.buffers[longer] = Shape(count + 1, True, "beside" if is_data else "below")
        if is_data:
            above = View(f"{longer}[:-1]", None, longer)
            self.writer.statements.append(Statement(above, "copy", (View(name),), "="))
        else:
            self.views[f"{longer}[:-1]"] = name

    # --- steps ---

    def put(self, number: int, step: Step) -> None:
        array, name, writer = self.found.arrays[number], self.names[number], self.writer
        shape = Shape(len(array.rows), array.batched)
        if isinstance(step, Elementwise):
            writer.keep(step.operation.value(*map(self.operand, step.operands)), name, shape)
            return
        if isinstance(step, Product):
            text = self.matrix(step.matrix, "b" * has_ones(self.found, step.rows))
            weights = View(text, None, self._buffer(step.matrix[0].of))
            made = writer.put("matmul", [weights, self.view_of(step.rows)], name, shape)
        else:
            terms: list[Any] = [self.operand(x) for x in (step.rows, step.others) if x]
            made = writer.put(step.by, [writer.view(reduce(mul, terms))], name, shape)
        if step.bias is not None:
            writer.put("add", [made, self.view_of(step.bias)], name, shape)

    def view_of(self, rows: Rows) -> View:
        """What a statement reads of some rows."""
        batched = rows.of is not None and self.found.arrays[rows.of].batched
        count = 1 if len(set(rows.places)) == 1 else len(rows.places)
        return View(self.rows(rows), Shape(count, batched), self._buffer(rows.of))

    def _buffer(self, number: int | None) -> str:
        """The buffer of an array; "" of constants and of what is given."""
        name = "" if number is None else self.names[number]
        is_given = number is None or self.found.steps[number] is None
        return self.writer.longer.get(name, "" if is_given else name)

    def rows(self, rows: Rows) -> str:
        """The same; one more than there are is that of the ones."""
        if rows.of is not None and has_ones(self.found, rows):
            return self.writer.longer[self.names[rows.of]]
        return super().rows(rows)

    def operand(self, rows: Rows) -> Symbol | float:
        operand = super().operand(rows)
        return Symbol(self.writer, self.view_of(rows)) if isinstance(operand, Symbol) else operand

    # --- sums ---

    def put_sums(self, block: Block) -> None:
        """The statements that leave one block of sums in G."""
        target = self._target(block)
        is_view = "[C" not in target
        for number, term in enumerate(block.terms):
            operation, reads, fits = self._summed(term)
            made, by = target, "+=" if number else "" if is_view and fits else "="
            if is_view and by == "=":
                made = f"{target}[...]"
            self.writer.statements.append(Statement(View(made), operation, reads, by))

    def _target(self, block: Block) -> str:
        """The numbers of G at a block's places, of which the last column may be of biases."""
        first, grid, count = block.terms[0], block.grid, len(self.kernel.program.outputs)
        if isinstance(first, Outer):
            view = matrix_view("G", grid, count)
            shown = f"np.array({grid})"
        else:
            found = slice_of(block.places, count)
            view = "" if found is None else f"G[{found or ':'}]"
            shown = f"np.array({block.places})"
        if not view:
            return f"G[{self.constant(shown)}]"
        has_biases = isinstance(first, Outer) and has_ones(self.found, first.right)
        flat = [place for row in grid for place in (row[:-1] if has_biases else row)]
        meaning = self.meanings.of([x - 1 for x in flat]) if self.meanings.gives_gradients else None
        meaning = meaning and meaning._replace(is_gradient=True)
        return self.view(view, meaning, "b" * has_biases)

    def _summed(self, term: Outer | Diagonal) -> tuple[str, tuple[View, ...], bool]:
        """The operation on what it reads that sums a block's term; whether it gives a number for
        each row, and not one for all.
        """
        if isinstance(term, Outer):
            left, right = self.view_of(term.left), self.view_of(term.right)
            return "matmul", (left, right._replace(text=transposed(right.text))), True
        factors: list[Any] = [self.operand(side) for side in term]
        view = self.writer.view(factors[0] if term.is_plain else factors[0] * factors[1])
        if view.shape and view.shape.batched:
            return "sum over samples", (view,), view.shape.rows == len(term.left.places)
        if view.shape:
            view = view._replace(text=f"{view.text}[:, 0]")
        return "times samples" if self.kernel.columns else "copy", (view,), True
