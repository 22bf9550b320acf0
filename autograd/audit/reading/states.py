"""What people call what an optimizer remembers of a parameter: v_w1, v_{dw1}, V_w1, m_hat_w1.

A rule has one letter for it; books and people have others, and several places for the hat. The
index is the parameter, or the parameter's own, v_53 of w_53; where there is one parameter, v will
do, and v_2 is that of the second step.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from autograd.audit.reading.names import MEAN_SQUARE, plain

# Other letters, where the rule has no use for them: of a mean of gradients, and of squares.
OF_GRADIENTS = ("v", "V", "m", "M", "velocity")
OF_SQUARES = ("s", "S", "v", "V", "G", "r", "cache", MEAN_SQUARE)
MOST_KEPT = 20_000  # parameters whose indices are kept
HAT = "_hat"
MARK = "hat|corrected|corr"
OWN_INDEX = re.compile(r"[A-Za-z]+_?(?=[0-9])(.+)")  # w_53, w5, w_00^1


class State(NamedTuple):
    """What is remembered: the letter of the rule and the parameter; of which step, if that is said.

    `called` is the letter as it is written, with its hat.
    """

    letter: str
    parameter: str
    step: int | None
    called: str


class States:
    """The names of what a rule remembers of some parameters.

    >>> letters = {"m": True, "v": False, "m_hat": True, "v_hat": False}
    >>> states = States(letters, ["w_53", "b1"], indexed=["w_53"])
    >>> [states.find(plain(name))[:2] for name in ("m_w_53", "S_{dw_53}", "hat_m_53", "mhat_b1")]
    [('m', 'w_53'), ('v', 'w_53'), ('m_hat', 'w_53'), ('m_hat', 'b1')]
    >>> states.find("m_1"), States({"v": True}, ["w"], is_alone=True).find("v_2")
    (None, State(letter='v', parameter='w', step=2, called='v'))
    """

    def __init__(
        self,
        letters: Mapping[str, bool],
        parameters: Iterable[str],
        indexed: Collection[str] = (),
        is_alone: bool = False,
    ) -> None:
        """`letters` are those of a rule, each with whether it is of gradients and no squares.

        An own index is that of one of those `indexed`, and of no other of them. A single parameter
        needs none if it `is_alone`.
        """
        parameters = list(parameters)
        self.letters = letters
        self.only = parameters[0] if is_alone and len(parameters) == 1 else None
        self._bases = dict(_bases(letters))
        bases = "|".join(map(re.escape, sorted(self._bases, key=len, reverse=True)))
        self._shape = re.compile(
            rf"(?P<before>hat_?)?(?P<base>{bases})(?P<mark>[_^]?(?:{MARK}))?_?(?P<index>.*?)"
            rf"(?P<after>[_^]?(?:{MARK}))?(?P<above>\^.+)?"
        )
        own = Counter(map(_own_index, set(indexed)))
        self._parameters: dict[str, str] = {}
        for name in parameters:
            self._parameters |= dict.fromkeys(_indices(name), name)
            index = _own_index(name)
            if index and own[index] == 1 and name in indexed:
                self._parameters |= dict.fromkeys((index, f"{{{index}}}"), name)

    def find(self, name: str) -> State | None:
        """What is called so, in plain spelling; None where that is nothing."""
        match = self._shape.fullmatch(name) if self._bases else None
        if match is None:
            return None
        marks = [match[part] for part in ("before", "mark", "after") if match[part]]
        letter = self._bases[match["base"]] + (HAT if marks else "")
        index = match["index"] + (match["above"] or "")
        parameter = self._parameters.get(index) if index else self.only
        if letter not in self.letters or len(marks) > 1:
            return None
        called = match["base"].replace(MEAN_SQUARE, "E[g^2]") + (HAT if marks else "")
        if parameter:
            return State(letter, parameter, None, called)
        if self.only and re.fullmatch("[0-9]{1,3}", index):
            return State(letter, self.only, int(index), called)
        return None


def _bases(letters: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """Each letter that may stand before an index, with that of the rule."""
    own = [letter for letter in letters if not letter.endswith(HAT)]
    for of_gradients, others in ((True, OF_GRADIENTS), (False, OF_SQUARES)):
        alike = [letter for letter in own if letters[letter] == of_gradients]
        free = (x for x in others if x.lower() not in own and (x.lower() != "v" or len(own) == 1))
        yield from ((other, alike[0]) for other in free if len(alike) == 1)
    for letter in own:
        yield from ((letter, letter), (letter.upper(), letter))


@lru_cache(MOST_KEPT)
def _indices(parameter: str) -> Collection[str]:
    """How a parameter stands as an index, itself or its gradient."""
    found = set[str]()
    for name in (parameter, f"d{parameter}"):
        for typed in (f"v_{{{name}}}", f"v_{name}", f"vhat_{{{name}}}"):
            found.add(plain(typed).removeprefix("vhat").removeprefix("v").removeprefix("_"))
    return found


def _own_index(parameter: str) -> str:
    match = OWN_INDEX.fullmatch(parameter)
    return match[1] if match else ""
