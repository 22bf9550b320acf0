"""Values that depart by a name or a convention alone, which are no mistakes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from autograd.audit.tracing.held import AGAINST, BY_NAME, NEGATIVE, Held, conventions
from autograd.audit.tracing.naming import is_explicit
from autograd.audit.tracing.numbers import agree, times
from autograd.audit.tracing.truths import Quantity, Role, Truths


def forgiven(held: Sequence[Held], truths: Truths) -> list[Held]:
    """The values, with those that depart by name or convention alone said to be so."""
    have = {(each.quantity, each.place) for each in held if not each.departs}
    held = [x for x in held if not (x.departs and _has_another_name(x, have))]
    found = [_at_a_kink(each, truths) for each in held]
    ends = _ends(found, truths)
    is_lost = any(each.departs and each.quantity.role is Role.LOSS for each in found)
    found = [_by_name(each, truths) if _leads_to(each, ends, is_lost) else each for each in found]
    if _are_updated(found, truths):
        is_number = {id(x) for x in found if x.quantity.role is Role.NUMBER and not x.place}
        found = [_by_name(x, truths) if x.departs and id(x) in is_number else x for x in found]
    found = [_in_convention(_against_weights(each, found), found, truths) for each in found]
    return _all_negative(found, truths)


def _are_updated(held: Sequence[Held], truths: Truths) -> bool:
    """Whether the code updates all single numbers that the step does, and each is right."""
    new = {each.quantity for each in held if each.place > 0 and not each.departs}
    return bool(truths.updated) and truths.updated <= new


def _has_another_name(held: Held, have: Collection[tuple[Quantity, int]]) -> bool:
    """Whether another variable is that number: v12 is not v_12 where both are there."""
    is_number = held.quantity.role is Role.NUMBER
    return is_number and (held.quantity, held.place) in have


def _in_convention(held: Held, found: Sequence[Held], truths: Truths) -> Held:
    """An error term that departs, beside the truth in the convention of the ones before it."""
    roles = (Role.OF_SUMS, Role.OF_OUTPUTS)
    if not held.departs or held.quantity.role not in roles:
        return held
    before = [x for x in found if x.how and x.quantity.role in roles and x.order < held.order]
    usual = truths.samples if truths.notation.per_sample_gradients else 1
    return replace(held, factor=before[-1].factor if before else usual)


def _against_weights(held: Held, found: Sequence[Held]) -> Held:
    """A square gradient that is the transpose, where the weights are not: asked about."""
    is_square = len(held.truth) == len(held.truth[0])
    if held.quantity.role is Role.OF_WEIGHTS and is_square and held.how == "transposed":
        weights = Quantity(Role.WEIGHTS, held.quantity.layer)
        if any(x.quantity == weights and x.how == "same" for x in found):
            return replace(held, how=AGAINST)
    return held


def _by_name(held: Held, truths: Truths) -> Held:
    return replace(held, how=NEGATIVE if _is_negative(held, truths) else BY_NAME)


def _at_a_kink(held: Held, truths: Truths) -> Held:
    """What rests on the slope of a ReLU at 0, which rounding decides, is not judged."""
    role, layer = held.quantity.role, held.quantity.layer
    rests = role.is_gradient or (role.is_parameter and held.place > 0) or role is Role.NUMBER
    if held.departs and rests and any(layer <= kink for kink in truths.kinks):
        return replace(held, how="not decided: a ReLU stands at 0")
    return held


Ends = Mapping[tuple[int, bool], bool]


def _ends(held: Iterable[Held], truths: Truths) -> Ends:
    """Whether what gradients lead to is right, by layer, of weights and of biases (True): the
    updates where there are any, else the gradients. Adam's first step is the same for any size of a
    gradient: there the gradients count.
    """
    updates, gradients = dict[tuple[int, bool], bool](), dict[tuple[int, bool], bool]()
    for each in held:
        role, is_right = each.quantity.role, not each.departs
        key = each.quantity.layer, role in (Role.BIASES, Role.OF_BIASES)
        if role.is_parameter and (each.place > 0 or each.departs):
            updates[key] = updates.get(key, True) and is_right
        elif role in (Role.OF_WEIGHTS, Role.OF_BIASES):
            gradients[key] = gradients.get(key, True) and is_right
    of_descent = {key: right for key, right in updates.items() if _is_descent(key, truths)}
    return updates | gradients | of_descent


def _is_descent(key: tuple[int, bool], truths: Truths) -> bool:
    """Whether the first step of a layer's weights, or biases, is a multiple of their gradient."""
    layer, of_biases = key
    role = Role.BIASES if of_biases else Role.WEIGHTS
    of = Role.OF_BIASES if of_biases else Role.OF_WEIGHTS
    old, new, gradient = truths.of(role, layer), truths.of(role, layer, 1), truths.of(of, layer)
    if old is None or new is None or gradient is None:
        return False
    pairs = [
        (after - before, g)
        for x, y, z in zip(old, new, gradient, strict=True)
        for before, after, g in zip(x, y, z, strict=True)
    ]
    largest, of_it = max(((step, g) for step, g in pairs), key=lambda pair: abs(pair[1]))
    near = 1e-6 * abs(largest * of_it)  # both are differences of floats
    return len(pairs) > 1 and all(abs(step * of_it - g * largest) <= near for step, g in pairs)


def _leads_to(held: Held, ends: Ends, is_lost: bool) -> bool:
    """Whether a departing value leads to nothing but what is right; `is_lost`: not the loss."""
    role, layer = held.quantity.role, held.quantity.layer
    if is_lost and not role.is_gradient:
        return False
    if not held.departs or held.place > 0 or role in (Role.LOSS, Role.NUMBER, Role.TARGETS):
        return False
    if role in (Role.OF_WEIGHTS, Role.OF_BIASES):
        return ends[layer, role is Role.OF_BIASES]
    layers = range(1, layer + 1) if role.is_gradient else {each for each, _ in ends}
    are_known = bool(layers) and all((each, False) in ends for each in layers)
    return are_known and all(right for (each, _), right in ends.items() if each in layers)


def _all_negative(held: Sequence[Held], truths: Truths) -> list[Held]:
    """Gradients that are all the negatives, under names that leave the sign open: a convention."""
    gradients = [each for each in held if each.quantity.role.is_gradient]
    turned = [x for x in gradients if x.departs and _is_negative(x, truths)]
    names = [each.assigned.name for each in turned]
    is_convention = bool(turned) and len(turned) == len(gradients) and not is_explicit(names)
    chosen = turned if is_convention else []
    return [replace(x, how=NEGATIVE) if any(x is t for t in chosen) else x for x in held]


def _is_negative(held: Held, truths: Truths) -> bool:
    value, factors = held.assigned.value, conventions(held.quantity, truths)
    return any(agree(value, times(-factor, held.truth), truths.scale) for factor in factors)
