"""The operators of Python, for what records: a + b, a < b, abs(a), and what is refused, float(a).

`Value` and `Jet` are Arithmetic: they have a number, `data`, and `record` makes the node of an
operation over operands.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from autograd import operations
from autograd.entry import N, Node, Operation
from autograd.number_format import shown
from autograd.number_types import (
    Number,
    Operand,
    is_array,
    is_number,
    number_of,
    operand_of,
    python_number,
)


def _operator(operation: Operation) -> Callable[[N, Operand], N]:
    """The method for `a + other`."""

    def forward(self: N, other: Operand) -> Any:
        other = operand_of(other)
        return other if other is NotImplemented else self.record(operation, (self, other))

    return forward


def _reflected(operation: Operation) -> Callable[[N, Number], N]:
    """The method for `other + a`."""

    def reflected(self: N, other: Number) -> Any:
        other = operand_of(other)
        return other if other is NotImplemented else self.record(operation, (other, self))

    return reflected


def _prefix(operation: Operation) -> Callable[[N], N]:
    """The method for `-a` and `abs(a)`."""

    def prefixed(self: N) -> Any:
        return self.record(operation, (self,))

    return prefixed


def _comparison(
    compare_numbers: Callable[[Number, Number], bool],
) -> Callable[[Node, Operand], bool]:
    def compare(self: Node, other: Operand) -> Any:
        other = operand_of(other)
        if other is NotImplemented:
            return other
        return compare_numbers(self.data, number_of(other))

    return compare


def _refusal(conversion: str, remedy: str) -> Callable[[object], NoReturn]:
    def refuse(self: object, *_: object) -> NoReturn:
        raise TypeError(f"{conversion} of a Value would lose its gradient: {remedy}")

    return refuse


class Arithmetic:
    """Operators through `record`; comparisons go by the number; conversions are refused."""

    __slots__ = ()

    __add__, __radd__ = _operator(operations.add), _reflected(operations.add)
    __sub__, __rsub__ = _operator(operations.sub), _reflected(operations.sub)
    __mul__, __rmul__ = _operator(operations.mul), _reflected(operations.mul)
    __truediv__, __rtruediv__ = _operator(operations.div), _reflected(operations.div)
    __pow__, __rpow__ = _operator(operations.pow), _reflected(operations.pow)

    __neg__ = _prefix(operations.neg)
    __abs__ = _prefix(operations.abs)

    def __pos__(self: N) -> N:
        return self

    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if other.__class__ is self.__class__ or other is None or isinstance(other, str):
            return self is other
        other = python_number(other)
        if is_array(other):
            return NotImplemented  # element by element
        if not isinstance(other, bool) and not is_number(other):
            return False
        name = getattr(self, "name", "") or "value"
        raise TypeError(
            f"a Value does not equal a number: compare its data, {name}.data == {shown(other)}"
        )

    __bool__ = _refusal("bool()", "compare its .data, as in v.data > 0")
    __float__ = _refusal(
        "float()",
        "take its .data, or use the function of autograd, autograd.exp(v) for math.exp(v)",
    )
    __int__ = _refusal("int()", "take its .data")
    __round__ = _refusal("round()", "write it shorter, f'{v:.4f}', or take its .data")
    __complex__ = _refusal("complex()", "take its .data")
    __index__ = _refusal("an index made", "take its .data")

    def __xor__(self, other: object) -> NoReturn:
        raise TypeError("^ is no power in Python, x^2 is printed for x**2: write x**2")

    __rxor__ = __xor__

    def _sympy_(self) -> NoReturn:
        # SymPy asks here before it tries float(); then its operators leave an expression to the
        # Value.
        raise sys.modules["sympy"].SympifyError(self)
