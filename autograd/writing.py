"""Written expressions: how tightly each binds, and where it stands in parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

# From the loosest to the tightest; what stands in a slot that asks for more gets parentheses.
ANY, SUM, SIGNED, PRODUCT, POWER, ATOM = range(6)
MINUS_SIGNS = ("-", "−")  # as it is typed, and as a page has it

# What moves the cursor, turns the direction of writing, cannot be seen, or is no character: not the
# joiners of Indian scripts and emoji, nor their tags.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """`text` for a terminal or a page: control characters as escapes, any language as it is.

    What shows a name that somebody gave, or that a file holds, shows it so.

    >>> print(printable("w\\x1b[31m"), printable("μ_é"))
    w\\x1b[31m μ_é
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


# The functions that LaTeX has a command for; those with limits below them are none here.
LATEX_FUNCTIONS = {
    "arccos", "arcsin", "arctan", "cos", "cosh", "cot", "coth", "exp", "ln", "log", "sin", "sinh",
    "tan", "tanh",
}  # fmt: skip


def function_in_latex(name: str) -> str:
    r"""The name of a function of formulas, as LaTeX sets it.

    >>> print(function_in_latex("log"), function_in_latex("log1p"))
    \log \operatorname{log1p}
    """
    if name in LATEX_FUNCTIONS:
        return rf"\{name}"
    return rf"\operatorname{{{name}}}".replace("_", r"\_")


class Term(NamedTuple):
    """A written expression, how tightly it binds, and whether it is a plain number.

    `after` is a product that begins with a minus as it stands after another term: (-0.4)*a. Of a
    number alone `number` is that; what is minus another term is `minus_of` it.
    """

    text: str
    level: int = ATOM
    plain: bool = False
    after: str = ""
    number: Any = None
    minus_of: Term | None = None

    def within(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        if self.level >= level:
            return self.text
        return self.after if self.after and level <= PRODUCT else f"({self.text})"


Write = Callable[[Sequence[Term]], Term]


class Layout:
    """How an operation is written: a template, how tightly the whole binds, what each slot asks.

    `places` says which operand each slot has, where one has several.

    >>> layout = Layout("softplus({0}) + {1}", SUM, (ANY, PRODUCT), places=(0, 0))
    >>> layout([Term("-3", SIGNED)]).text
    'softplus(-3) + (-3)'
    """

    def __init__(
        self,
        template: str,
        level: int = ATOM,
        slots: Sequence[int] = (),
        places: Sequence[int] = (),
    ) -> None:
        self.template, self.level, self.slots, self.places = template, level, slots, places
        self._after = [
            PRODUCT if slot == SIGNED else slot for slot in slots
        ]  # no sign stands there

    def __call__(self, operands: Sequence[Term]) -> Term:
        text = self._filled(operands, self.slots)
        if not text.startswith(MINUS_SIGNS) or self.level <= SIGNED:
            return Term(text, self.level)
        after = self._filled(operands, self._after)
        return Term(text, SIGNED, after="" if after.startswith(MINUS_SIGNS) else after)

    def _filled(self, operands: Sequence[Term], slots: Sequence[int]) -> str:
        operands = [operands[place] for place in self.places] or operands
        each = zip(operands, chain(slots, repeat(ANY)), strict=False)
        return self.template.format(*[operand.within(slot) for operand, slot in each])


class Minus:
    """How the negative of what `of` writes is written.

    >>> Minus(Layout("{} - {}", SUM))([Term("a"), Term("b")]).text
    '-(a - b)'
    """

    def __init__(self, of: Write, sign: str = "-") -> None:
        self.of, self.sign = of, sign

    def __call__(self, operands: Sequence[Term]) -> Term:
        term = self.of(operands)
        number = None if term.number is None or term.minus_of else -term.number
        return Term(f"{self.sign}{term.within(PRODUCT)}", SIGNED, term.plain, "", number, term)


def as_layout(text: Write | str | None, name: str, arity: int | None) -> Write | None:
    """A template as a Layout; what is none as it is.

    The whole and its operands stand in parentheses: a template does not say how tightly it binds.
    """
    if not isinstance(text, str):
        return text
    if arity is None:
        raise TypeError(
            f"{name} takes any number of operands: no template, a function of the written ones"
        )
    marks = [f"<{place}>" for place in range(arity)]
    try:
        written = text.format(*marks)
    except (AttributeError, LookupError, TypeError, ValueError):
        written = ""
    if not all(mark in written for mark in marks):
        raise ValueError(f"a template of {name} has one {{}} for each operand, not {text!r}")
    return Layout(text, SUM, [ATOM for _ in marks])


def as_call(before: str, after: str) -> Write:
    """Operands between commas, as many as there are."""
    return lambda operands: Term(f"{before}{', '.join(term.text for term in operands)}{after}")


def write_sum(terms: Sequence[Term]) -> Term:
    """a + b - c: a term that begins with a minus is subtracted, but for a product: a + (-2)*b."""
    if len(terms) == 1:
        return terms[0]
    parts = [terms[0].text]
    for term in terms[1:]:
        subtracted = term.level == SIGNED and not term.after
        sign, text = (term.text[0], term.text[1:]) if subtracted else ("+", term.within(PRODUCT))
        parts.append(f"{sign} {text}")
    return Term(" ".join(parts), SUM)


_PLUS = Layout("{} + {}", SUM, (SUM, PRODUCT))


def write_plus(terms: Sequence[Term]) -> Term:
    """a + b: what begins with a minus is subtracted, but for a product and a number.

    >>> write_plus([Term("a"), Term("-b", SIGNED)]).text
    'a - b'
    >>> write_plus([Term("2"), Term("-3", SIGNED, number=-3)]).text
    '2 + (-3)'
    """
    second = terms[1]
    subtracted = second.level == SIGNED and not second.after and second.number is None
    return write_sum([Term(terms[0].within(SUM)), second]) if subtracted else _PLUS(terms)


def write_dot(times: str, alone: str) -> Write:
    """w_0*a_0 + w_1*a_1 + b; a product that stands alone is written w * a.

    A factor that is the plain number 1 is left out.
    """

    def write(operands: Sequence[Term]) -> Term:
        n = len(operands) // 2
        sign = alone if len(operands) == 2 else times
        terms: list[Term] = []
        for pair in zip(operands[:n], operands[n : 2 * n], strict=True):
            factors = [factor for factor in pair if not (factor.plain and factor.text == "1")]
            if len(factors) == 2:
                slots = PRODUCT if terms else SIGNED, POWER
                terms.append(Layout(f"{{}}{sign}{{}}", PRODUCT, slots)(factors))
            else:
                terms.append(factors[0] if factors else pair[0])
        return write_sum([*terms, *operands[2 * n :]])

    return write
