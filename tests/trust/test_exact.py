"""Exact over rationals: every derivative of order 1 to 3 that a rule can give in Fractions equals
SymPy's.

The points are the `rationals` of tests/samples.py, random and away from the kinks, where value and
partials stay in Fractions; or (exp, log, sin, ...) its `exact` ones. At each, SymPy differentiates
the formula of tests/samples.py, which knows nothing of the engine, and these must equal it, as
Fractions, with no error:

    order 1         backward
    orders 1 to 3   every mixed partial by grad of grad of grad; a random direction by jvp of jvp
                    of jvp; the axes and a random parabola by the jets of derivative and taylor
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import prod

import pytest
import symbolic
import sympy
from draws import rational
from samples import SAMPLES

from autograd import OPERATIONS, Value, derivative, grad, jvp, taylor

PROMISE = "exact over rationals, orders 1 to 3"


def cases():
    """(operation, draw, the operands that move, whether it draws more than one point)"""
    for name, samples in SAMPLES.items():
        for draw, moving in samples.rationals:
            yield name, draw, moving, True
        for exact in () if samples.rationals else samples.exact:
            moving = tuple(i for i, partial in enumerate(exact.partials) if partial is not None)
            if moving:
                yield name, lambda rng, exact=exact: exact.operands, moving, False


CASES = list(cases())


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
    for name in OPERATIONS.keys() - {name for name, *_ in CASES}:
        with pytest.raises(TypeError, match="of a Fraction is not a Fraction"):
            halves = [Value(Fraction(1, 2))] * len(SAMPLES[name].floats[-1])
            OPERATIONS[name](*SAMPLES[name].arrange(*halves))


@pytest.mark.long
def test_derivatives_equal_those_of_sympy(full, figure):
    rng = random.Random(1)
    compared = points = 0
    for name, draw, moving, random_points in CASES:
        for _ in range((300 if full else 3) if random_points else 1):
            operands = draw(rng)
            compared += check(
                name, operands, tuple(range(len(operands))) if moving is None else moving, rng
            )
            points += 1
    count = len({name for name, *_ in CASES})
    figure(
        PROMISE,
        f"error 0 in {compared:,} derivatives of {count} operations at {points:,} points, against "
        "SymPy",
    )
