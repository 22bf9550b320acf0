"""The gallery in docs/ is what the demo makes: the page, and each picture to the byte."""

from pathlib import Path

import pytest

from demos.gallery import ENTRIES, file_name, page

DOCS = Path(__file__).parents[1] / "docs"
ANEW = "run python -m demos.gallery --out docs"


def test_the_page_is_the_one_that_the_demo_writes():
    assert (DOCS / "gallery.md").read_text(encoding="utf-8") == page(), ANEW


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_its_pictures_are_those_that_the_code_draws(entry, monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "bundled")
    shown = DOCS / "pictures" / file_name(entry)
    assert shown.read_text(encoding="utf-8") == entry().svg, ANEW


def test_no_picture_is_left_that_no_entry_draws():
    kept = {path.name for path in (DOCS / "pictures").glob("gallery_*")}
    assert kept == set(map(file_name, ENTRIES))
