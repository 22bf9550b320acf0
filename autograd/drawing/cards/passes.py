"""The passes of a walk, laid out alike: each takes the room that all of them take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd.drawing.cards.arrow_view import label_text
from autograd.drawing.cards.card import Arrow, Card, Cards, Fold, Room, Row
from autograd.drawing.cards.card_view import SMALL, View, name_of, note_of
from autograd.drawing.labels import formula_lines
from autograd.drawing.moments import room_of

NOTHING = Row("", "", "")


def alike(passes: Sequence[View]) -> View:
    """The first of some passes, with the room that all of them take.

    Passes that compute different things are not laid out alike.
    """
    first, *others = passes
    if not others or any(_places(other) != _places(first) for other in others):
        return first
    made: dict[Card, Card] = {}
    for each in zip(*(view.cards.cards for view in passes), strict=True):
        operands = tuple(made[operand] for operand in each[0].operands)
        made[each[0]] = replace(_card(passes, each), operands=operands)
    arrows = (
        _arrow(passes, each, made)
        for each in zip(*(view.cards.arrows for view in passes), strict=True)
    )
    widths = {
        index: [
            max(column) for column in zip(*(view.widths[index] for view in passes), strict=True)
        ]
        for index in first.widths
    }
    return replace(first, cards=Cards(tuple(made.values()), tuple(arrows)), widths=widths)


def _places(view: View) -> tuple[list[int], list[tuple[int, int]]]:
    """Which cards and arrows there are."""
    arrows = [(arrow.operand.index, arrow.result.index) for arrow in view.cards.arrows]
    return [card.index for card in view.cards.cards], arrows


def _card(passes: Sequence[View], each: Sequence[Card]) -> Card:
    """The first of the cards in all passes, with the room of every heading, and of every line."""
    notes = [
        formula_lines(card.fold.note) if card.fold else note_of(view, card)
        for view, card in zip(passes, each, strict=True)
    ]
    lines = [note.split("\n") for note in notes]
    names = {name_of(card) for card in each}
    heading = Room(
        max(room_of(name, bold=True) for name in names) if len(names) > 1 else 0,
        max(room_of(line, SMALL) for note in lines for line in note) if len({*notes}) > 1 else 0,
        max(map(len, lines)),
    )
    first, folds = each[0], [card.fold for card in each if card.fold]
    if not folds:
        return replace(first, heading=heading)
    return replace(first, heading=heading, fold=_fold(folds, heading.note))


def _fold(folds: Sequence[Fold], note: int) -> Fold:
    """The first of the folds in all passes: how many are off has a line in some."""
    first, most = folds[0], max(len(fold.rows) for fold in folds)
    rows = first.rows + (NOTHING,) * (most - len(first.rows))
    return replace(first, rows=rows, room=note)


def _arrow(passes: Sequence[View], each: Sequence[Arrow], made: dict[Card, Card]) -> Arrow:
    """The first of the arrows in all passes, with the room of what stands on any of them."""
    texts = [label_text(view, arrow) for view, arrow in zip(passes, each, strict=True)]
    room = max((room_of(text, SMALL) for text in texts if text), default=0)
    first = each[0]
    return replace(first, operand=made[first.operand], result=made[first.result], room=room)
