"""Derivatives of functions: nesting, types, composition, and the errors."""

from __future__ import annotations

import math
import random
from collections import defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, repeat

import pytest
import sympy
from mpmath import mpf
from samples import SAMPLES

import nn
from autograd import (
    OPERATIONS,
    Derivation,
    Operation,
    Value,
    Walk,
    derivative,
    dot,
    exp,
    find,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    numbers,
    relu,
    sin,
    sqrt,
    stop_gradient,
    tanh,
    taylor,
    total,
    value_and_grad,
    values,
    vjp,
    where,
)
from autograd.derivatives import tangent_numbers
from autograd.graph import Graph, topological_order

F = Fraction


def cubic(x):
    return x**3 + 2 * x


# --- numbers in, numbers of that type out ---------------------------------------------------------


@pytest.mark.parametrize("x", [2, 2.0, F(2), Decimal(2), 2 + 0j], ids=repr)
def test_type_in_is_type_out(x):
    value, gradient = value_and_grad(cubic)(x)
    for result, expected in (
        (value, 12),
        (gradient, 14),
        (grad(grad(cubic))(x), 12),
        (hessian(cubic)(x), 12),
    ):
        assert (result, type(result)) == (expected, type(x))
    for result in (*jvp(cubic, (x,), (x,)), hvp(cubic, (x,), (x,))):
        assert type(result) is type(x)


def test_symbols():
    x = sympy.Symbol("x", positive=True)
    assert sympy.simplify(grad(grad(lambda v: log(v) * v**2))(x) - (2 * sympy.log(x) + 3)) == 0


def test_values_in_are_values_out_and_go_on():
    x = Value(F(2), "x")
    value, gradient = value_and_grad(cubic)(x)
    assert (value.data, gradient.data) == (12, 14)
    assert gradients(value + gradient, [x]) == [14 + 12]
    constant = grad(lambda v: v)(x)
    assert (type(constant), constant.data) == (Value, 1)


def test_a_recorded_gradient_is_one_node_a_variable():
    x = Value(3.0, "x")
    gradient = grad(lambda v: v * v + v * 2)(x)
    assert gradient.operation is OPERATIONS["dot"]
    assert len(gradient.operands) == 2 * 3  # x meets the root on three paths
    assert "L = 2 + v2*x + v2*x = 2 + 1*3 + 1*3 = 8" in str(Derivation(gradient))


def test_a_pullback_serves_after_the_derivative_around_it():
    def outer(x):
        kept = []
        grad(lambda s: kept.append(vjp(lambda t: t**3 * s, s)) or kept[0][0])(x)
        return kept[0][1](1)[0]

    assert grad(outer)(2) == 36  # of 3*x^3


@pytest.mark.long
def test_values_given_beside_the_variables_are_not_walked_beyond():
    y = Value(1.0)
    for _ in range(3000):
        y = y + grad(lambda t, c: t * t * c)(2.0, y) * 0.25
    slope = grad(lambda t, c: c * t**2)(3.0, given := total([y]))
    slope.backward()
    assert y.data > 1 and given.grad == 6.0 and y.grad == 6.0


@pytest.mark.parametrize("name", SAMPLES)
def test_recorded_gradients_are_those_of_numbers(name):
    def slope(x):
        return grad(lambda x: exp(OPERATIONS[name](*SAMPLES[name].arrange(*x)) / 8))(x)[0]

    for at in SAMPLES[name].floats:
        given = list(map(Value, at))
        recorded = slope(given)
        Graph(recorded)
        assert recorded.data == slope(list(at))
        recorded.backward()
        assert [x.grad or 0 for x in given] == pytest.approx(grad(slope)(list(at)), rel=1e-12)


WAYS = [
    lambda f, x: grad(f)(x),
    lambda f, x: grad(f)(Value(x)).data,
    lambda f, x: jvp(f, (x,), (1.0,))[1],
    lambda f, x: derivative(f)(x),
]
ASKED = [  # a function, the constant in it, where, and its first and second derivative
    (lambda x, n: x**n, 3.0, -2.0, (12.0, -12.0)),
    (OPERATIONS["binary_cross_entropy"], 1.0, 1.0, (-1.0, 1.0)),
    (OPERATIONS["binary_cross_entropy"], 0.0, 0.0, (1.0, 1.0)),
    (lambda x, c: sqrt(relu(x)) * c, 2.0, -1.0, (0.0, 0.0)),
    (lambda x, c: 1 / where(c, x, x - 2), 1.0, 2.0, (-0.25, 0.25)),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("function", "given", "x", "slopes"), ASKED)
def test_only_what_is_asked_for_and_moves_is_differentiated(way, function, given, x, slopes):
    constant = Value(given, "c")
    assert way(lambda x: function(x, constant), x) == slopes[0]
    assert way(grad(lambda x: function(x, constant)), x) == slopes[1]
    assert taylor(lambda x: function(x, constant), x, 2)[1:] == [slopes[0], slopes[1] / 2]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("choice", [relu, OPERATIONS["abs"]])
def test_at_a_kink_an_infinite_slope_is_no_0(way, choice):
    with pytest.raises(ZeroDivisionError, match=r"^the derivative of sqrt"):
        way(lambda x: sqrt(choice(x)), 0.0)


def test_a_direction_of_0_makes_no_nan_of_an_infinite_slope():
    quotient = OPERATIONS["div"]
    assert jvp(quotient, (1.0, 1e-200), (1.0, 0.0)) == (1e200, 1e200)
    assert jvp(quotient, (Value(1.0), Value(1e-200)), (1.0, 0.0))[1].data == 1e200
    assert jvp(lambda x, y: x / (y * 1), (1.0, 1e-200), (1.0, 0.0))[1] == 1e200
    assert jvp(lambda x, y: x + sqrt(y), (1.0, 0.0), (2.0, 0.0))[1] == 2.0
    assert jvp(lambda x, y: sqrt(y), (1.0, 4.0), (2.0, 0.0)) == (2.0, 0.0)
    assert jacobian(lambda x, y: [x / y, x, y], argnums=0)(1.0, 1e-200) == [1e200, 1.0, 0.0]


def test_an_output_of_cotangent_0_is_not_asked():
    for second, x in ((lambda x: 1 / x, 1e-200), (sqrt, 0.0), (lambda x: x * x, math.inf)):
        _, pullback = vjp(lambda x, second=second: [x, second(x)], x)
        assert (pullback([1.0, 0.0]), pullback([0.0, 0])) == ((1.0,), (0.0,))


def test_a_recorded_tangent_is_one_node():
    _, tangent = jvp(lambda v: v * v, (Value(3.0, "x"),), (1.0,))
    assert tangent.operation is OPERATIONS["dot"] and tangent.data == 6.0


# --- nesting --------------------------------------------------------------------------------------

Line = namedtuple("Line", "slope intercept")


def test_results_are_nested_as_the_inputs():
    def f(parameters, x):
        line, more = parameters["line"], parameters["more"]
        return line.slope * x + line.intercept + more[0] * more[1][0]

    parameters = {"line": Line(2, 3), "more": [5, (7,)]}
    assert grad(f)(parameters, 10) == {"line": Line(10, 1), "more": [7, (5,)]}
    assert type(grad(f)(parameters, 10)["line"]) is Line
    assert grad(f, argnums=(1, 0))(parameters, 10) == (2, grad(f)(parameters, 10))
    assert grad(f, argnums=-1)(parameters, 10) == 2
    assert grad(lambda x: x[0] + 0 * x[1]["none"])([1.0, {"none": 2.0, "unused": 3.0}]) == [
        1.0,
        {"none": 0.0, "unused": 0.0},
    ]


def test_a_model_is_differentiated_in_its_parameters():
    model = nn.MLP(2, [3, 1], ["tanh", "linear"], rng=random.Random(1))

    def loss(network, x):
        return nn.half_squared_error(network(x), 0.5)

    value, gradient = value_and_grad(loss)(model, [1.0, -2.0])
    again = loss(model, [1.0, -2.0])
    again.backward()
    assert value.data == again.data
    assert [g.data for g in gradient.parameters()] == [p.grad for p in model.parameters()]
    assert type(gradient) is nn.MLP
    assert all(p.operation is None for p in model.parameters())


def test_a_model_given_numbers_gives_numbers():
    model = nn.MLP(2, [3, 1], ["tanh", "linear"], rng=random.Random(1))
    x = [1.0, -2.0]
    leaves = [Value(number) for number in x]
    assert grad(lambda v: model(v))(x) == gradients(model(leaves), leaves)
    assert all(type(second) is float for row in hessian(lambda v: model(v))(x) for second in row)


def test_a_model_that_is_not_differentiated_gives_values():
    model = nn.MLP.from_weights([[[3]]], [[1]], ["linear"])
    slope = grad(lambda model, x: model([x]) ** 2, argnums=1)(model, 2)
    slope.backward()
    assert (slope.data, model.parameters()[0].grad) == (
        42,
        26,
    )  # 2*w*(w*x + b), of derivative 2*(w*x + b) + 2*w*x


class Settings(namedtuple("Settings", "parameters step")):
    """A namedtuple whose fields have a model's names."""


class Attributes(dict):
    __getattr__ = dict.__getitem__


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda s: s.parameters[0] * s.step, Settings([2], 3), Settings([3], 2)),
        (lambda d: d.w**2, Attributes(w=3), Attributes(w=6)),
        (lambda d: d["w"] ** 2 + d["missing"], defaultdict(lambda: 1, w=3), defaultdict(None, w=6)),
    ],
    ids=["namedtuple", "attributes", "defaultdict"],
)
def test_containers_keep_their_class(f, x, slope):
    assert (type(grad(f)(x)), grad(f)(x)) == (type(x), slope)


def test_a_model_may_generate_its_parameters():
    class Square:
        def __init__(self):
            self.w = Value(2, "w")

        def parameters(self):
            yield self.w

    assert grad(lambda m: m.w * 3**2)(Square()).w.data == 9
    assert grad(lambda x, m: m.w * x**2)(3, Square()).data == 12


def test_a_model_of_plain_numbers_gives_numbers():
    class Line:
        def parameters(self):
            return [2, 3]

    assert grad(lambda x, line: x**2 * line.parameters()[0])(3, Line()) == 12


def test_the_numbers_of_a_model_are_one_for_each_parameter():
    model = nn.MLP.from_weights([[[2.0, 2.0]]], [[2.0]], ["linear"])
    found = numbers({"model": model, "loss": model([1.0, 1.0])})
    alone = found["model"].parameters()
    assert found["loss"] == 6.0
    assert [x.data for x in alone] == [2.0] * 3
    assert set(alone).isdisjoint(model.parameters())


@pytest.mark.parametrize("other", [nn.SGD([Value(1.0)], 0.1), nn.MLP, object()])
def test_what_is_no_model_is_refused(other):
    with pytest.raises(TypeError, match="nothing is differentiated in an object of type"):
        grad(lambda o: Value(1.0))(other)


def nested_in_lists(x, depth):
    for _ in range(depth):
        x = [x]
    return x


def innermost(x):
    while isinstance(x, list):
        (x,) = x
    return x


@pytest.mark.parametrize("depth", [300, 900])
def test_deep_nesting(depth):
    x = nested_in_lists(3.0, depth)
    assert innermost(grad(lambda x: innermost(x) ** 2)(x)) == 6.0
    assert innermost(jvp(lambda x: x, (x,), (x,))[1]) == 3.0
    assert innermost(numbers(values(x))) == innermost(numbers(stop_gradient(values(x)))) == 3.0


def test_1000_containers_within_each_other_are_enough():
    assert innermost(values(nested_in_lists(3.0, 1000))).data == 3.0
    with pytest.raises(ValueError, match="nested more than 1000 deep"):
        values(nested_in_lists(3.0, 1001))


def test_nesting_without_an_end_is_refused():
    loop = []
    loop += [loop, loop]
    for use in (grad(innermost), numbers, values, stop_gradient):
        with pytest.raises(ValueError, match="nested more than 1000 deep: does a container hold"):
            use(loop)


def test_jacobian_is_nested_as_output_then_input():
    def f(x, y):
        return {"product": x[0] * x[1], "rest": [x[0] + y, y * y, x[1]]}

    wide = {"product": [3, 2], "rest": [[1, 0], [0, 0], [0, 1]]}
    assert jacobian(f)([2, 3], 5) == wide  # forward: two inputs, four outputs
    assert jacobian(lambda *a: f(*a)["product"])([2, 3], 5) == wide["product"]  # in reverse
    assert jacobian(lambda x: [])(2) == []
    assert jacobian(f, argnums=(0, 1))([2, 3], 5)["rest"] == [
        ([1, 0], 1),
        ([0, 0], 10),
        ([0, 1], 0),
    ]


def test_jacobian_in_both_modes_agrees():
    numbers = random.Random(4)
    x = [F(numbers.randint(-9, 9), numbers.randint(1, 9)) for _ in range(4)]

    def f(v):
        return [
            v[0] * v[1] ** 2,
            v[2] / (v[3] ** 2 + 1),
            dot(v[:2], v[2:]),
            v[0] - v[3],
            v[1] * v[1],
        ]

    forward = jacobian(f)(x)
    reverse = [jacobian(lambda v, i=i: [f(v)[i]])(x)[0] for i in range(5)]
    assert forward == reverse and len(forward) == 5


@pytest.mark.parametrize(
    ("f", "x"),
    [(lambda y: [y, y + 1, y + 2], [3.0]), (lambda y: y, [3.0, 4.0, 5.0])],
    ids=["forward", "reverse"],
)
def test_jacobian_takes_the_direction_with_fewer_passes(f, x):
    asked = []
    once = Operation("once", lambda x: x, [lambda y, x: asked.append(x) or 1])
    jacobian(lambda x: f(once(total(x))))(x)
    assert len(asked) == 1


def test_hessian_of_nested_arguments():
    second = hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 3, "b": 5})
    assert second == {"a": {"a": 10, "b": 6}, "b": {"a": 6, "b": 0}}
    assert hessian(lambda x, y: x * y**2, argnums=(0, 1))(3, 5) == ((0, 10), (10, 6))


def test_forward_and_reverse_directions():
    def f(x, y):
        return [x[0] * y, x[1] - y]

    assert jvp(f, ([2, 3], 5), ([1, 0], 10)) == ([10, -2], [25, -10])
    output, pullback = vjp(f, [2, 3], 5)
    assert (output, pullback([1, 10])) == ([10, -2], ([5, 10], -8))
    assert pullback([0, 1]) == ([0, 1], -1)  # as often as one likes


def test_hvp_is_the_hessian_times_the_direction():
    def f(x):
        return x[0] ** 3 * x[1] + x[1] ** 2 / x[0]

    x, v = [F(2), F(3)], [F(5), F(-7)]
    product = [sum(a * b for a, b in zip(row, v, strict=True)) for row in hessian(f)(x)]
    assert hvp(f, (x,), (v,)) == product
    assert hvp(lambda a, b: f([a, b]), x, v) == tuple(product)


def test_aux_is_passed_on():
    def f(x):
        y = x * x
        return y + 1, {"square": y, "note": "kept"}

    aux = {"square": 9, "note": "kept"}
    assert grad(f, has_aux=True)(3) == (6, aux)
    assert value_and_grad(f, has_aux=True)(3) == ((10, aux), 6)
    assert jacobian(f, has_aux=True)(3) == (6, aux)
    assert hessian(f, has_aux=True)(3) == (2, aux)
    assert jvp(f, (3,), (1,), has_aux=True) == (10, 6, aux)
    assert hvp(f, (3,), (1,), has_aux=True) == (2, aux)
    model = nn.MLP(1, [1])
    assert grad(lambda x: (x * x, model), has_aux=True)(3) == (6, model)
    output, pullback, beside = vjp(f, 3, has_aux=True)
    assert (output, pullback(1), beside) == (10, (6,), aux)


def test_tangents_and_zeros_are_of_the_inputs_type():
    for result in (jvp(lambda x: 2 * x + 1, (F(1, 2),), (1,)), jvp(lambda x: x, (F(1, 2),), (1,))):
        assert all(type(x) is F for x in result)
    zero = jvp(lambda x: Value(2), (0.5,), (1.0,))[1]
    assert (zero, type(zero)) == (0.0, float)
    assert jvp(lambda x: Value(2.0), ([],), ([],)) == (2.0, 0.0)
    assert jacobian(lambda p: [p[0], 5])([1.0, 2.0]) == [[1.0, 0.0], [0.0, 0.0]]
    assert all(type(x) is float for row in hessian(lambda p: Value(2))([0.5, 0.2]) for x in row)


@pytest.mark.parametrize("x", [2, 2 + 0j, mpf(2)], ids=repr)
def test_a_float_is_a_tangent_of_other_numbers_too(x):
    assert jvp(cubic, (x,), (0.5,)) == (12, 7)


def test_intervals_to_the_second_order():
    from mpmath import iv

    assert (
        -0.25 in grad(grad(log))(iv.mpf(2))
        and 0.25 in grad(lambda x: grad(log)(x))(iv.mpf([1, 3])) * -1
    )
    assert grad(lambda x: 1 / (1 + x))(Value(iv.mpf(1))).data == iv.mpf(-0.25)


def test_a_recorded_gradient_shows_each_variable_once():
    x, w = Value(3, "x"), Value(2, "w")
    slope = grad(lambda x, w: w * x**2 + x)(x, w)
    slope.name = "g"
    assert find(slope, "x") == [x]
    assert "g = 1 + w*(2*x) = 1 + 2*(2*3) = 13" in str(Derivation(slope)).splitlines()
    assert Walk(slope).goto("dg/dx").step.number == 4


def test_keywords_are_passed_on():
    assert grad(lambda x, f, argnums: x * f * argnums)(3, f=5, argnums=2) == 10
    x = Value(3.0, "x")
    (x + grad(lambda q, k: q * k * k)(2.0, k=x)).backward()
    assert x.grad == 7.0
    assert grad(lambda x, *, power: x**power)(3, power=2) == 6


# --- composition ----------------------------------------------------------------------------------


def test_they_compose():
    third = 6
    assert grad(grad(grad(cubic)))(5) == third
    assert jvp(grad(cubic), (5,), (1,)) == (77, 30)
    assert grad(lambda x: jvp(cubic, (x,), (1,))[1])(5) == 30
    assert grad(lambda x: jvp(cubic, (5,), (x,))[1])(2) == 77  # a tangent that is a Value
    assert jvp(lambda x: jvp(cubic, (x,), (1,))[1], (5,), (1,)) == (77, 30)
    assert grad(lambda x: vjp(cubic, x)[1](1)[0])(5) == 30
    assert grad(lambda c: vjp(cubic, 5)[1](c)[0])(1) == 77
    assert hessian(grad(cubic))(5) == third
    assert grad(lambda x: hessian(lambda y: y[0] ** 2 * y[1])([x, x])[0][1])(5) == 2


def test_an_inner_derivative_may_not_depend_on_an_outer_variable():
    assert grad(grad(lambda a, b: 2 * a + b, 0), 1)(3.0, 5.0) == 0.0
    assert grad(lambda x: grad(lambda y: y)(2.0))(3.0) == 0.0
    assert grad(lambda x: derivative(lambda y: y * y)(2.0))(3.0) == 0.0
    assert grad(lambda x: x * grad(sin)(0.0))(3.0) == 1.0
    assert isinstance(grad(lambda a, b: 2 * a + b)(3.0, Value(5.0)), Value)


def test_an_inner_derivative_may_use_an_outer_variable():
    assert grad(lambda x: x * grad(lambda y: x + y)(1))(2) == 1
    assert grad(lambda x: grad(lambda y: x * y)(3))(2) == 1
    assert grad(lambda x: grad(lambda y: x * y)(3))(Value(2)).data == 1
    assert jvp(lambda x: jvp(lambda y: x * y * y, (3,), (1,))[1], (2,), (1,)) == (12, 6)
    assert grad(lambda x: grad(lambda y: x * y)(x))(2) == 1


def test_a_value_given_twice_is_two_variables():
    x = Value(3, "x")
    assert [g.data for g in grad(lambda a, b: a * a * b, argnums=(0, 1))(x, x)] == [18, 9]
    assert grad(lambda a: a * x)(x).data == 3  # the x in the closure is a constant


def test_closures_over_plain_parameters_give_numbers():
    w = Value(2.0, "w")
    assert grad(lambda x: w * x)(3.0) == 2.0
    assert w.grad is None


def test_an_inner_derivative_in_a_thread_may_use_an_outer_variable():
    def f(x):
        with ThreadPoolExecutor(1) as pool:
            apart = pool.submit(grad(lambda y: y**3), 2).result()
            assert type(apart) is int  # it knows nothing of x
            return x * pool.submit(grad(lambda y: x * y**3), 2).result()

    assert (grad(f)(2), grad(grad(f))(2)) == (48, 24)
    assert grad(lambda y: y**3)(2) == 12


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian, derivative])
def test_a_derivative_has_the_name_of_its_function(transform):
    def cube(side):
        """The volume."""
        return side**3

    assert (transform(cube).__name__, transform(cube).__doc__) == ("cube", "The volume.")
    with pytest.raises(TypeError, match="side: a str"):
        grad(grad(cube))("2")


def test_an_error_inside_leaves_nothing_behind():
    def inner(y):
        raise KeyError("stop")

    with pytest.raises(KeyError):
        grad(lambda x: grad(inner)(x))(1.0)
    assert grad(lambda x: x * 2)(1.0) == 2.0


def test_stop_gradient():
    assert grad(lambda x: x * stop_gradient(x) ** 2)(3) == 9
    assert grad(grad(lambda x: x * stop_gradient(x) ** 2))(3) == 0
    assert stop_gradient({"a": [3.0]}) == {"a": [3.0]}
    assert jvp(lambda x: x * stop_gradient(x), (3,), (1,)) == (9, 3)


def test_stop_gradient_of_a_model():
    model = nn.MLP.from_weights([[[2]]], [[1]], ["linear"])
    gradient = grad(lambda m: m([1]) * stop_gradient([m])[0]([3]))(model)
    assert [parameter.data for parameter in gradient.parameters()] == [
        7,
        7,
    ]  # of w*1 + b, times w*3 + b


def test_many_outputs_are_walked_once():
    def powers(x):
        return list(accumulate(repeat(x, 20_000), lambda y, _: y * 1))

    assert jvp(powers, (2,), (3,))[1] == [3] * 20_000


def test_the_side_not_taken_is_silent_forward_too():
    assert jvp(lambda x: where(x, sqrt(x * x * x + 1) * math.nan, x), (-1.0,), (1.0,)) == (
        -1.0,
        1.0,
    )
    assert (
        grad(lambda x: jvp(lambda y: where(y, y * math.nan, y * y), (x,), (1.0,))[1])(-3.0) == 2.0
    )


def test_an_infinite_gradient_does_not_pass_into_a_recorded_side_that_was_not_taken():
    def f(x):
        return where(x, x, 5.0) * math.inf + x

    assert grad(f)(-1.0) == grad(f)(Value(-1.0)).data == 1.0

    def g(x):
        return where(x, x, 2 * x) * math.inf

    assert grad(g)(-1.0) == grad(g)(Value(-1.0)).data == math.inf


def test_a_node_in_a_given_direction_keeps_it():
    x = Value(3.0)
    y = x * x
    order = topological_order(y * x + Value(1.0))
    assert tangent_numbers(order, {x: 1.0, y: 0.5})[order[-1]] == 0.5 * 3.0 + 9.0


@pytest.mark.long
def test_deep_graphs():
    def chain(x):
        y = x
        for _ in range(50_000):
            y = y + x
        return y

    assert grad(chain)(1) == jvp(chain, (1,), (1,))[1] == 50_001
    assert grad(grad(chain))(1) == 0


def test_an_inner_derivative_does_not_walk_the_history_of_its_argument():
    visited = []

    def newton(x):
        for _ in range(30):
            x = x - (x**2 - 2) / grad(lambda y: y**2 - 2)(x)
            visited.append(len(topological_order(x)))
        return x

    value, _ = value_and_grad(newton)(1.5)
    assert value == pytest.approx(math.sqrt(2))
    assert visited[-1] < 30 * 30


# --- errors ---------------------------------------------------------------------------------------


def number_out(x):
    return math.exp(x.data)


ERRORS = [
    (
        lambda: grad(number_out)(1.0),
        TypeError,
        r"^the output of number_out is the number 2\.718.*\(autograd\.exp",
    ),
    (
        lambda: grad(lambda x: [x, x])(1.0),
        TypeError,
        "a gradient is of one Value, .* returned a list: use jacobian",
    ),
    (
        lambda: jacobian(lambda x: [1.0, x.data])(1.0),
        TypeError,
        r"the output of <lambda>\[0\] is the number 1.0",
    ),
    (lambda: grad(lambda x: None)(1.0), TypeError, "the output of <lambda>: None is not a number"),
    (lambda: grad(cubic)("2"), TypeError, r"^x: a str is not a number \('2'\): convert it first"),
    (lambda: grad(lambda x, y=2: x, -1)("3"), TypeError, "^x: a str is not a number"),
    (lambda: values([object()]), TypeError, r"^the argument\[0\]: nothing is differentiated"),
    (lambda: grad(lambda w: w)({"a": [True]}), TypeError, r"^w\['a'\]\[0\]: True is not a number"),
    (
        lambda: grad(lambda w: w)(object()),
        TypeError,
        "^w: nothing is differentiated in an object of type object",
    ),
    (lambda: grad(log)(object()), TypeError, "^argument 0: nothing is differentiated"),
    (
        lambda: grad(lambda *numbers: numbers[0])(object()),
        TypeError,
        "^argument 0: nothing is differentiated",
    ),
    (
        lambda: grad(cubic, argnums=())(1.0),
        TypeError,
        r"argnums is the place of an argument, .*, not \(\)",
    ),
    (lambda: grad(cubic, argnums=1)(1.0), ValueError, "argnums=1 asks for argument 1, of 1"),
    (
        lambda: grad(cubic, argnums=[0])(1.0),
        TypeError,
        r"argnums is the place of an argument, .*, not \[0\]",
    ),
    (
        lambda: grad(abs)(1 + 2j),
        TypeError,
        r"the derivative of abs\(.*\) .*: where of a complex is not defined",
    ),
    (
        lambda: vjp(lambda: Value(1.0)),
        TypeError,
        "a derivative is in an argument, and none was given by position",
    ),
    (lambda: grad(3)(1.0), TypeError, "a derivative is of a function, not of a int"),
    (
        lambda: hvp(cubic, 3, 1),
        TypeError,
        r"primals are a tuple of arguments, not a int: write \(3,\)",
    ),
    (
        lambda: jvp(cubic, (F(1, 2),), (0.1,)),
        TypeError,
        r"tangents\[0\] is 0.1 and its primal .*: give a Fraction",
    ),
    (
        lambda: vjp(cubic, F(1, 2))[1](0.1),
        TypeError,
        r"cotangents is 0.1 and its output .*: give a Fraction",
    ),
    (
        lambda: jvp(cubic, (2,), (F(1, 2),)),
        TypeError,
        r"tangents\[0\] is .* and its primal 2: give a int",
    ),
    (
        lambda: grad(lambda x, y: x, argnums=(0, -2))(1.0, 2.0),
        ValueError,
        r"argnums=\(0, -2\) names an argument twice",
    ),
    (
        lambda: grad(lambda x: (x, 1, 2), has_aux=True)(1.0),
        TypeError,
        r"returns \(output, aux\), <lambda> returned",
    ),
    (
        lambda: grad(cubic, has_aux=True)(1.0),
        TypeError,
        r"has_aux=True a function returns \(output, aux\), cubic ret",
    ),
    (
        lambda: jvp(cubic, 1.0, (1.0,)),
        TypeError,
        r"primals are a tuple of arguments, not a float: write \(1.0,\)",
    ),
    (
        lambda: jvp(cubic, (1.0,), (1.0, 2.0)),
        ValueError,
        r"tangents: \(1.0, 2.0\) is not nested like its counterpart",
    ),
    (
        lambda: jvp(lambda x: x[0], ([1, 2],), ([1],)),
        ValueError,
        r"tangents\[0\]: \[1\] is not nested like .* \[1, 2\]",
    ),
    (
        lambda: jvp(sum, ([1.0],), (1.0,)),
        ValueError,
        r"tangents\[0\]: 1.0 is not nested like .* \[1.0\]",
    ),
    (lambda: jvp(cubic, (1,), ([1] * 20,)), ValueError, r", got \[1, 1"),
    (lambda: jvp(cubic, (1,), ([10] + [1] * 19,)), ValueError, "got a list of 20 numbers"),
    (
        lambda: jvp(cubic, (1.0,), ([1.0],)),
        ValueError,
        r"tangents\[0\]: expected one number, .* got \[1.0\]",
    ),
    (lambda: jvp(cubic, (1.0,), ("1",)), TypeError, r"tangents\[0\]: a str is not a number"),
    (
        lambda: vjp(lambda x: [x, x], 1.0)[1]([1.0]),
        ValueError,
        r"cotangents: \[1.0\] is not nested like",
    ),
    (
        lambda: grad(lambda x: log(x))(-1.0),
        ValueError,
        r"^log\(x\) with x = -1.0: .* greater than 0",
    ),
    (
        lambda: grad(lambda w: log(w["b"]))({"b": -1.0}),
        ValueError,
        r"^log\(w\['b'\]\) with w\['b'\] = -1.0",
    ),
    (lambda: grad(exp)(F(1)), TypeError, "exp of a Fraction is not a Fraction"),
]


@pytest.mark.parametrize(("mistake", "error", "sentence"), ERRORS)
def test_errors_name_the_place(mistake, error, sentence):
    with pytest.raises(error, match=sentence):
        mistake()


def test_several_inputs_of_mixed_use():
    x, y = Value(2.0, "x"), 3.0
    dx, dy = grad(lambda a, b: sin(a) * tanh(b) + relu(a), argnums=(0, 1))(x, y)
    assert (type(dx), type(dy)) == (Value, Value)
    assert dx.data == pytest.approx(math.cos(2) * math.tanh(3) + 1)
    assert dy.data == pytest.approx(math.sin(2) * (1 - math.tanh(3) ** 2))
