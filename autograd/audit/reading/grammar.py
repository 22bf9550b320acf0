r"""Expressions as people write them, parsed into trees and never evaluated by Python.

    number      0.5   .5   1e-3   50%   2 x 10^-6   ½
    name        w_00^1   z^{[1]}_2   h_{t-1}   net_h1   w'
    derivative  dL/dw_01^2
    operators   + - * / ^ **, parentheses, 2(a - y), a comparison as (z > 0), which is 0 or 1
    velocity    v_w1   v_{w_00^1}   v(w_00^1)
    function    sigmoid(z), sigmoid'(z), |x|, e^x, \frac{a}{b}
    list        [z_1, z_2]   [[1 2] [3 4]]   [1 2; 3 4]   array([1., 2.])   W[0, 1]
    of lists    W @ a   W*a   W^T   W.T   d (.) h   softmax([1, 2])

`h_3^2` is the name where it is declared, else the square of `h_3`; `**` is always a power.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction

from autograd.audit.expressions import Apply, Derivative, Expression, Name, Number, numbers_in
from autograd.audit.reading.names import indexed, plain
from autograd.audit.reading.tokens import Declared, Token, UnreadableError, number, tokens
from autograd.audit.slopes import (
    ACTIVATIONS,
    SLOPES,
)
from autograd.reading import printable

MOST_NESTING = 60  # brackets in brackets
MOST_DEPTH = 120  # of operations on the results of operations
MOST_ELEMENTS = 2_500  # of a list
UNIT_AT_POINT = Fraction(1, 10**4)  # of 1. in a list: NumPy and PyTorch show that much at least

FUNCTIONS = {
    "relu": "relu",
    "ReLU": "relu",
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
    "maximum": "maximum",
    "min": "minimum",
    "minimum": "minimum",
    "sin": "sin",
    "cos": "cos",
    "softmax": "softmax",
    "sum": "sum",
    "mean": "mean",
    "dot": "matmul",
    "matmul": "matmul",
    "transpose": "transpose",
    "array": "array",
    "tensor": "array",
}
TWO = frozenset({"matmul"})  # that take two
REMEMBERED = frozenset({"v", "s", "m", "v_hat", "m_hat"})  # by optimizers, for each parameter
MANY = frozenset({"maximum", "minimum"})  # that take two or more, or one list

# --- how tightly operators bind -------------------------------------------------------------------

LEVELS = {">": 1, ">=": 1, "<": 1, "<=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "@": 3, "(.)": 3}
LEVELS |= {"^": 5, "**": 5, ".T": 5}
PRODUCT, POWER = 3, 5
UNARY = 4  # binds looser than a power, -h^2, and tighter than a product
OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow", "**": "pow"}
OPERATIONS |= {"@": "matmul", "(.)": "elementwise", ">": "above", ">=": "at least"}
TURNED = {"<": ">", "<=": ">="}
CLOSING = {"(": ")", "|": "|", "{": "}"}


def parsed(
    text: str,
    declared: Declared = lambda name: False,
    start: int = 1,
    functions: Mapping[str, str] = FUNCTIONS,
) -> Expression:
    """The tree of a whole text; `declared` says which names there are, in their plain spelling.

    `functions` are the operations of the rule table by the names that they have here.

    >>> from autograd.audit.expressions import written
    >>> written(parsed("0.9 - 0.1(a_0^2 - y)"))
    '0.9 - 0.1*(a_0^2 - y)'
    """
    end = start + len(text.rstrip())
    parser = _Parser(tokens(text, declared, start), declared, end, functions)
    expression = parser.expression(0)
    if parser.next is not None:
        raise parser.unexpected("the end")
    if _is_deep(expression):
        sentence = f"operations on operations, over {MOST_DEPTH} deep: write it in parts"
        raise UnreadableError(sentence, start)
    return expression


def _is_deep(expression: Expression) -> bool:
    """Whether a tree is deeper than what is computed on it may go."""
    level, depth = [expression], 0
    while level and depth < MOST_DEPTH:
        level = [x for node in level if isinstance(node, Apply) for x in node.operands]
        depth += 1
    return bool(level)


class _Parser:
    """Operators by how tightly they bind, over tokens read once."""

    def __init__(
        self, read: Iterator[Token], declared: Declared, end: int, functions: Mapping[str, str]
    ) -> None:
        self.tokens = read
        self.declared = declared
        self.end = end
        self.functions = functions
        self.nesting = 0
        self.put_back: list[Token | None] = []
        self.next: Token | None = next(self.tokens, None)

    def take(self) -> Token:
        """The next token, which is read then."""
        token = self.next
        if token is None:
            raise self.unexpected("a number or a name")
        self.next = self.put_back.pop() if self.put_back else next(self.tokens, None)
        return token

    def back(self, token: Token) -> None:
        """Put the token before the next one back."""
        self.put_back.append(self.next)
        self.next = token

    def unexpected(self, expected: str) -> UnreadableError:
        """What is said where something else is expected."""
        if self.next is None:
            return UnreadableError(f"the line ends where {expected} is expected", self.end)
        shown = printable(repr(self.next.text))
        hint = "; for decimal commas say decimal: comma" * (self.next.text == ",")
        sentence = f"{shown} stands where {expected} is expected{hint}"
        return UnreadableError(sentence, self.next.column)

    def expect(self, sign: str) -> None:
        if not self.is_next(sign):
            raise self.unexpected(f"'{sign}'")
        self.take()

    def is_next(self, *signs: str) -> bool:
        return self.next is not None and self.next.text in signs

    def nest(self) -> None:
        """Count one more of what is within something else."""
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise UnreadableError(f"brackets in brackets, over {MOST_NESTING} deep", self.end)

    def expression(self, level: int) -> Expression:
        """An expression whose operators bind at least as tightly as `level`."""
        self.nest()
        is_named = self.next is not None and self.next.kind == "name"
        left = self.prefix()
        while self.level(left, is_named) >= max(level, 1):
            left, is_named = self.operation(left), False
        self.nesting -= 1
        return left

    def level(self, left: Expression, is_named: bool) -> int:
        """How tightly binds what comes next; -1 where it is no operator, nor a product unsaid."""
        token = self.next
        if token is None:
            return -1
        if token.kind == "raised":
            return POWER
        if token.text in LEVELS:
            return LEVELS[token.text]
        is_call = is_named and token.text == "("
        if is_call and isinstance(left, Name) and not self.declared(left.text):
            raise self.unexpected(f"an operator ({printable(left.text)} is no function here)")
        is_product = token.kind in ("name", "euler") or token.text in ("(", "[")
        return PRODUCT if is_product else -1

    def prefix(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return number(token.text, token.column)
        if token.kind in ("name", "euler"):
            return self.named(token)
        if token.text == "-":
            return Apply("neg", (self.expression(UNARY),))
        if token.text == "+":
            return self.expression(UNARY)
        if token.text == "[":
            return self.list()
        if token.text in CLOSING:
            inside = self.expression(0)
            self.expect(CLOSING[token.text])
            return Apply("abs", (inside,)) if token.text == "|" else inside
        self.back(token)
        raise self.unexpected("a number or a name")

    def operation(self, left: Expression) -> Expression:
        """What an operator makes of what stands before it and after it."""
        token = self.next
        if token is None or (token.text not in LEVELS and token.kind != "raised"):
            return self.product(left)
        sign = self.take().text
        if token.kind == "raised":
            return Apply("pow", (left, _raised(sign)))
        if sign == ".T":
            return Apply("transpose", (left,))
        right = self.expression(UNARY if sign in ("^", "**") else LEVELS[sign] + 1)
        if sign in TURNED:
            left, right, sign = right, left, TURNED[sign]
        if sign == "^" and right == Name("T") and not self.declared("T"):
            return Apply("transpose", (left,))
        return Apply(OPERATIONS[sign], (left, right))

    def product(self, left: Expression) -> Expression:
        """A product without a sign, 2(a - y), or one with an x for it, 0.2 x 1."""
        if self.is_next("x"):
            sign = self.take()
            if not self.is_times(left):
                self.back(sign)
        return Apply("mul", (left, self.expression(PRODUCT + 1)))

    def is_times(self, left: Expression) -> bool:
        """Whether an x is a sign: before a number, or where it is no name."""
        if self.next is None or self.next.kind == "number":
            return self.next is not None
        is_operand = self.next.kind in ("name", "euler") or self.is_next("(", "[")
        is_signed = isinstance(left, Number) and self.is_next("-")
        return (is_operand or is_signed) and not self.declared("x")

    def list(self) -> Expression:
        """What stands in square brackets; semicolons end rows."""
        self.nest()
        rows: list[list[Expression]] = [[]]
        while not self.is_next("]"):
            row = self.is_next("[")
            rows[-1].append(self.prefix() if row else self.expression(0))
            if len(rows) * len(rows[-1]) > MOST_ELEMENTS:
                raise UnreadableError(f"a list has at most {MOST_ELEMENTS} elements", self.end)
            if self.is_next(";"):
                rows.append([])
            if self.is_next(",", ";"):
                self.take()
            elif not (row and self.is_next("[")) and not self.is_next("]"):
                raise self.unexpected("',' or ']'")
        self.expect("]")
        self.nesting -= 1
        lists = [Apply("list", tuple(row)) for row in rows if row]
        if not lists:
            raise UnreadableError("a list has an element at least", self.end)
        return _as_printed(lists[0] if len(rows) == 1 else Apply("list", tuple(lists)))

    def named(self, token: Token) -> Expression:
        """A name, a derivative, a function of what follows, an element of a list."""
        if token.text == "\\frac":
            return Apply("div", (self.group(), self.group()))
        if token.kind == "euler":
            return self.euler()
        is_function = token.text.rstrip("'") in self.functions  # leaky_relu' has no index relu
        name = token.text if is_function or token.text[0] == "∂" else plain(token.text)
        if name.rstrip("'") in self.functions and not self.declared(name):
            return self.call(name, token)
        if name in self.functions and self.is_next("("):
            sentence = f"{name} is the name of a number here, and of a function"
            raise UnreadableError(sentence, token.column)
        if token.text[0] in "d∂" and self.is_next("/"):
            derivative = self.derivative(token.text)
            if derivative is not None:
                return self.element(derivative)
        if name in REMEMBERED and self.is_next("(") and not self.declared(name):
            return self.remembered(name)
        return self.element(self.plain_name(name))

    def remembered(self, letter: str) -> Name:
        """v(w_00^1), the velocity of a weight."""
        self.expect("(")
        token = self.take()
        if token.kind != "name":
            sentence = f"{letter} is no function here: {letter}(w) is what belongs to a parameter w"
            raise UnreadableError(sentence, token.column)
        self.expect(")")
        return Name(indexed(letter, plain(token.text)))

    def group(self) -> Expression:
        self.expect("{")
        inside = self.expression(0)
        self.expect("}")
        return inside

    def euler(self) -> Expression:
        """e^x; where it is declared it is a name."""
        if self.declared("e"):
            return Name("e")
        sign = self.take()
        is_raised = sign.kind == "raised"
        return Apply("exp", (_raised(sign.text) if is_raised else self.expression(UNARY),))

    def element(self, named: Expression) -> Expression:
        """W[0], W[0, 1] or W[0][1]; what else stands in brackets after a name is a factor."""
        places: list[Expression] = []
        while self.is_next("["):
            self.take()
            inside = self.list()
            assert isinstance(inside, Apply)
            if not all(_is_place(operand) for operand in inside.operands):
                return Apply("mul", (_item(named, places), inside))
            places += inside.operands
        return _item(named, places)

    def plain_name(self, name: str) -> Expression:
        """A name; a power where it is declared without its last superscript only."""
        base, mark, exponent = name.rpartition("^")
        match = re.fullmatch(r"\{?(-?)(\d+)\}?", exponent)
        if mark and match and not self.declared(name) and self.declared(base):
            power = number(match[2])
            return Apply("pow", (Name(base), _negative(power) if match[1] else power))
        return Name(name)

    def derivative(self, typed: str) -> Derivative | None:
        """dL/dw: None where dL is a name of its own."""
        slash = self.take()
        after = self.next
        if after is not None and after.kind == "name" and after.text[0] in "d∂":
            key = derivative(typed, after.text, self.declared)
            both = self.declared(plain(typed)) and self.declared(plain(after.text))
            if key is not None and not both:
                self.take()
                return key
        self.back(slash)
        return None

    def call(self, name: str, token: Token) -> Expression:
        self.expect("(")
        operands = [self.expression(0)]
        while self.is_next(",", ";"):
            self.take()
            operands.append(self.expression(0))
        self.expect(")")
        operation = self.functions[name.rstrip("'")]
        count = _count(operation, operands)
        if len(operands) != count:
            raise UnreadableError(f"{name} takes {count}, not {len(operands)}", self.end)
        if name.endswith("'"):
            return _slope(name, operation, operands[0], token.column)
        return operands[0] if operation == "array" else _of_many(operation, operands)


def _count(operation: str, operands: list[Expression]) -> int:
    """How many operands an operation takes; max and min one list, or two and more numbers."""
    if operation in MANY:
        is_list = len(operands) == 1 and not isinstance(operands[0], Number)
        return 1 if is_list else max(2, len(operands))
    return 2 if operation in TWO else 1


def _as_printed(expression: Apply) -> Apply:
    """A list in which 1. is 1.00 where others have two places: programs print no last zeros."""
    numbers = numbers_in(expression)
    if not any(each.text.endswith(".") for each in numbers):
        return expression
    unit = min(*(each.unit for each in numbers if each.unit), UNIT_AT_POINT)
    changed = _with_unit(expression, unit)
    assert isinstance(changed, Apply)
    return changed


def _with_unit(expression: Expression, unit: Fraction) -> Expression:
    if isinstance(expression, Number) and expression.text.endswith("."):
        return Number(expression.text, expression.value, unit)
    if isinstance(expression, Apply):
        operands = tuple(_with_unit(operand, unit) for operand in expression.operands)
        return Apply(expression.operation, operands)
    return expression


def _of_many(operation: str, operands: list[Expression]) -> Expression:
    """max(a, b, c) as max(max(a, b), c)."""
    first, *rest = operands
    if not rest or operation not in MANY:
        return Apply(operation, tuple(operands))
    for operand in rest:
        first = Apply(operation, (first, operand))
    return first


def _slope(name: str, operation: str, z: Expression, column: int) -> Expression:
    """The derivative of an activation at z, sigmoid'(z)."""
    if operation not in ACTIVATIONS or name.endswith("''"):
        raise UnreadableError(f"{name} is not known: {', '.join(sorted(ACTIVATIONS))} are", column)
    if operation in SLOPES:
        return SLOPES[operation](Apply(operation, (z,)))
    is_on = Apply("above", (z, number("0")))
    if operation == "relu":
        return is_on
    return Apply("add", (number("0.01"), Apply("mul", (number("0.99"), is_on))))


def _raised(sign: str) -> Expression:
    """The exponent that raised digits are, ⁻³."""
    digits = number(unicodedata.normalize("NFKD", sign.lstrip("⁻")))
    return _negative(digits) if sign[0] == "⁻" else digits


def _negative(expression: Expression) -> Expression:
    return Apply("neg", (expression,))


def _is_place(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.text.isdigit()


def _item(named: Expression, places: list[Expression]) -> Expression:
    return Apply("item", (named, *places)) if places else named


def derivative(above: str, below: str, declared: Declared) -> Derivative | None:
    """The derivative that dL above dw is; None where there is no L or no w."""
    root, variable = plain(above[1:]), plain(below[1:])
    if root and variable and declared(root) and declared(variable):
        return Derivative(Name(root), Name(variable))
    return None
