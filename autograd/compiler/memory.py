"""Where buffers lie: two of which one is done with before the other is written share their memory,
so that what a program goes through stays near the processor.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

LINE = 64  # bytes of the processor's cache, which it reads at a time


class Shape(NamedTuple):
    """How many rows an array has, and whether it has a column for each sample or one. Where it has
    `ones` they are its last row, which nothing writes: "below" the others, or "beside" columns, if
    they are what lies together in memory.
    """

    rows: int
    batched: bool
    ones: str = ""


def memories(
    lines: Sequence[str], shapes: Mapping[str, Shape], apart: Collection[str] = ()
) -> list[int]:
    """For each buffer, in order, the first of those that it shares its memory with: by its number.
    Those `apart` share none.

    >>> memories(
    ...     ["np.exp(X, out=a)", "np.matmul(W, a, out=b)", "np.exp(b, out=c)", "np.log(b, out=d)"],
    ...     dict.fromkeys("abcd", Shape(3, True)))
    [0, 1, 0, 1]
    """
    apart = {*apart, *(name for name, shape in shapes.items() if shape.ones)}
    words = [re.findall(r"\w+", line) for line in lines]
    last = {name: number for number, line in enumerate(words) for name in line}
    numbers = {name: number for number, name in enumerate(shapes)}
    found: dict[str, int] = {}
    free: dict[Shape, list[int]] = {}
    for number, (line, names) in enumerate(zip(lines, words, strict=True)):
        mine = [name for name in dict.fromkeys(names) if name in shapes and name not in apart]
        ending = [name for name in mine if name in found and last[name] == number]
        in_place = [name for name in ending if _may_be_written(line, name)]
        for name in in_place:
            free.setdefault(shapes[name], []).append(found[name])
        for name in mine:
            if name not in found:
                waiting = free.get(shapes[name])
                found[name] = waiting.pop() if waiting else numbers[name]
        for name in ending:
            if name not in in_place:
                free.setdefault(shapes[name], []).append(found[name])
    return [found.get(name, number) for name, number in numbers.items()]


def _may_be_written(line: str, name: str) -> bool:
    """Whether the result of a line may lie where an operand did: number by number it is read before
    it is written.
    """
    return "matmul" not in line and "reduce" not in line and line.count(f"{name}[") == 0
