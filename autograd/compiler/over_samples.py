"""Over the samples: what a kernel sums, as matrix products and sums of rows of what was lifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.compiler.kernels import Kernel
from autograd.compiler.lift import FEWEST, Array, Lifted, Rows, Step
from autograd.compiler.program import Operand, Register
from autograd.compiler.simplify import terms_of

Pair = tuple[Operand, Operand]


class Outer(NamedTuple):
    """Sums over the samples: each row of one array times each row of another."""

    left: Rows
    right: Rows


class Diagonal(NamedTuple):
    """Sums over the samples, row by row, of products; of rows alone with the constant 1."""

    left: Rows
    right: Rows

    @property
    def is_plain(self) -> bool:
        """Whether the other factor is 1."""
        return self.right.of is None and set(self.right.places) == {1.0}


class Block(NamedTuple):
    """Outputs whose sums are computed together: at `places`, each the sum of the terms; of an Outer
    they are a matrix, row by row.
    """

    places: list[int]
    terms: Sequence[Outer | Diagonal]

    @property
    def grid(self) -> list[list[int]]:
        """The places, a row for each of the left factor's."""
        first = self.terms[0]
        width = len(first.right.places) if isinstance(first, Outer) else 1
        return [self.places[i : i + width] for i in range(0, len(self.places), width)]


def steps_before(found: Lifted) -> Iterator[tuple[Array, Step]]:
    """The arrays that are made before anything is summed, and the step of each."""
    alone = _late(found.kernel)
    for array, step in zip(found.arrays, found.steps, strict=True):
        if step is not None and not alone.issuperset(array.rows):
            yield array, step


def blocks(found: Lifted) -> list[Block]:
    """The sums over the samples."""
    program, alone = found.kernel.program, _late(found.kernel)
    groups: dict[tuple[int | None, ...], list[tuple[int, Sequence[Pair]]]] = {}
    for place, output in enumerate(program.outputs):
        pairs: Sequence[Pair] = [(output, 1.0)]
        if isinstance(output, int) and output in alone:
            pairs = terms_of(program.instructions[output - len(program.inputs)]) or ()
        of = (found.place[x][0] if isinstance(x, int) else None for pair in pairs for x in pair)
        groups.setdefault(tuple(of), []).append((place, pairs))
    return [_block(found, members) for members in groups.values()]


def _block(found: Lifted, members: Sequence[tuple[int, Sequence[Pair]]]) -> Block:
    terms = [
        {place: pairs[number] for place, pairs in members} for number in range(len(members[0][1]))
    ]
    outer = [_outer(found, pairs) for pairs in terms]
    places = outer[0].places if outer[0] else []
    if any(each is None or each.places != places for each in outer):
        sides = [zip(*pairs.values(), strict=True) for pairs in terms]
        return Block(
            [place for place, _ in members], [Diagonal(*map(found.rows, x)) for x in sides]
        )
    return Block(places, [term for each in outer if each for term in each.terms])


def _outer(found: Lifted, pairs: dict[int, Pair]) -> Block | None:
    """Every row of one array times every row of another: a matrix product over the samples."""
    place_of = {pair: place for place, pair in pairs.items()}
    lefts = _ordered(found, {a for a, _ in pairs.values()})
    rights = _ordered(found, {b for _, b in pairs.values()})
    if not (lefts and rights and len(lefts) * len(rights) == len(place_of) == len(pairs)):
        return None
    try:
        places = [place_of[a, b] for a in lefts for b in rights]
    except KeyError:
        return None
    return Block(places, [Outer(found.rows(lefts), found.rows(rights))])


def _ordered(found: Lifted, operands: set[Operand]) -> list[Register]:
    """Registers of rows that are batched, upwards; none where one is not."""
    place, arrays = found.place, found.arrays
    batched = [x for x in operands if isinstance(x, int) and arrays[place[x][0]].batched]
    return sorted(batched, key=lambda x: place[x]) if len(batched) == len(operands) else []


def _late(kernel: Kernel) -> set[Register]:
    """The sums of few products that nothing but a sum over the samples uses: they are no rows."""
    uses, first = kernel.program.uses(), len(kernel.program.inputs)
    found = set()
    for x in kernel.program.outputs:
        if isinstance(x, int) and x >= first and uses[x] == 1:
            terms = terms_of(kernel.program.instructions[x - first])
            if terms is not None and len(terms) < FEWEST:
                found.add(x)
    return found
