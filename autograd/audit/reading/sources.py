"""Sheets as files: read whole or not at all, and never more than a sheet may be."""

from __future__ import annotations

import stat
from pathlib import Path

from autograd.audit.reading.worksheet import MOST_TEXT
from autograd.reading import printable

MOST_BYTES = 4 * MOST_TEXT  # a character takes at most so many


class UnreadableSheetError(Exception):
    """A file that is no sheet, in a sentence that names it."""


def text_of(path: str) -> str:
    """The text of a file; an UnreadableSheetError for one that is none, or is too large.

    >>> text_of("no such folder/sheet.chalk")
    Traceback (most recent call last):
    autograd.audit.reading.sources.UnreadableSheetError: no such folder/sheet.chalk: there is no ...
    """
    name = printable(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableSheetError(f"{name}: there is no such file") from None
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        raise UnreadableSheetError(f"{name}: {_reason(path, error)}") from None
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError(
            f"{name}: it is too large: a sheet has at most {MOST_BYTES} bytes"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableSheetError(
            f"{name}: line {line} is not UTF-8: save the file as UTF-8"
        ) from None


def _reason(path: str, error: Exception) -> str:
    """Why a file cannot be read."""
    try:
        if stat.S_ISDIR(Path(path).stat().st_mode):
            return "it is a folder: give the sheets in it, as folder/*.chalk"
    except (OSError, ValueError):
        pass
    said = error.strerror if isinstance(error, OSError) else None
    return f"it cannot be read: {said or error}"
