"""The node: what it takes and refuses, how it compares, prints and copies, and what it says when
something is wrong.
"""

from __future__ import annotations

import copy
import math
import operator
import pickle
import subprocess
import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy

import autograd
from autograd import (
    OPERATIONS,
    Value,
    dot,
    find,
    half_squared_error,
    log,
    log1p,
    maximum,
    mean,
    relu,
    sin,
    sqrt,
    total,
    where,
)
from autograd.elementary import power
from autograd.entry import Operation
from autograd.number_types import constant, is_number

NUMBERS = [2, 0.5, 1 + 2j, Fraction(1, 3), Decimal("0.1")]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
REMEDY = "give a number: int, float, Fraction, Decimal, or a SymPy symbol"
REFUSED = [
    (
        "0.2",
        r"a str is not a number \('0.2'\): convert it first, float\('0.2'\) or Fraction\('0.2'\)",
    ),
    (True, "True is not a number: " + REMEDY),
    (None, "None is not a number: " + REMEDY),
    ([1.0], "a list is not one number: a Value holds one number; make one Value for each element"),
    (type("Series", (), {"__array__": None})(), "a Series is not one number"),
]
in_each_case = pytest.mark.parametrize(
    ("wrong", "sentence"), REFUSED, ids=lambda case: type(case).__name__
)


def test_leaf():
    v = Value(0.9, "w_01^2")
    assert (v.data, v.name, v.grad, v.operation, v.operands) == (0.9, "w_01^2", None, None, ())


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_numbers_are_kept_as_they_are(number):
    assert Value(number).data is number
    assert type((Value(number) + Value(number)).data) is type(number)


@in_each_case
def test_constructor_refuses(wrong, sentence):
    with pytest.raises(TypeError, match=sentence):
        Value(wrong)
    leaf = Value(1.0)
    with pytest.raises(TypeError, match=sentence):
        leaf.data = wrong
    assert leaf.data == 1.0


def test_constructor_refuses_values_and_strange_objects():
    with pytest.raises(TypeError, match="a Value holds one number, not a type"):
        Value(int)
    with pytest.raises(
        TypeError,
        match=r"Value\(1, name='x'\) is a Value already: use it as it is, or take its .data",
    ):
        Value(Value(1, "x"))
    with pytest.raises(TypeError, match="a Value holds one number, not a object: " + REMEDY):
        Value(object())
    with pytest.raises(TypeError, match=r"a name is a str, not a int: Value\(1, name='5'\)"):
        Value(1, 5)


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (lambda: Value("x", 2), r"the number comes before the name: Value\(2, 'x'\)"),
        (lambda: Value(2.0, label="w"), r"takes no label, but .* a name: Value\(2.0, 'w'\)$"),
        (lambda: Value(data=2.0, grad=0), r"takes no grad, but .* a name: Value\(2.0, 'x'\)$"),
        (lambda: pow(Value(2), 3, 5), r"takes no modulus: write Value\(2\) \*\* 3$"),
        (
            lambda: type("Mine", (Value,), {}),
            "Value has no subclasses, .*: hold a Value in an object",
        ),
    ],
)
def test_what_is_no_way_to_make_a_value(mistake, sentence):
    with pytest.raises(TypeError, match=sentence):
        mistake()


@pytest.mark.parametrize(
    "number", [10**5000, Fraction(10**5000, 3), Fraction(1, 7**6000)], ids=type
)
def test_numbers_that_python_does_not_write_are_shown(number):
    x = Value(number, "x")
    (x * number).backward()
    shown = f"<{type(number).__name__} of more digits than Python writes>"
    assert repr(x) == str(x) == f"Value({shown}, name='x', grad={shown})"
    assert f"{x}" == shown and len(str(autograd.derive(x * 3))) < 200
    for mistake in (
        lambda: x == number,
        lambda: Value(x),
        lambda: x / 0,
        lambda: pow(x, number, 2),
    ):
        with pytest.raises((TypeError, ZeroDivisionError)) as caught:
            mistake()
        assert len(str(caught.value)) < 300
    with pytest.raises(TypeError, match=r"is the number <.*>, not a Value"):
        autograd.grad(lambda _: number)(1)


@pytest.mark.parametrize(
    ("number", "specification", "text"),
    [
        (Fraction(1, 3), ".4f", "0.3333"),
        (Fraction(-2, 3), "+.1%", "-66.7%"),
        (Fraction(1, 3), ".3e", "3.333e-01"),
        (Fraction(99999, 100000), ".4g", "1"),
        (Fraction(10**20), "g", "1e+20"),
        (Fraction(10**20 + 1, 3), ",.2f", "33,333,333,333,333,333,333.67"),
        (Fraction(5, 2), ".0f", "2"),
        (Fraction(5, 2) + Fraction(1, 10**40), ".0f", "3"),
        (Fraction(0), ".2e", "0.00e+00"),
        (Fraction(1, 3), ".20e", "3.33333333333333333333e-1"),
        (Fraction(1, 3), "08.2f", "00000.33"),
        (Fraction(1, 3), "f", "0.333333"),
        (Fraction(1, 200), ".2f", "0.00"),  # half to even of the exact number: a float is above it
        (Fraction(125001, 100000), ".1e", "1.3e+00"),  # rounded once, not by way of 1.25
        (Fraction(25001, 10000), ".1g", "3"),
        (Fraction(2 * 10**99 + 1, 3), ".1f", "6" * 98 + "7.0"),
        (Fraction(10**400, 3), ".3e", "3.333e+399"),  # beyond the floats
        (Fraction(1, 10**400), ".3e", "1.000e-400"),
        (Fraction(1, 3), ".14e", "3.33333333333333e-01"),
        (Fraction(9007199254740993), ".15e", "9.007199254740993e+15"),  # no float has these digits
        (Decimal("0.125"), ".2f", "0.12"),
        (2, "05d", "00002"),
    ],
)
def test_format_is_that_of_the_number(number, specification, text):
    shorter = text.replace("e-1", "e-01") if specification == ".20e" else text
    assert format(Value(number), specification) in (text, shorter)


def test_what_python_cannot_format_is_refused_as_it_is_there():
    with pytest.raises(ValueError, match="Unknown format code 'q'"):
        format(Value(1.5), "q")
    with pytest.raises(TypeError, match="unsupported format string"):
        format(Value(sympy.Symbol("s")), ".2f")


@in_each_case
@pytest.mark.parametrize("operate", OPERATORS)
def test_operators_refuse(operate, wrong, sentence):
    with pytest.raises(TypeError, match=sentence):
        operate(Value(2.0), wrong)
    with pytest.raises(TypeError, match=sentence):
        operate(wrong, Value(2.0))


@in_each_case
def test_functions_refuse(wrong, sentence):
    for call in (
        relu,
        lambda x: total([1.0, x]),
        lambda x: maximum(Value(1.0), x),
        lambda x: where(x, 1.0, 2.0),
    ):
        with pytest.raises(TypeError, match=sentence):
            call(wrong)


def test_foreign_types_are_left_to_python():
    with pytest.raises(
        TypeError, match=r"unsupported operand type\(s\) for \+: 'Value' and 'object'"
    ):
        Value(1) + object()
    with pytest.raises(
        TypeError, match=r"unsupported operand type\(s\) for \*: 'object' and 'Value'"
    ):
        object() * Value(1)
    with pytest.raises(
        TypeError, match="'<' not supported between instances of 'Value' and 'object'"
    ):
        Value(1) < object()  # noqa: B015
    with pytest.raises(TypeError, match="relu takes numbers and Values, not a object"):
        relu(object())


@pytest.mark.parametrize("other", [mpmath.mpf(2), sympy.Integer(2), sympy.Symbol("s")], ids=repr)
def test_numbers_of_other_packages_on_the_left(other):
    x = Value(3)
    y = other * x
    assert y.operands[1] is x and y.data == other * 3


@pytest.mark.parametrize("operate", OPERATORS)
@pytest.mark.parametrize("other", [3, 1.5], ids=repr)
def test_operators_from_both_sides(operate, other):
    x = Value(2.0)
    for result, operands in ((operate(x, other), (x, other)), (operate(other, x), (other, x))):
        assert result.data == operate(*(getattr(operand, "_data", operand) for operand in operands))
        assert all(got is given for got, given in zip(result.operands, operands, strict=True))


def test_signs():
    x = Value(-2)
    assert (-x).data == 2 and (+x) is x and abs(x).data == 2
    assert abs(x).operation is autograd.abs


def test_operations_are_methods():
    assert Value(0.5).tanh().data == math.tanh(0.5)
    methods = {name for name in OPERATIONS if hasattr(Value, name)}
    assert methods == {name for name, operation in OPERATIONS.items() if operation.arity == 1}


def test_methods_are_declared_for_type_checkers():
    declared = {name for name, kind in Value.__annotations__.items() if "Callable" in kind}
    missing = {name for name, operation in OPERATIONS.items() if operation.arity == 1} - declared
    assert not missing, f"a line in Value for each: {missing}"
    assert all(hasattr(Value, name) for name in declared)


def test_functions_of_numbers_give_numbers():
    assert (relu(-0.5), relu(Fraction(1, 2)), total([1, 2]), mean([1, 2])) == (
        0.0,
        Fraction(1, 2),
        3,
        1.5,
    )
    assert dot([1, 2], [3, 4], 5) == 16


@pytest.mark.parametrize(
    ("convert", "sentence"),
    [
        (
            float,
            r"float\(\) of a Value would lose its gradient: take its .data, or use the function "
            r"of autograd",
        ),
        (
            math.exp,
            r"float\(\) of a Value would lose its gradient: .*autograd.exp\(v\) for math.exp\(v\)",
        ),
        (int, r"int\(\) of a Value would lose its gradient: take its .data"),
        (bool, r"bool\(\) of a Value would lose its gradient: compare its .data, as in v.data > 0"),
        (round, r"round\(\) of a Value would lose its gradient: write it shorter, f'{v:.4f}', or"),
        (lambda v: round(v, 4), r"round\(\) of a Value would lose its gradient: write it shorter"),
        (complex, r"complex\(\) of a Value would lose its gradient: take its .data"),
        (range, "an index made of a Value would lose its gradient: take its .data"),
    ],
    ids=lambda case: getattr(case, "__name__", "-"),
)
def test_conversions_are_refused(convert, sentence):
    with pytest.raises(TypeError, match=sentence):
        convert(Value(1))


def test_a_hat_is_no_power():
    for write in (lambda x: x ^ 2, lambda x: 2 ^ x, lambda x: x ^ x):
        with pytest.raises(TypeError, match=r"write x\*\*2"):
            write(Value(3.0))


def test_equality_is_identity():
    a, b = Value(1), Value(1)
    assert a == a and a != b and len({a, b, a}) == 2
    assert a != "1" and a != None and a != object()  # noqa: E711


@pytest.mark.parametrize("number", [*NUMBERS, True], ids=repr)
def test_equality_with_a_number_is_refused(number):
    for compare in (operator.eq, operator.ne):
        with pytest.raises(
            TypeError, match=r"a Value does not equal a number: compare its data, z\.data == "
        ):
            compare(Value(1, "z"), number)
        with pytest.raises(TypeError, match=r"compare its data, value\.data == "):
            compare(number, Value(1))


def test_order_goes_by_data():
    small, large = Value(1), Value(2)
    assert small < large and small <= large and large > small and large >= small
    assert small < 2 and small <= 1 and small > 0 and small >= 1
    assert 2 > small and 1 >= small and not 1 > small  # noqa: SIM300
    with pytest.raises(TypeError, match="a str is not a number"):
        small < "2"  # noqa: B015


def test_format_and_repr():
    assert f"{Value(1.23456):.2f} {Value(7):>3}" == "1.23   7"
    assert f"{Value(1.5)}" == str(1.5) and repr(Value(1.5)) == "Value(1.5)"
    z = Value(1.1, "z_1^1")
    z.grad = -0.927
    assert repr(z) == "Value(1.1, name='z_1^1', grad=-0.927)"


def test_only_a_leaf_is_set():
    x = Value(2, "x")
    y = x * 3
    x.data = 5
    assert (x.data, y.data) == (5, 6)
    with pytest.raises(
        ValueError,
        match=r"Value\(6\) is a result of mul: set its leaves and run the forward pass again",
    ):
        y.data = 7


def test_a_value_has_no_other_attributes():
    with pytest.raises(AttributeError):
        Value(1).gradient = 2


def test_detach():
    x = Value(2, "x")
    y = x * 3
    y.name = "y"
    y.backward()
    leaf = y.detach()
    assert (leaf.data, leaf.name, leaf.grad, leaf.operation, leaf.operands) == (
        6,
        "y",
        None,
        None,
        (),
    )


def test_graphs_pickle():
    x = Value(2, "x")
    y = x * x + 1
    y.name = "y"
    left, right = pickle.loads(pickle.dumps([y, y]))
    left.backward()
    assert left is right and left.name == "y" and left.operation is OPERATIONS["add"]
    assert (left.data, find(left, "x")[0].grad, x.grad) == (5, 4, None)


def test_copy_of_one_node_shares_its_operands():
    x = Value(2, "x")
    y = copy.copy(x * 3)
    assert y.data == 6 and y.operands == (x, 3)


@pytest.mark.parametrize(
    ("compute", "error", "sentence"),
    [
        (
            lambda: Value(1.0, "a") / Value(0.0, "b"),
            ZeroDivisionError,
            "^a/b with a = 1.0, b = 0.0: .*division by zero",
        ),
        (
            lambda: Value(1.0, "a") / 0,
            ZeroDivisionError,
            "^a/.*0.* with a = 1.0: .*; the divisor must not be 0$",
        ),
        (
            lambda: log(Value(-1.0, "x")),
            ValueError,
            r"^log\(x\) with x = -1.0: .*; the operand must be greater than 0$",
        ),
        (lambda: log(Value(Decimal(-1), "x")), InvalidOperation, r"^log\(x\) with x = -1: "),
        (
            lambda: Value(1.0, "x") + Decimal(1),
            TypeError,
            "^x .* with x = 1.0: unsupported operand",
        ),
        (
            lambda: sin(Value(Fraction(1), "x")),
            TypeError,
            r"^sin\(x\) with x = 1: .* compute in floats \(float\(x\)\)",
        ),
        (
            lambda: total([Value(1.0)] * 99 + [Decimal(1)]),
            TypeError,
            "^total of 100 operands: unsupported operand",
        ),
        (
            lambda: total([*(Value(1.0, letter) for letter in "abcdefghi"), Decimal(1)]),
            TypeError,
            "with a = 1.0, b = 1.0, .* h = 1.0: unsupported operand",  # of many names the first 8
        ),
        (
            lambda: Value(10**400) + 0.5,
            OverflowError,
            r"^10{20,}\.\.\. \+ 0\.5: int too large to convert to float",
        ),
        (lambda: Value(10.0) ** 400, OverflowError, r"^10.0\^400: too large for a float$"),
        (lambda: Value(10**5000) + 0.5, OverflowError, "int too large to convert to float"),
        (
            lambda: Value(10**400) / 3,
            OverflowError,
            "too large for a float$",
        ),  # nothing of a divisor of 0
    ],
)
def test_errors_name_the_operation_the_operands_and_the_remedy(compute, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        compute()
    assert caught.value.__cause__.__class__ is caught.value.__class__


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x * 0.5,
        lambda x: 0.5 / x,
        lambda x: Value(0.5) + x.data,
        lambda x: total([x, 0.5]),
        lambda x: dot([x], [1], 0.5),
        lambda x: Fraction(1, 2) * Value(0.5),
        lambda x: half_squared_error(x, 0.5),
    ],
)
def test_fractions_with_floats_are_refused(compute):
    sentence = (
        "a Fraction with a float makes a float: write the float as a Fraction, Fraction.'0.1'. "
        "for 0.1"
    )
    with pytest.raises(TypeError, match=sentence):
        compute(Value(Fraction(1, 2), "x"))


def test_functions_of_sequences_say_what_they_need():
    for weights, inputs in (([1], [1, 2]), ([], [])):
        counts = f"got {len(weights)} and {len(inputs)}"
        with pytest.raises(
            ValueError, match="dot needs one weight for each input, and at least one: " + counts
        ):
            dot(weights, inputs)
    for function in (total, mean):
        with pytest.raises(ValueError, match="needs at least one value: got none"):
            function([])


@pytest.mark.parametrize("name", ["total", "mean", "log_sum_exp"])
def test_operands_that_are_no_list_are_told_to_be_one(name):
    x, y = Value(1.0, "x"), Value(2.0, "y")
    for operands in ([x, y], [x], [x, [y]], [[x], y]):
        with pytest.raises(TypeError, match=rf"^{name} takes one list: write {name}\(\[a, b\]\)$"):
            OPERATIONS[name](*operands)


def test_a_dot_product_of_no_lists_is_told_to_be_of_two():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    for operands in ([x, y], [[x], y], [x, [y]], [1, [2], 3]):
        sentence = r"^dot takes two lists: write dot\(\[w_0, w_1\], \[a_0, a_1\]\)$"
        with pytest.raises(TypeError, match=sentence):
            dot(*operands)


def test_numbers_that_cannot_do_it():
    with pytest.raises(TypeError, match=r"Decimals have no sin; compute in floats \(float\(x\)\)"):
        sin(Decimal(1))
    with pytest.raises(ValueError):  # as of a float
        log1p(Fraction(-2))
    with pytest.raises(TypeError, match="where of a complex is not defined"):
        relu(1j)
    with pytest.raises(
        TypeError, match="this power of a Fraction is not a Fraction; compute in floats"
    ):
        sqrt(Fraction(2))
    with pytest.raises(
        TypeError, match="a fractional power of a negative number is complex; use a positive base"
    ):
        power(-8.0, 1 / 3)
    with pytest.raises(TypeError, match="max of a mpf and a Fraction is not defined"):
        maximum(mpmath.mpf(2), Fraction(1, 2))
    with pytest.raises(TypeError, match="sin of a Own is not defined"):
        sin(type("Own", (float,), {"__module__": "of_no_module"})(1))
    with pytest.raises(TypeError, match="a list is not one number"):
        Value(type("Own", (Fraction,), {"__mul__": lambda self, other: [1]})(1)) * 2
    with pytest.raises(TypeError, match="numpy has no lgamma"):
        autograd.elementary.elementary("lgamma")(np.float64(1))


def test_powers_that_are_no_fractions():
    for x, n in (
        (Fraction(4, 3), Fraction(1, 2)),
        (Fraction(2), 0.5),
        (2, Fraction(1, 2)),
        (Fraction(2), Decimal(2)),
    ):
        with pytest.raises(
            TypeError, match="this power of a Fraction is not a Fraction; compute in floats"
        ):
            power(x, n)


def test_operations_say_what_they_are_and_how_many_operands_they_take():
    assert repr(relu) == "<operation relu>"
    with pytest.raises(TypeError, match="relu takes 1 operands, got 2"):
        relu(1, 2)


def test_a_new_entry_is_a_function_at_once():
    double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    x = Value(3)
    double(x).backward()
    assert (double(0.5), x.grad) == (1.0, 2)


def test_number_types():
    assert is_number(np.float32(1)) and not is_number(object())
    assert constant(Fraction(1, 100), Decimal(2)) == Decimal("0.01")
    assert type(constant(1, np.float32(2))) is np.float32
    assert (power(4, Fraction(1, 2)), power(Fraction(-2), Fraction(2)), power(-8.0 + 0j, 2)) == (
        2,
        4,
        64,
    )
    assert power(Fraction(0), Fraction(1, 2)) == sqrt(Fraction(0)) == 0 and power(
        2.0, Fraction(1, 2)
    ) == math.sqrt(2)
    assert power(Fraction(2), mpmath.mpf(3)) == 8


@pytest.mark.parametrize("name", ["numpy", "sympy", "mpmath", "graphviz", "nn"])
def test_import_brings_in_the_standard_library_only(name):
    program = f"import sys, autograd; sys.exit({name!r} in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", program], cwd=Path(__file__).parent.parent, check=False
        ).returncode
        == 0
    )


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_float_anywhere_among_fractions_is_refused(place):
    numbers = [Fraction(1), Fraction(1, 2), Fraction(2)]
    numbers[place] = float(numbers[place])
    values = list(map(Value, numbers))
    for compute in (total, mean, lambda x: dot(x, values), lambda x: dot([1, 2, 3], x)):
        for given in (values, numbers):
            with pytest.raises(TypeError, match="a Fraction with a float makes a float"):
                compute(given)


def test_a_type_whose_power_of_0_is_the_int_keeps_whole_constants():
    class Whole:
        def __pow__(self, n):
            return 1

    assert type(constant(1, Whole())) is int and constant(Fraction(1, 4), Whole()) == 0.25
    assert type(constant(Fraction(1, 4), Whole())) is float
