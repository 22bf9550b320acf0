"""The matrices of a network, found in the recorded graph of its loss.

A batch runs through a network as scalars: each pre-activation is one node, z = w . a + b. Which of
them are one layer's, and which sample's, their names say; the weights and inputs are their
operands. Everything here is linear in the nodes and their operands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import Name
from autograd.notes.sample_losses import sample_losses
from autograd.notes.samples import samples_of
from autograd.reading import OPERATIONS, Graph, Operation, Value, adjoint_numbers, dot, printable

Rows = list[list[Any]]
ARITHMETIC = {"add", "sub", "mul", "div", "pow", "maximum", "minimum"}  # no losses
SUMS = {"total", "mean", "add"}  # of the terms of a loss
MUL, DIV, SUB, POW = (OPERATIONS[name] for name in ("mul", "div", "sub", "pow"))
SQUARED_ERROR, HALF_SQUARED_ERROR = (
    OPERATIONS[name] for name in ("squared_error", "half_squared_error")
)
EXPECTED = "matrices are of the loss of an nn model, such as nn.MLP, over one sample or a batch"


@dataclass(frozen=True, slots=True)
class LayerNodes:
    """The nodes of one layer, a row for each neuron.

    `weights` have a column for each source; `inputs`, `sums` and `outputs` one for each sample.
    `biases` are one for each neuron, one alone that they share, or none. `activation` is None where
    the layer is linear: then its outputs are its sums. Of a softmax layer outputs that the loss
    does not use are None.
    """

    number: int
    weights: Rows
    biases: list[Value]
    inputs: Rows
    sums: Rows
    outputs: Rows
    activation: Operation | None
    softmax: bool = False

    @property
    def shares_bias(self) -> bool:
        """Whether several neurons have one bias."""
        return len(self.biases) == 1 and len(self.weights) > 1

    @property
    def is_linear(self) -> bool:
        """Whether there is no activation."""
        return self.activation is None and not self.softmax


class LossTerm(NamedTuple):
    """The loss of one output: its node, what it is of the output and a target, and that target."""

    node: Value
    operation: Any
    target: Any


class Head(NamedTuple):
    """A loss of one output and one target, entry by entry, each with the same share in the root.

    The `operation` is that of the table; a squared difference that was typed is its squared error.
    """

    operation: Operation
    terms: Rows  # the loss's nodes, laid out as the outputs are
    targets: Rows
    share: Any  # d(root)/d(term), or of the sample's own loss


class Network:
    """The layers of a network in the graph of its loss, its head, and all gradients.

    A ValueError says what is not as in such a network. With `per_sample`, gradients in what one
    sample computes are those of its own loss, where the root is a mean of such `losses`.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5, -1.0]]], [[0.25]], ["relu"])
    >>> network = Network(Graph(nn.half_squared_error(model([4.0, 1.0]), 1.0)))
    >>> [len(layer.weights) for layer in network.layers], network.head.targets
    ([1], [[1.0]])
    >>> Network(Graph(Value(2, "w") * 3))
    Traceback (most recent call last):
    ValueError: no pre-activation of a network is in the graph: matrices are of ...
    """

    def __init__(self, graph: Graph, per_sample: bool = False) -> None:
        graph.require_unchanged()
        self.graph = graph
        self.losses = sample_losses(graph) if per_sample else None
        self._uses: dict[Value, list[tuple[Value, int]]] = {node: [] for node in graph.order}
        for node in graph.order:
            for place, operand in enumerate(() if graph.is_given(node) else node.operands):
                if graph.has(operand):
                    self._uses[operand].append((node, place))
        self._cells = _cells(graph.order)
        self.layers = _layers(self._cells)
        self._require_only_paths()
        self.of_root: dict[Value, Any] = adjoint_numbers(graph.root, graph.order)
        self.gradient = self.of_root | (self.losses.numbers() if self.losses else {})
        self.head = self._head()
        self._local: dict[Value, Sequence[Any]] = {}

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths, that of the inputs first."""
        return (len(self.layers[0].inputs), *(len(layer.sums) for layer in self.layers))

    @property
    def samples(self) -> int:
        """How many columns the batch has."""
        return len(self.layers[0].inputs[0])

    @property
    def cells(self) -> Mapping[Value, Quantity]:
        """The pre-activations, with what each is."""
        return self._cells.of_node

    def share_in_root(self, head: Head) -> Any:
        """d(root)/d(term) of a head, whose own share may be that in its sample's loss."""
        terms = (term for row in head.terms for term in row if term is not None)
        return self.of_root[next(terms)]

    def rest(self, parameter: Value) -> Any:
        """The gradient that reaches a parameter past its layer, as by a penalty; None for none."""
        found = None
        for node, place in self._uses[parameter]:
            if node in self._cells.of_node:
                continue
            if node not in self._local:
                operation: Any = node.operation
                self._local[node] = operation.local_derivatives(node)
            local = self._local[node][place]
            if local is not None:
                path = self.gradient[node] * local
                found = path if found is None else found + path
        return found

    def _require_only_paths(self) -> None:
        """A ValueError where a gradient comes by a path that the matrix lines do not have."""
        hidden = self.layers[:-1]
        for layer in self.layers:
            if layer.activation is not None:
                for row, outputs in zip(layer.sums, layer.outputs, strict=True):
                    for z, a in zip(row, outputs, strict=True):
                        self._require_used_by(z, {a}, "its activation")
        for layer, following in zip(hidden, self.layers[1:], strict=True):
            if any(a is None for row in layer.outputs for a in row):
                raise ValueError(f"layer {layer.number} lacks outputs: {EXPECTED}")
            for row in layer.outputs:
                for sample, a in enumerate(row):
                    results = {sums[sample] for sums in following.sums}
                    self._require_used_by(a, results, f"layer {following.number}")

    def _require_used_by(self, node: Value, results: set[Value], what: str) -> None:
        for result, _ in self._uses[node]:
            if result not in results:
                raise ValueError(
                    f"{printable(node.name)} is used beside {what}, in "
                    f"{printable(self.graph.names[result])}: {EXPECTED}"
                )

    def _head(self) -> Head | None:
        """The loss, where it is of one output and one target, the same in all; else None."""
        rows = [[self._term_of(a) for a in row] for row in self.layers[-1].outputs]
        each = [term for row in rows for term in row if term is not None]
        if len(each) < sum(map(len, rows)):
            return None
        operation, share = each[0].operation, self.gradient[each[0].node]
        if any(x.operation is not operation or self.gradient[x.node] != share for x in each):
            return None
        terms, targets = ([[x and x[i] for x in row] for row in rows] for i in (0, 2))
        return Head(operation, terms, targets, share)

    def uses(self, node: Value) -> Sequence[tuple[Value, int]]:
        """What a node is an operand of, each with its place there."""
        return self._uses[node]

    def only_result(self, node: Value) -> Value | None:
        """The one node that a node is used in; None where there are several, or none."""
        results = [result for result, _ in self._uses[node]]
        return results[0] if len(results) == 1 else None

    def more_than(self, head: Head, penalties: Iterable[Value] = ()) -> str:
        """What the root has beside the losses of a head, and known penalties; "" where it is their
        sum or mean alone, or so many times that.
        """
        known = {*penalties, *(term for row in head.terms for term in row)}
        waiting = [self.graph.root]
        seen = {*waiting}
        while waiting:
            node = waiting.pop()
            if node in known:
                continue
            is_sum = node.operation is not None and node.operation.name in SUMS
            if not is_sum and not _is_multiple(node):
                return "beside the loss of the outputs there is more in the root"
            if is_sum and any(x.__class__ is not Value and x != 0 for x in node.operands):
                return "a number is added to the loss of the outputs"
            operands = [x for x in node.operands if x.__class__ is Value and x not in seen]
            seen.update(operands)
            waiting += operands
        return ""

    def _term_of(self, output: Value | None) -> LossTerm | None:
        uses = self._uses[output] if output is not None else []
        if len(uses) != 1:
            return None
        term, place = uses[0]
        operation, operands = term.operation, term.operands
        if operation is SUB and not term.name:
            return self._typed_square(term, operands[1 - place])
        is_loss = operation and operation.arity == 2 and operation.name not in ARITHMETIC
        is_term = bool(is_loss) and place == 0 and _is_given(operands[1])
        return LossTerm(term, operation, operands[1]) if is_term else None

    def _typed_square(self, difference: Value, target: Any) -> LossTerm | None:
        """(a - y)^2, or half of it, as somebody typed it."""
        squares = {result for result, _ in self._uses[difference]}
        square = next(iter(squares), difference)
        if len(squares) > 1 or not is_square(square) or not _is_given(target):
            return None
        half = self.only_result(square)
        if half is not None and _is_half(half, square):
            return LossTerm(half, HALF_SQUARED_ERROR, target)
        return LossTerm(square, SQUARED_ERROR, target)


def _is_half(node: Value, of: Value) -> bool:
    first, *others = node.operands
    if node.operation is DIV:
        return first is of and others[0].__class__ is not Value and bool(others[0] == 2)
    factors = [x for x in node.operands if x is not of] if node.operation is MUL else []
    return len(factors) == 1 and factors[0].__class__ is not Value and bool(2 * factors[0] == 1)


def is_square(node: Value) -> bool:
    """Whether a node is x*x or x^2, of its first operand.

    >>> x = Value(3.0, "x")
    >>> is_square(x * x), is_square(x**2), is_square(x * 2)
    (True, True, False)
    """
    operation, operands = node.operation, node.operands
    if operation is POW:
        return operands[1].__class__ is int and operands[1] == 2
    return operation is MUL and operands[0] is operands[1]


def _is_given(x: Any) -> bool:
    return getattr(x, "operation", None) is None


def _is_multiple(node: Value) -> bool:
    """Whether a node is a plain number times another, or another divided by one."""
    places = [place for place, x in enumerate(node.operands) if x.__class__ is Value]
    return (node.operation is DIV and places == [0]) or (node.operation is MUL and len(places) == 1)


class _Cells:
    """The pre-activations and activations of a graph, by layer, neuron and sample."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int, int], Value] = {}
        self.activations: dict[tuple[int, int, int], Value] = {}
        self.of_node: dict[Value, Quantity] = {}
        self.samples = 0


def _cells(order: Iterable[Value]) -> _Cells:
    nodes = list(order)
    samples, cells = samples_of(nodes), _Cells()
    for node in nodes:
        name = node.name
        if node.operation is None or not isinstance(name, Name):
            continue
        role, layer, neuron, *_ = name.quantity
        if role is Role.PREACTIVATION and node.operation is dot:
            found = cells.sums
            cells.of_node[node] = name.quantity
        elif role is Role.ACTIVATION:
            found = cells.activations
        else:
            continue
        sample = samples.get(node)
        key = (layer, neuron or 0, sample or 0)
        if sample is None:
            raise ValueError(f"{printable(name)} is computed from several samples: {EXPECTED}")
        if key in found:
            raise ValueError(f"{printable(name)} is computed twice for sample {sample}: {EXPECTED}")
        found[key] = node
        cells.samples = max(cells.samples, sample)
    if not cells.sums:
        raise ValueError(f"no pre-activation of a network is in the graph: {EXPECTED}")
    return cells


def _layers(cells: _Cells) -> list[LayerNodes]:
    numbers = sorted({layer for layer, _, _ in cells.sums})
    if numbers != list(range(1, len(numbers) + 1)):
        missing = min(set(range(1, max(numbers))) - set(numbers))
        raise ValueError(f"layer {missing} is missing: {EXPECTED}")
    widths = dict.fromkeys(numbers, 0)
    for (layer, neuron, _), node in cells.sums.items():
        sizes = cells.of_node[node].sizes
        known = sizes[layer] if layer < len(sizes) else 0
        widths[layer] = max(widths[layer], neuron + 1, known)
    layers: list[LayerNodes] = []
    home: dict[Value, object] = {}  # the one place that each parameter stands at
    for number in numbers:
        before = layers[-1].outputs if layers else None
        layers.append(_layer(number, widths[number], cells, before, home))
    return layers


def _layer(
    number: int, width: int, cells: _Cells, before: Rows | None, home: dict[Value, object]
) -> LayerNodes:
    """One layer, whose inputs are the outputs of the one before."""
    samples = range(1, cells.samples + 1)
    sums = [[_sum(cells, number, neuron, each) for each in samples] for neuron in range(width)]
    parameters = [_parameters(row) for row in sums]
    weights = [each[0] for each in parameters]
    for neuron, row in enumerate(weights):
        for source, weight in enumerate(row):
            _settle(home, weight, (number, neuron, source))
    biases = _biases(number, [each[1] for each in parameters], home)
    columns = [_inputs(column) for column in zip(*sums, strict=True)]
    inputs = [list(row) for row in zip(*columns, strict=True)]
    if before is not None:
        _require_same(number, inputs, before)
    outputs, activation, is_softmax = _outputs(number, sums, cells)
    return LayerNodes(number, weights, biases, inputs, sums, outputs, activation, is_softmax)


def _sum(cells: _Cells, layer: int, neuron: int, sample: int) -> Value:
    key = (layer, neuron, sample)
    if key not in cells.sums:
        of = f" in sample {sample}" if cells.samples > 1 else ""
        raise ValueError(
            f"the loss does not use neuron {neuron} (from 0) of layer {layer}{of}: {EXPECTED}"
        )
    return cells.sums[key]


def _parameters(row: Sequence[Value]) -> tuple[list[Value], Value | None]:
    """The weights and the bias of one neuron, the same in each sample."""
    (weights, _, bias), *others = (dot.parts(node.operands) for node in row)
    known = list(map(id, (*weights, *bias)))
    for same, _, shift in others:
        if list(map(id, (*same, *shift))) != known:
            raise ValueError(
                f"{printable(row[0].name)} has other weights in another sample: {EXPECTED}, with "
                "one set of weights"
            )
    for parameter in (*weights, *bias):
        if parameter.__class__ is not Value:
            raise ValueError(f"{printable(row[0].name)} has a weight that is no Value: {EXPECTED}")
    return list(weights), bias[0] if bias else None


def _biases(number: int, each: Sequence[Value | None], home: dict[Value, object]) -> list[Value]:
    """Those of a layer's neurons: one for each, one that they share, or none."""
    given = [bias for bias in each if bias is not None]
    if len(given) not in (0, len(each)):
        raise ValueError(f"some neurons of layer {number} have no bias: {EXPECTED}")
    if len(given) > 1 and all(bias is given[0] for bias in given):
        given = given[:1]
    for neuron, bias in enumerate(given):
        _settle(home, bias, (number, neuron))
    return given


def _settle(home: dict[Value, object], parameter: Value, place: object) -> None:
    """Give a parameter its place: the same in all samples, or a ValueError."""
    if home.setdefault(parameter, place) != place:
        raise ValueError(
            f"{printable(parameter.name)} stands in several places: its gradient is in no one line "
            "of matrices"
        )


def _inputs(column: Sequence[Value]) -> Sequence[Any]:
    """What the neurons of a layer take in one sample, the same for each."""
    each = [dot.parts(node.operands)[1] for node in column]
    for node, inputs in zip(column, each, strict=True):
        if list(map(id, inputs)) != list(map(id, each[0])):
            raise ValueError(
                f"{printable(node.name)} has other inputs than {printable(column[0].name)}: "
                f"{EXPECTED}"
            )
    return each[0]


def _require_same(number: int, inputs: Rows, before: Rows) -> None:
    """A ValueError where a layer takes something else than the outputs of the layer before."""
    for place, (given, outputs) in enumerate(zip(inputs, before, strict=False)):
        if any(x is not a for x, a in zip(given, outputs, strict=True)):
            raise ValueError(
                f"input {place} (from 0) of layer {number} is not the output of layer "
                f"{number - 1}: {EXPECTED}"
            )
    if len(inputs) != len(before):
        raise ValueError(
            f"layer {number} has {len(inputs)} inputs, layer {number - 1} {len(before)} outputs"
        )


def _outputs(number: int, sums: Rows, cells: _Cells) -> tuple[Rows, Operation | None, bool]:
    """The outputs of a layer, the activation that gives them, and whether it is a softmax."""
    outputs = [
        [cells.activations.get((number, neuron, each + 1)) for each in range(cells.samples)]
        for neuron in range(len(sums))
    ]
    found = [a for row in outputs for a in row if a is not None]
    if not found:
        return sums, None, False
    if all(map(_is_of_softmax, found)):
        return outputs, None, True
    operations = {a.operation for a in found}
    for row, of in zip(outputs, sums, strict=True):
        for a, z in zip(row, of, strict=True):
            if a is None or a.operands != (z,) or len(operations) > 1:
                raise ValueError(
                    f"the activation of {printable(z.name)} is not the one function of it that "
                    f"layer {number} has: {EXPECTED}"
                )
    return outputs, operations.pop(), False


def _is_of_softmax(a: Value) -> bool:
    """Whether a is a share of all sums: one node, or of many classes exp(z - m)/(...)."""
    if a.operation is OPERATIONS["softmax_share"]:
        return True
    parts = a.operands if a.operation is OPERATIONS["div"] else ()
    operations = [getattr(part, "operation", None) for part in parts]
    return operations == [OPERATIONS["exp"], OPERATIONS["total"]]
