"""How a network's quantities are named, and names in LaTeX.

Names are ASCII labels such as w_10^1 (letters, a subscript, a superscript); other forms are for
showing only.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, fields
from functools import cache
from string import Formatter

from autograd.reading import OPERATIONS, printable


@dataclass(frozen=True, slots=True)
class Notation:
    """How a network's quantities are named: w_jk^l, from neuron k of layer l-1 to j of layer l.

    Another book's notation is another instance; `first_index` is the index of the first neuron. In
    a pattern {indices} stands once, and {layer} once or not at all, apart from each other; a
    ValueError or TypeError names the field that cannot work.

    >>> NOTES.weight(layer=1, neuron=2, source=0), Notation(first_index=1).bias(layer=1, neuron=2)
    ('w_20^1', 'b_3^1')
    >>> NOTES.weight(layer=1, neuron=0, source=12)
    'w_0,12^1'
    """

    weight_pattern: str = "w_{indices}^{layer}"
    bias_pattern: str = "b_{indices}^{layer}"
    preactivation_pattern: str = "z_{indices}^{layer}"
    activation_pattern: str = "a_{indices}^{layer}"
    delta_pattern: str = "delta_{indices}^{layer}"
    first_index: int = 0

    def __post_init__(self) -> None:
        if self.first_index.__class__ is not int:
            raise TypeError(
                "first_index is the index of the first neuron, an int such as 0 or 1, not a "
                f"{type(self.first_index).__name__}"
            )
        if self.first_index < 0:
            raise ValueError(
                f"first_index is the index of the first neuron, 0 or more, not {self.first_index}"
            )
        patterns = {
            entry.name: getattr(self, entry.name)
            for entry in fields(Notation)
            if entry.name.endswith("_pattern")
        }
        for name, pattern in patterns.items():
            _check_pattern(name, pattern)
        for (name, pattern), (other, taken) in itertools.permutations(patterns.items(), 2):
            if _shape(taken).fullmatch(pattern.format(indices=1, layer=1)):
                raise ValueError(
                    f"{name} {pattern!r} and {other} {taken!r} give the same names: "
                    "begin each with letters of its own"
                )

    def weight(self, layer: int, neuron: int, source: int) -> str:
        """The weight from neuron `source` of the layer before to `neuron` of `layer`."""
        return self._name(self.weight_pattern, layer, neuron, source)

    def bias(self, layer: int, neuron: int) -> str:
        """The bias of a neuron."""
        return self._name(self.bias_pattern, layer, neuron)

    def shared_bias(self, layer: int) -> str:
        """The bias that a whole layer shares: that of a neuron, without the neuron.

        >>> NOTES.shared_bias(1), Notation(bias_pattern="b[{layer}]_{indices}").shared_bias(2)
        ('b^1', 'b[2]')
        """
        of_neuron = self.bias_pattern.replace("{indices}", "\0").format(layer=layer)
        return re.sub(r"[_,]?(\(\0\)|\[\0\]|\{\0\}|\0)", "", of_neuron)

    def preactivation(self, layer: int, neuron: int) -> str:
        """A neuron's weighted sum, before the activation."""
        return self._name(self.preactivation_pattern, layer, neuron)

    def activation(self, layer: int, neuron: int) -> str:
        """A neuron's output; in layer 0, an input."""
        return self._name(self.activation_pattern, layer, neuron)

    def _name(self, pattern: str, layer: int, *indices: int) -> str:
        shown = [index + self.first_index for index in indices]
        separator = "," if max(shown) > 9 else ""
        return pattern.format(indices=separator.join(map(str, shown)), layer=layer)

    def gradient(self, root: str, node: str) -> str:
        """The name of d(root)/d(node): delta_j^l where node is a pre-activation, else dL/dw_10^1.

        >>> NOTES.gradient("L", "z_1^1"), NOTES.gradient("L", "w_10^1")
        ('delta_1^1', 'dL/dw_10^1')
        """
        place = read_name(self.preactivation_pattern, node)
        if place and root not in (node, node.replace("z_", "a_")):
            layer, indices = place
            return self.delta_pattern.format(indices=indices, layer=layer)
        return derivative_name(root, node)


def read_name(pattern: str, name: str) -> tuple[str, str] | None:
    """The layer and the indices in a name of that pattern, as they are written; None in another.

    >>> read_name(NOTES.weight_pattern, "w_10^2"), read_name(NOTES.weight_pattern, "b_1^2")
    (('2', '10'), None)
    """
    found = _shape(pattern).fullmatch(name)
    parts = found.groupdict() if found else {}
    return (parts["layer"], parts["indices"]) if len(parts) == 2 else None


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    """What the names of a pattern look like."""
    read = {"indices": "(?P<indices>[0-9,]+)", "layer": "(?P<layer>[0-9]+)", None: ""}
    parts = Formatter().parse(pattern)
    return re.compile("".join(re.escape(text) + read[field] for text, field, _, _ in parts))


def _check_pattern(name: str, pattern: object) -> None:
    """An error for a pattern that does not give each neuron a name, or not one that can be read."""
    remedy = "write {indices} once and {layer} at most once, as in 'w_{indices}^{layer}'"
    if not isinstance(pattern, str):
        raise TypeError(f"{name} is a str, not a {type(pattern).__name__}: {remedy}")
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise ValueError(f"{name} {pattern!r} is no pattern ({error}): {remedy}") from error
    found = [field for _, field, _, _ in parts if field is not None]
    plain = all(not form and conversion is None for _, _, form, conversion in parts)
    if sorted(found) not in (["indices"], ["indices", "layer"]) or not plain:
        raise ValueError(f"{name} {pattern!r} is no pattern of a neuron: {remedy}")
    _, *between, _ = pattern.format(indices="\0", layer="\0").split("\0")
    if between and re.fullmatch("[0-9]*", between[0]):
        raise ValueError(
            f"{name} {pattern!r} gives different neurons the same name, as digits follow digits: "
            "put a sign between {indices} and {layer}"
        )


NOTES = Notation()


def derivative_name(root: str, node: str) -> str:
    """dL/dw_10^1: the plain name of a derivative; a derivative in it stands in parentheses.

    >>> print(derivative_name("dL/dw", "w"), latex_name("d(dL/dw)/dw"))
    d(dL/dw)/dw \\frac{\\partial \\frac{\\partial L}{\\partial w}}{\\partial w}
    """
    of, by = (f"({name})" if "/" in name else name for name in (root, node))
    return f"d{of}/d{by}"


# w_10^1, and the two forms of a derivative's name: dL/dw_10^1, relu'(z_0^1).
NAME = re.compile(
    r"(?P<letters>[A-Za-z]+)(?:_(?P<below>[0-9A-Za-z,]+))?(?:\^(?P<above>[0-9A-Za-z]+))?"
)
DERIVATIVE = re.compile(r"d(?P<of>[^/]+|\(.+\))/d(?P<by>[^/]+|\(.+\))")
PRIMED = re.compile(r"(?P<function>[a-z_]+)'\((?P<operand>.*)\)")
MOST_READ = 400  # characters of a derivative's name, in which others may be nested
GREEK = "alpha beta gamma delta epsilon eta theta lambda mu sigma tau phi omega"


def latex_name(name: str) -> str:
    r"""A name in LaTeX; one that is not in the notation as upright text, escaped.

    >>> print(latex_name("w_10^1"), latex_name("dL/dz_0^1"), latex_name("50% & more"))
    w_{10}^{1} \frac{\partial L}{\partial z_{0}^{1}} \text{50\% \& more}
    """
    name = printable(name)
    if len(name) <= MOST_READ and (derivative := DERIVATIVE.fullmatch(name)):
        return _latex_derivative(*derivative.group("of", "by"))
    if primed := PRIMED.fullmatch(name):
        return _latex_primed(*primed.group("function", "operand"))
    if symbol := NAME.fullmatch(name):
        return _latex_symbol(*symbol.group("letters", "below", "above"))
    escaped = re.sub(r"([#$%&_{}])", r"\\\1", re.sub(r"[\\^~]", " ", name))
    return rf"\text{{{escaped}}}"


def _latex_derivative(of: str, by: str) -> str:
    above, below = (latex_name(re.sub(r"^\((.+)\)$", r"\1", name)) for name in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def _latex_primed(function: str, operand: str) -> str:
    operation = OPERATIONS.get(function)
    shown = (operation.shown if operation else function).replace("_", r"\_")
    inner = NAME.sub(lambda name: latex_name(name[0]), operand).replace("*", r" \cdot ")
    return rf"\mathrm{{{shown}}}'\left({inner}\right)"


def _latex_symbol(letters: str, below: str | None, above: str | None) -> str:
    if letters in GREEK.split():
        letters = f"\\{letters}"
    elif len(letters) > 1:
        letters = rf"\mathrm{{{letters}}}"
    subscript = f"_{{{below}}}" if below else ""
    return letters + subscript + (f"^{{{above}}}" if above else "")
