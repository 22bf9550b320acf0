"""Lines that a person or a machine read from a photo, as JSON, with what else they may say.

    {"lines": [{"text": "w = 0.9 - 0.1 = 0.9857", "alternatives": ["w = 0.9 - 0.1 = 0.9854"],
                "source": "page 1, line 3"}]}

`schema()` and `prompt()` say so to a program and to a vision model. What is not as it should be is
a fault that names its place, `lines[3].alternatives`; the other lines are still read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple

from autograd.audit.reading.typed import split
from autograd.audit.reading.worksheet import EQUALS, MARKS, MOST_LINES, MOST_TEXT
from autograd.audit.sheet import Fault
from autograd.reading import did_you_mean, printable

MOST_ALTERNATIVES = 8
MOST_SOURCE = 200  # characters
BEGINS = re.compile(r"[\s\ufeff]*(?:\{|\[\s*[{\"]|```)")  # no worksheet does
FENCE = re.compile(r"[\s\ufeff]*```\w*[ \t]*(\n.*?)(?:\n[ \t]*```\s*)?", re.DOTALL)
KEYS = ("text", "alternatives", "source")


class ReadLine(NamedTuple):
    """A line as it was read, what it may say instead, and where it stands."""

    text: str
    alternatives: tuple[str, ...] = ()
    source: str = ""


class Transcription(NamedTuple):
    """Lines in their order; `faults` are at those that are not as they should be."""

    lines: tuple[ReadLine, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def text(self) -> str:
        """The lines as a worksheet."""
        return "\n".join(line.text for line in self.lines)


def schema() -> str:
    """The JSON schema of what is read here (draft 2020-12).

    >>> json.loads(schema())["required"]
    ['lines']
    """
    return _file("readings.schema.json")


def prompt() -> str:
    """What to ask a vision model; the exercise is to follow.

    >>> "Do not correct" in prompt()
    True
    """
    return _file("readings.prompt.txt")


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def transcription(text: str) -> Transcription | None:
    """The lines that a JSON text holds; None for a text that is a worksheet.

    >>> transcription('{"lines": [{"text": "y = 4", "alternatives": ["9"]}]}').lines
    (ReadLine(text='y = 4', alternatives=('y = 9',), source=''),)
    >>> transcription('{"lines": [{"text": 4}]}').faults[0].sentence
    'lines[0].text: expected a text, not a number'
    """
    if not BEGINS.match(text[:MOST_SOURCE]):
        return None
    if len(text) > MOST_TEXT:
        return _unread(1, 1, f"a reading has at most {MOST_TEXT} characters")
    try:
        fenced = FENCE.fullmatch(text)
        found = DECODER.decode(fenced[1] if fenced else text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        return _unread(error.lineno, error.colno, f"this is no JSON: {error.msg}")
    except RecursionError:
        return _unread(1, 1, "brackets are nested too deeply")
    faults: list[Fault] = []
    return Transcription(tuple(_lines(found, faults)), tuple(faults))


def _unread(line: int, column: int, sentence: str) -> Transcription:
    return Transcription((), (Fault(line, column, sentence),))


class _Other(NamedTuple):
    """What is no text, list or object, and is never needed: 1e999999999, NaN."""

    kind: str


class _Object(dict[str, Any]):
    """An object, with the keys that it has twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts: dict[str, int] = {}
        for key, _ in pairs:
            counts[key] = counts.get(key, 0) + 1
        self.repeated = [key for key, count in counts.items() if count > 1]


def _a_number(_: str) -> _Other:
    return _Other("a number")


DECODER = json.JSONDecoder(
    object_pairs_hook=_Object, parse_int=_a_number, parse_float=_a_number, parse_constant=_a_number
)


def _lines(found: Any, faults: list[Fault]) -> Iterator[ReadLine]:
    if isinstance(found, list):
        found = _Object([("lines", found)])
    if not isinstance(found, _Object):
        faults.append(_expected(1, "", 'an object, {"lines": [...]}', found))
        return
    faults.extend(_of_keys(found, ("lines",), 1, ""))
    lines = found.get("lines", _Other("nothing"))
    if not isinstance(lines, list):
        faults.append(_expected(1, "lines", "a list of lines", lines))
        return
    if len(lines) > MOST_LINES:
        faults.append(Fault(MOST_LINES, 1, f"lines: at most {MOST_LINES} are read"))
    for place, line in enumerate(lines[:MOST_LINES]):
        yield _line(line, place, faults)


def _line(line: Any, place: int, faults: list[Fault]) -> ReadLine:
    """One line; an empty one where it has no text, so that the others keep their numbers."""
    number, where = place + 1, f"lines[{place}]"
    line = _Object([("text", line)]) if isinstance(line, str) else line
    if not isinstance(line, _Object):
        faults.append(_expected(number, where, "an object with a text", line))
        return ReadLine("")
    faults.extend(_of_keys(line, KEYS, number, where))
    text = _text(line.get("text", _Other("nothing")), f"{where}.text", number, faults)
    source = _text(line.get("source", ""), f"{where}.source", number, faults)
    others = line.get("alternatives", [])
    if not isinstance(others, list):
        faults.append(_expected(number, f"{where}.alternatives", "a list of texts", others))
        others = []
    if len(others) > MOST_ALTERNATIVES:
        sentence = f"{where}.alternatives: at most {MOST_ALTERNATIVES} are read"
        faults.append(Fault(number, 1, sentence))
    read = [
        _text(other, f"{where}.alternatives[{k}]", number, faults)
        for k, other in enumerate(others[:MOST_ALTERNATIVES])
    ]
    whole = dict.fromkeys(_whole(text, other) for other in read if other)
    return ReadLine(text, tuple(x for x in whole if x != text), source[:MOST_SOURCE])


def _text(found: Any, where: str, number: int, faults: list[Fault]) -> str:
    """A text of one line; an empty one with a fault for anything else."""
    if not isinstance(found, str):
        faults.append(_expected(number, where, "a text", found))
        return ""
    if len(found.splitlines()) > 1:
        faults.append(Fault(number, 1, f"{where}: expected one line, each line has its own text"))
        return ""
    return found.rstrip("\n\r")


def _whole(text: str, other: str) -> str:
    """An alternative as a whole line: one without = stands for what is behind the last of them.

    >>> _whole("w = 1 - 0.1 = 0.8 [2 marks]", "0.9")
    'w = 1 - 0.1 = 0.9 [2 marks]'
    """
    *before, _ = split(text, EQUALS)
    if not before or EQUALS.search(other):
        return other
    marks = MARKS.search(text)
    *_, (_, start) = split(text, EQUALS)
    return f"{text[:start]} {other.strip()}{f' {marks[0]}' if marks else ''}"


def _of_keys(found: _Object, known: tuple[str, ...], number: int, where: str) -> Iterator[Fault]:
    """Keys that say nothing here, and those that are there twice."""
    start = f"{where}." if where else ""
    for key in [*found.repeated, *(key for key in found if key not in known)][: len(known) + 1]:
        shown = printable(key[:40])
        if key in known:
            yield Fault(number, 1, f"{start}{shown}: it is there twice")
        else:
            meant = did_you_mean(key[:40], known) or f"expected {', '.join(known)}"
            yield Fault(number, 1, f"{start}{shown}: there is no such key; {meant}")


def _expected(number: int, where: str, what: str, found: Any) -> Fault:
    start = f"{where}: " if where else ""
    return Fault(number, 1, f"{start}expected {what}, not {_kind(found)}")


def _kind(found: Any) -> str:
    if isinstance(found, _Other):
        return found.kind
    names = {str: "a text", list: "a list", _Object: "an object", bool: "true or false"}
    return names.get(type(found), "null")
