"""What a name means: letters, accents, what stands below and above, derivatives, calls.

`read` is the one reader of names as people type them; the writers in typeset.py show what it finds.
It takes time in proportion to the name, which may come from anybody: what is longer than MOST_READ
characters, nested deeper than DEEPEST, or not understood, is one `Atom` of the kind TEXT.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from autograd.reading import OPERATIONS, printable

MOST_READ = 400  # characters of a name
DEEPEST = 16  # names within each other, as in d(d(dL/dw)/dw)/dw

LETTER, WORD, SIGN, OPEN, CLOSE, TEXT = "letter", "word", "sign", "open", "close", "text"


@dataclass(frozen=True, slots=True)
class Atom:
    """Characters that are written alike: slanted letters, an upright word, a sign, plain text."""

    kind: str
    text: str
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base with primes, and with what stands below and above it."""

    base: Items
    primes: int = 0
    below: Items = ()
    above: Items = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """The derivative of one name with respect to another."""

    of: Items
    by: Items


Item: TypeAlias = "Atom | Scripted | Ratio"
Items: TypeAlias = "tuple[Item, ...]"

# --- letters --------------------------------------------------------------------------------------

GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega varepsilon vartheta varrho varsigma varphi "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega nabla"
)
GREEK = dict(zip(GREEK_NAMES.split(), "αβγδϵζηθικλμνξπρστυϕχψωεϑϱςφΓΔΘΛΞΠΣΥΦΨΩ∇", strict=True))
SYMBOLS = GREEK | {"partial": "∂", "ell": "ℓ", "infty": "∞", "top": "⊤"}  # after a backslash
COMMANDS = {character: rf"\{name}" for name, character in SYMBOLS.items()}
ACCENTS = {
    "hat": "\u0302",
    "bar": "\u0304",
    "tilde": "\u0303",
    "dot": "\u0307",
    "ddot": "\u0308",
    "vec": "\u20d7",
}
COMBINING = {mark: name for name, mark in ACCENTS.items()} | {"\u0305": "bar"}
DIFFERENTIALS = "dδ"  # before one letter
OPERATORS = "∇∂Δ"  # before any name
# What stands below or above: two letters are two indices, three a word, but for these.
WORDS = {"in", "min"}
INDICES = set("ijklmn")
ACCENTED = re.compile(rf"({'|'.join(ACCENTS)})([0-9]*)")
SCRIPT_SIGNS = {"−": "-", "<": "⟨", ">": "⟩"}
SAMPLE = re.compile(r"\([0-9]+\)")  # after what stands above: z_0^1(2)
EXPRESSION_SIGNS = " +-−*/,()|<>"

BELOW = dict(
    zip(
        "0123456789+-=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
ABOVE = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
TYPED_BELOW = {mark: character for character, mark in BELOW.items()}
TYPED_ABOVE = {mark: character for character, mark in ABOVE.items()}
MINUS, PRIME, CLOSING = "-−", "'′", {"{": "}", "[": "]", "(": ")", "<": ">"}
ENCLOSED = "{[(<\\"  # what begins a script that says itself where it ends


class _UnreadError(ValueError):
    """What is read is no name of the kind that was expected."""


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _is_letter(character: str) -> bool:
    if character.isascii() or character in TYPED_BELOW or character in TYPED_ABOVE:
        return character.isascii() and character.isalpha()
    return character.isalpha() or unicodedata.category(character)[0] == "M"


def _is_in_word(character: str) -> bool:
    return _is_letter(character) or _is_digit(character)


def _one_letter(run: str) -> Atom | None:
    """One letter, perhaps with an accent: y, alpha, ŷ, yhat; None for a word."""
    for accent in ACCENTS:
        of = _bare_letter(run.removesuffix(accent)) if run.endswith(accent) else None
        if of and not of.accent:
            return Atom(of.kind, of.text, accent)
    return _bare_letter(run)


def _bare_letter(run: str) -> Atom | None:
    """One letter, by its name or as it is; an accent only as a character."""
    run = run.replace("µ", "μ")
    letter = GREEK.get(run, run)
    parts = unicodedata.normalize("NFD", letter) if len(letter) <= 2 else ""
    first, mark = parts[:1], parts[1:]
    if parts and (not mark or mark in COMBINING):
        kind = LETTER if first in COMMANDS or first.isascii() else WORD
        return Atom(kind, first, COMBINING.get(mark, ""))
    return Atom(WORD, letter) if len(letter) == 1 else None


# --- what stands below and above ------------------------------------------------------------------


class _Cursor:
    """A place in a text that is read from left to right."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text, self.position = text, position

    @property
    def next(self) -> str:
        """The character at this place, "" at the end."""
        return self.text[self.position : self.position + 1]

    @property
    def after_next(self) -> str:
        """The character after that, "" at the end."""
        return self.text[self.position + 1 : self.position + 2]

    def take(self) -> str:
        self.position += 1
        return self.text[self.position - 1]

    def run(self, accepted: Callable[[str], bool]) -> str:
        """All characters from here on that are accepted."""
        start = end = self.position
        while end < len(self.text) and accepted(self.text[end]):
            end += 1
        self.position = end
        return self.text[start:end]

    def enclosed(self) -> str:
        """What stands between the bracket here and the one that closes it."""
        start = self.position
        end = closing(self.text, start)
        if end < 0:
            raise _UnreadError
        self.position = end + 1
        return self.text[start + 1 : end]


def closing(text: str, start: int) -> int:
    """The place of the bracket that closes the one at `start`; -1 where none does.

    >>> closing("d(f(x))/dx", 1)
    6
    """
    depth, opening = 0, text[start]
    for place in range(start, len(text)):
        if text[place] == opening:
            depth += 1
        elif text[place] == CLOSING[opening]:
            depth -= 1
            if not depth:
                return place
    return -1


def _script(text: str, depth: int) -> Items:
    """What stands below or above, as in `t-1`, `[l](i)`, `h1`; another name, as in `a_L`."""
    try:
        return _flat_script(text)
    except _UnreadError:
        return _whole_symbol(text, depth + 1)


def _flat_script(text: str) -> Items:
    if text.isascii() and text.isdigit():  # by far the most
        return (Atom(SIGN, text),)
    cursor, found = _Cursor(text), list[Atom]()
    while character := cursor.next:
        if character == "\\" or _is_letter(character):
            found.append(_letters(cursor))
        elif _is_digit(character):
            found.append(Atom(SIGN, cursor.run(_is_digit)))
        elif character in PRIME and found and found[-1].text[-1:].isalnum():
            found.append(Atom(SIGN, "'"))
            cursor.take()
        elif character in " ,+-−=*()[]<>∞⊤":
            found.append(Atom(SIGN, SCRIPT_SIGNS.get(cursor.take(), character)))
        else:
            raise _UnreadError
    kept = tuple(item for item in found if item != Atom(SIGN, " "))
    if not kept:
        raise _UnreadError
    return kept


def _letters(cursor: _Cursor) -> Atom:
    """Letters below or above: indices, a letter by its name, or a word."""
    if cursor.next == "\\":
        return _command(cursor)
    run = cursor.run(_is_letter)
    if one := _one_letter(run):
        return one
    indices = len(run) == 2 or INDICES.issuperset(run)
    return Atom(LETTER if run.isascii() and indices and run not in WORDS else WORD, run)


def _command(cursor: _Cursor) -> Atom:
    r"""A letter as LaTeX writes it: \alpha."""
    cursor.take()
    name = cursor.run(lambda character: character.isascii() and character.isalpha())
    if name not in SYMBOLS:
        raise _UnreadError
    return Atom(LETTER, SYMBOLS[name])


# --- symbols --------------------------------------------------------------------------------------


def _symbol(cursor: _Cursor, depth: int) -> Items:
    """One symbol, as far as it goes: what stands before it, its base, below, above."""
    before, base, numerals = _base(cursor)
    scripts = _Scripts(cursor, depth, base)
    if numerals:
        scripts.below.append((Atom(SIGN, numerals),))
    while scripts.read_one():
        pass
    words = [item for items in scripts.below for item in items if _is_word(item)]
    if _is_word(base) and len(words) > 1:  # weights_input_to_hidden
        raise _UnreadError
    return (*before, *scripts.items)


def _base(cursor: _Cursor) -> tuple[Items, Atom, str]:
    """What stands before a base, the base, and the numerals that are its index."""
    if operation := _operation(cursor):
        return (), Atom(WORD, operation), ""
    character = cursor.next
    if character == "\\":
        return (), _command(cursor), cursor.run(_is_digit)
    if character and character in OPERATORS and not _begins_greek(cursor):
        sign = Atom(LETTER, cursor.take())
        if not (cursor.next and _is_letter(cursor.next)):
            return (), sign, cursor.run(_is_digit)
        before, base, numerals = _run(cursor.run(_is_in_word))
        return (sign, *before), base, numerals
    if character and _is_letter(character):
        return _run(cursor.run(_is_in_word))
    raise _UnreadError


def _begins_greek(cursor: _Cursor) -> bool:
    """Whether a Greek word begins here, in which Δ is a letter as others."""
    return cursor.next == "Δ" and "GREEK" in unicodedata.name(cursor.after_next or " ", "")


def _run(run: str) -> tuple[Items, Atom, str]:
    """Letters, and numerals that are the index of a single one: w5, dW1, but not log2."""
    cursor = _Cursor(run)
    letters, numerals = cursor.run(_is_letter), cursor.run(_is_digit)
    if cursor.next:
        return (), Atom(WORD, run), ""
    if one := _one_letter(letters):
        return (), one, numerals
    if letters[0] in DIFFERENTIALS and (one := _one_letter(letters[1:])):
        return (Atom(LETTER, letters[0]),), one, numerals
    return (), Atom(WORD, run), ""


def _operation(cursor: _Cursor) -> str:
    """How an operation of the rule table is shown, where one is called or primed here."""
    if "(" not in cursor.text and not any(prime in cursor.text for prime in PRIME):
        return ""
    end = _Cursor(cursor.text, cursor.position)
    name = end.run(lambda character: character == "_" or _is_in_word(character))
    if name not in OPERATIONS or not end.next or end.next not in f"({PRIME}":
        return ""
    cursor.position = end.position
    return OPERATIONS[name].shown


class _Scripts:
    """Reads the primes of a base, and what stands below and above it."""

    def __init__(self, cursor: _Cursor, depth: int, base: Atom) -> None:
        self.cursor, self.depth, self.base = cursor, depth, base
        self.primes = 0
        self.below: list[Items] = []
        self.above: Items = ()
        self.open_above = False  # whether a bracket goes on with what stands above

    @property
    def items(self) -> Items:
        """What was read."""
        if not (self.primes or self.below or self.above):
            return (self.base,)
        below: list[Item] = []
        for items in self.below:
            below += [Atom(SIGN, ","), *items] if below else items
        return (Scripted((self.base,), self.primes, tuple(below), self.above),)

    def read_one(self) -> bool:
        """One more part; False where there is none."""
        cursor, sign = self.cursor, self.cursor.next
        if not sign:
            return False
        if sign in PRIME:
            self.primes += len(cursor.take())
        elif sign == "_":
            self.read_below()
        elif sign == "^":
            self.read_above()
        elif sign in TYPED_BELOW:
            self.below.append(_typed(cursor, TYPED_BELOW))
        elif sign in TYPED_ABOVE:
            self._set_above(_typed(cursor, TYPED_ABOVE))
        elif sign in "[(" and self.open_above:
            self.above += self._bracketed()
        elif sign == "[":
            self.below.append(_script(_unquoted(cursor.enclosed()), self.depth))
        else:
            return False
        return True

    def read_below(self) -> None:
        """What follows _: brackets, or letters and numerals with commas between; an accent."""
        cursor, self.open_above = self.cursor, False
        cursor.take()
        if cursor.next and cursor.next in ENCLOSED:
            self.below.append(self._bracketed())
            return
        run = cursor.run(_is_in_word)
        while cursor.next == "," and _is_in_word(cursor.after_next or ","):
            run += cursor.take() + cursor.run(_is_in_word)
        accent = ACCENTED.fullmatch(run)
        if accent and len(self.base.text) == 1 and not self.base.accent:
            self.base, run = Atom(self.base.kind, self.base.text, accent[1]), accent[2]
        if run or not accent:
            self.below.append(_flat_script(run))

    def read_above(self) -> None:
        """What follows ^: brackets, a star, or letters and numerals, perhaps with a sign."""
        cursor = self.cursor
        cursor.take()
        if cursor.next and cursor.next in ENCLOSED:
            if self.above and not self.open_above:
                raise _UnreadError
            self.above += self._bracketed()
            self.open_above = True
        elif cursor.next == "*":
            self._set_above((Atom(SIGN, cursor.take()),))
        else:
            sign = cursor.take() if cursor.next and cursor.next in f"+{MINUS}" else ""
            self._set_above(_flat_script(sign + cursor.run(_is_in_word)))
            self.open_above = bool(SAMPLE.match(cursor.text, cursor.position))

    def _set_above(self, items: Items) -> None:
        if self.above:  # x^2^3
            raise _UnreadError
        self.above = items

    def _bracketed(self) -> Items:
        r"""What stands in brackets, with the brackets unless they are { }; or \alpha."""
        cursor, opening = self.cursor, self.cursor.next
        if opening == "\\":
            return (_command(cursor),)
        inner = _script(cursor.enclosed(), self.depth)
        if opening == "{":
            return inner
        return (*_flat_script(opening), *inner, *_flat_script(CLOSING[opening]))


def _typed(cursor: _Cursor, characters: Mapping[str, str]) -> Items:
    """What is typed small, as in z₁⁽²⁾."""
    return _flat_script("".join(map(characters.__getitem__, cursor.run(characters.__contains__))))


def _is_word(item: Item) -> bool:
    return isinstance(item, Atom) and item.kind == WORD and len(item.text) > 1


def _unquoted(key: str) -> str:
    """The key of a dict, as in p['w'], without its quotes."""
    return key[1:-1] if len(key) > 2 and key[0] == key[-1] and key[0] in "'\"" else key


def _whole_symbol(text: str, depth: int) -> Items:
    cursor = _Cursor(text)
    if depth > DEEPEST:
        raise _UnreadError
    items = _symbol(cursor, depth)
    if cursor.next:
        raise _UnreadError
    return items


# --- names made of others -------------------------------------------------------------------------


def _derivative(text: str, depth: int) -> Items:
    """dL/dw, ∂L/∂w, d(dL/dw)/dw: the parts are names, whatever stands in them."""
    if text[0] not in "d∂" or "/" not in text or depth == DEEPEST:
        raise _UnreadError
    end = closing(text, 1) if text[1] == "(" else -1
    if end < 0 or text[end + 1 : end + 2] != "/":
        end = text.find("/") - 1
    of, slash, by = text[1 : end + 1], text[end + 1 : end + 3], text[end + 3 :]
    enclosed = by[:1] == "(" and closing(by, 0) == len(by) - 1
    if not (slash in ("/d", "/∂") and of and by) or ("/" in by and not enclosed):
        raise _UnreadError
    return (Ratio(_read(_inner(of), depth + 1), _read(_inner(by), depth + 1)),)


def _negative(text: str, depth: int) -> Items:
    """-dE/dw_ji: a minus sign before a derivative."""
    if text[0] not in MINUS or len(text) == 1:
        raise _UnreadError
    return (Atom(SIGN, "-"), *_first(text[1:], depth, (_derivative, _operated)))


def _inner(text: str) -> str:
    enclosed = len(text) > 2 and text[0] == "(" and closing(text, 0) == len(text) - 1
    return text[1:-1] if enclosed else text


def _operated(text: str, depth: int) -> Items:
    """nabla_w L: an operator, a space, and a name."""
    operator, _, name = text.partition(" ")
    items = _whole_symbol(operator, depth)
    last = items[-1].base[0] if isinstance(items[-1], Scripted) else items[-1]
    if len(items) > 1 or not isinstance(last, Atom) or last.text not in OPERATORS:
        raise _UnreadError
    return (*items, Atom(SIGN, " "), *_whole_symbol(name, depth))


def _call(text: str, depth: int) -> Items:
    """relu'(z_0^1): a function, primed or not, of an expression."""
    start = text.find("(")
    if start < 1 or closing(text, start) != len(text) - 1 or text[start - 1] in "_^]":
        raise _UnreadError
    cursor = _Cursor(text)
    function = _symbol(cursor, depth)
    if cursor.position != start:
        raise _UnreadError
    operand = text[start + 1 : -1]
    try:
        inner = _expression(operand, depth)
    except _UnreadError:
        inner = (Atom(TEXT, operand),)
    return (*function, Atom(OPEN, "("), *inner, Atom(CLOSE, ")"))


def _expression(text: str, depth: int) -> Items:
    """What an operation is applied to: names, numbers and signs side by side."""
    cursor, found = _Cursor(text), list[Item]()
    while character := cursor.next:
        if _is_digit(character):
            number = cursor.run(lambda each: each == "." or _is_digit(each))
            found.append(Atom(SIGN, number))
        elif character in EXPRESSION_SIGNS:
            found.append(Atom(SIGN, "·" if cursor.take() == "*" else character))
        elif character == "^" and found and isinstance(found[-1], Atom):
            power = _Scripts(cursor, depth, found[-1])
            power.read_above()
            found[-1:] = power.items
        else:
            found += _symbol(cursor, depth)
    if not found:
        raise _UnreadError
    return tuple(found)


# --- any name -------------------------------------------------------------------------------------


def read(name: str) -> Items:
    """What a name means; one that is not understood is its printable form as one TEXT.

    >>> read("yhat"), read("a b")
    ((Atom(kind='letter', text='y', accent='hat'),), (Atom(kind='text', text='a b', accent=''),))
    >>> read("w_1^2")[0].above
    (Atom(kind='sign', text='2', accent=''),)
    """
    text = printable(name)
    return _read(text, 0) if len(text) <= MOST_READ else (Atom(TEXT, text),)


def _read(text: str, depth: int) -> Items:
    try:
        return _first(text, depth, (_derivative, _whole_symbol, _call, _operated, _negative))
    except _UnreadError:
        return (Atom(TEXT, text),)


def _first(text: str, depth: int, forms: Sequence[Callable[[str, int], Items]]) -> Items:
    """What a text means in the first form that it has."""
    for form in forms if text else ():
        with suppress(_UnreadError):
            return form(text, depth)
    raise _UnreadError
