"""The `dot` program: which one draws, and how it is run.

In this order: the one that the environment variable CHALKGRAD_DOT names (a path, or the word
"bundled"), the system's `dot`, the one that the distribution graphviz-pure brings. The bundled one
draws the same picture on every machine.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHOICE = "CHALKGRAD_DOT"
BUNDLED = "graphviz-pure"  # the name of the distribution, and of its executable
REMEDY = (
    f"install Graphviz, or `pip install {BUNDLED}`, or name a dot program "
    f"in the environment variable {CHOICE} (the DOT source needs none: picture.dot)"
)
PNG_DPI = 144  # SVG has no pixels; 96, the default, is hard to read on today's screens


class DotError(RuntimeError):
    """No `dot` program, or one that cannot draw this; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class DotProgram:
    """A program that turns DOT source into a picture."""

    path: Path

    @property
    def bundled(self) -> bool:
        return self.path.stem == BUNDLED

    def render(self, source: str, engine: str, kind: str) -> bytes:
        """The picture as bytes; `engine` lays it out (dot, neato), `kind` is svg, png or pdf."""
        if kind == "pdf" and self.bundled:
            raise DotError(
                f"PDF needs the system's dot, {BUNDLED} draws SVG and PNG: "
                "install Graphviz, or save an SVG"
            )
        # Run directly: the graphviz package takes the program from a global, which threads share.
        command = [str(self.path), f"-K{engine}", f"-T{kind}"]
        if kind == "png":
            command.append(f"-Gdpi={PNG_DPI}")
        try:
            done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
        except OSError as error:
            raise DotError(f"{self.path} does not run ({error.strerror}): {REMEDY}") from error
        if done.returncode or not done.stdout:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise DotError(f"{self.path} could not draw this as {kind}: {said[0]}")
        return done.stdout


def find_program() -> DotProgram:
    """The `dot` program of choice; a DotError with the remedy where there is none."""
    chosen = os.environ.get(CHOICE, "")
    if chosen and chosen != "bundled":
        path = shutil.which(chosen)
        if path is None:
            raise DotError(f"{CHOICE} is {chosen!r}, and no program is there: {REMEDY}")
        return DotProgram(Path(path))
    system = None if chosen else shutil.which("dot")
    found = Path(system) if system else bundled_program()
    if found is None:
        raise DotError(f"no dot program is installed: {REMEDY}")
    return DotProgram(found)


def bundled_program() -> Path | None:
    """The executable of graphviz-pure, from its list of files: its name on the PATH is not dot."""
    try:
        files = importlib.metadata.files(BUNDLED) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        path = Path(str(file.locate()))
        if path.stem == BUNDLED and path.is_file():
            return path.resolve()
    return None
