"""Pictures of every step of a walk, for slides."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograd.drawing.cards.graph_view import draw
from autograd.drawing.circuit.circuit_view import draw_circuit
from autograd.drawing.picture import Picture
from autograd.notes.progress import tqdm_if_there
from autograd.notes.walk import Walk
from autograd.reading import printable

KINDS = ("svg", "png", "pdf")
View = Callable[..., Picture]  # of a walk
VIEWS: Mapping[str, View] = {"cards": draw, "circuit": draw_circuit}


def write_frames(
    walk: Walk,
    folder: str | os.PathLike[str],
    kind: str,
    view: str | View,
    progress: bool | None,
    options: Mapping[str, Any],
) -> list[Path]:
    """What `Walk.frames` does; the walk stays where it stands."""
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {printable(repr(kind))}")
    draw_it = _view(view)
    last = len(walk.steps)
    names = [f"step_{number:0{len(str(last))}}.{kind}" for number in range(last + 1)]
    first = draw_it(copy.copy(walk).restart(), **options)  # what is wrong is told before
    if not isinstance(first, Picture):
        raise TypeError(f"view is a function that returns a picture, not a {type(first).__name__}")
    target = _folder_for(folder, names)
    tqdm = tqdm_if_there(progress, "the progress of the frames", stacklevel=4)
    numbered = enumerate(names)
    if tqdm is not None:
        disable = None if progress is None else False
        numbered = tqdm(numbered, total=len(names), unit="frame", disable=disable)
    moving, paths = copy.copy(walk), []
    for number, name in numbered:
        picture = draw_it(moving.goto(number), **options) if number else first
        paths.append(picture.save(target / name))
    return paths


def _view(view: str | View) -> View:
    """What draws a walk, by its name or itself."""
    if callable(view):
        return view
    if view not in [*VIEWS]:
        raise ValueError(
            f"view is one of {', '.join(VIEWS)}, or a function that draws a walk, such as "
            f"nn.draw_network, not {printable(repr(view))}"
        )
    return VIEWS[view]


def _folder_for(folder: str | os.PathLike[str], names: list[str]) -> Path:
    """A folder that has no other frames of this kind, made where there is none."""
    target = Path(folder)
    shown, suffix = printable(str(target)), Path(names[0]).suffix
    if not target.parent.is_dir():
        parent = printable(str(target.parent))
        raise FileNotFoundError(f"{shown}: there is no folder {parent}; make it first")
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{shown} is a file: give a folder for the frames")
    target.mkdir(exist_ok=True)
    there = {
        path.name for path in target.iterdir() if re.fullmatch(rf"step_\d+\{suffix}", path.name)
    }
    others = sorted(there.difference(names))
    if others:
        raise FileExistsError(
            f"{shown} has frames of another walk, {others[0]}{' and others' * (len(others) > 1)}: "
            "give another folder, or remove them"
        )
    return target
