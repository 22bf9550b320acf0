"""What a printed line says, computed from its text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from autograd import Value
from autograd.elementary import sigmoid
from autograd.notes.derivation import Derivation
from autograd.operations import relu

FUNCTIONS = {
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
}


def evaluated(text: str, names: Iterable[tuple[str, float]] = ()) -> float:
    """What a printed expression gives, its names replaced by numbers.

    A name with a minus, -dE/dw, may stand in a sum without it.
    """
    known = dict(names)
    known |= {name[1:]: -number for name, number in known.items() if name.startswith("-")}
    for name in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(name)}(?![\w(^])", f"({known[name]!r})", text)
    found: float = eval(text.replace("^", "**"), dict(FUNCTIONS))
    return found


def numbers_of(derivation: Derivation) -> Mapping[str, float]:
    """The names that the lines compute, with their numbers."""
    return {step.name: step.number for step in (*derivation.forward, *derivation.gradients)}


def leaves_of(nodes: Iterable[Value], label) -> dict[str, float]:
    """The labels of the given numbers, with what they stand for."""
    return {
        label(node): -node.data if label.is_negated(node) else node.data
        for node in nodes
        if node.operation is None
    }
