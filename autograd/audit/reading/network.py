"""A network as definitions: what `network: 2-3-1 relu relu` stands for.

Every weighted sum, activation and parameter is called as the notation calls it. Over several
samples each quantity but the parameters has its sample behind it, z_0^1(2); a parameter as one
sample meets it is w_01^1(2), so that a gradient of a parameter is the sum of what the samples give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import pairwise

from autograd.audit.expressions import Apply, Expression, Name
from autograd.audit.reading.names import plain, unknown
from autograd.notes.meaning import Quantity, Role, quantities
from autograd.notes.notation import Notation
from autograd.reading import meant

MOST_SIZES = 12
MOST_NEURONS = 64  # of one layer
MOST_WEIGHTS = 4_000  # over all samples
SIZES = re.compile(r"\s*(\d{1,6}(?:\s*-\s*\d{1,6})*)\s*(.*)")
FIRST = re.compile(r"first (index|layer) (\d{1,2})\b")
ACTIVATIONS = {
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "sigmoid": "sigmoid",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "linear": "",
    "identity": "",
    "softmax": "softmax",
}
NO_BIAS, ONE_BIAS, OWN_BIAS = "no bias", "one bias per layer", ""
BIASES = {"no biases": NO_BIAS, "no bias": NO_BIAS, "one bias per layer": ONE_BIAS}


@lru_cache(maxsize=2 * MOST_WEIGHTS)
def spelled(text: str) -> str:
    """A notation's name in its plain spelling.

    >>> spelled("W^[1]_12"), spelled("w_0,12^1"), spelled("z^[1](3)_2")
    ('W_12^[1]', 'w_{0,12}^1', 'z_2^[1](3)')
    """
    text = re.sub(r"_([A-Za-z0-9]+(?:,[A-Za-z0-9]+)+)", r"_{\1}", text)
    return plain(re.sub(r"\^(\w+)(\(\w+\))", r"^{\1\2}", text))


@dataclass(frozen=True, slots=True)
class Network:
    """The widths and activations of a network, and how its quantities are named.

    `samples` are the numbers of the samples, none where nothing has a sample's index.

    >>> from autograd.notes.notation import NOTES
    >>> network = network_of("1-2-1 tanh linear, no bias", NOTES)
    >>> [name.text for name in network.definitions()]
    ['z_0^1', 'z_1^1', 'a_0^1', 'a_1^1', 'z_0^2', 'a_0^2']
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    notation: Notation
    bias: str = OWN_BIAS
    samples: tuple[int, ...] = ()

    def definitions(self) -> dict[Name, Expression]:
        """What each name of the network is computed as, layer by layer."""
        found: dict[Name, Expression] = {}
        parameters = [*self.weights(), *self.biases()]
        for sample in self.samples or (0,):
            if sample:
                found |= {self.of_sample(name, sample): name for name in parameters}
            for layer in range(1, len(self.sizes)):
                found |= self._layer(layer, sample)
        return found

    def weights(self) -> Iterator[Name]:
        """Every weight, layer by layer."""
        for layer in range(1, len(self.sizes)):
            yield from self.layer(Role.WEIGHT, layer)

    def biases(self) -> Iterator[Name]:
        """Every bias, layer by layer."""
        for layer in range(1, len(self.sizes)):
            yield from self.layer(Role.BIAS, layer)

    def layer(self, role: Role, layer: int, sample: int = 0) -> list[Name]:
        """What a layer has of a role; weights neuron by neuron."""
        neurons = range(self.sizes[layer])
        if role is Role.WEIGHT:
            return [self._weight(layer, j, k) for j in neurons for k in self._sources(layer)]
        if role is Role.BIAS:
            own = {OWN_BIAS: neurons, ONE_BIAS: (None,)}.get(self.bias, ())
            return [self._named(role, layer, each) for each in own]
        return [self._of_sample(self._text(role, layer, j), sample) for j in neurons]

    @property
    def quantities(self) -> dict[str, Quantity]:
        """What the sums and the activations are, by their names without a sample."""
        roles = (Role.PREACTIVATION, Role.ACTIVATION)
        known = (each for each in quantities(self.sizes) if each.role in roles)
        return {spelled(self.notation.text(quantity)): quantity for quantity in known}

    def outputs(self, sample: int = 0) -> list[Name]:
        """The activations of the last layer."""
        last = len(self.sizes) - 1
        return self.layer(Role.ACTIVATION, last, sample)

    def targets(self, declared: Iterable[str], sample: int = 0) -> list[Name]:
        """What the outputs are to be; a single one may be called y instead of y_0."""
        count = self.sizes[-1]
        names = [self.target(neuron, sample) for neuron in range(count)]
        alone = self._of_sample(self.notation.target_name, sample)
        if count == 1 and names[0].text not in declared and alone.text in declared:
            return [alone]
        return names

    def target(self, neuron: int, sample: int = 0) -> Name:
        """What an output is to be."""
        return self._of_sample(self.notation.target(neuron, self.sizes), sample)

    def of_sample(self, parameter: Name, sample: int) -> Name:
        """A parameter as one sample meets it."""
        return self._of_sample(parameter.text, sample)

    # --- the layers -------------------------------------------------------------------------------

    def _layer(self, layer: int, sample: int) -> dict[Name, Expression]:
        neurons = range(self.sizes[layer])
        sums = {self._sum(layer, j, sample): self._weighted(layer, j, sample) for j in neurons}
        activations = [self._activation(layer, neuron, sample) for neuron in neurons]
        function = self.activations[layer - 1]
        return sums | dict(zip(activations, activated(function, list(sums)), strict=True))

    def _weighted(self, layer: int, neuron: int, sample: int) -> Expression:
        """w_00*a_0 + w_01*a_1 + ... + b, or - b where the notation subtracts it."""
        products = [
            apply(
                "mul",
                self.of_sample(self._weight(layer, neuron, source), sample),
                self._activation(layer - 1, source, sample),
            )
            for source in self._sources(layer)
        ]
        if self.bias == NO_BIAS:
            return total(products)
        own = neuron if self.bias == OWN_BIAS else None
        bias = self.of_sample(self._named(Role.BIAS, layer, own), sample)
        sign = "sub" if self.notation.bias_is_subtracted else "add"
        return apply(sign, total(products), bias)

    # --- the names --------------------------------------------------------------------------------

    def _sources(self, layer: int) -> range:
        return range(self.sizes[layer - 1])

    def _weight(self, layer: int, neuron: int, source: int) -> Name:
        return self._named(Role.WEIGHT, layer, neuron, source)

    def _sum(self, layer: int, neuron: int, sample: int) -> Name:
        return self._of_sample(self._text(Role.PREACTIVATION, layer, neuron), sample)

    def _activation(self, layer: int, neuron: int, sample: int) -> Name:
        return self._of_sample(self._text(Role.ACTIVATION, layer, neuron), sample)

    def _named(self, role: Role, layer: int, neuron: int | None, source: int | None = None) -> Name:
        return Name(spelled(self._text(role, layer, neuron, source)))

    def _text(self, role: Role, layer: int, neuron: int | None, source: int | None = None) -> str:
        return self.notation.text(Quantity(role, layer, neuron, source, self.sizes))

    def _of_sample(self, text: str, sample: int) -> Name:
        return Name(spelled(self.notation.of_sample(text, sample) if sample else text))


def activated(function: str, sums: Sequence[Name]) -> list[Expression]:
    """What an activation makes of the sums of a layer; linear, "", leaves them."""
    if not function:
        return list(sums)
    if function != "softmax":
        return [apply(function, each) for each in sums]
    exponentials = [apply("exp", each) for each in sums]
    return [apply("div", each, total(exponentials)) for each in exponentials]


def apply(operation: str, *operands: Expression) -> Expression:
    """An operation over its operands."""
    return Apply(operation, operands)


def total(terms: Sequence[Expression]) -> Expression:
    """The sum of terms."""
    return reduce(lambda left, right: apply("add", left, right), terms)


# --- the header -----------------------------------------------------------------------------------


def network_of(text: str, notation: Notation, samples: tuple[int, ...] = ()) -> Network:
    """The network that a header describes; a ValueError says what it lacks.

    >>> from autograd.notes.notation import NOTES
    >>> network_of("2-3-1 relu", NOTES, ()).activations
    ('relu', 'relu')
    >>> network_of("2-3-1 relu sigmod", NOTES)
    Traceback (most recent call last):
    ValueError: there is no activation 'sigmod': did you mean sigmoid?
    """
    match = SIZES.fullmatch(text)
    if match is None:
        raise ValueError("widths such as 2-3-1 are expected, then the activations")
    sizes = tuple(int(size) for size in match[1].split("-"))
    _require_sizes(sizes, max(1, len(samples)))
    bias, notation, rest = _options(match[2].lower(), notation)
    activations = _activations(rest, len(sizes) - 1)
    return Network(sizes, activations, notation, bias, samples)


def _require_sizes(sizes: tuple[int, ...], samples: int) -> None:
    weights = sum(a * b for a, b in pairwise(sizes)) * samples
    if not 2 <= len(sizes) <= MOST_SIZES:
        raise ValueError(f"2 to {MOST_SIZES} widths are expected, as in 2-3-1")
    if not all(0 < size <= MOST_NEURONS for size in sizes) or weights > MOST_WEIGHTS:
        limits = f"{MOST_NEURONS} neurons a layer and {MOST_WEIGHTS} weights over all samples"
        raise ValueError(f"a network has at most {limits}, and no empty layer")


def _options(rest: str, notation: Notation) -> tuple[str, Notation, str]:
    """The biases, the notation with its first index, and what else is said."""
    bias = OWN_BIAS
    for phrase, said in BIASES.items():
        if phrase in rest:
            bias, rest = said, rest.replace(phrase, " ")
    first = {f"first_{word}": int(number) for word, number in FIRST.findall(rest)}
    return bias, replace(notation, **first), FIRST.sub(" ", rest)  # type: ignore[arg-type]


def _activations(rest: str, layers: int) -> tuple[str, ...]:
    """The activation of each layer; one alone is that of all."""
    words = re.split(r"[\s,;()]+", rest.replace("leaky relu", "leaky_relu"))
    words = [meant(word, ACTIVATIONS) for word in words if word]
    for word in words:
        if word not in ACTIVATIONS:
            raise ValueError(unknown("activation", word, ACTIVATIONS))
    if len(words) == 1:
        words *= layers
    if len(words) != layers:
        raise ValueError(f"{layers} activations are expected, one a layer, not {len(words)}")
    return tuple(ACTIVATIONS[word] for word in words)
