"""Gradients in what belongs to a sample: dz^(1) may be of the cost, or of its own loss L^(1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, permutations

from autograd.audit.expressions import Derivative, Name
from autograd.audit.reading.gradient_names import SAMPLE
from autograd.audit.sheet import Sheet
from autograd.notes.profiles import NOTATIONS


def gradients_of_samples(sheet: Sheet) -> Mapping[Name, Derivative]:
    """The names of such gradients where the notation does not say which are meant.

    What is computed from the same with another number, z^(2) from z^(1), belongs to a layer.
    """
    if sheet.notation and not NOTATIONS[sheet.notation].per_sample_gradients:
        return {}
    found = {
        name: meaning
        for name, meaning in sheet.definitions.items()
        if isinstance(meaning, Derivative) and _sample(name) and _sample(meaning.variable)
    }
    samples = {tuple(same_of_samples(sheet, key.variable)) for key in found.values()}
    pairs = chain.from_iterable(permutations(names, 2) for names in samples)
    are_layers = any(sheet.between(Derivative(*pair)) for pair in pairs)
    return {} if are_layers or max(map(len, samples), default=0) < 2 else found


def same_of_samples(sheet: Sheet, variable: Name) -> Sequence[Name]:
    """What is given or computed for each sample as this is for its own."""
    base = SAMPLE.sub("", variable.text)
    return [
        name
        for name in chain(sheet.definitions, sheet.given)
        if name.epoch == variable.epoch and _sample(name) and SAMPLE.sub("", name.text) == base
    ]


def own_loss(sheet: Sheet, variable: Name) -> Name | None:
    """The last that is computed from something and belongs to the same sample; None for several."""
    sample = _sample(variable)
    last = [
        name
        for name in sheet.definitions
        if _sample(name) == sample
        and name.epoch == variable.epoch
        and sample not in map(_sample, sheet.users.get(name, ()))
        and sheet.between(Derivative(name, variable))
    ]
    return last[0] if len(last) == 1 else None


def _sample(name: Name) -> str:
    match = SAMPLE.search(name.text)
    return match[1] if match else ""
