"""The names that a notation has for gradients: delta_0^2, dW^[1]_12, Err_4, with their signs.

Where books take the gradients of -loss, the error term is -dL/dz. Where the error term of a sample
is the gradient of its own loss, it is m times that of the cost, which is the mean over m samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from autograd.audit.expressions import Derivative, Expression, Name
from autograd.audit.network import apply, spelled
from autograd.audit.tokens import number
from autograd.notes.notation import NOTES, Notation
from autograd.notes.patterns import Patterns, each_pattern

FIELDS = ("weight", "bias", "preactivation", "activation")
SAMPLE = re.compile(r"\^?\((\d+)\)$")


def gradient_names(
    notation: Notation, root: Name, name: Name, share: Fraction = Fraction(1), layers: int = 0
) -> Iterator[tuple[Name, Expression]]:
    """The names of the gradient of a root in what is called so, each with what it means.

    `layers` are those of the network, where one is known: books that call the error terms of each
    layer otherwise count from the last.

    >>> from autograd.audit.expressions import written
    >>> from autograd.notes.profiles import NOTATIONS
    >>> [found] = gradient_names(NOTATIONS["mitchell"], Name("E"), Name("net_3"))
    >>> found[0].text, written(found[1])
    ('delta_3', '-dE/dnet_3')
    """
    bare, sample = own_sample(notation, name.text)
    for text in _texts(notation, root.text, bare, layers):
        derivative = Derivative(root, name)
        meant = of_share(derivative, share) if sample and notation.per_sample_gradients else None
        if notation.sign(root.text):
            meant = apply("neg", derivative)
        called = notation.of_sample(text, sample) if sample else text
        yield Name(spelled(called)), meant or derivative


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


def _texts(notation: Notation, root: str, name: str, layers: int) -> Iterator[str]:
    for field, patterns in (
        ("preactivation", notation.delta_pattern),
        ("activation", notation.activation_gradient_pattern),
    ):
        found = matched(notation, field, name)
        if found is None and field == "activation" and layers:
            found = _as_output(notation, name, layers)
        if found and patterns not in ("", "d"):
            place, parts = found
            each = each_pattern(patterns)
            if layers and len(each) > 1 and "layer" in parts:
                place = layers - int(parts["layer"]) + notation.first_layer
            yield each[min(place, len(each) - 1)].format(**{"layer": "", **parts})
    if notation.gradient_pattern != NOTES.gradient_pattern:
        yield notation.gradient_pattern.format(root=root, name=name)


def _as_output(notation: Notation, name: str, layers: int) -> tuple[int, dict[str, str]] | None:
    """The same of an output, where these have a name without their layer."""
    match = notation.output_pattern and _shape(notation.output_pattern).fullmatch(name)
    return (
        (0, {"layer": str(layers + notation.first_layer), **match.groupdict()}) if match else None
    )


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
