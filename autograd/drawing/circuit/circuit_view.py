"""The circuit view: gates in circles, on each wire its value above and its gradient below.

`wiring` sees to it that labels, gates and wires keep apart; Graphviz only draws.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import graphviz

from autograd.drawing.alternatives import circuit_in_words
from autograd.drawing.cards.graph_view import drawn_of, path_to
from autograd.drawing.circuit.circuit_choice import chosen_drawing
from autograd.drawing.circuit.circuits import Builder
from autograd.drawing.circuit.drawn_circuit import Drawing
from autograd.drawing.circuit.wire_labels import TEXT, Look
from autograd.drawing.labels import FONT, NAME, counted, shortened
from autograd.drawing.moments import titles
from autograd.drawing.picture import Picture
from autograd.drawing.scripts import marked
from autograd.drawing.signs import gradient_word
from autograd.drawing.sizes import font_scale_of
from autograd.drawing.themes import theme_named
from autograd.drawing.training import Training
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.notes.walk import Walk
from autograd.reading import Graph, Value, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack

OPTIONS = (
    *("gradients", "local", "blank", "expand", "fold", "direction", "highlight"),
    *("theme", "background", "font_scale", "title", "notation", "step"),
)
MOST_ABOVE, MOST_BESIDE = 16, 6  # wires of one kind that have room above and beside each other


def draw_circuit(
    root: Value | Graph | Training | Walk,
    *,
    gradients: bool | None = None,
    local: bool = False,
    blank: bool | Literal["gradients"] = False,
    expand: bool = False,
    fold: Literal["auto", "unnamed", "neurons", "layers", "series", "runs", False] = "auto",
    direction: Literal["right", "down"] = "right",
    highlight: Value | None = None,
    theme: str = "light",
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    step: int | tuple[int, int] | None = None,
    **shown: Unpack[ShownNumbers],
) -> Picture:
    """The graph that `root` was computed by as a circuit: operations in circles, wires between.

    Above each wire stands its value, below it the gradient of the root, "-" where that is not
    computed; without `gradients` they are shown where they are computed. With `local`, each wire
    has the local derivative where it comes into a gate, as *-4: a gradient is the one behind the
    gate times that, added up where a wire forks.

    A circuit to be filled in has empty boxes: `blank=True` for all that is not given,
    `blank="gradients"` for the gradients alone. `expand=True` writes sums of products, means and
    squared errors out in gates for + and *. A plain number stands in its gate: +1, 1/x. With
    `direction="down"` wires run from top to bottom, values to their left, gradients to their right.

    A walk is drawn where it stands: empty where nothing is computed yet, the last number marked.

    A graph that would be larger than 1600 x 1200 points is folded until it is not: a gate stands
    for what has no name, for a neuron, a layer, names that differ in a number alone, or a part of
    a long graph, without its parts, their parameters or local derivatives. `fold` says how far, as
    in `draw`; `fold=False` draws all, whatever its size. What is asked for of every operation, by
    `blank`, `local` or `expand`, is not folded away: a ValueError says where it has no room. With
    `highlight` the wires by which the gradient arrives in a node stand out.

    Names, signs, looks, `step` and `shown` are those of `draw`, with the new number of a parameter
    under its gradient, and with `step=(1, 2)` each number after the update; a quantity that the
    notation calls by its negative, such as a bias that is subtracted, passes a gate *-1.

    A ValueError for a graph whose leaves were set after the forward pass, and for one of more than
    2000 wires, folded as it is.

    >>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    >>> f = (x + y) * z
    >>> f.backward()
    >>> draw_circuit(f)
    <Picture of a circuit of 2 gates, light>
    >>> draw_circuit(f, blank=True).save("exercise.svg")  # doctest: +SKIP
    """
    style = number_style("draw_circuit", shown, OPTIONS)
    if blank.__class__ is not bool and blank != "gradients":
        raise ValueError(f"blank is True, False or 'gradients', not {printable(repr(blank))}")
    colours = theme_named(theme, background)
    if direction not in ("right", "down"):
        given = printable(repr(direction))
        raise ValueError(f"direction is 'right' or 'down', as the wires run, not {given}")
    if isinstance(step, tuple) and expand:
        raise ValueError(
            "what expand=True writes out has numbers of one pass alone: leave it out, or give one "
            "step"
        )
    drawn = drawn_of("draw_circuit", root, step, notation, style if shown else None)
    label, graph = drawn.label, drawn.label.graph
    with_gradients = (drawn.has_gradients or bool(blank)) if gradients is None else gradients
    look = Look(
        theme=colours,
        style=drawn.style,
        gradients=with_gradients,
        local=local and not blank,
        blank=blank,
        of=gradient_word(label).removesuffix("grad") + shortened(marked(label.root), NAME),
        font_scale=font_scale_of(font_scale),
        highlights=highlight is not None,
        moment=drawn.moment,
        down=direction == "down",
        next_word=drawn.words[1],
    )
    path, most_wires = path_to(highlight, graph), MOST_BESIDE if look.down else MOST_ABOVE
    builder = Builder(label, drawn.style, expand, drawn.updated, path, highlight, most_wires)
    others = [
        replace(builder, label=each.label, updated=each.updated, path=(), highlight=None)
        for each in drawn.others
    ]
    key = (label, replace(look, moment=None), expand, repr(fold), highlight)
    drawing, folded = drawn.kept.once(key, lambda: chosen_drawing(builder, look, fold, others))
    if drawing.look.moment is not drawn.moment:
        drawing = drawing.at(drawn.moment)
    gates = len(drawing.circuit.gates)
    told = f"a circuit of {counted(gates, 'gate')}, {folded}{theme}"
    wires = len(drawing.circuit.wires)
    title, said = titles(title, drawn.moment, drawing.size[0])
    alt = circuit_in_words(drawing.circuit, drawing.look, told, said)
    scale = drawing.look.font_scale
    return Picture.of_source(source(drawing, title), told, wires, "nop2", scale, alt)


def source(drawing: Drawing, title: str) -> str:
    """The picture's DOT source, its names marked."""
    theme = drawing.look.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(layout="nop2", bgcolor=theme.page, pad=".15")
    graph.attr("node", shape="plain", fontname=FONT, fontsize=str(TEXT), fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=f"{0.6 * drawing.look.font_scale:g}")
    drawing.add_heading(graph, title)
    drawing.add_to(graph)
    return str(graph.source)
