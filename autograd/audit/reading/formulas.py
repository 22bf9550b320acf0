r"""Where formulas stand in notes, in Markdown or in LaTeX.

    $$ ... $$   \[ ... \]   \begin{align*} ... \end{align*}   and other environments, on their own
    ```math     a fence of GitHub's and GitLab's Markdown
    $ ... $     \( ... \)   $`...`$   within a line

Code in other fences and between backquotes is no formula, nor is \$, nor $5 and $6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

ENVIRONMENTS = tuple(
    name + star
    for name in ("align", "equation", "gather", "multline", "eqnarray", "flalign")
    for star in ("", "*")
)
OPENING = re.compile(
    r"""(?P<skipped>\\\\|\\\$)
  | (?P<fence>^[ \t]*```+)(?P<language>[^`\n]*)\n
  | (?P<quoted>\$`)
  | (?P<display>\$\$)
  | (?P<dollar>\$)
  | (?P<code>`+)
  | (?P<square>\\\[)
  | (?P<round>\\\()
  | \\begin\{(?P<environment>ENVIRONMENTS)\}
    """.replace("ENVIRONMENTS", "|".join(map(re.escape, ENVIRONMENTS))),
    re.VERBOSE | re.MULTILINE,
)
CLOSING = {"quoted": "`$", "display": "$$", "square": r"\]", "round": r"\)"}
INLINE = ("quoted", "dollar", "round")
WITHIN_LINE = ("quoted", "dollar", "code")
DOLLARS = re.compile(r"\$(?=[^\s$])([^$\n]*)(?<=[^\s\\])\$(?!\d)")  # as Pandoc has it
MATH = ("math", "latex", "tex", "katex")


class Formula(NamedTuple):
    """A formula: its `text`, which begins at `inner`, and where it stands with what is around it.

    One that is not closed is empty, and its `opening` says where it would begin.
    """

    start: int
    end: int
    inner: int
    text: str
    opening: str
    is_inline: bool = False
    is_closed: bool = True


def formulas(text: str) -> Iterator[Formula]:
    r"""The formulas of a text in their order; of what is not closed the first of its kind.

    >>> [found.text for found in formulas(r"a $z = 1$, `$y$` and $5 to $6. \[w = 2\]")]
    ['z = 1', 'w = 2']
    """
    place, next_of, open_ones = 0, _Next(text), set[str]()
    while match := OPENING.search(text, place):
        kind, place, closing = match.lastgroup or "", match.end(), _closing(match)
        if kind == "skipped":
            continue
        if kind == "dollar":
            if found := DOLLARS.match(text, match.start()):
                place = found.end()
                yield Formula(found.start(), place, found.start(1), found[1], "$", True)
            continue
        end = next_of.place(closing, place)
        if end < 0:
            if kind not in (*INLINE, "code", "language") and closing not in open_ones:
                opening = match[0].strip()
                yield Formula(match.start(), place, place, "", opening, is_closed=False)
            open_ones.add(closing)
        elif kind not in WITHIN_LINE or not 0 <= next_of.place("\n", place) < end:
            place = end + len(closing)
            yield from _closed(match, end, place, text)


class _Next:
    """Where signs come next in a text; each stretch is searched once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[str, int] = {}

    def place(self, sign: str, start: int) -> int:
        """The place of a sign from a place on, which only grows; -1 where there is none."""
        known = self.places.get(sign, 0)
        if sign not in self.places or 0 <= known < start:
            known = self.places[sign] = self.text.find(sign, start)
        return known


def _closing(match: re.Match[str]) -> str:
    """What ends what begins here."""
    if match["fence"]:
        return "\n" + match["fence"].strip()
    if match["environment"]:
        return rf"\end{{{match['environment']}}}"
    return match["code"] or CLOSING.get(match.lastgroup or "", "")


def _closed(match: re.Match[str], end: int, after: int, text: str) -> Iterator[Formula]:
    kind, start, inner = match.lastgroup or "", match.start(), match.end()
    if kind == "code" or (match["fence"] and match["language"].strip() not in MATH):
        return
    whole = text[start:after] if kind == "environment" else text[inner:end]
    inner = start if kind == "environment" else inner
    yield Formula(start, after, inner, whole, match[0].strip(), kind in INLINE)


def headings(text: str, start: int, found: Formula) -> list[str]:
    """The lines before a formula; what stands in its line is one only before a display.

    A line with formulas in it is prose, unless it is marked as a heading.
    """
    begins = text.rfind("\n", 0, found.start) + 1 if found.is_inline else found.start
    lines = text[start : max(start, begins)].splitlines()
    if start and text[start - 1] != "\n" and lines:
        lines = lines[1:]  # the rest of the line of the formula before
    own = text[begins : found.start] if found.is_inline and begins >= start else ""
    return [*lines, own] if own.lstrip().startswith(("#", "**")) else lines
