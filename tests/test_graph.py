"""The graph: order, names, copies, and graphs too deep for recursion."""

from __future__ import annotations

import copy
import decimal
import gc
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise, repeat

import mpmath
import pytest

import autograd
from autograd import (
    OPERATIONS,
    Graph,
    Value,
    copying,
    derivative,
    derivatives,
    derive,
    dot,
    draw,
    exp,
    explain_nan,
    find,
    grad,
    gradients,
    jvp,
    log,
    relu,
    sin,
    softplus,
    sqrt,
    topological_order,
    total,
    walk,
    where,
)
from autograd import graph as graph_module
from nn import MLP


def chain(length, step=1):
    """y = x + x + ... : a leaf x and the end of a chain of `length` additions."""
    x = y = Value(step, "x")
    for _ in range(length):
        y = y + x
    return x, y


def test_operands_come_before_results_once_each():
    a, b = Value(2, "a"), Value(3, "b")
    c = a * b
    root = (c + a) * c
    order = topological_order(root)
    assert order == [a, b, c, root.operands[0], root]
    assert topological_order(a) == [a]


def test_order_is_that_of_the_operands():
    values = [Value(i, f"x_{i}") for i in range(5)]
    root = dot(values[::-1], [1, values[0], 2, 3, 4])
    assert [node.name for node in topological_order(root)] == [
        "x_4",
        "x_3",
        "x_2",
        "x_1",
        "x_0",
        "",
    ]


def test_plain_numbers_are_no_nodes():
    x = Value(2)
    y = 3 * x + 1
    assert topological_order(y) == [x, y.operands[0], y]
    assert (y.operands[1], y.operands[0].operands[0]) == (1, 3)


class Unhashable(Fraction):
    __hash__ = None


def test_plain_numbers_need_no_hash():
    x, three = Value(Fraction(2), "x"), Unhashable(3)

    def f(x):
        return dot([three, 1], [x, x], three) - x

    y = f(x)
    assert gradients(y, [x]) == [3] and Graph(y).evaluate({x: Fraction(5)})[y] == 18
    assert (
        grad(f)(Fraction(2)) == derivative(f)(Fraction(2)) == jvp(f, (Fraction(2),), (1,))[1] == 3
    )


def test_gradients_ask_only_what_depends_on_the_wanted():
    x, c = Value(3.0, "x"), Value(0.0, "c")
    y = x * sqrt(c)
    assert gradients(y, [x]) == [0.0]  # sqrt has no derivative at 0
    with pytest.raises(ZeroDivisionError):
        y.backward()


def test_gradients_ask_only_what_changes_with_the_wanted():
    for x, slope in ((-1.0, 0.0), (4.0, 0.25)):
        leaf = Value(x, "x")
        assert gradients(sqrt(relu(leaf)), [leaf]) == [slope]
    x, c = Value(4.0, "x"), Value(0.0, "c")
    assert gradients(sqrt(where(-1.0, x, c)), [x]) == [0.0]  # of x, whatever c does
    for choice in (relu, OPERATIONS["abs"]):
        leaf = Value(0.0, "x")
        with pytest.raises(ZeroDivisionError):  # at the kink nothing says which side was meant
            gradients(sqrt(choice(leaf)), [leaf])


def test_backward_leaves_none_where_an_inner_node_has_no_gradient():
    x, c = Value(-1.0, "x"), Value(2.0, "c")
    off = relu(x)
    root = sqrt(off) + c * x
    root.backward()
    assert (x.grad, c.grad, off.grad, root.grad) == (2.0, -1.0, None, 1.0)
    root.backward()
    assert (x.grad, off.grad) == (4.0, None)
    with pytest.raises(ZeroDivisionError, match="the derivative of sqrt"):
        sqrt(relu(Value(0.0))).backward()


def test_of_two_operands_the_one_asked_for_is_differentiated():
    base, exponent = Value(0.0, "x"), Value(0.5, "n")
    assert gradients(base**exponent, [exponent]) == [0.0]
    negative = Value(-2.0, "x")
    assert gradients(negative ** Value(3.0), [negative]) == [12.0]
    with pytest.raises(TypeError, match="gradients are asked in a list of Values, not in a list"):
        gradients(base**exponent, [[base]])


def test_nodes_copied_one_by_one_are_seen_once_each(monkeypatch):
    seen = []
    search = copying.depth_first

    def counted(root, known):
        order = search(root, known)
        seen.extend(order)
        return order

    monkeypatch.setattr(copying, "depth_first", counted)
    nodes = list(accumulate(repeat(1.0, 300), initial=Value(2.0)))
    copies = copy.deepcopy(nodes)
    assert len(seen) == len(nodes)
    assert all(after.operands[0] is before for before, after in pairwise(copies))


def test_repeated_operands_are_kept():
    x = Value(2)
    assert (x * x).operands == (x, x) and total([x, x, x]).operands == (x, x, x)


def test_find():
    first, second = Value(1, "z_0^1"), Value(2, "z_0^1")
    root = first * 3 + second
    root.name = "L"
    assert find(root, "z_0^1") == [first, second]
    assert find(root, "L") == [root] and find(root, "a") == [] and find(first, "L") == []


def test_a_graph_is_its_root():
    with pytest.raises(TypeError, match="expected a Value, the root of a graph, not a int"):
        topological_order(3)


def test_what_a_leaf_was_set_to_may_not_be_computable():
    x = Value(1.0, "x")
    y = log(x)
    Graph(y)
    x.data = -1.0
    with pytest.raises(
        ValueError,
        match=r"Value\(0.0\) is stale, its operands give ValueError.*run the forward pass",
    ):
        Graph(y)


def test_nothing_found_says_which_names_are_alike():
    root = Value(2, "w_5") * Value(3, "b\n")
    nothing = find(root, "w5")
    assert nothing == [] and not nothing and list(nothing) == Graph(root).find("w5") == []
    assert repr(nothing) == "[]: no node is named 'w5': did you mean w_5?"
    with pytest.raises(IndexError, match=r"no node is named 'w5': did you mean w_5\?"):
        nothing[0]
    assert nothing[:1] == copy.copy(nothing) == pickle.loads(pickle.dumps(nothing)) == []
    assert "did you mean b\\n?" in repr(find(root, "B"))
    assert repr(find(root, 5)) == "[]: no node is named 5"
    nothing.append(root)
    assert nothing[0] is root and repr(nothing) == f"[{root!r}]"


@pytest.mark.parametrize(("before", "after"), [(1.0, math.nan), (math.nan, 1.0)])
def test_a_nan_that_comes_or_goes_is_stale_too(before, after):
    x = Value(before, "x")
    y = x * 2
    Graph(y)
    x.data = after
    with pytest.raises(ValueError, match="is stale"):
        Graph(y)


def test_deep_copy_keeps_numbers_names_and_gradients():
    x = Value(3, "x")
    y = x**2 + 2 * x
    y.name = "y"
    y.backward()
    copied = copy.deepcopy(y)
    assert [(n.data, n.name, n.grad, n.operation) for n in topological_order(copied)] == [
        (n.data, n.name, n.grad, n.operation) for n in topological_order(y)
    ]
    assert not set(topological_order(copied)) & set(topological_order(y))
    assert copied.operands[0].operands[1] == 2


def pickled(protocol):
    return lambda roots: pickle.loads(pickle.dumps(roots, protocol))


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, *map(pickled, range(6))], ids=["deepcopy", *map(str, range(6))]
)
def test_copies_keep_what_several_roots_share(copied):
    x = Value(3.0, "x")
    shared = x * 2
    right = shared * shared
    right.backward()
    left, right, again, leaf = copied([shared + 1, right, shared, x])
    assert (
        left.operands[0] is again and right.operands == (again, again) and again.operands[0] is leaf
    )
    assert leaf is not x and (left.grad, right.grad, again.grad, leaf.grad) == (
        None,
        1.0,
        12.0,
        24.0,
    )


def test_copies_of_a_model_and_its_loss_are_one_graph():
    model = MLP(2, [2, 1])
    loss = model([0.5, -0.5])
    model, loss = pickled(5)((model, loss))
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_a_copy_is_independent():
    x = Value(3.0, "x")
    y = x * x
    copied = copy.deepcopy(y)
    copied.backward()
    assert x.grad is None and y.grad is None and copied.operands[0].grad == 6.0


@pytest.mark.long
def test_deep_copy_at_any_depth():
    x, y = chain(100_000)
    copied = copy.deepcopy({"root": y, "leaf": x})
    copied["root"].backward()
    assert copied["leaf"].grad == 100_001 and x.grad is None
    assert find(copied["root"], "x") == [copied["leaf"]]


def test_pickle_at_any_depth():
    _, y = chain(20_000)
    y.backward()
    copied = pickle.loads(pickle.dumps(y))
    (x,) = find(copied, "x")
    assert (copied.data, x.grad, len(topological_order(copied))) == (20_001, 20_001, 20_001)


def test_total_of_100_000():
    values = [Value(0.1, "x") for _ in range(100_000)]
    y = total(values)
    y.backward()
    left_to_right = 0.1
    for _ in range(99_999):
        left_to_right += 0.1
    assert y.data == left_to_right and all(v.grad == 1.0 for v in values)
    assert len(topological_order(y)) == 100_001


@pytest.mark.long
def test_sum_of_100_000():
    values = [Value(1) for _ in range(100_000)]
    y = sum(values)
    y.backward()
    assert y.data == 100_000 and all(v.grad == 1 for v in values)
    assert gradients(y, [values[0], values[-1]]) == [1, 1]


@pytest.mark.long
def test_a_chain_of_a_million_is_built_differentiated_and_freed():
    gc.collect()
    before = len(gc.get_objects())
    x, y = chain(1_000_000)
    y.backward()
    assert (y.data, x.grad) == (1_000_001, 1_000_001)
    gc.disable()
    try:
        del y  # by reference counts alone: there are no cycles to collect
        assert len(gc.get_objects()) - before < 1000
    finally:
        gc.enable()


@pytest.mark.parametrize("read", [derive, walk, draw, explain_nan])
def test_a_reader_sorts_a_graph_once(read, monkeypatch):
    sorts = []
    sort = graph_module.depth_first
    for module in (graph_module, derivatives):
        monkeypatch.setattr(
            module, "depth_first", lambda root, seen: (sorts.append(root), sort(root, seen))[1]
        )
    x = Value(3.0, "x")
    root = x * 2 + log(x)
    read(root)
    assert sorts == [root]


def test_a_graph_keeps_the_numbers_that_it_had():
    x = Value(3.0, "x")
    root = x * 2
    root.backward()
    graph = Graph(root)
    x.data = x.grad = 5.0
    assert (graph.data, graph.gradients) == ({x: 3.0, root: 6.0}, {x: 2.0, root: 1.0})
    assert Graph.of(graph) is graph and Graph(root, stale=True).data[x] == 5.0
    with pytest.raises(ValueError, match="is stale"):
        Graph(root)
    x.data = float("3.0")  # the same again
    graph.require_unchanged()


def test_what_a_graph_says_of_its_nodes():
    x, y = Value(-3.0, "x"), Value(2.0, "y")
    off = relu(x * 4)
    root = off + y * y
    graph = Graph(root)
    assert graph.local(off) == [None] and graph.is_off(off) and not graph.is_off(root)
    assert graph.local(x) == [] and graph.local(off.operands[0]) == [4, None]
    of_numbers = Value.record(OPERATIONS["add"], (1, 2))
    assert not Graph(of_numbers).is_off(of_numbers)
    assert graph.live == {root, off, y, root.operands[1]} and graph.uses[y] == 2
    assert graph.depending(x) == [x, off.operands[0], off, root]
    assert graph.find("y") == [y] and graph.position[root] == len(graph.order) - 1


def test_a_graph_answers_by_its_own_numbers():
    x, y = Value(2.0, "x"), Value(-1.0, "y")
    square, off = x * x, relu(y)
    graph = Graph(square + off)
    x.data, y.data = 5.0, 5.0
    assert graph.local(square) == [2.0, 2.0] and graph.is_off(off) and y not in graph.live
    for read in (derive, walk):
        with pytest.raises(ValueError, match=r"Value\(5.0, name='x'\) was 2.0 when this Graph"):
            read(graph)


def test_there_may_be_no_local_derivative():
    x = Value(0.0, "x")
    graph = Graph(sqrt(x))
    with pytest.raises(ZeroDivisionError, match=r"the derivative of sqrt\(x\) with x = 0.0"):
        graph.local(graph.root)


@pytest.mark.parametrize(
    "read", [derive, walk, explain_nan, Graph, topological_order, lambda x: gradients(x, [])]
)
def test_a_list_is_no_root(read):
    with pytest.raises(TypeError, match="expected a Value, the root of a graph, not a list"):
        read([Value(1.0)])


def test_readers_take_a_graph_too():
    x = Value(2.0, "x")
    graph = Graph(x * math.inf)
    assert str(derive(graph)) == str(derive(graph.root))
    assert str(explain_nan(graph)) == str(explain_nan(graph.root))


def test_where_there_is_no_derivative_nothing_is_off():
    x = Value(1 + 2j, "x")
    graph = Graph(autograd.abs(x))
    assert graph.live == {x, graph.root} and not graph.is_off(graph.root)
    assert draw(graph).cards == 2


def _in_decimals(digits, rounding=decimal.ROUND_HALF_EVEN):
    with decimal.localcontext() as context:
        context.prec, context.rounding = digits, rounding
        x = Value(Decimal("1.3"), "x")
        return x, softplus(x / 7) * x - 5 * x


def _in_mpmath(digits, kind=mpmath.mpf):
    with mpmath.workdps(digits):
        x = Value(kind("1.3"), "x")
        return x, sin(x / 7) * x - 5 * x


def _in_intervals(digits):
    before, mpmath.iv.dps = mpmath.iv.dps, digits
    try:
        x = Value(mpmath.iv.mpf("1.3"), "x")
        return x, exp(x / 7) * x - 5 * x
    finally:
        mpmath.iv.dps = before


@pytest.mark.parametrize(
    "computed",
    [
        lambda digits: _in_decimals(digits),
        lambda digits: _in_decimals(digits, decimal.ROUND_FLOOR),
        lambda digits: _in_decimals(digits, decimal.ROUND_HALF_UP),
        lambda digits: _in_mpmath(digits),
        lambda digits: _in_mpmath(digits, mpmath.mpc),
        _in_intervals,
    ],
)
@pytest.mark.parametrize("digits", [6, 10, 29, 50, 200])
def test_numbers_of_other_digits_are_not_stale(computed, digits):
    x, root = computed(digits)
    assert Graph(root).data[root] is root.data and len(str(derive(root)).splitlines()) == 3
    x.data = x.data * 101 / 100
    with pytest.raises(ValueError, match="is stale, its operands give"):
        Graph(root)


def test_what_overflows_in_the_context_in_force_is_not_stale():
    with decimal.localcontext() as context:
        context.Emax = decimal.MAX_EMAX
        x = Value(Decimal("1e999999"))
        root = x * x
    assert Graph(root).data[root] == Decimal("1e1999998")


@pytest.mark.parametrize(
    ("before", "after", "compute"),
    [
        (Decimal("0.5"), Decimal("0.500001"), lambda x: x * 2 + 3),
        (Decimal(1), Decimal("1.0000000000001"), lambda x: x * 2 + 3),
        (Decimal("0.5"), Decimal("0.51"), lambda x: x + 100),
        (mpmath.mpf("0.5"), mpmath.mpf("0.5") + mpmath.mpf(2) ** -8, lambda x: x + 1000),
        (mpmath.mpf("0.5"), mpmath.mpf("0.5") + mpmath.mpf(2) ** -30, lambda x: x * 2),
        (Decimal("0.5"), 0.7, lambda x: x * 2),
        (0.5, Decimal("0.7"), lambda x: x * 2),
        (mpmath.mpf("0.5"), Decimal("0.7"), lambda x: x * 2),
    ],
)
def test_a_short_result_is_stale_however_little_a_leaf_was_moved(before, after, compute):
    x = Value(before)
    root = compute(x)
    x.data = after
    with pytest.raises(ValueError, match="is stale"):
        Graph(root)


def test_operands_may_have_more_digits_than_their_result():
    x = Value(Decimal("1.234567890123456789"))
    with decimal.localcontext() as context:
        context.prec = 16
        root = x * Decimal("1.5")
    assert Graph(root).data[root] == Decimal("1.851851835185185")


def _difference(number, lost, kept):
    """`number` squared, less its own leading digits, computed with `lost` and `kept` digits."""
    with decimal.localcontext() as context:
        context.prec = lost
        leading = number * number
        context.prec = lost + kept
        return dot([Value(number), leading], [number, -1])


@pytest.mark.parametrize(
    ("number", "lost", "kept"),
    [
        (Decimal("1.23456789012"), 14, 6),
        (Decimal("1.23456789012345678901234567891"), 29, 1),  # as many digits as the operand has
    ],
)
def test_what_is_left_of_a_difference_is_not_stale(number, lost, kept):
    root = _difference(number, lost, kept)
    assert len(root.data.as_tuple().digits) == kept and Graph(root).root is root


def test_what_lost_15_digits_may_be_anything():
    with pytest.raises(ValueError, match="is stale"):
        Graph(_difference(Decimal("1.23456789012"), 15, 6))


def test_what_is_left_of_a_difference_in_bits_is_not_stale():
    with mpmath.workprec(30):
        number = mpmath.mpf(4) / 3
        leading = number * number
    with mpmath.workprec(50):
        root = dot([Value(number), leading], [number, -1])
    assert Graph(root).root is root
