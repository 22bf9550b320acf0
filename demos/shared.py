"""What the demos share while they run: a bar over long work, and an end by Ctrl-C in a sentence."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import nn
from autograd import Picture

T = TypeVar("T")


def run(main: Callable[[], object]) -> None:
    """Run a demo from the command line: Ctrl-C ends it with a sentence and the shells' exit code
    for it, 130.
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


def finished(history: nn.History, epochs: int) -> nn.History:
    """The history of a whole training; where Ctrl-C ended it, that interrupt again, as a demo shows
    no half of one.
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


def save_both(picture: Picture, stem: Path) -> list[Path]:
    """Write a picture as SVG and as PNG."""
    return [picture.save(stem.with_suffix(suffix)) for suffix in (".svg", ".png")]
