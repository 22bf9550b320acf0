"""The DOT source of a picture of cards: frames, ranks, columns, and room between them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import graphviz

from autograd.drawing.cards.arrow_view import add_arrow
from autograd.drawing.cards.card import Arrow, Card
from autograd.drawing.cards.card_view import View, card_label
from autograd.drawing.cards.fold_view import fold_label
from autograd.drawing.labels import FONT, font, heading, in_room
from autograd.drawing.moments import room_of
from autograd.drawing.neurons import INPUTS, LOSS, Group, Role

FEW = 20  # arrows that need little room to part
Members = dict[Group | None, list[Card]]
Numbered = tuple[int, Arrow]


def source(view: View, title: str) -> str:
    """The picture's DOT source, its names marked."""
    graph = _empty(view, title)
    members: Members = {}
    inner: dict[Group | None, list[Numbered]] = {}
    for card in view.cards.cards:
        members.setdefault(view.group(card), []).append(card)
    for numbered in enumerate(view.cards.arrows):
        arrow = numbered[1]
        group = view.group(arrow.operand) if view.is_inside(arrow) else None
        inner.setdefault(group, []).append(numbered)
    alone = members.pop(None, [])
    frames = {group: members[group] for group in sorted(filter(None, members))}
    for group, cards in frames.items():
        _add_cluster(graph, view, group, cards, inner.get(group, []))
    for card in alone:
        _add_card(graph, view, card)
    for number, arrow in inner.get(None, []):
        add_arrow(graph, view, arrow, number)
    _add_ranks(graph, view, frames)
    _add_columns(graph, view)
    return str(graph.source)


def _empty(view: View, title: str) -> graphviz.Digraph:
    """A picture without a card: its title, and what holds for all cards and arrows."""
    theme = view.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(
        rankdir="TB" if view.down else "LR",
        nodesep=".14",
        ranksep=f"{rank_gap(view):.2f}",
        newrank="true",
        bgcolor=theme.page,
        pad=".15",
    )
    graph.attr(fontname=FONT, fontsize="11", fontcolor=theme.muted)
    graph.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=".6")
    if title:
        text = heading(title, theme.text, view.moment.title_room if view.moment else 0)
        graph.attr(label=f"<{text}>", labelloc="t", labeljust="l")
    return graph


def rank_gap(view: View) -> float:
    """Inches between ranks, more where many arrows part; with labels there are twice as many."""
    crowd = max(0, _most_parting(view) - FEW)
    if view.has_labels:
        return min(0.6, 0.26 + 0.02 * crowd)
    return min(2, 0.42 + 0.02 * crowd)


def _most_parting(view: View) -> int:
    """How many arrows part: of folds all, of single cards the most between two ranks; in a network
    they go around its frames.
    """
    if view.is_folded:
        return len(view.cards.arrows)
    if view.groups.of:
        return 0
    depths, between = depths_of(view), Counter[int]()
    for arrow in view.cards.arrows:
        between.update(range(depths[arrow.result], depths[arrow.operand]))
    return max(between.values(), default=0)


def depths_of(view: View) -> dict[Card, int]:
    """How many ranks each card stands before the root."""
    depths = dict.fromkeys(view.cards.cards, 0)
    into: dict[Card, list[Card]] = {}
    for arrow in view.cards.arrows:
        into.setdefault(arrow.result, []).append(arrow.operand)
    for card in reversed(view.cards.cards):
        for operand in into.get(card, ()):
            framed = view.group(operand) or view.group(card)
            apart = 2 if framed and view.group(operand) != view.group(card) else 1
            if operand.index < card.index:
                depths[operand] = max(depths[operand], depths[card] + apart)
    return depths


def _add_cluster(
    graph: graphviz.Digraph,
    view: View,
    group: Group,
    cards: Sequence[Card],
    arrows: Iterable[Numbered],
) -> None:
    """A frame: its heading, its cards, and the arrows within it."""
    theme, inputs = view.theme, group == INPUTS
    title, colour = view.groups.title(group), theme.muted
    if off := _switched_off(view, cards):
        title, colour = f"{title} ({off} off)", theme.off
    head = font(title, colour=colour)
    leaves = [card for card in cards if card.is_leaf]
    # Downwards arrows come in from above: there a heading is a node, which they go around.
    is_node = view.down and leaves and group not in (INPUTS, LOSS)
    with graph.subgraph(name=f"cluster_{group.layer}_{group.neuron}") as cluster:
        cluster.attr(
            label="" if is_node else f"<{head}>",
            labeljust="l" if inputs else "r",
            style="rounded,filled",
            margin="8",
            labelloc="b" if view.down and group == LOSS else "t",
        )
        cluster.attr(fillcolor=theme.cluster, color=theme.cluster_border)
        if is_node:
            place = f"h{group.layer}_{group.neuron}"
            room = _heading_room(view, cards, view.groups.title(group))
            cluster.node(place, label=f"<{in_room(head, room)}>", id=f"label{place}")
            cluster.edge(place, f"n{leaves[len(leaves) // 2].index}", style="invis")
        # dot stacks a neuron's parameters from below.
        for card in cards if inputs else reversed(cards):
            _add_card(cluster, view, card)
        for number, arrow in arrows:
            add_arrow(cluster, view, arrow, number)


def _heading_room(view: View, cards: Sequence[Card], title: str) -> int:
    """The room of a heading that says at another moment that its neuron is off; else none."""
    switches = [card.operation for card in cards if card.may_be_off]
    if view.moment is None or not switches:
        return 0
    return max(room_of(f"{title} ({operation} off)") for operation in switches)


def _switched_off(view: View, cards: Sequence[Card]) -> str:
    """The operation, ReLU, that switches a whole neuron off; "" where it is on."""
    off = [card.operation for card in cards if card.switched_off]
    dead = (card.off or card.switched_off or view.role(card) is Role.RESULT for card in cards)
    return off[0] if off and all(dead) else ""


def _add_card(graph: graphviz.Digraph, view: View, card: Card) -> None:
    label = card_label(view, card) if card.fold is None else fold_label(view, card, card.fold)
    graph.node(f"n{card.index}", label=f"<{label}>", id=f"card{card.index}")


def _add_ranks(graph: graphviz.Digraph, view: View, frames: Mapping[Group, Sequence[Card]]) -> None:
    """Keep layers on ranks of their own: without, there is a staircase.

    By edges that are not seen: from the layer before to a layer's leaves, and down along its ends,
    the cards that no other in their frame is computed from.
    """
    passed_on = {arrow.operand for arrow in view.cards.arrows if view.is_inside(arrow)}
    least = "2" if view.has_labels else "1"
    ends: list[Card] = []
    for _, groups in itertools.groupby(frames, lambda group: group.layer):
        layer = [card for group in groups for card in frames[group]]
        for card in layer:
            if ends and card.is_leaf:
                way = f"n{ends[0].index}", f"n{card.index}"
                graph.edge(*way, style="invis", weight="0", minlen=least)
        ends = [card for card in layer if card not in passed_on]
        if view.group(layer[0]) != LOSS:
            _add_column(graph, [f"n{card.index}" for card in ends])


def _add_columns(graph: graphviz.Digraph, view: View) -> None:
    """The inputs, and the neurons of a layer that have a card each, in order."""
    if view.is_folded:
        inputs = (x for x in view.cards.cards if view.groups.of.get(x.node) == INPUTS)
        _add_column(graph, [f"n{card.index}" for card in inputs])
    folds = ((card.fold, card) for card in view.cards.cards if card.fold)
    neurons = {fold.place: card for fold, card in folds if fold.place}
    for _, places in itertools.groupby(sorted(neurons), lambda place: place.layer):
        _add_column(graph, [f"n{neurons[place].index}" for place in places])


def _add_column(graph: graphviz.Digraph, places: Sequence[str]) -> None:
    """One below the other, in order; downwards one beside the other."""
    with graph.subgraph() as rank:
        rank.attr(rank="same")
        for before, after in itertools.pairwise(places):
            rank.edge(before, after, style="invis")
