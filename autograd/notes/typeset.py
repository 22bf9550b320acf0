r"""Names in LaTeX, in the characters of a terminal, and in runs for pictures.

What is understood, of names as people type them:

    typed                     LaTeX                                   in a terminal
    w_10^1, w_0,12^1          w_{10}^{1}, w_{0,12}^{1}                w₁₀¹, w_0,12^1
    w5, dW1, theta4           w_{5}, dW_{1}, \theta_{4}               w₅, dW₁, θ₄
    log2, sha256              \mathrm{log2}, \mathrm{sha256}          log2, sha256
    z^[1]_2, W^{[l]}, h_{t-1} z_{2}^{[1]}, W^{[l]}, h_{t-1}           z_2^[1], W^[l], hₜ₋₁
    x_1^(i), z^[l](i), a^<t>  x_{1}^{(i)}, z^{[l](i)}, a^{\langle t\rangle}
                                                                      x₁⁽ⁱ⁾, z^[l](i), a^<t>
    z₁⁽²⁾, ŷ, δ, \alpha       z_{1}^{(2)}, \hat{y}, \delta, \alpha    z₁⁽²⁾, ŷ, δ, α
    y_hat, yhat, y_hat^(i)    \hat{y}, \hat{y}, \hat{y}^{(i)}         ŷ, ŷ, ŷ⁽ⁱ⁾
    E_total, w_ji, net_h1     E_{\mathrm{total}}, w_{ji}, \mathrm{net}_{h1}
                                                                      E_total, wⱼᵢ, netₕ₁
    z_in_j                    z_{\mathrm{in},j}                       z_in,j
    w', w_1', w^*, x^-1       w', w_{1}', w^{*}, x^{-1}               w′, w′₁, w^*, x⁻¹
    W[0][1], p['w'][0]        W_{0,1}, p_{w,0}                        W_0,1, p_w,0
    dL/dw5, -dE/dw            \frac{\partial L}{\partial w_{5}}, ...  ∂L/∂w₅, -∂E/∂w
    d(dL/dw)/dw               \frac{\partial \frac...}{\partial w}    ∂(∂L/∂w)/∂w
    nabla_w L, Δw_1           \nabla_{w} L, \Delta w_{1}              ∇_w L, Δw₁
    relu'(z_1), f(x)          \mathrm{ReLU}'\left(z_{1}\right), ...   ReLU′(z₁), f(x)
    权重_1                     \text{权重}_{1}                         权重₁

One letter, or a Greek one by its name, is slanted, more are an upright word: net, Alpha (which has
no letter of its own in LaTeX). Numerals right after one letter are its index, after a word they
belong to it. Below and above, two letters are two indices, three or more a word, except that ijk
and the like are indices, and "in" and "min" words. A hat, bar, tilde, dot, ddot or vec goes on one
letter. A function that LaTeX has a command for is that: \log, \sin. d, δ, Δ before one letter, ∇
and ∂ before any name, are that sign and the name. The numbers of an array's element are its
indices. Several _ or numerals make one list: z1_2 is z_{1,2}.

All else is text: names with spaces, with signs that are no part of a name, with a brace not closed,
a word with several words below (weights_input_to_hidden), more than 400 characters, derivatives of
more than 16 derivatives. LaTeX that is written here needs the package amsmath. Letters other than
Latin and Greek stand in \text as they are: KaTeX, MathJax and LuaLaTeX with a font that has them
show them, pdfLaTeX needs a package of that script.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from autograd.notes.names import (
    ABOVE,
    ACCENTS,
    BELOW,
    CLOSE,
    COMMANDS,
    DIFFERENTIALS,
    MOST_READ,
    OPEN,
    SIGN,
    TEXT,
    TYPED_ABOVE,
    TYPED_BELOW,
    WORD,
    Atom,
    Item,
    Items,
    Ratio,
    Scripted,
    read,
)
from autograd.reading import ATOM, LATEX_FUNCTIONS, POWER, SIGNED, SUM

KNOWN = 2**14  # names whose reading is kept: each stands in many lines of a derivation


def is_math(name: str) -> bool:
    """Whether a name is understood, all of it; one that is not is shown as text.

    >>> is_math("w_10^1"), is_math("50% & more"), is_math("dL/d(50% & more)")
    (True, False, False)
    """
    return not _has_text(read(name))


def _has_text(items: Items) -> bool:
    for item in items:
        if isinstance(item, Atom):
            inner: Items = ()
            if item.kind == TEXT:
                return True
        elif isinstance(item, Ratio):
            inner = item.of + item.by
        else:
            inner = item.base + item.below + item.above
        if _has_text(inner):
            return True
    return False


def binding(name: str) -> int:
    """How tightly a name binds as an operand of a written expression: SIGNED, POWER or ATOM.

    >>> binding("-dE/dw") == SIGNED, binding("x²") == binding("dW") == POWER, binding("w_1") == ATOM
    (True, True, True)
    """
    if name.isascii() and name.isalnum() and name[0] not in DIFFERENTIALS:
        return ATOM  # v1, x, net: most names need not be read
    return _written(name)[1]


def _binding(name: str, items: Items) -> int:
    if _is_negative(items):
        return SIGNED
    if _has_text(items) and re.search("[-+=*]", name):  # an expression that somebody typed
        return SUM
    raised = any(isinstance(item, Scripted) and item.above for item in items)
    several = len(items) > 1 and items[-1] != Atom(CLOSE, ")")
    return POWER if raised or several or "^" in name or "/" in name else ATOM


# --- LaTeX ----------------------------------------------------------------------------------------

LATEX_SIGNS = {"·": r" \cdot ", "⟨": r"\langle ", "⟩": r"\rangle ", "−": "-"}
LATEX_SIGNS |= {"<": " < ", ">": " > ", " ": " "} | COMMANDS
# In text: what is special, and what the font of text has not, or what an alignment looks for.
ESCAPED = {character: rf"\{character}" for character in "#$%&_{}"}
OUTSIDE = {"\\": r"\backslash ", "^": r"{\wedge}", "~": r"{\sim}"}
OUTSIDE |= {character: f"{{{character}}}" for character in "<>|="}
OUTSIDE |= {letter: f"{command} " for letter, command in COMMANDS.items()}
for mark, characters in (("_", TYPED_BELOW), ("^", TYPED_ABOVE)):
    OUTSIDE |= {c: f"{{}}{mark}{{{COMMANDS.get(of, of)}}}" for c, of in characters.items()}


def latex(name: str) -> str:
    r"""A name in LaTeX; one that is not understood as upright text, escaped.

    >>> print(latex("w_10^1"), latex("dL/dz_0^1"), latex("50% & more"))
    w_{10}^{1} \frac{\partial L}{\partial z_{0}^{1}} \text{50\% \& more}
    >>> print(latex("y_hat^(i)"), latex("E_total"), latex("relu'(z_0^1*w5)"))
    \hat{y}^{(i)} E_{\mathrm{total}} \mathrm{ReLU}'\left(z_{0}^{1} \cdot w_{5}\right)
    """
    return _written(name)[0]


def upright(word: str) -> str:
    r"""A function's name in LaTeX, whatever it is made of.

    >>> print(upright("leaky_relu"), upright("50%"))
    \mathrm{leaky\_relu} \text{50\%}
    """
    is_plain = word.isascii() and word.replace("_", "").isalnum()
    return _latex_atom(Atom(WORD if is_plain else TEXT, word))


def _written(name: str) -> tuple[str, int]:
    """A name in LaTeX, and how tightly it binds."""
    if len(name) <= MOST_READ:
        return _kept(name)
    items = read(name)
    return _latex(items), _binding(name, items)


@lru_cache(KNOWN)
def _kept(name: str) -> tuple[str, int]:
    items = _known(name)
    return _latex(items), _binding(name, items)


_known = lru_cache(KNOWN)(read)  # a page of HTML needs its runs after how tightly it binds


def _latex(items: Items) -> str:
    parts: list[str] = []
    for part in map(_latex_item, items):
        # A command ends where no letter follows.
        apart = bool(parts and part[:1].isalpha() and re.search(r"\\[A-Za-z]+\Z", parts[-1]))
        parts += [" ", part] if apart else [part]
    return "".join(parts).rstrip()


def _latex_item(item: Item) -> str:
    if isinstance(item, Ratio):
        of, by = map(_latex_operand, (item.of, item.by))
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"
    if isinstance(item, Scripted):
        below = f"_{{{_latex(item.below)}}}" if item.below else ""
        above = f"^{{{_latex(item.above)}}}" if item.above else ""
        return _latex(item.base) + below + "'" * item.primes + above
    return _latex_atom(item)


def _latex_operand(items: Items) -> str:
    written = _latex(items)
    return rf"\left({written}\right)" if _is_negative(items) else written


def _is_negative(items: Items) -> bool:
    return items[0] == Atom(SIGN, "-")


def _latex_atom(atom: Atom) -> str:
    if atom.kind == OPEN:
        return rf"\left{atom.text}"
    if atom.kind == CLOSE:
        return rf"\right{atom.text}"
    if atom.kind == SIGN:
        return LATEX_SIGNS.get(atom.text, atom.text)
    if atom.kind == TEXT or (not atom.text.isascii() and atom.text not in COMMANDS):
        written = _latex_text(atom.text)
    elif atom.kind == WORD and atom.text in LATEX_FUNCTIONS:
        written = rf"\{atom.text}"
    elif atom.kind == WORD:
        written = rf"\mathrm{{{atom.text}}}".replace("_", r"\_")
    else:
        written = COMMANDS.get(atom.text, atom.text)
    return rf"\{atom.accent}{{{written}}}" if atom.accent else written


def _latex_text(text: str) -> str:
    r"""Upright text, escaped; what \text cannot show stands between two of them, as do hyphens,
    which would become a dash.
    """
    parts = re.split(f"([{re.escape(''.join(OUTSIDE))}])", text)
    written = [
        OUTSIDE[part] if place % 2 else rf"\text{{{''.join(ESCAPED.get(c, c) for c in part)}}}"
        for place, part in enumerate(parts)
        if part or len(parts) == 1
    ]
    return re.sub("-(?=-)", r"-}\\text{", "".join(written)).rstrip()


# --- a terminal -----------------------------------------------------------------------------------

SHOWN = {"ϵ": "ε", "ϕ": "φ", "⟨": "<", "⟩": ">"}  # as they are known from a keyboard


def unicode_text(name: str) -> str:
    """A name in the characters that a terminal has; where one is missing, plain text.

    >>> print(unicode_text("z_1^(2)"), unicode_text("y_hat"), unicode_text("delta_1^1"))
    z₁⁽²⁾ ŷ δ₁¹
    >>> print(unicode_text("z^[1]_2"), unicode_text("E_total"), unicode_text("dL/dw5"))
    z_2^[1] E_total ∂L/∂w₅
    """
    return _terminal(read(name))


def _terminal(items: Items) -> str:
    return "".join(map(_terminal_item, items))


def _terminal_item(item: Item) -> str:
    if isinstance(item, Ratio):
        return "/".join(f"∂{_terminal_operand(items)}" for items in (item.of, item.by))
    if isinstance(item, Atom):
        shown = SHOWN.get(item.text, item.text)
        return unicodedata.normalize("NFC", shown + ACCENTS[item.accent]) if item.accent else shown
    base = _terminal(item.base) + "′" * item.primes
    below, above = _small(item.below, BELOW), _small(item.above, ABOVE)
    if below is None or above is None:
        below, above = _marked("_", item.below), _marked("^", item.above)
    return base + below + above


def _terminal_operand(items: Items) -> str:
    written = _terminal(items)
    return f"({written})" if "/" in written or _is_negative(items) else written


def _small(items: Items, characters: Mapping[str, str]) -> str | None:
    """The small characters; None where there is none for one, or for a word, hard to read so."""
    if any(not isinstance(item, Atom) or item.kind == WORD or item.accent for item in items):
        return None
    written = [characters.get(character) for character in _terminal(items)]
    return None if None in written else "".join(filter(None, written))


def _marked(mark: str, items: Items) -> str:
    """What stands below or above as it is typed: _2, ^[1], _{t-1}."""
    written = _terminal(items)
    alone = re.fullmatch(r"[\w,*]*|(\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>)+", written)
    return (mark + (written if alone else f"{{{written}}}")) if written else ""


# --- runs -----------------------------------------------------------------------------------------


def markup(name: str) -> list[tuple[str, str]]:
    """A name as runs of characters, each with its place: "base", "sub" or "sup".

    For pictures and pages, in which letters are set small: nothing is left out there.

    >>> markup("delta_1^[2]"), markup("dL/dw_in")
    ([('δ', 'base'), ('1', 'sub'), ('[2]', 'sup')], [('∂L/∂w', 'base'), ('in', 'sub')])
    """
    runs: list[tuple[str, str]] = []
    for text, place in _runs(_known(name) if len(name) <= MOST_READ else read(name)):
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0] + text, place)
        elif text:
            runs.append((text, place))
    return runs


def _runs(items: Items) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in items:
        if isinstance(item, Atom):
            found.append((_run_text((item,)), "base"))
        elif isinstance(item, Scripted):
            found += _runs(item.base)
            found.append(("′" * item.primes, "base"))
            found.append((_run_text(item.below), "sub"))
            found.append((_run_text(item.above), "sup"))
        else:
            found += _ratio_runs(item)
    return found


def _ratio_runs(ratio: Ratio) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for sign, items in (("∂", ratio.of), ("/∂", ratio.by)):
        runs = _runs(items)
        nested = "/" in "".join(text for text, _ in runs) or _is_negative(items)
        before, after = ("(", ")") if nested else ("", "")
        found += [(sign + before, "base"), *runs, (after, "base")]
    return found


def _run_text(items: Items) -> str:
    text, first = _terminal(items), items[0] if items else None
    is_text = isinstance(first, Atom) and first.kind == TEXT
    return text if is_text else text.replace("-", "−").replace("'", "′")


@lru_cache(KNOWN)
def html_name(name: str) -> str:
    """A name in HTML, its indices small.

    >>> html_name("w_10^1"), html_name("<b>")
    ('w<sub>10</sub><sup>1</sup>', '&lt;b&gt;')
    """
    return "".join(
        html.escape(text) if place == "base" else f"<{place}>{html.escape(text)}</{place}>"
        for text, place in markup(name)
    )
