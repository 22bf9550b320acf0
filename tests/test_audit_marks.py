"""Marks: M for the method, A for the answer, a slip paid for once, and what graders are handed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import jsonschema
import pytest

from autograd.audit import check
from autograd.audit.judging.slips.explanation import Explanation
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.class_table import kinds, summary
from autograd.audit.reporting.lines import lines, look_of
from autograd.audit.reporting.marking import total
from autograd.audit.reporting.records import Checked, as_record, gradescope, prairielearn, table

HEAD = """given x = 3; w = 0.5; v = -2
define z = w*x
define a = relu(z)
define y = v*a
"""
SLIP = "z = 0.5*3 = 1.7\n"

CASES = [  # what is written below HEAD, the M and A of each claim, of what
    ("z = 0.5*3 = 1.5", ["M1 A1 of 2"]),
    ("z = 1.5", ["M1 A1 of 2"]),
    ("z = 2", ["M1 A1 of 2"]),  # rounded
    ("z = 0.5*3 = 1.7", ["M1 A0 of 2"]),  # the right line, added up wrongly
    ("z = 1.7", ["M0 A0 of 2"]),  # nothing shows where it comes from
    ("z = 0.5*4 = 2.0", ["M0 A0 of 2"]),  # a wrong operand
    ("z = 0.5*4 = 1.5", ["M0 A1 of 2"]),  # right, but not by the line that is shown
    ("z = 0.5*3", ["M1 A0 of 2"]),  # the method without an answer
    ("z = 0.5*3 = ?", ["M1 A0 of 2"]),
    ("z = 0.5*4 = ?", ["M0 A0 of 2"]),
    ("z = w*x = ?", ["M1 A0 of 2"]),
    ("z = ?", ["M0 A0 of 2"]),
    ("w = 0.5", []),  # given
    ("q = 2", ["? of 2"]),  # not defined: left to the marker
    (SLIP + "a = 1.7", ["M1 A0 of 2", "M1 A1 of 2"]),
    (SLIP + "a = 1.7\ny = -2*1.7 = -3.4", ["M1 A0 of 2", "M1 A1 of 2", "M1 A1 of 2"]),
    (SLIP + "a = 1.7\ny = -3.0", ["M1 A0 of 2", "M1 A1 of 2", "M1 A1 of 2"]),  # back to the truth
    (SLIP + "a = 1.9", ["M1 A0 of 2", "M0 A0 of 2"]),  # a second slip is paid for too
    (SLIP + "a = 1.7 = ?", ["M1 A0 of 2", "M1 A1 of 2"]),
    (SLIP + "y = -2*1.7 = ?", ["M1 A0 of 2", "M1 A0 of 2"]),  # the method, over the author's number
    ("follow through: full\n" + SLIP + "a = 1.7", ["M1 A0 of 2", "M1 A1 of 2"]),
    ("follow through: half\n" + SLIP + "a = 1.7", ["M1 A0 of 2", "M1/2 A1/2 of 2"]),
    ("follow through: none\n" + SLIP + "a = 1.7", ["M1 A0 of 2", "M0 A0 of 2"]),
    ("follow through: none\n" + SLIP + "a = 1.5", ["M1 A0 of 2", "M1 A1 of 2"]),
    ("z = 0.5*3 = 1.5 [1 mark]", ["M0 A1 of 1"]),
    ("z = 0.5*3 = 1.7 [1 mark]", ["M0 A0 of 1"]),
    ("z = 0.5*3 = 1.7 [2 marks]", ["M1 A0 of 2"]),
    ("z = 0.5*3 = 1.7 [3 marks]", ["M1 A0 of 3"]),
    ("z = 0.5*3 = 1.5 [3 marks]", ["M1 A2 of 3"]),
    ("z = 0.5*3 = 1.7 [4 marks]", ["M2 A0 of 4"]),
    ("z = 1.5; a = 1.5 [2 marks]", ["M1/2 A1/2 of 1", "M1/2 A1/2 of 1"]),  # the line's, shared
    ("z = 1.5 [0 marks]", ["M0 A0 of 0"]),
    ("z = 0.5*3 = 1.5 = 1.50", ["M1 A1 of 2"]),  # one claim, whatever it prints
    ("z = 0.5*3 = 1.7 = 1.5", ["M1 A0 of 2"]),
    ("z = w*x = 0.5*3 = 1.7", ["M1 A0 of 2"]),
    ("z = w*x = 0.5*4 = 2.0", ["M0 A0 of 2"]),  # the right formula with a wrong number in it
    # 2 is a rounded z as well, and that line may give 3.6: it is the right one for all that
    ("z = 2\na = 1.5\ny = -2*1.5 = -3.6", ["M1 A1 of 2", "M1 A1 of 2", "M1 A0 of 2"]),
    ("a = 1.7\ny = -2*1.5 = -3.9", ["M0 A0 of 2", "M1 A0 of 2"]),  # with the right number
    ("a = 1.7\ny = -2*1.7 = -3.9", ["M0 A0 of 2", "M1 A0 of 2"]),  # with the author's own
]


@pytest.mark.parametrize(("below", "awards"), CASES)
def test_a_claim_gets(below, awards):
    assert [str(award) for award in check(HEAD + "claims\n" + below).awards] == awards


TAKEN = [  # what the judge may say of a second line, the policy, its marks
    (Verdict.TRIVIAL, "full", "M1 A0 of 2"),
    (Verdict.TRIVIAL, "half", "M1/2 A0 of 2"),
    (Verdict.TRIVIAL, "none", "M0 A0 of 2"),
    (Verdict.MISPRINT, "none", "M1 A1 of 2"),  # perhaps only misread
    (Verdict.MISREADING, "none", "M1 A1 of 2"),
    (Verdict.TRUNCATED, "none", "M1 A1 of 2"),
    (Verdict.EARLIER_ROUNDING, "none", "M1 A1 of 2"),
]


@pytest.mark.parametrize(("verdict", "policy", "marks"), TAKEN)
def test_a_verdict_gets(verdict, policy, marks):
    report = check(f"follow through: {policy}\n{HEAD}claims\n{SLIP}a = 1.7")
    judged = [report.judged[0], replace(report.judged[1], verdict=verdict)]
    assert str(replace(report, judged=judged).awards[1]) == marks


EXPLAINED = [
    ((), "M0 A0 of 2"),
    (("two digits swapped",), "M1 A0 of 2"),  # after the right method
    (("last digits",), "M1 A0 of 2"),
    (("factor omitted", "one digit"), "M0 A0 of 2"),  # the first is the likeliest
]


@pytest.mark.parametrize(("explained", "marks"), EXPLAINED)
def test_what_explains_a_number_may_show_its_method(explained, marks):
    report = check(f"{HEAD}claims\nz = 5.1")
    explanations = tuple(Explanation(kind, "") for kind in explained)
    judged = [replace(report.judged[0], explanations=explanations)]
    assert str(replace(report, judged=judged).awards[0]) == marks


def test_totals_leave_out_what_is_left_to_the_marker():
    report = check(HEAD + "claims\n" + SLIP + "a = 1.7\nq = 2")
    assert str(report.marks) == "3 of 4 marks, and 2 to be marked by hand"
    assert str(total([])) == "0 of 0 marks"


def test_an_unknown_policy_is_said_and_does_not_hold():
    report = check("follow through: most\n" + HEAD + "claims\n" + SLIP + "a = 1.7")
    assert [fault.sentence for fault in report.faults] == ["follow through is full, half or none"]
    assert str(report.awards[1]) == "M1 A1 of 2"


# --- what graders are handed ----------------------------------------------------------------------

TEXT_FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBLE = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = {  # gradescope-autograders.readthedocs.io, specs: output format
    "type": "object",
    "additionalProperties": False,
    "required": ["score"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": TEXT_FORMATS,
        "visibility": VISIBLE,
        "stdout_visibility": VISIBLE,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": TEXT_FORMATS,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBLE,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}
PRAIRIELEARN = {  # its docs: external grading results, and the dictionary of partial scores
    "type": "object",
    "required": ["score"],
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"},
        "format_errors": {"type": ["string", "array"], "items": {"type": "string"}},
        "partial_scores": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["score"],
                "additionalProperties": False,
                "properties": {
                    "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                    "weight": {"type": "integer", "minimum": 0},
                    "feedback": {"type": ["string", "object"]},
                },
            },
        },
    },
}
SHEETS = [
    HEAD + "claims\nz = 1.5 [0 marks]",
    HEAD + "claims\n" + SLIP + "a = 1.7\nq = 2",
    HEAD + "claims\nz = 1.5; a = 1.5; y = -3 [2 marks]\nz = 2*",
    HEAD,
    "title: <b>&\x1b[31m\n" + HEAD + "claims\n z_{\x1b} = 3",
]


def students(*texts):
    return [Checked(f"s{place}.chalk", check(text)) for place, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("grader", "schema"), [(gradescope, GRADESCOPE), (prairielearn, PRAIRIELEARN)]
)
def test_graders_accept_what_they_are_handed(grader, schema):
    unread = Checked("no.chalk", None, "no.chalk: there is no such file")
    for sheets in (*map(students, SHEETS), students(*SHEETS), [unread], []):
        jsonschema.validate(grader(sheets), schema)


def test_gradescope_has_a_test_for_each_claim_with_what_was_read_and_judged():
    found = gradescope(students(SHEETS[1]))
    slip, carried, left_open = found["tests"]
    assert slip["name"] == "line 6: z" and (slip["score"], slip["max_score"]) == (1, 2)
    read, judged, marks = slip["output"].splitlines()
    assert (read, marks) == ("z = 0.5*3 = 1.7", "M1 A0 of 2") and judged.startswith("z = 1.7: slip")
    assert carried["status"] == "passed" and "score" not in left_open
    assert found["score"] == 3
    assert "1 slip" in found["output"] and "3 of 4 marks" in found["output"]


def test_prairielearn_weighs_by_the_marks():
    found = prairielearn(students(SHEETS[2]))
    weights = {name: part["weight"] for name, part in found["partial_scores"].items()}
    assert weights.pop("line 7: z") == 6  # not read
    assert weights == {"line 6: z": 2, "line 6: a": 2, "line 6: y": 2}  # of 2/3 of a mark each
    mean = sum(found["partial_scores"][name]["score"] * weights[name] for name in weights)
    assert mean / sum(weights.values()) == found["score"] == 1


def test_claims_of_one_name_on_one_line_have_labels_of_their_own():
    found = prairielearn(students(HEAD + "claims\nz = 1.5; z = 1.5"))
    assert list(found["partial_scores"]) == ["line 6: z", "line 6: z (2)"]


def test_a_table_has_a_row_for_each_number_and_no_formulas():
    sheet = HEAD + "claims\n-x = -3\nz = 0.5*3 = 1.5 = 1.7\na = ?"
    found = list(csv.DictReader(io.StringIO(table([Checked("=cmd.chalk", check(sheet))]))))
    assert [row["printed"] for row in found] == ["-3", "1.5", "1.7", ""]
    assert [row["of"] for row in found] == ["2", "", "2", "2"]
    assert found[0]["sheet"] == "'=cmd.chalk" and found[0]["read"] == "'-x = -3"


def test_a_table_has_no_dates():
    sheet = "title: 10/12\n" + HEAD + "claims\nz = 3/2 [3 marks]\nz/4 = 3/8; z/9 = 1/6 [1 mark]"
    found = list(csv.DictReader(io.StringIO(table(students(sheet)))))
    assert [row["printed"] for row in found] == ["1.5", "0.375", "0.166666666666667"]
    assert [row["truth"] for row in found] == [row["printed"] for row in found]
    assert [row["of"] for row in found] == ["3", "0.5", "0.5"]
    assert found[0]["title"] == "'10/12" and found[1]["read"] == "z/4 = 3/8"


def test_a_record_holds_what_is_promised():
    record = as_record(check(HEAD + "title: T\nclaims\n" + SLIP + "a = 1.7"))
    slip, carried = record["claims"]
    assert record["title"] == "T" and slip["root"] is None and carried["root"] == 7
    assert (slip["name"], slip["printed"], slip["truth"]) == ("z", "1.7", "3/2")
    assert slip["marks"] == {"method": "1", "answer": "0", "of": "2"}
    assert list(slip) == [
        *("line", "name", "epoch", "section", "read", "printed", "truth", "verdict", "root"),
        *("roots", "explanations", "marks"),
    ]


def test_a_class_counts_its_kinds_of_slip():
    sheets = students(SHEETS[1], SHEETS[1], SHEETS[3])
    [kind] = kinds(sheets)
    assert (kind.slips, kind.sheets, kind.first) == (2, 2, "s0.chalk, line 6")
    lines = [line.text.split() for line in summary(sheets)]
    assert lines[1] == ["s0.chalk", "0", "1", "1", "3", "4", "2"]
    assert lines[4] == ["all", "0", "2", "2", "6", "8", "4"]


UNREAD = [  # what is written below HEAD, its awards
    ("z = 0.5 times 2 = 1\ny = -3", ["? of 2", "M1 A1 of 2"]),
    ("z = 0.5 times 2; a = 1.5 [3 marks]", ["? of 1 1/2", "M1/2 A1 of 1 1/2"]),  # shared
    ("z = [0.1, 0.55]", ["? of 2"]),  # a list is no number, and no blank
    ("z = 0.5*3 = [0.1, 0.55]", ["? of 2"]),  # its answer is not read
    ("w = 0.5 times 1", ["? of 2"]),
    ("z 1.5", ["? of 2"]),
    ("netwok: 2-2-1", []),  # claims nothing
    ("given q 2", []),
    ("---\n$$z = \\sum$$", ["? of 2"]),
]


@pytest.mark.parametrize(("below", "marks"), UNREAD)
def test_what_is_not_read_is_left_to_the_marker(below, marks):
    report = check(f"{HEAD}claims\n{below}")
    assert [str(award) for award in report.awards] == marks
    assert report.faults
    shown = [line.text for line in lines(report, "", marks=True)]
    assert sum("not read" in line and "[? of" in line for line in shown) == ("? " in str(marks))


def test_every_export_has_the_line_that_was_not_read():
    sheets = students(f"{HEAD}claims\nz = 0.5 times 2 = 1\ny = -3")
    [report] = (sheet.report for sheet in sheets)
    unread = gradescope(sheets)["tests"][0]
    assert unread["name"] == "line 6: z" and "score" not in unread and unread["max_score"] == 2
    assert "z: not read: '2' stands where" in unread["output"]
    assert prairielearn(sheets)["partial_scores"]["line 6: z"]["score"] is None
    row = next(csv.DictReader(io.StringIO(table(sheets))))
    assert (row["line"], row["verdict"], row["method"], row["of"]) == ("6", "not read", "", "2")
    claim = as_record(report)["claims"][0]
    assert (claim["verdict"], claim["marks"]["method"]) == ("not read", None)
    assert [line.text.split()[-1] for line in summary(sheets)] == ["hand", "2", "2"]


def test_an_update_that_was_not_read_is_one():
    report = check(
        "given w = 2; x = 1; alpha = 0.5\ndefine L = w*x\nforward\n  L = 2\n"
        "update\n  w = 2 - 0.5 times 1 = 1.5\nforward\n  L = 1.5\n"
    )
    assert [str(award) for award in report.awards] == ["M1 A1 of 2", "? of 2", "M1 A1 of 2"]


FORMULAS = "define y = w*x; L = (y - t)^2/2\nclaims\n"


@pytest.mark.parametrize(
    ("formula", "marks"),
    [
        ("dL/dw = (y - t)*x", "2 of 2 marks"),
        ("dL/dw = (y - t)", "0 of 2 marks"),
        ("dL/dw = (y - t)*q", "0 of 0 marks, and 2 to be marked by hand"),
    ],
)
def test_a_formula_without_numbers_is_marked_by_its_verdict(formula, marks):
    report = check(f"{FORMULAS}  {formula}")
    assert str(report.marks) == marks
    [row] = report.rows
    assert (row.judged, row.verdict) == (None, report.formulas[0].verdict.value)
    shown = [line for line in lines(report, "") if line.text.lstrip().startswith("dL/dw: ")]
    assert [line.look for line in shown] == [look_of(row)]


def test_a_formula_where_a_number_could_be_said_shows_the_method():
    report = check(f"given w = 2; x = 3; t = 1\n{FORMULAS}  dL/dw = (y - t)*x")
    assert str(report.marks) == "1 of 2 marks"


def test_an_explained_formula_and_what_rounding_leaves_open_are_in_the_record():
    report = check(f"{FORMULAS}  dL/dw = (y - t)")
    [claim] = as_record(report)["claims"]
    assert claim["explanations"] == [{"kind": "formula", "sentence": "the factor x is missing"}]
    text = "rounding: 2 places each step\ngiven x = 0.05\ndefine y = x^3\nclaims\n  y = 0.00"
    [found] = as_record(check(text))["summary"]["not decided"]
    assert (found["line"], found["sentence"][:17]) == (5, "at 2 places it is")


def test_a_line_without_a_number_was_not_left_blank():
    report = check("given x = 3\ndefine z = 0.5*x; a = z^2\nclaims\n  z = 0.5*3\n  a = ?\n")
    assert [row.verdict for row in report.rows] == ["without a number", "left blank"]


def test_a_wrong_formula_counts_as_a_slip():
    report = check("given w = ?; x = ?\ndefine y = w*x\nclaims\n  dy/dw = w\n")
    assert "1 slip" in report.summary and report.count(Verdict.SLIP) == 1


def test_a_slip_that_was_put_right_under_a_wrong_line_stands_no_more():
    report = check(
        "given x = 3\ndefine z = 0.5*x; a = z^2\nclaims\n  z = 1.7\n  z = 0.5*4 = 1.5\n  a = 7\n"
    )
    assert [standing.line for standing in report.standings] == [6]


def test_an_answer_on_a_line_of_its_own_is_the_answer_of_the_lines_that_lead_to_it():
    sheet = "given x = 2; w = 0.5; y = 3\ndefine z = w*x; L = (z - y)^2/2\nclaims\n"
    lines = (
        " z = w*x\n z = 0.5*2\n z = 1\n dz/dw = x\n dL/dz = z - y\n dL/dz = -2\n dL/dw = dL/dz*x"
    )
    report = check(sheet + lines)
    assert [str(award) for award in report.awards][-1] == "M1 A0 of 2"  # without its number
    assert str(report.marks) == "13 of 14 marks"
    assert report.summary == "2 numbers and 4 formulas: 6 right, 0 slips, 0 carried forward"
