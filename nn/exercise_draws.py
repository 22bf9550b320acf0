"""Draws of numbers for an exercise, until there are some that will do."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from autograd.notes.progress import tqdm_if_there
from nn.exercise_numbers import Drawn, Obstacle, drawn
from nn.exercise_wanted import Wanted

MOST_DRAWN = 10_000
PATIENCE = 1_000  # draws until more decimals will do


def draws(wanted: Wanted, source: random.Random, progress: bool | None = False) -> Iterator[Drawn]:
    """Numbers that will do with the decimals that the first of them needs.

    Where it may have more decimals, as few as will do are taken. A ValueError where no numbers are
    found says what stands in the way. `progress` shows a bar, by tqdm, from the first second on.
    """
    tqdm = tqdm_if_there(progress, "the progress", stacklevel=5)
    disable = None if progress is None else False
    bar = tqdm and tqdm(
        total=MOST_DRAWN, desc="drawing numbers", delay=1, leave=False, disable=disable
    )
    met, kept = Counter[Obstacle](), list[Drawn]()
    for number in range(MOST_DRAWN):
        if bar:
            bar.update()
        found = drawn(wanted, source)
        if isinstance(found, Obstacle):
            met[found] += 1
        else:
            kept.append(found)
        if kept and (number >= PATIENCE or kept[-1].places == wanted.places[0]):
            break
    if bar:
        bar.close()
    if not kept:
        raise ValueError(_refusal(wanted, met))
    yield from _alike(wanted, source, kept, MOST_DRAWN - number)


def _alike(wanted: Wanted, source: random.Random, kept: list[Drawn], left: int) -> Iterator[Drawn]:
    """The best of those that are there, and others that do with its decimals."""
    best = min(kept, key=lambda each: each.places)
    yield best
    yield from (each for each in kept if each is not best and each.places <= best.places)
    for _ in range(left):
        found = drawn(wanted, source)
        if isinstance(found, Drawn) and found.places <= best.places:
            yield found._replace(places=best.places)


def _refusal(wanted: Wanted, met: Counter[Obstacle]) -> str:
    """What stands in the way: of the checks the one that the fewest pass."""
    reached, passing = sum(met.values()), dict[Obstacle, float]()
    for obstacle in Obstacle:
        passing[obstacle] = 1 - met[obstacle] / reached if reached else 1.0
        reached -= met[obstacle]
    least = min(Obstacle, key=passing.__getitem__)
    return (
        f"in {MOST_DRAWN:,} draws no numbers were found for {wanted}, mostly as {least.value}: "
        f"with {least.remedy} there are some"
    )
