"""What a model's quantities are called in another notation than its own."""

from __future__ import annotations

from autograd.notes.notation import Name, Notation


class Names:
    """The names of a model's quantities in a notation; its own where none is given. What has a name
    of its own keeps it.
    """

    def __init__(self, notation: Notation | None) -> None:
        self.notation = notation

    def __call__(self, name: str) -> str:
        if self.notation is None or not isinstance(name, Name):
            return name
        return self.notation.text(name.quantity)
