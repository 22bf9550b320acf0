"""The node: one number that remembers how it was computed.

Arithmetic on Values records a graph; `backward()` fills in every gradient. The rules are in
`operations.py`."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, final

from autograd import copying, derivatives, operations
from autograd.entry import Binary, Operation
from autograd.errors import explained
from autograd.number_types import BUILT_IN, MIXED, REMEDY, is_number, number_of

new_object: Callable[[type[Value]], Value] = object.__new__


def record(operation: Operation, operands: tuple[Any, ...], name: str = "") -> Value:
    """A new node: `operation` over `operands`, Values and plain numbers in their order."""
    try:
        known = [operand._data if operand.__class__ is Value else operand for operand in operands]
        data = operation.value(*known)
        if data.__class__ is float and (
            known[0].__class__ is Fraction or known[-1].__class__ is Fraction
        ):
            raise TypeError(MIXED)
        if data.__class__ not in BUILT_IN:
            _checked(data)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise explained(error, operation, operands) from error
    node = new_object(Value)
    node._data = data
    node.grad = None
    node.name = name
    node.operation = operation
    node.operands = operands
    return node


def _operator(
    operation: Binary,
) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    """The methods of Value for `value + other` and `other + value`."""
    compute = operation.value

    def forward(self: Value, other: Any) -> Any:
        # `record` written out for two operands: half of all nodes are made here.
        if other.__class__ is Value:
            number = other._data
        elif other.__class__ in BUILT_IN or is_number(other):
            number = other
        else:
            return NotImplemented
        try:
            data = compute(self._data, number)
            if data.__class__ is float and (
                self._data.__class__ is Fraction or number.__class__ is Fraction
            ):
                raise TypeError(MIXED)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise explained(error, operation, (self, other)) from error
        node = new_object(Value)
        node._data = data
        node.grad = None
        node.name = ""
        node.operation = operation
        node.operands = (self, other)
        return node

    def reflected(self: Value, other: Any) -> Any:
        if not is_number(other):
            return NotImplemented
        return record(operation, (other, self))

    return forward, reflected


def _comparison(compare_numbers: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    def compare(self: Value, other: Any) -> Any:
        if other.__class__ is Value or is_number(other):
            return compare_numbers(self._data, number_of(other))
        return NotImplemented

    return compare


def _refusal(conversion: str, remedy: str) -> Callable[[Value], NoReturn]:
    def refuse(self: Value) -> NoReturn:
        raise TypeError(f"{conversion} of a Value would lose its gradient: {remedy}")

    return refuse


@final
class Value:
    """One number in a computation graph.

    `data` is the number (an int, float, Fraction, Decimal, or a SymPy symbol), `grad` the
    derivative of the root in it, None until `backward` has computed it. `operation` and `operands`
    say how it was computed: None and () for a leaf.

    >>> w, a = Value(0.9, "w_01^2"), Value(1.1, "a_1^1")
    >>> z = w * a + 0.05
    >>> z.backward()
    >>> w
    Value(0.9, name='w_01^2', grad=1.1)
    """

    __slots__ = ("_data", "grad", "line", "name", "operands", "operation")
    __array_ufunc__ = None  # NumPy's operators leave an expression with a Value to the Value

    grad: Any
    name: str
    operation: Operation | None
    operands: tuple[Any, ...]
    line: Any  # the user's line that made it, within trace_lines(); else not set

    def __init__(self, data: Any, name: str = "") -> None:
        if not isinstance(name, str):
            raise TypeError(
                f"a name is a str, not a {type(name).__name__}: Value({data!r}, name={str(name)!r})"
            )
        self._data = _checked(data)
        self.grad, self.name, self.operation, self.operands = None, name, None, ()

    def _set_data(self, number: Any) -> None:
        if self.operation is not None:
            raise ValueError(
                f"{self!r} is a result of {self.operation.name}: set its leaves and run the forward pass again"
            )
        self._data = _checked(number)

    data = property(
        attrgetter("_data"), _set_data, doc="The number; only that of a leaf may be set."
    )

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        grad = "" if self.grad is None else f", grad={self.grad!r}"
        return f"Value({self._data!r}{name}{grad})"

    def backward(self) -> None:
        """Compute the gradient of this Value in every node that it was computed from (see
        `derivatives.backward`).
        """
        derivatives.backward(self)

    def detach(self) -> Value:
        """A leaf with the same number and name, out of the graph.

        >>> (Value(2, "x") * 3).detach().operands
        ()
        """
        return Value(self._data, self.name)

    record = staticmethod(record)

    __add__, __radd__ = _operator(operations.add)
    __sub__, __rsub__ = _operator(operations.sub)
    __mul__, __rmul__ = _operator(operations.mul)
    __truediv__, __rtruediv__ = _operator(operations.div)
    __pow__, __rpow__ = _operator(operations.pow)

    def __neg__(self) -> Value:
        return record(operations.neg, (self,))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record(operations.abs, (self,))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[[], Value]:
            """The unary operations are methods too, made from the rule table below: v.relu() is
            relu(v).
            """

    __lt__, __le__, __gt__, __ge__ = map(
        _comparison, (operator.lt, operator.le, operator.gt, operator.ge)
    )
    __hash__ = object.__hash__

    def _sympy_(self) -> NoReturn:
        # SymPy asks here before it tries float(); its operators then leave an expression with a
        # Value to the Value.
        raise sys.modules["sympy"].SympifyError(self)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is Value or other is None or isinstance(other, str):
            return self is other
        if not isinstance(other, bool) and not is_number(other):
            return False
        raise TypeError(
            f"a Value does not equal a number: compare its data, {self.name or 'value'}.data == {other!r}"
        )

    def __format__(self, specification: str) -> str:
        return format(self._data, specification)

    __bool__ = _refusal("bool()", "compare its .data, as in v.data > 0")
    __float__ = _refusal(
        "float()",
        "take its .data, or use the function of autograd, autograd.exp(v) for math.exp(v)",
    )
    __int__ = _refusal("int()", "take its .data")
    __complex__ = _refusal("complex()", "take its .data")
    __index__ = _refusal("an index made", "take its .data")

    def __copy__(self) -> Value:
        return copying.copied(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copying.deep_copied(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return copying.pickled(self)


def _checked(data: Any) -> Any:
    if data.__class__ is Value:
        raise TypeError(
            f"{data!r} is a Value already: use it as it is, or take its .data for a new leaf"
        )
    if not is_number(data):
        raise TypeError(f"a Value holds one number, not a {type(data).__name__}: {REMEDY}")
    return data


def _method(operation: Operation) -> Callable[[Value], Value]:
    def method(self: Value) -> Value:
        return record(operation, (self,))

    method.__name__, method.__doc__ = operation.name, f"{operation.name} of this Value, recorded."
    return method


for _operation in operations.OPERATIONS.values():
    if _operation.arity == 1:
        setattr(Value, _operation.name, _method(_operation))
