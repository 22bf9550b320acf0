"""The factors that stand before matrices: 1/m of a mean, 1/(2*m) of a half mean, 0.1."""

from __future__ import annotations

from typing import Any

from autograd.notes.matrix_form import Side, Sign
from autograd.notes.number_style import NumberStyle
from autograd.reading import constant

FEW = NumberStyle(digits=6)  # of a number that somebody has typed


def share_sign(share: Any, style: NumberStyle) -> Sign:
    """1/4*: the factor of a mean; of another share its number.

    >>> share_sign(0.25, FEW).text, share_sign(0.75, FEW).text
    ('1/4*', '0.75*')
    """
    if count := _count(share):
        return Sign(f"1/{count}*", rf"\frac{{1}}{{{count}}} ")
    return _number(share, style)


def factor(share: Any, style: NumberStyle, is_half: bool = False) -> Side:
    """The same, or half of it, 1/(2*m)*; () for 1.

    >>> [sign.text for sign in factor(0.25, FEW, is_half=True)], factor(1.0, FEW)
    (['1/(2*4)*'], ())
    """
    if not is_half:
        return () if share == 1 else (share_sign(share, style),)
    if share == 1:
        return (Sign("1/2*", r"\frac{1}{2} "),)
    if count := _count(share):
        return (Sign(f"1/(2*{count})*", rf"\frac{{1}}{{2 \cdot {count}}} "),)
    number = style.exact
    return (Sign(f"{number.text(share)}/2*", rf"\frac{{{number.latex(share)}}}{{2}} "),)


def twice(share: Any, style: NumberStyle) -> Side:
    """Two times a share, as the derivative of a mean of squares has it: 2/4*; () for 1.

    >>> [sign.text for share in (0.25, 0.75, 0.5) for sign in twice(share, FEW)]
    ['2/4*', '1.5*']
    """
    if 2 * share == 1:
        return ()
    if count := _count(share):
        return (Sign(f"2/{count}*", rf"\frac{{2}}{{{count}}} "),)
    return (_number(2 * share, style),)


def strength(number: Any, style: NumberStyle) -> Side:
    """The factor of a penalty: as it was typed, unless it has many digits; () for 1.

    >>> [sign.text for number in (0.1, 1 / 30) for sign in strength(number, FEW)]
    ['0.1*', '1/30*']
    """
    if number == 1:
        return ()
    return (share_sign(number, style) if FEW.is_rounded(number) else _number(number, style),)


def _number(number: Any, style: NumberStyle) -> Sign:
    style = style.exact  # no sign is marked as rounded
    return Sign(f"{style.text(number)}*", rf"{style.latex(number)} \cdot ")


def _count(share: Any) -> int:
    """The count that a share is 1 of; 0 where it is of none."""
    count = round(1 / share) if share else 0
    return count if count > 1 and constant(1, share) / count == share else 0
