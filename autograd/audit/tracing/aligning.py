"""Which of the values that a function assigned are the step's, and which is the first that departs.

A variable may be changed until it holds what its name says, `dW1 /= m`, and again in the next pass.
A value that departs is none where the variable comes to the true one later. What everything after
it agrees with is a name for something else, and no mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from autograd.audit.tracing.containers import by_values
from autograd.audit.tracing.naming import Scheme, is_explicit, meant, schemes
from autograd.audit.tracing.numbers import (
    OF_A_GUARD,
    Array,
    Rows,
    agree,
    is_like,
    largest_of,
    times,
    transposed,
)
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Assignment


@dataclass(frozen=True)
class Held:
    """An assigned value held against the step: what it is there, in which pass, and the truth.

    `how` is "same", "transposed", "" where it departs, or why it is no mistake; `factor` is what
    the truth is to be multiplied with in the convention that the code is in.
    """

    assigned: Assignment
    quantity: Quantity
    place: int
    truth: Rows
    how: str
    order: int
    factor: float = 1

    @property
    def departs(self) -> bool:
        """Whether it is not what the step has."""
        return not self.how

    @property
    def is_near(self) -> bool:
        """Whether it is what the step has but for a guard, or departs."""
        return self.departs or self.how.startswith(NEARLY)


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


NEGATIVE, BY_NAME = "negative", "by its name"
NO_NAME = "the step has no such name"
NEARLY = "equal to"  # within 1e-8
AGAINST = "transposed against its weights"


def aligned(assignments: Sequence[Assignment], truths: Truths) -> Aligned:
    """The assignments in the way of naming in which most are right."""
    found = [_in_scheme(assignments, scheme, truths) for scheme in schemes(truths)]
    best = max(found, key=lambda each: (len(each.right), -len(each.departing)))  # the first of them
    return best._replace(held=_forgiven(best.held, truths))


def _in_scheme(assignments: Sequence[Assignment], scheme: Scheme, truths: Truths) -> Aligned:
    sizes: dict[str, int] = {}
    for each in assignments:
        sizes[each.container] = max(sizes.get(each.container, 0), each.size)
    chosen: dict[str, Quantity] = {}
    of_name: dict[str, list[Held]] = {}
    others: dict[str, str] = {}
    elsewhere = _Elsewhere(truths)
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
        held = _held(each, quantity, truths, matched, order)
        if not (held.is_near and elsewhere.is_other(held, matched)):
            before.append(held)
    updates = [x.order for each in of_name.values() for x in each if _is_update(x)]
    final = [x for each in of_name.values() for x in _final(each, updates)]
    others = {name: why for name, why in others.items() if name not in of_name and ": " not in name}
    return Aligned(sorted(final, key=lambda each: each.order), others, scheme)


class _Elsewhere:
    """What is computed beside the step: in the passes after its last one, and in calls with other
    parameters or inputs than its own, as those of a numerical gradient.

    `right` are the quantities that were the step's till now, `beyond` the values that they had
    after its last pass, `calls` the numbers of the calls, `own` the attributes of self that depart.
    """

    def __init__(self, truths: Truths) -> None:
        self.truths = truths
        self.right: set[Quantity] = set()
        self.beyond: list[tuple[Quantity, Array]] = []
        self.calls: set[int] = set()
        self.own: set[str] = set()

    def look(self, assigned: Assignment, quantity: Quantity | None) -> None:
        """Take note of a value: whether what it is handed, or has in self, is the step's."""
        if quantity is None:
            return
        passes = self.truths.rows[quantity]
        is_right = any(
            way(assigned, quantity, truth, self.truths)[0]
            for way in (_how, _guarded)
            for truth in passes
        )
        is_given = quantity.role.is_parameter or quantity in self.truths.given
        if is_given and not is_right and quantity in self.right:
            if assigned.owner and assigned.is_argument:
                self.calls.add(assigned.call)
            if assigned.written.startswith("self."):
                self.own.add(assigned.written)
        if is_right:
            self.right.add(quantity)
            self.own.discard(assigned.written)

    def labels(self, assigned: Assignment, quantity: Quantity | None) -> str:
        """Of the classes that are predicted, that they are labels; "" of the last outputs."""
        if quantity != Quantity(Role.OUTPUTS, self.truths.last) or not assigned.value.shape:
            return ""
        is_sharp = quantity in self.right and set(assigned.value.flat) <= {0, 1}
        if not (assigned.value.is_whole or is_sharp):
            return ""
        is_true = any(agree(assigned.value, truth) for truth in self.truths.rows[quantity])
        return "" if is_true else "labels of classes"

    def is_other(self, held: Held, matched: int) -> bool:
        """Whether a value that departs is another thing's: after the last pass that the step has;
        of a name for what is given, not computed, as x = A[:, 0]; an argument of a function in
        between, or what that computes from others than the step's.
        """
        assigned, quantity = held.assigned, held.quantity
        if matched == len(self.truths.rows[quantity]) - 1:
            self.beyond.append((quantity, assigned.value))
            return True
        is_own = not assigned.owner or assigned.written.startswith("self.")
        if not is_own and (assigned.is_argument or self.own or assigned.call in self.calls):
            return True
        is_given = quantity in self.truths.given and not assigned.is_argument
        return is_given or self._is_beyond(held)

    def _is_beyond(self, held: Held) -> bool:
        """Whether another variable had that value after the last pass: the parameters go on."""
        goes_on = any(quantity.role.is_parameter for quantity, _ in self.beyond)
        return goes_on and any(
            quantity == held.quantity and agree(held.assigned.value, value.rows)
            for quantity, value in self.beyond
        )


def _like(assigned: Assignment, found: Sequence[Quantity], truths: Truths) -> Quantity | None:
    """Of what a name may mean the one whose numbers, or at least shape, it has."""

    def rank(quantity: Quantity) -> tuple[bool, bool]:
        passes = truths.rows[quantity]
        agrees = any(_how(assigned, quantity, truth, truths)[0] for truth in passes)
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


def _held(
    assigned: Assignment, quantity: Quantity, truths: Truths, matched: int, order: int
) -> Held:
    """A value beside the truth that it agrees with, of the pass that was matched or a later one."""
    passes = truths.rows[quantity]
    for way in (_how, _guarded):
        for place in range(max(matched, 0), len(passes)):
            how, factor = way(assigned, quantity, passes[place], truths)
            if how:
                return Held(assigned, quantity, place, passes[place], how, order, factor)
    place = min(matched + 1, len(passes) - 1)
    return Held(assigned, quantity, place, passes[place], "", order)


def _how(
    assigned: Assignment, quantity: Quantity, truth: Rows, truths: Truths
) -> tuple[str, float]:
    """How a value agrees with the truth, in the conventions that are left open."""
    for factor in conventions(quantity, truths):
        rows = truth if factor == 1 else times(factor, truth)
        if how := agree(assigned.value, rows, truths.scale):
            return how, factor
    return "", 1


def _guarded(
    assigned: Assignment, quantity: Quantity, truth: Rows, truths: Truths
) -> tuple[str, float]:
    """The same for what is off by no more than log(a + 1e-8) for log(a) makes it; what is given
    is exact, and an updated parameter measured by its step.
    """
    rows, tolerance = truths.rows[quantity], OF_A_GUARD
    if quantity.role.is_parameter or quantity in truths.updated:
        tolerance *= largest_of(truth, rows[0]) / (largest_of(truth) or 1)
    elif quantity in truths.given:
        return "", 1
    for factor in conventions(quantity, truths):
        near, value = times(factor, truth), assigned.value._replace(tolerance=tolerance)
        if how := agree(value, near):
            laid_out = near if how == "same" else transposed(near)
            return f"{NEARLY} {largest_of(value.rows, laid_out):.0e}: a guard?", factor
    return "", 1


def conventions(quantity: Quantity, truths: Truths) -> list[float]:
    """What a quantity may be a multiple of: an error term has the 1/m of a mean or has it not; a
    notation may have the negative, -dE/dw or a threshold.
    """
    notation, role, m = truths.notation, quantity.role, truths.samples
    of_gradient = role.is_gradient or (role is Role.NUMBER and not quantity.name.isidentifier())
    of_bias = role in (Role.BIASES, Role.OF_BIASES, Role.NUMBER) and notation.bias_is_subtracted
    signs = [1, -1] if (of_gradient and notation.error_sign < 0) or of_bias else [1]
    is_open = m > 1 and role in (Role.OF_SUMS, Role.OF_OUTPUTS)
    return [sign * factor for factor in ((1, m, 1 / m) if is_open else (1,)) for sign in signs]


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


# --- what is no mistake ---------------------------------------------------------------------------


def _forgiven(held: Sequence[Held], truths: Truths) -> list[Held]:
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
