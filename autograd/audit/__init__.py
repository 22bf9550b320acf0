"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`reading` makes a `sheet` of what was typed, its `expressions` as trees; `evaluation` says what
names are worth, in the `kinds` of numbers, `printed` compares a number with a print, `decimals`
writes one; `judging` gives the verdicts, `reporting` tells them.
`planting` makes slips, for `chalkgrad plant`; `translating` writes a sheet in another notation.

>>> check("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4").is_right
True
"""

from autograd.audit.reporting.comparing import compare
from autograd.audit.reporting.report import Report, check
from autograd.audit.translating.sheets import translate

__all__ = ["Report", "check", "compare", "translate"]
