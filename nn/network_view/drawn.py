"""How it is drawn: the DOT source of what is shown where it stands; `neato` only draws."""

from __future__ import annotations

from typing import NamedTuple

import graphviz

from autograd.drawing.labels import heading
from autograd.drawing.themes import largest_magnitude, sign, width
from nn.network_view.circles import RADIUS, SMALL_RADIUS, below_at, heading_at, note_at
from nn.network_view.placed import Arranged
from nn.network_view.shown import Circle, Column, Line, Point
from nn.network_view.texts import Row, Run, Size, Text
from nn.network_view.written import Writing

FONT = "Helvetica"
FAINT = "0.4"  # points
NOTE = 10  # points


class Around(NamedTuple):
    """What stands over a picture, its title, names marked, in the room that it takes at any moment;
    and below it a note.
    """

    title: str
    room: int = 0
    note: str = ""


def source(whole: Arranged, seen: Arranged, writing: Writing, around: Around, scale: float) -> str:
    """The DOT source of what is seen, where it stands with all its numbers, names marked; without
    labels, circles are small and lines bare.

    Lengths are as much larger as its texts will be.
    """
    drawing = _Drawing(whole, writing, scale, is_moment=seen is not whole)
    drawing.start(around.title, around.room)
    for number, (column, room) in enumerate(zip(seen.columns, whole.rooms.headings, strict=True)):
        drawing.add_heading(f"h{number}", column, room)
        for circle in column.circles:
            drawing.add_circle(circle)
    ends = enumerate((line.start, line.end) for line, _ in seen.labels if whole.in_rows)
    rows = {each: f"w{number}" for number, each in ends}
    for line in seen.lines:
        drawing.add_line(line, rows.get((line.start, line.end), ""))
    for number, (line, place) in enumerate(seen.labels):
        if whole.in_rows:
            row = writing.row(line, whole.rooms.cells)
            drawing.add_text(f"w{number}", row, row.size, place)
        else:
            room = whole.rooms.weights[line.start, line.end]
            drawing.add_text(f"w{number}", writing.weight(line), room, place, on_line=True)
    if around.note:
        lines = around.note.split("\n")
        note = Text(tuple((Run(line, NOTE, writing.theme.muted),) for line in lines), side="LEFT")
        drawing.add_text("note", note, note.size, note_at(whole.columns, note.size))
    return str(drawing.graph.source)


class _Drawing:
    """A picture in the making; at a moment each text has the room of all its numbers."""

    def __init__(self, whole: Arranged, writing: Writing, scale: float, is_moment: bool) -> None:
        self.graph = graphviz.Digraph("chalkgrad")
        self.writing, self.theme, self.columns = writing, writing.theme, whole.columns
        self.labelled, self.scale, self.is_moment = bool(whole.labels), scale, is_moment
        self.rooms = whole.rooms
        circles = [circle for column in whole.columns for circle in column.circles]
        self.neighbours = {
            circle.key: len(column.circles) for column in whole.columns for circle in column.circles
        }
        self.largest_gradient = largest_magnitude(
            circle.gradient for circle in circles if circle.kind != "loss"
        )
        self.largest_weight = largest_magnitude(
            line.weight.number for line in whole.lines if line.weight is not None
        )

    def start(self, title: str, room: int) -> None:
        graph, theme = self.graph, self.theme
        if title:
            label = f"<{heading(title, theme.text, room)}{'' if room else '<BR/> '}>"
            graph.attr(label=label, labelloc="t", labeljust="l", fontname=FONT)
        graph.attr(
            layout="neato",
            splines="line",
            outputorder="edgesfirst",
            bgcolor=theme.page,
            pad=".2",
        )
        graph.attr("node", fontname=FONT, fontsize="11", fontcolor=theme.text, shape="plain")
        graph.attr("edge", fontname=FONT, color=theme.line, arrowsize=".7")

    def add_heading(self, key: str, column: Column, room: Size) -> None:
        text = self.writing.heading(column, self.labelled)
        self.add_text(key, text, room, heading_at(self.columns, column, room))

    def add_text(
        self, key: str, text: Text | Row, room: Size, at: Point, on_line: bool = False
    ) -> None:
        """Text on the page, its middle at a point; on a line with a ground of its own."""
        ground = self.theme.background if on_line else self.theme.page
        rows = text.source(room if self.is_moment else None)
        table = (
            f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{ground}">'
        )
        label = f"<{table}<TR><TD>{rows}</TD></TR></TABLE>>"
        self.graph.node(key, label=label, pos=self.position(at))

    def add_circle(self, circle: Circle) -> None:
        """A neuron, an input or the loss, and the notes under it."""
        theme, text = self.theme, self.writing.circle(circle, self.labelled)
        if circle.kind == "ellipsis":
            dots = Text(((Run("...", 16, theme.muted),),))
            self.add_text(circle.key, dots, dots.size, circle.at)
            return
        options = {"penwidth": "2", "color": theme.text} if circle.is_now else {}
        if not self.labelled and _is_tinted(circle) and sign(circle.gradient) < 0:
            options |= {"peripheries": "2", "color": theme.negative}  # told in grey, too
        self.graph.node(
            circle.key,
            label=f"<{text.source()}>",
            shape="circle",
            fixedsize="true",
            width=f"{2 * self.scale * (RADIUS if self.labelled else SMALL_RADIUS):.6g}",
            style="filled,dashed" if circle.off else "filled",
            fillcolor=self.fill(circle),
            pos=self.position(circle.at),
            **{"color": theme.off if circle.off else theme.border, **options},
        )
        below = self.writing.below(circle)
        if self.labelled and below is not None:
            room = self.rooms.below[circle.key]
            self.add_text(f"{circle.key}b", below, room, below_at(circle, room))

    def fill(self, circle: Circle) -> str:
        """A circle's colour: that of a neuron's gradient, where it has one."""
        if circle.off:
            return self.theme.off_card
        if _is_tinted(circle):
            return self.theme.tint(circle.gradient, self.largest_gradient)
        return self.theme.input if circle.kind == "input" else self.theme.card

    def add_line(self, line: Line, row: str = "") -> None:
        """A line to its circle; where its weight stands in a row, by way of it."""
        theme, weight = self.theme, line.weight
        options = {"color": theme.line, "arrowhead": "normal" if self.labelled else "none"}
        if weight is not None:
            scale = 1.0 if self.labelled else 0.5
            options["color"] = theme.sign_colour(weight.number, theme.line)
            options["penwidth"] = f"{scale * width(weight.number, self.largest_weight):.2f}"
            if sign(weight.number) < 0 and not self.labelled:
                options |= self.bar(line)
        if line.off:
            options |= {"color": theme.off, "style": "dashed"}
        if line.faint:
            options |= {"color": theme.border, "style": "solid", "penwidth": FAINT}
            options |= {"arrowhead": "none", "arrowtail": "none"}
        start = line.start
        if row:
            self.graph.edge(f"{start}:e", f"{row}:w", **options | {"arrowhead": "none"})
            start = f"{row}:e"
        self.graph.edge(start, line.end, **options)

    def bar(self, line: Line) -> dict[str, str]:
        """A bar at the end where fewer lines meet: what is negative is told in grey, too."""
        if self.neighbours[line.start] > self.neighbours[line.end]:
            return {"dir": "back", "arrowtail": "tee"}
        return {"arrowhead": "tee"}

    def position(self, point: Point) -> str:
        """A place, in inches."""
        return f"{point.x * self.scale:.3f},{point.y * self.scale:.3f}!"


def _is_tinted(circle: Circle) -> bool:
    """Whether a circle has the colour of its gradient."""
    return circle.kind == "neuron" and circle.gradient is not None and not circle.off
