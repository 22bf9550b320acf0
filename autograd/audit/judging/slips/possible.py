"""What slips would make of each number of a right sheet, at the rounding of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise
from typing import NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import Derivative, Name, Number
from autograd.audit.judging.ledger import Ledger, Written
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.digits import of_digits
from autograd.audit.judging.slips.explain import Explainer
from autograd.audit.judging.slips.explanation import ENOUGH_DIGITS, Kind, telling
from autograd.audit.judging.slips.quick import Quick
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Sheet

MOST_CHANGES = 1_000  # of one line
FAR_OFF = 5  # units of the last place, which no rounding makes up for
ALIKE = str.maketrans("0123456789", "6758963014")  # a digit that may be read for another


class Wrong(NamedTuple):
    """What a slip makes of a number: the change of its step, and the number as it is printed."""

    change: Change
    text: str


@dataclass(frozen=True)
class Answers:
    """A claim with its right number, and with what each slip in it gives.

    `hidden` are what the same slips give from numbers with all their digits.
    """

    claim: Claim
    right: str
    wrong: tuple[Wrong, ...]
    hidden: tuple[Wrong, ...] = ()

    @cached_property
    def kinds(self) -> dict[str, list[Kind]]:
        """The kinds of slip that are said of each wrong number, the likeliest first."""
        found: dict[str, list[Kind]] = {text: [] for _, text in self.wrong if text != self.right}
        for change, text in sorted(self.wrong + self.hidden, key=lambda w: w.change.kind.rank):
            if text in found:
                found[text].append(change.kind)
        return {text: telling(kinds, digits_of(text)) for text, kinds in found.items()}

    @cached_property
    def alone(self) -> dict[str, Kind]:
        """The wrong numbers of several digits that only one kind of slip gives."""
        return {
            text: kinds[0]
            for text, kinds in self.kinds.items()
            if len(kinds) == 1 and digits_of(text) > 1
        }


def places_of(claims: Iterable[Claim]) -> int:
    """The decimals that a sheet rounds to: the most that one of its numbers has."""
    texts = [p.text for c in claims if c.links and (p := Printed.of(c.links[-1]))]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def answers(sheet: Sheet, places: int, cases: Sequence[Sheet] = ()) -> Iterator[Answers]:
    """What the slips of each step of a sheet give, from the numbers that are written before it; of
    one with other cases, also from theirs.

    >>> from autograd.audit.reading.epochs import read
    >>> [sheet] = read("given w = 0.5; x = 3\\ndefine z = w*x\\nforward\\n  z = 0.5*3 = 1.5")
    >>> [found] = answers(sheet, 1)
    >>> [(text, change.words) for change, text in found.wrong[:2]]
    [('-1.5', 'the sign of the result turned'), ('15.0', 'the decimal point ...')]
    """
    ledger = Ledger()
    explainer = Explainer(sheet, ledger, Evaluation(sheet), cases)
    true = explainer.true.quick
    for claim in sheet.claims:
        number = Printed.of(claim.links[-1]) if claim.links else None
        if number is None:
            continue
        numbers = explainer.own(claim.left)
        changes = list(islice(explainer.changes(claim.left), MOST_CHANGES))
        wrong, hidden = (list(_wrong(changes, each, places)) for each in (numbers, true))
        with suppress(*FAILURES):
            step = numbers.of(step_of(sheet, claim.left))
            few = [text for _, text in wrong if digits_of(text) < ENOUGH_DIGITS]
            texts = dict.fromkeys([*few, *_misspelt(step, places)])
            wrong += [each for text in texts for each in _of_digits(step, text)]
        yield Answers(claim, rounded(float(number.value), places), tuple(wrong), tuple(hidden))
        if isinstance(claim.left, (Name, Derivative)):
            ledger.write(claim.left, Written(number, None))


def _misspelt(number: float, places: int) -> Iterator[str]:
    """A number with one digit another, two swapped, or one lost of those that come after."""
    text, longer = rounded(number, places), rounded(number, places + 1)
    at = [place for place, character in enumerate(text) if character.isdigit()]
    for place in at[:-1]:
        yield text[:place] + text[place].translate(ALIKE) + text[place + 1 :]
    for first, second in pairwise(at):
        between = text[first + 1 : second]
        yield text[:first] + text[second] + between + text[first] + text[second + 1 :]
    yield from (longer[:place] + longer[place + 1 :] for place in at)


def _of_digits(step: float, text: str) -> Iterator[Wrong]:
    """What happened to the digits of what a step gives, for a text to be there."""
    found = Printed(text, Fraction(text), Fraction(1, 10 ** len(text.partition(".")[2])))
    if abs(step - float(text)) > FAR_OFF * found.unit:
        number = Number(text, found.value, found.unit)
        for kind, words in of_digits(step, found):
            yield Wrong(Change(kind, words, number), text)


def digits_of(text: str) -> int:
    """How many digits a decimal number has, zeros in front apart."""
    return len(text.lstrip("-0.").replace(".", ""))


def _wrong(changes: Iterable[Change], numbers: Quick, places: int) -> Iterator[Wrong]:
    for change in changes:
        with suppress(*FAILURES):
            yield Wrong(change, rounded(numbers.of(change.expression), places))


def rounded(number: float, places: int) -> str:
    """A number to so many decimals; 0 without a sign."""
    text = f"{number:.{places}f}"
    return text if text.strip("-0.") else text.removeprefix("-")
