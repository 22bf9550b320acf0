"""Explain: what was lifted, printed as the notes write matrices, each line with its shapes.

A row stands for a scalar and a column for a sample (or as the notation in force turns them). What
does not line up is said: rows that are gathered, and what is computed scalar by scalar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import Elementwise, Lifted, Product, Rows, Step, Sum, lifted
from autograd.compiler.lifted_source import DATA
from autograd.compiler.meanings import Meaning, Meanings
from autograd.compiler.over_samples import Block, Diagonal, Outer, blocks, steps_before
from autograd.compiler.program import Register
from autograd.compiler.simplify import DOT, TOTAL
from autograd.compiler.views import slice_of
from autograd.notes.matrix_names import (
    MatrixNames,
    forward_factors,
    input_factors,
    weight_factors,
)
from autograd.notes.meaning import Role
from autograd.notes.notation import Notation
from autograd.reading import ATOM, SIGNED, Nary, Term

SAMPLES, PARAMETERS = "m", "the parameters"
LONGEST = 40  # characters of an array that is written within another's line
Size = int | str


@dataclass(frozen=True)
class Written:
    """A matrix as it is written, and its shape."""

    text: str
    shape: tuple[Size, Size]

    @property
    def T(self) -> Written:  # noqa: N802 - the transpose is written so
        """The transpose."""
        return Written(f"{self.text}^T", self.shape[::-1])

    @property
    def size(self) -> str:
        """Rows and columns, (3 x m)."""
        return f"({self.shape[0]} x {self.shape[1]})"


def explained(kernel: Kernel) -> str:
    """The lines of a kernel, and how many scalars they stand for.

    >>> from autograd import relu
    >>> from autograd.compiler.kernels import Column
    >>> from autograd.compiler.recording import recorded
    >>> from autograd.compiler.simplify import simplified
    >>> def f(w, x):
    ...     return [relu(a * x[0] + b * x[1]) for a, b in w]
    >>> program = simplified(recorded(f, ([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0])).program)
    >>> print(explained(Kernel(program, [Column(0), Column(0)], [])))
    v1 = [w[0][0] ... w[1][1]] X   (2 x m) = (2 x 2)(2 x m)
    v2 = relu(v1)   (2 x m)
    outputs 0, 1 = sum of v2 over the samples   (2 x 1)
    4 scalars in 2 lines
    """
    return "\n".join(_Explainer(lifted(kernel)).lines())


class _Explainer:
    """Writes the lines of what was lifted."""

    def __init__(self, found: Lifted) -> None:
        self.found, self.kernel = found, found.kernel
        self.meanings, self.blocks = Meanings(found), blocks(found)
        notation = self.meanings.notation or Notation()
        self.orientation = notation.orientation
        self.letters = MatrixNames(notation, self.meanings.sizes)
        self.names, self.count = self._named(), 1
        self.used = _uses(found, self.blocks)
        self.within: dict[int, Term] = {}  # arrays that are written where they are used
        self.gathers = False  # in the line that is being written
        self.made, self.gathered, self.single = 0, 0, 0  # lines

    def lines(self) -> Iterator[str]:
        """All lines, one after the other."""
        scalars = 0
        for array, step in steps_before(self.found):
            scalars += len(array.rows)
            if self._goes_within(array.number, step):
                continue
            self.single += len(array.rows) == 1 and not isinstance(step, Product | Sum)
            yield self._line(self._whole(array.number), *self._step(step))
        made = self.made
        for places, terms in self.blocks:
            yield self._sums(places, terms)
        shown = f"{scalars} scalars in {made} line{'s' * (made > 1)}"
        shown += f", {self.gathered} with gathered rows" if self.gathered else ""
        yield shown + (f", {self.single} of a single scalar" if self.single > 1 else "")

    def _goes_within(self, number: int, step: Step) -> bool:
        """Whether an array is written within the one line that it is used in."""
        if self.names[number] or self.used.get(number) != [len(self.found.arrays[number].rows)]:
            self.names[number] = self.names[number] or self._fresh()
            return False
        if isinstance(step, Elementwise) and not isinstance(step.operation, Nary):
            gathers, self.gathers = self.gathers, False
            term = step.operation.text([self._term(rows) for rows in step.operands])
            if len(term.text) <= LONGEST and not self.gathers:
                self.gathers, self.within[number] = gathers, term
                return True
            self.gathers = gathers
        self.names[number] = self._fresh()
        return False

    def _fresh(self) -> str:
        """A name for what has no meaning."""
        while f"v{self.count}" in self.names:
            self.count += 1
        return f"v{self.count}"

    def _line(self, result: Written, side: str, shapes: str = "") -> str:
        self.made += 1
        self.gathered += self.gathers
        remark = f"{result.size} = {shapes}" if shapes else result.size
        remark += ", rows gathered" if self.gathers else ""
        self.gathers = False
        return f"{result.text} = {side}   {remark}"

    # --- steps ---

    def _step(self, step: Step) -> tuple[str, str]:
        """The right side, and its shapes where they say more than the left one's."""
        if isinstance(step, Product):
            left, right = self._factors(step)
            side, shapes = f"{left.text} {right.text}", f"{left.size}{right.size}"
            if step.bias is None:
                return side, shapes
            bias = self._rows(step.bias)
            return f"{side} + {bias.text}", f"{shapes} + {bias.size}"
        if isinstance(step, Sum):
            text = self._rows(step.rows).text
            text += f" * {self._rows(step.others).text}" if step.others is not None else ""
            text = f"sum of {text} over the rows"
            return (text if step.bias is None else f"{self._rows(step.bias).text} + {text}"), ""
        if isinstance(step.operation, Nary) and step.operation not in (DOT, TOTAL):
            texts = [self._rows(rows).text for rows in _joined(step.operands)]
            return f"{step.operation.shown}({', '.join(texts)})", ""
        return step.operation.text([self._term(rows) for rows in step.operands]).text, ""

    def _factors(self, step: Product) -> tuple[Written, Written]:
        """The two factors, in the notation's orientation."""
        inputs, matrix = self._rows(step.rows), step.matrix
        found = self.meanings.of_matrix(matrix)
        if found is None:
            registers = [x for rows in matrix for x in self.meanings.registers(rows)]
            whole = Written(self._of_many(registers), (len(matrix), len(matrix[0].places)))
            return (whole, inputs) if self.orientation != "X W" else (inputs, whole.T)
        meaning, is_transposed = found
        shape = (len(matrix), len(matrix[0].places))
        if is_transposed != (self.orientation != "W a"):
            shape = shape[::-1]
        weights = Written(self._letters(meaning), shape)
        turned = input_factors if is_transposed else forward_factors
        return turned(self.orientation, weights, inputs)

    def _term(self, rows: Rows) -> Term:
        if rows.of in self.within:
            return self.within[rows.of]
        written = self._rows(rows)
        if rows.of is not None or len(set(rows.places)) > 1:
            return Term(written.text)
        return Term(written.text, SIGNED if written.text.startswith("-") else ATOM, plain=True)

    # --- arrays ---

    def _whole(self, number: int) -> Written:
        array = self.found.arrays[number]
        return Written(self.names[number], self._shape(len(array.rows), array.batched))

    def _shape(self, rows: int, batched: bool) -> tuple[Size, Size]:
        shape = rows, SAMPLES if batched else 1
        return shape[::-1] if self.orientation == "X W" else shape

    def _rows(self, rows: Rows) -> Written:
        """Some rows of an array."""
        if rows.of is None:
            numbers = [repr(x).removesuffix(".0") for x in dict.fromkeys(rows.places)]
            text = numbers[0] if len(numbers) == 1 else f"({_short(numbers)})"
            return Written(text, self._shape(len(rows.places), False))
        array = self.found.arrays[rows.of]
        shape = self._shape(1 if rows.step == 0 else len(rows.places), array.batched)
        if self.found.steps[rows.of] is None and not array.batched:
            meaning = self.meanings.of_rows(rows)
            whole = meaning is not None and meaning.role is Role.BIAS and self._is_whole(rows)
            text = self._letters(meaning) if meaning is not None and whole else ""
            self.gathers |= not text and slice_of(rows.places, len(array.rows)) is None
            return Written(text or self._of_many(self.meanings.registers(rows)), shape)
        name, found = self.names[rows.of], slice_of(rows.places, len(array.rows))
        if found is None:
            self.gathers = True
            found = _short([str(place) for place in rows.places])
        start, _, end = found.partition(":")
        is_single = end.isdigit() and int(end) == int(start) + 1
        return Written(name + (f"[{start if is_single else found}]" if found else ""), shape)

    def _is_whole(self, biases: Rows) -> bool:
        """Whether they are those of all neurons of a layer."""
        quantities = [self.meanings.quantities[x] for x in self.meanings.registers(biases)]
        return (
            len(set(biases.places))
            == len(quantities)
            == (
                quantities[0].sizes[quantities[0].layer] if quantities[0].sizes else len(quantities)
            )
        )

    def _of_many(self, registers: Sequence[Register]) -> str:
        """Parameters that have no name together: the first and the last."""
        names = [self.kernel.program.names[x] for x in dict.fromkeys(registers)]
        return names[0] if len(names) == 1 else f"[{names[0]} ... {names[-1]}]"

    def _named(self) -> list[str]:
        """A name for each array that has a meaning."""
        outputs, found = self.kernel.program.outputs, list[str]()
        for array, step in zip(self.found.arrays, self.found.steps, strict=True):
            column = array.rows[0] - self.kernel.shared
            meaning = self.meanings.of_array(array.number)
            name = ""
            if step is None and column < 0:
                name = PARAMETERS
            elif step is None:
                name = self._data(self.kernel.columns[column].array)
            elif meaning is not None:
                name = self._letters(meaning)
            elif self.meanings.gives_gradients and array.rows == [outputs[0]]:
                name = self.loss
            found.append("" if name in found else name)
        return found

    def _data(self, array: int) -> str:
        """The samples' inputs or targets."""
        if self.meanings.notation is None:
            return DATA[array]
        return self.letters.targets if array else self.letters.outputs(0)

    def _letters(self, meaning: Meaning) -> str:
        """What a meaning is called in the notation."""
        letters, layer = self.letters, meaning.layer
        forward = {
            Role.WEIGHT: letters.weights,
            Role.BIAS: letters.biases,
            Role.PREACTIVATION: letters.sums,
            Role.ACTIVATION: letters.outputs,
        }
        name = forward[meaning.role](layer)
        if meaning.role is Role.BIAS and letters.notation.bias_is_subtracted:
            name = f"(-{name})"  # the notation's letter is that of the negative
        if not meaning.is_gradient:
            return name
        is_its_own = self.loss == letters.loss and letters.notation.error_sign == 1
        if meaning.role is Role.PREACTIVATION and is_its_own:
            return letters.of_sums(layer)
        return self._gradient(name)

    def _gradient(self, name: str) -> str:
        """The gradient of the loss, with its own sign in every notation."""
        return self.letters.notation.derivative(self.loss, name, "")

    @property
    def loss(self) -> str:
        """The letter of what is made small."""
        return "loss" if self.letters.notation.maximised else self.letters.loss

    # --- sums over the samples ---

    def _sums(self, places: list[int], terms: Sequence[Outer | Diagonal]) -> str:
        """The line of one block of sums."""
        result = self._result(places)
        sides, shapes = zip(*(self._summed(term) for term in terms), strict=True)
        rows = len(terms[0].left.places)
        columns = len(terms[0].right.places) if isinstance(terms[0], Outer) else 1
        shape = (rows, columns) if self.orientation == "W a" else (columns, rows)
        return self._line(
            Written(result, shape), " + ".join(sides), " + ".join(filter(None, shapes))
        )

    def _summed(self, term: Outer | Diagonal) -> tuple[str, str]:
        if isinstance(term, Outer):
            left, right = self._rows(term.left), self._rows(term.right)
            left, right = weight_factors(self.orientation, left, right)
            return f"{left.text} {right.text}", f"{left.size}{right.size}"
        text = self._rows(term.left).text
        text += "" if term.is_plain else f" * {self._rows(term.right).text}"
        constant = term.left.of is None
        return (
            text if constant or not self.kernel.columns else f"sum of {text} over the samples"
        ), ""

    def _result(self, places: list[int]) -> str:
        """What a block's outputs are called."""
        if not self.meanings.gives_gradients:
            if len(places) > 2 and places == [*range(places[0], places[-1] + 1)]:
                return f"outputs {places[0]} to {places[-1]}"
            return f"output{'s' * (len(places) > 1)} {_short([*map(str, places)])}"
        if places == [0]:
            return "cost"
        meaning = self.meanings.of([place - 1 for place in places])
        if meaning is not None:
            return self._letters(meaning._replace(is_gradient=True))
        return self._gradient(self._of_many([place - 1 for place in places]))


def _joined(operands: Sequence[Rows]) -> list[Rows]:
    """Operands that are single rows of one array side by side, as one."""
    found: list[Rows] = []
    singles = False  # what stands last
    for rows in operands:
        single = rows.of is not None and rows.step == 0
        if single and singles and found[-1].of == rows.of:
            found[-1] = Rows(rows.of, (*found[-1].places, rows.places[0]))
        else:
            found.append(Rows(rows.of, rows.places[:1]) if single else rows)
        singles = single
    return found


def _uses(found: Lifted, blocks: Sequence[Block]) -> dict[int, list[int]]:
    """Of each array how many rows its uses take: of an operand of a step, or of anything else 0."""
    uses: dict[int, list[int]] = {}
    for _, step in steps_before(found):
        many = isinstance(step, Elementwise) and not isinstance(step.operation, Nary)
        for rows in _operands(step):
            if rows.of is not None:
                whole = slice_of(rows.places, len(found.arrays[rows.of].rows)) == ""
                uses.setdefault(rows.of, []).append(len(rows.places) if whole and many else 0)
    for _, terms in blocks:
        for term in terms:
            for rows in term:
                if rows.of is not None:
                    uses.setdefault(rows.of, []).append(0)
    return uses


def _operands(step: Step) -> Sequence[Rows]:
    if isinstance(step, Elementwise):
        return step.operands
    more = (*step.matrix, step.rows) if isinstance(step, Product) else (step.rows, step.others)
    return [rows for rows in (*more, step.bias) if rows is not None]


def _short(texts: Sequence[str]) -> str:
    return ", ".join(texts if len(texts) <= 4 else [*texts[:2], "...", texts[-1]])
