"""Error sentences: what was computed, with which numbers, and what to do."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from decimal import DecimalException, Overflow

from autograd.entry import Node, Operation
from autograd.number_types import Number, Operand, number_of
from autograd.writing import ATOM, PRODUCT, SIGNED, Term, printable

FAULTS = (ArithmeticError, TypeError, ValueError)  # what arithmetic raises where there is no number
LONGEST = 60  # characters of a number
MOST = 8  # names with their numbers
NO_DECIMAL = "write the number beside the Decimal as one too, Decimal('0.1') for 0.1"


def described(operation: Operation, operands: Sequence[Operand]) -> str:
    """The operation over its operands' names, or their numbers, and the numbers of the names."""
    labels, values = [], dict[str, None]()
    for operand in operands:
        number = _shown(number_of(operand))
        name = _name(operand) if number_of(operand) is not operand else ""
        if name:
            values[f"{name} = {number}"] = None
            labels.append(Term(name))
        else:
            level = PRODUCT if "/" in number else ATOM
            labels.append(Term(number, SIGNED if number.startswith("-") else level))
    text = operation.text(labels).text
    if len(text) >= 200:
        text = f"{operation.name} of {len(operands)} operands"
    return f"{text} with {', '.join(list(values)[:MOST])}" if values else text


def explained(
    error: Exception, operation: Operation, operands: Sequence[Operand], of: str = ""
) -> Exception:
    """The error again, of the same class, with a sentence that names operation, operands, remedy.

    It carries `operation` and `operands` too, for who handles it.
    """
    reason, is_remedied = _reason(error)
    remedy = f"; {operation.domain}" if operation.domain and is_remedied else ""
    kind = next(k for k in type(error).__mro__ if k.__module__ in ("builtins", "decimal"))
    again: Exception = kind(f"{of}{described(operation, operands)}: {reason}{remedy}")
    vars(again).update(operation=operation, operands=operands)
    return again


def of_derivative(error: Exception, node: Node) -> Exception:
    """The error again, of a derivative of `node`; without more words where the node is a leaf.

    It carries the `node` too.
    """
    if node.operation is None:
        return type(error)(*error.args)
    again = explained(error, node.operation, node.operands, "the derivative of ")
    vars(again)["node"] = node
    return again


def _reason(error: Exception) -> tuple[str, bool]:
    """What the error says, in words, and whether operands of the right domain would mend it."""
    reason = str(error) or type(error).__name__
    if isinstance(error, TypeError):
        mixed = "'decimal.Decimal'" in reason and ("'float'" in reason or "'Fraction'" in reason)
        return f"{reason}; {NO_DECIMAL}" if mixed else reason, False
    if error.args[:1] == (errno.ERANGE,):  # Python's (34, 'Numerical result out of range')
        return "too large for a float", False
    if isinstance(error, DecimalException) and error.args and isinstance(error.args[0], list):
        overflow = isinstance(error, Overflow)
        return ("too large for a Decimal", False) if overflow else (error.args[0][0].__name__, True)
    return reason, "too large" not in reason  # Python's, of an int beyond all floats


def _name(node: Node) -> str:
    """Its name, or that of the one Value that it is the sum of: a derivative's variable."""
    while not node.name and node.operation is not None and node.operation.name == "total":
        if len(node.operands) != 1:
            break
        (node,) = node.operands
    return printable(node.name)


def _shown(number: Number) -> str:
    try:
        text = str(number)
    except ValueError:  # Python does not write integers of many thousand digits
        return "a very large number"
    return printable(text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}...")
