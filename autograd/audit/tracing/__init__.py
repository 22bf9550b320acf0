"""Runs somebody's own code beside a recorded step, and names the first value that departs.

`watching` sees each assignment, `numbers` reads what was assigned, `truths` knows what the step
has, `naming` which name means which of it, `containers` what a dictionary is of. `aligning` finds
which value departs: one is `held` against the truth, or is of something `elsewhere`, or departs by
a convention alone (`forgiving`). `forgotten` is what is left out, `mistakes` what a value may be,
and `report` tells it.
"""
