"""Every rule of the table against 50 digits, exact Fractions, symbols and central differences.

The tests are made from `OPERATIONS`: a new entry without samples fails here.
"""

from __future__ import annotations

import cmath
import math
import re
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from itertools import product

import mpmath
import numpy
import pytest
import sympy
from packages import PRECISE, SYMBOLS
from samples import NEEDED, SAMPLES, Exact, Refused

from autograd import (
    Value,
    derivative,
    elementary,
    exp,
    grad,
    gradients,
    jvp,
    log1p,
    maximum,
    minimum,
    operations,
    sigmoid,
    sin,
    softplus,
    sqrt,
    where,
)
from autograd.derivatives import adjoint_numbers, adjoints
from autograd.entry import Operation
from autograd.number_types import in_type_of, number_of
from autograd.operations import OPERATIONS
from autograd.writing import PRODUCT, SIGNED, SUM, Term

DIGITS = 50


def cases(field, only=lambda samples: True):
    """One test for each operation and sample, so that `-k name` selects one rule."""
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name, samples in SAMPLES.items()
        if only(samples)
        for number, case in enumerate(getattr(samples, field))
    ]


def smooth(samples):
    return samples.smooth


def apply(name, operands):
    return OPERATIONS[name](*SAMPLES[name].arrange(*operands))


def differentiated(name, operands):
    """The leaves after forward and backward, and the root."""
    leaves = [Value(operand) for operand in operands]
    root = apply(name, leaves)
    root.backward()
    return leaves, root


def true_value(name, operands):
    with mpmath.workdps(DIGITS):
        return mpmath.mpf(SAMPLES[name].formula(PRECISE, *map(exactly, operands)))


def true_derivative(name, operands, *places):
    """The derivative of the formula in the operands at `places`, to 50 digits."""
    with mpmath.workdps(DIGITS):
        point = tuple(map(exactly, operands))
        orders = tuple(places.count(i) for i in range(len(point)))
        return mpmath.diff(lambda *x: SAMPLES[name].formula(PRECISE, *x), point, orders)


def exactly(number):
    """An mpmath number equal to the float; for a Decimal, to 50 digits."""
    return mpmath.mpf(str(number)) if isinstance(number, Decimal) else mpmath.mpf(number)


def assert_close(got, expected, ulps, at_least=1e-3):
    """Within `ulps` units in the last place of a number of that size, never tighter than for
    `at_least`.
    """
    assert isinstance(got, float) and math.isfinite(got)
    with mpmath.workdps(DIGITS):
        limit = ulps * math.ulp(max(abs(float(expected)), at_least))
        assert abs(mpmath.mpf(got) - expected) <= limit, (got, mpmath.nstr(expected, 20))


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_has_samples(name):
    assert SAMPLES[name].floats
    assert SAMPLES[name].exact or SAMPLES[name].refuses(Fraction)
    assert SAMPLES[name].decimals or SAMPLES[name].refuses(Decimal)


def test_samples_are_of_operations():
    assert list(SAMPLES) == list(OPERATIONS), NEEDED


@pytest.mark.parametrize(("name", "operands"), cases("floats"))
def test_value_of_floats(name, operands):
    _, root = differentiated(name, operands)
    assert_close(root.data, true_value(name, operands), 2)
    on_numbers = apply(name, operands)
    assert type(on_numbers) is float and on_numbers == root.data


@pytest.mark.parametrize(("name", "operands"), cases("floats"))
def test_partials_of_floats(name, operands):
    leaves, _ = differentiated(name, operands)
    for place, leaf in enumerate(leaves):
        # 1 - y*y and y*(1 - y) are the rules as written by hand: near saturation they are exact to
        # 1e-16, not to an ulp
        assert_close(leaf.grad, true_derivative(name, operands, place), 4, at_least=1.0)


@pytest.mark.parametrize(("name", "operands"), cases("floats"))
def test_partials_equal_central_differences(name, operands):
    leaves, _ = differentiated(name, operands)
    for i, leaf in enumerate(leaves):
        h = 1e-5 * max(1.0, abs(leaf.data)) if name != "log1p" else 1e-7
        above, below = (
            [x + step if j == i else x for j, x in enumerate(operands)] for step in (h, -h)
        )
        assert (apply(name, above) - apply(name, below)) / (2 * h) == pytest.approx(
            leaf.grad, rel=1e-6, abs=1e-6
        )


@pytest.mark.parametrize(("name", "operands"), cases("floats"))
def test_gradients_and_adjoints_equal_backward(name, operands):
    leaves, root = differentiated(name, operands)
    expected = [leaf.grad for leaf in leaves]
    assert gradients(root, leaves) == expected
    recorded = {adjoint.node: adjoint.gradient for adjoint in adjoints(root)}
    assert [getattr(recorded[leaf], "data", recorded[leaf]) for leaf in leaves] == expected


@pytest.mark.parametrize(("name", "operands"), cases("floats", smooth))
def test_second_derivatives(name, operands):
    leaves, root = differentiated(name, operands)
    recorded = {adjoint.node: adjoint.gradient for adjoint in adjoints(root)}
    for i, first in enumerate(leaves):
        gradient = recorded[first]
        again = {}
        if isinstance(gradient, Value):
            again = adjoint_numbers(gradient)
        for j, second in enumerate(leaves):
            expected = true_derivative(name, operands, i, j)
            assert float(again.get(second, 0)) == pytest.approx(
                float(expected), rel=1e-12, abs=1e-12
            )


@pytest.mark.parametrize(("name", "case"), cases("exact"))
def test_fractions_are_exact(name, case: Exact):
    value = apply(name, case.operands)
    assert (type(value), value) == (Fraction, case.value)
    for i, expected in enumerate(case.partials):
        operands = [Value(x) if i == j else x for j, x in enumerate(case.operands)]
        root = apply(name, operands)
        if expected is None:
            with pytest.raises((ArithmeticError, TypeError, ValueError), match="derivative of"):
                root.backward()
        else:
            root.backward()
            assert (type(operands[i].grad), operands[i].grad) == (Fraction, expected)


@pytest.mark.parametrize(("name", "operands"), cases("decimals"))
def test_decimals_have_28_digits(name, operands):
    leaves, root = differentiated(name, operands)
    expected = [
        true_value(name, operands),
        *(true_derivative(name, operands, i) for i in range(len(leaves))),
    ]
    for got, true in zip([root.data, *(leaf.grad for leaf in leaves)], expected, strict=True):
        assert type(got) is Decimal
        with mpmath.workdps(DIGITS):
            assert abs(exactly(got) - true) <= mpmath.mpf("2e-27") * max(1, abs(true))


@pytest.mark.parametrize(("name", "case"), cases("refused"))
def test_refused_operands(name, case: Refused):
    if not case.in_derivative:
        with pytest.raises(case.error) as plain:
            apply(name, case.operands)
        with pytest.raises(plain.type, match=case.sentence):
            apply(name, [Value(operand) for operand in case.operands])
        return
    root = apply(name, [Value(operand) for operand in case.operands])
    with pytest.raises(case.error, match="the derivative of .*" + case.sentence):
        root.backward()


@pytest.mark.parametrize("name", [name for name, samples in SAMPLES.items() if samples.smooth])
def test_symbols(name):
    samples = SAMPLES[name]
    symbols = sympy.symbols(f"x:{len(samples.floats[-1])}", positive=True)
    leaves, root = differentiated(name, symbols)
    expected = samples.formula(SYMBOLS, *symbols)
    assert sympy.simplify((root.data - expected).rewrite(sympy.erf)) == 0
    for leaf in leaves:
        assert sympy.simplify(leaf.grad - sympy.diff(expected, leaf.data)) == 0


@pytest.mark.parametrize("name", [name for name, samples in SAMPLES.items() if not samples.smooth])
def test_symbols_where_it_is_not_smooth(name):
    samples = SAMPLES[name]
    symbols = sympy.symbols(f"x:{len(samples.floats[0])}", real=True)
    leaves, root = differentiated(name, symbols)
    for operands in samples.floats:
        at = {symbol: sympy.Rational(x) for symbol, x in zip(symbols, operands, strict=True)}
        assert root.data.subs(at) == samples.formula(SYMBOLS, *at.values())
        for i, leaf in enumerate(leaves):
            assert float(sympy.sympify(leaf.grad).subs(at)) == pytest.approx(
                float(true_derivative(name, operands, i))
            )


def test_a_fraction_to_the_power_of_a_foreign_number_is_exact():
    third, s = Fraction(1, 3), sympy.Symbol("s")
    assert (Value(third) ** s).data == sympy.Rational(1, 3) ** s
    assert (Value(third) ** sympy.Rational(1, 2)).data == 1 / sympy.sqrt(3)
    with mpmath.workdps(40):
        assert mpmath.almosteq((Value(third) ** mpmath.mpf(2)).data, mpmath.mpf(1) / 9)
    assert (Value(third) ** numpy.int64(70)).data == third**70
    assert repr((Value(third) ** sympy.Integer(3)).data) == "Fraction(1, 27)"
    assert mpmath.mpf(1) / 9 in (Value(third) ** mpmath.iv.mpf(2)).data


@pytest.mark.parametrize("name", SAMPLES)
def test_mpmath_numbers(name):
    operands = [mpmath.mpf(x) for x in SAMPLES[name].floats[-1]]
    leaves, root = differentiated(name, operands)
    assert isinstance(root.data, mpmath.mpf)
    assert float(root.data) == pytest.approx(float(true_value(name, operands)), rel=1e-14)
    for i, leaf in enumerate(leaves):
        assert float(leaf.grad) == pytest.approx(
            float(true_derivative(name, operands, i)), rel=1e-14, abs=1e-14
        )


def test_log_sum_exp_of_what_is_all_impossible():
    assert OPERATIONS["log_sum_exp"]([-math.inf, -math.inf]) == -math.inf


@pytest.mark.parametrize("name", ["sinh", "cosh", "tanh"])
def test_hyperbolic_functions_of_an_interval(name):  # of which mpmath has none
    found = OPERATIONS[name](mpmath.iv.mpf(0.5))
    assert float(found.mid) == pytest.approx(getattr(math, name)(0.5), rel=1e-14)


def test_an_interval_that_no_side_holds_has_the_textbooks_formula():
    for ends in ([0, 1], [-1, 0.5]):
        found = sigmoid(mpmath.iv.mpf(ends))
        low, high = (sigmoid(mpmath.mpf(end)) for end in ends)
        assert low in found and high in found
    assert softplus(mpmath.mpf(-1000)) == mpmath.exp(-1000)  # a number lies on one side


def test_what_is_neither_an_int_nor_a_float_stays_as_it_is():
    assert in_type_of(Decimal(2), Fraction(1, 2)) == Fraction(1, 2)


def test_what_has_no_end_for_an_interval_is_refused():
    with pytest.raises(TypeError, match=r"^an interval has no erf$"):
        OPERATIONS["erf"](mpmath.iv.mpf(0.5))


def test_the_complement_of_the_error_function_is_exact_at_0():
    assert repr(elementary.erfc(Fraction(0))) == "Fraction(1, 1)"


@pytest.mark.parametrize("x", [Fraction(144, 121), Fraction(10**40), Fraction(1, 10**8)])
def test_roots_of_any_size_are_exact(x):
    assert sqrt(x * x) == x and elementary.power(x**3, Fraction(1, 3)) == x


def test_elu_has_one_slope_at_0():  # of the second, 1 and 0, it has the right one
    elu = OPERATIONS["elu"]
    for zero in (0.0, Decimal(0), Fraction(0)):
        assert [derivative(elu, order)(zero) for order in (0, 1, 2)] == [0, 1, 0]
        assert [grad(elu)(zero), grad(grad(elu))(zero)] == [1, 0]
    assert grad(elu)(-1e-18) == 1.0


def test_mpmath_infinities():  # whose power of 0 is NaN
    x = Value(mpmath.mpf("-inf"))
    OPERATIONS["leaky_relu"](x).backward()
    assert float(x.grad) == 0.01


@pytest.mark.parametrize(
    ("function", "x", "value", "derivative"),
    [
        (sigmoid, 1000.0, 1.0, 0.0),
        (sigmoid, -1000.0, 0.0, 0.0),
        (softplus, 1000.0, 1000.0, 1.0),
        (softplus, -1000.0, 0.0, 0.0),
        (log1p, 1000.0, math.log1p(1000), 1 / 1001),
        (log1p, 1e-18, 1e-18, 1.0),
    ],
)
def test_nothing_overflows(function, x, value, derivative):
    leaf = Value(x)
    root = function(leaf)
    root.backward()
    assert (root.data, leaf.grad) == (value, derivative)


@pytest.mark.parametrize(
    ("name", "x"), [("sigmoid", 1000), ("softplus", 1000), ("tanh", 10**7), ("tanh", -(10**40))]
)
def test_decimals_do_not_overflow(name, x):
    expected = {"sigmoid": 1, "softplus": 1000, "tanh": math.copysign(1, x)}[name]
    leaves, root = differentiated(name, [Decimal(x)])
    assert root.data == expected
    assert 0 <= leaves[0].grad <= 1


@pytest.mark.parametrize("power", range(-32, 1))
def test_decimals_near_zero_keep_their_digits(power):
    for numerator in (1, 2, -3, 9):
        x = Decimal(numerator) / 13 * Decimal(10) ** power
        with localcontext() as context:
            context.prec = 100
            logarithm, tangent = (1 + x).ln(), 1 - 2 / ((2 * x).exp() + 1)
        assert (log1p(x), OPERATIONS["tanh"](x)) == (+logarithm, +tangent)


def test_sigmoid_is_the_textbook_formula_to_the_bit():
    assert all(sigmoid(i / 64) == 1 / (1 + math.exp(-i / 64)) for i in range(256))


def test_what_has_no_order_gets_the_textbook_formula():
    s, t = sympy.symbols("s t")
    assert sigmoid(s) == 1 / (1 + sympy.exp(-s)) and softplus(s) == sympy.log(1 + sympy.exp(s))
    assert OPERATIONS["log_sum_exp"]([s, t]) == sympy.log(sympy.exp(s) + sympy.exp(t))
    assert OPERATIONS["where"](s, 3, 4).subs(s, 0) == 4
    z = 0.3 - 2j
    assert (sin(z), exp(z)) == (cmath.sin(z), cmath.exp(z))
    assert sigmoid(z) == 1 / (1 + cmath.exp(-z))
    impossible = [Value(Decimal("NaN")), Value(Decimal(1))]
    OPERATIONS["log_sum_exp"](impossible).backward()
    assert all(z.grad.is_nan() for z in impossible)
    assert sigmoid(Decimal("NaN")).is_nan() and softplus(Decimal("NaN")).is_nan()


def test_a_certain_and_right_prediction_costs_nothing():
    for target, slope in ((1.0, -1.0), (0.0, 1.0)):
        prediction = Value(target)
        loss = OPERATIONS["binary_cross_entropy"](prediction, target)
        loss.backward()
        assert (loss.data, prediction.grad) == (0.0, slope)


LOSS = OPERATIONS["binary_cross_entropy_with_logits"]


@pytest.mark.parametrize("number", [float, Decimal, mpmath.mpf, int])
def test_the_loss_of_a_right_prediction_keeps_its_digits(number):
    for logit, target, sign in ((40, 1, -1), (-40, 0, 1)):
        z = Value(number(logit))
        loss = LOSS(z, target)
        loss.backward()
        for found in (loss.data, sign * z.grad, sign * number_of(grad(LOSS)(z, Value(target)))):
            assert float(found) == pytest.approx(4.248354255291589e-18, rel=1e-12)
    assert grad(LOSS, argnums=1)(40.0, 1.0) == -40.0
    assert grad(grad(LOSS, argnums=0), argnums=1)(40.0, 1.0) == -1.0
    assert math.copysign(1, LOSS(1e308, 1)) == 1  # no -0.0


def test_the_slope_at_a_certain_target_has_one_term():
    names = [LOSS.recorded_derivatives(LOSS(Value(0.5), y))[0].operation.name for y in (0, 1, 0.5)]
    assert names == ["sigmoid", "neg", "sub"]


@pytest.mark.parametrize("large", [1e16, -1e16, 1e300, Decimal(10) ** 40, mpmath.mpf(10) ** 60])
def test_the_shares_of_large_logits_add_up_to_1(large):
    for shift in (0, 1):
        z = [Value(large), Value(large + shift), Value(large)]
        log_sum_exp = OPERATIONS["log_sum_exp"]
        shares = gradients(log_sum_exp(z), z)
        assert float(sum(shares)) == pytest.approx(1, rel=1e-15)
        assert shares == [number_of(grad(log_sum_exp)(z)[i]) for i in range(3)]
    assert float(grad(grad(lambda x: log_sum_exp([x, large])))(large)) == 0.25


CHOICES = [
    (lambda: OPERATIONS["mean"]([where(Fraction(1), 1, 0), 0]), Fraction(1, 2)),
    (lambda: where(Decimal(-1), 1, 0), Decimal(0)),
    (lambda: where(Value(Fraction(1)), 1, 0) / 2, Fraction(1, 2)),
    (lambda: maximum(Fraction(1, 2), 1) / 2, Fraction(1, 2)),
    (lambda: minimum(mpmath.mpf(3), 0.25), mpmath.mpf(0.25)),
    (lambda: where(0.5, 1, mpmath.mpf(3)), mpmath.mpf(1)),
    (lambda: where(mpmath.mpf(-1), 1.0, 0.5), mpmath.mpf(0.5)),
    (lambda: where(mpmath.mpf(1), 1, 0.5), mpmath.mpf(1)),
    (lambda: where(Decimal(1), 1, 0.5), Decimal(1)),
    (lambda: where(Fraction(1), 1, 0.5), Fraction(1)),
    (lambda: where(1, 1, 0.5), 1.0),
    (lambda: where(0.5, 0.25, mpmath.mpf(3)), mpmath.mpf(0.25)),
    (lambda: where(0.5, 0.25, 2j), 0.25),
]


@pytest.mark.parametrize(("choose", "chosen"), CHOICES)
def test_a_choice_keeps_the_type(choose, chosen):
    found = number_of(choose())
    assert (type(found), found) == (type(chosen), chosen)


def test_a_choice_among_intervals_is_one():
    interval = mpmath.iv.mpf([0.1, 0.2])
    assert type(exp(maximum(interval, 0.46))) is type(interval)
    with pytest.raises(TypeError, match=r"Decimal.* and .*float"):
        maximum(Decimal("0.5"), 0.75)


def test_ints_and_floats_beside_other_numbers_are_computed_with_their_digits():
    log_sum_exp = OPERATIONS["log_sum_exp"]
    with mpmath.workdps(DIGITS):
        third = mpmath.mpf(1) / 3
        assert log_sum_exp([third, 2]) == log_sum_exp([third, mpmath.mpf(2)])
        exact = log_sum_exp([mpmath.mpf(2), mpmath.mpf(0.25), third])
        assert log_sum_exp([2, 0.25, third]) == exact
        for x in (2, 0.25, Value(2), Value(0.25)):
            exact = mpmath.mpf(number_of(x))
            slope = grad(lambda n, x=x: x**n)(third)
            assert mpmath.almosteq(slope, exact**third * mpmath.log(exact), 1e-45)
            slope = grad(LOSS, argnums=1)(x, third), grad(lambda y, x=x: grad(LOSS)(x, y))(third)
            assert tuple(map(number_of, slope)) == (-number_of(x), -1)
            shares = [number_of(grad(LOSS)(z, third)) for z in (x, exact)]
            assert shares[0] == shares[1]
    x = sympy.Symbol("x")
    assert log_sum_exp([x, 0]) == sympy.log(sympy.exp(x) + 1)
    assert grad(lambda v: v / 3)(Value(x)).data == sympy.Rational(1, 3)
    for base, exponent in ((Value(0.25), Value(0.5)), (Value(x), Value(2 * x))):
        slope = OPERATIONS["pow"].recorded_derivatives(base**exponent)[1]
        assert slope.operands[1].operands == (base,)  # log(b), with no factor of 1


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize(("x", "n"), [(2.0, 1.5), (0.5, -2.0), (3.0, 2)])
def test_the_derivatives_of_a_power_in_its_exponent(x, n, k):
    entry = operations._power_log
    in_x, in_n, _ = entry.derivatives(entry(x, n, k), [x, n, k], [True, True, False])
    with mpmath.workdps(DIGITS):
        log = mpmath.log(x)
        true = mpmath.diff(lambda x: x**n * mpmath.log(x) ** k, x), x**n * log ** (k + 1)
    assert [in_x, in_n] == pytest.approx(list(map(float, true)), rel=1e-12)
    assert entry(-x, 2, 0) == x * x  # with no logarithm it is a power


def test_a_quotient_that_may_be_0_over_0():
    entry = operations._quotient
    assert entry(0, 0.0) == 0 and entry(3.0, 2.0) == 1.5
    assert entry.derivatives(1.5, [3.0, 2.0], [True, True]) == [0.5, -0.75]
    assert entry.derivatives(0, [0, 0.0], [False, True]) == [None, 0]


def test_an_exponent_that_happens_to_be_0_keeps_its_derivatives():
    in_x = grad(OPERATIONS["pow"], argnums=0)  # n*x^(n - 1)
    in_n = grad(in_x, argnums=1)
    assert (in_x(2.0, 0.0), in_n(2.0, 0.0)) == (0.0, 0.5)
    assert grad(in_n, argnums=1)(2.0, 0.0) == pytest.approx(math.log(2), rel=1e-15)
    assert grad(in_n, argnums=0)(2.0, 0.0) == -0.25


def test_the_slope_of_a_power_is_written_as_in_books():
    (slope, _) = OPERATIONS["pow"].recorded_derivatives(Value(2.0, "x") ** 3)
    assert slope.operands[0] == 3 and slope.data == 12.0


POWERS_AT_0 = [((0.0, 1.0), None), ((0.0, 0.5), None), ((0.0, 0.0), None), ((0.0, 2.0), 0.0)]


@pytest.mark.parametrize(("at", "mixed"), POWERS_AT_0)
def test_the_mixed_derivative_of_a_power_at_0_is_the_same_in_every_order(at, mixed):
    power = OPERATIONS["pow"]
    in_x, in_n = grad(power, argnums=0), grad(power, argnums=1)
    for read in (
        lambda: grad(in_x, argnums=1)(*at),
        lambda: grad(in_n, argnums=0)(*at),
        lambda: jvp(in_n, at, (1.0, 0.0))[1],
        lambda: jvp(in_x, at, (0.0, 1.0))[1],
    ):
        if mixed is None:
            with pytest.raises((ValueError, ZeroDivisionError), match=r"^the derivative of "):
                read()
        else:
            assert read() == mixed
    with pytest.raises((ValueError, ZeroDivisionError)):  # of x^2 too it is infinite: 2*log(x) + 3
        grad(grad(in_n, argnums=0), argnums=0)(0.0, 2.0)


def test_kinks_are_where_they_are():
    for name, entry in OPERATIONS.items():
        kinks = SAMPLES[name].kinks
        assert bool(kinks) == bool(entry.kink), f"kinks of {name}: {NEEDED}"
        if kinks:
            assert all(entry.kink(*x) for x in kinks.at)
            assert not any(entry.kink(*x) for x in kinks.beside)


def failing(error):
    def value(x):
        raise error

    return Operation("own", value, [lambda y, x: 1])(Value(2, "x"))


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            lambda: OPERATIONS["exp"](Value(Fraction(1), "x")),
            "exp(x) with x = 1: exp of a Fraction is not a Fraction; compute in floats (float(x)) "
            "or Decimals",
        ),
        (
            lambda: Value(Decimal("Infinity"), "x") - Value(Decimal("Infinity"), "y"),
            "x - y with x = Infinity, y = Infinity: InvalidOperation",
        ),
        (
            lambda: Value(0.0) ** -1,
            "0.0^(-1): 0.0 cannot be raised to a negative power; " + OPERATIONS["pow"].domain,
        ),
        (lambda: Value(1e200) ** 2, "1e+200^2: too large for a float"),
        (lambda: failing(ZeroDivisionError()), "own(x) with x = 2: ZeroDivisionError"),
        (lambda: failing(InvalidOperation()), "own(x) with x = 2: InvalidOperation"),
        (lambda: failing(InvalidOperation("not today")), "own(x) with x = 2: not today"),
        (lambda: failing(ArithmeticError(["one", "two"])), "own(x) with x = 2: ['one', 'two']"),
    ],
)
def test_an_error_says_what_it_must_and_no_more(function, sentence):
    with pytest.raises((ArithmeticError, TypeError)) as caught:
        function()
    assert str(caught.value) == sentence


def test_long_operands_are_shortened():
    digits = "1" * 61
    with pytest.raises(ZeroDivisionError) as caught:
        Value(int(digits), "x") / 0
    assert f"x = {'1' * 57}...:" in str(caught.value)
    with pytest.raises(ZeroDivisionError) as caught:
        Value(int(digits[:60]), "x") / 0
    assert f"x = {'1' * 60}:" in str(caught.value)


@pytest.mark.parametrize(
    ("letters", "shown"), [(194, "log(xxx"), (195, "log of 1 operands with x")]
)
def test_a_long_expression_is_named(letters, shown):
    with pytest.raises(ValueError) as caught:
        OPERATIONS["log"](Value(-1.0, "x" * letters))
    assert str(caught.value).startswith(shown)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu"])
def test_complex_numbers_of_numpy_are_as_pythons(name):
    for number in (1 + 2j, -1 - 0.5j):
        found = gradients(OPERATIONS[name](x := Value(numpy.complex128(number))), [x])[0]
        assert found == pytest.approx(gradients(OPERATIONS[name](y := Value(number)), [y])[0])


# --- the shares of a softmax, and the cross-entropy of logits -------------------------------------

SHARE, OF_LOGITS = OPERATIONS["softmax_share"], OPERATIONS["cross_entropy_with_logits"]


def test_the_partials_of_a_share_take_ints_in_the_type_of_the_share():
    with mpmath.workdps(50):
        third = mpmath.mpf(1) / 3
        x, z = Value(third), [Value(2), Value(4)]
        shares = [mpmath.exp(n) / (mpmath.exp(2) + mpmath.exp(4)) for n in (2, 4)]
        y = mpmath.exp(third) / (mpmath.exp(2) + mpmath.exp(4))
        for got, share in zip(gradients(SHARE(x, z), z), shares, strict=True):
            assert abs(got + y * share) < 1e-49
        loss = OF_LOGITS(z, [third, 1 - third])
        for got, share, target in zip(gradients(loss, z), shares, (third, 1 - third), strict=True):
            assert abs(got - (share - target)) < 1e-49


def test_targets_that_do_not_add_up_to_1_count_by_their_sum():
    z = [Value(0.0), Value(math.log(3))]
    for targets in ([1, 1], [1.0, 0.5], [Value(1.0), Value(1.0)], [0, 0.5]):
        whole = sum(map(number_of, targets))
        expected = [whole * p - number_of(y) for p, y in zip((0.25, 0.75), targets, strict=True)]
        assert gradients(OF_LOGITS(z, targets), z) == pytest.approx(expected, abs=1e-15)


def test_every_logit_has_its_target():
    z = [Value(0.0), Value(1.0)]
    for logits, targets in ((z, [1]), (z[:1], [1, 0]), ([], [])):
        with pytest.raises(
            ValueError, match=f"got {len(logits)} logits and {len(targets)} targets"
        ):
            OF_LOGITS(logits, targets)
    with pytest.raises(ValueError, match="softmax_share needs at least one logit"):
        SHARE(0.0, [])


def test_how_a_loss_of_logits_is_written():
    a, b = Term("a"), Term("b")
    one, zero, share = Term("1", plain=True), Term("0", plain=True), Term("y")
    normaliser = "log(exp(a) + exp(b))"
    for targets, written in (
        ([zero, one], f"{normaliser} - b"),
        ([zero, share], f"y*({normaliser} - b)"),
        ([one, share], f"{normaliser} - a + y*({normaliser} - b)"),
        ([Term("1"), Term("0")], f"1*({normaliser} - a) + 0*({normaliser} - b)"),
        ([zero, zero], "0"),
    ):
        assert OF_LOGITS.text([a, b, *targets]).text == written
    assert OF_LOGITS.latex([a, b, zero, one]).text == r"\log\left(e^{a} + e^{b}\right) - b"


def test_how_a_share_is_written():
    a, b = Term("a"), Term("b - 1", SUM)
    assert SHARE.text([a, a, b]).text == "exp(a)/(exp(a) + exp(b - 1))"
    assert SHARE.text([a, a]).text == "exp(a)/exp(a)"
    assert SHARE.latex([b, a]).text == r"\frac{e^{b - 1}}{e^{a}}"


def test_equal_intervals_are_not_one_number():
    wide = mpmath.iv.mpf([0, 1])
    assert 1.3 in SHARE(wide, [wide, wide])  # e^1/(e^0 + e^0)


@pytest.mark.parametrize("form", ["text", "latex"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operand_stands_in_two_pairs_of_parentheses(name, form):
    operation = OPERATIONS[name]
    given = [Term("-3", SIGNED), Term("a + b", SUM), Term("1/3", PRODUCT)]
    for terms in product(given, repeat=operation.arity or 4):
        text = re.sub(r"\\left|\\right", "", getattr(operation, form)(terms).text)
        assert not re.search(r"\(\((-3|a \+ b|1/3)\)\)", text)
