"""Naming a result, and names that bring their own LaTeX."""

from __future__ import annotations

import re

from autograd.notes.typeset import latex, unicode_text
from autograd.reading import ATOM, POWER, SUM, Value


class Typeset(str):
    r"""A name that is typeset as it says, not as its text is understood.

    >>> Typeset("w*", r"w^{\star}").latex
    'w^{\\star}'
    """

    __slots__ = ("latex",)
    latex: str

    def __new__(cls, text: str, latex: str) -> Typeset:
        name = super().__new__(cls, text)
        name.latex = latex
        return name

    def __reduce__(self) -> tuple[type[Typeset], tuple[str, str]]:
        return Typeset, (str(self), self.latex)


def latex_of(name: str) -> str:
    r"""A name in LaTeX: its own, else as its text is understood.

    >>> print(latex_of("w_10^1"), latex_of(Typeset("w*", r"w^{\star}")))
    w_{10}^{1} w^{\star}
    """
    return name.latex if isinstance(name, Typeset) else latex(name)


def unicode_of(name: str) -> str:
    r"""A name in the characters of a terminal; one that brings its own LaTeX by its text.

    >>> print(unicode_of("w_10^1"), unicode_of(Typeset("w_s", r"w^{\star}")))
    w₁₀¹ w_s
    """
    return name if isinstance(name, Typeset) else unicode_text(name)


def named(value: Value, name: str, *, latex: str = "") -> Value:
    r"""Name a Value within an expression, and return it; `latex` is how the name is typeset.

    >>> from autograd import derive
    >>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    >>> f = named(named(x + y, "q") * z, "f")
    >>> print(derive(f).forward[0])
    q = x + y = -2 + 5 = 3
    >>> named(Value(3), "w*", latex=r"w^{\star}").name.latex
    'w^{\\star}'
    """
    if value.__class__ is not Value:
        raise TypeError(f"named takes a Value and a name, not a {type(value).__name__}")
    if not isinstance(name, str) or not isinstance(latex, str):
        given = name if not isinstance(name, str) else latex
        raise TypeError(f"a name is a str, not a {type(given).__name__}")
    if not _stands_alone(latex):
        raise ValueError(
            f"the LaTeX of a name stands in a formula: braces in pairs, no $, %, & or new line, "
            f"not {latex!r}"
        )
    value.name = Typeset(name, latex) if latex else name
    return value


def _stands_alone(latex: str) -> bool:
    """Whether LaTeX may stand within a formula, and ends nothing of it."""
    rest = re.sub(r"\\[^\\\n]", "", latex)  # without \{, \%, and the first letters of commands
    depth = 0
    for brace in re.findall("[{}]", rest):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"[$%&#\n\r\\]", rest)


def latex_binding(name: Typeset) -> int:
    r"""How tightly a name's own LaTeX binds: a sum like one, what has scripts like a power.

    >>> latex_binding(Typeset("s", "x + y")) == SUM
    True
    >>> latex_binding(Typeset("w*", r"w^{\star}")) == POWER
    True
    >>> latex_binding(Typeset("f'(x + y)", r"f'\left(x + y\right)")) == ATOM
    True
    """
    flat = re.sub(r"\{[^{}]*\}", "", name.latex)
    enclosed = 1
    while enclosed:
        flat, enclosed = re.subn(r"(\\left)?\([^()]*\)", "", flat)
    if re.search(r"[-+=]|\\pm", flat):
        return SUM
    return POWER if "^" in flat or " " in flat else ATOM
