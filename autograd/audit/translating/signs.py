"""An expression in another notation, with the sign that its line has there.

Where the error term of a book is -dE/dz, that of another +dE/dz, a number for it changes its sign,
and so does what it is computed as. The minus goes where the other book has it: with the name that
has another sign, into the sign between two terms, or, of y - a, into their order. Done twice, it
gives the same text again, but for a plus that nobody needs, +0.5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from autograd.audit.reading.grammar import CLOSING, Node
from autograd.audit.reading.names import plain
from autograd.audit.reading.tokens import MINUS
from autograd.audit.translating.names import Names, Symbol

SIGN = re.compile(rf"[+{MINUS}-]")
NAMED = ("name", "derivative", "state")
ATOMS = ("number", "element", *NAMED)
ONE = re.compile(r"1(?:\.0*)?")
ZERO = re.compile(r"[0.]+")
EVEN = re.compile(r"\s*(?:(?:\^|\*\*)\s*[{(]?\s*\d*[02468]\s*[})]?|²|⁴)")


class Side(NamedTuple):
    """One side of an equation: as it is typed, its tree, and where the numbers in it begin that
    change their sign as gradients do.
    """

    text: str
    tree: Node
    gradients: Collection[int] = ()


class Rewriter:
    """Sides of equations with the names of another notation."""

    def __init__(self, names: Names, minus: str = "-") -> None:
        """`minus` is the sign that the sheet has for it."""
        self.names, self.minus = names, minus

    def preferred(self, side: Side) -> int:
        """The sign that a left side changes by."""
        return _Side(self, side).preferred(side.tree)

    def rewritten(self, side: Side, sign: int) -> str:
        """A side with the names of the other notation, worth `sign` times what it was."""
        start, end = side.tree.start, side.tree.end
        found = _Side(self, side).whole(sign)
        return side.text[:start] + found + side.text[end:]

    def symbol(self, node: Node, text: str) -> Symbol:
        """What a name, a derivative or what an optimizer remembers, v(w_00^1), is."""
        if node.kind == "name":
            return self.names.of_name(text[node.start : node.end])
        if node.kind == "state":
            (inside,) = node.parts
            letter, parameter = text[node.start : inside.start], text[inside.start : inside.end]
            symbol = self.names.of_state(letter.rstrip("( "), parameter)
            return symbol._replace(text=letter + symbol.text + text[inside.end : node.end])
        above, below = (text[part.start : part.end] for part in node.parts)
        symbol = self.names.of_derivative(above, below)
        if "/" in symbol.text and text[node.start] == "∂":
            root, _, variable = symbol.text.partition("/")
            return symbol._replace(text=f"∂{root[1:]}/∂{variable[1:]}")
        return symbol


class _Side:
    """The rewriting of one side."""

    def __init__(self, rewriter: Rewriter, side: Side) -> None:
        self.rewriter, self.side, self.text = rewriter, side, side.text
        self.minus = rewriter.minus

    def raw(self, node: Node) -> str:
        return self.text[node.start : node.end]

    # --- which sign a part should change by -------------------------------------------------------

    def preferred(self, node: Node) -> int:
        kind, parts = node.kind, node.parts
        if kind == "number":
            return -1 if node.start in self.side.gradients else 1
        if kind in NAMED:
            return self.rewriter.symbol(node, self.text).preferred
        if kind in ("group", "signed", "element"):
            return self.preferred(parts[0])
        if kind in ("product", "fraction"):
            return -1 if sum(self.preferred(part) < 0 for part in parts) % 2 else 1
        if kind in ("sum", "list"):
            signs = [self.preferred(part) for part in parts if not self.is_zero(part)]
            return -1 if signs and max(signs) < 0 else 1
        if kind == "power" and self.is_transposed(node):
            return self.preferred(parts[0])
        return 1

    def is_transposed(self, node: Node) -> bool:
        return self.text[node.parts[0].end : node.end].strip() in ("^T", ".T", "ᵀ")

    def is_even(self, node: Node) -> bool:
        return EVEN.fullmatch(self.text[node.parts[0].end : node.end]) is not None

    def is_difference(self, node: Node) -> bool:
        """Whether it is a - b, of which no part should change its sign."""
        if node.kind != "sum" or len(node.parts) != 2 or self.is_partly_zero(node):
            return False
        has_other = any(self.factor(_bare(part)) < 0 for part in node.parts)
        return self.gap(node, 0).strip() != "+" and self.is_plain(node) and not has_other

    def is_zero(self, node: Node) -> bool:
        """Whether it is 0, or a product with it, which no sign changes: beta*0."""
        if node.kind in ("group", "signed"):
            return self.is_zero(node.parts[0])
        if node.kind == "product":
            return any(map(self.is_zero, node.parts))
        return node.kind == "number" and ZERO.fullmatch(self.raw(node)) is not None

    def is_partly_zero(self, node: Node) -> bool:
        return any(map(self.is_zero, node.parts))

    def is_plain(self, node: Node) -> bool:
        return all(self.preferred(part) > 0 for part in node.parts)

    def gap(self, node: Node, place: int) -> str:
        """What stands between two parts."""
        return self.text[node.parts[place].end : node.parts[place + 1].start]

    # --- the text with a sign ---------------------------------------------------------------------

    def whole(self, sign: int) -> str:
        """The side; a sum of which nothing else can be turned stands in -( ), or out of it."""
        node = self.side.tree
        if sign < 0 and node.kind == "signed" and self.raw(node)[0] != "+":
            (inside,) = node.parts
            if inside.kind == "group" and self.is_plain_sum(_within(inside)):
                return self.of(inside.parts[0], 1)
        if sign < 0 and node.kind == "group" and self.is_plain_sum(_within(node)):
            return f"{self.minus}({self.of(node, 1)})"
        return self.of(node, sign)

    def is_long(self, node: Node) -> bool:
        """Whether it is turned by a minus before it: such a sum, z > 0."""
        return node.kind == "compared" or self.is_plain_sum(node)

    def is_plain_sum(self, node: Node) -> bool:
        """Whether it is a sum of which no part changes its sign, and no a - b."""
        is_long = node.kind == "sum" and not self.is_partly_zero(node)
        return is_long and self.is_plain(node) and not self.is_difference(node)

    def of(self, node: Node, sign: int, is_first: bool = True) -> str:
        """A part, worth `sign` times what it was; what is not first has its minus in brackets."""
        found: str = getattr(self, f"of_{node.kind}")(node, sign, is_first)
        return found

    def turned(self, text: str, sign: int, is_first: bool) -> str:
        if sign > 0:
            return text
        return f"{self.minus}{text}" if is_first else f"({self.minus}{text})"

    def of_number(self, node: Node, sign: int, is_first: bool) -> str:
        text = self.raw(node)
        return text if ZERO.fullmatch(text) else self.turned(text, sign, is_first)

    def of_name(self, node: Node, sign: int, is_first: bool) -> str:
        symbol = self.rewriter.symbol(node, self.text)
        return self.turned(symbol.text, sign * symbol.factor, is_first)

    of_derivative = of_state = of_name

    def of_element(self, node: Node, sign: int, is_first: bool) -> str:
        return self.of(node.parts[0], sign, is_first) + self.text[node.parts[0].end : node.end]

    def of_signed(self, node: Node, sign: int, is_first: bool) -> str:
        """-x with its minus or without it; of -(x) the inside changes."""
        (inside,) = node.parts
        prefix = self.text[node.start : inside.start]
        if inside.kind == "number" and ZERO.fullmatch(self.raw(inside)):
            return self.raw(node)
        if inside.kind == "group" and not self.is_long(inside.parts[0]):
            return prefix + self.of(inside, sign)
        own = self.factor(inside)
        return self.with_sign(prefix, self.of(inside, own, is_first=False), sign * own, is_first)

    def with_sign(self, prefix: str, text: str, sign: int, is_first: bool) -> str:
        """What stands behind a sign, with that or with the other one."""
        if sign > 0:
            return prefix + text
        if prefix == "+":
            return self.minus + text
        return text if is_first else f"+{text}"

    def factor(self, node: Node) -> int:
        """The sign with which a part is written without a minus of its own."""
        if node.kind in NAMED:
            return self.rewriter.symbol(node, self.text).factor
        return self.factor(node.parts[0]) if node.kind in ("element", "group") else 1

    def of_group(self, node: Node, sign: int, is_first: bool) -> str:
        """(-x) as x where another factor stands before it, and as (x) where none does."""
        (inside,) = node.parts
        if not is_first and inside.kind == "signed" and self.is_bare(inside.parts[0]):
            (bare,) = inside.parts
            if bare.kind == "group" and sign * self.factor(bare) < 0:  # (-(x)) as (x)
                return self.within(bare, self.of(bare.parts[0], -sign))
            text = self.of(inside, sign)
            return self.within(node, text) if SIGN.match(text) else text
        if sign < 0 and self.is_long(inside):
            return self.turned(self.within(node, self.of(inside, 1)), sign, is_first)
        if not is_first and self.is_bare(inside) and sign * self.factor(inside) < 0:
            if sign < 0:
                return self.turned(self.within(node, self.of(inside, 1)), sign, is_first)
            return self.within(node, self.of(inside, sign, is_first=False))
        return self.within(node, self.of(inside, sign, is_first or inside.kind != "group"))

    def within(self, node: Node, text: str) -> str:
        """A text in the brackets of a group."""
        (inside,) = node.parts
        return self.text[node.start : inside.start] + text + self.text[inside.end : node.end]

    def is_bare(self, node: Node) -> bool:
        """Whether it is a name or a number, in brackets maybe."""
        return node.kind in ATOMS or (node.kind == "group" and node.parts[0].kind in ATOMS)

    def of_product(self, node: Node, sign: int, is_first: bool) -> str:
        """Each factor with the sign that it should have; one of them with what is missing."""
        signs = [self.preferred(part) for part in node.parts]
        if signs.count(-1) % 2 != (sign < 0) and not self.is_zero(node):
            place = self.carrier(node, signs)
            signs[place] = -signs[place]
        return self.joined(node, signs, is_first)

    def carrier(self, node: Node, signs: list[int]) -> int:
        """The factor that takes a sign: a gradient, else y - a, else the first."""
        if -1 in signs:
            return signs.index(-1)
        differences = [
            place
            for place, part in enumerate(node.parts)
            if part.kind == "group" and self.is_difference(part.parts[0])
        ]
        others = [place for place in differences if not self.has_one(node.parts[place])]
        return (others or [0])[0]

    def has_one(self, group: Node) -> bool:
        """Whether it is 1 - a."""
        return any(ONE.fullmatch(self.raw(part)) for part in group.parts[0].parts)

    def of_fraction(self, node: Node, sign: int, is_first: bool) -> str:
        signs = [self.preferred(part) for part in node.parts]
        if signs.count(-1) % 2 != (sign < 0):
            signs[0] = -signs[0]
        return self.joined(node, signs, is_first)

    def joined(self, node: Node, signs: list[int], is_first: bool = True) -> str:
        """The parts with their signs and with what stands around them."""
        text, at = "", node.start
        for place, (part, sign) in enumerate(zip(node.parts, signs, strict=True)):
            first = (is_first and not place) or node.kind in ("list", "other", "fraction")
            text += self.text[at : part.start] + self.of(part, sign, first)
            at = part.end
        return text + self.text[at : node.end]

    def of_list(self, node: Node, sign: int, is_first: bool) -> str:
        return self.joined(node, [sign] * len(node.parts))

    def of_other(self, node: Node, sign: int, is_first: bool) -> str:
        return self.turned(self.joined(node, [1] * len(node.parts)), sign, is_first)

    def of_compared(self, node: Node, sign: int, is_first: bool) -> str:
        text = self.joined(node, [1] * len(node.parts))
        return text if sign > 0 else self.turned(f"({text})", sign, is_first)

    def of_power(self, node: Node, sign: int, is_first: bool) -> str:
        """A power; a name that has a superscript there and none here gets brackets, and back."""
        base, rest = node.parts[0], node.parts[1:]
        if self.is_transposed(node):
            return self.of(base, sign, is_first=False) + self.text[base.end : node.end]
        if rest:
            (exponent,) = rest
            tail = self.text[base.end : exponent.start] + self.of(exponent, 1, is_first=False)
        else:
            tail = self.text[base.end : node.end]
        own = self.squared(base) if self.is_even(node) else 1
        is_index = tail.lstrip().startswith("^")  # or might be one
        text = self.of_base(base, own, tail) if is_index else self.of(base, own, is_first=False)
        return self.turned(text + tail, sign, is_first)

    def squared(self, base: Node) -> int:
        """The sign that is best for what is squared: a name has no minus then."""
        inside = _bare(base)
        is_named = inside.kind in NAMED
        return self.factor(inside) if is_named else self.preferred(base)

    def of_base(self, base: Node, sign: int, tail: str) -> str:
        """What stands before ^2: h, but (a_0^1)."""
        inside = base.parts[0] if base.kind == "group" else base
        text = self.of(base, sign, is_first=False)
        if inside.kind == "signed" and "/" in text and text[0] not in CLOSING:
            return f"({text})"
        if inside.kind != "name":
            return text
        symbol, typed = self.rewriter.symbol(inside, self.text), self.raw(inside)
        if symbol.factor * sign < 0:
            return text
        is_raised = ("^" in typed, "^" in symbol.text)
        if base.kind == "name":
            return f"({text})" if is_raised == (False, True) or "/" in symbol.text else text
        is_declared = (
            self.rewriter.names.meaning(plain(typed)) is not None and "/" not in symbol.text
        )
        is_bare = is_declared and is_raised == (True, False) and tail.count("^") == 1
        return symbol.text if is_bare else text

    def other_sign(self, gap: str) -> str:
        """The sign between two terms turned."""
        match = SIGN.search(gap)
        assert match is not None
        other = self.minus if match[0] == "+" else "+"
        return gap[: match.start()] + other + gap[match.end() :]

    def swapped(self, node: Node) -> str:
        """A term of a - b in its new place: (-0.4) as -0.4, -0.4 as (-0.4)."""
        if node.kind == "signed":
            return f"({self.of(node, 1)})"
        is_signed = node.kind == "group" and node.parts[0].kind == "signed"
        return self.of(node.parts[0] if is_signed else node, 1)

    def of_sum(self, node: Node, sign: int, is_first: bool) -> str:
        """The terms with the signs that they should have, and the signs between them turned."""
        if sign < 0 and self.is_difference(node):
            first, second = map(self.swapped, node.parts)
            return second + self.gap(node, 0) + first
        if sign < 0 and self.is_plain(node) and not self.is_partly_zero(node):
            return f"{self.minus}({self.of(node, 1)})"
        text = self.of(node.parts[0], sign)
        for place, part in enumerate(node.parts[1:]):
            own = sign if self.is_zero(part) else self.preferred(part)
            gap = self.gap(node, place)
            text += (gap if own == sign else self.other_sign(gap)) + self.of(
                part, own, is_first=False
            )
        return text


Look = Callable[[Node], bool]


def aligned(formula: Node, numbers: Node, is_gradient: Look) -> list[int]:
    """The numbers of a side that stand where a formula beside it has gradients."""
    formula, numbers = _bare(formula), _bare(numbers)
    if is_gradient(formula):
        return [numbers.start] if numbers.kind == "number" else []
    if formula.kind != numbers.kind or len(formula.parts) != len(numbers.parts):
        return []
    pairs = zip(formula.parts, numbers.parts, strict=True)
    return [start for pair in pairs for start in aligned(*pair, is_gradient)]


def _within(node: Node) -> Node:
    """What stands in brackets, however many."""
    while node.kind == "group":
        (node,) = node.parts
    return node


def _bare(node: Node) -> Node:
    """What stands in brackets or behind a sign."""
    while node.kind in ("group", "signed"):
        (node,) = node.parts
    return node
