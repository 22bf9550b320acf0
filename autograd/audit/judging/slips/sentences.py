"""What a change says of a printed number, in words and with the author's own numbers in it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from autograd.audit.expressions import Apply, Expression, Key, Number, signed, written
from autograd.audit.judging.slips.changes import Change
from autograd.audit.judging.slips.explanation import Explanation, Kind
from autograd.audit.judging.slips.trees import added, negative
from autograd.audit.printed import Printed

MOST_CHARACTERS = 80  # of a computation that is shown
UNSHOWN = frozenset({Kind.SIGN, Kind.POINT})  # whose words say it all
NumberOf = Callable[[Key], tuple[str, Fraction] | None]  # as it was written, and its value


def explanation(change: Change, printed: Printed, number: NumberOf | None) -> Explanation:
    """A change in words; with `number` it is computed with the author's own numbers."""
    kind, words, expression, is_sentence = change
    if is_sentence:
        return Explanation(kind.value, words)
    if kind is Kind.SIGN and printed.value > 0:
        words = words.replace("turned", "lost")
    said = f"consistent with {words}"
    if number is not None and kind not in UNSHOWN:
        computed = valued(expression, number)
        text = None if computed is None else written(computed)
        if text and text != printed.text and len(text) <= MOST_CHARACTERS:
            said = f"{printed.text} is {text}: {said}"
    return Explanation(kind.value, said)


def valued(expression: Expression, number: NumberOf) -> Expression | None:
    """An expression with numbers in the place of names; None where one has none."""
    if isinstance(expression, Number):
        return expression
    if not isinstance(expression, Apply):
        found = number(expression)
        return signed(*found) if found and found[0] else None
    inside = [valued(operand, number) for operand in expression.operands]
    operands = tuple(operand for operand in inside if operand is not None)
    if len(operands) < len(inside):
        return None
    if expression.operation == "neg":
        return negative(operands[0])
    if expression.operation == "add":
        return added(*operands)
    return Apply(expression.operation, operands)
