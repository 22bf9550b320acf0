"""Between two large layers only the largest weights are drawn dark, as the heading says then."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from autograd.drawing.themes import magnitude
from nn.network_view.shown import Column, Line

MOST = 60  # lines into a column that are all dark
DARK = 24  # of more


def thinned(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[list[Column], list[Line]]:
    """The columns and lines, faint those of a column with more than 60 that are not among the 24 of
    the largest |weight|, or as large as these; they come first.

    What has no size, as NaN or a symbol, is as large as any.
    """
    found, faint, dark = [columns[0]], [], []
    for before, column in pairwise(columns):
        ends = {circle.key for circle in column.circles}
        into = [line for line in lines if line.end in ends]
        sizes = sorted(map(_size, into), reverse=True)
        least = sizes[DARK - 1] if len(sizes) > MOST else 0.0
        small = [line for line in into if _size(line) < least]
        if small:
            is_folded = any(circle.kind == "ellipsis" for circle in before.circles + column.circles)
            of = f"the {len(into)} shown" if is_folded else f"{len(into)}"
            note = f"the {len(into) - len(small)} largest |weights| of {of},\nthe others faint"
            column = replace(column, heading=f"{column.heading}\n{note}")
        faint += [replace(line, faint=True) for line in small]
        dark += [line for line in into if _size(line) >= least]
        found.append(column)
    return found, faint + dark


def _size(line: Line) -> float:
    size = magnitude(line.weight.number) if line.weight is not None else math.nan
    return math.inf if math.isnan(size) else size
