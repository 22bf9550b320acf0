"""Cards and arrows of a graph whose nodes are folded: what one card says of several.

Every number is one of the graph's; of many the smallest and the largest are shown. Of arrows that
fall together their number, with the sum of the sizes of what flows along them as a width.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from autograd.drawing.cards.card import Arrow, Card, Cards, Fold, Row, formula_of
from autograd.drawing.fold_titles import called, first_to_last, numbers_in, title_of
from autograd.drawing.folding import FORMULA, Key, Part, users_of
from autograd.drawing.labels import counted
from autograd.drawing.neurons import Groups, Role
from autograd.drawing.scripts import marked, unmarked
from autograd.drawing.themes import magnitude, sign
from autograd.notes.labels import Labels
from autograd.notes.meaning import Role as Meaning
from autograd.notes.number_style import NumberStyle
from autograd.reading import FAULTS, Value

MOST_ROWS = {"computed": 24}  # lines of a series of results; of another card
MOST_OTHER_ROWS = 8
MOST_WRITTEN = 80  # characters of a loss's formula
UNITS = (Meaning.PREACTIVATION, Meaning.ACTIVATION)
LEARNT = (Role.WEIGHT, Role.BIAS)


def folded_cards(
    cards: Cards, parts: Sequence[Part], label: Labels, groups: Groups, style: NumberStyle
) -> Cards:
    """The cards of a graph, one for each part."""
    own = {card.node: card for card in cards.cards}
    members = {part: [own[node] for node in part.nodes] for part in parts}
    fold = Folder(label, groups, style, parts)
    made = {part: fold.card(part.key, folded) for part, folded in members.items()}
    of = {card: made[part] for part, folded in members.items() for card in folded}
    arrows = _merged(cards.arrows, of)
    operands: dict[Card, dict[Card, None]] = {card: {} for card in made.values()}
    for arrow in arrows:
        operands[arrow.result][arrow.operand] = None
    final: dict[Card, Card] = {}
    for card in sorted(made.values(), key=lambda card: card.index):
        known = (final.get(operand, operand) for operand in operands[card])
        final[card] = replace(card, operands=tuple(known))
    moved = (
        replace(arrow, operand=final[arrow.operand], result=final[arrow.result]) for arrow in arrows
    )
    return Cards(tuple(final.values()), tuple(moved))


class Folder:
    """Makes cards of several."""

    def __init__(
        self, label: Labels, groups: Groups, style: NumberStyle, parts: Sequence[Part]
    ) -> None:
        self.label, self.groups, self.style = label, groups, style
        user = users_of(label.graph)
        keys = {node: part.key for part in parts for node in part.nodes}
        inner = {node for node in user if not node.name and keys[user[node]] == keys[node]}
        self.inner = {node for node in inner if label.graph.uses[node] == 1}

    def formula(self, node: Value) -> str:
        """The formula of a node over what is not in its own card without a name."""
        return formula_of(self.label, node, self.style, self.inner)

    def card(self, key: Key, members: Sequence[Card]) -> Card:
        """The card of some nodes, the last of which is that of all."""
        last = members[-1]
        if key.kind == FORMULA or (key.kind in ("input", "inputs") and len(members) == 1):
            return self._written_out(last) if len(members) > 1 else last
        rows, shown = self._rows(key, members)
        name, note = self._title(key, members)
        fold = Fold(
            kind=called(key),
            nodes=frozenset(card.node for card in members),
            note=note,
            rows=rows,
            shown=shown,
            role=self._role(members),
            place=key.group if key.kind == "neuron" else None,
        )
        results = [card for card in members if not card.is_leaf]
        off = all(card.off for card in results or members)
        dead = {card for card in results if card.switched_off}
        switched = bool(dead) and all(card.off or card in dead for card in results)
        return replace(last, name=name, written="", off=off, switched_off=switched, fold=fold)

    def _written_out(self, card: Card) -> Card:
        return replace(card, written=self.formula(card.node))

    def _role(self, members: Sequence[Card]) -> Role:
        roles = {self.groups.roles[card.node] for card in members}
        return roles.pop() if len(roles) == 1 else Role.RESULT

    # --- what it is -------------------------------------------------------------------------------

    def _title(self, key: Key, members: Sequence[Card]) -> tuple[str, str]:
        """The name of the card, and what stands beside it."""
        named = [card for card in members if card.node not in self.inner] or members
        names = [marked(card.name) for card in named]
        return " ... ".join(title_of(key, names, self.groups)), self._note(key, members, named)

    def _note(self, key: Key, members: Sequence[Card], named: Sequence[Card]) -> str:
        """What stands beside the name of the card."""
        if key.kind == "neuron":
            return _off(members)
        if key.kind == "layer" and key.group:
            return counted(self.groups.neurons_in(key.group.layer), "neuron")
        if key.kind == "loss":
            return self._formula(members[-1].node)
        if key.kind == "inputs":
            return ""
        if key.kind == "run":
            return f"{counted(len(members), 'node')}\n{_operations(members)}"
        return counted(len(named), self._role(named).value or "result")

    def _formula(self, node: Value) -> str:
        """The formula of a loss; of a long one how many it is made of."""
        formula = self.formula(node)
        if len(unmarked(formula)) <= MOST_WRITTEN or node.operation is None:
            return formula
        return f"{node.operation.name} of {len(node.operands)}"

    # --- its lines --------------------------------------------------------------------------------

    def _rows(self, key: Key, members: Sequence[Card]) -> tuple[tuple[Row, ...], frozenset[Value]]:
        """The lines of a card, and the nodes that have one of their own."""
        kinds = self._kinds(key, members)
        most = MOST_ROWS.get(key.kind, MOST_OTHER_ROWS)
        learnt = kinds.pop("parameter", [])
        each = sum(map(len, kinds.values())) <= most
        rows, shown = list[Row](), set[Value]()
        for cards in kinds.values():
            if each or len(cards) == 1:
                rows += (self._row(card) for card in cards)
                shown.update(card.node for card in cards)
            else:
                alone = len(cards) == len(members)  # the card has their name
                name = "" if alone else first_to_last([marked(x.name) for x in cards])
                rows.append(self._range(name, cards))
        if learnt:
            rows.append(self._range(counted(len(learnt), "parameter"), learnt))
        off = [card for card in members if card.switched_off]
        if off and key.kind != "neuron":
            like = sum(card.operation == off[0].operation for card in members)
            count = f"{len(off)} of {like} {off[0].operation} off"
            rows.append(Row(count, "", "", nodes=tuple(card.node for card in members)))
        return tuple(rows), frozenset(shown)

    def _kinds(self, key: Key, members: Sequence[Card]) -> dict[str, list[Card]]:
        """What stands in lines, by what it is; not what lies within a formula."""
        kinds: dict[str, list[Card]] = {}
        for card in members:
            role = self.groups.roles[card.node]
            meaning = self.label.meaning(card.node)
            if key.kind in ("run", "computed", "given"):
                kind = "" if card.node not in self.inner or key.kind == "run" else None
            elif role in LEARNT:
                kind = "parameter"
            elif card.is_leaf:
                kind = role.value
            elif meaning is not None and meaning.role in UNITS:
                kind = meaning.role.value
            else:
                kind = "result" if card.node.name or card.node is self.label.graph.root else None
            if kind is not None:
                kinds.setdefault(kind, []).append(card)
        if key.kind in ("computed", "given"):
            for cards in kinds.values():
                cards.sort(key=lambda card: numbers_in(card.name))
        return kinds

    def _row(self, card: Card) -> Row:
        gradient = self.style.short(card.gradient)
        tinted = None if card.off else card.gradient
        renewed = (card.node,) if card.updated else ()
        name = marked(card.name)
        return Row(name, card.value, gradient, tinted, (card.node,), card.updated, renewed)

    def _range(self, name: str, cards: Sequence[Card]) -> Row:
        gradients = [card.gradient for card in cards]
        signs = {sign(gradient) for gradient in gradients}
        tinted = max(gradients, key=magnitude) if len(signs) == 1 else None
        if len(cards) == 1:
            return self._row(cards[0])._replace(name=name)
        values = self._from_to([card.number for card in cards])
        nodes = tuple(card.node for card in cards)
        renewed = tuple(card.node for card in cards if card.updated)
        after = [card.next_number if card.updated else card.number for card in cards]
        updated = self._from_to(after) if renewed else ""
        return Row(name, values, self._from_to(gradients), tinted, nodes, updated, renewed)

    def _from_to(self, numbers: Sequence[Any]) -> str:
        """The smallest and the largest number that is known; "..." for what has no order."""
        numbers = [number for number in numbers if number is not None]
        if not numbers:
            return self.style.short(None)
        try:
            low, high = min(numbers), max(numbers)
            if any(bool(number != number) for number in numbers):
                return self.style.short(next(number for number in numbers if number != number))
        except FAULTS:  # complex numbers, symbols, Decimals that are not a number
            return "..."
        least, most = self.style.short(low), self.style.short(high)
        return least if least == most else f"{least} to {most}"


def _off(members: Iterable[Card]) -> str:
    """The operation that lets nothing through, in how many samples."""
    switches = [card for card in members if card.operation and not card.is_leaf]
    off = [card for card in switches if card.switched_off]
    if not off:
        return ""
    like = sum(card.operation == off[0].operation for card in switches)
    return f"{off[0].operation} off" + (f" in {len(off)} of {like}" if like > 1 else "")


def _operations(members: Iterable[Card]) -> str:
    counts = Counter(card.node.operation.name for card in members if card.node.operation)
    parts = [f"{count} {name}" for name, count in counts.most_common(2)]
    return ", ".join([*parts, "..."] if len(counts) > 2 else parts)


def _merged(arrows: Iterable[Arrow], of: dict[Card, Card]) -> list[Arrow]:
    """The arrows between different cards, those of a pair as one."""
    pairs: dict[tuple[Card, Card], list[Arrow]] = {}
    for arrow in arrows:
        pair = of[arrow.operand], of[arrow.result]
        if pair[0] is not pair[1]:
            pairs.setdefault(pair, []).append(arrow)
    return [_one(operand, result, parts) for (operand, result), parts in pairs.items()]


def _one(operand: Card, result: Card, parts: list[Arrow]) -> Arrow:
    first = parts[0]
    off = all(part.off for part in parts)
    if len(parts) == 1:
        fold = result.fold
        shown = first.result.node in fold.shown if fold else result.node is first.result.node
        local = first.local if shown else "1"
        return Arrow(operand, result, local, first.flow, off, (first,))
    flows = [part.flow for part in parts if not part.off and part.flow is not None]
    signs = {sign(flow) for flow in flows} - {0}
    total = sum(map(magnitude, flows))
    has_sign = len(signs) == 1
    flow = (-total if signs == {-1} else total) if flows else None
    return Arrow(operand, result, "1", flow, off, tuple(parts), has_sign)
