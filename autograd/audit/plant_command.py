"""`chalkgrad plant`: a copy of a filled sheet with one slip in it, and what follows from it."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from autograd.audit.planting import plant
from autograd.audit.reading.sources import UnreadableSheetError, text_of
from autograd.files import require_apart, write_atomically
from autograd.reading import printable

DONE, REFUSED = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `plant` takes."""
    parser.add_argument("sheet", metavar="SHEET", help="a worksheet that is filled and right")
    parser.add_argument("--seed", type=int, default=0, help="which slip: the same seed, the same")
    kinds = "of which kind, as `check` calls it: sign of a term, transposed, arithmetic, ..."
    parser.add_argument("--kind", default="", help=kinds)
    parser.add_argument("--out", metavar="FILE", help="write the copy there; else it is printed")


def run(options: argparse.Namespace) -> int:
    """Plant a slip, and say which; not among the lines of the copy, which stays the student's."""
    try:
        planted = plant(text_of(options.sheet), random.Random(options.seed), options.kind)
        if options.out:
            require_apart([options.out], [options.sheet])
            write_atomically(Path(options.out), planted.text.encode())
    except (UnreadableSheetError, ValueError, OSError) as error:
        print(str(error), file=sys.stderr, flush=True)
        return REFUSED
    if not options.out:
        print(planted.text, end="", flush=True)
    said = printable(f"line {planted.line}: {planted.kind}: {planted.words}")
    print(said, file=sys.stdout if options.out else sys.stderr, flush=True)
    return DONE
