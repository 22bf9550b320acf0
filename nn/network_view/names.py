"""What a model's quantities are called in a notation, and the sign of what a name stands for."""

from __future__ import annotations

from typing import Any

from autograd.drawing.signs import negated
from autograd.notes.meaning import Role
from autograd.notes.notation import Name, Notation


class Names:
    """The names of a model's quantities in a notation. What has a name of its own keeps it."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation

    def __call__(self, name: str) -> str:
        return self.notation.text(name.quantity) if isinstance(name, Name) else name

    def value(self, name: str, number: Any) -> Any:
        """The number of what a name stands for: of a bias that is subtracted, the negative."""
        return negated(number, self._is_negated(name))

    def gradient(self, name: str, number: Any) -> Any:
        """The gradient in what a name stands for, of what the notation derives."""
        return negated(number, self._is_negated(name) != (self.notation.error_sign < 0))

    @property
    def gradient_word(self) -> str:
        """What stands before a gradient: -grad where it is that of -loss."""
        notation = self.notation
        return "-grad" if notation.error_sign < 0 and not notation.maximised else "grad"

    def _is_negated(self, name: str) -> bool:
        is_bias = isinstance(name, Name) and name.quantity.role is Role.BIAS
        return is_bias and self.notation.bias_is_subtracted
