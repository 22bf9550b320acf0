"""One sentence on a printed number, in a teacher's words."""

from __future__ import annotations

from autograd.audit.decimals import number
from autograd.audit.judge import Judged
from autograd.audit.verdicts import Verdict


def sentence(judged: Judged) -> str:
    """What is said of a number: the verdict, and what it should be.

    A slip says what the shown line gives, what the author's own numbers give, and the truth.
    """
    verdict = judged.verdict
    if verdict is Verdict.CARRIED:
        return f"carried forward from line {judged.root}"
    if verdict is Verdict.UNVERIFIABLE:
        return f"unverifiable: {judged.reason}"
    if verdict is Verdict.WRONG_LINE:
        return f"{verdict.value}: it gives {number(judged.shown, judged.printed)}"
    if verdict is Verdict.SLIP:
        return f"slip; {_slip(judged)}"
    return str(verdict.value)


def _slip(judged: Judged) -> str:
    printed = judged.printed
    true = number(judged.truth, printed)
    step = number(judged.step, printed)
    shown = None if judged.shown is None else number(judged.shown, printed)
    if shown == true:
        return f"the shown line gives {true}, and so it should be"
    parts = [] if shown is None else [f"the shown line gives {shown}"]
    if step != true:
        parts.append(f"from the numbers before it {step}")
    return "; ".join([*parts, f"true {true}"])
