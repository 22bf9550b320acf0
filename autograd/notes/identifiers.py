"""Names as identifiers of Python: w_10^1 is w_10_1.

What somebody typed as a name never becomes code: no character passes that is not one of an
identifier.
"""

from __future__ import annotations

import builtins
import itertools
import keyword
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60  # characters
TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


def identifier(name: str) -> str:
    """A name in the characters of an identifier; never a keyword, nor a builtin of Python.

    >>> [identifier(name) for name in ("w_10^1", "δ^[2]_0", "lambda", "__import__('os')", "2x", "")]
    ['w_10_1', 'δ_2_0', 'lambda_', 'import_os', 'v_2x', 'v']
    """
    # As Python itself reads an identifier: two that look alike may be one to it.
    normal = unicodedata.normalize("NFKC", name[: 10 * LONGEST])
    letters = (letter if f"a{letter}".isidentifier() else "_" for letter in normal)
    text = re.sub("_+", "_", "".join(letters))[:LONGEST].strip("_")
    if not text.isidentifier():
        text = f"v_{text}".rstrip("_")
    return f"{text}_" if text in TAKEN else text


class Identifiers:
    """Identifiers that differ from each other; what is `reserved` is given to none.

    >>> names = Identifiers({"math"})
    >>> [names.claim(name) for name in ("z^1", "z_1", "math")]
    ['z_1', 'z_1_2', 'math_2']
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)
        self._next: dict[str, int] = {}

    def claim(self, name: str) -> str:
        """The identifier of a name; with a number where another has it already."""
        plain = identifier(name)
        if plain not in self._taken:
            self._taken.add(plain)
            return plain
        for number in itertools.count(self._next.get(plain, 2)):
            numbered = f"{plain}_{number}"
            if numbered not in self._taken:
                self._next[plain] = number + 1
                self._taken.add(numbered)
                return numbered
        raise AssertionError("numbers do not end")
