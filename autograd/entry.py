"""What an entry of the rule table is: a value, its partial derivatives, and how it is written.

`Node` is what an entry asks of the nodes that it is called on.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable, Container, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeVar, overload

from autograd.number_types import (
    BUILT_IN,
    Number,
    Operand,
    is_array,
    is_number,
    kept,
    number_of,
    python_number,
)
from autograd.writing import Write, as_call, as_layout, function_in_latex

Derivatives = Sequence[Operand]  # one for each operand, None where nothing passes
Partial = Callable[..., Operand]  # partial(y, *operands)


class Node(Protocol):
    """What the engine needs of a node; `Value` is one, and the power series of `calculus` another.

    `_data` is the number behind `data`, which the rule table reads; `record(operation, operands)`
    makes a node of the same class.
    """

    name: str

    @property
    def operation(self) -> Operation | None: ...

    @property
    def operands(self) -> tuple[Operand, ...]: ...

    @property
    def data(self) -> Number: ...

    @property
    def _data(self) -> Number: ...

    def record(self, operation: Operation, operands: tuple[Operand, ...]) -> Any: ...


# What type a call gives: a node where an operand is one; of numbers of one type that type, where
# ints count as floats (of 2, exp is a float); else Any, of mixtures and of other packages' numbers.
N = TypeVar("N", bound=Node)
T = TypeVar("T")
X = TypeVar("X", float, complex, Fraction, Decimal)
Plain = float | complex | Fraction | Decimal


class Operation:
    r"""One entry of the rule table. Called on numbers it gives a number, on Values a recorded one.

    value(*numbers)             the result on plain numbers
    partials[i](y, *operands)   the derivative in operand i, where y is the result
    about, example              for `help`: the formula and the derivative in a sentence; a call and
                                what it gives, as lines that run as a test
    shown                       its name in print: ReLU
    text, latex, html           write it, given its written operands; a Layout, or a template with a
                                {} for each; without html its text is escaped
    prime                       how its derivative is written, where that says more: relu'
    domain                      what the operands must be, for errors
    selects                     it passes one operand on; the others get no contribution, so that
                                their NaNs stay there
    kink(*numbers), convention  where the derivative is a convention, and which

    >>> double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    >>> double(0.5)
    1.0
    """

    one_function = False  # whether `partials` is one function, of all derivatives at once

    def __init__(
        self,
        name: str,
        value: Callable[..., Number],
        partials: Sequence[Partial] | Callable[..., Derivatives],
        *,
        about: str = "",
        example: str = "",
        shown: str = "",
        text: Write | str | None = None,
        latex: Write | str | None = None,
        html: Write | str | None = None,
        prime: str = "",
        domain: str = "",
        selects: bool = False,
        kink: Callable[..., bool] | None = None,
        convention: str = "",
    ) -> None:
        functions: Any = [partials] if self.one_function else partials
        _require_functions(name, value, functions, partials)
        self.name, self.value = name, value
        self.partials: Any = partials
        self.arity = None if self.one_function else len(functions)
        self.shown = shown or name
        self.text = as_layout(text, name, self.arity) or as_call(f"{name}(", ")")
        call = rf"{function_in_latex(name)}\left("
        self.latex = as_layout(latex or text, name, self.arity) or as_call(call, r"\right)")
        self.html = as_layout(html, name, self.arity)
        self.prime, self.domain, self.selects, self.kink = prime, domain, selects, kink
        self.convention = convention or ("its derivative is a convention here" if kink else "")
        if about:
            self.__doc__ = self._documentation(about, example)
        self.__module__ = getattr(functions[0], "__module__", None) or __name__

    def _documentation(self, about: str, example: str) -> str:
        at_kinks = self.convention and f"Convention: {self.convention}."
        where = self.domain and f"Domain: {self.domain}."
        return "\n\n".join(filter(None, [about, at_kinks, where, example]))

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """As a function pickles, by its name, where it is a global of its partials' module."""
        named = getattr(sys.modules.get(self.__module__), self.name, None)
        return self.name if named is self else super().__reduce__()

    @overload
    def __call__(self, a: N, /, *others: N | Plain) -> N: ...
    @overload
    def __call__(self, a: Plain, b: N, /, *others: N | Plain) -> N: ...
    @overload
    def __call__(self, a: Plain, b: Plain, c: N, /) -> N: ...
    @overload
    def __call__(self, *operands: X) -> X: ...
    @overload
    def __call__(self, *operands: Operand) -> Any: ...
    def __call__(self, *operands: Operand) -> Any:
        """The result: a number where all operands are numbers, else the Value that records it."""
        record = None
        if self.arity is not None and self.arity != len(operands):
            raise TypeError(f"{self.name} takes {self.arity} operands, got {len(operands)}")
        for operand in operands:
            if operand.__class__ in BUILT_IN:
                continue
            if hasattr(operand, "operands"):
                record = operand.record
            elif python_number(operand) is not operand:
                return Operation.__call__(self, *map(python_number, operands))
            elif not _is_one_number(operand, self.name):
                kind = type(operand).__name__
                raise TypeError(f"{self.name} takes numbers and Values, not a {kind}")
        if record is not None:
            return record(self, operands)
        result = self.value(*operands)
        return kept(result, operands) if result.__class__ is float else result

    def local_derivatives(self, node: Node, within: Container[Node] | None = None) -> Derivatives:
        """The derivative of `node` in each operand, a number; None where nothing passes.

        That is in a plain number, on a side that a selection did not take, and in a Value that is
        not `within`, where only those are asked for. Derivatives that cannot fail may all be there.

        >>> from autograd import Value, where
        >>> where.local_derivatives(where(1, Value(3), Value(5)))
        [None, 1, None]
        """
        kind, operands = node.__class__, node.operands
        numbers = [x._data if x.__class__ is kind else x for x in operands]
        return self.derivatives(node._data, numbers, _asked(node, within))

    def recorded_derivatives(
        self, node: Node, within: Container[Node] | None = None
    ) -> Derivatives:
        """The same, recorded over the operands themselves.

        On a side not taken there may be a node whose number is 0: `local_derivatives` says which.

        >>> from autograd import Value, sqrt
        >>> sqrt.recorded_derivatives(sqrt(Value(4.0)))  # 1/(2*y)
        [Value(0.25)]
        """
        return self.derivatives(node, node.operands, _asked(node, within))

    def derivatives(self, y: Operand, x: Sequence[Operand], asked: Sequence[bool]) -> Derivatives:
        """The partials that are `asked` for, at numbers or at nodes; None where nothing passes.

        >>> from autograd.operations import mul
        >>> mul.derivatives(6, [2, 3], [True, False])
        [3, None]
        """
        if True not in asked:
            return [None] * len(asked)
        local = list(map(python_number, self._partials(y, x, asked)))
        for place, (derivative, wanted) in enumerate(zip(local, asked, strict=True)):
            if wanted and derivative is None:
                raise TypeError(
                    f"the partial of {self.name} in operand {place} returned None: "
                    "it needs a return"
                )
        return [taken(derivative) for derivative in local] if self.selects else local

    def _partials(self, y: Operand, x: Sequence[Operand], asked: Sequence[bool]) -> Derivatives:
        each = zip(self.partials, asked, strict=True)
        return [partial(y, *x) if wanted else None for partial, wanted in each]


def _asked(node: Node, within: Container[Node] | None) -> list[bool]:
    """Which operands are nodes, within those that are asked for."""
    kind = node.__class__
    return [x.__class__ is kind and (within is None or x in within) for x in node.operands]


def _require_functions(name: object, value: object, functions: Any, partials: object) -> None:
    listed = isinstance(functions, (list, tuple)) and len(functions) > 0
    if not (isinstance(name, str) and listed and all(map(callable, [value, *functions]))):
        raise TypeError(
            "an operation has a name, a function for its value, and a list of functions for its "
            "partials, one for each operand (Nary: one function for all): "
            f"got {name!r}, {value!r}, {partials!r}"
        )


def _is_one_number(operand: object, function: str) -> bool:
    try:
        return is_number(operand)
    except TypeError:
        is_of_values = isinstance(operand, (list, tuple)) and any(map(_is_node, operand))
        several = "a list" if is_of_values else ""
        if is_array(operand) and operand.ndim and any(map(_is_node, operand.flat)):
            several = "an array"
        if not several:
            raise
        reason = f"{function} takes one Value at a time, not {several} of them: call it for each"
        raise TypeError(reason) from None


def _is_node(x: object) -> bool:
    return hasattr(x, "operands")


def taken(derivative: Operand) -> Operand | None:
    """The number or node; None for an exact zero: a side not taken, or what does not move."""
    if derivative.__class__ in BUILT_IN:
        return None if derivative == 0 else derivative
    if number_of(derivative) is not derivative:
        return derivative
    zero = derivative == 0
    is_zero = zero is True or (isinstance(derivative, numbers.Number) and zero)
    return None if is_zero else derivative


class Nary(Operation):
    """An operation on any number of operands: `partials(y, *operands)` gives all its derivatives.

    `arrange` turns what people pass into the tuple of operands, and refuses lengths that do not
    match.

    >>> from math import prod
    >>> product = Nary("product", lambda *x: prod(x), lambda y, *x: [y / each for each in x])
    >>> product(2.0, 3.0, 4.0)
    24.0
    """

    one_function = True

    def __init__(
        self,
        name: str,
        value: Callable[..., Number],
        partials: Callable[..., Derivatives],
        arrange: Callable[..., tuple[Operand, ...]] = lambda *operands: operands,
        **more: Any,
    ) -> None:
        super().__init__(name, value, partials, **more)
        self.arrange = arrange

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return super().__call__(*self.arrange(*arguments, **keywords))

    def _partials(self, y: Operand, x: Sequence[Operand], asked: Sequence[bool]) -> Derivatives:
        local: Derivatives = self.partials(y, *x)
        if not isinstance(local, (list, tuple)):
            raise TypeError(f"the partials of {self.name} are a list, not {local!r}")
        if len(local) != len(asked):
            raise TypeError(f"{self.name} has {len(local)} partials for {len(asked)} operands")
        each = zip(local, asked, strict=True)
        return [derivative if wanted else None for derivative, wanted in each]


# --- the same, written out ------------------------------------------------------------------------
# What the table's own entries are, for speed. Nothing is checked: they are proven by the tests.


class Unary(Operation):
    """An operation on one operand."""

    def local_derivatives(self, node: Node, within: Container[Node] | None = None) -> Derivatives:
        (operand,) = node.operands
        if within is not None and operand not in within:
            return (None,)
        local = self.partials[0](node._data, operand._data)
        return (taken(local),) if self.selects else (local,)


class Binary(Operation):
    """An operation on two operands: half of all nodes are sums and products."""

    def local_derivatives(self, node: Node, within: Container[Node] | None = None) -> Derivatives:
        kind, y = node.__class__, node._data
        a, b = node.operands
        left, right = a.__class__ is kind, b.__class__ is kind
        x_a, x_b = a._data if left else a, b._data if right else b
        if within is not None:
            left, right = left and a in within, right and b in within
        by_left, by_right = self.partials
        by_a = by_left(y, x_a, x_b) if left else None
        by_b = by_right(y, x_a, x_b) if right else None
        return (taken(by_a), taken(by_b)) if self.selects else (by_a, by_b)


class Variadic(Nary):
    """An operation on a list of operands, whose partials never fail where its value did not."""

    @overload  # type: ignore[override]  # a list, where an Operation takes operands
    def __call__(self, values: Iterable[N]) -> N: ...
    @overload
    def __call__(self, values: Iterable[X]) -> X: ...
    @overload
    def __call__(self, values: Iterable[Operand]) -> Any: ...
    def __call__(self, values: Iterable[Operand], *others: Operand) -> Any:
        """The result; an empty list is a ValueError."""
        if others or not hasattr(values, "__iter__"):
            raise TypeError(f"{self.name} takes one list: write {self.name}([a, b])")
        operands = tuple(values)
        if not operands:
            raise ValueError(f"{self.name} needs at least one value: got none")
        return super().__call__(*operands)

    def local_derivatives(self, node: Node, within: Container[Node] | None = None) -> Derivatives:
        kind, operands = node.__class__, node.operands
        numbers = [x._data if x.__class__ is kind else x for x in operands]
        local: Derivatives = self.partials(node._data, *numbers)
        return local  # in all operands: to leave some out would cost more than they do


class Dot(Variadic):
    """The operation on weights, inputs and a bias, operands in that order."""

    @overload  # type: ignore[override]  # two lists
    def __call__(
        self, weights: Iterable[N], inputs: Iterable[N | Plain], bias: N | Plain | None = None
    ) -> N: ...
    @overload
    def __call__(
        self, weights: Iterable[Plain], inputs: Iterable[N], bias: N | Plain | None = None
    ) -> N: ...
    @overload
    def __call__(self, weights: Iterable[X], inputs: Iterable[X], bias: X | None = None) -> X: ...
    @overload
    def __call__(
        self, weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = None
    ) -> Any: ...
    def __call__(
        self, weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = None
    ) -> Any:
        """The result; lengths that do not match are a ValueError."""
        if not (hasattr(weights, "__iter__") and hasattr(inputs, "__iter__")):
            raise TypeError(
                f"{self.name} takes two lists: write {self.name}([w_0, w_1], [a_0, a_1])"
            )
        weights, inputs = tuple(weights), tuple(inputs)
        if len(weights) != len(inputs) or not weights:
            raise ValueError(
                f"{self.name} needs one weight for each input, and at least one: "
                f"got {len(weights)} and {len(inputs)}"
            )
        return super().__call__((*weights, *inputs, *(() if bias is None else (bias,))))

    @staticmethod
    def parts(operands: Sequence[T]) -> tuple[Sequence[T], Sequence[T], Sequence[T]]:
        """The weights among its operands, the inputs, and the bias where there is one.

        >>> from autograd import dot
        >>> dot.parts((2, 3, 4, 5, 1)), dot.parts("wx")
        (((2, 3), (4, 5), (1,)), ('w', 'x', ''))
        """
        n = len(operands) // 2
        return operands[:n], operands[n : 2 * n], operands[2 * n :]
