"""The textbook view of a network: neurons as circles in columns, weights on the lines between them.

What is shown (`shown`, `names`, `thinned`), how it is written (`written`, `texts`), where it stands
(`placed`: `circles`, and weights `on_lines` or in `rows`), what of it is known at a moment
(`moments`), how it is drawn (`drawn`), and what it is in words (`told`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograd.drawing.cards.card_view import ALONE, BESIDE
from autograd.drawing.cards.graph_view import LOOK
from autograd.drawing.moments import NOT_KEPT, Kept, Moment, Scene, scene_of, titles
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.sizes import font_scale_of, lessened, part_of_page
from autograd.drawing.themes import Theme, theme_named
from autograd.drawing.training import (
    labels_of,
    recorded_pass,
    recorded_passes,
    same_nodes,
    style_of,
)
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle, ShownNumbers, number_style
from autograd.notes.profiles import notation_of
from autograd.notes.walk import Walk
from autograd.reading import Graph
from autograd.value import Value
from nn.network import MLP
from nn.network_view.drawn import Around, source
from nn.network_view.moments import at_moment
from nn.network_view.names import Names
from nn.network_view.placed import Arranged, arranged
from nn.network_view.rooms import Shown
from nn.network_view.shown import How, columns_of, label_of, lines_of, pass_of
from nn.network_view.thinned import thinned
from nn.network_view.told import left_out, network_in_words
from nn.network_view.written import Writing
from nn.worked import Worked

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["draw_network"]

OPTIONS = (*LOOK, "gradients", "sample")
MOST_LABELLED = 60  # weights; with more the lines are thin and bare
MOST_TALL = 8  # neurons in a column, for the same


def draw_network(
    model: MLP | Worked | Walk,
    loss: Value | Walk | None = None,
    *,
    gradients: bool | None = None,
    theme: str = "light",
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    step: int | tuple[int, int] | None = None,
    sample: int | None = None,
    **shown: Unpack[ShownNumbers],
) -> Picture:
    """The textbook view of a network: a circle for each neuron, its weights on the lines that lead
    to it.

    With `loss`, a root that this model was part of: the activations too, and ReLUs that are off
    grey and dashed; the neurons of a softmax layer have z in them, and below it their share. The
    `gradients` of the loss are shown where they are computed, without a loss none, unless it is
    said; "-" is one that is not computed. Of a loss over several samples, `sample`
    says whose numbers stand in the circles, 1 for the first. The numbers are copied now. A bias
    stands under its neuron, one that a layer shares under the layer's heading. `notation` names
    what the model named by its own, and says which sign biases, objective and gradients have;
    `shown` says how numbers are shown, as `decimals=4`: see
    `autograd.notes.number_style.NumberStyle`.

    What `nn.worked` returns is drawn as its first pass, with what the update makes of each
    parameter; `step=2` is the pass of the second step, or the one after the only update, and
    `step=(1, 2)` has both side by side: each number, and under it what it is after.

    A walk is drawn where it stands: "-" for what is not computed yet, the last number marked, its
    line as the title unless another is given. `draw_network(walk)` takes the walk of a worked
    training; `draw_network(model, walk(loss))` that of a loss, beside the network.

    A weight stands on its line; where some would hit other lines, all stand in rows before the
    circles that they lead to. In a network of more than 60 weights, or more than 8 neurons in a
    column, or where these find no room, lines are thin and parameters and gradients have no
    numbers, as the picture says; of two passes the circles have both numbers. Of more than 16
    neurons the first seven and the last are shown, of more than 60 lines into a layer the largest
    dark. Colour is the sign of a weight, or in a circle of a gradient, width the size. `theme`,
    `background` and `font_scale` are those of `autograd.draw`.

    >>> model = MLP.from_weights([[[0.5, -0.7]]], [[0.1]], ["relu"])
    >>> draw_network(model, model([1, 2]))
    <Picture of a 2-1 network, light>
    """
    style = number_style("draw_network", shown, OPTIONS)
    colours = theme_named(theme, background)
    asked = Asked(notation, step, sample, gradients, style if shown else None)
    if isinstance(model, Walk) or isinstance(loss, Walk):
        drawn = _of_walk(model, loss, asked)
    elif isinstance(model, Worked):
        drawn = _of_training(model, loss, asked)
    else:
        drawn = _of_model(model, loss, asked)
    return _picture(drawn, colours, title, font_scale_of(font_scale))


class Asked(NamedTuple):
    """What is asked for: whose numbers, by which names, and in which style."""

    notation: Notation | str | None
    step: int | tuple[int, int] | None
    sample: int | None
    gradients: bool | None
    style: NumberStyle | None


class Network(NamedTuple):
    """A network with the parameters of a pass, and how it is written."""

    model: MLP
    how: How


class Drawn(NamedTuple):
    """A network in the passes that are laid out alike, and at which place is the one that is drawn;
    of a walk what is known at its moment, and what it keeps of this view.
    """

    passes: Sequence[Network]
    place: int = 0
    moment: Moment | None = None
    words: tuple[str, str] = ALONE
    kept: Kept = NOT_KEPT


def _of_model(model: Any, loss: Value | None, asked: Asked) -> Drawn:
    """A network, with the numbers of a loss if there is one."""
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network takes an MLP, not a {type(model).__name__}")
    if asked.step is not None:
        raise ValueError("step says which pass of nn.worked is drawn: leave it out for a network")
    if asked.sample is not None and loss is None:
        raise ValueError("sample says whose numbers are drawn: give the loss that has them, too")
    notation = model.notation if asked.notation is None else asked.notation
    names, style = Names(notation_of(notation)), asked.style or PLAIN
    if loss is None:
        return Drawn([Network(model, How(names, style, gradients=bool(asked.gradients)))])
    label = label_of(loss, names.notation)
    sample = pass_of(model, label, asked.sample, gradients=asked.gradients)
    return Drawn([Network(model, How(names, style, sample))])


def _of_training(training: Worked, loss: Value | None, asked: Asked) -> Drawn:
    """A network as in one pass of a worked training, or in two."""
    if loss is not None:
        raise ValueError("a worked training has a loss for each pass: give step=2, not a loss")
    recorded = recorded_passes(training, asked.step)
    model = _network_of(training, recorded.graph)
    label = labels_of(training, recorded.graph, asked.notation)
    numbers = pass_of(model, label, asked.sample, recorded.updated, asked.gradients)
    style = asked.style or style_of(training)
    words = BESIDE if isinstance(asked.step, tuple) else ALONE
    return Drawn([Network(model, How(Names(label.notation), style, numbers))], words=words)


def _of_walk(model: Any, loss: Any, asked: Asked) -> Drawn:
    """A network at the moment of a walk, of a loss or of a worked training."""
    walk, network = (model, loss) if loss is None else (loss, model)
    if not isinstance(walk, Walk):
        raise ValueError("a walk has its loss: give draw_network(model, walk), without another")
    if asked.step is not None or asked.notation is not None:
        raise ValueError(
            "a walk has its step and its notation: walk.goto(3), walk(loss, notation='ng')"
        )
    scene = scene_of(walk, asked.style)
    if isinstance(walk.recorded, Worked):
        if network is not None:
            raise ValueError("the walk of a worked training has its network: leave the other out")
    elif network is None:
        raise ValueError("this walk is that of a loss: give its network, draw_network(model, walk)")
    elif not isinstance(network, MLP):
        raise TypeError(f"draw_network takes an MLP, not a {type(network).__name__}")
    shown = scene.moment.backward if asked.gradients is None else bool(asked.gradients)
    kept = Kept(walk, ("network", network, scene.style, repr(asked.sample), shown))
    passes = kept.once("passes", lambda: _passes(walk, scene, network, asked.sample, shown))
    return Drawn(passes, scene.place, scene.moment, kept=kept)


def _passes(
    walk: Walk, scene: Scene, network: MLP | None, sample: int | None, gradients: bool
) -> list[Network]:
    """The network in every pass of a walk."""
    found = []
    for label, updated in scene.passes:
        model = network or _network_of(walk.recorded, label.graph)
        numbers = pass_of(model, label, sample, updated, gradients)
        found.append(Network(model, How(Names(label.notation), scene.style, numbers)))
    return found


def _network_of(training: Worked, graph: Graph) -> MLP:
    """The network of a training with the parameters of a pass."""
    model = training.model
    if not isinstance(model, MLP):
        raise TypeError(
            f"draw_network takes an MLP, and this is the training of a {type(model).__name__}"
        )
    last = recorded_pass(training, len(training.epochs)).graph
    parameters = same_nodes(last, graph)
    copied: MLP = copy.deepcopy(model, {id(p): parameters.get(p, p) for p in model.parameters()})
    return copied


def _picture(drawn: Drawn, colours: Theme, title: str, scale: float) -> Picture:
    (model, how), moment = drawn.passes[drawn.place], drawn.moment
    writing = Writing(how.style, colours, how.gradient_word, drawn.words)
    whole = drawn.kept.once(writing, lambda: _arranged(drawn.passes, writing))[drawn.place]
    circles = sum(len(column.circles) for column in whole.columns)
    cards = circles + len(whole.lines) * bool(whole.labels)
    check_size(cards)
    seen = at_moment(whole, moment)
    scale = lessened(scale, 1 / part_of_page(*whole.size))
    title, said = titles(title, moment, whole.width)
    note = "" if whole.labels else left_out(whole.columns)
    around = Around(title, moment.title_room if moment else 0, note)
    graph = source(whole, seen, writing, around, scale)
    sizes = [model.layers[0].inputs, *(len(layer.neurons) for layer in model.layers)]
    of = f"a {'-'.join(map(str, sizes))} network, {colours.name}"
    alt = network_in_words(seen, writing, of, said, note)
    return Picture.of_source(graph, of, cards, "neato", scale, alt)


def _arranged(passes: Sequence[Network], writing: Writing) -> list[Arranged]:
    """The network in some passes, laid out alike."""
    shown = []
    for model, how in passes:
        columns = columns_of(model, how)
        shown.append(Shown(*thinned(columns, lines_of(model, columns, how))))
    weights = sum(len(layer.neurons) * layer.inputs for layer in passes[0].model.layers)
    tallest = max(len(column.circles) for column in shown[0].columns)
    return arranged(shown, weights <= MOST_LABELLED and tallest <= MOST_TALL, writing)
