"""The matrix view: the lines of a network in matrix form as grids of numbers, coloured by sign.

What stands in a line says `autograd.notes.matrix_lines`; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import graphviz

from autograd.drawing.alternatives import text_of
from autograd.drawing.labels import FONT, font
from autograd.drawing.matrix.grids import Look
from autograd.drawing.matrix.matrix_places import Part, Sections, placed
from autograd.drawing.picture import Picture, check_size
from autograd.drawing.sizes import font_scale_of
from autograd.drawing.themes import theme_named
from autograd.notes.matrix_lines import HasMatrices, Matrices, matrices
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle, RoundedNumbers, number_style
from autograd.reading import Graph, Value

if TYPE_CHECKING:
    from typing_extensions import Unpack

OPTIONS = ("theme", "background", "font_scale", "title", "notation")
INCH = 72  # points


def draw_matrices(
    root: Value | Graph | HasMatrices | Matrices | Sectioned,
    *,
    theme: str = "light",
    background: Literal["transparent"] | None = None,
    font_scale: float = 1,
    title: str = "",
    notation: Notation | str | None = None,
    **shown: Unpack[RoundedNumbers],
) -> Picture:
    """The lines of `matrices(root)` as a picture: each matrix a grid of its numbers, its name and
    shape below it, the forward pass beside the gradients.

    Blue is positive, orange negative, the stronger the larger a number is in its matrix. Of more
    than 12 rows or columns the first three and the last are shown; in a picture that would be
    larger than 1,600 x 1,200 points fewer, and where even of more than 3 the first and the last are
    too many, shapes alone. What is left out is said. `root` is the loss of an nn model,
    over one sample or a batch, a training that `nn.worked` recorded, or what `matrices` found in
    these; `notation` and `shown` are those of `matrices`, the others those of `draw`.

    A ValueError for a graph that is not that of such a network.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[1, -2], [3, 1]]], [[5, -6]], ["relu"], notation="ng")
    >>> draw_matrices(nn.sum_half_squared_error(model([2, 1]), [3, 1]), title="One layer")
    <Picture of 9 lines of matrices, light>
    """
    colours = theme_named(theme, background)
    found = _found(root, notation, shown)
    sections = _sections(found) if isinstance(found, Matrices) else found.sections()
    look = Look(colours, found.style)
    parts, left_out = placed(sections, look, font_scale_of(font_scale))
    check_size(len(parts))
    source = _source(parts, look, title, font_scale)
    count = sum(len(lines) for _, lines in sections)
    of = f"{count} lines of matrices, {theme}"
    alt = text_of(of, title, [*filter(None, [left_out]), *str(found).split("\n")])
    return Picture.of_source(source, of, count, "neato", font_scale, alt)


@runtime_checkable
class Sectioned(Protocol):
    """The matrices of a recorded training, line by line under titles."""

    style: NumberStyle

    def sections(self) -> Sections: ...
    def in_style(self, style: NumberStyle) -> Sectioned: ...


def _found(root: Any, notation: Notation | str | None, shown: Any) -> Matrices | Sectioned:
    """What `matrices` finds in a root, or found before, its numbers as they are to be shown."""
    if isinstance(root, HasMatrices):
        number_style("draw_matrices", shown, OPTIONS)
    elif not isinstance(root, (Matrices, Sectioned)):
        number_style("draw_matrices", shown, OPTIONS, rounding=True)
    else:
        if notation is not None:
            raise ValueError("these matrices are in their notation: give the loss, and a notation")
        style = number_style("draw_matrices", shown, OPTIONS)
        return root.in_style(style) if shown else root
    found: Matrices | Sectioned = matrices(root, notation, **shown)
    return found


def _sections(found: Matrices) -> Sections:
    return [("forward", (*found.given, *found.forward)), ("gradients", found.gradients)]


def _source(parts: Sequence[Part], look: Look, title: str, scale: float) -> str:
    """The picture's DOT source, its names marked; places are as much further as texts are larger.

    `neato` only draws: a table of tables would stretch the grids to its cells.
    """
    theme = look.theme
    graph = graphviz.Digraph("chalkgrad")
    if title:
        label = f"<{font(title, size=14, colour=theme.text, bold=True)}<BR/> >"
        graph.attr(label=label, labelloc="t", labeljust="l", fontname=FONT)
    graph.attr(layout="neato", bgcolor=theme.page, pad=".2")
    graph.attr("node", shape="plain", fontname=FONT, fontsize="11", fontcolor=theme.text)
    for number, part in enumerate(parts):
        x, y = (place * scale / INCH for place in (part.left + part.width / 2, -part.middle))
        graph.node(f"m{number}", label=f"<{part.label}>", pos=f"{x:.3f},{y:.3f}!")
    return str(graph.source)
