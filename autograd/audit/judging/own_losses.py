"""Gradients in what belongs to a sample: dz^(1) may be of the cost, or of its own loss L^(1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from autograd.audit.expressions import Derivative, Name, keys_in, names_in
from autograd.audit.sheet import Sheet
from autograd.notes.profiles import NOTATIONS


class Sample(NamedTuple):
    """What is computed for a sample alone, the last first, and the names that it starts from."""

    computed: tuple[Name, ...]
    start: frozenset[Name]

    @property
    def loss(self) -> Name:
        """The last that is computed for it."""
        return self.computed[0]


def gradients_of_samples(sheet: Sheet) -> Mapping[Name, tuple[Derivative, Sequence[Sample]]]:
    """The names of such gradients, with what they mean and all samples, that of the gradient first,
    where the notation does not say which are meant.
    """
    if sheet.notation and not NOTATIONS[sheet.notation].per_sample_gradients:
        return {}
    meant = {n: key for n, key in sheet.definitions.items() if isinstance(key, Derivative)}
    samples = {root: samples_of(sheet, root) for root in {key.root for key in meant.values()}}
    found = {}
    for name, key in meant.items():
        own = [each for each in samples[key.root] if key.variable in each.computed]
        if own:
            found[name] = key, [*own, *(each for each in samples[key.root] if each not in own)]
    return found


def samples_of(sheet: Sheet, root: Name) -> Sequence[Sample]:
    """The samples that a cost is summed over; none where it is of one, or of several outputs.

    Samples have parameters in common, and nothing else is one: no gradient is taken in it.
    """
    last = [root]
    while len(last) == 1:
        last = [name for name in _operands(sheet, last[0]) if _is_computed(sheet, name)]
    samples: list[Sample] = []
    for name in last:
        sample = _behind(sheet, name)
        for other in [each for each in samples if not {*each.computed}.isdisjoint(sample.computed)]:
            samples.remove(other)
            both = dict.fromkeys((*other.computed, *sample.computed))
            sample = Sample(tuple(both), other.start | sample.start)
        samples.append(sample)
    if len({len(sample.computed) for sample in samples}) != 1 or len(samples) < 2:
        return []
    starts = [sample.start for sample in samples]
    shared = frozenset.intersection(*starts)
    inputs = frozenset[Name]().union(*starts) - shared
    taken = {sheet.derivative_of(claim.left) for claim in sheet.claims}
    are_outputs = any(Derivative(root, name) in taken for name in inputs)
    return samples if shared and not are_outputs else []


def _behind(sheet: Sheet, name: Name) -> Sample:
    """A name and all that it is computed from."""
    todo, computed, start = [name], dict[Name, None](), set[Name]()
    while todo:
        last = todo.pop()
        if not _is_computed(sheet, last):
            start.add(last)
        elif last not in computed:
            computed[last] = None
            todo += _operands(sheet, last)
    return Sample(tuple(computed), frozenset(start))


def _operands(sheet: Sheet, name: Name) -> Iterator[Name]:
    return iter(
        dict.fromkeys(names_in(sheet.definitions[name]) if name in sheet.definitions else ())
    )


def _is_computed(sheet: Sheet, name: Name) -> bool:
    """Whether it is defined, but as a parameter after an update."""
    keys = keys_in(sheet.definitions[name]) if name in sheet.definitions else ()
    return bool(keys) and not any(isinstance(key, Derivative) for key in keys)
