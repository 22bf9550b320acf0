"""The `verdicts` on a sheet: the `judge` holds each number against the truth and what was written.

`ledger` holds what was written before, `shown` computes a shown line, `rounding` the one that a
sheet prescribes; `formulas` holds those without a number against the engine, `misspelt` says what a
wrong one may be, `slips` what a wrong number looks like. `misprints`, `conventions` and the
`fairest` reading keep from accusing.
"""
