"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`names`, `tokens` and `grammar` read expressions into the trees of `expressions`; `worksheet` reads
lines, as they are `typed`; `lists` takes `arrays` apart; `epochs` makes a `sheet` of them;
`evaluation` says what names are worth, in the `kinds` of numbers; `printed` compares a number with
a print, `shown` computes a shown line, `ledger` holds what was written before; `judge` gives the
`verdicts`, by the `rounding` that a sheet prescribes. `formulas` holds those without a number
against the engine at points, `misspelt` says what a wrong one may be. `comparing` holds numbers in
Python against a graph that was `recorded`.
"""

from autograd.audit.comparing import compare

__all__ = ["compare"]
