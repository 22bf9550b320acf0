"""Expressions as people write them, parsed into trees and never evaluated by Python.

    number      0.5   .5   1e-3   50%   2 x 10^-6
    name        w_00^1   z^{[1]}_2   h_{t-1}   net_h1   w'
    derivative  dL/dw_01^2
    operators   + - * / ^ **, parentheses, 2(a - y), a comparison as (z > 0), which is 0 or 1
    function    sigmoid(z), |x|, e^x

`h_3^2` is the name where it is declared, else the square of `h_3`; `**` is always a power.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograd.audit.expressions import Apply, Derivative, Expression, Name, Number
from autograd.audit.names import NAME, plain
from autograd.reading import printable

MOST_DEPTH = 60  # brackets in brackets
MOST_CHARACTERS = 5_000  # of one expression
MOST_DIGITS = 60  # of one number
MOST_EXPONENT = 400  # of a power of ten

FUNCTIONS = {
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "sigmoid": "sigmoid",
    "sigma": "sigmoid",
    "tanh": "tanh",
    "exp": "exp",
    "log": "log",
    "ln": "log",
    "sqrt": "sqrt",
    "abs": "abs",
    "max": "maximum",
    "min": "minimum",
    "sin": "sin",
    "cos": "cos",
}
TWO = frozenset({"maximum", "minimum"})  # that take two numbers


class UnreadableError(ValueError):
    """What is written is no expression: `column` says where, counted from 1."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(sentence)
        self.column = column


# --- tokens ---------------------------------------------------------------------------------------

DIGITS = r"(?:\d+\.?\d*|\.\d+)"
TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>{DIGITS}(?:[eE][+-]?\d+)?%?)
  | (?P<name>[d∂]?{NAME})
  | (?P<sign>\*\*|>=|[-+*/^()<>,|²³−·×])
    )""",
    re.VERBOSE,
)
POWER_OF_TEN = re.compile(
    rf"\s*(?P<number>{DIGITS}\s*[x×·*]\s*10\s*(?:\^|\*\*)(?:[-−+]?\d+|\{{[-−+]?\d+\}}|\([-−+]?\d+\)))"
)
BEFORE_ONE_NUMBER = ("/", "^", "**")  # 1/2*10^3 is no half of a thousandth
ALIKE = {"−": "-", "·": "*", "×": "*"}
SQUARED = {"²": "2", "³": "3"}


@dataclass(frozen=True, slots=True)
class Token:
    """A sign, a name or a number, and the column that it begins in."""

    kind: str
    text: str
    column: int


def tokens(text: str, start: int = 1) -> Iterator[Token]:
    """The signs, names and numbers of a text; `start` is the column that it begins in."""
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(f"an expression of over {MOST_CHARACTERS} characters", start)
    position, end, last = 0, len(text.rstrip()), ""
    while position < end:
        is_power = last not in BEFORE_ONE_NUMBER and POWER_OF_TEN.match(text, position)
        match = is_power or TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            column = start + len(text) - len(rest)
            raise UnreadableError(f"{printable(repr(rest[:12]))} is not understood here", column)
        kind = match.lastgroup or ""
        word = match.group(kind)
        last = ALIKE.get(word, word)
        yield Token(kind, last, start + match.start(kind))
        position = match.end()


def number(text: str, column: int = 1) -> Number:
    """A printed number with its unit.

    >>> number("0.50").unit, number("1e-3").value, number("50%").value, number("2 x 10^-6").value
    (Fraction(1, 100), Fraction(1, 1000), Fraction(1, 2), Fraction(1, 500000))
    """
    power_of_ten = re.fullmatch(r"(.*?)\s*[x×·*]\s*10\s*(?:\^|\*\*)\W*?([-−+]?\d+)\W*", text)
    digits, exponent = power_of_ten.groups() if power_of_ten else (text, "")
    if not power_of_ten:
        digits, _, exponent = text.rstrip("%").lower().partition("e")
    power = int(exponent.replace("−", "-") or 0) if len(exponent) < 6 else MOST_EXPONENT + 1
    if len(digits) > MOST_DIGITS or abs(power) > MOST_EXPONENT:
        raise UnreadableError(f"a number of at most {MOST_DIGITS} digits is expected", column)
    places = len(digits.strip().partition(".")[2]) + (2 if text.endswith("%") else 0)
    unit = Fraction(10) ** (power - places)
    return Number(text.strip(), int(digits.replace(".", "")) * unit, unit)


# --- the grammar ----------------------------------------------------------------------------------

LEVELS = {">": 1, ">=": 1, "<": 1, "+": 2, "-": 2, "*": 3, "/": 3, "(": 3, "^": 5, "**": 5}
LEVELS |= dict.fromkeys(SQUARED, 5)
UNARY = 4  # binds looser than a power, -h^2, and tighter than a product
OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow", "**": "pow"}
Declared = Callable[[str], bool]


def parsed(text: str, declared: Declared = lambda name: True, start: int = 1) -> Expression:
    """The tree of a whole text; `declared` says which names there are, in their plain spelling.

    >>> from autograd.audit.expressions import written
    >>> written(parsed("0.9 - 0.1(a_0^2 - y)"))
    '0.9 - 0.1*(a_0^2 - y)'
    """
    parser = _Parser(tokens(text, start), declared, start + len(text.rstrip()))
    expression = parser.expression(0)
    if parser.next is not None:
        raise parser.unexpected("the end")
    return expression


class _Parser:
    """Operators by how tightly they bind, over tokens read once."""

    def __init__(self, read: Iterator[Token], declared: Declared, end: int) -> None:
        self.tokens = read
        self.declared = declared
        self.end = end
        self.depth = 0
        self.next: Token | None = next(self.tokens, None)

    def take(self) -> Token:
        """The next token, which is read then."""
        token = self.next
        if token is None:
            raise self.unexpected("a number or a name")
        self.next = next(self.tokens, None)
        return token

    def unexpected(self, expected: str) -> UnreadableError:
        """What is said where something else is expected."""
        if self.next is None:
            return UnreadableError(f"the line ends where {expected} is expected", self.end)
        shown = printable(repr(self.next.text))
        return UnreadableError(f"{shown} stands where {expected} is expected", self.next.column)

    def expect(self, sign: str) -> None:
        if not self.is_next(sign):
            raise self.unexpected(f"'{sign}'")
        self.take()

    def is_next(self, *signs: str) -> bool:
        return self.next is not None and self.next.text in signs

    def expression(self, level: int) -> Expression:
        """An expression whose operators bind at least as tightly as `level`."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise UnreadableError(f"brackets in brackets, over {MOST_DEPTH} deep", self.end)
        is_named = self.next is not None and self.next.kind == "name"
        left = self.prefix()
        while self.next is not None and LEVELS.get(self.next.text, -1) >= max(level, 1):
            if self.is_next("(") and is_named and isinstance(left, Name):
                raise self.unexpected(f"an operator ({printable(left.text)} is no function here)")
            left = self.operation(left)
        self.depth -= 1
        return left

    def prefix(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return number(token.text, token.column)
        if token.kind == "name":
            return self.named(token)
        if token.text == "-":
            return Apply("neg", (self.expression(UNARY),))
        if token.text == "+":
            return self.expression(UNARY)
        if token.text in ("(", "|"):
            inside = self.expression(0)
            self.expect(")" if token.text == "(" else "|")
            return inside if token.text == "(" else Apply("abs", (inside,))
        self.next = token
        raise self.unexpected("a number or a name")

    def operation(self, left: Expression) -> Expression:
        """What an operator makes of what stands before it and after it."""
        if self.is_next("("):
            return Apply("mul", (left, self.expression(LEVELS["("] + 1)))
        sign = self.take().text
        if sign in SQUARED:
            return Apply("pow", (left, number(SQUARED[sign])))
        right = self.expression(UNARY if sign in ("^", "**") else LEVELS[sign] + 1)
        if sign == "<":
            left, right, sign = right, left, ">"
        if sign in (">", ">="):
            return Apply("above" if sign == ">" else "at least", (left, right))
        return Apply(OPERATIONS[sign], (left, right))

    def named(self, token: Token) -> Expression:
        """A name, a derivative, or a function of what follows."""
        name = plain(token.text) if token.text[0] != "∂" else token.text
        if self.is_next("(") and name in FUNCTIONS:
            return self.call(name)
        if token.text[0] in "d∂" and self.is_next("/"):
            derivative = self.derivative(token.text)
            if derivative is not None:
                return derivative
        return self.plain_name(name)

    def plain_name(self, name: str) -> Expression:
        """A name; a power where it is declared without its last superscript only."""
        if name == "e" and not self.declared("e") and self.is_next("^", "**"):
            self.take()
            return Apply("exp", (self.expression(UNARY),))
        base, mark, exponent = name.rpartition("^")
        is_power = mark and not self.declared(name) and self.declared(base)
        if is_power and exponent.isdigit():
            return Apply("pow", (Name(base), number(exponent)))
        if base == "e" and exponent.isdigit():
            return Apply("exp", (number(exponent),))
        return Name(name)

    def derivative(self, typed: str) -> Derivative | None:
        """dL/dw: None where dL is a name of its own."""
        slash, after = self.next, next(self.tokens, None)
        if after is not None and after.kind == "name" and after.text[0] in "d∂":
            key = derivative(typed, after.text, self.declared)
            both = self.declared(plain(typed)) and self.declared(plain(after.text))
            if key is not None and not both:
                self.next = next(self.tokens, None)
                return key
        self.tokens = _before(after, self.tokens)
        self.next = slash
        return None

    def call(self, name: str) -> Expression:
        self.expect("(")
        operands = [self.expression(0)]
        while self.is_next(","):
            self.take()
            operands.append(self.expression(0))
        self.expect(")")
        operation = FUNCTIONS[name]
        count = 1 + (operation in TWO)
        if len(operands) != count:
            raise UnreadableError(f"{name} takes {count}, not {len(operands)}", self.end)
        return Apply(operation, tuple(operands))


def derivative(above: str, below: str, declared: Declared) -> Derivative | None:
    """The derivative that dL above dw is; None where there is no L or no w."""
    root, variable = plain(above[1:]), plain(below[1:])
    if root and variable and declared(root) and declared(variable):
        return Derivative(Name(root), Name(variable))
    return None


def _before(token: Token | None, rest: Iterator[Token]) -> Iterator[Token]:
    if token is not None:
        yield token
    yield from rest
