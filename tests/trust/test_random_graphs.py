"""Random graphs agree with mpmath, SymPy, PyTorch and JAX, orders 1 to 3.

A graph is a program of random_graphs.py: all operations, shared and n-ary nodes. f(x + t*d), along
a direction, is differentiated in t three times: by reverse mode nested in itself (grad of grad of
grad, each contracted with d), and by the jets of `taylor`. mpmath takes differences of 50 digits,
SymPy the formula, PyTorch and JAX their own functions and reverse modes in float64.

The bound is that of test_floats.py for a whole graph: each node v of the recorded derivative q may
be off by 2 ulp x condition, 2 ulp * max(|v|, sum of |x_i * dv/dx_i|) over its operands, and moves q
by |dq/dv| of it; the bound is their sum over all nodes. Two that both compute in floats may differ
by three times that, for both round. A bound wider than LIMIT * (1 + |q|) would say nothing: such a
graph fails.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from fractions import Fraction

import mpmath
import pytest
import series
import symbolic
import sympy
from packages import PRECISE
from random_graphs import engine, random_program, rational_program
from samples import SAMPLES

from autograd import (
    OPERATIONS,
    Graph,
    Value,
    derivative,
    dot,
    grad,
    hvp,
    jvp,
    taylor,
    topological_order,
)
from autograd.number_types import number_of

PROMISE = "random graphs agree with others"
DIGITS = 50
LIMIT = 1e-7
ORDERS = (1, 2, 3)


def along(f, grad, dot, program):
    """The derivative of f in the program's direction, by a reverse mode."""
    argnums = tuple(range(len(program.inputs)))
    return lambda *x: dot(grad(f, argnums=argnums)(*x), program.direction)


def derivatives(program):
    """Orders 1 to 3 along the direction, and how far each may be off: [(number, bound), ...]."""
    f, found = lambda *x: program.run(engine, x), []
    for _ in ORDERS:
        f = along(f, grad, dot, program)
        found.append(bounded(f(*map(Value, program.inputs))))
    return found


def bounded(root):
    """Its number, and how far that may be off."""
    root.backward()
    condition = sum(
        abs(node.grad) * change(node) for node in topological_order(root) if node.operation
    )
    bound = 2 * sys.float_info.epsilon * condition + 1e-30  # which mpmath's differences leave of 0
    assert bound <= LIMIT * (1 + abs(root.data)), "an ill-conditioned graph"
    return root.data, bound


def change(node):
    """What relative changes of 1 in its operands and in itself can make of a node."""
    operation, x = node.operation, list(map(number_of, node.operands))
    if operation.arity is None:
        partials = operation.partials(node.data, *x)
    else:  # integers are exponents and the table's own, exact
        partials = [
            0 if z.__class__ is int else p(node.data, *x)
            for p, z in zip(operation.partials, x, strict=True)
        ]
    return max(abs(node.data), sum(abs(p * z) for p, z in zip(partials, x, strict=True)))


def on_the_line(program, compute, t, number):
    """The program at x + t*d, in numbers of another kind."""
    line = [
        number(x) + t * number(d) for x, d in zip(program.inputs, program.direction, strict=True)
    ]
    return program.run(compute, line)


def by_jets(program):
    coefficients = taylor(lambda t: on_the_line(program, engine, t, float), 0.0, 3)
    return [factor * c for factor, c in zip((1, 2, 6), coefficients[1:], strict=True)]


def by_mpmath(program):
    def compute(name, *operands):
        return SAMPLES[name].formula(PRECISE, *map(mpmath.mpmathify, operands))

    with mpmath.workdps(DIGITS):
        return list(mpmath.diffs(lambda t: on_the_line(program, compute, t, mpmath.mpf), 0, 3))[1:]


def by_sympy(program):
    """With a symbol for every number, so that SymPy does not compute with their long fractions."""
    t = sympy.Symbol("t", real=True)
    numbers = {}

    def symbol(x):
        return numbers.setdefault(x, sympy.Symbol(f"c{len(numbers)}", real=True))

    def compute(name, *operands):
        result = symbolic.formula(
            name, *(symbol(x) if x.__class__ is float else sympy.sympify(x) for x in operands)
        )
        if isinstance(result, sympy.Piecewise):
            at = {t: 0} | {symbol: number for number, symbol in numbers.items()}
            result = next(side for side, condition in result.args if condition.subs(at))
        return result

    f = on_the_line(program, compute, t, symbol)
    derivatives = sympy.lambdify(
        (t, *numbers.values()),
        [sympy.diff(f, t, k) for k in ORDERS],
        [{"DiracDelta": lambda *x: 0}, "mpmath"],  # of abs, whose kink no program meets
        cse=True,
    )
    with mpmath.workdps(DIGITS):
        return derivatives(mpmath.mpf(0), *map(mpmath.mpf, numbers))


def check(seeds, oracle, allowance, **size):
    """Compare orders 1 to 3; the worst difference as a part of the bound."""
    worst = 0.0
    for seed in seeds:
        program = random_program(seed, **size)
        ours = derivatives(program)
        for got, (number, bound) in zip(oracle(program), ours, strict=True):
            error = float(abs(got - number)) / bound
            assert error <= allowance, (seed, got, number, bound)
            worst = max(worst, error)
    return worst


def test_programs_use_everything(full, figure):
    programs = list(map(random_program, range(20_000 if full else 300)))
    used = Counter(step.operation for program in programs for step in program.steps)
    shared = sum(
        any(
            n > 1
            for n in Counter(
                x for _, operands in p.steps for kind, x in operands if kind == "tape"
            ).values()
        )
        for p in programs
    )
    assert set(used) == set(OPERATIONS)
    assert shared > len(programs) / 2
    figure(
        PROMISE,
        f"{len(programs):,} graphs of {sum(used.values()):,} nodes, {shared:,} with shared ones, "
        f"each operation {min(used.values()):,} times or more",
    )


def test_mpmath(full, figure):
    programs = range(20_000 if full else 150)
    worst = check(programs, by_mpmath, 1)
    figure(
        PROMISE,
        f"orders 1 to 3 of {len(programs):,} against mpmath, none outside: within {worst:.2f} of "
        "the bound",
    )


def test_jets(full, figure):
    programs = range(5_000 if full else 100)
    worst = check(programs, by_jets, 2)
    figure(PROMISE, f"{len(programs):,} by jets: {worst:.2f}")


def test_sympy(full, figure):
    programs = range(200 if full else 10)
    worst = check(programs, by_sympy, 1, longest=4)  # the third derivatives of more are very long
    figure(PROMISE, f"{len(programs):,} against SymPy: {worst:.2f}")


def by_series(program):
    """Value and orders 1 to 3, exactly."""

    def compute(name, *operands):
        given = (x if isinstance(x, list) else series.series(x) for x in operands)
        return series.OPERATIONS[name](*given)

    line = [series.series(x, d) for x, d in zip(program.inputs, program.direction, strict=True)]
    return [c * factor for c, factor in zip(program.run(compute, line), (1, 1, 2, 6), strict=True)]


def by_every_mode(program):
    """Value and orders 1 to 3 along the direction, by each way that there is."""

    def f(*x):
        return program.run(engine, x)

    def g(t):
        return on_the_line(program, engine, t, lambda x: x)

    x, d = program.inputs, program.direction
    yield [f(*x), *(derivative(g, order)(Fraction(0)) for order in ORDERS)]
    yield [c * k for c, k in zip(taylor(g, Fraction(0), 3), (1, 1, 2, 6), strict=True)]
    yield [*jvp(f, x, d), dot(hvp(lambda v: f(*v), (list(x),), (list(d),)), d)]
    leaves = list(map(Value, x))
    root = f(*leaves)
    root.backward()
    yield [root.data, dot([leaf.grad for leaf in leaves], d)]
    first = along(f, grad, dot, program)
    second = along(first, grad, dot, program)
    yield [f(*x), first(*x), second(*x), along(second, grad, dot, program)(*x)]
    yield [f(*x), jvp(lambda t: jvp(g, (t,), (1,))[1], (Fraction(0),), (1,))[0]]


def test_rational_functions(full, figure):
    programs = range(5_000 if full else 20)
    for seed in programs:
        program = rational_program(seed)
        expected = by_series(program)
        for found in by_every_mode(program):
            assert found == expected[: len(found)], seed
            assert {int, Fraction} >= set(map(type, found)), seed
    figure(
        PROMISE,
        f"{len(programs):,} rational ones over Values, plain ints and Fractions, in 6 ways, equal "
        "to power series over Fractions",
    )


HOSTILE = [0.0, -0.0, 1.0, -1.0, 1e-200, -1e-200, 1e200, 5e-324, 1e308, -1e308, 40.0, -745.0, 0.5]


def hostile_graph(rng):
    """A short program over hostile numbers; it may have no value there."""
    program = random_program(rng.randrange(10**6), longest=4)
    inputs = tuple(rng.choice(HOSTILE) for _ in program.inputs)
    return program._replace(inputs=inputs)


def sizes(program):
    """For each input the sum of |derivative| over the paths: what may cancel in it."""
    inputs = [Value(x) for x in program.inputs]
    graph = Graph(program.run(engine, inputs))
    size = dict.fromkeys(graph.order, 0.0) | {graph.root: 1.0}
    for node in reversed(graph.order):
        for operand, local in zip(node.operands, graph.local(node), strict=False):
            if graph.has(operand) and local is not None:
                size[operand] += size[node] * abs(local)
    return [size.get(x, 0.0) for x in inputs]


def test_forward_mode_at_hostile_points(full, figure):
    """Forward and reverse mode multiply the same local derivatives, in another order."""
    rng, compared, graphs = random.Random(9), 0, 3000 if full else 100
    for _ in range(graphs):
        program = hostile_graph(rng)
        x = program.inputs
        try:
            reverse = grad(lambda *v, p=program: p.run(engine, v), tuple(range(len(x))))(*x)
        except (ArithmeticError, ValueError, TypeError):
            continue
        for i, number in enumerate(reverse):
            unit = tuple(float(i == j) for j in range(len(x)))
            _, forward = jvp(lambda *v, p=program: p.run(engine, v), x, unit)
            if all(map(math.isfinite, (number, forward))):
                lost = max(1e-290, 1e-12 * sizes(program)[i]) if forward != number else 0
                assert forward == pytest.approx(number, rel=1e-9, abs=lost), (program, i)
                compared += 1
    figure(
        PROMISE,
        f"{compared:,} derivatives at hostile points alike by jvp and grad",
    )


def test_pytorch(full, figure):
    torch = pytest.importorskip(
        "torch", reason="PyTorch is in an environment of its own, see .ci/run"
    )
    programs = range(5_000 if full else 50)
    worst = check(programs, lambda program: by_pytorch(torch, program), 3, ints=False)
    figure(PROMISE, f"{len(programs):,} against PyTorch: {worst:.2f}")


def by_pytorch(torch, program):
    def number(x):
        return torch.tensor(x, dtype=torch.float64)

    def compute(name, *operands):
        given = (number(x) if x.__class__ is float else x for x in operands)
        return (SAMPLES[name].torch or SAMPLES[name].formula)(torch, *given)

    inputs = [number(x).requires_grad_() for x in program.inputs]
    root, found = program.run(compute, inputs), []
    for _ in ORDERS:
        if root.requires_grad:
            gradients = torch.autograd.grad(root, inputs, create_graph=True, allow_unused=True)
            terms = [
                g * d for g, d in zip(gradients, program.direction, strict=True) if g is not None
            ]
            root = torch.stack(terms).sum()
        else:
            root = number(0.0)
        found.append(root.item())
    return found


def test_jax(full, figure):
    jax = pytest.importorskip("jax", reason="JAX is in an environment of its own, see .ci/run")
    jax.config.update("jax_enable_x64", True)
    programs = range(200 if full else 3)
    with jax.disable_jit():  # or it compiles every graph
        worst = check(programs, lambda program: by_jax(jax, program), 3, ints=False)
    figure(PROMISE, f"{len(programs):,} against JAX (64 bit): {worst:.2f}")


def by_jax(jax, program):
    def compute(name, *operands):
        own = SAMPLES[name].jax
        return own(jax, *operands) if own else SAMPLES[name].formula(jax.numpy, *operands)

    f, found = lambda *x: program.run(compute, x), []
    for _ in ORDERS:
        f = along(f, jax.grad, lambda g, d: sum(a * b for a, b in zip(g, d, strict=True)), program)
        found.append(float(f(*program.inputs)))
    return found
