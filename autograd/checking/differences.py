"""Derivatives by differences, in the most exact numbers that a function can be computed in, beside
a given one.

The numbers are Fractions, else mpmath's of 100 digits (if mpmath is installed), else Decimals, else
floats, by central differences whose step is halved and extrapolated to 0 (Ridders, 1982).
"""

from __future__ import annotations

import contextlib
import decimal
import importlib
import numbers
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from threading import RLock
from typing import Any, NamedTuple

from autograd.reading import FAULTS

Function = Callable[..., Any]

FLOATS = 2**52  # 1 / the relative rounding of floats
DIGITS = 100  # of mpmath's numbers, and of Decimals
_LOCK = RLock()  # mpmath's precision is that of all threads


class Verdict(NamedTuple):
    """The two derivatives, how far apart they may be, and how large derivatives of such numbers
    are.
    """

    engine: Any
    true: Any
    tolerance: Any
    size: Any

    @property
    def wrong(self) -> bool:
        return not abs(self.engine - self.true) <= self.tolerance  # a NaN is wrong

    @property
    def uncertain(self) -> bool:
        nothing = (
            abs(self.true) <= self.tolerance <= self.size / 10**12
        )  # 0, as well as such numbers can be
        return bool(self.tolerance > abs(self.true) / 10**9) and not nothing


def decided(value: Function, derivative: Function, at: tuple[Any, ...], moved: int) -> Verdict:
    """`derivative` beside the differences of `value` as one operand moves, in the best numbers to
    be had.

    Where none can decide it, the last of their errors: an ArithmeticError, TypeError or ValueError
    that says why.
    """
    *better, last = _precisions(at)
    for precision in better:
        with contextlib.suppress(*FAULTS):
            return _compared(value, derivative, at, moved, precision)
    return _compared(value, derivative, at, moved, last)


def _compared(
    value: Function, derivative: Function, at: tuple[Any, ...], moved: int, precision: _Precision
) -> Verdict:
    """The verdict in one type of number, or a ValueError that says why there is none."""
    point = [
        x if isinstance(x, int) and i != moved else precision.convert(x) for i, x in enumerate(at)
    ]

    def g(t: Any) -> Any:
        result = value(*point[:moved], t, *point[moved + 1 :])
        if not isinstance(result, (int, *precision.kinds)):
            raise TypeError(f"the value leaves the {precision.kinds[0].__name__}s")
        return result

    found = [_slope(g, point[moved], direction, precision) for direction in precision.directions]
    true, error = found[0].number, max(estimate.error for estimate in found)
    size = abs(g(point[moved])) / (abs(point[moved]) or 1)
    engine, digits, spread = derivative(*point), 12, 0
    within = isinstance(engine, (int, *precision.kinds))
    if (
        precision.exact and precision.units
    ):  # what fewer digits change is what rounding could have changed
        with with_digits(DIGITS * 2 // 3):
            error = max(error, abs(_slope(g, point[moved], 1, precision).number - true))
            spread = abs(derivative(*point) - engine) if within else 0
    if precision.exact and not error <= abs(true) / 10**13 + size / 10**60:
        raise ValueError("its differences do not settle")
    if (
        precision.exact and precision.units
    ):  # a float within the value (math.sin of it) sees no step of 1e-30
        step = (abs(point[moved]) or 1) / type(point[moved])(2**100)
        closer = (g(point[moved] + step) - g(point[moved] - step)) / (2 * step)
        if not abs(closer - true) <= abs(true) / 10**12 + size / 10**20:
            raise ValueError("its value is computed in floats")
    if any(estimate.bent for estimate in found):
        raise ValueError("the slopes on the two sides differ, a kink")
    if any(not abs(estimate.number - true) <= abs(true) / 10**6 + 10 * error for estimate in found):
        raise ValueError("the function is not analytic: its derivative depends on the direction")
    if not within:  # a partial that leaves the precise numbers, as one of math.cos does
        engine = derivative(*at)
        true = as_like(true, engine)
    if not (within and precision.exact):
        digits, spread = 10, _spread(derivative, at)
    return Verdict(engine, true, abs(true) / 10**digits + 10 * error + 10 * spread, size)


def _spread(function: Function, at: Sequence[Any]) -> Any:
    """How far a function's number moves as its operands move by a few units in the last place."""
    found = []
    for shift in (-3, -2, -1, 0, 1, 2, 3):
        factors = [1 + shift * (-1) ** i / FLOATS for i in range(len(at))]
        found.append(
            function(
                *(
                    x * k if isinstance(x, (float, complex)) else x
                    for x, k in zip(at, factors, strict=True)
                )
            )
        )
    return max(abs(number - found[3]) for number in found)


class _Estimate(NamedTuple):
    """A slope, how wrong it may be, and whether the function has a bend there."""

    number: Any
    error: Any
    bent: bool


def _slope(g: Function, x: Any, direction: Any, precision: _Precision) -> _Estimate:
    """The derivative by central differences whose step is halved, extrapolated to 0 (Ridders,
    1982): the best estimate.

    A start whose steps leave the domain gives none; a TypeError where no start gives one.
    """
    rounding = 0 if precision.exact else _spread(g, [x])
    estimates = [
        estimate
        for start in precision.starts(x)
        if (estimate := _extrapolated(g, x, start, direction, rounding, precision)) is not None
    ]
    if not estimates:
        raise TypeError("its value has no differences here")
    return min(estimates, key=lambda estimate: estimate.error)


def _extrapolated(
    g: Function, x: Any, step: Any, direction: Any, rounding: Any, precision: _Precision
) -> _Estimate | None:
    middle, best = g(x), None
    row: list[Any] = []
    bends: list[tuple[Any, Any]] = []
    for _ in range(precision.levels):
        try:
            above, below = g(x + step * direction), g(x - step * direction)
        except FAULTS:
            row, bends, step = [], [], step / 2
            continue
        coarser, row = row, [(above - below) / (2 * step * direction)]
        noise = rounding / step
        if precision.units:  # what is close to 0 was perhaps computed from numbers close to 1
            largest = max(abs(middle), abs(above), abs(below), 0 if precision.exact else 1)
            noise = max(rounding, largest / precision.units) / step
        for k, estimate in enumerate(coarser, start=1):
            row.append(row[-1] + (row[-1] - estimate) / (4**k - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - estimate)) + noise
            if best is None or error < best[1]:
                best = row[-1], error
        bends.append((abs(above - 2 * middle + below) / step, noise))
        step = step / 2
    if best is None:
        return None
    # The bend of a smooth function halves with the step, that of a kink stays.
    (bend, _), (last, noise) = bends[-2:] if len(bends) > 1 else [(0, 0), (0, 0)]
    return _Estimate(*best, bent=bool(last > 64 * noise and 4 * last > 3 * bend and last > 0))


class _Precision(NamedTuple):
    """A type of number: how others become one, its relative rounding as 1/units (0: none), and the
    steps to take.
    """

    convert: Callable[[Any], Any]
    kinds: tuple[type, ...]
    units: int
    starts: Callable[[Any], Sequence[Any]]
    levels: int
    directions: tuple[Any, ...] = (1,)

    @property
    def exact(self) -> bool:
        return self.units != FLOATS


def _precisions(at: Sequence[Any]) -> Iterator[_Precision]:
    """From the most exact on: Fractions, mpmath's numbers, Decimals, floats."""
    mpmath, many = _mpmath(), 10 ** (DIGITS - 1)
    is_complex = any(not isinstance(x, (numbers.Real, Decimal)) for x in at)
    if not is_complex:
        yield _Precision(Fraction, (Fraction,), 0, _small, 4)
    if mpmath:

        def convert(x: Any) -> Any:
            exact = Fraction(x) if isinstance(x, (Decimal, Fraction)) else x
            return number(exact.numerator) / exact.denominator if exact is not x else number(x)

        number = mpmath.mpc if is_complex else mpmath.mpf
        kinds = (mpmath.mpf, mpmath.mpc) if is_complex else (mpmath.mpf,)
        yield _Precision(convert, kinds, many, _small, 4, (1, 1j) if is_complex else (1,))
    if any(isinstance(x, Decimal) for x in at):
        yield _Precision(Decimal, (Decimal,), many, _small, 4)
    if is_complex:
        yield _Precision(complex, (complex, float), FLOATS, _large, 10, (1, 1j))
    else:
        yield _Precision(float, (float,), FLOATS, _large, 10)


def _small(x: Any) -> Sequence[Any]:
    return [(abs(x) or type(x)(1)) / 2**30]


def _large(x: Any) -> Sequence[Any]:
    return [1 / 8, abs(x) / 8] if x else [1 / 8]


@contextlib.contextmanager
def with_digits(digits: int) -> Iterator[None]:
    """Decimals and mpmath's numbers with so many digits."""
    mpmath = _mpmath()
    with (
        _LOCK,
        decimal.localcontext() as context,
        mpmath.workdps(digits) if mpmath else contextlib.nullcontext(),
    ):
        context.prec = digits
        yield


def _mpmath() -> Any:
    try:
        return importlib.import_module("mpmath")
    except ImportError:
        return None


def as_like(number: Any, like: Any) -> Any:
    """A number of high precision as one of the engine's own type."""
    try:
        return type(like)(number) if type(like) in (float, complex) else number
    except FAULTS:
        return number
