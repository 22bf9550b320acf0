"""Reverse mode: the rules of calculus over Fractions, accumulation, the conventions at kinks, and
what errors leave.
"""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    Value,
    dot,
    exp,
    gradients,
    half_squared_error,
    leaky_relu,
    log,
    maximum,
    mean,
    minimum,
    relu,
    sqrt,
    topological_order,
    total,
    where,
)
from autograd.derivatives import adjoints, tangents
from autograd.notes.steps import gradient_steps
from autograd.number_types import number_of
from autograd.operations import log_sum_exp

NAN = math.nan
ABS = autograd.abs
fractions = st.fractions(min_value=-20, max_value=20, max_denominator=12)
nonzero = fractions.filter(bool)
polynomials = st.lists(fractions, min_size=1, max_size=5)


def for_all(*strategies):
    """Hypothesis' `given` without its time limit, which a busy machine would break."""
    return lambda test: settings(deadline=None)(given(*strategies)(test))


def polynomial(coefficients):
    """The function with these coefficients, by Horner's rule."""

    def function(x):
        y = 0 * x
        for coefficient in coefficients:
            y = y * x + coefficient
        return y

    return function


def slope(function, *numbers):
    """The derivatives of `function` at `numbers`."""
    leaves = [Value(number) for number in numbers]
    function(*leaves).backward()
    return leaves[0].grad if len(leaves) == 1 else [leaf.grad for leaf in leaves]


# --- the rules of calculus, exactly ---------------------------------------------------------------


@for_all(polynomials, polynomials, fractions)
def test_sum_rule(p, q, x):
    f, g = polynomial(p), polynomial(q)
    assert slope(lambda v: f(v) + g(v), x) == slope(f, x) + slope(g, x)
    assert slope(lambda v: f(v) - g(v), x) == slope(f, x) - slope(g, x)


@for_all(polynomials, polynomials, fractions)
def test_product_rule(p, q, x):
    f, g = polynomial(p), polynomial(q)
    assert slope(lambda v: f(v) * g(v), x) == slope(f, x) * g(x) + f(x) * slope(g, x)


@for_all(polynomials, polynomials, fractions)
def test_quotient_rule(p, q, x):
    f, g = polynomial(p), polynomial([1, 0, *q])
    if g(x) != 0:
        expected = (slope(f, x) * g(x) - f(x) * slope(g, x)) / g(x) ** 2
        assert slope(lambda v: f(v) / g(v), x) == expected


@for_all(polynomials, polynomials, fractions)
def test_chain_rule(p, q, x):
    f, g = polynomial(p), polynomial(q)
    assert slope(lambda v: f(g(v)), x) == slope(f, g(x)) * slope(g, x)


@for_all(fractions, fractions, polynomials, polynomials, fractions)
def test_linearity(a, b, p, q, x):
    f, g = polynomial(p), polynomial(q)
    assert slope(lambda v: a * f(v) + b * g(v), x) == a * slope(f, x) + b * slope(g, x)


@for_all(nonzero, st.integers(-6, 6))
def test_power_rule(x, n):
    assert slope(lambda v: v**n, x) == n * x ** (n - 1)


@for_all(polynomials, fractions)
def test_type_in_is_type_out(p, x):
    f = polynomial(p)
    assert type(f(Value(x)).data) is type(slope(f, x)) is Fraction


@for_all(st.lists(st.tuples(fractions, fractions), min_size=1, max_size=6), st.none() | fractions)
def test_dot_is_a_sum_of_products(pairs, bias):
    def by_dot(*x):
        return dot(x[: len(pairs)], x[len(pairs) : 2 * len(pairs)], *x[2 * len(pairs) :])

    def by_hand(*x):
        n = len(pairs)
        return sum((w * a for w, a in zip(x[:n], x[n : 2 * n], strict=True)), sum(x[2 * n :]))

    numbers = [*(w for w, _ in pairs), *(a for _, a in pairs), *([] if bias is None else [bias])]
    assert by_dot(*numbers) == by_hand(*numbers)
    assert slope(by_dot, *numbers) == slope(by_hand, *numbers)


@for_all(st.lists(fractions, min_size=2, max_size=6))
def test_total_and_mean_are_sums(x):
    assert slope(lambda *v: total(v) ** 2, *x) == [2 * sum(x)] * len(x)
    assert slope(lambda *v: mean(v) ** 2, *x) == [2 * sum(x) / len(x) ** 2] * len(x)


@for_all(fractions, fractions)
def test_half_squared_error_is_its_formula(a, y):
    assert half_squared_error(a, y) == (y - a) ** 2 / 2
    assert (
        slope(half_squared_error, a, y)
        == slope(lambda a, y: (y - a) ** 2 / 2, a, y)
        == [a - y, y - a]
    )


@for_all(polynomials, fractions)
def test_gradients_of_gradients(p, x):
    v = Value(x)
    first = {adjoint.node: adjoint.gradient for adjoint in adjoints(polynomial(p)(v))}[v]
    degree = len(p) - 1
    expected = sum(
        c * (degree - i) * (degree - i - 1) * x ** max(degree - i - 2, 0) for i, c in enumerate(p)
    )
    assert gradients(first * 1 + 0 * v, [v]) == [expected]


# --- accumulation ---------------------------------------------------------------------------------


def test_a_node_used_twice():
    a = Value(3, "a")
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)


def test_a_node_as_both_operands():
    assert slope(lambda x: x * x, 3) == 6
    assert slope(lambda x: x / x, Fraction(3)) == 0
    assert slope(lambda x: dot([x, x], [x, 2], x), 3) == 9


def test_a_node_used_deep_and_shallow():
    x = Value(2)
    y = x * 3
    z = (y + 1) * y + x
    z.backward()
    assert (x.grad, y.grad) == (3 * (2 * 6 + 1) + 1, 13)


def test_gradient_is_none_until_it_is_computed():
    x = Value(2)
    y = x * 3
    assert (x.grad, y.grad) == (None, None)
    Value(5).backward()
    assert x.grad is None


def test_backward_twice_adds_on_leaves_and_starts_afresh_inside():
    x = Value(2.0)
    y = x * 3
    z = y * y
    z.backward()
    assert (x.grad, y.grad, z.grad) == (36.0, 12.0, 1.0)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (72.0, 12.0, 1.0)


def test_two_roots_add_on_shared_leaves():
    x = Value(2.0)
    (x * 3).backward()
    (x * 5).backward()
    assert x.grad == 8.0


def test_backward_of_a_leaf():
    x = Value(Fraction(2))
    x.backward()
    assert (x.grad, type(x.grad)) == (1, Fraction)
    x.backward()
    assert x.grad == 2


def test_gradients_touches_nothing():
    a, b = Value(2, "a"), Value(3, "b")
    b.grad = "kept"
    inner = a * b
    assert gradients(inner + a, [a, b, inner, a]) == [4, 2, 1, 4]
    assert (a.grad, b.grad, inner.grad) == (None, "kept", None)
    assert gradients(inner, iter([inner])) == [1]


def test_gradients_of_what_is_not_in_the_graph():
    with pytest.raises(
        ValueError,
        match=r"Value\(1, name='x'\) was not computed from Value\(2, name='w'\): there is no",
    ):
        gradients(Value(1, "x"), [Value(2, "w")])


def test_adjoints_record_a_graph_and_its_paths():
    x = Value(3.0, "x")
    y = x * x
    recorded = list(adjoints(y))
    assert [adjoint.node for adjoint in recorded] == [y, x]
    assert recorded[0].gradient == 1.0 and recorded[0].paths == []
    assert recorded[1].gradient.data == 6.0 and recorded[1].paths == [(y, x), (y, x)]
    assert (x.grad, y.grad) == (None, None)


# --- conventions at the kinks ---------------------------------------------------------------------

ZEROS = [0, 0.0, -0.0, Fraction(0), Decimal(0)]


@pytest.mark.parametrize("zero", ZEROS, ids=repr)
def test_kinks_at_zero(zero):
    assert slope(relu, zero) == 0
    assert slope(ABS, zero) == 0
    assert slope(lambda x: maximum(x, 0), zero) == 0
    assert slope(lambda x: minimum(x, 0), zero) == 0
    assert slope(leaky_relu, zero) == (
        Fraction(1, 100) if isinstance(zero, Fraction) else type(zero + 0)(1) / 100
    )


@pytest.mark.parametrize(
    "number", [2, 0.5, Fraction(1, 2), Decimal("0.5"), math.inf, -math.inf], ids=repr
)
def test_a_tie_goes_to_the_second_operand(number):
    assert slope(maximum, number, number) == [0, 1]
    assert slope(minimum, number, number) == [0, 1]
    x = Value(number)
    maximum(x, x).backward()
    assert x.grad == 1
    assert math.copysign(1, maximum(0.0, -0.0)) == -1 and math.copysign(1, minimum(-0.0, 0.0)) == 1


@pytest.mark.parametrize("number", [0.0, 3.0, -3.0, Fraction(0), Fraction(2)], ids=repr)
def test_x_to_the_0_is_1_with_derivative_0(number):
    x = Value(number)
    y = x**0
    y.backward()
    assert (y.data, x.grad, type(x.grad)) == (1, 0, type(number))


def test_powers_at_0():
    assert [slope(lambda x, n=n: x**n, 0.0) for n in (1, 2, 3, 1.0, 1.5)] == [
        1.0,
        0.0,
        0.0,
        1.0,
        0.0,
    ]
    assert [slope(lambda n: 0.0**n, n) for n in (0.5, 1.0, 2.0)] == [0.0, 0.0, 0.0]
    assert [slope(lambda x: x**0, x) for x in (0.0, 0, 10**400)] == [0, 0, 0]
    assert slope(lambda x: x**1, Decimal(0)) == 1  # though Decimals have no 0**0
    assert gradients(Value(2.0) ** (n := Value(0.0)), [n]) == [math.log(2)]
    for derive in (Value.backward, lambda root: list(adjoints(root))):
        with pytest.raises(
            ValueError, match="the derivative in the exponent needs a positive base"
        ):
            derive(Value(0.0) ** Value(0.0))


def test_the_exponent_of_an_int_keeps_its_type():
    gradient = slope(lambda n: 2**n, Decimal(3))
    assert gradient == pytest.approx(8 * Decimal(2).ln(), abs=Decimal("1e-26"))
    with pytest.raises(TypeError, match=r"the derivative of .*log of a Fraction is not a Fraction"):
        slope(lambda n: 2**n, Fraction(3))


def test_where_goes_by_the_sign():
    assert [where(z, 2.0, 3.0) for z in (1.0, 0.0, -1.0)] == [2.0, 3.0, 3.0]
    assert [slope(where, z, 2.0, 3.0) for z in (1.0, 0.0, -1.0)] == [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 1],
    ]


# --- NaN, and sides not taken ---------------------------------------------------------------------


@pytest.mark.parametrize("nan", [NAN, Decimal("NaN")], ids=repr)
@pytest.mark.parametrize(
    "function", [relu, leaky_relu, ABS, lambda x: maximum(x, 1), lambda x: minimum(1, x)]
)
def test_nan_is_never_swallowed(function, nan):
    x = Value(nan)
    y = function(x)
    y.backward()
    assert y.data != y.data and x.grad != x.grad


def test_nan_of_either_operand():
    for function in (maximum, minimum):
        for operands in ((NAN, 1.0), (1.0, NAN)):
            assert math.isnan(function(*operands)) and all(
                map(math.isnan, slope(function, *operands))
            )
    assert math.isnan(where(NAN, 1.0, 2.0))
    assert all(map(math.isnan, slope(where, NAN, 1.0, 2.0)))


def test_nan_among_decimals_to_be_compared():
    assert log_sum_exp([Decimal(1), Decimal("NaN")]).is_nan()


def test_nan_upstream():
    assert math.isnan(slope(lambda x: relu(x) * NAN, 1.0))


SIDES_NOT_TAKEN = [
    (lambda x: where(x, sqrt(x), 0), 0.0),  # the derivative of the root is 1/0
    (lambda x: where(x, log(-x), 0 * x), -1.0),
    (lambda x: where(x, x * NAN, 0.0), -1.0),
    (lambda x: where(x, x * math.inf, 0.0), -1.0),
    (lambda x: maximum(x * math.inf, 0.0), -1.0),
    (lambda x: relu(x * math.inf), -1.0),
    # a safe construct: the inner where keeps the root away from negative numbers
    (lambda x: where(x, sqrt(where(x, x, 1.0)), 0.0), -1.0),
]


@pytest.mark.parametrize(("function", "x"), SIDES_NOT_TAKEN)
def test_the_side_not_taken_contributes_exactly_0(function, x):
    leaf = Value(x)
    root = function(leaf)
    root.backward()
    assert leaf.grad == 0.0
    assert gradients(root, [leaf]) == [0.0]


@pytest.mark.parametrize(("function", "x"), SIDES_NOT_TAKEN)
def test_the_side_not_taken_contributes_exactly_0_to_a_recorded_gradient(function, x):
    leaf = Value(x)
    gradient = {adjoint.node: adjoint.gradient for adjoint in adjoints(function(leaf))}[leaf]
    assert getattr(gradient, "data", gradient) == 0.0


def test_a_side_not_taken_may_be_infinite_in_decimals_too():
    x = Value(Decimal(-1), "x")
    hidden = x * Decimal("Infinity")
    found = {adjoint.node: adjoint.gradient for adjoint in adjoints(where(x, hidden, 2 * x))}
    assert number_of(found[x]) == 2 and number_of(found[hidden]) == 0


@pytest.mark.parametrize(
    ("function", "x", "printed"),
    [
        (
            lambda x: where(x, x, x * NAN),
            1.0,
            "dL/dx = where(x > 0, 1, 0) = where(1 > 0, 1, 0) = 1",
        ),
        (
            lambda x: relu(x) * 2 + x * 3,
            -1.0,
            "dL/dx = 2*relu'(x) + 3 = 2*0 + 3 = 3",
        ),  # a 0 is shown, a NaN is not
        (
            lambda x: maximum(x * math.inf, 3 * x),
            -2.0,
            "dL/dx = where(x*inf - 3*x > 0, 0, 1) * 3 = where(-2*inf - 3*(-2) > 0, 0, 1) * 3 = 3",
        ),
    ],
)
def test_what_is_printed_of_sides_not_taken_is_what_is_computed(function, x, printed):
    leaf = Value(x, "x")
    root = function(leaf)
    root.backward()
    line = gradient_steps(root)[-1]
    assert (line.number, str(line)) == (leaf.grad, printed)


def test_nodes_behind_a_side_not_taken_have_gradient_0():
    x = Value(-1.0)
    hidden = x * NAN
    where(x, hidden, x * 2).backward()
    assert (hidden.grad, x.grad) == (0.0, 2.0)


def test_what_does_not_move_has_no_tangent():
    x, other = Value(1.0), Value(2.0)
    assert forward(where(x, x, other) * 2, [other]) == {other: 1.0}


def test_a_tangent_that_is_given_stays():
    x = Value(2.0)
    square = x * x
    assert forward(square, [x, square]) == {x: 1.0, square: 1.0}


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_leaves_the_leaves_as_they_were():
    w, x = Value(2.0, "w"), Value(0.0, "x")
    w.grad = 7.0
    root = w * sqrt(x) + w
    with pytest.raises(
        ZeroDivisionError,
        match=r"^the derivative of sqrt\(x\) with x = 0.0: .*; the operand must not be",
    ):
        root.backward()
    assert (w.grad, x.grad) == (7.0, None)


def test_an_error_in_the_accumulation_leaves_the_leaves_as_they_were():
    a, x = Value(3, "a"), Value(1, "x")
    (a + x * Fraction(1, 2)).backward()
    before = (a.grad, x.grad)
    with pytest.raises(TypeError):
        (a + x * Decimal(1)).backward()
    assert (a.grad, x.grad) == before == (1, Fraction(1, 2))


def test_a_gradient_of_another_type_is_not_added_to():
    for number, error in (
        (Fraction(1), "a Fraction with a float"),
        (Decimal(1), "unsupported operand"),
    ):
        for build in (lambda a: a, lambda a: a * a):
            a = Value(number, "a")
            a.grad = 0.0
            with pytest.raises(TypeError, match=error):
                build(a).backward()
            assert a.grad == 0.0 and type(a.grad) is float


def test_backward_again_after_an_error():
    x = Value(0.0, "x")
    root = sqrt(x) * x
    with pytest.raises(ZeroDivisionError):
        root.backward()
    (x * 3).backward()
    assert x.grad == 3.0


def forward(root, wrt):
    return tangents(topological_order(root), dict.fromkeys(wrt, 1.0))


@pytest.mark.parametrize("read", [gradients, lambda root, wrt: list(adjoints(root)), forward])
def test_the_other_readers_explain_errors_too(read):
    x = Value(0.0, "x")
    with pytest.raises(ZeroDivisionError, match=r"the derivative of sqrt\(x\) with x = 0.0"):
        read(sqrt(x), [x])


@pytest.mark.parametrize(
    ("function", "x", "sentence"),
    [
        (lambda x: exp(x), "1E+999999", r"^exp\(x\) with x = 1E\+999999: too large for a Decimal$"),
        (lambda x: x**9999999, "1E+999999", r"^x\^9999999 .*: too large for a Decimal$"),
        (lambda x: 1 / x, "0", r"^1/x with x = 0: DivisionByZero; the divisor must not be 0$"),
    ],
)
def test_decimal_signals_read_as_sentences(function, x, sentence):
    with pytest.raises(ArithmeticError, match=sentence):
        function(Value(Decimal(x), "x"))


def test_a_decimal_error_keeps_its_class():
    x = Value(Decimal(0), "x")
    with pytest.raises(
        ZeroDivisionError, match=r"the derivative of sqrt\(x\) with x = 0"
    ) as caught:
        sqrt(x).backward()
    assert caught.type.__module__ == "decimal"


def test_topological_order_holds_every_gradient():
    x = Value(0.3)
    root = relu(x * 2 - 1).tanh() + x
    root.backward()
    assert all(isinstance(node.grad, float) for node in topological_order(root))


def interrupted(function, event):
    """Run it, with Ctrl-C at that line of the engine; whether it got so far."""
    count = 0

    def at_line(frame, kind, argument):
        nonlocal count
        if "autograd" in frame.f_code.co_filename and kind == "line":
            count += 1
            if count == event:
                raise KeyboardInterrupt
        return at_line

    outer = sys.gettrace()  # that of coverage
    sys.settrace(at_line)
    try:
        function()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(outer)
    return False


def test_ctrl_c_at_any_line_leaves_every_node_as_it_was():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    root = relu(x * w + 1) * w
    root.backward()
    nodes = topological_order(root)
    before = [node.grad for node in nodes]
    events = 0
    while interrupted(root.backward, events + 1):
        events += 1
        assert [node.grad for node in nodes] == before, events
    assert events > 50
    assert (x.grad, w.grad) == (2 * before[0], 2 * before[1])


def test_an_error_leaves_every_node_as_it_was():
    x = Value(0.0, "x")
    inner = x * 3
    inner.backward()
    root = sqrt(inner) + inner
    before = [node.grad for node in topological_order(root)]
    with pytest.raises(ZeroDivisionError, match="the derivative of sqrt"):
        root.backward()
    assert [node.grad for node in topological_order(root)] == before == [3.0, 1.0, None, None]


def test_no_error_is_its_own_cause():
    leaf = Value(2.0)
    leaf.grad = "text"
    with pytest.raises(TypeError) as error:
        leaf.backward()
    assert error.value.__cause__ is not error.value


@pytest.mark.parametrize("derive", [Value.backward, lambda root: gradients(root, root.operands)])
def test_an_error_is_told_once(derive):
    with pytest.raises(ZeroDivisionError, match=r"^the derivative of sqrt") as error:
        derive(sqrt(Value(0.0)))
    assert error.value.__cause__.__context__ is None
