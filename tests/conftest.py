"""How many of the cases to run, and where the figures of the evidence in tests/trust go.

pytest                                   a sample of everything, in two minutes
pytest -m "one_in or long" --every       all of it outside tests/trust
pytest tests/trust --full                all of it, in minutes; what is counted must be what
                                         docs/trust.csv says
pytest tests/trust --write               all of it, into docs/trust.csv and docs/trust.md
"""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from figures import PROMISES, read_figures, whole_numbers, write_figures


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="the whole evidence of tests/trust")
    parser.addoption("--every", action="store_true", help="also what is marked one_in or long")
    parser.addoption(
        "--write",
        action="store_true",
        help="the same, and write what it measures into docs/trust.md",
    )


def pytest_configure(config):
    for mark in (
        "one_in(n): each n-th case alone, all of them with --every",
        "long: a second or more, and others tell of most faults before it; with --every",
    ):
        config.addinivalue_line("markers", mark)


def _all_cases(config) -> bool:
    return any(config.getoption(option) for option in ("--every", "--full", "--write"))


def pytest_collection_modifyitems(config, items):
    """Leave out what one_in does not keep: of n steps in each notation one stays, in turn."""
    if _all_cases(config):
        return
    cases, starts, kept, left_out = Counter(), {}, [], []
    for item in items:
        if mark := item.get_closest_marker("one_in"):
            test = item.parent, item.originalname
            of_notation = *test, item.callspec.params.get("notation")
            place = starts.setdefault(of_notation, cases[test]) + cases[of_notation]
            (left_out if place % mark.args[0] else kept).append(item)
            cases.update([test, of_notation])
        else:
            (left_out if item.get_closest_marker("long") else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_collection_finish(session):
    """Graphs make objects by the million and no cycle: seldom looked for, a fifth of the time."""
    gc.collect()
    gc.freeze()  # modules and tests stay to the end
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def full(request) -> bool:
    """Whether to run the whole evidence and not a sample."""
    return request.config.getoption("--full") or request.config.getoption("--write")


@pytest.fixture
def figure(request, full):
    """figure(promise, sentence): what this test measured, for docs/trust.md; a test's several
    sentences are joined.
    """
    test, sentences = request.node.nodeid, {}

    def record(promise: str, sentence: str) -> None:
        assert promise in PROMISES, f"a promise that is not in tests/figures.py: {promise}"
        sentences.setdefault((promise, test), []).append(sentence)

    yield record
    measured = {key: "; ".join(parts) for key, parts in sentences.items()}
    if request.config.getoption("--write"):
        request.config.stash.setdefault(MEASURED, {}).update(measured)
    elif full:
        written = {key: figure for key, (figure, _, _) in read_figures().items()}
        for key, sentence in measured.items():
            assert whole_numbers(sentence) == whole_numbers(written.get(key, "")), (
                f"docs/trust.csv says {written.get(key, 'nothing')!r}, measured is {sentence!r}: "
                "run with --write"
            )


MEASURED = pytest.StashKey[dict[tuple[str, str], str]]()


def pytest_sessionfinish(session, exitstatus):
    """Write what was measured, unless something failed."""
    if exitstatus == 0 and (measured := session.config.stash.get(MEASURED, {})):
        write_figures(measured)


@pytest.fixture
def bundled(monkeypatch):
    """Pictures by the dot that comes with the package, the same on every machine."""
    monkeypatch.setenv("CHALKGRAD_DOT", "bundled")


@pytest.fixture(scope="session")
def every(request) -> bool:
    """Whether no case is to be left out."""
    return _all_cases(request.config)
