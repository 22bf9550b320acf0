"""Colours: two themes, and what is computed from them.

Blue and orange are told apart by colour-blind people, and the sign always stands in the text too.
Every text has a contrast of at least 4.5 to what it stands on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from autograd.reading import FAULTS


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture, as #rrggbb."""

    name: str
    background: str
    text: str
    muted: str  # formulas, labels, headings
    border: str
    card: str
    parameter: str
    input: str
    cluster: str
    cluster_border: str
    off: str  # what a ReLU that is off leaves without a gradient
    off_card: str
    line: str  # arrows without a sign
    positive: str
    negative: str
    negative_ink: str  # of letters, which need more contrast than lines
    value: str  # of a circuit, above a wire
    gradient: str  # and below it
    transparent: bool = False

    @property
    def page(self) -> str:
        """What the picture lies on; `background` is the ground of texts that lie on lines."""
        return "transparent" if self.transparent else self.background

    def sign_colour(self, number: Any, plain: str) -> str:
        """The colour of a number's sign; `plain` for 0, NaN, a symbol, and None."""
        return {1: self.positive, -1: self.negative}.get(sign(number), plain)

    def sign_ink(self, number: Any, plain: str) -> str:
        """The colour of a number that is written in its sign's colour."""
        return {1: self.positive, -1: self.negative_ink}.get(sign(number), plain)

    def tint(self, number: Any, largest: float) -> str:
        """The background of a gradient: its sign's colour, the stronger the larger it is."""
        colour = self.sign_colour(number, "")
        if not colour:
            return mixed(self.card, self.line, 0.15)
        return mixed(self.card, colour, 0.15 + 0.37 * share(number, largest))


LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#111827",
    muted="#4b5563",
    border="#cbd5e1",
    card="#ffffff",
    parameter="#fef9c3",
    input="#e0f2fe",
    cluster="#f8fafc",
    cluster_border="#e2e8f0",
    off="#6b7280",
    off_card="#f8fafc",
    line="#64748b",
    positive="#0072B2",
    negative="#D55E00",
    negative_ink="#b34f00",
    value="#15803d",
    gradient="#b91c1c",
)
DARK = Theme(
    name="dark",
    background="#0f172a",
    text="#f1f5f9",
    muted="#a8b3c4",
    border="#475569",
    card="#1e293b",
    parameter="#423c14",
    input="#0b3b55",
    cluster="#141e36",
    cluster_border="#26324b",
    off="#8b95a5",
    off_card="#141e36",
    line="#8b9ab0",
    positive="#56B4E9",
    negative="#F09040",
    negative_ink="#F09040",
    value="#4ade80",
    gradient="#fca5a5",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def theme_named(name: str, background: str | None = None) -> Theme:
    """The theme of that name, on its own background or a transparent one.

    >>> theme_named("dark").page, theme_named("dark", "transparent").page
    ('#0f172a', 'transparent')
    """
    if name not in THEMES:
        raise ValueError(f"unknown theme {name!r}: give one of {', '.join(THEMES)}")
    if background not in (None, "transparent"):
        raise ValueError(
            f"background is 'transparent', or left out for the theme's own, not {background!r}"
        )
    return replace(THEMES[name], transparent=background is not None)


def mixed(under: str, over: str, part: float) -> str:
    """`over` laid upon `under`, covering `part` of it.

    >>> mixed("#ffffff", "#0072B2", 0.5)
    '#80b9d9'
    """
    channels = [(int(under[i : i + 2], 16), int(over[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{math.floor(a + (b - a) * part + 0.5):02x}" for a, b in channels)


def sign(number: Any) -> int:
    """1 or -1; 0 for what has no sign: 0, NaN, None, a complex number, a symbol.

    >>> sign(-0.5), sign(float("nan")), sign(1j)
    (-1, 0, 0)
    """
    if number is None:
        return 0
    try:
        return bool(number > 0) - bool(number < 0)
    except FAULTS:  # Decimals do not compare a NaN, symbols nothing
        return 0


def magnitude(number: Any) -> float:
    """|number| as a float, for widths and tints only; NaN for what has none."""
    try:
        return abs(float(number))
    except OverflowError:
        return math.inf
    except FAULTS:
        return math.nan


def largest_magnitude(numbers: Iterable[Any]) -> float:
    """The largest |number| among those that have a finite one; 0 without any."""
    found = [magnitude(number) for number in numbers]
    return max((size for size in found if math.isfinite(size)), default=0.0)


def share(number: Any, largest: float) -> float:
    """|number| as a part of the largest: 0 to 1."""
    size = magnitude(number)
    if math.isnan(size) or size == 0:
        return 0.0
    return min(1.0, size / largest) if largest > 0 else 1.0


def width(number: Any, largest: float) -> float:
    """The width of a line that carries a number: its square root, so that small ones can be seen.

    >>> width(0.25, 1.0), width(None, 1.0)
    (1.8, 1.0)
    """
    return round(0.6 + 2.4 * math.sqrt(share(number, largest)), 2) if number is not None else 1.0
