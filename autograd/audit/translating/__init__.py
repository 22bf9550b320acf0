"""A worksheet in another notation: the same lines, with other names and, where need be, signs.

`trees` are expressions with their places, `names` says what a name is called in the other notation,
`signs` rewrites an expression, and `sheets` a worksheet, line by line.
"""
