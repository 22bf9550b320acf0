"""What finds a mistake.

`gradients` compares every rule with `differences`, `origins` tells where a NaN came from.
"""
