"""The penalty that is added to a network's loss so that its weights stay small, in matrix form.

R = c*(||W1||^2 + ||W2||^2), whose gradient in W1 is 2c*W1; or R = c*(sum(|W1|) + sum(|W2|)), whose
gradient is c*sign(W1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple

from autograd.notes.matrices import Head, Network, Rows, is_square
from autograd.notes.matrix_factors import factor, strength
from autograd.notes.matrix_form import (
    CLOSE,
    END_OF_SIZES,
    NORM,
    OPEN,
    PLUS,
    SIGNS,
    SIZES,
    SQUARED,
    Matrix,
    Side,
    Sign,
)
from autograd.notes.naming import latex_of
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.reading import OPERATIONS, Value, constant, number_of, printable, total

ABS, ADD, DIV, MEAN, MUL = (OPERATIONS[name] for name in ("abs", "add", "div", "mean", "mul"))
REAL = (int, float, Fraction, Decimal)


class Share(NamedTuple):
    """What a parameter has in a penalty: c*w^2, or c*|w|."""

    coefficient: Any
    is_square: bool

    def derivative(self, w: Any) -> Any:
        """2c*w, or c times the sign of w.

        >>> Share(0.5, True).derivative(3.0), Share(0.5, False).derivative(-3.0)
        (3.0, -0.5)
        """
        if self.is_square:
            return 2 * self.coefficient * w
        return self.coefficient * ((w > 0) - (w < 0))


class Part(NamedTuple):
    """A summand of a penalty: the share of each parameter that is in it.

    `strengths` are the named Values that it was multiplied by, as a lambda.
    """

    shares: dict[Value, Share]
    strengths: Sequence[Value]
    style: NumberStyle

    def share(self, nodes: Iterable[Iterable[Value]]) -> Share | None:
        """The one share of these parameters, None for none; a ValueError where they have several.

        >>> w, v = Value(2.0, "w"), Value(3.0, "v")
        >>> Part({w: Share(0.5, True)}, (), PLAIN).share([[v]]) is None
        True
        """
        found = {self.shares.get(x) for row in nodes for x in row}
        if len(found) > 1:
            raise ValueError("these parameters have several shares in the penalty")
        return found.pop()

    def side(self, matrices: Iterable[tuple[Matrix, Sequence[Sequence[Value]]]]) -> Side:
        """c*(||W1||^2 + ||W2||^2) over the matrices of these parameters."""
        each = [(self.share(rows), matrix) for matrix, rows in matrices]
        found = [(share, matrix) for share, matrix in each if share is not None]
        first = found[0][0]
        if any(share != first for share, _ in found):
            return _joined([(*self._strength(share), *_size(share, W)) for share, W in found])
        side, strength = _joined([_size(share, W) for share, W in found]), self._strength(first)
        return (*strength, OPEN, *side, CLOSE) if strength and len(found) > 1 else strength + side

    def gradient(self, matrix: Matrix, share: Share) -> Side:
        """2c*W, the gradient in the parameters of a matrix, which have this share."""
        side: Side = (matrix,) if share.is_square else (SIGNS, matrix, CLOSE)
        return self._strength(share, 2 if share.is_square else 1) + side

    def _strength(self, share: Share, times: int = 1) -> Side:
        """The factor of a share, or so many times it: 0.1*, 2*lambda*."""
        times_it, node = self.factors(share, times)
        if node is None:
            return strength(times_it, self.style)
        named = Matrix(printable(node.name), latex_of(node.name), ((node.data,),), is_number=True)
        return (*factor(times_it, self.style), named, Sign("*", r" \cdot "))

    def factors(self, share: Share, times: int = 1) -> tuple[Any, Value | None]:
        """The number that stands before a share, or so many times it, and the one lambda, if any.

        >>> rate = Value(0.25, "lambda")
        >>> Part({}, [rate], PLAIN).factors(Share(0.125, True), times=2)
        (1.0, Value(0.25, name='lambda'))
        """
        number = times * share.coefficient
        if len(self.strengths) != 1 or self.strengths[0].data == 0:
            return number, None
        (node,) = self.strengths
        return _without_last_digits(number / node.data), node


class Penalty(NamedTuple):
    """A penalty, by its node, and its parts."""

    node: Value
    parts: Sequence[Part]

    def side(self, matrices: Sequence[tuple[Matrix, Sequence[Sequence[Value]]]]) -> Side:
        """c*(||W1||^2 + ||W2||^2) over the matrices of these parameters; () where the entries of
        one have several shares.
        """
        try:
            return _joined([part.side(matrices) for part in self.parts])
        except ValueError:
            return ()


def shares_of(
    penalties: Sequence[Penalty], nodes: Rows, numbers: Rows, turn: int = 1
) -> list[tuple[Part, Share]]:
    """The parts of penalties that these parameters are in, each with their share; none where the
    `numbers`, with a `turn` of -1 their negatives, are not the gradient of these.
    """
    parts = [part for penalty in penalties for part in penalty.parts]
    try:
        each = [(part, part.share(nodes)) for part in parts]
    except ValueError:
        return []
    found = [(part, share) for part, share in each if share is not None]
    for node, number in zip(chain(*nodes), chain(*numbers), strict=True):
        derivative = sum(share.derivative(node.data) for _, share in found)
        if not _is_close(number or 0, turn * derivative):
            return []
    return found


def penalties_of(network: Network, head: Head, style: NumberStyle = PLAIN) -> tuple[Penalty, ...]:
    """The summands of the root beside the loss of the outputs, where all are such penalties.

    >>> import nn
    >>> from autograd import Graph
    >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    >>> loss = nn.half_squared_error(model([4.0]), 1.0) + nn.l2(model.parameters(), 0.25)
    >>> network = Network(Graph(loss))
    >>> [*penalties_of(network, network.head)[0].parts[0].shares.values()]
    [Share(coefficient=0.25, is_square=True)]
    """
    others = _beside(network, head)
    if not all(x.__class__ is Value for x in others):
        return ()
    weights = {w for layer in network.layers for row in layer.weights for w in row}
    parameters = weights.union(*(layer.biases for layer in network.layers))
    of_parameters = set(network.graph.depending(*parameters))
    others.sort(key=network.graph.position.__getitem__)
    found = [Penalty(x, _parts(network, x, parameters, of_parameters, style)) for x in others]
    return tuple(found) if all(map(_is_added, found)) else ()


def _is_added(penalty: Penalty) -> bool:
    """Whether it has parts, none of which are subtracted."""
    shares = (share for part in penalty.parts for share in part.shares.values())
    return bool(penalty.parts) and not any(
        isinstance(share.coefficient, REAL) and share.coefficient < 0 for share in shares
    )


def _parts(
    network: Network,
    node: Value,
    parameters: set[Value],
    of_parameters: set[Value],
    style: NumberStyle,
) -> list[Part]:
    """The node as one part, or a sum of several, as of squares and sizes; none of another node."""
    shares, strengths = _shares(network, node, parameters, of_parameters)
    if shares:
        return [Part(shares, strengths, style)]
    found: list[Part] = []
    operands = node.operands if node.operation in (ADD, total) else ()
    if not set(operands) <= of_parameters or len(set(operands)) < len(operands):
        return []
    for x in operands:
        shares, strengths = _shares(network, x, parameters, of_parameters)
        if not shares:
            return []
        found.append(Part(shares, strengths, style))
    return found


def _beside(network: Network, head: Head) -> list[Any]:
    """The summands of the root that are not computed from the losses of the outputs."""
    terms = {term for row in head.terms for term in row if term is not None}
    of_outputs = set(network.graph.depending(*terms))
    found, waiting, seen = list[Any](), [network.graph.root], {network.graph.root}
    while waiting:
        node = waiting.pop()
        for x in node.operands if node.operation in (ADD, total) else ():
            if x.__class__ is not Value or x not in of_outputs:
                found.append(x)
            elif x not in seen:
                seen.add(x)
                waiting.append(x)
    return found


def _shares(
    network: Network, node: Value, parameters: set[Value], of_parameters: set[Value]
) -> tuple[dict[Value, Share], list[Value]]:
    """The squares or sizes of parameters that a node is a sum of, each with a factor, and what
    these were multiplied by; of another node nothing.
    """
    shares, strengths = dict[Value, Share](), list[Value]()
    waiting, seen = [node], set[Value]()
    while waiting:
        part = waiting.pop()
        parameter, is_square = _power(part)
        if part in seen or parameter in shares or part in parameters:
            return {}, []
        seen.add(part)
        if parameter in parameters:
            shares[parameter] = Share(network.of_root[part], is_square)
            continue
        given = [x for x in part.operands if x.__class__ is not Value or x not in of_parameters]
        if not _is_sum(part, given):
            return {}, []
        strengths += _named(given) if part.operation in (MUL, DIV) else []
        waiting += [x for x in part.operands if x.__class__ is Value and x in of_parameters]
    return shares, strengths


def _named(given: Sequence[Any]) -> list[Value]:
    """The lambda of a factor, lambda or lambda/2."""
    (x,) = given
    while x.__class__ is Value and x.operation in (MUL, DIV):
        nodes = [each for each in x.operands if each.__class__ is Value]
        is_scaled = len(nodes) == 1 and (x.operation is MUL or nodes[0] is x.operands[0])
        x = nodes[0] if is_scaled else None
    return [x] if x.__class__ is Value and x.operation is None and x.name else []


def _power(node: Value) -> tuple[Any, bool]:
    """What a node is the square or the size of, and whether it is the square."""
    operation, operands = node.operation, node.operands
    if is_square(node):
        return operands[0], True
    return (operands[0] if operation is ABS else None), False


def _is_sum(node: Value, given: Sequence[Any]) -> bool:
    """Whether a node is the sum of its operands that are not given, or a number times one."""
    if node.operation is MUL:
        return len(given) == 1
    if node.operation is DIV:
        return len(given) == 1 and given[0] is node.operands[1]
    return node.operation in (ADD, MEAN, total) and all(number_of(x) == 0 for x in given)


def _size(share: Share, matrix: Matrix) -> Side:
    """||W||^2, or the sum of the sizes of its entries."""
    return (NORM, matrix, SQUARED) if share.is_square else (SIZES, matrix, END_OF_SIZES)


def _joined(sides: Sequence[Side]) -> Side:
    """The sum of what is written."""
    first, *others = sides
    return (*first, *chain(*((PLUS, *side) for side in others)))


def _without_last_digits(number: Any) -> Any:
    """1/n or n for a float that is that but for the last digits."""
    if number.__class__ is float and number:
        for near in (Fraction(round(number)), Fraction(1, round(1 / number) or 1)):
            if near and math.isclose(number, near, rel_tol=1e-12):
                return constant(near, number)
    return number


def _is_close(one: Any, other: Any) -> bool:
    """Whether two numbers are the same, of floats but for the last digits."""
    if float in (one.__class__, other.__class__):
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)
