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


def source(
    columns: Sequence[Column],
    lines: Sequence[Line],
    labels: Sequence[tuple[Line, Point]],
    writing: Writing,
    title: str,
) -> str:
    """The DOT source, names marked; without labels, circles are small and lines bare."""
    drawing = _Drawing(columns, lines, writing, labelled=bool(labels))
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
        drawing.add_text(f"w{number}", writing.weight(line).source, place)
    return str(drawing.graph.source)


class _Drawing:
    """A picture in the making."""

    def __init__(
        self, columns: Sequence[Column], lines: Sequence[Line], writing: Writing, labelled: bool
    ) -> None:
        self.graph = graphviz.Digraph("chalkgrad")
        self.writing, self.theme, self.labelled = writing, writing.theme, labelled
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
            bgcolor=theme.background,
            pad=".2",
        )
        graph.attr("node", fontname=FONT, fontsize="11", fontcolor=theme.text, shape="plain")
        graph.attr("edge", fontname=FONT, color=theme.line, arrowsize=".7")

    def add_text(self, key: str, rows: str, at: Point) -> None:
        """Text on the background, its middle at a point."""
        ground = self.theme.background
        table = (
            f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{ground}">'
        )
        label = f"<{table}<TR><TD>{rows}</TD></TR></TABLE>>"
        self.graph.node(key, label=label, pos=_position(at))

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
            width=str(2 * (RADIUS if self.labelled else SMALL_RADIUS)),
            style="filled,dashed" if circle.off else "filled",
            fillcolor=self.fill(circle),
            color=theme.off if circle.off else theme.border,
            pos=_position(circle.at),
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
        theme = self.theme
        options = {"color": theme.line, "arrowhead": "normal" if self.labelled else "none"}
        if line.off:
            options |= {"color": theme.off, "style": "dashed"}
        elif line.weight is not None:
            options |= {"color": theme.sign_colour(line.weight.number, theme.line)}
        if line.weight is not None:
            scale = 1.0 if self.labelled else 0.5
            options["penwidth"] = f"{scale * width(line.weight.number, self.largest_weight):.2f}"
        self.graph.edge(line.start, line.end, **options)


def _position(point: Point) -> str:
    return f"{point.x:.3f},{point.y:.3f}!"
