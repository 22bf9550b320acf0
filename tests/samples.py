"""Samples for the rule table: operands, exact results worked by hand, expected errors, and an
independent formula.

The formulas know nothing of the engine: each is written over a namespace `m` that is `mpmath` or
`sympy`, so that the same line gives 50 digits and a symbolic derivative. tests/test_operations.py
is made from `SAMPLES`, and `KINKS` says where the derivatives are conventions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

F, D = Fraction, Decimal  # written so often below that the names must not hide the numbers


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


@dataclass(frozen=True)
class Samples:
    """What one operation is tested on. `arrange` turns flat operands into what the function takes.

    `smooth` operations are also tested to the second order and over symbols. Float samples keep
    away from the kinks, whose conventions have tests of their own.
    """

    formula: Callable[..., Any]
    floats: Sequence[tuple[float, ...]]
    exact: Sequence[Exact]
    decimals: Sequence[tuple[D, ...]] = ()
    refused: Sequence[Refused] = ()
    smooth: bool = True
    arrange: Callable[..., tuple[Any, ...]] = field(default=lambda *operands: operands)


# What else a new entry of the table needs.
NEEDED = (
    "a new operation needs SAMPLES in tests/samples.py (KINKS too, if it has a kink), and in tests/trust: POINTS or "
    "NEVER_RATIONAL in test_exact.py, POINTS in test_floats.py, PLAIN in plain.py, lines in hostile.csv, of_pytorch "
    "and of_jax in test_random_graphs.py, FUNCTIONS in test_readers.py (if it is written as a call), PIECES in "
    "symbolic.py (if it compares), SELECTIONS in test_silent_branches.py (if it selects)"
)


class ByName(dict[str, Any]):
    """Something for each operation; where it is missing, the error says what a new one needs."""

    def __missing__(self, name: str) -> Any:
        raise LookupError(f"nothing for {name}: {NEEDED}")


def _halves(*operands: Any) -> tuple[Any, ...]:
    """The arguments of dot: weights, inputs, and the odd one out is the bias."""
    n = len(operands) // 2
    return (operands[:n], operands[n : 2 * n], *operands[2 * n :])


def _dot(m: Any, *x: Any) -> Any:
    n = len(x) // 2
    return sum((w * a for w, a in zip(x[:n], x[n : 2 * n], strict=True)), sum(x[2 * n :]))


def decimals(*numbers: str) -> tuple[D, ...]:
    return tuple(map(D, numbers))


NO_SINE = "Decimals have no {}; compute in floats"
NOT_A_FRACTION = "{} of a Fraction is not a Fraction; compute in floats"
ONE_OPERAND = [(-2.5,), (-0.3,), (0.7,), (3.0,)]
BY_ZERO = "the divisor must not be 0"

SAMPLES: dict[str, Samples] = {
    "add": Samples(
        lambda m, a, b: a + b,
        [(1.5, 2.25), (0.1, 0.2), (-3.0, 7.7)],
        [Exact((F(1, 2), F(1, 3)), F(5, 6), (1, 1)), Exact((F(-2), F(2)), F(0), (1, 1))],
        [decimals("0.1", "0.2")],
        [Refused((1.0, D(1)), TypeError, r"1.0 \+ .*1.*unsupported operand")],
    ),
    "sub": Samples(
        lambda m, a, b: a - b,
        [(1.5, 2.25), (0.1, 0.3), (-3.0, 7.7)],
        [Exact((F(1, 2), F(1, 3)), F(1, 6), (1, -1))],
        [decimals("0.1", "0.3")],
        [Refused((1.0, D(1)), TypeError, "1.0 - .*1.*unsupported operand")],
    ),
    "mul": Samples(
        lambda m, a, b: a * b,
        [(1.5, 2.25), (0.1, 0.3), (-3.0, 7.7)],
        [Exact((F(1, 2), F(1, 3)), F(1, 6), (F(1, 3), F(1, 2))), Exact((F(0), F(5)), F(0), (5, 0))],
        [decimals("0.1", "-0.3")],
        [Refused((1.0, D(1)), TypeError, r"1.0\*.*1.*unsupported operand")],
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
    ),
    "neg": Samples(
        lambda m, x: -x, ONE_OPERAND, [Exact((F(2, 3),), F(-2, 3), (-1,))], [decimals("0.1")]
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
    ),
    "abs": Samples(
        lambda m, x: abs(x),
        ONE_OPERAND,
        [
            Exact((F(-2, 3),), F(2, 3), (-1,)),
            Exact((F(2),), F(2), (1,)),
            Exact((F(0),), F(0), (0,)),
        ],
        [decimals("-0.1"), decimals("2")],
        smooth=False,
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
    ),
    "log1p": Samples(
        lambda m, x: m.log(1 + x),
        [(-0.7,), (1e-9,), (0.3,), (1000.0,)],
        [Exact((F(0),), F(0), (1,))],
        [decimals("-0.9"), decimals("3")],
        [
            Refused((-1.0,), ValueError, "the operand must be greater than -1"),
            Refused((-1000.0,), ValueError, "the operand must be greater than -1"),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("log1p")),
        ],
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
    ),
    "sin": Samples(
        lambda m, x: m.sin(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("sin")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("sin")),
        ],
    ),
    "cos": Samples(
        lambda m, x: m.cos(x),
        ONE_OPERAND,
        [Exact((F(0),), F(1), (0,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("cos")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("cos")),
        ],
    ),
    "tan": Samples(
        lambda m, x: m.tan(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        refused=[
            Refused((D(1),), TypeError, NO_SINE.format("tan")),
            Refused((F(1),), TypeError, NOT_A_FRACTION.format("tan")),
        ],
    ),
    "tanh": Samples(
        lambda m, x: m.tanh(x),
        ONE_OPERAND,
        [Exact((F(0),), F(0), (1,))],
        [decimals("-0.5"), decimals("2")],
        [Refused((F(1),), TypeError, NOT_A_FRACTION.format("tanh"))],
    ),
    "sigmoid": Samples(
        lambda m, x: 1 / (1 + m.exp(-x)),
        ONE_OPERAND,
        [Exact((F(0),), F(1, 2), (F(1, 4),))],
        [decimals("-0.5"), decimals("2")],
        [Refused((F(1),), TypeError, NOT_A_FRACTION.format("exp"))],
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
    ),
    "where": Samples(
        lambda m, z, a, b: a if z > 0 else b,
        [(0.5, 2.0, 3.0), (-0.5, 2.0, 3.0)],
        [Exact((F(1, 2), F(2), F(3)), F(2), (0, 1, 0)), Exact((F(0), F(2), F(3)), F(3), (0, 0, 1))],
        [decimals("0.5", "2", "3"), decimals("-0.5", "2", "3")],
        [Refused((1j, 2j, 3j), TypeError, "where of a complex is not defined")],
        smooth=False,
    ),
    "relu": Samples(
        lambda m, x: max(x, 0),
        ONE_OPERAND,
        [Exact((F(2, 3),), F(2, 3), (1,)), Exact((F(-2),), F(0), (0,)), Exact((F(0),), F(0), (0,))],
        [decimals("-0.5"), decimals("2")],
        [Refused((1j,), TypeError, "where of a complex is not defined")],
        smooth=False,
    ),
    "leaky_relu": Samples(
        lambda m, x: x if x > 0 else x / 100,
        ONE_OPERAND,
        [Exact((F(2, 3),), F(2, 3), (1,)), Exact((F(-2),), F(-1, 50), (F(1, 100),))],
        [decimals("-0.5"), decimals("2")],
        [Refused((1j,), TypeError, "where of a complex is not defined")],
        smooth=False,
    ),
    "maximum": Samples(
        lambda m, a, b: max(a, b),
        [(0.5, 2.0), (2.0, 0.5), (-1.0, -3.0)],
        [
            Exact((F(1), F(2)), F(2), (0, 1)),
            Exact((F(2), F(1)), F(2), (1, 0)),
            Exact((F(1), F(1)), F(1), (0, 1)),
        ],
        [decimals("0.5", "2"), decimals("2", "0.5")],
        [Refused((1j, 2j), TypeError, "max of a complex is not defined")],
        smooth=False,
    ),
    "minimum": Samples(
        lambda m, a, b: min(a, b),
        [(0.5, 2.0), (2.0, 0.5), (-1.0, -3.0)],
        [
            Exact((F(1), F(2)), F(1), (1, 0)),
            Exact((F(2), F(1)), F(1), (0, 1)),
            Exact((F(1), F(1)), F(1), (0, 1)),
        ],
        [decimals("0.5", "2"), decimals("2", "0.5")],
        [Refused((1j, 2j), TypeError, "min of a complex is not defined")],
        smooth=False,
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
    ),
    "total": Samples(
        lambda m, *x: sum(x),
        [(0.5,), (0.5, 2.0), (0.1, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [Exact((F(1, 2), F(1, 3), F(1)), F(11, 6), (1, 1, 1)), Exact((F(1, 2),), F(1, 2), (1,))],
        [decimals("0.5", "2")],
        arrange=lambda *operands: (operands,),
    ),
    "mean": Samples(
        lambda m, *x: sum(x) / len(x),
        [(0.5,), (0.5, 2.0), (0.1, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [Exact((F(1, 2), F(1, 3), F(1)), F(11, 18), (F(1, 3),) * 3)],
        [decimals("0.5", "2")],
        arrange=lambda *operands: (operands,),
    ),
    "half_squared_error": Samples(
        lambda m, a, y: (y - a) ** 2 / 2,
        [(0.5, 2.0), (2.0, 0.5), (0.73, 1.0)],
        [Exact((F(1, 2), F(1)), F(1, 8), (F(-1, 2), F(1, 2)))],
        [decimals("0.5", "2")],
    ),
    "squared_error": Samples(
        lambda m, a, y: (y - a) ** 2,
        [(0.5, 2.0), (2.0, 0.5), (0.73, 1.0)],
        [Exact((F(1, 2), F(1)), F(1, 4), (-1, 1))],
        [decimals("0.5", "2")],
    ),
    "binary_cross_entropy": Samples(
        lambda m, a, y: -(y * m.log(a) + (1 - y) * m.log(1 - a)),
        [(0.3, 0.75), (0.9, 0.2), (0.5, 0.5)],
        [Exact((F(1), F(1)), F(0), (-1, None)), Exact((F(0), F(0)), F(0), (1, None))],
        [decimals("0.3", "0.75")],
        [
            Refused((F(1, 2), F(1, 2)), TypeError, NOT_A_FRACTION.format("log")),
            Refused((1.5, 0.5), ValueError, "5 is not a probability; the prediction must be"),
            Refused((-0.5, 0.5), ValueError, "5 is not a probability; the prediction must be"),
        ],
    ),
    "binary_cross_entropy_with_logits": Samples(
        lambda m, z, y: m.log(1 + m.exp(z)) - y * z,
        [(0.3, 0.75), (-2.0, 0.2), (3.0, 0.5)],
        [],
        [decimals("0.3", "0.75")],
        [
            Refused((F(1, 2), F(1, 2)), TypeError, NOT_A_FRACTION.format("exp")),
            Refused(
                (0.5, 2.0), ValueError, "2.0 is not a probability; the target must be a probability"
            ),
            Refused(
                (0.5, -1), ValueError, "-1 is not a probability; .* labels -1 and 1 are for hinge"
            ),
        ],
    ),
    "log_sum_exp": Samples(
        lambda m, *z: m.log(sum(m.exp(number) for number in z)),
        [(0.5,), (0.5, 2.0), (-1.0, 0.2, 0.3), (0.1, -0.2, 0.3, 0.4, 0.5)],
        [],
        [decimals("0.5", "2")],
        [Refused((F(1, 2), F(1, 3)), TypeError, NOT_A_FRACTION.format("exp"))],
        arrange=lambda *operands: (operands,),
    ),
}
SAMPLES = ByName(SAMPLES)

KINKS = {  # operands where the derivative is a convention, and operands where it is not
    "pow": ([(0, 0)], [(0, 1), (0, -1), (1, 0), (-1, 0)]),
    "abs": ([(0,)], [(1,), (-1,)]),
    "where": ([(0, 2, 3)], [(1, 0, 0), (-1, 0, 0)]),
    "relu": ([(0,)], [(1,), (-1,)]),
    "leaky_relu": ([(0,)], [(1,), (-1,)]),
    "maximum": ([(2, 2)], [(1, 2), (2, 1)]),
    "minimum": ([(2, 2)], [(1, 2), (2, 1)]),
}
