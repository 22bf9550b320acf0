"""In which order people write the sum over the paths that a gradient comes by: first to last."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.notes.labels import Labels
from autograd.reading import Value


def written_order(results: Sequence[Value], label: Labels) -> list[int]:
    """The places of `results`, a gradient's paths, in the order in which they are written.

    That is by sample, then by layer and neuron, where all have one; else as they were computed. The
    engine goes backwards, and adds up from the last.

    >>> import nn
    >>> from autograd.notes.labels import every_node
    >>> model = nn.MLP.from_weights([[[1], [2], [3]]], [[0, 0, 0]], ["linear"])
    >>> third, second, first = reversed(model([1]))
    >>> label = every_node(third * second * first)
    >>> written_order([third, second, first], label)
    [2, 1, 0]
    """
    samples = [label.sample(result) or 0 for result in results]
    meanings = [label.meaning(result) for result in results]
    neurons = [each and (each.layer, each.neuron or 0) for each in meanings]
    position = label.graph.position

    def key(place: int) -> tuple[object, ...]:
        by_neuron = neurons[place] if None not in neurons else ()
        return 0 not in samples and samples[place], by_neuron, position[results[place]]

    return sorted(range(len(results)), key=key)
