"""Derivatives by differences, in the most exact numbers to be had, beside a given one.

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
FEWER_DIGITS = DIGITS * 2 // 3  # what these change is what rounding could have changed
_LOCK = RLock()  # mpmath's precision is that of all threads


class Verdict(NamedTuple):
    """The two derivatives, how far apart they may be, and the size that such numbers suggest."""

    engine: Any
    true: Any
    tolerance: Any
    size: Any

    @property
    def wrong(self) -> bool:
        return not abs(self.engine - self.true) <= self.tolerance  # a NaN is wrong

    @property
    def uncertain(self) -> bool:
        # Within the tolerance of 0, as well as such numbers can be.
        nothing = abs(self.true) <= self.tolerance <= self.size / 10**12
        return bool(self.tolerance > abs(self.true) / 10**9) and not nothing


def decided(value: Function, derivative: Function, at: tuple[Any, ...], moved: int) -> Verdict:
    """`derivative` beside the differences of `value` as one operand moves, in the best numbers.

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
    point = [precision.read(x, as_it_is=i != moved) for i, x in enumerate(at)]
    x, g = point[moved], _along(value, point, moved, precision)
    slopes = [_slope(g, x, direction, precision) for direction in precision.directions]
    true, error = slopes[0].number, max(slope.error for slope in slopes)
    size = abs(g(x)) / (abs(x) or 1)
    engine, spread = derivative(*point), 0
    within = precision.holds(engine)
    if precision.rounds_late:
        with with_digits(FEWER_DIGITS):
            error = max(error, abs(_slope(g, x, 1, precision).number - true))
            spread = abs(derivative(*point) - engine) if within else 0
    if precision.precise and not error <= abs(true) / 10**13 + size / 10**60:
        raise ValueError("its differences do not settle")
    if precision.rounds_late:
        _require_digits(g, x, true, size)
    _require_smooth(slopes, true, error)
    if not within:  # a partial that leaves the precise numbers, as one of math.cos does
        engine = derivative(*at)
        true = as_like(true, engine)
    if within and precision.precise:
        return Verdict(engine, true, abs(true) / 10**12 + 10 * error + 10 * spread, size)
    spread = _spread(derivative, at)
    return Verdict(engine, true, abs(true) / 10**10 + 10 * error + 10 * spread, size)


def _along(value: Function, point: Sequence[Any], moved: int, precision: _Precision) -> Function:
    """`value` as a function of the operand that moves, in the numbers of that precision alone."""

    def g(t: Any) -> Any:
        result = value(*point[:moved], t, *point[moved + 1 :])
        if not precision.holds(result):
            raise TypeError(f"the value leaves the {precision.kinds[0].__name__}s")
        return result

    return g


def _require_digits(g: Function, x: Any, true: Any, size: Any) -> None:
    """A ValueError for a value with a float in it (math.sin), which sees no step of 1e-30."""
    step = (abs(x) or 1) / type(x)(2**100)
    closer = (g(x + step) - g(x - step)) / (2 * step)
    if not abs(closer - true) <= abs(true) / 10**12 + size / 10**20:
        raise ValueError("its value is computed in floats")


def _require_smooth(slopes: Sequence[_Slope], true: Any, error: Any) -> None:
    """A ValueError where there is no one derivative: at a kink, or if the direction matters."""
    if any(slope.bent for slope in slopes):
        raise ValueError("the slopes on the two sides differ, a kink")
    if any(not abs(slope.number - true) <= abs(true) / 10**6 + 10 * error for slope in slopes):
        raise ValueError("the function is not analytic: its derivative depends on the direction")


def _spread(function: Function, at: Sequence[Any]) -> Any:
    """How far a function's number moves as its operands move by a few units in the last place."""
    found = []
    for shift in (-3, -2, -1, 0, 1, 2, 3):
        moved = list(at)
        for i, x in enumerate(at):
            if isinstance(x, (float, complex)):
                moved[i] = x * (1 + shift * (-1) ** i / FLOATS)
        found.append(function(*moved))
    return max(abs(number - found[3]) for number in found)


class _Slope(NamedTuple):
    """A slope, how wrong it may be, and whether the function has a bend there."""

    number: Any
    error: Any
    bent: bool


def _slope(g: Function, x: Any, direction: Any, precision: _Precision) -> _Slope:
    """The best estimate of the derivative, of those from each start.

    A start whose steps leave the domain gives none; a TypeError where no start gives one.
    """
    rounding = 0 if precision.precise else _spread(g, [x])
    estimates = []
    for start in precision.starts(x):
        estimate = _extrapolated(g, x, start, direction, rounding, precision)
        if estimate is not None:
            estimates.append(estimate)
    if not estimates:
        raise TypeError("its value has no differences here")
    return min(estimates, key=lambda estimate: estimate.error)


def _extrapolated(
    g: Function, x: Any, step: Any, direction: Any, rounding: Any, precision: _Precision
) -> _Slope | None:
    """Central differences whose step is halved, extrapolated to 0 (Ridders, 1982).

    Each row holds the difference at its step, then what it and the row before give to ever higher
    order; the number whose neighbours agree best is taken.
    """
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
        noise = precision.noise(rounding, middle, above, below) / step
        for k, estimate in enumerate(coarser, start=1):
            row.append(row[-1] + (row[-1] - estimate) / (4**k - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - estimate)) + noise
            if best is None or error < best[1]:
                best = row[-1], error
        bends.append((abs(above - 2 * middle + below) / step, noise))
        step = step / 2
    return None if best is None else _Slope(*best, bent=_is_bent(bends))


def _is_bent(bends: Sequence[tuple[Any, Any]]) -> bool:
    """Whether the second differences, each with its noise, are those of a kink.

    The bend of a smooth function halves with the step, that of a kink stays.
    """
    if len(bends) < 2:
        return False
    (bend, _), (last, noise) = bends[-2:]
    return bool(last > 64 * noise and 4 * last > 3 * bend and last > 0)


class _Precision(NamedTuple):
    """A type of number: how others become one, and how it is differentiated in.

    Its relative rounding is 1/units (0: none), `starts` are the first steps from an operand on,
    halved `levels` times, in each of the `directions`.
    """

    convert: Callable[[Any], Any]
    kinds: tuple[type, ...]
    units: int
    starts: Callable[[Any], Sequence[Any]]
    levels: int
    directions: tuple[Any, ...] = (1,)

    @property
    def precise(self) -> bool:
        """Whether it has more digits than floats."""
        return self.units != FLOATS

    @property
    def rounds_late(self) -> bool:
        """Whether it has many digits, but not all: mpmath's numbers and Decimals."""
        return self.precise and self.units > 0

    def holds(self, number: Any) -> bool:
        """Whether a number is of this type; integers are of any."""
        return isinstance(number, (int, *self.kinds))

    def read(self, x: Any, as_it_is: bool) -> Any:
        """An operand in this type; an integer may stay as it is."""
        return x if as_it_is and isinstance(x, int) else self.convert(x)

    def noise(self, rounding: Any, *values: Any) -> Any:
        """How far a difference of values may be off by rounding."""
        if not self.units:
            return rounding
        # What is close to 0 was perhaps computed from numbers close to 1.
        largest = max(*map(abs, values), 0 if self.precise else 1)
        return max(rounding, largest / self.units)


def _precisions(at: Sequence[Any]) -> Iterator[_Precision]:
    """From the most exact on: Fractions, mpmath's numbers, Decimals, floats."""
    mpmath, many = _mpmath(), 10 ** (DIGITS - 1)
    is_complex = any(not isinstance(x, (numbers.Real, Decimal)) for x in at)
    directions = (1, 1j) if is_complex else (1,)
    if not is_complex:
        yield _Precision(Fraction, (Fraction,), 0, _small, 4)
    if mpmath:
        kinds = (mpmath.mpf, mpmath.mpc) if is_complex else (mpmath.mpf,)
        yield _Precision(_reading(kinds[-1]), kinds, many, _small, 4, directions)
    if any(isinstance(x, Decimal) for x in at):
        yield _Precision(Decimal, (Decimal,), many, _small, 4)
    kinds = (complex, float) if is_complex else (float,)
    yield _Precision(kinds[0], kinds, FLOATS, _large, 10, directions)


def _reading(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What makes a number of mpmath's, which reads neither Decimals nor Fractions."""

    def read(x: Any) -> Any:
        if not isinstance(x, (Decimal, Fraction)):
            return kind(x)
        exact = Fraction(x)
        return kind(exact.numerator) / exact.denominator

    return read


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
