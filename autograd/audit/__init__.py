"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`names`, `tokens` and `grammar` read expressions into the trees of `expressions`; `worksheet` reads
lines, as they are `typed` or in `latex`; `lists` takes `arrays` apart; `epochs` makes a `sheet` of
them, with the `header`: a `network`, its `losses` and `gradient_names`, the `steps` of
`optimizers`, and of what it leaves open the `fairest` reading; `evaluation` says what names are
worth, in the `kinds` of numbers; `printed` compares a number with a print, `shown` computes a shown
line, `ledger` holds what was written before; `judge` gives the `verdicts`, by the `rounding` that a
sheet prescribes, `slips` the kinds that an error is consistent with; `misprints` and `conventions`
keep from accusing. `formulas` holds those without a number against the engine at points, `misspelt`
says what a wrong one may be. `words` and `decimals` say it, `marking` gives the marks and
`standing` the final answer without each slip; all of it is a `report`. `command` is `chalkgrad
check`: `lines` for people, `page` in HTML with a `pictured` sheet, `records` for programs,
`class_table` over many sheets. `comparing` holds numbers in Python against a graph that was
`recorded`.

>>> check("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4").is_right
True
"""

from autograd.audit.comparing import compare
from autograd.audit.report import Report, check

__all__ = ["Report", "check", "compare"]
