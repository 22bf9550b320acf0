"""What names are worth in the other cases of a worksheet, which may be taken for this one's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Expression, Key, signed
from autograd.audit.kinds import rational
from autograd.audit.sheet import Sheet

MOST_CASES = 6


class Cases:
    """The true values of the other cases."""

    def __init__(self, others: Sequence[Sheet] = ()) -> None:
        self._truths = [Evaluation(sheet) for sheet in others[:MOST_CASES]]

    def others(self, key: Key) -> Iterator[Expression]:
        """What a name or a derivative is worth in each of the other cases, as a number."""
        for value in self.values(key):
            yield signed(str(float(value)), value)

    def values(self, key: Key) -> Iterator[Fraction]:
        """What a name or a derivative is worth in each of the other cases."""
        for truths in self._truths:
            try:
                yield rational(truths.of(key))
            except FAILURES:
                continue
