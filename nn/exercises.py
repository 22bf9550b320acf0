"""Exercises: a training step of a small network to work by hand, with its key.

The numbers are drawn so that slips show: no neuron is saturated or at a kink, no gradient is nearly
0, and of several draws that one is taken in which most slips lead to an answer of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby, islice, pairwise

from autograd.audit.judging.slips.possible import Answers, answers
from autograd.audit.reading.epochs import read
from autograd.audit.reading.worksheet import EQUALS
from autograd.audit.sheet import Claim
from autograd.notes.steps import Step
from autograd.writing import printable
from nn.exercise_numbers import LOSSES, Drawn, Wanted, drawn
from nn.network import MLP
from nn.optimizers import SGD
from nn.worked import Worked, worked

MOST_COMPARED = 4  # draws of which the one is taken that tells most slips apart
MOST_DRAWN = 10_000


@dataclass(frozen=True)
class Exercise:
    """A worksheet with blanks, `sheet`, and the same filled in, `key`, for `chalkgrad check`.

    `answers` say of each line what slips would make of it.
    """

    sheet: str
    key: str
    answers: Sequence[Answers]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of slip that the sheet tells apart: each gives a number that no other gives."""
        found = {kind for line in self.answers for kind in line.alone.values()}
        return tuple(kind.value for kind in sorted(found, key=lambda kind: kind.rank))

    def __str__(self) -> str:
        """How many slips the sheet tells apart."""
        wrong = sum(len(line.kinds) for line in self.answers)
        alone = sum(len(line.alone) for line in self.answers)
        return (
            f"{len(self.kinds)} kinds of slip are told apart: of {wrong:,} wrong numbers "
            f"{alone:,} have one explanation"
        )

    def distractors(self, name: str) -> dict[str, str]:
        """Wrong numbers for multiple choice, each with the slip that gives it, likeliest first.

        They are those of the first line for this name, to the decimals of the sheet. A
        ValueError for a name that has no line.

        >>> import nn
        >>> one = nn.exercise([1, 1], ["sigmoid"], loss="half squared error", seed=1)
        >>> list(one.distractors("a_0^1").items())[2]
        ('-0.7500', 'z_0^1 for sigmoid(z_0^1)')
        """
        line = next((line for line in self.answers if name in _names(line.claim)), None)
        if line is None:
            known = ", ".join(dict.fromkeys(line.claim.name for line in self.answers))
            raise ValueError(f"no line is for {printable(repr(name))}: give one of {known}")
        ranked = sorted(line.wrong, key=lambda wrong: wrong.change.kind.rank)
        found: dict[str, str] = {}
        for change, text in ranked:
            if text != line.right:
                found.setdefault(text, change.words)
        return found


def _names(claim: Claim) -> tuple[str, str]:
    """What a line is for: in plain spelling, and as it is written there."""
    return claim.name, EQUALS.split(claim.read)[0].strip()


def exercise(
    sizes: Sequence[int],
    activations: Sequence[str],
    *,
    loss: str = "half squared error",
    rounding: int = 4,
    notation: str = "notes",
    seed: int | random.Random = 0,
    title: str = "",
) -> Exercise:
    """A training step to work by hand: a sheet with blanks, and its key.

    The network has these `sizes`, the inputs first, and an activation for each layer after them;
    the loss is one that worksheets know. Every line is rounded to `rounding` decimals and gone on
    with. The same seed gives the same exercise; a random.Random goes on from where it is. A
    ValueError for what no exercise is made of, and where no numbers are found that will do.

    >>> import nn
    >>> one = nn.exercise([1, 1], ["sigmoid"], loss="half squared error", seed=1)
    >>> print(one.sheet.partition("backward")[0])
    notation: notes
    network: 1-1 sigmoid
    loss: half squared error
    learning rate: alpha = 0.5
    given w_00^1 = 0.7; b_0^1 = -0.4
    given a_0^0 = -0.5; y = 0.7
    <BLANKLINE>
    forward
      z_0^1 = ?
      a_0^1 = ?
      L = ?
    <BLANKLINE>
    <BLANKLINE>
    >>> print(one.key.splitlines()[9])
      a_0^1 = sigmoid(z_0^1) = sigmoid(-0.75) ≈ 0.3208
    >>> print(one)
    14 kinds of slip are told apart: of 240 wrong numbers 227 have one explanation
    """
    if not isinstance(seed, (int, random.Random)):
        raise TypeError(f"seed is an int or a random.Random, not a {type(seed).__name__}")
    source = seed if isinstance(seed, random.Random) else random.Random(seed)
    wanted = Wanted(tuple(sizes), tuple(activations), loss, rounding)
    found = [_made(wanted, notation, each, title) for each in _some(wanted, source)]
    return min(found, key=_shared)


def _some(wanted: Wanted, source: random.Random) -> list[Drawn]:
    """A few draws of numbers that will do."""
    draws = (drawn(wanted, source) for _ in range(MOST_DRAWN))
    found = list(islice(filter(None, draws), MOST_COMPARED))
    if not found:
        raise ValueError(
            f"in {MOST_DRAWN:,} draws no numbers were found for {wanted}: with more decimals, "
            "fewer layers or another activation there are some"
        )
    return found


def _shared(one: Exercise) -> int:
    """How many slips hide, or give what another kind gives."""
    hidden = sum(wrong.text == line.right for line in one.answers for wrong in line.wrong)
    return hidden + sum(len(line.kinds) - len(line.alone) for line in one.answers)


def _made(wanted: Wanted, notation: str, numbers: Drawn, title: str) -> Exercise:
    model = MLP.from_weights(numbers.weights, numbers.biases, wanted.activations, notation=notation)
    done = worked(
        model,
        numbers.inputs,
        numbers.targets if len(numbers.targets) > 1 else numbers.targets[0],
        loss=LOSSES[wanted.loss](len(numbers.targets)),
        optimizer=SGD(model.parameters(), numbers.rate),
        decimals=wanted.rounding,
        rounding="each step",
    )
    head = [*_head(wanted, done, notation, title)]
    steps = [step for _, page in done.pages() for step in page]
    sections = [(name, list(each)) for name, each in groupby(steps, _section)]
    blanks = _text(head, [(name, [f"{s.name} = ?" for s in each]) for name, each in sections])
    key = _text(head, [(name, list(map(str, each))) for name, each in sections])
    [sheet] = read(key)
    return Exercise(blanks, key, tuple(answers(sheet, wanted.rounding)))


# --- as text --------------------------------------------------------------------------------------


def _head(wanted: Wanted, done: Worked, notation: str, title: str) -> Iterator[str]:
    """The lines above the sections: what the network is, and what is given, neuron by neuron."""
    if title:
        yield f"title: {printable(title)}"
    yield f"notation: {notation}"
    yield f"network: {wanted.network}"
    yield f"loss: {wanted.loss}"
    rate, *others = done.given
    yield f"learning rate: {done.names.learning_rate} = {rate.data}"
    assert done.label is not None
    label = done.label
    given = [(label(x), -x.data if label.is_negated(x) else x.data) for x in others]
    for before, width in pairwise(wanted.sizes):
        for _ in range(width):
            yield _given(given[: before + 1])
            given = given[before + 1 :]
    yield _given(given)


def _given(numbers: Iterable[tuple[str, Decimal]]) -> str:
    return "given " + "; ".join(f"{name} = {number}" for name, number in numbers)


def _section(step: Step) -> str:
    """What worksheets call the section of a line."""
    if step.of_update:
        return "update"
    return "backward" if step.of_gradient else "forward"


def _text(head: Iterable[str], sections: Iterable[tuple[str, Iterable[str]]]) -> str:
    lines = [*head]
    for section, of_section in sections:
        lines += ["", section, *(f"  {line}" for line in of_section)]
    return "\n".join([*lines, ""])
