"""How it is written: names, numbers and gradients as lines of text in sizes and colours."""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograd.drawing.cards.card_view import ALONE
from autograd.drawing.labels import shortened
from autograd.drawing.scripts import marked
from autograd.drawing.themes import Theme
from autograd.notes.number_style import NumberStyle
from nn.network_view.shown import Circle, Column, Line, Note, equation
from nn.network_view.texts import Row, Run, Text

SMALL = 9  # points
BETWEEN = 4  # points, of what parts two notes


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
        elif circle.updated:
            lines.append((Run(circle.updated, of_value, colour),))
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
        name, number, *others = self._of_weight(line, is_equation=True)
        return Text(((name, number), *((run,) for run in others)))

    def row(self, line: Line, widths: tuple[int, ...] = ()) -> Row:
        """The same in cells beside each other, of some widths, or as wide as they must be."""
        cells = self._of_weight(line, is_equation=False)
        return Row(cells, widths or tuple(math.ceil(run.width_in_dot) for run in cells))

    def _of_weight(self, line: Line, is_equation: bool) -> tuple[Run, ...]:
        weight, theme = line.weight, self.theme
        assert weight is not None
        colour = theme.off if line.off else theme.sign_ink(weight.number, theme.text)
        muted = theme.off if line.off else theme.muted
        name, number = equation(weight.number, weight.name, self.style)
        first = Run(name if is_equation else weight.name, SMALL, muted)
        under = (run for (run,) in self._under_note(weight, muted))
        return first, Run(number, 11, colour, bold=True), *under

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
