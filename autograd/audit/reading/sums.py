r"""Sums in LaTeX, \sum_{i=1}^{2} w_i x_i, as their terms, w_1 x_1 + w_2 x_2.

What a sum is over is known by the names that there are; one of which that is not known stays as it
is, and is not read. A sum goes as far as the next plus or minus outside of brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd.audit.reading.names import plain
from autograd.audit.reading.second_names import names_of

SUM = r"\sum"
MOST_TERMS = 100  # of one sum
MOST_OF_ALL = 20_000  # terms of a transcript
MOST_SIGNS = 20_000  # of the terms of one sum
NOT_READ = r"\sum is not read here: write its terms, as in w_1 x_1 + w_2 x_2"
LOWER = re.compile(r"([a-z])(?:=([0-9]{1,3}))?")
UPPER = re.compile(r"[0-9]{1,3}|[A-Za-z]?")
OPENING = ("{", "(", "[", r"\begin")
CLOSING = ("}", ")", "]", r"\end")
ENDS = ("=", "&", r"\\", ",", ";", r"\approx", r"\quad", r"\qquad", r"\right")
OPERATORS = (r"\cdot", r"\times", "*", "/", "^", "_")


class Sign(NamedTuple):
    """A command, a character, or a run of spaces, and the line that it stands in."""

    text: str
    line: int


@dataclass
class Sums:
    """What sums are over: `known` says which names there are, `counts` what their ends are."""

    known: Callable[[str], bool] = lambda name: False
    counts: Mapping[str, int] = field(default_factory=dict)
    left: int = MOST_OF_ALL  # how many terms may still be written

    def expanded(self, signs: list[Sign], text_of: Callable[[list[Sign]], str]) -> list[Sign]:
        """Signs with the terms of sums, the innermost first; `text_of` reads signs."""
        place = len(signs)
        while (place := _last(signs, place)) >= 0:
            found = self._terms(signs, place, text_of)
            if found is None:
                continue
            terms, end = found
            signs = [*signs[:place], *terms, *signs[end:]]
        return signs

    def _terms(
        self, signs: list[Sign], place: int, text_of: Callable[[list[Sign]], str]
    ) -> tuple[list[Sign], int] | None:
        """The terms of a sum, and where it ends; None where that is not known."""
        limits = _limits(signs, place + 1)
        if limits is None or self.left <= 0:
            return None
        letter, first, last, start = limits
        end = _end(signs, start)
        while end > start and signs[end - 1].text.isspace():
            end -= 1
        body, rest = signs[start:end], signs[end:]
        if any(sign.text == letter for sign in rest[: _behind(rest)]):
            return None  # what it is over may stand behind a plus
        terms = self._each(body, letter, first, last, text_of)
        if not terms or len(terms) * len(body) > MOST_SIGNS:
            return None
        found = [Sign("(", signs[place].line)]
        for term in terms:
            found += [Sign(" + ", signs[place].line)] * (len(found) > 1)
            found += term
        return [*found, Sign(")", signs[place].line)], end

    def _each(
        self,
        body: list[Sign],
        letter: str,
        first: int | None,
        last: str,
        text_of: Callable[[list[Sign]], str],
    ) -> list[list[Sign]]:
        """A body for each number that its names are known for; none where that is unsure."""
        free = _names(body, text_of)
        wanted = int(last) if last and last < "A" else None
        found = list[list[Sign]]()
        starts = (0, 1) if first is None else (first,)
        for start in starts:
            number = start
            while len(found) <= MOST_TERMS and (wanted is None or number <= wanted):
                term = _with(body, letter, number)
                own = _names(term, text_of) - free
                self.left -= 1
                if self.left < 0 or not own or not all(map(self._is_known, own)):
                    break
                found.append(term)
                number += 1
            if found:
                break
        count = (1 - start + wanted) if wanted is not None else self.counts.get(last, len(found))
        is_whole = 0 < len(found) == count and len(found) <= MOST_TERMS
        return found if is_whole else []

    def _is_known(self, name: str) -> bool:
        return self.known(name) or (name[:1] == "d" and self.known(name[1:]))


def _last(signs: Sequence[Sign], end: int) -> int:
    """The place of the last sum before an end; -1 for none."""
    return next((k for k in range(end - 1, -1, -1) if signs[k].text == SUM), -1)


def _limits(signs: Sequence[Sign], place: int) -> tuple[str, int | None, str, int] | None:
    """The letter, the first number and the last of a sum, and where its body begins."""
    found = dict[str, str]()
    while place < len(signs):
        word = signs[place].text
        if word in ("_", "^") and word not in found:
            found[word], place = _group(signs, place + 1)
        elif word.isspace() or word in (r"\limits", r"\nolimits"):
            place += 1
        else:
            break
    match = LOWER.fullmatch(found.get("_", ""))
    last = found.get("^", "")
    if match is None or not UPPER.fullmatch(last):
        return None
    return match[1], int(match[2]) if match[2] else None, last, place


def _group(signs: Sequence[Sign], place: int) -> tuple[str, int]:
    """What stands in braces, or the next sign, without spaces; and where it ends."""
    if place >= len(signs) or signs[place].text != "{":
        return "".join(sign.text for sign in signs[place : place + 1]), place + 1
    end = place
    while end < len(signs) and signs[end].text != "}":
        end += 1
    return "".join(sign.text.strip() for sign in signs[place + 1 : end]), end + 1


def _end(signs: Sequence[Sign], start: int) -> int:
    """Where the body of a sum ends that begins here."""
    depth, before = 0, "+"
    for place in range(start, len(signs)):
        word = signs[place].text
        depth += (word in OPENING) - (word in CLOSING)
        is_sign = word.strip() in ("+", "-") and before not in ("+", "-", *OPERATORS)
        if depth < 0 or (not depth and (word in ENDS or is_sign)):
            return place
        before = before if word.isspace() else word
    return len(signs)


def _behind(signs: Sequence[Sign]) -> int:
    """Where the side of an equation ends, or what a sum stands in."""
    depth = 0
    for place, sign in enumerate(signs):
        depth += (sign.text in OPENING) - (sign.text in CLOSING)
        if depth < 0 or (not depth and sign.text in ("=", r"\\", r"\approx", SUM)):
            return place
    return len(signs)


def _with(body: Sequence[Sign], letter: str, number: int) -> list[Sign]:
    """A body with a number in the place of its letter."""
    digits = str(number)
    return [
        Sign(word, sign.line)
        for sign in body
        for word in (digits if sign.text == letter else [sign.text])
    ]


def _names(signs: list[Sign], text_of: Callable[[list[Sign]], str]) -> set[str]:
    """The names that stand in signs, none where those are not read."""
    return {plain(name) for name in names_of(text_of(signs))}
