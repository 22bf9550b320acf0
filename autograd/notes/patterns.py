"""Patterns of names, w_{indices}^{layer}: what names of one look like, and what cannot work."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from autograd.notes.meaning import Role

Patterns = str | tuple[str, ...]  # one for all layers; or one a layer, from the output back

PATTERN_OF = {
    Role.WEIGHT: "weight_pattern",
    Role.BIAS: "bias_pattern",
    Role.PREACTIVATION: "preactivation_pattern",
    Role.ACTIVATION: "activation_pattern",
}
PATTERNS = (
    *PATTERN_OF.values(),
    "delta_pattern",
    "input_pattern",
    "output_pattern",
    "activation_gradient_pattern",
)
ORIENTATIONS = ("W a", "X W", "W^T a")  # what a layer computes, examples as columns but in X W
BY_LAYER = (*PATTERN_OF.values(), "delta_pattern", "activation_gradient_pattern")
OMITTED = ("", "d")  # no pattern: named as something else is
REQUIRED = tuple(PATTERN_OF.values())
REMEDY = "write {indices} once and {layer} at most once, as in 'w_{indices}^{layer}'"


def each_pattern(patterns: Patterns) -> tuple[str, ...]:
    return (patterns,) if isinstance(patterns, str) else patterns


def require_kinds(notation: Mapping[str, Any], defaults: Mapping[str, object]) -> None:
    """A TypeError or ValueError for a field of another kind, or out of its range."""
    counts = {
        "first_index": "the index of the first neuron",
        "first_layer": "the number of the layer of the inputs",
    }
    for name, what in counts.items():
        number = notation[name]
        if number.__class__ is not int:
            raise TypeError(
                f"{name} is {what}, an int such as 0 or 1, not a {type(number).__name__}"
            )
        if number < 0:
            raise ValueError(f"{name} is {what}, 0 or more, not {number}")
    if notation["error_sign"] not in (1, -1) or notation["error_sign"].__class__ is not int:
        raise ValueError(f"error_sign is 1 or -1, not {notation['error_sign']!r}")
    if notation["orientation"] not in ORIENTATIONS:
        raise ValueError(
            f"orientation is {', '.join(map(repr, ORIENTATIONS[:-1]))} or {ORIENTATIONS[-1]!r}, "
            f"not {notation['orientation']!r}"
        )
    if notation["biases_are_weights"] and notation["first_index"] != 1:
        raise ValueError("biases_are_weights takes the index 0 for the biases: give first_index=1")
    for name, default in defaults.items():
        given, kind = notation[name], type(default)
        several = given.__class__ is tuple and all(isinstance(x, str) for x in given)
        fits = several if kind is tuple else given.__class__ is kind
        if not fits and not (several and given and name in BY_LAYER):
            raise TypeError(
                f"{name} is a {kind.__name__}, not a {type(given).__name__}"
                + (f": {REMEDY}" if name in PATTERNS else "")
            )


# What else stands in braces: what each pattern may have, and what it must.
OTHER_PATTERNS = {
    "gradient_pattern": ({"root", "name"}, {"name"}),
    "shared_bias_pattern": ({"layer"}, {"layer"}),
    "target_pattern": ({"indices"}, set[str]()),
    "updated_pattern": ({"name", "step"}, {"name"}),
}
ASSIGNMENTS = {"=": "=", ":=": ":=", "←": r"\leftarrow"}  # in text and in LaTeX


def require_others(notation: Mapping[str, Any]) -> None:
    """An error for a pattern of what is no neuron's, or a name, that cannot work."""
    if notation["maximised"] and notation["error_sign"] > 0:
        raise ValueError("what is maximised has the gradients of -loss: give error_sign=-1")
    for name, (may, must) in OTHER_PATTERNS.items():
        pattern = notation[name]
        if not pattern and name == "shared_bias_pattern":
            continue
        found = _plain_fields(name, pattern)
        fits = must <= set(found) <= may and len(found) == len(set(found))
        bare = {"gradient_pattern": "{name}", "target_pattern": "{indices}"}
        if not fits or not pattern or pattern == bare.get(name):
            written = " and ".join(f"{{{field}}}" for field in sorted(must)) or "a name"
            raise ValueError(f"{name} {pattern!r} is no pattern: write {written}, with letters")
    require_assignment(notation["assignment"])
    shown = {notation["loss_name"], notation["rate_name"]}
    if "" in shown:
        raise ValueError("loss_name and rate_name are what the two are called: give letters")
    if len(shown) == 1:
        raise ValueError(f"loss_name and rate_name are both {notation['loss_name']!r}")
    if notation["cost_name"] == notation["rate_name"]:
        raise ValueError(f"cost_name and rate_name are both {notation['cost_name']!r}")
    shown |= {notation["cost_name"]} - {""}
    target = notation["target_pattern"]
    used = {**_used(notation), "target_pattern": (target, target.replace("_{indices}", ""))}
    for text in (*shown, target.format(indices=1)):
        for name, patterns in used.items():
            if name == "target_pattern" and text not in shown:
                continue
            if any(_shape(pattern, notation["units"]).fullmatch(text) for pattern in patterns):
                raise ValueError(f"{text!r} is a name of {name} too: give another")


def require_assignment(sign: str) -> None:
    """A ValueError for what is no sign of an update."""
    if sign not in ASSIGNMENTS:
        *first, last = map(repr, ASSIGNMENTS)
        raise ValueError(f"assignment is {', '.join(first)} or {last}, not {sign!r}")


def updated_name(pattern: str, name: str, step: int) -> str:
    """The name of an updated parameter; what a pattern raises stands beside what is raised already.

    >>> updated_name("{name}^+", "w5", 1), updated_name("{name}^+", "w_10^1", 1)
    ('w5^+', 'w_10^{1,+}')
    >>> updated_name("{name}({step})", "w", 2), updated_name("{name}'", "W^[1]_10", 1)
    ('w(2)', "W^[1]_10'")
    """
    base, raised, rest = name.partition("^")
    if not raised or not pattern.startswith("{name}^"):
        return pattern.format(name=name, step=step)
    mark = pattern.removeprefix("{name}^").format(step=step)
    if rest.startswith("{"):
        above, _, rest = rest[1:].partition("}")
    else:
        above, below, rest = rest.partition("_")
        rest = below + rest
    return f"{base}^{{{above},{mark}}}{rest}"


def _used(notation: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The patterns of neurons' names that a notation has."""
    names = (name for name in PATTERNS if notation[name] not in OMITTED)
    return {name: each_pattern(notation[name]) for name in names}


def _plain_fields(name: str, pattern: str, remedy: str = "") -> list[str]:
    """What stands in braces, without a format or a conversion."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise ValueError(f"{name} {pattern!r} is no pattern ({error}){remedy}") from error
    if any(form or conversion is not None for _, _, form, conversion in parts):
        sentence = "is no pattern: what is in braces has no format"
        raise ValueError(f"{name} {pattern!r} {sentence}{remedy}")
    return [field for _, field, _, _ in parts if field is not None]


def require_pattern(name: str, pattern: str) -> None:
    """An error for a pattern that does not give each neuron a name, or not one that can be read."""
    if not pattern and name not in REQUIRED:
        return
    if name == "activation_gradient_pattern" and pattern == "d":
        return
    found = sorted(_plain_fields(name, pattern, f": {REMEDY}"))
    known = [["indices"], ["indices", "layer"]]
    if name == "weight_pattern":
        known.append(["number"])
    if found not in known:
        raise ValueError(f"{name} {pattern!r} is no pattern of a neuron: {REMEDY}")
    _, *between, _ = pattern.format(indices="\0", layer="\0", number="\0").split("\0")
    if between and re.fullmatch("[0-9]*", between[0]):
        raise ValueError(
            f"{name} {pattern!r} gives different neurons the same name, as digits follow digits: "
            "put a sign between {indices} and {layer}"
        )


def require_units(units: tuple[str, ...]) -> None:
    if len(units) > 3:
        raise ValueError(f"units are up to three: inputs, hidden and output neurons, not {units!r}")
    for pattern in units:
        found = [pattern.count("{number}"), pattern.count("{letter}")]
        rest = pattern.replace("{number}", "").replace("{letter}", "")
        if sorted(found) != [0, 1] or not re.fullmatch("[A-Za-z]*", rest):
            raise ValueError(
                f"the unit {pattern!r} is no pattern: letters and one {{number}}, or one {{letter}}"
            )


def require_apart(notation: Mapping[str, Any]) -> None:
    """A ValueError where names of two roles are alike."""
    used = _used(notation)
    if notation["biases_are_weights"]:
        del used["bias_pattern"]
    tried = [(name, pattern) for name, each in used.items() for pattern in each]
    example = _unit_shape(notation["units"])[1]
    for (name, pattern), (other, taken) in itertools.permutations(tried, 2):
        of_indices = example + (example if name == "weight_pattern" else "")
        shown = pattern.format(indices=of_indices, layer=1, number=1)
        if name != other and _shape(taken, notation["units"]).fullmatch(shown):
            raise ValueError(
                f"{name} {pattern!r} and {other} {taken!r} give the same names: "
                "begin each with letters of its own"
            )


def _unit_shape(units: tuple[str, ...]) -> tuple[str, str]:
    """What an index looks like, and an example."""
    each = units or ("{number}",)
    shapes = [unit.format(number="[0-9]+", letter="[A-Z]+") for unit in each]
    return f"(?:{'|'.join(shapes)})", each[-1].format(number=1, letter="A")


def read_name(pattern: str, name: str) -> tuple[str, str] | None:
    """The layer and the indices in a name of that pattern, as they are written; None in another.

    >>> read_name("w_{indices}^{layer}", "w_10^2"), read_name("w_{indices}^{layer}", "b_1^2")
    (('2', '10'), None)
    """
    found = _shape(pattern).fullmatch(name)
    parts = found.groupdict() if found else {}
    return (parts["layer"], parts["indices"]) if len(parts) == 2 else None


@cache
def _shape(pattern: str, units: tuple[str, ...] = ()) -> re.Pattern[str]:
    """What the names of a pattern look like."""
    unit = _unit_shape(units)[0] if units else "[0-9,]"
    read = {
        "indices": f"(?P<indices>{unit}(?:,?{unit})*)" if units else "(?P<indices>[0-9,]+)",
        "layer": "(?P<layer>[0-9]+)",
        "number": "[0-9]+",
        None: "",
    }
    parts = Formatter().parse(pattern)
    return re.compile("".join(re.escape(text) + read[field] for text, field, _, _ in parts))
