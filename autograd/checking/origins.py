"""Where a NaN or an infinity came from, and which line of the user's code made a node.

>>> from autograd import Value
>>> with trace_lines():
...     big = Value(1e308, "big")
...     loss = big * 10 - 1
>>> print(explain_nan(loss))
the first number that is not finite is inf: big*10 with big = 1e+308
<doctest ...>, line 3: loss = big * 10 - 1
"""

from __future__ import annotations

import linecache
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, NamedTuple

from autograd.reading import FAULTS, Graph, Value, described, is_finite, printable, watch


class Line(NamedTuple):
    """A line of the user's code: file, number and text."""

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        return printable(f"{self.file}, line {self.number}: {self.text}").removesuffix(": ")


# --- which line made a node -----------------------------------------------------------------------

PACKAGES = tuple(f"{Path(__file__).parents[2] / name}{os.sep}" for name in ("autograd", "nn"))
_LOCK = threading.Lock()
_recording = 0  # how many trace_lines() are open, in all threads
_end: Callable[[], None] | None = None  # what ends the watching for them


@contextmanager
def trace_lines() -> Iterator[None]:
    """Within it, each new Value, leaf or result, remembers the line of the code that made it.

    That is the nearest line outside the packages autograd and nn. `explain_nan` tells it, also
    after the block; it is `value.line`. Nothing is remembered, and nothing costs time, outside such
    a block. While one is open, in any thread, the Values of all threads are traced. An error of an
    operation that leaves the block tells the line too, that of the node where it is a derivative's.

    >>> from autograd import Value
    >>> with trace_lines():
    ...     z = Value(0.9) * 1.1
    >>> z.line.number, z.line.text
    (2, 'z = Value(0.9) * 1.1')
    """
    global _recording, _end
    with _LOCK:
        _recording += 1
        if _recording == 1:
            _end = watch(_remembering(cache(_line_at)))
    try:
        yield
    except FAULTS as error:
        _tell_line(error)
        raise
    finally:
        with _LOCK:
            _recording -= 1
            if _recording == 0 and _end is not None:
                _end()


def _remembering(line: Callable[[str, int], Line]) -> Callable[[Value], None]:
    """What is called with each new node."""

    def remember(node: Value) -> None:
        node.line = line(*_place())

    return remember


def _place() -> tuple[str, int]:
    """File and line number of the nearest frame outside the packages."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGES):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _tell_line(error: Exception) -> None:
    """Put the line of the operation that failed below the error's sentence, once."""
    known = vars(error)
    if "operation" not in known or "line" in known:
        return
    made = getattr(known.get("node"), "line", None)
    known["line"] = line = made or _line_that_raised(error.__traceback__)
    error.args = (f"{error}\n{line}",)


def _line_that_raised(traceback: TracebackType | None) -> Line:
    """The last line of a traceback outside the packages."""
    places = [(frame.f_code.co_filename, number) for frame, number in walk_tb(traceback)]
    outside = [place for place in places if not place[0].startswith(PACKAGES)]
    return _line_at(*(outside or places)[-1])


def _line_at(file: str, number: int) -> Line:
    return Line(file, number, linecache.getline(file, number).strip())


# --- the first number that is not finite ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotFinite:
    """The first number that is not finite: that of `node`, or (`of_gradient`) its gradient.

    `operands` are the numbers that the node was computed from. A gradient came by the path from
    `result`, whose local derivative in the node is `local`; both are None where each path is
    finite, but their sum is not. `line` made the node, if that was traced. Printed, it is a
    sentence, and the line below.
    """

    node: Value
    number: Any
    operands: tuple[Any, ...] = ()
    of_gradient: bool = False
    result: Value | None = None
    local: Any = None
    line: Line | None = None

    def __str__(self) -> str:
        sentence = self._of_gradient() if self.of_gradient else self._of_number()
        return f"{sentence}\n{self.line}" if self.line else sentence

    def _of_number(self) -> str:
        operation = self.node.operation
        if operation is None:
            named = f" as {printable(self.node.name)}" if self.node.name else ""
            return f"the first number that is not finite is {self.number}: it was given{named}"
        name = f"{printable(self.node.name)} = " if self.node.name else ""
        made = described(operation, self.node.operands)
        return f"the first number that is not finite is {self.number}: {name}{made}"

    def _of_gradient(self) -> str:
        operation = self.node.operation
        name = printable(self.node.name) or (
            described(operation, self.node.operands) if operation else f"a leaf of {self.node.data}"
        )
        sentence = f"the gradient in {name} is {self.number}, the first that is not finite"
        if self.result is None or self.result.operation is None:
            return f"{sentence}; the paths to it are finite, their sum with what was there is not"
        path = f"the upstream gradient {self.result.grad} times the local derivative {self.local}"
        return f"{sentence}: {path} of {described(self.result.operation, self.result.operands)}"


def explain_nan(root: Value | Graph) -> NotFinite | None:
    """The first NaN or infinity among what `root` was computed from; None if all are finite.

    The first in topological order: its operands are finite, or it is a leaf. If the root is not
    finite, only what led to that is asked; sides that `where`, `maximum`, ... did not take are not.
    Where all numbers are finite, the gradients that `backward` left are looked at, from the root
    down. With `trace_lines` the result knows the line.

    >>> from autograd import sqrt
    >>> x = Value(float("-inf"), "x")
    >>> print(explain_nan(2 * x + 1))
    the first number that is not finite is -inf: it was given as x
    >>> print(explain_nan(sqrt(Value(4.0))))
    None
    """
    # An update may have made the NaN that is asked about.
    graph = root if isinstance(root, Graph) else Graph(root, stale=True)
    node = _first(graph)
    if node is None:
        return _first_gradient(graph)
    line = getattr(node, "line", None)
    return NotFinite(node, graph.data[node], tuple(graph.numbers(node)), line=line)


def _first(graph: Graph) -> Any:
    """The first node that is not finite, of those that led to the root.

    It is the last that a walk down from the root meets.
    """
    whole, reached, found = is_finite(graph.data[graph.root]), {graph.root}, None
    for node in reversed(graph.order):
        if node not in reached:
            continue
        if not is_finite(graph.data[node]):
            found = node
        elif not whole:  # a finite number made no NaN
            continue
        reached.update(_taken(graph, node))
    return found


def _taken(graph: Graph, node: Value) -> list[Any]:
    """The operands that a selection did not leave aside; all where a NaN left that open."""
    operands = [x for x in node.operands if graph.has(x)]
    if node.operation is None or not node.operation.selects:
        return operands
    local = graph.local(node)
    if not all(derivative is None or is_finite(derivative) for derivative in local):
        return operands
    return [x for x, number in zip(node.operands, local, strict=True) if number is not None]


def _first_gradient(graph: Graph) -> NotFinite | None:
    """The first gradient that is not finite, from the root down, and the path that made it so."""
    for node in reversed(graph.order):
        gradient = graph.gradients[node]
        if gradient is None or is_finite(gradient):
            continue
        line = getattr(node, "line", None)
        for result in graph.order:
            for operand, local in _paths(graph, result):
                if operand is node and not is_finite(graph.gradients[result] * local):
                    return NotFinite(node, gradient, (), True, result, local, line)
        return NotFinite(node, gradient, of_gradient=True, line=line)
    return None


def _paths(graph: Graph, result: Value) -> list[tuple[Any, Any]]:
    """The operands that the gradient of a result goes on to, each with its local derivative."""
    if graph.gradients[result] is None:
        return []
    try:
        local = graph.local(result)
    except FAULTS:  # on a side not taken: `backward` did not ask there
        return []
    return [(x, d) for x, d in zip(result.operands, local, strict=False) if d is not None]
