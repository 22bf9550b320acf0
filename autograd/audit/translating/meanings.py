"""What names mean in a notation, as one sheet uses it, and how a meaning is called there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from autograd.audit.reading.network import spelled
from autograd.notes.meaning import Quantity, Role, quantities
from autograd.notes.notation import NOTES, Notation

SAMPLE = re.compile(r"\^?\((\d+|i)\)$")
COST = "cost"
SUMMED = Role.PREACTIVATION, Role.ACTIVATION


class Meaning(NamedTuple):
    """What a name means: a quantity of one sample, 0 for none, a "target", "rate" or "loss".

    `sample` of a loss is that whose loss it is; `quantity` of a target has its neuron.
    """

    kind: str
    quantity: Quantity | None = None
    sample: str = ""


@dataclass(frozen=True)
class Side:
    """A notation as one sheet uses it: what names mean in it, and how a meaning is called."""

    notation: Notation
    sizes: tuple[int, ...]
    has_samples: bool
    share: Fraction
    loss_name: str = ""  # that the header says

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """What each name without a sample means."""
        notation, found = self.notation, dict[str, Meaning]()
        if self.sizes:
            for neuron in range(self.sizes[-1]):
                target = Quantity(Role.ACTIVATION, len(self.sizes) - 1, neuron, None, self.sizes)
                found[spelled(notation.target(neuron, self.sizes))] = Meaning("target", target)
            if self.sizes[-1] == 1:
                found[spelled(notation.target_name)] = Meaning("target alone")
            for quantity in quantities(self.sizes):
                found[spelled(notation.text(quantity))] = Meaning("quantity", quantity)
        found[spelled(notation.rate_name)] = Meaning("rate")
        return found | {spelled(name): Meaning("loss") for name in self.losses}

    @property
    def losses(self) -> tuple[str, ...]:
        """What the objective may be called."""
        if self.loss_name:
            return (self.loss_name,)
        return tuple(filter(None, (self.notation.loss_name, self.notation.cost_name)))

    def meaning(self, name: str) -> Meaning | None:
        """What a name in its plain spelling means."""
        if name in self.meanings:
            found = self.meanings[name]
            is_loss = found.kind == "loss" and self.has_samples
            return found._replace(sample=COST) if is_loss else found
        match = SAMPLE.search(name)
        if match is None or not self.has_samples:
            return None
        whole = self.meanings.get(name[: match.start()])
        return whole._replace(sample=match[1]) if whole and whole.kind != "rate" else None

    def text(self, meaning: Meaning) -> str:
        """What is called so; a ValueError where there is no such name."""
        notation, sample = self.notation, meaning.sample
        if meaning.kind == "rate":
            return notation.rate_name
        if meaning.kind == "loss":
            cost = notation.cost_name or notation.loss_name
            text = self.loss_name or (cost if sample == COST else notation.loss_name)
            sample = "" if sample == COST else sample
        elif meaning.kind == "target alone":
            text = notation.target_name
        else:
            assert meaning.quantity is not None
            quantity = meaning.quantity._replace(sizes=self.sizes)
            is_target = meaning.kind == "target"
            text = (
                notation.target(quantity.neuron or 0, self.sizes)
                if is_target
                else notation.text(quantity)
            )
        return notation.of_sample(text, sample) if sample else text

    def sign(self, meaning: Meaning | None) -> int:
        """The sign that a quantity has here: a bias that is subtracted and -loss have a minus."""
        if meaning is None:
            return 1
        if meaning.kind == "loss":
            return -1 if self.notation.maximised else 1
        is_bias = meaning.quantity is not None and meaning.quantity.role is Role.BIAS
        return -1 if is_bias and self.notation.bias_is_subtracted else 1

    # --- gradients --------------------------------------------------------------------------------

    def gradient_sign(self, variable: Meaning | None) -> int:
        """The sign of what is shown as the gradient in something."""
        return self.notation.error_sign * self.sign(variable)

    def shows(self, root: Meaning, variable: Meaning | None) -> bool:
        """Whether gradients of this root are those that have names in this variable.

        Of the cost; where a notation says so, of a sample's loss in what belongs to the sample.
        """
        if not self.has_samples or self.share == 1:
            return root.sample in ("", COST)
        sample = variable.sample if variable else ""
        own = sample if self.notation.per_sample_gradients and sample else COST
        return root.sample == own

    def gradient_name(self, root: str, name: str, meaning: Meaning | None) -> str:
        """The name of its own that a gradient has here; "" where it is dL/dw."""
        notation = self.notation
        sample, bare, own = meaning.sample if meaning else "", name, ""
        if meaning is not None:
            bare = self.text(meaning._replace(sample=""))
        if meaning and meaning.quantity is not None and meaning.quantity.role in SUMMED:
            quantity = meaning.quantity._replace(sizes=self.sizes)
            own = notation.own_gradient(root, notation.named(quantity))
        if not own and notation.gradient_pattern != NOTES.gradient_pattern:
            own = notation.gradient_pattern.format(root=root, name=bare)
        return notation.of_sample(own, sample) if own and sample else own
