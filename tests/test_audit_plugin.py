"""Worksheets as tests of pytest."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

import autograd.audit.reporting.report  # noqa: F401 - loaded once, not in each run

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "autograd.audit.pytest_plugin", "--disable-plugin-autoload", "-rxs")
SHEET = """\
title: One neuron
given x = 2; w = 0.5; b = ?; y = 1.5
define z = w*x
define a = relu(z)
define L = (y - a)^2/2
claims
  z = 0.5*2 = 1.2; a = 1.2
  L = (1.5 - 1.2)^2/2 = 0.045
  dL/da = 1 - 1.5 = -0.5
  dL/dw = (a - y)
  dL/dx = ?
  a = 3*
  b = 3
"""


@pytest.fixture
def run(pytester):
    def run(*arguments, text=SHEET, name="sheet.chalk"):
        pytester.path.joinpath(name).write_text(text, encoding="utf-8")
        return pytester.runpytest_inprocess(*PLUGIN, *arguments)

    return run


def test_each_claim_is_a_test_that_says_what_and_where(run):
    found = run()
    found.assert_outcomes(passed=1, failed=3, xfailed=2, skipped=2)
    found.stdout.fnmatch_lines(
        [
            "sheet.chalk Fxx.FsFs*",
            "sheet.chalk:7: z = 0.5*2 = 1.2",
            "    z = 1.2: slip. The shown line gives 1*",
            "sheet.chalk:10: dL/dw = (a - y)",
            "    dL/dw: slip; this formula is not dL/dw",
            "sheet.chalk:12: a = 3[*]",
            "    column 9: not read: the line ends where a number or a name is expected",
            "XFAIL sheet.chalk::line 7: a - a = 1.2: carried forward from line 7",
            "XFAIL sheet.chalk::line 8: L - L = 0.045: carried forward from line 7",
            "SKIPPED [[]1[]] sheet.chalk: line 11: dL/dx: left blank",
            "SKIPPED [[]1[]] sheet.chalk: line 13: b = 3: unverifiable: b is not*say given b = 3",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")


def test_a_claim_can_be_asked_for(run):
    run("sheet.chalk::line 9: dL/da").assert_outcomes(passed=1)
    run("-k", "dL and not dw").assert_outcomes(passed=1, skipped=1, deselected=6)


def test_claims_of_one_name_on_one_line_are_told_apart(run):
    found = run("--collect-only", "-q", text="given x = 2\nclaims\nx = 2; x = 2")
    found.stdout.fnmatch_lines(["*::line 3: x", "*::line 3: x (2)"])


def test_what_is_no_sheet_fails_and_the_others_are_run(run, pytester):
    pytester.path.joinpath("bad.chalk").write_bytes(b"given x = \xff")
    found = run()
    found.assert_outcomes(passed=1, failed=4, xfailed=2, skipped=2)
    found.stdout.fnmatch_lines(["*bad.chalk: line 1 is not UTF-8: save the file as UTF-8"])


def test_names_are_shown_as_text(run):
    found = run("-v", text="given x = 2\nclaims\nx = 3\x1b[31m\n\x1b = 2")
    assert "\x1b" not in found.stdout.str()


def test_other_files_are_left_alone(run):
    assert run(name="sheet.txt").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_it_is_loaded_by_its_name_alone(pytester):
    pytester.path.joinpath("sheet.chalk").write_text(SHEET, encoding="utf-8")
    found = pytester.runpytest_inprocess("--disable-plugin-autoload", "sheet.chalk")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    plugins = [each for each in entry_points(group="pytest11") if "autograd" in each.value]
    assert not plugins
