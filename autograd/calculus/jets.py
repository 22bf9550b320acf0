"""Derivatives of any order in one variable: a forward pass over power series, by the same partials.

Each node is a series in what the variable moves by. The derivative of a result's series follows
from its rule, y' = sum of partial_i(y, *operands) * operand_i', the partials evaluated on series as
on numbers and Values; y follows from y' coefficient by coefficient. Differentiating a recorded
gradient again and again would give the same numbers, in time that grows exponentially with the
order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import wraps
from math import factorial
from typing import Any, Protocol, overload

from autograd import operations
from autograd.arithmetic import Arithmetic
from autograd.calculus.transforms import Call, call, single, stop_gradient
from autograd.entry import N, Operation
from autograd.errors import FAULTS, of_derivative
from autograd.number_types import (
    MIXED,
    Number,
    Operand,
    constant,
    is_array,
    is_number,
    number_of,
)
from autograd.operations import dot
from autograd.value import Value, record


class Jet(Arithmetic):
    """A number and its further Taylor coefficients, each computed when it is first asked for.

    To the rule table a jet is a node like a Value: it has operands, and records operations.
    """

    __slots__ = ("known", "name", "operands", "operation", "products")

    def __init__(
        self,
        *known: Operand,
        operation: Operation | None = None,
        operands: tuple[Operand, ...] = (),
        name: str = "",
    ) -> None:
        self.known: list[Operand] = list(known)  # None for what is 0 wherever the variable is
        self.name = name
        self.operation, self.operands = operation, operands
        self.products: list[tuple[Jet, Jet]] = []  # whose sum is y': (partial, operand)

    @property
    def data(self) -> Number:
        """The number itself, which decides where a rule chooses a side."""
        return number_of(self.known[0])

    _data = data  # as the rule table calls it

    @staticmethod
    def record(operation: Operation, operands: tuple[Operand, ...]) -> Jet:
        """The jet of the operation's result, of which only the number is computed now."""
        numbers = tuple(x.known[0] if x.__class__ is Jet else x for x in operands)
        recorded = any(x.__class__ is Value for x in numbers)
        number = record(operation, numbers) if recorded else operation.value(*numbers)
        return Jet(number, operation=operation, operands=operands)

    def detach(self) -> Jet:
        """The number as a constant."""
        return Jet(stop_gradient(self.known[0]))

    def coefficient(self, order: int) -> Operand:
        """The Taylor coefficient of that order; None for one that is 0 wherever the variable is."""
        while len(self.known) <= order:
            self.known.append(self._next_coefficient())
        return self.known[order]

    def _next_coefficient(self) -> Operand:
        order = len(self.known)
        if self.operation is None:
            return None
        if self.operation is operations.div:
            return self._next_of_quotient(order)
        if order == 1:
            self.products = _products(self, self.operation)
        slope = _sum_of_products(
            (local.coefficient(i), x.slope(order - 1 - i))
            for local, x in self.products
            for i in range(order)
        )
        return slope if slope is None else _divided(slope, order, self.data)

    def _next_of_quotient(self, order: int) -> Operand:
        # From a = y*b. The partials of a quotient are quotients again: their jets would grow as
        # 2^order.
        dividend, divisor = map(_jet, self.operands)
        rest = _sum_of_products(
            (self.coefficient(i), divisor.coefficient(order - i)) for i in range(order)
        )
        change = dividend.coefficient(order)
        if rest is not None:
            change = -rest if change is None else change - rest
        return None if change is None else change / divisor.known[0]

    def slope(self, order: int) -> Operand:
        """The coefficient of that order in the derivative of the series."""
        further = self.coefficient(order + 1)
        return further if further is None or order == 0 else (order + 1) * further


def _jet(x: Operand) -> Jet:
    return x if x.__class__ is Jet else Jet(x)


def _products(jet: Jet, operation: Operation) -> list[tuple[Jet, Jet]]:
    """The partials beside their operands, where something passes."""
    recorded = operation.recorded_derivatives(jet)
    numbers = operation.local_derivatives(jet) if operation.selects else recorded
    return [
        (_jet(partial), operand)
        for partial, number, operand in zip(recorded, numbers, jet.operands, strict=True)
        if operand.__class__ is Jet and number is not None
    ]


def _sum_of_products(pairs: Iterable[tuple[Operand, Operand]]) -> Operand:
    """Recorded as one node where there are Values; None where nothing is left of it."""
    left = [pair for pair in pairs if pair[0] is not None and pair[1] is not None]
    if not left:
        return None
    operands = (*(a for a, _ in left), *(b for _, b in left))
    if any(x.__class__ is Value for x in operands):
        return record(dot, operands)
    return dot.value(*operands)


def _divided(number: Operand, order: int, like: Number) -> Operand:
    """number / order; an int stays one where no rest is left, else it takes the type of `like`."""
    if number.__class__ is int:
        return number // order if number % order == 0 else constant(Fraction(number, order), like)
    return number if order == 1 else number / order


class Derivative(Protocol):
    """What `derivative` makes of a function: of a Value a Value, else a number.

    Of a number too it is a Value where a derivative is taken around the call.
    """

    @overload
    def __call__(self, x: N) -> N: ...
    @overload
    def __call__(self, x: Operand) -> Operand: ...


def derivative(f: Callable[..., Operand], order: int = 1) -> Derivative:
    """The derivative of that order of f, a function of one number.

    >>> derivative(lambda x: x**3 / (1 + x), order=3)(1)
    0.375
    """
    order = _require_order(order)

    @wraps(f)
    def differentiated(x: Operand) -> Any:
        coefficient = _coefficients(f, x, order)[order]
        return coefficient * factorial(order) if order > 1 else coefficient

    return differentiated


def taylor(f: Callable[..., Operand], x: Operand, order: int) -> list[Operand]:
    """The Taylor coefficients of f at x: f(x), f'(x), f''(x)/2, ..., up to that order.

    >>> from fractions import Fraction
    >>> print(*taylor(lambda x: 1 / (1 - x), Fraction(1, 2), 3))
    2 4 8 16
    """
    return _coefficients(f, x, _require_order(order))


def _require_order(order: Any) -> int:
    """The order itself, where it is one; else a TypeError or ValueError."""
    if order.__class__ is not int or order < 0:
        kind = ValueError if order.__class__ is int else TypeError
        raise kind(f"the order of a derivative is 0, 1, 2, ..., not {order!r}")
    return int(order)


def _coefficients(f: Callable[..., Operand], x: Operand, order: int) -> list[Operand]:
    """f(x), f'(x), f''(x)/2, ..., up to that order, as numbers or (given a Value) as Values."""
    if getattr(x, "shape", None) == ():  # an array of no dimensions
        x = x.item()
    if isinstance(x, (dict, list, tuple)) or is_array(x):
        raise TypeError(
            f"a {type(x).__name__} is not one number: a derivative of order n is of a function of "
            "one; call it for each"
        )
    if not is_number(number_of(x)):
        raise TypeError(
            f"a derivative of order n is of a function of one number, not of a {type(x).__name__}"
        )
    called = call(f, (x,), 0)
    root = single(f, called)
    if order == 1:  # what `grad` does, with partials that need not be differentiated again
        return [called.result(root), *called.gradients(root)]
    jet = _jet_of(root, called, order)
    zero = constant(0, called.variables[0].data)
    found = (jet.coefficient(k) for k in range(order + 1))
    return [called.result(zero if number is None else number) for number in found]


def _jet_of(root: Value, called: Call, order: int) -> Jet:
    """The jet of the root: node by node, so that nothing recurses through the graph."""
    (variable,) = called.variables

    def leaf(node: Value) -> Operand:
        return number_of(node) if called.wants_numbers else node

    jets = {variable: Jet(leaf(variable), constant(1, variable.data), name=variable.name)}
    for node in called.order([root]):
        if node is not variable:
            operands = tuple(
                _jet(jets.get(x, leaf(x))) if x.__class__ is Value else x for x in node.operands
            )
            jets[node] = Jet(
                leaf(node), operation=node.operation, operands=operands, name=node.name
            )
    for jet in jets.values():
        try:
            jet.coefficient(order)
            if jet.data.__class__ is Fraction and float in map(type, jet.known):
                raise TypeError(MIXED)
        except FAULTS as error:
            raise of_derivative(error, jet) from error
    return _jet(jets.get(root, leaf(root)))
