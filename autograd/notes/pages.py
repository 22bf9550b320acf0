"""Lines laid out: LaTeX for a notebook or a paper, Markdown, HTML, two columns of plain text.

Every layout has what is symbolic, `name = formula`, beside what is evaluated, `= substituted =
value`. Names come from people: LaTeX, HTML and Markdown have them escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from autograd.notes.breaking import broken, grown
from autograd.notes.steps import APPROXIMATELY, Member, Step, related
from autograd.notes.typeset import upright
from autograd.reading import printable

Environment = Literal["aligned", "align*"]
Section = tuple[str, Sequence[Step]]
WIDEST = 60  # characters of the first of two columns of text


class Pages:
    """What has lines, in sections, as pages; a title of "" is none."""

    __slots__ = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every line, in the order of the computation."""
        return tuple(step for _, steps in self.pages() for step in steps)

    def pages(self) -> Sequence[Section]:
        """The sections that are laid out: titles, each with its lines."""
        raise NotImplementedError

    def latex(self, *, environment: Environment = "aligned") -> str:
        r"""All lines in LaTeX, aligned at the first sign of relation.

        As `aligned` it is one block for a notebook or within a formula, titles in rows of it. As
        `align*` it is a display of its own for a document with amsmath, which breaks over pages and
        at the end of a line.

        >>> from autograd import Value, derive
        >>> print(derive(Value(2, "w") * Value(3, "a")).latex().splitlines()[1])
        L &= w \cdot a = 2 \cdot 3 = 6 \\
        """
        if is_display(environment):
            pages = self.pages()
            return displayed(
                (title, [r for x in steps for r in _rows(x)]) for title, steps in pages
            )
        return aligned(self.pages())

    def markdown(self) -> str:
        r"""All lines as a table in Markdown, formulas between dollars.

        >>> from autograd import Value, derive
        >>> print(derive(Value(2, "w") * Value(3, "a")).markdown().splitlines()[2])
        | $L = w \cdot a$ | $= 2 \cdot 3 = 6$ |
        """
        return "\n\n".join(_section_in_markdown(*section) for section in self.pages()) + "\n"

    def html(self) -> str:
        """All lines as a table in HTML, to be set into a page; it needs nothing besides.

        >>> from autograd import Value, derive
        >>> derivation = derive(Value(2, "w_1") * Value(3, "a"))
        >>> "L = w<sub>1</sub>·a" in derivation.html()
        True
        """
        return "\n".join(_section_in_html(*section) for section in self.pages()) + "\n"

    def columns(self) -> str:
        """All lines as text in two columns.

        >>> from autograd import Value, derive
        >>> print(derive(Value(2, "w") * Value(3, "a")).columns())
        L = w*a    = 2*3 = 6
        dL/dL      = 1
        dL/dw = a  = 3
        dL/da = w  = 2
        """
        pages = [(title, _text_cells(steps)) for title, steps in self.pages()]
        widths = [len(left) for _, cells in pages for left, right in cells if right]
        width = max((width for width in widths if width <= WIDEST), default=0)
        return "\n\n".join(
            "\n".join([*filter(None, [title]), *_in_columns(cells, width)])
            for title, cells in pages
        )

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def sides(members: Sequence[Member], sign: str = "≈") -> tuple[str, str]:
    """The members of a line, `name = formula` and `= substituted = result`.

    >>> sides([Member("y"), Member("x/3"), Member("2/3"), Member("0.67", rounded=True)])
    ('y = x/3', '= 2/3 ≈ 0.67')
    """
    symbolic = len(related(*members[:2]))
    both = [f"{sign} {text}" for sign, text in related(*members, sign=sign)]
    return " ".join(both[:symbolic]).lstrip(), " ".join(both[symbolic:])


def _remarked(text: str, step: Step) -> str:
    return f"{text}   ({step.remark})".lstrip() if step.remark else text


# --- LaTeX ----------------------------------------------------------------------------------------


def aligned(pages: Iterable[Section]) -> str:
    r"""The sections as one LaTeX block, aligned at the first sign of relation.

    >>> from autograd import Value
    >>> from autograd.notes.steps import forward_steps
    >>> print(aligned([("Product", forward_steps(Value(2, "w") * 3))]))
    \begin{aligned}
    &\textbf{Product} \\
    L &= w \cdot 3 = 2 \cdot 3 = 6
    \end{aligned}
    """
    lines = []
    for title, steps in pages:
        if title and steps:
            lines.append(f"&\\textbf{{{title}}}")
        for step in steps:
            name, *rest = _grown(step)
            relations = " ".join(f"{sign} {text}" for sign, text in rest)
            lines.append(f"{name[1]} &{relations}{_remark_in_latex(step)}")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _related_in_latex(step: Step) -> list[tuple[str, str]]:
    return related(*step.in_latex, sign=APPROXIMATELY)


def _grown(step: Step) -> list[tuple[str, str]]:
    return [(sign, grown(text)) for sign, text in _related_in_latex(step)]


def _remark_in_latex(step: Step) -> str:
    return rf" \quad {upright(f'({step.remark})')}" if step.remark else ""


def is_display(environment: Environment) -> bool:
    """Whether it is an environment that is a display of its own."""
    if environment in ("aligned", "align*"):
        return environment == "align*"
    given = repr(environment) if isinstance(environment, str) else type(environment).__name__
    raise ValueError(f"environment is 'aligned' or 'align*', not {printable(given)}")


def displayed(sections: Iterable[tuple[str, Sequence[str]]]) -> str:
    """An align* that may break over pages: titles, each with its rows."""
    lines = list[str]()
    for title, rows in sections:
        if title and rows:
            # amsmath wants it right after the end of a row; before the first it is a title.
            rows = [f"\\intertext{{{title}}}\n{rows[0]}", *rows[1:]]
        lines += rows
    body = " \\\\\n".join(lines)
    return f"{{\\allowdisplaybreaks\n\\begin{{align*}}\n{body}\n\\end{{align*}}}}"


def _rows(step: Step) -> list[str]:
    (_, name), *relations = _related_in_latex(step)
    rows = broken(name, relations)
    if step.remark:
        rows.append(f"&{_remark_in_latex(step)[1:]}")
    return rows


# --- Markdown -------------------------------------------------------------------------------------


def _section_in_markdown(title: str, steps: Sequence[Step]) -> str:
    cells = [sides(step.in_latex, APPROXIMATELY) for step in steps]
    cells = [
        (grown(left), grown(right) + _remark_in_latex(step))
        for (left, right), step in zip(cells, steps, strict=True)
    ]
    two = any(right for _, right in cells)
    head = ["| symbolic | evaluated |", "|---|---|"] if two else ["| symbolic |", "|---|"]
    rows = [
        f"| {dollars(left)} |" + (f" {dollars(right)} |" if two else "") for left, right in cells
    ]
    return "\n".join([*([f"**{title}**", ""] if title else []), *head, *rows])


def dollars(latex: str) -> str:
    r"""A formula between dollars, in a cell: no bar that ends the cell, nothing that opens a tag.

    >>> print(dollars(r"\left|x\right|<b"))
    $\left\vert x\right\vert < b$
    """
    latex = _without_bars(latex)
    return f"${re.sub('<(?=[A-Za-z/!?])', '< ', latex).strip()}$" if latex.strip() else ""


BARS = {"|": r"\vert ", r"\|": r"\Vert "}
TEXT = r"\\(?:text(?:rm|bf|it|sf|tt|up|md|sc|sl|normal)?|[mhf]box)\s*\{"
PARTS = re.compile(rf"{TEXT}|\\[A-Za-z]+|\\.|[{{}}|]|[^\\{{}}|]+|.", re.DOTALL)


def _without_bars(latex: str) -> str:
    r"""LaTeX with commands for its bars. Text has none: it ends before one and begins again.

    >>> print(_without_bars(r"x_\text{a|b}"))
    x_{\text{a}\vert \text{b}}
    """
    written, start = list[str](), 0
    groups = list[str]()  # what is open now, from the first text on: \text{, {, \(
    for part in PARTS.findall(latex):
        if part in BARS and _is_text(groups):
            written[start] = f"{{{groups[0]}"
            ends = "".join(r"\)" if group == r"\(" else "}" for group in reversed(groups))
            written.append(f"{ends}{BARS[part]}{''.join(groups)}")
            continue
        written.append(BARS.get(part, part))
        if (part == "{" and groups) or re.fullmatch(TEXT, part):
            start = start if groups else len(written) - 1
            groups.append(part)
        elif part == r"\(" and groups:
            groups.append(part)
        elif part in ("}", r"\)") and groups:
            groups.pop()
            if not groups and written[start].startswith("{"):
                written.append("}")
    return "".join(written)


def _is_text(groups: Sequence[str]) -> bool:
    """Whether text stands within these groups, and no formula."""
    kinds = [group for group in groups if group != "{"]
    return bool(kinds and kinds[-1] != r"\(")


# --- HTML -----------------------------------------------------------------------------------------


CELL = '<td style="text-align: left">'  # notebooks set cells to the right


def _section_in_html(title: str, steps: Sequence[Step]) -> str:
    cells = list(_html_cells(steps))
    two = any(right for _, right in cells)
    head = "<th>symbolic</th>" + ("<th>evaluated</th>" if two else "")
    lines = [f"<h4>{html.escape(title)}</h4>"] if title else []
    lines += ["<table>", f"<tr>{head}</tr>"]
    for left, right in cells:
        second = f"{CELL}{right}</td>" if two else ""
        lines.append(f"<tr>{CELL}{left}</td>{second}</tr>")
    return "\n".join([*lines, "</table>"])


def _html_cells(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    for step in steps:
        left, right = sides(step.in_html)
        remark = f" <i>({html.escape(step.remark)})</i>" if step.remark else ""
        yield left, right + remark


# --- text -----------------------------------------------------------------------------------------


def _text_cells(steps: Iterable[Step]) -> list[tuple[str, str]]:
    cells = []
    for step in steps:
        left, right = sides(step.members)
        cells.append((left, _remarked(right, step)))
    return cells


def _in_columns(cells: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    for left, right in cells:
        if len(left) > width and right:
            yield left
            left = ""
        yield f"{left:<{width}}  {right}" if right else left
