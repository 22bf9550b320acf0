"""What is said of a slip that nothing explains: how far off it is, and no cause."""

from __future__ import annotations

from typing import Any

from autograd.audit.judging.slips.explanation import Explanation, Kind
from autograd.audit.printed import Printed

FEWEST_DIGITS = 3  # of which the last is a small one
LAST = ((1, "the last digit"), (2, "the last two digits"))
ROUNDED = 2  # units of the last place that rounding on the way may be off
MOST_PLAIN = 10**6  # times, written without an exponent
TIMES = 2  # too large or too small, to be said


def unexplained(printed: Printed, right: Any, line: str) -> Explanation:
    """How far a number is from the right one; `line` says what is wrong where that is much.

    >>> from fractions import Fraction
    >>> unit = Fraction(1, 1000)
    >>> unexplained(Printed("0.351", 351 * unit, unit), 356 * unit, "nothing explains it").sentence
    'off by 5 in the last digit'
    >>> unexplained(Printed("0.98", 980 * unit, unit), 356 * unit, "nothing explains it").sentence
    'nothing explains it; 0.98 is 2.8 times too large'
    >>> unexplained(Printed("98", 98, 1), Fraction(1, 15), "nothing explains it").sentence
    'nothing explains it; 98 is 1,500 times too large'
    """
    off = round(abs(right - printed.value) / printed.unit) if printed.unit else 0
    for count, words in LAST:
        if 0 < off < 10**count and printed.digits - count >= FEWEST_DIGITS - 1:
            doubt = ": a rounding slip?" if off <= ROUNDED else ""
            return Explanation(Kind.LAST_DIGITS.value, f"off by {off} in {words}{doubt}")
    return Explanation(Kind.ARITHMETIC.value, line + _size(printed, right))


def _size(printed: Printed, right: Any) -> str:
    """How many times a number is too large or too small, where that is much."""
    if not right or not printed.value:
        return ""
    times = abs(float(printed.value) / float(right))
    if 1 / TIMES < times < TIMES:
        return ""
    side = (
        f"{_plain(times)} times too large" if times > 1 else f"{_plain(1 / times)} times too small"
    )
    return f"; {printed.text} is {side}"


def _plain(times: float) -> str:
    """A number to two digits, 2.8 or 1,500."""
    digits = float(f"{times:.2g}")
    return f"{digits:,.0f}" if 10 <= digits < MOST_PLAIN else f"{digits:g}"
