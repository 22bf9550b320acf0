r"""What an expression is spelt with: numbers as people print them, names, and signs.

>>> [token.text for token in tokens(r"½·(a₁ – 2,5e-3)")][:6]
['½', '*', '(', 'a₁', '-', '2']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograd.audit.expressions import Number
from autograd.audit.reading.names import HIGH, NAME, plain
from autograd.reading import printable

MOST_CHARACTERS = 5_000  # of one expression
MOST_OF_LISTS = 40_000  # of one with lists in it
MOST_DIGITS = 60  # of one number
MOST_EXPONENT = 400  # of a power of ten

Declared = Callable[[str], bool]  # whether there is such a name, in its plain spelling


class UnreadableError(ValueError):
    """What is written is no expression: `column` says where, counted from 1."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(sentence)
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """A sign, a name or a number, and the columns that it begins in and ends before."""

    kind: str
    text: str
    column: int
    end: int = 0


DIGITS = r"(?:\d+(?:\.\d*)?|\.\d+)"
PARTS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
MINUS = "−–—‐‑－"
TIMES = "×·⋅∙∗•"
SIGNED = rf"[+{MINUS}-]?"
TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>\d*[{PARTS}]|{DIGITS}(?:[eE]{SIGNED}\d+)?\s?%|{DIGITS}(?:[eE]{SIGNED}\d+)?)
  | (?P<euler>e(?=\s*(?:\^|\*\*|[{HIGH}])))
  | (?P<name>(?:(?:np|numpy|torch|math)\.)?[d∂]?{NAME})
  | (?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
  | (?P<sign>\(\.\)|\*\*|>=|<=|\.T\b|[-+*/^(){{}}<>,;|@⊙∘≥≤ᵀ\[\]÷∕⁄{MINUS}{TIMES}])
    )""",
    re.VERBOSE,
)
RAISED = rf"(?:(?:\^|\*\*)(?:{SIGNED}\d+|\{{{SIGNED}\d+\}}|\({SIGNED}\d+\))|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
POWER_OF_TEN = re.compile(rf"\s*(?P<number>{DIGITS}\s*[x*{TIMES}]\s*10\s*{RAISED})")
BEFORE_ONE_NUMBER = ("/", "^", "**")  # 1/2*10^3 is no half of a thousandth
ALIKE = dict.fromkeys(MINUS, "-") | dict.fromkeys(TIMES, "*") | dict.fromkeys("÷∕⁄", "/")
ALIKE |= {"≥": ">=", "≤": "<=", "⊙": "(.)", "∘": "(.)", "ᵀ": ".T"}
ATTRIBUTE = re.compile(r"[.\w]{0,60}\.grad\b")  # of PyTorch
COMMANDS = {"\\cdot": "*", "\\times": "*", "\\odot": "(.)", "\\circ": "(.)"}  # of LaTeX
PASSED_OVER = ("\\left", "\\right")


def tokens(text: str, declared: Declared = lambda name: False, start: int = 1) -> Iterator[Token]:
    """The signs, names and numbers of a text; `start` is the column that it begins in."""
    most = MOST_OF_LISTS if "[" in text else MOST_CHARACTERS
    if len(text) > most:
        raise UnreadableError(f"an expression of over {most} characters", start)
    position, end, last = 0, len(text.rstrip()), ""
    while position < end:
        is_power = last not in BEFORE_ONE_NUMBER and POWER_OF_TEN.match(text, position)
        match = is_power or TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            column = start + len(text) - len(rest)
            hint = ": for W.grad write dL/dW" * bool(ATTRIBUTE.match(rest))
            sentence = f"{printable(repr(rest[:12]))} is not understood here{hint}"
            raise UnreadableError(sentence, column)
        token = _token(match, start)
        position = match.end()
        if token.kind == "euler" and declared(plain(whole := _name_at(text, match.start("euler")))):
            position = match.start("euler") + len(whole)
            token = Token("name", whole, token.column, start + position)
        last = token.text
        if last not in PASSED_OVER:
            yield token


def _token(match: re.Match[str], start: int) -> Token:
    kind = match.lastgroup or ""
    word = match.group(kind)
    if kind == "name":
        word = re.sub(r"^(?:np|numpy|torch|math)\.", "", word)
    text = COMMANDS.get(word, ALIKE.get(word, word))
    place = start + match.start(kind), start + match.end(kind)
    return Token("sign" if text != word else kind, text, *place)


def _name_at(text: str, position: int) -> str:
    """The name that begins with e^, should there be one."""
    match = re.compile(NAME).match(text, position)
    return match.group() if match else "e"


def number(text: str, column: int = 1) -> Number:
    """A printed number with its unit.

    >>> number("0.50").unit, number("1e-3").value, number("50%").value, number("2 x 10^-6").value
    (Fraction(1, 100), Fraction(1, 1000), Fraction(1, 2), Fraction(1, 500000))
    """
    if text[-1] in PARTS:
        whole = Fraction(_whole(text[:-1] or "0", column))
        parts = unicodedata.numeric(text[-1])
        return Number(text, whole + Fraction(parts).limit_denominator(8), Fraction(0))
    digits, exponent = _digits_and_exponent(text)
    power = _whole(exponent or "0", column)
    if abs(power) > MOST_EXPONENT:
        raise UnreadableError(f"a number of at most {MOST_DIGITS} digits is expected", column)
    places = len(digits.partition(".")[2]) + (2 if text.endswith("%") else 0)
    unit = Fraction(10) ** (power - places)
    return Number(text.strip(), _whole(digits.replace(".", ""), column) * unit, unit)


def _digits_and_exponent(text: str) -> tuple[str, str]:
    """2.5 and -6 of 2.5e-6, or of 2.5 x 10^-6, or of 2.5·10⁻⁶."""
    match = re.fullmatch(rf"({DIGITS})\s*[x*{TIMES}]\s*10\s*({RAISED})", text)
    if match:
        return match[1], unicodedata.normalize("NFKD", match[2]).strip("^*{}()")
    digits, _, exponent = text.rstrip("% ").lower().partition("e")
    return digits, exponent


def _whole(digits: str, column: int) -> int:
    if len(digits) > MOST_DIGITS:
        raise UnreadableError(f"a number of at most {MOST_DIGITS} digits is expected", column)
    return int("".join("-" if sign in MINUS else sign for sign in digits))
