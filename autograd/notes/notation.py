"""How a course names a network's quantities: which letters, which indices, which sign.

A `Notation` turns the meaning of a name into its text, and back. The ready ones of courses and
books are in `profiles`, by id. Texts are ASCII: letters, a subscript, a superscript;
`typeset` sets them.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Any

from autograd.notes.meaning import Quantity, Role, quantities
from autograd.notes.patterns import (
    PATTERN_OF,
    PATTERNS,
    Patterns,
    each_pattern,
    read_name,
    require_apart,
    require_kinds,
    require_others,
    require_pattern,
    require_units,
)
from autograd.reading import printable


@dataclass(frozen=True, slots=True)
class Notation:
    """How a network's quantities are named: w_jk^l, from neuron k of layer l-1 to j of layer l.

    Another book's notation is another instance. In a pattern `{indices}` are the neuron's, of a
    weight two; `{layer}` is the layer's number, and `{number}` a weight's running number. A tuple
    has one pattern a layer, the output's first. What cannot work is a ValueError or TypeError that
    names the field.

    first_index, first_layer    the number of the first neuron, and of the layer of the inputs
    source_first                w_ij leads from i to j; else to,from
    layer_of_source             weights and biases have the number of the layer that they come from
    units                       what stands in indices: () the place in the layer; else patterns of
                                {number} or {letter}: one counts through the network, two the inputs
                                and the neurons, three inputs, hidden and output neurons
    biases_are_weights          a bias is the weight from unit 0, w_j0, whatever bias_pattern says
    bias_is_subtracted          z = w.x - theta: what is named is the negative of the bias added
    input_pattern, output_pattern, shared_bias_pattern
                                of the inputs, the last activations, a bias of a whole layer, where
                                they differ from activation_pattern and bias_pattern
    delta_pattern               of the error term, the gradient in a pre-activation; "" names it as
                                the other gradients
    activation_gradient_pattern of the gradient in an activation; "" leaves it out, into the error
                                term's line; "d" names it as the other gradients
    error_sign                  -1: the gradients that are shown are those of -loss, and added
    maximised                   the objective that is shown is -loss
    per_sample_gradients        where a cost is the mean of m samples' losses, the gradient in what
                                one sample computes is that of its own loss, dz^(i) = dL^(i)/dz^(i),
                                and the 1/m stands in dw = 1/m * (dz^(1)*x^(1) + ...)
    derivative_first            an error term begins with the activation's derivative:
                                o*(1 - o) * (t - o), else (t - o) * (o*(1 - o))
    gradient_pattern            of a gradient, over {root} and {name}
    loss_name, rate_name, target_pattern     the objective, the learning rate, the targets
    cost_name                   the objective over several samples, where it has another letter
    updated_pattern             of an updated parameter, over {name}, and {step} from 1 if wanted
    assignment                  what stands after it in the line of its update: "=", ":=" or "←"
    orientation                 of matrices: "W a" (an example is a column), "X W" (a row), "W^T a"

    >>> NOTES.weight(layer=1, neuron=2, source=0), Notation(first_index=1).bias(layer=1, neuron=2)
    ('w_20^1', 'b_3^1')
    >>> NOTES.weight(layer=1, neuron=0, source=12)
    'w_0,12^1'
    >>> by_unit = Notation("w_{indices}", "b_{indices}", "net_{indices}", "o_{indices}",
    ...     "delta_{indices}", first_index=1, source_first=True, units=("{number}",))
    >>> by_unit.weight(layer=2, neuron=0, source=1, sizes=(2, 2, 1))
    'w_45'
    """

    weight_pattern: Patterns = "w_{indices}^{layer}"
    bias_pattern: Patterns = "b_{indices}^{layer}"
    preactivation_pattern: Patterns = "z_{indices}^{layer}"
    activation_pattern: Patterns = "a_{indices}^{layer}"
    delta_pattern: Patterns = "delta_{indices}^{layer}"
    first_index: int = 0
    first_layer: int = 0
    source_first: bool = False
    layer_of_source: bool = False
    units: tuple[str, ...] = ()
    biases_are_weights: bool = False
    bias_is_subtracted: bool = False
    input_pattern: str = ""
    output_pattern: str = ""
    shared_bias_pattern: str = ""
    activation_gradient_pattern: Patterns = "d"
    error_sign: int = 1
    maximised: bool = False
    per_sample_gradients: bool = False
    derivative_first: bool = False
    gradient_pattern: str = "d{root}/d{name}"
    loss_name: str = "L"
    rate_name: str = "alpha"
    target_pattern: str = "y_{indices}"
    cost_name: str = ""
    updated_pattern: str = "{name}"
    assignment: str = "="
    orientation: str = "W a"

    def __post_init__(self) -> None:
        given = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        require_kinds(given, {entry.name: entry.default for entry in fields(self)})
        for name in PATTERNS:
            for pattern in each_pattern(given[name]):
                require_pattern(name, pattern)
        require_units(self.units)
        require_apart(given)
        require_others(given)

    def weight(self, layer: int, neuron: int, source: int, sizes: tuple[int, ...] = ()) -> str:
        """The weight from neuron `source` of the layer before to `neuron` of `layer`."""
        return self.text(Quantity(Role.WEIGHT, layer, neuron, source, sizes))

    def bias(self, layer: int, neuron: int, sizes: tuple[int, ...] = ()) -> str:
        """The bias of a neuron."""
        return self.text(Quantity(Role.BIAS, layer, neuron, None, sizes))

    def shared_bias(self, layer: int, sizes: tuple[int, ...] = ()) -> str:
        """The bias that a whole layer shares: that of a neuron, without the neuron.

        >>> NOTES.shared_bias(1), Notation(bias_pattern="b[{layer}]_{indices}").shared_bias(2)
        ('b^1', 'b[2]')
        """
        return self.text(Quantity(Role.BIAS, layer, None, None, sizes))

    def preactivation(self, layer: int, neuron: int, sizes: tuple[int, ...] = ()) -> str:
        """A neuron's weighted sum, before the activation."""
        return self.text(Quantity(Role.PREACTIVATION, layer, neuron, None, sizes))

    def activation(self, layer: int, neuron: int, sizes: tuple[int, ...] = ()) -> str:
        """A neuron's output; in layer 0, an input."""
        return self.text(Quantity(Role.ACTIVATION, layer, neuron, None, sizes))

    def named(self, quantity: Quantity) -> Name:
        """The name of a quantity, which remembers what it stands for."""
        return Name(self.text(quantity), quantity, self)

    def text(self, quantity: Quantity) -> str:
        """What the quantity is called.

        A ValueError where the notation needs to know the whole network, and `sizes` are missing, or
        where it does not tell so many layers apart.
        """
        role, layer, neuron, source, _ = quantity
        if role is Role.BIAS and neuron is None:
            return self._of_whole_layer(quantity)
        pattern = self._pattern(quantity)
        units = [] if "{indices}" not in pattern else [self._unit(quantity, layer, neuron or 0)]
        if role is Role.WEIGHT and units:
            units.append(self._unit(quantity, layer - 1, source or 0))
        elif role is Role.BIAS and self.biases_are_weights:
            units.append("0")
        if self.source_first:
            units.reverse()
        separator = "," if any(len(unit) > 1 for unit in units) else ""
        number = _running_number(quantity) if "{number}" in pattern else 0
        shown = self._layer_shown(role, layer)
        return pattern.format(indices=separator.join(units), layer=shown, number=number)

    def target(self, neuron: int, sizes: tuple[int, ...] = ()) -> str:
        """What the output of a neuron of the last layer is to be.

        >>> NOTES.target(0), Notation(units=("{number}",), first_index=1).target(0, (2, 2, 1))
        ('y_0', 'y_5')
        """
        counted = bool(self.units and sizes)
        output = Quantity(Role.ACTIVATION, len(sizes) - 1, neuron, None, sizes)
        unit = self._unit(output, output.layer, neuron) if counted else neuron + self.first_index
        return self.target_pattern.format(indices=unit)

    def unit(self, quantity: Quantity) -> str:
        """Which unit a pre-activation or an activation is of.

        >>> NOTES.unit(Quantity(Role.PREACTIVATION, 2, 0))
        '0 of layer 2'
        >>> Notation(units=("{number}",), first_index=1).unit(
        ...     Quantity(Role.ACTIVATION, 1, 0, None, (3, 2, 1)))
        '4'
        """
        unit = self._unit(quantity, quantity.layer, quantity.neuron or 0)
        shown = self._layer_shown(quantity.role, quantity.layer)
        return unit if self.units else f"{unit} of layer {shown}"

    def delta(self, quantity: Quantity) -> str:
        """The error term of a pre-activation; "" where this notation has no name of its own for it.

        >>> NOTES.delta(Quantity(Role.PREACTIVATION, 2, 0))
        'delta_0^2'
        """
        return self._of_gradient(self.delta_pattern, quantity)

    def gradient(self, root: str, name: str) -> str:
        """The name of d(root)/d(name): delta_j^l of a pre-activation, else dL/dw_10^1.

        >>> NOTES.gradient("L", "z_1^1"), NOTES.gradient("L", "w_10^1")
        ('delta_1^1', 'dL/dw_10^1')
        """
        return self.own_gradient(root, name) or self.derivative(root, name)

    def own_gradient(self, root: str, name: str) -> str:
        """The name that the gradient has besides d(root)/d(name); "" for none.

        None has that of a neuron's own activation in its pre-activation.

        >>> NOTES.own_gradient("L", "z_1^1"), NOTES.own_gradient("a_1^1", "z_1^1")
        ('delta_1^1', '')
        """
        quantity, of = self.meaning(name), self.meaning(root)
        if quantity is None or (of is not None and of[1:3] == quantity[1:3]):
            return ""
        return self._own_gradient(quantity)

    def leaves_out_gradient(self, name: str) -> bool:
        """Whether the gradient in a node of that name has no line, but stands in the next one."""
        quantity = self.meaning(name)
        inner = quantity is not None and quantity.role is Role.ACTIVATION and quantity.layer > 0
        return inner and self.activation_gradient_pattern == ""

    def of_sample(self, text: str, sample: int | str) -> str:
        """The name of one sample's quantity: its index follows the superscript.

        >>> NOTES.of_sample("z_0^1", 2), NOTES.of_sample("y", 1), NOTES.of_sample("z^[1]_2", 3)
        ('z_0^1(2)', 'y^(1)', 'z^[1](3)_2')
        """
        base, _, above = text.partition("^")
        above, below, rest = above.partition("_")
        return f"{base}^{above}({sample}){below}{rest}"

    @property
    def target_name(self) -> str:
        """What a single target is called, without an index.

        >>> NOTES.target_name, Notation(target_pattern="t{indices}").target_name
        ('y', 't')
        """
        return self.target_pattern.replace("_{indices}", "").replace("{indices}", "")

    def _own_gradient(self, quantity: Quantity) -> str:
        """The name that gradients in such quantities have of their own; "" for none."""
        if quantity.role is Role.PREACTIVATION:
            return self.delta(quantity)
        patterns = self.activation_gradient_pattern
        inner = quantity.role is Role.ACTIVATION and quantity.layer > 0
        return self._of_gradient(patterns, quantity) if inner and patterns not in ("", "d") else ""

    def meaning(self, name: str) -> Quantity | None:
        """What a name means: what it remembers, or what it says as a text in this notation."""
        return name.quantity if isinstance(name, Name) else self.typed(name)

    def derivative(self, root: str, name: str, sign: str | None = None) -> str:
        """The name of d(root)/d(name), whatever the name means; with another sign before it than
        the notation's.

        >>> NOTES.derivative("L", "w"), Notation(gradient_pattern="d{name}").derivative("L", "w")
        ('dL/dw', 'dw')
        """
        sign = self.sign(root) if sign is None else sign
        if self.gradient_pattern == "d{root}/d{name}":
            return sign + derivative_name(root, name)
        return printable(sign + self.gradient_pattern.format(root=root, name=name))

    def sign(self, root: str) -> str:
        """What stands before a derivative of `root` in the names of gradients: a minus, or "".

        An objective that is maximised is shown as -loss, whose derivatives have none.

        >>> ascending = Notation(error_sign=-1, maximised=True, loss_name="P")
        >>> NOTES.sign("L"), Notation(error_sign=-1).sign("L"), ascending.sign("P")
        ('', '-', '')
        """
        return "-" if self.error_sign < 0 and not self.is_maximised(root) else ""

    def is_maximised(self, root: str) -> bool:
        """Whether a root of that name, or of none, is the objective that is maximised."""
        return self.maximised and root in ("", self.loss_name)

    def read(self, text: str, sizes: tuple[int, ...]) -> Quantity | None:
        """What a name means in a network of these widths; None for a name of something else.

        >>> NOTES.read("w_20^1", (2, 3, 1))
        Quantity(role=<Role.WEIGHT: 'weight'>, layer=1, neuron=2, source=0, sizes=(2, 3, 1))
        """
        return _meanings(self, sizes).get(text)

    def typed(self, text: str) -> Quantity | None:
        """What a name that somebody typed means, where it says layer and neuron by itself.

        >>> NOTES.typed("z_1^2").layer, NOTES.typed("speed")
        (2, None)
        """
        if self.units:
            return None
        for role, pattern in self._typed_patterns():
            found = read_name(pattern, text)
            if found is not None and (quantity := self._typed(role, *found)):
                return quantity
        numbers = map(int, re.findall("[0-9]{1,6}", text))
        layers = (number - self._layer_shown(Role.BIAS, 0) for number in numbers)
        shared = (layer for layer in layers if layer > 0 and text == self.shared_bias(layer))
        return next((Quantity(Role.BIAS, layer) for layer in shared), None)

    # --- what these are made of -------------------------------------------------------------------

    def _pattern(self, quantity: Quantity) -> str:
        role, layer, sizes = quantity.role, quantity.layer, quantity.sizes
        if role is Role.ACTIVATION:
            if layer == 0 and self.input_pattern:
                return self.input_pattern
            if self.output_pattern and layer == len(sizes) - 1:
                return self.output_pattern
        if role is Role.BIAS and self.biases_are_weights:
            role = Role.WEIGHT
        return self._of_layer(getattr(self, PATTERN_OF[role]), quantity)

    def _of_layer(self, patterns: Patterns, quantity: Quantity) -> str:
        """The pattern of one layer: the first of several is the output's."""
        if isinstance(patterns, str):
            if not (self.units or "{layer}" in patterns or "{number}" in patterns):
                self._require_one_layer(patterns, quantity)
            return patterns
        place = _known(quantity) - 1 - quantity.layer
        if place >= len(patterns):
            raise ValueError(
                f"this notation has letters for {len(patterns)} layers of neurons "
                f"({', '.join(patterns)}), and the network has {_known(quantity) - 1}"
            )
        return patterns[place]

    def _require_one_layer(self, pattern: str, quantity: Quantity) -> None:
        """A ValueError for a layer past the first whose neurons have names of that pattern."""
        of_inputs = quantity.role is Role.ACTIVATION and pattern == self.activation_pattern
        first = 0 if of_inputs and not self.input_pattern else 1
        if quantity.layer > first:
            raise ValueError(
                f"{pattern!r} gives neurons of layers {first} and {quantity.layer} the same names: "
                "write {layer} in it, or give a tuple of patterns, one a layer"
            )

    def _of_gradient(self, patterns: Patterns, quantity: Quantity) -> str:
        pattern = self._of_layer(patterns, quantity) if patterns else ""
        unit = self._unit(quantity, quantity.layer, quantity.neuron or 0) if pattern else ""
        return pattern.format(indices=unit, layer=quantity.layer + self.first_layer)

    def _of_whole_layer(self, quantity: Quantity) -> str:
        shown = self._layer_shown(Role.BIAS, quantity.layer)
        if self.shared_bias_pattern:
            return self.shared_bias_pattern.format(layer=shown)
        pattern = self._of_layer(self.bias_pattern, quantity)
        of_neuron = pattern.replace("{indices}", "\0").format(layer=shown)
        return re.sub(r"[_,]?(\(\0\)|\[\0\]|\{\0\}|\0)", "", of_neuron)

    def _layer_shown(self, role: Role, layer: int) -> int:
        of_source = self.layer_of_source and role in (Role.WEIGHT, Role.BIAS)
        return layer + self.first_layer - of_source

    def _unit(self, quantity: Quantity, layer: int, neuron: int) -> str:
        """How a neuron is called among the indices."""
        if not self.units:
            return str(neuron + self.first_index)
        _known(quantity)
        sizes, layers = quantity.sizes, len(quantity.sizes)
        kind = min(layer, 1) if layer < layers - 1 else 2
        kind = min(kind, len(self.units) - 1)
        # The layers that are counted through with this one, up to it.
        first = {1: [0], 2: [0, 1], 3: [0, 1, layers - 1]}[len(self.units)][kind]
        place = sum(sizes[first:layer]) + neuron
        return self.units[kind].format(number=place + self.first_index, letter=_letters(place))

    def _typed_patterns(self) -> list[tuple[Role, str]]:
        """The patterns that say by themselves which neuron of which layer is meant."""
        return [
            (role, pattern)
            for role, field in PATTERN_OF.items()
            if isinstance(pattern := getattr(self, field), str) and "{indices}" in pattern
        ]

    def _typed(self, role: Role, layer: str, indices: str) -> Quantity | None:
        """The quantity of a name's layer and indices; None where they are too many or too few."""
        each = indices.split(",")
        if role is Role.WEIGHT and len(each) == 1:
            each = list(indices)  # w_10^1: neuron 1, source 0
        wanted = 2 if role is Role.WEIGHT else 1
        if len(each) != wanted or not all(each) or len(layer) > MOST_DIGITS:
            return None
        if self.source_first:
            each.reverse()
        neuron, *sources = (int(index[:MOST_DIGITS]) - self.first_index for index in each)
        number = int(layer) - self._layer_shown(role, 0)
        if min([number, neuron, *sources]) < 0:
            return None
        return Quantity(role, number, neuron, sources[0] if sources else None)


MOST_DIGITS = 6  # of a layer or an index in a name


@cache
def _meanings(notation: Notation, sizes: tuple[int, ...]) -> dict[str, Quantity]:
    return {notation.text(quantity): quantity for quantity in quantities(sizes)}


def _known(quantity: Quantity) -> int:
    """The number of layers of the network, that of the inputs included."""
    if not quantity.sizes:
        raise ValueError(
            "this notation counts through a whole network: name the quantities of an nn.MLP in it"
        )
    return len(quantity.sizes)


def _running_number(weight: Quantity) -> int:
    """The place of a weight among all, layer by layer, neuron by neuron, from 1."""
    _known(weight)
    _, layer, neuron, source, sizes = weight
    before = sum(a * b for a, b in pairwise(sizes[:layer]))
    return before + (neuron or 0) * sizes[layer - 1] + (source or 0) + 1


def _letters(place: int) -> str:
    """A, B, ..., Z, AA, AB, ...

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    letters = string.ascii_uppercase
    return (_letters(place // 26 - 1) if place >= 26 else "") + letters[place % 26]


class Name(str):
    """A name in a notation that remembers the quantity it stands for.

    It is the text, wherever a text is wanted.

    >>> name = NOTES.named(Quantity(Role.BIAS, layer=1, neuron=2))
    >>> name, name.quantity.neuron
    ('b_2^1', 2)
    """

    __slots__ = ("notation", "quantity")
    quantity: Quantity
    notation: Notation

    def __new__(cls, text: str, quantity: Quantity, notation: Notation) -> Name:
        name = super().__new__(cls, text)
        name.quantity, name.notation = quantity, notation
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        return Name, (str(self), self.quantity, self.notation)


NOTES = Notation()


def derivative_name(root: str, node: str) -> str:
    """dL/dw_10^1: the plain name of a derivative; a derivative in it stands in parentheses.

    >>> derivative_name("dL/dw", "w")
    'd(dL/dw)/dw'
    """
    of, by = (f"({name})" if re.search("[/+*= ]", name) else name for name in (root, node))
    return f"d{of}/d{by}"
