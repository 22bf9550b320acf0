"""The HTML report: whole, escaped, offline, each reason where the pointer and the focus are."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from autograd import NOTATIONS
from autograd.__main__ import main
from autograd.audit import check, translate
from autograd.audit.reporting.latex import escaped, latex_page
from autograd.audit.reporting.page import page
from autograd.audit.reporting.pictured import pictured
from autograd.audit.reporting.records import Checked

SHEET = """title: T <script>alert(1)</script>
given x = 3; w = 0.5; v = 2
define z = w*x
define a = relu(z)
define y = v*a
claims
\tz = 0.5*3 = 1.7; a = 1.7
  y = 2*1.5 = 3.0
  a = 2*  # <b onmouseover=alert(2)>\x1b[31m
  z = 0.5*4 = 1.5
"""
VOID = {"meta", "img", "br"}


class Elements(HTMLParser):
    """Every element with its attributes and its text, opened and closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.all = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.all.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, text):
        for element in self.open:
            element["text"] += text

    def of(self, tag, name=""):
        classes = ((element.get("class") or "").split() for element in self.all)
        pairs = zip(self.all, classes, strict=True)
        return [e for e, found in pairs if e["tag"] == tag and (not name or name in found)]


@pytest.fixture(scope="module")
def written():
    sheets = [Checked("a.chalk", check(SHEET)), Checked("no.chalk", None, "no.chalk: <missing>")]
    return page(sheets, marks=True)


@pytest.fixture(scope="module")
def elements(written):
    return Elements(written)


def test_each_claim_is_marked_and_has_its_reason(elements):
    judged = elements.of("span", "judged")
    looks = [element["class"].split()[1] for element in judged]
    assert looks == ["slip", "carried", "right", "open", "wrong-line"]
    reasons = {element["id"]: element["text"] for element in elements.of("span", "reason")}
    said = [reasons[element["aria-describedby"]] for element in judged]
    assert said[0].startswith("z = 1.7: slip") and "gives 1.5" in said[0]
    assert said[1] == "a = 1.7: carried forward from line 7"
    assert said[3].startswith("a: not read: ")
    assert all(element["tabindex"] == "0" for element in judged)


def test_on_paper_a_reason_is_as_wide_as_its_line(written):
    style = written.partition("@media print")[2].partition("</style>")[0]
    rule = style.partition(".judged:not(.right) + .reason")[2].partition("}")[0]
    assert "width: auto" in rule and "max-width: none" in rule


def test_a_long_line_goes_on_right_of_its_start(elements, written):
    hangs = [element.get("style") for element in elements.of("span", "text")]
    assert hangs == [None] * 6 + ["--hang: 6ch"] + ["--hang: 4ch"] * 3
    deep = page([Checked("a", check("claims\n" + " " * 40 + "z = 1"))])
    assert "--hang: 12ch" in deep  # no wider than a phone has room for
    style = written.partition("<style>")[2].partition("</style>")[0]
    rules = dict(re.findall(r"^([^{}\n]+) {([^}]*)}", style, re.MULTILINE))
    assert "text-indent: calc(-1 * var(--hang, 2ch))" in rules["li > .text"]
    assert "text-indent: 0" in rules[".reason"]
    assert "inline-block" in rules[".legend span"]  # an item is not broken in two


def test_every_line_of_the_sheet_stands_there_as_it_was_typed(elements):
    texts = [element["text"] for element in elements.of("span", "text")]
    assert len(texts) == len(SHEET.splitlines())
    assert texts[1] == "given x = 3; w = 0.5; v = 2"
    assert texts[8].startswith("  a = 2*a: not read: ")
    assert texts[8].endswith("  # <b onmouseover=alert(2)>\\x1b[31m")


def test_marks_and_what_a_marker_writes_below(elements):
    marks = [element["text"] for element in elements.of("span", "marks")]
    assert marks == ["3 of 4 marks", "M1 A1 of 2", "? of 2", "M0 A1 of 2"]
    said = [element["text"] for element in elements.of("p")]
    assert (
        said[0].startswith("4 numbers: 1 right, 1 slip, 1 carried forward")
        and "of 8 marks" in said[1]
    )
    assert "no.chalk: <missing>" in said


def test_nothing_that_was_typed_is_markup_and_nothing_is_fetched(written, elements):
    allowed = {"html", "head", "meta", "title", "style", "body", "article", "h1", "p", "strong"}
    assert {e["tag"] for e in elements.all} <= allowed | {"span", "ol", "li", "figure", "img"}
    assert not [name for e in elements.all for name in e if name.startswith("on")]
    assert not re.search(r"https?:|url\(|@import|<script|\x1b", written)
    assert all(
        image["src"].startswith("data:image/svg+xml;base64,") for image in elements.of("img")
    )
    [policy] = [e["content"] for e in elements.of("meta") if "http-equiv" in e]
    assert policy.startswith("default-src 'none';")


def test_a_claim_that_was_read_otherwise_is_marked_as_a_whole_line():
    sheet = "decimal: comma\ngiven x = 1,5\ndefine y = 2*x\nclaims\n  y = 2*1,5 = 3,0"
    [judged] = Elements(page([Checked("a", check(sheet))])).of("span", "judged")
    assert judged["text"] == "y = 2*1,5 = 3,0"


def test_ids_are_each_there_once(elements):
    ids = [element["id"] for element in elements.all if "id" in element]
    assert len(ids) == len(set(ids))


def test_the_picture_shows_the_slip_and_what_it_taints(elements):
    [image] = elements.of("img")
    assert "a = 1.7: carried forward" in image["alt"]
    svg = base64.b64decode(image["src"].partition(",")[2]).decode()
    assert "slip, line 7" in svg and "from line 7" in svg and "alert" not in svg


def test_arrows_go_over_what_was_not_written_and_taint_goes_along_them():
    report = check(SHEET.replace("; a = 1.7", "").replace("2*1.5 = 3.0", "2*1.7 = 3.4"))
    dot = pictured(report.sheets[0], report.judged).dot
    assert re.findall(r"n\d -> n\d.*", dot) == ['n0 -> n1 [color="#b34f00" penwidth=2]']


def test_taint_goes_along_the_arrow_from_each_slip():
    report = check("given x = 3; w = 2; v = 1\ndefine y = w*x + v\nclaims\nw = 4; v = 5\ny = 17")
    dot = pictured(report.sheets[0], report.judged).dot
    assert dot.count("penwidth=2]") == dot.count(" -> ") == 2


def test_arrows_go_over_a_derivative_that_has_a_name_and_no_number():
    report = check(
        "given x = 3; w = 2\ndefine y = w*x\ndefine L = y^2\nlet d = dL/dy\nclaims\n"
        "y = 7\ndL/dw = 42"
    )
    dot = pictured(report.sheets[0], report.judged).dot
    assert dot.count("n0 -> n1") == 1


SLIPPED = """notation: notes
network: 1-1-1 relu sigmoid
loss: half squared error
learning rate: alpha = 0.5
given w_00^1 = 0.5; b_0^1 = 0.1; w_00^2 = 0.4; b_0^2 = 0.2; a_0^0 = 0.6; y = 0.8
claims
  z_0^1 = 0.4; a_0^1 = 0.4; z_0^2 = 0.36; a_0^2 = 0.5890
  delta_0^2 = -0.0611; delta_0^1 = -0.0244
  dL/dw_00^1 = -0.0147; dL/db_0^1 = -0.0244; dL/dw_00^2 = -0.0244
  w_00^1 = w_00^1 - alpha*dL/dw_00^1 = 0.5073
"""
TAINTED = ["4>5", "4>8", "5>6", "5>7", "6>9"]


def arrows(report):
    """From which card to which, in their order: all, and those along which a slip is carried."""
    dot = pictured(report.sheets[0], report.judged).dot
    found = re.findall(r"n(\d) -> n(\d)(.*)", dot)
    every = sorted(f"{source}>{result}" for source, result, _ in found)
    return every, sorted(f"{source}>{result}" for source, result, look in found if look)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_picture_is_the_same_in_every_notation(notation):
    untainted = ["0>1", "0>5", "1>2", "1>8", "2>3", "3>4"]
    assert arrows(check(translate(SLIPPED, notation))) == (sorted(untainted + TAINTED), TAINTED)


@pytest.mark.parametrize("let", ["let d = dL/dy\n", "let d = -dL/dy\n", ""])
def test_arrows_lead_to_the_name_of_a_derivative_and_on(let):
    name, sign = ("d", "-"["-" not in let :]) if let else ("-dL/dy", "-")
    report = check(
        f"given x = 3; w = 2; v = 1\ndefine y = w*x + v\ndefine L = y^2\n{let}claims\n"
        f"y = 7\n{name} = {sign}15\ndL/dw = 45\ndL/dv = 15"
    )
    assert arrows(report) == (["0>1", "1>2", "1>3"], ["1>2", "1>3"])


def test_an_arrow_leads_from_what_a_line_names_itself():
    head = "given x = 3; w = 2\ndefine y = w*x\ndefine z = 2*y\ndefine L = z^2\nclaims\n"
    report = check(head + "y = 7\nz = 14\nL = 4*y^2 = 196")
    assert arrows(report)[0] == ["0>1", "0>2", "1>2"]


def test_a_large_sheet_shows_what_is_tainted_alone(monkeypatch):
    monkeypatch.setattr("autograd.audit.reporting.pictured.MOST_CARDS", 2)
    report = check(SHEET)
    assert pictured(report.sheets[0], report.judged).cards == 2
    monkeypatch.setattr("autograd.audit.reporting.pictured.MOST_CARDS", 1)
    assert pictured(report.sheets[0], report.judged) is None


def test_a_sheet_without_a_slip_has_no_picture():
    report = check(SHEET.replace("1.7", "1.5"))
    assert pictured(report.sheets[0], report.judged) is None


def test_the_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.chalk").write_text(SHEET, encoding="utf-8")
    assert main(["check", "a.chalk", "--html", "a.html"]) == 2  # of the line that is not read
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["check", "a.chalk", "--html", "none/a.html"]) == 2
    assert "none/a.html cannot be written: there is no folder" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.chalk", "a.html"]


def test_a_slip_stands_out_beside_what_could_not_be_read():
    sheet = "given x = 3\ndefine z = 0.5*x\nclaims\n  z = 0.5*3 = 1.7; q = $$$\n"
    made = page([Checked("a.chalk", check(sheet))])
    assert "slip. The shown line gives 1.5" in made and "not read:" in made
    assert made.count("✗") == 2  # in the legend, and at the line


BREAK = r"\allowbreak{}"

# --- LaTeX ----------------------------------------------------------------------------------------


def test_latex_has_each_line_in_the_colour_of_what_was_judged():
    sheets = [Checked("a.chalk", check(SHEET)), Checked("no.chalk", None, "no.chalk: <missing>")]
    found = latex_page(sheets, marks=True)
    lines = found.splitlines()
    assert found.isascii() and lines[0] == r"\documentclass[11pt]{article}"
    assert lines[-1] == r"\end{document}" and found.count(r"\newpage") == 1
    [seventh] = [line for line in lines if line.startswith(r"\typed{7}")]
    assert rf"{{\color{{slip}}{escaped('z = 0.5*3 = 1.7')}}}" in seventh
    assert rf"{{\color{{carried}}{escaped('a = 1.7')}}}" in seventh
    assert escaped("3 of 4 marks") in seventh
    reasons = [line for line in lines if line.startswith(r"\reason")]
    assert [line.partition("}")[0] for line in reasons] == [
        r"\reason{slip",
        r"\reason{carried",
        r"\reason{open",
        r"\reason{wrong-line",
    ]
    assert r"\definecolor{wrong-line}" in found


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a  b", r"a\ \ b"),
        ("--", "-{}-{}"),
        (r"\input{x}", r"{\ttfamily\char92}input{\ttfamily\char123}x{\ttfamily\char125}"),
        ("%\x1b", r"{\ttfamily\char37}{\ttfamily\char92}x1b"),
        ("z₁²", "z" + BREAK.join([r"\ensuremath{{}_{1}}", r"\ensuremath{{}^{2}}", ""])),
        ("≈ŷß", BREAK.join([r"\ensuremath{\approx}", r"{\^{y}}", r"{\ss}", ""])),
        ("權", "[U+6B0A]" + BREAK),
        ("1=2", r"1=\allowbreak{}2"),
        ("a" * 21, "a" * 20 + r"\allowbreak{}a"),
    ],
)
def test_what_somebody_typed_is_escaped_in_latex(text, latex):
    assert escaped(text) == latex


def test_the_command_writes_latex(tmp_path, capsys):
    sheet, file = tmp_path / "a.chalk", tmp_path / "a.tex"
    sheet.write_text(SHEET, encoding="utf-8")
    main(["check", str(sheet), "--latex", str(file)])
    assert file.read_text("ascii") == latex_page([Checked(str(sheet), check(SHEET))])
    capsys.readouterr()
    assert main(["check", str(sheet), "--latex", str(tmp_path / "no" / "a.tex")]) == 2
    assert "a.tex" in capsys.readouterr().err


def test_sheets_of_one_exercise_say_whose_they_are():
    report = check("title: week 3\ngiven x = 2\ndefine y = x*x\nclaims\n  y = 4")
    shown = page([Checked("ann.chalk", report), Checked("bob.chalk", report)])
    assert "<h1>ann.chalk: week 3</h1>" in shown and "<h1>bob.chalk: week 3</h1>" in shown
