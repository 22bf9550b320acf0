"""What several parts of `nn` require of a number that they are given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.number_types import is_number
from autograd.value import Value
from autograd.writing import printable


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
