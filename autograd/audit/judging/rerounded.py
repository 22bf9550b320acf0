"""Numbers of a shown line that were rounded once more: 0.69 where 0.691 was written, 0.33 for 1/3.

Who goes on with fewer places than were written, or writes a fraction as a decimal, makes no slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice, product

from autograd.audit.decimals import decimal
from autograd.audit.expressions import (
    Apply,
    Expression,
    Key,
    Number,
    substituted,
    whole_number,
)
from autograd.audit.judging.slips.lines import MOST_LITERALS, literals
from autograd.audit.printed import Printed

MOST_TRIED = 32  # lines that are put together
ABOVE = (1, 2)  # what a mean and its derivative have over their number of terms


def restored(
    line: Expression, numbers: Mapping[Key, Fraction], steps: Iterable[Expression]
) -> Iterator[Expression]:
    """A line with what was rounded once more in the place of the numbers that it rounds to.

    `numbers` are those that may belong there, `steps` have the fractions that do.

    >>> a = Fraction(691, 1000)
    >>> line = Number("0.69", Fraction(69, 100), Fraction(1, 100))
    >>> from autograd.audit.expressions import Name
    >>> list(restored(line, {Name("a"): a}, []))
    [Name(text='a', epoch=0)]
    """
    belonging: dict[Expression, Fraction] = {one: one.value for one in _fractions(steps)}
    belonging.update(numbers.items())
    parts: dict[Expression, list[Expression]] = {}
    for literal in list(dict.fromkeys(literals(line)))[:MOST_LITERALS]:
        printed = Printed.of(literal.expression)
        if printed is not None and 0 < printed.unit < 1 and not printed.one_digit:
            found = [key for key, value in belonging.items() if _is_rounded(printed, value)]
            parts.update({literal.expression: found} if found else {})
    if parts:
        for chosen in islice(product(*parts.values()), MOST_TRIED):
            yield substituted(line, dict(zip(parts, chosen, strict=True)))


def _is_rounded(printed: Printed, value: Fraction) -> bool:
    return printed.value != value and printed.agrees(value)


def _fractions(steps: Iterable[Expression]) -> Iterator[Number]:
    """The thirds and sevenths of steps, which no decimal is."""
    for below in dict.fromkeys(below for step in steps for below in _divisors(step)):
        for above in ABOVE:
            if not decimal(value := Fraction(above, below)):
                yield Number(f"{above}/{below}", value, Fraction(0))


def _divisors(step: Expression) -> Iterator[int]:
    if isinstance(step, Apply):
        for operand in step.operands:
            yield from _divisors(operand)
        below = whole_number(step.operands[-1]) if step.operation == "div" else None
        if below:
            yield below
