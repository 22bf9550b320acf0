"""What a formula that is not the derivative may have been: simple changes, tried at all points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Name,
    keys_in,
    substituted,
    written,
)
from autograd.audit.reading.tokens import number
from autograd.reading import printable

MOST_NAMES = 40  # that are tried in the place of another
MOST_BELOW = 13  # the denominators of a factor, 1/2 to 1/12
MOST_TRIED = 500  # changes of one formula
TURNED = {"add": "sub", "sub": "add"}

Agree = Callable[[Any, Any], bool]
Sides = Callable[["Trial"], tuple[Any, Any]]


class Trial(NamedTuple):
    """A point: the sheet there, what the claim is truly worth, and what the formula gives."""

    evaluation: Evaluation
    truth: Any
    said: Any


def explanations(
    link: Expression,
    trials: Sequence[Trial],
    names: Sequence[Name],
    slopes: Sequence[Derivative],
    agree: Agree,
) -> list[str]:
    """What makes the formula right at every point: a sign, a factor, or else another name."""
    return (
        _constant(trials, agree)
        or _factors(trials, [*names, *slopes, *_rests(names)], agree)
        or _changes(link, trials, names, agree)
    )


def _constant(trials: Sequence[Trial], agree: Agree) -> list[str]:
    """A sign, or a number as factor."""
    factor = next((trial.said / trial.truth for trial in trials if trial.truth), 0)
    if not _holds(trials, lambda trial: (trial.said, factor * trial.truth), agree):
        return []
    if agree(factor, -1):
        return ["the sign"]
    for below in range(1, MOST_BELOW):
        above = round(factor * below)
        if above and agree(factor * below, above):
            return [f"a factor {Fraction(int(above), below)} too many"]
    return []


def _holds(trials: Sequence[Trial], sides: Sides, agree: Agree) -> bool:
    try:
        return all(agree(*sides(trial)) for trial in trials)
    except FAILURES:
        return False


# --- factors --------------------------------------------------------------------------------------


def _factors(trials: Sequence[Trial], factors: Iterable[Expression], agree: Agree) -> list[str]:
    """A factor too many, or one that is missing; with its sign where that is lost as well."""
    for factor in factors:
        for sign, also in ((1, ""), (-1, ", and the sign")):

            def too_many(trial: Trial, factor: Expression = factor, sign: int = sign) -> Any:
                return trial.said, sign * trial.truth * trial.evaluation.of(factor)

            def missing(trial: Trial, factor: Expression = factor, sign: int = sign) -> Any:
                return sign * trial.said * trial.evaluation.of(factor), trial.truth

            text = printable(written(factor))
            if _holds(trials, too_many, agree):
                return [f"a factor {text} too many{also}"]
            if _holds(trials, missing, agree):
                return [f"the factor {text} is missing{also}"]
    return []


def _rests(names: Sequence[Name]) -> Iterator[Expression]:
    """1 - y of y*(1 - y)."""
    return (Apply("sub", (number("1"), name)) for name in names)


# --- changes of one place -------------------------------------------------------------------------


def _changes(
    link: Expression, trials: Sequence[Trial], names: Sequence[Name], agree: Agree
) -> list[str]:
    """A name for another, a sign of a term: the first change that makes it right."""
    for count, (changed, text) in enumerate(_changed(link, names)):
        if count == MOST_TRIED:
            break

        def sides(trial: Trial, changed: Expression = changed) -> tuple[Any, Any]:
            return trial.evaluation.of(changed), trial.truth

        if _holds(trials, sides, agree):
            return [text]
    return []


def _changed(link: Expression, names: Sequence[Name]) -> Iterator[tuple[Expression, str]]:
    """The formula with one change, and what is said of it."""
    for name in names:
        for old in dict.fromkeys(keys_in(link)):
            if old != name:
                said = f"{printable(written(old))} where {printable(name.text)} belongs"
                changes = (substituted(link, {old: name}), *_with(link, old, name))
                yield from ((changed, said) for changed in changes)
    yield from ((changed, "the sign of a term") for changed in _turned(link))


def _with(expression: Expression, old: Expression, new: Expression) -> Iterator[Expression]:
    """An expression with a new one in one place of an old one."""
    if expression == old:
        yield new
    elif isinstance(expression, Apply):
        for place, operand in enumerate(expression.operands):
            yield from (_put(expression, place, x) for x in _with(operand, old, new))


def _turned(expression: Expression) -> Iterator[Expression]:
    """An expression with a plus for a minus, or a minus for a plus, in one place."""
    if isinstance(expression, Apply):
        if expression.operation in TURNED:
            yield Apply(TURNED[expression.operation], expression.operands)
        for place, operand in enumerate(expression.operands):
            yield from (_put(expression, place, changed) for changed in _turned(operand))


def _put(expression: Apply, place: int, operand: Expression) -> Expression:
    operands = (*expression.operands[:place], operand, *expression.operands[place + 1 :])
    return Apply(expression.operation, operands)
