"""What the demos share while they run: the command line, plots, a bar over long work, Ctrl-C."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import nn
from autograd import Picture
from autograd.files import write_atomically

T = TypeVar("T")


# --- the command line -----------------------------------------------------------------------------


def run(main: Callable[[], object]) -> None:
    """Run a demo from the command line.

    Ctrl-C ends it with a sentence and the shells' exit code for it, 130.
    """
    try:
        main()
    except KeyboardInterrupt as interrupt:
        where = f" {interrupt}" if str(interrupt) else ""
        print(
            f"\nInterrupted{where}: the demo ends here, its pictures are not all written.",
            file=sys.stderr,
        )
        raise SystemExit(130) from None


def output_folder(name: str, description: str, arguments: Sequence[str] | None) -> Path:
    """The folder for the pictures, from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m demos.{name}", description=description)
    add_out(parser)
    chosen: Path = parser.parse_args(arguments).out
    return chosen


def add_out(parser: argparse.ArgumentParser) -> None:
    """Give a parser the option --out."""
    about = "the folder for the pictures"
    parser.add_argument("--out", type=folder, default="pictures", metavar="DIR", help=about)


def folder(path: str) -> Path:
    """The folder for the pictures, made if it is not there: the type of the option --out.

    >>> folder(__file__)
    Traceback (most recent call last):
    argparse.ArgumentTypeError: no folder can be made at ...py (File exists); give another path
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"no folder can be made at {path} ({error.strerror}); give another path"
        ) from None
    return Path(path)


# --- long work ------------------------------------------------------------------------------------


def finished(history: nn.History, epochs: int) -> nn.History:
    """The history of a whole training: a demo shows no half of one.

    Where Ctrl-C ended it, that interrupt again.
    """
    if history.interrupted:
        raise KeyboardInterrupt(f"in a training, after {len(history.losses)} of {epochs} epochs")
    return history


def with_bar(steps: Iterable[T], unit: str) -> Iterable[T]:
    """The steps, under tqdm's bar in a terminal or a notebook where that is installed."""
    try:
        tqdm = importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        return steps
    bar: Iterable[T] = tqdm(steps, unit=unit, disable=None)
    return bar


# --- pictures -------------------------------------------------------------------------------------

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#6b7280"  # told apart by colour-blind readers too


def save_both(picture: Picture, stem: Path) -> list[Path]:
    """Write a picture as SVG and as PNG."""
    return [picture.save(stem.with_suffix(suffix)) for suffix in (".svg", ".png")]


def plotting() -> Any:
    """matplotlib.pyplot without a display, in the colours and type of the other pictures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e5e7eb",
            "axes.axisbelow": True,
            "legend.frameon": False,
            "svg.hashsalt": "chalkgrad",  # the same file in every run
        }
    )
    return pyplot


def save(figure: Any, path: Path) -> Path:
    """Write a figure and release it."""
    kind, drawn = path.suffix.removeprefix("."), io.BytesIO()
    figure.savefig(drawn, format=kind, dpi=120, metadata={"Date": None} if kind == "svg" else None)
    write_atomically(path, drawn.getvalue())
    plotting().close(figure)
    return path
