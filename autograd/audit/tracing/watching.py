"""Calls a function and sees each assignment to a variable of it, line by line.

The function runs as it always does: its variables are read, never written, and the tracer that was
there before, as a debugger's, is there again afterwards.
"""

from __future__ import annotations

import inspect
import linecache
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from autograd.audit.tracing.numbers import Array, array_of

MOST_LINES = 20_000  # that are run; a loop may have more, and then goes on unseen
MOST_READ = 3_000_000  # entries, over all lines
MOST_PARTS = 200  # of a dictionary, or of a list
OF_GRADIENTS = re.compile(
    r"(?:^|[_.])(?:d(?:params|parameters|theta)?|g|grads?|gradients?|nabla|deltas?)(?:[A-Z_0-9]|$)"
)
RETURNED = "the returned value"


class Assignment(NamedTuple):
    """A variable that has a new value: how it is written, its name alone, and the line of code.

    Of `grads["dW1"]` the name is dW1, and of `grads["W1"]`; of `weights[0]` it is weights with the
    `place` 0 of `size`. What `is_argument` was given in the call. `owner` is the function that has
    the variable, "" for the one that was called first, and `call` the number of its call.
    """

    written: str
    name: str
    value: Array
    line: int
    code: str
    place: int | None = None
    size: int = 0
    is_argument: bool = False
    owner: str = ""
    call: int = 0

    @property
    def label(self) -> str:
        """What tells the variable from others; an attribute of self is the same everywhere."""
        is_own = self.owner and not self.written.startswith("self.")
        return f"{self.owner}: {self.written}" if is_own else self.written

    @property
    def is_entry(self) -> bool:
        """Whether it stands in a dictionary."""
        return self.place is None and self.written.endswith("]")

    @property
    def container(self) -> str:
        """The label of the list or dictionary that it stands in."""
        return self.label.rpartition("[")[0]

    @property
    def holder(self) -> str:
        """The list, dictionary or object that it stands in; "" for a variable."""
        return self.container or self.label.rpartition(".")[0]

    @property
    def key(self) -> str:
        """The key of an entry of a dictionary."""
        return self.written.rpartition("[")[2][1:-2]


class Watched(NamedTuple):
    """What a function returned or raised, and its assignments; `last` is the line it returned from,
    its number and its text.
    """

    returned: Any
    error: BaseException | None
    assignments: list[Assignment]
    is_whole: bool
    last: tuple[int, str]


class _Part(NamedTuple):
    """A variable or a part of one."""

    written: str
    name: str
    held: Any
    place: int | None = None
    size: int = 0


def watched(function: Callable[..., Any], inputs: Any) -> Watched:
    """What a function assigns on its way; `inputs` are a mapping of its arguments, or a sequence.

    >>> def f(x):
    ...     y = 2 * x
    ...     return y + 1
    >>> found = watched(f, {"x": 3})
    >>> found.returned, [(each.written, each.value.rows) for each in found.assignments]
    (7, [('x', ((3.0,),)), ('y', ((6.0,),))])
    """
    watcher = _Watcher(function)
    arguments = ((), dict(inputs)) if isinstance(inputs, Mapping) else (tuple(inputs), {})
    before = sys.gettrace()
    returned, error = None, None
    sys.settrace(watcher.enter)
    try:
        returned = function(*arguments[0], **arguments[1])
    except BaseException as raised:  # it is theirs, and is raised again
        error = raised
    finally:
        sys.settrace(before)
    return Watched(returned, error, watcher.found, watcher.is_whole, watcher.last)


class _Watcher:
    """The tracer of one call: of the function, and of those in the same file that it calls.

    `held` is what each variable held last, by the frame that it is in; attributes of self are the
    same in all. `loosest` is the tolerance of the least exact type that was seen: a float may be
    computed from a float32.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        inner = inspect.unwrap(function)
        self.code = getattr(getattr(inner, "__func__", inner), "__code__", None)
        self.first: Any = None
        self.found: list[Assignment] = []
        self.held: dict[tuple[int, str], Array] = {}
        self.line: dict[int, int] = {}  # the one that runs, of each frame
        self.call: dict[int, int] = {}  # its number, of each frame
        self.calls = self.lines = self.read = 0
        self.last = (0, "")
        self.is_whole, self.loosest = True, 0.0

    def enter(self, frame: Any, event: str, _: Any) -> Any:
        """Watch the frame of the function, and of what it calls in its file."""
        code = frame.f_code
        if self.first is None:
            if self.code is not None and code is not self.code:
                return None
            self.first = frame
        elif code.co_filename != self.first.f_code.co_filename or code.co_name.startswith("<"):
            return None
        self.calls += 1
        self.call[id(frame)] = self.calls
        self._look(frame, is_call=True)
        self.line[id(frame)] = frame.f_lineno
        return self._step

    def _step(self, frame: Any, event: str, argument: Any) -> Any:
        """Look at what the line before has done."""
        self.lines += event == "line"
        if self.lines > MOST_LINES or self.read > MOST_READ:
            self.is_whole = False
            sys.settrace(None)
            return None
        if event in ("line", "return"):
            self._look(frame)
            self.line[id(frame)] = frame.f_lineno
        if event == "return":
            if frame is self.first:
                self.last = frame.f_lineno, _text(frame, frame.f_lineno)
            if frame is self.first and isinstance(argument, dict):
                self._keep(frame, _of_mapping(argument, RETURNED))
            self.held = {key: x for key, x in self.held.items() if key[0] != id(frame)}
        return self._step

    def _look(self, frame: Any, is_call: bool = False) -> None:
        for name, held in dict(frame.f_locals).items():
            self._keep(frame, _parts(name, held), is_call)

    def _keep(self, frame: Any, parts: Iterator[_Part], is_call: bool = False) -> None:
        line, code = self.line.get(id(frame), frame.f_lineno), frame.f_code
        for part in parts:
            value = array_of(part.held)
            self.read += 1 if value is None else len(value.rows) * len(value.rows[0])
            key = 0 if part.written.startswith("self.") else id(frame), part.written
            if value is None or value.is_the_same(self.held.get(key)):
                continue
            owner = "" if frame is self.first else code.co_name
            self.loosest = max(self.loosest, value.tolerance)
            self.held[key] = value = value._replace(tolerance=self.loosest)
            call = self.call[id(frame)]
            seen = line, _text(frame, line), part.place, part.size, is_call, owner, call
            self.found.append(Assignment(part.written, part.name, value, *seen))


def _text(frame: Any, line: int) -> str:
    """A line of a frame's code, as far as its file can be read."""
    return linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()


def _parts(name: str, held: Any) -> Iterator[_Part]:
    """A variable; the entries of a dictionary, the arrays of a list, the attributes of self."""
    if isinstance(held, dict):
        yield from _of_mapping(held, name)
    elif name == "self" and type(getattr(held, "__dict__", None)) is dict:
        for key, each in list(vars(held).items())[:MOST_PARTS]:
            yield from _parts_of(f"self.{key}", key, each)
    else:
        yield from _parts_of(name, name, held)


def _parts_of(written: str, name: str, held: Any) -> Iterator[_Part]:
    if isinstance(held, dict):
        yield from _of_mapping(held, written)
        return
    yield _Part(written, name, held)
    if isinstance(held, (list, tuple)) and len(held) <= MOST_PARTS:
        for place, each in enumerate(held):
            yield _Part(f"{written}[{place}]", name, each, place, len(held))


def _of_mapping(held: dict[Any, Any], name: str) -> Iterator[_Part]:
    for key, each in list(held.items())[:MOST_PARTS]:
        if isinstance(key, str):
            of_gradient = OF_GRADIENTS.search(name) and not OF_GRADIENTS.match(key)
            yield _Part(f"{name}[{key!r}]", f"d{key}" if of_gradient else key, each)
