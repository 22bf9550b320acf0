"""What collides in a picture, measured in its SVG by the metrics of Helvetica.

    overlapping_texts     lines of text that lie on each other
    texts_on_shapes       lines of text on a card or circle that is not theirs
    texts_outside         lines of text that stick out of their own card or circle
    lines_under_texts     arrows that pass through a text, but for the one that it is the label of

Each is a list of pairs of what collides, in words; an empty list is a good picture.
"""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import NamedTuple

from autograd.drawing.metrics import letters_width

SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.72, 0.21  # of a letter's size: a capital's top, the foot of a g
LOW = re.compile(r"[gjpqy(),;_{}\[\]|/Qβγζημξρφχψς]")  # letters that have a foot
LEAST = 0.5  # points that two must share to be said to overlap


class Box(NamedTuple):
    """Left, top, right and bottom, in points; y points down."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width > LEAST and height > LEAST

    def holds(self, other: Box) -> bool:
        return (
            self.left - LEAST <= other.left
            and self.top - LEAST <= other.top
            and other.right <= self.right + LEAST
            and other.bottom <= self.bottom + LEAST
        )

    def inside(self, x: float, y: float) -> bool:
        return self.left < x < self.right and self.top < y < self.bottom


class Line(NamedTuple):
    """A line of text, and the node or arrow that it stands at; "" for a title."""

    text: str
    box: Box
    owner: str


# --- what is drawn --------------------------------------------------------------------------------


def lines_of(svg: str) -> list[Line]:
    """Every line of text that has letters."""
    found = []
    for owner, element in _owned(svg, "text"):
        text = "".join(element.itertext()).replace("\xa0", " ").strip()
        if text:
            found.append(Line(text, _box_of(element), owner))
    return found


def _owned(svg: str, kind: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """The elements of a kind, each with the key of the group that it stands in directly."""
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        owner = group.get("data-key", "")
        for element in group.findall(f"{SVG}{kind}") + group.findall(f"{SVG}a//{SVG}{kind}"):
            yield owner, element


def _box_of(element: ElementTree.Element) -> Box:
    """The room that the letters of a text take, small ones lower or higher."""
    size, bold = float(element.get("font-size", "14")), element.get("font-weight") == "bold"
    x, baseline = float(element.get("x", "0")), float(element.get("y", "0"))
    tops, bottoms, width, at = [], [], 0.0, baseline
    parts = [(element.text or "", size, 0.0)]
    for part in element:
        small = float(part.get("font-size", size))
        parts.append((part.text or "", small, float(part.get("dy", "0"))))
    for letters, of_part, down in parts:
        at += down
        if letters.strip():
            tops.append(at - ASCENT * of_part)
            bottoms.append(at + DESCENT * of_part * bool(LOW.search(letters)))
        width += letters_width(letters.replace("\xa0", " "), of_part, bold)
    anchor = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", "start"), 0.0)
    left = x - anchor * width
    blank = re.match(r"[\xa0 ]*", element.text or "")
    before = letters_width(" " * len(blank[0] if blank else ""), size, bold)
    return Box(left + before, min(tops), left + width, max(bottoms))


def shapes_of(svg: str) -> dict[str, Box]:
    """The cards and circles, by their keys; a text's own ground is none."""
    found = {}
    for owner, element in _owned(svg, "ellipse"):
        x, y, r = (float(element.get(key, "0")) for key in ("cx", "cy", "rx"))
        found.setdefault(owner, Box(x - r, y - r, x + r, y + r))  # a second rim is around it
    for owner, element in _owned(svg, "path"):
        if owner and "->" not in owner:
            corners = _points(element.get("d", ""))
            box = _around(corners)
            if owner not in found or box.holds(found[owner]):  # the card, not the chip on it
                found[owner] = box
    return found


def _points(text: str) -> list[tuple[float, float]]:
    pairs = re.findall(r"(-?[\d.]+),(-?[\d.]+)", text)
    return [(float(x), float(y)) for x, y in pairs]


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def curves_of(svg: str) -> dict[str, list[tuple[float, float]]]:
    """Points along every arrow, close together; arrows between the same nodes as one."""
    found: dict[str, list[tuple[float, float]]] = {}
    for owner, element in _owned(svg, "path"):
        if "->" in owner and element.get("stroke") not in ("none", "transparent"):
            found.setdefault(owner, []).extend(_along(_points(element.get("d", ""))))
    return found


def _along(control: list[tuple[float, float]], steps: int = 100) -> Iterator[tuple[float, float]]:
    """Points of cubic Bézier curves."""
    for start in range(0, len(control) - 3, 3):
        (a, b), (c, d), (e, f), (g, h) = control[start : start + 4]
        for t in (step / steps for step in range(steps + 1)):
            p, q, r, s = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield p * a + q * c + r * e + s * g, p * b + q * d + r * f + s * h


# --- what collides --------------------------------------------------------------------------------


def overlapping_texts(svg: str) -> list[tuple[str, str]]:
    """Pairs of lines of text that lie on each other."""
    pairs = itertools.combinations(lines_of(svg), 2)
    return [(one.text, other.text) for one, other in pairs if one.box.overlaps(other.box)]


def texts_on_shapes(svg: str) -> list[tuple[str, str]]:
    """Lines of text on a card or circle of another node."""
    shapes = shapes_of(svg)
    return [
        (line.text, owner)
        for line in lines_of(svg)
        for owner, box in shapes.items()
        if owner != line.owner and box.overlaps(line.box)
    ]


def texts_outside(svg: str) -> list[tuple[str, str]]:
    """Lines of text that stick out of the card or circle that they stand on."""
    shapes = shapes_of(svg)
    own = (line for line in lines_of(svg) if line.owner in shapes)
    return [(line.text, line.owner) for line in own if not shapes[line.owner].holds(line.box)]


def lines_under_texts(svg: str) -> list[tuple[str, str]]:
    """Arrows that pass through a text, and the text; but for the arrow that it is the label of."""
    curves, shapes = curves_of(svg), shapes_of(svg)
    grounds = {owner: _around(_points(p.get("points", ""))) for owner, p in _owned(svg, "polygon")}
    found = []
    for line in lines_of(svg):
        own = line.owner
        if own in grounds and own not in shapes and "->" not in own:
            own = _nearest(grounds[own], curves)
        for arrow, points in curves.items():
            if arrow != own and any(line.box.inside(x, y) for x, y in points):
                found.append((arrow, line.text))
    return found


def _nearest(ground: Box, curves: dict[str, list[tuple[float, float]]]) -> str:
    """The arrow that passes the middle of a label the closest."""
    x, y = (ground.left + ground.right) / 2, (ground.top + ground.bottom) / 2
    away = {
        arrow: min((x - a) ** 2 + (y - b) ** 2 for a, b in points)
        for arrow, points in curves.items()
    }
    return min(away, key=lambda arrow: away[arrow], default="")


def size_of(svg: str) -> tuple[float, float]:
    """How wide and tall a picture is, in points."""
    root = ElementTree.fromstring(svg)
    wide, tall = (float(root.get(side, "0").removesuffix("pt")) for side in ("width", "height"))
    return wide, tall
