"""What kinds of slips there are, in the order in which they are named: meaning before digits."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """A kind of slip; the first of those that give a number is the likeliest."""

    SIGN = "sign of the result"
    SIGN_OF_TERM = "sign of a term"
    RATE = "another learning rate"
    EPOCH = "value of another epoch"
    CASE = "value of another case"
    MASK = "ReLU mask omitted"
    PRE_ACTIVATION = "pre-activation for activation"
    ACTIVATION = "activation for pre-activation"
    SLOPE_AT = "f'(a) for f'(z)"
    CONSTANT = "1/2, 2 or 1/m"
    ELEMENTWISE = "elementwise product"
    TERM = "term omitted"
    PATH = "path omitted"
    FACTOR = "factor omitted"
    FACTOR_TWICE = "factor too many"
    TRANSPOSED = "transposed"
    LEFT = "another name's value"
    OPERAND = "wrong operand"
    POINT = "decimal point"
    DIGIT_LOST = "digit lost"
    SWAPPED = "two digits swapped"
    DIGIT = "one digit"

    @property
    def rank(self) -> int:
        """Its place among all kinds."""
        return RANKS[self]


RANKS = {kind: rank for rank, kind in enumerate(Kind)}


class Explanation(NamedTuple):
    """What may have happened: the kind, and what a number is consistent with, in words."""

    kind: str
    sentence: str
