"""Which of the values that a function assigned are the step's, and which is the first that departs.

A variable may be changed until it holds what its name says, `dW1 /= m`, and again in the next pass.
A value that departs is none where the variable comes to the true one later. What everything after
it agrees with is a name for something else, and no mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd.audit.tracing.containers import by_values
from autograd.audit.tracing.elsewhere import Elsewhere
from autograd.audit.tracing.forgiving import forgiven
from autograd.audit.tracing.held import Held, agreement, held_against
from autograd.audit.tracing.naming import Scheme, meant, schemes
from autograd.audit.tracing.numbers import is_like
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Assignment

NO_NAME = "the step has no such name"


class Aligned(NamedTuple):
    """The values that are the step's or depart, in their order, and what is not compared."""

    held: Sequence[Held]
    others: Mapping[str, str]
    scheme: Scheme

    @property
    def departing(self) -> list[Held]:
        """Those that depart, the first first."""
        return sorted((each for each in self.held if each.departs), key=lambda each: each.order)

    @property
    def right(self) -> list[Held]:
        """Those that do not."""
        return [each for each in self.held if not each.departs]


def aligned(assignments: Sequence[Assignment], truths: Truths) -> Aligned:
    """The assignments in the way of naming in which most are right."""
    found = [_in_scheme(assignments, scheme, truths) for scheme in schemes(truths)]
    best = max(found, key=lambda each: (len(each.right), -len(each.departing)))  # the first of them
    return best._replace(held=forgiven(best.held, truths))


def _in_scheme(assignments: Sequence[Assignment], scheme: Scheme, truths: Truths) -> Aligned:
    sizes: dict[str, int] = {}
    for each in assignments:
        sizes[each.container] = max(sizes.get(each.container, 0), each.size)
    chosen: dict[str, Quantity] = {}
    of_name: dict[str, list[Held]] = {}
    others: dict[str, str] = {}
    elsewhere = Elsewhere(truths)
    for order, each in enumerate(by_values(assignments, scheme, truths)):
        quantities, is_new = meant(each, sizes[each.container], scheme, truths.last)
        quantity = chosen.get(each.label) or _like(each, quantities, truths)
        elsewhere.look(each, quantity)
        reason = elsewhere.labels(each, quantity) or _not_compared(each, quantity, truths)
        if quantity is None or reason:
            others[each.label] = reason
            continue
        chosen[each.label] = quantity
        before = of_name.setdefault(each.label, [])
        matched = max((x.place for x in before if not x.departs), default=int(is_new) - 1)
        held = held_against(each, quantity, truths, matched, order)
        if not (held.is_near and elsewhere.is_other(held, matched)):
            before.append(held)
    updates = [x.order for each in of_name.values() for x in each if _is_update(x)]
    final = [x for each in of_name.values() for x in _final(each, updates)]
    others = {name: why for name, why in others.items() if name not in of_name and ": " not in name}
    return Aligned(sorted(final, key=lambda each: each.order), others, scheme)


def _like(assigned: Assignment, found: Sequence[Quantity], truths: Truths) -> Quantity | None:
    """Of what a name may mean the one whose numbers, or at least shape, it has."""

    def rank(quantity: Quantity) -> tuple[bool, bool]:
        passes = truths.rows[quantity]
        agrees = any(agreement(assigned, quantity, truth, truths)[0] for truth in passes)
        return agrees, is_like(assigned.value, passes[0])

    return max(found, key=rank, default=None)


def _not_compared(assigned: Assignment, quantity: Quantity | None, truths: Truths) -> str:
    """Why a value is not held against the truth; "" where it is."""
    if quantity is None or (assigned.owner and quantity.role is Role.NUMBER):
        return NO_NAME
    truth = truths.rows[quantity][0]
    is_whole = assigned.value.is_whole and not assigned.value.shape
    if is_whole and not any(x.is_integer() for rows in truth for x in rows):
        return "a whole number"
    if is_like(assigned.value, truth):
        return ""
    sides = "x".join(str(side) for side in (len(truth), len(truth[0])))
    name = truths.called(quantity)
    return f"its shape is {assigned.value.described}, that of {name} {sides}"


def _is_update(held: Held) -> bool:
    return held.quantity.role.is_parameter and held.place > 0


def _final(held: Sequence[Held], updates: Sequence[int]) -> list[Held]:
    """A variable's values without those on the way to a right one, or to the last of a pass, and
    without those that go on from a right one to something else.
    """
    return [x for place, x in enumerate(held) if not x.departs or _is_meant(held, place, updates)]


def _is_meant(held: Sequence[Held], place: int, updates: Sequence[int]) -> bool:
    """Whether a value that departs is the one that a variable was to have in a pass."""
    each, later = held[place], held[place + 1 :]
    before = [x for x in held[:place] if not x.departs]
    wanted = (before[-1].place, before[-1].place + 1) if before else (0,)
    if any(not x.departs and x.place in wanted for x in later):
        return False
    if later and later[0].departs and not _between(each, later[0], updates):
        return False
    is_parameter = each.quantity.role.is_parameter
    return is_parameter or not before or _between(before[-1], each, updates)


def _between(first: Held, second: Held, updates: Sequence[int]) -> bool:
    """Whether a parameter is updated from one assignment to another."""
    return any(first.order < update < second.order for update in updates)
