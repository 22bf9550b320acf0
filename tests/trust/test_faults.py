"""Wrong partials that a user might write are caught, right ones are not; a NaN is kept, and its
origin told.

The faults are planted in operations of a user's own: relative errors down to 1e-9, and faults that
only show in the second order; each operation without its fault must pass. The random graphs draw
from the whole rule table.
"""

from __future__ import annotations

import math
import random
import struct

import pytest
from samples import SAMPLES

from autograd import (
    OPERATIONS,
    GradientError,
    Operation,
    Value,
    check_gradients,
    cos,
    dot,
    exp,
    explain_nan,
    grad,
    gradients,
    jvp,
    log,
    sigmoid,
    sin,
    sqrt,
    tanh,
    taylor,
    total,
    trace_lines,
    where,
)
from autograd.checking import differences

CAUGHT, KEPT = "a user's wrong partial is caught", "NaN is never lost and always located"
INF, NAN = math.inf, math.nan


# --- wrong partials -------------------------------------------------------------------------------


def number(x):
    return getattr(x, "data", x)


def outer(e):
    """Its partial is right, and made of an operation whose partial is wrong."""
    inner = Operation("inner", cos, [lambda y, x: -sin(x) * (1 + e)])
    return Operation("outer", sin, [lambda y, x: inner(x)])


def spread(e):
    """The distance of six numbers from 0; one of six partials is wrong."""
    partials = [lambda y, *x, i=i: x[i] / y * (1 + e * (i == 4)) for i in range(6)]
    return Operation("spread", lambda *x: sqrt(total([n * n for n in x])), partials)


# The operation with its fault of size e, the operands, the order in which it shows, the operand.
PLANTS = [
    (
        lambda e: Operation("cube", lambda x: x**3, [lambda y, x: 3 * x**2 * (1 + e)]),
        [0.7],
        1e-9,
        1,
        0,
    ),
    (
        lambda e: Operation(
            "swish", lambda x: x * sigmoid(x), [lambda y, x: sigmoid(x) * (1 + x - y) + e * x]
        ),
        [1.3],
        1e-9,
        1,
        0,
    ),
    (lambda e: Operation("sine", math.sin, [lambda y, x: cos(x) * (1 + e)]), [1.1], 1e-9, 1, 0),
    (
        lambda e: Operation(
            "erf", math.erf, [lambda y, x: 2 / math.sqrt(math.pi) * exp(-x * x) * (1 + e)]
        ),
        [0.4],
        1e-9,
        1,
        0,
    ),
    (
        lambda e: Operation(
            "hypot",
            lambda a, b: sqrt(a * a + b * b),
            [lambda y, a, b: a / y, lambda y, a, b: (b + e * a) / y],
        ),
        [0.3, 0.4],
        1.0,
        1,
        1,
    ),
    (
        lambda e: Operation(
            "logistic", lambda x: 1 / (1 + exp(-x)), [lambda y, x: y * (1 - y) * (1 - e)]
        ),
        [20.0],
        2.0,
        1,
        0,
    ),
    (spread, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 1e-9, 1, 4),
    (
        lambda e: Operation("detached", sin, [lambda y, x: cos(number(x) if e else x)]),
        [0.8],
        1.0,
        2,
        (0, 0),
    ),
    (
        lambda e: Operation("unrecorded", sin, [lambda y, x: math.cos(x) if e else cos(x)]),
        [0.8],
        1.0,
        2,
        0,
    ),
    (outer, [0.8], 1e-9, 2, 0),
]


def test_planted_faults_are_caught(figure):
    caught = 0
    for make, at, size, order, operand in PLANTS:
        right, wrong = make(0), make(size)
        checked = check_gradients(lambda x, right=right: 1 + right(*x), at)
        assert checked.remarks == () and right.name in checked.operations
        if order == 2:
            assert check_gradients(lambda x, wrong=wrong: wrong(*x), at, order=1).remarks == ()
        with pytest.raises(GradientError) as error:
            check_gradients(lambda x, wrong=wrong: 1 + wrong(*x), at)
        assert (
            error.value.operation.name in (wrong.name, "inner") and error.value.operand == operand
        )
        caught += 1
    figure(
        CAUGHT,
        f"{caught} of {len(PLANTS)} plants, relative errors from 1 to 1e-9, 3 only in the second "
        "order",
    )


def off_in(entry, place):
    """A copy of the table's entry whose derivative in one operand is 1e-9 too large."""
    copied = object.__new__(type(entry))
    vars(copied).update(vars(entry))
    if entry.arity is None:
        copied.partials = lambda *x: [
            p + 1e-9 * (i == place) for i, p in enumerate(entry.partials(*x))
        ]
    else:
        copied.partials = [
            lambda *x, p=p, i=i: p(*x) + 1e-9 * (i == place) for i, p in enumerate(entry.partials)
        ]
    return copied


def test_a_fault_planted_in_any_rule_of_the_table_is_caught(figure):
    caught = 0
    for name, samples in SAMPLES.items():
        at = samples.floats[-1]
        for order in (1, 2):
            checked = check_gradients(lambda *x, name=name: applied(name, x), *at, order=order)
            assert (
                checked.remarks == ()
                and checked.derivatives >= len(at)
                and name in checked.operations
            )
        for place in range(len(at)):
            wrong = off_in(OPERATIONS[name], place)
            with pytest.raises(GradientError) as error:
                check_gradients(lambda *x, f=wrong, samples=samples: f(*samples.arrange(*x)), *at)
            assert (error.value.operation, error.value.operand) == (wrong, place)
            caught += 1
    figure(
        CAUGHT,
        f"an error of 1e-9 in each of {caught} partials of {len(SAMPLES)} operations of the table",
    )


def test_an_operation_is_compared_wherever_it_occurs():
    late = Operation("late", sin, [lambda y, x: cos(x) * (1 + 1e-9 * (number(x) > 1))])
    half = Operation(
        "half", lambda a, b: a * b, [lambda y, a, b: b, lambda y, a, b: a * (1 + 1e-9)]
    )
    check_gradients(late, 0.8)
    check_gradients(lambda x: half(x, 3.0), 3.0)
    for f, x in (
        (lambda x: late(x) + late(2 * x), 0.8),
        (lambda x: half(x, 3.0) + half(3.0, x), 3.0),
    ):
        with pytest.raises(GradientError):
            check_gradients(f, x)


def draw(rng):
    """A random function over the rule table, as a plan of (operation, places of its operands), with
    its inputs.
    """
    inputs = [rng.uniform(-2, 2) for _ in range(3)]
    nodes, plan = list(inputs), []
    while len(plan) < 8:
        name = rng.choice(list(OPERATIONS))
        places = [rng.randrange(len(nodes)) for _ in rng.choice(SAMPLES[name].floats)]
        try:
            found = OPERATIONS[name](*SAMPLES[name].arrange(*(nodes[i] for i in places)))
        except (ArithmeticError, TypeError, ValueError):
            continue
        if abs(found) < 100:
            nodes.append(found)
            plan.append((name, places))
    return inputs, plan


def run(plan, inputs):
    nodes = list(inputs)
    for name, places in plan:
        nodes.append(OPERATIONS[name](*SAMPLES[name].arrange(*(nodes[i] for i in places))))
    return total(nodes)


def test_random_graphs_raise_no_false_alarm(figure, full, monkeypatch):
    rng, graphs, used, derivatives, remarks = random.Random(4), 0, set(), 0, 0
    wanted = 1000 if full else 10
    while graphs < wanted:
        inputs, plan = draw(rng)
        try:
            grad(lambda x, plan=plan: run(plan, x))(inputs)
        except (
            ArithmeticError,
            ValueError,
        ):  # such as a negative base, with a derivative asked in the exponent
            continue
        with monkeypatch.context() as patch:
            if graphs % 2:
                patch.setattr(differences, "_mpmath", lambda: None)  # floats are harder
            checked = check_gradients(lambda x, plan=plan: run(plan, x), inputs)
        graphs, used, derivatives = (
            graphs + 1,
            used.union(checked.operations),
            derivatives + checked.derivatives,
        )
        remarks += len(checked.remarks)
    assert used >= OPERATIONS.keys() or not full
    figure(
        CAUGHT,
        f"0 false alarms in {graphs:,} random graphs over {len(used)} operations, "
        f"{derivatives:.1e} derivatives compared and {remarks / (derivatives + remarks):.1%} "
        "remarked as undecided",
    )


# Right operations whose values are computed in floats, in part: precise numbers pass through them,
# and come out rough.
ROUGH = [
    Operation("x_sin", lambda x: x * math.sin(x), [lambda y, x: sin(x) + x * cos(x)]),
    Operation("x_exp", lambda x: x * math.exp(x), [lambda y, x: exp(x) + y]),
    Operation("swish", lambda x: x / (1 + math.exp(-x)), [lambda y, x: sigmoid(x) * (1 + x - y)]),
    Operation("x_log", lambda x: x * math.log(x), [lambda y, x: log(x) + 1]),
    Operation("hypot", math.hypot, [lambda y, a, b: a / y, lambda y, a, b: b / y]),
    Operation("cube_root", lambda x: x ** (1 / 3), [lambda y, x: y / (3 * x)]),
    Operation(
        "geometric",
        lambda a, b: math.sqrt(a * b),
        [lambda y, a, b: y / (2 * a), lambda y, a, b: y / (2 * b)],
    ),
]


@pytest.mark.parametrize("operation", ROUGH, ids=lambda operation: operation.name)
def test_values_in_floats_raise_no_false_alarm(figure, full, operation):
    rng, points = random.Random(5), 100 if full else 10
    for _ in range(points):
        at = [rng.uniform(0.1, 3) for _ in range(operation.arity)]
        check_gradients(operation, *at)
    if operation is ROUGH[-1]:
        figure(
            CAUGHT,
            f"and none in {len(ROUGH)} operations of one's own in floats, at {points} points each",
        )


# Right rules over values of Python's own, and what is hostile to differences: arguments where a
# period is less than a rounding, steep and flat ones, poles, kinks, steps and two scales.
OWN = [
    Operation("sine", math.sin, [lambda y, x: cos(x)]),
    Operation("tangent", math.tan, [lambda y, x: 1 + y * y]),
    Operation("power_of_e", math.exp, [lambda y, x: y]),
    Operation("logarithm", math.log, [lambda y, x: 1 / x]),
    Operation("hyperbolic", math.tanh, [lambda y, x: 1 - y * y]),
    Operation("gauss", lambda x: math.exp(-x * x), [lambda y, x: -2 * x * y]),
    Operation("chirp", lambda x: math.sin(math.exp(x)), [lambda y, x: cos(exp(x)) * exp(x)]),
    Operation("pole", lambda x: 1 / float(x), [lambda y, x: -y / x]),
    Operation("step", lambda x: 1.0 if x > 1 else 0.0, [lambda y, x: 0 * x]),
    Operation("ramp", lambda x: max(x, 1.0), [lambda y, x: where(x - 1, 1, 0)]),
    Operation("floor", lambda x: float(math.floor(x)), [lambda y, x: 0 * x]),
    Operation("ripple", lambda x: x + 1e-6 * math.sin(1e6 * x), [lambda y, x: 1 + cos(1e6 * x)]),
    Operation("fine", lambda x: x + 1e-12 * math.sin(1e12 * x), [lambda y, x: 1 + cos(1e12 * x)]),
    Operation("single", lambda x: struct.unpack("f", struct.pack("f", x))[0], [lambda y, x: 1]),
    Operation("power", math.pow, [lambda y, a, b: b * a ** (b - 1), lambda y, a, b: y * log(a)]),
    Operation(
        "angle",
        math.atan2,
        [lambda r, y, x: x / (x * x + y * y), lambda r, y, x: -y / (x * x + y * y)],
    ),
]
HOSTILE = [0.0, 1.0, 0.5, 1e-300, 5e-324, 1e300, 1e8, 1e5, 1e16, 1e22, math.pi / 2, 1.5707963]
HOSTILE += [40.0, 700.0, 709.7, 745.0, 38.5, 1e-8, 1 - 1e-16, 1 + 2e-16, 1 + 1e-9, 26.0, 2.5]


def hostile(rng):
    number = rng.choice([-1, 1]) * rng.choice([*HOSTILE, 10 ** rng.uniform(-307, 307)])
    return number if rng.random() < 0.5 else number * (1 + 10 ** rng.uniform(-16, 0))


def hostile_cases(rng, count):
    """Right functions and hostile operands: of the table, as a list, and of one's own."""
    for _ in range(count):
        name = rng.choice(list(OPERATIONS))
        at = [hostile(rng) for _ in rng.choice(SAMPLES[name].floats)]
        yield lambda *x, name=name: applied(name, x), at
        operation = rng.choice(OWN)
        at = [hostile(rng) for _ in range(operation.arity)]
        if not (operation.name == "floor" and abs(at[0]) > 2**52):  # all floats are whole there
            yield operation, at


def test_hostile_operands_raise_no_false_alarm(figure, full, monkeypatch):
    rng, compared, undecided = random.Random(6), 0, 0
    for place, (f, at) in enumerate(hostile_cases(rng, 10_000 if full else 100)):
        with monkeypatch.context() as patch:
            if place // 2 % 2:
                patch.setattr(differences, "_mpmath", lambda: None)
            try:
                checked = check_gradients(f, *at)
            except GradientError:
                raise
            except (ArithmeticError, TypeError, ValueError):  # it has no value there
                continue
        compared, undecided = compared + checked.derivatives, undecided + len(checked.remarks)
    figure(
        CAUGHT,
        f"0 false alarms at {place + 1:,} hostile points, {compared:,} derivatives compared and "
        f"{undecided:,} remarked as undecided",
    )


# --- NaN ------------------------------------------------------------------------------------------

EXEMPT = {("where", 1), ("where", 2)}  # a side may not be taken: below


def applied(name, operands):
    return OPERATIONS[name](*SAMPLES[name].arrange(*operands))


def one_nan_in_each():
    """Every operation on every number of operands, one of which is NaN, and its place."""
    for name, samples in SAMPLES.items():
        for operands in {len(operands): operands for operands in samples.floats}.values():
            for place in range(len(operands)):
                if (name, place) not in EXEMPT:
                    yield name, [NAN if i == place else x for i, x in enumerate(operands)], place


@pytest.mark.parametrize("kind", [float, complex])
def test_a_nan_is_in_the_value(kind, figure):
    count = 0
    for name, operands, _ in one_nan_in_each():
        if kind is complex and SAMPLES[name].refuses(complex):
            continue
        found = applied(name, [Value(kind(x)) for x in operands]).data
        assert found != found, (name, operands)
        count += 1
    figure(KEPT, f"NaN in {count} of {count} operands of the table kept, {kind.__name__}")


def by_backward(f, x):
    leaves = list(map(Value, x))
    f(*leaves).backward()
    return [leaf.grad for leaf in leaves]


def by_gradients(f, x):
    leaves = list(map(Value, x))
    return gradients(f(*leaves), leaves)


def one_by_one(differentiated):
    """Each derivative of a function of one operand, the others plain numbers."""

    def way(f, x):
        return [
            number(differentiated(lambda t, i=i: f(*x[:i], t, *x[i + 1 :]), x[i]))
            for i in range(len(x))
        ]

    return way


WAYS = {
    "backward": by_backward,
    "gradients": by_gradients,
    "grad": one_by_one(lambda f, x: grad(f)(x)),
    "grad, recorded": one_by_one(lambda f, x: grad(f)(Value(x))),
    "jvp": one_by_one(lambda f, x: jvp(f, (x,), (1.0,))[1]),
    "jvp, recorded": one_by_one(lambda f, x: jvp(f, (Value(x),), (1.0,))[1]),
    "taylor": one_by_one(lambda f, x: taylor(f, x, 2)[1]),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_nan_that_decides_is_in_the_gradient(way):
    for name, operands, _ in one_nan_in_each():
        found = WAYS[way](lambda *x, name=name: applied(name, x), operands)
        if SAMPLES[
            name
        ].smooth:  # some of its derivatives are NaN: hostile.csv says which, of backward
            expected = by_backward(lambda *x, name=name: applied(name, x), operands)
            assert list(map(math.isnan, found)) == list(map(math.isnan, expected)), (name, operands)
        else:
            assert all(map(math.isnan, found)), (name, operands)


def long(x):
    for _ in range(1000):
        x = 1 + x
    return x


def beside_silent_sides(x):
    silent = Value(-INF, "silent")
    return where(Value(1.0), x * 2, silent * 0) + 1 / (Value(1e308) * 10 + 1)


def shared(x):
    return x + (x * 0.5 + tanh(Value(2.0))) * Value(3.0)


def overflow():
    big = Value(1e200, "big")
    return big * big  # culprit


def difference():
    a = Value(1e308, "a")
    return total([a, a, -a])  # culprit


def far_product():
    return Value(1e308, "a") * 100 - 1  # culprit


def quotient():
    tiny = Value(5e-324, "tiny")
    return 1 / tiny  # culprit


def in_a_dot():
    w = [Value(1e200, "w"), Value(1.0)]
    return dot(w, [Value(1e200, "a"), Value(2.0)])  # culprit


def given_nan():
    return Value(NAN, "x")  # culprit


def given_infinity():
    return Value(-INF, "x")  # culprit


def plain_nan():
    x = Value(2.0, "x")
    return x + NAN  # culprit


def of_complex_numbers():
    return Value(1e308 + 1e308j, "z") * 10  # culprit


# How the culprit was made: its operation, None for a leaf.
CULPRITS = [
    (overflow, "mul"),
    (difference, "total"),
    (far_product, "mul"),
    (quotient, "div"),
    (in_a_dot, "dot"),
    (given_nan, None),
    (given_infinity, None),
    (plain_nan, "add"),
    (of_complex_numbers, "mul"),
]


def steep(x):
    return 1 / x  # culprit


def steep_product(x):
    y = x * 1e-200  # culprit
    return 1 / y


def nan_of_infinities(x):
    y = x * x  # culprit
    return 1 / y - 1 / y


# The gradient that is not finite first: at which number, and what the sentence names.
GRADIENTS = [
    (steep, 1e-200, "the gradient in x is -inf", "1/x with x = 1e-200"),
    (
        steep_product,
        1.0,
        "the gradient in x*1e-200 with x = 1.0 is -inf",
        "local derivative -inf of 1/1e-200",
    ),
    (nan_of_infinities, 1e-100, "the gradient in x*x with x = 1e-100 is nan", "-inf of 1/1e-200"),
]


def test_planted_nans_are_located(figure):
    right = 0
    for make, operation in CULPRITS:
        for around in (long, beside_silent_sides, shared):
            with trace_lines():
                root = around(make())
            found = explain_nan(root)
            assert found is not None and not found.of_gradient
            assert getattr(found.node.operation, "name", None) == operation
            assert found.line.text.endswith("# culprit") and str(found).endswith(str(found.line))
            right += 1
    for function, at, sentence, path in GRADIENTS:
        x = Value(at, "x")
        with trace_lines():
            root = function(x)
        root.backward()
        found = explain_nan(root)
        assert found is not None and found.of_gradient and math.isfinite(root.data)
        assert str(found).startswith(sentence) and path in str(found)
        assert found.node is x or found.line.text.endswith("# culprit")
        right += 1
    figure(
        KEPT,
        f"explain_nan right in {right} of {len(CULPRITS) * 3 + len(GRADIENTS)} plants, with the "
        "lines",
    )


def test_nans_given_to_and_made_by_every_operation_are_located(figure):
    right = 0
    for name, operands, place in one_nan_in_each():
        leaves = list(map(Value, operands))
        assert explain_nan(1 + applied(name, leaves)).node is leaves[place]
        right += 1
        if len(operands) > 1 and name != "where":
            culprit = applied(name, [NAN if i == place else leaf for i, leaf in enumerate(leaves)])
            assert explain_nan(1 + culprit).node is culprit
            right += 1
    figure(KEPT, f"and in {right} over all operations of the table")
