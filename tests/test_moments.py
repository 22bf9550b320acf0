"""Pictures of a walk where it stands: what is computed, and nothing else; and one of each step."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from picture_measure import lines_under_texts, overlapping_texts, shapes_of, size_of
from pictures import SVG, cards_shown, lines_of_nodes

import nn
from autograd import Picture, Value, draw, draw_circuit, walk
from autograd.drawing.themes import DARK, LIGHT
from autograd.notes.steps import forward_steps
from autograd.notes.walk import Walk

pytestmark = pytest.mark.usefixtures("bundled")


def model(**options):
    """A 2-2-1 network whose first hidden ReLU is off at (1, 2)."""
    weights = [[[0.25, -0.5], [-0.25, 0.75]], [[-0.5, 1.5]]]
    return nn.MLP.from_weights(
        weights, [[0.125, -0.25], [0.5]], ["relu", "linear"], numbers=Fraction, **options
    )


def loss_of(network):
    return nn.half_squared_error(network([1, 2]), Value(Fraction(3, 2), "y"))


def trained(steps=1, **options):
    network = model()
    optimizer = nn.SGD(network.parameters(), Fraction(1, 2))
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, "steps": steps, **options}
    return nn.worked(network, [1, 2], 1.5, **how)


def expression():
    x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    root = ((x + y) * z * x).sigmoid()
    root.name = "f"
    return root


def table(steps):
    """What the walk's table says, by names."""
    return {name: tuple(numbers) for name, *numbers in steps.table().rows[1:]}


def texts(picture):
    return ["".join(x.itertext()) for x in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


# --- what is known --------------------------------------------------------------------------------


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", ["notes", "mit6034", "mitchell"])
def test_at_every_step_the_cards_say_what_the_table_says(notation):
    steps = walk(loss_of(model()), notation=notation, decimals=3)
    for number in (0, 1, 2, 5, 7, 8, 12, len(steps.steps)):
        cards = cards_shown(draw(steps.goto(number)))
        assert {name: shown[:2] for name, shown in cards.items()} == table(steps)


@pytest.mark.parametrize("notation", ["notes", "mit6034", "mitchell"])
def test_at_the_end_all_is_there(notation):
    loss = loss_of(model())
    steps = walk(loss, notation=notation)
    end = cards_shown(draw(steps.goto(len(steps.steps))))
    loss.backward()
    whole = cards_shown(draw(loss, notation=notation))
    assert {name: shown.value for name, shown in end.items()} == {
        name: shown.value for name, shown in whole.items()
    }
    computed = {name: shown for name, shown in end.items() if shown.gradient != "-"}
    assert computed.items() <= whole.items() and len(computed) > len(end) / 2


def test_with_each_step_rounded_it_shows_the_lines():
    steps = walk(expression(), rounding="each step", decimals=1)
    cards = cards_shown(draw(steps.goto(len(steps.steps))))
    for step in steps.steps:
        name = step.plain_name.rpartition("/d")[2] or step.name
        shown = cards[name].gradient if step.of_gradient else cards[name].value
        assert shown == steps.style.short(step.number)
    assert cards["f"].value == "1" != cards_shown(draw(expression()))["f"].value


def test_arrows_turn_back_when_the_gradient_has_come():
    steps = walk(expression())
    turned = []
    for number in range(len(steps.steps) + 1):
        picture = draw(steps.goto(number))
        turned.append(picture.dot.count("dir=back"))
        locals_shown = sum(text.startswith("*") for text in texts(picture))
        assert locals_shown <= turned[-1]
    assert turned[:6] == [0] * 6 and turned == sorted(turned) and turned[-1] == 7
    assert "*" not in "".join(text for text in texts(draw(steps.goto(4))) if text.startswith("*"))


def test_what_is_off_is_not_told_before():
    steps = walk(loss_of(model()))
    assert [line for line in lines_of_nodes(draw(steps.goto(1))) if "off" in line] == []
    (off,) = [line for line in lines_of_nodes(draw(steps.goto(2))) if "off" in line]
    assert off[0] == "a_0^1"
    assert "(ReLU off)" not in "".join(texts(draw(steps.goto(7))))
    assert "(ReLU off)" in "".join(texts(draw(steps.goto(len(steps.steps)))))


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_card_of_the_step_is_framed(theme, colours):
    steps = walk(expression())
    for number in (0, 2, 7):
        dot = draw(steps.goto(number), theme=theme).dot
        framed = re.findall(f'STYLE="ROUNDED" COLOR="{colours.text}".*?<B>(\\w+)</B>', dot)
        assert framed == [[], ["v2"], ["v2"]][[0, 2, 7].index(number)]


def test_the_step_s_line_is_the_title_and_is_said():
    steps = walk(loss_of(model()))
    picture = draw(steps.goto(1))
    assert picture.alt.startswith("z_0^1 = w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1 = 0.25*1 + ")
    assert texts(picture)[0].startswith("z01 = w001*a00")  # typeset
    assert "a_0^1 = relu(z_0^1): value -, grad -" in picture.alt
    assert draw(steps, title="Mine").alt.startswith("Mine: ")
    assert draw(steps.restart()).alt.startswith("step 0 of 24: what is given: ")


def test_a_long_line_is_broken_before_its_signs():
    steps = long_walk()
    first, second = texts(draw(steps.goto(1)))[:2]
    assert first.startswith("z01 = ") and second.startswith("≈ ")
    assert texts(draw(steps.goto(2)))[1].strip() == ""  # as many lines, for the same layout


def long_walk():
    network = nn.MLP.from_weights([[[0.1 * place for place in range(1, 9)]]], [[1.0]], ["tanh"])
    return walk(network([0.1] * 8), decimals=3)


# --- folded ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fold", ["unnamed", "neurons", "layers", "runs"])
def test_folded_cards_have_what_is_known(fold):
    """No number that the steps so far have not; at the end all of them."""
    steps = walk(loss_of(model()), decimals=3)
    last = len(steps.steps)
    for number in (0, 3, 9, 14):
        known = numbers_in(steps.goto(number).table()) | locals_so_far(steps)
        assert numbers_in(card_lines(draw(steps, fold=fold).alt)) <= known
    end = draw(steps.goto(last), fold=fold).alt
    loss = loss_of(model())
    loss.backward()
    assert card_lines(end) == card_lines(draw(loss, fold=fold, decimals=3).alt)


def card_lines(alt):
    return "\n".join(alt.split("\n")[1:])


def numbers_in(text):
    """Numbers with a fraction, which no name has."""
    return set(re.findall(r"-?\d+\.\d+", str(text)))


def locals_so_far(steps):
    return {x for step in steps.steps[: steps.position] for x in numbers_in(step)}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("fold", ["neurons", "layers", "runs"])
@pytest.mark.parametrize("view", [draw, draw_circuit])
def test_folded_nothing_jumps(view, fold):
    steps = walk(loss_of(model()), rounding="each step", decimals=1)
    last = len(steps.steps)
    first, *others = (shapes_of(view(steps.goto(n), fold=fold).svg) for n in (0, 3, 12, last))
    assert first
    for shapes in others:
        for key, box in shapes.items():
            assert tuple(box) == pytest.approx(tuple(first[key]), abs=0.5)  # heads of arrows


def test_a_folded_neuron_is_not_said_to_be_off_before():
    steps = walk(loss_of(model()))
    said = [" off" in draw(steps.goto(number), fold="neurons").alt for number in (0, 1, 2)]
    assert said == [False, False, True]


@pytest.mark.parametrize("options", [{}, {"step": (1, 2)}, {"step": (1, 2), "backward": False}])
def test_folded_cards_have_what_an_update_makes_of_their_numbers(options):
    training = trained()
    alone = cards_shown(draw(training, fold=False, **options))
    rows = dict[str, str]()
    for fold in ("series", "layers"):
        said = draw(training, fold=fold, **options).alt
        line = r"(\S+\^\d) (?:value|before) [^;\n]*, (?:new|after) ([^;,\n]+)"
        rows |= dict(re.findall(line, said))
    assert rows == {name: alone[name].new for name in rows}
    assert rows.keys() >= {"w_00^1", "w_01^1", "w_10^1", "w_11^1"}
    assert ("z_0^1" in rows) == ("a_1^1" in rows) == bool(options)


def test_folded_parameters_have_the_range_of_their_new_numbers():
    training = trained()
    new = [p.data for p in training.model.parameters() if p.name in ("w_10^1", "w_11^1", "b_1^1")]
    low, high = map(training.style.short, (min(new), max(new)))
    said = draw(training, fold="neurons").alt
    assert re.search(rf"3 parameters value [^;]*, grad [^;]*, new {low} to {high}\n", said)


def test_a_folded_card_has_no_new_number_before_its_update():
    steps = trained().walk()
    updates = [at for at, step in enumerate(steps.steps, start=1) if step.of_update]
    for at, hidden in ((updates[0], 3), (updates[-1], 0)):
        said = draw(steps.goto(at), fold="neurons").alt
        assert len(re.findall(r"\d parameters [^;\n]*, new -(?:\n|$)", said)) == hidden


# --- trainings ------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_training_s_walk_goes_from_pass_to_pass():
    steps = trained(decimals=3).walk()
    shown = cards_shown(draw(steps.goto(6)))
    assert shown["L"].value != "-" and shown["L"].gradient == "-"
    assert {card.new for card in shown.values()} == {"", "-"}
    updates = [at for at, step in enumerate(steps.steps, start=1) if step.of_update]
    for done, at in enumerate(updates, start=1):
        cards = cards_shown(draw(steps.goto(at)))
        assert sum(card.new not in ("", "-") for card in cards.values()) == done
        name = steps.step.name
        assert cards[name].new == steps.step.marked
    after = cards_shown(draw(steps.goto(updates[-1] + 1)))
    assert after[name].value == cards[name].new and after["L"][:2] == ("-", "-")
    end = cards_shown(draw(steps.goto(len(steps.steps))))
    assert end["L"].value == steps.steps[-1].marked != shown["L"].value


def test_lines_that_fold_know_what_they_fold():
    network = nn.MLP.from_weights([[[0.5, -0.25]]], [[0.25]], ["linear"])
    optimizer = nn.SGD(network.parameters(), 0.5)
    training = nn.worked(
        network,
        [1, 2],
        1,
        loss=lambda a, y: (a - y) * (a - y) * 3,
        optimizer=optimizer,
    )
    steps = training.walk()
    before, after = (cards_shown(draw(steps.goto(number))) for number in (1, 2))
    assert [before[name].value for name in ("z_0^1", "v1", "v2", "L")] == ["0.25", "-", "-", "-"]
    assert "-" not in {card.value for card in after.values()}
    gradients = cards_shown(draw(steps.goto("delta_0^1")))
    assert gradients["v1"].gradient != "-" and gradients["w_00^1"].gradient == "-"


def test_rules_with_a_memory_are_walked():
    network = nn.MLP.from_weights([[[0.25, -0.5], [-0.25, 0.75]]], None, ["tanh"])
    training = nn.worked(
        network,
        [1, 2],
        [1, 0],
        loss=nn.sum_half_squared_error,
        optimizer=nn.Adam(network.parameters(), 0.1),
        steps=2,
        decimals=3,
    )
    steps = training.walk()
    at = next(n for n, s in enumerate(steps.steps, start=1) if s.of_update and s.name == "w_10^1")
    cards = cards_shown(draw(steps.goto(at)))
    assert cards["w_10^1"].new == steps.step.marked and cards["w_11^1"].new == "-"
    draw(steps.goto(at - 1))  # a line of m_hat, which no card has


# --- before and after an update -------------------------------------------------------------------


@pytest.mark.one_in(10)
@pytest.mark.parametrize("notation", ["notes", "mit6034"])
def test_two_passes_stand_side_by_side(notation):
    training = trained(steps=2, notation=notation, decimals=3)
    for pair in ((1, 2), (1, 3), (2, 1)):
        both = cards_shown(draw(training, step=pair))
        before, after = (cards_shown(draw(training, step=number, backward=True)) for number in pair)
        names = zip(before, after, strict=True)  # w5 is w5^+ after an update
        for name, then in names:
            assert both[name][:2] == before[name][:2]
            assert both[name].new in ("", after[then].value)
        given = {name for name, shown in both.items() if not shown.new}
        assert {before[name].value for name in given} == {"1", "2", "1.5"}


def test_numbers_side_by_side_are_headed_before_and_after():
    picture = draw(trained(), step=(1, 2), backward=False, title="An update")
    shown = texts(picture)
    assert shown.count("before") == shown.count("after") == 15 and shown.count("value") == 3
    assert "new" not in shown and "grad" not in shown
    assert "w_10^1: weight, before -0.25, after -0.625" in picture.alt.split("\n")


@pytest.mark.parametrize("step", [(1, 1), (1,), (1, 2, 3), ()])
def test_two_passes_are_two(step):
    with pytest.raises(ValueError, match=r"^two passes stand side by side, as step=\(1, 2\): got"):
        draw(trained(), step=step)


def test_a_pass_that_is_none_has_nothing_beside():
    for view in (draw, draw_circuit):
        with pytest.raises(ValueError, match=r"^step is one of 1 to 2, "):
            view(trained(), step=(1, 3))


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_circuit_has_each_number_before_and_after(direction):
    both = draw_circuit(trained(), step=(1, 2), direction=direction)
    before, after = (values_in(draw_circuit(trained(), step=step)) for step in (1, 2))
    assert values_in(both) == before
    then = {
        name: re.search(f"(?m)^{re.escape(name)}: .*after ([^,\n]*)", both.alt) for name in after
    }
    assert {name: found[1] if found else before[name] for name, found in then.items()} == after
    assert texts(both).count("after -0.625") == 3 and "new" not in "".join(texts(both))
    assert lines_under_texts(both.svg) == overlapping_texts(both.svg) == []
    assert "after -1.25" in draw_circuit(trained(), step=(1, 2), gradients=False).alt


def values_in(circuit):
    return dict(re.findall(r"(?m)^([^:\n]*): (?:given, )?value ([^,\n]*)", circuit.alt))


def test_what_is_written_out_has_nothing_beside():
    with pytest.raises(ValueError, match=r"^what expand=True writes out has numbers of one pass"):
        draw_circuit(trained(), step=(1, 2), expand=True)


# --- circuits -------------------------------------------------------------------------------------


def test_a_circuit_has_the_numbers_so_far():
    steps = walk(expression(), decimals=2)
    counts = []
    for number in range(len(steps.steps) + 1):
        picture = draw_circuit(steps.goto(number), local=True)
        numbers = [text for text in texts(picture)[3:] if re.fullmatch(r"[≈*-]*\d[\d.]*", text)]
        counts.append(len(numbers))
        assert len([at for at in re.findall("value (?!above)([^,]*),", picture.alt) if at != "-"])
    assert counts == sorted(counts) and counts[0] >= 3 and counts[4] < counts[-1]
    marks = [draw_circuit(steps.goto(n)).dot.count(f'BGCOLOR="{LIGHT.parameter}"') for n in (0, 3)]
    assert marks == [0, 1]


# --- layout ---------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("view", [draw, draw_circuit])
def test_nothing_jumps_from_step_to_step(view):
    for root in (expression(), loss_of(model())):
        steps = walk(root, decimals=3)
        last = len(steps.steps)
        svgs = [view(steps.goto(n)).svg for n in (0, 2, last // 2, last)]
        sizes = [size_of(svg) for svg in svgs]  # heads of arrows may reach a little further
        assert all(size == pytest.approx(sizes[0], abs=1.5) for size in sizes)


def test_cards_stay_where_they_are():
    steps = trained().walk()
    last = len(steps.steps)
    first, *others = (shapes_of(draw(steps.goto(n)).svg) for n in (0, 3, 10, last - 8, last))
    assert len(first) == 18
    for shapes in others:
        for key, box in shapes.items():
            assert tuple(box) == pytest.approx(tuple(first[key]), abs=0.5)  # heads of arrows


# --- passes ---------------------------------------------------------------------------------------


def of_neurons_in_a_row():
    """A training with wide numbers, whose first ReLU is off in the second pass alone."""
    network = nn.MLP.from_weights([[[0.381]], [[-0.229]]], [[0.1], [0.1]], ["relu", "tanh"])
    rule = nn.SGD(network.parameters(), 20)
    half = nn.half_squared_error
    return nn.worked(network, [0.5], 0.8, loss=half, optimizer=rule, decimals=4)


@pytest.mark.long
@pytest.mark.parametrize("view", [draw, draw_circuit])
def test_every_pass_of_a_walk_is_folded_alike_and_nothing_moves(view):
    training = of_neurons_in_a_row()
    steps, ends = training.walk(), len(training.epochs[0].steps)
    places = (0, ends, ends + 1, ends + 2, len(steps.steps))
    pictures = [view(steps.goto(place)) for place in places]
    assert len({*map(repr, pictures)}) == 1
    first, *others = (shapes_of(picture.svg) for picture in pictures)
    for shapes in others:
        assert {key: pytest.approx(tuple(box), abs=0.5) for key, box in shapes.items()} == first
    assert all(wide <= 1600 and high <= 1200 for wide, high in (size_of(p.svg) for p in pictures))


def test_a_relu_is_off_in_the_pass_in_which_it_is():
    training = of_neurons_in_a_row()
    steps, ends = training.walk(), len(training.epochs[0].steps)
    pictures = [draw(steps.goto(place)) for place in (0, ends, ends + 1, ends + 2)]
    assert [texts(picture).count("off") for picture in pictures] == [0, 0, 0, 1]


def test_a_walk_has_room_on_a_page_for_all_its_numbers():
    network = nn.MLP.from_weights([[[0.381]], [[-0.229]], [[0.417]]], [[0.1]] * 3, ["tanh"] * 3)
    rule, half = nn.SGD(network.parameters(), 0.1), nn.half_squared_error
    training = nn.worked(network, [[0.5], [1.2]], [0.7, 0.8], loss=half, optimizer=rule)
    wide, high = size_of(draw(training.walk()).svg)
    assert wide <= 1600 and high <= 1200


@pytest.mark.parametrize("view", [draw, draw_circuit, nn.draw_network])
def test_a_walk_is_laid_out_once_and_drawn_as_if_for_the_first_time(view, monkeypatch):
    training = of_neurons_in_a_row()
    place = len(training.epochs[0].steps) + 2
    dark, light = (
        view(training.walk().goto(place), theme=theme).dot for theme in ("dark", "light")
    )
    steps = training.walk()
    for theme in ("dark", "light"):
        for end in (0, len(steps.steps)):
            view(steps.goto(end), theme=theme)
    monkeypatch.delattr("autograd.drawing.moments.recorded_pass")
    assert view(steps.goto(place), theme="dark").dot == dark != light
    assert view(steps, theme="light").dot == light


# --- frames ---------------------------------------------------------------------------------------


def test_frames_are_a_picture_of_each_step(tmp_path):
    steps = walk(Value(2.0, "x") ** 2).goto(2)
    paths = steps.frames(tmp_path / "slides", theme="dark", progress=False)
    assert [path.name for path in paths] == [f"step_{number}.svg" for number in range(4)]
    assert sorted((tmp_path / "slides").iterdir()) == paths and steps.position == 2
    for number, path in enumerate(paths):
        assert path.read_text("utf-8") == draw(steps.goto(number), theme="dark").svg
    assert steps.frames(tmp_path / "slides", theme="dark") == paths  # again
    pngs = steps.frames(tmp_path / "slides", kind="png", view="circuit", local=True)
    assert {path.suffix for path in pngs} == {".png"} and len(pngs) == 4


def test_frames_of_another_walk_are_not_mixed_up(tmp_path):
    walk(expression()).frames(tmp_path)
    with pytest.raises(FileExistsError, match=r"frames of another walk, step_00\.svg and others: "):
        short_walk().frames(tmp_path)


def short_walk():
    return walk(Value(2.0, "x") * 3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "gif"}, r"^kind is one of svg, png, pdf, not 'gif'$"),
        ({"view": "graph"}, r"^view is one of cards, circuit, or a function .* not 'graph'$"),
        ({"theme": "blue"}, r"^unknown theme 'blue'"),
        ({"step": 1}, r"^a walk has its step and its notation: "),
        ({"notation": "ng"}, r"^a walk has its step and its notation: "),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(options, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        short_walk().frames(tmp_path / "new", **options)
    assert not list(tmp_path.iterdir())


def test_folders_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match=r"file is a file: give a folder for the frames$"):
        short_walk().frames(tmp_path / "file")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*none; make it first$"):
        short_walk().frames(tmp_path / "none" / "slides")


def test_ctrl_c_leaves_whole_files(tmp_path, monkeypatch):
    save, saved = Picture.save, []

    def interrupted(picture, path):
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(save(picture, path))
        return saved[-1]

    monkeypatch.setattr(Picture, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        short_walk().frames(tmp_path)
    assert sorted(tmp_path.iterdir()) == saved
    assert all(path.read_text("utf-8").endswith("</svg>\n") for path in saved)


def test_progress_of_frames_is_shown(tmp_path, capsys):
    pytest.importorskip("tqdm")
    short_walk().frames(tmp_path, progress=True)
    assert "4/4" in capsys.readouterr().err


def test_steps_alone_have_no_picture():
    steps = Walk.over(forward_steps(Value(2.0, "x") * 3))
    with pytest.raises(ValueError, match=r"^this walk is over steps alone: draw what was walked"):
        draw(steps)
