"""Pictures of a recorded graph: one card per Value, with its value and its gradient.

>>> from autograd import Value
>>> a, b = Value(2, "a"), Value(3, "b")
>>> draw(a * b + 1)
<Picture of 4 cards, forward, light>

A folder for each view: `cards`, `circuit`, `matrix`. What they share stands here: `program` finds
and runs the `dot` program, `pdf` makes a PDF without it, `picture` is what people hold,
`alternatives` says it in words, `themes` the colours, `labels` text inside labels, `scripts` names
in it, `metrics` how wide it is, `sizes` how large, `signs` the signs that a notation gives to
numbers, `training` the passes of a worked training, `neurons` which nodes belong together,
`folding` which of a large graph, `fold_titles` what these are called, `moments` what is known at a
step of a walk, `frames` a picture of each.
"""

from autograd.drawing.cards.graph_view import draw
from autograd.drawing.circuit.circuit_view import draw_circuit
from autograd.drawing.matrix.matrix_view import draw_matrices
from autograd.drawing.picture import Picture
from autograd.drawing.program import DotError

__all__ = ["DotError", "Picture", "draw", "draw_circuit", "draw_matrices"]
