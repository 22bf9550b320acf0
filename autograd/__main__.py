"""The command `chalkgrad`, also `python -m autograd`.

    chalkgrad check sheet.chalk
    chalkgrad new 2-2-1 sigmoid sigmoid --out exercises
    chalkgrad plant sheet.chalk --seed 7
    chalkgrad translate sheet.chalk --to nielsen
    chalkgrad readings --prompt

It stands above the engine and its readers: the one file here that may use all of them.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

from autograd.audit import plant_command as plant
from autograd.audit import readings_command as readings
from autograd.audit import translate_command as translate
from autograd.audit.reporting import command as check
from autograd.notes.profiles import NOTATIONS

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand, and return its exit status.

    Where what it prints finds no room, that is said, and the status is that of a refusal.
    """
    if sys.stdout is None:  # closed, by who wants the status alone
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            return main(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal has no letters for
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # who read has seen enough, as `head`
        _drop(sys.stdout)
        return 0
    except OSError as error:
        if error.filename is not None or error.strerror is None:  # it is of a file
            raise
        remedy = "make room there, or print it elsewhere"
        said = f"what was to be printed cannot be written: {error.strerror}; {remedy}"
        try:
            print(said, file=sys.stderr, flush=True)
        except OSError:  # it was this that could not be written
            _drop(sys.stderr)
        _drop(sys.stdout)
        return REFUSED


def _drop(stream: TextIO) -> None:
    """Write the rest nowhere: at its end Python tries again to write what is left."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalkgrad", description="Backpropagation as worked by hand."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser(
        "check",
        help="mark sheets of hand-worked numbers",
        description="Mark sheets of hand-worked numbers: where a slip was made, and what only "
        "follows from it. Exit status 0: nothing is wrong; 1: a slip, a misprint or a wrongly "
        "shown line; 2: a sheet, or a line of one, could not be read.",
    )
    check.add_arguments(checking)
    checking.set_defaults(run=check.run)
    making = commands.add_parser(
        "new",
        help="make exercises with their keys",
        description="Make exercises: worksheets with blanks, and their keys, with numbers for "
        "which slips show. The same arguments give the same files.",
    )
    _add_arguments_of_new(making)
    making.set_defaults(run=_new)
    planting = commands.add_parser(
        "plant",
        help="plant a slip in a filled sheet",
        description="Copy a filled sheet with one slip in it, and what follows from that.",
    )
    plant.add_arguments(planting)
    planting.set_defaults(run=plant.run)
    translating = commands.add_parser(
        "translate",
        help="write a sheet in another notation",
        description="Write a worksheet in another notation: its names, and its signs where "
        "gradients have others there. Everything else stays as it is typed.",
    )
    translate.add_arguments(translating)
    translating.set_defaults(run=translate.run)
    asking = commands.add_parser(
        "readings",
        help="what to ask a program that reads photos",
        description="Print what `check` takes beside worksheets, lines that were read from a "
        "photo: as a JSON schema, or as a prompt for a vision model, which the typed exercise is "
        "to follow.",
    )
    readings.add_arguments(asking)
    asking.set_defaults(run=readings.run)
    return parser


DEFAULT = " (%(default)s unless given)"


def _add_arguments_of_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sizes", metavar="SIZES", help="the widths, the inputs first: 2-2-1")
    parser.add_argument(
        "activations", metavar="ACTIVATION", nargs="+", help="one a layer, or one for all: relu"
    )
    parser.add_argument(
        "--loss", default="half squared error", help=f"as worksheets call it{DEFAULT}"
    )
    parser.add_argument(
        "--samples", type=int, default=1, help=f"how many{DEFAULT}; the cost is their mean"
    )
    optimizers = "gradient descent, momentum, nesterov, adagrad, rmsprop or adam"
    parser.add_argument("--optimizer", default="gradient descent", help=optimizers + DEFAULT)
    parser.add_argument("--steps", type=int, default=1, help=f"updates{DEFAULT}")
    parser.add_argument(
        "--rounding",
        type=int,
        help="decimals of each line: 4, or a few more where squares need them",
    )
    parser.add_argument("--variants", type=int, default=1, help=f"how many exercises{DEFAULT}")
    parser.add_argument("--notation", default="notes", help=", ".join(NOTATIONS) + DEFAULT)
    parser.add_argument("--seed", type=int, default=0, help=f"of the numbers{DEFAULT}")
    folder = "made if need be (this one unless given)"
    parser.add_argument("--out", metavar="FOLDER", default=".", help=folder)


def _new(options: argparse.Namespace) -> int:
    from nn import exercise_command  # when it is asked for: `check` starts without networks

    return exercise_command.run(options)


if __name__ == "__main__":
    sys.exit(main())
