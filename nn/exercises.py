"""Exercises: a training step of a small network to work by hand, with its key.

The numbers are drawn so that slips show: no neuron is saturated or at a kink, no gradient is nearly
0, and of several draws that one is taken in which most slips lead to an answer of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby, islice, pairwise
from typing import Any

from autograd.audit.judging.slips.possible import Answers, answers
from autograd.audit.reading.epochs import read
from autograd.audit.reading.worksheet import EQUALS
from autograd.audit.sheet import Claim
from autograd.notes.notation import Notation
from autograd.notes.profiles import NOTATIONS, notation_of
from autograd.notes.steps import Step
from autograd.spelling import meant
from autograd.value import Value
from autograd.writing import printable
from nn.exercise_draws import draws
from nn.exercise_numbers import Drawn
from nn.exercise_wanted import (
    CROSS_ENTROPY,
    DESCENT,
    LOSSES,
    OPTIMIZERS,
    SUMS,
    Wanted,
    known,
)
from nn.network import MLP
from nn.training_names import TrainingNames
from nn.worked import Worked, worked

MOST_COMPARED = 4  # draws of which the one is taken that tells most slips apart
MOST_LINES = 160  # in all of these


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
        ('-0.7000', 'z_0^1 for sigmoid(z_0^1)')
        """
        line = next((line for line in self.answers if name in _names_of(line.claim)), None)
        if line is None:
            known = ", ".join(dict.fromkeys(line.claim.name for line in self.answers))
            raise ValueError(f"no line is for {printable(repr(name))}: give one of {known}")
        ranked = sorted(line.wrong, key=lambda wrong: wrong.change.kind.rank)
        found: dict[str, str] = {}
        for change, text in ranked:
            if text != line.right:
                found.setdefault(text, change.words)
        return found


def _names_of(claim: Claim) -> tuple[str, str]:
    """What a line is for: in plain spelling, and as it is written there."""
    return claim.name, EQUALS.split(claim.read)[0].strip()


def exercise(
    sizes: Sequence[int],
    activations: Sequence[str],
    *,
    loss: str = "half squared error",
    rounding: int | None = None,
    notation: str = "notes",
    seed: int | random.Random = 0,
    title: str = "",
    samples: int = 1,
    optimizer: str = DESCENT,
    steps: int = 1,
    progress: bool | None = False,
) -> Exercise:
    """Training steps to work by hand: a sheet with blanks, and its key.

    The network has these `sizes`, the inputs first, and an activation for each layer after them;
    loss and optimizer are ones that worksheets know, and of several samples the cost is the mean.
    After the `steps` comes a forward pass. Every line is rounded to `rounding` decimals and gone on
    with: four where they will do, unless given, else a few more. The same seed gives the same
    exercise; a random.Random goes on from where it is. `progress` shows a bar where drawing numbers
    takes long, on a terminal if None, by tqdm. A ValueError for what no exercise is made of, and
    where no numbers are found that will do.

    >>> import nn
    >>> one = nn.exercise([1, 1], ["sigmoid"], loss="half squared error", seed=1)
    >>> print(one.sheet.partition("backward")[0])
    notation: notes  # every line to 4 decimals
    network: 1-1 sigmoid
    loss: half squared error
    learning rate: alpha = 0.5
    given w_00^1 = -0.4; b_0^1 = -0.9
    given a_0^0 = -0.5; y = 0.9
    <BLANKLINE>
    forward
      z_0^1 = ?
      a_0^1 = ?
      L = ?
    <BLANKLINE>
    <BLANKLINE>
    >>> print(one.key.splitlines()[9])
      a_0^1 = sigmoid(z_0^1) = sigmoid(-0.7) ≈ 0.3318
    >>> print(one)
    16 kinds of slip are told apart: of 371 wrong numbers 354 have one explanation
    """
    if not isinstance(seed, (int, random.Random)):
        raise TypeError(f"seed is an int or a random.Random, not a {type(seed).__name__}")
    source = seed if isinstance(seed, random.Random) else random.Random(seed)
    wanted = Wanted(
        tuple(sizes),
        tuple(known(each, SUMS) for each in activations),
        known(loss, LOSSES),
        rounding,
        samples,
        known(optimizer, OPTIMIZERS),
        steps,
    )
    notation = meant(notation, NOTATIONS) if isinstance(notation, str) else notation
    found = draws(wanted, source, progress)
    first = _made(wanted, notation, next(found), title)
    most = min(MOST_COMPARED, MOST_LINES // len(first.answers))
    others = (_made(wanted, notation, each, title) for each in islice(found, max(0, most - 1)))
    return min([first, *others], key=_shared)


def _shared(one: Exercise) -> int:
    """How many slips hide, or give what another kind gives."""
    hidden = sum(wrong.text == line.right for line in one.answers for wrong in line.wrong)
    return hidden + sum(len(line.kinds) - len(line.alone) for line in one.answers)


def _made(wanted: Wanted, notation: str, numbers: Drawn, title: str) -> Exercise:
    model = MLP.from_weights(numbers.weights, numbers.biases, wanted.activations, notation=notation)
    one, style = wanted.samples == 1, notation_of(notation)
    targets = _targets(wanted, style, numbers)
    done = worked(
        model,
        numbers.inputs[0] if one else numbers.inputs,
        targets[0] if one else targets,
        loss=LOSSES[wanted.loss](wanted.sizes[-1]),
        optimizer=wanted.descent.made(model.parameters(), Decimal),
        steps=wanted.steps,
        names=_names_of_training(wanted, style),
        decimals=numbers.places,
        rounding="each step",
    )
    head = [*_head(wanted, done, notation, title)]
    steps = [step for _, page in done.pages() for step in page]
    sections = [(name, list(each)) for name, each in groupby(steps, _section)]
    told = [f"{head[0]}  # every line to {numbers.places} decimals", *head[1:]]
    blanks = _text(told, [(name, [f"{s.name} = ?" for s in each]) for name, each in sections])
    key = _text(head, [(name, list(map(str, each))) for name, each in sections])
    [sheet] = read(key)
    return Exercise(blanks, key, tuple(answers(sheet, numbers.places)))


def _names_of_training(wanted: Wanted, notation: Notation) -> TrainingNames:
    """As worksheets have them; after several updates a parameter is still called what it was."""
    names = TrainingNames.of(notation)
    updated = names.updated if wanted.steps == 1 else "{parameter}"
    state = "{letter}_{{{parameter}}}"
    return replace(names, of_parameter=state, updated=updated, smoothing="beta")


def _targets(wanted: Wanted, notation: Notation, numbers: Drawn) -> list[Any]:
    """The targets of each sample, those of classes by their names, so that lines show them."""
    if wanted.loss == CROSS_ENTROPY:
        return [
            [Value(y, notation.target(k, wanted.sizes)) for k, y in enumerate(row)]
            for row in numbers.targets
        ]
    return [row if len(row) > 1 else row[0] for row in numbers.targets]


# --- as text --------------------------------------------------------------------------------------


def _head(wanted: Wanted, done: Worked, notation: str, title: str) -> Iterator[str]:
    """The lines above the sections: what the network is, and what is given, neuron by neuron."""
    if title:
        yield f"title: {printable(title)}"
    yield f"notation: {notation}"
    yield f"network: {wanted.network}"
    yield f"loss: {wanted.loss_of_samples}"
    if wanted.samples > 1:
        yield f"samples: {wanted.samples}"
    rate, *others = done.hyperparameters
    yield f"learning rate: {rate.name} = {rate.data}"
    if wanted.optimizer != DESCENT:
        yield f"optimizer: {', '.join([wanted.optimizer, *map(_as_in_rules, others)])}"
    yield from map(_given, _rows(wanted, done))


def _rows(wanted: Wanted, done: Worked) -> Iterator[list[tuple[str, Decimal]]]:
    """What is given, in lines: hyperparameters, each neuron, each sample."""
    assert done.label is not None
    label = done.label
    given = iter([(label(x), -x.data if label.is_negated(x) else x.data) for x in done.given])
    next(given)  # the learning rate
    widths = [before + 1 for before, width in pairwise(wanted.sizes) for _ in range(width)]
    widths += [wanted.sizes[0] + wanted.sizes[-1]] * wanted.samples
    for width in [len(done.hyperparameters) - 1, *widths]:
        if row := list(islice(given, width)):
            yield row


def _as_in_rules(hyperparameter: Value) -> str:
    """A hyperparameter as the lines of the rules have it: epsilon, where it is an epsilon_0."""
    return f"{hyperparameter.name.removesuffix('_0')} {hyperparameter.data:f}"


def _given(numbers: Iterable[tuple[str, Decimal]]) -> str:
    return "given " + "; ".join(f"{name} = {number:f}" for name, number in numbers)


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
