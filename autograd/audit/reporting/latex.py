r"""The report as a LaTeX document: the sheet as it was typed, in colour, reasons below their lines.

It needs geometry and color, which every TeX has. All that somebody typed is escaped. pdfLaTeX shows
Latin letters, Greek ones and the signs of formulas; of any other character its number, [U+6743].
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from autograd.audit.reporting.lines import (
    COLOURS,
    MEANINGS,
    TAB,
    WORST_LAST,
    Typed,
    closing,
    heading,
    look_of,
    typed_lines,
    worst,
)
from autograd.audit.reporting.records import Checked
from autograd.audit.reporting.report import Report, Row
from autograd.notes.names import COMMANDS, TYPED_ABOVE, TYPED_BELOW
from autograd.reading import printable

MOST_UNBROKEN = 20  # characters, after which a line may end anywhere
SIGNS = {
    "right": r"$\surd$",
    "carried": r"$\hookrightarrow$",
    "slip": r"$\times$",
    "wrong line": "!",
    "open": "?",
}
HEAD = r"""\documentclass[11pt]{article}
\usepackage[margin=22mm]{geometry}
\usepackage{color}
"""
BODY = r"""\setlength{\parindent}{0pt}
\setlength{\parskip}{2pt}
\newlength{\place}
\setlength{\place}{4.6em}
\newcommand{\typed}[4]{{\raggedright\hangindent=\place\hangafter=1
  \makebox[\place][l]{\makebox[2.2em][r]{\small\color{open}#1}\hspace{.6em}\makebox[1.2em]{#2}}%
  {\ttfamily #3}\hspace*{1em plus 1fill}\mbox{\small #4}\par}}
\newcommand{\reason}[2]{{\raggedright\leftskip=\place\small\color{#1}#2\par}}
\begin{document}
\sloppy
"""
BROKEN = "=+*/,;"  # after which a line may end, as after what is not ASCII
SPECIAL = "\\{}_^~#$%&<>|\"'`"
OTHERS = {
    "≈": r"\approx",
    "≃": r"\simeq",
    "≅": r"\cong",
    "×": r"\times",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "∙": r"\cdot",
    "∗": r"\ast",
    "•": r"\bullet",
    "÷": r"\div",
    "−": "-",
    "–": "-",
    "—": "-",
    "≥": r"\ge",
    "≤": r"\le",
    "←": r"\leftarrow",
    "→": r"\rightarrow",
    "⇒": r"\Rightarrow",
    "⊙": r"\odot",
    "∘": r"\circ",
    "√": r"\surd",
    "∑": r"\Sigma",
    "∞": r"\infty",
    "′": r"{}'",
    "ᵀ": r"{}^{T}",
    "±": r"\pm",
    "°": r"{}^{\circ}",
}
ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "="}
ACCENTS |= {"\u0307": ".", "\u0308": '"', "\u030c": "v", "\u0327": "c"}
LETTERS = {"ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "æ": r"{\ae}", "ł": r"{\l}", "ı": r"{\i}"}


def latex_page(checked: Sequence[Checked], marks: bool = False) -> str:
    """The document of several sheets; of those that could not be read it says why."""
    colours = "".join(map(_definition, COLOURS))
    parts = [HEAD, colours, BODY]
    for place, sheet in enumerate(checked):
        parts.append("\\newpage\n" if place else "")
        if sheet.report is None:
            parts.append(f"{_heading(sheet.name)}{escaped(sheet.problem)}\n\n")
        else:
            parts.extend(_sheet(sheet.name, sheet.report, marks))
    return "".join([*parts, "\\end{document}\n"])


def escaped(text: str) -> str:
    r"""Text as pdfLaTeX shows it, each space kept; a line may end after a sign.

    >>> print(escaped("w_1 = δ"))
    w{\ttfamily\char95}1\ =\allowbreak{}\ \ensuremath{\delta}\allowbreak{}
    """
    parts, unbroken = [], 0
    for character in printable(text.replace("\t", TAB)):
        parts.append(_character(character))
        unbroken = 0 if character in BROKEN + " " else unbroken + 1
        if character in BROKEN or not character.isascii() or unbroken >= MOST_UNBROKEN:
            parts.append(r"\allowbreak{}")
            unbroken = 0
    return "".join(parts)


@cache
def _character(character: str) -> str:
    if character == " ":
        return r"\ "
    if character in SPECIAL:
        return rf"{{\ttfamily\char{ord(character)}}}"
    if character.isascii():
        return "-{}" if character == "-" else character  # two would be a dash
    for marked, mark in ((TYPED_BELOW, "_"), (TYPED_ABOVE, "^")):
        if character in marked:
            of = marked[character]
            return rf"\ensuremath{{{{}}{mark}{{{COMMANDS.get(of, of)}}}}}"
    command = COMMANDS.get(character) or OTHERS.get(character)
    if command:
        return rf"\ensuremath{{{command}}}"
    apart = unicodedata.normalize("NFD", character)
    if apart[0].isascii() and apart[1:] in ACCENTS:
        letter = rf"\{apart[0]}" if apart[0] in "ij" else apart[0]
        return rf"{{\{ACCENTS[apart[1:]]}{{{letter}}}}}"
    if character in LETTERS:
        return LETTERS[character]
    above, slash, below = unicodedata.normalize("NFKD", character).partition("\u2044")
    return rf"\ensuremath{{\frac{{{above}}}{{{below}}}}}" if slash else _number(character)


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _definition(look: str) -> str:
    """A colour under the name of its look."""
    digits = COLOURS[look].lstrip("#")
    parts = ",".join(f"{int(digits[k : k + 2], 16) / 255:.3f}" for k in (0, 2, 4))
    return rf"\definecolor{{{_name(look)}}}{{rgb}}{{{parts}}}" + "\n"


def _name(look: str) -> str:
    return look.replace(" ", "-")


def _coloured(look: str, latex: str) -> str:
    return rf"{{\color{{{_name(look)}}}{latex}}}"


def _heading(text: str) -> str:
    return rf"{{\raggedright\Large\bfseries {escaped(text)}\par}}" + "\\medskip\n"


def _sheet(name: str, report: Report, marks: bool) -> Iterator[str]:
    """One sheet: its heading, what a marker would write below it, and its lines."""
    yield _heading(heading(report, name))
    for line in closing(report, marks):
        text = escaped(line.text)
        yield (rf"{{\raggedright\bfseries {text}\par}}" if line.look else rf"{text}\par") + "\n"
    legend = [_coloured(look, f"{SIGNS[look]} {MEANINGS[look]}") for look in WORST_LAST]
    yield r"\smallskip {\small " + r" \quad ".join(legend) + "}\\par\\medskip\n"
    for typed in typed_lines(report):
        yield from _line(typed, marks)


def _line(typed: Typed, marks: bool) -> Iterator[str]:
    """A line of the sheet with its sign, and below it why it is not right."""
    look = typed.look
    sign = _coloured(look, SIGNS[look]) if look else ""
    body = "".join(_part(text, rows, typed.faults) for text, rows in typed.parts())
    given = escaped(typed.marks) if marks else ""
    yield rf"\typed{{{typed.number}}}{{{sign}}}{{{body}}}{{{given}}}" + "\n"
    for fault in typed.faults:
        yield rf"\reason{{open}}{{{escaped(fault)}}}" + "\n"
    for row in typed.rows:
        if look_of(row) != "right":
            yield rf"\reason{{{_name(look_of(row))}}}{{{escaped(row.sentence)}}}" + "\n"


def _part(text: str, rows: Sequence[Row], faults: Sequence[str]) -> str:
    looks = [*map(look_of, rows), *["open"] * bool(faults)]
    return _coloured(worst(looks), escaped(text)) if looks else escaped(text)
