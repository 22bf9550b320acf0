"""docs/trust.md says what docs/trust.csv says, and a run changes only what it measured."""

from __future__ import annotations

import shutil
from pathlib import Path

import figures
import pytest

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_file():
    assert figures.table(figures.read_figures()) in figures.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("promise", "test"), figures.read_figures())
def test_every_figure_is_of_a_test_that_there_is(promise, test):
    path, _, name = test.partition("::")
    assert promise in figures.PROMISES
    assert f"\ndef {name.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8")


def test_other_figures_stay(tmp_path, monkeypatch):
    for name in ("PAGE", "FILE"):
        monkeypatch.setattr(figures, name, Path(shutil.copy(getattr(figures, name), tmp_path)))
    before, (one, *others) = figures.read_figures(), figures.read_figures()
    figures.write_figures({one: "error 0 in 7 derivatives", ("tests bite", "new"): "3 of 3"})
    after = figures.read_figures()
    assert after[one][0] == "error 0 in 7 derivatives" and len(after) == len(before) + 1
    assert [key for key in others if after[key] != before[key]] == []
    page = figures.PAGE.read_text(encoding="utf-8")
    assert figures.table(after) in page and "| error 0 in 7 derivatives |" in page


def test_what_is_counted_is_compared():
    sentence = (
        "20,000 graphs, 98.2% of 14, within 3.0 GiB, 1e6 nodes, pow 6e+00, Python 3.10.13, 3.13.0"
    )
    assert figures.whole_numbers(sentence) == ["20,000", "14"]
