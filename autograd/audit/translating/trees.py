"""An expression as a tree that knows its places in the text, so that parts of it can be rewritten.

It is read as the grammar reads it, which has read it before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from autograd.audit.reading.grammar import CLOSING, derivative
from autograd.audit.reading.names import PART, plain
from autograd.audit.reading.tokens import Token, UnreadableError, tokens

TIMES = ("*", "/", "@", "(.)")
COMPARED = (">", ">=", "<", "<=")
EXPONENT = re.compile(r"\{?-?\d+\}?")
PLACES = re.compile(r"\d+(?:\s*,\s*\d+)*\s*\]")


class Node(NamedTuple):
    """A part of an expression: what it is, where it stands, and what it is made of.

    "sum", "product", "signed" (-x), "power" (what follows its part is the exponent), "group" (x),
    "list", "fraction", "element" (of a list that is its part), "number", "name", "derivative", of
    two names after their d; "other" is what computes something from its parts, such as a function.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()


def tree(text: str, declared: Callable[[str], bool], functions: Mapping[str, str]) -> Node:
    """The tree of a text.

    >>> found = tree("2*(a - y)", lambda name: True, {})
    >>> found.kind, [part.kind for part in found.parts], found.parts[1].parts[0].kind
    ('product', ['number', 'group'], 'sum')
    """
    return _Tree(text, list(tokens(text, declared)), declared, functions).whole()


class _Tree:
    """One text, read from left to right."""

    def __init__(
        self,
        text: str,
        found: list[Token],
        declared: Callable[[str], bool],
        functions: Mapping[str, str],
    ) -> None:
        self.text, self.tokens, self.place = text, found, 0
        self.declared, self.functions = declared, functions

    @property
    def next(self) -> Token:
        """The next token; an empty one at the end."""
        if self.place < len(self.tokens):
            return self.tokens[self.place]
        return Token("end", "", len(self.text) + 1, len(self.text) + 1)

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def is_next(self, *signs: str) -> bool:
        return self.next.text in signs

    def expect(self, sign: str) -> int:
        """Take a sign, and return where it ends."""
        if not self.is_next(sign):
            raise UnreadableError(f"'{sign}' is expected", self.next.column)
        return self.take().end - 1

    def whole(self) -> Node:
        found = self.expression()
        if self.next.kind != "end":
            raise UnreadableError("the end is expected", self.next.column)
        return found

    def expression(self) -> Node:
        return self.chain("other", COMPARED, lambda: self.chain("sum", ("+", "-"), self.product))

    def chain(self, kind: str, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        """Parts between signs; one part alone is itself."""
        parts = [part()]
        while self.is_next(*signs):
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else _over(kind, parts)

    def product(self) -> Node:
        parts = [self.factor()]
        while self.is_next(*TIMES) or self.begins_factor():
            if self.is_next(*TIMES) or self.is_times(parts[-1]):
                self.take()
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else _over("product", parts)

    def begins_factor(self) -> bool:
        return self.next.kind in ("name", "euler") or self.is_next("(", "[")

    def is_times(self, left: Node) -> bool:
        """Whether an x that is next is a sign, as the grammar has it."""
        if not self.is_next("x"):
            return False
        self.take()
        after, begins = self.next, self.begins_factor()
        self.place -= 1
        if after.kind in ("number", "end"):
            return after.kind == "number"
        is_signed = left.kind == "number" and after.text == "-"
        return (begins or is_signed) and not self.declared("x")

    def factor(self) -> Node:
        if self.is_next("-", "+"):
            start = self.take().column - 1
            inside = self.factor()
            return Node("signed", start, inside.end, (inside,))
        return self.power(self.atom())

    def power(self, base: Node) -> Node:
        while self.is_next("^", "**", ".T") or self.next.kind == "raised":
            sign = self.take()
            parts = (base, self.factor()) if sign.text in ("^", "**") else (base,)
            end = parts[1].end if len(parts) > 1 else sign.end - 1
            base = Node("power", base.start, end, parts)
        return base

    def atom(self) -> Node:
        token = self.take()
        start, end = token.column - 1, token.end - 1
        if token.kind == "number":
            return Node("number", start, end)
        if token.text == "[":
            return self.list(start)
        if token.text in CLOSING:
            inside = self.expression()
            end = self.expect(CLOSING[token.text])
            return Node("other" if token.text == "|" else "group", start, end, (inside,))
        if token.kind == "euler":
            return self.euler(start, end)
        if token.text == "\\frac":
            above, below = self.atom(), self.atom()
            return Node("fraction", start, below.end, (above, below))
        return self.named(token)

    def euler(self, start: int, end: int) -> Node:
        """e^x; where it is declared it is a name."""
        if self.declared("e"):
            return Node("name", start, end)
        if self.take().kind == "raised":
            return Node("other", start, self.tokens[self.place - 1].end - 1)
        exponent = self.factor()
        return Node("other", start, exponent.end, (exponent,))

    def named(self, token: Token) -> Node:
        """A function of what follows, a derivative, or a name."""
        is_function = token.text.rstrip("'") in self.functions
        name = token.text if is_function else plain(token.text)
        if name.rstrip("'") in self.functions and not self.declared(name):
            is_array = self.functions[name.rstrip("'")] == "array"
            return self.call("list" if is_array else "other", token.column - 1)
        if token.text[0] in "d∂" and self.is_next("/") and (found := self.derivative(token)):
            return self.element(found)
        return self.element(self.name(token))

    def call(self, kind: str, start: int) -> Node:
        self.expect("(")
        parts = [self.expression()]
        while self.is_next(",", ";"):
            self.take()
            parts.append(self.expression())
        return Node(kind, start, self.expect(")"), tuple(parts))

    def derivative(self, token: Token) -> Node | None:
        """dL/dw, where that is none of two names."""
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else token
        if after is token or after.kind != "name" or after.text[0] not in "d∂":
            return None
        found = derivative(token.text, after.text, self.declared)
        if not found or all(self.declared(plain(each.text)) for each in (token, after)):
            return None
        self.place += 2
        parts = tuple(Node("name", each.column, each.end - 1) for each in (token, after))
        return Node("derivative", token.column - 1, after.end - 1, parts)

    def name(self, token: Token) -> Node:
        """A name; a power where it is declared without its last superscript only."""
        start, end = token.column - 1, token.end - 1
        name = plain(token.text)
        base, mark, exponent = name.rpartition("^")
        if mark and EXPONENT.fullmatch(exponent) and not self.declared(name):
            *_, last = PART.finditer(token.text)
            if self.declared(base) and plain(token.text[: last.start()]) == base:
                return Node("power", start, end, (Node("name", start, start + last.start()),))
        return Node("name", start, end)

    def element(self, named: Node) -> Node:
        """W[0] or W[0, 1]; what else stands in brackets after a name is a factor."""
        while self.is_next("[") and PLACES.match(self.text, self.next.end - 1):
            self.take()
            named = Node("element", named.start, self.list(0).end, (named,))
        return named

    def list(self, start: int) -> Node:
        parts = []
        while not self.is_next("]"):
            is_row = self.is_next("[")  # after which another may stand without a comma
            parts.append(self.atom() if is_row else self.expression())
            if self.is_next(",", ";"):
                self.take()
        return Node("list", start, self.expect("]"), tuple(parts))


def _over(kind: str, parts: list[Node]) -> Node:
    return Node(kind, parts[0].start, parts[-1].end, tuple(parts))
