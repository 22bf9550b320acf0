"""Where a derivative is a convention, and no error: relu and abs at 0, max and min of equals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import ZERO, Apply, Expression, whole
from autograd.audit.sheet import Sheet


class Choice(NamedTuple):
    """A slope at a kink, and what has it and the same value there."""

    words: str
    instead: Callable[..., Expression]


def _first(one: Expression, *others: Expression) -> Expression:
    nothing = (Apply("mul", (ZERO, other)) for other in others)
    return reduce(lambda total, term: Apply("add", (total, term)), nothing, one)


def _negative(one: Expression) -> Expression:
    return Apply("neg", (one,))


def _half(*operands: Expression) -> Expression:
    return Apply("div", (Apply("add", operands) if len(operands) > 1 else operands[0], whole(2)))


# The engine's own are 0 for relu and abs, and the second of equals.
CONVENTIONS: tuple[Mapping[str, Choice], ...] = (
    {
        "relu": Choice("the slope of relu at 0 is 1", _first),
        "leaky_relu": Choice("the slope of leaky_relu at 0 is 1", _first),
        "abs": Choice("the slope of abs at 0 is 1", _first),
        "maximum": Choice("the slope of max of equal numbers is that of the first", _first),
        "minimum": Choice("the slope of min of equal numbers is that of the first", _first),
    },
    {"abs": Choice("the slope of abs at 0 is -1", _negative)},
    {
        "relu": Choice("the slope of relu at 0 is 1/2", _half),
        "maximum": Choice("the slope of max of equal numbers is half of each", _half),
        "minimum": Choice("the slope of min of equal numbers is half of each", _half),
    },
)
KINKED = frozenset(function for choices in CONVENTIONS for function in choices)


def with_other_slopes(sheet: Sheet, truths: Evaluation) -> Iterator[tuple[str, Sheet]]:
    """The sheet with other slopes at its kinks, and what is said of them; none without kinks.

    `truths` are the true numbers of the sheet.

    >>> from autograd.audit.reading.epochs import read
    >>> [sheet] = read("given x = 0\\ndefine y = 3*relu(x)")
    >>> [words for words, other in with_other_slopes(sheet, Evaluation(sheet))]
    ['the slope of relu at 0 is 1', 'the slope of relu at 0 is 1/2']
    """
    found = (kink for e in sheet.definitions.values() for kink in _kinked(e))
    kinks = [kink for kink in dict.fromkeys(found) if _is_at_kink(kink, truths)]
    for choices in CONVENTIONS:
        at = {kink for kink in kinks if kink.operation in choices}
        words = dict.fromkeys(choices[kink.operation].words for kink in kinks if kink in at)
        if words:
            definitions = {
                name: _smooth(expression, at, choices)
                for name, expression in sheet.definitions.items()
            }
            yield " and ".join(words), replace(sheet, definitions=definitions)


def _kinked(expression: Expression) -> Iterator[Apply]:
    """The functions with a kink in an expression, from the inside."""
    if isinstance(expression, Apply):
        for operand in expression.operands:
            yield from _kinked(operand)
        if expression.operation in KINKED:
            yield expression


def _smooth(
    expression: Expression, kinks: Collection[Apply], choices: Mapping[str, Choice]
) -> Expression:
    """An expression with others in the place of functions that are at a kink."""
    if not isinstance(expression, Apply):
        return expression
    operands = tuple(_smooth(operand, kinks, choices) for operand in expression.operands)
    if expression not in kinks:
        return Apply(expression.operation, operands)
    return choices[expression.operation].instead(*operands)


def _is_at_kink(function: Apply, truths: Evaluation) -> bool:
    try:
        first, *others = map(truths.of, function.operands)
    except FAILURES:
        return False
    return bool(first == (others[0] if function.operation in ("maximum", "minimum") else 0))
