"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`names` and `grammar` read expressions into the trees of `expressions`; `worksheet` reads lines,
`epochs` makes a `sheet` of them; `evaluation` says what names are worth, in the `kinds` of numbers;
`printed` compares a number with a print, `shown` computes a shown line, `ledger` holds what was
written before; `judge` gives the `verdicts`, `slips` the kinds that an error is consistent with;
`misprints` and `conventions` keep from accusing; `words` and `decimals` say it, `marking` gives the
marks and `standing` the final answer without each slip; all of it is a `report`. `command` is
`chalkgrad check`: `lines` for people, `page` in HTML with a `pictured` sheet, `records` for
programs, `class_table` over many sheets. `planting` makes slips, for `chalkgrad plant`.

>>> check("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4").is_right
True
"""

from autograd.audit.report import Report, check

__all__ = ["Report", "check"]
