"""Which name in somebody's code means which quantity of a step.

People write W1 or w_1, dW1 or grad_W1, dZ1 or delta1, in lists W[0] of layer 1 or W[1]. A scheme is
a way of naming all of them; the one is taken in which most numbers are right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Assignment
from autograd.notes.matrix_code import short

WORDS = {
    Role.WEIGHTS: ("w", "weight", "weights", "ws"),
    Role.BIASES: ("b", "bias", "biases", "bs"),
    Role.SUMS: ("z", "zs", "net"),
    Role.OUTPUTS: ("a", "as", "h", "hs", "activation", "activations", "out"),
}
OF_SUMS = ("delta", "deltas")
GRADIENT_OF = {
    Role.WEIGHTS: Role.OF_WEIGHTS,
    Role.BIASES: Role.OF_BIASES,
    Role.SUMS: Role.OF_SUMS,
    Role.OUTPUTS: Role.OF_OUTPUTS,
}
BEFORE = ("d", "grad", "grads", "gradient", "nabla", "g")  # of a gradient's name
LOSSES = ("loss", "cost", "l", "j")
PREDICTIONS = ("yhat", "ypred", "yp", "pred", "prediction", "predictions", "output")
TARGETS = ("y", "target", "targets", "ytrue")
INPUTS = ("x", "a0", "h0", "input", "inputs")
NEW = re.compile(r"(?:new|next|updated|prime|after)$|^new")
EXPLICIT = re.compile(r"(?:d|grad|grads|gradient|nabla|g|minusd).+")  # says of what it is


class Scheme(NamedTuple):
    """A way of naming: the matrices and the numbers of names; lists have a word with the layer."""

    matrices: Mapping[str, Quantity]
    numbers: Mapping[str, Quantity]
    lists: Mapping[str, Quantity] = {}

    def of(self, key: str) -> list[Quantity]:
        """What a name may mean."""
        return [names[key] for names in (self.matrices, self.numbers) if key in names]

    def is_loss(self, key: str) -> bool:
        """Whether a name means the loss."""
        return any(quantity.role is Role.LOSS for quantity in self.of(key))


def plain(name: str) -> str:
    """A name without what people write in different ways.

    >>> plain("dL_dW1"), plain("Z_1"), plain("δ1")
    ('dldw1', 'z1', 'delta1')
    """
    normal = unicodedata.normalize("NFKC", name).replace("δ", "delta").replace("∂", "d")
    return re.sub(r"[\W_]+", "", normal).lower()


def schemes(truths: Truths) -> list[Scheme]:
    """The ways of naming a step's quantities, that of its notation first."""
    numbers = {
        key: quantity
        for quantity in truths.rows
        if quantity.role is Role.NUMBER
        for key in _of_number(quantity.name)
    }
    if truths.names is None:
        return [Scheme(dict.fromkeys(LOSSES, Quantity(Role.LOSS)), numbers)]
    own, usual = dict(_of_notation(truths)), dict(_usual(truths, 1))
    both = [(own[key], usual[key]) for key in own.keys() & usual.keys()]
    counts_otherwise = any(x.role is y.role and x.layer != y.layer for x, y in both)
    first = own if counts_otherwise else usual | own
    every = [first, usual, dict(_usual(truths, 0)), _swapped(usual)]
    known = [{k: x for k, x in names.items() if x in truths.rows} for names in every]
    lists = [known[1], known[1], known[1], known[3]]
    return [Scheme(x, numbers, y) for x, y in zip(known, lists, strict=True)]


def _of_number(name: str) -> Iterator[str]:
    """The ways of writing a scalar's name, dL/dw_00^1 as dw_00_1 too."""
    key = plain(name)
    yield key
    if "/" in name:
        of = plain(name.rpartition("/")[2])
        yield of
        if name.startswith("-"):
            yield f"minus{of}"


def _of_notation(truths: Truths) -> Iterator[tuple[str, Quantity]]:
    """The matrices' names in the notation in force."""
    for quantity in truths.rows:
        if quantity.role is Role.NUMBER:
            continue
        try:
            called = truths.called(quantity)
        except ValueError:  # it has no word for a layer
            continue
        if not called:
            continue
        yield plain(short(called)), quantity
        if quantity.role.is_gradient and "/" in called:
            of = plain(short(called.rpartition("/")[2]))[1:]
            yield from ((f"{start}{of}", quantity) for start in (*BEFORE, "minusd"))


def _usual(truths: Truths, first: int) -> Iterator[tuple[str, Quantity]]:
    """The names that most code has; the weights of layer 1 are W1 or, from 0, W0."""
    last = truths.last
    for layer in range(1, last + 1):
        number = layer - 1 + first
        for role, words in WORDS.items():
            for word in words:
                yield from _of_word(f"{word}{number}", Quantity(role, layer))
                if role is Role.OUTPUTS and first:
                    yield f"{word}0", Quantity(role, 0)
        for word in OF_SUMS:
            yield f"{word}{number}", Quantity(Role.OF_SUMS, layer)
    singles = {
        Quantity(Role.LOSS): LOSSES,
        Quantity(Role.TARGETS): TARGETS,
        Quantity(Role.OUTPUTS, 0): INPUTS if first else ("x",),
        Quantity(Role.OUTPUTS, last): PREDICTIONS,
    }
    for quantity, words in singles.items():
        for word in words:
            yield word, quantity
    for word in PREDICTIONS:
        yield f"d{word}", Quantity(Role.OF_OUTPUTS, last)


def _of_word(word: str, quantity: Quantity) -> Iterator[tuple[str, Quantity]]:
    """A name, and those of its gradient: dW1, grad_W1, dL_dW1, W1_grad."""
    yield word, quantity
    gradient = Quantity(GRADIENT_OF[quantity.role], quantity.layer)
    starts = (*BEFORE, *(f"d{loss}d" for loss in (*LOSSES, "c", "e")))
    yield from ((f"{start}{word}", gradient) for start in starts)
    yield f"{word}grad", gradient


def _swapped(usual: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """The names with a for what most call z, and z for a."""
    turn = {
        Role.SUMS: Role.OUTPUTS,
        Role.OUTPUTS: Role.SUMS,
        Role.OF_SUMS: Role.OF_OUTPUTS,
        Role.OF_OUTPUTS: Role.OF_SUMS,
    }
    found = dict(usual)
    for key, quantity in usual.items():
        if quantity.layer and quantity.role in turn and re.search(r"[az]\d+$|[az]\d+grad$", key):
            found[key] = Quantity(turn[quantity.role], quantity.layer)
    return found


def meant(
    assigned: Assignment, size: int, scheme: Scheme, last: int
) -> tuple[list[Quantity], bool]:
    """What a variable may be in a scheme, nothing for most; and whether it is an updated one.

    `size` is that of the list it stands in: one entry for each layer, or one more for the inputs.
    """
    key = plain(assigned.name)
    if assigned.place is not None:
        of_layer = f"{key}{assigned.place + (size == last)}"
        is_fit = size in (last, last + 1) and of_layer in scheme.lists
        return [scheme.lists[of_layer]] if is_fit else [], False
    if len(assigned.name) == 1 and assigned.name.islower() and scheme.is_loss(key):
        return [], False  # l counts layers, j units
    base = NEW.sub("", key)
    found = [] if scheme.of(key) else [x for x in scheme.of(base) if x.role.is_parameter]
    return found or scheme.of(key), bool(found)


def is_explicit(names: Iterable[str]) -> bool:
    """Whether a name says of what it is the derivative, as dW1; delta1 may be of -loss."""
    return any(EXPLICIT.fullmatch(plain(name)) and "delta" not in plain(name) for name in names)
