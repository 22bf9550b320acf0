"""What is made of typed lines before they are parsed: arrays as programs print them, brackets.

>>> commas_for_spaces("dW = [[ 0.0030 -0.0075] [1. 2.]]")
'dW = [[ 0.0030,-0.0075] [1.,2.]]'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_JOINED = 300  # lines of one array

NUMBER = r"[+−-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
APART = re.compile(rf"(?<=[\[;])(\s*{NUMBER}(?:\s+{NUMBER})+\s*)(?=[\];])")
GAP = re.compile(r"(?<=\S)\s+(?=\S)")
# What PyTorch and NumPy print beside the numbers.
BESIDE = re.compile(
    r",\s*(?:grad_fn=<\w{1,60}>|dtype=[\w.]{1,30}|requires_grad=\w{4,5}|device='[\w:]{1,20}')"
)
GOES_ON = re.compile(r"(?!\s*---\s*$)\s*(?:[\[\]+−.\d-]|(?:array|tensor|np\.float\d\d)\()[^=]*")
EQUALS_ON = re.compile(r"\s*[=≈≃≅](?!=)\s*\S")  # a chain that goes on in the next line
EQUATION = re.compile(r".*[=/^_)\d].*")  # and what it goes on with: no word alone
# What stands before a line: a bullet, a prompt of Python; behind it a tick, a full stop.
BULLET = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)]|\([a-h]\))\s+(?=[A-Za-zα-ωΑ-Ω∂\\][^=]*=)")
PROMPT = re.compile(r"\s*(?:>>>|In \[\d+\]:)(?: |$)")
OUTPUT = re.compile(r"\s*Out\[\d+\]:\s*")
PRINTED = re.compile(r"(\s*)print\((.*)\)\s*")
TICKS = "✓✔✅"
STOP = re.compile(r"(\d\.\d+)\.$")


def bare(line: str) -> str:
    """A line without its comment, its bullet, prompt or tick; no column moves.

    >>> bare("- z = 1.25.  # a comment"), bare("(b) L = 2 ✓"), bare(">>> z"), bare("-z = 1")
    ('  z = 1.25', '    L = 2', '    z =', '-z = 1')
    """
    line = line.partition("#")[0]
    if prompt := PROMPT.match(line):
        rest = line[prompt.end() :]
        if printed := PRINTED.fullmatch(rest):
            rest = f"{printed[1]}      {printed[2]}"
        line = " " * prompt.end() + rest
        return line if "=" in rest or not rest.strip() else f"{line.rstrip()} ="
    for mark in (OUTPUT, BULLET):
        if found := mark.match(line):
            line = " " * found.end() + line[found.end() :]
    line = line.rstrip()
    line = line.rstrip(TICKS + " \t") if line.endswith(tuple(TICKS)) else line
    return STOP.sub(r"\1", line)


def joined(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; what goes on with an array that is open is one with it, and
    so is a line that begins with a sign of equality.

    >>> list(joined(["z = 1 + 2", "  = 3", "", "= 4"]))
    [(1, 'z = 1 + 2 = 3'), (3, ''), (4, '= 4')]
    """
    first, parts, depth = 0, list[str](), 0
    for place, line in enumerate(lines, start=1):
        line = BESIDE.sub("", line) if "[" in "".join(parts[:1]) + line else line
        is_open = depth > 0 or "".join(parts[-1:]).rstrip().endswith("=")
        goes_on = bool(is_open and GOES_ON.fullmatch(line))
        if EQUALS_ON.match(line) and EQUATION.fullmatch("".join(parts[-1:])):
            goes_on, line = True, line.strip()
        if not (goes_on and len(parts) < MOST_JOINED):
            if parts:
                yield first, " ".join(parts)
            first, parts, depth = place, [], 0
        parts.append(line)
        depth += line.count("[") - line.count("]")
    if parts:
        yield first, " ".join(parts)


def commas_for_spaces(text: str) -> str:
    """Numbers with blanks between them, as NumPy prints them, with commas; no column moves."""
    return APART.sub(lambda match: GAP.sub(_comma, match[1]), text)


def _comma(match: re.Match[str]) -> str:
    return "," + match.group()[1:]


def split(text: str, sign: re.Pattern[str], brackets: str = "[]") -> Iterator[tuple[str, int]]:
    """The parts of a text between signs outside brackets, with where each begins."""
    start, depth = 0, 0
    for match in re.finditer(rf"[{re.escape(brackets)}]|{sign.pattern}", text):
        if match.group() in brackets:
            depth = max(0, depth + (1 if brackets.index(match.group()) % 2 == 0 else -1))
        elif not depth:
            yield text[start : match.start()], start
            start = match.end()
    yield text[start:], start
