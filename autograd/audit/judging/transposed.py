"""A matrix that is printed as its transpose: one slip, and not one in each number of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograd.audit.expressions import Derivative, Expression, Name, written
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.slips.explanation import Explanation, Kind
from autograd.audit.judging.slips.operands import mirrored
from autograd.audit.judging.verdicts import Verdict

ELEMENT = re.compile(r"\[\d+,\d+\]|_\{?\d+,?\d+\}?")  # the index of a number in a matrix
FEWEST_DIGITS = 2  # of a number that tells where it belongs


def whole(found: Sequence[Judged]) -> list[Judged]:
    """The verdicts, in which a transposed matrix is a slip once; its other numbers follow from it.

    A matrix is what is claimed in one line of names with two indices.
    """
    lines: dict[tuple[int, int], dict[Expression, Judged]] = {}
    for judged in found:
        lines.setdefault((judged.claim.line, judged.claim.epoch), {})[judged.claim.left] = judged
    changed: dict[int, Judged] = {}
    for numbers in lines.values():
        changed |= _as_one(numbers)
    return [changed.get(id(judged), judged) for judged in found]


def _as_one(numbers: Mapping[Expression, Judged]) -> dict[int, Judged]:
    """The slips of a matrix that is transposed, each as it is judged then."""
    pairs = [
        (judged, numbers.get(other)) for left, judged in numbers.items() if (other := _turned(left))
    ]
    slips = [judged for judged, _ in pairs if judged.verdict is Verdict.SLIP]
    if len(slips) < 2 or not all(other and _is_of(judged, other) for judged, other in pairs):
        return {}
    first, *others = slips
    name = ELEMENT.sub("", written(first.claim.left), count=1)
    said = Explanation(Kind.TRANSPOSED.value, f"consistent with {name} transposed, all of it")
    follow = {
        id(one): replace(one, verdict=Verdict.CARRIED, shown=None, explanations=())
        for one in others
    }
    return {id(first): replace(first, explanations=(said,)), **follow}


def _turned(left: Expression) -> Expression | None:
    """The number of a matrix that stands on the other side of its diagonal."""
    name = left.variable if isinstance(left, Derivative) else left
    text = mirrored(name) if isinstance(name, Name) else None
    if text is None or not isinstance(name, Name):
        return None
    other = Name(text, name.epoch)
    return Derivative(left.root, other) if isinstance(left, Derivative) else other


def _is_of(judged: Judged, other: Judged) -> bool:
    """Whether a number is what belongs on the other side."""
    right = other.truth if other.step is None else other.step
    printed = judged.printed
    if right is None or printed.digits < FEWEST_DIGITS:
        return right is not None and printed.equals(right)
    return printed.agrees(right) or printed.truncates(right)
