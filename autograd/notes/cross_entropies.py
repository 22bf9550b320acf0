"""Cross-entropies as courses work them: probabilities first, then prediction minus target.

The engine computes a loss of logits as one node, in a form that loses no digits, and its gradients
by the chain rule. On paper the probabilities have lines of their own, p_0 = exp(z_0)/(exp(z_0) +
exp(z_1)), the loss is over them, and what the chain rule gives in a logit, p_0 - y_0, is written
down at once; so too where a layer is a softmax or a sigmoid. These are other expressions of the
same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import Notation
from autograd.reading import FAULTS, OPERATIONS, Adjoint, Graph, Value, dot, number_of, total

OF_LOGITS, OF_LOGIT = (
    OPERATIONS[name] for name in ("cross_entropy_with_logits", "binary_cross_entropy_with_logits")
)
OF_PROBABILITY = OPERATIONS["binary_cross_entropy"]
SHARE, SIGMOID = OPERATIONS["softmax_share"], OPERATIONS["sigmoid"]
LOG, NEG, SUB = OPERATIONS["log"], OPERATIONS["neg"], OPERATIONS["sub"]
MOST_CLASSES = 40  # that have a line each
LETTERS = ("p", "P", "prob")  # the first that is free


class GraphLabels(Protocol):
    """What is asked here of the labels of a graph, which have its cross-entropies themselves."""

    @property
    def graph(self) -> Graph: ...
    @property
    def notation(self) -> Notation: ...
    def __call__(self, node: Value) -> str: ...
    def meaning(self, node: Value) -> Quantity | None: ...
    def sample(self, node: Value) -> int | None: ...


class Worked(NamedTuple):
    """The probabilities of the classes of a loss of logits, and the loss over them."""

    probabilities: tuple[Value, ...]
    loss: Value


class CrossEntropies:
    """The cross-entropies in the graph of a root, over named probabilities.

    `of_loss` has those that are computed from logits; a class whose probability is no node of the
    graph gets one here.

    >>> from autograd.notes.labels import every_node
    >>> z, y = Value(0.0, "z"), Value(1.0, "y")
    >>> label = every_node(OF_LOGIT(z, y))
    >>> [node.name for node in CrossEntropies(label).of_loss[label.graph.root].probabilities]
    ['p']
    """

    def __init__(self, label: GraphLabels) -> None:
        self._graph, self._notation = label.graph, label.notation
        order = label.graph.order
        taken = set(map(label, order))
        self._letter = next((x for x in LETTERS if not _is_taken(x, taken)), "")
        losses = [node for node in order if node.operation in (OF_LOGITS, OF_LOGIT)]
        several = len(losses) > 1
        worked = ((x, self._worked(x, n if several else 0)) for n, x in enumerate(losses, start=1))
        self.of_loss = {node: found for node, found in worked if found}
        self._of_losses = {p for each in self.of_loss.values() for p in each.probabilities}
        shares = [node for node in order if node.operation is SHARE]
        self._shares: dict[Any, Value] = {node.operands: node for node in shares}
        softmaxes = dict.fromkeys(node.operands[1:] for node in shares)
        self._names_of_shares = {
            (z, *logits): self._name_of_share(label, z, logits)
            for logits in softmaxes
            for z in logits
            if len(logits) <= MOST_CLASSES
        }

    @property
    def expressions(self) -> dict[Value, Value]:
        """What is written for each loss of logits."""
        return {node: worked.loss for node, worked in self.of_loss.items()}

    # --- over the probabilities -------------------------------------------------------------------

    def _worked(self, node: Value, sample: int) -> Worked | None:
        """The loss of logits over their probabilities; None where that has another number."""
        n = len(node.operands) // 2
        logits, targets = node.operands[:n], node.operands[n:]
        if not self._letter or n > MOST_CLASSES or not all(_is_value(z) for z in logits):
            return None
        is_one_alone = node.operation is OF_LOGIT
        if not is_one_alone and (n == 1 or not _add_up_to_1(targets)):
            return None
        try:
            if is_one_alone:
                found = [SIGMOID(logits[0])]
                loss = OF_PROBABILITY(found[0], targets[0])
            else:
                found = [SHARE(z, logits) for z in logits]
                loss = _cross_entropy(found, targets)
            is_same = math.isclose(loss.data, node.data, rel_tol=1e-6, abs_tol=1e-12)
        except (*FAULTS, AttributeError):  # a probability of 0, or numbers that do not compare
            return None
        if not is_same:
            return None
        for index, probability in enumerate(found):
            name = self._letter if is_one_alone else self._indexed(index)
            probability.name = self._of_sample(name, sample)
        return Worked(tuple(found), loss)

    def _indexed(self, index: int) -> str:
        return f"{self._letter}_{index + self._notation.first_index}"

    def _of_sample(self, name: str, sample: int) -> str:
        return self._notation.of_sample(name, sample) if sample else name

    # --- prediction minus target ------------------------------------------------------------------

    def difference(self, adjoint: Adjoint, found: Mapping[Value, Adjoint]) -> Value | None:
        """The gradient in a logit as prediction minus target, times the gradient in the loss.

        None in what is no logit of a cross-entropy alone.
        """
        results = dict.fromkeys(result for result, _ in adjoint.paths)
        if adjoint.gradient.__class__ is not Value or not results:
            return None
        if all(result.operation is SHARE for result in results):
            return self._of_softmax(adjoint.node, list(results), found)
        if len(adjoint.paths) > 1:
            return None
        (result,) = results
        n = len(result.operands) // 2
        place = _place(adjoint.node, result.operands)
        if result in self.of_loss and place < n:
            p, y = self.of_loss[result].probabilities[place], result.operands[n + place]
            return _difference(found, result, p, y)
        loss = _only_result(result, found) if result.operation is SIGMOID else None
        if loss is None or loss.operation is not OF_PROBABILITY or loss.operands[0] is not result:
            return None
        return _difference(found, loss, result, loss.operands[1])

    def _of_softmax(
        self, z: Value, shares: Sequence[Value], found: Mapping[Value, Adjoint]
    ) -> Value | None:
        """The same in a logit of a softmax whose shares are used by one cross-entropy alone."""
        logits = shares[0].operands[1:]
        targets: dict[Any, Any] = {}
        losses = set()
        for share in shares:
            target, loss = _class_in_loss(share, found)
            targets[share.operands[0]] = target
            losses.add(loss)
        alike = all(share.operands[1:] == logits for share in shares)
        (loss, *others) = losses
        if others or loss is None or not alike or not _add_up_to_1(targets.values()):
            return None
        if len(logits) > MOST_CLASSES or not any(each is z for each in logits):
            return None
        return _difference(found, loss, self._share(z, logits), targets.get(z, 0))

    def _share(self, z: Value, logits: tuple[Any, ...]) -> Value:
        """The probability of a class, the graph's or a new one, called as that would be."""
        key = (z, *logits)
        if key not in self._shares:
            self._shares[key] = SHARE(z, logits)
            self._shares[key].name = self._names_of_shares[key]
        return self._shares[key]

    def _name_of_share(self, label: GraphLabels, z: Any, logits: tuple[Any, ...]) -> str:
        """Called as a network's activation is, where the logit is one of its sums."""
        quantity, sample = label.meaning(z), label.sample(z) or 0
        if quantity is not None and quantity.role is Role.PREACTIVATION:
            name = self._notation.text(quantity._replace(role=Role.ACTIVATION))
        else:
            name = self._indexed(_place(z, logits))
        return self._of_sample(name, sample)

    def name_factor(self, share: Value, logit: Value, local: Any, label: GraphLabels) -> None:
        """Call a share by its label in the derivative of another in its logit, -a_0*a_1."""
        known = self._shares.get((logit, *share.operands[1:]))
        is_product = local.operation is OPERATIONS["mul"]
        if known is not None and known in self._graph.data and is_product:
            local.operands[1].name = label(known)

    def lines_before(self, written: Value) -> Iterator[Value]:
        """The probabilities in an expression that are no nodes of the graph, nor of its losses."""
        path: list[Any] = [written]
        while path:
            node = path.pop()
            if _is_value(node) and node.operation is SHARE and node not in self._of_losses:
                if node not in self._graph.data:
                    yield node
            elif _is_value(node) and not node.name:
                path += node.operands


def _is_value(x: Any) -> bool:
    return x.__class__ is Value


def _place(node: Any, operands: Sequence[Any]) -> int:
    return next(place for place, x in enumerate(operands) if x is node)


def _is_taken(letter: str, names: Iterable[str]) -> bool:
    return any(name == letter or name.startswith((f"{letter}_", f"{letter}^")) for name in names)


def _add_up_to_1(targets: Iterable[Any]) -> bool:
    try:
        return math.isclose(sum(map(number_of, targets)), 1, rel_tol=1e-6)
    except (*FAULTS, TypeError):  # symbols
        return False


def _cross_entropy(probabilities: Sequence[Value], targets: Sequence[Any]) -> Any:
    pairs = [(y, LOG(p)) for p, y in zip(probabilities, targets, strict=True) if _costs(y)]
    if len(pairs) == 1 and pairs[0][0] is number_of(pairs[0][0]) and pairs[0][0] == 1:
        return NEG(pairs[0][1])
    return NEG(dot(*zip(*pairs, strict=True)))


def _costs(target: Any) -> bool:
    return _is_value(target) or target != 0


def _difference(found: Mapping[Value, Adjoint], loss: Value, p: Value, y: Any) -> Value | None:
    """The gradient in a loss times p - y; of a class without a share p alone."""
    if loss not in found:
        return None
    upstream = found[loss].gradient
    is_one = not _is_value(upstream) and upstream == 1
    excess: Value = SUB(p, y) if _costs(y) else total([p])
    return excess if is_one else dot([upstream], [excess])


def _only_result(node: Value, found: Mapping[Value, Adjoint]) -> Value | None:
    """The one result that a gradient comes from; None for several."""
    paths = found[node].paths if node in found else ()
    return paths[0][0] if len(paths) == 1 else None


def _class_in_loss(share: Value, found: Mapping[Value, Adjoint]) -> tuple[Any, Value | None]:
    """The target of a share of a softmax in -log(share) or -(y_0*log(share_0) + ...), and that."""
    log = _only_result(share, found)
    after = _only_result(log, found) if log is not None and log.operation is LOG else None
    if after is None or after.operation is NEG:
        return 1, after
    loss = _only_result(after, found) if after.operation is dot else None
    n = len(after.operands) // 2
    if loss is None or loss.operation is not NEG or len(after.operands) != 2 * n:
        return 1, None
    place = _place(log, after.operands)
    return after.operands[place - n], loss if place >= n else None
