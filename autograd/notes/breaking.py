r"""Long lines of LaTeX broken to fit between the margins.

A line is broken before a sign of relation, then before a + or -, then before a \cdot, within
parentheses only if that is not enough. What stands in a fraction, between \left and \right or in
braces is one piece, however long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from autograd.reading import LATEX_FUNCTIONS

FITS = 60  # characters, roughly, between the margins of an article

PART = re.compile(r"\\(?:left|right|begin|end)(?![A-Za-z])|\\.|[{}()]| [+-] | \\cdot ", re.DOTALL)
OPENS = {r"\left", r"\begin", "{"}
CLOSES = {r"\right", r"\end", "}"}
SUM, PRODUCT = (" + ", " - "), (r" \cdot ",)


def width(latex: str) -> int:
    r"""About how many characters wide a formula is.

    >>> width(r"w_{10}^{1} \cdot \mathrm{ReLU}"), width(r"\frac{1}{2}"), width(r"\log 2")
    (10, 2, 4)
    """
    latex = re.sub(r" ([-+=]|\\cdot|\\approx) ", "xx", latex)  # signs have room around them
    without = re.sub(r"\\(left|right|frac|mathrm|text|begin|end|partial)(?![A-Za-z])", "", latex)
    one_each = re.sub(r"\\([A-Za-z]+|.)", _as_wide, without)
    return len(re.sub(r"[{}_^ ]", "", one_each))


def _as_wide(command: re.Match[str]) -> str:
    return command[1] if command[1] in LATEX_FUNCTIONS else "x"


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
    return [*rows, row]


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
    pieces = [text]
    for inside, signs in product((False, True), (SUM, PRODUCT)):
        pieces = [
            part
            for piece in pieces
            for part in ([piece] if width(piece) <= FITS else _split(piece, signs, inside))
        ]
    return pieces


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
