"""What a recorded step has: the matrices of each pass over the samples, and its named numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from autograd.audit.tracing.numbers import TOLERANCE, Rows, rows_of, times
from autograd.notes.derivation import derive
from autograd.notes.labels import Labels, notation_in
from autograd.notes.matrices import LayerNodes, Network
from autograd.notes.matrix_cross_entropies import probabilities
from autograd.notes.matrix_names import MatrixNames
from autograd.notes.notation import Notation
from autograd.reading import Graph, Value


class Role(Enum):
    """What a matrix is of its layer."""

    WEIGHTS = "W"
    BIASES = "b"
    SUMS = "Z"
    OUTPUTS = "A"
    OF_WEIGHTS = "dW"
    OF_BIASES = "db"
    OF_SUMS = "dZ"
    OF_OUTPUTS = "dA"
    TARGETS = "Y"
    LOSS = "L"
    NUMBER = "number"

    @property
    def is_gradient(self) -> bool:
        """Whether it is a derivative of the loss."""
        return self.value.startswith("d")

    @property
    def is_parameter(self) -> bool:
        """Whether an update changes it."""
        return self in (Role.WEIGHTS, Role.BIASES)


class Quantity(NamedTuple):
    """A matrix of the step: what it is, of which layer; of a single number its name."""

    role: Role
    layer: int = 0
    name: str = ""


@dataclass(frozen=True)
class Truths:
    """The numbers of each quantity, pass by pass, and what a notation calls it.

    `activations` are the functions of the layers, "" for none; `kinks` the layers in which a ReLU
    stands at its kink, where rounding decides its slope. `given` are what no step changes.
    """

    rows: Mapping[Quantity, Sequence[Rows]]
    names: MatrixNames | None
    notation: Notation
    activations: Mapping[int, str]
    kinks: frozenset[int]
    samples: int
    scale: float
    given: frozenset[Quantity]

    @property
    def last(self) -> int:
        """The number of the last layer."""
        return max(self.activations, default=0)

    def of(self, role: Role, layer: int = 0, place: int = 0) -> Rows | None:
        """The numbers of a quantity in a pass; None where there are none."""
        each = self.rows.get(Quantity(role, layer), ())
        return each[place] if place < len(each) else None

    def called(self, quantity: Quantity) -> str:
        """What the notation calls a quantity."""
        names, layer = self.names, quantity.layer
        if quantity.name or names is None:
            return quantity.name
        called = {
            Role.WEIGHTS: names.weights,
            Role.BIASES: names.biases,
            Role.SUMS: names.sums,
            Role.OUTPUTS: names.outputs,
            Role.OF_WEIGHTS: names.of_weights,
            Role.OF_BIASES: names.of_biases,
            Role.OF_SUMS: names.of_sums,
            Role.OF_OUTPUTS: names.of_outputs,
        }
        if quantity.role in called:
            return called[quantity.role](layer) or names.derivative(names.outputs(layer))
        return names.targets if quantity.role is Role.TARGETS else names.loss


def truths_of(step: Any) -> Truths:
    """What a loss, or a step that `nn.worked` recorded, has; a ValueError for one that is rounded.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5, -1.0]]], [[0.25]], ["relu"])
    >>> found = truths_of(nn.half_squared_error(model([4.0, 1.0]), 1.0))
    >>> found.of(Role.SUMS, 1), found.of(Role.OF_WEIGHTS, 1), found.activations
    (((1.25,),), ((1.0, 0.25),), {1: 'relu'})
    """
    passes = list(_passes(step))
    networks = [_network(graph) for graph, _, _ in passes]
    rows: dict[Quantity, list[Rows]] = {}
    for (graph, notation, lines), network in zip(passes, networks, strict=True):
        for name, number in _named(graph, lines).items():
            rows.setdefault(Quantity(Role.NUMBER, 0, name), []).append(rows_of([[number]]))
        rows.setdefault(Quantity(Role.LOSS), []).append(rows_of([[graph.root]]))
        for quantity, cells in _cells(network) if network else ():
            turned = notation.error_sign if quantity.role.is_gradient else 1
            rows.setdefault(quantity, []).append(times(turned, rows_of(cells)))
    graph, notation, _ = passes[0]
    network = networks[0]
    names = None
    if network is not None:
        names = MatrixNames(notation, network.sizes, Labels(graph, notation).root)
    layers = network.layers if network else ()
    scale = max((abs(x) for each in rows.values() for r in each[0] for x in r), default=0.0)
    leaves = [Quantity(Role.NUMBER, 0, node.name) for node in graph.order if graph.is_given(node)]
    given = [*leaves, Quantity(Role.TARGETS), Quantity(Role.OUTPUTS, 0)]
    return Truths(
        rows,
        names,
        notation,
        {layer.number: _activation(layer) for layer in layers},
        frozenset(layer.number for layer in layers if _is_at_kink(layer, scale)),
        network.samples if network else 1,
        scale,
        frozenset(each for each in given if len(set(rows.get(each, ()))) == 1),
    )


def _passes(step: Any) -> Iterator[tuple[Graph, Notation, Sequence[Any]]]:
    """Each pass over the samples: its graph, notation and lines."""
    epochs = getattr(step, "epochs", None)
    if isinstance(step, (Value, Graph)) or epochs is None:
        graph = Graph.of(step)
        yield graph, notation_in(graph.order), derive(graph).steps
        return
    if step.style.rounding:
        raise ValueError("code is compared with numbers in full: record the step without rounding")
    for epoch in epochs:
        yield epoch.label.graph, epoch.label.notation, epoch.steps


def _network(graph: Graph) -> Network | None:
    """The matrices of a graph, None where it is none of a network."""
    try:
        return Network(graph)  # of the root, whatever the notation's error terms are of
    except ValueError:
        return None


def _named(graph: Graph, lines: Sequence[Any]) -> dict[str, Any]:
    """The numbers that have a name: the leaves, and what the lines compute."""
    found = {node.name: node.data for node in graph.order if node.name and graph.is_given(node)}
    for line in lines:
        if not line.of_update:
            found[line.name] = line.number
    return found


def _cells(network: Network) -> Iterator[tuple[Quantity, Any]]:
    gradient = network.gradient
    for layer in network.layers:
        number, biases = layer.number, [[b] for b in layer.biases]
        if number == 1:
            yield Quantity(Role.OUTPUTS, 0), layer.inputs
        outputs = probabilities(network) if layer.softmax else layer.outputs
        yield Quantity(Role.WEIGHTS, number), layer.weights
        yield Quantity(Role.SUMS, number), layer.sums
        yield Quantity(Role.OUTPUTS, number), outputs
        yield Quantity(Role.OF_WEIGHTS, number), _gradients(gradient, layer.weights)
        yield Quantity(Role.OF_SUMS, number), _gradients(gradient, layer.sums)
        if biases:
            yield Quantity(Role.BIASES, number), biases
            yield Quantity(Role.OF_BIASES, number), _gradients(gradient, biases)
        if all(a is not None for row in layer.outputs for a in row):
            yield Quantity(Role.OF_OUTPUTS, number), _gradients(gradient, layer.outputs)
    if network.head is not None:
        yield Quantity(Role.TARGETS), network.head.targets


def _gradients(gradient: Mapping[Value, Any], cells: Sequence[Sequence[Any]]) -> Any:
    return [[gradient[node] for node in row] for row in cells]


def _activation(layer: LayerNodes) -> str:
    return "softmax" if layer.softmax else layer.activation.name if layer.activation else ""


def _is_at_kink(layer: LayerNodes, scale: float) -> bool:
    """Whether rounding decides on which side of 0 a pre-activation is."""
    is_kinked = layer.activation is not None and "relu" in layer.activation.name
    return is_kinked and any(abs(z) <= TOLERANCE * scale for r in rows_of(layer.sums) for z in r)
