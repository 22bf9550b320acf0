"""Files written in full or not at all."""

import os
import stat

import pytest

from autograd import Value, draw
from autograd.files import write_atomically


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_usual_mode(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "x", b"1")
        draw(Value(1, "x")).save(tmp_path / "x.dot")
    finally:
        os.umask(before)
    for name in ("x", "x.dot"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")
def test_a_picture_keeps_links_and_modes(tmp_path):
    path, link = tmp_path / "x.dot", tmp_path / "link.dot"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    draw(Value(1, "x")).save(link)
    assert link.is_symlink() and path.read_text().startswith("digraph")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_ends_a_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "x", b"1")
    assert not list(tmp_path.iterdir())
