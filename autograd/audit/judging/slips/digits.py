"""What may have happened to the digits of a number on its way to the paper."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.printed import Printed

FEWEST_DIGITS = 3  # that say something by being the same


def of_digits(right: Any, printed: Printed) -> Iterator[tuple[Kind, str]]:
    """A digit lost, two swapped, or one other: from the number that belongs to what is printed.

    >>> unit = Fraction(1, 10000)
    >>> [words for _, words in of_digits(3438 * unit, Printed("0.3483", 3483 * unit, unit))]
    ['two digits of 0.3438 swapped']
    """
    if not printed.unit or (right < 0) != (printed.value < 0):
        return
    wrong = _digits(printed.value, printed.unit, 0)
    if len(wrong) < FEWEST_DIGITS:
        return
    found: dict[Kind, str] = {}
    for above in (0, 1):  # rounded down and up, whichever the author did
        for kind, words in _of_number(right, printed.unit, above, wrong):
            found.setdefault(kind, words)
    yield from found.items()


def _of_number(right: Any, unit: Fraction, above: int, wrong: str) -> Iterator[tuple[Kind, str]]:
    for finer, kept in ((unit, 1), (unit / 10, 2)):  # the digits after it that must be there
        longer = _digits(right, finer, above)
        if any(longer[:i] + longer[i + 1 :] == wrong for i in range(len(longer) - kept)):
            yield Kind.DIGIT_LOST, f"a digit of {_point(longer, finer)} lost"
            break
    true = _digits(right, unit, above)
    shown = _point(true, unit)
    width = max(len(true), len(wrong))
    true, wrong = true.rjust(width, "0"), wrong.rjust(width, "0")
    differ = [i for i in range(width) if true[i] != wrong[i]]
    if len(differ) == 2 and _is_swapped(true, wrong, *differ):
        yield Kind.SWAPPED, f"two digits of {shown} swapped"
    if int(true) and true.strip("0") == wrong.strip("0") and true != wrong:
        side = "right" if int(wrong) > int(true) else "left"
        yield Kind.POINT, f"the decimal point of {shown} too far to the {side}"
    if len(differ) == 1 and differ[0] != width - 1:
        yield Kind.DIGIT, f"{wrong[differ[0]]} for {true[differ[0]]} in {shown}"


def _is_swapped(true: str, wrong: str, first: int, second: int) -> bool:
    """Whether two neighbours changed places."""
    return second == first + 1 and true[first : second + 1] == wrong[second] + wrong[first]


def _digits(number: Any, unit: Fraction, above: int) -> str:
    """All digits of a number down to a unit, of the one below it or above."""
    scaled = abs(number) * unit.denominator / unit.numerator
    return str(int(scaled) + above)


def _point(digits: str, unit: Fraction) -> str:
    places = len(str(unit.denominator)) - 1
    if not places:
        return digits
    digits = digits.rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
