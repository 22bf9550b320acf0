"""Record: a function run once on Values that hold no number yet, and its graph as a Program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock, get_ident
from typing import Any, NoReturn

from autograd.calculus.nesting import Tree, flat, nested, paired
from autograd.compiler.arguments import names_of
from autograd.compiler.program import Instruction, Operand, Program
from autograd.compiler.symbols import Context, Symbol, no_float
from autograd.reading import Value, topological_order, watch

BRANCH = (
    "a number that is recorded is not known yet, and nothing can branch on it: "
    "choose by where(z, a, b), maximum or minimum; a count, such as of range, comes from outside"
)
TAKEN = (
    "a number was taken from a Value while the function is recorded, by .data: it would stay as it "
    "is in every call. Compute with the Value itself"
)


class Unknown(Context):
    """The context of numbers that are not known: every step gives another."""

    def step(self, name: str, *operands: Any) -> Symbol:
        return Symbol(self)

    def undecided(self) -> NoReturn:
        raise TypeError(f"{_place()}{BRANCH}")

    def equals(self, symbol: Symbol, other: object) -> bool:
        """To the rule table a number is itself, not NaN; nobody else may ask."""
        if not _is_ours(sys._getframe(2).f_globals):
            self.undecided()
        return symbol is other


UNKNOWN = Unknown()
BETWEEN = ("contextlib", "numpy")  # packages that stand between a line of the user's and ours
_RECORDING = RLock()  # one at a time changes what is from outside


@dataclass(frozen=True)
class Recording:
    """A program, and what its inputs and outputs are to the caller.

    Its first inputs are the numbers in the arguments, in order; then come those of the `captured`
    Values, which the function uses though they are no arguments: they are read at each call. The
    outputs stand in `output` where the Values are.
    """

    program: Program
    output: Tree
    captured: Sequence[Value]

    def captured_now(self) -> list[Any]:
        """The numbers of the captured Values; of those that another thread's recording has taken
        away, when it has given them back.
        """
        found = [x.data for x in self.captured]
        if any(map(_is_unknown, found)):
            with _RECORDING:
                return [x.data for x in self.captured]
        return found


def recorded(
    f: Callable[..., Tree], arguments: Sequence[Tree], keywords: Mapping[str, Tree] | None = None
) -> Recording:
    """The recording of f over arguments nested as these are; their numbers do not matter."""
    given = (tuple(arguments), dict(keywords or {}))
    found = _recorded_once(f, given)
    if not found.captured:
        return found
    # Again with numbers from outside that are not known either: nothing may go by them.
    with _RECORDING:
        before = [(x, x.data) for x in found.captured]
        try:
            for x in found.captured:
                x._data = Symbol(UNKNOWN)
            return _recorded_once(f, given)
        finally:
            for x, data in before:
                x._data = data


def _recorded_once(f: Callable[..., Tree], given: tuple[Any, Mapping[str, Tree]]) -> Recording:
    variables = _variables(f, given)
    made: dict[Value, None] = {}
    thread = get_ident()

    def hook(node: Value) -> None:
        if get_ident() == thread:
            _refuse_taken(node)
            made[node] = None

    positional, named = nested(given, iter(variables))
    end = watch(hook)
    try:
        output = f(*positional, **named)
    finally:
        end()
    name = getattr(f, "__name__", "the function")
    if output is None:
        raise TypeError(f"{name} returns None: return the Value it computes")
    outputs = flat(output, "the output")
    if any(map(_is_unknown, outputs)):
        raise TypeError(f"{name} returns .data: return the Value")
    return _recording(variables, made, output, outputs)


def _recording(
    variables: list[Value], made: Mapping[Value, None], output: Tree, outputs: list[Any]
) -> Recording:
    roots = [x for x in outputs if x.__class__ is Value]
    order = topological_order(*roots) if roots else []
    own = dict.fromkeys(variables)
    captured = _captured(order, roots, own, made)
    _refuse_backward([*variables, *captured])
    register: dict[Value, Operand] = {x: i for i, x in enumerate([*variables, *captured])}
    instructions: list[Instruction] = []
    for node in order:
        if node in register or node not in made:
            continue
        if node.operation is None:
            register[node] = _constant(node.data)
        else:
            operands = tuple(
                register[x] if x.__class__ is Value else _constant(x) for x in node.operands
            )
            register[node] = len(variables) + len(captured) + len(instructions)
            instructions.append(Instruction(node.operation, operands, _name(node)))
    inputs = [_name(x) for x in (*variables, *captured)]
    results = [register[x] if x.__class__ is Value else _constant(x) for x in outputs]
    program = Program(inputs, instructions, results)
    return Recording(program, output, captured)


def _captured(
    order: Sequence[Value],
    outputs: Sequence[Value],
    own: Mapping[Value, None],
    made: Mapping[Value, None],
) -> list[Value]:
    """The Values from outside that what was recorded is computed from, in order."""
    outside = [x for x in order if x not in own and x not in made]
    if not outside:
        return outside
    used = dict.fromkeys(outputs)
    for node in order:
        if node in made:
            used.update((x, None) for x in node.operands if x.__class__ is Value)
    return [x for x in outside if x in used]


def _constant(number: Any) -> float:
    if number.__class__ in (int, float):
        return float(number)
    raise TypeError(no_float(number))


def _is_unknown(x: Any) -> bool:
    return x.__class__ is Symbol


def _refuse_taken(node: Value) -> None:
    is_leaf = node.operation is None
    if (is_leaf and _is_unknown(node.data)) or Symbol in map(type, node.operands):
        raise TypeError(f"{_place()}{TAKEN}")


def _refuse_backward(leaves: Sequence[Value]) -> None:
    """A TypeError where `backward` was called, which leaves gradients that are not known."""
    left = [x for x in leaves if x.grad.__class__ is Symbol]
    for x in left:
        x.grad = None
    if left:
        raise TypeError(
            "backward() leaves a gradient on each Value, which compiled code does not: "
            "return it, by autograd.grad or value_and_grad"
        )


def _variables(f: Callable[..., Tree], given: tuple[Any, Mapping[str, Tree]]) -> list[Value]:
    """A Value for each number in the arguments, named by its place; a parameter keeps its name."""
    arguments, keywords = given
    found: list[Value] = []
    for place, tree in zip(names_of(f, len(arguments)), arguments, strict=True):
        found += [Value(Symbol(UNKNOWN), _name(x, at)) for at, x, _ in paired(tree, tree, place)]
    for key, tree in keywords.items():
        found += [Value(Symbol(UNKNOWN), at) for at, _, _ in paired(tree, tree, key)]
    return found


def _name(x: Any, place: str = "") -> str:
    """Its name as it is, which may remember what it stands for; without one its place."""
    name = getattr(x, "name", place)
    return name if isinstance(name, str) else str(name)


def _is_ours(names: Mapping[str, Any], *others: str) -> bool:
    return str(names.get("__name__", "")).partition(".")[0] in ("autograd", "nn", *others)


def _place() -> str:
    """The line of the user's that is being run, as the beginning of a sentence."""
    frame = sys._getframe(1)
    while frame.f_back and _is_ours(frame.f_globals, *BETWEEN):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}: "
