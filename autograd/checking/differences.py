"""Derivatives by differences, in the most exact numbers to be had, beside a given one.

The numbers are Fractions, else mpmath's of 100 digits (if mpmath is installed), else Decimals, else
floats, by central differences whose step is halved and extrapolated to 0 (Ridders, 1982).

With many digits the steps are so small that no period, pole or kink lies within them; where they do
not settle, or a derivative seems wrong, 500 digits decide. With floats every step down to the
rounding is asked: an estimate holds if all smaller steps agree with it, and no larger ones agree on
another.
"""

from __future__ import annotations

import contextlib
import decimal
import importlib
import itertools
import numbers
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from threading import RLock
from typing import Any, NamedTuple

from autograd.reading import FAULTS

Function = Callable[..., Any]

FLOATS = 2**52  # 1 / the relative rounding of floats
DIGITS = 100  # of mpmath's numbers, and of Decimals
MORE_DIGITS = 5 * DIGITS  # a float's 1 + 1e-308 is no 1 in them
NOTHING = 1e-318  # what no float shows
LONGEST = 2 * 10**4  # bits of a Fraction, where one operand is the exponent of another
ENOUGH = 1e75  # the squares of floats beyond it, or below 1/1e75, may leave the floats
LEVELS = 49  # halvings of a step of floats, to a unit of the last place
MOST_COLUMNS = 8  # of an extrapolation
TRIED = 40  # estimates, from the best on
FEWEST = 8  # smaller steps, to hold an estimate to
SMALLEST = 4  # of these, which say how large rounding is
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
        nothing = abs(self.true) <= self.tolerance <= max(self.size / 10**12, NOTHING)
        return bool(self.tolerance > abs(self.true) / 10**9) and not nothing


def decided(value: Function, derivative: Function, at: tuple[Any, ...], moved: int) -> Verdict:
    """`derivative` beside the differences of `value` as one operand moves, in the best numbers.

    Where none can decide it, the last of their errors: an ArithmeticError, TypeError or ValueError
    that says why.
    """
    *better, last = _precisions(at)
    more = all(abs(x) <= ENOUGH for x in at)  # else they take too long
    for precision in better:
        for digits in (DIGITS, MORE_DIGITS)[: 1 + (precision.rounds_late and more)]:
            # A function may raise anything on numbers that it was not written for.
            with contextlib.suppress(Exception), with_digits(digits):
                verdict = _compared(value, derivative, at, moved, precision, digits)
                if not (verdict.wrong and precision.rounds_late and digits == DIGITS):
                    return verdict
    return _compared(value, derivative, at, moved, last, DIGITS)


def _compared(
    value: Function,
    derivative: Function,
    at: tuple[Any, ...],
    moved: int,
    precision: _Precision,
    digits: int,
) -> Verdict:
    """The verdict in one type of number, or a ValueError that says why there is none."""
    point = [precision.read(x, as_it_is=i != moved) for i, x in enumerate(at)]
    x, g = point[moved], _along(value, point, moved, precision)
    # What the last places of all operands change in the value, rounding on the way may change too.
    noise = 0 if precision.precise else _spread(value, point)
    true, error = _slope_and_error(g, x, precision, digits, noise)
    size = abs(g(x)) / (abs(x) or 1)
    engine, spread = derivative(*point), 0
    within = precision.holds(engine)
    if precision.rounds_late and within:
        with with_digits(digits * 2 // 3):  # what this changes, rounding could have changed
            spread = abs(derivative(*point) - engine)
        spread += type(x)(NOTHING) / 100
    if not within:  # a partial that leaves the precise numbers, as one of math.cos does
        engine = derivative(*at)
        true = as_like(true, engine)
    if within and precision.precise:
        tolerance = abs(true) / 10**12 + 10 * error + 10 * spread
        return Verdict(*map(plain, (engine, true, tolerance, size)))
    # What is close to 0 was perhaps computed from numbers close to 1.
    spread = _spread(derivative, at) + 1 / FLOATS
    verdict = Verdict(engine, true, abs(true) / 10**10 + 10 * error + 10 * spread, size)
    if verdict.wrong and any(0 < abs(number) < 1 / ENOUGH for number in (*at, true)):
        raise ValueError("so small numbers may leave the floats on the way")
    if verdict.wrong and any(abs(number) > ENOUGH for number in (*at, true)):
        raise ValueError("so large numbers may leave the floats on the way")
    return verdict


def _slope_and_error(
    g: Function, x: Any, precision: _Precision, digits: int, noise: Any
) -> tuple[Any, Any]:
    """The derivative, and how wrong it may be; a ValueError where that cannot be said."""
    if not precision.precise:
        slopes = [
            _slope_in_floats(g, x, direction, precision, noise)
            for direction in precision.directions
        ]
        _require_smooth(slopes, slopes[0].number, max(slope.error for slope in slopes))
        return slopes[0].number, max(slope.error for slope in slopes)
    why = "its differences do not settle"
    beside = x + (x or type(x)(1)) / 3 / 2**20  # with all its digits, which no step is without
    for bits in (digits * 3 // 2, digits, digits * 2 // 3):
        unit = abs(x) if precision.rounds_late else min(abs(x), type(x)(1))
        start = (unit or type(x)(1)) / 2**bits
        slopes = [
            _extrapolated(g, x, start, direction, precision, digits)
            for direction in precision.directions
        ]
        true, error = slopes[0].number, max(slope.error for slope in slopes)
        if precision.rounds_late:
            with with_digits(digits * 2 // 3):
                fewer = _extrapolated(g, x, start, 1, precision, digits * 2 // 3)
                coarse = g(beside)
            # What cancels within the value is rounded more than the value shows.
            error = max(error, abs(fewer.number - true), abs(coarse - g(beside)) / start)
        if error <= abs(true) / 10**13 + abs(g(x)) / (abs(x) or 1) / 10**60:
            _require_smooth(slopes, true, error)
            _require_digits(g, x, true, precision)
            return true, error
    raise ValueError(why)


def _along(value: Function, point: Sequence[Any], moved: int, precision: _Precision) -> Function:
    """`value` as a function of the operand that moves, in the numbers of that precision alone."""

    def g(t: Any) -> Any:
        result = value(*point[:moved], t, *point[moved + 1 :])
        if not precision.holds(result):
            raise TypeError(f"the value leaves the {precision.kinds[0].__name__}s")
        return result

    return g


def _require_digits(g: Function, x: Any, true: Any, precision: _Precision) -> None:
    """A ValueError for a value with a float in it (math.sin), which sees no step of 1e-30."""
    value = g(x)
    if precision.refuses_floats(value):
        return
    step = (abs(x) or type(x)(1)) / 2**30
    farther = (g(x + step) - g(x - step)) / (2 * step)
    if not abs(farther - true) <= abs(true) / 10**3 + abs(value) / (abs(x) or 1) / 10**6:
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


def _extrapolated(
    g: Function, x: Any, step: Any, direction: Any, precision: _Precision, digits: int
) -> _Slope:
    """Central differences whose step is halved, extrapolated to 0 (Ridders, 1982)."""
    samples = _sampled(g, x, step, 4, direction, lambda values: precision.noise(values, digits))
    best = min(_estimates(samples), key=lambda estimate: estimate.error, default=None)
    if best is None:
        raise TypeError("its value has no differences here")
    return _Slope(best.number, best.error, _is_bent(samples))


class _Sample(NamedTuple):
    """A central difference, how far rounding may put it off, and the second difference."""

    step: Any
    number: Any
    noise: Any
    bend: Any
    size: Any  # of the values


def _sampled(
    g: Function, x: Any, step: Any, levels: int, direction: Any, rounding: Function
) -> list[_Sample]:
    """Central differences, each step half of the one before.

    Those before a step that left the domain are dropped.
    """
    middle, samples = g(x), []
    for _ in range(levels):
        right, left = x + step * direction, x - step * direction
        try:
            above, below = g(right), g(left)
            noise = rounding((middle, above, below)) / step
            number = (above - below) / (right - left)
            bend = abs(above - 2 * middle + below) / step
            if number - number == 0:  # no infinity and no NaN
                size = max(abs(above), abs(below))
                samples.append(_Sample(step, number, noise, bend, size))
        except FAULTS:
            samples.clear()
        step = step / 2
    return samples


class _Estimate(NamedTuple):
    """An extrapolated derivative, how wrong it may be, and the number of its last sample."""

    number: Any
    error: Any
    last: int


def _estimates(samples: Sequence[_Sample]) -> Iterator[_Estimate]:
    """Each row holds the difference at its step, then what it and the row before give to ever
    higher order; where the neighbours agree is the derivative.
    """
    row: list[Any] = []
    for last, sample in enumerate(samples):
        coarser, row = row, [sample.number]
        for k, estimate in enumerate(coarser[:MOST_COLUMNS], start=1):
            row.append(row[-1] + (row[-1] - estimate) / (4**k - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - estimate)) + sample.noise
            yield _Estimate(row[-1], error, last)


def _slope_in_floats(
    g: Function, x: Any, direction: Any, precision: _Precision, noise: Any
) -> _Slope:
    """The best estimate that every smaller step holds to, and that no larger ones contradict."""
    jump = _spread(g, [x])
    rounding = max(jump, noise)
    found = []
    for start in {abs(x) / 8 or 1 / 8, 1 / 8}:
        samples = _sampled(
            g, x, start, LEVELS, direction, lambda values: max(rounding, precision.noise(values))
        )
        estimates = sorted(_estimates(samples), key=lambda estimate: estimate.error)
        held = (_held(estimate, samples, rounding) for estimate in estimates[:TRIED])
        best = next((estimate for estimate in held if estimate is not None), None)
        if best is not None:
            _require_one_slope(best, estimates)
            found.append(_Slope(best.number, best.error, _is_bent(samples[: best.last + 8])))
    if not found:
        raise ValueError("its differences do not settle")
    best_of_all = min(found, key=lambda slope: slope.error)
    for other in found:
        _require_agreement(best_of_all, other)
    if jump > 10**4 * (abs(best_of_all.number * x) + abs(g(x))) / FLOATS:
        raise ValueError("its value jumps within the rounding of the operand")
    return best_of_all


def _held(estimate: _Estimate, samples: Sequence[_Sample], rounding: Any) -> _Estimate | None:
    """The estimate with its error, if the smaller steps differ from it by rounding alone.

    How large rounding is, the smallest of them say, by how they differ from each other.
    """
    smaller = samples[estimate.last + 1 :]
    if len(smaller) < FEWEST:
        return None
    level = max(
        abs(a.number - b.number) * b.step for a, b in itertools.pairwise(smaller[-SMALLEST:])
    )
    level = max(level, rounding)
    if level > max(sample.size for sample in samples) / 10**4:
        return None  # what rounding makes of the values is no function any more
    off = abs(samples[estimate.last].number - estimate.number)
    for sample in smaller:
        noise = max(sample.noise, level / sample.step)
        if not abs(sample.number - estimate.number) <= 4 * (estimate.error + noise + off):
            return None
    error = estimate.error + level / samples[estimate.last].step
    return _Estimate(estimate.number, error, estimate.last)


def _require_one_slope(best: _Estimate, estimates: Sequence[_Estimate]) -> None:
    """A ValueError where larger steps agree on another slope: a kink or a pole near by, a value
    that is rounded more than floats are, or two scales.
    """
    for other in estimates:
        if other.last < best.last and other.error <= abs(other.number) / 1000:
            _require_agreement(best, other)


def _require_agreement(one: Any, other: Any) -> None:
    apart = abs(one.number - other.number)
    if apart > 100 * (one.error + other.error) + abs(one.number) / 10**6:
        raise ValueError("its slope is another over larger steps")


def _is_bent(samples: Sequence[_Sample]) -> bool:
    """Whether the second differences are those of a kink.

    The bend of a smooth function halves with the step, that of a kink stays.
    """
    seen = [sample.bend for sample in samples if sample.bend > 64 * sample.noise]
    return len(seen) > 1 and bool(4 * seen[-1] > 3 * seen[-2])


class _Precision(NamedTuple):
    """A type of number: how others become one, and how it is differentiated in.

    The steps go in each of the `directions`. Numbers of the kinds `strict` never were floats.
    """

    convert: Callable[[Any], Any]
    kinds: tuple[type, ...]
    directions: tuple[Any, ...] = (1,)
    strict: tuple[type, ...] = ()

    @property
    def precise(self) -> bool:
        """Whether it has more digits than floats."""
        return self.convert not in (float, complex)

    @property
    def rounds_late(self) -> bool:
        """Whether it has many digits, but not all: mpmath's numbers and Decimals."""
        return self.precise and self.convert is not Fraction

    def holds(self, number: Any) -> bool:
        """Whether a number is of this type; integers are of any."""
        return isinstance(number, (int, *self.kinds))

    def read(self, x: Any, as_it_is: bool) -> Any:
        """An operand in this type; an integer may stay as it is."""
        return x if as_it_is and isinstance(x, int) else self.convert(x)

    def refuses_floats(self, number: Any) -> bool:
        """Whether a number is of a type that cannot become a float in secret."""
        return isinstance(number, self.strict)

    def noise(self, values: Sequence[Any], digits: int = 0) -> Any:
        """How far a difference of values may be off by rounding."""
        if self.convert is Fraction:
            return 0
        largest = max(map(abs, values))
        # What is close to 0 was perhaps computed from numbers close to 1.
        return largest / 10 ** (digits - 1) if self.precise else max(largest, 1) / FLOATS


def _precisions(at: Sequence[Any]) -> Iterator[_Precision]:
    """From the most exact on: Fractions, mpmath's numbers, Decimals, floats."""
    mpmath = _mpmath()
    is_complex = any(not isinstance(x, (numbers.Real, Decimal)) for x in at)
    directions = (1, 1j) if is_complex else (1,)
    longest = max(map(abs, at)) * (max(map(_bits, at)) + DIGITS * 3 // 2)
    if not is_complex and (len(at) == 1 or longest < LONGEST):
        yield _Precision(Fraction, (Fraction,))
    if mpmath:
        own = _own_context()
        strict = (own.mpf, own.mpc) if is_complex else (own.mpf,)
        theirs = (mpmath.mpf, mpmath.mpc) if is_complex else (mpmath.mpf,)
        yield _Precision(_reading(strict[-1]), (*strict, *theirs), directions, strict)
    if any(isinstance(x, Decimal) for x in at):
        yield _Precision(Decimal, (Decimal,))
    kinds = (complex, float) if is_complex else (float,)
    yield _Precision(kinds[0], kinds, directions)


def _bits(x: Any) -> int:
    exact = Fraction(x) if isinstance(x, (int, float, Decimal)) else x
    return int(exact.denominator).bit_length() if isinstance(exact, Fraction) else 0


def _reading(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What makes a number of mpmath's, which reads neither Decimals nor Fractions."""

    def read(x: Any) -> Any:
        if not isinstance(x, (Decimal, Fraction)):
            return kind(x)
        exact = Fraction(x)
        return kind(exact.numerator) / exact.denominator

    return read


def _no_float(number: Any) -> Any:
    raise TypeError("its value is computed in floats")


def plain(number: Any) -> Any:
    """A number of the own context as one of mpmath's; any other as it is."""
    return _mpmath().mpmathify(number) if hasattr(number, "ctx") else number


@cache
def _own_context() -> Any:
    """A context of mpmath's whose numbers refuse to become floats: math.sin sees none of them."""
    context = type(importlib.import_module("mpmath").mp)()
    for kind in (context.mpf, context.mpc):
        kind.ctx = context  # where the engine looks for its functions
        kind.__float__ = kind.__complex__ = _no_float
    return context


@contextlib.contextmanager
def with_digits(digits: int) -> Iterator[None]:
    """Decimals and mpmath's numbers with so many digits."""
    with _LOCK, decimal.localcontext() as context, contextlib.ExitStack() as stack:
        context.prec = digits
        if mpmath := _mpmath():
            stack.enter_context(mpmath.workdps(digits))
            stack.enter_context(_own_context().workdps(digits))
        yield


def _mpmath() -> Any:
    try:
        return importlib.import_module("mpmath")
    except ImportError:
        return None


def as_like(number: Any, like: Any) -> Any:
    """A number of high precision as one of the engine's own type."""
    try:
        return type(like)(plain(number)) if type(like) in (float, complex) else number
    except FAULTS:
        return number
