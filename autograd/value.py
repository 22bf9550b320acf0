"""The node: one number that remembers how it was computed.

Arithmetic on Values records a graph; `backward()` fills in every gradient. The rules are in
`operations.py`, the operators in `arithmetic.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import attrgetter
from threading import RLock
from typing import Any, NoReturn, final

from autograd import arrays, copying, derivatives, operations
from autograd.arithmetic import Arithmetic
from autograd.entry import Binary, Operation
from autograd.errors import FAULTS, explained
from autograd.number_format import formatted, shown
from autograd.number_types import (
    BUILT_IN,
    MIXED,
    REMEDY,
    Number,
    Operand,
    is_number,
    is_of_numbers,
    kept,
    missing_of,
    operand_of,
    python_number,
)

_new = object.__new__
Hook = Callable[["Value"], None]
on_new: Hook | None = None  # set by `watch`, by any thread at any time
_hooks: list[Hook] = []
_LOCK = RLock()


def watch(hook: Hook) -> Callable[[], None]:
    """Call `hook` with each node that is made from now on, in all threads.

    The function that is returned ends that. It is the one thing that is changed from outside:
    `trace_lines` has each node remember its line.

    >>> made: list[Value] = []
    >>> end = watch(made.append)
    >>> z = Value(0.9) * 1.1
    >>> end()
    >>> made
    [Value(0.9), Value(0.9900000000000001)]
    """

    def end() -> None:
        with _LOCK:
            _call([other for other in _hooks if other is not hook])

    with _LOCK:
        _call([*_hooks, hook])
    return end


def _call(hooks: list[Hook]) -> None:
    global on_new, _hooks

    def call_all(node: Value) -> None:
        for hook in hooks:
            hook(node)

    _hooks, on_new = hooks, call_all if hooks else None


def record(operation: Operation, operands: tuple[Operand, ...], name: str = "") -> Value:
    """A new node: `operation` over `operands`, Values and plain numbers in their order.

    >>> record(operations.add, (Value(0.9), 1.1), "z")
    Value(2.0, name='z')
    """
    known = [x._data if x.__class__ is Value else x for x in operands]
    try:
        data = operation.value(*known)
        if data.__class__ is float:  # `kept`, written out
            for number in known:
                if number.__class__ is Fraction:
                    raise TypeError(MIXED)
        elif data.__class__ not in BUILT_IN:
            data = _checked(data)
    except FAULTS as error:
        raise explained(error, operation, operands) from error
    node = _new(Value)
    node._data = data
    node.grad = None
    node.name = name
    node.operation = operation
    node.operands = operands
    if (hook := on_new) is not None:
        hook(node)
    return node


def _operator(operation: Binary) -> Callable[[Value, Operand], Value]:
    """Arithmetic's method with `record` written out: half of all nodes are made here."""
    compute = operation.value

    def forward(self: Value, other: Operand) -> Any:
        a = self._data
        if other.__class__ is Value:
            b = other._data
        elif other.__class__ in BUILT_IN:
            b = other
        else:
            b = other = operand_of(other)
            if other is NotImplemented:
                return NotImplemented
        try:
            data = compute(a, b)
            if data.__class__ is float:
                if a.__class__ is not b.__class__:
                    kept(data, (a, b))
            elif data.__class__ not in BUILT_IN:
                data = _checked(data)
        except FAULTS as error:
            raise explained(error, operation, (self, other)) from error
        node = _new(Value)
        node._data = data
        node.grad = None
        node.name = ""
        node.operation = operation
        node.operands = (self, other)
        if (hook := on_new) is not None:
            hook(node)
        return node

    return forward


def _power(operator: Callable[[Value, Operand], Value]) -> Callable[..., Value]:
    """The method for `a ** n`, which Python calls for pow(a, n, modulus) too."""

    def forward(self: Value, other: Operand, modulus: object = None) -> Value:
        if modulus is None:
            return operator(self, other)
        raise TypeError(f"pow of a Value takes no modulus: write {self!r} ** {shown(other)}")

    return forward


@final
class Value(Arithmetic):
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
    __array_ufunc__ = arrays.ArrayUfunc()

    grad: Any  # a number, None until it is computed
    name: str
    operation: Operation | None
    operands: tuple[Operand, ...]
    line: Any  # the user's line that made it, within trace_lines(); else not set

    # Every operation on one operand is a method: v.relu() is relu(v). They are set below.
    abs: Callable[[], Value]
    acos: Callable[[], Value]
    asin: Callable[[], Value]
    atan: Callable[[], Value]
    cos: Callable[[], Value]
    cosh: Callable[[], Value]
    elu: Callable[[], Value]
    erf: Callable[[], Value]
    exp: Callable[[], Value]
    expm1: Callable[[], Value]
    gelu: Callable[[], Value]
    leaky_relu: Callable[[], Value]
    log: Callable[[], Value]
    log1p: Callable[[], Value]
    neg: Callable[[], Value]
    relu: Callable[[], Value]
    sigmoid: Callable[[], Value]
    silu: Callable[[], Value]
    sin: Callable[[], Value]
    sinh: Callable[[], Value]
    softplus: Callable[[], Value]
    sqrt: Callable[[], Value]
    tan: Callable[[], Value]
    tanh: Callable[[], Value]

    def __init__(self, data: Number, name: str = "", **unknown: NoReturn) -> None:
        if unknown or not isinstance(name, str):
            raise _misnamed(data, name, unknown)
        self._data = _checked(data)
        self.grad, self.name, self.operation, self.operands = None, name, None, ()
        if (hook := on_new) is not None:
            hook(self)

    def _set_data(self, number: Number) -> None:
        if self.operation is not None:
            raise ValueError(
                f"{self!r} is a result of {self.operation.name}: "
                "set its leaves and run the forward pass again"
            )
        self._data = _checked(number)

    data: Number = property(
        attrgetter("_data"),
        _set_data,
        doc="""The number; only that of a leaf may be set.

        >>> w = Value(0.9, "w")
        >>> w.data -= 0.5
        >>> w
        Value(0.4, name='w')
        """,
    )

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        grad = "" if self.grad is None else f", grad={shown(self.grad)}"
        return f"Value({shown(self._data)}{name}{grad})"

    def backward(self) -> None:
        """Compute the gradient of this Value in every node that it was computed from.

        On inner nodes it is set afresh, on leaves it is added to what is there. Where an error
        stops it, or Ctrl-C, every node stays as it was. The numbers are taken as they are, not
        checked (that would cost as much as the forward pass): after an update of a leaf, run the
        forward pass again.

        >>> w, a = Value(2.0, "w"), Value(3.0, "a")
        >>> (w * a).backward()
        >>> w.grad, a.grad
        (3.0, 2.0)
        """
        derivatives.backward(self)

    def detach(self) -> Value:
        """A leaf with the same number and name, out of the graph.

        >>> (Value(2, "x") * 3).detach().operands
        ()
        """
        return Value(self._data, self.name)

    def conjugate(self) -> Value:
        """The Value itself, as NumPy's variance asks; refused for complex numbers.

        >>> Value(3.0).conjugate()
        Value(3.0)
        """
        if isinstance(self._data, complex):
            raise TypeError(f"the conjugate of {self._data} has no complex derivative")
        return self

    record = staticmethod(record)

    __add__ = _operator(operations.add)
    __sub__ = _operator(operations.sub)
    __mul__ = _operator(operations.mul)
    __truediv__ = _operator(operations.div)
    __pow__ = _power(_operator(operations.pow))

    def __format__(self, specification: str) -> str:
        return formatted(self._data, specification)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError(
            "Value has no subclasses, which the engine would not take for nodes: hold a Value in "
            "an object of yours, or make an autograd.Operation"
        )

    def __copy__(self) -> Value:
        return copying.copied(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copying.deep_copied(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return copying.pickled(self)


def _misnamed(data: object, name: object, unknown: Mapping[str, object]) -> TypeError:
    """The error for what is no name, with what to write."""
    if unknown:
        (keyword, given), *_ = unknown.items()
        name = given if isinstance(given, str) else "x"
        return TypeError(
            f"a Value takes no {keyword}, but a number and a name: Value({shown(data)}, {name!r})"
        )
    if isinstance(data, str):
        return TypeError(f"the number comes before the name: Value({shown(name)}, {data!r})")
    given = f"Value({shown(data)}, name={str(name)!r})"
    return TypeError(f"a name is a str, not a {type(name).__name__}: {given}")


def _checked(data: Number) -> Number:
    if data.__class__ in BUILT_IN or is_of_numbers(data.__class__):
        return data
    if data.__class__ is Value:
        raise TypeError(
            f"{data!r} is a Value already: use it as it is, or take its .data for a new leaf"
        )
    data = python_number(data)
    if not is_number(data):
        kind = f"{type(data).__name__}{missing_of(data)}"
        raise TypeError(f"a Value holds one number, not a {kind}: {REMEDY}")
    return data


def _method(operation: Operation) -> Callable[[Value], Value]:
    def method(self: Value) -> Value:
        return record(operation, (self,))

    function = f">>> from autograd.operations import {operation.name}"
    method.__name__ = operation.name
    method.__doc__ = f"{operation.__doc__}".replace(">>> ", f"{function}\n>>> ", 1)
    return method


for _operation in operations.OPERATIONS.values():
    if _operation.arity == 1:
        setattr(Value, _operation.name, _method(_operation))
for _name in ("arccos", "arcsin", "arctan", "fabs"):  # as NumPy asks the elements of an array
    setattr(Value, _name, getattr(Value, arrays.NAMES[_name]))
