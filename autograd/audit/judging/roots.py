"""Which slips a number follows from: those behind what it was computed from that make it other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key
from autograd.audit.judging.ledger import Ledger, value_of
from autograd.audit.judging.slips.steps import formulas_of
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet

MOST_ROOTS = 8  # lines that are named for one number


def roots_of(
    sheet: Sheet, ledger: Ledger, left: Expression, slipped: Sequence[Key], printed: Printed
) -> tuple[int, ...]:
    """The lines of the slips that a step rests on; `slipped` are the numbers with a slip in them.

    One that could be right with the same result has no part in it, as what only decides whether a
    ReLU is on; where several could, one at a time, they have it together.
    """
    if len(slipped) == 1:
        return lines_of([ledger.entries[slipped[0]].roots])
    try:
        steps = _steps(sheet, left, ledger.numbers(value_of))
        others = {
            key: _steps(sheet, left, ledger.numbers_but({key: ledger.entries[key].truth}, value_of))
            for key in slipped
        }
    except FAILURES:
        return lines_of(ledger.entries[key].roots for key in slipped)
    moved = [key for key in slipped if others[key] != steps]
    alone = [key for key in moved if not any(map(printed.agrees, others[key]))]
    return lines_of(ledger.entries[key].roots for key in alone or moved)


def _steps(sheet: Sheet, left: Expression, written: Mapping[Key, Any]) -> list[Any]:
    """What the engine's step gives, and the formulas that people use."""
    numbers = Evaluation(sheet, written=written)
    return [numbers.step(left), *map(numbers.of, formulas_of(sheet, left))]


def lines_of(roots: Iterable[Iterable[int]]) -> tuple[int, ...]:
    """Lines in their order, each once, the first of them where they are many.

    >>> lines_of([(36,), (22, 36)])
    (22, 36)
    """
    return tuple(sorted({line for lines in roots for line in lines}))[:MOST_ROOTS]
