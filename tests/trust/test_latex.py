"""What is written in LaTeX is read by what sets it: pdfLaTeX, and KaTeX in pages.

Skipped where these are not; with KATEX set to the folder in which npm has installed katex, both
must be there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_typeset import PIECES
from typed_names import NAMES

import nn
from autograd import (
    NOTATIONS,
    Notation,
    Value,
    derive,
    dot,
    exp,
    leaky_relu,
    log,
    matrices,
    maximum,
    mean,
    paths,
    relu,
    sigmoid,
    tanh,
    total,
    walk,
    where,
)
from autograd.audit import check
from autograd.audit.reporting.latex import latex_page
from autograd.audit.reporting.records import Checked
from autograd.notes.names import COMMANDS, TYPED_ABOVE, TYPED_BELOW
from autograd.notes.typeset import latex
from demos.neural_network_231 import build

KATEX = os.environ.get("KATEX", "")
HEAD = r"\documentclass{article}\usepackage{amsmath}\begin{document}"
READ = """
const katex = require("katex"), formulas = JSON.parse(require("fs").readFileSync(0));
const options = {displayMode: true, throwOnError: true, strict: process.argv[1]};
const fault = formula => {
    try { katex.renderToString(formula, options); } catch (error) { return `${error}`; }
    return null;
};
console.log(JSON.stringify(formulas.map(fault)));
"""


@pytest.fixture(autouse=True)
def in_full(request, full):
    """What sets everything is for the whole evidence."""
    if not full and re.search("pdflatex|katex", request.node.name):
        pytest.skip("takes half a minute: --full")


def program(name):
    """Where a program is; the test is skipped without it, or fails where it must be."""
    found = shutil.which(name)
    if found is None and KATEX:
        pytest.fail(f"KATEX is set, so that {name} must be there")
    return found or pytest.skip(f"{name} is not there")


def tex_faults(formulas, folder):
    """Each formula that pdfLaTeX stumbles over, or in which it lacks a character, and its words."""
    lines = [HEAD, *(rf"\typeout{{formula {i}}}\[{x}\]" for i, x in enumerate(formulas))]
    (folder / "x.tex").write_text("\n".join([*lines, r"\end{document}"]), encoding="utf-8")
    subprocess.run(
        [program("pdflatex"), "-interaction=nonstopmode", "-no-shell-escape", "x.tex"],
        cwd=folder,
        env={**os.environ, "max_print_line": "10000"},
        stdout=subprocess.DEVNULL,
        timeout=300,
    )
    log = (folder / "x.log").read_text(encoding="utf-8", errors="replace")
    _, *parts = re.split(r"^formula \d+ *$", log, flags=re.MULTILINE)
    assert len(parts) == len(formulas), log[-2000:]
    found = [re.search("^(!|Missing character).*", part, flags=re.MULTILINE) for part in parts]
    return {x: fault[0] for x, fault in zip(formulas, found, strict=True) if fault}


def katex_faults(formulas, strict="error"):
    """Each formula that KaTeX does not take, and its words."""
    if not KATEX:
        pytest.skip("KATEX, the folder in which npm has installed katex, is not set")
    done = subprocess.run(
        [program("node"), "-e", READ, strict],
        input=json.dumps(formulas),
        cwd=KATEX,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {x: fault for x, fault in zip(formulas, found, strict=True) if fault}


def has_font(name):
    """Whether pdfLaTeX without further packages has every character of a name."""
    return all(x < "\x80" or "é" in x or x in COMMANDS or x in SMALL for x in name)


def told(faults):
    """An error that gives each formula and what was said of it."""
    if faults:
        pytest.fail("\n".join(f"{words}\n    {formula}" for formula, words in faults.items()))


SMALL = TYPED_BELOW | TYPED_ABOVE
WORKSHEETS = sorted((Path(__file__).parents[2] / "demos" / "worksheets").glob("*231*.chalk"))
SET = [name for name, _, _ in NAMES if has_font(name)]

# --- derivations ----------------------------------------------------------------------------------

HOSTILE = r"50% & #1_{a} $x$ \^~ <b> = 'c"


def one_sigmoid():
    w, x, b = Value(0.5, "w1"), Value(2.0, "x"), Value(1e-12, "b_hat")
    return (sigmoid(w * x + b) - 1) ** 2 / 2


def softmax():
    scores = [Value(score, f"scores[{i}]") for i, score in enumerate([1.0, -2.0, 0.5])]
    return nn.cross_entropy(nn.softmax(scores), 1) + nn.cross_entropy_with_logits(scores, 1)


def powers():
    x, w = Value(Fraction(2, 3), "x"), Value(Fraction(3), "E_total")
    return x**-1 + w**3 * x**2 + (x * w) ** 2 / w**-2


def branches():
    x, y = Value(1.0, "z_in_1"), Value(1.0, "ŷ")
    inner = where(x - y, x * y, x + y)
    return maximum(inner, relu(x)) * abs(y) + tanh(x)


def raised():
    x, w, dw = Value(2.0, "x²"), Value(3.0, "w'"), Value(4.0, "dW")
    gradient = Value(5.0, "-dE/dw_ji")
    return x**2 * w**3 + dw**2 - gradient + x * gradient


def primed():
    x, w = Value(-1.0, "x_1^(i)"), Value(3.0, "W[0][1]")
    return relu(x * w - 2) + leaky_relu(x + w) * abs(x)


def hostile():
    x, w = Value(2.0, HOSTILE), Value(3.0, "dL/dw")
    y = relu(x * w)
    y.name = "{y}"
    return exp(y / 10) * log(x) ** 2 - abs(x)


def long_sums():
    x, w = ([Value(n / 7, f"{letter}_{n}") for n in range(30)] for letter in "xw")
    z = dot(w, x, Value(1.0, "b"))
    z.name = "z"
    return -(dot(w, x) + z) * total(x) * x[0]


def worked_step(**options):
    model = build("A").model
    optimizer = nn.SGD(model.parameters(), Fraction(1, 10), momentum=Fraction(1, 2))
    return nn.worked(
        model, [1, 2], Fraction("1.5"), loss=nn.half_squared_error, optimizer=optimizer, **options
    )


def trainings():
    raised = nn.TrainingNames(updated="{parameter}^({step})", assignment="←")
    primed = nn.TrainingNames(updated="{parameter}'", assignment=":=")
    steps = [worked_step(notation=notation, steps=2) for notation in NOTATIONS]
    steps += [worked_step(names=raised, steps=2), worked_step(names=primed, steps=2)]
    return [step.latex() for step in steps]


GRAPHS = [lambda: build("A").loss, one_sigmoid, softmax, powers, raised, branches, primed, hostile]


def derivations():
    return [derive(graph()).latex() for graph in GRAPHS]


def matrix_forms():
    activations, rows = ["relu", "sigmoid"], [[0.5, -1.0 / n] for n in range(1, 13)]
    wide = [nn.MLP(2, [3, 1], activations, notation=notation) for notation in NOTATIONS]
    losses = [nn.over(nn.squared_error, [each(row) for row in rows], [1] * 12) for each in wide]
    hostile = Notation(loss_name=HOSTILE, target_pattern="%{indices}&")
    styles = [{"comma": True}, {"decimals": 2}, {"percent": True}]
    return [
        *(matrices(loss).latex() for loss in losses),
        *(matrices(losses[0], **style).latex() for style in styles),
        matrices(losses[0], notation=hostile).latex(),
    ]


def tables():
    steps = [worked_step(notation=notation) for notation in NOTATIONS]
    steps += [worked_step(comma=True, decimals=2), worked_step(rounding="each step", digits=2)]
    of_units = [table.latex() for step in steps for table in step.tables()]
    of_graphs = [derive(graph()).table().latex() for graph in GRAPHS]
    return [*of_units, *of_graphs, walk(hostile()).goto(2).table().latex()]


def ways():
    x = Value(2.0, HOSTILE)
    square = x * x + log(x)
    square.name = "50% & {"
    step = build("A")
    return [paths(square, x).latex(), paths(step.loss, step.model.parameters()[3]).latex()]


# --- pdfLaTeX -------------------------------------------------------------------------------------


def test_pdflatex_sets_every_name(tmp_path):
    told(tex_faults([latex(name) for name in SET], tmp_path))


def test_pdflatex_sets_derivations(tmp_path):
    told(tex_faults([*derivations(), *trainings()], tmp_path))


def test_pdflatex_sets_matrices(tmp_path):
    told(tex_faults(matrix_forms(), tmp_path))


def test_pdflatex_sets_tables_and_paths(tmp_path):
    told(tex_faults([*tables(), *ways()], tmp_path))


def test_pdflatex_sets_displays_that_break(tmp_path):
    displays = [derive(graph()).latex(environment="align*") for graph in [*GRAPHS, long_sums]]
    training = worked_step().latex(environment="align*")
    told(tex_faults([rf"\text{{}}\]{x}\[" for x in [*displays, training]], tmp_path))
    assert "Forward pass" in training and "intertext" in training
    assert too_wide(tmp_path) < 300


def test_pdflatex_sets_matrices_that_break(tmp_path):
    model = nn.MLP(2, [4, 3], ["tanh", "softmax"], notation="ng")
    rate, rows = nn.SGD(model.parameters(), 0.5), [[0.5, -1.25], [0.75, 1.0], [1.5, -0.5]]
    done = nn.worked(model, rows, [[1, 0, 0]] * 3, loss=nn.cross_entropy, optimizer=rate)
    losses = [nn.cross_entropy(model(row), [0, 1, 0]) for row in rows]
    displays = [
        found.latex(environment="align*")
        for found in (done.matrices(decimals=4), matrices(mean(losses), decimals=4))
    ]
    told(tex_faults([rf"\text{{}}\]{x}\[" for x in displays], tmp_path))
    assert too_wide(tmp_path) < 10


def too_wide(folder):
    """By how many points the widest line of what was set is too wide."""
    log = (folder / "x.log").read_text(encoding="utf-8", errors="replace")
    return max(map(float, re.findall(r"Overfull .hbox .([0-9.]+)pt", log)), default=0)


def test_pdflatex_sets_what_is_drawn(tmp_path, full):
    drawn(lambda formulas: tex_faults(formulas, tmp_path), 20 if full else 2, has_font)


def test_pdflatex_sets_marked_sheets(tmp_path):
    signs = "".join(map(chr, range(32, 0x250))) + "".join([*COMMANDS, *SMALL, "≈×−≥←⊙½權✓"])
    pieces = [signs[k : k + 40] for k in range(0, len(signs), 40)]
    text = "title: " + HOSTILE + "\n" + "".join(f"given x = 2 # {piece}\n" for piece in pieces)
    text += (
        "given w = 2\ndefine y = w^2\nclaims\n y = 5; y = 4\n y = [\n" + "y = " + "1+" * 400 + "y"
    )
    checked = [Checked(HOSTILE, check(text)), Checked("b", None, HOSTILE)]
    checked += [Checked(path.name, check(path.read_text("utf-8"))) for path in WORKSHEETS]
    (tmp_path / "x.tex").write_text(latex_page(checked, marks=True), encoding="ascii")
    done = subprocess.run(
        [program("pdflatex"), "-interaction=nonstopmode", "-no-shell-escape", "x.tex"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        timeout=300,
    )
    log = (tmp_path / "x.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert not re.search("^!|Missing character|Overfull", log, flags=re.MULTILINE)


@pytest.mark.long
def test_a_fault_is_told_with_its_formula(tmp_path):
    wrong = [r"x^1^2", r"\frac{1}{2", r"\nothing", r"\text{权}"]
    for formula in wrong:
        assert list(tex_faults(["x", formula], tmp_path)) == [formula]


def drawn(faults, documents, kept=None):
    """No faults in documents of a hundred formulas each, of names that Hypothesis draws."""
    pieces = [piece for piece in PIECES if kept is None or kept(piece)]
    ascii_text = st.text(st.characters(max_codepoint=126), max_size=20)
    name = st.one_of(ascii_text, st.lists(st.sampled_from(pieces), max_size=20).map("".join))

    @given(st.lists(name, min_size=100, max_size=100))
    @settings(
        max_examples=documents,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(names):
        told(faults([latex(name) for name in names]))

    check()


# --- KaTeX ----------------------------------------------------------------------------------------


def test_katex_reads_every_name():
    told(katex_faults([latex(name) for name in SET]))
    told(katex_faults([latex(name) for name, _, _ in NAMES], "ignore"))


def test_katex_reads_derivations():
    told(katex_faults([*derivations(), *trainings()]))


def test_katex_reads_matrices():
    told(katex_faults(matrix_forms()))


def test_katex_reads_tables_and_paths():
    told(katex_faults([*tables(), *ways()]))


def test_katex_reads_tables_of_markdown():
    derived = [derive(graph()) for graph in [*GRAPHS, long_sums]]
    tables = [each.markdown() for each in [*derived, worked_step()]]
    cells = [cell for table in tables for cell in re.findall(r"(?<=\| )\$(.+?)\$(?= \|)", table)]
    assert len(cells) > 300
    told(katex_faults(cells))


def test_katex_reads_what_is_drawn(full):
    drawn(katex_faults, 20 if full else 2)


def test_katex_tells_a_fault_with_its_formula():
    assert list(katex_faults(["x", r"x^1^2", r"\nothing"])) == [r"x^1^2", r"\nothing"]
