"""Cross-entropies as courses work them: probabilities first, then prediction minus target.

The engine computes a loss of logits as one node, in a form that loses no digits, and its gradients
by the chain rule. On paper the probabilities have lines of their own, p_0 = exp(z_0)/(exp(z_0) +
exp(z_1)), the loss is over them, and what the chain rule gives in a logit, p_0 - y_0, is written
down at once; so too where a layer is a softmax or a sigmoid. A softmax used otherwise has the
derivatives p_0*(1 - p_0) and -p_0*p_1. These are other expressions of the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from autograd.notes.meaning import Quantity, Role
from autograd.notes.notation import Notation
from autograd.reading import (
    FAULTS,
    MOST_CLASSES,
    OPERATIONS,
    Adjoint,
    Graph,
    Value,
    dot,
    number_of,
    total,
)

OF_LOGITS, OF_LOGIT = (
    OPERATIONS[name] for name in ("cross_entropy_with_logits", "binary_cross_entropy_with_logits")
)
OF_PROBABILITY = OPERATIONS["binary_cross_entropy"]
SHARE, SIGMOID = OPERATIONS["softmax_share"], OPERATIONS["sigmoid"]
LOG_SUM_EXP = OPERATIONS["log_sum_exp"]
LOG, MUL, NEG, SUB = (OPERATIONS[name] for name in ("log", "mul", "neg", "sub"))
DIGITS = 10**9
MOST_APART = 1 / DIGITS  # of one number in two forms; more is lost where a prediction is sure
LETTERS = ("p", "q", "P", "Q", "prob")  # the first that is free


class GraphLabels(Protocol):
    """What is asked here of the labels of a graph, which have its cross-entropies themselves."""

    @property
    def graph(self) -> Graph: ...
    @property
    def notation(self) -> Notation: ...
    def __call__(self, node: Value) -> str: ...
    def meaning(self, node: Value) -> Quantity | None: ...
    def sample(self, node: Value) -> int | None: ...


OnlyResult = Callable[[Value], Value | None]
Way = tuple[Any, Value, Any]  # of a gradient: the upstream one, the result, the local derivative


class OverProbabilities(NamedTuple):
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
        self._taken = set(map(label, order))
        shares = (node for node in order if node.operation is SHARE)
        self._shares: dict[Any, Value] = {node.operands: node for node in shares}
        self.of_loss: dict[Value, OverProbabilities] = {}
        for node in order:
            if node.operation in (OF_LOGITS, OF_LOGIT):
                worked = self._worked(node, label)
                self.of_loss |= {node: worked} if worked else {}
        self._of_losses = {p for each in self.of_loss.values() for p in each.probabilities}
        self._names_of_shares: dict[Any, str] = {}
        for logits in dict.fromkeys(filter(None, map(_logits_of_softmax, order))):
            names = self._names(label, logits) if len(logits) <= MOST_CLASSES else []
            self._names_of_shares |= {
                (z, *logits): name for z, name in zip(logits, names, strict=False)
            }

    @property
    def expressions(self) -> dict[Value, Value]:
        """What is written for each loss of logits."""
        return {node: worked.loss for node, worked in self.of_loss.items()}

    def names_of_shares(self) -> dict[Value, str]:
        """What a softmax's shares are called that have no name: each has a line of its own."""
        names, shares = self._names_of_shares, self._shares
        return {
            node: names.get(key) or self._graph.names[node]
            for key, node in shares.items()
            if node in self._graph.data and not node.name and node is not self._graph.root
        }

    # --- over the probabilities -------------------------------------------------------------------

    def _worked(self, node: Value, label: GraphLabels) -> OverProbabilities | None:
        """The loss of logits over their probabilities; None where that has another number."""
        n = len(node.operands) // 2
        logits, targets = node.operands[:n], node.operands[n:]
        if n > MOST_CLASSES or not all(map(_is_value, logits)):
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
        except FAULTS:  # a probability of 0
            return None
        names = self._new_names(label, logits) if _are_close(loss, node) else []
        for probability, name in zip(found, names, strict=False):
            probability.name = name
        return OverProbabilities(tuple(found), loss) if names else None

    def _names(self, label: GraphLabels, logits: Sequence[Any]) -> list[str]:
        """Those of a softmax's shares: called as activations where the logits are a layer's sums,
        and else as probabilities.
        """
        return self._of_layer(label, logits) or self._new_names(label, logits)

    def _of_layer(self, label: GraphLabels, logits: Sequence[Any]) -> list[str]:
        """The names of a softmax layer's activations; none where the logits are no layer's sums, or
        its activations are something else.
        """
        meanings = [label.meaning(z) if _is_value(z) else None for z in logits]
        if any(each is None or each.role is not Role.PREACTIVATION for each in meanings):
            return []
        known = [each._replace(role=Role.ACTIVATION) for each in meanings if each is not None]
        samples = (label.sample(z) or 0 for z in logits)
        pairs = zip(map(self._notation.text, known), samples, strict=True)
        names = [self._of_sample(name, sample) for name, sample in pairs]
        return names if self._are_free(names, self._own(label, logits)) else []

    def _own(self, label: GraphLabels, logits: Sequence[Any]) -> list[str]:
        """What the shares of these logits are called in the graph; "" for those of no name."""
        shares = (self._shares.get((z, *logits)) for z in logits)
        return ["" if share is None else label(share) for share in shares]

    def _are_free(self, names: Sequence[str], own: Sequence[str]) -> bool:
        pairs = zip(names, own, strict=True)
        return all(name == known or name not in self._taken for name, known in pairs)

    def _new_names(self, label: GraphLabels, logits: Sequence[Any]) -> list[str]:
        """p_0, p_1, ..., or with the first letter that makes them new; of one output alone p."""
        first, z = self._notation.first_index, logits[0]
        sample = (label.sample(z) or 0) if _is_value(z) else 0
        indices = [f"_{place}" for place, _ in enumerate(logits, start=first)]
        if len(logits) == 1:
            indices = [_index_of_output(label, z, first)]
        own = self._own(label, logits)
        pairs = zip(own, indices, strict=True)
        used = [name.removesuffix(index) for name, index in pairs if name.endswith(index)]
        for letter in filter(None, (*used, *LETTERS)):
            names = [self._of_sample(letter + index, sample) for index in indices]
            if self._are_free(names, own):
                self._taken.update(names)
                return names
        return []

    def _of_sample(self, name: str, sample: int) -> str:
        return self._notation.of_sample(name, sample) if sample else name

    # --- prediction minus target ------------------------------------------------------------------

    def difference(self, adjoint: Adjoint, found: Mapping[Value, Adjoint]) -> Value | None:
        """The gradient in a logit by prediction minus target, times the gradient in the loss.

        None in what is no logit of a cross-entropy, or where the difference has lost its digits.
        """
        if adjoint.gradient.__class__ is not Value or not adjoint.paths:
            return None
        written = self._written(adjoint, found)
        return written if written is not None and _are_close(written, adjoint.gradient) else None

    def probabilities_in(self, order: Iterable[Value]) -> set[Value]:
        """The probabilities among these nodes that have a name here and are none of the graph."""
        new = {*self._of_losses, *self._shares.values()}
        return {node for node in order if node in new and node not in self._graph.data}

    def _written(self, adjoint: Adjoint, found: Mapping[Value, Adjoint]) -> Value | None:
        results = dict.fromkeys(result for result, _ in adjoint.paths)
        if all(result.operation is SHARE for result in results):
            return self._of_softmax(adjoint.node, list(results), found)
        if any(result in self.of_loss for result in results):
            return self._over_losses(adjoint)
        (result, *others) = results
        loss = _only_result(result, found) if result.operation is SIGMOID and not others else None
        if loss is None or loss.operation is not OF_PROBABILITY or loss.operands[0] is not result:
            return None
        return _difference(found, loss, result, loss.operands[1])

    def _over_losses(self, adjoint: Adjoint) -> Value | None:
        """The sum over the paths, with p - y in a logit, and -log(p) in the target of a class."""
        n = len(adjoint.paths)
        upstream, local = adjoint.gradient.operands[:n], list(adjoint.gradient.operands[n:])
        for path, (result, _) in enumerate(adjoint.paths):
            if result in self.of_loss:
                places = [i for i, x in enumerate(result.operands) if x is adjoint.node]
                if len(places) > 1:
                    return None
                better = self._in_operand(result, places[0])
                local[path] = local[path] if better is None else better
        is_one = n == 1 and not _is_value(upstream[0]) and upstream[0] == 1
        is_name = _is_value(local[0]) and bool(local[0].name)
        written: Value = dot(upstream, local)
        if is_one:
            written = total(local) if is_name else local[0]
        return written

    def _in_operand(self, loss: Value, place: int) -> Any:
        n = len(loss.operands) // 2
        probabilities = self.of_loss[loss].probabilities
        if place < n:
            p, y = probabilities[place], loss.operands[n + place]
            return SUB(p, y) if _costs(y) else p
        return NEG(LOG(probabilities[place - n])) if loss.operation is OF_LOGITS else None

    def _of_softmax(
        self, z: Value, shares: Sequence[Value], found: Mapping[Value, Adjoint]
    ) -> Value | None:
        """The same in a logit of a softmax whose shares are used by one cross-entropy alone."""
        logits = shares[0].operands[1:]
        targets: dict[Any, Any] = {}
        losses = set()
        for share in shares:
            target, loss = class_in_loss(share, lambda node: _only_result(node, found))
            targets[share.operands[0]] = target
            losses.add(loss)
        alike = all(share.operands[1:] == logits for share in shares)
        (loss, *others) = losses
        if others or loss is None or not alike or not _add_up_to_1(targets.values()):
            return None
        if len(logits) > MOST_CLASSES or not any(each is z for each in logits):
            return None
        p = self.share(z, logits)
        return None if p is None else _difference(found, loss, p, targets.get(z, 0))

    def share(self, z: Value, logits: tuple[Any, ...]) -> Value | None:
        """The probability of a class, the graph's or a new one, called as that would be."""
        key = (z, *logits)
        if key not in self._shares:
            if key not in self._names_of_shares:
                return None
            share: Value = SHARE(z, logits)
            share.name = self._names_of_shares[key]
            self._shares[key] = share
        return self._shares[key]

    def taught(self, adjoint: Adjoint) -> Adjoint | None:
        """The adjoint of a softmax's logit over its shares: p_0*(1 - p_0), -p_0*p_1; p_0 of the
        logarithm of the sum.

        None in what is no logit, or where these have lost digits that the engine's own form has.
        """
        node, gradient, paths = adjoint
        if gradient.__class__ is not Value or not any(_logits_of_softmax(x) for x, _ in paths):
            return None
        results, n = [result for result, _ in paths], len(paths)
        local = [
            self._in_logit(node, *each) for each in zip(results, gradient.operands[n:], strict=True)
        ]
        if any(each is None for each in local):
            return None
        ways = list(zip(gradient.operands[:n], results, local, strict=True))
        for kept in (_with_own_share(node, ways), ways):
            written = _sum_over(kept)
            terms = [number_of(above) * number_of(each) for above, _, each in kept]
            if _differ_by_little(written.data, gradient.data, terms):
                return Adjoint(node, written, [(result, each) for _, result, each in kept])
        return None

    def _in_logit(self, z: Value, result: Value, local: Any) -> Any:
        """The derivative of a result in a logit; of what is no softmax its own."""
        logits = _logits_of_softmax(result)
        if logits is None or local is result:
            return local
        p = self.share(z, logits)
        if p is None or p.data.__class__ is not result.data.__class__:
            return None  # logits that are ints beside an operand that is not
        return p if result.operation is LOG_SUM_EXP else MUL(NEG(result), p)

    def name_factor(self, share: Value, logit: Value, local: Any, label: GraphLabels) -> None:
        """Call a share by its label in the derivative of another in its logit, -a_0*a_1."""
        known = self._shares.get((logit, *share.operands[1:]))
        is_product = local.operation is OPERATIONS["mul"]
        if known is not None and known in self._graph.data and is_product:
            local.operands[1].name = label(known)

    def lines_before(self, written: Value) -> Iterator[Value]:
        """The probabilities in an expression that are no nodes of the graph, nor of its losses."""
        path: list[Any] = [written]
        seen = set[Value]()
        while path:
            node = path.pop()
            if not _is_value(node) or node in seen or node in self._graph.data:
                continue
            seen.add(node)
            if node.operation is not SHARE:
                path += () if node.name else reversed(node.operands)
            elif node not in self._of_losses:
                yield node


def _is_value(x: Any) -> bool:
    return x.__class__ is Value


def logits_of_classes(order: Iterable[Value]) -> set[Value]:
    """The nodes that a softmax, or a loss of several logits, takes the exponentials of.

    >>> z, u = Value(0.5, "z"), Value(0.25, "u")
    >>> loss = OF_LOGITS([z, u], [1, 0])
    >>> logits_of_classes([z, u, loss]) == {z, u}
    True
    """
    found: set[Value] = set()
    for node in order:
        n = len(node.operands) // 2 if node.operation is OF_LOGITS else len(node.operands)
        if node.operation in (OF_LOGITS, SHARE):
            found.update(x for x in node.operands[:n] if _is_value(x))
    return found


def _logits_of_softmax(node: Value) -> tuple[Any, ...] | None:
    """The logits of a softmax's share, or of the logarithm of its sum; None for something else."""
    if node.operation is SHARE:
        return node.operands[1:]
    return node.operands if node.operation is LOG_SUM_EXP else None


def _with_own_share(z: Value, ways: Sequence[Way]) -> list[Way]:
    """The ways of a gradient into a logit, the two into its own share, p and -p*p, as p*(1 - p)."""
    kept: list[Way] = []
    place_of: dict[Value, int] = {}
    for above, result, local in ways:
        is_own = result.operation is SHARE and result.operands[0] is z
        place = place_of.setdefault(result, len(kept)) if is_own else len(kept)
        if place < len(kept) and (local is result) != (kept[place][2] is result):
            kept[place] = above, result, MUL(result, SUB(1, result))
        else:
            kept.append((above, result, local))
    return kept


def _sum_over(ways: Sequence[Way]) -> Value:
    """The sum of upstream gradients times local derivatives; of one probability alone that."""
    upstream, _, local = zip(*ways, strict=True)
    is_one = len(ways) == 1 and not _is_value(upstream[0]) and upstream[0] == 1
    is_alone = is_one and _is_value(local[0]) and local[0].operation is SHARE
    written: Value = total(local) if is_alone else dot(upstream, local)
    return written


def _place(node: Any, operands: Sequence[Any]) -> int:
    return next(place for place, x in enumerate(operands) if x is node)


def _index_of_output(label: GraphLabels, z: Value, first: int) -> str:
    """_1, _2, ... of a logit that is one output of several; "" of one alone."""
    meaning = label.meaning(z)
    is_of_many = meaning is not None and meaning.sizes and meaning.sizes[meaning.layer] > 1
    return f"_{(meaning.neuron or 0) + first}" if meaning and is_of_many else ""


def _are_close(one: Value, other: Value) -> bool:
    """Whether two nodes have one number, but for its last digits."""
    try:
        return one.data == other.data or math.isclose(one.data, other.data, rel_tol=MOST_APART)
    except (*FAULTS, AttributeError):  # numbers that do not compare
        return False


def _differ_by_little(one: Any, other: Any, terms: Sequence[Any]) -> bool:
    """Whether two forms of a sum have one number, but for the last digits of its terms."""
    try:
        return bool(abs(one - other) * DIGITS <= sum(map(abs, terms)))
    except (*FAULTS, TypeError):  # numbers that do not compare
        return False


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


def class_in_loss(share: Value, only_result: OnlyResult) -> tuple[Any, Value | None]:
    """The target of a share of a softmax in -log(share) or -(y_0*log(share_0) + ...), and that;
    None where it is used otherwise. `only_result` is the one node that a node is used in.

    >>> p = Value(0.5, "p")
    >>> log = LOG(p)
    >>> loss = NEG(log)
    >>> class_in_loss(p, {p: log, log: loss}.get) == (1, loss)
    True
    """
    log = only_result(share)
    after = only_result(log) if log is not None and log.operation is LOG else None
    if after is None or _is_negative(after):
        return 1, after
    loss = only_result(after) if after.operation is dot else None
    n = len(after.operands) // 2
    if loss is None or not _is_negative(loss) or len(after.operands) != 2 * n:
        return 1, None
    place = _place(log, after.operands)
    return after.operands[place - n], loss if place >= n else None


def _is_negative(node: Value) -> bool:
    """Whether a node is minus another; a perfect loss is 0 - that."""
    if node.operation is SUB:
        return not _is_value(node.operands[0]) and bool(node.operands[0] == 0)
    return node.operation is NEG
