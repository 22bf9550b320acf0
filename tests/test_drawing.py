"""The graph view: what its cards say, what its files hold, and what it refuses."""

import contextlib
import html
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, find, half_squared_error, named, relu, sin, sqrt, total
from autograd.drawing import DotError, Picture, draw, program
from autograd.drawing.cards.card import cards_of
from autograd.drawing.labels import formula_lines
from autograd.drawing.neurons import INPUTS, LOSS, Group, Role, groups_of
from autograd.drawing.scripts import marked, unmarked
from autograd.drawing.themes import LIGHT
from autograd.graph import topological_order
from autograd.notes.notation import Notation
from autograd.notes.numbers import short_number
from autograd.writing import printable
from nn import MLP, Layer, sum_half_squared_error
from tests.picture_measure import (
    lines_of,
    lines_under_texts,
    overlapping_texts,
    texts_on_shapes,
)

pytestmark = pytest.mark.usefixtures("bundled")

SVG = "{http://www.w3.org/2000/svg}"


def example(backward=True):
    """A 2-3-1 network whose first hidden ReLU is off."""
    model = MLP.from_weights(
        weights=[[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
        biases=[[0.1, -0.2, 0], [0.05]],
        activations=["relu", "relu"],
        numbers=Fraction,
    )
    loss = half_squared_error(model([1, 2]), Value(Fraction(3, 2), "y"))
    loss.name = "L"
    if backward:
        loss.backward()
    return loss


def as_typed(picture):
    """A picture laid out as its PNG is, with names as they are typed."""
    return Picture(picture.dot, picture.of, picture.cards)


def texts(picture):
    """All text of a picture, names as they are typed; a no-break space as the space that it is, but
    for those behind a number.
    """
    root = ElementTree.fromstring(as_typed(picture).svg)
    each = root.iter(f"{SVG}text")
    return [(element.text or "").replace("\xa0", " ").rstrip() for element in each]


def card(picture, name):
    """The source of the one card of that name."""
    (found,) = [line for line in picture.dot.splitlines() if f"<B>{name}</B>" in line]
    return found


def arrow(picture, root, operand, result):
    """The source of the arrow between two names, with what stands on it."""
    index = {node.name: number for number, node in enumerate(topological_order(root))}
    mark = f'id="arrow{index[operand]}-{index[result]}"'
    lines = picture.dot.splitlines()
    pieces = "\n".join(line for line in lines if mark in line)
    labels = re.findall(r"\bl\d+\b", pieces)
    return "\n".join([pieces, *(line for line in lines if line.split(" ")[0].strip() in labels)])


# --- what it shows --------------------------------------------------------------------------------


def test_every_name_and_number_is_in_the_svg():
    loss = example()
    shown = texts(draw(loss))
    for node in topological_order(loss):
        assert node.name in shown
        assert short_number(node.data) in shown
        assert short_number(node.grad) in shown


def test_formulas_stand_on_the_cards():
    shown = texts(draw(example()))
    assert "w_10^1*a_0^0 + w_11^1*a_1^0" in shown
    assert "relu(z_1^1)" in shown
    assert "(y - a_0^2)^2/2" in shown


def test_neurons_inputs_and_loss_are_framed():
    shown = texts(draw(example()))
    titles = [
        "inputs",
        "hidden neuron 0 (ReLU off)",
        "hidden neuron 1",
        "hidden neuron 2",
        "output neuron",
        "loss",
    ]
    assert all(title in shown for title in titles)


def test_unnamed_nodes_are_numbered_past_the_names_taken():
    a, taken = Value(2, "a"), Value(5, "v1")
    cards = cards_of((a * 3 + taken) * a).cards
    assert [(card.name, card.formula) for card in cards] == [
        ("a", ""),
        ("v2", "a*3"),
        ("v1", ""),
        ("v3", "v2 + v1"),
        ("L", "v3*a"),
    ]


def test_the_forward_view_has_no_gradients():
    loss = example(backward=False)
    picture = draw(loss)
    assert "forward" in repr(picture)
    assert "grad" not in texts(picture)
    assert "dir=back" not in picture.dot
    assert LIGHT.positive not in picture.dot


def test_the_view_follows_the_gradient_unless_told():
    loss = example()
    assert repr(draw(loss)) == "<Picture of 25 cards, backward, light>"
    assert repr(draw(loss, backward=False)) == "<Picture of 25 cards, forward, light>"


def test_backward_arrows_carry_sign_and_local_derivative():
    loss = example()
    picture = draw(loss)
    flow = arrow(picture, loss, "w_01^2", "z_0^2")
    assert LIGHT.negative in flow and "dir=back" in flow and ">*1.1<" in flow
    assert LIGHT.positive in arrow(picture, loss, "a_0^1", "z_0^2")
    assert "label=" not in arrow(picture, loss, "b_0^2", "z_0^2")  # its local derivative is 1


def product_and_sine():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    root = sin(a * b + b**2) * a
    root.backward()
    return root


LAYOUTS = [draw, lambda root: as_typed(draw(root))]


def two_by_two():
    weights = [[[0.15, 0.2], [0.25, 0.3]], [[0.4, 0.45], [0.5, 0.55]]]
    model = MLP.from_weights(weights, [[0.35, 0.35], [0.6, 0.6]], ["sigmoid", "sigmoid"])
    root = sum_half_squared_error(model([0.05, 0.1]), [Value(0.01, "t_1"), Value(0.99, "t_2")])
    root.backward()
    return root


ROOTS = [example(), product_and_sine(), two_by_two()]


@pytest.mark.long
@pytest.mark.parametrize("layout", LAYOUTS, ids=["svg", "png"])
@pytest.mark.parametrize("root", ROOTS, ids=["network", "expression", "2-2-2"])
def test_a_local_derivative_stands_on_its_own_arrow_and_on_nothing_else(root, layout):
    picture = layout(root)
    svg = picture.svg
    labels = [line.text for line in lines_of(svg) if re.fullmatch(r"l\d+", line.owner)]
    assert len(labels) == sum(arrow.local != "1" for arrow in cards_of(root).arrows)
    assert overlapping_texts(svg) == texts_on_shapes(svg) == lines_under_texts(svg) == []


def test_a_wider_arrow_carries_more():
    loss = example()
    widths = [
        float(re.search(r"penwidth=([\d.]+)", arrow(draw(loss), loss, name, "z_0^2"))[1])
        for name in ("w_02^2", "b_0^2")
    ]
    assert widths[0] > widths[1]


def test_what_leads_only_to_an_off_relu_is_grey_and_dashed():
    picture = draw(example())
    for name in ("z_0^1", "w_00^1", "w_01^1", "b_0^1"):
        assert "DASHED" in card(picture, name) and LIGHT.text not in card(picture, name)
    for name in ("z_1^1", "w_10^1", "a_0^0", "w_00^2", "L"):
        assert "DASHED" not in card(picture, name)


def test_the_off_relu_shows_its_own_gradient():
    own = card(draw(example()), "a_0^1")
    assert "DASHED" in own and "0.618" in own and LIGHT.text in own


def test_off_is_found_without_names():
    x, y = Value(-1.0), Value(2.0)
    cards = cards_of(relu(x * 3) + y).cards
    assert [(card.off, card.switched_off) for card in cards] == [
        (True, False),
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]


def test_a_gradient_not_computed_is_a_dash():
    x = Value(3.0, "x")
    shown = texts(draw(x * 2, backward=True))
    assert shown.count("-") == 2
    assert "0" not in shown


def test_parameters_and_inputs_have_their_colours():
    picture = draw(example())
    assert LIGHT.parameter in card(picture, "w_10^1") and LIGHT.parameter in card(picture, "b_1^1")
    assert LIGHT.input in card(picture, "a_0^0") and LIGHT.input in card(picture, "y")


def shared(outputs, **options):
    return MLP(2, [3, outputs], bias="shared", **options)


def test_an_output_with_a_name_of_its_own_belongs_to_its_neuron():
    price = MLP(2, [3, 1])([1.0, 2.0])
    price.name = "price"
    loss = sum_half_squared_error([price], [Value(1.0, "y")])
    groups = groups_of(topological_order(loss))
    assert groups.of[price] == groups.of[find(loss, "w_00^2")[0]]


def test_a_bias_that_a_layer_shares_stands_between_its_neurons_and_not_among_the_inputs():
    loss = sum_half_squared_error(shared(2)([1.0, 2.0]), [0.5, 1.0])
    assert ">bias</FONT>" in card(draw(loss), "b^1") and LIGHT.parameter in card(draw(loss), "b^1")
    groups = groups_of(topological_order(loss))
    assert {node.name for node in groups.of}.isdisjoint({"b^1", "b^2"})
    assert {node.name for node in groups.of if groups.of[node] == INPUTS} == {"a_0^0", "a_1^0"}


def test_a_shared_bias_of_one_neuron_stands_in_its_frame():
    output = shared(1)([1.0, 2.0])
    groups = groups_of(topological_order(output + 3 * find(output, "b^2")[0]))  # a penalty on it
    assert [groups.of[node] for node in groups.of if node.name == "b^2"] == [Group(2, 0)]


def test_a_shared_bias_alone_with_the_loss_is_a_bias_still():
    bias = Value(1.0, "b^1")
    (z,) = Layer([[2.0]], None)([1.0])
    groups = groups_of(topological_order((z - 3) ** 2 + bias * bias))
    assert groups.of[bias] == LOSS and groups.roles[bias] is Role.BIAS


def test_typed_names_that_leave_the_layer_out_have_no_frames():
    notation = Notation(bias_pattern="b{indices}", preactivation_pattern="s{indices}")
    weight, bias = Value(2, "w_00^1"), Value(1, "b0")
    total = weight * 3 + bias
    total.name = "s0"
    assert ">bias</FONT>" not in card(draw(total, notation=notation), "b0")


def test_a_network_s_names_are_framed_by_what_they_mean():
    notation = Notation(bias_pattern="b{indices}", preactivation_pattern="s{indices}")
    model = MLP.from_weights([[[2, 3]]], [[1]], ["relu"], notation=notation)
    assert ">bias</FONT>" in card(draw(model([1, 2])), "b0")


def test_the_dark_theme_has_its_own_colours():
    picture = draw(example(), theme="dark")
    for colour in ("#0f172a", "#56B4E9", "#F09040"):
        assert colour in picture.dot
    assert "#0072B2" not in picture.dot and LIGHT.card not in picture.dot


def test_a_title_is_escaped_and_shown():
    assert "a < b & \\G" in texts(draw(Value(1, "x"), title="a < b & \\G"))


def test_a_long_formula_keeps_its_ends():
    lines = formula_lines(" + ".join(f"w_{i}^1*a_{i}^0" for i in range(20)) + " + b_0^1").split(
        "\n"
    )
    assert (
        len(lines) == 3
        and lines[0].startswith("w_0^1*a_0^0")
        and lines[1] == "+ ..."
        and lines[2].endswith("b_0^1")
    )
    assert (
        formula_lines(f"({' + '.join(f'L_{i}' for i in range(9))})/9").split("\n")[1]
        == "+ L_5 + L_6 + L_7 + L_8)/9"
    )


# --- numbers of every kind ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        2,
        0.1,
        Fraction(1, 3),
        Decimal("0.25"),
        sympy.Symbol("x"),
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        1j,
    ],
)
def test_every_number_type_is_drawn(number):
    x = Value(number, "x0")
    y = x * x + x
    y.backward()
    assert short_number(number) in texts(draw(y))


def test_symbols_have_no_sign():
    x = Value(sympy.Symbol("x"), "x0")
    y = x * x
    y.backward()
    picture = draw(y)
    assert LIGHT.positive not in picture.dot and LIGHT.negative not in picture.dot


def test_a_derivative_that_does_not_exist_is_said_so():
    assert "*undefined" in texts(draw(sqrt(Value(0.0, "x")), backward=True))


# --- names ----------------------------------------------------------------------------------------

HOSTILE = [
    'say "x"',
    "<b>",
    "a & b",
    "&amp;",
    "&lt;i&gt;",
    "a\\b",
    "\\N\\G",
    "\\",
    "%s{}|",
    "é≈漢字",
    "-->",
    "]]>",
    "'",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_right_everywhere(name, tmp_path):
    picture = draw(Value(1, name) * Value(2, "b"), title=name)
    assert texts(picture).count(name) == 2  # the card and the title
    assert html.escape(name).replace("\\", r"\\") in picture.save(tmp_path / "x.dot").read_text(
        "utf-8"
    )
    assert picture.save(tmp_path / "x.png").stat().st_size > 0


def test_a_line_break_in_a_name_is_one_on_the_card():
    shown = texts(draw(Value(1, "first\nsecond")))
    assert shown[:2] == ["first", "second"]


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\xa0\ufffe\uffff"),
        min_size=1,
        max_size=20,
    ).filter(lambda name: printable(name) == name)
)
def test_any_name_round_trips(name):
    picture = draw(Value(1, name))
    shown = texts(picture)[0]
    assert shown == name.rstrip()
    assert name in html.unescape(re.search(r"<B>(.*?)</B>", picture.dot)[1]).replace(r"\\", "\\")


def test_what_xml_cannot_hold_is_escaped():
    assert texts(draw(Value(1, "a\x00\x07\ud800b")))[0] == r"a\x00\x07\ud800b"


def test_repeated_names_are_cards_of_their_own():
    x, other = Value(1, "x"), Value(2, "x")
    picture = draw(x * other)
    assert (
        texts(picture).count("x") == 2 and repr(picture) == "<Picture of 3 cards, forward, light>"
    )


def test_an_operand_used_twice_has_two_arrows():
    x = Value(3.0, "x")
    assert draw(x * x).dot.count("n0 -> n1") == 2


def test_names_that_only_look_like_a_network_make_no_frames():
    w, x = Value(2, "w_1"), Value(3, "z^1")
    assert not groups_of(topological_order(w * x)).of
    assert "cluster" not in draw(w * x).dot


def test_ranks_are_further_apart_where_many_arrows_part():
    def gap(outputs):
        inputs = [Value(1.0, f"x_{place}") for place in range(4)]
        results = [total(inputs) for _ in range(outputs)]
        for place, result in enumerate(results):
            result.name = f"y_{place}"
        found = re.search(r"ranksep=(\S+)", draw(total(results), backward=False, fold=False).dot)
        return float(found[1])

    assert gap(5) == pytest.approx(0.42) and gap(10) == pytest.approx(0.42 + 0.02 * 20)


# --- files ----------------------------------------------------------------------------------------


def test_files_are_written_whole(tmp_path):
    picture = draw(example())
    svg = picture.save(tmp_path / "graph.svg")
    assert svg == tmp_path / "graph.svg" and svg.read_text("utf-8") == picture.svg
    assert picture.save(str(tmp_path / "graph.PNG")).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.save(tmp_path / "graph.dot").read_text("utf-8") == picture.dot
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "graph.PNG",
        "graph.dot",
        "graph.svg",
    ]


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    target = draw(Value(1, "x")).save(tmp_path / "graph.svg")
    before = target.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *paths: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        draw(Value(2, "x")).save(target)
    assert target.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == [
        "graph.svg"
    ]


@pytest.mark.parametrize("name", ["graph", "graph.gif", "graph.svg.bak"])
def test_an_unknown_suffix_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"a picture is saved as \.svg, \.png, \.pdf, \.dot$"):
        draw(Value(1, "x")).save(tmp_path / name)


def test_no_directories_are_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        draw(Value(1, "x")).save(tmp_path / "missing" / "graph.svg")
    assert not list(tmp_path.iterdir())


def test_without_the_systems_dot_and_typst_there_is_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    remedies = r'pip install "chalkgrad\[pdf\]", install Graphviz, or save an SVG$'
    with pytest.raises(DotError, match=f"^graphviz-pure draws SVG and PNG, no PDF: {remedies}"):
        draw(Value(1, "x")).save(tmp_path / "graph.pdf")
    assert not list(tmp_path.iterdir())


def test_without_the_systems_dot_typst_makes_the_pdf_of_the_svg(tmp_path, monkeypatch):
    given = []
    typst = SimpleNamespace(compile=lambda page, **options: given.append(options) or b"%PDF-1.7")
    monkeypatch.setitem(sys.modules, "typst", typst)
    picture = draw(Value(1, "x"), title="An x")
    assert picture.save(tmp_path / "x.pdf").read_bytes() == b"%PDF-1.7"
    words = {"title": "An x: 1 card, forward, light", "words": picture.alt}
    assert given == [{"sys_inputs": {"svg": picture.svg, **words}}]


def test_a_pdf_has_names_and_numbers_as_text(tmp_path):
    pytest.importorskip("typst", reason='the PDF itself: pip install "chalkgrad[pdf]"')
    picture = draw(Value(0.75, "delta_1^(2)") * Value(-3, "<b> & \\N"), title="a < b")
    pdf = picture.save(tmp_path / "x.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and pdf == picture.save(tmp_path / "y.pdf").read_bytes()
    size = re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    width, height = ElementTree.fromstring(picture.svg).get("viewBox").split()[2:]
    assert [float(size[1]), float(size[2])] == [float(width), float(height)]


def test_a_notebook_shows_the_svg():
    picture = draw(Value(1, "x"))
    in_cell = picture._repr_svg_()
    assert picture._repr_mimebundle_()["image/svg+xml"] == in_cell
    assert in_cell.replace(' style="max-width:100%;height:auto"', "", 1) == picture.svg != in_cell


def test_an_svg_in_a_cell_shrinks_and_a_file_opens_in_its_natural_size():
    picture = draw(Value(1, "x"))
    cell, file = (ElementTree.fromstring(svg) for svg in (picture._repr_svg_(), picture.svg))
    assert cell.get("style") == "max-width:100%;height:auto" and file.get("style") is None
    size = [f"{float(number):g}pt" for number in file.get("viewBox").split()[2:]]
    assert [file.get("width"), file.get("height")] == size
    assert cell.get("viewBox") == file.get("viewBox") and cell.get("width") == file.get("width")


def test_a_missing_dot_is_one_sentence_and_the_source_still_works(monkeypatch, tmp_path):
    monkeypatch.delenv("CHALKGRAD_DOT")
    monkeypatch.setattr(program.shutil, "which", lambda name: None)
    monkeypatch.setattr(program, "bundled_program", lambda: None)
    picture = draw(Value(1, "x"))
    with pytest.raises(
        DotError, match=r"^no dot program is installed: install Graphviz, or `pip install"
    ):
        _ = picture.svg
    with pytest.raises(RuntimeError, match="no dot program is installed"):
        picture.save(tmp_path / "x.png")
    assert picture.save(tmp_path / "x.dot").read_text("utf-8") == picture.dot
    assert picture._repr_svg_() is None
    assert "no dot program is installed" in picture._repr_mimebundle_()["text/plain"]


def test_a_chosen_dot_that_is_not_there(monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "/no/such/dot")
    with pytest.raises(
        DotError, match=r"^CHALKGRAD_DOT is '/no/such/dot', and no program is there: "
    ):
        _ = draw(Value(1, "x")).svg


def test_the_order_of_programs(monkeypatch, tmp_path):
    chosen, system = tmp_path / "mine", tmp_path / "dot"
    for path in (chosen, system):
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.find_program().bundled
    monkeypatch.setenv("CHALKGRAD_DOT", str(chosen))
    assert program.find_program().path == chosen
    monkeypatch.delenv("CHALKGRAD_DOT")
    assert program.find_program().bundled
    assert program.find_program("pdf").path == system
    monkeypatch.setattr(program, "bundled_program", lambda: None)
    assert program.find_program().path == system
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(DotError, match="no dot program is installed"):
        program.find_program()


def script(path, text):
    """A program that `sh` runs."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(os.name == "nt", reason="a program for sh")
def test_the_systems_dot_draws_the_pdf_alone(monkeypatch, tmp_path):
    script(tmp_path / "dot", f'echo "$@" >> {tmp_path}/calls; cat > /dev/null; echo %PDF-1.7')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CHALKGRAD_DOT")
    picture = draw(Value(1, "x"))
    assert picture.svg.endswith("</svg>\n") and not (tmp_path / "calls").exists()
    assert picture.save(tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "calls").read_text() == "-Kdot -Tpdf\n"


SLEEPING = "sleep 300 & echo $! > {}/child; wait"


def is_running(pid):
    with contextlib.suppress(OSError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


@pytest.fixture
def sleeping(monkeypatch, tmp_path):
    """A dot program that runs another, for minutes; at the end neither may run."""
    if not Path("/proc/self").exists():
        pytest.skip("processes are looked up in /proc")
    slow = script(tmp_path / "slow", SLEEPING.format(tmp_path))
    monkeypatch.setenv("CHALKGRAD_DOT", str(slow))
    yield slow
    child = tmp_path / "child"
    pid = int(child.read_text() or 0) if child.exists() else 0  # it may not have come so far
    ends = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not is_running(pid)


def test_what_takes_too_long_is_stopped_with_the_remedy(sleeping, monkeypatch, tmp_path):
    monkeypatch.setattr(program, "MOST_SECONDS", 0.3)
    with pytest.raises(
        DotError,
        match=r"slow did not draw this within 0\.3 seconds, and was stopped: "
        r"draw fewer samples or a smaller root, or save the DOT source as \.dot$",
    ):
        draw(Value(1, "x")).save(tmp_path / "x.svg")
    assert not (tmp_path / "x.svg").exists()


def test_ctrl_c_stops_the_program_too(sleeping):
    before = signal.getsignal(signal.SIGINT)  # ignored where the tests run in the background
    with pytest.raises(KeyboardInterrupt):
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            _ = draw(Value(1, "x")).svg
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, before)


def test_a_program_that_fails_is_quoted():
    with pytest.raises(DotError, match="could not draw this as svg: "):
        _ = Picture("digraph {", "nothing", cards=0).svg


def test_many_arrows_are_refused():
    x = Value(1.0, "x")
    with pytest.raises(
        ValueError, match=r"^10001 arrows are too many for a picture \(at most 10000\): draw a"
    ):
        draw(total([x] * 10_001), fold=False)


@pytest.mark.long
def test_a_wide_formula_is_shortened_in_one_pass():
    card = cards_of(total([Value(1.0, "x"), *[1.0] * 100_000])).cards[-1]
    assert formula_lines(card.formula).split("\n")[1] == "+ ..."


def test_the_same_graph_is_the_same_bytes():
    assert draw(example()).svg == draw(example()).svg


@pytest.mark.long
def test_the_same_graph_is_the_same_bytes_in_another_process():
    code = "from tests.test_drawing import draw, example; print(draw(example()).dot, end='')"
    sources = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent.parent)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert sources[0] == sources[1] == draw(example()).dot


# --- refusals -------------------------------------------------------------------------------------


def test_a_stale_graph_is_refused():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    z = w * x
    z.name = "z"
    w.data = 2.5
    with pytest.raises(
        ValueError,
        match=r"name='z'.* is stale, its operands give 7.5 now: run the forward pass again$",
    ):
        draw(z)


def test_a_stale_graph_that_cannot_be_computed_is_refused():
    x = Value(2.0, "x")
    y = 1 / x
    x.data = 0.0
    with pytest.raises(ValueError, match="run the forward pass again"):
        draw(y)


def test_nan_is_not_stale():
    assert draw(Value(float("nan"), "x") * 2).dot


def test_numbers_are_copied():
    x = Value(2.0, "x")
    picture = draw(x * 2)
    x.data = 77.5
    shown = texts(picture)
    assert "2" in shown and "77.5" not in shown


def chain(length):
    x = Value(1.0, "x")
    for _ in range(length - 1):
        x = x + 1
    return x


@pytest.mark.long
def test_a_large_png_is_refused_and_its_svg_is_not(tmp_path):
    picture = draw(chain(301), fold=False)
    with pytest.raises(
        ValueError, match=r"^301 cards are too many for a PNG \(at most 300\): save an SVG"
    ):
        picture.save(tmp_path / "x.png")
    assert picture.svg.endswith("</svg>\n")


@pytest.mark.long
def test_a_huge_graph_is_refused():
    with pytest.raises(
        ValueError, match=r"^2001 cards are too many for a picture \(at most 2000\): draw a"
    ):
        draw(chain(2001), fold=False)
    with pytest.raises(
        ValueError, match=r"^20001 cards are too many for a picture \(at most 20000"
    ):
        draw(chain(20_001))


def test_other_refusals():
    with pytest.raises(TypeError, match="draw takes one Value, the root of a graph, not a list"):
        draw([Value(1)])
    with pytest.raises(ValueError, match="unknown theme 'neon': give one of light, dark"):
        draw(Value(1), theme="neon")


@pytest.mark.parametrize(("typeset", "pixels"), [(20, 3200), (23, 3370)])
def test_a_png_keeps_to_the_page_that_its_svg_has_room_on(typeset, pixels, tmp_path):
    dot, of_svg = (f"digraph {{ a [shape=box, width={wide}] }}" for wide in (23, typeset))
    picture = Picture(dot, "1 card", 1, typeset=of_svg)
    png = picture.save(tmp_path / "wide.png").read_bytes()
    assert abs(int.from_bytes(png[16:20], "big") - pixels) < 60


@pytest.mark.long
def test_a_png_that_no_viewer_shows_is_refused(tmp_path):
    y = Value(1.0, "x")
    for _ in range(200):
        y = y + 1
    with pytest.raises(ValueError, match=r"the PNG would have \d+ x \d+ pixels: save an SVG"):
        draw(y, fold=False, direction="right").save(tmp_path / "long.png")


def test_another_notation_frames_its_neurons():
    notation = Notation(
        weight_pattern="W{indices}({layer})", preactivation_pattern="s{indices}({layer})"
    )
    model = MLP.from_weights([[[2, 3]]], [[1]], ["relu"], notation=notation)
    assert "cluster_1_0" in draw(model([1, 2]), notation=notation).dot
    assert "cluster_1_0" not in draw(Value(1.0, "W00(1)") * 2).dot


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere; make it first$"):
        draw(Value(1.0) * 2).save(tmp_path / "nowhere" / "x.svg")


# --- names as they are typeset --------------------------------------------------------------------


def runs(picture):
    """The lines of an SVG, with their small letters: lower as _1, higher as ^1."""
    found = []
    for element in ElementTree.fromstring(picture.svg).iter(f"{SVG}text"):
        line, at = element.text or "", 0.0
        for part in element:
            at = round(at + float(part.get("dy")), 2)
            line += ("_" if at > 0 else "^" if at < 0 else "") + (part.text or "")
        found.append(line.replace("\xa0", " "))
    return found


def test_names_stand_lower_and_higher_in_the_svg():
    picture = draw(example())
    assert {"w_10^1", "a_0^0", "L", "relu(z_0^1)", "(y - a_0^2)^2/2"} <= set(runs(picture))
    drawn = picture.svg.partition("</desc>")[2]
    assert "baseline-shift" not in drawn and "w_" not in drawn


def test_accents_and_greek_letters_are_theirs():
    shown = runs(
        draw(Value(2, "delta_1^(2)") * Value(3, "a_hat") + Value(1, "-dE/dw_1") + Value(1, "x^-1"))
    )
    assert {"x^-1", "δ_1^(2)", "â", "-∂E/∂w_1", "δ_1^(2)*â"} <= set(shown)


def test_dot_and_png_have_the_names_as_they_are_typed(tmp_path):
    picture = draw(Value(2, "w_10^1") * Value(3, "delta_0^1"))
    assert "<SUB>" not in picture.dot and "w_10^1*delta_0^1" in picture.dot
    plain = as_typed(picture).save(tmp_path / "plain.png").read_bytes()
    assert picture.save(tmp_path / "x.png").read_bytes() == plain
    assert (
        picture.save(tmp_path / "x.svg").read_text("utf-8") == picture.svg != as_typed(picture).svg
    )


def test_a_name_with_latex_of_its_own_is_shown_by_its_text():
    svg = draw(named(Value(2, ""), "w_1", latex=r"w^{\star}") * 3).svg
    assert ">w_1</text>" in svg


def characters(svg):
    """All that is written in an SVG, but the signs that say where what follows them stands."""
    texts = ElementTree.fromstring(svg).iter(f"{SVG}text")
    found = "".join("".join(element.itertext()) for element in texts)
    return found.translate(dict.fromkeys(map(ord, "_^\xa0 ")))


@pytest.mark.parametrize(
    "name",
    [
        *HOSTILE,
        "\ufff9w_1\ufffb",
        "a_\ufffa1",
        "w_1\n",
        "-w_1",
        "f_1(x)",
    ],
)
def test_the_svg_has_what_the_other_kinds_have(name):
    picture = draw(Value(1, name) * Value(2, "b_1") + Value(3, name), title=name)
    assert characters(picture.svg) == characters(as_typed(picture).svg)


def test_a_line_break_before_a_letter_is_no_greek_letter():
    assert "ν" not in draw(Value(1, "\nu")).svg and "ν" in draw(Value(1, r"\nu")).svg


def test_a_name_that_is_broken_over_lines_is_shown_as_it_is_typed():
    name = "f(x_11 + y_22 + z_33 + u_44 + v_55)"
    shown = runs(draw(Value(2, name) * 3))
    assert {"f(x_11 + y_22 + z_33 + u_44", "+ v_55)*3"} <= set(shown)
    assert "\\ufff" not in "".join(shown)


@pytest.mark.parametrize(
    "formula", ["w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1", "y_1 - (w_00^1*a_0 + w_01^1*a_1)"]
)
def test_a_long_formula_is_broken_as_its_names_are_typed(formula):
    with_marks = re.sub(r"\w+_[\w^]+", lambda name: marked(name[0]), formula)
    assert with_marks != formula
    assert unmarked(formula_lines(with_marks)) == formula_lines(formula)


def test_the_notation_is_given_by_its_id():
    dot = draw(example(), notation="ng").dot
    assert "<B>W^[1]_12</B>" in dot and "<B>w_01^1</B>" not in dot
    assert "<B>L</B>" in dot
