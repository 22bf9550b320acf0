"""Names within a picture's text: with real sub- and superscripts in an SVG, as typed elsewhere.

A name is marked in the text that it stands in, so that the text can be broken into lines and
escaped as it is read, w_10^1; what it is typeset as is set beside it then, and one DOT source
becomes two. In the bundled program's PNG <SUB> and <SUP> lie flat on the line: w101.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from autograd.notes.expressions import name_term
from autograd.notes.naming import Typeset
from autograd.notes.typeset import is_math, markup
from autograd.reading import Term, printable

# Marks that no printable text holds: a name, and after it the same in Graphviz's own elements.
START, BESIDE, END = "\ufff9", "\ufffa", "\ufffb"
NAME = re.compile(f"{START}([^{START}{BESIDE}{END}]*){END}")
BOTH = re.compile(f"{START}([^{BESIDE}]*){BESIDE}([^{END}]*){END}")
KEYBOARD = str.maketrans("−′", "-'")  # others are measured too wide, and leave a gap
SMALLER = 0.75
TEXT = re.compile(r"<text([^>]*)>([^<]*)</text>")
TEXTS = re.compile(rf"{TEXT.pattern}(?:\n?{TEXT.pattern})*")
SHIFT = re.compile(r' baseline-shift="(sub|super)"')
SIZE = re.compile(r'font-size="([\d.]+)"')
SHIFTS = {"sub": 0.2, "super": -0.45}  # of the size of its letters, downwards


def marked(name: str) -> str:
    """A name as it goes into a text of a picture; one that is shown as it is typed stays as it is.

    Those are names that are not understood, and those that bring their own LaTeX. A minus stays
    outside, where expressions look for it.

    >>> marked("L"), marked("50% & more"), unmarked(marked("w_10^1"))
    ('L', '50% & more', 'w_10^1')
    """
    return name if isinstance(name, Typeset) else _marked(name)


@lru_cache(2**14)  # each stands in many formulas
def _marked(name: str) -> str:
    if not is_math(name):
        return name
    sign, name = ("-", name[1:]) if name.startswith("-") else ("", name)
    return sign + (name if markup(name) == [(name, "base")] else f"{START}{name}{END}")


def marked_term(name: str) -> Term:
    """A name as an operand of an expression in a picture."""
    return name_term(name)._replace(text=marked(name))


def unmarked(text: str) -> str:
    """A text without its marks.

    >>> unmarked(f"2*{marked('w_1')}")
    '2*w_1'
    """
    return re.sub(f"[{START}{END}]", "", text)


def escaped_line(line: str, size: int) -> str:
    """One line for an HTML-like label; each marked name in it has what it is typeset as beside it.

    >>> escaped_line("a < b", 11)
    'a &lt; b'
    >>> with_scripts(escaped_line(f"2*{marked('w_1')}", 11))
    '2*w<FONT POINT-SIZE="8"><SUB>1</SUB></FONT>'
    """
    parts = NAME.split(line)  # every second one is a name
    for place, part in enumerate(parts):
        text = _escaped(unmarked(part))  # of a name broken apart one mark is left
        parts[place] = f"{START}{text}{BESIDE}{_typeset(part, size)}{END}" if place % 2 else text
    return "".join(parts)


def _escaped(text: str) -> str:
    # A backslash doubled: \N and the like would be replaced by the name of the node.
    return html.escape(printable(text)).replace("\\", r"\\")


def small_size(size: float) -> int:
    """The size of what stands lower or higher.

    >>> small_size(11)
    8
    """
    return round(size * SMALLER)


@lru_cache(2**12)
def _typeset(name: str, size: int) -> str:
    small = small_size(size)
    written = ""
    for run, place in markup(name):
        text = _escaped(run.translate(KEYBOARD))
        if place != "base":
            tag = place.upper()
            text = f'<FONT POINT-SIZE="{small}"><{tag}>{text}</{tag}></FONT>'
        written += text
    return written


def with_scripts(source: str) -> str:
    """A DOT source with its names typeset."""
    return BOTH.sub(r"\2", source)


def as_typed(source: str) -> str:
    """A DOT source with its names as they are typed.

    >>> as_typed(escaped_line(f"2*{marked('w_1')}", 11))
    '2*w_1'
    """
    return BOTH.sub(r"\1", source)


def shifted(svg: str) -> str:
    """An SVG whose small letters stand where they belong, right after what they belong to.

    Graphviz gives each run of letters a text and a place of its own, by the widths of a font that
    the browser may not have, and a baseline-shift that browsers do not read: they become one text.

    >>> base = '<text x="1" y="-8.3" font-size="11.00">w</text>'
    >>> below = '<text x="9" y="-8.3" baseline-shift="sub" font-size="8.00">1</text>'
    >>> shifted(base + below)
    '<text x="1" y="-8.3" font-size="11.00">w<tspan dy="1.60" font-size="8.00">1</tspan></text>'
    """
    return TEXTS.sub(_as_lines, svg) if " baseline-shift=" in svg else svg


def with_fonts(svg: str) -> str:
    """An SVG whose letters are as wide as they were measured, where there is no Helvetica.

    >>> with_fonts('<text font-family="Helvetica,sans-Serif">w</text>')
    '<text font-family="Helvetica,Arial,Liberation Sans,sans-serif">w</text>'
    """
    return svg.replace('"Helvetica,sans-Serif"', '"Helvetica,Arial,Liberation Sans,sans-serif"')


def _as_lines(texts: re.Match[str]) -> str:
    """Texts that follow each other; those of one line, with small letters in it, as one."""
    lines: list[_Line] = []
    for attributes, letters in TEXT.findall(texts[0]):
        run = _Run(attributes, letters)
        if lines and lines[-1].goes_on_with(run):
            lines[-1].runs.append(run)
        else:
            lines.append(_Line([run]))
    return "\n".join(line.svg for line in lines)


class _Run:
    """Letters of one size, and what their text element says of them."""

    def __init__(self, attributes: str, letters: str) -> None:
        shift = SHIFT.search(attributes)
        self.attributes, self.letters = SHIFT.sub("", attributes), letters
        size = SIZE.search(attributes)
        self.size = size[1] if size else "0"
        self.down = SHIFTS[shift[1]] * float(self.size) if shift else 0.0
        self.is_small = shift is not None
        self.style = re.sub(r' x="[^"]*"', "", self.attributes)  # its line, font and colour


@dataclass
class _Line:
    """Runs that stand on one line without a gap, the first of full size."""

    runs: list[_Run]

    def goes_on_with(self, run: _Run) -> bool:
        first, last = self.runs[0], self.runs[-1]
        return run.is_small or (last.is_small and run.style == first.style)

    @property
    def svg(self) -> str:
        """The line as one text element."""
        first, *others = self.runs
        written, at = first.letters, first.down
        for run in others:
            size = f' font-size="{run.size}"' if run.is_small else ""
            written += f'<tspan dy="{run.down - at:.2f}"{size}>{run.letters}</tspan>'
            at = run.down
        return f"<text{first.attributes}>{written}</text>"
