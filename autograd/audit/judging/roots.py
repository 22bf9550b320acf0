"""Which slips a number follows from: those behind what it was computed from that make it other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key
from autograd.audit.judging.ledger import Ledger, value_of
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet

MOST_ROOTS = 8  # lines that are named for one number


def roots_of(
    sheet: Sheet, ledger: Ledger, left: Expression, slipped: Sequence[Key], printed: Printed
) -> tuple[int, ...]:
    """The lines of the slips that a step rests on; `slipped` are the numbers with a slip in them.

    Of several, one that could be right with the same result has no part in it, as what only decides
    whether a ReLU is on.
    """
    if len(slipped) > 1:
        slipped = [key for key in slipped if _matters(sheet, ledger, left, key, printed)] or slipped
    return lines_of(ledger.entries[key].roots for key in slipped)


def lines_of(roots: Iterable[Iterable[int]]) -> tuple[int, ...]:
    """Lines in their order, each once, the first of them where they are many.

    >>> lines_of([(36,), (22, 36)])
    (22, 36)
    """
    return tuple(sorted({line for lines in roots for line in lines}))[:MOST_ROOTS]


def _matters(sheet: Sheet, ledger: Ledger, left: Expression, key: Key, printed: Printed) -> bool:
    """Whether a number would not be what is printed if another one were right."""
    try:
        written = ledger.numbers_but({key: ledger.entries[key].truth}, value_of)
        return not printed.agrees(Evaluation(sheet, written=written).step(left))
    except FAILURES:
        return True
