"""Which of many changes give a printed number: sought in floats, settled exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.quick import Quick
from autograd.audit.printed import Printed

NEAR = 1e-6  # of a unit, and relative: what floats may be off
MOST_WORK = 100_000  # parts of changes that are computed for one slip
MOST_NAMED = {0: 1, 1: 1, 2: 2, 3: 3}  # kinds, by how many digits are printed
MOST_OF_MANY = 4
PLAIN = frozenset({Kind.SIGN, Kind.SIGN_OF_TERM, Kind.MASK, Kind.PRE_ACTIVATION, Kind.ACTIVATION})

OTHERS = frozenset({Kind.OPERAND, Kind.TRANSPOSED, Kind.EPOCH, Kind.CASE})
LEFT_OUT = {Kind.SIGN: frozenset({Kind.SIGN_OF_TERM}), Kind.TERM: OTHERS, Kind.PATH: OTHERS}


class Numbers(NamedTuple):
    """What names are worth, exactly and in floats."""

    exact: Evaluation
    quick: Quick


class Hit(NamedTuple):
    """A change that gives a printed number, over the first of the numbers that it was tried on."""

    change: Change
    numbers: Numbers


def hits(
    changes: Iterable[Change],
    printed: Printed,
    tried: Sequence[Numbers],
    parts: int = 1,
    cuts_off: bool = False,
    is_shown: Callable[[Change], bool] | None = None,
) -> list[Hit]:
    """The changes that give a printed number, the first of each kind, or those that are shown.

    Those that give it cut off, or rounded to the wrong side, count where no other does, and of an
    author who `cuts_off`. `parts` says how long a change is: of long ones fewer are tried.
    """
    search = _Search(printed, tried)
    found: dict[Kind, Hit] = {}
    cut: dict[Kind, Hit] = {}
    shown: dict[Kind, Hit] = {}
    for change in islice(changes, MOST_WORK // parts):
        if is_shown is None and change.kind in found:
            continue
        for hit, is_cut in search.of(change):
            (cut if is_cut else found).setdefault(change.kind, hit)
            if is_shown is not None and change.kind not in shown and is_shown(change):
                shown[change.kind] = hit
    if shown:
        return list(shown.values())
    return list((cut | found if cuts_off or not found else found).values())


def likeliest(first: Iterable[Hit], then: Iterable[Hit], printed: Printed) -> list[Hit]:
    """A few of the hits, each kind once, meaning before digits."""
    kinds: dict[Kind, Hit] = {}
    for hit in _plain([*_ranked(first), *_ranked(then)]):
        is_said = any(hit.change.expression == other.change.expression for other in kinds.values())
        if not is_said:
            kinds.setdefault(hit.change.kind, hit)
    return list(kinds.values())[: MOST_NAMED.get(printed.digits, MOST_OF_MANY)]


def _plain(found: Sequence[Hit]) -> Iterator[Hit]:
    """Hits without those that are another one only as something is 0: a term that was left out."""
    numbers = {kind: _worth(hit) for hit in found if (kind := hit.change.kind) in LEFT_OUT}
    for hit in found:
        same = [kind for kind, number in numbers.items() if number == _worth(hit)]
        if not any(hit.change.kind in LEFT_OUT[kind] for kind in same):
            yield hit


def _worth(hit: Hit) -> float:
    return hit.numbers.quick.of(hit.change.expression)


def _ranked(found: Iterable[Hit]) -> list[Hit]:
    return sorted(found, key=lambda hit: hit.change.kind.rank)


class _Search:
    """One printed number, and what changes are tried on."""

    def __init__(self, printed: Printed, tried: Sequence[Numbers]) -> None:
        self.printed = printed
        self.tried = tried
        self.value = float(printed.value)
        self.unit = float(printed.unit)

    def of(self, change: Change) -> Iterator[tuple[Hit, bool]]:
        """The hits of a change, and whether its number is cut off then."""
        if self.printed.one_digit and self.value and change.kind not in PLAIN:
            return  # of a 0 it is asked that it is one
        for numbers in self.tried:
            try:
                if self._is_near(numbers.quick.of(change.expression)):
                    number = numbers.exact.of(change.expression)
                    if self._gives(number, change.kind):
                        yield Hit(change, numbers), not self.printed.agrees(number)
            except FAILURES:
                continue

    def _is_near(self, number: float) -> bool:
        apart = abs(number - self.value)
        return apart <= self.unit * (1 + NEAR) + NEAR * abs(self.value) * (self.unit == 0)

    def _gives(self, number: Any, kind: Kind) -> bool:
        """A single digit is hit by chance unless it is the very number, or has the other sign."""
        if self.printed.one_digit and kind is not Kind.SIGN:
            return self.printed.equals(number)
        return self.printed.agrees(number) or self.printed.truncates(number)
