"""How much of a graph is folded: as asked for, or only as far as its picture can be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from autograd.drawing.cards.arrow_view import label_text
from autograd.drawing.cards.card import Card, Cards
from autograd.drawing.cards.card_layout import depths_of, rank_gap
from autograd.drawing.cards.card_view import NOTE_LINE, SMALL, View
from autograd.drawing.cards.fold_view import column_widths, in_columns
from autograd.drawing.cards.folded_cards import folded_cards
from autograd.drawing.cards.passes import alike
from autograd.drawing.fold_titles import ALONE, UNNAMED, folded_in_words
from autograd.drawing.folding import fold_named, folded_parts
from autograd.drawing.labels import formula_lines
from autograd.drawing.metrics import text_width, typeset_width
from autograd.drawing.moments import Moment
from autograd.drawing.neurons import INPUTS, LOSS
from autograd.drawing.picture import check_size
from autograd.drawing.scripts import marked
from autograd.drawing.sizes import MOST_UNFOLDED, lessened, part_of_page
from autograd.drawing.themes import largest_magnitude
from autograd.notes.labels import Labels
from autograd.reading import printable

MARGIN = 1.1  # that it may be larger by
TRIES = 3
MOST_DOWN = 2  # neurons of a layer beside each other, with all their cards
MOST_BETWEEN = 16  # arrows that can be followed
MOST_BETWEEN_FOLDS = 60
MOST_LABELLED = 100  # arrows that have their local derivatives
TEXT = 11  # points
LINE, FOLD_LINE, PADDING = 20, 20, 14  # of a card
LETTERS = 0.8  # of a card's height, which grow with a scale; the rest is room between
BESIDE = 10  # between cards of a rank
LABEL = 14  # how tall one is
# Of a moment, whose rooms are known: what is around all, along the arrows and across them, and
# how much more it may be than is estimated.
EDGES, EDGES_DOWN, EDGES_ACROSS = 55, 130, 50
MORE_ACROSS_DOWN_PLAIN = 1.2  # than is estimated
MORE_ALONG, MORE_ACROSS, MORE_ACROSS_DOWN = 1.015, 1.07, 1.4
INCH, TITLE_LINE, WORD, LABEL_ROOM = (
    72,
    20,
    23,
    17,
)  # a word before a number; how tall a label's room is
FRAME = 50  # around a frame, its heading with it


class Unfolded(NamedTuple):
    """A view of every node of a graph, and its labels."""

    view: View
    label: Labels


def folded_view(
    passes: Sequence[Unfolded], fold: str | bool, direction: str | None
) -> tuple[View, str]:
    """A view of a graph's cards, folded, and what is folded in words; "" for nothing.

    Of a walk it is the first of all passes, which are folded and laid out alike. A ValueError for
    a fold or a direction that there is not, and for too many cards.
    """
    fold, ways, tried = fold_named(fold), _ways(direction), list[View]()
    for each in zip(*(_tried(*unfolded, fold) for unfolded in passes), strict=False):
        pairs = list(zip(passes, each, strict=True))
        for down in ways:
            tried.append(alike([_finished(x.view, cards, down) for x, cards in pairs]))
        if any(map(fits, tried[-len(ways) :])):
            break
    found = next(filter(fits, tried), None) or _as_large_as_fits(_least(tried, fold), fold)
    check_size(len(found.cards.cards), len(found.cards.arrows))
    return found, _in_words(found, len(passes[0].label.graph.order))


def _as_large_as_fits(view: View, fold: str | bool) -> View:
    """A view with smaller texts where it has no room, but not smaller than plain ones."""
    if fold != "auto":
        return view
    for _ in range(TRIES):  # room between cards does not shrink with their texts
        room = view.font_scale / (MARGIN * part_of_page(*estimated(view)))
        view = replace(view, font_scale=lessened(view.font_scale, room))
    return view


def _least(tried: Sequence[View], fold: str | bool) -> View:
    """Where none fits: the first of what was asked for, or the one that is the least too large."""
    if fold != "auto":
        return tried[0]
    return min(tried, key=lambda view: (not _can_be_followed(view), part_of_page(*estimated(view))))


def _tried(view: View, label: Labels, fold: str | bool) -> Iterator[Cards]:
    """The cards that are tried: all, and folded."""
    if fold is False or (fold == "auto" and len(view.cards.cards) <= MOST_UNFOLDED):
        yield view.cards
    if fold is not False:
        for _, parts in folded_parts(str(fold), label, view.groups):
            yield folded_cards(view.cards, parts, label, view.groups, view.style)


def _ways(direction: str | None) -> tuple[bool, ...]:
    """Whether a picture goes down: what is tried."""
    if direction not in (None, "right", "down"):
        raise ValueError(f"direction is 'right' or 'down', not {printable(repr(direction))}")
    return (False, True) if direction is None else (direction == "down",)


def _finished(view: View, cards: Cards, down: bool) -> View:
    """The view of these cards: how large the largest numbers in it are."""
    others = [card.gradient for card in cards.cards[:-1]]
    largest = largest_magnitude(others) or largest_magnitude([cards.cards[-1].gradient])
    sums = [arrow.flow for arrow in cards.arrows if len(arrow.parts) > 1]
    folded = any(card.fold for card in cards.cards)
    if folded:
        rows = (row.tinted for card in cards.cards if card.fold for row in card.fold.rows)
        largest = max(largest, largest_magnitude(rows))
    drawn = replace(
        view,
        cards=cards,
        down=down,
        largest=largest,
        widest=max(largest, largest_magnitude(sums)),
        is_folded=folded,
        has_counts=bool(sums),
        has_locals=len(cards.arrows) <= MOST_LABELLED,
    )
    return replace(drawn, widths=_widths(cards))


def _widths(cards: Cards) -> dict[int, list[int]]:
    """The columns of each fold, by its index; the neurons of a layer have the same."""
    own = {card: column_widths(card.fold) for card in cards.cards if card.fold}
    layers: dict[int, list[int]] = {}
    for card, widths in own.items():
        if card.fold and card.fold.place:
            layer = card.fold.place.layer
            layers[layer] = list(map(max, widths, layers.get(layer, widths)))
    return {
        card.index: layers[card.fold.place.layer] if card.fold and card.fold.place else widths
        for card, widths in own.items()
    }


def _in_words(view: View, nodes: int) -> str:
    """What is folded, but for inputs and loss, which are in all: "4 neurons folded, "."""
    counts = Counter(card.fold.kind for card in view.cards.cards if card.fold)
    several = {kind: count for kind, count in counts.items() if kind not in (*ALONE, "input")}
    if not several and len(view.cards.cards) < nodes:
        several = {UNNAMED: nodes - len(view.cards.cards)}
    return folded_in_words(several)


# --- how large it will be -------------------------------------------------------------------------


def fits(view: View) -> bool:
    """Whether a picture can be read: it has room, and its arrows can be followed."""
    margin = MARGIN if view.moment is None else 1
    return _can_be_followed(view) and margin * part_of_page(*estimated(view)) <= 1


def _can_be_followed(view: View) -> bool:
    """Whether few arrows run between the frames of a network, and few frames stand beside each
    other downwards, where dot puts them out of order.
    """
    if view.down and not view.is_folded and _neurons_beside(view) > MOST_DOWN:
        return False
    arrows, most = view.cards.arrows, MOST_BETWEEN_FOLDS
    if not view.is_folded:  # beside frames stands a bias that they share
        arrows, most = tuple(arrow for arrow in arrows if view.group(arrow.operand)), MOST_BETWEEN
    return not view.groups.of or sum(not view.is_inside(arrow) for arrow in arrows) <= most


def _neurons_beside(view: View) -> int:
    """How many neurons the largest layer has."""
    places = {view.groups.of.get(card.node) for card in view.cards.cards} - {None, INPUTS, LOSS}
    return max(Counter(place.layer for place in places if place).values(), default=0)


def estimated(view: View) -> tuple[float, float]:
    """About how wide and tall a picture will be, in points, without laying it out."""
    depths = depths_of(view)
    long, across = defaultdict[int, float](float), defaultdict[int, float](float)
    frames = {(depths[card], view.group(card)) for card in depths if view.group(card)}
    scale, high = view.font_scale, 1 + LETTERS * (view.font_scale - 1)
    for card, depth in depths.items():
        wide, tall = size_of(view, card)
        wide, tall = scale * wide, high * tall
        if view.down:
            wide, tall = tall, wide
        long[depth] = max(long[depth], wide)
        across[depth] += tall + BESIDE
    for depth, _ in frames:
        across[depth] += high * FRAME
    labels, beside = defaultdict[int, float](float), defaultdict[int, float](float)
    for arrow in view.cards.arrows:
        start, end = depths[arrow.operand], depths[arrow.result]
        for depth in range(end + 1, start):
            across[depth] += BESIDE
        if text := label_text(view, arrow):
            room, other = scale * (text_width(text, SMALL) + 2), scale * LABEL
            if view.moment:
                least = max(text_width(text, SMALL), view.moment.room)
                room, other = scale * (least + 4), scale * LABEL_ROOM
            if view.down:
                room, other = other, room
            labels[start] = max(labels[start], room)
            beside[start] += other + BESIDE
    gap = INCH * rank_gap(view) * (1 + view.has_labels)
    length = sum(long.values()) + gap * (len(long) - 1) + sum(labels.values())
    height = max(*across.values(), *beside.values(), 0)
    if view.moment is not None:
        return _at_moment(view, view.moment, length, height)
    if view.down:
        return height * (1 if view.is_folded else MORE_ACROSS_DOWN_PLAIN), length
    return length, height


def _at_moment(view: View, moment: Moment, length: float, height: float) -> tuple[float, float]:
    """The size of a picture of a moment: with what is around all, and its title."""
    title = view.font_scale * TITLE_LINE * len(moment.lines)
    length *= MORE_ALONG
    if view.down:
        more = MORE_ACROSS if view.is_folded else MORE_ACROSS_DOWN
        wide, tall = more * height + EDGES_ACROSS, length + EDGES_DOWN + title
    else:
        wide, tall = length + EDGES, MORE_ACROSS * height + EDGES_ACROSS + title
    return max(wide, view.font_scale * moment.title_room + EDGES), tall


def size_of(view: View, card: Card) -> tuple[float, float]:
    """About how wide and tall a card is, in points of the plain size."""
    fold = card.fold
    note = formula_lines(fold.note if fold else card.written) or view.role(card).value
    lines = note.split("\n")
    measured = text_width if view.moment is None else typeset_width
    noted = max(card.heading.note, *(measured(line, SMALL) for line in lines))
    named = max(card.heading.name, measured(marked(card.name), TEXT, bold=True))
    wide, count = named + noted + PADDING, max(len(lines), card.heading.lines)
    tall = max(LINE, NOTE_LINE * count + 6)
    if fold is None:
        numbers = 1 + view.backward + bool(card.updated)
        if view.moment:
            wide = max(named, WORD) + max(noted, view.moment.room) + PADDING
        else:
            wide = max(wide, text_width(card.value, TEXT) + 50)
        return wide, tall + numbers * LINE
    inner = sum(in_columns(view, fold, view.widths[card.index])) + 6
    held = view.held(card)
    rows = len(fold.rows) + bool(held)
    return max(wide, inner, text_width(held, SMALL) + 6), tall + LINE + FOLD_LINE * rows
