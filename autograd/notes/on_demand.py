"""What is written only when somebody reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

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
