"""Arrays are nothing but their elements: NumPy's functions give what each element gives alone, and
derivatives of functions of arrays what those of lists are.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from samples import SAMPLES

import nn
from autograd import (
    OPERATIONS,
    Value,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    total,
    value_and_grad,
    values,
    vjp,
)
from autograd.arrays import NAMES

PROMISE = "arrays are their elements"
NUMPYS = {NAMES.get(name, name): getattr(np, name, None) for name in (*OPERATIONS, *NAMES)}
CHOOSING = ("maximum", "minimum")  # in arrays NumPy picks an element as it is
UFUNCS = {
    name: ufunc
    for name, ufunc in NUMPYS.items()
    if isinstance(ufunc, np.ufunc) and name not in CHOOSING
}
SHAPES = [(), (3,), (2, 3), (0,), (2, 1, 2)]


def arrays_of(name, shape):
    """For each operand of a ufunc an array of Values, from the samples of the operation."""
    samples = SAMPLES[name].floats
    count = int(np.prod(shape))
    columns = zip(*(samples[i % len(samples)] for i in range(max(count, 1))), strict=True)
    for column in columns:
        array = np.empty(count, dtype=object)
        array[:] = [Value(x) for x in column][:count]
        yield array.reshape(shape)


@pytest.fixture(scope="module")
def counted():
    return {"elements": 0, "derivatives": 0, "scalars": 0}


@pytest.mark.parametrize("name", UFUNCS)
def test_a_function_of_numpy_is_the_operation_of_each_element(name, counted):
    for shape in SHAPES:
        operands = list(arrays_of(name, shape))
        found = np.asarray(UFUNCS[name](*operands), dtype=object)
        assert found.shape == shape
        for x, *row in zip(found.flat, *(operand.flat for operand in operands), strict=True):
            alone = OPERATIONS[name](*(Value(each.data) for each in row))
            assert x.data == alone.data
            assert gradients(x, row) == gradients(alone, list(alone.operands))
            counted["elements"] += 1


def curve(w):
    """Of arrays and of lists: each element meets the ones before it."""
    flat = w.ravel().tolist() if isinstance(w, np.ndarray) else [x for row in w for x in row]
    return total([x * x * y + x for x, y in zip(flat, flat[::-1], strict=True)])


def products(w):
    if isinstance(w, np.ndarray):
        return w * w[::-1]
    return [[x * y for x, y in zip(*rows, strict=True)] for rows in zip(w, w[::-1], strict=True)]


MATRICES = {
    "floats": np.array([[1.5, -2.0], [0.25, 3.0]]),
    "ints": np.array([[1, -2], [4, 3]], dtype=object),
    "Fractions": np.array([[Fraction(1, 3), Fraction(2)], [Fraction(-1), Fraction(5, 7)]]),
    "complex": np.array([[1j, 2.0], [0.5, -1j]]),
    "Values": values(np.array([[1.5, -2.0], [0.25, 3.0]])),
}
TRANSFORMS = {
    "grad": lambda w: grad(curve)(w),
    "value_and_grad": lambda w: value_and_grad(curve)(w)[1],
    "hessian": lambda w: hessian(curve)(w),
    "jacobian": lambda w: jacobian(products)(w),
    "jvp": lambda w: jvp(products, (w,), (w,))[1],
    "vjp": lambda w: vjp(products, w)[1](products(w))[0],
    "hvp": lambda w: hvp(curve, (w,), (w,)),
}


def leaves(nested):
    """The elements of arrays in arrays, or lists in lists, in order, Values by their numbers."""
    parts = nested.tolist() if isinstance(nested, np.ndarray) else nested
    if isinstance(parts, list):
        return [leaf for part in parts for leaf in leaves(part)]
    return [parts.data if isinstance(parts, Value) else parts]


@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_derivative_in_an_array_is_that_in_its_lists(name, kind, counted):
    array = MATRICES[kind]
    found, of_lists = TRANSFORMS[name](array), TRANSFORMS[name](array.tolist())
    twice = 2 if name in ("hessian", "jacobian") else 1
    assert isinstance(found, np.ndarray) and found.shape == array.shape * twice
    pairs = list(zip(leaves(found), leaves(of_lists), strict=True))
    assert all(type(a) is type(b) and a == b for a, b in pairs)
    counted["derivatives"] += len(pairs)


SCALARS = [
    *(getattr(np, f"{sign}int{bits}")(100) for sign in ("", "u") for bits in (8, 16, 32, 64)),
    *(kind(100) for kind in (np.float16, np.float32, np.float64, np.complex64, np.complex128)),
]
ENTRANCES = {
    "Value": lambda x: Value(x).data,
    "left": lambda x: (Value(1) * x).data,
    "right": lambda x: (x * Value(1)).data,
    "function": lambda x: OPERATIONS["mul"](Value(1), x).data,
    "numbers": lambda x: OPERATIONS["mul"](1, x),
    "list": lambda x: total([Value(0), x]).data,
    "set": lambda x: (leaf := Value(1), setattr(leaf, "data", x))[0].data,
    "direction": lambda x: jvp(lambda v: v, (x,), (x,))[1],
    "argument": lambda x: grad(lambda v: v * v)(x) / 2,
    "model": lambda x: nn.MLP.from_weights([[[1]]], [[0]], ["linear"])([x]).data,
    "predict": lambda x: nn.MLP.from_weights([[[1]]], [[0]], ["linear"]).predict([x]),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_a_scalar_of_numpy_enters_as_the_number_of_python(entrance, counted):
    for scalar in SCALARS:
        found = ENTRANCES[entrance](scalar)
        assert type(found) in (int, float, complex) and found == scalar.item()
        assert found * found == scalar.item() ** 2  # no int8 of 16
        counted["scalars"] += 1


def test_counted(counted, full, figure):
    if not all(counted.values()):
        pytest.skip("not all were asked for")
    figure(
        PROMISE,
        f"{counted['elements']} elements of {len(UFUNCS)} functions of NumPy in {len(SHAPES)} "
        f"shapes, and {counted['derivatives']} derivatives by {len(TRANSFORMS)} transforms of "
        f"{len(MATRICES)} types, equal to those of numbers and lists; {counted['scalars']} scalars "
        f"of {len(SCALARS)} types enter by {len(ENTRANCES)} ways as Python's",
    )
