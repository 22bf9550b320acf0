"""The graph view: one card per Value, left to right, arrows forward or the gradient's way back.

The operation is folded into its result's card. Neurons, inputs and loss are framed, on ranks of
their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import graphviz

from autograd.drawing.arrow_view import add_arrow
from autograd.drawing.card_view import View, card_label
from autograd.drawing.cards import Arrow, Card, cards_of
from autograd.drawing.fold_choice import folded_view
from autograd.drawing.fold_view import fold_label
from autograd.drawing.labels import font
from autograd.drawing.neurons import INPUTS, LOSS, Group, Role, groups_of
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.signs import gradient_word
from autograd.drawing.themes import Theme, theme_named
from autograd.drawing.training import Training, labels_of, recorded_pass, style_of
from autograd.notes.labels import Labels, every_node
from autograd.notes.line_choice import LineChoice
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle, ShownNumbers, number_style
from autograd.reading import Graph, Value

if TYPE_CHECKING:
    from typing_extensions import Unpack

FONT = "Helvetica"
FEW = 20  # arrows that need little room to part
Members = dict[Group | None, list[Card]]
Numbered = tuple[int, Arrow]
LOOK = ("theme", "background", "font_scale", "title", "notation", "step")
OPTIONS = ("backward", "fold", "direction", "highlight", *LOOK)


def draw(
    root: Value | Graph | Training,
    *,
    backward: bool | None = None,
    theme: str = "light",
    fold: Literal["auto", "unnamed", "neurons", "layers", "series", "runs", False] = "auto",
    direction: Literal["right", "down"] | None = None,
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    step: int | None = None,
    highlight: Value | None = None,
    **shown: Unpack[ShownNumbers],
) -> Picture:
    """A picture of the graph that `root` was computed by, with its numbers as they are now.

    The backward view has the arrows reversed: the colour is the gradient's sign, the width its
    size, and the local derivative stands on the arrow where it is not 1. Without `backward` it is
    drawn where gradients are computed. What only ReLUs that are off (or other sides not taken) lead
    to is grey and dashed. `shown` says how numbers are shown, as `decimals=4`: see `NumberStyle`.

    Themes: light, dark; `background="transparent"` lets the page show through. `font_scale=1.5`
    makes every text larger by half, and lays the picture out by that.

    Names and signs are those of the notation: a bias that is subtracted, an objective that is
    maximised, gradients of -loss, which are headed -grad.

    With `highlight` the paths by which the gradient arrives in that node stand out, and the others
    are faint: those that `paths` writes out. A ValueError for a node that is not in the graph.

    What `nn.worked` returns is drawn as its first pass, with what the update makes of each
    parameter; `step=2` is the pass of the second step, or the one after the only update.

    A ValueError for a graph whose leaves were set after the forward pass, and for one of more than
    2000 nodes or 10,000 arrows.

    >>> x = Value(3, "x")
    >>> y = x**2 + 2 * x
    >>> y.backward()
    >>> draw(y, title="y = x^2 + 2x")
    <Picture of 4 cards, backward, light>
    >>> draw(y, backward=False).save("y.svg")  # doctest: +SKIP
    """
    style = number_style("draw", shown, OPTIONS)
    colours = theme_named(theme, background)
    drawn = drawn_of("draw", root, step, notation, style if shown else None)
    graph = drawn.label.graph
    way_back = graph.gradients[graph.root] is not None if backward is None else backward
    path = _path_to(highlight, graph)
    check_size(len(graph.order), graph.uses.total(), whole=True)
    unfolded = _unfolded(drawn, colours, way_back, path)
    view, folded = folded_view(unfolded, drawn.label, fold, direction)
    cards = len(view.cards.cards)
    of = f"{cards} cards, {folded}{'backward' if way_back else 'forward'}, {theme}"
    return Picture.of_source(source(view, title), of, cards, font_scale=font_scale)


class Drawn(NamedTuple):
    """What is drawn: a labelled graph, its numbers in a style, and what parameters became."""

    label: Labels
    style: NumberStyle
    updated: Mapping[Value, Any]


def drawn_of(
    reader: str,
    root: Any,
    step: int | None,
    notation: Notation | str | None,
    style: NumberStyle | None,
) -> Drawn:
    """The graph of a root, or of a pass of a worked training in the style of its lines.

    A TypeError or ValueError says what the `reader` takes.
    """
    if isinstance(root, Training):
        recorded = recorded_pass(root, step)
        label = labels_of(root, recorded.graph, notation)
        return Drawn(label, style or style_of(root), recorded.updated)
    if not isinstance(root, (Value, Graph)):
        kind = type(root).__name__
        raise TypeError(f"{reader} takes one Value, the root of a graph, not a {kind}")
    if step is not None:
        raise ValueError("step says which pass of nn.worked is drawn: leave it out for one graph")
    return Drawn(every_node(root, notation), style or PLAIN, {})


def _path_to(highlight: Value | None, graph: Graph) -> frozenset[Value]:
    """The nodes on the paths from the root to a node; none without one."""
    if highlight is None:
        return frozenset()
    if highlight.__class__ is not Value:
        kind = type(highlight).__name__
        raise TypeError(f"highlight is one Value of the graph, as find(root, 'w')[0], not a {kind}")
    LineChoice(wrt=highlight).require_sources(graph)
    return frozenset(graph.depending(highlight))


def _unfolded(drawn: Drawn, theme: Theme, backward: bool, path: frozenset[Value]) -> View:
    """The view of every node."""
    label, graph = drawn.label, drawn.label.graph
    cards = cards_of(graph, label, drawn.style, drawn.updated if backward else {})
    groups = groups_of(graph.order, label.notation, list(filter(graph.is_given, graph.order)))
    word = gradient_word(label)
    return View(cards, groups, theme, backward, style=drawn.style, gradient_word=word, path=path)


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
        ranksep=_rank_gap(view),
        newrank="true",
        bgcolor=theme.page,
        pad=".15",
    )
    graph.attr(fontname=FONT, fontsize="11", fontcolor=theme.muted)
    graph.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=theme.text)
    graph.attr("edge", color=theme.line, arrowsize=".6")
    if title:
        text = font(title, size=14, colour=theme.text, bold=True)
        graph.attr(label=f"<{text}>", labelloc="t", labeljust="l")
    return graph


def _rank_gap(view: View) -> str:
    """Inches between ranks; with labels between cards there are twice as many."""
    if not view.has_labels:
        return ".42"
    crowd = len(view.cards.arrows) - FEW if view.is_folded else 0
    return f"{min(0.6, 0.26 + 0.02 * max(0, crowd)):.2f}"


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
    with graph.subgraph(name=f"cluster_{group.layer}_{group.neuron}") as cluster:
        cluster.attr(
            label=f"<{font(title, colour=colour)}>",
            labeljust="l" if inputs else "r",
            style="rounded,filled",
            margin="8",
            labelloc="b" if view.down and group == LOSS else "t",
        )
        cluster.attr(fillcolor=theme.cluster, color=theme.cluster_border)
        # dot stacks a neuron's parameters from below.
        for card in cards if inputs else reversed(cards):
            _add_card(cluster, view, card)
        for number, arrow in arrows:
            add_arrow(cluster, view, arrow, number)


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
            _add_column(graph, ends)


def _add_columns(graph: graphviz.Digraph, view: View) -> None:
    """The neurons of a layer that have a card each, in order."""
    folds = ((card.fold, card) for card in view.cards.cards if card.fold)
    neurons = {fold.place: card for fold, card in folds if fold.place}
    for _, places in itertools.groupby(sorted(neurons), lambda place: place.layer):
        _add_column(graph, [neurons[place] for place in places])


def _add_column(graph: graphviz.Digraph, cards: Sequence[Card]) -> None:
    """One below the other, in order."""
    with graph.subgraph() as rank:
        rank.attr(rank="same")
        for above, below in itertools.pairwise(cards):
            rank.edge(f"n{above.index}", f"n{below.index}", style="invis")
