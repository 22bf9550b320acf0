"""What is shown: columns of circles, the lines between them, and what is written in and under
them; copied from the model, and from the graph of a loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd.drawing.labels import formula_lines
from autograd.drawing.scripts import marked, marked_term
from autograd.notes.expressions import Pen, write
from autograd.notes.labels import every_node
from autograd.notes.number_style import PLAIN, NumberStyle
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
    """A small text, "b_0^1 = 0.1", its name marked, and the gradient that stands under it."""

    text: str
    gradient: Any = None


class How(NamedTuple):
    """How names and numbers are written."""

    names: Names
    style: NumberStyle

    def name(self, name: str) -> str:
        return self.names(name)

    def number(self, number: Any) -> str:
        return self.style.short(number)


ORIGIN = Point(0, 0)


@dataclass(frozen=True, slots=True)
class Circle:
    """One neuron or input: what is written in it, and under it the bias or the targets."""

    key: str
    name: str
    value: str = ""
    gradient: Any = None
    below: tuple[Note, ...] = ()
    kind: str = "neuron"  # or input, loss, ellipsis
    off: bool = False
    at: Point = ORIGIN


@dataclass(frozen=True, slots=True)
class Line:
    """One connection; without a weight it leads to the loss."""

    start: str
    end: str
    weight: Value | None = None
    name: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A layer: its heading, the bias that its neurons share, and its circles from the top."""

    heading: str
    circles: tuple[Circle, ...]
    shared: Note | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One sample's way through the model, found in the loss's graph by the identity of the
    parameters.
    """

    graph: Graph
    inputs: tuple[Any, ...]
    preactivations: Mapping[Neuron, Value]
    activations: Mapping[Neuron, Value]
    targets: tuple[Value, ...]


# --- one sample in the graph of its loss ----------------------------------------------------------


def pass_of(model: MLP, loss: Value) -> Pass:
    """The model's neurons in the graph of `loss`; a ValueError unless it is of one sample."""
    if not isinstance(loss, Value):
        raise TypeError(f"draw_network takes one Value as the loss, not a {type(loss).__name__}")
    graph = Graph(loss)
    preactivations = _preactivations(model, graph.order)
    first = model.layers[0]
    inputs = preactivations[first.neurons[0]].operands[first.inputs : 2 * first.inputs]
    known = {*model.parameters(), *(x for x in inputs if isinstance(x, Value))}
    targets = tuple(node for node in graph.order if node.operation is None and node not in known)
    activations = _activations(model, preactivations, graph.order)
    return Pass(graph, inputs, preactivations, activations, targets)


def _preactivations(model: MLP, nodes: Sequence[Value]) -> dict[Neuron, Value]:
    """The node of each neuron's z: a dot of its own weights and its bias.

    Neurons of the very same parameters have their nodes in the order of the network.
    """
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    computed: dict[tuple[int, ...], list[Value]] = {}
    for node in nodes:
        if node.operation is dot:
            n = len(node.operands) // 2
            parameters = (*node.operands[:n], *node.operands[2 * n :])
            computed.setdefault(tuple(map(id, parameters)), []).append(node)
    keys = {neuron: tuple(map(id, neuron._places())) for neuron in neurons}
    alike = Counter(keys.values())
    places: dict[tuple[int, ...], Iterator[Value]] = {}
    for neuron, key in keys.items():
        found, name = computed.get(key, []), neuron.preactivation_name
        if len(found) < alike[key]:
            raise ValueError(
                "the loss was not computed by this model: "
                f"no node is {printable(name)} of its weights"
            )
        if len(found) > alike[key]:
            samples = -(-len(found) // alike[key])
            raise ValueError(
                f"the loss was computed on {samples} samples ({printable(name)} occurs {samples} "
                "times): draw the loss of one sample"
            )
        places.setdefault(key, iter(found))
    return {neuron: next(places[key]) for neuron, key in keys.items()}


def _activations(
    model: MLP, preactivations: Mapping[Neuron, Value], nodes: Sequence[Value]
) -> dict[Neuron, Value]:
    """The node of each neuron's a: that of its z where it has none of its own.

    The shares of a softmax layer are found by their names.
    """
    activations = dict(preactivations)
    neuron_of = {z: neuron for neuron, z in preactivations.items()}
    for node in nodes:
        if len(node.operands) == 1 and node.operands[0].__class__ is Value:
            neuron = neuron_of.get(node.operands[0])
            if neuron is not None and node.operation is neuron.activation:
                activations[neuron] = node
    for layer in model.layers:
        for neuron in layer.neurons if layer.softmax else ():
            shares = [node for node in nodes if node.name == neuron.activation_name]
            if len(shares) == 1:
                activations[neuron] = shares[0]
    return activations


# --- columns and lines ----------------------------------------------------------------------------


def columns_of(
    model: MLP, sample: Pass | None, names: Names, style: NumberStyle = PLAIN
) -> list[Column]:
    """The inputs, the layers, and the loss where it is not an output itself."""
    how = How(names, style)
    inputs = tuple(
        Circle(f"i{index}", how.name(name), kind="input")
        if sample is None
        else _input(f"i{index}", name, sample.inputs[index], how)
        for index, name in enumerate(model.input_names)
    )
    columns = [_column("inputs", inputs)]
    for layer in model.layers:
        place = "output" if layer is model.layers[-1] else f"hidden layer {layer.number}"
        columns.append(_layer(f"{place}: {layer.activation_label}", layer, sample, how))
    outputs = model.layers[-1].neurons
    if sample is not None and sample.graph.root not in [
        sample.activations[neuron] for neuron in outputs
    ]:
        columns.append(_loss_column(sample, how))
    return columns


def lines_of(model: MLP, columns: Sequence[Column], names: Names) -> list[Line]:
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
                    lines.append(Line(before, after, weight, names(weight.name), off))
    if "loss" in circles:
        outputs = [circle for circle in columns[-2].circles if circle.kind != "ellipsis"]
        lines += [Line(circle.key, "loss") for circle in outputs]
    return lines


def _input(key: str, name: str, x: Any, how: How) -> Circle:
    if not isinstance(x, Value):
        return Circle(key, how.name(name), how.number(x), kind="input")
    return Circle(key, how.name(x.name or name), how.number(x.data), x.grad, kind="input")


def _layer(heading: str, layer: Layer, sample: Pass | None, how: How) -> Column:
    bias = layer.shared_bias
    circles = tuple(
        _neuron(f"n{layer.number}_{index}", neuron, sample, how, own_bias=bias is None)
        for index, neuron in enumerate(layer.neurons)
    )
    return _column(heading, circles, None if bias is None else _note(bias, how, sample))


def _neuron(key: str, neuron: Neuron, sample: Pass | None, how: How, own_bias: bool) -> Circle:
    name = neuron.activation_name if neuron.activation else neuron.preactivation_name
    below = (_note(neuron.bias, how, sample),) if neuron.bias is not None and own_bias else ()
    if sample is None:
        return Circle(key, how.name(name), below=below)
    node = sample.activations[neuron]
    if sample.preactivations[neuron] is not node:  # a share of a softmax, too
        name = neuron.activation_name
    off = sample.graph.is_off(node)
    return Circle(key, how.name(name), how.number(node.data), node.grad, below, off=off)


def _loss_column(sample: Pass, how: How) -> Column:
    root = sample.graph.root
    label = every_node(sample.graph, how.names.notation)
    below = tuple(
        Note("".join(equation(target.data, marked(label(target)), how.style)), target.grad)
        for target in sample.targets
    )
    if len(below) > MOST_TARGETS:
        below = (Note(f"{len(below)} targets"),)
    folded = _folded(sample.graph)
    pen = Pen(how.style)
    formula = write(
        root, lambda node: None if node in folded else marked_term(label(node)), pen=pen
    ).text
    if pen.rounded:
        formula = f"≈ {formula}"
    circle = Circle("loss", label.root, how.number(root.data), root.grad, below, kind="loss")
    return Column(f"loss: {formula_lines(formula)}", (circle,))


def _folded(graph: Graph) -> set[Value]:
    """The results that the loss's formula writes out, because the picture shows them nowhere.

    Those without a name that are used once, unless they are many.
    """
    unnamed = (node for node in graph.order if node.operation and not node.name)
    found = {node for node in unnamed if graph.uses[node] == 1}
    return found if len(found) <= MOST_FOLDED else set()


def _column(heading: str, circles: tuple[Circle, ...], shared: Note | None = None) -> Column:
    if len(circles) <= MOST_SHOWN:
        return Column(heading, circles, shared)
    dots = Circle(f"{circles[0].key}dots", "...", kind="ellipsis")
    shown = (*circles[:FIRST_SHOWN], dots, circles[-1])
    count = f"{len(circles)}, of which {FIRST_SHOWN + 1} are shown"
    return Column(f"{heading}\n{count}", shown, shared)


def _note(parameter: Value, how: How, sample: Pass | None) -> Note:
    """A parameter's name and number; its gradient where a sample is shown."""
    text = "".join(equation(parameter.data, marked(how.name(parameter.name)), how.style))
    return Note(text, None if sample is None else parameter.grad)


def equation(number: Any, name: str, style: NumberStyle = PLAIN) -> tuple[str, str]:
    """A name and its number in two parts; the sign between says whether the number is rounded.

    >>> equation(0.5, "b"), equation(1 / 3, "b")
    (('b = ', '0.5'), ('b ≈ ', '0.3333'))
    """
    text = style.short(number)
    return f"{name} {'≈' if text.startswith('≈') else '='} ", text.removeprefix("≈")
