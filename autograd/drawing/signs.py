"""The numbers of a picture: those of what its notation calls by their names.

A notation that subtracts a bias names the negative of what the engine adds, one that maximises an
objective names -loss, one whose error terms are negative shows the gradients of -loss, and one that
takes gradients of each sample's own loss shows those.
"""

from __future__ import annotations

from typing import Any

from autograd.drawing.scripts import marked_term
from autograd.notes.expressions import negative
from autograd.notes.labels import Labels
from autograd.reading import Term, Value


def negated(number: Any, is_negated: bool) -> Any:
    """A number, or its negative; None stays None.

    >>> negated(2, True), negated(2, False), negated(None, True)
    (-2, 2, None)
    """
    return -number if is_negated and number is not None else number


def shown_value(label: Labels, node: Value) -> Any:
    """The number of what a node's label stands for.

    >>> from autograd.notes.labels import every_node
    >>> label = every_node(Value(2, "w") * 3, "mit6034")
    >>> label.root, shown_value(label, label.graph.root)
    ('P', -6)
    """
    return negated(label.graph.data[node], label.is_negated(node))


def shown_gradient(label: Labels, node: Value) -> Any:
    """The gradient in what a node's label stands for, of what the notation derives; None if it is
    not computed.
    """
    gradient = gradient_of_root(label, node)
    return None if gradient is None else label.gradient_number(node, gradient)


def gradient_of_root(label: Labels, node: Value) -> Any:
    """The same of the root, also where the notation takes it of a sample's own loss: what flows
    through a circuit.
    """
    is_negated = label.is_negated(node) != (label.notation.error_sign < 0)
    return negated(label.graph.gradients[node], is_negated)


def named_term(label: Labels, node: Value) -> Term:
    """The label of an operand, marked, with a minus where it stands for the negative."""
    term = marked_term(label(node))
    return negative(term) if label.is_negated(node) else term


def gradient_word(label: Labels) -> str:
    """What stands before a gradient: grad, or -grad where it is that of -loss.

    >>> from autograd.notes.labels import every_node
    >>> loss = Value(2, "w") * 3
    >>> [gradient_word(every_node(loss, name)) for name in ("ng", "mitchell", "mit6034")]
    ['grad', '-grad', 'grad']
    """
    is_of_minus = label.notation.error_sign < 0 and not label.is_negated(label.graph.root)
    return "-grad" if is_of_minus else "grad"
