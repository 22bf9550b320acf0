"""The tests bite: the core is broken in every small way (tests/mutants.py), and they notice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MUTANTS = Path(__file__).parents[1] / "mutants.py"
PARTS = {"rule": (1.0, "of the rule table's mutants"), "core": (0.95, "of the core's")}


def test_mutants_are_killed(full, figure):
    if not full:
        pytest.skip("takes an hour: --full; python tests/mutants.py --rules takes minutes")
    command = [sys.executable, str(MUTANTS)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    *survivors, count = run.stdout.splitlines()
    outcomes = json.loads(count)
    print(*survivors, sep="\n")
    for part, (least, what) in PARTS.items():
        killed = outcomes.pop(f"{part} killed")
        equivalent = outcomes.pop(f"{part} equivalent", 0)
        others = sum(n for outcome, n in outcomes.items() if outcome.startswith(part))
        assert killed >= least * (killed + others)
        figure(
            "tests bite",
            f"{killed:,} of {killed + others:,} {what} killed ({killed / (killed + others):.1%}), "
            f"{equivalent} more are equivalent, by a reason each",
        )
