"""Derivatives of any order in one variable: a forward pass that carries a power series, over the
same partials.

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
from typing import Any

from autograd import operations
from autograd.arithmetic import Arithmetic
from autograd.calculus.transforms import Call, call, single, stop_gradient
from autograd.entry import Operation
from autograd.errors import FAULTS, of_derivative
from autograd.number_types import MIXED, constant, is_number, number_of
from autograd.operations import dot
from autograd.value import Value, record


class Jet(Arithmetic):
    """A number and its further Taylor coefficients, each computed when it is first asked for.

    To the rule table a jet is a node like a Value: it has operands, and records operations.
    """

    __slots__ = ("known", "name", "operands", "operation", "products")

    def __init__(
        self,
        *known: Any,
        operation: Operation | None = None,
        operands: tuple[Any, ...] = (),
        name: str = "",
    ) -> None:
        self.known, self.name = list(known), name
        self.operation, self.operands = operation, operands
        self.products: list[tuple[Jet, Jet]] = []  # whose sum is y': (partial, operand)

    @property
    def data(self) -> Any:
        """The number itself, which decides where a rule chooses a side."""
        return number_of(self.known[0])

    _data = data  # as the rule table calls it

    @staticmethod
    def record(operation: Operation, operands: tuple[Any, ...]) -> Jet:
        """The jet of the operation's result, of which only the number is computed now."""
        numbers = tuple(x.known[0] if x.__class__ is Jet else x for x in operands)
        recorded = any(x.__class__ is Value for x in numbers)
        number = record(operation, numbers) if recorded else operation.value(*numbers)
        return Jet(number, operation=operation, operands=operands)

    def detach(self) -> Jet:
        """The number as a constant."""
        return Jet(stop_gradient(self.known[0]))

    def coefficient(self, order: int) -> Any:
        """The Taylor coefficient of that order; None for one that is 0 wherever the variable is."""
        while len(self.known) <= order:
            self.known.append(self._next())
        return self.known[order]

    def _next(self) -> Any:
        order = len(self.known)
        if self.operation is None:
            return None
        if self.operation is operations.div:
            return self._next_of_quotient(order)
        if order == 1:
            self.products = _products(self, self.operation)
        slope = _dot(
            (local.coefficient(i), x.slope(order - 1 - i))
            for local, x in self.products
            for i in range(order)
        )
        return slope if slope is None else _divided(slope, order, self.data)

    def _next_of_quotient(self, order: int) -> Any:
        # From a = y*b. The partials of a quotient are quotients again: their jets would grow as
        # 2^order.
        dividend, divisor = map(_jet, self.operands)
        rest = _dot((self.coefficient(i), divisor.coefficient(order - i)) for i in range(order))
        change = dividend.coefficient(order)
        if rest is not None:
            change = -rest if change is None else change - rest
        return None if change is None else change / divisor.known[0]

    def slope(self, order: int) -> Any:
        """The coefficient of that order in the derivative of the series."""
        further = self.coefficient(order + 1)
        return further if further is None or order == 0 else (order + 1) * further


def _jet(x: Any) -> Jet:
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


def _dot(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """The sum of the products, recorded as one node where there are Values; None where nothing is
    left of it.
    """
    left = [pair for pair in pairs if pair[0] is not None and pair[1] is not None]
    if not left:
        return None
    operands = (*(a for a, _ in left), *(b for _, b in left))
    return (
        record(dot, operands)
        if any(x.__class__ is Value for x in operands)
        else dot.value(*operands)
    )


def _divided(number: Any, order: int, like: Any) -> Any:
    """number / order; an int that divides without a rest stays one, else it becomes a number of the
    type of `like`.
    """
    if number.__class__ is int:
        return number // order if number % order == 0 else constant(Fraction(number, order), like)
    return number if order == 1 else number / order


def derivative(f: Callable[[Any], Any], order: int = 1) -> Callable[[Any], Any]:
    """The derivative of that order of f, a function of one number.

    >>> derivative(lambda x: x**3 / (1 + x), order=3)(1)
    0.375
    """
    order = _checked(order)

    @wraps(f)
    def differentiated(x: Any) -> Any:
        coefficient = _coefficients(f, x, order)[order]
        return coefficient * factorial(order) if order > 1 else coefficient

    return differentiated


def taylor(f: Callable[[Any], Any], x: Any, order: int) -> list[Any]:
    """The Taylor coefficients of f at x: f(x), f'(x), f''(x)/2, ..., up to that order.

    >>> from fractions import Fraction
    >>> print(*taylor(lambda x: 1 / (1 - x), Fraction(1, 2), 3))
    2 4 8 16
    """
    return _coefficients(f, x, _checked(order))


def _checked(order: Any) -> int:
    if order.__class__ is not int or order < 0:
        kind = ValueError if order.__class__ is int else TypeError
        raise kind(f"the order of a derivative is 0, 1, 2, ..., not {order!r}")
    return int(order)


def _coefficients(f: Callable[[Any], Any], x: Any, order: int) -> list[Any]:
    """f(x), f'(x), f''(x)/2, ..., up to that order, as numbers or (given a Value) as Values."""
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
    leaf: Any = number_of if called.wants_numbers else lambda node: node
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
