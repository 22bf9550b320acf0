"""The textbook view of a network: neurons as circles in columns, weights on the lines between them.

Positions are computed here, and the labels of the weights are put where they hit nothing; `neato`
only draws."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import graphviz

from autograd.drawing.labels import font, formula_lines, shortened
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.themes import Theme, largest_magnitude, theme_named, width
from autograd.notes.expressions import name_term, write
from autograd.notes.numbers import short_number
from autograd.reading import Graph
from autograd.value import Value
from nn.network import MLP, Neuron

MOST_LABELLED = 60  # weights; with more the lines are thin and bare
MOST_TALL = 8  # neurons in a column, for the same
MOST_SHOWN = 16  # neurons in a column; of more the first seven and the last are shown
FIRST_SHOWN = 7
RADIUS, SMALL_RADIUS = 0.6, 0.36  # inches
FONT = "Helvetica"
LABEL_HEIGHT, LABEL_HEIGHT_WITH_GRADIENT = 0.22, 0.36  # inches
FRACTIONS = tuple(0.5 + side * 0.03 * step for step in range(12) for side in (-1, 1))[
    1:
]  # the middle first
WIDENINGS = tuple(
    1 + 0.05 * step for step in range(41)
)  # of the distance between columns, until all labels fit


class Point(NamedTuple):
    """A place in the picture, in inches; y points up."""

    x: float
    y: float


ORIGIN = Point(0, 0)


@dataclass(frozen=True, slots=True)
class Circle:
    """One neuron or input: what is written in it and under it."""

    key: str
    name: str
    value: str = ""
    gradient: Any = None
    below: tuple[tuple[str, Any], ...] = ()  # the bias or the target: a text, and its gradient
    kind: str = "neuron"  # or input, loss, ellipsis
    off: bool = False
    at: Point = ORIGIN


@dataclass(frozen=True, slots=True)
class Line:
    """One connection; without a weight it leads to the loss."""

    start: str
    end: str
    weight: Value | None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A layer: its heading, and its circles from the top."""

    heading: str
    circles: tuple[Circle, ...]


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


def draw_network(
    model: MLP, loss: Value | None = None, theme: str = "light", title: str = ""
) -> Picture:
    """The textbook view of a network: a circle for each neuron, its weights on the lines that lead
    to it.

    With `loss`, a root that this model was part of on one sample: the activations too, the
    gradients where they are computed, and ReLUs that are off grey and dashed. The numbers are
    copied now.

    In a network of more than 60 weights, or more than 8 neurons in a column, lines are thin and
    have no numbers, as where long names leave no room for them; of more than 16 neurons the first
    seven and the last are shown. Colour is the sign of a weight, width its size.

    >>> model = MLP.from_weights([[[0.5, -0.7]]], [[0.1]], ["relu"])
    >>> draw_network(model, model([1, 2]))
    <Picture of a 2-1 network, light>
    """
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network takes an MLP, not a {type(model).__name__}")
    colours = theme_named(theme)
    sample = None if loss is None else _pass(model, loss)
    columns = _columns(model, sample)
    labelled = (
        len(model.parameters()) - sum(len(layer.neurons) for layer in model.layers) <= MOST_LABELLED
    )
    labelled = labelled and all(len(column.circles) <= MOST_TALL for column in columns)
    lines = _lines(model, columns, sample)
    placed, labels = _arranged(
        columns, [line for line in lines if line.weight is not None], labelled
    )
    cards = sum(len(column.circles) for column in placed) + (len(lines) if labels else 0)
    check_size(cards)
    graph = _source(placed, lines, labels, colours, _largest(placed, lines), title)
    sizes = [model.layers[0].inputs, *(len(layer.neurons) for layer in model.layers)]
    return Picture(graph, f"a {'-'.join(map(str, sizes))} network, {theme}", cards, engine="neato")


# --- what is shown --------------------------------------------------------------------------------


def _pass(model: MLP, loss: Value) -> Pass:
    if not isinstance(loss, Value):
        raise TypeError(f"draw_network takes one Value as the loss, not a {type(loss).__name__}")
    graph = Graph(loss)
    nodes = graph.order
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    by_bias: dict[Value, list[Value]] = {neuron.bias: [] for neuron in neurons}
    for node in nodes:
        if node.operands and isinstance(node.operands[-1], Value) and node.operands[-1] in by_bias:
            by_bias[node.operands[-1]].append(node)
    preactivations = {neuron: _only(neuron, by_bias[neuron.bias]) for neuron in neurons}
    activations = dict(preactivations)
    neuron_of = {z: neuron for neuron, z in preactivations.items()}
    for node in nodes:
        found = neuron_of.get(node.operands[0]) if len(node.operands) == 1 else None
        if found is not None and node.operation is found.activation:
            activations[found] = node
    for neuron in (neuron for layer in model.layers if layer.softmax for neuron in layer.neurons):
        shares = [node for node in nodes if node.name == neuron.activation_name]
        if len(shares) == 1:
            activations[neuron] = shares[0]
    first = preactivations[model.layers[0].neurons[0]]
    inputs = first.operands[model.layers[0].inputs : 2 * model.layers[0].inputs]
    known = {*model.parameters(), *(x for x in inputs if isinstance(x, Value))}
    targets = tuple(node for node in nodes if node.operation is None and node not in known)
    return Pass(graph, inputs, preactivations, activations, targets)


def _only(neuron: Neuron, found: Sequence[Value]) -> Value:
    """The one node that computes a neuron's z; its operands begin with the neuron's own weights."""
    own = [node for node in found if all(map(operator.is_, node.operands, neuron.weights))]
    if not own:
        raise ValueError(
            f"the loss was not computed by this model: no node is {neuron.preactivation_name} of its weights"
        )
    if len(own) > 1:
        raise ValueError(
            f"the loss was computed on {len(own)} samples ({neuron.preactivation_name} occurs {len(own)} times): "
            "draw the loss of one sample"
        )
    return own[0]


def _columns(model: MLP, sample: Pass | None) -> list[Column]:
    inputs = tuple(
        Circle(f"i{index}", name, kind="input")
        if sample is None
        else _input(f"i{index}", name, sample.inputs[index])
        for index, name in enumerate(model.input_names)
    )
    columns = [_column("inputs", inputs)]
    for layer in model.layers:
        circles = tuple(
            _neuron(f"n{layer.number}_{index}", neuron, sample)
            for index, neuron in enumerate(layer.neurons)
        )
        place = "output" if layer is model.layers[-1] else f"hidden layer {layer.number}"
        columns.append(_column(f"{place}: {layer.activation_label}", circles))
    outputs = model.layers[-1].neurons
    if sample is not None and sample.graph.root not in [
        sample.activations[neuron] for neuron in outputs
    ]:
        columns.append(_loss_column(sample))
    return columns


def _input(key: str, name: str, x: Any) -> Circle:
    if not isinstance(x, Value):
        return Circle(key, name, short_number(x), kind="input")
    return Circle(key, x.name or name, short_number(x.data), x.grad, kind="input")


def _neuron(key: str, neuron: Neuron, sample: Pass | None) -> Circle:
    name = neuron.activation_name if neuron.activation else neuron.preactivation_name
    bias = "".join(_equation(neuron.bias))
    if sample is None:
        return Circle(key, name, below=((bias, None),))
    node = sample.activations[neuron]
    if (
        sample.preactivations[neuron] is not node
    ):  # a softmax layer's neurons have no activation of their own
        name = neuron.activation_name
    off = sample.graph.is_off(node)
    return Circle(
        key, name, short_number(node.data), node.grad, ((bias, neuron.bias.grad),), off=off
    )


def _loss_column(sample: Pass) -> Column:
    root, names = sample.graph.root, sample.graph.names
    targets = tuple(
        ("".join(_equation(target, names[target])), target.grad) for target in sample.targets
    )
    below = targets if len(targets) <= 4 else ((f"{len(targets)} targets", None),)
    formula = formula_lines(write(root, lambda node: name_term(names[node])).text)
    circle = Circle(
        "loss", root.name or "loss", short_number(root.data), root.grad, below, kind="loss"
    )
    return Column(f"loss: {formula}", (circle,))


def _column(heading: str, circles: tuple[Circle, ...]) -> Column:
    if len(circles) <= MOST_SHOWN:
        return Column(heading, circles)
    dots = Circle(f"{circles[0].key}dots", "...", kind="ellipsis")
    shown = (*circles[:FIRST_SHOWN], dots, circles[-1])
    return Column(f"{heading}\n{len(circles)}, of which {FIRST_SHOWN + 1} are shown", shown)


def _lines(model: MLP, columns: Sequence[Column], sample: Pass | None) -> list[Line]:
    circles = {circle.key: circle for column in columns for circle in column.circles}
    lines = []
    for layer in model.layers:
        for end, neuron in enumerate(layer.neurons):
            for start, weight in enumerate(neuron.weights):
                before = f"i{start}" if layer.number == 1 else f"n{layer.number - 1}_{start}"
                after = f"n{layer.number}_{end}"
                if before in circles and after in circles:
                    lines.append(
                        Line(before, after, weight, circles[before].off or circles[after].off)
                    )
    if "loss" in circles:
        lines += [
            Line(circle.key, "loss", None)
            for circle in columns[-2].circles
            if circle.kind != "ellipsis"
        ]
    return lines


# --- where it stands ------------------------------------------------------------------------------


def _arranged(
    columns: Sequence[Column], lines: Sequence[Line], labelled: bool
) -> tuple[list[Column], list[tuple[Line, Point]]]:
    """The circles placed, the columns as far apart as the labels need; and these, none where they
    find no room.
    """
    tallest = max(len(column.circles) for column in columns)
    for widening in WIDENINGS if labelled else ():
        placed = _placed(columns, max(3.3, 0.8 * tallest + 1.7) * widening, row=1.85)
        places = _label_places(placed, lines)
        if places is not None:
            return placed, list(zip(lines, places, strict=True))
    return _placed(columns, max(2.6, 0.3 * tallest), row=0.95), []


def _placed(columns: Sequence[Column], step: float, row: float) -> list[Column]:
    placed = []
    for number, column in enumerate(columns):
        middle = (len(column.circles) - 1) / 2
        circles = [
            replace(circle, at=Point(number * step, (middle - index) * row))
            for index, circle in enumerate(column.circles)
        ]
        placed.append(Column(column.heading, tuple(circles)))
    return placed


Box = tuple[Point, float, float]  # centre, width, height


def _label_places(columns: Sequence[Column], lines: Sequence[Line]) -> list[Point] | None:
    """Where each weight's label goes: along its line, off all circles and labels, on as few other
    lines as can be.

    None if one of them finds no such place.
    """
    at = {circle.key: circle.at for column in columns for circle in column.circles}
    taken: list[Box] = []
    for place in at.values():
        taken += [
            (place, 2 * RADIUS, 2 * RADIUS),
            (Point(place.x, place.y - RADIUS - 0.2), 1.1, 0.36),
        ]
    ends = [(at[line.start], at[line.end]) for line in lines]
    places = []
    for line, own in zip(lines, ends, strict=True):
        boxes: list[Box] = [
            (_between(*own, fraction), *_label_size(line)) for fraction in FRACTIONS
        ]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        if not free:
            return None
        best = min(
            free, key=lambda box: sum(_crosses(box, other) for other in ends if other != own)
        )
        taken.append(best)
        places.append(best[0])
    return places


def _label_size(line: Line) -> tuple[float, float]:
    """Width and height in inches, about: the name in small letters, the number in bold ones, the
    gradient below.
    """
    weight = line.weight
    assert weight is not None
    first = 0.065 * len(f"{weight.name} = ") + 0.088 * len(short_number(weight.data))
    if weight.grad is None:
        return first + 0.04, LABEL_HEIGHT
    return max(
        first, 0.07 * len(f"grad {short_number(weight.grad)}")
    ) + 0.04, LABEL_HEIGHT_WITH_GRADIENT


def _between(start: Point, end: Point, fraction: float) -> Point:
    return Point(start.x + (end.x - start.x) * fraction, start.y + (end.y - start.y) * fraction)


def _overlap(one: Box, other: Box) -> bool:
    (a, width_a, height_a), (b, width_b, height_b) = one, other
    return abs(a.x - b.x) * 2 < width_a + width_b and abs(a.y - b.y) * 2 < height_a + height_b


def _crosses(box: Box, line: tuple[Point, Point]) -> bool:
    """Whether a line passes through a label."""
    (point, wide, height_of_label), (start, end) = box, line
    if not min(start.x, end.x) < point.x < max(start.x, end.x):
        return False
    slope = (end.y - start.y) / (end.x - start.x)
    height = start.y + slope * (point.x - start.x)
    return abs(height - point.y) < (height_of_label + abs(slope) * wide) / 2


# --- how it looks ---------------------------------------------------------------------------------


def _largest(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[float, float]:
    """The largest |gradient| in a circle other than the loss, and the largest |weight|."""
    circles = [
        circle.gradient for column in columns for circle in column.circles if circle.kind != "loss"
    ]
    return largest_magnitude(circles), largest_magnitude(
        line.weight.data for line in lines if line.weight is not None
    )


def _source(
    columns: Sequence[Column],
    lines: Sequence[Line],
    labels: Sequence[tuple[Line, Point]],
    theme: Theme,
    largest: tuple[float, float],
    title: str,
) -> str:
    graph = graphviz.Digraph("chalkgrad")
    if title:
        label = f"<{font(title, size=14, colour=theme.text, bold=True)}<BR/> >"
        graph.attr(label=label, labelloc="t", labeljust="l", fontname=FONT)
    graph.attr(
        layout="neato", splines="line", outputorder="edgesfirst", bgcolor=theme.background, pad=".2"
    )
    graph.attr("node", fontname=FONT, fontsize="11", fontcolor=theme.text, shape="plain")
    graph.attr("edge", fontname=FONT, color=theme.line, arrowsize=".7")
    tops = [circle.at.y for column in columns for circle in column.circles]
    for number, column in enumerate(columns):
        heading = font(column.heading, size=13, colour=theme.muted, align="CENTER")
        _add_text(
            graph,
            f"h{number}",
            heading,
            Point(column.circles[0].at.x, max(tops) + 1.05),
            theme.background,
        )
        for circle in column.circles:
            _add_circle(graph, circle, theme, bool(labels), largest[0])
    for line in lines:
        _add_line(graph, line, theme, bool(labels), largest[1])
    for number, (line, place) in enumerate(labels):
        _add_text(graph, f"w{number}", _weight_text(line, theme), place, theme.background)
    return str(graph.source)


def _position(point: Point) -> str:
    return f"{point.x:.3f},{point.y:.3f}!"


def _add_text(graph: graphviz.Digraph, key: str, rows: str, at: Point, ground: str) -> None:
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{ground}">'
    graph.node(key, label=f"<{table}<TR><TD>{rows}</TD></TR></TABLE>>", pos=_position(at))


def _add_circle(
    graph: graphviz.Digraph, circle: Circle, theme: Theme, labelled: bool, largest: float
) -> None:
    if circle.kind == "ellipsis":
        _add_text(
            graph, circle.key, font("...", size=16, colour=theme.muted), circle.at, theme.background
        )
        return
    fill = theme.input if circle.kind == "input" else theme.card
    if circle.off:
        fill = theme.off_card
    elif circle.kind == "neuron" and circle.gradient is not None:
        fill = theme.tint(circle.gradient, largest)
    text = theme.off if circle.off else theme.text
    radius = RADIUS if labelled else SMALL_RADIUS
    graph.node(
        circle.key,
        label=f"<{_circle_text(circle, text, labelled)}>",
        shape="circle",
        fixedsize="true",
        width=str(2 * radius),
        style="filled,dashed" if circle.off else "filled",
        fillcolor=fill,
        color=theme.off if circle.off else theme.border,
        pos=_position(circle.at),
    )
    if labelled and circle.below:
        rows = "<BR/>".join(
            _bias_text(text, gradient, theme, circle.off) for text, gradient in circle.below
        )
        height = (
            RADIUS
            + 0.06
            + 0.15 * sum(1 + (gradient is not None) for _, gradient in circle.below) / 2
        )
        _add_text(
            graph,
            f"{circle.key}b",
            rows,
            Point(circle.at.x, circle.at.y - height),
            theme.background,
        )


def _circle_text(circle: Circle, colour: str, labelled: bool) -> str:
    sizes = (13, 12, 9) if labelled else (9, 8, 7)
    rows = [font(shortened(circle.name, 16), size=sizes[0], colour=colour, bold=True)]
    if circle.value:
        rows.append(font(circle.value, size=sizes[1], colour=colour))
    if circle.gradient is not None and labelled:
        rows.append(font(f"grad {short_number(circle.gradient)}", size=sizes[2], colour=colour))
    return "<BR/>".join(rows)


def _equation(leaf: Value, name: str = "") -> tuple[str, str]:
    """ "b = " and "0.5", or "b ≈ " and "0.3333" where the number is rounded."""
    number = short_number(leaf.data)
    return f"{name or leaf.name} {'≈' if number.startswith('≈') else '='} ", number.removeprefix(
        "≈"
    )


def _bias_text(text: str, gradient: Any, theme: Theme, off: bool) -> str:
    colour = theme.off if off else theme.muted
    rows = [font(text, size=10, colour=colour)]
    if gradient is not None:
        rows.append(font(f"grad {short_number(gradient)}", size=9, colour=colour))
    return "<BR/>".join(rows)


def _weight_text(line: Line, theme: Theme) -> str:
    weight = line.weight
    assert weight is not None
    colour = theme.off if line.off else theme.sign_colour(weight.data, theme.text)
    muted = theme.off if line.off else theme.muted
    name, number = _equation(weight)
    rows = font(name, size=9, colour=muted) + font(number, colour=colour, bold=True)
    return (
        rows
        if weight.grad is None
        else f"{rows}<BR/>{font(f'grad {short_number(weight.grad)}', size=9, colour=muted)}"
    )


def _add_line(
    graph: graphviz.Digraph, line: Line, theme: Theme, labelled: bool, largest: float
) -> None:
    options = {"color": theme.line, "arrowhead": "normal" if labelled else "none"}
    if line.off:
        options |= {"color": theme.off, "style": "dashed"}
    elif line.weight is not None:
        options |= {"color": theme.sign_colour(line.weight.data, theme.line)}
    if line.weight is not None:
        scale = 1.0 if labelled else 0.5
        options["penwidth"] = f"{scale * width(line.weight.data, largest):.2f}"
    graph.edge(line.start, line.end, **options)
