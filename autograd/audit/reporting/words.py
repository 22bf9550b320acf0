"""One sentence on a printed number, in a teacher's words."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.audit.decimals import number
from autograd.audit.expressions import written
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.reading import printable


def sentence(judged: Judged) -> str:
    """What is said of a number: the verdict, and what it should be.

    A slip says what the shown line gives, what the author's own numbers give, and the truth.
    """
    verdict = judged.verdict
    if verdict.is_carried:
        return f"{verdict.value} from {lines(judged.roots)}"
    if verdict is Verdict.UNVERIFIABLE:
        return f"unverifiable: {judged.reason}"
    if verdict is Verdict.WRONG_LINE:
        gives = f"it gives {number(judged.shown, judged.printed)}"
        return "; ".join([f"{verdict.value}: {gives}", *_explained(judged)])
    if verdict is Verdict.SLIP:
        return "; ".join([f"slip. {_slip(judged)}", *_explained(judged)])
    if verdict.is_right and judged.reason:
        return f"{verdict.value} if {judged.reason} here: is that so?"
    if verdict is Verdict.MISREADING:
        return f"{verdict.value} in this line as transcribed: {judged.reason}"
    if judged.meant is not None:
        return f"{verdict.value} in this line as transcribed: {_meant(judged)}"
    return str(verdict.value)


def lines(numbers: Sequence[int]) -> str:
    """Lines by their numbers.

    >>> lines([22]), lines([22, 36]), lines([2, 3, 5])
    ('line 22', 'lines 22 and 36', 'lines 2, 3 and 5')
    """
    *first, last = map(str, numbers)
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"


def _explained(judged: Judged) -> list[str]:
    """What it is consistent with: the likeliest, then what else gives the same number."""
    sentences = [printable(explanation.sentence) for explanation in judged.explanations]
    return [*sentences[:1], *(f"or {sentence}" for sentence in sentences[1:])]


def _meant(judged: Judged) -> str:
    left, printed = judged.meant or (judged.claim.left, judged.printed)
    if left != judged.claim.left:
        return f"this is {printable(written(left))}'s value"
    return f"{printed.text} is true, and the lines after it use that"


def _slip(judged: Judged) -> str:
    printed = judged.printed
    true = number(judged.truth, printed)
    step = number(judged.step, printed)
    shown = None if judged.shown is None else number(judged.shown, printed)
    if shown == true:
        return f"The shown line gives {true}, and so it should be"
    parts = [] if shown is None else [f"The shown line gives {shown}"]
    if step != true:
        parts.append(f"from the numbers before it {step}")
    sentence = "; ".join([*parts, f"true {true}"])
    return sentence[0].upper() + sentence[1:]
