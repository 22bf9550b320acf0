"""Derivatives of functions: `transforms` of nested arguments, `jets` in one number to any order,
`nesting`.

They stand on the engine and, like it, import the standard library only.
"""
