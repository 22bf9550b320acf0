"""NumPy: arrays of Values, arrays as arguments, rows for models, and scalars, which become Python's
numbers where they enter.
"""

from __future__ import annotations

import operator
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    OPERATIONS,
    Value,
    check_gradients,
    derivative,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    maximum,
    mean,
    numbers,
    relu,
    stop_gradient,
    taylor,
    total,
    value_and_grad,
    values,
    vjp,
    where,
)

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
SCALARS = [np.uint8(200), np.int64(3), np.float64(1.5), np.float32(0.1), np.float16(0.1)]
DATA = np.array([1.0, 2.0])
MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])


def same(found, expected):
    """Whether two arrays have one shape, one dtype, and elements of the same types and values."""
    assert found.shape == expected.shape and found.dtype == expected.dtype
    pairs = zip(found.ravel().tolist(), expected.ravel().tolist(), strict=True)
    assert all(type(a) is type(b) and a == b for a, b in pairs)
    return True


def objects(*elements):
    return np.array(elements, dtype=object)


# --- operators ------------------------------------------------------------------------------------


@pytest.mark.parametrize("operate", OPERATORS)
@pytest.mark.parametrize("kind", ["int64", "float32", "uint8", object])
def test_operators_go_element_by_element(operate, kind):
    array, x = np.array([[1, 2], [3, 200]]).astype(kind), Value(3.0)
    for result, at in (
        (operate(array, x), lambda a: operate(a, 3.0)),
        (operate(x, array), lambda a: operate(3.0, a)),
    ):
        assert result.dtype == object and result.shape == (2, 2)
        for node, element in zip(result.ravel(), array.ravel().tolist(), strict=True):
            assert node.data == at(element) and any(x is operand for operand in node.operands)
            assert {type(operand) for operand in node.operands} <= {Value, int, float}


@pytest.mark.parametrize("operate", OPERATORS)
def test_an_array_of_no_dimensions_is_an_operand(operate):
    x = Value(3.0)
    assert operate(np.array(2), x).data == operate(2, 3.0)
    assert operate(x, np.array(2)).data == operate(3.0, 2)


def test_comparisons_go_element_by_element():
    x, array = Value(2.0), np.array([1.0, 2.0, 3.0])
    assert (array > x).tolist() == (x < array).tolist() == [False, False, True]
    assert (values(array) >= x).tolist() == [False, True, True]
    assert (objects(x, Value(2.0)) == x).tolist() == [True, False]
    for compare in (lambda: array == x, lambda: x == array, lambda: x == np.float64(2)):
        with pytest.raises(TypeError, match="a Value does not equal a number: compare its data"):
            compare()


@pytest.mark.parametrize(
    ("reduce", "slopes"),
    [
        (np.sum, [1, 1, 1]),
        (np.mean, [1 / 3, 1 / 3, 1 / 3]),
        (np.prod, [8, 4, 2]),
        (np.max, [0, 0, 1]),
        (np.var, [-8 / 9, -2 / 9, 10 / 9]),
        (lambda a: np.std(a) ** 2, [-8 / 9, -2 / 9, 10 / 9]),
        (np.linalg.norm, [1 / 21**0.5, 2 / 21**0.5, 4 / 21**0.5]),
        (lambda a: np.dot(a, a), [2, 4, 8]),
        (lambda a: a @ DATA.repeat([1, 2]), [1, 2, 2]),
        (lambda a: np.cumsum(a)[1], [1, 1, 0]),
        (lambda a: np.outer([1, 10], a)[1].sum(), [10, 10, 10]),
        (lambda a: np.einsum("i,i", a, a), [2, 4, 8]),
        (lambda a: np.where(a > 1.5, a, 0).sum(), [0, 1, 1]),
        (lambda a: np.clip(a, 0, 2).sum(), [1, 1, 0]),
        (lambda a: np.maximum(a, 1.5).sum(), [0, 1, 1]),
    ],
)
def test_functions_that_are_made_of_operators(reduce, slopes):
    assert grad(reduce)(np.array([1.0, 2.0, 4.0])) == pytest.approx(slopes)


ELEMENTARY = "exp expm1 log log1p sqrt sin cos tan arcsin arccos arctan sinh cosh tanh"


@pytest.mark.parametrize("name", [*ELEMENTARY.split(), "abs", "fabs", "negative"])
def test_a_function_of_numpy_is_the_operation_of_its_name(name):
    function = getattr(np, name)
    x, array = Value(0.5), values(np.array([0.25, 0.5]))
    one, each = function(x), function(array)
    assert each.dtype == object and each.shape == (2,)
    assert one.data == each[1].data == pytest.approx(float(function(0.5)))
    assert one.operation is each[1].operation is OPERATIONS[one.operation.name]
    assert one.operands == (x,) and each[1].operands == (array[1],)


def test_functions_of_two_operands_are_recorded():
    x = Value(2.0)
    assert np.maximum(x, 3).operation is maximum and np.add(x, np.float64(1)).operands == (x, 1.0)
    assert [node.operation for node in np.maximum(np.array([1, 3]), x)] == [maximum] * 2
    assert np.square(x).data == np.power(x, 2).data == 4.0 and np.reciprocal(x).data == 0.5
    assert np.add.outer(np.array([1, 2]), x)[1].data == 4.0
    assert numbers(np.add([1, 2], x)).tolist() == [3.0, 4.0]


@pytest.mark.parametrize("name", ["log2", "cbrt", "floor", "isnan", "sign"])
def test_a_function_without_an_entry_is_refused(name):
    with pytest.raises(TypeError, match=f"^numpy.{name} is not in the rule table, so a Value has"):
        getattr(np, name)(Value(2.0))


def test_a_function_of_the_same_name_and_other_operands_is_no_entry():
    function = SimpleNamespace(__name__="where", nin=2)  # as one that numba makes
    with pytest.raises(TypeError, match=r"^numpy.where is not in the rule table"):
        Value.__array_ufunc__(Value(2.0), function, "__call__", Value(2.0), 1.0)


def test_what_numpy_cannot_do_with_a_value_is_refused():
    array = np.array([1.0, 2.0])
    with pytest.raises(
        TypeError, match=r"an array of float64 cannot hold Values: write a = a \* x"
    ):
        array *= Value(2.0)
    assert array.tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match=r"numpy\.add\.at takes no Values: set each place"):
        np.add.at(array, [0], Value(1.0))
    with pytest.raises(TypeError, match=r"float\(\) of a Value would lose its gradient"):
        values(array).astype(float)
    with pytest.raises(TypeError, match=r"the conjugate of .* has no complex derivative"):
        np.var(values(np.array([1j, 2])))


def test_masked_arrays_are_refused():
    masked, x = np.ma.array([1.0, 2.0], mask=[0, 1]), Value(2.0)
    for operate in OPERATORS:
        with pytest.raises(TypeError, match="a MaskedArray is not one number"):
            operate(x, masked)
        with pytest.raises(TypeError, match="a MaskedArray is not one number"):
            operate(masked, x)
    with pytest.raises(TypeError, match="a masked array takes no Values: fill it first"):
        np.add(x, masked)


def test_an_array_of_values_is_updated_in_place():
    array = values(DATA)
    array *= Value(3.0)
    assert numbers(array).tolist() == [3.0, 6.0]


def test_functions_of_autograd_go_over_arrays_by_vectorize():
    found = np.vectorize(autograd.relu, otypes=[object])(values(np.array([[-1.0, 2.0]])))
    assert same(numbers(found), np.array([[0.0, 2.0]]))


# --- arrays as arguments --------------------------------------------------------------------------


def cubes(w):
    return np.sum(w**3)


@pytest.mark.parametrize(
    ("given", "gradient"),
    [
        (MATRIX, 3 * MATRIX**2),
        (np.array(2.0), np.array(12.0)),
        (np.array([1, 2]), objects(3, 12)),
        (np.array([1, 200], "uint8"), objects(3, 120000)),
        (np.array([1, 2], "float32"), np.array([3.0, 12.0])),
        (np.array([1j, 2]), np.array([-3 + 0j, 12])),
        (objects(Fraction(1, 3), Fraction(2)), objects(Fraction(1, 3), Fraction(12))),
        (objects(Decimal(1), Decimal(2)), objects(Decimal(3), Decimal(12))),
        (objects(np.float64(1), np.int64(2)), np.array([3.0, 12.0])),
        (np.ones((2, 1, 3)), np.full((2, 1, 3), 3.0)),
    ],
)
def test_a_gradient_is_an_array_of_the_same_shape(given, gradient):
    assert same(grad(cubes)(given), gradient)
    assert value_and_grad(cubes)(given)[0] == sum(x**3 for x in given.ravel().tolist())


@pytest.mark.parametrize("shapes", [[1, 2], [2, 2], [3]])
def test_arrays_in_an_array_keep_their_shapes(shapes):
    rows = np.empty(len(shapes), object)
    rows[:] = [np.full(shape, 3.0) for shape in shapes]
    gradient = grad(lambda rows: sum(cubes(row) for row in rows))(rows)
    assert all(same(row, np.full(n, 27.0)) for row, n in zip(gradient, shapes, strict=True))


def test_an_empty_array_has_an_empty_gradient():
    assert grad(lambda p: p[1] * 2)([np.zeros((0, 3)), 1.0])[0].shape == (0, 3)


def test_values_in_are_values_out():
    gradient = grad(cubes)(values(DATA, "w"))
    assert {type(x) for x in gradient} == {Value}
    assert same(numbers(gradient), 3 * DATA**2)
    gradient.sum().backward()


def test_arrays_in_other_containers():
    found = grad(lambda p: np.sum(p["W"] @ DATA) * p["b"][0])({"W": MATRIX, "b": (np.float32(2),)})
    assert same(found["W"], np.array([[2.0, 4.0], [2.0, 4.0]])) and found["b"] == (16.0,)
    with pytest.raises(TypeError, match=r"p\['W'\]\[1\]: a str is not a number"):
        grad(lambda p: p)({"W": objects(1.0, "a")})


def test_the_variables_are_named_by_their_places():
    assert [x.name for x in values([MATRIX], "W")[0].ravel()][2] == "W[0][1][0]"


def test_jacobians_of_arrays_are_arrays():
    assert same(jacobian(lambda x: MATRIX @ x)(DATA), MATRIX)
    assert jacobian(lambda w: w @ DATA)(MATRIX).shape == (2, 2, 2)
    assert same(jacobian(lambda x: x * DATA)(2.0), DATA)
    assert same(jacobian(lambda x: list(MATRIX @ x))(DATA)[1], MATRIX[1])
    assert jacobian(lambda p: p[0] * DATA + p[1])([2.0, 3.0]).tolist() == [[1.0, 1.0], [2.0, 1.0]]
    assert same(hessian(cubes)(DATA), np.diag(6 * DATA))
    assert hessian(cubes)(MATRIX).shape == (2, 2, 2, 2)


def test_directions_are_arrays_or_lists():
    for direction in (DATA, [1, 2], DATA.astype("float32"), [np.float64(1), np.float32(2)]):
        output, moved = jvp(lambda x: MATRIX @ x, (DATA,), (direction,))
        assert same(output, MATRIX @ DATA) and same(moved, MATRIX @ DATA)
        _, pullback = vjp(lambda x: MATRIX @ x, DATA)
        assert same(pullback(direction)[0], DATA @ MATRIX)
    assert same(hvp(cubes, (DATA,), (DATA,)), 6 * DATA**2)
    with pytest.raises(ValueError, match=r"cotangents: array\(1.\) is not nested like"):
        pullback(np.array(1.0))


def test_an_array_of_no_dimensions_is_one_number():
    assert value_and_grad(lambda x: x)(np.array(3.0)) == (3.0, 1.0)
    assert derivative(exp)(np.array(0.0)) == derivative(exp, 2)(np.float32(0)) == 1.0
    assert taylor(exp, np.array(0), 2) == [1.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (lambda: grad(lambda w: w * 2)(DATA), "a gradient is of one Value, and .* a ndarray: use"),
        (lambda: derivative(exp)(DATA), "a ndarray is not one number: .* call it for each"),
        (lambda: grad(cubes)(np.ma.array([1.0], mask=[1])), "w: a MaskedArray is not one number"),
        (lambda: grad(cubes)(np.array([True])), r"w\[0\]: True is not a number"),
        (lambda: grad(lambda w: DATA)(1.0), "is the number 1.0, not a Value"),
        (lambda: jvp(cubes, DATA, DATA), r"primals are a tuple of arguments, not a ndarray: write"),
    ],
)
def test_what_is_refused(mistake, sentence):
    with pytest.raises(TypeError, match=sentence):
        mistake()


def test_gradients_of_arrays_are_checked():
    assert check_gradients(lambda w: np.exp(w @ DATA).sum(), MATRIX / 10).derivatives > 10


def test_what_is_passed_on_keeps_its_shape():
    _, aux = grad(lambda w: (cubes(w), {"w": w * 2, "n": np.array([1, 2])}), has_aux=True)(MATRIX)
    assert same(aux["w"], 2 * MATRIX) and same(aux["n"], np.array([1, 2]))
    assert stop_gradient(values(MATRIX) * 2)[0, 1].operands == ()


def test_numbers_become_values_and_values_numbers():
    nest = {"W": MATRIX, "b": [1, (Fraction(1, 2), np.float32(0.5))]}
    made = values(nest)
    assert made["W"].shape == (2, 2) and made["b"][1][1].data == 0.5 and made["b"][0].name == ""
    back = numbers(made)
    assert same(back["W"], MATRIX) and back["b"] == [1, (Fraction(1, 2), 0.5)]
    x = Value(1.0)
    assert values([x])[0] is x and numbers(x) == 1.0 and numbers(MATRIX) is MATRIX


# --- models ---------------------------------------------------------------------------------------


def exact_model():
    return nn.MLP.from_weights([[[1, 2]]], [[3]], ["linear"], numbers=Fraction)


@pytest.mark.parametrize("kind", ["int64", "uint8", "float32", "float64"])
def test_a_row_of_an_array_is_an_input(kind):
    row = np.array([1, 200]).astype(kind)
    model = nn.MLP(2, [2, 1])
    made = model(row)
    assert made.data == model(row.tolist()).data == model.predict(row) == model(values(row)).data
    leaf = next(x for x in autograd.topological_order(made) if x.name == "a_0^0")
    assert type(leaf.data) in (int, float)
    assert (type(exact_model()(row).data), exact_model().predict(row)) == (Fraction, 404)


def test_layers_and_neurons_take_numpys_numbers():
    layer = nn.Layer(np.array([[300, 2]]), np.array([1]))
    row = [np.uint8(1), np.uint8(200)]
    assert layer(row)[0].data == layer.predict(row)[0] == 701
    neuron = nn.Neuron(np.array([300, 2]), np.uint8(1))
    assert neuron(np.array(row)).data == neuron.predict(row) == 701
    neuron(row).backward()
    assert [type(w.grad) for w in neuron.parameters()] == [int, int, int]


def test_weights_are_arrays():
    weights = np.arange(8).reshape(2, 2, 2)
    model = nn.MLP.from_weights(weights, np.ones((2, 2)), ["relu", "linear"])
    assert {type(number) for number in model.state_dict().values()} == {int, float}
    shared = nn.MLP.from_weights(weights[:1], [np.array(0.5)], ["relu"], numbers=Fraction)
    assert shared.state_dict()["b^1"] == Fraction(1, 2)


@pytest.mark.parametrize("call", [exact_model(), exact_model().predict])
def test_what_is_no_row_is_refused(call):
    rows = np.array([[1, 2], [3, 4]])
    for batch in (rows, rows.tolist(), rows[:1], [[1, 2], [3, 4], [5, 6]]):
        with pytest.raises(
            TypeError, match=r"one row of numbers, not several: give \[model(\.predict)?\(row\) for"
        ):
            call(batch)
    with pytest.raises(TypeError, match=r"are one list: give model(\.predict)?\(\[1, 2\]\)"):
        call(1, 2)
    with pytest.raises(
        TypeError, match=r"float32\(0.1\) is 0.1000.* float: give Fraction\('0.1'\)"
    ):
        call(np.array([0.1, 1], "float32"))


def test_fit_takes_arrays():
    rows, targets = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0])
    losses, once = [], {"epochs": 2, "progress": False}
    for inputs, outputs in ((rows, targets), (rows.tolist(), targets.tolist())):
        model = nn.MLP(2, [2, 1])
        rate = nn.SGD(model.parameters(), 0.01)
        losses.append(nn.fit(model, inputs, outputs, loss=nn.mse, optimizer=rate, **once).losses)
    assert losses[0] == losses[1] and {type(loss) for loss in losses[0]} == {float}


def test_a_learning_rate_of_numpy_does_not_turn_fractions_into_floats():
    with pytest.raises(TypeError, match="a float learning rate would turn Fractions into floats"):
        nn.SGD(exact_model().parameters(), np.float32(0.5)).step()


# --- scalars --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scalar", SCALARS, ids=repr)
def test_scalars_become_pythons_numbers_where_they_enter(scalar):
    kind, number = type(scalar.item()), scalar.item()
    leaf = Value(0, "x")
    leaf.data = scalar
    for node in (Value(scalar), leaf, Value(scalar).detach()):
        assert type(node.data) is kind and node.data == number
    for node in (
        leaf + scalar,
        scalar + leaf,
        total([leaf, scalar]),
        maximum(scalar, leaf),
        where(leaf, leaf, scalar),
    ):
        assert {type(getattr(x, "_data", x)) for x in (node, *node.operands)} <= {int, float}
    assert (type(abs(Value(scalar)).data), type(autograd.abs(scalar))) == (kind, kind)
    assert type(grad(lambda x: x * 2)(scalar)) is kind


def test_nothing_wraps_around():
    x = Value(100)
    assert (x + np.uint8(200)).data == (np.uint8(200) + x).data == 300
    assert (x * 3 * np.uint8(200)).data == 60_000 and (x - np.uint8(200)).data == -100
    assert total([np.uint8(200)] * 2) == mean([np.uint8(200)] * 4) * 2 == 400
    assert (Value(np.int64(2**62)) * 4).data == 2**64


def test_fractions_stay_exact():
    x = Value(Fraction(1, 3))
    for result in (x * np.int64(2), np.int64(2) * x, total([x, np.uint8(2)]), x ** np.int64(2)):
        assert type(result.data) is Fraction and type(result.data.numerator) is int
    for mixed in (
        lambda: x * np.float64(0.1),
        lambda: np.float32(0.1) * x,
        lambda: total([x, np.float64(1), x]),
    ):
        with pytest.raises(TypeError, match="a Fraction with a float makes a float"):
            mixed()


def test_what_an_operation_of_ones_own_computes_by_numpy_is_pythons():
    log2 = autograd.Operation("log2", np.log2, [lambda y, x: 1 / (x * np.log(2.0))])
    assert type(log2(Value(8.0)).data) is float


def test_bools_are_refused_as_pythons_are():
    x = Value(2.0)
    for use in (
        lambda: Value(np.True_),
        lambda: x * np.True_,
        lambda: np.True_ * x,
        lambda: x * True,
        lambda: x * np.array([True]),
        lambda: where(x > 0, x, 0.0),
        lambda: where(np.True_, x, 0.0),
        lambda: exp(np.True_),
    ):
        with pytest.raises(TypeError, match=r"True is not a number: .* write 1, or where\(x, a, b"):
            use()


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.array(1.0), r"no dimensions is not one number: give its number, x.item\(\)"),
        (DATA, r"one Value for each element, autograd.values\(x\), or .* x.tolist\(\)$"),
        ([1.0], r"one Value for each element, autograd.values\(x\)$"),
    ],
    ids=type,
)
def test_arrays_where_one_number_is_expected(array, sentence):
    for use in (Value, exp, lambda a: maximum(a, 1.0), lambda a: total([1.0, a])):
        with pytest.raises(TypeError, match=sentence):
            use(array)


@pytest.mark.parametrize(
    ("several", "sentence"),
    [
        (np.array([Value(1.0), 2.0]), "not an array of them: call it for each"),
        (np.array([[2.0, Value(1.0)]]), "not an array of them: call it for each"),
        ([2.0, Value(1.0)], "not a list of them: call it for each"),
        (np.array(Value(1.0)), r"no dimensions is not one number: give its number, x.item\(\)"),
        (np.array(["a"], dtype=object), r"one Value for each element, autograd.values\(x\)"),
    ],
    ids=["array", "matrix", "list", "no dimensions", "no Values"],
)
def test_several_values_where_an_operation_takes_one(several, sentence):
    for call in (relu, lambda x: maximum(1.0, x), lambda x: where(x, 1.0, 0.0)):
        with pytest.raises(TypeError, match=sentence):
            call(several)


def test_other_scalars():
    assert type(Value(np.complex64(1j)).data) is complex
    long = np.longdouble("0.1")
    for node in (Value(long), long * Value(2.0), Value(2.0) * long):
        assert type(node.data) in (np.longdouble, float)
    off = relu(Value(-long))
    assert autograd.Graph(off).is_off(off)
    with pytest.raises(TypeError, match="a datetime64 is not one number"):
        Value(np.datetime64(5, "ns"))


def test_the_engine_does_not_import_numpy():
    program = (
        "import sys, autograd as a; a.grad(lambda x: x[0] * a.Value(2))([3.0]);"
        "a.numbers(a.values([1.0])); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
