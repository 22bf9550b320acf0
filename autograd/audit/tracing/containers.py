"""What a dictionary is of, by what its values are: g["W1"] may be the weights or their gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.audit.tracing.naming import Scheme, meant
from autograd.audit.tracing.numbers import agree, times
from autograd.audit.tracing.truths import Truths
from autograd.audit.tracing.watching import Assignment


def by_values(
    assignments: Sequence[Assignment], scheme: Scheme, truths: Truths
) -> list[Assignment]:
    """The assignments, with the entries of a dictionary as what the dictionary is of.

    The keys, and a name such as grads, say so; where no value is that, but one is the other, the
    weights in the place of their gradients or these in the place of weights, it is the other.
    """
    entries: dict[str, list[Assignment]] = {}
    for each in assignments:
        if each.is_entry:
            entries.setdefault(each.container, []).append(each)
    names = {label: _names(of, assignments, scheme, truths) for label, of in entries.items()}
    return [x._replace(name=names[x.container](x)) if x.is_entry else x for x in assignments]


def _names(
    entries: Sequence[Assignment],
    assignments: Sequence[Assignment],
    scheme: Scheme,
    truths: Truths,
) -> Callable[[Assignment], str]:
    """The names of a dictionary's entries; none of what is neither, as the means of squares are,
    where the updates of all that its keys name are right without it.
    """
    if any(_is_true(each, each.name, scheme, truths) for each in entries):
        return lambda entry: entry.name
    if any(_is_true(each, _other(each), scheme, truths) for each in entries):
        return _other
    rest = [x for x in assignments if x.container != entries[0].container]
    found = {x.name for x in rest if _is_true(x, x.name, scheme, truths, first=1)}
    is_needless = {each.name for each in entries} <= found
    return lambda entry: "" if is_needless else entry.name


def _other(entry: Assignment) -> str:
    """The gradient of what a key names, or that itself."""
    return entry.key if entry.name != entry.key else f"d{entry.key}"


def _is_true(
    assigned: Assignment, name: str, scheme: Scheme, truths: Truths, first: int = 0
) -> bool:
    """Whether a value, or its negative, is that of a name in any pass from one on."""
    named = assigned._replace(name=name)
    return any(
        agree(assigned.value, times(sign, truth), truths.scale)
        for quantity in meant(named, named.size, scheme, truths.last)[0]
        if not first or quantity.role.is_parameter
        for truth in truths.rows[quantity][first:]
        for sign in (1, -1)
    )
