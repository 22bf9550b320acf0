"""Compiled functions that are no network, beside JAX and CasADi.

    python benchmarks/functions.py [--rounds 3] [--only llvm casadi] [--table docs/compiler.md]

The log-likelihood of answers that people gave to questions, by the two-parameter model: of right
and wrong the odds are exp(z), z = a (theta - b), with a person's ability theta and a question's
slope a and difficulty b. It is written term by term, as on paper, and each contestant derives it
from that, JAX from a sum over arrays besides.

- gradient: of 100 people and 50 questions, 200 parameters, 1,000 answers.
- Hessian: of 10 people and 5 questions, 20 parameters, 100 answers.

As in compiled.py each measurement is a fresh process on one core; the best of the rounds counts, in
the processor's time, that of a compiler of C included. What takes JAX more than a minute to
translate, each term by itself, is measured once. A call goes from an array to an array, CasADi's
through buffers of its own.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from contest import (
    Results,
    asked,
    digits,
    measured,
    of_processor,
    put_into,
    require_alike,
    seconds,
    setting,
)

SIZES = {"gradient": (100, 50, 1000), "Hessian": (10, 5, 100)}  # people, questions, answers
OURS = "llvm"
SECTION = """## Functions beside others

Seconds until the first result, and how many times as long as by `engine="llvm"` one call takes: of
a gradient in 200 parameters of 1,000 terms, and of a Hessian in 20 of 100, written term by term.
`python benchmarks/functions.py --table docs/compiler.md` measures and writes it.

"""
END = "<!-- the end of what functions.py wrote -->\n"
SHOWN = {
    "llvm": '`engine="llvm"`',
    "list": "the same, from a list to a list",
    "numpy": '`engine="numpy"`',
    "jax": "JAX, term by term",
    "jax arrays": "JAX, over arrays",
    "casadi": "CasADi, its own machine",
    "casadi C": "CasADi, its C by gcc -O3 -march=native",
}
Call = Callable[[], Any]  # makes one call; what it gives


class Work:
    """The answers and the parameters, the same for every contestant."""

    def __init__(self, name: str) -> None:
        rng = random.Random(1)
        self.is_hessian = name == "Hessian"
        self.people, self.questions, answers = SIZES[name]
        self.answers = [
            (rng.randrange(self.people), rng.randrange(self.questions), rng.choice((1.0, -1.0)))
            for _ in range(answers)
        ]
        self.parameters = [rng.gauss(0, 1) for _ in range(self.people + 2 * self.questions)]

    def likelihood(self, exp: Any, log: Any) -> Callable[[Any], Any]:
        """The log-likelihood, term by term: of abilities, then slopes, then difficulties."""
        slopes = self.people
        difficulties = self.people + self.questions

        def likelihood(p: Any) -> Any:
            total = 0.0
            for person, question, right in self.answers:
                z = p[slopes + question] * (p[person] - p[difficulties + question])
                total = total - log(1 + exp(-right * z))
            return total

        return likelihood


# --- the contestants ------------------------------------------------------------------------------


def ours(work: Work, engine: str, given: Any) -> Call:
    """`autograd.compile`."""
    import autograd

    derive = autograd.hessian if work.is_hessian else autograd.grad
    f = work.likelihood(autograd.exp, autograd.log)
    fast = autograd.compile(derive(f), engine=engine)
    return lambda: fast(given)


def llvm(work: Work) -> Call:
    """This project's machine code."""
    import numpy as np

    return ours(work, "llvm", np.array(work.parameters))


def of_list(work: Work) -> Call:
    """The same, called with a list."""
    return ours(work, "llvm", work.parameters)


def arrays(work: Work) -> Call:
    """This project's program over NumPy."""
    import numpy as np

    return ours(work, "numpy", np.array(work.parameters))


def jax_call(work: Work, f: Any) -> Call:
    """A function of JAX's, derived and translated."""
    import jax
    import jax.numpy as jnp

    x = jnp.array(work.parameters)
    fast = jax.jit((jax.hessian if work.is_hessian else jax.grad)(f))
    return lambda: jax.block_until_ready(fast(x))


def jax_terms(work: Work) -> Call:
    """JAX, term by term, of numbers that are taken from the array once."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    f = work.likelihood(jnp.exp, jnp.log)
    return jax_call(work, lambda p: f(list(p)))


def jax_arrays(work: Work) -> Call:
    """JAX, over arrays: another program, with the terms as rows."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    people, questions = (np.array([x[i] for x in work.answers]) for i in (0, 1))
    right = np.array([x[2] for x in work.answers])

    def likelihood(p: Any) -> Any:
        ability, slope, difficulty = jnp.split(p, [work.people, work.people + work.questions])
        z = slope[questions] * (ability[people] - difficulty[questions])
        return -jnp.log(1 + jnp.exp(-right * z)).sum()

    return jax_call(work, likelihood)


def casadi(work: Work, **options: Any) -> Call:
    """CasADi's symbols, by its own machine or by its C."""
    import casadi
    import numpy as np

    p = casadi.SX.sym("p", len(work.parameters))
    f = work.likelihood(casadi.exp, casadi.log)(casadi.vertsplit(p))
    derived = casadi.hessian(f, p)[0] if work.is_hessian else casadi.gradient(f, p)
    function = casadi.Function("derived", [p], [casadi.densify(derived)], options)
    buffer, evaluate = function.buffer()
    x, given = np.array(work.parameters), np.empty(len(work.parameters))
    found = np.empty(derived.numel())
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(found))

    def call(_: Any = (buffer, function)) -> Any:  # which live as long
        given[:] = x
        evaluate()
        return found.copy()

    return call


def casadi_c(work: Work) -> Call:
    """CasADi's C, compiled."""
    flags = {"flags": ["-O3", "-march=native"]}
    os.chdir(tempfile.mkdtemp())  # where it leaves its files
    return casadi(work, jit=True, compiler="shell", jit_options=flags)


CONTESTANTS: dict[str, tuple[Callable[[Work], Call], str]] = {
    "llvm": (llvm, ""),
    "list": (of_list, ""),
    "numpy": (arrays, ""),
    "jax": (jax_terms, "jax"),
    "jax arrays": (jax_arrays, "jax"),
    "casadi": (casadi, "casadi"),
    "casadi C": (casadi_c, "casadi"),
}
ONCE = ("jax",)


# --- running them ---------------------------------------------------------------------------------


def measure(contestant: str, name: str) -> dict[str, Any]:
    """Seconds until the first result, microseconds a call, and the numbers that it gave."""
    import numpy as np

    start = of_processor()
    call = CONTESTANTS[contestant][0](Work(name))
    numbers = np.ravel(call())
    first = of_processor() - start
    return {"numbers": numbers.tolist(), "first": first, "call": seconds(call) * 1e6}


def main() -> None:
    given = asked(__doc__, CONTESTANTS, measure)
    if given is None:
        return
    if given.table and OURS not in given.only:
        raise SystemExit(f"the table's calls are measured by those of {OURS}: add it to --only")
    found: Results = {(name, who): [] for name in SIZES for who in given.only}
    for number in range(given.rounds):
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
        for name, who in found:
            if not number or who not in ONCE:
                found[name, who].append(measured(__file__, CONTESTANTS[who][1], who, name))
    for name in SIZES:
        rows = {who: results for (work, who), results in found.items() if work == name}
        require_alike(name, rows, "numbers")
        print(f"\n{name}: {SIZES[name][2]} terms")
        for who, results in rows.items():
            first, call = best(results)
            print(f"  {who:12}{first:8.2f} s until the first{call:10.2f} us a call")
    if given.table:
        text = f"{table(found)}\n\n{setting(CONTESTANTS[who][1] for who in given.only)}"
        put_into(given.table, SECTION, text, END)


def best(results: list[dict[str, Any]]) -> tuple[float, float]:
    """Seconds until the first result, and microseconds a call: the best of the rounds."""
    return min(x["first"] for x in results), min(x["call"] for x in results)


def table(found: Results) -> str:
    """Seconds until the first result, and a call as a multiple of this project's, in Markdown."""
    heads = [head for name in SIZES for head in (f"{name}: first, seconds", "a call")]
    lines = [["", *heads], ["---"] * (1 + len(heads))]
    for who in dict.fromkeys(who for _, who in found):
        cells = []
        for name in SIZES:
            first, call = best(found[name, who])
            cells += [digits(first), digits(call / best(found[name, OURS])[1])]
        lines.append([SHOWN[who], *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
