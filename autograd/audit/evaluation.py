"""What names are worth: from the definitions alone, or from numbers that somebody wrote.

One class serves the truth and the follow-through. Over no written numbers it gives the true values;
over written ones, each name that was written counts as that number wherever it is used. The engine
computes every step: an operation of the rule table forwards, its local derivatives backwards.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

from autograd.audit.expressions import (
    Derivative,
    Expression,
    Key,
    Name,
    Number,
    keys_in,
    names_in,
    whole_number,
)
from autograd.audit.kinds import (
    around,
    exact,
    hull,
    interval,
    pieces,
    real,
    require_small_power,
    small,
)
from autograd.audit.reading.names import power_in
from autograd.audit.sheet import Given, Sheet
from autograd.reading import OPERATIONS, Value, gradients, number_of, printable

Constant = Callable[[Fraction], Any]  # the kind of number that a rational becomes
FAILURES = (ArithmeticError, ValueError, TypeError, RecursionError)  # never an author's
MOST_PIECES = 64  # that intervals are cut into, each at 0
MOST_SOURCES = 8  # marked numbers behind one that are kept


class UndefinedError(ValueError):
    """A name that nothing defines."""


class Evaluation:
    """The values of names and of derivatives in a sheet, each computed once.

    `written` are numbers that stand for names and derivatives; those that `marks` holds of are
    looked for by `sources`. `constant` says what a rational is computed as: itself (`exact`), until
    a function makes it a number of 60 digits, or an `interval`.

    An evaluation may be kept while more is written: `touched` then are the names whose number is
    another, one behind the other, and what rests on them is forgotten.
    """

    def __init__(
        self,
        sheet: Sheet,
        constant: Constant = exact,
        written: Mapping[Key, Any] = MappingProxyType({}),
        marks: Callable[[Key], bool] | None = None,
    ) -> None:
        self.sheet = sheet
        self.constant = constant
        self.written = written
        self.marks = marks
        self.touched: Sequence[Key] = ()
        self._read = 0  # how many of those are forgotten
        self._values: dict[Key, Any] = {}
        self._sources: dict[Key, Sequence[Key]] = {}
        self._users: dict[Key, set[Key]] = {}
        self._locals: dict[Key, dict[Name, Any]] = {}

    def of(self, expression: Expression) -> Any:
        """The number that an expression is worth."""
        self._refresh()
        keys = keys_in(expression)
        self._prepare(keys)
        return self._worth(expression, keys)

    def step(self, left: Expression) -> Any:
        """What one step gives, from what is known before it, whatever was written for it."""
        if not isinstance(left, (Name, Derivative)):
            return self.of(left)
        self._refresh()
        self._prepare(self._needs(left))
        return self._step(left)

    def sources(self, expression: Expression) -> Sequence[Key]:
        """The marked numbers that an expression was computed from, of those that `of` did."""
        return self._marked(keys_in(expression))

    def sources_of_step(self, left: Expression) -> Sequence[Key]:
        """The same of a step."""
        if not isinstance(left, (Name, Derivative)):
            return self.sources(left)
        return self._marked(self._needs(left))

    def _kept(self, number: Any) -> Any:
        """What is gone on with of a computed number: all of it, or what rounding leaves."""
        return number

    def _part(self, number: Any) -> Any:
        """The same of one term of the chain rule's sum."""
        return number

    def _prepare(self, keys: Iterable[Key]) -> None:
        """Compute what keys are worth, and before it all that they need."""
        todo = list(keys)
        while todo:
            key = todo[-1]
            if self._is_known(key):
                todo.pop()
                continue
            needs = self._needs(key)
            missing = [need for need in needs if not self._is_known(need)]
            todo.extend(missing)
            if not missing:
                number = self._step(key)
                is_given = key in self.sheet.given
                self._values[key] = number if is_given else self._kept(number)
                if self.marks is not None:
                    self._follow(key, needs)

    def _needs(self, key: Key) -> Sequence[Key]:
        """What one step to a name or a derivative is computed from."""
        if isinstance(key, Name) or not self.sheet.slopes:
            return self.sheet.needs(key)
        found: list[Key] = []
        for user in self.sheet.between(key):
            found += [Derivative(key.root, user), *self._slope_needs(key, user)]
        return found

    def _slope_needs(self, key: Derivative, user: Name) -> Sequence[Key]:
        """What the local derivative on the way to a user is computed from."""
        slope = self._written_slope(key, user)
        return self.sheet.slope_needs(user, key.variable) if slope is None else [slope]

    def _written_slope(self, key: Derivative, user: Name) -> Derivative | None:
        """The local derivative on the way to a user, if it was written and is not asked for."""
        slope = self.sheet.slopes.get((user, key.variable)) if user != key.root else None
        return slope if slope is not None and self._alias(slope) in self.written else None

    def _follow(self, key: Key, needs: Sequence[Key]) -> None:
        """Put down what a number rests on."""
        self._sources[key] = self._marked(needs)
        self._rests(key, needs)
        if isinstance(key, Derivative) and self.sheet.slopes:  # one may be written only later
            found = ((user, key.variable) for user in self.sheet.between(key))
            self._rests(key, (self.sheet.slopes[one] for one in found if one in self.sheet.slopes))

    def _rests(self, key: Key, needs: Iterable[Key]) -> None:
        """Put down what a key is forgotten with."""
        for need in needs:
            self._users.setdefault(need, set()).add(key)

    def _marked(self, keys: Iterable[Key]) -> Sequence[Key]:
        """The marked numbers behind keys, a few of them: what is not written was computed."""
        if self.marks is None:
            return ()
        found: dict[Key, None] = {}
        for key in keys:
            alias = self._alias(key)
            if alias not in self.written:
                found.update(dict.fromkeys(self._sources[key]))
            elif self.marks(alias):
                found[alias] = None
        return tuple(found)[:MOST_SOURCES]

    def _refresh(self) -> None:
        """Forget what rests on a number that is another now."""
        if self._read == len(self.touched):
            return
        todo = list(self.touched[self._read :])
        self._read = len(self.touched)
        while todo:
            key = todo.pop()
            if meant := self.sheet.multiple(key):
                todo.append(meant)  # which is known by that name
            for user in self._users.pop(key, ()):
                self._locals.pop(user, None)
                if self._values.pop(user, None) is not None:
                    todo.append(user)

    def _is_known(self, key: Key) -> bool:
        if key in self._values or key in self.written:
            return True
        return isinstance(key, Derivative) and self._alias(key) in self.written

    def _alias(self, key: Key) -> Key:
        """What a key was written under: a derivative by the name that the sheet gives it."""
        return self.sheet.as_written(key, self.written)

    def _known(self, key: Key) -> Any:
        alias = self._alias(key)
        if alias not in self.written:
            return self._values[key]
        number = self.written[alias]
        if isinstance(key, Derivative) and alias is not key:
            return product_of(self.constant(self.sheet.aliases[key][1]), number)
        return number

    def _step(self, key: Key) -> Any:
        if isinstance(key, Derivative):
            return self._chain(key)
        if key in self.sheet.given:
            return self._given(self.sheet.given[key])
        if key not in self.sheet.definitions:
            updated = "the updated " if Name(key.text) in self.sheet.given else ""
            name = printable(key.text)
            raise UndefinedError(f"{updated}{name} is not defined{self._meant(key)}")
        return self._worth(self.sheet.definitions[key], self.sheet.needs(key))

    def _meant(self, name: Name) -> str:
        """What makes a name known: the number of samples, or that it is the power of another."""
        if name.text.endswith("(i)"):
            return ": for each sample, say samples: 2"
        base, exponent = power_in(name.text)
        if not base or not self.sheet.is_known(Name(base, name.epoch)):
            return ""
        base = printable(base)
        meant = f"is it {base} to the power of {printable(exponent)}"
        return f": {meant}? Then say superscript: power"

    def _given(self, given: Given) -> Any:
        if given.rounded and self.constant is interval:
            return around(given.value, given.unit)
        return self.constant(given.value)

    def _chain(self, key: Derivative) -> Any:
        """The chain rule over each name that is computed from the variable."""
        if key.root == key.variable:
            return self.constant(Fraction(1))
        if not self.sheet.is_known(key.variable):
            raise UndefinedError(f"{printable(key.variable.text)} is not defined")
        if self.sheet.is_second(key):
            raise UndefinedError("a derivative of derivatives is not computed")
        users = self.sheet.between(key)
        if not users:  # 0, or another name is meant
            root, variable = printable(key.root.text), printable(key.variable.text)
            raise UndefinedError(f"{root} is not computed from {variable}")
        total = self.constant(Fraction(0))
        for user in users:
            upstream = self._known(Derivative(key.root, user))
            slope = self._written_slope(key, user)
            local = self._local(user, key.variable) if slope is None else self._known(slope)
            part = product_of(upstream, local)
            total = sum_of(total, self._part(part))
        return total

    def _local(self, name: Name, variable: Name) -> Any:
        """The derivative of a name's definition in one of the names that stand in it."""
        expression = self.sheet.definitions[name]
        if expression == variable:
            return self.constant(Fraction(1))
        if self.constant is interval:  # each by itself: a kink is cut for what moves only
            return self._derivatives(expression, [variable], lambda found: found[0])
        if name not in self._locals:
            self._locals[name] = self._every_local(expression)
            self._rests(name, keys_in(expression))
        if variable not in self._locals[name]:
            found = self._derivatives(expression, [variable], list)
            self._locals[name][variable] = found[0]
        return self._locals[name][variable]

    def _every_local(self, expression: Expression) -> dict[Name, Any]:
        """The derivatives in all that stands in an expression, unless one of them is undefined."""
        names = names_in(expression)
        try:
            return dict(zip(names, self._derivatives(expression, names, list), strict=True))
        except FAILURES:
            return {}

    def _derivatives(
        self, expression: Expression, names: Sequence[Name], of: Callable[[Any], Any]
    ) -> Any:
        def derivatives(numbers: Mapping[Key, Any]) -> Any:
            leaves = {key: Value(number) for key, number in numbers.items()}
            computed = self._computed(expression, leaves)
            return of(gradients(computed, [leaves[name] for name in names]))

        return self._over({key: self._known(key) for key in keys_in(expression)}, derivatives)

    def _worth(self, expression: Expression, keys: Iterable[Key]) -> Any:
        """What an expression is worth whose keys are known."""
        numbers = {key: self._known(key) for key in keys}
        return self._over(numbers, lambda numbers: self._computed(expression, numbers))

    def _over(self, numbers: Mapping[Key, Any], compute: Callable[..., Any]) -> Any:
        """A computation over numbers; where they are of the wrong kind, over what they can be.

        Rationals that a function does not take become numbers of 60 digits. Intervals on both sides
        of a kink are cut at 0, and what their parts give is taken together.
        """
        try:
            return compute(numbers)
        except TypeError:
            if self.constant is not exact:
                raise
            return self._in_reals(compute, {key: real(x) for key, x in numbers.items()})
        except ValueError:
            if self.constant is not interval:
                raise
            parts = [pieces(number) for number in numbers.values()]
            if not 1 < prod(map(len, parts)) <= MOST_PIECES:
                raise
            return hull(*(compute(dict(zip(numbers, cut, strict=True))) for cut in product(*parts)))

    def _in_reals(self, compute: Callable[..., Any], numbers: Mapping[Key, Any]) -> Any:
        """A computation whose own constants have 60 digits, too: exp(-0.8) has nothing else."""
        self.constant = real
        try:
            return compute(numbers)
        finally:
            self.constant = exact

    def _computed(self, expression: Expression, numbers: Mapping[Key, Any]) -> Any:
        if isinstance(expression, Number):
            return self._number(expression)
        if isinstance(expression, (Name, Derivative)):
            return numbers[expression]
        operands = [self._computed(operand, numbers) for operand in expression.operands]
        if expression.operation == "pow":
            require_small_power(*map(number_of, operands))
            if whole := whole_number(expression.operands[1]):
                return small(operands[0] ** whole)  # a rational stays one
        return small(applied(expression.operation, operands, self.constant))

    def _number(self, number: Number) -> Any:
        return self.constant(number.value)


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
}


def applied(operation: str, operands: Sequence[Any], constant: Constant) -> Any:
    """An operation of the rule table over numbers or Values, all of one kind."""
    operands = alike(operands)
    if operation in ("above", "at least"):
        left, right = map(number_of, operands)
        holds = left > right if operation == "above" else left >= right
        if holds is None:
            raise ValueError("an interval lies on both sides of a comparison")
        return constant(Fraction(int(holds)))
    if operation in ARITHMETIC:
        return ARITHMETIC[operation](*operands)
    operation_of_table: Callable[..., Any] = OPERATIONS[operation]
    return operation_of_table(*operands)


def alike(operands: Sequence[Any]) -> Sequence[Any]:
    """Numbers of one kind: 60 digits where one has them, Values where one is a Value."""
    kinds = set(map(type, operands))
    if len(kinds) == 1 and Value not in kinds:
        return operands  # the most of them
    if any(not isinstance(number_of(x), Fraction) for x in operands):
        operands = [real(x) if isinstance(x, Fraction) else x for x in operands]
    if any(isinstance(x, Value) for x in operands):  # an interval before a Value does not take it
        operands = [x if isinstance(x, Value) else Value(x) for x in operands]
    return operands


def sum_of(left: Any, right: Any) -> Any:
    """The sum of numbers that may be of two kinds."""
    return small(operator.add(*alike([left, right])))


def product_of(left: Any, right: Any) -> Any:
    """The product of numbers that may be of two kinds."""
    return small(operator.mul(*alike([left, right])))
