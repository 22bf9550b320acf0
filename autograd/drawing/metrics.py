"""How wide text is, by the metrics of Helvetica: what Graphviz lays pictures out by, too.

Widths are in thousandths of the size of the letters, from Adobe's font metrics.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from autograd.drawing.scripts import NAME, small_size, unmarked
from autograd.notes.typeset import markup

# The printable ASCII characters in their order, from the space on.
REGULAR = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015),
    *(667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833),
    *(722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611),
    *(278, 278, 278, 469, 556, 333),
    *(556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833),
    *(556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500),
    *(334, 260, 334, 584),
)
BOLD = (
    *(278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(333, 333, 584, 584, 584, 611, 975),
    *(722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833),
    *(722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611),
    *(333, 278, 333, 584, 556, 333),
    *(556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889),
    *(611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500),
    *(389, 280, 389, 584),
)
OTHER, WIDE = 600, 1000  # Greek and signs, about; Chinese and the like
BYTE = 278  # what dot takes for each byte of these


def letters_width(letters: str, size: float, bold: bool = False) -> float:
    """The width of letters of one size, in points.

    >>> letters_width("w", 10), letters_width("w", 10, bold=True), letters_width("漢", 10)
    (7.22, 7.78, 10.0)
    """
    return sum(_thousandths(letter, bold) for letter in letters) * size / 1000


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text with marked names, in points: of the wider form, typeset or as typed.

    >>> from autograd.drawing.scripts import marked
    >>> text_width(marked("w_1"), 10) == letters_width("w_1", 10)
    True
    """
    return _width(text, size, bold, letters_width)


def width_in_dot(text: str, size: float, bold: bool = False) -> float:
    """The width of a text as `dot` measures it, or more: it takes signs, ≈ and ∂, for wider.

    >>> width_in_dot("≈", 10) > letters_width("≈", 10), width_in_dot("w", 10)
    (True, 7.22)
    """
    return _width(text, size, bold, _letters_in_dot)


def _letters_in_dot(letters: str, size: float, bold: bool) -> float:
    taken = (max(BYTE * len(x.encode()) * (x > "~"), _thousandths(x, bold)) for x in letters)
    return sum(taken) * size / 1000


def typeset_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text with marked names as an SVG has it, typeset.

    >>> from autograd.drawing.scripts import marked
    >>> typeset_width(marked("w_10^1"), 10) < text_width(marked("w_10^1"), 10)
    True
    """
    parts = NAME.split(text)
    return sum(
        _typeset(part, size, bold, letters_width) if place % 2 else letters_width(part, size, bold)
        for place, part in enumerate(parts)
    )


def _width(text: str, size: float, bold: bool, measured: Callable[..., float]) -> float:
    parts = NAME.split(text)  # every second one is a name
    return sum(
        _name_width(part, size, bold, measured)
        if place % 2
        else measured(unmarked(part), size, bold)
        for place, part in enumerate(parts)
    )


def _name_width(name: str, size: float, bold: bool, measured: Callable[..., float]) -> float:
    return max(measured(name, size, bold), _typeset(name, size, bold, measured))


def _typeset(name: str, size: float, bold: bool, measured: Callable[..., float]) -> float:
    small = small_size(size)
    return sum(
        measured(letters, size if place == "base" else small, bold)
        for letters, place in markup(name)
    )


@lru_cache(2**12)
def _thousandths(letter: str, bold: bool) -> int:
    place = ord(letter) - ord(" ")
    if 0 <= place < len(REGULAR):
        return (BOLD if bold else REGULAR)[place]
    if unicodedata.combining(letter):
        return 0
    return WIDE if unicodedata.east_asian_width(letter) in "WF" else OTHER
