"""What somebody goes on with who wrote a number wrongly and yet knows the right one.

A number that is copied wrongly, or put right without a word, is not what the lines after it are
worked with: those have what was written before it, or what it should have been, rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
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
    should_be: Evaluation, own: Evaluation, ledger: Ledger, left: Expression, slipped: Sequence[Key]
) -> Iterator[Beside]:
    """The step to a name with right numbers in the place of all that have a slip, or of some.

    `slipped` are those that it is computed from, `own` is the sheet over what is written, and
    `should_be` the same with the truth in the place of what has a slip in it: a number is right by
    the truth, or by what it should have been after the slips before it.
    """
    behind = {key: own.sources_of_step(key) for key in slipped}
    for over in (should_be, own) if any(behind.values()) else (should_be,):
        is_true = over is should_be
        try:
            right = {key: _right(over, ledger, key, is_true) for key in slipped}
            for chosen in _choices(slipped):
                others = [key for key in slipped if key not in chosen]
                if not is_true:
                    others += chain.from_iterable(behind[key] for key in chosen)
                written = ledger.numbers_but({key: right[key] for key in chosen}, interval_of)
                numbers = Evaluation(own.sheet, interval, written)
                gives = [numbers.step(left), *map(numbers.of, formulas_of(own.sheet, left))]
                yield Beside(gives, others)
        except FAILURES:
            continue


def _right(over: Evaluation, ledger: Ledger, key: Key, is_true: bool) -> Any:
    """What a number with a slip in it should have been, to as many places."""
    written, before = ledger.entries[key], ledger.right.get(key)
    half = interval(written.printed.unit / 2)
    numbers = [over.step(key), *map(over.of, formulas_of(over.sheet, key))]
    if is_true:
        numbers.append(written.truth)
    each = [hull(number - half, number + half) for number in map(interval, numbers)]
    return hull(*each, before.interval) if is_true and before is not None else hull(*each)


def _choices(slipped: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Which numbers may have been put right: all of them, or some where they are few."""
    sizes = range(len(slipped), 0, -1) if len(slipped) <= MOST_APART else (len(slipped),)
    for size in sizes if slipped else ():
        yield from combinations(slipped, size)
