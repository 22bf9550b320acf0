"""The graph view: one card per Value, left to right, arrows forward or the gradient's way back.

The operation is folded into its result's card. Neurons, inputs and loss are framed, on ranks of
their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import graphviz

from autograd.drawing.alternatives import cards_in_words
from autograd.drawing.arrow_view import add_arrow, label_places
from autograd.drawing.card_view import ALONE, BESIDE, SMALL, View, card_label
from autograd.drawing.cards import Card, Cards, cards_of
from autograd.drawing.labels import font, heading
from autograd.drawing.moments import Moment, cards_at, scene_of, titles
from autograd.drawing.neurons import INPUTS, LOSS, Group, Role, groups_of
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.signs import gradient_word
from autograd.drawing.themes import largest_magnitude, theme_named
from autograd.drawing.training import Training, labels_of, recorded_passes, style_of
from autograd.notes.labels import Labels, every_node
from autograd.notes.line_choice import LineChoice
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle, ShownNumbers, number_style
from autograd.notes.walk import Walk
from autograd.reading import Graph, Value

if TYPE_CHECKING:
    from typing_extensions import Unpack

FONT = "Helvetica"
Members = dict[Group, list[Card]]
LOOK = ("theme", "background", "font_scale", "title", "notation", "step")
OPTIONS = ("backward", "highlight", *LOOK)


def draw(
    root: Value | Graph | Training | Walk,
    *,
    backward: bool | None = None,
    theme: str = "light",
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    step: int | tuple[int, int] | None = None,
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
    parameter; `step=2` is the pass of the second step, or the one after the only update, and
    `step=(1, 2)` has both side by side: each number before and after.

    A walk is drawn where it stands: "-" for what is not computed yet, the way back where gradients
    have gone it, the card of the last step framed, and its line as the title unless another is
    given.

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
    check_size(len(graph.order), graph.uses.total())
    way_back = drawn.has_gradients if backward is None else backward
    cards = cards_of(graph, drawn.label, drawn.style, drawn.shown_updated(way_back))
    largest, moment = _largest(cards), drawn.moment
    if moment is not None:
        cards = cards_at(cards, moment, way_back)
    title, said = titles(title, moment)
    groups = groups_of(graph.order, drawn.label.notation, list(filter(graph.is_given, graph.order)))
    word = gradient_word(drawn.label)
    path = _path_to(highlight, graph)
    view = View(
        cards, groups, colours, way_back, largest, drawn.style, word, path, moment, drawn.words
    )
    of = f"{len(cards.cards)} cards, {'backward' if way_back else 'forward'}, {theme}"
    alt = cards_in_words(view, of, said)
    return Picture.of_source(
        source(view, title), of, len(cards.cards), font_scale=font_scale, alt=alt
    )


class Drawn(NamedTuple):
    """What is drawn: a labelled graph, its numbers in a style, and what parameters became."""

    label: Labels
    style: NumberStyle
    updated: Mapping[Value, Any]
    moment: Moment | None = None
    words: tuple[str, str] = ALONE

    def shown_updated(self, backward: bool) -> Mapping[Value, Any]:
        """What is shown of the updates: with gradients, or beside another pass."""
        return self.updated if backward or self.words == BESIDE else {}

    @property
    def has_gradients(self) -> bool:
        """Whether gradients are shown, unless told otherwise."""
        if self.moment is not None:
            return self.moment.backward
        graph = self.label.graph
        return graph.gradients[graph.root] is not None


def drawn_of(
    reader: str,
    root: Any,
    step: int | tuple[int, int] | None,
    notation: Notation | str | None,
    style: NumberStyle | None,
) -> Drawn:
    """The graph of a root, or of a pass of a worked training in the style of its lines, or of a
    walk where it stands.

    A TypeError or ValueError says what the `reader` takes.
    """
    if isinstance(root, Walk):
        if step is not None or notation is not None:
            raise ValueError(
                "a walk has its step and its notation: walk.goto(3), walk(loss, notation='ng')"
            )
        return Drawn(*scene_of(root, style))
    if isinstance(root, Training):
        recorded = recorded_passes(root, step)
        label = labels_of(root, recorded.graph, notation)
        words = BESIDE if isinstance(step, tuple) else ALONE
        return Drawn(label, style or style_of(root), recorded.updated, words=words)
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


def _largest(cards: Cards) -> float:
    """The largest |gradient| other than the root's, which is 1 by definition."""
    others = [card.gradient for card in cards.cards[:-1]]
    return largest_magnitude(others) or largest_magnitude([cards.cards[-1].gradient])


def source(view: View, title: str) -> str:
    """The picture's DOT source, its names marked."""
    graph = _empty(view, title)
    members: Members = {}
    alone = []
    for card in view.cards.cards:
        group = view.group(card)
        if group is None:
            alone.append(card)
        else:
            members.setdefault(group, []).append(card)
    for group in sorted(members):
        _add_cluster(graph, view, group, members[group])
    for card in alone:
        _add_card(graph, view, card)
    for arrow, place in zip(view.cards.arrows, label_places(view), strict=True):
        add_arrow(graph, view, arrow, place)
    for card in view.cards.cards:
        for leaf in view.own_leaves(card):
            slot = f"n{card.index}:o{leaf.index}"
            graph.edge(f"n{leaf.index}", slot, style="invis", weight="0")
    _add_ranks(graph, view, members)
    return str(graph.source)


def _empty(view: View, title: str) -> graphviz.Digraph:
    """A picture without a card: its title, and what holds for all cards and arrows."""
    theme = view.theme
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(
        rankdir="LR",
        nodesep=".14",
        ranksep=_rank_gap(view),
        newrank="true",
        bgcolor=theme.page,
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
        text = heading(title, theme.text, view.moment.title_room if view.moment else 0)
        graph.attr(label=f"<{text}>", labelloc="t", labeljust="l")
    return graph


def _rank_gap(view: View) -> str:
    """Inches between ranks: in the backward view the longest local derivative has room there."""
    if not view.backward:
        return ".42"
    lengths = [len(arrow.local) + 1 for arrow in view.cards.arrows if arrow.local != "1"]
    if view.moment is not None:
        lengths = [view.moment.length + len("*()")]  # at every step
    return f"{min(1.6, 0.3 + 0.09 * max(lengths, default=0)):.2f}"


def _add_cluster(graph: graphviz.Digraph, view: View, group: Group, cards: Sequence[Card]) -> None:
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
        )
        cluster.attr(fillcolor=theme.cluster, color=theme.cluster_border)
        # dot stacks a neuron's parameters from below.
        for card in cards if inputs else reversed(cards):
            _add_card(cluster, view, card)


def _switched_off(view: View, cards: Sequence[Card]) -> str:
    """The operation, ReLU, that switches a whole neuron off; "" where it is on."""
    off = [card.operation for card in cards if card.switched_off]
    dead = (card.off or card.switched_off or view.role(card) is Role.RESULT for card in cards)
    return off[0] if off and all(dead) else ""


def _add_card(graph: graphviz.Digraph, view: View, card: Card) -> None:
    graph.node(f"n{card.index}", label=f"<{card_label(view, card)}>", id=f"card{card.index}")


def _add_ranks(graph: graphviz.Digraph, view: View, members: Members) -> None:
    """Keep layers on ranks of their own: without, there is a staircase.

    By edges that are not seen: from the layer before to a layer's leaves, and down along its ends,
    the cards that no other in their frame is computed from.
    """
    passed_on = {
        arrow.operand
        for arrow in view.cards.arrows
        if view.group(arrow.operand) == view.group(arrow.result)
    }
    ends: list[Card] = []
    for _, groups in itertools.groupby(sorted(members), lambda group: group.layer):
        layer = [card for group in groups for card in members[group]]
        for card in layer:
            if ends and card.is_leaf:
                graph.edge(f"n{ends[0].index}", f"n{card.index}", style="invis", weight="0")
        ends = [card for card in layer if card not in passed_on]
        if view.group(layer[0]) != LOSS:
            _add_column(graph, ends)


def _add_column(graph: graphviz.Digraph, cards: Sequence[Card]) -> None:
    """One below the other, in order."""
    with graph.subgraph() as rank:
        rank.attr(rank="same")
        for above, below in itertools.pairwise(cards):
            rank.edge(f"n{above.index}", f"n{below.index}", style="invis")
