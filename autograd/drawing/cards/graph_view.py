"""The graph view: one card per Value, arrows forward or the gradient's way back.

The operation is folded into its result's card. Neurons, inputs and loss are framed; of a large
graph one card stands for several nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograd.drawing.alternatives import cards_in_words
from autograd.drawing.cards.card import cards_of, local_or_undefined
from autograd.drawing.cards.card_layout import source
from autograd.drawing.cards.card_view import ALONE, BESIDE, View
from autograd.drawing.cards.fold_choice import Unfolded, estimated, folded_view
from autograd.drawing.labels import counted
from autograd.drawing.moments import NOT_KEPT, Kept, Moment, cards_at, scene_of, titles
from autograd.drawing.neurons import groups_of
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.signs import gradient_word
from autograd.drawing.sizes import font_scale_of
from autograd.drawing.themes import Theme, theme_named
from autograd.drawing.training import Training, labels_of, recorded_passes, style_of
from autograd.notes.labels import Labels, every_node
from autograd.notes.line_choice import LineChoice
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle, ShownNumbers, number_style
from autograd.notes.walk import Walk
from autograd.reading import Graph, Value

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOOK = ("theme", "background", "font_scale", "title", "notation", "step")
UNDER_TITLE = 0.85  # of the width that is estimated, so that a title makes no picture wider
OPTIONS = ("backward", "fold", "direction", "highlight", *LOOK)


def draw(
    root: Value | Graph | Training | Walk,
    *,
    backward: bool | None = None,
    theme: str = "light",
    fold: Literal["auto", "unnamed", "neurons", "layers", "series", "runs", False] = "auto",
    direction: Literal["right", "down"] | None = None,
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

    A graph that has no room on a page of 1,600 x 1,200 points, or too many arrows to follow, is
    folded, as far as it must be; what is folded says so. `fold` says how far: "unnamed" writes
    nodes without a name in the formula of what they are computed for, "neurons" has one card for
    each, with the z and a of all samples, "layers" one for each layer, "series" one for names that
    differ in a number (h_1, h_2, ...), "runs" cuts a long graph into parts; False folds nothing,
    has what size it takes, and arrows may then pass through a heading. Of many numbers the smallest
    and the largest are shown. What is too long from left to right goes from top to bottom, unless
    `direction`, "right" or "down", says otherwise.

    Names and signs are those of the notation: a bias that is subtracted, an objective that is
    maximised, gradients of -loss, which are headed -grad.

    With `highlight` the paths by which the gradient arrives in that node stand out, and the others
    are faint: those that `paths` writes out, but for those that are off, by which none arrives. A
    card of several nodes that holds it says so. A ValueError for a node that is not in the graph.

    What `nn.worked` returns is drawn as its first pass, with what the update makes of each
    parameter; `step=2` is the pass of the second step, or the one after the only update, and
    `step=(1, 2)` has both side by side: each number before and after.

    A walk is drawn where it stands: "-" for what is not computed yet, the way back where gradients
    have gone it, the card of the last step framed, and its line as the title unless another is
    given. It is folded alike at every step; a line of several nodes has its numbers when all of
    them are known.

    A ValueError for a graph whose leaves were set after the forward pass, for a picture of more
    than 2000 cards or 10,000 arrows, and for a graph of ten times as many.

    >>> x = Value(3, "x")
    >>> y = x**2 + 2 * x
    >>> y.backward()
    >>> draw(y, title="y = x^2 + 2x"), draw(y, fold="unnamed")
    (<Picture of 4 cards, backward, light>, <Picture of 2 cards, 2 unnamed nodes folded, ...>)
    >>> draw(y, backward=False).save("y.svg")  # doctest: +SKIP
    """
    style = number_style("draw", shown, OPTIONS)
    colours = theme_named(theme, background)
    drawn = drawn_of("draw", root, step, notation, style if shown else None)
    graph = drawn.label.graph
    way_back = drawn.has_gradients if backward is None else backward
    path = path_to(highlight, graph)
    check_size(len(graph.order), graph.uses.total(), whole=True)
    scale = font_scale_of(font_scale)

    def whole() -> tuple[View, str]:
        unfolded = _unfolded(drawn, colours, way_back, scale)
        of_highlight = next((x for x in unfolded.cards.cards if x.node is highlight), None)
        unfolded = replace(unfolded, path=path, highlight=of_highlight)
        passes = [Unfolded(unfolded, drawn.label)]
        for each in drawn.others:
            passes.append(Unfolded(_unfolded(each, colours, way_back, scale), each.label))
        return folded_view(passes, fold, direction)

    key = (drawn.label, way_back, colours, repr(fold), repr(direction), scale, highlight)
    view, folded = drawn.kept.once(key, whole)
    if drawn.moment is not None:
        at_moment = cards_at(view.cards, drawn.moment, way_back)
        view = replace(view, cards=at_moment, moment=drawn.moment)
    title, said = titles(title, drawn.moment, UNDER_TITLE * estimated(view)[0] / view.font_scale)
    cards = len(view.cards.cards)
    of = f"{counted(cards, 'card')}, {folded}{'backward' if way_back else 'forward'}, {theme}"
    alt = cards_in_words(view, of, said)
    return Picture.of_source(source(view, title), of, cards, font_scale=view.font_scale, alt=alt)


class Drawn(NamedTuple):
    """What is drawn: a labelled graph, its numbers in a style, and what parameters became.

    `others` are the other passes of a walk, which it is laid out alike with; `kept` is what the
    pictures of the walk share.
    """

    label: Labels
    updated: Mapping[Value, Any]
    style: NumberStyle
    moment: Moment | None = None
    words: tuple[str, str] = ALONE
    others: Sequence[Drawn] = ()
    kept: Kept = NOT_KEPT

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
        scene = scene_of(root, style)
        others = [
            Drawn(*each, scene.style, moment=scene.moment)
            for each in scene.passes
            if each.label is not scene.label
        ]
        kept = Kept(root, (reader, scene.style))
        return Drawn(
            scene.label, scene.updated, scene.style, scene.moment, others=others, kept=kept
        )
    if isinstance(root, Training):
        recorded = recorded_passes(root, step)
        label = labels_of(root, recorded.graph, notation)
        words = BESIDE if isinstance(step, tuple) else ALONE
        return Drawn(label, recorded.updated, style or style_of(root), words=words)
    if not isinstance(root, (Value, Graph)):
        kind = type(root).__name__
        raise TypeError(f"{reader} takes one Value, the root of a graph, not a {kind}")
    if step is not None:
        raise ValueError("step says which pass of nn.worked is drawn: leave it out for one graph")
    return Drawn(every_node(root, notation), {}, style or PLAIN)


def path_to(highlight: Value | None, graph: Graph) -> frozenset[Value]:
    """A node, and those on the paths by which a gradient arrives in it; none without one."""
    if highlight is None:
        return frozenset()
    if highlight.__class__ is not Value:
        kind = type(highlight).__name__
        raise TypeError(f"highlight is one Value of the graph, as find(root, 'w')[0], not a {kind}")
    LineChoice(wrt=highlight).require_sources(graph)
    found = {highlight}
    for node in graph.order:
        if not graph.is_given(node):
            each = zip(node.operands, local_or_undefined(graph, node), strict=True)
            if any(x in found and local is not None for x, local in each if graph.has(x)):
                found.add(node)
    return frozenset({highlight, *(found & graph.live)})


def _unfolded(drawn: Drawn, theme: Theme, backward: bool, scale: float) -> View:
    """The view of every node."""
    label, graph = drawn.label, drawn.label.graph
    cards = cards_of(graph, label, drawn.style, drawn.shown_updated(backward))
    groups = groups_of(graph.order, label.notation, list(filter(graph.is_given, graph.order)))
    word = gradient_word(label)
    return View(
        cards,
        groups,
        theme,
        backward,
        style=drawn.style,
        gradient_word=word,
        moment=drawn.moment,
        words=drawn.words,
        font_scale=scale,
    )
