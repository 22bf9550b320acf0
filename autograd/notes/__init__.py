"""A computation in writing.

`notation` names its quantities, `steps` are its lines, `walk` goes through them, a `derivation` has
them all, on `pages` of several kinds.
"""
