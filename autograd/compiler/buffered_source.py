"""Emit what was lifted for NumPy without new arrays: each step writes into a buffer of its own.

The sums over the samples are added to G, which has a number for each output. The biases of a wide
layer are no addition but a column of its weights: of `W1b`, which is W1 with b1 at its right side,
and whose factor is `X_1`, with a row of ones below X.T.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any, NamedTuple

from autograd.compiler.array_source import TAKEN, Writer, is_kept
from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import Lifted, Product, Rows, Step, Sum, expanded, lifted
from autograd.compiler.lifted_source import (
    DATA,
    Diagonal,
    Emitter,
    Outer,
    matrix_view,
    slice_of,
    transposed,
)
from autograd.compiler.memory import Shape, memories
from autograd.compiler.symbols import Symbol
from autograd.reading import Term

UFUNCS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "pow": "power",
    "neg": "negative",
    "abs": "absolute",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
}
POWERS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}
WITHOUT_BUFFER = ("erf", "erfc")
REDUCING = {"sum": "add", "max": "maximum", "min": "minimum"}
WIDE = 16  # inputs of a layer


Block = tuple[list[int], list[Outer | Diagonal]]  # sums over the samples: as of `Emitter.blocks`


class BufferedSource(NamedTuple):
    """The source of `samples(P, X, Y, G, buffers...)`, the shape of each buffer, and which one it
    shares its memory with.
    """

    source: str
    shapes: list[Shape]
    memories: list[int]


def buffered_source(kernel: Kernel) -> BufferedSource:
    """The function that leaves a kernel's outputs, summed over the samples, in G."""
    emitter = _Emitter(lifted(expanded(kernel)))
    emitter.steps()
    for places, terms in emitter.with_biases(emitter.blocks()):
        emitter.put_sums(places, terms)
    lines, views = emitter.writer.lines, [*emitter.views]
    used, viewed = (set(re.findall(r"\w+", "\n".join(texts))) for texts in (lines + views, views))
    shapes = {name: shape for name, shape in emitter.writer.buffers.items() if name in used}
    source = emitter.function([], ["G", *shapes])
    return BufferedSource(source, [*shapes.values()], memories(lines, shapes, viewed))


class BufferWriter(Writer):
    """The context whose steps are lines that write into buffers."""

    def __init__(self, taken: Sequence[str]) -> None:
        super().__init__(taken)
        self.buffers: dict[str, Shape] = {}
        self.shapes: dict[str, Shape] = {}  # of the expressions that steps compute with
        self._passing: dict[
            tuple[Shape, int], str
        ] = {}  # buffers that one step fills after another
        self._lent: list[Shape] = []  # by the step that is being written

    def step(self, name: str, *operands: Any) -> Symbol:
        if is_kept(name, operands):
            return super().step(name, *operands)
        texts = [self.term(x).text for x in operands]
        shapes = [self.shapes[text] for text in texts if text in self.shapes]
        if not shapes:  # numbers alone
            return super().step(name, *operands)
        shape = Shape(max(x.rows for x in shapes), any(x.batched for x in shapes))
        if name == "pow" and operands[1].__class__ is not Symbol:
            exponent = float(operands[1])
            name, texts = POWERS.get(exponent, name), texts[: 1 if exponent in POWERS else 2]
        target = self._passing_buffer(shape)
        given = ", ".join(texts)
        if name in WITHOUT_BUFFER:
            self.lines.append(f"{target}[...] = {name}({given})")
        else:
            function = name if name == "where" else f"np.{UFUNCS.get(name, name)}"
            self.lines.append(f"{function}({given}, out={target})")
        return Symbol(self, Term(target))

    def keep(self, result: Any, name: str, shape: Shape) -> None:
        """The result of a step in a buffer of its own: what was written last goes there."""
        text = self.term(result).text
        self.own(name, shape)
        end = f", out={text})"
        if self._lent and self.shapes.get(text) == shape and self.lines[-1].endswith(end):
            self.lines[-1] = f"{self.lines[-1].removesuffix(end)}, out={name})"
        else:
            self.lines.append(f"{name}[...] = {text}")
        self.free()

    def own(self, name: str, shape: Shape) -> None:
        """A buffer for the result of one step alone."""
        self.buffers[name] = self.shapes[name] = shape

    def free(self) -> None:
        """The end of a step, whose passing results nothing uses any more."""
        self._lent = []

    def _passing_buffer(self, shape: Shape) -> str:
        key = shape, self._lent.count(shape)
        self._lent.append(shape)
        if key not in self._passing:
            self._passing[key] = self._fresh()
            self.own(self._passing[key], shape)
        return self._passing[key]


class _Emitter(Emitter):
    """Writes one function over buffers."""

    writer: BufferWriter

    def __init__(self, found: Lifted) -> None:
        super().__init__(found)
        self.longer: dict[int, str] = {}  # arrays that have a row of ones below them

    def writer_of_lines(self) -> BufferWriter:
        return BufferWriter([*self.names, *TAKEN, "G"])

    def put(self, number: int, step: Step) -> None:
        array, name, lines = self.found.arrays[number], self.names[number], self.writer.lines
        shape = Shape(len(array.rows), array.batched)
        if not isinstance(step, Product | Sum):
            self.writer.keep(step.operation.value(*map(self.operand, step.operands)), name, shape)
            return
        given, bias = self._with_bias_within(step), None
        if not given and isinstance(step, Product):
            given, bias = f"np.matmul({self.matrix(step.matrix)}, {self.rows(step.rows)}", step.bias
        elif isinstance(step, Sum):
            factors: list[Any] = [self.operand(x) for x in (step.rows, step.others) if x]
            text = self.writer.term(reduce(mul, factors)).text
            given, bias = f"np.{REDUCING[step.by]}.reduce({text}, 0, keepdims=True", step.bias
        lines.append(f"{given}, out={name})")
        if bias is not None:
            lines.append(f"np.add({name}, {self.rows(bias)}, out={name})")
        self.writer.own(name, shape)
        self.writer.free()

    def operand(self, rows: Rows) -> Symbol | float:
        operand = super().operand(rows)
        if isinstance(operand, Symbol):
            batched = rows.of is not None and self.found.arrays[rows.of].batched
            alone = rows.step == 0 or len(set(rows.places)) == 1
            shape = Shape(1 if alone else len(rows.places), batched)
            self.writer.shapes[self.writer.term(operand).text] = shape
        return operand

    # --- biases as a column of the weights ---

    def _with_bias_within(self, step: Product | Sum) -> str:
        """The call of a product whose biases stand beside the weights; "" where they do not."""
        bias, rows = step.bias, step.rows
        if not isinstance(step, Product) or bias is None or bias.of is None or rows.of is None:
            return ""
        of, array = bias.of, self.found.arrays[rows.of]
        is_wide = WIDE <= len(array.rows) == len(rows.places) and rows.step == 1 and array.batched
        if not is_wide or self.found.steps[of] or any(each.of != of for each in step.matrix):
            return ""
        pairs = zip(step.matrix, bias.places, strict=True)
        grid = [[*weights.places, place] for weights, place in pairs]
        text = matrix_view(self.names[of], grid, len(self.found.arrays[of].rows))
        if not text or text.endswith(".T"):
            return ""
        found = self.meanings.of_matrix(step.matrix)
        return f"np.matmul({self.view(text, found and found[0], 'b')}, {self._longer(rows.of)}"

    def _longer(self, number: int) -> str:
        """An array with a row of ones below."""
        if number not in self.longer:
            name, count = self.names[number], len(self.found.arrays[number].rows)
            is_data = self.found.steps[number] is None
            longer = f"{name.removesuffix('.T')}_1"
            self.longer[number] = longer
            if is_data:
                self.writer.lines.append(f"{longer}[:-1] = {name}")
            else:
                self.views[f"{longer}[:-1]"] = name
                del self.writer.buffers[name]
            ones = "beside" if is_data else "below"
            self.writer.buffers[longer] = Shape(count + 1, True, ones)
        return self.longer[number]

    def with_biases(self, blocks: Sequence[Block]) -> list[Block]:
        """The blocks, of which sums of an array become a column of its products with one that has a
        row of ones.
        """
        found = dict(enumerate(blocks))
        alone = {
            terms[0].left: number
            for number, (_, terms) in found.items()
            if isinstance(terms[0], Diagonal) and terms[0].is_plain and len(terms) == 1
        }
        for number, (places, (term, *more)) in enumerate(blocks):
            biases = alone.get(term.left)
            if more or not isinstance(term, Outer) or biases not in found:
                continue
            width = len(term.right.places)
            pairs = zip(range(0, len(places), width), found[biases][0], strict=True)
            grid = [[*places[start : start + width], bias] for start, bias in pairs]
            if self._has_ones(term.right, width) and self._view_of_sums(grid):
                right = Rows(term.right.of, (*term.right.places, width))
                found[number] = [x for row in grid for x in row], [Outer(term.left, right)]
                del found[biases]
        return [*found.values()]

    def _has_ones(self, rows: Rows, count: int) -> bool:
        """Whether they are `count` rows and all of an array that has ones below."""
        return rows.of in self.longer and count == len(self.found.arrays[rows.of].rows)

    def rows(self, rows: Rows) -> str:
        """The same; one more than there are is that of the ones."""
        if self._has_ones(rows, len(rows.places) - 1):
            return self.longer[rows.of or 0]
        return super().rows(rows)

    # --- sums ---

    def put_sums(self, places: list[int], terms: Sequence[Outer | Diagonal]) -> None:
        """The lines that leave one block of sums in G."""
        first = terms[0]
        grid, width = [places], 0
        if isinstance(first, Outer):
            width = len(first.right.places)
            grid = [places[i : i + width] for i in range(0, len(places), width)]
        has_biases = self._has_ones(first.right, width - 1)
        target = self._target(grid if isinstance(first, Outer) else places, has_biases)
        is_view = "[C" not in target
        for number, term in enumerate(terms):
            text, call = self._summed(term)
            if number == 0 and call and is_view:
                self.writer.lines.append(f"{call}, out={target})")
            else:
                sign = "+=" if number else "="
                shown = target if is_view is False or number else f"{target}[...]"
                self.writer.lines.append(f"{shown} {sign} {text}")
            self.writer.free()

    def _view_of_sums(self, grid: list[list[int]]) -> str:
        """A matrix of numbers of G as a view; "" where none is."""
        return matrix_view("G", grid, len(self.kernel.program.outputs))

    def _target(self, places: Any, has_biases: bool) -> str:
        """The numbers of G at some places, of which the last column may be of biases."""
        count = len(self.kernel.program.outputs)
        flat = places if isinstance(places[0], int) else [x for row in places for x in row]
        if flat is places:
            found = slice_of(places, count)
            view = None if found is None else f"G[{found or ':'}]"
        else:
            view = self._view_of_sums(places)
        if not view:
            return f"G[{self.constant(f'np.array({places})')}]"
        if has_biases:
            flat = [x for row in places for x in row[:-1]]
        meaning = self.meanings.of([x - 1 for x in flat]) if self.meanings.gives_gradients else None
        meaning = meaning and meaning._replace(is_gradient=True)
        return self.view(view, meaning, "b" * has_biases)

    def _summed(self, term: Outer | Diagonal) -> tuple[str, str]:
        """The expression of a block's term, and the call of it without its end, where one is."""
        if isinstance(term, Outer):
            left, right = self.rows(term.left), transposed(self.rows(term.right))
            return f"{left} @ {right}", f"np.matmul({left}, {right}"
        factors: list[Any] = [self.operand(side) for side in term]
        product = factors[0] if term.is_plain else factors[0] * factors[1]
        text, rows = self.writer.term(product).text, len(term.left.places)
        shape = self.writer.shapes.get(text, Shape(1, False))
        if shape.batched:
            call = f"np.add.reduce({text}, 1"
            return f"{call})", call if shape.rows == rows else ""
        text = f"{text}[:, 0]" if text in self.writer.shapes else text
        return f"{text} * len({DATA[0]})" if self.kernel.columns else text, ""
