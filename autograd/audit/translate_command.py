"""`chalkgrad translate`: the same worksheet in another notation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograd.audit.reading.sources import UnreadableSheetError, text_of
from autograd.files import require_apart, write_atomically
from autograd.notes.profiles import NOTATIONS
from autograd.reading import meant, printable

DONE, REFUSED = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `translate` takes."""
    parser.add_argument("sheet", metavar="SHEET", help="a worksheet, as sheet.chalk")
    parser.add_argument("--to", metavar="NOTATION", required=True, help=", ".join(NOTATIONS))
    parser.add_argument("--out", metavar="FILE", help="write the sheet there; else it is printed")


def run(options: argparse.Namespace) -> int:
    """Print or write the sheet; what cannot be translated is said, and nothing is written."""
    from autograd.audit.translating.sheets import translate

    try:
        translated = translate(text_of(options.sheet), meant(options.to, NOTATIONS))
    except UnreadableSheetError as error:
        return _refused(str(error))
    except ValueError as error:
        return _refused(f"{printable(options.sheet)}: {error}")
    if not options.out:
        print(translated, end="", flush=True)
        return DONE
    try:
        require_apart([options.out], [options.sheet])
        write_atomically(Path(options.out), translated.encode())
    except (ValueError, OSError) as error:
        return _refused(str(error))
    return DONE


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return REFUSED
