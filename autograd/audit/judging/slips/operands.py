"""What may be taken for an operand: its pre-activation, another epoch's, another of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Key, Name
from autograd.audit.judging.slips.error_terms import shared_by
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.steps import activation
from autograd.audit.judging.slips.trees import ARITHMETIC
from autograd.audit.sheet import Sheet

USUAL = ("sigmoid", "tanh")
MOST_SIBLINGS = 12  # names of the same kind that are tried for one
TWO_DIGITS = re.compile(r"(_?\{?)(\d)()(\d)(\D.*)?")  # w_01^2
TWO_INDICES = re.compile(r"(_?[{\[]?)(\d+)(,)(\d+)(\D.*)?")  # w_{0,12}, W[0,12]
PARTS = re.compile(r"([A-Za-z]+'*)(.*)", re.DOTALL)


class Other(NamedTuple):
    """What may stand where an operand belongs, and the kind of slip that it is."""

    kind: Kind
    expression: Key


class Operands:
    """The names of a sheet by what they are alike in."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def others(self, key: Key) -> Iterator[Other]:
        """What may be taken for a name or a derivative, the likeliest first."""
        if isinstance(key, Derivative):
            others = (found for found in self._of_name(key.variable) if found[1] != key.root)
            for kind, other in others:
                yield Other(Kind.OPERAND if kind in ACTIVATED else kind, _derived(key, other))
        else:
            yield from self._declared(key)
            yield from (Other(*found) for found in self._of_name(key))

    def _declared(self, name: Name) -> Iterator[Other]:
        """For a name of a derivative, those that may be taken for that."""
        expression = self.sheet.definitions.get(name)
        if isinstance(expression, Derivative):
            for kind, other in self._of_name(expression.variable):
                if kind in ACTIVATED:
                    yield Other(Kind.OPERAND, _derived(expression, other))

    def _of_name(self, name: Name) -> Iterator[tuple[Kind, Name]]:
        inner = self._inner(name)
        if inner is not None:
            yield Kind.PRE_ACTIVATION, inner
        for user in self.activations(name):
            yield Kind.ACTIVATION, user
        for epoch in (name.epoch + 1, name.epoch - 1):
            if self._is_known(Name(name.text, epoch)):
                yield Kind.EPOCH, Name(name.text, epoch)
        swapped = mirrored(name)
        for sibling in self._siblings(name):
            yield Kind.TRANSPOSED if sibling.text == swapped else Kind.OPERAND, sibling

    def activations(self, name: Name) -> Sequence[Name]:
        """The names that are a function of this one alone."""
        return self._activations.get(name, ())

    @cached_property
    def _activations(self) -> dict[Name, list[Name]]:
        found: dict[Name, list[Name]] = {}
        for name in self.sheet.definitions:
            if (inner := self._inner(name)) is not None:
                found.setdefault(inner, []).append(name)
        return found

    def _inner(self, name: Name) -> Name | None:
        """The pre-activation that a name is the activation of, or the share of a softmax."""
        return activation(self.sheet, name) or shared_by(self.sheet, name)

    def slopes(self, key: Key) -> Iterator[Derivative]:
        """The derivatives of the activations beside a key, which a chain takes once."""
        name = key.variable if isinstance(key, Derivative) else key
        expression = self.sheet.definitions.get(name)
        if isinstance(expression, Derivative):
            name = expression.variable
        inner = activation(self.sheet, name)
        if inner is not None:
            yield Derivative(name, inner)
        for user in self.activations(name):
            yield Derivative(user, name)

    def function_of(self, name: Name) -> str:
        """The activation that makes a name; empty where none does."""
        expression = self.sheet.definitions.get(name)
        is_one = isinstance(expression, Apply) and activation(self.sheet, name) is not None
        return expression.operation if is_one and isinstance(expression, Apply) else ""

    def functions(self) -> list[str]:
        """The activations that the sheet uses, then the usual ones."""
        return self._functions

    @cached_property
    def _functions(self) -> list[str]:
        found = {self.function_of(name): None for name in self.sheet.definitions}
        found |= dict.fromkeys(USUAL)
        return [function for function in found if function and function not in ARITHMETIC]

    def _is_known(self, name: Name) -> bool:
        return name in self.sheet.given or name in self.sheet.definitions

    def _siblings(self, name: Name) -> list[Name]:
        """Names of the same letters with other indices, the nearest first."""
        same = self._alike.get(_likeness(name), {})
        near = {other for hole in _holes(name) for other in self._next.get(hole, ())} - {name}
        if len(near) >= MOST_SIBLINGS:  # one digit apart: the others are farther off
            return sorted(near, key=same.__getitem__)[:MOST_SIBLINGS]
        others = [other for other in same if other != name]
        return sorted(others, key=lambda other: _apart(other.text, name.text))[:MOST_SIBLINGS]

    @cached_property
    def _alike(self) -> dict[tuple[str, str, int], dict[Name, int]]:
        """The names of a likeness, each with its place on the sheet."""
        found: dict[tuple[str, str, int], dict[Name, int]] = {}
        for place, name in enumerate(dict.fromkeys([*self.sheet.given, *self.sheet.definitions])):
            found.setdefault(_likeness(name), {})[name] = place
        return found

    @cached_property
    def _next(self) -> dict[tuple[str, int], list[Name]]:
        """The names that are alike but for one digit."""
        found: dict[tuple[str, int], list[Name]] = {}
        for name in dict.fromkeys([*self.sheet.given, *self.sheet.definitions]):
            for hole in _holes(name):
                found.setdefault(hole, []).append(name)
        return found


ACTIVATED = (Kind.PRE_ACTIVATION, Kind.ACTIVATION)


def _derived(key: Derivative, variable: Name) -> Derivative:
    """The derivative in another variable, of the root in its epoch."""
    later = variable.epoch - key.variable.epoch
    root = Name(key.root.text, key.root.epoch + later) if later else key.root
    return Derivative(root, variable)


def _likeness(name: Name) -> tuple[str, str, int]:
    match = PARTS.fullmatch(name.text)
    letters, indices = match.groups() if match else (name.text, "")
    return letters, re.sub(r"\d", "0", indices), name.epoch


def _holes(name: Name) -> Iterator[tuple[str, int]]:
    """A name without each of the digits of its indices."""
    letters = PARTS.match(name.text)
    for digit in re.finditer(r"\d", name.text) if letters else ():
        yield f"{name.text[: digit.start()]} {name.text[digit.end() :]}", name.epoch


def mirrored(name: Name) -> str | None:
    """A weight's name with its two indices swapped; None where it has not two that differ."""
    match = PARTS.fullmatch(name.text)
    if match is None:
        return None
    letters, indices = match.groups()
    found = TWO_DIGITS.fullmatch(indices) or TWO_INDICES.fullmatch(indices)
    if found is None or found[2] == found[4]:
        return None
    return f"{letters}{found[1]}{found[4]}{found[3]}{found[2]}{found[5] or ''}"


def _apart(left: str, right: str) -> int:
    return sum(a != b for a, b in zip(left, right, strict=False))
