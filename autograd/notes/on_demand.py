"""What is written only when somebody reads it, and what can be written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")


class OnDemand(Sequence[T]):
    """A tuple that is made when it is first read; equal to that tuple, and pickled as it.

    >>> squares = OnDemand(lambda: (n * n for n in range(3)))
    >>> squares[1:], squares == (0, 1, 4)
    ((1, 4), True)
    """

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make: Callable[[], Iterable[T]] | None = make

    @cached_property
    def _made(self) -> tuple[T, ...]:
        assert self._make is not None
        made, self._make = tuple(self._make()), None  # nor is what it was made from kept
        return made

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    def __len__(self) -> int:
        return len(self._made)

    def __eq__(self, other: object) -> bool:
        return self._made == (other._made if isinstance(other, OnDemand) else other)

    def __hash__(self) -> int:
        return hash(self._made)

    def __repr__(self) -> str:
        return repr(self._made)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._made,)


class Again(Generic[S, T]):
    """What makes something again, in another style; None where it cannot be, as after a pickle.

    >>> Again(str.upper)("w"), Again()("w"), Again(str.upper).then(len)("w")
    ('W', None, 1)
    """

    def __init__(self, make: Callable[[S], T | None] | None = None) -> None:
        self._make = make

    def __call__(self, style: S) -> T | None:
        return self._make(style) if self._make else None

    def then(self, change: Callable[[T], R]) -> Again[S, R]:
        """The same, changed."""

        def make(style: S) -> R | None:
            made = self(style)
            return None if made is None else change(made)

        return Again(make)

    def __reduce__(self) -> tuple[Any, ...]:
        return Again, ()
