"""What folds are called: on cards and gates, and where it is said what is folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.drawing.folding import DIGITS, FORMULA, Key
from autograd.drawing.labels import counted
from autograd.drawing.neurons import Groups
from autograd.drawing.scripts import unmarked

SERIES, UNNAMED = "series", "unnamed node"
CALLED = {"computed": SERIES, "given": SERIES}  # what the kinds of keys are called
ALONE = ("inputs", "loss")  # of which there is one


def called(key: Key) -> str:
    """What the nodes of a key are, in a word: "neuron", "series", "run"."""
    return UNNAMED if key.kind == FORMULA else CALLED.get(key.kind, key.kind)


def folded_in_words(counts: Mapping[str, int]) -> str:
    """What is folded, of how many of each, before more words; "" for nothing.

    >>> folded_in_words({"neuron": 4, "series": 2, "loss": 1})
    '4 neurons, 2 series and the loss folded, '
    """
    parts = [
        f"the {what}" if what in ALONE else counted(count, what) for what, count in counts.items()
    ]
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
    return f"{listed} folded, " if parts else ""


def title_of(key: Key, names: Sequence[str], groups: Groups) -> list[str]:
    """The title of a fold; where it has none, the first and the last of its names.

    >>> groups = Groups({}, {})
    >>> title_of(Key("loss"), ["L"], groups), title_of(Key("run"), ["a", "b"], groups)
    (['loss'], ['a', 'b'])
    """
    if key.kind == "neuron" and key.group is not None:
        return [groups.title(key.group)]
    if key.kind == "layer" and key.group is not None:
        return [groups.layer_title(key.group.layer)]
    return [key.kind] if key.kind in ALONE else ends(names)


def ends(names: Sequence[str]) -> list[str]:
    """The first and the last of some names, one of one; by their numbers, where they differ in
    these alone.

    >>> ends(["h_2", "h_10", "h_1"]), ends(["a"])
    (['h_1', 'h_10'], ['a'])
    """
    names = in_order(names)
    return [names[0], *names[-1:]] if len(names) > 1 else [*names]


def first_to_last(names: Sequence[str]) -> str:
    """The same in one text.

    >>> first_to_last(["h_2", "h_1"])
    'h_1 ... h_2'
    """
    return " ... ".join(ends(names))


def in_order(names: Sequence[str]) -> list[str]:
    """Names by their numbers, where they differ in these alone; others as they are."""
    if len({DIGITS.sub("", unmarked(name)) for name in names}) > 1:
        return [*names]
    return sorted(names, key=numbers_in)


def numbers_in(name: str) -> list[tuple[int, str]]:
    """The numbers in a name, of any length, as they are compared: by a series' order.

    >>> numbers_in("h_9") < numbers_in("h_12"), numbers_in("z_0^1(2)") < numbers_in("z_1^1(1)")
    (True, True)
    """
    found = (digits.lstrip("0") for digits in DIGITS.findall(unmarked(name)))
    return [(len(digits), digits) for digits in found]
