"""The command `chalkgrad`, also `python -m autograd`.

    chalkgrad check sheet.chalk

It stands above the engine and its readers: the one file here that may use all of them.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from autograd.audit.reporting import command as check


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand, and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal has no letters for
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # who read has seen enough, as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


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
    return parser


if __name__ == "__main__":
    sys.exit(main())
