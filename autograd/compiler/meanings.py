"""What lifted arrays mean in a network: weights, biases, pre-activations, activations, gradients.

Recorded names remember what they stand for. What a gradient is of, which has no name, follows from
where it goes: dW = dZ A^T, db = sum dZ, dA = W^T dZ.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from autograd.compiler.lift import Elementwise, Lifted, Product, Rows
from autograd.compiler.program import Register
from autograd.compiler.simplify import WHERE, terms_of
from autograd.notes.meaning import Quantity, Role

LETTERS = {Role.WEIGHT: "W", Role.BIAS: "b", Role.PREACTIVATION: "Z", Role.ACTIVATION: "A"}


class Meaning(NamedTuple):
    """The quantities of one layer, or the gradients in them."""

    role: Role
    layer: int
    is_gradient: bool = False

    @property
    def identifier(self) -> str:
        """A name of Python's.

        >>> Meaning(Role.PREACTIVATION, 2, is_gradient=True).identifier
        'dZ2'
        """
        return f"{'d' * self.is_gradient}{LETTERS[self.role]}{self.layer}"


class Meanings:
    """What the registers of a lifted kernel mean, and the selections of rows of its arrays."""

    def __init__(self, found: Lifted) -> None:
        self.found = found
        program = found.kernel.program
        given = [*program.inputs, *(each.name for each in program.instructions)]
        quantities = ((x, getattr(name, "quantity", None)) for x, name in enumerate(given))
        self.quantities: dict[Register, Quantity] = {x: q for x, q in quantities if q is not None}
        self.notation: Any = next((x.notation for x in given if hasattr(x, "notation")), None)
        self._of: dict[Register, Meaning] = {
            x: Meaning(q.role, q.layer) for x, q in self.quantities.items()
        }
        self._gradients_in_sums()
        for number, step in enumerate(found.steps):
            if isinstance(step, Product):
                self._gradient_in_inputs(number, step)
            elif isinstance(step, Elementwise) and step.operation is WHERE:
                self._gradient_in_outputs(number, step)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths of the network, where they are known."""
        return max((q.sizes for q in self.quantities.values()), key=len, default=())

    @property
    def gives_gradients(self) -> bool:
        """Whether what is summed over samples is a loss and its gradients in the shared inputs."""
        kernel = self.found.kernel
        return bool(kernel.columns) and kernel.sums == 1 + kernel.shared > 1

    def of(self, registers: Iterable[Register]) -> Meaning | None:
        """What all of them mean; None where that is not one thing."""
        meanings = {self._of.get(x) for x in registers}
        return meanings.pop() if len(meanings) == 1 else None

    def of_rows(self, rows: Rows) -> Meaning | None:
        """What some rows mean, where they are all of one kind."""
        return None if rows.of is None else self.of(self.registers(rows))

    def of_array(self, number: int) -> Meaning | None:
        """What the rows of an array mean."""
        return self.of(self.found.arrays[number].rows)

    def registers(self, rows: Rows) -> list[Register]:
        """The registers that rows hold."""
        array = self.found.arrays[rows.of or 0]
        return [array.rows[place] for place in rows.places]

    def of_matrix(self, matrix: tuple[Rows, ...]) -> tuple[Meaning, bool] | None:
        """The weights of which layer, and whether transposed: a row for each source."""
        meanings = {self.of_rows(rows) for rows in matrix}
        meaning = meanings.pop() if len(meanings) == 1 else None
        if meaning is None or meaning.role is not Role.WEIGHT or meaning.is_gradient:
            return None
        rows = [[self.quantities[x] for x in self.registers(each)] for each in matrix]
        if all(len({q.neuron for q in row}) == 1 for row in rows) and _apart(rows, "neuron"):
            return meaning, False
        if all(len({q.source for q in row}) == 1 for row in rows) and _apart(rows, "source"):
            return meaning, True
        return None

    def _gradients_in_sums(self) -> None:
        """dZ, of which dW = dZ A^T and db = sum dZ are made."""
        kernel = self.found.kernel
        if not self.gives_gradients:
            return
        first = len(kernel.program.inputs)
        for parameter, output in enumerate(kernel.program.outputs[1 : kernel.sums]):
            quantity = self.quantities.get(parameter)
            if quantity is None or not isinstance(output, int) or output < first:
                continue
            pairs = terms_of(kernel.program.instructions[output - first])
            dz: Any = output
            if quantity.role is Role.WEIGHT:
                before = Meaning(Role.ACTIVATION, quantity.layer - 1)
                sides = pairs[0] if pairs and len(pairs) == 1 else ()
                others = [x for x in sides if self._before(x) != before]
                dz = others[0] if len(sides) == 2 and len(others) == 1 else None
            elif quantity.neuron is None:
                continue
            if isinstance(dz, int) and dz >= first:
                self._of.setdefault(dz, Meaning(Role.PREACTIVATION, quantity.layer, True))

    def _before(self, operand: Any) -> Meaning | None:
        """What the inputs of a layer mean; the samples' inputs are layer 0."""
        kernel = self.found.kernel
        column = operand - kernel.shared if isinstance(operand, int) else -1
        if 0 <= column < len(kernel.columns) and kernel.columns[column].array == 0:
            return Meaning(Role.ACTIVATION, 0)
        meaning = self._of.get(operand)
        if meaning is not None and meaning.role is Role.PREACTIVATION and not meaning.is_gradient:
            return Meaning(Role.ACTIVATION, meaning.layer)  # of a linear layer
        return meaning

    def _gradient_in_inputs(self, number: int, step: Product) -> None:
        """dA = W^T dZ."""
        matrix = self.of_matrix(step.matrix)
        if matrix is None or not matrix[1]:
            return
        layer = matrix[0].layer
        if self.of_rows(step.rows) != Meaning(Role.PREACTIVATION, layer, is_gradient=True):
            return
        for register in self.found.arrays[number].rows:
            self._of.setdefault(register, Meaning(Role.ACTIVATION, layer - 1, is_gradient=True))

    def _gradient_in_outputs(self, number: int, step: Elementwise) -> None:
        """dA, of which dZ is where(Z > 0, dA, 0)."""
        meaning = self.of_array(number)
        chosen = step.operands[1]
        if meaning is None or meaning.role is not Role.PREACTIVATION or not meaning.is_gradient:
            return
        if self.of_rows(step.operands[0]) != meaning._replace(is_gradient=False):
            return
        if chosen.of is None or self.found.steps[chosen.of] is None:
            return
        for register in self.registers(chosen):
            self._of.setdefault(register, Meaning(Role.ACTIVATION, meaning.layer, True))


def _apart(rows: list[list[Quantity]], what: str) -> bool:
    return len({getattr(row[0], what) for row in rows}) == len(rows)
