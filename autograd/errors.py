"""Error sentences: what was computed, with which numbers, and what to do."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from decimal import DecimalException, Overflow
from typing import Any

from autograd.entry import Operation
from autograd.number_types import number_of
from autograd.writing import ATOM, SIGNED, Term


def _shown(number: Any) -> str:
    try:
        text = str(number)
    except ValueError:  # Python does not write integers of many thousand digits
        return "a very large number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def described(operation: Operation, operands: Sequence[Any]) -> str:
    """The operation over its operands' names, or their numbers, and the numbers of those with
    names.
    """
    labels, values = [], dict[str, None]()
    for operand in operands:
        number = _shown(number_of(operand))
        name = operand.name if number_of(operand) is not operand else ""
        labels.append(
            Term(name, ATOM) if name else Term(number, SIGNED if number.startswith("-") else ATOM)
        )
        if name:
            values[f"{name} = {number}"] = None
    text = operation.text(labels).text
    text = text if len(text) < 200 else f"{operation.name} of {len(operands)} operands"
    return f"{text} with {', '.join(list(values)[:8])}" if values else text


def explained(
    error: Exception, operation: Operation, operands: Sequence[Any], of: str = ""
) -> ArithmeticError | TypeError | ValueError:
    """The error again, of the same class, with a sentence that names the operation, its operands,
    and the remedy.

    It carries `operation` and `operands` too, for who handles it.
    """
    reason = str(error) or type(error).__name__
    unhelpful = (
        isinstance(error, TypeError) or "too large" in reason
    )  # what is no number, and ints beyond all floats
    remedy = f"; {operation.domain}" if operation.domain and not unhelpful else ""
    if error.args[:1] == (
        errno.ERANGE,
    ):  # Python's (34, 'Numerical result out of range'), of a power
        reason, remedy = "too large for a float", ""
    elif (
        isinstance(error, DecimalException) and error.args and isinstance(error.args[0], list)
    ):  # signals, as classes
        reason = (
            "too large for a Decimal" if isinstance(error, Overflow) else error.args[0][0].__name__
        )
        remedy = "" if isinstance(error, Overflow) else remedy
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ in ("builtins", "decimal"))
    again = kind(f"{of}{described(operation, operands)}: {reason}{remedy}")
    vars(again).update(operation=operation, operands=operands)
    return again  # type: ignore[no-any-return]
