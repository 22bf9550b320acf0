"""What may be taken for an operand: its pre-activation, another epoch's, another of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Key, Name
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.steps import activation
from autograd.audit.judging.slips.trees import ARITHMETIC
from autograd.audit.sheet import Sheet

MOST_SIBLINGS = 12  # names of the same kind that are tried for one
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
            for kind, other in self._of_name(key.variable):
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
        inner = activation(self.sheet, name)
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

    def activations(self, name: Name) -> list[Name]:
        """The names that are a function of this one alone."""
        users = self.sheet.users.get(name, ())
        return [user for user in users if activation(self.sheet, user) == name]

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
        """The activations that the sheet uses."""
        return self._functions

    @cached_property
    def _functions(self) -> list[str]:
        found = {self.function_of(name): None for name in self.sheet.definitions}
        return [function for function in found if function and function not in ARITHMETIC]

    def _is_known(self, name: Name) -> bool:
        return name in self.sheet.given or name in self.sheet.definitions

    def _siblings(self, name: Name) -> list[Name]:
        """Names of the same letters with other indices, the nearest first."""
        same = [other for other in self._alike.get(_likeness(name), ()) if other != name]
        same.sort(key=lambda other: _apart(other.text, name.text))
        return same[:MOST_SIBLINGS]

    @cached_property
    def _alike(self) -> dict[tuple[str, str, int], list[Name]]:
        found: dict[tuple[str, str, int], list[Name]] = {}
        for name in dict.fromkeys([*self.sheet.given, *self.sheet.definitions]):
            found.setdefault(_likeness(name), []).append(name)
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


def mirrored(name: Name) -> str | None:
    """A weight's name with its two indices swapped; None where it has not two that differ."""
    match = PARTS.fullmatch(name.text)
    if match is None:
        return None
    letters, indices = match.groups()
    found = re.fullmatch(r"(_?\{?|\[)(\d)(,?)(\d)(\D.*)?", indices)
    if found is None or found[2] == found[4]:
        return None
    return f"{letters}{found[1]}{found[4]}{found[3]}{found[2]}{found[5] or ''}"


def _apart(left: str, right: str) -> int:
    return sum(a != b for a, b in zip(left, right, strict=False))
