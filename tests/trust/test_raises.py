"""A recorded operation raises exactly where the plain Python function does, with the same class,
and says more.

Every operation on every operand of hostile.csv, beside Python's own operators and functions on the
same numbers (`on_plain_numbers` of tests/samples.py). The exceptions are deliberate: each is listed
with its reason, and each must occur."""

from __future__ import annotations

import operator

import pytest
from samples import SAMPLES
from test_hostile import NAMES, answered, applied, cells, is_nan, large, operands_of, raises

from autograd import OPERATIONS, Value

PROMISE = "raises exactly where Python does"
F, D = NAMES["F"], NAMES["D"]


def of(kind, operands):
    return any(isinstance(x, kind) for x in operands)


def deliberate(name, x, python, ours):
    """Each reason for another class than Python's, and whether it holds for this cell."""
    return {
        "a Fraction stays a Fraction, or is refused: Python makes a float of it": (
            of(F, x) and ours is TypeError
        ),
        "a choice among Decimals is one, or is refused: Python picks the float": (
            of(D, x) and of(float, x) and python is None and ours is TypeError
        ),
        "a fractional power of a negative number is refused: Python makes it complex": (
            name == "pow" and python is None and ours is TypeError
        ),
        "computed from the side where exp cannot overflow: the textbook formula raises": (
            SAMPLES[name].stable and ours is None and python is not None
        ),
        "a Decimal NaN is passed on, not compared": (
            not SAMPLES[name].smooth and ours is None and of(D, x) and any(map(is_nan, x))
        ),
        "exact beyond the floats, which Python converts to": (
            of(F, x) and large(x) and ours is None
        ),
        "negative, though as a float it is -0.0": (
            name == "sqrt" and of(F, x) and python is None and ours is ValueError
        ),
        "so large an int is not a float, which this formula needs": (
            large(x) and ours is OverflowError
        ),
    }


def reason(*cell):
    return next((why for why, holds in deliberate(*cell).items() if holds), None)


def compared():
    """Each cell with the class that Python raises and the class raised here; None where nothing is
    raised.
    """
    for name, text in cells():
        operands = operands_of(text)
        value, _ = answered(name, text)
        yield (
            name,
            operands,
            raises(SAMPLES[name].on_plain_numbers, operands),
            type(value) if isinstance(value, Exception) else None,
        )


def test_the_same_class_or_a_deliberate_exception():
    differ = [cell for cell in compared() if cell[2] is not cell[3]]
    assert [cell for cell in differ if reason(*cell) is None] == []
    assert {reason(*cell) for cell in differ} == set(deliberate(*differ[0]))


def test_numbers_raise_as_values_do():
    for name, text in cells():
        operands = operands_of(text)
        value, _ = answered(name, text)
        raised = raises(lambda *x, name=name: applied(name, x), operands)
        if not isinstance(value, Exception):
            assert raised is None, (name, text)
        elif "a Fraction with a float makes a float" not in str(
            value
        ):  # of plain numbers that is Python's own sum
            assert raised is not None and issubclass(type(value), raised), (name, text)


OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "abs": abs,
}


def raised(function, *operands):
    """The class and the sentence of the error; None where nothing is raised."""
    try:
        function(*operands)
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error), str(error)
    return None


def alike(name, leaves):
    """The operator over the leaves, and with a plain number on either side, raises what the
    function raises.
    """
    numbers = [leaf.data for leaf in leaves]
    for operands in [leaves, [*leaves[:1], *numbers[1:]], [*numbers[:1], *leaves[1:]]]:
        if (
            name == "pow" and type(operands[0]) is F
        ):  # which makes itself a float first, before Python 3.13
            continue
        assert raised(OPERATORS[name], *operands) == raised(OPERATIONS[name], *operands), (
            name,
            operands,
        )


def test_operators_raise_as_functions_do():
    for name, text in cells():
        if name in OPERATORS:
            alike(
                name,
                [
                    Value(operand, label)
                    for operand, label in zip(operands_of(text), "ab", strict=False)
                ],
            )


def refusing(error):
    """A number of somebody's own, whose arithmetic with numbers raises."""

    def refuse(_, *other):
        if any(isinstance(x, Value) for x in other):
            return NotImplemented
        raise error("not today")

    names = ["add", "sub", "mul", "truediv", "pow"]
    methods = {f"__{side}{name}__": refuse for name in names for side in ("", "r")}
    return type("Refusing", (float,), methods | {"__neg__": refuse, "__abs__": refuse})(2)


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError, ValueError])
@pytest.mark.parametrize("name", OPERATORS)
def test_operators_of_any_number_raise_as_functions_do(name, error):
    leaves = [Value(refusing(error), "a"), Value(refusing(error), "b")][: OPERATIONS[name].arity]
    kind, sentence = raised(OPERATORS[name], *leaves)
    assert kind is error and "with a = 2.0" in sentence and "not today" in sentence
    alike(name, leaves)


SENTENCES = [
    (
        "div",
        "1.0;0.0",
        ZeroDivisionError,
        r"^a/b with a = 1.0, b = 0.0: .*; the divisor must not be 0$",
    ),
    (
        "div",
        "F(1);F(0)",
        ZeroDivisionError,
        r"^a/b with a = 1, b = 0: .*; the divisor must not be 0$",
    ),
    (
        "div",
        "D('1');D('0')",
        ZeroDivisionError,
        r"^a/b with a = 1, b = 0: .*; the divisor must not be 0$",
    ),
    (
        "pow",
        "0.0;-1.0",
        ZeroDivisionError,
        r"^a\^b with a = 0.0, b = -1.0: .*; 0 has no negative power",
    ),
    (
        "pow",
        "-2.0;0.5",
        TypeError,
        r"^a\^b with .*: a fractional power of a negative number is complex; use a positive",
    ),
    (
        "pow",
        "F(1,2);F(1,2)",
        TypeError,
        r"^a\^b with .*: this power of a Fraction is not a Fraction; compute in floats",
    ),
    (
        "exp",
        "710.0",
        OverflowError,
        r"^exp\(a\) with a = 710.0: .*; a float has no exponential of more than 709.78$",
    ),
    (
        "exp",
        "F(1)",
        TypeError,
        r"^exp\(a\) with a = 1: exp of a Fraction is not a Fraction; compute in floats",
    ),
    ("log", "0.0", ValueError, r"^log\(a\) with a = 0.0: .*; the operand must be greater than 0$"),
    ("log", "F(1,10**400)", TypeError, r"^log\(a\) with .*: log of a Fraction is not a Fraction"),
    (
        "log1p",
        "-1.0",
        ValueError,
        r"^log1p\(a\) with a = -1.0: .*; the operand must be greater than -1$",
    ),
    ("sqrt", "-1.0", ValueError, r"^sqrt\(a\) with a = -1.0: .*; the operand must not be negative"),
    ("sqrt", "F(-1,10**400)", ValueError, r"^sqrt\(a\) with .*; the operand must not be negative"),
    ("sin", "inf", ValueError, r"^sin\(a\) with a = inf: "),
    (
        "sin",
        "D('1')",
        TypeError,
        r"^sin\(a\) with a = 1: Decimals have no sin; compute in floats \(float\(x\)\)$",
    ),
    ("relu", "1j", TypeError, r"^relu\(a\) with a = 1j: where of a complex is not defined$"),
    (
        "maximum",
        "1.0;1j",
        TypeError,
        r"^max\(a, b\) with a = 1.0, b = 1j: max of a float and a complex is not def",
    ),
    ("add", "D('1');1.0", TypeError, r"^a \+ b with a = 1, b = 1.0: unsupported operand type"),
    (
        "add",
        "F(1,2);0.5",
        TypeError,
        r"^a \+ b with .*: a Fraction with a float makes a float: write the float as",
    ),
    (
        "binary_cross_entropy",
        "1.5;0.5",
        ValueError,
        r": 1.5 is not a probability; prediction and target must be probabilities",
    ),
]


@pytest.mark.parametrize(("name", "text", "error", "sentence"), SENTENCES)
def test_the_sentence_names_the_operation_its_operands_and_the_remedy(name, text, error, sentence):
    leaves = [
        Value(operand, label) for operand, label in zip(operands_of(text), "ab", strict=False)
    ]
    with pytest.raises(error, match=sentence):
        applied(name, leaves)


def test_counted(figure):
    found = list(compared())
    same, reasons = [python is ours for _, _, python, ours in found], deliberate(*found[0])
    figure(
        PROMISE,
        f"{sum(same)} of {len(same)} operations on hostile numbers raise the same class or "
        f"nothing; the others by {len(reasons)} listed exceptions; {len(SENTENCES)} sentences "
        "pinned",
    )
