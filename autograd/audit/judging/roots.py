"""Which slips a number follows from: those behind what it was computed from that make it other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key
from autograd.audit.judging.ledger import Ledger, value_of
from autograd.audit.judging.slips.steps import formulas_of
from autograd.audit.kinds import real
from autograd.audit.printed import Printed

MOST_ROOTS = 8  # lines that are named for one number
SAME = Fraction(1, 10**30)  # parts of a number that make no other of it


def roots_of(
    own: Evaluation, ledger: Ledger, left: Expression, slipped: Sequence[Key], printed: Printed
) -> tuple[int, ...]:
    """The lines of the slips that a step rests on; `slipped` are the numbers with a slip in them.

    `own` is the sheet over what is written.
    One that could be right with the same result has no part in it, as what only decides whether a
    ReLU is on; where several could, one at a time, they have it together.
    """
    if len(slipped) == 1:
        return lines_of([ledger.entries[slipped[0]].roots])
    try:
        formulas = list(formulas_of(own.sheet, left))
        steps = [own.step(left), *map(own.of, formulas)]
        others = {}
        for key in slipped:
            written = ledger.numbers_but({key: ledger.entries[key].truth}, value_of)
            other = Evaluation(own.sheet, written=written)
            others[key] = [other.step(left), *map(other.of, formulas)]
    except FAILURES:
        return lines_of(ledger.entries[key].roots for key in slipped)
    moved = [key for key in slipped if any(map(_moves, others[key], steps))]
    alone = [key for key in moved if not any(map(printed.agrees, others[key]))]
    return lines_of(ledger.entries[key].roots for key in alone or moved)


def _moves(other: Any, number: Any) -> bool:
    """Whether a number becomes another, and is not merely computed with other last digits."""
    other, number = real(other), real(number)
    return bool(abs(other - number) > real(SAME) * abs(number))


def lines_of(roots: Iterable[Iterable[int]]) -> tuple[int, ...]:
    """Lines in their order, each once, the first of them where they are many.

    >>> lines_of([(36,), (22, 36)])
    (22, 36)
    """
    return tuple(sorted({line for lines in roots for line in lines}))[:MOST_ROOTS]
