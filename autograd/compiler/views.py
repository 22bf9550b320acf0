"""Views: the expressions of some rows of an array, and of a matrix that lies in one."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.compiler.lift import Rows


def slice_of(places: Sequence[int], count: int) -> str | None:
    """The subscript of some rows of so many; "" for all, None where no slice gives them."""
    step, start, last = Rows(None, tuple(places)).step, places[0], places[-1]
    if step == 0:
        return "" if count == 1 else f"{start}:{start + 1}"
    if step == 1:
        return "" if len(places) == count else f"{start}:{last + 1}"
    return f"{start}:{last + 1}:{step}" if step is not None and step > 1 else None


def matrix_view(name: str, places: Sequence[Sequence[int]], count: int) -> str:
    """The matrix of some places in an array of so many, as a view of it; "" where none is.

    >>> matrix_view("P", [[0, 1], [3, 4]], 6)
    'P[0:6].reshape(2, 3)[:, :2]'
    >>> matrix_view("P", [[0, 3], [1, 4]], 6)
    'P[0:6].reshape(2, 3)[:, :2].T'
    """
    down, width, start = len(places), len(places[0]), places[0][0]
    firsts = Rows(None, tuple(row[0] for row in places)).step
    across = Rows(None, tuple(places[0])).step
    if firsts is None or any(Rows(None, tuple(row)).step != across for row in places):
        return ""
    if across in (0, 1) and down == 1:
        return f"{name}[{start}:{start + width}][None]"
    if across in (0, 1) and firsts >= width and start + down * firsts <= count:
        return _view(name, start, down, firsts, width)
    if firsts in (0, 1) and across and across >= down and start + width * across <= count:
        return f"{_view(name, start, width, across, down)}.T"
    return ""


def _view(name: str, start: int, down: int, step: int, width: int) -> str:
    """A matrix whose rows begin `step` apart in an array."""
    view = f"{name}[{start}:{start + down * step}].reshape({down}, {step})"
    return view if width == step else f"{view}[:, :{width}]"


def transposed(text: str) -> str:
    """The expression of the transpose."""
    return text.removesuffix(".T") if text.endswith(".T") else f"{text}.T"
