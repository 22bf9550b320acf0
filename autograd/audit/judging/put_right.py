"""What somebody goes on with who wrote a number wrongly and yet knows the right one.

A number that is copied wrongly, or put right without a word, is not what the lines after it are
worked with: those have what was written before it, or what it should have been, rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key
from autograd.audit.judging.ledger import Ledger, interval_of
from autograd.audit.judging.roots import lines_of
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.kinds import hull, interval
from autograd.audit.printed import Printed

MOST_APART = 3  # numbers with a slip of which each may have been put right by itself


def roots_beside(
    should_be: Evaluation,
    ledger: Ledger,
    left: Expression,
    slipped: Sequence[Key],
    printed: Printed,
) -> tuple[int, ...] | None:
    """The slips that a number follows from where others were put right; None where it does not.

    `slipped` are the numbers with a slip in them that it is computed from, and `should_be` is the
    sheet over what is written, with the truth in their place.
    """
    try:
        right = {key: _right(should_be, ledger, key) for key in slipped}
        for chosen in _choices(slipped):
            numbers = ledger.numbers_but({key: right[key] for key in chosen}, interval_of)
            if _follows(Evaluation(should_be.sheet, interval, numbers), left, printed):
                return lines_of(ledger.entries[key].roots for key in slipped if key not in chosen)
    except FAILURES:
        pass
    return None


def _right(should_be: Evaluation, ledger: Ledger, key: Key) -> Any:
    """What a number with a slip in it should have been, to as many places."""
    written, before = ledger.entries[key], ledger.right.get(key)
    half = interval(written.printed.unit / 2)
    numbers = (interval(number) for number in (written.truth, should_be.step(key)))
    each = [hull(number - half, number + half) for number in numbers]
    return hull(*each, *([] if before is None else [before.interval]))


def _follows(numbers: Evaluation, left: Expression, printed: Printed) -> bool:
    step = step_of(numbers.sheet, left)
    return printed.meets(numbers.step(left)) or printed.meets(numbers.of(step))


def _choices(slipped: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Which numbers may have been put right: all of them, or some where they are few."""
    sizes = range(len(slipped), 0, -1) if len(slipped) <= MOST_APART else (len(slipped),)
    for size in sizes if slipped else ():
        yield from combinations(slipped, size)
