"""Floats right: the value and each partial of every rule against 50 digits, at points of many
magnitudes and signs.

The bound: |computed - true| <= 2 ulp(true) * condition. The true number is the formula of
tests/samples.py, or SymPy's derivative of it, to 50 digits at exactly the given floats. The
condition number, at least 1, says how much a relative change of what goes in changes the result, so
that nobody who computes in floats by that formula can promise less:

    value f     the sum over the operands x_i of |x_i * df/dx_i| / |f|
    partial p   the same sum for p as the rule table writes it: over the operands, the result y
                (its term times the condition of y) and what is computed between (n - 1 in
                n*x^(n - 1), the sigmoid in sigmoid(z) - y)

So 1 - y*y (tanh) and y*(1 - y) (sigmoid) are as right as what the notes write can be, and no
better: near saturation they keep an absolute precision, not a relative one, and exp(z - y)
(log_sum_exp) loses what z and y have in common. How much is measured: the worst error by the
condition in the operands alone. By that every rule but those few keeps the bound too (`alone` of
tests/samples.py), so that none can widen its own by being written badly.

Points whose true value or partials leave the range of normal floats are drawn again; those are
hostile values, which have tests of their own. `+ - * / sqrt` have no bound: they equal Python's to
the last bit, at any bits of the operands.
"""

from __future__ import annotations

import math
import operator
import random
import struct
from functools import cache

import mpmath
import pytest
import symbolic
import sympy
from draws import number, numbers
from samples import SAMPLES

from autograd import OPERATIONS, Value, sqrt

PROMISE = "floats right"
DIGITS = 50
PRECISE = mpmath.mpf(10) ** -DIGITS


@cache
def formulas(name, count):
    """The value and its partials, by SymPy, as one function of mpmath numbers."""
    expressions = [
        symbolic.derivative(name, count, places) for places in [(), *((i,) for i in range(count))]
    ]
    return sympy.lambdify(symbolic.symbols(count), expressions, "mpmath", cse=True)


@cache
def changes(name, count):
    """What a relative change makes of each partial, as the table writes it: of y, the operands,
    what is between.
    """
    y, *x = sympy.symbols(f"y x:{count}", real=True)
    operation = OPERATIONS[name]
    partials = (
        operation.partials(y, *x)
        if operation.arity is None
        else [p(y, *x) for p in operation.partials]
    )
    rows = [[change(p, z) for z in (y, *x, *between(p))] for p in map(sympy.sympify, partials)]
    return sympy.lambdify((y, *x), rows, "mpmath", cse=True)


def between(expression):
    found = {
        part
        for part in sympy.preorder_traversal(expression)
        if part.is_Add or part.is_Pow or part.is_Function
    }
    return sorted(found - {expression}, key=str)


def change(expression, part):
    stand_in = sympy.Dummy(real=True)
    return part * sympy.diff(expression.subs(part, stand_in), stand_in).subs(stand_in, part)


def settled(before, now):
    return all(
        a.__class__ is int or (a and abs(a - b) <= abs(a) * PRECISE)
        for a, b in zip(now, before, strict=True)
    )


def true_numbers(name, operands):
    """The value and the partials, and the condition numbers of all of them: over y and operands,
    over operands alone.

    With twice the digits until 50 of them stay, as log(1 + exp(-600)) needs.
    """
    function, digits, before = formulas(name, len(operands)), DIGITS, None
    while True:
        with mpmath.workdps(digits):
            x = list(map(mpmath.mpf, operands))
            now = function(*x)
            if before is not None and (settled(before, now) or digits > 1000):
                if not all(map(is_normal, now)):
                    return None
                return now, *condition_numbers(now, x, changes(name, len(operands))(now[0], *x))
        digits, before = 2 * digits, now


def condition_numbers(true, x, changes_of_partials):
    y, *first = true
    of_value = [f * z for f, z in zip(first, x, strict=True)]
    value = condition(y, of_value)
    full, alone = [value], [value]
    for p, (by_y, *rest) in zip(first, changes_of_partials, strict=True):
        full.append(condition(p, [by_y * value, *rest]))
        through_y = [by_y * f / y if by_y else 0 for f in of_value]
        alone.append(condition(p, map(operator.add, through_y, rest)))
    return full, alone


def condition(number, changes):
    return max(1.0, float(sum(map(abs, changes)) / abs(number))) if number else 1.0


def is_normal(number):
    return number.__class__ is int or 2.0**-1022 <= abs(number) < 2.0**1023


def computed_numbers(name, operands):
    leaves = list(map(Value, operands))
    root = OPERATIONS[name](*SAMPLES[name].arrange(*leaves))
    root.backward()
    return [root.data, *(leaf.grad for leaf in leaves)]


def errors_at(name, operands):
    """In units of ulp * condition: of the value and each partial; the same by the condition in the
    operands alone.
    """
    numbers = true_numbers(name, operands)
    if numbers is None:
        return None
    true, full, alone = numbers
    computed = computed_numbers(name, operands)
    assert all(type(x) is float for x in computed)
    with mpmath.workdps(DIGITS):
        ulps = [
            float(abs(mpmath.mpf(x) - t)) / math.ulp(float(t))
            for x, t in zip(computed, true, strict=True)
        ]
    return [e / c for e, c in zip(ulps, full, strict=True)], [
        e / c for e, c in zip(ulps, alone, strict=True)
    ]


@pytest.fixture(scope="module")
def worst():
    """The worst errors of each rule, (value, partial, partial by the operands alone)."""
    return {}


def points(full):
    return 10_000 if full else 50


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OPERATIONS)
def test_value_and_partials(name, full, worst):
    rng, samples = random.Random(name), SAMPLES[name]
    draw = samples.draw or numbers(len(samples.floats[0]))
    found, count = (0.0, 0.0, 0.0), 0
    while count < points(full):
        operands = draw(rng)
        errors = errors_at(name, operands)
        if errors is None:
            continue
        (value, *partials), (_, *alone) = errors
        assert value <= samples.bound, (operands, errors)
        # A partial may be the value itself.
        assert max(partials) <= max(2, samples.bound), (operands, errors)
        assert max(alone) <= samples.alone, (operands, errors)
        found = tuple(map(max, found, (value, max(partials), max(alone))))
        count += 1
    worst[name] = found


def test_counted(full, worst, figure):
    if worst.keys() != OPERATIONS.keys():
        pytest.skip("not all rules were asked for")
    value, partial, _ = zip(*worst.values(), strict=True)
    poor = [f"{name} {alone:.0e}" for name, (_, _, alone) in worst.items() if alone > 2]
    figure(
        PROMISE,
        f"{len(worst)} rules at {points(full):,} points: values within {max(value):.2f} ulp x "
        f"condition, partials within {max(partial):.2f}; by the condition in the operands alone, "
        f"what the notes write reaches {', '.join(poor)} near saturation",
    )


def left_to_right(numbers):
    result = 0.0
    for x in numbers:
        result += x
    return result


def log_sum_exp(z):
    """From the largest, which log1p adds as 1, the others from left to right."""
    place = z.index(max(z))
    others = [math.exp(x - z[place]) for i, x in enumerate(z) if i != place]
    return z[place] + math.log1p(left_to_right(others))


# Each sum of the table: the operands for numbers a, and the numbers that it adds up, or its value.
SUMS = {
    "total": (lambda a: (a,), left_to_right),
    "mean": (lambda a: (a,), lambda a: left_to_right(a) / len(a)),
    "dot": (lambda a: (a, [3.0] * len(a)), lambda a: left_to_right(3.0 * x for x in a)),
    "dot, bias": (
        lambda a: (a[:-1], [3.0] * (len(a) - 1), a[-1]),
        lambda a: left_to_right([*(3.0 * x for x in a[:-1]), a[-1]]),
    ),
    "log_sum_exp": (lambda a: (a,), log_sum_exp),
}


@pytest.mark.parametrize("name", SUMS)
def test_sums_run_from_left_to_right(name):
    rng, (arranged, expected) = random.Random(6), SUMS[name]
    compute, turned = OPERATIONS[name.partition(",")[0]], 0
    for _ in range(100):
        a = [rng.uniform(-1, 1) for _ in range(rng.randint(6, 12))]
        for got in (compute(*arranged(a)), compute(*arranged(list(map(Value, a)))).data):
            assert bits(got) == bits(expected(a)), a
        turned += expected(a) != expected(a[::-1])
    assert turned > 9  # another order shows


def any_float(rng):
    """Of any bits: subnormal and huge, the zeros, but not infinite or NaN."""
    while True:
        (x,) = struct.unpack("d", rng.randbytes(8))
        if math.isfinite(x):
            return rng.choice([x, x, number(rng), 0.0, -0.0])


def bits(x):
    return struct.pack("d", x)


def test_arithmetic_equals_pythons_to_the_last_bit(full, figure):
    rng = random.Random(2)
    for compute in (operator.add, operator.sub, operator.mul, operator.truediv):
        for _ in range(points(full)):
            a, b = any_float(rng), any_float(rng)
            if compute is operator.truediv and b == 0:
                continue
            expected = bits(compute(a, b))
            for got in (compute(Value(a), Value(b)), compute(Value(a), b), compute(a, Value(b))):
                assert bits(got.data) == expected, (a, b)
    for _ in range(points(full)):
        x = abs(any_float(rng))
        assert bits(sqrt(Value(x)).data) == bits(math.sqrt(x))
    figure(PROMISE, f"`+ - * / sqrt` bit-equal to Python at {points(full):,} points each")
