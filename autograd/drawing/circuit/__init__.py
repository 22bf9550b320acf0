"""The graph as a circuit: an operation is a gate, its value stands above the wire.

`circuits` says which gates and wires, `gate_signs` what stands in a gate, `gate_parts` which
operations are written out in several; `folded_circuits` makes one gate of several operations,
`circuit_choice` says how far. `columns` is the layout, `wiring` what has a place in it, `gate_view`
and `wire_labels` draw a gate and what stands at a wire, `drawn_circuit` all of them, `circuit_view`
is the picture.
"""
