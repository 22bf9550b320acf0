"""Stepping through a computation in a REPL, forwards and back: every value, then every gradient.

>>> from autograd import Value
>>> w, a = Value(0.9, "w"), Value(1.1, "a")
>>> steps = walk(w * a)
>>> steps.goto("dL/dw")
step 3 of 4, gradient
dL/dw = a = 1.1
   w: value 0.9, gradient 1.1
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.notes.labels import Labels, every_node
from autograd.notes.line_numbers import LineNumbers, Result
from autograd.notes.meaning import Role
from autograd.notes.naming import unicode_of
from autograd.notes.notation import Name, Notation
from autograd.notes.number_style import PLAIN, NumberStyle, RoundedNumbers, number_style
from autograd.notes.profiles import NOTATIONS
from autograd.notes.steps import Step, forward_steps, gradient_steps, line_numbers
from autograd.notes.tables import Table, width
from autograd.notes.unit_tables import number_cell, result_cell
from autograd.reading import Graph, Value, nearest, printable

if TYPE_CHECKING:
    from typing_extensions import Unpack


def walk(
    root: Value | Graph,
    *,
    notation: Notation | str | None = None,
    unicode: bool = False,
    **shown: Unpack[RoundedNumbers],
) -> Walk:
    """A walk over every step of the computation of `root` and of its gradients, forwards and back.

    With `unicode` names are written as z₁⁽²⁾, and gone to as they are typed. `shown` says how
    numbers are shown, and whether each step is rounded: see `NumberStyle`.

    >>> w, a = Value(0.9, "w"), Value(1.1, "a")
    >>> steps = walk(w * a)
    >>> print(steps.next().step)
    L = w*a = 0.9*1.1 = 0.9900000000000001
    """
    return Walk(root, notation, unicode, **shown)


class Walk:
    """A walk over steps: `next()`, `back()`, `goto(name or number)`, `restart()` return it.

    What `walk` returns, and another name for it. Before the first step nothing is computed;
    stepping back un-computes. A loop over it has all its steps, from the first, wherever it stands,
    and does not move it; from here on they are `.steps[walk.position:]`. Numbers are copied when
    the walk is made, and no node is touched. Nodes without a name are called v1, v2, ... in
    topological order. `draw(walk)` and `draw_circuit(walk)` show what is computed up to here,
    `frames(folder)` each step.

    >>> for step in Walk(Value(0.9, "w") * Value(1.1, "a")):
    ...     print(step)
    L = w*a = 0.9*1.1 = 0.9900000000000001
    dL/dL = 1
    dL/dw = a = 1.1
    dL/da = w = 0.9
    """

    recorded: Any  # the labels of a graph, or a worked training; None of steps alone
    style: NumberStyle
    kept: dict[Any, Any]  # what pictures of it share from step to step, made once

    def __init__(
        self,
        root: Value | Graph,
        notation: Notation | str | None = None,
        unicode: bool = False,
        **shown: Unpack[RoundedNumbers],
    ) -> None:
        style = number_style("walk", shown, ["notation", "unicode"], rounding=True)
        label = every_node(root, notation, unicode)
        numbers = line_numbers(label, style)
        forward = forward_steps(root, label, numbers=numbers)
        gradients = gradient_steps(root, label, numbers=numbers)
        computed = {step.node for step in forward}
        leaves = {step.node: label(step.node) for step in gradients if step.node not in computed}
        given = {node: numbers.result(node, label.is_negated(node)) for node in leaves}
        self.recorded, self.style = label, style.exact if style.rounding else style
        self._lay_out((*forward, *gradients), leaves, given, label.shown)

    @classmethod
    def over(
        cls,
        steps: Sequence[Step],
        given: Iterable[Value] = (),
        style: NumberStyle = PLAIN,
        unicode: bool = False,
        label: Labels | None = None,
        recorded: Any = None,
    ) -> Walk:
        """A walk over steps that were made before; its table has what is `given` to them too, in a
        style, by their labels, and with `unicode` named so. What was `recorded`, they are the lines
        of; pictures show that.

        >>> w = Value(0.9, "w")
        >>> Walk.over(forward_steps(w * 2), [w]).next()
        step 1 of 1, forward
        L = w*2 = 0.9*2 = 1.8
           L: value 1.8, gradient -
        """
        walk = cls.__new__(cls)
        walk.recorded, walk.style = recorded, style
        nodes = (*given, *(step.node for step in steps))
        computed = {step.node for step in steps if not step.of_gradient}
        given = [node for node in nodes if node not in computed]
        leaves = {node: label(node) if label else printable(node.name) for node in given}
        turned = {node for node in given if label and label.is_negated(node)}
        of_style = LineNumbers(style)
        numbers = {
            node: of_style.of_number(-node.data if node in turned else node.data) for node in given
        }
        walk._lay_out(tuple(steps), leaves, numbers, unicode_of if unicode else printable)
        return walk

    def _lay_out(
        self,
        steps: tuple[Step, ...],
        leaves: Mapping[Value, str],
        given: Mapping[Value, Result],
        written: Callable[[str], str],
    ) -> None:
        """Start before the first of these steps; leaves have names and are given, as written."""
        self.steps, self.kept = steps, {}
        self._go_to(0)
        self._names = {**leaves, **{s.node: s.name for s in steps if not s.of_gradient}}
        self._shown = {node: written(name) for node, name in leaves.items()}
        self._shown |= {s.node: s.shown for s in steps if not s.of_gradient}
        self._given = given
        self._computed_at: dict[tuple[Value, bool], int] = {}
        self._named: dict[str, list[int]] = {}
        # Of each notation, once asked for: its names of what steps compute, and the names here.
        self._elsewhere: dict[Notation, dict[str, list[str]]] = {}
        for number, step in enumerate(self.steps, start=1):
            self._computed_at[step.node, step.of_gradient] = number
            for name in {step.name, step.plain_name} - {""}:
                self._named.setdefault(name, []).append(number)

    def next(self) -> Walk:
        """Compute one step; at the end, stay, and say so.

        >>> steps = walk(Value(2, "w") * 3)
        >>> print(steps.next().step)
        L = w*3 = 2*3 = 6
        >>> steps.goto(3).next()
        step 3 of 3, gradient
        dL/dw = 3
           w: value 2, gradient 3
        this is the last step: back() goes back, restart() to the start
        """
        return self._go_to(self.position + 1)

    def back(self) -> Walk:
        """Un-compute one step; at the start, stay, and say so.

        >>> steps = walk(Value(0.9, "w") * Value(1.1, "a"))
        >>> steps.next().back().position
        0
        >>> steps.back()
        step 0 of 4, nothing is computed yet; the first step will be L
        this is the start: next() goes on
        """
        return self._go_to(self.position - 1)

    def restart(self) -> Walk:
        """Go back to before the first step.

        >>> steps = walk(Value(0.9, "w") * Value(1.1, "a"))
        >>> steps.goto(3).restart().step is None
        True
        """
        return self._go_to(0)

    def goto(self, step: str | int) -> Walk:
        """Go to a step: by number (0 is the start), or by the name of what it computes.

        That is z_0^1, and of a gradient delta_0^1 or dL/dz_0^1. A name that no step or several
        steps have is a ValueError that says so, with the names that are like it. It is read in the
        notation that is shown; where the model's own means something else by it, that is said.

        >>> steps = walk(Value(0.9, "w") * Value(1.1, "a"))
        >>> print(steps.goto("dL/dw").step)
        dL/dw = a = 1.1
        """
        if not isinstance(step, (int, str)) or isinstance(step, bool):
            raise TypeError(f"go to a step by its name or number, not by a {type(step).__name__}")
        if isinstance(step, int):
            if not 0 <= step <= len(self.steps):
                raise ValueError(f"there is no step {step}: the steps are 0 to {len(self.steps)}")
            return self._go_to(step)
        found = self._named.get(printable(step), [])
        if len(found) != 1:
            raise ValueError(self._not_found(step, found))
        self._go_to(found[0])._note = self._otherwise(step)
        return self

    def _go_to(self, position: int) -> Walk:
        """Go to a step; past the first or the last not, and say so."""
        self.position = min(max(position, 0), len(self.steps))
        self._note = ""
        if position < 0:
            self._note = "this is the start: next() goes on"
        elif position > len(self.steps):
            self._note = "this is the last step: back() goes back, restart() to the start"
        return self

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def _not_found(self, name: str, found: list[int]) -> str:
        if found:
            numbers = ", ".join(map(str, found))
            return f"{len(found)} steps are named {name!r}: go to one by number, {numbers}"
        given = [node for node, known in self._names.items() if known == printable(name)]
        if given:
            has_gradient = (given[0], True) in self._computed_at
            rest = "its gradient has a step" if has_gradient else f"it is {self._value(given[0])}"
            other = self._otherwise(name)
            return f"{printable(name)} is given, not computed; {rest}" + (other and f"; {other}")
        known = sorted({*(step.name for step in self.steps), *self._names.values()})
        elsewhere = (to for each in self._notations() for to in self._called_in(name, each))
        near = nearest(name, known)
        close = [*islice(elsewhere, 2), *near[:1], *self._of_that_role(name), *near]
        close = [*dict.fromkeys(close or nearest(name, sorted(self._named)))][:3]
        meant = f"did you mean {' or '.join(close)}?" if close else "see .steps"
        return f"no step is named {printable(repr(name))}: {meant}"

    def _of_that_role(self, name: str) -> Iterator[str]:
        """Error terms for any delta, the learning rate for any name of it."""
        rates = {notation.rate_name for notation in NOTATIONS.values()} - {"l"}
        if name in {*rates, "learning_rate", "lr"}:
            yield from (known for known in self._given_names() if known in rates)
        if name.lower().startswith("delta"):
            asked = set(re.findall(r"\d", name))
            terms = [step.name for step in self.steps if _is_error_term(step)]
            yield from sorted(terms, key=lambda term: not asked <= {*re.findall(r"\d", term)})

    def _given_names(self) -> Iterator[str]:
        return (self._names[node] for node in self._given)

    def _otherwise(self, name: str) -> str:
        """What the model's own notation means by a name that is read in the one that is shown."""
        own = self._own_notation
        if own is None or own == self._shown_notation:
            return ""
        called = next(iter(self._called_in(name, own)), printable(name))
        if called == printable(name):
            return ""
        return f"in the model's own notation {printable(name)} is what is called {called} here"

    @property
    def _shown_notation(self) -> Notation | None:
        """That of the labels; None of steps alone."""
        return getattr(getattr(self.recorded, "label", self.recorded), "notation", None)

    @property
    def _own_notation(self) -> Notation | None:
        """That in which the model was built."""
        names = (step.node.name for step in self.steps)
        return next((name.notation for name in names if isinstance(name, Name)), None)

    def _notations(self) -> Iterator[Notation]:
        """Those that a name may be in: the one shown, with its indices the other way round, the
        model's own, all others.
        """
        if shown := self._shown_notation:
            yield replace(shown, source_first=not shown.source_first)
        if own := self._own_notation:
            yield own
        yield from NOTATIONS.values()

    def _called_in(self, name: str, notation: Notation) -> Sequence[str]:
        """What is called `name` in another notation, as it is called here."""
        if notation not in self._elsewhere:
            called: dict[str, list[str]] = {}
            for there, here in self._calls(notation):
                called.setdefault(there, []).append(here)
            self._elsewhere[notation] = called
        return self._elsewhere[notation].get(name, ())

    def _calls(self, notation: Notation) -> Iterator[tuple[str, str]]:
        """What steps compute, as it is called in another notation and as it is called here."""
        root = notation.loss_name
        for step in self.steps:
            node = step.node
            if not isinstance(node.name, Name):
                continue
            with suppress(ValueError):  # it has no letters for so many layers
                own = notation.named(node.name.quantity)
                yield own, self._names[node]
                if step.of_gradient:
                    gradients = notation.gradient(root, own), notation.derivative(root, own)
                    yield from ((gradient, step.name) for gradient in dict.fromkeys(gradients))

    @property
    def step(self) -> Step | None:
        """The step computed last, None at the start.

        >>> steps = walk(Value(0.9, "w") * Value(1.1, "a"))
        >>> print(steps.goto(2).step)
        dL/dL = 1
        """
        return self.steps[self.position - 1] if self.position else None

    def frames(
        self,
        folder: str | os.PathLike[str],
        *,
        kind: str = "svg",
        view: str | Callable[..., Any] = "cards",
        progress: bool | None = None,
        **options: Any,
    ) -> list[Path]:
        """Write a picture of each step into a folder, step_00.svg, ..., and return the paths.

        They are what `draw` shows, or with view="circuit" `draw_circuit`, at each step from the
        start on, with their `options`; all laid out alike, for slides. `view` may be a
        function that draws a walk, as nn.draw_network does. `kind` is svg, png or pdf. The folder
        is made where there is none; frames that are there under the same names are overwritten,
        each in full or not at all. With tqdm a bar shows how far it is in a terminal or a notebook,
        with progress=True anywhere; Ctrl-C ends it.

        A FileExistsError for a folder that has other frames of this kind, as of a longer walk.

        >>> walk(Value(2, "x") ** 2).frames("slides", kind="png")  # doctest: +SKIP
        [PosixPath('slides/step_0.png'), ..., PosixPath('slides/step_3.png')]
        """
        # Drawing stands on notes: by name, as the package's front door loads it.
        write_frames = importlib.import_module("autograd.drawing.frames").write_frames
        paths: list[Path] = write_frames(self, folder, kind, view, progress, options)
        return paths

    def table(self) -> Table:
        """Every node's value and gradient so far, "-" for what is not computed yet.

        >>> print(walk(Value(0.9, "w") * Value(1.1, "a")).table())
           value  gradient
        w    0.9         -
        a    1.1         -
        L      -         -
        """
        rows = [("", "value", "gradient")]
        for node, name in self._shown.items():
            rows.append((name, self._value(node), self._gradient(node)))
        n, v, g = (max(width(row[column]) for row in rows) for column in range(3))
        lines = (
            f"{name}{' ' * (n - width(name))}  {value:>{v}}  {gradient:>{g}}"
            for name, value, gradient in rows
        )
        return Table("\n".join(lines), rows)

    def _value(self, node: Value) -> str:
        if node in self._given:
            return number_cell(self._given[node])
        return self._so_far(node, of_gradient=False)

    def _gradient(self, node: Value) -> str:
        return self._so_far(node, of_gradient=True)

    def _so_far(self, node: Value, of_gradient: bool) -> str:
        """A number as it is written, "-" where it is not computed up to here."""
        number = self._computed_at.get((node, of_gradient))
        if number is None or number > self.position:
            return "-"
        return result_cell(self.steps[number - 1])

    def __repr__(self) -> str:
        return "\n".join(filter(None, (self._here(), self._note)))

    def _here(self) -> str:
        step = self.step
        if step is None:
            first = self.steps[0].shown
            return (
                f"step 0 of {len(self.steps)}, nothing is computed yet; "
                f"the first step will be {first}"
            )
        kind = "gradient" if step.of_gradient else "update" if step.of_update else "forward"
        lines = [f"step {self.position} of {len(self.steps)}, {kind}", str(step)]
        lines += [f"   {contribution}" for contribution in step.contributions]
        value, gradient = self._value(step.node), self._gradient(step.node)
        lines.append(f"   {self._shown[step.node]}: value {value}, gradient {gradient}")
        return "\n".join(lines)


def _is_error_term(step: Step) -> bool:
    name = step.node.name
    is_sum = isinstance(name, Name) and name.quantity.role is Role.PREACTIVATION
    return step.of_gradient and is_sum
