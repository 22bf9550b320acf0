"""The textbook view of a network: neurons as circles in columns, weights on the lines between them.

What is shown (`shown`, `names`, `thinned`), how it is written (`written`), where it stands
(`placed`), how it is drawn (`drawn`), and what it is in words (`told`).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograd.drawing.cards.graph_view import LOOK
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.sizes import font_scale_of
from autograd.drawing.themes import Theme, theme_named
from autograd.drawing.training import labels_of, recorded_pass, same_nodes, style_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.notes.profiles import notation_of
from autograd.value import Value
from nn.network import MLP
from nn.network_view.drawn import source
from nn.network_view.names import Names
from nn.network_view.placed import arranged
from nn.network_view.shown import How, columns_of, label_of, lines_of, pass_of
from nn.network_view.thinned import thinned
from nn.network_view.told import network_in_words
from nn.network_view.written import Writing
from nn.worked import Worked

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["draw_network"]

OPTIONS = (*LOOK, "gradients", "sample")
MOST_LABELLED = 60  # weights; with more the lines are thin and bare
MOST_TALL = 8  # neurons in a column, for the same


def draw_network(
    model: MLP | Worked,
    loss: Value | None = None,
    *,
    gradients: bool | None = None,
    theme: str = "light",
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    step: int | None = None,
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
    parameter; `step=2` is the pass of the second step, or the one after the only update.

    In a network of more than 60 weights, or more than 8 neurons in a column, lines are thin and
    have no numbers, as where these find no room; of more than 16 neurons the first seven and the
    last are shown, of more than 60 lines into a layer the largest dark. Colour is the sign of a
    weight, width its size. `theme`, `background` and `font_scale` are those of `autograd.draw`.

    >>> model = MLP.from_weights([[[0.5, -0.7]]], [[0.1]], ["relu"])
    >>> draw_network(model, model([1, 2]))
    <Picture of a 2-1 network, light>
    """
    style = number_style("draw_network", shown, OPTIONS)
    colours = theme_named(theme, background)
    asked = Asked(notation, step, sample, gradients)
    if isinstance(model, Worked):
        network, how = _of_training(model, loss, asked)
        how = how._replace(style=style if shown else style_of(model))
    else:
        network, how = _of_model(model, loss, asked)
        how = how._replace(style=style)
    return _picture(network, how, colours, title, font_scale_of(font_scale))


class Asked(NamedTuple):
    """What is asked for: whose numbers, and by which names."""

    notation: Notation | str | None
    step: int | None
    sample: int | None
    gradients: bool | None


def _of_model(model: Any, loss: Value | None, asked: Asked) -> tuple[MLP, How]:
    """A network, and how it is written, with the numbers of a loss if there is one."""
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network takes an MLP, not a {type(model).__name__}")
    if asked.step is not None:
        raise ValueError("step says which pass of nn.worked is drawn: leave it out for a network")
    if asked.sample is not None and loss is None:
        raise ValueError("sample says whose numbers are drawn: give the loss that has them, too")
    notation = model.notation if asked.notation is None else asked.notation
    names = Names(notation_of(notation))
    if loss is None:
        return model, How(names, gradients=bool(asked.gradients))
    label = label_of(loss, names.notation)
    return model, How(names, sample=pass_of(model, label, asked.sample, gradients=asked.gradients))


def _of_training(training: Worked, loss: Value | None, asked: Asked) -> tuple[MLP, How]:
    """A network as in one pass of a worked training, and how it is written."""
    if loss is not None:
        raise ValueError("a worked training has a loss for each pass: give step=2, not a loss")
    model = training.model
    if not isinstance(model, MLP):
        raise TypeError(
            f"draw_network takes an MLP, and this is the training of a {type(model).__name__}"
        )
    recorded = recorded_pass(training, asked.step)
    last = recorded_pass(training, len(training.epochs)).graph
    parameters = same_nodes(last, recorded.graph)
    model = copy.deepcopy(model, {id(p): parameters.get(p, p) for p in model.parameters()})
    label = labels_of(training, recorded.graph, asked.notation)
    numbers = pass_of(model, label, asked.sample, recorded.updated, asked.gradients)
    return model, How(Names(label.notation), sample=numbers)


def _picture(model: MLP, how: How, colours: Theme, title: str, scale: float) -> Picture:
    columns = columns_of(model, how)
    columns, lines = thinned(columns, lines_of(model, columns, how))
    weights = sum(len(layer.neurons) * layer.inputs for layer in model.layers)
    tallest = max(len(column.circles) for column in columns)
    labelled = weights <= MOST_LABELLED and tallest <= MOST_TALL
    writing = Writing(how.style, colours, how.gradient_word)
    placed, labels = arranged(
        columns, [line for line in lines if line.weight is not None], labelled, writing
    )
    cards = sum(len(column.circles) for column in placed) + (len(lines) if labels else 0)
    check_size(cards)
    graph = source(placed, lines, labels, writing, title, scale)
    sizes = [model.layers[0].inputs, *(len(layer.neurons) for layer in model.layers)]
    of = f"a {'-'.join(map(str, sizes))} network, {colours.name}"
    alt = network_in_words(placed, [line for line, _ in labels], writing, of, title)
    return Picture.of_source(graph, of, cards, "neato", scale, alt)
