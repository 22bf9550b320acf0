"""`compile`: a function of scalars as machine code, or as a program over NumPy."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from types import MethodType
from typing import Any

from autograd.calculus.nesting import Tree, numbers, values, with_numbers
from autograd.compiler.arguments import OF_CALLS, misfit, names_of, shapes_of
from autograd.compiler.collector import collector_paused
from autograd.compiler.engines import engine_of, require_possible
from autograd.compiler.kernels import Kernel
from autograd.compiler.program import Program
from autograd.compiler.recording import Recording, recorded
from autograd.compiler.simplify import simplified
from autograd.compiler.structure import Row, Structure, is_nested, leaves
from autograd.reading import Value, python_number

Run = Callable[[Row], Row | None]
FLOATS = frozenset({float, int})
LONG = 200  # instructions, of which arrays of what is alike are sooner computed by NumPy
MOST_KNOWN = 64  # nestings of the arguments, the last ones


def compile(f: Callable[..., Tree], *, engine: str = "auto", exact_order: bool = False) -> Compiled:
    """The function f, recorded at its first call, translated, and run without Python's steps.

    It is called as f is, with floats in lists, tuples, dicts, arrays and models, and gives what f
    gives, in numbers; ints count as floats. Each other nesting of the arguments is recorded anew,
    and each other model.
    What goes by a number while recording, as an `if`, is a TypeError that names the line. Values
    that f uses from outside are read at each call; its numbers from outside are constants.

    `engine` is "llvm" (machine code, by llvmlite: `pip install 'chalkgrad[fast]'`), "numpy",
    "eager" (f itself), or "auto": the first that is installed. With `exact_order` no product is
    fused with a sum, and sums stay in their order: the results have the bits of f, as far as the
    machine's own functions do.

    Where a number given or a result is not finite f itself is called, so that NaN goes where it
    goes in f, and errors are those of f; and so where the arguments are Fractions, Decimals,
    complex numbers or Values, with which f is exact or goes on recording.

    >>> from autograd import sigmoid, value_and_grad
    >>> def loss(w, x):
    ...     return (sigmoid(w[0] * x + w[1]) - 1) ** 2
    >>> fast = compile(value_and_grad(loss))
    >>> fast([2.0, -1.0], 0.5)
    (0.25, [-0.125, -0.25])
    >>> print(fast.program)
    inputs w[0], w[1], x
    v1 = w[0]*x + w[1]
    v2 = sigmoid(v1)
    v3 = v2 - 1
    v4 = v3^2
    v5 = 2*v3
    v6 = 1 - v2
    v7 = v2*v6
    v8 = v5*v7
    v9 = v8*x
    outputs v4, v9, v8
    """
    if not callable(f):
        raise TypeError(f"compile takes a function, not a {type(f).__name__}")
    return Compiled(f, engine_of(engine, "eager"), exact_order)


@dataclass(frozen=True)
class Translation:
    """One nesting of the arguments, and the code for it."""

    recording: Recording
    program: Program
    arguments: Structure
    results: Structure
    run: Run
    source: str

    def numbers(self, row: Row) -> Row | None:
        """The results for floats; None where they are not all finite, or one from outside is no
        float.
        """
        if self.recording.captured:
            row = row if row.__class__ in (list, tuple) else row.tolist()
            row = [*row, *self.recording.captured_now()]
            if not FLOATS.issuperset(map(type, row)):
                return None
        try:
            return self.run(row)
        except (OverflowError, struct.error):  # an int beyond all floats
            return None


class Compiled:
    """What `compile` makes of a function; see there."""

    def __init__(self, f: Callable[..., Tree], engine: str, exact_order: bool) -> None:
        require_possible(engine, exact_order)
        update_wrapper(self, f)
        self._f, self.engine, self.exact_order = f, engine, exact_order
        self._known: list[Translation] = []
        self._shapes: dict[str, str] = {}  # of arguments that were recorded

    def __call__(self, /, *arguments: Tree, **keywords: Tree) -> Tree:
        given = arguments, keywords
        for known in self._known:
            row = known.arguments.read(given)
            if row is not None and (
                row.__class__ is not tuple or FLOATS.issuperset(map(type, row))
            ):
                found = known.numbers(row)
                if found is not None:
                    return known.results.built(found)
                return self._eager(row, arguments, keywords)
        try:
            return self._called(given, arguments, keywords)
        except OF_CALLS as error:
            if type(error) not in OF_CALLS or hasattr(error, "operation"):
                raise
            told = misfit(error, self._f, arguments, keywords, self._shapes)
            if not told:
                raise
            raise type(error)(f"{str(error).rstrip()}; {told}") from error

    def _called(self, given: Tree, arguments: Sequence[Tree], keywords: Mapping[str, Tree]) -> Tree:
        """The same where the nesting may be new, or other numbers than floats are given."""
        row = [python_number(x) for x in leaves(given)]
        if self.engine == "eager" or not FLOATS.issuperset(map(type, row)):
            return self._eager(row, arguments, keywords)
        for known in self._known:
            read = known.arguments.read(given)
            if read is not None and not any(map(is_nested, read)):
                break
        else:
            known = self._translated(arguments, keywords)
        found = known.numbers(row)
        if found is not None:
            return known.results.built(found)
        return self._eager(row, arguments, keywords)

    def _eager(
        self, row: Sequence[Any], arguments: Sequence[Tree], keywords: Mapping[str, Tree]
    ) -> Tree:
        """What f gives: exact numbers, Values where some were given, and its own errors."""
        if any(x.__class__ is Value for x in row):
            return self._f(*arguments, **keywords)
        names = names_of(self._f, len(arguments))
        positional = map(values, arguments, names)
        return numbers(self._f(*positional, **{key: values(x, key) for key, x in keywords.items()}))

    @collector_paused()
    def _translated(self, arguments: Sequence[Tree], keywords: Mapping[str, Tree]) -> Translation:
        """The code for arguments nested as these are, which is known from now on."""
        recording = recorded(self._f, arguments, keywords)
        program = simplified(recording.program, self.exact_order)
        run, source = self._code(program)
        given = Structure((tuple(arguments), dict(keywords)))
        results = Structure(with_numbers(recording.output, lambda _: 0.0))
        found = Translation(recording, program, given, results, run, source)
        self._shapes = shapes_of(self._f, arguments, keywords)
        self._known = [found, *self._known[: MOST_KNOWN - 1]]
        return found

    def _code(self, program: Program) -> tuple[Run, str]:
        if self.engine == "llvm":
            from autograd.compiler.llvm import scalar_code

            return scalar_code(program, self.exact_order)
        if self.engine == "jax":
            from autograd.compiler.jax_code import OfNumbers

            code = OfNumbers(program)
            return code, code.source
        if len(program.instructions) > LONG and not self.exact_order:
            from autograd.compiler.lifted_code import lifted_scalar_code

            return lifted_scalar_code(program)
        from autograd.compiler.array_code import scalar_code as by_arrays

        return by_arrays(program)

    @property
    def program(self) -> Program:
        """The program of the nesting that was recorded last."""
        return self._last.program

    @property
    def source(self) -> str:
        """Its source: LLVM's, or Python's over NumPy."""
        return self._last.source

    def explain(self) -> str:
        """The program in lines of arrays, of scalars that are computed alike.

        >>> import autograd
        >>> fast = autograd.compile(lambda w, x: [autograd.tanh(a * x) for a in w])
        >>> _ = fast([0.5, 1.0, 2.0], 1.0)
        >>> print(fast.explain())
        v1 = tanh([w[0] ... w[2]]*x)   (3 x 1)
        outputs 0 to 2 = v1   (3 x 1)
        6 scalars in 1 line
        """
        from autograd.compiler.explain import explained

        return explained(Kernel(self.program, [], []))

    @property
    def function(self) -> Callable[[Any], Any]:
        """By JAX alone: what `source` computes, as a pure function from the array of the program's
        inputs to that of its outputs.
        """
        if self.engine != "jax":
            raise ValueError(f"engine='jax' gives a pure function of arrays, not {self.engine!r}")
        function: Callable[[Any], Any] = self._last.run.function  # type: ignore[attr-defined]
        return function

    @property
    def _last(self) -> Translation:
        if not self._known:
            raise ValueError("nothing is compiled yet: call the function once")
        return self._known[0]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a function in a class is: a method."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        name = getattr(self._f, "__name__", type(self._f).__name__)
        return f"<{name}, compiled by {self.engine}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Compiled, (self._f, self.engine, self.exact_order)
