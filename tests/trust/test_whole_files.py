"""Files are whole or not there: old and new bytes are compared after writes that were cut short.

A write is cut short by the system (the largest file that the process may write, from 0 bytes to one
too few), by an interrupt at each of its calls, and by killing the process. Kept are modes and
links; what is no file stays what it is.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nn
from autograd import Value, draw
from autograd.files import write_atomically

resource = pytest.importorskip("resource", reason="limits, links and devices of POSIX")

PROMISE = "files are whole or not there"
MODEL = nn.MLP.from_weights([[[0.5, 0.25]]], [[0.1]], ["relu"])
PICTURE = draw(Value(1, "x"))
WRITERS = {
    ".txt": lambda path: write_atomically(path, b"x" * 1000),
    ".dot": PICTURE.save,
    ".svg": PICTURE.save,
    ".png": PICTURE.save,
    ".json": lambda path: nn.save(MODEL, path),
    ".safetensors": lambda path: nn.save_safetensors(MODEL, path),
}
OLD = b"what was there"


def left_alone(folder, path):
    """Whether the old file is there, and nothing beside it."""
    return path.read_bytes() == OLD and list(folder.iterdir()) == [path]


def test_a_write_that_does_not_fit(tmp_path, full, figure):
    before, count = resource.getrlimit(resource.RLIMIT_FSIZE), 0
    for suffix, write in WRITERS.items():
        path = tmp_path / f"file{suffix}"
        write(path)
        size = path.stat().st_size
        path.write_bytes(OLD)
        for part in range(50 if full else 5):
            limit = (size - 1) * part // (49 if full else 4)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
            try:
                with pytest.raises(OSError, match="File too large"):
                    write(path)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            assert left_alone(tmp_path, path)
            count += 1
        path.unlink()
    figure(PROMISE, f"{count} writes of {len(WRITERS)} kinds that did not fit left the old file")


def test_an_interrupt_at_each_call(tmp_path, monkeypatch, figure):
    path = tmp_path / "file"
    path.write_bytes(OLD)
    calls = [(os, "open"), (os, "fchmod"), (os, "fsync"), (Path, "replace")]
    for owner, name in calls:
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                write_atomically(path, b"new")
        assert left_alone(tmp_path, path)
    figure(PROMISE, f"an interrupt at each of {len(calls)} system calls too")


def interrupted(*_):
    raise KeyboardInterrupt


WRITE = """
import sys
from autograd.files import write_atomically
print("ready", flush=True)
while True:
    for byte in b"ab":
        write_atomically(sys.argv[1], bytes([byte]) * 1_000_000)
"""


@pytest.mark.long
def test_a_killed_process(tmp_path, full, figure):
    path, kills, source = tmp_path / "file", 200 if full else 3, random.Random(0)
    write_atomically(path, b"a" * 1_000_000)
    for _ in range(kills):
        command = [sys.executable, "-c", WRITE, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(source.random() / 20)
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in (b"a" * 1_000_000, b"b" * 1_000_000)
    figure(PROMISE, f"{kills} processes killed as they wrote left a whole file")


def test_modes_and_links(tmp_path, full, figure):
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(OLD)
    link.symlink_to(path)
    modes = [mode for mode in range(0o1000) if mode & 0o600 == 0o600][:: 1 if full else 16]
    for mode in modes:
        for name in (path, link):
            path.chmod(mode)
            write_atomically(name, b"new")
            assert stat.S_IMODE(path.stat().st_mode) == mode and link.is_symlink()
    figure(PROMISE, f"{len(modes)} modes kept, by name and through a link")


def made(kind, path):
    """Something of that kind that is no file; False where it may not be made here."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.path.relpath(path))
    else:  # of our own: as root, code that is wrong would replace that of the machine
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        except OSError:
            return False
    return True


def test_what_is_no_file(tmp_path, monkeypatch, figure):
    monkeypatch.chdir(tmp_path)
    refused = 0
    for suffix, write in WRITERS.items():
        for kind in ("folder", "pipe", "socket", "device"):
            path = tmp_path / f"{kind}{suffix}"
            if not made(kind, path):
                pytest.skip("no device may be made here")
            before = path.stat()
            with pytest.raises(OSError, match=rf"is a {kind}\b"):
                write(path)
            assert (path.stat().st_ino, path.stat().st_mode) == (before.st_ino, before.st_mode)
            refused += 1
    figure(PROMISE, f"{refused} folders, pipes, sockets and devices refused, and still there")
