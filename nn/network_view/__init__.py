"""The textbook view of a network: neurons as circles in columns, weights on the lines between them.

What is shown, where it stands, and how it is drawn are three files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.drawing.picture import Picture, check_size
from autograd.drawing.themes import theme_named
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.notes.profiles import notation_of
from autograd.value import Value
from nn.network import MLP
from nn.network_view.drawn import source
from nn.network_view.names import Names
from nn.network_view.placed import arranged
from nn.network_view.shown import columns_of, lines_of, pass_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["draw_network"]

MOST_LABELLED = 60  # weights; with more the lines are thin and bare
MOST_TALL = 8  # neurons in a column, for the same


def draw_network(
    model: MLP,
    loss: Value | None = None,
    *,
    theme: str = "light",
    title: str = "",
    notation: Notation | str | None = None,
    **shown: Unpack[ShownNumbers],
) -> Picture:
    """The textbook view of a network: a circle for each neuron, its weights on the lines that lead
    to it.

    With `loss`, a root that this model was part of on one sample: the activations too, the
    gradients where they are computed, and ReLUs that are off grey and dashed. The numbers are
    copied now. A bias stands under its neuron, one that a layer shares under the layer's heading.
    `notation` names what the model named by its own; `shown` says how numbers are shown, as
    `decimals=4`: see `autograd.notes.number_style.NumberStyle`.

    In a network of more than 60 weights, or more than 8 neurons in a column, lines are thin and
    have no numbers, as where long names leave no room for them; of more than 16 neurons the first
    seven and the last are shown. Colour is the sign of a weight, width its size.

    >>> model = MLP.from_weights([[[0.5, -0.7]]], [[0.1]], ["relu"])
    >>> draw_network(model, model([1, 2]))
    <Picture of a 2-1 network, light>
    """
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network takes an MLP, not a {type(model).__name__}")
    style = number_style("draw_network", shown, ["theme", "title", "notation"])
    colours = theme_named(theme)
    names = Names(None if notation is None else notation_of(notation))
    sample = None if loss is None else pass_of(model, loss)
    columns = columns_of(model, sample, names, style)
    lines = lines_of(model, columns, names)
    weights = sum(len(layer.neurons) * layer.inputs for layer in model.layers)
    tallest = max(len(column.circles) for column in columns)
    labelled = weights <= MOST_LABELLED and tallest <= MOST_TALL
    placed, labels = arranged(
        columns, [line for line in lines if line.weight is not None], labelled, style
    )
    cards = sum(len(column.circles) for column in placed) + (len(lines) if labels else 0)
    check_size(cards)
    graph = source(placed, lines, labels, colours, title, style)
    sizes = [model.layers[0].inputs, *(len(layer.neurons) for layer in model.layers)]
    of = f"a {'-'.join(map(str, sizes))} network, {theme}"
    return Picture.of_source(graph, of, cards, engine="neato")
