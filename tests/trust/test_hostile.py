"""Hostile values have a written answer: every operation at 0, subnormals, the largest, infinities,
NaN, kinks, ties.

In all modes: what `backward` answers is written, and `grad` and `jvp` answer the same, of the
second order each other.

hostile.csv is the answers, one line for an operation and its operands: the value and the derivative
in each operand, or the class of the error with a part of its sentence, and *why* that is the
answer. Run with PYTHONPATH=.:tests, this file writes the answers to the operands in it, and those
of a new operation in `TRUE`, for review. Every line is computed again here, and its reason is a
statement that knows nothing of the engine:

    python      Python raises that class, or its own function gives that value
    digits      the formula to 400 digits, at infinities its limit; 0 where the type underflows; an
                error off the reals
    overflow    the true number is beyond the type's largest, which IEEE arithmetic calls inf, and
                Decimal an error
    nan         an operand is NaN, or the formula is inf - inf, 0 * inf or inf/inf there
    kink        the derivative is a convention, and the operation says so
    refused     the type has no such number: a TypeError with the remedy
    pole        the derivative is infinite or does not exist: the error of dividing by 0, or of
                log(0), or an infinity
    cut         on a branch cut, where the derivative jumps: that of the other side
    large       Python converts so large an int or Fraction to a float by rounding it, or not at all
    rule        the rule is computed from the rounded value, or overflows or is indeterminate where
                a limit exists
"""

from __future__ import annotations

import cmath
import csv
import math
import operator
import re
import sys
from collections import Counter
from decimal import Decimal, Overflow
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import mpmath
import pytest
from mpmath import mpf
from samples import NEEDED, SAMPLES, ByName

from autograd import OPERATIONS, Value, grad, gradients, jvp

PROMISE = "hostile values have a written answer"
TABLE = Path(__file__).parent / "hostile.csv"
NAMES = {
    "F": Fraction,
    "D": Decimal,
    "inf": math.inf,
    "nan": math.nan,
    "mpf": mpf,
    "complex": complex,
}

KINDS = [int, Fraction, float, Decimal, mpf, complex]
# A new operation meets the operands of the first one of its arity.
LIKE = {1: "neg", 2: "add", 3: "where", None: "total"}
LOSS_OF_LOGITS = "cross_entropy_with_logits"
# Their derivatives are computed from log_sum_exp, which an infinite operand leaves indeterminate.
BEYOND_FLOATS = {mpf("1e310")}  # of which a difference keeps no digit of the other
OF_EXPONENTIALS = ("log_sum_exp", "softmax_share", LOSS_OF_LOGITS)
BEYOND, NEARLY = mpf("1e1000"), mpf("1e30")


def written_table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def cells():
    """Every operation with each of its operands, as they are written in the table."""
    operands = ByName()
    for line in written_table()[1:]:
        operands.setdefault(line[0], []).append(line[1])
    for name, entry in OPERATIONS.items():
        like = operands[LIKE[entry.arity]]
        if name == LOSS_OF_LOGITS:
            like = [f"{logits};1;0" for logits in operands["add"]]
        operands.setdefault(name, like)
    return [(name, text) for name in OPERATIONS for text in operands[name]]


def operands_of(text):
    return [eval(operand, dict(NAMES)) for operand in text.split(";")]


def applied(name, operands):
    return OPERATIONS[name](*SAMPLES[name].arrange(*operands))


def answered(name, text):
    """The value and the derivatives as numbers; an error in place of the value, or of the
    derivatives.
    """
    leaves = [Value(operand) for operand in operands_of(text)]
    try:
        root = applied(name, leaves)
    except (ArithmeticError, TypeError, ValueError) as error:
        return error, []
    try:
        root.backward()
    except (ArithmeticError, TypeError, ValueError) as error:
        return root.data, error
    return root.data, [leaf.grad for leaf in leaves]


def written(answer, name):
    """A number to 15 digits, long integers by their length; an error by its class and what its
    sentence adds.
    """
    if isinstance(answer, Exception):
        sentence = str(answer)
        domain = OPERATIONS[name].domain
        part = domain if domain and sentence.endswith(domain) else ""
        if isinstance(answer, TypeError):
            part = sentence.split(": ")[-1].split(";")[0]
        return f"{type(answer).__name__}: {part}".removesuffix(": ")
    if isinstance(answer, list):
        return "; ".join(written(number, name) for number in answer)
    if isinstance(answer, Fraction):
        return f"F({integer(answer.numerator)}, {integer(answer.denominator)})"
    if isinstance(answer, Decimal):
        return f"D('{answer}')"
    if isinstance(answer, int):
        return integer(answer)
    if isinstance(answer, complex):
        return f"complex({written(answer.real, name)}, {written(answer.imag, name)})"
    return (
        repr(float(f"{answer:.15g}"))
        if isinstance(answer, float)
        else f"mpf {mpmath.nstr(answer, 15)}"
    )


def integer(n):
    text = str(n)
    return text if len(text) <= 20 else f"{text[:8]}...({len(text.lstrip('-'))} digits)"


# --- statements that know nothing of the engine ---------------------------------------------------


def exp(x):
    """e^x, which for numbers of a million digits mpmath would compute for hours."""
    if isinstance(x, mpmath.mpc):
        return mpmath.exp(x)
    return mpf(0) if x < -BEYOND else mpf("inf") if x > BEYOND else mpmath.exp(x)


def logistic(x):
    return 1 / (1 + exp(-x))


def softplus(x):
    if isinstance(x, mpmath.mpc):
        return mpmath.log(1 + exp(x))
    return max(x, mpf(0)) + mpmath.log1p(exp(-abs(x)))


def log_sum_exp(*z):
    if any(isinstance(number, mpmath.mpc) for number in z):
        return mpmath.log(sum(map(exp, z)))
    largest, *others = sorted(z, reverse=True)
    return largest + mpmath.log1p(
        sum(exp(number - largest if number != largest else mpf(0)) for number in others)
    )


def sinh(x):
    if isinstance(x, mpmath.mpc) or not abs(x) > 1e7:
        return mpmath.sinh(x)
    return mpmath.sign(x) * exp(abs(x)) / 2


def cosh(x):
    if isinstance(x, mpmath.mpc) or not abs(x) > 1e7:
        return mpmath.cosh(x)
    return exp(abs(x)) / 2


def expm1(x):
    return exp(x) - 1 if abs(x) > 1 else mpmath.expm1(x)


def slope_of_asin(x):
    if abs(mpmath.re(x)) == 1 and abs(mpmath.im(x)) < mpf("1e-380"):
        return mpf("inf")
    return 1 / (mpmath.sqrt(1 - x) * mpmath.sqrt(1 + x))


def normal(x):
    """The normal distribution."""
    if abs(x) > NEARLY:  # where mpmath's erfc does not end
        return mpf(x > 0)
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def density(x):
    return exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def softmax(*z):
    return [
        1 / (1 + sum(exp(other - one) for j, other in enumerate(z) if j != i))
        for i, one in enumerate(z)
    ]


def share(x, *z):
    if len(z) > 1 and (z.count(mpf("inf")) > 1 or set(z) == {mpf("-inf")}):
        return mpf("nan")  # inf/inf, 0/0
    below = sum(exp(other - x if other != x else mpf(0)) for other in z)
    return 1 / below if below else mpf("inf")


def above(z, other):
    """log_sum_exp(z) - other, of two infinities alike too."""
    return log_sum_exp(*(each - other if each != other else mpf(0) for each in z))


def loss_of_logits(*x):
    z, y = x[: len(x) // 2], x[len(x) // 2 :]
    return sum(mpf(0) if y[i] == 0 else y[i] * above(z, z[i]) for i in range(len(z)))


def slopes_of_logits(*x):
    z, y = x[: len(x) // 2], x[len(x) // 2 :]
    in_logits = [sum(y) * p - y[i] for i, p in enumerate(softmax(*z))]
    return (*in_logits, *(above(z, each) for each in z))


def dot(*x):
    n = len(x) // 2
    return sum(map(operator.mul, x[:n], x[n:]), sum(x[2 * n :]))


def power(x, n):
    if not isinstance(n, mpmath.mpc) and 1e7 < abs(n) < mpf("inf") and x > 0:
        return exp(n * mpmath.log(x))
    return mpf(1) if n == 0 or x == 1 else x**n


def times(y, logarithm, a):
    return mpf(0) if y == 0 else y * logarithm(a)


def over(y, a):
    return mpf(0) if y == 0 else y / a


def sech2(x):
    return (
        1 / mpmath.cosh(x) ** 2
        if isinstance(x, mpmath.mpc)
        else 4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2
    )


# name: (the value, the derivative in each operand), over mpmath's numbers
TRUE = {
    "add": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "sub": (lambda a, b: a - b, lambda a, b: (1, -1)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "div": (lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2)),
    "neg": (lambda x: -x, lambda x: (-1,)),
    "pow": (
        power,
        lambda x, n: (
            n * power(x, n - 1) if n else 0,
            power(x, n) * mpmath.log(x) if x or n <= 0 else 0,
        ),
    ),
    "abs": (abs, lambda x: ((x > 0) - (x < 0) if x == x else x,)),
    "exp": (exp, lambda x: (exp(x),)),
    "expm1": (expm1, lambda x: (exp(x),)),
    "log": (mpmath.log, lambda x: (1 / x,)),
    "log1p": (mpmath.log1p, lambda x: (1 / (1 + x),)),
    "sqrt": (mpmath.sqrt, lambda x: (1 / (2 * mpmath.sqrt(x)),)),
    "sin": (mpmath.sin, lambda x: (mpmath.cos(x),)),
    "cos": (mpmath.cos, lambda x: (-mpmath.sin(x),)),
    "tan": (mpmath.tan, lambda x: (1 / mpmath.cos(x) ** 2,)),
    "asin": (mpmath.asin, lambda x: (slope_of_asin(x),)),
    "acos": (mpmath.acos, lambda x: (-slope_of_asin(x),)),
    "atan": (mpmath.atan, lambda x: (1 / (1 + x * x),)),
    "sinh": (sinh, lambda x: (cosh(x),)),
    "cosh": (cosh, lambda x: (sinh(x),)),
    "tanh": (lambda x: mpmath.tanh(x) if abs(x) < 1e7 else mpmath.sign(x), lambda x: (sech2(x),)),
    "erf": (mpmath.erf, lambda x: (2 * exp(-x * x) / mpmath.sqrt(mpmath.pi),)),
    "sigmoid": (logistic, lambda x: (logistic(x) * logistic(-x),)),
    "softplus": (softplus, lambda x: (logistic(x),)),
    "silu": (
        lambda x: x * logistic(x),
        lambda x: (logistic(x) * (1 + x * logistic(-x)),),
    ),
    "gelu": (lambda x: x * normal(x), lambda x: (normal(x) + x * density(x),)),
    "where": (
        lambda z, a, b: z if z != z else a if z > 0 else b,
        lambda z, a, b: (0, z > 0 or 0, z <= 0 or 0),
    ),
    "relu": (lambda x: x if x > 0 or x != x else 0, lambda x: (x if x != x else x > 0,)),
    "leaky_relu": (
        lambda x: x if x > 0 else x / 100,
        lambda x: (x if x != x else 1 if x > 0 else mpf(1) / 100,),
    ),
    "elu": (lambda x: x if x > 0 else expm1(x), lambda x: (1 if x > 0 else exp(x),)),
    "maximum": (
        lambda a, b: a + b if a + b != a + b and a != -b else max(a, b),
        lambda a, b: (a > b, a <= b),
    ),
    "minimum": (
        lambda a, b: a + b if a + b != a + b and a != -b else min(a, b),
        lambda a, b: (a < b, a >= b),
    ),
    "dot": (
        dot,
        lambda *x: (*x[len(x) // 2 : len(x) // 2 * 2], *x[: len(x) // 2], *[1] * (len(x) % 2)),
    ),
    "total": (lambda *x: sum(x), lambda *x: [1] * len(x)),
    "mean": (lambda *x: sum(x) / len(x), lambda *x: [mpf(1) / len(x)] * len(x)),
    "half_squared_error": (lambda a, y: (y - a) ** 2 / 2, lambda a, y: (a - y, y - a)),
    "squared_error": (lambda a, y: (y - a) ** 2, lambda a, y: (2 * (a - y), 2 * (y - a))),
    "binary_cross_entropy": (
        lambda a, y: -times(y, mpmath.log, a) - times(1 - y, mpmath.log1p, -a),
        lambda a, y: (over(1 - y, 1 - a) - over(y, a), mpmath.log(1 - a) - mpmath.log(a)),
    ),
    "binary_cross_entropy_with_logits": (
        lambda z, y: times(y, softplus, -z) + times(1 - y, softplus, z),
        lambda z, y: (logistic(z) - y, -z),
    ),
    "log_sum_exp": (log_sum_exp, softmax),
    "softmax_share": (
        share,
        lambda x, *z: (share(x, *z), *(-share(x, *z) * p for p in softmax(*z))),
    ),
    "cross_entropy_with_logits": (loss_of_logits, slopes_of_logits),
}
TRUE = ByName(TRUE)


def exactly(x):
    """The number as mpmath's, without rounding."""
    if isinstance(x, Fraction):
        return mpf(x.numerator) / x.denominator
    if isinstance(x, Decimal):
        return mpf("nan") if x.is_nan() else mpf(str(x).lower().replace("infinity", "inf"))
    if isinstance(x, complex) and x.real < 0 and math.copysign(1, x.imag) < 0 == x.imag:
        return mpmath.mpc(
            x.real, -mpf("1e-390")
        )  # mpmath has no -0, which lies below the branch cut
    return mpmath.mpmathify(x)


def is_nan(x):
    return bool(mpmath.isnan(exactly(x)))


def is_infinite(x):
    return bool(mpmath.isinf(exactly(x)))


def kind(operands):
    """The type of the numbers, of several the one that Python makes of them."""
    return max(map(type, operands), key=KINDS.index)


def large(operands):
    return any(isinstance(x, (int, Fraction)) and abs(x) > 2**53 for x in operands)


def raises(function, operands):
    try:
        function(*operands)
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error)
    return None


def true_number(function, operands, exactly=exactly):
    """The formula on the operands to 400 digits; None where it has no value."""
    with mpmath.workdps(400):
        try:
            return function(*map(exactly, operands))
        except (ArithmeticError, TypeError, ValueError):
            return None


def nearly(x):
    """An infinite complex number as a large one, for limits; a NaN beside an infinity is any
    number.
    """
    if not isinstance(x, complex) or not cmath.isinf(x):
        return exactly(x)
    parts = (1 if part != part else max(-NEARLY, min(NEARLY, part)) for part in (x.real, x.imag))
    return mpmath.mpc(*parts)


def reason(got, true, operands, absolute=False):
    """Why a number is the answer, given the true one; None if no statement here says so."""
    decimal = kind(operands) is Decimal
    relative, largest = (
        (mpf("1e-25"), mpf("1e999999")) if decimal else (mpf("1e-14"), mpf(sys.float_info.max))
    )
    smallest = 1 / largest if kind(operands) is not mpf else 0
    with mpmath.workdps(400):
        got, absolute = exactly(got), max(relative / 10 if absolute else 0, smallest)
        beyond = true is not None and mpmath.isfinite(true) and abs(true) > largest
        if beyond and isinstance(got, mpmath.mpc) and not mpmath.isfinite(got):
            return "overflow"
        if is_nan(got):
            return "nan" if true is None or is_nan(true) or any(map(is_nan, operands)) else None
        if true is None or is_nan(true):
            return None
        if got == true or (
            mpmath.isfinite(got) and abs(got - true) <= relative * abs(true) + absolute
        ):
            return "digits"
        return "overflow" if beyond and got == mpf("inf") * mpmath.sign(true) else None


def reason_for_value(name, operands, got):
    on_plain_numbers = SAMPLES[name].on_plain_numbers
    plain = raises(on_plain_numbers, operands)
    if isinstance(got, Exception):
        if isinstance(got, TypeError):
            strict = {Fraction, Decimal, complex} & set(map(type, operands)) or name == "pow"
            return "refused" if plain is TypeError or strict else None
        if plain is not None and issubclass(type(got), plain):
            return "python"
        if large(operands):
            return "large"
        return "digits" if isinstance(true_number(TRUE[name][0], operands), mpmath.mpc) else None
    return reason(got, true_number(TRUE[name][0], operands), operands) or (
        "python"
        if plain is None and repr(on_plain_numbers(*operands)) == repr(got)
        else "rule"
        if name in OF_EXPONENTIALS and (is_nan(got) or BEYOND_FLOATS & set(operands))
        else None
    )


def reason_for_no_derivative(name, operands, error, true):
    if isinstance(error, TypeError):
        return "refused"
    if large(operands):
        return "large"
    if any(isinstance(x, Decimal) and x.is_snan() for x in operands):
        return "nan"
    off_reals = kind(operands) is not complex and any(isinstance(x, mpmath.mpc) for x in true or ())
    if true is None or off_reals or any(is_infinite(x) or is_nan(x) for x in true):
        return "pole"
    if isinstance(error, Overflow) and any(abs(x) > mpf("1e999999") for x in true):
        return "overflow"
    return (
        "rule"
        if isinstance(error, OverflowError | Overflow) or name in ("pow", *OF_EXPONENTIALS)
        else None
    )


def reasons_for_derivatives(name, operands, got):
    operation = OPERATIONS[name]
    true = true_number(TRUE[name][1], operands) if got else None
    if isinstance(got, Exception):
        return [reason_for_no_derivative(name, operands, got, true)]
    limit = (
        true_number(TRUE[name][1], operands, nearly) if any(map(is_infinite, operands)) else None
    )
    found = []
    for i, number in enumerate(got):
        # 1 - y*y and y*(1 - y) round with the value that they are computed from
        why = reason(number, true and true[i], operands, True) or reason(
            number, limit and limit[i], operands, True
        )
        if why == "digits" and operation.kink and operation.kink(*operands):
            why = "kink"
        if why is None and true and reason(-number, true[i], operands) == "digits":
            why = "cut" if isinstance(number, complex) else None
        if why is None and large(operands):
            why = "large"
        if why is None and true is None and is_infinite(number):
            why = "pole"
        if why is None and (is_nan(number) or name in OF_EXPONENTIALS):
            why = "rule"
        found.append(why)
    return found


def lines(step=1):
    for name, text in cells()[::step]:
        value, derivatives = answered(name, text)
        operands = operands_of(text)
        why = [
            reason_for_value(name, operands, value),
            *reasons_for_derivatives(name, operands, derivatives),
        ]
        yield [
            name,
            text,
            written(value, name),
            written(derivatives, name),
            ", ".join(dict.fromkeys(map(str, why))),
        ]


HEAD = ["operation", "operands", "value", "derivatives", "why"]


@pytest.fixture(scope="module")
def table():
    return written_table()


@pytest.mark.long
def test_every_cell_has_its_written_answer(table, every):
    step = 1 if every else 4
    assert table[0] == HEAD
    assert OPERATIONS.keys() <= {line[0] for line in table}, NEEDED
    assert [new for new, old in zip(lines(step), table[1::step], strict=True) if new != old] == []


def test_every_answer_has_a_reason(table):
    reasons = set(re.findall(r"^    (\w+)", __doc__, re.MULTILINE))
    assert {why for line in table[1:] for why in line[4].split(", ")} == reasons


def test_every_operation_meets_20_values_of_every_type(table):
    assert [name for name, _ in groupby(line[0] for line in table[1:])] == list(OPERATIONS)
    operands = {name: [line[1] for line in table if line[0] == name] for name in OPERATIONS}
    for name, texts in operands.items():
        types = Counter(kind(operands_of(text)) for text in texts)
        assert types.keys() == set(KINDS)
        assert min(types.values()) >= (8 if name == "where" else 20), (name, types)
        if name != LOSS_OF_LOGITS:
            assert texts in [operands[like] for like in (*LIKE.values(), "dot")]
        assert len(set(texts)) == len(texts)
        counts = {text.count(";") + 1 for text in texts}
        many = {"dot": {2, 3, 5}, LOSS_OF_LOGITS: {4}}.get(name, {2, 3})
        assert counts == ({OPERATIONS[name].arity} if OPERATIONS[name].arity else many)


def test_counted(table, figure):
    why = Counter(why for line in table[1:] for why in line[4].split(", "))
    assert len(table) > 500
    figure(
        PROMISE,
        f"{len(table) - 1:,} cells, none undocumented; by a limit of a rule's own: {why['rule']}",
    )


# --- the other modes ------------------------------------------------------------------------------


def attempted(function):
    try:
        return function()
    except (ArithmeticError, TypeError, ValueError) as error:
        return error


def alike(a, b):
    """Errors of one class, or numbers that differ by rounding alone."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b)
    a, b = exactly(a), exactly(b)
    return (is_nan(a) and is_nan(b)) or a == b or abs(a - b) <= mpf("1e-9") * abs(a)


def is_finite(x):
    return not isinstance(x, Exception) and bool(mpmath.isfinite(exactly(x)))


# In forward mode the derivative of x*x overflows, beside an exponential of 0.
INDETERMINATE = {
    (name, text) for name in ("erf", "gelu", "atan") for text in ("1e308", "-1e308")
} | {  # the second derivative is x there, which (1 - x)*(1 + x) has lost
    (name, text) for name in ("asin", "acos") for text in ("1e-16", "complex(5e-324,5e-324)")
}


def first_and_second(name, leaves, place):
    """The derivatives in one operand by other modes than `backward`: of order 1, of order 2."""

    def f(x):
        return applied(name, [*leaves[:place], x, *leaves[place + 1 :]])

    def forward(x):
        return jvp(f, (x,), (1,))[1]

    return (grad(f), forward), (
        grad(grad(f)),
        grad(forward),
        lambda x: jvp(grad(f), (x,), (1,))[1],
    )


def each_alone(name, leaves):
    """The derivative in each operand, where that alone is asked for: another may have none."""
    return [
        attempted(lambda leaf=leaf: gradients(applied(name, leaves), [leaf])[0]) for leaf in leaves
    ]


@pytest.mark.long
def test_every_mode_answers_alike(full, figure):
    first = second = 0
    for name, text in cells()[:: 1 if full else 5]:
        value, together = answered(name, text)
        leaves = [Value(operand) for operand in operands_of(text)]
        alone = each_alone(name, leaves)
        if isinstance(value, Exception) or not isinstance(together, Exception):
            together = [value] * len(leaves) if isinstance(value, Exception) else together
            assert all(map(alike, together, alone)), (name, text)
        else:
            assert any(alike(together, one) for one in alone), (name, text)
        for i, (leaf, expected) in enumerate(zip(leaves, alone, strict=True)):
            of_first, of_second = first_and_second(name, leaves, i)
            for mode in of_first:
                found = attempted(lambda mode=mode, x=leaf.data: mode(x))
                assert alike(expected, found), (name, text, i)
            first += 1
            if is_finite(expected) and (name, text) not in INDETERMINATE:
                one, *others = [attempted(lambda f=f, x=leaf.data: f(x)) for f in of_second]
                assert all(alike(one, other) for other in others), (name, text, i)
                second += 1
    figure(
        PROMISE,
        f"{first:,} first derivatives alike by backward, grad and jvp, {second:,} second by grad "
        "and jvp",
    )


if __name__ == "__main__":
    answers = [HEAD, *lines()]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(answers)
