"""Symbols: numbers that are not known yet.

The rule table computes with any number that has arithmetic, and asks the functions of its
`context`. So one class serves twice: in a recording a symbol stands for whatever number may come
(`Unknown`), and when an instruction is translated, the symbols write the steps of its rule down, in
the language of their context. No rule is repeated.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

ARITHMETIC = ("add", "sub", "mul", "div", "pow", "neg", "abs")
FUNCTIONS = (
    *("exp", "expm1", "log", "log1p", "sqrt", "erf", "erfc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
)
CHOICES = ("where", "maximum", "minimum")  # where(z, a, b) is a where z > 0, b where z <= 0, else z


class Context(ABC):
    """What a symbol is asked by the rule table: each step of a rule is one call of `step`."""

    pi = math.pi

    @abstractmethod
    def step(self, name: str, *operands: Any) -> Any:
        """The result of one of ARITHMETIC, FUNCTIONS or CHOICES, over symbols and numbers."""

    def undecided(self) -> NoReturn:
        """Called where a symbol is asked for its size, its sign or its digits."""
        raise TypeError("a symbol has no order")

    def equals(self, symbol: Symbol, other: object) -> bool:
        """Whether a symbol is the other operand, as an expression."""
        return symbol is other


def _function(name: str) -> Callable[..., Any]:
    def function(self: Context, *operands: Any) -> Any:
        return self.step(name, *operands)

    return function


for _name in (*FUNCTIONS, *CHOICES):
    setattr(Context, _name, _function(_name))


class Symbol:
    """A number in a context; `of` is what the context knows it by."""

    __slots__ = ("context", "of")

    def __init__(self, context: Context, of: Any = None) -> None:
        self.context, self.of = context, of

    def __repr__(self) -> str:
        return "a number not known yet"

    def __format__(self, spec: str) -> str:
        return repr(self)  # in whatever digits

    def __pow__(self, exponent: Any) -> Any:
        if exponent.__class__ in (int, float) and exponent == 0:
            return 1  # as of every number
        return self.context.step("pow", self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return self.context.step("pow", base, self)

    def __neg__(self) -> Any:
        return self.context.step("neg", self)

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Any:
        return self.context.step("abs", self)

    def __eq__(self, other: object) -> bool:
        return self.context.equals(self, other)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> NoReturn:
        self.context.undecided()

    __float__ = __int__ = __index__ = __round__ = __trunc__ = __floor__ = __ceil__ = __complex__ = (
        __bool__
    )

    def __lt__(self, other: Any) -> NoReturn:
        self.context.undecided()

    __le__ = __gt__ = __ge__ = __lt__


def no_float(number: Any) -> str:
    """What is said of a number of another type."""
    if isinstance(number, Fraction):
        return (
            f"compiled code computes in floats, and {number!r} is a Fraction: write "
            f"float({number!r})"
        )
    return f"compiled code computes in floats, not with {number!r}, a {type(number).__name__}"


def _operator(name: str, reflected: bool) -> Callable[[Symbol, Any], Any]:
    def operator(self: Symbol, other: Any) -> Any:
        if other.__class__ is Symbol or other.__class__ in (float, int):
            operands = (other, self) if reflected else (self, other)
            return self.context.step(name, *operands)
        if isinstance(other, (Fraction, Decimal, complex)):
            raise TypeError(no_float(other))
        return NotImplemented

    return operator


for _name, _method in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv"}.items():
    setattr(Symbol, f"__{_method}__", _operator(_name, reflected=False))
    setattr(Symbol, f"__r{_method}__", _operator(_name, reflected=True))
