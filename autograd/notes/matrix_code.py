"""A network's loss and gradients as the NumPy code that courses ask for, over whole matrices.

    Z1 = W1 @ A0 + b1             # forward
    A1 = np.maximum(0, Z1)
    dZ1 = dA1*(Z1 > 0)            # backward
    dW1 = dZ1 @ A0.T

Which matrices there are is found in the recorded graph; how a loss and an activation are derived is
read from the rule table. The code stands alone: it needs NumPy only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd.notes.expressions import Pen, opposite, write
from autograd.notes.identifiers import Identifiers
from autograd.notes.labels import Labels
from autograd.notes.matrices import Head, LayerNodes, Network, Rows
from autograd.notes.matrix_cross_entropies import OF_LOGIT, CrossEntropy, cross_entropy_of
from autograd.notes.matrix_names import (
    MatrixNames,
    forward_factors,
    input_factors,
    weight_factors,
)
from autograd.notes.matrix_penalties import Penalty
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.penalty_code import PenaltyCode, known_penalties
from autograd.notes.tracing import literal
from autograd.reading import (
    ATOM,
    OPERATIONS,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Graph,
    Layout,
    Operation,
    Term,
    Value,
    constant,
    number_of,
    printable,
    total,
)

# How NumPy writes the operations of the table, entry by entry. Each is written a second time here:
# tests/test_matrix_code.py computes every form and compares it with the table's own value.
SAME = ("add", "sub", "mul", "div", "neg")
CALLS = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs")
FORMS = {
    **{name: OPERATIONS[name].text for name in SAME},
    **{name: Layout(f"np.{name}({{}})") for name in CALLS},
    "_quotient": OPERATIONS["div"].text,
    "pow": Layout("{}**{}", POWER, (ATOM, ATOM)),
    "asin": Layout("np.arcsin({})"),
    "acos": Layout("np.arccos({})"),
    "atan": Layout("np.arctan({})"),
    "maximum": Layout("np.maximum({}, {})"),
    "minimum": Layout("np.minimum({}, {})"),
    "where": Layout("np.where({} > 0, {}, {})"),
    "relu": Layout("np.maximum(0, {})"),
    "leaky_relu": Layout("np.where({0} > 0, {0}, {0}/100)", ATOM, (PRODUCT,)),
    "elu": Layout("np.where({0} > 0, {0}, np.expm1(np.minimum({0}, 0)))"),
    "sigmoid": Layout("sigmoid({})"),
    "silu": Layout("{0}*sigmoid({0})", PRODUCT, (PRODUCT,)),
    "softplus": Layout("np.logaddexp(0, {})"),
    "half_squared_error": Layout("({1} - {0})**2/2", PRODUCT, (PRODUCT, SUM)),
    "squared_error": Layout("({1} - {0})**2", POWER, (PRODUCT, SUM)),
    "binary_cross_entropy": Layout("-({1}*np.log({0}) + (1 - {1})*np.log(1 - {0}))", SIGNED),
    "binary_cross_entropy_with_logits": Layout("np.logaddexp(0, {0}) - {1}*{0}", SUM),
}
SIGMOID = """def sigmoid(z):
    t = np.exp(-np.abs(z))
    return np.where(z > 0, 1, t)/(1 + t)
"""
SOFTMAX = """def softmax(z):
    t = np.exp(z - z.max(axis=AXIS, keepdims=True))
    return t/t.sum(axis=AXIS, keepdims=True)
"""
WHERE = OPERATIONS["where"]
RESERVED = ("np", "sigmoid", "softmax", "log_softmax", "Fraction")
LOG_SOFTMAX = """def log_softmax(z):
    t = z - z.max(axis=AXIS, keepdims=True)
    return t - np.log(np.exp(t).sum(axis=AXIS, keepdims=True))
"""
HELPERS = {"sigmoid": SIGMOID, "softmax": SOFTMAX, "log_softmax": LOG_SOFTMAX}
EXPECTED = (
    "python(matrices=True) writes a sum or mean of a loss of one output and one target each, and "
    "penalties of squares or sizes of whole matrices"
)


@dataclass(frozen=True, slots=True)
class Name:
    """An array in the code.

    >>> Name("W1").T
    Name(text='W1.T')
    """

    text: str

    @property
    def T(self) -> Name:  # noqa: N802 - the transpose is written so
        """The transpose."""
        return Name(f"{self.text}.T")


def matrix_program(graph: Graph, notation: Notation, *, function: bool = False) -> str:
    """NumPy that computes the loss of a network and its gradients, in a notation's orientation.

    A ValueError where the graph is not that of such a loss, a TypeError for an operation that NumPy
    has not.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5, -1.0]]], [[0.25]], ["relu"], notation="ng")
    >>> loss = nn.half_squared_error(model([4.0, 1.0]), 1.0)
    >>> print(matrix_program(Graph(loss), model.notation).partition("# forward")[2])
    <BLANKLINE>
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    L = ((Y - A1)**2/2).sum()
    <BLANKLINE>
    # backward
    dA1 = A1 - Y
    dZ1 = dA1*(Z1 > 0)
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(axis=1, keepdims=True)
    <BLANKLINE>
    """
    if function:
        raise TypeError("matrices=True is a script: give function=True without it")
    network = Network(graph, notation.per_sample_gradients)
    cost, is_mean = Labels(graph, notation).root, network.losses is not None
    writer = MatrixWriter(network, MatrixNames(notation, network.sizes, cost, is_mean))
    sections = {"": writer.given(), "forward": writer.forward(), "backward": writer.backward()}
    return program_of(sections.items(), writer)


def program_of(sections: Iterable[tuple[str, Iterable[str]]], writer: MatrixWriter) -> str:
    """A script of titled sections below what it imports and calls.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    >>> network = Network(Graph(nn.half_squared_error(model([4.0]), 1.0)))
    >>> writer = MatrixWriter(network, MatrixNames(model.notation, network.sizes))
    >>> print(program_of([("", ["x = 1"]), ("forward", ["y = 2*x"])], writer), end="")
    import numpy as np  # pip install numpy
    <BLANKLINE>
    x = 1
    <BLANKLINE>
    # forward
    y = 2*x
    """
    texts = ("\n".join([f"# {title}", *lines] if title else lines) for title, lines in sections)
    body = "\n\n".join(texts)
    head = "from fractions import Fraction\n\n" if "Fraction(" in body else ""
    called = [of for name, of in HELPERS.items() if re.search(rf"\b{name}\(", body)]
    helpers = "".join(f"\n\n{of}".replace("AXIS", writer.over_classes) for of in called)
    apart = "\n\n" if called else "\n"
    return f"{head}import numpy as np  # pip install numpy\n{helpers}{apart}{body}\n"


class MatrixWriter:
    """The lines of the code of a network's loss, in the variables of another one, `like` it.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    >>> network = Network(Graph(nn.half_squared_error(model([4.0]), 1.0)))
    >>> list(MatrixWriter(network, MatrixNames(model.notation, network.sizes)).forward())
    ['Z1 = W1 @ A0', 'L = ((Y - Z1)**2/2).sum()']
    """

    def __init__(
        self, network: Network, names: MatrixNames, like: MatrixWriter | None = None
    ) -> None:
        self.network, self.names, self.notation = network, names, names.notation
        self.cross_entropy = cross_entropy_of(network)
        self.head, penalties = _head(network, self.cross_entropy)
        self.is_rows = self.notation.orientation == "X W"
        self.over_classes = "1" if self.is_rows else "0"
        self.identifiers: Identifiers = like.identifiers if like else Identifiers(RESERVED)
        self._found: dict[tuple[str, int], Name] = like._found if like else {}
        self.penalties = PenaltyCode(
            penalties,
            network,
            self.notation,
            lambda of, layer: self.name(of, layer).text,
            lambda name: self.variable(short(name)),
            names.penalty,
        )

    def given(self) -> Iterator[str]:
        """The arrays of inputs, targets, weights and biases."""
        yield self._array(self.name("outputs", 0), self.network.layers[0].inputs)
        yield self._array(self.name("targets", 0), self.head.targets)
        for layer in self.network.layers:
            yield self._array(self.name("weights", layer.number), layer.weights, is_weight=True)
            if layer.biases:
                sign = -1 if self.notation.bias_is_subtracted else 1
                rows = [[sign * bias.data] for bias in layer.biases]
                yield self._array(self.name("biases", layer.number), rows)
        for node in self.penalties.strengths:
            yield f"{self.variable(short(node.name))} = {number_text(node)}"

    def forward(self) -> Iterator[str]:
        """Z and A of each layer, and the loss."""
        for layer in self.network.layers:
            number, Z = layer.number, self.name("sums", layer.number)
            W, A = self.name("weights", number), self._inputs(layer)
            left, right = forward_factors(self.notation.orientation, W, A)
            sign = "-" if self.notation.bias_is_subtracted else "+"
            bias = f" {sign} {self.name('biases', number).text}" if layer.biases else ""
            yield f"{Z.text} = {left.text} @ {right.text}{bias}"
            if layer.activation is not None:
                of = _form(layer.activation)([Term(Z.text)])
                yield f"{self._outputs(layer).text} = {of.text}"
            elif layer.softmax:
                yield f"{self._outputs(layer).text} = softmax({Z.text})"
        if self.cross_entropy and self.cross_entropy.is_of_logits:
            function = "sigmoid" if self.cross_entropy.is_binary else "softmax"
            yield f"{self._predictions(layer).text} = {function}({self._outputs(layer).text})"
        yield from self.penalties.lines()
        yield self._loss()

    def _loss(self) -> str:
        operation = self.head.operation
        negative = self.notation.is_maximised(self.network.graph.root.name)
        last, Y = self.network.layers[-1], self.name("targets", 0).text
        of, found = self._outputs(last).text, self.cross_entropy
        of_sums = bool(found and (found.is_of_logits or found.has_log_of_0))
        if of_sums:  # no logarithm of a probability that is 0
            of = self.name("sums", last.number).text
        if found and not found.is_binary:
            log = f"log_softmax({of})" if of_sums else f"np.log({of})"
            terms, negative = Term(f"({Y}*{log})"), not negative
        else:
            terms = _form(OF_LOGIT if of_sums else operation)([Term(of), Term(Y)])
        loss = f"{'-' * negative}{terms.within(ATOM)}.sum()"
        shared = _shared(Term(loss, PRODUCT), self.network.share_in_root(self.head))
        return f"{self.name('loss', 0).text} = {shared.text}{self.penalties.added()}"

    def backward(self) -> Iterator[str]:
        """The gradients in A and Z, W and b, from the last layer to the first."""
        for layer in reversed(self.network.layers):
            number, dZ = layer.number, self.name("of_sums", layer.number)
            if self.cross_entropy and layer is self.network.layers[-1]:
                yield f"{dZ.text} = {self._difference(self.cross_entropy).text}"
            else:
                yield from self._of_sums(layer, dZ)
            factors = weight_factors(self.notation.orientation, dZ, self._inputs(layer))
            of_weights = f"{_product(factors)}{self._mean()}"
            rest = self.penalties.rest("weights", layer)
            yield f"{self.name('of_weights', number).text} = {of_weights}{rest}"
            if layer.biases:
                axis = "" if layer.shares_bias else f"axis={0 if self.is_rows else 1}, "
                minus = "-" if self.notation.bias_is_subtracted else ""
                db = self.name("of_biases", number)
                of_biases = f"{minus}{dZ.text}.sum({axis}keepdims=True){self._mean()}"
                yield f"{db.text} = {of_biases}{self.penalties.rest('biases', layer)}"

    def _mean(self) -> str:
        """/m, where the error terms are those of the samples' own losses."""
        return f"/{self.network.losses.count}" if self.network.losses else ""

    def _of_sums(self, layer: LayerNodes, dZ: Name) -> Iterator[str]:
        """The gradient in A where it has a line, and from it that in Z."""
        upstream, is_written = self._upstream(layer), bool(self.names.of_outputs(layer.number))
        if not layer.is_linear and (is_written or layer.softmax):
            dA = self.name("of_outputs", layer.number)
            yield f"{dA.text} = {upstream.text}"
            upstream = Term(dA.text)
        if layer.softmax:
            A = self._outputs(layer).text
            inner = f"({A}*{upstream.text}).sum(axis={self.over_classes}, keepdims=True)"
            upstream = Term(f"{A}*({upstream.text} - {inner})", PRODUCT)
        elif layer.activation is not None:
            slope = self._slope(layer).within(POWER)
            upstream = Term(f"{upstream.within(PRODUCT)}*{slope}", PRODUCT)
        yield f"{dZ.text} = {upstream.text}"

    # --- parts of lines ---------------------------------------------------------------------------

    def _difference(self, found: CrossEntropy) -> Term:
        """Prediction minus target, or in a notation of that sign the negative."""
        P, Y = self._predictions(self.network.layers[-1]).text, self.name("targets", 0).text
        if not found.is_difference:  # shares of the classes that do not add up to 1
            P = f"{P}*{Y}.sum(axis={self.over_classes}, keepdims=True)"
        left, right = (P, Y) if self.notation.error_sign > 0 else (Y, P)
        return _shared(Term(f"{left} - {right}", SUM), found.head.share)

    def _predictions(self, layer: LayerNodes) -> Name:
        """What a cross-entropy is of: the outputs, or P."""
        if self.cross_entropy and self.cross_entropy.is_of_logits:
            return self.name("probabilities", 0)
        return self._outputs(layer)

    def _upstream(self, layer: LayerNodes) -> Term:
        """The gradient in the outputs: through the next layer, or that of the loss."""
        if layer.number < len(self.network.layers):
            W, dZ = (self.name(of, layer.number + 1) for of in ("weights", "of_sums"))
            return Term(_product(input_factors(self.notation.orientation, W, dZ)), SUM)
        head, found = self.head, set()
        places = Term(self._outputs(layer).text), Term(self.name("targets", 0).text)
        if head.operation is OPERATIONS["squared_error"] and 2 * head.share == 1:
            A, Y = places if self.notation.error_sign > 0 else reversed(places)
            return Term(f"{A.text} - {Y.text}", SUM)
        for outputs, targets in zip(layer.outputs, head.targets, strict=True):
            for output, target in zip(outputs, targets, strict=True):
                operands = Value(output.data), Value(number_of(target))
                derivative = head.operation.recorded_derivatives(head.operation(*operands))[0]
                known = dict(zip(operands, places, strict=True))
                found.add(_expression(derivative, known, self.notation.error_sign))
        if len(found) > 1:
            raise ValueError(f"the derivative of the loss has no one formula here: {EXPECTED}")
        return _shared(found.pop(), head.share)

    def _slope(self, layer: LayerNodes) -> Term:
        """The derivative of the activation, over Z and A."""
        operation: Any = layer.activation
        Z, A = Term(self.name("sums", layer.number).text), Term(self._outputs(layer).text)
        found = set()
        for z in (z for row in layer.sums for z in row):
            given = Value(z.data)
            node = operation(given)
            derivative = operation.recorded_derivatives(node)[0]
            found.add(_expression(derivative, {given: Z, node: A}))
        if len(found) > 1:
            raise ValueError(
                f"the derivative of {printable(operation.name)} has no one formula here: derive() "
                "has the lines of each entry"
            )
        return found.pop()

    def _array(self, name: Name, rows: Rows, is_weight: bool = False) -> str:
        turned = self.is_rows or (is_weight and self.notation.orientation != "W a")
        return array(name.text, list(zip(*rows, strict=True)) if turned else rows)

    def _inputs(self, layer: LayerNodes) -> Name:
        if layer.number == 1:
            return self.name("outputs", 0)
        return self._outputs(self.network.layers[layer.number - 2])

    def _outputs(self, layer: LayerNodes) -> Name:
        return self.name("sums" if layer.is_linear else "outputs", layer.number)

    def name(self, of: str, layer: int) -> Name:
        """The identifier of a matrix, W1, dW1, delta2; claimed when it is first asked for.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
        >>> network = Network(Graph(nn.half_squared_error(model([4.0]), 1.0)))
        >>> writer = MatrixWriter(network, MatrixNames(model.notation, network.sizes))
        >>> writer.name("of_weights", 1)
        Name(text='dW1')
        """
        if (of, layer) not in self._found:
            self._found[of, layer] = Name(self.identifiers.claim(self._text(of, layer)))
        return self._found[of, layer]

    def variable(self, name: str) -> str:
        """The identifier of something else, one for each name.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
        >>> network = Network(Graph(nn.half_squared_error(model([4.0]), 1.0)))
        >>> MatrixWriter(network, MatrixNames(model.notation, network.sizes)).variable("beta_1")
        'beta_1'
        """
        if (name, 0) not in self._found:
            self._found[name, 0] = Name(self.identifiers.claim(name))
        return self._found[name, 0].text

    def _text(self, of: str, layer: int) -> str:
        if of == "of_outputs" and not self.names.of_outputs(layer):
            return f"d{self.name('outputs', layer).text}"
        if of in ("loss", "targets", "probabilities"):
            return short(getattr(self.names, of))
        own = _own_gradient(self.notation, of)
        if of.startswith("of_") and not own:
            sign = "minus_" if self.notation.sign(self.names.loss) else ""
            return f"{sign}d{self.name(of.removeprefix('of_'), layer).text}"
        return short(getattr(self.names, of)(layer))


def _own_gradient(notation: Notation, of: str) -> bool:
    """Whether gradients of this kind have a name of their own."""
    if of == "of_sums":
        return bool(notation.delta_pattern)
    return of == "of_outputs" and notation.activation_gradient_pattern not in ("", "d")


def short(name: str) -> str:
    """W^[1] as W1, w_0^1 as w01.

    >>> short("W^[1]"), short("w_0^1"), short("m(W^[1])")
    ('W1', 'w01', 'mW1')
    """
    return re.sub(r"[\^()\[\]]|(?<=[A-Za-z])_(?=\d)", "", name)


def array(name: str, rows: Iterable[Iterable[Any]]) -> str:
    """The line of a matrix that is given.

    >>> array("W1", [[1, 2], [3, Value(0.5)]]).splitlines()
    ['W1 = np.array([[1, 2],', '               [3, 0.5]])']
    """
    texts = [f"[{', '.join(number_text(x) for x in row)}]" for row in rows]
    before = f"{name} = np.array(["
    return before + (",\n" + " " * len(before)).join(texts) + "])"


def _product(factors: tuple[Name, Name]) -> str:
    return f"{factors[0].text} @ {factors[1].text}"


def number_text(x: Any) -> str:
    """A number as Python writes it; a TypeError for one that NumPy has not.

    >>> number_text(Value(0.5))
    '0.5'
    """
    number = number_of(x)
    if number.__class__ not in (int, float, Fraction):
        raise TypeError(
            f"python(matrices=True) takes int, float and Fraction, not a {type(number).__name__}"
        )
    return literal(number).text


def _head(network: Network, cross_entropy: CrossEntropy | None) -> tuple[Head, Sequence[Penalty]]:
    """The loss of each output, and penalties; a ValueError where the root is no sum or mean of such
    alone.
    """
    head = cross_entropy.head if cross_entropy else network.head
    if head is None or any(layer.softmax for layer in network.layers[:-1]):
        raise ValueError(
            f"{EXPECTED}, or the cross-entropy of the last layer's classes: this loss is neither"
        )
    penalties = known_penalties(network, head)
    if more := network.more_than(head, [penalty.node for penalty in penalties]):
        raise ValueError(f"{more}: {EXPECTED}")
    return head, penalties


def _shared(term: Term, share: Any) -> Term:
    """The term times the share that each has in the loss: /4 for a mean of four."""
    if share == 1:
        return term
    count = round(1 / share)
    if constant(1, share) / count == share:
        return Term(f"{term.within(PRODUCT)}/{count}", PRODUCT)
    return Term(f"{literal(share).text}*{term.within(POWER)}", PRODUCT)


# --- expressions ----------------------------------------------------------------------------------


def _form(operation: Operation) -> Any:
    """How NumPy writes an operation of the table."""
    of_table = OPERATIONS.get(operation.name) is operation or operation.name == "_quotient"
    if not of_table or operation.name not in FORMS:
        raise TypeError(
            f"NumPy has no {printable(operation.name)}: derive(loss).python() writes each scalar"
        )
    return FORMS[operation.name]


def _expression(derivative: Any, known: Mapping[Value, Term], turn: int = 1) -> Term:
    """A recorded derivative, or its negative, over what is known."""
    return written_over(derivative, known, negated=turn < 0)


class CodePen(Pen):
    """Writes expressions as NumPy.

    >>> w = Term("W1")
    >>> CodePen().operation(OPERATIONS["exp"], [w]).text, CodePen().number(Fraction(1, 2)).text
    ('np.exp(W1)', 'Fraction(1, 2)')
    """

    def __init__(self) -> None:
        super().__init__(derived=True)

    def number(self, number: Any, plain: bool = False, style: NumberStyle | None = None) -> Term:
        """A number as Python writes it."""
        return literal(number)

    def operation(self, operation: Operation, terms: Sequence[Term]) -> Term:
        """The operation over its operands; a TypeError for one that NumPy has not."""
        is_comparison = operation is WHERE and [term.text for term in terms[1:]] == ["1", "0"]
        if is_comparison:
            return Term(f"({terms[0].text} > 0)")
        written: Term = (total.text if operation is total else _form(operation))(terms)
        return written


def written_over(node: Any, known: Mapping[Value, Term], negated: bool = False) -> Term:
    """What a node records, or its negative, as NumPy over what is known.

    >>> w = Value(3.0, "w")
    >>> written_over(w * w - 1, {w: Term("W1")}).text
    'W1*W1 - 1'
    """
    if negated:
        return opposite(node, known.get, CodePen(), lambda x: known[x].minus_of is not None)
    if node.__class__ is not Value:
        return literal(node)
    return known.get(node) or write(node, known.get, pen=CodePen())
