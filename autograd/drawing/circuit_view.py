"""The circuit view: gates in circles, on each wire its value above and its gradient below.

`wiring` sees to it that labels, gates and wires keep apart; Graphviz only draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import graphviz

from autograd.drawing.circuits import Circuit, circuit_of
from autograd.drawing.drawn_circuit import Drawing
from autograd.drawing.gate_view import shape_of
from autograd.drawing.graph_view import FONT, drawn_of
from autograd.drawing.labels import NAME, shortened
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.scripts import marked
from autograd.drawing.signs import gradient_word
from autograd.drawing.themes import theme_named
from autograd.drawing.training import Training
from autograd.drawing.wire_labels import TEXT, Look, local_label, wire_label
from autograd.drawing.wiring import wiring_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.reading import Graph, Value, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack

OPTIONS = ("gradients", "local", "blank", "expand", "theme", "title", "notation", "step")
BLANK = (False, True, "gradients")


def draw_circuit(
    root: Value | Graph | Training,
    *,
    gradients: bool | None = None,
    local: bool = False,
    blank: bool | Literal["gradients"] = False,
    expand: bool = False,
    theme: str = "light",
    title: str = "",
    notation: Notation | str | None = None,
    step: int | None = None,
    **shown: Unpack[ShownNumbers],
) -> Picture:
    """The graph that `root` was computed by as a circuit: operations in circles, wires between.

    Above each wire stands its value, below it the gradient of the root, "-" where that is not
    computed; without `gradients` they are shown where they are computed. With `local`, each wire
    has the local derivative where it comes into a gate, as *-4: a gradient is the one behind the
    gate times that, added up where a wire forks.

    A circuit to be filled in has empty boxes: `blank=True` for all that is not given,
    `blank="gradients"` for the gradients alone. `expand=True` writes sums of products, means and
    squared errors out in gates for + and *. A plain number stands in its gate: +1, 1/x.

    Names, signs, `step` and `shown` are those of `draw`; a quantity that the notation calls by its
    negative, such as a bias that is subtracted, passes a gate *-1.

    A ValueError for a graph whose leaves were set after the forward pass, and for one of more than
    2000 wires.

    >>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    >>> f = (x + y) * z
    >>> f.backward()
    >>> draw_circuit(f)
    <Picture of a circuit of 2 gates, light>
    >>> draw_circuit(f, blank=True).save("exercise.svg")  # doctest: +SKIP
    """
    style = number_style("draw_circuit", shown, OPTIONS)
    if blank not in BLANK:
        raise ValueError(f"blank is True, False or 'gradients', not {printable(repr(blank))}")
    colours = theme_named(theme)
    drawn = drawn_of("draw_circuit", root, step, notation, style if shown else None)
    check_size(len(drawn.label.graph.order), drawn.label.graph.uses.total())
    circuit = circuit_of(drawn.label, drawn.style, expand)
    check_size(len(circuit.wires))
    has_gradients = drawn.label.graph.gradients[drawn.label.graph.root] is not None
    with_gradients = (has_gradients or bool(blank)) if gradients is None else gradients
    of = gradient_word(drawn.label).removesuffix("grad") + shortened(marked(drawn.label.root), NAME)
    look = Look(colours, drawn.style, with_gradients, local and not blank, blank, of)
    gates = len(circuit.gates)
    told = f"a circuit of {gates} gate{'s' * (gates != 1)}, {theme}"
    return Picture.of_source(source(circuit, look, title), told, len(circuit.wires), "nop2")


def source(circuit: Circuit, look: Look, title: str) -> str:
    """The picture's DOT source, its names marked."""
    shapes = {gate: shape_of(gate) for gate in circuit.gates}
    labels = {wire: wire_label(wire, circuit, look) for wire in circuit.wires}
    entrances = [entrance for gate in circuit.gates for entrance in gate.entrances]
    local_labels = {
        entrance: local_label(entrance, look)
        for entrance in entrances
        if look.local and not entrance.wire.constant
    }
    wiring = wiring_of(circuit, shapes, labels, local_labels)
    drawing = Drawing(circuit, wiring, look, shapes, labels, local_labels)
    graph = _empty(look)
    drawing.add_heading(graph, title)
    drawing.add_to(graph)
    return str(graph.source)


def _empty(look: Look) -> graphviz.Digraph:
    """A picture without a gate: what holds for all gates and wires."""
    theme = look.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(layout="nop2", bgcolor=theme.background, pad=".15")
    graph.attr("node", shape="plain", fontname=FONT, fontsize=str(TEXT), fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=".6")
    return graph
