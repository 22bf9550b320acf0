"""What kinds of slips there are, and which of them a wrong number is consistent with.

`trees` takes expressions apart, `steps` writes one step out, `operands` says what may be taken for
what, `changes` makes every change of a step, `search` finds those that give a number, `digits`
looks at its digits; `explain` puts that into words.
"""
