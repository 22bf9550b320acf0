"""Expressions as trees: what stands between two signs of equality on somebody's sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple


class Number(NamedTuple):
    """A number as it is printed; `unit` is one in its last printed place, 0 where it is exact."""

    text: str
    value: Fraction
    unit: Fraction

    def __hash__(self) -> int:
        return hash(self.text)  # that of a Fraction takes long


class Name(NamedTuple):
    """A name in its plain spelling, `z_0^1`; `epoch` counts the updates before it."""

    text: str
    epoch: int = 0


class Derivative(NamedTuple):
    """The derivative of one name in another."""

    root: Name
    variable: Name


class Apply(NamedTuple):
    """An operation of the rule table; "above" and "at least" compare, as 0 or 1.

    Those of lists ("list", "item", "matmul", ...) are taken apart before a sheet is made.
    """

    operation: str
    operands: tuple[Expression, ...]


Expression = Number | Name | Derivative | Apply
Key = Name | Derivative  # what a number may be written for


def whole(number: int) -> Number:
    """A whole number as it is written."""
    return Number(str(number), Fraction(number), Fraction(1))


def signed(text: str, value: Fraction, unit: Fraction = Fraction(0)) -> Expression:
    """A number with its sign, as it is written."""
    number = Number(text.lstrip("-"), abs(value), unit)
    return Apply("neg", (number,)) if value < 0 else number


ZERO, ONE = whole(0), whole(1)


def keys_in(expression: Expression) -> list[Key]:
    """The names and the derivatives that stand in an expression, in their order."""
    found: list[Key] = []
    todo = [expression]
    while todo:
        part = todo.pop()
        if isinstance(part, Apply):
            todo += part.operands[::-1]
        elif not isinstance(part, Number):
            found.append(part)
    return found


def names_in(expression: Expression) -> list[Name]:
    """The names that an expression is computed from, each once; those of derivatives not."""
    return list(dict.fromkeys(key for key in keys_in(expression) if isinstance(key, Name)))


def replaced(expression: Expression, by: Callable[[Key], Expression]) -> Expression:
    """An expression with something else in the place of each name and of each derivative."""
    if isinstance(expression, (Name, Derivative)):
        return by(expression)
    if isinstance(expression, Apply):
        operands = tuple(replaced(operand, by) for operand in expression.operands)
        return Apply(expression.operation, operands)
    return expression


def substituted(expression: Expression, parts: Mapping[Expression, Expression]) -> Expression:
    """An expression with others in the place of some of its parts."""
    if expression in parts:
        return parts[expression]
    if not isinstance(expression, Apply):
        return expression
    operands = tuple(substituted(operand, parts) for operand in expression.operands)
    return Apply(expression.operation, operands)


def numbers_in(expression: Expression) -> list[Number]:
    """The numbers that stand in an expression, in their order."""
    if isinstance(expression, Number):
        return [expression]
    if isinstance(expression, Apply):
        return [number for operand in expression.operands for number in numbers_in(operand)]
    return []


def size(expression: Expression) -> int:
    """How many numbers, names and operations there are in an expression."""
    count, todo = 0, [expression]
    while todo:
        part = todo.pop()
        count += 1
        todo += part.operands if isinstance(part, Apply) else ()
    return count


def operations_in(expression: Expression) -> set[str]:
    """The operations of an expression."""
    if not isinstance(expression, Apply):
        return set()
    return {expression.operation}.union(*map(operations_in, expression.operands))


def whole_number(expression: Expression) -> int | None:
    """The whole number that is written, None for anything else."""
    if isinstance(expression, Number) and expression.value.denominator == 1:
        return int(expression.value)
    return None


# How an operation is written, and how tightly it binds.
LEVELS = {"add": 2, "sub": 2, "neg": 2, "mul": 3, "div": 3, "pow": 5}
LEVELS |= {"matmul": 3, "beside": 3, "elementwise": 3, "transpose": 5}
SIGNS = {"add": " + ", "sub": " - ", "mul": "*", "div": "/", "pow": "^"}
SIGNS |= {"matmul": " @ ", "beside": " ", "elementwise": " ⊙ "}
COMPARED = {"above": " > ", "at least": " >= "}
ATOM = 9


def written(expression: Expression, level: int = 0) -> str:
    """An expression as text, with the parentheses that it needs.

    >>> written(Apply("mul", (Name("w"), Apply("sub", (Name("a"), Name("y"))))))
    'w*(a - y)'
    """
    if not isinstance(expression, Apply):
        text = _atom(expression)
        return f"({text})" if text.startswith("-") and level >= LEVELS["mul"] else text
    operation, operands = expression.operation, expression.operands
    if operation in COMPARED:
        return f"({written(operands[0])}{COMPARED[operation]}{written(operands[1])})"
    if operation == "list":
        return f"[{', '.join(map(written, operands))}]"
    if operation == "item":
        return f"{written(operands[0])}[{', '.join(map(written, operands[1:]))}]"
    if operation not in LEVELS:
        return f"{operation}({', '.join(map(written, operands))})"
    own = LEVELS[operation]
    if operation == "neg":
        text = f"-{written(operands[0], own + 1)}"
    elif operation == "transpose":
        text = f"{written(operands[0], own + 1)}^T"
    else:
        left, right = operands
        first = written(left, own + (operation == "pow"))
        text = f"{first}{SIGNS[operation]}{written(right, own + (operation in ('sub', 'div')))}"
    return f"({text})" if own < level else text


def _atom(expression: Number | Name | Derivative) -> str:
    if isinstance(expression, Derivative):
        return f"d{expression.root.text}/d{expression.variable.text}"
    return expression.text
