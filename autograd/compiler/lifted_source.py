"""Emit what was lifted: a function over arrays, in Python, for NumPy and for JAX.

Arrays have a row for each scalar and a column for each sample. The parameters are one array P, of
which matrices and columns are views. The function returns the sums over the samples in blocks;
where each number of a block belongs is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.compiler.array_source import TAKEN, Writer
from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import Elementwise, Lifted, Product, Rows, lifted
from autograd.compiler.program import Operand, Register
from autograd.compiler.simplify import terms_of
from autograd.compiler.symbols import Symbol
from autograd.reading import ATOM, PRODUCT, SUM, Term

Pair = tuple[Operand, Operand]


class LiftedSource(NamedTuple):
    """The source of a function `samples(P, X, Y)`, and which output each number that it returns is.

    The numbers are those of the blocks that it returns, in order, each read row by row.
    """

    source: str
    outputs: list[int]


def lifted_source(kernel: Kernel) -> LiftedSource:
    """The function that sums a kernel's outputs over the samples."""
    return _Emitter(lifted(kernel)).emitted()


class _Emitter:
    """Writes one function."""

    def __init__(self, found: Lifted) -> None:
        self.found, self.kernel = found, found.kernel
        self.late = _late(found.kernel)
        self.names = self._named()
        self.writer = Writer([*self.names, *TAKEN])

    def emitted(self) -> LiftedSource:
        writer = self.writer
        for array, step in zip(self.found.arrays, self.found.steps, strict=True):
            if step is None or self.late.issuperset(array.rows):
                continue
            writer.assign(self._written(step).text, self.names[array.number])
        blocks, outputs = [], []
        for places, block in self._blocks():
            blocks.append(block)
            outputs += places
        returned = ", ".join(blocks) + ("," if len(blocks) == 1 else "")
        lines = [*writer.lines, f"return ({returned})"]
        body = "\n".join(f"    {line}" for line in lines)
        arrays = {column.array for column in self.kernel.columns}
        given = ", ".join(["P", *(DATA[array] for array in sorted(arrays))])
        return LiftedSource(f"def samples({given}):\n{body}", outputs)

    def _named(self) -> list[str]:
        """A name for each array."""
        names = []
        for array, step in zip(self.found.arrays, self.found.steps, strict=True):
            column = array.rows[0] - self.kernel.shared
            name = f"V{array.number}"
            if step is None:
                name = "P" if column < 0 else f"{DATA[self.kernel.columns[column].array]}.T"
            names.append(name)
        return names

    # --- steps ---

    def _written(self, step: Elementwise | Product) -> Term:
        if isinstance(step, Elementwise):
            operands = [self._operand(rows) for rows in step.operands]
            return self.writer.term(step.operation.value(*operands))
        product = Term(f"{self._matrix(step.matrix)} @ {self._rows(step.rows)}", PRODUCT)
        if step.bias is None:
            return product
        return Term(f"{product.text} + {self._rows(step.bias)}", SUM)

    def _operand(self, rows: Rows) -> Symbol | float:
        """What the rule table computes with."""
        if rows.of is None and rows.step in (0, None) and len(set(rows.places)) == 1:
            number: float = rows.places[0]
            return number
        return Symbol(self.writer, Term(self._rows(rows), ATOM))

    def _rows(self, rows: Rows) -> str:
        """Rows of an array; one alone, or one that repeats, stands for all."""
        if rows.of is None:
            numbers = ", ".join(self.writer.term(x).text for x in rows.places)
            return f"np.array([{numbers}])[:, None]"
        name, count = self.names[rows.of], len(self.found.arrays[rows.of].rows)
        chosen = _slice(rows, count)
        if self.found.steps[rows.of] is None and not self.found.arrays[rows.of].batched:
            return f"{name}[{chosen or ':'}, None]"
        return f"{name}[{chosen}]" if chosen else name

    def _matrix(self, matrix: Sequence[Rows]) -> str:
        """A matrix of parameters: a view of them where their places allow it."""
        name, down = self.names[matrix[0].of or 0], len(matrix)
        firsts = Rows(None, tuple(rows.places[0] for rows in matrix)).step
        across, width = matrix[0].step, len(matrix[0].places)
        start, count = matrix[0].places[0], len(self.found.arrays[matrix[0].of or 0].rows)
        if self.found.steps[matrix[0].of or 0] is not None:
            name = f"{name}[:, 0]"
        if firsts is not None and all(rows.step == across for rows in matrix):
            if across in (0, 1) and down == 1:
                return f"{name}[{start}:{start + width}][None]"
            if across in (0, 1) and firsts >= width and start + down * firsts <= count:
                return _view(name, start, down, firsts, width)
            if firsts in (0, 1) and across and across >= down and start + width * across <= count:
                return f"{_view(name, start, width, across, down)}.T"
        places = [list(rows.places) for rows in matrix]
        return f"{name}[np.array({places})]"

    # --- sums ---

    def _blocks(self) -> list[tuple[list[int], str]]:
        """The sums over the samples: the outputs of each block, and its expression."""
        groups: dict[tuple[int | None, ...], list[tuple[int, Sequence[Pair]]]] = {}
        for place, output in enumerate(self.kernel.program.outputs):
            pairs = self._terms(output)
            of = (self.found.place[x][0] if isinstance(x, int) else None for p in pairs for x in p)
            groups.setdefault(tuple(of), []).append((place, pairs))
        return [self._block(members) for members in groups.values()]

    def _terms(self, output: Operand) -> Sequence[Pair]:
        if isinstance(output, int) and output in self.late:
            first = len(self.kernel.program.inputs)
            return terms_of(self.kernel.program.instructions[output - first]) or ()
        return [(output, 1.0)]

    def _block(self, members: list[tuple[int, Sequence[Pair]]]) -> tuple[list[int], str]:
        terms = [
            {place: pairs[number] for place, pairs in members}
            for number in range(len(members[0][1]))
        ]
        outer = [self._outer(pairs) for pairs in terms]
        places = outer[0][0] if outer[0] else []
        if any(each is None or each[0] != places for each in outer):
            found = [self._diagonal(pairs) for pairs in terms]
            return found[0][0], " + ".join(text for _, text in found)
        return places, " + ".join(each[1] for each in outer if each)

    def _outer(self, pairs: dict[int, Pair]) -> tuple[list[int], str] | None:
        """Every row of one array times every row of another: a matrix product over the samples."""
        place_of = {pair: place for place, pair in pairs.items()}
        lefts = self._ordered({a for a, _ in pairs.values()})
        rights = self._ordered({b for _, b in pairs.values()})
        if not (lefts and rights and len(lefts) * len(rights) == len(place_of) == len(pairs)):
            return None
        try:
            places = [place_of[a, b] for a in lefts for b in rights]
        except KeyError:
            return None
        left, right = (self._rows(self.found.rows(x)) for x in (lefts, rights))
        return places, f"{left} @ {_transposed(right)}"

    def _ordered(self, operands: set[Operand]) -> list[Register]:
        """Registers of rows that are batched, upwards; none where one is not."""
        registers = [x for x in operands if isinstance(x, int)]
        if len(registers) < len(operands):
            return []
        if not all(self.found.arrays[self.found.place[x][0]].batched for x in registers):
            return []
        return sorted(registers, key=lambda x: self.found.place[x])

    def _diagonal(self, pairs: dict[int, Pair]) -> tuple[list[int], str]:
        """Row by row: the sum over the samples of a product."""
        lefts, rights = zip(*pairs.values(), strict=True)
        factors: list[Any] = [self._operand(self.found.rows(side)) for side in (lefts, rights)]
        alone = factors[1].__class__ is float and factors[1] == 1.0
        text = self.writer.term(factors[0] if alone else factors[0] * factors[1]).text
        return list(pairs), f"over_samples({text}, {len(pairs)}, {DATA[0]})"


DATA = ("X", "Y")  # the inputs and targets of the samples, a row each


def _late(kernel: Kernel) -> set[Register]:
    """The products that nothing but a sum over the samples uses."""
    uses, first = kernel.program.uses(), len(kernel.program.inputs)
    return {
        x
        for x in kernel.program.outputs
        if isinstance(x, int)
        and x >= first
        and uses[x] == 1
        and terms_of(kernel.program.instructions[x - first]) is not None
    }


def _slice(rows: Rows, count: int) -> str:
    """The subscript of some rows of so many; "" for all."""
    start, step, last = rows.places[0], rows.step, rows.places[-1]
    if step == 0:
        return "" if count == 1 else f"{start}:{start + 1}"
    if step == 1:
        return "" if len(rows.places) == count else f"{start}:{last + 1}"
    if step is not None and step > 1:
        return f"{start}:{last + 1}:{step}"
    return str(list(rows.places))


def _view(name: str, start: int, down: int, step: int, width: int) -> str:
    """A matrix whose rows begin `step` apart in an array."""
    view = f"{name}[{start}:{start + down * step}].reshape({down}, {step})"
    return view if width == step else f"{view}[:, :{width}]"


def _transposed(text: str) -> str:
    return text.removesuffix(".T") if text.endswith(".T") else f"{text}.T"
