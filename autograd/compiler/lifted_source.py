"""Emit what was lifted: a function over arrays, in Python, for NumPy and for JAX.

Arrays have a row for each scalar and a column for each sample. The parameters are one array P, of
which matrices and columns are views. The function returns the sums over the samples in blocks;
where each number of a block belongs is told apart. What the scalars mean in a network names the
arrays: W1, b1, Z1, A1, dZ1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from autograd.compiler.array_source import TAKEN, Writer
from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import FEWEST, Lifted, Product, Rows, Step, Sum, expanded, lifted
from autograd.compiler.meanings import Meaning, Meanings
from autograd.compiler.program import Operand, Register
from autograd.compiler.simplify import terms_of
from autograd.compiler.symbols import Symbol
from autograd.reading import ATOM, PRODUCT, SUM, Term

Pair = tuple[Operand, Operand]
DATA = ("X", "Y")  # the inputs and targets of the samples, a row each


class LiftedSource(NamedTuple):
    """The source of a function `samples(P, X, Y)`, and which output each number that it returns is.

    The numbers are those of the blocks that it returns, in order, each read row by row.
    """

    source: str
    outputs: list[int]


def lifted_source(kernel: Kernel, name: str = "samples") -> LiftedSource:
    """The function that sums a kernel's outputs over the samples; of that name."""
    emitter = Emitter(lifted(expanded(kernel)))
    blocks, outputs = [], []
    emitter.steps()
    for places, terms in emitter.blocks():
        blocks.append(" + ".join(map(emitter.sum_over_samples, terms)))
        outputs += places
    returned = ", ".join(blocks) + ("," if len(blocks) == 1 else "")
    return LiftedSource(emitter.pure(name, f"return ({returned})"), outputs)


class Outer(NamedTuple):
    """Sums over the samples: each row of one array times each row of another."""

    left: Rows
    right: Rows


class Diagonal(NamedTuple):
    """Sums over the samples, row by row, of products; of rows alone with the constant 1."""

    left: Rows
    right: Rows

    @property
    def is_plain(self) -> bool:
        """Whether the other factor is 1."""
        return self.right.of is None and set(self.right.places) == {1.0}


class Emitter:
    """Writes one function."""

    def __init__(self, found: Lifted) -> None:
        self.found, self.kernel = found, found.kernel
        self.late = _late(found.kernel)
        self.meanings = Meanings(found)
        self.names = self._named()
        self.views: dict[str, str] = {}  # of the parameters, each with its name
        self.constants: dict[str, str] = {}
        self.writer = self.writer_of_lines()

    def writer_of_lines(self) -> Writer:
        """What the rules write their lines by."""
        return Writer([*self.names, *TAKEN])

    def steps(self) -> None:
        """The lines of all steps."""
        for array, step in zip(self.found.arrays, self.found.steps, strict=True):
            if step is not None and not self.late.issuperset(array.rows):
                self.put(array.number, step)

    def put(self, number: int, step: Step) -> None:
        """The lines of one step."""
        self.writer.assign(self._written(step).text, self.names[number])

    def function(self, end: Sequence[str], more: Sequence[str] = ()) -> str:
        """The whole source; the function takes P, the samples' arrays and some `more`."""
        arrays = {column.array for column in self.kernel.columns}
        given = ["P", *(DATA[array] for array in sorted(arrays)), *more]
        lines = [*_named(self.views), *self.writer.lines, *end]
        return "\n".join([*_named(self.constants), *_function("samples", given, lines)])

    def pure(self, name: str, end: str) -> str:
        """The whole source of a function that uses nothing from outside. It always takes X, whose
        length is the number of samples.
        """
        arrays = {0, *(column.array for column in self.kernel.columns)}
        given = ["P", *(DATA[array] for array in sorted(arrays))]
        lines = [*_named(self.constants), *_named(self.views), *self.writer.lines, end]
        return "\n".join(_function(name, given, lines))

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

    def matrix(self, matrix: tuple[Rows, ...]) -> str:
        """A matrix of parameters: a view of them where their places allow it."""
        name, count = self.names[matrix[0].of or 0], len(self.found.arrays[matrix[0].of or 0].rows)
        if self.found.steps[matrix[0].of or 0] is not None:
            name = f"{name}[:, 0]"
        found = self.meanings.of_matrix(matrix)
        meaning, is_transposed = found or (None, False)
        places = [list(rows.places) for rows in matrix]
        if is_transposed:
            places = [list(column) for column in zip(*places, strict=True)]
        text = matrix_view(name, places, count)
        if not text:
            text = f"{name}[{self.constant(f'np.array({places})')}]"
        text = self.view(text, meaning)
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

    def blocks(self) -> list[tuple[list[int], list[Outer | Diagonal]]]:
        """The sums over the samples: the outputs of each block, and the terms that it adds."""
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

    def _block(
        self, members: list[tuple[int, Sequence[Pair]]]
    ) -> tuple[list[int], list[Outer | Diagonal]]:
        terms = [
            {place: pairs[number] for place, pairs in members}
            for number in range(len(members[0][1]))
        ]
        outer = [self._outer(pairs) for pairs in terms]
        places = outer[0][0] if outer[0] else []
        if any(each is None or each[0] != places for each in outer):
            return [place for place, _ in members], [self._diagonal(pairs) for pairs in terms]
        return places, [each[1] for each in outer if each]

    def _outer(self, pairs: dict[int, Pair]) -> tuple[list[int], Outer] | None:
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
        return places, Outer(self.found.rows(lefts), self.found.rows(rights))

    def _ordered(self, operands: set[Operand]) -> list[Register]:
        """Registers of rows that are batched, upwards; none where one is not."""
        registers = [x for x in operands if isinstance(x, int)]
        if len(registers) < len(operands):
            return []
        if not all(self.found.arrays[self.found.place[x][0]].batched for x in registers):
            return []
        return sorted(registers, key=lambda x: self.found.place[x])

    def _diagonal(self, pairs: dict[int, Pair]) -> Diagonal:
        """Row by row: the sum over the samples of a product."""
        lefts, rights = zip(*pairs.values(), strict=True)
        return Diagonal(self.found.rows(lefts), self.found.rows(rights))

    def sum_over_samples(self, term: Outer | Diagonal) -> str:
        """Its expression."""
        if isinstance(term, Outer):
            return f"{self.rows(term.left)} @ {transposed(self.rows(term.right))}"
        factors: list[Any] = [self.operand(side) for side in term]
        alone = factors[0] if term.is_plain else factors[0] * factors[1]
        text = self.writer.term(alone).text
        return f"over_samples({text}, {len(term.left.places)}, {DATA[0]})"


def _named(texts: Mapping[str, str]) -> list[str]:
    """A line for each expression with a name."""
    return [f"{name} = {text}" for text, name in texts.items()]


def _function(name: str, given: Sequence[str], lines: Sequence[str]) -> list[str]:
    return [f"def {name}({', '.join(given)}):", *(f"    {line}" for line in lines)]


def _late(kernel: Kernel) -> set[Register]:
    """The sums of few products that nothing but a sum over the samples uses."""
    uses, first = kernel.program.uses(), len(kernel.program.inputs)
    found = set()
    for x in kernel.program.outputs:
        if isinstance(x, int) and x >= first and uses[x] == 1:
            terms = terms_of(kernel.program.instructions[x - first])
            if terms is not None and len(terms) < FEWEST:
                found.add(x)
    return found


def slice_of(places: Sequence[int], count: int) -> str | None:
    """The subscript of some rows of so many; "" for all, None where no slice gives them."""
    step, start, last = Rows(None, tuple(places)).step, places[0], places[-1]
    if step == 0:
        return "" if count == 1 else f"{start}:{start + 1}"
    if step == 1:
        return "" if len(places) == count else f"{start}:{last + 1}"
    return f"{start}:{last + 1}:{step}" if step is not None and step > 1 else None


def matrix_view(name: str, places: Sequence[Sequence[int]], count: int) -> str:
    """The matrix of some places in an array of so many, as a view of it; "" where none is.

    >>> matrix_view("P", [[0, 1], [3, 4]], 6)
    'P[0:6].reshape(2, 3)[:, :2]'
    >>> matrix_view("P", [[0, 3], [1, 4]], 6)
    'P[0:6].reshape(2, 3)[:, :2].T'
    """
    down, width, start = len(places), len(places[0]), places[0][0]
    firsts = Rows(None, tuple(row[0] for row in places)).step
    across = Rows(None, tuple(places[0])).step
    if firsts is None or any(Rows(None, tuple(row)).step != across for row in places):
        return ""
    if across in (0, 1) and down == 1:
        return f"{name}[{start}:{start + width}][None]"
    if across in (0, 1) and firsts >= width and start + down * firsts <= count:
        return _view(name, start, down, firsts, width)
    if firsts in (0, 1) and across and across >= down and start + width * across <= count:
        return f"{_view(name, start, width, across, down)}.T"
    return ""


def _view(name: str, start: int, down: int, step: int, width: int) -> str:
    """A matrix whose rows begin `step` apart in an array."""
    view = f"{name}[{start}:{start + down * step}].reshape({down}, {step})"
    return view if width == step else f"{view}[:, :{width}]"


def transposed(text: str) -> str:
    """The expression of the transpose."""
    return text.removesuffix(".T") if text.endswith(".T") else f"{text}.T"
