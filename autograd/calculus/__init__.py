"""Derivatives of functions.

`transforms` are of nested arguments, `jets` of one number to any order; `nesting` takes arguments
apart. They stand on the engine and, like it, import the standard library only.
"""
