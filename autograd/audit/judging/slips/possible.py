"""What slips would make of each number of a right sheet, at the rounding of the sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Derivative, Key, Name, keys_in
from autograd.audit.judging.ledger import Ledger, Written
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.quick import Quick
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet

MOST_CHANGES = 1_000  # of one line


class Wrong(NamedTuple):
    """What a slip makes of a number: the change of its step, and the number as it is printed."""

    change: Change
    text: str


class Answers(NamedTuple):
    """A claim with its right number, and with what each slip in it gives."""

    claim: Claim
    right: str
    wrong: tuple[Wrong, ...]

    @property
    def kinds(self) -> dict[str, set[Kind]]:
        """The kinds of slip that give each wrong number."""
        found: dict[str, set[Kind]] = {}
        for change, text in self.wrong:
            if text != self.right:
                found.setdefault(text, set()).add(change.kind)
        return found

    @property
    def alone(self) -> dict[str, Kind]:
        """The wrong numbers that only one kind of slip gives."""
        return {text: next(iter(kinds)) for text, kinds in self.kinds.items() if len(kinds) == 1}


def places_of(claims: Iterable[Claim]) -> int:
    """The decimals that a sheet rounds to: the most that one of its numbers has."""
    texts = [p.text for c in claims if c.links and (p := Printed.of(c.links[-1]))]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def answers(sheet: Sheet, places: int) -> Iterator[Answers]:
    """What the slips of each step of a sheet give, from the numbers that are written before it.

    >>> from autograd.audit.reading.epochs import read
    >>> [sheet] = read("given w = 0.5; x = 3\\ndefine z = w*x\\nforward\\n  z = 0.5*3 = 1.5")
    >>> [found] = answers(sheet, 1)
    >>> [(text, change.words) for change, text in found.wrong[:2]]
    [('-1.5', 'the sign of the result turned'), ('3.0', 'a factor 2 too many in the result')]
    """
    ledger = Ledger()
    explainer = Explainer(sheet, ledger, Evaluation(sheet))
    for claim in sheet.claims:
        printed = Printed.of(claim.links[-1]) if claim.links else None
        if printed is None:
            continue
        numbers = explainer.own(claim.left)
        known = {*sheet.given, *ledger.entries}
        changes = (c for c in explainer.changes(claim.left) if _may_be(c, known))
        wrong = tuple(_wrong(changes, numbers, places))
        yield Answers(claim, rounded(float(printed.value), places), wrong)
        if isinstance(claim.left, (Name, Derivative)):
            ledger.write(claim.left, Written(printed, None, None))


def _may_be(change: Change, known: Collection[Key]) -> bool:
    """Whether somebody may make this slip: what is taken from elsewhere stands there already."""
    is_elsewhere = change.kind in (Kind.EPOCH, Kind.LEFT)
    return not is_elsewhere or all(key in known for key in keys_in(change.expression))


def _wrong(changes: Iterable[Change], numbers: Quick, places: int) -> Iterator[Wrong]:
    for change in islice(changes, MOST_CHANGES):
        try:
            yield Wrong(change, rounded(numbers.of(change.expression), places))
        except FAILURES:
            continue


def rounded(number: float, places: int) -> str:
    """A number to so many decimals; 0 without a sign."""
    text = f"{number:.{places}f}"
    return text if text.strip("-0.") else text.removeprefix("-")
