"""How much of a circuit is folded: as asked for, or only as far as its picture can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograd.drawing.circuit.circuits import Builder, circuit_by
from autograd.drawing.circuit.drawn_circuit import Drawing, drawing_of
from autograd.drawing.circuit.folded_circuits import folded_circuit
from autograd.drawing.circuit.wire_labels import Look
from autograd.drawing.fold_titles import folded_in_words
from autograd.drawing.folding import fold_named, folded_parts
from autograd.drawing.neurons import Groups, groups_of
from autograd.drawing.picture import check_size
from autograd.drawing.sizes import MOST_UNFOLDED, TALLEST, WIDEST

HEADING = 60  # of these for the title and the margins
MOST_TO_FOLD, MOST_ARROWS_TO_FOLD = 20_000, 100_000


def chosen_drawing(builder: Builder, look: Look, fold: Any) -> tuple[Drawing, str]:
    """A circuit laid out, and what is folded in it in words, "3 neurons folded, "; "" for nothing.

    A ValueError for a fold that there is not, or that the graph has not.
    """
    fold, graph = fold_named(fold), builder.label.graph
    if fold is False:
        check_size(len(graph.order), graph.uses.total())
        return _unfolded(builder, look), ""
    if len(graph.order) > MOST_TO_FOLD or graph.uses.total() > MOST_ARROWS_TO_FOLD:
        check_size(len(graph.order), graph.uses.total())
    if fold == "auto" and len(graph.order) <= MOST_UNFOLDED:
        drawing = _unfolded(builder, look)
        if fits(drawing):
            return drawing, ""
    given = list(filter(graph.is_given, graph.order))
    groups = groups_of(graph.order, builder.label.notation, given)
    return _folded(builder, look, str(fold), groups)


def fits(drawing: Drawing) -> bool:
    """Whether a circuit is a picture that can be read."""
    wide, high = drawing.size
    return wide <= WIDEST - HEADING / 2 and high <= TALLEST - HEADING


def _unfolded(builder: Builder, look: Look) -> Drawing:
    circuit = circuit_by(_fresh(builder))
    check_size(len(circuit.wires))
    return drawing_of(circuit, look)


def _folded(builder: Builder, look: Look, fold: str, groups: Groups) -> tuple[Drawing, str]:
    """The first level of folding that fits, or the last."""
    for level, parts in folded_parts(fold, builder.label, groups):
        folded = folded_circuit(_fresh(builder), parts, groups)
        is_last = level in (fold, "runs")
        if not is_last and len(folded.circuit.wires) > MOST_UNFOLDED:
            continue
        check_size(len(folded.circuit.wires))
        drawing = drawing_of(folded.circuit, look)
        if is_last or fits(drawing):
            break
    return drawing, folded_in_words(folded.counts)


def _fresh(builder: Builder) -> Builder:
    """The same builder, with nothing built."""
    return replace(builder, inside={})
