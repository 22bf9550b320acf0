"""What each node of a graph is called: one name for one node, in all views.

A name that remembers its meaning is written in the notation that is asked for, else in its model's.
Where a batch runs through one network its quantities have the sample's index, z_0^1(2). An unnamed
root is the loss, L, unless that is taken; other nodes without a name are v1, v2, ..., or fold into
the line of what they are computed for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from autograd.notes.cross_entropies import CrossEntropies, logits_of_classes
from autograd.notes.meaning import Quantity, Role
from autograd.notes.means import mean_counts
from autograd.notes.naming import Typeset, latex_of
from autograd.notes.notation import NOTES, Name, Notation, derivative_name
from autograd.notes.profiles import notation_of
from autograd.notes.sample_losses import SampleLosses, sample_losses
from autograd.notes.samples import samples_of
from autograd.notes.typeset import unicode_text
from autograd.reading import Graph, Value, printable, total

MOST_FOLDED = 40  # results and operands that one expression writes out


class Labels:
    """The labels of a graph's nodes in a notation; "" for what folds. `root` is that of the root.

    They are names as they are typed; with `unicode` they are `shown` in the letters of a terminal.
    `own` has names in place of those that nodes have.

    >>> from autograd import Value
    >>> w, a = Value(2, "w"), Value(3, "a")
    >>> label = every_node(w * a)
    >>> label(w), label.root, label.gradient(w)
    ('w', 'L', 'dL/dw')
    """

    def __init__(
        self,
        graph: Graph,
        notation: Notation | str | None,
        wanted: Iterable[Value] = (),
        unicode: bool = False,
        own: Mapping[Value, str] = MappingProxyType({}),
    ) -> None:
        self.graph, self.unicode = graph, unicode
        self._wanted = set(wanted)
        self.notation = notation_in(graph.order) if notation is None else notation_of(notation)
        self._names = {node: self._in_notation(own.get(node) or node.name) for node in graph.order}
        self._own_latex = {printable(x) for x in self._names.values() if isinstance(x, Typeset)}
        self._samples = _needed(self._names, graph)
        self._texts = {node: self._text(node) for node in graph.order}
        if not graph.root.name:
            loss = printable(self._root_name())
            is_taken = loss in self._texts.values()
            self._texts[graph.root] = graph.names[graph.root] if is_taken else loss
        self.root = self._texts[graph.root]

    def __call__(self, node: Value) -> str:
        """The label of a node; of one outside the graph its own name."""
        return self._texts[node] if node in self._texts else printable(node.name)

    def shown(self, name: str) -> str:
        """A label, or what a gradient is called, as it is written.

        >>> from autograd import Value
        >>> loss = Value(2, "w_1") * 3
        >>> every_node(loss).shown("dL/dw_1"), every_node(loss, unicode=True).shown("dL/dw_1")
        ('dL/dw_1', '∂L/∂w₁')
        """
        return unicode_text(name) if self.unicode and name not in self._own_latex else name

    def unescaped(self, node: Value) -> str:
        """The label, with line breaks and the like as they were given: for writers that escape."""
        return self._of_sample(self._names[node], node) or self._texts[node]

    def gradient(self, node: Value) -> str:
        """What the gradient in a node is called: delta_1^1, dL/dw_10^1; "" where it has no line."""
        name, notation = self._names[node], self.notation
        if node is self.graph.root:
            return "" if notation.error_sign < 0 else notation.derivative(self.root, self.root)
        if notation.leaves_out_gradient(name) and node not in self._wanted:
            return ""
        return self.own_gradient(node) or self._derivative(node)

    def own_gradient(self, node: Value) -> str:
        """What it is called besides a derivative: delta_1^1; "" for nothing else."""
        own = self.notation.own_gradient(self._names[self.graph.root], self._names[node])
        return self._of_sample(own, node) if own else ""

    def plain_gradient(self, node: Value) -> str:
        """The same as a derivative, whatever it is called: dL/dz_1^1."""
        return derivative_name(self._derived(node), self._texts[node])

    def gradient_number(self, node: Value, gradient: Any) -> Any:
        """What the gradient in a node is called so is, from that of the root: of what belongs to
        one sample m times as much, where it is that of the sample's own loss.
        """
        losses = self.sample_losses
        if losses is None or node not in losses.samples:
            return gradient
        number, own = losses.count * gradient, self._of_samples[node]
        own = own if self.notation.error_sign > 0 else -own
        are_floats = number.__class__ is own.__class__ is float
        return own if are_floats and math.isclose(number, own, rel_tol=1e-12) else number

    @cached_property
    def _of_samples(self) -> dict[Value, Any]:
        """The gradients of the samples' own losses, without what 1/m leaves in the last digit."""
        return self.sample_losses.numbers() if self.sample_losses else {}

    def meaning(self, node: Value) -> Quantity | None:
        """The quantity of a network that a node is, by its name; None for something else."""
        return self.notation.meaning(self._names.get(node, ""))

    def is_target(self, node: Value) -> bool:
        """Whether a node is given, and called as the notation calls targets: y, y_1."""
        letter, pattern = self.notation.target_name, self.notation.target_pattern
        indexed = re.escape(pattern).replace(re.escape("{indices}"), r"[\w,]+")
        is_called_so = re.fullmatch(f"{re.escape(letter)}|{indexed}", self._names[node])
        return node.operation is None and is_called_so is not None

    def sample(self, node: Value) -> int | None:
        """The sample whose index the label has; None where it has none."""
        return self._samples.get(node)

    def is_negated(self, node: Value) -> bool:
        """Whether the label stands for the negative of the node: of a bias that is subtracted, of
        an objective that is maximised.
        """
        if node is self.graph.root and self.notation.maximised:
            return self.notation.is_maximised(node.name)
        name = self._names.get(node, "")
        is_bias = isinstance(name, Name) and name.quantity.role is Role.BIAS
        return is_bias and self.notation.bias_is_subtracted

    @cached_property
    def sample_losses(self) -> SampleLosses | None:
        """The losses of the samples, where the notation takes gradients of each of them."""
        return sample_losses(self.graph) if self.notation.per_sample_gradients else None

    @cached_property
    def cross_entropies(self) -> CrossEntropies:
        """Those of the graph, over their probabilities."""
        return CrossEntropies(self)

    @cached_property
    def mean_counts(self) -> tuple[int, ...]:
        """Over how many the graph takes means: gradient lines write 1/m for m of them."""
        losses = self.sample_losses
        return mean_counts(self.graph, (losses.count, losses.parts) if losses else ())

    def fold(self) -> None:
        """Fold what has no name, is used once and is not long."""
        graph = self.graph
        self._texts |= self.cross_entropies.names_of_shares()
        logits = logits_of_classes(graph.order)  # which each probability is written with
        written: dict[Value, int] = {}  # how much stands in the expression of each node
        for node in graph.order:
            unnamed = [x for x in node.operands if graph.has(x) and not self._texts[x]]
            written[node] = len(node.operands) + sum(written[x] for x in unnamed)
            # The variable of a derivative is a sum of one: it is shown as what it stands for.
            copy = node.operation is total and len(node.operands) == 1
            is_used_again = graph.uses[node] > 1 or node in logits
            shared = node.operation and is_used_again and not copy
            is_shown = shared or node in self._wanted or written[node] > MOST_FOLDED
            # Written in full in every line, what is long would fill the memory.
            if not self._texts[node] and is_shown:
                self._texts[node] = graph.names[node]

    def number(self) -> None:
        """Call every node without a name v1, v2, ..., but for the shares of a softmax."""
        self._texts |= self.cross_entropies.names_of_shares()
        taken = set(self._texts.values())
        if self.sample_losses:
            for sample, loss in self.sample_losses.losses.items():
                name = self._sample_loss(sample)
                self._texts[loss] = self._texts[loss] or ("" if name in taken else name)
        for node, text in self._texts.items():
            self._texts[node] = text or self.graph.names[node]

    def _root_name(self) -> str:
        """What a root without a name is called: the loss, or over samples the cost."""
        cost = self.notation.cost_name if self.sample_losses else ""
        return cost or self.notation.loss_name

    def _derived(self, node: Value) -> str:
        """What the gradient in a node is of: the root, or its own sample's loss."""
        sample = self.sample_losses.samples.get(node) if self.sample_losses else None
        return self.root if sample is None else self._sample_loss(sample)

    def _sample_loss(self, sample: int) -> str:
        """What the loss of one sample is called: L^(2), unless it has a name."""
        assert self.sample_losses is not None
        loss = self.sample_losses.losses.get(sample)
        own = self._texts[loss] if loss is not None and self._names[loss] else ""
        return own or printable(self.notation.of_sample(self.notation.loss_name, sample))

    def _derivative(self, node: Value) -> str:
        """dL/dw_10^1; of what is typeset in a way of its own, typeset so too."""
        name, pattern = self._texts[node], self.notation.gradient_pattern
        root = self._derived(node)
        text = self.notation.derivative(root, name)
        if not any(isinstance(part, Typeset) for part in (root, name)):
            return text
        of, by = latex_of(root), latex_of(name)
        if "/" in pattern:
            return Typeset(
                text, rf"{self.notation.sign(self.root)}\frac{{\partial {of}}}{{\partial {by}}}"
            )
        return Typeset(text, self.notation.sign(self.root) + pattern.format(root=of, name=by))

    def _in_notation(self, name: str) -> str:
        if isinstance(name, Name) and name.notation is not self.notation:
            return self.notation.named(name.quantity)
        return name

    def _text(self, node: Value) -> str:
        return self._of_sample(printable(self._names[node]), node)

    def _of_sample(self, text: str, node: Value) -> str:
        sample = self._samples.get(node)
        return text if sample is None else self.notation.of_sample(text, sample)


def _needed(names: Mapping[Value, str], graph: Graph) -> dict[Value, int]:
    """The index of each node whose name stands for several nodes: its sample's.

    A network's quantities of one sample have it beside other samples, though they stand alone, as
    the share of the class that is right. Where one sample has several of that name, of two networks
    or passes within each other, they are numbered instead. After an update of its parameters a
    network's quantities keep their names.
    """
    samples, updates = samples_of(graph.order), _updates_before(names, graph)
    several = len(set(samples.values())) > 1
    found: dict[Value, int] = {}
    for (name, _), nodes in _alike(names, updates, samples).items():
        if len(nodes) == 1:
            if several and isinstance(name, Name) and nodes[0] in samples:
                found[nodes[0]] = samples[nodes[0]]
            continue
        of_nodes = [samples.get(node, 0) for node in nodes]
        if 0 not in of_nodes and len(set(of_nodes)) == len(nodes):
            found |= dict(zip(nodes, of_nodes, strict=True))
        else:
            found |= {node: place for place, node in enumerate(nodes, start=1)}
    return found


def _alike(
    names: Mapping[Value, str], updates: Mapping[Value, int], samples: Mapping[Value, int]
) -> dict[tuple[str, int], list[Value]]:
    """The nodes of each name that a network gives, or that samples share, between two updates."""
    found: dict[tuple[str, int], list[Value]] = {}
    for node, name in names.items():
        if name and (isinstance(name, Name) or node in samples):
            found.setdefault((name, updates[node]), []).append(node)
    return found


def _updates_before(names: Mapping[Value, str], graph: Graph) -> dict[Value, int]:
    """How many updates of parameters each node was computed through."""
    found: dict[Value, int] = {}
    for node in graph.order:
        before = max((found.get(x, 0) for x in node.operands if graph.has(x)), default=0)
        name = names[node]
        is_parameter = isinstance(name, Name) and name.quantity.role in (Role.WEIGHT, Role.BIAS)
        found[node] = before + bool(is_parameter and node.operation is not None)
    return found


def notation_in(nodes: Iterable[Value]) -> Notation:
    """The notation of the model that the nodes come from; the notes' where they are of none."""
    for node in nodes:
        if isinstance(node.name, Name):
            return node.name.notation
    return NOTES


def folded(
    root: Value | Graph,
    notation: Notation | str | None = None,
    wanted: Iterable[Value] = (),
    unicode: bool = False,
    own: Mapping[Value, str] = MappingProxyType({}),
) -> Labels:
    """Labels for nodes with a name, and for others that are used more than once, or long; for every
    node where none has a name. What is `wanted` has a label and a gradient in any case.
    """
    label = Labels(Graph.of(root), notation, wanted, unicode, own)
    if any(node.name for node in label.graph.order):
        label.fold()
    else:
        label.number()
    return label


def every_node(
    root: Value | Graph,
    notation: Notation | str | None = None,
    unicode: bool = False,
    own: Mapping[Value, str] = MappingProxyType({}),
) -> Labels:
    """Labels that fold no node."""
    label = Labels(Graph.of(root), notation, unicode=unicode, own=own)
    label.number()
    return label
