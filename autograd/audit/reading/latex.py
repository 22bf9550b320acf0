r"""Transcripts: the equations of notes in Markdown or LaTeX, as lines of a worksheet.

They stand where `formulas` finds them. A strict subset is read: `aligned` (each pair of columns
downwards), `\frac`, also of derivatives with d or `\partial`, `\cdot`, sub- and superscripts,
matrices, `\text`, the content of `\boxed`, a bar with what holds there, `\right|_{w=1}`. What is
not in it makes the side of an equation that it stands in unreadable, which is listed and never
judged. Headings between the equations say which section follows. A function alone before a sign of
equality, \sigma, is that of what stands before.

>>> found = equations(r"$$z &= \frac{1}{2} \cdot (-0,4) \\ &= -0.2 \\ \sigma &= 0 // $$")
>>> [equation.text for equation in found]
['z = (1)/(2)*(-0.4) = -0.2', 'sigma(z) = 0']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd.audit.reading.formulas import ENVIRONMENTS, formulas, headings
from autograd.audit.reading.names import GREEK as GREEK_LETTERS
from autograd.audit.reading.sums import NOT_READ, SUM, Sums
from autograd.audit.reading.sums import Sign as Token
from autograd.reading import printable

MOST_DEPTH = 30  # groups in groups
MOST_TOKENS = 20_000  # of one formula
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\s]|\s+", re.DOTALL)
# What stands in an equation and says nothing: its number, and how far the next line is.
BESIDE = re.compile(
    r"\\(?:label|tag\*?)\{[^{}\n]*\}|\\(?:nonumber|notag)(?![A-Za-z])"
    r"|(?P<end>\\\\)\s?\[-?[\d.]+(?:pt|em|ex|mm|cm)\]"
)
HEADINGS = (
    ("update", re.compile(r"updat|optimi[sz]", re.IGNORECASE)),
    ("backward", re.compile(r"backward|backprop", re.IGNORECASE)),
    ("forward", re.compile(r"forward", re.IGNORECASE)),
)
MOST_HEADING = 80  # characters; what is longer is prose


class Equation(NamedTuple):
    """One equation as the worksheet would have it; "" where there is none.

    `faults` say why it is not whole, `at` what names are where it is said to hold: w = 0.5.
    """

    line: int
    section: str
    text: str
    faults: tuple[str, ...] = ()
    at: tuple[str, ...] = ()


class UnreadableFormulaError(ValueError):
    """LaTeX that is outside the subset."""


def equations(text: str, first_line: int = 1, sums: Sums | None = None) -> Iterator[Equation]:
    """The equations of a transcript in their order, with the lines that they begin in.

    `sums` says what sums are over.
    """
    sums = sums or Sums()
    section, end, line, before = "claims", 0, first_line, ""
    for found in formulas(text):
        for heading in headings(text, end, found):
            section = _section(heading) or section
        line, end = line + text.count("\n", end, found.start), found.end
        if not found.is_closed:
            yield Equation(line, section, "", (f"{found.opening} is not closed",))
        start = line + text.count("\n", found.start, found.inner)
        line += text.count("\n", found.start, end)
        for equation in _of_formula(found.text, start, sums):
            equation = _of_what_is_before(equation._replace(section=section), before)
            left = equation.text.partition(" = ")[0]
            before = before if left in ACTIVATIONS else left
            yield equation


def _of_what_is_before(equation: Equation, before: str) -> Equation:
    """`sigma = 0` as `sigma(z) = 0`, after an equation for z."""
    left, mark, right = equation.text.partition(" = ")
    if left not in ACTIVATIONS or right in ACTIVATIONS or not before:
        return equation
    return equation._replace(text=f"{left}({before}){mark}{right}")


def _section(heading: str) -> str | None:
    """The section that a heading opens."""
    if len(heading) > MOST_HEADING:
        return None
    return next((name for name, words in HEADINGS if words.search(heading)), None)


def _of_formula(formula: str, line: int, sums: Sums) -> Iterator[Equation]:
    try:
        tokens = _unboxed(_tokens(formula, line))
        yield from _of_tokens(sums.expanded(tokens, _text) if SUM in formula else tokens)
    except UnreadableFormulaError as error:
        yield Equation(line, "", "", (str(error),))


def _text(tokens: list[Token]) -> str:
    """What is written; "" where it is not read."""
    try:
        return _Formula(tokens).text()
    except UnreadableFormulaError:
        return ""


def _of_tokens(tokens: list[Token]) -> Iterator[Equation]:
    for column in _columns(_outermost(tokens)):
        yield from _chains(column)


# --- tokens, rows, columns ------------------------------------------------------------------------


def _tokens(formula: str, line: int) -> list[Token]:
    found: list[Token] = []
    formula = BESIDE.sub(lambda match: match["end"] or "", formula)
    for match in TOKEN.finditer(formula):
        if len(found) > MOST_TOKENS:
            raise UnreadableFormulaError(f"a formula of over {MOST_TOKENS} signs")
        found.append(Token(match[0], line))
        line += match[0].count("\n")
    return found


def _unboxed(tokens: list[Token]) -> list[Token]:
    """Tokens without the boxes around some of them: \\boxed{z = 1} as z = 1."""
    found, is_of_box, is_next = list[Token](), list[bool](), False
    for token in tokens:
        if token.text == r"\boxed":
            is_next = True
            continue
        if token.text == "{":
            is_of_box.append(is_next)
        is_brace = token.text == "{" and is_next
        if token.text == "}" and is_of_box:
            is_brace = is_of_box.pop()
        is_next = is_next and token.text.isspace()
        if not is_brace:
            found.append(token)
    return found


ALIGNED = ("aligned", "split", "gathered", *ENVIRONMENTS)


def _outermost(tokens: list[Token]) -> list[Token]:
    """What stands within \\begin{aligned} and \\end{aligned}, where they hold the whole."""
    words = "".join(token.text for token in tokens).strip()
    match = re.fullmatch(r"\\begin\{([a-z]+\*?)\}.*\\end\{\1\}", words, re.DOTALL)
    if not match or match[1] not in ALIGNED:
        return tokens
    before, after = f"\\begin{{{match[1]}}}", f"\\end{{{match[1]}}}"
    inside, text = [], ""
    total = len(words)
    for token in _stripped(tokens):
        start = len(text)
        text += token.text
        if start >= len(before) and len(text) <= total - len(after):
            inside.append(token)
    return inside


def _stripped(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[0].text.isspace():
        tokens = tokens[1:]
    while tokens and tokens[-1].text.isspace():
        tokens = tokens[:-1]
    return tokens


OPENING = {"{": 1, "(": 1, "[": 1, r"\begin": 1}
CLOSING = {"}": 1, ")": 1, "]": 1, r"\end": 1}


def _split(tokens: list[Token], is_end: Callable[[list[Token], int], int]) -> list[list[Token]]:
    """Tokens in parts, at depth 0, where `is_end` says how many tokens part them."""
    parts, part, depth, index = [], list[Token](), 0, 0
    while index < len(tokens):
        word = tokens[index].text
        width = is_end(tokens, index) if depth <= 0 else 0
        if width:
            parts.append(part)
            part, index = [], index + width
            continue
        depth += OPENING.get(word, 0) - CLOSING.get(word, 0)
        part.append(tokens[index])
        index += 1
    return [*parts, part]


def _is(*words: str) -> Callable[[list[Token], int], int]:
    return lambda tokens, index: int(tokens[index].text in words)


def _columns(tokens: list[Token]) -> Iterator[list[list[Token]]]:
    """The cells of each pair of columns, downwards; a formula without & is one column."""
    rows = [_split(row, _is("&")) for row in _split(tokens, _is(r"\\"))]
    for column in range(0, max(map(len, rows)), 2):
        yield [cell for row in rows if (cell := [t for c in row[column : column + 2] for t in c])]


def _is_part(tokens: list[Token], index: int) -> int:
    """Whether // or \\quad or \\Rightarrow ends a statement here."""
    if tokens[index].text in (r"\quad", r"\qquad", r"\Rightarrow", r"\implies", ";"):
        return 1
    return 2 * ("".join(token.text for token in tokens[index : index + 2]) == "//")


def _chains(cells: list[list[Token]]) -> Iterator[Equation]:
    """The statements of one column: a cell that begins with = goes on with the one before.

    What is aligned within a cell are equations of their own, beside it.
    """
    chain, beside = list[Token](), list[Equation]()
    for cell in cells:
        for part in _split(cell, _is_part):
            words = _without_comma(_stripped(part))
            if _outermost(words) is not words:
                beside += _of_tokens(words)
            elif words:
                if words[0].text != "=" and chain:
                    yield from _equation(chain)
                    chain = []
                chain += words
    yield from _equation(chain)
    yield from beside


def _without_comma(tokens: list[Token]) -> list[Token]:
    """A statement without the comma, or the full stop, of the sentence that it stands in."""
    while tokens and tokens[-1].text in (",", "."):
        tokens = _stripped(tokens[:-1])
    return tokens


def _equation(tokens: list[Token]) -> Iterator[Equation]:
    """An equation, without the sides that are not read; what has one side is none."""
    sides = [_side(side) for side in _split(tokens, _is(*EQUAL))]
    if len(sides) < 2 or not sides[0]:
        if any(token.text == "=" for token in tokens):
            yield Equation(tokens[0].line, "", "", ("a bracket is not closed, or nothing equals",))
        return
    texts, faults, at = [], [], list[str]()
    for side in sides:
        formula = _Formula(side)
        try:
            texts.append(formula.text())
            at += formula.at
        except UnreadableFormulaError as error:
            faults.append(str(error))
            if side is sides[0]:
                break
    is_whole = len(texts) > 1 and texts[0]
    yield Equation(
        tokens[0].line, "", " = ".join(texts) if is_whole else "", tuple(faults), tuple(at)
    )


EQUAL = ("=", r"\approx", r"\leftarrow", r"\gets", r"\coloneqq")


def _side(tokens: list[Token]) -> list[Token]:
    """One side, without the colon of :=."""
    tokens = _stripped(tokens)
    return _stripped(tokens[:-1]) if tokens and tokens[-1].text == ":" else tokens


# --- one equation ---------------------------------------------------------------------------------

SIGNS = {
    r"\cdot": "*",
    r"\times": "*",
    r"\odot": "⊙",
    r"\circ": "⊙",
    r"\left": "",
    r"\right": "",
    r"\,": " ",
    r"\;": " ",
    r"\!": "",
    r"\%": "%",
    r"\displaystyle": "",
    **dict.fromkeys((r"\big", r"\Big", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\bigg"), ""),
    **dict.fromkeys((r"\Bigg", r"\biggl", r"\biggr", r"\Biggl", r"\Biggr"), ""),
    r"\quad": " ",
    r"\ ": " ",
    "∗": "*",
}
BARS = ("|", r"\vert", r"\rvert", r"\lvert")
ACTIVATIONS = ("sigma", "relu", "sigmoid", "tanh")
FUNCTIONS = ("exp", "log", "ln", "tanh", "max", "min", "sin", "cos", "sqrt", "softmax")
UPRIGHT = (r"\text", r"\mathrm", r"\operatorname", r"\mathbf", r"\boldsymbol", r"\textbf")
SCRIPT = (r"\mathcal", r"\mathscr")
GREEK = (*GREEK_LETTERS.values(), "partial")
MATRICES = ("bmatrix", "pmatrix", "matrix", "array")
NAME = re.compile(r"[A-Za-z]\w*(?:[_^]\{[^{}]*\})*'*")
OF_NAME = re.compile(rf"[d∂]\s*(?!elta)({NAME.pattern})")  # dw, and no delta
SPACED = re.compile(r"(?<=[\w.)])\s+(?=-(?!\s)|[\w.(])")  # but not a difference, 0.5 - 0.2


@dataclass
class _Formula:
    """One equation, read once from left to right into the worksheet's spelling."""

    tokens: list[Token]
    index: int = 0
    depth: int = field(default=0, init=False)
    indices: int = field(default=0, init=False)  # how many indices it stands in
    at: list[str] = field(default_factory=list, init=False)  # what stands at a bar, w = 0.5

    def text(self) -> str:
        """The whole equation, without spaces around its signs and with one where there are more."""
        found = self.until("")
        found = re.sub(r"\s*([*/^⊙])\s*|(∂)\s+", r"\1\2", found)
        return re.sub(r"\s+", " ", found).strip()

    def until(self, end: str) -> str:
        """What is written up to a sign that is taken too; the whole rest for none."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise UnreadableFormulaError(f"groups in groups, over {MOST_DEPTH} deep")
        found: list[str] = []
        while self.index < len(self.tokens):
            word = self.take()
            if word == end:
                self.depth -= 1
                return "".join(found)
            found.append(self.written(word))
        if end:
            raise UnreadableFormulaError(f"{end} is missing")
        self.depth -= 1
        return "".join(found)

    def take(self) -> str:
        self.index += 1
        return self.tokens[self.index - 1].text

    def written(self, word: str) -> str:
        if word == r"\left" and self.is_next("."):
            self.take()
            return ""
        if word in BARS and self.is_next("_"):
            self.take()
            self.at += self.group().split(",")
            return ""
        if word in BARS:
            return "|"
        if word in SIGNS:
            return SIGNS[word]
        if word == "," and self.is_decimal_comma():
            return "."
        if word in (r"\frac", r"\dfrac", r"\tfrac"):
            return self.fraction()
        if word in UPRIGHT:
            return self.group().strip().lower()
        if word in SCRIPT:
            return self.group().strip()
        if word in (r"\hat", r"\bar", r"\tilde"):
            return f"{self.group()}_{word[1:]}"
        if word == r"\begin":
            return self.matrix()
        if word == "[":
            return self.bracket()
        if word == "(":
            return self.parentheses()
        if word == "_":
            self.indices += 1
            index = self.group()
            self.indices -= 1
            return f"_{{{index}}}"
        if word == "^":
            return f"^{{{self.group()}}}"
        if word == "{":
            return f"({self.until('}')})"
        if word.startswith("\\"):
            return self.command(word)
        return word

    def is_next(self, word: str) -> bool:
        return self.index < len(self.tokens) and self.tokens[self.index].text == word

    def is_decimal_comma(self) -> bool:
        """Whether the comma that was taken stands between digits, and in no index."""
        around = self.tokens[max(0, self.index - 2) : self.index + 1]
        return not self.indices and len(around) == 3 and all(t.text.isdigit() for t in around[::2])

    def command(self, word: str) -> str:
        name = word[1:].removeprefix("var")  # \varepsilon
        if word == SUM:
            raise UnreadableFormulaError(NOT_READ)
        if name == "sqrt":
            return f"sqrt({self.group()})"
        if name in FUNCTIONS:
            return name
        if name in GREEK:
            return "∂" if name == "partial" else name
        raise UnreadableFormulaError(f"{printable(word)} is not read here")

    def group(self) -> str:
        """What stands in braces, or the one sign that comes next."""
        while self.index < len(self.tokens) and self.tokens[self.index].text.isspace():
            self.index += 1
        if self.index == len(self.tokens):
            raise UnreadableFormulaError("the formula ends where something is expected")
        word = self.take()
        return self.until("}") if word == "{" else self.written(word)

    def fraction(self) -> str:
        above, below = self.group().strip(), self.group().strip()
        if above.startswith("∂") and len(above) > 1 and below.startswith("∂"):
            return f"d{above[1:].strip()}/d{below[1:].strip()}"
        root, variable = OF_NAME.fullmatch(above), OF_NAME.fullmatch(below)
        if root and variable:
            return f"d{root[1]}/d{variable[1]}"
        name = self.name() if above in ("d", "∂") and variable else ""
        return f"d{name}/d{variable[1]}" if name and variable else f"({above})/({below})"

    def name(self) -> str:
        """The name that comes next, which is taken; "" for what is none."""
        before, found = self.index, ""
        while self.index < len(self.tokens):
            word = self.tokens[self.index].text
            is_part = word[-1].isalnum() or (word in ("_", "^", "'") and found)
            if not is_part and (found or not word.isspace()):
                break
            found += self.written(self.take()).strip()
        if not NAME.fullmatch(found):
            self.index, found = before, ""
        return found

    def matrix(self) -> str:
        """The rows of a matrix; one column or one row is a list."""
        name = self.group()
        if name not in MATRICES:
            raise UnreadableFormulaError(f"\\begin{{{printable(name)}}} is not read here")
        start, depth = self.index, 1
        while depth and self.index < len(self.tokens):
            word = self.take()
            depth += (word == r"\begin") - (word == r"\end")
        if depth:
            raise UnreadableFormulaError(f"\\end{{{name}}} is missing")
        inside = self.tokens[start : self.index - 1]
        self.group()
        rows = [
            [_Formula(cell).text() for cell in _split(row, _is("&"))]
            for row in _split(_stripped(inside), _is(r"\\"))
            if _stripped(row)
        ]
        if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return f"[{', '.join(cell for row in rows for cell in row)}]"
        return "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"

    def bracket(self) -> str:
        """A list, whose entries may be parted by spaces."""
        inside = self.until("]").strip()
        return f"[{SPACED.sub(', ', inside) if ',' not in inside else inside}]"

    def parentheses(self) -> str:
        """(0 1 1) is a list, all else is what it is."""
        inside = self.until(")")
        numbers = inside.split()
        if len(numbers) > 1 and all(re.fullmatch(r"[-+]?[\d.]+", number) for number in numbers):
            return f"[{', '.join(numbers)}]"
        return f"({inside})"
