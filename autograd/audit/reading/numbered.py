"""Parameters with the number of the step as an index: theta_1 = theta_0 - eta*g, w^(t+1), w_{t+1}.

Such names are nowhere declared, and computed from nothing: the given parameter is that of step 0,
theta_0, or w itself. What is shown of them in some line must say so: that the next one is computed
from the one before, or an update of a first one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from autograd.audit.reading.names import NAME, plain

MOST_STEPS = 10_000
LETTER = "[tkn]"
STEP = rf"[0-9]{{1,4}}|{LETTER}(?:[-+]1)?"
SPELLED = (  # a name in plain spelling, with what stands around the step
    re.compile(rf"(?P<stem>[^^]+)(?P<form>\^)(?:\((?P<a>{STEP})\)|\{{?(?P<b>{STEP})\}}?)"),
    re.compile(rf"(?P<stem>[^_^]+)(?P<form>_)\{{?(?P<a>{STEP})\}}?(?P<b>)"),
    re.compile(r"(?P<stem>[A-Za-z]+)(?P<form>)(?P<a>[0-9]{1,3})(?P<b>)"),
)
LINE = re.compile(
    rf"\s*(?P<name>{NAME})\s*(?::=|=|←|<-)\s*(?:(?P<before>{NAME})\s*(?P<sign>[-+−–]))?", re.DOTALL
)


class Index(NamedTuple):
    """A name without its step, how that stands, and the step: a number, or t, t+1."""

    stem: str
    form: str
    step: str


class Steps(NamedTuple):
    """`names` are those of steps with the parameter and the step, None for the one to come; `same`
    are those of the step that ends, with what the parameter is called.
    """

    names: dict[str, tuple[str, int | None]]
    same: dict[str, str]


def index_of(name: str) -> Index | None:
    """What a name is made of that may be one of a step.

    >>> index_of("theta_1"), index_of("w_12^(t+1)")
    (Index(stem='theta', form='_', step='1'), Index(stem='w_12', form='^', step='t+1'))
    """
    for spelled in SPELLED:
        if match := spelled.fullmatch(name):
            return Index(match["stem"], match["form"], match["a"] or match["b"])
    return None


def steps_of(
    lines: Iterable[tuple[str, str]], given: Collection[str], known: Callable[[str], bool]
) -> Steps:
    """The names of steps on the left of lines, each with the section it stands in.

    >>> lines = [("theta_1 = theta_0 - 0.1*3 = 0.7", "update"), ("theta_2 = 0.5", "update")]
    >>> steps_of(lines, ["theta_0"], ["theta_0"].__contains__)
    Steps(names={'theta_1': ('theta', 1), 'theta_2': ('theta', 2)}, same={'theta_0': 'theta'})
    """
    found: dict[tuple[str, str], dict[str, bool]] = {}  # by stem and form, the steps: are they sure
    unsure = set[tuple[str, str]]()
    for text, section in lines:
        match = LINE.match(text)
        index = index_of(plain(match["name"])) if match else None
        if match is None or index is None or known(plain(match["name"])):
            continue
        is_update = section == "update"
        is_change = is_update or (section != "forward" and match["sign"] != "+")  # and no sum
        name = match["before"] if match["before"] and is_change else ""
        before = index_of(plain(name)) if name else None
        is_first = plain(name) == index.stem and (index.step == "1" or index.step[1:] == "+1")
        is_next = before is not None and before[:2] == index[:2] and _is_next(before, index)
        is_plain = is_update and index.form != "" and not index.step.isalpha()
        is_other = plain(name) == index.stem or (before is not None and before[:2] == index[:2])
        if is_other and not is_first and not is_next:  # b_2 = b - 0.1: no step, but another b
            unsure.add((index.stem, index.form))
        steps = found.setdefault((index.stem, index.form), {})
        steps[index.step] = steps.get(index.step, False) or is_first or is_next
        if is_plain and match["before"] is None:
            steps.setdefault("", True)
    result = Steps({}, {})
    for (stem, form), steps in found.items():
        if (stem, form) not in unsure:
            _add(result, stem, form, steps, given, known)
    return result


def _is_next(before: Index, after: Index) -> bool:
    if before.step.isdigit() and after.step.isdigit():
        return int(after.step) == int(before.step) + 1
    return (before.step[:1], before.step[1:], after.step[1:]) in (
        (after.step[:1], "", "+1"),
        (after.step[:1], "-1", ""),
    )


def _add(
    result: Steps,
    stem: str,
    form: str,
    steps: Mapping[str, bool],
    given: Collection[str],
    known: Callable[[str], bool],
) -> None:
    """Take the steps of one parameter, where they follow each other and some line says so."""
    shown = any(sure for step, sure in steps.items() if step)
    numbers = sorted(int(step) for step in steps if step.isdigit())
    letters = [step for step in steps if step and not step.isdigit()]
    firsts = [stem] if stem in given else _spelled(stem, form, str((numbers or [1])[0] - 1))
    first = next((name for name in firsts if name in given), "")
    if not first or (numbers and letters) or len(letters) > 1:
        return
    if not shown and not letters and not ("" in steps and first in _spelled(stem, form, "0")):
        return  # b_1 and b_2 may be of two layers
    parameter = first if first == stem or known(stem) else stem
    if letters:
        [new] = letters
        if not shown and new.isalpha():
            return
        old = f"{new[0]}-1" if new.isalpha() else new[0]
        result.names.update(dict.fromkeys(_spelled(stem, form, new), (parameter, None)))
        result.same.update(dict.fromkeys(_spelled(stem, form, old), parameter))
    start = numbers[0] if numbers else 1
    if numbers and numbers != list(range(start, start + len(numbers))):
        return
    if first == stem and start != 1:
        return
    for step in numbers[:MOST_STEPS]:
        for name in _spelled(stem, form, str(step)):
            result.names[name] = parameter, step - start + 1
    if numbers and first == stem:
        result.names.update(dict.fromkeys(_spelled(stem, form, "0"), (parameter, 0)))
    if first != parameter:
        result.same[first] = parameter


def _spelled(stem: str, form: str, step: str) -> list[str]:
    """The names of a step, in plain spelling."""
    if form == "^":
        return [plain(f"{stem}^{{({step})}}"), plain(f"{stem}^{{{step}}}")]
    return [plain(f"{stem}{form}{{{step}}}") if form else stem + step]
