"""The README's table of the five notes tells what the demos find."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
README = (HERE.parents[1] / "README.md").read_text("utf-8")
CLAIMS = ["price_regression", "relu_sigmoid", "cross_entropy", "sigmoid_sigmoid"]


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_tells_its_line_and_one_that_is_not_proven_what_is_right(name):
    for row in csv.DictReader((HERE / f"{name}.csv").read_text("utf-8").splitlines()):
        assert re.fullmatch(r"ours|line \d+|lines \d+(, \d+)+", row["where"]), row
        assert bool(row["correction"]) == (row["verdict"] != "proven"), row


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_counted_right(name):
    rows = list(csv.DictReader((HERE / f"{name}.csv").read_text("utf-8").splitlines()))
    assert {row["verdict"] for row in rows if row["where"] == "ours"} == {"proven"}
    counts = Counter(row["verdict"] for row in rows if row["where"] != "ours")
    line = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    of_each = [
        f"{counts[verdict]} {verdict}"
        for verdict in ("proven", "refuted", "garbled")
        if counts[verdict]
    ]
    assert f"| {counts.total()} claims: {', '.join(of_each)}: " in line


def test_the_worked_examples_numbers_are_counted_right():
    rows = list(csv.DictReader((HERE / "neural_network_231.csv").read_text("utf-8").splitlines()))
    count = [
        sum(row["verdict_a"] == verdict for row in rows) for verdict in ("slip", "carried forward")
    ]
    line = next(line for line in README.splitlines() if line.startswith("| `neural_network_231` |"))
    assert (
        f"{len(rows)} numbers: {count[0]} slips, 1 wrong line, {count[1]} carried forward" in line
    )
