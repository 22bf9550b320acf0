"""How large a picture may be, and its texts, by which it is laid out."""

from __future__ import annotations

import re
from typing import Any

WIDEST, TALLEST = 1600, 1200  # points of a page that can be read
MOST_UNFOLDED = 200  # cards or wires; more fit no page
LEAST, MOST = 0.5, 4  # smaller nobody reads, larger nothing fits
SIZE = re.compile(r' (POINT-SIZE|HEIGHT|WIDTH)="(\d+)"')


def font_scale_of(font_scale: Any) -> float:
    """How much larger texts are, checked: a ValueError or TypeError says what is taken.

    >>> font_scale_of(1.5)
    1.5
    >>> font_scale_of(0)
    Traceback (most recent call last):
    ValueError: font_scale is a number from 0.5 to 4, such as 1.5, not 0
    """
    sentence = f"font_scale is a number from {LEAST} to {MOST}, such as 1.5, not {font_scale!r}"
    if not isinstance(font_scale, (int, float)) or isinstance(font_scale, bool):
        raise TypeError(sentence)
    if not LEAST <= font_scale <= MOST:
        raise ValueError(sentence)
    return font_scale


def lessened(font_scale: float, room: float) -> float:
    """A font scale where there is room for another: less, but not for texts smaller than plain.

    >>> lessened(1.5, 1.25), lessened(1.5, 0.75), lessened(0.5, 0.25), lessened(1.5, 2)
    (1.25, 1, 0.5, 1.5)
    """
    return min(font_scale, max(1, room))


def part_of_page(wide: float, tall: float) -> float:
    """How much of a page's width or height a picture takes; more than 1 cannot be read.

    >>> part_of_page(800, 300), part_of_page(800, 2400)
    (0.5, 2.0)
    """
    return max(wide / WIDEST, tall / TALLEST)


def enlarged(source: str, font_scale: float) -> str:
    """A DOT source with all its texts larger, and the cells that are cut to them.

    Every text of a picture is written by `labels.font`, with its size. No name has the quotation
    marks that are looked for, which are escaped.

    >>> enlarged('<TD HEIGHT="11"><FONT POINT-SIZE="9">w</FONT></TD>', 2)
    '<TD HEIGHT="22"><FONT POINT-SIZE="18">w</FONT></TD>'
    """
    if font_scale == 1:
        return source
    return SIZE.sub(lambda size: f' {size[1]}="{round(int(size[2]) * font_scale)}"', source)
