"""One convention at the kinks: however max(x, 0) is written, its derivatives at 0 are the same, or
the line says why.

Each family is one function, written with different operations. At the kink, for every type of
number and every way to differentiate, its members agree; and every derivation of one carries the
remark that it rests on a convention.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from samples import SAMPLES

import autograd
from autograd import (
    OPERATIONS,
    Derivation,
    Value,
    derivative,
    grad,
    gradients,
    hvp,
    jacobian,
    jvp,
    leaky_relu,
    maximum,
    minimum,
    relu,
    taylor,
    vjp,
    where,
)
from autograd.number_types import number_of

PROMISE = "one convention at kinks"
ZEROS = [0, 0.0, -0.0, Fraction(0), Decimal(0), Decimal("-0"), mpmath.mpf(0)]

# the function: (its first derivative at 0, the ways to write it)
FAMILIES = {
    "max(x, 0)": (
        0,
        [
            relu,
            lambda x: maximum(x, 0),
            lambda x: where(x, x, 0),
            lambda x: -minimum(-x, 0),
            lambda x: x * where(x, 1, 0),
        ],
    ),
    "min(x, 0)": (
        0,
        [
            lambda x: minimum(x, 0),
            lambda x: -relu(-x),
            lambda x: -maximum(-x, 0),
            lambda x: -where(-x, -x, 0),
        ],
    ),
    "|x|": (
        0,
        [autograd.abs, abs, lambda x: relu(x) + relu(-x), lambda x: where(x, x, where(-x, -x, 0))],
    ),
    "x or x/100": (
        Fraction(1, 100),
        [
            leaky_relu,
            lambda x: where(x, x, x * _hundredth(x)),
            lambda x: maximum(x, x * _hundredth(x)),
        ],
    ),
}


def _hundredth(x):
    return type(number_of(x))(1) / 100


def by_backward(f, x):
    leaf = Value(x)
    f(leaf).backward()
    return leaf.grad


def by_gradients(f, x):
    leaf = Value(x)
    return gradients(f(leaf), [leaf])[0]


FIRST = [
    by_backward,
    by_gradients,
    lambda f, x: grad(f)(x),
    lambda f, x: grad(f)(Value(x)),
    lambda f, x: jacobian(f)(x),
    lambda f, x: jvp(f, (x,), (1,))[1],
    lambda f, x: vjp(f, x)[1](1)[0],
    lambda f, x: derivative(f)(x),
]
SECOND = [
    lambda f, x: grad(grad(f))(x),
    lambda f, x: hvp(f, (x,), (1,)),
    lambda f, x: grad(derivative(f))(x),
    lambda f, x: derivative(f, 2)(x),
    lambda f, x: taylor(f, x, 2)[2],
]


@pytest.mark.parametrize("zero", ZEROS, ids=repr)
@pytest.mark.parametrize("family", FAMILIES)
def test_members_agree(family, zero):
    slope, members = FAMILIES[family]
    expected = _hundredth(zero) if slope else 0
    for i, f in enumerate(members):
        assert number_of(f(zero)) == 0
        for ways, right in ((FIRST, expected), (SECOND, 0)):
            assert [number_of(way(f, zero)) for way in ways] == [right] * len(ways), i


@pytest.mark.parametrize("zero", ZEROS, ids=repr)
def test_a_derivation_says_that_it_rests_on_a_convention(zero):
    for f in (
        relu,
        leaky_relu,
        abs,
        lambda x: maximum(x, 0),
        lambda x: minimum(x, 0),
        lambda x: where(x, x, 0),
    ):
        y = f(Value(zero, "x"))
        assert y.operation.convention in Derivation(y).gradients[-1].remark != ""


KINKS = {name: samples.kinks for name, samples in SAMPLES.items() if samples.kinks}
NOT_FLAGGED = {
    ("pow", 1),
    ("where", 0),
}  # 0^0 has no derivative in the exponent, and in a condition it is 0 anywhere


@pytest.mark.parametrize("zero", ZEROS, ids=repr)
@pytest.mark.parametrize("name", KINKS)
def test_every_kink_of_the_table_is_flagged(name, zero):
    if name == "pow" and isinstance(zero, Decimal):
        return  # Decimals have no 0^0
    for operands in KINKS[name].at:
        leaves = [Value(type(zero)(x) or zero, "x") for x in operands]
        y = OPERATIONS[name](*leaves[:1], 0) if name == "pow" else OPERATIONS[name](*leaves)
        remarks = {step.node: step.remark for step in Derivation(y).gradients}
        flagged = [x for i, x in enumerate(leaves) if (name, i) not in NOT_FLAGGED]
        assert {remarks[x] for x in flagged} == {OPERATIONS[name].convention} != {""}


def test_a_tie_of_two_variables_goes_to_the_second_and_is_flagged():
    for f in (maximum, minimum):
        for x in (2, 0.5, Fraction(1, 3), Decimal("0.5"), mpmath.mpf(2)):
            assert grad(f, argnums=(0, 1))(x, x) == (0, 1)
            assert [jvp(f, (x, x), t)[1] for t in ((1, 0), (0, 1))] == [0, 1]
            steps = Derivation(f(Value(x, "a"), Value(x, "b"))).gradients
            assert all("a tie goes to the second operand" in step.remark for step in steps[1:])


def test_every_kink_of_the_table_has_a_convention():
    assert all(bool(entry.kink) == bool(entry.convention) for entry in OPERATIONS.values())


def test_counted(figure):
    members = sum(len(members) for _, members in FAMILIES.values())
    figure(
        PROMISE,
        f"{members} ways to write {len(FAMILIES)} functions agree at {len(ZEROS)} zeros of 5 "
        f"types, in {len(FIRST)} first and {len(SECOND)} second derivatives; each rule's own line "
        "is flagged",
    )
