"""Where buffers lie: two of which one is done with before the other is written share their memory,
so that what a program goes through stays near the processor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from autograd.compiler.statements import Shape, Statement

LINE = 64  # bytes of the processor's cache, which it reads at a time


def memories(
    statements: Sequence[Statement], shapes: Mapping[str, Shape], kept: Collection[str] = ()
) -> list[int]:
    """For each buffer, in order, the first of those that it shares its memory with: by its number.
    Those that are `kept` are there to the end.

    >>> from autograd.compiler.statements import View
    >>> x, w, a, b, c, d = (View(name, Shape(3, True), name) for name in "xwabcd")
    >>> made = [(a, "exp", (x,)), (b, "matmul", (w, a)), (c, "exp", (b,)), (d, "log", (b,))]
    >>> statements, shapes = [Statement(*each) for each in made], {x: a.shape for x in "abcd"}
    >>> memories(statements, shapes), memories(statements, shapes, kept="a")
    ([0, 1, 0, 1], [0, 1, 2, 1])
    """
    shared = {name for name, shape in shapes.items() if not shape.ones}
    last = {
        view.buffer: number
        for number, each in enumerate(statements)
        for view in (each.made, *each.reads)
    }
    numbers = {name: number for number, name in enumerate(shapes)}
    found: dict[str, int] = {}
    free = defaultdict[Shape, list[int]](list)
    for number, each in enumerate(statements):
        reads = {view.buffer: view for view in each.reads if view.buffer in shared}
        ending = [x for x in reads if last[x] == number and x not in kept]
        later = [x for x in ending if not each.may_overwrite(reads[x])]
        for name in ending:
            if name not in later:
                free[shapes[name]].append(found[name])
        made = each.made.buffer
        if made in shared and made not in found:
            waiting = free[shapes[made]]
            found[made] = waiting.pop() if waiting else numbers[made]
        for name in later:
            free[shapes[name]].append(found[name])
    return [found.get(name, number) for name, number in numbers.items()]
