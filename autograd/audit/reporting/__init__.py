"""What is told of the verdicts: a `report`, in `words`, with marks.

`marking` gives the marks, `standing` the final answer without slips. `command` is `chalkgrad
check`: `lines` for people, `page` in HTML with a `pictured` sheet, `records` for programs,
`class_table` over many sheets. `comparing` holds numbers in Python against a recorded graph.
"""
