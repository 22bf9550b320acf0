"""Files written in full or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from autograd.writing import printable


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file in full, or leave what was there: a new file beside it takes its place once it
    is on the disk.

    A link stays a link, and a file that was there keeps its mode, and its owner where that may be
    set; a new one gets the usual mode of a new file. Of several hard links to one file this one
    alone has the new content. An OSError, of the class that fits, for what is no file (a folder, a
    device, a pipe), may not be written, or does not fit on the disk.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "w.txt"), b"0.2073")
    ...     Path(folder, "w.txt").read_text()
    '0.2073'
    """
    given = Path(os.fsdecode(path))
    name, target = printable(str(given)), Path(os.path.realpath(given))
    beside = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        before = _file_there(given, target, name)
        _write_new(beside, content, before)
        beside.replace(target)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError) and error.errno is not None:
            raise _again(error, name, _reason(error, target.parent)) from error
        raise
    _synchronise(target.parent)


def make_folder_of(path: str | os.PathLike[str]) -> None:
    """Make the folder that a file is to be written into, and those that it is in itself.

    An OSError, of the class that fits, where that cannot be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     make_folder_of(Path(folder, "week 3", "w.txt"))
    ...     Path(folder, "week 3").is_dir()
    True
    """
    given = Path(os.fsdecode(path))
    try:
        given.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        there = _there_above(given)
        reason = _reason(error, there) if there.is_dir() else _no_folder(there)
        raise _again(error, printable(str(given)), reason) from error


def require_apart(written: Sequence[str], read: Sequence[str] = ()) -> None:
    """A ValueError where a file is to be written over one that is read, or written twice.

    >>> require_apart(["page.html", "own.chalk"], ["./own.chalk"])
    Traceback (most recent call last):
    ValueError: own.chalk would be written over ./own.chalk: give another name
    """
    for place, name in enumerate(written):
        for other in (*read, *written[:place]):
            if _is_same_file(name, other):
                raise ValueError(
                    f"{printable(name)} would be written over {printable(other)}: give another name"
                )


def _is_same_file(one: str, other: str) -> bool:
    """Whether two names are of one file, through links too; of what is no name, whether equal."""
    try:
        if os.path.realpath(one) == os.path.realpath(other):
            return True
        return Path(one).samefile(other)  # hard links; letters that a file system does not tell
    except (OSError, ValueError):  # there is none, or a NUL is in the name
        return one == other


def _file_there(path: Path, target: Path, name: str) -> os.stat_result | None:
    """What is known of the file that is there, None without one; an OSError for what is none."""
    if not target.parent.is_dir():
        there = _there_above(target)
        if not there.is_dir():
            raise NotADirectoryError(f"{name} cannot be written: {_no_folder(there)}")
        folder = printable(str(target.parent))
        raise FileNotFoundError(
            f"{name} cannot be written: there is no folder {folder}; make it first"
        )
    try:
        before = path.stat()  # of /dev/stdout the target has no name of its own
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(f"{name} is a folder: give the name of a file in it")
    if not stat.S_ISREG(before.st_mode):
        raise OSError(
            f"{name} is a {_kind(before.st_mode)}, and only a file is written in full or not at "
            "all: write a file, and copy that there"
        )
    if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(
            f"{name} may not be written, its mode is {stat.filemode(before.st_mode)}: "
            "give another name, or make it writable"
        )
    return before


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
    return kinds.get(stat.S_IFMT(mode), "device")


def _write_new(beside: Path, content: bytes, before: os.stat_result | None) -> None:
    """A file on the disk, as nobody may read it who may not read the one that was there."""
    mode = 0o666 if before is None else stat.S_IMODE(before.st_mode)
    with open(beside, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as file:
        if before is not None:
            _take_over(file.fileno(), before)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _take_over(descriptor: int, before: os.stat_result) -> None:
    """The owner, where it may be set, and the mode of the file that was there."""
    if not hasattr(os, "fchmod"):  # Windows, where a mode says no more than read-only
        return
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(OSError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _again(error: OSError, name: str, reason: str) -> OSError:
    """The same error with a sentence of what was to be written, and why it is not."""
    again = type(error)(f"{name} cannot be written: {reason}")
    again.errno = error.errno
    return again


def _there_above(path: Path) -> Path:
    """The nearest of the folders around a path that is there, or a file in the place of one."""
    return next(filter(os.path.lexists, path.parents), Path())


def _no_folder(path: Path) -> str:
    return f"{printable(str(path))} is there and is no folder; give another one"


def _reason(error: OSError, within: Path) -> str:
    """What the system says, and what to do about it, in a folder."""
    folder = printable(str(within))
    remedies = {
        errno.ENAMETOOLONG: "give a shorter name",
        errno.ENOSPC: "make room there, or write it elsewhere",
        errno.EDQUOT: "make room there, or write it elsewhere",
        errno.EFBIG: "write it where files may be larger",
        errno.EROFS: "write it elsewhere",
        errno.ELOOP: "give the name of a file, not of links that lead in a circle",
        errno.EACCES: f"allow new files in the folder {folder}, or give another one",
        errno.EPERM: f"allow new files in the folder {folder}, or give another one",
    }
    said = error.strerror or type(error).__name__
    return f"{said}; {remedies[error.errno]}" if error.errno in remedies else said


def _synchronise(folder: Path) -> None:
    """Put the new name on the disk too, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
