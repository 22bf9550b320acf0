"""Which of the known names somebody may have meant, for the errors that say so."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from autograd.writing import printable

MOST_COMPARED = 1000  # names, and characters of one: to compare takes time


def did_you_mean(name: str, known: Iterable[str], most: int = 3) -> str:
    """The nearest names as a question; "" where none is near.

    >>> did_you_mean("w5", ["w_5", "w_6", "b"]), did_you_mean("speed", ["w", "b"])
    ('did you mean w_5?', '')
    """
    close = " or ".join(map(printable, nearest(name, known, most)))
    return f"did you mean {close}?" if close else ""


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that are spelt otherwise, δ₀¹ for delta_0^1; else those nearly alike; else
    those that it is a part of.

    >>> nearest("δ₀¹", ["delta_0^1", "delta_1^1"]), nearest("w^1_00", ["w_00^1", "w_01^1"])
    (['delta_0^1'], ['w_00^1'])
    >>> nearest("db", ["z_0^1", "dL/db_0^1", "dL/db_1^1"])
    ['dL/db_0^1', 'dL/db_1^1']
    """
    names = [each for each in dict.fromkeys(known) if each][:MOST_COMPARED]
    name = name[:MOST_COMPARED]
    letters, numbers = _letters_and_numbers(name)
    read = {each: _letters_and_numbers(each) for each in names} if letters else {}
    same = [each for each, found in read.items() if found == (letters, numbers)]
    within = [
        each for each, (others, more) in read.items() if letters in others and {*numbers} <= {*more}
    ]
    return (same or difflib.get_close_matches(name, names, n=most) or within)[:most]


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that is spelt so but for case, blanks, hyphens and underscores; else the name
    as it is.

    >>> meant("Half_Squared-Error", ["half squared error", "mse"]), meant("hinge", ["mse"])
    ('half squared error', 'hinge')
    """
    names = [*known]
    alike = [each for each in names if _run_together(each) == _run_together(name)]
    return alike[0] if name not in names and len(alike) == 1 else name


def _run_together(name: str) -> str:
    return re.sub("[ _-]", "", name).casefold()


BELOW, ABOVE = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"


def _letters_and_numbers(name: str) -> tuple[str, tuple[str, ...]]:
    """What a name is made of, whatever stands between, above or below."""
    name = re.sub(f"[{BELOW}]+|[{ABOVE}]+", lambda found: f"_{found[0]}", name.replace("∂", "d"))
    plain = unicodedata.normalize("NFKC", "".join(map(_in_letters, name))).casefold()
    return "".join(re.findall("[^\\W\\d_]+", plain)), tuple(sorted(re.findall("[0-9]+", plain)))


def _in_letters(letter: str) -> str:
    """A Greek letter by its name."""
    called = "" if letter.isascii() else unicodedata.name(letter, "")
    return called.split()[-1] if called.startswith("GREEK ") and " LETTER " in called else letter
