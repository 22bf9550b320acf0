r"""One spelling for a name, however it is typed.

>>> [plain(name) for name in (r"z^{[1]}_2", "z_2^[1]", r"\delta^{1}_{0}", "δ_0^1", "z₁⁽²⁾", "w'")]
['z_2^[1]', 'z_2^[1]', 'delta_0^1', 'delta_0^1', 'z_1^(2)', "w'"]
>>> plain("z^[1](3)_2"), plain("z_0^{1(3)}")  # with a sample behind the layer
('z_2^[1](3)', 'z_0^1(3)')
>>> plain("v_{W^[1]_11}")  # the velocity of a weight
'v_{W_11^[1]}'
>>> [plain(name) for name in ("ŷ", r"\hat{y}_1", r"\hat m_w", "m̂_θ")]
['y_hat', 'y_hat1', 'm_hatw', 'm_hattheta']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from autograd.reading import did_you_mean, printable

SAMPLE = r"\((?:[a-z0-9]{1,4}|L|[lLtk][-+−][0-9])\)"  # or a layer, as in a^(L-1), a step
PLUS = r"\+(?=\s*(?:[-+=≈:*/,;)]|$))"  # w^+
DECIMAL = r"(?![A-Za-z0-9]|\.\d)"  # h^0.5 is a power
BRACKETED = rf"(?:\[[^\[\]]{{1,20}}\]|{SAMPLE})(?:{SAMPLE})?"
BRACED = r"\{[^{}]{1,40}\}"
INDEX = rf"(?:\{{(?:[^{{}}]|{BRACED}){{1,40}}\}}|{BRACKETED}|[A-Za-z0-9α-ωΑ-Ω]+{DECIMAL}|{PLUS})"
LOW = "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₍₎"
HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹ⁱⁿ⁺⁻⁽⁾"
NEW = r"\(new\)"
MARK = rf"(?:[_^]{INDEX}|_(?=[A-Za-z0-9α-ω])|'|[{LOW}]+|[{HIGH}]+|{NEW})"
LETTER = "[A-Za-zα-ωΑ-Ω]"
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"}
COMPOSED = "âêîôûŷŵĉĝĥĵŝẑãñõỹāēīōūȳ"  # letters that have one already
ACCENTED = (
    rf"\\(?:wide)?(?:hat|bar|tilde|overline)\s*(?:\{{\s*\\?{LETTER}{{1,10}}\s*\}}|\\?{LETTER})"
    rf"|\\?{LETTER}[{''.join(ACCENTS)}]|[{COMPOSED}{COMPOSED.upper()}]"
)
BEFORE = "new_"  # the mark of an updated one before its name; and below and above it
NEW_BELOW = re.compile(r"([^_]+)_(?:new([0-9]*)|\{(.+),new\})(\^.+)?")
NEW_BETWEEN = re.compile(r"([^_^]+_[^_^]*\d)new(\^.+)")  # W_11_new^[2]
NEW_ABOVE = re.compile(r"(.+?)(?:(?<=\d)new|\^(?:new|\{(?:(.+),)?new\}|\{(?:(.+?),?)?\+\}))")
CHANGE = "Delta"  # of a parameter, in one step
MEAN_SQUARE = "Eg2"  # E[g^2], the running mean of squares
SQUARES = r"E\s?\[\s?g\s?(?:\^2|\^\{2\}|²)\s?\]"
NAME = rf"(?:(?:{SQUARES}|{ACCENTED}|\\?{LETTER}[A-Za-z0-9]*){MARK}*)"
PART = re.compile(
    rf"(?P<mark>[_^])(?P<index>{INDEX})|(?P<low>[{LOW}]+)|(?P<high>[{HIGH}]+)|(?P<new>{NEW})|'"
)
GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "η": "eta",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "ω": "omega",
    "Δ": "Delta",
}


def _accented(name: str) -> str:
    """A name with the accent of its first letter as an index, as in y_hat."""
    match = re.match(ACCENTED, name)
    if match is None:
        return name
    command = re.match(r"\\(?:wide)?(hat|bar|tilde|overline)\s*\{?\s*(\\?[^\W\d_]+)", match[0])
    if command:
        letter, accent = command[2], command[1].replace("overline", "bar")
    else:
        composed = unicodedata.normalize("NFD", match[0].lstrip("\\"))
        letter, accent = composed[0], ACCENTS[composed[1]]
    return f"{letter}_{accent}{name[match.end() :]}"


def plain(name: str) -> str:
    """A name in its one spelling: letters, primes, the subscript, then the superscript."""
    if "[g" in name:
        name = re.sub(SQUARES, MEAN_SQUARE, name)
    if name.startswith(BEFORE):
        return BEFORE + plain(name.removeprefix(BEFORE))
    if "\\" in name or not name.isascii():
        name = _accented(name)
    base = re.match(r"\\?([^\W\d_][A-Za-z0-9]*)?", name)
    start = base.end() if base else 0
    word = name[:start].lstrip("\\")
    word = "".join(GREEK.get(letter, letter) for letter in word)
    low, high, primes = "", "", ""
    for part in PART.finditer(name, start):
        if part["mark"]:
            index = _index(part["index"])
            low, high = (low + index, high) if part["mark"] == "_" else (low, high + index)
        elif part["new"]:
            high = f"{{{high},new}}" if high else "new"
        elif part["low"] or part["high"]:
            low += _level(part["low"] or "")
            high += _level(part["high"] or "")
        else:
            primes += "'"
    return word + primes + (f"_{low}" if low else "") + (f"^{high}" if high else "")


def _index(text: str) -> str:
    """An index without the braces that it does not need; a name in it in its one spelling."""
    inside = text[1:-1].replace(" ", "") if text.startswith("{") else text
    inside = inside if inside.isascii() else "".join(GREEK.get(letter, letter) for letter in inside)
    layer = r"(?:[A-Za-z0-9]+|\[[^\[\]{}]*\]|\([^(){}]*\))"
    inside = inside[1:] if re.fullmatch(r"\\[A-Za-z]+", inside) else inside  # \theta
    bracketed = re.fullmatch(rf"{layer}(?:{SAMPLE})?", inside)
    is_name = re.fullmatch(NAME, inside) and not bracketed  # the velocity of W^[1]_11
    return inside if bracketed else f"{{{plain(inside) if is_name else inside}}}"


def indexed(letter: str, inside: str) -> str:
    """A letter with an index, itself a name: v_{w_00^1}.

    >>> indexed("v", "w1"), indexed("v", "W_{1,11}")
    ('v_w1', 'v_{W_{1,11}}')
    """
    return plain(f"{letter}_{{{inside}}}")


def power_in(name: str) -> tuple[str, str]:
    """What a name may be a power of, and the exponent; "" and "" where it is none.

    >>> power_in("delta_3^2"), power_in("delta_3"), power_in("w^{[1]}")
    (('delta_3', '2'), ('', ''), ('', ''))
    """
    base, _, exponent = name.rpartition("^")
    return (base, exponent) if exponent.isascii() and exponent.isdigit() else ("", "")


def _level(text: str) -> str:
    """Sub- or superscript characters as plain ones."""
    return unicodedata.normalize("NFKD", text).replace("−", "-")


def unmarked(name: str) -> str:
    """The name of a parameter without the mark of the updated one; "" where it has none.

    >>> unmarked("w'_12^2"), unmarked("w5^{+}"), unmarked("w_10^{1,new}"), unmarked("w_new")
    ('w_12^2', 'w5', 'w_10^1', 'w')
    >>> unmarked("w_12^2"), unmarked(plain("w_12(new)")), unmarked("new_w1")
    ('', 'w_12', 'w1')
    >>> unmarked(plain("w_{11}^{(2)+}")), unmarked("W_new^(2)"), unmarked(plain("w_{5,new}"))
    ('w_11^(2)', 'W^(2)', 'w_5')
    >>> unmarked(plain("w_new_00^2")), unmarked(plain("z^[1]_2_new"))
    ('w_00^2', 'z_2^[1]')
    """
    if "'" in name:
        return name.replace("'", "", 1)
    if name.startswith(BEFORE):
        return name.removeprefix(BEFORE)
    if match := NEW_BELOW.fullmatch(name):
        below = match[2] or match[3]
        return plain(f"{match[1]}_{{{below}}}" if below else match[1]) + (match[4] or "")
    if match := NEW_BETWEEN.fullmatch(name):
        return match[1] + match[2]
    match = NEW_ABOVE.fullmatch(name)
    if match is None:
        return ""
    above = match[2] or match[3]
    return match[1] + (f"^{above}" if above else "")


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """A sentence on a word that is none of those known, with the nearest of them, or with all.

    >>> unknown("loss", "mes", ["mse"]), unknown("loss", "?", ["mse", "log loss"])
    ("there is no loss 'mes': did you mean mse?", "there is no loss '?': mse, log loss are known")
    """
    known = list(known)
    meant = did_you_mean(word, known) or f"{', '.join(known)} are known"
    return f"there is no {what} {printable(repr(word[:40]))}: {meant}"
