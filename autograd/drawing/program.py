"""The `dot` program: which one draws, and how it is run.

In this order: the one that the environment variable CHALKGRAD_DOT names (a path, or the word
"bundled"), the one that the distribution graphviz-pure brings, which draws the same picture on
every machine, the system's `dot`. A PDF the system's alone can draw; without it `pdf` makes one of
the SVG.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograd.reading import printable

CHOICE = "CHALKGRAD_DOT"
BUNDLED = "graphviz-pure"  # the name of the distribution, and of its executable
REMEDY = (
    f"install Graphviz, or `pip install {BUNDLED}` where it has a wheel, or name a dot program "
    f"in the environment variable {CHOICE} (the DOT source needs none: picture.dot)"
)
MOST_SECONDS = 60  # what takes longer is a picture that nobody reads
INCH = 72  # points
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

    def render(
        self, source: str, engine: str, kind: str, within: tuple[float, float] | None = None
    ) -> bytes:
        """The picture as bytes; `engine` lays it out (dot, neato), `kind` is svg, png or pdf. What
        is larger than the points that it is `within` is made smaller.
        """
        # Run directly: the graphviz package takes the program from a global, which threads share.
        command = [str(self.path), f"-K{engine}", f"-T{kind}"]
        if kind == "png":
            command.append(f"-Gdpi={PNG_DPI}")
        if within is not None:
            command.append("-Gsize=" + ",".join(f"{points / INCH:.2f}" for points in within))
        try:
            status, drawn, errors = _run(command, source.encode())
        except OSError as error:
            raise DotError(f"{self.path} does not run ({error.strerror}): {REMEDY}") from error
        except subprocess.TimeoutExpired:
            raise DotError(
                f"{self.path} did not draw this within {MOST_SECONDS} seconds, and was stopped: "
                "draw fewer samples or a smaller root, or save the DOT source as .dot"
            ) from None
        if status or not drawn:
            said = errors.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise DotError(f"{self.path} could not draw this as {kind}: {printable(said[0])}")
        return drawn


def _run(command: list[str], source: bytes) -> tuple[int, bytes, bytes]:
    """Exit status, output and errors of a program, which is ended with whatever ends the wait.

    In a session of its own, so that the programs which it runs itself end with it.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    ) as process:
        try:
            drawn, errors = process.communicate(source, timeout=MOST_SECONDS)
        except BaseException:  # Ctrl-C too
            _end(process)
            raise
    return process.returncode, drawn, errors


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def find_program(kind: str = "svg") -> DotProgram:
    """The `dot` program of choice; a DotError with the remedy where there is none.

    >>> isinstance(find_program("svg"), DotProgram)
    True
    """
    chosen = os.environ.get(CHOICE, "")
    if chosen and chosen != "bundled":
        path = shutil.which(chosen)
        if path is None:
            raise DotError(f"{CHOICE} is {chosen!r}, and no program is there: {REMEDY}")
        return DotProgram(Path(path))
    bundled = bundled_program()
    system = None if chosen or (bundled and kind != "pdf") else shutil.which("dot")
    found = Path(system) if system else bundled
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
