"""Pictures in words, for those who do not see them: every name and number that is shown.

A line for each card, wire or gate, after one that says what the picture is. An SVG has them as its
title and description, which screen readers read out.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator

from autograd.drawing.cards.arrow_view import is_told, label_text
from autograd.drawing.cards.card import Arrow, Card, Fold, Row, written_local
from autograd.drawing.cards.card_view import View
from autograd.drawing.circuit.circuits import Circuit, Gate, Wire
from autograd.drawing.circuit.wire_labels import Look, legend
from autograd.drawing.neurons import Group
from autograd.drawing.scripts import unmarked
from autograd.reading import printable

TO_FILL_IN = "to be filled in"
KEY = re.compile(r' class="(node|edge)">\n<title>([^<]*)</title>')
TITLE = re.compile(r"<title>[^<]*</title>\n")


def text_of(what: str, title: str, lines: Iterable[str]) -> str:
    """The words of a picture: its title and what it is, then its lines, each on one line.

    >>> print(text_of("a graph", "y = x^2", ["x: value 3"]))
    y = x^2: a graph
    x: value 3
    """
    first = f"{title}: {what}" if title else what
    return "\n".join(map(printable, (first, *lines)))


def with_commas(*parts: str) -> str:
    """Those parts that there are.

    >>> with_commas("value 3", "", "off")
    'value 3, off'
    """
    return ", ".join(filter(None, parts))


def numbered(word: str, number: str) -> str:
    """A word and its number; nothing where there is none.

    >>> numbered("grad", "-3"), numbered("new", "")
    ('grad -3', '')
    """
    return f"{word} {number}" if number else ""


# --- cards ----------------------------------------------------------------------------------------


def cards_in_words(view: View, of: str, title: str) -> str:
    """A picture of cards: frames, names, formulas, values and, in the backward view, gradients and
    local derivatives; of folds their lines.
    """
    passing: dict[Card, list[Arrow]] = {}
    for arrow in view.cards.arrows:
        if is_told(arrow) and label_text(view, arrow):
            passing.setdefault(arrow.result, []).append(arrow)
    members: dict[Group | None, list[Card]] = {
        group: [] for group in (None, *sorted({*view.groups.of.values()}))
    }
    for card in view.cards.cards:
        members.setdefault(view.group(card), []).append(card)
    lines = list[str]()
    for group, cards in members.items():
        lines += [f"{view.groups.title(group)}:"] if group is not None and cards else []
        lines += (_card(view, card, passing.get(card, ())) for card in cards)
    return text_of(of, title, lines)


def _card(view: View, card: Card, passing: Iterable[Arrow]) -> str:
    name = card.name if card.is_leaf else f"{card.name} = {card.formula}"
    gradient = view.style.short(card.gradient) if view.backward else ""
    if card.fold is not None:
        return _fold(view, card, card.fold, passing)
    word, next_word = view.words_of(card)
    numbers = with_commas(
        view.role(card).value,
        f"{word} {card.value}",
        numbered(view.gradient_word, gradient),
        numbered(next_word, card.updated),
        "off" if card.off or card.switched_off else "",
        *_passing(view, passing),
    )
    return f"{name}: {numbers}"


def _fold(view: View, card: Card, fold: Fold, passing: Iterable[Arrow]) -> str:
    """A card that stands for several nodes: its name and its note, then its lines."""
    off = "off" if card.off and "off" not in fold.note else ""
    note = unmarked(fold.note).replace("\n", ", ")
    heading = with_commas(note, unmarked(view.held(card)), off, *_passing(view, passing))
    told = f"{unmarked(card.name)}: {heading}" if heading else unmarked(card.name)
    words = view.words_of(card)
    lines = (_row(view, row, words) for row in fold.rows if row.name or row.value)
    return "; ".join([told, *lines])


def _row(view: View, row: Row, words: tuple[str, str]) -> str:
    gradient = numbered(view.gradient_word, row.gradient) if view.backward else ""
    updated = numbered(words[1], row.updated)
    numbers = with_commas(numbered(words[0], row.value), gradient, updated)
    return " ".join(filter(None, (unmarked(row.name), numbers)))


def _passing(view: View, arrows: Iterable[Arrow]) -> Iterator[str]:
    """The local derivatives of a card, and how many arrows others stand for."""
    locals_shown, many = list[str](), list[str]()
    for arrow in arrows:
        text, name = label_text(view, arrow), unmarked(arrow.operand.name)
        if len(arrow.parts) > 1:
            many.append(f"{text} from {name}")
        else:
            locals_shown.append(f"{text} in {name}")
    yield numbered("local derivative", "; ".join(locals_shown))
    yield "; ".join(many)


# --- circuits -------------------------------------------------------------------------------------


def circuit_in_words(circuit: Circuit, look: Look, of: str, title: str) -> str:
    """A circuit: what is given, then each gate with what comes in and its result's wire."""
    names = {wire: _name(look, wire, at) for at, wire in enumerate(circuit.wires, start=1)}
    lines = [f"{names[wire]}: {_wire(look, wire)}" for wire in circuit.wires if wire.given]
    for gate in circuit.gates:
        sign = unmarked(gate.sign).replace("\n", " ")
        sources = "; ".join(_entrances(look, gate, names))
        *others, last = (f"{names[result]}: {_wire(look, result)}" for result in gate.results)
        lines += (f"{result}, from the gate of {names[gate.result]}" for result in others)
        lines.append(f"{last}, from a gate {sign} of {sources}")
    return text_of(of, title, [*([unmarked(legend(look)[1])] if look.gradients else []), *lines])


def _name(look: Look, wire: Wire, at: int) -> str:
    if wire.constant:
        return f"the number {look.style.short(wire.value)}"
    return wire.name or f"wire {at}"


def _wire(look: Look, wire: Wire) -> str:
    if wire.count > 1:
        off = "off" if look.is_off(wire.off) else ""
        held = f"with {wire.held}" if wire.held else ""
        return with_commas("given" if wire.given else "", f"{wire.count} values", held, off)
    value = "-" if "value" in wire.hidden else look.style.short(wire.value)
    if look.blank is True and not wire.given:
        value = TO_FILL_IN
    if wire.constant:
        return f"value {value}"
    gradient = "-" if "gradient" in wire.hidden else look.style.short(wire.gradient)
    if look.blank:
        gradient = TO_FILL_IN
    updated = "-" if "new" in wire.hidden else wire.updated
    return with_commas(
        "given" if wire.given else "",
        f"value {value}",
        numbered("gradient", gradient if look.gradients else ""),
        numbered(look.next_word, updated if look.is_updated(wire) else ""),
        "off" if look.is_off(wire.off) else "",
    )


def _entrances(look: Look, gate: Gate, names: dict[Wire, str]) -> Iterator[str]:
    """What comes into a gate, with the local derivatives where they are shown."""
    for entrance in gate.entrances:
        name = names[entrance.wire]
        is_shown = look.local and not (entrance.wire.constant or entrance.folded)
        is_shown = is_shown and "gradient" not in entrance.wire.hidden
        yield f"{name} *{written_local(entrance.local, look.style)}" if is_shown else name


# --- an SVG ---------------------------------------------------------------------------------------


def described(svg: str, words: str) -> str:
    r"""An SVG with a title and a description, the first of the words and all of them.

    What Graphviz calls nodes and arrows is no title of them, which browsers would show: it becomes
    their `data-key`.

    >>> print(described('<svg width="1pt">\n</svg>', "a graph"))
    <svg role="img" aria-labelledby="t170df614 d170df614" width="1pt">
    <title id="t170df614">a graph</title>
    <desc id="d170df614">a graph</desc>
    </svg>
    """
    svg = TITLE.sub("", KEY.sub(r' class="\1" data-key="\2">', svg))
    key = hashlib.sha256(words.encode()).hexdigest()[:8]  # a page may have several pictures
    start, tag, rest = svg.partition("<svg ")
    head, end, rest = rest.partition(">\n")
    title, whole = html.escape(words.partition("\n")[0]), html.escape(words)
    head = f'role="img" aria-labelledby="t{key} d{key}" {head}'
    labels = f'<title id="t{key}">{title}</title>\n<desc id="d{key}">{whole}</desc>\n'
    return start + tag + head + end + labels + rest
