r"""Long lines of LaTeX broken to fit between the margins.

A line is broken before a sign of relation, then before a + or -, then before a \cdot or a matrix,
within parentheses only if that is not enough. A fraction that is too long over a short number is
written as \frac{1}{3} times a sum that can be broken. What stands in other fractions, between \left
and \right or in braces, and a matrix, is one piece, however long. Parentheses that are not broken
grow with fractions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from autograd.reading import LATEX_FUNCTIONS

FITS = 60  # characters, roughly, between the margins of an article

BESIDE = r"(?<=[}\])]) (?=\\begin\{|\\left\[)"  # between a matrix and what it is multiplied by
PART = re.compile(
    rf"\\(?:left|right|begin|end)(?![A-Za-z])|\\.|[{{}}()]| [+-] | \\[co]dot |{BESIDE}", re.DOTALL
)
OPENS = {r"\left", r"\begin", "{"}
CLOSES = {r"\right", r"\end", "}"}
PAIR = re.compile(r"\\(?:left|right|[bB]igg?[lr])[()]|\\.|[{}()]", re.DOTALL)
TALL = re.compile(r"\\(?:frac|begin)(?![A-Za-z])")
MATRIX = re.compile(r"\\begin\{(bmatrix|array)\}(?:\{r*\})?(.*?)\\end\{\1\}", re.DOTALL)
BELOW = re.compile(r"\{(\d+)\}")  # the number that a sum is divided by
SUM, PRODUCT = (" + ", " - "), (r" \cdot ", r" \odot ", " ")


def width(latex: str) -> int:
    r"""About how many characters wide a formula is.

    >>> width(r"w_{10}^{1} \cdot \mathrm{ReLU}"), width(r"\frac{1}{2}"), width(r"\log 2")
    (10, 2, 4)
    >>> width(r"\begin{bmatrix} 1.25 & 3 \\ 2 & 4 \end{bmatrix}")
    13
    """
    latex = MATRIX.sub(_widest_row, latex)
    latex = re.sub(r" ([-+=]|\\cdot|\\approx) ", "xx", latex)  # signs have room around them
    without = re.sub(r"\\(left|right|frac|mathrm|text|begin|end|partial)(?![A-Za-z])", "", latex)
    one_each = re.sub(r"\\([A-Za-z]+|.)", _as_wide, without)
    return len(re.sub(r"[{}_^ ]", "", one_each))


def _widest_row(matrix: re.Match[str]) -> str:
    rows = matrix[2].replace("&", "xxx").split(r"\\")
    return f"[x{max(rows, key=len)}xx]"


def _as_wide(command: re.Match[str]) -> str:
    return command[1] if command[1] in LATEX_FUNCTIONS else "x"


def grown(latex: str) -> str:
    r"""A formula whose parentheses around a fraction are as high as that.

    >>> print(grown(r"2 \cdot (-\frac{a}{b}) + (c)"))
    2 \cdot \left(-\frac{a}{b}\right) + (c)
    """
    opened: list[int | None] = []  # where a ( stands; None for a {
    tall: set[int] = set()
    for found in PAIR.finditer(latex):
        if found[0] in ("(", "{"):
            opened.append(found.start() if found[0] == "(" else None)
        elif found[0] == "}":
            while opened and opened.pop() is not None:
                pass
        elif found[0] == ")" and opened and (start := opened[-1]) is not None:
            opened.pop()
            if TALL.search(latex, start, found.start()):
                tall |= {start, found.start()}
    signs = {"(": r"\left(", ")": r"\right)"}
    return "".join(signs[x] if at in tall else x for at, x in enumerate(latex))


def broken(name: str, relations: Iterable[tuple[str, str]]) -> list[str]:
    r"""The rows of a line of an alignment: `name &= ...`, the next ones `&= ...` or `&\quad ...`.

    >>> broken("y", [("=", "a + b"), ("=", "3")])
    ['y &= a + b = 3']
    >>> for row in broken("y", [("=", " + ".join(["a" * 20] * 4))]):
    ...     print(row)
    y &= aaaaaaaaaaaaaaaaaaaa + aaaaaaaaaaaaaaaaaaaa
    &\quad + aaaaaaaaaaaaaaaaaaaa + aaaaaaaaaaaaaaaaaaaa
    """
    rows, row, room = [], f"{name} &", FITS - width(name)
    for sign, text in relations:
        if width(text) > room and not row.endswith("&"):
            rows.append(row)
            row, room = "&", FITS
        first, *more = _packed(_pieces(text), room)
        row += f"{sign} {first}" if row.endswith("&") else f" {sign} {first}"
        room -= width(first)
        for piece in more:
            rows.append(row)
            row, room = rf"&\quad {piece}", FITS - width(piece)
    return list(map(grown, [*rows, row]))


def _packed(pieces: Sequence[str], room: int) -> list[str]:
    """The pieces joined again as far as they fit, the first ones into what room there is."""
    rows, used = [pieces[0]], width(pieces[0])
    for piece in pieces[1:]:
        needed = width(piece)
        if used + needed > room:
            rows.append(piece.lstrip())
            used, room = needed, FITS
        else:
            rows[-1] += piece
            used += needed
    return rows


def _pieces(text: str) -> list[str]:
    """The text in pieces that fit, as far as it can be broken; each keeps the sign before it."""
    if width(text) <= FITS:
        return [text]
    pieces = [_with_open_fractions(text)]
    for inside, signs in product((False, True), (SUM, PRODUCT)):
        pieces = [
            part
            for piece in pieces
            for part in ([piece] if width(piece) <= FITS else _split(piece, signs, inside))
        ]
    return pieces


def _with_open_fractions(text: str) -> str:
    """The text with each fraction that is too long for a row as 1/3 times what can be broken."""
    parts, done = list[str](), 0
    for found in re.finditer(r"\\frac\{", text):
        end = _end_of_group(text, found.end())
        above, below = text[found.end() : end], BELOW.match(text, end + 1)
        if found.start() >= done and below and width(above) > FITS:
            opened = rf"\frac{{1}}{{{below[1]}}} \bigl({_with_open_fractions(above)}\bigr)"
            parts += [text[done : found.start()], opened]
            done = below.end()
    return "".join([*parts, text[done:]])


def _end_of_group(text: str, begin: int) -> int:
    """Where the } of a { stands that is right before `begin`."""
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, begin):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.start()
    return len(text)


def _split(text: str, signs: Sequence[str], inside: bool) -> Iterator[str]:
    """The text before each of the signs that stand in no group, nor, unless `inside`, in ()."""
    depth = parentheses = start = 0
    for found in PART.finditer(text):
        part = found[0]
        if part in OPENS or part in CLOSES:
            depth += 1 if part in OPENS else -1
        elif part in ("(", ")") and not depth:
            parentheses += 1 if part == "(" else -1
        elif part in signs and not depth and (inside or not parentheses) and found.start() > start:
            yield text[start : found.start()]
            start = found.start()
    yield text[start:]
