"""The quantities of a network, whatever a course calls them: what a name means."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple


class Role(Enum):
    """What a quantity is in its network."""

    WEIGHT = "weight"
    BIAS = "bias"
    PREACTIVATION = "pre-activation"
    ACTIVATION = "activation"  # in layer 0, an input


class Quantity(NamedTuple):
    """One quantity of a network, whatever a course calls it.

    Layer 0 holds the inputs; neurons and sources are counted from 0. `neuron` is None for what a
    whole layer shares. `sizes` are the widths of the network, (2, 3, 1), where they are known.

    >>> Quantity(Role.WEIGHT, layer=1, neuron=2, source=0).layer
    1
    """

    role: Role
    layer: int
    neuron: int | None = None
    source: int | None = None
    sizes: tuple[int, ...] = ()


def quantities(sizes: tuple[int, ...]) -> Iterator[Quantity]:
    """Every quantity of a network of these widths, layer by layer.

    >>> [quantity.role.value for quantity in quantities((1, 1))]
    ['activation', 'bias', 'weight', 'bias', 'pre-activation', 'activation']
    """
    for index in range(sizes[0]):
        yield Quantity(Role.ACTIVATION, 0, index, None, sizes)
    for layer, (inputs, neurons) in enumerate(pairwise(sizes), start=1):
        yield Quantity(Role.BIAS, layer, None, None, sizes)
        for index in range(neurons):
            for source in range(inputs):
                yield Quantity(Role.WEIGHT, layer, index, source, sizes)
            yield Quantity(Role.BIAS, layer, index, None, sizes)
            yield Quantity(Role.PREACTIVATION, layer, index, None, sizes)
            yield Quantity(Role.ACTIVATION, layer, index, None, sizes)
