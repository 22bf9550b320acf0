"""What a function leaves out or leaves open, though no value of it departs.

A parameter that keeps its old value, where others are updated; a gradient that is not compared, and
of which nothing that follows is right either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from autograd.audit.tracing.aligning import NO_NAME, Aligned
from autograd.audit.tracing.held import Held
from autograd.audit.tracing.naming import meant
from autograd.audit.tracing.numbers import Array, agree, array_of
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Watched

MOST_NESTED = 4  # lists in what is returned
VOUCHES = {  # for a gradient: its layer's next gradients, or the update
    Role.OF_WEIGHTS: ((Role.OF_WEIGHTS, 0), (Role.WEIGHTS, 1)),
    Role.OF_BIASES: ((Role.OF_BIASES, 0), (Role.BIASES, 1)),
    Role.OF_SUMS: ((Role.OF_WEIGHTS, 0), (Role.WEIGHTS, 1)),
    Role.OF_OUTPUTS: ((Role.OF_WEIGHTS, 0), (Role.WEIGHTS, 1)),
}


def not_updated(found: Aligned, seen: Watched, truths: Truths) -> list[Held]:
    """The parameters that keep their old values, of code that updates some and ends.

    Only what it assigns anew, returns, or holds beside those that it updates: code may leave the
    rest to others. Each is held where it is last assigned, or where the function returns.
    """
    of_update: dict[Quantity, list[Held]] = {}
    for each in found.held:
        if each.quantity.role.is_parameter or each.quantity in truths.updated:
            of_update.setdefault(each.quantity, []).append(each)
    updates = [x for held in of_update.values() for x in held if x.place]
    if not updates or not seen.is_whole or seen.error is not None:
        return []
    beside = {x.assigned.holder for x in updates} - {""}
    returned = list(_arrays(seen.returned))
    values = [*(each.value for each in seen.assignments), *returned]
    return [
        _kept(held, seen, truths)
        for held in of_update.values()
        if _is_left(held, values, truths)
        and (
            _is_anew(held)
            or any(x.assigned.holder in beside for x in held)
            or any(agree(value, held[-1].truth, truths.scale) for value in returned)
        )
    ]


def _is_left(held: Sequence[Held], values: Sequence[Array], truths: Truths) -> bool:
    """Whether the step changes a parameter, and no value at all is the new one."""
    quantity = held[-1].quantity
    new = truths.rows[quantity][1:2]
    is_decided = not any(quantity.layer <= kink for kink in truths.kinks)
    if not new or not is_decided or any(each.departs or each.place for each in held):
        return False
    return not any(agree(value, new[0], truths.scale) for value in values)


def _is_anew(held: Sequence[Held]) -> bool:
    """Whether the last value was assigned to a variable that had been right before."""
    return any(x.assigned.label == held[-1].assigned.label for x in held[:-1])


def _kept(held: Sequence[Held], seen: Watched, truths: Truths) -> Held:
    last = held[-1]
    found = replace(last, place=1, truth=truths.rows[last.quantity][1], how="")
    if _is_anew(held):
        return found
    line, code = seen.last
    assigned = last.assigned._replace(line=line, code=code)
    return replace(found, assigned=assigned, order=len(seen.assignments))


def _arrays(returned: Any, depth: int = 0) -> Iterator[Array]:
    """The arrays in what a function returned."""
    array = array_of(returned)
    if array is not None:
        yield array
    elif depth < MOST_NESTED and isinstance(returned, (list, tuple, dict)):
        for each in returned.values() if isinstance(returned, dict) else returned:
            yield from _arrays(each, depth + 1)


def unchecked(found: Aligned, seen: Watched, truths: Truths) -> list[str]:
    """The gradients that were not compared, where nothing that rests on them was found right."""
    right = {(x.quantity.role, x.quantity.layer, min(x.place, 1)) for x in found.right}
    names = dict[str, None]()
    for each in seen.assignments:
        if found.others.get(each.label, NO_NAME) == NO_NAME:
            continue
        for quantity in meant(each, each.size, found.scheme, truths.last)[0]:
            vouches = VOUCHES.get(quantity.role)
            if vouches and not any((role, quantity.layer, new) in right for role, new in vouches):
                names[each.written] = None
    return list(names)
