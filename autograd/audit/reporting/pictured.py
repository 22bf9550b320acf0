"""Which number a sheet was computed from which: the slip, and what it taints.

A card for each name that has a number, its slip or else its last one; an arrow where the one was
computed from the other, over what was not written down. Without a slip there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import graphviz

from autograd.audit.expressions import Derivative, Key, Name, keys_in
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.slips.steps import step_of
from autograd.audit.judging.verdicts import (
    CARRIED_FORWARD,
    Verdict,
)
from autograd.audit.reporting.words import lines
from autograd.audit.sheet import Sheet
from autograd.drawing import Picture
from autograd.drawing.labels import FONT, font
from autograd.drawing.scripts import marked
from autograd.drawing.themes import LIGHT

MOST_CARDS = 60  # a sheet of more shows the slips and what they taint alone
FRAMES = {  # the frame's colour, its width, the ground
    Verdict.SLIP: ("#b34f00", "2.4", "#ffe1cc"),
    Verdict.CARRIED: ("#8a6d00", "1.4", "#fff4c2"),
    Verdict.TRIVIAL: ("#8a6d00", "1.4", "#fff4c2"),
}
PLAIN = (LIGHT.border, "1", LIGHT.card)


def pictured(sheet: Sheet, judged: Sequence[Judged]) -> Picture | None:
    """The picture of a sheet's numbers; None where no slip was made, or where it is too large."""
    cards: dict[Key, Judged] = {}
    for found in judged:
        key = found.claim.left
        if isinstance(key, (Name, Derivative)) and not _is_slip(cards.get(key)):
            cards[key] = found
    if not any(map(_is_slip, cards.values())):
        return None
    if len(cards) > MOST_CARDS:
        cards = {k: j for k, j in cards.items() if j.verdict in (*CARRIED_FORWARD, Verdict.SLIP)}
    if len(cards) > MOST_CARDS:
        return None
    source = _source(cards, {key: _sources(sheet, key, cards) for key in cards})
    return Picture.of_source(source, f"{len(cards)} numbers", len(cards), alt=_words(cards))


def _is_slip(card: Judged | None) -> bool:
    return card is not None and card.verdict is Verdict.SLIP


def _sources(sheet: Sheet, key: Key, cards: Mapping[Key, Judged]) -> list[Key]:
    """The numbers on cards that one is computed from, over what has no card.

    These are the names in its own line, and those in its step for which a line may show numbers.
    """
    found: dict[Key, None] = {}
    links = cards[key].claim.links
    todo, seen = [*(keys_in(links[0]) if links else ()), *_needs(sheet, key)], set[Key]()
    while todo:
        need = todo.pop()
        shown = sheet.as_written(need, cards)
        if shown in cards and shown != key:
            found[shown] = None
        elif need not in seen:
            seen.add(need)
            todo += _needs(sheet, need)
    return list(found)


def _needs(sheet: Sheet, key: Key) -> Sequence[Key]:
    """What stands in the step to a name or a derivative; in f for f', which has none."""
    step = step_of(sheet, key)
    return sheet.needs(key) if step == key else keys_in(step)


def _source(cards: Mapping[Key, Judged], sources: Mapping[Key, Iterable[Key]]) -> str:
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(rankdir="LR", nodesep=".14", ranksep=".42", bgcolor="transparent", pad=".1")
    graph.attr("node", shape="box", style="rounded,filled", fontname=FONT, margin=".08,.04")
    graph.attr("edge", arrowsize=".6", color=LIGHT.line)
    places = {key: f"n{place}" for place, key in enumerate(cards)}
    for key, judged in cards.items():
        colour, width, ground = FRAMES.get(judged.verdict, PLAIN)
        label = f"<{_label(judged)}>"
        graph.node(places[key], label, color=colour, penwidth=width, fillcolor=ground)
    for key in cards:
        for source in sources[key]:
            if source in places:
                graph.edge(places[source], places[key], **_arrow(cards[source], cards[key]))
    return str(graph.source)


def _label(judged: Judged) -> str:
    rows = [font(marked(judged.claim.name), bold=True), font(judged.printed.text)]
    if judged.verdict in FRAMES:
        rows.append(font(_note(judged), size=9, colour=FRAMES[judged.verdict][0]))
    return "<BR/>".join(rows)


def _note(judged: Judged) -> str:
    if judged.verdict is Verdict.SLIP:
        return f"slip, line {judged.claim.line}"
    return f"from {lines(judged.roots)}"


def _arrow(source: Judged, result: Judged) -> dict[str, str]:
    """How an arrow looks along which a slip is carried on."""
    is_shared = not {*source.roots}.isdisjoint(result.roots)
    if source.verdict in FRAMES and result.verdict.is_carried and is_shared:
        return {"color": FRAMES[Verdict.SLIP][0], "penwidth": "2"}
    return {}


def _words(cards: Mapping[Key, Judged]) -> str:
    """The picture in words."""
    said = [f"{j.claim.name} = {j.printed.text}: {j.verdict.value}" for j in cards.values()]
    return "\n".join([f"which number follows from which, {len(cards)} numbers", *said])
