"""The numbers of lines: as they were computed, or with the result of each line rounded.

To round each step is another computation over the same graph, the one of people who write down each
result to so many places and go on with what they have written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import mul
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.notes.expressions import Form, Pen, number_term
from autograd.notes.means import exact_share
from autograd.notes.number_style import PLAIN, NumberStyle, in_type
from autograd.notes.numbers import exact_value
from autograd.reading import (
    FAULTS,
    OPERATIONS,
    Graph,
    Operation,
    Term,
    Value,
    explained,
    is_finite,
    number_of,
    printable,
    record,
    topological_order,
)

ROUNDED_TYPES = (int, float, Fraction, Decimal)
REPEATING = {OPERATIONS[name] for name in ("total", "dot", "mul", "add", "neg", "sub")}


class Result(NamedTuple):
    """The number that a line arrives at, what is shown of it, how, and whether that is rounded."""

    number: Any
    shown: Any
    style: NumberStyle
    rounded: bool

    @property
    def text(self) -> str:
        """The number in text, without a mark where it is rounded."""
        return self.style.text(self.shown)

    @property
    def latex(self) -> str:
        """The same in LaTeX."""
        return self.style.latex(self.shown)

    @property
    def html(self) -> str:
        """The same in HTML."""
        return self.style.html(self.shown)

    @property
    def marked(self) -> str:
        """The text, with ≈ before it where the number is rounded."""
        return ("≈" if self.rounded else "") + self.text


class LineNumbers:
    """The numbers as they were computed, in a style.

    >>> w = Value(2 / 3, "w")
    >>> numbers = LineNumbers(NumberStyle(decimals=2))
    >>> numbers.result(w).marked, numbers.term(w, numbers.pen()).text
    ('≈0.67', '0.67')
    """

    def __init__(self, style: NumberStyle = PLAIN) -> None:
        self.style = style
        self._data: dict[Value, Any] = {}  # as it was, for lines that are written later

    def in_style(self, style: NumberStyle) -> LineNumbers:
        """The same numbers, shown in another style.

        >>> LineNumbers().in_style(NumberStyle(decimals=2)).of_number(2 / 3).marked
        '≈0.67'
        """
        numbers = LineNumbers(style)
        numbers._data = self._data
        return numbers

    def go_on(
        self, graph: Graph, label: Callable[[Value], str], counts: Sequence[int] = ()
    ) -> None:
        """Compute the numbers of another graph, which begins at nodes of those before, and whose
        means are over so many.
        """
        self._data |= graph.data

    def compute(self, lines: Sequence[Value]) -> None:
        """Compute the numbers of these lines; here they are computed already."""

    def write_as(self, expressions: Mapping[Value, Value]) -> None:
        """Compute these nodes as the expressions that are written for them; as here they are."""

    def could_write(self, expression: Any) -> bool:
        """Whether what is written for a node has a number; not where a share is rounded to 0."""
        return True

    def is_line(self, node: Value) -> bool:
        """Whether a node's number is the rounded one of a line, though it may have no label."""
        return False

    def written_out(self, node: Value) -> Value:
        """The same node, or another in whose place it is computed: log(e^u/(e^u + e^v)), where the
        share p in log(p) is rounded to 0.
        """
        return node

    def of(self, x: Any) -> Any:
        """The number of a node; a plain number itself."""
        return self._data.get(x, x.data) if x.__class__ is Value else x

    def product(self, factors: Sequence[Any]) -> Any:
        """The product of the numbers of nodes and of plain numbers."""
        return reduce(mul, map(self.of, factors))

    def all_of(self, each: Sequence[Any]) -> list[Any]:
        """The numbers of nodes, of those that have no line too."""
        return [number_of(x) for x in each]

    def term(self, node: Value, pen: Pen) -> Term:
        """The number of a node as an operand.

        What is given and would be 0 or 1 where it is rounded, such as an epsilon, stands in full.
        """
        number = self.of(node)
        given = node.operation is None and self.style.rounds
        if given and self.style.rounded(number) in (0, 1) and self.style.is_rounded(number):
            return pen.number(number, style=replace(self.style, decimals=None, digits=None))
        return pen.number(number)

    def pen(self, form: Form = "text", derived: bool = False, counts: Sequence[int] = ()) -> Pen:
        """What expressions are written with, their plain numbers in the same style, but those that
        are one of so many as fractions; of what is derived without factors of 1.
        """
        return Pen(self.style, form, derived, counts)

    def result(self, x: Any, negate: bool = False) -> Result:
        """What the line of a node, or of a plain number, arrives at; or its negative."""
        return self.of_number(-self.of(x) if negate else self.of(x))

    def of_number(self, number: Any) -> Result:
        """A number that stands at the end of a line."""
        style = self.style
        return Result(number, number, style, style.is_rounded(number))


class RoundedLines(LineNumbers):
    """The numbers of those who round the result of each line, and go on with the rounded ones.

    A line is what has a label, and what `compute` is given, first the root. Leaves are not rounded,
    and what a line writes out on its way neither. Where a rounded operand leaves a line without a
    number, as log(p) for p = 0.00, it writes out what that is computed from. Floats are computed
    with as the decimals that are written for them, so that a half is one; the results have the type
    that the graph has.

    >>> a = Value(1.15, "a")
    >>> b = a * 0.1
    >>> numbers = RoundedLines(Graph(b), lambda node: node.name, NumberStyle(2, halves="up"))
    >>> numbers.of(b), round(b.data, 2)
    (0.12, 0.11)
    """

    def __init__(
        self,
        graph: Graph,
        label: Callable[[Value], str],
        style: NumberStyle,
        written: Mapping[Value, Value] = MappingProxyType({}),
        counts: Sequence[int] = (),
    ) -> None:
        super().__init__(style)
        self._written = dict(written)
        self._written_out: dict[Value, Value] = {}
        self._numbers: dict[Any, Any] = {}  # what is gone on with
        self._results: dict[Any, Any] = {}  # of a line, what was rounded
        self._repeats: dict[Any, Any] = {}  # of a line that is a line before, or minus it, that
        self._counts: set[int] = set()
        self.go_on(graph, label, counts)

    def in_style(self, style: NumberStyle) -> LineNumbers:
        return _ShownOtherwise(self, style)

    def go_on(
        self, graph: Graph, label: Callable[[Value], str], counts: Sequence[int] = ()
    ) -> None:
        self._label = label
        self._counts.update(counts)
        for node in graph.order:
            _require_decimals(node)
        self.compute([graph.root])

    def write_as(self, expressions: Mapping[Value, Value]) -> None:
        self._written |= expressions

    def compute(self, lines: Sequence[Value]) -> None:
        if lines:
            self._compute(lines, set(lines))

    def _compute(
        self, results: Sequence[Value], are_lines: set[Value], as_they_stand: bool = False
    ) -> None:
        for node in self._not_computed(results):
            is_line = node in are_lines or bool(self._label(node))
            written = self._written.get(node)
            if written is not None and self._compute_as(node, written, is_line):
                continue
            try:
                self._compute_result(node, is_line)
            except FAULTS as error:
                if as_they_stand or not self._compute_written_out(node, is_line):
                    raise self._explained(error, node) from error

    def _not_computed(self, results: Sequence[Value]) -> list[Value]:
        """The nodes that have no number yet, operands before results."""
        path, seen, known = list(results), set(results), set[Value]()
        while path:
            node = path.pop()
            if node in self._numbers:
                known.add(node)
                continue
            new = [x for x in node.operands if _is_value(x) and x not in seen]
            seen.update(new)
            path += new
        return topological_order(*results, stop=known)

    def _compute_result(self, node: Value, is_line: bool) -> None:
        operation, like = node.operation, node.data
        if operation is None:
            self._numbers[node] = like
            return
        result = _value(operation, [self._operand(x, operation) for x in node.operands], like)
        if is_finite(like) and not is_finite(result):
            raise ValueError(f"{result} in place of {like}")  # log of a Decimal 0
        if is_line:
            self._results[node] = result
            if (before := self._repeated(node, result)) is not None:
                self._repeats[node] = before
            result = _in_type_of(like, self.style.rounded(result))
        self._numbers[node] = result

    def _operand(self, x: Any, of: Operation) -> Any:
        if _is_value(x):
            return self._numbers[x]
        share = exact_share(x, of, self._counts)
        return x if share is None else share

    def _compute_as(self, node: Value, expression: Value, is_line: bool) -> bool:
        """Compute a node as what is written for it; that fails where a share is rounded to 0."""
        try:
            self._compute([expression], {expression} if is_line else set(), as_they_stand=True)
        except FAULTS:
            return False
        for numbers in (self._numbers, self._results, self._repeats):
            if expression in numbers:
                numbers[node] = numbers[expression]
        return True

    def _compute_written_out(self, node: Value, is_line: bool) -> bool:
        """Compute a node over what its rounded operands are computed from: those that are rounded
        to 0 or 1, else all; that fails where it has no number so either.
        """
        rounded = self._rounded_within(node)
        order = topological_order(node, stop=rounded)
        for out in ([x for x in rounded if abs(self.of(x)) in (0, 1)], rounded):
            again: dict[Any, Any] = {x: _again(x, {}) for x in out}
            for x in order:
                if any(_is_value(y) and y in again for y in x.operands):
                    again[x] = _again(x, again)
            if node in again and self._compute_as(node, again[node], is_line):
                self._written_out[node] = again[node]
                return True
        return False

    def _rounded_within(self, node: Value) -> list[Value]:
        """The rounded lines that a node is computed from with no other rounded between."""
        found, seen, path = list[Value](), {node}, [node]
        while path:
            for x in path.pop().operands:
                if _is_value(x) and x not in seen:
                    seen.add(x)
                    (found if self.is_rounded(x) else path).append(x)
        return found

    def _repeated(self, node: Value, result: Any) -> Value | None:
        """The line that a sum or product is, or minus it, beside no more than plain numbers."""
        operands: list[Any] = [node]
        while len(operands) == 1 and operands[0].operation in REPEATING:
            operands = [x for x in operands[0].operands if _is_value(x)]
            if len(operands) == 1 and operands[0] in self._results:
                before, now = (exact_value(x) for x in (self.of(operands[0]), result))
                is_same = before is not None and now is not None and abs(before) == abs(now)
                return operands[0] if is_same else None
        return None

    def _explained(self, error: Exception, node: Value) -> Exception:
        """The error again, with what was computed, the operands by name, and what to do."""
        operation: Any = node.operation
        operands = [
            Value(_in_type_of(x.data, self.of(x)), self._label(x)) if _is_value(x) else x
            for x in node.operands
        ]
        again = explained(error, operation, operands, "with each step rounded, ")
        again.args = (f"{again}. Give {self.style.more}",)
        return again

    def could_write(self, expression: Any) -> bool:
        return expression.__class__ is not Value or expression in self._numbers

    def is_line(self, node: Value) -> bool:
        return node in self._results

    def written_out(self, node: Value) -> Value:
        return self._written_out.get(node, node)

    def of(self, x: Any) -> Any:
        return self._numbers[x] if x.__class__ is Value else x

    def product(self, factors: Sequence[Any]) -> Any:
        product = super().product(factors)
        exact = [exact_value(self._operand(x, OPERATIONS["mul"])) for x in factors]
        return product if None in exact else _in_type_of(product, reduce(mul, exact))

    def all_of(self, each: Sequence[Any]) -> list[Any]:
        """The numbers of nodes; what stands within a line is rounded too, though the line goes on
        with all its digits, unless it decides which side an operation takes.
        """
        apart = copy(self)  # no line is computed from what is computed here
        apart._numbers, apart._results = dict(self._numbers), dict(self._results)
        nodes = [x for x in each if x.__class__ is Value]
        apart._compute(nodes, set())
        selecting = (x.operands for x in nodes if x.operation and x.operation.selects)
        full = {x for operands in selecting for x in operands if x.__class__ is Value}
        full.update(x for x in nodes if x.operation is None)
        numbers = [
            apart.of(x) if x in full else self.style.rounded(apart.of(x)) if _is_value(x) else x
            for x in each
        ]
        return [_in_type_of(number_of(x), number) for x, number in zip(each, numbers, strict=True)]

    def term(self, node: Value, pen: Pen) -> Term:
        if node in self._results:
            term = number_term(self._shown(node), style=self.style, form=pen.form)
            return term._replace(number=self._numbers[node])
        # A given number is shown in full: a line can be checked by what stands in it.
        return pen.number(self.of(node))

    def pen(self, form: Form = "text", derived: bool = False, counts: Sequence[int] = ()) -> Pen:
        return Pen(self.style.exact, form, derived, counts)

    def result(self, x: Any, negate: bool = False) -> Result:
        number = shown = self.of(x)
        style = self.style.exact
        if _is_value(x) and x in self._results:
            shown, style = self._shown(x), self.style
        if negate:
            number, shown = -number, -shown
        return Result(number, shown, style, self.is_rounded(x))

    def is_rounded(self, x: Any) -> bool:
        """Whether x is a line whose result was rounded."""
        is_line = _is_value(x) and x in self._results
        return is_line and exact_value(self._results[x]) != exact_value(self._numbers[x])

    def _shown(self, line: Value) -> Any:
        """What is written for a line's number, 0.50 with its zeros where it was rounded to 0.5, and
        where that is repeated.
        """
        if line in self._repeats:
            before = self._repeats[line]
            shown = self._shown(before)
            return shown if self.of(before) == self.of(line) else -shown
        result, number = self._results[line], self._numbers[line]
        written_alike = exact_value(self.style.rounded(result)) == exact_value(number)
        return result if written_alike and self.is_rounded(line) else number


class _ShownOtherwise(LineNumbers):
    """The numbers of rounded lines in another style; a line that was rounded is still marked so."""

    def __init__(self, lines: RoundedLines, style: NumberStyle) -> None:
        super().__init__(style)
        self._lines = lines

    def in_style(self, style: NumberStyle) -> LineNumbers:
        return _ShownOtherwise(self._lines, style)

    def could_write(self, expression: Any) -> bool:
        return self._lines.could_write(expression)

    def is_line(self, node: Value) -> bool:
        return self._lines.is_line(node)

    def written_out(self, node: Value) -> Value:
        return self._lines.written_out(node)

    def of(self, x: Any) -> Any:
        return self._lines.of(x)

    def product(self, factors: Sequence[Any]) -> Any:
        return self._lines.product(factors)

    def all_of(self, each: Sequence[Any]) -> list[Any]:
        return self._lines.all_of(each)

    def result(self, x: Any, negate: bool = False) -> Result:
        result, was_rounded = super().result(x, negate), self._lines.is_rounded(x)
        return result._replace(rounded=result.rounded or was_rounded)


def _is_value(x: Any) -> bool:
    return x.__class__ is Value


def _again(node: Value, operands: Mapping[Any, Any]) -> Value:
    """A node without a name that computes the same, over other operands."""
    operation: Any = node.operation
    kept = (operands.get(x, x) if _is_value(x) else x for x in node.operands)
    return record(operation, tuple(kept))


def _require_decimals(node: Value) -> None:
    if not isinstance(node.data, ROUNDED_TYPES):
        name = printable(node.name) or "a number"
        raise TypeError(
            "rounding='each step' rounds int, float, Fraction and Decimal: "
            f"{name} is of type {type(node.data).__name__}"
        )


def _value(operation: Operation, numbers: list[Any], like: Any) -> Any:
    """The value of an operation, exactly where it is rational; else as the type computes it."""
    exact = list(map(exact_value, numbers))
    if None not in exact:
        try:
            result = operation.value(*exact)
            if isinstance(result, (int, Fraction)):
                return Fraction(result)
        except FAULTS:
            pass  # it is not rational
    return operation.value(*(_in_type_of(like, number) for number in numbers))


def _in_type_of(like: Any, number: Any) -> Any:
    """A number that was computed with as a rational, in the type of the graph again."""
    exact = exact_value(number)
    if exact is None or isinstance(like, Fraction):
        return number
    if isinstance(like, Decimal):
        is_decimal = isinstance(number, Decimal)
        return number if is_decimal else Decimal(exact.numerator) / exact.denominator
    return number if isinstance(number, (int, float)) else in_type(like, exact)
