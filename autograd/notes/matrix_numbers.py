"""The numbers that stand in the matrices of a network: as recorded, or as its scalar lines show
them, each line rounded before the next goes on with it where that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd.notes.labels import Labels, folded
from autograd.notes.line_numbers import LineNumbers, Result
from autograd.notes.matrices import Network, Rows
from autograd.notes.matrix_cross_entropies import (
    OF_LOGIT,
    SHARE,
    SIGMOID,
    CrossEntropy,
    probabilities,
)
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.steps import forward_steps, gradient_graph, gradient_steps, line_numbers
from autograd.reading import Adjoint, Value, constant, number_of


class RecordedNumbers:
    """The graph's own numbers; gradients are of the root, or with a `turn` of -1 of -root.

    >>> import nn
    >>> from autograd import Graph
    >>> model = nn.MLP.from_weights([[[0.5]]], [[0.25]], ["linear"])
    >>> network = Network(Graph(nn.half_squared_error(model([4.0]), 1.0)))
    >>> numbers = RecordedNumbers(network, turn=-1)
    >>> z = network.layers[0].sums[0][0]
    >>> numbers.value(z), numbers.gradient(z)
    (2.25, -1.25)
    """

    def __init__(self, network: Network, turn: int) -> None:
        self.network, self.turn = network, turn

    def in_style(self, style: NumberStyle) -> RecordedNumbers:
        """The same numbers, those of lines as they are shown in a style."""
        return self

    def value(self, x: Any, negate: bool = False) -> Any:
        """The number of a node, or of a plain number; or its negative."""
        return -number_of(x) if negate else number_of(x)

    def gradient(self, node: Value, negate: bool = False) -> Any:
        """The gradient in a node, or in its negative."""
        gradient = self.network.gradient[node]
        return gradient if negate == (self.turn < 0) else -gradient

    def slope(self, z: Value, a: Value) -> Any:
        """The derivative of an activation; 0 where nothing passes."""
        operation: Any = a.operation
        local = operation.local_derivatives(a)[0]
        return constant(0, a.data) if local is None else local

    def rest(self, parameter: Value, negate: bool = False) -> Any:
        """The gradient that reaches a parameter past its layer; None for none."""
        rest = self.network.rest(parameter)
        return None if rest is None else rest if negate == (self.turn < 0) else -rest

    def outputs_of_classes(self) -> Rows:
        """The softmax of the last layer's sums."""
        return probabilities(self.network)

    def predictions(self, found: CrossEntropy) -> Rows:
        """What a cross-entropy is of."""
        return found.probabilities

    def takes_log_of_0(self, found: CrossEntropy) -> bool:
        """Whether a cross-entropy over its predictions would need the logarithm of 0."""
        return found.has_log_of_0


class LineResults(RecordedNumbers):
    """The results of the scalar lines, each as it is written there.

    `adjoints` are the recorded gradients of what has any, with the notation's sign.
    """

    def __init__(
        self, network: Network, label: Labels, numbers: LineNumbers, adjoints: Iterable[Adjoint]
    ) -> None:
        super().__init__(network, label.notation.error_sign)
        self.label, self.numbers = label, numbers
        self.adjoints: Mapping[Value, Adjoint] = {each.node: each for each in adjoints}

    @classmethod
    def of(cls, network: Network, notation: Notation, style: NumberStyle) -> LineResults:
        """Those of a loss whose lines are not computed yet."""
        graph = network.graph
        label = folded(graph, notation)
        numbers = line_numbers(label, style)
        forward_steps(graph, label, numbers=numbers)
        found = gradient_graph(graph, label)
        gradient_steps(graph, label, numbers=numbers, found=found)
        return cls(network, label, numbers, found)

    def in_style(self, style: NumberStyle) -> RecordedNumbers:
        numbers, adjoints = self.numbers.in_style(style), self.adjoints.values()
        return LineResults(self.network, self.label, numbers, adjoints)

    def value(self, x: Any, negate: bool = False) -> Result:
        return self.numbers.result(x, negate)

    def gradient(self, node: Value, negate: bool = False) -> Result:
        return self.numbers.result(self.adjoints[node].gradient, negate)

    def slope(self, z: Value, a: Value) -> Any:
        local = [each for result, each in self.adjoints[z].paths if result is a]
        number = self.numbers.of(local[0]) if local else constant(0, a.data)
        style = self.numbers.style
        return Result(number, number, style, style.is_rounded(number))

    def rest(self, parameter: Value, negate: bool = False) -> Any:
        of_layer, found = self.network.cells, None
        for result, local in self.adjoints[parameter].paths:
            if result not in of_layer:
                upstream = self.adjoints[result].gradient
                path = self.numbers.of(upstream) * self.numbers.of(local)
                found = path if found is None else found + path
        return found if found is None or not negate else -found

    def outputs_of_classes(self) -> Rows:
        last = self.network.layers[-1]
        rows: Rows = []
        for outputs, sums in zip(last.outputs, last.sums, strict=True):
            shares: list[Any] = [
                self.label.cross_entropies.share(z, column) if a is None else a
                for a, z, column in zip(outputs, sums, zip(*last.sums, strict=True), strict=True)
            ]
            rows.append(list(map(self._of_class, shares)))
        return rows

    def predictions(self, found: CrossEntropy) -> Rows:
        if not found.is_of_logits:
            return self.outputs_of_classes() if not found.is_binary else self._outputs()
        return [
            [self._of_class(self._probability(loss, place)) for loss in row]
            for place, row in enumerate(found.head.terms)
        ]

    def takes_log_of_0(self, found: CrossEntropy) -> bool:
        """So too where a prediction is rounded to 0."""
        rows = [[x.number for x in row] for row in self.predictions(found)]
        return found._replace(probabilities=rows).has_log_of_0

    def _outputs(self) -> Rows:
        return [[self.value(a) for a in row] for row in self.network.layers[-1].outputs]

    def _of_class(self, p: Value) -> Result:
        """A probability, which has no line where nothing else needs it."""
        self.numbers.compute([p])
        return self.value(p)

    def _probability(self, loss: Value, row: int) -> Value:
        """The probability in a row that a loss of logits is of."""
        worked = self.label.cross_entropies.of_loss.get(loss)
        is_binary, n = loss.operation is OF_LOGIT, len(loss.operands) // 2
        if worked is not None:
            return worked.probabilities[0 if is_binary else row]
        z = loss.operands[0 if is_binary else row]
        found: Value = SIGMOID(z) if is_binary else SHARE(z, loss.operands[:n])
        return found
