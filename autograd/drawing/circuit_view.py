"""The circuit view: gates in circles, on each wire its value above and its gradient below.

A wire is drawn in pieces, with a label between them that it runs through: `dot` sees to it that
labels, gates and wires keep apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import graphviz

from autograd.drawing.cards import written_local
from autograd.drawing.circuits import Circuit, Entrance, Gate, Wire, circuit_of
from autograd.drawing.graph_view import FONT, drawn_of
from autograd.drawing.labels import NAME, font, shortened
from autograd.drawing.metrics import text_width
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.scripts import marked
from autograd.drawing.signs import gradient_word
from autograd.drawing.themes import Theme, theme_named
from autograd.drawing.training import Training
from autograd.notes.labels import Labels
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle, ShownNumbers, number_style
from autograd.reading import Graph, Value, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack

TEXT, SMALL = 11, 9  # points
ROW = 15  # the height of a number
BESIDE = 4  # on both sides of a number
WIDER = 6  # dot takes what is no ASCII for wider than it is
BOX = 36, 14  # a number to be filled in
STRAIGHT = "8"  # the weight of the wires between gates
CIRCLE = {"shape": "circle", "style": "filled", "fixedsize": "true", "width": ".4375"}
ROUNDED = {"shape": "box", "style": "rounded,filled", "margin": ".08,.05", "height": ".42"}
CLOSE, WIDE = ".1875", ".375"  # inches between a label and a gate
FEW = 3  # wires that come into a gate without a crowd
ROUND = 3  # characters of a sign that a circle holds
MOST_AT_LEFT = 8  # what is given stands in one column, as long as that is no tower
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
BLANK = (False, True, "gradients")
OPTIONS = ("gradients", "local", "blank", "expand", "theme", "title", "notation", "step")


@dataclass(frozen=True, slots=True)
class Look:
    """What a circuit shows, and how."""

    theme: Theme
    style: NumberStyle
    gradients: bool
    local: bool
    blank: bool | str
    of: str  # what the gradients are of


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
    of = _of(drawn.label)
    look = Look(colours, drawn.style, with_gradients, local and not blank, blank, of)
    gates = f"{len(circuit.gates)} gate{'s' * (len(circuit.gates) != 1)}"
    named = f"a circuit of {gates}, {theme}"
    return Picture.of_source(source(circuit, look, title), named, len(circuit.wires))


def _of(label: Labels) -> str:
    return f"{gradient_word(label).removesuffix('grad')}{marked(label.root)}"


def source(circuit: Circuit, look: Look, title: str) -> str:
    """The picture's DOT source, its names marked."""
    most = max((len(gate.entrances) for gate in circuit.gates), default=0)
    graph = _empty(look, title, CLOSE if most <= FEW else WIDE)
    places = {wire: f"w{index}" for index, wire in enumerate(circuit.wires)}
    given = [wire for wire in circuit.wires if wire.given]
    with graph.subgraph() as column:
        if len(given) <= MOST_AT_LEFT:
            column.attr(rank="same")
        for wire in given:
            column.node(places[wire], label=f"<{wire_label(wire, circuit, look)}>")
    for index, gate in enumerate(circuit.gates):
        place = f"g{index}"
        _add_gate(graph, look, place, gate)
        for number, entrance in enumerate(gate.entrances):
            ends = places[entrance.wire], place
            _add_entrance(graph, look, ends, f"{place}l{number}", entrance)
        result = places[gate.result]
        graph.node(result, label=f"<{wire_label(gate.result, circuit, look)}>")
        line = {"style": "dashed", "color": look.theme.off} if gate.result.off else {}
        graph.edge(place, f"{result}:in:c", arrowhead="none", headclip="false", weight=STRAIGHT, **line)
    return str(graph.source)


def _empty(look: Look, title: str, gap: str) -> graphviz.Digraph:
    """A picture without a gate: its title and legend, and what holds for all gates and wires."""
    theme = look.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(rankdir="LR", nodesep=".16", ranksep=gap, bgcolor=theme.background, pad=".15")
    graph.attr(fontname=FONT, fontsize="11", fontcolor=theme.muted)
    graph.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=".6")
    lines = [font(title, size=14, colour=theme.text, bold=True)] if title else []
    if look.gradients:
        lines.append(_legend(look))
    if lines:
        rows = "".join(f'<TR><TD ALIGN="LEFT" HEIGHT="16">{line}</TD></TR>' for line in lines)
        graph.attr(label=f"<{TABLE}{rows}</TABLE>>", labelloc="t", labeljust="l")
    return graph


def _legend(look: Look) -> str:
    theme = look.theme
    words = [
        ("value", theme.value),
        (" above each wire, ", theme.muted),
        (f"gradient of {look.of}", theme.gradient),
        (" below it", theme.muted),
        (", *local derivative before each gate" if look.local else "", theme.muted),
    ]
    return "".join(font(text, size=SMALL, colour=colour) for text, colour in words if text)


def wire_label(wire: Wire, circuit: Circuit, look: Look) -> str:
    """The middle of a wire: its value, the line, its gradient; at an end its name too."""
    theme = look.theme
    is_end = wire.given or wire is circuit.wires[-1]
    above, below = _above(look, wire, is_end), _below(look, wire)
    room = even(max(above.width, below.width) + 2 * BESIDE)
    rows = [_row(above.label, room, 'VALIGN="BOTTOM"'), through(theme, room)]
    if look.gradients:
        rows.append(_row(below.label, room, 'VALIGN="TOP"'))
    if is_end and wire.name:
        colour = theme.off if wire.off else theme.text
        name = shortened(marked(wire.name), NAME)
        label = font(name, colour=colour, bold=True)
        width = even(text_width(name, TEXT, bold=True))
        align = "RIGHT" if wire.given else "LEFT"
        across = f'ROWSPAN="{len(rows)}"'
        cell = f'<TD {across} WIDTH="{width}" ALIGN="{align}">{label}</TD>'
        gap = f'<TD {across} WIDTH="{BESIDE}"></TD>'
        rows[0] = cell + gap + rows[0] if wire.given else rows[0] + gap + cell
    return table_of(rows)


def through(theme: Theme, room: int) -> str:
    """The cell of a label that continues its wire."""
    line = f'HEIGHT="1" BGCOLOR="{theme.line}"'
    ends = (f'<TD PORT="{port}" WIDTH="2" {line}></TD>' for port in ("in", "out"))
    return f'<TD WIDTH="{room - 4}" {line}></TD>'.join(ends)


def table_of(rows: Iterable[str]) -> str:
    """A label of rows without room between them."""
    return TABLE + "".join(f"<TR>{row}</TR>" for row in rows) + "</TABLE>"


def even(width: float) -> int:
    """A width of which dot draws both halves alike, so that wires meet their labels."""
    return 2 * math.ceil(width / 2)


class Shown(NamedTuple):
    """What stands above or below a wire, and how wide it is."""

    label: str
    width: float


def _row(label: str, width: int, more: str) -> str:
    return f'<TD COLSPAN="3" HEIGHT="{ROW}" WIDTH="{width}" {more}>{label}</TD>'


def _above(look: Look, wire: Wire, is_end: bool) -> Shown:
    """The value; between gates with its name, q = 3."""
    theme = look.theme
    text = look.style.short(wire.value)
    name = "" if is_end or not wire.name else shortened(marked(wire.name), NAME) + " "
    if look.blank is True and not wire.given:
        return _box(theme, f"{name}= " if name else "")
    if name and not text.startswith("≈"):
        name = f"{name}= "
    number = _coloured(text, theme.text if wire.constant else theme.value)
    if not name:
        return number
    return Shown(font(name, colour=theme.text) + number.label, _width(name) + number.width)


def _below(look: Look, wire: Wire) -> Shown:
    if wire.constant:
        return Shown("", 0)
    if look.blank:
        return _box(look.theme)
    colour = look.theme.off if wire.off else look.theme.gradient
    return _coloured(look.style.short(wire.gradient), colour)


def _coloured(text: str, colour: str) -> Shown:
    return Shown(font(text, colour=colour), _width(text))


def _width(text: str) -> float:
    return text_width(text, TEXT) + WIDER * text.count("≈")


def _box(theme: Theme, name: str = "") -> Shown:
    """An empty box, all of one size: none tells how long the number is."""
    before = f"<TD>{font(name, colour=theme.text)}</TD>" if name else ""
    box = f'<TD BORDER="1" COLOR="{theme.line}" WIDTH="{BOX[0]}" HEIGHT="{BOX[1]}"></TD>'
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0">'
    return Shown(f"{table}<TR>{before}{box}</TR></TABLE>", _width(name) + BOX[0] + 6)


def _add_gate(graph: graphviz.Digraph, look: Look, place: str, gate: Gate) -> None:
    theme = look.theme
    shape = CIRCLE if len(gate.sign) <= ROUND else ROUNDED
    graph.node(
        place,
        label=_escaped(gate.sign),
        fillcolor=theme.input,
        color=theme.line,
        fontcolor=theme.off if gate.result.off else theme.text,
        fontsize="16" if len(gate.sign) == 1 else str(TEXT),
        ordering="in",
        **shape,
    )


def _escaped(sign: str) -> str:
    """A plain label: nothing in it is read as one in Graphviz's own language."""
    lines = [printable(line).replace("\\", r"\\") for line in sign.split("\n")]
    return r"\n".join(lines)


def _add_entrance(
    graph: graphviz.Digraph, look: Look, ends: tuple[str, str], label: str, entrance: Entrance
) -> None:
    """A wire from its label into a gate, through the local derivative where that is shown."""
    line = {"style": "dashed", "color": look.theme.off} if entrance.off else {}
    weight = "1" if entrance.wire.given else STRAIGHT
    start, gate = f"{ends[0]}:out:c", ends[1]
    if look.local and not entrance.wire.constant:
        text = f"*{written_local(entrance.local, look.style)}"
        room = even(text_width(text, SMALL) + WIDER * text.count("≈") + 2 * BESIDE)
        below = f'<TD COLSPAN="3" WIDTH="{room}" HEIGHT="12">{font(text, size=SMALL, colour=look.theme.muted)}</TD>'
        rows = ['<TD COLSPAN="3" HEIGHT="12"></TD>', through(look.theme, room), below]
        graph.node(label, label=f"<{table_of(rows)}>")
        graph.edge(start, f"{label}:in:c", arrowhead="none", tailclip="false", headclip="false", weight=weight, **line)
        start, weight = f"{label}:out:c", STRAIGHT
    graph.edge(start, gate, tailclip="false", weight=weight, **line)
