"""What a function computes beside a recorded step: the first value that departs, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.audit.judging.verdicts import Verdict
from autograd.audit.tracing.aligning import NO_NAME, Aligned, aligned
from autograd.audit.tracing.forgotten import not_updated, unchecked
from autograd.audit.tracing.held import AGAINST, BY_NAME, NEGATIVE, Held
from autograd.audit.tracing.mistakes import explained_shape, mistakes
from autograd.audit.tracing.naming import meant
from autograd.audit.tracing.numbers import Array, Rows, agree, times, transposed
from autograd.audit.tracing.truths import Truths, truths_of
from autograd.audit.tracing.watching import Assignment, Watched, watched
from autograd.reading import printable

MOST_SHOWN = 12  # entries of a matrix; of a larger one the first that departs is shown
MOST_LISTED = 20  # names
PLACES = 6  # significant digits that are shown
DIGITS = range(PLACES, 18)  # more, where the two are alike in those


@dataclass(frozen=True)
class Departure:
    """The value of a variable that is not the step's: where it was assigned, and what it may be.

    `value` and `truth` are in the variable's shape, numbers or nested lists; `meaning` is what the
    step's notation calls it, and `explanations` are mistakes that give this very value.
    """

    name: str
    line: int
    code: str
    value: Any
    truth: Any
    meaning: str
    explanations: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = f"line {self.line}: {self.code}" if self.line else self.code
        return f"{printable(shown)}\n   {self.sentence}"

    @property
    def sentence(self) -> str:
        """What is said of it, in one line."""
        means = f", {self.meaning}," if self.meaning != self.name else ""
        said = f"{self.name}{means} departs: {_beside(self.value, self.truth)}"
        explained = f"; it may be that {', or that '.join(self.explanations)}"
        return printable(said + explained * bool(self.explanations))


@dataclass(frozen=True)
class Traced:
    """A call of somebody's function, held against a recorded step; print it.

    `returned` is what it returned, `first` the first value that departs, None where none does;
    `after` are the names that differ after it, `right` those that are the step's, in their order,
    of which so many were `computed`, not given;
    `remarks` say of what is right in a convention of its own, `not_checked` why a name is not held
    against anything, `unchecked` the gradients among these of which all that rests on them is open.
    """

    returned: Any
    first: Departure | None
    right: Sequence[str]
    after: Sequence[str] = ()
    remarks: Sequence[str] = ()
    not_checked: Mapping[str, str] = field(default_factory=dict)
    computed: int = 0
    departures: Sequence[Departure] = field(default=(), repr=False)
    is_whole: bool = True
    unchecked: Sequence[str] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing departs, something that it computes was held against the step, and no
        gradient is `unchecked` whose update was not found right either.
        """
        return self.first is None and self.computed > 0 and not self.unchecked

    def assert_right(self) -> None:
        """Raise AssertionError with what departs, for tests of one's own code."""
        if not self.is_right:
            raise AssertionError(str(self))

    def as_record(self) -> dict[str, Any]:
        """The same as JSON may hold it, numbers as text, in the form of a marked sheet's."""
        root = self.first.line if self.first else None
        claims = [_claim(each, root if k else None) for k, each in enumerate(self.departures)]
        return {
            "title": "",
            "claims": claims,
            "summary": {
                "right": list(map(printable, self.right)),
                "remarks": list(self.remarks),
                "unchecked": list(map(printable, self.unchecked)),
                "not checked": {printable(k): printable(v) for k, v in self.not_checked.items()},
                "whole": self.is_whole,
            },
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.first is not None:
            yield str(self.first)
            if self.after:
                yield f"after it these differ too: {_listed(self.after)}"
        if self.right:
            yield f"right: {_listed(self.right)}"
        if not self.computed:
            yield "nothing that it computes is right under a name that the step has"
        yield from map(printable, self.remarks)
        nameless = [name for name, why in self.not_checked.items() if why == NO_NAME]
        others = [f"{name} ({why})" for name, why in self.not_checked.items() if why != NO_NAME]
        if others:
            yield f"not checked: {_listed(others)}"
        if self.unchecked:
            yield f"not known to be right, nor what rests on it: {_listed(self.unchecked)}"
        if nameless:
            yield f"not in the step: {_listed(nameless)}"
        if not self.is_whole:
            yield "the function ran more lines than are watched: what came then was not checked"


def trace(function: Callable[..., Any], inputs: Any, step: Any) -> Traced:
    """Run a function and hold its variables against a recorded step, line by line.

    `inputs` are a mapping of its arguments, or a sequence; `step` is a loss, or what `nn.worked`
    recorded. Names are matched as W1, dW1, dZ1 or delta1, h1, w_00_1, in lists W[0] and
    dictionaries grads["dW1"], and by the step's notation; matrices in either orientation. Numbers
    agree that differ by a billionth of the largest entry, of float32 by a ten-thousandth. What the
    function raises is raised, with a note of what was found till then.

    >>> from autograd import Value
    >>> w, x = Value(0.5, "w"), Value(3.0, "x")
    >>> z = w * x
    >>> z.name = "z"
    >>> L = (z - 1) ** 2
    >>> L.name = "L"
    >>> def code(w, x):
    ...     z = w * x
    ...     dz = 2 * (z - 1)
    ...     dw = dz * w
    ...     return dw
    >>> found = trace(code, {"w": 0.5, "x": 3.0}, L)
    >>> found.first.name, found.first.value, found.first.truth, found.returned
    ('dw', 0.5, 3.0, 0.5)

    A ValueError for a step whose lines are rounded.
    """
    truths = truths_of(step)
    seen = watched(function, inputs)
    found = _traced(seen, truths)
    if seen.error is not None:
        if hasattr(seen.error, "add_note"):
            seen.error.add_note(f"held against the recorded step:\n{found}")
        raise seen.error
    return found


def _traced(seen: Watched, truths: Truths) -> Traced:
    found = aligned(seen.assignments, truths)
    departs = found.departing or not_updated(found, seen, truths)
    pairs = [(held.order, _departure(held, truths)) for held in departs]
    pairs += _of_other_shapes(found, seen.assignments, truths)
    departing = [each for _, each in sorted(pairs, key=lambda pair: pair[0])]
    wrong = list(dict.fromkeys(each.name for each in departing))
    others = {name: why for name, why in found.others.items() if name not in wrong}
    return Traced(
        seen.returned,
        departing[0] if departing else None,
        list(dict.fromkeys(h.assigned.written for h in found.right if _is_plain(h))),
        wrong[1:],
        list(dict.fromkeys(_remark(h, truths) for h in found.right if not _is_plain(h))),
        others,
        sum(not held.assigned.is_argument for held in found.right),
        departing,
        seen.is_whole,
        [name for name in unchecked(found, seen, truths) if name not in wrong],
    )


def _is_plain(held: Held) -> bool:
    return held.how in ("same", "transposed")


def _remark(held: Held, truths: Truths) -> str:
    """What is said of a value that is right in a way of its own."""
    name, called = held.assigned.written, truths.called(held.quantity)
    if held.how == NEGATIVE:
        return f"{name} is the negative of {called}: a convention?"
    if held.how == AGAINST:
        return f"{name} is the transpose of {called}, where the weights are not: is it meant?"
    if held.how == BY_NAME:
        return f"{name} is not {called}, but all that follows from it is right"
    return f"{name}: {held.how}"


def _departure(held: Held, truths: Truths) -> Departure:
    assigned, value = held.assigned, held.assigned.value
    return Departure(
        assigned.written,
        assigned.line,
        assigned.code,
        _nested(value.shape, value.rows),
        _nested(value.shape, _laid_out(value, times(held.factor, held.truth))),
        truths.called(held.quantity),
        tuple(mistakes(held, truths)),
    )


def _of_other_shapes(
    found: Aligned, assignments: Sequence[Assignment], truths: Truths
) -> Iterator[tuple[int, Departure]]:
    """Names whose shape is not the step's, where a mistake gives their very numbers."""
    for place, each in enumerate(assignments):
        if not found.others.get(each.label, "").startswith("its shape"):
            continue
        for quantity in meant(each, each.size, found.scheme, truths.last)[0]:
            said = explained_shape(quantity, each.value, truths)
            if not said:
                continue
            truth = truths.rows[quantity][0]
            value = _nested(each.value.shape, each.value.rows)
            shown = each.written, each.line, each.code, value, [list(row) for row in truth]
            yield place, Departure(*shown, truths.called(quantity), (said,))


def _laid_out(value: Array, truth: Rows) -> Rows:
    """The truth as the variable lies."""
    sides = len(truth), len(truth[0])
    is_turned = len(value.shape) == 2 and value.shape != sides and value.shape == sides[::-1]
    return transposed(truth) if is_turned else truth


def _nested(shape: tuple[int, ...], rows: Rows) -> Any:
    """Numbers in a shape: one, a list, or a list of rows."""
    flat = [x for row in rows for x in row]
    if not shape:
        return flat[0]
    return flat if len(shape) == 1 else [list(row) for row in rows]


def _beside(value: Any, truth: Any) -> str:
    """A value and the truth, of a large matrix the first entry that differs."""
    places = list(_places(value))
    digits = next((n for n in DIGITS if _text(value, n) != _text(truth, n)), PLACES)
    if len(places) <= MOST_SHOWN or len(list(_places(truth))) != len(places):
        return f"{_text(value, digits)}, true {_text(truth, digits)}"
    for place, x in places:
        t = dict(_places(truth))[place]
        if not agree(Array((), ((x,),)), ((t,),)):
            return f"at {list(place)} {_beside(x, t)}"
    return f"{_text(value, digits)}, true {_text(truth, digits)}"


def _places(value: Any, before: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], float]]:
    if not isinstance(value, list):
        yield before, value
        return
    for place, each in enumerate(value):
        yield from _places(each, (*before, place))


def _text(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_text(each, digits) for each in value)}]"
    return f"{value:.{digits}g}"


def _listed(names: Sequence[str]) -> str:
    more = f", and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return printable(", ".join(names[:MOST_LISTED]) + more)


def _claim(departure: Departure, root: int | None) -> dict[str, Any]:
    return {
        "line": departure.line,
        "name": printable(departure.name),
        "section": "code",
        "read": printable(departure.code),
        "printed": str(departure.value),
        "truth": str(departure.truth),
        "verdict": (Verdict.SLIP if root is None else Verdict.CARRIED).value,
        "root": root,
        "explanations": [{"kind": "code", "sentence": each} for each in departure.explanations],
    }
