"""Kernels: a program over many samples, with sums over them and results for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.compiler.program import Program


@dataclass(frozen=True)
class Column:
    """Where an input or a result of each sample lies: in an array, at `place` of rows so `wide`.

    A padded array has a column of its own and room for whole blocks.
    """

    array: int
    place: int = 0
    width: int = 1
    padded: bool = False


@dataclass(frozen=True)
class Kernel:
    """A program over samples: its first inputs are shared by all of them, the last have `columns`.

    Its first outputs are summed over the samples, the last are `results` of each.
    """

    program: Program
    columns: Sequence[Column]
    results: Sequence[Column]

    @property
    def shared(self) -> int:
        """How many inputs are shared."""
        return len(self.program.inputs) - len(self.columns)

    @property
    def sums(self) -> int:
        """How many outputs are summed."""
        return len(self.program.outputs) - len(self.results)

    @property
    def arrays(self) -> int:
        """How many arrays the columns lie in."""
        return 1 + max((x.array for x in (*self.columns, *self.results)), default=-1)
