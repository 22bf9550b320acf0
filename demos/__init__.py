"""The worked examples, one file a note.

`python -m demos.NAME` runs one, `python -m demos` the main one.
"""
