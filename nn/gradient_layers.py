"""The lines of a recorded network's gradients, layer by layer, and in each sample by sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from autograd.graph import topological_order
from autograd.notes.steps import Step
from autograd.value import Value

Layers = tuple[tuple[int, tuple[Step, ...]], ...]


def by_layer(
    gradients: Sequence[Step],
    cost: Value,
    model: Any,
    samples: int,
    first_layer: int,
    wanted: Sequence[Value] = (),
) -> Layers:
    """The lines of the gradients in each layer, the last first, sample by sample.

    A line of what is of no layer stands before what it leads to; 0 is for a model without layers.
    Those of the cost, of inputs and of targets are left out, unless they are `wanted`. `samples` is
    how many losses the cost is the mean of.
    """
    places = _places(model)
    found: dict[int, list[Step]] = {}
    waiting: list[Step] = []
    for step in gradients:
        layer = places.get(step.node, places.get(step.node.name))
        if layer is not None:
            found.setdefault(layer, []).extend([*waiting, step])
            waiting = []
        elif step.node in wanted or (step.node.operation is not None and step.node is not cost):
            waiting.append(step)
    if waiting:
        found.setdefault(0, []).extend(waiting)
    sample = _samples_of_nodes(cost, samples, model.parameters())
    for steps in found.values():
        steps.sort(key=lambda step: sample.get(step.node, samples))
    return tuple(
        (layer and layer + first_layer, tuple(found[layer]))
        for layer in sorted(found, reverse=True)
    )


def _places(model: Any) -> dict[Any, int]:
    """The layer of each parameter, and of each name that a neuron gives."""
    places: dict[Any, int] = {}
    for layer in reversed(getattr(model, "layers", [])):
        names = [(n.preactivation_name, n.activation_name) for n in layer.neurons]
        places |= dict.fromkeys(chain(layer.parameters(), *names), layer.number)
    return dict.fromkeys(model.parameters(), 0) | places


def _samples_of_nodes(cost: Value, samples: int, ends: Iterable[Value]) -> dict[Value, int]:
    """Which sample each node was computed from, if one of several alone."""
    sample: dict[Value, int] = {}
    if samples > 1:
        for number, each in enumerate(cost.operands):
            if each.__class__ is Value:
                own = topological_order(each, stop=[*sample, *ends])
                sample |= dict.fromkeys(own, number)
    return sample
