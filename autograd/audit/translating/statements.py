"""One statement in another notation: what stands between its signs of equality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from autograd.audit.reading.grammar import Node
from autograd.audit.reading.tokens import MINUS, number
from autograd.audit.reading.typed import commas_for_spaces, split
from autograd.audit.reading.worksheet import BLANK, EQUALS, INDICES, Reading
from autograd.audit.translating.names import Names
from autograd.audit.translating.signs import NAMED, Rewriter, Side, aligned
from autograd.audit.translating.trees import tree


class Statements:
    """The statements of one reading of a sheet, in their order.

    `gradients` are the sizes of numbers so far that change their sign as what they are for does.
    """

    def __init__(self, reading: Reading, names: Names, minus: str) -> None:
        """`minus` is the sign that the sheet has for it."""
        self.reading, self.names = reading, names
        self.rewriter = Rewriter(names, minus)
        self.gradients: set[Fraction] = set()

    def rewritten(self, kind: str, typed: str, read: str) -> str:
        """A statement: its left side, and every other with the sign that this one changes by."""
        typed, read, added = self._with_braces(typed, commas_for_spaces(read))
        parts = [(start, start + len(text), text) for text, start in split(read, EQUALS)]
        if kind == "shape":
            parts = parts[:1]
        sides = [
            (start, Side(typed[start:end], self._tree(text)))
            for start, end, text in parts
            if text.strip() not in ("", BLANK)
        ]
        left = sides[0][1]
        sign = self.rewriter.preferred(left)
        links = list(self._with_gradients(left, [side for _, side in sides[1:]]))
        done, text = 0, ""
        for (start, old), side in zip(sides, [left, *links], strict=True):
            text += typed[done:start] + self.rewriter.rewritten(side, sign)
            done = start + len(old.text)
        if kind == "claim" and sign < 0:
            self.gradients.update(abs(found) for side in links if (found := _printed(side)))
        for braced, bare in added.items():
            text = text.replace(braced, bare)
        return text + typed[done:]

    def _tree(self, text: str) -> Node:
        return tree(text, self.reading.declared, self.reading.functions)

    def _with_braces(self, typed: str, read: str) -> tuple[str, str, dict[str, str]]:
        """A text with the braces that an index such as _0,12 is read with, and what has them."""
        added: dict[str, str] = {}
        for word, index in INDICES.items():
            if word in self.reading.directives:
                for match in reversed(list(index.finditer(read))):
                    start, end = match.span(2)
                    added[f"{{{match[2]}}}"] = match[2]
                    typed = f"{typed[:start]}{{{typed[start:end]}}}{typed[end:]}"
                    read = f"{read[:start]}{{{match[2]}}}{read[end:]}"
        return typed, read, added

    # --- which numbers are gradients --------------------------------------------------------------

    def _with_gradients(self, left: Side, links: Sequence[Side]) -> Iterator[Side]:
        """Sides of numbers alone, with those of their numbers that change their sign."""
        formulas = [side for side in links if _has_names(side.tree)]
        sign = self.rewriter.preferred(left)
        for side in links:
            if side in formulas or not self._changes():
                yield side
                continue
            found = [start for each in formulas for start in self._aligned(each, side, sign)]
            if not found and sign < 0:
                found = list(self._repeated(side))
            elif not found:
                found = self._of_update(left, side)
            yield side._replace(gradients=frozenset(found))

    def _changes(self) -> bool:
        """Whether gradients have another sign in the other notation."""
        return self.names.source.notation.error_sign != self.names.target.notation.error_sign

    def _aligned(self, formula: Side, side: Side, sign: int) -> list[int]:
        """The numbers of gradients; where the left side turns, those of all that turns with it."""

        def is_gradient(node: Node) -> bool:
            if node.kind not in NAMED:
                return False
            symbol = self.rewriter.symbol(node, formula.text)
            return (symbol.is_gradient or sign < 0) and symbol.preferred < 0

        return aligned(formula.tree, side.tree, is_gradient)

    def _repeated(self, side: Side) -> Iterator[int]:
        """In each product, and alone in a sum, the last number that was a gradient before."""
        for parts in _products(side.tree):
            found = [
                node.start
                for part in parts
                if (node := _bare_number(part)) and _value(side.text, node) in self.gradients
            ]
            yield from found[-1:]

    def _of_update(self, left: Side, side: Side) -> list[int]:
        """The gradient in 0.9 - 0.1*0.133, where a parameter is on the left: the number that was
        one before, else the last.
        """
        if left.tree.kind != "name" or side.tree.kind != "sum" or len(side.tree.parts) != 2:
            return []
        text = left.text[left.tree.start : left.tree.end]
        if not self.names.is_parameter(text):
            return []
        last = side.tree.parts[1]
        factors = last.parts if last.kind == "product" else (last,)
        known = [part for part in factors if abs(_value(side.text, part) or 0) in self.gradients]
        node = _bare_number((known or factors)[-1])
        return [node.start] if node else []


def _has_names(node: Node) -> bool:
    return node.kind in NAMED or any(map(_has_names, node.parts))


def _products(node: Node) -> Iterator[Sequence[Node]]:
    """The factors of each product; a number that is a term is one alone."""
    if node.kind == "product":
        yield node.parts
    if node.kind == "sum":
        yield from ([part] for part in node.parts if part.kind != "product")
    for part in node.parts:
        yield from _products(part)


def _bare_number(node: Node) -> Node | None:
    """A number, with a sign or brackets around it maybe."""
    while node.kind in ("group", "signed"):
        (node,) = node.parts
    return node if node.kind == "number" else None


def _value(text: str, node: Node) -> Fraction | None:
    """What a number is, with the signs before it."""
    sign = 1
    while node.kind in ("group", "signed"):
        if node.kind == "signed" and text[node.start] in f"-{MINUS}":
            sign = -sign
        (node,) = node.parts
    if node.kind != "number":
        return None
    return sign * number(text[node.start : node.end].replace(",", ".")).value


def _printed(side: Side) -> Fraction | None:
    """The number that a side is; None for an expression, and for 0."""
    return _value(side.text, side.tree) or None
