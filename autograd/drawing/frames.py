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
VIEWS: Mapping[str, Callable[..., Picture]] = {"cards": draw, "circuit": draw_circuit}


def write_frames(
    walk: Walk,
    folder: str | os.PathLike[str],
    kind: str,
    view: str,
    progress: bool | None,
    options: Mapping[str, Any],
) -> list[Path]:
    """What `Walk.frames` does; the walk stays where it stands."""
    for given, name, known in ((kind, "kind", KINDS), (view, "view", [*VIEWS])):
        if given not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}, not {printable(repr(given))}")
    last = len(walk.steps)
    names = [f"step_{number:0{len(str(last))}}.{kind}" for number in range(last + 1)]
    first = VIEWS[view](copy.copy(walk).restart(), **options)  # what is wrong is told before
    target = _folder_for(folder, names)
    tqdm = tqdm_if_there(progress, "the progress of the frames", stacklevel=4)
    numbered = enumerate(names)
    if tqdm is not None:
        disable = None if progress is None else False
        numbered = tqdm(numbered, total=len(names), unit="frame", disable=disable)
    moving, paths = copy.copy(walk), []
    for number, name in numbered:
        picture = VIEWS[view](moving.goto(number), **options) if number else first
        paths.append(picture.save(target / name))
    return paths


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
