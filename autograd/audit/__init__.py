"""Marks hand-worked numbers: where an error was made, and what only follows from it.

`names` and `grammar` read expressions into the trees of `expressions`; `worksheet` reads lines,
`epochs` makes a `sheet` of them; `evaluation` says what names are worth, in the `kinds` of numbers;
`printed` compares a number with a print, `shown` computes a shown line, `ledger` holds what was
written before; `judge` gives the `verdicts`, `slips` the kinds that an error is consistent with;
`misprints` and `conventions` keep from accusing; `words` and `decimals` say it, `report` all of it.
"""
