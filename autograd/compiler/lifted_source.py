"""Emit what was lifted: a function over arrays, in Python, for NumPy and for JAX.

Arrays have a row for each scalar and a column for each sample. The parameters are one array P, of
which matrices and columns are views. The function returns the sums over the samples in blocks;
where each number of a block belongs is told apart. What the scalars mean in a network names the
arrays: W1, b1, Z1, A1, dZ1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from autograd.compiler.array_source import TAKEN, Writer, function_source
from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import Lifted, Product, Rows, Step, Sum, expanded, lifted
from autograd.compiler.meanings import Meaning, Meanings
from autograd.compiler.over_samples import Diagonal, Outer, blocks, steps_before
from autograd.compiler.symbols import Symbol
from autograd.compiler.views import matrix_view, slice_of, transposed
from autograd.reading import ATOM, PRODUCT, SUM, Term

DATA = ("X", "Y")  # the inputs and targets of the samples, a row each


class LiftedSource(NamedTuple):
    """The source of a function `samples(P, X, Y)`, and which output each number that it returns is.

    The numbers are those of the blocks that it returns, in order, each read row by row.
    """

    source: str
    outputs: list[int]


def lifted_source(kernel: Kernel, name: str = "samples") -> LiftedSource:
    """The function that sums a kernel's outputs over the samples; of that name."""
    found = lifted(expanded(kernel))
    emitter = Emitter(found)
    emitter.steps()
    sums, outputs = [], []
    for places, terms in blocks(found):
        sums.append(" + ".join(map(emitter.sum_over_samples, terms)))
        outputs += places
    returned = ", ".join(sums) + ("," if len(sums) == 1 else "")
    arrays = {0, *(column.array for column in kernel.columns)}  # X tells how many samples there are
    lines = [*named(emitter.constants), *emitter.lines(), f"return ({returned})"]
    given = ["P", *(DATA[array] for array in sorted(arrays))]
    return LiftedSource(function_source(name, given, lines), outputs)


class Emitter:
    """Writes one function."""

    kind: type[Writer] = Writer  # what the rules write their lines by

    def __init__(self, found: Lifted) -> None:
        self.found, self.kernel = found, found.kernel
        self.meanings = Meanings(found)
        self.names = self._named()
        self.views: dict[str, str] = {}  # of the parameters, each with its name
        self.constants: dict[str, str] = {}
        self.writer = self.kind([*self.names, *TAKEN, "G"])

    def steps(self) -> None:
        """The lines of all steps."""
        for array, step in steps_before(self.found):
            self.put(array.number, step)

    def put(self, number: int, step: Step) -> None:
        """The lines of one step."""
        self.writer.assign(self._written(step).text, self.names[number])

    def lines(self) -> list[str]:
        """The lines of the function, after its constants."""
        return [*named(self.views), *map(str, self.writer.statements)]

    def _named(self) -> list[str]:
        """A name for each array."""
        names: list[str] = []
        for array, step in zip(self.found.arrays, self.found.steps, strict=True):
            column = array.rows[0] - self.kernel.shared
            meaning = self.meanings.of_array(array.number)
            name = meaning.identifier if meaning else ""
            if self.meanings.gives_gradients and array.rows == [self.kernel.program.outputs[0]]:
                name = "L"
            if not name or name in names:
                name = f"V{array.number}"
            if step is None:
                name = "P" if column < 0 else f"{DATA[self.kernel.columns[column].array]}.T"
            names.append(name)
        return names

    # --- steps ---

    def _written(self, step: Step) -> Term:
        if isinstance(step, Product):
            text = f"{self.matrix(step.matrix)} @ {self.rows(step.rows)}"
            return self._with_bias(Term(text, PRODUCT), step.bias)
        if isinstance(step, Sum):
            text = self.rows(step.rows)
            if step.others is not None:
                text = f"({text} * {self.rows(step.others)})"
            return self._with_bias(Term(f"{text}.{step.by}(axis=0, keepdims=True)"), step.bias)
        return self.writer.term(step.operation.value(*map(self.operand, step.operands)))

    def _with_bias(self, term: Term, bias: Rows | None) -> Term:
        return term if bias is None else Term(f"{term.text} + {self.rows(bias)}", SUM)

    def operand(self, rows: Rows) -> Symbol | float:
        """What the rule table computes with."""
        if rows.of is None and rows.step in (0, None) and len(set(rows.places)) == 1:
            number: float = rows.places[0]
            return number
        return Symbol(self.writer, Term(self.rows(rows), ATOM))

    def rows(self, rows: Rows) -> str:
        """Rows of an array; one alone, or one that repeats, stands for all."""
        if rows.of is None:
            numbers = ", ".join(self.writer.term(x).text for x in rows.places)
            return f"{self.constant(f'np.array([{numbers}])')}[:, None]"
        name, count = self.names[rows.of], len(self.found.arrays[rows.of].rows)
        chosen = self._chosen(rows, count)
        if self.found.steps[rows.of] is None and not self.found.arrays[rows.of].batched:
            text = f"{name}[{chosen or ':'}, None]"
            meaning = self.meanings.of_rows(rows)
            is_bias = meaning is not None and meaning.role.value == "bias"
            return self.view(text, meaning) if is_bias else text
        return f"{name}[{chosen}]" if chosen else name

    def matrix(self, matrix: tuple[Rows, ...], more: str = "") -> str:
        """A matrix of parameters: a view of them where their places allow it. The last column may
        be something `more`, which the name says.
        """
        name, count = self.names[matrix[0].of or 0], len(self.found.arrays[matrix[0].of or 0].rows)
        if self.found.steps[matrix[0].of or 0] is not None:
            name = f"{name}[:, 0]"
        weights = tuple(Rows(x.of, x.places[:-1]) for x in matrix) if more else matrix
        found = self.meanings.of_matrix(weights)
        meaning, is_transposed = found or (None, False)
        places = [list(rows.places) for rows in matrix]
        if is_transposed:
            places = [list(column) for column in zip(*places, strict=True)]
        text = matrix_view(name, places, count)
        if not text:
            text = f"{name}[{self.constant(f'np.array({places})')}]"
        text = self.view(text, meaning, more)
        return transposed(text) if is_transposed else text

    def view(self, text: str, meaning: Meaning | None, more: str = "") -> str:
        """A name for a view of the parameters, which is made at the beginning."""
        if text not in self.views:
            name = meaning.identifier + more if meaning else ""
            if not name or name in self.views.values() or name in self.names:
                return text
            self.views[text] = name
        return self.views[text]

    def constant(self, text: str) -> str:
        """A name for what is computed once."""
        return self.constants.setdefault(text, f"C{len(self.constants) + 1}")

    def _chosen(self, rows: Rows, count: int) -> str:
        """The subscript of some rows of so many; "" for all."""
        found = slice_of(rows.places, count)
        return found if found is not None else self.constant(f"np.array({list(rows.places)})")

    # --- sums ---

    def sum_over_samples(self, term: Outer | Diagonal) -> str:
        """Its expression."""
        if isinstance(term, Outer):
            return f"{self.rows(term.left)} @ {transposed(self.rows(term.right))}"
        factors: list[Any] = [self.operand(side) for side in term]
        alone = factors[0] if term.is_plain else factors[0] * factors[1]
        text = self.writer.term(alone).text
        return f"over_samples({text}, {len(term.left.places)}, {DATA[0]})"


def named(texts: Mapping[str, str]) -> list[str]:
    """A line for each expression with a name."""
    return [f"{name} = {text}" for text, name in texts.items()]
