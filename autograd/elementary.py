"""The values of functions on any number, in the form that neither overflows nor loses digits.

Type in = type out: what would leave the type (the exponential of a Fraction) is a TypeError with
the remedy. How a number is asked:

- an int or float by `math`, a complex number by `cmath`, a Decimal by its own methods;
- any other by the functions of its package: its context if it has one (mpmath's do), else the
  package that its class comes from (sympy);
- what cannot be compared (`x > 0` has no bool) is a symbol. Its package chooses by
  `where(z, a, b)`, which gives a where z > 0 and else b, by `maximum` and `minimum`; or, as SymPy,
  by Piecewise, Max and Min. With `where` a symbol takes the stable forms of floats, else the
  textbook's.
"""

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
from functools import reduce
from typing import Any

from autograd.number_types import BUILT_IN, Number, Operand, constant, in_type_of, number_of

Function = Callable[[Number], Number]
Package = Any  # a module, or what takes its place: a context of mpmath

# --- choosing -------------------------------------------------------------------------------------


def select(z: Number, a: Number, b: Number) -> Number:
    """`a` where z > 0, else `b`; NaN where z is NaN; the package's own choice for a symbol."""
    try:
        above = z > 0
        if above is None:
            raise ValueError(OPEN)
        chosen, other = (a, b) if above else (b, a)
        if not above and not z <= 0:
            return z
    except decimal.InvalidOperation:  # Decimals do not compare a NaN
        return z
    except TypeError:
        return _chosen_by_package(z, a, b)
    if z.__class__ is float:  # the quick answer, of floats and ints alone
        kind, others = chosen.__class__, other.__class__
        if kind is others or others is int:
            return chosen
        if kind is int and others is float:
            return float(chosen)
    return _of_common_type(chosen, other, z)


def _chosen_by_package(z: Number, a: Number, b: Number) -> Number:
    package = _package("where", z)
    choose = _function(package, "where")
    if choose is not None:
        return choose(z, a, b)
    return _function_of(package, "Piecewise", "where", z)((a, z > 0), (b, True))


def _extreme(
    wins: Callable[[Number, Number], bool | None], name: str, symbolic: str
) -> Callable[[Number, Number], Number]:
    def function(a: Number, b: Number) -> Number:
        try:
            first = wins(a, b)
            if first is None:
                raise ValueError(OPEN)
            chosen, other = (a, b) if first else (b, a)
            if not (a == a and b == b):
                return a + b
        except decimal.InvalidOperation:  # Decimals do not compare a NaN
            return a + b
        except TypeError:
            package = _package(symbolic.lower(), a, b)
            named = symbolic if _function(package, "where") is None else name
            return _function_of(package, named, symbolic.lower(), a, b)(a, b)
        return _of_common_type(chosen, other, other)

    return function


OPEN = "an interval lies on both sides of the kink: split it there"  # mpmath's compare as None

larger = _extreme(operator.gt, "maximum", "Max")  # the second of a tie, NaN if either is NaN
smaller = _extreme(operator.lt, "minimum", "Min")


def _of_common_type(chosen: Number, other: Number, z: Number) -> Number:
    """The chosen of two numbers in the type of the other, or of what it was chosen by."""
    kind = chosen.__class__
    if kind is int or kind is float:
        for like in (other, z):
            if like.__class__ is not int and like.__class__ is not float:
                return in_type_of(like, chosen)
        return in_type_of(other, chosen)
    return chosen


# --- powers and roots -----------------------------------------------------------------------------


def power(x: Number, n: Number) -> Number:
    """x**n without a change of type: of Fractions exact or refused, complex of reals refused.

    >>> power(Fraction(4, 9), Fraction(3, 2))
    Fraction(8, 27)
    """
    if x.__class__ is Fraction or (x.__class__ is int and n.__class__ is Fraction):
        return _rational_power(Fraction(x), n)
    result = x**n
    if result.__class__ is complex and complex not in (x.__class__, n.__class__):
        raise TypeError(
            "a fractional power of a negative number is complex; "
            "use a positive base, or a complex number"
        )
    return result


def _rational_power(x: Fraction, n: Number) -> Number:
    if n.__class__ is int:
        return x**n
    if n.__class__ is Fraction:
        if n.denominator == 1:
            return x**n.numerator
        top, bottom = _root(x.numerator, n.denominator), _root(x.denominator, n.denominator)
        if top is not None and bottom is not None:
            return Fraction(top, bottom) ** n.numerator
    elif n.__class__ not in (float, complex, Decimal):
        if isinstance(n, numbers.Integral):
            return x ** int(n)
        return constant(x, n) ** n  # x**n would make x a float
    raise TypeError(
        "this power of a Fraction is not a Fraction; "
        "compute in floats (float(x)) if you do not need it exact"
    )


def _root(x: int, degree: int) -> int | None:
    """The integer whose `degree`-th power is `x`, if there is one (bisection: of any size)."""
    if degree > x.bit_length():  # 2**degree is more than x, and may be too large to compute
        return x if x in (0, 1) else None
    low, high = 0, 1 << (x.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        if middle**degree < x:
            low = middle + 1
        else:
            high = middle
    return low if low**degree == x else None


def power_log(x: Number, n: Number, k: int) -> Number:
    """x**n * log(x)**k, and 0 where x is 0 and n > 0."""
    return power(x, n) if k == 0 or (x == 0 and n > 0) else power(x, n) * log(x) ** k


def sqrt(x: Number) -> Number:
    """The square root; of a Fraction only if it is rational."""
    if x.__class__ is Fraction and x >= 0:
        return _rational_power(x, Fraction(1, 2))
    return _sqrt(x)


# --- functions by their name ----------------------------------------------------------------------


def elementary(name: str, exact: tuple[int, int] | None = None) -> Function:
    """The elementary function `name` on any number.

    `exact` is the one rational argument with a rational value, and that value: exp(0) = 1.
    """

    of_real = getattr(math, name)
    of_complex = getattr(cmath, name, None)

    def function(x: Number) -> Number:
        kind = x.__class__
        if kind is float or kind is int:
            return of_real(x)
        if kind is Fraction:
            return _of_fraction(name, of_real, exact, x)
        if kind is Decimal:
            return _of_decimal(name, x)
        if kind is complex and of_complex is not None:
            return of_complex(x)
        return _of_package(name, cmath if kind is complex else _package(name, x), x)

    return function


def _of_fraction(
    name: str, of_real: Function, exact: tuple[int, int] | None, x: Fraction
) -> Number:
    if exact is not None and x == exact[0]:
        return Fraction(exact[1])
    # Raises where the function is not defined, as Python would; tiny is not 0.
    of_real(x if float(x) or not x else math.copysign(math.ulp(0.0), x))
    raise TypeError(
        f"{name} of a Fraction is not a Fraction; compute in floats (float(x)) or Decimals"
    )


def _of_decimal(name: str, x: Decimal) -> Decimal:
    if name not in DECIMAL:
        raise TypeError(f"Decimals have no {name}; compute in floats (float(x))")
    return DECIMAL[name](x)


def _of_package(name: str, package: Package, x: Number) -> Number:
    function = _function(package, name)
    if function is not None and not (name in SERIES and hasattr(x, "delta")):
        return function(x)
    if name in FORMULAS:
        return FORMULAS[name](x)
    of = "an interval" if hasattr(x, "delta") else f"{type(x).__name__}.ctx"
    raise TypeError(f"{getattr(package, '__name__', of)} has no {name}")


SERIES = ("erf", "erfc")  # mpmath sums them for numbers, and finds no end for its intervals
FORMULAS: dict[str, Function] = {  # where a package has exp and log alone
    "log1p": lambda x: log(1 + x),
    "expm1": lambda x: exp(x) - 1,
    "sinh": lambda x: (exp(x) - exp(-x)) / 2,
    "cosh": lambda x: (exp(x) + exp(-x)) / 2,
    "tanh": lambda x: 1 - 2 / (exp(2 * x) + 1),
}


def _decimal_log1p(x: Decimal) -> Decimal:
    return _with_guard_digits(x, lambda: (1 + x).ln())


def _decimal_expm1(x: Decimal) -> Decimal:
    return _with_guard_digits(x, lambda: x.exp() - 1)


def _decimal_sinh(x: Decimal) -> Decimal:
    def compute() -> Decimal:
        growth = abs(x).exp()
        return ((growth - 1 / growth) / 2).copy_sign(x)

    return _with_guard_digits(x, compute)


def _decimal_cosh(x: Decimal) -> Decimal:
    with decimal.localcontext() as context:
        context.prec += 5
        growth = abs(x).exp()
        result = (growth + 1 / growth) / 2
    return +result


def _decimal_tanh(x: Decimal) -> Decimal:
    def compute() -> Decimal:
        decay = (-2 * abs(x)).exp()  # from the side where exp cannot overflow
        return ((1 - decay) / (1 + decay)).copy_sign(x)

    return _with_guard_digits(x, compute)


def _with_guard_digits(x: Decimal, compute: Callable[[], Decimal]) -> Decimal:
    """`compute()` with as many more digits as 1 + x would lose, rounded to the context in force."""
    # Below this, x*x/2 is less than half a unit of the last digit.
    if -x.adjusted() > decimal.getcontext().prec:
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
    "expm1": _decimal_expm1,
    "sinh": _decimal_sinh,
    "cosh": _decimal_cosh,
    "tanh": _decimal_tanh,
}

exp: Function = elementary("exp", exact=(0, 1))
log: Function = elementary("log", exact=(1, 0))
log1p = elementary("log1p", exact=(0, 0))
expm1 = elementary("expm1", exact=(0, 0))
sin = elementary("sin", exact=(0, 0))
cos = elementary("cos", exact=(0, 1))
tan = elementary("tan", exact=(0, 0))
asin = elementary("asin", exact=(0, 0))
acos = elementary("acos", exact=(1, 0))
atan = elementary("atan", exact=(0, 0))
sinh = elementary("sinh", exact=(0, 0))
cosh = elementary("cosh", exact=(0, 1))
tanh = elementary("tanh", exact=(0, 0))
erf = elementary("erf", exact=(0, 0))
erfc = elementary("erfc", exact=(0, 1))
_sqrt = elementary("sqrt")

# --- stable forms ---------------------------------------------------------------------------------


def sigmoid(x: Number) -> Number:
    """1/(1 + exp(-x)), from the side where exp cannot overflow."""
    if not _takes_a_side(x):
        return 1 / (1 + exp(-x))
    decay = exp(-abs(x))
    return select(x, 1, decay) / (1 + decay)


def softplus(x: Number) -> Number:
    """log(1 + exp(x)), from the side where exp cannot overflow and nothing small is lost."""
    if not _takes_a_side(x):
        return log(1 + exp(x))
    return select(x, x, 0) + log1p(exp(-abs(x)))


def gelu(x: Number) -> Number:
    """x times the normal distribution at x, which as erfc keeps its digits far below 0."""
    if x.__class__ is Fraction:
        return x * erfc(x)  # 0 at 0, else refused
    return x * erfc(-x / sqrt(constant(2, x))) / 2


def elu(x: Number) -> Number:
    """x above 0, else exp(x) - 1, from the side where exp cannot overflow."""
    if _takes_a_side(x):
        return select(x, x, expm1(smaller(x, 0)))
    _package("where", x)  # a complex number is refused before its exp can fail
    return select(x, x, exp(x) - 1)


def pi(like: Number) -> Number:
    """pi as a number of the type of `like`, a number or a Value."""
    number = number_of(like)
    if number.__class__ in (int, float, complex):
        return math.pi
    if number.__class__ in (Fraction, Decimal):
        kind = type(number).__name__
        raise TypeError(f"pi is not a {kind}; compute in floats (float(x))")
    return _package("pi", number).pi


def log_sum_exp(*z: Number) -> Number:
    """log(exp(z_0) + exp(z_1) + ...), from the largest, where exp cannot overflow."""
    z = of_one_type(*z)
    try:
        place = max(range(len(z)), key=z.__getitem__)
    except decimal.InvalidOperation:  # Decimals do not compare a NaN
        return added(0, z)
    except TypeError:
        return _log_sum_exp_of_symbols(z)
    largest, others = z[place], z[:place] + z[place + 1 :]
    below = (exp(_below(largest, number)) for number in others)
    return largest + log1p(added(constant(0, largest), below))


def _below(largest: Number, number: Number) -> Number:
    """number - largest, and 0 of two infinities alike."""
    alike = number == largest and (number == 0 or _is_infinite(number))
    return constant(0, largest) if alike else number - largest


def _is_infinite(number: Number) -> bool:
    return bool(number + number == number != 0)


def _log_sum_exp_of_symbols(z: tuple[Number, ...]) -> Number:
    """The largest, and what the others add to it; what is as large adds 1, but once."""
    if not any(map(_chooses, z)):
        return log(added(0, map(exp, z)))
    largest = reduce(larger, z)
    gaps = [largest - number for number in z]
    decays = [select(gap, exp(-gap), 0) for gap in gaps]
    alike = [select(gap, 0, 1) for gap in gaps]
    return largest + log1p(added(decays[0], decays[1:]) + (added(alike[0], alike[1:]) - 1))


def softmax_share(x: Number, *z: Number) -> Number:
    """exp(x) / (exp(z_0) + exp(z_1) + ...), from the largest of z, where exp cannot overflow; NaN
    where several of z are the largest and infinite, which leaves the shares open.
    """
    numbers = of_one_type(x, *z)
    try:
        largest = max(numbers[1:])
        is_open = _is_infinite(largest) and numbers[1:].count(largest) > 1
        numbers = tuple(_below(largest, number) for number in numbers)
    except decimal.InvalidOperation:  # Decimals do not compare a NaN
        return added(x, z)
    except TypeError:  # there is no order: by the package's choice, or the formula as it stands
        is_open = False
        if any(map(_chooses, numbers)):
            largest = reduce(larger, numbers[1:])
            numbers = tuple(number - largest for number in numbers)
    if is_open:
        return largest - largest  # inf - inf, as the formula has it: of Decimals an error
    above, *shares = map(exp, numbers)
    return above / added(shares[0], shares[1:])


def exceeds(x: Number, bound: int) -> bool:
    """Whether a number is finite and greater than the bound; False for what has no order.

    >>> exceeds(2.5, 2), exceeds(math.inf, 2), exceeds(3j, 2)
    (True, False, False)
    """
    try:
        return x == x and bool(bound < x < math.inf)  # Decimals do not compare a NaN
    except TypeError:
        return False


def probability(x: Number) -> Number:
    """`x`, which must lie between 0 and 1 if it is a built-in number; symbols may be anything."""
    if isinstance(x, (int, float, Fraction, Decimal)) and (x < 0 or x > 1):
        raise ValueError(f"{x} is not a probability")
    return x


def of_one_type(*operands: Number) -> tuple[Number, ...]:
    """The operands; ints and floats beside other numbers in the type of those.

    A function of them alone would be a float's: exp(2) has 16 digits, not mpmath's fifty.
    """
    for like in operands:
        if like.__class__ is not int and like.__class__ is not float:
            return tuple(in_type_of(like, x) for x in operands)
    return operands


def added(start: Number, terms: Iterable[Number]) -> Number:
    """The sum from left to right; the built-in `sum` of floats has other bits from Python 3.12."""
    for term in terms:
        start = start + term
    return start


def _takes_a_side(x: Number) -> bool:
    """Whether a choice by the sign of x can be made: by its order, or for a symbol by `where`."""
    return _is_ordered(x) or _chooses(x)


def is_symbol(x: Operand) -> bool:
    """Whether a number has no order, and its package chooses by `where`; a Value never."""
    return not _is_ordered(x) and _chooses(x)


def _is_ordered(x: Number) -> bool:
    kind = x.__class__
    if kind in BUILT_IN:
        return kind is not complex
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        return False  # NumPy's compare, but by no order that a function could go by
    try:
        above = x > 0
        bool(above)
    except decimal.InvalidOperation:  # a Decimal NaN passes through
        return True
    except TypeError:
        return False
    return above is not None  # None: an interval on both sides


def _chooses(x: Number) -> bool:
    if isinstance(x, numbers.Number):  # NumPy has a `where` too, of another meaning
        return False
    try:
        return _function(_package("where", x), "where") is not None
    except TypeError:
        return False


# --- the package of a number ----------------------------------------------------------------------


CONTEXTS = ("ctx", "context")  # of mpmath's intervals, and of its numbers: each with its digits


def _package(name: str, *operands: Number) -> Package:
    """The context or the package of the first number that is not built in, such as sympy."""
    for number in operands:
        for context in CONTEXTS:
            if hasattr(number, context):
                return getattr(number, context)
        package = type(number).__module__.partition(".")[0]
        if package not in ("builtins", "fractions", "decimal") and package in sys.modules:
            return sys.modules[package]
    raise _undefined(name, operands)


def _function(package: Package, name: str) -> Callable[..., Number] | None:
    """The package's function of that name, if it has one other than the engine's, imported."""
    function: Callable[..., Number] | None = getattr(package, name, None)
    return None if hasattr(function, "partials") else function


def _function_of(
    package: Package, function: str, name: str, *operands: Number
) -> Callable[..., Number]:
    """The package's function for what has no order; a TypeError if it has none."""
    found = _function(package, function)
    if found is None:
        raise _undefined(name, operands)
    return found


def _undefined(name: str, operands: Iterable[Number]) -> TypeError:
    kinds = dict.fromkeys(type(number).__name__ for number in operands)
    return TypeError(f"{name} of a {' and a '.join(kinds)} is not defined")
