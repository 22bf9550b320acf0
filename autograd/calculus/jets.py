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
    is_finite,
    is_number,
    number_of,
)
from autograd.operations import dot
from autograd.value import Value, record

MOST_MULTIPLIED = 100  # factors of a power: each square doubles what the last digits are off


class Jet(Arithmetic):
    """A number and its further Taylor coefficients, each computed when it is first asked for.

    To the rule table a jet is a node like a Value: it has operands, and records operations. What is
    computed from the same operands again is the same jet, found among `known_jets`: the partials of
    a sine are cosines and sines of the same jets, not ever new ones.
    """

    __slots__ = ("known", "known_jets", "moves", "name", "operands", "operation", "products")

    def __init__(
        self,
        *known: Operand,
        operation: Operation | None = None,
        operands: tuple[Operand, ...] = (),
        name: str = "",
        known_jets: dict[Any, Jet] | None = None,
    ) -> None:
        self.known: list[Operand] = list(known)  # None for what is 0 wherever the variable is
        self.name = name
        self.operation, self.operands = operation, operands
        self.products: list[tuple[Jet, Jet]] = []  # whose sum is y': (partial, operand)
        self.moves: bool = len(known) > 1 or any(map(_moves, operands))
        self.known_jets: dict[Any, Jet] = {} if known_jets is None else known_jets

    @property
    def data(self) -> Number:
        """The number itself, which decides where a rule chooses a side."""
        return number_of(self.known[0])

    _data = data  # as the rule table calls it

    @staticmethod
    def record(operation: Operation, operands: tuple[Operand, ...]) -> Jet:
        """The jet of the operation's result, of which only the number is computed now."""
        known_jets = next(x.known_jets for x in operands if x.__class__ is Jet)
        key = operation, *map(_identity, operands)
        if key not in known_jets:
            numbers = tuple(x.known[0] if x.__class__ is Jet else x for x in operands)
            recorded = any(x.__class__ is Value for x in numbers)
            number = record(operation, numbers) if recorded else operation.value(*numbers)
            known_jets[key] = Jet(
                number, operation=operation, operands=operands, known_jets=known_jets
            )
        return known_jets[key]

    def detach(self) -> Jet:
        """The number as a constant."""
        return Jet(stop_gradient(self.known[0]))

    def coefficient(self, order: int) -> Operand:
        """The Taylor coefficient of that order; None for one that is 0 wherever the variable is."""
        while len(self.known) <= order:
            self.known.append(self._next_coefficient() if self.moves else None)
        return self.known[order]

    def _next_coefficient(self) -> Operand:
        order = len(self.known)
        if self.operation is None:
            return None
        if self.operation is operations.div:
            return self._next_of_quotient(order)
        if self.operation is operations.pow and order > 1 and not _moves(self.operands[1]):
            base, power = map(_jet, self.operands)
            is_whole = _is_whole(power.data)
            if is_whole and power.data <= MOST_MULTIPLIED:
                return _product(base, int(power.data)).coefficient(order)
            if base.data != 0 and self.data != 0 and is_finite(self.data):
                return self._next_of_power(order)
            if is_whole:
                return _product(base, int(power.data)).coefficient(order)
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
            change = -rest if change is None else operations.sub(change, rest)
        return None if change is None else operations.div(change, divisor.known[0])

    def _next_of_power(self, order: int) -> Operand:
        # From x*y' = n*x'*y, y = x^n. Its partials are ever new powers.
        x, n = map(_jet, self.operands)
        slope = _sum_of_products(
            (_scaled(n.known[0] * i - (order - i), x.coefficient(i)), self.coefficient(order - i))
            for i in range(1, order + 1)
        )
        return None if slope is None else _divided(slope, order * x.known[0], self.data)

    def slope(self, order: int) -> Operand:
        """The coefficient of that order in the derivative of the series."""
        return _scaled(order + 1, self.coefficient(order + 1))


def _identity(x: Operand) -> Any:
    """What tells operands apart: equal numbers of other types, or zeros of other signs, are two."""
    return (int, x) if x.__class__ is int else id(x)


def _jet(x: Operand) -> Jet:
    return x if x.__class__ is Jet else Jet(x)


def _moves(x: Operand) -> bool:
    return isinstance(x, Jet) and x.moves


def _is_whole(number: Number) -> bool:
    """Whether a number of any type is one of 1, 2, 3, ... up to where a power is an overflow."""
    try:
        return bool(0 < number < 2**64 and number == int(number))
    except FAULTS:
        return False


def _product(x: Jet, n: int) -> Jet:
    """x**n for n of at least 1, by squares: the partials of products are no new powers."""
    if n == 1:
        return x
    square = _product(x, n // 2)
    even = Jet.record(operations.mul, (square, square))
    return Jet.record(operations.mul, (even, x)) if n % 2 else even


def _products(jet: Jet, operation: Operation) -> list[tuple[Jet, Jet]]:
    """The partials beside their operands, where something passes."""
    asked = {x for x in jet.operands if _moves(x)}
    if operation is operations.pow and _moves(jet.operands[1]):  # y' = y*(n*log(x))'
        x, n = map(_jet, jet.operands)
        if x.data != 0 and jet.data != 0:
            return [(jet, n * operations.log(operations.as_type_of(jet, x)))]
    recorded = operation.recorded_derivatives(jet, asked)
    numbers = operation.local_derivatives(jet, asked) if operation.selects else recorded
    return [
        (_jet(partial), operand)
        for partial, number, operand in zip(recorded, numbers, jet.operands, strict=True)
        if partial is not None and number is not None
    ]


def _scaled(factor: Operand, coefficient: Operand) -> Operand:
    """Their product; None where the coefficient is; a factor of 1 is not multiplied with."""
    if coefficient is None or (factor.__class__ is int and factor == 1):
        return coefficient
    return operations.mul(factor, coefficient)


def _sum_of_products(pairs: Iterable[tuple[Operand, Operand]]) -> Operand:
    """Recorded as one node where there are Values; None where nothing is left of it."""
    left = [pair for pair in pairs if pair[0] is not None and pair[1] is not None]
    if not left:
        return None
    operands = (*(a for a, _ in left), *(b for _, b in left))
    if any(x.__class__ is Value for x in operands):
        return record(dot, operands)
    return dot.value(*operands)


def _divided(number: Operand, divisor: Operand, like: Number) -> Operand:
    """number / divisor; of two ints an int where no rest is left, else in the type of `like`."""
    if number.__class__ is int and divisor.__class__ is int:
        return constant(Fraction(number, divisor), like) if number % divisor else number // divisor
    return number if divisor.__class__ is int and divisor == 1 else operations.div(number, divisor)


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
    known_jets: dict[Any, Jet] = {}
    zero = constant(0, called.variables[0].data)
    try:
        jet = _jet_of(root, called, order, known_jets)
        found = [jet.coefficient(k) for k in range(order + 1)]
    finally:
        _forget(known_jets)
    return [called.result(zero if number is None else number) for number in found]


def _jet_of(root: Value, called: Call, order: int, known_jets: dict[Any, Jet]) -> Jet:
    """The jet of the root: node by node, so that nothing recurses through the graph."""
    (variable,) = called.variables

    def leaf(node: Value) -> Operand:
        return number_of(node) if called.wants_numbers else node

    def constant_jet(node: Operand) -> Jet:
        if node not in jets:
            jets[node] = Jet(leaf(node), known_jets=known_jets)
        return jets[node]

    known = leaf(variable), constant(1, variable.data)
    jets = {variable: Jet(*known, name=variable.name, known_jets=known_jets)}
    for node in called.order([root]):
        if node is not variable:
            operands = tuple(constant_jet(x) if x.__class__ is Value else x for x in node.operands)
            jets[node] = Jet(
                leaf(node),
                operation=node.operation,
                operands=operands,
                name=node.name,
                known_jets=known_jets,
            )
            known_jets.setdefault((node.operation, *map(_identity, operands)), jets[node])
    for jet in list(jets.values()):
        try:
            jet.coefficient(order)
            if jet.data.__class__ is Fraction and float in map(type, jet.known):
                raise TypeError(MIXED)
        except FAULTS as error:
            raise of_derivative(error, jet) from error
    return constant_jet(root)


def _forget(known_jets: dict[Any, Jet]) -> None:
    """Let the jets go now: they lead to each other in circles, and would wait for the collector."""
    for jet in known_jets.values():
        jet.products.clear()
    known_jets.clear()
