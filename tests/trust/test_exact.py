"""Exact over rationals: every derivative of order 1 to 3 that a rule can give in Fractions equals
SymPy's.

A rule is in `POINTS` if its value and its partials stay in Fractions: at any rational argument, or
(exp, log, sin, ...) at the one where the value is rational. The points are random, away from the
kinks. At each, SymPy differentiates the formula of tests/samples.py, which knows nothing of the
engine, and these must equal it, as Fractions, with no error:

    order 1         backward
    orders 1 to 3   every mixed partial by grad of grad of grad; a random direction by jvp of jvp of jvp;
                    the axes and a random parabola by the jets of derivative and taylor
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import prod

import pytest
import symbolic
import sympy
from samples import NEEDED, SAMPLES

from autograd import OPERATIONS, Value, derivative, grad, jvp, taylor

PROMISE = "exact over rationals, orders 1 to 3"


def rational(rng):
    """A Fraction other than 0: most of them small, some of 20 digits."""
    size = rng.choice([9, 60, 10**20])
    return rng.choice([-1, 1]) * Fraction(rng.randint(1, size), rng.randint(1, size))


def rationals(count):
    return lambda rng: tuple(rational(rng) for _ in range(count))


def no_tie(rng):
    a = rational(rng)
    return a, a + rational(rng)


def of_any_count(rng):
    return rationals(rng.randint(1, 5))(rng)


def of_two_or_more(rng):
    return rationals(rng.randint(2, 5))(rng)


def integer_power(rng):
    return rational(rng), rng.randint(-4, 5)


def power_of_one(rng):
    return Fraction(1), rational(rng)


def root_power(rng):
    degree = rng.choice([2, 3])
    return abs(rational(rng)) ** degree, Fraction(rng.choice([-4, -2, -1, 1, 2, 4, 5]), degree)


AT_ONE_POINT = {
    **dict.fromkeys(["exp", "log1p", "sin", "cos", "tan", "tanh", "sigmoid"], 0),
    "log": 1,
}
POINTS = {
    **dict.fromkeys(
        ["add", "sub", "mul", "div", "half_squared_error", "squared_error"], rationals(2)
    ),
    **dict.fromkeys(["maximum", "minimum"], no_tie),
    **dict.fromkeys(["neg", "abs", "relu", "leaky_relu", "log_sum_exp"], rationals(1)),
    **{name: lambda rng, x=x: (Fraction(x),) for name, x in AT_ONE_POINT.items()},
    "sqrt": lambda rng: (rational(rng) ** 2,),
    "where": rationals(3),
    "dot": of_two_or_more,
    "total": of_any_count,
    "mean": of_any_count,
}
CASES = [
    *((name, draw, None) for name, draw in POINTS.items()),
    ("pow", integer_power, (0,)),
    ("pow", root_power, (0,)),
    ("pow", power_of_one, None),
    ("binary_cross_entropy", lambda rng: (Fraction(0), Fraction(0)), (0,)),
    ("binary_cross_entropy", lambda rng: (Fraction(1), Fraction(1)), (0,)),
]
# Of these the value itself is no Fraction, at any rational argument.
NEVER_RATIONAL = {"softplus", "binary_cross_entropy_with_logits"}


def expected_derivatives(name, operands, moving, order):
    """The derivatives of SymPy, by the sorted places among the moving operands."""
    fixed = tuple((i, sympy.Rational(x)) for i, x in enumerate(operands) if i not in moving)
    at = dict(zip(symbolic.symbols(len(operands)), map(sympy.Rational, operands), strict=True))
    found = {}
    for places in combinations_with_replacement(moving, order):
        exact = sympy.sympify(symbolic.derivative(name, len(operands), places, fixed)).subs(at)
        found[places] = Fraction(int(exact.p), int(exact.q))
    return found


def assert_exact(got, expected):
    assert (type(got), got) == (Fraction, expected)


def nested_grad(f, places):
    for place in places:
        f = grad(f, argnums=place)
    return f


def contracted(expected, *vectors):
    """The derivatives of one order, each index summed with a vector."""
    return sum(
        expected[tuple(sorted(places))]
        * prod(vector[place] for vector, place in zip(vectors, places, strict=True))
        for places in product(vectors[0], repeat=len(vectors))
    )


def along(f, direction, order):
    """The derivative of that order along a direction, by forward mode nested in itself."""
    for _ in range(order):
        f = lambda *x, inner=f: jvp(inner, x, direction)[1]  # noqa: E731
    return f


def check(name, operands, moving, rng):
    """Compare every reader with SymPy at one point; how many derivatives were compared."""
    operation, arrange = OPERATIONS[name], SAMPLES[name].arrange

    def f(*x):
        given = dict(zip(moving, x, strict=True))
        return operation(*arrange(*(given.get(i, operand) for i, operand in enumerate(operands))))

    point = tuple(operands[i] for i in moving)
    d, bend = ({place: rational(rng) for place in moving} for _ in range(2))
    leaves = list(map(Value, point))
    root = f(*leaves)
    assert_exact(root.data, expected_derivatives(name, operands, moving, 0)[()])
    root.backward()
    first, second, third = (
        expected_derivatives(name, operands, moving, order) for order in (1, 2, 3)
    )
    for leaf, place in zip(leaves, moving, strict=True):
        assert_exact(leaf.grad, first[(place,)])
    for order, expected in ((1, first), (2, second), (3, third)):
        for places, number in expected.items():
            assert_exact(nested_grad(f, list(map(moving.index, places)))(*point), number)
        assert_exact(along(f, tuple(d.values()), order)(*point), contracted(expected, *[d] * order))
        for i, place in enumerate(moving):
            one = derivative(lambda x, i=i: f(*point[:i], x, *point[i + 1 :]), order)(point[i])
            assert_exact(one, expected[(place,) * order])
    parabola = taylor(
        lambda t: f(*(operands[i] + t * d[i] + t * t * bend[i] for i in moving)), Fraction(0), 3
    )
    assert_exact(parabola[1], contracted(first, d))
    assert_exact(parabola[2] * 2, contracted(second, d, d) + 2 * contracted(first, bend))
    assert_exact(parabola[3] * 6, contracted(third, d, d, d) + 6 * contracted(second, d, bend))
    return 7 + 4 * len(moving) + len(first) + len(second) + len(third)


def test_every_operation_is_here_or_never_rational():
    assert {name for name, *_ in CASES} | NEVER_RATIONAL == set(OPERATIONS), NEEDED
    for name in NEVER_RATIONAL:
        with pytest.raises(TypeError, match="of a Fraction is not a Fraction"):
            OPERATIONS[name](*[Value(Fraction(1, 2))] * OPERATIONS[name].arity)


def test_derivatives_equal_those_of_sympy(full, figure):
    rng = random.Random(1)
    compared = points = 0
    for name, draw, moving in CASES:
        for _ in range(
            1 if name in (*AT_ONE_POINT, "binary_cross_entropy") else 300 if full else 3
        ):
            operands = draw(rng)
            compared += check(
                name, operands, tuple(range(len(operands))) if moving is None else moving, rng
            )
            points += 1
    count = len({name for name, *_ in CASES})
    figure(
        PROMISE,
        f"error 0 in {compared:,} derivatives of {count} operations at {points:,} points, against SymPy",
    )
