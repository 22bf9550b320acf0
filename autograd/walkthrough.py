"""Stepping through a computation in a REPL, forwards and back: every value, then every gradient.

>>> from autograd import Value
>>> w, a = Value(0.9, "w"), Value(1.1, "a")
>>> walk = Walk(w * a)
>>> walk.goto("dL/dw")
step 3 of 4, gradient
dL/dw = a = 1.1
   w: value 0.9, gradient 1.1
"""

from __future__ import annotations

import difflib

from autograd.derivation import Step, every_node, forward_steps, gradient_steps
from autograd.notation import NOTES, Notation, number_text
from autograd.value import Value


class Walk:
    """A walk over the steps of `root`: `next()`, `back()`, `goto(name or number)`, `restart()`; each returns the walk.

    Before the first step nothing is computed; stepping back un-computes. Numbers are copied when the walk is made, and
    no node is touched. Nodes without a name are called v1, v2, ... in topological order.
    """

    def __init__(self, root: Value, notation: Notation = NOTES) -> None:
        label = every_node(root)
        forward, gradients = forward_steps(root, label), gradient_steps(root, label, notation)
        self.steps: tuple[Step, ...] = (*forward, *gradients)
        self.position = 0
        computed = {step.node for step in forward}
        self._leaves = [
            (step.node, label(step.node), step.node.data) for step in gradients if step.node not in computed
        ]

    def next(self) -> Walk:
        """Compute one step; at the end, stay."""
        self.position = min(self.position + 1, len(self.steps))
        return self

    def back(self) -> Walk:
        """Un-compute one step; at the start, stay."""
        self.position = max(self.position - 1, 0)
        return self

    def restart(self) -> Walk:
        """Go back to before the first step."""
        self.position = 0
        return self

    def goto(self, step: str | int) -> Walk:
        """Go to a step by number (0 is the start), by the name it computes (z_0^1, delta_0^1), or as dL/dz_0^1.

        A name that no step or several steps have is a ValueError that says so.
        """
        if isinstance(step, int):
            if not 0 <= step <= len(self.steps):
                raise ValueError(f"there is no step {step}: the steps are 0 to {len(self.steps)}")
            self.position = step
            return self
        found = [i for i, s in enumerate(self.steps, start=1) if step in (s.name, s.plain_name)]
        if len(found) != 1:
            raise ValueError(self._not_found(step, found))
        self.position = found[0]
        return self

    def _not_found(self, name: str, found: list[int]) -> str:
        if found:
            return f"{len(found)} steps are named {name!r}: go to one by number, {', '.join(map(str, found))}"
        close = difflib.get_close_matches(name, [n for s in self.steps for n in (s.name, s.plain_name) if n], n=3)
        return f"no step is named {name!r}" + (f": did you mean {' or '.join(close)}?" if close else "")

    @property
    def step(self) -> Step | None:
        """The step computed last, None at the start."""
        return self.steps[self.position - 1] if self.position else None

    def table(self) -> str:
        """Every node's value and gradient so far, "-" for what is not computed yet."""
        values = {node: (name, number_text(number)) for node, name, number in self._leaves}
        values |= {s.node: (s.name, "-") for s in self.steps if not s.of_gradient}
        gradients = dict.fromkeys(values, "-")
        for s in self.steps[: self.position]:
            if s.of_gradient:
                gradients[s.node] = number_text(s.number)
            else:
                values[s.node] = (s.name, number_text(s.number))
        rows = [("", "value", "gradient"), *((*values[node], gradients[node]) for node in values)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        return "\n".join(f"{n:<{widths[0]}}  {v:>{widths[1]}}  {g:>{widths[2]}}" for n, v, g in rows)

    def __repr__(self) -> str:
        step = self.step
        if step is None:
            return f"step 0 of {len(self.steps)}, nothing is computed yet; the first step will be {self.steps[0].name}"
        kind = "gradient" if step.of_gradient else "forward"
        lines = [f"step {self.position} of {len(self.steps)}, {kind}", str(step)]
        lines += [f"   {contribution}" for contribution in step.contributions]
        gradients = {s.node: number_text(s.number) for s in self.steps[: self.position] if s.of_gradient}
        name = next((s.name for s in self.steps if s.node is step.node and not s.of_gradient), None)
        name = name or next(name for node, name, _ in self._leaves if node is step.node)
        lines.append(f"   {name}: value {number_text(step.node.data)}, gradient {gradients.get(step.node, '-')}")
        return "\n".join(lines)
