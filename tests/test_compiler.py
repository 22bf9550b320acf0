"""Compiled functions against the same functions as they stand."""

from __future__ import annotations

import importlib.util
import math
import pickle
import random
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

import numpy
import pytest
from samples import SAMPLES

import autograd
import nn
from autograd import OPERATIONS, Operation, Value, dot, relu, sigmoid, total, value_and_grad
from autograd.compiler import engines
from autograd.compiler.lifted_code import lifted_scalar_code
from autograd.compiler.recording import recorded
from autograd.compiler.simplify import simplified

ENGINES = ("llvm", "numpy", *(["jax"] if importlib.util.find_spec("jax") else []))
engine = pytest.mark.parametrize("engine", ENGINES)


def flat(result):
    return [float(x) for x in autograd.calculus.nesting.flat(result)]


def loss_231(weights, biases, x, y):
    hidden = [relu(dot(w, x, b)) for w, b in zip(weights[0], biases[0], strict=True)]
    return (y - relu(dot(weights[1][0], hidden, biases[1][0]))) ** 2 / 2


WEIGHTS = [[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]]
BIASES = [[0.1, -0.2, 0.0], [0.05]]


@engine
def test_every_operation_and_its_derivatives(engine):
    cases = [
        (name, list(map(float, operands)))
        for name, sample in SAMPLES.items()
        for operands in sample.floats
    ]

    def all_of_them(rows):
        return [
            OPERATIONS[name](*SAMPLES[name].arrange(*row))
            for (name, _), row in zip(cases, rows, strict=True)
        ]

    def derivatives(rows):
        return autograd.grad(lambda rows: autograd.total(all_of_them(rows)))(rows)

    rows = [operands for _, operands in cases]
    for f in (all_of_them, derivatives):
        compiled = autograd.compile(f, engine=engine)(rows)
        assert flat(compiled) == pytest.approx(
            flat(autograd.numbers(f(autograd.values(rows)))), rel=1e-12
        )


@engine
def test_the_worked_example(engine):
    gradients = value_and_grad(loss_231, argnums=(0, 1))
    fast = autograd.compile(gradients, engine=engine)
    given = (WEIGHTS, BIASES, [1.0, 2.0], 1.5)
    assert flat(fast(*given)) == pytest.approx(flat(gradients(*given)), rel=1e-15)


@engine
def test_derivatives_of_derivatives(engine):
    def f(x):
        return autograd.exp(x[0] * x[1]) / (1 + x[1] ** 2)

    hessian = autograd.hessian(f)
    fast = autograd.compile(hessian, engine=engine)
    assert flat(fast([0.5, -1.5])) == pytest.approx(flat(hessian([0.5, -1.5])), rel=1e-14)


def test_in_exact_order_the_bits_are_those_of_the_function():
    def f(w, x, b):
        s = 0.0
        for each, other in zip(w, x, strict=True):
            s = s + each * other
        return s + b, autograd.total(w) * 3.7 + dot(w, x, b)

    w, x = [0.1 * i for i in range(9)], [math.sin(i) for i in range(9)]
    fast = autograd.compile(f, exact_order=True)
    assert flat(fast(w, x, 0.3)) == flat(f(w, x, 0.3))


def test_a_second_nesting_is_recorded_anew():
    fast = autograd.compile(lambda x: autograd.total(x))
    assert fast([1.0, 2.0]) == 3.0
    assert fast([1.0, 2.0, 4.0]) == 7.0
    assert fast((1.0, 2.0)) == 3.0
    assert fast([1, numpy.float64(2.5)]) == 3.5


class Pair(NamedTuple):
    a: float
    b: float


def test_tuples_with_names_and_deep_nestings():
    fast = autograd.compile(lambda pair: Pair(pair.b * 2, pair.a))
    for number in (1.0, 2.0):
        assert fast(Pair(number, 3.0)) == Pair(6.0, number)
    deep: Any = [4.0]
    for _ in range(300):
        deep = [deep]
    same = autograd.compile(lambda tree: tree)
    assert same(deep) == same(deep) == deep
    deep.insert(0, deep)
    with pytest.raises(ValueError, match="does a container hold itself"):
        same(deep)


def test_a_model_may_give_its_parameters_one_by_one():
    class Model:
        def parameters(self):
            yield Value(2.0, "w")

    fast = autograd.compile(lambda model, x: [x[0] * next(model.parameters()), x[1]])
    assert fast(Model(), [3.0, 1.0]) == [6.0, 1.0]
    with pytest.raises(IndexError, match=r"; x is a list of shape \(1,\), where"):
        fast(Model(), [3.0])


@pytest.mark.parametrize("engine", [*ENGINES, "eager"])
def test_the_gradient_of_a_model_has_a_value_for_each_parameter(engine):
    model = nn.MLP(2, [2, 1], ["relu", "linear"], rng=random.Random(0))
    slope = value_and_grad(lambda model, x: model(x))  # x_0 = 1: some slopes are equal
    fast = autograd.compile(slope, engine=engine)
    for given in (model, nn.MLP(2, [2, 1], ["relu", "linear"], rng=random.Random(1))):
        (value, wanted), (found, gradient) = slope(given, [1, 2]), fast(given, [1, 2])
        assert found == pytest.approx(value.data, rel=1e-14)
        numbers = [x.data for x in gradient.parameters()]
        assert numbers == pytest.approx([x.data for x in wanted.parameters()], rel=1e-14)


def test_another_model_is_recorded_anew():
    fast = autograd.compile(lambda model, x: model([x]))
    models = [nn.MLP.from_weights([[[2.0]]], [[0.0]], [name]) for name in ("linear", "tanh")]
    for _ in range(2):
        assert [fast(model, 3.0) for model in models] == [6.0, math.tanh(6.0)]
    models[0].parameters()[0].data = 5.0
    assert fast(models[0], 3.0) == 15.0


@engine
def test_arrays_and_dicts_and_keywords(engine):
    fast = autograd.compile(lambda w, *, more: {"sum": w.sum() * more["b"], "w": w}, engine=engine)
    w = numpy.array([[1.0, 2.0], [3.0, 4.0]])
    for number in (2.0, 3.0):
        found = fast(w, more={"b": number})
        assert found["sum"] == 10 * number
        assert found["w"].tolist() == w.tolist()


def scaled(w):
    return (w * w).sum(), [w, 2.0 * w[0, 0]], ()


@engine
@pytest.mark.parametrize(
    "given",
    [
        numpy.arange(6.0).reshape(2, 3),
        numpy.arange(12.0).reshape(2, 6)[:, ::2],
        numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)),
        numpy.arange(6).reshape(2, 3),
        numpy.arange(6.0).reshape(2, 3).astype(">f8"),
        numpy.arange(6.0).reshape(2, 3).astype("f4"),
        numpy.arange(6.0).reshape(2, 3).astype(object),
    ],
    ids=lambda x: f"{x.dtype} {x.strides}",
)
def test_an_array_of_whatever_numbers_gives_arrays_of_floats(engine, given):
    fast = autograd.compile(scaled, engine=engine)
    for first in (numpy.ones((2, 3)), given, given, numpy.ones((2, 3))):
        found, wanted = fast(first), autograd.calculus.nesting.numbers(scaled(first))
        assert type(found[0]) is float
        assert type(found[1][1]) is float
        assert found[1][0].dtype == "float64"
        assert found[1][0].tolist() == wanted[1][0].tolist()
        assert (found[0], found[1][1], found[2]) == (wanted[0], wanted[1][1], ())
        found[1][0][:] = 7.0  # an array of its own, which the caller may change


def test_an_array_beside_numbers_from_outside_and_one_that_is_not_finite():
    outside = Value(3.0)
    fast = autograd.compile(lambda x: outside / x)
    x = numpy.array([1.0, 2.0])
    for number in (3.0, 5.0):
        outside.data = number
        assert fast(x).tolist() == [number, number / 2]
    with pytest.raises(ZeroDivisionError):
        fast(numpy.array([0.0, 1.0]))
    assert autograd.compile(lambda x: [])(x) == []
    assert [autograd.compile(lambda x: 1.5 * x[0])(x) for _ in range(2)] == [1.5, 1.5]


@pytest.mark.parametrize(
    ("f", "sentence"),
    [
        (lambda x: x if x > 0 else -x, "nothing can branch on it"),
        (lambda x: x if x.data == 0 else -x, "nothing can branch on it"),
        (lambda x: math.exp(x.data) * x, "nothing can branch on it"),
        (lambda x: x if x.data in [x.data + 1] else -x, "nothing can branch on it"),
        (lambda x: autograd.where(x > 0, x, 1), "nothing can branch on it"),
        (lambda x: sum(x for _ in range(x.data)), "a count, such as of range"),
        (lambda x: x * x.data, r"taken from a Value .* by \.data"),
        (lambda x: x + Value(x.data), r"taken from a Value .* by \.data"),
        (lambda x: x.data, r"returns \.data"),
    ],
)
def test_what_would_stay_as_it_is_recorded_is_refused(f, sentence):
    with pytest.raises(TypeError, match=sentence):
        autograd.compile(f)(2.0)


def test_the_error_names_the_line():
    def branches(x):
        y = x * 2
        return y if y > 1 else x

    line = branches.__code__.co_firstlineno + 2
    with pytest.raises(TypeError, match=rf"test_compiler\.py, line {line}: "):
        autograd.compile(branches)(2.0)


def test_values_from_outside_are_read_at_each_call():
    w = Value(2.0, "w")
    fast = autograd.compile(lambda x: w * w * x)
    assert fast(3.0) == 12.0
    w.data = 5.0
    assert fast(3.0) == 75.0


def test_nothing_goes_by_a_number_from_outside():
    w = Value(1.0)
    slopes = autograd.compile(autograd.grad(lambda x, y: autograd.where(w, x * x, y * y) * x))
    assert slopes(2.0, 3.0) == 12.0
    w.data = -1.0
    assert slopes(2.0, 3.0) == 9.0
    w.data = 1.0
    with pytest.raises(TypeError, match="nothing can branch on it"):
        autograd.compile(lambda x: x * w if w > 0 else x)(2.0)
    assert w.data == 1.0


def test_backward_inside_is_refused():
    w = Value(3.0)

    def f(x):
        y = x * w
        y.backward()
        return y

    with pytest.raises(TypeError, match=r"backward\(\) leaves a gradient"):
        autograd.compile(f)(2.0)
    assert (w.data, w.grad) == (3.0, None)


def test_plain_numbers_in_the_output():
    assert autograd.compile(lambda x: (x * x, 3.0))(2.0) == (4.0, 3.0)
    assert autograd.compile(lambda: 5.0)() == 5.0


def test_a_list_in_the_place_of_a_number_is_recorded_anew():
    fast = autograd.compile(lambda x: autograd.total(x) if isinstance(x, list) else x)
    assert [fast(2.0), fast([2.0, 3.0]), fast([4.0, 3.0])] == [2.0, 5.0, 7.0]
    assert str(fast.program).splitlines()[1] == "v1 = x[0] + x[1]"


def test_a_method_is_one():
    class Model:
        @autograd.compile
        def double(self, x):
            return x * 2

        def parameters(self):
            return []

    assert Model().double(3.0) == 6.0


def test_other_numbers_are_computed_by_the_function_itself():
    fast = autograd.compile(lambda x: [1 / x, x * x])
    assert fast(2.0) == [0.5, 4.0]
    assert fast(Fraction(1, 3)) == [Fraction(3), Fraction(1, 9)]
    assert fast(2j) == [-0.5j, -4 + 0j]
    x = Value(2.0)
    quotient, _ = fast(x)
    quotient.backward()
    assert x.grad == -0.25


def test_an_array_of_values_is_recorded():
    fast = autograd.compile(lambda x: (x * x).sum())
    x = autograd.values(numpy.array([1.0, 2.0]))
    for _ in range(2):
        assert fast(numpy.array([1.0, 2.0])) == 5.0
        assert autograd.gradients(fast(x), list(x)) == [2.0, 4.0]


@pytest.mark.parametrize("engine", ENGINES)
def test_names_of_any_kind(engine):
    names = ["x); import os; (", "class", "np", "t1", "", "\u03bb", "a\nb", "1", "where"]
    outside = [Value(float(i), name) for i, name in enumerate(names)]
    fast = autograd.compile(lambda np: autograd.total(outside) * np, engine=engine)
    assert fast(2.0) == 72.0


@engine
def test_errors_and_infinities_are_those_of_the_function(engine):
    fast = autograd.compile(lambda x: autograd.log(x), engine=engine)
    assert fast(1.0) == 0.0
    with pytest.raises(ValueError, match="must be greater than 0"):
        fast(-1.0)
    assert fast(math.inf) == math.inf
    assert math.isnan(fast(math.nan))
    curvature = autograd.grad(autograd.grad(lambda x: autograd.relu(x)))  # 0 wherever it is known
    assert math.isnan(autograd.compile(curvature, engine=engine)(math.nan))


def ratio(w, x, *, scale=1.0):
    return autograd.total([a / b for a, b in zip(w, x, strict=True)]) * scale


OTHER_CALLS = {
    "a number is missing": ([[1.0]], {}, "'x'; it is called as (w, x, *, scale=1.0)"),
    "an unknown keyword": ([[1.0], [2.0]], {"scal": 3.0}, "x, *, scale=1.0): did you mean scale?"),
    "a string": ([[1.0], ["a"]], {}, "x[0]: a str is not a number ('a'): convert it"),
    "nothing": ([[1.0], [1.0]], {"scale": None}, "scale: None is not a number: give a number"),
    "other lengths": ([[1.0], [1.0] * 2], {}, "w is a list of shape (1,), x a list of shape (2,)"),
    "none": ([[], []], {}, "got none; w is a list of shape (0,)"),
    "0": ([[1.0], [0.0]], {}, "w[0]/x[0] with w[0] = 1.0, x[0] = 0.0: float division by zero"),
}


@pytest.mark.parametrize("case", OTHER_CALLS)
def test_an_error_names_the_argument(case):
    positional, keywords, sentence = OTHER_CALLS[case]
    for engine in ("llvm", "eager"):
        with pytest.raises((TypeError, ValueError, ZeroDivisionError)) as error:
            autograd.compile(ratio, engine=engine)(*positional, **keywords)
        assert sentence in str(error.value)


def test_an_error_names_what_is_otherwise_than_in_a_call_that_worked():
    fast = autograd.compile(lambda w, x: [w[i] * x for i in range(2)])
    assert fast([1.0, 2.0], 3.0) == [3.0, 6.0]
    with pytest.raises(IndexError, match=r"w is a list of shape \(1,\), where .* of shape \(2,\)"):
        fast([1.0], 3.0)
    with pytest.raises(ValueError, match=r"^mine$"):
        autograd.compile(raises)(1.0)


def test_names_and_lines_that_are_the_users_own():
    fast = autograd.compile(lambda self, f: value_and_grad(lambda x: autograd.log(x) * f)(self))
    assert fast(self=1.0, f=3.0) == (0.0, 3.0)
    with pytest.raises(ValueError, match=r"^log\(self\) with self = -1\.0: "):
        fast(self=-1.0, f=3.0)
    for f, x in ((max, [1.0, 2.0]), (lambda x: numpy.max(numpy.array(x)), [1.0, 2.0])):
        with pytest.raises(TypeError, match=r"test_compiler\.py, line \d+: .* nothing can branch"):
            autograd.compile(f)(x)


def raises(x):
    raise ValueError("mine")


@engine
def test_an_int_beyond_all_floats_is_computed_by_the_function(engine):
    assert autograd.compile(lambda x: x * x + 1, engine=engine)(10**400) == 10**800 + 1


@engine
def test_a_side_not_taken_contributes_nothing(engine):
    slope = autograd.compile(autograd.grad(lambda x: relu(autograd.sqrt(x) - 1)), engine=engine)
    assert slope(0.25) == 0.0


def test_an_operation_of_ones_own():
    cube = Operation("cube", lambda x: x * x * x, [lambda y, x: 3 * x * x])
    assert autograd.compile(value_and_grad(cube))(2.0) == (8.0, 12.0)


def cubed(x):
    return x**3


def test_pickling_compiles_again():
    fast = autograd.compile(cubed)
    assert pickle.loads(pickle.dumps(fast))(2.0) == fast(2.0) == 8.0


def test_threads_do_not_share_numbers():
    fast = autograd.compile(lambda x: sigmoid(x[0]) * x[1])
    rows = [[i / 100, i] for i in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fast, rows))
    assert found == [fast(row) for row in rows]


def test_a_value_from_outside_is_whole_while_another_thread_records_with_it():
    outside, calls = Value(0.5), []
    fast = autograd.compile(lambda x: x * outside)
    assert fast(2.0) == 1.0
    with ThreadPoolExecutor(1) as pool:

        def called(x):
            calls.append(pool.submit(fast, 2.0))
            wait(calls, timeout=0.01)
            return x + outside

        assert autograd.compile(called)(1.0) == 1.5
        assert [each.result() for each in calls] == [1.0, 1.0]


@pytest.mark.parametrize(
    "number, told",
    [
        (Fraction(1, 3), r"Fraction\(1, 3\) is a Fraction: write float\(Fraction\(1, 3\)\)"),
        (Decimal("0.5"), r"not with Decimal\('0.5'\), a Decimal"),
        (1j, "not with 1j, a complex"),
    ],
)
def test_a_number_of_another_type_beside_one_that_is_not_known(number, told):
    for f in (lambda x: x * number, lambda x: number - x, lambda x: dot([number], [x])):
        with pytest.raises(TypeError, match=f"compiled code computes in floats, .*{told}$"):
            autograd.compile(f)(2.0)


def test_what_is_no_number_is_told_without_the_shapes():
    fast = autograd.compile(lambda w, x: total([a * x for a in w]))
    fast([1.0, 2.0], 3.0)
    for given, end in (("a", r"or Fraction\('a'\)"), (True, "a where x > 0"), (None, "symbol")):
        with pytest.raises(TypeError, match=rf"^w\[0\]: .*{end}$"):
            fast([given], 3.0)


def test_what_returns_nothing_or_writes_a_number_while_it_is_recorded():
    def forgets(x):
        x * x

    with pytest.raises(TypeError, match=r"^forgets returns None: return the Value it computes$"):
        autograd.compile(forgets)(2.0)

    written = []
    assert autograd.compile(lambda x: (written.append(f"{x:.2f}"), x)[1])(2.0) == 2.0
    assert written == ["a number not known yet"]


def test_constants_zeros_and_registers_are_told_apart():
    def f(a, b, c):
        return a * 2.0, a * c, b * 0.0, b * -0.0, a + 0.0

    fast = autograd.compile(f)
    assert fast(3.0, math.pi, 5.0) == (6.0, 15.0, 0.0, -0.0, 3.0)
    assert math.copysign(1, fast(3.0, math.pi, 5.0)[3]) == -1
    assert str(simplified(recorded(f, (1.0, 2.0, 3.0)).program)).splitlines()[1:3] == [
        "v1 = a*2",
        "v2 = a*c",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_has_no_numbers_is_given_as_it_is(engine):
    for f, given in ((lambda x: [], 1.0), (lambda x: x, {"w": []})):
        assert autograd.compile(f, engine=engine)(given) == f(given)


def test_a_missing_package_gives_one_sentence_or_the_next_engine(monkeypatch):
    found = importlib.util.find_spec

    def without(*missing):
        monkeypatch.setattr(engines, "find_spec", lambda x: None if x in missing else found(x))

    without("llvmlite")
    with pytest.raises(ModuleNotFoundError, match=r"needs llvmlite: .*'numpy' runs without it"):
        autograd.compile(cubed, engine="llvm")
    assert autograd.compile(cubed).engine == "numpy"
    without("jax")
    with pytest.raises(ModuleNotFoundError, match=r"chalkgrad\[jax\]'; 'llvm' runs without it"):
        autograd.compile(cubed, engine="jax")
    without("llvmlite", "numpy")
    assert autograd.compile(cubed).engine == "eager"
    assert autograd.compile(cubed)(2.0) == 8.0
    with pytest.raises(ValueError, match="'auto', 'llvm', 'numpy', 'jax' or 'eager', not 'c'"):
        autograd.compile(cubed, engine="c")


def test_a_long_function_is_computed_in_arrays():
    """Of terms that pick their numbers in no order, and of what is like nothing else."""
    rng = random.Random(5)
    picks = [[rng.randrange(7) for _ in range(3)] for _ in range(60)]

    def f(w, x):
        terms = [sigmoid(w[i] * x[j] + w[k]) * autograd.exp(-w[i]) for i, j, k in picks]
        return autograd.total(terms) + autograd.sin(w[0]) / relu(x[1])

    rows = [[rng.uniform(0.1, 1) for _ in range(7)] for _ in range(2)]
    expected = autograd.value_and_grad(f, argnums=(0, 1))(*rows)
    fast = autograd.compile(autograd.value_and_grad(f, argnums=(0, 1)), engine="numpy")
    value, gradients = fast(*rows)
    assert len(fast.program.instructions) > 200 and ", P[C" in fast.source
    assert value == pytest.approx(expected[0], rel=1e-13)
    for found, wanted in zip(gradients, expected[1], strict=True):
        assert found == pytest.approx(wanted, rel=1e-12)
    with pytest.raises(ZeroDivisionError):
        fast(rows[0], [-1.0] * 7)


def test_a_program_in_several_parts(monkeypatch):
    monkeypatch.setattr("autograd.compiler.parts.PART", 40)
    weights = [math.sin(i) for i in range(25)]

    def f(w, x):
        units = [autograd.tanh(dot(w[:3], [a * x for a in w[:3]], b)) for b in w]
        products = [a * b for a, b in zip(units, w, strict=True)]
        return [*(autograd.total(products[i:]) for i in range(8)), units[0], w[0], 2.0, units[0]]

    given = weights, 0.3
    wanted = flat(autograd.numbers(f(*autograd.values(given))))
    assert flat(autograd.compile(f, engine="llvm", exact_order=True)(*given)) == wanted
    fast = autograd.compile(f, engine="llvm")
    assert flat(fast(*given)) == pytest.approx(wanted, rel=1e-12)
    assert fast(weights, 0.5) != fast(*given) == fast(*given)


@engine
@pytest.mark.parametrize("z", [[1000.0, 0.0], [1e6, 1e6 - 1], [-1e5, -1e5 - 2]])
def test_logits_far_from_0_are_computed_by_compiled_code(z, engine):
    g = value_and_grad(lambda z: nn.cross_entropy_with_logits(z, [0.25, 0.75]))
    fast = autograd.compile(g, engine=engine)
    assert flat(fast(z)) == pytest.approx(flat(g(z)), rel=1e-15)
    assert fast._known[0].numbers(z) is not None


@engine
def test_a_result_that_is_another_has_both_names(engine):
    fast = autograd.compile(lambda x: (autograd.where(2, abs(x), 3.0), abs(x)), engine=engine)
    assert fast(-5.0) == (5.0, 5.0)


@pytest.mark.parametrize("count", [5, 21])
def test_exponentials_that_are_alike_are_vectors(count):
    def f(p):
        terms = [
            sigmoid(p[i % 7] * p[i * i % 11] - i / 4) + p[i % 3] ** (i % 4) for i in range(count)
        ]
        decays = [1.0 + autograd.exp(p[1] * x) for x in terms]
        return [*terms, autograd.total(decays) / terms[1]]

    g, point = autograd.jacobian(f), [0.1 * i - 0.3 for i in range(11)]
    fast, exact = (autograd.compile(g, engine="llvm", exact_order=x) for x in (False, True))
    assert flat(fast(point)) == pytest.approx(flat(g(point)), rel=1e-12, abs=1e-15)
    assert flat(exact(point)) == flat(g(point))
    assert ("<8 x double>" in fast.source) == (count > 5)


def test_the_largest_and_the_smallest_of_an_array_take_one_line():
    def f(x):
        smallest = reduce(autograd.minimum, x[1:])
        return [reduce(autograd.maximum, x), smallest, autograd.maximum(smallest, x[0])]

    run, source = lifted_scalar_code(recorded(f, ([0.0] * 6,)).program)
    assert run([2.0, 4.0, -1.0, 0.5, 8.0, -3.0]) == [8.0, -3.0, 2.0]
    assert source.count("np.maximum.reduce(P[:, None], 0") == 1
    assert source.count("np.minimum.reduce(P[1:6, None], 0") == 1
    run, _ = lifted_scalar_code(
        recorded(lambda x: [autograd.maximum(2.0, autograd.maximum(*x))], ([0.0] * 2,)).program
    )
    assert run([0.5, 0.75]) == [2.0]  # a constant, and not register 2
