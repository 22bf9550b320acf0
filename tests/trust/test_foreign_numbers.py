"""The numbers of other packages stay exact in every recorded path: operation x type x reader.

At each float sample of tests/samples.py, read as the rational that is written there, with all
operands as Values, with one Value among plain numbers of its type, and with one among plain ints.
The truth is the formula of the samples, differentiated by SymPy, evaluated to 80 digits.

    SymPy      a symbol for each operand: the result has no float in it, and is the truth where the
               symbols are the sample
    mpf        mpmath's numbers of 50 digits: right to 45
    interval   mpmath's: the result holds the truth, and is no wider than 1e-40 beside it
    exact      rationals of a class of its own, which refuses floats: the truth itself
    Decimal    of 50 digits: right to 45

A cell counts what a reader gives for an operation and a type; what a type does not compute, which
it says, is no cell.
"""

from __future__ import annotations

import decimal
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import mpmath
import pytest
import symbolic
import sympy
from samples import SAMPLES

from autograd import (
    OPERATIONS,
    Derivation,
    Value,
    derivative,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    taylor,
    value_and_grad,
    vjp,
    walk,
)

PROMISE = "foreign numbers stay exact in every recorded path"
DIGITS, TRUE_DIGITS = 50, 80


@pytest.fixture(autouse=True)
def _digits():
    """Every type of number with 50 digits."""
    before = mpmath.iv.dps
    with mpmath.workdps(DIGITS), decimal.localcontext() as context:
        context.prec, mpmath.iv.dps = DIGITS, DIGITS
        yield
    mpmath.iv.dps = before


# --- types of numbers -----------------------------------------------------------------------------


class Exact:
    """A rational that knows its own kind and ints, and refuses floats."""

    __hash__ = None

    def __init__(self, number: Fraction) -> None:
        self.number = number

    def __neg__(self) -> Exact:
        return Exact(-self.number)

    def __abs__(self) -> Exact:
        return Exact(abs(self.number))

    def __repr__(self) -> str:
        return f"Exact({self.number})"


def _operator(name: str) -> Callable[..., Any]:
    def method(self: Exact, other: Any) -> Any:
        if other.__class__ is float:
            raise AssertionError(f"a float among exact numbers: {other!r}")
        if other.__class__ not in (int, Fraction, Exact):
            return NotImplemented
        result = getattr(self.number, name)(getattr(other, "number", other))
        if result.__class__ is float:
            raise TypeError("an exact number has no root")
        return result if result.__class__ is bool else Exact(result)

    return method


for _name in ("add", "sub", "mul", "truediv", "pow", "radd", "rsub", "rmul", "rtruediv", "rpow"):
    setattr(Exact, f"__{_name}__", _operator(f"__{_name}__"))
for _name in ("eq", "lt", "le", "gt", "ge"):
    setattr(Exact, f"__{_name}__", _operator(f"__{_name}__"))


class Kind(NamedTuple):
    """How a rational is written in a type, and whether a result is right to the last digits."""

    of: Callable[[Fraction, int], Any]  # of the rational, and the operand's place
    right: Callable[[Any, Any, Any], bool]  # of the result, the truth, the operands


def _mpf(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def _close(number: Any, true: Any, digits: int = 45) -> bool:
    return bool(abs(number - true) <= max(1, abs(true)) / mpmath.mpf(10) ** digits)


def _right_symbol(result: Any, true: Any, operands: Any) -> bool:
    expression = sympy.sympify(result)
    if isinstance(result, float) or expression.atoms(sympy.Float):
        return False
    point = {_SYMBOLS[i]: sympy.Rational(x) for i, x in enumerate(operands)}
    return _close(mpmath.mpmathify(expression.subs(point).evalf(TRUE_DIGITS)), true)


def _right_mpf(result: Any, true: Any, operands: Any) -> bool:
    return isinstance(result, (int, mpmath.mpf)) and _close(result, true)


def _right_interval(result: Any, true: Any, operands: Any) -> bool:
    if isinstance(result, int):
        return result == true
    narrow = _close(mpmath.mpf(result.delta), 0, 40) or mpmath.mpf(result.delta) < abs(true) / 1e40
    return bool(mpmath.mpf(result.a) <= true <= mpmath.mpf(result.b)) and narrow


def _right_exact(result: Any, true: Any, operands: Any) -> bool:
    kept = result.__class__ in (int, Exact)
    return kept and _close(_mpf(Fraction(getattr(result, "number", result))), true, 75)


def _right_decimal(result: Any, true: Any, operands: Any) -> bool:
    return isinstance(result, (int, Decimal)) and _close(_mpf(Fraction(result)), true)


_SYMBOLS = sympy.symbols("x:9")
KINDS = {
    "SymPy": Kind(lambda x, i: _SYMBOLS[i], _right_symbol),
    "mpf": Kind(lambda x, i: _mpf(x), _right_mpf),
    "interval": Kind(lambda x, i: mpmath.iv.mpf(x.numerator) / x.denominator, _right_interval),
    "exact": Kind(lambda x, i: Exact(x), _right_exact),
    "Decimal": Kind(lambda x, i: Decimal(x.numerator) / x.denominator, _right_decimal),
}


# --- readers --------------------------------------------------------------------------------------
# Each gives {places: number}: () for the value, (0,) for the derivative in the first Value, ...

Read = dict[tuple[int, ...], Any]


def _eager(f: Any, x: list[Any]) -> Read:
    return {(): f(*x)}


def _recorded(f: Any, x: list[Any]) -> Read:
    return {(): f(*map(Value, x)).data}


def _backward(f: Any, x: list[Any]) -> Read:
    leaves = list(map(Value, x))
    f(*leaves).backward()
    return {(i,): leaf.grad for i, leaf in enumerate(leaves)}


def _gradients(f: Any, x: list[Any]) -> Read:
    leaves = list(map(Value, x))
    return {(i,): number for i, number in enumerate(gradients(f(*leaves), leaves))}


def _of_grad(f: Any, x: list[Any]) -> Read:
    value, found = value_and_grad(f, argnums=tuple(range(len(x))))(*x)
    return {(): value} | {(i,): number for i, number in enumerate(found)}


def _of_recorded_grad(f: Any, x: list[Any]) -> Read:
    found = grad(f, argnums=tuple(range(len(x))))(*map(Value, x))
    return {(i,): getattr(number, "data", number) for i, number in enumerate(found)}


def _of_nested_grad(f: Any, x: list[Any]) -> Read:
    every = range(len(x))
    return {(i, j): grad(grad(f, argnums=i), argnums=j)(*x) for i in every for j in every}


def _of_third_grad(f: Any, x: list[Any]) -> Read:
    return {(i, i, i): grad(grad(grad(f, i), i), i)(*x) for i in range(len(x))}


def _of_hessian(f: Any, x: list[Any]) -> Read:
    rows = hessian(lambda v: f(*v))(x)
    return {(i, j): number for i, row in enumerate(rows) for j, number in enumerate(row)}


def _of_jacobian(f: Any, x: list[Any]) -> Read:
    (row,) = jacobian(lambda v: [f(*v)])(x)
    return {(i,): number for i, number in enumerate(row)}


def _of_vjp(f: Any, x: list[Any]) -> Read:
    value, pullback = vjp(f, *x)
    return {(): value} | {(i,): number for i, number in enumerate(pullback(1))}


def _unit(x: list[Any], place: int) -> tuple[int, ...]:
    return tuple(int(i == place) for i in range(len(x)))


def _of_jvp(f: Any, x: list[Any]) -> Read:
    return {(i,): jvp(f, tuple(x), _unit(x, i))[1] for i in range(len(x))}


def _of_recorded_jvp(f: Any, x: list[Any]) -> Read:
    found = {i: jvp(f, tuple(map(Value, x)), _unit(x, i))[1] for i in range(len(x))}
    return {(i,): getattr(number, "data", number) for i, number in found.items()}


def _of_hvp(f: Any, x: list[Any]) -> Read:
    every = range(len(x))
    rows = {i: hvp(lambda v: f(*v), (x,), (list(_unit(x, i)),)) for i in every}
    return {(i, j): row[j] for i, row in rows.items() for j in every}


def _of_grad_of_jvp(f: Any, x: list[Any]) -> Read:
    def slope(i: int) -> Callable[..., Any]:
        return lambda *v: jvp(f, v, _unit(x, i))[1]

    every = range(len(x))
    return {(i, j): grad(slope(i), argnums=j)(*x) for i in every for j in every}


def _of_derivative(f: Any, x: list[Any]) -> Read:
    return {(0,) * order: derivative(_first(f, x), order)(x[0]) for order in (0, 1, 2, 3)}


def _of_taylor(f: Any, x: list[Any]) -> Read:
    found = taylor(_first(f, x), x[0], 2)
    return {(): found[0], (0,): found[1], (0, 0): 2 * found[2]}


def _of_recorded_taylor(f: Any, x: list[Any]) -> Read:
    found = [getattr(c, "data", c) for c in taylor(_first(f, x), Value(x[0]), 2)]
    return {(): found[0], (0,): found[1], (0, 0): 2 * found[2]}


def _first(f: Any, x: list[Any]) -> Callable[[Any], Any]:
    return lambda v: f(v, *x[1:])


def _derivation(f: Any, x: list[Any]) -> Read:
    leaves = [Value(number, f"a{i}") for i, number in enumerate(x)]
    derivation = Derivation(f(*leaves))
    assert str(derivation) and all(step.latex for step in derivation.gradients)
    found = {step.node: step.number for step in derivation.gradients}
    every = {(i,): found[leaf] for i, leaf in enumerate(leaves)}
    return every | {(): derivation.forward[-1].number}


def _of_walk(f: Any, x: list[Any]) -> Read:
    leaves = [Value(number, f"a{i}") for i, number in enumerate(x)]
    found = {step.node: step.number for step in walk(f(*leaves)).steps}  # the gradients are last
    return {(i,): found[leaf] for i, leaf in enumerate(leaves)}


READERS = {
    "eager": _eager,
    "recorded": _recorded,
    "backward": _backward,
    "gradients": _gradients,
    "grad": _of_grad,
    "grad at Values": _of_recorded_grad,
    "grad of grad": _of_nested_grad,
    "grad of grad of grad": _of_third_grad,
    "hessian": _of_hessian,
    "jacobian": _of_jacobian,
    "vjp": _of_vjp,
    "jvp": _of_jvp,
    "jvp at Values": _of_recorded_jvp,
    "hvp": _of_hvp,
    "grad of jvp": _of_grad_of_jvp,
    "derivative": _of_derivative,
    "taylor": _of_taylor,
    "taylor at Values": _of_recorded_taylor,
    "Derivation": _derivation,
    "walk": _of_walk,
}


# --- cells ----------------------------------------------------------------------------------------


class Case(NamedTuple):
    """Operands as rationals, the places of Values, and the places of plain or recorded ints."""

    operands: tuple[Fraction, ...]
    moving: tuple[int, ...]
    ints: tuple[int, ...] = ()

    def number(self, place: int, kind: Kind) -> Any:
        """The number of an operand."""
        number = self.operands[place]
        return int(number) if place in self.ints else kind.of(number, place)

    def function(self, name: str, kind: Kind) -> Callable[..., Any]:
        """The operation of what moves; the other operands are plain numbers."""

        def f(*moving: Any) -> Any:
            given = dict(zip(self.moving, moving, strict=True))
            x = [given.get(i, self.number(i, kind)) for i in range(len(self.operands))]
            return OPERATIONS[name](*SAMPLES[name].arrange(*x))

        return f


def cases(name: str) -> list[Case]:
    found = []
    for floats in SAMPLES[name].floats:
        x = tuple(Fraction(str(number)) for number in floats)
        every = tuple(range(len(x)))
        found.append(Case(x, every))
        for i in every if 1 < len(x) < 6 else ():
            others = tuple(j for j in every if j != i)
            # Unlike each other: the exponential of a difference of 0 is 1, float or not.
            apart = len(x) > 2
            ints = [Fraction(max(1, round(number)) + apart * j) for j, number in enumerate(x)]
            if name == "cross_entropy_with_logits":  # whose targets are probabilities
                ints[len(x) // 2 :] = [Fraction(j % 2) for j in range((len(x) + 1) // 2)]
            ints[i] = x[i]
            found.append(Case(x, (i,)))
            found.append(Case(tuple(ints), (i,), ints=others))
            found.append(Case(tuple(ints), (i, *others), ints=others))
    return found


@cache
def _formula(name: str, count: int, places: tuple[int, ...]) -> Any:
    return sympy.lambdify(
        symbolic.symbols(count), symbolic.derivative(name, count, places), "mpmath"
    )


@cache
def true_number(name: str, operands: tuple[Fraction, ...], places: tuple[int, ...]) -> Any:
    """The truth to 80 digits; None where there is none."""
    with mpmath.workdps(TRUE_DIGITS):
        try:
            found = _formula(name, len(operands), places)(*map(_mpf, operands))
        except ArithmeticError:
            return None
        return found if mpmath.isfinite(found) else None


def is_lacking(error: Exception) -> bool:
    """Whether a type says that it lacks a function which an operation is made of."""
    return isinstance(error, TypeError) and bool(re.search(r"\bha(s|ve) no \w+", str(error)))


def is_refused(name: str, kind: str, case: Case) -> bool:
    of = KINDS[kind]
    try:
        case.function(name, of)(*(case.number(i, of) for i in case.moving))
    except TypeError as error:
        return is_lacking(error)
    return False


def wrong(name: str, kind: str, reader: str, case: Case) -> str:
    """What is wrong in one reading; "" where nothing is."""
    of = KINDS[kind]
    try:
        read = READERS[reader](case.function(name, of), [case.number(i, of) for i in case.moving])
    except (ArithmeticError, TypeError, ValueError, RuntimeError, AssertionError) as error:
        # A derivative may need what the value does not: in the exponent, the logarithm.
        return "" if is_lacking(error) else f"{type(error).__name__}: {error}"
    for places, number in read.items():
        at = tuple(sorted(case.moving[i] for i in places))
        true = true_number(name, case.operands, at)
        with mpmath.workdps(TRUE_DIGITS):
            if true is not None and not of.right(number, true, case.operands):
                return f"{at}: {number!r}, truly {mpmath.nstr(true, 20)}"
    return ""


SAMPLE = ("backward", "grad at Values", "jvp at Values", "grad of grad", "taylor", "Derivation")


@pytest.fixture(scope="module")
def counted():
    return Counter()


@pytest.mark.one_in(12)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_passes_through_floats(name, kind, full, counted):
    every = cases(name) if full else cases(name)[:15:5]  # one of each kind
    there = [case for case in every if true_number(name, case.operands, ()) is not None]
    computed = [case for case in there if not is_refused(name, kind, case)]
    for reader in READERS if full else SAMPLE:
        found = {case: wrong(name, kind, reader, case) for case in computed}
        assert not any(found.values()), (reader, found)
        counted["cells"] += bool(computed)
        counted["readings"] += len(computed)


def test_counted(counted, full, figure):
    if full and counted["cells"] > 2000:
        figure(
            PROMISE,
            f"{counted['readings']:,} readings in {counted['cells']:,} cells, {len(OPERATIONS)} "
            f"operations x {len(KINDS)} types ({', '.join(KINDS)}) x {len(READERS)} readers, less "
            "what a type has no function for: no float in any",
        )
