"""A worksheet in another notation: the same lines, with other names and, where need be, signs.

`meanings` says what names mean in a notation, `sizes` of which network, and `names` what a name is
called in the other one. `trees` are expressions with their places, `signs` rewrites one,
`statements` what stands between signs of equality, and `sheets` a worksheet, line by line.
"""
