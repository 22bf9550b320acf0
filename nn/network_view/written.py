"""How it is written: lines of text in sizes and colours, and the room that they take.

What is drawn and what is measured is the same, so that labels are put where they fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.drawing.cards.card_view import ALONE
from autograd.drawing.labels import font, shortened
from autograd.drawing.metrics import text_width
from autograd.drawing.scripts import marked, unmarked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import NumberStyle
from nn.network_view.shown import Circle, Column, Line, Note, equation

INCH = 72  # points
PADDING = 2  # points around a line of text, both sides together
SMALL = 9  # points
BETWEEN = 4  # points, of what parts two notes


class Size(NamedTuple):
    """The room that a text takes, in inches, with the ground around it."""

    width: float
    height: float


class Run(NamedTuple):
    """Text of one kind."""

    text: str
    size: int
    colour: str
    bold: bool = False
    ground: str = ""


class Text(NamedTuple):
    """Lines of runs, one below the other."""

    lines: tuple[tuple[Run, ...], ...]

    def source(self, room: Size | None = None) -> str:
        """The text for an HTML-like label, as wide and as high as a room if that is larger."""
        wide = f' WIDTH="{math.ceil(room.width * INCH) - PADDING}"' if room else ""
        rows = (
            f"<TR><TD{wide}{_height_and_ground(line)}>{''.join(map(_source, line))}</TD></TR>"
            for line in self.lines
        )
        rest = round((room.height - self.size.height) * INCH) if room else 0
        below = f'<TR><TD HEIGHT="{rest}"></TD></TR>' if rest > 0 else ""
        table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
        return f"{table}{''.join(rows)}{below}</TABLE>"

    @property
    def size(self) -> Size:
        """The room that it takes."""
        width = max(
            sum(text_width(run.text, run.size, run.bold) for run in line) for line in self.lines
        )
        height = sum(map(_height, self.lines))
        return Size((width + PADDING) / INCH, (height + PADDING) / INCH)


def _height(line: Sequence[Run]) -> int:
    """The points that a line is high: more where letters stand lower or higher in it."""
    return max(
        math.ceil(run.size * (1.2 if unmarked(run.text) == run.text else 1.4)) for run in line
    )


def _height_and_ground(line: Sequence[Run]) -> str:
    ground = f' BGCOLOR="{line[0].ground}"' if line[0].ground else ""
    return f' HEIGHT="{_height(line)}"{ground}'


def _source(run: Run) -> str:
    return font(run.text, size=run.size, colour=run.colour, bold=run.bold)


@dataclass(frozen=True, slots=True)
class Writing:
    """How names, numbers and gradients are written; `words` stand before a number, where it is said
    in words, and before the one that follows it.
    """

    style: NumberStyle
    theme: Theme
    gradient_word: str = "grad"
    words: tuple[str, str] = ALONE

    def heading(self, column: Column, with_bias: bool) -> Text:
        """What stands over a column: what it is, and the bias that its neurons share."""
        muted = self.theme.muted
        lines: list[tuple[Run, ...]] = [
            (Run(line, 13, muted),) for line in column.heading.split("\n")
        ]
        if column.shared is not None and with_bias:
            lines += self._note_lines(column.shared, muted)
        return Text(tuple(lines))

    def circle(self, circle: Circle, labelled: bool) -> Text:
        """Name, value and gradient, in a circle, and the value in another pass."""
        colour = self.theme.off if circle.off else self.theme.text
        of_name, of_value = (13, 12) if labelled else (9, 8)
        name = shortened(marked(circle.name), 16)
        lines: list[tuple[Run, ...]] = [(Run(name, of_name, colour, bold=True),)]
        if circle.value:
            value = Run(circle.value, of_value, colour)
            lines.append((self._marked(value, circle.now == "value"),))
        if labelled:
            lines += self._under_number(circle, circle.updated, bool(circle.updated), colour)
        return Text(tuple(lines))

    def below(self, circle: Circle) -> Text | None:
        """The notes under a circle, None without any."""
        colour = self.theme.off if circle.off else self.theme.muted
        lines: list[tuple[Run, ...]] = []
        for note in circle.below:
            lines += [(Run(" ", BETWEEN, colour),)] * bool(lines)
            lines += self._note_lines(note, colour)
        return Text(tuple(lines)) if lines else None

    def weight(self, line: Line) -> Text:
        """A weight's name and number, in the colour of its sign, and what stands under them."""
        weight, theme = line.weight, self.theme
        assert weight is not None
        colour = theme.off if line.off else theme.sign_ink(weight.number, theme.text)
        muted = theme.off if line.off else theme.muted
        name, number = equation(weight.number, weight.name, self.style)
        first = Run(name, SMALL, muted), Run(number, 11, colour, bold=True)
        return Text((first, *self._under_note(weight, muted)))

    def _note_lines(self, note: Note, colour: str) -> list[tuple[Run, ...]]:
        if note.is_text:
            return [(Run(note.name, 10, colour),)]
        run = Run("".join(equation(note.number, note.name, self.style)), 10, colour)
        return [(self._marked(run, note.now == "value"),), *self._under_note(note, colour)]

    def _under_note(self, note: Note, colour: str) -> list[tuple[Run, ...]]:
        return self._under_number(note, self.style.short(note.updated), note.has_update, colour)

    def _under_number(
        self, of: Note | Circle, updated: str, has_update: bool, colour: str
    ) -> list[tuple[Run, ...]]:
        """The gradient where it is shown, and what the number becomes where that is."""
        found = []
        if of.has_gradient:
            text = f"{self.gradient_word} {self.style.short(of.gradient)}"
            found.append(self._marked(Run(text, SMALL, colour), of.now == "gradient"))
        if has_update:
            run = Run(f"{self.words[1]} {updated}", SMALL, colour)
            found.append(self._marked(run, of.now == "new"))
        return [(run,) for run in found]

    def _marked(self, run: Run, is_now: bool) -> Run:
        """What was computed last is marked, as with a pen, and read also where it is off."""
        if not is_now:
            return run
        return run._replace(ground=self.theme.parameter, colour=self.theme.text)
