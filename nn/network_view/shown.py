"""What is shown: columns of circles, the lines between them, and what is written in and under
them; copied from the model, and from the graph of a loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.drawing.labels import formula_lines
from autograd.drawing.scripts import marked
from autograd.drawing.signs import gradient_word, named_term, negated, shown_gradient, shown_value
from autograd.notes.expressions import Pen, negative, write
from autograd.notes.labels import Labels, every_node
from autograd.notes.notation import Notation
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.notes.samples import samples_of
from autograd.reading import Graph, Value, dot, printable
from nn.layers import Layer, Neuron
from nn.network import MLP
from nn.network_view.names import Names

MOST_SHOWN = 16  # neurons in a column; of more the first seven and the last are shown
FIRST_SHOWN = 7
MOST_TARGETS = 4  # of more their number is shown
MOST_FOLDED = 40  # results in the formula of a loss


class Point(NamedTuple):
    """A place in the picture, in inches; y points up."""

    x: float
    y: float


class Note(NamedTuple):
    """What is written of a parameter, a target or a share: its name, marked, and its numbers, as
    they are shown, "-" for one that is not computed; a text alone where it has none.

    `node` is what it is written of; at a moment `now` says which of its numbers came last.
    """

    name: str
    number: Any = None
    gradient: Any = None
    updated: Any = None  # what the number becomes by an update
    has_gradient: bool = False  # whether it is shown
    has_update: bool = False
    node: Value | None = None
    now: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is a text alone."""
        return self.node is None


ORIGIN = Point(0, 0)


@dataclass(frozen=True, slots=True)
class Circle:
    """One neuron or input: what is written in it, and under it the bias or the targets.

    `node` is what its numbers are of, `preactivation` what that is computed from; at a moment
    `now` says which of the numbers came last, and it `is_now` where that is one of either.
    """

    key: str
    name: str
    value: str = ""
    gradient: Any = None
    below: tuple[Note, ...] = ()
    kind: str = "neuron"  # or input, loss, ellipsis
    off: bool = False
    at: Point = ORIGIN
    has_gradient: bool = False
    updated: str = ""  # what the number is in another pass, "" without one
    node: Value | None = None
    preactivation: Value | None = None
    now: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One connection; without a weight it leads to the loss."""

    start: str
    end: str
    weight: Note | None = None
    off: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A layer: its heading, the bias that its neurons share, and its circles from the top."""

    heading: str
    circles: tuple[Circle, ...]
    shared: Note | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One sample's way through the model, found in the loss's graph by the identity of the
    parameters; `updated` is what they become by an update, or what all is in another pass. The
    neurons of a softmax layer have no activation of their own, but `shares` of it, as far as the
    loss uses them.
    """

    label: Labels
    inputs: tuple[Any, ...]
    preactivations: Mapping[Neuron, Value]
    activations: Mapping[Neuron, Value]
    shares: Mapping[Neuron, Value]
    targets: tuple[Value, ...]
    updated: Mapping[Value, Any]
    has_gradients: bool

    @property
    def graph(self) -> Graph:
        return self.label.graph

    def note(self, node: Value) -> Note:
        """What is written of a leaf, or of a share."""
        label = self.label
        return Note(
            marked(label(node)),
            shown_value(label, node),
            self._gradient(node),
            self._updated(node),
            self.has_gradients,
            node in self.updated,
            node,
        )

    def circle(self, key: str, node: Value, style: NumberStyle, **more: Any) -> Circle:
        """The circle of a node."""
        return Circle(
            key,
            self.label.unescaped(node),
            style.short(shown_value(self.label, node)),
            self._gradient(node),
            has_gradient=self.has_gradients,
            updated=style.short(self._updated(node)) if node in self.updated else "",
            node=node,
            **more,
        )

    def _updated(self, node: Value) -> Any:
        return negated(self.updated.get(node), self.label.is_negated(node))

    def _gradient(self, node: Value) -> Any:
        return shown_gradient(self.label, node) if self.has_gradients else None


class How(NamedTuple):
    """How names and numbers are written, and whose: of a sample, or of the model alone, then with
    the `gradients` that its parameters have if they are asked for.
    """

    names: Names
    style: NumberStyle = PLAIN
    sample: Pass | None = None
    gradients: bool = False

    def note(self, parameter: Value) -> Note:
        """What is written of a parameter."""
        if self.sample is not None and self.sample.graph.has(parameter):
            return self.sample.note(parameter)
        name = parameter.name
        number = self.names.value(name, parameter.data)
        gradient = self.names.gradient(name, parameter.grad) if self.gradients else None
        return Note(
            marked(self.names(name)), number, gradient, None, self.gradients, node=parameter
        )

    @property
    def gradient_word(self) -> str:
        """What stands before a gradient."""
        return gradient_word(self.sample.label) if self.sample else self.names.gradient_word


# --- one sample in the graph of its loss ----------------------------------------------------------


def label_of(loss: Value, notation: Notation) -> Labels:
    """The labels of the graph of a loss."""
    if not isinstance(loss, (Value, Graph)):
        raise TypeError(f"draw_network takes one Value as the loss, not a {type(loss).__name__}")
    return every_node(loss, notation)


def pass_of(
    model: MLP,
    label: Labels,
    number: int | None = None,
    updated: Mapping[Value, Any] = MappingProxyType({}),
    gradients: bool | None = None,
) -> Pass:
    """The model's neurons in the labelled graph of a loss, of one sample of several by its number.

    Gradients are shown where that of the loss is computed, unless it is said. A ValueError unless
    it was computed by this model on that sample.
    """
    graph = label.graph
    preactivations = _preactivations(model, graph.order, number)
    first = model.layers[0]
    inputs = preactivations[first.neurons[0]].operands[first.inputs : 2 * first.inputs]
    known = {*model.parameters(), *(x for x in inputs if isinstance(x, Value))}
    samples = samples_of(graph.order)
    own = samples.get(preactivations[first.neurons[0]])
    of_sample = [node for node in graph.order if samples.get(node, own) == own]
    targets = tuple(node for node in of_sample if graph.is_given(node) and node not in known)
    activations = _activations(preactivations, of_sample)
    shares = _shares(model, of_sample)
    shown = graph.gradients[graph.root] is not None if gradients is None else gradients
    return Pass(label, inputs, preactivations, activations, shares, targets, updated, shown)


def _preactivations(model: MLP, nodes: Sequence[Value], number: int | None) -> dict[Neuron, Value]:
    """The node of each neuron's z in one sample: a dot of its own weights and its bias.

    Neurons of the very same parameters have their nodes in the order of the network.
    """
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    computed: dict[tuple[int, ...], list[Value]] = {}
    for node in nodes:
        if node.operation is dot:
            weights, _, bias = dot.parts(node.operands)
            computed.setdefault(tuple(map(id, (*weights, *bias))), []).append(node)
    keys = {neuron: tuple(map(id, neuron._places())) for neuron in neurons}
    alike = Counter(keys.values())
    places: dict[tuple[int, ...], Iterator[Value]] = {}
    for neuron, key in keys.items():
        found = computed.get(key, [])
        start = _start(neuron, len(found), alike[key], number)
        places.setdefault(key, iter(found[start:]))
    return {neuron: next(places[key]) for neuron, key in keys.items()}


def _start(neuron: Neuron, found: int, alike: int, number: int | None) -> int:
    """Where a sample's nodes begin among those found of a neuron, and of others alike."""
    name = printable(neuron.preactivation_name)
    if found < alike:
        raise ValueError(
            f"the loss was not computed by this model: no node is {name} of its weights"
        )
    samples = -(-found // alike)
    if number is None and samples > 1:
        raise ValueError(
            f"the loss was computed on {samples} samples ({name} occurs {samples} times): draw the "
            "loss of one sample, or say which one is drawn, as sample=1"
        )
    number = 1 if number is None else number
    if number.__class__ is not int or not 1 <= number <= samples:
        raise ValueError(f"sample is one of 1 to {samples}, as many as there are: got {number!r}")
    return (number - 1) * alike


def _activations(
    preactivations: Mapping[Neuron, Value], nodes: Sequence[Value]
) -> dict[Neuron, Value]:
    """The node of each neuron's a: that of its z where it has none of its own."""
    activations = dict(preactivations)
    neuron_of = {z: neuron for neuron, z in preactivations.items()}
    for node in nodes:
        if len(node.operands) == 1 and node.operands[0].__class__ is Value:
            neuron = neuron_of.get(node.operands[0])
            if neuron is not None and node.operation is neuron.activation:
                activations[neuron] = node
    return activations


def _shares(model: MLP, nodes: Sequence[Value]) -> dict[Neuron, Value]:
    """The share that each neuron of a softmax layer has, found by its name."""
    shares = {}
    for layer in model.layers:
        for neuron in layer.neurons if layer.softmax else ():
            found = [node for node in nodes if node.name == neuron.activation_name]
            if len(found) == 1:
                shares[neuron] = found[0]
    return shares


# --- columns and lines ----------------------------------------------------------------------------


def columns_of(model: MLP, how: How) -> list[Column]:
    """The inputs, the layers, and the loss where it is not an output itself."""
    sample = how.sample
    inputs = tuple(
        Circle(f"i{index}", how.names(name), kind="input")
        if sample is None
        else _input(f"i{index}", name, sample.inputs[index], how)
        for index, name in enumerate(model.input_names)
    )
    columns = [_column("inputs", inputs)]
    for layer in model.layers:
        place = "output" if layer is model.layers[-1] else f"hidden layer {layer.number}"
        columns.append(_layer(f"{place}: {layer.activation_label}", layer, how))
    outputs = model.layers[-1].neurons
    if sample is not None and sample.graph.root not in [
        node for of in (sample.activations, sample.shares) for node in map(of.get, outputs)
    ]:
        columns.append(_loss_column(sample, how.style))
    return columns


def lines_of(model: MLP, columns: Sequence[Column], how: How) -> list[Line]:
    """A line for each weight between circles that are shown, and from the outputs to the loss."""
    circles = {circle.key: circle for column in columns for circle in column.circles}
    lines = []
    for layer in model.layers:
        for end, neuron in enumerate(layer.neurons):
            for start, weight in enumerate(neuron.weights):
                before = f"i{start}" if layer.number == 1 else f"n{layer.number - 1}_{start}"
                after = f"n{layer.number}_{end}"
                if before in circles and after in circles:
                    off = circles[before].off or circles[after].off
                    lines.append(Line(before, after, how.note(weight), off))
    if "loss" in circles:
        outputs = [circle for circle in columns[-2].circles if circle.kind != "ellipsis"]
        lines += [Line(circle.key, "loss") for circle in outputs]
    return lines


def _input(key: str, name: str, x: Any, how: How) -> Circle:
    if not isinstance(x, Value):
        return Circle(key, how.names(name), how.style.short(x), kind="input")
    assert how.sample is not None
    return how.sample.circle(key, x, how.style, kind="input")


def _layer(heading: str, layer: Layer, how: How) -> Column:
    bias = layer.shared_bias
    circles = tuple(
        _neuron(f"n{layer.number}_{index}", neuron, how, own_bias=bias is None)
        for index, neuron in enumerate(layer.neurons)
    )
    return _column(heading, circles, None if bias is None else how.note(bias))


def _neuron(key: str, neuron: Neuron, how: How, own_bias: bool) -> Circle:
    below = (how.note(neuron.bias),) if neuron.bias is not None and own_bias else ()
    if how.sample is None:
        name = neuron.activation_name if neuron.activation else neuron.preactivation_name
        return Circle(key, how.names(name), below=below)
    node, share = how.sample.activations[neuron], how.sample.shares.get(neuron)
    if share is not None:
        below = (*below, how.sample.note(share))
    off, z = how.sample.graph.is_off(node), how.sample.preactivations[neuron]
    return how.sample.circle(key, node, how.style, below=below, off=off, preactivation=z)


def _loss_column(sample: Pass, style: NumberStyle) -> Column:
    root, label = sample.graph.root, sample.label
    below = tuple(map(sample.note, sample.targets))
    if len(below) > MOST_TARGETS:
        below = (Note(f"{len(below)} targets"),)
    folded = _folded(sample.graph)
    pen = Pen(style)
    term = write(root, lambda node: None if node in folded else named_term(label, node), pen=pen)
    formula = (negative(term) if label.is_negated(root) else term).text
    if pen.rounded:
        formula = f"≈ {formula}"
    circle = sample.circle("loss", root, style, below=below, kind="loss")
    return Column(f"loss: {formula_lines(formula)}", (circle,))


def _folded(graph: Graph) -> set[Value]:
    """The results that the loss's formula writes out, because the picture shows them nowhere.

    Those without a name that are used once, unless they are many.
    """
    unnamed = (node for node in graph.order if not graph.is_given(node) and not node.name)
    found = {node for node in unnamed if graph.uses[node] == 1}
    return found if len(found) <= MOST_FOLDED else set()


def _column(heading: str, circles: tuple[Circle, ...], shared: Note | None = None) -> Column:
    if len(circles) <= MOST_SHOWN:
        return Column(heading, circles, shared)
    dots = Circle(f"{circles[0].key}dots", "...", kind="ellipsis")
    shown = (*circles[:FIRST_SHOWN], dots, circles[-1])
    count = f"{len(circles)}, of which {FIRST_SHOWN + 1} are shown"
    return Column(f"{heading}\n{count}", shown, shared)


def equation(number: Any, name: str, style: NumberStyle = PLAIN) -> tuple[str, str]:
    """A name and its number in two parts; what is rounded has its own sign.

    >>> equation(0.5, "b"), equation(1 / 3, "b")
    (('b = ', '0.5'), ('b ', '≈0.3333'))
    """
    text = style.short(number)
    return f"{name} {'' if text.startswith('≈') else '= '}", text
