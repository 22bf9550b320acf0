"""Exercises, their keys, and slips that are planted in them."""

from __future__ import annotations

import errno
import os
import random
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from draws import in_turn

import nn
from autograd import NOTATIONS
from autograd.__main__ import main
from autograd.audit import check
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.planting import plant
from nn import exercise_draws, exercises
from nn.exercise_wanted import Wanted

NETWORKS = {
    "half squared error": ([2, 1, 1], ["sigmoid", "sigmoid"]),
    "mse": ([2, 1, 2], ["tanh", "linear"]),
    "binary cross entropy": ([2, 2, 1], ["relu", "sigmoid"]),
    "squared error": ([1, 2, 1], ["tanh", "relu"]),
}
SOFTMAX = {"activations": ["tanh", "softmax"], "loss": "cross entropy"}
WAYS = [
    ([2, 2], ["softmax"], "cross entropy", {}),
    ([2, 2, 3], ["tanh", "softmax"], "cross entropy", {"samples": 2}),
    ([2, 2, 1], ["leaky_relu", "tanh"], "mse", {}),
    ([2, 1], ["sigmoid"], "half squared error", {"samples": 3}),
    ([1, 1], ["sigmoid"], "binary cross entropy", {"samples": 2, "steps": 2}),
    ([1, 1], ["tanh"], "squared error", {"optimizer": "momentum", "steps": 2}),
    ([1, 1], ["sigmoid"], "mse", {"optimizer": "nesterov", "steps": 2}),
    ([1, 1], ["tanh"], "mse", {"optimizer": "adagrad", "steps": 3}),
    ([1, 1], ["relu"], "half squared error", {"optimizer": "rmsprop", "steps": 2}),
    ([1, 1], ["sigmoid"], "half squared error", {"optimizer": "adam", "steps": 2}),
]
NOT_PLANTED = (Kind.CASE, Kind.ELEMENTWISE)  # of several cases, and of matrices
HEAD = "given w = 0.5; x = 3\ndefine z = w*x\ndefine L = z^2\nforward\n"


@pytest.fixture(autouse=True)
def one_draw(monkeypatch):
    """The first draw that will do, as it takes a quarter of the time."""
    monkeypatch.setattr(exercises, "MOST_COMPARED", 1)


def made(loss="half squared error", **options):
    sizes, activations = NETWORKS[loss]
    return nn.exercise(sizes, activations, loss=loss, **options)


def run(command):
    return main(command.split())


@pytest.mark.one_in(7)
@pytest.mark.parametrize(("notation", "loss"), in_turn(NOTATIONS, NETWORKS, 6))
def test_a_key_is_right_and_its_sheet_is_blank(notation, loss):
    one = made(loss, notation=notation, seed=3)
    report = check(one.key)
    assert all(judged.verdict.is_right for judged in report.judged) and not report.faults, report
    assert not report.questions
    blank = check(one.sheet)
    assert not blank.judged and not blank.faults
    assert len(blank.rows) + len(blank.sheets[0].blanks) >= len(report.judged)


@pytest.mark.one_in(10)
@pytest.mark.parametrize(("notation", "way"), in_turn(NOTATIONS, range(len(WAYS)), 9))
def test_a_key_of_every_way_to_train_is_right(notation, way):
    sizes, activations, loss, options = WAYS[way]
    one = nn.exercise(sizes, activations, loss=loss, notation=notation, seed=3, **options)
    report = check(one.key)
    assert all(judged.verdict.is_right for judged in report.judged), report
    assert not report.questions and not report.faults
    blank = check(one.sheet)
    assert not blank.judged and not blank.faults


@pytest.mark.one_in(8)
@pytest.mark.parametrize("notation", ["notes", "ng", "mitchell", "mit6034", "mazur"])
@pytest.mark.parametrize("seed", range(6))
def test_a_planted_slip_is_found_where_it_is(seed, notation):
    loss = list(NETWORKS)[seed % len(NETWORKS)]
    key = made(loss, notation=notation, seed=seed).key
    planted = plant(key, random.Random(seed))
    report = check(planted.text)
    [slip] = report.of(Verdict.SLIP)
    assert slip.claim.line == planted.line
    kinds = [explanation.kind for explanation in slip.explanations]
    assert kinds == ([planted.kind] if planted.kind != "arithmetic" else [])
    others = [judged for judged in report.judged if judged is not slip]
    assert all(judged.verdict.is_right or judged.root == planted.line for judged in others)


def test_consequences_are_carried_at_the_rounding_of_the_sheet():
    planted = plant(HEAD + "  z = w*x = 0.5*3 = 1.5\n  L = z^2 = 1.5^2 = 2.25", random.Random(1))
    assert planted.words == "the factor x left out"
    assert planted.text == HEAD + "  z = w*x = 0.50\n  L = z^2 = 0.5^2 = 0.25\n"


def test_a_given_that_is_negative_is_carried_with_its_sign():
    text = "given w = -0.5; x = 3; b = -2\ndefine z = w*x + b\ndefine u = z + b\nforward\n"
    planted = plant(text + "  z = -3.5\n  u = -3.5 - 2 = -5.5", random.Random(4))
    assert planted.text.splitlines()[-1].startswith("  u = ")
    assert " - 2 = " in planted.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "  z = ?", "filled and right: 0 numbers"),
        (HEAD + "  z = 0.5*3 = 1.6", "filled and right: 1 number: 0 right, 1 slip"),
        (HEAD + "  z = 1.5", "can have the slip 'transposed', which needs a matrix of weights"),
    ],
)
def test_where_no_slip_can_be_planted(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        plant(text, random.Random(0), "transposed")


def test_a_slip_is_of_a_kind():
    with pytest.raises(ValueError, match="no slip is 'typo': sign of the result, "):
        plant(HEAD + "  z = 1.5", random.Random(0), "typo")


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind.value for kind in Kind if kind not in NOT_PLANTED])
def test_every_kind_can_be_planted(kind, key_of_many):
    planted = plant(key_of_many, random.Random(2), kind)
    report = check(planted.text)
    slips = report.of(Verdict.SLIP)
    assert planted.kind == kind and slips[0].claim.line == planted.line
    said = {explanation.kind for slip in slips for explanation in slip.explanations}
    assert said == {kind}


@pytest.fixture(scope="module")
def key_of_many():
    """A key in which there is a slip of every kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercises, "MOST_COMPARED", 1)
        return nn.exercise([2, 2, 2], ["relu", "sigmoid"], rounding=5, seed=1).key


def test_a_bias_that_is_subtracted_is_given_as_such():
    assert check(made(notation="zhou", seed=1).key).is_right


CASES = """given w = 0.5; x = 0.77; b = 0.4
define z = w*x + b
define a = tanh(z)
case w = 0.31
  z = w*x + b = 0.6387
  a = tanh(0.6387) = 0.5640
case w = 0.52
  z = w*x + b = 0.8004
  a = tanh(0.8004) = 0.6642
"""


def test_a_number_of_another_case_is_planted_where_there_are_cases():
    planted = plant(CASES, random.Random(2), "Value_of another-case")
    assert planted.line == 5 and planted.words.endswith("another case")
    [slip] = check(planted.text).errors
    assert slip.claim.line == 5 and slip.explanations[0].kind == "value of another case"
    assert planted.text.splitlines()[6:] == CASES.splitlines()[6:]


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("value of another case", "which needs cases, as case w = 2; a number of another sample"),
        ("ReLU mask omitted", "which needs a gradient through a ReLU"),
        ("another learning rate", "which needs two updates or more"),
    ],
)
def test_what_a_kind_of_slip_needs_is_said(kind, needed):
    text = HEAD + "  z = 0.5*3 = 1.5\n  L = 1.5^2 = 2.25"
    with pytest.raises(ValueError, match=f"can have the slip '{kind}', {needed}"):
        plant(text, random.Random(1), kind)


def test_where_such_slips_are_possible_and_none_shows():
    text = "given x = 2\ndefine z = x*x\nclaims\n  z = 4"
    with pytest.raises(ValueError, match="no such slip shows in this sheet: write its numbers"):
        plant(text, random.Random(1), "sign of the result")


def test_a_section_of_its_own_may_have_the_slip():
    text = HEAD + "  z = 0.5*3 = 1.5\nsection b\ngiven v = 2\ndefine q = v^2\nclaims\n  q = 4.00"
    lines = {plant(text, random.Random(seed)).line for seed in range(5)}
    assert lines == {5, 10}


def test_names_may_be_spelt_otherwise():
    spelt = {"optimizer": "SGD", "loss": "Half_Squared-Error", "notation": "Notes"}
    assert nn.exercise([1, 1], ["Tanh"], **spelt).key == nn.exercise([1, 1], ["tanh"]).key
    identity = nn.exercise([1, 1], ["identity"], optimizer="Nesterov-Momentum").key
    assert "network: 1-1 linear\n" in identity and "optimizer: nesterov, beta 0.9\n" in identity


def test_a_name_with_other_signs_in_it_is_not_taken_for_a_known_one():
    with pytest.raises(ValueError, match="there is no notation 'n"):
        nn.exercise([1, 1], ["tanh"], notation="n\x1bg")


def test_what_is_left_blank_and_what_has_no_number_stays_as_it_is():
    text = (
        HEAD
        + "  z = 0.5*3 = 1.5 # so\n  L = z^2 = ?\n  L = z*z\n  L = 1.5^2 = ? = 2.25 [2 marks]\n"
    )
    planted = plant(text, random.Random(1))
    lines = planted.text.splitlines()
    assert lines[5:7] == ["  L = z^2 = ?", "  L = z*z"] and lines[-1].endswith(" [2 marks]")
    assert planted.text != text


@pytest.mark.long
def test_the_same_seed_gives_the_same_exercise_and_a_source_goes_on():
    assert made(seed=5).key == made(seed=5).key != made(seed=6).key
    source = random.Random(5)
    first, second = made(seed=source), made(seed=source)
    assert first.key == made(seed=5).key != second.key


@pytest.mark.long
def test_exercises_are_equally_long_with_nice_numbers_of_similar_size():
    keys = [made("binary cross entropy", seed=seed).key for seed in range(3)]
    assert len({len(key.splitlines()) for key in keys}) == 1
    for key in keys:
        given = [
            x for line in key.splitlines() if line[:5] == "given" for x in line.split("= ")[1:]
        ]
        numbers = [abs(Decimal(number.split(";")[0])) for number in given]
        assert all(number.as_tuple().exponent >= -2 and number < 2 for number in numbers)
        forward = key.partition("forward")[2].partition("backward")[0]
        sums = [float(line.split()[-1]) for line in forward.splitlines() if "+ b_" in line]
        assert all(0.1 <= abs(z) <= 3 for z in sums)
        assert [z < 0 for z in sums[:2]].count(True) == 1  # one ReLU is off


@pytest.mark.long
def test_of_several_draws_the_one_is_taken_that_tells_most_apart(monkeypatch):
    first = made(seed=2)
    monkeypatch.setattr(exercises, "MOST_COMPARED", 3)
    assert exercises._shared(made(seed=2)) <= exercises._shared(first)


def test_distractors_are_what_slips_give():
    one = made(seed=1)
    found = one.distractors("z_0^1")
    line = next(line for line in one.key.splitlines() if line.startswith("  z_0^1"))
    right = f"{float(line.split()[-1]):.4f}"
    assert right not in found and f"{-float(right):.4f}" in found
    assert "the term w_01^1*a_1^0 left out" in found.values()
    off = made("binary cross entropy", seed=1)  # of a ReLU that is off much is 0
    for line in off.answers[:20]:
        text = off.distractors(line.claim.name)
        assert "0.0000" not in text or line.right != "0.0000"
    with pytest.raises(ValueError, match="no line is for 'z_9': give one of z_0"):
        one.distractors("z_9")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sizes": [2]}, "two widths or more"),
        ({"sizes": [2, 0, 1]}, "two widths or more"),
        ({"activations": ["relu"]}, "2 activations are expected"),
        ({"activations": ["relu", "swish"]}, "no exercise has the activation 'swish'"),
        ({"activations": ["softmax", "tanh"]}, "softmax is of the last layer, and its loss cross"),
        ({"activations": ["tanh", "softmax"]}, "softmax is of the last layer, and its loss cross"),
        (
            {"loss": "cross entropy"},
            "cross entropy is the loss of a softmax in the last layer; behind",
        ),
        (SOFTMAX, "softmax is of two outputs or more"),
        ({"optimizer": "adamw"}, "no exercise has the optimizer 'adamw'"),
        ({"samples": 5}, "samples are 1 to 4: got 5"),
        ({"steps": 0}, "steps are 1 to 3: got 0"),
        ({"loss": "hinge"}, "no exercise has the loss 'hinge'"),
        ({"loss": "binary cross entropy"}, "of one output, behind a sigmoid"),
        ({"rounding": 2}, "rounding is 3 to 8 decimals"),
        ({"sizes": [9, 9, 1]}, "at most 81 weights and biases"),
        ({"notation": "nilsen"}, "no notation 'nilsen'"),
    ],
)
def test_what_no_exercise_is_made_of(change, sentence):
    wanted = {"sizes": [2, 2, 1], "activations": ["tanh", "tanh"], **change}
    with pytest.raises(ValueError, match=sentence):
        nn.exercise(wanted.pop("sizes"), wanted.pop("activations"), **wanted)


def test_the_search_ends(monkeypatch):
    monkeypatch.setattr(exercise_draws, "MOST_DRAWN", 20)
    sentence = "in 20 draws no numbers were found for 2-2-2-2-1.* mostly as a .*: with "
    with pytest.raises(ValueError, match=sentence):
        nn.exercise([2, 2, 2, 2, 1], ["sigmoid"] * 4, rounding=3)


def test_squares_of_small_gradients_have_more_decimals(monkeypatch):
    monkeypatch.setattr(exercise_draws, "PATIENCE", 50)
    wanted = Wanted((2, 2, 1), ("sigmoid",) * 2, "half squared error", None, optimizer="adam")
    found = list(islice(exercise_draws.draws(wanted, random.Random(1)), 2))
    assert [one.places for one in found] == [found[0].places] * 2
    assert found[0].places > 4
    monkeypatch.setattr(exercise_draws, "MOST_DRAWN", 100)
    with pytest.raises(ValueError, match=r"at 4 decimals, mostly as a gradient .* more decimals"):
        next(exercise_draws.draws(replace(wanted, rounding=4), random.Random(1)))


def test_the_commands_write_sheets_keys_and_slips(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new 1-1-1 sigmoid tanh --variants 2 --notation ng --out made") == 0
    assert "exercise_2.chalk: 1" in capsys.readouterr().out
    assert run("check made/exercise_1_key.chalk") == 0
    softmax = "--loss cross-entropy --samples 2 --optimizer rmsprop --steps 2 --out made/softmax"
    assert run(f"new 1-2 softmax {softmax}") == 0
    assert run("check made/softmax/exercise_1_key.chalk") == 0
    assert run("plant made/exercise_1_key.chalk --seed 7 --out slip.chalk") == 0
    assert "\nline " in capsys.readouterr().out
    assert run("plant made/exercise_1_key.chalk --seed 7") == 0
    printed = capsys.readouterr()
    assert printed.out == Path("slip.chalk").read_text(encoding="utf-8")
    assert printed.err.startswith("line ")
    assert run("check slip.chalk") == 1
    assert "title: Exercise 1\n" in Path("slip.chalk").read_text(encoding="utf-8")


def test_exercises_that_are_there_stay_and_none_is_written(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = Path("made", "exercise_2_key.chalk")
    mine.parent.mkdir()
    mine.write_text("marked", encoding="utf-8")
    assert run("new 1-1 sigmoid --variants 2 --out made") == 2
    said = capsys.readouterr().err
    assert f"{mine} is there already: give another folder, or remove it" in said
    assert [*Path("made").iterdir()] == [mine] and mine.read_text(encoding="utf-8") == "marked"


@pytest.mark.parametrize("out", ["mine", "mine/week 3"])
def test_a_folder_that_cannot_be_made_is_said_with_what_was_to_be_in_it(
    out, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text("", encoding="utf-8")
    assert main(["new", "1-1", "sigmoid", "--out", out]) == 2
    sentence = "cannot be written: mine is there and is no folder; give another one\n"
    assert capsys.readouterr().err == f"{out}/exercise_1.chalk {sentence}"


def test_a_folder_that_may_not_be_written_in_is_named(tmp_path, capsys, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.chdir(tmp_path)
    Path("ours").mkdir()
    monkeypatch.setattr(Path, "mkdir", refused)
    assert run("new 1-1 sigmoid --out ours/week") == 2
    remedy = "allow new files in the folder ours, or give another one"
    sentence = f"cannot be written: Permission denied; {remedy}\n"
    assert capsys.readouterr().err == f"ours/week/exercise_1.chalk {sentence}"


def test_exercises_whose_list_is_not_read_to_its_end_are_no_error(tmp_path, capsys, monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as closed:
        monkeypatch.setattr("sys.stdout", closed)
        assert main(["new", "1-1", "sigmoid", "--out", str(tmp_path)]) == 0
    assert not capsys.readouterr().err


def test_a_sheet_says_how_its_lines_are_rounded_and_keeps_their_places():
    one = nn.exercise([1, 1], ["sigmoid"], rounding=3, title="T", seed=1)
    first, *others = one.sheet.splitlines()
    assert first.endswith("  # every line to 3 decimals") and check(one.sheet).title == "T"
    assert len(others) + 1 == len(one.key.splitlines())


def test_one_activation_is_that_of_all_layers_and_the_folder_is_this_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new 1-1-1 tanh") == 0
    assert "network: 1-1-1 tanh tanh" in Path("exercise_1_key.chalk").read_text(encoding="utf-8")


def test_the_help_gives_the_defaults(capsys):
    with pytest.raises(SystemExit):
        run("new --help")
    assert "(half squared error unless" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            "new 2-2-2-1 sigmoid,tanh --out made",
            "3 activations are expected",
        ),
        ("new 2-x sigmoid --out made", "sizes are widths such as 2-2-1: got '2-x'"),
        ("new 2-1 sigmoid --variants 0 --out made", "variants are 1 or more"),
        ("plant nothing.chalk", "nothing.chalk"),
    ],
)
def test_commands_say_what_is_wrong(command, sentence, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(command) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
