"""How a gate is drawn, a circle or a rounded box, and where its wires come in."""

from __future__ import annotations

import math
from typing import NamedTuple

from autograd.drawing.circuit.circuits import Gate
from autograd.drawing.circuit.wire_labels import HIGHLIGHTED, TEXT, Look, table_of
from autograd.drawing.labels import font
from autograd.drawing.metrics import text_width

SHORT = 3  # characters of a sign that a circle holds
FEW = 3  # wires that a circle takes
LARGE = 16  # points of a sign of one letter
CIRCLE = 31  # points, as high as the label of a wire
LINE = 15  # the height of a line of a box
MARGIN = 8
PITCH = 12  # between wires that come in


class Shape(NamedTuple):
    """A gate's outline, in points; where wires run down they come in from above."""

    is_circle: bool
    width: float
    height: float
    down: bool = False

    @property
    def along(self) -> float:
        """Its size in the direction of the wires."""
        return self.height if self.down else self.width

    @property
    def across(self) -> float:
        """Its size across that."""
        return self.width if self.down else self.height

    def off(self, number: int, count: int) -> float:
        """How far off the middle the wire of a number among so many comes in.

        >>> Shape(True, 30, 30).off(1, 3), Shape(False, 40, 30).off(0, 2)
        (0.0, -5.0)
        """
        return (number - (count - 1) / 2) * min(PITCH, self.across / (count + 1))

    def edge(self, off: float) -> float:
        """How far from the middle the outline is there.

        >>> Shape(True, 30, 30).edge(9), Shape(False, 40, 30).edge(9)
        (12.0, 20.0)
        """
        half = self.along / 2
        return math.sqrt(half * half - off * off) if self.is_circle else half


def shape_of(gate: Gate, down: bool = False) -> Shape:
    """A circle for a short sign with few wires, else a box that has room for all."""
    count, lines = max(len(gate.entrances), len(gate.results)), gate.sign.split("\n")
    if len(gate.sign) <= SHORT and count <= FEW:
        return Shape(True, CIRCLE, CIRCLE, down)
    width = max(text_width(line, TEXT) for line in lines) + 2 * MARGIN
    height, wires = LINE * len(lines) + MARGIN, PITCH * count + MARGIN
    if down:
        return Shape(False, max(width, wires, CIRCLE), max(height, CIRCLE), down)
    return Shape(False, max(width, CIRCLE), max(height, wires, CIRCLE))


def gate_options(gate: Gate, shape: Shape, look: Look) -> dict[str, str]:
    """What makes a node of a picture this gate."""
    theme = look.theme
    is_off = look.is_off(gate.off)
    colour, ground = (theme.off, theme.off_card) if is_off else (theme.text, theme.input)
    size = LARGE if len(gate.sign) == 1 else TEXT
    lines = [font(line, size=size, colour=colour) for line in gate.sign.split("\n")]
    rows = (f'<TD HEIGHT="{LINE}">{line}</TD>' for line in lines)
    return {
        "label": f"<{table_of(rows) if len(lines) > 1 else lines[0]}>",
        "shape": "circle" if shape.is_circle else "box",
        "style": "filled" if shape.is_circle else "rounded,filled",
        "fixedsize": "true",
        "width": inches(shape.width * look.font_scale),
        "height": inches(shape.height * look.font_scale),
        "fillcolor": ground,
        "color": theme.line,
        **({"color": theme.text, "penwidth": HIGHLIGHTED} if gate.holds else {}),
    }


def inches(points: float) -> str:
    """Points as Graphviz has the sizes of nodes.

    >>> inches(36)
    '0.5'
    """
    return f"{points / 72:.4f}".rstrip("0")
