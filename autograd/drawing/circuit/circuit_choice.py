"""How much of a circuit is folded: as asked for, or only as far as its picture can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from autograd.drawing.circuit.circuits import Builder, circuit_by
from autograd.drawing.circuit.drawn_circuit import Drawing, drawing_of
from autograd.drawing.circuit.folded_circuits import Folded, folded_circuit
from autograd.drawing.circuit.wire_labels import Look
from autograd.drawing.fold_titles import folded_in_words
from autograd.drawing.folding import fold_named, folded_parts
from autograd.drawing.neurons import groups_of
from autograd.drawing.picture import check_size
from autograd.drawing.sizes import MOST_UNFOLDED, TALLEST, WIDEST, lessened, part_of_page

HEADING = 60  # of these for the title and the margins
MOST_TO_FOLD, MOST_ARROWS_TO_FOLD = 20_000, 100_000


def chosen_drawing(
    builder: Builder, look: Look, fold: Any, others: Sequence[Builder] = ()
) -> tuple[Drawing, str]:
    """A circuit laid out, and what is folded in it in words, "3 neurons folded, "; "" for nothing;
    alike with `others`, of other passes of a walk.

    A ValueError for a fold that there is not, or that the graph has not; and where what is asked
    for needs every operation, and these have no room.
    """
    fold, graph, builders = fold_named(fold), builder.label.graph, (builder, *others)
    if fold is False:
        check_size(len(graph.order), graph.uses.total())
        return _unfolded(builders, look), ""
    if len(graph.order) > MOST_TO_FOLD or graph.uses.total() > MOST_ARROWS_TO_FOLD:
        check_size(len(graph.order), graph.uses.total())
    asked = _needing_all(builder, look) if fold == "auto" else ""
    if fold == "auto" and (asked or len(graph.order) <= MOST_UNFOLDED):
        drawing = _unfolded(builders, look)
        if asked:
            _require_room(asked, drawing)
        if asked or fits(drawing):
            return _as_large_as_fits(drawing), ""
    drawing, words = _folded(builders, look, str(fold))
    return (_as_large_as_fits(drawing) if fold == "auto" else drawing), words


def _as_large_as_fits(drawing: Drawing) -> Drawing:
    """A drawing with smaller texts where it has no room, but not smaller than plain ones."""
    scale = lessened(drawing.look.font_scale, 1 / part_of_page(*_size(drawing)))
    return replace(drawing, look=replace(drawing.look, font_scale=scale))


def _needing_all(builder: Builder, look: Look) -> str:
    """The option that a folded gate has nothing for; "" without one."""
    if look.blank:
        return f"blank={look.blank!r}"
    return "expand=True" if builder.expand else "local=True" if look.local else ""


def _require_room(asked: str, drawing: Drawing) -> None:
    """A ValueError for a circuit of every operation that is too large, whatever its texts are."""
    wide, high = (round(side) for side in _size(drawing))
    if part_of_page(wide, high) > 1:
        raise ValueError(
            f"{asked} is about every operation, so that nothing is folded, and the circuit would "
            f"be {wide:,} x {high:,} points, more than {WIDEST:,} x {TALLEST:,}: draw a smaller "
            "root, give fold=False for all of it, or say what is folded, as fold='runs'"
        )


def fits(drawing: Drawing) -> bool:
    """Whether a circuit is a picture that can be read."""
    return drawing.look.font_scale * part_of_page(*_size(drawing)) <= 1


def _size(drawing: Drawing) -> tuple[float, float]:
    """How wide and high the picture will be, with its heading and its margins, but for a scale."""
    wide, high = drawing.size
    return wide + HEADING / 2, high + HEADING


def _unfolded(builders: Sequence[Builder], look: Look) -> Drawing:
    circuit, *others = (circuit_by(_fresh(builder)) for builder in builders)
    check_size(len(circuit.wires))
    return drawing_of(circuit, look, others)


def _folded(builders: Sequence[Builder], look: Look, fold: str) -> tuple[Drawing, str]:
    """The first level of folding that fits, or the one that is the least too large."""
    tried: list[tuple[Drawing, str]] = []
    for passes in zip(*(_levels(builder, fold) for builder in builders), strict=False):
        (level, folded), *others = passes
        if level not in (fold, "runs") and len(folded.circuit.wires) > MOST_UNFOLDED:
            continue
        check_size(len(folded.circuit.wires))
        drawing = drawing_of(folded.circuit, look, [other.circuit for _, other in others])
        tried.append((drawing, folded_in_words(folded.counts)))
        if fits(tried[-1][0]):
            return tried[-1]
    return min(tried, key=lambda found: part_of_page(*_size(found[0])))


def _levels(builder: Builder, fold: str) -> Iterator[tuple[str, Folded]]:
    """The levels of folding of a graph, with the circuit of each."""
    graph = builder.label.graph
    given = list(filter(graph.is_given, graph.order))
    groups = groups_of(graph.order, builder.label.notation, given)
    for level, parts in folded_parts(fold, builder.label, groups):
        yield level, folded_circuit(_fresh(builder), parts, groups)


def _fresh(builder: Builder) -> Builder:
    """The same builder, with nothing built."""
    return replace(builder, inside={})
