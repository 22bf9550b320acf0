"""How it is drawn: the DOT source of what is shown where it stands; `neato` only draws."""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from autograd.drawing.labels import font, shortened
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme, largest_magnitude, width
from autograd.notes.number_style import NumberStyle
from nn.network_view.placed import RADIUS, SMALL_RADIUS
from nn.network_view.shown import Circle, Column, Line, Note, Point, equation

FONT = "Helvetica"


def source(
    columns: Sequence[Column],
    lines: Sequence[Line],
    labels: Sequence[tuple[Line, Point]],
    theme: Theme,
    title: str,
    style: NumberStyle,
) -> str:
    """The DOT source, names marked; without labels, circles are small and lines bare."""
    drawing = _Drawing(columns, lines, theme, style, labelled=bool(labels))
    drawing.start(title)
    top = max(circle.at.y for column in columns for circle in column.circles)
    for number, column in enumerate(columns):
        drawing.add_heading(f"h{number}", column, top + 1.05)
        for circle in column.circles:
            drawing.add_circle(circle)
    for line in lines:
        drawing.add_line(line)
    for number, (line, place) in enumerate(labels):
        drawing.add_text(f"w{number}", drawing.weight_text(line), place)
    return str(drawing.graph.source)


class _Drawing:
    """A picture in the making."""

    def __init__(
        self,
        columns: Sequence[Column],
        lines: Sequence[Line],
        theme: Theme,
        style: NumberStyle,
        labelled: bool,
    ) -> None:
        self.graph = graphviz.Digraph("chalkgrad")
        self.theme, self.style, self.labelled = theme, style, labelled
        circles = [circle for column in columns for circle in column.circles]
        self.largest_gradient = largest_magnitude(
            circle.gradient for circle in circles if circle.kind != "loss"
        )
        self.largest_weight = largest_magnitude(
            line.weight.data for line in lines if line.weight is not None
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

    def add_heading(self, key: str, column: Column, height: float) -> None:
        """What stands over a column: what it is, and the bias that its neurons share."""
        rows = font(column.heading, size=13, colour=self.theme.muted, align="CENTER")
        if column.shared is not None and self.labelled:
            rows += ("" if "\n" in column.heading else "<BR/>") + self.note_text(column.shared)
        self.add_text(key, rows, Point(column.circles[0].at.x, height))

    def add_circle(self, circle: Circle) -> None:
        """A neuron, an input or the loss, and the notes under it."""
        theme = self.theme
        if circle.kind == "ellipsis":
            self.add_text(circle.key, font("...", size=16, colour=theme.muted), circle.at)
            return
        self.graph.node(
            circle.key,
            label=f"<{self.circle_text(circle)}>",
            shape="circle",
            fixedsize="true",
            width=str(2 * (RADIUS if self.labelled else SMALL_RADIUS)),
            style="filled,dashed" if circle.off else "filled",
            fillcolor=self.fill(circle),
            color=theme.off if circle.off else theme.border,
            pos=_position(circle.at),
        )
        if self.labelled and circle.below:
            rows = "<BR/>".join(self.note_text(note, circle.off) for note in circle.below)
            lines = sum(1 + (note.gradient is not None) for note in circle.below)
            height = RADIUS + 0.06 + 0.15 * lines / 2
            self.add_text(f"{circle.key}b", rows, Point(circle.at.x, circle.at.y - height))

    def fill(self, circle: Circle) -> str:
        """A circle's colour: that of a neuron's gradient, where it has one."""
        if circle.off:
            return self.theme.off_card
        if circle.kind == "neuron" and circle.gradient is not None:
            return self.theme.tint(circle.gradient, self.largest_gradient)
        return self.theme.input if circle.kind == "input" else self.theme.card

    def circle_text(self, circle: Circle) -> str:
        colour = self.theme.off if circle.off else self.theme.text
        of_name, of_value, of_gradient = (13, 12, 9) if self.labelled else (9, 8, 7)
        rows = [font(shortened(marked(circle.name), 16), size=of_name, colour=colour, bold=True)]
        if circle.value:
            rows.append(font(circle.value, size=of_value, colour=colour))
        if circle.gradient is not None and self.labelled:
            text = f"grad {self.style.short(circle.gradient)}"
            rows.append(font(text, size=of_gradient, colour=colour))
        return "<BR/>".join(rows)

    def note_text(self, note: Note, off: bool = False) -> str:
        colour = self.theme.off if off else self.theme.muted
        rows = [font(note.text, size=10, colour=colour)]
        if note.gradient is not None:
            rows.append(font(f"grad {self.style.short(note.gradient)}", size=9, colour=colour))
        return "<BR/>".join(rows)

    def weight_text(self, line: Line) -> str:
        """A weight's name and number, in the colour of its sign, and its gradient."""
        weight, theme = line.weight, self.theme
        assert weight is not None
        colour = theme.off if line.off else theme.sign_colour(weight.data, theme.text)
        muted = theme.off if line.off else theme.muted
        name, number = equation(weight.data, marked(line.name), self.style)
        rows = font(name, size=9, colour=muted) + font(number, colour=colour, bold=True)
        if weight.grad is None:
            return rows
        return f"{rows}<BR/>{font(f'grad {self.style.short(weight.grad)}', size=9, colour=muted)}"

    def add_line(self, line: Line) -> None:
        theme = self.theme
        options = {"color": theme.line, "arrowhead": "normal" if self.labelled else "none"}
        if line.off:
            options |= {"color": theme.off, "style": "dashed"}
        elif line.weight is not None:
            options |= {"color": theme.sign_colour(line.weight.data, theme.line)}
        if line.weight is not None:
            scale = 1.0 if self.labelled else 0.5
            options["penwidth"] = f"{scale * width(line.weight.data, self.largest_weight):.2f}"
        self.graph.edge(line.start, line.end, **options)


def _position(point: Point) -> str:
    return f"{point.x:.3f},{point.y:.3f}!"
