"""Derivatives of any order by jets, against exact numbers, 50 digits, and derivatives taken again
and again.
"""

from __future__ import annotations

import gc
import math
from fractions import Fraction

import mpmath
import pytest
import sympy
from packages import PRECISE
from samples import SAMPLES

from autograd import (
    OPERATIONS,
    Derivation,
    Operation,
    Value,
    derivative,
    exp,
    grad,
    gradients,
    half_squared_error,
    relu,
    sigmoid,
    sin,
    sqrt,
    stop_gradient,
    tan,
    tanh,
    taylor,
    where,
)
from autograd.calculus import jets

F = Fraction
SMOOTH = [
    pytest.param(name, operands, id=f"{name}-{i}")
    for name, samples in SAMPLES.items()
    if samples.smooth
    for i, operands in enumerate(samples.floats)
]


def test_exact_coefficients():
    assert taylor(lambda x: 1 / (1 - x), F(1, 2), 5) == [2, 4, 8, 16, 32, 64]
    assert taylor(sin, F(0), 7) == [0, 1, 0, F(-1, 6), 0, F(1, 120), 0, F(-1, 5040)]
    assert taylor(tanh, F(0), 7) == [0, 1, 0, F(-1, 3), 0, F(2, 15), 0, F(-17, 315)]
    assert taylor(lambda x: (1 + x) ** F(1, 2), F(0), 4) == [
        1,
        F(1, 2),
        F(-1, 8),
        F(1, 16),
        F(-5, 128),
    ]
    assert taylor(lambda x: x**3, F(0), 5) == [0, 0, 0, 1, 0, 0]


def test_types():
    assert taylor(lambda x: x * x * x, 2, 3) == [8, 12, 6, 1]
    assert taylor(lambda x: x**3 / 2, F(1), 3) == [F(1, 2), F(3, 2), F(3, 2), F(1, 2)]
    for x in (3, 3.0, F(3), Value(3)):
        third = derivative(lambda v: v**4, order=3)(x)
        assert (getattr(third, "data", third), type(third)) == (72, type(x))
    assert all(type(c) is F for c in taylor(lambda x: x * 2, F(1), 4))
    assert taylor(lambda a: half_squared_error(a, 1), 3, 2) == [
        2.0,
        2,
        0.5,
    ]  # an int that leaves a rest


@pytest.mark.parametrize(("name", "operands"), SMOOTH)
def test_every_operation_along_a_line(name, operands):
    """All operands move at once, with different speeds, to the fourth order."""
    speeds = [1 + i / 2 for i in range(len(operands))]

    def line(t, m=None):
        return [x + t * speed for x, speed in zip(operands, speeds, strict=True)]

    found = taylor(lambda t: OPERATIONS[name](*SAMPLES[name].arrange(*line(t))), 0.0, 4)
    with mpmath.workdps(60):
        exact = [mpmath.mpf(x) for x in operands]
        formula = SAMPLES[name].formula
        expected = mpmath.taylor(
            lambda t: formula(
                PRECISE, *(x + t * mpmath.mpf(s) for x, s in zip(exact, speeds, strict=True))
            ),
            0,
            4,
        )
        for coefficient, true in zip(found, expected, strict=True):
            assert abs(coefficient - true) <= 1e-12 * max(1, abs(true), *map(abs, expected[:2]))


def test_as_derivatives_of_recorded_gradients():
    def f(x):
        return sin(x) * x**5 / exp(x) + sigmoid(x) * tan(x)

    again = f
    for order in range(1, 5):
        again = grad(again)
        assert derivative(f, order)(0.3) == pytest.approx(again(0.3), rel=1e-12)
    assert derivative(f, 0)(0.3) == f(0.3)


@pytest.mark.long
def test_high_orders_are_affordable():
    coefficients = taylor(lambda x: tan(x) / exp(sin(x)), 0.1, 40)
    with mpmath.workdps(60):
        true = mpmath.taylor(
            lambda x: mpmath.tan(x) / mpmath.exp(mpmath.sin(x)), mpmath.mpf(0.1), 40
        )
    assert coefficients[40] == pytest.approx(float(true[40]), rel=1e-9)


POWERS = [
    (lambda x: x**0.5, 2.0),
    (lambda x: x**-3, -2.0),
    (lambda x: (2 * x) ** 3, 0.0),
    (lambda x: x**7 * x, 0.0),
    (lambda x: x**x, 2.0),
    (lambda x: 2**x, 0.5),
    (lambda x: (1 + x) ** (2 * x), 0.5),
    (lambda x: (x * x + x + 1) ** 1.5, 0.5),
    (lambda x: (sin(x) + 2) ** 1.5, 0.5),
    (lambda x: x**0.0, 0.0),
]


@pytest.mark.parametrize(("power", "at"), POWERS)
def test_powers_of_every_kind(power, at):
    with mpmath.workdps(60):
        true = [float(x) for x in mpmath.taylor(power, mpmath.mpf(at), 12)]
    assert taylor(power, at, 12) == pytest.approx(true, rel=1e-12, abs=1e-14)


NEAR_0 = [
    (lambda x: (x * x - 2) ** 2, 2**0.5, 4, 24.0),
    (lambda x: sin(x) ** 2, math.pi, 6, 32.0),
    (lambda x: (x + x * x) ** 2, 1e-12, 5, 0.0),
    (lambda x: x**3, 1e-200, 3, 6.0),
    (lambda x: x ** mpmath.mpf(3), mpmath.mpf("1e-200"), 3, 6),
    (lambda x: x**2, math.inf, 2, 2.0),
    (lambda x: x**2.5, 1e-310, 3, 2.5 * 1.5 * 0.5 / 1e-310**0.5),
    (lambda x: x ** (x + 3), 1e-110, 3, 6.0),
    (lambda x: sin(x) ** 1, math.pi, 5, -1.0),
]


@pytest.mark.parametrize(("power", "at", "order", "slope"), NEAR_0)
def test_powers_near_a_zero_of_their_base_keep_their_digits(power, at, order, slope):
    assert derivative(power, order)(at) == pytest.approx(slope, rel=1e-12)


def test_powers_at_very_large_numbers():
    assert taylor(lambda x: x**5000, math.inf, 2) == [math.inf] * 3
    second = derivative(lambda x: (x * x - 2) ** -0.5, 2)(1e100)
    assert second == pytest.approx(2e-300, rel=1e-12, abs=0)


def test_a_power_too_high_for_products_keeps_its_digits():
    n = mpmath.mpf(2**64)
    second = derivative(lambda x: x ** (2**64), 2)(mpmath.mpf("1.5"))
    with mpmath.workdps(60):
        true = n * (n - 1) * mpmath.mpf("1.5") ** (n - 2)
    assert abs(second / true - 1) < 1e-14


@pytest.mark.parametrize("power", [1.5, 2.5, 0.5, -1.5])
def test_powers_of_infinity_are_those_of_grad(power):
    slope, found = (lambda x: x**power), []
    for _ in range(4):
        slope = grad(slope)
        found.append(slope(math.inf))
    assert [derivative(lambda x: x**power, n)(math.inf) for n in (1, 2, 3, 4)] == found


@pytest.mark.parametrize("n", [101, 2**20, 2**22 + 1, 2**30])
@pytest.mark.parametrize("number", [float, mpmath.mpf])
def test_high_powers_keep_their_digits(n, number):
    x = number("1.0000001") if n > 1000 else number("1.25")
    _, slope, bend, third = taylor(lambda v: v**n, x, 3)
    with mpmath.workdps(60):
        true = [mpmath.binomial(n, k) * mpmath.mpf(x) ** (n - k) for k in (1, 2, 3)]
    for got, expected in zip((slope, bend, third), true, strict=True):
        assert abs(got - expected) <= 4 * expected * mpmath.eps


def test_high_powers_of_ints_and_fractions_are_exact():
    n = 150
    expected = [math.comb(n, k) * F(3, 2) ** (n - k) for k in range(4)]
    assert taylor(lambda x: x**n, F(3, 2), 3) == expected
    found = taylor(lambda x: x**n, 2, 3)
    assert found == [math.comb(n, k) * 2 ** (n - k) for k in range(4)]
    assert {type(number) for number in found} == {int}


def test_the_slope_of_a_power_of_0_in_its_exponent_is_that_of_grad():
    infinite = grad(lambda x: x**x)(sympy.Integer(0))
    assert infinite == sympy.zoo == taylor(lambda x: x**x, sympy.Integer(0), 2)[1]


def test_an_exponent_may_be_a_value():
    half, x = Value(0.5, "n"), Value(2.0, "x")
    third = derivative(lambda x: x**half, 3)(x)
    assert third.data == pytest.approx(derivative(lambda x: x**0.5, 3)(2.0))
    true = 0.375 * 2.0**-2.5 * math.log(2) + (-0.25) * 2.0**-2.5  # of n*(n-1)*(n-2) * x^(n-3)
    assert gradients(third, [half]) == pytest.approx([true])


def test_powers_keep_the_type():
    assert taylor(lambda x: x**3, 2, 4) == [8, 12, 6, 1, 0]
    assert taylor(lambda x: x ** F(1, 2), F(4, 9), 3) == [F(2, 3), F(3, 4), F(-27, 64), F(243, 512)]
    assert taylor(lambda x: x ** Value(3), F(2, 3), 3) == [F(8, 27), F(4, 3), 2, 1]
    assert grad(derivative(lambda x: x**4, 2))(F(1, 2)) == 12


GROWING = {
    "sine": (sin, 1.0),
    "root": (sqrt, 2.0),
    "power": (lambda x: x**0.5, 2.0),
    "power at 0": (lambda x: x**150, 0.0),
    "x^x": (lambda x: x**x, 2.0),
    "tangent": (tan, 0.5),
    "gelu": (OPERATIONS["gelu"], 0.5),
    "log_sum_exp": (lambda x: OPERATIONS["log_sum_exp"]([x, 20 * x, 1.0]), 1.0),
}


@pytest.mark.long
@pytest.mark.parametrize("name", GROWING)
def test_the_work_grows_with_the_square_of_the_order(name, monkeypatch):
    function, x = GROWING[name]
    products = []
    plain = jets.dot.value

    def counted(*operands):
        products.append(len(operands) // 2)
        return plain(*operands)

    monkeypatch.setattr(jets.dot, "value", counted)
    work = []
    for order in (40, 80, 160):
        products.clear()
        assert math.isfinite(taylor(function, x, order)[-1])
        work.append(sum(products))
    assert work[2] / work[1] < 4.5 and work[1] > 0


def test_series_leave_nothing_behind():
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            taylor(lambda x: tan(sin(x)) ** x, 0.5, 8)
            with pytest.raises(ZeroDivisionError):
                taylor(lambda x: sqrt(x * sin(x)), 0.0, 8)
        assert sum(isinstance(x, jets.Jet) for x in gc.get_objects()) == 0
    finally:
        gc.enable()


def test_coefficients_do_not_overflow_before_they_must():
    assert taylor(lambda x: 1 / (1 - x), 0.5, 160)[-1] == 2.0**161
    assert taylor(exp, 0.0, 200)[-1] == pytest.approx(
        1 / math.factorial(160) / math.perm(200, 40), rel=1e-12
    )
    assert taylor(lambda x: x**4, 10**10 + 1, 2)[2] == 6 * (10**10 + 1) ** 2  # an exact int


BRANCHING = Operation(
    "branching", lambda x: x * x if x > 1 else 2 * x - 1, [lambda y, x: 2 * x if x > 1 else 2]
)
OWN_ABS = Operation("own_abs", lambda x: x * abs(x), [lambda y, x: 2 * +abs(x)])
STOPPED = Operation("stopped", lambda x: x, [lambda y, x: stop_gradient(x) / x])


@pytest.mark.parametrize(
    ("operation", "x", "expected"),
    [
        (BRANCHING, 2.0, [4, 4, 1]),
        (BRANCHING, 0.5, [0, 2, 0]),
        (OWN_ABS, -2.0, [-4, 4, -1]),
        (STOPPED, 2.0, [2, 1, -0.25]),
    ],
)
def test_partials_may_branch_as_on_values(operation, x, expected):
    assert taylor(operation, x, 2) == expected
    assert [operation(x), grad(operation)(x), grad(grad(operation))(x) / 2] == expected


def test_a_recorded_coefficient_is_one_node():
    second = taylor(lambda v: v**2 * 3 + v, Value(2, "x"), 2)[1]
    second.name = "t"
    assert second.operation is OPERATIONS["dot"]
    assert str(Derivation(second)).splitlines()[0] == "t = 3 * (2*x) + 1 = 3 * (2*2) + 1 = 13"
    assert derivative(lambda v: v * v + v)(Value(2)).operation is OPERATIONS["dot"]


def test_given_values_they_are_recorded():
    x = Value(F(2), "x")
    second = derivative(lambda v: v**3 / (1 + v), 2)(x)
    assert gradients(second, [x]) == [derivative(lambda v: v**3 / (1 + v), 3)(F(2))]


def test_an_outer_variable_inside():
    assert grad(lambda a: derivative(lambda x: a * x**3, 2)(2.0))(5.0) == 12.0
    assert derivative(lambda x: x * derivative(lambda y: x * y * y, 1)(3.0), 2)(2.0) == 12.0


def test_kinks_and_sides_not_taken():
    assert taylor(relu, -1.0, 3) == [0.0, 0.0, 0.0, 0.0] and taylor(relu, 2.0, 2) == [2.0, 1.0, 0.0]
    assert taylor(lambda x: where(x, x * math.nan, x * x), -3.0, 3) == [9.0, -6.0, 1.0, 0.0]
    within = Operation("within", lambda x: x * x, [lambda y, x: where(x, x * math.nan, 2 * x)])
    assert taylor(within, -3.0, 3) == [9.0, -6.0, 1.0, 0.0]


NO_IMAGINARY_PART = complex(0.0, -0.0)
CUT = Operation(
    "cut", lambda x: x, [lambda y, x: sqrt(x + 0j) + 2 * sqrt(x + NO_IMAGINARY_PART)]
)  # below the negative axis the root has another sign than above


def test_zeros_of_other_signs_are_two_operands():
    below = complex(-1.0, -0.0)
    assert derivative(CUT, 2)(below) == grad(grad(CUT))(below)


def test_an_infinite_slope_does_not_pass_into_a_side_not_taken():
    def f(x):
        steep = x * math.inf
        return where(x, steep, x) + steep

    assert derivative(f)(-1.0) == grad(f)(-1.0) == math.inf


def test_a_constant_and_the_variable_itself():
    assert taylor(lambda x: x, 3.0, 2) == [3.0, 1.0, 0.0]
    assert taylor(lambda x: Value(7.0), 3.0, 2) == [7.0, 0.0, 0.0]


def test_deep_graphs_do_not_recurse():
    def chain(x):
        y = x
        for _ in range(5_000):
            y = y + x
        return y * y

    assert derivative(chain, 1)(1) == derivative(chain, 2)(1) == 2 * 5_001**2


def test_no_more_derivatives_are_taken_than_asked_for():
    assert derivative(sqrt, 0)(0.0) == 0.0
    with pytest.raises(ZeroDivisionError):
        derivative(sqrt)(0.0)


@pytest.mark.parametrize(
    ("mistake", "error", "sentence"),
    [
        (
            lambda: derivative(sin, order=-1),
            ValueError,
            "the order of a derivative is 0, 1, 2, ..., not -1",
        ),
        (
            lambda: taylor(sin, 1.0, 2.5),
            TypeError,
            "the order of a derivative is 0, 1, 2, ..., not 2.5",
        ),
        (lambda: derivative(lambda x: x[0])([1.0]), TypeError, "a list is not one number: a deriv"),
        (
            lambda: derivative(lambda x: x)(object()),
            TypeError,
            "of a function of one number, not of a object",
        ),
        (lambda: derivative(lambda x: [x])(1.0), TypeError, "a gradient is of one Value"),
        (
            lambda: taylor(lambda x: x**0.5, 0.0, 2),
            ZeroDivisionError,
            r"the derivative of x\^0.5 with x = 0",
        ),
    ],
)
def test_errors(mistake, error, sentence):
    with pytest.raises(error, match=sentence):
        mistake()


def test_what_does_not_move_has_zeros_of_the_variables_type():
    for order in (1, 2):
        assert type(derivative(lambda x: Value(0.5), order)(F(1))) is F


doubled = Operation("doubled", lambda x: x * x, [lambda y, x: 2 * x if x == 2 else 0])
switched = Operation("switched", lambda x: x * x, [lambda y, x: 2 * x if x else 0 * x])
cosine = Operation("cosine", math.sin, [lambda y, x: math.cos(x)])


@pytest.mark.parametrize("operation", [doubled, switched, cosine])
def test_partials_of_numbers_alone(operation):
    """The first order is what `grad` gives; in the second the partial is refused, as a Value is."""
    assert derivative(operation)(2.0) == grad(operation)(2.0) != 0
    assert taylor(operation, 2.0, 1) == [operation(2.0), grad(operation)(2.0)]
    for second in (derivative(operation, order=2), grad(grad(operation))):
        with pytest.raises(TypeError, match=r"would lose its gradient|does not equal a number"):
            second(2.0)
