"""A computation in writing.

`notation` names its quantities, `steps` are its lines, `walk` goes through them.
"""
