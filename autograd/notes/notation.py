"""The notes' notation: names of a network's quantities, names as Unicode and LaTeX, numbers as
people write them, and the written form of a recorded expression.

Names are ASCII labels such as w_10^1 (letters, a subscript, a superscript); other forms are for
showing only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.value import Value
from autograd.writing import ATOM, POWER, PRODUCT, SIGNED, SUM, Term


@dataclass(frozen=True, slots=True)
class Notation:
    """How a network's quantities are named: w_jk^l connects neuron k of layer l-1 to neuron j of
    layer l.

    Another book's notation is another instance; `first_index` is the index of the first neuron.

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

    def weight(self, layer: int, neuron: int, source: int) -> str:
        """The weight from neuron `source` of the layer before to `neuron` of `layer`."""
        return self._name(self.weight_pattern, layer, neuron, source)

    def bias(self, layer: int, neuron: int) -> str:
        """The bias of a neuron."""
        return self._name(self.bias_pattern, layer, neuron)

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
        preactivation = re.fullmatch(
            re.escape(self.preactivation_pattern)
            .replace(r"\{indices\}", "([0-9,]+)")
            .replace(r"\{layer\}", "([0-9]+)"),
            node,
        )
        if preactivation and root not in (node, node.replace("z_", "a_")):
            return self.delta_pattern.format(indices=preactivation[1], layer=preactivation[2])
        return derivative_name(root, node)


NOTES = Notation()


def derivative_name(root: str, node: str) -> str:
    """dL/dw_10^1: the plain name of a derivative; of one of a derivative the parts stand in
    parentheses.

    >>> print(derivative_name("dL/dw", "w"), latex_name("d(dL/dw)/dw"))
    d(dL/dw)/dw \\frac{\\partial \\frac{\\partial L}{\\partial w}}{\\partial w}
    """
    of, by = (f"({name})" if "/" in name else name for name in (root, node))
    return f"d{of}/d{by}"


NAME = re.compile(
    r"(?P<letters>[A-Za-z]+)(?:_(?P<below>[0-9A-Za-z,]+))?(?:\^(?P<above>[0-9A-Za-z]+))?"
)
DERIVATIVE = re.compile(r"d(?P<of>[^/]+|\(.+\))/d(?P<by>[^/]+|\(.+\))")
PRIMED = re.compile(r"(?P<function>[a-z_]+)'\((?P<operand>.*)\)")
GREEK = {
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "eta",
    "theta",
    "lambda",
    "mu",
    "sigma",
    "tau",
    "phi",
    "omega",
}


def latex_name(name: str) -> str:
    r"""A name in LaTeX; one that is not in the notation as upright text, escaped.

    >>> print(latex_name("w_10^1"), latex_name("dL/dz_0^1"), latex_name("50% & more"))
    w_{10}^{1} \frac{\partial L}{\partial z_{0}^{1}} \text{50\% \& more}
    """
    if derivative := DERIVATIVE.fullmatch(name):
        of, by = (
            latex_name(re.sub(r"^\((.+)\)$", r"\1", name)) for name in derivative.group("of", "by")
        )
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"
    if primed := PRIMED.fullmatch(name):
        function = (
            "ReLU" if primed["function"] == "relu" else primed["function"].replace("_", r"\_")
        )
        operand = NAME.sub(lambda name: latex_name(name[0]), primed["operand"]).replace(
            "*", r" \cdot "
        )
        return rf"\mathrm{{{function}}}'\left({operand}\right)"
    if match := NAME.fullmatch(name):
        letters = match["letters"]
        shown = (
            f"\\{letters}"
            if letters in GREEK
            else letters
            if len(letters) == 1
            else rf"\mathrm{{{letters}}}"
        )
        below = f"_{{{match['below']}}}" if match["below"] else ""
        return shown + below + (f"^{{{match['above']}}}" if match["above"] else "")
    escaped = re.sub(r"([#$%&_{}])", r"\\\1", re.sub(r"[\\^~]", " ", name))
    return rf"\text{{{escaped}}}"


def number_text(number: Any) -> str:
    """A number exactly, as people write it: a Fraction as a decimal where that terminates, a
    Decimal without exponent and trailing zeros.

    >>> number_text(Fraction(-103, 100)), number_text(Fraction(1, 3)), number_text(0.1 + 0.2), number_text(2.0)
    ('-1.03', '1/3', '0.30000000000000004', '2')
    """
    if isinstance(number, Fraction):
        return _fraction_text(number)
    if isinstance(number, Decimal):
        if not number.is_finite() or not -30 < number.adjusted() < 30:
            return str(number)
        text = format(number, "f")
        return _zero_unsigned(text.rstrip("0").rstrip(".") if "." in text else text)
    if isinstance(number, int) and abs(number) >= 10**4000:  # Python does not write such integers
        return f"≈{Decimal(number):.4g}"
    return (
        _zero_unsigned(str(number).removesuffix(".0")) if isinstance(number, float) else str(number)
    )


def _zero_unsigned(text: str) -> str:
    return "0" if text == "-0" else text


def _fraction_text(number: Fraction) -> str:
    rest, places = number.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, places = rest // prime, places + 1
    if rest != 1:
        return str(number)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def short_number(number: Any) -> str:
    """A number for a card: in full if it has at most 8 digits, else four significant ones after an
    approximation sign.

    >>> short_number(Fraction(-1133, 1000)), short_number(2 / 3), short_number(None)
    ('-1.133', '≈0.6667', '-')
    """
    if number is None:
        return "-"
    if (
        isinstance(number, (int, Fraction))
        and max(abs(number.numerator), number.denominator) >= 10**300
    ):
        return f"≈{Decimal(number.numerator) / number.denominator:.4g}"  # beyond what a float holds
    text = number_text(number)
    if len(re.sub(r"[^0-9]", "", text).lstrip("0")) <= 8 and len(text) <= 14:
        return text
    if isinstance(number, (int, float, Fraction, Decimal)):
        return f"≈{float(number):.4g}"
    return text if len(text) <= 24 else text[:23] + "…"


def number_term(number: Any, plain: bool = False) -> Term:
    """A number as an operand of a written expression."""
    text = number_text(number)
    if text.startswith("-"):
        return Term(text, SIGNED, plain)
    return Term(
        text, PRODUCT if "/" in text else ATOM if re.fullmatch(r"[\w.∞]+", text) else SUM, plain
    )


def name_term(name: str, latex: bool = False) -> Term:
    """A name as an operand: one with a superscript, or a derivative's, is put in parentheses before
    a power.
    """
    return Term(latex_name(name) if latex else name, POWER if "^" in name or "/" in name else ATOM)


def write(node: Value, leaf: Callable[[Value], Term | None], latex: bool = False) -> Term:
    """The expression that `node` records. `leaf` writes the Values at which it stops, and gives
    None to go on into one.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> write(a * (b - 1), lambda node: name_term(node.name) if node.name else None).text
    'a*(b - 1)'
    """
    written: dict[Value, Term] = {}
    path = [node]
    while path:  # iterative: an unnamed expression may be deep
        current = path[-1]
        missing = []
        for operand in current.operands:
            if operand.__class__ is Value and operand not in written:
                term = leaf(operand) or (
                    number_term(operand.data, plain=True) if operand.operation is None else None
                )
                if term is None:
                    missing.append(operand)
                else:
                    written[operand] = term
        if missing:
            path.extend(missing)
            continue
        path.pop()
        operation = current.operation
        if operation is None:
            return leaf(current) or number_term(current.data)
        terms = [
            written[x] if x.__class__ is Value else number_term(x, plain=True)
            for x in current.operands
        ]
        written[current] = (operation.latex if latex else operation.text)(terms)
    return written[node]
