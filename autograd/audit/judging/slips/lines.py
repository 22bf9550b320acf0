"""Which number in a shown line is not the one that belongs there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from autograd.audit.expressions import (
    Apply,
    Expression,
    Key,
    Name,
    Number,
    substituted,
    written,
)
from autograd.audit.judging.ledger import Ledger
from autograd.audit.judging.slips.cases import Cases
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.digits import of_digits
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.operands import Operands
from autograd.audit.judging.slips.rates import RATES
from autograd.audit.judging.slips.steps import is_slope
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet

MOST_LITERALS = 12  # of a line that are looked at
MOST_NAMED = 2  # names that a number may be worth


class Literal(NamedTuple):
    """A number of a line with its sign: as written, and its value."""

    expression: Expression
    value: Fraction


def exchanged(
    line: Expression,
    keys: Iterable[Key],
    operands: Operands,
    cases: Cases,
    ledger: Ledger,
    number: Callable[[Key], tuple[str, Fraction] | None],
) -> Iterator[Change]:
    """A shown line with a name in the place of one of its numbers, or of all that are the same.

    `number` says how a name's number is written, where it is right.
    """
    names = _Names(operands.sheet, ledger)
    keys = list(keys)
    own = {right[1] for right in map(number, keys) if right is not None}
    often = Counter(literal.value for literal in literals(line))
    for literal in list(dict.fromkeys(literals(line)))[:MOST_LITERALS]:
        others = names.worth(literal.value)
        is_own = literal.value in own and often[literal.value] == 1  # where it belongs
        for key in () if is_own else keys:
            right = number(key)
            if right is not None and right[1] == literal.value:
                continue
            if right is None and is_slope(operands.sheet, key):  # which is 1, or is written out
                continue
            is_negative = right is not None and right[1] == -literal.value
            if is_negative and literal.value in own:  # it is where it belongs: the rate, of -rate
                continue
            is_turned = is_negative and not others
            kinds = [Kind.SIGN_OF_TERM] * is_turned
            kinds += [other.kind for other in operands.others(key) if other.expression in others]
            kinds += [Kind.RATE] * (isinstance(key, Name) and key.text in RATES)
            kinds += [Kind.CASE] * (literal.value in cases.values(key))
            words = f"{_text(literal, others)} stands where {_named(key, right)} belongs"
            if others == [key]:
                words = f"{_text(literal, others)} has a slip in it"
            if not (others or is_turned) and right is not None:
                for kind, said in islice(_miscopied(literal, right[1]), 1):
                    kinds, words = [*kinds, kind], f"{words}: {said}"
            for changed in _changed(line, literal.expression, key):
                yield Change([*kinds, Kind.OPERAND][0], words, changed, True)


def _miscopied(literal: Literal, right: Fraction) -> Iterator[tuple[Kind, str]]:
    """What may have happened to the digits of a number that was copied into the line."""
    for factor, side in ((10, "right"), (100, "right"), (Fraction(1, 10), "left")):
        if literal.value == right * factor and right:
            yield Kind.POINT, f"the decimal point too far to the {side}"
    if printed := Printed.of(literal.expression):
        yield from of_digits(right, printed)


def literals(line: Expression) -> Iterator[Literal]:
    """The numbers of a line; a minus that belongs to one is part of it."""
    if isinstance(line, Number):
        yield Literal(line, line.value)
    elif isinstance(line, Apply) and line.operation not in ("above", "at least"):
        (first, *others) = line.operands
        if line.operation == "neg" and isinstance(first, Number):
            yield Literal(line, -first.value)
            return
        for operand in (first, *others):
            yield from literals(operand)


def _changed(line: Expression, literal: Expression, key: Key) -> Iterator[Expression]:
    """The line with a name for all of a number, then for each alone."""
    changed = substituted(line, {literal: key})
    yield changed
    single = list(_each(line, literal, key))
    if len(single) > 1:
        yield from single


def _each(line: Expression, literal: Expression, key: Key) -> Iterator[Expression]:
    if line == literal:
        yield key
    elif isinstance(line, Apply):
        for index, operand in enumerate(line.operands):
            for inside in _each(operand, literal, key):
                operands = (*line.operands[:index], inside, *line.operands[index + 1 :])
                yield Apply(line.operation, operands)


def _text(literal: Literal, others: list[Key]) -> str:
    """A number, with the names that it is worth if they are few."""
    text = written(literal.expression)
    named = " or ".join(map(written, others))
    return f"{text} ({named})" if 0 < len(others) <= MOST_NAMED else text


def _named(key: Key, number: tuple[str, Fraction] | None) -> str:
    return f"{written(key)} = {number[0]}" if number and number[0] else written(key)


class _Names:
    """What is given or was written, by its value."""

    def __init__(self, sheet: Sheet, ledger: Ledger) -> None:
        self._found: dict[Fraction, list[Key]] = {}
        for name, given in sheet.given.items():
            self._found.setdefault(given.value, []).append(name)
        for key, entry in ledger.entries.items():
            keys = self._found.setdefault(entry.printed.value, [])
            if key not in keys:
                keys.append(key)

    def worth(self, value: Fraction) -> list[Key]:
        """The names that are worth a number."""
        return self._found.get(value, [])
