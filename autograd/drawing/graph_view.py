"""The graph view: one card per Value, left to right, arrows forward or the gradient's way back.

The operation is folded into its result's card. Neurons, inputs and loss are framed, on ranks of
their own.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import graphviz

from autograd.drawing.card_view import SMALL, View, card_label
from autograd.drawing.cards import Arrow, Card, Cards, cards_of
from autograd.drawing.labels import font, shortened
from autograd.drawing.neurons import INPUTS, LOSS, Group, Role, groups_of
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.themes import largest_magnitude, sign, theme_named, width
from autograd.notes.notation import NOTES, Notation
from autograd.reading import Graph, Value

FONT = "Helvetica"
LOCAL = 12  # characters of a local derivative on an arrow


def draw(
    root: Value | Graph,
    *,
    backward: bool | None = None,
    theme: str = "light",
    title: str = "",
    notation: Notation = NOTES,
) -> Picture:
    """A picture of the graph that `root` was computed by, with its numbers as they are now.

    The backward view has the arrows reversed: the colour is the gradient's sign, the width its
    size, and the local derivative stands on the arrow where it is not 1. Without `backward` it is
    drawn where gradients are computed. What only ReLUs that are off (or other sides not taken) lead
    to is grey and dashed. Themes: light, dark.

    A ValueError for a graph whose leaves were set after the forward pass, and for one of more than
    2000 nodes.

    >>> x = Value(3, "x")
    >>> y = x**2 + 2 * x
    >>> y.backward()
    >>> draw(y, title="y = x^2 + 2x")
    <Picture of 4 cards, backward, light>
    >>> draw(y, backward=False).save("y.svg")  # doctest: +SKIP
    """
    if not isinstance(root, (Value, Graph)):
        raise TypeError(f"draw takes one Value, the root of a graph, not a {type(root).__name__}")
    colours = theme_named(theme)
    graph = Graph.of(root)
    check_size(len(graph.order))
    way_back = graph.gradients[graph.root] is not None if backward is None else backward
    cards = cards_of(graph)
    view = View(cards, groups_of(graph.order, notation), colours, way_back, _largest(cards))
    of = f"{len(cards.cards)} cards, {'backward' if way_back else 'forward'}, {theme}"
    return Picture(source(view, title), of, len(cards.cards))


def _largest(cards: Cards) -> float:
    """The largest |gradient| other than the root's, which is 1 by definition."""
    others = [card.gradient for card in cards.cards[:-1]]
    return largest_magnitude(others) or largest_magnitude([cards.cards[-1].gradient])


def source(view: View, title: str) -> str:
    """The picture's DOT source."""
    theme = view.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(
        rankdir="LR",
        nodesep=".14",
        ranksep=_rank_gap(view),
        newrank="true",
        bgcolor=theme.background,
        pad=".15",
    )
    graph.attr(fontname=FONT, fontsize="11", fontcolor=theme.muted)
    graph.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=theme.text)
    graph.attr(
        "edge",
        fontname=FONT,
        fontsize=str(SMALL),
        fontcolor=theme.muted,
        color=theme.line,
        arrowsize=".6",
    )
    graph.attr("edge", labelangle="0")  # on the line
    if title:
        graph.attr(
            label=f"<{font(title, size=14, colour=theme.text, bold=True)}>",
            labelloc="t",
            labeljust="l",
        )
    groups = view.groups.of
    members = _members(view.cards, groups)
    for group in sorted(members):
        _add_cluster(graph, view, group, members[group])
    for card, node in zip(view.cards.cards, view.cards.graph.order, strict=True):
        if node not in groups:
            _add_card(graph, view, card)
    for arrow, place in zip(view.cards.arrows, _label_places(view), strict=True):
        _add_arrow(graph, view, arrow, place)
    for card in view.cards.cards:
        for leaf in view.own_leaves(card):
            graph.edge(f"n{leaf}", f"n{card.index}:o{leaf}", style="invis", weight="0")
    _add_ranks(graph, members, view.cards)
    return str(graph.source)


def _rank_gap(view: View) -> str:
    """Inches between ranks: in the backward view room for the longest local derivative between two
    cards.
    """
    if not view.backward:
        return ".42"
    longest = max(
        (len(arrow.local) + 1 for arrow in view.cards.arrows if arrow.local != "1"), default=0
    )
    return f"{min(1.6, 0.3 + 0.09 * longest):.2f}"


def _members(cards: Cards, groups: Mapping[Value, Group]) -> dict[Group, list[Card]]:
    members: dict[Group, list[Card]] = {}
    for card, node in zip(cards.cards, cards.graph.order, strict=True):
        if node in groups:
            members.setdefault(groups[node], []).append(card)
    return members


def _add_cluster(graph: graphviz.Digraph, view: View, group: Group, cards: Sequence[Card]) -> None:
    theme = view.theme
    off = [card for card in cards if card.switched_off]
    title, colour = view.groups.title(group), theme.muted
    if off and all(
        card.off or card.switched_off or view.role(card) is Role.RESULT for card in cards
    ):
        title, colour = f"{title} ({view.operation(off[0])} off)", theme.off
    with graph.subgraph(name=f"cluster_{group.layer}_{group.neuron}") as cluster:
        cluster.attr(
            label=f"<{font(title, colour=colour)}>",
            labeljust="l" if group == INPUTS else "r",
            style="rounded,filled",
            margin="8",
        )
        cluster.attr(fillcolor=theme.cluster, color=theme.cluster_border)
        for card in (
            cards if group == INPUTS else reversed(cards)
        ):  # dot stacks a neuron's parameters from below
            _add_card(cluster, view, card)


def _add_card(graph: graphviz.Digraph, view: View, card: Card) -> None:
    graph.node(f"n{card.index}", label=f"<{card_label(view, card)}>", id=f"card{card.index}")


def _label_places(view: View) -> Iterator[tuple[str, float]]:
    """Where on each arrow its label stands: near the end where fewer meet, and how far from it.

    Labels on arrows between frames, which are long, stand each a little further from the card than
    the one before.
    """
    arrows = view.cards.arrows
    results = Counter(arrow.operand for arrow in arrows)
    shared = Counter(arrow.result for arrow in arrows if results[arrow.operand] > 1)
    before: Counter[tuple[str, int]] = Counter()
    for arrow in arrows:
        at_operand = results[arrow.operand] == 1 or results[arrow.operand] < shared[arrow.result]
        end = ("tail", arrow.operand) if at_operand else ("head", arrow.result)
        yield end[0], 1.7 + 0.25 * len(_local(arrow)) + 2.2 * before[end]
        before[end] += arrow.local != "1" and len(set(_groups(view, arrow))) == 2


def _groups(view: View, arrow: Arrow) -> list[Group | None]:
    return [
        view.groups.of.get(view.cards.graph.order[index]) for index in (arrow.operand, arrow.result)
    ]


def _add_arrow(graph: graphviz.Digraph, view: View, arrow: Arrow, place: tuple[str, float]) -> None:
    theme = view.theme
    options: dict[str, Any] = {"id": f"arrow{arrow.operand}-{arrow.result}"}
    if arrow.off:
        options |= {"style": "dashed", "color": theme.off, "fontcolor": theme.off}
    if view.backward:
        options["dir"] = "back"  # the layout stays that of the forward view
        if arrow.local != "1":
            end, distance = place
            options |= {
                f"{end}label": f"<{_arrow_label(view, arrow)}>",
                "labeldistance": f"{distance:.2f}",
            }
        if not arrow.off and sign(arrow.flow):
            options |= {
                "color": theme.sign_colour(arrow.flow, theme.line),
                "penwidth": str(width(arrow.flow, view.largest)),
            }
    graph.edge(f"n{arrow.operand}", f"n{arrow.result}", **options)


def _arrow_label(view: View, arrow: Arrow) -> str:
    """The local derivative, on a ground of its own: it lies on its line."""
    start, end = _groups(view, arrow)
    ground = view.theme.cluster if start is not None and start == end else view.theme.background
    text = font(_local(arrow), size=SMALL, colour=view.theme.off if arrow.off else view.theme.muted)
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" BGCOLOR="{ground}">'
    return f"{table}<TR><TD>{text}</TD></TR></TABLE>"


def _local(arrow: Arrow) -> str:
    local = shortened(arrow.local, LOCAL)
    return f"*({local})" if local.startswith(("-", "≈-")) else f"*{local}"


def _add_ranks(
    graph: graphviz.Digraph, members: Mapping[Group, Sequence[Card]], cards: Cards
) -> None:
    """Keep layers on ranks of their own by edges that are not seen: without them there is a
    staircase.
    """
    group_of = {card.index: group for group, group_cards in members.items() for card in group_cards}
    inner = {
        arrow.operand
        for arrow in cards.arrows
        if group_of.get(arrow.operand) == group_of.get(arrow.result)
    }
    ends: list[int] = []
    for layer in sorted({group.layer for group in members}):
        groups = [group for group in sorted(members) if group.layer == layer]
        here = [[card.index for card in members[group]] for group in groups]
        leaves = [
            [index for index in indices if cards.graph.order[index].operation is None]
            for indices in here
        ]
        for start in (index for indices in leaves if ends for index in indices):
            graph.edge(f"n{ends[0]}", f"n{start}", style="invis", weight="0")
        ends = [index for indices in here for index in indices if index not in inner]
        if layer != LOSS.layer:
            _add_column(graph, ends)


def _add_column(graph: graphviz.Digraph, indices: Sequence[int]) -> None:
    """One below the other, in order."""
    with graph.subgraph() as rank:
        rank.attr(rank="same")
        for above, below in itertools.pairwise(indices):
            rank.edge(f"n{above}", f"n{below}", style="invis")
