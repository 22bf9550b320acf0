"""The Python that a derivation writes computes the engine's numbers: run, and compared.

Values and gradients are the same to the last bit, in type too, for every line has the engine's
operations in the engine's order; but for the sum of a gradient over three paths or more, which the
lines add up from the first, and the engine from the last. A 0 may have the other sign: over a side
not taken the lines multiply by 0 where `backward` leaves the product out.
"""

from __future__ import annotations

import math
import random
import re
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
import sympy
from samples import SAMPLES

import nn
from autograd import (
    OPERATIONS,
    Nary,
    Notation,
    Operation,
    Value,
    derive,
    exp,
    find,
    gelu,
    gradients,
    log,
    maximum,
    mean,
    relu,
    sigmoid,
    sqrt,
    tanh,
    topological_order,
    where,
)
from autograd.elementary import added
from autograd.notes.identifiers import Identifiers, identifier
from autograd.notes.tracing import literal
from autograd.number_types import constant

FAULTS = (ArithmeticError, TypeError, ValueError)


def run(root, **options):
    """What the code of a root leaves behind, and the code."""
    source = derive(root).python(**options)
    names = {}
    exec(compile(source, "<derivation>", "exec"), names)
    return names, source


def same(got, expected):
    """Equal, and of one type; NaN equals NaN."""
    return type(got) is type(expected) and (
        got == expected or (got != got and expected != expected)
    )


def near(got, expected):
    """Of one type, and equal but for the last digits."""
    if same(got, expected):
        return True
    return type(got) is type(expected) and math.isclose(got, expected, rel_tol=1e-12)


def leaves_of(root):
    return [node for node in topological_order(root) if node.operation is None]


def added_from_the_first(root, leaves):
    """The gradients, each the sum of its paths in the order in which they were computed."""
    order = topological_order(root)
    position = {node: place for place, node in enumerate(order)}
    paths, gradient = {node: [] for node in order}, {}
    for node in reversed(order):
        products = [p for _, p in sorted(paths[node], key=lambda path: position[path[0]])]
        start = constant(1 if node is root else 0, root.data)
        gradient[node] = added(products[0], products[1:]) if products else start
        local = node.operation.local_derivatives(node) if node.operation else ()
        for operand, derivative in zip(node.operands, local, strict=True):
            if isinstance(operand, Value) and derivative is not None:
                paths[operand].append((node, gradient[node] * derivative))
    few = all(len(found) < 3 for found in paths.values())
    return [gradient[leaf] for leaf in leaves], few


def expected_of(root, leaves):
    """What the code is to give: the engine's numbers, added up from the first."""
    found, few = added_from_the_first(root, leaves)
    exact = gradients(root, leaves)
    scale = max([1, *(abs(x) for x in exact if abs(x) < math.inf)])
    for number, of_engine in zip(found, exact, strict=True):
        alike = same(number, of_engine)
        assert alike or (not few and abs(number - of_engine) < scale / 10**9)
    return [root.data, *found]


def assert_computed(root):
    """The code gives the root's number and each leaf's gradient, as a script and as a function."""
    leaves = leaves_of(root)
    expected = expected_of(root, leaves)
    function, source = run(root, function=True)
    value, found = function["value_and_gradients"](*(leaf.data for leaf in leaves))
    assert all(map(same, [value, *found], expected)), source
    names, script = run(root)
    assert not re.search(r"import .*\b_", source + script)  # public names only
    given = source.partition("value_and_gradients(")[2].partition(")")[0].split(", ")
    returned = source.rpartition("return ")[2].strip().replace("(", "").replace(")", "")
    got = [names[name] for name in returned.rstrip(",").split(", ")]
    # A script writes p - y, which has other last digits.
    alike = near if "cross_entropy" in script or "math.log" in script else same
    assert all(map(alike, got, expected)), script
    assert all(map(same, (names[name] for name in given), (leaf.data for leaf in leaves)))
    return source


def of_operation(name, operands):
    return OPERATIONS[name](*SAMPLES[name].arrange(*map(Value, operands)))


# --- the course's own -----------------------------------------------------------------------------

COURSE = """\
x = -2
y = 5
z = -4

# forward
q = x + y
f = q*z

# backward
df = 1
dq = z*df
dz = q*df
dx = 1*dq
dy = 1*dq
"""


def named(node, name):
    node.name = name
    return node


def test_the_circuit_of_the_course():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    assert derive(named(named(x + y, "q") * z, "f")).python() == COURSE


def test_the_worked_model_in_fractions_is_exact():
    model = nn.MLP.from_weights(
        weights=[[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
        biases=[[0.1, -0.2, 0], [0.05]],
        activations=["relu", "relu"],
        numbers=Fraction,
    )
    loss = nn.half_squared_error(model([1, 2]), Value(Fraction("1.5"), "y"))
    assert_computed(loss)
    names, source = run(loss)
    loss.backward()
    assert names["dw_01_2"] == Fraction("-1.133") == find(loss, "w_01^2")[0].grad
    assert names["delta_0_2"] == Fraction("-1.03")
    assert "z_0_1 = w_00_1*a_0_0 + w_01_1*a_1_0 + b_0_1\na_0_1 = relu(z_0_1)\n" in source


def test_a_function_gives_the_gradients_at_other_numbers():
    x, y = Value(0.5, "x"), Value(-0.25, "y")
    function = run(relu(x * y) * x + sigmoid(y), function=True)[0]["value_and_gradients"]
    for numbers in [(2.0, 3.0), (-1.0, 4.0), (-1.5, -0.5)]:
        a, b = map(Value, numbers)
        root = relu(a * b) * a + sigmoid(b)
        root.backward()
        assert function(*numbers) == (root.data, (a.grad, b.grad))


def test_a_function_that_would_lack_a_derivative_is_refused():
    x = Value(0.0, "x")
    root = where(x, sqrt(x), 2 * x)
    assert "dx = 2*" in derive(root).python()
    with pytest.raises(ValueError, match=r"the derivative of sqrt\(x\) with x = 0.0 has no value"):
        derive(root).python(function=True)


# --- every operation ------------------------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_in_floats(name):
    for operands in SAMPLES[name].floats:
        source = assert_computed(of_operation(name, operands))
        assert "autograd" not in source  # all of it is in Python's own words


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_at_random_floats(name):
    rng = random.Random(name)
    for _ in range(10):
        root = of_operation(name, SAMPLES[name].draw(rng))
        try:
            gradients(root, leaves_of(root))
        except FAULTS:
            continue
        assert_computed(root)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_in_fractions_and_decimals(name):
    exact = [case.operands for case in SAMPLES[name].exact if None not in case.partials]
    for operands in [*exact, *SAMPLES[name].decimals]:
        assert_computed(of_operation(name, operands))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_in_ints(name):
    integers = {
        "binary_cross_entropy": [0.5, 1],
        "binary_cross_entropy_with_logits": [2, 1],
        "cross_entropy_with_logits": [2, 3, 1, 0],
    }
    sample = SAMPLES[name]
    operands = integers.get(name, [sample.integer] * len(sample.floats[-1]))
    assert_computed(of_operation(name, operands))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_of_what_is_folded(name):
    operands = SAMPLES[name].floats[-1]
    folded = [-Value(-x) for x in operands]
    assert_computed(OPERATIONS[name](*SAMPLES[name].arrange(*folded)) * 2 - 1)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "gelu", "elu", "tanh"])
def test_the_stable_forms_are_the_engines(name):
    for x in (-1000.0, -745.2, -40.0, -1e-9, 0.0, 1e-9, 40.0, 1000.0, math.inf, -math.inf):
        assert_computed(of_operation(name, [x]))


INFINITE = [math.inf, math.inf, 0.0]


def test_log_sum_exp_begins_with_the_largest():
    for z in (
        [1000.0, 0.0],
        [0.1, 0.7, 0.3],
        [-math.inf, 2.0],
        [5.0, 5.0, 5],
        [math.inf, 1.0],
        INFINITE,
    ):
        assert_computed(of_operation("log_sum_exp", z))


@pytest.mark.parametrize("function", [exp, log, sqrt, sigmoid, tanh, lambda z: z**2 / (1 - z)])
def test_complex_numbers(function):
    assert "autograd" not in assert_computed(function(Value(0.3 - 1.2j, "z")))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if SAMPLES[name].kinks])
def test_the_conventions_at_a_kink(name):
    kinks = SAMPLES[name].kinks
    for operands in [*kinks.at, *kinks.beside] if name != "pow" else []:
        for kind in (float, Fraction):
            assert_computed(of_operation(name, map(kind, operands)))


def test_the_conventions_of_powers():
    for base in (0, 0.0, Fraction(0), 2.0, -2):
        x = Value(base, "x")
        assert_computed(x**0 + x**1 - x**2)
        assert_computed(x ** Value(2, "n") if base >= 0 else x**3)
        assert_computed(x ** Value(0, "n") * 3 if base > 0 else x**3)


def test_a_nan_goes_on():
    source = assert_computed(relu(Value(math.nan, "z")) + where(Value(math.nan), Value(1.0), 2.0))
    assert "from autograd import relu, where\n" in source


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x: (-x) ** 3, "(-x)**3"),
        (lambda x: -(x + 1), "-(x + 1)"),
        (lambda x: (x**2) ** 3, "(x**2)**3"),
        (lambda x: 2 - (x - 1), "2 - (x - 1)"),
        (lambda x: -3 * (2 / (4 / x)), "-3*(2/(4/x))"),
        (lambda x: x**-1, "x**-1"),
        (lambda x: 5 - -x, "5 + x"),
        (lambda x: 1 + -x * 3, "1 - x*3"),
        (lambda x: (-2.0) ** x, "(-2.0)**x"),
        (lambda x: exp(where(x, x**2, -x)) / 2, "math.exp(x**2 if x > 0 else -x)/2"),
        (lambda x: where(x, x, 1) * 2, "(x if x > 0 else 1.0)*2"),
        (lambda x: where(where(x, x, 1), 1, x), "1.0 if (x if x > 0 else 1.0) > 0 else x"),
    ],
)
def test_parentheses(function, text):
    own = Operation("own", function, [lambda y, x: 1])
    assert f" {text}\n" in assert_computed(own(Value(2.0, "x")))


def test_constants_have_the_type_of_the_numbers():
    slope = OPERATIONS["leaky_relu"](Value(Fraction(-3), "x"))
    assert "return x if x > 0 else Fraction(1, 100)*x\n" in assert_computed(slope)


def test_what_python_does_not_have_is_imported():
    source = assert_computed(tanh(Value(Decimal("0.5"), "x")))
    assert source.startswith("from decimal import Decimal\nfrom autograd import tanh\n\n\ndef ")
    four = Value(Fraction(4, 9), "x")
    assert "from autograd.operations import pow\n" in assert_computed(four ** Fraction(1, 2))


@pytest.mark.parametrize("kind", [int, float, Decimal, Fraction])
def test_powers_of_0_are_differentiated_in_the_exponent_by_public_names(kind):
    x, n = Value(kind(0), "x"), Value(kind(2), "n")
    source = assert_computed(x**n)
    assert "def power_log(x, n, k):" in source


def test_a_power_of_0_for_other_numbers():
    x, n = Value(0.0, "x"), Value(2.0, "n")
    function = run(x**n, function=True)[0]["value_and_gradients"]
    y = Value(3.0)
    root = y ** Value(2.0)
    root.backward()
    assert function(3.0, 2.0) == (9.0, (6.0, pytest.approx(9 * math.log(3))))


@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
def test_a_cross_entropy_needs_no_private_name(target):
    source = assert_computed(
        OPERATIONS["binary_cross_entropy"](Value(0.3, "a"), Value(target, "y"))
    )
    assert "autograd" not in source


# --- random graphs --------------------------------------------------------------------------------

RATIONAL = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b / 3,
    lambda a, b: a / (b * b + 1),
    lambda a, b: -(a**2) - 2,
    lambda a, b: (a - 1) ** 3 * b**-1 if b.data else a,
    lambda a, b: relu(a) + abs(b),
    lambda a, b: where(a, b, 5),
    lambda a, b: maximum(a, b) - mean([a, b, a]),
    lambda a, b: OPERATIONS["dot"]([a, b, 2], [b, a, a], 7),
]
REAL = [
    *RATIONAL,
    lambda a, b: sigmoid(a) * b,
    lambda a, b: tanh(a - b) + exp(-abs(b)),
    lambda a, b: gelu(a) + log(1 + b * b),
    lambda a, b: OPERATIONS["log_sum_exp"]([a, b, 1.0]),
    lambda a, b: OPERATIONS["elu"](a) * OPERATIONS["softplus"](b),
]


def random_graph(rng, steps, draw, names=("a", "b", "z_0^1", "w", "dw", "t", "")):
    nodes = [Value(draw(rng), rng.choice(names)) for _ in range(3)]
    for _ in range(12):
        node = rng.choice(steps)(*rng.choices(nodes[-5:], k=2))
        node.name = rng.choice(names) if rng.random() < 0.4 else ""
        nodes.append(tanh(node) if isinstance(node.data, float) and abs(node.data) > 9 else node)
    return nodes[-1] + nodes[-2]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_of_floats(seed):
    assert_computed(random_graph(random.Random(seed), REAL, lambda rng: rng.uniform(-2, 2)))


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(20))
def test_random_graphs_of_fractions(seed):
    def draw(rng):
        return Fraction(rng.randint(-5, 5), rng.randint(1, 4))

    assert_computed(random_graph(random.Random(seed), RATIONAL, draw))


# --- options --------------------------------------------------------------------------------------


def test_with_respect_to_some():
    w, x, b = Value(2.0, "w"), Value(3.0, "x"), Value(0.5, "b")
    inner = w * x
    root = sigmoid(inner + b) ** 2
    by_w, by_b, by_inner = gradients(root, [w, b, inner])
    names = {}
    exec(derive(root, wrt=w).python(), names)
    assert names["dw"] == by_w and not {"dx", "db"} & names.keys()
    for wanted, expected in (([b, w], (by_b, by_w)), (inner, (by_inner,))):
        exec(derive(root, wrt=wanted).python(function=True), names)
        assert names["value_and_gradients"](2.0, 3.0, 0.5) == (root.data, expected)


def test_a_derivative_that_has_no_value_is_not_needed_beside_what_is_asked_for():
    w, x = Value(2.0, "w"), Value(0.0, "x")
    source = derive(w * 3 + sqrt(x), wrt=w).python(function=True)
    names = {}
    exec(source, names)
    assert names["value_and_gradients"](5.0, 4.0) == (17.0, (3.0,))


@pytest.mark.parametrize(
    "options",
    [
        {"decimals": 2},
        {"digits": 3, "rounding": "each step"},
        {"members": "formula"},
        {"order": "layer"},
        {"without": "root"},
        {"vanishing": True},
        {"comma": True},
        {"percent": True},
        {"fractions": True},
    ],
)
def test_an_option_of_printed_lines_is_refused_by_name(options):
    loss = nn.half_squared_error(nn.MLP.from_weights([[[2.0]]], [[1.0]], ["tanh"])([1.0]), 1.0)
    name = next(iter(options))
    for how in ({}, {"matrices": True}):
        with pytest.raises(ValueError, match=f"{name}=.* is about printed lines: .* no {name} for"):
            derive(loss, **options).python(**how)


def test_matrices_are_of_all_gradients():
    model = nn.MLP.from_weights([[[2.0]]], [[1.0]], ["tanh"])
    loss = nn.half_squared_error(model([1.0]), 1.0)
    with pytest.raises(ValueError, match="the gradients in all matrices: leave out wrt"):
        derive(loss, wrt=model.parameters()).python(matrices=True)


# --- names ----------------------------------------------------------------------------------------

HOSTILE = [
    "lambda", "None", "print", "__import__('os')", "x\n1/0", "x # y", "", "é", "µ", "μ", "a b",
    "a_b", "a^b", "2", "__builtins__", "math", "Fraction", "relu", "dx", "x", "x", "match", "t",
    "value_and_gradients", "v1", "\ud800", "'''", "L", "dL", "{0}", "%s", "_", "x" * 10_000, "ﬁ",
]  # fmt: skip


def test_no_name_is_code():
    nodes = [Value(Fraction(k + 2), name) for k, name in enumerate(HOSTILE)]
    root = relu(nodes[0] * nodes[1])
    for node in nodes:
        root = root * node - node
        root.name = node.name
    assert_computed(root)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_name_is_an_identifier_of_its_own(name):
    names = Identifiers({"math"})
    found = {names.claim(name) for _ in range(5)}
    assert len(found) == 5 and all(text.isidentifier() for text in found)
    assert not found & {"lambda", "None", "print", "math", "match"}
    assert len(identifier(name)) < 70


def test_gradients_are_named_after_their_nodes():
    names, _ = run(named(relu(named(Value(2, "w_00^1") * Value(3, "x"), "z_0^1")), "C"))
    assert {"dC", "dw_00_1", "dx", "delta_0_1"} <= names.keys()


def test_of_two_negatives_nothing_is_left_in_a_name():
    model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["sigmoid"], notation="mit6034")
    loss = nn.half_squared_error(model([1.0]), 1.0)
    loss.backward()
    names, source = run(loss)
    weight, bias = model.layers[0].neurons[0].weights[0], model.layers[0].neurons[0].bias
    # P = -loss is maximised; the bias that is added is -w_0A.
    assert names["minus_P"] == loss.data and names["minus_dP"] == -1
    assert names["dw_1A"] == -weight.grad and names["minus_dw_0A"] == -bias.grad
    assert "minus_dminus" not in source and "dminus" not in source


def test_a_threshold_in_a_notation_of_negative_error_terms():
    subtracted = Notation(bias_is_subtracted=True, error_sign=-1)
    model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["sigmoid"], notation=subtracted)
    loss = nn.half_squared_error(model([1.0]), 1.0)
    loss.backward()
    bias = model.layers[0].neurons[0].bias
    assert run(loss)[0]["db_0_1"] == -bias.grad  # dL/d(-b) turned round twice


# --- numbers --------------------------------------------------------------------------------------

NUMBERS = [
    0.1, -0.0, 5e-324, math.inf, -math.inf, math.nan, math.pi, 7, -7, 10**5000, Fraction(1, 3),
    Fraction(-4), Decimal("0.10"), Decimal("-Infinity"), 1j, complex(-0.0, 2), complex(math.inf, 1),
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: literal(number).text[:20])
def test_numbers_are_exact(number):
    names, _ = run(named(Value(number, "x"), "x"))
    assert same(names["x"], number)
    assert number.__class__ is int or repr(names["x"]) == repr(number)


@pytest.mark.parametrize("number", [mpmath.mpf("0.5"), sympy.Symbol("s")])
def test_other_numbers_are_refused_by_name(number):
    kind = type(number).__name__
    with pytest.raises(TypeError, match=rf"w: .* is a {kind}, which plain Python does not have"):
        derive(Value(number, "w") * 2).python()


# --- operations of one's own ----------------------------------------------------------------------


def test_an_operation_of_ones_own_is_written_by_its_value():
    cube = Operation("cube", lambda x: x**3, [lambda y, x: 3 * x**2])
    swish = Operation("a b'", lambda x: x * sigmoid(x), [lambda y, x: sigmoid(x) + y])
    product = Nary("product", lambda *x: math.prod(x), lambda y, *x: [y / each for each in x])
    x, y = Value(0.7, "x"), Value(-2.0, "y")
    source = assert_computed(product(cube(x), swish(y), y))
    assert "x**3" in source and "def a_b(x):" in source and "3*x**2" in source


def test_its_name_is_not_that_of_what_the_code_needs():
    for name in ("math", "tanh", "Fraction", "x", "value_and_gradients"):
        own = Operation(name, lambda x: x * x, [lambda y, x: 2 * x])
        assert_computed(own(tanh(Value(Decimal("0.5"), "x"))) * own(Value(Decimal(2), name)))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (lambda x: x if x > 0 else 0.0, "'>' not supported"),
        (lambda x: 0.0 if x == 0 else x, "a number that is not known yet is compared"),
        (lambda x: x if x else 0.0, "a number that is not known yet is compared"),
        (lambda x: math.exp(x), "must be real number"),
        (lambda x: {1.0: 2.0}[x], "compared|Expression"),
    ],
)
def test_one_that_is_no_formula_is_refused_by_name(value, why):
    own = Operation("own", value, [lambda y, x: 1])
    with pytest.raises(TypeError, match=f"the value of own cannot be written in Python: .*({why})"):
        derive(own(Value(1.0, "x"))).python()


# --- size -----------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_wide_sum_and_a_shared_weight():
    w, inputs = Value(0.1, "t"), [Value(k / 7) for k in range(600)]
    wide = OPERATIONS["dot"]([w] * len(inputs), inputs)
    source = assert_computed(OPERATIONS["total"](x * w for x in inputs) - wide)
    assert max(map(len, source.splitlines()[:-1])) < 6_000


@pytest.mark.long
def test_a_deep_graph():
    y = Value(0.999, "x")
    for _ in range(700):
        y = y * 1.001 - 1e-4
    source = assert_computed(y)
    assert max(map(len, source.splitlines())) < 2000


OWN = Operation("f", lambda x: x + (x - x), [lambda y, x: 1])


@pytest.mark.one_in(3)
@pytest.mark.parametrize("stage", [OWN, lambda x: x * 2, lambda x: 2 - x])
def test_what_nests_deeply(stage):
    y = Value(0, "x")
    for _ in range(500):
        y = stage(y)
    assert_computed(y)


def test_what_is_used_twice_is_computed_once():
    x, y = Value(0.3), Value(0.4)
    source = derive((x * y) ** 2 + exp(x * y)).python()
    assert source.count("math.exp") == 1


def test_a_gradient_that_is_used_twice_is_that_of_a_stage():
    x, y, z = Value(0.3, "x"), Value(0.4, "y"), Value(0.5, "z")
    source = derive(x * y + z).python()
    assert "v1 = x*y\nL = v1 + z\n" in source and "dv1 = 1*dL\n" in source


def test_a_sum_of_one_is_what_it_stands_for():
    x = Value(0.3, "x")
    copy = OPERATIONS["total"]([x])
    assert "L = x*x\n" in assert_computed(copy * copy)


def test_the_code_is_the_same_each_time():
    x, y = Value(0.3, "x"), Value(0.4, "y")
    root = sigmoid(x * y) + gelu(x)
    assert derive(root).python() == derive(root).python()


def test_a_graph_that_changed_is_refused():
    x = Value(2, "x")
    lines = derive(x * x)
    x.data = 3
    with pytest.raises(ValueError, match="make it again"):
        lines.python()


def test_a_term_of_0_in_a_derivative_has_no_place_in_a_line():
    model = nn.MLP.from_weights([[[0.5]]], None, ["sigmoid"])
    source = derive(nn.binary_cross_entropy(model([2.0]), 0.0)).python()
    assert "da_0_1 = 1.0/(1 - a_0_1)*dL" in source.splitlines()


# --- a cross-entropy's gradient -------------------------------------------------------------------

SCORES = [[[0.5], [0.25], [-0.5]]]


@pytest.mark.parametrize(
    ("activation", "loss", "target", "lines"),
    [
        ("softmax", nn.cross_entropy, 1, ["delta_1_1 = a_1_1 - 1", "delta_0_1 = a_0_1"]),
        ("softmax", nn.cross_entropy, [0.5, 0.25, 0.25], ["delta_0_1 = a_0_1 - 0.5"]),
        ("linear", nn.cross_entropy_with_logits, 1, ["delta_1_1 = p_1 - 1", "delta_2_1 = p_2"]),
    ],
)
def test_it_is_prediction_minus_target_as_in_the_lines(activation, loss, target, lines):
    model = nn.MLP.from_weights(SCORES, None, [activation])
    root, names = loss(model([2.0]), target), {}
    source = derive(root).python()
    assert set(lines) <= set(source.splitlines())
    exec(source, names)
    root.backward()
    for parameter in model.parameters():
        found = names["d" + parameter.name.replace("^", "_")]
        assert found == pytest.approx(parameter.grad, rel=1e-12)
    assert "exp(z_1_1 - " not in source and "t = " not in source.partition("# backward")[2]


def test_one_output_has_it_too():
    model = nn.MLP.from_weights([[[0.5]]], None, ["sigmoid"])
    source = derive(nn.binary_cross_entropy(model([2.0]), Value(1.0, "y"))).python()
    assert "delta_0_1 = a_0_1 - y\n" in source
    unit = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    source = derive(nn.binary_cross_entropy_with_logits(unit([2.0]), Value(1.0, "y"))).python()
    assert "p = sigmoid(z_0_1)\ndelta_0_1 = p - y\n" in source


def test_over_a_batch_it_has_its_share():
    model = nn.MLP.from_weights(SCORES, None, ["softmax"])
    root = nn.over(nn.cross_entropy, [model([2.0]), model([-1.0])], [1, 0])
    assert "delta_1_1_1 = dv2*(a_1_1_1 - 1)\n" in derive(root).python()
    assert "dz_1_1_2 = a_1_1_2 - 1\n" in derive(root, notation="ng").python()


def test_a_function_of_other_numbers_keeps_the_engine_s_formula():
    model = nn.MLP.from_weights(SCORES, None, ["linear"])
    root = nn.cross_entropy_with_logits(model([2.0]), 1)
    assert "p_1" not in derive(root).python(function=True)
