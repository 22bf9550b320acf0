"""What the tests of all demos share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest


@pytest.fixture
def check_demo(tmp_path, capsys) -> Callable[..., None]:
    """Run a demo, and see that it prints the lines and writes the pictures, each whole; then ask
    for its help.
    """

    def check(
        main: Callable[[Sequence[str]], object], name: str, lines: Sequence[str], pictures: set[str]
    ) -> None:
        main(["--out", str(tmp_path)])
        printed = capsys.readouterr().out
        assert [line for line in lines if line not in printed] == []
        assert [
            line for line in printed.partition("\nPictures")[0].splitlines() if len(line) > 120
        ] == []
        assert {path.name for path in tmp_path.iterdir()} == pictures
        for path in tmp_path.iterdir():
            data = path.read_bytes()
            assert data.startswith(b"\x89PNG") if path.suffix == ".png" else b"<svg" in data, path
        with pytest.raises(SystemExit, match="0"):
            main(["--help"])
        assert f"python -m demos.{name}" in capsys.readouterr().out
        with pytest.raises(SystemExit, match="2"):
            main(["--out", __file__])
        assert (
            f"argument --out: no folder can be made at {__file__} (File exists)"
            in capsys.readouterr().err
        )

    return check
