"""Runs somebody's own code beside a recorded step, and names the first value that departs.

`watching` sees each assignment, `numbers` reads what was assigned, `truths` knows what the step
has, `naming` which name means which of it, `containers` what a dictionary is of, `aligning` which
value departs, `forgotten` what is left out; `mistakes` are what it may be, `report` tells it.
"""
