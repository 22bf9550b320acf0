"""Every claim of the notes on three layers under binary cross-entropy; two moons told apart."""

from __future__ import annotations

import csv
import html
import math
import random
import re
from pathlib import Path

import sympy

from demos.claims import GARBLED, REFUTED
from demos.cross_entropy import SEED, accuracy, claims, draw_small, main, train, two_moons

EXPECTED = list(csv.DictReader(Path(__file__).with_name("cross_entropy.csv").read_text("utf-8").splitlines()))


def test_every_verdict_and_correction():
    columns = ("where", "statement", "verdict", "correction")
    assert [{column: getattr(claim, column) for column in columns} for claim in claims()] == EXPECTED


def test_what_is_refuted_and_nothing_else():
    assert [claim.statement for claim in claims() if claim.verdict == REFUTED] == [
        "L = -1/m sum_(i=0..m) [y log yhat + (1 - y) log(1 - yhat)], m = 2",
        "dL/dz1 = dL/dA2*dz2/dA1*dA1/dz1",
    ]


def test_what_is_garbled_and_nothing_else():
    assert [claim.where for claim in claims() if claim.verdict == GARBLED] == [
        *("line 17", "line 26", "line 28", "line 40", "line 54", "lines 58, 60", "line 62", "line 64"),
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


def test_training_reaches_a_small_loss_and_tells_unseen_points_apart():
    rng = random.Random(SEED)
    points, held_out = two_moons(120, rng), two_moons(200, rng)
    model, losses = train(points, rng)
    assert losses[-1] < 0.02
    assert accuracy(model, points) == 1
    assert accuracy(model, held_out) >= 0.98


def test_the_demo_prints_the_table_and_writes_its_pictures(check_demo, tmp_path):
    lines = [
        "garbled  dL/dz3 = yhat + y*y + yhat - y*yhat",
        "read:  dL/dz3 = -y + y*yhat + yhat - y*yhat\n",
        "true:  dL/dz1 = dL/dz2*dz2/dA1*dA1/dz1\n",
        "35 claims of the notes: 20 proven, 2 refuted, 13 garbled; 29 lines of ours: 29 proven",
        "loss 0.5697 to 0.0079",
        "on 200 held-out points 99.5%",
    ]
    pictures = {
        "cross_entropy_moons.png",
        "cross_entropy_graph.svg",
        "cross_entropy_graph.png",
        "cross_entropy_network.svg",
        "cross_entropy_network.png",
    }
    check_demo(main, "cross_entropy", lines, pictures)


def test_the_graph_is_readable_at_the_width_of_a_page_and_shows_the_networks_own_numbers():
    network, graph = draw_small()
    assert int(re.search(r'width="(\d+)pt"', graph.svg)[1]) < 1100
    yhat = 1 / (1 + math.exp(-0.5))
    for picture, times in ((network, 2), (graph, 3)):  # dL/dz3, where it is shown, dL/dw3 (as a2 is 1) and dL/db3
        shown = html.unescape(picture.svg)
        assert shown.count(f"≈{yhat:.4f}<") == 1
        assert shown.count(f"≈{yhat - 1:.4f}<") == times
