"""`chalkgrad new`: exercises with their keys, as files."""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from autograd.files import make_folder_of, write_atomically
from autograd.writing import printable
from nn.exercises import exercise

DONE, REFUSED = 0, 2


def run(options: argparse.Namespace) -> int:
    """Write the sheets and the keys, and say of each how many slips it tells apart."""
    written = _written(options)
    while True:
        try:
            said = next(written, None)
        except (ValueError, OSError) as error:
            print(str(error), file=sys.stderr, flush=True)
            return REFUSED
        if said is None:
            return DONE
        print(said, flush=True)  # what goes wrong here is no fault of a file


def _written(options: argparse.Namespace) -> Iterator[str]:
    """Write one exercise after the other, and say what each is."""
    source, folder = random.Random(options.seed), Path(options.out)
    sizes = _sizes(options.sizes)
    if options.variants < 1:
        raise ValueError(f"variants are 1 or more: got {options.variants}")
    names = [f"exercise_{number}" for number in range(1, options.variants + 1)]
    _refuse_those_there(folder, names)
    for number, name in enumerate(names, 1):
        made = exercise(
            sizes,
            _activations(options.activations, len(sizes) - 1),
            loss=options.loss,
            rounding=options.rounding,
            notation=options.notation,
            seed=source,
            title=f"Exercise {number}",
            samples=options.samples,
            optimizer=options.optimizer,
            steps=options.steps,
            progress=None,
        )
        make_folder_of(folder / f"{name}.chalk")
        write_atomically(folder / f"{name}.chalk", made.sheet.encode())
        write_atomically(folder / f"{name}_key.chalk", made.key.encode())
        yield f"{name}.chalk: {made}"


def _sizes(typed: str) -> list[int]:
    """The widths that 2-2-1 says."""
    if not re.fullmatch(r"[0-9]{1,6}(-[0-9]{1,6})*", typed):
        raise ValueError(f"sizes are widths such as 2-2-1: got {printable(repr(typed[:40]))}")
    return [int(size) for size in typed.split("-")]


def _activations(typed: list[str], layers: int) -> list[str]:
    """One a layer, with commas between them maybe; one alone is that of all, as in worksheets."""
    found = [word for words in typed for word in words.split(",") if word]
    return found * layers if len(found) == 1 else found


def _refuse_those_there(folder: Path, names: list[str]) -> None:
    """Raise FileExistsError where an exercise is there already, before any is written."""
    for name in names:
        for file in (folder / f"{name}.chalk", folder / f"{name}_key.chalk"):
            if os.path.lexists(file):
                shown = printable(str(file))
                raise FileExistsError(
                    f"{shown} is there already: give another folder, or remove it"
                )
