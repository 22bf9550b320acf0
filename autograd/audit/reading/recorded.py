"""A recorded graph as a sheet: its named nodes are the names, defined over one another.

Numbers are what they are written as: a float 0.1 is a tenth. What has no name is written out where
it is used, or called v1, v2, ... as `Graph.names` does where it is used twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from autograd.audit.expressions import Apply, Derivative, Expression, Name, Number, signed
from autograd.audit.reading.arrays import total
from autograd.audit.reading.names import NAME, plain
from autograd.audit.reading.network import spelled
from autograd.audit.sheet import Given, Sheet
from autograd.notes import notation as notes
from autograd.notes.meaning import Role
from autograd.notes.notation import NOTES, Notation
from autograd.notes.patterns import PATTERN_OF
from autograd.reading import OPERATIONS, Graph, dot, number_of, printable

MOST_DEPTH = 30  # of operations without a name in one definition
ONE, TWO = Number("1", Fraction(1), Fraction(0)), Number("2", Fraction(2), Fraction(0))


class Recorded:
    """The sheet of a graph without its claims; `order` are its names, operands first.

    Raises ValueError for a number or an operation that the audit does not know.

    >>> from autograd import Value
    >>> z = Value(0.5, "w") * Value(3, "x") + 1
    >>> z.name = "z"
    >>> from autograd.audit.expressions import written
    >>> {name.text: written(e) for name, e in Recorded(z).sheet.definitions.items()}
    {'z': 'w*x + 1'}
    """

    def __init__(self, root: Any) -> None:
        self.graph = Graph.of(root)
        self.given: dict[Name, Given] = {}
        self.definitions: dict[Name, Expression] = {}
        self.called: dict[Name, Expression] = {}  # names that no node has
        self.several: set[Name] = set()  # names that several nodes have
        self.order: list[Name] = []
        self._inside: dict[Any, tuple[Expression, int]] = {}  # each node with its depth
        for node in self.graph.order:
            self._inside[node] = self._read(node)
        expression, _ = self._inside[self.graph.root]
        assert isinstance(expression, Name)  # the root is never written out
        self.root = expression
        self.is_named = bool(self.graph.root.name)

    @cached_property
    def notation(self) -> Notation:
        """That of the network that was recorded; the notes' where there is none."""
        names = (node.name for node in self.graph.order)
        return next((name.notation for name in names if isinstance(name, notes.Name)), NOTES)

    @cached_property
    def shown(self) -> Mapping[Name, Expression]:
        """The names that the notation has for gradients of the root, with their sign, and for the
        root where it has none.
        """
        notation, root = self.notation, str(self.graph.root.name or "")
        is_negative = notation.error_sign < 0 and not (root and notation.is_maximised(root))
        found: dict[Name, Expression] = {}
        if not root:
            loss = Apply("neg", (self.root,)) if notation.maximised else self.root
            found[Name(spelled(notation.loss_name))] = loss
        for node in self.graph.order:
            if not isinstance(node.name, notes.Name):
                continue
            text = notation.own_gradient(root, node.name)
            key = Derivative(self.root, Name(spelled(node.name)))
            if text and (key.variable in self.given or key.variable in self.definitions):
                found[Name(spelled(text))] = Apply("neg", (key,)) if is_negative else key
        return found

    @property
    def sheet(self) -> Sheet:
        """The sheet, on which nothing is claimed."""
        return Sheet(given=self.given, definitions=self.definitions)

    def _read(self, node: Any) -> tuple[Expression, int]:
        if self.graph.is_given(node):
            name = self._name(node)
            try:
                value, unit = written_number(node.data)
            except ValueError as error:
                raise ValueError(f"{printable(name.text)}: {error}") from error
            if _is_subtracted(node.name):
                self.given.setdefault(name, Given(-value, unit))
                return Apply("neg", (name,)), 0
            self.given.setdefault(name, Given(value, unit))
            return name, 0
        operands, depths = zip(*(self._operand(x) for x in node.operands), strict=True)
        expression, depth = self._operation(node, operands), 1 + max(depths)
        is_inside = not node.name and self.graph.uses[node] == 1 and depth < MOST_DEPTH
        if is_inside and node is not self.graph.root:
            return expression, depth
        name = self._name(node)
        self.definitions.setdefault(name, expression)
        return name, 0

    def _name(self, node: Any) -> Name:
        """A node's name; of several with one name the later ones have a number behind it."""
        shown = self.graph.names[node]
        of_network = isinstance(node.name, notes.Name)
        if of_network and not re.fullmatch(NAME, shown.replace(",", "")):
            raise ValueError(_unreadable(node.name))
        name = Name((spelled(shown) if of_network else plain(shown)) or shown)
        text = name.text
        while name in self.given or name in self.definitions:
            self.several.add(Name(text))
            name = Name(f"{text} ({len(self.order)})")
        self.order.append(name)
        return name

    def _operand(self, operand: Any) -> tuple[Expression, int]:
        if self.graph.has(operand):
            return self._inside[operand]
        value, unit = written_number(operand)
        return signed(str(value), value, unit), 0

    def _operation(self, node: Any, operands: Sequence[Expression]) -> Expression:
        name = node.operation.name
        if OPERATIONS.get(name) is not node.operation:
            raise ValueError(f"{printable(name)} is an operation that the audit does not know")
        write = WRITTEN_OUT.get(name)
        return write(operands) if write else Apply(name, tuple(operands))


def _unreadable(name: notes.Name) -> str:
    """That a notation has names that can be shown, but not read."""
    field = PATTERN_OF[name.quantity.role]
    if name.quantity.role is Role.ACTIVATION and name.quantity.layer == 0:
        field = "input_pattern" if name.notation.input_pattern else field
    pattern = getattr(name.notation, field)
    return (
        f"{name!r} cannot be read as a name: give the notation's {field} {pattern!r} letters "
        "first, and indices behind _ or ^, as in 'w_{indices}^{layer}'"
    )


def _is_subtracted(name: str | None) -> bool:
    """Whether what is called so in a notation is the negative of the bias that is added."""
    if not isinstance(name, notes.Name):
        return False
    return name.notation.bias_is_subtracted and name.quantity.role is Role.BIAS


def written_number(number: Any) -> tuple[Fraction, Fraction]:
    """The rational that a number is written as, and one unit in its last place, 0 if exact.

    >>> written_number(0.25), written_number(Fraction(1, 3))
    ((Fraction(1, 4), Fraction(1, 100)), (Fraction(1, 3), Fraction(0, 1)))
    """
    number = number_of(number)
    if isinstance(number, (int, Fraction)):
        return Fraction(number), Fraction(0)
    try:
        decimal = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
        _, _, exponent = decimal.as_tuple()
        return Fraction(decimal), Fraction(10) ** int(exponent)
    except (ArithmeticError, ValueError, TypeError) as error:
        raise ValueError(f"{printable(repr(number)[:40])} is no real number") from error


# --- operations on many, in those of two ----------------------------------------------------------


def _dot(operands: Sequence[Expression]) -> Expression:
    """Weights, then as many numbers, then a bias or none."""
    weights, inputs, bias = dot.parts(operands)
    products = (Apply("mul", pair) for pair in zip(weights, inputs, strict=True))
    return total([*products, *bias])


def _mean(operands: Sequence[Expression]) -> Expression:
    count = Fraction(len(operands))
    return Apply("div", (total(operands), Number(str(count), count, Fraction(0))))


def _squared(operands: Sequence[Expression]) -> Expression:
    return Apply("pow", (Apply("sub", tuple(operands)), TWO))


def _half_squared(operands: Sequence[Expression]) -> Expression:
    return Apply("div", (_squared(operands), TWO))


def _over(score: Expression, scores: Sequence[Expression]) -> Expression:
    """exp(z_0 - z) + exp(z_1 - z) + ..., in which z itself gives 1."""
    others = [x for x in scores if x is not score]
    ones = [ONE] * (len(scores) - len(others))
    return total([*ones, *(Apply("exp", (Apply("sub", (x, score)),)) for x in others)])


def _share(operands: Sequence[Expression]) -> Expression:
    score, *scores = operands
    return Apply("div", (ONE, _over(score, scores)))


def _log_sum(operands: Sequence[Expression]) -> Expression:
    return Apply("add", (operands[0], Apply("log", (_over(operands[0], operands),))))


def _cross_entropy(operands: Sequence[Expression]) -> Expression:
    """Logits, then as many targets."""
    half = len(operands) // 2
    scores, targets = operands[:half], operands[half:]
    logs = (Apply("log", (_over(score, scores),)) for score in scores)
    return total([Apply("mul", pair) for pair in zip(targets, logs, strict=True)])


WRITTEN_OUT: dict[str, Callable[[Sequence[Expression]], Expression]] = {
    "dot": _dot,
    "total": total,
    "mean": _mean,
    "squared_error": _squared,
    "half_squared_error": _half_squared,
    "softmax_share": _share,
    "log_sum_exp": _log_sum,
    "cross_entropy_with_logits": _cross_entropy,
}
