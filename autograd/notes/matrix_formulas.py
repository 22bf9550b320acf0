"""The general formulas of a network in matrix form, for any layer l and the last, L."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.notes.matrix_form import (
    CLOSE,
    MINUS,
    OPEN,
    PLUS,
    SUM,
    MatrixLine,
    Side,
    Sign,
    error_term,
    formula,
    product,
)
from autograd.notes.matrix_names import (
    MatrixNames,
    forward_factors,
    input_factors,
    weight_factors,
)

FUNCTION, SLOPE = Sign("f(", r"f\left("), Sign("f'(", r"f'\left(")


def general_formulas(
    names: MatrixNames,
    with_bias: bool = True,
    last: Sequence[MatrixLine] = (),
    mean: Side = (),
    rest: tuple[Side, Side] = ((), ()),
) -> Iterator[MatrixLine]:
    """The lines in letters: forward, the error term of the last layer, gradients, and back.

    `last` are lines that give that error term where it is not dA^[L] * f'(Z^[L]); `mean` is 1/m,
    where the sums over the samples are divided by their number; `rest` is what is added to the
    gradients in weights and in biases, as by a penalty.

    >>> from autograd.notes.profiles import NOTATIONS
    >>> for line in general_formulas(MatrixNames(NOTATIONS["ng"], (2, 3, 1))):
    ...     print(line.formula)
    Z^[l] = W^[l] A^[l-1] + b^[l]
    A^[l] = f(Z^[l])
    dZ^[L] = dA^[L] * f'(Z^[L])
    dW^[l] = dZ^[l] A^[l-1]^T
    db^[l] = sum(dZ^[l])
    dA^[l-1] = W^[l]^T dZ^[l]
    dZ^[l-1] = dA^[l-1] * f'(Z^[l-1])
    """
    Z, A = formula(names.sums("l")), formula(names.outputs("l"))
    left, right = forward_factors(
        names.notation.orientation, formula(names.weights("l")), formula(names.outputs("l-1"))
    )
    bias: Side = ()
    if with_bias:
        sign = MINUS if names.notation.bias_is_subtracted else PLUS
        bias = (sign, formula(names.biases("l")))
    yield MatrixLine(Z, (*product(left, right), *bias))
    yield MatrixLine(A, (FUNCTION, Z, CLOSE))
    yield from last or (_of_last(names),)
    yield from _of_parameters(names, with_bias, mean, rest)
    yield from _back(names)


def _of_last(names: MatrixNames) -> MatrixLine:
    dA = formula(names.of_outputs("L") or names.derivative(names.outputs("L")))
    slope = (SLOPE, formula(names.sums("L")), CLOSE)
    return MatrixLine(formula(names.of_sums("L")), _error_term(names, (dA,), slope))


def _of_parameters(
    names: MatrixNames, with_bias: bool, mean: Side, rest: tuple[Side, Side]
) -> Iterator[MatrixLine]:
    notation, dZ = names.notation, formula(names.of_sums("l"))
    left, right = weight_factors(notation.orientation, dZ, formula(names.outputs("l-1")))
    yield MatrixLine(formula(names.of_weights("l")), (*mean, *product(left, right), *rest[0]))
    if with_bias:
        minus = (Sign("-"),) if notation.bias_is_subtracted else ()
        side = (*minus, *mean, SUM, dZ, CLOSE, *rest[1])
        yield MatrixLine(formula(names.of_biases("l")), side)


def _back(names: MatrixNames) -> Iterator[MatrixLine]:
    W, dZ = formula(names.weights("l")), formula(names.of_sums("l"))
    left, right = input_factors(names.notation.orientation, W, dZ)
    before = names.of_outputs("l-1")
    slope = (SLOPE, formula(names.sums("l-1")), CLOSE)
    back: Side = (OPEN, *product(left, right), CLOSE)
    if before:
        yield MatrixLine(formula(before), product(left, right))
        back = (formula(before),)
    yield MatrixLine(formula(names.of_sums("l-1")), _error_term(names, back, slope))


def _error_term(names: MatrixNames, upstream: Side, slope: Side) -> Side:
    return error_term(upstream, slope, names.notation.derivative_first)
