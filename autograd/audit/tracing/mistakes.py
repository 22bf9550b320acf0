"""What a departing value may be: the true numbers before it, put together as people do by mistake.

Each mistake is a sentence with the numbers that it gives; those that give the very value are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from autograd.audit.tracing.held import Held, conventions
from autograd.audit.tracing.numbers import (
    Array,
    Rows,
    agree,
    entrywise,
    mapped,
    product,
    sums,
    times,
    transposed,
)
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.reading import FAULTS, OPERATIONS

MOST_NAMED = 2
TAKEN = ("sigmoid", "tanh", "relu")  # activations, in the place of another


def _slope_of(name: str, Z: Rows, A: Rows) -> Rows | None:
    """The rule table's derivative of an activation over z and a, 1 of a linear layer; None for what
    is of several, as softmax is.
    """
    operation = OPERATIONS.get(name)
    if operation is None or operation.arity != 1:
        return None if name else mapped(lambda z: 1.0, Z)
    (partial,) = operation.partials
    with suppress(*FAULTS):  # a logarithm's where z stands for a
        return entrywise(lambda z, a: float(partial(a, z)), Z, A)
    return None


class Mistake(NamedTuple):
    """What may have happened, and the numbers that it gives; None where it gives none."""

    sentence: str
    rows: Rows | None


def mistakes(held: Held, truths: Truths) -> list[str]:
    """The sentences on a value that departs, the likeliest first."""
    value, found = held.assigned.value, list[str]()
    factors = conventions(held.quantity, truths)
    for sentence, rows in _Mistakes(held.quantity, held.place, held.truth, truths).each():
        of_it = () if rows is None or sentence in found else (times(x, rows) for x in factors)
        if any(_gives(each, value, truths) for each in of_it):
            found.append(sentence)
    return found[:MOST_NAMED]


def explained_shape(quantity: Quantity, value: Array, truths: Truths) -> str:
    """What a value of another shape than the truth's is by mistake; "" where nothing gives it."""
    if not quantity.layer:
        return ""
    found = _Mistakes(quantity, 0, truths.rows[quantity][0], truths)
    for sentence, rows in found.of_shape():
        if rows is not None and _gives(rows, value, truths):
            return sentence
    return ""


def _gives(rows: Rows, value: Array, truths: Truths) -> bool:
    return bool(agree(value, rows, truths.scale))


def _is_same(rows: Rows | None, truth: Rows | None) -> bool:
    """Whether a mistake changes nothing, as * for @ where one side is 1."""
    if rows is None or truth is None:
        return rows is truth
    return bool(agree(Array((len(rows), len(rows[0])), rows), truth))


def _times(left: Rows | None, right: Rows | None) -> Rows | None:
    return None if left is None or right is None else entrywise(lambda a, b: a * b, left, right)


def _plus(left: Rows | None, right: Rows | None) -> Rows | None:
    """The sum; the left ones alone where there are no right ones, as of a layer without biases."""
    if left is None or right is None:
        return left
    return entrywise(lambda a, b: a + b, left, right)


def _dot(left: Rows | None, right: Rows | None) -> Rows | None:
    return None if left is None or right is None else product(left, right)


def _turned(rows: Rows | None) -> Rows | None:
    return None if rows is None else transposed(rows)


class _Mistakes:
    """The mistakes that can be made at one quantity of one pass."""

    def __init__(self, quantity: Quantity, place: int, truth: Rows, truths: Truths) -> None:
        self.quantity, self.place, self.truth, self.truths = quantity, place, truth, truths
        self.layer = quantity.layer
        is_new = quantity.role.is_parameter and place > 0
        self.of_pass = place - 1 if is_new else place

    def each(self) -> Iterator[Mistake]:
        """Mistakes of its kind first, then those that can be made anywhere."""
        kinds: dict[Role, Callable[[], Iterator[Mistake]]] = {
            Role.SUMS: self._of_sums,
            Role.OUTPUTS: self._of_outputs,
            Role.OF_SUMS: self._of_error_terms,
            Role.OF_OUTPUTS: self._of_outputs_gradient,
            Role.OF_WEIGHTS: self._of_weights_gradient,
            Role.OF_BIASES: self._of_biases_gradient,
            Role.WEIGHTS: self._of_update,
            Role.BIASES: self._of_update,
        }
        if self.quantity.role in kinds and self.layer:
            yield from kinds[self.quantity.role]()
        yield from self._anywhere()

    def of_shape(self) -> Iterator[Mistake]:
        """Mistakes that give another shape."""
        if self.quantity.role is Role.OF_BIASES:
            dZ = self._get(Role.OF_SUMS)
            yield Mistake(f"{self._name(Role.OF_SUMS)} is not summed over the samples", dZ)
            over = None if dZ is None else sums(transposed(dZ))
            yield Mistake("it is summed over the neurons, not over the samples: the axis", over)
            total = None if dZ is None else ((sum(x for row in dZ for x in row),),)
            yield Mistake("it is summed over the neurons too: the axis", total)

    # --- what stands around it --------------------------------------------------------------------

    def _get(self, role: Role, layer: int | None = None, place: int | None = None) -> Rows | None:
        layer = self.layer if layer is None else layer
        return self.truths.of(role, layer, self.of_pass if place is None else place)

    def _name(self, role: Role, layer: int | None = None) -> str:
        layer = self.layer if layer is None else layer
        try:
            return self.truths.called(Quantity(role, layer))
        except ValueError:  # the notation has no word for that layer
            return f"{role.value}{layer}"

    # --- kinds ------------------------------------------------------------------------------------

    def _anywhere(self) -> Iterator[Mistake]:
        count = self.truths.samples
        yield Mistake("it is the negative: a sign is lost", times(-1, self.truth))
        if count > 1 and self.quantity.role is not Role.SUMS:
            yield Mistake(
                f"it is {count} times that: the sum is not divided by m = {count}",
                times(count, self.truth),
            )
            yield Mistake(
                f"it is that divided by {count}: it is divided by m = {count} once too often",
                times(1 / count, self.truth),
            )
        yield Mistake("it is twice that: a factor 1/2, or 2, is lost", times(2, self.truth))
        yield Mistake("it is half of that: a factor 1/2, or 2, is lost", times(0.5, self.truth))

    def _of_sums(self) -> Iterator[Mistake]:
        before = self.layer - 1
        W, A, b = self._get(Role.WEIGHTS), self._get(Role.OUTPUTS, before), self._get(Role.BIASES)
        of_w, of_b = self._name(Role.WEIGHTS), self._name(Role.BIASES)
        yield Mistake(f"the bias {of_b} is not added", _dot(W, A) if b else None)
        yield Mistake(f"{of_w} is transposed", _plus(_dot(_turned(W), A), b))
        for rows in (W, _turned(W)):
            entries = _plus(_times(rows, A), b)
            yield Mistake(f"{of_w} is multiplied entry by entry: * for @", entries)
        if b is not None:
            yield Mistake(f"the bias {of_b} is subtracted", _plus(_dot(W, A), times(-1, b)))
        if before:
            of_z, of_a = self._name(Role.SUMS, before), self._name(Role.OUTPUTS, before)
            Z = self._get(Role.SUMS, before)
            yield Mistake(f"{of_z} stands in the place of {of_a}", _plus(_dot(W, Z), b))
        yield Mistake(f"it is {self._name(Role.OUTPUTS)}", self._get(Role.OUTPUTS))

    def _of_outputs(self) -> Iterator[Mistake]:
        Z = self._get(Role.SUMS)
        if Z is None:
            return
        yield Mistake(f"the activation is not applied: it is {self._name(Role.SUMS)}", Z)
        for name in TAKEN:
            instead = self._function or "no activation"
            yield Mistake(
                f"{name} stands in the place of {instead}", mapped(OPERATIONS[name].value, Z)
            )

    @property
    def _function(self) -> str:
        """The activation of the layer, "" for a linear one."""
        return self.truths.activations.get(self.layer, "")

    def _of_error_terms(self) -> Iterator[Mistake]:
        """Upstream times slope: the slope omitted, taken elsewhere, or twice; then upstream."""
        if not self._function:
            yield from self._of_outputs_gradient()
            return
        upstream, right = self._get(Role.OF_OUTPUTS), f"{self._function}'({self._name(Role.SUMS)})"
        missing = f"{right} is missing" + (": the mask" if "relu" in self._function else "")
        yield Mistake(missing, upstream)
        for sentence, slope in self._slopes():
            yield Mistake(sentence, _times(upstream, slope))
        slope = self._slope(self._get(Role.SUMS), self._get(Role.OUTPUTS))
        yield Mistake(f"{right} is there twice", _times(self.truth, slope))
        for sentence, other in self._of_outputs_gradient():
            if not _is_same(other, upstream):
                yield Mistake(sentence, _times(other, slope))
                yield Mistake(f"{sentence}; and {missing}", other)

    def _slopes(self) -> Iterator[Mistake]:
        """The activation's derivative with z where a stands in it, and the other way."""
        Z, A, name = self._get(Role.SUMS), self._get(Role.OUTPUTS), self._function
        if Z is None or A is None:
            return
        of_z, of_a = self._name(Role.SUMS), self._name(Role.OUTPUTS)
        yield Mistake(f"{of_z} stands for {of_a} in {name}'", self._slope(Z, Z))
        if name in TAKEN:
            at_a = self._slope(A, mapped(OPERATIONS[name].value, A))
            yield Mistake(f"{name}' is taken at {of_a}, not at {of_z}", at_a)
        for other in TAKEN:
            slope = self._slope(Z, A, other)
            yield Mistake(f"the derivative is that of {other}, not of {name}", slope)
        yield Mistake(f"{of_a} stands for {name}'({of_z})", A)
        yield Mistake(f"{of_z} stands for {name}'({of_z})", Z)

    def _slope(self, Z: Rows | None, A: Rows | None, name: str = "") -> Rows | None:
        return None if Z is None or A is None else _slope_of(name or self._function, Z, A)

    def _of_outputs_gradient(self) -> Iterator[Mistake]:
        """The gradient of the layer after it, through that layer's weights."""
        after = self.layer + 1
        if after > self.truths.last:
            yield from self._of_loss()
            return
        W, dZ = self._get(Role.WEIGHTS, after), self._get(Role.OF_SUMS, after)
        new = self._get(Role.WEIGHTS, after, self.of_pass + 1)
        of_w = self._name(Role.WEIGHTS, after)
        yield Mistake(
            f"{of_w} is the updated one, where the old one belongs", _dot(_turned(new), dZ)
        )
        yield Mistake(f"{of_w} is not transposed", _dot(W, dZ))
        for rows in (_turned(W), W):
            yield Mistake(f"{of_w} is multiplied entry by entry: * for @", _times(rows, dZ))
        dA = self._get(Role.OF_OUTPUTS, after)
        if name := self.truths.activations[after]:
            slope = f"{name}'({self._name(Role.SUMS, after)})"
            yield Mistake(f"{slope} of the layer after it is missing", _dot(_turned(W), dA))

    def _of_loss(self) -> Iterator[Mistake]:
        """What the gradient in the outputs may be instead: the difference, from both sides."""
        A, Y = self._get(Role.OUTPUTS), self.truths.of(Role.TARGETS)
        if A is None or Y is None:
            return
        of_a, of_y = self._name(Role.OUTPUTS), self._name(Role.TARGETS)
        minus = entrywise(lambda a, y: a - y, A, Y)
        if minus is not None:
            yield Mistake(f"it is {of_a} - {of_y} alone", minus)
            yield Mistake(f"it is {of_y} - {of_a}: the sign", times(-1, minus))

    def _of_weights_gradient(self) -> Iterator[Mistake]:
        before = self.layer - 1
        dZ, A = self._get(Role.OF_SUMS), self._get(Role.OUTPUTS, before)
        of_a, of_z = self._name(Role.OUTPUTS, before), self._name(Role.OF_SUMS)
        yield Mistake(f"{of_a} is not transposed", _dot(dZ, A))
        yield Mistake(f"{of_a} is multiplied entry by entry: * for @", _times(dZ, _turned(A)))
        yield Mistake(f"{of_a} is multiplied entry by entry: * for @", _times(dZ, A))
        if before:
            Z = self._get(Role.SUMS, before)
            of_sums = self._name(Role.SUMS, before)
            yield Mistake(f"{of_sums} stands in the place of {of_a}", _dot(dZ, _turned(Z)))
            X = self._get(Role.OUTPUTS, 0)
            of_x = self._name(Role.OUTPUTS, 0)
            yield Mistake(f"{of_x} stands in the place of {of_a}", _dot(dZ, _turned(X)))
        own = self._get(Role.OUTPUTS)
        of_own = self._name(Role.OUTPUTS)
        yield Mistake(f"{of_own} stands in the place of {of_a}", _dot(dZ, _turned(own)))
        if self._function:
            slope = f"{self._function}'({self._name(Role.SUMS)})"
            rows = _dot(self._get(Role.OF_OUTPUTS), _turned(A))
            yield Mistake(f"{slope} is missing in {of_z}", rows)

    def _of_biases_gradient(self) -> Iterator[Mistake]:
        dZ = self._get(Role.OF_SUMS)
        yield from self.of_shape()
        if dZ is not None:
            first = tuple((row[0],) for row in dZ)
            yield Mistake("it is that of the first sample alone", first)

    def _of_update(self) -> Iterator[Mistake]:
        """W + alpha*dW, the rate lost, or another one, from the numbers themselves."""
        role = self.quantity.role
        old = self._get(role)
        of = Role.OF_WEIGHTS if role is Role.WEIGHTS else Role.OF_BIASES
        gradient = self._get(of)
        if not self.place or old is None or gradient is None:
            return
        step, name, of_name = _plus(self.truth, times(-1, old)), self._name(role), self._name(of)
        if step is None:
            return
        yield Mistake("it is the old one: it is not updated", old)
        yield Mistake("the step goes the other way: the sign", _plus(old, times(-1, step)))
        without_rate = _plus(old, times(-1, gradient))
        yield Mistake(f"the learning rate is missing: {name} - {of_name}", without_rate)
        yield Mistake(f"it is {of_name}, the gradient", gradient)
        yield Mistake("it is the step alone", step)
        yield Mistake("the step is transposed", _plus(old, _turned(step)))
        for factor in dict.fromkeys((2, 1 / 2, self.truths.samples, 1 / self.truths.samples)):
            words = f"{factor:g} times the true one"
            yield Mistake(f"the step is {words}", _plus(old, times(factor, step)))
