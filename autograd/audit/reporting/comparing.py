"""Numbers in Python held against a recorded graph, for tests of one's own notes or code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from autograd.audit.expressions import Apply, Derivative, Expression, Name, keys_in, signed
from autograd.audit.judging.judge import Judge
from autograd.audit.printed import Printed
from autograd.audit.reading.arrays import ShapeError, of_numbers
from autograd.audit.reading.grammar import parsed
from autograd.audit.reading.names import NAME, plain
from autograd.audit.reading.recorded import Recorded, written_number
from autograd.audit.reading.tokens import UnreadableError
from autograd.audit.reading.worksheet import INDICES
from autograd.audit.reporting.report import Report
from autograd.audit.sheet import Claim, Sheet
from autograd.reading import did_you_mean, number_of, printable

GRADIENT = re.compile(rf"\s*(-?)\s*[d∂]({NAME})\s*/\s*[d∂]({NAME})\s*")
TYPED = 9  # digits that a person writes; a float of more is a computed one
MOST_DIGITS = 4_000  # of a number, before and after the point: Python writes few more
COMPUTED = 6  # digits of it that are held against the truth: a float32 has no more


def compare(root: Any, printed: Mapping[str, Any]) -> Report:
    """The report on numbers for a graph's nodes and gradients: {"z": "0.38", "dL/dw": "-1.1"}.

    Numbers are best written as text, which keeps their last zeros; of a long float 6 digits count.
    `root` is what is differentiated; without a name any letter is its, dL or dE. In a network
    gradients may be called as its notation does, delta_0^2, dW^[1]_12 or -dE/dw_53, with its sign,
    and so may the loss.
    A number is judged after those that it is computed from, whatever their order; its line is its
    place in `printed`.

    >>> from autograd import Value
    >>> w, x = Value(0.5, "w"), Value(3, "x")
    >>> z = w * x
    >>> z.name = "z"
    >>> report = compare((z - 1) ** 2, {"z": "1.5", "dL/dz": "1.0", "dL/dw": "2.0"})
    >>> [judged.claim.read for judged in report.judged if judged.verdict.is_error]
    ['dL/dw = 2.0']

    Raises ValueError for a name that no node has, or several, and for what is no number, with the
    key that it is given for.
    """
    recorded = Recorded(root)
    claims = [_claim(recorded, line, *item) for line, item in enumerate(printed.items(), start=1)]
    place = {name: k for k, name in enumerate(recorded.order)}
    claims.sort(key=lambda claim: _when(_meant(recorded, claim.left), place))
    definitions = recorded.definitions | recorded.called
    sheet = Sheet(given=recorded.given, definitions=definitions, claims=claims)
    judged = sorted(Judge(sheet).judged(), key=lambda judged: judged.claim.line)
    return Report([sheet], judged)


def _meant(recorded: Recorded, left: Expression) -> Expression:
    """What a name that no node has is, whatever its sign."""
    meant = recorded.called.get(left, left) if isinstance(left, Name) else left
    return meant.operands[0] if meant is not left and isinstance(meant, Apply) else meant


def _when(left: Expression, place: Mapping[Name, int]) -> tuple[int, int]:
    """Values in the order of the graph, then gradients in the other one."""
    if isinstance(left, Derivative):
        return 1, -place[left.variable]
    names = [name for name in keys_in(left) if isinstance(name, Name)]
    return 0, max((place[name] for name in names), default=0)


def _claim(recorded: Recorded, line: int, key: str, number: Any) -> Claim:
    """One entry of the mapping as a line of a sheet."""
    left = _left(recorded, key)
    link = _number(key, number)
    shown = Printed.of(link)
    read = f"{key} = {shown.text if shown else number}"
    return Claim(line, read, left, (link,))


def _left(recorded: Recorded, key: str) -> Expression:
    """What a key is about; a gradient of the root, whatever letter that has."""
    known = {*recorded.given, *recorded.definitions}

    def declared(name: str) -> bool:
        return Name(name) in known

    if not isinstance(key, str):
        raise ValueError(f"a name is a text, not {printable(repr(key)[:40])}")
    typed, key = key, INDICES["network"].sub(r"\1{\2}", key)  # w_0,12
    match = GRADIENT.fullmatch(key)
    named = Name(plain(key)) if re.fullmatch(NAME, key.strip()) else None
    if match and not recorded.is_named and not declared(plain(match[2])):
        left: Expression = _signed(recorded, *match.groups())
    elif named in known or Name(typed) in known:
        left = named if named in known and named else Name(typed)
    else:
        left = _gradient(recorded, named, key, declared) or _parsed(key, declared)
    return _known(left, known, recorded, typed)


def _signed(recorded: Recorded, minus: str, root: str, variable: str) -> Expression:
    """dE/dw of a root without a name; -dE/dw has a name, as numbers are written for names.

    Where a notation maximises what it shows, its P is -root.
    """
    key, notation = Derivative(recorded.root, Name(plain(variable))), recorded.notation
    if bool(minus) == (notation.maximised and plain(root) == notation.loss_name):
        return key
    name = Name(f"{minus}d{plain(root)}/d{plain(variable)}")
    recorded.called[name] = Apply("neg", (key,))
    return name


def _gradient(
    recorded: Recorded, named: Name | None, key: str, declared: Callable[[str], bool]
) -> Expression | None:
    """delta_0^2 or L as the notation of a network has it, or dW for dL/dW."""
    if named is not None and named in recorded.shown:
        recorded.called[named] = recorded.shown[named]
        return named
    variable = plain(key[1:]) if key[:1] in "d∂" and re.fullmatch(NAME, key[1:]) else ""
    return Derivative(recorded.root, Name(variable)) if declared(variable) else None


def _parsed(key: str, declared: Callable[[str], bool]) -> Expression:
    try:
        return of_numbers(parsed(key, declared))
    except (UnreadableError, ShapeError) as error:
        raise ValueError(f"{printable(repr(key[:40]))}: {error}") from error


def _known(left: Expression, known: set[Name], recorded: Recorded, key: str) -> Expression:
    names = [
        name
        for part in keys_in(_meant(recorded, left))
        for name in ((part.root, part.variable) if isinstance(part, Derivative) else (part,))
    ]
    for name in names:
        shown = printable(repr(name.text))
        if name not in known:
            meant = did_you_mean(name.text, [each.text for each in known])
            sentence = f"there is no node {shown}, for {printable(repr(key))}"
            raise ValueError(f"{sentence}; {meant}" if meant else sentence)
        if name in recorded.several:
            raise ValueError(f"several nodes are called {shown}: name them apart")
    return left


def _number(key: str, number: Any) -> Expression:
    """What a key has for a number; a ValueError that names the key for what is none."""
    try:
        return _text(number) if isinstance(number, str) else _computed(number_of(number))
    except ValueError as error:
        raise ValueError(f"{printable(repr(key))}: {error}") from error


def _text(number: str) -> Expression:
    """A number as it is written."""
    expression = _parsed(number, lambda name: False)
    if Printed.of(expression) is None:
        raise ValueError(f"{printable(repr(number[:40]))} is no number")
    return expression


def _computed(number: Any) -> Expression:
    """A number of Python as it is printed: a long float by its first digits."""
    too_long = f"a number of at most {MOST_DIGITS} digits is expected: round it"
    if isinstance(number, Decimal) and abs(number.adjusted()) >= MOST_DIGITS:
        raise ValueError(too_long)
    value, unit = written_number(number)
    if max(abs(value.numerator), value.denominator) >= 10**MOST_DIGITS:
        raise ValueError(too_long)
    text = str(number)
    if unit:
        decimal = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
        if len(decimal.as_tuple().digits) > TYPED:
            decimal = Decimal(f"{decimal:.{COMPUTED - 1}e}")
        value, unit, text = *written_number(decimal), f"{decimal}"
    return signed(text, value, unit)
