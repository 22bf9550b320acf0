"""Sheets that are right but for what a slip of the keyboard, or somebody hostile, does to them.

Worksheets, transcripts, printed arrays and readings of photos.

Whatever is read has a located message or a verdict, in every form in which a report is shown, soon.

    python tests/trust/test_audit_mutated.py 600 [sheets|forms] [first seed]

for so many seconds; what fails is printed.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from random import Random

import mutated_forms
import pytest

from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.latex import latex_page
from autograd.audit.reporting.page import page
from autograd.audit.reporting.records import Checked, as_record, gradescope, prairielearn, table
from autograd.audit.reporting.report import check

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "demos/worksheets",
    "tests/documents",
    "tests/documents/sheets",
    "tests/documents/students",
)
SHEETS = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.chalk"))]
LONGEST = 20.0  # seconds of computing for the longest of them, on a slow machine
WORDS = [
    *(
        "9**9**9",
        "1e999999999",
        "1e-400",
        "0",
        "-",
        "(" * 99,
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        "^",
        "_",
    ),
    *(
        "=",
        "= ?",
        ";",
        ",",
        ":",
        "\n",
        "\n---\n",
        "$$",
        "\\frac{1}{2}",
        "\\",
        "'",
        '"',
        "#",
        "@",
        ".T",
    ),
    *(
        "\x00",
        "\x1b[31m",
        "\u202e",
        "__import__('os')",
        "<script>",
        "&lt;",
        "%",
        "½",
        "²",
        "∂",
        "→",
    ),
    *(
        "given ",
        "define ",
        "let ",
        "update\n",
        "forward\n",
        "claims\n",
        "section a\n",
        "case w = 2\n",
    ),
    *("samples: 3\n", "network: 2-2-1 relu\n", "notation: ng\n", "loss: mse\n", "decimal: comma\n"),
    *(
        "rounding: 2 places each step\n",
        "optimizer: adam\n",
        "follow through: none\n",
        "shape W = 9x9\n",
    ),
    *(
        "exp",
        "softmax(",
        "max",
        "sigma'",
        "d",
        "dL/dL",
        "nan",
        "inf",
        "e",
        "T",
        "v(w)",
        "[3 marks]",
    ),
]


COMMANDS = (r"\write18", r"\input{", r"\def\x")
MOST_MEMORY = 3 * 2**30


def mutated(text: str, draw: Random, words: Sequence[str] = WORDS) -> str:
    """A sheet with a few things cut out, doubled, moved or put in."""
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        lines = text.split("\n")
        first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
        at, to = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
        text = draw.choice(
            [
                text[:at] + draw.choice(words) + text[at:],
                text[:at] + draw.choice(words) + text[at + draw.randint(1, 4) :],
                text[:at] + text[min(to, at + draw.choice((1, 1, 3, 30))) :],
                "\n".join([*lines[:first], *lines[first + 1 :]]),
                "\n".join([*lines[:second], lines[first], *lines[second:]]),
            ]
        )
    return text


def require_sound(text: str) -> None:
    """Every form of the report is made, and holds nothing that acts."""
    report = check(text)
    assert all(fault.line >= 1 and fault.column >= 1 and fault.sentence for fault in report.faults)
    shown = f"{report}{report.marks}{report.summary}{report.standings}"
    assert all(character.isprintable() or character == "\n" for character in shown)
    checked = [Checked("<a>.chalk", report)]
    whole = page(checked, marks=True)
    assert "<script" not in whole and "<img src=x" not in whole
    assert all(not _acts(character) for character in whole + table(checked))
    typeset = latex_page(checked, marks=True)
    assert not any(command in typeset for command in COMMANDS)
    assert all(not _acts(character) for character in typeset)
    for record in (as_record(report), gradescope(checked), prairielearn(checked)):
        json.loads(json.dumps(record, allow_nan=False))


def _acts(character: str) -> bool:
    """Whether a character does something in a terminal or turns what stands behind it."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\n\r\t"


def tried(seed: int, is_form: bool = False) -> str:
    """The mutant of a number, of a worksheet or of another form."""
    draw = Random(seed)
    if is_form:
        return mutated(mutated_forms.form(draw), draw, mutated_forms.WORDS + WORDS)
    return mutated(draw.choice(SHEETS).read_text(encoding="utf-8"), draw)


@pytest.mark.one_in(100)
@pytest.mark.parametrize("seed", range(400))
def test_a_mutated_sheet_has_a_sound_report(seed):
    started = time.process_time()
    require_sound(tried(seed))
    assert time.process_time() - started < LONGEST


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", mutated_forms.FORMS)
def test_the_other_forms_are_right_as_they_are(name):
    report = check(mutated_forms.FORMS[name])
    assert len(report.right) >= 2 and not report.of(Verdict.SLIP)


@pytest.mark.one_in(50)
@pytest.mark.parametrize("seed", range(400))
def test_a_mutated_transcript_reading_or_array_has_a_sound_report(seed):
    started = time.process_time()
    require_sound(tried(seed, is_form=True))
    assert time.process_time() - started < LONGEST


def main() -> None:
    """Try mutants until the time is over."""
    seconds, of, *first = [*sys.argv[1:], "sheets"] if not sys.argv[2:] else sys.argv[1:]
    ends, seed = time.monotonic() + float(seconds), int(first[0]) if first else 10_000
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    while time.monotonic() < ends:
        started = time.process_time()
        try:
            require_sound(tried(seed, of == "forms"))
        except Exception:
            print(f"\nseed {seed}", traceback.format_exc())
        if (took := time.process_time() - started) > 5:
            print(f"\nseed {seed} took {took:.1f} s")
        print(f"\r{seed}", end="", file=sys.stderr)
        seed += 1


if __name__ == "__main__":
    main()
