"""The penalties of a network's loss as NumPy: R = 0.1*(W1**2).sum(), and 0.2*W1 in gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from autograd.notes.matrices import Head, LayerNodes, Network, Rows
from autograd.notes.matrix_numbers import RecordedNumbers
from autograd.notes.matrix_penalties import Part, Penalty, Share, penalties_of, shares_of
from autograd.notes.notation import Notation
from autograd.notes.tracing import literal
from autograd.reading import Value


def known_penalties(network: Network, head: Head) -> Sequence[Penalty]:
    """The penalties beside the losses of a head, where each is of whole matrices; else none.

    >>> import nn
    >>> from autograd import Graph
    >>> model = nn.MLP.from_weights([[[0.5, 1.0]]], None, ["linear"])
    >>> loss, weights = nn.half_squared_error(model([4.0, 1.0]), 1.0), model.parameters()
    >>> each = (Network(Graph(loss + nn.l2(ws, 0.25))) for ws in (weights, weights[:1]))
    >>> [len(known_penalties(network, network.head)) for network in each]
    [1, 0]
    """
    penalties = penalties_of(network, head)
    parts = [part for penalty in penalties for part in penalty.parts]
    try:
        for rows in chain(*map(_parameters, network.layers)):
            for part in parts:
                part.share(rows)
    except ValueError:
        return ()
    return penalties


def _parameters(layer: LayerNodes) -> list[Rows]:
    return [layer.weights, *([_column(layer)] if layer.biases else ())]


def _column(layer: LayerNodes) -> Rows:
    return [[bias] for bias in layer.biases]


class PenaltyCode:
    """The lines of penalties, over the variables that `matrix` gives to weights and biases of a
    layer, and `variable` to other names; `named` is what one without a name is called.

    >>> import nn
    >>> from autograd import Graph
    >>> from autograd.notes.profiles import NOTES
    >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    >>> loss = nn.half_squared_error(model([4.0]), 1.0) + nn.l2(model.parameters(), 0.25)
    >>> network = Network(Graph(loss))
    >>> found = known_penalties(network, network.head)
    >>> code = PenaltyCode(found, network, NOTES, lambda of, layer: f"W{layer}", str, "R")
    >>> list(code.lines()), code.added(), code.rest("weights", network.layers[0])
    (['R = 0.25*(W1**2).sum()'], ' + R', ' + 0.5*W1')
    """

    def __init__(
        self,
        penalties: Sequence[Penalty],
        network: Network,
        notation: Notation,
        matrix: Callable[[str, int], str],
        variable: Callable[[str], str],
        named: str,
    ) -> None:
        self.penalties, self.network, self.notation = penalties, network, notation
        self.matrix, self.variable, self.named = matrix, variable, named
        self.numbers = RecordedNumbers(network, notation.error_sign)

    @property
    def strengths(self) -> list[Value]:
        """The named numbers that penalties are multiplied by."""
        parts = (part for penalty in self.penalties for part in penalty.parts)
        return list(dict.fromkeys(chain(*(part.strengths for part in parts))))

    def lines(self) -> Iterator[str]:
        """The line of each penalty."""
        for penalty in self.penalties:
            yield f"{self._name(penalty)} = {' + '.join(map(self._of_part, penalty.parts))}"

    def added(self) -> str:
        """What they add to the loss."""
        is_maximised = self.notation.is_maximised(self.network.graph.root.name)
        sign = "-" if is_maximised else "+"
        return "".join(f" {sign} {self._name(penalty)}" for penalty in self.penalties)

    def rest(self, of: str, layer: LayerNodes) -> str:
        """What they add to the gradient in the weights or biases of a layer.

        A ValueError where that is not what the graph has.
        """
        is_bias = of == "biases"
        rows = _column(layer) if is_bias else layer.weights
        negated = is_bias and self.notation.bias_is_subtracted
        numbers = [[self.numbers.rest(x, negated) for x in row] for row in rows]
        if all(x is None for row in numbers for x in row):
            return ""
        turn, name = self.notation.error_sign, self.matrix(of, layer.number)
        shares = shares_of(self.penalties, rows, numbers, -turn if negated else turn)
        if not shares:
            raise ValueError(f"what reaches {name} past its layer has no one formula")
        sign, added = "+" if turn > 0 else "-", []
        for part, share in shares:
            of_entries = name if share.is_square else f"np.sign({name})"
            times = 2 if share.is_square else 1
            added.append(f" {sign} {self._times(part, share, of_entries, times)}")
        return "".join(added)

    def _name(self, penalty: Penalty) -> str:
        index = self.penalties.index(penalty) + 1 if len(self.penalties) > 1 else ""
        return self.variable(penalty.node.name or f"{self.named}{index}")

    def _of_part(self, part: Part) -> str:
        sums: dict[Share, list[str]] = {}
        for layer in self.network.layers:
            for of, rows in zip(("weights", "biases"), _parameters(layer), strict=False):
                share, name = part.share(rows), self.matrix(of, layer.number)
                if share is not None:
                    text = f"({name}**2).sum()" if share.is_square else f"np.abs({name}).sum()"
                    sums.setdefault(share, []).append(text)
        return " + ".join(
            self._times(part, share, " + ".join(each), is_sum=len(each) > 1)
            for share, each in sums.items()
        )

    def _times(
        self, part: Part, share: Share, text: str, times: int = 1, is_sum: bool = False
    ) -> str:
        """What is written times the factor of a share, or so many times that."""
        number, node = part.factors(share, times)
        factors = [] if number == 1 else [literal(number).text]
        factors += [] if node is None else [self.variable(node.name)]
        return "*".join([*factors, f"({text})" if is_sum and factors else text])
