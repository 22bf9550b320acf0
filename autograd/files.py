"""Files written in full or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file in full, or leave what was there: a new file beside it takes its place once it
    is on the disk.

    A link stays a link, and a file that was there keeps its mode; a new one gets the usual mode of
    a new file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "w.txt"), b"0.2073")
    ...     Path(folder, "w.txt").read_text()
    '0.2073'
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"{os.fspath(path)} cannot be written: there is no folder {target.parent}; "
            "make it first"
        )
    if target.is_dir():
        raise IsADirectoryError(f"{os.fspath(path)} is a folder: give the name of a file in it")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    _synchronise(target.parent)


def _synchronise(folder: Path) -> None:
    """Put the new name on the disk too, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
