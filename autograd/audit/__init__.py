"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`reading` makes a `sheet` of what was typed, its `expressions` as trees; `evaluation` says what
names are worth, in the `kinds` of numbers, `printed` compares a number with a print, `decimals`
writes one; `judging` gives the verdicts, `reporting` tells them.
`planting` makes slips, for `chalkgrad plant`; `translating` writes a sheet in another notation;
`tracing` runs somebody's code beside a step.

>>> check("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4").is_right
True
"""

from typing import TYPE_CHECKING, Any

from autograd.audit.reporting.comparing import compare
from autograd.audit.reporting.report import Report, check

if TYPE_CHECKING:
    from autograd.audit.tracing.report import Traced, trace
    from autograd.audit.translating.sheets import translate

__all__ = ["Report", "Traced", "check", "compare", "trace", "translate"]


def __getattr__(name: str) -> Any:
    """What runs code, and what translates: `chalkgrad check` starts without them."""
    if name in ("Traced", "trace"):
        from autograd.audit.tracing import report

        return getattr(report, name)
    if name == "translate":
        from autograd.audit.translating.sheets import translate

        return translate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
