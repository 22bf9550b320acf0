"""Prove or refute the matrix lines that notes print: first by their shapes, then entry by entry.

A line is a formula over matrices whose entries are read from the scalar graph, numbers or symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

import nn
from autograd import Operation, Value, gradients, mean
from demos.claims import PROVEN, REFUTED, Claim, cancels, symbol


class ShapeError(ValueError):
    """Two matrices that do not fit together."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix with its written form; what does not fit is a ShapeError.

    >>> W, X = Matrix("W", ((1, 2, 3),)), Matrix("X", ((4,), (5,), (6,)))
    >>> (W @ X).rows, (X @ W).shape, (W @ X).text
    (((32,),), (3, 3), 'W X')
    >>> W @ W
    Traceback (most recent call last):
    demos.matrices.ShapeError: W (1x3) times W (1x3): 3 columns against 1 row
    """

    text: str
    rows: tuple[tuple[Any, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def sized(self) -> str:
        """The written form with the shape, for errors: W2 (1x7)."""
        return f"{self.text} ({shape_text(self.shape)})"

    @property
    def T(self) -> Matrix:  # noqa: N802 - the transpose is written so
        """The transpose; twice gives back the written form."""
        text = self.text.removesuffix("^T") if self.text.endswith("^T") else f"{self.text}^T"
        return Matrix(text, tuple(zip(*self.rows, strict=True)))

    def __matmul__(self, other: Matrix) -> Matrix:
        (_, columns), (rows, _) = self.shape, other.shape
        if columns != rows:
            message = f"{columns} columns against {rows} row" + "s" * (rows != 1)
            raise ShapeError(f"{self.sized} times {other.sized}: {message}")
        columns_of_other = other.T.rows
        product = [tuple(_inner(row, column) for column in columns_of_other) for row in self.rows]
        return Matrix(f"{self.text} {other.text}", tuple(product))

    def __add__(self, other: Matrix) -> Matrix:
        """Entry by entry; a bias, one column or one row, is added to every column or every row."""
        if other.shape == (self.shape[0], 1):
            other = Matrix(other.text, tuple(row * self.shape[1] for row in other.rows))
        elif other.shape == (1, self.shape[1]):
            other = Matrix(other.text, other.rows * self.shape[0])
        return self._entrywise(other, "+", lambda a, b: a + b)

    def __sub__(self, other: Matrix) -> Matrix:
        return self._entrywise(other, "-", lambda a, b: a - b)

    def __mul__(self, other: Matrix) -> Matrix:
        """Entry by entry, the notes' (.), not the product of matrices."""
        return self._entrywise(other, "(.)", lambda a, b: a * b)

    def _entrywise(self, other: Matrix, sign: str, combine: Callable[[Any, Any], Any]) -> Matrix:
        if self.shape != other.shape:
            raise ShapeError(f"{self.sized} {sign} {other.sized}: the shapes differ")
        both = zip(self.rows, other.rows, strict=True)
        rows = tuple(tuple(map(combine, mine, theirs)) for mine, theirs in both)
        return Matrix(f"{self.text} {sign} {other.text}", rows)

    def each(self, text: str, function: Callable[[Any], Any]) -> Matrix:
        """A function of every entry, written as `text` with {} for this matrix."""
        return Matrix(text.format(self.text), tuple(tuple(map(function, row)) for row in self.rows))

    def row_sums(self) -> Matrix:
        """One column: the sum of each row, over all examples."""
        return Matrix(f"sum {self.text}", tuple((sum(row[1:], row[0]),) for row in self.rows))

    def column_sums(self) -> Matrix:
        """One row: the sum of each column, over all examples where they are rows."""
        return Matrix(f"sum {self.text}", self.T.row_sums().T.rows)


def transposed(matrices: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """The same quantities in the row convention, Z = A W + b: one row for each example."""
    return {name: Matrix(name, matrix.T.rows) for name, matrix in matrices.items()}


def _inner(row: Sequence[Any], column: Sequence[Any]) -> Any:
    products = [a * b for a, b in zip(row, column, strict=True)]
    return sum(products[1:], products[0])


def shape_text(shape: tuple[int, int]) -> str:
    """A shape as notes write it: 7x49."""
    return f"{shape[0]}x{shape[1]}"


Matrices = Mapping[str, Matrix]
Formula = Callable[[Matrices], Matrix]


def assemble(
    model: nn.MLP, inputs: Sequence[Sequence[Any]], targets: Sequence[Any], loss: Operation
) -> dict[str, Matrix]:
    """Every matrix of a pass over a batch, read from the scalar graph: one column for each example.

    W, b, Z, A and their derivatives (dW1, ...) of each layer, A0 and Y; the root is the mean of
    `loss` over the batch.
    """
    passes = [_layer_by_layer(model, [Value(x) for x in row]) for row in inputs]
    outputs = [activations[0] for *_, (_, activations) in passes]
    root = mean([loss(output, target) for output, target in zip(outputs, targets, strict=True)])
    nodes = _nodes(model, passes)
    wanted = list({node: None for matrix in nodes for row in matrix.rows for node in row})
    gradient = dict(zip(wanted, gradients(root, wanted), strict=True))
    numbers = [matrix.each("{}", lambda node: node.data) for matrix in nodes]
    derivatives = [matrix.each("d{}", gradient.__getitem__) for matrix in nodes]
    given = [Matrix("A0", tuple(zip(*inputs, strict=True))), Matrix("Y", (tuple(targets),))]
    found = [*given, *numbers, *derivatives, Matrix("L", ((root.data,),))]
    return {matrix.text: matrix for matrix in found}


Layers = list[tuple[list[Value], list[Value]]]  # the pre-activations and activations of each


def _layer_by_layer(model: nn.MLP, inputs: list[Value]) -> Layers:
    """One example's pass."""
    passed, activations = [], inputs
    for layer in model.layers:
        activations = layer(activations)
        linear = layer.neurons[0].activation is None
        before = activations if linear else [a.operands[0] for a in activations]
        passed.append((before, activations))
    return passed


def _nodes(model: nn.MLP, passes: Sequence[Layers]) -> list[Matrix]:
    """The matrices W, b, Z, A of each layer as the nodes of the graph."""
    found = []
    for number, layer in enumerate(model.layers, start=1):
        weights = [neuron.weights for neuron in layer.neurons]
        biases = [(neuron.bias,) for neuron in layer.neurons if neuron.bias is not None]
        before, after = zip(*(layers[number - 1] for layers in passes), strict=True)
        for letter, rows in (("W", weights), ("b", biases)):
            found.append(Matrix(f"{letter}{number}", tuple(rows)))
        for letter, columns in (("Z", before), ("A", after)):
            found.append(Matrix(f"{letter}{number}", tuple(zip(*columns, strict=True))))
    return found


def symbolic_batch(
    sizes: Sequence[int], activations: Sequence[str], m: int, loss: Operation
) -> dict[str, Matrix]:
    """The matrices of a small network all of whose numbers, m examples included, are symbols."""
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = [
        [[symbol(f"w{j}{k}_{layer}") for k in range(inputs)] for j in range(outputs)]
        for layer, (outputs, inputs) in enumerate(shapes, start=1)
    ]
    biases = [
        [symbol(f"b{j}_{layer}") for j in range(outputs)]
        for layer, outputs in enumerate(sizes[1:], start=1)
    ]
    model = nn.MLP.from_weights(weights, biases, activations)
    inputs = [[symbol(f"x{k}_{i}") for k in range(sizes[0])] for i in range(m)]
    return assemble(model, inputs, [symbol(f"y_{i}") for i in range(m)], loss)


def same_entries(left: Matrix, right: Matrix) -> bool:
    """Whether shapes and entries agree, symbolic ones where their difference simplifies to 0."""
    if left.shape != right.shape:
        return False
    both = zip(left.rows, right.rows, strict=True)
    pairs = [pair for rows in both for pair in zip(*rows, strict=True)]
    return all(a == b or _is_zero(a - b) for a, b in pairs)


def _is_zero(difference: Any) -> bool:
    """Whether a symbolic one cancels, which is quick, or else is simplified to zero."""
    if not isinstance(difference, sympy.Basic):
        return False
    return cancels(difference) or bool(sympy.simplify(difference) == 0)


def matrix_claim(
    where: str, statement: str, name: str, printed: Formula, settings: Sequence[Matrices]
) -> Claim:
    """Judge a printed matrix line for the quantity `name` in every setting: shapes, then entries.

    If shapes do not fit, the claim says why in place of its correction, which `corrected` puts
    before it.
    """
    try:
        candidates = [(printed(matrices), matrices[name]) for matrices in reversed(settings)]
    except ShapeError as error:
        return Claim(where, statement, REFUTED, str(error))
    proven = all(same_entries(candidate, true) for candidate, true in candidates)
    return Claim(where, statement, PROVEN if proven else REFUTED)
