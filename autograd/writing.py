"""Written expressions: how tightly each binds, and where parentheses are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import NamedTuple

# How tightly a written expression binds; what stands in a slot that asks for more is put in
# parentheses.
ANY, SUM, SIGNED, PRODUCT, POWER, ATOM = range(6)


class Term(NamedTuple):
    """A written expression, how tightly it binds, and whether it is a plain number of the table or
    of the user.
    """

    text: str
    level: int = ATOM
    plain: bool = False

    def within(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"


class Layout:
    """How an operation is written: a template, how tightly the whole binds, what each slot asks of
    an operand (ANY).
    """

    def __init__(self, template: str, level: int = ATOM, slots: Sequence[int] = ()) -> None:
        self.template, self.level, self.slots = template, level, slots

    def __call__(self, operands: Sequence[Term]) -> Term:
        texts = [
            operand.within(slot)
            for operand, slot in zip(operands, chain(self.slots, repeat(ANY)), strict=False)
        ]
        text = self.template.format(*texts)
        return Term(text, SIGNED if text.startswith("-") and self.level > SIGNED else self.level)


def as_call(before: str, after: str) -> Callable[[Sequence[Term]], Term]:
    """Operands between commas, as many as there are."""
    return lambda operands: Term(
        f"{before}{', '.join(operand.text for operand in operands)}{after}"
    )


def write_sum(terms: Sequence[Term]) -> Term:
    if len(terms) == 1:
        return terms[0]
    text = terms[0].text
    for term in terms[1:]:
        text = (
            f"{text} - {term.text[1:]}"
            if term.level == SIGNED
            else f"{text} + {term.within(PRODUCT)}"
        )
    return Term(text, SUM)


def write_dot(times: str, spaced: str) -> Callable[[Sequence[Term]], Term]:
    """w_0*a_0 + w_1*a_1 + b; a single product stands spaced, w * a; a factor that is the plain
    number 1 is left out.
    """

    def write(operands: Sequence[Term]) -> Term:
        n = len(operands) // 2
        sign = spaced if len(operands) == 2 else times
        terms: list[Term] = []
        for pair in zip(operands[:n], operands[n : 2 * n], strict=True):
            factors = [factor for factor in pair if not (factor.plain and factor.text == "1")]
            if len(factors) == 2:
                first_slot = PRODUCT if terms else SIGNED
                terms.append(Layout(f"{{}}{sign}{{}}", PRODUCT, (first_slot, POWER))(factors))
            else:
                terms.append(factors[0] if factors else pair[0])
        return write_sum([*terms, *operands[2 * n :]])

    return write
