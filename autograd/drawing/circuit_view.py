"""The circuit view: gates in circles, on each wire its value above and its gradient below.

A wire is drawn in pieces, with a label between them that it runs through: `dot` sees to it that
labels, gates and wires keep apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import graphviz

from autograd.drawing.alternatives import circuit_in_words
from autograd.drawing.circuits import Circuit, Entrance, Gate, circuit_of
from autograd.drawing.graph_view import FONT, drawn_of
from autograd.drawing.labels import NAME, font, heading, shortened
from autograd.drawing.moments import circuit_at, titles
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.scripts import marked
from autograd.drawing.signs import gradient_word
from autograd.drawing.themes import theme_named
from autograd.drawing.training import Training
from autograd.drawing.wire_labels import TEXT, Look, legend, local_label, table_of, wire_label
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.notes.walk import Walk
from autograd.reading import Graph, Value, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack

OPTIONS = ("gradients", "local", "blank", "expand", "theme", "title", "notation", "step")
BLANK = (False, True, "gradients")
CLOSE, WIDE = ".1875", ".375"  # inches between a label and a gate
FEW = 3  # wires that come into a gate without a crowd
MOST_AT_LEFT = 8  # what is given stands in one column, as long as that is no tower
STRAIGHT = "8"  # the weight of the wires between gates
SHORT = 3  # characters of a sign that a circle holds
NO_HEAD = {"arrowhead": "none"}
CIRCLE = {"shape": "circle", "style": "filled", "fixedsize": "true", "width": ".4375"}
ROUNDED = {"shape": "box", "style": "rounded,filled", "margin": ".08,.05", "height": ".42"}


def draw_circuit(
    root: Value | Graph | Training | Walk,
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

    A walk is drawn where it stands: empty where nothing is computed yet, the last number marked.

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
    if isinstance(step, tuple):
        raise ValueError("a circuit shows one pass: give one step, or draw cards side by side")
    drawn = drawn_of("draw_circuit", root, step, notation, style if shown else None)
    check_size(len(drawn.label.graph.order), drawn.label.graph.uses.total())
    circuit, moment = circuit_of(drawn.label, drawn.style, expand), drawn.moment
    if moment is not None:
        circuit = circuit_at(circuit, moment)
    title, said = titles(title, moment)
    check_size(len(circuit.wires))
    with_gradients = (drawn.has_gradients or bool(blank)) if gradients is None else gradients
    of = gradient_word(drawn.label).removesuffix("grad") + shortened(marked(drawn.label.root), NAME)
    room = moment.title_room if moment is not None else 0
    look = Look(colours, drawn.style, with_gradients, local and not blank, blank, of, room)
    gates = len(circuit.gates)
    told = f"a circuit of {gates} gate{'s' * (gates != 1)}, {theme}"
    alt = circuit_in_words(circuit, look, told, said)
    return Picture.of_source(source(circuit, look, title), told, len(circuit.wires), alt=alt)


def source(circuit: Circuit, look: Look, title: str) -> str:
    """The picture's DOT source, its names marked."""
    graph = _empty(circuit, look, title)
    places = {wire: f"w{index}" for index, wire in enumerate(circuit.wires)}
    given = [wire for wire in circuit.wires if wire.given]
    with graph.subgraph() as column:
        if len(given) <= MOST_AT_LEFT:
            column.attr(rank="same")
        for wire in given:
            _add_label(column, places[wire], wire_label(wire, circuit, look))
    for index, gate in enumerate(circuit.gates):
        place, result = f"g{index}", places[gate.result]
        _add_gate(graph, look, place, gate)
        for number, entrance in enumerate(gate.entrances):
            way = places[entrance.wire], f"{place}l{number}", place
            _add_entrance(graph, look, way, entrance)
        _add_label(graph, result, wire_label(gate.result, circuit, look))
        line = _line(look, gate.result.off)
        graph.edge(place, f"{result}:in:c", headclip="false", weight=STRAIGHT, **NO_HEAD, **line)
    return str(graph.source)


def _empty(circuit: Circuit, look: Look, title: str) -> graphviz.Digraph:
    """A picture without a gate: its title and legend, and what holds for all gates and wires."""
    theme = look.theme
    most = max((len(gate.entrances) for gate in circuit.gates), default=0)
    gap = CLOSE if most <= FEW else WIDE
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(rankdir="LR", nodesep=".16", ranksep=gap, bgcolor=theme.background, pad=".15")
    graph.attr(fontname=FONT, fontsize=str(TEXT), fontcolor=theme.muted)
    graph.attr("node", shape="plain", fontname=FONT, fontsize=str(TEXT), fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=".6")
    lines = [heading(title, theme.text, look.title_room)] if title else []
    if look.gradients:
        lines.append(legend(look))
    if lines:
        rows = (f'<TD ALIGN="LEFT" HEIGHT="16">{line}</TD>' for line in lines)
        graph.attr(label=f"<{table_of(rows)}>", labelloc="t", labeljust="l")
    return graph


def _add_label(graph: graphviz.Digraph, place: str, label: str) -> None:
    graph.node(place, label=f"<{label}>", id=place)


def _add_gate(graph: graphviz.Digraph, look: Look, place: str, gate: Gate) -> None:
    theme = look.theme
    is_off = look.is_off(gate.result.off)
    colour, ground = (theme.off, theme.off_card) if is_off else (theme.text, theme.input)
    size = 16 if len(gate.sign) == 1 else TEXT
    graph.node(
        place,
        label=f"<{font(gate.sign, size=size, colour=colour, align='CENTER')}>",
        id=place,
        fillcolor=ground,
        color=theme.line,
        ordering="in",
        **(CIRCLE if len(gate.sign) <= SHORT else ROUNDED),
    )


def _add_entrance(
    graph: graphviz.Digraph, look: Look, way: tuple[str, str, str], entrance: Entrance
) -> None:
    """A wire from its label into a gate, by the local derivative where that is shown."""
    wire, between, gate = way
    start, line = f"{wire}:out:c", _line(look, entrance.off)
    weight = "1" if entrance.wire.given else STRAIGHT
    if look.local and not entrance.wire.constant:
        _add_label(graph, between, local_label(entrance, look))
        clip = {"tailclip": "false", "headclip": "false"}
        graph.edge(start, f"{between}:in:c", weight=weight, **clip, **NO_HEAD, **line)
        start, weight = f"{between}:out:c", STRAIGHT
    graph.edge(start, gate, tailclip="false", weight=weight, **line)


def _line(look: Look, off: bool) -> dict[str, str]:
    return {"style": "dashed", "color": look.theme.off} if look.is_off(off) else {}
