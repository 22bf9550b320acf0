r"""One spelling for a name, however it is typed.

>>> [plain(name) for name in (r"z^{[1]}_2", "z_2^[1]", r"\delta^{1}_{0}", "δ_0^1", "z₁⁽²⁾", "w'")]
['z_2^[1]', 'z_2^[1]', 'delta_0^1', 'delta_0^1', 'z_1^(2)', "w'"]
"""

from __future__ import annotations

import re
import unicodedata

DECIMAL = r"(?![A-Za-z0-9]|\.\d)"  # h^0.5 is a power
INDEX = rf"(?:\{{[^{{}}]{{1,40}}\}}|\[[^\[\]]{{1,20}}\]|\([a-z0-9]{{1,4}}\)|[A-Za-z0-9]+{DECIMAL})"
LOW = "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₍₎"
HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹ⁱⁿ⁺⁻⁽⁾"
NAME = rf"(?:\\?[A-Za-zα-ωΑ-Ω][A-Za-z0-9]*(?:[_^]{INDEX}|_(?=[A-Za-z0-9])|'|[{LOW}]+|[{HIGH}]+)*)"
PART = re.compile(rf"(?P<mark>[_^])(?P<index>{INDEX})|(?P<low>[{LOW}]+)|(?P<high>[{HIGH}]+)|'")
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


def plain(name: str) -> str:
    """A name in its one spelling: letters, primes, the subscript, then the superscript."""
    base = re.match(r"\\?([^\W\d_][A-Za-z0-9]*)?", name)
    start = base.end() if base else 0
    word = name[:start].lstrip("\\")
    word = "".join(GREEK.get(letter, letter) for letter in word)
    low, high, primes = "", "", ""
    for part in PART.finditer(name, start):
        if part["mark"]:
            index = _index(part["index"])
            low, high = (low + index, high) if part["mark"] == "_" else (low, high + index)
        elif part["low"] or part["high"]:
            low += _level(part["low"] or "")
            high += _level(part["high"] or "")
        else:
            primes += "'"
    return word + primes + (f"_{low}" if low else "") + (f"^{high}" if high else "")


def _index(text: str) -> str:
    """An index without the braces that it does not need."""
    inside = text[1:-1].replace(" ", "") if text.startswith("{") else text
    bracketed = re.fullmatch(r"[A-Za-z0-9]+|\[[^\[\]{}]*\]|\([^(){}]*\)", inside)
    return inside if bracketed else f"{{{inside}}}"


def _level(text: str) -> str:
    """Sub- or superscript characters as plain ones."""
    return unicodedata.normalize("NFKD", text).replace("−", "-")
