"""The commands in the documents print what stands below them there."""

from __future__ import annotations

import re
import shlex
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

from autograd.__main__ import main

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```(text|json|console)\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"`(\w+\.(?:chalk|json))`")
DOCUMENTS = ["README.md", "docs/marking.md", "docs/worksheet.md"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_print_what_stands_there(document, tmp_path, monkeypatch, capsys):
    """A text block is the sheet that was named last before it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = []
    for block in BLOCK.finditer(text):
        kind, content = block.groups()
        if kind == "console":
            commands.append(content)
        elif names := NAMED.findall(text[: block.start()]):
            Path(names[-1]).write_text(content, encoding="utf-8")
    assert commands
    for command in commands:
        line, _, wanted = command.removeprefix("$ chalkgrad ").partition("\n")
        main(shlex.split(line))
        printed = capsys.readouterr().out.rstrip("\n") + "\n"
        assert OutputChecker().check_output(wanted, printed, ELLIPSIS), printed
