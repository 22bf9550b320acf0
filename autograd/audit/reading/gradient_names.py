"""The names that a notation has for gradients: delta_0^2, dW^[1]_12, Err_4, with their signs.

Where books take the gradients of -loss, the error term is -dL/dz. Where the error term of a sample
is the gradient of its own loss, it is m times that of the cost, which is the mean over m samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from autograd.audit.expressions import Derivative, Expression, Name
from autograd.audit.reading.network import apply, spelled
from autograd.audit.reading.tokens import number
from autograd.notes.meaning import Quantity
from autograd.notes.notation import NOTES, Notation
from autograd.notes.patterns import Patterns, each_pattern

FIELDS = ("weight", "bias", "preactivation", "activation")
SAMPLE = re.compile(r"\^?\((\d+)\)$")


def gradient_names(
    notation: Notation,
    root: Name,
    name: Name,
    share: Fraction = Fraction(1),
    quantities: Mapping[str, Quantity] = MappingProxyType({}),
) -> Iterator[tuple[Name, Expression]]:
    """The names of the gradient of a root in what is called so, each with what it means.

    `share` is what the loss of one sample counts in the root, such as 1/m. `quantities` are what
    names without a sample mean, where a network is known.

    >>> from autograd.audit.expressions import written
    >>> from autograd.notes.profiles import NOTATIONS
    >>> [found] = gradient_names(NOTATIONS["mitchell"], Name("E"), Name("net_3"))
    >>> found[0].text, written(found[1])
    ('delta_3', '-dE/dnet_3')

    Where both are so in a notation, the share counts under the sign:

    >>> from dataclasses import replace
    >>> both = replace(NOTATIONS["nielsen"], error_sign=-1)
    >>> [found] = gradient_names(both, Name("C"), Name("z_0^1(2)"), Fraction(1, 3))
    >>> found[0].text, written(found[1])
    ('delta_0^1(2)', '-3*dC/dz_0^1(2)')
    """
    bare, sample = own_sample(notation, name.text)
    if bare in quantities:
        own = notation.own_gradient(root.text, notation.named(quantities[bare]))
        texts = [own] if own else []
    else:
        texts = list(_texts(notation, bare))
    if notation.gradient_pattern != NOTES.gradient_pattern:
        texts.append(notation.gradient_pattern.format(root=root.text, name=bare))
    meant: Expression = Derivative(root, name)
    if sample and notation.per_sample_gradients:
        meant = of_share(Derivative(root, name), share)
    if notation.sign(root.text):
        meant = apply("neg", meant)
    for text in texts:
        called = notation.of_sample(text, sample) if sample else text
        yield Name(spelled(called)), meant


def of_share(derivative: Derivative, share: Fraction) -> Expression:
    """The derivative of what counts `share` in the root, such as 1/m."""
    return derivative if share == 1 else apply("mul", number(str(1 / share)), derivative)


def own_sample(notation: Notation, name: str) -> tuple[str, int]:
    """A name without the sample at its end, and that sample, 0 where there is none.

    >>> own_sample(NOTES, "z_0^1(2)"), own_sample(NOTES, "y_0^(3)"), own_sample(NOTES, "z_0^1")
    (('z_0^1', 2), ('y_0', 3), ('z_0^1', 0))
    """
    match = SAMPLE.search(name)
    if match is None or any(matched(notation, field, name) for field in FIELDS):
        return name, 0
    return name[: match.start()], int(match[1])


def _texts(notation: Notation, name: str) -> Iterator[str]:
    """The names of the gradients in a name that is read by its pattern alone."""
    for field, patterns in (
        ("preactivation", notation.delta_pattern),
        ("activation", notation.activation_gradient_pattern),
    ):
        found = matched(notation, field, name)
        each = each_pattern(patterns)
        if found and len(each) > found[0] and each[0] not in ("", "d"):
            place, parts = found
            is_of_layer = len(each) > 1 and isinstance(getattr(notation, f"{field}_pattern"), str)
            if not is_of_layer:  # else which of them is not known
                yield each[place].format(**{"layer": "", **parts})


def matched(notation: Notation, field: str, name: str) -> tuple[int, dict[str, str]] | None:
    """Which of the patterns of a field, "weight", a name has, and its indices and layer."""
    patterns: Patterns = getattr(notation, f"{field}_pattern")
    for place, pattern in enumerate(each_pattern(patterns)):
        if match := _shape(pattern).fullmatch(name):
            return place, match.groupdict()
    return None


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    """What the names of a pattern look like in their plain spelling."""
    text = spelled(pattern.format(indices="Q", layer="7", number="7"))
    shape = re.escape(text).replace("7", "(?P<layer>[0-9]+)")
    return re.compile(shape.replace("Q", r"\{?(?P<indices>[0-9A-Za-z,]+)\}?"))
