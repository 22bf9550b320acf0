"""`chalkgrad check`: reads sheets, and prints, draws or exports what was found in them.

Exit status 0: nothing is wrong; 1: a slip, a misprint or a wrongly shown line; 2: a sheet, or a
line of one, could not be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.audit.reading.sources import UnreadableSheetError, text_of
from autograd.audit.reporting.class_table import summary
from autograd.audit.reporting.lines import Line, lines
from autograd.audit.reporting.records import EXPORTS, Checked, as_record
from autograd.audit.reporting.report import check
from autograd.files import require_apart, write_atomically
from autograd.reading import printable

if TYPE_CHECKING:
    from rich.console import Console

RIGHT, WRONG, UNREAD, INTERRUPTED = 0, 1, 2, 130
COLOURS = {  # without bold or faint letters: NO_COLOR leaves nothing of them
    "right": "green",
    "slip": "red",
    "carried": "yellow",
    "wrong line": "magenta",
    "open": "cyan",
    "heading": "blue",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `check` takes."""
    parser.add_argument("sheets", nargs="+", metavar="SHEET", help="a worksheet, as sheet.chalk")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="print one object a sheet")
    what.add_argument("--export", choices=EXPORTS, help="print it in the format of a grader")
    what.add_argument("--summary", action="store_true", help="print tables of a whole class")
    parser.add_argument("--html", metavar="FILE", help="write the marked sheets as a page too")
    parser.add_argument("--latex", metavar="FILE", help="write them as a LaTeX document too")
    parser.add_argument("--marks", action="store_true", help="show the marks of each line")


def run(options: argparse.Namespace) -> int:
    """Check the sheets, show what was asked for, and return the exit status."""
    try:
        require_apart([each for each in (options.html, options.latex) if each], options.sheets)
    except ValueError as error:
        _say(str(error))
        return UNREAD
    checked: list[Checked] = []
    interrupted = False
    try:
        for sheet in _each(options):
            checked.append(sheet)
            _show(sheet, options)
    except KeyboardInterrupt:
        interrupted = True
        _say(f"interrupted after {len(checked)} of {len(options.sheets)} sheets")
    _show_all(checked, options)
    status = max(map(_status, checked), default=RIGHT)
    if options.html:
        from autograd.audit.reporting.page import page  # brings the pictures

        status = max(status, _write(options.html, lambda: page(checked, options.marks)))
    if options.latex:
        from autograd.audit.reporting.latex import latex_page

        status = max(status, _write(options.latex, lambda: latex_page(checked, options.marks)))
    return INTERRUPTED if interrupted else status


def _each(options: argparse.Namespace) -> Iterator[Checked]:
    """The sheets, with the progress on a terminal where nothing else shows it."""
    names: Iterable[str] = options.sheets
    shows_itself = not (options.json or options.export or options.summary)
    if len(options.sheets) > 1 and sys.stderr.isatty() and not shows_itself:
        from rich.console import Console
        from rich.progress import track

        names = track(options.sheets, "sheets", console=Console(stderr=True), transient=True)
    return (_checked(name) for name in names)


def _checked(name: str) -> Checked:
    try:
        return Checked(name, check(text_of(name)))
    except UnreadableSheetError as error:
        return Checked(name, None, str(error))
    except Exception as error:  # the other sheets are still checked
        sentence = f"{type(error).__name__}: {error}"
        return Checked(name, None, f"{printable(name)}: the check failed: {printable(sentence)}")


def _status(sheet: Checked) -> int:
    if sheet.report is None or sheet.report.faults:
        return UNREAD
    return RIGHT if sheet.report.is_right else WRONG


def _show(sheet: Checked, options: argparse.Namespace) -> None:
    """What is shown of one sheet as soon as it is checked."""
    if sheet.report is None:
        _say(sheet.problem)
    elif options.json:
        print(json.dumps(as_record(sheet.report)), flush=True)
    elif not (options.export or options.summary):
        _print([*lines(sheet.report, sheet.name, options.marks), Line("")])


def _show_all(checked: Sequence[Checked], options: argparse.Namespace) -> None:
    """What is shown of all sheets together."""
    if options.export:
        found = EXPORTS[options.export](checked)
        text = found if isinstance(found, str) else json.dumps(found, indent=1)
        print(text.rstrip("\n"), flush=True)
    elif options.summary:
        _print(summary(checked))


def _write(file: str, document: Callable[[], str]) -> int:
    """Write a document; the status says whether that was possible."""
    try:
        write_atomically(Path(file), document().encode())
    except (OSError, ValueError) as error:
        _say(str(error))
        return UNREAD
    return RIGHT


def _print(shown: Iterable[Line]) -> None:
    """Lines, coloured where a terminal shows them."""
    if not sys.stdout.isatty():
        print("\n".join(line.text for line in shown), flush=True)
        return
    console = _console()
    for line in shown:
        console.print(line.text, style=COLOURS.get(line.look, ""), soft_wrap=True)


def _console() -> Console:
    """The terminal; what is printed is text, never markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
