"""How it is drawn: the DOT source of what is shown where it stands; `neato` only draws."""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from autograd.drawing.labels import font
from autograd.drawing.themes import largest_magnitude, width
from nn.network_view.placed import RADIUS, SMALL_RADIUS, below_at, heading_at
from nn.network_view.shown import Circle, Column, Line, Point
from nn.network_view.written import Writing

FONT = "Helvetica"
FAINT = "0.4"  # points


def source(
    columns: Sequence[Column],
    lines: Sequence[Line],
    labels: Sequence[tuple[Line, Point]],
    writing: Writing,
    title: str,
    scale: float = 1,
) -> str:
    """The DOT source, names marked; without labels, circles are small and lines bare.

    Lengths are as much larger as its texts will be.
    """
    drawing = _Drawing(columns, lines, writing, bool(labels), scale)
    drawing.start(title)
    for number, column in enumerate(columns):
        text = writing.heading(column, with_bias=bool(labels))
        place = heading_at(columns, column, text)
        drawing.add_text(f"h{number}", text.source, place)
        for circle in column.circles:
            drawing.add_circle(circle)
    for line in lines:
        drawing.add_line(line)
    for number, (line, place) in enumerate(labels):
        drawing.add_text(f"w{number}", writing.weight(line).source, place, on_line=True)
    return str(drawing.graph.source)


class _Drawing:
    """A picture in the making."""

    def __init__(
        self,
        columns: Sequence[Column],
        lines: Sequence[Line],
        writing: Writing,
        labelled: bool,
        scale: float,
    ) -> None:
        self.graph = graphviz.Digraph("chalkgrad")
        self.writing, self.theme, self.labelled = writing, writing.theme, labelled
        self.scale = scale
        circles = [circle for column in columns for circle in column.circles]
        self.largest_gradient = largest_magnitude(
            circle.gradient for circle in circles if circle.kind != "loss"
        )
        self.largest_weight = largest_magnitude(
            line.weight.number for line in lines if line.weight is not None
        )

    def start(self, title: str) -> None:
        graph, theme = self.graph, self.theme
        if title:
            label = f"<{font(title, size=14, colour=theme.text, bold=True)}<BR/> >"
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

    def add_text(self, key: str, rows: str, at: Point, on_line: bool = False) -> None:
        """Text on the page, its middle at a point; on a line with a ground of its own."""
        ground = self.theme.background if on_line else self.theme.page
        table = (
            f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{ground}">'
        )
        label = f"<{table}<TR><TD>{rows}</TD></TR></TABLE>>"
        self.graph.node(key, label=label, pos=self.position(at))

    def add_circle(self, circle: Circle) -> None:
        """A neuron, an input or the loss, and the notes under it."""
        theme, text = self.theme, self.writing.circle(circle, self.labelled)
        if circle.kind == "ellipsis":
            self.add_text(circle.key, font("...", size=16, colour=theme.muted), circle.at)
            return
        self.graph.node(
            circle.key,
            label=f"<{text.source}>",
            shape="circle",
            fixedsize="true",
            width=f"{2 * self.scale * (RADIUS if self.labelled else SMALL_RADIUS):.6g}",
            style="filled,dashed" if circle.off else "filled",
            fillcolor=self.fill(circle),
            color=theme.off if circle.off else theme.border,
            pos=self.position(circle.at),
        )
        below = self.writing.below(circle)
        if self.labelled and below is not None:
            self.add_text(f"{circle.key}b", below.source, below_at(circle, below))

    def fill(self, circle: Circle) -> str:
        """A circle's colour: that of a neuron's gradient, where it has one."""
        if circle.off:
            return self.theme.off_card
        if circle.kind == "neuron" and circle.gradient is not None:
            return self.theme.tint(circle.gradient, self.largest_gradient)
        return self.theme.input if circle.kind == "input" else self.theme.card

    def add_line(self, line: Line) -> None:
        theme, weight = self.theme, line.weight
        options = {"color": theme.line, "arrowhead": "normal" if self.labelled else "none"}
        if weight is not None:
            scale = 1.0 if self.labelled else 0.5
            options["color"] = theme.sign_colour(weight.number, theme.line)
            options["penwidth"] = f"{scale * width(weight.number, self.largest_weight):.2f}"
        if line.off:
            options |= {"color": theme.off, "style": "dashed"}
        if line.faint:
            options |= {"color": theme.border, "style": "solid", "penwidth": FAINT}
        self.graph.edge(line.start, line.end, **options)

    def position(self, point: Point) -> str:
        """A place, in inches."""
        return f"{point.x * self.scale:.3f},{point.y * self.scale:.3f}!"
