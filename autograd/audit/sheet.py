"""A sheet of hand-worked numbers, whatever it was read from: what is given, defined and claimed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    Number,
    keys_in,
    names_in,
    numbers_in,
    written,
)
from autograd.reading import printable

MOST_UNREAD = 4  # lines above that are named for one claim
FOLLOW_THROUGH = ("full", "half", "none")


@dataclass(frozen=True, slots=True)
class Given:
    """A number that the sheet starts from; `rounded` says that it is itself a rounded print."""

    value: Fraction
    unit: Fraction
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One chain of somebody's: what is said to be worth what, and by which expressions.

    `links` are what stands after each sign of equality; `read` is the line as it was read, and
    `section` the part of the sheet that it stands in. `unread` says why a claim could not be read,
    of which nothing but its name is known. `asked` is what it is taken for without being said to be
    that.
    """

    line: int
    read: str
    left: Expression
    links: tuple[Expression, ...]
    section: str = "claims"
    epoch: int = 0
    unread: str = ""
    asked: str = ""

    @property
    def is_late(self) -> bool:
        """Whether it is about what follows from an update."""
        return self.epoch > 0 or (isinstance(self.left, Name) and self.left.epoch > 0)

    @property
    def name(self) -> str:
        """What the claim is about, in its plain spelling, as it may be shown."""
        return printable(written(self.left))


class Fault(NamedTuple):
    """A line that was not understood: where, and what was expected."""

    line: int
    column: int
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """Names with what they mean, and claims in the order in which they were written.

    `faults` are the lines that could not be read; the rest is judged without them. `notation` is
    the one that the sheet declares, `blanks` are the names whose numbers are left open. `marks` are
    those that a line says it is worth, and `follow_through` how much of them a consequence keeps.
    `rounding` are the places that every step is rounded to, None where the sheet does not say.
    `unread` are the lines above the first claim that could not be read, `unread_updates` those of
    them which say how parameters are updated.
    """

    title: str = ""
    given: Mapping[Name, Given] = field(default_factory=dict)
    definitions: Mapping[Name, Expression] = field(default_factory=dict)
    claims: Sequence[Claim] = ()
    faults: Sequence[Fault] = ()
    notation: str = ""
    blanks: Sequence[Name] = ()
    marks: Mapping[int, int] = field(default_factory=dict)
    follow_through: str = FOLLOW_THROUGH[0]
    rounding: int | None = None
    unread: Sequence[int] = ()
    unread_updates: Sequence[int] = ()

    def see(self, claim: Claim) -> str:
        """The lines above, not read, that may say what is not defined in a claim; "" for none."""
        found = {*self.unread, *(self.unread_updates if claim.is_late else ())}
        *first, last = map(str, sorted(found)[:MOST_UNREAD]) if found else [""]
        said = f"lines {', '.join(first)} and {last}" if first else f"line {last}"
        return f" (see {said})" if found else ""

    @cached_property
    def users(self) -> Mapping[Name, Sequence[Name]]:
        """The names whose definitions a name stands in."""
        found: dict[Name, list[Name]] = {}
        for name, expression in self.definitions.items():
            for operand in names_in(expression):
                found.setdefault(operand, []).append(name)
        return found

    @cached_property
    def given_numbers(self) -> frozenset[Fraction]:
        """The sizes of what is given, which a line repeats without rounding."""
        return frozenset(abs(given.value) for given in self.given.values())

    @cached_property
    def aliases(self) -> Mapping[Derivative, tuple[Name, Fraction]]:
        """The name that a derivative has, and how often it is that: of `let d = -dE/dv` -1."""
        found: dict[Derivative, tuple[Name, Fraction]] = {}
        for name, expression in self.definitions.items():
            times, expression = multiple_of(expression)
            if isinstance(expression, Derivative):
                found.setdefault(expression, (name, 1 / times))
        return found

    def multiple(self, key: Key) -> Derivative | None:
        """The derivative that a name is, or is a multiple of; None for others."""
        expression = self.definitions.get(key) if isinstance(key, Name) else None
        meaning = None if expression is None else multiple_of(expression)[1]
        return meaning if isinstance(meaning, Derivative) else None

    def derivative_of(self, left: Expression) -> Derivative | None:
        """The derivative that a left side is, or is the name of; None for all else."""
        meaning = self.definitions.get(left) if isinstance(left, Name) else left
        return meaning if isinstance(meaning, Derivative) else None

    @cached_property
    def copies(self) -> Mapping[Expression, Expression]:
        """Parameters as single samples meet them, of which nothing is written, by what they are."""
        found = {n: e for n, e in self.definitions.items() if isinstance(e, Name)}
        return {
            name: meant
            for name, meant in found.items()
            if Name(meant.text) in self.given and name not in self._lefts
        }

    def is_claimed(self, key: Derivative) -> bool:
        """Whether a number is written for a derivative, under the name that it has here, too."""
        return key in self._lefts or self.aliases.get(key, (key,))[0] in self._lefts

    @cached_property
    def _lefts(self) -> frozenset[Expression]:
        return frozenset(multiple_of(claim.left)[1] for claim in self.claims)

    @cached_property
    def slopes(self) -> Mapping[tuple[Name, Name], Derivative]:
        """The claimed derivatives of a definition in what stands in it, by those two names."""
        claimed = (self.derivative_of(multiple_of(claim.left)[1]) for claim in self.claims)
        return {
            (key.root, key.variable): key
            for key in claimed
            if key is not None and self.between(key) == [key.root]
        }

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        """The numbers that stand in definitions."""
        return frozenset(n.value for e in self.definitions.values() for n in numbers_in(e))

    @cached_property
    def steps(self) -> dict[Expression, Expression]:
        """What is computed at each left side, of those that it was asked for."""
        return {}

    def between(self, key: Derivative) -> list[Name]:
        """The names that are computed from the variable of a derivative and lead to its root."""
        before = self._before(key.root, self._first(key))
        return [user for user in self.users.get(key.variable, ()) if user in before]

    def needs(self, key: Key) -> Sequence[Key]:
        """What one step to a name or a derivative is computed from."""
        if key not in self._needs:
            self._needs[key] = tuple(self._found_needs(key))
        return self._needs[key]

    def _found_needs(self, key: Key) -> Iterator[Key]:
        if isinstance(key, Name):
            yield from keys_in(self.definitions[key]) if key in self.definitions else ()
            return
        for user in self.between(key):
            yield Derivative(key.root, user)
            yield from self.slope_needs(user, key.variable)

    def as_written(self, key: Key, numbers: Container[Key]) -> Key:
        """What a key was written under: a derivative by the name that the sheet gives it."""
        if not isinstance(key, Derivative) or key in numbers:
            return key
        return self.aliases[key][0] if key in self.aliases else key

    def needs_as_written(self, key: Key, numbers: Container[Key]) -> Sequence[Key]:
        """The same under what they were written under; of a derivative's own name its chain."""
        meant = self.multiple(key)
        own = meant if meant and self.as_written(meant, numbers) == key else key
        return [self.as_written(need, numbers) for need in self.needs(own)]

    def slope_needs(self, name: Name, variable: Name) -> Sequence[Key]:
        """What the derivative of a name's definition is computed from: none where that is 1."""
        expression = self.definitions[name]
        return () if expression == variable else keys_in(expression)  # of a step, gradients too

    @cached_property
    def _needs(self) -> dict[Key, Sequence[Key]]:
        return {}

    def is_known(self, name: Name) -> bool:
        """Whether a name is given, defined, or stands in a definition."""
        return name in self.given or name in self.definitions or name in self.users

    def is_second(self, key: Derivative) -> bool:
        """Whether a derivative is one of what is computed from derivatives in its variable."""
        first = self._first(key)
        if (key.root, first) not in self._behind:
            names = (name for name in self._before(key.root, first) if name in self.definitions)
            inner = (key for name in names for key in keys_in(self.definitions[name]))
            roots = {key.root for key in inner if isinstance(key, Derivative)}
            roots = {root for root in roots if self._is_from(root, first)}
            behind = frozenset[Name]().union(*(self._before(root, first) for root in roots))
            self._behind[key.root, first] = behind
        return key.variable in self._behind[key.root, first]

    @cached_property
    def _behind(self) -> dict[tuple[Name, int], frozenset[Name]]:
        return {}

    def _first(self, key: Derivative) -> int:
        """The epoch from which on a derivative is: of what no update changes, as an input, that of
        its root, whose parameters are numbers there.
        """
        return (key.variable if self._is_renewed(key.variable) else key.root).epoch

    def _is_from(self, name: Name, first: int) -> bool:
        return name.epoch >= first or not self._is_renewed(name)

    def _is_renewed(self, name: Name) -> bool:
        """Whether a later epoch has its own."""
        return Name(name.text, name.epoch + 1) in self.definitions

    def _before(self, root: Name, first: int) -> frozenset[Name]:
        """A name and all that it is computed from, from an epoch on or for all: no later one leads
        back.
        """
        if (root, first) not in self._reached:
            found, todo = {root}, [root]
            while todo:
                name = todo.pop()
                operands = names_in(self.definitions[name]) if name in self.definitions else ()
                new = [x for x in operands if x not in found and self._is_from(x, first)]
                todo += new
                found.update(new)
            self._reached[root, first] = frozenset(found)
        return self._reached[root, first]

    @cached_property
    def _reached(self) -> dict[tuple[Name, int], frozenset[Name]]:
        return {}


def multiple_of(expression: Expression) -> tuple[Fraction, Expression]:
    """How often an expression is another: of -dE/dv -1, of 3*dE/dz 3; once itself."""
    if isinstance(expression, Apply) and expression.operation == "neg":
        return Fraction(-1), expression.operands[0]
    if isinstance(expression, Apply) and expression.operation == "mul":
        factor, other = expression.operands
        if isinstance(factor, Number) and factor.value:
            return factor.value, other
    return Fraction(1), expression
