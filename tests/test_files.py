"""Files written in full or not at all: modes, links, what is no file, and a disk that is full."""

import contextlib
import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from fractions import Fraction
from pathlib import Path

import pytest

import nn
from autograd import Value, draw
from autograd.files import write_atomically

resource = pytest.importorskip("resource", reason="POSIX permissions, links and devices")

MODEL = nn.MLP.from_weights([[[0.5]]], [[0.1]], ["relu"], numbers=Fraction)
WRITERS = {  # everything that writes a file, and its suffix
    "bytes": (".x", lambda path: write_atomically(path, b"1")),
    "dot": (".dot", lambda path: draw(Value(1, "x")).save(path)),
    "svg": (".svg", lambda path: draw(Value(1, "x")).save(path)),
    "model": (".json", lambda path: nn.save(MODEL, path)),
    "safetensors": (".safetensors", lambda path: nn.save_safetensors(MODEL, path)),
    "plot": (".svg", lambda path: nn.History([1.0, 0.5]).plot(path)),
}


@pytest.fixture(params=WRITERS)
def writer(request):
    """(path of that kind in a folder, function that writes it)."""
    suffix, write = WRITERS[request.param]
    return lambda folder: folder / f"file{suffix}", write


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- modes and links ------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_usual_mode(tmp_path, writer, mask):
    place, write = writer
    before = os.umask(mask)
    try:
        write(place(tmp_path))
    finally:
        assert os.umask(before) == mask
    assert mode(place(tmp_path)) == 0o666 & ~mask


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_mode_and_its_link(tmp_path, writer, kept):
    place, write = writer
    folder, path = tmp_path / "elsewhere", place(tmp_path)
    folder.mkdir()
    target = place(folder)
    target.write_text("before")
    target.chmod(kept)
    path.symlink_to(target)
    write(path)
    assert path.is_symlink() and mode(target) == kept
    assert target.read_bytes() != b"before"
    assert names(folder) == [target.name] and names(tmp_path) == ["elsewhere", path.name]


def test_a_link_to_no_file_yet_is_followed(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("target")
    write_atomically(link, b"1")
    assert link.is_symlink() and (tmp_path / "target").read_bytes() == b"1"


def test_nobody_may_read_meanwhile_who_may_not_read_the_file(tmp_path, monkeypatch):
    path, seen = tmp_path / "x", []
    path.write_text("before")
    path.chmod(0o600)
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(map(mode, tmp_path.iterdir())))
    write_atomically(path, b"1")
    assert set(seen) == {0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(tmp_path):
    path = tmp_path / "x"
    path.write_text("before")
    os.chown(path, 12345, 54321)
    write_atomically(path, b"1")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_the_mask_of_the_process_is_never_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", None)  # a call would be a TypeError
    for kind, (suffix, write) in WRITERS.items():
        write(tmp_path / f"{kind}{suffix}")


def test_threads_write_one_file_in_turn(tmp_path):
    path = tmp_path / "x"
    contents = [bytes([65 + i]) * 10_000 for i in range(8)]
    threads = [threading.Thread(target=write_atomically, args=(path, each)) for each in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents and names(tmp_path) == ["x"]


# --- what is no file ------------------------------------------------------------------------------


def test_a_pipe_is_refused(tmp_path, writer):
    place, write = writer
    path = place(tmp_path)
    os.mkfifo(path)
    with pytest.raises(OSError, match=r"file\.\w+ is a pipe, and only a file is written in full"):
        write(path)
    assert stat.S_ISFIFO(path.stat().st_mode) and names(tmp_path) == [path.name]


@pytest.fixture
def device(tmp_path):
    """A device of our own: as root, code that is wrong would replace that of the machine."""
    if os.geteuid():
        return Path("/dev/full")
    path = tmp_path / "full"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
    except OSError:
        pytest.skip("no device may be made here")
    return path


def test_a_device_is_refused_and_stays_one(tmp_path, writer, device):
    place, write = writer
    place(tmp_path).symlink_to(device)
    with pytest.raises(OSError, match=r"is a device, .* write a file, and copy that there$"):
        write(place(tmp_path))
    with pytest.raises(OSError, match=f"^{device} is a device, and only a file is written"):
        write_atomically(device, b"1")
    assert stat.S_ISCHR(device.stat().st_mode) and place(tmp_path).is_symlink()


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout")
def test_the_output_of_a_process_is_refused():
    code = "from autograd.files import write_atomically; write_atomically('/dev/stdout', b'1')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "OSError: /dev/stdout is a pipe, and only a file is written" in run.stderr


def test_a_folder_is_refused(tmp_path, writer):
    place, write = writer
    place(tmp_path).mkdir()
    with pytest.raises(IsADirectoryError, match=r"is a folder: give the name of a file in it$"):
        write(place(tmp_path))
    with pytest.raises(IsADirectoryError, match=r"^/ is a folder"):
        write_atomically("/", b"1")


def test_links_in_a_circle_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"links that lead in a circle$") as raised:
        write_atomically(tmp_path / "a", b"1")
    assert raised.value.errno == errno.ELOOP and (tmp_path / "a").is_symlink()


# --- what may not be written, or does not fit -----------------------------------------------------


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(OSError, match="cannot be written: File name too long; give a shorter name"):
        write_atomically(tmp_path / ("é" * 128), b"1")
    longest = tmp_path / ("é" * 127)  # 254 bytes
    write_atomically(longest, b"1")
    assert names(tmp_path) == [longest.name]


@contextlib.contextmanager
def without_rights():
    """As a user who is not root, whom no mode would stop."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that others than root reach too."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_a_file_that_may_not_be_written_stays(open_folder):
    path = open_folder / "x"
    path.write_text("before")
    path.chmod(0o444)
    with without_rights(), pytest.raises(PermissionError, match=r"its mode is -r--r--r--: give an"):
        write_atomically(path, b"1")
    assert path.read_text() == "before" and names(open_folder) == ["x"]


def test_a_folder_that_may_not_be_written_is_named(open_folder):
    open_folder.chmod(0o555)
    remedy = rf"Permission denied; allow new files in the folder {open_folder}, or give another one"
    with without_rights(), pytest.raises(PermissionError, match=remedy):
        write_atomically(open_folder / "x", b"1")
    assert not names(open_folder)


def test_a_file_that_does_not_fit_leaves_the_old_one(tmp_path, writer):
    """The limit of the process: written is what fits, then the system refuses."""
    place, write = writer
    path = place(tmp_path)
    path.write_text("before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(OSError, match=r"File too large; write it where files may be larger$"):
            write(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "before" and names(tmp_path) == [path.name]


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_the_old_file(tiny_disk):
    write_atomically(tiny_disk / "x", b"before")
    with pytest.raises(OSError, match="No space left on device; make room there") as raised:
        write_atomically(tiny_disk / "x", bytes(100_000))
    assert raised.value.errno == errno.ENOSPC
    assert (tiny_disk / "x").read_bytes() == b"before" and names(tiny_disk) == ["x"]


def test_what_ends_a_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "x", b"1")
    assert not list(tmp_path.iterdir())


KILLED = """
import sys
from autograd.files import write_atomically
print("ready", flush=True)
while True:
    write_atomically(sys.argv[1], b"1" * 300_000)
    write_atomically(sys.argv[1], b"2" * 300_000)
"""


def test_a_killed_process_leaves_a_whole_file(tmp_path):
    path = tmp_path / "x"
    write_atomically(path, b"2" * 300_000)
    with subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        for _ in range(50):
            content = path.read_bytes()
            assert content in (b"1" * 300_000, b"2" * 300_000)
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() in (b"1" * 300_000, b"2" * 300_000)


def test_a_name_with_control_characters_is_shown_escaped(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        write_atomically(tmp_path / "a\x1b[31m" / "b\n", b"1")
    assert r"a\x1b[31m/b\n cannot be written: there is no folder" in str(raised.value)
    assert str(raised.value).isprintable()
