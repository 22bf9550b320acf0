"""Text inside Graphviz's HTML-like labels: any text, escaped, and formulas that fit a card."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.drawing.metrics import text_width
from autograd.drawing.scripts import escaped_line, unmarked

FONT = "Helvetica"
TITLE = 14  # points
NARROW = 250  # points that a title may be wide over any picture
LINE = 30  # characters of a formula on one line of a card
LINES = 3
NAME = 48  # characters of a name on a card


def escaped(text: str, align: str = "LEFT", size: int = 11) -> str:
    """`text` for an HTML-like label, where a line break is a line break too; its size in points.

    >>> escaped("a < b & c")
    'a &lt; b &amp; c'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    lines = [escaped_line(line, size) for line in text.split("\n")]
    if len(lines) == 1:
        return lines[0]
    return "".join(f'{line}<BR ALIGN="{align}"/>' for line in lines)


def font(
    text: str, *, size: int = 11, colour: str = "", bold: bool = False, align: str = "LEFT"
) -> str:
    """`text` as an element of an HTML-like label."""
    inner = escaped(text, align, size) or " "  # an empty element is a syntax error there
    if bold:
        inner = f"<B>{inner}</B>"
    coloured = f' COLOR="{colour}"' if colour else ""
    return f'<FONT POINT-SIZE="{size}"{coloured}>{inner}</FONT>'


def ending_alike(numbers: Sequence[str]) -> list[str]:
    """Numbers that stand one below the other at the right, so that they end alike there: dot takes
    ≈ for wider than it is, by as much as a space.

    >>> ending_alike(["≈0.33", "1", "≈0.1 to ≈0.2"])
    ['≈0.33 ', '1  ', '≈0.1 to ≈0.2']
    """
    most = max(number.count("≈") for number in numbers)
    return [number + " " * (most - number.count("≈")) for number in numbers]


def heading(title: str, colour: str, room: int = 0) -> str:
    """A title as a label; with a room it is that many points wide, whatever its lines say."""
    if not room:
        return font(title, size=TITLE, colour=colour, bold=True)
    rows = (
        f'<TR><TD ALIGN="LEFT" WIDTH="{room}" HEIGHT="20">'
        f"{font(line, size=TITLE, colour=colour, bold=True)}</TD></TR>"
        for line in title.split("\n")
    )
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    return f"{table}{''.join(rows)}</TABLE>"


def in_room(element: str, room: int) -> str:
    """An element of a label as wide as a room in points; without one as wide as it is."""
    if not room:
        return element
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    return f'{table}<TR><TD WIDTH="{room}">{element}</TD></TR></TABLE>'


def counted(count: int, what: str) -> str:
    """How many there are of something.

    >>> counted(1, "card"), counted(2, "bias"), counted(3, "series")
    ('1 card', '2 biases', '3 series')
    """
    many = {"bias": "biases", "series": "series"}.get(what, f"{what}s")
    return f"{count} {what if count == 1 else many}"


def in_lines(title: str, room: float) -> str:
    """A title broken between its words, so that no line is wider than a picture, in points; or than
    `NARROW`, which a small picture is.

    >>> print(in_lines("A training of one step by gradient descent", 100))
    A training of one step by gradient
    descent
    """
    lines = list[str]()
    for line in title.split("\n"):
        lines.append("")
        for word in line.split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if lines[-1] and text_width(longer, TITLE, bold=True) > max(room, NARROW):
                lines.append(word)
            else:
                lines[-1] = longer
    return "\n".join(lines)


def shortened(text: str, most: int) -> str:
    """`text`, its middle left out where it is too long, and its names as they are typed.

    >>> shortened("abcdefghij", 7)
    'ab...ij'
    """
    if _length(text) <= most:
        return text
    text = unmarked(text)
    half = (most - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


def _length(text: str) -> int:
    return len(unmarked(text))


def _split_outside_innermost(formula: str) -> list[str]:
    """The formula split before its signs, but where the next bracket closes: in one pass."""
    parts, end, closes = [], len(formula), False
    for found in reversed(list(re.finditer(r"[()]| (?=[+-] )", formula))):
        if found[0] != " ":
            closes = found[0] == ")"
        elif not closes:
            parts.append(formula[found.end() : end])
            end = found.start()
    return [formula[:end], *reversed(parts)]


def formula_lines(formula: str) -> str:
    """A formula broken before its signs into lines that fit a card.

    Signs in innermost brackets break only what fits no line otherwise; of too many lines the first
    and the last are shown.

    >>> print(formula_lines("w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1"))
    w_00^1*a_0^0 + w_01^1*a_1^0
    + b_0^1
    >>> print(formula_lines("-(y*log(a_0^3) + (1 - y)*log(1 - a_0^3))"))
    -(y*log(a_0^3)
    + (1 - y)*log(1 - a_0^3))
    """
    terms: list[str] = []
    for part in _split_outside_innermost(formula):
        terms += [part] if _length(part) <= LINE else re.split(r" (?=[+-] )", part)
    lines = [""]
    for term in (shortened(term, LINE) for term in terms):
        if not lines[-1]:
            lines[-1] = term
        elif _length(lines[-1]) + 1 + _length(term) > LINE:
            lines.append(term)
        else:
            lines[-1] = f"{lines[-1]} {term}".lstrip(" ")
    if len(lines) > LINES:
        lines = [lines[0], "+ ...", lines[-1]]
    return "\n".join(lines)
