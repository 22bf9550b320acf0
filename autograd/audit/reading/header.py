"""What the header of a worksheet stands for: names with their meaning, definitions, one step.

    notation: ng
    network: 2-3-1 relu sigmoid, no bias
    loss: half squared error
    samples: 4
    learning rate: 0.1
    optimizer: momentum, beta 0.9

`network`, `losses` and `optimizers` say what these are made of; here they are put together, and
what does not fit together is a fault at its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from autograd.audit.expressions import Expression, Name, names_in
from autograd.audit.printed import Printed
from autograd.audit.reading.arrays import Array
from autograd.audit.reading.gradient_names import matched
from autograd.audit.reading.grammar import parsed
from autograd.audit.reading.layers import (
    INPUTS,
    TARGETS,
    Layers,
    gradients_of,
    layers_of,
    targets_of,
)
from autograd.audit.reading.losses import Described, loss_of, over_samples
from autograd.audit.reading.names import CHANGE, NAME, plain, unknown
from autograd.audit.reading.network import Network, apply, network_of, spelled, total
from autograd.audit.reading.optimizers import Rule, rules_of, rules_of_changes
from autograd.audit.sheet import Fault, Given
from autograd.notes.notation import NOTES
from autograd.notes.profiles import NOTATIONS
from autograd.reading import printable

MOST_SAMPLES = 100
COUNTS = ("m", "N")  # no n, which counts neurons too
MOST_ASKED = 300  # weights of a network for which other notations are tried
MOST_NAMED = 4  # of what is missing
DESCENT = "gradient descent"
# What it is called, first the clearest: beside an eta, alpha is mostly what a momentum is kept by.
RATES = ("learning_rate", "lr", "eta", "alpha")
# What weights and biases are called in most books, asked where no notation is said.
USUAL = re.compile(r"(?:[wWuUvV]|weight)\d*(?:[_^].*)?")
USUAL_BIAS = re.compile(r"(?:[bB]|theta|bias)\d*(?:[_^].*)?")


def reached(wanted: Iterable[Name], definitions: Mapping[Name, Expression]) -> dict[Name, None]:
    """What names are computed from, and they themselves."""
    found = dict.fromkeys(wanted)
    todo = list(found)
    while todo:
        name = todo.pop()
        new = names_in(definitions[name]) if name in definitions else ()
        todo += [each for each in new if each not in found]
        found |= dict.fromkeys(new)
    return found


def _parts(
    letter: str, described: Described, outputs: Sequence[Name], targets: Sequence[Name]
) -> dict[Name, Expression]:
    """What each output gives, E_o1 of target_o1, where the loss is E_total, and their sum."""
    base, total_of, _ = letter.partition("_total")
    tags = [target.text.partition("_")[2] for target in targets]
    if not total_of or len(tags) < 2 or not all(tags):
        return {}
    losses = [described.loss([a], [y]) for a, y in zip(outputs, targets, strict=True)]
    if total(losses) != described.loss(outputs, targets):
        return {}
    return {Name(f"{base}_{tag}"): loss for tag, loss in zip(tags, losses, strict=True)}


class Header:
    """What stands above the lines of a sheet in which these names are declared.

    `definitions` are those of the network and of its loss, `root` is the objective where that is
    said, `given` what the header itself gives. `losses` has the samples by the names of their
    losses, of which each counts `share` in the objective. `same` are second spellings of names, and
    `layers` those of a network whose elements one name stands for; `given` are those names that are
    given, with what they are: W1 gives the weights of its layer.

    >>> header = Header({"network": "1-1 relu", "loss": "mse"}, {}, {"a_0^0", "w_00^1", "y"})
    >>> sorted(name.text for name in header.definitions)
    ['L', 'a_0^1', 'z_0^1']
    >>> header.faults
    [Fault(line=1, column=1, sentence='the network needs b_0^1, which is not given')]
    """

    def __init__(
        self,
        directives: Mapping[str, str],
        lines: Mapping[str, int],
        declared: Collection[str],
        given: Mapping[str, str] = MappingProxyType({}),
        has_changes: bool = False,
    ) -> None:
        """`has_changes` says that changes of parameters, Δw, are written."""
        self.has_changes = has_changes
        self.faults: list[Fault] = []
        self.notation = NOTES
        self.network: Network | None = None
        self.samples: tuple[int, ...] = ()
        self.definitions: dict[Name, Expression] = {}
        self.root: Name | None = None
        self.given: dict[Name, Given] = {}
        self.rate: Name | None = None
        self.losses: dict[str, int] = {}
        self.share = Fraction(1)
        self.same: dict[str, str] = {}
        self.rules: list[Rule] = []
        self.weights: frozenset[Name] = frozenset()
        self.biases: frozenset[Name] = frozenset()
        self.is_named = False
        self.layers: dict[str, Array] = {}
        self._of_layers: set[str] = set()  # names of layers, and of what those give
        self._declared, self._given, self._text = declared, given, ""
        self._lines = lines
        for word, read in self._readers():
            if word in directives:
                self._attempt(word, read, directives[word])
        self._attempt("network", self._require_given, "")
        if self.rate is None:
            own = self.notation.rate_name
            called = (own, *RATES) if "notation" in directives else (*RATES, own)
            self.rate = next((Name(name) for name in called if name in declared), None)
        self._attempt("optimizer", self._optimizer, directives.get("optimizer", DESCENT))
        if {*self.letters} <= {CHANGE}:  # else m may be what is remembered
            self._count_samples()
        if self.network is not None and self.root is not None:
            self._take_layers(gradients_of(self.network, self.root, self.share))

    @property
    def letters(self) -> set[str]:
        """What its optimizers compute on the way to a parameter."""
        return {letter for rule in self.rules for letter in rule.letters}

    @property
    def names(self) -> set[str]:
        """The names that it declares."""
        found = {name.text for name in (*self.definitions, *self.given)} | self.same.keys()
        return found | self._of_layers

    def _readers(self) -> Iterator[tuple[str, Callable[[str], None]]]:
        yield "notation", self._notation
        yield "samples", self._samples
        yield "network", self._network
        yield "loss", self._loss
        yield "learning rate", self._learning_rate

    def _attempt(self, word: str, read: Callable[[str], None], text: str) -> None:
        try:
            read(text)
        except ValueError as error:
            self.faults.append(Fault(self.line(word), 1, str(error)))

    def line(self, word: str) -> int:
        """The line in which a word stands, the first if it does not."""
        return self._lines.get(word, 1)

    # --- the lines --------------------------------------------------------------------------------

    def _notation(self, text: str) -> None:
        if text not in NOTATIONS:
            raise ValueError(unknown("notation", text, NOTATIONS))
        self.notation, self.is_named = NOTATIONS[text], True

    def _samples(self, text: str) -> None:
        if not re.fullmatch(r"\d{1,6}", text) or not 0 < int(text) <= MOST_SAMPLES:
            raise ValueError(f"samples are 1 to {MOST_SAMPLES}")
        self.samples = tuple(range(1, int(text) + 1))

    def _count_samples(self) -> None:
        """Give the number of samples, as books call it, where the sheet has no such name."""
        for name in COUNTS if self.samples else ():
            if name not in self._declared and name not in self.names:
                self.given[Name(name)] = Given(Fraction(len(self.samples)), Fraction(1))

    def _network(self, text: str) -> None:
        network = network_of(text, self.notation, self.samples)
        weights, biases = frozenset(network.weights()), frozenset(network.biases())
        definitions = network.definitions()  # raises where the notation lacks letters
        self.network, self.notation, self.is_named = network, network.notation, True
        self.weights, self.biases, self._text = weights, biases, text
        samples = self.samples or (0,)
        wanted = [[network.target(j, i) for j in range(network.sizes[-1])] for i in samples]
        given = self._take_layers({**layers_of(network), **self._targets(wanted)})
        self._of_layers = given | self.layers.keys()
        self._define(definitions)

    def _targets(self, wanted: Sequence[Sequence[Name]]) -> Layers:
        """The names of all targets; a single one has its own name."""
        assert self.network is not None
        alone = {self.network.notation.target_name} if len(wanted) == len(wanted[0]) == 1 else set()
        return {n: a for n, a in targets_of(self.network, wanted).items() if n not in alone}

    def _take_layers(self, layers: Layers) -> set[str]:
        """Take names of whole layers; one that the sheet gives, gives its elements: which."""
        declared, given = self._declared, set[str]()
        for name, array in layers.items():
            elements = {item.text for item in array.items if isinstance(item, Name)}
            base = name.partition("^")[0]
            is_given = name in self._given and self._is_layer(name, array)
            is_given = is_given and elements.isdisjoint(declared)
            is_word = name.isalpha() and name not in (*INPUTS, *TARGETS)  # x, e, E
            is_free = name not in declared and (base == name or base not in declared)
            if is_given or (is_free and not is_word):
                self.layers.setdefault(name, array)
                given |= elements if is_given else set()
        self._declared = {*declared, *given}
        return given

    def _is_layer(self, name: str, array: Array) -> bool:
        """Whether what is given is a list, or a number for a single element, or 0 for all."""
        text = self._given[name].strip()
        return "[" in text or len(array.items) == 1 or re.fullmatch(r"0(\.0*)?", text) is not None

    def _define(self, definitions: Mapping[Name, Expression]) -> None:
        """Take definitions in, but of what the sheet itself declares."""
        own = {n: e for n, e in definitions.items() if n.text not in self._declared}
        self.definitions |= own

    def _require_given(self, _: str = "") -> None:
        """Raise ValueError for what the network is computed from and the sheet does not declare."""
        if self.network is None:
            return
        outputs = [name for i in self.samples or (0,) for name in self.network.outputs(i)]
        wanted = [self.root] if self.root else outputs
        found = reached(wanted, self.definitions)
        known = {*self._declared, *(name.text for name in self.definitions)}
        missing = sorted(printable(name.text) for name in found if name.text not in known)
        if missing:
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            listed = ", ".join(missing[:MOST_NAMED])
            are = "is" if len(missing) == 1 else "are"
            meant = self._other_notations()
            raise ValueError(f"the network needs {listed}{more}, which {are} not given{meant}")

    def _other_notations(self) -> str:
        """A question after the notations in which all of the network is given."""
        found = []
        for name, notation in NOTATIONS.items() if len(self.weights) < MOST_ASKED else ():
            try:
                network = network_of(self._text, notation, self.samples)
                outputs = [each for i in self.samples or (0,) for each in network.outputs(i)]
            except ValueError:  # it has no letters for so many layers
                continue
            definitions = network.definitions()
            needed = {
                each.text for each in reached(outputs, definitions) if each not in definitions
            }
            if needed <= {*self._declared}:
                found.append(name)
        return f": is it notation: {' or '.join(found[:MOST_NAMED])}?" if found else ""

    def _loss(self, text: str) -> None:
        if plain(text) in self._declared:
            self.root = Name(plain(text))
            return
        if self.network is None and "network" in self._lines:
            loss_of(text)
            return  # its own line has the fault
        if self.network is None:
            raise ValueError("a loss is that of a network: say network: too, or define the loss")
        described = loss_of(text)
        letter = spelled(described.name or self.notation.loss_name)
        found: dict[Name, Expression] = {}
        for sample in self.samples or (0,):
            name = Name(spelled(self.notation.of_sample(letter, sample) if sample else letter))
            outputs = self.network.outputs(sample)
            targets = self.network.targets(self._declared, sample)
            loss = described.loss(outputs, targets)
            if not sample and (parts := _parts(letter, described, outputs, targets)):
                found |= parts
                loss = total(list(parts))
            found[name] = apply("neg", loss) if self.notation.maximised else loss
        cost = described.name or self.notation.cost_name or letter
        root = Name(letter)
        if self.samples:
            losses, root = list(found), Name(spelled(cost))
            if len(losses) > 1 and not described.over:
                raise ValueError(f"of {len(losses)} samples: add mean over samples, or sum")
            self.losses = {n.text: i for n, i in zip(losses, self.samples, strict=True)}
            found[root] = over_samples(losses, described.over)
            self.share = Fraction(1, len(losses)) if described.over == "mean" else Fraction(1)
        elif cost != letter:
            self.same[cost] = letter
        self.root = root
        self._define(found)

    def _learning_rate(self, text: str) -> None:
        name, sign, number = (part.strip() for part in text.rpartition("="))
        if not sign and re.fullmatch(NAME, number):
            name, number = number, ""
        self.rate = Name(plain(name or self.notation.rate_name))
        if self.rate.text in self._declared:
            return
        printed = Printed.of(parsed(number)) if number else None
        if printed is None:
            raise ValueError(f"{printable(self.rate.text)} is not given: give it, or say = 0.1")
        self.given[self.rate] = Given(printed.value, printed.unit)

    def _optimizer(self, text: str) -> None:
        known = {*self._declared, *self.names, self.rate.text if self.rate else ""}
        if text != DESCENT or self.rate is not None:
            self.rules = rules_of(text, self.rate, known.__contains__)
            if self.has_changes and self.rate and not any(rule.letters for rule in self.rules):
                self.rules += rules_of_changes(self.rate)
        if self.notation.error_sign < 0:  # what is remembered may be of the negative gradients
            remembering = [rule for rule in self.rules if rule.letters]
            if self.notation.bias_is_subtracted:  # whose errors are no negatives
                self.rules += [rule.opposite._replace(of_biases=rule) for rule in remembering]
            self.rules += [rule.opposite for rule in remembering]
            if self.notation.bias_is_subtracted:  # as where it is added
                self.rules += [rule._replace(of_biases=rule.opposite) for rule in remembering]

    # --- the parameters ---------------------------------------------------------------------------

    def is_weight(self, name: Name) -> bool:
        """Whether a name is that of a weight."""
        if self.network is not None:
            return name in self.weights
        by_notation = matched(self.notation, "weight", name.text) is not None
        return by_notation if self.is_named else USUAL.fullmatch(name.text) is not None

    def indexed(self, given: Iterable[Name], parameters: Iterable[Name]) -> set[str]:
        """What may be meant by an index alone, v_53: these parameters, weights and biases."""
        usual = (name for name in given if self.is_weight(name) or self.is_bias(name))
        return {name.text for name in (*usual, *parameters)}

    def is_bias(self, name: Name) -> bool:
        """Whether a name is that of a bias."""
        if self.network is not None:
            return name in self.biases
        return USUAL_BIAS.fullmatch(name.text) is not None
