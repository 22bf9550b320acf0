"""The widths of a network that a sheet defines by itself: how deep its weighted sums lie."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from autograd.audit.expressions import Expression, Name, names_in
from autograd.audit.reading.gradient_names import matched
from autograd.audit.reading.network import spelled
from autograd.audit.sheet import Sheet
from autograd.notes.meaning import Role, quantities
from autograd.notes.notation import Notation

MOST_LAYERS, MOST_SUMS = 12, 200


def sizes_of(notation: Notation, sheet: Sheet) -> tuple[int, ...]:
    """The widths of the network that a sheet defines; none where its names are no network's.

    >>> from autograd.audit.reading.epochs import read
    >>> from autograd.notes.profiles import NOTATIONS
    >>> [sheet] = read("define net_3 = w_31*x_1 + w_32*x_2 + w_30; o_3 = sigmoid(net_3)")
    >>> sizes_of(NOTATIONS["mitchell"], sheet)
    (2, 1)
    """
    defined = {name: e for name, e in sheet.definitions.items() if not name.epoch}
    sums = [name for name in defined if matched(notation, "preactivation", name.text)]
    if not 0 < len(sums) <= MOST_SUMS:
        return ()
    depths = _depths(defined, frozenset(sums))
    last = max(depths[name] for name in sums)
    layers = [[name for name in sums if depths[name] == depth] for depth in range(1, last + 1)]
    operands = {operand for name in layers[0] for operand in names_in(defined[name])}
    for inputs in range(len(operands) - 1, 0, -1) if last < MOST_LAYERS else ():
        sizes = (inputs, *map(len, layers))
        if _fits(notation, sizes, layers, defined):
            return sizes
    return ()


def _depths(defined: Mapping[Name, Expression], sums: frozenset[Name]) -> dict[Name, int]:
    """How many sums there are on the way to a name, itself included."""
    found: dict[Name, int] = {}
    for name in TopologicalSorter({n: names_in(e) for n, e in defined.items()}).static_order():
        before = names_in(defined[name]) if name in defined else ()
        found[name] = max((found[each] for each in before), default=0) + (name in sums)
    return found


def _fits(
    notation: Notation,
    sizes: tuple[int, ...],
    layers: list[list[Name]],
    defined: Mapping[Name, Expression],
) -> bool:
    """Whether the sums of a network of these widths are made of what they should be."""
    try:
        known = {spelled(notation.text(quantity)): quantity for quantity in quantities(sizes)}
    except ValueError:  # the notation has no letters for so many layers
        return False
    inputs = set[str]()
    for layer, sums in enumerate(layers, start=1):
        for name in sums:
            found = known.get(name.text)
            if found is None or found[:2] != (Role.PREACTIVATION, layer):
                return False
            for operand in names_in(defined[name]):
                meant = known.get(operand.text)
                if meant and meant.layer != layer - (meant.role is Role.ACTIVATION):
                    return False
                inputs |= {operand.text} if meant and not meant.layer else set()
    return len(inputs) == sizes[0]
