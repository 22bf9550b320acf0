"""Lists and matrices taken apart: each element is a name of its own, and is judged by itself.

    given W = [[0.2, -0.4], [-0.3, 0.8]]; x = [1, 2]
    define z = W*x
    z = [0.2 - 0.8, -0.3 + 1.6] = [-0.6, 1.3]

says W[0,0] = 0.2 and so on, z[0] = W[0,0]*x[0] + W[0,1]*x[1], and two claims. A list is a column.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

from autograd.audit.expressions import Apply, Derivative, Expression, Name, Number, keys_in, written
from autograd.audit.reading.arrays import (
    Array,
    Shape,
    ShapeError,
    computed,
    fit,
    is_of_lists,
    of_shape,
    repeated,
    single,
)
from autograd.audit.reading.names import CHANGE, indexed, unmarked
from autograd.audit.reading.worksheet import Reading, Statement
from autograd.audit.sheet import Fault
from autograd.reading import printable

MOST_STATEMENTS = 40_000  # of single numbers
MOST_READ = 200  # characters that are shown of the line of an element
MOST_GATHERED = 100  # single numbers that are called a list
DECLARED = ("given", "given ~", "define", "let", "start", "shape")
INDEXED = re.compile(r"([^_^]+)_\{?(\d{1,4}|\d,\d)\}?(\^.+)?")
TRANSPOSED = re.compile(r"(.+)\^(?:\{(.*)T\}|(\[?\w*\]?)T)")


def expanded(
    found: Reading, others: Container[str] = (), layers: Mapping[str, Array] = MappingProxyType({})
) -> Reading:
    """A reading with its lists taken apart; what does not fit together is a fault.

    `others` are names of single numbers that no statement declares; a list whose elements have
    names among them is one of those. `layers` are the names of lists that the header declares.
    """
    if not any(_has_lists(statement, layers) for statement in found.statements):
        return found
    lists = _Lists(found.statements, others, layers)
    statements: list[Statement] = []
    faults = list(found.faults)
    for statement in found.statements:
        try:
            statements += lists.apart(statement, faults)
        except ShapeError as error:
            faults.append(_fault(statement, error))
            lists.refuse(statement)
            statements += _unread(statement, faults[-1])
        if len(statements) > MOST_STATEMENTS:
            sentence = f"lists of over {MOST_STATEMENTS} elements, all together"
            faults.append(Fault(statement.line, 1, sentence))
            break
    return replace(found, statements=statements, faults=faults)


def _has_lists(statement: Statement, layers: Container[str]) -> bool:
    if statement.kind == "shape":
        return True
    todo: list[Expression] = [statement.left, *statement.links]
    while todo:
        expression = todo.pop()
        if isinstance(expression, Apply):
            if is_of_lists(expression):
                return True
            todo += expression.operands
        elif isinstance(expression, Derivative):
            todo.append(expression.variable)
        elif isinstance(expression, Name) and expression.text in layers:
            return True
    return False


def _unread(statement: Statement, fault: Fault) -> Iterator[Statement]:
    """A claim that does not fit, of which nothing is taken but its left side."""
    if statement.kind == "claim":
        yield statement._replace(links=(), unread=fault.sentence)


def _fault(statement: Statement, error: ShapeError) -> Fault:
    return Fault(statement.line, statement.column, printable(str(error)))


class _Lists:
    """What names are lists on a sheet, found where they are needed."""

    def __init__(
        self, statements: Sequence[Statement], others: Container[str], layers: Mapping[str, Array]
    ) -> None:
        self.statements = statements
        self.others = others
        self.layers = layers
        self.declared: dict[Name, Statement] = {}
        for statement in statements:
            if statement.kind in DECLARED and isinstance(statement.left, Name):
                self.declared.setdefault(statement.left, statement)
        self.found: dict[Name, Array] = {}
        self.broken: dict[Name, int] = {}
        self.under_way: list[Name] = []
        self.first: int | None = None  # the index that elements are counted from, where it is clear
        self.first = self._counted_from()
        self.found.clear()
        self.broken.clear()

    def apart(self, statement: Statement, faults: list[Fault]) -> Iterator[Statement]:
        """The statements of single numbers that one of lists is."""
        if statement.kind == "shape":
            return
        if statement.unread:
            yield statement
            return
        links = list(self._links(statement, faults))
        left = self.of(statement.left)
        if statement.kind.startswith("given"):  # b = 0, of a whole layer
            links = [x if x is None or x.shape else repeated(x, left.shape) for x in links]
        fitting = [x for x in links if x is not None and self._fits(statement, left, x, faults)]
        if links and (not fitting or fitting[-1] is not links[-1]):  # the answer is not there
            yield from _unread(statement, faults[-1])
            return
        if not left.shape and not any(link.shape for link in fitting):
            whole = tuple(link.items[0] for link in fitting)
            yield statement._replace(left=left.items[0], links=whole)
            return
        for place, name in enumerate(left.items if fitting else ()):
            chain = tuple(link.items[place] for link in fitting)
            read = " = ".join(map(written, (name, *chain)))
            short = read if len(read) <= MOST_READ else f"{read[:MOST_READ]}..."
            yield statement._replace(read=short, left=name, links=chain)

    def _links(self, statement: Statement, faults: list[Fault]) -> Iterator[Array | None]:
        """What stands after the signs of equality; None for what is faulty in a claim."""
        for link in statement.links:
            try:
                yield self.of(link)
            except ShapeError as error:
                if statement.kind != "claim":
                    raise
                faults.append(_fault(statement, error))
                yield None

    def _fits(self, statement: Statement, left: Array, link: Array, faults: list[Fault]) -> bool:
        try:
            turned = fit(statement.left, left, link)
        except ShapeError as error:
            said = ShapeError(f"{error}{self._as_gradient(statement.left)}")
            faults.append(_fault(statement, said))
            return False
        if turned is not None:
            faults.append(_fault(statement, turned))
        return True

    def _as_gradient(self, left: Expression) -> str:
        """What dZ may be where nothing declares it."""
        if not isinstance(left, Name) or left in self.declared or left.text in self.layers:
            return ""
        variable = left.text.removeprefix("d")
        is_meant = variable != left.text and Name(variable) in self.declared
        own = (
            f"let d{variable} = dL/d{variable}, or m*dL/d{variable} where L is a mean and it is not"
        )
        return f"; where it is a gradient, say which: {own}" if is_meant else ""

    def refuse(self, statement: Statement) -> None:
        """Take a faulty declaration for none; lines that use it are pointed to it."""
        name = statement.left
        if isinstance(name, Name) and self.declared.get(name) is statement:
            self.broken[name] = statement.line

    def of(self, expression: Expression) -> Array:
        """An expression as an array of those of single numbers."""
        if isinstance(expression, Name):
            return self.named(expression)
        if isinstance(expression, Derivative):
            root, variable = self.of(expression.root), self.of(expression.variable)
            if root.shape:
                raise ShapeError(f"{expression.root.text} is a {root.described}, not one number")
            inside = (Derivative(root.items[0], name) for name in variable.items)  # type: ignore[arg-type]
            return variable._replace(items=tuple(inside))
        if isinstance(expression, Number):
            return single(expression)
        return computed(expression, [self.of(operand) for operand in expression.operands])

    def named(self, name: Name) -> Array:
        """The elements of a list by its name; the name itself where it is none."""
        if name in self.broken:
            raise ShapeError(f"{name.text} is not known: see line {self.broken[name]}")
        if name not in self.found:
            if name in self.under_way:
                chain = (*self.under_way[self.under_way.index(name) :], name)
                raise ShapeError(f"a cycle of definitions: {' -> '.join(n.text for n in chain)}")
            self.under_way.append(name)
            try:
                self.found[name] = self._named(name)
            except ShapeError:
                if name in self.declared:
                    self.broken[name] = self.declared[name].line
                raise
            finally:
                self.under_way.pop()
        return self.found[name]

    def _named(self, name: Name) -> Array:
        statement = self.declared.get(name)
        if name.text in self.layers:
            return self.layers[name.text]
        if statement is not None:
            shape = self._shape(statement)
            elements = self._gathered(name) if shape else None
            is_theirs = elements is not None and elements.shape == shape
            return elements if elements and is_theirs else of_shape(name.text, shape)
        if match := TRANSPOSED.fullmatch(name.text):
            rest = match[2] or match[3]
            base = Name(match[1] + (f"^{rest}" if rest else ""))
            if base in self.declared or base.text in self.layers:
                return computed(Apply("transpose", (base,)), [self.named(base)])
        found = self._element(name) or self._updated(name) or self._changed(name)
        return found or self._gathered(name) or single(name)

    def _changed(self, name: Name) -> Array | None:
        """The elements of ΔW, each the change of an element of the list W."""
        base = Name(name.text.removeprefix(f"{CHANGE}_").strip("{}"))
        if base == name or not (base in self.declared or base.text in self.layers):
            return None
        array = self.named(base)
        items = (Name(indexed(CHANGE, each.text)) for each in array.items if isinstance(each, Name))
        return array._replace(items=tuple(items)) if array.shape else None

    def _updated(self, name: Name) -> Array | None:
        """The elements of W^+ or W_new, each the new one of an element of the list W.

        W' may be W transposed.
        """
        base = Name(unmarked(name.text))
        is_list = base in self.declared or base.text in self.layers
        if "'" in name.text or not is_list:
            return None
        array = self.named(base)
        marked = (Name(f"{each.text}'") for each in array.items if isinstance(each, Name))
        return array._replace(items=tuple(marked)) if array.shape else None

    def _shape(self, statement: Statement) -> Shape:
        if statement.kind == "shape":
            return tuple(int(number.value) for number in statement.links[0].operands)  # type: ignore[union-attr]
        return self.of(statement.links[0]).shape

    def _element(self, name: Name) -> Array | None:
        """z_1 where z is a list, counted as the sheet does."""
        found = self._place(name)
        if found is None or self.first is None:
            return None
        array, digits, sizes = found
        place = 0
        for digit, size in zip(digits, sizes, strict=True):
            if not 0 <= digit - self.first < size:
                return None
            place = place * size + digit - self.first
        return single(array.items[place])

    def _place(self, name: Name) -> tuple[Array, Sequence[int], Sequence[int]] | None:
        """The list that a name is an element of, its indices, and how many there are of each."""
        match = INDEXED.fullmatch(name.text)
        base = Name(match[1] + (match[3] or "")) if match else name
        if match is None or name in self.declared or base not in self.declared:
            return None
        array = self.named(base)
        sizes = [size for size in array.shape if size > 1]
        digits = [int(match[2])] if len(sizes) == 1 and match[2].isdigit() else []
        digits = digits or [int(digit) for digit in match[2].replace(",", "")]
        return (array, digits, sizes) if len(digits) == len(sizes) else None

    def _counted_from(self) -> int | None:
        """0 where an element is called so, 1 where one is called by the number of elements."""
        found: set[int] = set()
        for name in self._names():
            try:
                place = self._place(name)
            except ShapeError:
                continue
            if place is not None:
                _, digits, sizes = place
                found |= {0 for digit in digits if digit == 0}
                found |= {1 for pair in zip(digits, sizes, strict=True) if len(set(pair)) == 1}
        return found.pop() if len(found) == 1 else None

    def _names(self) -> Iterator[Name]:
        for statement in self.statements:
            for expression in (statement.left, *statement.links):
                for key in keys_in(expression):
                    yield from (key.root, key.variable) if isinstance(key, Derivative) else (key,)

    def _gathered(self, name: Name) -> Array | None:
        """z^1 where z_0^1, z_1^1 are declared; W^1 of w_00^1, w_01^1."""
        base, mark, above = name.text.partition("^")
        above = mark + above
        if name.text in self.others or "_" in base:
            return None
        for first in (0, 1):
            items = self._while(f"{base}_{first + k}{above}" for k in range(MOST_GATHERED))
            if items:
                return Array((len(items),), tuple(items), 1, 1)
        return self._gathered_rows(base[:1].lower() + base[1:], above)

    def _gathered_rows(self, base: str, above: str) -> Array | None:
        for first in (0, 1):
            places = range(first, 10)
            names = [self._while(f"{base}_{j}{k}{above}" for k in places) for j in places]
            rows = [row for row in names if row]
            if rows and all(len(row) == len(rows[0]) for row in rows):
                items = tuple(name for row in rows for name in row)
                return Array((len(rows), len(rows[0])), items, 1, 1)
        return None

    def _while(self, names: Iterable[str]) -> list[Name]:
        """The names as long as they are declared."""
        return [Name(text) for text in takewhile(self._is_known, names)]

    def _is_known(self, text: str) -> bool:
        return Name(text) in self.declared or text in self.others
