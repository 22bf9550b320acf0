"""A picture: its DOT source, and what the `dot` program makes of it."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd.drawing.alternatives import described
from autograd.drawing.pdf import pdf_of
from autograd.drawing.program import INCH, PNG_DPI, DotError, find_program
from autograd.drawing.scripts import as_typed, shifted, with_fonts, with_scripts
from autograd.drawing.sizes import TALLEST, WIDEST, enlarged, font_scale_of, part_of_page
from autograd.files import write_atomically
from autograd.reading import printable

# Measured: 1,600 cards in a chain take dot 0.6 s, of random expressions 3 s; a batch of 12 through
# 2-16-16-1, of 1,154 cards and 8,000 arrows, 40 s, about as the square of its arrows.
MOST_CARDS = 2000  # nobody reads more
MOST_ARROWS = 10_000
FOLDED = 10  # times as many can be folded, in some seconds
MOST_PIXELS = 16_000  # a side of a PNG; beyond, viewers give up
MOST_CARDS_PNG = 300  # a PNG of more takes many seconds, of some thousands it is not made at all
HEAD = 2000  # bytes of an SVG, in which its size stands
KINDS = ("svg", "png", "pdf", "dot")


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A drawing, made once: later changes of the graph do not change it.

    `svg` is the drawing, `dot` its DOT source, with names as they are typed, which every program
    draws alike; in the SVG they are typeset. `alt` says it in words, every name and number.
    `save("graph.svg")` writes a file, and a notebook shows it by itself.

    >>> picture = Picture('digraph { a -> b }', "2 cards", cards=2)
    >>> picture, "</svg>" in picture.svg
    (<Picture of 2 cards>, True)
    """

    dot: str
    of: str
    cards: int
    engine: str = "dot"
    typeset: str = ""  # the source of the SVG
    alt: str = ""

    @classmethod
    def of_source(
        cls,
        source: str,
        of: str,
        cards: int,
        engine: str = "dot",
        font_scale: float = 1,
        alt: str = "",
    ) -> Picture:
        """The picture of a DOT source with marked names, its texts larger by a factor."""
        source = enlarged(source, font_scale_of(font_scale))
        return cls(as_typed(source), of, cards, engine, with_scripts(source), alt)

    def __repr__(self) -> str:
        return f"<Picture of {self.of}>"

    @property
    def svg(self) -> str:
        """The drawing as SVG; a DotError with the remedy where no `dot` program is installed.

        >>> "</svg>" in Picture('digraph { a -> b }', "2 cards", cards=2).svg
        True
        """
        drawn = with_fonts(shifted(self._rendered("svg").decode()))
        return described(drawn, self.alt or self.of)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the suffix says as what: .svg, .png, .pdf or .dot.

        The file is whole or not there. A PDF needs the system's `dot`, or the extra `pdf`.

        >>> Picture('digraph { a -> b }', "2 cards", cards=2).save("graph.gif")
        Traceback (most recent call last):
        ValueError: graph.gif: a picture is saved as .svg, .png, .pdf, .dot
        """
        target = Path(path)
        kind = target.suffix.lower().removeprefix(".")
        if kind not in KINDS:
            kinds = ", ".join("." + kind for kind in KINDS)
            raise ValueError(f"{printable(str(target))}: a picture is saved as {kinds}")
        write_atomically(target, self._as(kind))
        return target

    def _as(self, kind: str) -> bytes:
        if kind in ("svg", "dot"):
            return (self.svg if kind == "svg" else self.dot).encode()
        if kind == "pdf" and find_program("pdf").bundled:
            return pdf_of(self.svg, self.alt or self.of)
        return self._rendered(kind)

    def _rendered(self, kind: str) -> bytes:
        if kind == "png" and self.cards > MOST_CARDS_PNG:
            raise ValueError(
                f"{self.cards} cards are too many for a PNG (at most {MOST_CARDS_PNG}): "
                "save an SVG, or draw a smaller root"
            )
        source = (self.typeset or self.dot) if kind == "svg" else self.dot
        program = find_program(kind)
        rendered = program.render(source, self.engine, kind)
        if kind == "png":
            width, height = _pixels(rendered)
            if _exceeds_page(width, height) and self._is_on_a_page():
                return program.render(source, self.engine, kind, within=(WIDEST, TALLEST))
            if max(width, height) > MOST_PIXELS:
                raise ValueError(
                    f"the PNG would have {width} x {height} pixels: "
                    "save an SVG, or draw a smaller root"
                )
        return rendered

    def _is_on_a_page(self) -> bool:
        """Whether it has room on one as an SVG, whose typeset names are narrower."""
        head = self._rendered("svg")[:HEAD].decode(errors="replace")
        found = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', head)
        return found is not None and part_of_page(int(found[1]), int(found[2])) <= 1

    def _in_a_cell(self) -> str:
        """The SVG as wide as it is, or as the page where that is narrower, never cut off."""
        return self.svg.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)

    def _repr_svg_(self) -> str | None:
        try:
            return self._in_a_cell()
        except DotError:  # a notebook shows its sentence instead, from the bundle
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": self._in_a_cell(), "text/plain": repr(self)}
        except DotError as error:
            return {"text/plain": f"{self!r}: {error}"}


def _pixels(png: bytes) -> tuple[int, int]:
    """How wide and high a PNG is."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _exceeds_page(width: int, height: int) -> bool:
    """Whether a PNG of so many pixels is larger than a page."""
    return part_of_page(width * INCH / PNG_DPI, height * INCH / PNG_DPI) > 1


def check_size(cards: int, arrows: int = 0, whole: bool = False) -> None:
    """A ValueError for what no picture can show; a `whole` graph may be larger, and is folded."""
    times = FOLDED if whole else 1
    for many, what, most in ((cards, "cards", MOST_CARDS), (arrows, "arrows", MOST_ARROWS)):
        if many > times * most:
            raise ValueError(
                f"{many} {what} are too many for a picture (at most {times * most}): "
                "draw a smaller root, such as the loss of one sample or a single neuron"
            )
