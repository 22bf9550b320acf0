"""Lines that were read from photos, as JSON: which reading holds, and what is no reading."""

from __future__ import annotations

import json
import time
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.__main__ import main
from autograd.audit import check
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reading.readings import prompt, schema, transcription
from autograd.audit.reporting.lines import lines
from autograd.audit.reporting.page import page
from autograd.audit.reporting.records import Checked, as_record

HEAD = [
    "given x = 2; w = 0.5; b = -0.2; y = 1.5; alpha = 0.1",
    "define z = w*x + b",
    "define a = relu(z)",
    "define L = (y - a)^2/2",
    "claims",
]
MISREAD, OF_LATER = "suspected misreading", "and the lines after it use that"


def line(text, *alternatives, **more):
    return {"text": text, "alternatives": list(alternatives), **more}


def reading(*read, head=HEAD):
    return json.dumps({"lines": [*map(line, head), *read]})


def said(*read, head=HEAD):
    report = check(reading(*read, head=head))
    return [(j.claim.line, j.verdict.value, j.reason) for j in report.judged]


def test_later_lines_tell_that_a_line_was_misread():
    found = said(line("a = 0.3", "0.9", "0.8"), line("L = (1.5 - 0.8)^2/2 = 0.245"))
    assert found == [
        (6, MISREAD, f"it may say a = 0.8, which is right, {OF_LATER}"),
        (7, "correct", ""),
    ]


def test_later_lines_tell_that_it_was_written_so():
    found = said(line("a = 0.3", "0.8"), line("L = (1.5 - 0.3)^2/2 = 0.72"))
    assert [verdict for _, verdict, _ in found] == ["slip", "carried forward"]


def test_nobody_is_accused_where_no_line_tells():
    assert said(line("a = 0.3", "0.8")) == [(6, MISREAD, "it may say a = 0.8, which is right")]


@pytest.mark.parametrize("alternatives", [(), ("0.9",), ("a = ((",), ("L = 0.245",), ("x",)])
def test_where_no_reading_helps_all_is_as_without(alternatives):
    read = (line("a = 0.3", *alternatives), line("L = (1.5 - 0.3)^2/2 = 0.72"))
    assert str(check(reading(*read))) == str(check("\n".join([*HEAD, *(r["text"] for r in read)])))


def test_a_reading_that_is_right_as_it_was_read_stays():
    assert said(line("a = 0.8", "0.3")) == [(6, "correct", "")]


def test_a_shown_line_that_was_misread():
    found = said(line("z = 0.6*2 - 0.2 = 0.8", "z = 0.5*2 - 0.2 = 0.8"))
    assert found == [(6, MISREAD, "it may say z = 0.5*2 - 0.2 = 0.8, which is right")]


def test_what_may_be_a_consequence_is_no_second_slip():
    slip = line("z = 0.5*2 - 0.2 = 1.2")
    found = said(slip, line("a = 1.7", "1.2"), line("L = (1.5 - 1.2)^2/2 = 0.045"))
    follows = f"it may say a = 1.2, which follows from line 6, {OF_LATER}"
    assert found == [(6, "slip", ""), (7, MISREAD, follows), (8, "carried forward", "")]


def test_two_lines_that_were_misread_and_a_slip():
    found = said(
        line("z = 0.5*2 - 0.2 = 0.3", "0.8"),
        line("a = 0.3", "0.8"),
        line("L = (1.5 - 0.8)^2/2 = 0.254"),
        line("dL/da = 0.8 - 1.5 = 0.7", "-0.1", "-0.7"),
        line("dL/dw = -0.7*2 = -1.4"),
    )
    assert [verdict for _, verdict, _ in found] == [MISREAD, MISREAD, "slip", MISREAD, "correct"]


def test_a_given_and_a_line_that_cannot_be_read_are_taken_for_what_fits():
    head = [HEAD[0].replace("0.5", "0.8"), *HEAD[1:]]
    read = [*map(line, head), line("z = 0.5*2 - 0.2 = 0.8"), line("a = O.8", "a = 0.8")]
    read[0]["alternatives"] = [HEAD[0].replace("0.5", "0.9"), HEAD[0]]
    report = check(json.dumps({"lines": read}))
    assert report.is_right and [j.verdict for j in report.judged] == [Verdict.CORRECT] * 2
    assert report.taken == {
        1: f"taken for {HEAD[0]}, as it may say",
        7: "taken for a = 0.8, as it may say",
    }
    assert str(report).startswith(f"line 1: taken for {HEAD[0]}")
    assert len(as_record(report)["summary"]["taken"]) == 2
    shown = [each.text for each in lines(report, "photo")]
    assert shown[2].strip() == f"taken for {HEAD[0]}, as it may say"


def test_rows_of_a_matrix_each_have_their_readings():
    head = ["given W = [[1, 2], [3, 4]]; x = [1, 1]", "define z = W*x", "claims"]
    rows = (line("W*x + x = [4,"), line("  5]", "  8]"))
    found = check(reading(*rows, head=head))
    assert {j.verdict for j in found.judged} == {Verdict.CORRECT, Verdict.MISREADING}
    assert {j.claim.line for j in found.judged} == {4}


def test_sections_and_cases_are_each_asked():
    head = ["given x = 2; w = 3", "define z = w*x", "case w = 3", "case w = 5"]
    found = said(line("z = 16", "z = 10"), head=head)
    assert [verdict for _, verdict, _ in found] == [MISREAD]


def test_marks_are_not_lost_by_a_reading():
    report = check(reading(line("a = 0.3 [3 marks]", "0.8")))
    assert str(report.marks) == "3 of 3 marks"


def test_where_a_line_stands_is_shown():
    report = check(reading(line("a = 0.7", source="page 1, line <3>")))
    checked = Checked("photo.json", report)
    assert "6  a = 0.7   (page 1, line <3>)" in [each.text for each in lines(report, "photo")]
    assert as_record(report)["claims"][0]["source"] == "page 1, line <3>"
    assert "page 1, line &lt;3&gt;" in page([checked])


def test_too_much_to_try_is_left_to_the_marker(monkeypatch):
    monkeypatch.setattr("autograd.audit.judging.misreadings.MOST_JUDGED", 2)
    found = said(line("a = 0.3", "0.9", "0.8"), line("z = 0.9"))
    assert [verdict for _, verdict, _ in found] == ["unverifiable", "slip"]


# --- the format -----------------------------------------------------------------------------------

WRONG = {
    "[]": None,
    '{"lines": 3}': "lines: expected a list of lines, not a number",
    "{}": "lines: expected a list of lines, not nothing",
    '[{"txt": "y = 4"}]': "lines[0].txt: there is no such key; did you mean text?",
    '{"lines": [1e999999999]}': "lines[0]: expected an object with a text, not a number",
    '{"lines": [{"text": NaN}]}': "lines[0].text: expected a text, not a number",
    '{"lines": [{"text": null}]}': "lines[0].text: expected a text, not null",
    '{"lines": [{"text": true}]}': "lines[0].text: expected a text, not true or false",
    '{"lines": [{"txt": "y"}]}': "lines[0].txt: there is no such key; did you mean text?",
    '{"lines": [{"text": "", "\\u001bqq": 1}]}': "lines[0].\\x1bqq: there is no such key; exp",
    '{"lines": [], "lines": []}': "lines: it is there twice",
    '{"lines": [{"text": "", "text": ""}]}': "lines[0].text: it is there twice",
    '{"lines": [{"text": "", "alternatives": "x"}]}': "lines[0].alternatives: expected a list of",
    '{"lines": [{"text": "", "alternatives": [{}]}]}': "lines[0].alternatives[0]: expected a text",
    '{"lines": [{"text": "y\\n= 4"}]}': "lines[0].text: expected one line, each line has its own",
    '{"lines": [{"text": "", "source": []}]}': "lines[0].source: expected a text, not a list",
    '{"lines": [': "this is no JSON: Expecting value",
    '{"lines": []} x': "this is no JSON: Extra data",
    "```json\n{]\n```": "this is no JSON: Expecting property name",
    "```json\n7\n```": 'expected an object, {"lines": [...]}, not a number',
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items())
def test_what_is_no_reading_is_named_with_its_place(text, sentence):
    sentences = [fault.sentence for fault in check(text).faults]
    if sentence is None:  # a worksheet's line that is none
        assert transcription(text) is None and sentences
    else:
        assert any(each.startswith(sentence) for each in sentences), sentences


def test_a_line_that_is_wrong_keeps_the_others_in_their_places():
    text = json.dumps({"lines": [line("given x = 2"), 7, line("define y = x^2"), line("y = 5")]})
    report = check(text)
    assert [fault.line for fault in report.faults] == [2]
    assert [j.claim.line for j in report.judged] == [4]


LARGEST = {
    "brackets": '{"lines": ' + "[" * 100_000,
    "objects": '{"a":' * 100_000,
    "digits": '{"lines": [' + "9" * 1_000_000 + "]}",
    "numbers": '{"lines": [' + "1," * 100_000 + "1]}",
    "many alternatives": reading(line("a = 0.3", *map(str, range(100_000)))),
    "a long line": reading(line("a = " + "9" * 1_900_000, "1" * 10_000)),
    "50 MB": '{"lines": [' + " " * 50_000_000 + "]}",
    "NUL": reading(line("a = \0 0.8", "\0")),
    "half a letter": reading(line("a = 0.3 \ud800", "\udfff", source="\udc00")),
    "code": reading(line("__import__('os').system('x')", "9**9**9", "y = 9**9**9 = 7")),
    "many lines": reading(*[line("a = 0.3", "0.4", "0.5")] * 100),
    "blanks": " " * 1_000_000 + "{",
}


@pytest.mark.long
@pytest.mark.parametrize("text", LARGEST.values(), ids=LARGEST)
def test_what_is_too_much_ends_soon_and_has_a_report(text):
    started = time.process_time()
    report = check(text)
    assert not report.is_right
    page([Checked("x", report)]).encode()
    assert time.process_time() - started < 10


VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema()))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["lines", "text", "alternatives", "source", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(["lines", "y"]), ANYTHING))
def test_the_reader_refuses_what_the_schema_refuses(document):
    read = transcription(json.dumps(document))
    assert bool(read.faults) is not VALIDATOR.is_valid(document)


def test_the_schema_is_one_and_holds_for_what_the_prompt_shows():
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))
    shown = prompt()[prompt().index('{"lines"') : prompt().index("The exercise is typed")]
    jsonschema.validate(json.loads(shown), json.loads(schema()))
    assert transcription(shown).faults == ()


def test_the_command_prints_both_and_checks_a_file(capsys, tmp_path: Path):
    assert main(["readings", "--schema"]) == 0 and capsys.readouterr().out == schema()
    assert main(["readings", "--prompt"]) == 0 and capsys.readouterr().out == prompt()
    file = tmp_path / "photo.json"
    file.write_text(reading(line("a = 0.3", "0.8"), line(";")), encoding="utf-8")
    assert main(["check", str(file)]) == 1
    file.write_text('{"lines": [{}]}', encoding="utf-8")
    assert main(["check", str(file)]) == 2
    assert "lines[0].text: expected a text, not nothing" in capsys.readouterr().out
