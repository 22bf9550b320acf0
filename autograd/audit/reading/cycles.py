"""Definitions of names from themselves, which are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, takewhile
from typing import Any

from autograd.audit.expressions import Derivative, Expression, Name, keys_in
from autograd.audit.sheet import Fault
from autograd.reading import printable

MOST_SHOWN = 12  # names of a cycle


def refuse_cycles(defined: dict[Name, Expression], lines: Mapping[Name, int]) -> list[Fault]:
    """Take names out that are computed from themselves, the last of a cycle, and say so.

    `lines` are those of the sheet's own definitions.

    >>> defined = {Name("z"): Name("a"), Name("a"): Name("z")}
    >>> [fault.sentence for fault in refuse_cycles(defined, {Name("z"): 1, Name("a"): 2})]
    ['a cycle of definitions: z -> a -> z']
    >>> list(defined)
    [Name(text='z', epoch=0)]
    """
    path: dict[Name, Iterator[Name]] = {}  # each name with what it still leads to
    done: set[Name] = set()
    faults: list[Fault] = []
    for start in list(defined):
        path[start] = _needs(defined, start)
        while path:
            last = next(reversed(path))
            name = next(path[last], None)
            if name is None:
                done.add(last)
                del path[last]
            elif name in path:
                own = next(each for each in reversed(path) if each in lines)
                sentence = f"a cycle of definitions: {_cycle(path, name)}"
                faults.append(Fault(lines[own], 1, sentence))
                del defined[own]
                while own in path:
                    path.popitem()
            elif name not in done:
                path[name] = _needs(defined, name)
    return faults


def _needs(defined: Mapping[Name, Expression], name: Name) -> Iterator[Name]:
    """The names that one is computed from, a derivative from what it is of."""
    keys = keys_in(defined[name]) if name in defined else ()
    return (key.root if isinstance(key, Derivative) else key for key in keys)


def _cycle(path: dict[Name, Any], name: Name) -> str:
    """The names from one on a path to its end, and back to it: the last few of many."""
    last = list(islice(takewhile(name.__ne__, reversed(path)), MOST_SHOWN + 1))
    between = [printable(each.text) for each in reversed(last)]
    if len(last) > MOST_SHOWN:
        between[0] = "..."
    first = printable(name.text)
    return " -> ".join([first, *between, first])
