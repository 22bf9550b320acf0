"""What several parts of `nn` require of the numbers and lists that they are given."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.number_types import BUILT_IN, is_number, python_number
from autograd.value import Value
from autograd.writing import printable


def listed(x: Any) -> Any:
    """What can be read only once, and what of that is within a list, as lists; others as they are.

    >>> listed(map(abs, [-1, 2])), listed([(n for n in "ab"), 3.0]), listed(0.5)
    ([1, 2], [['a', 'b'], 3.0], 0.5)
    """
    if isinstance(x, (list, tuple)):
        if BUILT_IN.issuperset(map(type, x)):
            return x
        return [listed(each) for each in x] if any(hasattr(each, "__iter__") for each in x) else x
    # A set is none of these: it has lost the order.
    once = hasattr(x, "__iter__") and not hasattr(x, "__getitem__") and not isinstance(x, Set)
    return [listed(each) for each in x] if once else x


def is_row(x: Any) -> bool:
    """Whether `x` is a list of numbers, or an array.

    >>> is_row([0.5, 1]), is_row(0.5), is_row("0.5")
    (True, False, False)
    """
    return hasattr(x, "__len__") and not isinstance(x, str)


def one_row(inputs: Any, more: Sequence[Any], call: str) -> Any:
    """The inputs of one forward pass, a list or what is like one; a TypeError says what to write
    instead.

    >>> one_row(map(abs, [-1, 2]), [], "model")
    [1, 2]
    >>> one_row(1, [2], "model")
    Traceback (most recent call last):
    TypeError: the inputs are one list: give model([1, 2])
    """
    if more:
        require_one_row([inputs, *more], call)
        given = ", ".join(map(repr, [inputs, *more]))
        raise TypeError(f"the inputs are one list: give {call}([{given}])")
    if isinstance(inputs, (Mapping, Set)):
        raise TypeError(f"the inputs are a list, in its order, not a {type(inputs).__name__}")
    inputs = listed(inputs)
    if not hasattr(inputs, "__len__"):
        raise TypeError(f"the inputs are a list, one number for each: give {call}([{inputs!r}])")
    require_one_row(inputs, call)
    return inputs


def require_one_row(inputs: Iterable[Any], call: str) -> None:
    """A TypeError where the inputs are themselves rows, with what to write for several rows.

    >>> require_one_row([[1, 2], [3, 4]], "model")
    Traceback (most recent call last):
    TypeError: the inputs are one row of numbers, not several: give [model(row) for row in rows]
    """
    if any(map(is_row, inputs)):
        raise TypeError(
            f"the inputs are one row of numbers, not several: give [{call}(row) for row in rows]"
        )


def require_in_range(label: str, number: Any, below: float = math.inf) -> None:
    """A TypeError unless `number` is a real number, a ValueError unless it is from 0 to `below`.

    >>> require_in_range("learning rate", -0.1)
    Traceback (most recent call last):
    ValueError: the learning rate must be a finite number, 0 or more: got -0.1
    """
    try:
        known = is_number(number)
    except TypeError as error:
        raise TypeError(f"the {label}: {error}") from None
    if not known or isinstance(number, (complex, Value)):
        raise TypeError(f"the {label} is a real number, not a {type(number).__name__}")
    if isinstance(number, (int, float, Fraction, Decimal)) and not 0 <= number < below:
        bounds = (
            "a finite number, 0 or more"
            if below == math.inf
            else f"at least 0 and less than {below}"
        )
        raise ValueError(f"the {label} must be {bounds}: got {number!r}")


def require_same_type(label: str, number: Any, others: Iterable[Any]) -> None:
    """A TypeError where an update would mix two types, or leave the Fractions; a Fraction times a
    float is a float.

    >>> require_same_type("learning rate", 0.1, [Fraction(1, 5)])
    Traceback (most recent call last):
    TypeError: a float learning rate would turn Fractions into floats: give Fraction(1, 10)
    """
    number = python_number(number)
    given = type(number)
    for kind in map(type, others):
        if given is float and kind is Fraction:
            raise TypeError(
                f"a float {label} would turn Fractions into floats: give {Fraction(repr(number))!r}"
            )
        mixed = given is not kind and Decimal in (given, kind)
        if mixed and {given, kind} <= {float, Fraction, Decimal}:
            same = (
                number.numerator / Decimal(number.denominator)
                if given is Fraction
                else kind(str(number))
            )
            raise TypeError(
                f"a {given.__name__} {label} does not go with {kind.__name__}s: give {same!r}"
            )


def has_all_digits(number: Any) -> bool:
    """Whether a positive number of limited range is neither infinite nor so small that it has lost
    digits.

    >>> has_all_digits(1e-307), has_all_digits(1e-310), has_all_digits(math.inf)
    (True, False, False)
    """
    if isinstance(number, Decimal):
        return number.is_normal()
    return not isinstance(number, float) or sys.float_info.min <= number < math.inf


def require_names(expected: Iterable[str], found: Iterable[Any], what: str = "") -> None:
    """A ValueError that lists the names that are missing, and those that are not expected."""
    expected, found = dict.fromkeys(expected), dict.fromkeys(found)
    missing = [name for name in expected if name not in found]
    unexpected = [str(name) for name in found if name not in expected]
    wrong = [
        f"{label}: {printable(', '.join(names))}"
        for label, names in (("missing", missing), ("unexpected", unexpected))
        if names
    ]
    if wrong:
        raise ValueError(what + "; ".join(wrong))
