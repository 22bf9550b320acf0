"""A worksheet in another notation, and back: the same verdicts, and the same bytes."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from draws import in_turn

import nn
from autograd import NOTATIONS
from autograd.__main__ import main
from autograd.audit import check, translate
from autograd.audit.planting import plant
from autograd.audit.reading.worksheet import readings
from nn import exercises

DEMOS = Path(__file__).parents[1] / "demos" / "worksheets"
SHEETS = sorted(path.name for path in DEMOS.iterdir())
REFUSED = {("relu_sigmoid.chalk", to) for to in ("nielsen", "three_blue", "oslo")}  # of its own C
HEAD = """notation: notes
network: 2-2-1 sigmoid linear
loss: half squared error
learning rate: alpha = 0.5
given w_00^1 = 0.7; w_01^1 = 0.9; b_0^1 = -0.6; w_10^1 = -0.2; w_11^1 = -0.4; b_1^1 = 0.1
given w_00^2 = -0.3; w_01^2 = 0.5; b_0^2 = 0.8; a_0^0 = 1.6; a_1^0 = -1.7; y = 0.3
"""


def verdicts(text):
    rows = check(text).rows
    return [(row.claim.line, row.verdict) for row in rows]


def lines(text, to, head=HEAD):
    """The lines below the head in another notation."""
    return translate(head + text, to).removeprefix(translate(head, to)).splitlines()


def require_round_trip(text, to, back):
    other = translate(text, to)
    added = other.count("\n") - text.count("\n")
    assert dict(verdicts(other)) == {n + added: verdict for n, verdict in verdicts(text)}
    assert translate(other, back) == text


@pytest.mark.long
@pytest.mark.parametrize(("to", "name"), in_turn(NOTATIONS, SHEETS, 9))
def test_a_sheet_of_the_notes_comes_back(to, name):
    text = (DEMOS / name).read_text("utf-8")
    if (name, to) in REFUSED:
        with pytest.raises(ValueError, match="line 6, column 8: C is the loss there"):
            translate(text, to)
    else:
        require_round_trip(text, to, "notes")


@pytest.mark.long
@pytest.mark.parametrize(("source", "to"), in_turn(NOTATIONS, NOTATIONS, 20))
def test_a_planted_exercise_comes_back_from_every_notation(source, to, monkeypatch):
    monkeypatch.setattr(exercises, "MOST_COMPARED", 1)
    seed = list(NOTATIONS).index(source)
    key = nn.exercise([2, 2, 1], ["tanh", "sigmoid"], notation=source, seed=seed).key
    require_round_trip(plant(key, random.Random(seed)).text, to, source)


def test_a_name_that_the_sheet_has_itself_comes_before_that_of_a_gradient():
    text = "given x = 2; w = 3\ndefine z = w*x; L = (z - 1)^2\nlet dz = dL/dz\nclaims\n"
    text += "  dz = 10\n  dL/dw = dz*x = 10*2 = 20\n"
    require_round_trip(text, "ng", "notes")
    assert translate(text, "ng").endswith(
        "let dz = dL/dz\nclaims\n  dz = 10\n  dw = dz*x = 10*2 = 20\n"
    )


def test_a_number_that_a_gradient_has_too_keeps_its_sign_elsewhere():
    text = HEAD + "backward\n  delta_0^2 = 0.6\nforward\n  z_0^1 = 0.9*(-1.8) + (-0.6)*0.7 = -2.04"
    other = translate(text, "mitchell")
    assert other.endswith("  delta_5 = -0.6\nforward\n  net_3 = 0.9*(-1.8) + (-0.6)*0.7 = -2.04")
    assert translate(other, "notes") == text


def test_an_empty_sheet_has_a_notation_only():
    assert translate("", "ng") == "notation: ng  # as none was said\n"
    assert translate(translate("", "ng"), "notes") == ""


def test_every_line_but_its_names_and_signs_stays_as_it_is_typed():
    text = HEAD.replace("\n", "\r\n") + "backward  # \u00e4\r\n\r\n\tdelta_0^2 = 0.5  [2 marks] # c"
    translated = translate(text, "nielsen")
    assert translated.endswith("backward  # \u00e4\r\n\r\n\tdelta^3_1 = 0.5  [2 marks] # c")
    assert translate(translated, "notes") == text


LINES = [
    ("delta_0^2 = a_0^2 - y = 0.7 - 0.3", "mitchell", "delta_5 = t - o_5 = 0.3 - 0.7"),
    ("dL/dw_00^2 = delta_0^2 * a_0^1 = 0.4*3", "mitchell", "-dE/dw_53 = delta_5 * o_3 = -0.4*3"),
    ("dL/dw_00^2 = a_0^1*0.4 = 0", "rashid", "-dE/dw_11^3 = -o_1^2*0.4 = 0"),
    ("dL/da_0^1 = -0.3*(-0.4) = 0.12", "rashid", "e_1^2 = 0.3*(-0.4) = -0.12"),
    ("dL/db_0^2 = delta_0^2 = 0.4", "mit6034", "dP/dw_0C = -delta_C = 0.4"),
    ("L = (y - a_0^2)^2/2 = 0.08", "mit6034", "P = -(d - o_C)^2/2 = -0.08"),
    ("z_0^1 = w_00^1*a_0^0 + b_0^1", "zhou", "s_1^1 = v_11*x_1 - gamma_1"),
    ("b_0^2 = 0.8", "zhou", "theta_1 = -0.8"),
    ("(a_0^2)^2 = 0.49; y^2 = 0.09", "mitchell", "o_5^2 = 0.49; t^2 = 0.09"),
    ("∂L/∂w_00^2 = ½", "mazur", "∂E_total/∂w5 = ½"),
    ("w_00^1' = 0.7 - 0.5*(-0.02) = 0.71", "mitchell", "w_31' = 0.7 + 0.5*0.02 = 0.71"),
    ("w_10^{1,+} = 0.2", "mazur", "w3^+ = 0.2"),
    ("w_10^1(new) = 0.2", "ng", "W^{[1],new}_21 = 0.2"),
    ("-dL/dw_00^2 = 0.12", "mitchell", "dE/dw_53 = -0.12"),
    ("delta_0^2 = dL/da_0^2*1 = 2/3", "udacity", "error_term_1^2 = error_1^2*1 = -2/3"),
    ("delta_0^2 = 1*-2.0 = 0.5", "mitchell", "delta_5 = -1*-2.0 = -0.5"),
    (
        "delta_0^2 = 0.02; w_00^2 = 0.7 - 0.5*0.02*1",
        "mitchell",
        "delta_5 = -0.02; w_53 = 0.7 + 0.5*(-0.02)*1",
    ),
    ("dL/da_0^1 = 4*(0.1 + 0.2)", "mitchell", "-dE/do_3 = -4*(0.1 + 0.2)"),
    ("dL/da_0^1 = 0.1 + 0.2", "mitchell", "-dE/do_3 = -(0.1 + 0.2)"),
    ("dL/da_0^1 = (0.1 + 0.2)", "mitchell", "-dE/do_3 = -((0.1 + 0.2))"),
    ("delta_0^2 = -0.4 - 0.3", "mitchell", "delta_5 = 0.3 - (-0.4)"),
    ("delta_0^2 = 0.4 - -0.3", "mitchell", "delta_5 = (-0.3) - 0.4"),
    ("delta_0^2 = 3 x -0.5", "mitchell", "delta_5 = -3 x -0.5"),
    ("delta_0^2 = 2 x -dL/db_0^2", "mitchell", "delta_5 = 2 x +dE/dw_50"),
    ("c = 2*(-dL/db_0^2)^2", "zhou", "c = 2*(-dE/dtheta_1)^2"),
    ("da_0^1/dz_0^1 = a_0^1*(1 - a_0^1)", "ng", "da^[1]_1/dz^[1]_1 = a^[1]_1*(1 - a^[1]_1)"),
    ("relu(z_0^1) = |a_0^1| = e^{a_0^1}", "nielsen", "relu(z^2_1) = |a^2_1| = e^{a^2_1}"),
    ("speed = ?", "ng", "speed = ?"),
]


@pytest.mark.one_in(10)
@pytest.mark.parametrize(("line", "to", "other"), LINES)
def test_one_line(line, to, other, monkeypatch):
    monkeypatch.setattr("autograd.audit.translating.sheets._require_same", lambda *_: None)
    monkeypatch.setattr("autograd.audit.translating.sheets._require_readable", lambda _: None)
    section = "update\n" if "'" in line else "backward\n"
    assert lines(section + line, to) == [section.strip(), other]
    assert translate(translate(HEAD + section + line, to), "notes") == HEAD + section + line


@pytest.mark.parametrize("minus", ["-", "\u2212"])
def test_a_plus_before_a_number_becomes_a_minus(minus):
    text = f"backward\n  delta_0^2 = +0.5; delta_0^1 = {minus}2"
    assert lines(text, "mitchell")[1] == f"  delta_5 = {minus}0.5; delta_3 = 2"


DEFINED = """# no network, but definitions
given a_0^0 = 1; a_1^0 = -2; y = 1.5; alpha = 0.1; c = 3
given w_00^1 = 0.2; w_01^1 = -0.4; b_0^1 = 0.1; w_00^2 = -0.6; b_0^2 = 0.05
define z_0^1 = w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1; a_0^1 = tanh(z_0^1)
define z_0^2 = w_00^2*a_0^1 + b_0^2; a_0^2 = z_0^2; L = (a_0^2 - y)^2/2
let mine = dL/da_0^2
backward
  mine = -1.9303
  dL/dw_00^2 = mine*a_0^1 = -1.9303*0.8005 = -1.5452
update
  w_00^2 = w_00^2 - alpha*dL/dw_00^2 = -0.6 + 0.15452 = -0.44548
"""


@pytest.mark.one_in(12)
@pytest.mark.parametrize("notation", [n for n in NOTATIONS if n != "udacity"])
def test_a_sheet_that_defines_its_network_comes_back(notation):
    require_round_trip(DEFINED, notation, "notes")
    if notation != "notes":
        translated = translate(DEFINED, notation)
        assert translated.startswith(f"notation: {notation}  # as none was said\n# no network")
        assert "c = 3" in translated and "mine = " in translated and "w_00^2" not in translated


def test_a_gradient_that_has_no_name_without_a_network_is_refused():
    sentence = "line 8: mine = -1.9303 is not translated: .* in udacity it would be unverifiable"
    with pytest.raises(ValueError, match=sentence):
        translate(DEFINED, "udacity")  # y_hat has no layer, and its error term one


LISTS = """title: lists of one's own
given W = [[0.2, −0.4], [−0.3, 0.8]]; x = [1, 2]; y = [0, 1]
define z = W*x
define a = relu(z)
define L = ((a[0] − y[0])^2 + (a[1] − y[1])^2)/2
claims
  dL/dW = [[0 0]   # first
           [0.3 0.6]]  # second
  dL/dz = a − y = array([0., 0.3], dtype=float32)
"""


def test_lists_keep_their_lines_and_the_sign_that_is_typed():
    translated = translate(LISTS, "mitchell")
    assert translated.endswith(
        "  −dE/dW = [[0 0]   # first\n           [−0.3 −0.6]]  # second\n"
        "  −dE/dz = y − a = array([0., −0.3], dtype=float32)\n"
    )
    assert translate(translated, "notes") == LISTS
    require_round_trip(LISTS, "ng", "notes")


MOMENTUM = (
    HEAD.replace("alpha = 0.5", "alpha = 0.5\noptimizer: momentum, beta 0.9")
    + """backward
  dL/dw_00^2 = 0.194
update
  v_{w_00^2} = 0.9*0 + dL/dw_00^2 = 0.194
  w_00^2 = w_00^2 - alpha*v_{w_00^2} = -0.3 - 0.5*0.194 = -0.397
"""
)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("to", ["ng", "mitchell", "mazur"])
def test_what_an_optimizer_remembers_goes_by_its_parameter(to):
    require_round_trip(MOMENTUM, to, "notes")
    inside = {"ng": "v_{W^[2]_11} = 0.9*0 + dW", "mitchell": "v_{w_53} = 0.9*0 + (-dE"}
    assert inside.get(to, "v_{w5} = 0.9*0 + dE_total/dw5") in translate(MOMENTUM, to)


@pytest.mark.long
@pytest.mark.parametrize(
    ("optimizer", "source", "to"),
    [
        ("momentum", "zhou", "notes"),
        ("momentum", "notes", "zhou"),
        ("momentum", "mit6034", "mazur"),
        ("rmsprop", "zhou", "mitchell"),
        ("adam", "notes", "ng"),
        ("adam", "zhou", "mitchell"),
        ("adam", "notes", "mitchell"),
        ("adam", "zhou", "ng"),
        ("nesterov", "zhou", "notes"),
        ("nesterov", "notes", "mit6034"),
    ],
)
def test_what_an_optimizer_remembers_of_weights_and_biases_comes_back(
    optimizer, source, to, monkeypatch
):
    monkeypatch.setattr(exercises, "MOST_COMPARED", 1)
    made = nn.exercise([1, 1], ["tanh"], notation=source, optimizer=optimizer, rounding=5)
    require_round_trip(made.key, to, source)


def turned(text, monkeypatch):
    """The last lines of a sheet in mitchell, and whether it comes back."""
    monkeypatch.setattr("autograd.audit.translating.sheets._require_same", lambda *_: None)
    other = translate(text, "mitchell")
    assert translate(other, "notes") == text
    return other.partition("update\n")[2]


ADAM = HEAD.replace("alpha = 0.5", "alpha = 0.5\noptimizer: adam")
OWN = ADAM.replace("adam", "v = 0.9*v + g; w = w - alpha*v") + "start v = 0.2\n"


@pytest.mark.parametrize(
    ("head", "line", "other"),
    [
        (ADAM, "m_{w_00^2} = 0.1*dL/dw_00^2 = 0.1*0.2", "m_{w_53} = 0.1*(-dE/dw_53) = 0.1*(-0.2)"),
        (ADAM, "v_{w_00^2} = 0.999*0 + 0.5 = 0.5", "v_{w_53} = 0.999*0 + 0.5 = 0.5"),
        (ADAM, "m_{w_00^2} = 0.9*0 + 0.02 = 0.02", "m_{w_53} = 0.9*0 - 0.02 = -0.02"),
        (ADAM, "m(w_00^2) = 0.02", "m(w_53) = -0.02"),
        (ADAM, "v_{dw_00^2} = 0.02", "v_{dw_53} = 0.02"),
        (ADAM, "E[g^2]_{w_00^2} = 0.5", "E[g^2]_{w_53} = 0.5"),
        (ADAM, "v_{w_00^2} = 0.02\ns_{w_00^2} = 0.5", "v_{w_53} = -0.02\ns_{w_53} = 0.5"),
        (OWN, "v_{w_00^2} = 0.374", "v_{w_53} = -0.374"),
    ],
)
def test_what_is_remembered_turns_with_the_gradients_and_squares_do_not(
    head, line, other, monkeypatch
):
    assert turned(f"{head}update\n{line}", monkeypatch) == other


def test_what_is_called_by_an_index_alone_is_called_by_its_parameter():
    line = "update\nhat_m_53 = 0.1*dE/dw_53\nr_{54} = 0.5"
    other = translate(translate(ADAM, "mitchell") + line, "notes")
    assert "m_hat_{w_00^2} = 0.1*(-dL/dw_00^2)\nr_{w_01^2} = 0.5" in other


def test_what_is_remembered_of_gradients_without_a_minus_stays_as_it_is():
    text = ADAM.replace("0.5\nopt", "0.1\nopt") + "update\n  m_{w_00^2} = 0.1*0.194 = 0.0194\n"
    plus = translate(text, "mitchell").replace("0.1*(-0.194) = -", "0.1*0.194 = ")
    plus += "  w_53 = w_53 - eta*m_hat_{w_53}/(sqrt(v_hat_{w_53}) + epsilon) = -0.4\n"
    kept = translate(plus, "notes")
    assert "  m_{w_00^2} = 0.1*0.194 = 0.0194\n" in kept
    assert verdicts(kept) == verdicts(plus)


SAMPLES = """notation: notes
network: 1-1 sigmoid, no bias
loss: mean of half squared errors
samples: 2
learning rate: 0.5
given w_00^1 = 0.7; a_0^0(1) = 1; a_0^0(2) = 2; y^(1) = 0; y^(2) = 1
backward
  dL^(1)/dz_0^1(1) = 0.149
  delta_0^1(1) = 0.0744
  dL/dw_00^1 = 0.0744*1 + delta_0^1(2)*2 = 0.0416
update
  w_00^1 = 0.7 - 0.5*0.0416 = 0.6792
"""


@pytest.mark.long
@pytest.mark.parametrize("to", ["ng", "nielsen", "mitchell", "mazur", "cs231n"])
def test_samples_keep_their_share(to):
    require_round_trip(SAMPLES, to, "notes")
    translated = translate(SAMPLES, to)
    if to == "ng":  # whose dz is that of a sample's own loss
        assert "  dz^[1](1)_1 = 0.149\n  dJ/dz^[1](1)_1 = 0.0744\n" in translated


@pytest.mark.parametrize(
    ("text", "to", "sentence"),
    [
        (HEAD + "backward\ndelta_0^2 = 0.5; dL/dz_0^2 = 0.5", "ng", ""),
        (
            HEAD + "backward\n\ndelta_0^2 = 0.5; dL/dz_0^2 = 0.5",
            "three_blue",
            "line 9, column 17: dL/dz_0.2 and delta_0.2 would both be dC/dz",
        ),
        (HEAD + "given t = 1", "mitchell", "line 7, column 7: t and y would both be t"),
        (HEAD + "given t_1 = 1", "eecs442", "line 7, column 7: t_1 is the name of something else"),
        (HEAD + "given C = 1", "nielsen", "line 7, column 7: C is the loss there"),
        (HEAD + "z_0^1 = 2*", "ng", "line 7, column 11: not read: the line ends .* mend it first"),
        (HEAD + "---\n$$z = 1$$", "ng", "line 7: a transcript in LaTeX is not translated"),
        (HEAD + "z^1 = [1, 2]", "ng", "line 7, column 1: z\\^1 is a whole layer"),
        (
            "notation: bishop\nnetwork: 1-1-1-1-1 relu, no bias\nloss: mse\ngiven x_1 = ?; t = ?; "
            "w_11^(1) = ?; w_11^(2) = ?; w_11^(3) = ?; w_11^(4) = ?",
            "fausett",
            "line 2: this notation has letters for 3 layers",
        ),
        (HEAD.replace("loss: ", "loss: Q = "), "mit6034", "line 3: the loss is called Q, and is"),
        (HEAD, "nilsen", "there is no notation 'nilsen': did you mean nielsen"),
        (
            HEAD + "section b\nnotation: ng",
            "mazur",
            "line 2, column 1: not read: the network needs",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_with_its_place(text, to, sentence):
    if not sentence:
        require_round_trip(text, to, "notes")
    else:
        with pytest.raises(ValueError, match=sentence):
            translate(text, to)


def test_a_sheet_about_which_a_question_is_asked_is_not_translated():
    text = "given x = 2; w = 3\ndefine z = w*x; L = (z - 1)^2\nclaims\ndL/dz = -10; dL/dw = -20"
    assert check(text).questions
    with pytest.raises(ValueError, match=r"say notation: first\. every error term here"):
        translate(text, "mitchell")


def test_what_would_be_judged_otherwise_is_refused(monkeypatch):
    text = HEAD + "claims\nz_0^1 = -1.01"
    wrong = translate(text, "ng").replace("-1.01", "-1.02")
    monkeypatch.setattr("autograd.audit.translating.sheets._Sheet.lines", lambda _: [wrong])
    sentence = (
        "line 8: .* = -1.01 is not translated: it is correct here, and in ng it would be slip"
    )
    with pytest.raises(ValueError, match=sentence):
        translate(text, "ng")


def test_the_command_prints_or_writes_the_sheet_or_says_why_not(tmp_path, capsys):
    sheet, other = tmp_path / "a.chalk", tmp_path / "b.chalk"
    sheet.write_bytes(HEAD.encode())
    assert main(["translate", str(sheet), "--to", "ng"]) == 0
    assert capsys.readouterr().out == translate(HEAD, "ng")
    assert main(["translate", str(sheet), "--to", "ng", "--out", str(other)]) == 0
    assert other.read_bytes().decode() == translate(HEAD, "ng")
    assert main(["translate", str(sheet), "--to", "n\x1bg"]) == 2
    assert "a.chalk: there is no notation 'n" in (said := capsys.readouterr().err)
    assert "\x1b" not in said
    assert main(["translate", str(tmp_path), "--to", "ng"]) == 2
    assert "it is a folder" in capsys.readouterr().err


# --- lines of all that the grammar takes ----------------------------------------------------------

PARTS = ["0.5", "2", "(0.5)", ".5", "1e-3", "50%", "½", "0", "1/3", "2 x 10^-6", "-0.4", "e^2"]
PARTS += ["w_00^1", "a_0^1", "z_1^1", "delta_0^2", "(delta_1^1)", "b_0^2", "(b_0^1)", "L", "y", "c"]
PARTS += ["dL/dw_00^2", "dL/da_0^1", "dL/db_0^2", "alpha", "w_00^1'", "c^2", "y^2"]
PARTS += ["v_{w_00^1}", "(a_0^2)^2", "a_0^1²", "e^{-z_0^1}", "sigma'(z_0^1)", "|a_0^1|"]
PARTS += [
    "(z_0^1 > 0)",
    "max(0, z_0^1)",
    "[a_0^1, a_1^1]",
    r"\frac{1}{2}",
    "y - a_0^2",
    "(1 - a_0^1)",
]
SIGNS = [" + ", " - ", "*", " * ", "/", " ", "·", " x "]
LOOSE = re.compile(r"x -|' d")  # a x -b, where x is a name; w' (-dE/dw), which is refused as a call
OF_ALL = (
    HEAD.replace("0.5\n", "0.5\noptimizer: momentum, beta 0.9\n", 1) + "given c = 2\nbackward\n"
)


def drawn(source, depth=0):
    """An expression of some of the parts, in brackets, in functions, behind a minus."""
    kind = source.random()
    if depth == 3 or kind < 0.4:
        return source.choice(PARTS)
    inside = drawn(source, depth + 1)
    if kind < 0.8:
        return inside + source.choice(SIGNS) + drawn(source, depth + 1)
    return source.choice(["({})", "-{}", "exp({})", "({})^2"]).format(inside)


@pytest.mark.one_in(12)
@pytest.mark.parametrize("to", [each for each in NOTATIONS if each != "notes"])
def test_whatever_the_grammar_takes_comes_back(to, monkeypatch):
    monkeypatch.setattr("autograd.audit.translating.sheets.check", lambda _: None)
    monkeypatch.setattr("autograd.audit.translating.sheets._require_same", lambda *_: None)
    monkeypatch.setattr("autograd.audit.translating.sheets._require_readable", lambda _: None)
    source = random.Random(to)
    monkeypatch.setitem(globals(), "PARTS", [*PARTS, "v(w_00^1)"])
    lines = [f"  {drawn(source)} = {drawn(source)} = {drawn(source)}\n" for _ in range(40)]
    head, [found] = OF_ALL.count("\n"), readings(OF_ALL + "".join(lines))
    unread = {fault.line - head - 1 for fault in found.faults}
    kept = [
        line for place, line in enumerate(lines) if place not in unread and not LOOSE.search(line)
    ]
    text = OF_ALL + "".join(kept)
    assert len(kept) > 10
    assert translate(translate(text, to), "notes") == text


def test_what_is_new_keeps_its_mark_behind_an_index():
    head = "notation: mitchell\nnetwork: 2-1 sigmoid, no bias\nloss: half squared error\n"
    head += "learning rate: 1\ngiven x_1 = 1; x_2 = 0; t = 1; w_31 = 0; w_32 = 1\n"
    sheet = f"{head}update\n  w_31_new = 0.125\nforward\n  net_3_new = 0.125\n"
    there = translate(sheet, "ng")
    assert "  z^[1]_1_new = 0.125" in there
    assert translate(there, "mitchell") == sheet
