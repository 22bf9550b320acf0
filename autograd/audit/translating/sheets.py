"""A worksheet in another notation, line by line: what is no name and no sign keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, zip_longest
from typing import NamedTuple

from autograd.audit.reading.epochs import sheets_of
from autograd.audit.reading.names import NAME, plain
from autograd.audit.reading.tokens import MINUS, UnreadableError
from autograd.audit.reading.typed import BESIDE, bare, joined, split
from autograd.audit.reading.worksheet import (
    COMMA,
    DIRECTIVE,
    MARKS,
    SECTION,
    STATEMENT,
    STOP,
    TRANSCRIPT,
    Reading,
    directive_of,
    readings,
    section_of,
)
from autograd.audit.reporting.report import Report, check
from autograd.audit.translating.meanings import Meaning
from autograd.audit.translating.names import Names, UntranslatableError
from autograd.audit.translating.statements import Statements
from autograd.notes.notation import Notation
from autograd.notes.profiles import notation_of
from autograd.reading import printable

UNSAID = "  # as none was said"
DEFAULT = "notes"
MOST_SHOWN = 60  # characters of a line that is refused


def translate(text: str, to: str) -> str:
    """A worksheet in another notation: its names, and its signs where gradients have others.

    Layout, comments, marks and digits stay. Every number keeps its verdict; a sheet for which that
    cannot be is a ValueError that says in which line, and what to do.

    >>> head = "notation: notes\\nnetwork: 1-1 sigmoid\\nloss: half squared error\\n"
    >>> head += "given w_00^1 = 2; b_0^1 = -1; a_0^0 = 0.5; y = 1\\n"
    >>> lines = "backward\\n  delta_0^1 = (0.5 - 1)*0.25 = -0.125"
    >>> print(translate(head + lines, "mitchell"))
    notation: mitchell
    network: 1-1 sigmoid
    loss: half squared error
    given w_21 = 2; w_20 = -1; x_1 = 0.5; t = 1
    backward
      delta_2 = (1 - 0.5)*0.25 = 0.125
    """
    other = notation_of(to)
    before = check(text)
    _require_readable(before)
    found = readings(text)
    own = {reading.directives.get("notation", DEFAULT) for reading in found}
    if own == {to}:
        return text
    if len(own) > 1:
        raise ValueError("a sheet of several notations is not translated: make it several sheets")
    added = "" if "notation" in found[0].lines else f"notation: {to}{UNSAID}{_end(text)}"
    translated = added + "".join(_Sheet(text, found, to, other).lines())
    try:
        _require_same(before, check(translated), to)
    except ValueError:  # where what is remembered is not of the error terms, maybe
        same = added + "".join(_Sheet(text, found, to, other, turns_states=False).lines())
        if same == translated:
            raise
        _require_same(before, check(same), to)
        return same
    return translated


def _require_readable(report: Report) -> None:
    if report.faults:
        fault = report.faults[0]
        where = f"line {fault.line}, column {fault.column}"
        raise ValueError(printable(f"{where}: not read: {fault.sentence}; mend it first"))
    if report.questions:
        raise ValueError(f"say notation: first. {printable(report.questions[0])}")


def _end(text: str) -> str:
    """How the first line ends."""
    first = text.splitlines(keepends=True)[:1] or ["\n"]
    return first[0][len(first[0].rstrip("\r\n")) :] or "\n"


def _require_same(before: Report, after: Report, to: str) -> None:
    """Raise ValueError where a line is judged otherwise than before."""
    added = after.text.count("\n") - before.text.count("\n")
    for fault in after.faults[:1]:
        sentence = printable(f"not translated, as in {to} it is not read: {fault.sentence}")
        raise ValueError(f"line {fault.line - added}: {sentence}")
    for old, new in zip_longest(_verdicts(before), _verdicts(after)):
        if old is None or new is None or (old[0] + added, old[1]) != new:
            line = old[0] if old else new[0] - added
            here, there = (each[1] if each else "nothing" for each in (old, new))
            said = next((row.claim.read for row in before.rows if row.claim.line == line), "it")
            raise ValueError(
                f"line {line}: {printable(said[:MOST_SHOWN])} is not translated: it is {here} "
                f"here, and in {printable(to)} it would be {there}: write it in more steps, or "
                "with names that both notations have"
            )


def _verdicts(report: Report) -> list[tuple[int, str]]:
    """Lines with their verdicts; of a number that is written twice, -(-0.5) = 0.5, once."""
    return [key for key, _ in groupby((row.claim.line, row.verdict) for row in report.rows)]


class Line(NamedTuple):
    """A line, or an array over several: as it is typed, and as it is read, place by place."""

    number: int
    typed: str
    read: str


class _Sheet:
    """The lines of one worksheet, each as it is in the other notation."""

    def __init__(
        self,
        text: str,
        found: Sequence[Reading],
        to: str,
        other: Notation,
        turns_states: bool = True,
    ) -> None:
        self.text, self.found, self.to, self.other = text, found, to, other
        self.turns_states = turns_states
        self.place, self.has_statements, self.is_comma = 0, False, False
        self.minus = next((sign for sign in text if sign in MINUS), "-")
        self.begin()

    def begin(self) -> None:
        """Begin with the names of a section that starts them anew."""
        self.reading = self.found[self.place]
        try:
            sheet = sheets_of(self.reading)[0]
            self.names = Names(self.reading, sheet, self.other, self.turns_states)
        except UntranslatableError as error:
            raise ValueError(f"line {self.reading.header.line(error.line)}: {error}") from error
        self.statement = Statements(self.reading, self.names, self.minus)

    def lines(self) -> Iterator[str]:
        typed = self.text.splitlines(keepends=True)
        starts = [first for first, _ in joined(map(bare, self.text.splitlines()))]
        for first, after in pairwise([*starts, len(typed) + 1]):
            whole = "".join(typed[first - 1 : after - 1])
            read = "".join(map(_without_comment, typed[first - 1 : after - 1]))
            yield self.line(Line(first, whole, read))

    def line(self, line: Line) -> str:
        """One line; of what has no names it is what it was."""
        word = line.read.strip()
        if word == TRANSCRIPT:
            raise ValueError(f"line {line.number}: a transcript in LaTeX is not translated")
        if SECTION.fullmatch(line.read.rstrip()):
            if self.has_statements:
                self.place, self.has_statements = self.place + 1, False
                self.begin()
            return line.typed
        if not word or section_of(word):
            return line.typed
        match = DIRECTIVE.fullmatch(line.read.rstrip())
        if match and not STATEMENT.fullmatch(line.read.rstrip()):
            with _Located(line.number):
                return self.directive(line, directive_of(match[1]), match)
        self.has_statements = True
        return self.statements(line)

    # --- the lines above --------------------------------------------------------------------------

    def directive(self, line: Line, word: str, match: re.Match[str]) -> str:
        text, start = match[2].rstrip(), match.start(2)
        self.is_comma = self.is_comma or (word, text) == ("decimal", "comma")
        if word == "notation":
            is_added = line.typed.rstrip("\r\n") == line.read.rstrip() + UNSAID
            if is_added and self.to == DEFAULT:
                return ""
            return line.typed[:start] + self.to + line.typed[start + len(text) :]
        if word == "loss":
            changed = self.loss(text)
        elif word == "learning rate":
            changed = re.sub(rf"^{NAME}", self.renamed, text)
        elif word == "optimizer":
            changed = re.sub(NAME, self.with_rate, text)
        else:
            return line.typed
        return line.typed[:start] + changed + line.typed[start + len(text) :]

    def renamed(self, match: re.Match[str]) -> str:
        return self.names.of_name(match[0]).text

    def with_rate(self, match: re.Match[str]) -> str:
        """The learning rate in the line of an optimizer; the letters of a rule stay."""
        meaning = self.names.meaning(plain(match[0]))
        return self.renamed(match) if meaning and meaning.kind == "rate" else match[0]

    def loss(self, text: str) -> str:
        """The name of the loss, where it is said."""
        if plain(text) in self.reading.own:
            return self.names.of_name(text).text
        name, sign, kind = text.rpartition("=")
        if not sign:
            return text
        called = self.names.target.text(Meaning("loss"))
        return name.replace(name.strip(), called) + sign + kind

    # --- statements -------------------------------------------------------------------------------

    def statements(self, line: Line) -> str:
        """What a line says, part by part."""
        read = COMMA.sub(".", line.read) if self.is_comma else line.read
        marks = MARKS.search(read.rstrip())
        read = read[: marks.start()] if marks else read
        match = STATEMENT.fullmatch(read.rstrip())
        kind, at = (match[1].lower(), match.start(2)) if match else ("claim", 0)
        brackets = "[](){}" if read.count("(") == read.count(")") else "[]"
        text, done = "", 0
        for part, start in split(read[at:], STOP, brackets):
            first, end = at + start, at + start + len(part)
            if part.strip():
                with _Located(line.number, first + 1):
                    changed = self.statement.rewritten(kind, line.typed[first:end], part)
                text, done = text + line.typed[done:first] + changed, end
        return text + line.typed[done:]


class _Located:
    """Where a name that has no counterpart stands."""

    def __init__(self, line: int, column: int = 1) -> None:
        self.where = f"line {line}, column {column}"

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (UntranslatableError, UnreadableError)):
            raise ValueError(f"{self.where}: {printable(str(error))}") from error


def _without_comment(line: str) -> str:
    """A line with blanks for its comment, and for what programs print beside an array."""
    read = bare(line.rstrip("\r\n"))[: len(line)]
    if "[" in read:
        read = BESIDE.sub(lambda match: " " * len(match[0]), read)
    return read.ljust(len(line))
