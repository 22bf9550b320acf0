"""Biases as a column: a wide layer's stand at the right of its weights, and a row of ones below its
inputs, so that neither they nor their gradients are a step.

That row has the number of the array's rows: in `Rows` it is one place after the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd.compiler.lift import Lifted, Product, Rows, Step
from autograd.compiler.over_samples import Block, Diagonal, Outer
from autograd.compiler.views import matrix_view

WIDE = 16  # inputs of a layer


def with_bias_columns(found: Lifted) -> Lifted:
    """The same, where the products of wide layers have their biases within."""
    return replace(found, steps=[_with_biases(found, step) for step in found.steps])


def arrays_with_ones(found: Lifted) -> set[int]:
    """The arrays that have a row of ones below, for a product uses it."""
    rows = [step.rows for step in found.steps if isinstance(step, Product)]
    return {each.of for each in rows if each.of is not None and has_ones(found, each)}


def has_ones(found: Lifted, rows: Rows) -> bool:
    """Whether the last of the rows is that of the ones below an array."""
    return rows.of is not None and rows.places[-1] == len(found.arrays[rows.of].rows)


def _with_biases(found: Lifted, step: Step | None) -> Step | None:
    if not isinstance(step, Product) or step.bias is None:
        return step
    of, array = step.bias.of, None if step.rows.of is None else found.arrays[step.rows.of]
    if of is None or found.steps[of] or any(each.of != of for each in step.matrix):
        return step
    width = len(step.rows.places)
    if array is None or not (array.batched and WIDE <= width == len(array.rows)):
        return step
    pairs = zip(step.matrix, step.bias.places, strict=True)
    matrix = tuple(Rows(of, (*weights.places, bias)) for weights, bias in pairs)
    if step.rows.step != 1 or not _is_view([each.places for each in matrix], found.arrays[of].rows):
        return step
    return Product(matrix, Rows(step.rows.of, (*step.rows.places, width)), None)


def with_bias_sums(found: Lifted, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, of which sums of an array become a column of its products with one that has ones
    below.
    """
    kept, ones = dict(enumerate(blocks)), arrays_with_ones(found)
    alone = {
        block.terms[0].left: number
        for number, block in kept.items()
        if isinstance(block.terms[0], Diagonal)
        and block.terms[0].is_plain
        and len(block.terms) == 1
    }
    for number, block in enumerate(blocks):
        (left, right), *more = block.terms
        biases, width = alone.get(left), len(right.places)
        if more or not isinstance(block.terms[0], Outer) or biases not in kept:
            continue
        if right.of not in ones or width != len(found.arrays[right.of].rows):
            continue
        pairs = zip(block.grid, kept[biases].places, strict=True)
        grid = [[*places, bias] for places, bias in pairs]
        if _is_view(grid, found.kernel.program.outputs):
            term = Outer(left, Rows(right.of, (*right.places, width)))
            kept[number] = Block([x for row in grid for x in row], [term])
            del kept[biases]
    return [*kept.values()]


def _is_view(grid: Sequence[Sequence[int]], of: Sequence[object]) -> bool:
    """Whether a matrix lies row by row in an array that is so long."""
    text = matrix_view("P", grid, len(of))
    return text != "" and not text.endswith(".T")
