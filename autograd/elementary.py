"""The values of functions on any number, each in the form that neither overflows nor loses digits.

Type in = type out: what would leave the type (the exponential of a Fraction) is a TypeError with
the remedy."""

from __future__ import annotations

import cmath
import decimal
import math
import numbers
import operator
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.number_types import constant


def select(z: Any, a: Any, b: Any) -> Any:
    """`a` where z > 0, else `b`; NaN where z is NaN; Piecewise where z is a symbol."""
    try:
        if _decided(z > 0):
            return _of_common_type(a, b)
        if z <= 0:
            return _of_common_type(b, a)
    except decimal.InvalidOperation:  # Decimals do not compare a NaN
        return z
    except TypeError:
        return _symbolic("Piecewise", "where", z)((a, z > 0), (b, True))
    return z


def _extreme(wins: Callable[[Any, Any], Any], symbolic: str) -> Callable[[Any, Any], Any]:
    def function(a: Any, b: Any) -> Any:
        try:
            if _decided(wins(a, b)):
                return _of_common_type(a, b)
            return _of_common_type(b, a) if a == a and b == b else a + b
        except decimal.InvalidOperation:  # Decimals do not compare a NaN
            return a + b
        except TypeError:
            return _symbolic(symbolic, symbolic.lower(), a, b)(a, b)

    return function


larger = _extreme(operator.gt, "Max")  # the second of a tie, and NaN if either is NaN
smaller = _extreme(operator.lt, "Min")


def _decided(comparison: Any) -> Any:
    """The comparison; a ValueError where mpmath's intervals leave it open, with numbers on both
    sides.
    """
    if comparison is None:
        raise ValueError("an interval lies on both sides of the kink: split it there")
    return comparison


def _of_common_type(chosen: Any, other: Any) -> Any:
    """The chosen of two numbers; an int chosen beside a Fraction becomes a Fraction, so that a
    graph keeps its type.
    """
    return (
        constant(chosen, other)
        if chosen.__class__ is int and other.__class__ is not int
        else chosen
    )


def power(x: Any, n: Any) -> Any:
    """x**n without a change of type: powers of Fractions are exact or refused, as are complex
    results of reals.

    >>> power(Fraction(4, 9), Fraction(3, 2))
    Fraction(8, 27)
    """
    if x.__class__ is Fraction or (x.__class__ is int and n.__class__ is Fraction):
        return _rational_power(Fraction(x), n)
    result = x**n
    if result.__class__ is complex and complex not in (x.__class__, n.__class__):
        raise TypeError(
            "a fractional power of a negative number is complex; use a positive base, or a complex number"
        )
    return result


def _rational_power(x: Fraction, n: Any) -> Any:
    if n.__class__ is int:
        return x**n
    if n.__class__ is Fraction:
        if n.denominator == 1:
            return x**n.numerator
        numerator, denominator = (
            _root(x.numerator, n.denominator),
            _root(x.denominator, n.denominator),
        )
        if numerator is not None and denominator is not None:
            return Fraction(numerator, denominator) ** n.numerator
    elif n.__class__ not in (float, complex, Decimal):
        return (
            x ** int(n) if isinstance(n, numbers.Integral) else constant(x, n) ** n
        )  # x**n would make x a float
    raise TypeError(
        "this power of a Fraction is not a Fraction; compute in floats (float(x)) if you do not need it exact"
    )


def _root(x: int, degree: int) -> int | None:
    """The integer whose `degree`-th power is `x`, if there is one (bisection: exact for integers of
    any size).
    """
    if degree > x.bit_length():  # 2**degree is more than x, and may be too large to compute
        return x if x in (0, 1) else None
    low, high = 0, 1 << (x.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < x else (low, middle)
    return low if low**degree == x else None


def elementary(name: str, exact: tuple[Any, Any] | None = None) -> Callable[[Any], Any]:
    """The elementary function `name` on any number: math, cmath, Decimal's own method, else the
    number's own package.

    `exact` is the one rational argument with a rational value, and that value: exp(0) = 1.
    """
    of_real = getattr(math, name)
    of_complex = getattr(cmath, name, None)

    def function(x: Any) -> Any:
        kind = x.__class__
        if kind is float or kind is int:
            return of_real(x)
        if kind is Fraction:
            if exact is not None and x == exact[0]:
                return Fraction(exact[1])
            # Raises where the function is not defined, as Python would; tiny is not 0.
            of_real(x if float(x) or not x else math.copysign(math.ulp(0.0), x))
            raise TypeError(
                f"{name} of a Fraction is not a Fraction; compute in floats (float(x)) or Decimals"
            )
        if kind is Decimal:
            if name not in DECIMAL:
                raise TypeError(f"Decimals have no {name}; compute in floats (float(x))")
            return DECIMAL[name](x)
        if kind is complex and of_complex is not None:
            return of_complex(x)
        package = cmath if kind is complex else _package(name, x)
        if hasattr(package, name):
            return getattr(package, name)(x)
        if name == "log1p":
            return package.log(1 + x)
        if name == "tanh":
            return 1 - 2 / (package.exp(2 * x) + 1)
        raise TypeError(f"{package.__name__} has no {name}")

    return function


def _decimal_log1p(x: Decimal) -> Decimal:
    return _with_guard_digits(x, lambda: (1 + x).ln())


def _decimal_tanh(x: Decimal) -> Decimal:
    def compute() -> Decimal:
        decay = (-2 * abs(x)).exp()  # from the side where exp cannot overflow
        return ((1 - decay) / (1 + decay)).copy_sign(x)

    return _with_guard_digits(x, compute)


def _with_guard_digits(x: Decimal, compute: Callable[[], Decimal]) -> Decimal:
    """`compute()` with as many more digits as 1 + x would lose, rounded to the context in force."""
    if (
        -x.adjusted() > decimal.getcontext().prec
    ):  # x*x/2 is less than half a unit of the last digit
        return +x
    with decimal.localcontext() as context:
        context.prec += 5 + max(0, -x.adjusted())
        result = compute()
    return +result


DECIMAL: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "sqrt": Decimal.sqrt,
    "log1p": _decimal_log1p,
    "tanh": _decimal_tanh,
}

exp = elementary("exp", exact=(0, 1))
log = elementary("log", exact=(1, 0))
log1p = elementary("log1p", exact=(0, 0))
sin = elementary("sin", exact=(0, 0))
cos = elementary("cos", exact=(0, 1))
tan = elementary("tan", exact=(0, 0))
tanh = elementary("tanh", exact=(0, 0))
_sqrt = elementary("sqrt")


def sqrt(x: Any) -> Any:
    """The square root; of a Fraction only if it is rational."""
    if x.__class__ is Fraction and x >= 0:
        return _rational_power(x, Fraction(1, 2))
    return _sqrt(x)


def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x)), from the side where exp cannot overflow; the textbook formula for what has
    no order.
    """
    if _is_negative(x):
        growth = exp(x)
        return growth / (1 + growth)
    return 1 / (1 + exp(-x))


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), from the side where exp cannot overflow; the textbook formula for what has
    no order.
    """
    negative = _is_negative(x)
    if negative is None:
        return log(1 + exp(x))
    return log1p(exp(x)) if negative else x + log1p(exp(-x))


def probability(x: Any) -> Any:
    """`x`, which must lie between 0 and 1 if it is a built-in number; symbols may be anything."""
    if isinstance(x, (int, float, Fraction, Decimal)) and (x < 0 or x > 1):
        raise ValueError(f"{x} is not a probability")
    return x


def log_sum_exp(*z: Any) -> Any:
    """log(exp(z_0) + exp(z_1) + ...), from the largest, where exp cannot overflow and nothing small
    is lost.
    """
    try:
        place = max(range(len(z)), key=z.__getitem__)
    except decimal.InvalidOperation:  # Decimals do not compare a NaN
        return _added(0, z)
    except TypeError:  # the textbook formula, for what has no order
        return log(_added(0, map(exp, z)))
    largest, others = z[place], z[:place] + z[place + 1 :]
    zero = constant(0, largest)
    below = (
        zero if number == largest in (math.inf, -math.inf) else number - largest
        for number in others
    )
    return largest + log1p(_added(zero, map(exp, below)))


def _added(start: Any, numbers: Iterable[Any]) -> Any:
    for number in numbers:
        start = start + number
    return start


def _is_negative(x: Any) -> bool | None:
    """Whether x < 0; None for symbols and complex numbers, which have no order."""
    try:
        return bool(x < 0)
    except TypeError:
        return None
    except decimal.InvalidOperation:
        return False


def _package(name: str, *operands: Any) -> Any:
    """The package that the first number not built in comes from, such as sympy; built-in numbers
    end here.
    """
    for number in operands:
        package = type(number).__module__.partition(".")[0]
        if package not in ("builtins", "fractions", "decimal") and package in sys.modules:
            return getattr(
                number, "ctx", sys.modules[package]
            )  # mpmath's intervals have functions of their own
    raise _undefined(name, operands)


def _symbolic(function: str, name: str, *operands: Any) -> Any:
    """SymPy's function for what has no order; a TypeError where the numbers are not SymPy's."""
    package = _package(name, *operands)
    if not hasattr(package, function):
        raise _undefined(name, operands)
    return getattr(package, function)


def _undefined(name: str, operands: Iterable[Any]) -> TypeError:
    kinds = dict.fromkeys(type(number).__name__ for number in operands)
    return TypeError(f"{name} of a {' and a '.join(kinds)} is not defined")
