"""Every line and branch of the core is reached by the ordinary tests, nearly all of the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = {
    f"autograd/{name}.py"
    for name in ("value", "operations", "graph", "derivatives", "number_types")
}
REST = 90.0  # percent


def judged(files):
    """The percent of lines and branches reached in the core and in the rest, and what is missed in
    the core.
    """
    parts = [
        [file["summary"] for name, file in files.items() if (name in CORE) is core]
        for core in (True, False)
    ]
    core, rest = (
        100
        * sum(part["covered_lines"] + part["covered_branches"] for part in summaries)
        / sum(part["num_statements"] + part["num_branches"] for part in summaries)
        for summaries in parts
    )
    missed = {
        name: (file["missing_lines"], file["missing_branches"])
        for name, file in files.items()
        if name in CORE and (file["missing_lines"] or file["missing_branches"])
    }
    return core, rest, missed


def file(lines, branches, missing_lines=(), missing_branches=()):
    """The record of one file, as `coverage json` writes it."""
    summary = {
        "covered_lines": lines - len(missing_lines),
        "num_statements": lines,
        "covered_branches": branches - len(missing_branches),
        "num_branches": branches,
    }
    return {
        "summary": summary,
        "missing_lines": list(missing_lines),
        "missing_branches": list(missing_branches),
    }


def test_what_is_missed_is_counted():
    rest = file(80, 20, [1, 2], [[3, 4]])
    assert judged({"autograd/value.py": file(8, 2), "nn/model_file.py": rest}) == (100, 97, {})
    assert judged({"autograd/value.py": file(8, 2, [7]), "nn/model_file.py": rest}) == (
        90,
        97,
        {"autograd/value.py": ([7], [])},
    )


def test_lines_and_branches(full, figure, tmp_path):
    if not full:
        pytest.skip("the whole suite runs under coverage with --full")
    coverage, data = [sys.executable, "-m", "coverage"], f"--data-file={tmp_path / 'data'}"
    run = [*coverage, "run", data, "-m", "pytest", "-q", "--every", "--ignore=tests/trust"]
    suite = subprocess.run(run, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert suite.returncode == 0, suite.stdout[-4000:]
    report = tmp_path / "report.json"
    subprocess.run([*coverage, "json", data, "-q", "-o", str(report)], cwd=ROOT, check=True)
    files = json.loads(report.read_text())["files"]
    assert files.keys() >= CORE
    core, rest, missed = judged(files)
    assert missed == {}
    assert rest >= REST
    figure("coverage", f"core {core:.0f}% of lines and branches, the rest {rest:.1f}%")
