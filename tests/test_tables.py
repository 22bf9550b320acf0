"""The tables of a step: every cell is its line's, in every notation and format."""

from __future__ import annotations

import csv
import io
import pickle
from fractions import Fraction
from html.parser import HTMLParser

import pytest

import nn
from autograd import NOTATIONS, Value, derive, named, walk
from autograd.notes.tables import Table

F = Fraction
STYLE = {"decimals": 3, "rounding": "each step"}


def han_kamber(inputs=(1, 0, 1), target=1, make=nn.SGD, **options):
    """Example 9.1 of "Data Mining": 3 inputs, units 4 and 5, output unit 6; l = 0.9, T = 1."""
    model = nn.MLP.from_weights(
        [[[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], [[-0.3, -0.2]]],
        [[-0.4, 0.2], [0.1]],
        ["sigmoid"] * 2,
    )
    how = {"loss": nn.half_squared_error, "optimizer": make(model.parameters(), 0.9)}
    options = {"notation": "han_kamber"} | options
    return nn.worked(model, inputs, target, **how | options)


def column(table, head, by=0):
    """The cells of a column by those of another."""
    heads, *rows = table.rows
    return {row[by]: row[heads.index(head)] for row in rows}


def ends(table, head):
    """The numbers that the cells of a column come to."""
    return {
        key: cell.replace("≈", "=").split("= ")[-1] for key, cell in column(table, head).items()
    }


# --- Han and Kamber -------------------------------------------------------------------------------


def test_initial_values_are_the_book_s():
    table = han_kamber(**STYLE).tables().initial
    printed = "x_1 1 x_2 0 x_3 1 w_14 0.2 w_15 -0.3 w_24 0.4 w_25 0.1 w_34 -0.5 w_35 0.2 w_46 -0.3 "
    printed += "w_56 -0.2 theta_4 -0.4 theta_5 0.2 theta_6 0.1 T 1 l 0.9"
    each = iter(printed.split())
    assert column(table, "value", by=1) == dict(zip(each, each, strict=True))
    kinds = ["input"] * 3 + ["weight"] * 8 + ["bias"] * 3 + ["target", "given"]
    assert [row[0] for row in table.rows[1:]] == kinds


def test_net_inputs_and_outputs_are_filled_in_as_the_book_does():
    table = han_kamber(**STYLE).tables().outputs
    assert column(table, "net input") == {
        "4": "0.2 + 0 - 0.5 - 0.4 = -0.7",
        "5": "-0.3 + 0 + 0.2 + 0.2 = 0.1",
        "6": "-0.3*0.332 + (-0.2)*0.525 + 0.1 ≈ -0.105",
    }
    assert column(table, "output") == {
        "4": "1/(1 + e^0.7) ≈ 0.332",
        "5": "1/(1 + e^-0.1) ≈ 0.525",
        "6": "1/(1 + e^0.105) ≈ 0.474",
    }


def test_error_terms_are_the_book_s():
    errors = column(han_kamber(**STYLE).tables().errors, "error term")
    assert errors["6"] == "0.474*(1 - 0.474) * (1 - 0.474) ≈ 0.131"
    assert errors["5"] == "0.525*(1 - 0.525) * 0.131 * (-0.2) ≈ -0.007"
    # It prints these two to four places, 0.1311 more exactly than its outputs are.
    four = {"digits": 3, "rounding": "each step"}
    found = ends(han_kamber(**four).tables().errors, "error term")
    assert {unit: round(float(x), 4) for unit, x in found.items()} == {
        "6": 0.131,
        "4": -0.0087,
        "5": -0.0065,
    }


def test_new_weights_are_the_book_s():
    printed = "w_46 -0.261 w_56 -0.138 w_14 0.192 w_15 -0.306 w_24 0.4 w_25 0.1 w_34 -0.508 "
    printed += "w_35 0.194 theta_6 0.218 theta_5 0.194 theta_4 -0.408"
    each = iter(printed.split())
    table = han_kamber(**STYLE).tables().weights
    assert ends(table, "new") == dict(zip(each, each, strict=True))
    assert table.rows[0] == ("weight", "old", "-gradient", "new")
    assert column(table, "new")["w_14"] == "0.2 + 0.9*(-0.009) ≈ 0.192"


# --- cells and lines ------------------------------------------------------------------------------


@pytest.mark.one_in(4)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_cells_come_to_what_the_lines_do(notation):
    done = han_kamber(notation=notation, steps=2)
    for step, epoch in enumerate(done.epochs, start=1):
        tables = done.tables(step)
        lines = [*epoch.forward, *epoch.gradients, *epoch.updates]
        cells = {cell for table in tables for row in table.rows[1:] for cell in row[1:]}
        shown = {cell.replace("≈", "=").split("= ")[-1] for cell in cells}
        assert {line.result for line in lines if line.of_update} <= shown
        assert {line.result for line in epoch.forward} <= shown
        assert len(tables.outputs.rows) == 4
        assert len(tables.weights.rows) == 12


def test_a_filled_in_sum_is_its_line_s_number():
    for inputs in ((1, 0, 1), (0, 0, 0), (2, -1, 1)):
        tables = han_kamber(inputs, 1, decimals=12).tables()
        for cell in column(tables.outputs, "net input").values():
            left, _, right = cell.replace("≈", "=").partition(" = ")
            assert eval(left) == pytest.approx(float(right), abs=1e-11)


def test_of_a_batch_each_sample_has_its_rows():
    tables = han_kamber([[1, 0, 1], [0, 1, 1]], [1, 0]).tables()
    assert [row[:2] for row in tables.outputs.rows] == [
        ("sample", "unit"), ("1", "4"), ("1", "5"), ("1", "6"), ("2", "4"), ("2", "5"), ("2", "6")
    ]  # fmt: skip
    assert tables.outputs.rows[4][2].startswith("0 + 0.4 - 0.5 - 0.4 = ")
    assert {row[0] for row in tables.errors.rows[1:]} == {"1", "2"}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.AdaGrad, nn.RMSProp])
def test_any_optimizer_s_update_is_its_last_line(make):
    done = han_kamber(make=make, digits=4, rounding="each step", steps=2)
    lines = {line.node.name: line for line in done.epochs[1].updates}
    new = list(column(done.tables(2).weights, "new").values())
    assert sorted(cell.split(" ")[-1] for cell in new) == sorted(
        line.result for line in done.epochs[1].updates if line.node in done.model.parameters()
    )
    assert lines


def test_after_all_updates_there_are_neither_gradients_nor_new_values():
    tables = han_kamber(**STYLE).tables(2)
    assert tables.weights.rows[0] == ("weight", "value")
    assert column(tables.weights, "value")["w_46"] == "≈-0.261"
    assert tables.errors.rows == (("unit", "error term"),)
    assert "Error" not in str(tables) and "Error" not in tables.markdown()


def test_numbers_and_names_are_as_asked_for():
    tables = han_kamber(notation="notes", decimals=2, comma=True, unicode=True).tables()
    assert tables.outputs.rows[1][1] == "0,2 + 0 - 0,5 - 0,4 = -0,7"
    assert tables.outputs.rows[1][2] == "1/(1 + e^0,7) ≈ 0,33"
    assert tables.initial.rows[1][1] == "a₀⁰" and "0{,}2 + 0" in tables.outputs.latex()


def test_a_bias_that_is_subtracted_has_its_own_sign():
    table = han_kamber(notation="mit6034").tables().initial
    assert column(table, "value", by=1)["w_0A"] == "0.4"


def test_members_leave_tables_whole():
    assert str(han_kamber(members="formula").tables()) == str(han_kamber().tables())


def test_a_sigmoid_of_a_fraction_is_in_parentheses_and_one_of_0_has_no_sign():
    model = nn.MLP.from_weights([[[2 / 3], [0]]], None, ["sigmoid"])
    outputs = column(
        derive(nn.sum_half_squared_error(model([1e-7]), [0, 1])).tables().outputs, "output"
    )
    first, second = outputs.values()
    assert first.startswith("1/(1 + e^(-") and "*10^-8)" in first
    assert second == "1/(1 + e^0) = 0.5"


def test_the_output_of_a_unit_without_an_activation_is_its_net_input():
    model = nn.MLP.from_weights([[[F(1, 3)]]], None, ["linear"])
    table = derive(nn.half_squared_error(model([2]), 1), decimals=2).tables().outputs
    assert table.rows[1] == ("0 of layer 1", "0.33*2 ≈ 0.67", "≈0.67")


def test_an_infinite_weight_times_0_stays_a_product():
    model = nn.MLP.from_weights([[[float("inf"), 1.0]]], None, ["linear"])
    table = derive(nn.half_squared_error(model([0.0, 1.0]), 1.0)).tables().outputs
    assert table.rows[1][1].startswith("inf*0 + 1 = ")


# --- of any graph ---------------------------------------------------------------------------------


def circuit():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    return named(named(x + y, "q") * z, "f")


def test_step_node_and_value():
    rows = [("step", "node", "value"), ("given", "x", "-2"), ("given", "y", "5")]
    rows += [("given", "z", "-4"), ("1", "q", "3"), ("2", "f", "-12"), ("3", "df", "1")]
    rows += [("4", "dq", "-4"), ("5", "dz", "3"), ("6", "dx", "-4"), ("7", "dy", "-4")]
    assert derive(circuit(), notation="cs231n").table().rows == tuple(rows)


def test_what_has_no_table_says_what_has():
    with pytest.raises(ValueError, match=r"f has no unit .*: \.table\(\) has step, node and value"):
        derive(circuit()).tables()
    with pytest.raises(ValueError, match="members='formula' leaves the numbers out"):
        derive(circuit(), members="formula").table()
    for step in (0, 3, True, "1"):
        with pytest.raises(ValueError, match="step is one of 1 to 2, the passes of this training"):
            han_kamber().tables(step)


# --- formats --------------------------------------------------------------------------------------

HOSTILE = 'a|b"\n, <i>&$%\\'


class Cells(HTMLParser):
    """The texts of an HTML table's cells; a tag that is none of ours is an error."""

    def __init__(self, text):
        super().__init__()
        self.cells = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        assert tag in ("table", "tr", "th", "td", "sub", "sup")
        if tag in ("th", "td"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def hostile():
    loss = named(Value(2, HOSTILE) * 3, "=1+1")
    return derive(loss).table()


def test_csv_is_read_back_whatever_the_names_are():
    for table in (hostile(), *han_kamber(decimals=2, comma=True).tables()):
        assert list(csv.reader(io.StringIO(table.csv()))) == [list(row) for row in table.rows]
    assert any("=1+1" in row for row in hostile().rows)


def test_html_and_markdown_have_as_many_cells_whatever_the_names_are():
    table = hostile()
    assert len(Cells(table.html()).cells) == 3 * len(table.rows)
    for line in table.markdown().splitlines():
        assert line.count("|") == 4 and "<i>" not in line
    assert len(table.markdown().splitlines()) == len(table.rows) + 1


def test_all_formats_have_the_same_numbers():
    table = han_kamber(**STYLE).tables().weights
    for text in (str(table), table.markdown(), table.latex(), table.html(), table.csv()):
        for number in ("0.261", "0.508", "0.043"):
            assert number in text
    assert "w<sub>46</sub>" in table.html() and "w_{46}" in table.latex()


def test_a_walk_s_table_has_every_format_too():
    table = walk(Value(2 / 3, "w_1") * 2, decimals=2, comma=True).goto(1).table()
    assert "w_{1} & \\approx 0{,}67 & \\text{-}" in table.latex()
    assert table.csv() == ',value,gradient\nw_1,"≈0,67",-\nL,"≈1,33",-\n'


def test_numbers_and_names_of_a_walk_s_table_are_those_of_its_lines():
    w = named(Value(Fraction(1, 3)), "w", latex=r"\omega")
    rows = walk(w * w * 3, fractions=True, unicode=True).goto("dL/dw").table().latex().splitlines()
    assert rows[3:] == [
        r"\omega & \frac{1}{3} & 2 \\",
        r"v_{1} & \frac{1}{9} & 3 \\",
        r"L & \frac{1}{3} & 1",
        r"\end{array}",
    ]
    tiny = walk(named(Value(-1e-9), "x") * 2).goto(1).table()
    assert r"| $-2 \cdot 10^{-9}$ |" in tiny.markdown() and "−2·10<sup>−9</sup>" in tiny.html()


def test_a_table_can_be_pickled():
    table = han_kamber().tables().outputs
    again = pickle.loads(pickle.dumps(table))
    assert again == table and again.latex() == table.latex() and isinstance(again, Table)
