"""The report as one HTML page: the sheet as it was typed, marked in colour, the reasons on it.

The page holds all that it needs and asks for nothing from elsewhere, which its policy forbids. What
somebody typed is escaped. A reason shows where the pointer or the focus is; on paper all do.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence

from autograd.audit.reporting.lines import (
    COLOURS,
    MEANINGS,
    TAB,
    WORST_LAST,
    Typed,
    closing,
    heading,
    look_of,
    typed_lines,
    worst,
)
from autograd.audit.reporting.pictured import pictured
from autograd.audit.reporting.records import Checked
from autograd.audit.reporting.report import Report, Row
from autograd.drawing import DotError
from autograd.reading import printable

HANG, MOST_HANG = 2, 12  # letters that what is left of a long line is moved in by
MOST_PICTURES = 10  # of a class: each takes some tenths of a second
SIGNS = {"right": "✓", "carried": "↳", "slip": "✗", "wrong line": "!", "open": "?"}
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #111827; background: #fff; margin: 2rem auto;
  max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
ol { list-style: none; padding: 0; font: 15px/1.7 ui-monospace, Menlo, Consolas, monospace; }
li { display: grid; grid-template-columns: 2.6rem 1.4rem minmax(0, 1fr) auto; }
li > .text { white-space: pre-wrap; overflow-wrap: anywhere; padding-left: var(--hang, 2ch);
  text-indent: calc(-1 * var(--hang, 2ch)); }
.number { color: #4b5563; text-align: right; padding-right: .7rem; }
.sign { font-weight: bold; }
.marks { color: #4b5563; padding-left: 1rem; }
.claim { position: relative; }
.judged { border-radius: .25rem; padding: 0 .2rem; cursor: help; box-decoration-break: clone;
  -webkit-box-decoration-break: clone; }
.judged:focus { outline: 2px solid #0072B2; }
.right { background: #e3f2e6; }
.carried { background: #fff4c2; }
.slip { background: #ffd9c2; }
.wrong-line { background: #f5dcf3; }
.open { background: #e5e7eb; }
.reason { display: none; position: absolute; left: 0; top: 100%; z-index: 1; width: max-content;
  max-width: min(34rem, 100vw - 9rem); padding: .4rem .6rem; border-radius: .3rem;
  background: #111827; color: #fff; font: 14px/1.45 system-ui, sans-serif; white-space: pre-line;
  text-indent: 0; }
.judged:hover + .reason, .judged:focus + .reason, .reason:hover { display: block; }
.legend span { display: inline-block; padding: 0 .4rem; border-radius: .25rem;
  margin: 0 .6rem .2rem 0; }
figure { margin: 1rem 0; overflow-x: auto; }
figure img { max-width: max(100%, 60rem); height: auto; }
article + article { border-top: 1px solid #cbd5e1; margin-top: 2rem; padding-top: 1.5rem; }
@media screen and (max-width: 34rem) {
  .marks { grid-column: 3; padding-left: 4ch; }
}
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  ol { font-size: 9pt; } li { break-inside: avoid; } figure { break-inside: avoid; }
  figure img { max-width: 100%; }
  article + article { break-before: page; border: 0; }
  .judged:not(.right) + .reason { display: block; position: static; width: auto; max-width: none;
    padding: 0; background: none; color: #111827; font-size: 9.5pt; }
}
"""
STYLE += "".join(
    f".sign.{look.replace(' ', '-')} {{ background: none; color: {colour}; }}\n"
    for look, colour in COLOURS.items()
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<style>{STYLE.replace("{", "{{").replace("}", "}}")}</style>
</head>
<body>
"""


def page(checked: Sequence[Checked], marks: bool = False) -> str:
    """The page of several sheets; of those that could not be read it says why."""
    titles = [heading(sheet.report, sheet.name) for sheet in checked if sheet.report]
    title = titles[0] if len(titles) == 1 else f"{len(checked)} sheets"
    parts = [HEAD.format(title=_text(title))]
    for place, sheet in enumerate(checked):
        parts.append("<article>\n")
        if sheet.report is None:
            parts.append(f"<h1>{_text(sheet.name)}</h1>\n<p>{_text(sheet.problem)}</p>\n")
        else:
            parts.extend(_article(sheet.name, sheet.report, f"s{place}", marks))
            if place < MOST_PICTURES:
                parts.extend(_pictures(sheet.report))
        parts.append("</article>\n")
    return "".join([*parts, "</body>\n</html>\n"])


def _article(name: str, report: Report, key: str, marks: bool) -> Iterator[str]:
    """One sheet: its heading, what a marker would write below it, and its lines."""
    yield f"<h1>{_text(heading(report, name))}</h1>\n"
    for line in closing(report, marks):
        strong = ("<strong>", "</strong>") if line.look else ("", "")
        yield f"<p>{strong[0]}{_text(line.text)}{strong[1]}</p>\n"
    shown = (f'<span class="{_class(k)}">{SIGNS[k]} {MEANINGS[k]}</span>' for k in WORST_LAST)
    yield f'<p class="legend">{"".join(shown)}</p>\n<ol>\n'
    for typed in typed_lines(report):
        yield _line(f"{key}l{typed.number}", typed, marks)
    yield "</ol>\n"


def _line(key: str, line: Typed, marks: bool) -> str:
    """A line of the sheet: its number, the sign of the worst on it, its text, its marks."""
    look = line.look
    sign = f'<span class="sign {_class(look)}">{SIGNS[look]}</span>' if look else "<span></span>"
    body = _text(line.text)
    if line.faults:
        sentences = [*line.faults, *(row.sentence for row in line.rows)]
        body = _judged(key, line.text, look, sentences)
    elif line.rows:
        body = _claims(key, line)
    given = f'<span class="marks">{_text(line.marks)}</span>' if marks and line.marks else ""
    place = f'<span class="number">{line.number}</span>'
    hang = _hang(line.text)
    return f'<li id="{key}">{place}{sign}<span class="text"{hang}>{body}</span>{given}</li>\n'


def _hang(text: str) -> str:
    """How far in a line is gone on with where it is too long: further than it starts."""
    typed = text.replace("\t", TAB)
    start = min(len(typed) - len(typed.lstrip()), MOST_HANG - HANG)
    return f' style="--hang: {start + HANG}ch"' if start else ""


def _claims(key: str, line: Typed) -> str:
    """The text of a line with each of its claims marked."""
    parts, place = [], 0
    for text, rows in line.parts():
        if not rows:
            parts.append(_text(text))
            continue
        parts.append(_marked(f"{key}c{place}", text, rows))
        place += 1
    return "".join(parts)


def _marked(key: str, text: str, rows: Sequence[Row]) -> str:
    look = worst([look_of(row) for row in rows])
    return _judged(key, text, look, [row.sentence for row in rows])


def _judged(key: str, text: str, look: str, sentences: list[str]) -> str:
    """A text that is judged, with its reason beside it for the pointer, the focus and on paper."""
    reason = "\n".join(map(_text, sentences))
    return (
        f'<span class="claim"><span class="judged {_class(look)}" tabindex="0" '
        f'aria-describedby="{key}r">{_text(text)}</span>'
        f'<span class="reason" role="tooltip" id="{key}r">{reason}</span></span>'
    )


def _pictures(report: Report) -> Iterator[str]:
    """Which number follows from which, as images; nothing where none can be drawn."""
    for sheet in report.sheets:
        try:
            picture = pictured(sheet, report.of_sheet(sheet))
            svg = picture.svg if picture else ""
        except (DotError, ValueError):
            continue
        if picture:
            data = base64.b64encode(svg.encode()).decode()
            words = _text(picture.alt.replace("\n", "; "))
            image = f'<img src="data:image/svg+xml;base64,{data}" alt="{words}">'
            yield f"<figure>{image}</figure>\n"


def _class(look: str) -> str:
    return look.replace(" ", "-")


def _text(text: str) -> str:
    """Text as HTML holds it, control characters as escapes."""
    return html.escape(printable(text.replace("\t", TAB)))
