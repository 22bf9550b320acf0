"""One arrow with the local derivative on it, and where that stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import graphviz

from autograd.drawing.card_view import SMALL, View
from autograd.drawing.cards import Arrow
from autograd.drawing.labels import font, shortened
from autograd.drawing.metrics import text_width
from autograd.drawing.themes import sign, width
from autograd.reading import ATOM, PRODUCT, SIGNED, Term

HIGHLIGHTED = "3"  # points
LOCAL = 16  # characters of a local derivative on an arrow


def add_arrow(graph: graphviz.Digraph, view: View, arrow: Arrow, place: tuple[str, float]) -> None:
    """Put an arrow into a picture; in the backward view with its label at the given place."""
    theme = view.theme
    start, end = arrow.operand.index, arrow.result.index
    options: dict[str, Any] = {"id": f"arrow{start}-{end}"}
    if arrow.off:
        options |= {"style": "dashed", "color": theme.off, "fontcolor": theme.off}
    if view.backward:
        options["dir"] = "back" if arrow.known else "forward"  # in the layout of the forward view
        if arrow.local != "1":
            at, distance = place
            options[f"{at}label"] = f"<{_label(view, arrow)}>"
            options["labeldistance"] = f"{distance:.2f}"
        if not arrow.off and sign(arrow.flow):
            options["color"] = theme.sign_colour(arrow.flow, theme.line)
            options["penwidth"] = str(width(arrow.flow, view.largest))
    if view.path:
        options |= _highlighted(view, arrow, options)
    graph.edge(f"n{start}", f"n{end}", **options)


def _highlighted(view: View, arrow: Arrow, options: dict[str, Any]) -> dict[str, Any]:
    """On a highlighted path an arrow stands out, in its colour; elsewhere it is faint."""
    if {arrow.operand.node, arrow.result.node} <= view.path:
        colour = options.get("color", view.theme.text)
        return {"penwidth": HIGHLIGHTED, "color": colour}
    return {"penwidth": "0.6", "color": view.theme.border}


def label_places(view: View) -> Iterator[tuple[str, float]]:
    """Where on each arrow its label stands: near the end where fewer meet, and how far from it.

    Labels on arrows between frames, which are long, stand each a little further from the card than
    the one before.
    """
    arrows = view.cards.arrows
    results = Counter(arrow.operand for arrow in arrows)
    shared = Counter(arrow.result for arrow in arrows if results[arrow.operand] > 1)
    before: Counter[tuple[str, Any]] = Counter()
    for arrow in arrows:
        uses = results[arrow.operand]
        at_operand = uses == 1 or uses < shared[arrow.result]
        end = ("tail", arrow.operand) if at_operand else ("head", arrow.result)
        yield end[0], 1.7 + 0.25 * len(factor(arrow)) + 3.4 * before[end]
        between_frames = view.group(arrow.operand) != view.group(arrow.result)
        before[end] += arrow.local != "1" and between_frames


def _label(view: View, arrow: Arrow) -> str:
    """The local derivative, on a ground of its own: it lies on its line."""
    theme, group = view.theme, view.group(arrow.operand)
    inside = group is not None and group == view.group(arrow.result)
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
    if not arrow.known:  # it leaves its room
        room = round(text_width(factor(arrow), SMALL))
        return f'{table}><TR><TD WIDTH="{room}" HEIGHT="{SMALL + 3}"></TD></TR></TABLE>'
    text = font(factor(arrow), size=SMALL, colour=theme.off if arrow.off else theme.muted)
    ground = theme.cluster if inside else theme.background
    return f'{table} BGCOLOR="{ground}"><TR><TD>{text}</TD></TR></TABLE>'


def factor(arrow: Arrow) -> str:
    """The local derivative as what the upstream gradient is multiplied by."""
    text = shortened(arrow.local, LOCAL)
    level = SIGNED if text.startswith(("-", "≈-")) else ATOM
    return f"*{Term(text, level).within(PRODUCT)}"
