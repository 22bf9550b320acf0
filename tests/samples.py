"""One record for each operation of the rule table: all that its tests need, by others than the
engine.

`formula` is the operation as a book writes it, over the functions `m` of a package (packages.py):
mpmath's for 50 digits and numerical derivatives, SymPy's for the symbolic ones, Python's own for
what it does on plain numbers, math's to read a printed line, PyTorch's and JAX's beside theirs. The
tests of the table and of tests/trust are made from `SAMPLES`."""

from __future__ import annotations

import functools
import math
import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import draws
from packages import FLOATS, PLAIN, choose

F, D = Fraction, Decimal  # written so often below that the names must not hide the numbers

NEEDED = (
    "a new operation needs a record in SAMPLES of tests/samples.py, and an entry in TRUE of "
    "tests/trust/test_hostile.py, which writes its lines of hostile.csv when that file is run"
)


class ByName(dict[str, Any]):
    """Something for each operation; where it is missing, the error says what a new one needs."""

    def __missing__(self, name: str) -> Any:
        raise LookupError(f"nothing for {name}: {NEEDED}")


@dataclass(frozen=True)
class Exact:
    """Fractions in, and the value and the partials that follow, by hand; None where the derivative
    is refused.
    """

    operands: tuple[F, ...]
    value: F
    partials: tuple[F | int | None, ...]


@dataclass(frozen=True)
class Refused:
    """Operands that raise, in the value or only in the derivative, with the class and a part of the
    sentence.
    """

    operands: tuple[Any, ...]
    error: type[Exception]
    sentence: str
    in_derivative: bool = False


class Rational(NamedTuple):
    """Random Fractions at which all derivatives in the operands at `moving` (None: in all) are
    Fractions.
    """

    draw: draws.Draw
    moving: tuple[int, ...] | None = None


class Silent(NamedTuple):
    """A function of (the operation, the square root, x) whose infinite slope is on the side not
    taken; for each x its first and second derivative.
    """

    function: Callable[..., Any]
    derivatives: dict[int, tuple[float, float]]


class Kinks(NamedTuple):
    """Operands where the derivative is a convention, and operands where it is not."""

    at: Sequence[tuple[int, ...]]
    beside: Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Samples:
    """What one operation is tested on. A record needs the first three fields; Fractions and
    Decimals that it does not compute stand in `refused`.

    Float samples keep away from the kinks, whose conventions have tests of their own. What `plain`,
    `torch` and `jax` leave out, the formula says."""

    formula: Callable[..., Any]
    floats: Sequence[tuple[float, ...]]
    exact: Sequence[Exact]
    decimals: Sequence[tuple[D, ...]] = ()
    refused: Sequence[Refused] = ()
    # an int of its domain, and whether mpmath's intervals have it, for docs/numbers.md
    integer: int = 2
    intervals: bool = True
    # what the function takes, made of flat operands
    arrange: Callable[..., tuple[Any, ...]] = field(default=lambda *operands: operands)
    # no sides: tested to the second order and over symbols too
    smooth: bool = True
    kinks: Kinks | None = None
    silent: Silent | None = None
    # random Fractions; left out, the points of `exact`
    rationals: Sequence[Rational] = ()
    # random floats, near and far; left out, of 24 decades
    draw: draws.Draw | None = None
    # the error of a partial, in ulp x condition in the operands alone: see trust/test_floats.py
    alone: float = 2.0
    # the error of the value, in ulp x condition: more where it rounds an argument of its own first
    bound: float = 2.0
    # where it is smooth, and no derivative is huge
    safe: Callable[..., bool] = field(default=lambda *operands: True)
    # computed where the formula, in floats, overflows or is refused
    stable: bool = False
    # of (Python's functions by type, *operands): on plain numbers, where that is not the formula
    plain: Callable[..., Any] | None = None
    # of (the package, *operands): its own function
    torch: Callable[..., Any] | None = None
    jax: Callable[..., Any] | None = None
    # the functions of floats in a printed line; left out, its own name if it has one operand
    reads: dict[str, Callable[..., Any]] | None = None
    # the float that its primed name is: relu'(x)
    prime: Callable[[float], float] | None = None

    def refuses(self, kind: type) -> bool:
        """Whether it is refused for numbers of that type, some or all."""
        return any(type(x) is kind for case in self.refused for x in case.operands)

    def on_plain_numbers(self, *operands: Any) -> Any:
        """What Python's own operators and functions make of the operands."""
        return (self.plain or self.formula)(PLAIN, *operands)

    def words(self, name: str) -> dict[str, Callable[..., Any]]:
        """The functions that a printed line of the operation may name."""
        primed = {f"{name}'": self.prime} if self.prime else {}
        if self.reads is not None:
            return self.reads | primed
        own = {name: functools.partial(self.formula, FLOATS)} if len(self.floats[0]) == 1 else {}
        return own | primed


# --- formulas of several lines, and what several records say --------------------------------------


def _halves(*operands: Any) -> tuple[Any, ...]:
    """The arguments of dot: weights, inputs, and the odd one out is the bias."""
    n = len(operands) // 2
    return (operands[:n], operands[n : 2 * n], *operands[2 * n :])


def _total(m: Any, *x: Any) -> Any:
    return functools.reduce(operator.add, x)


def _dot(m: Any, *x: Any) -> Any:
    n = len(x) // 2
    return _total(m, *map(operator.mul, x[:n], x[n : 2 * n]), *x[2 * n :])


def _dot_of(stack: Callable[..., Any], *x: Any) -> Any:
    n = len(x) // 2
    product = stack(x[:n]) @ stack(x[n : 2 * n])
    return product + x[-1] if len(x) % 2 else product


def _require_probabilities(*numbers: Any) -> None:
    for x in numbers:
        if isinstance(x, (int, float, Fraction, Decimal)) and (x < 0 or x > 1):
            raise ValueError("not a probability")


def _cross_entropy(m: Any, a: Any, y: Any) -> Any:
    _require_probabilities(a, y)
    return -((y * m.log(a) if y != 0 else 0) + ((1 - y) * m.log(1 - a) if y != 1 else 0))


def _cross_entropy_with_logits(m: Any, z: Any, y: Any) -> Any:
    _require_probabilities(y)
    return m.log(1 + m.exp(z)) - y * z


def _share_of_softmax(m: Any, x: Any, *z: Any) -> Any:
    return m.exp(x) / _total(m, *map(m.exp, z or (x,)))


def _first_and_rest(x: Any, *z: Any) -> tuple[Any, ...]:
    """One alone is the only logit."""
    return x, z or (x,)


def _logits_and_targets(*operands: Any) -> tuple[Any, ...]:
    """Halves; of an odd number the last target is a plain 1."""
    n = (len(operands) + 1) // 2
    return operands[:n], (*operands[n:], 1)[:n]


def _loss_of_logits(m: Any, *operands: Any) -> Any:
    z, y = _logits_and_targets(*operands)
    _require_probabilities(*y)
    normaliser = m.log(_total(m, *map(m.exp, z)))
    return _total(m, *(y[i] * (normaliser - z[i]) for i in range(len(z))))


def _weighted(weights: Any, numbers: Any) -> Any:
    return sum(weight * number for weight, number in zip(weights, numbers, strict=True))


def _draw_logits_and_targets(rng: random.Random) -> tuple[float, ...]:
    n = rng.randint(1, 4)
    logits = (draws.between(-300, 300)(rng) for _ in range(n))
    return *logits, *(draws.probability(rng) for _ in range(n))


def _root_of_two(x: Any) -> Any:
    """Of the type that x has, where Python has one."""
    return D(2).sqrt() if isinstance(x, D) else PLAIN.sqrt(x * 0 + 2)


def _away(x: float) -> bool:
    """From a kink or a pole."""
    return abs(x) > 0.05


def _either_side(at: tuple[int, ...], *beside: tuple[int, ...]) -> Kinks:
    return Kinks([at], beside)


def decimals(*numbers: str) -> tuple[D, ...]:
    return tuple(map(D, numbers))


NO_SINE = "Decimals have no {}; compute in floats"
NOT_A_FRACTION = "{} of a Fraction is not a Fraction; compute in floats"
NOT_ABOVE_1 = [
    Refused((1.5,), ValueError, "the operand must be from -1 to 1"),
    Refused((F(-3, 2),), ValueError, "the operand must be from -1 to 1"),
    Refused((1.0,), ZeroDivisionError, "the derivative needs one between", in_derivative=True),
    Refused((-1.0,), ZeroDivisionError, "the derivative needs one between", in_derivative=True),
]


HALF = F(1, 2)


def refused_by_type(name: str, fraction: F = HALF, of: str = "") -> list[Refused]:
    """A Fraction and a Decimal, which the function `of` it refuses."""
    return [
        Refused((D("0.5"),), TypeError, NO_SINE.format(of or name)),
        Refused((fraction,), TypeError, NOT_A_FRACTION.format(of or name)),
    ]


ONE_OPERAND = [(-2.5,), (-0.3,), (0.7,), (3.0,)]
BY_ZERO = "the divisor must not be 0"

SAMPLES: dict[str, Samples] = {
    "add": Samples(
        lambda m, a, b: a + b,
        [(1.5, 2.25), (0.1, 0.2), (-3.0, 7.7)],
        [Exact((F(1, 2), F(1, 3)), F(5, 6), (1, 1)), Exact((F(-2), F(2)), F(0), (1, 1))],
        [decimals("0.1", "0.2")],
        [Refused((1.0, D(1)), TypeError, r"1.0 \+ .*1.*unsupported operand")],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.tie,
    ),
    "sub": Samples(
        lambda m, a, b: a - b,
        [(1.5, 2.25), (0.1, 0.3), (-3.0, 7.7)],
        [Exact((F(1, 2), F(1, 3)), F(1, 6), (1, -1))],
        [decimals("0.1", "0.3")],
        [Refused((1.0, D(1)), TypeError, "1.0 - .*1.*unsupported operand")],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.tie,
    ),
    "mul": Samples(
        lambda m, a, b: a * b,
        [(1.5, 2.25), (0.1, 0.3), (-3.0, 7.7)],
        [
            Exact((F(1, 2), F(1, 3)), F(1, 6), (F(1, 3), F(1, 2))),
            Exact((F(0), F(5)), F(0), (5, 0)),
        ],
        [decimals("0.1", "-0.3")],
        [Refused((1.0, D(1)), TypeError, r"1.0\*.*1.*unsupported operand")],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.numbers(2, 70),
    ),
    "div": Samples(
        lambda m, a, b: a / b,
        [(1.5, 2.25), (0.1, 0.3), (-3.0, 7.7)],
        [
            Exact((F(1, 2), F(1, 3)), F(3, 2), (3, F(-9, 2))),
            Exact((F(1), F(-2)), F(-1, 2), (F(-1, 2), F(-1, 4))),
        ],
        [decimals("1", "3")],
        [
            Refused((1.0, 0.0), ZeroDivisionError, BY_ZERO),
            Refused((F(1), F(0)), ZeroDivisionError, BY_ZERO),
            Refused((D(1), D(0)), ZeroDivisionError, BY_ZERO),
        ],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.numbers(2, 70),
        safe=lambda a, b: abs(b) > 0.3,
    ),
    "neg": Samples(
        lambda m, x: -x,
        ONE_OPERAND,
        [Exact((F(2, 3),), F(-2, 3), (-1,))],
        [decimals("0.1")],
        rationals=[Rational(draws.rationals(1))],
        draw=draws.numbers(1, 300),
        reads={},  # it is written as a sign
    ),
    "pow": Samples(
        lambda m, x, n: x**n,
        [(1.5, 2.25), (0.1, 3.0), (2.5, -1.5), (3.0, 1.0)],
        [
            Exact((F(1), F(3)), F(1), (3, 0)),
            Exact((F(4, 9), F(3, 2)), F(8, 27), (1, None)),
            Exact((F(-2), F(2)), F(4), (-4, None)),
            Exact((F(0), F(2)), F(0), (0, 0)),
        ],
        [decimals("1.5", "0.5"), decimals("2", "3")],
        [
            Refused((0.0, -1.0), ZeroDivisionError, "0 has no negative power"),
            Refused((-2.0, 0.5), TypeError, "a fractional power of a negative number is complex"),
            Refused(
                (F(2), F(1, 2)),
                TypeError,
                "this power of a Fraction is not a Fraction; compute in floats",
            ),
            Refused(
                (-2.0, 2.0),
                ValueError,
                "the derivative in the exponent needs a positive base",
                in_derivative=True,
            ),
        ],
        kinks=Kinks([(0, 0)], [(0, 1), (0, -1), (1, 0), (-1, 0)]),
        rationals=[
            Rational(draws.integer_power, (0,)),
            Rational(draws.root_power, (0,)),
            Rational(draws.power_of_one),
        ],
        draw=draws.power,
        alone=10,
        safe=lambda x, n: _away(x) if n.__class__ is int else 0.2 < x < 5 and abs(n) < 3,
    ),
    "abs": Samples(
        lambda m, x: m.where(x > 0, x, -x),
        ONE_OPERAND,
        [
            Exact((F(-2, 3),), F(2, 3), (-1,)),
            Exact((F(2),), F(2), (1,)),
            Exact((F(0),), F(0), (0,)),
        ],
        [decimals("-0.1"), decimals("2")],
        smooth=False,
        kinks=_either_side((0,), (1,), (-1,)),
        silent=Silent(lambda f, root, x: f(root(x)), {0: (0, 0), 16: (1 / 8, -1 / 256)}),
        rationals=[Rational(draws.rationals(1))],
        draw=draws.numbers(1, 300),
        safe=_away,
        plain=lambda m, x: abs(x),
        # the third derivative of torch.abs can be a RuntimeError
        jax=lambda jax, x: jax.numpy.abs(x),
        prime=lambda x: (x > 0) - (x < 0),
    ),
    "exp": Samples(
        lambda m, x: m.exp(x),
        ONE_OPERAND,
        [Exact((F(0),), F(1), (1,))],
        [decimals("0.1"), decimals("-3")],
        [
            Refused((1000.0,), OverflowError, "a float has no exponential of more than 709.78"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("exp")),
        ],
        draw=draws.within(-700, 700),
        alone=1,
        safe=lambda x: x < 3,
    ),
    "expm1": Samples(
        lambda m, x: m.expm1(x),
        [*ONE_OPERAND, (1e-9,)],
        [Exact((F(0),), F(0), (1,))],
        [decimals("0.1"), decimals("-3"), decimals("1E-20")],
        [
            Refused((1000.0,), OverflowError, "a float has no exponential of more than 709.78"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("expm1")),
        ],
        draw=draws.within(-700, 700),
        safe=lambda x: x < 3,
        stable=True,
    ),
    "log": Samples(
        lambda m, x: m.log(x),
        [(0.3,), (1.0,), (7.5,)],
        [Exact((F(1),), F(0), (1,))],
        [decimals("0.1"), decimals("3")],
        [
            Refused((0.0,), ValueError, "the operand must be greater than 0"),
            Refused((-1.0,), ValueError, "the operand must be greater than 0"),
            Refused((F(0),), ValueError, "the operand must be greater than 0"),
            Refused((F(2),), TypeError, NOT_A_FRACTION.format("log")),
            Refused((D(-1),), ArithmeticError, "the operand must be greater than 0"),
        ],
        draw=draws.positive,
        alone=1,
        safe=lambda x: x > 0.2,
        reads={"log": lambda x: math.log(x) if x else -1e300},  # 0*log(0) is 0
    ),
    "log1p": Samples(
        lambda m, x: m.log1p(x),
        [(-0.7,), (1e-9,), (0.3,), (1000.0,)],
        [Exact((F(0),), F(0), (1,))],
        [decimals("-0.9"), decimals("3")],
        [
            Refused((-1.0,), ValueError, "the operand must be greater than -1"),
            Refused((-1000.0,), ValueError, "the operand must be greater than -1"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("log1p")),
        ],
        draw=draws.above_minus_one,
        safe=lambda x: x > -0.8,
        stable=True,
    ),
    "sqrt": Samples(
        lambda m, x: m.sqrt(x),
        [(0.3,), (1.0,), (7.5,)],
        [Exact((F(4, 9),), F(2, 3), (F(3, 4),)), Exact((F(25),), F(5), (F(1, 10),))],
        [decimals("0.1"), decimals("3")],
        [
            Refused((-2.0,), ValueError, "the operand must not be negative"),
            Refused((F(-2),), ValueError, "the operand must not be negative"),
            Refused((F(2),), TypeError, "this power of a Fraction is not a Fraction"),
            Refused(
                (0.0,),
                ZeroDivisionError,
                "the derivative needs one greater than 0",
                in_derivative=True,
            ),
        ],
        rationals=[Rational(draws.square)],
        draw=draws.positive,
        safe=lambda x: x > 0.2,
    ),
    "sin": Samples(
        lambda m, x: m.sin(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("sin")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("sin")),
        ],
        draw=draws.numbers(1, 15),
        alone=1,
    ),
    "cos": Samples(
        lambda m, x: m.cos(x),
        ONE_OPERAND,
        [Exact((F(0),), F(1), (0,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("cos")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("cos")),
        ],
        draw=draws.numbers(1, 15),
        alone=1,
    ),
    "tan": Samples(
        lambda m, x: m.tan(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("tan")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("tan")),
        ],
        draw=draws.numbers(1, 15),
        safe=lambda x: abs(math.cos(x)) > 0.4,
    ),
    "asin": Samples(
        lambda m, x: m.asin(x),
        [(-0.9,), (-0.3,), (0.7,), (0.99,)],
        [Exact((F(0),), F(0), (1,))],
        refused=[*NOT_ABOVE_1, *refused_by_type("asin")],
        integer=0,
        intervals=False,
        draw=draws.unit,
        safe=lambda x: abs(x) < 0.8,
        reads={"asin": math.asin, "arcsin": math.asin},
    ),
    "acos": Samples(
        lambda m, x: m.acos(x),
        [(-0.9,), (-0.3,), (0.7,), (0.99,)],
        [Exact((F(1),), F(0), (None,))],
        refused=[*NOT_ABOVE_1, *refused_by_type("acos", F(0))],
        integer=0,
        intervals=False,
        draw=draws.unit,
        safe=lambda x: abs(x) < 0.8,
        reads={"acos": math.acos, "arccos": math.acos},
    ),
    "atan": Samples(
        lambda m, x: m.atan(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        refused=refused_by_type("atan"),
        intervals=False,
        draw=draws.numbers(1, 70),
        reads={"atan": math.atan, "arctan": math.atan},
    ),
    "sinh": Samples(
        lambda m, x: m.sinh(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        [decimals("-0.5"), decimals("2"), decimals("1E-20")],
        [
            Refused((-711.0,), OverflowError, "a float has no hyperbolic sine beyond 710.47"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("sinh")),
        ],
        draw=draws.within(-700, 700),
        safe=lambda x: abs(x) < 3,
    ),
    "cosh": Samples(
        lambda m, x: m.cosh(x),
        ONE_OPERAND,
        [Exact((F(0),), F(1), (0,))],
        [decimals("-0.5"), decimals("2")],
        [
            Refused((711.0,), OverflowError, "a float has no hyperbolic cosine beyond 710.47"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("cosh")),
        ],
        draw=draws.within(-700, 700),
        safe=lambda x: abs(x) < 3,
    ),
    "tanh": Samples(
        lambda m, x: m.tanh(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        [decimals("-0.5"), decimals("2")],
        [Refused((F(1),), TypeError, NOT_A_FRACTION.format("tanh"))],
        draw=draws.within(-300, 300),
        alone=1e15,
        safe=lambda x: abs(x) < 4,
        stable=True,
    ),
    "erf": Samples(
        lambda m, x: m.erf(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (None,))],  # its slope there is 2/sqrt(pi)
        refused=[*refused_by_type("erf"), Refused((1j,), TypeError, "cmath has no erf")],
        intervals=False,
        draw=draws.within(-26, 26),
        safe=lambda x: abs(x) < 2,
        jax=lambda jax, x: jax.scipy.special.erf(x),
    ),
    "sigmoid": Samples(
        lambda m, x: 1 / (1 + m.exp(-x)),
        ONE_OPERAND,
        [Exact((F(0),), F(1, 2), (F(1, 4),))],
        [decimals("-0.5"), decimals("2")],
        [Refused((F(1),), TypeError, NOT_A_FRACTION.format("exp"))],
        draw=draws.within(-350, 350),
        alone=1e15,
        stable=True,
        torch=lambda torch, x: torch.sigmoid(x),
        jax=lambda jax, x: jax.nn.sigmoid(x),
    ),
    "softplus": Samples(
        lambda m, x: m.log(1 + m.exp(x)),
        ONE_OPERAND,
        [],  # at no Fraction is it a Fraction
        [decimals("-0.5"), decimals("2")],
        [
            Refused((F(0),), TypeError, NOT_A_FRACTION.format("log1p")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("exp")),
        ],
        draw=draws.within(-700, 700),
        stable=True,
        # its own threshold, 20, is off by 2e-9
        torch=lambda torch, x: torch.nn.functional.softplus(x, threshold=60),
        jax=lambda jax, x: jax.nn.softplus(x),
    ),
    "silu": Samples(
        lambda m, x: x / (1 + m.exp(-x)),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (F(1, 2),))],
        [decimals("-0.5"), decimals("2")],
        [Refused((F(1),), TypeError, NOT_A_FRACTION.format("exp"))],
        draw=draws.within(-350, 350),
        alone=4,  # at its minimum sigmoid(x) and y*sigmoid(-x) cancel
        bound=3,  # the sigmoid is rounded, and then the product
        stable=True,
        torch=lambda torch, x: torch.nn.functional.silu(x),
        jax=lambda jax, x: jax.nn.silu(x),
    ),
    "gelu": Samples(
        lambda m, x: x * (1 + m.erf(x / m.sqrt(2))) / 2,
        [(-0.6,), (-0.3,), (0.7,), (3.0,)],
        [Exact((F(0),), F(0), (None,))],  # its slope there is 1/2, and x times a root of pi
        refused=[*refused_by_type("gelu", of="erfc"), Refused((1j,), TypeError, "has no erfc")],
        intervals=False,
        draw=draws.within(-37, 37),
        alone=1e15,
        bound=4,  # x/sqrt(2), which erfc magnifies
        stable=True,
        plain=lambda m, x: x * m.erfc(-x / _root_of_two(x)) / 2,
        torch=lambda torch, x: torch.nn.functional.gelu(x),
        jax=lambda jax, x: jax.nn.gelu(x, approximate=False),
    ),
    "where": Samples(
        lambda m, z, a, b: m.where(z > 0, a, b),
        [(0.5, 2.0, 3.0), (-0.5, 2.0, 3.0)],
        [
            Exact((F(1, 2), F(2), F(3)), F(2), (0, 1, 0)),
            Exact((F(0), F(2), F(3)), F(3), (0, 0, 1)),
        ],
        [decimals("0.5", "2", "3"), decimals("-0.5", "2", "3")],
        [Refused((1j, 2j, 3j), TypeError, "where of a complex is not defined")],
        smooth=False,
        kinks=_either_side((0, 2, 3), (1, 0, 0), (-1, 0, 0)),
        silent=Silent(lambda f, root, x: f(x, root(x), x), {0: (1, 0), 16: (1 / 8, -1 / 256)}),
        rationals=[Rational(draws.rationals(3))],
        draw=draws.numbers(3),
        safe=lambda z, a, b: _away(z),
        reads={"where": choose},
    ),
    "relu": Samples(
        lambda m, x: m.where(x > 0, x, 0),
        ONE_OPERAND,
        [
            Exact((F(2, 3),), F(2, 3), (1,)),
            Exact((F(-2),), F(0), (0,)),
            Exact((F(0),), F(0), (0,)),
        ],
        [decimals("-0.5"), decimals("2")],
        [Refused((1j,), TypeError, "where of a complex is not defined")],
        smooth=False,
        kinks=_either_side((0,), (1,), (-1,)),
        silent=Silent(lambda f, root, x: f(root(x) - 1), {0: (0, 0), 16: (1 / 8, -1 / 256)}),
        rationals=[Rational(draws.rationals(1))],
        draw=draws.numbers(1, 300),
        safe=_away,
        torch=lambda torch, x: torch.relu(x),
        jax=lambda jax, x: jax.nn.relu(x),
        prime=lambda x: float(x > 0),
    ),
    "leaky_relu": Samples(
        lambda m, x: m.where(x > 0, x, x / 100),
        ONE_OPERAND,
        [Exact((F(2, 3),), F(2, 3), (1,)), Exact((F(-2),), F(-1, 50), (F(1, 100),))],
        [decimals("-0.5"), decimals("2")],
        [Refused((1j,), TypeError, "where of a complex is not defined")],
        smooth=False,
        kinks=_either_side((0,), (1,), (-1,)),
        rationals=[Rational(draws.rationals(1))],
        draw=draws.numbers(1, 300),
        safe=_away,
        plain=lambda m, x: x if x > 0 else x / 100,
        torch=lambda torch, x: torch.nn.functional.leaky_relu(x),
        jax=lambda jax, x: jax.nn.leaky_relu(x),
        prime=lambda x: 1 if x > 0 else 0.01,
    ),
    "elu": Samples(
        lambda m, x: m.where(x > 0, x, m.expm1(x)),
        ONE_OPERAND,
        [Exact((F(2, 3),), F(2, 3), (1,)), Exact((F(0),), F(0), (1,))],
        [decimals("-0.5"), decimals("2")],
        [
            Refused((F(-1),), TypeError, NOT_A_FRACTION.format("expm1")),
            Refused((1j,), TypeError, "where of a complex is not defined"),
        ],
        smooth=False,
        rationals=[Rational(draws.square)],
        draw=draws.within(-700, 700),
        safe=_away,
        plain=lambda m, x: x if x > 0 else m.expm1(x),
        torch=lambda torch, x: torch.nn.functional.elu(x),
        jax=lambda jax, x: jax.nn.elu(x),
    ),
    "maximum": Samples(
        lambda m, a, b: m.where(a > b, a, b),
        [(0.5, 2.0), (2.0, 0.5), (-1.0, -3.0)],
        [
            Exact((F(1), F(2)), F(2), (0, 1)),
            Exact((F(2), F(1)), F(2), (1, 0)),
            Exact((F(1), F(1)), F(1), (0, 1)),
        ],
        [decimals("0.5", "2"), decimals("2", "0.5")],
        [Refused((1j, 2j), TypeError, "max of a complex is not defined")],
        smooth=False,
        kinks=_either_side((2, 2), (1, 2), (2, 1)),
        silent=Silent(lambda f, root, x: f(root(x), x + 1), {0: (1, 0), 16: (1, 0)}),
        rationals=[Rational(draws.no_tie)],
        draw=draws.tie,
        safe=lambda a, b: _away(a - b),
        torch=lambda torch, a, b: torch.maximum(a, b),
        jax=lambda jax, a, b: jax.numpy.maximum(a, b),
        reads={"max": max},
    ),
    "minimum": Samples(
        lambda m, a, b: m.where(a < b, a, b),
        [(0.5, 2.0), (2.0, 0.5), (-1.0, -3.0)],
        [
            Exact((F(1), F(2)), F(1), (1, 0)),
            Exact((F(2), F(1)), F(1), (0, 1)),
            Exact((F(1), F(1)), F(1), (0, 1)),
        ],
        [decimals("0.5", "2"), decimals("2", "0.5")],
        [Refused((1j, 2j), TypeError, "min of a complex is not defined")],
        smooth=False,
        kinks=_either_side((2, 2), (1, 2), (2, 1)),
        silent=Silent(lambda f, root, x: f(root(x), x - 1), {0: (1, 0), 16: (1 / 8, -1 / 256)}),
        rationals=[Rational(draws.no_tie)],
        draw=draws.tie,
        safe=lambda a, b: _away(a - b),
        torch=lambda torch, a, b: torch.minimum(a, b),
        jax=lambda jax, a, b: jax.numpy.minimum(a, b),
        reads={"min": min},
    ),
    "dot": Samples(
        _dot,
        [
            (0.5, 2.0),
            (0.9, 0.6, 1.1, 0.4),
            (0.5, 2.0, 0.1),
            (0.9, -0.6, 1.1, 0.4, -0.3),
            (1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
            (0.1, 0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9),
        ],
        [
            Exact((F(1, 2), F(3)), F(3, 2), (3, F(1, 2))),
            Exact((F(1), F(2), F(3), F(4), F(5)), F(16), (3, 4, 1, 2, 1)),
        ],
        [decimals("0.5", "2"), decimals("1", "2", "3", "4", "5")],
        arrange=_halves,
        rationals=[Rational(draws.rationals(2, 5))],
        draw=draws.any_count(2, 7),
        torch=lambda torch, *x: _dot_of(torch.stack, *x),
        jax=lambda jax, *x: _dot_of(jax.numpy.stack, *map(jax.numpy.asarray, x)),
    ),
    "total": Samples(
        _total,
        [(0.5,), (0.5, 2.0), (0.1, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [
            Exact((F(1, 2), F(1, 3), F(1)), F(11, 6), (1, 1, 1)),
            Exact((F(1, 2),), F(1, 2), (1,)),
        ],
        [decimals("0.5", "2")],
        arrange=lambda *operands: (operands,),
        rationals=[Rational(draws.rationals(1, 5))],
        draw=draws.any_count(1, 4),
        torch=lambda torch, *x: torch.stack(x).sum(),
        jax=lambda jax, *x: jax.numpy.stack(x).sum(),
        reads={},
    ),
    "mean": Samples(
        lambda m, *x: _total(m, *x) / len(x),
        [(0.5,), (0.5, 2.0), (0.1, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [Exact((F(1, 2), F(1, 3), F(1)), F(11, 18), (F(1, 3),) * 3)],
        [decimals("0.5", "2")],
        arrange=lambda *operands: (operands,),
        rationals=[Rational(draws.rationals(1, 5))],
        draw=draws.any_count(1, 4),
        torch=lambda torch, *x: torch.stack(x).mean(),
        jax=lambda jax, *x: jax.numpy.stack(x).mean(),
        reads={},
    ),
    "half_squared_error": Samples(
        lambda m, a, y: (y - a) ** 2 / 2,
        [(0.5, 2.0), (2.0, 0.5), (0.73, 1.0)],
        [Exact((F(1, 2), F(1)), F(1, 8), (F(-1, 2), F(1, 2)))],
        [decimals("0.5", "2")],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.tie,
        torch=lambda torch, a, y: torch.nn.functional.mse_loss(a, y) / 2,
    ),
    "squared_error": Samples(
        lambda m, a, y: (y - a) ** 2,
        [(0.5, 2.0), (2.0, 0.5), (0.73, 1.0)],
        [Exact((F(1, 2), F(1)), F(1, 4), (-1, 1))],
        [decimals("0.5", "2")],
        rationals=[Rational(draws.rationals(2))],
        draw=draws.tie,
        torch=lambda torch, a, y: torch.nn.functional.mse_loss(a, y),
    ),
    "binary_cross_entropy": Samples(
        lambda m, a, y: -(y * m.log(a) + (1 - y) * m.log1p(-a)),
        [(0.3, 0.75), (0.9, 0.2), (0.5, 0.5)],
        [Exact((F(1), F(1)), F(0), (-1, None)), Exact((F(0), F(0)), F(0), (1, None))],
        [decimals("0.3", "0.75")],
        [
            Refused((F(1, 2), F(1, 2)), TypeError, NOT_A_FRACTION.format("log")),
            Refused((1.5, 0.5), ValueError, "5 is not a probability; prediction and target must"),
            Refused((-0.5, 0.5), ValueError, "5 is not a probability; prediction and target must"),
        ],
        draw=lambda rng: (draws.probability(rng), draws.probability(rng)),
        alone=3,
        safe=lambda a, y: 0.05 < a < 0.95 and 0.05 < y < 0.95,
        plain=_cross_entropy,  # PyTorch's own adds 1e-12 to a divisor in the derivative
    ),
    "binary_cross_entropy_with_logits": Samples(
        lambda m, z, y: m.log(1 + m.exp(z)) - y * z,
        [(0.3, 0.75), (-2.0, 0.2), (3.0, 0.5)],
        [],
        [decimals("0.3", "0.75")],
        [
            Refused((F(1, 2), F(1, 2)), TypeError, NOT_A_FRACTION.format("exp")),
            Refused(
                (0.5, 2.0),
                ValueError,
                "2.0 is not a probability; the target must be a probability",
            ),
            Refused(
                (0.5, -1),
                ValueError,
                "-1 is not a probability; .* labels -1 and 1 are for hinge",
            ),
        ],
        draw=lambda rng: (draws.between(-300, 300)(rng), draws.probability(rng)),
        alone=3,
        safe=lambda z, y: 0.05 < y < 0.95,
        stable=True,
        plain=_cross_entropy_with_logits,
        torch=lambda torch, z, y: torch.nn.functional.binary_cross_entropy_with_logits(z, y),
        jax=lambda jax, z, y: jax.nn.softplus(z) - y * z,
    ),
    "log_sum_exp": Samples(
        lambda m, *z: m.log(sum(map(m.exp, z))),
        [(0.5,), (0.5, 2.0), (-1.0, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [],
        [decimals("0.5", "2")],
        [Refused((F(1, 2), F(1, 3)), TypeError, NOT_A_FRACTION.format("exp"))],
        arrange=lambda *operands: (operands,),
        rationals=[Rational(draws.rationals(1))],
        draw=lambda rng: tuple(draws.between(-300, 300)(rng) for _ in range(rng.randint(1, 5))),
        alone=500,
        stable=True,
        torch=lambda torch, *z: torch.logsumexp(torch.stack(z), 0),
        jax=lambda jax, *z: jax.nn.logsumexp(jax.numpy.stack(z)),
        reads={},
    ),
    "softmax_share": Samples(
        _share_of_softmax,
        [(0.5, 0.5), (0.5, 0.5, 2.0), (-1.0, 0.2, 0.3), (0.1, -0.2, 0.3, 0.1, 0.5)],
        [Exact((F(1, 2), F(1, 2)), F(1), (1, -1))],
        [decimals("0.5", "0.5", "2")],
        [Refused((F(1, 2), F(1, 3), F(1, 4)), TypeError, NOT_A_FRACTION.format("exp"))],
        arrange=_first_and_rest,
        rationals=[Rational(lambda rng: draws.rationals(1)(rng) * 2)],
        draw=lambda rng: tuple(draws.between(-300, 300)(rng) for _ in range(rng.randint(2, 5))),
        alone=500,
        bound=6,  # a sum of rounded exponentials
        stable=True,
        torch=lambda torch, x, *z: torch.exp(x - torch.logsumexp(torch.stack(z or (x,)), 0)),
        jax=lambda jax, x, *z: jax.numpy.exp(x - jax.nn.logsumexp(jax.numpy.stack(z or (x,)))),
        reads={},
    ),
    "cross_entropy_with_logits": Samples(
        _loss_of_logits,
        [(0.5, 0.75), (0.5, 2.0, 0.25, 0.75), (-1.0, 0.2, 0.3, 0.5, 0.2, 0.3)],
        [],
        [decimals("0.5", "2", "0.25", "0.75")],
        [
            Refused((F(1, 2), F(1, 3), F(1), F(0)), TypeError, NOT_A_FRACTION.format("exp")),
            Refused(
                (0.5, 2.0),
                ValueError,
                "2.0 is not a probability; the targets must be probabilities",
            ),
        ],
        arrange=_logits_and_targets,
        draw=_draw_logits_and_targets,
        alone=500,
        bound=6,  # likewise, and a sum over the classes
        safe=lambda *x: all(0.05 < y < 0.95 for y in x[(len(x) + 1) // 2 :]),
        stable=True,
        torch=lambda torch, *x: _weighted(
            _logits_and_targets(*x)[1],
            -torch.log_softmax(torch.stack(_logits_and_targets(*x)[0]), 0),
        ),
        jax=lambda jax, *x: _weighted(
            _logits_and_targets(*x)[1],
            -jax.nn.log_softmax(jax.numpy.stack(_logits_and_targets(*x)[0])),
        ),
        reads={},
    ),
}
SAMPLES = ByName(SAMPLES)
