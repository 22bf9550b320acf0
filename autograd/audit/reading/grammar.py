r"""Expressions as people write them, parsed into trees and never evaluated by Python.

    number      0.5   .5   1e-3   50%   2 x 10^-6   ½
    name        w_00^1   z^{[1]}_2   h_{t-1}   net_h1   w'
    derivative  dL/dw_01^2
    operators   + - * / ^ **, parentheses, 2(a - y), a comparison as (z > 0), which is 0 or 1
    velocity    v_w1   v_{w_00^1}   v(w_00^1)
    function    sigmoid(z), sigmoid'(z), tanh^2(z), |x|, e^x, \frac{a}{b}
    list        [z_1, z_2]   [[1 2] [3 4]]   [1 2; 3 4]   array([1., 2.])   W[0, 1]
    of lists    W @ a   W*a   W X   W^T   W.T   d (.) h   softmax([1, 2])

`h_3^2` is the name where it is declared, else the square of `h_3`; `**` is always a power.

`parsed` gives what a text means, `parse` with the places of its parts, for what rewrites them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Expression, Name, Number, numbers_in
from autograd.audit.reading.functions import FUNCTIONS, REMEMBERED, applied, count
from autograd.audit.reading.names import CHANGE, PART, indexed, plain, power_in
from autograd.audit.reading.tokens import Declared, Token, UnreadableError, number, tokens
from autograd.reading import printable

MOST_NESTING = 60  # brackets in brackets
MOST_DEPTH = 120  # of operations on the results of operations
MOST_ELEMENTS = 2_500  # of a list
UNIT_AT_POINT = Fraction(1, 10**4)  # of 1. in a list: NumPy and PyTorch show that much at least

# --- how tightly operators bind -------------------------------------------------------------------

LEVELS = {">": 1, ">=": 1, "<": 1, "<=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "@": 3, "(.)": 3}
LEVELS |= {"^": 5, "**": 5, ".T": 5}
PRODUCT, POWER = 3, 5
UNARY = 4  # binds looser than a power, -h^2, and tighter than a product
KINDS = {1: "compared", 2: "sum", PRODUCT: "product", POWER: "power"}
OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow", "**": "pow"}
OPERATIONS |= {"@": "matmul", "(.)": "elementwise", ">": "above", ">=": "at least"}
TURNED = {"<": ">", "<=": ">="}
CLOSING = {"(": ")", "|": "|", "{": "}"}
WITHOUT_BRACKETS = frozenset(
    {"log", "ln", "log2", "log_2", "log10", "log_10", "sin", "cos", "exp", "sqrt", "abs"}
    | {"tanh", "relu", "sigmoid", "sigma"}
)
BEHIND_ONE = ("+", "-", ")", "]", "}", ",", ";", "|")  # in log a + b, but not in log a*b
ZERO = re.compile(r"O\d*")  # 0.66O4, of a reading
MATRIX = re.compile("d?[A-Z]")
EXPONENT = re.compile(r"\{?(-?)(\d+)\}?")


class Node(NamedTuple):
    """A part of a text: what it means, where it begins and ends, and what it is made of.

    "sum", "product", "signed" (-x), "power" (what follows its part is the exponent), "compared",
    "group" (x), "list", "fraction", "element" (of a list that is its part), "number", "name",
    "derivative", of two names after their d, "state", v(w), of a parameter; "other" is what
    computes something from its parts, such as a function.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Node, ...]
    meaning: Expression


def parsed(
    text: str,
    declared: Declared = lambda name: False,
    start: int = 1,
    functions: Mapping[str, str] = FUNCTIONS,
) -> Expression:
    """What a whole text means; `declared` says which names there are, in their plain spelling.

    `functions` are the operations of the rule table by the names that they have here.

    >>> from autograd.audit.expressions import written
    >>> written(parsed("0.9 - 0.1(a_0^2 - y)"))
    '0.9 - 0.1*(a_0^2 - y)'
    """
    return parse(text, declared, start, functions).meaning


def parse(
    text: str,
    declared: Declared = lambda name: False,
    start: int = 1,
    functions: Mapping[str, str] = FUNCTIONS,
) -> Node:
    """The tree of a whole text with its places, counted from `start`.

    >>> found = parse("2*(a - y)", start=0)
    >>> found.kind, [(part.kind, part.start, part.end) for part in found.parts]
    ('product', [('number', 0, 1), ('group', 2, 9)])
    """
    end = start + len(text.rstrip())
    parser = _Parser(tokens(text, declared, start), declared, end, functions)
    found = parser.expression(0)
    if parser.next is not None:
        raise parser.unexpected("the end")
    if _is_deep(found.meaning):
        sentence = f"operations on operations, over {MOST_DEPTH} deep: write it in parts"
        raise UnreadableError(sentence, start)
    return found


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
        self.bars = 0  # nesting at which the innermost |x| began; 0 outside of all
        self.put_back: list[Token | None] = []
        self.last: Token | None = None
        self.next: Token | None = next(self.tokens, None)

    def take(self) -> Token:
        """The next token, which is read then."""
        token = self.next
        if token is None:
            raise self.unexpected("a number or a name")
        self.next = self.put_back.pop() if self.put_back else next(self.tokens, None)
        self.last = token
        return token

    def back(self, token: Token) -> None:
        """Put the token before the next one back."""
        self.put_back.append(self.next)
        self.next = token

    def beyond(self) -> Token | None:
        """The token after the next one."""
        last, token = self.last, self.take()
        found = self.next
        self.back(token)
        self.last = last
        return found

    def unexpected(self, expected: str) -> UnreadableError:
        """What is said where something else is expected."""
        if self.next is None:
            return UnreadableError(f"the line ends where {expected} is expected", self.end)
        shown = printable(repr(self.next.text))
        hint = "; for decimal commas say decimal: comma" * (self.next.text == ",")
        sentence = f"{shown} stands where {expected} is expected{hint}"
        return UnreadableError(sentence, self.next.column)

    def no_function(self, name: str) -> UnreadableError:
        """What is said of x(1): where x^(1) is a name, that it is to be written so."""
        said = self.unexpected(f"an operator ({printable(name)} is no function here)")
        self.take()
        if self.next is None or self.next.kind != "number":
            return said
        meant = f"{name}^({self.next.text})"
        if not self.declared(meant):
            return said
        return UnreadableError(f"{said}: write {printable(meant)}", said.column)

    def expect(self, sign: str) -> Token:
        if not self.is_next(sign):
            raise self.unexpected(f"'{sign}'")
        return self.take()

    def is_next(self, *signs: str) -> bool:
        return self.next is not None and self.next.text in signs

    def nest(self) -> None:
        """Count one more of what is within something else."""
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise UnreadableError(f"brackets in brackets, over {MOST_NESTING} deep", self.end)

    # --- operators --------------------------------------------------------------------------------

    def expression(self, level: int) -> Node:
        """An expression whose operators bind at least as tightly as `level`."""
        self.nest()
        is_named = self.next is not None and self.next.kind == "name"
        left = self.prefix()
        while self.level(left.meaning, is_named) >= max(level, 1):
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
            raise self.no_function(left.text)
        is_product = token.kind in ("name", "euler") or self.opens(token)
        return PRODUCT if is_product or self.is_factor(token) else -1

    def opens(self, token: Token) -> bool:
        """Whether a bracket begins; a bar within |x| is its end."""
        return token.text in ("(", "[") or (token.text == "|" and not self.bars)

    def is_factor(self, token: Token) -> bool:
        """Whether a number is the factor of a bracket, behind one: tanh'(z) 2(a - y)."""
        if token.kind != "number" or self.last is None or self.last.text != ")":
            return False
        beyond = self.beyond()
        return beyond is not None and beyond.text == "(" and beyond.column == token.end

    def prefix(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return _number(token)
        if token.kind in ("name", "euler"):
            return self.named(token)
        if token.text in ("-", "+"):
            inside = self.expression(UNARY)
            meaning = _negative(inside.meaning) if token.text == "-" else inside.meaning
            return Node("signed", token.column, inside.end, (inside,), meaning)
        if token.text == "[":
            return self.list(token)
        if token.text in CLOSING:
            return self.group(token)
        self.back(token)
        raise self.unexpected("a number or a name")

    def group(self, opening: Token) -> Node:
        """What stands in brackets; of |x| the size."""
        outer, self.bars = self.bars, (self.nesting + 1) * (opening.text == "|")
        inside = self.expression(0)
        self.bars = outer
        end = self.expect(CLOSING[opening.text]).end
        if opening.text == "|":
            return Node("other", opening.column, end, (inside,), Apply("abs", (inside.meaning,)))
        return Node("group", opening.column, end, (inside,), inside.meaning)

    def operation(self, left: Node) -> Node:
        """What an operator makes of what stands before it and after it."""
        token = self.next
        if token is None or (token.text not in LEVELS and token.kind != "raised"):
            return self.product(left)
        sign = self.take().text
        if token.kind == "raised":
            meaning = Apply("pow", (left.meaning, _raised(sign)))
            return Node("power", left.start, token.end, (left,), meaning)
        if sign == ".T":
            meaning = Apply("transpose", (left.meaning,))
            return Node("power", left.start, token.end, (left,), meaning)
        right = self.expression(UNARY if sign in ("^", "**") else LEVELS[sign] + 1)
        return _over(KINDS[LEVELS[sign]], left, right, self.meaning(sign, left, right))

    def meaning(self, sign: str, left: Node, right: Node) -> Expression:
        """What a sign makes of its two sides."""
        operands = left.meaning, right.meaning
        if sign == "^" and right.meaning == Name("T") and not self.declared("T"):
            return Apply("transpose", operands[:1])
        if sign in TURNED:
            return Apply(OPERATIONS[TURNED[sign]], operands[::-1])
        return Apply(OPERATIONS[sign], operands)

    def product(self, left: Node) -> Node:
        """A product without a sign, 2(a - y), or one with an x for it, 0.2 x 1."""
        if self.is_next("x"):
            sign = self.take()
            if not self.is_times(left, sign):
                self.back(sign)
        right = self.expression(PRODUCT + 1)
        operands = left.meaning, right.meaning
        operation = "beside" if all(map(_is_called_matrix, operands)) else "mul"
        return _over("product", left, right, Apply(operation, operands))

    def is_times(self, left: Node, sign: Token) -> bool:
        """Whether an x is a sign: before a number, or where it is no name."""
        if self.next is None or self.next.kind == "number":
            return self.next is not None
        is_operand = self.next.kind in ("name", "euler") or self.opens(self.next)
        is_apart = isinstance(_size(left.meaning), Number) and left.end < sign.column
        is_signed = self.is_next("-", "+") and is_apart and self.is_of_number(sign)
        return (is_operand or is_signed) and not self.declared("x")

    def is_of_number(self, before: Token) -> bool:
        """Whether a minus belongs to what comes next: 2 x -1, where 2 x - 1 is a difference."""
        minus, beyond = self.next, self.beyond()
        if minus is None or beyond is None:
            return False
        return beyond.column == minus.end and before.end < minus.column

    # --- lists ------------------------------------------------------------------------------------

    def list(self, opening: Token) -> Node:
        """What stands in square brackets; semicolons end rows."""
        self.nest()
        rows: list[list[Node]] = [[]]
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
        end = self.expect("]").end
        self.nesting -= 1
        lists = [Apply("list", tuple(each.meaning for each in row)) for row in rows if row]
        if not lists:
            raise UnreadableError("a list has an element at least", self.end)
        meaning = _as_printed(lists[0] if len(rows) == 1 else Apply("list", tuple(lists)))
        return Node("list", opening.column, end, tuple(n for row in rows for n in row), meaning)

    def element(self, named: Node) -> Node:
        """W[0], W[0, 1] or W[0][1]; what else stands in brackets after a name is a factor."""
        found, places = named, list[Expression]()
        while self.is_next("["):
            inside = self.list(self.take())
            assert isinstance(inside.meaning, Apply)
            if not all(map(_is_place, inside.meaning.operands)):
                meaning = Apply("mul", (found.meaning, inside.meaning))
                return _over("product", found, inside, meaning)
            places += inside.meaning.operands
            meaning = Apply("item", (named.meaning, *places))
            found = Node("element", named.start, inside.end, (found,), meaning)
        return found

    # --- names ------------------------------------------------------------------------------------

    def named(self, token: Token) -> Node:
        """A name, a derivative, a function of what follows, an element of a list."""
        if token.text == "\\frac":
            return self.fraction(token)
        if token.kind == "euler":
            return self.euler(token)
        is_function = token.text.rstrip("'") in self.functions  # leaky_relu' has no index relu
        name = token.text if is_function or token.text[0] == "∂" else plain(token.text)
        if name.rstrip("'") in self.functions and not self.declared(name):
            return self.call(name, token)
        base, exponent = power_in(name)
        if base in self.functions and self.is_next("(") and not self.declared(name):
            inside = self.call(base, token)  # tanh^2(z)
            meaning = Apply("pow", (inside.meaning, number(exponent)))
            return Node("other", token.column, inside.end, (inside,), meaning)
        if name in self.functions and self.is_next("("):
            sentence = f"{name} is the name of a number here, and of a function"
            raise UnreadableError(sentence, token.column)
        if token.text[0] in "d∂" and self.is_next("/"):
            derivative = self.derivative(token)
            if derivative is not None:
                return self.element(derivative)
        if name in REMEMBERED and self.is_next("(") and not self.declared(name):
            return self.remembered(name, token)
        if name.startswith(CHANGE) and (changed := self.change(name, token)):
            return changed
        return self.element(self.plain_name(name, token))

    def remembered(self, letter: str, start: Token) -> Node:
        """v(w_00^1), the velocity of a weight."""
        self.expect("(")
        token = self.take()
        if token.kind != "name":
            sentence = f"{letter} is no function here: {letter}(w) is what belongs to a parameter w"
            raise UnreadableError(sentence, token.column)
        end = self.expect(")").end
        parameter = Name(plain(token.text))
        inside = Node("name", token.column, token.end, (), parameter)
        return Node("state", start.column, end, (inside,), Name(indexed(letter, parameter.text)))

    def change(self, name: str, start: Token) -> Node | None:
        """Δw, what is added to a parameter; None where there is no w, or Δw is declared."""
        of, end = name.removeprefix(CHANGE), start.end
        if not of and self.next is not None and self.next.kind == "name":
            of, end = plain(self.next.text), self.next.end
        of = of[1:] if of[:1] == "d" and not self.declared(of) else of  # Δdw
        if not of or self.declared(name) or not self.declared(of):
            return None
        if name == CHANGE:
            self.take()
        return Node("name", start.column, end, (), Name(indexed(CHANGE, of)))

    def fraction(self, start: Token) -> Node:
        above, below = (self.group(self.expect("{")) for _ in range(2))
        meaning = Apply("div", (above.meaning, below.meaning))
        return Node("fraction", start.column, below.end, (above, below), meaning)

    def euler(self, token: Token) -> Node:
        """e^x; where it is declared it is a name."""
        if self.declared("e"):
            return Node("name", token.column, token.end, (), Name("e"))
        sign = self.take()
        if sign.kind == "raised":
            meaning = Apply("exp", (_raised(sign.text),))
            return Node("other", token.column, sign.end, (), meaning)
        exponent = self.expression(UNARY)
        meaning = Apply("exp", (exponent.meaning,))
        return Node("other", token.column, exponent.end, (exponent,), meaning)

    def plain_name(self, name: str, token: Token) -> Node:
        """A name; a power where it is declared without its last superscript only."""
        whole = Node("name", token.column, token.end, (), Name(name))
        if ZERO.fullmatch(name) and not self.declared(name):
            sentence = f"{name} is not defined: is its letter O the digit 0?"
            raise UnreadableError(sentence, token.column)
        if "^" not in name or self.declared(name):
            return whole
        base, _, exponent = name.rpartition("^")
        *_, last = PART.finditer(token.text)
        before = plain(token.text[: last.start()])
        if last["mark"] != "_" and "^" in before:  # a_0^1², a_0^1^2: behind an index
            base, exponent = before, plain(f"x{last[0]}").removeprefix("x^")
        match = EXPONENT.fullmatch(exponent)
        if match is None or not self.declared(base):
            return whole
        power: Expression = number(match[2])
        meaning = Apply("pow", (Name(base), _negative(power) if match[1] else power))
        if before != base:  # h^2_3
            return whole._replace(meaning=meaning)
        inside = Node("name", token.column, token.column + last.start(), (), Name(base))
        return Node("power", token.column, token.end, (inside,), meaning)

    def derivative(self, above: Token) -> Node | None:
        """dL/dw: None where dL is a name of its own."""
        below = self.beyond()
        if below is None or below.kind != "name" or below.text[0] not in "d∂":
            return None
        key = derivative(above.text, below.text, self.declared)
        if key is None or (self.declared(plain(above.text)) and self.declared(plain(below.text))):
            return None
        self.take()
        self.take()
        pairs = ((above, key.root), (below, key.variable))
        names = (Node("name", each.column + 1, each.end, (), n) for each, n in pairs)
        return Node("derivative", above.column, below.end, tuple(names), key)

    def of_one(self, name: str, token: Token) -> Node | None:
        """log a, cos 2: a function without brackets of what stands alone; None for any other."""
        operand = self.next
        if name not in WITHOUT_BRACKETS or operand is None or operand.text in self.functions:
            return None
        if operand.text == "|":
            return self.of_size(name, token)
        if operand.kind not in ("name", "number"):
            return None
        is_name, beyond = operand.kind == "name", self.beyond()
        behind = BEHIND_ONE if is_name else BEHIND_ONE[2:]  # log 1 - a is unsure
        if beyond is not None and beyond.text not in behind:
            return None
        self.take()
        inside = self.plain_name(plain(operand.text), operand) if is_name else _number(operand)
        meaning = applied(name, self.functions[name], [inside.meaning], token.column)
        return Node("other", token.column, inside.end, (inside,), meaning)

    def of_size(self, name: str, token: Token) -> Node:
        """ln |z|."""
        inside = self.group(self.take())
        if self.is_next("^", "**") or (self.next is not None and self.next.kind == "raised"):
            raise self.unexpected("a bracket, as ln(|z|^2) or (ln |z|)^2,")
        meaning = applied(name, self.functions[name], [inside.meaning], token.column)
        return Node("other", token.column, inside.end, (inside,), meaning)

    def call(self, name: str, token: Token) -> Node:
        if found := self.of_one(name, token):
            return found
        self.expect("(")
        operands = [self.expression(0)]
        while self.is_next(",", ";"):
            self.take()
            operands.append(self.expression(0))
        end = self.expect(")").end
        operation = self.functions[name.rstrip("'")]
        meanings = [operand.meaning for operand in operands]
        wanted = count(operation, meanings)
        if len(operands) != wanted:
            raise UnreadableError(f"{name} takes {wanted}, not {len(operands)}", self.end)
        meaning = applied(name, operation, meanings, token.column)
        kind = "list" if operation == "array" else "other"
        return Node(kind, token.column, end, tuple(operands), meaning)


def _number(token: Token) -> Node:
    return Node("number", token.column, token.end, (), number(token.text, token.column))


def _over(kind: str, left: Node, right: Node, meaning: Expression) -> Node:
    """Two parts beside each other."""
    return Node(kind, left.start, right.end, (left, right), meaning)


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


def _raised(sign: str) -> Expression:
    """The exponent that raised digits are, ⁻³."""
    digits = number(unicodedata.normalize("NFKD", sign.lstrip("⁻")))
    return _negative(digits) if sign[0] == "⁻" else digits


def _negative(expression: Expression) -> Expression:
    return Apply("neg", (expression,))


def _size(expression: Expression) -> Expression:
    """What stands behind a minus."""
    if isinstance(expression, Apply) and expression.operation == "neg":
        return expression.operands[0]
    return expression


def _is_called_matrix(expression: Expression) -> bool:
    """Whether it is, or ends with, what a matrix is called: W, X^T, 1/m*dZ^[1]."""
    while isinstance(expression, Apply) and expression.operation in ("mul", "beside", "transpose"):
        expression = expression.operands[-1]
    name = expression.variable if isinstance(expression, Derivative) else expression
    return isinstance(name, Name) and MATRIX.match(name.text) is not None


def _is_place(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.text.isdigit()


def derivative(above: str, below: str, declared: Declared) -> Derivative | None:
    """The derivative that dL above dw is; None where there is no L or no w."""
    root, variable = plain(above[1:]), plain(below[1:])
    if root and variable and declared(root) and declared(variable):
        return Derivative(Name(root), Name(variable))
    return None
