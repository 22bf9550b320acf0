"""Every claim of the notes on three layers under binary cross-entropy; two moons told apart."""

from __future__ import annotations

import csv
import html
import math
import random
import re
from functools import cache
from pathlib import Path

import pytest
import sympy

import nn
from demos.claims import GARBLED, REFUTED
from demos.cross_entropy import (
    SEED,
    claims,
    draw_boundary,
    draw_small,
    main,
    mistaken,
    train,
    two_moons,
)

EXPECTED = list(
    csv.DictReader(Path(__file__).with_name("cross_entropy.csv").read_text("utf-8").splitlines())
)


def test_every_verdict_and_correction():
    columns = ("where", "statement", "verdict", "correction")
    assert [
        {column: getattr(claim, column) for column in columns} for claim in claims()
    ] == EXPECTED


def test_what_is_refuted_and_nothing_else():
    assert [claim.statement for claim in claims() if claim.verdict == REFUTED] == [
        "L = -1/m sum_(i=0..m) [y log yhat + (1 - y) log(1 - yhat)], m = 2",
        "dL/dz1 = dL/dA2*dz2/dA1*dA1/dz1",
    ]


def test_what_is_garbled_and_nothing_else():
    assert [claim.where for claim in claims() if claim.verdict == GARBLED] == [
        *(
            "line 17",
            "line 26",
            "line 28",
            "line 40",
            "line 54",
            "lines 58, 60",
            "line 62",
            "line 64",
        ),
        *("line 75", "line 79", "line 80", "line 81", "line 82"),
    ]


def test_the_derivative_of_the_loss_in_z3_is_yhat_minus_y_by_sympy_too():
    y, z = sympy.symbols("y z", real=True)
    yhat = 1 / (1 + sympy.exp(-z))
    loss = -(y * sympy.log(yhat) + (1 - y) * sympy.log(1 - yhat))
    assert sympy.simplify(sympy.diff(loss, z) - (yhat - y)) == 0


def test_the_moons_are_the_same_for_the_same_seed_and_of_two_equal_classes():
    points = two_moons(40, random.Random(3))
    assert points == two_moons(40, random.Random(3))
    assert points != two_moons(40, random.Random(4))
    assert sum(label for _, label in points) == 20


@cache
def trained():
    """What the demo trains: the points, those held out, the model, and its losses."""
    rng = random.Random(SEED)
    points, held_out = two_moons(120, rng), two_moons(200, rng)
    at_first = rng.getstate()
    return points, held_out, *train(points, rng), at_first


@pytest.mark.long
def test_training_reaches_a_small_loss_and_tells_unseen_points_apart():
    points, held_out, model, losses, _ = trained()
    assert losses[-1] < 0.02
    right = [yhat if y else 1 - yhat for yhat, y in ((model.predict(x), y) for x, y in points)]
    assert losses[-1] == pytest.approx(-sum(map(math.log, right)) / 120), "after the last epoch"
    assert mistaken(model, points) == []
    assert mistaken(model, held_out) == [
        x for x in held_out if x[0] == pytest.approx((-0.21, 0.67), abs=0.01)
    ]
    assert len(mistaken(model, held_out)) == 1


def test_the_picture_shows_what_was_trained_on_and_marks_mistakes(monkeypatch):
    seen = []
    monkeypatch.setattr("demos.cross_entropy.save", lambda figure, path: seen.append(figure))
    model = nn.MLP.from_weights([[[0.0, -9.0]]], [[0.0]], ["sigmoid"])
    held_out = [((0.0, 1.0), 0), ((0.0, -1.0), 1), ((0.5, 0.7), 1)]
    draw_boundary(model, [0.5, 0.4], held_out[:2], held_out, Path("unused.png"))
    left, right = seen[0].axes[:2]
    assert left.get_title() == "2-8-8-1, 80 epochs, batches of 10, learning rate 0.3"
    assert right.get_title() == "2 points trained on, 3 held out; the line is yhat = 0.5"
    points = {shown.get_label(): shown.get_offsets().tolist() for shown in right.collections}
    assert points["class 0, trained on"] == [[0, 1]]
    assert points["held out, mistaken"] == [[0.5, 0.7]]


@pytest.mark.long
def test_the_demo_prints_the_table_and_writes_its_pictures(check_demo, tmp_path, monkeypatch):
    def once(points, rng):
        expected, _, model, losses, at_first = trained()
        assert (points, rng.getstate()) == (expected, at_first)
        return model, losses

    monkeypatch.setattr("demos.cross_entropy.train", once)
    lines = [
        "garbled  dL/dz3 = yhat + y*y + yhat - y*yhat",
        "read:  dL/dz3 = -y + y*yhat + yhat - y*yhat\n",
        "true:  dL/dz1 = dL/dz2*dz2/dA1*dA1/dz1\n",
        "35 claims of the notes: 20 proven, 2 refuted, 13 garbled; 29 lines of ours: 29 proven",
        "120 points, seed 7: 2-8-8-1, 80 epochs, batches of 10, learning rate 0.3\n",
        "loss after the first epoch 0.4876, after the last 0.0066",
        "mistaken: 0 of 120; of 200 held-out points 1\n",
    ]
    pictures = {
        "cross_entropy_moons.png",
        "cross_entropy_graph.svg",
        "cross_entropy_graph.png",
        "cross_entropy_network.svg",
        "cross_entropy_network.png",
        "cross_entropy_small.svg",
        "cross_entropy_small.png",
    }
    check_demo(main, "cross_entropy", lines, pictures)
    network, small = (
        (tmp_path / f"cross_entropy_{name}.svg").read_text("utf-8") for name in ("network", "small")
    )
    assert "Trained on two moons: 2-8-8-1," in html.unescape(network).replace("\xa0", " ")
    assert "A smaller case: 2-1-1-1 on one example, made-up numbers" in html.unescape(
        small
    ).replace("\xa0", " ")


def test_the_graph_is_readable_at_the_width_of_a_page_and_shows_the_networks_own_numbers():
    network, graph = draw_small()
    assert int(re.search(r'width="(\d+)pt"', graph.svg)[1]) < 1100
    yhat = 1 / (1 + math.exp(-0.5))
    for picture, times in (
        (network, 2),
        (graph, 3),
    ):  # dL/dz3, where it is shown, dL/dw3 (as a2 is 1) and dL/db3
        shown = html.unescape(picture.svg)
        assert shown.count(f"≈{yhat:.4f}<") == 1
        assert shown.count(f"≈{yhat - 1:.4f}<") == times
