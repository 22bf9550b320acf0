"""Whole layers of a network by one name: W1 for w_00^1, w_01^1, ..., dW1 for their gradients.

They are called as the notation calls an element, without its index: W^[1] and Z^[1], also w1, Z1.
Weights are turned as the notation multiplies them, samples are the columns, or the rows where it
has X W.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from autograd.audit.expressions import Derivative, Name
from autograd.audit.reading.arrays import Array, Shape
from autograd.audit.reading.gradient_names import gradient_names
from autograd.audit.reading.network import Network, spelled
from autograd.notes.meaning import Quantity, Role

ELEMENT = re.compile(r"([A-Za-z]+)(\d*)_\{?[\d,]+\}?((?:\^.+)?)")
SUMMED = (Role.PREACTIVATION, Role.ACTIVATION)
INPUTS, TARGETS = ("X", "A0", "a0", "A^[0]", "a^[0]"), ("Y",)  # what they are called besides

Layers = Mapping[str, Array]


def layers_of(network: Network) -> Layers:
    """The whole layers by their names; what two layers would be called is the name of none.

    >>> from autograd.audit.reading.network import network_of
    >>> from autograd.notes.notation import NOTES
    >>> found = layers_of(network_of("2-1 relu", NOTES))
    >>> found["W1"].shape, [item.text for item in found["a^0"].items]
    ((1, 2), ['a_0^0', 'a_1^0'])
    """
    return _alone((name, array) for _, names, array in _layers(network) for name in names)


def gradients_of(network: Network, root: Name, share: Fraction) -> Layers:
    """The gradients of whole layers: dW1, and by the notation's own names, delta^1.

    Where neither the notation nor the sheet says whether those of a sample are of its own loss, of
    which `share` is in the root, there are none.
    """
    return _alone(_gradients(network, root, share))


def _alone(pairs: Iterator[tuple[str, Array]]) -> Layers:
    found: dict[str, Array] = {}
    twice = set[str]()
    for name, array in pairs:
        twice |= {name} if found.setdefault(name, array) != array else set()
    return {name: array for name, array in found.items() if name not in twice}


def _layers(network: Network) -> Iterator[tuple[Quantity, Sequence[str], Array]]:
    """What is in each layer, with the quantity of its first element and what it is called."""
    samples, sizes = network.samples or (0,), network.sizes
    for layer, width in enumerate(sizes):
        for role in SUMMED if layer else SUMMED[1:]:
            names = [network.layer(role, layer, sample) for sample in samples]
            more = () if layer else INPUTS
            first = Quantity(role, layer, 0, None, sizes)
            yield first, (*_called(network.layer(role, layer)[0].text), *more), _of(network, names)
        if not layer:
            continue
        weights = network.layer(Role.WEIGHT, layer)
        shape, rows = (width, sizes[layer - 1]), weights
        if network.notation.orientation != "W a":
            shape, rows = shape[::-1], [w for k in range(shape[1]) for w in weights[k :: shape[1]]]
        first = Quantity(Role.WEIGHT, layer, 0, 0, sizes)
        yield first, _called(weights[0].text), Array(shape, tuple(rows), 1, 1)
        if biases := network.layer(Role.BIAS, layer):
            first = Quantity(Role.BIAS, layer, 0, None, sizes)
            array = _of(network, [biases])
            if network.samples and len(array.shape) == 1:  # the same for each column
                array = array._replace(shape=(width, 1))
            yield first, _called(biases[0].text), array


def targets_of(network: Network, targets: Sequence[Sequence[Name]]) -> Layers:
    """The targets of the samples, by what they are called together."""
    called = (*_called(_without_sample(targets[0][0].text)), network.notation.target_name, *TARGETS)
    return {name: _of(network, targets) for name in called}


def _of(network: Network, columns: Sequence[Sequence[Name]]) -> Array:
    """The names of each sample as an array; those of one alone as a list, or as a row."""
    is_row = network.notation.orientation == "X W"
    if len(columns) == 1:
        (column,) = columns
        shape: Shape = (1, len(column)) if is_row else (len(column),)
        return Array(shape, tuple(column), 1, 1)
    rows = columns if is_row else list(zip(*columns, strict=True))
    items = tuple(name for row in rows for name in row)
    return Array((len(rows), len(rows[0])), items, 1, 1)


def _gradients(network: Network, root: Name, share: Fraction) -> Iterator[tuple[str, Array]]:
    for first, called, array in _layers(network):
        names = [name for name in array.items if isinstance(name, Name)]
        own = [_own(network, root, name, share) for name in names]
        with_d = tuple(f"d{name}" for name in called)
        if all(own):
            items = tuple(name for name in own if name is not None)
            called = (*_called(spelled(_without_sample(items[0].text))), *with_d)
            yield from ((name, array._replace(items=items)) for name in dict.fromkeys(called))
        elif network.notation.error_sign > 0 and not (network.samples and first.role in SUMMED):
            items_of = tuple(Derivative(root, name) for name in names)
            yield from ((name, array._replace(items=items_of)) for name in with_d)


def _own(network: Network, root: Name, name: Name, share: Fraction) -> Name | None:
    """The name of its own that the gradient in something has."""
    found = gradient_names(network.notation, root, name, share, network.quantities)
    return next((own for own, _ in found), None)


def _without_sample(name: str) -> str:
    return re.sub(r"\^?\(\d+\)$", "", name)


def _called(element: str) -> tuple[str, ...]:
    """What a layer is called of which this is an element: z^[1], Z^[1], z1, Z1 of z_1^[1]."""
    match = ELEMENT.fullmatch(element)
    if match is None:
        return ()
    base, digits, above = match.groups()
    before, letter = base[:-1], base[-1]
    both = [base]
    if before in ("", "d"):
        both = [before + letter.lower(), before + letter.upper()]
    number = digits or re.sub(r"\D", "", above)
    names = [f"{each}{digits}{above}" for each in both]
    names += [f"{each}{number}" for each in both if each != "w"]  # w1 is one weight of many books
    return tuple(dict.fromkeys(names))
