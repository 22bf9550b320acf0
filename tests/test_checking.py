"""check_gradients: what it finds, what it says, and what it leaves alone. The evidence is in
tests/trust.
"""

from __future__ import annotations

import math
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
import sympy

import nn
from autograd import (
    OPERATIONS,
    GradientError,
    Operation,
    Value,
    check_gradients,
    cos,
    exp,
    log,
    relu,
    sin,
    stop_gradient,
    total,
)
from autograd.checking import differences
from autograd.checking.gradients import Checked

cube = Operation("cube", lambda x: x**3, [lambda y, x: 3.1 * x * x])


def test_a_wrong_partial_is_named_with_both_numbers():
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x: 2 * cube(x), 2.0)
    assert (
        str(caught.value)
        == "cube(x) with x = 2.0: the derivative in operand 0 (x) is 12.4 here, truly 12.0"
    )
    assert (caught.value.operation, caught.value.operand) == (cube, 0)
    assert (caught.value.engine, caught.value.true) == (12.4, 12.0)


def test_a_partial_that_does_not_record():
    flat = Operation("flat", math.sin, [lambda y, x: math.cos(x)])
    assert check_gradients(flat, 1.0, order=1) == Checked(1, ("flat",))
    with pytest.raises(
        GradientError, match=r"raises on Values, .* Write it with the functions of autograd"
    ):
        check_gradients(flat, 1.0)


def test_a_partial_that_forgets_what_it_depends_on():
    lost = Operation("lost", math.sin, [lambda y, x: math.cos(getattr(x, "data", x))])
    with pytest.raises(
        GradientError, match=r"operand 0 \(x\) and operand 0 \(x\) is 0 here, truly -0.84147098"
    ) as caught:
        check_gradients(lambda x: lost(x), 1.0)
    assert caught.value.operand == (0, 0)


def test_a_wrong_partial_within_a_partial_is_named():
    wrong = Operation("wrong", cos, [lambda y, x: sin(x)])
    right = Operation("right", sin, [lambda y, x: wrong(x)])
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x: right(x), 1.0)
    assert caught.value.operation is wrong


def test_many_operands_in_the_second_order():
    lost = Operation(
        "lost",
        lambda *x: x[0] * x[5] + x[1],
        [lambda y, *x, i=i: _partial_of_lost(x, i) for i in range(6)],
    )
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x: lost(*x), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert (caught.value.operand, caught.value.engine, caught.value.true) == ((5, 0), 0, 1)


def _partial_of_lost(x, i):
    return {0: x[5], 1: 1, 5: getattr(x[0], "data", x[0])}.get(i, 0)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        (lambda x, y: (x * y + x / y) ** 3, (Fraction(1, 3), Fraction(2, 5))),
        (lambda x, y: exp(x) * log(y), (Decimal("1.3"), Decimal("0.7"))),
        (lambda x, y: x**3 * y - y / x, (3, 4)),
        (lambda x: exp(x) * sin(x), (1 + 2j,)),
        (lambda x: exp(x) * sin(x), (mpmath.mpf(2),)),
        (lambda x: [x["a"] * x["b"], sin(x["a"])], ({"a": Value(2.0), "b": 3.0},)),
        (lambda x, n: x**n, (2.5, 1.5)),
        (
            lambda model: nn.half_squared_error(model([0.3, 0.4]), 1.0),
            (nn.MLP(2, [6, 1], rng=random.Random(1)),),
        ),
    ],
)
@pytest.mark.parametrize("mpmath_installed", [True, False])
def test_right_gradients_of_every_type(f, inputs, mpmath_installed, monkeypatch):
    if not mpmath_installed:
        monkeypatch.setattr(differences, "_mpmath", lambda: None)
    checked = check_gradients(f, *inputs)
    assert checked.derivatives > 3 and checked.remarks == ()


def test_a_recorded_target_of_0_keeps_its_mixed_derivative():
    assert check_gradients(OPERATIONS["binary_cross_entropy"], 0.9, 0.0).remarks == ()


def test_kinks_are_said_and_not_passed():
    assert str(check_gradients(lambda x: relu(x) * 2, 0.0, order=1)) == (
        "1 derivative of mul is right\n"
        "relu(x) with x = 0.0: not compared, relu'(0) = 0 by convention"
    )
    undeclared = Operation("bend", lambda x: max(x, 0), [lambda y, x: 1 if x > 0 else 0])
    (remark,) = check_gradients(undeclared, 0.0, order=1).remarks
    assert remark.endswith("the slopes on the two sides differ, a kink")
    assert check_gradients(undeclared, 1e-3, order=1).remarks == ()


def test_a_function_that_is_not_analytic_is_said():
    real = Operation("real", lambda z: z.real, [lambda y, z: 1])
    (remark,) = check_gradients(real, 1 + 2j, order=1).remarks
    assert "not analytic" in remark


def test_floats_that_cannot_decide_say_so():
    rough = Operation("rough", lambda x: math.sin(x) + 1e12, [lambda y, x: math.cos(x)])
    (remark,) = check_gradients(rough, 1.0, order=1).remarks
    assert remark.endswith("the derivative in operand 0 (argument 0) is compared only to 0.06")


def test_a_fault_below_what_floats_decide_is_not_passed_in_silence():
    slightly = Operation("slightly", math.sin, [lambda y, x: cos(x) * (1 + 1e-9)])
    (remark,) = check_gradients(slightly, 1e6).remarks
    assert remark.startswith("slightly(") and remark.endswith("is compared only to 1e-07")


@pytest.mark.parametrize("x", [1e5, 1e8, 1e12, 1e16, 1e22])
@pytest.mark.parametrize("mpmath_installed", [True, False])
def test_many_periods_within_a_step_accuse_nobody(x, mpmath_installed, monkeypatch):
    sine = Operation("sine", math.sin, [lambda y, x: cos(x)])
    if not mpmath_installed:
        monkeypatch.setattr(differences, "_mpmath", lambda: None)
    for f in (sin, sine):
        checked = check_gradients(f, x)
        assert checked.remarks or checked.derivatives > 1
    assert check_gradients(sin, x).remarks == () or not mpmath_installed


def test_a_right_rule_that_cancels_is_not_accused():
    flat = Operation("flat", OPERATIONS["softplus"].value, [lambda y, x: 1 - 1 / (1 + exp(x))])
    assert check_gradients(flat, -700.0, order=1) == Checked(1, ("flat",))


def test_a_function_may_raise_anything_on_numbers_it_was_not_written_for():
    def single(x):
        if not isinstance(x, float):
            raise AttributeError("no single precision")
        return 2 * x

    check_gradients(Operation("single", single, [lambda y, x: 2]), 1.5)


def test_what_is_compared_roughly_is_said_of_many_operands_too():
    rough = Operation("rough", math.sin, [lambda y, x: cos(x)])
    partials = [lambda y, *x, i=i: rough(x[0]) if i == 0 else 1 for i in range(6)]
    many = Operation("many", lambda *x: total(x[1:]) - cos(x[0]), partials)
    remarks = check_gradients(lambda x: many(*x), [1e6, 1.0, 2.0, 3.0, 4.0, 5.0]).remarks
    said = "operand 0 (x[0]) and operand 0 (x[0]) is compared only to"
    assert any(said in remark for remark in remarks)


@pytest.mark.long
def test_threads_leave_the_digits_of_others_alone():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with mpmath.workdps(17), ThreadPoolExecutor(4) as pool:
        list(
            pool.map(lambda k: check_gradients(lambda x: exp(x) * x + sin(x), k / 7), range(1, 40))
        )
        assert mpmath.mp.dps == 17
    sys.setswitchinterval(interval)


def test_operations_made_anew_are_the_same():
    assert (
        check_gradients(
            lambda x: Operation("twice", lambda x: 2 * x, [lambda y, x: 2])(x), 3.0
        ).remarks
        == ()
    )


@pytest.mark.parametrize("order", [1, 2])
def test_a_partial_without_a_return_is_named(order):
    silent = Operation("silent", lambda a, b: a * b, [lambda y, a, b: b, lambda y, a, b: None])
    with pytest.raises(
        TypeError, match="the partial of silent in operand 1 returned None: it needs a return"
    ):
        check_gradients(silent, 2.0, 3.0, order=order)


def test_a_remark_always_has_a_reason():
    def refuses(y, x):
        if isinstance(x, float) and x == 2.0:
            return cos(x)
        raise ValueError

    refused = check_gradients(Operation("refused", math.sin, [refuses]), 2.0, order=1)
    bend = Operation("bend", abs, [lambda y, x: 1], kink=lambda x: x == 0)
    assert refused.remarks[0].endswith("operand 0 (argument 0): ValueError")
    assert (
        check_gradients(bend, 0.0, order=1)
        .remarks[0]
        .endswith("not compared, its derivative is a convention here")
    )


def test_what_is_computed_past_the_graph():
    with pytest.raises(
        GradientError,
        match=r"not recorded: 20\.08.* in mul: .* moved with the inputs.*autograd\.exp for",
    ):
        check_gradients(lambda x: x * math.exp(x.data), 3.0)
    with pytest.raises(TypeError, match="nothing of it was recorded"):
        check_gradients(lambda x: math.exp(x.data), 3.0)


def test_a_shift_that_cancels_is_no_fault():
    def log_sum_exp(z):
        shift = max(x.data for x in z)
        return shift + log(total([exp(x - shift) for x in z]))

    assert check_gradients(log_sum_exp, [1.0, 2.0, 3.0]).remarks == ()


def test_a_stopped_gradient_is_remarked():
    (remark,) = check_gradients(lambda x: x * stop_gradient(x * x), 3.0).remarks
    assert remark.startswith("a leaf = 9.0 is detached, and moves with the inputs")


def test_a_path_that_changes_is_remarked():
    (remark,) = check_gradients(lambda x: x * x if x.data > 1 else x, 1.0).remarks
    assert remark == (
        "what f computes past the graph was not looked for: beside the inputs it takes another path"
    )


@pytest.mark.parametrize(
    ("f", "x", "order", "error", "sentence"),
    [
        (lambda x: x, 1.0, 3, ValueError, "order is 1 or 2"),
        (
            lambda x: x * x,
            sympy.Symbol("x"),
            2,
            TypeError,
            "gradients are compared on numbers, not on a Symbol",
        ),
        (
            lambda x: x * random.random(),
            1.0,
            2,
            ValueError,
            "f gives another result each time: seed its random source",
        ),
        (log, 0.0, 2, ValueError, "the operand must be greater than 0"),
    ],
)
def test_refusals(f, x, order, error, sentence):
    with pytest.raises(error, match=sentence):
        check_gradients(f, x, order=order)


def test_numbers_that_are_not_finite_are_remarked():
    (remark,) = check_gradients(lambda x: x * 2, math.nan).remarks
    assert remark.endswith("explain_nan tells where it came from")
