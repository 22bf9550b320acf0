"""What kinds of slips there are, in the order in which they are named: meaning before digits."""

from __future__ import annotations

from collections.abc import Iterable
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
    LAST_DIGITS = "last digits"  # the cause of which is not known
    ARITHMETIC = "arithmetic"  # which nothing explains

    @property
    def rank(self) -> int:
        """Its place among all kinds."""
        return RANKS[self]


RANKS = {kind: rank for rank, kind in enumerate(Kind)}


class Explanation(NamedTuple):
    """What may have happened: the kind, and what a number is consistent with, in words."""

    kind: str
    sentence: str


OF_DIGITS = frozenset({Kind.DIGIT_LOST, Kind.SWAPPED, Kind.DIGIT})
ENOUGH_DIGITS = 4  # which no meaning gives by chance
# What is likelier than any chance in the digits, or says the same.
CERTAIN = frozenset({Kind.SIGN, Kind.SIGN_OF_TERM, Kind.POINT})


def telling(kinds: Iterable[Kind], digits: int) -> list[Kind]:
    """Of the kinds that give a number of so many digits, the likeliest first, those that are said.

    That it is another name's value is said where nothing tells how it was computed, and for a wrong
    operand that makes it that. A term that is a path is said to be that. What happened to digits is
    said where no meaning gives the number, or one may by chance.

    >>> [kind.value for kind in telling([Kind.FACTOR, Kind.LEFT, Kind.DIGIT], digits=4)]
    ['factor omitted']
    """
    found = list(dict.fromkeys(kinds))
    meanings = [kind for kind in found if kind not in OF_DIGITS]
    if meanings and (digits >= ENOUGH_DIGITS or CERTAIN & {*meanings}):
        found = meanings
    if Kind.PATH in found:
        found = [kind for kind in found if kind is not Kind.TERM]
    if Kind.LEFT not in found:
        return found
    others = {*meanings} - {Kind.LEFT, Kind.OPERAND}
    less = Kind.LEFT if others or found[0] is Kind.OPERAND else Kind.OPERAND
    return [kind for kind in found if kind is not less]
