"""What somebody goes on with who wrote a number wrongly and yet knows the right one.

A number that is copied wrongly, or put right without a word, is not what the lines after it are
worked with: those have what was written before it, or what it should have been, rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key
from autograd.audit.judging.ledger import Ledger, interval_of
from autograd.audit.judging.slips.steps import formulas_of
from autograd.audit.kinds import hull, interval

MOST_APART = 3  # numbers with a slip of which each may have been put right by itself


class Beside(NamedTuple):
    """What a step may give where some numbers were put right; `others` have a slip still."""

    numbers: Sequence[Any]
    others: Sequence[Key]


def put_right(
    should_be: Evaluation, ledger: Ledger, left: Expression, slipped: Sequence[Key]
) -> Iterator[Beside]:
    """The step to a name with right numbers in the place of all that have a slip, or of some.

    `slipped` are those that it is computed from, and `should_be` is the sheet over what is written,
    with the truth in their place.
    """
    sheet = should_be.sheet
    try:
        right = {key: _right(should_be, ledger, key) for key in slipped}
        for chosen in _choices(slipped):
            written = ledger.numbers_but({key: right[key] for key in chosen}, interval_of)
            numbers = Evaluation(sheet, interval, written)
            gives = [numbers.step(left), *map(numbers.of, formulas_of(sheet, left))]
            yield Beside(gives, [key for key in slipped if key not in chosen])
    except FAILURES:
        return


def _right(should_be: Evaluation, ledger: Ledger, key: Key) -> Any:
    """What a number with a slip in it should have been, to as many places."""
    written, before = ledger.entries[key], ledger.right.get(key)
    half = interval(written.printed.unit / 2)
    formulas = map(should_be.of, formulas_of(should_be.sheet, key))
    numbers = map(interval, (written.truth, should_be.step(key), *formulas))
    each = [hull(number - half, number + half) for number in numbers]
    return hull(*each, *([] if before is None else [before.interval]))


def _choices(slipped: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Which numbers may have been put right: all of them, or some where they are few."""
    sizes = range(len(slipped), 0, -1) if len(slipped) <= MOST_APART else (len(slipped),)
    for size in sizes if slipped else ():
        yield from combinations(slipped, size)
