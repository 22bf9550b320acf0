"""Pictures of a recorded graph: one card per Value, with its value and its gradient.

>>> from autograd import Value
>>> a, b = Value(2, "a"), Value(3, "b")
>>> draw(a * b + 1)
<Picture of 4 cards, forward, light>

What a module is about: `program` finds and runs the `dot` program, `pdf` makes a PDF without it,
`picture` is what people hold, `alternatives` says it in words, `themes` the colours, `labels` text
inside labels, `scripts` names in it, `metrics` how wide it is, `sizes` how large, `signs` the signs
that a notation gives to numbers, `training` the passes of a worked training, `cards` what is shown
of each node, `neurons` which nodes belong together, `folding` which of a large graph,
`folded_cards` what is shown of those, `fold_choice` how far it is folded, `card_view`, `fold_view`
and `arrow_view` how one is drawn, `card_layout` where they stand, `graph_view` the picture itself.
Of a circuit: `gate_signs` what stands in a gate, `gate_parts` operations written out in several,
`circuits` gates and wires, `folded_circuits` gates that are several operations, `circuit_choice`
how much is folded, `wire_labels` what stands at a wire, `gate_view` how a gate is drawn, `columns`
a layout, `wiring` what has a place in it, `drawn_circuit` how that is drawn, `circuit_view` the
picture. Of a walk: `moments` what is known at a step, `frames` a picture of each. Of matrices:
`grids` their numbers, `matrix_labels` their names, `matrix_places` where they stand, `matrix_view`
the picture.
"""

from autograd.drawing.circuit_view import draw_circuit
from autograd.drawing.graph_view import draw
from autograd.drawing.matrix_view import draw_matrices
from autograd.drawing.picture import Picture
from autograd.drawing.program import DotError

__all__ = ["DotError", "Picture", "draw", "draw_circuit", "draw_matrices"]
