"""One arrow, in pieces where a label stands on it, so that `dot` keeps all labels apart."""

from __future__ import annotations

import graphviz

from autograd.drawing.cards.card import Arrow, Card
from autograd.drawing.cards.card_view import SMALL, View
from autograd.drawing.labels import font, shortened
from autograd.drawing.moments import room_of
from autograd.drawing.themes import sign, width
from autograd.reading import ATOM, PRODUCT, SIGNED, Term

HIGHLIGHTED = "3"  # points
LABEL = 15  # points of the height of a label, at a moment
LOCAL = 16  # characters of a local derivative on an arrow
STRAIGHT, BENT = "8", "1"  # the weight of arrows within a frame, and between frames
NEAR = "4"  # of the piece between a label and the operand, between frames


def add_arrow(graph: graphviz.Digraph, view: View, arrow: Arrow, number: int) -> None:
    """Put an arrow into a picture; what stands on it is a node between two pieces."""
    inside = view.is_inside(arrow)
    start, end = f"n{arrow.operand.index}", _entrance(view, arrow)
    options = {"id": f"arrow{arrow.operand.index}-{arrow.result.index}", **_line(view, arrow)}
    is_back = view.backward and arrow.known
    back = {"dir": "back"} if is_back else {}  # the layout stays that of the forward view
    weight = STRAIGHT if inside else BENT
    text = label_text(view, arrow)
    label, (before, after) = f"l{number}", view.sides
    if not text:
        if not inside and view.group(arrow.operand) is not None:
            start += f":{after}"  # not through the heading of its frame
        least = {"minlen": "2"} if view.has_labels else {}
        graph.edge(start, end, weight=weight, **back, **least, **options)
        return
    graph.node(label, label=f"<{_label(view, arrow, text)}>", id=f"label{number}")
    first = back or {"dir": "none"}
    near = STRAIGHT if inside else NEAR
    graph.edge(f"{start}:{after}", f"{label}:{before}", weight=near, **first, **options)
    last = {"dir": "none"} if is_back else {}
    graph.edge(f"{label}:{after}", end, weight=weight, **last, **options)


def _entrance(view: View, arrow: Arrow) -> str:
    """Where an arrow meets its result: a neuron's parameters have places in their order."""
    end = f"n{arrow.result.index}"
    if arrow.operand.is_leaf and view.is_inside(arrow):
        return f"{end}:o{arrow.operand.index}:{view.sides[0]}"
    return end


def _line(view: View, arrow: Arrow) -> dict[str, str]:
    """The colour is the sign of what flows back along it, the width its size."""
    theme = view.theme
    options: dict[str, str] = {}
    if arrow.off:
        options |= {"style": "dashed", "color": theme.off}
    elif view.backward and sign(arrow.flow):
        colour = theme.sign_colour(arrow.flow, theme.line) if arrow.has_sign else theme.line
        options |= {"color": colour, "penwidth": str(width(arrow.flow, view.widest))}
    if view.path:
        options |= _highlighted(view, arrow, options)
    return options


def _highlighted(view: View, arrow: Arrow, options: dict[str, str]) -> dict[str, str]:
    """On a highlighted path an arrow stands out, in its colour; elsewhere it is faint."""
    parts = [part for part in arrow.parts or [arrow] if not part.off]
    if any({part.operand.node, part.result.node} <= view.path for part in parts):
        colour = options.get("color", view.theme.text)
        return {"penwidth": HIGHLIGHTED, "color": colour}
    return {"penwidth": "0.6", "color": view.theme.border}


def label_text(view: View, arrow: Arrow) -> str:
    """What stands on an arrow: how many it stands for, or in the backward view the local
    derivative where it is not 1, in any pass of a walk; "" for nothing.
    """
    many = len(arrow.parts)
    if many > 1:
        return f"{many} arrows" if _is_fold(arrow.operand) or _is_fold(arrow.result) else ""
    has_local = view.backward and view.has_locals and (arrow.local != "1" or arrow.room > 0)
    return factor(arrow) if has_local else ""


def _is_fold(card: Card) -> bool:
    return card.fold is not None


def is_told(arrow: Arrow) -> bool:
    """Whether what stands on an arrow is known: how many it stands for is at every moment."""
    return arrow.known or len(arrow.parts) > 1


def _label(view: View, arrow: Arrow, text: str) -> str:
    """What stands on an arrow; at a moment it leaves its room where it is not known yet."""
    colour = view.theme.off if arrow.off else view.theme.muted
    shown, room = font(text, size=SMALL, colour=colour), ""
    if view.moment is not None:
        least = max(room_of(text, SMALL), arrow.room, view.moment.room)
        if not is_told(arrow):
            return _through(view, least + 2)
        room = f' WIDTH="{least + 2}" HEIGHT="{LABEL}"'
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
    return f"{table}<TR><TD{room}>{shown}</TD></TR></TABLE>"


def _through(view: View, width: int) -> str:
    """The arrow itself, where nothing stands on it yet."""
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    line, half = f'BGCOLOR="{view.theme.line}"', (LABEL - 1) // 2
    if view.down:
        before, after = (f'<TD WIDTH="{side}"></TD>' for side in (width // 2, (width - 1) // 2))
        middle = f'<TD WIDTH="1" HEIGHT="{LABEL}" {line}></TD>'
        return f"{table}<TR>{before}{middle}{after}</TR></TABLE>"
    side = f'<TR><TD HEIGHT="{half}" WIDTH="{width}"></TD></TR>'
    return f'{table}{side}<TR><TD HEIGHT="1" {line}></TD></TR>{side}</TABLE>'


def factor(arrow: Arrow) -> str:
    """The local derivative as what the upstream gradient is multiplied by."""
    text = shortened(arrow.local, LOCAL)
    level = SIGNED if text.startswith(("-", "≈-")) else ATOM
    return f"*{Term(text, level).within(PRODUCT)}"
