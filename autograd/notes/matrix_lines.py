"""The loss of a network in matrix form: each line in letters, and with the recorded numbers in it.

Z = W A + b;  dW = dZ A^T;  dA = W^T dZ;  db = the sum of dZ over the samples
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from autograd.notes.labels import Labels, notation_in
from autograd.notes.matrices import Head, LayerNodes, Network, Rows
from autograd.notes.matrix_cross_entropies import (
    SIGMOID,
    CrossEntropy,
    cross_entropy_of,
)
from autograd.notes.matrix_factors import factor, share_sign, twice
from autograd.notes.matrix_form import (
    CLOSE,
    MINUS,
    NORM,
    OPEN,
    PLUS,
    SQUARED,
    SUM,
    Matrix,
    MatrixLine,
    Side,
    Sign,
    error_term,
    formula,
    line_latex,
    line_rows,
    line_text,
    product,
    within,
    without_numbers,
)
from autograd.notes.matrix_formulas import general_formulas
from autograd.notes.matrix_functions import (
    applied,
    cross_entropy_side,
    derivative_side,
    difference,
    slope_written,
    softmax_side,
)
from autograd.notes.matrix_names import (
    MatrixNames,
    forward_factors,
    input_factors,
    weight_factors,
)
from autograd.notes.matrix_numbers import LineResults, RecordedNumbers
from autograd.notes.matrix_penalties import penalties_of, shares_of
from autograd.notes.naming import latex_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle, RoundedNumbers, number_style
from autograd.notes.pages import Environment, displayed, is_display
from autograd.notes.profiles import notation_of
from autograd.reading import OPERATIONS, Graph, Value, number_of, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack

HALF_SQUARED_ERROR, SQUARED_ERROR = (
    OPERATIONS[name] for name in ("half_squared_error", "squared_error")
)
ONE_OF_M = Sign("1/m*", r"\frac{1}{m} ")


@runtime_checkable
class HasMatrices(Protocol):
    """What has a matrix form of its own, as a training that `nn.worked` recorded."""

    def matrices(self, **shown: Any) -> Any: ...


class Matrices:
    """The lines of a network's loss in matrix form: `general`, then `forward` and `gradients`.

    Printing it prints them all, `latex()` writes them with bmatrix; each MatrixLine has the
    `rows` of its matrices as the graph has them.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[1, 2], [3, -1]]], [[5, 0]], ["linear"])
    >>> found = Matrices(nn.sum_half_squared_error(model([2, 1]), [10, 5]))
    >>> [line.formula for line in found.gradients]
    ['delta^1 = Z^1 - Y', 'dL/dW^1 = delta^1 A^0^T', 'dL/db^1 = delta^1']
    >>> found.gradients[0].result.rows
    ((-1.0,), (0.0,))
    """

    def __init__(
        self,
        loss: Value | Graph,
        notation: Notation | str | None = None,
        **shown: Unpack[RoundedNumbers],
    ) -> None:
        style = number_style("matrices", shown, ["notation"], rounding=True)
        graph = Graph.of(loss)
        chosen = notation_in(graph.order) if notation is None else notation_of(notation)
        network = Network(graph, chosen.per_sample_gradients)
        cost, is_mean = Labels(graph, chosen).root, network.losses is not None
        names = MatrixNames(chosen, network.sizes, cost, is_mean)
        results = LineResults.of(network, chosen, style) if style.rounding else None
        self._take(Lines(network, names, style, results))

    @classmethod
    def of(cls, lines: Lines, *, gradients: bool = True) -> Matrices:
        """Those of lines that are made, with or without the gradients."""
        found = cls.__new__(cls)
        found._take(lines, gradients)
        return found

    def in_style(self, style: NumberStyle) -> Matrices:
        """The same lines, their numbers shown in a style.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[0.5, 0.25]]], None, ["linear"])
        >>> found = matrices(nn.half_squared_error(model([1, 3]), 1)).in_style(NumberStyle(1))
        >>> print(str(found).splitlines()[-1])
           ≈ [0.2] [1  3] ≈ [0.2  0.8]
        """
        return Matrices.of(self._lines.in_style(style), gradients=bool(self.general))

    def _take(self, lines: Lines, gradients: bool = True) -> None:
        self._lines, self.style = lines, lines.style
        self.given, self.forward = tuple(lines.given()), tuple(lines.forward())
        self.gradients = tuple(lines.gradients()) if gradients else ()
        self.general = lines.general() if gradients else ()

    @property
    def lines(self) -> tuple[MatrixLine, ...]:
        """What is given, the forward pass and the gradients, in order."""
        return (*self.given, *self.forward, *self.gradients)

    def __str__(self) -> str:
        general = [line.formula for line in self.general]
        lines = (line_text(line, self.style) for line in self.lines)
        return "\n\n".join(["\n".join(general), *lines])

    def latex(self, *, environment: Environment = "aligned") -> str:
        r"""All lines in LaTeX, the matrices in bmatrix, products of entries as \odot.

        As `aligned` it is one block; as `align*` it breaks over pages and at the end of a line.
        """
        if is_display(environment):
            general = [row for line in self.general for row in line_rows(line, None)]
            rows = [row for line in self.lines for row in line_rows(line, self.style)]
            return displayed([("", [*general, *rows])])
        lines = [line_latex(line, None) for line in self.general]
        lines += [line_latex(line, self.style) for line in self.lines]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    __repr__ = __str__


def matrices(
    loss: Value | Graph | HasMatrices,
    notation: Notation | str | None = None,
    **shown: Unpack[RoundedNumbers],
) -> Any:
    """The loss of an nn model, over one sample or a batch, in matrix form; print it.

    `notation` gives letters, error terms and orientation (examples as columns or as rows), `shown`
    says how numbers are shown, and whether each step is rounded: see `NumberStyle`. A graph that is
    not that of such a network is a ValueError. A training that `nn.worked` recorded has its own
    notation and steps: `matrices(worked, decimals=4)` is `worked.matrices(decimals=4)`.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[1, 2], [3, -1]]], [[5, 0]], ["linear"], notation="ng")
    >>> print(matrices(nn.sum_half_squared_error(model([2, 1]), [10, 5])).forward[0].formula)
    Z^[1] = W^[1] X + b^[1]
    """
    if isinstance(loss, HasMatrices):
        if notation is not None:
            raise ValueError("a recorded training has its notation: give nn.worked another")
        return loss.matrices(**shown)
    return Matrices(loss, notation, **shown)


# --- which lines ----------------------------------------------------------------------------------


class Parameters(NamedTuple):
    """The matrix of a layer's weights or biases and its nodes, laid out alike; `negated` where it
    is called by the name of the nodes' negatives. `of` is "weights" or "biases", of a `layer`.
    """

    of: str
    layer: int
    matrix: Matrix
    nodes: tuple[tuple[Value, ...], ...]
    negated: bool = False


class Lines:
    """The lines of a network, layer by layer."""

    def __init__(
        self,
        network: Network,
        names: MatrixNames,
        style: NumberStyle,
        numbers: RecordedNumbers | None = None,
    ) -> None:
        self.network, self.names, self.style = network, names, style
        self.numbers = numbers or RecordedNumbers(network, names.notation.error_sign)
        self.notation = names.notation
        self.orientation = self.notation.orientation
        self.turn = self.notation.error_sign
        self.is_maximised = self.notation.is_maximised(network.graph.root.name)
        self.cross_entropy = cross_entropy_of(network)
        self.head = self.cross_entropy.head if self.cross_entropy else network.head
        self.penalties = penalties_of(network, self.head, style) if self.head else ()

    def in_style(self, style: NumberStyle) -> Lines:
        """The same lines, their numbers shown in a style."""
        return Lines(self.network, self.names, style, self.numbers.in_style(style))

    def parameters(self) -> Iterator[Parameters]:
        """W and b of each layer, from the first to the last."""
        for layer in self.network.layers:
            number = layer.number
            rows = self._rows(layer.weights, True)
            yield Parameters("weights", number, self._weights(layer), rows)
            if layer.biases:
                rows = self._rows([[bias] for bias in layer.biases])
                negated = self.notation.bias_is_subtracted
                yield Parameters("biases", number, self._biases(layer), rows, negated)

    def gradient_in(self, parameters: Parameters) -> tuple[Matrix, bool]:
        """The gradient in one of these, and whether it is the negative of those in the nodes: not
        where the notation's name for it is with a minus, which is left out then.
        """
        loss, negated = self.names.loss, parameters.negated
        is_turned = negated and self.notation.sign(loss) == ""
        sign = None if is_turned == negated else ""
        name = self.notation.derivative(loss, parameters.matrix.text, sign)
        cells = [[self.numbers.gradient(x, is_turned) for x in row] for row in parameters.nodes]
        return Matrix.of(printable(name), latex_of(name), cells), is_turned

    def given(self) -> Iterator[MatrixLine]:
        """Inputs and targets."""
        yield MatrixLine(self._inputs(self.network.layers[0]))
        if self.head is not None:
            yield MatrixLine(self._targets())

    def forward(self) -> Iterator[MatrixLine]:
        """Z and A of each layer, and the loss."""
        for layer in self.network.layers:
            factors = forward_factors(self.orientation, self._weights(layer), self._inputs(layer))
            yield self._product(self._sums(layer), factors, self._plus_bias(layer))
            if layer.activation is not None:
                side = applied(layer.activation, self._sums(layer))
                yield MatrixLine(self._outputs(layer), side)
            elif layer.softmax:
                yield self._softmax(self._outputs(layer), self._sums(layer))
        if self.cross_entropy and self.cross_entropy.is_of_logits:
            yield self._of_logits(self.cross_entropy)
        matrices = [(each.matrix, each.nodes) for each in self.parameters()]
        for number, penalty in enumerate(self.penalties, start=1):
            yield MatrixLine(self._of_penalty(number), penalty.side(matrices))
        yield MatrixLine(self._of_node(self.network.graph.root, self.names.loss), self._loss())

    def _of_penalty(self, number: int) -> Matrix:
        """A penalty, R, or R_1, R_2 of several."""
        node = self.penalties[number - 1].node
        index = f"_{number}" if len(self.penalties) > 1 else ""
        return self._of_node(node, node.name or self.names.penalty + index)

    def _of_node(self, node: Value, name: str) -> Matrix:
        """The loss, or what is added to it, a number."""
        is_root = node is self.network.graph.root
        number = self.numbers.value(node, self.is_maximised and is_root)
        return Matrix.of(printable(name), latex_of(name), [[number]], is_number=True)

    def _softmax(self, result: Matrix, Z: Matrix) -> MatrixLine:
        each = "row" if self.orientation == "X W" else "column"
        return MatrixLine(result, softmax_side(Z), f"of each {each}")

    def _of_logits(self, found: CrossEntropy) -> MatrixLine:
        """The probabilities that no layer gives."""
        P, Z = self._predictions(found), self._sums(self.network.layers[-1])
        return MatrixLine(P, applied(SIGMOID, Z)) if found.is_binary else self._softmax(P, Z)

    def _loss(self) -> Side:
        """A cross-entropy over its predictions, or squared errors, and penalties; () where more is
        in the loss.
        """
        nodes = [penalty.node for penalty in self.penalties]
        if self.head is None or self.network.more_than(self.head, nodes):
            return ()
        found = self.cross_entropy
        side = self._of_cross_entropy(found) if found else self._of_squares(self.head)
        if not side:
            return ()
        sign = MINUS if self.is_maximised else PLUS
        added: list[Side] = [(sign, self._of_penalty(n)) for n, _ in enumerate(nodes, start=1)]
        return (*side, *chain(*added))

    def _of_cross_entropy(self, found: CrossEntropy) -> Side:
        """-1/m*sum(Y * log(A)); () where a log is of 0."""
        if self.numbers.takes_log_of_0(found):
            return ()
        side = cross_entropy_side(self._predictions(found), self._targets(), found.is_binary)
        several = len(found.probabilities) * self.network.samples > 1
        sign = () if self.is_maximised else (Sign("-"),)
        of_root = self.network.share_in_root(found.head)
        share = () if of_root == 1 else (share_sign(of_root, self.style),)
        return (*sign, *share, SUM if several else OPEN, *side, CLOSE)

    def _of_squares(self, head: Head) -> Side:
        """1/(2*m)*||Y - A||^2; () for another loss, or where its terms are rounded."""
        is_half = head.operation is HALF_SQUARED_ERROR
        if not (is_half or head.operation is SQUARED_ERROR) or self._rounds_terms(head):
            return ()
        share = self.network.share_in_root(head)
        if not is_half and self._is_half_of_mean(head):
            share, is_half = 2 * share, True
        factors = factor(share, self.style, is_half)
        sign = (Sign("-"),) if self.is_maximised else ()
        outputs = self._outputs(self.network.layers[-1])
        return (*sign, *factors, NORM, self._targets(), MINUS, outputs, SQUARED)

    def _rounds_terms(self, head: Head) -> bool:
        """Whether each step is rounded, and one stands between the outputs and the loss."""
        if not isinstance(self.numbers, LineResults) or not self.style.rounding:
            return False
        graph, label = self.network.graph, self.numbers.label
        terms = {term for row in head.terms for term in row}
        return any(label(x) for x in graph.depending(*terms) if x is not graph.root)

    def gradients(self) -> Iterator[MatrixLine]:
        """Those in A and Z, then in W and b, from the last layer to the first."""
        for layer in reversed(self.network.layers):
            yield from self._of_sums(layer)
            dZ = self._dsums(layer)
            name = self.names.of_weights(layer.number)
            dW = self._matrix(name, self._numbers_of(layer.weights), True)
            factors = weight_factors(self.orientation, dZ, self._inputs(layer))
            shape = f"the shape of {self.names.weights(layer.number)}"
            rest = self._rest(self._weights(layer), layer.weights, dW.text, True)
            yield self._product(dW, factors, rest, shape, self._mean())
            if layer.biases:
                yield self._of_biases(layer, dZ)

    def general(self) -> tuple[MatrixLine, ...]:
        """The formulas of any layer; of each where layers have letters of their own."""
        if self.names.of_any_layer:
            with_bias = any(layer.biases for layer in self.network.layers)
            mean = (ONE_OF_M,) if self.network.losses else ()
            last = tuple(self._general_last())
            return tuple(general_formulas(self.names, with_bias, last, mean, self._general_rest()))
        lines = (*self.forward(), *self.gradients())
        return tuple(without_numbers(line) for line in lines if line.side)

    def _general_last(self) -> Iterator[MatrixLine]:
        """The error term of the last layer where it is prediction minus target."""
        found, names = self.cross_entropy, self.names
        if found is None or not found.is_difference:
            return
        A = formula(names.probabilities if found.is_of_logits else names.outputs("L"))
        if found.is_of_logits:
            Z = formula(names.sums("L"))
            yield MatrixLine(A, applied(SIGMOID, Z) if found.is_binary else softmax_side(Z))
        side = self._share(difference(A, formula(names.targets), self.turn))
        yield MatrixLine(formula(names.of_sums("L")), side)

    # --- gradients --------------------------------------------------------------------------------

    def _of_sums(self, layer: LayerNodes) -> Iterator[MatrixLine]:
        """The gradient in A, and from it that in Z; for a linear layer they are one."""
        names, number = self.names, layer.number
        upstream, remark = self._upstream(layer)
        result = self._dsums(layer)
        found = self.cross_entropy
        if found and found.is_difference and layer is self.network.layers[-1]:
            P, Y = self._predictions(found), self._targets()
            yield MatrixLine(result, self._share(difference(P, Y, self.turn)))
        elif layer.softmax:
            if all(a is not None for row in layer.outputs for a in row):
                yield from self._given_outputs(layer, upstream, remark)
            yield MatrixLine(result, (), "as recorded, through the softmax")
        elif layer.is_linear:
            yield MatrixLine(result, upstream, remark)
        elif name := names.of_outputs(number):
            outputs = self._matrix(name, self._numbers_of(layer.outputs))
            yield MatrixLine(outputs, upstream, remark)
            yield MatrixLine(result, self._error_term((outputs,), layer))
        elif upstream:
            yield MatrixLine(result, self._error_term(within(upstream), layer), remark)
        else:
            own = self._matrix(
                names.derivative(names.outputs(number)), self._numbers_of(layer.outputs)
            )
            yield MatrixLine(result, self._error_term((own,), layer))

    def _error_term(self, upstream: Side, layer: LayerNodes) -> Side:
        return error_term(upstream, (self._slope(layer),), self.notation.derivative_first)

    def _given_outputs(
        self, layer: LayerNodes, upstream: Side, remark: str
    ) -> Iterator[MatrixLine]:
        if name := self.names.of_outputs(layer.number):
            rows = self._numbers_of(layer.outputs)
            yield MatrixLine(self._matrix(name, rows), upstream, remark)

    def _upstream(self, layer: LayerNodes) -> tuple[Side, str]:
        """What the gradient in a layer's outputs is: by the next layer, or by the loss."""
        if layer.number < len(self.network.layers):
            following = self.network.layers[layer.number]
            left, right = input_factors(
                self.orientation, self._weights(following), self._dsums(following)
            )
            outputs = self._outputs(layer)
            shapes = f"({left.shape})({right.shape}) -> {outputs.shape}"
            return product(left, right), f"{shapes}, the shape of {outputs.text}"
        return self._of_loss(layer), ""

    def _of_loss(self, layer: LayerNodes) -> Side:
        """The derivative of the loss in the outputs, entry by entry; () where it is no formula.

        That of a share of squared errors is twice the share times the differences: 2/m*(A - Y).
        """
        head = self.network.head
        if head is None:
            return ()
        outputs, targets = self._outputs(layer), self._targets()
        pairs = [
            (output, number_of(target))
            for of_neuron, row in zip(layer.outputs, head.targets, strict=True)
            for output, target in zip(of_neuron, row, strict=True)
        ]
        if head.operation is SQUARED_ERROR and head.share != 1:
            differences = difference(outputs, targets, self.turn)
            if self._is_half_of_mean(head):
                factors = factor(2 * head.share, self.style)
            else:
                factors = twice(head.share, self.style)
            return (*factors, *within(differences)) if factors else differences
        return self._share(derivative_side(head.operation, pairs, (outputs, targets), self.turn))

    def _is_half_of_mean(self, head: Head) -> bool:
        """Whether squared errors are shared out as half of their mean, over samples or all."""
        share, samples = self.network.share_in_root(head), self.network.samples
        count = samples * len(head.terms)
        return bool(share and share * count != 1 and 1 / (2 * share) in (samples, count))

    def _share(self, side: Side) -> Side:
        """A derivative times the share that each entry has in the loss."""
        assert self.head is not None
        share = self.head.share
        if not side or share == 1:
            return side
        return (share_sign(share, self.style), *within(side))

    def _general_rest(self) -> tuple[Side, Side]:
        """What reaches the weights and the biases of any layer past it."""
        W, b = formula(self.names.weights("l")), formula(self.names.biases("l"))
        dW, db = formula(self.names.of_weights("l")), formula(self.names.of_biases("l"))
        layers = self.network.layers
        of_weights = [self._rest(W, x.weights, dW.text, True) for x in layers]
        biases = [[[bias] for bias in x.biases] for x in layers if x.biases]
        of_biases = [self._rest(b, rows, db.text, False) for rows in biases]
        return _of_all(of_weights, dW), _of_all(of_biases, db)

    def _mean(self) -> Side:
        """1/m, where the error terms are those of the samples' own losses."""
        losses = self.network.losses
        return (share_sign(losses.share, self.style),) if losses else ()

    def _slope(self, layer: LayerNodes) -> Matrix:
        """The derivative of the activation, entry by entry: relu'(Z), (A*(1 - A))."""
        operation: Any = layer.activation
        rows = zip(layer.sums, layer.outputs, strict=True)
        numbers = [list(map(self.numbers.slope, *pair)) for pair in rows]
        text, latex = slope_written(operation, layer, self._sums(layer), self._outputs(layer))
        return replace(Matrix.of(text, latex, self._rows(numbers)), within_line=True)

    def _of_biases(self, layer: LayerNodes, dZ: Matrix) -> MatrixLine:
        names, number = self.names, layer.number
        negated = self.notation.bias_is_subtracted
        rows = [[self.numbers.gradient(b, negated)] for b in layer.biases]
        result = self._matrix(names.of_biases(number), rows)
        several = self.network.samples > 1
        where = "over the samples" if several else ""
        if layer.shares_bias:
            where = "over neurons and samples" if several else "over the neurons"
            where += ", which share it"
        side: Side = (*self._mean(), SUM, dZ, CLOSE) if where else (dZ,)
        if negated:
            side = (Sign("-"), *side)
        biases = [[b] for b in layer.biases]
        rest = self._rest(self._biases(layer), biases, result.text, False)
        return MatrixLine(result, (*side, *rest), where)

    def _rest(self, matrix: Matrix, parameters: Rows, gradient: str, is_weight: bool) -> Side:
        """What reaches the parameters past their layer, added: a penalty's gradient."""
        negated = not is_weight and self.notation.bias_is_subtracted
        numbers = [[self.numbers.rest(x, negated) for x in row] for row in parameters]
        if all(x is None for row in numbers for x in row):
            return ()
        turn = -self.turn if negated else self.turn
        if shares := shares_of(self.penalties, parameters, numbers, turn):
            sign = PLUS if self.turn > 0 else MINUS
            return tuple(chain(*((sign, *x.gradient(matrix, share)) for x, share in shares)))
        rows = [[0 if x is None else x for x in row] for row in numbers]
        return PLUS, replace(_rest_of(gradient), rows=self._matrix("R", rows, is_weight).rows)

    # --- matrices ---------------------------------------------------------------------------------

    def _product(
        self,
        result: Matrix,
        factors: tuple[Matrix, Matrix],
        more: Side,
        remark: str = "",
        mean: Side = (),
    ) -> MatrixLine:
        left, right = factors
        shapes = f"({left.shape})({right.shape}) -> {result.shape}"
        return MatrixLine(
            result,
            (*mean, *product(left, right), *more),
            f"{shapes}, {remark}" if remark else shapes,
        )

    def _plus_bias(self, layer: LayerNodes) -> Side:
        if not layer.biases:
            return ()
        sign = MINUS if self.notation.bias_is_subtracted else PLUS
        return sign, self._biases(layer)

    def _biases(self, layer: LayerNodes) -> Matrix:
        negated = self.notation.bias_is_subtracted
        rows = [[self.numbers.value(b, negated)] for b in layer.biases]
        return self._matrix(self.names.biases(layer.number), rows)

    def _weights(self, layer: LayerNodes) -> Matrix:
        return self._matrix(self.names.weights(layer.number), self._values(layer.weights), True)

    def _sums(self, layer: LayerNodes) -> Matrix:
        return self._matrix(self.names.sums(layer.number), self._values(layer.sums))

    def _outputs(self, layer: LayerNodes) -> Matrix:
        if layer.is_linear:
            return self._sums(layer)
        is_last = layer is self.network.layers[-1]
        of_classes = layer.softmax and is_last
        rows = self.numbers.outputs_of_classes() if of_classes else self._values(layer.outputs)
        return self._matrix(self.names.outputs(layer.number), rows)

    def _predictions(self, found: CrossEntropy) -> Matrix:
        """What a cross-entropy is of: the last layer's outputs, or P."""
        last = self.network.layers[-1].number
        name = self.names.probabilities if found.is_of_logits else self.names.outputs(last)
        return self._matrix(name, self.numbers.predictions(found))

    def _targets(self) -> Matrix:
        assert self.head is not None
        return self._matrix(self.names.targets, self._values(self.head.targets))

    def _inputs(self, layer: LayerNodes) -> Matrix:
        if layer.number > 1:
            return self._outputs(self.network.layers[layer.number - 2])
        return self._matrix(self.names.outputs(0), self._values(layer.inputs))

    def _dsums(self, layer: LayerNodes) -> Matrix:
        return self._matrix(self.names.of_sums(layer.number), self._numbers_of(layer.sums))

    def _numbers_of(self, nodes: Rows) -> Rows:
        """The gradients in nodes; of minus the loss where the notation has them so."""
        return [[self.numbers.gradient(x) for x in row] for row in nodes]

    def _values(self, nodes: Rows) -> Rows:
        return [[self.numbers.value(x) for x in row] for row in nodes]

    def _matrix(self, name: str, rows: Rows, is_weight: bool = False) -> Matrix:
        return Matrix.of(printable(name), latex_of(name), self._rows(rows, is_weight))

    def _rows(self, rows: Rows, is_weight: bool = False) -> tuple[tuple[Any, ...], ...]:
        """A neuron's row as the orientation lays it out."""
        turned = self.orientation == "X W" or (is_weight and self.orientation != "W a")
        return tuple(map(tuple, zip(*rows, strict=True) if turned else rows))


def _rest_of(gradient: str) -> Matrix:
    """R(dW): what reaches parameters past their layer, where it has no formula.

    >>> _rest_of("dW").text
    'R(dW)'
    """
    return Matrix(f"R({gradient})", rf"R\left({latex_of(gradient)}\right)")


def _of_all(sides: Sequence[Side], gradient: Matrix) -> Side:
    """What all sides are in letters; R(dW), as what is no formula is called, where they differ."""
    lines = [without_numbers(MatrixLine(gradient, side)).side for side in sides]
    if all(side == lines[0] for side in lines):
        return lines[0] if lines else ()
    return PLUS, _rest_of(gradient.text)
