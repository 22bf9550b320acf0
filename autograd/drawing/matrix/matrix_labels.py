"""What matrices are called, and what stands between them: labels, and how wide they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from autograd.drawing.labels import font
from autograd.drawing.metrics import text_width
from autograd.drawing.scripts import BESIDE, END, START, marked, small_size
from autograd.drawing.themes import Theme

SIZE = 11  # points
TRANSPOSED = "^T"


class Label(NamedTuple):
    """The source of a label, and its width in points."""

    source: str
    width: float


def words(text: str, colour: str, size: int = SIZE, bold: bool = False) -> Label:
    """Words, signs, or a name with its marks."""
    return Label(font(text, size=size, colour=colour, bold=bold), text_width(text, size, bold))


def name_label(name: str, theme: Theme) -> Label:
    """The name of a matrix, or an expression of such: (A*(1 - A)); its transpose has a raised T."""
    if name.endswith(TRANSPOSED):
        before = name_label(name.removesuffix(TRANSPOSED), theme)
        typed = words(TRANSPOSED, theme.text, bold=True)
        small = f'POINT-SIZE="{small_size(SIZE)}" COLOR="{theme.text}"'
        raised = f"<FONT {small}><B><SUP>T</SUP></B></FONT>"
        both = f"{START}{typed.source}{BESIDE}{raised}{END}"
        return Label(before.source + both, before.width + typed.width)
    text = marked(name)
    return words(text if text != name else names_marked(name), theme.text, bold=True)


def joined(labels: Sequence[Label], theme: Theme) -> Label:
    """Labels beside each other, bold ones as one text: in an SVG it has no gap behind letters that
    are measured wider than they are.

    >>> from autograd.drawing.themes import LIGHT
    >>> parts = name_label("Z", LIGHT), words(" = ", LIGHT.text, bold=True), name_label("A", LIGHT)
    >>> joined(parts, LIGHT).source
    '<FONT POINT-SIZE="11" COLOR="#111827"><B>Z = A</B></FONT>'
    """
    start, end = words("_", theme.text, bold=True).source.split("_")
    source = "".join(each.source for each in labels).replace(end + start, "")
    return Label(source, sum(each.width for each in labels))


def names_marked(text: str) -> str:
    """A text with the names in it marked.

    >>> from autograd.drawing.scripts import unmarked
    >>> text = names_marked("(A^1*(1 - A^1))")
    >>> unmarked(text), text.count(marked("A^1"))
    ('(A^1*(1 - A^1))', 2)
    """
    return "".join(map(marked, re.split(r"([ *()])", text)))
