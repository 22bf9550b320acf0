"""Slips planted in exercises by the hundred: each is named for what it is, and nothing else is.

An exercise is drawn over networks, activations, losses, optimizers, roundings and notations; in its
key one slip is planted of every kind that the sheet tells apart, what follows from it follows, and
the audit judges the copy.

    python tests/trust/test_exercise_slips.py 300     so many exercises, and the table
"""

from __future__ import annotations

import random
import sys
from collections import Counter

import pytest

import nn
from autograd import NOTATIONS
from autograd.audit import check
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.planting import Field
from autograd.audit.planting import drawn as drawn_slips

WAYS = [
    ([1, 1], ["sigmoid"], "half squared error", {}),
    ([2, 1, 1], ["tanh", "sigmoid"], "half squared error", {}),
    ([2, 2, 1], ["sigmoid", "sigmoid"], "squared error", {}),
    ([2, 2, 1], ["relu", "sigmoid"], "binary cross entropy", {}),
    ([1, 2, 1], ["relu", "tanh"], "mse", {}),
    ([2, 1, 2], ["tanh", "linear"], "mse", {}),
    ([1, 2, 1], ["tanh", "relu"], "squared error", {}),
    ([2, 2, 1], ["leaky_relu", "tanh"], "mse", {}),
    ([2, 2], ["softmax"], "cross entropy", {}),
    ([1, 3], ["softmax"], "cross entropy", {"samples": 2}),
    ([2, 1], ["sigmoid"], "half squared error", {"samples": 2}),
    ([1, 2, 1], ["relu", "sigmoid"], "binary cross entropy", {"samples": 2}),
    ([1, 1], ["tanh"], "mse", {"optimizer": "momentum", "steps": 2}),
    ([1, 1], ["sigmoid"], "mse", {"optimizer": "nesterov", "steps": 2}),
    ([1, 1], ["tanh"], "half squared error", {"optimizer": "rmsprop", "steps": 2}),
    ([1, 1], ["sigmoid"], "half squared error", {"optimizer": "adagrad", "steps": 2}),
    ([1, 1], ["sigmoid"], "mse", {"optimizer": "adam"}),
]
ROUNDINGS = (3, 4, 4, 4, 5, 6)


def drawn(draw):
    """The key of an exercise; None where none is made."""
    sizes, activations, loss, more = draw.choice(WAYS)
    rounding, notation = draw.choice(ROUNDINGS), draw.choice(sorted(NOTATIONS))
    try:
        return nn.exercise(
            sizes, activations, loss=loss, rounding=rounding, notation=notation, seed=draw, **more
        ).key
    except ValueError:  # no such numbers, or nothing for this notation
        return None


def how_named(slip, report):
    """Whether a slip is found in its lines, all else follows, and its kind is named alone."""
    if all(judged.verdict.is_right for judged in report.judged):
        return "hidden"  # by what a number may have been before it was rounded
    slips = report.of(Verdict.SLIP)
    if [judged.claim.line for judged in slips] != slip.lines:
        return "not found, or with another"
    if not all(j.verdict.is_right or j.root in slip.lines for j in report.judged):
        return "does not lead to the rest"
    kind = slip.change.kind
    said = {explanation.kind for judged in slips for explanation in judged.explanations}
    if said == {kind.value}:
        return "alone"
    return "with others" if kind.value in said else "as another" if said else "not"


EVERY = len(Kind)


def simulated(numbers, seed, kinds=EVERY):
    """The table of kinds and how they are named, and each that is not named alone."""
    table, others = Counter(), []
    for number in numbers:
        draw = random.Random(f"{seed} {number}")
        key = drawn(draw)
        if key is None:
            table["", "no exercise"] += 1
            continue
        report = check(key)
        assert all(judged.verdict.is_right for judged in report.judged), report
        assert not report.faults and not report.questions
        field = Field(key, report.sheets[0])
        for kind in draw.sample(list(Kind), kinds):
            _, slip = next(drawn_slips([field], draw, kind), (field, None))
            text = field.with_slips(slip.numbers) if slip else ""
            if text:
                how = how_named(slip, check(text))
                table[kind.value, how] += 1
                if how not in ("alone", "hidden"):
                    others.append((number, how, kind.value, slip.change.words, text))
    return table, others


@pytest.mark.long
def test_a_slip_in_an_exercise_is_named_alone(full):
    count, kinds = (24, EVERY) if full else (1, 4)
    table, others = simulated(range(count), "exercises", kinds)
    named = sum(number for (_, how), number in table.items() if how == "alone")
    planted = sum(number for (kind, how), number in table.items() if kind and how != "hidden")
    assert named >= 0.99 * planted, others[0]


if __name__ == "__main__":
    count, start = (int(text) for text in [*sys.argv[1:], "10", "0"][:2])
    found, wrong = simulated(range(start, start + count), "exercises")
    ways = sorted({how for _, how in found})
    print(f"{'':<32}", *(f"{way:>28}" for way in ways))
    for kind in [kind.value for kind in Kind] + [""]:
        row = [found[kind, way] for way in ways]
        print(f"{kind:<32}", *(f"{number:>28}" for number in row))
    for number, how, kind, words, text in wrong:
        print(f"\n{number}: {kind} ({words}) named {how}\n{check(text)}")
