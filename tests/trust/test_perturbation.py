"""No perturbation confusion: derivatives of functions that themselves differentiate, and close over
what is outside.

The classic cases, each with its source and the number worked by hand. Every case runs with each way
to differentiate outside and each inside, at a number and at a Value.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from autograd import Value, derivative, grad, hvp, jacobian, jvp, vjp

PROMISE = "no perturbation confusion"

MODES = {
    "grad": grad,
    "derivative": derivative,
    "jacobian": jacobian,
    "jvp": lambda f: lambda x: jvp(f, (x,), (1,))[1],
    "vjp": lambda f: lambda x: vjp(f, x)[1](1)[0],
}


class Confuse:
    """A function that differentiates another of its own class."""

    def __init__(self, inner, outside, x):
        self.inner, self.outside, self.x = inner, outside, x

    def __call__(self, xy):
        return xy * self.inner(Confuse(self.inner, False, xy))(1) if self.outside else self.x + xy


def overwritten(inner):
    def f(x):
        def g(y):
            nonlocal x
            x = x * y
            return x

        inner(g)(1)
        return inner(g)(1)

    return f


def leaked_number(inner):
    def f(x):
        def g(y):
            def h(z):
                nonlocal x
                x = z * y
                return x

            return inner(h)(3)

        inner(g)(2)
        return x

    return f


def leaked_function(inner):
    """inner(square) leaves a function behind that closes over its variable, which is z: its slope
    is z.
    """

    def f(z):
        kept = []

        def square(x):
            kept.append(lambda y: x * y)
            return x * x

        inner(square)(z)
        return inner(kept[0])(1)

    return f


def shifted(inner):
    """The derivative as the slope of a shift, (D f)(x) = d/du f(x + u) at 0: a function out of a
    function.
    """
    return lambda f: lambda x: inner(lambda u: f(x + u))(0)


def three_levels(d):
    return lambda x: x * d(lambda y: x * y * d(lambda z: x * y * z)(3))(2)


# source: (the function that is differentiated outside, given how to differentiate inside; where;
# the derivative)
CASES = {
    "Siskind and Pearlmutter 2005": (lambda d: lambda x: x * d(lambda y: x + y)(1), 1, 1),
    "ForwardDiff.jl 83, absolute": (lambda d: lambda x: x * d(lambda y: y * abs(x))(1), 1, 2),
    "ForwardDiff.jl 83, nothing shared": (lambda d: lambda x: x * d(lambda y: y**2)(1), 1, 2),
    "ForwardDiff.jl 83, quotient": (
        lambda d: lambda x: x / d(lambda y: y**3)(1),
        Fraction(1),
        Fraction(1, 3),
    ),
    "ForwardDiff.jl 238, mixed partial": (
        lambda d: lambda q: d(lambda v: q**2 * v**3)(3),
        2,
        108,
    ),  # 2q 3v^2
    "ForwardDiff.jl 313": (lambda d: Confuse(d, True, 0), 1, 1),
    "ForwardDiff.jl 320": (lambda d: lambda x: x + d(lambda y: x * y**0)(1), 1, 1),
    "ForwardDiff.jl 320, constant": (lambda d: lambda x: x + d(lambda y: x)(1), 1, 1),
    "ForwardDiff.jl 423": (lambda d: lambda u: d(lambda p: u**2 * 9 * p**2)(4), 2, 288),  # 2u 9 2p
    "ForwardDiff.jl 443": (overwritten, 1, 1),  # the second slope is x, the first left it so
    "ForwardDiff2.jl 37": (lambda d: lambda x: overwritten(d)(x) * x, 2, 4),
    "ForwardDiff2.jl 40": (leaked_number, 1, 0),
    "ReverseDiff.jl 45": (lambda d: lambda x: x * d(lambda y: x * y)(1), 4, 8),
    "Manzyuk et al. 2019": (lambda d: shifted(d)(lambda x: x**3), 2, 12),
    "Manzyuk et al. 2019, twice inside": (lambda d: shifted(d)(shifted(d)(lambda x: x**4)), 1, 24),
    "a function left behind": (leaked_function, 3, 1),
    "at the outer variable": (lambda d: lambda x: d(lambda y: x * y**2)(x), 3, 12),  # of 2x^2
    "three levels": (three_levels, 1, 12),  # of 4x^3
    "the same function": (lambda d: d(lambda x: x**3), 2, 12),
}


@pytest.mark.parametrize("source", CASES)
def test_classic_case(source):
    build, x, expected = CASES[source]
    for outer, inner in product(MODES.values(), repeat=2):
        differentiated = outer(build(inner))
        got = differentiated(x)
        assert (type(got), got) == (type(expected), expected)
        recorded = differentiated(Value(x))
        assert type(recorded) is Value and recorded.data == expected


def test_outer_variables_in_nested_containers():
    # ForwardDiff.jl 238: L = m/2 v.v - m g q_1, whose mixed second derivatives are 0.
    def lagrangian(q, v):
        return (v[0] ** 2 + v[1] ** 2) / 2 - Fraction(98, 10) * q[1]

    slope_in_velocity = grad(lagrangian, argnums=1)
    q, v = [Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]
    assert jacobian(slope_in_velocity, argnums=0)(q, v) == [[0, 0], [0, 0]]
    assert jacobian(slope_in_velocity, argnums=1)(q, v) == [[1, 0], [0, 1]]


def test_a_hessian_product_inside_a_gradient():
    # hvp of x^2 y in (x, y) along (1, 0) is (2y, 2x); closing over the outer w: d/dw of 2y w + 2x w
    # at (3, 5) is 16.
    def f(w):
        by_x, by_y = hvp(lambda x: w * x[0] ** 2 * x[1], ([3, 5],), ([1, 0],))
        return by_x + by_y

    assert grad(f)(7) == derivative(f)(7) == 16


def test_a_derivative_of_a_function_that_returns_a_function_is_refused():
    # What fails in silence as the "amazing bug" of Manzyuk et al.: here it is no derivative at all.
    with pytest.raises(
        TypeError,
        match="the output of <lambda>: nothing is differentiated in an object of type function",
    ):
        grad(lambda u: lambda f: lambda x: f(x + u))(0)


def test_a_value_kept_from_an_earlier_call_is_a_constant():
    kept = []
    assert grad(lambda x: (kept.append(x), x * x)[1])(3) == 6
    assert grad(lambda y: kept[0] * y)(5) == 3
    assert grad(lambda y: y * grad(lambda z: kept[0] * z * y)(1))(5) == 30  # of 3y^2


def test_counted(figure):
    sources = {name.split(",")[0] for name in CASES}
    assert len(CASES) >= 12 and {"ForwardDiff.jl 313", "ForwardDiff.jl 443"} <= sources
    figure(
        PROMISE,
        f"{len(CASES)} classic cases by {len(MODES) ** 2} pairs of modes, at numbers and at "
        "Values: 0 wrong",
    )
