"""`chalkgrad check`: what it reads, what it prints where, and what it says with its status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograd.__main__ import main
from autograd.audit.reporting import command
from autograd.audit.reporting.records import Checked, gradescope
from autograd.audit.reporting.report import check

RIGHT = (
    "title: T\ngiven x = 3; w = 0.5\ndefine z = w*x\ndefine L = z^2\nclaims\n  z = 0.5*3 = 1.5\n"
)
SLIP = RIGHT.replace("= 1.5\n", "= 1.7\n  L = 2.89\n")


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    """sheet(name, content): a file in the folder that the command runs in."""
    monkeypatch.chdir(tmp_path)

    def made(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return made


def test_each_line_is_shown_with_what_was_judged_and_a_summary(sheet, capsys):
    assert main(["check", sheet("a.chalk", SLIP), "--marks"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == ["a.chalk: T", "6  z = 0.5*3 = 1.7"]
    assert re.fullmatch(r"     z = 1\.7: slip.* gives 1\.5.* \[M1 A0 of 2\]", shown[2])
    assert shown[3:] == [
        "7  L = 2.89",
        "     L = 2.89: carried forward from line 6 [M1 A1 of 2]",
        "2 numbers: 0 right, 1 slip, 1 carried forward",
        "without the slip in line 6 the final answer, L = 2.89 in line 7, would be 2.25, "
        "which is right",
        "3 of 4 marks",
        "",
    ]


def test_a_question_is_asked_with_the_summary(sheet, capsys, monkeypatch):
    report = replace(command.check(SLIP), questions=["is \x1b that the notation?"])
    monkeypatch.setattr(command, "check", lambda text: report)
    main(["check", sheet("a.chalk", SLIP)])
    said = capsys.readouterr().out.splitlines()
    assert said[-2] == "is \\x1b that the notation?" and not report.standings
    assert gradescope([Checked("a", report)])["output"].splitlines()[1] == said[-2]


def test_the_final_answer_without_each_slip(sheet, capsys):
    """Of two slips, the one that the other hides does not matter to the answer."""
    two = RIGHT + "  z = 1.9\n  L = 1.9^2 = 3.9\n"
    main(["check", sheet("a.chalk", two)])
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("without")]
    assert said == [
        "without the slip in line 8 the final answer, L = 3.9 in line 8, would be 3.61",
        "without the slip in line 7 the final answer, L = 3.9 in line 8, would be the same",
    ]


def test_the_slips_of_a_matrix_line_are_put_right_together(sheet, capsys):
    head = "given x = [1, 2]; W = [[1, 2], [3, 4]]\ndefine h = W*x\ndefine L = h_1^2 + h_2\n"
    name = sheet("a.chalk", head + "claims\n  h = [6, 12]\n  L = 48\n")
    sentence = "without the slips in line 5 the final answer, L = 48 in line 6, would be 36, which"
    main(["check", name])
    assert capsys.readouterr().out.count("without the") == 1
    main(["check", name, "--json"])
    assert json.loads(capsys.readouterr().out)["summary"]["final"] == [f"{sentence} is right"]


@pytest.mark.parametrize(
    ("lines", "slip", "would_be"),
    [
        (["a - 1 = 0.3", "L = 0.3^2 = 0.09"], 6, "0.25"),
        (["a = 0.5*3 = 1.9", "L = 0.5^2 = 0.25", "q = 0.9"], 8, "0.75"),  # 1.5 was gone on with
    ],
)
def test_the_final_answer_goes_by_what_was_gone_on_with(lines, slip, would_be):
    head = "given w = 0.5; x = 3\ndefine a = w*x\ndefine L = (a - 1)^2\ndefine q = 3*L\nclaims\n"
    [standing] = [one for one in check(head + "\n".join(lines)).standings if not one.is_same]
    assert standing.line == slip and str(float(standing.would_be)) == would_be


def test_a_slip_that_was_put_right_does_not_count_in_the_final_answer(sheet, capsys):
    main(["check", sheet("a.chalk", SLIP.replace("  L", "  z = 1.5\n  L").replace("2.89", "9"))])
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("without")]
    assert len(said) == 1 and "line 8" in said[0] and "2.25, which is right" in said[0]


@pytest.mark.parametrize("lets", ["", "let d = dL/dy\n", "let d = -dL/dy\nlet g = dL/dw\n"])
def test_a_slip_that_was_put_right_without_a_word_does_not_count_under_any_name(lets):
    d = "dL/dy = 13" if "d =" not in lets else f"d = {'-' * ('-' in lets)}13"
    g = "g" if "g =" in lets else "dL/dw"
    head = "given x = 3; w = 2; r = 0.1\ndefine y = w*x\ndefine L = y^2\n"
    text = f"{head}define u = w - r*dL/dw\n{lets}claims\ny = 6\n{d}\n{g} = 36\nu = -1.5"
    found = check(text).standings
    assert [str(float(standing.would_be)) for standing in found] == ["-1.5", "-1.6"]


STATUS = [
    (RIGHT, 0),
    (SLIP, 1),
    (RIGHT.replace("0.5*3 =", "0.5*4 ="), 1),  # shown wrong
    (RIGHT + "  q = 3\n", 0),  # unverifiable is no error
    (RIGHT + "  z = 2*\n", 2),  # a line that is not read
    (SLIP + "  z = 2*\n", 2),
    ("", 0),
]


@pytest.mark.parametrize(("text", "status"), STATUS)
def test_the_status_says_whether_something_is_wrong(text, status, sheet):
    assert main(["check", sheet("a.chalk", text)]) == status


NO_SHEETS = [
    ("missing.chalk", None, "missing.chalk: there is no such file"),
    (".", None, ".: it is a folder: give the sheets in it, as folder/*.chalk"),
    ("latin.chalk", b"z = 1\n\xe9", "latin.chalk: line 2 is not UTF-8: save the file as UTF-8"),
    ("large.chalk", b"#" * 101, "large.chalk: it is too large: a sheet has at most 100 bytes"),
    ("a\0b", None, "a\\x00b: it cannot be read: embedded null byte"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), NO_SHEETS)
def test_what_is_no_sheet_is_named_and_the_others_are_checked(
    name, content, sentence, sheet, capsys, monkeypatch
):
    monkeypatch.setattr("autograd.audit.reading.sources.MOST_BYTES", 100)
    if content is not None:
        sheet(name, content)
    good = sheet("good.chalk", "given x = 2\ndefine y = x^2\nclaims\n y = 4")
    assert main(["check", name, good]) == 2
    out, err = capsys.readouterr()
    assert err == sentence + "\n" and "1 number: 1 right" in out


def test_what_the_check_fails_on_does_not_stop_the_others(sheet, capsys, monkeypatch):
    check = command.check
    monkeypatch.setattr(command, "check", lambda text: 1 / 0 if "T" in text else check(text))
    assert main(["check", sheet("a.chalk", RIGHT), sheet("b.chalk", "given x = 2")]) == 2
    out, err = capsys.readouterr()
    assert err == "a.chalk: the check failed: ZeroDivisionError: division by zero\n"
    assert out.startswith("b.chalk\n")


def test_an_interrupted_class_shows_what_it_has(sheet, capsys, monkeypatch):
    check = command.check

    def interrupted(text):
        if "T" in text:
            raise KeyboardInterrupt
        return check(text)

    monkeypatch.setattr(command, "check", interrupted)
    names = [sheet("a.chalk", "given x = 2"), sheet("b.chalk", RIGHT), sheet("c.chalk", RIGHT)]
    assert main(["check", "--summary", *names]) == 130
    out, err = capsys.readouterr()
    assert err == "interrupted after 1 of 3 sheets\n" and "a.chalk" in out


def test_json_is_one_object_a_sheet(sheet, capsys):
    assert main(["check", sheet("a.chalk", SLIP), sheet("b.chalk", RIGHT), "--json"]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert [claim["root"] for claim in first["claims"]] == [None, 6]
    assert second["summary"]["right"] == "1" and second["claims"][0]["truth"] == "3/2"


def test_an_export_is_one_document_of_all_sheets(sheet, capsys):
    assert main(["check", sheet("a.chalk", SLIP), "none.chalk", "--export", "gradescope"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert [test["name"] for test in found["tests"]] == ["a.chalk, line 6: z", "a.chalk, line 7: L"]
    assert "none.chalk: there is no such file" in found["output"]


def coloured(sheet, capsys, monkeypatch, **environment):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["check", sheet("a.chalk", SLIP.replace("title: T", "title: [red]T \x1b[31m"))])
    return capsys.readouterr().out


def test_a_terminal_shows_colours_and_no_markup_nor_escapes_of_others(sheet, capsys, monkeypatch):
    out = coloured(sheet, capsys, monkeypatch)
    assert "\x1b[31m     z = 1.7: slip" in out
    assert "a.chalk: [red]T \\x1b[31m" in out


def test_without_colours_nothing_but_text_is_printed(sheet, capsys, monkeypatch):
    assert "\x1b" not in coloured(sheet, capsys, monkeypatch, NO_COLOR="1")


def test_a_name_cannot_hold_what_a_terminal_obeys(sheet, capsys):
    main(["check", sheet("a.chalk", RIGHT + "  q_{\x1b[31m} = 3\n  q_{\x1b[31m} = \x07\n")])
    assert not set("\x1b\x07") & set(capsys.readouterr().out)


def test_it_is_a_command_that_python_runs(sheet):
    name = sheet("a.chalk", SLIP)
    done = subprocess.run(
        [sys.executable, "-m", "autograd", "check", name], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "") and "1 slip" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_unknown_option_is_said():
    with pytest.raises(SystemExit, match="2"):
        main(["check", "a.chalk", "--jsn"])


PRINTED = [
    "check a.chalk",
    "check a.chalk --json",
    "check a.chalk --export csv",
    "check a.chalk --summary",
    "plant a.chalk",
    "translate a.chalk --to nielsen",
    "readings --schema",
]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full")
@pytest.mark.parametrize("command", PRINTED)
def test_output_that_finds_no_room_is_said_in_a_sentence(command, sheet, capsys, monkeypatch):
    sheet("a.chalk", RIGHT)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(command.split()) == 2  # and the rest is written nowhere: no error at the end
    room = "No space left on device; make room there, or print it elsewhere"
    assert capsys.readouterr().err == f"what was to be printed cannot be written: {room}\n"


@pytest.mark.parametrize("command", PRINTED)
def test_who_has_read_enough_is_told_nothing(command, sheet, capsys, monkeypatch):
    sheet("a.chalk", RIGHT)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(command.split()) == 0
    assert not capsys.readouterr().err


def test_with_the_output_closed_the_status_still_tells(sheet, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["check", sheet("a.chalk", SLIP)]) == 1
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        "plant a.chalk --out",
        "translate a.chalk --to nielsen --out",
        "check a.chalk --html",
        "check a.chalk --latex",
    ],
)
def test_a_file_in_what_is_no_folder_is_said_with_the_remedy(options, sheet, capsys, tmp_path):
    sheet("a.chalk", RIGHT)
    assert main([*options.split(), "a.chalk/new"]) == 2
    folder = tmp_path / "a.chalk"
    sentence = f"a.chalk/new cannot be written: {folder} is there and is no folder; give another"
    assert capsys.readouterr().err == f"{sentence} one\n"


@pytest.mark.parametrize(
    "options",
    [
        ["check", "a.chalk", "--latex", "a.chalk"],
        ["check", "b.chalk", "a.chalk", "--html", "../{folder}/a.chalk"],
        ["check", "a.chalk", "--html", "link.chalk"],
        ["check", "a.chalk", "--html", "hard.chalk"],
        ["check", "a.chalk", "--html", "new.html", "--latex", "./new.html"],
        ["translate", "a.chalk", "--to", "nielsen", "--out", "./a.chalk"],
        ["plant", "a.chalk", "--out", "link.chalk"],
    ],
)
def test_no_sheet_is_written_over_and_no_file_twice(options, sheet, capsys, tmp_path):
    name = sheet("a.chalk", RIGHT)
    (tmp_path / "link.chalk").symlink_to(name)
    (tmp_path / "hard.chalk").hardlink_to(tmp_path / name)
    before = {each.name: each.read_text() for each in tmp_path.iterdir()}
    assert main([each.format(folder=tmp_path.name) for each in options]) == 2
    said = capsys.readouterr()
    assert "would be written over" in said.err and not said.out
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == before
