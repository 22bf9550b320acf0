"""The written form of a recorded expression, over the names or the numbers of its operands."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from autograd.notes.means import exact_share
from autograd.notes.naming import Typeset, latex_binding, latex_of
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.notes.typeset import binding, html_name
from autograd.reading import (
    ATOM,
    MINUS_SIGNS,
    OPERATIONS,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Minus,
    Operation,
    Term,
    Value,
    Write,
    dot,
    printable,
)

Form = Literal["text", "latex", "html"]
Leaf = Callable[[Value], Term | None]
AS_FRACTION = NumberStyle(fractions=True)


def number_term(
    number: Any, plain: bool = False, style: NumberStyle = PLAIN, form: Form = "text"
) -> Term:
    """A number as an operand of a written expression.

    >>> number_term(1e-05).within(POWER), number_term(-0.5, form="latex").within(PRODUCT)
    ('(1*10^-5)', '(-0.5)')
    """
    text: str = getattr(style, form)(number)
    known = number if isinstance(number, (int, float, Fraction, Decimal)) else None
    term = Term(text, _level(text), plain, number=known)
    if term.level != SIGNED:
        return term
    opposite = None if known is None else -known
    minus_of = Term(text[1:], _level(text[1:]), plain, number=opposite)
    return term._replace(minus_of=minus_of)


def is_number_alone(term: Term, number: Any) -> bool:
    """Whether a term is a number alone, and that one.

    >>> is_number_alone(number_term(-0.5), -0.5), is_number_alone(Term("-w", SIGNED), -0.5)
    (True, False)
    """
    return term.number is not None and bool(term.number == number)


# How tightly a written number binds without its sign, the first that fits; what fits none is an
# expression, as numbers of other packages are written.
LEVELS = (
    (ATOM, re.compile(r"[\w.,{}∞]+|\\infty|\\mathrm\{NaN\}|\([^()]+j\)")),
    (POWER, re.compile(r"[\d.,{}]+\\?%|\\frac\{\d+\}\{\d+\}")),
    (PRODUCT, re.compile(r"[\d.,{}]+(\*| \\cdot )10\^[-\d{}]+(\\?%)?|\d+/\d+")),
    (PRODUCT, re.compile(r"[\d.,]+·10<sup>−?\d+</sup>%?")),
)


def _level(text: str) -> int:
    if text.startswith(MINUS_SIGNS):
        return SUM if _level(text[1:]) == SUM else SIGNED
    for level, pattern in LEVELS:
        if pattern.fullmatch(text):
            return level
    return SUM


class Pen:
    """How an expression is written: in text, LaTeX or HTML, its numbers in a style.

    `rounded` tells whether a number that it has written is rounded. A pen for what is `derived`
    leaves out factors of 1 and terms of 0, which rules give in the type of the graph. Of `counts`
    a factor of 1/count is written as a fraction.

    >>> pen = Pen(NumberStyle(decimals=1))
    >>> pen.number(0.25).text, pen.rounded
    ('0.2', True)
    """

    def __init__(
        self,
        style: NumberStyle = PLAIN,
        form: Form = "text",
        derived: bool = False,
        counts: Sequence[int] = (),
    ) -> None:
        self.style, self.form, self.derived = style, form, derived
        self.rounded = False
        self.counts = counts

    def number(self, number: Any, plain: bool = False, style: NumberStyle | None = None) -> Term:
        """A number as an operand, in the pen's style unless given one; plain, it is in no percent.

        >>> Pen(NumberStyle(percent=True)).number(2, plain=True)
        Term(text='2', level=5, plain=True, after='', number=2, minus_of=None)
        """
        style = style or self.style
        style = style.of_constants if plain else style
        self.rounded = self.rounded or style.is_rounded(number)
        return number_term(number, plain, style, self.form)

    def operand(self, number: Any, of: Operation | None) -> Term:
        """A plain number as an operand of an operation; the 1/m of a mean as a factor is a
        fraction.

        >>> Pen(counts=[2]).operand(0.5, dot).text, Pen(counts=[2]).operand(0.5, None).text
        ('1/2', '0.5')
        """
        share = exact_share(number, of, self.counts)
        if share is not None:
            return self.number(share, plain=True, style=AS_FRACTION)
        return self.number(number, plain=True)

    def operation(self, operation: Operation, terms: Sequence[Term]) -> Term:
        """An operation over its operands; where commas are decimal, they stand between ;.

        In HTML what is between them is escaped, unless the operation says how it is written there.

        >>> from autograd import maximum
        >>> pen = Pen(NumberStyle(comma=True))
        >>> pen.operation(maximum, [pen.number(0.9), pen.number(1.1)]).text
        'max(0,9; 1,1)'
        """
        write: Write | None = getattr(operation, self.form)
        is_escaped = write is None
        write = write or operation.text
        if not (self.style.comma or is_escaped):
            return write(terms)

        def between(text: str) -> str:
            text = html.escape(text) if is_escaped else text
            return text.replace(", ", "; ") if self.style.comma else text

        # The operands are set in afterwards, so that only what is between them is changed.
        texts: dict[str, str] = {}
        marked = [_marked(place, term, texts) for place, term in enumerate(terms)]
        return _set_in(write(marked), texts, between)

    def negative(self, term: Term) -> Term:
        """-term; of a 0 itself.

        >>> Pen().negative(Term("a")).text, Pen().negative(Term("0.00", number=0)).text
        ('-a', '0.00')
        """
        return negative(term, self.form)


def _marked(place: int, term: Term, texts: dict[str, str]) -> Term:
    """A mark in an operand's place, with its sign; a plain 0 or 1 as it is, for that may be left
    out.
    """
    if term.plain and term.text in ("0", "1"):
        return term
    sign = term.text[:1] if term.text.startswith(MINUS_SIGNS) else ""
    text, after = f"\0{place}\0", f"\0{place}after\0" if term.after else ""
    texts |= {text: term.text[len(sign) :], after: term.after}
    return term._replace(text=sign + text, after=after)


def _set_in(skeleton: Term, texts: Mapping[str, str], between: Callable[[str], str]) -> Term:
    def filled(text: str) -> str:
        parts = re.split("(\0[^\0]*\0)", text)
        return "".join(texts[part] if part in texts else between(part) for part in parts)

    minus_of = skeleton.minus_of and _set_in(skeleton.minus_of, texts, between)
    text, after = filled(skeleton.text), filled(skeleton.after)
    return skeleton._replace(text=text, after=after, minus_of=minus_of)


def name_term(name: str, form: Form = "text") -> Term:
    """A name as an operand; one with a superscript stands in parentheses before a power."""
    if form == "latex" and isinstance(name, Typeset):
        return Term(name.latex, latex_binding(name))
    return Term(NAMES[form](name), binding(name))


NAMES: Mapping[Form, Callable[[str], str]] = {
    "text": printable,
    "latex": latex_of,
    "html": html_name,
}


def write(node: Value, leaf: Leaf, pen: Pen | None = None) -> Term:
    """The expression that `node` records.

    `leaf` writes the Values at which it stops, and gives None to go on into one; a pen writes the
    plain numbers in its style.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> write(a * (b - 1), lambda node: name_term(node.name) if node.name else None).text
    'a*(b - 1)'
    """
    pen = pen or Pen()
    if node.operation is None:
        return leaf(node) or pen.number(node.data)
    written: dict[Value, Term] = {}
    path = [node]
    while path:  # iterative: an unnamed expression may be deep
        current, missing = path[-1], []
        for operand in current.operands:
            if operand.__class__ is Value and operand not in written:
                term = leaf(operand) or _given(operand, pen)
                if term is None:
                    missing.append(operand)
                else:
                    written[operand] = term
        if missing:
            path.extend(missing)
        elif current is not node and _is_start_of_sum(current):
            written[path.pop()] = written[current.operands[1]]
        else:
            written[path.pop()] = _combined(current, written, leaf, pen)
    return written[node]


def _given(node: Value, pen: Pen) -> Term | None:
    """A leaf without a name, a plain number."""
    return pen.number(node.data, plain=True) if node.operation is None else None


def _combined(node: Value, written: Mapping[Value, Term], leaf: Leaf, pen: Pen) -> Term:
    """An operation over its operands, which are written already."""
    operation: Any = node.operation
    if pen.derived and (kept := all_but_neutral(node)) is not None:
        return written[kept]
    minus_one = _place_of_minus_one(node, leaf, pen)
    if minus_one is not None:
        other = node.operands[1 - minus_one]
        return opposite(other, leaf, pen, written=written, within=operation)
    if operation is dot and pen.derived and (signed := _signed_terms(node, written, leaf, pen)):
        return pen.operation(TOTAL, signed)
    terms = [written[x] if _is_value(x) else pen.operand(x, operation) for x in node.operands]
    return pen.operation(operation, terms)


NEUTRAL: dict[Operation | None, int] = {OPERATIONS["mul"]: 1, OPERATIONS["add"]: 0}


def all_but_neutral(node: Value) -> Value | None:
    """The operand that a product or sum equals, beside the plain number 1 or 0; None for others.

    >>> y = Value(2.0, "y")
    >>> all_but_neutral(y * 1.0), all_but_neutral(y * 2.0)
    (Value(2.0, name='y'), None)
    """
    operands, neutral = node.operands, NEUTRAL.get(node.operation)
    nodes = [x for x in operands if x.__class__ is Value]
    is_left_out = neutral is not None and len(nodes) == 1
    if is_left_out and all(x.__class__ is Value or x == neutral for x in operands):
        return nodes[0]
    return None


def _is_value(x: Any) -> bool:
    return x.__class__ is Value


def _is_start_of_sum(node: Value) -> bool:
    """Whether a node adds to the 0 that Python's `sum` begins with."""
    if node.operation is not ADD:
        return False
    zero, other = node.operands
    return bool(zero.__class__ is int and zero == 0 and _is_value(other))


def _signed_terms(node: Value, written: Mapping[Value, Term], leaf: Leaf, pen: Pen) -> list[Term]:
    """The terms of a sum of products that has a factor -1, each without it; none of another sum."""
    weights, inputs, bias = dot.parts(node.operands)
    pairs = list(zip(weights, inputs, strict=True))
    if len(pairs) < 2 or not any(_is_minus_one(x, leaf) for pair in pairs for x in pair):
        return []

    def term(x: Any) -> Term:
        return written[x] if _is_value(x) else pen.operand(x, dot)

    terms = []
    for pair in pairs:
        place = next((place for place, x in enumerate(pair) if _is_minus_one(x, leaf)), None)
        if place is None:
            terms.append(pen.operation(dot, [*map(term, pair)]))
        else:
            terms.append(opposite(pair[1 - place], leaf, pen, written=written, within=dot))
    return [*terms, *map(term, bias)]


def _place_of_minus_one(product: Value, leaf: Leaf, pen: Pen) -> int | None:
    """Which of the two factors of a dot is the number -1; the second only of what is derived, as
    those of other products.
    """
    is_product = product.operation is dot or (product.operation is MUL and pen.derived)
    factors = product.operands if is_product else ()
    if len(factors) == 2:
        for place in (0, 1) if pen.derived else (0,):
            if _is_minus_one(factors[place], leaf):
                return place
    return None


def _is_minus_one(x: Any, leaf: Leaf) -> bool:
    """Whether an operand is the number -1: plain, or computed from plain numbers alone."""
    if x.__class__ is not Value:
        return bool(x == -1)
    return bool(x.data == -1) and is_of_plain_numbers(x, leaf)


def is_of_plain_numbers(node: Value, leaf: Leaf) -> bool:
    """Whether all that an expression without a name is computed from are plain numbers.

    >>> from autograd.reading import record
    >>> a = Value(2, "a")
    >>> is_of_plain_numbers(record(dot, (-1, 0.25)), lambda node: None)
    True
    >>> is_of_plain_numbers(a * 2, lambda node: None)
    False
    """
    path, seen = [node], {node}
    while path:
        x = path.pop()
        if x.operation is None or leaf(x) is not None:
            return False
        new = {y for y in x.operands if y.__class__ is Value} - seen
        path.extend(new)
        seen.update(new)
    return True


def negative(term: Term, form: Form = "text") -> Term:
    """-term; of a 0 itself.

    >>> negative(Term("a")).text, negative(Term("0.00", number=0)).text
    ('-a', '0.00')
    """
    if term.number is not None and term.number == 0:
        return term
    written: Term = getattr(OPERATIONS["neg"], form)([term])
    return written


# --- the negative of an expression ----------------------------------------------------------------

ADD, SUB, MUL, DIV, NEG, MEAN, TOTAL = (
    OPERATIONS[name] for name in ("add", "sub", "mul", "div", "neg", "mean", "total")
)
Turned = Callable[[Value], bool]  # whether a Value is written as the negative of what it is called


def opposite(
    x: Any,
    leaf: Leaf,
    pen: Pen,
    turned: Turned = lambda node: False,
    written: Mapping[Value, Term] = MappingProxyType({}),
    within: Operation | None = None,
) -> Term:
    """Minus an expression, without two signs where one does: b - a for -(a - b), a for -(-a).

    A plain number is an operand of `within`.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> leaf = lambda node: name_term(node.name) if node.name else None
    >>> opposite(2 * (a - b), leaf, Pen()).text, opposite(a * b, leaf, Pen()).text
    ('2*(b - a)', '-a*b')
    """

    of = x.operation if x.__class__ is Value else within

    def term(operand: Any) -> Term:
        if operand.__class__ is not Value:
            return pen.operand(operand, of)
        return written.get(operand) or leaf(operand) or write(operand, leaf, pen)

    def turns(operand: Any) -> bool:
        return _turns(operand, leaf, turned)

    def minus(operand: Any) -> Term:
        return opposite(operand, leaf, pen, turned, written, within=of)

    if not turns(x):
        return pen.negative(term(x))
    if x.__class__ is not Value:
        return pen.operand(-x, of)
    operation, operands = x.operation, x.operands
    if leaf(x) is not None or operation not in (NEG, SUB, ADD, TOTAL, MEAN, MUL, DIV, dot):
        return term(x).minus_of or pen.negative(term(x))
    if operation is NEG:
        return term(operands[0])
    if operation is SUB:
        return _difference_turned(operands, term, minus, turns, pen)
    if operation is ADD or operation is TOTAL or operation is MEAN:
        each = pen.operation(TOTAL, [minus(operand) for operand in operands])
        return pen.operation(DIV, [each, Term(str(len(operands)))]) if operation is MEAN else each
    minus_one = _place_of_minus_one(x, leaf, pen)
    if minus_one is not None:
        return term(operands[1 - minus_one])
    place = next(place for place, factor in enumerate(operands) if turns(factor))
    terms = [minus(y) if at == place else term(y) for at, y in enumerate(operands)]
    return pen.operation(operation, terms)


def _difference_turned(
    operands: Sequence[Any],
    term: Callable[[Any], Term],
    minus: Callable[[Any], Term],
    turns: Callable[[Any], bool],
    pen: Pen,
) -> Term:
    """-(a - b): b - a, or -a + b where that has no sign at its beginning."""
    a, b = operands
    if a.__class__ is not Value and a == 0:
        return term(b)
    if turns(a):
        return pen.operation(TOTAL, [minus(a), term(b)])
    return pen.operation(SUB, [term(b), term(a)])


def _turns(x: Any, leaf: Leaf, turned: Turned) -> bool:
    """Whether the negative of an expression has a form without a minus before the whole."""
    if x.__class__ is not Value:
        return isinstance(x, (int, float, Fraction, Decimal)) and x < 0
    if leaf(x) is not None:
        return turned(x)
    operation, operands = x.operation, x.operands
    if operation in (NEG, SUB):
        return True
    each = (_turns(operand, leaf, turned) for operand in operands)
    if operation is ADD or operation is DIV:
        return next(each)
    if operation is MUL or (operation is dot and len(operands) == 2):
        return any(each)
    if operation is TOTAL or operation is MEAN:
        return all(each)
    return operation is not None and isinstance(operation.text, Minus)
