"""Worksheets, plain text, line by line: what is said on each, in the order of the lines.

    # a comment
    title: Neural Network 1, 2-3-1
    given a_0^0 = 1; y = 1.5; alpha = 0.1
    given ~ w = 0.3456
    define z = w*x + b
    let d_o = -dE/dv
    forward
      z = 0.2*1 + 0.1 = 0.3

Statements end with their line, or at a semicolon. After a line `---` the rest is a transcript, with
equations in LaTeX. What a line says is read here; what that means,
with epochs, cases and updates, is settled by `epochs`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Expression, Name
from autograd.audit.judging.rounding import places_of
from autograd.audit.printed import Printed
from autograd.audit.reading.functions import FUNCTIONS
from autograd.audit.reading.grammar import derivative, parsed
from autograd.audit.reading.header import COUNTS, Header
from autograd.audit.reading.latex import equations
from autograd.audit.reading.names import CHANGE, NAME, plain, unknown
from autograd.audit.reading.numbered import Steps, steps_of
from autograd.audit.reading.second_names import (
    alike,
    arguments_of,
    call_of,
    names_of,
    with_names,
    without_arguments,
    without_attributes,
    without_time,
)
from autograd.audit.reading.sums import Sums
from autograd.audit.reading.tables import with_equations
from autograd.audit.reading.tokens import MINUS, UnreadableError
from autograd.audit.reading.tokens import number as number_of
from autograd.audit.reading.typed import NUMBER as PRINTED
from autograd.audit.reading.typed import bare, commas_for_spaces, joined, split
from autograd.audit.sheet import FOLLOW_THROUGH, Fault
from autograd.reading import printable

MOST_TEXT = 2_000_000  # characters of a sheet
MOST_LINES = 20_000
MOST_LINE = 40_000  # characters of a line, or of an array over several
MOST_NAME = 40  # characters of what a line that is not read may be about
MOST_LINKS = 40  # signs of equality in one chain
SECTIONS = ("claims", "forward", "backward", "update")
DIRECTIVES = (
    "title",
    "notation",
    "decimal",
    "superscript",
    "learning rate",
    "network",
    "loss",
    "optimizer",
    "samples",
    "follow through",
    "rounding",
    "sigma",
)
ACTIVATIONS = ("sigmoid", "relu", "tanh", "leaky_relu", "softmax")  # that a sigma may stand for
DIRECTIVE = re.compile(
    r"\s*([A-Za-z][a-z ]{0,30}|(?i:learning[_-]rate|follow[_-]through)):(?!=)\s*(.*)"
)
STATEMENT = re.compile(
    r"\s*(?i:(given\s*~|given|define|let|start|case|shape)(?::\s*|\s+))(.*)", re.DOTALL
)
SHAPE = re.compile(r"\s*([1-9]\d{0,3})(?:\s*[x×]\s*([1-9]\d{0,3}))?\s*")
SECTION = re.compile(r"\s*section\s+(.+)")
DERIVATIVE = re.compile(rf"[d∂]({NAME})\s*/\s*[d∂]({NAME})")
ELEMENT = re.compile(r"_\{?\d[\d,]*\}?")  # the index of an element: z_1 of z
FIRSTS = ("0", "1", "00", "11")  # the indices of a first element
INDICES = {  # that are put in braces: w_0,12 of a network, z_0^1(2) of samples
    "network": re.compile(r"(_)([0-9]+(?:,[0-9]+)+)"),
    "samples": re.compile(r"(\^)([0-9]+\([0-9a-z]{1,4}\))"),
}
NUMBER = re.compile(PRINTED)
ASSIGNED = re.compile(
    rf"\s*(?P<name>{NAME})\s*(?P<sign>=|:=|←|→|<-)\s*(?:(?P<again>{NAME})\s*[-+{MINUS}])?"
)
CHANGED = re.compile(rf"Δ|(?<![A-Za-z]){CHANGE}|\bchange\b")
ADDED = re.compile(rf"\s*({NAME})\s*\+=")
SAID = re.compile(rf"(\s*{NAME}\s*)(:|->|→)(\s*{PRINTED}\s*)")  # z: 1.2, z -> 1.2
COMMA = re.compile(r"(?<=\d),(?=\d)")
TRANSCRIPT = "---"
BLANK = "?"
MARKS = re.compile(r"\[\s*(\d{1,3})\s*marks?\s*\]$")
STOP = re.compile(rf";|,(?=\s*∂?{NAME}(?:\s*/\s*∂?{NAME})?\s*=[^=])")
EQUALS = re.compile(r":=|←|→|<-(?=\s)|(?<![<>=])[=≈≃≅≐≡](?!=)")  # of an update too


class Statement(NamedTuple):
    """`given`, `given ~`, `define`, `let`, `start`, `case`, `shape` or a `claim`: what is what.

    `unread` says why a claim could not be read, of which nothing but its name is known.
    """

    kind: str
    line: int
    section: str
    read: str
    left: Expression
    links: tuple[Expression, ...]
    column: int = 1
    unread: str = ""


@dataclass(slots=True)
class Reading:
    """What a worksheet, or one section of it, says in order.

    `directives` are the lines above, at `lines`, and `header` is what they stand for; `faults` are
    the lines that were not understood, `blanks` the names whose number is left open, `marks` what
    lines say that they are worth, `rounding` the places that each step is rounded to. `declared`
    says which names there are, `own` are those that statements declare, and `functions` are those
    of the grammar. Where it `lacks_definitions` there are some that were not understood; `added`
    are names to which more is added, dx += ..., and `roots` what stands in no definition.
    """

    directives: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    header: Header = field(default_factory=lambda: Header({}, {}, ()))
    statements: list[Statement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    blanks: list[Name] = field(default_factory=list)
    marks: dict[int, int] = field(default_factory=dict)
    rounding: int | None = None
    declared: Callable[[str], bool] = lambda name: False
    lacks_definitions: bool = False
    added: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    steps: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    functions: Mapping[str, str] = field(default_factory=lambda: FUNCTIONS)


class Piece(NamedTuple):
    """One statement's text, with where it begins; `unread` says why it cannot be read.

    `shown` is what is typed.
    """

    kind: str
    line: int
    column: int
    section: str
    text: str
    unread: str = ""
    shown: str = ""


def readings(text: str) -> list[Reading]:
    """What the lines of a worksheet say, one reading for each section that starts names anew.

    >>> [found] = readings("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4\\n  y = 2*")
    >>> [statement.kind for statement in found.statements], found.faults
    (['given', 'define', 'claim', 'claim'], [Fault(line=5, column=9, sentence='the line ...')])
    """
    return [_read(pieces, result) for pieces, result in _sections(text)]


def _read(pieces: list[Piece], result: Reading) -> Reading:
    directives = result.directives
    for word, index in INDICES.items():
        if word in directives:
            pieces = [p._replace(text=index.sub(r"\1{\2}", p.text)) for p in pieces]
    result.roots = _roots(pieces)
    pieces = _without_arguments(pieces, result.roots)
    names = {name for piece in pieces if (name := declared_name(piece))}
    result.own = frozenset(names)
    result.added = frozenset(plain(m[1]) for p in pieces if (m := ADDED.match(p.text)))
    given = {
        declared_name(piece) or "": piece.text.partition("=")[2]
        for piece in pieces
        if piece.kind.startswith("given")
    }
    texts = without_time([p.text if p.kind == "claim" else "" for p in pieces], given)
    pieces = [p._replace(text=text or p.text) for p, text in zip(pieces, texts, strict=True)]
    steps = _numbered(pieces, given, names)
    names |= {*steps.names, *steps.same, *steps.same.values()}
    result.steps = steps.names
    pieces = [
        p._replace(section="update") if p.kind == "claim" and _is_step(p, steps) else p
        for p in pieces
    ]
    has_changes = any(CHANGED.search(p.text) for p in pieces if p.kind == "claim")
    result.header = Header(directives, result.lines, names, given, has_changes)
    pieces = [p._replace(section="update") if _is_assigned(p, given) else p for p in pieces]
    pieces = [p._replace(text=without_attributes(p.text)) for p in pieces]
    names |= result.header.names | _of_samples(names, result.header.samples)
    remembered = result.header.letters - {CHANGE}
    superscript = directives.get("superscript", "")
    single = names - result.header.layers.keys()
    same = {} if remembered else alike(single, _is_declared(names, superscript, remembered))
    same |= steps.same
    names |= same.keys()
    names |= {name for piece in pieces if piece.kind == "define" for name in _used(piece)}
    names |= {n for p in pieces if not p.unread for n in _variables(p, names)}
    result.faults += result.header.faults
    result.declared = _is_declared(names, superscript, remembered)
    result.functions = _functions(directives.get("sigma", "sigmoid"))

    def read(text: str, start: int = 1) -> Expression:
        return with_names(parsed(text, result.declared, start, result.functions), same)

    for piece in pieces:
        if piece.unread:
            result.statements += _unread(piece, piece.unread)
            continue
        try:
            _add(piece, result, result.declared, read, steps.same)
        except UnreadableError as error:
            result.faults.append(Fault(piece.line, error.column, str(error)))
            result.statements += _unread(piece, str(error))
            is_function = re.match(r"\s*(\w+)\s*\(", piece.text)
            is_known = is_function is not None and is_function[1] in FUNCTIONS
            result.lacks_definitions |= piece.kind == "define" and not is_known
    return result


def _without_arguments(pieces: Sequence[Piece], roots: Collection[str]) -> list[Piece]:
    """Statements with f for f(x, y)."""
    arguments = arguments_of(piece.text for piece in pieces if piece.kind in ("define", "let"))
    computed = _defined(pieces)
    return [
        p._replace(text=without_arguments(p.text, arguments, computed, roots), shown=p.text.strip())
        for p in pieces
    ]


def _defined(pieces: Iterable[Piece]) -> dict[str, set[str]]:
    """The names that are defined, each with those in its definition."""
    sides = (p.text.partition("=") for p in pieces if p.kind in ("define", "let"))
    found = {plain(left.partition("(")[0].strip()): names_of(right) for left, _, right in sides}
    return {name: names for name, names in found.items() if name and name not in FUNCTIONS}


def _roots(pieces: Iterable[Piece]) -> frozenset[str]:
    """What is defined and stands in no definition."""
    defined = _defined(pieces)
    return frozenset(defined.keys() - set[str]().union(*defined.values()))


def _unread(piece: Piece, sentence: str) -> Iterator[Statement]:
    """A claim that could not be read, as a claim of which nothing but its name is known."""
    if piece.kind == "claim":
        text = piece.text.strip()
        left = EQUALS.split(text)[0].strip()
        name = Name(plain(left) if re.fullmatch(NAME, left) else left[:MOST_NAME])
        place = piece.kind, piece.line, piece.section, text
        yield Statement(*place, name, (), piece.column, sentence)


def _is_assigned(piece: Piece, given: Container[str]) -> bool:
    """Whether it is an update wherever it stands: w <- 0.4, w = w - 0.1*3."""
    if piece.kind != "claim" or not (match := ASSIGNED.match(piece.text)):
        return False
    is_changed = match["sign"] == "=" and plain(match["again"] or "") == plain(match["name"])
    return plain(match["name"]) in given and (is_changed or match["sign"] != "=")


def _numbered(pieces: Sequence[Piece], given: Container[str], names: Collection[str]) -> Steps:
    """The names of parameters in the steps of an update that count them."""
    used = {name for p in pieces if p.kind in ("define", "let") for name in _used(p)}
    known = {*names, *used}
    lists = {plain(p.text.partition("=")[0].strip()) for p in pieces if "[" in p.text}
    numbers = [name for name in known if name in given and name not in lists]
    claims = ((p.text, p.section) for p in pieces if p.kind == "claim")
    return steps_of(claims, numbers, known.__contains__)


def _is_step(piece: Piece, steps: Steps) -> bool:
    """Whether a line gives the number of a step, from the one before: theta_1 = theta_0 - 0.3."""
    match = ASSIGNED.match(piece.text) if piece.section != "forward" else None
    return match is not None and match["again"] is not None and plain(match["name"]) in steps.names


def _of_samples(names: set[str], samples: Sequence[int]) -> set[str]:
    """The names that one with the index (i) stands for."""
    return {name.replace("(i)", f"({i})") for name in names if "(i)" in name for i in samples}


def _used(piece: Piece) -> Iterator[str]:
    """The names that a definition uses: what has a superscript may be a power instead."""
    text = DERIVATIVE.sub(" ", piece.text.partition("=")[2])
    for match in re.finditer(rf"(?<![A-Za-z0-9_^\\]){NAME}(?!\s*\()", text):
        name = plain(match.group())
        is_times = name == "x" and re.match(r"\s*[\w.(|]", text[match.end() :])
        if "^" not in name and name not in (*FUNCTIONS, "e") and not is_times:
            yield name


def _variables(piece: Piece, names: set[str]) -> Iterator[str]:
    """The names that something declared is differentiated in, dL/dw."""
    for match in DERIVATIVE.finditer(piece.text):
        root, variable = plain(match[1]), plain(match[2])
        if root in names and variable.rpartition("^")[0] not in names:
            yield variable


def _is_declared(
    names: set[str], superscript: str, remembered: Container[str]
) -> Callable[[str], bool]:
    """Whether a name is one; `superscript: layer` (or step, sample) makes every h_3^2 a name.

    What an optimizer has remembered, v(v_11), is not the list of the weights v.
    """
    is_index = superscript in ("layer", "step", "sample")

    def declared(name: str) -> bool:
        whole = ELEMENT.sub("", name) if "_" in name else name
        if name in names or (whole in names and whole not in remembered):
            return True
        return is_list(name) or (is_index and "^" in name and not name.startswith("e^"))

    def is_list(name: str) -> bool:
        """Whether the elements of a list are declared, z_1 of z or w_11 of W; x is a sign too."""
        base, mark, above = name.partition("^")
        bases = (base, base[:1].lower() + base[1:])
        firsts = (f"{base}_{first}{mark}{above}" for base in bases for first in FIRSTS)
        is_letter = name == "x" or name in remembered
        return "_" not in base and not is_letter and any(first in names for first in firsts)

    return declared


# --- lines into pieces ----------------------------------------------------------------------------


def _sections(text: str) -> Iterator[tuple[list[Piece], Reading]]:
    """The statements of each section, not yet parsed; directives hold for the sections after."""
    result, pieces, section = Reading(), list[Piece](), ""
    for number, line in _lines(text, result):
        line = _with_equals(line) if section else line
        word = line.strip()
        if word == TRANSCRIPT:
            pieces.extend(_transcript(text[:MOST_TEXT], number, result, pieces))
            break
        if match := SECTION.fullmatch(line):
            if pieces:
                yield pieces, result
            directives = {**result.directives, "title": match[1]}
            result = Reading(directives, dict(result.lines), rounding=result.rounding)
            pieces, section = [], ""
        elif section_of(word):
            section = section_of(word)
        elif (match := DIRECTIVE.fullmatch(line)) and not STATEMENT.fullmatch(line):
            _direct(directive_of(match[1]), match[2], number, result)
        elif word:
            below = section or SECTIONS[0]
            pieces.extend(_parts(_without_marks(line, number, result), number, below))
    yield pieces, result


def _with_equals(line: str) -> str:
    """`z: 1.2` and `z -> 1.2` with a sign of equality, below the word that opens a section."""
    match = SAID.fullmatch(line)
    if match is None or match[1].strip() in DIRECTIVES:
        return line
    return f"{match[1]}{'=':<{len(match[2])}}{match[3]}"


def section_of(word: str) -> str:
    """The section that a line opens, "Forward pass:" too; "" for any other line."""
    name = word.lower().rstrip(":").removesuffix(" pass")
    return name if name in SECTIONS else ""


def _lines(text: str, result: Reading) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without comments; what is too much is said once."""
    if len(text) > MOST_TEXT:
        result.faults.append(Fault(1, 1, f"a sheet has at most {MOST_TEXT} characters"))
        text = text[:MOST_TEXT].rpartition("\n")[0]  # the rest of a line would be judged wrong
    for number, line in joined(map(bare, text.splitlines())):
        if number > MOST_LINES:
            result.faults.append(Fault(number, 1, f"a sheet has at most {MOST_LINES} lines"))
            return
        if len(line) > MOST_LINE:
            result.faults.append(Fault(number, 1, f"a line has at most {MOST_LINE} characters"))
            continue
        is_comma = result.directives.get("decimal") == "comma"
        line = line.rstrip()
        yield number, COMMA.sub(".", line) if is_comma else line


def _transcript(text: str, line: int, result: Reading, above: Sequence[Piece]) -> Iterator[Piece]:
    """The equations after a line, as statements.

    One that holds at a point, |_{w = 0.5}, is read where the lines above have that number too.
    """
    typed = text.splitlines()
    known, counts = _names_above(result, above)
    rest, unread = with_equations("\n".join(typed[line:]), known)
    result.faults += [Fault(line + place + 1, 1, printable(said)) for place, said in unread]
    said = {pair for piece in above for pair in _said(piece.text)}
    for equation in equations(rest, line + 1, Sums(known, counts)):
        result.faults.extend(Fault(equation.line, 1, fault) for fault in equation.faults)
        left, _, right = equation.text.partition(" = ")
        if left == "sigma" and right in ACTIVATIONS:
            _is_sigma(right, equation.line, result)
        elif elsewhere := [each for each in equation.at if not _is_said(each, said)]:
            sentence = f"{printable(elsewhere[0].strip()[:MOST_NAME])} stands nowhere before this"
            result.faults.append(Fault(equation.line, 1, sentence))
            yield Piece("claim", equation.line, 1, equation.section, equation.text, sentence)
        elif equation.text:
            said.update(_said(equation.text))
            yield Piece("claim", equation.line, 1, equation.section, equation.text)
        elif equation.faults:
            shown = typed[equation.line - 1].strip()
            yield Piece("claim", equation.line, 1, equation.section, shown, equation.faults[0])


def _names_above(
    result: Reading, above: Sequence[Piece]
) -> tuple[Callable[[str], bool], dict[str, int]]:
    """Which names there are above a transcript, and what the number of samples is called."""
    names = {name for piece in above if (name := declared_name(piece))}
    header = Header(result.directives, {}, names)
    names |= header.names | _of_samples(names, header.samples)
    counts = {name: len(header.samples) for name in COUNTS if header.samples}
    has_lists = any("[" in p.text for p in above if p.kind.startswith(("given", "shape")))
    kinds = ("define", "let") if has_lists else ()
    lists = {declared_name(p) for p in above if "[" in p.text or p.kind in kinds}
    return lambda name: name in names or ELEMENT.sub("", name) in lists, counts


def _said(statement: str) -> Iterator[tuple[str, str]]:
    """The name on the left of a statement, with each number that it is said to be."""
    left, *sides = EQUALS.split(statement.replace(" ", ""))
    return ((plain(left), side) for side in sides if NUMBER.fullmatch(side))


def _is_said(at: str, said: Collection[tuple[str, str]]) -> bool:
    pairs = list(_said(at))
    return bool(pairs) and all(pair in said for pair in pairs)


def _is_sigma(activation: str, number: int, result: Reading) -> None:
    """Take sigma for an activation; where it is said to be two, for none."""
    said = result.directives.setdefault("sigma", activation)
    if said != activation:
        sentence = f"sigma is {activation} here, and something else before"
        result.faults.append(Fault(number, 1, sentence))
        result.directives["sigma"] = ""


def directive_of(word: str) -> str:
    """The word of a line above as it is known.

    >>> directive_of("Learning_rate "), directive_of("follow-through")
    ('learning rate', 'follow through')
    """
    return re.sub("[_-]", " ", word).strip().lower()


def _direct(word: str, text: str, number: int, result: Reading) -> None:
    if word not in DIRECTIVES:
        is_number = NUMBER.fullmatch(text.strip()) is not None
        is_given = f"; a number is given as given {word} = {text.strip()}" * is_number
        result.faults.append(Fault(number, 1, unknown("line", word, DIRECTIVES) + is_given))
    elif word == "follow through" and text.strip() not in FOLLOW_THROUGH:
        sentence = f"follow through is {', '.join(FOLLOW_THROUGH[:-1])} or {FOLLOW_THROUGH[-1]}"
        result.faults.append(Fault(number, 1, sentence))
        return
    if word == "sigma" and text.strip() not in ACTIVATIONS:
        result.faults.append(Fault(number, 1, unknown("activation", text.strip(), ACTIVATIONS)))
        return
    if word == "rounding":
        try:
            result.rounding = places_of(text)
        except ValueError as error:
            result.faults.append(Fault(number, 1, str(error)))
    result.directives[word], result.lines[word] = text.strip(), number


def _without_marks(line: str, number: int, result: Reading) -> str:
    """A line without the `[2 marks]` at its end, which are put down."""
    match = MARKS.search(line)
    if match is None:
        return line
    result.marks[number] = int(match[1])
    return line[: match.start()].rstrip()


def _parts(line: str, number: int, section: str) -> Iterator[Piece]:
    """The statements of one line; the word before the first holds for all."""
    match = STATEMENT.fullmatch(line)
    kind = "claim" if match is None else match[1].lower()
    kind = "given ~" if kind.endswith("~") else kind
    column = (match.start(2) if match else 0) + 1
    is_balanced = line.count("(") == line.count(")")
    for part, start in split(line[column - 1 :], STOP, "[](){}" if is_balanced else "[]"):
        if part.strip():
            yield Piece(kind, number, column + start, section, commas_for_spaces(part))


# --- pieces into statements -----------------------------------------------------------------------


def declared_name(piece: Piece) -> str | None:
    """The name that a statement declares, in its plain spelling."""
    word = piece.text.partition("=")[0].strip()
    if piece.kind in ("claim", "case") or not re.fullmatch(NAME, word):
        return None
    return plain(word)


def _functions(sigma: str) -> dict[str, str]:
    """The functions of a sheet, on which sigma is this one, or none."""
    others = {name: operation for name, operation in FUNCTIONS.items() if name != "sigma"}
    return others | ({"sigma": sigma} if sigma else {})


def _add(
    piece: Piece,
    result: Reading,
    declared: Callable[[str], bool],
    read: Callable[..., Expression],
    same: Mapping[str, str],
) -> None:
    if match := ADDED.match(piece.text):
        sentence = f"+= is not read: write the whole sum, {printable(match[1])} = ... + ..."
        raise UnreadableError(sentence, piece.column)
    if piece.kind == "claim" and (called := call_of(piece.text, result.roots)):
        sentence = f"{printable(called)} is no product: a number is read for given values only"
        raise UnreadableError(sentence, piece.column)
    sides = list(_sides(piece))
    if len(sides) < 2:
        sentence = f"{printable(repr(piece.text.strip()[:MOST_NAME]))}: a = is expected"
        raise UnreadableError(sentence, piece.column)
    named = declared_name(piece)
    if piece.kind == "shape":
        result.statements.append(_shape(piece, named, sides))
        return
    text, column = sides[0]
    left = Name(same.get(named, named)) if named else read(text, start=column)
    shown = [side for side in sides[1:] if side[0].strip() != BLANK]
    links = tuple(read(text, start=column) for text, column in shown)
    if len(shown) < len(sides) - 1 and isinstance(left, Name):
        result.blanks.append(left)
    if piece.kind != "claim" and links:
        links = (_declaration(piece, left, links, declared),)
    if links or piece.kind == "claim":  # what is left blank is worth no mark
        place = piece.kind, piece.line, piece.section, piece.shown or piece.text.strip()
        result.statements.append(Statement(*place, left, links, piece.column))


def _declaration(
    piece: Piece, left: Expression, links: tuple[Expression, ...], declared: Callable[[str], bool]
) -> Expression:
    """What a name is declared as."""
    if not isinstance(left, Name) or len(links) != 1:
        raise UnreadableError(f"{piece.kind} takes a name, one = and what it is", piece.column)
    if piece.kind in ("define", "let"):
        return _derivative(piece.text.partition("=")[2], declared) or links[0]
    if not _is_number(links[0]):
        raise UnreadableError(f"{piece.kind} {printable(left.text)} takes a number", piece.column)
    return links[0]


def _is_number(expression: Expression) -> bool:
    """Whether a number is written, or a list of some."""
    if isinstance(expression, Apply) and expression.operation == "list":
        return all(map(_is_number, expression.operands))
    return Printed.of(expression) is not None


def _shape(piece: Piece, named: str | None, sides: list[tuple[str, int]]) -> Statement:
    """`shape W = 2x3`, for matrices without numbers."""
    match = SHAPE.fullmatch(sides[1][0])
    if named is None or match is None or len(sides) != 2:
        raise UnreadableError("shape takes a name, one = and 3 or 2x3", piece.column)
    sizes = tuple(number_of(digits) for digits in match.groups() if digits)
    read, links = piece.text.strip(), (Apply("shape", sizes),)
    return Statement("shape", piece.line, piece.section, read, Name(named), links, piece.column)


def _derivative(text: str, declared: Callable[[str], bool]) -> Expression | None:
    """A derivative that is the whole of a definition, whatever dL or dw are called beside it."""
    match = re.fullmatch(rf"\s*(-?)\s*([d∂]{NAME})\s*/\s*([d∂]{NAME})\s*", text)
    found: Derivative | None = derivative(match[2], match[3], declared) if match else None
    if match and found and match[1]:
        return Apply("neg", (found,))
    return found


def _sides(piece: Piece) -> Iterator[tuple[str, int]]:
    """What stands between the signs of equality, each with the column that it begins in."""
    sides = list(split(piece.text, EQUALS))
    if len(sides) > MOST_LINKS:
        raise UnreadableError(f"a chain has at most {MOST_LINKS} signs of equality", piece.column)
    for side, start in sides:
        yield side, piece.column + start
