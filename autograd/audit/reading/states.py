"""What people call what an optimizer remembers of a parameter: v_w1, v_{dw1}, V_w1, m_hat_w1.

A rule has one letter for it; books and people have others, and several places for the hat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from autograd.audit.reading.names import plain

ALSO = {"v": "V", "s": "SvGr", "m": "M"}  # other letters, where the rule has no use for them
CORRECTED = ("hat", "corrected", "corr")
MOST_KEPT = 20_000  # states of parameters whose names are kept


@lru_cache(MOST_KEPT)
def names_of_state(letter: str, parameter: str, letters: Sequence[str]) -> tuple[str, ...]:
    """All names of what is called by one of the `letters` of a rule, for a parameter.

    >>> names_of_state("v", "w1", ("v",))
    ('v_w1', 'vw1', 'v_dw1', 'vdw1', 'V_w1', 'Vw1', 'V_dw1', 'Vdw1')
    >>> {"m_hatw", "mhat_w", "m_what", "m_w^hat", "m_dw^corrected"} <= {
    ...     *names_of_state("m_hat", "w", ("m", "m_hat"))
    ... }
    True
    """
    found = (
        name
        for base in _bases(letter, letters)
        for index in (parameter, f"d{parameter}")
        for name in (_corrected(base, index) if letter.endswith("_hat") else _indexed(base, index))
    )
    return tuple(dict.fromkeys(map(plain, found)))


@lru_cache(MOST_KEPT)
def names_alone(letter: str, letters: Sequence[str]) -> tuple[str, ...]:
    """The names of the same where there is one parameter.

    >>> names_alone("v_hat", ("m", "v", "m_hat", "v_hat"))[:4]
    ('v_hat', 'vhat', 'v^hat', 'v_corrected')
    """
    found = []
    for base in _bases(letter, letters):
        if letter.endswith("_hat"):
            found += [f"{base}{joint}{mark}" for mark in CORRECTED for joint in ("_", "", "^")]
        else:
            found.append(base)
    return tuple(map(plain, found))


def _bases(letter: str, letters: Sequence[str]) -> list[str]:
    base = letter.removesuffix("_hat")
    return [base, *(other for other in ALSO.get(base, "") if other not in letters)]


def _indexed(base: str, index: str) -> Iterator[str]:
    yield from (f"{base}_{{{index}}}", f"{base}_{index}", f"{base}{index}")


def _corrected(base: str, index: str) -> Iterator[str]:
    for mark in CORRECTED:
        for marked in (f"{base}_{mark}", f"{base}{mark}"):
            yield from (f"{marked}_{{{index}}}", f"{marked}_{index}")
        for indexed in (f"{base}_{{{index}}}", f"{base}_{index}"):
            yield from (f"{indexed}_{mark}", f"{indexed}^{mark}")
        yield f"{base}_{index}{mark}"
